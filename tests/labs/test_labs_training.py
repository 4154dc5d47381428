"""The lab in which a network trains, driven without a browser."""

import itertools
import re
import threading
import time
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from waiting import wait_until

from gdlab import labs, mnist, optimizers, plots
from gdlab.errors import Advice
from gdlab.labs.core.controls import numbers_of
from gdlab.labs.digits.trainer import Digits, snapshot
from gdlab.labs.digits.training import scene
from gdlab.mnist import perceptron


@pytest.fixture(scope="module")
def digits():
    images, labels = mnist.load("test", device="cpu")
    return (images[:3200], labels[:3200]), (images[3200:4200], labels[3200:4200])


def said(lab):
    return lab.stage.scene["kind"], lab.stage.scene["text"]


def actors(lab, panel):
    return [actor for actor in lab.scene.actors if actor.panel == panel]


def sent(scene):
    """All that a browser is sent of the actors; buffers as bytes."""
    specs = [actor.spec() for actor in scene.actors]
    return [{k: bytes(v) if isinstance(v, memoryview) else v for k, v in s.items()} for s in specs]


def choose(lab, name):
    """As a reader would in the list."""
    lab.rows["method"].menu.value = optimizers.METHODS[name]


def pairs(images=None, labels=None):
    """Digits to learn from as they should be, and others to test on that need not be so."""
    good = torch.zeros(2, 784), torch.tensor([0, 9])
    wrong = good[0] if images is None else images, good[1] if labels is None else labels
    return good, wrong


def test_it_waits_until_train_is_pressed(digits):
    lab = labs.training(digits=digits)
    assert said(lab)[0] == "Ready." and lab.training is None
    assert lab.work.stop_button.disabled and not lab.work.train_button.disabled
    lab.stop()
    assert lab.wait() is None
    assert lab.scene.actors == [] and lab.state["now"] is None


def test_train_trains_and_says_how_far_it_came(digits):
    lab = labs.training(epochs=2, lr=3e-3, goal=0.8, digits=digits)
    lab.work.train_button.click()
    lab.wait()
    assert lab.training.steps == 200 and not lab.training.error
    kind, text = said(lab)
    share = 100 * lab.training.accuracies.value[-1]
    assert kind == "Goal reached:" and text.startswith(f"{share:.1f} % of the test digits")
    assert lab.work.bar.value == 1 and lab.work.told.value.startswith("2.0 of 2 epochs")
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
    assert lab._repr_mimebundle_()[0]["text/plain"] == sentence


