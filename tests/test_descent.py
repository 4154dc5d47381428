"""The loop keeps everything, a batch is its single runs, and no mistake passes in silence."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab import descend, linear_regression, optimizers, sampled, schedules, surfaces, walk
from gdlab.descent import Memory
from gdlab.errors import Advice
from gdlab.optimizers import METHODS, gradient_descent, momentum
from gdlab.surfaces import SURFACES, Surface

square, ravine = surfaces.square, surfaces.ravine

# Two numbers to vary for every method, over ranges that end in all sorts of ways.
RANGES = {
    "gradient_descent": {"lr": (1e-3, 0.3)},
    "momentum": {"lr": (1e-3, 10), "beta": (0.1, 0.99)},
    "heavy_ball": {"lr": (1e-3, 0.3), "beta": (0.1, 0.99)},
    "torch_momentum": {"lr": (1e-3, 0.3), "beta": (0.1, 0.99)},
    "nesterov": {"lr": (1e-3, 0.3), "beta": (0.1, 0.99)},
    "adagrad": {"lr": (1e-3, 10), "eps": (1e-10, 1)},
    "rmsprop": {"lr": (1e-3, 10), "beta": (0.1, 0.99)},
    "adadelta": {"beta": (0.1, 0.99), "eps": (1e-10, 1)},
    "adam": {"lr": (1e-3, 10), "beta1": (0.1, 0.99)},
    "adamw": {"lr": (1e-3, 10), "weight_decay": (1e-4, 10)},
}

each_method = pytest.mark.parametrize("name", METHODS)


def arrays(run):
    """Everything a run keeps, by name."""
    return {
        "x": run.x,
        "loss": run.loss,
        "grad": run.grad,
        "broke": run.first_bad_step,
        **run.state,
    }


def assert_same(one, other):
    for name, values in arrays(one).items():
        assert np.array_equal(values, arrays(other)[name]), name


# What a run keeps


@pytest.mark.parametrize(
    "surface, start, numbers, batch",
    [
        (square, None, {}, ()),
        (square, 10, {}, ()),
        (square, [10], {}, ()),
        (square, [[1], [2], [3]], {}, (3,)),
        (square, 10, {"lr": [0.1, 0.2]}, (2,)),
        (square, [[1], [2]], {"lr": [[0.1], [0.2], [0.3]]}, (3, 2)),
        (ravine, None, {}, ()),
        (ravine, (1, 2), {"lr": np.ones((4, 1)) / 50, "beta": np.zeros(5)}, (4, 5)),
        (ravine, np.ones((3, 1, 2)), {"beta": np.zeros(5)}, (3, 5)),
        (ravine, (1, 2), {"lr": lambda t: np.full(6, 0.01)}, (6,)),
        (linear_regression(np.ones((9, 4)), np.ones(9)), None, {"lr": [0.1, 0.2]}, (2,)),
    ],
)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_shapes(surface, start, numbers, batch, steps):
    run = descend(surface, momentum, start, steps=steps, **numbers)
    d = surface.d
    assert run.steps == steps
    assert run.x.shape == (steps + 1, *batch, d)
    assert run.loss.shape == (steps + 1, *batch)
    assert run.grad.shape == (steps, *batch, d)
    assert all(values.shape == run.x.shape for values in run.state.values())
    assert run.first_bad_step.shape == batch


def test_it_begins_at_the_start_and_leaves_it_alone():
    start = np.array([[3.0, 1.0], [2.0, -1.0]])
    run = descend(ravine, gradient_descent, start, lr=0.01)
    assert np.array_equal(run.x[0], [[3, 1], [2, -1]])
    assert np.array_equal(start, [[3, 1], [2, -1]])
    assert np.array_equal(descend(ravine, gradient_descent).x[0], ravine.start)


def test_heights_slopes_and_memory_are_those_of_the_formula():
    run = descend(ravine, momentum, steps=50, lr=0.03, beta=0.8)
    v = run.state["v"]
    assert set(run.state) == {"v"}
    assert np.array_equal(run.loss, ravine.f(run.x))
    assert np.array_equal(run.grad, ravine.grad(run.x[:-1]))
    assert not v[0].any()
    assert v[1:] == pytest.approx(0.8 * v[:-1] + (1 - 0.8) * run.grad, rel=1e-12)
    assert run.x[1:] == pytest.approx(run.x[:-1] - 0.03 * v[1:], rel=1e-12)


@pytest.mark.parametrize(
    "name, memory",
    [("gradient_descent", ""), ("adagrad", "h"), ("adadelta", "uv"), ("adam", "mv")],
)
def test_memory_is_kept_by_name(name, memory):
    assert set(descend(square, METHODS[name]).state) == set(memory)


def test_a_schedule_turns_the_numbers_step_by_step():
    rates = [0.1, 0.2, 0.3, 0.4]
    run = descend(square, gradient_descent, 1.0, steps=4, lr=lambda t: rates[t])
    assert run.x[1:, 0] == pytest.approx(np.cumprod([0.8, 0.6, 0.4, 0.2]))
    falling = schedules.exponential(np.array([0.1, 0.2]), 0.5)
    both = descend(square, gradient_descent, 1.0, steps=2, lr=falling)
    assert both.x[-1] == pytest.approx(np.array([[0.8 * 0.9], [0.6 * 0.8]]))


def test_one_clock_counts_the_steps():
    seen = []

    def looks_at_the_clock(x, grad, s, *, lr=0.1):
        seen.append((s.t, float(lr)))
        s.t += 1  # as many a published Adam does; the clock minds nobody
        return x - lr * grad(x)

    descend(square, looks_at_the_clock, steps=3, lr=lambda t: 0.1 + t)
    assert seen == [(1, 0.1), (2, 1.1), (3, 2.1)]


def test_memory_starts_at_zero():
    s = Memory()
    assert (s.anything, s.t) == (0.0, 0)
    assert not vars(s)  # looking leaves no trace


def test_one_of_a_batch_is_a_run():
    lr, beta = np.array([[0.01], [0.02]]), np.array([0.0, 0.5, 0.9])
    batch = descend(ravine, momentum, lr=lr, beta=beta)
    one, row = batch[1, 2], batch[0]
    assert_same(one, descend(ravine, momentum, lr=0.02, beta=0.9))
    assert_same(row, descend(ravine, momentum, lr=0.01, beta=beta))
    assert (one.numbers["lr"], one.numbers["beta"]) == (0.02, 0.9)
    assert repr(batch) == "2 × 3 runs of momentum on ravine, 100 steps each"
    assert repr(one) == f"momentum on ravine, 100 steps: {one.verdict()}"


# A batch is nothing but its single runs


@each_method
def test_every_cell_of_a_grid_is_its_own_run_to_the_last_bit(name):
    first, *second = RANGES[name].items()
    numbers = {first[0]: np.geomspace(*first[1], 200)[:, None] * np.ones(100)}
    numbers |= {key: np.geomspace(*ends, 100) * np.ones((200, 1)) for key, ends in second}
    grid = descend(ravine, METHODS[name], steps=20, **numbers)
    assert grid.x.shape == (21, 200, 100, 2)
    rng = np.random.default_rng(0)
    for cell in [(0, 0), (199, 99), *map(tuple, rng.integers((200, 100), size=(30, 2)))]:
        alone = {key: values[cell] for key, values in numbers.items()}
        assert_same(grid[cell], descend(ravine, METHODS[name], steps=20, **alone))


@each_method
@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_some_runs_on_every_surface_are_their_own_to_the_last_bit(name, surface):
    numbers = {key: np.geomspace(*ends, 7) for key, ends in RANGES[name].items()}
    batch = descend(surface, METHODS[name], steps=60, **numbers)
    for i in range(7):
        alone = {key: values[i] for key, values in numbers.items()}
        assert_same(batch[i], descend(surface, METHODS[name], steps=60, **alone))


# Walking, step by step


def test_walk_takes_the_steps_that_descend_keeps():
    run = descend(ravine, optimizers.adam, steps=30, lr=0.1)
    for t, step in enumerate(itertools.islice(walk(ravine, optimizers.adam, None, lr=0.1), 30)):
        assert np.array_equal(step.x, run.x[t + 1])
        assert np.array_equal(step.grad, run.grad[t])
        assert np.array_equal(step.memory.m, run.state["m"][t + 1])


def test_walk_says_what_is_wrong_before_the_first_step():
    with pytest.raises(Advice, match="lr is -1"):
        walk(square, gradient_descent, 10.0, lr=-1)


@pytest.mark.parametrize("start", [np.array([10.0]), torch.tensor([10.0])], ids=["array", "tensor"])
def test_a_start_is_not_touched_by_a_method_that_works_in_place(start):
    def in_place(x, grad, s, *, lr=0.1):
        x -= lr * grad(x)
        return x

    plain = Surface("x²", "", lambda x: x[..., 0] ** 2, lambda x: 2 * x)
    next(walk(plain, in_place, start))
    descend(plain, in_place, start)
    assert float(start[0]) == 10


# Methods as students write them


def works_in_place(x, grad, s, *, lr=0.1):
    x -= lr * grad(x)
    return x


def scales_the_slope_in_place(x, grad, s, *, lr=0.1):
    g = grad(x)
    g *= lr
    return x - g


def remembers_in_place(x, grad, s, *, lr=0.1):
    s.v += grad(x)  # used before it was ever set: it starts at zero
    s.v *= 0.0
    return x - lr * grad(x)


def scales_the_rate_in_place(x, grad, s, *, lr=0.1):
    lr *= 2.0
    return x - lr * grad(x) / 2


def remembers_other_things(x, grad, s, *, lr=0.1):
    s.best, s.path, s.word, s.matrix = 3, [1, 2], "warm", np.eye(7)
    return x - lr * grad(x)


def takes_positional_numbers(x, grad, s, lr=0.1):
    return x - lr * grad(x)


def takes_anything(x, grad, s, **numbers):
    return x - numbers.get("lr", 0.1) * grad(x)


@pytest.mark.parametrize(
    "method",
    [
        works_in_place,
        scales_the_slope_in_place,
        remembers_in_place,
        scales_the_rate_in_place,
        remembers_other_things,
        takes_positional_numbers,
        takes_anything,
        lambda x, grad, s, *, lr=0.1: x - lr * grad(x),
    ],
)
@pytest.mark.parametrize("lr", [0.03, np.array([0.01, 0.03])], ids=["one run", "a batch"])
def test_other_ways_to_write_gradient_descent_are_welcome(method, lr):
    ours = descend(ravine, gradient_descent, lr=lr)
    theirs = descend(ravine, method, lr=lr)
    assert theirs.x == pytest.approx(ours.x, rel=1e-12)
    assert theirs.grad == pytest.approx(
        ours.grad, rel=1e-12
    )  # the slope seen, not what became of it


def test_a_rate_may_be_changed_in_place_on_tensors_too():
    start, lrs = torch.tensor(ravine.start, dtype=torch.float64), np.array([0.01, 0.03])
    plain = Surface("x²", "", lambda x: (x**2).sum(-1), lambda x: 2 * x)
    runs = [descend(plain, m, start, lr=lrs) for m in (gradient_descent, scales_the_rate_in_place)]
    np.testing.assert_allclose(runs[0].x, runs[1].x, rtol=1e-12)


def test_memory_with_a_number_a_coordinate_is_kept_and_the_rest_stays_with_the_method():
    assert set(descend(ravine, remembers_other_things).state) == {"best"}


def forgets_return(x, grad, s, *, lr=0.1):
    x - lr * grad(x)


def is_not_written_yet(x, grad, s, *, lr=0.1):
    return ...


def returns_a_sum(x, grad, s, *, lr=0.1):
    return (x - lr * grad(x)).sum()


def returns_a_list(x, grad, s, *, lr=0.1):
    return [0.0]


def returns_two(x, grad, s, *, lr=0.1):
    return x, grad(x)


def returns_its_memory(x, grad, s, *, lr=0.1):
    return s


def goes_complex(x, grad, s, *, lr=0.1):
    return x - 1j * lr * grad(x)


def asks_with_a_list(x, grad, s, *, lr=0.1):
    return x - lr * grad([10.0])


def asks_at_one_coordinate(x, grad, s, *, lr=0.1):
    return x - lr * grad(x[0])


def takes_too_little(x, grad):
    return x


def wants_a_number(x, grad, s, *, pace):
    return x


def forgets_to_return_a_rate(t):
    0.1 * 0.5**t


BLOCK = np.ones((2, 1))
NO_VIEW = Surface("mine", "", square.f, square.grad)
KEEPS_AXIS = Surface("mine", "", lambda x: x**2, square.grad, start=(1.0,))
GIVES_A_TUPLE = Surface("mine", "", ravine.f, lambda x: (x[0], x[1]), start=(1.0, 1.0))
GIVES_NOTHING = Surface("mine", "", ravine.f, lambda x: None, start=(1.0, 1.0))
LOSES_AXIS = Surface("mine", "", ravine.f, lambda x: x.sum(-1), start=(1.0, 1.0))

# All the ways to reckon with the slope without asking for it
FORGETS_TO_ASK = {
    "lr * grad": lambda x, grad, s, *, lr=0.1: x - lr * grad,
    "grad * lr": lambda x, grad, s, *, lr=0.1: x - grad * lr,
    "grad / 2": lambda x, grad, s, *, lr=0.1: x - grad / 2,
    "2 / grad": lambda x, grad, s, *, lr=0.1: x - 2 / grad,
    "grad**2": lambda x, grad, s, *, lr=0.1: x - lr * grad**2,
    "-grad": lambda x, grad, s, *, lr=0.1: x + lr * -grad,
    "x - grad": lambda x, grad, s, *, lr=0.1: x - grad,
    "grad - x": lambda x, grad, s, *, lr=0.1: grad - x,
    "x + grad": lambda x, grad, s, *, lr=0.1: x + grad,
    "grad + x": lambda x, grad, s, *, lr=0.1: grad + x,
    "grad[0]": lambda x, grad, s, *, lr=0.1: x - lr * grad[0],
}


@pytest.mark.parametrize("start", [np.array([10.0]), torch.tensor([10.0])], ids=["array", "tensor"])
@pytest.mark.parametrize("method", FORGETS_TO_ASK.values(), ids=FORGETS_TO_ASK)
def test_a_slope_must_be_asked_for(method, start):
    with pytest.raises(Advice, match="call it at a place, as in `grad\\(x\\)`"):
        descend(square, method, start)


# What is asked for, and the whole of the answer
MISTAKES = [
    (
        (square, forgets_return),
        {},
        "forgets_return returned nothing: end it with `return` and the next position.",
    ),
    (
        (square, is_not_written_yet),
        {},
        "is_not_written_yet returned nothing: end it with `return` and the next position.",
    ),
    (
        (square, returns_a_sum),
        {},
        "returns_a_sum returned an array of shape (); "
        "the next position must have the shape of x, (1,).",
    ),
    (
        (square, returns_a_list),
        {},
        "returns_a_list returned list; the next position must have the shape of x, (1,).",
    ),
    (
        (square, returns_two, BLOCK),
        {},
        "returns_two returned tuple; the next position must have the shape of x, (2, 1).",
    ),
    (
        (square, takes_too_little),
        {},
        "takes_too_little takes (x, grad); a method takes (x, grad, s, *, lr=0.1): "
        "position, slope, memory, and then its numbers.",
    ),
    ((square, wants_a_number), {}, "wants_a_number needs a number pace: give pace=…."),
    (
        (square, "adam"),
        {},
        "the method is 'adam': give a function (x, grad, s, *, lr=0.1).",
    ),
    (
        (gradient_descent, square),
        {},
        "gradient_descent is not a surface: give the surface first, then the method.",
    ),
    ((3, gradient_descent), {}, "3 is not a surface: give the surface first, then the method."),
    (
        (square, momentum),
        {"rate": 1},
        "momentum has no number called rate; it takes: lr, beta.",
    ),
    ((square, momentum), {"x": 1}, "momentum has no number called x; it takes: lr, beta."),
    (
        (square, takes_positional_numbers),
        {"mu": 1},
        "takes_positional_numbers has no number called mu; it takes: lr.",
    ),
    (
        (square, lambda x, grad, s: x),
        {"mu": 1},
        "<lambda> has no number called mu; it takes: none.",
    ),
    (
        (square, momentum),
        {"lr": np.nan},
        "lr is nan: learning rate must be a finite number above 0; try 0.1.",
    ),
    ((square, momentum), {"lr": -1}, "lr is -1: learning rate must be above 0; try 0.1."),
    (
        (square, momentum),
        {"lr": [0.1, -1]},
        "lr is -1: learning rate must be above 0; try 0.1.",
    ),
    (
        (square, momentum),
        {"beta": 1},
        "beta is 1: memory must be at least 0 and below 1; try 0.9.",
    ),
    (
        (square, momentum),
        {"lr": [0.1, 0.2], "beta": [0.1, 0.2, 0.3]},
        "these shapes do not broadcast: start (), lr (2,), beta (3,); "
        "give each number its own axis, as in lr[:, None] and beta.",
    ),
    (
        (square, momentum),
        {"lr": forgets_to_return_a_rate},
        "the schedule of lr gives nan at t = 0: return a finite number.",
    ),
    (
        (square, momentum),
        {"lr": lambda t: 0.1 if t < 5 else np.inf},
        "the schedule of lr gives inf at t = 5: return a finite number.",
    ),
    (
        (square, momentum, np.nan),
        {},
        "start is nan: every coordinate must be a finite number.",
    ),
    (
        (square, momentum, torch.tensor([np.nan])),
        {},
        "start is tensor([nan]): every coordinate must be a finite number.",
    ),
    ((square, momentum, "here"), {}, "start is 'here': give a number."),
    ((ravine, momentum, "here"), {}, "start is 'here': give 2 numbers."),
    (
        (ravine, momentum, [1, 2, 3]),
        {},
        "start has shape (3,), but a position on ravine is 2 numbers: "
        "its last axis must have length 2.",
    ),
    (
        (ravine, momentum, torch.ones(3)),
        {},
        "start has shape (3,), but a position on ravine is 2 numbers: "
        "its last axis must have length 2.",
    ),
    ((NO_VIEW, momentum), {}, "mine has no start of its own: give one."),
    (
        (NO_VIEW, momentum, 1e200),
        {},
        "the height of mine at the start is not finite: start elsewhere.",
    ),
    (
        (KEEPS_AXIS, momentum),
        {"steps": 3},
        "the height of mine has shape (4, 1) for positions of shape (4, 1): "
        "give one number a position, as x[..., 0] or .sum(-1) do.",
    ),
    (
        (LOSES_AXIS, momentum),
        {},
        "the slope of mine has shape (); it must have the shape of x, (2,).",
    ),
    (
        (GIVES_A_TUPLE, momentum),
        {},
        "the slope of mine is a tuple; it must be an array of the shape of x, (2,).",
    ),
    (
        (GIVES_NOTHING, momentum),
        {},
        "the grad of mine returned nothing: end it with `return` and the slope.",
    ),
    (
        (square, asks_with_a_list),
        {},
        "grad is called with list: give it a position, an array of one number, as in grad(x).",
    ),
    (
        (ravine, asks_at_one_coordinate),
        {},
        "grad is called with an array of shape (): "
        "give it a position, an array of 2 numbers, as in grad(x).",
    ),
    (
        (square, returns_its_memory),
        {},
        "returns_its_memory returned Memory; the next position must have the shape of x, (1,).",
    ),
    (
        (square, goes_complex),
        {},
        "goes_complex returned an array of complex128; a position has real numbers.",
    ),
    ((square, momentum), {"lr": 10**400}, "lr is too large: give a smaller number."),
    ((square, momentum), {"start": 10**400}, "start is too far away: give finite numbers."),
    ((square, momentum), {"steps": True}, "steps is True: give a whole number, 0 or more."),
    ((square, momentum), {"steps": -1}, "steps is -1: give a whole number, 0 or more."),
    ((square, momentum), {"steps": 2.5}, "steps is 2.5: give a whole number, 0 or more."),
    (
        (square, momentum),
        {"steps": 10**9},
        "this would keep about 29.8 GiB of numbers: "
        "take fewer steps or fewer runs, or use walk(), which keeps nothing.",
    ),
    (
        (ravine, momentum),
        {"batch_size": 8},
        "ravine has no samples behind it: leave batch_size out, or wrap the surface in sampled(…).",
    ),
    (
        (sampled(square, n=100), momentum),
        {"batch_size": 101},
        "batch_size is 101, but there are 100 samples: choose a whole number, 1 to 100.",
    ),
]


@pytest.mark.parametrize("asked, how, answer", MISTAKES, ids=[m[-1][:40] for m in MISTAKES])
def test_a_mistake_is_told_in_one_sentence(asked, how, answer):
    with pytest.raises(Advice) as told:
        descend(*asked, **how)
    assert str(told.value) == answer
    assert told.value._render_traceback_() == [answer]  # all that a notebook shows


# Whatever happens, the numbers of a run are numbers


@settings(max_examples=200)
@given(
    surface=st.sampled_from(list(SURFACES.values())),
    method=st.sampled_from(list(METHODS.values())),
    power=st.floats(-300, 300),
    data=st.data(),
)
def test_no_run_shows_a_number_that_is_none(surface, method, power, data):
    start = [data.draw(st.floats(low, high)) for low, high in surface.view]
    run = descend(surface, method, start, steps=30, lr=10.0**power)
    for name, values in arrays(run).items():
        assert np.isfinite(values).all(), name
    assert str(run)


@each_method
def test_an_absurd_rate_is_a_result_of_its_own_and_spoils_no_other(name):
    lr = np.array([0.01, 1e300])
    batch = descend(ravine, METHODS[name], lr=lr)
    assert_same(batch[0], descend(ravine, METHODS[name], lr=0.01))
    assert batch.first_bad_step[0] == -1
    assert np.isfinite(batch.x).all()


def test_a_run_that_blows_up_stops_at_its_last_finite_numbers():
    run = descend(square, momentum, 10.0, steps=500, lr=30.0)
    last = int(run.first_bad_step) - 1
    assert 0 < last < 499
    free = [step.x[0] for step in itertools.islice(walk(square, momentum, 10.0, lr=30.0), last)]
    assert np.array_equal(run.x[1 : last + 1, 0], free)
    assert (run.x[last:] == run.x[last]).all()
    assert (run.loss[last:] == run.loss[last]).all()
    assert (run.grad[last:] == run.grad[last]).all()
    assert (run.state["v"][last:] == run.state["v"][last]).all()
    with np.errstate(over="ignore"):  # one step more would have been too far
        beyond = 0.9 * run.state["v"][last] + (1 - 0.9) * run.grad[last]
        assert not np.isfinite(square.f(run.x[last] - 30.0 * beyond))


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_a_memory_that_overflows_ends_a_run(name):
    steep = Surface("steep", "10²⁰⁰ x", lambda x: x[..., 0], lambda x: 0 * x + 1e200, start=(0.0,))
    run = descend(steep, METHODS[name], steps=10)
    assert run.first_bad_step == 1
    assert not run.x.any() and not any(values.any() for values in run.state.values())


def test_a_slope_that_is_infinite_ends_a_run():
    def takes_the_sign(x, grad, s, *, lr=0.1):
        return x - lr * np.sign(grad(x))

    wall = Surface("wall", "", lambda x: x[..., 0], lambda x: np.where(x < 1, np.inf, 1.0))
    run = descend(wall, takes_the_sign, 1.5, lr=0.2, steps=9)
    assert run.first_bad_step == 4
    assert run.x[:, 0] == pytest.approx([1.5, 1.3, 1.1, *[0.9] * 7])
    assert np.isfinite(run.grad).all()


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("fast", "the schedule of lr gives 'fast' at t = 2: return a number."),
        (np.nan, "the schedule of lr gives nan at t = 2: return a finite number."),
        (-0.1, "the schedule of lr gives -0.1 at t = 2: it must not be below 0."),
    ],
)
def test_a_schedule_that_gives_no_number_is_answered_in_a_sentence(value, advice):
    with pytest.raises(Advice, match=advice):
        descend(surfaces.square, gradient_descent, lr=lambda t: 0.1 if t < 2 else value)


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (schedules.exponential("fast", 0.5), "TypeError: can't multiply"),
        (schedules.linear(0.1, 0.0, 0), "ZeroDivisionError"),
        (schedules.warmup(0.1, 0), "ZeroDivisionError"),
        (lambda: 0.1, "takes 0 positional arguments"),
    ],
)
def test_a_schedule_that_fails_is_answered_in_a_sentence(schedule, reason):
    sentence = rf"the schedule of lr fails at t = 0 \(.*{reason}.*\): give a function of"
    with pytest.raises(Advice, match=sentence):
        descend(surfaces.square, gradient_descent, lr=schedule)


def test_a_memory_that_follows_a_schedule_ends_at_one():
    with pytest.raises(Advice, match="the schedule of beta gives 1.5 at t = 1: it must not be ab"):
        descend(surfaces.square, optimizers.momentum, lr=0.1, beta=lambda t: (t + 1) * 0.75)


@pytest.mark.parametrize("method", [gradient_descent, optimizers.adam, optimizers.adadelta])
def test_a_walk_goes_on_where_another_stopped(method):
    data = sampled(surfaces.bowl, 20, 1.0)
    numbers = dict(batch_size=3, seed=4, lr=lambda t: 0.1 / (1 + t))
    whole = [step.x for step in itertools.islice(walk(data, method, None, **numbers), 25)]
    *_, half = itertools.islice(walk(data, method, None, **numbers), 10)
    rest = walk(data, method, half.x, memory=half.memory, **numbers)
    np.testing.assert_array_equal(whole[10:], [step.x for step in itertools.islice(rest, 15)])
