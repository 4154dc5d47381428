"""Still pictures: every `draw_…` takes the axes to draw on and returns its artists."""

import threading
from typing import NamedTuple

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation

from gdlab.arrays import to_numpy
from gdlab.formatting import power_of_ten
from gdlab.verdict import heights

STYLE = "gdlab.course"

# A lab's callback may run in a thread of its own, beside a cell; Matplotlib bears only one.
DRAWING = threading.RLock()

# Okabe and Ito (2008): colours that everyone can tell apart.
INK, BLUE, SKY, GREEN = "#2b2f36", "#0072B2", "#56B4E9", "#009E73"
ORANGE, VERMILLION, PURPLE, GREY = "#E69F00", "#D55E00", "#CC79A7", "#9aa1ad"

HUE = LinearSegmentedColormap.from_list("valley", ["#f1f5fa", "#bcd2e8", "#8bafd3"])


class Style(NamedTuple):
    """How a method is drawn, through the whole course."""

    color: str = VERMILLION
    dash: tuple = ()  # lengths of dash and gap, in line widths; () is a solid line
    marker: str = "o"


STYLES = {
    "gradient_descent": Style(VERMILLION),
    "momentum": Style(ORANGE, (), "s"),
    "heavy_ball": Style(ORANGE, (4, 1.5), "D"),
    "torch_momentum": Style(ORANGE, (1, 1.5), "d"),
    "nesterov": Style(PURPLE, (), "^"),
    "adagrad": Style(GREEN, (), "v"),
    "rmsprop": Style("#000000", (), "P"),
    "adadelta": Style(GREEN, (4, 1.5), "X"),
    "adam": Style(BLUE, (), "*"),
    "adamw": Style(BLUE, (4, 1.5), "p"),
}


# The markers as characters, for tables and rows of controls.
SYMBOLS = dict(zip("osDd^vPX*p", "●■◆♦▲▼✚✖★⬟", strict=True))


def style_of(method):
    """The `Style` of a method (a function or its name); one of our own for a reader's."""
    return STYLES.get(getattr(method, "__name__", method), Style(PURPLE, (1, 1.5)))


def figure(width=7.2, height=3.6, **columns):
    """A `Figure` in the course's style, outside pyplot, and its row of axes.

    Arguments: width, height in inches; columns as in `Figure.subplots`.
    """
    with DRAWING, context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        return fig, fig.subplots(**columns)


def mosaic(panels, width=7.2, height=3.6, order=(), **ratios):
    """A `Figure` in the course's style with panels of several sizes.

    Arguments: panels as in `Figure.subplot_mosaic`, [["land", "loss"], ["land", "noise"]];
    width, height in inches; order of the names in `fig.axes`, if not that of `panels`;
    ratios: width_ratios, height_ratios.
    """
    with DRAWING, context(STYLE):
        fig = Figure(figsize=(width, height), layout="constrained")
        axes = fig.subplot_mosaic(panels, **ratios)
        for name in order:  # each goes to the end of the row
            fig.delaxes(axes[name])
            fig.add_axes(axes[name])
        return fig


def format_powers(ax):
    """Write the ticks of log axes as plain text, 10⁻³: typesetting takes longer than all else."""
    for axis in (ax.xaxis, ax.yaxis):
        if isinstance(axis.get_major_formatter(), LogFormatterSciNotation):
            axis.set_major_formatter(FuncFormatter(_power))


def _power(value, _):
    return power_of_ten(round(np.log10(value)))


