"""A training as the test digits it reads wrongly, which grow fewer."""

import numpy as np

from gdlab import plots
from gdlab.labs.core.scene import Layout, Scenery
from gdlab.plots import SKY, VERMILLION
from gdlab.stage.actors import Bars, Image, Words

DIGITS = np.arange(10)
COLUMNS = 20  # of each digit so many are shown
TILE = 30  # pixels, the frame included
PANELS = Layout((("sheet", "counts"),), 3.6, width_ratios=(2.6, 1))


def mistakes(*, now, **others):
    """A row for each digit: those read wrongly, what each was taken for, and how many there are."""
    return {
        "scenery": Scenery(PANELS, draw),
        "actors": [] if now is None or now.guesses is None else rows(*now.test, now.guesses),
        "title": "What it reads wrongly",
        "formula": "in the corner: what it took the digit for",
    }


def draw(axes):
    """Ten empty rows for digits, and for their numbers."""
    sheet, counts = axes
    sheet.set(xlim=(0, COLUMNS * TILE), ylim=(10 * TILE, 0), aspect="equal", ylabel="what it is")
    sheet.set_xticks([])
    sheet.set_yticks((DIGITS + 0.5) * TILE, DIGITS)
    counts.set(xscale="log", xlim=(1, 3000), ylim=(9.6, -0.6), xlabel="read wrongly")
    counts.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    counts.set_yticks(DIGITS)
    sheet.spines[:].set_visible(False)
    for ax in axes:
        ax.tick_params(axis="y", length=0)
        ax.minorticks_off()


def rows(images, labels, guesses):
    """The digits read wrongly as actors. Images (n, 28, 28), labels and guesses (n,)."""
    wrong = np.flatnonzero(guesses != labels)
    shown = np.zeros((10, COLUMNS, 28, 28))
    corners, words = [], []
    for digit in DIGITS:
        few = wrong[labels[wrong] == digit][:COLUMNS]
        few = few[np.argsort(guesses[few], kind="stable")]  # alike beside alike
        shown[digit, : len(few)] = images[few]
        corners += [(column + 0.83, digit + 0.76) for column in range(len(few))]
        words += [str(guess) for guess in guesses[few]]
    sheet = plots.sheet_of(shown.reshape(-1, 28, 28), COLUMNS)
    x, y = TILE * np.array(corners).reshape(-1, 2).T
    counts = np.bincount(labels[wrong], minlength=10)
    return [
        Image(0, sheet, x=(0, COLUMNS * TILE), y=(0, 10 * TILE)),
        Words(0, x, y, tuple(words), VERMILLION, size=9.5),
        Bars(1, np.maximum(counts, 1), DIGITS, SKY),
        Words(1, 1.7 * np.maximum(counts, 1), DIGITS, tuple(map(str, counts)), size=10.5),
    ]
