"""The lab in which a network trains, driven without a browser."""

import numpy as np
import pytest
import torch

from gdlab import labs, mnist, optimizers, plots
from gdlab.errors import Advice
from gdlab.labs.descent import numbers_of


@pytest.fixture(scope="module")
def digits():
    images, labels = mnist.load("test", device="cpu")
    return (images[:3200], labels[:3200]), (images[3200:4200], labels[3200:4200])


def told(lab):
    return lab.stage.scene["kind"], lab.stage.scene["text"]


def actors(lab, panel):
    return [actor for actor in lab.stage._actors if actor.panel == panel]


def choose(lab, name):
    """As a reader would in the list."""
    lab.children[1].children[0].menu.value = optimizers.METHODS[name]


def test_it_waits_until_train_is_pressed(digits):
    lab = labs.training(digits=digits)
    assert told(lab)[0] == "Ready." and lab.training is None
    assert lab.stop_button.disabled and not lab.train_button.disabled
    lab.stop()
    assert lab.wait() is None


def test_train_trains_and_says_how_far_it_came(digits):
    lab = labs.training(epochs=2, lr=3e-3, goal=0.8, digits=digits)
    lab.train_button.click()
    lab.wait()
    assert lab.training.steps == 200 and not lab.training.error
    kind, text = told(lab)
    share = 100 * lab.training.accuracies.value[-1]
    assert kind == "Goal reached:" and text.startswith(f"{share:.1f} % of the test digits")
    assert lab.bar.value == 1 and lab.told.value.startswith("2.0 of 2 epochs")
    loss, (wrong, dots) = actors(lab, 0), actors(lab, 1)
    assert np.array_equal(loss[0].y, lab.training.losses.value)
    assert loss[0].x[-1] == 2 and wrong.x[-1] == 2 and len(dots.x) == 9
    assert np.allclose(wrong.y, 1 - lab.training.accuracies.value)


def test_the_sentence_for_readers_without_a_picture_does_not_depend_on_the_run(digits):
    lab = labs.training(epochs=1, digits=digits)
    before = repr(lab)
    lab.train().wait()
    sentence = "Adam on the digits: η = 0.001, β₁ = 0.9, β₂ = 0.999, batches of 32, 1 epoch."
    assert repr(lab) == before == sentence
    assert lab._repr_mimebundle_()["text/plain"] == sentence


def test_stop_and_go_on(digits):
    lab = labs.training(epochs=50, digits=digits)
    training = lab.train()
    assert training.running and lab.stop_button.description == "Stop"
    lab.stop_button.click()
    assert not training.running and training.steps < training.total
    assert told(lab)[0] == "Stopped" and lab.stop_button.description == "Go on"
    at = training.steps
    lab.stop_button.click()
    assert lab.training is training and training.running
    while training.steps < at + 3:
        pass
    lab.stop()
    assert training.steps >= at + 3


def test_the_last_training_stays_as_a_pale_line(digits):
    lab = labs.training(epochs=1, digits=digits)
    first = lab.train().wait()
    choose(lab, "gradient_descent")
    second = lab.train().wait()
    assert (lab.last, lab.training) == (first, second)
    ghost, line = actors(lab, 0)
    assert ghost.color == plots.GREY and ghost.label == "last training"
    assert line.color == plots.style_of("gradient_descent").color
    assert np.array_equal(ghost.y, first.losses.value)


def test_training_again_ends_the_one_at_work(digits):
    lab = labs.training(epochs=50, digits=digits)
    first = lab.train()
    second = lab.train()
    lab.stop()
    assert not first.running and second is lab.training


def test_every_method_has_its_own_numbers(digits):
    lab = labs.training(digits=digits)
    for name in optimizers.METHODS:
        choose(lab, name)
        shown = {row.name for row in lab.rows.values() if row.layout.display != "none"}
        assert shown == set(numbers_of(lab.method)) - {"eps"} | {"batch_size", "epochs"}
        assert not lab.stage.scene["kind"].startswith("Not")
        training = lab.train()
        training.stop()
        assert not training.error, training.error


def test_a_method_of_ones_own(digits):
    def my_method(x, grad, s, *, lr=0.2, push=0.5):
        s.v = push * s.v - lr * grad(x)
        return x + s.v

    lab = labs.training(my_method, push=0.25, epochs=1, digits=digits)
    assert lab.numbers["push"] == 0.25 and lab.numbers["lr"] == 0.2
    lab.train().wait()
    assert lab.training.numbers == {"lr": 0.2, "push": 0.25}
    assert lab.training.losses.value[-1] < 1


def test_what_fails_is_told(digits):
    lab = labs.training("gradient_descent", lr=1e30, digits=digits)
    lab.train().wait()
    assert told(lab)[0] == "Diverged." and "smaller learning rate" in told(lab)[1]
    assert lab.stop_button.disabled

    def broken(x, grad, s, *, lr=0.1):
        return x - rate * grad(x)  # noqa: F821

    lab = labs.training(broken, digits=digits)
    lab.train().wait()
    assert told(lab)[0] == "Not possible." and "'rate' is not defined" in told(lab)[1]


def test_a_batch_that_is_too_large_is_answered(digits):
    lab = labs.training(batch_size=5000, digits=digits)
    lab.train_button.click()
    assert told(lab)[0] == "Not possible." and "3200 samples" in told(lab)[1]


def test_wrong_arguments_are_answered():
    with pytest.raises(Advice, match="'adan' is not a method"):
        labs.training("adan")
    with pytest.raises(Advice, match="adam has no number beta"):
        labs.training("adam", beta=0.9)


def test_more_epochs_widen_the_picture(digits):
    lab = labs.training(epochs=1, digits=digits)
    lab.set(epochs=4)
    assert lab.stage.fig.axes[0].get_xlim() == (0, 4)
    lab.train()
    lab.set(epochs=2)  # counts from the next training on
    lab.stop()
    assert lab.training.epochs == 4 and lab.stage.fig.axes[0].get_xlim() == (0, 4)


def test_the_still_picture_holds_the_curves(digits):
    lab = labs.training(epochs=1, digits=digits)
    empty = [len(ax.lines) for ax in lab.figure().axes]
    lab.train().wait()
    assert [len(ax.lines) for ax in lab.figure().axes] == [empty[0] + 1, empty[1] + 2]


def test_a_bar_goes_with_a_loop(capsys):
    assert list(labs.progress(iter("abc"), 3, "Letters")) == ["a", "b", "c"]
    assert capsys.readouterr().out == "Letters: 3 steps\n"


def test_digits_are_drawn_the_right_way_up():
    image = torch.zeros(784)
    image[3 * 28 + 5] = 1.0  # row 3, column 5
    fig, ax = plots.figure()
    picture, *words = plots.draw_digits(ax, image.expand(4, -1), list("abcd"), columns=3)
    sheet = picture.get_array()
    assert sheet.shape == (2 * 38, 90)
    places = [(0, 0), (0, 1), (0, 2), (1, 0)]
    ink = [(38 * row + 9 + 3, 30 * column + 1 + 5) for row, column in places]
    assert [tuple(map(int, place)) for place in np.argwhere(sheet == 1)] == ink
    assert [word.get_text() for word in words] == list("abcd")
