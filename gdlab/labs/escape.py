"""A thousand balls in a shallow valley: how many does the noise carry out? (chapter 04)."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots, sampling, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.batches import size_of_batch
from gdlab.labs.core.controls import Number, Seed
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_surfaces
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.descent import surface_choice
from gdlab.plots import GREEN, GREY, VERMILLION
from gdlab.stage.actors import Dots, Trail

RUNS, N, SPREAD, SHOWN = 1000, 64, 3.0, 250
RATE = KNOWN["lr"]._replace(low=0.01, high=1.0)
STEPS = Hyperparameter("T", "steps", 10, 300, legal=(1, 1001))
LAYOUT = Layout((("land", "share"),), 3.9, width_ratios=(1.6, 1))


def escape(
    surface=(surfaces.double_well, surfaces.wavy), *, batch_size=1, lr=0.1, steps=150, seed=0
):
    """A lab: 1,000 runs begin together, each with 64 samples of its own; who gets out?

    Home is the valley of the lowest minimum. Of the thousand balls 250 are drawn.

    Arguments
        surface     a `Surface` with one coordinate and known minima, or a list to choose from
        batch_size  samples a step, 1 to 64; lr η > 0; steps 1 to 1,000
        seed        of the samples: another seed, other noise
    Raises `Advice` for anything else.

    >>> lab = escape()
    >>> lab.scene.data["share"][[0, -1]]
    array([0. , 0.6])
    >>> lab.set(batch_size=64)
    >>> lab
    1,000 runs on the double well, η = 0.1, all 64 samples a step: none is home after 150 steps.
    """
    choices = check_surfaces(surface, d=(1,))
    for one in choices:
        if not (one.minima and one.start):
            raise Advice(f"{one.name} does not say where its minima and its start are: give both.")
    state = {"surface": choices[0], "batch_size": batch_size, "lr": lr, "steps": steps}
    state |= {"seed": seed}
    controls = [Number("lr", RATE), size_of_batch(N), Number("steps", STEPS, whole=True), Seed()]
    return Lab(escape, scene, state, controls + surface_choice(surface))


def scene(*, surface, batch_size, lr, steps, seed):
    """A thousand runs at once: some of the balls on the surface, and how many are home."""
    start, how = np.full((RUNS, 1), surface.start[0]), dict(steps=steps, seed=seed, lr=lr)
    method, cloud = optimizers.gradient_descent, cloud_on(surface, seed)
    run = descend(cloud, method, start, batch_size=batch_size, **how)
    low, high = valley(surface)
    inside = (run.x[..., 0] > low) & (run.x[..., 0] < high) & (run.first_bad_step < 0)
    share = inside.mean(1)
    home, rate = round(RUNS * share[-1]), f"η = {format_number(lr)}"
    samples = f"all {N} samples" if batch_size == N else f"{batch_size} sample"
    samples += "s" * (1 < batch_size < N)
    return Scene(
        Scenery(LAYOUT, _draw, (surface, steps)),
        [_balls(run), _share(share)],
        frames=steps + 1,
        title=f"{RUNS:,} balls on {surface.with_article}",
        formula=surface.formula,
        kind="Nobody gets out." if not home else f"{share[-1]:.0%} are home.",
        text=_text(run, home, batch_size),
        summary=f"{RUNS:,} runs on {surface.with_article}, {rate}, {samples} a step: "
        f"{home or 'none'} {'is' if home < 2 else 'are'} home after {steps} steps.",
        name=f"{rate}, B = {batch_size}: {home} home",
        readout=("home", share),
        run=run,
        data={"share": share},
    )


@lru_cache(maxsize=4)
def cloud_on(surface, seed):
    """The surface with samples of its own behind each run."""
    return sampling.sampled(surface, N, SPREAD, seed, runs=RUNS)


def valley(surface):
    """The edges of the valley around the lowest minimum: the tops beside it.

    >>> print("%.2f %.2f" % valley(surfaces.wavy))
    -1.61 1.61
    """
    x = np.linspace(*surface.view[0], 4001)
    rises = np.diff(surface.f(x[:, None])) > 0
    tops = x[1:-1][rises[:-1] & ~rises[1:]]
    lowest = min(surface.minima, key=surface)[0]
    below, above = tops[tops < lowest], tops[tops > lowest]
    return below.max(initial=-np.inf), above.min(initial=np.inf)


def _draw(axes, surface, steps):
    """The surface with the edges of its lowest valley, and an empty panel for the share."""
    land, share = axes
    plots.draw_surface(land, surface)
    edges = valley(surface)
    for edge in filter(np.isfinite, edges):
        land.axvline(edge, color=GREY, lw=1.2, ls=(0, (5, 3)))
    middle = np.clip(edges, *surface.view[0]).mean()
    land.annotate(
        "home", (middle, 0.98), xycoords=("data", "axes fraction"),
        color=GREEN, ha="center", va="top",
    )  # fmt: skip
    share.set(xlim=(0, steps), ylim=(0, 1), xlabel="step", ylabel="share that is home")
    share.grid(axis="y")


def _balls(run):
    """Some of the runs, one above the other a little, so that a crowd looks like one."""
    lift = 0.053 * height_of(run.surface) * np.random.default_rng(0).random(SHOWN)
    x, height = run.x[:, :SHOWN, 0], run.loss[:, :SHOWN]
    return Dots(0, x, height + lift, VERMILLION, 3.2, label=f"{SHOWN} of the {RUNS:,} balls")


def height_of(surface):
    """From the lowest to the highest place in view."""
    return float(np.ptp(surface.f(np.linspace(*surface.view[0], 400)[:, None])))


def _share(share):
    time = np.arange(len(share))
    return Trail(1, time, share, color=GREEN, label="home", dots=False, trace=True)


def _text(run, home, batch_size):
    lost = int((run.first_bad_step >= 0).sum())
    words = [f"{home:,} of {RUNS:,} runs are in the lowest valley after {run.steps} steps."]
    if batch_size == N:
        words.append(f"All {N} samples: no noise, and every ball does the same.")
    if lost:
        words.append(f"{lost:,} blew up: η is too large.")
    return " ".join(words)
