"""Labs driven from Python, as a reader would with sliders, boxes, lists and the mouse."""

import math
import re
import sys

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.analysis.tuning import first_divergent_lr
from gdlab.errors import Advice
from gdlab.hyperparameters import KNOWN
from gdlab.labs.core import driver
from gdlab.labs.core.controls import STEPS, Number
from gdlab.labs.descent import scene


@pytest.fixture
def lab():
    return labs.descent(surface=surfaces.square, lr=0.1, steps=20)


@pytest.fixture(scope="module")
def patient():
    """One lab for all tests that leave it as it was, or do not mind how they find it."""
    return labs.descent(surface=surfaces.square, lr=0.1, steps=20)


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves by hand."""
    now = [1000.0]
    monkeypatch.setattr(driver.time, "monotonic", lambda: now[0])
    return now


def said(lab):
    return f"{lab.stage.scene['kind']} {lab.stage.scene['text']}"


def state(lab):
    return dict(lab.state), lab.run, lab.last, lab.stage.scene["id"]


def click(lab, *position):
    lab.stage.start = list(position)


# Numbers set from Python


def test_the_name_of_a_number_keeps_its_small_letter(lab):
    lab.set(lr=1.01)
    assert said(lab).startswith("Diverged. lr is above 2/L = 1.")


def test_a_number_set_is_a_new_run(lab):
    lab.set(lr=0.3)
    assert lab.run.numbers == {"lr": 0.3}
    np.testing.assert_array_equal(
        lab.run.x, descend(surfaces.square, optimizers.gradient_descent, lr=0.3, steps=20).x
    )
    assert lab.rows["lr"].box.value == "0.3"
    assert lab.rows["lr"].slider.value == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (dict(lr=math.nan), "lr is nan: learning rate must be a finite number above 0; try 0.1."),
        (dict(lr=-1), "lr is -1: learning rate must be above 0; try 0.1."),
        (dict(lr=0), "lr is 0: learning rate must be above 0; try 0.1."),
        (dict(lr=math.inf), "lr is inf: learning rate must be a finite number above 0; try 0.1."),
        (dict(lr="abc"), "lr is 'abc': give a number."),
        (dict(lr=None), "lr is None: give a number."),
        (dict(lr=[0.1, 0.2]), "lr is [0.1, 0.2]: give a number."),
        (dict(steps=2.5), "steps is 2.5: give a whole number."),
        (dict(steps=0), "steps is 0: steps must be at least 1 and below 5001."),
        (dict(steps=1e300), "steps is 1e+300: steps must be at least 1 and below 5001."),
        (dict(momentum=0.9), "this lab has no momentum; it has: lr, steps."),
        (dict(lr=0.5, momentum=0.9), "this lab has no momentum; it has: lr, steps."),
        (dict(lr=0.5, steps=-3), "steps is -3: steps must be at least 1 and below 5001."),
    ],
)
def test_what_cannot_be_set_changes_nothing(patient, numbers, sentence):
    before = state(patient)
    with pytest.raises(Advice, match=re.escape(sentence)):
        patient.set(**numbers)
    assert state(patient) == before


def test_enormous_numbers_end_in_a_verdict(lab):
    lab.set(lr=1e300)
    assert lab.run.numbers["lr"] == 1e300
    assert said(lab).startswith("Diverged. It is lost from step 1 on: lr is above 2/L = 1.")
    assert np.isfinite(lab.run.loss).all()
    assert lab.rows["lr"].slider.value == pytest.approx(10)  # as far as it goes


def test_a_value_beyond_the_slider_stays(lab):
    lab.set(lr=25.0)
    # A browser sends back what its slider shows.
    lab.rows["lr"].slider.value = 10.000000001
    assert lab.state["lr"] == 25.0


def test_a_value_between_the_sliders_steps_stays(lab):
    lab.set(lr=0.1037)
    lab.rows["lr"].slider.value = 10**-0.98
    assert lab.state["lr"] == 0.1037
    lab.rows["lr"].slider.value = 10**-0.99  # but a press of a key counts
    assert lab.state["lr"] == 0.102  # as its box shows it


def test_whole_numbers_stay_whole(lab):
    lab.set(steps=30.0)
    assert lab.run.steps == 30 and isinstance(lab.state["steps"], int)
    lab.rows["steps"].slider.value = 41
    assert lab.run.steps == 41


# Numbers typed and dragged


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.05", 0.05), (" .5 ", 0.5), ("1e-3", 1e-3), ("1E-3", 1e-3), ("10⁻³", 1e-3),
        ("3·10⁻³", 3e-3), ("3*10⁻³", 3e-3), ("0,05", 0.05), ("1,000", 1000.0), ("+2", 2.0),
        ("10^-3", 1e-3), ("3 * 10**-3", 3e-3), ("1e300", 1e300),
    ],
)  # fmt: skip
def test_numbers_typed_in_many_ways(patient, typed, value):
    patient.rows["lr"].box.value = typed
    assert patient.run.numbers["lr"] == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "lr: “abc” is not a number; type one like 0.1 or 1e-3."),
        ("", "lr: “” is not a number; type one like 0.1 or 1e-3."),
        ("1..2", "lr: “1..2” is not a number; type one like 0.1 or 1e-3."),
        ("10⁻", "lr: “10⁻” is not a number; type one like 0.1 or 1e-3."),
        ("−1", "lr is -1: learning rate must be above 0; try 0.1."),
        ("nan", "lr is nan: learning rate must be a finite number above 0; try 0.1."),
        ("1e999", "lr is inf: learning rate must be a finite number above 0; try 0.1."),
        ("1e-400", "lr is 0: learning rate must be above 0; try 0.1."),
    ],
)
def test_what_is_typed_wrongly_is_answered_in_a_sentence(patient, typed, sentence):
    patient.set(lr=0.1)
    before = state(patient)
    patient.rows["lr"].box.value = typed
    assert said(patient) == f"Not possible. {sentence}"
    assert state(patient) == before
    assert patient.rows["lr"].box.value == "0.1"


def test_every_known_number_tells_a_value_that_it_takes_back():
    for name, about in KNOWN.items():
        for value in (about.low, about.high, math.sqrt(about.low * about.high), 0.1234):
            row = Number(name, about).row(value, lambda row: None, pytest.fail)
            shown = row.box.value
            row.box.value = f" {shown}"
            assert row.value == pytest.approx(value, rel=0.01)


def test_a_slider_dragged(lab):
    lab.rows["lr"].slider.value = 0.5
    assert lab.run.numbers["lr"] == 0.5
    assert lab.rows["lr"].box.value == "0.5"
    assert said(lab).startswith("Converged. Loss 0 after 20 steps.")


# The last run


def test_the_ghost_is_the_run_before(clock, lab):
    first = lab.run
    assert lab.last is None
    clock[0] += 1
    lab.rows["lr"].slider.value = 0.2
    assert lab.last.run is first
    assert "The pale line is your last run, η = 0.1." in said(lab)
    (ghost, _) = [a for a in lab.stage.scene["actors"] if a.get("ghost")]
    assert np.frombuffer(ghost["x"], "<f4").tolist() == first.x[:, 0].astype("f4").tolist()


def test_one_pull_of_a_slider_is_one_change(clock, lab):
    first = lab.run
    clock[0] += 1
    for value in np.geomspace(0.11, 0.9, 12):
        clock[0] += 0.1
        lab.rows["lr"].slider.value = value
    assert lab.last.run is first
    between = lab.run
    clock[0] += 1  # a pause: the next pull begins
    lab.rows["lr"].slider.value = 0.3
    assert lab.last.run is between


def test_a_slow_run_is_no_pause(clock):
    def slow(x, grad, s, *, lr=0.1):
        clock[0] += 5
        return x - lr * grad(x)

    lab = labs.descent(slow, surfaces.square, steps=1)
    first = lab.run
    clock[0] += 1
    lab.rows["lr"].slider.value = 0.2
    clock[0] += 0.1
    lab.rows["lr"].slider.value = 0.3
    assert lab.last.run is first


def test_each_set_is_a_change_of_its_own(lab):
    lab.set(lr=0.2)
    lab.set(lr=0.3)
    assert lab.last.run.numbers == {"lr": 0.2}


# The start


def test_a_click_sets_the_start():
    lab = labs.descent(optimizers.momentum, surfaces.ravine)
    click(lab, 3.0, -2.0)
    assert lab.run.x[0].tolist() == [3.0, -2.0]


def test_a_click_on_a_curve_takes_its_x(lab):
    click(lab, -4.0, 55.0)
    assert lab.run.x[0].tolist() == [-4.0]


def test_a_start_outside_the_picture():
    lab = labs.descent(surface=surfaces.bowl, start=(100.0, -50.0), lr=0.1, steps=10)
    assert lab.run.loss[0] == 12500
    assert lab.stage.scenery["panels"][0]["x"] == list(surfaces.bowl.view[0])
    assert lab.figure().axes[0].get_xlim() == surfaces.bowl.view[0]
    assert math.isfinite(np.frombuffer(lab.stage.scene["actors"][0]["z"], "<f4").max())


def test_a_start_of_the_wrong_shape_is_told_at_once():
    with pytest.raises(Advice, match="its last axis must have length 2"):
        labs.descent(surface=surfaces.bowl, start=(1.0, 2.0, 3.0))


# A reader's own function


def mine(x, grad, s, *, lr=0.1, friction=0.3, kick=5, beta2=0.99, _secret=2.0):
    s.v = (1 - friction) * s.v - lr * grad(x)
    return x + s.v


def test_any_function_gets_rows_from_its_signature():
    lab = labs.descent(mine, surfaces.ravine, lr=0.02)
    numbers = {name: lab.state[name] for name in lab.controls}
    assert numbers == {
        "lr": 0.02, "friction": 0.3, "kick": 5.0, "beta2": 0.99, "_secret": 2.0, "steps": 60,
    }  # fmt: skip
    assert lab.rows["lr"].about is KNOWN["lr"]
    assert lab.rows["beta2"].about.symbol == "β₂"
    assert lab.rows["friction"].about[2:4] == (0, 1)
    assert lab.rows["kick"].about[2:4] == (0, 20)
    assert lab.stage.title == "Mine on the ravine"
    lab.set(friction=0.9)
    assert lab.run.numbers["friction"] == 0.9


@pytest.mark.parametrize("name", optimizers.METHODS)
def test_every_method_has_a_lab(name):
    lab = labs.descent(optimizers.METHODS[name], surfaces.himmelblau, steps=5)
    assert lab.run.steps == 5
    assert lab.rows["steps"].about is STEPS


def test_a_number_without_a_default_gets_a_sensible_one():
    def method(x, grad, s, *, lr, beta, other):
        return x - lr * beta * other * grad(x)

    lab = labs.descent(method)
    assert [lab.state[name] for name in ("lr", "beta", "other")] == [0.1, 0.9, 0.5]


@pytest.mark.parametrize("default", ["fast", None, True])
def test_a_lab_turns_numbers_only(default):
    def method(x, grad, s, *, mode=default):
        return x

    with pytest.raises(Advice, match=f"mode={default!r}: a lab can only turn numbers"):
        labs.descent(method)


def forgets(x, beta):
    return None


def wrong_shape(x, beta):
    return np.zeros(7)


def looks_up(x, beta):
    return [x][int(beta) + 1]


def misspells(x, beta):
    return y  # noqa: F821


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        (forgets, "method returned nothing: end it with `return` and the next position."),
        (wrong_shape, "method returned an array of shape (7,); the next position must have"),
        (looks_up, "IndexError in looks_up"),
        (misspells, "NameError in misspells"),
    ],
)
def test_a_mistake_that_shows_later_is_one_sentence(mistake, sentence):
    def method(x, grad, s, *, lr=0.1, beta=0.5):
        return x - lr * grad(x) if beta > 0 else mistake(x, beta)

    lab = labs.descent(method, surfaces.square)
    before = lab.run, lab.stage.scene["id"]
    lab.set(beta=0)
    assert said(lab).startswith("Not possible. ")
    assert sentence in said(lab) and "\n" not in said(lab)
    assert (lab.run, lab.stage.scene["id"]) == before  # the last run stays
    assert lab.state["beta"] == lab.rows["beta"].value == 0.5  # and so do its numbers
    lab.set(beta=0.1)
    assert not said(lab).startswith("Not possible.")
    assert lab.last.run is before[0]


def test_a_mistake_that_shows_at_once_is_raised_where_it_was_made():
    with pytest.raises(Advice, match="forgot returned nothing"):

        def forgot(x, grad, s, *, lr=0.1):
            x - lr * grad(x)  # noqa: B018

        labs.descent(forgot)


# Surfaces


def choose(lab, number):
    lab.rows["surface"].menu.index = number


def test_another_surface_brings_its_own_start_and_picture():
    lab = labs.descent(surface=[surfaces.square, surfaces.ravine], lr=0.05)
    click(lab, -3.0, 9.0)
    choose(lab, 1)
    assert lab.run.surface is surfaces.ravine and lab.last is None
    assert tuple(lab.run.x[0]) == surfaces.ravine.start
    assert lab.stage.title == "Gradient descent on the ravine"
    assert lab.stage.formula == "x² + 10y²"
    assert lab.stage.scenery["panels"][0]["y"] == list(surfaces.ravine.view[1])
    assert lab.stage.mesh is not None
    choose(lab, 0)
    assert lab.stage.mesh is None and lab.run.surface is surfaces.square


def test_what_is_given_along_with_a_surface_counts():
    lab = labs.descent(surface=[surfaces.square, surfaces.ravine], lr=0.05)
    lab.set(start=(1.0, 2.0), surface=surfaces.ravine)
    assert lab.state["start"] == (1.0, 2.0)
    lab = labs.basins()
    lab.set(method=optimizers.adam, lr=0.25)
    assert lab.state["lr"] == 0.25


def test_a_surface_the_method_cannot_walk_changes_nothing():
    def planar(x, grad, s, *, lr=0.1):
        return np.stack([x[..., 0], x[..., 1] - lr], axis=-1)

    lab = labs.descent(planar, [surfaces.bowl, surfaces.square])
    before, title = lab.run, lab.stage.title
    choose(lab, 1)
    assert said(lab).startswith("Not possible. IndexError in planar")
    assert lab.run is before and lab.state["surface"] is surfaces.bowl
    assert lab.stage.title == title and lab.rows["surface"].value is surfaces.bowl
    lab.set(lr=0.2)
    assert lab.run.surface is surfaces.bowl


# Steps


def test_more_steps_make_room():
    lab = labs.descent(steps=20)
    assert lab.stage.scenery["panels"][1]["x"] == [0, 20]
    lab.set(steps=150)
    assert lab.stage.scenery["panels"][1]["x"] == [0, 150]
    assert lab.stage.scene["frames"] == 151
    before = lab.stage.scenery
    lab.set(steps=140)
    assert lab.stage.scenery is before


# The goal


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (dict(lr=0.5), "The goal, 10⁻⁶ within 40 steps, is reached at step 1."),
        (dict(lr=0.2), "The goal, 10⁻⁶ within 40 steps, is reached at step 19."),
        (dict(lr=0.1), "The goal, 10⁻⁶ within 40 steps, is missed: it takes 42 steps."),
        (dict(lr=0.01), "The goal, 10⁻⁶ within 40 steps, is not reached."),
    ],
)
def test_the_goal(numbers, words):
    lab = labs.descent(surface=surfaces.square, within=40, **numbers)
    assert words in said(lab)
    reached = np.flatnonzero(lab.run.loss <= 1e-6)
    assert (str(reached[0]) in words) if len(reached) else ("not reached" in words)


# Where a surface begins to diverge


@pytest.mark.parametrize("surface", [surfaces.square, surfaces.bowl, surfaces.ravine])
@pytest.mark.parametrize(
    ("method", "limit"),
    [
        (optimizers.gradient_descent, lambda L, beta: 2 / L),
        (optimizers.momentum, lambda L, beta: 2 * (1 + beta) / ((1 - beta) * L)),
        (optimizers.heavy_ball, lambda L, beta: 2 * (1 + beta) / L),
        (optimizers.torch_momentum, lambda L, beta: 2 * (1 + beta) / L),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
def test_the_limit_of_the_learning_rate(surface, method, limit, beta):
    numbers = {} if method is optimizers.gradient_descent else {"beta": beta}
    run = descend(surface, method, lr=0.01, **numbers)
    expected = limit(surface.L, beta)
    found = first_divergent_lr(run)
    if expected >= 30:  # as far as it looks
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=0.02)


def test_a_method_that_never_diverges_has_no_limit():
    assert first_divergent_lr(descend(surfaces.square, optimizers.adagrad, lr=0.1)) is None


def test_the_tick_moves_with_the_other_numbers():
    lab = labs.descent(optimizers.heavy_ball, surfaces.ravine, lr=0.01, beta=0.0)

    def tick():
        return float(re.search(r"left:([\d.]+)%", lab.rows["lr"].tick.value)[1]) / 100

    about = KNOWN["lr"]
    for beta in (0.0, 0.9):
        lab.set(beta=beta)
        at = about.low * (about.high / about.low) ** tick()
        assert at == pytest.approx(2 * (1 + beta) / 20, rel=0.03)


def test_there_is_no_tick_where_nothing_diverges():
    lab = labs.descent(optimizers.adagrad, surfaces.square)
    assert lab.rows["lr"].tick.value == ""


# A scene is a function of the state


def test_a_scene_needs_no_lab(lab):
    alone = scene(**lab.state)
    np.testing.assert_array_equal(alone.actors[0].x, lab.run.x[:, 0])
    assert alone.text == lab.scene.text


def test_a_scene_is_computed_once(lab):
    first = lab.scene
    lab.set(lr=0.3)
    lab.set(lr=0.1)
    assert lab.scene is first


def test_scenes_of_the_past_take_little_memory(lab, monkeypatch):
    monkeypatch.setattr(driver, "REMEMBERED", 3 * lab.scene.nbytes)
    for lr in (0.2, 0.3, 0.4, 0.5):
        lab.set(lr=lr)
    assert 1 < len(lab._scenes) < 4


def test_a_start_that_cannot_be(lab):
    before = state(lab)
    with pytest.raises(Advice, match="start is 'here': give a number"):
        lab.set(start="here")
    with pytest.raises(Advice, match="this lab has no start"):
        labs.escape().set(start=3.0)
    assert state(lab) == before
    lab.set(start=[3])
    assert lab.state["start"] == (3.0,)


def test_scenery_is_painted_once():
    one, two = labs.descent(surface=surfaces.bowl), labs.descent(surface=surfaces.bowl, lr=0.2)
    assert one.stage.fig is two.stage.fig and one.stage.scenery is two.stage.scenery


def test_on_a_phone_the_panels_stand_one_below_the_other(lab):
    lab.stage.portrait = True
    land, loss = (panel["box"] for panel in lab.stage.scenery["panels"])
    assert land[1] + land[3] < loss[1] and land[0] < loss[0] + 40
    assert lab.stage.scenery["height"] > lab.stage.scenery["width"]
    lab.stage.portrait = False
    assert lab.stage.scenery["width"] > lab.stage.scenery["height"]


def test_a_lab_of_ones_own():
    def bowl(*, lr=0.1, turns=3, steps=20, start=(2.0, 2.0), words="a bowl"):
        run = descend(surfaces.bowl, optimizers.adam, start, steps=steps, lr=lr)
        scenery = labs.land_and_curve(surfaces.bowl, steps, "loss", (1e-6, 10), log=True)
        return labs.Scene(scenery, [labs.path(run), labs.loss_curve(run)], steps + 1, run=run)

    lab = labs.lab(bowl, lr=0.3)
    assert list(lab.controls) == ["lr", "turns", "steps"]
    assert isinstance(lab.state["turns"], int) and lab.state["words"] == "a bowl"
    click(lab, -1.0, 2.0)
    assert lab.run.x[0].tolist() == [-1.0, 2.0]
    lab.set(lr=0.5)
    assert said(lab).endswith("The pale line is your last run.")
    with pytest.raises(Advice, match="bowl takes no speed; it takes: lr, turns"):
        labs.lab(bowl, speed=1)


@pytest.mark.parametrize("draw", [labs.path, labs.loss_curve, lambda run: labs.curve(run, [1.0])])
def test_only_a_single_run_is_drawn(draw):
    with pytest.raises(Advice, match="run to draw is ndarray: give what descend"):
        draw(np.zeros((21, 2)))
    several = descend(surfaces.bowl, optimizers.adam, lr=np.array([0.1, 0.2]), steps=20)
    with pytest.raises(Advice, match=r"several runs in one: give a single one of them, .*run\[0\]"):
        draw(several)
    assert draw(several[0]).x.size


def test_a_figure_of_another_state_changes_nothing(lab):
    before = state(lab)
    run = descend(surfaces.square, optimizers.gradient_descent, lr=0.3, steps=20)
    (path, *_) = [line for line in lab.figure(lr=0.3).axes[0].lines if len(line.get_xdata()) == 21]
    np.testing.assert_array_equal(path.get_xdata(), run.x[:, 0])
    with pytest.raises(Advice, match="this lab has no momentum"):
        lab.figure(momentum=1)
    assert state(lab) == before


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda *, lr: None, "has no default for lr: give one, as in lr=0.1"),
        (lambda *, lr=0.1: None, "returned NoneType: let it return a labs.Scene"),
        ("bowl", "'bowl' is not a function: give one that returns a labs.Scene"),
    ],
)
def test_a_lab_of_ones_own_that_cannot_be(function, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.lab(function)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(steps="a"), "steps is 'a': give a number."),
        (dict(steps=1.5), "steps is 1.5: give a whole number."),
        (dict(goal=-1), "goal is -1: give a loss above 0"),
        (dict(goal="a"), "goal is 'a': give a loss above 0"),
        (dict(within=0), "within is 0: give a number of steps"),
        (dict(surface=3), "surface is 3: give a Surface"),
        (dict(surface=[]), "there is no surface"),
        (dict(surface=surfaces.quadratic(np.eye(3))), "quadratic has 3 coordinates|has no view"),
        (dict(method=3), "3 is not a method"),
        (dict(method="adan"), "'adan' is not a method; there are: gradient_descent"),
        (dict(start="here"), "start is 'here': give a number"),
        (dict(lr="fast"), "lr is 'fast': give a number."),
        (dict(rate=1), "gradient_descent has no number called rate; there are: lr."),
    ],
)
def test_a_wrong_argument_is_answered_in_one_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.descent(**wrong)


def surface_of_ones_own(**how):
    f, grad = (lambda x: (x**2).sum(-1)), (lambda x: 2 * x)
    given = dict(f=f, grad=grad, view=((-2, 2), (-2, 2)), start=(1, 1)) | how
    return surfaces.Surface("mine", "x² + y²", **given)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            dict(grad=lambda x: -2 * x),
            "the slope of mine does not fit its heights: at (1, 1) its grad gives (-2, -2), "
            "and differences of heights say (2, 2).",
        ),
        (dict(grad="2x"), "grad of mine is '2x': give a function of positions."),
        (
            dict(f=lambda x: x[0] ** 2 + x[1] ** 2),
            "the height of mine has shape (2,) for positions of shape (5, 2): "
            "give one number a position, as x[..., 0] or .sum(-1) do.",
        ),
        (
            dict(view=((2, -2), (-2, 2))),
            "mine is seen from (2, -2): a view has a pair (low, high) for each coordinate, "
            "such as ((-4, 4), (-3, 3)).",
        ),
        (dict(start=()), "mine has no start of its own: give one."),
    ],
)
@pytest.mark.parametrize("maker", [labs.descent, labs.scheduled, labs.memory])
def test_a_wrong_surface_is_answered_in_one_sentence(maker, wrong, sentence):
    with pytest.raises(Advice) as told:
        maker(surface=surface_of_ones_own(**wrong))
    assert str(told.value) == sentence


@pytest.mark.parametrize(
    "grad",
    [lambda x: 2.1 * x, lambda x: 2 * x + np.random.default_rng(0).normal(0, 0.05, x.shape)],
    ids=["rounded", "noisy"],
)
def test_a_slope_need_not_be_exact(grad):
    labs.descent(surface=surface_of_ones_own(grad=grad))


def test_where_heights_have_a_kink_any_slope_may_be_right():
    labs.descent(surface=surface_of_ones_own(f=lambda x: np.abs(x).sum(-1), grad=np.sign))


@pytest.mark.parametrize(
    "heights",
    [lambda x: 0 * x.sum(-1), lambda x: np.log(x).sum(-1)],
    ids=["level ground", "none to the left of 0"],
)
@pytest.mark.parametrize("d", [1, 2])
def test_ground_that_is_level_or_not_there_can_be_drawn(heights, d):
    def grad(x):
        return 1 / x if np.isnan(heights(-x)).all() else 0 * x

    view, start = ((-2, 2),) * d, (1.0,) * d
    lab = labs.descent(surface=surface_of_ones_own(f=heights, grad=grad, view=view, start=start))
    assert said(lab)
    assert lab.figure()


@pytest.mark.parametrize("goal", [1e-300, 1e-30, 1e100])
def test_a_goal_far_outside_the_picture_leaves_it_its_room(goal):
    lab = labs.descent(goal=goal)
    assert lab.figure().axes[0].get_position().width > 0.3


def test_a_goal_on_a_floor_that_is_not_zero_says_from_where_it_counts():
    assert "The goal, 10⁻⁶ above the floor, is reached" in said(
        labs.descent(surface=surfaces.shifted, lr=0.5)
    )
    assert "The goal, 10⁻⁶, is reached" in said(labs.descent(lr=0.5))


# Every lab, every box, the worst that can be typed

LINE = np.linspace(0, 1, 20)
TOOLS = "Lab Layout Scene Scenery curve fit lab land_and_curve loss_curve path progress".split()
ALL = {name: getattr(labs, name) for name in labs.__all__ if name not in TOOLS}
ALL["fit"] = lambda: labs.fit(LINE, 2 * LINE + 3)


@pytest.mark.parametrize("name", ALL)
def test_no_box_of_any_lab_says_anything_but_a_plain_sentence(name):
    lab = ALL[name]()
    lab.figure()
    for row in lab.rows.values():
        if not hasattr(row, "box"):
            continue
        before = row.value
        for typed in ("nan", "inf", "", "-1", "1e300", "10^-300", "?"):
            row.box.value = typed
            words = said(lab)
            assert not re.search("<|Error|not a finite number", words), (
                typed,
                words,
            )
        lab.set(**{row.name: before})
    lab.figure()


def pixels(scene):
    """All that a scene sends to the browser, byte for byte."""
    actors = [
        {name: bytes(v) if isinstance(v, memoryview) else v for name, v in actor.spec().items()}
        for actor in scene.actors
    ]
    return actors, scene.frames, scene.kind, scene.text, scene.summary, scene.scenery, scene.notes


@pytest.mark.parametrize("name", ALL)
def test_the_line_of_python_brings_the_same_scene_back(name):
    lab = ALL[name]()
    for row_name, control in lab.controls.items():
        about = getattr(control, "about", None)
        if about is not None and lab.state[row_name] is not None:
            value = 0.8 * lab.state[row_name] + 0.2 * about.low
            lab.set(**{row_name: round(value) if control.whole else float(f"{value:.3g}")})
    if "start" in lab.state:
        lab.set(start=tuple(0.9 * v for v in lab.state["start"]))
    names = {"labs": labs, "optimizers": optimizers, "surfaces": surfaces}
    names |= {"x": LINE, "y": 2 * LINE + 3}
    again = eval(lab.code, names)
    assert pixels(again.scene) == pixels(lab.scene)
    assert again.code == lab.code


def forget():
    """Empty the caches of all labs, so that nothing but the state can make two scenes alike."""
    for name, module in list(sys.modules.items()):
        if name.startswith("gdlab.labs."):
            for function in vars(module).values():
                getattr(function, "cache_clear", lambda: None)()


@pytest.mark.parametrize("name", ALL)
def test_the_same_state_is_the_same_scene_byte_for_byte(name):
    lab = ALL[name]()
    before = pixels(lab.scene)
    forget()
    again = lab._scene_of(**lab.state)
    assert again is not lab.scene
    # All but the scenery: a surface made anew, as `fit` does, is another one.
    assert [v for v in pixels(again) if not isinstance(v, labs.Scenery)] == [
        v for v in before if not isinstance(v, labs.Scenery)
    ]
