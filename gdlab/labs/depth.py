"""A deep network before its first step: the signal goes up, the slope comes down (chapter 13)."""

from functools import lru_cache

import numpy as np

from gdlab.analysis import propagation
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import SEED, Choice, Number, Seed
from gdlab.labs.core.driver import Lab
from gdlab.labs.core.pictures import capital
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.plots import BLUE, GREEN, INK, ORANGE, VERMILLION
from gdlab.stage.actors import Curve, Trail

DIGITS, SIDE, WIDTH = 64, 7, 64
DEPTH = Hyperparameter("D", "hidden layers", 1, 50, legal=(1, 101))
SCALE = Hyperparameter("s", "weight scale", 0.1, 10, True, (1e-3, 1e3), example=1.0)
CLIP = Hyperparameter("c", "clip ‖∇J‖ to", 1e-3, 1e3, True, (0, np.inf), True, 1.0)
WEIGHTS = SEED._replace(words="of weights")
LAYOUT = Layout((("slope", "parts"),), 4.1, width_ratios=(1.35, 1))
LARGEST = 1e150  # so that ratios and squares are numbers, too
LIMITS = (1e-15, 1e12)  # of the log axes
DASH = (4, 2)


def depth(
    activation="sigmoid",
    init="Xavier",
    block="plain",
    *,
    depth=20,
    scale=1.0,
    clip=1.0,
    seed=0,
):
    """A lab: the size of the gradient in each layer of a deep network, beside the theory.

    The network has 49 inputs, hidden layers of 64 units, and ten outputs; 64 small digits go
    through it, and the slope of their cross-entropy comes back. Left: ‖∂J/∂W‖ of each layer,
    before and after clipping. Right: the two parts it is made of, the signal that comes up,
    rms h, and the slope that comes down, ‖∂J/∂h‖.

    Arguments
        activation  "sigmoid", "tanh" or "ReLU"
        init        how the weights are spread: "Xavier", "He", "nn.Linear" or "N(0, 1)"
        block       how a layer is built: one of `propagation.BLOCKS`
        depth       hidden layers, 1 to 100
        scale       what all weights are multiplied by, 0.001 to 1,000
        clip        the largest norm of the whole gradient, > 0; seed of the weights
    Raises `Advice` for anything else. Needs PyTorch.

    >>> lab = depth("sigmoid", depth=10)
    >>> lab
    Sigmoid, Xavier, 10 hidden layers: layer 1 gets 10⁻⁶ of the last layer's gradient.
    >>> lab.set(activation="ReLU", init="He")
    >>> lab.scene.kind
    'Even.'
    """
    state = {"activation": activation, "init": init, "block": block, "depth": depth}
    state |= {"scale": scale, "clip": clip, "seed": seed}
    controls = [
        Number("depth", DEPTH, whole=True),
        Number("scale", SCALE),
        Choice("activation", _names(propagation.ACTIVATIONS), "φ", "activation"),
        Choice("init", _names(propagation.INITS), "σ", "init"),
        Choice("block", _names(propagation.BLOCKS), words="layer"),
        Number("clip", CLIP),
        Seed(about=WEIGHTS, button="others"),
    ]
    return Lab(MAKER, scene, state, controls)


MAKER = depth  # inside it this name means a number of layers


def _names(table):
    return {name: name for name in table}


