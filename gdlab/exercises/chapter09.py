"""The exercises and predictions of chapter 09: RMSProp."""

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent, Value

# 09.1  Write it


def never_forgets(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = s.v + g**2
    return x - lr * g / (s.v**0.5 + eps)


def without_share(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + g**2
    return x - lr * g / (s.v**0.5 + eps)


def swapped(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = (1 - beta) * s.v + beta * g**2
    return x - lr * g / (s.v**0.5 + eps)


def without_root(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v + eps)


def without_square(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g
    return x - lr * g / (s.v**0.5 + eps)


def doubled(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g * 2
    return x - lr * g / (s.v**0.5 + eps)


def mean_size(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * abs(g)
    return x - lr * g / (s.v + eps)


def root_of_both(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v + eps) ** 0.5


def too_late(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    root = s.v**0.5
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (root + eps)


def one_for_all(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * (g**2).sum(-1, keepdims=True)
    return x - lr * g / (s.v**0.5 + eps)


def corrected(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / ((s.v / (1 - beta**s.t)) ** 0.5 + eps)


def added_epsilon(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / s.v**0.5 + eps


def uphill(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    return optimizers.rmsprop(x, grad, s, lr=-lr, beta=beta, eps=eps)


TRIALS = (
    Descent(surfaces.square, 10.0, steps=60, numbers={"lr": 0.1, "beta": 0.9, "eps": 0.5}),
    Descent(surfaces.ravine, steps=100, numbers={"lr": 0.2, "beta": 0.7, "eps": 0.5}),
    Descent(surfaces.rosenbrock, steps=60, numbers={"lr": 0.02, "beta": 0.99, "eps": 0.1}),
)

write_it = Exercise(
    "09.1",
    "Write RMSProp",
    reference=optimizers.rmsprop,
    trials=TRIALS,
    mistakes=(
        (never_forgets, "This adds up all squares and forgets none: it is AdaGrad."),
        (without_share, "An average needs both shares: β of the old, (1 − β) of the new square."),
        (swapped, "β and 1 − β are swapped: β is the share of the *old* average."),
        (without_root, "The root is missing: v has the units of a squared slope."),
        (without_square, "The memory averages the slope itself: average its square."),
        (doubled, "`g * 2` is twice the slope, not its square: that is `g**2`."),
        (mean_size, "This averages the slope's size |g|: RMSProp averages g² and takes the root."),
        (root_of_both, "Here ε stands inside the root, as in Keras; the formula has √v + ε."),
        (too_late, "The memory is used before today's slope is in it: update `s.v` first."),
        (one_for_all, "Here all parameters share one memory: square and divide each by its own."),
        (corrected, "This corrects the start of v, as Adam does (chapter 11); RMSProp does not."),
        (added_epsilon, "Here ε is added to the position: put brackets around √v + ε."),
        (uphill, "This goes uphill: the step is subtracted."),
    ),
    hints=(
        "Three lines: the slope, the memory, the step. Call `grad(x)` once and give it a name.",
        "`s.v` starts at zero by itself. Update it: β of the old, (1 − β) of the squared slope.",
        "The step is `lr * g / (s.v**0.5 + eps)`.",
    ),
    solved="The same path as the course's own, over 220 steps on three surfaces.",
)

# 09.2  Explore it


def first_step():
    lr, beta = 0.01, 0.99
    return lr / (1 - beta) ** 0.5


def learning_rate():
    return 0.01


def as_gradient_descent():
    return 0.01 * 50


def with_nine_tenths():
    return 0.01 / (1 - 0.9) ** 0.5


def without_a_root():
    return 0.01 / (1 - 0.99)


explore_it = Exercise(
    "09.2",
    "The very first step",
    reference=first_step,
    trials=(Value(within=1e-4),),
    mistakes=(
        (learning_rate, "η is the length of a step once v has settled; at first v is too small."),
        (as_gradient_descent, "That is gradient descent's first step: here the slope is divided."),
        (with_nine_tenths, "That is right for β = 0.9; PyTorch's default is 0.99."),
        (without_a_root, "After one step v = (1 − β) g², but the slope is divided by its root."),
    ),
    hints=(
        "What is v after one step from zero? Write it with g = 50.",
        "v = (1 − β) · 50². Divide η · 50 by its root: the 50 cancels.",
    ),
    solved="Ten times η, whatever the slope: 1/√(1 − 0.99) = 10.",
)

# 09.3  Find the bug


def as_the_formula_says(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v + eps) ** 0.5


def twice(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / ((s.v + eps) ** 0.5 + eps)


def in_the_memory(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2 + eps
    return x - lr * g / s.v**0.5


def not_guarded(x, grad, s, *, lr=0.01, beta=0.9, eps=1e-8):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / s.v**0.5


find_the_bug = Exercise(
    "09.3",
    "A formula and its program",
    reference=as_the_formula_says,
    trials=TRIALS,
    mistakes=(
        (optimizers.rmsprop, "This is still the program as printed: compare its last line."),
        (twice, "Now ε stands in both places: the formula has it only inside the root."),
        (in_the_memory, "Now ε piles up in the memory: add it only where you take the root."),
        (not_guarded, "ε is lost: the formula has it inside the root."),
    ),
    hints=(
        "The memory is right. Compare what stands under the root.",
        "In the formula the root is taken of v + ε, in the program of v alone.",
    ),
    solved="Formula and program agree. It is Keras's form now; PyTorch has the other.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "09.p",
        "All heights and slopes × 1,000: what happens to RMSProp's path?",
        ("the steps are 1,000 times as long", "it is the same", "it diverges"),
        "it is the same",
        "The slope is divided by its own recent size, and the factor cancels; only ε can tell "
        "the difference. Gradient descent would need an η a thousand times smaller.",
    ),
    Question(
        "09.q",
        "x² with η = 0.1, for as long as you like: where does RMSProp settle?",
        ("at 0", "it jumps between ±0.05", "it jumps, ever more widely"),
        "it jumps between ±0.05",
        "In the end every step is exactly η long, however small the slope: from +η/2 to −η/2.",
    ),
)
