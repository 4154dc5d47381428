"""A whole grid of networks in one batched run: methods in rows, rates in columns (chapter 15)."""

from dataclasses import dataclass

import numpy as np

from gdlab.analysis.tuning import side_by_side
from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Choice, Number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import as_list
from gdlab.labs.core.pictures import capital
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.core.work import Work
from gdlab.labs.digits.trainer import check_digits
from gdlab.labs.race import methods_of
from gdlab.plots import style_of
from gdlab.stage.actors import Curve, Dots

RANGE = (1e-4, 10.0)  # of the rates
LOOKED_AT = 2000  # test digits
HIDDEN = Hyperparameter("h", "hidden units", 4, 128, log=True, legal=(1, 1025))
BATCH = Hyperparameter("B", "batch size", 8, 256, log=True, legal=(1, 60_001))
DIGITS = Hyperparameter("n", "digits", 2000, 60_000, legal=(100, 60_001))
RATES = Hyperparameter("", "rates", 4, 48, legal=(2, 101))
SEED = Hyperparameter("seed", "", 0, 100, legal=(0, 2**32))
SIZES = {"14 × 14, means of four": 14, "28 × 28": 28}
PANELS = Layout((("wrong", "loss"),), 3.7)


def sweep(
    field=None, *, rates=24, hidden=16, pixels=14, digits=16_000, batch_size=32, seed=0, data=None
):
    """A lab: every method with every rate, trained at once; which error comes of which η?

    All networks begin with the same weights and see the same digits in the same order. With the
    defaults it is 240 small networks, which a processor trains in some seconds; with hidden=128
    and pixels=28 it is the network of the chapter, for which you want a GPU.

    Arguments
        field    names of methods, or functions; None for all ten
        rates    how many rates from 10⁻⁴ to 10, 2 to 100
        hidden   units of each network, 1 to 1,024; pixels a side: 14 (means of four) or 28
        digits   how many digits are seen, each once; batch_size of them a step
        seed     of the first weights and of the order of the digits
        data     (train, test), each as `mnist.load` gives them; None to load them
    Raises `Advice` if an argument makes no sense.

    >>> lab = sweep(["gradient_descent", "adam"], rates=6)
    >>> lab
    12 networks: 2 methods with 6 rates each, 16 hidden units, 500 steps of 32 digits.
    >>> lab.set(hidden=32)  # `await lab.train()` trains them all
    """
    methods_of(field)
    if data is not None:
        check_digits(data)
    field = tuple(as_list(field)) if field else None
    rates = Number("rates", RATES, whole=True).legal(rates)
    seed = Number("seed", SEED, whole=True).legal(seed)
    state = {"field": field, "rates": rates, "hidden": hidden, "pixels": pixels}
    state |= {"digits": digits, "batch_size": batch_size, "seed": seed, "now": None}
    controls = [
        Number("hidden", HIDDEN, whole=True),
        Number("batch_size", BATCH, whole=True),
        Number("digits", DIGITS, whole=True),
        Choice("pixels", SIZES, words="pixels"),
    ]
    return SweepLab(state, controls, data)


def scene(*, field, rates, hidden, pixels, digits, batch_size, seed, now):
    """Test error and loss against η, a line for each method, as far as they are."""
    methods = methods_of(field)
    words = plan(methods, rates, hidden, digits, batch_size)
    kind, text = ("Ready.", f"{words} Press Train.") if now is None else judgement(now)
    if now is not None and now.running and words != now.words:
        text += " What you change counts from the next start on."
    return Scene(
        Scenery(PANELS, draw, ()),
        [actor for row in range(len(now.methods)) for actor in lines(now, row)] if now else [],
        title="Many networks at once",
        formula=f"{pixels**2} – {hidden} – 10, cross-entropy",
        kind=kind,
        text=text,
        summary=words if now is None else now.words,
        hidden=frozenset({"now"}),
        data={} if now is None else {"wrong": now.wrong, "loss": now.loss, "rates": now.rates},
    )


@dataclass(frozen=True, eq=False)
class Grid:
    """All networks at one moment: wrong and loss of shape (methods, rates); NaN if not known."""

    words: str
    methods: tuple
    rates: np.ndarray
    wrong: np.ndarray
    loss: np.ndarray
    steps: int
    total: int
    seconds: float
    seconds_left: float | None
    running: bool
    error: str


def grid_of(training, words, methods, rates):
    """A `Grid` of a training, which may be at work meanwhile."""
    running = training.running  # asked first: once it has ended, nothing changes any more
    losses, accuracies = training.losses.value, training.accuracies.value
    shape = len(methods), len(rates)
    loss = losses[-1] if len(losses) else np.full(shape, np.nan)
    wrong = 1 - accuracies[-1] if len(accuracies) else np.full(shape, np.nan)
    names = "steps total seconds seconds_left error".split()
    now = {name: getattr(training, name) for name in names}
    return Grid(words, methods, rates, wrong, loss, running=running, **now)


# The picture


