"""Turn an arrow on a slope and see what a small step that way would do (chapter 01)."""

import numpy as np

from gdlab import plots, surfaces
from gdlab.descent import descend
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.optimizers import gradient_descent
from gdlab.plots import BLUE, PURPLE, VERMILLION
from gdlab.stage.actors import Arrow, Curve, Trail

ANGLE = Hyperparameter("φ", "direction, degrees", 0, 360, legal=(-360, 720))
LENGTH = Hyperparameter("ℓ", "length of the step", 0.01, 2.0, log=True, legal=(0, 1000), above=True)
VALLEY = surfaces.quadratic([[2, 0], [0, 6]], "valley", "x² + 3y²", ((-4.0, 4.0), (-3.0, 3.0)))
PANELS = Layout((("land", "change"),), 4.1, width_ratios=(1.2, 1))


def direction(surface=VALLEY, *, start=(-2.0, 1.2), angle=0.0, length=0.3):
    """A lab: choose the direction of a step of fixed length, and see how the height changes.

    ΔJ ≈ ∇J·Δθ, the straight line of first order, beside the true ΔJ.

    Arguments
        surface  a `Surface` with two coordinates
        start    where the step begins; a click moves it
        angle    in degrees, counted from the x axis
        length   ℓ > 0 of the step
    Raises `Advice` if an argument makes no sense.

    >>> direction(surfaces.bowl, start=(2.0, 0.0), angle=180.0, length=0.1)
    A step of length 0.1 at 180° changes the loss by −0.39; straight downhill it is −0.39.
    """
    (surface,) = check_surfaces((surface,), d=(2,))
    start = start_of(surface, start)
    descend(surface, gradient_descent, start, steps=0)  # to hear whether it is a position there
    state = {"surface": surface, "start": start, "angle": angle, "length": length}
    controls = [Number("angle", ANGLE), Number("length", LENGTH)]
    return Lab(direction, scene, state, controls, clicks={0: ("start",)})


def scene(*, surface, start, angle, length):
    """The step on the surface, and what steps in all directions would change."""
    here = np.array(start)
    slope = surface.grad(here)
    steep = max(float(np.hypot(*slope)), 1e-12)
    downhill = np.degrees(np.arctan2(-slope[1], -slope[0])) % 360

    def change(degrees):
        return surface.f(here + length * unit(degrees)) - surface.f(here)

    true, best = float(change(angle)), format_number(float(change(downhill)))
    first_order = float(slope @ (length * unit(angle)))
    off = abs((angle - downhill + 180) % 360 - 180)
    aim = "This is straight downhill." if off < 3 else f"Straight downhill it would be {best}."
    changes = f"ΔJ = {format_number(true)}; the first order says {format_number(first_order)}."
    degrees, scale = np.arange(0, 361, 3.0), length * steep
    return Scene(
        Scenery(PANELS, draw, (surface,)),
        [
            *arrows(surface, here, -slope / steep, unit(angle), length),
            Curve(1, degrees, unit(degrees) @ slope / steep, BLUE, (4, 2), "first order, ∇J·Δθ"),
            Curve(1, degrees, change(degrees) / scale, PURPLE, (), "true change ΔJ"),
            Trail(1, np.array([angle % 360.0]), np.array([true / scale]), color=VERMILLION),
            Trail(0, *at(here), color=VERMILLION),
        ],
        title=f"Which way is down on {surface.with_article}?",
        formula=surface.formula,
        kind="Downhill." if true < 0 else "Uphill.",
        text=f"{changes} {aim}",
        summary=f"A step of length {format_number(length)} at {format_number(angle)}° changes the "
        f"loss by {format_number(true)}; straight downhill it is {best}.",
        data={"change": true},
    )


def draw(axes, surface):
    """The landscape, and an empty panel for the change over the direction."""
    land, change = axes
    plots.draw_surface(land, surface)
    land.set_aspect("equal", adjustable="box")  # else a right angle would not look right
    change.set(xlim=(0, 360), ylim=(-1.6, 1.6), xlabel="direction φ, degrees")
    change.set(xticks=range(0, 361, 90), ylabel="ΔJ / (ℓ ‖∇J‖)")
    change.axhline(0, color=plots.GREY, lw=1)
    change.grid(axis="y")


def arrows(surface, here, downhill, chosen, length):
    """The direction straight downhill and the chosen one, long enough to be seen."""
    reach = max(length, 0.06 * np.ptp(surface.view[0]))
    return [
        Arrow(0, *at(here), *at(reach * downhill), BLUE, "−∇J, straight downhill"),
        Arrow(0, *at(here), *at(reach * chosen), VERMILLION, "your direction"),
    ]


def unit(degrees):
    """The step of length 1 in a direction, or in many.

    >>> unit(90.0).round(2)
    array([0., 1.])
    """
    radians = np.radians(degrees)
    return np.stack([np.cos(radians), np.sin(radians)], axis=-1)


def at(point):
    """A position as an actor takes it: x and y, one frame each."""
    return point[:1], point[1:]
