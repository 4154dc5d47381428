"""The digits as tensors, and a perceptron on them as a surface; this module needs PyTorch.

    from gdlab import mnist

A network with one hidden layer is a function of its weights. Written one after the other
they are a position x; the mean cross-entropy of its guesses is the height there. From then
on it is a surface like any other: `walk` and every method of this course descend it.
"""

import math
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import torch

from gdlab.errors import Advice
from gdlab.mnist import idx
from gdlab.sampling import Sampled

CLASSES = 10
PART = 2_000  # images looked at in one go: few enough for a processor's cache


@cache
def device():
    """The accelerator if there is one with room left, else the CPU; decided once.

    Whatever PyTorch supports: CUDA, Apple's MPS, Intel's XPU. If there is one but it is
    full, a sentence says so and the CPU does the work.

    >>> device().type in ("cpu", "cuda", "mps", "xpu")
    True
    """
    if not torch.accelerator.is_available():
        return torch.device("cpu")
    found = torch.accelerator.current_accelerator()
    try:
        torch.empty(2**30, dtype=torch.uint8, device=found)  # 1 GiB: the digits, and some air
    except RuntimeError:
        print(f"The accelerator ({found.type}) has no room left: the CPU takes over.")
        return torch.device("cpu")
    return found


def devices():
    """The kinds of device there are here, the fastest first: ["cuda", "cpu"], or just ["cpu"].

    >>> devices()[-1]
    'cpu'
    """
    if not torch.accelerator.is_available():
        return ["cpu"]
    return [torch.accelerator.current_accelerator().type, "cpu"]


def _place(wanted):
    """The device that is meant; raises `Advice` for one that is not to be had here."""
    if wanted is None:
        return device()
    try:
        torch.empty(0, device=wanted)
    except (RuntimeError, AssertionError, TypeError):  # how PyTorch says that there is none
        raise Advice(
            f"device is {wanted!r}, which PyTorch cannot use on this computer: "
            f'leave it out to use {device().type}, or give "cpu".'
        ) from None
    return wanted


def load(split="train", device=None, folder=idx.FOLDER):
    """The digits: images of shape (n, 784), from 0 (paper) to 1 (ink), and labels (n,), 0 to 9.

    Arguments
        split   "train" (60,000 digits) or "test" (10,000, by other writers)
        device  where they shall lie; None for `mnist.device()`
        folder  where the four files are
    Raises `Advice` if a file is missing, or is not the one whose checksum we know.
    Source: LeCun, Cortes and Burges (1998); see data/mnist/README.md.

    >>> images, labels = load("test", device="cpu")
    >>> images.shape, labels.shape, labels[:3].tolist()
    (torch.Size([10000, 784]), torch.Size([10000]), [7, 2, 1])
    """
    images, labels = (torch.from_numpy(v).to(_place(device)) for v in idx.read(split, folder))
    return images.flatten(1).float() / 255, labels.long()


@dataclass(frozen=True)
class Network(Sampled):
    """The surface of a network; see `network`.

    measure  (x, indices) → (loss (…), slope (…, d)): what `batch_grad` gives, and the mean
             loss of the same samples, which falls off on the way
    """

    measure: Callable | None = None


def network(images, labels):
    """The mean cross-entropy of a network's guesses, as a surface over its weights.

    J(x) = −1/n Σᵢ log pᵢ,  where pᵢ = softmax(z)ᵢ is the probability that the network with
    the weights x gives to the right label of image i; for the scores z see `scores`.

    Arguments: images of shape (n, pixels), labels of shape (n,) with values 0 to 9. The
    position x has the shape (…, d), with d as `initial` makes it; leading axes are many
    networks at once, which all see the same images.
    Returns a `Sampled` surface on torch tensors; the slope comes from autograd.

    >>> from gdlab import optimizers, walk
    >>> surface = network(*load("test", device="cpu"))
    >>> steps = walk(surface, optimizers.adam, initial(0, device="cpu"), batch_size=32)
    >>> before, after = next(steps).x, [next(steps).x for _ in range(50)][-1]
    >>> bool(surface.f(after) < surface.f(before))
    True
    """
    if images.ndim != 2 or labels.shape != images.shape[:1] or not len(labels):
        shapes = f"{tuple(images.shape)} and labels {tuple(labels.shape)}"
        raise Advice(f"images have shape {shapes}: give (n, pixels) and (n,).")

    def loss(x, images, labels):
        z = scores(x, images).movedim(-1, 1)  # where cross_entropy expects the ten classes
        labels = labels.expand(*x.shape[:-1], -1)
        return torch.nn.functional.cross_entropy(z, labels, reduction="none").mean(-1)

    def loss_and_slope(x, images, labels):
        x = x.detach().requires_grad_()
        with torch.enable_grad():
            height = loss(x, images, labels)
            (slope,) = torch.autograd.grad(height.sum(), x)
        return height.detach(), slope

    def measure(x, batch):
        rows = torch.as_tensor(batch).to(images.device, non_blocking=True)
        return loss_and_slope(x, images.index_select(0, rows), labels[rows])

    def over_all(function):
        """The mean of a function over all samples, a part of them at a time."""
        parts = list(zip(images.split(PART), labels.split(PART), strict=True))
        return lambda x: sum(function(x, *p) * (len(p[1]) / len(labels)) for p in parts)

    return Network(
        "network",
        "mean of −log p(label)",
        f=torch.no_grad()(over_all(loss)),
        grad=over_all(lambda *sample: loss_and_slope(*sample)[1]),
        n=len(labels),
        batch_grad=lambda x, batch: measure(x, batch)[1],
        measure=measure,
    )


