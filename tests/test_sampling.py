"""The samples are real: their mean is the surface, and their noise is that of sampling."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdlab import descend, linear_regression, optimizers, sampled, surfaces
from gdlab.errors import Advice
from gdlab.sampling import batches
from gdlab.surfaces import Surface

gradient_descent = optimizers.gradient_descent


def line(n=40, features=1, seed=0):
    """A noisy line (or plane) through n points, as X, y."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 2, (n, features))
    return X, X @ np.arange(2, 2 + features) + 3 + rng.normal(size=n)


WITH_SAMPLES = {
    "parabola": sampled(surfaces.square, n=40, spread=3.0),
    "ravine": sampled(surfaces.ravine, n=40),
    "wavy": sampled(surfaces.wavy, n=40, seed=5),
    "line": linear_regression(*line()),
    "plane": linear_regression(*line(features=2)),
}

each = pytest.mark.parametrize("surface", WITH_SAMPLES.values(), ids=WITH_SAMPLES)


def positions(surface):
    return st.tuples(*(st.floats(low, high) for low, high in surface.view)).map(np.array)


# The samples and the surface


@each
@settings(max_examples=20)
@given(data=st.data())
def test_the_mean_of_all_slopes_is_the_slope(surface, data):
    x = data.draw(positions(surface))
    slopes = [surface.batch_grad(x, np.array([i])) for i in range(surface.n)]
    assert np.mean(slopes, axis=0) == pytest.approx(surface.grad(x), rel=1e-12, abs=1e-12)


@each
@settings(max_examples=20)
@given(data=st.data())
def test_a_batch_slope_is_the_mean_of_its_samples(surface, data):
    x = data.draw(positions(surface))
    batch = np.array(data.draw(st.permutations(range(surface.n)))[: data.draw(st.integers(1, 39))])
    slopes = [surface.batch_grad(x, batch[i : i + 1]) for i in range(len(batch))]
    assert surface.batch_grad(x, batch) == pytest.approx(np.mean(slopes, axis=0), rel=1e-9)


@each
def test_a_batch_of_all_samples_is_batch_descent_to_the_last_bit(surface):
    plain = descend(surface, gradient_descent, lr=0.03)
    dealt = descend(surface, gradient_descent, lr=0.03, batch_size=surface.n, seed=7)
    assert np.array_equal(dealt.x, plain.x)


def test_the_surface_itself_is_unchanged():
    noisy, x = sampled(surfaces.beale, n=3), np.array([1.0, 1.5])
    assert noisy(x) == surfaces.beale(x)
    assert np.array_equal(noisy.grad(x), surfaces.beale.grad(x))
    assert (noisy.name, noisy.minima, noisy.view) == (
        "Beale",
        *(((3.0, 0.5),), surfaces.beale.view),
    )


# The noise


@pytest.mark.parametrize("B", [1, 2, 4, 8, 16, 32])
def test_noise_shrinks_like_one_over_root_B_without_replacement(B):
    n = 64
    noisy, x = sampled(surfaces.ravine, n=n, spread=2.0, seed=1), np.array([3.0, -1.0])
    full = noisy.grad(x)
    sigma = np.std([noisy.batch_grad(x, np.array([i])) - full for i in range(n)], axis=0)
    drawn = itertools.islice(batches(n, B), 3000)
    noise = np.array([noisy.batch_grad(x, batch) - full for batch in drawn])
    expected = sigma / np.sqrt(B) * np.sqrt((n - B) / (n - 1))
    assert np.sqrt((noise**2).mean(0)) == pytest.approx(expected, rel=0.05)


def test_spread_is_the_size_of_the_noise_and_the_seed_its_pattern():
    x = np.array([1.0, 1.0])

    def noise(**how):
        noisy = sampled(surfaces.bowl, n=2000, **how)
        return np.array([noisy.batch_grad(x, np.array([i])) - noisy.grad(x) for i in range(2000)])

    assert noise(spread=0.5).std() == pytest.approx(0.5, rel=0.05)
    assert noise(spread=2.0) == pytest.approx(4 * noise(spread=0.5))
    assert not noise(spread=0).any()
    assert np.array_equal(noise(seed=3), noise(seed=3))
    assert not np.array_equal(noise(seed=3), noise(seed=4))


def test_the_noise_does_not_vanish_at_the_minimum():
    noisy, minimum = WITH_SAMPLES["ravine"], np.zeros(2)
    assert np.abs(noisy.batch_grad(minimum, np.array([0]))).min() > 0.01


def test_runs_with_samples_of_their_own_have_independent_noise_on_the_same_surface():
    cloud, x = sampled(surfaces.ravine, n=10, spread=2.0, runs=4000), np.ones((4000, 2))
    assert np.array_equal(cloud.batch_grad(x, np.arange(10)), surfaces.ravine.grad(x))
    one = cloud.batch_grad(x, np.array([3])) - surfaces.ravine.grad(x)
    assert one.shape == (4000, 2)
    assert one.std(0) == pytest.approx(2 * np.sqrt(0.9), rel=0.05)  # of ten, one is their mean's
    assert abs(np.corrcoef(one[:-1, 0], one[1:, 0])[0, 1]) < 0.05  # neighbours know nothing


# The dealing


