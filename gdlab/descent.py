"""From a surface, a method and a few numbers to a run: the only loop of the course."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from gdlab import sampling
from gdlab.arguments import (
    check_memory,
    check_position,
    check_steps,
    first_position,
    name_of,
    not_a_slope,
    not_heights,
    scheduled_value,
    size_of,
)
from gdlab.arrays import copy_of, is_tensor, to_numpy
from gdlab.errors import Advice
from gdlab.formatting import display_name
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


def walk(
    surface, method, start, *, batch_size=None, seed=0, memory=None, **numbers
) -> Iterator[Step]:
    """Take one step after the other, for ever: the loop behind everything in this course.

    xₜ = method(xₜ₋₁, ∇J, memory, **numbers);  with a `batch_size`, ∇J is the mean slope of
    the next mini-batch.

    Arguments
        surface     a `Surface`; a `Sampled` one if batch_size is given
        method      a function (x, grad, s, *, …) → the next x
        start       the first position, shape (…, d): a NumPy array or a torch tensor
        batch_size  samples a step, 1 to surface.n; None for all of them
        seed        of the order in which the samples come
        memory      that of a walk which came as far as `start`, to go on from there; its t
                    steps are not made again. None to set out
        numbers     the method's hyperparameters: numbers, arrays over the batch axes of
                    start, or schedules (functions of the number of steps made)
    Raises `Advice` when the method returns something that is not a position.

    >>> from gdlab import optimizers, surfaces
    >>> steps = walk(surfaces.square, optimizers.gradient_descent, np.array([10.0]), lr=0.1)
    >>> next(steps).x, next(steps).x
    (array([8.]), array([6.4]))
    """
    x = first_position(surface, method, start, numbers)
    s = Memory() if memory is None else memory
    batches = None if batch_size is None else sampling.batches(size_of(surface), batch_size, seed)
    return _steps(surface, method, x, s, batches and itertools.islice(batches, s.t, None), numbers)


def _steps(surface, method, x, s, batches, numbers):
    schedules = {name: value for name, value in numbers.items() if callable(value)}
    now = {name: _number(value, x) for name, value in numbers.items() if name not in schedules}
    for t in itertools.count(s.t):
        slope = _Slope(surface, None if batches is None else next(batches), x.shape[-1:])
        for name, schedule in schedules.items():
            now[name] = _number(scheduled_value(name, schedule, t), x)
        s.t = t + 1
        own = {name: copy_of(value) for name, value in now.items()}  # it may change them
        new = method(x, slope, s, **own)
        check_position(method, new, x)
        x = new
        yield Step(x, slope.seen, s)


class _Slope:
    """The `grad` a method calls; it keeps the last slope it gave."""

    def __init__(self, surface, batch, shape):
        self.surface, self.batch, self.shape, self.seen = surface, batch, shape, None

    def __call__(self, x):
        surface = self.surface
        if getattr(x, "shape", ())[-1:] != self.shape:
            raise Advice(self._not_a_place(x))
        g = surface.grad(x) if self.batch is None else surface.batch_grad(x, self.batch)
        if getattr(g, "shape", None) != x.shape:
            raise Advice(not_a_slope(surface, g, x))
        self.seen = g + 0  # a copy: the method may change its own in place
        return g

    def _not_a_place(self, x):
        shape = getattr(x, "shape", None)
        got = type(x).__name__ if shape is None else f"an array of shape {tuple(shape)}"
        wanted = "one number" if self.shape == (1,) else f"{self.shape[0]} numbers"
        return (
            f"grad is called with {got}: give it a position, an array of {wanted}, as in grad(x)."
        )

    def _not_called(self, *_):
        raise Advice("grad is a function: call it at a place, as in `grad(x)`.")

    __array_ufunc__ = None  # so that arrays ask us too
    __neg__ = __add__ = __radd__ = __sub__ = __rsub__ = _not_called
    __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __getitem__ = _not_called


def _number(value, x):
    """A hyperparameter as the method sees it: of the kind of x, with the coordinate axis."""
    value = np.asarray(value, dtype=float)
    if is_tensor(x):
        return x.new_tensor(value)[..., None] if value.ndim else float(value)
    return value[..., None] if value.ndim else value


@dataclass(frozen=True, repr=False, eq=False)
class Run:
    """What happened in one descent, or in a whole batch of them, as plain arrays.

    A run that blows up stops where its last finite numbers were; `verdict()` says when.

        x      (steps + 1, *batch, d)  every position; x[0] is the start
        loss   (steps + 1, *batch)     the height at each of them
        grad   (steps, *batch, d)      the slope the method saw before each step
        state  {name: (steps + 1, *batch, d)}  the method's memory; zero at first
        first_bad_step  (*batch,)  the first step whose numbers were not finite; −1 if all were

    The state keeps what has one number a coordinate; a matrix, say, stays with the method.
    """

    surface: Surface
    method: Any
    numbers: dict
    x: np.ndarray
    loss: np.ndarray
    grad: np.ndarray
    state: dict = field(default_factory=dict)
    first_bad_step: np.ndarray = -1

    @property
    def steps(self):
        """How many steps were made."""
        return len(self.grad)

    @property
    def name(self):
        """The method's name in words: "heavy ball"."""
        return display_name(name_of(self.method))

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
            first_bad_step=self.first_bad_step[index],
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


