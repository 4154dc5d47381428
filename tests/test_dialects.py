"""Which library puts η, β, ε and the first step where: every line of the table is run.

A row says: this call of a library walks the path of that method of ours, with the same numbers,
and not the path of the one that a reader might expect. Chapters 06 to 11 tell what stands here.
"""

import inspect
import os
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
import torch

from gdlab import descend, optimizers, schedules, surfaces
from gdlab.dialects import DIALECTS, gamma_momentum
from gdlab.exercises.chapter07 import mended

START, STEPS, ETA, BETA, EPS = (-3.0, 1.0), 200, 0.02, 0.9, 0.01

# How the libraries say it, in the form of the course


def dampened(x, grad, s, *, lr, beta):
    """PyTorch's momentum with dampening β: the average, but its first v is the whole slope."""
    g = grad(x)
    s.v = g if s.t == 1 else beta * s.v + (1 - beta) * g
    return x - lr * s.v


def torch_nesterov(x, grad, s, *, lr, beta):
    g = grad(x)
    s.v = beta * s.v + g
    return x - lr * (g + beta * s.v)


def rmsprop_inside(x, grad, s, *, lr, beta, eps):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v + eps) ** 0.5


def adagrad_from(first):
    """ε inside the root, and h begins at `first` in place of 0."""

    def adagrad_inside(x, grad, s, *, lr, eps):
        g = grad(x)
        s.h = s.h + g**2 + (first if s.t == 1 else 0.0)
        return x - lr * g / (s.h + eps) ** 0.5

    return adagrad_inside


def adam_uncorrected_eps(x, grad, s, *, lr, eps, beta1=0.9, beta2=0.999):
    """The correction sits in the rate: lr √(1 − β₂ᵗ)/(1 − β₁ᵗ), and ε is not corrected."""
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    rate = lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t)
    return x - rate * s.m / (s.v**0.5 + eps)


def adamw_uncorrected_eps(x, grad, s, *, lr, eps, weight_decay):
    return adam_uncorrected_eps(x, grad, s, lr=lr, eps=eps) - lr * weight_decay * x


def adam_with_penalty(x, grad, s, *, lr, eps, weight_decay):
    """An L2 penalty: λx is added to the slope, and divided with it."""

    def penalised(x):
        return grad(x) + weight_decay * x

    return optimizers.adam(x, penalised, s, lr=lr, eps=eps)


# The table


class Row(NamedTuple):
    """A library's optimizer, its arguments but for the rate, and what it walks."""

    library: str
    name: str
    arguments: dict
    walks: Callable
    numbers: dict
    unlike: Callable  # the path it does not walk, with the same numbers


MOMENTUM = {"beta": BETA}
GUARDED = {"eps": EPS}
ROWS = [
    # 06: a sum of slopes in PyTorch, a velocity with η inside in Keras; neither is the average
    Row("torch", "SGD", {"momentum": BETA}, optimizers.torch_momentum, MOMENTUM,
        unlike=optimizers.momentum),
    Row("torch", "SGD", {"momentum": BETA, "dampening": BETA}, dampened, MOMENTUM,
        unlike=optimizers.momentum),
    Row("keras", "SGD", {"momentum": BETA}, optimizers.heavy_ball, MOMENTUM,
        unlike=optimizers.momentum),
    # 07: both keep the point they look ahead to
    Row("torch", "SGD", {"momentum": BETA, "nesterov": True}, torch_nesterov, MOMENTUM,
        unlike=optimizers.nesterov),
    Row("keras", "SGD", {"momentum": BETA, "nesterov": True}, mended, MOMENTUM,
        unlike=optimizers.nesterov),
    # 08: ε, and where h begins
    Row("torch", "Adagrad", {"eps": EPS}, optimizers.adagrad, GUARDED, unlike=adagrad_from(0.0)),
    Row("keras", "Adagrad", {"epsilon": EPS}, adagrad_from(0.1), GUARDED,
        unlike=optimizers.adagrad),
    Row("keras", "Adagrad", {"epsilon": EPS, "initial_accumulator_value": 0.0}, adagrad_from(0.0),
        GUARDED, unlike=adagrad_from(0.1)),
    # 09: ε outside the root, and inside
    Row("torch", "RMSprop", {"alpha": BETA, "eps": EPS}, optimizers.rmsprop, MOMENTUM | GUARDED,
        unlike=rmsprop_inside),
    Row("keras", "RMSprop", {"rho": BETA, "epsilon": EPS}, rmsprop_inside, MOMENTUM | GUARDED,
        unlike=optimizers.rmsprop),
    # 10: all agree
    Row("torch", "Adadelta", {"rho": BETA, "eps": EPS}, optimizers.adadelta, MOMENTUM | GUARDED,
        unlike=optimizers.rmsprop),
    Row("keras", "Adadelta", {"rho": BETA, "epsilon": EPS}, optimizers.adadelta,
        MOMENTUM | GUARDED, unlike=optimizers.rmsprop),
    # 11: ε after the correction, and before it
    Row("torch", "Adam", {"eps": EPS}, optimizers.adam, GUARDED, unlike=adam_uncorrected_eps),
    Row("keras", "Adam", {"epsilon": EPS}, adam_uncorrected_eps, GUARDED,
        unlike=optimizers.adam),
    # 11: Adam(weight_decay=…) is an L2 penalty in PyTorch, and AdamW in Keras
    Row("torch", "Adam", {"eps": EPS, "weight_decay": 0.1}, adam_with_penalty,
        GUARDED | {"weight_decay": 0.1}, unlike=optimizers.adamw),
    Row("keras", "Adam", {"epsilon": EPS, "weight_decay": 0.1}, adamw_uncorrected_eps,
        GUARDED | {"weight_decay": 0.1}, unlike=adam_with_penalty),
    Row("torch", "AdamW", {"eps": EPS, "weight_decay": 0.1}, optimizers.adamw,
        GUARDED | {"weight_decay": 0.1}, unlike=adam_with_penalty),
    Row("keras", "AdamW", {"epsilon": EPS, "weight_decay": 0.1}, adamw_uncorrected_eps,
        GUARDED | {"weight_decay": 0.1}, unlike=optimizers.adamw),
]  # fmt: skip

