"""The labs of chapter 12: the race, and the noisy paraboloid."""

import re
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.analysis.tuning import MEMORIES, PRICE, RATES, search, steps_to, tune, tune_all
from gdlab.errors import Advice
from gdlab.labs.paraboloid import FIELD, FLOOR, noisy_paraboloid, train
from gdlab.stage.actors import Trail
from gdlab.verdict import heights

race, paraboloid = (import_module(f"gdlab.labs.{name}") for name in ("race", "paraboloid"))


def test_the_stopwatch_waits_until_the_loss_stays():
    run = descend(surfaces.square, optimizers.momentum, 10.0, steps=200, lr=0.1)
    step = int(steps_to(run, 1e-3))
    assert (run.loss[step:] <= 1e-3).all() and run.loss[step - 1] > 1e-3
    assert (run.loss[:step] <= 1e-3).any()  # it races through before: a touch is no arrival


def test_tuning_finds_the_best_of_its_rates():
    rates = np.array([0.01, 0.1, 0.45, 0.9])
    best = tune(surfaces.square, optimizers.gradient_descent, 10.0, rates=rates)
    assert best == 0.45
    # too few steps for anybody: the one that ends lowest
    assert tune(surfaces.square, optimizers.gradient_descent, 10.0, steps=1, rates=rates) == 0.45


@pytest.mark.parametrize("surface", race.COURSES, ids=lambda surface: surface.name)
@pytest.mark.parametrize("name", ["gradient_descent", "nesterov", "adam"])
def test_the_search_that_stops_early_finds_what_a_full_one_finds(surface, name):
    method, steps = optimizers.METHODS[name], 200
    runs = descend(surface, method, steps=steps, lr=RATES)
    arrivals = steps_to(runs, 1e-6)
    found = search(surface, method, steps=steps, lr=RATES)
    assert found.arrival == arrivals.min() and found.tried == len(RATES)
    alone = descend(surface, method, steps=steps, **found.numbers)
    assert steps_to(alone, 1e-6) == found.arrival
    if np.isinf(found.arrival):  # then the one that ends lowest
        ends = np.where(runs.first_bad_step < 0, heights(runs)[-1], np.inf)
        assert found.numbers["lr"] == RATES[ends.argmin()]


def test_the_search_waits_until_a_run_stays():
    # with this rate momentum races through the goal long before it stays there
    found = search(surfaces.square, optimizers.momentum, 10.0, goal=1e-3, lr=np.array([0.1]))
    run = descend(surfaces.square, optimizers.momentum, 10.0, steps=300, lr=0.1)
    assert (run.loss[:40] <= 1e-3).any() and found.arrival == steps_to(run, 1e-3) > 40


def test_a_memory_is_tuned_at_the_same_price_as_none():
    assert PRICE == len(RATES) * len(MEMORIES) == 7550
    ball = tune_all(surfaces.ravine, optimizers.momentum)
    plain = tune_all(surfaces.ravine, optimizers.gradient_descent)
    assert ball.tried == plain.tried == PRICE and list(plain.numbers) == ["lr"]
    assert ball.numbers["beta"] in MEMORIES and ball.numbers["lr"] in RATES
    assert (ball.arrival, plain.arrival) == (16, 46)
    assert list(tune_all(surfaces.ravine, optimizers.adam, steps=50).numbers) == ["lr", "beta1"]


def trails(lab, panel=0):
    return [a for a in lab.scene.actors if isinstance(a, Trail) and a.panel == panel]


def notes(lab):
    return {name: lab.rows[name].place.value for name in lab.scene.notes}


def sent(scene):
    """All that a browser is sent of the actors; buffers as bytes."""
    specs = [actor.spec() for actor in scene.actors]
    return [{k: bytes(v) if isinstance(v, memoryview) else v for k, v in s.items()} for s in specs]


def code_again(lab):
    """The lab that its line of Python makes."""
    return eval(lab.code, {"labs": labs, "optimizers": optimizers, "surfaces": surfaces})


def test_each_runs_with_its_own_rate_from_the_same_start():
    lab = labs.race(["gradient_descent", "adam"], start=(-3.0, 1.0), steps=30, adam=0.3)
    assert [(t.x[0], t.y[0]) for t in trails(lab)] == [(-3.0, 1.0)] * 2
    alone = descend(surfaces.ravine, optimizers.adam, (-3.0, 1.0), steps=30, lr=0.3)
    assert np.array_equal(trails(lab)[1].x, alone.x[:, 0])
    assert len({t.symbol for t in trails(lab)}) == 2
    assert np.array_equal(trails(lab, 1)[1].y, alone.loss)


