"""The numbers a reader may turn: symbol, plain words, slider range, legal range."""

from typing import NamedTuple

import numpy as np

from gdlab.errors import Advice


class Hyperparameter(NamedTuple):
    """How one number of a method is written, drawn as a slider, and checked."""

    symbol: str
    words: str
    low: float  # the slider's ends; typed values may lie outside
    high: float
    log: bool = False
    legal: tuple = (-np.inf, np.inf)  # half-open, [smallest, largest)
    above: bool = False  # whether the smallest value itself is excluded
    example: float | None = None  # what to try instead of an illegal one

    def check(self, name, value):
        """Raise `Advice` if a value (a number or an array of them) is not a legal one.

        >>> KNOWN["beta"].check("beta", 0.9)
        >>> KNOWN["beta"].check("beta", 1.5)
        Traceback (most recent call last):
        gdlab.errors.Advice: beta is 1.5: memory must be at least 0 and below 1; try 0.9.
        """
        try:
            numbers = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            raise Advice(f"{name} is {value!r}: give a number, or an array of numbers.") from None
        except OverflowError:
            raise Advice(f"{name} is too large: give a smaller number.") from None
        smallest, largest = self.legal
        wrong = ~np.isfinite(numbers) | (numbers < smallest) | (numbers >= largest)
        if self.above:
            wrong |= numbers == smallest
        if wrong.any():
            first = numbers[wrong].flat[0]
            raise Advice(f"{name} is {first:g}: {self.words or 'it'} must be {self.rule(first)}.")

    def rule(self, wrong):
        """What a legal value is, in words, for somebody who gave a wrong one."""
        smallest, largest = self.legal
        bounds = []
        if np.isfinite(smallest):
            bounds.append(f"above {smallest:g}" if self.above else f"at least {smallest:g}")
        if np.isfinite(largest):
            bounds.append(f"below {largest:g}")
        rule = " and ".join(bounds)
        if not (bounds and np.isfinite(wrong)):
            rule = f"a finite number {rule}".strip()
        return rule if self.example is None else f"{rule}; try {self.example:g}"


def _size(symbol, words, low, high, example, above=False):
    return Hyperparameter(symbol, words, low, high, True, (0, np.inf), above, example)


def _memory(symbol, words, example=0.9, high=0.99):
    return Hyperparameter(symbol, words, 0.0, high, legal=(0, 1), example=example)


KNOWN = {
    "lr": _size("η", "learning rate", 1e-3, 10.0, 0.1, above=True),
    "beta": _memory("β", "memory"),
    "beta1": _memory("β₁", "slope memory"),
    "beta2": _memory("β₂", "square memory", 0.999, high=0.999),
    "eps": _size("ε", "guard against 0", 1e-10, 1.0, 1e-8),
    "weight_decay": _size("λ", "weight decay", 1e-4, 1.0, 0.01),
}


def describe(name, default=None):
    """The `Hyperparameter` of a name; for one we do not know, a sensible guess.

    A default between 0 and 1 gets a slider from 0 to 1, any other number one from
    zero to four times itself.

    >>> describe("lr").symbol
    'η'
    >>> describe("friction", 0.3).high
    1.0
    >>> describe("cut", 5).high
    20.0
    """
    if name in KNOWN:
        return KNOWN[name]
    if default is None or 0 <= default <= 1:
        return Hyperparameter(name, "", 0.0, 1.0)
    return Hyperparameter(name, "", *sorted((0.0, 4.0 * default)))
