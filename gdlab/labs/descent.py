"""The lab of the course: one method, its numbers on sliders, a ball on a surface."""

import inspect
import itertools

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import display_name, format_number, format_numbers
from gdlab.hyperparameters import Hyperparameter, describe
from gdlab.labs.base import Lab
from gdlab.labs.controls import Choice, Row
from gdlab.plots import BLUE, GREEN, style_of
from gdlab.stage import Stage
from gdlab.stage.actors import Arrow, Trail
from gdlab.stage.relief import Relief
from gdlab.tuning import first_divergent_lr
from gdlab.verdict import heights

STEPS = Hyperparameter("T", "steps", 1, 200, legal=(1, 5001))
FLOOR = 1e-10  # the loss panel ends here


def descent(
    method=optimizers.gradient_descent,
    surface=surfaces.square,
    *,
    start=None,
    steps=60,
    goal=1e-6,
    within=None,
    **numbers,
):
    """A lab for any method of the course's form: sliders from its signature, a stage, a verdict.

    Arguments
        method   a function (x, grad, s, *, …); every keyword-only number gets a slider
        surface  a `Surface` with one or two coordinates, or a list of them to choose from
        start    where to set out, None for the surface's own; a click moves it
        steps    how many, 1 to 5,000
        goal     the height above the minimum to get below; within: so many steps
        numbers  first values of the method's numbers, in place of their defaults
    Returns a lab; in a notebook its last line shows it.

    >>> def my_method(x, grad, s, *, lr=0.1, friction=0.3):
    ...     s.v = (1 - friction) * s.v - lr * grad(x)
    ...     return x + s.v
    >>> lab = descent(my_method, surfaces.ravine, lr=0.02)
    >>> sorted(lab.numbers)
    ['friction', 'lr', 'steps']
    """
    return DescentLab(method, surface, start, steps, goal, within, numbers)


