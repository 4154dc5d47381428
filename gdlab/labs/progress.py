"""A bar that grows while a loop runs."""

import time

import ipywidgets as widgets
from IPython.display import display

from gdlab.plots import VERMILLION


class _Bar(widgets.HBox):
    """The words, a bar, the seconds; to those without a browser, the words and the steps."""

    def __init__(self, words, total):
        self.words, self.total = words, total
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0)
        self.bar.style.bar_color = VERMILLION
        self.told = widgets.Label()
        super().__init__([widgets.Label(words), self.bar, self.told])
        self.add_class("gd-quiet")

    def __repr__(self):
        return f"{self.words}: {self.total:,} steps"

    def grow(self, done, seconds):
        self.bar.value = done / self.total
        self.told.value = f"{done:,} of {self.total:,} steps, {seconds:.1f} s"


def progress(steps, total, words="Training"):
    """Go through `steps` as `for` does, and show how far it is.

    Arguments: steps, anything to go through; total, how many will come; words beside the bar.

    >>> sum(progress(range(100), 100, "Adding up"))
    Adding up: 100 steps
    4950
    """
    bar, began, shown, done = _Bar(words, total), time.perf_counter(), 0.0, 0
    display(bar)
    try:
        for done, step in enumerate(steps, 1):
            yield step
            if time.perf_counter() - shown > 0.1:  # a browser need not hear of every step
                shown = time.perf_counter()
                bar.grow(done, shown - began)
    finally:
        bar.grow(done, time.perf_counter() - began)
