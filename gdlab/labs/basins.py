"""A map that colours every start by the floor where a method ends (chapter 13)."""

import string
from functools import lru_cache

import numpy as np

from gdlab import optimizers, surfaces
from gdlab.analysis import basins as measure
from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import (
    by_display_name,
    check_methods,
    check_numbers,
    check_surfaces,
    start_of,
)
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import surface_choice
from gdlab.labs.memory import method_choice
from gdlab.plots import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION
from gdlab.stage.actors import Curve, Tiles, Trail

SIDE = 150  # starts a side of the map
LRS = np.geomspace(1e-3, 3, SIDE)  # of a map of start and η
COLORS = (GREEN, SKY, ORANGE, PURPLE, BLUE, "#F0E442", VERMILLION)
NOWHERE, LOST = "#e3e6eb", "#565d69"
RATE = KNOWN["lr"]._replace(low=float(LRS[0]), high=float(LRS[-1]))
STEPS = Hyperparameter("T", "steps", 5, 400, legal=(1, 1001))
FLAT = Layout((("map", "loss"),), 4.3, width_ratios=(1.25, 1))
STACKED = Layout(
    (("land", "loss"), ("map", "loss")),
    4.7,
    order=("map", "loss", "land"),
    width_ratios=(1.25, 1),
    height_ratios=(1, 1.9),
)
CLICKS = {0: ("start", "lr")}  # on a line the second coordinate of the map is η
METHODS = tuple(
    optimizers.METHODS[name]
    for name in ("gradient_descent", "momentum", "heavy_ball", "nesterov", "rmsprop", "adam")
)


def basins(
    method=METHODS,
    surface=(surfaces.himmelblau, surfaces.wavy, surfaces.double_well),
    *,
    start=None,
    steps=200,
    lr=None,
    **numbers,
):
    """A lab: 22,500 starts, each in the colour of the floor where the method ends.

    With two coordinates every place of the map is a start. With one, the map has the start from
    left to right and η from below to above. A click walks from there.

    Arguments
        method   a function (x, grad, s, *, lr, …), or a list of them to choose from
        surface  a `Surface` with at most seven floors, or a list of them to choose from
        start    of the path that is drawn, None for the surface's own
        steps    of every descent, 1 to 1,000
        lr       η > 0; None for one that suits the method and the surface
        numbers  first values of the method's others
    Raises `Advice` for anything else.

    >>> lab = basins(lr=0.002)
    >>> lab
    Gradient descent on Himmelblau, η = 0.002, 200 steps: 25 % of the starts end at A, 26 % at B, \
    24 % at C, 25 % at D.
    """
    methods, choices = check_methods(method), check_surfaces(surface)
    for one in methods:
        if "lr" not in numbers_of(one):
            raise Advice(f"{name_of(one)} has no number lr: this lab turns it.")
    for one in choices:
        if len(measure.floors(one)) > len(COLORS):
            raise Advice(f"{one.name} has more than {len(COLORS)} floors: choose another surface.")
    numbers = check_numbers(methods, numbers)
    numbers["lr"] = usual_rate(methods[0], choices[0]) if lr is None else lr
    state = {"method": methods[0], "surface": choices[0], **numbers}
    state |= {"start": start_of(choices[0], start), "steps": steps}
    controls = [
        Number("lr", RATE) if name == "lr" else number(name, value)
        for name, value in numbers.items()
    ]
    controls += [Number("steps", STEPS, whole=True), *surface_choice(surface)]
    controls += method_choice(by_display_name(methods))
    return Lab(basins, scene, state, controls, clicks=CLICKS, adjust=_adjust)


def usual_rate(method, surface):
    """An η that brings a method down in 200 steps, on the surfaces of this lab.

    >>> usual_rate(optimizers.adam, surfaces.wavy), usual_rate(optimizers.nesterov, surfaces.wavy)
    (0.1, 0.03)
    """
    known = {"gradient_descent": 0.1, "momentum": 0.1, "heavy_ball": 0.03, "nesterov": 0.03}
    name = name_of(method)
    return known.get(name, 0.1) / (10 if surface.d == 2 and name in known else 1)


def _adjust(before, after):
    """Another surface brings its own start, another method or surface a rate that suits it."""
    changes = pictures.own_start(before, after)
    same = before["method"] is after["method"] and before["surface"] is after["surface"]
    return changes if same else {"lr": usual_rate(after["method"], after["surface"]), **changes}


