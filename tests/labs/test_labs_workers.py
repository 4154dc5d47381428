"""The labs of chapter 16: stale slopes, and many hands."""

import re

import numpy as np
import pytest

from gdlab import labs, surfaces
from gdlab.analysis.scaling import step_seconds
from gdlab.errors import Advice
from gdlab.labs.speedup import WORKERS
from gdlab.labs.stale import MAP, floor_curvature
from gdlab.stage.actors import Arrow, Dots
from gdlab.staleness import largest_stable_lr


def tick(lab):
    return float(re.search(r"left:([\d.]+)%", lab.rows["lr"].tick.value)[1]) / 100


def test_the_red_mark_moves_with_the_delay():
    lab = labs.stale(surfaces.ravine, lr=0.005)
    about = lab.rows["lr"].about
    for delay in (0, 2, 9):
        lab.set(delay=delay)
        at = about.low * (about.high / about.low) ** tick(lab)
        assert at == pytest.approx(largest_stable_lr(20, delay), rel=0.01)


def test_a_click_on_the_map_sets_both_and_the_delay_stays_whole():
    lab = labs.stale(surfaces.square)
    lab.stage.panel = MAP
    lab.stage.start = [6.4, 0.05]
    assert lab.state["delay"] == 6 and lab.state["lr"] == 0.05
    assert isinstance(lab.state["delay"], int) and lab.rows["delay"].value == 6
    lab.stage.start = [-0.4, 0.07]
    assert lab.state["delay"] == 0
    lab.stage.start = [20.4, 0.02]
    assert lab.state["delay"] == 20
    lab.set(delay=50)  # typed, and beyond the map
    assert lab.state["delay"] == 50


def test_the_dot_is_where_the_slope_was_felt_and_the_arrow_is_its_step():
    lab = labs.stale(surfaces.ravine, lr=0.01, delay=3, steps=30)
    (dot,) = (a for a in lab.scene.actors if isinstance(a, Dots))
    x = lab.run.x
    np.testing.assert_array_equal(dot.x[10:, 0], x[7:-3, 0])
    np.testing.assert_array_equal(dot.x[:3, 0], x[[0] * 3, 0])
    _, step = (a for a in lab.scene.actors if isinstance(a, Arrow))
    slope = surfaces.ravine.grad(np.stack([dot.x[:-1, 0], dot.y[:-1, 0]], -1))
    np.testing.assert_allclose(step.dx, -0.01 * slope[:, 0])


def test_without_a_delay_there_is_neither_dot_nor_second_arrow():
    lab = labs.stale(surfaces.ravine, lr=0.01, delay=0)
    assert not [a for a in lab.scene.actors if isinstance(a, Dots)]
    assert len([a for a in lab.scene.actors if isinstance(a, Arrow)]) == 1


def test_beyond_the_limit_is_said_before_it_shows():
    lab = labs.stale(surfaces.square, lr=0.18, delay=4)
    assert lab.scene.kind == "Beyond the limit."
    lab.set(lr=0.17)
    assert lab.scene.kind != "Beyond the limit."
    lab.set(lr=0.6)
    assert lab.scene.kind == "Diverged."


@pytest.mark.parametrize("surface", [surfaces.double_well, surfaces.beale])
@pytest.mark.parametrize("delay", [1, 6])
def test_the_limit_of_a_floor_holds_near_it(surface, delay):
    floor = surface.minima[-1]  # the gentlest
    near = tuple(v + 1e-4 for v in floor)
    limit = largest_stable_lr(floor_curvature(surface), delay)
    for share, stays in ((0.9, True), (1.1, False)):
        lab = labs.stale(surface, lr=share * limit, delay=delay, start=near, steps=2000)
        away = np.abs(lab.run.x[-1] - floor).max()
        assert (away < 1e-3) == stays


def test_the_goal_of_the_chapter_can_be_reached():
    assert "is reached" in labs.stale(lr=0.043, delay=4, within=50).scene.text
    lucky = labs.stale(lr=0.1, delay=4, within=50)
    assert lucky.run.loss[5] < 1e-20  # it happens to step on the floor, and goes on
    assert "is not reached" in lucky.scene.text
    lucky.set(steps=200)
    assert "is missed: it stays below from step 10" in lucky.scene.text


def test_speedup_shows_the_formula():
    lab = labs.speedup(batch_size=4096, latency=20.0, bandwidth=4.0)
    cost = dict(fixed=200e-6, per_sample=10e-6, latency=20e-6, per_number=1e-9)
    computing, talking = step_seconds(WORKERS, batch_size=4096, parameters=1e5, **cost)
    step = lab.scene.actors[2]
    np.testing.assert_allclose(step.y, 1e3 * (computing + talking))
    np.testing.assert_allclose(lab.scene.data["speedup"], step.y[0] / step.y)


def test_the_goal_is_reached_by_the_batch_and_not_by_the_line():
    lab = labs.speedup(batch_size=128, workers=16, goal=8)
    assert lab.scene.text.endswith("The goal, 8 times, is missed.")
    lab.set(latency=0.1)
    lab.set(bandwidth=1000)
    assert lab.scene.text.endswith("The goal, 8 times, is missed.")
    lab = labs.speedup(batch_size=4096, workers=16, goal=8)
    assert lab.scene.text.endswith("The goal, 8 times, is reached.")


@pytest.mark.parametrize(
    ("maker", "wrong", "sentence"),
    [
        (labs.speedup, dict(workers=3), "workers is 3: give a power of two"),
        (labs.speedup, dict(workers=[2, 4]), r"workers is \[2, 4\]: give a power of two"),
        (labs.speedup, dict(goal=0.5), "goal is 0.5: give a number of times, above 1"),
        (labs.speedup, dict(goal="much"), "goal is 'much': give a number of times"),
        (labs.speedup, dict(batch_size=1.5), "batch_size is 1.5: give a whole number."),
        (labs.speedup, dict(latency=0), "latency is 0: µs a message must be at least"),
        (labs.stale, dict(delay=1.5), "delay is 1.5: give a whole number."),
        (labs.stale, dict(delay=-1), "delay is -1: delay, steps must be at least 0"),
        (labs.stale, dict(surface=3), "surface is 3: give a Surface"),
    ],
)
def test_a_wrong_argument_is_answered_in_one_sentence(maker, wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        maker(**wrong)
