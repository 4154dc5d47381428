"""What depth does to a signal on its way up, and to the slope on its way down: the theory.

In a wide network with random weights the inputs of a layer's units are nearly normal numbers.
Two means over the normal distribution then say all: how large a layer's outputs are, and how
much of the slope comes through it. `gdlab.mnist.deep` has the networks on which it is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdlab.errors import Advice


class Activation(NamedTuple):
    """What a unit does with its input u: φ(u), and the derivative φ′(u)."""

    value: Callable
    derivative: Callable


def _sigmoid(u):
    return 0.5 * (1 + np.tanh(u / 2))  # the same as 1/(1 + e⁻ᵘ), and it never overflows


ACTIVATIONS = {
    "sigmoid": Activation(_sigmoid, lambda u: _sigmoid(u) * (1 - _sigmoid(u))),
    "tanh": Activation(np.tanh, lambda u: 1 - np.tanh(u) ** 2),
    "ReLU": Activation(lambda u: np.maximum(u, 0), lambda u: (u > 0).astype(float)),
}

# How far the weights of a layer are spread at first: (inputs, outputs) → standard deviation.
INITS = {
    "Xavier": lambda inputs, outputs: (2 / (inputs + outputs)) ** 0.5,
    "He": lambda inputs, outputs: (2 / inputs) ** 0.5,
    "nn.Linear": lambda inputs, outputs: (1 / (3 * inputs)) ** 0.5,
    "N(0, 1)": lambda inputs, outputs: 1.0,
}


@dataclass(frozen=True)
class Block:
    """How a hidden layer makes its output h from its input a: skip and norm.

    h = φ(norm(W a + b)), plus a where there is a skip. norm: "" for none; "layer", which takes
    mean and spread over the units of one sample; "batch", over the samples of one unit.
    """

    skip: bool = False
    norm: str = ""


BLOCKS = {
    "plain": Block(),
    "residual": Block(skip=True),
    "layer norm": Block(norm="layer"),
    "batch norm": Block(norm="batch"),
    "residual + layer norm": Block(skip=True, norm="layer"),
    "residual + batch norm": Block(skip=True, norm="batch"),
}


def known(table, what, name):
    """The entry of a table by its name; raises `Advice` for a name that is not there."""
    if not isinstance(name, str) or name not in table:
        raise Advice(f"{what} is {name!r}: choose one of {', '.join(map(repr, table))}.")
    return table[name]


def spread(init, inputs, outputs):
    """The standard deviation of a layer's first weights.

    Xavier  √(2/(inputs + outputs))   Glorot and Bengio (2010)
    He      √(2/inputs)               He et al. (2015), made for ReLU
    nn.Linear  √(1/(3·inputs))        PyTorch's default: uniform between ±1/√inputs
    N(0, 1) 1                         what one writes without thinking of the width

    Arguments: init, one of `INITS`; inputs and outputs of the layer, 1 or more.
    Raises `Advice` for another init.

    >>> [round(spread(init, 64, 64), 3) for init in INITS]
    [0.125, 0.177, 0.072, 1.0]
    """
    return known(INITS, "init", init)(inputs, outputs)


class Theory(NamedTuple):
    """What the theory expects, layer by layer.

    signal  (layers + 1,)  rms of the outputs; signal[0] is the input's
    factor  (hidden − 1,)  what is left of ‖∂J/∂h‖ on the way down through the hidden layers 2, 3, …
    down    (hidden,)      ‖∂J/∂h‖ of each hidden layer's output, that of the last one being 1
    slope   (layers,)      ‖∂J/∂W‖ of each layer's weights, that of the last one being 1
    """

    signal: np.ndarray
    factor: np.ndarray
    down: np.ndarray
    slope: np.ndarray


def theory(sizes, activation, init, *, scale=1.0, block="plain"):
    """How a signal goes up through a random network, and the slope comes down again.

    For a layer with n inputs of mean square q and weights of variance σ² the inputs u of its
    units are normal with variance s = nσ²q. So, without normalisation and skip,

        q := E[φ(u)²]          ‖∂J/∂a‖² := nσ² E[φ′(u)²] · ‖∂J/∂h‖²

    Layer norm divides u by √s, and batch norm by √(nσ²c), with c the part of q that differs
    from sample to sample. A skip adds 1 to the factor nσ²E[φ′²], and E[φ²] to q.

    Arguments
        sizes       (inputs, hidden, …, outputs), the width of each layer; the last one is linear
        activation, init, block   names: see `ACTIVATIONS`, `INITS`, `BLOCKS`
        scale       what the standard deviation of all weights is multiplied by
    Returns a `Theory`; exact for wide layers only, and for inputs of mean square 1.
    Raises `Advice` for an unknown name.
    Source: Poole et al. (2016); Schoenholz et al. (2017); for batch norm Yang et al. (2019).

    >>> theory((64,) * 6, "ReLU", "He").factor.round(3)  # He's init was made for this
    array([1., 1., 1.])
    >>> theory((64,) * 6, "sigmoid", "Xavier").factor.round(3)
    array([0.235, 0.236, 0.236])
    """
    with np.errstate(all="ignore"):  # what leaves the range of numbers is 0 or infinite
        return _theory(sizes, activation, init, scale, block)


def _theory(sizes, activation, init, scale, block):
    phi, slope_of = known(ACTIVATIONS, "activation", activation)
    skip, norm = vars(known(BLOCKS, "block", block)).values()
    gains = [  # nσ² of each layer
        n * (scale * spread(init, n, m)) ** 2 for n, m in zip(sizes, sizes[1:], strict=False)
    ]
    q, c, mean = 1.0, 1.0, 0.0  # of the inputs: mean square, its part between samples, mean
    qs, through, passes = [q], [], []
    for layer, gain in enumerate(gains[:-1]):
        by = {"": 1.0, "layer": gain * q, "batch": gain * c}[norm]
        u = NORMAL * (1.0 if norm else (gain * q) ** 0.5)
        value, square, derivative = _mean(phi(u)), _mean(phi(u) ** 2), _mean(slope_of(u) ** 2)
        kept = skip and layer > 0  # the first layer changes the width: no skip
        through.append(derivative / by)  # from ‖∂J/∂h‖² to ‖∂J/∂(Wa)‖²
        passes.append(kept + gain * through[-1])
        q, c = (
            kept * (q + 2 * mean * value) + square,
            kept * c + square - value**2,
        )
        mean = kept * mean + value
        qs.append(q)
    down = np.cumprod([1.0, *passes[:0:-1]])[::-1]  # ‖∂J/∂h‖², from the last one to the first
    inputs = np.array(sizes[:-1]) * qs  # ‖a‖² of each layer's input
    slope = inputs * np.append(gains[-1] * down * through, 1.0)
    signal = np.append(qs, gains[-1] * q)
    return Theory(*map(np.sqrt, (signal, passes[1:], down, slope / slope[-1])))


# Means over a standard normal number: many points, since sigmoid and tanh may be steep.
NORMAL = np.linspace(-8, 8, 8001)
WEIGHT = np.exp(-(NORMAL**2) / 2)
WEIGHT /= WEIGHT.sum()


def _mean(values):
    return float(WEIGHT @ values)
