"""What is drawn by hand, made into an image as MNIST has them."""

import numpy as np
import pytest

from gdlab import mnist
from gdlab.mnist import idx

SEVEN = [[(8, 6), (20, 6), (12, 24)]]


def centre(image):
    at = np.arange(28) + 0.5
    return [at @ image.sum(axis) / image.sum() for axis in (0, 1)]


def box(image):
    """Height and width of the ink."""
    return [np.ptp(np.flatnonzero((image > 0.45).any(axis))) + 1 for axis in (1, 0)]


@pytest.mark.parametrize(
    "strokes",
    [SEVEN, [[(0, 0), (0, 9)]], [[(1, 1), (5, 1)], [(3, 0), (3, 4)]], [[(5, 5)]]],
    ids=["7", "1", "+", "dot"],
)
def test_the_centre_of_mass_lies_in_the_middle(strokes):
    image = mnist.image_of(strokes)
    assert image.shape == (28, 28) and image.min() == 0 and image.max() > 0.9
    assert centre(image) == pytest.approx([14, 14], abs=0.1)


def test_the_ink_fits_into_a_box_of_20_pixels():
    assert box(mnist.image_of(SEVEN))[0] in (20, 21)
    assert box(mnist.image_of([[(0, 0), (9, 0)]]))[1] in (20, 21)
    rows, columns = box(mnist.image_of(SEVEN))
    assert columns < rows  # alike in both directions


def test_neither_place_nor_size_matters():
    image = mnist.image_of(SEVEN)
    for scale, x, y in ((0.1, 0, 0), (1, -5, 9), (7, 100, 3)):
        moved = [[(scale * a + x, scale * b + y) for a, b in stroke] for stroke in SEVEN]
        assert np.abs(mnist.image_of(moved) - image).max() < 0.2


def test_it_is_the_right_way_up():
    image = mnist.image_of(SEVEN)
    top, bottom = image[:14], image[14:]
    assert top.sum() > bottom.sum() and top[:, 16:].sum() > bottom[:, 16:].sum()


def test_it_has_about_as_much_ink_as_those_of_mnist():
    images, labels = idx.read("test")
    ink = np.mean(images[labels == 7] / 255, axis=(1, 2))
    low, high = np.quantile(ink, [0.05, 0.95])
    assert low < mnist.image_of(SEVEN).mean() < high


def test_a_stroke_without_a_point_is_none():
    assert mnist.image_of([[]]).max() == 0
    assert np.array_equal(mnist.image_of([[], *SEVEN]), mnist.image_of(SEVEN))
