"""Slopes that come late: the path, and the limits of theory against runs and roots."""

import numpy as np
import pytest

from gdlab import descend, optimizers, surfaces
from gdlab.analysis.convergence import error_factor
from gdlab.staleness import fastest_stale_lr, largest_stable_lr, stale_descent

DELAYS = pytest.mark.parametrize("delay", [0, 1, 2, 5, 13])


def roots(a, delay):
    """The solutions of z^(d+1) − z^d + a = 0."""
    polynomial = np.zeros(delay + 2)
    polynomial[0], polynomial[1] = 1, -1
    polynomial[-1] += a
    return np.roots(polynomial)


def test_without_a_delay_it_is_gradient_descent():
    ours = descend(surfaces.beale, stale_descent, steps=50, lr=0.01, delay=0)
    plain = descend(surfaces.beale, optimizers.gradient_descent, steps=50, lr=0.01)
    np.testing.assert_array_equal(ours.x, plain.x)


@DELAYS
def test_each_step_uses_the_slope_of_some_steps_ago(delay):
    run = descend(surfaces.himmelblau, stale_descent, steps=40, lr=0.001, delay=delay)
    then = np.maximum(np.arange(40) - delay, 0)
    np.testing.assert_allclose(np.diff(run.x, axis=0), -0.001 * run.grad[then], atol=1e-14)


def test_it_is_what_workers_do_that_take_turns():
    workers = 4
    place = surfaces.ravine.start
    x, held = np.array(place), [np.array(place)] * workers  # what each has read
    path = [x]
    for t in range(30):
        slope = surfaces.ravine.grad(held[t % workers])
        x = x - 0.01 * slope
        held[t % workers] = x  # it hands in its slope, and reads the weights anew
        path.append(x)
    run = descend(surfaces.ravine, stale_descent, steps=30, lr=0.01, delay=workers - 1)
    np.testing.assert_allclose(run.x, path)


@DELAYS
@pytest.mark.parametrize("L", [0.5, 2.0, 20.0])
def test_at_the_limit_the_largest_root_is_on_the_unit_circle(delay, L):
    a = L * largest_stable_lr(L, delay)
    assert np.abs(roots(a, delay)).max() == pytest.approx(1)
    assert np.abs(roots(0.99 * a, delay)).max() < 1 < np.abs(roots(1.01 * a, delay)).max()


@DELAYS
def test_runs_agree_with_the_limit(delay):
    limit = largest_stable_lr(2.0, delay)
    lrs = limit * np.array([0.97, 1.03])
    run = descend(surfaces.square, stale_descent, steps=2000, lr=lrs, delay=delay)
    below, above = error_factor(run)
    assert below < 1 < above


@DELAYS
def test_the_fastest_rate_is_where_two_roots_meet(delay):
    a = fastest_stale_lr(1.0, delay)
    size = [np.abs(roots(k * a, delay)).max() for k in np.linspace(0.5, 1.5, 101)]
    assert np.argmin(size) == 50
    assert min(size) == pytest.approx(delay / (delay + 1), abs=1e-6)
