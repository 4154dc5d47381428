"""The map of η and β: how fast momentum comes down a quadratic, and where it flies away."""

from functools import lru_cache

import numpy as np
from matplotlib.ticker import FuncFormatter

from gdlab import plots, surfaces
from gdlab.convergence import best_heavy_ball, curvatures, error_factor
from gdlab.descent import descend
from gdlab.dialects import DIALECTS
from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.descent import DescentLab, numbers_of
from gdlab.labs.several import SeveralMethods, by_words
from gdlab.plots import GREY, HUE, INK, style_of
from gdlab.stage.actors import Dots, Trail

MAP = 2  # the panel
LRS, BETAS = np.geomspace(1e-3, 10, 97), np.linspace(0, 0.99, 56)
STEPS = 300  # of each of the descents behind the map
LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
RED, BLUSH = "#c5221f", "#f7dedb"

GORGE = surfaces.quadratic(
    np.diag([2.0, 200.0]), "gorge", "x² + 100y²", ((-10.0, 10.0), (-2.0, 2.0)), (-8.5, 1.3)
)


def rate_map(
    method=None,
    surface=(surfaces.ravine, GORGE, surfaces.bowl),
    *,
    start=None,
    steps=60,
    goal=1e-6,
    within=None,
    lr=0.1,
    beta=0.5,
):
    """A lab: click or drag a point (η, β) on the map of the rate of convergence, see its run.

    Each place of the map is a descent of its own: what share of the error does one step leave?
    Light is fast; beyond the red line it diverges.

    Arguments
        method   a function (x, grad, s, *, lr, beta), or a list of them to choose from; None
                 for the four dialects of momentum
        surface  a quadratic with one or two coordinates, or a list of them to choose from
        start, steps, goal, within  as in `descent`; lr, beta: the first point
    Raises `Advice` for a surface that is no quadratic, or a method without lr or beta.

    >>> lab = rate_map(lr=0.16, beta=0.27)
    >>> lab
    Momentum on the ravine (η = 0.16, β = 0.27): converged at step 25.
    One step leaves 0.65 of the error.
    >>> lab.set(beta=0.9)
    >>> round(lab.factor, 2)  # √0.9
    0.95
    """
    if method is None:
        methods = {f"{d.name}: {d.formula.partition(',')[0]}": d.method for d in DIALECTS}
    else:
        methods = by_words(method)
    return RateMapLab(methods, surface, start, steps, goal, within, {"lr": lr, "beta": beta})


@lru_cache(maxsize=32)
def measure(method, surface):
    """The map, and where it ends: `error_factor` of shape (betas, lrs), and an η for each β.

    From that η on every larger one diverges; it is infinite where none does.
    """
    factors = _try(method, surface, LRS, BETAS[:, None])
    last = factors.shape[1] - (factors < 1)[:, ::-1].argmax(1)  # after it all diverge
    last[~(factors < 1).any(1)] = 0
    inside = (0 < last) & (last < len(LRS))
    edge = np.where(last == 0, LRS[0], np.inf)
    # Twice a closer look: between the last that comes down and the first that does not.
    low, high = LRS[last[inside] - 1], LRS[last[inside].clip(max=len(LRS) - 1)]
    for _ in range(2):
        closer = np.geomspace(low, high, 9, axis=1)
        lost = _try(method, surface, closer, BETAS[inside, None]) >= 1
        first = (9 - (~lost)[:, ::-1].argmax(1)).clip(1, 8)
        rows = np.arange(len(first))
        low, high = closer[rows, first - 1], closer[rows, first]
    edge[inside] = (low * high) ** 0.5
    return factors, edge


def _try(method, surface, lrs, betas):
    """The `error_factor` of so many descents from (1, 1), where all curvatures take part."""
    with np.errstate(all="ignore"):
        start = np.ones(surface.d)
        return error_factor(descend(surface, method, start, steps=STEPS, lr=lrs, beta=betas))


