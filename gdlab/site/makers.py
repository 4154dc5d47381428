"""The labs that are alive in the browser, one function a maker: what their scene needs there."""

from inspect import signature

import numpy as np

from gdlab import schedules, surfaces
from gdlab.analysis.basins import floors
from gdlab.analysis.step_sizes import step_sizes
from gdlab.arguments import name_of
from gdlab.descent import Memory
from gdlab.labs.basins import CLICKS, COLORS, LOST, LRS, NOWHERE, usual_rate
from gdlab.labs.chaos import START, WINDOW
from gdlab.labs.escape import RUNS, SHOWN, SPREAD, N, height_of, valley
from gdlab.labs.fit import ends_of
from gdlab.labs.paraboloid import FIELD, FLOOR
from gdlab.labs.race import methods_of
from gdlab.labs.rate_map import BETAS, MAP, best_in_words, measure
from gdlab.labs.rates import LOOKS
from gdlab.labs.saddle import FROM, HAIRS, LEFT, LONGEST
from gdlab.labs.scheduled import SHAPES
from gdlab.labs.speedup import WORKERS, step_of
from gdlab.labs.stale import DELAY, floor_curvature
from gdlab.labs.stale import MAP as DELAY_MAP
from gdlab.labs.stopping import BY, SIZES, recorded
from gdlab.labs.stopping import STEPS as STOP_AT
from gdlab.optimizers import gradient_descent, heavy_ball
from gdlab.plots import VERMILLION
from gdlab.sampling import residual, squared_slopes
from gdlab.site import parts
from gdlab.site.base import base, choices, painted, with_state
from gdlab.site.javascript import crowd_source, numbers_source
from gdlab.staleness import largest_stable_lr, stale_descent

SEEDS = 3  # of trainings that are recorded


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
    places = {"sceneries": sceneries, "clicks": {**made["clicks"], MAP: ["lr", "beta"]}}
    return {**made, **places, "maps": maps, "betas": BETAS.tolist()}


def scheduled(lab):
    """`labs.scheduled`: each shape is carried over for the T of the page."""
    steps = lab.state["steps"]
    made = base(with_state(lab, method=gradient_descent), fixed=["steps"])

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
    return {**base(lab, fixed=["tuning"]), "methods": methods, "actions": actions}


def basins(lab):
    """`labs.basins`: one step of each method on each surface, for many starts at once."""
    made, crowds, rates, sceneries = base(lab, sceneries={}), {}, {}, {}
    methods = choices(lab, "method").items()
    for key, surface in choices(lab, "surface").items():
        made["surfaces"][key] |= {"floors": floors(surface).tolist(), "mesh": None}
        lab.set(**{"surface": surface} if "surface" in lab.controls else {})
        sceneries[key] = parts.painted(lab.scene.scenery)
        for method_key, method in methods:
            crowds[f"{method_key}/{key}"] = parts.Code(crowd_source(surface, method))
            rates[f"{method_key}/{key}"] = usual_rate(method, surface)
    looks = {"colors": COLORS, "nowhere": NOWHERE, "lost": LOST, "lrs": LRS.tolist()}
    places = {"sceneries": sceneries, "clicks": CLICKS}
    return {**made, **places, **looks, "crowds": crowds, "usual": rates}


def saddle(lab):
    """`labs.saddle`."""
    scenery = {"0": parts.painted(lab.scene.scenery)}
    made = base(with_state(lab, surface=surfaces.saddle), sceneries=scenery)
    return {**made, "hairs": HAIRS.tolist(), "longest": LONGEST, "left": LEFT, "from": FROM}


def chaos(lab):
    """`labs.chaos`: its upper panel shows the last steps, so T is that of the page."""
    sceneries = {}
    square = with_state(lab, surface=surfaces.square)
    made = base(square, sceneries=sceneries, fixed=["steps"])
    for key, method in choices(lab, "method").items():
        lab.set(**{"method": method} if "method" in lab.controls else {})
        sceneries[key] = parts.painted(lab.scene.scenery)
    steps = _Last(lab.state["steps"])
    falling = numbers_source(lambda lr, t: [schedules.linear(lr, 0.0, steps)(t)], ("lr", "t"))
    return {**made, "window": WINDOW, "begin": START, "falling": parts.Code(falling)}


class _Last(float):
    """A number of steps that no t passes."""

    def __lt__(self, t):
        return False


