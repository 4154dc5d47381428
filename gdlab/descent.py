"""From a surface, a method and a few numbers to a run: the only loop of the course."""

import inspect
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from gdlab import hyperparameters, sampling
from gdlab.errors import Advice
from gdlab.surfaces import Surface
from gdlab.verdict import Verdict, judge


class Memory:
    """What a method remembers: every name in it starts at zero.

    >>> s = Memory()
    >>> s.v = 0.9 * s.v + 1.0
    >>> s.v
    1.0
    """

    t: int = 0  # the step being made: 1, 2, 3, …

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return 0.0


class Step(NamedTuple):
    """Where one step led (x), the slope the method saw, and its memory afterwards."""

    x: Any
    grad: Any
    memory: Memory


def walk(surface, method, start, *, batch_size=None, seed=0, **numbers) -> Iterator[Step]:
    """Take one step after the other, for ever: the loop behind everything in this course.

    xₜ = method(xₜ₋₁, ∇J, memory, **numbers);  with a `batch_size`, ∇J is the mean slope of
    the next mini-batch.

    Arguments
        surface     a `Surface`; a `Sampled` one if batch_size is given
        method      a function (x, grad, s, *, …) → the next x
        start       the first position, shape (…, d): a NumPy array or a torch tensor
        batch_size  samples a step, 1 to surface.n; None for all of them
        seed        of the order in which the samples come
        numbers     the method's hyperparameters: numbers, arrays over the batch axes of
                    start, or schedules (functions of the number of steps made)
    Raises `Advice` when the method returns something that is no position.

    >>> from gdlab import optimizers, surfaces
    >>> steps = walk(surfaces.square, optimizers.gradient_descent, np.array([10.0]), lr=0.1)
    >>> next(steps).x, next(steps).x
    (array([8.]), array([6.4]))
    """
    x, s = start, Memory()
    deal = None if batch_size is None else sampling.batches(_size(surface), batch_size, seed)
    while True:
        slope = _Slope(surface, None if deal is None else next(deal))
        now = {name: _number(value, s.t, x) for name, value in numbers.items()}
        s.t += 1
        new = method(x, slope, s, **now)
        if getattr(new, "shape", None) != x.shape:
            raise Advice(_not_a_position(method, new, x))
        x = new
        yield Step(x, slope.seen, s)


class _Slope:
    """The `grad` a method calls; it keeps the last slope it gave."""

    def __init__(self, surface, batch):
        self.surface, self.batch, self.seen = surface, batch, None

    def __call__(self, x):
        if self.batch is None:
            self.seen = self.surface.grad(x)
        else:
            self.seen = self.surface.batch_grad(x, self.batch)
        return self.seen


def _number(value, t, x):
    """A hyperparameter as the method sees it: of its moment, with the coordinate axis."""
    value = value(t) if callable(value) else value
    if isinstance(x, np.ndarray):
        value = np.asarray(value, dtype=float)
        return value[..., None] if value.ndim else value
    if isinstance(value, np.ndarray) and value.ndim:
        return x.new_tensor(value)[..., None]  # a torch tensor beside x
    return float(value)


def _size(surface):
    if not isinstance(surface, sampling.Sampled):
        raise Advice(
            f"{surface.name} has no samples behind it: leave batch_size out, "
            "or wrap the surface in sampled(…)."
        )
    return surface.n


def _not_a_position(method, new, x):
    name = _name(method)
    if new is None or new is Ellipsis:
        return f"{name} returned nothing: end it with `return` and the next position."
    shape = getattr(new, "shape", None)
    got = f"an array of shape {tuple(shape)}" if shape is not None else f"{type(new).__name__}"
    return f"{name} returned {got}; the next position must have the shape of x, {tuple(x.shape)}."


def _name(method):
    return getattr(method, "__name__", "the method")


