"""Two settings, so many trials: grid, random search, or Optuna's TPE (chapter 14)."""

import math
from functools import lru_cache

import numpy as np

from gdlab import plots
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import SEED, Choice, Number, Seed
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.plots import BLUE, VERMILLION
from gdlab.stage.actors import Curve, Dots, Trail

TRIALS = Hyperparameter("n", "trials", 4, 64, legal=(1, 101))
WEIGHT = Hyperparameter("w", "weight", 0.0, 1.0, legal=(0, 1.0000001), example=0.1)
KINDS = {"a grid": "grid", "random search": "random", "TPE (Optuna)": "tpe"}
WIDTH, VALLEYS = 0.06, 1000
LAYOUT = Layout(
    (("map", "best"), ("axis", "best")),
    4.9,
    order=("map", "axis", "best"),
    width_ratios=(1.5, 1),
    height_ratios=(2.1, 1),
)


def search(kind="grid", *, trials=25, weight=0.1, seed=0):
    """A lab: a loss over two settings that we know, and a search that does not know it.

    J(u, v) = (g(u − u₀) + w g(v − v₀)) / (1 + w),  g(z) = z²/(z² + 0.06²),  u, v from 0 to 1

    Arguments
        kind    "grid", "random" or "tpe" (Optuna's sampler)
        trials  1 to 100; a grid takes the largest square that is no larger
        weight  w, 0 to 1: how much the second setting matters beside the first
        seed    of the place (u₀, v₀) of the valley, and of what the search draws
    Raises `Advice` for anything else.

    >>> lab = search()
    >>> lab.set(kind="random")
    >>> lab
    Random search, 25 trials, w = 0.1: the lowest loss is 0.09, after trial 5.
    """
    state = {"kind": kind, "trials": trials, "weight": weight, "seed": seed}
    controls = [
        Choice("kind", KINDS, words="search"),
        Number("trials", TRIALS, whole=True),
        Number("weight", WEIGHT),
        Seed(about=SEED._replace(words="of the valley"), button="another"),
    ]
    return Lab(search, scene, state, controls)


def scene(*, kind, trials, weight, seed):
    """The trials one by one on the map, dropped on the first axis, and the best so far."""
    valley = valley_of(seed)
    tried = POINTS[kind](trials, weight, seed)
    loss = height(tried, valley, weight)
    order = np.arange(len(tried) + 1)
    so_far = np.minimum.accumulate(np.concatenate([[1.0], loss]))
    best = np.array([loss[:k].argmin() if k else -1 for k in order])
    first = np.unique(tried[:, 0].round(9)).size
    name = f"{len(tried)} trials" if len(tried) > 1 else "1 trial"
    title = {"grid": "Grid search", "random": "Random search", "tpe": "TPE"}[kind]
    told = f"{name}, w = {format_number(weight)}"
    lowest, number = format_number(so_far[-1], 2), int(loss.argmin()) + 1
    grid, random = averages(trials, weight)
    square = math.isqrt(trials)
    return Scene(
        Scenery(LAYOUT, _draw, (valley, weight, pictures.span(trials))),
        [
            Curve(1, AXIS, profile(AXIS - valley[0]), color="#7f9fc4"),
            _points(0, tried[:, 0], tried[:, 1], order, BLUE, 4.5, f"{name}"),
            _points(1, tried[:, 0], profile(tried[:, 0] - valley[0]), order, BLUE, 3.5),
            _best(0, tried[:, 0], tried[:, 1], best),
            _best(1, tried[:, 0], profile(tried[:, 0] - valley[0]), best),
            Trail(2, order, so_far, color=VERMILLION, label="best so far", dots=False, trace=True),
        ],
        frames=len(order),
        unit="trial",
        title=f"{title}: {square} × {square}" if kind == "grid" else f"{title}: {name}",
        formula="J(u, v), known to us, not to the search",
        kind=f"The lowest loss is {lowest}.",
        text=f"Of the first setting it tried {first} value{'s' * (first > 1)}. "
        f"Mean lowest loss over {VALLEYS:,} other valleys: {format_number(grid, 2)} by a grid of "
        f"{square} × {square}, {format_number(random, 2)} by random search.",
        summary=f"{title}, {told}: the lowest loss is {lowest}, after trial {number}.",
        name=f"{title.lower() if kind != 'tpe' else title}, {told}",
        readout=("best", so_far),
        data={"tried": tried, "loss": loss, "averages": (grid, random), "valley": valley},
    )


