"""Which learning rate? The fastest one, and the first one that diverges, both found by trying."""

import numpy as np

from gdlab.arrays import copy_of
from gdlab.descent import Memory, descend
from gdlab.verdict import heights

RATES = np.geomspace(1e-4, 10, 151)  # what `tune` tries: thirty to a decade


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
    runs = descend(surface, method, start, steps=steps, lr=rates)
    end = np.where(runs.first_bad_step < 0, heights(runs)[-1], np.inf)
    best = np.lexsort((end, steps_to(runs, goal)))[0]
    return float(rates[best])


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
            new[i] = one(x[i], grad, memory, lr=lr[i])
        return new

    method.__name__ = name
    return method
