"""A training on a few digits, and a rule that ends it: how soon, and at what price (chapter 14)."""

from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np

from gdlab import mnist, optimizers
from gdlab.analysis.stopping import first_flat, out_of_patience
from gdlab.descent import walk
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import SEED, Choice, Number, Seed
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.plots import BLUE, GREEN, PURPLE, VERMILLION, format_powers
from gdlab.stage.actors import Curve, Dots, Trail

EVERY, STEPS = 10, 600
PATIENCE = Hyperparameter("p", "patience", 1, 30, legal=(1, 1001), example=5)
TOLERANCE = Hyperparameter("τ", "flat below", 1e-3, 1.0, True, (0, np.inf), True, 0.1)
RULES = {
    "validation loss": "validation",
    "validation digits wrong": "errors",
    "training loss": "train",
    "size of the slope": "slope",
}
BY = {
    "validation": "validation loss",
    "errors": "validation digits read wrongly",
    "train": "training loss",
    "slope": "slope",
}
SIZES = {"200 digits": 200, "500 digits": 500, "2,000 digits": 2000}
LAYOUT = Layout((("loss",), ("slope",)), 4.9, height_ratios=(2.2, 1))


def stopping(rule="validation", *, patience=5, tolerance=0.1, digits=500, seed=0):
    """A lab: 600 steps of Adam on a few digits, measured every 10, and a rule that stops them.

    1,000 validation digits are set aside; the share of 2,000 test digits that are read wrongly
    says what the rule was worth. The rules that look at the validation digits keep the best
    weights, the others the last ones.

    Arguments
        rule       "validation" or "train" (no new lowest loss so many times), "errors" (no new
                   lowest share of validation digits read wrongly), or "slope"
        patience   how often in a row without progress, 1 to 1,000; tolerance: the slope, above 0
        digits     how many to learn from: 200, 500 or 2,000; seed of the first weights
    Raises `Advice` for anything else. Needs PyTorch.

    >>> stopping()
    500 digits, stopped by the validation loss after 340 of 600 steps: the weights of step 290 \
    are kept, validation loss 0.455, 18.0 % of the test digits read wrongly.
    """
    state = {"rule": rule, "patience": patience, "tolerance": tolerance}
    state |= {"digits": digits, "seed": seed}
    controls = [
        Choice("rule", RULES, words="rule"),
        Number("patience", PATIENCE, whole=True),
        Number("tolerance", TOLERANCE),
        Choice("digits", SIZES, words="learn from", forgets=True),
        Seed(about=SEED._replace(words="of the weights"), button="others"),
    ]
    return Lab(stopping, scene, state, controls)


def scene(*, rule, patience, tolerance, digits, seed):
    """The recorded training up to where the rule stops it, and pale what would have come."""
    record = recorded(digits, seed)
    stop, kept = ends(record, rule, patience, tolerance)
    lowest = int(record.validation.argmin())
    by = BY[rule]
    part = slice(stop + 1)
    at, wrong = record.step, [f"{100 * record.wrong[i]:.1f} %" for i in (kept, lowest, -1)]
    loss = [format_number(float(record.validation[i])) for i in (kept, lowest, -1)]
    stopped = f"after {at[stop]} of {STEPS} steps"
    text = f"It keeps step {at[kept]}: validation loss {loss[0]}, test digits wrong {wrong[0]}."
    if kept != lowest:
        soon = "too soon" if kept < lowest else "too late"
        text += f" That is {soon}: the lowest is {loss[1]} at step {at[lowest]} ({wrong[1]})."
    text += f" At the end: {loss[2]} ({wrong[2]})."
    looks = [
        (0, record.train, BLUE, "training loss"),
        (0, record.validation, VERMILLION, "validation loss"),
    ]
    looks.append((1, record.slope, PURPLE, "size of the slope"))
    actors = [Curve(panel, at, values, color="#d5d9e0") for panel, values, *_ in looks]
    if rule == "slope":
        line = np.array([0, STEPS]), np.full(2, tolerance)
        actors.append(Curve(1, *line, color=GREEN, dash=(4, 2), label="flat below"))
    actors += [
        Trail(panel, at[part], values[part], color=color, label=label, dots=False)
        for panel, values, color, label in looks
    ]
    actors.append(Dots(0, at[[kept]], record.validation[[kept]], GREEN, 8.0, label="what is kept"))
    return Scene(
        Scenery(LAYOUT, _draw),
        actors,
        frames=stop + 1,
        unit="measurement",
        title=f"Adam on {digits:,} digits",
        formula="η = 0.003, batches of 50",
        kind=f"Stopped {stopped}." if stop < len(at) - 1 else "Never stopped.",
        text=text,
        summary=f"{digits:,} digits, stopped by the {by} {stopped}: the weights of step "
        f"{at[kept]} are kept, validation loss {loss[0]}, {wrong[0]} of the test digits read "
        "wrongly.",
        name=f"by the {by}",
        readout=("loss", record.validation[part]),
        hidden=frozenset({"patience"} if rule == "slope" else {"tolerance"}),
        data={"stop": stop, "kept": kept, "lowest": lowest, "record": record},
    )


def ends(record, rule, patience, tolerance):
    """Where a rule stops a recorded training, and which weights it keeps: two measurements."""
    if rule == "slope":
        stop = first_flat(record.slope, tolerance)
        return stop, stop
    values = getattr(record, rule)
    stop = out_of_patience(values, patience)
    return stop, stop if rule == "train" else int(values[: stop + 1].argmin())


class Record(NamedTuple):
    """A training, measured every 10 steps: arrays of shape (61,).

    step; train and validation, the losses; slope, the length of the gradient over all training
    digits; errors and wrong, the shares of the validation and the test digits read wrongly
    """

    step: np.ndarray
    train: np.ndarray
    validation: np.ndarray
    slope: np.ndarray
    errors: np.ndarray
    wrong: np.ndarray


@lru_cache(maxsize=16)
def recorded(digits, seed):
    """The `Record` of 600 steps of Adam, η = 0.003, batches of 50, 32 hidden units."""
    import torch

    images, labels = _digits().train
    parts = (images[:digits], labels[:digits]), *_digits()[1:]
    train = mnist.network(*parts[0])
    start = mnist.initial(seed, hidden=32, pixels=196, device="cpu", dtype=torch.float64)
    rows = []

    def measure(x):
        loss, slope = train.measure(x, np.arange(digits))
        scores = mnist.scores(x, parts[1][0])  # looked at once, for the loss and the errors
        validation = torch.nn.functional.cross_entropy(scores, parts[1][1])
        errors = (scores.argmax(-1) != parts[1][1]).double().mean()
        rows.append((loss, validation, slope.norm(), errors, 1 - mnist.accuracy(x, *parts[2])))

    with mnist.one_thread():
        measure(start)
        steps = walk(train, optimizers.adam, start, batch_size=50, seed=seed, lr=0.003)
        for step in islice(steps, EVERY - 1, STEPS, EVERY):
            measure(step.x)
    return Record(np.arange(0, STEPS + 1, EVERY), *np.array(rows, dtype=float).T)


@cache
def _digits():
    return mnist.subset(train=max(SIZES.values()))


def _draw(axes):
    loss, slope = axes
    loss.set(xlim=(0, STEPS), ylim=(0, 1.2), ylabel="loss")
    slope.set(yscale="log", xlim=(0, STEPS), ylim=(1e-3, 2), xlabel="step", ylabel="slope")
    format_powers(slope)
    for ax in axes:
        ax.grid(axis="y")
