"""The row below a lab that works for a while: Train, Stop, a bar, and the time that is left."""

import ipywidgets as widgets

from gdlab.plots import VERMILLION


class WorkRow(widgets.HBox):
    """Two buttons, a bar and a few words about something that takes a while.

    Arguments: begin, the function of the first button, and its words; stop_or_go_on, that of the
    second one.
    """

    def __init__(self, begin, stop_or_go_on, words="Train"):
        self.begin = widgets.Button(description=words, tooltip="begin anew")
        self.stop = widgets.Button(description="Stop", disabled=True)
        self.bar, self.told = widgets.FloatProgress(0.0, min=0.0, max=1.0), widgets.HTML()
        for button, act in ((self.begin, begin), (self.stop, stop_or_go_on)):
            button.layout = widgets.Layout(flex="0 0 7em", width="7em")
            button.add_class("gd-push")
            button.on_click(act)
        self.bar.style.bar_color = VERMILLION
        self.bar.layout = widgets.Layout(flex="1 1 100px", width="auto")
        self.told.layout = widgets.Layout(flex="0 0 15em", width="15em")
        super().__init__([self.begin, self.stop, self.bar, self.told])
        self.layout = widgets.Layout(  # over all columns of the rows
            grid_area="auto / 1 / auto / -1", align_items="center", grid_gap="10px"
        )

    def show(self, done, total, seconds, running, over=False):
        """How far it is; over: whether it cannot go on."""
        unfinished = done < total and not over
        self.stop.description = "Stop" if running or not unfinished else "Go on"
        self.stop.disabled = not (running or unfinished)
        self.bar.value = done / total
        self.told.value = in_words(done, total, seconds, running)


def in_words(done, total, seconds, running):
    """
    >>> in_words(100, 500, 2.0, True)
    '100 of 500 steps, 8 s left'
    >>> in_words(500, 500, 9.87, False)
    '500 of 500 steps, 9.9 s'
    """
    steps = f"{done:,} of {total:,} steps"
    if running and done:
        return f"{steps}, {seconds * (total - done) / done:.0f} s left"
    return f"{steps}, {seconds:.1f} s"
