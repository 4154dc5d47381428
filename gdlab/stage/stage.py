"""The animated figure: Matplotlib paints the scenery once, the browser moves the actors."""

import base64
import io
import math
import pathlib
import pickle
from contextlib import contextmanager
from functools import lru_cache

import anywidget
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from PIL import Image

from gdlab.formatting import format_number
from gdlab.plots import DRAWING, INK, format_powers

HERE = pathlib.Path(__file__).parent
# One module for the browser, without a build step.
PARTS = ("kernel", "panel", "actors", "relief", "layout", "page", "stage")
UNITS = 100  # the browser draws in units of the scenery, so many an inch
SHARPNESS = 2  # pixels of the picture for each of them


def script(part):
    """The text of one of the stage's JavaScript files; other widgets share some of them."""
    return HERE.joinpath(f"{part}.js").read_text("utf-8")


class Stage(anywidget.AnyWidget):
    """A Matplotlib figure with moving actors on it, played by the browser.

    Arguments
        fig        the figure; its axes are the panels, in their order
        title      in words, and beside it the formula
        clickable  the panels where a click or a drag sets `start`, and `panel` to say in which
        mesh       heights for the 3-D view of panel 0, from `relief`; None for none
        ink        strokes on panel 0, which a reader draws with the mouse or a finger: each a
                   list of points [x, y] in data units; None where there is nothing to draw on

    `show` puts actors on; `start` is where the reader clicked, in data units. Without a
    kernel or without JavaScript the output is a picture of the same moment.

    >>> from gdlab import plots
    >>> fig, ax = plots.figure(4, 3)
    >>> Stage(fig, title="An empty stage")
    An empty stage
    """

    _esm = "\n".join(script(part) for part in PARTS)
    _css = HERE / "stage.css"

    title = traitlets.Unicode().tag(sync=True)
    formula = traitlets.Unicode().tag(sync=True)
    scenery = traitlets.Dict().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)
    mesh = traitlets.Dict(allow_none=True).tag(sync=True)
    clickable = traitlets.List(traitlets.Int()).tag(sync=True)
    panel = traitlets.Int().tag(sync=True)
    start = traitlets.List(traitlets.Float()).tag(sync=True)
    ink = traitlets.List(allow_none=True, default_value=None).tag(sync=True)
    portrait = traitlets.Bool().tag(sync=True)  # a phone held upright: panels below each other

    def __init__(self, fig, *, title="", formula="", clickable=(), mesh=None, ink=None):
        super().__init__(title=title, formula=formula, mesh=mesh, ink=ink)
        self.clickable = list(clickable)
        self._actors, self._summary, self._count = (), title, 0
        self.paint(fig)

    def paint(self, fig):
        """Take another figure as scenery; the actors stay."""
        self.fig, self.scenery = fig, rendered(fig)

    def show(
        self,
        actors,
        *,
        frames=1,
        kind="",
        text="",
        summary=None,
        readout=None,
        unit="step",
        code="",
    ):
        """Put actors on the stage, in place of those before.

        Arguments
            actors   a list of `gdlab.stage.actors`; frames: how many moments they have
            kind     the verdict in a word, text the rest of it
            summary  one sentence for readers without a picture
            readout  (name, values of shape (frames,)) to show beside the step
            unit     what one frame is called by the player
            code     a line of Python that brings this picture back
        """
        self._actors = actors
        self._summary = summary or f"{kind} {text}".strip() or self.title
        self._count += 1
        name, values = readout or ("", ())
        self.scene = {
            "id": self._count,
            "frames": frames,
            "unit": unit,
            "actors": [actor.spec() for actor in actors],
            "kind": kind,
            "text": text,
            "readout": [f"{name} {format_number(float(value))}" for value in values],
            "code": code,
        }

    def set_verdict(self, kind, text):
        """Change only the words below the picture."""
        self.scene = {**self.scene, "kind": kind, "text": text}

    def figure(self, footer=""):
        """The figure itself with all actors on it, at their last moment, and a legend."""
        fig = pickle.loads(pickle.dumps(self.fig))  # a copy: the scenery stays empty
        drawn_ones = []
        for actor in self._actors:
            ax = fig.axes[actor.panel]
            limits = ax.get_xlim(), ax.get_ylim()
            if actor.draw(ax):
                drawn_ones.append(actor)
            ax.set(xlim=limits[0], ylim=limits[1])
        for stroke in self.ink or ():
            draw_stroke(fig.axes[0], stroke)
        fig.suptitle(self._summary, x=0.01, ha="left", fontsize="medium", wrap=True)
        return add_legend(fig, drawn_ones, footer)

    def picture(self):
        """The scenery with all actors at their last moment, as PNG bytes."""
        figure = self.figure("This is a lab: run the cell to move it.")
        with DRAWING, drawn(figure, 1.2 * UNITS) as image:
            return _small(image)

    def __repr__(self):
        return self._summary

    def _repr_mimebundle_(self, **kwargs):
        return with_picture(super()._repr_mimebundle_(**kwargs), self)


