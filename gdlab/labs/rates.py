"""Several learning rates at once, on one surface (chapter 03)."""

import numpy as np

from gdlab import optimizers, surfaces
from gdlab.descent import descend
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import KNOWN
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import Number, number
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.inputs import as_list, check_method, check_numbers, check_surfaces, start_of
from gdlab.labs.core.scene import Layout, Scene
from gdlab.labs.descent import START, surface_choice
from gdlab.plots import BLUE, GREEN, PURPLE, VERMILLION

# The sliders of the rates, and how the run of each is drawn.
LOOKS = {
    "lr1": dict(color=BLUE, symbol="◆"),
    "lr2": dict(color=GREEN, symbol="■"),
    "lr3": dict(color=VERMILLION, symbol="▲"),
    "lr4": dict(color=PURPLE, symbol="✚"),
}
LAYOUT = Layout((("land", "loss"),), 4.1, width_ratios=(1.5, 1))


def rates(
    lrs=(0.02, 0.2, 0.9),
    surface=surfaces.square,
    method=optimizers.gradient_descent,
    *,
    start=None,
    steps=40,
    **numbers,
):
    """A lab: the same start and method with up to four learning rates, side by side.

    Arguments: lrs one to four learning rates; surface, method, start, steps and numbers as
    in `descent`. A red tick on each slider shows where the surface begins to diverge.
    Raises `Advice` for anything else.

    >>> rates((0.02, 0.4, 1.1))
    η = 0.02: still descending. η = 0.4: converged at step 6. \
η = 1.1: diverged at step 19: lr is above 2/L = 1.
    """
    lrs = as_list(lrs.tolist() if isinstance(lrs, np.ndarray) else lrs)
    if not 1 <= len(lrs) <= len(LOOKS):
        raise Advice(f"lrs is {lrs!r}: give one to four learning rates, such as (0.02, 0.2).")
    if "lr" in numbers:
        raise Advice("this lab has several learning rates: give them as lrs, such as (0.02, 0.2).")
    method, choices = check_method(method), check_surfaces(surface)
    others = {n: v for n, v in check_numbers([method], numbers).items() if n != "lr"}
    lrs = dict(zip(LOOKS, lrs, strict=False))
    state = {**lrs, "surface": choices[0], "method": method, **others}
    state |= {"start": start_of(choices[0], start), "steps": steps}
    controls = [*map(_slider, lrs, "₁₂₃₄"), number("steps"), *surface_choice(surface)]
    return Lab(rates, scene, state, controls, clicks=START, adjust=pictures.own_start)


def _slider(name, index):
    mark = '<b class="gd-mark" style="color:{color}">{symbol}</b>'.format(**LOOKS[name])
    return Number(name, KNOWN["lr"]._replace(symbol=f"{mark} η{index}"))


def scene(*, surface, method, start, steps, **numbers):
    """The runs of all rates, lr1 to lr4, with the same other numbers."""
    lrs = {name: numbers.pop(name) for name in LOOKS if name in numbers}
    together = np.array([*lrs.values()])
    batch = descend(surface, method, start, steps=steps, lr=together, **numbers)
    runs = {name: batch[i] for i, name in enumerate(lrs)}
    words = {name: f"η = {format_number(lr)}" for name, lr in lrs.items()}
    text = " ".join(f"{words[name]}: {run.verdict()}." for name, run in runs.items())
    actors = []
    for name, run in runs.items():
        look = dict(label=words[name], trace=False, dash=(), **LOOKS[name])
        actors += [pictures.path(run, **look), pictures.loss_curve(run, **look)]
    return Scene(
        pictures.land_and_loss(surface, steps, layout=LAYOUT),
        actors,
        frames=steps + 1,
        title=pictures.title_of(method, surface),
        formula=surface.formula,
        text=text,
        summary=text,
        relief=pictures.relief_of(surface),
        limits=dict.fromkeys(lrs, pictures.limit_of(runs["lr1"])),
        run=batch,
    )
