"""The samples behind a slope: a batch is chosen, its noise is seen and measured (04 and 05)."""

import itertools
from functools import lru_cache

import numpy as np

from gdlab import optimizers, sampling, schedules, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, Seed, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_goal, check_samples, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import START
from gdlab.plots import BLUE, GREEN, GREY, INK, VERMILLION
from gdlab.stage.actors import Arrow, Curve, Dots, Fan, Trail
from gdlab.verdict import heights

BOWL = sampling.sampled(surfaces.bowl, n=128, spread=2.0)
FALL = Hyperparameter("k", "fall of η", 0.0, 1.0, legal=(0, np.inf))
LOW = 1e-5  # the loss panel ends here
LAYOUT = Layout((("land", "loss"), ("land", "noise")), 4.8, width_ratios=(1.35, 1))


def batches(
    surface=BOWL,
    *,
    batch_size=1,
    lr=0.1,
    k=0.0,
    steps=100,
    seed=0,
    start=None,
    goal=None,
    measured=(),
):
    """A lab: minus every sample's slope as a thin arrow, the batch's, and that of them all.

    The arrows are −∇J/L long: on a bowl each thin one ends where its own sample would have
    the minimum. The rate is ηₜ = η/(1 + k t). Every run measures the noise of its batches,
    rms ‖∇J_batch − ∇J‖; the points stay, so that a reader draws the law 1/√B.

    Arguments
        surface     a `Sampled` surface with two coordinates; without one, a bowl of 128 samples
        batch_size  samples a step, 1 to surface.n
        lr, k       the learning rate η > 0 and how it falls, k ≥ 0
        steps       how many, 1 to 5,000; seed of the order of the samples
        start       where it begins, None for the surface's own; a click moves it
        goal        the average loss over the second half to get below; None for none
        measured    ((B, noise), …) of earlier runs; each run that is left joins them
    Raises `Advice` for anything else.

    >>> lab = batches(batch_size=4, steps=200)
    >>> lab.set(batch_size=16)
    >>> sorted(lab.scene.data["measured"])
    [4, 16]
    >>> lab.code
    'labs.batches(batch_size=16, steps=200, start=(2.0, 2.0), measured=((4, 1.433),))'
    >>> lab
    Batches of 16 from 128 samples, η = 0.1: loss 0.00634 on average over the last 100 of 200 steps.
    """
    surface = samples_behind(surface)
    check_goal(goal)
    state = {"surface": surface, "batch_size": batch_size, "lr": lr, "k": k, "steps": steps}
    state |= {"seed": seed, "start": start_of(surface, start), "goal": goal}
    state |= {"measured": _points_of(measured, surface.n)}
    controls = [number("lr"), number("steps"), size_of_batch(surface.n), Number("k", FALL), Seed()]
    return Lab(batches, scene, state, controls, clicks=START, adjust=keep_measured)


def samples_behind(surface):
    """A surface with samples and two coordinates, checked; None stands for the bowl."""
    surface = BOWL if surface is None else surface
    check_samples(surface)
    check_surfaces(surface, d=(2,))
    if surface.n < 2:
        raise Advice(f"{surface.with_article} has 1 sample: give it 2 or more, as in n=128.")
    return surface


def size_of_batch(n, low=1):
    """The control of B: a slider from `low` to all n samples, on a log scale."""
    about = Hyperparameter("B", "batch size", low, n, log=True, legal=(1, n + 1))
    return Number("batch_size", about, whole=True)


def keep_measured(before, after):
    """The noise of the batch size that is left stays, to four digits; that of the new one goes."""
    if before["batch_size"] == after["batch_size"]:
        return {}
    kept = dict(before["measured"]) | {before["batch_size"]: _noise(before)}
    kept.pop(after["batch_size"], None)
    return {"measured": tuple(sorted((B, size) for B, size in kept.items() if size))}


def _noise(state):
    how = {name: state[name] for name in ("steps", "seed", "lr", "k")}
    size = noise_of(state["surface"], state["start"], state["batch_size"], **how)
    return size and float(f"{size:.4g}")


def _points_of(measured, n):
    try:
        points = tuple(sorted((int(B), float(size)) for B, size in measured))
        if all(1 <= B <= n and 0 < size < np.inf for B, size in points):
            return points
    except (TypeError, ValueError):
        pass
    raise Advice(
        f"measured is {measured!r}: give batch sizes from 1 to {n}, each with its noise, "
        "as in ((1, 2.8), (4, 1.4))."
    )


