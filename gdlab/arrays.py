"""NumPy arrays and torch tensors alike, without importing torch."""

import numpy as np

from gdlab.errors import Advice


def is_tensor(value):
    """Whether a value is one of torch's."""
    return hasattr(value, "detach")


def to_numpy(value):
    """A tensor as a NumPy array; anything else as it is.

    >>> to_numpy(np.array([1.0, 2.0]))
    array([1., 2.])
    """
    return value.detach().cpu().numpy() if is_tensor(value) else value


def broadcast_copy(value, shape):
    """A copy of an array or a tensor, broadcast to a shape.

    >>> broadcast_copy(np.array([1.0]), (2, 1))
    array([[1.],
           [1.]])
    """
    if is_tensor(value):
        return value.expand(shape).clone()
    return np.broadcast_to(value, shape).copy()


def copy_of(value):
    """A copy of an array or a tensor; a plain number as it is."""
    if is_tensor(value):
        return value.clone()
    return value.copy() if isinstance(value, np.ndarray) else value


def as_numbers(values, name):
    """Values as an array of floats; `Advice` if they are something else.

    >>> as_numbers([1, 2], "y")
    array([1., 2.])
    """
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise Advice(f"{name} is {values!r}: give an array of numbers.") from None