def test_places_follow_the_arrivals():
    lab = labs.race(["momentum", "gradient_descent", "adadelta"])
    arrivals = lab.scene.data["arrivals"]
    assert list(arrivals) == ["gradient_descent", "momentum", "adadelta"]
    assert arrivals["adadelta"] is None
    assert notes(lab) == {
        "gradient_descent": f"<b>1.</b> step {arrivals['gradient_descent']}",
        "momentum": f"<b>2.</b> step {arrivals['momentum']}",
        "adadelta": "–",
    }


def test_who_is_not_ticked_does_not_run():
    lab = labs.race(["gradient_descent", "adam"])
    number, row = lab.state["adam"], lab.rows["adam"]
    row.runs.value = False
    assert list(lab.run) == ["gradient_descent"] and notes(lab)["adam"] == ""
    assert lab.state["adam"] is None
    row.slider.value = 0.5  # it may be turned meanwhile, and counts as soon as it runs
    assert lab.state["adam"] is None and row.box.value == "0.5" and not row.runs.value
    row.runs.value = True
    assert lab.state["adam"] == 0.5 != number and list(lab.run) == ["gradient_descent", "adam"]
    lab.set(adam=None, gradient_descent=None)
    assert lab.stage.scene["kind"] == "Nobody runs." and lab.run == {}
    lab = labs.race(["gradient_descent", "adam"], adam=None)
    assert not lab.rows["adam"].runs.value and list(lab.run) == ["gradient_descent"]


def test_one_row_moves_one_runner():
    lab = labs.race(["gradient_descent", "adam"])
    before, actors = dict(lab.run), lab.scene.actors
    lab.rows["adam"].slider.value = 1.0
    assert lab.run["gradient_descent"] is before["gradient_descent"]
    assert lab.run["adam"] is not before["adam"]
    same = [after is one for after, one in zip(lab.scene.actors, actors, strict=True)]
    assert same == [True, True, False, False]
    assert actors[0].spec() is actors[0].spec() and actors[0].spec() is not actors[1].spec()
    assert replace(actors[0], ghost=True).spec()["ghost"]  # a copy is measured anew


def test_who_does_not_arrive_is_named():
    lab = labs.race(["adam", "gradient_descent"], adam=1e-4, gradient_descent=1e-4)
    assert lab.stage.scene["kind"] == "Nobody arrives."
    assert lab.stage.scene["text"] == "The goal is a loss 10⁻⁶ above a minimum."
    assert repr(lab) == "Nobody arrives. The goal is a loss 10⁻⁶ above a minimum."


def test_another_course_brings_its_start_and_the_best_rates_there():
    lab = labs.race(["gradient_descent", "adam", "momentum"], momentum=None)
    lab.stage.start = [1.0, 2.0]
    assert lab.state["start"] == (1.0, 2.0) and trails(lab)[0].x[0] == 1.0
    lab.rows["surface"].menu.value = surfaces.beale
    assert lab.state["start"] == surfaces.beale.start and lab.stage.formula.startswith("Beale: ")
    assert lab.state["adam"] == tune(surfaces.beale, optimizers.adam)
    assert lab.state["momentum"] is None  # it still sits out
    assert lab.rows["adam"].value == lab.state["adam"]
    assert lab.stage.mesh == lab.scene.relief.spec()


def test_tune_each_searches_the_best_rates():
    lab = labs.race(["gradient_descent", "adam"], adam=0.5)
    (button,) = lab.children[1].children[-1].children
    assert button.description == "tune each" and "best η of each method" in button.tooltip
    lab.rows["gradient_descent"].runs.value = False
    lab.stage.start = [-3.0, 2.0]
    button.click()
    assert lab.state["adam"] == tune(surfaces.ravine, optimizers.adam, (-3.0, 2.0)) != 0.5
    assert lab.state["gradient_descent"] is None
    lab.rows["gradient_descent"].runs.value = True
    lab.set(steps=50)
    button.click()
    assert lab.state["gradient_descent"] == tune(
        surfaces.ravine, optimizers.gradient_descent, (-3.0, 2.0), steps=50
    )


