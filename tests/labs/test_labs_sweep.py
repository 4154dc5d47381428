"""Many networks at once: the grid, its picture, and what happens when it is stopped."""

import numpy as np
import pytest
import torch

from gdlab import labs, mnist, optimizers, walk
from gdlab.analysis.tuning import side_by_side
from gdlab.errors import Advice
from gdlab.labs.digits.sweep import RANGE, halved


@pytest.fixture(scope="module")
def data():
    random = torch.Generator().manual_seed(0)

    def some(n):
        images = torch.rand(n, 784, generator=random)
        labels = torch.randint(0, 10, (n,), generator=random)
        images[torch.arange(n), 80 * labels] = 20.0  # a pixel that tells the digit
        return images, labels

    return some(800), some(200)


def small(data, field=("gradient_descent", "adam"), **more):
    return labs.sweep(list(field), rates=5, hidden=4, digits=800, data=data, **more)


@pytest.mark.parametrize("names", [tuple(optimizers.METHODS)])
def test_every_network_of_the_grid_is_the_single_one(names):
    random = np.random.default_rng(0)
    surface = mnist.network(
        torch.tensor(random.random((12, 6))), torch.tensor(random.integers(0, 10, 12))
    )
    start = mnist.initial(0, hidden=4, pixels=6, device="cpu", dtype=torch.float64)
    methods = [optimizers.METHODS[name] for name in names]
    lrs = np.tile(np.geomspace(1e-3, 0.5, 3), (len(methods), 1))
    course = walk(surface, side_by_side(methods), start, batch_size=5, lr=lrs)
    together = [next(course).x for _ in range(30)][-1]
    for i, j in np.ndindex(*lrs.shape):
        course = walk(surface, methods[i], start, batch_size=5, lr=lrs[i, j])
        alone = [next(course).x for _ in range(30)][-1]
        assert torch.allclose(together[i, j], alone, rtol=1e-9, atol=1e-12), names[i]
    assert not torch.equal(together[0, 0], together[-1, -1])


def test_the_losses_and_errors_are_those_of_single_trainings(data):
    from gdlab.mnist.training import Training

    lab = small(data)
    lab.train().wait()
    (images, labels), (test, answers) = data
    i, j, method = 1, 3, optimizers.adam  # not the middle: the rates are symmetric about it
    alone = Training(
        mnist.network(halved(images), labels),
        method,
        mnist.initial(0, hidden=4, pixels=196, device="cpu"),
        test=(halved(test), answers),
        lr=float(np.geomspace(*RANGE, 5)[j]),
    )
    alone.start().wait()
    assert lab.scene.data["loss"][i, j] == pytest.approx(alone.losses.value[-1], rel=1e-3)
    assert lab.scene.data["wrong"][i, j] == pytest.approx(1 - alone.accuracies.value[-1], abs=0.02)


def test_the_picture_has_a_line_for_each_method_and_a_dot_at_its_best(data):
    lab = small(data)
    assert lab.scene.actors == []
    lab.train().wait()
    wrong = lab.scene.data["wrong"]
    lines = lab.scene.actors[::3]
    assert [line.label for line in lines] == ["gradient descent", "Adam"]
    assert np.allclose([line.y for line in lines], wrong)
    dots = lab.scene.actors[1::3]
    assert [dot.y[0] for dot in dots] == pytest.approx(wrong.min(1))
    assert lab.scene.kind == "Trained." and lab.scene.text.startswith("Fewest read wrongly:")
    assert lab.work.stop_button.disabled and lab.work.bar.value == 1


def test_rates_that_blow_up_stay_in_the_picture(data):
    lab = labs.sweep([lambda x, grad, s, *, lr=0.1: x - 1e30 * lr * grad(x)] , rates=2, hidden=4,
                     digits=800, data=data)  # fmt: skip
    lab.train().wait()
    assert lab.scene.kind == "Not possible." and "diverged" in lab.scene.text
    lab = small(data, ["gradient_descent"])
    lab.train().wait()
    assert all(np.isfinite(actor.y).all() for actor in lab.scene.actors)
    lab.figure()


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (lambda x: None, "Own returned nothing: end it with `return`"),
        (lambda x: x[..., :1], "Own returned an array of shape (3, 1); the next position must"),
        (lambda x: x.numpy(), "Own returned ndarray; the next position must be a torch tensor"),
    ],
)
def test_what_a_readers_method_returns_is_looked_at_row_by_row(returned, sentence, data):
    def own(x, grad, s, *, lr=0.1):
        return returned(x - lr * grad(x))

    lab = labs.sweep([own], rates=3, hidden=4, digits=800, data=data)
    lab.train().wait()
    assert lab.scene.kind == "Not possible." and lab.scene.text.startswith(sentence)


def test_stopped_before_the_first_look_it_praises_nobody(data):
    def slow(x, grad, s, *, lr=0.1):
        if s.t == 3:
            lab.training._halt.set()
        return x - lr * grad(x)

    lab = labs.sweep([slow], rates=3, hidden=4, digits=800, data=data)
    lab.train().wait()
    assert lab.scene.text == "at step 3 of 25, before anything was read."


def test_stopped_in_the_middle_it_keeps_what_is_there_and_goes_on(data):
    def slow(x, grad, s, *, lr=0.1):
        if s.t == 10:
            lab.training._halt.set()  # as a press of Stop at this step
        return x - lr * grad(x)

    lab = labs.sweep([slow], rates=3, hidden=4, digits=800, data=data)
    lab.train().wait()
    assert lab.scene.kind == "Stopped" and 10 <= lab.training.steps < 25
    assert lab.work.stop_button.description == "Go on" and not lab.work.stop_button.disabled
    assert np.isfinite(lab.scene.data["loss"]).all()
    lab.work.stop_button.click()
    lab.wait()
    assert lab.training.steps == 25 and lab.scene.kind == "Trained."


def test_the_sentence_without_a_picture_does_not_depend_on_the_run(data):
    lab = small(data)
    before = repr(lab)
    lab.train().wait()
    assert repr(lab) == before
    assert (
        before == "10 networks: 2 methods with 5 rates each, 4 hidden units, 25 steps of 32 digits."
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(field=["adamant"]), "'adamant' is not a method"),
        (dict(rates=1), "rates is 1"),
        (dict(hidden=0), "hidden is 0"),
        (dict(pixels=20), "pixels is 20: choose one of"),
        (dict(data=3), "digits are \\(train, test\\), each a pair"),
    ],
)
def test_a_wrong_argument_is_answered_in_one_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.sweep(**wrong)


def test_more_digits_than_there_are(data):
    lab = small(data)
    lab.set(digits=900)
    lab.work.train_button.click()
    assert lab.stage.scene["text"] == "digits is 900: there are only 800."


def test_halved_images_are_means_of_four():
    image = torch.arange(784.0).reshape(1, 28, 28)
    expected = torch.nn.functional.avg_pool2d(image[None], 2).flatten(1)
    assert torch.equal(halved(image.flatten(1)), expected)
