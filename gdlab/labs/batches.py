"""The samples behind a slope: a batch is chosen, its noise is seen and measured (04 and 05)."""

import itertools

import numpy as np

from gdlab import optimizers, plots, sampling, schedules, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.controls import Row, Seed
from gdlab.labs.descent import DescentLab
from gdlab.plots import BLUE, GREEN, GREY, INK, VERMILLION
from gdlab.stage.actors import Arrow, Curve, Dots, Fan, Trail
from gdlab.verdict import heights

FALL = Hyperparameter("k", "fall of η", 0.0, 1.0, legal=(0, np.inf))
LOW = 1e-5  # the loss panel ends here


def batch_row(lab, n, value, low=1):
    """The slider of B, from `low` to all n samples, on a log scale."""
    about = Hyperparameter("B", "batch size", low, n, log=True, legal=(1, n + 1))
    return Row("batch_size", value, lab.changed, lab.advise, about, whole=True)


def batches(
    surface=None,
    *,
    batch_size=1,
    lr=0.1,
    k=0.0,
    steps=100,
    seed=0,
    start=None,
    goal=None,
):
    """A lab: every sample's slope as a thin arrow, the batch's, and the slope of them all.

    The arrows are −∇J/L long: on a bowl each thin one ends where its own sample would have
    the minimum. The rate is ηₜ = η/(1 + k t). Every run measures the noise of its batches,
    rms ‖∇J_batch − ∇J‖; the points stay, so that a reader draws the law 1/√B.

    Arguments
        surface     a `Sampled` surface with two coordinates; None for a bowl of 128 samples
        batch_size  samples a step, 1 to surface.n
        lr, k       the learning rate η > 0 and how it falls, k ≥ 0
        steps       how many, 1 to 5,000; seed of the order of the samples
        start       where to set out, None for the surface's own; a click moves it
        goal        the average loss over the second half to get below; None for none

    >>> lab = batches(batch_size=4, steps=200)
    >>> lab.set(batch_size=16)
    >>> sorted(lab.measured)
    [4, 16]
    >>> lab
    Batches of 16 from 128 samples, η = 0.1: loss 0.00634 on average over the last 100 of 200 steps.
    """
    if surface is None:
        surface = sampling.sampled(surfaces.bowl, n=128, spread=2.0)
    if not isinstance(surface, sampling.Sampled) or surface.d != 2:
        raise Advice("this lab needs samples and two coordinates: give sampled(surfaces.bowl).")
    return BatchLab(surface, start, steps, goal, lr, k, batch_size, seed)


