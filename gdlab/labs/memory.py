"""The memory of an adaptive method and the step sizes it makes, beside the path (08 to 11)."""

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.analysis.step_sizes import step_sizes
from gdlab.arguments import size_of
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, Seed, number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import (
    by_display_name,
    check_goal,
    check_methods,
    check_numbers,
    check_surfaces,
    start_of,
)
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START, surface_choice
from gdlab.plots import ORANGE, PURPLE, SKY, VERMILLION
from gdlab.sampling import batches
from gdlab.stage.actors import Arrow, Curve, Trail

COLORS = [VERMILLION, SKY]  # the first coordinate, the second
TINTS = ["#efbb93", "#b5dcf5"]  # the same, pale
DASHES = [(), (3, 1.5), (1, 1.5)]  # the first memory, the second, the third
MEMORY, RATE = 2, 3  # panels
LAYOUT = Layout(
    (("land", "loss"), ("land", "memory"), ("land", "rate")), 4.9, width_ratios=(1.4, 1)
)


def memory(
    method=optimizers.rmsprop,
    surface=surfaces.ravine,
    *,
    start=None,
    steps=100,
    goal=1e-6,
    within=None,
    batch_size=None,
    seed=0,
    names=("x", "y"),
    **numbers,
):
    """A lab that shows, beside the path, what a method remembers and how it steps because of it.

    Below the loss there are two panels over the same steps, one line a coordinate: the
    memory (√h, √v, …, with the slope's size in pale), and the effective step size, such as
    η/(√h + ε). On a quadratic a dashed line marks 2/L of that coordinate: above it a step
    overshoots.

    Arguments
        method      a function (x, grad, s, *, …), or a list of them to choose from
        surface     a `Surface` with one or two coordinates, or a list of them
        start, steps, goal, within, numbers  as in `descent`
        batch_size  samples a step of a `Sampled` surface, None for all; seed of their order
        names       of the coordinates

    >>> lab = memory(optimizers.adagrad, surfaces.ravine, lr=1.0, steps=40)
    >>> lab.scene.data["step_sizes"].formula
    'η/(√h + ε)'
    >>> lab
    AdaGrad on the ravine (η = 1, ε = 10⁻¹⁰): still descending.
    The step sizes end at x 0.0213, y 0.0147.
    """
    methods, choices = by_display_name(check_methods(method)), check_surfaces(surface)
    check_goal(goal, within)
    if batch_size is not None:
        batches(size_of(choices[0]), batch_size)  # says what is wrong with a size
    numbers = check_numbers([*methods.values()], numbers)
    state = {"method": next(iter(methods.values())), "surface": choices[0], **numbers}
    state |= {"start": start_of(choices[0], start), "steps": steps, "goal": goal, "within": within}
    state |= {
        "batch_size": batch_size,
        "seed": Seed().legal(seed),
        "names": _checked(names, choices),
    }
    controls = [*(number(name, value) for name, value in numbers.items()), number("steps")]
    controls += [*surface_choice(surface), *method_choice(methods)]
    show = scene if len(methods) == 1 else pictures.with_method_named(scene)
    return Lab(memory, show, state, controls, clicks=START, adjust=pictures.own_start)


def method_choice(methods, word="method"):
    """The list of methods {what is shown: method} to choose from, where there are several."""
    choice = Choice("method", methods, "", word, listed=tuple(methods.values()))
    return [choice] if len(methods) > 1 else []


def _checked(names, choices):
    words = isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names)
    if not (words and len(names) >= max(surface.d for surface in choices)):
        raise Advice(f'names is {names!r}: name each coordinate, as in ("w", "b").')
    return tuple(names)


def scene(*, method, surface, start, steps, goal, within, batch_size, seed, names, **numbers):
    """One run: its path, its loss, and each coordinate's memory and step size."""
    taken = {name: numbers[name] for name in numbers_of(method)}
    order = {"batch_size": batch_size, "seed": seed}
    run = pictures.run_of(surface, method, start, steps, **order, **taken)
    reading = step_sizes(run)
    limits = _decades(*reading.sizes.values()), _decades(reading.rate)
    arguments = surface, pictures.span(steps), goal, names, *limits
    kind, text = pictures.judgement(run, goal, within)
    ends = _ends(reading, names)
    actors = [pictures.path(run), pictures.loss_curve(run), *_arrows(run)]
    known = "lr" in taken and batch_size is None
    return Scene(
        Scenery(LAYOUT, draw_panels, arguments),
        actors + _memory_and_rates(run, reading, names),
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        kind=kind,
        text=f"{text} {ends}",
        summary=f"{pictures.summary_of(run)} {ends}",
        name=pictures.numbers_in_words(taken),
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": pictures.limit_of(run) if known else None} if "lr" in numbers else {},
        run=run,
        data={"step_sizes": reading},
    )


# The scenery


