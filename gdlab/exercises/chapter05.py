"""The exercises and predictions of chapter 05: mini-batches."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 05.1  Write it


def one_epoch(w, b, x, y, order, size, lr):
    path = [(w, b)]
    for i in range(0, len(order), size):
        batch = order[i : i + size]
        error = w * x[batch] + b - y[batch]
        w, b = w - lr * 2 * (error * x[batch]).mean(), b - lr * 2 * error.mean()
        path.append((w, b))
    return np.array(path)


def _sums(w, b, x, y, order, size, lr, share):
    """The path with sums of slopes, times a share that depends on the batch."""
    path = [(w, b)]
    for i in range(0, len(order), size):
        batch = order[i : i + size]
        error = w * x[batch] + b - y[batch]
        rate = lr * share(len(batch))
        w, b = w - rate * 2 * (error * x[batch]).sum(), b - rate * 2 * error.sum()
        path.append((w, b))
    return np.array(path)


def summed(w, b, x, y, order, size, lr):
    return _sums(w, b, x, y, order, size, lr, lambda B: 1)


def over_size(w, b, x, y, order, size, lr):
    return _sums(w, b, x, y, order, size, lr, lambda B: 1 / size)


def over_all(w, b, x, y, order, size, lr):
    return _sums(w, b, x, y, order, size, lr, lambda B: 1 / len(x))


def uphill(w, b, x, y, order, size, lr):
    return one_epoch(w, b, x, y, order, size, -lr)


def without_the_two(w, b, x, y, order, size, lr):
    return one_epoch(w, b, x, y, order, size, lr / 2)


def as_they_lie(w, b, x, y, order, size, lr):
    return one_epoch(w, b, x, y, np.arange(len(order)), size, lr)


ORDER = np.array([7, 0, 3, 9, 1, 8, 2, 6, 4, 5])
TEN = (np.linspace(-1, 2, 10), np.linspace(3, 1, 10) ** 2, ORDER)

write_it = Exercise(
    "05.1",
    "Write one epoch",
    reference=one_epoch,
    trials=(
        Call((0.5, -1.0, *TEN, 5, 0.05), "10 samples, 5 a batch"),
        Call((0.0, 0.0, *TEN, 4, 0.1), "10 samples, 4 a batch"),
    ),
    mistakes=(
        (summed, "This adds the slopes of a batch up; take their mean."),
        (over_size, "The last batch is shorter: divide by the number it has, as `.mean()` does."),
        (over_all, "Do not divide by n: the mean is over the batch."),
        (uphill, "This goes uphill: the error is w·x + b − y, and its slope is subtracted."),
        (without_the_two, "The square in the loss gives a factor 2 in its slope; it is missing."),
        (as_they_lie, "This takes the samples as they lie; take them as `order` says."),
    ),
    hints=(
        "`range(0, len(order), size)` gives the beginnings of the batches.",
        "A batch is `order[i : i + size]`; `x[batch]` and `y[batch]` are its samples.",
        "With `error = w * x[batch] + b - y[batch]` the slope for w is "
        "`2 * (error * x[batch]).mean()`.",
    ),
    solved="The same path as ours, batch by batch, the short one included.",
)

# 05.2  Explore it


def same_ball():
    # V = η σ²/(B L (2 − η L)) with L = 2: η/(B (2 − 2η)) must stay as it was.
    target = 64 * 0.02 / (8 * (2 - 2 * 0.02))
    return 2 * target / (1 + 2 * target)  # η/(2 − 2η) = target, solved for η


def root():
    return 0.02 * 8**0.5


def unchanged():
    return 0.02


explore_it = Exercise(
    "05.2",
    "A larger batch, the same noise ball",
    reference=same_ball,
    trials=(Value(within=0.021),),
    mistakes=(
        (root, "The noise falls like 1/√B, but V like 1/B: what counts is η/B."),
        (unchanged, "A calmer slope can take a larger rate than before."),
    ),
    hints=(
        "The ball's variance is V = η σ²/(B L (2 − ηL)). Which of these numbers change?",
        "For small η only the ratio η/B counts. B has become eight times as large.",
        "8 · 0.02 = 0.16 is a good answer. Exactly, η/(64 (2 − 2η)) must be 0.02/(8 (2 − 0.04)).",
    ),
    solved="The linear rule says 0.16; with the term 2 − ηL taken exactly it is 0.14.",
)

# 05.3  Find the bug


def fit(x, y, lr, epochs, size, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for i in range(0, len(x), size):  # the last batch may be shorter
            batch = order[i : i + size]
            error = w * x[batch] + b - y[batch]
            w, b = w - lr * 2 * (error * x[batch]).mean(), b - lr * 2 * error.mean()
    return w, b


def as_it_was(x, y, lr, epochs, size, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for k in range(len(x) // size):
            batch = order[k * size : (k + 1) * size]
            error = w * x[batch] + b - y[batch]
            w, b = w - lr * 2 * (error * x[batch]).sum(), b - lr * 2 * error.sum()
    return w, b


def tail_dropped(x, y, lr, epochs, size, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for k in range(len(x) // size):
            batch = order[k * size : (k + 1) * size]
            error = w * x[batch] + b - y[batch]
            w, b = w - lr * 2 * (error * x[batch]).mean(), b - lr * 2 * error.mean()
    return w, b


def still_summed(x, y, lr, epochs, size, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for i in range(0, len(x), size):
            batch = order[i : i + size]
            error = w * x[batch] + b - y[batch]
            w, b = w - lr * 2 * (error * x[batch]).sum(), b - lr * 2 * error.sum()
    return w, b


def divided_by_size(x, y, lr, epochs, size, seed=0):
    return still_summed(x, y, lr / size, epochs, size, seed)


def last_ones_lost(x, y, lr, epochs, size, seed=0):
    return tail_dropped(x, y, lr, epochs, min(size, len(x)), seed)


def one_batch_more(x, y, lr, epochs, size, seed=0):
    rng = np.random.default_rng(seed)
    w, b = 0.0, 0.0
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for k in range(len(x) // size + 1):
            batch = order[k * size : (k + 1) * size]
            error = w * x[batch] + b - y[batch]
            w, b = w - lr * 2 * (error * x[batch]).mean(), b - lr * 2 * error.mean()
    return w, b


LOST = "Change the answer of one sample, and nothing changes: some samples are not used."


def uses_every_sample(answer):
    """Whether, with a batch size that leaves a rest, every sample moves the fit."""
    x, y = np.linspace(-1, 1, 10), np.cos(7 * np.arange(10))
    before = np.array(answer(x.copy(), y.copy(), 0.1, 1, 4), dtype=float)
    for i in range(10):
        other = y.copy()
        other[i] += 1
        if np.array_equal(np.array(answer(x.copy(), other, 0.1, 1, 4), dtype=float), before):
            return LOST
    return ""


FIVE = (np.array([0.0, 1.0, 2.0, -1.0, 0.5]), np.array([1.0, 3.0, 4.0, 0.0, 2.5]))

find_the_bug = Exercise(
    "05.3",
    "Two bugs in a batch",
    reference=fit,
    trials=(
        Call((*FIVE, 0.1, 3, 5), "5 samples, 5 a batch"),
        Call((*FIVE, 0.1, 3, 8), "5 samples, 8 a batch"),
    ),
    mistakes=(
        (as_it_was, "This is still the program as it was."),
        (tail_dropped, "The slope is a mean now. But what is left over at the end is dropped."),
        (
            still_summed,
            "Nothing is dropped now. But the slope is a sum, so it grows with the batch.",
        ),
        (
            divided_by_size,
            "A short batch has fewer than `size` samples: divide by how many it has.",
        ),
        (
            one_batch_more,
            "If `size` divides the number of samples, the last batch is empty and has no mean.",
        ),
        (last_ones_lost, LOST),
    ),
    hints=(
        "Print how many samples are in each batch, and the size of the first step.",
        "What is `50 // 64`? And what is the loss a mean of?",
        "Let the batches begin at `range(0, len(x), size)`, and write `.mean()` for `.sum()`.",
    ),
    judge=uses_every_sample,
    solved="One rate now suits every batch size, and every sample is used.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "05.p",
        "Four samples a step in place of one: the noise of the slope is…",
        ("half as large", "a quarter as large", "gone"),
        "half as large",
        "The noise of the sum of four is twice that of one; the noise of their mean is half.",
    ),
    Question(
        "05.q",
        "Of 128 samples, 100 a step in place of 64: the ball trembles…",
        ("less", "the same", "more"),
        "more",
        "100 samples leave 28 for the last batch of each epoch, and its noise is that of 28.",
    ),
)
