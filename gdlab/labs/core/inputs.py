"""What a lab is given, checked: each mistake gets one sentence that says what to do."""

import math

import numpy as np

from gdlab.arguments import name_of
from gdlab.errors import Advice
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
    return found


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
    positive = isinstance(goal, (int, float, np.number)) and not isinstance(goal, bool)
    if goal is not None and not (positive and math.isfinite(goal) and goal > 0):
        raise Advice(f"goal is {goal!r}: give a loss above 0, such as 1e-6, or None for no goal.")
    whole = isinstance(within, (int, np.integer)) and not isinstance(within, bool)
    if within is not None and not (whole and within >= 1):
        raise Advice(f"within is {within!r}: give a number of steps, 1 or more, or None.")


def start_of(surface, start=None):
    """Where a descent begins, as a tuple of floats; None stands for the surface's own start."""
    start = surface.start if start is None else start
    try:
        return tuple(float(v) for v in np.atleast_1d(np.asarray(start, dtype=float)))
    except (TypeError, ValueError):
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
