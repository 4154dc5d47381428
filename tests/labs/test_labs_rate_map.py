"""The map of η and β, driven from Python."""

import numpy as np
import pytest

from gdlab import dialects, labs, optimizers, surfaces
from gdlab.analysis.convergence import best_heavy_ball, curvatures, error_factor
from gdlab.descent import descend
from gdlab.dialects import DIALECTS
from gdlab.errors import Advice
from gdlab.labs.rate_map import BETAS, LRS, MAP, measure, scene
from gdlab.stage.actors import Trail


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


@pytest.mark.parametrize(
    "surface", [surfaces.ravine, surfaces.gorge, surfaces.bowl], ids=lambda s: s.name
)
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


@pytest.mark.parametrize("surface", [surfaces.ravine, surfaces.gorge], ids=lambda s: s.name)
def test_the_cross_is_near_the_best_of_theory(surface):
    lab = labs.rate_map(optimizers.heavy_ball, surface)
    lr, beta = best_heavy_ball(*curvatures(surface))
    cross = [line for line in lab.stage.fig.axes[MAP].lines if line.get_marker() == "+"]
    (x,), (y,) = cross[0].get_data()
    assert abs(np.log(x / lr)) < 0.1 and abs(y - beta) < 0.03


def on_map(lab):
    return [a for a in lab.stage._actors if isinstance(a, Trail) and a.panel == MAP]


def click(lab, panel, position):
    """A click that is a gesture of its own."""
    lab._changed_at = None
    lab.stage.panel = panel
    lab.stage.start = position


def test_the_same_state_gives_the_same_bytes():
    lab = labs.rate_map(steps=20)
    first, second = scene(**lab.state), scene(**lab.state)
    assert [a.spec() for a in first.actors] == [a.spec() for a in second.actors]
    assert first.scenery == second.scenery and first.text == second.text


def test_a_click_on_the_map_moves_the_point_and_one_on_the_surface_the_start():
    lab = labs.rate_map(lr=0.1, beta=0.5, steps=20)
    first = lab.run
    click(lab, MAP, [0.03, 0.8])
    assert (lab.state["lr"], lab.state["beta"]) == (0.03, 0.8)
    assert (lab.rows["lr"].value, lab.rows["beta"].box.value) == (0.03, "0.8")
    assert lab.state["start"] == surfaces.ravine.start and lab.last.run is first
    expected = descend(surfaces.ravine, optimizers.momentum, steps=20, lr=0.03, beta=0.8)
    np.testing.assert_array_equal(lab.run.x, expected.x)
    click(lab, 0, [5.0, 1.0])
    assert lab.state["start"] == (5.0, 1.0) and lab.state["lr"] == 0.03


def test_the_point_and_the_one_before_it_stand_on_the_map():
    lab = labs.rate_map(lr=0.1, beta=0.5)
    lab.set(lr=0.2, beta=0.7)
    last, point = on_map(lab)
    assert (last.x[0], last.y[0], point.x[0], point.y[0]) == (0.1, 0.5, 0.2, 0.7)
    assert last.ghost and not point.ghost


def test_dragging_paints_and_measures_nothing_anew(monkeypatch):
    lab = labs.rate_map()
    measured = measure.cache_info().misses
    monkeypatch.setattr(lab.stage, "paint", None)
    lab.stage.panel = MAP
    for beta in (0.2, 0.4):
        lab.stage.start = [0.05, beta]
    assert lab.run.numbers["beta"] == 0.4
    assert not lab.stage.scene["kind"].startswith("Not")
    assert measure.cache_info().misses == measured


def test_another_dialect_brings_its_own_map_and_leaves_the_run_before_pale():
    lab = labs.rate_map(lr=0.1, beta=0.5)
    before, painted = lab.scene.data["map"], lab.stage.scenery["png"]
    row = lab.rows["method"]
    assert "dialect" in row.children[0].value
    assert [shown for shown, _ in row.menu.options] == [
        f"{d.name}: {d.formula.partition(',')[0]}" for d in DIALECTS
    ]
    lab.set(method=optimizers.heavy_ball)
    assert lab.run.method is optimizers.heavy_ball
    assert lab.last.run.method is optimizers.momentum
    assert "your last run, momentum, η = 0.1, β = 0.5." in lab.stage.scene["text"]
    assert lab.scene.data["map"] is not before and lab.stage.scenery["png"] != painted
    assert lab.stage.title == "Heavy ball on the ravine"
    lab.set(method=dialects.gamma_momentum)
    np.testing.assert_allclose(lab.run.x, lab.last.run.x)


def test_no_method_stands_for_the_dialects():
    assert labs.rate_map(None).code == labs.rate_map().code