def draw_surface(ax, surface, points=200):
    """The landscape: a curve where d = 1, filled contours where d = 2.

    Arguments: a `Surface` with a view; points a side. Returns the artists.
    """
    if len(surface.view) == 1:
        return _draw_curve(ax, surface, points)
    (x0, x1), (y0, y1) = surface.view
    x, y = np.linspace(x0, x1, points), np.linspace(y0, y1, points)
    # Row by row: behind a surface there may be many samples, and memory is not endless.
    z = np.stack([surface.f(row) for row in grid(x, y)])
    levels = contour_levels(z)
    filled = ax.contourf(x, y, z, levels, colors=HUE(np.linspace(0, 1, len(levels) - 1)))
    lines = ax.contour(x, y, z, levels[1:-1], colors="white", linewidths=0.9, linestyles="solid")
    minima = np.array([m for m in surface.minima if _inside(m, surface.view)])
    goals = ax.plot(*minima.T, "+", color=INK, ms=9, mew=1.8, ls="") if len(minima) else []
    ax.set(xlabel=surface.names[0], ylabel=surface.names[1], xlim=(x0, x1), ylim=(y0, y1))
    return [filled, lines, *goals]


def _draw_curve(ax, surface, points):
    (low, high), x = surface.view[0], np.linspace(*surface.view[0], 2 * points)
    y = surface.f(x[:, None])
    y = np.where(np.isfinite(y), y, np.nan)
    lowest, highest = np.nanmin(y), np.nanmax(y)
    if lowest == highest:  # level ground
        highest = lowest + 1
    floor = lowest - 0.06 * (highest - lowest)
    fill = ax.fill_between(x, y, floor, color=HUE(0.25), lw=0)
    line = ax.plot(x, y, color="#7f9fc4", lw=2)
    name = surface.names[0]
    ax.set(xlabel=name, ylabel=f"J({name})", xlim=(low, high), ylim=(floor, highest))
    return [fill, *line]


def grid(x, y):
    """All positions of a map: x of shape (n,), y of shape (m,) → (m, n, 2)."""
    return np.stack(np.meshgrid(x, y), axis=-1)


def contour_levels(z, count=14):
    """Heights for contour lines: denser towards the floor, as far as the landscape asks.

    level(u) = low + (high − low) uᵖ for u from 0 to 1, with p such that half the map lies
    below the middle level.
    """
    z = z[np.isfinite(z)]
    low, high = (float(z.min()), float(z.max())) if z.size else (0.0, 1.0)
    if low == high:  # level ground
        return low + np.linspace(0, 1, count + 1)
    p = np.log((np.median(z) - low) / (high - low)) / np.log(0.5)
    return low + (high - low) * np.linspace(0, 1, count + 1) ** np.clip(p, 0.3, 6)


def _inside(point, view):
    return all(low <= p <= high for p, (low, high) in zip(point, view, strict=True))


def path_of(run):
    """Where a run is drawn on its surface: x and height for d = 1, x and y for d = 2."""
    return (run.x[:, 0], run.loss) if run.x.shape[-1] == 1 else (run.x[:, 0], run.x[:, 1])


def draw_path(ax, run, color=None, label=None):
    """The path of a run on its surface: a white casing, a line, a dot a step, a ball."""
    style = style_of(run.method)
    color = color or style.color
    x, y = path_of(run)
    limits = ax.get_xlim(), ax.get_ylim()
    artists = [
        *ax.plot(x, y, color="white", lw=3.6, alpha=0.8),
        *ax.plot(x, y, color=color, lw=1.8, label=label or run.name),
        *ax.plot(x[:-1], y[:-1], "o", ms=3.4, mfc="white", mec=color, mew=1.1),
        *ax.plot(x[-1:], y[-1:], "o", ms=8, mfc=color, mec="white", mew=1.4),
    ]
    ax.set(xlim=limits[0], ylim=limits[1])
    return artists


def draw_loss(ax, run, goal=None, color=None, label=None):
    """The height above the lowest known point, step by step, on a log scale."""
    style = style_of(run.method)
    line = ax.plot(
        above_floor(run),
        color=color or style.color,
        dashes=style.dash or (None, None),
        label=label or run.name,
    )
    ax.set(xlabel="step", ylabel=loss_label(run.surface), yscale="log", xlim=(0, run.steps))
    format_powers(ax)
    ax.grid(axis="y")
    return line if goal is None else [*line, *draw_goal(ax, goal)]


