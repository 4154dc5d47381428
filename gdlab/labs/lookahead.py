"""Nesterov's step drawn as it is derived, beside heavy ball's from the same state (chapter 07)."""

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.labs.descent import FLOOR, DescentLab, numbers_of
from gdlab.plots import BLUE, GREEN, INK, ORANGE, PURPLE, style_of
from gdlab.stage.actors import Arrow, Dots, Trail
from gdlab.verdict import heights

CLOSE = 2  # the panel
STILL = 3  # the step that its still picture shows: at the end of a run there is little to see
CARRIED, AHEAD = "βv: the velocity carries on", "−η∇J(x + βv): the slope ahead"


def lookahead(
    method=optimizers.nesterov,
    surface=surfaces.ravine,
    *,
    start=None,
    steps=40,
    goal=1e-6,
    within=None,
    lr=0.03,
    beta=0.8,
):
    """A lab that draws each step of Nesterov's method as it is thought, and heavy ball beside it.

    From x goes the velocity β v to the look-ahead point; from there −η ∇J(x + β v) leads to
    the next position. Heavy ball, from the same x and v, would add −η ∇J(x) instead.

    Arguments
        method   a function (x, grad, s, *, lr, beta) with its velocity in s.v, as `nesterov`
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        start, steps, goal, within  as in `descent`; lr, beta: the first values
    Raises `Advice` for a method without lr and beta, or that keeps no s.v.

    >>> lab = lookahead(surface=surfaces.bowl, lr=0.5, beta=0.9)
    >>> lab
    Nesterov on the bowl (η = 0.5, β = 0.9): converged at step 1.
    Heavy ball with the same numbers: still descending.
    """
    numbers = {"lr": lr, "beta": beta}
    return LookaheadLab(method, surface, start, steps, goal, within, numbers)


class LookaheadLab(DescentLab):
    """See `lookahead`. `rival` is heavy ball's own run from the same start."""

    def __init__(self, method, surface, start, steps, goal, within, numbers):
        if not {"lr", "beta"} <= set(numbers_of(method)):
            raise Advice("the look-ahead needs a method with the numbers lr and beta.")
        super().__init__(method, surface, start, steps, goal, within, numbers)

    def _figure(self):
        panels, order = [["land", "close"], ["land", "loss"]], ["land", "loss", "close"]
        ratios = dict(width_ratios=[1.6, 1], height_ratios=[1.1, 1])
        fig = plots.mosaic(panels, 10.2, 4.9, order, **ratios)
        close = fig.axes[CLOSE]
        close.set_title("One step, close up: from the same x and v", fontsize=9.5)
        close.set(xticks=[], yticks=[], xlim=(-1.6, 1.6), ylim=(-1, 1), aspect="equal")
        close.spines[:].set_visible(False)
        close.set_facecolor("#f4f6fa")
        return fig

    def _descend(self, numbers):
        run = super()._descend(numbers)
        if "v" not in run.state:
            raise Advice(f"{run.name} keeps no velocity: put it into s.v, so that it can be drawn.")
        same = {name: numbers[name] for name in ("lr", "beta", "steps")}
        self.rival = descend(self.surface, optimizers.heavy_ball, self.start, **same)
        return run

    def _actors(self, run):
        rival, look = self.rival, style_of("heavy_ball")
        time, paint = np.arange(rival.steps + 1), dict(color=look.color, dash=look.dash)
        z = self.relief and self.relief.heights(rival.loss)
        return [
            Trail(0, *plots.path_of(rival), z, dots=False, label="heavy ball's path", **paint),
            Trail(1, time, plots.above_floor(rival, FLOOR / 10), dots=False, **paint),
            *super()._actors(run),
        ]

    def _arrows(self, run, x, y):
        """On the surface: the velocity, the slope at the look-ahead point, and the step."""
        lr, beta = run.numbers["lr"], run.numbers["beta"]
        velocity = beta * run.state["v"]
        ahead = run.x + velocity
        here, there = self._places(run.x), self._places(ahead)

        def arrow(tail, vector, color, label):
            return Arrow(0, *tail[:, :-1], *vector, color=color, label=label)

        return [
            arrow(here, (there - here)[:, :-1], INK, CARRIED),
            arrow(there, _plane(-lr * run.grad), BLUE, AHEAD),
            arrow(here, np.diff(here), GREEN, "step taken"),
            Dots(0, *there[..., None], color=INK, size=3.2, label="look-ahead point x + βv"),
            *self._close_up(
                velocity, -lr * self.surface.grad(ahead), -lr * self.surface.grad(run.x)
            ),
        ]

    def _places(self, positions):
        """Where positions are drawn, (2, frames): x and y, or x and the height above it."""
        if positions.shape[1] > 1:
            return positions.T
        return np.stack([positions[:, 0], self.surface.f(positions)])

    def _close_up(self, velocity, ahead, at_x):
        """The same for one step alone, as large as it fits, with heavy ball's slope beside it."""
        carried, ahead, at_x = _plane(velocity), _plane(ahead), _plane(at_x)
        step = carried + ahead
        if velocity.shape[1] == 1:  # on a line the two would cover each other
            apart = np.stack([0 * ahead[0], np.abs(carried[0]) + np.abs(ahead[0])]) * 0.12
            ahead, at_x = ahead + apart, at_x - apart
        points = np.stack([0 * step, step, carried, carried + ahead, carried + at_x])
        low, high = points.min(0), points.max(0)
        wide, tall = (high - low) / 2 / np.array([[1.25], [0.7]])
        scale = np.maximum(wide, tall).clip(1e-300)
        x, end, tip, nesterov, ball = (points - (low + high) / 2) / scale

        still = min(STILL, velocity.shape[0] - 1)

        def arrow(tail, end, color, label=""):
            return Arrow(CLOSE, *tail, *(end - tail), color=color, label=label, still=still)

        def dot(at, color, size):
            return Dots(CLOSE, *at[..., None], color=color, size=size, still=still)

        return [
            dot(x, PURPLE, 6.5),
            dot(tip, INK, 4),
            arrow(x, tip, INK, CARRIED),
            arrow(tip, ball, ORANGE, "−η∇J(x): what heavy ball adds"),
            arrow(tip, nesterov, BLUE, AHEAD),
            arrow(x, end, GREEN),
        ]

    def _says(self, run):
        return f"{super()._says(run)} Heavy ball with the same numbers: {self.rival.verdict()}."

    def _judge(self, run):
        kind, text = super()._judge(run)
        return kind, f"{text} {self._beside()}"

    def _beside(self):
        ball, verdict = "Heavy ball with the same numbers", self.rival.verdict().kind
        if not self.goal or verdict == "diverged":
            return f"{ball}: {verdict}."
        below = heights(self.rival) <= self.goal
        if not below.any():
            return f"{ball} does not reach it."
        step = int(below.argmax())
        return f"{ball} {'needs' if below[-1] else 'only touches it at step'} {step}."


def _plane(vectors):
    """Vectors of shape (n, d) as (2, n): along a line the second coordinate is 0."""
    return vectors.T if vectors.shape[1] > 1 else np.stack([vectors[:, 0], 0 * vectors[:, 0]])
