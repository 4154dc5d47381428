"""Learning rates that change with time.

A schedule is a function of the step: η(t), where t counts the steps already made, so
η(0) is the rate of the first step. It has no memory; drawing it changes nothing.
"""

import math


def constant(lr):
    """The same rate for ever: η(t) = η₀.

    >>> constant(0.1)(1000)
    0.1
    """
    return lambda t: lr


def exponential(lr, gamma):
    """A fixed share is kept at each step: η(t) = η₀ γᵗ; with γ = e⁻ᵏ it is η₀ e⁻ᵏᵗ.

    Arguments: lr η₀ > 0; gamma γ in (0, 1]. As torch's ExponentialLR.

    >>> exponential(0.1, 0.5)(2)
    0.025
    """
    return lambda t: lr * gamma**t


def linear(lr, end, steps):
    """A straight line from η₀ to η₁ over T steps, then level.

    η(t) = η₀ + (η₁ − η₀) min(t, T)/T.  Arguments: lr η₀, end η₁, steps T > 0.

    >>> linear(1.0, 0.0, 4)(1)
    0.75
    """
    return lambda t: lr + (end - lr) * min(t, steps) / steps


def inverse_time(lr, k):
    """η(t) = η₀ / (1 + k t): falls slowly enough to arrive, fast enough to settle.

    Arguments: lr η₀ > 0; k ≥ 0.  Source: Robbins and Monro (1951).

    >>> inverse_time(0.1, 1.0)(1)
    0.05
    """
    return lambda t: lr / (1 + k * t)


def step(lr, gamma, every):
    """Level, then a drop by the factor γ after every so many steps: η(t) = η₀ γ^⌊t/every⌋.

    Arguments: lr η₀ > 0; gamma γ in (0, 1]; every a number of steps. As torch's StepLR.

    >>> step(0.1, 0.5, 10)(10)
    0.05
    """
    return lambda t: lr * gamma ** (t // every)


def cosine(lr, steps, end=0.0):
    """Half a cosine wave from η₀ down to η₁ over T steps, then level.

    η(t) = η₁ + ½ (η₀ − η₁)(1 + cos(π min(t, T)/T)).
    Arguments: lr η₀, steps T > 0, end η₁.  Source: Loshchilov and Hutter (2017), one cycle.

    >>> round(cosine(1.0, 10)(5), 12)
    0.5
    """
    return lambda t: end + (lr - end) * (1 + math.cos(math.pi * min(t, steps) / steps)) / 2


def warmup(schedule, steps):
    """Climb to another schedule over the first T steps: η(t) · min(1, (t + 1)/T).

    Arguments: schedule a function of the step, or a number; steps T > 0.
    Source: Goyal et al. (2017).

    >>> warmup(0.1, 4)(0)
    0.025
    """
    after = schedule if callable(schedule) else constant(schedule)
    return lambda t: after(t) * min(1.0, (t + 1) / steps)
