"""The dialects of momentum: one idea, written in four ways, with four meanings of η.

While η and β stay as they are, all four walk the same paths; only the average needs another
η for the same one, larger by 1/(1 − β).
"""

from collections.abc import Callable
from typing import NamedTuple

from gdlab import optimizers


def gamma_momentum(x, grad, s, *, lr=0.01, beta=0.9):
    """Momentum as many surveys write it: the velocity points uphill and is subtracted.

    v := γ v + η ∇J(x);  x := x − v,  γ is `beta`

    Arguments: lr η > 0; beta γ in [0, 1).
    Source: Ruder (2016), arXiv:1609.04747. The same path as `heavy_ball`, with −v for v.

    >>> from gdlab import descend, surfaces
    >>> descend(surfaces.square, gamma_momentum, 10, steps=2, lr=0.1, beta=0.5).x[:, 0]
    array([10. ,  8. ,  5.4])
    """
    s.v = beta * s.v + lr * grad(x)
    return x - s.v


class Dialect(NamedTuple):
    """One way to write momentum.

    Arguments: what to call it; the formula, with g for ∇J(x); the method; who writes it so;
    scale: a function of β, by which its η must be multiplied to be heavy ball's.

    >>> average = DIALECTS[0]
    >>> average.formula, round(average.scale(0.9), 3)
    ('v := βv + (1 − β)g,  x := x − ηv', 0.1)
    """

    name: str
    formula: str
    method: Callable
    who: str
    scale: Callable = lambda beta: 1.0


DIALECTS = (
    Dialect(
        "average",
        "v := βv + (1 − β)g,  x := x − ηv",
        optimizers.momentum,
        "this course, and Adam",
        lambda beta: 1 - beta,
    ),
    Dialect("sum", "v := βv + g,  x := x − ηv", optimizers.torch_momentum, "PyTorch"),
    Dialect("heavy ball", "v := βv − ηg,  x := x + v", optimizers.heavy_ball, "Polyak, Keras"),
    Dialect("with γ", "v := γv + ηg,  x := x − v", gamma_momentum, "many surveys"),
)
