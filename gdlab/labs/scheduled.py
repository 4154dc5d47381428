"""A learning rate that changes with time, drawn beside the path it makes (chapter 03)."""

import numpy as np

from gdlab import optimizers, plots, schedules, surfaces
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.controls import Choice, Row
from gdlab.labs.descent import DescentLab
from gdlab.stage.actors import Trail

RATE = 2  # the panel of η
LEFT = Hyperparameter("ρ", "share left", 0.001, 1.0, True, (0, 1.0001), above=True)

# Each takes η₀, the steps T and the share ρ of η₀ that is left after T steps.
SHAPES = {
    "constant": lambda lr, T, left: schedules.constant(lr),
    "exponential": lambda lr, T, left: schedules.exponential(lr, left ** (1 / T)),
    "linear": lambda lr, T, left: schedules.linear(lr, left * lr, T),
    "inverse time": lambda lr, T, left: schedules.inverse_time(lr, (1 / left - 1) / T),
    "steps": lambda lr, T, left: schedules.step(lr, left ** (1 / 3), T // 4 + 1),
    "cosine": lambda lr, T, left: schedules.cosine(lr, T, left * lr),
    "warm-up, then cosine": lambda lr, T, left: schedules.warmup(
        schedules.cosine(lr, T, left * lr), -(-T // 10)
    ),
}


def scheduled(
    surface=surfaces.ravine, shape="exponential", *, start=None, steps=60, lr=0.1, left=0.05
):
    """A lab: gradient descent whose η falls from η₀ to ρη₀ in one of seven shapes.

    Arguments: surface, start and steps as in `descent`; shape a name in SHAPES; lr η₀ > 0;
    left ρ in (0, 1], the share of η₀ that is left after the last step.

    >>> lab = scheduled(lr=0.12, left=0.1)
    >>> lab
    Gradient descent on the ravine (exponential, η from 0.12 to 0.012): still descending.
    """
    return ScheduledLab(surface, shape, start, steps, {"lr": lr, "left": left})


class ScheduledLab(DescentLab):
    """See `scheduled`. `schedule` is the schedule of the run on the stage."""

    def __init__(self, surface, shape, start, steps, numbers):
        self._first = {"shape": shape, "left": numbers.pop("left")}
        super().__init__(optimizers.gradient_descent, surface, start, steps, 1e-6, None, numbers)

    def _more_rows(self):
        self.left = Row("left", self._first["left"], self.changed, self.advise, LEFT)
        self.menu = Choice("η(t)", "shape", {name: name for name in SHAPES}, self._new_shape)
        self.menu.menu.value = self._first["shape"]
        return [self.left, self.menu]

    def choose(self, shape):
        """Take another shape, as a reader would in the list."""
        self.menu.menu.value = shape

    def _new_shape(self, choice):
        if self.run is not None:
            self._last_change = 0.0
            self.changed(None)

    def _figure(self):
        return plots.mosaic([["land", "loss"], ["land", "rate"]], 10.2, 4.4, width_ratios=[1.6, 1])

    def _scenery(self, steps):
        fig, relief = super()._scenery(steps)
        ax = fig.axes[RATE]
        ax.set(xlim=(0, steps), ylim=(1e-4, 2), yscale="log", xlabel="step", ylabel="η")
        ax.grid(axis="y")
        if self.surface.L:
            limit = 2 / self.surface.L
            ax.axhline(limit, color="#c5221f", lw=1.1, ls=(0, (5, 3)))
            ax.annotate(
                "2/L: above it, divergence", (1, limit), (0, 3), ax.get_yaxis_transform(),
                "offset points", color="#c5221f", ha="right", va="bottom", fontsize=8.5,
            )  # fmt: skip
        return fig, relief

    def _descend(self, numbers):
        lr, left, steps = numbers["lr"], numbers["left"], numbers["steps"]
        self.shape = self.menu.value
        self.schedule = SHAPES[self.shape](lr, steps, left)
        return descend(self.surface, self.method, self.start, steps=steps, lr=self.schedule)

    def _actors(self, run):
        actors = super()._actors(run)
        time = np.arange(run.steps + 1)
        look = dict(color=plots.BLUE, dots=False, label="η(t)")
        if self.last is not None:
            past = np.arange(self.last.steps + 1)
            actors.append(Trail(RATE, past, _rates(self.last), ghost=True))
        return [*actors, Trail(RATE, time, _rates(run), **look)]

    def _says(self, run):
        numbers = self._told(run)
        return f"Gradient descent on {run.surface.with_article} ({numbers}): {run.verdict()}."

    def _told(self, run):
        first, last = run.numbers["lr"](0), run.numbers["lr"](run.steps)
        shape = f"{self.shape}, " if run is self.run else ""
        return f"{shape}η from {format_number(first)} to {format_number(last)}"


def _rates(run):
    """η at every step of a run with a schedule; shape (steps + 1,)."""
    return np.array([run.numbers["lr"](t) for t in range(run.steps + 1)])
