"""The exercises and predictions of chapter 04: stochastic gradient descent."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 04.1  Write it


def one_epoch(w, b, x, y, order, lr):
    path = [(w, b)]
    for i in order:
        error = w * x[i] + b - y[i]
        w, b = w - lr * 2 * error * x[i], b - lr * 2 * error
        path.append((w, b))
    return np.array(path)


def uphill(w, b, x, y, order, lr):
    return one_epoch(w, b, x, y, order, -lr)


def without_the_two(w, b, x, y, order, lr):
    return one_epoch(w, b, x, y, order, lr / 2)


def as_they_lie(w, b, x, y, order, lr):
    return one_epoch(w, b, x, y, range(len(order)), lr)


def w_first(w, b, x, y, order, lr):
    path = [(w, b)]
    for i in order:
        w = w - lr * 2 * (w * x[i] + b - y[i]) * x[i]
        b = b - lr * 2 * (w * x[i] + b - y[i])
        path.append((w, b))
    return np.array(path)


def all_samples(w, b, x, y, order, lr):
    path = [(w, b)]
    for _ in order:
        error = w * x + b - y
        w, b = w - lr * 2 * (error * x).mean(), b - lr * 2 * error.mean()
        path.append((w, b))
    return np.array(path)


def one_nth(w, b, x, y, order, lr):
    return one_epoch(w, b, x, y, order, lr / len(x))


def from_the_start(w, b, x, y, order, lr):
    path = [(w, b)]
    for i in order:
        error = w * x[i] + b - y[i]
        path.append((w - lr * 2 * error * x[i], b - lr * 2 * error))
    return np.array(path)


THREE = (np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 7.0]), [2, 0, 1])
TEN = (np.linspace(-1, 2, 10), np.linspace(3, 1, 10) ** 2, [7, 0, 3, 9, 1, 8, 2, 6, 4, 5])

write_it = Exercise(
    "04.1",
    "Write one epoch",
    reference=one_epoch,
    trials=(
        Call((0.5, -1.0, *THREE, 0.02), "3 samples in the order 2, 0, 1"),
        Call((0.0, 0.0, *TEN, 0.1), "10 samples"),
    ),
    mistakes=(
        (uphill, "This goes uphill: the error is w·x + b − y, and its slope is subtracted."),
        (without_the_two, "The square in the loss gives a factor 2 in its slope; it is missing."),
        (as_they_lie, "This takes the samples as they lie; take them as `order` says."),
        (w_first, "Here `b` sees the new `w`: work out the error once, before anything moves."),
        (
            all_samples,
            "This is batch descent: each step asks all samples. Ask one, `x[i]`, `y[i]`.",
        ),
        (one_nth, "Do not divide by n: one step takes the whole slope of its one sample."),
        (from_the_start, "Every step begins at the start here; begin where the last one ended."),
    ),
    hints=(
        "Begin with `path = [(w, b)]`, and for each `i` in `order` add the next pair.",
        "The error of sample i is `w * x[i] + b - y[i]`. What are the two slopes of its square?",
        "They are `2 * error * x[i]` for w and `2 * error` for b. Move both at once.",
    ),
    solved="The same path as ours, sample by sample.",
)

# 04.2  Explore it


def quarter_of_the_variance():
    # V = η σ²/(L (2 − η L)) with L = 2 must be a quarter of its value at η = 0.1:
    target = 0.1 / (2 - 2 * 0.1) / 4
    return 2 * target / (1 + 2 * target)  # η/(2 − 2η) = target, solved for η


def half():
    return 0.05


def double():
    return 0.2


def times_four():
    return 0.4


explore_it = Exercise(
    "04.2",
    "Half the noise ball",
    reference=quarter_of_the_variance,
    trials=(Value(within=0.0025),),
    mistakes=(
        (half, "Half the rate halves the variance; the radius is its square root."),
        (double, "A larger rate makes the noise ball larger."),
        (times_four, "Four times, yes, but the other way: a larger rate makes a larger ball."),
    ),
    hints=(
        "The radius is the root of V = η σ²/(L (2 − η L)). How must V change to halve it?",
        "V must be a quarter. For small η it grows like η, so η is about a quarter too.",
        "Exactly: η/(2 − 2η) must be a quarter of 0.1/(2 − 0.2). Solve for η, or try it out.",
    ),
    solved="A quarter of 0.1 is 0.025; with the term 2 − ηL taken exactly it is 0.027.",
)

# 04.3  Find the bug


def fit(x, y, lr, epochs, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))  # one order, for both
        for x_i, y_i in zip(x[order], y[order], strict=True):
            error = w * x_i + b - y_i
            w, b = w - lr * 2 * error * x_i, b - lr * 2 * error
    return w, b


def shuffled_apart(x, y, lr, epochs, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        x = rng.permutation(x)
        y = rng.permutation(y)
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - lr * 2 * error * x_i, b - lr * 2 * error
    return w, b


def only_x(x, y, lr, epochs, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        x = rng.permutation(x)
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - lr * 2 * error * x_i, b - lr * 2 * error
    return w, b


def only_y(x, y, lr, epochs, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        y = rng.permutation(y)
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - lr * 2 * error * x_i, b - lr * 2 * error
    return w, b


def never_shuffled(x, y, lr, epochs, seed=0):
    w, b = 0.0, 0.0
    for _ in range(epochs):
        for x_i, y_i in zip(x, y, strict=True):
            error = w * x_i + b - y_i
            w, b = w - lr * 2 * error * x_i, b - lr * 2 * error
    return w, b


def shuffled_once(x, y, lr, epochs, seed=0):
    order = np.random.default_rng(seed).permutation(len(x))
    return never_shuffled(x[order], y[order], lr, epochs)


SHUFFLE = "It fits, but it no longer shuffles: another seed gives the same path."


ONCE = "It fits, but all epochs have the same order: shuffle at the start of each."


def still_shuffles(answer):
    """Whether another seed, and another epoch, has another order.

    With x = 0 and η = ½ each step leads b to the y of its sample: in the end b tells the last.
    """

    def last(epochs, seed):
        return answer(np.zeros(12), np.arange(12.0), 0.5, epochs, seed=seed)[1]

    if len({last(1, seed) for seed in range(8)}) == 1:
        return SHUFFLE
    return ONCE if len({last(epochs, seed=0) for epochs in range(1, 9)}) == 1 else ""


LINE = np.linspace(-1, 1, 20)

find_the_bug = Exercise(
    "04.3",
    "Who belongs to whom?",
    reference=fit,
    trials=(
        Call((LINE, 2 * LINE + 3, 0.1, 100), "20 points exactly on the line 2x + 3"),
        Call((LINE + 1, 1 - LINE, 0.1, 100), "20 points exactly on the line 2 − x"),
    ),
    mistakes=(
        (shuffled_apart, "This is still the program as it was."),
        (only_x, "Now only `x` is shuffled, and `y` is not: they still do not belong together."),
        (only_y, "Now only `y` is shuffled, and `x` is not: they still do not belong together."),
        (never_shuffled, SHUFFLE),
        (shuffled_once, ONCE),
    ),
    hints=(
        "Print the pairs `x_i`, `y_i` of the first epoch. Do they lie on the line?",
        "Each call of `rng.permutation` shuffles in a way of its own.",
        "Shuffle the *numbers* of the samples, `order = rng.permutation(len(x))`, and take "
        "`x[order]` and `y[order]`.",
    ),
    judge=still_shuffles,
    solved="Inputs and answers stay together, whatever the order.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "04.p",
        "The ball lies exactly at the minimum. What do steps of SGD with a fixed η do?",
        (
            "nothing: the slope there is zero",
            "throw it off once; then it comes back for good",
            "throw it off again and again",
        ),
        "throw it off again and again",
        "The slope of J is zero there, but that of a single sample is not: each step leads a "
        "little way to another house.",
    ),
    Question(
        "04.q",
        "When the clock counts samples: which way is first below a loss of 0.1?",
        ("batch", "mini-batch", "stochastic"),
        "stochastic",
        "It has made 128 steps when batch descent makes its first. But it does not stay down: "
        "its noise ball is the largest.",
    ),
)