@given(st.integers(1, 60), st.data())
def test_every_sample_comes_once_an_epoch(n, data):
    size = data.draw(st.integers(1, n))
    deal = batches(n, size)
    for _ in range(3):
        epoch = [next(deal) for _ in range(-(-n // size))]
        assert sorted(np.concatenate(epoch)) == list(range(n))
        assert all(len(batch) == size for batch in epoch[:-1])


def test_every_epoch_is_shuffled_anew():
    deal = batches(20, 20)
    assert not np.array_equal(next(deal), next(deal))


def test_the_seed_alone_decides_the_order():
    def order(seed):
        return np.concatenate(list(itertools.islice(batches(20, 3, seed), 14)))

    assert np.array_equal(order(1), order(1))
    assert not np.array_equal(order(1), order(2))


@each
def test_a_run_sees_the_batches_in_the_order_dealt(surface):
    run = descend(surface, gradient_descent, steps=25, lr=0.01, batch_size=7, seed=3)
    for x, seen, batch in zip(run.x, run.grad, batches(surface.n, 7, 3), strict=False):
        assert np.array_equal(seen, surface.batch_grad(x, batch))


@each
def test_all_runs_of_a_batch_see_the_same_samples(surface):
    lr = np.array([0.01, 0.02, 0.01])
    start = np.array(surface.start)
    together = descend(surface, gradient_descent, start, lr=lr, batch_size=7)
    for i in range(3):
        alone = descend(surface, gradient_descent, start, lr=lr[i], batch_size=7)
        assert np.array_equal(together[i].x, alone.x)
        assert np.array_equal(together[i].loss, alone.loss)


# Linear regression


@pytest.mark.parametrize("features", [1, 2, 5])
def test_linear_regression_is_the_mean_squared_error(features):
    X, y = line(features=features)
    surface = linear_regression(X, y)
    theta, h = np.linspace(-1, 2, features + 1), 1e-5
    assert surface.d == features + 1
    assert surface(theta) == pytest.approx(np.mean((X @ theta[:-1] + theta[-1] - y) ** 2))
    steps = h * np.eye(surface.d)
    slope = (surface.f(theta + steps) - surface.f(theta - steps)) / (2 * h)
    assert surface.grad(theta) == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("features", [1, 2, 5])
def test_its_minimum_is_the_least_squares_fit(features):
    X, y = line(features=features)
    surface = linear_regression(X, y)
    fit, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)
    assert np.array(surface.minima) == pytest.approx(fit[None], rel=1e-9)
    assert surface.grad(np.array(surface.minima)) == pytest.approx(0, abs=1e-9)
    low, high = np.array(surface.view).T
    assert (low < surface.minima[0]).all() and (surface.minima[0] < high).all()


def test_a_list_of_numbers_is_one_feature():
    one, same = (
        linear_regression([0, 1, 2], [3, 5, 8]),
        linear_regression([[0], [1], [2]], [3, 5, 8]),
    )
    assert one.minima == same.minima
    assert one.minima[0] == pytest.approx(np.polyfit([0, 1, 2], [3, 5, 8], 1))


@pytest.mark.parametrize("share, kind", [(0.99, "converged"), (1.02, "diverged")])
def test_its_L_is_where_gradient_descent_begins_to_diverge(share, kind):
    surface = linear_regression(*line())
    run = descend(surface, gradient_descent, steps=1000, lr=share * 2 / surface.L)
    assert run.verdict().kind == kind


# What cannot be


@pytest.mark.parametrize(
    "wrong, advice",
    [
        (lambda: sampled(surfaces.bowl, n=0), "n is 0: give the number of samples, 1 or more"),
        (lambda: sampled(surfaces.bowl, n=2.5), "n is 2.5: give the number of samples"),
        (lambda: sampled(surfaces.bowl, spread=-1), "spread is -1: give a number, 0 or more"),
        (lambda: sampled(surfaces.bowl, spread=np.nan), "spread is nan"),
        (lambda: sampled(surfaces.bowl, spread="a"), "spread is 'a': give a number, 0 or more"),
        (lambda: sampled(surfaces.bowl, spread=[1, 2]), r"spread is \[1, 2\]: give a number"),
        (lambda: sampled(surfaces.bowl, runs=0), "runs is 0: give the number of runs, 1 or more"),
        (
            lambda: sampled(Surface("mine", "", None, None)),
            "mine does not say .*: give it a start",
        ),
        (lambda: linear_regression([1, 2], [1, 2, 3]), r"X has shape \(2, 1\) and y \(3,\)"),
        (lambda: linear_regression([1, 2], [[1], [2]]), r"y \(2, 1\): give one y for each row"),
        (lambda: linear_regression([], []), r"X has shape \(0, 1\)"),
        (lambda: linear_regression([1, np.nan], [1, 2]), "not a finite number: remove that row"),
        (lambda: linear_regression([1, 2], [1, np.inf]), "not a finite number"),
        (lambda: linear_regression("ab", [1, 2]), "X is 'ab': give an array of numbers"),
        (lambda: linear_regression([1, 2], [[1], [2, 3]]), "y is .*: give an array of numbers"),
        (lambda: batches(10, 0), "batch_size is 0, .* 10 samples: choose a whole number, 1 to 10"),
        (lambda: batches(10, 11), "batch_size is 11"),
        (lambda: batches(10, 2.0), "batch_size is 2.0"),
    ],
)
def test_what_cannot_be_is_told(wrong, advice):
    with pytest.raises(Advice, match=advice):
        wrong()
