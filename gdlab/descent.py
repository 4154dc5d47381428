"""From a surface, a method and a few numbers to a run: the only loop of the course."""

import inspect
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from gdlab import hyperparameters, sampling
from gdlab.errors import Advice
from gdlab.surfaces import Surface
from gdlab.verdict import Verdict, judge
from gdlab.words import spoken


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
    x = _set_out(surface, method, start, numbers)
    deal = None if batch_size is None else sampling.batches(_size(surface), batch_size, seed)
    return _steps(surface, method, x, deal, numbers)


def _steps(surface, method, x, deal, numbers):
    s = Memory()
    for t in itertools.count():
        slope = _Slope(surface, None if deal is None else next(deal))
        now = {name: _number(name, value, t, x) for name, value in numbers.items()}
        s.t = t + 1
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
        surface = self.surface
        g = surface.grad(x) if self.batch is None else surface.batch_grad(x, self.batch)
        if getattr(g, "shape", None) != x.shape:
            raise Advice(
                f"the slope of {surface.name} has shape {np.shape(g)}; "
                f"it must have the shape of x, {tuple(x.shape)}."
            )
        self.seen = g + 0  # a copy: the method may change its own in place
        return g


def _number(name, value, t, x):
    """A hyperparameter as the method sees it: of its moment, with the coordinate axis."""
    now = np.asarray(value(t) if callable(value) else value, dtype=float)
    if not np.isfinite(now).all():
        raise Advice(f"the schedule of {name} gives {now} at t = {t}: return a finite number.")
    if isinstance(x, np.ndarray):
        return now[..., None] if now.ndim else now
    return x.new_tensor(now)[..., None] if now.ndim else float(now)  # for torch tensors


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


@dataclass(frozen=True, repr=False, eq=False)
class Run:
    """What happened in one descent, or in a whole batch of them, as plain arrays.

    A run that blows up stops where its last finite numbers were; `verdict()` says when.

        x      (steps + 1, *batch, d)  every position; x[0] is the start
        loss   (steps + 1, *batch)     the height at each of them
        grad   (steps, *batch, d)      the slope the method saw before each step
        state  {name: (steps + 1, *batch, d)}  the method's memory; zero at first
        broke  (*batch,)  the first step whose numbers were not finite; −1 if all were

    The state keeps what has one number a coordinate; a matrix, say, stays with the method.
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
        return spoken(_name(self.method))

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
    _check_steps(steps)
    x = _set_out(surface, method, start, numbers)
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
                if name != "t" and _fits(value, x.shape):
                    if name not in state:
                        state[name] = np.zeros_like(xs)
                    state[name][t + 1] = _plain(value)
        loss = _losses(surface, x, xs)
    if not np.isfinite(loss[0]).all():
        raise Advice(f"the height of {surface.name} at the start is not finite: start elsewhere.")
    broke = _hold(xs, loss, grads, state)
    return Run(surface, method, numbers, xs, loss, grads, state, broke)


def _losses(surface, start, xs):
    """The heights of all positions, in the arithmetic of the start, a cacheful at a time."""
    loss = np.empty(xs.shape[:-1])
    some = max(1, 2**16 // max(1, math.prod(xs.shape[1:])))
    for i in range(0, len(xs), some):
        part = xs[i : i + some]
        part = part if isinstance(start, np.ndarray) else start.new_tensor(part)
        height = _plain(surface.f(part))
        if np.shape(height) != part.shape[:-1]:
            raise Advice(
                f"the height of {surface.name} has shape {np.shape(height)} for positions of shape "
                f"{tuple(part.shape)}: give one number a position, as x[..., 0] or .sum(-1) do."
            )
        loss[i : i + some] = height
    return loss


def _hold(xs, loss, grads, state):
    """Stop every run at its last finite numbers, in place; return the steps where it broke."""
    finite = np.isfinite(loss)
    for values in (xs, grads, *state.values()):
        for i in range(xs.shape[-1]):  # one coordinate at a time: faster than .all(-1)
            finite[len(xs) - len(values) :] &= np.isfinite(values[..., i])  # grads: from step 1
    broke = np.where(finite.all(0), -1, finite.argmin(0))
    bad = broke >= 0
    if bad.any():
        good = broke[bad] - 1  # the last good position of each broken run
        kept = np.minimum(np.arange(len(xs))[:, None], good)
        loss[:, bad] = np.take_along_axis(loss[:, bad], kept, 0)
        for values in (xs, grads, *state.values()):
            held = np.take_along_axis(values[:, bad], kept[: len(values), :, None], 0)
            values[:, bad] = np.where(np.isfinite(held), held, 0.0)  # a slope may be infinite
    return broke


def _fits(value, shape):
    """Whether a memory is a number a coordinate (or one for all of them)."""
    number = isinstance(value, (int, float, np.ndarray, np.generic)) or hasattr(value, "detach")
    return number and np.shape(value) in (shape, ())


def _plain(value):
    """A NumPy array of whatever the method works with."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _spread(start, shape):
    if isinstance(start, np.ndarray):
        return np.broadcast_to(start, shape).copy()
    return start.expand(shape).clone()


def _set_out(surface, method, start, numbers):
    """The first position, one for each run of the batch, once everything is checked."""
    if not hasattr(surface, "grad"):
        raise Advice(f"{_name(surface)} is no surface: give the surface first, then the method.")
    x = _start(surface, start)
    _check_method(method)
    _check_numbers(method, numbers)
    batch = _batch_shape(x, numbers)
    return x if x.shape[:-1] == batch else _spread(x, (*batch, x.shape[-1]))


def _start(surface, start):
    """A checked copy of the start, so that a method may change x in place."""
    d = surface.d
    what = f"{d} numbers" if d > 1 else "a number"
    if start is None and not surface.start:
        raise Advice(f"{surface.name} has no start of its own: give one.")
    if hasattr(start, "detach"):
        x = start.detach().clone()
        x = x if x.is_floating_point() else x.double()
    else:
        try:
            x = np.array(surface.start if start is None else start, dtype=float)
        except (TypeError, ValueError):
            raise Advice(f"start is {start!r}: give {what}.") from None
    x = x[None] if x.ndim == 0 else x
    if d and x.shape[-1] != d:
        raise Advice(
            f"start has shape {tuple(x.shape)}, but a position on {surface.name} is {what}: "
            f"its last axis must have length {d}."
        )
    if not np.isfinite(_plain(x)).all():
        raise Advice(f"start is {start!r}: every coordinate must be a finite number.")
    return x


def _check_steps(steps):
    if not (isinstance(steps, (int, np.integer)) and steps >= 0):
        raise Advice(f"steps is {steps!r}: give a whole number, 0 or more.")


def _check_method(method):
    if not callable(method):
        raise Advice(f"the method is {method!r}: give a function (x, grad, s, *, lr=0.1).")
    takes = inspect.signature(method)
    try:
        takes.bind_partial(None, None, None)
    except TypeError:
        raise Advice(
            f"{_name(method)} takes {takes}; a method takes (x, grad, s, *, lr=0.1): "
            "position, slope, memory, and then its numbers."
        ) from None


def _check_numbers(method, numbers):
    parameters = list(inspect.signature(method).parameters.values())
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    takes = {p.name: p.default for p in parameters[3:] if p.kind is not p.VAR_KEYWORD}
    for name, default in takes.items():
        if default is inspect.Parameter.empty and name not in numbers:
            raise Advice(f"{_name(method)} needs a number {name}: give {name}=….")
    for name, value in numbers.items():
        if name not in takes and not anything:
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
