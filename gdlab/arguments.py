"""What a descent is given, checked: each mistake gets one sentence that says what to do."""

import inspect
import math

import numpy as np

from gdlab import hyperparameters
from gdlab.arrays import broadcast_copy, is_tensor, to_numpy
from gdlab.errors import Advice
from gdlab.sampling import Sampled


def first_position(surface, method, start, numbers):
    """The first position, one for each run of the batch, once everything is checked."""
    if not hasattr(surface, "grad"):
        what = name_of(surface) if callable(surface) else repr(surface)
        raise Advice(f"{what} is not a surface: give the surface first, then the method.")
    x = _start(surface, start)
    _check_method(method)
    _check_numbers(method, numbers)
    batch = _batch_shape(x, numbers)
    return x if x.shape[:-1] == batch else broadcast_copy(x, (*batch, x.shape[-1]))


def _start(surface, start):
    """A checked copy of the start, so that a method may change x in place."""
    d = surface.d
    what = f"{d} numbers" if d > 1 else "a number"
    if start is None and not surface.start:
        raise Advice(f"{surface.name} has no start of its own: give one.")
    if is_tensor(start):
        x = start.detach().clone()
        x = x if x.is_floating_point() else x.double()
    else:
        try:
            x = np.array(surface.start if start is None else start, dtype=float)
        except (TypeError, ValueError):
            raise Advice(f"start is {start!r}: give {what}.") from None
        except OverflowError:
            raise Advice("start is too far away: give finite numbers.") from None
    x = x[None] if x.ndim == 0 else x
    if d and x.shape[-1] != d:
        raise Advice(
            f"start has shape {tuple(x.shape)}, but a position on {surface.name} is {what}: "
            f"its last axis must have length {d}."
        )
    if not np.isfinite(to_numpy(x)).all():
        raise Advice(f"start is {start!r}: every coordinate must be a finite number.")
    return x


def _check_method(method):
    if not callable(method):
        raise Advice(f"the method is {method!r}: give a function (x, grad, s, *, lr=0.1).")
    takes = inspect.signature(method)
    try:
        takes.bind_partial(None, None, None)
    except TypeError:
        raise Advice(
            f"{name_of(method)} takes {takes}; a method takes (x, grad, s, *, lr=0.1): "
            "position, slope, memory, and then its numbers."
        ) from None


def _check_numbers(method, numbers):
    parameters = list(inspect.signature(method).parameters.values())
    anything = any(p.kind is p.VAR_KEYWORD for p in parameters)
    takes = {p.name: p.default for p in parameters[3:] if p.kind is not p.VAR_KEYWORD}
    for name, default in takes.items():
        if default is inspect.Parameter.empty and name not in numbers:
            raise Advice(f"{name_of(method)} needs a number {name}: give {name}=….")
    for name, value in numbers.items():
        if name not in takes and not anything:
            offer = ", ".join(takes) or "none"
            raise Advice(f"{name_of(method)} has no number called {name}; it takes: {offer}.")
        if not callable(value):
            hyperparameters.describe(name).check(name, value)


def scheduled_value(name, schedule, t):
    """What a schedule says after t steps, checked."""
    try:
        value = schedule(t)
    except Exception as error:  # a reader's own may fail in any way
        raise Advice(
            f"the schedule of {name} fails at t = {t} ({type(error).__name__}: {error}): give a "
            "function of the number of steps made, and numbers it can work with."
        ) from error
    try:
        now = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise Advice(
            f"the schedule of {name} gives {value!r} at t = {t}: return a number."
        ) from None
    if not np.isfinite(now).all():
        raise Advice(f"the schedule of {name} gives {now} at t = {t}: return a finite number.")
    smallest, largest = hyperparameters.describe(name).legal
    if (now < smallest).any() or (now > largest).any():
        bound = f"below {smallest:g}" if (now < smallest).any() else f"above {largest:g}"
        raise Advice(f"the schedule of {name} gives {now} at t = {t}: it must not be {bound}.")
    return now


def _batch_shape(start, numbers):
    shapes = [
        np.shape(scheduled_value(name, value, 0) if callable(value) else value)
        for name, value in numbers.items()
    ]
    try:
        return np.broadcast_shapes(tuple(start.shape[:-1]), *shapes)
    except ValueError:
        shown = ", ".join(f"{name} {shape}" for name, shape in zip(numbers, shapes, strict=True))
        raise Advice(
            f"these shapes do not broadcast: start {tuple(start.shape[:-1])}, {shown}; "
            "give each number its own axis, as in lr[:, None] and beta."
        ) from None


def check_steps(steps):
    """Steps are counted: 0, 1, 2, …"""
    whole = isinstance(steps, (int, np.integer)) and not isinstance(steps, bool)
    if not (whole and steps >= 0):
        raise Advice(f"steps is {steps!r}: give a whole number, 0 or more.")


def check_memory(shape, steps, limit=8):
    """All that is kept must fit into so many GiB."""
    needed = 8 * min(steps + 1, 1e15) * math.prod(shape) * 4 / 2**30  # x, grad and two states
    if needed > limit:
        raise Advice(
            f"this would keep about {needed:.3g} GiB of numbers: "
            "take fewer steps or fewer runs, or use walk(), which keeps nothing."
        )


def size_of(surface):
    """How many samples lie behind a surface."""
    if not isinstance(surface, Sampled):
        raise Advice(
            f"{surface.name} has no samples behind it: leave batch_size out, "
            "or wrap the surface in sampled(…)."
        )
    return surface.n


def check_position(method, new, x):
    """What a method returned can be the position after x; else `Advice` says why not."""
    fits = getattr(new, "shape", None) == x.shape and is_tensor(new) == is_tensor(x)
    if not (fits and _is_real(new)):
        raise Advice(_not_a_position(method, new, x))


def _is_real(x):
    """Whether an array or a tensor holds numbers that are not complex."""
    return not x.is_complex() if is_tensor(x) else x.dtype.kind in "fiub"


def _not_a_position(method, new, x):
    name = name_of(method)
    if new is None or new is Ellipsis:
        return f"{name} returned nothing: end it with `return` and the next position."
    shape = getattr(new, "shape", None)
    array = isinstance(shape, tuple)  # a memory answers every question with 0
    if array and shape == x.shape and is_tensor(new) != is_tensor(x):
        kind = "a torch tensor" if is_tensor(x) else "a NumPy array"
        return f"{name} returned {type(new).__name__}; the next position must be {kind}, as x is."
    if array and shape == x.shape:
        return f"{name} returned an array of {new.dtype}; a position has real numbers."
    got = f"an array of shape {tuple(shape)}" if array else f"{type(new).__name__}"
    return f"{name} returned {got}; the next position must have the shape of x, {tuple(x.shape)}."


def not_a_slope(surface, slope, x):
    """Why what a surface returned cannot be its slope at x."""
    if slope is None or slope is Ellipsis:
        return f"the grad of {surface.name} returned nothing: end it with `return` and the slope."
    shape = getattr(slope, "shape", None)
    got = f"is a {type(slope).__name__}" if shape is None else f"has shape {tuple(shape)}"
    must = "be an array of" if shape is None else "have"
    return f"the slope of {surface.name} {got}; it must {must} the shape of x, {tuple(x.shape)}."


def not_heights(surface, height, x):
    """Why what a surface returned cannot be the heights of positions."""
    return (
        f"the height of {surface.name} has shape {np.shape(height)} for positions of shape "
        f"{tuple(x.shape)}: give one number a position, as x[..., 0] or .sum(-1) do."
    )


def name_of(method):
    """The name a function was given."""
    return getattr(method, "__name__", "the method")
