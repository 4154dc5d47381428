"""A straight line fitted to data: the line on one panel, the path of (w, b) on another."""

import numpy as np

from gdlab import optimizers, plots
from gdlab.formatting import format_number
from gdlab.labs.descent import DescentLab
from gdlab.sampling import linear_regression
from gdlab.stage.actors import Curve

DATA = 2  # the panel of the data


def fit(x, y, method=optimizers.gradient_descent, *, start=None, steps=60, goal=None, **numbers):
    """A lab: the line y = wx + b through data, moved by a method that descends the MSE.

    J(w, b) = 1/n Σᵢ (wxᵢ + b − yᵢ)²

    Arguments: x and y of shape (n,); start a first (w, b); the rest as in `descent`.

    >>> x = np.linspace(0, 1, 20)
    >>> fit(x, 2 * x + 3, lr=0.5, steps=200)
    After 200 steps the line is y = 2x + 3; the best is y = 2x + 3.
    """
    return FitLab(np.asarray(x, float), np.asarray(y, float), method, start, steps, goal, numbers)


class FitLab(DescentLab):
    """See `fit`. `line` is the last (w, b)."""

    def __init__(self, x, y, method, start, steps, goal, numbers):
        self.data = x, y
        super().__init__(method, linear_regression(x, y), start, steps, goal, None, numbers)

    def _title(self):
        return "A line through data"

    def _figure(self):
        panels, order = [["data", "land", "loss"]], ["land", "loss", "data"]
        return plots.mosaic(panels, 10.2, 3.9, order, width_ratios=[1, 1, 0.8])

    def _scenery(self, steps):
        fig, relief = super()._scenery(steps)
        fig.axes[0].set(xlabel="w", ylabel="b")
        ax, (x, y) = fig.axes[DATA], self.data
        ax.plot(x, y, "o", ms=4, color=plots.GREY, mec="white", mew=0.5)
        room = 0.15 * np.ptp(y) + 1e-9
        ax.set(xlabel="x", ylabel="y", ylim=(min(y.min(), 0) - room, y.max() + room))
        return fig, relief

    def _actors(self, run):
        ends = np.array(self.stage.fig.axes[DATA].get_xlim()) if self.run else np.zeros(2)
        w, b = run.x[:, :1], run.x[:, 1:]
        color = plots.style_of(run.method).color
        best = np.array(run.surface.minima[0])
        return [
            *super()._actors(run),
            Curve(DATA, ends, best[0] * ends + best[1], plots.GREEN, (4, 2), "the best line"),
            Curve(DATA, ends, w * ends + b, color, label="the line of this step"),
        ]

    @property
    def line(self):
        """The last (w, b)."""
        return self.run.x[-1]

    def _says(self, run):
        ends = f"After {run.steps} steps the line is {_line(run.x[-1])}"
        return f"{ends}; the best is {_line(run.surface.minima[0])}."

    def _judge(self, run):
        kind, text = super()._judge(run)
        return kind, f"{self._says(run)} {text}"


def _line(wb):
    w, b = (float(np.round(v, 9)) + 0.0 for v in wb)
    return f"y = {format_number(w)}x {'−' if b < 0 else '+'} {format_number(abs(b))}"
