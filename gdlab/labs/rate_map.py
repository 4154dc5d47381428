"""The map of η and β: how fast momentum comes down a quadratic, and where it flies away."""

from functools import lru_cache

import numpy as np
from matplotlib.ticker import FuncFormatter

from gdlab import surfaces
from gdlab.analysis.convergence import best_heavy_ball, curvatures, error_factor
from gdlab.descent import descend
from gdlab.dialects import DIALECTS
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import (
    by_display_name,
    check_goal,
    check_methods,
    check_numbers,
    check_surfaces,
    start_of,
)
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.labs.memory import method_choice
from gdlab.plots import HUE, INK, style_of
from gdlab.stage.actors import Trail

MAP = 2  # the panel
LRS, BETAS = np.geomspace(1e-3, 10, 97), np.linspace(0, 0.99, 56)
STEPS = 300  # of each of the descents behind the map
LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
RED, BLUSH = "#c5221f", "#f7dedb"
LAYOUT = Layout(
    (("map", "land"), ("map", "loss")),
    4.9,
    order=("land", "loss", "map"),
    width_ratios=(1.15, 1),
)
DIALECT = {d.method: f"{d.name}: {d.formula.partition(',')[0]}" for d in DIALECTS}


def rate_map(
    method=tuple(DIALECT),
    surface=(surfaces.ravine, surfaces.gorge, surfaces.bowl),
    *,
    start=None,
    steps=60,
    goal=1e-6,
    within=None,
    lr=0.1,
    beta=0.5,
    **numbers,
):
    """A lab: click or drag a point (η, β) on the map of the rate of convergence, see its run.

    Each place of the map is a descent of its own: what share of the error does one step leave?
    Light is fast; beyond the red line it diverges.

    Arguments
        method   a function (x, grad, s, *, lr, beta), or a list of them to choose from; None
                 for the four dialects of momentum
        surface  a quadratic with one or two coordinates, or a list of them to choose from
        start, steps, goal, within  as in `descent`; lr, beta: the first point; numbers: those
                 of the method's others
    Raises `Advice` for a surface that is not a quadratic, or a method without lr or beta.

    >>> lab = rate_map(lr=0.16, beta=0.27)
    >>> lab
    Momentum on the ravine (η = 0.16, β = 0.27): converged at step 25.
    One step leaves 0.65 of the error.
    >>> lab.set(beta=0.9)
    >>> round(lab.scene.data["factor"], 2)  # √0.9
    0.95
    """
    methods = check_methods(tuple(DIALECT) if method is None else method)
    choices = check_surfaces(surface)
    check_goal(goal, within)
    for one in methods:
        if not {"lr", "beta"} <= set(numbers_of(one)):
            raise Advice("a map of η and β needs a method with the numbers lr and beta.")
    for one in choices:
        curvatures(one)
    numbers = check_numbers(methods, {"lr": lr, "beta": beta, **numbers})
    state = {"method": methods[0], "surface": choices[0], **numbers}
    state |= {"start": start_of(choices[0], start), "steps": steps, "goal": goal, "within": within}
    controls = [*(number(name, value) for name, value in numbers.items()), number("steps")]
    controls += surface_choice(surface)
    if set(methods) == set(DIALECT):
        controls += method_choice({DIALECT[one]: one for one in methods}, "dialect")
    else:
        controls += method_choice(by_display_name(methods))
    show = scene if len(methods) == 1 else pictures.with_method_named(scene)
    clicks = {**START, MAP: ("lr", "beta")}
    return Lab(rate_map, show, state, controls, clicks=clicks, adjust=pictures.own_start)


def scene(*, method, surface, start, steps, goal, within, lr, beta, **others):
    """One run, and its point on the map of all others."""
    others = {name: others[name] for name in numbers_of(method) if name in others}
    run = pictures.run_of(surface, method, start, steps, lr=lr, beta=beta, **others)
    factor = _factor(method, surface, lr, beta, **others)
    factors, edge = measure(method, surface, **others)
    arguments = surface, pictures.span(steps), goal, method, tuple(others.items())
    leaves = _leaves(factor)
    text = f"{leaves}; {best_in_words(factors)}"
    return Scene(
        Scenery(LAYOUT, draw_panels, arguments),
        [
            pictures.path(run),
            pictures.loss_curve(run),
            *pictures.step_arrows(run),
            Trail(MAP, np.array([lr]), np.array([beta]), color=style_of(method).color, trace=True),
        ],
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        kind=f"{pictures.capital(run.verdict().kind)}.",
        text=f"{text} {pictures.against_goal(run, goal, within)}" if goal else text,
        summary=f"{pictures.summary_of(run)} {leaves}.",
        name=pictures.numbers_in_words(run.numbers),
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": _limit(edge, beta)},
        run=run,
        data={"factor": factor, "map": factors, "edge": edge},
    )


# What is measured


