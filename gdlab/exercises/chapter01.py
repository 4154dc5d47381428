"""The exercises and predictions of chapter 01: which way is down."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 01.1


def downhill(g):
    return -g / np.sqrt((g**2).sum())


def uphill(g):
    return g / np.sqrt((g**2).sum())


def any_length(g):
    return -g


def without_root(g):
    return -g / (g**2).sum()


def sum_of_sizes(g):
    return -g / np.abs(g).sum()


def largest_one(g):
    return -g / np.abs(g).max()


def signs(g):
    return -np.sign(g)


write_it = Exercise(
    "01.1",
    "Straight downhill",
    reference=downhill,
    trials=(
        Call((np.array([3.0, 4.0]),), "g = (3, 4)"),
        Call((np.array([-4.0, 7.2]),), "g = (−4, 7.2)"),
        Call((np.array([0.5]),), "g = (0.5)"),
        Call((np.array([1.0, -2.0, 2.0]),), "g = (1, −2, 2)"),
    ),
    mistakes=(
        (uphill, "This points straight uphill: the gradient does, so turn it round."),
        (any_length, "The direction is right; now divide by its length, so that it has length 1."),
        (without_root, "The length is the square *root* of the sum of the squares."),
        (sum_of_sizes, "The length is not the sum of the sizes: it is √(g₁² + g₂² + …)."),
        (largest_one, "The length is not the largest number: it is √(g₁² + g₂² + …)."),
        (signs, "This keeps only the signs; the sizes are part of the direction too."),
    ),
    hints=(
        "Downhill is the opposite of uphill, and the gradient points uphill.",
        "A vector divided by its own length has length 1. `np.linalg.norm(g)` is that length.",
    ),
    solved="It is right in one, two and three dimensions.",
)

# 01.2


def best_length():
    x, y = 2.0, -1.0
    g = np.array([2 * x, 6 * y])
    curvature = (2 * g[0] ** 2 + 6 * g[1] ** 2) / (g @ g)  # along the way
    return np.linalg.norm(g) / curvature


def level_again():
    return 2 * best_length()


def to_the_floor():
    return np.sqrt(2.0**2 + 1.0**2)


def rate():
    return best_length() / np.sqrt(52)


def whole_gradient():
    return np.sqrt(52)


explore_it = Exercise(
    "01.2",
    "The best length of a step",
    reference=best_length,
    trials=(Value(within=0.05),),
    mistakes=(
        (level_again, "There you are as high as at the start: the lowest point lies half-way."),
        (to_the_floor, "That is how far the floor is; but straight downhill misses it."),
        (rate, "This is η; the length of the step is η times the length of the gradient."),
        (whole_gradient, "This is the length of the gradient: with η = 1 you go far too far."),
    ),
    hints=(
        "Turn the arrow onto the blue one. Then change only the length ℓ, and watch ΔJ.",
        "The gradient at (2, −1) is (4, −6). After the step −η (4, −6) the height is "
        "(2 − 4η)² + 3 (−1 + 6η)².",
        "That is lowest at η = 52/248. The step is η times √52 long.",
    ),
    solved="Along the line the height is a parabola, and this is its floor.",
)

# 01.3


def measure(f, x, h=1e-5):
    g = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= 2 * h
        left = f(x)
        x[i] += h  # put it back: the other coordinates are measured from here
        g[i] = (right - left) / (2 * h)
    return g


def as_it_was(f, x, h=1e-5):
    g = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= h
        left = f(x)
        g[i] = (right - left) / (2 * h)
    return g


def one_side(f, x, h=1e-5):
    g = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= h
        left = f(x)
        g[i] = (right - left) / h
    return g


def not_put_back(f, x, h=1e-5):
    g = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= 2 * h
        left = f(x)
        g[i] = (right - left) / (2 * h)
    return g


def put_back_too_far(f, x, h=1e-5):
    g = np.zeros(len(x))
    for i in range(len(x)):
        x[i] += h
        right = f(x)
        x[i] -= 2 * h
        left = f(x)
        x[i] += 2 * h
        g[i] = (right - left) / (2 * h)
    return g


def turned_round(f, x, h=1e-5):
    return -measure(f, x, h)


def sheared(p):
    return p[0] ** 2 + p[0] * p[1] + 3 * p[1] ** 2


def cubic(p):
    return p[0] ** 3 + p[0] * p[1] * p[2] + p[2] ** 2


find_the_bug = Exercise(
    "01.3",
    "Measure a slope",
    reference=measure,
    trials=(
        Call((sheared, np.array([1.0, -1.0]), 0.01), "x² + xy + 3y² at (1, −1), h = 0.01"),
        Call((cubic, np.array([1.0, 2.0, 3.0]), 0.01), "x³ + xyz + z² at (1, 2, 3), h = 0.01"),
    ),
    mistakes=(
        (as_it_was, "This is still the program as it was: about half of the slope."),
        (one_side, "Now it is a slope, but of one side only: `left` is still the middle."),
        (not_put_back, "The first trap is gone. But where is x[0] while x[1] is measured?"),
        (put_back_too_far, "Almost: after −2h, a step of +h leads back to the middle, not +2h."),
        (turned_round, "The sign is the wrong way round: the slope is right minus left."),
    ),
    hints=(
        "Follow `x[i]` with a pencil: x + h, and then? Where is it when `left` is measured?",
        "From x + h it takes a step of −2h to get to x − h.",
        "And from there a step of +h back, or the next coordinate is measured elsewhere.",
    ),
    solved="Both sides are measured, and x is left as it was found.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "01.p",
        "Which step of length 0.3 from (−2, 1.2) leads lowest?",
        ("towards the floor", "straight against the gradient", "along the line of equal height"),
        "straight against the gradient",
        "For a short step only the slope under your feet counts. In a valley that is not round, "
        "straight against it is not straight towards the floor.",
    ),
)
