"""Which numbers? The fastest ones, and the first rate that diverges, all found by trying."""

import inspect
from typing import NamedTuple

import numpy as np

from gdlab.arguments import check_position, first_position
from gdlab.arrays import copy_of
from gdlab.descent import Memory, descend, walk
from gdlab.verdict import heights, heights_at

RATES = np.geomspace(1e-4, 10, 151)  # what `tune` tries: thirty to a decade
MEMORIES = np.linspace(0, 0.98, 50)  # what `tune_all` tries with each of them
PRICE = RATES.size * MEMORIES.size  # the descents that every method may try there


def steps_to(run, goal):
    """The step from which on each run of a batch stays at or below `goal`; inf if there is none.

    Arguments: a `Run`, single or a batch; goal a height above the nearest minimum.
    Returns an array of the batch's shape.

    >>> from gdlab import optimizers, surfaces
    >>> run = descend(surfaces.square, optimizers.gradient_descent, lr=np.array([0.4, 0.001]))
    >>> steps_to(run, 1e-6)
    array([ 6., inf])
    """
    stays = np.logical_and.accumulate((heights(run) <= goal)[::-1])[::-1]
    return np.where(stays[-1], stays.argmax(0), np.inf)


def tune(surface, method, start=None, *, steps=300, goal=1e-6, rates=RATES):
    """The η with which a method arrives first; if none arrives, the one that ends lowest.

    All of `rates` run at once, by broadcasting.

    >>> from gdlab import optimizers, surfaces
    >>> round(tune(surfaces.square, optimizers.gradient_descent), 2)  # 1/L = 0.5: one step
    0.5
    """
    return search(surface, method, start, steps=steps, goal=goal, lr=rates).numbers["lr"]


class Found(NamedTuple):
    """The best numbers of a search, the step at which they arrive (or inf), and its price."""

    numbers: dict
    arrival: float
    tried: int  # how many descents


def tune_all(surface, method, start=None, *, steps=300, goal=1e-6):
    """As `tune`, but η and the memory together, at the same price for every method.

    The memory is β, or Adam's β₁: 50 values of it, each with 151 rates. A method that has none
    may try 7,550 rates instead. All other numbers (β₂, ε, λ) keep their defaults.

    >>> from gdlab import optimizers, surfaces
    >>> found = tune_all(surfaces.ravine, optimizers.momentum)
    >>> {name: round(value, 3) for name, value in found.numbers.items()}
    {'lr': 0.158, 'beta': 0.3}
    >>> found.arrival, found.tried
    (16.0, 7550)
    """
    memory = memory_of(method)
    if memory:
        numbers = {"lr": RATES, memory: MEMORIES[:, None]}
    else:
        numbers = {"lr": np.geomspace(RATES[0], RATES[-1], PRICE)}
    return search(surface, method, start, steps=steps, goal=goal, **numbers)


def memory_of(method):
    """The name of a method's first memory, "beta" or "beta1"; None if it has none.

    >>> from gdlab import optimizers
    >>> memory_of(optimizers.nesterov), memory_of(optimizers.adam), memory_of(optimizers.adagrad)
    ('beta', 'beta1', None)
    """
    takes = inspect.signature(method).parameters
    return next((name for name in ("beta", "beta1") if name in takes), None)


def search(surface, method, start=None, *, steps=300, goal=1e-6, **numbers):
    """The numbers with which a method arrives first, out of all that are given.

    A run that arrives by step t is at the goal at step t. So all descents set out at once, and at
    steps 20, 40, 80, … only those that are at the goal are run to the end. As soon as one of them
    has arrived by then, and stays, no other can be earlier.

    Arguments: surface, method, start and steps as in `descend`; goal a height above the nearest
    minimum; numbers: arrays that broadcast against each other.
    Returns a `Found`: of those who arrive together the one that ends lowest, and if none
    arrives, the one that ends lowest.

    >>> from gdlab import optimizers, surfaces
    >>> search(surfaces.square, optimizers.gradient_descent, steps=50, lr=np.array([0.1, 0.4]))
    Found(numbers={'lr': 0.4}, arrival=6.0, tried=2)
    """
    grid = np.broadcast_arrays(*numbers.values())
    tried = {name: values.ravel() for name, values in zip(numbers, grid, strict=True)}
    x = first_position(surface, method, start, tried)
    look = 20
    with np.errstate(all="ignore"):  # a rate that is too large is tried as well
        for t, step in zip(range(1, steps + 1), walk(surface, method, x, **tried), strict=False):
            if t < min(look, steps):
                continue
            look *= 2
            here = np.flatnonzero(heights_at(surface, step.x) <= goal)
            if not len(here):
                continue
            some = {name: values[here] for name, values in tried.items()}
            runs = descend(surface, method, start, steps=steps, **some)
            arrivals = steps_to(runs, goal)
            first = np.lexsort((heights(runs)[-1], arrivals))[0]
            if arrivals[first] <= t:
                return _found(tried, here[first], arrivals[first])
        end = heights_at(surface, step.x)
    return _found(tried, np.where(np.isfinite(end), end, np.inf).argmin(), np.inf)


def _found(tried, place, arrival):
    numbers = {name: float(values[place]) for name, values in tried.items()}
    return Found(numbers, float(arrival), len(tried["lr"]))


def first_divergent_lr(run, steps=300, low=1e-3, high=30.0):
    """The smallest learning rate from which on every larger one diverges; None if none does.

    Many runs at once, with the other numbers of `run`: a coarse look, then a fine one.

    >>> from gdlab import optimizers, surfaces
    >>> run = descend(surfaces.square, optimizers.gradient_descent, lr=0.1)
    >>> round(first_divergent_lr(run), 2)  # 2/L = 1
    1.0
    """
    for _ in range(2):
        lrs = np.geomspace(low, high, 60)
        tried = descend(
            run.surface, run.method, run.x[0], steps=steps, **{**run.numbers, "lr": lrs}
        )
        above = heights(tried)
        lost = (tried.first_bad_step >= 0) | (above[-1] > above[0] + 1e-9)
        if not lost[-1]:
            return None
        fine = np.flatnonzero(~lost)
        if not len(fine):
            return float(low)
        low, high = lrs[fine[-1]], lrs[fine[-1] + 1]
    return float(high)


def side_by_side(methods, name="several methods"):
    """One method made of several: the first axis of a batch holds a row for each of them.

    So one `walk` takes ten methods along, with 24 rates each, and all see the same samples. Each
    keeps a memory of its own.

    Arguments: methods, a list of n methods; name of what comes of it. Returns a method with the
    number lr, for positions of shape (n, …, d) and rates of shape (n, …).

    >>> from gdlab import optimizers, surfaces
    >>> both = side_by_side([optimizers.gradient_descent, optimizers.adam])
    >>> lrs = np.array([[0.1, 0.2], [0.1, 0.2]])
    >>> descend(surfaces.square, both, 10.0, steps=1, lr=lrs).x[1, ..., 0]
    array([[8. , 6. ],
           [9.9, 9.8]])
    """

    def method(x, grad, s, *, lr):
        s.rows = s.rows or [Memory() for _ in methods]
        new = copy_of(x)
        for i, (one, memory) in enumerate(zip(methods, s.rows, strict=True)):
            memory.t = s.t
            row = one(x[i], grad, memory, lr=lr[i])
            check_position(one, row, x[i])
            new[i] = row
        return new

    method.__name__ = name
    return method
