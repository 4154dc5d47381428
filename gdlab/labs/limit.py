"""Where on the slider of η a surface begins to diverge, found by trying."""

import numpy as np

from gdlab.descent import descend
from gdlab.verdict import heights


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
        lost = (tried.broke >= 0) | (above[-1] > above[0] + 1e-9)
        if not lost[-1]:
            return None
        fine = np.flatnonzero(~lost)
        if not len(fine):
            return float(low)
        low, high = lrs[fine[-1]], lrs[fine[-1] + 1]
    return float(high)
