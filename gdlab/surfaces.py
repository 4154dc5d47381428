"""Loss surfaces: a height f over every position x, and its slope.

The last axis of a position always holds its coordinates, also when there is only
one: `f` takes an array of shape (…, d) to (…), `grad` takes (…, d) to (…, d). So one
call measures a whole map, or the paths of a thousand runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdlab.arrays import as_numbers
from gdlab.errors import Advice


@dataclass(frozen=True)
class Surface:
    """A function to minimise, and what is known about it.

    Arguments
        name     what it is called, "ravine"
        formula  how it is written, "x² + 10y²"
        f        the height, (…, d) → (…)
        grad     the slope, (…, d) → (…, d)
        minima   positions of the known minima, each a tuple of d numbers
        view     the part worth looking at, ((low, high), …) for each coordinate
        start    a good place to set out from, a tuple of d numbers
        L        the largest curvature, where it is the same everywhere; else None
        names    of the coordinates

    >>> print(ravine([1.0, 1.0]))
    11.0
    >>> ravine.grad(np.array([1.0, 1.0]))
    array([ 2., 20.])
    """

    name: str
    formula: str
    f: Callable
    grad: Callable
    minima: tuple = ()
    view: tuple = ()
    start: tuple = ()
    L: float | None = None
    names: tuple = ("x", "y")

    @property
    def d(self):
        """How many coordinates a position has; 0 if nothing tells."""
        return len(self.view or self.start or (self.minima or [()])[0])

    @property
    def with_article(self):
        """As in a sentence: "the ravine", but "Beale" for one with a name of its own."""
        return self.name if self.name[:1].isupper() else f"the {self.name}"

    def __call__(self, x):
        """The height f(x) of a position given as a list, a tuple or an array."""
        return self.f(np.asarray(x, dtype=float))


def quadratic(A, name="quadratic", formula="½ xᵀA x", view=None, start=None):
    """The valley ½ xᵀA x of a symmetric matrix A, with its minimum at the origin.

    f(x) = ½ xᵀA x,  ∇f(x) = A x,  L = the largest eigenvalue of A.

    Arguments: `A` of shape (d, d), symmetric, every eigenvalue ≥ 0.
    Raises `Advice` if A is none of that.

    >>> quadratic([[2.0, 0.0], [0.0, 20.0]]).L
    20.0
    """
    A = as_numbers(A, "A")
    if A.ndim != 2 or not np.array_equal(A, A.T) or not np.isfinite(A).all():
        raise Advice("A must be a symmetric matrix of finite numbers, such as [[2, 0], [0, 20]].")
    eigenvalues = np.linalg.eigvalsh(A)
    if eigenvalues[0] < -1e-12 * abs(eigenvalues[-1]):  # less than that is rounding
        raise Advice(f"A has the eigenvalue {eigenvalues[0]:g}: below 0 the valley has no floor.")
    d = len(A)

    def grad(x):
        # x @ A, added up in one fixed order: a batch then equals its single runs bit by bit.
        return sum(x[..., i, None] * A[i] for i in range(d))

    return Surface(
        name,
        formula,
        f=lambda x: (x * grad(x)).sum(-1) / 2,
        grad=grad,
        minima=((0.0,) * d,),
        view=view or ((-3.0, 3.0),) * d,
        start=start or (2.0,) * d,
        L=float(eigenvalues[-1]),
    )


def _planar(dx, dy):
    """Turn two partial derivatives, functions of (x, y), into one gradient."""

    def grad(p):
        g = np.empty_like(p)  # laid out as p is: twice as fast where each coordinate is one block
        g[..., 0], g[..., 1] = dx(p[..., 0], p[..., 1]), dy(p[..., 0], p[..., 1])
        return g

    return grad


def _critical(*coefficients):
    """Where a polynomial slope is zero, lowest first (highest power given first)."""
    return np.sort(np.roots(coefficients).real)


square = Surface(
    "parabola",
    "x²",
    f=lambda p: p[..., 0] ** 2,
    grad=lambda p: 2 * p,
    minima=((0.0,),),
    view=((-12.0, 12.0),),
    start=(10.0,),
    L=2.0,
)

shifted = Surface(
    "shifted parabola",
    "x² + 4x + 1",
    f=lambda p: p[..., 0] ** 2 + 4 * p[..., 0] + 1,
    grad=lambda p: 2 * p + 4,
    minima=((-2.0,),),
    view=((-7.0, 3.0),),
    start=(2.0,),
    L=2.0,
)

# Views of 5 to 3, as wide as a lab's map: right angles are then drawn as right angles.
bowl = quadratic(np.diag([2.0, 2.0]), "bowl", "x² + y²", ((-5.0, 5.0), (-3.0, 3.0)), (2.0, 2.0))

ravine = quadratic(
    np.diag([2.0, 20.0]), "ravine", "x² + 10y²", ((-10.0, 10.0), (-6.0, 6.0)), (-8.5, 2.6)
)

# As long as the ravine and ten times as narrow.
gorge = quadratic(
    np.diag([2.0, 200.0]), "gorge", "x² + 100y²", ((-10.0, 10.0), (-2.0, 2.0)), (-8.5, 1.3)
)

# The plain saddle x² − y² falls for ever; the y⁴ gives it two floors to arrive at.
saddle = Surface(
    "saddle",
    "x² − y² + y⁴/4",
    f=lambda p: p[..., 0] ** 2 - p[..., 1] ** 2 + p[..., 1] ** 4 / 4,
    grad=_planar(lambda x, y: 2 * x, lambda x, y: y**3 - 2 * y),
    minima=((0.0, -(2.0**0.5)), (0.0, 2.0**0.5)),
    view=((-2.5, 2.5), (-2.2, 2.2)),
    start=(-2.0, 0.01),
)

# A deep well on the left and a shallow one on the right, where the ball sets out.
double_well = Surface(
    "double well",
    "x⁴/4 − x² + x/4",
    f=lambda p: p[..., 0] ** 4 / 4 - p[..., 0] ** 2 + p[..., 0] / 4,
    grad=lambda p: p * (p**2 - 2) + 0.25,
    minima=tuple((float(x),) for x in _critical(1, 0, -2, 0.25)[[0, 2]]),
    view=((-2.3, 2.3),),
    start=(2.0,),
)

wavy = Surface(
    "wavy valley",
    "x²/20 + 1 − cos 2x",
    f=lambda p: p[..., 0] ** 2 / 20 + 1 - np.cos(2 * p[..., 0]),
    grad=lambda p: p / 10 + 2 * np.sin(2 * p),
    minima=((0.0,),),
    view=((-10.0, 10.0),),
    start=(8.5,),
)

plateau = Surface(
    "plateau",
    "r²/(1 + r²), r² = x² + y²",
    f=lambda p: 1 - 1 / (1 + (p**2).sum(-1)),
    grad=lambda p: 2 * p / (1 + (p**2).sum(-1, keepdims=True)) ** 2,
    minima=((0.0, 0.0),),
    view=((-6.0, 6.0), (-5.0, 5.0)),
    start=(4.0, 3.0),
)

beale = Surface(
    "Beale",
    "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
    f=lambda p: sum(
        (c - p[..., 0] + p[..., 0] * p[..., 1] ** k) ** 2
        for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))
    ),
    grad=_planar(
        lambda x, y: sum(
            2 * (c - x + x * y**k) * (y**k - 1) for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))
        ),
        lambda x, y: sum(
            2 * (c - x + x * y**k) * k * x * y ** (k - 1)
            for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))
        ),
    ),
    minima=((3.0, 0.5),),
    view=((-1.0, 4.5), (-2.0, 1.8)),
    start=(1.0, 1.5),
)

rosenbrock = Surface(
    "Rosenbrock",
    "(1 − x)² + 100(y − x²)²",
    f=lambda p: (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2,
    grad=_planar(
        lambda x, y: 2 * (x - 1) - 400 * x * (y - x**2),
        lambda x, y: 200 * (y - x**2),
    ),
    minima=((1.0, 1.0),),
    view=((-2.0, 2.0), (-1.0, 3.0)),
    start=(-1.5, 2.0),
)

himmelblau = Surface(
    "Himmelblau",
    "(x² + y − 11)² + (x + y² − 7)²",
    f=lambda p: (p[..., 0] ** 2 + p[..., 1] - 11) ** 2 + (p[..., 0] + p[..., 1] ** 2 - 7) ** 2,
    grad=_planar(
        lambda x, y: 4 * x * (x**2 + y - 11) + 2 * (x + y**2 - 7),
        lambda x, y: 2 * (x**2 + y - 11) + 4 * y * (x + y**2 - 7),
    ),
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    ),
    view=((-6.0, 6.0), (-6.0, 6.0)),
    start=(0.0, -5.0),
)

SURFACES = {
    "square": square,
    "shifted": shifted,
    "bowl": bowl,
    "ravine": ravine,
    "gorge": gorge,
    "saddle": saddle,
    "double_well": double_well,
    "wavy": wavy,
    "plateau": plateau,
    "beale": beale,
    "rosenbrock": rosenbrock,
    "himmelblau": himmelblau,
}
