"""Several learning rates at once, on one surface (chapter 03)."""

import numpy as np

from gdlab import optimizers, plots, surfaces
from gdlab.descent import descend
from gdlab.formatting import display_name, format_number
from gdlab.hyperparameters import KNOWN
from gdlab.labs.base import Lab
from gdlab.labs.controls import Row
from gdlab.labs.descent import FLOOR, STEPS, draw_panels, span
from gdlab.plots import BLUE, GREEN, PURPLE, VERMILLION
from gdlab.stage import Stage
from gdlab.stage.actors import Trail
from gdlab.tuning import first_divergent_lr

LOOKS = ((BLUE, "◆"), (GREEN, "■"), (VERMILLION, "▲"), (PURPLE, "✚"))


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

    Arguments: lrs two to four learning rates; surface, method, start, steps and numbers as
    in `descent`. A red tick on each slider shows where the surface begins to diverge.

    >>> rates((0.02, 0.4, 1.1))
    η = 0.02: still descending. η = 0.4: converged at step 6. \
η = 1.1: diverged at step 19: lr is above 2/L = 1.
    """
    return RatesLab(tuple(lrs), surface, method, start, steps, numbers)


class RatesLab(Lab):
    """See `rates`. `run` is the batch of runs on the stage, in the order of the sliders."""

    def __init__(self, lrs, surface, method, start, steps, fixed):
        self.surface, self.method, self.fixed = surface, method, fixed
        self.start = surface.start if start is None else start
        self.run = None
        self.lrs = []
        for i, (lr, (color, symbol)) in enumerate(zip(lrs, LOOKS, strict=False)):
            mark = f'<b class="gd-mark" style="color:{color}">{symbol}</b>'
            about = KNOWN["lr"]._replace(symbol=f"{mark} η{'₁₂₃₄'[i]}")
            self.lrs.append(Row(f"lr{i + 1}", lr, self.changed, self.advise, about))
        steps_row = Row("steps", steps, self.changed, self.advise, STEPS, whole=True)
        fig, self.relief = self._scenery(span(steps))
        stage = Stage(
            fig,
            title=f"{display_name(method.__name__).capitalize()} on {surface.with_article}",
            formula=surface.formula,
            clickable=[0],
            mesh=self.relief and self.relief.spec(),
        )
        super().__init__(stage, [*self.lrs, steps_row])
        self.changed(None)

    def _scenery(self, steps):
        fig, _ = plots.figure(10.2, 4.1, ncols=2, width_ratios=[1.5, 1])
        return fig, draw_panels(fig, self.surface, steps)

    def update(self, row, fresh):
        steps, before = self.rows["steps"].value, self.run
        lrs = np.array([row.value for row in self.lrs])
        self.run = descend(self.surface, self.method, self.start, steps=steps, lr=lrs, **self.fixed)
        if before is not None and span(before.steps) != span(steps):
            self.stage.paint(self._scenery(span(steps))[0])
        runs = [self.run[i] for i in range(len(lrs))]
        told = " ".join(
            f"η = {format_number(lr)}: {r.verdict()}." for lr, r in zip(lrs, runs, strict=True)
        )
        actors = [actor for i, run in enumerate(runs) for actor in self._trails(run, *LOOKS[i])]
        self.stage.show(actors, frames=steps + 1, text=told, says=told)
        if row not in self.lrs:
            limit = first_divergent_lr(runs[0])
            for lr_row in self.lrs:
                lr_row.mark(limit)

    def _trails(self, run, color, symbol):
        x, y = plots.path_of(run)
        z = self.relief and self.relief.heights(run.loss)
        look = dict(
            color=color, symbol=symbol, label=f"η = {format_number(float(run.numbers['lr']))}"
        )
        above = plots.above_floor(run, FLOOR / 10)
        return [
            Trail(0, x, y, z, **look),
            Trail(1, np.arange(run.steps + 1), above, dots=False, **look),
        ]

    def _clicked(self, change):
        self.start = tuple(change.new[: len(self.surface.view)])
        self.changed(None)
