"""Training in the background, so that the notebook keeps answering."""

import asyncio
import math
import threading
import time
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from gdlab import mnist
from gdlab.arrays import is_tensor
from gdlab.descent import Memory, walk
from gdlab.errors import Advice
from gdlab.mnist import failures

POINTS = 40  # of the loss curve in an epoch
CHECKS = 4  # of the test accuracy in an epoch


class Curve(NamedTuple):
    """How something went: the steps (k,) and the values (k, *batch) measured there."""

    step: np.ndarray
    value: np.ndarray


class Training:
    """A network on its way down, in a thread of its own.

    Arguments
        surface      a network: `mnist.network(images, labels)`
        method, start, batch_size, seed, numbers   as in `walk`
        epochs       how often every digit is seen, 1 or more
        test         (images, labels) to measure the accuracy on; None for no such curve
        on_progress  called with the training, from its thread, at every point of the loss
                     curve and once when it has ended
        spare        a function () → (surface, test) on the CPU, where the training goes on if
                     its device fails; None to end there
    Raises `Advice` if an argument makes no sense. What goes wrong later stands in `error`.

        x        the weights so far       steps    how many were made, of `total`
        losses, accuracies   the curves so far
        guesses  what it took the test digits for when it last looked, shape (*batch, n)
        kept     the step of the last point, the weights there, and the method's memory
        running  whether it is at work    seconds  how long it has been, breaks not counted
        device   where it works: "cpu", "cuda", …  seconds_left  at the pace so far
        error    what went wrong, in one sentence; "" if nothing did
        note     what did not end it, but should be known; "" if there is nothing

    On the CPU the same arguments lead to the same weights, however often it is stopped.

    >>> from gdlab import optimizers
    >>> digits = mnist.load("test", device="cpu")
    >>> start = mnist.initial(0, device="cpu")
    >>> training = Training(mnist.network(*digits), optimizers.adam, start, epochs=1)
    >>> training.start().wait()
    adam on the network: 1 of 1 epochs
    >>> steps, loss = training.losses
    >>> bool(loss[-1] < loss[0] / 2)
    True
    """

    def __init__(
        self,
        surface,
        method,
        start,
        *,
        epochs=1,
        batch_size=32,
        seed=0,
        test=None,
        on_progress=None,
        spare=None,
        **numbers,
    ):
        if not (isinstance(epochs, (int, np.integer)) and epochs >= 1):
            raise Advice(f"epochs is {epochs!r}: give a whole number, 1 or more.")
        self.surface, self.method, self.x = surface, method, start
        self.test, self.on_progress, self.numbers = test, on_progress, numbers
        self._spare = spare
        self._walk = partial(walk, method=method, batch_size=batch_size, seed=seed, **numbers)
        self._set_out(Memory())
        self.epochs, self.per_epoch = epochs, math.ceil(surface.n / batch_size)
        self.steps, self.seconds, self.running = 0, 0.0, False
        self.error = self.note = ""
        self._losses, self._accuracies, self.guesses = [], [], None
        self._loss_sum, self._count = 0.0, 0
        self._keep()
        self._thread, self._halt, self._ended = None, threading.Event(), threading.Event()
        self._ended.set()

    @property
    def total(self):
        """How many steps there are to make; with more `epochs`, `start` goes on."""
        return self.epochs * self.per_epoch

    @property
    def device(self):
        """Where the weights lie, and the work is done."""
        return self.x.device.type

    @property
    def seconds_left(self):
        """How long it will still take at the pace so far; None before the first step."""
        return self.seconds / self.steps * (self.total - self.steps) if self.steps else None

    @property
    def losses(self):
        """The mean loss of the batches since the point before: a `Curve` that grows."""
        return _curve(self._losses)

    @property
    def accuracies(self):
        """The share of the test digits read correctly: a `Curve` that grows."""
        return _curve(self._accuracies)

    def start(self):
        """Begin, or go on where `stop` left off; returns at once."""
        if self.error:
            raise Advice(f"This training cannot go on: {self.error}")
        if not self.running:
            self._ended.wait()
            self._halt.clear()
            self._ended.clear()
            self.running = True
            self._thread = threading.Thread(target=self._run, name="training", daemon=True)
            self._thread.start()
        return self

    def stop(self):
        """End within a step; nothing is lost, and `start` goes on from there."""
        self._halt.set()
        if threading.current_thread() is not self._thread:  # a callback must not wait for itself
            self._ended.wait()
        return self

    def wait(self):
        """Wait for the end. Interrupting the cell (■) stops the training, and keeps it."""
        try:
            while not self._ended.wait(0.1):  # in short pieces: Windows hears ■ only between
                pass
        except KeyboardInterrupt:
            self.stop()
        return self

    def __await__(self):
        """`await training` in a cell waits too, but buttons are answered meanwhile."""
        return self._until_ended().__await__()

    async def _until_ended(self):
        try:
            while not self._ended.is_set():
                await asyncio.sleep(0.05)
        except asyncio.CancelledError:  # this is how ■ comes to a cell that awaits
            self.stop()
        return self

    def __repr__(self):
        epochs = f"{self.steps / self.per_epoch:.3g} of {self.epochs} epochs"
        return f"{self.method.__name__.replace('_', ' ')} on the network: {self.error or epochs}"

    # In the thread

    def _run(self):
        try:
            with mnist.one_thread():
                self._train()
        except BaseException as error:  # a reader's own method may fail in any way, or call exit()
            self.error = failures.sentence(error, self.steps + 1)
        self.running = False
        try:
            if self.on_progress:
                self.on_progress(self)
        except Exception as error:
            self.error = self.error or failures.sentence(error, self.steps)
        finally:
            self._ended.set()

    def _train(self):
        began, before = time.perf_counter(), self.seconds
        self._or_elsewhere(self._look)
        while self.steps < self.total and not self._halt.is_set():
            self._or_elsewhere(self._step)
            self.seconds = before + time.perf_counter() - began
            if self._due(POINTS) and self.on_progress:
                self.on_progress(self)

    def _step(self):
        self.x, _, self._memory = next(self._course)
        self._hear()
        self.steps += 1
        if self._due(POINTS):
            self._point()
        self._look()

    def _look(self):
        """A point of the accuracy curve, if one is due."""
        if self._due(CHECKS) and self.steps not in self.accuracies.step:
            self._check()

    def _due(self, times):
        """Whether something that happens so many times an epoch happens now."""
        within = self.steps % self.per_epoch
        return within * times % self.per_epoch < times

    def _set_out(self, memory):
        """Be ready to walk from x with a memory."""
        listening = replace(self.surface, batch_grad=self._batch_grad)
        self._memory, self._heard = memory, []  # the losses that come with a step's slopes
        self._course = self._walk(listening, start=self.x, memory=memory)

    def _batch_grad(self, x, batch):
        loss, slope = self.surface.measure(x, batch)
        self._heard.append(loss)
        return slope

    def _hear(self):
        """The loss of a step, for each network; `side_by_side` asks for them row by row."""
        if not self._heard:
            raise Advice("the method made a step without a slope: let it call grad(x).")
        loss = torch.stack(self._heard).reshape(-1, *self.x.shape[:-1]).mean(0)
        self._heard.clear()
        self._loss_sum, self._count = self._loss_sum + loss, self._count + 1  # no waiting for a GPU

    def _point(self):
        """A point of the loss curve, and a look whether all is well."""
        loss = self._loss_sum / max(1, self._count)
        self._loss_sum, self._count = 0.0, 0
        well = loss.isfinite() & self.x.isfinite().all(-1)
        if not well.any():
            step, self.x, _ = self.kept
            raise Advice(
                f"it diverged by step {self.steps}; the weights of step {step} are kept. "
                "Try a smaller learning rate."
            )
        self._keep()
        self._losses.append((self.steps, loss.cpu().numpy()))

    def _check(self):
        if self.test is not None:
            images, labels = self.test
            guesses = mnist.predict(self.x, images)
            share = (guesses == labels).float().mean(-1)
            self.guesses = guesses.cpu().numpy()
            self._accuracies.append((self.steps, share.cpu().numpy()))

    # When a device fails

    def _keep(self):
        """Copies in the computer's own memory, which outlive a device that is lost."""
        memory = self._spare and _on_cpu(self._memory)
        self.kept = self.steps, self.x.to("cpu", copy=True), memory

    def _or_elsewhere(self, act):
        """Do something; if the device fails, go back to the last point, and on with the spare."""
        try:
            act()
        except RuntimeError as error:  # this is how PyTorch tells of it
            if self._spare is None:
                raise
            self._change_device(error)

    def _change_device(self, error):
        failed, where = self.steps + 1, self.device
        self.steps, self.x, memory = self.kept
        (self.surface, self.test), self._spare = self._spare(), None
        self._set_out(memory)
        self._loss_sum, self._count = 0.0, 0
        for points in (self._losses, self._accuracies):
            points[:] = [point for point in points if point[0] <= self.steps]
        self._look()
        self.note = (
            f"The device ({where}) failed at step {failed}: {failures.reason(error)}. "
            f"The CPU goes on from step {self.steps}."
        )


def _on_cpu(memory):
    """A copy of what a method remembers, on the CPU."""
    copied = Memory()
    for name, value in vars(memory).items():
        setattr(copied, name, value.to("cpu", copy=True) if is_tensor(value) else value)
    return copied


def _curve(points):
    points = list(points)  # the thread may append meanwhile
    return Curve(np.array([p[0] for p in points], int), np.array([p[1] for p in points]))
