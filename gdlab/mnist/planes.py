"""Two directions out of 101,770: the loss of a network on a plane through its weights."""

import math

import numpy as np
import torch

from gdlab.arrays import to_numpy
from gdlab.errors import Advice
from gdlab.mnist.perceptron import layers, one_thread
from gdlab.surfaces import Surface

NUMBERS = 2**21  # held at a time while many places are measured: a cacheful


def plane(images, labels, origin, directions, view, *, name="a plane", names=("u", "v"), start=()):
    """The loss of a network on the plane x = x₀ + u d₁ + v d₂, as a surface over (u, v).

    The network is the one of `mnist.network`, and so is its height: nothing is approximated. On a
    plane the first layer's sums are linear, W₁a = W₁⁰a + u W₁¹a + v W₁²a. So the images go
    through it three times in all, not once for each place.

    Arguments
        images, labels  the digits over which the loss is the mean, as in `network`
        origin, directions  weights x₀ of shape (d,), and d₁, d₂ of shape (2, d)
        view   ((low, high), (low, high)), the part worth looking at
        name, names  of the surface and of its coordinates; start: where a descent sets out
    Returns a `Surface` on NumPy arrays. Raises `Advice` if the shapes do not fit.

    >>> from gdlab import mnist
    >>> images, labels = mnist.load("test", device="cpu")
    >>> x, directions = mnist.initial(0, device="cpu"), mnist.initial(1, (2,), device="cpu")
    >>> there = plane(images, labels, x, directions, ((-1, 1), (-1, 1)))
    >>> at = x + 0.5 * directions[0] - 0.2 * directions[1]
    >>> bool(abs(there([0.5, -0.2]) - float(mnist.network(images, labels).f(at))) < 1e-5)
    True
    """
    if origin.ndim != 1 or directions.shape != (2, *origin.shape):
        shapes = f"{tuple(origin.shape)} and {tuple(directions.shape)}"
        raise Advice(f"origin and directions have shapes {shapes}: give (d,) and (2, d).")
    W1, b1, W2, b2 = layers(torch.cat([origin[None], directions]), images.shape[-1])
    sums = W1 @ images.T + b1[..., None]  # (3, hidden, images): of x₀, d₁ and d₂
    still = not sums[1:].any()  # only the second layer moves

    def loss(p):
        c = torch.cat([torch.ones_like(p[:, :1]), p], 1)
        h = sums[:1].relu() if still else torch.tensordot(c, sums, 1).relu()
        if still:
            z = torch.tensordot(c, W2 @ h + b2[..., None], 1)
        else:
            z = torch.tensordot(c, W2, 1) @ h + torch.tensordot(c, b2, 1)[..., None]
        wanted = labels.expand(len(p), -1)
        return torch.nn.functional.cross_entropy(z, wanted, reduction="none").mean(-1)

    def heights(p):
        with torch.no_grad():
            return loss(p)

    def slopes(p):
        with torch.enable_grad():
            p = p.requires_grad_()
            return torch.autograd.grad(loss(p).sum(), p)[0]

    places = max(1, NUMBERS // (sums[0].numel() if not still else 10 * len(labels)))

    def in_parts(function):
        def measured(p):
            p = np.asarray(p, dtype=float)
            rows = origin.new_tensor(p.reshape(-1, 2))
            with one_thread():  # several would spend longer waiting for each other
                parts = [to_numpy(function(part)) for part in rows.split(places)]
            return np.concatenate(parts).astype(float).reshape(p.shape[: p.ndim - 1 + grows])

        grows = function is slopes
        return measured

    return Surface(
        name,
        "x₀ + u d₁ + v d₂",
        f=in_parts(heights),
        grad=in_parts(slopes),
        view=tuple(map(tuple, view)),
        start=tuple(start),
        names=tuple(names),
    )


def principal_plane(paths):
    """The plane that holds the most of some paths: their two main directions (PCA).

    Arguments: paths, weights of shape (n, d), n places on one or several ways down.
    Returns their mean (d,), two orthonormal directions (2, d), where the places lie in that plane
    (n, 2), and which share of the variance each of the directions has (n,), largest first. The
    last place has coordinates ≥ 0, which settles the signs.
    Source: Pearson (1901); computed from the n × n products of the places, as d is much larger.

    >>> square = torch.tensor([[0.0, 0, 0], [2, 0, 0], [0, 1, 0], [2, 1, 0]], dtype=torch.float64)
    >>> mean, directions, places, shares = principal_plane(square)
    >>> mean.tolist(), directions.abs().round().tolist()
    ([1.0, 0.5, 0.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    >>> places[-1].round(decimals=2).tolist(), shares[:3].round(decimals=2).tolist()
    ([1.0, 0.5], [0.8, 0.2, 0.0])
    """
    mean = paths.mean(0)
    away = paths - mean
    spread, axes = torch.linalg.eigh((away @ away.T).double())
    spread, axes = spread.flip(0).clamp(min=0), axes.flip(1)
    if not math.isfinite(spread[0]) or spread[1] <= 1e-12 * spread[0]:
        raise Advice("these places lie on a line, or on a point: a plane needs more of them.")
    directions = axes[:, :2].T.to(away) @ away
    directions /= directions.norm(dim=1, keepdim=True)
    places = away @ directions.T
    signs = torch.where(places[-1] < 0, -1.0, 1.0).to(places)
    return mean, signs[:, None] * directions, signs * places, spread / spread.sum()


def two_weights(x, first, second):
    """The directions in which only the weights with these two numbers change: shape (2, d).

    >>> two_weights(torch.zeros(3), 0, 2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    directions = torch.zeros(2, len(x)).to(x)
    directions[0, first] = directions[1, second] = 1
    return directions
