"""The one driver of all labs: a state goes in, its scene is shown; sliders change the state."""

import inspect
import time
import traceback
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import ipywidgets as widgets
import numpy as np

from gdlab.errors import Advice
from gdlab.labs.core.code import call
from gdlab.labs.core.controls import controls_of
from gdlab.labs.core.inputs import start_of
from gdlab.labs.core.scene import Scene
from gdlab.plots import DRAWING
from gdlab.stage import Stage, with_picture
from gdlab.stage.actors import Trail

GESTURE = 0.8  # seconds; changes closer together than this are one pull of a slider
REMEMBERED = 2**26  # bytes of scenes; going back to one of them costs nothing


class Lab(widgets.VBox):
    """A stage with controls: `scene(**state)` says what each state looks like.

    Arguments
        maker     the function that makes this lab, as a reader calls it: `labs.descent`
        scene     a function of the state's values, by name → `Scene`; the same values, the same
                  scene
        state     {name: value}; what `maker` calls by the same name
        controls  a list of `Number`, `Choice`, …: which values a reader may change
        clicks    {panel: names}: what a click in a panel sets; a start takes as much of the
                  position as it has coordinates, each other name one number of what is left
        pen       the name of a value that a reader draws in the first panel: a tuple of strokes,
                  each a tuple of points (x, y); None for none
        adjust    a function (before, after) → {name: value}: what else changes with a change, but
                  for what was given along with it
        actions   {label: a function of the state → {name: value}}: buttons below the rows that
                  change these values; the function's docstring is the button's tooltip

    `state` is the current one, `scene` what it looks like, `last` the scene that stands pale
    behind it, or None. A state that cannot be shown is answered in one sentence; the picture and
    the controls stay at the state before.

    >>> from gdlab import labs
    >>> lab = labs.descent(lr=0.1)
    >>> lab.set(lr=0.3)
    >>> lab.state["lr"]
    0.3
    """

    def __init__(
        self, maker, scene, state, controls, *, clicks=None, pen=None, adjust=None, actions=None
    ):
        self.maker, self._clicks, self._pen = maker, clicks or {}, pen
        self._adjust = adjust or (lambda before, after: {})
        self._scene_of, self._scenes = scene, {}
        self.controls = {control.name: control for control in controls}
        for name, control in self.controls.items():
            state[name] = control.legal(state[name])
        self.state, self.scene, self.last = MappingProxyType(state), None, None
        self._changed_at = None  # nothing has been changed yet
        with DRAWING, np.errstate(all="ignore"):
            first = self._scene(state)  # a mistake in the arguments shows here
            ink = as_lists(state[pen]) if pen else None
            self.stage = Stage(first.scenery.figure(), clickable=list(self._clicks), ink=ink)
        self.rows = {
            name: control.row(state[name], self._moved, self.advise)
            for name, control in self.controls.items()
        }
        buttons = [self._button(label, act) for label, act in (actions or {}).items()]
        together = [widgets.HBox(buttons)] if buttons else []
        grid = widgets.Box([*self.rows.values(), *together])
        grid.add_class("gd-rows")
        super().__init__([self.stage, grid] if grid.children else [self.stage])
        self.add_class("gd-lab")
        self._guarded(self._show, first)
        self.stage.observe(self._clicked, "start")
        self.stage.observe(self._drawn, "ink")
        self.stage.observe(self._turned, "portrait")

    # From Python

    def set(self, **values):
        """Change values of the state by name, as a reader would; each call is one change."""
        self._change(self._legal(values), new=True)

    def put(self, **values):
        """Change values that have no row while something is at work; from any thread.

        The reader did not change anything, so nothing stays behind as a ghost.
        """
        self._guarded(self._put, values)

    @property
    def run(self):
        """The run of the scene, or several of them."""
        return self.scene.run

    @property
    def code(self):
        """The line of Python that makes this lab, as it stands now."""
        counts = {n: value for n, value in self.state.items() if n not in self.scene.hidden}
        return call(self.maker, counts, self.controls)

    def figure(self, **values):
        """The current moment as a Matplotlib figure; with other values, how it would look."""
        if not values:
            return self.stage.figure()
        with DRAWING, np.errstate(all="ignore"):
            scene = self._scene({**self.state, **self._legal(values)})
            stage = Stage(scene.scenery.figure())
            stage.show(scene.actors, frames=scene.frames, summary=scene.summary)
            return stage.figure()

    def advise(self, sentence):
        """Say what is wrong below the picture, which stays as it was."""
        self.stage.set_verdict("Not possible.", sentence)

    def __repr__(self):
        return repr(self.stage)

    def _repr_mimebundle_(self, **kwargs):
        return with_picture(super()._repr_mimebundle_(**kwargs), self.stage)

    # From the page

    def _moved(self, row):
        self._change({row.name: row.value})

    def _clicked(self, change):
        changes, rest = {}, tuple(change.new)
        for name in self._clicks[self.stage.panel]:
            taken = len(self.state["start"]) if name == "start" else 1
            mine, rest = rest[:taken], rest[taken:]
            if mine:
                changes[name] = mine if name == "start" else self.controls[name].near(mine[0])
        self._change(changes)

    def _drawn(self, change):
        self.put(**{self._pen: as_tuples(change.new)})

    def _turned(self, change):
        self._guarded(self._paint, self.scene)

    def _button(self, label, act):
        def press(_):
            self._guarded(lambda: self._change(act(self.state), new=True))

        button = widgets.Button(description=label, tooltip=inspect.getdoc(act))
        button.on_click(press)
        return button

    def _legal(self, values):
        """Values by name as the state keeps them; all are checked before one is changed."""
        for name, value in values.items():
            if name in self.controls:
                values[name] = self.controls[name].legal(value)
            elif name == "start" and name in self.state:
                values[name] = start_of(self.state.get("surface"), value)
            else:
                raise Advice(f"this lab has no {name}; it has: {', '.join(self.controls)}.")
        return values

    # What every change comes to

    def _scene(self, state):
        """The scene of a state, computed once."""
        key = tuple(map(_key, state.values()))
        scene, _ = self._scenes.pop(key, (None, None))
        scene = scene or _checked(self._scene_of, state)
        # The last one used is the last in the row. With its state, so that no `id` comes again.
        self._scenes[key] = scene, state
        while len(self._scenes) > 1 and self._bytes() > REMEMBERED:
            del self._scenes[next(iter(self._scenes))]
        return scene

    def _bytes(self):
        return sum(scene.nbytes for scene, _ in self._scenes.values())

    def _change(self, changes, new=False):
        now = time.monotonic()
        gesture = new or self._changed_at is None or now - self._changed_at > GESTURE
        self._guarded(self._go_to, changes, gesture)
        # Noted only now: a slow scene is not a pause.
        self._changed_at = None if new else time.monotonic()

    def _go_to(self, changes, gesture):
        before = dict(self.state)
        after = {**before, **self._adjust(before, {**before, **changes}), **changes}
        try:
            scene = self._scene(after)
        except Exception:
            self._show_values(before)
            raise
        if any(control.forgets and before[n] != after[n] for n, control in self.controls.items()):
            self.last = None
        elif gesture:
            self.last = self.scene
        self.state = MappingProxyType(after)
        self._show(scene)
        self._show_values(after)
        if self._pen:
            self.stage.ink = as_lists(after[self._pen])

    def _put(self, values):
        after = {**self.state, **values}
        scene = _checked(self._scene_of, after)  # not remembered: it will not come again
        self.state = MappingProxyType(after)
        self._show(scene)  # and leave the rows alone: a reader may be pulling one

    def _show(self, scene):
        if self.scene is None or scene.scenery != self.scene.scenery:
            self._paint(scene)
        if self.scene is None or scene.relief is not self.scene.relief:
            self.stage.mesh = scene.relief and scene.relief.spec()
        self.stage.title, self.stage.formula = scene.title, scene.formula
        self.scene, text, ghosts = scene, scene.text, []
        if self.last is not None:
            stays = [a for a in self.last.actors if isinstance(a, Trail) and a.trace]
            ghosts = [replace(trail, ghost=True, label="") for trail in stays]
        if ghosts:
            ghosts[0].label = "last run"
            named = f", {self.last.name}" if self.last.name else ""
            text = f"{text} The pale line is your last run{named}.".strip()
        self.stage.show(
            [*ghosts, *scene.actors],
            frames=scene.frames,
            unit=scene.unit,
            kind=scene.kind,
            text=text,
            summary=scene.summary,
            readout=scene.readout,
            code=self.code,
        )
        for name, limit in scene.limits.items():
            self.rows[name].mark(limit)
        for name, note in scene.notes.items():
            self.rows[name].note(note)
        for name, row in self.rows.items():
            row.layout.display = "none" if name in scene.hidden else None

    def _paint(self, scene):
        self.stage.paint(scene.scenery.figure(self.stage.portrait))

    def _show_values(self, state):
        for name, row in self.rows.items():
            row.show(state[name])

    def _guarded(self, act, *args):
        """Do something for the reader; whatever goes wrong becomes one sentence."""
        try:
            with DRAWING, np.errstate(all="ignore"):  # what overflows is seen in the picture
                act(*args)
        except Exception as error:  # a reader's own code may fail in any way
            self.advise(_sentence(error))


