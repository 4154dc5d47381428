"""The exercises and predictions of chapter 06: momentum."""

import numpy as np

from gdlab import optimizers, schedules, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Descent, Value

# 06.1


def without_memory(x, grad, s, *, lr=0.1, beta=0.9):
    v = (1 - beta) * grad(x)
    return x - lr * v


def shares_swapped(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = (1 - beta) * s.v + beta * grad(x)
    return x - lr * s.v


def never_used(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x - lr * grad(x)


def uphill(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x + lr * s.v


def without_rate(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x - s.v


def rate_twice(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * lr * grad(x)
    return x - lr * s.v


def rate_inside(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * lr * grad(x)
    return x - s.v


def fixed_memory(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = 0.9 * s.v + 0.1 * grad(x)
    return x - lr * s.v


def a_step_late(x, grad, s, *, lr=0.1, beta=0.9):
    step = lr * s.v
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x - step


write_it = Exercise(
    "06.1",
    "Write momentum",
    reference=optimizers.momentum,
    trials=(
        Descent(surfaces.square, 10.0, steps=20, numbers={"lr": 0.1, "beta": 0.8}),
        Descent(surfaces.ravine, steps=200, numbers={"lr": 0.2, "beta": 0.9}),
        Descent(
            surfaces.ravine,
            steps=100,
            numbers={"lr": schedules.linear(0.3, 0.0, 100), "beta": 0.6},
        ),
    ),
    mistakes=(
        (
            optimizers.torch_momentum,
            "This is PyTorch's momentum; the chapter asks for the average: multiply the slope "
            "by `(1 - beta)`.",
        ),
        (
            optimizers.heavy_ball,
            "This is heavy ball, or its twin with γ; the chapter asks for the average: the slope "
            "enters with `(1 - beta)`, and η comes in with the step.",
        ),
        (
            rate_inside,
            "While η is constant this is the same path. When η falls it is not: keep `lr` out of "
            "the average, and multiply by it in the step.",
        ),
        (without_memory, "Nothing is remembered: keep the velocity in `s.v`, not in `v`."),
        (shares_swapped, "The shares are swapped: keep β of the old and add (1 − β) of the new."),
        (never_used, "This steps along `grad(x)` itself, as gradient descent does: use `s.v`."),
        (uphill, "This goes uphill: the average points up, as the slope does; subtract it."),
        (without_rate, "The learning rate is missing in the step."),
        (rate_twice, "The learning rate is in there twice."),
        (a_step_late, "The step uses the old velocity: update `s.v` first, then step."),
        (fixed_memory, "Here the memory is always 0.9: use `beta`, so that it can be changed."),
        (optimizers.nesterov, "This is Nesterov's method, of chapter 07: here the slope is at x."),
    ),
    hints=(
        "Two lines: first the new velocity, then the step along it.",
        "What is in `s.v` before you change it is the velocity of the step before; at first 0.",
        "The formulas are v := βv + (1 − β)∇J(x), and x := x − ηv.",
    ),
    solved="It takes the same path as the course's own, 320 steps, also while η falls.",
)

# 06.2


def best_memory():
    largest, smallest = 50, 2  # the curvatures of x² + 25y²: across, and along
    condition = largest / smallest
    return ((condition**0.5 - 1) / (condition**0.5 + 1)) ** 2


def not_squared():
    return (25**0.5 - 1) / (25**0.5 + 1)


def without_roots():
    return (25 - 1) / (25 + 1)


def without_roots_squared():
    return ((25 - 1) / (25 + 1)) ** 2


def condition_of_fifty():
    return ((50**0.5 - 1) / (50**0.5 + 1)) ** 2


def for_the_ravine():
    return ((10**0.5 - 1) / (10**0.5 + 1)) ** 2


def usual():
    return 0.9


explore_it = Exercise(
    "06.2",
    "The best memory for a valley",
    reference=best_memory,
    trials=(Value(within=0.02),),
    mistakes=(
        (not_squared, "This is what one step leaves of the error; the best β is its square."),
        (without_roots, "This is what the best plain descent leaves; with momentum κ has a root."),
        (without_roots_squared, "κ stands under a root: √κ = 5."),
        (condition_of_fifty, "κ is the largest curvature over the smallest: 50/2, not 50."),
        (for_the_ravine, "This is the best β of the ravine, x² + 10y². This valley is narrower."),
        (usual, "0.9 is a good habit, but this valley is not that narrow."),
    ),
    hints=(
        "The curvatures are 2 along x and 50 along y. What is κ?",
        "Or look at its map: `labs.rate_map(surface=surfaces.quadratic([[2, 0], [0, 50]]))`.",
        "With κ = 25: β = ((√κ − 1)/(√κ + 1))².",
    ),
    solved="A step then leaves two thirds of the error, √β. The best plain descent leaves 0.92.",
)

# 06.3


def fit(x, y, lr, beta, steps):
    w, b, v_w, v_b = 0.0, 0.0, 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        error = w * x + b - y
        v_w = beta * v_w + (1 - beta) * (2 * error * x).mean()
        v_b = beta * v_b + (1 - beta) * (2 * error).mean()
        w = w - lr * v_w
        b = b - lr * v_b
        path.append((w, b))
    return np.array(path)


def one_for_both(x, y, lr, beta, steps):
    w, b, v = 0.0, 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        error = w * x + b - y
        v = beta * v + (1 - beta) * (2 * error * x).mean()
        w = w - lr * v
        v = beta * v + (1 - beta) * (2 * error).mean()
        b = b - lr * v
        path.append((w, b))
    return np.array(path)


def forgets_each_time(x, y, lr, beta, steps):
    return fit(x, y, lr * (1 - beta), 0.0, steps)


def shared_sum(x, y, lr, beta, steps):
    w, b, v = 0.0, 0.0, 0.0
    path = [(w, b)]
    for _ in range(steps):
        error = w * x + b - y
        v = beta * v + (1 - beta) * (2 * error * x + 2 * error).mean()
        w, b = w - lr * v, b - lr * v
        path.append((w, b))
    return np.array(path)


def summed(x, y, lr, beta, steps):
    return fit(x, y, lr / (1 - beta), beta, steps)


def without_start(x, y, lr, beta, steps):
    return fit(x, y, lr, beta, steps)[1:]


find_the_bug = Exercise(
    "06.3",
    "Whose velocity is it?",
    reference=fit,
    trials=(
        Call((np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 7.0]), 0.1, 0.8, 40), "3 points"),
        Call((np.linspace(-1, 2, 8), np.linspace(3, 1, 8) ** 2, 0.2, 0.9, 80), "8 points"),
    ),
    mistakes=(
        (one_for_both, "This is still the program as it was."),
        (forgets_each_time, "Now the velocities begin at 0 in every round: set them before it."),
        (shared_sum, "There is still one velocity for both; each number needs its own."),
        (summed, "This adds the slopes up, as PyTorch does; the program should average them."),
        (without_start, "The path should begin with the start, (0, 0)."),
    ),
    hints=(
        "How many numbers move? How many velocities are there?",
        "What is in `v` when the line for `b` uses it: a memory of which slope?",
        "Keep two, `v_w` and `v_b`, both 0.0 before the loop.",
    ),
    solved="Each number has a velocity of its own, made of its own slopes.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "06.p",
        "x² from 10 with η = 0.1 and β = 0.9: where is the ball after 20 steps?",
        (
            "where plain descent is, at 0.12",
            "on the same side, but higher",
            "on the other side of the floor",
        ),
        "on the other side of the floor",
        "It is at −2.71: the average still holds the steep slopes of the start, "
        "and carries the ball across.",
    ),
    Question(
        "06.q",
        "A paper trains with PyTorch's SGD(lr=0.1, momentum=0.9). Which η has the same path in "
        "this chapter's momentum with β = 0.9?",
        ("0.01", "0.1", "1"),
        "1",
        "PyTorch adds the slopes up, ten times the average: our η must be 0.1/(1 − 0.9) = 1.",
    ),
)
