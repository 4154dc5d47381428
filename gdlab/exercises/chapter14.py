"""The exercises and predictions of chapter 14: finding good settings."""

import math

import numpy as np

from gdlab.analysis.stopping import out_of_patience
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 14.1  Write it


def since_the_first(losses, patience):
    for t, loss in enumerate(losses):
        if t >= patience and loss >= losses[t - patience]:
            return t
    return len(losses) - 1


def never_forgives(losses, patience):
    lowest, waited = math.inf, 0
    for t, loss in enumerate(losses):
        if loss < lowest:
            lowest = loss
        else:
            waited += 1
        if waited >= patience:
            return t
    return len(losses) - 1


def against_the_last(losses, patience):
    last, waited = math.inf, 0
    for t, loss in enumerate(losses):
        waited = 0 if loss < last else waited + 1
        last = loss
        if waited >= patience:
            return t
    return len(losses) - 1


def one_more(losses, patience):
    return out_of_patience(losses, patience + 1)


def counts_from_one(losses, patience):
    lowest, waited = math.inf, 0
    for t, loss in enumerate(losses):
        lowest, waited = (loss, 0) if loss < lowest else (lowest, waited + 1)
        if waited >= patience:
            return t
    return len(losses)


def where_it_was_best(losses, patience):
    return int(np.argmin(losses[: out_of_patience(losses, patience) + 1]))


def a_tie_counts(losses, patience):
    lowest, waited = math.inf, 0
    for t, loss in enumerate(losses):
        lowest, waited = (loss, 0) if loss <= lowest else (lowest, waited + 1)
        if waited >= patience:
            return t
    return len(losses) - 1


DIP = [5.0, 4.0, 4.5, 4.6, 3.0, 3.5, 3.2, 2.9, 3.0, 3.1, 3.3, 3.4, 1.0]
STAIRS = [3.0, 2.0, 2.5, 2.1, 1.9, 2.0, 1.8, 1.9, 1.7, 1.75, 1.72, 1.71, 1.705]

write_it = Exercise(
    "14.1",
    "Out of patience",
    reference=out_of_patience,
    trials=(
        Call((DIP, 3), "a curve with a dip and patience 3"),
        Call((DIP, 2), "the same curve and patience 2"),
        Call((STAIRS, 3), "a curve that falls in stairs"),
        Call(([1.0, 1.0, 1.0, 1.0, 0.5], 3), "a curve that stays level"),
        Call(([3.0, 2.0, 1.0], 4), "a curve that falls to the end"),
    ),
    mistakes=(
        (since_the_first, "This compares with one old measurement: compare with the lowest."),
        (never_forgives, "The wait is never forgiven: a new lowest sets it back to 0."),
        (
            against_the_last,
            "This compares with the measurement before: after a rise, any fall looks like "
            "progress. Compare with the lowest.",
        ),
        (one_more, "This waits one measurement too many: stop at the `patience`-th in a row."),
        (
            counts_from_one,
            "If patience lasts, the last measurement counts: its number is `len(losses) - 1`.",
        ),
        (where_it_was_best, "This is the measurement to keep; the exercise asks where it stops."),
        (a_tie_counts, "As low as before is no progress: a new lowest is *below* the old one."),
    ),
    hints=(
        "Remember two things: the lowest loss so far, and for how long there was no lower one.",
        "A new lowest sets the wait back to 0; anything else adds 1.",
        "`enumerate(losses)` gives number and loss; after the loop return `len(losses) - 1`.",
    ),
    solved="It stops where the course's own and Keras' EarlyStopping stop.",
)

# 14.2  Explore it


def trials_needed():
    return math.ceil(math.log(1 - 0.95) / math.log(1 - 0.05))


def twenty():
    return 1 / 0.05


def rounded_down():
    return 58


def on_average():
    return 19


def swapped():
    return math.ceil(math.log(0.95) / math.log(0.05))


def forty_five():
    return math.ceil(math.log(0.1) / math.log(0.95))


explore_it = Exercise(
    "14.2",
    "How many trials?",
    reference=trials_needed,
    trials=(Value(within=0.01),),
    mistakes=(
        (twenty, "With 20 trials one of them is among the best 5 % on average, but not surely."),
        (rounded_down, "58 trials give 94.9 %, a hair too little: round up."),
        (on_average, "That is 95 % of 20; the chance of missing each time is a power of 0.95."),
        (swapped, "The two are swapped: 0.95 to the power n must fall to 0.05."),
        (forty_five, "That is for 90 %; the exercise asks for 95 %."),
    ),
    hints=(
        "How likely is it that one trial misses? And that n trials miss, all of them?",
        "0.95ⁿ must be 0.05 or less. Take the logarithm, and round up.",
    ),
    solved="And it does not matter how many settings there are. The best 5 % of the settings, "
    "though, need not be good.",
)

# 14.3  Find the bug: drawn on the wrong scale


def draw(share, low, high):
    return low * (high / low) ** share


def linear(share, low, high):
    return low + (high - low) * share


def from_one(share, low, high):
    return (high / low) ** share


def upside_down(share, low, high):
    return high * (high / low) ** share


def natural(share, low, high):
    return np.exp(low + (high - low) * share)


def of_the_share(share, low, high):
    return 10 ** (low + (high - low) * share)


def backwards(share, low, high):
    return high * (low / high) ** share