def draw_goal(ax, goal):
    """A dashed line at the loss to reach, with its name."""
    return [
        ax.axhline(goal, color=GREEN, lw=1.3, ls=(0, (5, 3))),
        ax.annotate(
            "goal", (1, goal), (0, -3), ax.get_yaxis_transform(), "offset points",
            color=GREEN, ha="right", va="top", in_layout=False,  # it may lie far outside
        ),
    ]  # fmt: skip


def above_floor(run, floor=1e-16):
    """A run's height above the nearest minimum, never quite zero: fit for a log scale."""
    return np.maximum(heights(run), floor)


def loss_label(surface):
    """What the vertical axis of a loss curve shows."""
    if not surface.minima:
        return "loss above the run's lowest"
    lowest = min(float(surface(m)) for m in surface.minima)
    return "loss" if abs(lowest) < 1e-12 else "loss above the minimum"


def draw_surface_3d(ax, surface, run=None, points=60):
    """The landscape in perspective, with the path of a run on it.

    Arguments: ax a 3-D axes (`projection="3d"`); a surface with d = 2.
    """
    (x0, x1), (y0, y1) = surface.view
    xy = grid(np.linspace(x0, x1, points), np.linspace(y0, y1, points))
    sheet = ax.plot_surface(
        *np.moveaxis(xy, -1, 0), surface.f(xy), cmap=HUE, alpha=0.9, lw=0.2, edgecolor="white"
    )
    ax.set(xlabel=surface.names[0], ylabel=surface.names[1], zlabel="J")
    if run is None:
        return [sheet]
    color = style_of(run.method).color
    line = ax.plot(*run.x.T, run.loss, "o-", color=color, ms=3, lw=1.8, zorder=10)
    return [sheet, *line]


def draw_digits(ax, images, words=None, columns=10):
    """Handwritten digits in rows, ink on paper, with a word above each.

    Arguments: images of shape (n, 784), from 0 (paper) to 1 (ink), arrays or tensors;
    words: n texts; columns: digits a row. Returns the image and the words.
    """
    room = 0 if words is None else 8  # pixels above each
    sheet = sheet_of(to_numpy(images), columns, room)
    artists = [ax.imshow(sheet, cmap="gray_r", vmin=0, vmax=1)]
    for i, word in enumerate(words or ()):
        x, y = 30 * (i % columns) + 15, (room + 30) * (i // columns) + room
        artists.append(ax.text(x, y, word, ha="center", va="bottom", fontsize="small"))
    ax.set_axis_off()
    return artists


def sheet_of(images, columns, room=0):
    """Images of 28 × 28 pixels side by side in one: each in a frame of one pixel.

    Arguments: images of shape (n, 784) or (n, 28, 28); columns: images a row; room: so many
    pixels above each. Returns an array of shape (rows·(30 + room), columns·30).
    """
    rows = -(-len(images) // columns)
    sheet = np.zeros((rows, room + 30, columns, 30))
    for i, image in enumerate(images):
        sheet[i // columns, room + 1 : room + 29, i % columns, 1:29] = image.reshape(28, 28)
    return sheet.reshape(rows * (room + 30), -1)


def draw_pipeline(ax, table):
    """The timetable of a pipeline, a row a worker: forward pale, backward strong, waiting empty.

    Arguments: ax; table as `scaling.pipeline` makes it. Returns the artists.
    """
    artists = []
    for (row, column), piece in np.ndenumerate(table):
        look = {1: dict(color=SKY, alpha=0.55), -1: dict(color=ORANGE, alpha=0.75)}
        look = look.get(np.sign(piece), dict(fill=False, ec="#c9cfd8", ls=(0, (2, 2)), lw=0.8))
        artists.append(ax.add_patch(Rectangle((column + 0.03, row + 0.06), 0.94, 0.88, **look)))
        if piece:
            middle = column + 0.5, row + 0.53
            artists.append(ax.text(*middle, abs(piece), ha="center", va="center", fontsize=9))
    ax.set(xlim=(0, table.shape[1]), ylim=(len(table), 0), xlabel="time")
    ax.set_yticks(np.arange(len(table)) + 0.5, [f"worker {k + 1}" for k in range(len(table))])
    ax.set_xticks([])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return artists
