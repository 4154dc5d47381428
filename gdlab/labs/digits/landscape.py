"""The real landscape: the loss of the digits on the plane that holds most of the paths."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gdlab import plots
from gdlab.arguments import name_of
from gdlab.arrays import to_numpy
from gdlab.descent import walk
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import as_list
from gdlab.labs.core.pictures import capital
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.digits.training import RATES
from gdlab.labs.race import methods_of, runner
from gdlab.plots import SYMBOLS, style_of
from gdlab.stage.actors import Trail
from gdlab.stage.relief import Relief
from gdlab.surfaces import Surface

LEARNED, MEASURED = 20_000, 1000  # digits to learn from; those over which heights are means
MOMENTS = 50  # recorded on each path
CELLS = 30  # of the landscape, a side
STEPS = Hyperparameter("T", "steps", 50, 400, legal=(2, 2001))
BATCH = Hyperparameter("B", "batch size", 8, 512, log=True, legal=(1, LEARNED + 1))
SEED = Hyperparameter("seed", "", 0, 100, legal=(0, 2**32))
PANELS = Layout((("land", "loss"),), 4.1, width_ratios=(1.5, 1))


def landscape(
    field=("gradient_descent", "rmsprop", "adam"), *, steps=150, batch_size=100, seed=0, **lrs
):
    """A lab: methods train the network from one start; their paths on the loss itself.

    The plane is the one that holds most of all their paths: its two directions are the main ones
    of the places they passed (PCA). The heights on it are the true loss, over the first 1,000
    digits.

    Arguments
        field       names of methods, or functions; None for all ten
        steps       how many each takes, 2 to 2,000; batch_size digits a step
        seed        of the first weights and of the order of the digits
        lrs         a first η for a method by name, or None to leave it out
    Raises `Advice` if an argument makes no sense.

    >>> lab = landscape(["adam"], steps=20)
    >>> lab
    Adam (η = 0.001) on the digits, 20 steps of 100 digits: the plane holds 99 % of the path.
    """
    methods = methods_of(field)
    field = tuple(as_list(field)) if field else None
    for name in lrs:
        if name not in methods:
            raise Advice(f"{name} is not in the field; it has: {', '.join(methods)}.")
    state = {"field": field, "steps": steps, "batch_size": batch_size}
    state |= {"seed": Number("seed", SEED, whole=True).legal(seed)}
    state |= {name: lrs.get(name, RATES.get(name, 0.1)) for name in methods}
    controls = [Number("steps", STEPS, whole=True), Number("batch_size", BATCH, whole=True)]
    controls += [runner(name, method) for name, method in methods.items()]
    return Lab(landscape, scene, state, controls)


def scene(*, field, steps, batch_size, seed, **lrs):
    """The paths on their plane, and the loss along them: where they are, and below in the plane."""
    methods = methods_of(field)
    runs = {
        name: record(methods[name], lr, steps, batch_size, seed)
        for name, lr in lrs.items()
        if lr is not None
    }
    if not runs:
        raise Advice("nobody walks: tick a method.")
    kept = tuple(run for run in runs.values() if not run.lost)
    if not kept:
        raise Advice("all of them diverged: try a smaller learning rate.")
    view = View(kept)
    lost = [display_name(run.name) for run in runs.values() if run.lost]
    text, summary = in_words(view, lost, steps, batch_size)
    return Scene(
        Scenery(PANELS, draw, (view.surface, steps)),
        view.actors(),
        frames=len(kept[0].at),
        unit="moment",
        title="The loss of the digits",
        formula=f"a plane through {view.d:,} parameters",
        kind=f"The plane holds {100 * view.share:.0f} %.",
        text=text,
        summary=summary,
        readout=("after step", kept[0].at),
        relief=view.relief,
        notes=dict.fromkeys(lrs, "") | {n: "lost" for n in runs if runs[n].lost},
        data={"shares": view.shares, "surface": view.surface, "places": view.places},
    )


# What is recorded


@dataclass(frozen=True, eq=False)
class Record:
    """A training: at the steps `at`, the weights (moments, d) and the loss (moments,) there."""

    name: str
    method: Any
    lr: float
    at: np.ndarray
    weights: Any
    loss: np.ndarray
    lost: bool


@lru_cache(maxsize=1)
def digits():
    """What is learned from, a network, and the digits over which heights are measured."""
    from gdlab import mnist

    images, labels = (part[:LEARNED].clone() for part in mnist.load("train"))
    return mnist.network(images, labels), (images[:MEASURED], labels[:MEASURED])


@lru_cache(maxsize=10)
def record(method, lr, steps, batch_size, seed):
    """The `Record` of one training."""
    import torch

    from gdlab import mnist

    learned, measured = digits()
    at = np.unique(np.linspace(0, steps, MOMENTS + 1).round().astype(int))
    x = mnist.initial(seed, device=measured[0].device)
    places = [x]
    with mnist.one_thread():
        course = walk(learned, method, x, batch_size=batch_size, seed=seed, lr=lr)
        for t, step in zip(range(1, steps + 1), course, strict=False):
            if t in at:
                places.append(step.x.clone())
        weights = torch.stack(places)
        loss = to_numpy(torch.cat([mnist.network(*measured).f(p) for p in weights.split(4)]))
    far = weights[-1].norm() > 30 * weights[0].norm()
    lost = not np.isfinite(loss).all() or bool(far)
    return Record(name_of(method), method, lr, at, weights, loss, lost)


class View:
    """The plane of some records: its surface, where the places lie in it, how much it holds."""

    def __init__(self, records):
        self.records, self.d = records, records[0].weights.shape[1]
        self.shares, self.places, self.beneath, self.surface, self.relief = _view(records)
        self.share = float(self.shares[:2].sum())

    def actors(self):
        """Each path on the land, at its own height; and its loss, over the steps."""
        out = []
        for run, place, beneath in zip(self.records, self.places, self.beneath, strict=True):
            style = style_of(run.method)
            look = dict(color=style.color, dash=style.dash, dots=False)
            symbol = SYMBOLS[style.marker]
            label = display_name(run.name)
            z = self.relief.heights(beneath)
            out.append(Trail(0, *place.T, z, label=label, symbol=symbol, **look))
            thin = look | {"color": plots.GREY, "dash": (1, 1.5)}
            out.append(Trail(1, run.at, beneath, label="below it, in the plane", **thin))
            out.append(Trail(1, run.at, run.loss, symbol=symbol, **look))
        return out


@lru_cache(maxsize=8)
def _view(records):
    import torch

    from gdlab import mnist

    _, measured = digits()
    with mnist.one_thread():
        together = torch.cat([run.weights for run in records])
        mean, directions, places, shares = mnist.principal_plane(together)
        places = to_numpy(places).astype(float)
        low, high = places.min(0), places.max(0)
        room = 0.25 * (high - low)
        view = tuple(zip((low - room).tolist(), (high + room).tolist(), strict=True))
        names = ("1st main direction", "2nd main direction")
        exact = mnist.plane(*measured, mean, directions, view, name="plane of the paths")
        x, y = (np.linspace(*ends, CELLS + 1) for ends in view)
        heights = exact.f(plots.grid(x, y))
        beneath = exact.f(places)
    surface = Surface(
        exact.name, exact.formula, table(view, heights), exact.grad, view=view, names=names
    )
    each = [len(run.at) for run in records]
    cuts = np.cumsum(each)[:-1]
    parts = np.split(places, cuts), np.split(beneath, cuts)
    return to_numpy(shares), *parts, surface, Relief(surface, CELLS)


def table(view, heights):
    """Heights on a grid as a function of any place: in between they are interpolated.

    >>> f = table(((0, 1), (0, 2)), np.array([[0.0, 1.0], [2.0, 3.0]]))
    >>> f(np.array([[0.0, 0.0], [1.0, 2.0], [0.5, 1.0]]))
    array([0. , 3. , 1.5])
    """
    cells = heights.shape[0] - 1
    low, high = np.array(view, dtype=float).T

    def f(p):
        at = ((p - low) / (high - low) * cells).clip(0, cells)
        i, j = (at.astype(int).clip(max=cells - 1)[..., k] for k in (1, 0))
        v, u = at[..., 1] - i, at[..., 0] - j
        below = (1 - u) * heights[i, j] + u * heights[i, j + 1]
        above = (1 - u) * heights[i + 1, j] + u * heights[i + 1, j + 1]
        return (1 - v) * below + v * above

    return f


# The picture and the words


def draw(axes, surface, steps):
    """The landscape, and an empty panel for the loss."""
    land, loss = axes
    plots.draw_surface(land, surface)
    loss.set(yscale="log", ylim=(0.1, 4), xlim=(0, steps), xlabel="step")
    loss.set_ylabel(f"loss of the first {MEASURED:,} digits")
    loss.set_yticks([0.1, 0.2, 0.5, 1, 2], ["0.1", "0.2", "0.5", "1", "2"])
    loss.minorticks_off()
    loss.grid(axis="y")


def in_words(view, lost, steps, batch_size):
    """How much of the paths the plane holds, and what it hides: (text, summary)."""
    paths = "path" if len(view.records) == 1 else "paths"
    ends = ", ".join(
        f"{display_name(run.name)} is at {format_number(run.loss[-1], 2)} and the plane below "
        f"it at {format_number(below[-1], 2)}"
        for run, below in zip(view.records, view.beneath, strict=True)
    )
    text = f"So much of the spread of the {paths} lies in two of {view.d:,} directions. "
    text += f"{capital(ends)}."
    text += f" Diverged, and left out: {', '.join(lost)}." if lost else ""
    who = [f"{display_name(run.name)} (η = {format_number(run.lr)})" for run in view.records]
    summary = (
        f"{capital(', '.join(who))} on the digits, {steps} steps of {batch_size} digits: "
        f"the plane holds {100 * view.share:.0f} % of the {paths}."
    )
    return text, summary
