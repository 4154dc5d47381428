"""Two runs of one method on x² from almost the same start: do they stay together? (chapter 13)."""

from functools import lru_cache

import numpy as np

from gdlab import optimizers, plots, schedules, surfaces
from gdlab.analysis import chaos as measure
from gdlab.errors import Advice
from gdlab.formatting import format_number, power_of_ten
from gdlab.hyperparameters import KNOWN, Hyperparameter
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Choice, Number, number, numbers_of
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import by_display_name, check_methods, check_numbers
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.memory import method_choice
from gdlab.plots import INK, style_of
from gdlab.stage.actors import Curve, Trail

START, WINDOW = 10.0, 80  # of both runs; the steps at the end that the upper panel shows
FLOOR = 1e-17  # where the axis of distances ends
GAP = Hyperparameter("δ", "apart at first", 1e-15, 1e-3, True, (1e-15, 1.0), example=1e-15)
RATE = KNOWN["lr"]._replace(low=0.01, high=3.0)
BETA2 = KNOWN["beta2"]._replace(low=0.9)
STEPS = Hyperparameter("T", "steps", 100, 4000, legal=(10, 10_001))
OWN = {"lr": RATE, "beta2": BETA2}
LAYOUT = Layout((("last",), ("apart",)), 4.5, height_ratios=(1, 1.5))
FALLS = {"constant": False, "falls to 0": True}
METHODS = tuple(
    optimizers.METHODS[name]
    for name in ("adam", "rmsprop", "gradient_descent", "momentum", "nesterov")
)


def chaos(method=METHODS, *, lr=0.1, beta2=0.99, gap=1e-15, steps=3000, falls=False, **numbers):
    """A lab: two runs on x², one from 10 and one from 10·(1 + δ); how far apart do they get?

    Above are both positions over the last steps, as a share of η; below is the distance between
    them at every step, on a log axis.

    Arguments
        method   a function (x, grad, s, *, lr, …), or a list of them to choose from
        lr       η > 0; beta2 β₂, of the methods that have it
        gap      δ, 10⁻¹⁵ to 1; steps 10 to 10,000
        falls    whether η falls to 0 in a straight line over all steps
        numbers  first values of the method's others
    Raises `Advice` for anything else.

    >>> chaos()
    Two runs of Adam on the parabola, from 10 and a share of 10⁻¹⁵ beside it, η = 0.1, β₁ = 0.9, \
    β₂ = 0.99: they part.
    >>> chaos(beta2=0.999)
    Two runs of Adam on the parabola, from 10 and a share of 10⁻¹⁵ beside it, η = 0.1, β₁ = 0.9, \
    β₂ = 0.999: they stay together.
    """
    methods = check_methods(method)
    for one in methods:
        if "lr" not in numbers_of(one):
            raise Advice("this lab turns η: give a method with a number lr.")
    if not isinstance(falls, bool):
        raise Advice(f"falls is {falls!r}: give True or False.")
    known = check_numbers(methods, {"lr": lr, **numbers})
    if "beta2" in known:
        known["beta2"] = beta2
    known.pop("eps", None)
    state = {"method": methods[0], **known, "gap": gap, "steps": steps, "falls": falls}
    controls = [
        Number(name, OWN[name]) if name in OWN else number(name, value)
        for name, value in known.items()
    ]
    controls += [Number("gap", GAP), Number("steps", STEPS, whole=True)]
    controls += [Choice("falls", FALLS, "η", "over the steps")]
    controls += method_choice(by_display_name(methods))
    return Lab(chaos, scene, state, controls)


def scene(*, method, lr, gap, steps, falls, **numbers):
    """Two runs, and the distance between them."""
    taken = {n: numbers[n] for n in numbers_of(method) if n in numbers}
    run, apart = _pair(method, gap, steps, falls, lr=lr, **taken)
    parted = measure.parts_at(apart, 1e-2 * lr)
    words = pictures.numbers_in_words({"lr": lr, **taken})
    fate = "they part" if parted >= 0 and gap < 1e-4 else "they stay together"
    if gap >= 1e-4 or gap * START > 1e-2 * lr:
        fate = f"in the end they are {format_number(apart[-1], 2)} apart"
    share = run.x[-WINDOW - 1 :, :, 0] / lr
    style = style_of(method)
    return Scene(
        Scenery(LAYOUT, _draw, (method, max(0, steps - WINDOW), steps, pictures.span(steps))),
        [
            *_both(share, steps, style),
            Trail(1, np.arange(steps + 1), np.maximum(apart, FLOOR), color=style.color,
                  label="distance", dots=False, trace=True),
        ],
        frames=steps + 1,
        title=f"Two runs of {run.name} on {surfaces.square.with_article}",
        formula=surfaces.square.formula,
        kind="They part." if fate == "they part" else "",
        text=_text(apart, run, fate),
        summary=f"Two runs of {run.name} on {surfaces.square.with_article}, from 10 and a share of "
        f"{format_number(gap)} beside it, {words}{', falling' * falls}: {fate}.",
        name=f"{run.name}, {words}{', falling' * falls}",
        readout=("distance", apart),
        hidden=frozenset(numbers) - frozenset(taken),
        run=run,
        data={"apart": apart},
    )  # fmt: skip


@lru_cache(maxsize=32)
def _pair(method, gap, steps, falls, *, lr, **numbers):
    rate = schedules.linear(lr, 0.0, steps) if falls else lr
    return measure.pair(surfaces.square, method, START, gap, steps=steps, lr=rate, **numbers)


def _both(share, steps, style):
    """Both positions over the last steps."""
    when = np.arange(steps + 1 - len(share), steps + 1)
    return [
        Curve(0, when, share[:, 0], color=style.color, label="the first run"),
        Curve(0, when, share[:, 1], color=INK, dash=(2, 2), label="the second run"),
    ]


def _text(apart, run, fate):
    if (run.first_bad_step >= 0).any():
        return "η is too large here: both fly away."
    passed = [(power_of_ten(k), measure.parts_at(apart, 10.0**k)) for k in (-12, -9, -6, -3)]
    told = [f"{far} at step {step:,}" for far, step in passed if step > 0]
    if told:
        return f"The distance passes {', '.join(told)}."
    return f"{pictures.capital(fate)}: at the last step the distance is {_short(apart[-1])}."


def _short(distance):
    return "below 10⁻²⁰" if distance < 1e-20 else format_number(float(distance), 2)


def _draw(axes, method, first, last, steps):
    """Empty panels: the last positions as a share of η, and the distance."""
    near, apart = axes
    wide = 0.7 if style_of(method) == style_of("rmsprop") else 0.25
    near.set(xlim=(first, last), ylim=(-wide, wide), ylabel="x, as a share of η")
    near.set_title(f"The last {last - first} steps", fontsize=9.5)
    near.axhline(0, color=plots.GREY, lw=0.8)
    apart.set(yscale="log", ylim=(FLOOR, 1), xlim=(0, steps), xlabel="step")
    apart.set(ylabel="distance of the two")
    apart.set_yticks(10.0 ** np.arange(-15, 1, 3))
    apart.minorticks_off()
    apart.grid(axis="y")
