"""The verdict in words: what happened, when, and why, and nothing that is not so."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdlab import descend, sampled, schedules, surfaces
from gdlab.errors import Advice
from gdlab.optimizers import METHODS, gradient_descent, momentum
from gdlab.surfaces import SURFACES, Surface, quadratic
from gdlab.verdict import Verdict, heights


def uphill(x, grad, s, *, lr=0.1):
    return x + lr * grad(x)


TOO_LARGE = "the steps are too large; try a smaller lr"
FLAT = "the slope is too small to move it"

STORIES = [
    # 100 · 0.64ᵗ ≤ 10⁻⁶ from t = 41.3 on; 0.04ᵗ is faster, and η = 0.5 is there at once
    ("square", "gradient_descent", {"lr": 0.1}, "converged at step 42"),
    ("square", "gradient_descent", {"lr": 0.4}, "converged at step 6"),
    ("square", "gradient_descent", {"lr": 0.5}, "converged at step 1"),
    ("square", "gradient_descent", {"lr": 0.1, "start": 0.0}, "converged at step 0"),
    ("square", "gradient_descent", {"lr": 0.1, "steps": 41}, "still descending"),
    ("square", "gradient_descent", {"lr": 0.001}, "still descending"),
    ("square", "gradient_descent", {"lr": 0.99}, "still descending"),
    ("square", "gradient_descent", {"lr": 1.0}, "oscillating"),
    # 1.44ᵗ > 1000 · (1 + 1/100) from t = 18.98 on
    ("square", "gradient_descent", {"lr": 1.1}, "diverged at step 19: lr is above 2/L = 1"),
    ("square", "gradient_descent", {"lr": 1.01}, "diverged: lr is above 2/L = 1"),
    ("square", "gradient_descent", {"lr": 1e300}, "diverged at step 1: lr is above 2/L = 1"),
    ("ravine", "gradient_descent", {"lr": 0.12}, "diverged at step 12: lr is above 2/L = 0.1"),
    (
        "square",
        "gradient_descent",
        {"lr": schedules.constant(1.1)},
        f"diverged at step 19: {TOO_LARGE}",
    ),
    ("beale", "gradient_descent", {"lr": 0.1}, f"diverged at step 1: {TOO_LARGE}"),
    # The average is stable up to η = 2 (1 + β)/(1 − β)/L = 19, far above 2/L
    ("square", "momentum", {"lr": 15.0, "steps": 2000}, "converged at step 187"),
    ("square", "momentum", {"lr": 30.0}, f"diverged at step 3: {TOO_LARGE}"),
    ("square", "rmsprop", {"lr": 0.3, "steps": 400}, "oscillating"),
    ("wavy", "gradient_descent", {"lr": 0.1}, f"stalled: {FLAT}"),  # a local minimum
    ("saddle", "gradient_descent", {"lr": 0.1, "start": (-2.0, 0.0)}, f"stalled: {FLAT}"),
    ("plateau", "gradient_descent", {"lr": 0.1, "start": (40.0, 30.0)}, f"stalled: {FLAT}"),
    ("square", "gradient_descent", {"lr": 1e-9}, "stalled: the steps are too small"),
    ("square", "adam", {"lr": 0.1, "steps": 3}, "still descending"),
    ("square", "adam", {"lr": 0.1, "steps": 0}, "still descending"),
]


@pytest.mark.parametrize("surface, method, how, story", STORIES)
def test_the_verdict_tells_what_happened(surface, method, how, story):
    assert str(descend(SURFACES[surface], METHODS[method], **how).verdict()) == story


@given(st.floats(1e-2, 1e2), st.floats(0.01, 1.0))
def test_below_2_over_L_nothing_diverges(L, share):
    run = descend(quadratic([[L]]), gradient_descent, 1.0, lr=share * 2 / L)
    assert run.verdict().kind != "diverged"


@given(st.floats(1e-2, 1e2), st.floats(1.05, 1e6))
def test_above_2_over_L_it_diverges_and_that_is_why(L, share):
    verdict = descend(quadratic([[L]]), gradient_descent, 1.0, lr=share * 2 / L).verdict()
    assert (verdict.kind, verdict.reason) == ("diverged", f"lr is above 2/L = {2 / L:.3g}")


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"gradient_descent"}))
def test_2_over_L_is_the_limit_of_gradient_descent_alone(name):
    for lr in (1.1, 30.0, 1e3, 1e300):
        assert "2/L" not in str(descend(surfaces.square, METHODS[name], lr=lr).verdict())


def test_a_method_of_that_name_may_diverge_below_it_for_a_reason_of_its_own():
    def twice_as_far(x, grad, s, *, lr=0.1):
        return x - 2 * lr * grad(x)

    twice_as_far.__name__ = "gradient_descent"
    assert str(descend(surfaces.square, twice_as_far, lr=0.7).verdict()).endswith(TOO_LARGE)


def test_a_wrong_sign_is_not_called_a_large_step():
    verdict = descend(surfaces.square, uphill, lr=0.01, steps=300).verdict()
    assert str(verdict) == "diverged at step 175: the first step leads uphill; is a sign wrong?"


def test_a_method_without_a_name_is_judged_too():
    run = descend(surfaces.square, partial(gradient_descent, lr=3.0))
    assert str(run.verdict()) == f"diverged at step 3: {TOO_LARGE}"


def test_mini_batches_never_settle():
    run = descend(sampled(surfaces.square), gradient_descent, lr=0.3, batch_size=1, steps=400)
    assert run.verdict() == Verdict("oscillating")


def test_arrival_is_to_stay():
    run = descend(surfaces.square, momentum, 10.0, steps=2000, lr=0.5, beta=0.9)
    step = run.verdict().step
    below = run.loss <= 1e-6
    assert below[step:].all() and not below[step - 1]
    assert below[: step - 1].any()  # it swept through the floor before


def test_tol_decides_what_counts_as_arrived():
    run = descend(surfaces.square, gradient_descent, 10.0, lr=0.1)
    assert run.verdict(tol=1e-2).step == 21  # 100 · 0.64ᵗ ≤ 0.01 from t = 20.6 on
    assert run.verdict(tol=1e-9).step == 57


def test_without_a_known_floor_nothing_converges():
    slope = Surface("slope", "x", lambda p: p[..., 0], np.ones_like, start=(0.0,))
    run = descend(slope, gradient_descent, lr=0.1)
    assert run.verdict() == Verdict("still descending")
    assert heights(run) == pytest.approx(run.loss - run.loss[-1])


def test_heights_are_measured_from_the_nearest_minimum():
    left, right = surfaces.double_well.minima
    run = descend(
        surfaces.double_well, gradient_descent, [[left[0] - 0.1], [right[0] + 0.1]], steps=0
    )
    floors = surfaces.double_well.f(np.array([left, right]))
    assert heights(run)[0] == pytest.approx(run.loss[0] - floors)
    assert (heights(run) < 0.05).all()


def test_one_of_a_batch_is_judged_like_a_run_of_its_own():
    lr = np.array([0.001, 0.1, 1.0, 1.1, 1e300])
    batch = descend(surfaces.square, gradient_descent, lr=lr)
    alone = [descend(surfaces.square, gradient_descent, lr=one).verdict() for one in lr]
    assert [batch[i].verdict() for i in range(5)] == alone
    with pytest.raises(Advice, match=r"judges one run: pick one .* as in run\[0\]"):
        batch.verdict()


@pytest.mark.parametrize(
    "verdict, words",
    [
        (Verdict("stalled"), "stalled"),
        (Verdict("converged", 0), "converged at step 0"),
        (Verdict("diverged", 7, "why"), "diverged at step 7: why"),
        (Verdict("diverged", None, "why"), "diverged: why"),
    ],
)
def test_a_verdict_is_a_sentence(verdict, words):
    assert str(verdict) == words