def initial(seed, batch=(), *, hidden=128, pixels=784, device=None, dtype=torch.float32):
    """Random weights to start from: the very ones torch.nn.Linear draws from this seed.

    Every weight and bias of a layer with k inputs is uniform between −1/√k and 1/√k. They
    stand in the order W₁ (hidden × pixels), b₁, W₂ (10 × hidden), b₂, row by row, as in
    torch.nn.utils.parameters_to_vector: for 784 pixels and 128 hidden units d = 101,770.

    Arguments: seed; batch the shape of the networks wanted, () for one; hidden the number
    of hidden units; pixels of an image; device, None for `mnist.device()`; dtype.
    Returns a tensor of shape (*batch, d).

    >>> initial(0).shape, initial(0, batch=(3,)).shape
    (torch.Size([101770]), torch.Size([3, 101770]))
    """
    random = torch.Generator().manual_seed(seed)

    def layer(inputs, outputs):
        k = 1 / math.sqrt(inputs)
        return torch.empty(outputs * (inputs + 1)).uniform_(-k, k, generator=random)

    networks = [
        torch.cat([layer(pixels, hidden), layer(hidden, CLASSES)]) for _ in range(math.prod(batch))
    ]
    x = torch.stack(networks).reshape(*batch, -1)
    return x.to(_place(device), dtype)


def scores(x, images):
    """How strongly each network speaks for each of the ten digits.

    z = W₂ max(0, W₁ a + b₁) + b₂  for the pixels a of an image

    Arguments: x of shape (…, d); images of shape (B, pixels). Returns shape (…, B, 10).
    """
    W1, b1, W2, b2 = layers(x, images.shape[-1])
    a = (W1 @ images.T + b1[..., None]).relu()
    return (W2 @ a + b2[..., None]).mT


def layers(x, pixels):
    """Weights in a row as the four arrays of the network: W₁, b₁, W₂, b₂.

    Arguments: x of shape (…, d), pixels of an image.  Returns shapes (…, hidden, pixels),
    (…, hidden), (…, 10, hidden) and (…, 10).

    >>> [tuple(part.shape) for part in layers(initial(0), 784)]
    [(128, 784), (128,), (10, 128), (10,)]
    """
    hidden = (x.shape[-1] - CLASSES) // (pixels + 1 + CLASSES)
    sizes = (hidden * pixels, hidden, CLASSES * hidden, CLASSES)
    if sum(sizes) != x.shape[-1] or hidden < 1:
        raise Advice(f"x has {x.shape[-1]} coordinates: no network for {pixels} pixels has that.")
    W1, b1, W2, b2 = x.split(sizes, -1)
    return W1.unflatten(-1, (hidden, pixels)), b1, W2.unflatten(-1, (CLASSES, hidden)), b2


@torch.no_grad()
def predict(x, images):
    """The digit each network takes each image for: (…, d) and (B, pixels) → (…, B)."""
    return torch.cat([scores(x, part).argmax(-1) for part in images.split(PART)], -1)


def accuracy(x, images, labels):
    """The share of images that each network takes for what they are, 0 to 1: shape (…).

    >>> round(float(accuracy(initial(0), *load("test"))), 1)  # untrained: about one in ten
    0.1
    """
    return (predict(x, images) == labels).float().mean(-1)


@contextmanager
def one_thread():
    """Let PyTorch work on one core inside a `with` block.

    A network as small as ours is done sooner by one core than by several that wait for
    each other, and the others stay free for the browser.

    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    # The C library learns from this that blocks of such a size come again, and stops
    # handing them back to the system after every step (Linux: a sixth of the time).
    torch.empty(30 * 2**20, dtype=torch.uint8)
    try:
        yield
    finally:
        torch.set_num_threads(before)
