"""What labs draw and say alike: panels, the actors of a run, sentences about it."""

import itertools
from dataclasses import replace
from functools import lru_cache

import numpy as np

from gdlab import plots
from gdlab.analysis.tuning import first_divergent_lr
from gdlab.descent import Run, descend
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number, format_numbers
from gdlab.hyperparameters import KNOWN, describe
from gdlab.labs.core.scene import Layout, Scenery
from gdlab.plots import BLUE, GREEN, style_of
from gdlab.stage.actors import Arrow, Trail
from gdlab.stage.relief import Relief
from gdlab.verdict import heights

FLOOR = 1e-10  # the loss panel ends here
LAND_AND_LOSS = Layout((("land", "loss"),), 4.1, width_ratios=(1.75, 1))

# The scenery


def span(steps):
    """Where the axis of steps ends: rounded up, so that pulling T seldom paints anew.

    >>> [span(steps) for steps in (1, 20, 21, 60, 61, 700, 5000)]
    [10, 20, 30, 60, 80, 800, 6000]
    """
    ends = (e * 10**k for k in itertools.count(1) for e in (1, 1.5, 2, 3, 4, 6, 8))
    return int(next(end for end in ends if end >= steps))


def land_and_loss(surface, steps, goal=None, layout=LAND_AND_LOSS):
    """The `Scenery` of a surface and an empty loss panel of so many steps."""
    return Scenery(layout, draw_land_and_loss, (surface, span(steps), goal))


def draw_land_and_loss(axes, surface, steps, goal=None):
    """Landscape and empty loss panel on the first two axes."""
    land, loss = axes[:2]
    plots.draw_surface(land, surface)
    view = np.array(surface.view)
    corners = plots.grid(*view) if len(view) == 2 else view.T
    heights_there = surface.f(corners)
    highest = float(np.max(heights_there, initial=1.0, where=np.isfinite(heights_there)))
    loss.set(yscale="log", ylim=(FLOOR, 30 * highest), xlim=(0, steps))
    loss.set(xlabel="step", ylabel=plots.loss_label(surface))
    loss.grid(axis="y")
    if goal:
        plots.draw_goal(loss, goal)


def land_and_curve(surface, steps, label, limits, log=False):
    """The `Scenery` of a surface and an empty panel for a curve over the steps.

    Arguments: a `Surface` with a view; steps, the length of the axis; label and limits
    (low, high) of the vertical axis; log: whether it is logarithmic.
    """
    return Scenery(LAND_AND_LOSS, _draw_land_and_curve, (surface, steps, label, limits, log))


def _draw_land_and_curve(axes, surface, steps, label, limits, log):
    land, curve = axes
    plots.draw_surface(land, surface)
    curve.set(yscale="log" if log else "linear", ylim=limits, xlim=(0, steps))
    curve.set(xlabel="step", ylabel=label)
    curve.grid(axis="y")


@lru_cache(maxsize=32)
def relief_of(surface):
    """The heights of a surface for the 3-D view, measured once; None along a line."""
    return Relief(surface) if len(surface.view) == 2 else None


# The actors of a run


def _one(run):
    """A single run, checked: readers call these in labs of their own."""
    if not isinstance(run, Run):
        given = type(run).__name__
        raise Advice(f"The run to draw is {given}: give what descend(surface, method) returns.")
    if run.x.ndim > 2:
        raise Advice("These are several runs in one: give a single one of them, such as run[0].")
    return run


def path(run, label="path", trace=True, **look):
    """The path of a run on its surface (panel 0), in its method's colour and dash.

    Arguments: a single `Run`; label in the legend; trace: whether it stays, pale, when the next
    one comes; look: fields of a `Trail`, in place of the method's.
    """
    style, relief = style_of(_one(run).method), relief_of(run.surface)
    z = relief and relief.heights(run.loss)
    look = dict(color=style.color, dash=style.dash) | look
    return Trail(0, *plots.path_of(run), z, label=label, trace=trace, **look)


def curve(run, values, panel=1, **look):
    """Something that has a value at each step of a run, as a curve in its method's colour.

    Arguments: a single `Run`; values of shape (steps + 1,) or (steps,); panel where it is drawn;
    look: fields of a `Trail`, in place of the method's.
    """
    style = style_of(_one(run).method)
    look = dict(color=style.color, dash=style.dash, dots=False, trace=True) | look
    return Trail(panel, np.arange(len(values)), np.asarray(values), **look)