def test_the_memory_is_tuned_too_where_the_reader_says_so():
    lab = labs.race(["gradient_descent", "momentum", "adam"], surfaces.ravine)
    assert lab.state["betas"] == () and lab.state["tuning"] == "lr"
    assert lab.scene.data["arrivals"] == {"gradient_descent": 49, "momentum": 167, "adam": 168}
    lab.rows["tuning"].menu.value = "all"
    assert dict(lab.state["betas"]) == {"momentum": pytest.approx(0.3), "adam": 0.38}
    assert lab.scene.data["arrivals"] == {"momentum": 16, "adam": 24, "gradient_descent": 46}
    assert lab.run["adam"].numbers["beta1"] == 0.38 and "beta" not in lab.run["adam"].numbers
    assert notes(lab) == {
        "gradient_descent": "<b>3.</b> step 46",
        "momentum": "<b>1.</b> step 16",
        "adam": "<b>2.</b> step 24",
    }
    text = lab.stage.scene["text"]
    assert text.startswith("momentum (16, β 0.3), Adam (24, β 0.38), gradient desc")
    again = code_again(lab)
    assert again.state == lab.state and sent(again.scene) == sent(lab.scene)
    lab.stage.start = [-3.0, 2.0]  # the numbers stay until they are tuned again
    assert dict(lab.state["betas"])["adam"] == 0.38
    lab.children[1].children[-1].children[-1].click()
    found = tune_all(surfaces.ravine, optimizers.adam, (-3.0, 2.0)).numbers
    assert (lab.state["adam"], dict(lab.state["betas"])["adam"]) == tuple(found.values())
    lab.rows["tuning"].menu.value = "lr"
    assert lab.state["betas"] == ()
    assert lab.state["adam"] == tune(surfaces.ravine, optimizers.adam, (-3.0, 2.0))


def test_a_memory_that_is_given_is_kept():
    lab = labs.race(["momentum", "adam"], surfaces.ravine, betas={"momentum": 0.5}, adam=0.2)
    assert lab.state["betas"] == (("momentum", 0.5),) and lab.state["adam"] == 0.2
    assert lab.run["momentum"].numbers["beta"] == 0.5
    assert code_again(lab).state == lab.state


def test_the_same_state_is_the_same_picture_and_its_line_brings_it_back():
    def mine(x, grad, s, *, lr=0.1):
        return x - lr * grad(x)

    one = labs.race(["momentum", "adam"], [surfaces.saddle], adam=None, steps=80, goal=1e-3)
    two = labs.race(surface=[surfaces.beale, surfaces.ravine], adadelta=0.5, steps=60)
    two.set(surface=surfaces.ravine, adam=0.2, nesterov=None)
    three = labs.paraboloid(epochs=5, seed=3, Adam=0.1, SGD=None)
    for lab, scene in ((one, race.scene), (two, race.scene), (three, paraboloid.scene)):
        assert sent(scene(**lab.state)) == sent(scene(**lab.state)) == sent(lab.scene)
        again = code_again(lab)
        assert sent(again.scene) == sent(lab.scene)
        assert (repr(again), again.code) == (repr(lab), lab.code)
    assert list(labs.race([mine, "adam"], steps=50).run) == ["mine", "adam"]
    assert labs.race("adam", steps=50).code.startswith("labs.race(('adam',), adam=")


