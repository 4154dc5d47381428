"""The lab of the course: one method, its numbers on sliders, a ball on a surface."""

from gdlab import optimizers, surfaces
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import (
    as_list,
    check_goal,
    check_method,
    check_numbers,
    check_surfaces,
    start_of,
)
from gdlab.labs.core.scene import Scene


def descent(
    method=optimizers.gradient_descent,
    surface=surfaces.square,
    *,
    start=None,
    steps=60,
    goal=1e-6,
    within=None,
    **numbers,
):
    """A lab for any method of the course's form: sliders from its signature, a stage, a verdict.

    Arguments
        method   a function (x, grad, s, *, …); every keyword-only number gets a slider
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        start    where it begins, None for the surface's own; a click moves it
        steps    how many, 1 to 5,000
        goal     the height above the minimum to get below; within: so many steps
        numbers  first values of the method's numbers, in place of their defaults
    Returns a lab; in a notebook its last line shows it.

    >>> def my_method(x, grad, s, *, lr=0.1, friction=0.3):
    ...     s.v = (1 - friction) * s.v - lr * grad(x)
    ...     return x + s.v
    >>> lab = descent(my_method, surfaces.ravine, lr=0.02)
    >>> sorted(lab.controls)
    ['friction', 'lr', 'steps']
    """
    method, choices = check_method(method), check_surfaces(surface)
    check_goal(goal, within)
    numbers = check_numbers([method], numbers)
    state = {"method": method, "surface": choices[0], **numbers}
    state |= {"start": start_of(choices[0], start), "steps": steps, "goal": goal, "within": within}
    controls = [*(number(name, value) for name, value in numbers.items()), number("steps")]
    controls += surface_choice(surface)
    return Lab(descent, scene, state, controls, clicks=START, adjust=pictures.own_start)


START = {0: ("start",)}  # a click in the landscape moves the start


def surface_choice(surface):
    """The list of surfaces to choose from, where there are several."""
    choices = as_list(surface)
    options = {f"{s.name}: {s.formula}": s for s in choices}
    about = dict(symbol="J", words="surface", forgets=True, listed=tuple(choices))
    return [Choice("surface", options, **about)] if len(choices) > 1 else []


def scene(*, method, surface, start, steps, goal, within, **numbers):
    """One run: its path on the surface, its loss, and at each step what the slope asks for."""
    run = pictures.run_of(surface, method, start, steps, **numbers)
    kind, text = pictures.judgement(run, goal, within)
    return Scene(
        pictures.land_and_loss(surface, steps, goal),
        [pictures.path(run), pictures.loss_curve(run), *pictures.step_arrows(run)],
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        kind=kind,
        text=text,
        summary=pictures.summary_of(run),
        name=pictures.numbers_in_words(numbers),
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": pictures.limit_of(run)} if "lr" in numbers else {},
        run=run,
    )