def loss_curve(run, panel=1, **look):
    """The height of a run above the minimum, step by step, in a panel with a log scale.

    Arguments: a single `Run`; panel where it is drawn; look: fields of a `Trail`, in place of the
    method's.
    """
    above = plots.above_floor(_one(run), FLOOR / 10)  # what is lower is off the panel
    return curve(run, above, panel, **look)


def step_arrows(run):
    """At each step: what the slope asks for, and the step that is taken, where they differ."""
    lr = run.numbers.get("lr")
    slope, move = -run.grad, np.diff(run.x, axis=0)
    if lr is not None:
        slope = slope * [[lr(t) if callable(lr) else lr] for t in range(run.steps)]
    name = "−η∇J: what the slope asks for" if lr is not None else "−∇J: downhill"
    x, y = plots.path_of(run)

    def arrow(v, color, label):
        dy = v[:, 1] if v.shape[1] > 1 else np.zeros(len(v))
        return Arrow(0, x[:-1], y[:-1], v[:, 0], dy, color=color, label=label)

    asked = arrow(slope, BLUE, name)
    if np.allclose(slope, move, atol=1e-9 * np.abs(run.x).max()):
        return [asked]  # the two are one
    return [asked, arrow(move, GREEN, "step taken")]


# Runs, and what is known of them, computed once


@lru_cache(maxsize=64)
def run_of(surface, method, start, steps, **numbers):
    """A single run, as `descend` makes it; the same one whenever it is asked for."""
    return descend(surface, method, start, steps=steps, **numbers)


def limit_of(run):
    """The learning rate from which on a run with these other numbers diverges, or None."""
    others = {name: float(v) for name, v in run.numbers.items() if name != "lr"}
    try:
        return _limit_of(run.surface, run.method, tuple(run.x[0]), **others)
    except Exception:  # a reader's method need not work for many rates at once
        return None


@lru_cache(maxsize=64)
def _limit_of(surface, method, start, **others):
    return first_divergent_lr(descend(surface, method, start, steps=1, lr=1e-3, **others))


# The words


def capital(text):
    """A sentence with a capital, unless it begins with the name of a number, as code has it.

    >>> capital("heavy ball"), capital("lr is above 2/L = 1"), capital("batch_size is 0")
    ('Heavy ball', 'lr is above 2/L = 1', 'batch_size is 0')
    """
    first = text.partition(" ")[0]
    return text if first in KNOWN or "_" in first else text[:1].upper() + text[1:]


def title_of(method, surface):
    """What stands above a lab: "Heavy ball on the ravine"."""
    name = display_name(getattr(method, "__name__", "your method"))
    return f"{capital(name)} on {surface.with_article}"


def numbers_in_words(numbers):
    """Numbers by their symbols: "η = 0.1, β = 0.9"."""
    return format_numbers(numbers, {name: describe(name).symbol for name in numbers})


def summary_of(run):
    """One sentence on a run: method, surface, numbers and verdict."""
    numbers = numbers_in_words(run.numbers)
    return f"{capital(run.name)} on {run.surface.with_article} ({numbers}): {run.verdict()}."


def with_method_named(scene):
    """A scene function for several methods: each scene's name begins with its method's."""

    def named(**state):
        out = scene(**state)
        return replace(out, name=", ".join(filter(None, (out.run.name, out.name))))

    return named


def judgement(run, goal=None, within=None):
    """The verdict on a run in a word, and the rest of it: (kind, text)."""
    verdict = run.verdict()
    steps = "1 step" if run.steps == 1 else f"{run.steps} steps"
    text = f"Loss {format_number(float(run.loss[-1]))} after {steps}."
    if verdict.kind == "diverged":
        text = f"{capital(verdict.reason)}."
        if verdict.step is not None:
            text = f"It is lost from step {verdict.step} on: {verdict.reason}."
    elif goal and run.surface.minima:
        text = f"{text} {against_goal(run, goal, within)}"
    return f"{capital(verdict.kind)}.", text


def against_goal(run, goal, within=None):
    """Whether a run gets below a goal, and when, in a sentence."""
    floor = run.surface.f(np.asarray(run.surface.minima, dtype=float))
    above = "" if (np.abs(floor) <= goal).all() else " above the floor"  # a loss of 3, say
    target = f"{format_number(goal)}{above}" + (f" within {within} steps" if within else "")
    below = heights(run) <= goal
    if not below.any():
        return f"The goal, {target}, is not reached."
    step = int(below.argmax())
    if within and step > within:
        return f"The goal, {target}, is missed: it takes {step} steps."
    return f"The goal, {target}, is reached at step {step}."


# What else changes when a reader changes something


def own_start(before, after):
    """Another surface brings its own start."""
    if after["surface"] is before["surface"]:
        return {}
    return {"start": after["surface"].start}
