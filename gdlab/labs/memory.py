"""The memory of an adaptive method and the step sizes it makes, beside the path (08 to 11)."""

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.descent import DescentLab, numbers_of
from gdlab.labs.several import SeveralMethods, by_words
from gdlab.plots import ORANGE, PURPLE, SKY, VERMILLION
from gdlab.stage.actors import Arrow, Curve, Trail
from gdlab.step_sizes import step_sizes

COLORS = [VERMILLION, SKY]  # the first coordinate, the second
TINTS = ["#efbb93", "#b5dcf5"]  # the same, pale
DASHES = [(), (3, 1.5), (1, 1.5)]  # the first memory, the second, the third
MEMORY, RATE = 2, 3  # panels


def memory(
    method=optimizers.rmsprop,
    surface=surfaces.ravine,
    *,
    start=None,
    steps=100,
    goal=1e-6,
    within=None,
    batch_size=None,
    seed=0,
    names=("x", "y"),
    **numbers,
):
    """A lab that shows, beside the path, what a method remembers and how it steps because of it.

    Below the loss there are two panels over the same steps, one line a coordinate: the
    memory (√h, √v, …, with the slope's size in pale), and the effective step size, such as
    η/(√h + ε). On a quadratic a dashed line marks 2/L of that coordinate: above it a step
    overshoots.

    Arguments
        method      a function (x, grad, s, *, …), or a list of them to choose from
        surface     a `Surface` with one or two coordinates, or a list of them
        start, steps, goal, within, numbers  as in `descent`
        batch_size  samples a step of a `Sampled` surface, None for all; seed of their order
        names       of the coordinates

    >>> lab = memory(optimizers.adagrad, surfaces.ravine, lr=1.0, steps=40)
    >>> lab.reading.formula
    'η/(√h + ε)'
    >>> lab
    AdaGrad on the ravine (η = 1, ε = 10⁻¹⁰): still descending.
    The step sizes end at x 0.0213, y 0.0147.
    """
    sampling = {"batch_size": batch_size, "seed": seed}
    return MemoryLab(method, surface, start, steps, goal, within, sampling, names, numbers)


