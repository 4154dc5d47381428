"""The pad to draw a digit on, driven without a browser."""

import re

import numpy as np
import pytest
import torch
from waiting import wait_until

from gdlab import labs, mnist
from gdlab.errors import Advice
from gdlab.labs.digits.trainer import TrainingLab

SEVEN = [[[8, 6], [20, 6], [12, 24]]]


@pytest.fixture(scope="module")
def digits():
    images, labels = mnist.load("test", device="cpu")
    return (images[:6400], labels[:6400]), (images[6400:7400], labels[6400:7400])


@pytest.fixture(scope="module")
def trained(digits):
    lab = labs.training(lr=3e-3, epochs=2, digits=digits)
    lab.train().wait()
    return lab


def kinds(lab):
    return [actor.kind for actor in lab.scene.actors]


def shares(lab):
    return lab.scene.data["shares"]


def press(lab, label):
    (row,) = [child for child in lab.children[1].children if not hasattr(child, "name")]
    (button,) = [one for one in row.children if one.description == label]
    button.click()


def test_an_empty_pad_invites_to_draw():
    lab = labs.drawing()
    assert kinds(lab) == ["words"] and lab.scene.actors[0].words == ("draw a digit here",)
    assert lab.stage.ink == [] and lab.state["strokes"] == ()
    assert "with the mouse or a finger" in lab.stage.scene["text"]


def test_what_is_drawn_is_read(trained):
    lab = labs.drawing(trained)
    lab.stage.ink = SEVEN  # as the browser sends it
    assert lab.state["strokes"] == (((8, 6), (20, 6), (12, 24)),)
    image = mnist.image_of(SEVEN)
    assert np.array_equal(lab.scene.data["image"], image)
    x = trained.training.x
    expected = mnist.scores(x, torch.tensor(image).reshape(1, -1)).softmax(-1)[0].numpy()
    assert np.allclose(shares(lab), expected) and shares(lab).argmax() == 7
    assert lab.stage.scene["kind"] == "The network reads a 7."
    assert kinds(lab) == ["image", "bars", "bars", "words"]  # the pen draws itself
    assert lab.stage.ink == SEVEN


def test_the_bars_move_while_it_trains(digits):
    training = labs.training(epochs=50, batch_size=2, digits=digits)
    lab = labs.drawing(training, strokes=SEVEN)
    before = shares(lab)
    assert "learned nothing yet" in lab.stage.scene["text"]
    training.train()
    wait_until(lambda: not np.array_equal(before, shares(lab)))
    seen = shares(lab)
    wait_until(lambda: not np.array_equal(seen, shares(lab)))
    training.stop()
    assert "learned nothing" not in lab.stage.scene["text"]
    assert lab.last is None


def test_drawing_while_it_trains_loses_no_stroke(digits):
    training = labs.training(epochs=50, batch_size=2, digits=digits)
    lab = labs.drawing(training)
    training.train()
    for length in range(1, 40):
        ink = [[[5 + 0.1 * i, 5 + 0.3 * i] for i in range(length)]]
        lab.stage.ink = ink
        assert lab.stage.ink == ink and len(lab.state["strokes"][0]) == length
    training.stop()


def test_a_pad_made_later_knows_what_was_learned(trained):
    lab = labs.drawing(trained, digit=0)
    assert torch.equal(lab.state["weights"], trained.training.kept[1])
    assert lab.stage.scene["text"] == "It is a 7."


def test_test_digits_without_a_mouse(trained):
    lab = labs.drawing(trained)
    images, labels = mnist.load("test", device="cpu")
    for i in range(3):
        press(lab, "Show a test digit")
        assert lab.state["digit"] == i
        assert np.allclose(lab.scene.data["image"].ravel(), images[i])
        assert f" {labels[i]}." in lab.stage.scene["text"]
        assert kinds(lab)[0] == "image" and lab.scene.actors[0].panel == 0
    lab.stage.ink = SEVEN  # whoever draws takes the pad
    assert lab.stage.scene["text"] == ""
    press(lab, "Show a test digit")
    assert lab.stage.ink == [] and lab.state["digit"] == 3
    press(lab, "Clear")
    assert kinds(lab) == ["words"]


def test_clear_wipes_the_pad():
    lab = labs.drawing(strokes=SEVEN)
    assert lab.stage.ink == SEVEN
    press(lab, "Clear")
    assert lab.stage.ink == [] and lab.state["strokes"] == () and kinds(lab) == ["words"]


def test_the_line_of_python_brings_the_drawing_back():
    assert labs.drawing(digit=3).code == "labs.drawing(digit=3)"
    lab = labs.drawing(strokes=SEVEN)
    again = eval(lab.code, {"labs": labs})
    assert again.state["strokes"] == lab.state["strokes"] and repr(again) == repr(lab)


def test_the_still_picture_holds_the_drawing():
    fig = labs.drawing(strokes=SEVEN).figure()
    (line,) = fig.axes[0].lines
    assert line.get_xydata().tolist() == SEVEN[0]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(lab=3), "lab is int: give a training lab, made by labs.training()."),
        (dict(strokes=3), "strokes are lists of points (x, y) from 0 to 28"),
        (dict(strokes=[[(1, 2, 3)]]), "strokes are lists of points"),
        (dict(strokes=[[(1, np.nan)]]), "strokes are lists of points"),
        (dict(strokes=[[(1, 1e300)]]), "strokes are lists of points"),
        (dict(digit=10_000), "digit is 10000: test digit must be at least 0 and below 10000"),
        (dict(digit="a"), "digit is 'a': give a number."),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=re.escape(sentence)):
        labs.drawing(**wrong)


def test_it_follows_a_training_lab_only(trained):
    assert isinstance(trained, TrainingLab)
    with pytest.raises(Advice, match="lab is Lab"):
        labs.drawing(labs.descent())
