"""Six methods fit a plane to a noisy paraboloid, and meet a floor (chapter 12)."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.race import runner
from gdlab.sampling import linear_regression
from gdlab.stage.actors import Trail

FLOOR = 1 + 2 / 180  # noise, and what no plane can follow of x² + y²
FIELD = {  # method, learning rate, and what differs from our defaults
    "SGD": (optimizers.gradient_descent, 0.01, {}),
    "momentum": (optimizers.torch_momentum, 0.01, {"beta": 0.9}),
    "Adagrad": (optimizers.adagrad, 0.01, {}),
    "RMSprop": (optimizers.rmsprop, 0.01, {"beta": 0.99}),
    "Adadelta": (optimizers.adadelta, 1.0, {}),
    "Adam": (optimizers.adam, 0.01, {}),
}
BATCH = Hyperparameter("B", "batch size", 1, 200, legal=(1, 801))
EPOCHS = Hyperparameter("E", "epochs", 5, 100, legal=(1, 201))
SEED = Hyperparameter("seed", "of the data", 0, 20, legal=(0, 10**6))
PANELS = Layout((("train", "test"),), 4.1)


def paraboloid(*, epochs=50, batch_size=32, seed=7, **lrs):
    """A lab: six optimizers train a plane on the noisy paraboloid; train and test error.

    Arguments
        epochs      1 to 200
        batch_size  1 to 800
        seed        of the data and their order
        lrs         a first η for a method by its name in `FIELD`, or None to leave it out
    Raises `Advice` if an argument makes no sense.

    >>> paraboloid(epochs=5)
    Train error after 5 epochs: SGD 1.1, momentum 1.04, Adagrad 1.23, RMSprop 1.05, \
Adadelta 1.11, Adam 1.07; no plane can expect less than 1.01.
    """
    for name in lrs:
        if name not in FIELD:
            raise Advice(f"{name} is not in the field; it has: {', '.join(FIELD)}.")
    state = {"epochs": epochs, "batch_size": batch_size, "seed": seed}
    state |= {name: lr for name, (_, lr, _) in FIELD.items()} | lrs
    abouts = {"epochs": EPOCHS, "batch_size": BATCH, "seed": SEED}
    controls = [Number(name, about, whole=True) for name, about in abouts.items()]
    controls += [runner(name, method) for name, (method, _, _) in FIELD.items()]
    return Lab(paraboloid, scene, state, controls)


def scene(*, epochs, batch_size, seed, **lrs):
    """Train and test error of each method that takes part, epoch by epoch."""
    curves = {
        name: train(name, lr, epochs, batch_size, seed)
        for name, lr in lrs.items()
        if lr is not None
    }
    ends = ", ".join(f"{name} {in_words(errors[-1])}" for name, (errors, _) in curves.items())
    kind = f"Train error after {epochs} epochs:"
    text = f"{ends}; no plane can expect less than {format_number(FLOOR)}."
    text = text if curves else "tick a method."
    notes = {name: f"test {in_words(unseen[-1], 4)}" for name, (_, unseen) in curves.items()}
    return Scene(
        Scenery(PANELS, draw, (epochs,)),
        [actor for name in curves for actor in trails(name, curves[name])],
        frames=epochs + 1,
        title="A plane through a noisy paraboloid",
        formula="z = x² + y² + noise",
        kind=kind,
        text=text,
        summary=f"{kind} {text}",
        notes=dict.fromkeys(lrs, "") | notes,
        data={"curves": curves},
    )


def draw(axes, epochs):
    """Two panels of one height, and the floor in both."""
    axes[1].label_outer()  # beside the first one its ticks need no numbers
    for ax, which in zip(axes, ("train", "test"), strict=True):
        ax.set(xlim=(0, epochs), ylim=(0.9, 1.9), xlabel="epoch", ylabel=f"{which} error (MSE)")
        ax.grid(axis="y")
        ax.axhline(FLOOR, color=plots.GREEN, lw=1.3, ls=(0, (5, 3)))
        look = dict(transform=ax.get_yaxis_transform(), ha="right", va="top", color=plots.GREEN)
        ax.text(1, FLOOR - 0.02, f"floor {FLOOR:.4f}", **look)


def trails(name, curves):
    """A method's train and test error as actors."""
    style = plots.style_of(FIELD[name][0])
    look = dict(color=style.color, dash=style.dash, symbol=plots.SYMBOLS[style.marker])
    return [
        Trail(panel, np.arange(len(errors)), errors, label=name, dots=False, **look)
        for panel, errors in enumerate(curves)
    ]


def in_words(error, digits=3):
    """An error, or that there is none any more."""
    return format_number(error, digits) if np.isfinite(error) else "lost"


# The data, and how the methods learn from them


def noisy_paraboloid(n=1000, seed=0):
    """Points of z = x² + y² + noise: x, y uniform on [0, 1], noise N(0, 1), 80 % to train.

    The best plane is x + y − 1/3. It leaves 1 of noise and 1/180 for each square, so no
    plane has an expected squared error below 1 + 2/180 = 1.0111.

    Arguments: n points, seed.  Returns two surfaces over (w₁, w₂, b): train and test error.

    >>> train, test = noisy_paraboloid()
    >>> train.n, test.n
    (800, 200)
    """
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1, (n, 2))
    z = (xy**2).sum(1) + rng.normal(0, 1, n)
    cut = n * 4 // 5
    return linear_regression(xy[:cut], z[:cut]), linear_regression(xy[cut:], z[cut:])


_data = lru_cache(maxsize=8)(lambda seed: noisy_paraboloid(seed=seed))


@lru_cache(maxsize=64)
def train(name, lr, epochs, batch_size, seed):
    """A method's train and test error before the first epoch and after each; (epochs + 1,).

    Infinite from the epoch on in which the run breaks.
    """
    method, _, numbers = FIELD[name]
    data, unseen = _data(seed)
    epoch = -(-data.n // batch_size)  # steps an epoch
    run = descend(
        data, method, steps=epochs * epoch, batch_size=batch_size, seed=seed, lr=lr, **numbers
    )
    errors = np.stack([run.loss[::epoch], unseen.f(run.x[::epoch])])
    if run.first_bad_step >= 0:
        errors[:, -(-run.first_bad_step // epoch) :] = np.inf
    return errors