def test_stop_and_go_on(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    training = lab.train()
    assert training.running and lab.work.stop_button.description == "Stop"
    lab.work.stop_button.click()
    assert not training.running and training.steps < training.total
    assert said(lab)[0] == "Stopped" and lab.work.stop_button.description == "Go on"
    at = training.steps
    lab.work.stop_button.click()
    assert lab.training is training and training.running
    wait_until(lambda: training.steps >= at + 3)
    lab.stop()
    assert training.steps >= at + 3


def test_a_press_at_the_very_end_does_not_wait_for_ever(digits):
    lab = labs.training(epochs=1, digits=digits)

    def late(training):  # it has ended, and has not shown it yet
        if not training.running:
            time.sleep(0.3)
        lab.work.grow(training)

    lab.train().on_progress = late
    wait_until(lambda: not lab.training.running)
    press = threading.Thread(target=lab.work.stop_button.click, daemon=True)
    press.start()
    press.join(20)
    assert not press.is_alive()
    lab.wait()
    assert said(lab)[0] in ("Trained:", "Goal reached:") and lab.work.stop_button.disabled


def test_the_last_training_stays_as_a_pale_line(digits):
    lab = labs.training(epochs=1, digits=digits)
    first = lab.train().wait()
    choose(lab, "gradient_descent")
    second = lab.train().wait()
    assert lab.training is second is not first
    last = lab.state["last"]
    assert (last.method, last.steps) == (first.method, first.steps)
    ghost, line = actors(lab, 0)
    assert ghost.color == plots.GREY and ghost.label == "last training"
    assert line.color == plots.style_of("gradient_descent").color
    assert np.array_equal(ghost.y, first.losses.value)


def test_training_again_ends_the_one_at_work(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    first = lab.train()
    second = lab.train()
    lab.stop()
    assert not first.running and second is lab.training


def test_train_pressed_during_a_training_begins_anew(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    first = lab.train()
    press = threading.Thread(target=lab.work.train_button.click, daemon=True)
    press.start()
    press.join(30)
    assert not press.is_alive() and lab.training is not first
    lab.stop()


def test_an_earlier_training_that_goes_on_stays_out_of_the_picture(digits):
    lab = labs.training(epochs=3, digits=digits)
    first = lab.train().stop()
    lab.train().stop()
    shown = lab.scene
    first.start().wait()
    assert first.steps == first.total and lab.scene is shown


def test_every_method_has_its_own_numbers(digits):
    lab = labs.training(digits=digits)
    for name in optimizers.METHODS:
        choose(lab, name)
        shown = {row.name for row in lab.rows.values() if row.layout.display != "none"}
        numbers = set(numbers_of(optimizers.METHODS[name])) - {"eps"}
        assert shown == numbers | {"method", "batch_size", "epochs", "picture"}
        assert not lab.stage.scene["kind"].startswith("Not")
        training = lab.train()
        training.stop()
        assert not training.error, training.error


def test_a_method_of_ones_own(digits):
    def my_method(x, grad, s, *, lr=0.2, push=0.5):
        s.v = push * s.v - lr * grad(x)
        return x + s.v

    lab = labs.training(my_method, push=0.25, epochs=1, digits=digits)
    assert lab.state["push"] == 0.25 and lab.state["lr"] == 0.2
    lab.train().wait()
    assert lab.training.numbers == {"lr": 0.2, "push": 0.25}
    assert lab.training.losses.value[-1] < 1


def test_what_fails_is_answered_in_a_sentence(digits):
    lab = labs.training("gradient_descent", lr=1e30, digits=digits)
    lab.train().wait()
    assert said(lab)[0] == "Diverged." and "smaller learning rate" in said(lab)[1]
    assert lab.work.stop_button.disabled

    def broken(x, grad, s, *, lr=0.1):
        return x - rate * grad(x)  # noqa: F821

    lab = labs.training(broken, digits=digits)
    lab.train().wait()
    assert said(lab)[0] == "Not possible." and "'rate' is not defined" in said(lab)[1]


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (lambda x: None, "Own returned nothing: end it with `return`"),
        (lambda x: x[:5], "Own returned an array of shape (5,); the next position must have"),
        (lambda x: x.numpy(), "Own returned ndarray; the next position must be a torch tensor"),
        (lambda x: exit(), "Step 1 failed with SystemExit"),
    ],
)
def test_whatever_a_readers_method_does_it_ends_in_one_sentence(returned, sentence, digits):
    def own(x, grad, s, *, lr=0.1):
        return returned(x - lr * grad(x))

    lab = labs.training(own, digits=digits)
    lab.work.train_button.click()
    assert lab.training._ended.wait(60)  # nobody waits for ever
    lab.wait()
    kind, text = said(lab)
    assert kind == "Not possible." and text.startswith(sentence)
    assert not lab.work.train_button.disabled and lab.work.stop_button.disabled


def test_a_method_that_asks_for_no_slope_is_told_so(digits):
    lab = labs.training(lambda x, grad, s, *, lr=0.1: x + lr, digits=digits)
    lab.train().wait()
    assert said(lab) == (
        "Not possible.",
        "The method made a step without a slope: let it call grad(x).",
    )


def test_a_batch_that_is_too_large_is_answered(digits):
    lab = labs.training(batch_size=5000, digits=digits)
    lab.work.train_button.click()
    assert said(lab)[0] == "Not possible." and "3200 samples" in said(lab)[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (dict(method="adan"), "'adan' is not a method"),
        (dict(method=3), "3 is not a method"),
        (dict(method=["adam", "adagrad"]), "this lab shows one method: give one of them."),
        (dict(method="adam", beta=0.9), "adam has no number beta; it has: lr, beta1, beta2."),
        (dict(eps=1e-3), "adam has no number eps; it has: lr, beta1, beta2."),
        (dict(lr=-1), "lr is -1: learning rate must be above 0"),
        (dict(lr="a"), "lr is 'a': give a number."),
        (dict(batch_size=0), "batch_size is 0: batch size must be at least 1 and below 60001."),
        (dict(batch_size=2.5), "batch_size is 2.5: give a whole number."),
        (dict(epochs="a"), "epochs is 'a': give a number."),
        (dict(seed=1.5), "seed is 1.5: give a whole number."),
        (dict(seed=-1), "seed is -1: it must be at least 0"),
        (dict(goal=-1), "goal is -1: share of the test digits must be above 0 and below 1; try"),
        (dict(goal="a"), "goal is 'a': give a number."),
        (dict(digits=3), "digits are (train, test), each a pair (images, labels)"),
        (dict(digits=(1, 2)), "digits are (train, test), each a pair (images, labels)"),
        (dict(digits=("ab", "cd")), "digits are (train, test), each a pair (images, labels)"),
        (dict(digits=2 * [(np.ones((2, 784)), np.ones(2))]), "torch tensors, the images float"),
        (dict(digits=pairs(labels=torch.zeros(2))), "the labels whole numbers"),
        (dict(digits=pairs(images=torch.zeros(2, 28, 28))), "images of shape (2, 28, 28)"),
        (dict(digits=pairs(labels=torch.zeros(3).long())), "the test digits have images of"),
        (dict(digits=pairs(torch.zeros(0, 784), torch.zeros(0).long())), "give (n, 784) and (n,)"),
        (dict(digits=pairs(labels=torch.tensor([0, 10]))), "the test digits: labels are 0 to 9"),
        (dict(digits=pairs(images=torch.full((2, 784), torch.nan))), "pixels are finite"),
    ],
)
def test_wrong_arguments_are_answered_in_a_sentence(arguments, sentence):
    with pytest.raises(Advice, match=re.escape(sentence)):
        labs.training(**arguments)


