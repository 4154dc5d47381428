"""Which numbers are legal, and how they are named and drawn."""

import inspect

import numpy as np
import pytest

from gdlab.errors import Advice
from gdlab.hyperparameters import KNOWN, describe
from gdlab.optimizers import METHODS

DEFAULTS = [
    (method, name, p.default)
    for method, function in METHODS.items()
    for name, p in inspect.signature(function).parameters.items()
    if p.kind is p.KEYWORD_ONLY
]


@pytest.mark.parametrize("method, name, default", DEFAULTS)
def test_every_default_is_known_legal_and_on_its_slider(method, name, default):
    number = KNOWN[name]
    number.check(name, default)
    assert number.low <= default <= number.high


@pytest.mark.parametrize("name", KNOWN)
def test_a_slider_offers_legal_numbers_only(name):
    KNOWN[name].check(name, np.array([KNOWN[name].low, KNOWN[name].high]))
    assert KNOWN[name].low > 0 or not KNOWN[name].log


@pytest.mark.parametrize(
    "name, value",
    [
        ("lr", 1e300),  # absurd, but a number: the run will tell
        ("lr", 1e-300),
        ("lr", np.geomspace(1e-3, 1, 5)),
        ("lr", [1, 2]),
        ("beta", 0),
        ("beta", 0.999999),
        ("eps", 0),
        ("weight_decay", 0),
        ("friction", -3.5),
    ],
)
def test_legal_numbers(name, value):
    describe(name).check(name, value)


@pytest.mark.parametrize(
    "name, value, advice",
    [
        ("lr", -1, "lr is -1: learning rate must be above 0; try 0.1."),
        ("lr", 0, "lr is 0: learning rate must be above 0; try 0.1."),
        ("lr", np.nan, "lr is nan: learning rate must be a finite number above 0; try 0.1."),
        ("lr", np.inf, "lr is inf: learning rate must be a finite number above 0; try 0.1."),
        ("lr", [0.1, -2, -3], "lr is -2: learning rate must be above 0; try 0.1."),
        ("lr", None, "lr is nan: learning rate must be a finite number above 0; try 0.1."),
        ("lr", "fast", "lr is 'fast': give a number, or an array of numbers."),
        ("lr", [[1], [2, 3]], "lr is [[1], [2, 3]]: give a number, or an array of numbers."),
        ("beta", 1, "beta is 1: memory must be at least 0 and below 1; try 0.9."),
        ("beta", -0.1, "beta is -0.1: memory must be at least 0 and below 1; try 0.9."),
        ("beta2", 1, "beta2 is 1: square memory must be at least 0 and below 1; try 0.999."),
        ("eps", -1, "eps is -1: guard against 0 must be at least 0; try 1e-08."),
        ("friction", np.nan, "friction is nan: it must be a finite number."),
    ],
)
def test_wrong_numbers_are_told_in_one_sentence(name, value, advice):
    with pytest.raises(Advice) as told:
        describe(name).check(name, value)
    assert str(told.value) == advice


@pytest.mark.parametrize(
    "default, low, high", [(0.3, 0, 1), (0, 0, 1), (1, 0, 1), (None, 0, 1), (5, 0, 20), (-2, -8, 0)]
)
def test_an_unknown_number_gets_a_slider_around_its_default(default, low, high):
    number = describe("friction", default)
    assert (number.symbol, number.low, number.high) == ("friction", low, high)
    assert default is None or number.low <= default <= number.high
