"""Still pictures: the data in the artists, not pixels. A drawn surface is the function."""

from unittest.mock import Mock

import numpy as np
import pytest
from matplotlib.figure import Figure

from gdlab import descend, optimizers, plots, surfaces
from gdlab.plots import STYLES, SYMBOLS
from gdlab.stage.relief import Relief

FLAT = [s for s in surfaces.SURFACES.values() if s.d == 2]
LINES = [s for s in surfaces.SURFACES.values() if s.d == 1]


def named(surface):
    return surface.name


@pytest.fixture
def ax():
    return plots.figure()[1]


def test_the_panels_of_a_mosaic_come_in_the_order_asked_for():
    fig = plots.mosaic([["data", "land", "loss"]], order=["land", "loss", "data"])
    assert [ax.get_label() for ax in fig.axes] == ["land", "loss", "data"]
    fig.canvas.draw()
    land, loss, data = (ax.get_position().x0 for ax in fig.axes)
    assert data < land < loss


@pytest.mark.parametrize("surface", FLAT, ids=named)
def test_contour_lines_run_where_the_function_has_their_height(ax, surface):
    _, lines, *_ = plots.draw_surface(ax, surface)
    (x0, x1), (y0, y1) = surface.view
    cell = np.array([x1 - x0, y1 - y0]) / 199
    checked = 0
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        points = path.vertices
        # Between grid points the line is interpolated: allow what one cell can change.
        allowed = (np.abs(surface.grad(points)) * cell).sum(-1) + 1e-3 * abs(level)
        curved = np.ptp([surface.f(points + cell * c) for c in (-1, 0, 1)], axis=0)
        assert (np.abs(surface.f(points) - level) <= allowed + curved).all()
        checked += len(points)
    assert checked > 500


@pytest.mark.parametrize("surface", FLAT, ids=named)
def test_shades_lie_between_their_contour_lines(ax, surface):
    filled, *_ = plots.draw_surface(ax, surface)
    rng = np.random.default_rng(0)
    points = rng.uniform(*np.transpose(surface.view), size=(200, 2))
    heights, levels = surface.f(points), filled.levels
    right = 0
    for point, height in zip(points, heights, strict=True):
        shades = [i for i, path in enumerate(filled.get_paths()) if path.contains_point(point)]
        right += np.searchsorted(levels, height) - 1 in shades
    assert right > 190  # a few lie on the very edge of a shade


def test_the_map_is_not_transposed(ax):
    # On the ravine it is steep along y: at (0, 4) it is much higher than at (4, 0).
    filled, *_ = plots.draw_surface(ax, surfaces.ravine)
    high, low = (
        next(i for i, path in enumerate(filled.get_paths()) if path.contains_point(point))
        for point in ((0.0, 3.9), (3.9, 0.0))
    )
    assert high > low + 3
    assert (ax.get_xlim(), ax.get_ylim()) == surfaces.ravine.view


@pytest.mark.parametrize("surface", LINES, ids=named)
def test_a_curve_is_the_function(ax, surface):
    _, line = plots.draw_surface(ax, surface)
    assert ax.get_xlim() == surface.view[0]
    x, y = line.get_data()
    np.testing.assert_array_equal(y, surface.f(x[:, None]))
    assert (x[0], x[-1]) == surface.view[0]


@pytest.mark.parametrize("surface", FLAT, ids=named)
def test_every_minimum_in_view_is_marked(ax, surface):
    marks = [line for line in ax.lines if line.get_marker() == "+"]
    assert marks == []
    plots.draw_surface(ax, surface)
    (mark,) = [line for line in ax.lines if line.get_marker() == "+"]
    np.testing.assert_array_equal(np.transpose(mark.get_data()), surface.minima)


@pytest.mark.parametrize("surface", FLAT, ids=named)
def test_the_relief_is_the_function(surface):
    relief = Relief(surface, cells=20)
    spec = relief.spec()
    x, y = (np.linspace(low, high, 21) for low, high in surface.view)
    heights = np.frombuffer(spec["z"], "<f4").reshape(21, 21)
    for row in (0, 7, 20):
        for column in (0, 5, 20):
            true = surface(np.array([x[column], y[row]]))
            assert heights[row, column] == pytest.approx(relief.heights(true), abs=1e-6)
    assert heights.min() == 0 and heights.max() == 1
    color = np.frombuffer(spec["color"], "u1").reshape(20, 20, 3)
    middle = (relief.z[1:, 1:] + relief.z[:-1, :-1]) / 2
    lowest, highest = (np.unravel_index(f(middle), middle.shape) for f in (np.argmin, np.argmax))
    assert color[lowest].sum() > color[highest].sum()  # the floor is light


