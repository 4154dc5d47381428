"""Two runs a hair apart, driven from Python."""

import numpy as np
import pytest

from gdlab import labs, optimizers
from gdlab.errors import Advice
from gdlab.stage.actors import Curve, Trail


def said(lab):
    return f"{lab.stage.scene['kind']} {lab.stage.scene['text']}"


def test_the_distance_is_that_of_the_two_runs():
    lab = labs.chaos()
    apart = lab.scene.data["apart"]
    np.testing.assert_allclose(apart, np.abs(np.diff(lab.run.x[..., 0], axis=1)[:, 0]))
    (trail,) = [a for a in lab.scene.actors if isinstance(a, Trail)]
    np.testing.assert_array_equal(trail.y, np.maximum(apart, 1e-17))
    assert said(lab).startswith("They part. The distance passes 10⁻¹² at step ")


def test_the_upper_panel_shows_both_in_units_of_the_rate():
    lab = labs.chaos(lr=0.5, steps=500)
    first, second = [a for a in lab.scene.actors if isinstance(a, Curve)]
    assert (first.x[0], first.x[-1]) == (420, 500)
    np.testing.assert_allclose(first.y, lab.run.x[-81:, 0, 0] / 0.5)
    np.testing.assert_allclose(second.y, lab.run.x[-81:, 1, 0] / 0.5)


def test_what_stays_together_is_told_so():
    lab = labs.chaos(beta2=0.9)
    assert said(lab).strip().startswith("They stay together: at the last step the distance is")
    lab.set(beta2=0.99)
    assert lab.stage.scene["kind"] == "They part."
    lab.set(falls=True)
    assert "they stay together" in repr(lab)
    assert (
        lab.code
        == "labs.chaos([optimizers.adam, optimizers.rmsprop, "
        + (
            "optimizers.gradient_descent, optimizers.momentum, optimizers.nesterov], beta1=0.9, "
            "beta=0.9, falls=True)"
        )
        or "falls=True" in lab.code
    )


def test_a_wide_gap_is_no_chaos():
    lab = labs.chaos(gap=0.5, steps=20)
    assert "in the end they are" in repr(lab)


def test_too_large_a_rate_is_told():
    lab = labs.chaos(optimizers.gradient_descent, lr=2.5, steps=2000)
    assert "both fly away" in said(lab)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(gap=1e-17), "gap is 1e-17: apart at first must be at least 1e-15"),
        (dict(falls="down"), "falls is 'down': give True or False"),
        (dict(method=lambda x, grad, s: x), "give a method with a number lr"),
        (dict(steps=3), "steps is 3: steps must be at least 10"),
        (dict(lr=0), "lr is 0: learning rate must be above 0"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.chaos(**wrong)
