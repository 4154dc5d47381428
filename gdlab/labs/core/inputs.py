"""What a lab is given, checked: each mistake gets one sentence that says what to do."""

import math

import numpy as np

from gdlab.arguments import name_of, not_heights
from gdlab.errors import Advice
from gdlab.finite_differences import finite_differences
from gdlab.formatting import display_name
from gdlab.labs.core.controls import numbers_of
from gdlab.optimizers import METHODS
from gdlab.sampling import Sampled
from gdlab.surfaces import Surface


def as_list(value):
    """One thing, or a list or tuple of them, as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def check_surfaces(surface, d=(1, 2)):
    """The surfaces of a lab as a list, each with one or two coordinates (or as `d` says)."""
    found = as_list(surface)
    if not found:
        raise Advice("there is no surface: give one, such as surfaces.ravine.")
    for one in found:
        if not isinstance(one, Surface):
            raise Advice(f"surface is {one!r}: give a Surface, such as surfaces.ravine.")
        if len(one.view) not in d:
            wanted = " or ".join({1: "one", 2: "two"}[n] for n in d)
            has = f"has {one.d} coordinate{'s' * (one.d != 1)}" if one.d else "has no view to draw"
            raise Advice(
                f"{one.name} {has}: this lab draws surfaces with {wanted} "
                f"coordinate{'s' * (d != (1,))}, and needs their view."
            )
        _check_view(one)
        _check_heights(one)
    return found


def _check_view(surface):
    for side in surface.view:
        low, high = side if np.shape(side) == (2,) else (0, 0)
        if not (math.isfinite(high - low) and low < high):
            raise Advice(
                f"{surface.name} is seen from {side!r}: a view has a pair (low, high) for each "
                "coordinate, such as ((-4, 4), (-3, 3))."
            )


def _check_heights(surface):
    """Whether heights are numbers, and the slope is theirs, at a place of the view."""
    place = surface.start or [0.6 * low + 0.4 * high for low, high in surface.view]
    for name, function in (("f", surface.f), ("grad", surface.grad)):
        if not callable(function):
            raise Advice(f"{name} of {surface.name} is {function!r}: give a function of positions.")
    x = np.array([place] * 5, dtype=float)
    with np.errstate(all="ignore"):
        height, slope = surface.f(x), surface.grad(x)
        if np.shape(height) != x.shape[:-1]:
            raise Advice(not_heights(surface, height, x))
        measured, rough = (finite_differences(surface.f, x, h) for h in (1e-5, 1e-4))
    if np.shape(slope) != x.shape or not np.isfinite([measured, slope]).all():
        return  # a descent will say so
    scale = np.abs([measured, slope]).max()
    if (
        scale > 1e-6
        and np.abs(measured - rough).max() < 0.01 * scale  # else no slope is the right one
        and np.abs(measured - slope).max() > 0.1 * scale
    ):
        raise Advice(
            f"the slope of {surface.name} does not fit its heights: at {_point(place)} its grad "
            f"gives {_point(slope[0])}, and differences of heights say {_point(measured[0])}."
        )


def _point(x):
    """A position, or a slope, as a reader writes it.

    >>> _point([0.1, -2.0]), _point([3.0])
    ('(0.1, -2)', '3')
    """
    numbers = ", ".join(f"{number:.3g}" for number in x)
    return f"({numbers})" if len(x) > 1 else numbers


def check_samples(surface):
    """A `Sampled` surface with two coordinates."""
    if not isinstance(surface, Sampled) or surface.d != 2:
        raise Advice("this lab needs samples and two coordinates: give sampled(surfaces.bowl).")


def check_methods(method):
    """The methods of a lab as a list; a name stands for the method of that name."""
    found = []
    for one in as_list(method):
        if isinstance(one, str) and one in METHODS:
            one = METHODS[one]
        if not callable(one):
            known = f"there are: {', '.join(METHODS)}."
            offer = known if isinstance(one, str) else "give a function (x, grad, s, *, lr=0.1)."
            raise Advice(f"{one!r} is not a method; {offer}")
        found.append(one)
    if not found:
        raise Advice("there is no method: give one, such as optimizers.momentum.")
    return found


def check_method(method):
    """The method of a lab that shows one."""
    found = check_methods(method)
    if len(found) > 1:
        raise Advice("this lab shows one method: give one of them.")
    return found[0]


def by_display_name(methods):
    """Methods by their names as people write them.

    >>> list(by_display_name([METHODS["adam"], METHODS["heavy_ball"]]))
    ['Adam', 'heavy ball']
    """
    return {display_name(name_of(method)): method for method in methods}


def check_goal(goal, within=None):
    """A goal is None or a height above the minimum; within: so many steps, or None."""
    number = isinstance(goal, (int, float, np.number)) and not isinstance(goal, bool)
    if goal is not None and not (number and 0 < goal <= 1e300):
        raise Advice(f"goal is {goal!r}: give a loss above 0, such as 1e-6, or None for no goal.")
    whole = isinstance(within, (int, np.integer)) and not isinstance(within, bool)
    if within is not None and not (whole and within >= 1):
        raise Advice(f"within is {within!r}: give a number of steps, 1 or more, or None.")


def start_of(surface, start=None):
    """Where a descent begins, as a tuple of floats; None stands for the surface's own start."""
    start = surface.start if start is None else start
    if isinstance(start, tuple) and not start:
        raise Advice(f"{surface.name} has no start of its own: give one.")
    try:
        return tuple(float(v) for v in np.atleast_1d(np.asarray(start, dtype=float)))
    except (TypeError, ValueError, OverflowError):
        what = "a number" if surface is None or surface.d == 1 else f"{surface.d} numbers"
        raise Advice(f"start is {start!r}: give {what}.") from None


def check_numbers(methods, given):
    """The numbers of some methods with their first values; each one given must be one of them."""
    known = {}
    for one in methods:  # where defaults differ, the first one's count
        known |= numbers_of(one) | known
    for name in given:
        if name not in known:
            who = f"{name_of(methods[0])} has" if len(methods) == 1 else "these methods have"
            there = f"there are: {', '.join(known)}" if known else "there are none"
            raise Advice(f"{who} no number called {name}; {there}.")
    return known | given
