"""The digits: their files, a network as a surface over its weights, training in the background.

    from gdlab import mnist

PyTorch is loaded when the network is first asked for: the files can be checked without it.
"""

from importlib import import_module

PERCEPTRON = (
    "accuracy",
    "device",
    "initial",
    "load",
    "network",
    "one_thread",
    "predict",
    "scores",
)
DEEP = ("Propagated", "deep_network", "few", "initial_deep", "layers", "propagated", "signals")

__all__ = [*PERCEPTRON, *DEEP]  # noqa: PLE0604


def __getattr__(name):
    if name in PERCEPTRON or name == "Network":
        return getattr(import_module("gdlab.mnist.perceptron"), name)
    if name in DEEP:
        return getattr(import_module("gdlab.mnist.deep"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
