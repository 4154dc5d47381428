"""The exercises and predictions of chapter 13, second sitting: chaos, depth, the edge."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 13.4  Find the bug: a clip that does nothing


def train(x, slope, lr, c, steps):
    path = [x]
    for _ in range(steps):
        g = slope(x)
        g = g * min(1, c / np.linalg.norm(g))
        x = x - lr * g
        path.append(x)
    return np.array(path)


def trained(clip):
    """A training that takes clip(slope, lr, c) for its clipped slope."""

    def training(x, slope, lr, c, steps):
        path = [x]
        for _ in range(steps):
            x = x - lr * clip(slope(x), lr, c)
            path.append(x)
        return np.array(path)

    training.__name__ = clip.__name__
    return training


def clipped_too_late(g, lr, c):
    return g


def each_number(g, lr, c):
    return np.clip(g, -c, c)


def always_scaled(g, lr, c):
    return g * c / np.linalg.norm(g)


def the_step(g, lr, c):
    return g * min(1, c / np.linalg.norm(lr * g))


def of_the_sum(g, lr, c):
    return g * min(1, c / np.abs(g).sum())


def a_step_late(x, slope, lr, c, steps):
    path, g = [x], np.zeros_like(x)
    for _ in range(steps):
        size = np.linalg.norm(g)
        g = slope(x) * (min(1, c / size) if size else 1)
        x = x - lr * g
        path.append(x)
    return np.array(path)


def valley(x):
    return np.array([2 * x[0], 20 * x[1]])


def quartic(x):
    return 4 * x**3


find_the_bug = Exercise(
    "13.4",
    "A clip that does nothing",
    reference=train,
    trials=(
        Call((np.array([6.0, 2.0]), valley, 0.05, 8.0, 60), "the ravine, from (6, 2)"),
        Call((np.array([3.0, -2.0, 0.2]), quartic, 0.02, 2.0, 80), "x⁴ + y⁴ + z⁴"),
    ),
    mistakes=(
        (
            trained(clipped_too_late),
            "So far it is the program as it was: `g` is used, and then clipped.",
        ),
        (trained(each_number), "This clips each number by itself, and so the direction changes."),
        (
            trained(always_scaled),
            "A short slope should stay as it is: multiply by `min(1, c / size)`.",
        ),
        (trained(the_step), "This clips the step, η included; the program should clip the slope."),
        (a_step_late, "The size is that of the slope before: measure the one you clip."),
        (
            trained(of_the_sum),
            "The size is √(g₁² + g₂² + …), not the sum of |gᵢ|: `np.linalg.norm(g)`.",
        ),
    ),
    hints=(
        "Read the three lines in the loop aloud. Which `g` does the step use?",
        "What becomes of the short `g`? The next round begins with a new one.",
        "First the slope, then the clip, then the step.",
    ),
    solved="Backward, clip, step: in this order, and in PyTorch as well.",
)

# 13.5  Explore it: the edge with memory


def largest_rate():
    beta, curvature = 0.9, 10
    return 2 * (1 + beta) / ((1 - beta) * curvature)


def without_memory():
    return 2 / 10


def of_heavy_ball():
    return 2 * (1 + 0.9) / 10


def only_the_average():
    return 2 / ((1 - 0.9) * 10)


def upside_down():
    return 2 * (1 - 0.9) / ((1 + 0.9) * 10)


edge_with_memory = Exercise(
    "13.5",
    "The edge with memory",
    reference=largest_rate,
    trials=(Value(within=0.02),),
    mistakes=(
        (without_memory, "This is 2/L, the edge of plain descent; with memory it lies higher."),
        (of_heavy_ball, "This is the edge of heavy ball; this course's momentum averages."),
        (only_the_average, "The slopes turn at the edge: there is 1 + β in the numerator, too."),
        (upside_down, "More memory allows a *larger* η: (1 + β)/(1 − β), not the other way."),
    ),
    hints=(
        "Chapter 06 has the red line of momentum on a quadratic.",
        "η = 2/L · (1 + β)/(1 − β). What is L here?",
        "L = 10 is the sharpness, β = 0.9.",
    ),
    solved="3.8: nineteen times the 0.2 of plain descent.",
)

EXERCISES = (find_the_bug, edge_with_memory)

QUESTIONS = (
    Question(
        "13.r",
        "Two runs of Adam on x², η = 0.1 and β₂ = 0.99, start 10⁻¹⁴ apart. How far apart are they "
        "after 3,000 steps?",
        (
            "nearer: both come to rest at 0",
            "about 10⁻¹⁴, as at first",
            "as far as each is from 0",
        ),
        "as far as each is from 0",
        "Near the floor a step multiplies a small difference by about 1.05, on average. That is "
        "chaos, on a parabola.",
    ),
    Question(
        "13.s",
        "Twenty hidden layers, sigmoid, Xavier's start. What share of the last layer's gradient "
        "reaches the first layer?",
        ("about a tenth", "about a thousandth", "less than a billionth"),
        "less than a billionth",
        "Each layer leaves about 0.24 of the slope, and 0.24²⁰ is 4·10⁻¹³.",
    ),
    Question(
        "13.t",
        "A network trains with full batches and η = 0.4. Its largest curvature is 3 and climbs. "
        "2/η is 5. What happens when the curvature gets there?",
        (
            "the training diverges",
            "the curvature goes on climbing",
            "the curvature stays near 5, and the loss goes on falling",
        ),
        "the curvature stays near 5, and the loss goes on falling",
        "The first swing carries the weights to a place that is less steep. A network is no "
        "quadratic: it has such places.",
    ),
)
