"""Slopes that come late: a delay, and how small it makes the learning rate (chapter 16)."""

from functools import lru_cache

import numpy as np

from gdlab import surfaces
from gdlab.analysis.tuning import steps_to
from gdlab.finite_differences import finite_differences
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.labs.rate_map import BLUSH, RED
from gdlab.plots import GREY, PURPLE, VERMILLION, format_powers
from gdlab.stage.actors import Dots, Trail
from gdlab.staleness import fastest_stale_lr, largest_stable_lr, stale_descent

MAP = 2  # the panel
DELAY = Hyperparameter("d", "delay, steps", 0, 20, legal=(0, 101))
DELAYS = np.arange(DELAY.high + 1, dtype=int)
RATES = (3e-3, 3.0)  # what the map shows
LOOK = dict(color=VERMILLION, dash=())  # it is gradient descent, only later
LAYOUT = Layout((("land", "loss"), ("land", "map")), 4.9, width_ratios=(1.35, 1))
CHOICES = (surfaces.square, surfaces.bowl, surfaces.ravine, surfaces.double_well, surfaces.beale)


def stale(surface=CHOICES, *, lr=0.1, delay=4, start=None, steps=100, goal=1e-6, within=None):
    """A lab: gradient descent with slopes that are some steps old, and the largest η it bears.

    A click or a drag on the map sets η and the delay together. Where the surface is no
    quadratic, the limit is that of its floor: beyond it, the path cannot stay there.

    Arguments
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        lr       η > 0; delay d, whole, 0 to 100: how many steps old a slope is
        start, steps, goal, within  as in `descent`, but the run must *stay* below the goal
    Raises `Advice` for anything else.

    >>> lab = stale(surfaces.square, lr=0.15, delay=4)
    >>> lab
    Stale descent on the parabola (η = 0.15, d = 4): still descending.
    >>> lab.set(lr=0.2)
    >>> lab.scene.kind, round(lab.scene.limits["lr"], 4)
    ('Beyond the limit.', 0.1736)
    """
    choices = check_surfaces(surface)
    check_goal(goal, within)
    state = {"surface": choices[0], "lr": lr, "delay": delay, "start": start_of(choices[0], start)}
    state |= {"steps": steps, "goal": goal, "within": within}
    controls = [number("lr"), Number("delay", DELAY, whole=True), number("steps")]
    controls += surface_choice(surface)
    clicks = {**START, MAP: ("delay", "lr")}
    return Lab(stale, scene, state, controls, clicks=clicks, adjust=pictures.own_start)


def scene(*, surface, lr, delay, start, steps, goal, within):
    """One run, where its slopes were felt, and its place on the map of η and the delay."""
    run = pictures.run_of(surface, stale_descent, start, steps, lr=lr, delay=delay)
    kind, text = pictures.judgement(run)
    if kind != "Diverged." and goal and surface.minima:
        text = f"{text} {_against_goal(run, goal, within)}"
    numbers = f"η = {format_number(lr)}, d = {delay}"
    L = floor_curvature(surface)
    limit = largest_stable_lr(L, delay) if L else None
    bound = f" At d = {delay} the limit is η = {format_number(limit)}." if L else ""
    if surface.L and lr >= limit and run.verdict().kind != "diverged":
        kind = "Beyond the limit."  # it grows, but so slowly that these steps hardly show it
    place = Trail(MAP, np.array([float(delay)]), np.array([lr]), color=VERMILLION, trace=True)
    return Scene(
        Scenery(LAYOUT, draw_panels, (surface, pictures.span(steps), goal)),
        [
            pictures.path(run, **LOOK),
            pictures.loss_curve(run, **LOOK),
            *pictures.step_arrows(run),
            *_felt(run, delay),
            place,
        ],
        frames=steps + 1,
        title=f"Stale slopes on {surface.with_article}",
        formula=surface.formula,
        kind=kind,
        text=text + bound,
        summary=f"Stale descent on {surface.with_article} ({numbers}): {run.verdict()}.",
        name=numbers,
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": limit},
        run=run,
    )


def _against_goal(run, goal, within):
    """From which step on a run stays below a goal: one that swings may cross it by luck before."""
    target = format_number(goal) + (f" within {within} steps" if within else "")
    step = float(steps_to(run, goal))
    if step > run.steps:
        return f"The goal, {target}, is not reached."
    reached = "is missed" if within and step > within else "is reached"
    return f"The goal, {target}, {reached}: it stays below from step {step:.0f} on."


def _felt(run, delay):
    """Where the slope of each step was felt: so many steps back."""
    if not delay:
        return []
    then = np.maximum(np.arange(run.steps + 1) - delay, 0)
    x, y = (run.x[:, 0], run.loss) if run.x.shape[1] == 1 else run.x.T
    return [Dots(0, x[then, None], y[then, None], PURPLE, 4.5, label="where its slope was felt")]


@lru_cache(maxsize=32)
def floor_curvature(surface):
    """The largest curvature at a floor, the gentlest floor's; None where there is no floor.

    >>> round(floor_curvature(surfaces.ravine), 6)
    20.0
    """
    found = []
    for floor in surface.minima:
        columns = [
            finite_differences(lambda x, i=i: surface.grad(x)[..., i], floor)
            for i in range(surface.d)
        ]
        found.append(float(np.linalg.eigvalsh(np.array(columns))[-1]))
    found = [L for L in found if L > 1e-6]
    return min(found) if found else None


def draw_panels(axes, surface, steps, goal):
    """Landscape and loss, and the map: which η a delay bears."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    ax, L = axes[MAP], floor_curvature(surface)
    ax.set(yscale="log", xlim=(-0.5, DELAYS[-1] + 0.5), ylim=RATES)
    ax.set(xlabel="delay d", ylabel="rate η")
    ax.set_title("Click or drag: η and the delay", fontsize=9.5)
    ax.set_xticks(DELAYS[::5])
    ax.minorticks_off()
    format_powers(ax)
    if L:
        limits = [largest_stable_lr(L, int(d)) for d in DELAYS]
        fastest = [fastest_stale_lr(L, int(d)) for d in DELAYS]
        ax.fill_between(DELAYS, np.clip(limits, *RATES), RATES[1], color=BLUSH, lw=0)
        ax.plot(DELAYS, limits, color=RED, lw=1.8)
        ax.plot(DELAYS, fastest, color=GREY, lw=1.2, ls=(0, (5, 3)))
        said = dict(transform=ax.transAxes, ha="right", va="top", fontsize=9.5)
        ax.text(0.98, 0.95, "diverges", color=RED, **said)
        at = DELAYS[-1] * 0.6
        ax.annotate(
            "beyond, it swings", (at, fastest_stale_lr(L, int(at))), (0, -4),
            textcoords="offset points", color="#5b6270", ha="center", va="top", fontsize=8.5,
        )  # fmt: skip