def draw(axes):
    """Two empty panels over the rates: the share of test digits read wrongly, and the loss."""
    wrong, loss = axes
    wrong.set(yscale="log", ylim=(0.04, 1), ylabel="test digits read wrongly")
    percent = (5, 10, 20, 50, 100)
    wrong.set_yticks([p / 100 for p in percent], [f"{p} %" for p in percent])
    loss.set(yscale="log", ylim=(0.1, 10), ylabel="loss of the last batches")
    loss.set_yticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
    for ax in axes:
        ax.set(xscale="log", xlim=RANGE, xlabel="learning rate η")
        ax.minorticks_off()
        ax.grid(axis="y")


def lines(now, row):
    """A method's two lines, and a dot at its best rate."""
    method, style = now.methods[row], style_of(now.methods[row])
    look = dict(color=style.color, dash=style.dash)
    wrong = np.nan_to_num(now.wrong[row], nan=1.0).clip(1e-4, 1)
    loss = np.nan_to_num(now.loss[row], nan=1e3).clip(1e-4, 1e3)  # beyond the panel
    best = [int(wrong.argmin())]
    return [
        Curve(0, now.rates, wrong, label=display_name(name_of(method)), **look),
        Dots(0, now.rates[best], wrong[best], style.color, size=4.0),
        Curve(1, now.rates, loss, **look),
    ]


# The words


def plan(methods, rates, hidden, digits, batch_size):
    """What is to be trained, in a sentence."""
    steps = -(-digits // batch_size)
    units = f"{hidden} hidden unit{'s' if hidden > 1 else ''}"
    return (
        f"{len(methods) * rates} networks: {len(methods)} method{'s' * (len(methods) > 1)} with "
        f"{rates} rates each, {units}, {steps:,} steps of {batch_size:,} digits."
    )


def judgement(now):
    """How it goes, or went, and who is best: (kind, text)."""
    if now.error:
        return "Not possible.", capital(now.error)
    if now.running:
        return "Training.", now.words
    if now.steps < now.total and not np.ptp(now.wrong):  # all are where they set out
        return "Stopped", f"at step {now.steps:,} of {now.total:,}, before anything was read."
    best = sorted((now.wrong[i].min(), i) for i in range(len(now.methods)))
    told = [
        f"{display_name(name_of(now.methods[i]))} {100 * share:.1f} % "
        f"(η = {format_number(now.rates[now.wrong[i].argmin()], 2)})"
        for share, i in best[:3]
    ]
    text = f"Fewest read wrongly: {', '.join(told)}. {now.seconds:.1f} s."
    if now.steps < now.total:
        return "Stopped", f"at step {now.steps:,} of {now.total:,}. {text}"
    return "Trained.", text


# At work


def halved(images):
    """Images of 28 × 28 pixels at half the size: each new pixel is the mean of four.

    >>> import torch
    >>> halved(torch.ones(3, 784)).shape
    torch.Size([3, 196])
    """
    return images.unflatten(-1, (14, 2, 14, 2)).mean((-1, -3)).flatten(-2)


class SweepLab(Lab):
    """See `sweep`."""

    def __init__(self, state, controls, data):
        super().__init__(sweep, scene, state, controls)
        self.data, self._about = data, ()
        self.work = Work(self._prepare, self._show_work, self._guarded, pause=0.15)
        self.children[1].children += (self.work,)

    @property
    def training(self):
        """The batched training at work, or the last one; None before the first."""
        return self.work.training

    def train(self):
        """Begin anew; returns the training of all networks, at work in the background."""
        return self.work.begin()

    def stop(self):
        """Stop within a step and keep what is there; "Go on" goes on from there."""
        self.work.stop()

    def wait(self):
        """Wait until all is done; interrupting the cell (■) stops it."""
        return self.work.wait()

    def _prepare(self):
        """A training of all networks, not begun."""
        from gdlab import mnist
        from gdlab.mnist.training import Training

        if self.data is None:
            self.data = mnist.load("train"), mnist.load("test")
        state = self.state
        methods = methods_of(state["field"])
        rates = np.geomspace(*RANGE, state["rates"])
        (images, labels), (test, answers) = self.data
        if state["digits"] > len(images):
            raise Advice(f"digits is {state['digits']:,}: there are only {len(images):,}.")
        n = state["digits"]
        pictures = images[:n], test[:LOOKED_AT]
        learn, look = map(halved, pictures) if state["pixels"] == 14 else pictures
        start = mnist.initial(
            state["seed"],
            hidden=state["hidden"],
            pixels=state["pixels"] ** 2,
            device=images.device,
        )
        words = plan(methods, state["rates"], state["hidden"], n, state["batch_size"])
        self._about = words, tuple(methods.values()), rates
        return Training(
            mnist.network(learn, labels[:n]),
            side_by_side(list(methods.values())),
            start.expand(len(methods), len(rates), -1),
            batch_size=state["batch_size"],
            seed=state["seed"],
            test=(look, answers[:LOOKED_AT]),
            on_progress=self.work.grow,
            lr=np.tile(rates, (len(methods), 1)),
        )

    def _show_work(self):
        now = grid_of(self.training, *self._about)
        self.put(now=now)
        self.work.tell(now, f"{now.steps:,} of {now.total:,} steps")
