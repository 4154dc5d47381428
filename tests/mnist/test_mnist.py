"""The digits, the network as a surface, and training in the background."""

import asyncio
import dataclasses
import os
import shutil
import signal
import threading
import time

import numpy as np
import pytest
import torch
from torch import nn

from gdlab import mnist, optimizers, sampling, schedules, walk
from gdlab.errors import Advice
from gdlab.mnist import idx
from gdlab.mnist.training import Training

NAMES = [f"{a}-{b}-ubyte.gz" for a in ("train", "t10k") for b in ("images-idx3", "labels-idx1")]


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with mnist.one_thread():
        yield


@pytest.fixture(scope="module")
def digits():
    return mnist.load("train", device="cpu")


@pytest.fixture(scope="module")
def test_digits():
    return mnist.load("test", device="cpu")


@pytest.fixture(scope="module")
def few(digits):
    return digits[0][:3200], digits[1][:3200]


@pytest.fixture
def tiny():
    """Random data for networks small enough to be checked coordinate by coordinate."""
    random = np.random.default_rng(0)
    images = torch.tensor(random.random((12, 6)))
    labels = torch.tensor(random.integers(0, 10, 12))
    return images, labels


def tiny_start(seed=0, batch=()):
    return mnist.initial(seed, batch, hidden=4, pixels=6, device="cpu", dtype=torch.float64)


# The data


@pytest.mark.parametrize(
    "split, counts",
    [
        ("train", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]),
        ("test", [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
    ],
)
def test_the_digits_are_all_there(split, counts, digits, test_digits):
    images, labels = digits if split == "train" else test_digits
    n = sum(counts)
    assert images.shape == (n, 784) and images.dtype == torch.float32
    assert labels.shape == (n,) and labels.dtype == torch.int64
    assert images.min() == 0 and images.max() == 1
    assert torch.bincount(labels).tolist() == counts


def test_a_picture_is_the_right_way_up(digits):
    ones = digits[0][digits[1] == 1].mean(0).reshape(28, 28)
    middle_columns, middle_rows = ones[:, 10:18].mean(), ones[10:18, :].mean()
    assert middle_columns > 1.5 * middle_rows  # a 1 is an upright stroke


@pytest.fixture
def copied(tmp_path):
    for name in (*NAMES, "SHA256SUMS"):
        shutil.copy(idx.FOLDER / name, tmp_path)
    return tmp_path


def test_a_copy_of_the_data_is_as_good(copied):
    assert mnist.load("test", device="cpu", folder=copied)[0].shape == (10_000, 784)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1000])


def flip_a_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def garble(path):
    data = path.read_bytes()
    path.write_bytes(data[:1000] + bytes(1000) + data[2000:])


def empty(path):
    path.write_bytes(b"")


def no_gzip(path):
    path.write_bytes(b"<html>403 Forbidden</html>")


def exchange(path):
    """Another intact file in its place: only the checksum can tell."""
    shutil.copy(path.with_name("train-labels-idx1-ubyte.gz"), path)


@pytest.mark.parametrize("damage", [cut, flip_a_byte, garble, empty, no_gzip, exchange, os.remove])
@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
def test_a_damaged_file_is_named_in_one_sentence(copied, name, damage):
    damage(copied / name)
    with pytest.raises(Advice, match=name) as caught:
        mnist.load("test", device="cpu", folder=copied)
    assert "git checkout data/mnist" in str(caught.value)
    assert caught.value.__cause__ is None and "\n" not in str(caught.value)


def test_missing_checksums_are_named(copied):
    os.remove(copied / "SHA256SUMS")
    with pytest.raises(Advice, match="SHA256SUMS is missing"):
        mnist.load("test", device="cpu", folder=copied)


def test_an_unknown_split_is_answered():
    with pytest.raises(Advice, match='choose "train" or "test"'):
        mnist.load("validation")


# The network as a surface


def test_the_start_is_the_one_torch_draws():
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    weights = nn.utils.parameters_to_vector(model.parameters())
    assert len(weights) == 101_770
    assert torch.equal(mnist.initial(7, device="cpu"), weights)


def test_the_height_is_the_one_torch_computes(tiny):
    images, labels = tiny
    x = tiny_start()
    model = nn.Sequential(nn.Linear(6, 4), nn.ReLU(), nn.Linear(4, 10)).double()
    nn.utils.vector_to_parameters(x, model.parameters())
    height = nn.functional.cross_entropy(model(images), labels)
    assert torch.isclose(mnist.network(images, labels).f(x), height, rtol=1e-14)