@dataclass(frozen=True, repr=False)
class Run:
    """What happened in one descent, or in a whole batch of them, as plain arrays.

    A run that blows up stops where its last finite numbers were; `verdict()` says when.

        x      (steps + 1, *batch, d)  every position; x[0] is the start
        loss   (steps + 1, *batch)     the height at each of them
        grad   (steps, *batch, d)      the slope the method saw before each step
        state  {name: (steps + 1, *batch, d)}  the method's memory; zero at first
        broke  (*batch,)  the first step whose numbers were not finite; −1 if all were
    """

    surface: Surface
    method: Any
    numbers: dict
    x: np.ndarray
    loss: np.ndarray
    grad: np.ndarray
    state: dict = field(default_factory=dict)
    broke: np.ndarray = -1

    @property
    def steps(self):
        """How many steps were made."""
        return len(self.grad)

    @property
    def name(self):
        """The method's name in words: "heavy ball"."""
        return _name(self.method).replace("_", " ")

    def __getitem__(self, index):
        """One run (or a slice) out of a batch.

        >>> from gdlab import optimizers, surfaces
        >>> lrs = np.array([0.1, 0.2, 0.3])
        >>> batch = descend(surfaces.square, optimizers.gradient_descent, 10.0, lr=lrs)
        >>> batch[1].x.shape
        (101, 1)
        """
        index = index if isinstance(index, tuple) else (index,)
        batch = self.loss.shape[1:]
        numbers = {
            name: v if callable(v) else np.broadcast_to(v, batch)[index]
            for name, v in self.numbers.items()
        }
        part = (slice(None), *index)
        return replace(
            self,
            numbers=numbers,
            x=self.x[part],
            loss=self.loss[part],
            grad=self.grad[part],
            state={name: value[part] for name, value in self.state.items()},
            broke=self.broke[index],
        )

    def verdict(self, tol=1e-6) -> Verdict:
        """How a single run ended: converged, oscillating, diverged, stalled or still descending.

        Arguments: tol > 0: how near the lowest height counts as arrived.

        >>> from gdlab import optimizers, surfaces
        >>> print(descend(surfaces.square, optimizers.gradient_descent, 10.0, lr=0.4).verdict())
        converged at step 6
        """
        if self.loss.ndim > 1:
            raise Advice("verdict() judges one run: pick one of the batch first, as in run[0].")
        return judge(self, tol)

    def __repr__(self):
        if self.loss.ndim > 1:
            shape = " × ".join(map(str, self.loss.shape[1:]))
            return f"{shape} runs of {self.name} on {self.surface.name}, {self.steps} steps each"
        return f"{self.name} on {self.surface.name}, {self.steps} steps: {self.verdict()}"


def descend(
    surface, method, start=None, *, steps=100, batch_size=None, seed=0, **numbers
) -> Run:
    """Let a method descend a surface, and keep everything that happens.

    Arguments
        surface     a `Surface`
        method      a function (x, grad, s, *, …) → the next x; see `gdlab.optimizers`
        start       the first position, shape (…, d), or a number where d = 1; None for the
                    surface's own start. A torch tensor makes the method run on tensors
        steps       how many, 0 or more
        batch_size  samples a step of a `Sampled` surface; None for all of them
        seed        of the order of the samples; all runs of a batch see the same ones
        numbers     hyperparameters of the method: a number, an array of shape (*batch,) for
                    many runs at once, or a schedule
    Returns a `Run` of NumPy arrays. Raises `Advice` if an argument makes no sense.

    >>> from gdlab import optimizers, surfaces
    >>> run = descend(surfaces.square, optimizers.momentum, 10.0, steps=20, lr=0.1, beta=0.9)
    >>> run.x.shape
    (21, 1)
    >>> run
    momentum on square, 20 steps: still descending
    """
    start = _start(surface, start)
    _check_steps(steps)
    _check_numbers(method, numbers)
    batch = _batch_shape(start, numbers)
    x = start if start.shape[:-1] == batch else _spread(start, (*batch, start.shape[-1]))
    _check_memory(x.shape, steps)

    xs = np.empty((steps + 1, *x.shape))
    xs[0] = _plain(x)
    grads = np.zeros((steps, *x.shape))
    state = {}
    with np.errstate(all="ignore"):  # a descent that blows up is a result, not a warning
        course = walk(surface, method, x, batch_size=batch_size, seed=seed, **numbers)
        for t, step in zip(range(steps), course, strict=False):
            xs[t + 1] = _plain(step.x)
            if step.grad is not None:
                grads[t] = _plain(step.grad)
            for name, value in vars(step.memory).items():
                if name != "t":
                    if name not in state:
                        state[name] = np.zeros_like(xs)
                    state[name][t + 1] = _plain(value)
        loss = _losses(surface, x, xs)
    broke = _hold(xs, loss, grads, state)
    return Run(surface, method, numbers, xs, loss, grads, state, broke)


