"""The labs of chapter 03: several rates at once, schedules, a line through data."""

import sys

import numpy as np
import pytest

from gdlab import labs, linear_regression, optimizers, schedules, surfaces
from gdlab.errors import Advice
from gdlab.labs.fit import DATA
from gdlab.labs.scheduled import RATE, SHAPES
from gdlab.stage.actors import Curve, Trail

X = np.linspace(0, 1, 9)
Y = 2 * X + 3 + np.sin(9 * X)


def actors(lab, kind, panel):
    return [actor for actor in lab.stage._actors if type(actor) is kind and actor.panel == panel]


def same(one, other):
    """Whether two scenes look alike, byte by byte, and say the same."""
    bytes_of = [[actor.spec() for actor in scene.actors] for scene in (one, other)]
    words = [(s.kind, s.text, s.summary, s.name, s.title, s.limits) for s in (one, other)]
    return bytes_of[0] == bytes_of[1] and words[0] == words[1] and one.scenery == other.scenery


def scene_of(maker):
    return sys.modules[maker.__module__].scene


MAKERS = {
    "rates": lambda: labs.rates((0.02, 0.4, 1.1), steps=10),
    "scheduled": lambda: labs.scheduled(shape="cosine", steps=20),
    "fit": lambda: labs.fit(X, Y, lr=0.3, steps=25),
}


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_state_gives_the_same_bytes(name):
    lab, scene = MAKERS[name](), scene_of(getattr(labs, name))
    assert same(scene(**lab.state), scene(**lab.state))
    assert same(scene(**lab.state), lab.scene)


# Several rates


def test_every_rate_has_its_own_run_on_the_map():
    lab = labs.rates((0.02, 0.4, 1.1), surfaces.square, steps=10)
    for trail, lr in zip(actors(lab, Trail, 0), (0.02, 0.4, 1.1), strict=True):
        assert np.allclose(trail.x, 10 * (1 - 2 * lr) ** np.arange(11))
    assert "η = 1.1: diverged" in repr(lab)
    assert lab.run.loss.shape == (11, 3)


def test_every_rate_is_told_by_colour_and_shape():
    lab = labs.rates((0.02, 0.05, 0.09, 0.2), surfaces.ravine, optimizers.heavy_ball, beta=0.5)
    for panel in (0, 1):
        drawn = [(trail.color, trail.symbol, trail.dash) for trail in actors(lab, Trail, panel)]
        assert len(set(drawn)) == 4 and {dash for *_, dash in drawn} == {()}
    for i, trail in enumerate(actors(lab, Trail, 0), 1):
        mark = lab.rows[f"lr{i}"].children[0].value
        assert trail.symbol in mark and trail.color in mark
    assert [trail.label for trail in actors(lab, Trail, 1)][1] == "η = 0.05"


def test_a_rate_is_set_and_a_wrong_one_is_refused():
    lab = labs.rates((0.02, 0.4))
    lab.set(lr2=0.5)
    assert np.allclose(actors(lab, Trail, 0)[1].x[1:], 0)
    assert not any(trail.ghost for trail in actors(lab, Trail, 0))  # there are enough of them
    with pytest.raises(ValueError, match="lr1 is -1"):
        lab.set(lr1=-1)
    assert lab.state["lr1"] == 0.02


def test_the_tick_of_every_rate_stands_at_the_limit():
    lab = labs.rates((0.02, 0.4))
    marks = {lab.rows[name].tick.value for name in ("lr1", "lr2")}
    assert len(marks) == 1 and "diverges from 1 on" in marks.pop()


def test_rates_may_be_an_array_and_surfaces_a_list():
    lab = labs.rates(np.array([0.1, 0.2]), [surfaces.square, surfaces.bowl], steps=10)
    lab.set(surface=surfaces.bowl)
    assert lab.state["start"] == surfaces.bowl.start and lab.stage.mesh
    assert lab.stage.title == "Gradient descent on the bowl"


