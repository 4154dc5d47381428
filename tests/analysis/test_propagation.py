"""What depth does: the theory beside real networks, and the networks beside PyTorch's own."""

import numpy as np
import pytest
import torch

from gdlab import mnist, optimizers, walk
from gdlab.analysis import propagation
from gdlab.errors import Advice
from gdlab.mnist import deep

DEPTH = 8
WIDE = (49, *[128] * DEPTH, 10)
DIGITS = mnist.few(64)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    with mnist.one_thread():
        yield


def measured(activation, init, block="plain", sizes=WIDE):
    """The mean over three networks."""
    runs = [
        mnist.propagated(
            mnist.initial_deep(sizes, init, seed=s), sizes, *DIGITS, activation, block=block
        )
        for s in range(3)
    ]
    return mnist.Propagated(*(np.exp(np.log(v).mean(0)) for v in zip(*runs, strict=True)))


@pytest.mark.parametrize("init", propagation.INITS)
@pytest.mark.parametrize("activation", propagation.ACTIVATIONS)
def test_a_wide_network_does_what_theory_says(activation, init):
    there, theory = measured(activation, init), propagation.theory(WIDE, activation, init)
    np.testing.assert_allclose(there.signal, theory.signal, rtol=0.3)
    np.testing.assert_allclose(there.down[:-1] / there.down[1:], theory.factor, rtol=0.2)


@pytest.mark.parametrize("block", list(propagation.BLOCKS)[1:])
@pytest.mark.parametrize("activation", propagation.ACTIVATIONS)
def test_so_it_does_with_norms_and_skips(activation, block):
    there, theory = (
        measured(activation, "Xavier", block),
        propagation.theory(WIDE, activation, "Xavier", block=block),
    )
    np.testing.assert_allclose(there.signal[1:-1], theory.signal[1:-1], rtol=0.15)
    np.testing.assert_allclose(there.down[:-1] / there.down[1:], theory.factor, rtol=0.2)


@pytest.mark.parametrize("name", propagation.ACTIVATIONS)
def test_an_activation_its_derivative_and_pytorchs_belong_together(name):
    phi, slope = propagation.ACTIVATIONS[name]
    u = np.linspace(-50, 50, 1001) + 1e-3
    x = torch.from_numpy(u).requires_grad_()
    y = deep.ACTIVATIONS[name](x)
    (g,) = torch.autograd.grad(y.sum(), x)
    np.testing.assert_allclose(phi(u), y.detach(), atol=1e-12)
    np.testing.assert_allclose(slope(u), g, atol=1e-12)


@pytest.mark.parametrize(
    ("init", "theirs"),
    [
        ("Xavier", torch.nn.init.xavier_normal_),
        ("He", torch.nn.init.kaiming_normal_),
        ("nn.Linear", lambda W: W.copy_(torch.nn.Linear(W.shape[1], W.shape[0]).weight)),
        ("N(0, 1)", torch.nn.init.normal_),
    ],
)
def test_the_spread_is_that_of_torch(init, theirs):
    torch.manual_seed(0)
    with torch.no_grad():
        W = torch.empty(300, 500)
        theirs(W)
    assert propagation.spread(init, 500, 300) == pytest.approx(float(W.std()), rel=0.01)
    x = mnist.initial_deep((500, 300, 10), init, scale=2.0)
    ((ours, b), _) = mnist.deep_layers(x, (500, 300, 10))
    assert float(ours.std()) == pytest.approx(2 * float(W.std()), rel=0.02)
    assert not b.any()


def test_the_norms_are_those_of_torch():
    u = torch.randn(30, 7, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    how = dict(eps=1e-12, dtype=torch.float64)
    layer = torch.nn.LayerNorm(7, elementwise_affine=False, **how)
    batch = torch.nn.BatchNorm1d(7, affine=False, **how)
    torch.testing.assert_close(deep.normalised(u, "layer"), layer(u))
    torch.testing.assert_close(deep.normalised(u, "batch"), batch(u))


@pytest.mark.parametrize("loss", deep.LOSSES)
def test_the_losses_are_those_of_torch_and_many_networks_are_each_itself(loss):
    sizes = (49, 6, 6, 10)
    surface = mnist.deep_network(*DIGITS, sizes, loss=loss)
    x = torch.stack([mnist.initial_deep(sizes, seed=s) for s in range(3)])
    z = mnist.signals(x[0], sizes, DIGITS[0])[-1]
    theirs = {
        "cross-entropy": lambda: torch.nn.functional.cross_entropy(z, DIGITS[1]),
        "squared": lambda: 5 * torch.nn.functional.mse_loss(z, torch.eye(10).double()[DIGITS[1]]),
    }[loss]()
    torch.testing.assert_close(surface.f(x[0]), theirs)
    torch.testing.assert_close(surface.f(x), torch.stack([surface.f(one) for one in x]))
    torch.testing.assert_close(surface.grad(x)[1], surface.grad(x[1]))
    halves = [surface.batch_grad(x[0], np.arange(64)[half]) for half in (slice(32), slice(32, 64))]
    torch.testing.assert_close((halves[0] + halves[1]) / 2, surface.grad(x[0]))


def test_the_gradient_measured_is_the_one_a_method_gets():
    sizes = (49, 6, 6, 10)
    x = mnist.initial_deep(sizes)
    step = next(walk(mnist.deep_network(*DIGITS, sizes), optimizers.gradient_descent, x, lr=0.1))
    slope = [float(W.norm()) for W, _ in mnist.deep_layers(step.grad, sizes)]
    np.testing.assert_allclose(mnist.propagated(x, sizes, *DIGITS).slope, slope)


def test_zero_weights_stay_zero_but_for_the_last_biases():
    sizes = (49, 6, 6, 10)
    g = mnist.deep_network(*DIGITS, sizes, "tanh").grad(0 * mnist.initial_deep(sizes))
    *hidden, (W, b) = mnist.deep_layers(g, sizes)
    assert not W.any() and b.all() and not any(v.any() for pair in hidden for v in pair)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: propagation.spread("he", 3, 3), "init is 'he': choose one of 'Xavier', 'He'"),
        (lambda: propagation.theory(WIDE, "gelu", "He"), "activation is 'gelu': choose one of"),
        (lambda: propagation.theory(WIDE, "tanh", "He", block=3), "block is 3: choose one of"),
        (lambda: mnist.few(1), "n is 1: give a whole number from 2 to 60,000"),
        (lambda: mnist.few(10, 5), "side is 5: choose one of 1, 2, 4, 7, 14, 28"),
        (lambda: mnist.deep_layers(torch.zeros(7), (49, 10)), "x has 7 coordinates; layers of"),
        (lambda: mnist.deep_network(*DIGITS, WIDE, loss="hinge"), "loss is 'hinge': choose one"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(call, sentence):
    with pytest.raises(Advice, match=sentence):
        call()
