"""Data behind a surface: per-sample gradients and honest mini-batches."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from gdlab.arrays import as_numbers
from gdlab.errors import Advice
from gdlab.surfaces import Surface


@dataclass(frozen=True)
class Sampled(Surface):
    """A surface that is the mean of n small losses, one a sample.

    Arguments: those of `Surface`, and
        n           how many samples
        batch_grad  (x of shape (…, d), indices of shape (B,)) → (…, d): the mean slope of
                    the small losses with these indices
    """

    n: int = 0
    batch_grad: Callable | None = None


def sampled(surface, n=100, spread=1.0, seed=0, runs=None):
    """Put n samples behind a surface, so that the mean of their losses is that surface.

    Sample i tilts the surface: Jᵢ(x) = J(x) − cᵢ·x with random cᵢ ~ N(0, spread²) whose
    mean is exactly zero. For a quadratic ½ xᵀA x this is the same bowl around another
    centre, A⁻¹cᵢ. A batch of B slopes is J's slope plus noise of size spread/√B (a little
    less, since we draw without replacement: none at all for B = n).

    Arguments: n ≥ 1 samples; spread ≥ 0, in units of the slope; seed of the tilts; runs:
    for many runs at once, each with n samples of its own, so that their noise is independent
    (else all runs of a batch see the same samples, and the same noise).
    Returns a `Sampled` surface. Raises `Advice` for any other n, spread or runs.

    >>> from gdlab import surfaces
    >>> noisy = sampled(surfaces.bowl, n=4)
    >>> x = np.array([1.0, 1.0])
    >>> bool(np.all(noisy.batch_grad(x, np.arange(4)) == noisy.grad(x)))
    True
    >>> sampled(surfaces.square, n=4, runs=3).batch_grad(np.zeros((3, 1)), [0]).shape
    (3, 1)
    """
    if not (isinstance(n, (int, np.integer)) and n >= 1):
        raise Advice(f"n is {n!r}: give the number of samples, 1 or more.")
    real = isinstance(spread, (int, float, np.integer, np.floating))
    if not (real and np.isfinite(spread) and spread >= 0):
        raise Advice(f"spread is {spread!r}: give a number, 0 or more.")
    if not surface.d:
        raise Advice(f"{surface.name} does not say how many coordinates it has: give it a start.")
    if not (runs is None or (isinstance(runs, (int, np.integer)) and runs >= 1)):
        raise Advice(f"runs is {runs!r}: give the number of runs, 1 or more, or None.")
    shape = (n, surface.d) if runs is None else (n, runs, surface.d)
    tilts = np.random.default_rng(seed).normal(0, spread, shape)
    tilts -= tilts.mean(0)

    def batch_grad(x, batch):
        full = surface.grad(x)
        return full if len(batch) == n else full - tilts[batch].mean(0)

    known = {field.name: getattr(surface, field.name) for field in fields(Surface)}
    return Sampled(**known, n=n, batch_grad=batch_grad)


def linear_regression(X, y):
    """The mean squared error of a straight line (or plane) through data, as a surface.

    J(w, b) = 1/n Σᵢ (w·Xᵢ + b − yᵢ)²;  its slope is the mean of 2 (w·Xᵢ + b − yᵢ)(Xᵢ, 1).

    Arguments: X of shape (n,) or (n, k), y of shape (n,). The position is (w₁, …, w_k, b).
    Returns a `Sampled` surface whose one minimum is the least-squares fit.
    Raises `Advice` if X and y do not belong together.

    >>> line = linear_regression([0.0, 1.0, 2.0], [3.0, 5.0, 7.0])
    >>> [round(v, 12) for v in line.minima[0]]
    [2.0, 3.0]
    """
    X, y = as_numbers(X, "X"), as_numbers(y, "y")
    X = X[:, None] if X.ndim == 1 else X
    if X.ndim != 2 or y.shape != X.shape[:1] or not len(y):
        raise Advice(f"X has shape {X.shape} and y {y.shape}: give one y for each row of X.")
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise Advice("X or y holds a value that is not a finite number: remove that row.")
    rows = np.column_stack([X, np.ones(len(y))])
    best = np.linalg.lstsq(rows, y, rcond=None)[0]
    curvature = np.linalg.eigvalsh(2 * rows.T @ rows / len(y))

    def batch_grad(theta, batch):
        batch = everything if len(batch) == len(y) else batch  # in the order of the data
        some = [c[batch] for c in columns]
        return np.stack(squared_slopes(residual(theta, some, y[batch]), some), -1)

    columns, everything = list(rows.T), np.arange(len(y))
    reach = 1.5 * np.maximum(np.abs(best), 1.0)
    return Sampled(
        "linear regression",
        "mean of (wx + b − y)²",
        f=lambda theta: (residual(theta, columns, y) ** 2).mean(-1),
        grad=lambda theta: batch_grad(theta, everything),
        minima=(tuple(map(float, best)),),
        view=tuple((float(c - r), float(c + r)) for c, r in zip(best, reach, strict=True)),
        start=(0.0,) * len(best),
        L=float(curvature[-1]),
        names=("w", "b"),
        n=len(y),
        batch_grad=batch_grad,
    )


def residual(theta, columns, y):
    """How far a plane lies above each sample: θ₁ c₁ + θ₂ c₂ + … − y.

    Not a matrix product: added up in one fixed order, a batch equals its single runs bit by bit.

    >>> residual(np.array([2.0, 1.0]), [np.array([0.0, 1.0]), np.ones(2)], np.array([1.0, 5.0]))
    array([ 0., -2.])
    """
    return sum(theta[..., i, None] * c for i, c in enumerate(columns)) - y


def squared_slopes(off, columns):
    """The slope of the mean squared residual `off`, a list of one array for each coordinate.

    >>> [float(slope) for slope in squared_slopes(np.array([0.0, -2.0]), [np.array([0.0, 1.0])])]
    [-2.0]
    """
    return [2 * (off * c).mean(-1) for c in columns]


def batches(n, size, seed=0):
    """Index arrays of n samples in batches, shuffled anew for every epoch, as data loaders do.

    Yields index arrays of shape (size,) for ever; the last of an epoch may be shorter,
    so that every sample is used once an epoch.
    Raises `Advice` unless 1 ≤ size ≤ n.

    >>> order = batches(5, 2)
    >>> sorted(np.concatenate([next(order), next(order), next(order)]).tolist())
    [0, 1, 2, 3, 4]
    """
    if not (isinstance(size, (int, np.integer)) and 1 <= size <= n):
        raise Advice(
            f"batch_size is {size!r}, but there are {n} samples: choose a whole number, 1 to {n}."
        )
    return mini_batches(n, size, np.random.default_rng(seed))


def mini_batches(n, size, rng):
    """The same as `batches`, without its checks and with a random generator of NumPy.

    >>> order = mini_batches(3, 3, np.random.default_rng(0))
    >>> sorted(next(order).tolist())
    [0, 1, 2]
    """
    while True:
        order = rng.permutation(n)
        for i in range(0, n, size):
            yield order[i : i + size]
