"""What a method makes of a difference too small to see."""

import numpy as np

from gdlab.descent import descend, walk
from gdlab.errors import Advice


def pair(surface, method, start, gap, *, steps, **numbers):
    """Two runs, the second begun from start · (1 + gap), and how far apart they are.

    Arguments: a start of shape (d,) or a number; gap ≠ 0; steps and numbers as in `descend`.
    Returns the `Run` of both, whose first batch axis has length 2, and the distances, of shape
    (steps + 1, *batch of the numbers).
    Raises `Advice` for a gap that leaves both starts the same number.

    >>> from gdlab import optimizers, surfaces
    >>> _, apart = pair(surfaces.square, optimizers.gradient_descent, 10.0, 0.1, steps=2, lr=0.25)
    >>> apart.round(9)
    array([1.  , 0.5 , 0.25])
    """
    first = np.atleast_1d(np.asarray(start, dtype=float))
    starts = np.stack([first, first * (1 + gap)])
    if (starts[0] == starts[1]).all():
        raise Advice(f"gap is {gap:g}: both runs would start at the same number; try 1e-15.")
    axes = np.broadcast_shapes(*(np.shape(v) for v in numbers.values() if not callable(v)))
    starts = starts.reshape(2, *(1,) * len(axes), len(first))
    run = descend(surface, method, starts, steps=steps, **numbers)
    return run, ((run.x[:, 0] - run.x[:, 1]) ** 2).sum(-1) ** 0.5


def parts_at(apart, distance):
    """The first step at which two runs are farther apart than a distance; −1 if they never are.

    >>> parts_at(np.array([0.0, 0.5, 2.0]), 1.0)
    2
    """
    beyond = apart > distance
    first = np.where(beyond.any(0), beyond.argmax(0), -1)
    return int(first) if first.ndim == 0 else first


def growth(surface, method, start, *, steps=2000, gap=1e-9, **numbers):
    """What one step makes of a tiny difference, on average over the second half: d := ρ d.

    Above 1 two neighbours part, and the method is chaotic: ln ρ is its Lyapunov exponent. A pair
    that has come farther apart than it should is brought together again, memory and all, and the
    factor noted (Benettin, Galgani, Giorgilli and Strelcyn 1980).

    Arguments: as in `pair`. Returns ρ, of the shape of the batch of numbers; 0 where the pair
    became one.

    >>> from gdlab import optimizers, surfaces
    >>> round(float(growth(surfaces.square, optimizers.gradient_descent, 1.0, steps=40, lr=0.1)), 6)
    0.8
    """
    first = np.atleast_1d(np.asarray(start, dtype=float))
    axes = np.broadcast_shapes(*(np.shape(v) for v in numbers.values() if not callable(v)))
    x = np.empty((2, *axes, len(first)))
    x[0], x[1] = first, first * (1 + gap)
    near = abs(gap) * np.abs(first).max()
    noted, began = np.zeros(axes), np.zeros(axes)
    with np.errstate(all="ignore"):
        for t, step in zip(range(1, steps + 1), walk(surface, method, x, **numbers), strict=False):
            apart = np.abs(step.x[0] - step.x[1]).max(-1)
            far = apart > 1e3 * near
            if far.any():
                share = np.where(far, near / apart, 1.0)[..., None]
                for v in (step.x, *(m for m in vars(step.memory).values() if np.ndim(m))):
                    v[1] = np.where(far[..., None], v[0] + share * (v[1] - v[0]), v[1])
                noted -= np.log(share[..., 0])
            if t == steps // 2:
                began = noted + np.log(np.abs(step.x[0] - step.x[1]).max(-1))
        ended = noted + np.log(np.abs(step.x[0] - step.x[1]).max(-1))
        factor = np.exp((ended - began) / (steps - steps // 2))
    return np.where(np.isfinite(factor), factor, 0.0)
