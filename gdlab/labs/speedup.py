"""Many workers on one batch: how much faster, and where talking eats it up (chapter 16)."""

import numpy as np

from gdlab.analysis.scaling import step_seconds
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.plots import BLUE, GREY, INK, ORANGE, draw_goal
from gdlab.stage.actors import Curve, Trail

WORKERS = 2 ** np.arange(11)  # 1 to 1,024
BYTES = 4  # of a number in single precision


def _positive(symbol, words, low, high, whole=False):
    legal = (1, 1e12) if whole else (1e-9, 1e12)
    return Hyperparameter(symbol, words, low, high, log=True, legal=legal)


NUMBERS = {
    "batch_size": _positive("B", "batch", 32, 65_536, whole=True),
    "parameters": _positive("D", "parameters, 10⁶", 0.01, 1e4),
    "fixed": _positive("a", "µs a step", 1, 1e4),
    "per_sample": _positive("b", "µs a sample", 0.1, 1e4),
    "latency": _positive("l", "µs a message", 0.1, 1e4),
    "bandwidth": _positive("c", "GB a second", 0.01, 1000),
}
LAYOUT = Layout((("time", "speed"),), 4.1, width_ratios=(1.1, 1))


def speedup(
    *,
    batch_size=128,
    parameters=0.1,
    fixed=200.0,
    per_sample=10.0,
    latency=50.0,
    bandwidth=1.0,
    workers=16,
    goal=None,
):
    """A lab: the time of a step on 1 to 1,024 workers, and how much faster than one they are.

    Arguments
        batch_size  B, samples a step of all workers together; parameters: D, in millions
        fixed       a, µs of a step that cannot be shared out; per_sample: b, µs a sample
        latency     l, µs before a message begins to arrive; bandwidth: c, GB a second
        workers     the number to speak of: 1, 2, 4, … 1,024
        goal        how many times as fast as one these workers shall be, or None
    Raises `Advice` for anything else.

    >>> lab = speedup(workers=16)
    >>> lab
    16 workers are 0.58 times as fast as one; 2 workers are fastest, 1.1 times.
    >>> lab.set(batch_size=4096)
    >>> round(float(lab.scene.data["speedup"][4]), 1)
    8.2
    """
    if workers not in WORKERS.tolist():
        raise Advice(f"workers is {workers!r}: give a power of two, from 1 to 1,024.")
    if goal is not None and not (isinstance(goal, (int, float)) and 1 < goal < 1024):
        raise Advice(f"goal is {goal!r}: give a number of times, above 1, or None.")
    state = dict(batch_size=batch_size, parameters=parameters, fixed=fixed)
    state |= dict(per_sample=per_sample, latency=latency, bandwidth=bandwidth)
    controls = [Number(name, NUMBERS[name], name == "batch_size") for name in state]
    return Lab(speedup, scene, state | dict(workers=workers, goal=goal), controls)


def scene(*, workers, goal, batch_size, parameters, fixed, per_sample, latency, bandwidth):
    """Computing, communicating and both for every number of workers, and the speed-up."""
    computing, talking = step_of(batch_size, parameters, fixed, per_sample, latency, bandwidth)
    step = computing + talking
    faster, k = step[0] / step, int(np.log2(workers))
    best = int(faster.argmax())
    text = f"{_workers(best)} fastest, {format_number(faster[best], 2)} times."
    reached = ""
    if goal:
        met = faster[k] >= goal
        reached = f" The goal, {format_number(goal)} times, is {'reached' if met else 'missed'}."
    kind = f"{_workers(k)} {format_number(faster[k], 2)} times as fast as one;"
    return Scene(
        Scenery(LAYOUT, draw, (workers, goal)),
        [
            Curve(0, WORKERS, 1e3 * computing, color=BLUE, label="computing"),
            Curve(0, WORKERS[1:], 1e3 * talking[1:], color=ORANGE, label="communicating"),
            Trail(0, WORKERS, 1e3 * step, color=INK, label="the step", trace=True),
            Trail(1, WORKERS, faster, color=INK, trace=True),
        ],
        frames=len(WORKERS),
        unit="doubling",
        title="One step on many workers",
        formula="a + b B/w + 2(w − 1)(l + 4D/(c w))",
        kind=kind,
        text=text + reached,
        summary=f"{kind} {text}",
        name=f"B = {batch_size:,}",
        readout=("times as fast", faster),
        data={"speedup": faster, "computing": computing, "communicating": talking},
    )


def step_of(batch_size, parameters, fixed, per_sample, latency, bandwidth):
    """The seconds of a step in the units of the sliders: (computing, communicating)."""
    return step_seconds(
        WORKERS,
        batch_size=batch_size,
        parameters=1e6 * parameters,
        fixed=1e-6 * fixed,
        per_sample=1e-6 * per_sample,
        latency=1e-6 * latency,
        per_number=BYTES / (1e9 * bandwidth),
    )


def _workers(k):
    return f"{WORKERS[k]:,} workers are" if k else "1 worker is"


def draw(axes, workers, goal):
    """Two panels over the number of workers: milliseconds a step, and times as fast."""
    time, speed = axes
    for ax in axes:
        ax.set(xscale="log", xlim=(0.9, 1150), xlabel="workers w")
        ax.set_xticks(WORKERS[::2], [f"{w:,}" for w in WORKERS[::2]])
        ax.axvline(workers, color=GREY, lw=1, ls=(0, (2, 3)))
        ax.grid(axis="y")
    time.set(yscale="log", ylim=(1e-2, 1e4), ylabel="milliseconds")
    time.set_yticks(10.0 ** np.arange(-2, 5), ["0.01", "0.1", "1", "10", "100", "1,000", "10,000"])
    speed.set(yscale="log", ylim=(0.008, 1200), ylabel="times as fast as one")
    speed.set_yticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01", "0.1", "1", "10", "100", "1,000"])
    for ax in axes:
        ax.minorticks_off()
    speed.plot(WORKERS, WORKERS, color=GREY, lw=1.2, ls=(0, (5, 3)))
    speed.annotate(
        "w times", (300, 300), (-4, 2), textcoords="offset points", color="#5b6270", ha="right"
    )
    if goal:
        draw_goal(speed, goal)