@lru_cache(maxsize=32)
def measure(method, surface, **others):
    """The map, and where it ends: `error_factor` of shape (betas, lrs), and an η for each β.

    From that η on every larger one diverges; it is infinite where none does. `others` are the
    method's numbers except lr and beta.
    """
    factors = _try(method, surface, LRS, BETAS[:, None], **others)
    last = factors.shape[1] - (factors < 1)[:, ::-1].argmax(1)  # after it all diverge
    last[~(factors < 1).any(1)] = 0
    inside = (0 < last) & (last < len(LRS))
    edge = np.where(last == 0, LRS[0], np.inf)
    # Twice a closer look: between the last that comes down and the first that does not.
    low, high = LRS[last[inside] - 1], LRS[last[inside].clip(max=len(LRS) - 1)]
    for _ in range(2):
        closer = np.geomspace(low, high, 9, axis=1)
        lost = _try(method, surface, closer, BETAS[inside, None], **others) >= 1
        first = (9 - (~lost)[:, ::-1].argmax(1)).clip(1, 8)
        rows = np.arange(len(first))
        low, high = closer[rows, first - 1], closer[rows, first]
    edge[inside] = (low * high) ** 0.5
    return factors, edge


@lru_cache(maxsize=64)
def _factor(method, surface, lr, beta, **others):
    return float(_try(method, surface, lr, beta, **others))


def _try(method, surface, lrs, betas, **others):
    """The `error_factor` of so many descents from (1, 1), where all curvatures take part."""
    with np.errstate(all="ignore"):
        start, numbers = np.ones(surface.d), {"lr": lrs, "beta": betas, **others}
        return error_factor(descend(surface, method, start, steps=STEPS, **numbers))


def _limit(edge, beta):
    """The first η past the red line, at this β."""
    limit = np.interp(beta, BETAS, edge)
    return float(limit) if np.isfinite(limit) else None


# The scenery


def draw_panels(axes, surface, steps, goal, method, others):
    """Landscape and loss, the map of a method, and the best β of theory, where there is one."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    ax = axes[MAP]
    draw_map(ax, *measure(method, surface, **dict(others)))
    if method in DIALECT:
        best = best_heavy_ball(*curvatures(surface))[1]
        ax.axhline(best, color=INK, lw=1, ls=(0, (5, 3)))
        ax.annotate(
            f"best β = {format_number(best, 2)}", (0.012, best), (0, 3), ax.get_yaxis_transform(),
            "offset points", color=INK, va="bottom", fontsize=9,
        )  # fmt: skip


def draw_map(ax, factors, edge, lrs=LRS, betas=BETAS):
    """A map of `error_factor`: light is fast, red diverges, + is the best place.

    Arguments: ax; factors of shape (len(betas), len(lrs)); edge of shape (len(betas),), the η
    from which on it diverges. Returns the artists.
    """
    inside = lrs < edge[:, None]
    last = inside.shape[1] - 1 - inside[:, ::-1].argmax(1)
    rim = np.take_along_axis(factors, last[:, None], 1)  # so that lines run into the edge
    seen = np.where(inside, factors, rim).clip(max=1)
    shades = HUE(np.linspace(0, 1, len(LEVELS) + 1))
    filled = ax.contourf(lrs, betas, seen, [0, *LEVELS, 2], colors=shades)
    lines = ax.contour(lrs, betas, seen, LEVELS, colors="white", linewidths=0.9)
    beyond = ax.fill_betweenx(betas, edge.clip(max=lrs[-1]), lrs[-1], color=BLUSH, lw=0, zorder=2.5)
    line = ax.plot(edge.clip(max=2 * lrs[-1]), betas, color=RED, lw=1.8, zorder=3)
    ax.set(xscale="log", xlim=lrs[[0, -1]], ylim=betas[[0, -1]])
    ax.set(xlabel="learning rate η", ylabel="memory β")
    ax.set_title("What one step leaves of the error: click or drag a point", fontsize=9.5)
    ax.xaxis.set_major_formatter(FuncFormatter(_tick))
    ax.minorticks_off()
    labels = ax.clabel(
        lines, fmt="%g", fontsize=8, colors="#5b6270", manual=_tops(lines, betas, edge)
    )
    best = np.unravel_index(factors.argmin(), factors.shape)
    cross = ax.plot(lrs[best[1]], betas[best[0]], "+", color=INK, ms=11, mew=2)
    said = ax.text(0.98, 0.02, "diverges", transform=ax.transAxes, color=RED, ha="right", zorder=4)
    return [filled, lines, beyond, *line, *labels, *cross, said]


def _tops(lines, betas, edge):
    """For each contour line a place in the middle of its highest part, where it lies level."""
    places = []
    for x, y in (np.concatenate(pieces).T for pieces in lines.allsegs if np.size(pieces[0])):
        seen = x < np.interp(y, betas, edge.clip(max=x.max()))
        high = np.log(x[seen & (y > y[seen].max(initial=0) - 0.03)])
        if len(high):
            places.append((np.exp((high.min() + high.max()) / 2), y[seen].max()))
    return places


def _tick(value, place):
    return format_number(value)


# The words


def _leaves(factor):
    if factor >= 1:
        return "The error grows with every step"
    return f"One step leaves {format_number(factor, 2)} of the error"


def best_in_words(factors):
    i, j = np.unravel_index(factors.argmin(), factors.shape)
    lr, beta, factor = (format_number(v, 2) for v in (LRS[j], BETAS[i], factors[i, j]))
    return f"at the cross, η = {lr} and β = {beta}, a step leaves {factor}."