def scene(*, activation, init, block, depth, scale, clip, seed):
    """One pass up and one down through a network with these weights."""
    there, theory = measure(activation, init, block, depth, scale, seed)
    highest = there.slope.max()
    norm = float(highest * np.linalg.norm(there.slope / highest))
    shrunk = min(1.0, clip / norm)
    layer, first = np.arange(1, depth + 2), there.slope[0] / there.slope[-1]
    words = f"{capital(activation)}, {init}"
    words += ("" if block == "plain" else f", {block}") + _times(scale)
    kind, text = judgement(there, theory, depth)
    if shrunk < 1:
        norms = f"from {format_number(norm)} to {format_number(clip)}"
        text += f" Clipping brings ‖∇J‖ {norms}: each layer by the same factor."
    clipped = _line(0, layer, shrunk * there.slope, GREEN, "clipped", trace=False)
    return Scene(
        Scenery(LAYOUT, _draw, (5 * -(-(depth + 2) // 5),)),
        [
            *([clipped] if shrunk < 1 else []),
            _line(0, layer, there.slope, VERMILLION, "gradient ‖∂J/∂W‖"),
            _line(1, layer[:-1], there.signal[1:-1], BLUE, "signal, rms h", up=True),
            _line(1, layer[:-1], there.down, ORANGE, "slope ‖∂J/∂h‖"),
            _theory(0, layer, theory.slope, there.slope),
            _theory(1, layer[:-1], theory.signal[1:-1], there.signal[1:-1]),
            _theory(1, layer[:-1], theory.down, there.down),
        ],
        frames=depth + 1,
        unit="layer",
        title="One pass up, one pass down",
        formula=f"{SIDE**2} – {depth} × {WIDTH} – 10",
        kind=kind,
        text=text,
        summary=f"{words}, {depth} hidden layer{'s' * (depth > 1)}: "
        f"layer 1 gets {_share(first)} the last layer's gradient.",
        name=f"{words}, D = {depth}",
        data={"measured": there, "theory": theory, "norm": norm, "clipped": shrunk * there.slope},
    )


@lru_cache(maxsize=64)
def measure(activation, init, block, depth, scale, seed):
    """What is measured in a network, `mnist.Propagated`, and the `propagation.Theory` of it."""
    from gdlab import mnist

    sizes = (SIDE**2, *[WIDTH] * depth, 10)
    with mnist.one_thread():
        x = mnist.initial_deep(sizes, init, scale=scale, seed=seed)
        there = mnist.propagated(x, sizes, *mnist.few(DIGITS, SIDE), activation, block=block)
    expected = propagation.theory(sizes, activation, init, scale=scale, block=block)
    return there._make(map(_finite, there)), expected._make(map(_finite, expected))


# The picture


def _draw(axes, layers):
    """Two empty panels over the layers: the gradient, and what it is made of."""
    slope, parts = axes
    for ax in axes:
        ax.set(yscale="log", ylim=LIMITS, xlim=(0, layers), xlabel="layer: input → output")
        ax.set_yticks([10.0**k for k in range(-15, 13, 3)])
        ax.minorticks_off()
        ax.grid(axis="y")
    slope.set(ylabel="gradient of the weights")
    parts.set(ylabel="signal and slope")


def _line(panel, layer, values, color, label, trace=True, up=False):
    """Measured values: a signal walks up the layers, a slope down them."""
    order = slice(None) if up else slice(None, None, -1)
    x, y = layer[order].astype(float), values[order]
    return Trail(panel, x, y, color=color, label=label, trace=trace)


def _theory(panel, layer, expected, measured):
    """The theory's line. It knows ratios of layers only; its height is that of the middle one."""
    height = np.exp(np.median(np.log(measured) - np.log(expected)))
    return Curve(panel, layer.astype(float), _finite(height * expected), INK, DASH, "theory")


def _finite(values):
    """Values that a log axis can show; what has overflowed, on its way to a NaN, is the largest."""
    return np.nan_to_num(values, nan=LARGEST, posinf=LARGEST).clip(1 / LARGEST, LARGEST)


# The words


def judgement(there, theory, depth):
    """Whether the gradient vanishes, explodes, or reaches all layers alike: (kind, text)."""
    size = float(np.exp(np.log(there.slope).mean()))
    first = float(there.slope[0] / there.slope[-1])
    if there.slope.max() == LARGEST:
        return "Exploding.", "The numbers are too large for the computer."
    text = f"Layer 1 gets {_share(first)} the gradient of the last layer."
    if depth > 1:
        left = float((there.down[0] / there.down[-1]) ** (1 / (depth - 1)))
        expected = float(np.exp(np.log(theory.factor).mean()))
        text += (
            f" On its way down each layer leaves {format_number(left)} of the slope; "
            f"theory: {format_number(expected)}."
        )
    if first < 1e-3 or size < 1e-4:
        return "Vanishing.", text
    if first > 1e3 or size > 1e3:
        return "Exploding.", text
    return "Even.", text


def _share(ratio):
    return f"{format_number(ratio, 2)} of" if ratio < 1 else f"{format_number(ratio, 2)} times"


def _times(scale):
    return "" if scale == 1 else f" × {format_number(scale)}"
