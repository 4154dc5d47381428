"""Batch, stochastic and mini-batch side by side, by two clocks (chapters 04 and 05)."""

import numpy as np

from gdlab import plots
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.batches import BOWL, average_loss, samples_behind, size_of_batch, stochastic
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, Number, Seed, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START
from gdlab.plots import PURPLE, SKY, VERMILLION
from gdlab.stage.actors import Curve, Trail
from gdlab.verdict import heights

STEPS = Hyperparameter("T", "steps shown", 10, 200, legal=(1, 2001))
EPOCHS = Hyperparameter("E", "epochs shown", 1, 20, legal=(1, 101))
CLOCKS = {"one frame a step": "steps", "one frame a sample measured": "samples"}
LOW = 1e-5  # the loss panels end here
COLORS = {"stochastic": SKY, "batch": VERMILLION, "mini-batch": PURPLE}
LAYOUT = Layout((("land", "step"), ("land", "sample")), 4.8, width_ratios=(1.2, 1))


def three_ways(
    surface=BOWL,
    *,
    batch_size=16,
    lr=0.1,
    steps=60,
    epochs=8,
    seed=0,
    start=None,
    goal=0.1,
    clock="steps",
):
    """A lab: all samples a step, one, or a batch of them; against steps and against samples.

    Arguments
        surface     a `Sampled` surface with two coordinates; without one, a bowl of 128 samples
        batch_size  of the mini-batches, 2 to surface.n
        lr          the learning rate of all three, η > 0
        steps       how many the first loss panel shows; epochs: how many the second
        seed        of the order of the samples
        start       where it begins, None for the surface's own; a click moves it
        goal        the height above the minimum to get below, for the first time
        clock       "steps" (one frame a step) or "samples" (one frame a sample measured)
    Raises `Advice` for anything else.

    >>> lab = three_ways()
    >>> lab.scene.data["arrivals"]["mini-batch"]  # steps, samples
    (10, 160)
    >>> lab.scene.data["arrivals"]["batch"]
    (10, 1280)
    """
    surface = samples_behind(surface)
    check_goal(goal)
    if goal is None:
        raise Advice("goal is None: give a loss above 0, such as 0.1.")
    state = {"surface": surface, "batch_size": batch_size, "lr": lr, "steps": steps}
    state |= {"epochs": epochs, "seed": seed, "start": start_of(surface, start), "goal": goal}
    state |= {"clock": clock}
    controls = [
        number("lr"),
        size_of_batch(surface.n, low=2),
        Number("steps", STEPS, whole=True),
        Number("epochs", EPOCHS, whole=True),
        Choice("clock", CLOCKS, words="clock"),
        Seed(),
    ]
    return Lab(three_ways, scene, state, controls, clicks=START)