def stale(lab):
    """`labs.stale`: a step with a slope that is fresh; that it comes late is the scene's."""

    def step(x, grad, s, *, lr):
        return stale_descent(x, grad, Memory(), lr=lr)

    step.__name__ = "stale_descent"
    made = base(with_state(lab, method=step))
    for key, surface in choices(lab, "surface").items():
        L = floor_curvature(surface)
        limits = [largest_stable_lr(L, d) for d in range(int(DELAY.legal[1]))] if L else None
        made["surfaces"][key]["limits"] = limits
    made["methods"]["0"] |= {"color": VERMILLION, "dash": []}
    return {**made, "clicks": {**made["clicks"], DELAY_MAP: ["delay", "lr"]}}


def speedup(lab):
    """`labs.speedup`: its formula for each number of workers."""
    names = list(lab.controls)

    def seconds(**numbers):
        return [v for part in step_of(**numbers) for v in part]

    scenery = {"0": parts.painted(lab.scene.scenery)}
    source = parts.Code(numbers_source(seconds, names))
    return {**base(lab, sceneries=scenery), "seconds": source, "workers": WORKERS.tolist()}


def escape(lab):
    """`labs.escape`: the axis of its share ends at the T of the page."""
    made = base(with_state(lab, method=gradient_descent), fixed=["steps"])
    for key, surface in choices(lab, "surface").items():
        edges = [float(edge) if np.isfinite(edge) else None for edge in valley(surface)]
        noisy = parts.Code(crowd_source(surface, gradient_descent, noisy=True))
        made["surfaces"][key] |= {"valley": edges, "tall": height_of(surface), "step": noisy}
    return {**made, "runs": RUNS, "n": N, "spread": SPREAD, "shown": SHOWN}


def three_ways(lab):
    """`labs.three_ways`: its axes end at the T and the epochs of the page."""
    scenery = {"0": parts.painted(lab.scene.scenery)}
    descent = with_state(lab, method=gradient_descent)
    return base(descent, sceneries=scenery, fixed=["steps", "epochs"])


def batches(lab):
    """`labs.batches`."""
    scenery = {"0": parts.painted(lab.scene.scenery)}
    made = base(with_state(lab, method=gradient_descent), sceneries=scenery)
    made["state"]["measured"] = [list(point) for point in lab.state["measured"]]
    falling = numbers_source(lambda lr, k, t: [schedules.inverse_time(lr, k)(t)], ("lr", "k", "t"))
    return {**made, "falling": parts.Code(falling)}


def stopping(lab):
    """`labs.stopping`: trainings with a few seeds are recorded, the rules that end them alive."""
    made = base(lab, sceneries={"0": parts.painted(lab.scene.scenery)})
    first = lab.state["seed"]
    seeds = [first, *(seed for seed in range(SEEDS) if seed != first)]
    records = {
        f"{digits}/{seed}": {n: v.tolist() for n, v in recorded(digits, seed)._asdict().items()}
        for digits in SIZES.values()
        for seed in seeds
    }
    (place,) = (i for i, c in enumerate(made["controls"]) if c["name"] == "seed")
    names = {name: made["controls"][place][name] for name in ("name", "symbol", "words")}
    made["controls"][place] = {**names, "stops": [[str(s), str(s)] for s in sorted(seeds)]}
    made["state"]["seed"] = str(first)
    more = "In a notebook, with Python, it trains with every seed."
    return {**made, "records": records, "by": BY, "total": STOP_AT, "more": more}


def paraboloid(lab):
    """`labs.paraboloid`: the square of one sample and its slope are carried over."""
    made = base(lab, sceneries={"0": parts.painted(lab.scene.scenery)}, fixed=["epochs"])
    methods = {}
    for name, (method, _, numbers) in FIELD.items():
        one = parts.method(method, {3})
        methods[name] = {**one, "defaults": one["defaults"] | numbers, "title": name}

    def sample(w_1, w_2, w_3, x_1, x_2, y):
        columns = [np.array([v]) for v in (x_1, x_2, 1.0)]
        off = residual(np.array([w_1, w_2, w_3]), columns, np.array([y]))
        return [(off**2).mean(-1), *squared_slopes(off, columns)]

    formula = parts.Code(numbers_source(sample, list(signature(sample).parameters)))
    return {**made, "methods": methods, "sample": formula, "floor": FLOOR}


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
    "basins": basins,
    "saddle": saddle,
    "chaos": chaos,
    "stale": stale,
    "speedup": speedup,
    "escape": escape,
    "three_ways": three_ways,
    "batches": batches,
    "stopping": stopping,
    "paraboloid": paraboloid,
}
