"""Where descents end: the floors of a surface, and which start leads to which."""

import numpy as np
import pytest

from gdlab import descend, optimizers, surfaces
from gdlab.analysis.basins import ends, floors, last_positions, starts_over, tiles
from gdlab.errors import Advice
from gdlab.optimizers import METHODS


@pytest.mark.parametrize(
    ("surface", "count"),
    [
        (surfaces.square, 1),
        (surfaces.double_well, 2),
        (surfaces.wavy, 7),
        (surfaces.himmelblau, 4),
        (surfaces.saddle, 2),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_floors_are_floors_and_the_lowest_comes_first(surface, count):
    found = floors(surface)
    assert found.shape == (count, surface.d)
    assert np.abs(surface.grad(found)).max() < 1e-9
    heights = surface.f(found)
    assert (np.diff(heights) > -1e-9).all()
    around = found + 1e-3 * np.random.default_rng(0).normal(size=(50, *found.shape))
    assert (surface.f(around) > heights).all()
    for known in surface.minima:
        assert np.abs(found - known).max(-1).min() < 1e-6


def test_floors_of_one_height_keep_their_order():
    np.testing.assert_array_equal(floors(surfaces.himmelblau), surfaces.himmelblau.minima)


def test_a_surface_without_floors_is_told_in_a_sentence():
    hill = surfaces.Surface("hill", "x", lambda x: x[..., 0], lambda x: 1 + 0 * x, view=((0, 1),))
    with pytest.raises(Advice, match="hill does not say where its floors are"):
        floors(hill)


@pytest.mark.parametrize("name", METHODS)
def test_the_last_positions_are_those_of_descend(name):
    starts = starts_over(((-2.0, 2.0), (-1.0, 1.0)), 4)
    lean = last_positions(surfaces.himmelblau, METHODS[name], starts, steps=30, lr=0.01)
    full = descend(surfaces.himmelblau, METHODS[name], starts, steps=30, lr=0.01).x[-1]
    np.testing.assert_array_equal(lean, full)


def test_with_small_steps_every_start_ends_in_its_own_valley():
    starts = tiles(*surfaces.wavy.view[0], 50)[:, None]
    found = ends(surfaces.wavy, optimizers.gradient_descent, starts, steps=3000, lr=0.01)
    known = floors(surfaces.wavy)
    for start, end in zip(starts[:, 0], found, strict=True):
        path = np.linspace(start, known[end, 0], 400)[:, None]
        assert (np.diff(surfaces.wavy.f(path)) < 1e-9).all()  # downhill all the way


def test_who_is_not_there_yet_and_who_flew_away_have_numbers_of_their_own():
    starts = np.array([[2.1], [0.1265]])
    slow = ends(surfaces.double_well, optimizers.gradient_descent, starts, steps=1, lr=1e-4)
    assert slow.tolist() == [2, 2]
    lost = ends(surfaces.double_well, optimizers.gradient_descent, starts[:1], steps=50, lr=3.0)
    assert lost.tolist() == [3]
    far = np.array([[900.0], [1100.0]])  # lost is what is a thousand away from every floor
    assert ends(surfaces.square, optimizers.gradient_descent, far, steps=1, lr=1e-9).tolist() == [
        1,
        2,
    ]


def test_with_one_floor_near_is_a_twentieth_of_the_view():
    (low, high), rate = surfaces.square.view[0], dict(steps=1, lr=1e-9)
    starts = (high - low) * np.array([[0.049], [0.051]])
    found = ends(surfaces.square, optimizers.gradient_descent, starts, **rate)
    assert found.tolist() == [0, 1]


def test_every_batch_has_its_answer():
    starts = np.full((5, 3, 1), 2.1)
    rates = np.array([1e-5, 0.1, 3.0])
    found = ends(surfaces.double_well, optimizers.gradient_descent, starts, lr=rates)
    assert found.shape == (5, 3) and (found == [2, 1, 3]).all()


def test_the_tiles_of_a_view_lie_inside_it_and_each_coordinate_is_one_block():
    places = starts_over(((-1.0, 1.0), (0.0, 10.0)), 5)
    assert places.shape == (5, 5, 2)
    np.testing.assert_allclose(places[0, :, 0], [-0.8, -0.4, 0, 0.4, 0.8], atol=1e-15)
    np.testing.assert_allclose(places[:, 0, 1], [1, 3, 5, 7, 9])
    assert places[..., 0].flags.c_contiguous and places[..., 1].flags.c_contiguous
