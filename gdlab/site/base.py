"""What every lab has in the browser: state, controls, methods, surfaces, sceneries."""

from dataclasses import replace
from inspect import signature
from types import SimpleNamespace

from gdlab.labs.core import pictures
from gdlab.labs.core.code import call, expression
from gdlab.site import parts


def base(lab, standing=None, sceneries=None, fixed=()):
    """What all have: state, controls, methods and surfaces by key, a scenery for each surface.

    Arguments: lab; standing, the arguments of its scenery behind the surface; None: as they are;
    sceneries by key, where they are others than one for each surface; fixed, the names of the
    controls that stay behind, because their picture would have to be painted anew.
    """
    state, controls = lab.state, lab.controls
    lands, methods = choices(lab, "surface"), choices(lab, "method")
    dimensions = {s.d for s in lands.values()}
    longest = pictures.span(state["steps"]) if "steps" in state else None
    plain = {n: v for n, v in state.items() if v is None or isinstance(v, (int, float, str))}
    chosen = {n: str(plain[n]) for n, c in controls.items() if hasattr(c, "options") and n in plain}
    start = {"start": list(map(float, state["start"]))} if "start" in state else {}
    if sceneries is None:
        sceneries = {key: painted(lab, s, standing) for key, s in lands.items()}
    return {
        "maker": lab.maker.__name__,
        "alive": True,
        "code": line(lab),
        "defaults": defaults(lab.maker),
        "written": {"surface": written(lands), "method": written(methods)},
        "state": {
            **plain,
            **chosen,
            **start,
            "surface": key_in(lands, state.get("surface")),
            "method": key_in(methods, state.get("method")),
        },
        "controls": [
            row(c, lands, methods, longest) for n, c in controls.items() if n not in fixed
        ],
        "fixed": [title_of(controls[name]) for name in fixed],
        "clicks": {0: ["start"]} if start else {},
        "methods": {key: parts.method(m, dimensions) for key, m in methods.items()},
        "methodNamed": len(methods) > 1,
        "surfaces": {key: parts.surface(s) for key, s in lands.items()},
        "symbols": {c.name: c.about.symbol for c in controls.values() if hasattr(c, "about")},
        "sceneries": sceneries,
    }


def choices(lab, name):
    """The values of a state a reader may choose from, by a key; a single one is "0"."""
    control = lab.controls.get(name)
    values = control.options.values() if control else [lab.state.get(name)]
    return {str(i): value for i, value in enumerate(values) if value is not None}


def key_in(known, value):
    """The key of a value among others, or None."""
    return next((key for key, one in known.items() if one is value), None)


def row(control, lands, methods, longest):
    """A control, as `parts.row` describes it."""
    by_key = {"surface": lands, "method": methods}.get(control.name)
    if by_key is not None:
        return parts.row(control, lambda value: key_in(by_key, value))
    if hasattr(control, "options"):
        return parts.row(control, str)
    return parts.row(control, longest=longest)


def title_of(control):
    """What a reader calls a control: its symbol, or the words of a choice."""
    return control.words if hasattr(control, "options") else control.about.symbol


def line(lab):
    """The line of Python of a lab, with … in place of its numbers, {method} of what is chosen."""
    named = {n: v for n, v in lab.state.items() if n in ("method", "surface", "x", "y")}
    named = {n: v for n, v in named.items() if n in signature(lab.maker).parameters}
    named |= {n: SimpleNamespace(__name__=f"{{{n}}}") for n in named if n in lab.controls}
    start = call(lab.maker, named, {})[:-1]
    return f"{start}…)" if start.endswith("(") else f"{start}, …)"


def defaults(maker):
    """What a line of Python may leave out: the plain values that a maker has by itself."""
    known = {n: p.default for n, p in signature(maker).parameters.items()}
    return {n: str(v) for n, v in known.items() if isinstance(v, (bool, str))} | {
        n: v for n, v in known.items() if type(v) in (int, float)
    }


def written(known):
    """Methods or surfaces as a line of Python names them."""
    return {key: expression(value) for key, value in known.items()}


def painted(lab, surface, standing=None):
    """The scenery of a lab on another of its surfaces: that is its first argument."""
    scenery = lab.scene.scenery
    standing = scenery.arguments[1:] if standing is None else standing
    return parts.painted(replace(scenery, arguments=(surface, *standing)))


def with_state(lab, **more):
    """A lab whose state has more in it: what its maker takes for granted."""
    state = {**lab.state, **more}
    return SimpleNamespace(maker=lab.maker, controls=lab.controls, scene=lab.scene, state=state)