def draw_panels(axes, surface, steps, goal, names, memories, rates):
    """Landscape and loss; empty panels for memory and step size, from and to powers of ten."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    land, loss, memory, rate = axes
    if len(surface.view) == 2:
        land.set(xlabel=names[0], ylabel=names[1])
    loss.set(xlabel="", ylabel="loss" if loss.get_ylabel() == "loss" else "loss − floor")
    for ax, limits, label in ((memory, memories, "memory"), (rate, rates, "step size")):
        ax.set(yscale="log", ylim=10.0 ** np.array(limits), xlim=(0, steps), ylabel=label)
        ax.grid(axis="y")
        ax.minorticks_off()
    for ax in (loss, memory):
        ax.tick_params(labelbottom=False)
    rate.set(xlabel="step")
    _draw_limits(rate, surface, names)
    land.figure.align_ylabels(axes[1:])


def _draw_limits(ax, surface, names):
    """2/L of each coordinate of a quadratic whose axes are the coordinates."""
    curvatures = _curvatures(surface)
    for name, curvature, color in zip(names, curvatures, COLORS, strict=False):
        low, high = ax.get_ylim()
        if low < 2 / curvature < high:
            ax.axhline(2 / curvature, color=color, lw=1, ls=(0, (5, 3)))
            ax.annotate(
                f"2/L of {name}" if len(curvatures) > 1 else "2/L",
                (0.01, 2 / curvature), (0, 2), ax.get_yaxis_transform(), "offset points",
                color=color, va="bottom", fontsize=8.5,
            )  # fmt: skip


def _curvatures(surface):
    """The curvature along each coordinate, where it is the same everywhere; else nothing."""
    if surface.L is None:
        return []
    origin = np.zeros(surface.d)
    hessian = surface.grad(np.eye(surface.d)) - surface.grad(origin)
    diagonal = np.diag(hessian)
    return diagonal if np.abs(hessian - np.diag(diagonal)).max() < 1e-9 * surface.L else []


def _decades(*values, most=8):
    """Even powers of ten between which all values above zero lie; at most so many decades, from
    the top. Only even ones, so that pulling a slider seldom paints anew.
    """
    values = np.concatenate([v.ravel() for v in values]) if values else np.ones(1)
    values = values[np.isfinite(values) & (values > 0)]
    if not len(values):
        return -2.0, 2.0
    low = 2 * np.floor(np.log10(values.min()) / 2)
    high = min(2 * np.ceil(np.log10(values.max()) / 2), 12.0)
    return float(max(min(low, high - 2), high - most)), float(high)


# The actors


def _arrows(run):
    """At each step: the one that is taken, and as long a one straight downhill."""
    move, (x, y) = np.diff(run.x, axis=0), plots.path_of(run)

    def arrow(v, color, label):
        dy = v[:, 1] if v.shape[1] > 1 else np.zeros(len(v))
        return Arrow(0, x[:-1], y[:-1], v[:, 0], dy, color=color, label=label)

    taken = arrow(move, PURPLE, "step taken")
    if run.x.shape[-1] == 1:
        return [taken]
    steep = np.linalg.norm(run.grad, axis=1, keepdims=True)
    length = np.linalg.norm(move, axis=1, keepdims=True)
    down = -run.grad / np.where(steep > 0, steep, 1.0) * length
    return [arrow(down, ORANGE, "straight downhill"), taken]


def _memory_and_rates(run, reading, names):
    """What is remembered, with the slope where there is one memory; then the step sizes."""
    time = np.arange(run.steps + 1).clip(1)  # the memory begins with the first step
    of = [f"{name}: " for name in names] if run.x.shape[-1] > 1 else [""]
    actors = []
    if len(reading.sizes) == 1:
        for i, slope in enumerate(np.abs(run.grad.T)):
            actors.append(Curve(MEMORY, time[1:], slope, TINTS[i], label=f"{of[i]}|slope|"))
    for dash, (name, size) in zip(DASHES, reading.sizes.items(), strict=False):
        for i, values in enumerate(_from_first(size)):
            look = dict(color=COLORS[i], dash=dash, label=f"{of[i]}{name}")
            actors.append(Trail(MEMORY, time, values, dots=False, **look))
    for i, values in enumerate(_from_first(reading.rate)):
        actors.append(Trail(RATE, time, values, color=COLORS[i], dots=False, trace=True))
    return actors


def _from_first(values):
    """One row a coordinate, with the first value twice: at step 0 nothing is remembered."""
    return np.concatenate([values[:1], values]).T


# The words


def _ends(reading, names):
    ends = [format_number(rate) for rate in reading.rate[-1]]
    if len(ends) == 1:
        return f"The step size ends at {ends[0]}."
    ends = [f"{name} {end}" for name, end in zip(names, ends, strict=False)]
    return f"The step sizes end at {', '.join(ends)}."