def descend(surface, method, start=None, *, steps=100, batch_size=None, seed=0, **numbers) -> Run:
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
    momentum on parabola, 20 steps: still descending
    """
    check_steps(steps)
    x = first_position(surface, method, start, numbers)
    check_memory(x.shape, steps)

    xs = np.empty((steps + 1, *x.shape))
    xs[0] = to_numpy(x)
    grads = np.zeros((steps, *x.shape))
    state = {}
    with np.errstate(all="ignore"):  # a descent that blows up is a result, not a warning
        course = walk(surface, method, x, batch_size=batch_size, seed=seed, **numbers)
        for t, step in zip(range(steps), course, strict=False):
            xs[t + 1] = to_numpy(step.x)
            if step.grad is not None:
                grads[t] = to_numpy(step.grad)
            for name, value in vars(step.memory).items():
                if name != "t" and _fits(value, x.shape):
                    if name not in state:
                        state[name] = np.zeros_like(xs)
                    state[name][t + 1] = to_numpy(value)
        loss = _losses(surface, x, xs)
    if not np.isfinite(loss[0]).all():
        raise Advice(f"the height of {surface.name} at the start is not finite: start elsewhere.")
    first_bad_step = _stop_at_bad_step(xs, loss, grads, state)
    return Run(surface, method, numbers, xs, loss, grads, state, first_bad_step)


def _losses(surface, start, xs):
    """The heights of all positions, in the arithmetic of the start, a cacheful at a time."""
    loss = np.empty(xs.shape[:-1])
    some = max(1, 2**16 // max(1, math.prod(xs.shape[1:])))
    for i in range(0, len(xs), some):
        part = xs[i : i + some]
        part = start.new_tensor(part) if is_tensor(start) else part
        height = to_numpy(surface.f(part))
        if np.shape(height) != part.shape[:-1]:
            raise Advice(not_heights(surface, height, part))
        loss[i : i + some] = height
    return loss


def _stop_at_bad_step(xs, loss, grads, state):
    """Stop every run at its last finite numbers, in place; return the first bad step of each."""
    finite = np.isfinite(loss)
    for values in (xs, grads, *state.values()):
        for i in range(xs.shape[-1]):  # one coordinate at a time: faster than .all(-1)
            finite[len(xs) - len(values) :] &= np.isfinite(values[..., i])  # grads: from step 1
    first_bad_step = np.where(finite.all(0), -1, finite.argmin(0))
    bad = first_bad_step >= 0
    if bad.any():
        good = first_bad_step[bad] - 1  # the last good position of each broken run
        kept = np.minimum(np.arange(len(xs))[:, None], good)
        loss[:, bad] = np.take_along_axis(loss[:, bad], kept, 0)
        for values in (xs, grads, *state.values()):
            held = np.take_along_axis(values[:, bad], kept[: len(values), :, None], 0)
            values[:, bad] = np.where(np.isfinite(held), held, 0.0)  # a slope may be infinite
    return first_bad_step


def _fits(value, shape):
    """Whether a memory is a number a coordinate (or one for all of them)."""
    number = isinstance(value, (int, float, np.ndarray, np.generic)) or is_tensor(value)
    return number and np.shape(value) in (shape, ())
