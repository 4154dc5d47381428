"""Every surface is what its formula says, and its slope is the slope of that."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab import surfaces
from gdlab.errors import Advice
from gdlab.surfaces import SURFACES, Surface, quadratic

TILTED = quadratic([[4.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 2.0]], name="three-dimensional")
ALL = [*SURFACES.values(), TILTED]

each = pytest.mark.parametrize("surface", ALL, ids=lambda s: s.name)


def in_view(surface):
    """Any position in the part of a surface that is worth looking at."""
    return st.tuples(*(st.floats(low, high) for low, high in surface.view)).map(np.array)


@each
@settings(max_examples=30)
@given(data=st.data())
def test_grad_is_the_central_difference(surface, data):
    x, h = data.draw(in_view(surface)), 1e-5
    steps = h * np.eye(surface.d)
    slope = (surface.f(x + steps) - surface.f(x - steps)) / (2 * h)
    assert surface.grad(x) == pytest.approx(slope, rel=1e-6, abs=1e-5)


@each
def test_the_slope_is_zero_at_every_minimum(surface):
    assert surface.minima
    assert surface.grad(np.array(surface.minima)) == pytest.approx(0, abs=1e-9)


@each
@settings(max_examples=30)
@given(data=st.data())
def test_nothing_in_view_is_lower_than_the_minima(surface, data):
    floor = surface.f(np.array(surface.minima)).min()
    assert surface.f(data.draw(in_view(surface))) >= floor - 1e-12


@each
def test_minima_and_start_lie_in_view(surface):
    low, high = np.array(surface.view).T
    for x in (*surface.minima, surface.start):
        assert (low <= x).all() and (x <= high).all()


@each
@pytest.mark.parametrize("batch", [(), (5,), (4, 5), (1, 1, 3), (0,)], ids=str)
def test_the_last_axis_holds_the_coordinates(surface, batch):
    x = np.random.default_rng(0).uniform(*np.array(surface.view).T, (*batch, surface.d))
    height, slope = surface.f(x), surface.grad(x)
    assert height.shape == batch
    assert slope.shape == (*batch, surface.d)
    for i in np.ndindex(batch):  # a batch is nothing but its points
        assert height[i] == surface.f(x[i])
        assert np.array_equal(slope[i], surface.grad(x[i]))


@pytest.mark.parametrize("surface", [s for s in ALL if s.L is not None], ids=lambda s: s.name)
def test_L_is_the_largest_curvature(surface):
    columns = surface.grad(np.eye(surface.d)) - surface.grad(np.zeros(surface.d))
    assert np.linalg.eigvalsh(columns).max() == pytest.approx(surface.L)


@pytest.mark.parametrize(
    "name, x, height",
    [
        ("square", [3], 9),
        ("shifted", [-2], -3),
        ("shifted", [2], 13),
        ("bowl", [1, 2], 5),
        ("ravine", [2, 3], 94),
        ("saddle", [1, 0], 1),
        ("saddle", [0, 2**0.5], -1),
        ("double_well", [-2], -0.5),
        ("double_well", [2], 0.5),
        ("wavy", [np.pi / 2], np.pi**2 / 80 + 2),
        ("plateau", [3, 4], 25 / 26),
        ("beale", [3, 0.5], 0),
        ("beale", [0, 0], 14.203125),
        ("rosenbrock", [1, 1], 0),
        ("rosenbrock", [-1, 2], 104),
        ("himmelblau", [3, 2], 0),
        ("himmelblau", [-0.270845, -0.923039], 181.617),  # its summit
    ],
)
def test_known_heights(name, x, height):
    assert SURFACES[name](x) == pytest.approx(height, abs=5e-4)


def test_every_surface_is_found_by_its_name():
    here = {name for name, value in vars(surfaces).items() if isinstance(value, Surface)}
    assert here == set(SURFACES)
    assert all(getattr(surfaces, name) is surface for name, surface in SURFACES.items())


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_quadratic_is_half_xAx(d, seed):
    rng = np.random.default_rng(seed)
    B, x = rng.normal(size=(d, d)), rng.normal(size=d)
    A = B @ B.T
    surface = quadratic(A)
    assert surface.d == d
    assert surface.f(x) == pytest.approx(x @ A @ x / 2)
    assert surface.grad(x) == pytest.approx(A @ x)


def test_a_valley_may_be_flat_along_a_line():
    A = [[0.1, 0.3], [0.3, 0.9]]  # one eigenvalue is 0, but for rounding
    assert quadratic(A).L == pytest.approx(1.0)


@pytest.mark.parametrize(
    "A, advice",
    [
        ([[1, 2], [0, 1]], "symmetric"),
        ([1, 2], "symmetric"),
        ([[1, 2, 3], [2, 1, 3]], "symmetric"),
        ([[np.nan]], "finite"),
        ([[np.inf]], "finite"),
        ([[1, 2], [2, 1]], "eigenvalue -1: below 0 the valley has no floor"),
        ([[-1]], "eigenvalue -1"),
        ("a", "A is 'a': give an array of numbers"),
    ],
)
def test_what_is_no_valley_is_said_to_be_none(A, advice):
    with pytest.raises(Advice, match=advice):
        quadratic(A)


@pytest.mark.parametrize(
    "known, d",
    [
        ({"view": ((-1.0, 1.0),) * 3}, 3),
        ({"start": (1.0, 2.0)}, 2),
        ({"minima": ((0.0,), (1.0,))}, 1),
        ({}, 0),
    ],
)
def test_d_comes_from_whatever_is_known(known, d):
    assert Surface("mine", "", f=None, grad=None, **known).d == d
