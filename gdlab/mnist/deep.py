"""A few small digits, and deep networks on them as surfaces; this module needs PyTorch.

    from gdlab import mnist

The networks of chapter 13: any depth, three activations, four ways to init, with and without
normalisation and skips. What theory expects of them is in `gdlab.analysis.propagation`.
"""

import itertools
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional

from gdlab.analysis import propagation
from gdlab.errors import Advice
from gdlab.mnist import idx
from gdlab.sampling import Sampled

ACTIVATIONS = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}
SIDES = (1, 2, 4, 7, 14, 28)


@lru_cache(maxsize=8)
def few(n=200, side=7, dtype=torch.float64):
    """The first n digits to learn from, small and centred: images (n, side²) and labels (n,).

    Squares of pixels are averaged until there are side × side. Each pixel then has the mean 0
    over the n digits, and all together the mean square 1.

    Arguments: n, 2 to 60,000; side 1, 2, 4, 7, 14 or 28; dtype.
    Raises `Advice` for others.

    >>> images, labels = few()
    >>> images.shape, round(float((images**2).mean()), 6), labels[:3].tolist()
    (torch.Size([200, 49]), 1.0, [5, 0, 4])
    """
    if side not in SIDES:
        raise Advice(f"side is {side!r}: choose one of {', '.join(map(str, SIDES))}.")
    images, labels = (torch.from_numpy(v) for v in idx.read("train"))
    if not (isinstance(n, int) and 2 <= n <= len(labels)):
        raise Advice(f"n is {n!r}: give a whole number from 2 to {len(labels):,}.")
    small = functional.avg_pool2d(images[:n, None].to(dtype) / 255, 28 // side).flatten(1)
    centred = small - small.mean(0)
    return centred / (centred**2).mean().sqrt(), labels[:n].long()


def initial_deep(sizes, init="Xavier", *, scale=1.0, seed=0, dtype=torch.float64):
    """Random weights of a deep network, and biases of 0: W₁, b₁, W₂, b₂, … in a row.

    Arguments: sizes (inputs, hidden, …, outputs); init, one of `propagation.INITS`: the
    weights are normal with its standard deviation, times scale; seed; dtype.
    Returns a tensor of shape (d,). Raises `Advice` for another init.

    >>> initial_deep((49, 40, 40, 10)).shape
    torch.Size([4050])
    """
    random, parts = torch.Generator().manual_seed(seed), []
    for inputs, outputs in itertools.pairwise(sizes):
        sigma = scale * propagation.spread(init, inputs, outputs)
        W = torch.randn(outputs, inputs, generator=random, dtype=torch.float64)
        parts += [sigma * W.flatten(), torch.zeros(outputs, dtype=torch.float64)]
    return torch.cat(parts).to(dtype)


def deep_layers(x, sizes):
    """The weights and biases in a position: (…, d) → [(W (…, m, n), b (…, m)), …].

    >>> [tuple(W.shape) for W, b in deep_layers(initial_deep((49, 40, 10)), (49, 40, 10))]
    [(40, 49), (10, 40)]
    """
    shapes = [(m, n) for n, m in itertools.pairwise(sizes)]
    lengths = [length for m, n in shapes for length in (m * n, m)]
    if x.shape[-1] != sum(lengths):
        raise Advice(f"x has {x.shape[-1]} coordinates; layers of {sizes} have {sum(lengths)}.")
    parts = x.split(lengths, -1)
    weights = (W.unflatten(-1, shape) for W, shape in zip(parts[::2], shapes, strict=True))
    return list(zip(weights, parts[1::2], strict=True))


def signals(x, sizes, images, activation="tanh", block="plain"):
    """What goes up through a network: the images, the output of each layer, at last the scores.

    Arguments: x of shape (…, d); sizes; images (B, pixels); activation and block by name, see
    `propagation.ACTIVATIONS` and `propagation.BLOCKS`. Returns a list of (…, B, units).
    Source: skips, He et al. (2016); layer norm, Ba et al. (2016); batch norm, Ioffe and Szegedy
    (2015); both norms without weights of their own.

    >>> sizes = (49, 40, 40, 10)
    >>> [tuple(h.shape) for h in signals(initial_deep(sizes), sizes, few()[0])]
    [(200, 49), (200, 40), (200, 40), (200, 10)]
    """
    phi = propagation.known(ACTIVATIONS, "activation", activation)
    block = propagation.known(propagation.BLOCKS, "block", block)
    out, (*hidden, (W_last, b_last)) = [images], deep_layers(x, sizes)
    for W, b in hidden:
        a = out[-1]
        h = phi(normalised(a @ W.mT + b[..., None, :], block.norm))
        out.append(a + h if block.skip and a.shape == h.shape else h)
    return [*out, out[-1] @ W_last.mT + b_last[..., None, :]]


def normalised(u, norm):
    """Inputs of units with mean 0 and spread 1: over the units, over the samples, or as they are.

    Arguments: u of shape (…, B, units); norm "layer", "batch" or "".
    """
    if not norm:
        return u
    axis = -1 if norm == "layer" else -2
    off = u - u.mean(axis, keepdim=True)
    return off * (off**2).mean(axis, keepdim=True).add(1e-12).rsqrt()


def deep_network(images, labels, sizes, activation="tanh", *, block="plain", loss="cross-entropy"):
    """The mean loss of a deep network on images, as a surface over its weights.

    J(x) = −1/n Σᵢ log pᵢ, p = softmax of the scores; or, with loss="squared",
    J(x) = 1/(2n) Σᵢ ‖zᵢ − yᵢ‖², with y the digit as ten numbers, one of them 1.

    Arguments: images (n, pixels) and labels (n,), as `few` gives them; the rest as in `signals`.
    Returns a `Sampled` surface on torch tensors. Its height may be differentiated as often as
    you like; its slope comes from autograd.

    >>> from gdlab import optimizers, walk
    >>> sizes = (49, 20, 20, 10)
    >>> surface = deep_network(*few(), sizes)
    >>> steps = walk(surface, optimizers.adam, initial_deep(sizes), lr=0.01)
    >>> bool(surface.f([next(steps).x for _ in range(50)][-1]) < 0.5 * surface.f(next(steps).x * 0))
    True
    """
    propagation.known(LOSSES, "loss", loss)

    def height(x, rows):
        z = signals(x, sizes, images[rows], activation, block)[-1]
        return LOSSES[loss](z, labels[rows])

    def slope(x, rows=slice(None)):
        x = x.detach().requires_grad_()
        with torch.enable_grad():
            (g,) = torch.autograd.grad(height(x, rows).sum(), x)
        return g

    return Sampled(
        "deep network",
        "mean loss of the digits",
        f=lambda x: height(x, slice(None)),
        grad=slope,
        n=len(labels),
        batch_grad=slope,
    )


class Propagated(NamedTuple):
    """What went up and down through a network, layer by layer, as `propagation.Theory` has it.

    signal  (layers + 1,)  rms of the outputs; signal[0] is that of the images
    down    (hidden,)      rms over the images of ‖∂Jᵢ/∂h‖, for the output h of a hidden layer
    slope   (layers,)      ‖∂J/∂W‖ of each layer's weights: what an optimizer gets
    """

    signal: np.ndarray
    down: np.ndarray
    slope: np.ndarray


def propagated(x, sizes, images, labels, activation="tanh", *, block="plain", loss="cross-entropy"):
    """One pass up through a network and one down, measured.

    Arguments: as in `deep_network`; x of shape (d,). Returns a `Propagated`.

    >>> sizes = (49, *[64] * 10, 10)
    >>> there = propagated(initial_deep(sizes, "Xavier"), sizes, *few(64), "sigmoid")
    >>> print(f"{there.slope[0] / there.slope[-1]:.0e}")
    1e-06
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        up = signals(x, sizes, images, activation, block)
        J = propagation.known(LOSSES, "loss", loss)(up[-1], labels)
        *down, g = torch.autograd.grad(J, [*up[1:-1], x])
    signal = [float((h.detach() ** 2).mean().sqrt()) for h in up]
    down = [float(h.norm()) * len(labels) ** 0.5 for h in down]  # J is a mean: n times ∂J/∂hᵢ
    slope = [float(W.norm()) for W, _ in deep_layers(g, sizes)]
    return Propagated(*map(np.array, (signal, down, slope)))


def _cross_entropy(z, labels):
    log_p = z.log_softmax(-1)
    return -log_p.gather(-1, labels.expand(z.shape[:-1])[..., None]).mean((-1, -2))


def _squared(z, labels):
    y = functional.one_hot(labels, z.shape[-1]).to(z.dtype)
    return ((z - y) ** 2).sum(-1).mean(-1) / 2


LOSSES = {"cross-entropy": _cross_entropy, "squared": _squared}
