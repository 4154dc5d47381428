"""Six methods fit a plane to a noisy paraboloid, and meet a floor (chapter 12)."""

from functools import cache

import numpy as np

from gdlab import optimizers, plots
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.base import Lab
from gdlab.labs.controls import Row
from gdlab.labs.race import Runner
from gdlab.sampling import linear_regression
from gdlab.stage import Stage
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


def paraboloid(*, epochs=50, batch_size=32, seed=7):
    """A lab: six optimizers train a plane on the noisy paraboloid; train and test error.

    Arguments: epochs 1 to 200; batch_size 1 to 800; seed of the data and their order.

    >>> paraboloid(epochs=5)
    Train error after 5 epochs: SGD 1.1, momentum 1.04, Adagrad 1.23, RMSprop 1.05, \
Adadelta 1.11, Adam 1.07; no plane can expect less than 1.01.
    """
    return ParaboloidLab(epochs, batch_size, seed)


class ParaboloidLab(Lab):
    """See `paraboloid`. `curves[name]` holds a method's train and test error after each epoch."""

    def __init__(self, epochs, batch_size, seed):
        self.curves, self.painted = {}, epochs
        rows = [
            Row("epochs", epochs, self.changed, self.advise, EPOCHS, whole=True),
            Row("batch_size", batch_size, self.changed, self.advise, BATCH, whole=True),
            Row("seed", seed, self.changed, self.advise, SEED, whole=True),
        ]
        self.runners = {
            name: Runner(name, method, self.changed, self.advise)
            for name, (method, _, _) in FIELD.items()
        }
        for name, (_, lr, _) in FIELD.items():
            self.runners[name].set(lr)
        title, formula = "A plane through a noisy paraboloid", "z = x² + y² + noise"
        stage = Stage(self._scenery(epochs), title=title, formula=formula)
        super().__init__(stage, [*rows, *self.runners.values()])
        self.changed(None)

    def _scenery(self, epochs):
        fig, panels = plots.figure(10.2, 4.1, ncols=2, sharey=True)
        for ax, which in zip(panels, ("train", "test"), strict=True):
            ax.set(xlim=(0, epochs), ylim=(0.9, 1.9), xlabel="epoch", ylabel=f"{which} error (MSE)")
            ax.grid(axis="y")
            ax.axhline(FLOOR, color=plots.GREEN, lw=1.3, ls=(0, (5, 3)))
            where = ax.get_yaxis_transform()
            ax.text(1, FLOOR - 0.02, f"floor {FLOOR:.4f}", transform=where, ha="right", va="top",
                    color=plots.GREEN)  # fmt: skip
        return fig

    def update(self, row, fresh):
        epochs, size, seed = (self.rows[name].value for name in ("epochs", "batch_size", "seed"))
        if row not in self.runners.values():
            self.curves = {}
        if epochs != self.painted:
            self.stage.paint(self._scenery(epochs))
            self.painted = epochs
        for name, runner in self.runners.items():
            if not runner.runs.value:
                self.curves.pop(name, None)
            elif row is runner or name not in self.curves:
                self.curves[name] = train(name, runner.value, epochs, size, seed)
            errors = self.curves.get(name)
            runner.told.value = "" if errors is None else f"test {_told(errors[1][-1], 4)}"
        actors = [actor for name in self.curves for actor in self._trails(name)]
        ends = ", ".join(f"{name} {_told(curve[0][-1])}" for name, curve in self.curves.items())
        text = (
            f"{ends}; no plane can expect less than {format_number(FLOOR)}."
            if ends
            else "tick a method."
        )
        label = f"Train error after {epochs} epochs:"
        self.stage.show(actors, frames=epochs + 1, kind=label, text=text, says=f"{label} {text}")

    def _trails(self, name):
        style = plots.style_of(FIELD[name][0])
        look = dict(color=style.color, dash=style.dash, label=name, dots=False)
        look["symbol"] = plots.SYMBOLS[style.marker]
        return [
            Trail(panel, np.arange(len(error)), error, **look)
            for panel, error in enumerate(self.curves[name])
        ]


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


def _told(error, digits=3):
    return format_number(error, digits) if np.isfinite(error) else "lost"


_data = cache(lambda seed: noisy_paraboloid(seed=seed))
