"""What a step costs, counted; the timetable of a pipeline."""

import numpy as np
import pytest

from gdlab.analysis.scaling import pipeline, step_seconds
from gdlab.errors import Advice


def ring(slopes):
    """Average the slopes of w workers by passing parts round a ring; also count the messages."""
    w = len(slopes)
    held = [np.array_split(slope.astype(float), w) for slope in slopes]
    rounds = numbers = 0
    for phase in ("add", "copy"):
        for turn in range(w - 1):
            rounds += 1
            sent = []
            for k in range(w):
                part = (k - turn) % w if phase == "add" else (k + 1 - turn) % w
                sent.append((part, held[k][part].copy()))
            numbers += len(sent[0][1])
            for k, (part, values) in enumerate(sent):
                to = (k + 1) % w
                held[to][part] = held[to][part] + values if phase == "add" else values
    return [np.concatenate(parts) / w for parts in held], rounds, numbers


@pytest.mark.parametrize("w", [2, 3, 8])
def test_the_ring_averages_in_so_many_messages(w):
    slopes = np.random.default_rng(0).normal(size=(w, 24))
    averages, rounds, numbers = ring(slopes)
    for average in averages:
        np.testing.assert_allclose(average, slopes.mean(0))
    assert rounds == 2 * (w - 1) and numbers == rounds * 24 / w
    costs = dict(batch_size=1, parameters=24, fixed=0.0, per_sample=0.0)
    _, seconds = step_seconds(w, latency=1.0, per_number=0.0, **costs)
    assert seconds == rounds
    _, seconds = step_seconds(w, latency=0.0, per_number=1.0, **costs)
    assert seconds == pytest.approx(numbers)


def test_one_worker_only_computes():
    costs = dict(batch_size=100, parameters=10, fixed=0.5, per_sample=0.01)
    computing, talking = step_seconds(1, latency=9.0, per_number=9.0, **costs)
    assert computing == 1.5 and talking == 0


@pytest.mark.parametrize(("p", "m"), [(1, 1), (1, 5), (4, 1), (4, 6), (8, 32)])
def test_a_pipeline_does_everything_once_in_order_and_waits_as_the_formula_says(p, m):
    table = pipeline(p, m)
    assert (table == 0).mean() == pytest.approx((p - 1) / (m + p - 1))
    for piece in range(1, m + 1):
        forward, back = (np.argwhere(table == sign * piece) for sign in (1, -1))
        assert len(forward) == len(back) == p
        at, back_at = (dict(map(tuple, where)) for where in (forward, back))
        assert all(at[stage] < at[stage + 1] for stage in range(p - 1))
        assert all(back_at[stage] > back_at[stage + 1] for stage in range(p - 1))
        assert at[p - 1] < back_at[p - 1]


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "four", None])
def test_a_pipeline_that_cannot_be(wrong):
    with pytest.raises(Advice, match="give a whole number"):
        pipeline(wrong, 3)
    with pytest.raises(Advice, match="give a whole number"):
        pipeline(3, wrong)