def test_another_surface_brings_its_own_map():
    lab = labs.rate_map()
    lab.set(surface=surfaces.gorge)
    expected = measure(optimizers.momentum, surfaces.gorge)[0]
    np.testing.assert_array_equal(lab.scene.data["map"], expected)
    assert "gorge" in lab.stage.title and lab.state["start"] == surfaces.gorge.start


def test_the_red_mark_on_the_slider_is_the_red_line():
    lab = labs.rate_map(optimizers.heavy_ball, surfaces.ravine)
    lab.set(beta=0.9)
    assert lab.scene.limits["lr"] == pytest.approx(2 * 1.9 / 20, rel=2e-3)
    assert "diverges from 0.19 on" in lab.rows["lr"].tick.value
    lab = labs.rate_map(optimizers.momentum, surfaces.bowl)
    lab.set(beta=0.9)  # the limit, 19, lies outside the map
    assert lab.scene.limits["lr"] is None


def test_a_point_past_the_line_is_told_so():
    lab = labs.rate_map()
    lab.set(lr=5.0, beta=0.2)
    assert lab.stage.scene["kind"] == "Diverged."
    assert lab.stage.scene["text"].startswith("The error grows with every step")
    assert lab.scene.data["factor"] > 1


def plain(x, grad, s, *, lr=0.1, beta=0.0):
    return x - lr * grad(x)


def test_a_reader_s_own_method_gets_a_map():
    lab = labs.rate_map([plain, optimizers.momentum], surfaces.square, lr=0.3, beta=0.4)
    assert lab.scene.data["factor"] == pytest.approx(0.4, rel=1e-3)
    np.testing.assert_allclose(lab.scene.data["edge"], 1.0, rtol=2e-3)  # 2/L, whatever β is
    assert "method" in lab.rows["method"].children[0].value


def test_a_method_s_other_numbers_change_the_map():
    def scaled(x, grad, s, *, lr=0.1, beta=0.0, scale=1.0):
        return x - lr * scale * grad(x)

    lab = labs.rate_map([scaled, plain], surfaces.square, lr=0.3)
    lab.set(scale=0.5)
    np.testing.assert_allclose(lab.scene.data["edge"], 2.0, rtol=2e-3)
    assert lab.scene.data["factor"] == pytest.approx(0.7, rel=1e-3)
    lab.set(method=plain)
    np.testing.assert_allclose(lab.scene.data["edge"], 1.0, rtol=2e-3)


def test_the_line_of_python_brings_the_scene_back():
    lab = labs.rate_map(beta=0.8)
    assert lab.code == "labs.rate_map(start=(-8.5, 2.6), beta=0.8)"
    lab.set(method=dialects.gamma_momentum, surface=surfaces.gorge)
    assert lab.code == (
        "labs.rate_map([dialects.gamma_momentum, optimizers.momentum, optimizers.torch_momentum, "
        "optimizers.heavy_ball], [surfaces.gorge, surfaces.ravine, surfaces.bowl], "
        "start=(-8.5, 1.3), beta=0.8)"
    )
    again = eval(lab.code)
    assert [a.spec() for a in again.scene.actors] == [a.spec() for a in lab.scene.actors]
    assert (again.scene.text, again.scene.name) == (lab.scene.text, lab.scene.name)
    assert again.scene.scenery == lab.scene.scenery
    assert "dialect" in again.rows["method"].children[0].value


def test_what_has_no_map_is_told_in_a_sentence():
    with pytest.raises(Advice, match="not a quadratic"):
        labs.rate_map(surface=[surfaces.bowl, surfaces.beale])
    with pytest.raises(Advice, match="the numbers lr and beta"):
        labs.rate_map(optimizers.gradient_descent)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(steps="a"), "steps is 'a': give a number."),
        (dict(beta=1.5), "beta is 1.5: memory must be at least 0 and below 1"),
        (dict(goal=-1), "goal is -1: give a loss above 0"),
        (dict(surface=3), "surface is 3: give a Surface"),
        (dict(surface=surfaces.quadratic(np.eye(3))), "quadratic has 3 coordinates"),
        (dict(start="far"), "start is 'far': give 2 numbers."),
        (dict(method=3), "3 is not a method"),
        (dict(gamma=0.9), "these methods have no number called gamma; there are: lr, beta."),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.rate_map(**wrong)


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.97, -0.6, -1.05])
def test_error_factor_of_a_plain_descent(factor):
    run = descend(surfaces.square, optimizers.gradient_descent, lr=(1 - factor) / 2, steps=200)
    assert error_factor(run) == pytest.approx(abs(factor), abs=1e-3)


def test_error_factor_needs_a_few_steps():
    with pytest.raises(Advice, match="8 or more"):
        error_factor(descend(surfaces.square, optimizers.gradient_descent, steps=5))
