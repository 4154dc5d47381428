"""A network trains at the edge: its largest curvature climbs to 2/η and stays (chapter 13)."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdlab import optimizers
from gdlab.analysis import curvature
from gdlab.descent import walk
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core.controls import SEED, Number, Seed
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.pictures import numbers_in_words
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.plots import BLUE, style_of
from gdlab.stage.actors import Curve, Trail

DIGITS, SIDE, SIZES = 200, 7, (49, 40, 40, 10)
BEYOND = 1e3  # a loss as high as this comes down no more
EVERY, ROUNDS = 20, 8  # steps between two looks at the curvature, and products H v for each
RATE = KNOWN["lr"]._replace(low=0.05, high=5.0, example=0.4)
STEPS = Hyperparameter("T", "steps", 100, 1000, legal=(1, 2001))
WEIGHTS = SEED._replace(words="of weights")
RED = "#c5221f"  # that of the tick on a slider, where it diverges
LAYOUT = Layout((("loss",), ("sharpness",)), 4.7, height_ratios=(1, 1.2))
LOSS, HEIGHTS = (0.005, 2.0), (1.0, 60.0)  # of the two panels


def sharpness(*, lr=0.4, beta=0.0, steps=400, seed=0):
    """A lab: full batches, a constant η, and the largest curvature every twenty steps.

    A network 49 – 40 – 40 – 10 with tanh learns 200 digits of 7 × 7 pixels by the mean squared
    error. Its weights start as PyTorch's nn.Linear would spread them. The method is momentum;
    with β = 0 it is gradient descent. The red line is where a quadratic begins to diverge:

    curvature = 2(1 + β)/((1 − β)η), which is 2/η for β = 0

    Arguments: lr η > 0; beta 0 to 1; steps 1 to 2,000; seed of the first weights.
    Raises `Advice` for anything else. Needs PyTorch; a scene takes about half a second.
    Source: Cohen, Kaur, Li, Kolter and Talwalkar (ICLR 2021).

    >>> lab = sharpness(lr=0.8, steps=200)
    >>> lab
    η = 0.8, β = 0: over the last 50 of 200 steps the sharpness is 2.8 on average; the edge is 2.5.
    """
    state = {"lr": lr, "beta": beta, "steps": steps, "seed": seed}
    controls = [
        Number("lr", RATE),
        Number("beta", KNOWN["beta"]),
        Number("steps", STEPS, whole=True),
        Seed(about=WEIGHTS, button="others"),
    ]
    return Lab(sharpness, scene, state, controls)


def scene(*, lr, beta, steps, seed):
    """One training: its loss above, its sharpness and the edge below."""
    run = train(lr=lr, beta=beta, steps=steps, seed=seed)
    edge, numbers = edge_of(lr, beta), numbers_in_words({"lr": lr, "beta": beta})
    look = dict(color=style_of(optimizers.gradient_descent).color, dots=False, trace=True)
    time, length = np.arange(len(run.loss)), len(run.loss)
    every_step = np.interp(time, run.looked, run.sharpness)
    kind, text = judgement(run, edge)
    return Scene(
        Scenery(LAYOUT, _draw, (100 * -(-steps // 100),)),
        [
            Curve(1, np.array([0.0, 1e4]), np.full(2, edge), RED, (4, 2), _mark(beta)),
            Trail(0, time, run.loss, label="loss", **look),
            Trail(1, time, every_step, label="sharpness", **look | {"color": BLUE}),
        ],
        frames=length,
        title="At the edge of stability",
        formula=f"{' – '.join(map(str, SIZES))}, tanh, mean squared error",
        kind=kind,
        text=text,
        summary=f"{numbers}: {text[:1].lower()}{text[1:]}",
        name=numbers,
        readout=("loss", run.loss),
        run=run,
        data={"edge": edge},
    )


def edge_of(lr, beta=0.0):
    """The curvature from which on a quadratic diverges: 2(1 + β)/((1 − β)η).

    >>> round(edge_of(0.4), 9), round(edge_of(0.4, 0.5), 9)
    (5.0, 15.0)
    """
    return 2 * (1 + beta) / ((1 - beta) * lr)


# The training


@dataclass(frozen=True, eq=False)
class Training:
    """A training, and how sharp its way was: plain arrays.

    loss       (steps + 1,)  at each step; it ends early where the numbers are lost
    looked     (k,)          the steps at which the curvature was measured
    sharpness  (k,)          the largest curvature there
    lost       the step whose numbers were not finite, or beyond all sense; 0 if none
    """

    loss: np.ndarray
    looked: np.ndarray
    sharpness: np.ndarray
    lost: int

    def over(self, steps):
        """The mean sharpness over the last so many steps."""
        return float(self.sharpness[self.looked >= self.looked[-1] - steps].mean())


@lru_cache(maxsize=32)
def train(*, lr, beta=0.0, steps=400, seed=0):
    """Train the network of this lab; the same `Training` whenever it is asked for."""
    import torch

    from gdlab import mnist

    with mnist.one_thread():
        surface = mnist.deep_network(*mnist.few(DIGITS, SIDE), SIZES, "tanh", loss="squared")
        x = mnist.initial_deep(SIZES, "nn.Linear", seed=seed)
        course = walk(surface, optimizers.momentum, x, lr=lr, beta=beta)
        xs, sharp, direction = [], [], None
        for step in range(steps + 1):
            if step % EVERY == 0:
                value, direction = curvature.sharpness(
                    surface, x, direction, rounds=ROUNDS if step else 4 * ROUNDS
                )
                if not np.isfinite(value):
                    break
                sharp.append(value)
            xs.append(x)
            x = next(course).x
        loss = torch.cat([surface.f(part) for part in torch.stack(xs).split(20)]).numpy()
    sane = np.append(loss < BEYOND, False)
    end = int(sane.argmin())
    looked = EVERY * np.arange(len(sharp))
    seen = looked < end
    return Training(loss[:end], looked[seen], np.array(sharp)[seen], end if end <= steps else 0)


# The picture


def _draw(axes, steps):
    """Two empty panels over the steps: loss, and largest curvature."""
    loss, sharp = axes
    loss.set(yscale="log", ylim=LOSS, xlim=(0, steps), ylabel="loss")
    loss.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    sharp.set(yscale="log", ylim=HEIGHTS, xlim=(0, steps), xlabel="step", ylabel="sharpness")
    ticks = (1, 2, 5, 10, 20, 50)
    sharp.set_yticks(ticks, map(str, ticks))
    for ax in axes:
        ax.minorticks_off()
        ax.grid(axis="y")
    loss.figure.align_ylabels(axes)


# The words


def _mark(beta):
    return "2/η" if beta == 0 else "2(1 + β)/((1 − β)η)"


def judgement(run, edge):
    """Whether the sharpness has arrived at the edge: (kind, text)."""
    begins, mark = run.sharpness[0], f"the edge is {format_number(edge, 2)}"
    if run.lost:
        text = (
            f"Lost at step {run.lost}: the sharpness begins at {format_number(begins, 2)}; {mark}."
        )
        return "Diverged.", text
    steps = len(run.loss) - 1
    last = max(1, steps // 4)
    mean = run.over(last)
    over = f"Over the last {last} of {steps} steps the sharpness is {format_number(mean, 2)}"
    text = f"{over} on average; {mark}."
    if mean < 0.85 * edge:
        return "Below the edge.", text
    return ("At the edge.", text) if mean < 1.3 * edge else ("Above the edge.", text)
