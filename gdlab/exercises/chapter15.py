"""The exercises and predictions of chapter 15: the digits."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

FEW = np.array([[2.0, -1.0, 0.5], [0.0, 0.0, 3.0]])
RIGHT = np.array([0, 1])
MORE = np.sin(np.arange(40.0)).reshape(4, 10) * 3
ALSO = np.array([3, 0, 9, 5])

# 15.1  Write it


def slope(z, labels):
    e = np.exp(z - z.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def other_way(z, labels):
    return -slope(z, labels)


def summed(z, labels):
    return len(labels) * slope(z, labels)


def only_p(z, labels):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True) / len(labels)


def overflows(z, labels):
    e = np.exp(z)
    p = e / e.sum(-1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def over_all_numbers(z, labels):
    return slope(z, labels) * len(labels) / z.size


def one_softmax(z, labels):
    e = np.exp(z - z.max())
    p = e / e.sum()
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


write_it = Exercise(
    "15.1",
    "The slope at the scores",
    reference=slope,
    trials=(
        Call((FEW, RIGHT), "2 images with 3 scores each"),
        Call((MORE, ALSO), "4 images with 10 scores each"),
        Call((300 * MORE, ALSO), "scores of up to 900"),
    ),
    mistakes=(
        (other_way, "This is downhill: the slope points uphill, p minus 1 at the right digit."),
        (summed, "The loss is the *mean* over the images: divide by how many there are."),
        (only_p, "At the right digit 1 must be subtracted."),
        (overflows, "e⁹⁰⁰ is more than a computer can write: take the largest score off first."),
        (over_all_numbers, "Divide by the number of images, not by the number of all scores."),
        (one_softmax, "Each image has probabilities of its own: sum along the last axis only."),
    ),
    hints=(
        "First the probabilities: `np.exp(z)`, divided by its sum along the last axis.",
        "With `keepdims=True` the sum keeps its axis, and the division goes row by row.",
        "`p[np.arange(len(labels)), labels]` are the probabilities of the right digits.",
        "Large scores: softmax does not change if you take `z.max(-1, keepdims=True)` off first.",
    ),
    solved="p − y, the mean over the images, and no overflow.",
)

# 15.2  Explore it


def even_chances():
    return -np.log(1 / 10)


def base_ten():
    return -np.log10(1 / 10)


def base_two():
    return -np.log2(1 / 10)


def share():
    return 1 / 10


def wrong_share():
    return 9 / 10


def negative():
    return np.log(1 / 10)


explore_it = Exercise(
    "15.2",
    "The height of knowing nothing",
    reference=even_chances,
    trials=(Value(within=0.005),),  # 2.30, as the chapter prints it, is right
    mistakes=(
        (base_ten, "That is the logarithm to base 10; the formula has the natural one, np.log."),
        (base_two, "That is the logarithm to base 2; the formula has the natural one, np.log."),
        (share, "That is the probability p; the height is −log p."),
        (wrong_share, "That is the share of wrong guesses; the height is −log p."),
        (negative, "The sign: the height is *minus* the logarithm."),
    ),
    hints=(
        "Which probability has each digit, if all ten have the same?",
        "It is 1/10. What is −log of it?",
    ),
    solved="The logarithm of 10. A random start is near it; if yours is not, look for a bug.",
)

# 15.3  Find the bug


def loss(scores, labels):
    z = scores - scores.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()


def twice(scores, labels):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return loss(e / e.sum(-1, keepdims=True), labels)


def without_log(scores, labels):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return -(e / e.sum(-1, keepdims=True))[np.arange(len(labels)), labels].mean()


def without_minus(scores, labels):
    return -loss(scores, labels)


def total(scores, labels):
    return len(labels) * loss(scores, labels)


find_the_bug = Exercise(
    "15.3",
    "A loss that will not fall",
    reference=loss,
    trials=(
        Call((FEW, RIGHT), "2 images with 3 scores each"),
        Call((MORE, ALSO), "4 images with 10 scores each"),
        Call((np.eye(10) * 20, np.arange(10)), "ten images, each read correctly and surely"),
    ),
    mistakes=(
        (twice, "So far it is the program as it was."),
        (without_log, "Now there is no logarithm left: the loss is −log p."),
        (without_minus, "The sign: the loss is *minus* the logarithm."),
        (total, "The loss is the mean over the images, not the sum."),
    ),
    hints=(
        "How many times do scores become probabilities on the way?",
        "`cross_entropy` wants scores, and makes probabilities of them by itself.",
        "So hand it the scores as they are: no softmax before it.",
    ),
    solved="One softmax, not two: now a sure and right guess costs nothing.",
)

# 15.4  Find the bug


def normalised(train, test):
    mean, deviation = train.mean(), train.std()
    return (train - mean) / deviation, (test - mean) / deviation


def each_with_its_own(train, test):
    return (train - train.mean()) / train.std(), (test - test.mean()) / test.std()


def all_together(train, test):
    both = np.concatenate([train.ravel(), test.ravel()])
    return (train - both.mean()) / both.std(), (test - both.mean()) / both.std()


def with_those_of_the_test(train, test):
    return (train - test.mean()) / test.std(), (test - test.mean()) / test.std()


def only_the_train(train, test):
    return (train - train.mean()) / train.std(), test


def by_the_variance(train, test):
    return (train - train.mean()) / train.var(), (test - train.mean()) / train.var()


def mean_of_the_changed(train, test):
    train = train - train.mean()
    return train / train.std(), (test - train.mean()) / train.std()


TRAIN, TEST = np.sin(np.arange(18.0)).reshape(3, 6) + 1, np.cos(np.arange(12.0)).reshape(2, 6) + 2

normalise = Exercise(
    "15.4",
    "Whose mean is it?",
    reference=normalised,
    trials=(
        Call((TRAIN, TEST), "3 images to learn from and 2 to test on"),
        Call((TRAIN, TEST[:1, :1]), "a single pixel to test on"),
    ),
    mistakes=(
        (each_with_its_own, "So far it is the program as it was."),
        (all_together, "Here the test digits help to set the scale: do not look at them."),
        (with_those_of_the_test, "These are the statistics of the test set: take the other set's."),
        (
            only_the_train,
            "The test digits need the same change, or they are other inputs.",
        ),
        (by_the_variance, "Divide by the standard deviation, the root of the variance."),
        (mean_of_the_changed, "Here `train` is changed before its mean is taken: keep it first."),
    ),
    hints=(
        "Which numbers may a program know before it meets its first test digit?",
        "Take mean and deviation of `train`, give them names, and use them for both.",
        "Take them *before* you change `train`.",
    ),
    solved="One mean and one deviation, from what was learned from, for all that comes later.",
)

EXERCISES = (write_it, explore_it, find_the_bug, normalise)

QUESTIONS = (
    Question(
        "15.p",
        "Adam's usual η is 0.001. What does η = 0.1 do to this network?",
        ("it learns faster", "it learns as well", "it learns far less"),
        "it learns far less",
        "Adam's first step moves every weight that has a slope by about η: by 0.1, and the "
        "largest weights of the first layer began at 1/28 ≈ 0.036. Little of them is left.",
    ),
    Question(
        "15.q",
        "Batches of 256 digits instead of 32, the same η, as many epochs: what becomes of it?",
        ("more digits are read correctly", "the same", "fewer are read correctly"),
        "fewer are read correctly",
        "Each slope is less noisy, but there are eight times fewer steps, each as long as before.",
    ),
    Question(
        "15.r",
        "How much of the spread of his path do the best two directions hold?",
        ("almost nothing", "about a tenth", "three quarters"),
        "three quarters",
        "Each place is the last one and one step more, so places near in time are near in space. "
        "The slow part of the walk dominates, and two directions catch it.",
    ),
    Question(
        "15.s",
        "Of each digit's time in that program, what takes the most?",
        ("its part of the slope", "Adam's arithmetic", "making a tensor of it"),
        "making a tensor of it",
        "Python handles every image by itself, several calls for each. Slope and Adam are shared "
        "by 32 digits, and PyTorch does them in a few calls.",
    ),
)