def scene(*, surface, batch_size, lr, k, steps, seed, start, goal, measured):
    """One run: its path among the slopes of all samples, its loss, the noise of its batches."""
    how = dict(steps=steps, seed=seed, lr=lr, k=k)
    run = stochastic(surface, start, batch_size, **how)
    used = batches_of(surface.n, batch_size, steps, seed)
    now = noise_of(surface, start, batch_size, **how)
    noise = dict(sorted({**dict(measured), batch_size: now}.items()))
    noise = {B: size for B, size in noise.items() if size is not None}
    slope = slope_of(noise, surface.n)
    kind, text = judgement(run, used, goal, slope)
    return Scene(
        Scenery(LAYOUT, _draw, (surface, pictures.span(steps), goal)),
        [*_walk(surface, run, used), _average(run), *_points(noise, batch_size)],
        frames=steps + 1,
        title=f"{surface.n} samples behind {surface.with_article}",
        formula=surface.formula,
        kind=kind,
        text=text,
        summary=_summary(run, batch_size, _rate(lr, k)),
        name=f"{_rate(lr, k)}, B = {batch_size}",
        readout=("loss", run.loss),
        relief=pictures.relief_of(surface),
        limits={"lr": 2 / surface.L if surface.L else None},
        run=run,
        data={"batches": used, "measured": noise, "slope": slope, "average": average_loss(run)},
    )


# The scenery


def _draw(axes, surface, steps, goal):
    """Landscape, loss, and the law that the noise follows, σ/√B."""
    pictures.draw_land_and_loss(axes, surface, steps, goal)
    _, loss, noise = axes
    loss.set(ylim=(LOW, loss.get_ylim()[1]))
    sizes = np.arange(1, surface.n)
    law = spread_of(surface) / np.sqrt(sizes)
    noise.plot(sizes, law, color=GREY, lw=1.3, ls=(0, (5, 3)))
    noise.annotate(
        "∝ 1/√B", (sizes[-1], law[-1]), (0, 8), textcoords="offset points",
        color=INK, ha="right", va="bottom",
    )  # fmt: skip
    noise.set(xscale="log", yscale="log", xlim=(0.9, 1.1 * surface.n))
    noise.set(ylim=(law[-1] / 4, 2 * law[0]), xlabel="batch size B", ylabel="noise of the slope")
    powers = [2**i for i in range(surface.n.bit_length())]
    noise.set_xticks(powers, map(str, powers))
    noise.minorticks_off()
    noise.grid(axis="y")
    noise.figure.align_ylabels([loss, noise])


def spread_of(surface):
    """The noise of a single sample's slope where a run begins, rms ‖∇Jᵢ − ∇J‖."""
    x = np.array(surface.start or np.mean(surface.view, axis=1))
    off = _slopes(surface, x[None])[0] - surface.grad(x)
    return max(1e-9, _rms(off))  # a log axis has no zero


def _rms(vectors):
    return float(np.sqrt((vectors**2).sum(-1).mean()))


def _slopes(surface, x):
    """Every sample's own slope: x of shape (frames, d) → (frames, n, d)."""
    each = (surface.batch_grad(x, np.array([i])) for i in range(surface.n))
    return np.stack(list(each), axis=1)


# The run


@lru_cache(maxsize=16)
def stochastic(surface, start, batch_size, *, steps, seed, lr, k=0.0):
    """A run of gradient descent on batches, with the rate ηₜ = η/(1 + k t)."""
    rate = schedules.inverse_time(lr, k) if k else lr
    how = dict(steps=steps, batch_size=batch_size, seed=seed, lr=rate)
    return descend(surface, optimizers.gradient_descent, start, **how)


def batches_of(n, batch_size, steps, seed):
    """The batches that a run uses, a list of index arrays."""
    return list(itertools.islice(sampling.batches(n, batch_size, seed), steps))


@lru_cache(maxsize=64)
def noise_of(surface, start, batch_size, *, steps, seed, lr, k):
    """The noise of the batches along a run, rms ‖∇J_batch − ∇J‖; None where there is none.

    The shorter batch at the end of an epoch does not count, and all samples make no noise.
    """
    if batch_size == surface.n:
        return None
    run = stochastic(surface, start, batch_size, steps=steps, seed=seed, lr=lr, k=k)
    used = batches_of(surface.n, batch_size, steps, seed)
    full = np.array([len(batch) == batch_size for batch in used])
    if run.first_bad_step >= 0 or not full.any():
        return None
    return _rms((run.grad - surface.grad(run.x[:-1]))[full]) or None


