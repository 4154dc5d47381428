"""A network learns the digits, and its curves grow while it does (chapter 15)."""

import time
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from gdlab import optimizers, plots
from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.formatting import display_name
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.controls import Choice, Number, number, numbers_of
from gdlab.labs.driver import Lab
from gdlab.labs.inputs import by_display_name, check_method
from gdlab.labs.pictures import capital, numbers_in_words
from gdlab.labs.scene import Layout, Scene, Scenery
from gdlab.plots import DRAWING, GREY, style_of
from gdlab.stage.actors import Curve, Dots

LR = KNOWN["lr"]._replace(low=1e-4)
BATCH = Hyperparameter("B", "batch size", 8, 1024, log=True, legal=(1, 60_001))
EPOCHS = Hyperparameter("E", "epochs", 1, 10, legal=(1, 101))
GOAL = Hyperparameter("goal", "share of the test digits", 0.5, 1, False, (0, 1), True, 0.97)
SEED = Hyperparameter("seed", "", 0, 100, legal=(0, 2**32))
PANELS = Layout((("loss", "wrong"),), 3.6)
PAUSE = 0.08  # seconds between two pictures of the growing curves

# An η for each method that serves this network well, with batches of 32.
RATES = {
    "gradient_descent": 0.3,
    "momentum": 0.3,
    "heavy_ball": 0.03,
    "torch_momentum": 0.03,
    "nesterov": 0.03,
    "adagrad": 0.03,
    "rmsprop": 0.001,
    "adadelta": 1.0,
    "adam": 0.001,
    "adamw": 0.001,
}


def training(
    method=optimizers.adam,
    *,
    batch_size=32,
    epochs=3,
    goal=0.97,
    seed=0,
    digits=None,
    **numbers,
):
    """A lab: choose a method and its numbers, press Train, and watch the curves grow.

    The network has 784 inputs, 128 hidden units and ten outputs. It trains in the background:
    the notebook keeps answering, and Stop stops within a step.

    Arguments
        method      a function (x, grad, s, *, …), or its name; the others can be chosen
        batch_size  digits a step, 1 to 60,000; epochs: how often each is seen, 1 to 100
        goal        the share of the test digits to read rightly; None for no goal
        seed        of the first weights and of the order of the digits
        digits      (train, test), each as `mnist.load` gives them; None to load them
        numbers     first values of the method's numbers
    Raises `Advice` if an argument makes no sense.

    >>> lab = training("momentum", lr=0.1, epochs=2)
    >>> lab
    Momentum on the digits: η = 0.1, β = 0.9, batches of 32, 2 epochs.
    >>> lab.set(beta=0.5)  # `await lab.train()` trains; lab.training.x are the weights
    """
    method = check_method(method)
    goal = goal and Number("goal", GOAL).legal(goal)
    if digits is not None:
        check_digits(digits)
    for name in numbers:
        if name not in turned(method):
            takes = ", ".join(turned(method)) or "none"
            raise Advice(f"{name_of(method)} has no number {name}; it has: {takes}.")
    known = {n: v for m in (method, *optimizers.METHODS.values()) for n, v in turned(m).items()}
    seed = Number("seed", SEED, whole=True).legal(seed)
    state = {"method": method, **known, **good_numbers(method), **numbers}
    state |= {"batch_size": batch_size, "epochs": epochs, "goal": goal, "seed": seed}
    state |= {"now": None, "last": None}
    others = (m for name, m in optimizers.METHODS.items() if name != name_of(method))
    options = by_display_name([method, *others])
    controls = [
        Choice("method", options, words="method"),
        *(number(name, value, LR if name == "lr" else None) for name, value in known.items()),
        Number("batch_size", BATCH, whole=True),
        Number("epochs", EPOCHS, whole=True),
    ]
    return TrainingLab(state, controls, digits)


