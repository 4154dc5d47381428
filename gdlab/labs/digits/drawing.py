"""Draw a digit, and watch what a network makes of it, even while it trains (chapter 15)."""

from functools import lru_cache

import numpy as np

from gdlab import mnist
from gdlab.errors import Advice
from gdlab.hyperparameters import Hyperparameter
from gdlab.labs.core.controls import Number
from gdlab.labs.core.driver import Lab, as_tuples
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.digits.trainer import TrainingLab
from gdlab.mnist import idx
from gdlab.plots import GREY, INK, SKY, VERMILLION
from gdlab.stage.actors import Bars, Image, Words

SIDE = 28
DIGIT = Hyperparameter("i", "test digit", 0, 9_999, legal=(0, 10_000))
PANELS = Layout((("pad", "seen", "shares"),), 3.6, width_ratios=(1, 0.72, 1.1), phone=(3, 1.5, 2.3))


def drawing(lab=None, *, strokes=(), digit=None):
    """A lab: draw a digit with the mouse or a finger, and watch the network's ten probabilities.

    The drawing is centred and scaled as MNIST does it, see `mnist.image_of`; what the network
    gets is shown beside it. The network is that of a training lab, as it is at each moment.

    Arguments
        lab      a training lab to follow, `labs.training()`; None for a network that has learned
                 nothing
        strokes  what is drawn at first: each a list of points (x, y), from 0 to 28, y downwards
        digit    show this one of the 10,000 test digits until something is drawn; None for none
    Raises `Advice` if an argument makes no sense.

    >>> one = drawing(strokes=[[(14, 4), (14, 24)]])
    >>> one.scene.data["image"].shape, round(float(one.scene.data["shares"].sum()), 6)
    ((28, 28), 1.0)
    """
    if lab is not None and not isinstance(lab, TrainingLab):
        raise Advice(f"lab is {type(lab).__name__}: give a training lab, made by labs.training().")
    digit = digit if digit is None else Number("digit", DIGIT, whole=True).legal(digit)
    state = {"lab": lab, "strokes": checked(strokes), "digit": digit, "weights": None}
    actions = {"Show a test digit": next_test_digit, "Clear": clear}
    pad = Lab(drawing, scene, state, [], pen="strokes", actions=actions)
    if lab is not None:
        lab.follow(lambda now: pad.put(weights=now.weights))
    return pad


def next_test_digit(state):
    """the next of the 10,000 test digits"""
    digit = state["digit"]
    return {"strokes": (), "digit": 0 if digit is None else (digit + 1) % 10_000}


def clear(state):
    """wipe the pad"""
    return {"strokes": (), "digit": None}


def scene(*, lab, strokes, digit, weights):
    """The drawing, what the network gets of it, and its probabilities."""
    image, label = seen(strokes, digit)
    shares = None if image is None else probabilities(weights, image)
    kind, text = in_words(shares, label)
    untrained = shares is not None and weights is None
    return Scene(
        Scenery(PANELS, draw),
        actors(image, shares, drawn=bool(strokes)),
        title="Draw a digit",
        formula="scaled into 20 × 20 pixels, its centre of mass in the middle of 28 × 28",
        kind=kind,
        text=f"{text} It has learned nothing yet.".strip() if untrained else text,
        summary=f"{kind} {text}".strip() if shares is not None else "A pad to draw a digit on.",
        hidden=frozenset({"weights", *({"digit"} if strokes else ())}),
        data={"image": image, "shares": shares},
    )


def seen(strokes, digit):
    """The image that the network gets, and its label where one is known."""
    if strokes:
        return mnist.image_of(strokes), None
    if digit is None:
        return None, None
    images, labels = digits_to_show()
    return images[digit] / np.float32(255), int(labels[digit])


@lru_cache(maxsize=1)
def digits_to_show():
    """All test digits as bytes: images (10000, 28, 28), labels (10000,)."""
    return idx.read("test")


def probabilities(weights, image):
    """What a network with these weights takes an image for: ten shares that add up to 1."""
    x = mnist.initial(0, device="cpu") if weights is None else weights
    return mnist.scores(x, x.new_tensor(image).reshape(1, -1))[0].softmax(-1).numpy()


# The picture


def draw(axes):
    """An empty pad, an empty image, and room for ten bars."""
    pad, seen, shares = axes
    for ax, name in ((pad, "your pad"), (seen, "what the network gets")):
        ax.set(xlim=(0, SIDE), ylim=(SIDE, 0), aspect="equal", xlabel=name)
        ax.set(xticks=[], yticks=[])
        for spine in ax.spines.values():
            spine.set(visible=True, color=GREY)
    shares.set(xlim=(0, 1.12), ylim=(9.6, -0.6), xlabel="probability")
    shares.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    shares.set_yticks(range(10))
    shares.tick_params(axis="y", length=0)


def actors(image, shares, drawn):
    """The image and the bars; strokes on the pad are drawn by the pen itself."""
    if image is None:
        return [Words(0, [14], [14], ("draw a digit here",), GREY, size=15)]
    square, digits = dict(x=(0, SIDE), y=(0, SIDE), high=INK), np.arange(10)
    best = int(shares.argmax())
    percent = tuple(f"{100 * share:.0f} %" if share >= 0.005 else "" for share in shares)
    return [
        *([] if drawn else [Image(0, image, **square)]),
        Image(1, image, **square),
        Bars(2, np.delete(shares, best), np.delete(digits, best), SKY),
        Bars(2, shares[[best]], digits[[best]], VERMILLION),
        Words(2, shares + 0.06, digits, percent, size=10.5),
    ]


# The words


def in_words(shares, label):
    """What the network makes of it: (kind, text). It changes only with the guess."""
    if shares is None:
        return "Draw a digit", "on the pad, with the mouse or a finger, or let a test digit show."
    kind = f"The network reads {'an' if shares.argmax() == 8 else 'a'} {shares.argmax()}."
    return kind, "" if label is None else f"It is {'an' if label == 8 else 'a'} {label}."


# What is given


def checked(strokes):
    """Strokes as the state keeps them; raises `Advice` if they are none."""
    try:
        points = [np.array(stroke, dtype=float).reshape(-1, 2) for stroke in strokes]
        if not all(np.isfinite(p).all() and (abs(p) <= 1000).all() for p in points):
            raise ValueError
    except (TypeError, ValueError):
        raise Advice(
            "strokes are lists of points (x, y) from 0 to 28, as in [[(14, 4), (14, 24)]]."
        ) from None
    return as_tuples(strokes)
