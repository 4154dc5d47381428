"""The loss on a plane through the weights, and the plane that holds most of a path."""

import numpy as np
import pytest
import torch

from gdlab import descend, mnist, optimizers
from gdlab.errors import Advice


def weights(seed=0, batch=()):
    return mnist.initial(seed, batch, hidden=4, pixels=6, device="cpu", dtype=torch.float64)


@pytest.fixture
def tiny():
    random = np.random.default_rng(0)
    images = torch.tensor(random.random((12, 6)))
    return images, torch.tensor(random.integers(0, 10, 12))


def plane(tiny, directions, view=((-3, 3), (-2, 2)), **more):
    return mnist.plane(*tiny, weights(), directions, view, **more)


@pytest.mark.parametrize("last_only", [False, True])
def test_the_height_on_the_plane_is_the_networks_own(tiny, last_only):
    directions = 3 * weights(1, (2,))
    if last_only:
        directions[:, : 4 * 6 + 4] = 0
    flat, network = plane(tiny, directions), mnist.network(*tiny)
    places = np.random.default_rng(1).normal(size=(5, 7, 2))
    there = weights() + torch.tensor(places) @ directions
    assert np.allclose(flat.f(places), network.f(there), rtol=1e-13)
    slope = network.grad(there) @ directions.T
    assert np.allclose(flat.grad(places), slope, rtol=1e-11, atol=1e-14)
    assert flat.f(places).shape == (5, 7) and flat.grad(places).shape == (5, 7, 2)


def test_many_places_in_parts_are_each_the_single_one(tiny, monkeypatch):
    monkeypatch.setattr("gdlab.mnist.planes.NUMBERS", 100)  # two places at a time
    flat = plane(tiny, weights(1, (2,)))
    places = np.random.default_rng(1).normal(size=(9, 2))
    assert np.allclose(flat.f(places), [flat(p) for p in places], rtol=1e-14)


def test_a_slice_is_a_surface_that_every_method_descends(tiny):
    slice_ = plane(tiny, mnist.two_weights(weights(), 30, 41), start=(1.0, 1.0))
    run = descend(slice_, optimizers.gradient_descent, steps=50, lr=1.0)
    assert run.loss[-1] < run.loss[0]
    x = weights().clone()
    x[30] += run.x[-1, 0]
    x[41] += run.x[-1, 1]
    assert run.loss[-1] == pytest.approx(float(mnist.network(*tiny).f(x)), rel=1e-13)


def test_directions_that_do_not_fit_are_answered(tiny):
    with pytest.raises(Advice, match=r"give \(d,\) and \(2, d\)"):
        plane(tiny, weights(1))


def test_the_main_plane_is_the_one_of_the_svd():
    places = torch.randn(40, 200, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    places = places.cumsum(0)
    mean, directions, inside, shares = mnist.principal_plane(places)
    away = places - places.mean(0)
    _, spread, axes = torch.linalg.svd(away, full_matrices=False)
    assert torch.allclose(shares, spread**2 / (spread**2).sum(), atol=1e-12)
    assert torch.allclose((directions @ axes[:2].T).abs(), torch.eye(2).double(), atol=1e-10)
    assert torch.allclose(inside, away @ directions.T, atol=1e-10)
    assert (inside[-1] >= 0).all()


def test_a_random_walk_lies_in_a_plane_as_theory_says():
    steps = torch.randn(300, 20_000, generator=torch.Generator().manual_seed(0))
    shares = mnist.principal_plane(steps.cumsum(0))[3]
    k = torch.arange(1, 4)
    assert torch.allclose(shares[:3].float(), 6 / (torch.pi * k) ** 2, rtol=0.03)


@pytest.mark.parametrize("places", [torch.ones(3, 5), torch.arange(4.0)[:, None] * torch.ones(5)])
def test_places_on_a_line_span_no_plane(places):
    with pytest.raises(Advice, match="a plane needs more"):
        mnist.principal_plane(places)
