"""A lab's work in a thread, and the row below it: Train, Stop, a bar, the time left."""

import time

import ipywidgets as widgets

from gdlab.plots import DRAWING, VERMILLION


class Work(widgets.HBox):
    """A training in a thread, two buttons, a bar and a few words about how far it is.

    Arguments
        prepare  a function that returns a new `mnist.training.Training`, not begun, which calls
                 `grow` as it goes on
        show     a function that shows the lab as it stands now; called from any thread
        guarded  the lab's way to call a function and to answer its error in a sentence
        pause    seconds between two pictures of what grows

    `training` is what is, or was, at work; None before the first one.
    """

    def __init__(self, prepare, show, guarded, pause=0.08):
        self._prepare, self._show, self._guarded, self._pause = prepare, show, guarded, pause
        self.training, self._shown_at = None, 0.0
        self.train_button = widgets.Button(description="Train", tooltip="begin anew")
        self.stop_button = widgets.Button(description="Stop", disabled=True)
        self.bar, self.told = widgets.FloatProgress(0.0, min=0.0, max=1.0), widgets.HTML()
        self.train_button.on_click(self._anew)
        self.stop_button.on_click(self._stop_or_go_on)
        for button in (self.train_button, self.stop_button):
            button.layout = widgets.Layout(flex="0 0 6em", width="6em")
            button.add_class("gd-push")
        self.bar.style.bar_color = VERMILLION
        self.bar.layout = widgets.Layout(flex="1 1 80px", width="auto")
        self.told.layout = widgets.Layout(flex="0 0 15em", width="15em")
        super().__init__([self.train_button, self.stop_button, self.bar, self.told])
        self.layout = widgets.Layout(  # over all columns of the rows
            grid_area="auto / 1 / auto / -1",
            flex_flow="row wrap",  # beside the picture there is little room
            align_items="center",
            grid_gap="0 10px",
        )

    def begin(self):
        """Begin anew; returns the training, at work."""
        self.stop()
        self.training = self._prepare()
        return self._go_on()

    def stop(self):
        """Stop within a step and keep what is there; "Go on" goes on from there."""
        if self.training is not None:
            self.training.stop()

    def wait(self):
        """Wait until the training has ended; interrupting the cell (■) stops it."""
        return self.training.wait() if self.training is not None else None

    def grow(self, training):
        """From the training's thread: show what there is so far, not too often."""
        early = time.monotonic() - self._shown_at < self._pause
        if training is self.training and not (training.running and early):
            self._show_now()

    def tell(self, now, far):
        """How far it is: now, what the training was like at one moment; far, that in words."""
        unfinished = not now.error and now.steps < now.total
        self.stop_button.description = "Stop" if now.running or not unfinished else "Go on"
        self.stop_button.disabled = not (now.running or unfinished)
        self.bar.value = now.steps / now.total
        left = f"{max(1, round(now.seconds_left))} s left" if now.seconds_left else ""
        time_ = left if now.running else f"{now.seconds:.1f} s"
        self.told.value = ", ".join(filter(None, (far, time_)))

    def _anew(self, _):
        self.stop()  # before anything is locked: the thread may be about to show a picture
        self._guarded(self.begin)

    def _stop_or_go_on(self, _):
        at_work = self.training.running
        self.stop()  # waits for the thread, as above
        if not at_work:
            self._guarded(self._go_on)

    def _go_on(self):
        self.training.start()
        self._show_now()
        return self.training

    def _show_now(self):
        with DRAWING:  # what is shown last is what was seen last
            self._shown_at = time.monotonic()
            self._show()
