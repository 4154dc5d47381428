"""What went wrong while a network trained, in one sentence."""

from gdlab.errors import Advice

LONGEST = 90  # characters: PyTorch may fill a page


def sentence(error, step):
    """What ended a training at a step.

    >>> sentence(NameError("name 'beta' is not defined"), 3)
    "step 3 failed with NameError: name 'beta' is not defined"
    """
    if isinstance(error, Advice):
        return str(error)
    if _lacks_memory(error):
        return (
            "There is not enough memory for so much at once: take fewer networks or a smaller "
            'batch, close other notebooks, or load the digits with device="cpu".'
        )
    return f"step {step} failed with {type(error).__name__}: {_one_line(error)}"


def reason(error):
    """Why a device failed, in a few words.

    >>> reason(RuntimeError("CUDA error: device lost.\\nCUDA kernel errors might be …"))
    'CUDA error: device lost'
    """
    if _lacks_memory(error):
        return "there is not enough memory on it"
    return str(error).strip().split("\n")[0][:LONGEST].rstrip(".") or "no reason given"


def _lacks_memory(error):
    return any(words in str(error) for words in ("out of memory", "allocate memory"))


def _one_line(error):
    return " ".join(str(error).split()) or "no reason given"
