"""The race: many methods, one start, each with its own numbers (chapter 12)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdlab import surfaces
from gdlab.analysis.tuning import PRICE, RATES, memory_of, search, steps_to, tune_all
from gdlab.arguments import name_of
from gdlab.descent import Run
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, Number, Runner
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import as_list, check_goal, check_methods, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene
from gdlab.optimizers import METHODS
from gdlab.plots import SYMBOLS, style_of
from gdlab.verdict import heights

COURSES = [
    surfaces.ravine,
    surfaces.beale,
    surfaces.saddle,
    surfaces.rosenbrock,
    surfaces.himmelblau,
]
LR = KNOWN["lr"]._replace(low=1e-4)
BETA = KNOWN["beta"]
TUNING = Choice(  # with its price: how many descents are tried for each method
    "tuning",
    {
        f"η alone ({RATES.size} descents each)": "lr",
        f"η and β ({PRICE:,} descents each)": "all",
    },
    words="tuning",
)
STEPS = Number("steps", Hyperparameter("T", "steps", 50, 1000, legal=(1, 5001)), whole=True)
PANELS = Layout((("land", "loss"),), 4.1, width_ratios=(1.5, 1))


def race(
    field=None,
    surface=COURSES,
    *,
    start=None,
    steps=300,
    goal=1e-6,
    tuning="lr",
    betas=(),
    **lrs,
):
    """A lab: methods start together, each with its own η; who arrives, and in which order.

    Arguments
        field    names of methods, or functions; None for all ten
        surface  a `Surface` with two coordinates, or a list of them to choose from
        start    where they set out, None for the surface's own; a click moves it
        steps    how many each may take, 1 to 5,000
        goal     the height above the nearest minimum that counts as arrived
        tuning   what is searched for each method: "lr" its best η, "all" its best η and β
        betas    ((name, β), …), for methods whose memory is not their default; with "all" it is
                 searched if nothing is given
        lrs      a first η for a method by name, or None to leave it out; for the others the
                 best one is searched
    Raises `Advice` if an argument makes no sense.

    >>> lab = race(["gradient_descent", "adam"], surfaces.ravine, adam=0.5)
    >>> lab.scene.data["arrivals"]
    {'gradient_descent': 49, 'adam': 169}
    >>> race(["gradient_descent", "adam"], surfaces.ravine, tuning="all").scene.data["arrivals"]
    {'adam': 24, 'gradient_descent': 46}
    """
    field = tuple(as_list(field)) if field else None
    methods, choices = methods_of(field), check_surfaces(surface, d=(2,))
    check_goal(goal)
    if goal is None:
        raise Advice("a race needs a goal: give a loss above 0, such as 1e-6.")
    for name in lrs:
        if name not in methods:
            raise Advice(f"{name} is not in the field; it has: {', '.join(methods)}.")
    start, steps = start_of(choices[0], start), STEPS.legal(steps)
    state = {"field": field, "surface": choices[0], "start": start, "steps": steps, "goal": goal}
    state |= {"tuning": TUNING.legal(tuning), "betas": check_betas(methods, betas)}
    best = tuned({**state, **dict.fromkeys(methods, LR.low), **dict.fromkeys(lrs)})
    if not betas:
        state["betas"] = best["betas"]
    state |= {name: lrs.get(name, best.get(name)) for name in methods}
    runners = (runner(name, method) for name, method in methods.items())
    return Lab(
        race,
        scene,
        state,
        [course(choices), TUNING, STEPS, *runners],
        clicks={0: ("start",)},
        adjust=own_numbers,
        actions={"tune each": tuned},
    )


def scene(*, field, surface, start, steps, goal, tuning, betas, **lrs):
    """One run of each method that takes part, and their order of arrival."""
    methods, memory = methods_of(field), dict(betas)
    runs = {
        name: entry(surface, methods[name], start, steps, goal, lr, memory.get(name))
        for name, lr in lrs.items()
        if lr is not None
    }
    order = dict(sorted(runs.items(), key=lambda item: item[1].rank))
    kind, text = in_words(runs, order, goal, memory)
    return Scene(
        pictures.land_and_loss(surface, steps, goal, PANELS),
        [actor for one in runs.values() for actor in one.actors],
        frames=steps + 1,
        title="The race",
        formula=f"{surface.name}: {surface.formula}",
        kind=kind,
        text=text,
        summary=f"{kind} {text}",
        relief=pictures.relief_of(surface),
        notes=dict.fromkeys(lrs, "") | places(order),
        run={name: one.run for name, one in runs.items()},
        data={"arrivals": {name: one.arrival for name, one in order.items()}},
    )


class Entry(NamedTuple):
    """A run, what is shown of it, the step at which it arrives (or None), and its rank."""

    run: Run
    actors: list
    arrival: int | None
    rank: tuple
    lost: bool


@lru_cache(maxsize=64)
def entry(surface, method, start, steps, goal, lr, beta=None):
    """A method's run; those who arrive come first, then those who end lowest."""
    numbers = {"lr": lr} if beta is None else {"lr": lr, memory_of(method): beta}
    run = pictures.run_of(surface, method, start, steps, **numbers)
    step = float(steps_to(run, goal))
    arrival = None if np.isinf(step) else int(step)
    look = dict(label=run.name, symbol=SYMBOLS[style_of(method).marker], trace=False)
    actors = [pictures.path(run, dots=False, **look), pictures.loss_curve(run, **look)]
    rank = (arrival is None, arrival or 0, float(heights(run)[-1]))
    return Entry(run, actors, arrival, rank, lost=run.verdict().kind == "diverged")