# The loss, and what a search tries of it

AXIS = np.linspace(0, 1, 401)


def valley_of(seed):
    """Where the valley lies: (u₀, v₀), each between 0.1 and 0.9."""
    return tuple(np.random.default_rng([seed, 14]).uniform(0.1, 0.9, 2).tolist())


def profile(z):
    """g(z) = z²/(z² + 0.06²): 0 on the floor, 1 far away."""
    return z**2 / (z**2 + WIDTH**2)


def height(points, valley, weight):
    """The loss of points (…, 2); valley (u₀, v₀) may have leading axes of its own."""
    u, v = np.moveaxis(np.asarray(points) - np.asarray(valley), -1, 0)
    return (profile(u) + weight * profile(v)) / (1 + weight)


def grid_points(trials):
    """The middles of k × k equal squares, k² ≤ trials: shape (k², 2)."""
    k = math.isqrt(trials)
    middles = (np.arange(k) + 0.5) / k
    return plots.grid(middles, middles).reshape(-1, 2)


def _grid(trials, weight, seed):
    return np.random.default_rng(seed).permutation(grid_points(trials))


def _random(trials, weight, seed):
    return np.random.default_rng(seed).random((trials, 2))


@lru_cache(maxsize=64)
def _tpe(trials, weight, seed):
    """What Optuna's sampler asks for, one trial after the other."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # it tells of every study it makes
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    optuna.logging.set_verbosity(level)
    tried, valley = [], valley_of(seed)
    for _ in range(trials):
        trial = study.ask()
        tried.append([trial.suggest_float("u", 0, 1), trial.suggest_float("v", 0, 1)])
        study.tell(trial, float(height(tried[-1], valley, weight)))
    return np.array(tried)


POINTS = {"grid": _grid, "random": _random, "tpe": _tpe}


@lru_cache(maxsize=256)
def averages(trials, weight):
    """The mean lowest loss over 1,000 valleys: (grid, random search), as many trials."""
    rng = np.random.default_rng(0)
    valleys = rng.uniform(0.1, 0.9, (VALLEYS, 1, 2))
    draws = rng.random((VALLEYS, trials, 2))
    both = (height(points, valleys, weight) for points in (grid_points(trials), draws))
    return tuple(float(loss.min(1).mean()) for loss in both)


# The picture


def _draw(axes, valley, weight, trials):
    land, axis, best = axes
    fine = AXIS[::4]
    z = height(plots.grid(fine, fine), valley, weight)
    land.contourf(fine, fine, z, np.linspace(0, 1, 11), cmap=plots.HUE)
    land.contour(fine, fine, z, np.linspace(0.1, 0.9, 9), colors="white", linewidths=0.8)
    land.plot(*valley, "+", color=plots.INK, ms=9, mew=1.8)
    land.set(xlim=(0, 1), ylim=(0, 1), ylabel="second setting v")
    axis.set(xlim=(0, 1), ylim=(-0.08, 1.12), yticks=(0, 1), xlabel="first setting u")
    axis.set_ylabel("g(u − u₀)")
    best.set(xlim=(0, trials), ylim=(0, 1.02), xlabel="trial", ylabel="lowest loss so far")
    best.grid(axis="y")


def _points(panel, x, y, order, color, size, label=""):
    """Points that appear one after the other: at frame k the first k of them."""
    seen = np.arange(len(x)) < order[:, None]
    return Dots(
        panel, np.where(seen, x, np.nan), np.where(seen, y, np.nan), color, size, label=label
    )


def _best(panel, x, y, best, label=""):
    """The best one so far; nowhere before the first trial."""
    there = best >= 0
    return Dots(
        panel, np.where(there, x[best], np.nan)[:, None], np.where(there, y[best], np.nan)[:, None],
        VERMILLION, 6.0, label=label,
    )  # fmt: skip