class MemoryLab(SeveralMethods, DescentLab):
    """See `memory`. `reading` says what the method remembers in the run on the stage."""

    def __init__(self, method, surface, start, steps, goal, within, sampling, names, numbers):
        self.methods, self.sampling, self.names = by_words(method), sampling, names
        first, *others = self.methods.values()
        known = {}
        for one in (*others, first):  # where defaults differ, the first one's count
            known |= numbers_of(one)
        for name in numbers:
            if name not in known:
                raise Advice(f"no method here has a number {name}; there are: {', '.join(known)}.")
        super().__init__(first, surface, start, steps, goal, within, known | numbers)

    # The scenery

    def _figure(self):
        panels = [["land", "loss"], ["land", "memory"], ["land", "rate"]]
        return plots.mosaic(panels, 10.2, 4.9, width_ratios=[1.4, 1])

    def _scenery(self, steps):
        fig, relief = super()._scenery(steps)
        land, loss, *beside = fig.axes
        if len(self.surface.view) == 2:
            land.set(xlabel=self.names[0], ylabel=self.names[1])
        loss.set(xlabel="", ylabel="loss" if loss.get_ylabel() == "loss" else "loss − floor")
        loss.tick_params(labelbottom=False)
        self.painted = self.limits
        for ax, limits, label in zip(beside, self.limits, ("memory", "step size"), strict=True):
            ax.set(yscale="log", ylim=10.0 ** np.array(limits), xlim=(0, steps), ylabel=label)
            ax.grid(axis="y")
            ax.minorticks_off()
        fig.axes[MEMORY].tick_params(labelbottom=False)
        fig.axes[RATE].set(xlabel="step")
        self._draw_limits(fig.axes[RATE])
        fig.align_ylabels(fig.axes[1:])
        return fig, relief

    def _draw_limits(self, ax):
        """2/L of each coordinate of a quadratic whose axes are the coordinates."""
        curvatures = _curvatures(self.surface)
        for name, curvature, color in zip(self.names, curvatures, COLORS, strict=False):
            low, high = ax.get_ylim()
            if low < 2 / curvature < high:
                ax.axhline(2 / curvature, color=color, lw=1, ls=(0, (5, 3)))
                where = dict(xycoords=ax.get_yaxis_transform(), textcoords="offset points")
                told = f"2/L of {name}" if len(curvatures) > 1 else "2/L"
                ax.annotate(
                    told, (0.01, 2 / curvature), xytext=(0, 2), **where,
                    color=color, va="bottom", fontsize=8.5,
                )  # fmt: skip

    def _outgrown(self, before):
        fits = all(_fits(*pair) for pair in zip(self.limits, self.painted, strict=True))
        return super()._outgrown(before) or not fits

    # The run

    def _descend(self, numbers):
        takes = {"steps", *numbers_of(self.method)}
        numbers = {name: value for name, value in numbers.items() if name in takes}
        run = descend(self.surface, self.method, self.start, **self.sampling, **numbers)
        self.reading = step_sizes(run)
        self.limits = _decades(*self.reading.sizes.values()), _decades(self.reading.rate)
        return run

    def _limit(self, run):
        return None if self.sampling["batch_size"] else super()._limit(run)

    def _actors(self, run):
        reading = self.reading
        time = np.arange(run.steps + 1).clip(1)  # the memory begins with the first step
        actors = super()._actors(run)
        if self.last is not None:
            before = step_sizes(self.last)
            past = np.arange(self.last.steps + 1).clip(1)
            for rate in _from_first(before.rate):
                actors.append(Trail(RATE, past, rate, ghost=True))
        if len(reading.sizes) == 1 and run.steps:
            for i, slope in enumerate(np.abs(run.grad.T)):
                label = f"{self._name(i)}|slope|"
                actors.append(Curve(MEMORY, time[1:], slope, TINTS[i], label=label))
        for dash, (name, size) in zip(DASHES, reading.sizes.items(), strict=False):
            for i, values in enumerate(_from_first(size)):
                look = dict(color=COLORS[i], dash=dash, label=f"{self._name(i)}{name}")
                actors.append(Trail(MEMORY, time, values, dots=False, **look))
        for i, values in enumerate(_from_first(reading.rate)):
            actors.append(Trail(RATE, time, values, color=COLORS[i], dots=False))
        return actors

    def _arrows(self, run, x, y):
        """At each step: the one that is taken, and as long a one straight downhill."""
        move, tail = np.diff(run.x, axis=0), dict(x=x[:-1], y=y[:-1])
        if run.x.shape[-1] == 1:
            flat = np.zeros(run.steps)
            return [Arrow(0, **tail, dx=move[:, 0], dy=flat, color=PURPLE, label="step taken")]
        steep = np.linalg.norm(run.grad, axis=1, keepdims=True)
        length = np.linalg.norm(move, axis=1, keepdims=True)
        down = -run.grad / np.where(steep > 0, steep, 1.0) * length
        return [
            Arrow(0, **tail, dx=down[:, 0], dy=down[:, 1], color=ORANGE, label="straight downhill"),
            Arrow(0, **tail, dx=move[:, 0], dy=move[:, 1], color=PURPLE, label="step taken"),
        ]

    def _name(self, i):
        return f"{self.names[i]}: " if len(self.surface.view) > 1 else ""

    # The words

    def _says(self, run):
        return f"{super()._says(run)} {self._sizes()}"

    def _judge(self, run):
        kind, text = super()._judge(run)
        return kind, f"{text} {self._sizes()}"

    def _sizes(self):
        ends = [format_number(rate) for rate in self.reading.rate[-1]]
        if len(ends) == 1:
            return f"The step size ends at {ends[0]}."
        told = [f"{name} {end}" for name, end in zip(self.names, ends, strict=False)]
        return f"The step sizes end at {', '.join(told)}."


def _from_first(values):
    """One row a coordinate, with the first value twice: at step 0 nothing is remembered."""
    return np.concatenate([values[:1], values]).T


def _curvatures(surface):
    """The curvature along each coordinate, where it is the same everywhere; else nothing."""
    if surface.L is None:
        return []
    origin = np.zeros(surface.d)
    hessian = surface.grad(np.eye(surface.d)) - surface.grad(origin)
    diagonal = np.diag(hessian)
    return diagonal if np.abs(hessian - np.diag(diagonal)).max() < 1e-9 * surface.L else []


def _decades(*values, most=7):
    """The powers of ten that hold all values above zero; at most so many, counted from the top."""
    values = np.concatenate([v.ravel() for v in values]) if values else np.ones(1)
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return -1, 1
    low, high = np.floor(np.log10(values.min())), np.ceil(np.log10(values.max()))
    high = min(high, 12)
    return max(min(low, high - 2), high - most), high


def _fits(wanted, painted):
    """Whether a run can be shown on limits painted for another one."""
    (low, high), (bottom, top) = wanted, painted
    return bottom <= low and high <= top and top - bottom <= high - low + 3
