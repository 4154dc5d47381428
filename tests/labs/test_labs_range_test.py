"""The range test, driven from Python."""

import numpy as np
import pytest

from gdlab import labs, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.labs.range_test import LOW
from gdlab.stage.actors import Trail


def test_the_rate_grows_by_the_same_factor_up_to_its_end():
    lab = labs.range_test(steps=40, high=5.0)
    rates = lab.scene.data["rates"]
    assert (rates[0], len(rates)) == (LOW, 40) and rates[-1] == pytest.approx(5.0)
    np.testing.assert_allclose(rates[1:] / rates[:-1], rates[1] / rates[0])
    x = lab.run.x
    np.testing.assert_allclose(x[1:], x[:-1] - rates[:, None] * lab.run.grad)


def test_the_curve_shows_the_loss_over_the_rate_just_used():
    lab = labs.range_test(steps=30)
    path, curve = lab.scene.actors
    assert isinstance(curve, Trail) and len(curve.x) == len(curve.y) == 31
    np.testing.assert_array_equal(curve.x[1:], lab.scene.data["rates"])
    assert curve.x[curve.y.argmin()] == lab.scene.data["lowest"]


def test_on_a_quadratic_the_lowest_point_lies_beyond_the_limit():
    lab = labs.range_test(optimizers.gradient_descent, surfaces.ravine, steps=200)
    assert lab.scene.data["lowest"] > 2 / 20 > lab.scene.data["best"]
    assert "From 0.1 on a constant η diverges." in lab.scene.text


def test_no_limit_where_nothing_diverges():
    lab = labs.range_test(optimizers.adam, surfaces.ravine)
    assert "diverges" not in lab.scene.text


def test_a_single_step():
    lab = labs.range_test(steps=1)
    assert lab.scene.data["rates"].tolist() == [LOW]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(high=1e-5), "high is 1e-05: the last rate must be at least 0.0002"),
        (dict(high="far"), "high is 'far': give a number."),
        (dict(method=3), "3 is not a method"),
        (dict(surface=3), "surface is 3: give a Surface"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.range_test(**wrong)