def scene(*, method, batch_size, epochs, goal, seed, now, last, **numbers):
    """The curves of a training so far, over those of the one before; nothing before the first."""
    own = {name: numbers[name] for name in turned(method)}
    words = in_words(method, own, batch_size, epochs)
    kind, text = ("Ready.", f"{words} Press Train.") if now is None else judgement(now, goal)
    if now is not None and now.running and words != now.words:
        text += " What you change counts from the next training on."
    return Scene(
        Scenery(PANELS, draw, (now.epochs if now else epochs, goal)),
        [*(curves(last, ghost=True) if last else ()), *(curves(now) if now else ())],
        title="Learning to read",
        formula="784 – 128 – 10, cross-entropy",
        kind=kind,
        text=text,
        summary=now.words if now else words,
        hidden=frozenset({"now", "last", *numbers} - {*own}),
    )


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A training as it stood at one moment, in numbers that do not change any more.

    words is what it was started with, in a sentence; the rest as in `mnist.training.Training`.
    """

    words: str
    method: Any
    epochs: int
    per_epoch: int
    total: int
    steps: int
    seconds: float
    running: bool
    error: str
    losses: tuple
    accuracies: tuple


def snapshot(training, words):
    """A `Snapshot` of a training, which may be at work meanwhile."""
    running = training.running  # asked first: once it has ended, nothing changes any more
    names = "method epochs per_epoch total steps seconds error losses accuracies".split()
    now = {name: getattr(training, name) for name in names}
    return Snapshot(words, running=running, **now)


# The picture


def draw(axes, epochs, goal):
    """Two empty panels: the loss of the batches, and the share of the digits read wrongly."""
    loss, wrong = axes
    loss.set(yscale="log", ylim=(0.008, 4), ylabel="loss of the batches")
    loss.set_yticks([0.01, 0.03, 0.1, 0.3, 1, 3], ["0.01", "0.03", "0.1", "0.3", "1", "3"])
    wrong.set(yscale="log", ylim=(0.01, 1), ylabel="test digits read wrongly")
    percent = (1, 2, 5, 10, 30, 100)
    wrong.set_yticks([p / 100 for p in percent], [f"{p} %" for p in percent])
    for ax in (loss, wrong):
        ax.set(xlim=(0, epochs), xlabel="epoch")
        ax.minorticks_off()
        ax.grid(axis="y")
    if goal:
        _, word = plots.draw_goal(wrong, 1 - goal)
        word.xy = (0.01, 1 - goal)  # on the left: there the curves are still high
        word.set_horizontalalignment("left")


def curves(shot, ghost=False):
    """Loss and accuracy of a training as actors; those of the last one are grey."""
    style = style_of(shot.method)
    look = dict(color=GREY if ghost else style.color, dash=() if ghost else style.dash)
    label = "last training" if ghost else display_name(name_of(shot.method))
    (steps, loss), (checks, share) = shot.losses, shot.accuracies
    x, wrong = checks / shot.per_epoch, (1 - share).clip(1e-4)
    lines = [Curve(0, steps / shot.per_epoch, loss, label=label, **look)] if len(steps) else []
    lines += [Curve(1, x, wrong, **look)] if len(steps) and len(checks) else []
    return [*lines, Dots(1, x, wrong, look["color"], size=4.0)] if len(checks) else lines


# The words


def in_words(method, numbers, batch_size, epochs):
    """What is to be trained, in a sentence."""
    parts = [numbers_in_words(numbers)] if numbers else []
    parts += [f"batches of {batch_size:,}", f"{epochs} epoch{'s' if epochs > 1 else ''}"]
    return f"{capital(display_name(name_of(method)))} on the digits: {', '.join(parts)}."


def judgement(now, goal):
    """How a training goes, or went: (kind, text)."""
    if now.running:
        return "Training.", now.words
    if now.error:
        return "Diverged." if "diverged" in now.error else "Not possible.", capital(now.error)
    steps, share = now.accuracies
    read = f"{100 * float(share[-1]):.1f} % of the test digits are read rightly"
    if now.steps < now.total:
        return "Stopped", f"at step {now.steps:,}. At the last look {read}."
    text = f"{read} after {now.steps:,} steps, {now.seconds:.1f} s."
    if not goal:
        return "Trained:", text
    if share.max() < goal:
        return "Trained:", f"{text} The goal is {100 * goal:g} %."
    first = steps[(share >= goal).argmax()] / now.per_epoch
    there = f"{100 * goal:g} % were there for the first time at epoch {first:.3g}."
    return "Goal reached:", f"{text} {there}"


# What is given


def turned(method):
    """The numbers of a method that get a slider here; ε is left alone."""
    return {name: value for name, value in numbers_of(method).items() if name != "eps"}


def good_numbers(method):
    """The numbers of a method, with an η that serves the network well."""
    rate = RATES.get(name_of(method))
    return turned(method) | ({"lr": rate} if rate else {})


def own_numbers(before, after):
    """Another method brings numbers that serve it well, but for those given along with it."""
    if after["method"] is before["method"]:
        return {}
    brought = good_numbers(after["method"])
    return {name: value for name, value in brought.items() if after[name] == before[name]}


def check_digits(digits):
    """Images and labels to learn from, and others to test on."""
    try:
        (_, _), (_, _) = digits
    except (TypeError, ValueError):
        raise Advice(
            "digits are (train, test), each a pair (images, labels) as mnist.load gives them."
        ) from None


# At work


class TrainingLab(Lab):
    """See `training`. `training` is the one on the stage, or None; it works in a thread."""

    def __init__(self, state, controls, digits):
        super().__init__(training, scene, state, controls, adjust=own_numbers)
        self.training, self.digits, self._words, self._shown_at = None, digits, "", 0.0
        self.train_button = widgets.Button(description="Train", tooltip="begin anew")
        self.stop_button = widgets.Button(description="Stop", disabled=True)
        self.bar, self.progress = widgets.FloatProgress(0.0, min=0.0, max=1.0), widgets.HTML()
        self.train_button.on_click(self._anew)
        self.stop_button.on_click(self._stop_or_go_on)
        _, rows = self.children
        rows.children += (self._work_row(),)

    def _work_row(self):
        for button in (self.train_button, self.stop_button):
            button.layout = widgets.Layout(flex="0 0 7em", width="7em")
            button.add_class("gd-push")
        self.bar.style.bar_color = plots.VERMILLION
        self.bar.layout = widgets.Layout(flex="1 1 100px", width="auto")
        self.progress.layout = widgets.Layout(flex="0 0 15em", width="15em")
        row = widgets.HBox([self.train_button, self.stop_button, self.bar, self.progress])
        row.layout = widgets.Layout(  # over all columns of the rows
            grid_area="auto / 1 / auto / -1", align_items="center", grid_gap="10px"
        )
        return row

    def train(self):
        """Begin anew with the numbers of the sliders; returns the training, at work."""
        from gdlab import mnist
        from gdlab.mnist.training import Training

        self.stop()
        if self.digits is None:
            self.digits = mnist.load("train"), mnist.load("test")
        state, (learn, test) = self.state, self.digits
        numbers = {name: state[name] for name in turned(state["method"])}
        size, epochs, seed = state["batch_size"], state["epochs"], state["seed"]
        begun = Training(
            mnist.network(*learn),
            state["method"],
            mnist.initial(seed, device=learn[0].device),
            epochs=epochs,
            batch_size=size,
            seed=seed,
            test=test,
            on_progress=self._grow,
            **numbers,
        )
        before = state["now"]
        if before is not None and len(before.losses.step):
            self.put(last=before)
        self.training, self._words = begun, in_words(state["method"], numbers, size, epochs)
        return self._begin()

    def stop(self):
        """Stop at once; "Go on" goes on from there."""
        if self.training is not None:
            self.training.stop()

    def wait(self):
        """Wait until the training has ended; interrupting the cell (■) stops it."""
        return self.training.wait() if self.training is not None else None

    def _anew(self, _):
        self.stop()  # before anything is locked: the thread may be about to show a picture
        self._guarded(self.train)

    def _stop_or_go_on(self, _):
        at_work = self.training.running
        self.stop()  # waits for the thread, as above
        if not at_work:
            self._guarded(self._begin)

    def _begin(self):
        self.training.start()
        self._show_training()
        return self.training

    def _grow(self, training):
        """From the training's thread: show the curves so far, not too often."""
        pause = time.monotonic() - self._shown_at < PAUSE
        if training is self.training and not (training.running and pause):
            self._show_training()

    def _show_training(self):
        with DRAWING:  # what is shown last shall be what was seen last
            now = snapshot(self.training, self._words)
            self._shown_at = time.monotonic()
            self.put(now=now)
            unfinished = not now.error and now.steps < now.total
            self.stop_button.description = "Stop" if now.running or not unfinished else "Go on"
            self.stop_button.disabled = not (now.running or unfinished)
            self.bar.value = now.steps / now.total
            epochs = f"{now.steps / now.per_epoch:.1f} of {now.epochs} epochs"
            self.progress.value = f"{epochs}, {now.seconds:.1f} s"
