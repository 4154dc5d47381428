"""A start a hair off the ridge of a saddle: when does the ball leave it? (chapter 13)."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import by_display_name, check_methods, check_numbers
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.memory import method_choice
from gdlab.plots import GREY
from gdlab.stage.actors import Dots, Trail

LEFT = 1.0  # so far from the ridge the ball has left it; the floors lie at 1.41
FROM = -2.0  # x of every start
HAIRS = 10.0 ** -np.arange(1, 13)
LONGEST = 800  # steps within which a start must leave to get its dot
HAIR = Hyperparameter("δ", "off the ridge", 1e-12, 0.1, True, (0, np.inf), True, 1e-6)
RATE = KNOWN["lr"]._replace(low=0.005, high=1.0)
STEPS = Hyperparameter("T", "steps", 10, 600, legal=(1, 2001))
LAYOUT = Layout((("land", "off"), ("land", "count")), 4.7, width_ratios=(1.25, 1))
METHODS = tuple(
    optimizers.METHODS[name]
    for name in ("gradient_descent", "momentum", "heavy_ball", "nesterov", "adagrad", "rmsprop",
                 "adam")
)  # fmt: skip


def saddle(method=METHODS, *, hair=1e-6, steps=300, lr=0.05, **numbers):
    """A lab: start a hair beside the ridge of the saddle, and see when the ball leaves it.

    Beside the path there is the distance from the ridge, on a log axis, and below it the steps to
    leave for twelve starts, 10⁻¹ to 10⁻¹² off the ridge.

    Arguments
        method   a function (x, grad, s, *, …), or a list of them to choose from
        hair     how far from the ridge it begins, above 0
        steps    of the run that is drawn, 1 to 2,000; lr η > 0; numbers: those of the method
    Raises `Advice` for anything else.

    >>> lab = saddle(hair=1e-6)
    >>> lab
    Gradient descent on the saddle from 10⁻⁶ off the ridge, η = 0.05: it leaves at step 149.
    >>> round(lab.scene.data["per decade"], 1)  # ln 10 / ln 1.1
    24.2
    """
    methods = check_methods(method)
    numbers = check_numbers(methods, {**numbers, **({"lr": lr} if _any_rate(methods) else {})})
    state = {"method": methods[0], "hair": hair, **numbers, "steps": steps}
    controls = [Number("hair", HAIR)]
    controls += [
        Number("lr", RATE) if name == "lr" else number(name, value)
        for name, value in numbers.items()
    ]
    controls += [Number("steps", STEPS, whole=True), *method_choice(by_display_name(methods))]
    return Lab(saddle, scene, state, controls)


def _any_rate(methods):
    return any("lr" in numbers_of(one) for one in methods)


def scene(*, method, hair, steps, **numbers):
    """One run off the ridge, and the steps to leave for every power of ten."""
    taken = {name: numbers[name] for name in numbers_of(method)}
    run = pictures.run_of(surfaces.saddle, method, (FROM, hair), steps, **taken)
    counts = leave_at(method, **taken)
    off = np.abs(run.x[:, 1])
    mine = int((off > LEFT).argmax()) if (off > LEFT).any() else None
    decade = _per_decade(counts)
    words = f"η = {format_number(taken['lr'])}" if "lr" in taken else ""
    told = f"it leaves at step {mine}" if mine is not None else f"not gone after {steps} steps"
    shown = counts > 0
    return Scene(
        Scenery(LAYOUT, _draw, (pictures.span(steps),)),
        [
            pictures.path(run),
            pictures.curve(run, np.maximum(off, 1e-15)),
            Dots(2, HAIRS[shown], counts[shown].astype(float), GREY, 3.4, "one of twelve starts"),
            *([] if mine is None else [_mark(hair, mine, method)]),
        ],
        frames=steps + 1,
        title=pictures.title_of(method, surfaces.saddle),
        formula=surfaces.saddle.formula,
        kind=f"Leaves at step {mine}." if mine is not None else "Still on the ridge.",
        text=_text(decade, counts),
        summary=f"{pictures.title_of(method, surfaces.saddle)} from {format_number(hair)} off the "
        f"ridge{words and ', '}{words}: {told}.",
        name=", ".join(filter(None, (run.name, words, f"δ = {format_number(hair)}"))),
        readout=("off the ridge", off),
        relief=pictures.relief_of(surfaces.saddle),
        hidden=frozenset(numbers) - frozenset(taken),
        run=run,
        data={"counts": counts, "per decade": decade},
    )  # fmt: skip


def _mark(hair, step, method):
    """A place that stays, pale, when the next run comes."""
    color = plots.style_of(method).color
    return Trail(2, np.array([hair]), np.array([float(step)]), color=color, trace=True)


@lru_cache(maxsize=64)
def leave_at(method, surface=surfaces.saddle, hairs=tuple(HAIRS), **numbers):
    """The step at which each start has left the ridge, an array; −1 for one that has not.

    >>> leave_at(optimizers.gradient_descent, lr=0.05)[:4]
    array([ 28,  52,  76, 100])
    """
    starts = np.array([(FROM, hair) for hair in hairs])
    run = descend(surface, method, starts, steps=LONGEST, **numbers)
    gone = (np.abs(run.x[..., 1]) > LEFT) & (run.first_bad_step < 0)
    return np.where(gone.any(0), gone.argmax(0), -1)


def _per_decade(counts):
    """Steps a power of ten, between the first and the last start that leave; nan for one."""
    known = np.flatnonzero(counts > 0)
    if len(known) < 2:
        return np.nan
    return float((counts[known[-1]] - counts[known[0]]) / (known[-1] - known[0]))


def _text(decade, counts):
    stay = int((counts < 0).sum())
    words = []
    if np.isfinite(decade):
        words.append(f"Each power of ten nearer to the ridge costs {format_number(decade)} steps.")
    if stay:
        words.append(f"{stay} of the twelve starts do not leave within {LONGEST} steps.")
    return " ".join(words)


def _draw(axes, steps):
    """The saddle, an empty panel for the distance from the ridge, one for the steps to leave."""
    land, off, count = axes
    plots.draw_surface(land, surfaces.saddle)
    off.set(yscale="log", ylim=(1e-13, 5), xlim=(0, steps), xlabel="step", ylabel="off the ridge")
    off.set_yticks(10.0 ** np.arange(-12, 1, 3))
    off.axhline(LEFT, color=GREY, lw=1.2, ls=(0, (5, 3)))
    off.annotate("has left", (0.02, LEFT), (0, -3), off.get_yaxis_transform(), "offset points",
                 color=GREY, va="top", fontsize=9)  # fmt: skip
    count.set(xscale="log", xlim=(3e-13, 0.3), ylim=(0, 400))
    count.set(xlabel="distance δ of the start from the ridge", ylabel="steps to leave")
    count.set_xticks(10.0 ** np.arange(-12, 0, 3))
    for ax in (off, count):
        ax.minorticks_off()
        ax.grid(axis="y")
