"""What moves on a Stage. Each actor can be sent to the browser and drawn by Matplotlib.

Positions are in data units of one panel (an index into the figure's axes). An axis of
length `frames` is time: the browser shows one moment of it, a still picture the last.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import ClassVar

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from gdlab.plots import BLUE, GREY, INK, SYMBOLS, VERMILLION

MARKERS = {symbol: marker for marker, symbol in SYMBOLS.items() if symbol != "●"}
LARGEST = 1e30  # what float32 and a browser's canvas both bear


@dataclass
class Actor:
    """Arrays become float32 buffers for the browser, everything else travels as it is."""

    kind: ClassVar[str]

    def spec(self):
        """The actor as a dict of plain values and buffers; the same one whenever it is asked for.

        Made once, and never changed: an actor that differs is another one.
        """
        return self._spec

    @cached_property
    def _spec(self):
        out = {"kind": self.kind}
        for item in fields(self):
            value = getattr(self, item.name)
            if getattr(value, "dtype", None) == np.int8:  # the pixels of an image
                out["columns"] = value.shape[1]
                value = memoryview(np.ascontiguousarray(value).ravel())
            elif isinstance(value, (np.ndarray, list)):
                value = np.asarray(value, dtype=float)
                out["n"] = value.shape[-1]  # values a moment, where there are several
                value = np.nan_to_num(value, nan=LARGEST).clip(-LARGEST, LARGEST)
                value = memoryview(np.ascontiguousarray(value, dtype="<f4").ravel())
            out[item.name] = value
        return out

    def handle(self):
        """What stands for the actor in a legend: a piece of line in its colour and dash."""
        color = GREY if getattr(self, "ghost", False) else self.color
        dashes = getattr(self, "dash", ()) or (None, None)
        return Line2D([], [], color=color, lw=2, dashes=dashes)


@dataclass
class Trail(Actor):
    """A path walked in time, with a ball at its head; a ghost is pale and stands still.

    x, y of shape (frames,); z, where there is a 3-D view: heights from 0 to 1; symbol: the
    character that stands for the ball where there are many; trace: whether a lab keeps it as a
    ghost when the next scene comes.
    """

    kind: ClassVar = "trail"
    panel: int
    x: np.ndarray
    y: np.ndarray
    z: np.ndarray | None = None
    color: str = VERMILLION
    dash: tuple = ()
    label: str = ""
    dots: bool = True
    symbol: str = "●"
    ghost: bool = False
    trace: bool = False

    def handle(self):
        """The line, with the symbol of its method where it has one."""
        handle = super().handle()
        marker = MARKERS.get(self.symbol, "")
        handle.set(marker=marker, markersize=5)
        return handle

    def draw(self, ax):
        """The whole path, the ball at its end."""
        if self.ghost and len(self.x) == 1:
            return ax.plot(self.x, self.y, "o", color=GREY, ms=8, mec="white", mew=0.5)
        if self.ghost:
            return ax.plot(self.x, self.y, color=GREY, lw=1.4, alpha=0.8)
        dashes = self.dash or (None, None)
        artists = ax.plot(self.x, self.y, color="white", lw=3.6, alpha=0.8)
        artists += ax.plot(self.x, self.y, color=self.color, lw=1.8, dashes=dashes)
        if self.dots:
            few = dict(ms=3.4, mfc="white", mec=self.color, mew=1.1)
            artists += ax.plot(self.x[:-1], self.y[:-1], "o", **few)
        marker = "o" if self.symbol == "●" else MARKERS.get(self.symbol)
        look = dict(marker=marker, ms=8, mec="white", mew=1.0)
        if marker is None:  # a letter
            look = dict(marker=f"$\\mathbf{{{self.symbol}}}$", ms=9, mew=0)
        return artists + ax.plot(self.x[-1:], self.y[-1:], ls="", mfc=self.color, **look)


@dataclass
class Arrow(Actor):
    """An arrow a frame, from (x, y) by (dx, dy); all of shape (frames,).

    Where there are many, a still picture shows none (at the end of a path there is no step), or
    that of the frame `still`.
    """

    kind: ClassVar = "arrow"
    panel: int
    x: np.ndarray
    y: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    color: str = INK
    label: str = ""
    still: int | None = None

    def draw(self, ax):
        """The arrow, if it has a length worth drawing: at rest there is none."""
        if len(self.x) > 1 and self.still is None:
            return []
        frame = -1 if self.still is None else self.still
        x, y, dx, dy = (v[frame] for v in (self.x, self.y, self.dx, self.dy))
        tail, tip = np.array([x, y]), np.array([x + dx, y + dy])
        length = np.hypot(*np.diff(ax.transData.transform([tail, tip]), axis=0)[0])
        if not 1 < length < 1e5:
            return []
        style = dict(arrowstyle="-|>", color=self.color, lw=2, shrinkA=0, shrinkB=0)
        return [ax.annotate("", tip, tail, arrowprops=style, annotation_clip=False)]


@dataclass
class Fan(Actor):
    """Thin arrows from one point to many: x, y of shape (frames,), dx, dy of (frames, n)."""

    kind: ClassVar = "fan"
    panel: int
    x: np.ndarray
    y: np.ndarray
    dx: np.ndarray
    dy: np.ndarray
    color: str = GREY
    label: str = ""

    def draw(self, ax):
        """The arrows at the last frame: a line to each tip, and a dot on it."""
        x, y = self.x[-1], self.y[-1]
        tips = x + self.dx[-1], y + self.dy[-1]
        spread = np.full(3 * len(tips[0]), np.nan), np.full(3 * len(tips[0]), np.nan)
        for line, tail, tip in zip(spread, (x, y), tips, strict=True):
            line[::3], line[1::3] = tail, tip
        artists = ax.plot(*spread, color=self.color, lw=0.7, alpha=0.5)
        return artists + ax.plot(*tips, "o", color=self.color, ms=3, mew=0)


@dataclass
class Curve(Actor):
    """A line through x of shape (n,) and y of shape (n,), or (frames, n) where it moves."""

    kind: ClassVar = "curve"
    panel: int
    x: np.ndarray
    y: np.ndarray
    color: str = INK
    dash: tuple = ()
    label: str = ""

    def draw(self, ax):
        """The line at the last frame."""
        y = np.atleast_2d(self.y)[-1]
        return ax.plot(self.x, y, color=self.color, lw=1.8, dashes=self.dash or (None, None))


@dataclass
class Dots(Actor):
    """Points: x and y of shape (n,), or (frames, n) where they move; still: see `draw`."""

    kind: ClassVar = "dots"
    panel: int
    x: np.ndarray
    y: np.ndarray
    color: str = INK
    size: float = 3.0
    label: str = ""
    still: int = -1

    def handle(self):
        """A dot in its colour."""
        return Line2D([], [], color=self.color, marker="o", ms=5, ls="")

    def draw(self, ax):
        """The points at the frame `still`, the last one if nothing else is said."""
        x, y = np.atleast_2d(self.x)[self.still], np.atleast_2d(self.y)[self.still]
        return ax.plot(x, y, "o", color=self.color, ms=2 * self.size, mec="white", mew=0.5)


@dataclass
class Tiles(Actor):
    """A map of coloured tiles, seen through to the scenery beneath.

    Arguments: panel; x, y: where the map begins and ends, two numbers each; cells of shape
    (rows, columns): which of `colors` each tile has, the first row at the first y. On a log axis
    the tiles keep a ratio where they keep a distance on a linear one.
    """

    kind: ClassVar = "tiles"
    panel: int
    x: np.ndarray
    y: np.ndarray
    cells: np.ndarray
    colors: tuple = ()
    alpha: float = 0.7
    label: str = ""

    def draw(self, ax):
        """All tiles."""
        edges = [
            (np.geomspace if scale == "log" else np.linspace)(*ends, count + 1)
            for scale, ends, count in zip(
                (ax.get_xscale(), ax.get_yscale()), (self.x, self.y), self.cells.shape[::-1],
                strict=True,
            )
        ]  # fmt: skip
        look = dict(cmap=ListedColormap(self.colors), vmin=-0.5, vmax=len(self.colors) - 0.5)
        return [ax.pcolormesh(*edges, self.cells, alpha=self.alpha, lw=0, zorder=2, **look)]


@dataclass
class Image(Actor):
    """A picture from numbers: 0 is white, 1 the colour `high`, −1 the colour `low`.

    values of shape (rows, columns); x, y: where its left and right, its upper and lower edge lie.
    """

    kind: ClassVar = "image"
    panel: int
    values: np.ndarray
    x: np.ndarray
    y: np.ndarray
    high: str = INK
    low: str = BLUE
    label: str = ""

    def __post_init__(self):
        """A byte a pixel is enough for the eye, and travels faster."""
        values = np.asarray(self.values, dtype=float).clip(-1, 1)
        self.values = np.rint(127 * values).astype(np.int8)
        self.x, self.y = np.array(self.x), np.array(self.y)

    def draw(self, ax):
        """The picture, every pixel a square."""
        hue = LinearSegmentedColormap.from_list("", [self.low, "white", self.high])
        where = dict(extent=(*self.x, *self.y[::-1]), aspect=ax.get_aspect(), zorder=1)
        return [ax.imshow(self.values, cmap=hue, vmin=-127, vmax=127, **where)]


@dataclass
class Bars(Actor):
    """Lying bars from the left edge of the panel to x, at the heights y; both of shape (n,)."""

    kind: ClassVar = "bars"
    panel: int
    x: np.ndarray
    y: np.ndarray
    color: str = INK
    width: float = 0.7
    label: str = ""

    def draw(self, ax):
        """The bars; one beyond the panel ends at its edge."""
        left = ax.get_xlim()[0]
        return [ax.barh(self.y, self.x - left, self.width, left, color=self.color)]


@dataclass
class Words(Actor):
    """Short texts, each in the middle of its place: x and y of shape (n,)."""

    kind: ClassVar = "words"
    panel: int
    x: np.ndarray
    y: np.ndarray
    words: tuple
    color: str = INK
    size: float = 11.0
    label: str = ""

    def draw(self, ax):
        """The texts, each with a white seam."""
        look = dict(color=self.color, fontsize=0.72 * self.size, ha="center", va="center")
        seam = [withStroke(linewidth=2, foreground="white")]
        places = zip(self.x, self.y, self.words, strict=True)
        return [ax.text(x, y, word, path_effects=seam, **look) for x, y, word in places]
