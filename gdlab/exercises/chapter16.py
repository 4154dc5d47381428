"""The exercises and predictions of chapter 16: faster and wider."""

import numpy as np

from gdlab.errors import Advice
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value
from gdlab.staleness import largest_stable_lr

# 16.1  Write it


def average(slopes, sizes):
    slopes, sizes = np.asarray(slopes, float), np.asarray(sizes, float)
    return (sizes[:, None] * slopes).sum(0) / sizes.sum()


def mean_of_means(slopes, sizes):
    return np.mean(slopes, axis=0)


def summed(slopes, sizes):
    return np.sum(slopes, axis=0)


def weighted_sum(slopes, sizes):
    return average(slopes, sizes) * np.sum(sizes)


def over_workers(slopes, sizes):
    return average(slopes, sizes) * np.sum(sizes) / len(sizes)


def divided(slopes, sizes):
    return np.sum(np.asarray(slopes) / np.asarray(sizes)[:, None], axis=0)


def one_number(slopes, sizes):
    return np.mean(slopes)


write_it = Exercise(
    "16.1",
    "The slope of the whole batch",
    reference=average,
    trials=(
        Call(
            (np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([64, 64])), "2 workers, 64 samples each"
        ),
        Call((np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([96, 32])), "shares of 96 and 32"),
        Call((np.sin(np.arange(12.0)).reshape(4, 3), np.array([5, 5, 5, 1])), "shares 5, 5, 5, 1"),
    ),
    mistakes=(
        (
            mean_of_means,
            "This is right while all shares are alike. A worker with one sample must not count as "
            "much as one with five: weigh each slope by its share.",
        ),
        (summed, "This adds the slopes up: with w workers the step is w times too long."),
        (weighted_sum, "Divide by the number of samples of all workers together."),
        (over_workers, "Divide by the number of *samples*, `sizes.sum()`, not of workers."),
        (divided, "A worker with more samples counts more, not less: multiply by its share."),
        (
            one_number,
            "Average over the workers only: `axis=0`. Each parameter keeps its own slope.",
        ),
    ),
    hints=(
        "Each slope is a mean already. What is the *sum* of the slopes of a worker's samples?",
        "It is `sizes[:, None] * slopes`. Add these up over the workers, the first axis.",
        "Then divide by how many samples there are in all.",
    ),
    solved="Equal shares make it the plain mean: that is why loaders deal equal shares.",
)

# 16.2  Explore it


def eight_in_turn():
    return largest_stable_lr(L=20.0, delay=7)


def delay_of_eight():
    return largest_stable_lr(L=20.0, delay=8)


def along_the_ravine():
    return largest_stable_lr(L=2.0, delay=7)


def without_delay():
    return 2 / 20


def an_eighth():
    return 2 / 20 / 8


def without_curvature():
    return 20 * largest_stable_lr(L=20.0, delay=7)


def in_degrees():
    return 2 / 20 * np.sin(180 / 30)


explore_it = Exercise(
    "16.2",
    "Eight workers in turn",
    reference=eight_in_turn,
    trials=(Value(within=1e-4),),
    mistakes=(
        (delay_of_eight, "While one of eight computes, how many others step? Not eight."),
        (along_the_ravine, "That is the sine alone, or the limit along the ravine: use L = 20."),
        (without_delay, "That is 2/L, the limit without a delay."),
        (an_eighth, "Not in proportion: the limit is (2/L) sin(π / (2(2d + 1)))."),
        (without_curvature, "That is ηL: divide it by L = 20."),
        (in_degrees, "np.sin takes radians: π/30, not 180/30."),
    ),
    hints=(
        "The ravine x² + 10y² has the curvatures 2 and 20. Which one breaks first?",
        "How old is a slope when its worker's turn comes? Seven others have stepped.",
        "`labs.stale(surfaces.ravine, delay=7)` marks it; the formula gives more digits.",
    ),
    solved="About a tenth of 2/L. With many workers the limit falls like π/(2d + 1) / L.",
)

# 16.3  Find the bug


def step(theta, slope, scale, most, lr):
    slope = slope / scale
    norm = np.sqrt((slope**2).sum())
    if norm > most:
        slope = slope * most / norm
    return theta - lr * slope


def clips_too_early(theta, slope, scale, most, lr):
    norm = np.sqrt((slope**2).sum())
    if norm > most:
        slope = slope * most / norm
    return theta - lr * slope / scale


def never_unscales(theta, slope, scale, most, lr):
    return step(theta, slope, 1.0, most, lr)


def unscales_twice(theta, slope, scale, most, lr):
    return theta - (theta - step(theta, slope, scale, most, lr)) / scale


def measures_only(theta, slope, scale, most, lr):
    norm = np.sqrt((slope**2).sum()) / scale
    if norm > most:
        slope = slope * most / norm
    return theta - lr * slope


def each_by_itself(theta, slope, scale, most, lr):
    return theta - lr * np.clip(slope / scale, -most, most)


def never_clips(theta, slope, scale, most, lr):
    return theta - lr * slope / scale


