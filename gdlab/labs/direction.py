"""Turn an arrow on a slope and see what a small step that way would do (chapter 01)."""

import numpy as np

from gdlab import plots, surfaces
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.base import Lab
from gdlab.labs.controls import Row
from gdlab.plots import BLUE, PURPLE, VERMILLION
from gdlab.stage import Stage
from gdlab.stage.actors import Arrow, Curve, Trail

ANGLE = Hyperparameter("φ", "direction, degrees", 0, 360, legal=(-360, 720))
LENGTH = Hyperparameter("ℓ", "length of the step", 0.01, 2.0, log=True, legal=(0, 1000), above=True)


VALLEY = surfaces.quadratic([[2, 0], [0, 6]], "valley", "x² + 3y²", ((-4.0, 4.0), (-3.0, 3.0)))


def direction(surface=VALLEY, *, start=(-2.0, 1.2), angle=0.0, length=0.3):
    """A lab: choose the direction of a step of fixed length, and see how the height changes.

    ΔJ ≈ ∇J·Δθ, the straight line of first order, beside the true ΔJ.

    Arguments: a surface with two coordinates; start where the step begins; angle in
    degrees, counted from the x axis; length ℓ > 0 of the step.

    >>> direction(surfaces.bowl, start=(2.0, 0.0), angle=180.0, length=0.1)
    A step of length 0.1 at 180° changes the loss by −0.39; straight downhill it is −0.39.
    """
    return DirectionLab(surface, start, angle, length)


class DirectionLab(Lab):
    """See `direction`. `change` is the true ΔJ of the step on the stage."""

    def __init__(self, surface, start, angle, length):
        self.surface, self.position = surface, np.array(start, dtype=float)
        rows = [
            Row("angle", angle, self.changed, self.advise, ANGLE),
            Row("length", length, self.changed, self.advise, LENGTH),
        ]
        super().__init__(self._stage(), rows)
        self.changed(None)

    def _stage(self):
        fig, (land, change) = plots.figure(10.2, 4.1, ncols=2, width_ratios=[1.2, 1])
        plots.draw_surface(land, self.surface)
        land.set_aspect("equal", adjustable="box")  # else a right angle would not look right
        change.set(xlim=(0, 360), ylim=(-1.6, 1.6), xlabel="direction φ, degrees")
        change.set(xticks=range(0, 361, 90), ylabel="ΔJ / (ℓ ‖∇J‖)")
        change.axhline(0, color=plots.GREY, lw=1)
        change.grid(axis="y")
        title = f"Which way is down on {self.surface.with_article}?"
        return Stage(fig, title=title, formula=self.surface.formula, clickable=[0])

    def update(self, row, fresh):
        angle, length = self.numbers["angle"], self.numbers["length"]
        here = self.position
        slope = self.surface.grad(here)
        steep = float(np.hypot(*slope))
        degrees = np.arange(0, 361, 3.0)
        step = length * _unit(degrees)
        scale = length * max(steep, 1e-12)
        true = (self.surface.f(here + step) - self.surface.f(here)) / scale
        self.change = float(self.surface.f(here + length * _unit(angle)) - self.surface.f(here))
        downhill = np.degrees(np.arctan2(-slope[1], -slope[0])) % 360
        best = float(self.surface.f(here + length * _unit(downhill)) - self.surface.f(here))
        first_order = steep * length * np.cos(np.radians(angle - downhill - 180))
        off = abs((angle - downhill + 180) % 360 - 180)
        aim = f"Straight downhill it would be {format_number(best)}."
        if off < 3:
            aim = "This is straight downhill."
        reach = max(length, 0.06 * np.ptp(self.surface.view[0]))
        downward = -slope / max(steep, 1e-12) * reach
        chosen = np.array([angle % 360.0]), np.array([self.change / scale])
        self.stage.show(
            [
                Arrow(0, *_at(here), *_at(downward), BLUE, "−∇J, straight downhill"),
                Arrow(0, *_at(here), *_at(reach * _unit(angle)), VERMILLION, "your direction"),
                Curve(1, degrees, step @ slope / scale, BLUE, (4, 2), "first order, ∇J·Δθ"),
                Curve(1, degrees, true, PURPLE, (), "true change ΔJ"),
                Trail(1, *chosen, color=VERMILLION),
                Trail(0, *_at(here), color=VERMILLION),
            ],
            kind="Downhill." if self.change < 0 else "Uphill.",
            text=f"ΔJ = {format_number(self.change)}; the first order says {format_number(first_order)}. {aim}",
            says=f"A step of length {format_number(length)} at {format_number(angle)}° changes the loss by "
            f"{format_number(self.change)}; straight downhill it is {format_number(best)}.",
        )

    def _clicked(self, change):
        self.position = np.array(change.new)
        self.changed(None)


def _unit(degrees):
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=-1)


def _at(point):
    return point[:1], point[1:]
