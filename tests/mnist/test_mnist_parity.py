"""Our methods on whatever device there is, against PyTorch in double precision on the CPU."""

import pytest
import torch
from torch import nn

from gdlab import mnist, optimizers, sampling, walk

STEPS, BATCH = 100, 32
TOLERANCE = 5e-3  # of any weight after 100 steps in single precision; see the chapter for why


@pytest.fixture(scope="module")
def theirs():
    """torch.optim.Adam, float64, on the CPU."""
    images, labels = (part[:2000] for part in mnist.load("train", device="cpu"))
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)).double()
    nn.utils.vector_to_parameters(mnist.initial(0, device="cpu").double(), model.parameters())
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    with mnist.one_thread():
        for _, batch in zip(range(STEPS), sampling.batches(2000, BATCH, 0), strict=False):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[batch].double()), labels[batch])
            loss.backward()
            optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def places():
    return dict.fromkeys(["cpu", mnist.device().type])


@pytest.mark.parametrize("device", places())
def test_adam_in_single_precision_walks_the_path_of_torch_in_double(device, theirs):
    images, labels = (part[:2000] for part in mnist.load("train", device=device))
    start = mnist.initial(0, device=device)
    course = walk(mnist.network(images, labels), optimizers.adam, start, batch_size=BATCH, lr=0.001)
    with mnist.one_thread():
        x = [next(course).x for _ in range(STEPS)][-1]
    assert x.device.type == device and x.dtype == torch.float32
    off = (x.cpu().double() - theirs).abs()
    assert off.max() < TOLERANCE and off.mean() < TOLERANCE / 1000
    assert (x - start).abs().max() > 0.05  # it went somewhere


def test_the_recipe_reads_the_digits_in_less_than_an_epoch_of_steps():
    images, labels = (part[:12_000] for part in mnist.load("train", device="cpu"))
    test = mnist.load("test", device="cpu")
    with mnist.one_thread():
        x = mnist.learn(images, labels, epochs=3)
    assert mnist.accuracy(x, *test) > 0.94
