"""The largest curvature by products H v, beside the Hessian itself."""

import numpy as np
import pytest
import torch

from gdlab import mnist, surfaces
from gdlab.analysis import curvature
from gdlab.errors import Advice

SIZES = (4, 6, 5, 10)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    with mnist.one_thread():
        yield


@pytest.fixture(scope="module")
def small():
    """A network of 126 weights on 50 digits of 2 × 2 pixels, a place on it, and its Hessian."""
    surface = mnist.deep_network(*mnist.few(50, 2), SIZES, loss="squared")
    x = mnist.initial_deep(SIZES, seed=3)
    return surface, x, torch.autograd.functional.hessian(surface.f, x)


def test_products_are_those_with_the_hessian(small):
    surface, x, H = small
    v = torch.randn(len(x), generator=torch.Generator().manual_seed(1), dtype=x.dtype)
    torch.testing.assert_close(curvature.hessian_times(surface, x)(v), H @ v)


def test_the_sharpness_is_the_largest_eigenvalue(small):
    surface, x, H = small
    values, vectors = torch.linalg.eigh(H)
    found = curvature.sharpness(surface, x)
    assert found.value == pytest.approx(float(values[-1]), rel=1e-8)
    assert abs(float(found.direction @ vectors[:, -1])) == pytest.approx(1, abs=1e-4)
    assert float(found.direction.norm()) == pytest.approx(1)


def test_a_few_rounds_suffice_from_a_place_nearby(small):
    surface, x, _ = small
    near = curvature.sharpness(surface, x + 0.01).direction
    exact = curvature.sharpness(surface, x, rounds=len(x)).value
    assert curvature.sharpness(surface, x, near, rounds=4).value == pytest.approx(exact, rel=1e-3)


def test_a_curve_downwards_is_not_mistaken_for_a_steep_one():
    valley = surfaces.Surface("saddle", "", lambda p: p[..., 0] ** 2 - 9 * p[..., 1] ** 2, None)
    x = torch.zeros(2, dtype=torch.float64)
    assert curvature.sharpness(valley, x).value == pytest.approx(2)


def test_a_plane_is_flat_and_what_is_lost_is_not_a_number():
    plane = surfaces.Surface("plane", "", lambda p: p[..., 0] + 0 * p[..., 1] ** 2, None)
    assert curvature.sharpness(plane, torch.zeros(2)).value == 0
    lost = curvature.sharpness(surfaces.rosenbrock, torch.tensor([np.inf, 0.0]))
    assert np.isnan(lost.value)


@pytest.mark.parametrize("x", [np.zeros(2), [0.0, 0.0], torch.zeros(3, 2)])
def test_one_position_please(x):
    with pytest.raises(Advice, match="give a torch tensor of shape"):
        curvature.sharpness(surfaces.rosenbrock, x)