def test_the_slope_agrees_with_finite_differences(tiny):
    surface = mnist.network(*tiny)
    x = 3 * tiny_start()
    h = 1e-6 * torch.eye(len(x), dtype=torch.float64)
    central = (surface.f(x + h) - surface.f(x - h)) / 2e-6
    assert torch.allclose(surface.grad(x), central, atol=1e-9)
    assert not surface.grad(x).requires_grad and not surface.f(x).requires_grad


@pytest.mark.parametrize("device", ["cuda:99", "nowhere", 3.5])
def test_a_device_that_is_not_there_is_answered_in_a_sentence(device):
    with pytest.raises(Advice, match="cannot use on this computer: leave it out to use"):
        mnist.load("test", device=device)
    with pytest.raises(Advice, match="cannot use on this computer"):
        mnist.initial(0, device=device)


def test_all_samples_in_parts_are_all_samples_at_once(tiny, monkeypatch):
    monkeypatch.setattr("gdlab.mnist.perceptron.PART", 5)  # 5 + 5 + 2 samples
    surface, x = mnist.network(*tiny), tiny_start()
    height, slope = surface.measure(x, np.arange(12))
    assert torch.isclose(surface.f(x), height, rtol=1e-14)
    assert torch.allclose(surface.grad(x), slope, rtol=1e-12)
    assert torch.equal(mnist.predict(x, tiny[0]), mnist.scores(x, tiny[0]).argmax(-1))


@pytest.mark.parametrize("method", optimizers.METHODS.values(), ids=optimizers.METHODS)
def test_many_networks_are_each_the_single_one(method, tiny):
    surface = mnist.network(*tiny)
    starts, lrs = tiny_start(0, (2, 3)), np.geomspace(1e-3, 0.5, 6).reshape(2, 3)
    many = walk(surface, method, starts, batch_size=5, lr=lrs)
    many = [next(many).x for _ in range(30)][-1]
    for i in np.ndindex(2, 3):
        one = walk(surface, method, starts[i], batch_size=5, lr=lrs[i])
        one = [next(one).x for _ in range(30)][-1]
        assert torch.allclose(many[i], one, rtol=1e-9, atol=1e-12)
    assert many.shape == starts.shape and not torch.equal(many[0, 0], many[1, 2])


def test_many_starts_begin_with_the_single_one():
    assert torch.equal(mnist.initial(3, (4,))[0], mnist.initial(3))


TORCH = {
    "gradient_descent": (torch.optim.SGD, dict(lr=0.1), {}),
    "torch_momentum": (torch.optim.SGD, dict(lr=0.05), dict(momentum=0.9)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=1e-3), dict(alpha=0.9)),
    "adam": (torch.optim.Adam, dict(lr=1e-3), {}),
    "adamw": (torch.optim.AdamW, dict(lr=1e-3), {}),
}


