"""What one state of a lab looks like: a scene, and the scenery it stands on; plain data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gdlab import plots
from gdlab.stage.relief import Relief


@dataclass(frozen=True)
class Layout:
    """Where the panels of a figure lie, on a wide screen and on a phone.

    Arguments
        mosaic   rows of names, (("land", "loss"), ("land", "noise"))
        height   of the figure in inches, 10.2 inches wide
        order    of the names in `fig.axes`; () for the order in which they appear
        width_ratios, height_ratios  of columns and rows; () for all alike
        phone    heights of the panels on a phone, in inches; () for what usually serves

    On a phone held upright the panels stand one below the other, in their order.
    """

    mosaic: tuple
    height: float = 4.1
    order: tuple = ()
    width_ratios: tuple = ()
    height_ratios: tuple = ()
    phone: tuple = ()

    def figure(self, portrait=False):
        """An empty figure with these panels."""
        order = self.order or tuple(dict.fromkeys(name for row in self.mosaic for name in row))
        if portrait:
            usual = [2.9, 1.9] if len(order) == 2 else [2.6] + [1.45] * (len(order) - 1)
            heights = list(self.phone) or usual
            return plots.mosaic([[n] for n in order], 4.6, sum(heights), height_ratios=heights)
        ratios = {"width_ratios": self.width_ratios, "height_ratios": self.height_ratios}
        ratios = {name: list(values) for name, values in ratios.items() if values}
        return plots.mosaic([list(row) for row in self.mosaic], 10.2, self.height, order, **ratios)


@dataclass(frozen=True)
class Scenery:
    """What stands still: a function that draws it on the axes, and its arguments.

    Two sceneries with the same layout, function and arguments are one picture, painted once.

    Arguments: layout of the panels; draw, a function (axes, *arguments); arguments, hashable.
    """

    layout: Layout
    draw: Callable
    arguments: tuple = ()

    def figure(self, portrait=False):
        """The painted figure; the same one whenever it is asked for. Do not draw on it."""
        return _figure(self, portrait)


@lru_cache(maxsize=32)
def _figure(scenery, portrait):
    fig = scenery.layout.figure(portrait)
    scenery.draw(fig.axes, *scenery.arguments)
    return fig


@dataclass(frozen=True, eq=False)
class Scene:
    """A state of a lab as it is shown: what moves, for how long, and what there is to say.

    Arguments
        scenery   the `Scenery` on which it stands
        actors    a list of `gdlab.stage.actors`; those with `trace` stay, pale, after a change
        frames    how many moments they have; unit: what the player calls one
        title, formula   above the picture
        kind      the verdict in a word, "Converged."; text: the rest of it
        summary   one sentence for those who cannot see the picture
        name      this state in a few words, "η = 0.1, β = 0.9", to name the pale one
        readout   (name, values of shape (frames,)) shown beside the step
        relief    heights for the 3-D view of panel 0; None for none
        limits    {name: value}: where on a slider it begins to diverge, or None
        notes     {name: text}: what stands beside a row
        hidden    names of values that do not count here: no row, and not in the line of Python
        run       the run it shows, or several of them, to compute with
        data      other numbers behind the picture, by name
    """

    scenery: Scenery
    actors: list
    frames: int = 1
    unit: str = "step"
    title: str = ""
    formula: str = ""
    kind: str = ""
    text: str = ""
    summary: str = ""
    name: str = ""
    readout: tuple | None = None
    relief: Relief | None = None
    limits: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    hidden: frozenset = frozenset()
    run: Any = None
    data: dict = field(default_factory=dict)

    @cached_property
    def nbytes(self):
        """About how much memory the actors take, in bytes."""
        arrays = (v for actor in self.actors for v in vars(actor).values())
        return 2**12 + sum(v.nbytes for v in arrays if isinstance(v, np.ndarray))
