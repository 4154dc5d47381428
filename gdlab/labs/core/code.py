"""A state as a line of Python: what brings this very picture back."""

import inspect
import sys

import numpy as np

from gdlab import dialects, optimizers, surfaces


def call(maker, state, controls):
    """The call of `maker` that begins with this state.

    What equals the maker's default is left out; where it takes a list to choose from, the
    chosen one stands first. Where it takes a tuple, `lrs`, the state's lr1, lr2, … go into it.

    >>> from gdlab import labs
    >>> labs.descent(optimizers.momentum, surfaces.ravine, beta=0.75, steps=40).code
    'labs.descent(optimizers.momentum, surfaces.ravine, lr=0.1, beta=0.75, start=(-8.5, 2.6), \
    steps=40)'
    """
    takes, parts = inspect.signature(maker).parameters, []
    state = _gathered(takes, state)
    by_place = True
    for name in _in_order(takes, state):
        default = takes[name].default if name in takes else inspect.Parameter.empty
        value = state[name]
        options = getattr(controls.get(name), "listed", ())
        if options:
            value = [value, *(other for other in options if other is not value)]
            default = list(default) if isinstance(default, tuple) else default
        if _same(value, default):
            by_place = False
            continue
        by_place &= name in takes and takes[name].kind is not inspect.Parameter.KEYWORD_ONLY
        written = expression(value, name)
        parts.append(written if by_place else f"{name}={written}")
    return f"labs.{maker.__name__}({', '.join(parts)})"


def _gathered(takes, state):
    """The state with a parameter such as `lrs` in place of lr1, lr2, …"""
    for several in (n for n in takes if n not in state and f"{n[:-1]}1" in state):
        parts = [n for n in state if n[:-1] == several[:-1] and n[-1].isdigit()]
        values = tuple(state[n] for n in parts)
        state = {several: values} | {n: v for n, v in state.items() if n not in parts}
    return state


def _in_order(takes, state):
    """Arguments that go by place, then the numbers of the method, then the rest."""
    first = [n for n, p in takes.items() if p.kind is p.POSITIONAL_OR_KEYWORD and n in state]
    numbers = [n for n in state if n not in takes]
    return [*first, *numbers, *(n for n in takes if n in state and n not in first)]


def _same(value, default):
    return value is default or (type(value) is type(default) and value == default)


def expression(value, otherwise="…"):
    """A value as Python writes it; a method or a surface by its name, or by another word.

    >>> print(expression(surfaces.bowl), expression((1.0, 2)), expression(np.float64(0.5)))
    surfaces.bowl (1.0, 2) 0.5
    """
    if isinstance(value, list):
        return f"[{', '.join(map(expression, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(expression, value))}{',' * (len(value) == 1)})"
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if value is None or isinstance(value, (int, str, bool)):
        return repr(value)
    return _name(value) or otherwise


COURSE = {
    "optimizers.": optimizers.METHODS,
    "surfaces.": vars(surfaces),
    "dialects.": vars(dialects),
}


def _name(value):
    """What a thing is called where a reader would write it; "" if it has no name."""
    for prefix, names in COURSE.items():
        for name, known in names.items():
            if known is value:
                return prefix + name
    for name, known in vars(sys.modules["__main__"]).items():
        if known is value and not name.startswith("_"):
            return name
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    return name.replace(" ", "_") if isinstance(name, str) else ""
