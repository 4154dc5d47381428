"""What a step costs on several workers: computing, talking, waiting."""

import numpy as np

from gdlab.errors import Advice


def step_seconds(workers, *, batch_size, parameters, fixed, per_sample, latency, per_number):
    """The seconds of a step in which workers share a batch and average their slopes.

    computing:      a + b B/w
    communicating:  2(w − 1) (l + D/(c w))

    The average is made in a ring: each worker passes on a w-th of the D numbers, 2(w − 1)
    times.

    Arguments
        workers     w ≥ 1, a number or an array
        batch_size  B, samples a step of all workers together; parameters: D
        fixed       a, seconds of a step that no worker can share out
        per_sample  b, seconds a sample; latency: l, seconds before a message begins to arrive
        per_number  1/c, seconds to pass on one number
    Returns (computing, communicating).
    Source: the ring is from Patarasuk and Yuan (2009).

    >>> costs = dict(fixed=0.0, per_sample=1e-5, latency=1e-4, per_number=1e-9)
    >>> computing, talking = step_seconds(4, batch_size=400, parameters=100_000, **costs)
    >>> round(float(computing), 5), round(float(talking), 5)
    (0.001, 0.00075)
    """
    w = np.asarray(workers, dtype=float)
    computing = fixed + per_sample * batch_size / w
    return computing, 2 * (w - 1) * (latency + per_number * parameters / w)


def pipeline(stages, pieces):
    """The timetable of a pipeline: which worker does what, and when.

    Row by row the workers, each with one stage of the network, column by column the time. A
    batch comes in pieces: k stands for the forward pass of piece k (1, 2, …), −k for its
    backward pass, 0 for waiting.

    Arguments: stages p and pieces m, whole numbers, 1 or more.
    Returns an array of shape (p, 2(m + p − 1)).
    Source: GPipe, Huang et al. (2019).

    >>> pipeline(2, 3)
    array([[ 1,  2,  3,  0,  0, -1, -2, -3],
           [ 0,  1,  2,  3, -1, -2, -3,  0]])
    >>> float((pipeline(2, 3) == 0).mean())  # (p − 1)/(m + p − 1)
    0.25
    """
    for name, value in (("stages", stages), ("pieces", pieces)):
        if not (isinstance(value, (int, np.integer)) and value >= 1):
            raise Advice(f"{name} is {value!r}: give a whole number, 1 or more.")
    table = np.zeros((stages, 2 * (pieces + stages - 1)), int)
    half = pieces + stages - 1
    for stage in range(stages):
        for piece in range(pieces):
            table[stage, stage + piece] = piece + 1
            table[stage, half + stages - 1 - stage + piece] = -piece - 1
    return table
