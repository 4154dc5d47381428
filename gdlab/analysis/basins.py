"""Where a descent ends: the floors of a surface, and the starts that lead to each."""

import numpy as np

from gdlab.arguments import check_steps
from gdlab.descent import walk
from gdlab.errors import Advice


def floors(surface, points=4001):
    """The floors of a surface, the lowest first: an array of shape (floors, d).

    Where d = 1 they are looked for over the view, where the slope turns from down to up, and then
    halved in. Where d = 2 they are the surface's own `minima`.

    Raises `Advice` for a surface that has none.

    >>> from gdlab import surfaces
    >>> floors(surfaces.double_well).round(2).ravel()  # the deep one, the shallow one
    array([-1.47,  1.35])
    """
    if surface.d == 1 and surface.view:
        x = np.linspace(*surface.view[0], points)[:, None]
        slope = surface.grad(x)[:, 0]
        turns = np.flatnonzero((slope[:-1] < 0) & (slope[1:] >= 0))
        low, high = x[turns], x[turns + 1]
        for _ in range(60):
            middle = (low + high) / 2
            falls = surface.grad(middle) < 0
            low, high = np.where(falls, middle, low), np.where(falls, high, middle)
        found = high
    else:
        found = np.array(surface.minima, dtype=float)
    if not len(found):
        raise Advice(f"{surface.name} does not say where its floors are: give its minima.")
    heights = surface.f(found).round(9)  # floors of one height keep their order
    return found[np.argsort(heights, kind="stable")]


def last_positions(surface, method, starts, *, steps=200, **numbers):
    """Where many descents are after so many steps; nothing else of them is kept.

    Arguments: starts of shape (…, d); steps, 1 or more; numbers of the method, as in `descend`.
    Returns the last positions, (…, d); what flew away is not finite.

    >>> from gdlab import optimizers, surfaces
    >>> starts = np.array([[1.0], [2.0]])
    >>> last_positions(surfaces.square, optimizers.gradient_descent, starts, steps=1, lr=0.25)
    array([[0.5],
           [1. ]])
    """
    check_steps(steps)
    x = np.asarray(starts, dtype=float)
    with np.errstate(all="ignore"):  # one that flies away is a result
        for _, step in zip(range(steps), walk(surface, method, x, **numbers), strict=False):
            x = step.x
    return x


def ends(surface, method, starts, *, steps=200, **numbers):
    """The floor at which each of many descents ends, by its number in `floors`.

    A descent has arrived where it is nearer to a floor than a quarter of the smallest distance
    between two of them. One that is elsewhere has the number of floors itself, and one that flew
    away, out of all proportion, one more.

    Arguments: as in `last_positions`. Returns whole numbers, of the shape of the batch.

    >>> from gdlab import optimizers, surfaces
    >>> starts = np.array([[-2.0], [0.1], [0.2], [2.0], [90.0]])
    >>> ends(surfaces.double_well, optimizers.gradient_descent, starts, lr=0.1)
    array([0, 0, 1, 1, 3])
    """
    known = floors(surface)
    x = last_positions(surface, method, starts, steps=steps, **numbers)
    with np.errstate(all="ignore"):
        far = np.stack([sum((x[..., i] - c) ** 2 for i, c in enumerate(k)) for k in known])
    far[~np.isfinite(far)] = np.inf
    nearest = far.argmin(0)
    near = np.take_along_axis(far, nearest[None], 0)[0]
    found = np.where(near <= _reach(known, surface) ** 2, nearest, len(known))
    return np.where(near > _FAR**2, len(known) + 1, found)


_FAR = 1e3  # nothing in this course lies so far from everything


def _reach(known, surface):
    """How near a floor counts as arrived."""
    if len(known) == 1:
        return 0.05 * min(high - low for low, high in surface.view)
    apart = ((known[:, None] - known) ** 2).sum(-1) ** 0.5
    return apart[apart > 0].min() / 4


def starts_over(view, side=150):
    """The middles of side × side tiles over a view, of shape (side, side, 2).

    Each coordinate is one block of memory, which makes a step on them faster.

    >>> starts_over(((0.0, 4.0), (0.0, 2.0)), side=2)[..., 0]
    array([[1., 3.],
           [1., 3.]])
    """
    x, y = (tiles(low, high, side) for low, high in view)
    return np.moveaxis(np.stack(np.meshgrid(x, y)), 0, -1)


def tiles(low, high, count):
    """The middles of so many equal parts between two numbers.

    >>> tiles(0.0, 1.0, 4)
    array([0.125, 0.375, 0.625, 0.875])
    """
    return low + (high - low) * (np.arange(count) + 0.5) / count
