"""Rules that stop a training, and the lab that shows what they cost."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from gdlab import labs
from gdlab.analysis.stopping import first_flat, out_of_patience
from gdlab.errors import Advice
from gdlab.labs.stopping import STEPS, Record, ends, recorded
from gdlab.stage.actors import Curve, Trail


def test_patience_as_keras_counts_it(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say to one another while they load
        keras = pytest.importorskip("keras", reason="Keras is not installed: it is a test extra")
    rng = np.random.default_rng(0)
    for _ in range(200):
        losses, patience = rng.integers(0, 6, 12) / 2, int(rng.integers(1, 5))
        stopper = keras.callbacks.EarlyStopping(monitor="loss", patience=patience, mode="min")
        model = SimpleNamespace(stop_training=False)
        stopper.set_model(model)
        stopper.on_train_begin()
        stopped = len(losses) - 1
        for t, loss in enumerate(losses):
            stopper.on_epoch_end(t, {"loss": loss})
            if model.stop_training:
                stopped = t
                break
        assert out_of_patience(losses, patience) == stopped, (losses, patience)


def test_flat_is_the_first_small_slope_or_the_last():
    assert first_flat([0.5, 0.2, 0.1, 0.3], 0.2) == 1
    assert first_flat([0.5, 0.4], 0.2) == 1


@pytest.fixture
def record():
    step = np.arange(8) * 10
    return Record(
        step,
        train=np.array([1, 0.8, 0.6, 0.5, 0.55, 0.4, 0.3, 0.2]),
        validation=np.array([1, 0.6, 0.5, 0.55, 0.4, 0.45, 0.5, 0.6]),
        slope=np.array([1, 0.8, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02]),
        errors=np.array([0.9, 0.5, 0.4, 0.4, 0.3, 0.3, 0.25, 0.3]),
        wrong=np.linspace(0.9, 0.2, 8),
    )


@pytest.mark.parametrize(
    ("rule", "patience", "tolerance", "expected"),
    [
        ("validation", 1, 0, (3, 2)),
        ("validation", 2, 0, (6, 4)),
        ("validation", 9, 0, (7, 4)),
        ("errors", 1, 0, (3, 2)),
        ("errors", 2, 0, (7, 6)),
        ("train", 3, 0, (7, 7)),
        ("train", 1, 0, (4, 4)),
        ("slope", 1, 0.3, (3, 3)),
        ("slope", 1, 0.001, (7, 7)),
    ],
)
def test_where_a_rule_stops_and_what_it_keeps(record, rule, patience, tolerance, expected):
    assert ends(record, rule, patience, tolerance) == expected


@pytest.fixture(scope="module")
def lab():
    return labs.stopping(digits=200)


def test_a_record_is_a_training(lab):
    record = lab.scene.data["record"]
    assert record.step.tolist() == list(range(0, STEPS + 1, 10))
    assert record.train[-1] < 0.1 < record.train[0]
    assert 0.85 < record.wrong[0] <= 1 and record.wrong[-1] < 0.4
    assert record.validation.argmin() < 40 < 60 == len(record.validation) - 1
    assert recorded(200, 0) is record


def test_what_was_walked_is_coloured_and_what_would_have_come_is_pale(lab):
    lab.set(rule="validation", patience=3)
    stop = lab.scene.data["stop"]
    walked = [actor for actor in lab.scene.actors if isinstance(actor, Trail)]
    pale = [actor for actor in lab.scene.actors if isinstance(actor, Curve)]
    assert lab.scene.frames == stop + 1
    assert {len(trail.x) for trail in walked} == {stop + 1}
    assert {len(curve.x) for curve in pale} == {61}


def test_the_words_say_whether_it_was_too_soon_or_too_late(lab):
    lab.set(rule="validation", patience=30)
    assert "soon" not in lab.scene.text and "late" not in lab.scene.text
    lab.set(rule="slope", tolerance=0.3)
    assert "too soon" in lab.scene.text and "after 0 of" in lab.scene.kind
    lab.set(rule="train", patience=30)
    assert "too late" in lab.scene.text and lab.scene.kind == "Never stopped."


def test_each_rule_shows_the_number_it_takes(lab):
    lab.set(rule="slope")
    assert lab.scene.hidden == {"patience"} and "patience" not in lab.code
    lab.set(rule="errors")
    assert lab.scene.hidden == {"tolerance"}
    assert lab.rows["tolerance"].layout.display == "none"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(rule="luck"), "rule is 'luck': choose one of 'validation', 'errors'"),
        (dict(patience=0), "patience is 0: patience must be at least 1"),
        (dict(tolerance=0), "tolerance is 0: flat below must be above 0; try 0.1."),
        (dict(digits=300), "digits is 300: choose one of 200 digits, 500 digits, 2,000 digits."),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.stopping(**wrong)
