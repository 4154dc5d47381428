"""The exercises and predictions of chapter 12: the race."""

import numpy as np

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 12.1  Write it


def arrival(loss, goal):
    outside = np.flatnonzero(loss > goal)
    step = outside[-1] + 1 if len(outside) else 0
    return step if step < len(loss) else np.inf


def first_touch(loss, goal):
    below = np.flatnonzero(loss <= goal)
    return below[0] if len(below) else np.inf


def strictly_below(loss, goal):
    outside = np.flatnonzero(loss >= goal)
    step = outside[-1] + 1 if len(outside) else 0
    return step if step < len(loss) else np.inf


def past_the_end(loss, goal):
    outside = np.flatnonzero(loss > goal)
    return outside[-1] + 1 if len(outside) else 0


def last_step_outside(loss, goal):
    return arrival(loss, goal) - 1


def counts_below(loss, goal):
    return int((loss <= goal).sum())


def gives_length(loss, goal):
    step = arrival(loss, goal)
    return len(loss) if np.isinf(step) else step


write_it = Exercise(
    "12.1",
    "Write the judge's stopwatch",
    reference=arrival,
    trials=(
        Call((np.array([9.0, 4.0, 1.0, 0.5, 0.2]), 1.0), "a loss that only falls"),
        Call(
            (np.array([9.0, 0.5, 4.0, 2.0, 0.9, 0.1]), 1.0),
            "a loss that touches the goal and leaves",
        ),
        Call((np.array([0.5, 0.4]), 1.0), "a start below the goal"),
        Call((np.array([9.0, 4.0, 0.5, 4.0]), 1.0), "a loss that does not stay"),
    ),
    mistakes=(
        (first_touch, "This counts the first touch: a ball that races through has not arrived."),
        (last_step_outside, "This is the last step *above* the goal: arrival is one later."),
        (counts_below, "This counts the steps below the goal, not the one where it stays."),
        (
            strictly_below,
            "A loss exactly at the goal has arrived; only one above it has not.",
        ),
        (past_the_end, "A run that never stays has not arrived: give `np.inf`."),
        (gives_length, "A run that never stays has not arrived: give `np.inf`."),
    ),
    hints=(
        "Which is the last step at which the loss is still *above* the goal?",
        "`np.flatnonzero(loss > goal)` lists the steps above the goal.",
        "Arrival is one step after the last of them; if that is past the end, `np.inf`.",
    ),
    solved="A ball that only touches the goal and leaves again is not counted.",
)

# 12.2  Explore it


def floor():
    return 1 + 1 / 5 - 1 / 9  # the noise, and the variance of x² where the line is level


def noise_alone():
    return 1.0


def as_on_zero_to_one():
    return 1 + 1 / 180


def without_noise():
    return 1 / 5 - 1 / 9


def both_squares():
    return 1 + 2 * (1 / 5 - 1 / 9)


explore_it = Exercise(
    "12.2",
    "The floor of another fit",
    reference=floor,
    trials=(Value(within=0.002),),
    mistakes=(
        (noise_alone, "This is the noise alone: but a line cannot follow x² either."),
        (as_on_zero_to_one, "This is for x between 0 and 1; here x goes from −1 to 1."),
        (without_noise, "The noise is missing: it adds its variance, 1."),
        (both_squares, "There is one square here, not two."),
    ),
    hints=(
        "By symmetry the best line is level. At which height?",
        "The mean of x² on [−1, 1] is 1/3, and what is left is the variance of x².",
        "The mean of x⁴ is 1/5, so the variance is 1/5 − 1/9. And the noise?",
    ),
    solved="The best line is level at 1/3. It leaves 4/45 of x², and the noise.",
)

# 12.3  Find the flaw


def features(x, y):
    return np.column_stack([x**2, y**2, np.ones_like(x)])


def plane(x, y):
    return np.column_stack([x, y, np.ones_like(x)])


def with_product(x, y):
    return np.column_stack([x, y, x * y, np.ones_like(x)])


def one_square(x, y):
    return np.column_stack([x**2, y, np.ones_like(x)])


def single_row(x, y):
    return np.array([(x**2).mean(), (y**2).mean(), 1.0])


