"""Batch, stochastic and mini-batch side by side, by two clocks (chapters 04 and 05)."""

import numpy as np

from gdlab import optimizers, plots, sampling, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.base import Lab
from gdlab.labs.batches import batch_row
from gdlab.labs.controls import Choice, Row, Seed
from gdlab.plots import PURPLE, SKY, VERMILLION
from gdlab.stage import Stage
from gdlab.stage.actors import Curve, Trail
from gdlab.stage.relief import Relief
from gdlab.verdict import heights

STEPS = Hyperparameter("T", "steps shown", 10, 200, legal=(1, 2001))
EPOCHS = Hyperparameter("E", "epochs shown", 1, 20, legal=(1, 101))
LOW = 1e-5  # the loss panels end here
COLORS = {"stochastic": SKY, "batch": VERMILLION, "mini-batch": PURPLE}


def three_ways(
    surface=None,
    *,
    batch_size=16,
    lr=0.1,
    steps=60,
    epochs=8,
    seed=0,
    start=None,
    goal=0.1,
    clock="steps",
):
    """A lab: all samples a step, one, or a batch of them; against steps and against samples.

    Arguments
        surface     a `Sampled` surface with two coordinates; None for a bowl of 128 samples
        batch_size  of the mini-batches, 2 to surface.n
        lr          the learning rate of all three, η > 0
        steps       how many the first loss panel shows; epochs: how many the second
        seed        of the order of the samples
        start       where to set out, None for the surface's own; a click moves it
        goal        the height above the minimum to get below, for the first time
        clock       "steps" (one frame a step) or "samples" (one frame a sample measured)

    >>> lab = three_ways()
    >>> lab.arrivals("mini-batch")  # steps, samples
    (10, 160)
    >>> lab.arrivals("batch")
    (10, 1280)
    """
    if surface is None:
        surface = sampling.sampled(surfaces.bowl, n=128, spread=2.0)
    if not isinstance(surface, sampling.Sampled) or surface.d != 2:
        raise Advice("this lab needs samples and two coordinates: give sampled(surfaces.bowl).")
    return ThreeWaysLab(surface, batch_size, lr, steps, epochs, seed, start, goal, clock)


