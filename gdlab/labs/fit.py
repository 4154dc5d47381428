"""A straight line fitted to data: the line on one panel, the path of (w, b) on another."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, check_method, check_numbers, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START
from gdlab.sampling import linear_regression
from gdlab.stage.actors import Curve

DATA = 2  # the panel of the data
LAYOUT = Layout(
    (("data", "land", "loss"),), 3.9, order=("land", "loss", "data"), width_ratios=(1, 1, 0.8)
)


def fit(x, y, method=optimizers.gradient_descent, *, start=None, steps=60, goal=None, **numbers):
    """A lab: the line y = wx + b through data, moved by a method that descends the MSE.

    J(w, b) = 1/n Σᵢ (wxᵢ + b − yᵢ)²

    Arguments: x and y of shape (n,); start a first (w, b); the rest as in `descent`.
    Raises `Advice` if x and y do not belong together.

    >>> x = np.linspace(0, 1, 20)
    >>> fit(x, 2 * x + 3, lr=0.5, steps=200)
    After 200 steps the line is y = 2x + 3; the best is y = 2x + 3.
    """
    surface, method = _regression(_points("x", x), _points("y", y)), check_method(method)
    check_goal(goal)
    numbers = check_numbers([method], numbers)
    state = {"x": x, "y": y, "method": method, **numbers}
    state |= {"start": start_of(surface, start), "steps": steps, "goal": goal}
    controls = [*(number(name, value) for name, value in numbers.items()), number("steps")]
    return Lab(fit, scene, state, controls, clicks=START)


def scene(*, x, y, method, start, steps, goal, **numbers):
    """One run on the landscape of the mean squared error, and the line of each step."""
    x, y = _points("x", x), _points("y", y)
    surface = _regression(x, y)
    run = pictures.run_of(surface, method, start, steps, **numbers)
    kind, text = pictures.judgement(run, goal)
    best, line, ends = surface.minima[0], run.x[-1], ends_of(x)
    summary = f"After {steps} steps the line is {_line(line)}; the best is {_line(best)}."
    w, b = run.x[:, :1], run.x[:, 1:]
    color = plots.style_of(method).color
    return Scene(
        Scenery(LAYOUT, draw_panels, (surface, pictures.span(steps), goal, x, y)),
        [
            pictures.path(run),
            pictures.loss_curve(run),
            *pictures.step_arrows(run),
            Curve(DATA, ends, best[0] * ends + best[1], plots.GREEN, (4, 2), "the best line"),
            Curve(DATA, ends, w * ends + b, color, label="the line at this step"),
        ],
        frames=steps + 1,
        title="A line through data",
        formula=surface.formula,
        kind=kind,
        text=f"{summary} {text}",
        summary=summary,
        name=pictures.numbers_in_words(numbers),
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": pictures.limit_of(run)} if "lr" in numbers else {},
        run=run,
        data={"line": line},
    )


def draw_panels(axes, surface, steps, goal, x, y):
    """Landscape and loss, and the data as points."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    ax, room = axes[DATA], 0.15 * np.ptp(y) + 1e-9
    ax.plot(x, y, "o", ms=4, color=plots.GREY, mec="white", mew=0.5)
    ax.set(xlabel="x", ylabel="y", xlim=ends_of(x), ylim=(min(min(y), 0) - room, max(y) + room))


def ends_of(x):
    """Where the line begins and ends: a little beyond the data."""
    room = 0.05 * (np.ptp(x) or abs(x[0]) or 1.0)
    return np.array([min(x) - room, max(x) + room])


@lru_cache(maxsize=16)
def _regression(x, y):
    return linear_regression(x, y)


def _points(name, data):
    """Data as a tuple of floats, so that it is known again."""
    try:
        data = np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise Advice(f"{name} is {data!r}: give numbers, a list or an array of them.") from None
    if data.ndim != 1:
        raise Advice(f"{name} has shape {data.shape}: give one number a point, shape (n,).")
    return tuple(data.tolist())


def _line(wb):
    w, b = (float(np.round(v, 9)) + 0.0 for v in wb)
    return f"y = {format_number(w)}x {'−' if b < 0 else '+'} {format_number(abs(b))}"