class DescentLab(Lab):
    """See `descent`. `run` is the run on the stage, `last` the one before it, or None."""

    def __init__(self, method, surface, start, steps, goal, within, numbers):
        choices = list(surface) if isinstance(surface, (list, tuple)) else [surface]
        self.method, self.surface = method, choices[0]
        self.goal, self.within = goal, within
        self.start = self.surface.start if start is None else start
        self.run = self.last = None
        defaults = numbers_of(method) | numbers
        self.symbols = {name: describe(name).symbol for name in defaults}
        rows = [
            Row(name, float(value), self.changed, self.advise) for name, value in defaults.items()
        ]
        rows.append(Row("steps", steps, self.changed, self.advise, STEPS, whole=True))
        if len(choices) > 1:
            options = {f"{s.name}: {s.formula}": s for s in choices}
            rows.append(Choice("J", "surface", options, self._new_surface))
        rows += self._more_rows()
        # A first run, so that a mistake in the arguments shows where it was made.
        self._descend({row.name: row.value for row in rows if hasattr(row, "name")})
        super().__init__(self._stage(steps), rows)
        self.changed(None)

    def _more_rows(self):
        """What a subclass adds to the controls."""
        return []

    # The scenery: the surface, and the loss step by step

    def _stage(self, steps):
        fig, self.relief = self._scenery(span(steps))
        return Stage(
            fig,
            title=self._title(),
            formula=self.surface.formula,
            clickable=[0],
            mesh=self.relief and self.relief.spec(),
        )

    def _title(self):
        name = display_name(getattr(self.method, "__name__", "your method"))
        return f"{_capital(name)} on {self.surface.with_article}"

    def _figure(self):
        """An empty figure; its first panel is the landscape, its second the loss."""
        return plots.figure(10.2, 4.1, ncols=2, width_ratios=[1.75, 1])[0]

    def _scenery(self, steps):
        fig = self._figure()
        return fig, draw_panels(fig, self.surface, steps, self.goal)

    def _new_surface(self, choice):
        self.guarded(self._move_to, choice.value)

    def _move_to(self, surface):
        before = self.surface, self.start
        self.surface, self.start = surface, surface.start
        try:
            self._descend(self.numbers)
        except Exception:  # a reader's method may not fit there: all stays as it was
            self.surface, self.start = before
            raise
        self.run = self.last = None
        fig, self.relief = self._scenery(span(self.rows["steps"].value))
        self.stage.title = self._title()
        self.stage.formula = self.surface.formula
        self.stage.paint(fig)
        self.stage.mesh = self.relief and self.relief.spec()
        self.changed(None)

    # The run

    def update(self, row, fresh):
        before, run = self.run, self._descend(self.numbers)
        if fresh:
            self.last = before
        self.run = run
        if before is not None and self._outgrown(before):
            self.stage.paint(self._scenery(span(run.steps))[0])
        kind, text = self._judge(run)
        self.stage.show(
            self._actors(run),
            frames=run.steps + 1,
            kind=kind,
            text=text,
            says=self._says(run),
            readout=("loss", run.loss),
        )
        if "lr" in self.rows and (row is None or row.name != "lr"):
            self.rows["lr"].mark(self._limit(run))

    def _limit(self, run):
        """The learning rate from which on this surface diverges, or None."""
        return first_divergent_lr(run)

    def _descend(self, numbers):
        return descend(self.surface, self.method, self.start, **numbers)

    def _outgrown(self, before):
        """Whether `run` needs another scenery than the run before it."""
        return span(before.steps) != span(self.run.steps)

    def _actors(self, run):
        style, (x, y) = style_of(run.method), plots.path_of(run)
        z = self.relief and self.relief.heights(run.loss)
        time, look = np.arange(run.steps + 1), dict(color=style.color, dash=style.dash)
        actors = []
        if self.last is not None:
            gx, gy = plots.path_of(self.last)
            gz = self.relief and self.relief.heights(self.last.loss)
            past = np.arange(self.last.steps + 1)
            actors += [
                Trail(0, gx, gy, gz, label="last run", ghost=True),
                Trail(1, past, plots.above_floor(self.last, FLOOR), ghost=True),
            ]
        actors += [
            Trail(0, x, y, z, label="path", **look),
            Trail(1, time, plots.above_floor(run, FLOOR / 10), dots=False, **look),
        ]
        return actors + self._arrows(run, x, y)

    def _arrows(self, run, x, y):
        """At each step: what the slope asks for, and the step that is taken."""
        lr = run.numbers.get("lr")
        slope, move = -run.grad, np.diff(run.x, axis=0)
        if lr is not None:
            slope = slope * [[lr(t) if callable(lr) else lr] for t in range(run.steps)]
        flat = run.x.shape[-1] == 1
        name = "−η∇J: what the slope asks for" if lr is not None else "−∇J: downhill"
        tail = dict(x=x[:-1], y=y[:-1])

        def arrow(v, color, label):
            dy = np.zeros(len(v)) if flat else v[:, 1]
            return Arrow(0, **tail, dx=v[:, 0], dy=dy, color=color, label=label)

        asked = arrow(slope, BLUE, name)
        if np.allclose(slope, move, atol=1e-9 * np.abs(run.x).max()):
            return [asked]  # the two are one
        return [asked, arrow(move, GREEN, "step taken")]

    # The words

    def _says(self, run):
        numbers = format_numbers(run.numbers, self.symbols)
        return f"{_capital(run.name)} on {run.surface.with_article} ({numbers}): {run.verdict()}."

    def _judge(self, run):
        verdict = run.verdict()
        steps = "1 step" if run.steps == 1 else f"{run.steps} steps"
        words = [f"Loss {format_number(float(run.loss[-1]))} after {steps}."]
        if verdict.kind == "diverged":
            since = "" if verdict.step is None else f"From step {verdict.step} on it is lost: "
            words = [f"{since}{verdict.reason}." if since else f"{_capital(verdict.reason)}."]
        elif self.goal and run.surface.minima:
            words.append(self._against_goal(run))
        if self.last is not None:
            words.append(f"The pale line is your last run, {self._told(self.last)}.")
        return f"{_capital(verdict.kind)}.", " ".join(words)

    def _told(self, last):
        """The numbers of the last run, after its method where that was another one."""
        numbers = format_numbers(last.numbers, self.symbols)
        return numbers if last.method is self.method else f"{last.name}, {numbers}"

    def _against_goal(self, run):
        target = format_number(self.goal) + (f" within {self.within} steps" if self.within else "")
        below = heights(run) <= self.goal
        if not below.any():
            return f"The goal, {target}, is not reached."
        step = int(below.argmax())
        if self.within and step > self.within:
            return f"The goal, {target}, is missed: it takes {step}."
        return f"The goal, {target}, is reached at step {step}."

    def _clicked(self, change):
        if self.run is not None:
            self.start = tuple(change.new[: len(self.surface.view)])
            self.changed(None)


def span(steps):
    """Where the axis of steps ends: rounded up, so that pulling T seldom paints anew.

    >>> [span(steps) for steps in (1, 20, 21, 60, 61, 700, 5000)]
    [10, 20, 30, 60, 80, 800, 6000]
    """
    ends = (e * 10**k for k in itertools.count(1) for e in (1, 1.5, 2, 3, 4, 6, 8))
    return int(next(end for end in ends if end >= steps))


def draw_panels(fig, surface, steps, goal=None):
    """Landscape and empty loss panel on a figure's first two axes; the relief where d = 2."""
    land, loss = fig.axes[:2]
    plots.draw_surface(land, surface)
    view = np.array(surface.view)
    corners = plots.grid(*view) if len(view) == 2 else view.T
    highest = float(np.max(surface.f(corners)))
    loss.set(yscale="log", ylim=(FLOOR, 30 * max(1.0, highest)), xlim=(0, steps))
    loss.set(xlabel="step", ylabel=plots.loss_label(surface))
    loss.grid(axis="y")
    if goal:
        plots.draw_goal(loss, goal)
    return Relief(surface) if len(view) == 2 else None


def numbers_of(method):
    """The keyword-only numbers of a method and their defaults, from its signature."""
    out = {}
    for name, parameter in inspect.signature(method).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            default = parameter.default
            if default is parameter.empty:
                default = 0.1 if name == "lr" else 0.9 if name.startswith("beta") else 0.5
            if isinstance(default, bool) or not isinstance(default, (int, float)):
                raise Advice(f"{name}={default!r}: a lab can only turn numbers; give it one.")
            out[name] = default
    return out


def _capital(text):
    return text[:1].upper() + text[1:]
