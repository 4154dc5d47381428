"""Measured slopes are the slopes."""

import numpy as np
import pytest

from gdlab import surfaces
from gdlab.finite_differences import finite_differences


@pytest.mark.parametrize("surface", surfaces.SURFACES.values(), ids=surfaces.SURFACES)
def test_every_surface_at_many_positions_at_once(surface):
    low, high = np.array(surface.view).T
    points = np.random.default_rng(0).uniform(low, high, (4, 25, surface.d))
    slopes = surface.grad(points)
    scale = 1 + np.abs(slopes).max()
    np.testing.assert_allclose(finite_differences(surface.f, points), slopes, atol=1e-6 * scale)


def test_the_error_falls_like_the_square_of_h():
    def error(h):
        return abs(finite_differences(lambda p: np.sin(p[..., 0]), [1.0], h)[0] - np.cos(1.0))

    assert error(1e-2) / error(1e-3) == pytest.approx(100, rel=1e-3)


def test_a_position_of_whole_numbers_will_do():
    np.testing.assert_allclose(finite_differences(surfaces.bowl.f, [1, 2]), [2, 4], atol=1e-6)
