"""The look-ahead lab, driven from Python."""

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.labs.lookahead import AHEAD, CARRIED, CLOSE, scene
from gdlab.plots import BLUE, GREEN, INK, ORANGE
from gdlab.stage.actors import Arrow, Dots, Trail

ETA, BETA = 0.03, 0.8


def arrows(lab, panel):
    return {a.color: a for a in lab.scene.actors if isinstance(a, Arrow) and a.panel == panel}


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
    (ahead,) = (a for a in lab.scene.actors if isinstance(a, Dots) and a.panel == 0)
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


def test_the_same_state_gives_the_same_bytes(lab):
    first, second = scene(**lab.state), scene(**lab.state)
    assert [a.spec() for a in first.actors] == [a.spec() for a in second.actors]
    assert first.scenery == second.scenery and first.text == second.text


def test_the_legend_tells_each_arrow_once(lab):
    labels = [a.label for a in lab.scene.actors if a.label]
    assert labels.count(CARRIED) == labels.count(AHEAD) == 2  # told once, drawn twice
    assert "−η∇J(x): what heavy ball adds" in labels


def test_heavy_ball_runs_beside_with_the_same_numbers(lab):
    expected = descend(surfaces.ravine, optimizers.heavy_ball, steps=30, lr=ETA, beta=BETA)
    rival = next(a for a in lab.scene.actors if isinstance(a, Trail) and a.panel == 0)
    np.testing.assert_array_equal(np.stack([rival.x, rival.y], -1), expected.x)
    lab.set(lr=0.06)
    assert lab.scene.data["rival"].numbers == {"lr": 0.06, "beta": BETA}
    lab.stage.start = [4.0, 1.0]
    assert tuple(lab.scene.data["rival"].x[0]) == (4.0, 1.0)


def test_only_the_method_s_own_run_stays_as_a_ghost(lab):
    before = lab.run
    lab.set(lr=0.06)
    land, loss = (a for a in lab.stage._actors if isinstance(a, Trail) and a.ghost)
    np.testing.assert_array_equal(np.stack([land.x, land.y], -1), before.x)
    assert (land.label, loss.panel) == ("last run", 1)
    assert lab.stage.scene["text"].endswith("your last run, η = 0.03, β = 0.8.")


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
    assert lab.scene.text.endswith("Heavy ball with the same numbers: diverged.")


def test_on_a_line_the_two_slopes_lie_apart():
    lab = labs.lookahead(surface=surfaces.square, lr=0.1, beta=0.9)
    close = arrows(lab, CLOSE)
    assert (close[BLUE].dy[1:] > 0).all() and (close[ORANGE].dy[1:] < 0).all()
    assert (close[GREEN].dy == 0).all()  # the step itself is level
    on_land = arrows(lab, 0)[BLUE]
    np.testing.assert_allclose(on_land.y, on_land.x**2)  # it stands on the parabola


def test_another_surface_brings_its_own_start():
    lab = labs.lookahead(surface=[surfaces.square, surfaces.ravine])
    lab.rows["surface"].menu.value = surfaces.ravine
    assert lab.state["start"] == surfaces.ravine.start
    assert "ravine" in lab.stage.title and lab.stage.mesh


def test_a_run_at_rest_and_one_far_off_are_drawn():
    lab = labs.lookahead(surface=surfaces.bowl, start=(0.0, 0.0))
    for numbers in ({"lr": 1e-3}, {"lr": 9e5}):
        lab.set(**numbers)
        for actor in lab.stage._actors:
            assert np.isfinite(np.frombuffer(actor.spec()["x"], "<f4")).all()
        lab.figure()


def leaky(x, grad, s, *, lr=0.1, beta=0.0, leak=0.5):
    s.v = beta * s.v * (1 - leak) - lr * grad(x)
    return x + s.v


def test_other_numbers_of_a_method_have_sliders_too():
    lab = labs.lookahead(leaky, steps=5, leak=0.2)
    assert list(lab.rows) == ["lr", "beta", "leak", "steps"]
    lab.set(leak=0.3)
    assert lab.run.numbers == {"lr": 0.03, "beta": 0.8, "leak": 0.3}
    assert lab.scene.data["rival"].numbers == {"lr": 0.03, "beta": 0.8}


def test_the_line_of_python_brings_the_scene_back(lab):
    lab.set(lr=0.06)
    lab.stage.start = [4.0, 1.0]
    assert lab.code == "labs.lookahead(start=(4.0, 1.0), steps=30, lr=0.06)"
    again = eval(lab.code)
    assert [a.spec() for a in again.scene.actors] == [a.spec() for a in lab.scene.actors]
    assert again.scene.text == lab.scene.text


def test_a_method_without_a_velocity_is_told():
    def plain(x, grad, s, *, lr=0.1, beta=0.0):
        return x - lr * grad(x)

    with pytest.raises(Advice, match="put it into s.v"):
        labs.lookahead(plain)
    with pytest.raises(Advice, match="lr and beta"):
        labs.lookahead(optimizers.gradient_descent)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(steps="a"), "steps is 'a': give a number."),
        (dict(beta=1.5), "beta is 1.5: memory must be at least 0 and below 1"),
        (dict(goal="a"), "goal is 'a': give a loss above 0"),
        (dict(surface=3), "surface is 3: give a Surface"),
        (dict(start=(1, 2, 3)), "a position on ravine is 2 numbers"),
        (dict(method=3), "3 is not a method"),
        (dict(method=[optimizers.nesterov, optimizers.heavy_ball]), "this lab shows one method"),
        (dict(gamma=0.9), "nesterov has no number called gamma; there are: lr, beta."),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.lookahead(**wrong)