def places(order):
    """What stands beside the rows, by name: place and step of arrival."""
    return {
        name: "–" if one.arrival is None else f"<b>{place}.</b> step {one.arrival}"
        for place, (name, one) in enumerate(order.items(), 1)
    }


def in_words(runs, order, goal, memory):
    """Who arrived, in the order of arrival, with a tuned β, and who did not: (kind, text)."""
    beta = {name: f", β {format_number(value)}" for name, value in memory.items()}
    there = [
        f"{one.run.name} ({one.arrival}{beta.get(name, '')})"
        for name, one in order.items()
        if one.arrival is not None
    ]
    late = [one.run.name for one in order.values() if one.arrival is None and not one.lost]
    lost = [one.run.name for one in runs.values() if one.lost]
    if not runs:
        return "Nobody runs.", "Tick a method."
    if not there:
        return "Nobody arrives.", f"The goal is a loss {format_number(goal)} above a minimum."
    text = f"{', '.join(there)}."
    text += f" Not there yet: {', '.join(late)}." if late else ""
    text += f" Diverged: {', '.join(lost)}." if lost else ""
    return "In order of arrival:", text


# The best numbers


def tuned(state):
    """Search the best η of each method; with “η and β”, its best β as well."""
    where = (state["surface"], state["start"], state["steps"], state["goal"])
    methods = methods_of(state["field"])
    found = {
        name: best_numbers(method, *where, state["tuning"])
        for name, method in methods.items()
        if state[name] is not None
    }
    best = {name: numbers["lr"] for name, numbers in found.items()}
    memory = {name: numbers.get(memory_of(methods[name])) for name, numbers in found.items()}
    betas = tuple((name, beta) for name, beta in memory.items() if beta is not None)
    return best | {"betas": betas}


@lru_cache(maxsize=128)
@np.errstate(all="ignore")
def best_numbers(method, surface, start, steps, goal, tuning):
    """See `tune` and `tune_all`; searched once."""
    if tuning == "all":
        return tune_all(surface, method, start, steps=steps, goal=goal).numbers
    return search(surface, method, start, steps=steps, goal=goal, lr=RATES).numbers


def own_numbers(before, after):
    """A new course brings its own start; there, or tuned in another way, each gets its best."""
    brought = pictures.own_start(before, after)
    if not brought and before["tuning"] == after["tuning"]:
        return {}
    return brought | tuned({**after, **brought})


# The field


def methods_of(field):
    """The methods of a field by name; all ten for None."""
    return {name_of(method): method for method in check_methods(field or list(METHODS.values()))}


def check_betas(methods, betas):
    """The memories ((name, β), …) that are given, or a dictionary of them."""
    try:
        given = dict(betas)
    except (TypeError, ValueError):
        raise Advice(f"betas is {betas!r}: give pairs, such as (('momentum', 0.3),).") from None
    for name, beta in given.items():
        if name not in methods or not memory_of(methods[name]):
            have = ", ".join(other for other, method in methods.items() if memory_of(method))
            raise Advice(f"{name} has no memory in this field; these have one: {have or 'none'}.")
        BETA.check(f"the β of {name}", beta)
    return tuple((name, float(beta)) for name, beta in given.items())


def runner(name, method, about=LR):
    """The control of a method in a race: its mark, its name, its η."""
    style = style_of(method)
    title = min(display_name(name), name.replace("_", " "), key=len)  # there is little room
    return Runner(name, about, title=title, color=style.color, symbol=SYMBOLS[style.marker])


def course(choices):
    """The list of courses to choose from."""
    options = {f"{s.name}: {s.formula}": s for s in choices}
    listed = tuple(choices) if len(choices) > 1 else ()
    return Choice("surface", options, "J", "course", forgets=True, listed=listed)
