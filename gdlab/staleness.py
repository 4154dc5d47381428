"""Slopes that come late: what workers do that do not wait for each other."""

import math


def stale_descent(x, grad, s, *, lr=0.1, delay=0):
    """Step against the slope of some steps ago.

    xₜ₊₁ := xₜ − η ∇J(xₜ₋d);  until the first slope has arrived, that of the start

    So do d + 1 workers that take turns: while one computes its slope, the d others step.

    Arguments: lr η > 0; delay d, a whole number, 0 or more; 0 is gradient descent. On a
    quadratic it converges for η below `largest_stable_lr`.
    Source: the model of Downpour SGD, Dean et al. (2012).

    >>> from gdlab import descend, surfaces
    >>> descend(surfaces.square, stale_descent, 10, steps=4, lr=0.25, delay=1).x[:, 0]
    array([10. ,  5. ,  0. , -2.5, -2.5])
    """
    s.slopes = [*(s.slopes or []), grad(x)][-int(delay) - 1 :]  # the oldest one first
    return x - lr * s.slopes[0]


def largest_stable_lr(L, delay):
    """The η at which `stale_descent` begins to diverge on a quadratic.

    η = (2/L) sin(π / (2(2d + 1)))

    There xₜ = zᵗ with |z| = 1 solves z^(d+1) − z^d + ηL = 0. Without a delay it is 2/L.

    Arguments: L > 0 the largest curvature; delay d ≥ 0.
    Source: Levin and May (1976), for the same equation in ecology.

    >>> [round(largest_stable_lr(2.0, d), 4) for d in (0, 1, 4)]
    [1.0, 0.5, 0.1736]
    """
    return 2 / L * math.sin(math.pi / (2 * (2 * delay + 1)))


def fastest_stale_lr(L, delay):
    """The η with which `stale_descent` comes down curvature L fastest.

    η = dᵈ / (d + 1)ᵈ⁺¹ / L;  one step then leaves d/(d + 1) of the error. Beyond it, the
    path swings.

    Arguments: L > 0 the curvature; delay d ≥ 0.

    >>> [round(fastest_stale_lr(1.0, d), 4) for d in (0, 1, 2)]
    [1.0, 0.25, 0.1481]
    """
    return delay**delay / (delay + 1) ** (delay + 1) / L