class RateMapLab(SeveralMethods, DescentLab):
    """See `rate_map`. `map` and `edge` are of `measure`, `factor` is that of the point."""

    def __init__(self, methods, surface, start, steps, goal, within, numbers):
        self.methods = methods
        if list(methods.values()) == [d.method for d in DIALECTS]:
            self.word = "dialect"
        for method in methods.values():
            if not {"lr", "beta"} <= set(numbers_of(method)):
                raise Advice("a map of η and β needs a method with the numbers lr and beta.")
        for one in surface if isinstance(surface, (list, tuple)) else [surface]:
            curvatures(one)
        method = next(iter(methods.values()))
        super().__init__(method, surface, start, steps, goal, within, numbers)
        self.stage.clickable = [0, MAP]

    def _new_method(self, choice):
        self.method = choice.value
        self.guarded(self._repaint)
        super()._new_method(choice)

    def _repaint(self):
        self.stage.paint(self._scenery(self.painted)[0])

    # The scenery

    def _figure(self):
        panels, order = [["map", "land"], ["map", "loss"]], ["land", "loss", "map"]
        return plots.mosaic(panels, 10.2, 4.9, order, width_ratios=[1.15, 1])

    def _scenery(self, steps):
        self.painted = steps
        fig, relief = super()._scenery(steps)
        self.map, self.edge = measure(self.method, self.surface)
        draw_map(fig.axes[MAP], self.map, self.edge)
        self._draw_theory(fig.axes[MAP])
        return fig, relief

    def _draw_theory(self, ax):
        """The best β of theory, where there is one: a dashed line."""
        if self.method in [dialect.method for dialect in DIALECTS]:
            best = best_heavy_ball(*curvatures(self.surface))[1]
            ax.axhline(best, color=INK, lw=1, ls=(0, (5, 3)))
            ax.annotate(
                f"best β = {format_number(best, 2)}", (0.012, best), (0, 3), ax.get_yaxis_transform(),
                "offset points", color=INK, va="bottom", fontsize=9,
            )  # fmt: skip

    # The run

    def update(self, row, fresh):
        point = {name: self.rows[name].value for name in ("lr", "beta")}
        self.factor = float(_try(self.method, self.surface, point["lr"], point["beta"]))
        super().update(row, fresh)

    def _limit(self, run):
        """The first η past the red line, at the β of the point."""
        limit = np.interp(run.numbers["beta"], BETAS, self.edge)
        return float(limit) if np.isfinite(limit) else None

    def _actors(self, run):
        actors = super()._actors(run)
        if self.last is not None:
            actors.append(Dots(MAP, *_point(self.last), color=GREY, size=4.5))
        return [*actors, Trail(MAP, *_point(run), color=style_of(run.method).color)]

    def _says(self, run):
        return f"{super()._says(run)} {self._leaves()}."

    def _judge(self, run):
        best = np.unravel_index(self.map.argmin(), self.map.shape)
        words = [
            f"{self._leaves()}; at the cross, η = {format_number(LRS[best[1]], 2)} and "
            f"β = {format_number(BETAS[best[0]], 2)}, a step leaves {format_number(self.map[best], 2)}."
        ]
        if self.goal:
            words.append(self._against_goal(run))
        if self.last is not None:
            words.append(f"The pale line is your last run, {self._told(self.last)}.")
        return f"{run.verdict().kind.capitalize()}.", " ".join(words)

    def _leaves(self):
        if self.factor >= 1:
            return "The error grows with every step"
        return f"One step leaves {format_number(self.factor, 2)} of the error"

    def _clicked(self, change):
        if self.stage.panel != MAP:
            return super()._clicked(change)
        lr, beta = change.new
        self.rows["lr"].set(lr)
        self.rows["beta"].set(beta)
        self.changed(None)


def _point(run):
    return np.array([run.numbers["lr"]]), np.array([run.numbers["beta"]])


def draw_map(ax, factors, edge, lrs=LRS, betas=BETAS):
    """A map of `error_factor`: light is fast, red diverges, + is the best place.

    Arguments: ax; factors of shape (len(betas), len(lrs)); edge of shape (len(betas),), the η
    from which on it diverges. Returns the artists.
    """
    inside = lrs < edge[:, None]
    last = inside.shape[1] - 1 - inside[:, ::-1].argmax(1)
    rim = np.take_along_axis(factors, last[:, None], 1)  # so that lines run into the edge
    seen = np.where(inside, factors, rim).clip(max=1)
    shades = HUE(np.linspace(0, 1, len(LEVELS) + 1))
    filled = ax.contourf(lrs, betas, seen, [0, *LEVELS, 2], colors=shades)
    lines = ax.contour(lrs, betas, seen, LEVELS, colors="white", linewidths=0.9)
    beyond = ax.fill_betweenx(betas, edge.clip(max=lrs[-1]), lrs[-1], color=BLUSH, lw=0, zorder=2.5)
    line = ax.plot(edge.clip(max=2 * lrs[-1]), betas, color=RED, lw=1.8, zorder=3)
    ax.set(xscale="log", xlim=lrs[[0, -1]], ylim=betas[[0, -1]])
    ax.set(xlabel="learning rate η", ylabel="memory β")
    ax.set_title("What one step leaves of the error: click or drag a point", fontsize=9.5)
    ax.xaxis.set_major_formatter(FuncFormatter(_tick))
    ax.minorticks_off()
    labels = ax.clabel(
        lines, fmt="%g", fontsize=8, colors="#5b6270", manual=_tops(lines, betas, edge)
    )
    best = np.unravel_index(factors.argmin(), factors.shape)
    cross = ax.plot(lrs[best[1]], betas[best[0]], "+", color=INK, ms=11, mew=2)
    said = ax.text(0.98, 0.02, "diverges", transform=ax.transAxes, color=RED, ha="right", zorder=4)
    return [filled, lines, beyond, *line, *labels, *cross, said]


def _tops(lines, betas, edge):
    """For each contour line a place in the middle of its highest part, where it lies level."""
    places = []
    for x, y in (np.concatenate(pieces).T for pieces in lines.allsegs if np.size(pieces[0])):
        seen = x < np.interp(y, betas, edge.clip(max=x.max()))
        high = np.log(x[seen & (y > y[seen].max(initial=0) - 0.03)])
        if len(high):
            places.append((np.exp((high.min() + high.max()) / 2), y[seen].max()))
    return places


def _tick(value, place):
    return format_number(value)
