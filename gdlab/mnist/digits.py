"""A slice of the digits, small enough to train on it a thousand times; needs PyTorch."""

from functools import cache
from typing import NamedTuple

import torch

from gdlab.errors import Advice
from gdlab.mnist import idx

MOST = 10_000  # of each file


class Subset(NamedTuple):
    """Some digits in three parts, each (images, labels): to learn from, to choose by, to test."""

    train: tuple
    validation: tuple
    test: tuple


def subset(train=1000, validation=1000, test=2000, folder=idx.FOLDER):
    """The first digits of both files, 14 × 14 pixels each, in double precision, on the CPU.

    Each pixel is the mean of four. Double precision, so that a thousand trainings end alike on
    every computer.

    Arguments
        train, validation  how many of the training file, 10,000 at most together: the first
                           ones, and those after them
        test               how many of the test file, by other writers, 10,000 at most
        folder             where the four files are
    Returns a `Subset`. Raises `Advice` for any other number, or for a file that is not as it was.

    >>> digits = subset(train=500)
    >>> [tuple(images.shape) for images, labels in digits]
    [(500, 196), (1000, 196), (2000, 196)]
    """
    for name, count in (("train", train), ("validation", validation), ("test", test)):
        if not (isinstance(count, int) and 1 <= count <= MOST):
            raise Advice(f"{name} is {count!r}: give a number of digits, 1 to {MOST:,}.")
    both = train + validation
    if both > MOST:
        raise Advice(f"train and validation are {both:,} digits: take {MOST:,} at most together.")
    images, labels = _first("train", folder)
    return Subset(
        (images[:train], labels[:train]),
        (images[train:both], labels[train:both]),
        tuple(part[:test] for part in _first("test", folder)),
    )


@cache
def _first(split, folder):
    """The first images of a file at half the resolution, as rows of numbers from 0 to 1."""
    images, labels = idx.read(split, folder)
    fine = torch.from_numpy(images[:MOST]).double().reshape(-1, 14, 2, 14, 2) / 255
    return fine.mean((2, 4)).flatten(1), torch.from_numpy(labels[:MOST]).long()