def _losses(surface, start, xs):
    """The heights of all positions, in the arithmetic of the start, a cacheful at a time."""
    loss = np.empty(xs.shape[:-1])
    some = max(1, 2**16 // max(1, math.prod(xs.shape[1:])))
    for i in range(0, len(xs), some):
        part = xs[i : i + some]
        part = part if isinstance(start, np.ndarray) else start.new_tensor(part)
        loss[i : i + some] = _plain(surface.f(part))
    return loss


def _hold(xs, loss, grads, state):
    """Stop every run at its last finite numbers, in place; return the steps where it broke."""
    finite = np.isfinite(loss)
    for i in range(xs.shape[-1]):  # one coordinate at a time: faster than .all(-1)
        finite &= np.isfinite(xs[..., i])
    broke = np.where(finite.all(0), -1, finite.argmin(0))
    bad = broke >= 0
    if bad.any():
        good = np.maximum(broke[bad], 1) - 1  # the last good position of each broken run
        kept = np.minimum(np.arange(len(xs))[:, None], good)
        loss[:, bad] = np.take_along_axis(loss[:, bad], kept, 0)
        for values in (xs, grads, *state.values()):
            held = np.take_along_axis(values[:, bad], kept[: len(values), :, None], 0)
            values[:, bad] = np.nan_to_num(held)
    return broke


def _plain(value):
    """A NumPy array of whatever the method works with."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _spread(start, shape):
    if isinstance(start, np.ndarray):
        return np.broadcast_to(start, shape).copy()
    return start.expand(shape).clone()


def _start(surface, start):
    d = len(surface.view) or len(surface.start)
    if hasattr(start, "detach"):
        return start
    try:
        x = np.array(surface.start if start is None else start, dtype=float)
    except (TypeError, ValueError):
        raise Advice(f"start is {start!r}: give {d or 'some'} numbers.") from None
    x = x[None] if x.ndim == 0 else x
    if d and x.shape[-1] != d:
        what = "a number" if d == 1 else f"{d} numbers"
        raise Advice(
            f"start has shape {x.shape}, but a position on {surface.name} is {what}: "
            f"its last axis must have length {d}."
        )
    if not np.isfinite(x).all():
        raise Advice(f"start is {start!r}: every coordinate must be a finite number.")
    return x


def _check_steps(steps):
    if not (isinstance(steps, (int, np.integer)) and steps >= 0):
        raise Advice(f"steps is {steps!r}: give a whole number, 0 or more.")


def _check_numbers(method, numbers):
    known = inspect.signature(method).parameters
    takes = [name for name, p in known.items() if p.kind is p.KEYWORD_ONLY]
    anything = any(p.kind is p.VAR_KEYWORD for p in known.values())
    for name, value in numbers.items():
        if name not in known and not anything:
            offer = ", ".join(takes) or "none"
            raise Advice(f"{_name(method)} has no number called {name}; it takes: {offer}.")
        if not callable(value):
            hyperparameters.describe(name).check(name, value)


def _batch_shape(start, numbers):
    shapes = [np.shape(v(0) if callable(v) else v) for v in numbers.values()]
    try:
        return np.broadcast_shapes(tuple(start.shape[:-1]), *shapes)
    except ValueError:
        told = ", ".join(f"{name} {shape}" for name, shape in zip(numbers, shapes, strict=True))
        raise Advice(
            f"these shapes do not broadcast: start {tuple(start.shape[:-1])}, {told}; "
            "give each number its own axis, as in lr[:, None] and beta."
        ) from None


def _check_memory(shape, steps, limit=8):
    needed = 8 * (steps + 1) * math.prod(shape) * 4 / 2**30  # x, grad and two states
    if needed > limit:
        raise Advice(
            f"this would keep about {needed:.3g} GiB of numbers: "
            "take fewer steps or fewer runs, or use walk(), which keeps nothing."
        )
