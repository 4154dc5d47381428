"""The lab of chapters 08 to 11, driven from Python."""

import numpy as np
import pytest

from gdlab import labs, linear_regression, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.labs.memory import COLORS, MEMORY, RATE, _decades
from gdlab.stage.actors import Arrow, Curve, Trail


def uncorrected(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (s.v**0.5 + eps)


def trails(lab, panel, ghost=False):
    actors = [a for a in lab.stage._actors if isinstance(a, Trail)]
    return [a for a in actors if a.panel == panel and a.ghost == ghost]


def test_memory_and_step_sizes_are_those_of_the_run():
    lab = labs.memory(optimizers.adagrad, surfaces.ravine, lr=0.7, eps=1e-3, steps=30)
    root = lab.run.state["h"][1:] ** 0.5
    for i in range(2):
        size, rate = trails(lab, MEMORY)[i], trails(lab, RATE)[i]
        np.testing.assert_allclose(size.y[1:], root[:, i])
        np.testing.assert_allclose(rate.y[1:], 0.7 / (root[:, i] + 1e-3))
        assert size.color == rate.color == COLORS[i]
        assert size.y[0] == size.y[1] and len(size.y) == 31
        np.testing.assert_array_equal(size.x[:3], [1, 1, 2])
    slopes = [a for a in lab.stage._actors if isinstance(a, Curve)]
    np.testing.assert_allclose(slopes[1].y, np.abs(lab.run.grad[:, 1]))


def test_the_arrows_compare_the_step_with_the_steepest_way_down():
    lab = labs.memory(optimizers.adagrad, surfaces.ravine, lr=0.7, steps=10)
    down, step = (a for a in lab.stage._actors if isinstance(a, Arrow))
    np.testing.assert_allclose(step.dx, np.diff(lab.run.x[:, 0]))
    np.testing.assert_allclose(np.hypot(down.dx, down.dy), np.hypot(step.dx, step.dy))
    slope = lab.run.grad
    np.testing.assert_allclose(down.dx * slope[:, 1], down.dy * slope[:, 0], atol=1e-9)
    assert (down.dx * slope[:, 0] < 0).all()


def test_the_legend_says_what_is_remembered_of_which_coordinate():
    lab = labs.memory(optimizers.adadelta, surfaces.bowl, names=("w", "b"), steps=5)
    labels = [a.label for a in trails(lab, MEMORY)]
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
    rate = lab.reading.rate
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
    lab.choose(uncorrected)
    assert lab.run.method is uncorrected and lab.numbers["lr"] == 0.2
    assert lab.stage.title.startswith("Uncorrected on")
    assert lab.last.method is optimizers.adam and lab.last is not first
    assert "your last run, Adam, η = 0.2" in lab.stage.scene["text"]
    np.testing.assert_allclose(trails(lab, RATE, ghost=True)[0].y[1], 0.2 / 20, rtol=1e-6)


def test_methods_with_other_numbers_share_a_lab():
    lab = labs.memory([optimizers.adagrad, optimizers.rmsprop], surfaces.bowl, lr=0.5, steps=9)
    assert set(lab.numbers) == {"lr", "eps", "beta", "steps"}
    assert set(lab.run.numbers) == {"lr", "eps"}
    lab.choose(optimizers.rmsprop)
    assert set(lab.run.numbers) == {"lr", "eps", "beta"}


def test_a_reader_s_own_method_is_measured():
    def sign(x, grad, s, *, lr=0.1):
        s.seen = s.seen + 1
        return x - lr * np.sign(grad(x))

    lab = labs.memory(sign, surfaces.ravine, steps=5)
    assert [a.label for a in trails(lab, MEMORY)] == ["x: |seen|", "y: |seen|"]
    np.testing.assert_allclose(lab.reading.rate, 0.1 / np.abs(lab.run.grad))


def test_batches_of_real_samples():
    rare = np.arange(50) % 10 == 0
    line = linear_regression(rare, 3.0 + 2.0 * rare)
    lab = labs.memory(optimizers.adagrad, line, batch_size=5, seed=1, steps=40, lr=1.0)
    assert (lab.run.grad[:, 0] == 0).any()  # batches without the rare feature
    again = labs.memory(optimizers.adagrad, line, batch_size=5, seed=1, steps=40, lr=1.0)
    np.testing.assert_array_equal(lab.run.x, again.run.x)


def test_another_surface_brings_its_own_limits():
    lab = labs.memory(optimizers.adagrad, [surfaces.bowl, surfaces.rosenbrock], lr=0.5, steps=50)
    lab._new_surface(type("Choice", (), {"value": surfaces.rosenbrock}))
    assert lab.run.surface is surfaces.rosenbrock and lab.last is None
    low, high = lab.stage.fig.axes[MEMORY].get_ylim()
    assert low <= lab.reading.sizes["√h"].min() and lab.reading.sizes["√h"].max() <= high


def test_a_run_far_off_leaves_the_lab_alive():
    lab = labs.memory(optimizers.rmsprop, surfaces.rosenbrock, steps=60)
    lab.set(lr=9e9)
    lab.set(lr=0.01)
    assert lab.run.verdict().kind != "diverged"
    assert np.isfinite(lab.stage.fig.axes[RATE].get_ylim()).all()


def test_a_number_that_no_method_has():
    with pytest.raises(Advice, match="no method here has a number beta; there are: lr, eps"):
        labs.memory(optimizers.adagrad, surfaces.bowl, beta=0.9)


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([0.5, 50.0], (-1, 2)),
        ([1.0, 1.0], (-2, 0)),
        ([1e-30, 1.0], (-7, 0)),
        ([0.0, np.inf], (-1, 1)),
    ],
)
def test_decades(values, limits):
    assert _decades(np.array(values)) == limits