def scene(*, surface, batch_size, lr, steps, epochs, seed, start, goal, clock):
    """Three runs: their paths, and their losses by steps and by samples."""
    samples, runs, used = epochs * surface.n, {}, {}
    for way, B in (("stochastic", 1), ("batch", surface.n), ("mini-batch", batch_size)):
        enough = max(steps, epochs * -(-surface.n // B))
        runs[way] = stochastic(surface, start, B, steps=enough, seed=seed, lr=lr)
        used[way] = samples_used(surface.n, B, enough)
    shown = {way: steps_within(used[way], samples) for way in runs}
    if clock == "steps":
        frames, ends = steps + 1, dict.fromkeys(runs, steps)
        made = dict.fromkeys(runs, np.arange(frames))
    else:  # a step is made when its last sample has been measured
        frames, ends = samples + 1, shown
        made = {way: steps_within(used[way], np.arange(frames)) for way in runs}
    arrivals = {way: arrival(runs[way], used[way], goal) for way in runs}
    averages = {way: average_loss(runs[way], ends[way]) for way in runs}
    kind, text = judgement(runs, arrivals, goal)
    actors = []
    for way, run in runs.items():
        actors += _curves(run, used[way], steps, shown[way], COLORS[way])
    for way, run in runs.items():
        actors += _balls(run, used[way], steps, shown[way], made[way], way)
    return Scene(
        Scenery(LAYOUT, _draw, (surface, steps, epochs, goal)),
        actors,
        frames=frames,
        unit="step" if clock == "steps" else "sample",
        title=f"Three ways down {surface.with_article}",
        formula=f"{surface.formula}, the mean of {surface.n} samples",
        kind=kind,
        text=f"{text} {_second_half(averages, clock)}",
        summary=f"{kind} {text}",
        relief=pictures.relief_of(surface),
        limits={"lr": 2 / surface.L if surface.L else None},
        run=runs,
        data={"arrivals": arrivals, "used": used, "averages": averages},
    )


def samples_used(n, batch_size, steps):
    """How many samples have been measured after 0, 1, 2, … steps.

    >>> samples_used(128, 100, 4)  # the last batch of an epoch is shorter
    array([  0, 100, 128, 228, 256])
    """
    epoch, batch = np.divmod(np.arange(steps + 1), -(-n // batch_size))
    return epoch * n + batch * batch_size


def steps_within(used, samples):
    """How many steps are made once so many samples have been measured.

    >>> int(steps_within(samples_used(128, 16, 100), 127))
    7
    """
    return np.searchsorted(used, samples, "right") - 1


def arrival(run, used, goal):
    """(steps, samples) until a run is below the goal for the first time, or None."""
    below = heights(run) <= goal
    if not below.any():
        return None
    step = int(below.argmax())
    return step, int(used[step])


def _draw(axes, surface, steps, epochs, goal):
    """The landscape, and two empty loss panels: by steps, and by samples."""
    land, *losses = axes
    plots.draw_surface(land, surface)
    corners = plots.grid(*np.array(surface.view))
    high = 10 * max(1.0, float(np.max(surface.f(corners))))
    ends = (steps, "step"), (epochs * surface.n, "samples measured")
    for ax, (end, label) in zip(losses, ends, strict=True):
        ax.set(yscale="log", ylim=(LOW, high), xlim=(0, end), xlabel=label, ylabel="loss")
        ax.grid(axis="y")
        plots.draw_goal(ax, goal)


def _curves(run, used, steps, shown, color):
    """The whole loss curves; the balls run along them."""
    loss = plots.above_floor(run, LOW / 100)
    return [
        Curve(1, np.arange(steps + 1), loss[: steps + 1], color),
        Curve(2, used[: shown + 1], loss[: shown + 1], color),
    ]


def _balls(run, used, steps, shown, made, way):
    """The path in the landscape, and the balls on both loss curves; made: steps by frame."""
    loss, color = plots.above_floor(run, LOW / 100), COLORS[way]
    on_steps, on_samples = np.minimum(made, steps), np.minimum(made, shown)
    x, y = run.x[made].T
    z = pictures.relief_of(run.surface).heights(run.loss[made])
    return [
        Trail(0, x, y, z, color, label=way, dots=False),
        Trail(1, on_steps, loss[on_steps], color=color, dots=False),
        Trail(2, used[on_samples], loss[on_samples], color=color, dots=False),
    ]


def judgement(runs, arrivals, goal):
    """Who arrives when, or who diverged: a heading, and the rest of it."""
    lost = [way for way, run in runs.items() if run.verdict().kind == "diverged"]
    if lost:
        return "Diverged:", f"{', '.join(lost)}. Try a smaller η."
    words = [
        f"{way} {pair[0]:,} steps = {pair[1]:,} samples" if pair else f"{way} never"
        for way, pair in arrivals.items()
    ]
    return f"Down to a loss of {format_number(goal)}:", f"{', '.join(words)}."


def _second_half(averages, clock):
    levels = ", ".join(f"{way} {format_number(level)}" for way, level in averages.items())
    what = "steps" if clock == "steps" else "epochs"
    return f"Loss over the second half of these {what}, on average: {levels}."