class ThreeWaysLab(Lab):
    """See `three_ways`. `runs` holds a run for each way, `used` the samples it had measured."""

    def __init__(self, surface, batch_size, lr, steps, epochs, seed, start, goal, clock):
        self.surface, self.goal = surface, goal
        self.start = surface.start if start is None else tuple(start)
        self.runs, self.used, self.made = {}, {}, {}
        self.shown = steps, epochs
        clocks = {"one frame a step": "steps", "one frame a sample measured": "samples"}
        self.clock = Choice("", "clock", clocks, lambda row: self.changed(row))
        rows = [
            Row("lr", lr, self.changed, self.advise, KNOWN["lr"]),
            batch_row(self, surface.n, batch_size, low=2),
            Row("steps", steps, self.changed, self.advise, STEPS, whole=True),
            Row("epochs", epochs, self.changed, self.advise, EPOCHS, whole=True),
            self.clock,
            Seed(seed, self.changed, self.advise),
        ]
        fig, self.relief = self._scenery(*self.shown)
        stage = Stage(
            fig,
            title=f"Three ways down {surface.with_article}",
            formula=f"{surface.formula}, the mean of {surface.n} samples",
            clickable=[0],
            mesh=self.relief.spec(),
        )
        super().__init__(stage, rows)
        self.show_clock(clock)
        self.rows["lr"].mark(2 / surface.L if surface.L else None)
        self.changed(None)

    def show_clock(self, clock):
        """Let the player count "steps" or "samples", as a reader would choose in the list."""
        if clock not in ("steps", "samples"):
            raise Advice(f"clock is {clock!r}: choose 'steps' or 'samples'.")
        self.clock.menu.value = clock

    # The scenery

    def _scenery(self, steps, epochs):
        fig = plots.mosaic([["land", "step"], ["land", "sample"]], 10.2, 4.8, width_ratios=[1.2, 1])
        land, *losses = fig.axes
        plots.draw_surface(land, self.surface)
        corners = plots.grid(*np.array(self.surface.view))
        high = 10 * max(1.0, float(np.max(self.surface.f(corners))))
        ends = (steps, "step"), (epochs * self.surface.n, "samples measured")
        for ax, (end, label) in zip(losses, ends, strict=True):
            ax.set(yscale="log", ylim=(LOW, high), xlim=(0, end), xlabel=label, ylabel="loss")
            ax.grid(axis="y")
            plots.draw_goal(ax, self.goal)
        return fig, Relief(self.surface)

    # The runs

    def update(self, row, fresh):
        numbers = self.numbers
        steps, epochs = numbers["steps"], numbers["epochs"]
        if (steps, epochs) != self.shown:
            self.shown = steps, epochs
            self.stage.paint(self._scenery(steps, epochs)[0])
        if row is not self.clock:
            self._descend(numbers)
        samples = epochs * self.surface.n
        if self.clock.value == "steps":
            time, unit = {way: np.arange(steps + 1) for way in self.runs}, "step"
        else:  # a step is made when its last sample has been measured
            moments = np.arange(samples + 1)
            time = {w: np.searchsorted(self.used[w], moments, "right") - 1 for w in self.runs}
            unit = "sample"
        actors = [
            *self._curves(steps, samples),
            *(actor for way in COLORS for actor in self._walker(way, time[way], steps, samples)),
        ]
        kind, text = self._told()
        self.stage.show(
            actors,
            frames=len(time["batch"]),
            kind=kind,
            text=text + self._later(),
            unit=unit,
            says=f"{kind} {text}",
        )

    def _descend(self, numbers):
        sizes = {"stochastic": 1, "batch": self.surface.n, "mini-batch": numbers["batch_size"]}
        for way, B in sizes.items():
            an_epoch = np.full(-(-self.surface.n // B), B)
            an_epoch[-1] = self.surface.n - B * (len(an_epoch) - 1)  # the last may be shorter
            steps = max(numbers["steps"], len(an_epoch) * numbers["epochs"])
            made = self.start, numbers["lr"], numbers["seed"], B, steps
            if self.made.get(way) == made:
                continue  # nothing that concerns it has changed
            self.used[way] = np.concatenate([[0], np.cumsum(np.resize(an_epoch, steps))])
            self.runs[way] = descend(
                self.surface, optimizers.gradient_descent, self.start,
                steps=steps, lr=numbers["lr"], batch_size=B, seed=numbers["seed"],
            )  # fmt: skip
            self.made[way] = made

    def _curves(self, steps, samples):
        """The whole loss curves; the balls run along them."""
        actors = []
        for way, color in COLORS.items():
            loss, used = plots.above_floor(self.runs[way], LOW / 100), self.used[way]
            some = used <= samples
            actors += [
                Curve(1, np.arange(steps + 1), loss[: steps + 1], color),
                Curve(2, used[some], loss[some], color),
            ]
        return actors

    def _walker(self, way, now, steps, samples):
        """The path in the landscape, and the balls on both loss curves; now: steps made."""
        run, color = self.runs[way], COLORS[way]
        loss = plots.above_floor(run, LOW / 100)
        on_steps = np.minimum(now, steps)
        last = np.searchsorted(self.used[way], samples, "right") - 1
        on_samples = np.minimum(now, last)
        x, y = run.x[now].T
        return [
            Trail(0, x, y, self.relief.heights(run.loss[now]), color, label=way, dots=False),
            Trail(1, on_steps, loss[on_steps], color=color, dots=False),
            Trail(2, self.used[way][on_samples], loss[on_samples], color=color, dots=False),
        ]

    def arrivals(self, way):
        """(steps, samples) until a way is below the goal for the first time, or None."""
        below = heights(self.runs[way]) <= self.goal
        if not below.any():
            return None
        step = int(below.argmax())
        return step, int(self.used[way][step])

    def _told(self):
        lost = [way for way, run in self.runs.items() if run.verdict().kind == "diverged"]
        if lost:
            return "Diverged:", f"{', '.join(lost)}. Try a smaller η."
        arrived = {way: self.arrivals(way) for way in COLORS}
        words = [
            f"{way} {pair[0]:,} steps = {pair[1]:,} samples" if pair else f"{way} never"
            for way, pair in arrived.items()
        ]
        return f"Down to a loss of {format_number(self.goal)}:", f"{', '.join(words)}."

    def _later(self):
        levels = ", ".join(f"{way} {format_number(self.settled(way))}" for way in COLORS)
        what = "steps" if self.clock.value == "steps" else "epochs"
        return f" Loss over the second half of these {what}, on average: {levels}."

    def settled(self, way):
        """The average height above the minimum over the second half of what the clock shows."""
        if self.clock.value == "steps":
            last = self.numbers["steps"]
        else:
            samples = self.numbers["epochs"] * self.surface.n
            last = int(np.searchsorted(self.used[way], samples, "right")) - 1
        return float(heights(self.runs[way])[last // 2 + 1 : last + 1].mean())

    def _clicked(self, change):
        if self.runs:
            self.start = tuple(change.new)
            self.changed(None)
