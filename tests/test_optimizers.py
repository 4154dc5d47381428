"""Every method walks the path that PyTorch's walks, and comes to the course's numbers."""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import SGD, Adadelta, Adagrad, Adam, AdamW, RMSprop

from gdlab import descend, optimizers, surfaces
from gdlab.optimizers import METHODS
from gdlab.surfaces import SURFACES, Surface

STEPS = 200


class Row(NamedTuple):
    """A method's twin in torch.optim, the numbers to try, and which point the twin walks."""

    torch: Callable
    numbers: list
    point: Callable = lambda run, **numbers: run.x


# With start (−1.5, 2) all of these stay finite on the ravine and in Rosenbrock's valley.
RATES = [{"lr": 1e-4}, {"lr": 6e-4}]
BALLS = [{"lr": 1e-4, "beta": 0.5}, {"lr": 3e-4, "beta": 0.9}, {"lr": 1e-4, "beta": 0.99}]
ADAMS = [
    {"lr": 0.1},
    {"lr": 0.01, "beta1": 0.5, "beta2": 0.99},
    {"lr": 0.02, "beta1": 0.95, "beta2": 0.99, "eps": 0.01},
]

# One row a method. Where PyTorch means something else by a number or a point, it says so here.
ROWS = {
    "gradient_descent": Row(lambda p, lr: SGD(p, lr=lr), RATES),
    "momentum": Row(  # the average: its slope counts (1 − β), PyTorch's counts 1
        lambda p, lr, beta: SGD(p, lr=lr * (1 - beta), momentum=beta),
        [{"lr": 2e-4, "beta": 0.5}, {"lr": 3e-3, "beta": 0.9}, {"lr": 1e-2, "beta": 0.99}],
    ),
    "heavy_ball": Row(lambda p, lr, beta: SGD(p, lr=lr, momentum=beta), BALLS),
    "torch_momentum": Row(lambda p, lr, beta: SGD(p, lr=lr, momentum=beta), BALLS),
    "nesterov": Row(  # PyTorch keeps the point it looks ahead to
        lambda p, lr, beta: SGD(p, lr=lr, momentum=beta, nesterov=True),
        BALLS,
        point=lambda run, beta, **_: run.x + beta * run.state["v"],
    ),
    "adagrad": Row(
        lambda p, lr, eps=1e-10: Adagrad(p, lr=lr, eps=eps),
        [{"lr": 0.5}, {"lr": 0.05}, {"lr": 0.1, "eps": 0.01}],
    ),
    "rmsprop": Row(  # PyTorch calls β α
        lambda p, lr, beta, eps=1e-8: RMSprop(p, lr=lr, alpha=beta, eps=eps),
        [
            {"lr": 0.01, "beta": 0.9},
            {"lr": 0.002, "beta": 0.99},
            {"lr": 0.01, "beta": 0.5, "eps": 0.1},
        ],
    ),
    "adadelta": Row(  # PyTorch calls β ρ
        lambda p, lr=1.0, beta=0.9, eps=1e-6: Adadelta(p, lr=lr, rho=beta, eps=eps),
        [{}, {"lr": 0.5, "beta": 0.95}, {"beta": 0.8, "eps": 0.001}],
    ),
    "adam": Row(
        lambda p, lr, beta1=0.9, beta2=0.999, eps=1e-8: Adam(
            p, lr=lr, betas=(beta1, beta2), eps=eps
        ),
        ADAMS,
    ),
    "adamw": Row(
        lambda p, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01: AdamW(
            p, lr=lr, betas=(beta1, beta2), eps=eps, weight_decay=weight_decay
        ),
        [*ADAMS, {"lr": 0.1, "weight_decay": 0.3}],
    ),
}

COURSES = {
    "ravine": lambda p: p[..., 0] ** 2 + 10 * p[..., 1] ** 2,
    "rosenbrock": lambda p: (1 - p[..., 0]) ** 2 + 100 * (p[..., 1] - p[..., 0] ** 2) ** 2,
}
START = [-1.5, 2.0]

each = pytest.mark.parametrize(
    "name, numbers",
    [(name, numbers) for name, row in ROWS.items() for numbers in row.numbers],
    ids=lambda v: v if isinstance(v, str) else ",".join(f"{k}={n:g}" for k, n in v.items()),
)


def autograd(f):
    """The slope of f as PyTorch finds it."""

    def grad(x):
        x = x.detach().requires_grad_()
        return torch.autograd.grad(f(x).sum(), x)[0]

    return grad


def torch_path(optimizer, grad):
    """Where an optimizer of torch.optim leads, in double precision, on the slope of ours."""
    x = torch.tensor(START, dtype=torch.float64)
    twin, path = optimizer([x]), [START]
    for _ in range(STEPS):
        x.grad = torch.from_numpy(grad(x.numpy()))
        twin.step()
        path.append(x.tolist())
    return np.array(path)


def test_every_method_has_a_row():
    assert set(ROWS) == set(METHODS)


def test_every_method_is_found_by_its_name():
    here = {name for name, f in inspect.getmembers(optimizers, inspect.isfunction)}
    assert here == set(METHODS)
    assert all(getattr(optimizers, name) is method for name, method in METHODS.items())


