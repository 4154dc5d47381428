"""Labs driven from Python, as a reader would with sliders, boxes, lists and the mouse."""

import math
import re

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.hyperparameters import KNOWN
from gdlab.labs import base
from gdlab.labs.controls import Choice, Row
from gdlab.labs.descent import STEPS
from gdlab.tuning import first_divergent_lr


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
    monkeypatch.setattr(base.time, "monotonic", lambda: now[0])
    return now


def said(lab):
    return f"{lab.stage.scene['kind']} {lab.stage.scene['text']}"


def state(lab):
    return dict(lab.numbers), lab.run, lab.last, lab.stage.scene["id"]


def click(lab, *position):
    lab.stage.start = list(position)


# Numbers set from Python


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
    assert said(lab).startswith("Diverged. From step 1 on it is lost: lr is above 2/L = 1.")
    assert np.isfinite(lab.run.loss).all()
    assert lab.rows["lr"].slider.value == pytest.approx(10)  # as far as it goes


def test_a_value_beyond_the_slider_stays(lab):
    lab.set(lr=25.0)
    # A browser sends back what its slider shows.
    lab.rows["lr"].slider.value = 10.000000001
    assert lab.numbers["lr"] == 25.0


def test_a_value_between_the_sliders_steps_stays(lab):
    lab.set(lr=0.1037)
    lab.rows["lr"].slider.value = 10**-0.98
    assert lab.numbers["lr"] == 0.1037
    lab.rows["lr"].slider.value = 10**-0.99  # but a press of a key counts
    assert lab.numbers["lr"] == 10**-0.99


def test_whole_numbers_stay_whole(lab):
    lab.set(steps=30.0)
    assert lab.run.steps == 30 and isinstance(lab.numbers["steps"], int)
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
            row = Row(name, value, lambda row: None, pytest.fail)
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
    assert lab.last is first
    assert "The pale line is your last run, η = 0.1." in said(lab)
    (ghost, _) = [a for a in lab.stage.scene["actors"] if a.get("ghost")]
    assert np.frombuffer(ghost["x"], "<f4").tolist() == first.x[:, 0].astype("f4").tolist()


def test_one_pull_of_a_slider_is_one_change(clock, lab):
    first = lab.run
    clock[0] += 1
    for value in np.geomspace(0.11, 0.9, 12):
        clock[0] += 0.1
        lab.rows["lr"].slider.value = value
    assert lab.last is first
    between = lab.run
    clock[0] += 1  # a pause: the next pull begins
    lab.rows["lr"].slider.value = 0.3
    assert lab.last is between


def test_a_slow_run_is_no_pause(clock, lab, monkeypatch):
    first, update = lab.run, lab.update

    def slow(*args):
        update(*args)
        clock[0] += 5

    monkeypatch.setattr(lab, "update", slow)
    clock[0] += 1
    lab.rows["lr"].slider.value = 0.2
    clock[0] += 0.1
    lab.rows["lr"].slider.value = 0.3
    assert lab.last is first


def test_each_set_is_a_change_of_its_own(lab):
    lab.set(lr=0.2)
    lab.set(lr=0.3)
    assert lab.last.numbers == {"lr": 0.2}


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
    assert lab.numbers == {
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

    assert labs.descent(method).numbers | {"steps": 0} == {
        "lr": 0.1, "beta": 0.9, "other": 0.5, "steps": 0,
    }  # fmt: skip


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
    lab.set(beta=0.1)
    assert not said(lab).startswith("Not possible.")
    assert lab.last is before[0]


def test_a_mistake_that_shows_at_once_is_raised_where_it_was_made():
    with pytest.raises(Advice, match="forgot returned nothing"):

        def forgot(x, grad, s, *, lr=0.1):
            x - lr * grad(x)  # noqa: B018

        labs.descent(forgot)


# Surfaces


def choose(lab, number):
    (menu,) = [row.menu for row in lab.children[1].children if isinstance(row, Choice)]
    menu.index = number


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


def test_a_surface_the_method_cannot_walk_changes_nothing():
    def planar(x, grad, s, *, lr=0.1):
        return np.stack([x[..., 0], x[..., 1] - lr], axis=-1)

    lab = labs.descent(planar, [surfaces.bowl, surfaces.square])
    before, title = lab.run, lab.stage.title
    choose(lab, 1)
    assert said(lab).startswith("Not possible. IndexError in planar")
    assert lab.run is before and lab.surface is surfaces.bowl and lab.stage.title == title
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
        (dict(lr=0.1), "The goal, 10⁻⁶ within 40 steps, is missed: it takes 42."),
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


# Which way is down?


def test_the_direction_lab_says_what_a_step_does():
    lab = labs.direction(surfaces.bowl, start=(2.0, 0.0), angle=90.0, length=0.5)
    assert lab.change == pytest.approx(0.25)  # sideways at first order, uphill in truth
    assert said(lab).startswith("Uphill. ΔJ = 0.25; the first order says")
    lab.set(angle=180)
    assert lab.change == pytest.approx(1.5**2 - 4)
    click(lab, 0.0, 2.0)
    assert lab.change == pytest.approx(0.25)


def test_the_direction_lab_bears_the_floor():
    lab = labs.direction(surfaces.bowl)
    click(lab, 0.0, 0.0)
    assert "nan" not in said(lab).lower()


# Every lab, every box, the worst that can be typed

LINE = np.linspace(0, 1, 20)
ALL = {name: getattr(labs, name) for name in labs.__all__ if name not in ("fit", "progress")}
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
