"""Which values of a state a reader may change, and how: a number, a choice, a seed, a runner.

These are descriptions, without any widget: `row` makes the widgets, from `gdlab.labs.core.rows`.
"""

import inspect
from dataclasses import dataclass, field

import numpy as np

from gdlab.errors import Advice
from gdlab.hyperparameters import KNOWN, Hyperparameter, describe
from gdlab.labs.core import rows

STEPS = Hyperparameter("T", "steps", 1, 200, legal=(1, 5001))
SEED = Hyperparameter("seed", "of the noise", 0, 100, legal=(0, 2**32))


@dataclass(frozen=True)
class Number:
    """A number to drag or to type: name, how it is drawn and checked, whether it is whole."""

    name: str
    about: Hyperparameter
    whole: bool = False
    forgets = False

    def legal(self, value):
        """The value as the state keeps it; raises `Advice` for one that is not legal."""
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Advice(f"{self.name} is {value!r}: give a number.") from None
        if self.whole and not number.is_integer():
            raise Advice(f"{self.name} is {number:g}: give a whole number.")
        self.about.check(self.name, number)
        return int(number) if self.whole else number

    def near(self, value):
        """The value that a click at this place of an axis means: a whole one where it must be."""
        return int(np.clip(round(value), self.about.low, self.about.high)) if self.whole else value

    def row(self, value, changed, advise):
        """The widgets: symbol, slider, box."""
        return rows.NumberRow(self, value, changed, advise)


@dataclass(frozen=True)
class Seed(Number):
    """A seed, with a button for the next one in place of a slider; button: what stands on it."""

    name: str = "seed"
    about: Hyperparameter = SEED
    whole: bool = True
    button: str = "new noise"

    def legal(self, value):
        try:
            return super().legal(value)
        except Advice:
            raise Advice(f"seed is {value!r}: give a whole number, 0 or more.") from None

    def row(self, value, changed, advise):
        """The widgets: symbol, button, box."""
        return rows.SeedRow(self, value, changed, advise)


@dataclass(frozen=True)
class Runner(Number):
    """A learning rate of one method among many; None where it does not take part."""

    title: str = ""
    color: str = ""
    symbol: str = ""

    def legal(self, value):
        return None if value is None else super().legal(value)

    def row(self, value, changed, advise):
        """The widgets: a tick, the method's mark, slider, box, and a note."""
        return rows.RunnerRow(self, value, changed, advise)


@dataclass(frozen=True)
class Choice:
    """One of several things to choose from.

    options {what is shown: what it means}; symbol, words: the row's name; forgets: whether the
    run before is of no interest afterwards; listed: the values, where the lab's maker takes a
    list of them
    """

    name: str
    options: dict
    symbol: str = ""
    words: str = ""
    forgets: bool = False
    listed: tuple = field(default=(), compare=False)

    def legal(self, value):
        """The value itself, if it is one of the options; else raises `Advice`."""
        if not any(_same(value, known) for known in self.options.values()):
            known = (repr(v) if isinstance(v, str) else shown for shown, v in self.options.items())
            raise Advice(f"{self.name} is {value!r}: choose one of {', '.join(known)}.")
        return value

    def row(self, value, changed, advise):
        """The widgets: a name and a list."""
        return rows.ChoiceRow(self, value, changed)


def number(name, default=None, about=None, whole=False):
    """The control of a number by its name; steps are whole, and what is known has its range."""
    if name == "steps":
        return Number(name, about or STEPS, whole=True)
    return Number(name, about or describe(name, default), whole)


def numbers_of(method):
    """The keyword-only numbers of a method and their defaults, from its signature."""
    out = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            default = parameter.default
            if default is parameter.empty:
                default = 0.1 if name == "lr" else 0.9 if name.startswith("beta") else 0.5
            if not _is_number(default):
                raise Advice(f"{name}={default!r}: a lab can only turn numbers; give it one.")
            out[name] = float(default)
    return out


def controls_of(state):
    """A control for each number of a state, except the start."""
    return [
        number(name, value, whole=isinstance(value, int) and name not in KNOWN)
        for name, value in state.items()
        if _is_number(value)
    ]


def _same(value, known):
    return value is known or (not isinstance(value, np.ndarray) and value == known)


def _is_number(value):
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
