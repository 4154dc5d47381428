"""A thousand balls in a shallow valley: how many does the noise carry out? (chapter 04)."""

import numpy as np

from gdlab import optimizers, plots, sampling, surfaces
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.base import Lab
from gdlab.labs.batches import batch_row
from gdlab.labs.controls import Choice, Row, Seed
from gdlab.plots import GREEN, VERMILLION
from gdlab.stage import Stage
from gdlab.stage.actors import Dots, Trail

RUNS, N, SPREAD, SHOWN = 1000, 64, 3.0, 250
STEPS = Hyperparameter("T", "steps", 10, 300, legal=(1, 1001))


def escape(
    courses=(surfaces.double_well, surfaces.wavy), *, batch_size=1, lr=0.1, steps=150, seed=0
):
    """A lab: 1,000 runs set out together, each with 64 samples of its own; who gets out?

    Home is the valley of the lowest minimum. Of the thousand balls 250 are drawn.

    Arguments
        courses     surfaces with one coordinate and a list of known minima, to choose from
        batch_size  samples a step, 1 to 64; lr η > 0; steps 1 to 1,000
        seed        of the samples: another seed, other noise

    >>> lab = escape()
    >>> lab.share[[0, -1]]
    array([0. , 0.6])
    >>> lab.set(batch_size=64)
    >>> lab
    1,000 runs on the double well, η = 0.1, all 64 samples a step: none is home after 150 steps.
    """
    return EscapeLab(tuple(courses), batch_size, lr, steps, seed)


class EscapeLab(Lab):
    """See `escape`. `run` holds all thousand, `share` the part of them that is home, by step."""

    def __init__(self, courses, batch_size, lr, steps, seed):
        self.surface, self.cloud, self.before = courses[0], None, None
        self.drawn = None  # what the surface with its samples was made of
        self.painted = steps
        rows = [
            Row("lr", lr, self.changed, self.advise, KNOWN["lr"]._replace(low=0.01, high=1.0)),
            batch_row(self, N, batch_size),
            Row("steps", steps, self.changed, self.advise, STEPS, whole=True),
            Seed(seed, self.changed, self.advise),
        ]
        if len(courses) > 1:
            options = {f"{s.name}: {s.formula}": s for s in courses}
            rows.append(Choice("J", "surface", options, self._new_surface))
        stage = Stage(self._scenery(steps), title=self._title(), formula=self.surface.formula)
        super().__init__(stage, rows)
        self.share = None
        self.changed(None)

    def _title(self):
        return f"{RUNS:,} balls on {self.surface.with_article}"

    def _scenery(self, steps):
        fig, (land, share) = plots.figure(10.2, 3.9, ncols=2, width_ratios=[1.6, 1])
        plots.draw_surface(land, self.surface)
        low, high = self._valley()
        for edge in (low, high):
            if np.isfinite(edge):
                land.axvline(edge, color=plots.GREY, lw=1.2, ls=(0, (5, 3)))
        middle = np.clip([low, high], *self.surface.view[0]).mean()
        land.annotate(
            "home", (middle, 0.98), xycoords=("data", "axes fraction"),
            color=GREEN, ha="center", va="top",
        )  # fmt: skip
        share.set(xlim=(0, steps), ylim=(0, 1), xlabel="step", ylabel="share that is home")
        share.grid(axis="y")
        return fig

    def _valley(self):
        """The edges of the valley around the lowest minimum: the tops beside it."""
        x = np.linspace(*self.surface.view[0], 4001)
        rises = np.diff(self.surface.f(x[:, None])) > 0
        tops = x[1:-1][rises[:-1] & ~rises[1:]]
        lowest = min(self.surface.minima, key=self.surface)[0]
        below, above = tops[tops < lowest], tops[tops > lowest]
        return below.max(initial=-np.inf), above.min(initial=np.inf)

    def _new_surface(self, choice):
        self.surface, self.before, self.share = choice.value, None, None
        self.stage.title, self.stage.formula = self._title(), self.surface.formula
        self.stage.paint(self._scenery(self.painted))
        self.changed(None)

    def update(self, row, fresh):
        numbers = self.numbers
        steps, seed, B = numbers["steps"], numbers["seed"], numbers["batch_size"]
        if self.drawn != (self.surface, seed):
            self.cloud = sampling.sampled(self.surface, N, SPREAD, seed, runs=RUNS)
            self.drawn = self.surface, seed
        start = np.full((RUNS, 1), self.surface.start[0])
        run = descend(
            self.cloud, optimizers.gradient_descent, start,
            steps=steps, batch_size=B, seed=seed, lr=numbers["lr"],
        )  # fmt: skip
        if fresh:
            self.before = self.share
        self.run, self.share = run, self._home(run)
        if steps != self.painted:
            self.painted = steps
            self.stage.paint(self._scenery(steps))
        kind, text = self._told(run)
        samples = f"all {N} samples" if B == N else f"{B} sample{'s' * (B > 1)}"
        home = round(RUNS * self.share[-1])
        self.stage.show(
            self._actors(run),
            frames=steps + 1,
            kind=kind,
            text=text,
            says=f"{RUNS:,} runs on {self.surface.with_article}, η = {format_number(numbers['lr'])}, {samples} "
            f"a step: {home or 'none'} {'is' if home < 2 else 'are'} home after {steps} steps.",
            readout=("home", self.share),
        )

    def _home(self, run):
        low, high = self._valley()
        inside = (run.x[..., 0] > low) & (run.x[..., 0] < high) & (run.first_bad_step < 0)
        return inside.mean(1)

    def _actors(self, run):
        x, height = run.x[:, :SHOWN, 0], run.loss[:, :SHOWN]
        # One above the other a little, so that a crowd looks like one.
        low, high = self.stage.fig.axes[0].get_ylim()
        lift = 0.05 * (high - low) * np.random.default_rng(0).random(SHOWN)
        time = np.arange(run.steps + 1)
        actors = [
            Dots(0, x, height + lift, VERMILLION, 3.2, label=f"{SHOWN} of the {RUNS:,} balls")
        ]
        if self.before is not None:
            past = np.arange(len(self.before))
            actors.append(Trail(1, past, self.before, label="last time", ghost=True))
        return [*actors, Trail(1, time, self.share, color=GREEN, label="home", dots=False)]

    def _told(self, run):
        home, lost = round(RUNS * self.share[-1]), int((run.first_bad_step >= 0).sum())
        words = [f"{home:,} of {RUNS:,} runs are in the lowest valley after {run.steps} steps."]
        if self.numbers["batch_size"] == N:
            words.append(f"All {N} samples: no noise, and every ball does the same.")
        if lost:
            words.append(f"{lost:,} blew up: η is too large.")
        if self.before is not None:
            words.append(f"Last time {round(RUNS * self.before[-1]):,}.")
        return "Nobody gets out." if not home else f"{self.share[-1]:.0%} are home.", " ".join(
            words
        )
