"""What is read from a memory is what moved the ball."""

import numpy as np
import pytest

from gdlab import descend, optimizers, surfaces
from gdlab.analysis.step_sizes import step_sizes

ADAPTIVE = {
    "adagrad": ("η/(√h + ε)", {"√h"}),
    "rmsprop": ("η/(√v + ε)", {"√v"}),
    "adadelta": ("√(u + ε)/√(v + ε)", {"√(v + ε)", "√(u + ε)"}),
    "adam": ("η/(√v̂ + ε)", {"√v̂", "|m̂|"}),
}


@pytest.mark.parametrize("name", ADAPTIVE)
@pytest.mark.parametrize("surface", ["square", "ravine", "rosenbrock"])
def test_a_method_is_recognised_and_rate_times_push_is_the_move(name, surface):
    method, surface = optimizers.METHODS[name], getattr(surfaces, surface)
    reading = step_sizes(descend(surface, method, steps=200, lr=0.1))
    run = descend(surface, method, steps=200, lr=0.1)
    assert (reading.formula, set(reading.sizes)) == ADAPTIVE[name]
    np.testing.assert_allclose(-reading.rate * reading.push, np.diff(run.x, axis=0), 1e-7, 1e-11)


def test_a_method_is_known_by_what_it_does_not_by_its_name():
    def adam(x, grad, s, *, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
        g = grad(x)
        s.m = beta1 * s.m + (1 - beta1) * g
        s.v = beta2 * s.v + (1 - beta2) * g**2
        return x - lr * s.m / (s.v**0.5 + eps)

    reading = step_sizes(descend(surfaces.ravine, adam, steps=50))
    assert reading.formula == "η/(√v + ε)"
    assert set(reading.sizes) == {"√v", "|m|"}


def test_epsilon_inside_the_root_is_measured_instead():
    def rmsprop(x, grad, s, *, lr=0.1, beta=0.9, eps=1.0):
        g = grad(x)
        s.v = beta * s.v + (1 - beta) * g**2
        return x - lr * g / (s.v + eps) ** 0.5

    run = descend(surfaces.ravine, rmsprop, steps=50)
    reading = step_sizes(run)
    assert reading.formula == "|Δx|/|g|"
    np.testing.assert_allclose(reading.rate, 0.1 / (run.state["v"][1:] + 1.0) ** 0.5, 1e-6)


def test_a_method_without_a_memory_has_its_learning_rate():
    reading = step_sizes(descend(surfaces.bowl, optimizers.gradient_descent, steps=9, lr=0.2))
    assert reading.sizes == {}
    np.testing.assert_allclose(reading.rate, 0.2)


def test_where_the_slope_is_zero_the_measured_step_size_stays_what_it_was():
    pull = iter([1.0, 0.0, 0.0, 2.0])
    surface = surfaces.Surface("pulled", "", lambda p: p[..., 0], lambda p: 0 * p + next(pull))
    reading = step_sizes(descend(surface, optimizers.gradient_descent, 0.0, steps=4, lr=0.3))
    np.testing.assert_allclose(reading.rate[:, 0], [0.3, 0.3, 0.3, 0.3])


def test_a_run_that_blew_up_is_read_up_to_there():
    surface = surfaces.rosenbrock
    run = descend(surface, optimizers.rmsprop, steps=60, lr=1e80)
    assert run.first_bad_step > 0
    assert step_sizes(run).formula == "η/(√v + ε)"


def test_before_the_first_slope_there_is_no_step_size():
    pull = iter([0.0, 0.0, 3.0, 0.0])
    surface = surfaces.Surface("pulled", "", lambda p: p[..., 0], lambda p: 0 * p + next(pull))
    reading = step_sizes(descend(surface, optimizers.adagrad, 0.0, steps=4, lr=0.6))
    assert reading.formula == "η/(√h + ε)"
    np.testing.assert_allclose(reading.rate[:, 0], [np.nan, np.nan, 0.2, 0.2])
