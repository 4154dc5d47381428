"""A learning rate that changes with time, drawn beside the path it makes (chapter 03)."""

from functools import lru_cache

import numpy as np

from gdlab import plots, schedules, surfaces
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, Number, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.optimizers import gradient_descent
from gdlab.stage.actors import Trail

RATE = 2  # the panel of η
LEFT = Hyperparameter("ρ", "share left", 0.001, 1.0, True, (0, 1.0001), above=True)
LAYOUT = Layout((("land", "loss"), ("land", "rate")), 4.4, width_ratios=(1.6, 1))

# Each takes η₀, the steps T and the share ρ of η₀ that is left after T steps.
SHAPES = {
    "constant": lambda lr, T, left: schedules.constant(lr),
    "exponential": lambda lr, T, left: schedules.exponential(lr, left ** (1 / T)),
    "linear": lambda lr, T, left: schedules.linear(lr, left * lr, T),
    "inverse time": lambda lr, T, left: schedules.inverse_time(lr, (1 / left - 1) / T),
    "steps": lambda lr, T, left: schedules.step(lr, left ** (1 / 3), T // 4 + 1),
    "cosine": lambda lr, T, left: schedules.cosine(lr, T, left * lr),
    "warm-up, then cosine": lambda lr, T, left: schedules.warmup(
        schedules.cosine(lr, T, left * lr), -(-T // 10)
    ),
}


def scheduled(
    surface=surfaces.ravine,
    shape="exponential",
    *,
    start=None,
    steps=60,
    lr=0.1,
    left=0.05,
    goal=1e-6,
):
    """A lab: gradient descent whose η falls from η₀ to ρη₀ in one of seven shapes.

    Arguments: surface, start and steps as in `descent`; shape a name in SHAPES; lr η₀ > 0;
    left ρ in (0, 1], the share of η₀ that is left after the last step; goal the height above the
    minimum to get below, None for none.
    Raises `Advice` for anything else.

    >>> lab = scheduled(lr=0.12, left=0.1)
    >>> lab
    Gradient descent on the ravine (exponential, η from 0.12 to 0.012): still descending.
    """
    choices = check_surfaces(surface)
    check_goal(goal)
    state = {"surface": choices[0], "shape": shape, "start": start_of(choices[0], start)}
    state |= {"steps": steps, "lr": lr, "left": left, "goal": goal}
    controls = [number("lr"), number("steps"), *surface_choice(surface), Number("left", LEFT)]
    controls += [Choice("shape", {name: name for name in SHAPES}, "η(t)", "shape")]
    return Lab(scheduled, scene, state, controls, clicks=START, adjust=pictures.own_start)


def scene(*, surface, shape, start, steps, lr, left, goal):
    """One run of gradient descent, its loss, and η at each step."""
    run = run_of(surface, start, steps, lr, left, shape)
    schedule = run.numbers["lr"]
    rates = np.array([schedule(t) for t in range(steps + 1)])
    first, last = format_number(rates[0]), format_number(rates[-1])
    name = f"{shape}, η from {first} to {last}"
    kind, text = pictures.judgement(run, goal)
    look = dict(color=plots.BLUE, dots=False, label="η(t)", trace=True)
    return Scene(
        Scenery(LAYOUT, draw_panels, (surface, pictures.span(steps), goal)),
        [
            pictures.path(run),
            pictures.loss_curve(run),
            *pictures.step_arrows(run),
            Trail(RATE, np.arange(steps + 1), rates, **look),
        ],
        frames=steps + 1,
        title=pictures.title_of(gradient_descent, surface),
        formula=surface.formula,
        kind=kind,
        text=text,
        summary=f"Gradient descent on {surface.with_article} ({name}): {run.verdict()}.",
        name=name,
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": pictures.limit_of(run)},
        run=run,
        data={"schedule": schedule, "rates": rates},
    )


@lru_cache(maxsize=32)
def run_of(surface, start, steps, lr, left, shape):
    """Gradient descent with η from `lr` to `left` times that; by its numbers, as a schedule is
    another function each time.
    """
    schedule = SHAPES[shape](lr, steps, left)
    return descend(surface, gradient_descent, start, steps=steps, lr=schedule)


def draw_panels(axes, surface, steps, goal):
    """Landscape and loss, and an empty panel for η with the limit of a quadratic."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    ax = axes[RATE]
    ax.set(xlim=(0, steps), ylim=(1e-4, 2), yscale="log", xlabel="step", ylabel="η")
    ax.grid(axis="y")
    if surface.L:
        limit = 2 / surface.L
        ax.axhline(limit, color="#c5221f", lw=1.1, ls=(0, (5, 3)))
        ax.annotate(
            "2/L: above it, divergence", (1, limit), (0, 3), ax.get_yaxis_transform(),
            "offset points", color="#c5221f", ha="right", va="bottom", fontsize=8.5,
        )  # fmt: skip