def slope_of(noise, n):
    """The slope of the measured points on log–log axes, or None for too few of them.

    Points with B above n/8 are left out: there the batch is so much of the data that
    drawing without replacement makes it visibly less noisy.
    """
    few = {B: size for B, size in noise.items() if B <= n / 8}
    if len(few) < 3 or max(few) < 8 * min(few):
        return None
    return float(np.polyfit(np.log(list(few)), np.log(list(few.values())), 1)[0])


def average_loss(run, last=None):
    """The average height above the minimum over the second half of a run, or of its first steps."""
    last = run.steps if last is None else last
    return float(heights(run)[last // 2 + 1 : last + 1].mean())


# The actors


def _walk(surface, run, used):
    """The path among the slopes: above the cloud of samples, below the arrows."""
    # −∇J/L at every step; without L, arrows about as long as the view allows
    reach = 1 / surface.L if surface.L else 0.1
    arrows = -reach * _slopes(surface, run.x)
    tail = dict(x=run.x[:, 0], y=run.x[:, 1])
    fan = Fan(0, **tail, **_by(arrows), color=GREY, label="each sample")
    every = _by(-reach * surface.grad(run.x))
    full = Arrow(0, **tail, **every, color=BLUE, label="all samples: −∇J/L")
    below = [fan, pictures.path(run), pictures.loss_curve(run)]
    if len(used[0]) == surface.n:
        return [*below, full]  # the batch is all samples, and its arrow this one
    chosen = np.take_along_axis(arrows[:-1], _rectangle(used)[..., None], axis=1)
    tips = run.x[:-1, None] + chosen
    now, batch = dict(x=run.x[:-1, 0], y=run.x[:-1, 1]), _by(-reach * run.grad)
    label = "the batch: its step goes this way"
    return [
        *below,
        Dots(0, tips[..., 0], tips[..., 1], color=GREEN, size=3.4),
        full,
        Arrow(0, **now, **batch, color=GREEN, label=label),
    ]


def _by(vectors):
    return {"dx": vectors[..., 0], "dy": vectors[..., 1]}


def _rectangle(batches):
    """Batches as rows of equal length: a shorter one repeats its last sample."""
    longest = max(map(len, batches))
    return np.array([np.pad(batch, (0, longest - len(batch)), "edge") for batch in batches])


def _average(run):
    half = np.array([run.steps // 2, run.steps])
    return Curve(1, half, np.full(2, average_loss(run)), INK, (4, 2), "average")


def _points(noise, batch_size):
    """The measured noise by batch size, the present one as a ball."""
    sizes, sigma = np.array(list(noise), dtype=float), np.array(list(noise.values()))
    points = [Dots(2, sizes, sigma, color=INK, size=3.0)] if noise else []
    now = noise.get(batch_size, 1e-12)  # without noise the ball lies below the picture
    ball = Trail(2, np.array([batch_size]), np.array([now]), color=VERMILLION, dots=False)
    return [*points, ball]


# The words


def _rate(lr, k):
    return pictures.numbers_in_words({"lr": lr, "k": k} if k else {"lr": lr})


def _summary(run, batch_size, rate):
    head = f"Batches of {batch_size} from {run.surface.n} samples, {rate}"
    if run.verdict().kind == "diverged":
        return f"{head}: {run.verdict()}."
    half = run.steps - run.steps // 2
    return (
        f"{head}: loss {format_number(average_loss(run))} on average "
        f"over the last {half} of {run.steps} steps."
    )


def judgement(run, used, goal, slope):
    """The verdict on a run in a word, and the rest of it; slope: that of the measured points."""
    verdict, level = run.verdict(), average_loss(run)
    if verdict.kind == "diverged":
        return pictures.judgement(run)
    kind = {"converged": "Converged.", "stalled": "Stalled."}.get(verdict.kind, "Under way.")
    if _trembles(run):
        kind = "Never quite at rest."
    half, seen = run.steps - run.steps // 2, sum(map(len, used))
    words = [f"Loss {format_number(level)} on average over the last {half} steps."]
    if goal:
        kind = "Goal reached." if level <= goal else kind
        words.append(f"The goal is {format_number(goal)}.")
    epochs = format_number(seen / run.surface.n)
    words.append(f"Samples used: {seen:,}, which is {epochs} epochs.")
    if slope is not None:
        words.append(f"Your points fall with slope {slope:.2f}".replace("-", "−") + ".")
    return kind, " ".join(words)


def _trembles(run):
    """The second half is no lower at its end than at its beginning, yet it moves."""
    above = heights(run)[run.steps // 2 :]
    half = len(above) // 2
    return above.max() > 1e-6 and above[half:].mean() > 0.3 * above[:half].mean()
