"""Nesterov's step drawn as it is derived, beside heavy ball's from the same state (chapter 07)."""

import numpy as np

from gdlab import optimizers, surfaces
from gdlab.errors import Advice
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, check_method, check_numbers, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.plots import BLUE, GREEN, INK, ORANGE, PURPLE
from gdlab.stage.actors import Arrow, Dots
from gdlab.verdict import heights

CLOSE = 2  # the panel
STILL = 3  # the step that its still picture shows: at the end of a run there is little to see
CARRIED, AHEAD = "βv: the velocity carries on", "−η∇J(x + βv): the slope ahead"
LAYOUT = Layout(
    (("land", "close"), ("land", "loss")),
    4.9,
    order=("land", "loss", "close"),
    width_ratios=(1.6, 1),
    height_ratios=(1.1, 1),
)


def lookahead(
    method=optimizers.nesterov,
    surface=surfaces.ravine,
    *,
    start=None,
    steps=40,
    goal=1e-6,
    within=None,
    lr=0.03,
    beta=0.8,
    **numbers,
):
    """A lab that draws each step of Nesterov's method as it is thought, and heavy ball beside it.

    From x goes the velocity β v to the look-ahead point; from there −η ∇J(x + β v) leads to
    the next position. Heavy ball, from the same x and v, would add −η ∇J(x) instead.

    Arguments
        method   a function (x, grad, s, *, lr, beta) with its velocity in s.v, as `nesterov`
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        start, steps, goal, within  as in `descent`; lr, beta: the first values; numbers: those
                 of the method's others
    Raises `Advice` for a method without lr and beta, or that keeps no s.v.

    >>> lab = lookahead(surface=surfaces.bowl, lr=0.5, beta=0.9)
    >>> lab
    Nesterov on the bowl (η = 0.5, β = 0.9): converged at step 1.
    Heavy ball with the same numbers: still descending.
    """
    method, choices = check_method(method), check_surfaces(surface)
    check_goal(goal, within)
    if not {"lr", "beta"} <= set(numbers_of(method)):
        raise Advice("the look-ahead needs a method with the numbers lr and beta.")
    numbers = check_numbers([method], {"lr": lr, "beta": beta, **numbers})
    state = {"method": method, "surface": choices[0], **numbers}
    state |= {"start": start_of(choices[0], start), "steps": steps, "goal": goal, "within": within}
    controls = [*(number(name, value) for name, value in numbers.items()), number("steps")]
    controls += surface_choice(surface)
    return Lab(lookahead, scene, state, controls, clicks=START, adjust=pictures.own_start)


def scene(*, method, surface, start, steps, goal, within, lr, beta, **others):
    """One run with its steps as they are derived, and heavy ball's run from the same start."""
    run = pictures.run_of(surface, method, start, steps, lr=lr, beta=beta, **others)
    rival = pictures.run_of(surface, optimizers.heavy_ball, start, steps, lr=lr, beta=beta)
    if "v" not in run.state:
        raise Advice(f"{run.name} keeps no velocity: put it into s.v, so that it can be drawn.")
    kind, text = pictures.judgement(run, goal, within)
    return Scene(
        Scenery(LAYOUT, draw_panels, (surface, pictures.span(steps), goal)),
        [
            pictures.path(rival, label="heavy ball's path", trace=False, dots=False),
            pictures.loss_curve(rival, trace=False),
            pictures.path(run),
            pictures.loss_curve(run),
            *_on_the_surface(run),
            *_close_up(run),
        ],
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        kind=kind,
        text=f"{text} {_beside(rival, goal)}",
        summary=f"{pictures.summary_of(run)} {SAME}: {rival.verdict()}.",
        name=pictures.numbers_in_words(run.numbers),
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": pictures.limit_of(run)},
        run=run,
        data={"rival": rival},
    )


def draw_panels(axes, surface, steps, goal):
    """Landscape and loss, and an empty panel for one step, close up."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    close = axes[CLOSE]
    close.set_title("One step, close up: from the same x and v", fontsize=9.5)
    close.set(xticks=[], yticks=[], xlim=(-1.6, 1.6), ylim=(-1, 1), aspect="equal")
    close.spines[:].set_visible(False)
    close.set_facecolor("#f4f6fa")


# The steps


def _on_the_surface(run):
    """The velocity, the slope at the look-ahead point, and the step."""
    lr, beta = run.numbers["lr"], run.numbers["beta"]
    ahead = run.x + beta * run.state["v"]
    here, there = _places(run.surface, run.x), _places(run.surface, ahead)

    def arrow(tail, vector, color, label):
        return Arrow(0, *tail[:, :-1], *vector, color=color, label=label)

    return [
        arrow(here, (there - here)[:, :-1], INK, CARRIED),
        arrow(there, _plane(-lr * run.grad), BLUE, AHEAD),
        arrow(here, np.diff(here), GREEN, "step taken"),
        Dots(0, *there[..., None], color=INK, size=3.2, label="look-ahead point x + βv"),
    ]


def _places(surface, positions):
    """Where positions are drawn, (2, frames): x and y, or x and the height above it."""
    if positions.shape[1] > 1:
        return positions.T
    return np.stack([positions[:, 0], surface.f(positions)])


def _plane(vectors):
    """Vectors of shape (n, d) as (2, n): along a line the second coordinate is 0."""
    return vectors.T if vectors.shape[1] > 1 else np.stack([vectors[:, 0], 0 * vectors[:, 0]])


def _close_up(run):
    """Each step alone, as large as it fits, with heavy ball's slope from the same x beside it."""
    lr, velocity = run.numbers["lr"], run.numbers["beta"] * run.state["v"]
    carried = _plane(velocity)
    ahead = _plane(-lr * run.surface.grad(run.x + velocity))
    at_x = _plane(-lr * run.surface.grad(run.x))
    step = carried + ahead
    if velocity.shape[1] == 1:  # on a line the two would cover each other
        apart = np.stack([0 * ahead[0], np.abs(carried[0]) + np.abs(ahead[0])]) * 0.12
        ahead, at_x = ahead + apart, at_x - apart
    points = np.stack([0 * step, step, carried, carried + ahead, carried + at_x])
    low, high = points.min(0), points.max(0)
    wide, tall = (high - low) / 2 / np.array([[1.25], [0.7]])
    scale = np.maximum(wide, tall).clip(1e-300)
    x, end, tip, nesterov, ball = (points - (low + high) / 2) / scale

    still = min(STILL, run.steps)

    def arrow(tail, end, color, label=""):
        return Arrow(CLOSE, *tail, *(end - tail), color=color, label=label, still=still)

    def dot(at, color, size):
        return Dots(CLOSE, *at[..., None], color=color, size=size, still=still)

    return [
        dot(x, PURPLE, 6.5),
        dot(tip, INK, 4),
        arrow(x, tip, INK, CARRIED),
        arrow(tip, ball, ORANGE, "−η∇J(x): what heavy ball adds"),
        arrow(tip, nesterov, BLUE, AHEAD),
        arrow(x, end, GREEN),
    ]


# The words

SAME = "Heavy ball with the same numbers"


def _beside(rival, goal):
    """What heavy ball comes to, in a sentence."""
    verdict = rival.verdict().kind
    if not goal or verdict == "diverged":
        return f"{SAME}: {verdict}."
    below = heights(rival) <= goal
    if not below.any():
        return f"{SAME} does not reach it."
    step = int(below.argmax())
    return f"{SAME} {'needs' if below[-1] else 'only touches it at step'} {step}."