wrong_scale = Exercise(
    "14.3",
    "A thousand rates, hardly a small one",
    reference=draw,
    trials=(
        Call((np.linspace(0, 1, 7), 1e-4, 1.0), "rates from 0.0001 to 1"),
        Call((np.array([0.1, 0.25, 0.9]), 0.01, 100.0), "rates from 0.01 to 100"),
    ),
    mistakes=(
        (linear, "So far it is the program as it was."),
        (from_one, "Now it starts at 1: it must start at `low`."),
        (upside_down, "This begins at `high`: it must begin at `low`."),
        (natural, "Take the logarithm of both ends first, then draw, then raise."),
        (of_the_share, "This takes `low` and `high` for powers: take their logarithm first."),
        (backwards, "This draws on the right scale, but backwards: share 0 must give `low`."),
    ),
    hints=(
        "Should a rate be likelier between 0.1 and 1 than between 0.001 and 0.01?",
        "Draw the logarithm evenly: log η = log low + share · (log high − log low).",
        "Raised again, that is `low * (high / low) ** share`. Optuna's name for it: `log=True`.",
    ),
    solved="Each power of ten gets its share of the trials now.",
)

# 14.4  Find the bug: chosen by the test digits


def report(validation, test):
    chosen = np.argmax(validation)
    return test[chosen]


def by_the_test(validation, test):
    chosen = np.argmax(test)
    return test[chosen]


def told_by_validation(validation, test):
    return validation[np.argmax(validation)]


def mean_of_tests(validation, test):
    return np.mean(test)


def by_both(validation, test):
    return test[np.argmax(validation + test)]


def worst(validation, test):
    return test[np.argmin(validation)]


VALIDATION = np.array([0.81, 0.90, 0.86, 0.88, 0.60])
TEST = np.array([0.84, 0.85, 0.91, 0.83, 0.99])

chosen_by_test = Exercise(
    "14.4",
    "A result too good to be true",
    reference=report,
    trials=(
        Call((VALIDATION, TEST), "five settings"),
        Call((np.roll(TEST, 2), VALIDATION), "five other settings"),
    ),
    mistakes=(
        (by_the_test, "So far it is the program as it was."),
        (
            told_by_validation,
            "Rightly chosen, but what you chose by is too good as well: tell the *test* share "
            "of the chosen one.",
        ),
        (mean_of_tests, "This tells of settings that nobody would use: choose one first."),
        (by_both, "The test digits still have a say in the choice."),
        (worst, "The shares are of digits read *correctly*: choose the largest."),
    ),
    hints=(
        "Which digits decided on the settings? May the same digits say how good they are?",
        "Choose by `validation`; look at `test` once, for the chosen one.",
    ),
    solved="Now the test digits have had no say in the choice, and their share is to be believed.",
)

# 14.5  Find the bug: everybody has a budget of his own


def ahead(ours, theirs):
    n = min(len(ours), len(theirs))
    return min(theirs[:n]) - min(ours[:n])


def all_of_them(ours, theirs):
    return min(theirs) - min(ours)


def the_last_ones(ours, theirs):
    n = min(len(ours), len(theirs))
    return min(theirs[-n:]) - min(ours[-n:])


def on_the_mean(ours, theirs):
    return np.mean(theirs) - np.mean(ours)


def turned_round(ours, theirs):
    return -ahead(ours, theirs)


unequal_budgets = Exercise(
    "14.5",
    "Who was tuned for longer?",
    reference=ahead,
    trials=(
        Call(([0.9, 0.6, 0.3, 0.65, 0.7], [0.5, 0.8]), "five trials against two"),
        Call(([0.9, 0.6], [0.8, 0.7, 0.2, 0.75, 0.78]), "two trials against five"),
        Call(([0.4, 0.5, 0.6], [0.7, 0.3, 0.2]), "three against three"),
    ),
    mistakes=(
        (all_of_them, "So far it is the program as it was."),
        (the_last_ones, "Take the *first* trials of each, in the order in which they were made."),
        (on_the_mean, "Nobody uses the average setting: compare the best of equally many."),
        (turned_round, "The sign: it should be above 0 where ours has the lower loss."),
    ),
    hints=(
        "How many trials has each of the two had?",
        "Give both as many as the one with fewer has: `n = min(len(ours), len(theirs))`.",
    ),
    solved="With equal budgets it is the other one that is ahead in the first example.",
)

EXERCISES = (write_it, explore_it, wrong_scale, chosen_by_test, unequal_budgets)

QUESTIONS = (
    Question(
        "14.p",
        "x² + 10y², gradient descent, η grows by a factor at each step. The loss is lowest at some "
        "η. Is this a good constant η?",
        ("yes, the best one", "no, a smaller one is needed", "no, a larger one is needed"),
        "no, a smaller one is needed",
        "At the lowest point η is already beyond 2/L, 0.36 against 0.1: it takes the error a "
        "while to grow back.",
    ),
    Question(
        "14.q",
        "25 trials of two settings, of which the second hardly matters: who finds the lower loss, "
        "as a rule?",
        ("a grid of 5 × 5", "25 random points", "it makes no difference"),
        "25 random points",
        "The grid tries five values of the setting that matters, each of them five times. "
        "The random points try 25.",
    ),
    Question(
        "14.r",
        "A network learns 500 digits, and its training loss falls at every measurement. What does "
        "the loss on other digits do?",
        ("it falls as well", "it falls, then rises", "it rises from the start"),
        "it falls, then rises",
        "After about 300 steps it turns: what is learned then holds for the 500 digits only.",
    ),
)