def lab(function, **values):
    """A lab of your own: a function from numbers to a `Scene`.

    Arguments
        function  takes its values by name, each with a default, and returns a `labs.Scene`. A
                  number gets a slider, `start` is set by a click in the first panel, anything
                  else stays as it is
        values    first values, in place of the defaults
    Raises `Advice` for what is no function, a value it does not take, or one without a default.

    >>> from gdlab import descend, labs, optimizers, surfaces
    >>> def bowl(*, lr=0.1, steps=20, start=(2.0, 2.0)):
    ...     run = descend(surfaces.bowl, optimizers.adam, start, steps=steps, lr=lr)
    ...     curve = labs.land_and_curve(surfaces.bowl, steps, "loss", (1e-6, 10), log=True)
    ...     return labs.Scene(curve, [labs.path(run), labs.loss_curve(run)], frames=steps + 1)
    >>> labs.lab(bowl, lr=0.3).code
    'labs.lab(bowl, lr=0.3, steps=20, start=(2.0, 2.0))'
    """
    if not callable(function):
        raise Advice(f"{function!r} is not a function: give one that returns a labs.Scene.")
    parameters = inspect.signature(function).parameters
    state = {name: values.get(name, p.default) for name, p in parameters.items()}
    name = getattr(function, "__name__", "your function")
    for missing in (n for n, value in state.items() if value is inspect.Parameter.empty):
        raise Advice(f"{name} has no default for {missing}: give one, as in {missing}=0.1.")
    for unknown in (n for n in values if n not in state):
        raise Advice(f"{name} takes no {unknown}; it takes: {', '.join(state)}.")
    clicks = {0: ("start",)} if "start" in state else {}

    def scene(function, **state):
        return function(**state)

    return Lab(lab, scene, {"function": function} | state, controls_of(state), clicks=clicks)


def as_lists(strokes):
    """Strokes as they travel to the browser; `as_tuples` is the way back.

    >>> as_lists((((1, 2), (3, 4)),)), as_tuples([[[1, 2], [3, 4]]])
    ([[[1, 2], [3, 4]]], (((1, 2), (3, 4)),))
    """
    return [[list(point) for point in stroke] for stroke in strokes]


def as_tuples(strokes):
    """Strokes as a state keeps them."""
    return tuple(tuple(tuple(point) for point in stroke) for stroke in strokes)


def _key(value):
    """What tells a value from another one; an array is known by its place."""
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value


def _checked(scene, state):
    out = scene(**state)
    if not isinstance(out, Scene):
        made = getattr(state.get("function", scene), "__name__", "the function")
        raise Advice(f"{made} returned {type(out).__name__}: let it return a labs.Scene.")
    return out


def _sentence(error):
    if isinstance(error, Advice):
        return str(error)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    ours = Path(__file__).parents[1] in Path(frame.filename).parents
    where = "" if ours else f" in {frame.name}, line {frame.lineno}: {frame.line}"
    return f"{type(error).__name__}{where} ({error})."