def draw_stroke(ax, stroke):
    """A stroke of the pen, as wide as in the browser."""
    unit = abs(ax.transData.transform((1, 0))[0] - ax.transData.transform((0, 0))[0])
    look = dict(color=INK, lw=2.4 * unit * 72 / ax.figure.dpi)
    return ax.plot(*zip(*stroke, strict=True), solid_capstyle="round", **look)


def with_picture(bundle, stage):
    """A widget's output and its metadata, with a picture for those who cannot run it.

    The picture carries the sentence on it as its alternative text.
    """
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    still = {
        "text/plain": repr(stage),
        "image/png": base64.b64encode(stage.picture()).decode("ascii"),
    }
    return {**(bundle or {}), **still}, {"image/png": {"alt": repr(stage)}}


def add_legend(fig, actors, footer=""):
    """What each colour means, and a quiet line, below a figure that grows by them; the figure."""
    labelled = {actor.label: actor for actor in actors if actor.label}
    handles = [actor.handle() for actor in labelled.values()]
    texts = list(labelled)
    if footer:
        handles, texts = [*handles, Line2D([], [], ls="")], [*texts, footer]
    if not texts:
        return fig
    wide, high = fig.get_size_inches()
    rows = math.ceil(sum(0.085 * len(text) + 0.7 for text in texts) / wide)
    columns = math.ceil(len(texts) / rows)
    fig.set_size_inches(wide, high + 0.24 * rows + 0.08)
    look = dict(loc="outside lower left", ncols=columns, frameon=False, fontsize="small")
    legend = fig.legend(handles, texts, handlelength=2.4, columnspacing=1.6, **look)
    if footer:
        legend.get_texts()[-1].set(color="#5b6270", style="italic")
    return fig


@lru_cache(maxsize=32)
def rendered(fig):
    """A figure as scenery: its picture, and where its panels lie. Drawn once."""
    with DRAWING:
        for ax in fig.axes:
            format_powers(ax)
        with drawn(fig, UNITS * SHARPNESS) as image:
            panels = [_panel(ax) for ax in fig.axes]
    return {
        "png": _png(image),
        "width": float(fig.get_figwidth() * UNITS),
        "height": float(fig.get_figheight() * UNITS),
        "panels": panels,
    }


@contextmanager
def drawn(fig, dpi):
    """The figure as an image of so many dots an inch, which the figure has meanwhile.

    `savefig` would draw it twice, once for the layout alone.
    """
    before = fig.dpi
    fig.set_dpi(dpi)
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    try:
        yield Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    finally:
        fig.set_dpi(before)


def _png(image):
    out = io.BytesIO()
    image.save(out, "PNG", optimize=image.mode == "P")
    return out.getvalue()


def _small(image):
    """The image in 64 colours, found on every third pixel: a notebook should stay small."""
    wide = Image.Quantize.MAXCOVERAGE  # keeps the colour of a thin line, too
    some = image.resize((image.width // 3, image.height // 3), Image.Resampling.NEAREST)
    palette = some.quantize(64, wide, kmeans=3)
    small = image.quantize(palette=palette, dither=Image.Dither.NONE)
    colors, paper = small.getpalette(), 3 * small.getpixel((0, 0))
    colors[paper : paper + 3] = [255, 255, 255]  # white stays white
    small.putpalette(colors)
    return _png(small)


def _panel(ax):
    """Where an axes lies in the scenery's units (left, top, width, height), limits, scales."""
    return {
        "box": _units(ax.get_window_extent(), ax.figure),
        "around": _units(ax.get_tightbbox(), ax.figure),
        "x": [float(v) for v in ax.get_xlim()],
        "y": [float(v) for v in ax.get_ylim()],
        "xlog": ax.get_xscale() == "log",
        "ylog": ax.get_yscale() == "log",
    }


def _units(box, fig):
    scale = UNITS / fig.dpi
    top = fig.bbox.height - box.y1
    return [float(scale * v) for v in (box.x0, top, box.width, box.height)]