def scene(*, method, surface, start, steps, lr, **numbers):
    """The map of all starts, and one of their paths on it."""
    others = {name: numbers[name] for name in numbers_of(method) if name in numbers}
    run = pictures.run_of(surface, method, start, steps, lr=lr, **others)
    flat = surface.d == 2
    cells = _map(surface, method, steps, lr if flat else None, **others)
    mine = cells if flat else _line(surface, method, steps, lr, **others)
    shares, words = _shares(mine, surface)
    arrived = int(measure.ends(surface, method, run.x[:1], steps=steps, lr=lr, **others)[0])
    rate, walked = f"η = {format_number(lr)}", f"{steps} step{'s' * (steps != 1)}"
    return Scene(
        Scenery(FLAT if flat else STACKED, _draw, (surface, pictures.span(steps))),
        [
            _tiles(surface, cells),
            *(_letters(surface) if flat else []),
            *_walk(run, lr),
            pictures.loss_curve(run, color=INK, dash=()),
        ],
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        kind=_kind(arrived, surface),
        text=f"{words if flat else f'At this η {words}'}.",
        summary=f"{pictures.title_of(method, surface)}, {rate}, {walked}: {words}.",
        name=rate,
        readout=("loss", run.loss),
        hidden=frozenset(numbers) - frozenset(others),
        run=run,
        data={"map": cells, "shares": shares, "floors": measure.floors(surface)},
    )


# What is measured


@lru_cache(maxsize=16)
def _map(surface, method, steps, lr, **others):
    """The number of the floor for each tile: over both coordinates, or over start and η."""
    if lr is None:
        starts = np.broadcast_to(_starts(surface)[:, None], (SIDE, SIDE, 1))
        lr = LRS[:, None]
    else:
        starts = measure.starts_over(surface.view, SIDE)
    return measure.ends(surface, method, starts, steps=steps, lr=lr, **others)


@lru_cache(maxsize=16)
def _line(surface, method, steps, lr, **others):
    """The same for one η, along a line."""
    return measure.ends(surface, method, _starts(surface)[:, None], steps=steps, lr=lr, **others)


def _starts(surface):
    return measure.tiles(*surface.view[0], SIDE)


def _shares(cells, surface):
    """The share of each ending, and a sentence without its end."""
    floors = len(measure.floors(surface))
    shares = np.bincount(cells.ravel(), minlength=floors + 2) / cells.size
    places = [f"at {string.ascii_uppercase[i]}" for i in range(floors)]
    places = [f"of the starts end {places[0]}", *places[1:], "elsewhere", "fly away"]
    told = zip([f"{share:.0%}" for share in shares], places, strict=True)
    words = [f"{share[:-1]} % {place}" for share, place in told if share != "0%"]
    return shares, ", ".join(words)


def _kind(arrived, surface):
    floors = len(measure.floors(surface))
    if arrived < floors:
        return f"To {string.ascii_uppercase[arrived]}."
    return "Nowhere yet." if arrived == floors else "Diverged."


# The picture


def _tiles(surface, cells):
    colors = (*COLORS[: len(measure.floors(surface))], NOWHERE, LOST)
    y = surface.view[1] if surface.d == 2 else _edges()
    return Tiles(0, np.array(surface.view[0]), np.array(y), cells, colors)


def _letters(surface):
    """The floors by their letters, above the tiles."""
    floors = measure.floors(surface)[:, :, None]
    return [
        Trail(0, *floor, color=INK, symbol=letter)
        for floor, letter in zip(floors, string.ascii_uppercase, strict=False)
    ]


def _edges():
    """Where the map of start and η begins and ends: half a tile beyond the outer rates."""
    half = (LRS[1] / LRS[0]) ** 0.5
    return LRS[0] / half, LRS[-1] * half


def _walk(run, lr):
    """The path; on a line also the η at which it is walked, and where it began."""
    if run.surface.d == 2:
        return [pictures.path(run, color=INK, dash=())]
    low, high = run.surface.view[0]
    level = Curve(0, np.array([low, high]), np.array([lr, lr]), color=INK, dash=(3, 2))
    place = Trail(0, run.x[:1, 0], np.array([lr]), color=INK, trace=True)
    curve = Trail(2, run.x[:, 0], run.loss, color=INK, label="path", trace=True)
    return [level, place, curve]


def _draw(axes, surface, steps):
    """An empty map, the loss, and on a line the landscape with its floors by their letters."""
    chart, loss = axes[:2]
    land = axes[-1]
    pictures.draw_land_and_loss((chart if surface.d == 2 else land, loss), surface, steps)
    if surface.d == 2:
        chart.set_title("Each start in the colour of the floor where it ends", fontsize=9.5)
        for line in chart.lines:
            line.set_visible(False)
    else:
        chart.set(yscale="log", xlim=surface.view[0], ylim=_edges())
        chart.set(xlabel=f"start {surface.names[0]}", ylabel="learning rate η")
        chart.minorticks_off()
        land.set(xlabel="", ylim=(None, land.get_ylim()[1] * 1.02))
        land.tick_params(labelbottom=False)
        for i, (x,) in enumerate(measure.floors(surface)):
            land.annotate(
                string.ascii_uppercase[i], (x, float(surface([x]))), fontsize=9, color="white",
                fontweight="bold", ha="center", va="center", annotation_clip=False,
                bbox=dict(boxstyle="circle,pad=0.22", fc=COLORS[i], ec="white", lw=1),
            )  # fmt: skip