def test_another_method_brings_numbers_that_serve_it_well(digits):
    lab = labs.training(lr=0.5, digits=digits)
    choose(lab, "momentum")
    assert (lab.state["lr"], lab.state["beta"]) == (0.3, 0.9)
    assert lab.rows["lr"].box.value == "0.3"
    lab.set(method=optimizers.rmsprop, lr=0.02)  # what is given with it stays
    assert (lab.state["lr"], lab.state["beta"]) == (0.02, 0.9)


def test_the_line_of_python_brings_the_lab_back(digits):
    lab = labs.training("momentum", lr=0.1, epochs=1, digits=digits)
    before = "labs.training(optimizers.momentum, lr=0.1, beta=0.9, epochs=1)"
    assert lab.code == before
    again = eval(lab.code, {"labs": labs, "optimizers": optimizers})
    assert repr(again) == repr(lab) and again.scene.scenery == lab.scene.scenery
    assert again.scene.text == lab.scene.text and again.scene.actors == []
    lab.train().wait()
    assert lab.code == before  # what was trained is no argument
    choose(lab, "gradient_descent")
    assert lab.code == "labs.training(optimizers.gradient_descent, lr=0.3, epochs=1)"


def test_the_same_state_is_the_same_picture_while_the_training_goes_on(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    lab.train()
    wait_until(lambda: len(lab.state["now"].losses.step))
    state = dict(lab.state, now=snapshot(lab.training, "Adam on the digits."))
    early, text = sent(scene(**state)), scene(**state).text
    wait_until(lambda: len(lab.training.losses.step) > len(state["now"].losses.step))
    assert sent(scene(**state)) == early and scene(**state).text == text
    assert state["now"].running and len(early) == 3
    lab.stop()
    assert sent(scene(**lab.state)) == sent(lab.scene) != early


def test_what_is_changed_during_a_training_counts_from_the_next_one_on(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    lab.train()
    assert said(lab)[0] == "Training." and "next training" not in said(lab)[1]
    lab.rows["epochs"].slider.value = 2
    assert said(lab)[1].endswith("50 epochs. What you change counts from the next training on.")
    assert "of 50 epochs" in lab.work.told.value and lab.rows["epochs"].value == 2
    lab.rows["epochs"].box.value = "50"
    assert "next training" not in said(lab)[1]
    lab.set(lr=0.01)
    lab.stop()
    assert "next training" not in said(lab)[1] and lab.training.numbers["lr"] == 0.001
    lab.train()
    lab.stop()
    assert lab.training.numbers["lr"] == 0.01


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


def test_a_readers_method_may_bear_the_name_of_one_of_ours():
    def adam(x, grad, s, *, lr=0.002):
        return x - lr * grad(x)

    lab = labs.training(adam)
    assert lab.rows["method"].value is adam
    assert list(lab.controls["method"].options.values()).count(adam) == 1
    assert optimizers.adam not in lab.controls["method"].options.values()


# The other pictures


def test_the_mistakes_grow_fewer(digits):
    lab = labs.training(epochs=2, lr=3e-3, picture="mistakes", digits=digits)
    assert lab.scene.actors == []
    counts = []
    lab.follow(lambda now: counts.append(int((now.guesses != now.test[1]).sum())))
    lab.train().wait()
    assert counts[0] > 800 and counts[-1] < 200
    images, labels = digits[1]
    guesses = mnist.predict(lab.training.x, images)
    sheet, words, bars, numbers = lab.scene.actors
    wrong = torch.bincount(labels[guesses != labels], minlength=10).tolist()
    assert numbers.words == tuple(map(str, wrong)) and bars.x.tolist() == [max(n, 1) for n in wrong]
    row, shown = 4, min(wrong[4], 20)
    said = [w for w, y in zip(words.words, words.y, strict=True) if row < y / 30 < row + 1]
    assert said == sorted(said) and len(said) == shown
    first = sheet.values[30 * row + 1 : 30 * row + 29, 1:29] / 127
    which = [i for i in range(len(images)) if labels[i] == row and guesses[i] != row][:20]
    which = min(which, key=lambda i: (int(guesses[i]), i))
    assert np.abs(first - images[which].reshape(28, 28).numpy()).max() < 0.01


def test_what_the_hidden_units_look_for(digits):
    lab = labs.training(epochs=1, picture="hidden units", seed=3, digits=digits)

    def tile(unit):
        row, column = divmod(unit, 16)
        values = lab.scene.actors[0].values
        return values[30 * row + 1 : 30 * row + 29, 30 * column + 1 : 30 * column + 29].ravel()

    def correlation(x, unit):
        return np.corrcoef(x[784 * unit : 784 * (unit + 1)], tile(unit))[0, 1]

    start = mnist.initial(3, device="cpu")
    assert correlation(start, 17) > 0.99  # before the training: where it sets out
    lab.train().wait()
    assert correlation(lab.training.x, 17) > 0.95 and correlation(start, 17) < 0.95


def test_the_picture_can_be_changed_while_it_trains(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    lab.train()
    wait_until(lambda: len(lab.state["now"].losses.step))
    for picture, kind in (("mistakes", "image"), ("hidden units", "image"), ("curves", "curve")):
        lab.rows["picture"].menu.value = picture
        assert lab.scene.actors[0].kind == kind and said(lab)[0] == "Training."
        assert "next training" not in said(lab)[1]
    lab.stop()
    assert "picture" not in lab.code


# Where it trains


def test_time_left_and_device_are_told(digits):
    lab = labs.training(epochs=50, batch_size=2, digits=digits)
    lab.train()
    wait_until(lambda: "left" in lab.work.told.value)
    assert re.fullmatch(r"\d+\.\d of 50 epochs, \d+ s left", lab.work.told.value)
    assert lab.scene.formula.endswith("on the CPU")
    lab.stop()
    assert re.fullmatch(r"\d+\.\d of 50 epochs, \d+\.\d s", lab.work.told.value)


def test_only_devices_that_exist_can_be_chosen(digits, monkeypatch):
    monkeypatch.setattr("gdlab.mnist.perceptron.devices", lambda: ["cpu"])
    lab = labs.training(digits=digits)
    assert lab.rows["device"].layout.display == "none"  # there is nothing to choose
    with pytest.raises(Advice, match="device is 'cuda': choose one of"):
        labs.training(device="cuda", digits=digits)
    monkeypatch.setattr("gdlab.mnist.perceptron.devices", lambda: ["xpu", "cpu"])
    lab = labs.training(device="xpu", digits=digits)
    options = lab.rows["device"].menu.options
    assert options == (("by itself: CPU", None), ("GPU (Intel)", "xpu"), ("CPU", "cpu"))
    assert lab.rows["device"].layout.display is None and "device='xpu'" in lab.code


@pytest.fixture
def gpu(monkeypatch):
    """A GPU that is none: the CPU does its work, and fails as it is told, once."""
    failures, rooms = {}, perceptron
    initial, network, on = rooms.initial, rooms.network, Digits.on

    def places(digits, device):
        if device == "cuda" and "load" in failures:
            raise failures.pop("load")
        return on(digits, "cpu")

    def surface_of(images, labels):
        surface, steps = network(images, labels), itertools.count(1)
        error = failures.pop("step", None)

        def measure(x, batch):
            if error and next(steps) == 30:
                raise error
            return surface.measure(x, batch)

        return replace(surface, measure=measure)

    monkeypatch.setattr(rooms, "devices", lambda: ["cuda", "cpu"])
    monkeypatch.setattr(rooms, "initial", lambda seed, device: initial(seed, device="cpu"))
    monkeypatch.setattr(rooms, "network", surface_of)
    monkeypatch.setattr(Digits, "on", places)
    return failures


def test_a_full_gpu_leaves_the_work_to_the_cpu(gpu, digits):
    gpu["load"] = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 180 MiB.")
    lab = labs.training(device="cuda", epochs=1, digits=digits)
    lab.work.train_button.click()
    lab.wait()
    assert lab.training.steps == 100 and not lab.training.error
    sentence = "The device (cuda) cannot be used: there is not enough memory on it. The CPU does"
    assert sentence in said(lab)[1] and said(lab)[0] == "Trained:"
    assert lab.state["device"] == lab.rows["device"].value == "cpu"  # it is not tried again


def test_a_gpu_that_is_lost_leaves_the_rest_to_the_cpu(gpu, digits):
    whole = labs.training(device="cpu", epochs=1, digits=digits)
    whole.train().wait()
    gpu["step"] = RuntimeError("CUDA error: unspecified launch failure")
    lab = labs.training(device="cuda", epochs=1, digits=digits)
    lab.train().wait()
    sentence = (
        "failed at step 30: CUDA error: unspecified launch failure. The CPU goes on from step"
    )
    assert sentence in said(lab)[1] and "\n" not in said(lab)[1]
    assert torch.equal(lab.training.x, whole.training.x)  # nothing is missing
    assert np.array_equal(lab.training.losses.value, whole.training.losses.value)
    assert lab.rows["device"].value == "cpu"
    lab.train().wait()
    assert not lab.training.note and "failed" not in said(lab)[1]


def test_a_damaged_data_file_is_named(tmp_path, monkeypatch):
    (tmp_path / "SHA256SUMS").write_text("")
    monkeypatch.setattr(perceptron, "load", partial(mnist.load, folder=tmp_path))
    lab = labs.training()
    lab.work.train_button.click()
    assert said(lab)[0] == "Not possible." and "git checkout data/mnist" in said(lab)[1]
    assert lab.training is None and not lab.work.train_button.disabled


def test_the_same_seed_draws_the_same_curve(digits):
    one, two = (labs.training(epochs=1, seed=5, digits=digits) for _ in range(2))
    for lab in (one, two):
        lab.train().wait()
    assert sent(one.scene) == sent(two.scene)