def test_the_line_of_python_has_the_rates_in_one_place():
    lab = labs.rates((0.02, 0.4), surfaces.ravine, optimizers.momentum, beta=0.5, steps=10)
    lab.set(lr2=0.3)
    assert lab.code == (
        "labs.rates((0.02, 0.3), surfaces.ravine, optimizers.momentum, beta=0.5, "
        "start=(-8.5, 2.6), steps=10)"
    )
    assert same(eval(lab.code).scene, lab.scene)
    assert labs.rates().code == "labs.rates(start=(10.0,))"


# Schedules


@pytest.mark.parametrize("shape", SHAPES)
def test_a_schedule_begins_and_ends_where_the_sliders_say(shape):
    lab = labs.scheduled(surfaces.ravine, shape, steps=40, lr=0.08, left=0.1)
    (drawn,) = actors(lab, Trail, RATE)
    assert drawn.y.max() == pytest.approx(0.08, rel=0.02)
    end = 0.08 if shape == "constant" else 0.008
    assert drawn.y[-1] == pytest.approx(end)
    assert np.allclose(drawn.y, [lab.scene.data["schedule"](t) for t in range(41)])


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
    lab.set(shape="cosine")
    assert lab.last.run is before and "cosine" in repr(lab)
    words = "The pale line is your last run, exponential, η from 0.1 to 0.005."
    assert lab.stage.scene["text"].endswith(words)
    ghost, drawn = actors(lab, Trail, RATE)
    assert ghost.ghost and not drawn.ghost
    assert np.allclose(ghost.y, [before.numbers["lr"](t) for t in range(21)])


def test_the_shape_is_chosen_in_a_row_of_its_own():
    lab = labs.scheduled([surfaces.square, surfaces.ravine], steps=20)
    assert list(lab.rows) == ["lr", "steps", "surface", "left", "shape"]
    lab.rows["shape"].menu.value = "steps"
    assert lab.state["shape"] == "steps" and "(steps, η from 0.1 to 0.005)" in repr(lab)


def test_the_limit_is_drawn_where_the_surface_has_one():
    def lines(surface):
        return [line.get_ydata()[0] for line in labs.scheduled(surface).stage.fig.axes[RATE].lines]

    assert lines(surfaces.ravine) == [pytest.approx(0.1)]
    assert not lines(surfaces.beale)


def test_the_line_of_python_brings_the_schedule_back():
    lab = labs.scheduled(steps=20)
    lab.set(shape="cosine", left=0.1)
    assert lab.code == "labs.scheduled(shape='cosine', start=(-8.5, 2.6), steps=20, left=0.1)"
    assert same(eval(lab.code).scene, lab.scene)


# A line through data


def test_the_line_on_the_data_is_the_point_on_the_map():
    lab = labs.fit(X, Y, lr=0.3, steps=25)
    (path,) = actors(lab, Trail, 0)
    best, moving = actors(lab, Curve, DATA)
    w, b = path.x[:, None], path.y[:, None]
    assert np.allclose(moving.y, w * moving.x + b) and moving.y.shape == (26, 2)
    slope, height = linear_regression(X, Y).minima[0]
    assert np.allclose(best.y, slope * best.x + height)
    assert np.allclose(lab.scene.data["line"], (path.x[-1], path.y[-1]))


def test_the_line_is_as_long_as_its_panel_is_wide():
    for x in (X, [2, 2, 2], [0, 0, 0]):
        lab = labs.fit(x, np.arange(len(x)))
        low, high = lab.stage.fig.axes[DATA].get_xlim()
        assert low < min(x) <= max(x) < high
        assert all(tuple(line.x) == (low, high) for line in actors(lab, Curve, DATA))
    best, _ = actors(labs.fit(X, Y), Curve, DATA)
    assert tuple(best.x) == pytest.approx((-0.05, 1.05))


