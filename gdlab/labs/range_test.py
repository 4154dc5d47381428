"""The range test: η grows at every step; where does the loss turn? (chapter 14)."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots, schedules, surfaces
from gdlab.analysis.tuning import RATES, tune
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import (
    by_display_name,
    check_methods,
    check_surfaces,
    start_of,
)
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.labs.memory import method_choice
from gdlab.labs.rate_map import RED
from gdlab.plots import GREEN, style_of
from gdlab.stage.actors import Trail

LOW = 1e-4  # the first η
HIGH = Hyperparameter("η end", "the last rate", 0.01, 100, True, (2e-4, 1e4), example=10)
LAYOUT = Layout((("land", "loss"),), 4.1, width_ratios=(1.3, 1))


def range_test(
    method=(optimizers.gradient_descent, optimizers.momentum, optimizers.adam),
    surface=(surfaces.ravine, surfaces.gorge, surfaces.beale),
    *,
    start=None,
    steps=60,
    high=10.0,
):
    """A lab: one descent while η grows from 10⁻⁴ to `high` by the same factor at each step.

    Arguments
        method   a function (x, grad, s, *, lr), or a list of them to choose from
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        start    where it begins, None for the surface's own; a click moves it
        steps    how many, 2 or more; high: the last η, above 10⁻⁴
    Raises `Advice` for anything else. Source: Smith (2017).

    >>> lab = range_test()
    >>> lab
    Gradient descent on the ravine, η up to 10 in 60 steps: the loss is lowest at η = 0.363.
    """
    methods, choices = check_methods(method), check_surfaces(surface)
    state = {"method": methods[0], "surface": choices[0]}
    state |= {"start": start_of(choices[0], start), "steps": steps, "high": high}
    controls = [Number("high", HIGH), number("steps")]
    controls += [*surface_choice(surface), *method_choice(by_display_name(methods))]
    return Lab(range_test, scene, state, controls, clicks=START, adjust=pictures.own_start)


def scene(*, method, surface, start, steps, high):
    """The path, and the loss over the rate that has just been used."""
    factor = (high / LOW) ** (1 / max(1, steps - 1))
    rates = LOW * factor ** np.arange(steps)
    run = descend(surface, method, start, steps=steps, lr=schedules.exponential(LOW, factor))
    heights, best = plots.above_floor(run, pictures.FLOOR / 10), constant(surface, method, start)
    limit = pictures.limit_of(run)
    lowest = rates[max(0, heights[1:].argmin())]
    told = format_number(lowest)
    words = [f"One constant η would be best at {format_number(best)} (150 steps)."]
    if limit is not None:
        words.append(f"From {format_number(limit)} on a constant η diverges.")
    span = f"η up to {format_number(high)} in {steps} steps"
    return Scene(
        Scenery(LAYOUT, _draw, (surface, _end(high), best, limit)),
        [
            pictures.path(run),
            Trail(
                1, np.concatenate([[LOW], rates]), heights, color=style_of(method).color,
                label="loss after the step with this η", dots=False, trace=True,
            ),
        ],
        frames=steps + 1,
        title=f"Range test: {pictures.title_of(method, surface)}",
        formula=surface.formula,
        kind=f"The loss is lowest at η = {told}.",
        text=" ".join(words),
        summary=f"{pictures.title_of(method, surface)}, {span}: the loss is lowest at η = {told}.",
        name=span,
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        run=run,
        data={"rates": rates, "lowest": lowest, "best": best},
    )  # fmt: skip


@lru_cache(maxsize=64)
def constant(surface, method, start):
    """The best constant η of 76, fifteen to a decade, as `tune` finds it in 150 steps."""
    return tune(surface, method, start, steps=150, rates=RATES[::2])


def _end(high):
    """Where the axis of η ends: a power of ten, so that it is seldom painted anew."""
    return 10.0 ** np.ceil(np.log10(high) - 1e-9)


def _draw(axes, surface, high, best, limit):
    land, loss = axes
    plots.draw_surface(land, surface)
    loss.set(xscale="log", yscale="log", xlim=(LOW, high))
    loss.set(ylim=(1e-6, 1e6), xlabel="learning rate η", ylabel=plots.loss_label(surface))
    loss.grid(axis="y")
    marks = [(best, GREEN, "best constant")]
    if limit is not None:
        marks.append((limit, RED, "diverges"))
    for at, color, name in marks:
        left = name != "diverges"
        loss.axvline(at, color=color, lw=1.2, ls=(0, (5, 3)))
        loss.annotate(
            name, (at, 0.98), (-4 if left else 4, 0), ("data", "axes fraction"),
            "offset points", color=color, ha="right" if left else "left", va="top",
        )  # fmt: skip
