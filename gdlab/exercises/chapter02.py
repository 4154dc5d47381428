"""The exercises and predictions of chapter 02: batch gradient descent."""

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent

# 02.1  Write it


def uphill(x, grad, s, *, lr=0.1):
    return x + lr * grad(x)


def without_rate(x, grad, s, *, lr=0.1):
    return x - grad(x)


def fixed_rate(x, grad, s, *, lr=0.1):
    return x - 0.1 * grad(x)


def only_the_step(x, grad, s, *, lr=0.1):
    return -lr * grad(x)


def stays(x, grad, s, *, lr=0.1):
    return x


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
        (fixed_rate, "The learning rate is always 0.1 here: use `lr`, so that it can be turned."),
        (only_the_step, "This returns the step alone: add it to `x`, where you stand."),
        (stays, "This stays where it is: subtract `lr` times the slope, `grad(x)`."),
    ),
    hints=(
        "Only three things occur: where you stand, `x`; the slope there, `grad(x)`; and `lr`.",
        "The formula is θ := θ − η ∇J(θ). Here θ is `x`, η is `lr`, and ∇J is `grad`.",
    ),
    solved="The same path as the course's own, over 220 steps on three surfaces.",
)

EXERCISES = (write_it,)

QUESTIONS = (
    Question(
        "02.p",
        "On x² + 4x + 1, from 2, with η = 0.7: how does the ball reach the floor?",
        ("straight down, ever slower", "in a zigzag", "not at all"),
        "in a zigzag",
        "Every step multiplies the error by 1 − 0.7 · 2 = −0.4: smaller, and on the other side.",
    ),
)
