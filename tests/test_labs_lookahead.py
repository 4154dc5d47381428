"""The look-ahead lab, driven from Python."""

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.labs.lookahead import AHEAD, CARRIED, CLOSE
from gdlab.plots import BLUE, GREEN, INK, ORANGE
from gdlab.stage.actors import Arrow, Dots, Trail

ETA, BETA = 0.03, 0.8


def arrows(lab, panel):
    return {a.color: a for a in lab.stage._actors if isinstance(a, Arrow) and a.panel == panel}


def vectors(arrow):
    return np.stack([arrow.dx, arrow.dy], -1), np.stack([arrow.x, arrow.y], -1)


@pytest.fixture
def lab():
    return labs.lookahead(lr=ETA, beta=BETA, steps=30)


def test_velocity_and_slope_ahead_make_the_step(lab):
    on_land, x, v = arrows(lab, 0), lab.run.x, lab.run.state["v"]
    carried, tail = vectors(on_land[INK])
    np.testing.assert_allclose(tail, x[:-1])
    np.testing.assert_allclose(carried, BETA * v[:-1])
    slope, tail = vectors(on_land[BLUE])
    np.testing.assert_allclose(tail, x[:-1] + BETA * v[:-1])
    np.testing.assert_allclose(slope, -ETA * surfaces.ravine.grad(tail))
    step, _ = vectors(on_land[GREEN])
    np.testing.assert_allclose(carried + slope, step, atol=1e-12)
    (ahead,) = (a for a in lab.stage._actors if isinstance(a, Dots) and a.panel == 0)
    np.testing.assert_allclose(np.stack([ahead.x, ahead.y], -1)[:-1, 0], tail)


def test_the_close_up_has_both_slopes_from_the_same_place_and_fits(lab):
    close, x, v = arrows(lab, CLOSE), lab.run.x, lab.run.state["v"]
    at_x, tail = vectors(close[ORANGE])
    ahead, same = vectors(close[BLUE])
    carried, _ = vectors(close[INK])
    np.testing.assert_array_equal(tail, same)
    truth = -ETA * surfaces.ravine.grad(x), -ETA * surfaces.ravine.grad(x + BETA * v), BETA * v
    for t in (1, 5, 29):
        scale = np.linalg.norm(carried[t]) / np.linalg.norm(truth[2][t])
        for drawn, true in zip((at_x, ahead, carried), truth, strict=True):
            np.testing.assert_allclose(drawn[t], scale * true[t], rtol=1e-6, atol=1e-9)
    ends = np.concatenate([tail, tail + at_x, tail + ahead, tail - carried])
    assert np.abs(ends).max(0) == pytest.approx((1.25, 0.7), rel=0.05)
    assert len(tail) == 31  # also at the end of the run there is something to see
    drawn = [text.xy for text in lab.figure().axes[CLOSE].texts]  # a still picture shows one
    np.testing.assert_allclose(drawn[0], (tail + 0 * carried)[3])
    assert len(drawn) == 4


def test_the_legend_tells_each_arrow_once(lab):
    labels = [a.label for a in lab.stage._actors if a.label]
    assert labels.count(CARRIED) == labels.count(AHEAD) == 2  # told once, drawn twice
    assert "−η∇J(x): what heavy ball adds" in labels


def test_heavy_ball_runs_beside_with_the_same_numbers(lab):
    expected = descend(surfaces.ravine, optimizers.heavy_ball, steps=30, lr=ETA, beta=BETA)
    rival = next(a for a in lab.stage._actors if isinstance(a, Trail) and a.panel == 0)
    np.testing.assert_array_equal(np.stack([rival.x, rival.y], -1), expected.x)
    lab.set(lr=0.06)
    assert lab.rival.numbers == {"lr": 0.06, "beta": BETA}
    lab.stage.start = [4.0, 1.0]
    assert tuple(lab.rival.x[0]) == (4.0, 1.0)


def test_the_words_compare_the_two():
    lab = labs.lookahead(lr=0.06, beta=0.5, steps=60)
    assert "Heavy ball with the same numbers needs" in lab.stage.scene["text"]
    lab.set(lr=0.05, beta=0.9)
    assert "Heavy ball with the same numbers does not reach it." in lab.stage.scene["text"]
    passing = labs.lookahead(surface=surfaces.square, lr=0.5, beta=0.9, steps=40)
    words = "Heavy ball with the same numbers only touches it at step 1."
    assert passing.stage.scene["text"].endswith(words)
    lab.set(lr=1.0)
    assert lab.stage.scene["kind"] == "Diverged."
    assert lab.stage.scene["text"].endswith("Heavy ball with the same numbers: diverged.")


def test_on_a_line_the_two_slopes_lie_apart():
    lab = labs.lookahead(surface=surfaces.square, lr=0.1, beta=0.9)
    close = arrows(lab, CLOSE)
    assert (close[BLUE].dy[1:] > 0).all() and (close[ORANGE].dy[1:] < 0).all()
    assert (close[GREEN].dy == 0).all()  # the step itself is level
    on_land = arrows(lab, 0)[BLUE]
    np.testing.assert_allclose(on_land.y, on_land.x**2)  # it stands on the parabola


def test_a_run_at_rest_and_one_far_off_are_drawn():
    lab = labs.lookahead(surface=surfaces.bowl, start=(0.0, 0.0))
    for numbers in ({"lr": 1e-3}, {"lr": 9e5}):
        lab.set(**numbers)
        for actor in lab.stage._actors:
            assert np.isfinite(np.frombuffer(actor.spec()["x"], "<f4")).all()
        lab.figure()


def test_a_method_without_a_velocity_is_told():
    def plain(x, grad, s, *, lr=0.1, beta=0.0):
        return x - lr * grad(x)

    with pytest.raises(Advice, match="put it into s.v"):
        labs.lookahead(plain)
    with pytest.raises(Advice, match="lr and beta"):
        labs.lookahead(optimizers.gradient_descent)
