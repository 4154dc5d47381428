"""The exercises and predictions of chapter 02: batch gradient descent."""

import numpy as np

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Descent, Value

# 02.1


def uphill(x, grad, s, *, lr=0.1):
    return x + lr * grad(x)


def without_rate(x, grad, s, *, lr=0.1):
    return x - grad(x)


def fixed_rate(x, grad, s, *, lr=0.1):
    return x - 0.1 * grad(x)


def step_alone(x, grad, s, *, lr=0.1):
    return -lr * grad(x)


def stays(x, grad, s, *, lr=0.1):
    return x


def against_x(x, grad, s, *, lr=0.1):
    return x - lr * x


write_it = Exercise(
    "02.1",
    "Write gradient descent",
    reference=optimizers.gradient_descent,
    trials=(
        Descent(surfaces.square, 10.0, steps=20, numbers={"lr": 0.1}),
        Descent(surfaces.shifted, 2.0, steps=100, numbers={"lr": 0.7}),
        Descent(surfaces.bowl, (2.0, 2.0), steps=100, numbers={"lr": 0.1}),
    ),
    mistakes=(
        (uphill, "This goes uphill: the slope points up, so it is subtracted."),
        (without_rate, "The learning rate is missing: multiply the slope by `lr`."),
        (fixed_rate, "Here the rate is always 0.1: use `lr`, so that it can be changed."),
        (step_alone, "This is the step alone: add it to `x`, where you stand."),
        (stays, "This stays where it is: subtract `lr` times the slope, `grad(x)`."),
        (against_x, "This subtracts the position: the slope there is `grad(x)`."),
    ),
    hints=(
        "Only three things occur: where you stand, `x`; the slope there, `grad(x)`; and `lr`.",
        "The formula is θ := θ − η ∇J(θ). Here θ is `x`, η is `lr`, and ∇J is `grad`.",
    ),
    solved="It takes the same path as the course's own, 220 steps on three surfaces.",
)

# 02.2


def fastest():
    largest, smallest = 8, 2  # the curvatures of x² + 4y²: across, and along
    return 2 / (largest + smallest)


def one_over_largest():
    return 1 / 8


def limit():
    return 2 / 8


def for_x_alone():
    return 1 / 2


def coefficients():
    return 2 / (4 + 1)


explore_it = Exercise(
    "02.2",
    "The fastest rate for a valley",
    reference=fastest,
    trials=(Value(within=0.012),),
    mistakes=(
        (one_over_largest, "This is 1/L: perfect across the valley, but slow along it."),
        (limit, "This is 2/L: across the valley it goes to and fro for ever."),
        (for_x_alone, "This is best along the valley; across, it is far above the limit 2/L."),
        (coefficients, "A curvature is a second derivative: that of 4y² is 8, that of x² is 2."),
    ),
    hints=(
        "Try `labs.descent(gradient_descent, surfaces.quadratic([[2, 0], [0, 8]]))`, and several "
        "starts: which η is best depends a little on the start.",
        "The curvatures are 2 along x and 8 along y, so the factors are 1 − 2η and 1 − 8η.",
        "The slower of the two sets the pace. It is fastest where both are equally large: "
        "1 − 2η = −(1 − 8η).",
    ),
    solved="Both factors are then 0.6 in size: three fifths of the error remain after each step.",
)

# 02.3


def fit(x, y, lr, steps):
    w, b = 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        error = w * x + b - y  # once, before anything moves
        w = w - lr * (2 * error * x).mean()
        b = b - lr * (2 * error).mean()
        path.append((w, b))
    return np.array(path)


def w_first(x, y, lr, steps):
    w, b = 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        w = w - lr * (2 * (w * x + b - y) * x).mean()
        b = b - lr * (2 * (w * x + b - y)).mean()
        path.append((w, b))
    return np.array(path)


def b_first(x, y, lr, steps):
    w, b = 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        b = b - lr * (2 * (w * x + b - y)).mean()
        w = w - lr * (2 * (w * x + b - y) * x).mean()
        path.append((w, b))
    return np.array(path)


def backwards(x, y, lr, steps):
    return fit(x, y, -lr, steps)


def summed(x, y, lr, steps):
    return fit(x, y, lr * len(x), steps)


def without_start(x, y, lr, steps):
    return fit(x, y, lr, steps)[1:]


find_the_bug = Exercise(
    "02.3",
    "Which slope does b see?",
    reference=fit,
    trials=(
        Call((np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 7.0]), 0.1, 20), "3 points"),
        Call((np.linspace(-1, 2, 8), np.linspace(3, 1, 8) ** 2, 0.05, 50), "8 points"),
    ),
    mistakes=(
        (w_first, "This is still the program as it was."),
        (b_first, "Now `b` moves first, and `w` sees the new one: the same bug, turned round."),
        (backwards, "This goes uphill: the error is w·x + b − y, and its slope is subtracted."),
        (summed, "The loss is a mean over the samples, not a sum: so is its slope."),
        (without_start, "The path should begin with the start, (0, 0)."),
    ),
    hints=(
        "A step goes from where you stand. Is every slope here measured there?",
        "Follow the first round with a pencil: with which `w` is the slope for `b` measured?",
        "Work out `w * x + b - y` once, before `w` and `b` move, and use it for both.",
    ),
    solved="Both slopes are now measured where you stand, and only then do both numbers move.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "02.p",
        "x² + 4x + 1 from x = 2 with η = 0.7: how does the ball reach the floor?",
        ("down one side, ever slower", "in a zigzag", "not at all"),
        "in a zigzag",
        "Each step multiplies the distance to the floor by −0.4: it is smaller every time, "
        "and on the other side.",
    ),
    Question(
        "02.q",
        "x² from x = 10 with η = 1: where does the ball end?",
        ("on the floor after one step", "to and fro between 10 and −10", "farther away each time"),
        "to and fro between 10 and −10",
        "η = 1 is 2/L, and the factor is −1: it lands just as high on the other side.",
    ),
)
