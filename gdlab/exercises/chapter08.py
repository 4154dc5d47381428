"""The exercises and predictions of chapter 08: AdaGrad."""

import numpy as np

from gdlab import linear_regression, optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent, Value

# 08.1  Write it


def no_memory(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = g**2
    return x - lr * g / (s.h**0.5 + eps)


def without_root(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / (s.h + eps)


def without_square(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g
    return x - lr * g / (s.h**0.5 + eps)


def sum_of_sizes(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + abs(g)
    return x - lr * g / (s.h + eps)


def inside(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / (s.h + eps) ** 0.5


def too_late(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    root = s.h**0.5
    s.h = s.h + g**2
    return x - lr * g / (root + eps)


def one_for_all(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + (g**2).sum(-1, keepdims=True)
    return x - lr * g / (s.h**0.5 + eps)


def forgets(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = 0.9 * s.h + 0.1 * g**2
    return x - lr * g / (s.h**0.5 + eps)


def mean_square(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / ((s.h / s.t) ** 0.5 + eps)


def added_epsilon(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / s.h**0.5 + eps


def uphill(x, grad, s, *, lr=0.5, eps=1e-10):
    return optimizers.adagrad(x, grad, s, lr=-lr, eps=eps)


TRIALS = (
    Descent(surfaces.square, 10.0, steps=60, numbers={"lr": 0.5, "eps": 0.5}),
    Descent(surfaces.ravine, steps=100, numbers={"lr": 2.0, "eps": 0.5}),
    Descent(surfaces.rosenbrock, steps=60, numbers={"lr": 0.1, "eps": 0.1}),
)

write_it = Exercise(
    "08.1",
    "Write AdaGrad",
    reference=optimizers.adagrad,
    trials=TRIALS,
    mistakes=(
        (no_memory, "This remembers today's slope only: add its square to the old `s.h`."),
        (without_root, "The root is missing: h has the units of a squared slope."),
        (without_square, "This adds up the slopes themselves: add up their squares."),
        (sum_of_sizes, "This adds up |g|: AdaGrad adds up g² and takes the root."),
        (inside, "Here ε stands inside the root, as in Keras; the formula has √h + ε."),
        (too_late, "The memory is used before today's slope is in it: update `s.h` first."),
        (one_for_all, "Here all parameters share one sum: square and divide each by its own."),
        (forgets, "This forgets: it is RMSProp with β = 0.9. AdaGrad adds up and keeps all."),
        (mean_square, "This takes the mean of the squares: AdaGrad takes their sum."),
        (added_epsilon, "Here ε is added to the position: put brackets around √h + ε."),
        (uphill, "This goes uphill: the step is subtracted."),
    ),
    hints=(
        "Three lines: the slope, the memory, the step. Call `grad(x)` once and give it a name.",
        "`s.h` starts at zero by itself. Add the squared slope to it.",
        "The step is `lr * g / (s.h**0.5 + eps)`.",
    ),
    solved="The same path as the course's own, over 220 steps on three surfaces.",
)

# 08.2  Explore it


def far_enough():
    return 30 / sum(t**-0.5 for t in range(1, 101))


def without_shrinking():
    return 30 / 100


def last_step():
    return 30 / 100**0.5


explore_it = Exercise(
    "08.2",
    "Far enough in 100 steps",
    reference=far_enough,
    trials=(Value(within=0.12),),
    mistakes=(
        (without_shrinking, "That would do if every step were η long; but step t is η/√t long."),
        (last_step, "The distance is the sum of all the steps, about 2η√t, not η√t."),
    ),
    hints=(
        "The table above has the distance after t steps: about 2η√t.",
        "Solve 2η√100 = 30; or sum up η/√t and be exact.",
    ),
    solved="About 1.5, from 2η√100 = 30; exactly it is 1.61. Any slope would give the same.",
)

# 08.3  Find the bug

_rare = np.arange(60) % 20 == 9
_texts = linear_regression(_rare, 1 + 3 * _rare)


def without_epsilon(x, grad, s, *, lr=0.5, eps=1e-10):
    g = grad(x)
    s.h = s.h + g**2
    return x - lr * g / s.h**0.5


find_the_bug = Exercise(
    "08.3",
    "Nothing divided by nothing",
    reference=optimizers.adagrad,
    trials=(Descent(_texts, steps=60, numbers={"lr": 0.5, "eps": 1e-3, "batch_size": 5}), *TRIALS),
    mistakes=(
        (added_epsilon, "This is still the program as it was. What does its last line divide by?"),
        (without_epsilon, "Now ε is gone, and 0/0 is still there."),
        (inside, "It does not break any more. But the formula has √h + ε: ε stands outside."),
    ),
    hints=(
        "In a batch without the word, the slope of w is 0. What is h then, and what is 0/0?",
        "ε is there to prevent that. What does the program add it to? Division comes first.",
    ),
    solved="A parameter that has not seen a slope now stays where it is: 0/(0 + ε) = 0.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "08.p",
        "On a slope that is always 5: how long is the hundredth step?",
        ("as long as the first", "a tenth of the first", "a hundredth of the first"),
        "a tenth of the first",
        "After t steps √h is √t times the slope, so step t is η/√t long, and √100 = 10.",
    ),
)
