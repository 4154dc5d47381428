"""The animated figure: Matplotlib paints the scenery once, the browser moves the actors."""

import base64
import io
import pathlib
import pickle
from contextlib import contextmanager

import anywidget
import numpy as np
import traitlets
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from gdlab.formatting import format_number
from gdlab.plots import DRAWING, format_powers

HERE = pathlib.Path(__file__).parent
PARTS = "panel", "actors", "relief", "stage"  # one module for the browser, without a build step
UNITS = 100  # the browser draws in units of the scenery, so many an inch
SHARPNESS = 2  # pixels of the picture for each of them


class Stage(anywidget.AnyWidget):
    """A Matplotlib figure with moving actors on it, played by the browser.

    Arguments
        fig        the figure; its axes are the panels, in their order
        title      in words, and beside it the formula
        clickable  the panels where a click or a drag sets `start`, and `panel` to say in which
        mesh       heights for the 3-D view of panel 0, from `relief`; None for none

    `show` puts actors on; `start` is where the reader clicked, in data units. Without a
    kernel or without JavaScript the output is a picture of the same moment.

    >>> from gdlab import plots
    >>> fig, ax = plots.figure(4, 3)
    >>> Stage(fig, title="An empty stage")
    An empty stage
    """

    _esm = "\n".join(HERE.joinpath(f"{part}.js").read_text("utf-8") for part in PARTS)
    _css = HERE / "stage.css"

    title = traitlets.Unicode().tag(sync=True)
    formula = traitlets.Unicode().tag(sync=True)
    scenery = traitlets.Dict().tag(sync=True)
    scene = traitlets.Dict().tag(sync=True)
    mesh = traitlets.Dict(allow_none=True).tag(sync=True)
    clickable = traitlets.List(traitlets.Int()).tag(sync=True)
    panel = traitlets.Int().tag(sync=True)
    start = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(self, fig, *, title="", formula="", clickable=(), mesh=None):
        super().__init__(title=title, formula=formula, clickable=list(clickable), mesh=mesh)
        self._actors, self._says, self._count = (), title, 0
        self.paint(fig)

    def paint(self, fig):
        """Take a new figure as scenery; the actors stay."""
        self.fig = fig
        with DRAWING:
            for ax in fig.axes:
                format_powers(ax)
            with drawn(fig, UNITS * SHARPNESS) as image:
                panels = [_panel(ax) for ax in fig.axes]
        self.scenery = {
            "png": _png(image),
            "width": float(fig.get_figwidth() * UNITS),
            "height": float(fig.get_figheight() * UNITS),
            "panels": panels,
        }

    def show(self, actors, *, frames=1, kind="", text="", says=None, readout=None, unit="step"):
        """Put actors on the stage, in place of those before.

        Arguments
            actors   a list of `gdlab.actors`; frames: how many moments they have
            kind     the verdict in a word, text the rest of it
            says     one sentence for readers without a picture
            readout  (name, values of shape (frames,)) to show beside the step
            unit     what one frame is called by the player
        """
        self._actors = actors
        self._says = says or f"{kind} {text}".strip() or self.title
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
        }

    def set_verdict(self, kind, text):
        """Change only the words below the picture."""
        self.scene = {**self.scene, "kind": kind, "text": text}

    def figure(self):
        """The figure itself with all actors on it, at their last moment."""
        fig = pickle.loads(pickle.dumps(self.fig))  # a copy: the scenery stays empty
        for actor in self._actors:
            ax = fig.axes[actor.panel]
            limits = ax.get_xlim(), ax.get_ylim()
            actor.draw(ax)
            ax.set(xlim=limits[0], ylim=limits[1])
        fig.suptitle(self._says, x=0.01, ha="left", fontsize="medium", wrap=True)
        return fig

    def picture(self):
        """The scenery with all actors at their last moment, as PNG bytes."""
        with DRAWING, drawn(self.figure(), 1.2 * UNITS) as image:
            return _small(image)

    def __repr__(self):
        return self._says

    def _repr_mimebundle_(self, **kwargs):
        return with_picture(super()._repr_mimebundle_(**kwargs), self)


def with_picture(bundle, stage):
    """A widget's output, with a picture and a sentence for those who cannot run it."""
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    still = {
        "text/plain": repr(stage),
        "image/png": base64.b64encode(stage.picture()).decode("ascii"),
    }
    return {**(bundle or {}), **still}


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
    return _png(image.quantize(palette=palette, dither=Image.Dither.NONE))


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