@pytest.mark.parametrize(
    ("make", "arguments", "sentence"),
    [
        (labs.race, dict(field=["adan"]), "'adan' is not a method; there are: gradient_descent, "),
        (labs.race, dict(field=[3]), "3 is not a method; give a function "),
        (labs.race, dict(field=["adam"], momentum=0.1), "momentum is not in the field; it has: ad"),
        (labs.race, dict(field=["adam"], adam=-1), "adam is -1: learning rate must be above 0"),
        (labs.race, dict(field=["adam"], adam="a"), "adam is 'a': give a number."),
        (labs.race, dict(surface=3), "surface is 3: give a Surface, such as surfaces.ravine."),
        (labs.race, dict(surface=surfaces.square), "parabola has 1 coordinate: "),
        (labs.race, dict(surface=[]), "there is no surface: give one"),
        (labs.race, dict(start="here"), "start is 'here': give 2 numbers."),
        (labs.race, dict(start=(1, 2, 3)), "start has shape (3,), but a position on ravine is 2"),
        (labs.race, dict(start=(np.nan, 0)), "every coordinate must be a finite number."),
        (labs.race, dict(steps="a"), "steps is 'a': give a number."),
        (labs.race, dict(steps=0), "steps is 0: steps must be at least 1 and below 5001."),
        (labs.race, dict(goal=-1), "goal is -1: give a loss above 0, such as 1e-6"),
        (labs.race, dict(goal="a"), "goal is 'a': give a loss above 0, such as 1e-6"),
        (labs.race, dict(goal=None), "a race needs a goal: give a loss above 0, such as 1e-6."),
        (labs.race, dict(tuning="eta"), "tuning is 'eta': choose one of 'lr', 'all'."),
        (labs.race, dict(betas=3), "betas is 3: give pairs, such as (('momentum', 0.3),)."),
        (labs.race, dict(betas={"adagrad": 0.5}), "adagrad has no memory in this field; these hav"),
        (labs.race, dict(betas={"adam": 1.5}), "the β of adam is 1.5: memory must be at least 0"),
        (labs.race, dict(betas={"adam": "a"}), "the β of adam is 'a': give a number"),
        (labs.paraboloid, dict(epochs=0), "epochs is 0: epochs must be at least 1 and below 201."),
        (labs.paraboloid, dict(epochs="a"), "epochs is 'a': give a number."),
        (labs.paraboloid, dict(batch_size=2.5), "batch_size is 2.5: give a whole number."),
        (labs.paraboloid, dict(seed=-1), "seed is -1: of the data must be at least 0"),
        (labs.paraboloid, dict(seed=1.5), "seed is 1.5: give a whole number."),
        (labs.paraboloid, dict(adam=0.1), "adam is not in the field; it has: SGD, momentum, Ada"),
        (labs.paraboloid, dict(Adam=-0.1), "Adam is -0.1: learning rate must be above 0"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(make, arguments, sentence):
    with pytest.raises(Advice, match=re.escape(sentence)):
        make(**arguments)


@pytest.mark.parametrize("make", [labs.race, labs.paraboloid])
@pytest.mark.parametrize("typed", ["nan", "inf", "-1", "0", "10^400"])
def test_a_rate_that_makes_no_sense_is_refused_in_plain_words(make, typed):
    lab = make()
    name = next(iter(lab.scene.notes))
    before = lab.state[name]
    lab.rows[name].box.value = typed
    assert lab.stage.scene["kind"] == "Not possible." and lab.state[name] == before
    said = lab.stage.scene["text"]
    assert said.startswith(f"{name} is ") and ": learning rate must be " in said
    assert "<" not in said


def test_a_run_that_is_lost_is_called_so():
    lab = labs.race(["gradient_descent", "adam", "adadelta"], gradient_descent=1e300)
    text = lab.stage.scene["text"]
    assert text.endswith("Not there yet: Adadelta. Diverged: gradient descent.")
    lab = labs.paraboloid(epochs=5)
    lab.rows["SGD"].box.value = "1e300"
    train_error, test_error = lab.scene.data["curves"]["SGD"]
    assert np.isinf(train_error[1:]).all() and np.isinf(test_error[1:]).all()
    assert np.isfinite(train_error[0]) and lab.rows["SGD"].place.value == "test lost"
    assert "SGD lost, momentum" in lab.stage.scene["text"]
    lab.figure()


def test_the_floor_is_what_the_best_plane_leaves():
    many, _ = noisy_paraboloid(n=400_000, seed=1)
    w1, w2, b = many.minima[0]
    assert np.allclose((w1, w2, b), (1, 1, -1 / 3), atol=0.02)
    assert many(many.minima[0]) == pytest.approx(FLOOR, abs=0.01)


@pytest.mark.parametrize("name", FIELD)
def test_all_six_come_down_towards_the_floor(name):
    errors, unseen = train(name, FIELD[name][1], epochs=20, batch_size=32, seed=7)
    lowest = noisy_paraboloid(seed=7)[0]
    lowest = lowest(lowest.minima[0])
    assert len(errors) == len(unseen) == 21
    assert lowest - 1e-9 < errors[-1] < errors[0] and errors.min() >= lowest - 1e-9


def test_the_curves_of_the_paraboloid_lab_are_its_errors():
    lab = labs.paraboloid(epochs=5)
    adam = [actor for actor in lab.scene.actors if actor.label == "Adam"]
    for trail, error in zip(adam, lab.scene.data["curves"]["Adam"], strict=True):
        assert np.array_equal(trail.y, error)


def test_a_row_of_the_paraboloid_lab_trains_one_method_and_the_epochs_train_all():
    lab = labs.paraboloid(epochs=5)
    curves, scenery = dict(lab.scene.data["curves"]), lab.stage.scenery
    lab.rows["Adam"].slider.value = 0.1
    after = lab.scene.data["curves"]
    assert after["Adam"] is not curves["Adam"] and after["SGD"] is curves["SGD"]
    lab.rows["SGD"].runs.value = False
    assert set(lab.scene.data["curves"]) == set(FIELD) - {"SGD"} and notes(lab)["SGD"] == ""
    assert lab.stage.scenery is scenery
    lab.set(epochs=8)
    assert [len(train_error) for train_error, _ in lab.scene.data["curves"].values()] == [9] * 5
    assert lab.stage.scenery["panels"][0]["x"] == [0, 8]
    lab.set(seed=8)
    assert lab.stage.scene["frames"] == 9 and "after 8 epochs" in lab.stage.scene["kind"]
    lab.set(**dict.fromkeys(FIELD))
    assert lab.stage.scene["text"] == "tick a method."