class BatchLab(DescentLab):
    """See `batches`. `dealt`: the batches of `run`; `measured`: their noise so far, by B."""

    def __init__(self, surface, start, steps, goal, lr, k, batch_size, seed):
        self._first = k, batch_size, seed
        self.measured, self.dealt = {}, []
        # −∇J/L at every step; without L, arrows about as long as the view allows
        self.reach = 1 / surface.L if surface.L else 0.1
        method = optimizers.gradient_descent
        super().__init__(method, surface, start, steps, goal, None, {"lr": lr})

    def _more_rows(self):
        k, batch_size, seed = self._first
        return [
            batch_row(self, self.surface.n, batch_size),
            Row("k", k, self.changed, self.advise, FALL),
            Seed(seed, self.changed, self.advise),
        ]

    # The scenery

    def _title(self):
        return f"{self.surface.n} samples behind {self.surface.with_article}"

    def _figure(self):
        panels = [["land", "loss"], ["land", "noise"]]
        return plots.mosaic(panels, 10.2, 4.8, width_ratios=[1.35, 1])

    def _scenery(self, steps):
        fig, relief = super()._scenery(steps)
        _, loss, noise = fig.axes
        loss.set(ylim=(LOW, loss.get_ylim()[1]))
        sizes = np.arange(1, self.surface.n)
        law = self.spread / np.sqrt(sizes)
        noise.plot(sizes, law, color=GREY, lw=1.3, ls=(0, (5, 3)))
        noise.annotate(
            "∝ 1/√B", (sizes[-1], law[-1]), (0, 8), textcoords="offset points",
            color=plots.INK, ha="right", va="bottom",
        )  # fmt: skip
        noise.set(xscale="log", yscale="log", xlim=(0.9, 1.1 * self.surface.n))
        noise.set(
            ylim=(law[-1] / 4, 2 * law[0]), xlabel="batch size B", ylabel="noise of the slope"
        )
        powers = [2**i for i in range(self.surface.n.bit_length())]
        noise.set_xticks(powers, map(str, powers))
        noise.minorticks_off()
        noise.grid(axis="y")
        fig.align_ylabels([loss, noise])
        return fig, relief

    @property
    def spread(self):
        """The noise of a single sample's slope at the start, rms ‖∇Jᵢ − ∇J‖."""
        x = np.array(self.start, dtype=float)
        off = self._slopes(x[None])[0] - self.surface.grad(x)
        return float(np.sqrt((off**2).sum(-1).mean()))

    # The run

    def _descend(self, numbers):
        lr, k, seed, B = (numbers[name] for name in ("lr", "k", "seed", "batch_size"))
        rate = schedules.inverse_time(lr, k) if k else lr
        run = descend(
            self.surface, self.method, self.start,
            steps=numbers["steps"], batch_size=B, seed=seed, lr=rate,
        )  # fmt: skip
        deal = sampling.batches(self.surface.n, B, seed)
        self.dealt = list(itertools.islice(deal, run.steps))
        full = np.array([len(batch) == B for batch in self.dealt])
        off = (run.grad - self.surface.grad(run.x[:-1]))[full]
        if B < self.surface.n and run.first_bad_step < 0 and len(off):
            self.measured[B] = float(np.sqrt((off**2).sum(-1).mean()))
        return run

    def _limit(self, run):
        return 2 / self.surface.L if self.surface.L else None

    def slope(self):
        """The slope of the measured points on log–log axes, or None for too few of them.

        Points with B above n/8 are left out: there the batch is so much of the data that
        drawing without replacement makes it visibly less noisy.
        """
        few = {B: noise for B, noise in self.measured.items() if B <= self.surface.n / 8}
        if len(few) < 3 or max(few) < 8 * min(few):
            return None
        return float(np.polyfit(np.log(list(few)), np.log(list(few.values())), 1)[0])

    def _slopes(self, x):
        """Every sample's own slope: x of shape (frames, d) → (frames, n, d)."""
        each = (self.surface.batch_grad(x, np.array([i])) for i in range(self.surface.n))
        return np.stack(list(each), axis=1)

    def _arrows(self, run, x, y):
        slopes = -self.reach * self._slopes(run.x)
        tips = run.x[:-1, None] + np.take_along_axis(
            slopes[:-1], _rectangle(self.dealt)[..., None], axis=1
        )
        tail, now = dict(x=x, y=y), dict(x=x[:-1], y=y[:-1])
        every, batch = -self.reach * self.surface.grad(run.x), -self.reach * run.grad
        whole = self.numbers["batch_size"] == self.surface.n
        fan = Fan(0, **tail, dx=slopes[..., 0], dy=slopes[..., 1], color=GREY, label="each sample")
        actors = [fan, Arrow(0, **tail, **_by(every), color=BLUE, label="all samples: −∇J/L")]
        if not whole:
            actors += [
                Dots(0, tips[..., 0], tips[..., 1], color=GREEN, size=3.4),
                Arrow(
                    0, **now, **_by(batch), color=GREEN, label="the batch: its step goes this way"
                ),
            ]
        return actors

    def _actors(self, run):
        actors = super()._actors(run)
        # The path above the cloud, the arrows above all.
        actors.sort(key=lambda actor: isinstance(actor, Arrow) - isinstance(actor, Fan))
        half = run.steps // 2
        level = self.settled(run)
        return [
            *actors,
            Curve(1, np.array([half, run.steps]), np.full(2, level), INK, (4, 2), "average"),
            *self._noise(),
        ]

    def _noise(self):
        """The measured points, the present one as a ball."""
        sizes = np.array(list(self.measured), dtype=float)
        noise = np.array(list(self.measured.values()))
        actors = [Dots(2, sizes, noise, color=INK, size=3.0)] if len(sizes) else []
        B = self.numbers["batch_size"]
        now = self.measured.get(B, 1e-12)  # all samples: no noise, the ball lies below the picture
        return [*actors, Trail(2, np.array([B]), np.array([now]), color=VERMILLION, dots=False)]

    # The words

    def settled(self, run):
        """The average height above the minimum over the second half of a run."""
        return float(heights(run)[run.steps // 2 + 1 :].mean())

    def _says(self, run):
        numbers = self.numbers
        told = f"η = {format_number(numbers['lr'])}" + (
            f", k = {format_number(numbers['k'])}" if numbers["k"] else ""
        )
        head = f"Batches of {numbers['batch_size']} from {self.surface.n} samples, {told}"
        if run.first_bad_step >= 0 or run.verdict().kind == "diverged":
            return f"{head}: {run.verdict()}."
        half = run.steps - run.steps // 2
        return (
            f"{head}: loss {format_number(self.settled(run))} on average "
            f"over the last {half} of {run.steps} steps."
        )

    def _judge(self, run):
        verdict, level = run.verdict(), self.settled(run)
        if verdict.kind == "diverged":
            return super()._judge(run)
        seen = sum(map(len, self.dealt))
        half = run.steps - run.steps // 2
        kind = {"converged": "Converged.", "stalled": "Stalled."}.get(verdict.kind, "Under way.")
        if self._trembles(run):
            kind = "Never quite at rest."
        words = [f"Loss {format_number(level)} on average over the last {half} steps."]
        if self.goal:
            reached = level <= self.goal
            kind = "Goal reached." if reached else kind
            words.append(f"The goal is {format_number(self.goal)}.")
        words.append(
            f"Samples used: {seen:,}, which is {format_number(seen / self.surface.n)} epochs."
        )
        slope = self.slope()
        if slope is not None:
            words.append(f"Your points fall with slope {slope:.2f}".replace("-", "−") + ".")
        return kind, " ".join(words)

    def _trembles(self, run):
        """The second half is no lower at its end than at its beginning, yet it moves."""
        above = heights(run)[run.steps // 2 :]
        half = len(above) // 2
        return above.max() > 1e-6 and above[half:].mean() > 0.3 * above[:half].mean()


def _rectangle(batches):
    """Batches as rows of equal length: a shorter one repeats its last sample."""
    longest = max(map(len, batches))
    return np.array([np.pad(batch, (0, longest - len(batch)), "edge") for batch in batches])


def _by(vectors):
    return {"dx": vectors[:, 0], "dy": vectors[:, 1]}