def test_relief_heights_grow_with_the_loss():
    for surface in FLAT:
        relief = Relief(surface)
        heights = relief.heights(np.linspace(relief.low, relief.high, 50))
        assert (np.diff(heights) > 0).all()
        assert relief.heights(relief.high * 1e9) == pytest.approx(1.5 ** (1 / relief.q))


@pytest.mark.parametrize("surface", [surfaces.square, surfaces.ravine], ids=named)
def test_a_path_is_the_run(ax, surface):
    run = descend(surface, optimizers.momentum, lr=0.05, steps=15)
    plots.draw_surface(ax, surface)
    limits = ax.get_xlim(), ax.get_ylim()
    casing, line, dots, ball = plots.draw_path(ax, run)
    x, y = (run.x[:, 0], run.loss) if surface.d == 1 else run.x.T
    for artist, part in [(casing, slice(None)), (line, slice(None)), (dots, slice(-1))]:
        np.testing.assert_array_equal(artist.get_xdata(), x[part])
        np.testing.assert_array_equal(artist.get_ydata(), y[part])
    assert (ball.get_xdata(), ball.get_ydata()) == (x[-1], y[-1])
    assert line.get_color() == STYLES["momentum"].color
    assert (ax.get_xlim(), ax.get_ylim()) == limits  # a path that leaves does not zoom out


def test_a_loss_curve_is_the_height_above_the_floor(ax):
    run = descend(surfaces.shifted, optimizers.gradient_descent, lr=0.1, steps=30)
    curve, goal, word = plots.draw_loss(ax, run, goal=1e-3)
    np.testing.assert_allclose(curve.get_ydata(), run.loss + 3)  # the floor lies at −3
    np.testing.assert_array_equal(curve.get_xdata(), np.arange(31))
    assert set(goal.get_ydata()) == {1e-3} and word.get_text() == "goal"
    assert ax.get_yscale() == "log" and ax.get_ylabel() == "loss above the minimum"
    ax.figure.canvas.draw()
    ticks = [tick.get_text() for tick in ax.get_yticklabels()]
    assert "10⁻¹" in ticks and not any("$" in tick for tick in ticks)


def test_a_loss_curve_bears_a_run_that_arrives_exactly(ax):
    run = descend(surfaces.square, optimizers.gradient_descent, lr=0.5, steps=5)
    (curve,) = plots.draw_loss(ax, run)
    assert run.loss[-1] == 0 and (curve.get_ydata() > 0).all()


def test_in_perspective_the_surface_is_the_function(monkeypatch):
    ax = Figure().add_subplot(projection="3d")
    run = descend(surfaces.beale, optimizers.gradient_descent, lr=0.001, steps=10)
    drawn = Mock(wraps=ax.plot_surface)
    monkeypatch.setattr(ax, "plot_surface", drawn)
    _, line = plots.draw_surface_3d(ax, surfaces.beale, run, points=12)
    x, y, z = drawn.call_args.args
    assert z.shape == (12, 12)
    np.testing.assert_array_equal(surfaces.beale.f(np.stack([x, y], -1)), z)
    np.testing.assert_array_equal(line.get_data_3d(), [*run.x.T, run.loss])


def test_every_method_has_its_own_look():
    assert set(STYLES) == set(optimizers.METHODS)
    assert len({(style.color, style.dash) for style in STYLES.values()}) == len(STYLES)
    assert len({style.marker for style in STYLES.values()}) == len(STYLES)
    assert {style.marker for style in STYLES.values()} <= set(SYMBOLS)


def test_colours_stay_apart_for_the_colour_blind():
    okabe_ito = {
        "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    }  # fmt: skip
    assert {style.color for style in STYLES.values()} <= okabe_ito


def test_a_readers_method_has_a_look_of_its_own():
    def mine(x, grad, s, *, lr=0.1):
        return x

    assert plots.style_of(mine) not in STYLES.values()
    assert plots.style_of(optimizers.adam) == plots.style_of("adam") == STYLES["adam"]


def test_contour_levels_reach_from_floor_to_top():
    for surface in FLAT:
        x, y = (np.linspace(*side, 50) for side in surface.view)
        z = surface.f(plots.grid(x, y))
        levels = plots.contour_levels(z)
        assert (np.diff(levels) > 0).all()
        assert levels[0] == pytest.approx(z.min()) and levels[-1] == pytest.approx(z.max())