def _judge(make):
    x, y = np.random.default_rng(5).uniform(0, 1, (2, 400))
    columns = np.asarray(make(x.copy(), y.copy()), dtype=float)
    if columns.ndim != 2 or len(columns) != len(x):
        return "Give one row for each point: `np.column_stack([…])` of columns as long as x."
    if columns.shape[1] > 10:
        return "So many columns would fit the noise too: a few are enough."
    truth = x**2 + y**2
    left = truth - columns @ np.linalg.lstsq(columns, truth, rcond=None)[0]
    lost = float((left**2).mean())
    if lost < 1e-10:
        return ""
    if lost > 0.008:
        what = "No plane follows x² + y²: give the model something curved."
    else:
        what = "The model can follow one of the squares now, but not yet the other."
    return f"Without any noise the best fit still leaves {lost:.4f}. {what}"


find_the_flaw = Exercise(
    "12.3",
    "A model that can follow",
    reference=features,
    mistakes=(
        (plane, "No plane follows x² + y²"),
        (with_product, "No plane follows x² + y²"),
        (one_square, "but not yet the other"),
        (single_row, "Give one row for each point"),
    ),
    judge=_judge,
    hints=(
        "The model is linear in its *weights*. Its columns may be any functions of x and y.",
        "Which columns add up to x² + y²?",
    ),
    solved="Now only the noise is left: the floor falls from 1.0111 to 1.",
)

# 12.4  Judge it

NEVER = np.inf


def share(a, b):
    return ((a < b) + 0.5 * (a == b)).mean()


def ties_are_wins(a, b):
    return (a <= b).mean()


def ties_are_losses(a, b):
    return (a < b).mean()


def the_other_share(a, b):
    return share(b, a)


def only_those_who_arrive(a, b):
    there = np.isfinite(a) & np.isfinite(b)
    return share(a[there], b[there])


def in_per_cent(a, b):
    return 100 * share(a, b)


def counts_wins(a, b):
    return ((a < b) + 0.5 * (a == b)).sum()


def by_medians(a, b):
    return float(np.median(a) < np.median(b)) + 0.5 * (np.median(a) == np.median(b))


judge_it = Exercise(
    "12.4",
    "A win, or luck?",
    reference=share,
    trials=(
        Call((np.array([16.0, 20, 18, 17]), np.array([20.0, 16, 18, 19])), "four starts"),
        Call((np.array([30, NEVER, 30, NEVER, 31]), np.array([NEVER, 30, 40, NEVER, 50])), "five"),
    ),
    mistakes=(
        (ties_are_wins, "A tie is worth half a win, not a whole one."),
        (ties_are_losses, "A tie is worth half a win, not nothing."),
        (the_other_share, "This is the share that the second one wins."),
        (only_those_who_arrive, "Who arrives beats who does not: keep those starts."),
        (in_per_cent, "Give a share between 0 and 1, not per cent."),
        (counts_wins, "This counts the wins: divide by the number of starts."),
        (by_medians, "Compare start by start; two medians say nothing about luck."),
    ),
    hints=(
        "Compare start by start: `a < b` is an array of True and False.",
        "True counts as 1, so `(a < b).mean()` is the share of clear wins.",
        "`a == b` finds the ties, also where both are `np.inf`. Each adds a half.",
    ),
    solved="A share of 0.5 is a draw. Near it, one more step at one start is no win.",
)

EXERCISES = (write_it, explore_it, find_the_flaw, judge_it)

QUESTIONS = (
    Question(
        "12.p",
        "All ten start on the ravine x² + 10y², each with its own best η and β = 0.9. "
        "Is Adam before plain gradient descent?",
        ("Adam is first", "gradient descent is first", "they arrive together"),
        "gradient descent is first",
        "The ravine is a mild quadratic, κ = 10, and with β₁ = 0.9 Adam's average of the slopes "
        "overshoots and swings. Other courses turn the order round, and so does a tuned β₁.",
    ),
    Question(
        "12.q",
        "Six optimizers fit a plane to the noisy paraboloid. After 50 epochs, which has the "
        "lowest error?",
        ("Adam", "SGD with momentum", "nearly all have the same"),
        "nearly all have the same",
        "There is one best plane, and all of them walk to it. They differ in how soon.",
    ),
)
