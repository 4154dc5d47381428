"""A slice of the digits, small enough to train on it a thousand times; needs PyTorch."""

from typing import NamedTuple

import torch

from gdlab.errors import Advice
from gdlab.mnist import idx


class Few(NamedTuple):
    """Some digits in three parts, each (images, labels): to learn from, to choose by, to test."""

    train: tuple
    validation: tuple
    test: tuple


def few(train=1000, validation=1000, test=2000, folder=idx.FOLDER):
    """The first digits of both files, 14 × 14 pixels each, in double precision, on the CPU.

    Each pixel is the mean of four. Double precision, so that a thousand trainings end alike on
    every computer.

    Arguments
        train, validation  how many of the 60,000: the first ones, and those after them
        test               how many of the 10,000 by other writers
        folder             where the four files are
    Returns a `Few`. Raises `Advice` if there are not so many.

    >>> digits = few(train=500)
    >>> [tuple(images.shape) for images, labels in digits]
    [(500, 196), (1000, 196), (2000, 196)]
    """
    parts = (
        ("train", train, 59_999),
        ("validation", validation, 60_000 - train),
        ("test", test, 10_000),
    )
    for name, count, most in parts:
        if not (isinstance(count, int) and 1 <= count <= most):
            raise Advice(f"{name} is {count!r}: give a number of digits, 1 to {most:,}.")
    images, labels = _halved(*idx.read("train", folder), train + validation)
    return Few(
        (images[:train], labels[:train]),
        (images[train:], labels[train:]),
        _halved(*idx.read("test", folder), test),
    )


def _halved(images, labels, count):
    """The first images at half the resolution, as rows of numbers from 0 to 1."""
    fine = torch.from_numpy(images[:count]).double().reshape(-1, 14, 2, 14, 2) / 255
    return fine.mean((2, 4)).flatten(1), torch.from_numpy(labels[:count]).long()
