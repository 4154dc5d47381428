"""The map of η and β, driven from Python."""

import sys

import numpy as np
import pytest

from gdlab import labs, optimizers, surfaces
from gdlab.convergence import best_heavy_ball, curvatures, error_factor
from gdlab.descent import descend
from gdlab.dialects import DIALECTS, gamma_momentum
from gdlab.errors import Advice
from gdlab.labs.rate_map import BETAS, GORGE, LRS, MAP, measure
from gdlab.stage.actors import Dots, Trail


def spectral_radius(method, surface):
    """The theory of the map: the largest root of z² − (1 + β − ηλ) z + β over all curvatures."""
    scale = next(dialect.scale for dialect in DIALECTS if dialect.method is method)
    betas = BETAS[:, None]
    largest = 0
    for curvature in curvatures(surface):
        b = 1 + betas - scale(betas) * LRS * curvature
        root = (b * b - 4 * betas + 0j) ** 0.5
        largest = np.maximum(largest, np.maximum(abs(b + root), abs(b - root)) / 2)
    return largest


@pytest.mark.parametrize("surface", [surfaces.ravine, GORGE, surfaces.bowl], ids=lambda s: s.name)
@pytest.mark.parametrize("method", [optimizers.momentum, optimizers.heavy_ball])
def test_the_measured_map_is_that_of_theory(method, surface):
    measured, edge = measure(method, surface)
    theory = spectral_radius(method, surface)
    comes_down = theory < 1
    assert np.abs(measured - theory)[comes_down].max() < 0.015
    clear = np.abs(theory - 1) > 1e-9
    np.testing.assert_array_equal((measured < 1)[clear], comes_down[clear])
    scale = next(dialect.scale for dialect in DIALECTS if dialect.method is method)
    limit = 2 * (1 + BETAS) / scale(BETAS) / surface.L
    seen = limit < LRS[-1]
    np.testing.assert_allclose(edge[seen], limit[seen], rtol=2e-3)
    assert np.isinf(edge[~seen]).all()


def test_the_three_dialects_without_the_average_share_a_map():
    average, *others = (measure(dialect.method, surfaces.ravine) for dialect in DIALECTS)
    for other in others:
        np.testing.assert_allclose(other[0], others[0][0], rtol=1e-6)
    assert not np.allclose(average[0], others[0][0], rtol=0.1)


@pytest.mark.parametrize("surface", [surfaces.ravine, GORGE], ids=lambda s: s.name)
def test_the_cross_is_near_the_best_of_theory(surface):
    lab = labs.rate_map(optimizers.heavy_ball, surface)
    lr, beta = best_heavy_ball(*curvatures(surface))
    cross = [line for line in lab.stage.fig.axes[MAP].lines if line.get_marker() == "+"]
    (x,), (y,) = cross[0].get_data()
    assert abs(np.log(x / lr)) < 0.1 and abs(y - beta) < 0.03


def test_a_click_on_the_map_moves_the_point_and_one_on_the_surface_the_start():
    lab = labs.rate_map(lr=0.1, beta=0.5, steps=20)
    first = lab.run
    lab._last_change = 0.0  # a gesture of its own
    lab.stage.panel = MAP
    lab.stage.start = [0.03, 0.8]
    assert (lab.numbers["lr"], lab.numbers["beta"]) == (0.03, 0.8)
    assert lab.start == surfaces.ravine.start and lab.last is first
    expected = descend(surfaces.ravine, optimizers.momentum, steps=20, lr=0.03, beta=0.8)
    np.testing.assert_array_equal(lab.run.x, expected.x)
    lab.stage.panel = 0
    lab.stage.start = [5.0, 1.0]
    assert lab.start == (5.0, 1.0) and lab.numbers["lr"] == 0.03


def test_the_point_and_the_one_before_it_stand_on_the_map():
    lab = labs.rate_map(lr=0.1, beta=0.5)
    lab.set(lr=0.2, beta=0.7)
    on_map = [a for a in lab.stage._actors if a.panel == MAP]
    (last,) = (a for a in on_map if isinstance(a, Dots))
    (point,) = (a for a in on_map if isinstance(a, Trail))
    assert (last.x[0], last.y[0], point.x[0], point.y[0]) == (0.1, 0.5, 0.2, 0.7)


def test_dragging_paints_and_measures_nothing_anew(monkeypatch):
    lab = labs.rate_map()
    monkeypatch.setattr(lab.stage, "paint", None)
    monkeypatch.setattr(sys.modules["gdlab.labs.rate_map"], "measure", None)
    lab.stage.panel = MAP
    for beta in (0.2, 0.4):
        lab.stage.start = [0.05, beta]
    assert lab.run.numbers["beta"] == 0.4
    assert not lab.stage.scene["kind"].startswith("Not")


def test_another_dialect_brings_its_own_map_and_leaves_the_run_before_pale():
    lab = labs.rate_map(lr=0.1, beta=0.5)
    before = lab.map
    assert "dialect" in lab.menu.children[0].value
    lab.choose(optimizers.heavy_ball)
    assert lab.run.method is optimizers.heavy_ball and lab.last.method is optimizers.momentum
    assert lab.map is not before and lab.stage.title == "Heavy ball on the ravine"
    lab.choose(gamma_momentum)
    np.testing.assert_allclose(lab.run.x, lab.last.x)


def test_another_surface_brings_its_own_map():
    lab = labs.rate_map()
    lab._new_surface(type("Choice", (), {"value": GORGE}))
    np.testing.assert_array_equal(lab.map, measure(optimizers.momentum, GORGE)[0])
    assert "gorge" in lab.stage.title


def test_the_red_mark_on_the_slider_is_the_red_line():
    lab = labs.rate_map(optimizers.heavy_ball, surfaces.ravine)
    lab.set(beta=0.9)
    assert lab._limit(lab.run) == pytest.approx(2 * 1.9 / 20, rel=2e-3)
    lab = labs.rate_map(optimizers.momentum, surfaces.bowl)
    lab.set(beta=0.98)  # the limit lies far outside the map
    assert lab._limit(lab.run) is None


def test_a_point_past_the_line_is_told_so():
    lab = labs.rate_map()
    lab.set(lr=5.0, beta=0.2)
    assert lab.stage.scene["kind"] == "Diverged."
    assert lab.stage.scene["text"].startswith("The error grows with every step")


def test_a_reader_s_own_method_gets_a_map():
    def plain(x, grad, s, *, lr=0.1, beta=0.0):
        return x - lr * grad(x)

    lab = labs.rate_map([plain, optimizers.momentum], surfaces.square, lr=0.3, beta=0.4)
    assert lab.factor == pytest.approx(0.4, rel=1e-3)
    np.testing.assert_allclose(lab.edge, 1.0, rtol=2e-3)  # 2/L, whatever β is


def test_what_has_no_map_is_told_in_a_sentence():
    with pytest.raises(Advice, match="no quadratic"):
        labs.rate_map(surface=surfaces.beale)
    with pytest.raises(Advice, match="the numbers lr and beta"):
        labs.rate_map(optimizers.gradient_descent)


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.97, -0.6, -1.05])
def test_error_factor_of_a_plain_descent(factor):
    run = descend(surfaces.square, optimizers.gradient_descent, lr=(1 - factor) / 2, steps=200)
    assert error_factor(run) == pytest.approx(abs(factor), abs=1e-3)


def test_error_factor_needs_a_few_steps():
    with pytest.raises(Advice, match="8 or more"):
        error_factor(descend(surfaces.square, optimizers.gradient_descent, steps=5))
