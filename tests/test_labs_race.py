"""The labs of chapter 12: the race, and the noisy paraboloid."""

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, surfaces
from gdlab.labs.paraboloid import FIELD, FLOOR, noisy_paraboloid, train
from gdlab.stage.actors import Trail
from gdlab.tuning import steps_to, tune


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


def test_each_runs_with_its_own_rate_from_the_same_start():
    lab = labs.race(["gradient_descent", "adam"], start=(-3.0, 1.0), steps=30, adam=0.3)
    trails = [a for a in lab.stage._actors if isinstance(a, Trail) and a.panel == 0]
    assert [(t.x[0], t.y[0]) for t in trails] == [(-3.0, 1.0)] * 2
    alone = descend(surfaces.ravine, optimizers.adam, (-3.0, 1.0), steps=30, lr=0.3)
    assert np.array_equal(trails[1].x, alone.x[:, 0])
    assert len({t.symbol for t in trails}) == 2


def test_places_follow_the_arrivals():
    lab = labs.race(["momentum", "gradient_descent", "adadelta"])
    order = [runner.name for runner in lab.places()]
    assert order == ["gradient_descent", "momentum", "adadelta"]
    assert lab.arrival("adadelta") is None
    assert "<b>1.</b>" in lab.runners["gradient_descent"].told.value


def test_who_is_not_ticked_does_not_run():
    lab = labs.race(["gradient_descent", "adam"])
    lab.runners["adam"].runs.value = False
    assert list(lab.runs) == ["gradient_descent"] and lab.runners["adam"].told.value == ""


def test_one_row_moves_one_runner():
    lab = labs.race(["gradient_descent", "adam"])
    before = dict(lab.runs)
    lab.runners["adam"].slider.value = 1.0
    assert lab.runs["gradient_descent"] is before["gradient_descent"]
    assert lab.runs["adam"] is not before["adam"]


@pytest.mark.parametrize(
    ("field", "rates"), [(["adan"], {}), (["adam"], {"momentum": 0.1}), (["adam"], {"adam": -1})]
)
def test_a_field_that_makes_no_sense_is_refused_in_a_sentence(field, rates):
    with pytest.raises(ValueError, match=r"is not a method|not in the field|must be above 0"):
        labs.race(field, **rates)


@pytest.mark.parametrize("make", [labs.race, labs.paraboloid])
@pytest.mark.parametrize("typed", ["nan", "inf", "-1", "0", "10^400"])
def test_a_rate_that_makes_no_sense_is_refused_in_plain_words(make, typed):
    lab = make()
    name, runner = next(iter(lab.runners.items()))
    before = runner.value
    runner.box.value = typed
    assert lab.stage.scene["kind"] == "Not possible." and runner.value == before
    said = lab.stage.scene["text"]
    assert said.startswith(f"{name} is ") and ": learning rate must be " in said
    assert "<" not in said


def test_a_runner_that_is_lost_is_told_so():
    race = labs.race(["gradient_descent", "adam", "adadelta"], gradient_descent=1e300)
    said = race.stage.scene["text"]
    assert said.endswith("Not there yet: Adadelta. Diverged: gradient descent.")
    lab = labs.paraboloid(epochs=5)
    lab.runners["SGD"].box.value = "1e300"
    train_error, test_error = lab.curves["SGD"]
    assert np.isinf(train_error[1:]).all() and np.isinf(test_error[1:]).all()
    assert np.isfinite(train_error[0]) and lab.runners["SGD"].told.value == "test lost"
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
    trails = [actor for actor in lab.stage._actors if actor.label == "Adam"]
    for trail, error in zip(trails, lab.curves["Adam"], strict=True):
        assert np.array_equal(trail.y, error)


def test_a_row_of_the_paraboloid_lab_trains_one_method_and_the_epochs_train_all():
    lab = labs.paraboloid(epochs=5)
    curves, scenery = dict(lab.curves), lab.stage.scenery
    lab.runners["Adam"].slider.value = 0.1
    assert lab.curves["Adam"] is not curves["Adam"] and lab.curves["SGD"] is curves["SGD"]
    lab.runners["SGD"].runs.value = False
    assert set(lab.curves) == set(FIELD) - {"SGD"} and lab.stage.scenery is scenery
    lab.set(epochs=8)
    assert [len(train_error) for train_error, _ in lab.curves.values()] == [9] * 5
    assert lab.stage.scenery["panels"][0]["x"] == [0, 8]
    lab.set(seed=8)
    assert lab.stage.scene["frames"] == 9 and "after 8 epochs" in lab.stage.scene["kind"]
