"""The saddle and the hair beside its ridge, driven from Python."""

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.labs.saddle import HAIRS, leave_at


def test_the_lab_says_when_the_ball_leaves():
    lab = labs.saddle(hair=1e-9)
    run = descend(surfaces.saddle, optimizers.gradient_descent, (-2.0, 1e-9), steps=300, lr=0.05)
    step = int((np.abs(run.x[:, 1]) > 1).argmax())
    assert lab.stage.scene["kind"] == f"Leaves at step {step}."
    assert lab.scene.data["counts"][8] == step


@pytest.mark.parametrize("lr", [0.01, 0.05, 0.3])
def test_each_power_of_ten_costs_what_theory_says(lr):
    decade = labs.saddle(lr=lr).scene.data["per decade"]
    counts = leave_at(optimizers.gradient_descent, lr=lr)
    assert decade == pytest.approx(np.log(10) / np.log(1 + 2 * lr), rel=0.06)
    assert (np.diff(counts[counts > 0]) > 0).all()


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_who_divides_by_the_slope_does_not_mind_the_hair(name):
    counts = leave_at(optimizers.METHODS[name], lr=0.05)
    assert counts[-1] - counts[1] <= 2


def test_a_ball_that_stays_is_told_so_and_has_no_mark():
    lab = labs.saddle(hair=1e-12, steps=50)
    assert lab.stage.scene["kind"] == "Still on the ridge."
    assert len([a for a in lab.scene.actors if a.panel == 2]) == 1
    lab.set(lr=0.005)
    assert "do not leave within 800 steps" in lab.stage.scene["text"]
    (dots,) = [a for a in lab.scene.actors if a.panel == 2]
    gone = lab.scene.data["counts"] > 0
    assert 0 < gone.sum() < 12 and dots.x.tolist() == HAIRS[gone].tolist()


def test_the_mark_of_the_run_before_stays_pale():
    lab = labs.saddle(hair=1e-6)
    lab.set(hair=1e-3)
    ghosts = [a for a in lab.stage._actors if getattr(a, "ghost", False) and a.panel == 2]
    assert [ghost.x[0] for ghost in ghosts] == [1e-6]


def test_only_the_numbers_of_the_method_have_rows():
    lab = labs.saddle()
    assert lab.rows["beta"].layout.display == "none"
    lab.set(method=optimizers.heavy_ball)
    assert lab.rows["beta"].layout.display is None
    assert len(HAIRS) == 12
