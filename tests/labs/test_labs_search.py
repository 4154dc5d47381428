"""Searching two settings, driven from Python."""

import logging
import subprocess
import sys

import numpy as np
import pytest

from gdlab import labs
from gdlab.errors import Advice
from gdlab.labs.search import (
    POINTS,
    averages,
    grid_points,
    height,
    profile,
    valley_of,
)
from gdlab.stage.actors import Dots, Trail


def test_the_loss_is_zero_in_the_valley_and_grows_with_both_settings():
    valley = np.array(valley_of(3))
    assert height(valley, valley, 0.4) == 0
    along_u, along_v = np.array([0.06, 0]), np.array([0, 0.06])
    np.testing.assert_allclose(height(valley + along_u, valley, 0.4), 0.5 / 1.4)
    np.testing.assert_allclose(height(valley + along_v, valley, 0.4), 0.4 * 0.5 / 1.4)
    assert height(valley + along_v, valley, 0.0) == 0
    assert profile(5.0) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("trials", "side"), [(1, 1), (3, 1), (4, 2), (24, 4), (25, 5), (100, 10)])
def test_a_grid_takes_the_largest_square(trials, side):
    points = grid_points(trials)
    assert len(points) == side**2
    for axis in points.T:
        np.testing.assert_allclose(np.unique(axis.round(12)), (np.arange(side) + 0.5) / side)


@pytest.mark.parametrize("kind", POINTS)
def test_the_best_so_far_is_the_lowest_of_the_trials_so_far(kind):
    lab = labs.search(kind, trials=20, seed=4)
    tried, loss = lab.scene.data["tried"], lab.scene.data["loss"]
    np.testing.assert_allclose(loss, height(tried, valley_of(4), 0.1))
    name, so_far = lab.scene.readout
    assert so_far[0] == 1 and len(so_far) == lab.scene.frames == len(loss) + 1
    assert [loss[:k].min() for k in range(1, len(loss) + 1)] == so_far[1:].tolist()


def test_points_appear_one_after_the_other_on_the_map_and_on_the_axis():
    lab = labs.search("random", trials=9)
    dots = [actor for actor in lab.scene.actors if isinstance(actor, Dots)]
    assert [actor.panel for actor in dots] == [0, 1, 0, 1]
    for points in dots[:2]:
        assert np.isfinite(points.x).sum(1).tolist() == list(range(10))
    np.testing.assert_array_equal(dots[0].x, dots[1].x)  # dropped straight down
    (curve,) = [actor for actor in lab.scene.actors if isinstance(actor, Trail)]
    assert curve.panel == 2 and curve.trace


def test_more_of_a_random_search_begins_like_less_of_it():
    few, many = (POINTS["random"](n, 0.1, 7) for n in (10, 30))
    np.testing.assert_array_equal(few, many[:10])


def test_random_search_wins_where_one_setting_matters_and_not_where_both_do():
    for trials in (9, 25, 49):
        grid, random = averages(trials, 0.0)
        assert random < 0.75 * grid
    grid, random = averages(25, 1.0)
    assert abs(random - grid) < 0.1 * grid


def test_the_text_counts_the_values_of_the_setting_that_matters():
    assert "it tried 5 values" in labs.search("grid").scene.text
    assert "it tried 25 values" in labs.search("random").scene.text
    assert "it tried 1 value." in labs.search("grid", trials=3).scene.text


def test_tpe_is_quiet_and_leaves_the_log_as_it_was():
    code = (
        "import optuna; optuna.logging.set_verbosity(optuna.logging.INFO)\n"
        "from gdlab import labs; labs.search('tpe', trials=12)\n"
        "print(optuna.logging.get_verbosity())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == (str(logging.INFO), "")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(kind="best"), "kind is 'best': choose one of 'grid', 'random', 'tpe'."),
        (dict(trials=0), "trials is 0: trials must be at least 1 and below 101."),
        (dict(trials=2.5), "trials is 2.5: give a whole number."),
        (dict(weight=-0.1), "weight is -0.1: weight must be at least 0"),
        (dict(seed=-1), "seed is -1: give a whole number, 0 or more."),
    ],
)
def test_what_cannot_be_searched_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.search(**wrong)
