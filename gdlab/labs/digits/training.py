"""A network learns the digits, and one can watch it do so (chapter 15)."""

from gdlab import optimizers
from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.formatting import display_name
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core.controls import Choice, Number, number, numbers_of
from gdlab.labs.core.inputs import by_display_name, check_method
from gdlab.labs.core.pictures import capital, numbers_in_words
from gdlab.labs.core.scene import Scene
from gdlab.labs.digits.hidden_units import hidden_units
from gdlab.labs.digits.learning_curves import learning_curves
from gdlab.labs.digits.mistakes import mistakes
from gdlab.labs.digits.trainer import Digits, TrainingLab

LR = KNOWN["lr"]._replace(low=1e-4)
BATCH = Hyperparameter("B", "batch size", 8, 1024, log=True, legal=(1, 60_001))
EPOCHS = Hyperparameter("E", "epochs", 1, 10, legal=(1, 101))
GOAL = Hyperparameter("goal", "share of the test digits", 0.5, 1, False, (0, 1), True, 0.97)
SEED = Hyperparameter("seed", "", 0, 100, legal=(0, 2**32))

PICTURES = {"curves": learning_curves, "mistakes": mistakes, "hidden units": hidden_units}
DEVICES = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Apple)", "xpu": "GPU (Intel)"}

# An η for each method that serves this network well, with batches of 32.
RATES = {
    "gradient_descent": 0.3,
    "momentum": 0.3,
    "heavy_ball": 0.03,
    "torch_momentum": 0.03,
    "nesterov": 0.03,
    "adagrad": 0.03,
    "rmsprop": 0.001,
    "adadelta": 1.0,
    "adam": 0.001,
    "adamw": 0.001,
}


def training(
    method=optimizers.adam,
    *,
    batch_size=32,
    epochs=3,
    goal=0.97,
    seed=0,
    picture="curves",
    device=None,
    digits=None,
    **numbers,
):
    """A lab: choose a method and its numbers, press Train, and watch a network learn.

    The network has 784 inputs, 128 hidden units and ten outputs. It trains in the background:
    the notebook keeps answering, and Stop stops within a step. On one device the same state
    leads to the same curves. If the device fails, the CPU goes on.

    Arguments
        method      a function (x, grad, s, *, …), or its name; the others can be chosen
        batch_size  digits a step, 1 to 60,000; epochs: how often each is seen, 1 to 100
        goal        the share of the test digits to read correctly; None for no goal
        seed        of the first weights and of the order of the digits
        picture     what is shown: "curves", "mistakes" or "hidden units"
        device      "cpu", "cuda", "mps", "xpu"; None for where `digits` lie, else the fastest
        digits      (train, test), each as `mnist.load` gives them; None to load them
        numbers     first values of the method's numbers
    Raises `Advice` if an argument makes no sense.

    >>> lab = training("momentum", lr=0.1, epochs=2)
    >>> lab
    Momentum on the digits: η = 0.1, β = 0.9, batches of 32, 2 epochs.
    >>> lab.set(beta=0.5)  # `await lab.train()` trains; lab.training.x are the weights
    """
    method = check_method(method)
    goal = goal and Number("goal", GOAL).legal(goal)
    digits = Digits(digits)
    for name in numbers:
        if name not in turned(method):
            takes = ", ".join(turned(method)) or "none"
            raise Advice(f"{name_of(method)} has no number {name}; it has: {takes}.")
    known = {n: v for m in (method, *optimizers.METHODS.values()) for n, v in turned(m).items()}
    seed = Number("seed", SEED, whole=True).legal(seed)
    state = {"method": method, **known, **good_numbers(method), **numbers}
    state |= {"batch_size": batch_size, "epochs": epochs, "goal": goal, "seed": seed}
    state |= {"picture": picture, "device": device, "now": None, "last": None}
    others = (m for name, m in optimizers.METHODS.items() if name != name_of(method))
    controls = [
        Choice("method", by_display_name([method, *others]), words="method"),
        *(number(name, value, LR if name == "lr" else None) for name, value in known.items()),
        Number("batch_size", BATCH, whole=True),
        Number("epochs", EPOCHS, whole=True),
        Choice("picture", {name: name for name in PICTURES}, words="picture"),
        Choice("device", devices(digits), words="device"),
    ]
    return TrainingLab(
        training, scene, state, controls, digits=digits, order=order, adjust=own_numbers
    )


def scene(*, method, batch_size, epochs, goal, seed, picture, device, now, last, **numbers):
    """A training so far, in one of the pictures."""
    own, words = order(method=method, batch_size=batch_size, epochs=epochs, **numbers)
    kind, text = ("Ready.", f"{words} Press Train.") if now is None else judgement(now, goal)
    if now is not None and now.running:
        if words != now.words or device not in (None, now.device):
            text += " What you change counts from the next training on."
    shown = PICTURES[picture](now=now, last=last, epochs=epochs, goal=goal, seed=seed)
    where = f", on the {DEVICES.get(now.device, now.device)}" if now is not None else ""
    only = {"device"} if device is None and len(devices()) == 2 else set()
    return Scene(
        **{"formula": f"784 – 128 – 10, cross-entropy{where}"} | shown,
        kind=kind,
        text=" ".join(filter(None, (text, now and now.note))),
        summary=now.words if now else words,
        hidden=frozenset({"now", "last", *numbers, *only} - {*own}),
    )


# The words


def in_words(method, numbers, batch_size, epochs):
    """What is to be trained, in a sentence."""
    parts = [numbers_in_words(numbers)] if numbers else []
    parts += [f"batches of {batch_size:,}", f"{epochs} epoch{'s' if epochs > 1 else ''}"]
    return f"{capital(display_name(name_of(method)))} on the digits: {', '.join(parts)}."


def judgement(now, goal):
    """How a training goes, or went: (kind, text)."""
    if now.running:
        return "Training.", now.words
    if now.error:
        return "Diverged." if "diverged" in now.error else "Not possible.", capital(now.error)
    steps, share = now.accuracies
    read = f"{100 * float(share[-1]):.1f} % of the test digits are read correctly"
    if now.steps < now.total:
        return "Stopped", f"at step {now.steps:,}. At the last look {read}."
    text = f"{read} after {now.steps:,} steps, {now.seconds:.1f} s."
    if not goal:
        return "Trained:", text
    if share.max() < goal:
        return "Trained:", f"{text} The goal is {100 * goal:g} %."
    first = steps[(share >= goal).argmax()] / now.per_epoch
    there = f"{100 * goal:g} % were there for the first time at epoch {first:.3g}."
    return "Goal reached:", f"{text} {there}"


# What is given


def order(*, method, batch_size, epochs, **others):
    """What a state asks for: the method's own numbers, and all of it in a sentence."""
    own = {name: others[name] for name in turned(method)}
    return own, in_words(method, own, batch_size, epochs)


def devices(digits=None):
    """The devices to choose from: the one that is taken by itself, and those there are."""
    from gdlab import mnist

    found = mnist.devices()
    itself = digits.device if digits else found[0]
    return {f"by itself: {DEVICES.get(itself, itself)}": None} | {
        DEVICES.get(name, name): name for name in found
    }


def turned(method):
    """The numbers of a method that get a slider here; ε is left alone."""
    return {name: value for name, value in numbers_of(method).items() if name != "eps"}


def good_numbers(method):
    """The numbers of a method, with an η that serves the network well."""
    rate = RATES.get(name_of(method))
    return turned(method) | ({"lr": rate} if rate else {})


def own_numbers(before, after):
    """Another method brings numbers that serve it well."""
    return {} if after["method"] is before["method"] else good_numbers(after["method"])
