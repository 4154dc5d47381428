"""The race: many methods, one start, each with its own learning rate (chapter 12)."""

import html

import ipywidgets as widgets
import numpy as np

from gdlab import plots, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.base import Lab
from gdlab.labs.controls import Choice, Row
from gdlab.labs.descent import FLOOR, draw_panels, span
from gdlab.optimizers import METHODS
from gdlab.plots import style_of
from gdlab.stage import Stage
from gdlab.stage.actors import Trail
from gdlab.verdict import heights

COURSES = [
    surfaces.ravine,
    surfaces.beale,
    surfaces.saddle,
    surfaces.rosenbrock,
    surfaces.himmelblau,
]
STEPS = Hyperparameter("T", "steps", 50, 1000, legal=(1, 5001))
RATES = np.geomspace(1e-4, 10, 151)  # what "tune each" tries: thirty to a decade


def race(field=None, courses=COURSES, *, start=None, steps=300, goal=1e-6, **lrs):
    """A lab: methods start together, each with its own η; the order of arrival is told.

    Arguments
        field    names of methods, or functions; None for all ten
        courses  surfaces to choose from, each with two coordinates
        start    where they set out, None for the surface's own; a click moves it
        steps    how many each may take, 1 to 5,000
        goal     the height above the nearest minimum that counts as arrived
        lrs      a first η for a method by name; for the others it is tuned

    >>> lab = race(["gradient_descent", "adam"], [surfaces.ravine], adam=0.5)
    >>> [place.name for place in lab.places()]
    ['gradient_descent', 'adam']
    """
    return RaceLab(field or list(METHODS), courses, start, steps, goal, lrs)


def steps_to(run, goal):
    """The step from which on each run of a batch stays at or below `goal`; inf if there is none.

    >>> from gdlab import optimizers
    >>> run = descend(surfaces.square, optimizers.gradient_descent, lr=np.array([0.4, 0.001]))
    >>> steps_to(run, 1e-6)
    array([ 6., inf])
    """
    stays = np.logical_and.accumulate((heights(run) <= goal)[::-1])[::-1]
    return np.where(stays[-1], stays.argmax(0), np.inf)


def tune(surface, method, start=None, *, steps=300, goal=1e-6, rates=RATES):
    """The η with which a method arrives first; if none arrives, the one that ends lowest.

    All of `rates` run at once, by broadcasting.

    >>> from gdlab import optimizers
    >>> round(tune(surfaces.square, optimizers.gradient_descent), 2)  # 1/L = 0.5: one step
    0.5
    """
    runs = descend(surface, method, start, steps=steps, lr=rates)
    arrival = steps_to(runs, goal)
    end = np.where(runs.first_bad_step < 0, heights(runs)[-1], np.inf)
    best = np.lexsort((end, arrival))[0]
    return float(rates[best])


class Runner(Row):
    """A method's row: whether it takes part, its η, and its place."""

    def __init__(self, name, method, on_change, on_advice):
        self.method = method
        title = min(display_name(name), name.replace("_", " "), key=len)  # there is little room
        style, title = style_of(method), html.escape(title)
        mark = f'<b class="gd-mark" style="color:{style.color}">{plots.SYMBOLS[style.marker]}</b>'
        super().__init__(name, 0.1, on_change, on_advice, KNOWN["lr"]._replace(low=1e-4))
        self.children[0].value = f"<span>{mark} {title}</span>"
        self.runs = widgets.Checkbox(True, indent=False, description="", tooltip=f"{title} runs")
        self.told = widgets.HTML()
        self.add_class("gd-runner")
        self.runs.add_class("gd-runs")
        self.told.add_class("gd-place")
        self.children = [self.runs, *self.children, self.told]
        self.runs.observe(lambda change: on_change(self), "value")


