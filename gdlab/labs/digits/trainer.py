"""A lab with a training at work in a thread: Train, Stop, a bar, and what is known so far."""

from dataclasses import dataclass
from typing import Any

from gdlab.arrays import to_numpy
from gdlab.errors import Advice
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.work import Work


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A training as it stood at one moment, in numbers that do not change any more.

    words is what it was started with, in a sentence; test: the images (n, 28, 28), 0 to 1, and
    labels of the test digits; weights: those of the last point; the rest as in
    `mnist.training.Training`.
    """

    words: str
    test: tuple
    weights: Any
    method: Any
    epochs: int
    per_epoch: int
    total: int
    steps: int
    seconds: float
    seconds_left: float | None
    device: str
    running: bool
    error: str
    note: str
    losses: tuple
    accuracies: tuple
    guesses: Any


COPIED = """method epochs per_epoch total steps seconds seconds_left device error note losses
    accuracies guesses""".split()


def snapshot(training, words, test=()):
    """A `Snapshot` of a training, which may be at work meanwhile."""
    running = training.running  # asked first: once it has ended, nothing changes any more
    now = {name: getattr(training, name) for name in COPIED}
    return Snapshot(words, test, weights=training.kept[1], running=running, **now)


class Digits:
    """Digits to learn from and to test on, on every device where they are wanted.

    Arguments: digits, (train, test), each a pair (images, labels); None to load them when they
    are first wanted.
    """

    def __init__(self, digits):
        if digits is not None:
            check_digits(digits)
        self._given, self._on, self._seen = digits, {}, ()

    @property
    def device(self):
        """Where they lie, if they were given; else the fastest device there is."""
        from gdlab import mnist

        return self._given[0][0].device.type if self._given else mnist.device().type

    def on(self, device):
        """The digits on a device; on the CPU there are always some, in case it fails."""
        from gdlab import mnist

        if not self._on:
            loaded = self._given or [mnist.load(name, device="cpu") for name in ("train", "test")]
            self._on["cpu"] = [tuple(part.to("cpu") for part in pair) for pair in loaded]
            images, labels = map(to_numpy, self._on["cpu"][1])
            self._seen = images.reshape(-1, 28, 28), labels
        if device not in self._on:
            self._on[device] = [tuple(v.to(device) for v in pair) for pair in self._on["cpu"]]
        return self._on[device]

    @property
    def to_look_at(self):
        """The test digits as arrays: images (n, 28, 28) and labels (n,)."""
        return self._seen


def check_digits(digits):
    """Images and labels to learn from, and others to test on, as `mnist.load` gives them."""
    try:
        (learn, answers), (test, others) = digits
        pairs = {"train": (learn, answers), "test": (test, others)}
        kinds = [(str(images.dtype), str(labels.dtype)) for images, labels in pairs.values()]
    except (AttributeError, TypeError, ValueError):
        kinds = []
    if kinds != 2 * [("torch.float32", "torch.int64")]:
        raise Advice(
            "digits are (train, test), each a pair (images, labels) as mnist.load gives them: "
            "torch tensors, the images float, the labels whole numbers."
        )
    for name, (images, labels) in pairs.items():
        if images.shape != (len(labels), 784) or labels.ndim != 1 or not len(labels):
            raise Advice(
                f"the {name} digits have images of shape {tuple(images.shape)} and labels of shape "
                f"{tuple(labels.shape)}: give (n, 784) and (n,)."
            )
        if not (labels.min() >= 0 and labels.max() <= 9 and images.isfinite().all()):
            raise Advice(f"the {name} digits: labels are 0 to 9, and pixels are finite numbers.")


class TrainingLab(Lab):
    """A lab whose picture follows a training; `training` is that one, or None.

    Arguments: maker, scene, state, controls, adjust as in `Lab`; digits as in `Digits`; order, a
    function of the state → (the method's numbers, what is trained in a sentence).
    """

    def __init__(self, maker, scene, state, controls, *, digits, order, adjust):
        super().__init__(maker, scene, state, controls, adjust=adjust)
        self.digits, self._order, self._words, self._follower = digits, order, "", None
        self.work = Work(self._prepare, self._show_work, self._guarded)
        self.children[1].children += (self.work,)

    @property
    def training(self):
        """The training at work, or the last one; None before the first."""
        return self.work.training

    # From Python

    def train(self):
        """Begin anew with the numbers of the sliders; returns the training, at work.

        A device that cannot be used, or that fails on the way, is replaced by the CPU.
        """
        return self.work.begin()

    def stop(self):
        """Stop at once; "Go on" goes on from there."""
        self.work.stop()

    def wait(self):
        """Wait until the training has ended; interrupting the cell (■) stops it."""
        return self.work.wait()

    def follow(self, listener):
        """Call this function with every `Snapshot` from now on, in place of the one before."""
        self._follower = listener
        if self.state["now"] is not None:
            listener(self.state["now"])

    # At work

    def _prepare(self):
        """A training with the numbers of the sliders, not begun."""
        from gdlab.mnist import failures

        device = self.state["device"] or self.digits.device
        try:
            prepared = self._prepared(device)
        except RuntimeError as error:
            if device == "cpu":
                raise Advice(failures.sentence(error, 1)) from None
            prepared = self._prepared("cpu")
            why = failures.reason(error)
            prepared.note = f"The device ({device}) cannot be used: {why}. The CPU does the work."
        before = self.state["now"]
        if before is not None and len(before.losses.step):
            self.put(last=before)
        return prepared

    def _prepared(self, device):
        from gdlab import mnist
        from gdlab.mnist.training import Training

        state, (learn, test) = self.state, self.digits.on(device)
        numbers, self._words = self._order(**state)

        def spare():
            learn, test = self.digits.on("cpu")
            return mnist.network(*learn), test

        return Training(
            mnist.network(*learn),
            state["method"],
            mnist.initial(state["seed"], device=device),
            epochs=state["epochs"],
            batch_size=state["batch_size"],
            seed=state["seed"],
            test=test,
            on_progress=self.work.grow,
            spare=None if device == "cpu" else spare,
            **numbers,
        )

    def _show_work(self):
        now = snapshot(self.training, self._words, self.digits.to_look_at)
        self.put(now=now)
        if now.note and "device" in self.rows:  # a device that failed is not tried again
            self.put(device="cpu")
            self.rows["device"].show("cpu")
        if self._follower is not None:
            self._follower(now)
        self.work.tell(now, f"{now.steps / now.per_epoch:.1f} of {now.epochs} epochs")
