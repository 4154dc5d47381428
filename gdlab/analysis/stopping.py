"""When to stop: the slope is small, or there has been no progress for a while."""

import math

import numpy as np


def out_of_patience(losses, patience):
    """The first measurement that is the `patience`-th in a row without a new lowest loss.

    Arguments: losses, measured one after the other; patience, how many in a row to bear, 1 or
    more. Returns its number, 0 for the first; if patience lasts, that of the last one.
    As Keras' EarlyStopping counts. Source: Prechelt (1998), *Early stopping: but when?*

    >>> out_of_patience([3.0, 2.0, 1.0, 1.5, 1.2, 0.9], patience=2)
    4
    """
    lowest, waited = math.inf, 0
    for t, loss in enumerate(losses):
        lowest, waited = (loss, 0) if loss < lowest else (lowest, waited + 1)
        if waited >= patience:
            return t
    return len(losses) - 1


def first_flat(slopes, tolerance):
    """The first measurement at which the slope is no longer than `tolerance`; else the last.

    Arguments: slopes, the length of the gradient at each measurement; tolerance above 0.

    >>> first_flat([3.0, 0.5, 0.05, 0.2], tolerance=0.1)
    2
    """
    flat = np.asarray(slopes) <= tolerance
    return int(flat.argmax()) if flat.any() else len(flat) - 1