# What the optimizers do where nothing is said.
DEFAULTS = {
    ("torch", "SGD"): {"lr": 0.001, "momentum": 0, "dampening": 0, "nesterov": False},
    ("keras", "SGD"): {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    ("torch", "Adagrad"): {"lr": 0.01, "eps": 1e-10, "initial_accumulator_value": 0},
    ("keras", "Adagrad"): {
        "learning_rate": 0.001, "epsilon": 1e-7, "initial_accumulator_value": 0.1
    },
    ("torch", "RMSprop"): {"lr": 0.01, "alpha": 0.99, "eps": 1e-8},
    ("keras", "RMSprop"): {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    ("torch", "Adadelta"): {"lr": 1.0, "rho": 0.9, "eps": 1e-6},
    ("keras", "Adadelta"): {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7},
    ("torch", "Adam"): {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8},
    ("keras", "Adam"): {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
}  # fmt: skip


# Running it


@pytest.fixture(scope="module")
def libraries():
    """The optimizers of both libraries, Keras on PyTorch and in double precision."""
    os.environ["KERAS_BACKEND"] = "torch"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what libraries say to one another while they load
        keras = pytest.importorskip("keras", reason="Keras is not installed: it is a test extra")
    assert keras.backend.backend() == "torch"
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield {"torch": torch.optim, "keras": keras.optimizers, "variable": keras.Variable}
    keras.config.set_floatx(before)


def torch_path(libraries, row, rate):
    x = torch.tensor(START, dtype=torch.float64)
    optimizer, path = (
        getattr(libraries["torch"], row.name)([x], lr=rate(0), **row.arguments),
        [START],
    )
    for t in range(STEPS):
        optimizer.param_groups[0]["lr"] = rate(t)
        x.grad = torch.from_numpy(surfaces.ravine.grad(x.numpy()))
        optimizer.step()
        path.append(x.tolist())
    return np.array(path)


def keras_path(libraries, row, rate):
    x = libraries["variable"](np.array(START), dtype="float64")
    make = getattr(libraries["keras"], row.name)
    optimizer, path = make(learning_rate=rate(0), **row.arguments), [START]
    for t in range(STEPS):
        optimizer.learning_rate = rate(t)
        slope = surfaces.ravine.grad(x.value.detach().numpy())
        optimizer.apply([torch.from_numpy(slope)], [x])
        path.append(x.value.tolist())
    return np.array(path)


PATHS = {"torch": torch_path, "keras": keras_path}
each = pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.library}.{row.name}({', '.join(row.arguments)})"
)


@each
@pytest.mark.parametrize(
    "rate",
    [schedules.constant(ETA), schedules.linear(ETA, ETA / 10, STEPS)],
    ids=["fixed", "falling"],
)
def test_a_library_walks_what_the_table_says(row, rate, libraries):
    theirs = PATHS[row.library](libraries, row, rate)
    ours = descend(surfaces.ravine, row.walks, START, steps=STEPS, lr=rate, **row.numbers)
    assert np.ptp(theirs, axis=0).min() > 1e-4  # it went somewhere
    assert ours.x == pytest.approx(theirs, rel=0, abs=1e-11)
    other = descend(surfaces.ravine, row.unlike, START, steps=STEPS, lr=rate, **row.numbers)
    assert np.abs(other.x - theirs).max() > 1e-6


@pytest.mark.parametrize("library, name", DEFAULTS, ids=".".join)
def test_the_defaults_are_those_of_the_table(library, name, libraries):
    parameters = inspect.signature(getattr(libraries[library], name)).parameters
    told = DEFAULTS[library, name]
    assert {key: parameters[key].default for key in told} == told


# The dialects of momentum among themselves (chapter 06)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_with_its_own_rate_every_dialect_is_heavy_ball(dialect):
    ball = descend(surfaces.ravine, optimizers.heavy_ball, steps=STEPS, lr=ETA, beta=BETA)
    rate = ETA / dialect.scale(BETA)
    run = descend(surfaces.ravine, dialect.method, steps=STEPS, lr=rate, beta=BETA)
    assert run.x == pytest.approx(ball.x, rel=0, abs=1e-12)


def test_while_the_rate_falls_the_place_of_eta_matters():
    """η outside the memory is today's η for all slopes; inside, each slope keeps its own."""
    falls = schedules.linear(ETA, 0.0, STEPS)
    runs = {
        method: descend(surfaces.ravine, method, steps=STEPS, lr=falls, beta=BETA)
        for method in (optimizers.torch_momentum, optimizers.heavy_ball, gamma_momentum)
    }
    total, ball, gamma = (run.x for run in runs.values())
    assert gamma == pytest.approx(ball, rel=0, abs=1e-12)
    assert np.abs(total - ball).max() > 0.01


def test_nesterov_as_the_libraries_write_it_is_the_look_ahead_point():
    run = descend(surfaces.ravine, optimizers.nesterov, steps=STEPS, lr=ETA, beta=BETA)
    ahead = run.x + BETA * run.state["v"]
    for method in (torch_nesterov, mended):
        theirs = descend(surfaces.ravine, method, steps=STEPS, lr=ETA, beta=BETA)
        assert theirs.x == pytest.approx(ahead, rel=0, abs=1e-12)
