"""Two runs from almost the same start: what becomes of the difference."""

import numpy as np
import pytest

from gdlab import optimizers, schedules, surfaces
from gdlab.analysis.chaos import growth, pair, parts_at
from gdlab.errors import Advice


def parted(method, **numbers):
    _, apart = pair(surfaces.square, method, 10.0, 1e-15, steps=3000, lr=0.1, **numbers)
    return apart


@pytest.mark.parametrize(("beta2", "parts"), [(0.9, False), (0.99, True), (0.999, False)])
def test_on_a_parabola_adam_parts_from_itself(beta2, parts):
    apart = parted(optimizers.adam, beta2=beta2)
    assert (apart.max() > 1e-3) == parts
    if parts:
        steps = [parts_at(apart, 10.0**k) for k in (-12, -9, -6, -3)]
        np.testing.assert_allclose(steps, [1926, 2258, 2436, 2553], atol=150)  # rounding decides


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov", "rmsprop", "adagrad"])
def test_others_stay_together(name):
    assert parted(optimizers.METHODS[name]).max() < 1e-12


def test_a_falling_rate_ends_it():
    falls = schedules.linear(0.1, 0.0, 3000)
    _, apart = pair(surfaces.square, optimizers.adam, 10.0, 1e-15, steps=3000, lr=falls, beta2=0.99)
    assert apart.max() < 1e-6 and apart[-1] < 1e-12


def test_the_pair_begins_a_gap_apart():
    run, apart = pair(surfaces.bowl, optimizers.adam, (3.0, 4.0), 0.1, steps=3, lr=np.full(2, 0.1))
    assert run.x.shape == (4, 2, 2, 2) and apart.shape == (4, 2)
    np.testing.assert_allclose(apart[0], 0.5)


@pytest.mark.parametrize(("start", "gap"), [(10.0, 1e-17), (0.0, 0.5), (10.0, 0.0)])
def test_a_gap_that_is_none_is_told(start, gap):
    with pytest.raises(Advice, match="both runs would start at the same number; try 1e-15"):
        pair(surfaces.square, optimizers.adam, start, gap, steps=5)


def test_the_first_step_beyond_a_distance():
    apart = np.array([[0.1, 0.1], [0.2, 5.0], [3.0, 1.0]])
    assert parts_at(apart, 1.0).tolist() == [2, 1]
    assert parts_at(apart, 3.0).tolist() == [-1, 1]  # farther, not as far
    assert parts_at(apart[:, 0], 9.0) == -1


@pytest.mark.parametrize("lr", [0.1, 0.4, 0.9])
def test_the_growth_of_gradient_descent_is_its_factor(lr):
    rate = growth(surfaces.square, optimizers.gradient_descent, 10.0, steps=60, lr=lr)
    assert rate == pytest.approx(abs(1 - 2 * lr), rel=1e-5)


def test_the_growth_of_a_chaotic_map_is_that_of_theory():
    """x := 4x(1 − x) doubles a difference at each step, on average."""

    def logistic(x, grad, s, *, lr=4.0):
        return lr * x * (1 - x)

    rate = growth(surfaces.square, logistic, 0.3, steps=40_000, lr=4.0)
    assert rate == pytest.approx(2.0, abs=0.03)


def test_chaos_is_around_099():
    memories = np.array([0.9, 0.98, 0.99, 0.999])
    rate = growth(surfaces.square, optimizers.adam, 10.0, steps=6000, lr=0.1, beta2=memories)
    assert rate[:2] == pytest.approx(1.0, abs=0.005)
    assert rate[2] > 1.03
    assert rate[3] == pytest.approx(0.9**0.5, abs=0.005)  # still calm: √β₁, as in chapter 06
