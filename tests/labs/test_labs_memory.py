"""The lab of chapters 08 to 11, driven from Python."""

import numpy as np
import pytest

from gdlab import labs, linear_regression, optimizers, sampled, surfaces
from gdlab.errors import Advice
from gdlab.labs.memory import COLORS, MEMORY, RATE, _decades, scene
from gdlab.stage.actors import Arrow, Curve, Trail


def uncorrected(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (s.v**0.5 + eps)


def trails(actors, panel, ghost=False):
    found = [a for a in actors if isinstance(a, Trail)]
    return [a for a in found if a.panel == panel and a.ghost == ghost]


def ghosts(lab, panel):
    return trails(lab.stage._actors, panel, ghost=True)


def step_sizes(lab):
    return lab.scene.data["step_sizes"]


def test_memory_and_step_sizes_are_those_of_the_run():
    lab = labs.memory(optimizers.adagrad, surfaces.ravine, lr=0.7, eps=1e-3, steps=30)
    root = lab.run.state["h"][1:] ** 0.5
    for i in range(2):
        size, rate = (trails(lab.scene.actors, panel)[i] for panel in (MEMORY, RATE))
        np.testing.assert_allclose(size.y[1:], root[:, i])
        np.testing.assert_allclose(rate.y[1:], 0.7 / (root[:, i] + 1e-3))
        assert size.color == rate.color == COLORS[i]
        assert size.y[0] == size.y[1] and len(size.y) == 31
        np.testing.assert_array_equal(size.x[:3], [1, 1, 2])
    slopes = [a for a in lab.scene.actors if isinstance(a, Curve)]
    np.testing.assert_allclose(slopes[1].y, np.abs(lab.run.grad[:, 1]))


def test_the_same_state_gives_the_same_bytes():
    lab = labs.memory([optimizers.adam, optimizers.rmsprop], surfaces.ravine, lr=0.3, steps=12)
    first, second = scene(**lab.state), scene(**lab.state)
    assert [a.spec() for a in first.actors] == [a.spec() for a in second.actors]
    assert [a.spec() for a in first.actors] == [a.spec() for a in lab.scene.actors]
    assert first.scenery == second.scenery and first.text == second.text == lab.scene.text


def test_the_scenery_does_not_depend_on_the_way_there():
    lab = labs.memory(optimizers.rmsprop, surfaces.ravine, lr=0.1)
    before = lab.stage.scenery["png"]
    lab.set(lr=8.0)
    assert lab.stage.scenery["png"] != before
    lab.set(lr=0.1)
    assert lab.stage.scenery["png"] == before


def test_the_arrows_compare_the_step_with_the_steepest_way_down():
    lab = labs.memory(optimizers.adagrad, surfaces.ravine, lr=0.7, steps=10)
    down, step = (a for a in lab.scene.actors if isinstance(a, Arrow))
    np.testing.assert_allclose(step.dx, np.diff(lab.run.x[:, 0]))
    np.testing.assert_allclose(np.hypot(down.dx, down.dy), np.hypot(step.dx, step.dy))
    slope = lab.run.grad
    np.testing.assert_allclose(down.dx * slope[:, 1], down.dy * slope[:, 0], atol=1e-9)
    assert (down.dx * slope[:, 0] < 0).all()


def test_on_a_line_there_is_one_arrow_along_it():
    lab = labs.memory(optimizers.adagrad, surfaces.square, lr=0.7, steps=10)
    (step,) = (a for a in lab.scene.actors if isinstance(a, Arrow))
    np.testing.assert_allclose(step.dx, np.diff(lab.run.x[:, 0]))
    assert not step.dy.any()
    np.testing.assert_allclose(step.y, step.x**2)


def test_the_legend_says_what_is_remembered_of_which_coordinate():
    lab = labs.memory(optimizers.adadelta, surfaces.bowl, names=("w", "b"), steps=5)
    labels = [a.label for a in trails(lab.scene.actors, MEMORY)]
    assert labels == ["w: √(v + ε)", "b: √(v + ε)", "w: √(u + ε)", "b: √(u + ε)"]
    assert lab.stage.fig.axes[0].get_xlabel() == "w"


def test_the_step_sizes_are_told_in_words():
    lab = labs.memory(optimizers.rmsprop, surfaces.square, lr=0.1, beta=0.0, steps=1)
    assert "The step size ends at 0.005." in repr(lab)  # 0.1 / |2 · 10|
    assert "The step size ends at 0.005." in lab.stage.scene["text"]


def test_limits_hold_the_run_and_are_painted_anew_only_when_they_must():
    lab = labs.memory(optimizers.rmsprop, surfaces.ravine, lr=0.1)
    painted = []
    paint = lab.stage.paint
    lab.stage.paint = lambda fig: (painted.append(1), paint(fig))
    lab.set(lr=0.12)
    assert not painted
    lab.set(lr=8.0)
    assert painted
    low, high = lab.stage.fig.axes[RATE].get_ylim()
    rate = step_sizes(lab).rate
    assert low <= rate.min() and rate.max() <= high


def test_a_dashed_line_marks_where_a_coordinate_overshoots():
    lab = labs.memory(optimizers.rmsprop, surfaces.ravine, lr=0.1)
    lines = lab.stage.fig.axes[RATE].lines
    assert [line.get_ydata()[0] for line in lines] == [pytest.approx(0.1)]  # 2/20; 2/2 is outside
    assert not labs.memory(optimizers.rmsprop, surfaces.beale).stage.fig.axes[RATE].lines


def test_choosing_a_method_keeps_the_numbers_and_leaves_the_one_before_pale():
    lab = labs.memory([optimizers.adam, uncorrected], surfaces.square, lr=0.1, steps=20)
    first = lab.run
    lab.set(lr=0.2)
    lab.set(method=uncorrected)
    assert lab.run.method is uncorrected and lab.state["lr"] == 0.2
    assert lab.stage.title.startswith("Uncorrected on")
    assert lab.last.run.method is optimizers.adam and lab.last.run is not first
    assert "your last run, Adam, η = 0.2" in lab.stage.scene["text"]
    np.testing.assert_allclose(ghosts(lab, RATE)[0].y[1], 0.2 / 20, rtol=1e-6)


def test_with_one_method_the_pale_line_is_named_by_its_numbers():
    lab = labs.memory(optimizers.adagrad, surfaces.bowl, lr=0.5, steps=9)
    lab.set(lr=0.2)
    assert lab.stage.scene["text"].endswith("your last run, η = 0.5, ε = 10⁻¹⁰.")
    assert len(ghosts(lab, RATE)) == 2 and not ghosts(lab, MEMORY)


def test_the_list_of_methods_is_a_row_of_its_own():
    lab = labs.memory([optimizers.adagrad, optimizers.rmsprop], surfaces.bowl, steps=9)
    lab.rows["method"].menu.value = optimizers.rmsprop
    assert lab.run.method is optimizers.rmsprop
    with pytest.raises(Advice, match="choose one of"):
        lab.set(method=optimizers.adam)
    assert "method" not in labs.memory(optimizers.adagrad, steps=9).rows


def test_methods_with_other_numbers_share_a_lab():
    lab = labs.memory([optimizers.adagrad, optimizers.rmsprop], surfaces.bowl, lr=0.5, steps=9)
    assert list(lab.rows) == ["lr", "eps", "beta", "steps", "method"]
    assert lab.state["eps"] == 1e-10  # the first one's
    assert set(lab.run.numbers) == {"lr", "eps"}
    lab.set(method=optimizers.rmsprop)
    assert set(lab.run.numbers) == {"lr", "eps", "beta"}


def test_a_reader_s_own_method_is_measured():
    def sign(x, grad, s, *, lr=0.1):
        s.seen = s.seen + 1
        return x - lr * np.sign(grad(x))

    lab = labs.memory(sign, surfaces.ravine, steps=5)
    labels = [a.label for a in trails(lab.scene.actors, MEMORY)]
    assert labels == ["x: |seen|", "y: |seen|"]
    np.testing.assert_allclose(step_sizes(lab).rate, 0.1 / np.abs(lab.run.grad))


def test_batches_of_real_samples():
    rare = np.arange(50) % 10 == 0
    line = linear_regression(rare, 3.0 + 2.0 * rare)
    lab = labs.memory(optimizers.adagrad, line, batch_size=5, seed=1, steps=40, lr=1.0)
    assert (lab.run.grad[:, 0] == 0).any()  # batches without the rare feature
    again = labs.memory(optimizers.adagrad, line, batch_size=5, seed=1, steps=40, lr=1.0)
    np.testing.assert_array_equal(lab.run.x, again.run.x)
    other = labs.memory(optimizers.adagrad, line, batch_size=5, seed=2, steps=40, lr=1.0)
    assert (lab.run.x != other.run.x).any()


def test_of_noisy_slopes_there_is_no_limit():
    noisy = sampled(surfaces.bowl, n=9)
    assert labs.memory(optimizers.heavy_ball, noisy, steps=9).scene.limits["lr"]
    assert labs.memory(optimizers.heavy_ball, noisy, steps=9, batch_size=3).scene.limits == {
        "lr": None
    }


def test_another_surface_brings_its_own_limits():
    lab = labs.memory(optimizers.adagrad, [surfaces.bowl, surfaces.rosenbrock], lr=0.5, steps=50)
    lab.set(lr=0.4)
    lab.set(surface=surfaces.rosenbrock)
    assert lab.run.surface is surfaces.rosenbrock and lab.last is None
    assert lab.state["start"] == surfaces.rosenbrock.start
    low, high = lab.stage.fig.axes[MEMORY].get_ylim()
    sizes = step_sizes(lab).sizes["√h"]
    assert low <= sizes.min() and sizes.max() <= high


def test_a_run_far_off_leaves_the_lab_alive():
    lab = labs.memory(optimizers.rmsprop, surfaces.rosenbrock, steps=60)
    lab.set(lr=9e9)
    lab.set(lr=0.01)
    assert lab.run.verdict().kind != "diverged"
    assert np.isfinite(lab.stage.fig.axes[RATE].get_ylim()).all()


def test_the_line_of_python_brings_the_scene_back():
    lab = labs.memory([optimizers.adagrad, optimizers.rmsprop], surfaces.bowl, steps=9)
    lab.set(method=optimizers.rmsprop, lr=0.3)
    lab.stage.start = [1.0, 2.0]
    assert lab.code == (
        "labs.memory([optimizers.rmsprop, optimizers.adagrad], surfaces.bowl, "
        "lr=0.3, eps=1e-10, beta=0.9, start=(1.0, 2.0), steps=9)"
    )
    again = eval(lab.code)
    assert [a.spec() for a in again.scene.actors] == [a.spec() for a in lab.scene.actors]
    assert (again.scene.text, again.scene.summary) == (lab.scene.text, lab.scene.summary)
    assert again.scene.name == lab.scene.name == "RMSProp, η = 0.3, β = 0.9, ε = 10⁻¹⁰"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(beta=0.9), "adagrad has no number called beta; there are: lr, eps."),
        (dict(steps="a"), "steps is 'a': give a number."),
        (dict(lr=None), "lr is None: give a number."),
        (dict(goal=-1), "goal is -1: give a loss above 0"),
        (dict(surface=3), "surface is 3: give a Surface"),
        (dict(surface=surfaces.quadratic(np.eye(3))), "quadratic has 3 coordinates"),
        (dict(start="far"), "start is 'far': give 2 numbers."),
        (dict(method=[optimizers.adam, 3]), "3 is not a method"),
        (dict(seed=1.5), "seed is 1.5: give a whole number, 0 or more."),
        (dict(seed=-1), "seed is -1"),
        (dict(seed="a"), "seed is 'a': give a whole number, 0 or more."),
        (dict(names=3), "names is 3: name each coordinate"),
        (dict(names=("w",)), "name each coordinate"),
        (dict(batch_size=3), "bowl has no samples"),
        (dict(surface=sampled(surfaces.bowl, n=9), batch_size=[3]), r"batch_size is \[3\]"),
        (dict(surface=sampled(surfaces.bowl, n=9), batch_size=10), "there are 9 samples"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    given = dict(method=optimizers.adagrad, surface=surfaces.bowl, steps=5) | wrong
    with pytest.raises(Advice, match=sentence):
        labs.memory(**given)


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([0.5, 50.0], (-2, 2)),
        ([2.0, 50.0], (0, 2)),
        ([1.0, 1.0], (-2, 0)),
        ([1e-30, 1.0], (-8, 0)),
        ([1e-3, 1e40], (4, 12)),
        ([0.0, np.inf], (-2, 2)),
    ],
)
def test_decades(values, limits):
    assert _decades(np.array(values)) == limits
