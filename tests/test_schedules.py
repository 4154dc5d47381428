"""The schedules are PyTorch's where it has them, and have no memory."""

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from gdlab import descend, optimizers, schedules, surfaces

# Ours, and the same in PyTorch; every schedule has a row.
ROWS = {
    "constant": (
        schedules.constant(0.1),
        lambda o: lr_scheduler.ConstantLR(o, 1.0),
    ),
    "exponential": (
        schedules.exponential(0.1, 0.95),
        lambda o: lr_scheduler.ExponentialLR(o, 0.95),
    ),
    "linear": (
        schedules.linear(0.1, 0.02, 60),
        lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, total_iters=60),
    ),
    "inverse_time": (
        schedules.inverse_time(0.1, 0.3),
        lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.3 * t)),
    ),
    "step": (
        schedules.step(0.1, 0.5, 7),
        lambda o: lr_scheduler.StepLR(o, 7, 0.5),
    ),
    "cosine": (
        schedules.cosine(0.1, 100, end=0.01),
        lambda o: lr_scheduler.CosineAnnealingLR(o, 100, eta_min=0.01),
    ),
    "warmup": (
        schedules.warmup(0.1, 8),
        lambda o: lr_scheduler.LinearLR(o, 1 / 8, 1.0, total_iters=7),
    ),
}

each = pytest.mark.parametrize("ours, theirs", ROWS.values(), ids=ROWS)


def test_every_schedule_has_a_row():
    assert set(ROWS) == {name for name, _ in inspect.getmembers(schedules, inspect.isfunction)}


@each
def test_100_steps_are_those_of_torch(ours, theirs):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    scheduler, rates = theirs(optimizer), []
    for _ in range(101):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    assert [ours(t) for t in range(101)] == pytest.approx(rates, rel=1e-12)


@each
@given(st.permutations(range(12)))
def test_asking_changes_nothing(ours, theirs, order):
    once = {t: ours(t) for t in range(12)}
    assert {t: ours(t) for t in order for _ in range(2)} == once


@pytest.mark.parametrize(
    "schedule, t, rate",
    [
        (schedules.exponential(0.2, math.exp(-0.5)), 3, 0.2 * math.exp(-1.5)),
        (schedules.linear(1.0, 0.5, 4), 4000, 0.5),  # level once it has arrived
        (schedules.cosine(1.0, 4), 4000, 0.0),
        (schedules.warmup(schedules.step(1.0, 0.5, 10), 4), 1, 0.5),  # around another schedule
        (schedules.warmup(schedules.step(1.0, 0.5, 10), 4), 10, 0.5),
    ],
)
def test_known_rates(schedule, t, rate):
    assert schedule(t) == pytest.approx(rate, abs=1e-15)


@each
def test_a_run_with_a_schedule_is_the_product_of_its_factors(ours, theirs):
    run = descend(surfaces.square, optimizers.gradient_descent, 10.0, steps=30, lr=ours)
    factors = [1 - 2 * ours(t) for t in range(30)]
    assert run.x[1:, 0] == pytest.approx(10 * np.cumprod(factors), rel=1e-12)