HERE = np.array([1.0, -2.0, 0.5])
find_the_bug = Exercise(
    "16.3",
    "A step that is far too short",
    reference=step,
    trials=(
        Call((HERE, 1024 * np.array([0.3, 0.4, 0.0]), 1024.0, 1.0, 0.1), "a slope of length 0.5"),
        Call((HERE, 1024 * np.array([3.0, 4.0, 0.0]), 1024.0, 1.0, 0.1), "a slope of length 5"),
        Call((HERE, np.array([0.6, 0.0, 0.8]), 1.0, 0.5, 0.2), "a scale of 1"),
    ),
    mistakes=(
        (clips_too_early, "So far it is the program as it was."),
        (never_unscales, "Now nothing divides by the scale: the step is along a scaled slope."),
        (unscales_twice, "Now the scale is divided out twice."),
        (measures_only, "The length is right now, but the slope itself is still scaled."),
        (each_by_itself, "This clips every number by itself, and so turns the direction."),
        (never_clips, "Now nothing is clipped: a slope longer than `most` must be shortened."),
    ),
    hints=(
        "The slope is of length 5 and comes in scaled by 1,024. What does `norm` hold?",
        "It holds 5,120. To what length is the slope cut, and what is left after the division?",
        "First divide by the scale, then clip. In PyTorch: `scaler.unscale_(optimizer)` first.",
    ),
    solved="Unscale, clip, step: in this order.",
)

# 16.4  Find the bug


def deal(n, workers, epochs, seed):
    dealt = []
    for epoch in range(epochs):
        random = np.random.default_rng([seed, epoch])
        order = random.permutation(n)
        dealt.append([order[rank::workers] for rank in range(workers)])
    return np.array(dealt)


def same_every_epoch(n, workers, epochs, seed):
    dealt = []
    for _ in range(epochs):
        random = np.random.default_rng(seed)
        order = random.permutation(n)
        dealt.append([order[rank::workers] for rank in range(workers)])
    return np.array(dealt)


def each_its_own_order(n, workers, epochs, seed):
    return np.array(
        [
            [
                np.random.default_rng([seed, epoch, rank]).permutation(n)[rank::workers]
                for rank in range(workers)
            ]
            for epoch in range(epochs)
        ]
    )


def without_a_seed(n, workers, epochs, seed):
    random = np.random.default_rng()
    orders = [random.permutation(n) for _ in range(epochs)]
    return np.array([[order[rank::workers] for rank in range(workers)] for order in orders])


def seed_ignored(n, workers, epochs, seed):
    return deal(n, workers, epochs, 0)


def not_shuffled(n, workers, epochs, seed):
    return np.array([np.arange(n).reshape(-1, workers).T] * epochs)


OVERLAP = (
    "The workers do not share out the samples: in an epoch each sample belongs to exactly one of "
    "them. All must deal the same order, and take their part of it."
)
REPEATS = "Two epochs come in the same order: let the epoch take part in the seed."
ADRIFT = (
    "Called twice with the same seed it deals differently: every worker deals for itself, and they "
    "would not agree."
)
UNMOVED = "Another seed changes nothing: use `seed`."


def shares_well(answer):
    """What is wrong with a way of dealing samples to workers; "" if nothing is."""
    n, workers, epochs = 24, 3, 4
    if not callable(answer) or isinstance(answer, type):
        raise Advice("The exercise asks for a function (n, workers, epochs, seed).")
    try:
        first, again, other = (np.array(answer(n, workers, epochs, s), float) for s in (1, 1, 2))
    except (TypeError, ValueError):
        if answer(n, workers, epochs, 1) is None:
            return "It returned nothing: end it with `return` and the shares."
        return "It should return an array of shape (epochs, workers, n // workers)."
    if first.shape != (epochs, workers, n // workers):
        return f"The shares have shape {first.shape}; (epochs, workers, n // workers) is asked for."
    if not (np.sort(first.reshape(epochs, -1)) == np.arange(n)).all():
        return OVERLAP
    if not np.array_equal(first, again):
        return ADRIFT
    if len(np.unique(first.reshape(epochs, -1), axis=0)) < epochs:
        return REPEATS
    return UNMOVED if np.array_equal(first, other) else ""


find_the_repeat = Exercise(
    "16.4",
    "The same order, again",
    reference=deal,
    mistakes=(
        (same_every_epoch, REPEATS),
        (not_shuffled, REPEATS),
        (each_its_own_order, OVERLAP),
        (without_a_seed, ADRIFT),
        (seed_ignored, UNMOVED),
    ),
    hints=(
        "Print what it deals to worker 0 in epoch 0, and in epoch 1.",
        "The generator is made anew in every epoch, from the same seed.",
        "`np.random.default_rng([seed, epoch])`. In PyTorch: `sampler.set_epoch(epoch)`.",
    ),
    judge=shares_well,
    solved="One order for all workers, and another one in every epoch.",
)

EXERCISES = (write_it, explore_it, find_the_bug, find_the_repeat)

QUESTIONS = (
    Question(
        "16.p",
        "One worker takes 1.5 ms for a step of 128 digits. Sixteen share the batch; a message "
        "between two of them needs 50 µs to begin. How fast are they?",
        ("sixteen times as fast", "about five times as fast", "slower than one alone"),
        "slower than one alone",
        "The average takes 2 · 15 messages one after the other: 1.5 ms of them alone.",
    ),
    Question(
        "16.q",
        "A weight is 0.5 in bfloat16, and 1,000 steps add 0.001 each. Where does it end?",
        ("at 1.5", "near 1.5", "at 0.5"),
        "at 0.5",
        "From 0.5 the next larger number in bfloat16 is 0.5039. Each step is less than half of "
        "that, and is rounded away.",
    ),
    Question(
        "16.r",
        "On x², plain gradient descent bears η below 1. With slopes that are four steps old, it "
        "bears η below …",
        ("1, as before", "about 1/2", "about 1/6"),
        "about 1/6",
        "The limit is sin(π/18) = 0.174. The steps go on in the old direction for four steps "
        "after the floor was passed.",
    ),
)
