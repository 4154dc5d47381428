"""What every lab is: a stage, rows of controls below it, one place where errors become words."""

import time
import traceback
from pathlib import Path

import ipywidgets as widgets
import numpy as np

from gdlab.errors import Advice
from gdlab.plots import DRAWING
from gdlab.stage import with_picture

GESTURE = 0.8  # seconds; changes closer together than this are one pull of a slider


class Lab(widgets.VBox):
    """A stage with controls. Subclasses say what to show in `update`.

    >>> from gdlab import labs
    >>> lab = labs.descent(lr=0.1)
    >>> lab.set(lr=0.3)
    >>> lab.numbers["lr"]
    0.3
    """

    def __init__(self, stage, rows):
        self.stage, self.rows = stage, {row.name: row for row in rows if hasattr(row, "name")}
        grid = widgets.Box(list(rows))
        grid.add_class("gd-rows")
        super().__init__([stage, grid] if rows else [stage])
        self.add_class("gd-lab")
        self._last_change = None  # nothing has been shown yet
        stage.observe(self._clicked, "start")

    @property
    def numbers(self):
        """The current numbers, by name."""
        return {name: row.value for name, row in self.rows.items()}

    def set(self, **numbers):
        """Set numbers by name, as a reader would with the sliders; each call is one change."""
        for name, value in numbers.items():  # all are checked before one is changed
            if name not in self.rows:
                raise Advice(f"this lab has no {name}; it has: {', '.join(self.rows)}.")
            self.rows[name].legal(value)
        for name, value in numbers.items():
            self.rows[name].set(value)
        self._last_change = 0.0
        self.changed(None)

    def changed(self, row):
        """A control moved: show the new state, or say in one sentence why not."""
        first = self._last_change is None
        fresh = first or time.monotonic() - self._last_change > GESTURE
        self.guarded(self.update, row, fresh)
        # Noted only now: a slow update is not a pause. And the first picture is no pull.
        self._last_change = 0.0 if first else time.monotonic()

    def guarded(self, act, *args):
        """Do something for the reader; whatever goes wrong becomes one sentence."""
        try:
            with DRAWING, np.errstate(all="ignore"):  # what overflows is seen in the picture
                return act(*args)
        except Exception as error:  # a reader's own code may fail in any way
            self.advise(_sentence(error))

    def advise(self, sentence):
        """Say what is wrong below the picture, which stays as it was."""
        self.stage.set_verdict("Not possible.", sentence)

    def update(self, row, fresh):
        """Compute and show. `row` moved (None: several); `fresh`: it is a new gesture."""
        raise NotImplementedError

    def _clicked(self, change):
        """The reader clicked or dragged in the picture."""

    def figure(self):
        """The current moment as a Matplotlib figure, scenery and actors together."""
        return self.stage.figure()

    def __repr__(self):
        return repr(self.stage)

    def _repr_mimebundle_(self, **kwargs):
        return with_picture(super()._repr_mimebundle_(**kwargs), self.stage)


def _sentence(error):
    if isinstance(error, Advice):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = Path(frame.filename).parent == Path(__file__).parent
    where = "" if ours else f" in {frame.name}, line {frame.lineno}: {frame.line}"
    return f"{type(error).__name__}{where} ({error})."
