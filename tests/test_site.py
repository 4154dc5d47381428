"""Formulas recorded with symbols, and what they become as JavaScript."""

import re
from collections import Counter

import numpy as np
import pytest

from gdlab import descend, labs, optimizers, sampled, surfaces
from gdlab.errors import Advice
from gdlab.site.export import program
from gdlab.site.javascript import method_source, surface_source
from gdlab.site.pages import write_shared
from gdlab.site.recording import Symbol, Tape, record_method, record_surface


def value_of(symbol, known):
    """What a recorded symbol comes to, computed by Python."""
    if not isinstance(symbol, Symbol):
        return symbol
    if symbol.operation == "name":
        return known[symbol.operands[0]]
    first, *rest = (value_of(o, known) for o in symbol.operands)
    two = {
        "+": lambda a, b: a + b,
        "-": lambda a, b=None: -a if b is None else a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "**": lambda a, b: a**b,
        "cos": np.cos,
        "sin": np.sin,
    }
    return two[symbol.operation](first, *rest)


@pytest.mark.parametrize("name", surfaces.SURFACES)
def test_a_recorded_surface_is_the_surface(name):
    surface, rng = surfaces.SURFACES[name], np.random.default_rng(0)
    recorded = record_surface(surface).results
    for _ in range(20):
        x = np.array([rng.uniform(low, high) for low, high in surface.view])
        known = {f"x[{i}]": float(v) for i, v in enumerate(x)}
        assert value_of(recorded["f"][0], known) == pytest.approx(float(surface.f(x)), rel=1e-12)
        slope = [value_of(g, known) for g in recorded["grad"]]
        np.testing.assert_allclose(slope, surface.grad(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", optimizers.METHODS)
def test_a_method_is_recorded_with_its_memory(name):
    recorded = record_method(optimizers.METHODS[name], 2)
    run = descend(surfaces.ravine, optimizers.METHODS[name], steps=1)
    assert set(recorded.results) == {"x", *run.state}
    assert all(len(values) == 2 for values in recorded.results.values())


def test_what_is_computed_twice_is_recorded_once():
    tape = Tape()
    x = tape.name("x")
    assert (x + 1) * (x + 1) is (x + 1) * (x + 1)
    assert len(tape.symbols) == 2


@pytest.mark.parametrize(
    "step",
    [
        lambda x, g, lr: x - lr * np.maximum(g, 0),
        lambda x, g, lr: x - lr * np.clip(g, -1, 1),
        lambda x, g, lr: x - lr * (g if g[0] > 0 else -g),
        lambda x, g, lr: x - float(lr) * g,
        lambda x, g, lr: x // lr,
    ],
)
def test_what_decides_by_comparing_needs_python(step):
    def method(x, grad, s, *, lr=0.1):
        return step(x, grad(x), lr)

    with pytest.raises(Advice, match="needs Python"):
        method_source(method, 2)


@pytest.mark.parametrize(
    "strange", [lambda x: x * "two", np.arctan, lambda x: x + x.nowhere, lambda x: x * np.ones(3)]
)
def test_a_formula_with_something_strange_in_it_is_refused(strange):
    def method(x, grad, s, *, lr=0.1):
        return strange(x)

    with pytest.raises(Advice, match="cannot be carried over"):
        method_source(method, 1)


def test_a_long_sum_is_no_deeper_than_a_short_one():
    def long(x, grad, s, *, lr=0.1):
        return x + sum(lr * i for i in range(1, 3000))

    assert method_source(long, 1).count("\n") > 3000


def clipped(x, grad, s, *, lr=0.1):
    return x - lr * np.clip(grad(x), -1, 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: labs.descent(clipped, surfaces.bowl, lr=0.25),
        lambda: labs.memory([optimizers.adam, optimizers.rmsprop], surfaces.ravine, lr=0.1),
    ],
)
def test_a_lab_is_afterwards_as_it_was(make):
    lab = make()
    state, words = dict(lab.state), lab.scene.text
    program(lab)
    assert dict(lab.state) == state and lab.scene.text == words


def test_a_slider_that_shows_nothing_by_itself_is_not_recorded():
    lab = labs.depth()
    still, lab.set = lab.scene, lambda **values: None
    assert '"stops"' not in program(lab)
    assert still.text in program(lab)


def test_a_schedule_that_looks_at_the_slope_twice_asks_twice():
    def twice(x, grad, s, *, lr=0.1):
        return x - lr * grad(x - lr * grad(x))

    assert method_source(twice, 1).count("grad([") == 2


def test_no_name_of_the_program_is_declared_twice(tmp_path):
    write_shared(tmp_path)
    program = "\n".join(tmp_path.joinpath(f"{n}.js").read_text("utf-8") for n in ("gdlab", "site"))
    names = re.findall(r"^(?:const|let|class|function) (\w+)", program, re.MULTILINE)
    assert len(names) > 100
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_a_lab_of_mini_batches_is_recorded():
    data = sampled(surfaces.ravine, n=16, spread=1.0, seed=0)
    lab = labs.memory(optimizers.adagrad, data, batch_size=4, lr=0.1, steps=5)
    assert '"alive": false' in program(lab)
    lab = labs.memory(optimizers.adagrad, surfaces.ravine, lr=0.1, steps=5)
    assert '"alive": true' in program(lab)


def test_numbers_are_written_exactly():
    tenth = surfaces.Surface(
        "hill", "x/10", lambda x: 0.1 * x[..., 0], lambda x: 0 * x + 0.1, start=(1.0,)
    )
    assert "0.1 * x[0]" in surface_source(tenth)