def test_the_words_name_both_lines():
    lab = labs.fit([0, 1, 2], [3, 5, 7], lr=0.2, steps=500, goal=1e-6)
    words = "After 500 steps the line is y = 2x + 3; the best is y = 2x + 3."
    assert repr(lab) == words
    assert lab.stage.scene["text"].startswith(f"{words} Loss")
    assert "The goal, 10⁻⁶, is reached" in lab.stage.scene["text"]


def test_a_click_moves_the_first_line():
    lab = labs.fit(X, Y, lr=0.3, steps=25)
    lab.stage.start = [1.0, 2.0]
    assert tuple(lab.run.x[0]) == (1.0, 2.0)
    assert lab.stage.title == "A line through data"


def test_the_line_of_python_finds_the_data_by_their_names(monkeypatch):
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "hours", X, raising=False)
    lab = labs.fit(X, Y, optimizers.momentum, lr=0.3, steps=25)
    assert lab.code == (
        "labs.fit(hours, y, optimizers.momentum, lr=0.3, beta=0.9, start=(0.0, 0.0), steps=25)"
    )
    assert same(eval(lab.code, {"hours": X, "y": Y} | globals()).scene, lab.scene)
    lab = labs.fit([1, 2, 3], [1, 2, 2])
    assert lab.code == "labs.fit([1, 2, 3], [1, 2, 2], lr=0.1, start=(0.0, 0.0))"
    assert same(eval(lab.code).scene, lab.scene)


@pytest.mark.parametrize(("x", "y"), [([1, 2], [1]), ([], []), ([1.0, np.nan], [1, 2])])
def test_data_that_do_not_belong_together_are_refused_in_a_sentence(x, y):
    with pytest.raises(ValueError, match=r"give one y|not a finite number"):
        labs.fit(x, y)


# Mistakes


@pytest.mark.parametrize(
    ("lab", "wrong", "sentence"),
    [
        ("rates", dict(lrs=()), "give one to four learning rates"),
        ("rates", dict(lrs=(0.1,) * 5), "give one to four learning rates"),
        ("rates", dict(lrs=(0.1, "a")), "lr2 is 'a': give a number."),
        ("rates", dict(lrs=0.1, lr=0.2), "give them as lrs"),
        ("rates", dict(beta=0.9), "gradient_descent has no number called beta"),
        ("rates", dict(steps="a"), "steps is 'a': give a number."),
        ("rates", dict(surface=3), "surface is 3: give a Surface"),
        ("rates", dict(method=3), "3 is not a method"),
        ("rates", dict(start=(1, 2)), "a position on parabola is a number"),
        ("scheduled", dict(shape="zigzag"), "shape is 'zigzag': choose one of"),
        ("scheduled", dict(shape=["linear"]), r"shape is \['linear'\]: choose one of"),
        ("scheduled", dict(left=0), "left is 0: share left must be above 0"),
        ("scheduled", dict(lr="a"), "lr is 'a': give a number."),
        ("scheduled", dict(surface=surfaces.quadratic(np.eye(3))), "quadratic has 3 coordinates"),
        ("scheduled", dict(start="far"), "start is 'far': give 2 numbers."),
        ("fit", dict(x=3, y=3), "x has shape"),
        ("fit", dict(x="abc", y=Y), "x is 'abc': give numbers"),
        ("fit", dict(x=X, y=[[1], [1, 2]]), "y is .*: give numbers"),
        ("fit", dict(x=np.ones((9, 2)), y=Y), r"x has shape \(9, 2\): give one number a point"),
        ("fit", dict(x=X, y=Y, goal=-1), "goal is -1: give a loss above 0"),
        ("fit", dict(x=X, y=Y, start=3), "a position on linear regression is 2 numbers"),
        ("fit", dict(x=X, y=Y, beta=3), "gradient_descent has no number called beta"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(lab, wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        getattr(labs, lab)(**wrong)
