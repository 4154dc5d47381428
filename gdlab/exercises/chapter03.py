"""The exercises and predictions of chapter 03: the learning rate."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 03.1  Write it


def cosine(t, lr, steps):
    return lr * (1 + np.cos(np.pi * min(t, steps) / steps)) / 2


def without_half(t, lr, steps):
    return lr * (1 + np.cos(np.pi * min(t, steps) / steps))


def comes_back(t, lr, steps):
    return lr * (1 + np.cos(np.pi * t / steps)) / 2


def whole_wave(t, lr, steps):
    return lr * (1 + np.cos(2 * np.pi * min(t, steps) / steps)) / 2


def quarter_wave(t, lr, steps):
    return lr * np.cos(np.pi / 2 * min(t, steps) / steps)


def no_shift(t, lr, steps):
    return lr * np.cos(np.pi * min(t, steps) / steps)


def no_shift_and_back(t, lr, steps):
    return lr * np.cos(np.pi * t / steps)


def in_degrees(t, lr, steps):
    return lr * (1 + np.cos(180 * min(t, steps) / steps)) / 2


write_it = Exercise(
    "03.1",
    "Write the cosine schedule",
    reference=cosine,
    trials=tuple(
        Call((t, 0.1, 50), f"t = {t}, lr = 0.1, steps = 50") for t in (0, 10, 25, 40, 50, 80)
    ),
    mistakes=(
        (without_half, "1 + cos begins at 2: take half of it."),
        (comes_back, "After T steps the rate climbs again: hold it with `min(t, steps)`."),
        (whole_wave, "This is a whole wave: the rate is back at the top at the end."),
        (quarter_wave, "This is a quarter of a wave: it falls, but not gently at its end."),
        (no_shift, "The cosine itself falls to −1: shift it up by 1, and halve it."),
        (no_shift_and_back, "The cosine itself falls to −1: shift it up by 1, and halve it."),
        (in_degrees, "`np.cos` takes radians: half a turn is `np.pi`, not 180."),
    ),
    hints=(
        "At t = 0 the rate is η₀, at t = T/2 half of it, and from t = T on it is 0.",
        "The cosine falls from 1 to −1 while its angle goes from 0 to π.",
        "Shift it up by 1 and halve it: (1 + cos(π t/T))/2 falls from 1 to 0.",
    ),
    solved="It begins and ends gently, and it stays at 0 after T steps.",
)

# 03.2  Explore it


def limit():
    x = np.array([1.0, 2.0, 3.0])
    rows = np.column_stack([x, np.ones(3)])
    return 2 / np.linalg.eigvalsh(2 * rows.T @ rows / 3).max()


def one_over_L():
    return limit() / 2


def for_the_sum():
    return limit() / 3


def without_the_two():
    return 2 * limit()


def for_the_slope_alone():
    x = np.array([1.0, 2.0, 3.0])
    return 2 / (2 * (x * x).mean())


explore_it = Exercise(
    "03.2",
    "The limit of a line through three points",
    reference=limit,
    trials=(Value(within=0.002),),
    mistakes=(
        (one_over_L, "This is 1/L: still safe. Up to twice that it arrives, in a zigzag."),
        (for_the_sum, "This is the limit for the *sum* of the squares; the MSE is their mean."),
        (without_the_two, "The second derivative of a square has a factor 2."),
        (for_the_slope_alone, "This is the limit for w alone; with b the valley is steeper."),
    ),
    hints=(
        "Make the lab: `labs.fit([1, 2, 3], [1, 2, 2])`. Where is the red mark?",
        "`linear_regression([1, 2, 3], [1, 2, 2]).L` is the largest curvature.",
    ),
    solved="The limit 2/L does not depend on y at all: only the x decide how steep it is.",
)

# 03.3  Find the bugs


def fit_line(x, u, epochs=5000):
    y = 2 * x + 3 + (u - 0.5)
    w, b, lr = 0.0, 0.0, 0.1
    for _ in range(epochs):
        error = w * x + b - y
        w = w - lr * (2 * error * x).mean()
        b = b - lr * (2 * error).mean()
        lr = lr * 0.999
    return w, b, lr


def _repaired(rate=True, intercept=True, mean=True, centred=True):
    """The program with some of its four bugs left in; for the check and its tests."""

    def program(x, u, epochs=5000):
        y = 2 * x + 3 + (u - 0.5 if centred else u)
        w, b, lr = 0.0, 0.0, 0.1
        for _ in range(epochs):
            error = w * x + b - y
            scale = 1 if mean else len(x)
            w = w - lr * scale * (2 * error * x).mean()
            b = b - lr * scale * (2 * error).mean() if intercept else 0.0
            lr = lr * 0.999 if rate else lr
        return w, b, lr

    return program


SENTENCES = {
    "mean": "It diverges: the slope is a sum over all samples, ηL is above 2; take the mean.",
    "rate": "The rate never falls: `slower` only changes its own copy; it must return the new "
    "rate, and the loop must keep it.",
    "intercept": "There is no b in the fit, so the line must pass through the origin: give b its "
    "own slope and step.",
    "centred": "b comes out near 3.5: numbers between 0 and 1 have the mean 0.5, and b swallows "
    "it; noise has the mean 0.",
}


def _judge(program):
    if not callable(program):
        return "The exercise asks for a function (x, u, epochs) that returns w, b, lr."
    rng = np.random.default_rng(3)
    x, u = rng.uniform(0, 1, 100), rng.uniform(0, 1, 100)
    back = program(x.copy(), u.copy())
    try:
        w, b, lr = (float(v) for v in back)
    except (TypeError, ValueError):
        return "Let it return three numbers: `return w, b, lr`."
    if not np.isfinite([w, b]).all():
        return SENTENCES["mean"]
    if lr >= 0.1:
        return SENTENCES["rate"]
    if b == 0:
        return SENTENCES["intercept"]
    slope, height = np.polyfit(x, 2 * x + 3 + u - 0.5, 1)
    if abs(b - height - 0.5) < 0.05:
        return SENTENCES["centred"]
    if abs(w - slope) + abs(b - height) > 0.01:
        return (
            f"It ends at w = {w:.3f}, b = {b:.3f}; the best line has {slope:.3f} and {height:.3f}."
        )
    return ""


def _only(bug):
    program = _repaired(**{bug: False})
    program.__name__ = f"with_the_bug_{bug}"
    return program


find_the_bugs = Exercise(
    "03.3",
    "Four bugs in twelve lines",
    reference=fit_line,
    mistakes=tuple((_only(bug), sentence) for bug, sentence in SENTENCES.items()),
    judge=_judge,
    hints=(
        "Run it and look at what comes back. Is it finite? If not, how large is ηL?",
        "`lr = …` inside a function changes the function's own `lr`, and no other: what `slower` "
        "does stays in `slower`.",
        "Which lines can w·x alone draw? And where does the mean of u go?",
    ),
    solved="All four are mended: the mean slope, a rate that falls, an intercept, centred noise.",
)

EXERCISES = (write_it, explore_it, find_the_bugs)

QUESTIONS = (
    Question(
        "03.p",
        "x² from 10, once with η = 0.2 and once with η = 0.8: which is lower after 20 steps?",
        ("η = 0.2", "η = 0.8", "both are equally low"),
        "both are equally low",
        "The factors are 1 − 0.4 = 0.6 and 1 − 1.6 = −0.6: the same size, one with a zigzag.",
    ),
    Question(
        "03.q",
        "The ravine, η₀ = 0.12, which is above 2/L = 0.1. The rate falls to a twentieth in 60 "
        "steps. What happens?",
        ("it diverges for good", "it first climbs, then comes down", "it descends all the time"),
        "it first climbs, then comes down",
        "While η is above 0.1 every step across the ravine is longer than the last; as soon as "
        "the rate has fallen below, the same valley calms it.",
    ),
)
