"""Ways to try an answer: walk down a surface with it, call it, or read it as a number.

A trial has three methods. `run` turns an answer into an array, or raises; `answer_from` turns
a function of ours (a solution, or a known mistake) into what a reader would hand in; `part`
says in words where two such arrays differ.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gdlab.arrays import to_numpy
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number, format_numbers
from gdlab.hyperparameters import describe
from gdlab.surfaces import Surface

NOTHING_YET = "There is nothing here yet: put your answer in place of the three dots."


@dataclass(frozen=True)
class Descent:
    """Walk down a surface with the reader's method, and look at every position.

    Arguments: as in `descend`; numbers may also hold batch_size and seed.

    >>> from gdlab import optimizers, surfaces
    >>> trial = Descent(surfaces.square, 10.0, steps=2, numbers={"lr": 0.1})
    >>> trial.run(optimizers.gradient_descent)[:, 0]
    array([10. ,  8. ,  6.4])
    >>> trial.words
    'on the parabola from 10, η = 0.1'
    """

    surface: Surface
    start: Any = None
    steps: int = 40
    numbers: dict = field(default_factory=dict)

    def run(self, method):
        _check_callable(method)
        run = descend(self.surface, method, self.start, steps=self.steps, **self.numbers)
        if run.first_bad_step >= 0:
            run.x[run.first_bad_step :] = np.nan
        return run.x

    def answer_from(self, function):
        return function

    def part(self, mine, truth, place):
        step, (yours, expected) = place[0], _apart(mine[place[0]], truth[place[0]])
        return f"First differs at step {step} ({self.words}): yours {yours}, expected {expected}."

    @property
    def words(self):
        start = self.surface.start if self.start is None else self.start
        numbers = {name: v for name, v in self.numbers.items() if np.ndim(v) == 0}
        shown = format_numbers(
            {name: v for name, v in numbers.items() if not callable(v)},
            {name: describe(name).symbol for name in numbers},
        )
        from_here = f"on {self.surface.with_article} from {_format_point(np.atleast_1d(start))}"
        return f"{from_here}, {shown}" if shown else from_here


@dataclass(frozen=True)
class Call:
    """Call the reader's function, and look at every number it returns.

    Arguments: args of the call; words: how to tell them ("x = 3"), made up if there are none.

    >>> Call((3.0,)).run(lambda x: x**2)
    array(9.)
    >>> Call((3.0,)).words
    'for 3'
    """

    args: tuple
    in_words: str = ""

    def run(self, function):
        _check_callable(function)
        name = getattr(function, "__name__", "your function")
        back = function(*copy.deepcopy(self.args))
        if back is None or back is Ellipsis:
            raise Advice(f"{name} returned nothing: end it with `return` and its result.")
        return _numbers(back, f"{name} returned")

    def answer_from(self, function):
        return function

    def part(self, mine, truth, place):
        yours, expected = _apart(mine[place], truth[place])
        where = f", entry {', '.join(map(str, place))} of the result" if place else ""
        return f"First differs {self.words}{where}: yours {yours}, expected {expected}."

    @property
    def words(self):
        if self.in_words:
            return f"for {self.in_words}"
        scalar = all(np.ndim(a) == 0 and isinstance(a, (int, float)) for a in self.args)
        return (
            f"for {', '.join(format_number(a) for a in self.args)}"
            if scalar
            else "in the first example"
        )


@dataclass(frozen=True)
class Value:
    """Read the answer as a number, or an array of them; what is expected is not given away.

    Arguments: within: how far off still counts as right.

    >>> trial = Value(within=0.01)
    >>> trial.part(trial.run(3), trial.run(2.5), ())
    '3 is too large.'
    """

    within: float = 1e-3

    def run(self, value):
        return _numbers(value, "This is")

    def answer_from(self, function):
        return function()

    def part(self, mine, truth, place):
        yours = format_number(float(mine[place]), 6)
        where = f" (entry {', '.join(map(str, place))})" if place else ""
        if not np.isfinite(mine[place]):
            return f"This is {yours}{where}."
        return f"{yours}{where} is too {'large' if mine[place] > truth[place] else 'small'}."


def same(trial, mine, truth):
    """Which entries of two arrays agree, as far as rounding allows."""
    within = trial.within if isinstance(trial, Value) else 1e-8 + 1e-6 * np.abs(truth)
    near = np.isfinite(truth) & (np.abs(mine - truth) <= within)
    return near | (mine == truth) | (np.isnan(mine) & np.isnan(truth))


def _numbers(value, subject):
    """Whatever a reader gives, as an array of floats; a ragged pile of arrays is laid in a row."""
    if value is None or value is Ellipsis:
        raise Advice(NOTHING_YET)
    if isinstance(value, (str, bytes, bool)) or callable(value):
        raise Advice(
            f"{subject} {_kind(value)}; the exercise asks for a number, or an array of them."
        )
    try:
        return np.array(to_numpy(value), dtype=float)
    except (TypeError, ValueError):
        if isinstance(value, (list, tuple)) and any(np.ndim(to_numpy(v)) for v in value):
            return np.concatenate([np.ravel(_numbers(v, subject)) for v in value])
        raise Advice(
            f"{subject} {_kind(value)}; the exercise asks for a number, or an array of them."
        ) from None


def _check_callable(answer):
    if not callable(answer) or isinstance(answer, type):
        raise Advice(f"This is {_kind(answer)}; the exercise asks for a function.")


def _kind(value):
    kinds = (
        (str, "a text"),
        (bool, "True or False"),
        ((int, float, np.number), "a number"),
        (np.ndarray, "an array"),
        (type, "a class"),
        (Callable, "a function"),
    )
    unknown = f"an object of type {type(value).__name__}"
    return next((words for kind, words in kinds if isinstance(value, kind)), unknown)


def _apart(mine, truth):
    """Two numbers or points in as few digits as show that they differ."""
    for digits in range(3, 16):
        pair = _format_point(mine, digits), _format_point(truth, digits)
        if pair[0] != pair[1]:
            break
    return pair


def _format_point(point, digits=3):
    values = np.ravel(point)
    shown = [f"{v:g}" if np.isinf(v) else format_number(float(v), digits) for v in values]
    if len(shown) == 1:
        return shown[0]
    return f"({', '.join(shown[:4])}{', …' if len(shown) > 4 else ''})"