@pytest.mark.parametrize("course", COURSES)
@each
def test_the_path_is_that_of_torch(name, numbers, course):
    row, surface = ROWS[name], SURFACES[course]
    run = descend(surface, METHODS[name], START, steps=STEPS, **numbers)
    theirs = torch_path(lambda p: row.torch(p, **numbers), surface.grad)
    assert np.ptp(theirs, axis=0).min() > 0.01  # it went somewhere
    assert row.point(run, **numbers) == pytest.approx(theirs, rel=0, abs=1e-12)


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("name", ROWS)
def test_tensors_walk_the_same_path_as_arrays(name, course):
    ours, f, numbers = SURFACES[course], COURSES[course], ROWS[name].numbers[-1]
    theirs = Surface(ours.name, ours.formula, f, autograd(f), ours.minima, ours.view)
    start = torch.tensor(START, dtype=torch.float64)
    arrays = descend(ours, METHODS[name], START, steps=STEPS, **numbers)
    tensors = descend(theirs, METHODS[name], start, steps=STEPS, **numbers)
    assert tensors.x == pytest.approx(arrays.x, rel=1e-12, abs=1e-12)
    assert tensors.loss == pytest.approx(arrays.loss, rel=1e-12, abs=1e-12)
    assert set(tensors.state) == set(arrays.state)
    for memory in arrays.state:
        assert tensors.state[memory] == pytest.approx(arrays.state[memory], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "surface, method, start, steps, numbers, end",
    [
        ("square", "gradient_descent", 10, 20, {"lr": 0.1}, 0.11529),
        ("square", "gradient_descent", 10, 20, {"lr": 0.1}, 10 * 0.8**20),
        ("square", "momentum", 10, 20, {"lr": 0.1, "beta": 0.9}, -2.7067),
        ("square", "rmsprop", 10, 20, {"lr": 0.1, "beta": 0.9}, 7.2816),
        ("square", "adam", 10, 20, {"lr": 0.1}, 8.0267),
        ("shifted", "gradient_descent", 2, 1, {"lr": 0.7}, -2 - 0.4 * 4),
        ("shifted", "gradient_descent", 2, 100, {"lr": 0.7}, -2),
        ("bowl", "gradient_descent", (2, 2), 100, {"lr": 0.1}, 2 * 0.8**100),
    ],
)
def test_the_numbers_of_the_chapters(surface, method, start, steps, numbers, end):
    run = descend(SURFACES[surface], METHODS[method], start, steps=steps, **numbers)
    assert run.x[-1] == pytest.approx(end, abs=5e-5 if round(end, 5) == end else 1e-12)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("dialect", ["torch_momentum", "heavy_ball"])
def test_three_dialects_of_momentum_differ_by_the_rate_alone(dialect, beta):
    ours = descend(surfaces.ravine, optimizers.momentum, steps=100, lr=0.05, beta=beta)
    rate = 0.05 * (1 - beta)
    theirs = descend(surfaces.ravine, METHODS[dialect], steps=100, lr=rate, beta=beta)
    assert theirs.x == pytest.approx(ours.x, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", ["momentum", "heavy_ball", "torch_momentum", "nesterov"])
def test_without_memory_momentum_is_gradient_descent(name):
    run = descend(surfaces.ravine, METHODS[name], lr=0.04, beta=0.0)
    plain = descend(surfaces.ravine, optimizers.gradient_descent, lr=0.04)
    assert run.x == pytest.approx(plain.x, rel=1e-12)


@pytest.mark.parametrize("name", ["adagrad", "adam"])
@given(st.floats(1e-3, 1e6), st.floats(1e-3, 10))
def test_the_first_step_is_as_long_as_the_rate_whatever_the_slope(name, start, lr):
    run = descend(surfaces.square, METHODS[name], start, steps=1, lr=lr, eps=0)
    assert run.x[0] - run.x[1] == pytest.approx(lr, rel=1e-6)


def test_nesterov_measures_the_slope_where_the_velocity_leads():
    run = descend(surfaces.ravine, optimizers.nesterov, steps=50, lr=0.01, beta=0.9)
    ahead = run.x[:-1] + 0.9 * run.state["v"][:-1]
    assert np.array_equal(run.grad, surfaces.ravine.grad(ahead))


def test_a_batch_of_tensors_is_a_batch_of_arrays():
    course = COURSES["ravine"]
    ours = surfaces.ravine
    theirs = Surface(ours.name, ours.formula, course, autograd(course), ours.minima, ours.view)
    start = torch.tensor(START, dtype=torch.float64)
    numbers = {"lr": np.geomspace(1e-3, 0.1, 4)[:, None], "beta": np.array([0.0, 0.5, 0.9])}
    arrays = descend(ours, optimizers.momentum, START, **numbers)
    tensors = descend(theirs, optimizers.momentum, start, **numbers)
    assert tensors.x.shape == (101, 4, 3, 2)
    assert tensors.x == pytest.approx(arrays.x, rel=1e-12, abs=1e-12)
