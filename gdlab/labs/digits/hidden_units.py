"""A training as 128 pictures: what each hidden unit looks for."""

import numpy as np

from gdlab import mnist, plots
from gdlab.arrays import to_numpy
from gdlab.labs.core.scene import Layout, Scenery
from gdlab.plots import VERMILLION
from gdlab.stage.actors import Image

COLUMNS, ROWS, TILE = 16, 8, 30
PANELS = Layout((("units",),), 3.6, phone=(3.3,))


def hidden_units(*, now, seed, **others):
    """The weights of each hidden unit, one for each pixel of a digit, as a picture."""
    weights = to_numpy(mnist.initial(seed, device="cpu") if now is None else now.weights)
    return {
        "scenery": Scenery(PANELS, draw),
        "actors": [units(weights)],
        "title": "What the 128 hidden units look for",
        "formula": "ink on orange excites a unit, ink on blue quiets it",
    }


def draw(axes):
    """An empty sheet."""
    (sheet,) = axes
    sheet.set(xlim=(0, COLUMNS * TILE), ylim=(ROWS * TILE, 0), aspect="equal")
    sheet.set_axis_off()


def units(weights):
    """The first layer of a network with weights (101,770,) as one actor, all on one scale."""
    pictures = weights[: COLUMNS * ROWS * 784].reshape(-1, 784)
    scale = np.quantile(np.abs(pictures), 0.995)
    sheet = plots.sheet_of(pictures / scale, COLUMNS)
    return Image(0, sheet, x=(0, COLUMNS * TILE), y=(0, ROWS * TILE), high=VERMILLION)
