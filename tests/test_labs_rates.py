"""The labs of chapter 03: several rates at once, schedules, a line through data."""

import numpy as np
import pytest

from gdlab import labs, linear_regression, schedules, surfaces
from gdlab.labs.fit import DATA
from gdlab.labs.scheduled import RATE, SHAPES
from gdlab.stage.actors import Curve, Trail


def actors(lab, kind, panel):
    return [actor for actor in lab.stage._actors if type(actor) is kind and actor.panel == panel]


def test_every_rate_has_its_own_run_on_the_map():
    lab = labs.rates((0.02, 0.4, 1.1), surfaces.square, steps=10)
    for trail, lr in zip(actors(lab, Trail, 0), (0.02, 0.4, 1.1), strict=True):
        assert np.allclose(trail.x, 10 * (1 - 2 * lr) ** np.arange(11))
    assert "η = 1.1: diverged" in repr(lab)


def test_a_rate_is_set_and_a_wrong_one_is_refused():
    lab = labs.rates((0.02, 0.4))
    lab.set(lr2=0.5)
    assert np.allclose(actors(lab, Trail, 0)[1].x[1:], 0)
    with pytest.raises(ValueError, match="lr1 is -1"):
        lab.set(lr1=-1)
    assert lab.numbers["lr1"] == 0.02


def test_the_tick_of_every_rate_stands_at_the_limit():
    lab = labs.rates((0.02, 0.4))
    marks = {row.tick.value for row in lab.lrs}
    assert len(marks) == 1 and "diverges from 1 on" in marks.pop()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_schedule_begins_and_ends_where_the_sliders_say(shape):
    lab = labs.scheduled(surfaces.ravine, shape, steps=40, lr=0.08, left=0.1)
    (drawn,) = [trail for trail in actors(lab, Trail, RATE) if not trail.ghost]
    assert drawn.y.max() == pytest.approx(0.08, rel=0.02)
    end = 0.08 if shape == "constant" else 0.008
    assert drawn.y[-1] == pytest.approx(end)
    assert np.allclose(drawn.y, [lab.schedule(t) for t in range(41)])


def test_the_run_uses_the_schedule():
    lab = labs.scheduled(surfaces.square, "linear", steps=5, lr=0.3, left=0.5)
    eta = schedules.linear(0.3, 0.15, 5)
    x = 10.0
    for t in range(5):
        x -= eta(t) * 2 * x
    assert lab.run.x[-1, 0] == pytest.approx(x)


def test_another_shape_leaves_the_last_run_as_a_ghost():
    lab = labs.scheduled(steps=20)
    before = lab.run
    lab.choose("cosine")
    assert lab.last is before and "cosine" in repr(lab)
    assert any(trail.ghost for trail in actors(lab, Trail, RATE))


def test_the_line_on_the_data_is_the_point_on_the_map():
    x = np.linspace(0, 1, 9)
    y = 2 * x + 3 + np.sin(9 * x)
    lab = labs.fit(x, y, lr=0.3, steps=25)
    (path,) = [trail for trail in actors(lab, Trail, 0) if not trail.ghost]
    best, moving = actors(lab, Curve, DATA)
    w, b = path.x[:, None], path.y[:, None]
    assert np.allclose(moving.y, w * moving.x + b) and moving.y.shape == (26, 2)
    slope, height = linear_regression(x, y).minima[0]
    assert np.allclose(best.y, slope * best.x + height)


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1]), ([], []), ([1.0, np.nan], [1, 2])])
def test_data_that_do_not_belong_together_are_refused_in_a_sentence(x, y):
    with pytest.raises(ValueError, match=r"give one y|not a finite number"):
        labs.fit(x, y)
