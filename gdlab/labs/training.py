"""A network learns the digits, and its curves grow while it does (chapter 15)."""

import threading
import time

import ipywidgets as widgets

from gdlab import optimizers, plots
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_numbers
from gdlab.hyperparameters import KNOWN, Hyperparameter, describe
from gdlab.labs.base import Lab
from gdlab.labs.controls import Choice, Row
from gdlab.labs.descent import numbers_of
from gdlab.plots import GREY, style_of
from gdlab.stage import Stage
from gdlab.stage.actors import Curve, Dots

LR = KNOWN["lr"]._replace(low=1e-4)
BATCH = Hyperparameter("B", "batch size", 8, 1024, log=True, legal=(1, 60_001))
EPOCHS = Hyperparameter("E", "epochs", 1, 10, legal=(1, 101))
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
        goal        the share of the test digits to read rightly
        seed        of the first weights and of the order of the digits
        digits      (train, test), each as `mnist.load` gives them; None to load them
        numbers     first values of the method's numbers

    >>> lab = training("momentum", lr=0.1, epochs=2)
    >>> lab
    Momentum on the digits: η = 0.1, β = 0.9, batches of 32, 2 epochs.
    >>> lab.set(beta=0.5)  # `await lab.train()` trains; lab.training.x are the weights
    """
    if isinstance(method, str):
        if method not in optimizers.METHODS:
            names = ", ".join(optimizers.METHODS)
            raise Advice(f"{method!r} is not a method; there are: {names}.")
        method = optimizers.METHODS[method]
    return TrainingLab(method, batch_size, epochs, goal, seed, digits, numbers)


class TrainingLab(Lab):
    """See `training`. `training` is the one on the stage, `last` the one before it, or None."""

    def __init__(self, method, batch_size, epochs, goal, seed, digits, numbers):
        self.method, self.goal, self.seed, self.digits = method, goal, seed, digits
        self.training = self.last = None
        self._epochs_shown, self._shown_at, self._drawing = epochs, 0.0, threading.RLock()
        methods = {method.__name__: method} | {
            name: m for name, m in optimizers.METHODS.items() if name != method.__name__
        }
        unknown = set(numbers) - set(_turned(method))
        if unknown:
            takes = ", ".join(_turned(method)) or "none"
            raise Advice(f"{method.__name__} has no number {sorted(unknown)[0]}; it has: {takes}.")
        options = {display_name(name): m for name, m in methods.items()}
        names = {name: None for m in methods.values() for name in _turned(m)}
        rows = [Choice("", "method", options, self._new_method)]
        rows += [
            Row(name, 0.5, self.changed, self.advise, LR if name == "lr" else None)
            for name in names
        ]
        rows += [
            Row("batch_size", batch_size, self.changed, self.advise, BATCH, whole=True),
            Row("epochs", epochs, self.changed, self.advise, EPOCHS, whole=True),
            self._buttons(),
        ]
        stage = Stage(
            self._scenery(epochs), title="Learning to read", formula="784 – 128 – 10, cross-entropy"
        )
        super().__init__(stage, rows)
        self._take(numbers)
        self.changed(None)

    def _scenery(self, epochs):
        fig, (loss, wrong) = plots.figure(10.2, 3.6, ncols=2)
        loss.set(yscale="log", ylim=(0.008, 4), ylabel="loss of the batches")
        loss.set_yticks([0.01, 0.03, 0.1, 0.3, 1, 3], ["0.01", "0.03", "0.1", "0.3", "1", "3"])
        wrong.set(yscale="log", ylim=(0.01, 1), ylabel="test digits read wrongly")
        percent = (1, 2, 5, 10, 30, 100)
        wrong.set_yticks([p / 100 for p in percent], [f"{p} %" for p in percent])
        for ax in (loss, wrong):
            ax.set(xlim=(0, epochs), xlabel="epoch")
            ax.minorticks_off()
            ax.grid(axis="y")
        if self.goal:
            line, word = plots.draw_goal(wrong, 1 - self.goal)
            word.xy = (0.01, 1 - self.goal)  # on the left: there the curves are still high
            word.set_horizontalalignment("left")
        return fig

    def _buttons(self):
        self.train_button = widgets.Button(description="Train", tooltip="begin anew")
        self.stop_button = widgets.Button(description="Stop", disabled=True)
        self.bar = widgets.FloatProgress(0.0, min=0.0, max=1.0)
        self.told = widgets.HTML()
        self.train_button.on_click(lambda _: self.guarded(self.train))
        self.stop_button.on_click(lambda _: self.guarded(self._stop_or_go_on))
        for button in (self.train_button, self.stop_button):
            button.layout = widgets.Layout(flex="0 0 7em", width="7em")
            button.add_class("gd-push")
        self.bar.style.bar_color = plots.VERMILLION
        self.bar.layout = widgets.Layout(flex="1 1 100px", width="auto")
        self.told.layout = widgets.Layout(flex="0 0 15em", width="15em")
        row = widgets.HBox([self.train_button, self.stop_button, self.bar, self.told])
        row.layout = widgets.Layout(  # over all columns of the rows
            grid_area="auto / 1 / auto / -1", align_items="center", grid_gap="10px"
        )
        return row

    # What a reader does

    def train(self):
        """Begin anew with the numbers of the sliders; returns the training, at work."""
        from gdlab import mnist
        from gdlab.mnist.training import Training

        if self.training is not None:
            self.training.stop()
        if self.digits is None:
            self.digits = mnist.load("train"), mnist.load("test")
        numbers, (learn, test) = self.numbers, self.digits
        fresh = Training(
            mnist.network(*learn),
            self.method,
            mnist.initial(self.seed, device=learn[0].device),
            epochs=numbers["epochs"],
            batch_size=numbers["batch_size"],
            seed=self.seed,
            test=test,
            on_progress=self._grow,
            **{name: numbers[name] for name in _turned(self.method)},
        )
        if self.training is not None and len(self.training.losses.step):
            self.last = self.training
        self.training, self._says = fresh, self._in_words()
        return self._begin()

    def stop(self):
        """Stop at once; "Go on" goes on from there."""
        if self.training is not None:
            self.training.stop()

    def wait(self):
        """Wait until the training has ended; interrupting the cell (■) stops it."""
        return self.training.wait() if self.training is not None else None

    def _stop_or_go_on(self):
        if self.training.running:
            self.stop()
        else:
            self._begin()

    def _begin(self):
        training = self.training.start()
        self._grow(training)
        return training

    # What is shown

    def update(self, row, fresh):
        epochs = self.numbers["epochs"]
        if self.training is not None and self.training.running:
            self.told.value = "counts from the next training on"
        elif epochs != self._epochs_shown or self.training is None:
            self._show()

    def _new_method(self, choice):
        self.method = choice.value
        self._take({})
        self.changed(None)

    def _take(self, numbers):
        """Show the rows of the method's numbers, with values that serve it well."""
        name = self.method.__name__
        values = _turned(self.method) | ({"lr": RATES[name]} if name in RATES else {}) | numbers
        for row in self.rows.values():
            if row.name not in ("batch_size", "epochs"):
                row.layout.display = None if row.name in values else "none"
                if row.name in values:
                    row.set(values[row.name])

    def _grow(self, training):
        """From the training's thread: show the curves so far, not too often."""
        if training is not self.training:
            return
        now = time.monotonic()
        if not training.running or now - self._shown_at > PAUSE:
            self._shown_at = now
            self._show()

    def _show(self):
        with self._drawing:  # two threads may come here
            training, epochs = self.training, self.numbers["epochs"]
            epochs = training.epochs if training is not None else epochs
            if epochs != self._epochs_shown:
                self._epochs_shown = epochs
                self.stage.paint(self._scenery(epochs))
            actors = [] if self.last is None else self._curves(self.last, ghost=True)
            if training is not None:
                actors += self._curves(training)
            kind, text = self._told()
            says = self._in_words() if training is None else self._says
            self.stage.show(actors, kind=kind, text=text, says=says)
            self._show_progress(training)

    def _curves(self, training, ghost=False):
        style = style_of(training.method)
        color = GREY if ghost else style.color
        name = "last training" if ghost else display_name(training.method.__name__)
        steps, loss = training.losses
        checks, share = training.accuracies
        actors = []
        if len(steps):
            look = dict(color=color, dash=() if ghost else style.dash)
            actors.append(Curve(0, steps / training.per_epoch, loss, label=name, **look))
        if len(checks):
            x, wrong = checks / training.per_epoch, (1 - share).clip(1e-4)
            actors += [Curve(1, x, wrong, **look)] if len(steps) else []
            actors.append(Dots(1, x, wrong, color, size=4.0))
        return actors

    def _show_progress(self, training):
        running = training is not None and training.running
        unfinished = training is not None and not training.error
        unfinished = unfinished and training.steps < training.total
        self.stop_button.description = "Stop" if running or not unfinished else "Go on"
        self.stop_button.disabled = not (running or unfinished)
        if training is not None:
            self.bar.value = training.steps / training.total
            done = f"{training.steps / training.per_epoch:.1f} of {training.epochs} epochs"
            self.told.value = f"{done}, {training.seconds:.1f} s"

    def _told(self):
        training = self.training
        if training is None:
            return "Ready.", f"{self._in_words()} Press Train."
        if training.running:
            return "Training.", self._says
        if training.error:
            kind = "Diverged." if "diverged" in training.error else "Not possible."
            return kind, training.error[:1].upper() + training.error[1:]
        steps, share = training.accuracies
        read = f"{100 * float(share[-1]):.1f} % of the test digits are read rightly"
        if training.steps < training.total:
            return "Stopped", f"at step {training.steps:,}. At the last look {read}."
        text = f"{read} after {training.steps:,} steps, {training.seconds:.1f} s."
        if not self.goal:
            return "Trained:", text
        goal = f"{100 * self.goal:g} %"
        if share.max() < self.goal:
            return "Trained:", f"{text} The goal is {goal}."
        first = steps[(share >= self.goal).argmax()] / training.per_epoch
        return "Goal reached:", f"{text} {goal} were there for the first time at epoch {first:.3g}."

    def _in_words(self):
        numbers = self.numbers
        mine = {name: numbers[name] for name in _turned(self.method)}
        told = format_numbers(mine, {name: describe(name).symbol for name in mine})
        told = f"{told}, " if told else ""
        name, epochs = display_name(self.method.__name__), numbers["epochs"]
        return (
            f"{name[:1].upper()}{name[1:]} on the digits: {told}batches of "
            f"{numbers['batch_size']:,}, {epochs} epoch{'s' if epochs > 1 else ''}."
        )


def _turned(method):
    """The numbers of a method that get a slider here; ε is left alone."""
    return {name: value for name, value in numbers_of(method).items() if name != "eps"}
