"""A digit drawn by hand, made into an image like those of MNIST."""

import numpy as np
from PIL import Image, ImageDraw

SIDE, BOX = 28, 20  # pixels of an image, and of the box that its ink fits into
PEN = 2.4  # pixels; with it an image has about as much ink as those of MNIST
FINE = 8  # dots a pixel while it is drawn


def image_of(strokes):
    """Strokes as the network expects them: centred and scaled as MNIST does it.

    The strokes are scaled, alike in both directions, until the ink just fits into a box of
    20 × 20 pixels. Then they are moved until the ink's centre of mass lies in the middle of
    28 × 28 pixels.

    Arguments: strokes, a list of them, each a list of points (x, y) with y downwards; the unit
    does not matter. Returns an array of shape (28, 28), from 0 (paper) to 1 (ink).
    Source: LeCun, Bottou, Bengio and Haffner (1998), section III-A. They scaled images in
    black and white; we scale the strokes, so that the pen is equally thick in every drawing.

    >>> one = image_of([[(3, 1), (3, 2)]])  # however small it was
    >>> rows, columns = (one > 0.5).any(1), (one > 0.5).any(0)
    >>> int(rows.sum()), int(columns.sum())
    (20, 2)
    >>> float(image_of([]).max())
    0.0
    """
    strokes = [np.array(stroke, dtype=float).reshape(-1, 2) for stroke in strokes if len(stroke)]
    if not strokes:
        return np.zeros((SIDE, SIDE), np.float32)
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = (BOX - PEN) / max((high - low).max(), 1e-9)
    strokes = [(stroke - (low + high) / 2) * scale for stroke in strokes]
    ink = _drawn(strokes, 0)
    middle = np.array([_centre(ink.sum(axis)) for axis in (0, 1)])
    fine = _drawn(strokes, SIDE / 2 - middle)
    return fine.reshape(SIDE, FINE, SIDE, FINE).mean((1, 3), dtype=np.float32)


def _centre(ink):
    """Where the mass of ink lies along an axis, in pixels."""
    return (np.arange(len(ink)) + 0.5) @ ink / ink.sum() / FINE


def _drawn(strokes, shift):
    """Strokes around (0, 0), drawn around the middle and moved by `shift`: 1 is ink, 0 paper."""
    paper = Image.new("L", (SIDE * FINE, SIDE * FINE))
    draw, radius = ImageDraw.Draw(paper), PEN * FINE / 2
    for stroke in strokes:
        line = (stroke + SIDE / 2 + shift) * FINE
        draw.line([tuple(point) for point in line], fill=1, width=round(2 * radius))
        for x, y in line:  # round joints and ends
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=1)
    return np.asarray(paper)