def torch_path(optimizer, images, labels, batches, steps, dtype, **numbers):
    """The plain PyTorch program: a model, an optimizer, a loop."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)).to(dtype)
    nn.utils.vector_to_parameters(mnist.initial(0, device="cpu").to(dtype), model.parameters())
    optimizer = optimizer(model.parameters(), **numbers)
    for _, batch in zip(range(steps), batches, strict=False):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach()


@pytest.mark.parametrize(
    "name, dtype, tolerance",
    [*((name, torch.float64, 1e-10) for name in TORCH), ("adam", torch.float32, 2e-3)],
)
def test_our_methods_walk_the_path_of_torch(name, dtype, tolerance, few):
    optimizer, ours, extra = TORCH[name]
    images, labels = few[0][:2000].to(dtype), few[1][:2000]
    theirs = torch_path(
        optimizer, images, labels, sampling.batches(2000, 32, 5), 200, dtype, **ours, **extra
    )
    surface, start = mnist.network(images, labels), mnist.initial(0, device="cpu", dtype=dtype)
    steps = walk(surface, optimizers.METHODS[name], start, batch_size=32, seed=5, **ours)
    x = [next(steps).x for _ in range(200)][-1]
    assert (start - x).abs().max() > 0.05  # it went somewhere
    assert (x - theirs).abs().max() < tolerance


@pytest.mark.parametrize(
    "images, labels", [((4, 784), (5,)), ((4, 28, 28), (4,)), ((0, 784), (0,))]
)
def test_images_and_labels_that_do_not_fit_are_answered(images, labels):
    with pytest.raises(Advice, match="images have shape"):
        mnist.network(torch.zeros(images), torch.zeros(labels, dtype=torch.int64))


def test_weights_of_another_network_are_answered(test_digits):
    with pytest.raises(Advice, match="101769 coordinates"):
        mnist.predict(mnist.initial(0, device="cpu")[1:], test_digits[0])


# Where it runs


def test_the_thread_count_comes_back():
    torch.set_num_threads(2)
    try:
        with pytest.raises(ZeroDivisionError), mnist.one_thread():
            assert torch.get_num_threads() == 1
            raise ZeroDivisionError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


@pytest.fixture
def fresh_device():
    mnist.device.cache_clear()
    yield
    mnist.device.cache_clear()


def test_without_an_accelerator_the_cpu_works(fresh_device, monkeypatch):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    assert mnist.device() == torch.device("cpu")


def test_a_full_accelerator_hands_over_to_the_cpu(fresh_device, monkeypatch, capsys):
    def full(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.00 GiB.")

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("cuda"))
    monkeypatch.setattr(torch, "empty", full)
    assert mnist.device() == torch.device("cpu")
    assert capsys.readouterr().out.count("\n") == 1


# Training in the background


def train(few, method=optimizers.adam, **arguments):
    start = mnist.initial(0, device="cpu")
    return Training(mnist.network(*few), method, start, **arguments)  # 100 steps an epoch


def test_a_short_training_reads_nine_digits_of_ten(few, test_digits):
    training = train(few, epochs=2, test=test_digits, lr=3e-3).start().wait()
    assert not training.error and not training.running
    assert training.steps == training.total == 200
    assert mnist.accuracy(training.x, *test_digits) >= 0.9
    steps, loss = training.losses
    assert len(loss) == 80 and steps[-1] == 200 and loss[-1] < loss[0] / 3
    steps, share = training.accuracies
    assert len(share) == 9 and steps[0] == 0 and steps[-1] == 200
    assert share[0] < 0.2 and share[-1] == pytest.approx(
        float(mnist.accuracy(training.x, *test_digits))
    )


def test_the_curve_is_the_mean_loss_of_the_batches(few):
    training = train(few, batch_size=50).start().wait()  # 64 steps, 40 points
    surface = mnist.network(*few)
    x, losses = mnist.initial(0, device="cpu"), []
    steps = walk(surface, optimizers.adam, x, batch_size=50)
    for batch, _ in zip(sampling.batches(3200, 50), range(64), strict=False):
        losses.append(float(surface.measure(x, batch)[0]))
        x = next(steps).x
    ends, value = training.losses
    begins = [0, *ends[:-1]]
    means = [np.mean(losses[a:b]) for a, b in zip(begins, ends, strict=True)]
    assert np.allclose(value, means, rtol=1e-5)


def test_stop_stops_at_once_and_keeps_the_weights(few):
    training = train(few, epochs=1000).start()
    while training.steps < 20:
        time.sleep(0.001)
    seen = training.steps
    training.stop()
    at = training.steps
    assert at - seen <= 3 and not training.running
    weights = training.x.clone()
    time.sleep(0.05)
    assert training.steps == at and torch.equal(training.x, weights)
    assert not torch.equal(weights, mnist.initial(0, device="cpu"))


def test_stopping_changes_nothing_in_the_end(few):
    straight = train(few, epochs=2, lr=schedules.cosine(1e-2, 200)).start().wait()
    broken = train(few, epochs=2, lr=schedules.cosine(1e-2, 200))
    stops = 0
    while broken.start().steps < broken.total:
        time.sleep(0.03)
        broken.stop()
        stops += broken.steps < broken.total
    broken.wait()
    assert stops >= 2
    assert torch.equal(straight.x, broken.x)
    assert np.array_equal(straight.losses.value, broken.losses.value)


def test_more_epochs_go_on_from_there(few):
    at_once = train(few, epochs=2).start().wait()
    later = train(few, epochs=1).start().wait()
    later.epochs = 2
    assert torch.equal(later.start().wait().x, at_once.x)


def test_going_on_waits_for_the_last_word_of_before(few):
    gate = threading.Event()

    def slow_end(training):
        if not training.running:
            gate.wait(5)

    training = train(few, on_progress=slow_end).start()
    while training.running:
        time.sleep(0.001)
    training.epochs = 2
    threading.Timer(0.1, gate.set).start()
    training.start().wait()
    assert training.steps == training.total == 200


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send on Windows")
def test_interrupting_the_wait_stops_and_keeps_everything(few):
    training = train(few, epochs=1000).start()
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    training.wait()  # no KeyboardInterrupt comes out
    assert not training.running and 0 < training.steps < training.total
    at = training.steps
    training.start()
    while training.steps < at + 3:
        time.sleep(0.001)
    training.stop()


def test_a_cell_may_await_the_end(few):
    async def cell():
        return await train(few).start()

    training = asyncio.run(cell())
    assert training.steps == training.total


def test_interrupting_a_cell_that_awaits_stops_and_keeps_everything(few):
    async def cell():
        waiting = asyncio.ensure_future(wait())
        await asyncio.sleep(0.2)
        waiting.cancel()
        return await waiting  # no CancelledError comes out

    async def wait():
        return await train(few, epochs=1000).start()

    training = asyncio.run(cell())
    assert not training.running and 0 < training.steps < training.total


def test_progress_is_told_and_may_stop_the_training(few):
    told = []

    def on_progress(training):
        told.append((training.steps, training.running))
        if len(told) == 3:
            training.stop()

    training = train(few, epochs=2, on_progress=on_progress).start().wait()
    assert [steps for steps, _ in told] == [3, 5, 8, 8]
    assert [running for _, running in told] == [True, True, True, False]
    assert training.steps == 8


def test_several_networks_train_at_once(few, test_digits):
    start = mnist.initial(0, (3,), device="cpu")
    lrs = np.array([1e-4, 1e-3, 1e-2])
    training = Training(
        mnist.network(*few), optimizers.adam, start, test=test_digits, batch_size=80, lr=lrs
    )
    training.start().wait()
    assert training.losses.value.shape == (40, 3)
    assert training.accuracies.value.shape == (5, 3)
    assert training.accuracies.value[-1, 1] > 0.7


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_divergence_is_told_and_the_last_good_weights_are_kept(few, capfd):
    training = train(few, optimizers.gradient_descent, lr=1e30).start().wait()
    assert "diverged" in training.error and "learning rate" in training.error
    assert training.x.isfinite().all()
    assert np.isfinite(training.losses.value).all()
    assert not training.running and "diverged" in repr(training)
    with pytest.raises(Advice, match="cannot go on"):
        training.start()
    assert capfd.readouterr() == ("", "")


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "failure, told",
    [
        (NameError("name 'beta' is not defined"), "step 3 failed with NameError: name 'beta' is"),
        (torch.OutOfMemoryError("CUDA out of memory.\nTried to …"), "There is not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "There is not enough memory"),
        (Advice("do this."), "do this."),
    ],
)
def test_what_fails_in_the_thread_becomes_one_sentence(failure, told, few, capfd):
    def method(x, grad, s, *, lr=0.1):
        if s.t == 3:
            raise failure
        return x - lr * grad(x)

    training = train(few, method).start().wait()
    assert training.error.startswith(told) and "\n" not in training.error
    assert training.steps == 2 and training.x.isfinite().all()
    assert capfd.readouterr() == ("", "")


def test_a_callback_that_fails_is_told_too(few):
    def on_progress(training):
        raise KeyError("no such line")

    training = train(few, on_progress=on_progress).start().wait()
    assert "KeyError" in training.error and not training.running


def test_arguments_are_checked_before_the_thread_starts(few):
    for wrong in (dict(epochs=0), dict(epochs=1.5), dict(lr=-1), dict(batch_size=0), dict(rate=1)):
        with pytest.raises(Advice):
            train(few, **wrong)


# A slice of them


def test_few_digits_are_the_first_ones_at_half_the_resolution(digits, test_digits):
    some = mnist.subset(train=30, validation=20, test=10)
    assert [len(labels) for _, labels in some] == [30, 20, 10]
    (images, labels), (others, their_labels), (tests, test_labels) = some
    assert torch.equal(torch.cat([labels, their_labels]), digits[1][:50])
    assert torch.equal(test_labels, test_digits[1][:10])
    for small, large in ((images, digits[0]), (others, digits[0][30:]), (tests, test_digits[0])):
        large = large[: len(small)].double().reshape(-1, 1, 28, 28)
        expected = torch.nn.functional.avg_pool2d(large, 2).flatten(1)
        assert small.dtype == torch.float64
        assert torch.allclose(small, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(train=0), "train is 0: give a number of digits, 1 to 10,000."),
        (dict(test=2.5), "test is 2.5: give a number"),
        (dict(train=9000, validation=2000), "11,000 digits: take 10,000 at most together."),
    ],
)
def test_too_many_or_too_few_are_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        mnist.subset(**wrong)


# A device that fails


class Lost:
    """A network whose device is lost at a call of `measure`."""

    def __init__(self, surface, at, error):
        self.surface, self.left, self.error = surface, at, error

    def measure(self, x, batch):
        self.left -= 1
        if self.left < 0:
            raise self.error
        return self.surface.measure(x, batch)


def lost(few, at, error):
    surface = mnist.network(*few)
    return dataclasses.replace(surface, measure=Lost(surface, at, error).measure)


FAILURES = {
    "CUDA error: device lost": torch.AcceleratorError("CUDA error: device lost.\nHints …"),
    "there is not enough memory on it": torch.OutOfMemoryError("CUDA out of memory. Tried …"),
    "no reason given": RuntimeError(),
}


@pytest.mark.parametrize("reason", FAILURES)
@pytest.mark.parametrize("at", [0, 1, 57, 199])
def test_the_cpu_goes_on_as_if_nothing_had_happened(reason, at, few, test_digits):
    test = test_digits[0][:500], test_digits[1][:500]
    numbers = dict(epochs=2, lr=schedules.cosine(1e-2, 200))
    straight = train(few, test=test, **numbers).start().wait()
    surface, start = lost(few, at, FAILURES[reason]), mnist.initial(0, device="cpu")
    spare = lambda: (mnist.network(*few), test)  # noqa: E731
    broken = Training(surface, optimizers.adam, start, spare=spare, test=test, **numbers)
    broken.start().wait()
    assert not broken.error and broken.steps == 200
    assert f"failed at step {at + 1}: {reason}. The CPU goes on from step" in broken.note
    assert torch.equal(broken.x, straight.x)
    for ours, theirs in zip(
        (*broken.losses, *broken.accuracies), (*straight.losses, *straight.accuracies), strict=True
    ):
        assert np.array_equal(ours, theirs)


def test_a_look_at_the_test_digits_that_fails_is_made_again(few, test_digits, monkeypatch):
    calls, predict = [], mnist.predict

    def once(x, images):
        calls.append(x)
        if len(calls) == 2:
            raise torch.OutOfMemoryError("out of memory")
        return predict(x, images)

    monkeypatch.setattr("gdlab.mnist.perceptron.predict", once)
    test = test_digits[0][:500], test_digits[1][:500]
    spare = lambda: (mnist.network(*few), test)  # noqa: E731
    training = train(few, spare=spare, test=test).start().wait()
    assert training.accuracies.step.tolist() == [0, 25, 50, 75, 100] and training.note


def test_a_readers_own_mistake_is_no_lost_device(few):
    def method(x, grad, s, *, lr=0.1):
        return x @ x[:3]  # PyTorch tells of it as of a lost device

    training = train(few, method, spare=lambda: (mnist.network(*few), None)).start().wait()
    assert "step 1 failed with RuntimeError" in training.error and training.steps == 0


def test_what_is_kept_lies_on_the_cpu_and_stays(few):
    training = train(few).start().wait()
    step, x, _ = training.kept
    assert step == 100 and x.device.type == "cpu" and torch.equal(x, training.x)
    training.x.zero_()
    assert x.abs().max() > 0


def test_the_same_seed_leads_to_the_same_curve_and_another_to_another(few):
    one, same, other = (train(few, seed=seed).start().wait() for seed in (1, 1, 2))
    assert np.array_equal(one.losses.value, same.losses.value) and torch.equal(one.x, same.x)
    assert not np.array_equal(one.losses.value, other.losses.value)


def test_it_says_how_long_it_will_take(few):
    training = train(few, epochs=4)
    assert training.seconds_left is None
    training.start().wait()
    assert training.seconds_left == 0
    training.epochs = 8
    assert training.seconds_left == pytest.approx(training.seconds)


def test_it_keeps_what_it_took_the_digits_for(few, test_digits):
    training = train(few, test=test_digits).start().wait()
    assert np.array_equal(training.guesses, mnist.predict(training.x, test_digits[0]).numpy())


def test_the_devices_there_are(monkeypatch):
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    assert mnist.devices() == ["cpu"]
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("mps"))
    assert mnist.devices() == ["mps", "cpu"]