class RaceLab(Lab):
    """See `race`. `runs` holds the run of each method that takes part, by name."""

    def __init__(self, field, courses, start, steps, goal, lrs):
        self.surface, self.goal = courses[0], goal
        self.start = self.surface.start if start is None else start
        self.runs = {}
        methods = dict(_named(method) for method in field)
        unknown = set(lrs) - set(methods)
        if unknown:
            raise Advice(f"{sorted(unknown)[0]} is not in the field; it has: {', '.join(methods)}.")
        self.runners = {
            name: Runner(name, method, self.changed, self.advise)
            for name, method in methods.items()
        }
        options = {f"{s.name}: {s.formula}": s for s in courses}
        steps_row = Row("steps", steps, self.changed, self.advise, STEPS, whole=True)
        button = widgets.Button(description="tune each", tooltip="search the best η of each method")
        button.on_click(lambda _: self.guarded(self.tune_all))
        rows = [Choice("J", "course", options, self._new_course), steps_row]
        stage = self._stage(steps)
        super().__init__(stage, [*rows, *self.runners.values(), button])
        for name, runner in self.runners.items():
            runner.set(lrs.get(name, 0.1))
        self.tune_all(keep=lrs)

    def _stage(self, steps):
        fig, self.relief = self._scenery(span(steps))
        return Stage(
            fig,
            title="The race",
            formula=f"{self.surface.name}: {self.surface.formula}",
            clickable=[0],
            mesh=self.relief.spec(),
        )

    def _scenery(self, steps):
        fig, _ = plots.figure(10.2, 4.1, ncols=2, width_ratios=[1.5, 1])
        return fig, draw_panels(fig, self.surface, steps, self.goal)

    def _new_course(self, choice):
        self.surface = choice.value
        self.start, self.runs = self.surface.start, {}
        fig, self.relief = self._scenery(span(self.rows["steps"].value))
        self.stage.formula = f"{self.surface.name}: {self.surface.formula}"
        self.stage.paint(fig)
        self.stage.mesh = self.relief.spec()
        self.guarded(self.tune_all)

    def tune_all(self, keep=()):
        """Give every method its best η on this course, but for those named in `keep`."""
        steps = self.rows["steps"].value
        for name, runner in self.runners.items():
            if name not in keep:
                runner.set(
                    tune(self.surface, runner.method, self.start, steps=steps, goal=self.goal)
                )
        self.changed(None)

    def update(self, row, fresh):
        steps = self.rows["steps"].value
        repaint = any(span(run.steps) != span(steps) for run in self.runs.values())
        if row not in self.runners.values():
            self.runs = {}  # the start, the course or the steps changed: all run again
        for name, runner in self.runners.items():
            if not runner.runs.value:
                self.runs.pop(name, None)
            elif row is runner or name not in self.runs:
                self.runs[name] = descend(
                    self.surface, runner.method, self.start, steps=steps, lr=runner.value
                )
        if repaint:
            self.stage.paint(self._scenery(span(steps))[0])
        actors = [actor for name in self.runs for actor in self._trails(self.runs[name])]
        kind, text = self._told()
        self.stage.show(actors, frames=steps + 1, kind=kind, text=text, says=f"{kind} {text}")
        for place, runner in enumerate(self.places(), 1):
            arrived = self.arrival(runner.name)
            runner.told.value = f"<b>{place}.</b> step {arrived}" if arrived is not None else "–"
        for name, runner in self.runners.items():
            if name not in self.runs:
                runner.told.value = ""

    def _trails(self, run):
        style, (x, y) = style_of(run.method), plots.path_of(run)
        look = dict(color=style.color, dash=style.dash, label=run.name, dots=False)
        look["symbol"] = plots.SYMBOLS[style.marker]
        time, above = np.arange(run.steps + 1), plots.above_floor(run, FLOOR / 10)
        return [
            Trail(0, x, y, self.relief.heights(run.loss), **look),
            Trail(1, time, above, **look),
        ]

    def arrival(self, name):
        """The step at which a method that takes part arrives; None if it does not."""
        step = steps_to(self.runs[name], self.goal)[()]
        return None if np.isinf(step) else int(step)

    def places(self):
        """The runners in the order of arrival; those that do not arrive, lowest first."""

        def rank(name):
            arrived = self.arrival(name)
            return (arrived is None, arrived or 0, float(heights(self.runs[name])[-1]))

        return [self.runners[name] for name in sorted(self.runs, key=rank)]

    def _told(self):
        order = [(display_name(r.name), self.arrival(r.name)) for r in self.places()]
        there = [f"{name} ({step})" for name, step in order if step is not None]
        if not order:
            return "Nobody runs.", "Tick a method."
        if not there:
            return (
                "Nobody arrives.",
                f"The goal is a loss {format_number(self.goal)} above a minimum.",
            )
        lost = [
            display_name(name)
            for name, run in self.runs.items()
            if run.verdict().kind == "diverged"
        ]
        away = [name for name, step in order if step is None and name not in lost]
        late = f" Not there yet: {', '.join(away)}." if away else ""
        gone = f" Diverged: {', '.join(lost)}." if lost else ""
        return "Arrived,", f"with the step: {', '.join(there)}.{late}{gone}"

    def _clicked(self, change):
        self.start = tuple(change.new)
        self.changed(None)


def _named(method):
    if callable(method):
        return method.__name__, method
    if method not in METHODS:
        raise Advice(f"{method!r} is not a method; there are: {', '.join(METHODS)}.")
    return method, METHODS[method]
