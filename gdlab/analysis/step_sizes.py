"""What an adaptive method makes of its memory: a step size for each coordinate.

A move is a rate times a push, Δx = −rate · push. The push is the slope g, or in Adam its
average; the rate is what the memory decides, coordinate by coordinate.
"""

import inspect
from typing import NamedTuple

import numpy as np


class StepSizes(NamedTuple):
    """A run's memory in the units of a slope, and the step sizes that follow from it.

    formula  of the step size, "η/(√h + ε)"
    sizes    {"√h": (steps, d)}: what is remembered after each step
    rate     (steps, d): the effective step size of each step; NaN before the first slope
    push     (steps, d): what the rate multiplies
    """

    formula: str
    sizes: dict
    rate: np.ndarray
    push: np.ndarray


def step_sizes(run):
    """The `StepSizes` of a single run of any method.

    AdaGrad, RMSProp, Adadelta and Adam (with its correction or without) are recognised by
    their moves, under whatever name. For any other method the step size is measured,
    |Δx|/|g|, and the memory is shown as it is.

    >>> from gdlab import descend, optimizers, surfaces
    >>> reading = step_sizes(descend(surfaces.square, optimizers.adagrad, 10, steps=2, lr=0.5))
    >>> reading.formula, [round(float(r), 5) for r in reading.rate[:, 0]]
    ('η/(√h + ε)', [0.025, 0.01812])
    """
    sound = (
        slice(None) if run.first_bad_step < 0 else slice(max(run.first_bad_step - 1, 0))
    )  # before it blew up
    moves, numbers = np.diff(run.x, axis=0), _numbers(run)
    with np.errstate(all="ignore"):  # a memory of zeros, a run that got very far away
        for formula in (_adagrad, _adadelta, _rmsprop, _adam, _uncorrected_adam):
            try:
                reading = formula(run, numbers)
            except KeyError:  # another memory, or other numbers
                continue
            # What rounding adds to a move is a few units in the last place of x.
            near = 1e-6 * np.abs(moves) + 1e-12 * (1 + np.abs(run.x[1:]))
            if (np.abs(moves + reading.rate * reading.push) <= near)[sound].all():
                break
        else:
            reading = _measured(run, moves)
    seen = np.logical_or.accumulate(run.grad != 0)  # without a slope yet, nothing is divided
    return reading._replace(rate=np.where(seen, reading.rate, np.nan))


def _numbers(run):
    """The numbers of a run, also those that were left at their defaults."""
    takes = inspect.signature(run.method).parameters.values()
    return {p.name: p.default for p in takes if p.kind is p.KEYWORD_ONLY} | run.numbers


def _adagrad(run, numbers):
    root = run.state["h"][1:] ** 0.5
    rate = numbers["lr"] / (root + numbers["eps"])
    return StepSizes("η/(√h + ε)", {"√h": root}, rate, run.grad)


def _rmsprop(run, numbers):
    root = run.state["v"][1:] ** 0.5
    rate = numbers["lr"] / (root + numbers["eps"])
    return StepSizes("η/(√v + ε)", {"√v": root}, rate, run.grad)


def _adadelta(run, numbers):
    lr, eps, u, v = numbers["lr"], numbers["eps"], run.state["u"], run.state["v"]
    slopes, moves = (v[1:] + eps) ** 0.5, (u[:-1] + eps) ** 0.5  # u of the steps before
    sizes = {"√(v + ε)": slopes, "√(u + ε)": moves}
    return StepSizes("√(u + ε)/√(v + ε)", sizes, lr * moves / slopes, run.grad)


def _adam(run, numbers):
    t = np.arange(1, run.steps + 1)[:, None]
    m = run.state["m"][1:] / (1 - numbers["beta1"] ** t)
    root = (run.state["v"][1:] / (1 - numbers["beta2"] ** t)) ** 0.5
    rate = numbers["lr"] / (root + numbers["eps"])
    return StepSizes("η/(√v̂ + ε)", {"√v̂": root, "|m̂|": np.abs(m)}, rate, m)


def _uncorrected_adam(run, numbers):
    m, root = run.state["m"][1:], run.state["v"][1:] ** 0.5
    rate = numbers["lr"] / (root + numbers["eps"])
    return StepSizes("η/(√v + ε)", {"√v": root, "|m|": np.abs(m)}, rate, m)


def _measured(run, moves):
    """|Δx|/|g|; where there is no slope, as at the step before."""
    rate = np.abs(moves) / np.abs(run.grad)
    known = np.where(np.isfinite(rate), np.arange(run.steps)[:, None], 0)
    rate = np.take_along_axis(rate, np.maximum.accumulate(known, axis=0), axis=0)
    sizes = {f"|{name}|": np.abs(value[1:]) for name, value in run.state.items()}
    return StepSizes("|Δx|/|g|", sizes, rate, run.grad)
