"""The labs that are alive in the browser, one function a maker: what their scene needs there."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from gdlab.analysis.step_sizes import step_sizes
from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.labs.core import pictures
from gdlab.labs.core.code import call
from gdlab.labs.fit import ends_of
from gdlab.labs.race import methods_of
from gdlab.labs.rate_map import BETAS, MAP, best_in_words, measure
from gdlab.labs.rates import LOOKS
from gdlab.labs.scheduled import SHAPES
from gdlab.optimizers import gradient_descent, heavy_ball
from gdlab.site import parts
from gdlab.site.javascript import numbers_source


def base(lab, standing=None):
    """What all have: state, controls, methods and surfaces by key, a scenery for each surface.

    Arguments: lab; standing, the arguments of its scenery behind the surface; None: as they are.
    """
    state, controls = lab.state, lab.controls
    if state.get("batch_size") is not None:
        raise Advice("the order of the samples is NumPy's: a lab of mini-batches needs Python.")
    surfaces, methods = choices(lab, "surface"), choices(lab, "method")
    dimensions = {s.d for s in surfaces.values()}
    longest = pictures.span(state["steps"]) if "steps" in state else None
    plain = {n: v for n, v in state.items() if v is None or isinstance(v, (int, float, str))}
    return {
        "maker": lab.maker.__name__,
        "alive": True,
        "code": line(lab),
        "state": {
            **plain,
            "start": list(map(float, state["start"])),
            "surface": key_in(surfaces, state["surface"]),
            "method": key_in(methods, state.get("method")),
        },
        "controls": [row(c, surfaces, methods, longest) for c in controls.values()],
        "clickable": [0],
        "methods": {key: parts.method(m, dimensions) for key, m in methods.items()},
        "methodNamed": len(methods) > 1,
        "surfaces": {key: parts.surface(s) for key, s in surfaces.items()},
        "symbols": {c.name: c.about.symbol for c in controls.values() if hasattr(c, "about")},
        "sceneries": {key: painted(lab, s, standing) for key, s in surfaces.items()},
    }


def choices(lab, name):
    """The values of a state a reader may choose from, by a key; a single one is "0"."""
    control = lab.controls.get(name)
    values = control.options.values() if control else [lab.state.get(name)]
    return {str(i): value for i, value in enumerate(values) if value is not None}


def key_in(known, value):
    """The key of a value among others, or None."""
    return next((key for key, one in known.items() if one is value), None)


def row(control, surfaces, methods, longest):
    """A control, as `parts.row` describes it."""
    by_key = {"surface": surfaces, "method": methods}.get(control.name)
    if by_key is not None:
        return parts.row(control, lambda value: key_in(by_key, value))
    if hasattr(control, "options"):
        return parts.row(control, str)
    return parts.row(control, longest=longest)


def line(lab):
    """The line of Python of a lab, with … in place of its numbers."""
    named = {n: v for n, v in lab.state.items() if n in ("method", "surface", "x", "y")}
    start = call(lab.maker, named, {})[:-1]
    return f"{start}…)" if start.endswith("(") else f"{start}, …)"


def painted(lab, surface, standing=None):
    """The scenery of a lab on another of its surfaces: that is its first argument."""
    scenery = lab.scene.scenery
    standing = scenery.arguments[1:] if standing is None else standing
    return parts.painted(replace(scenery, arguments=(surface, *standing)))


def memory(lab):
    """`labs.memory`; its axes reach two decades further than the first run needs."""
    (low, high), (slow, fast) = lab.scene.scenery.arguments[-2:]
    reach = (low - 2, high + 2), (slow - 2, fast + 2)
    made = base(lab, (*lab.scene.scenery.arguments[1:-2], *reach))
    for key, method in choices(lab, "method").items():
        lab.set(**{"method": method} if "method" in lab.controls else {})
        made["methods"][key]["reading"] = step_sizes(lab.run).formula
    return {**made, "names": list(lab.state["names"])}


def rates(lab):
    """`labs.rates`."""
    return {**base(lab), "looks": {name: look for name, look in LOOKS.items() if name in lab.state}}


def lookahead(lab):
    """`labs.lookahead`, with heavy ball beside it."""
    made = base(lab)
    dimensions = {s.d for s in choices(lab, "surface").values()}
    made["methods"]["rival"] = parts.method(heavy_ball, dimensions)
    return made


def fit(lab):
    """`labs.fit`: the data are in its formula."""
    made = base(with_state(lab, surface=lab.run.surface))
    return {**made, "ends": list(map(float, ends_of(np.asarray(lab.state["x"]))))}


def with_state(lab, **more):
    """A lab whose state has more in it: what its maker takes for granted."""
    state = {**lab.state, **more}
    return SimpleNamespace(maker=lab.maker, controls=lab.controls, scene=lab.scene, state=state)


def rate_map(lab):
    """`labs.rate_map`: its maps are measured now, one for each method and surface."""
    made, maps, sceneries = base(lab), {}, {}
    span, goal = lab.scene.scenery.arguments[1:3]
    for method_key, method in choices(lab, "method").items():
        for surface_key, surface in choices(lab, "surface").items():
            key = f"{method_key}/{surface_key}"
            factors, edge = measure(method, surface)
            known = [float(v) if np.isfinite(v) else None for v in edge]
            maps[key] = {"best": best_in_words(factors), "edge": known}
            sceneries[key] = painted(lab, surface, (span, goal, method, ()))
    places = {"sceneries": sceneries, "clickable": [0, MAP]}
    return {**made, **places, "maps": maps, "betas": BETAS.tolist()}


def scheduled(lab):
    """`labs.scheduled`: each shape is carried over for the T of the page."""
    steps = lab.state["steps"]
    made = base(with_state(lab, method=gradient_descent))
    made["controls"] = [c for c in made["controls"] if c["name"] != "steps"]

    def rates_of(shape):
        def values(lr, left):
            schedule = SHAPES[shape](lr, steps, left)
            return [schedule(t) for t in range(steps + 1)]

        return parts.Code(numbers_source(values, ("lr", "left")))

    return {**made, "shapes": {shape: rates_of(shape) for shape in SHAPES}}


def race(lab):
    """`labs.race`, tuned in η alone: a search over β as well takes Python."""
    field = methods_of(lab.state["field"]).values()
    methods = {name_of(method): parts.method(method, {2}) for method in field}
    actions = {"tune each": parts.Code("tuned")}
    made = base(lab)
    controls = [row for row in made["controls"] if row["name"] != "tuning"]
    return {**made, "controls": controls, "methods": methods, "actions": actions, "tuned": True}


ALIVE = {
    "descent": base,
    "direction": base,
    "memory": memory,
    "rates": rates,
    "lookahead": lookahead,
    "fit": fit,
    "rate_map": rate_map,
    "scheduled": scheduled,
    "race": race,
}
