"""The exercises and predictions of chapter 13, first sitting: floors and saddles."""

import numpy as np

from gdlab import optimizers, surfaces
from gdlab.descent import descend
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Call, Value

# 13.1  Write it


def bends(grad, x):
    step = 1e-5
    moves = step * np.eye(len(x))
    H = np.array([(grad(x + move) - grad(x - move)) / (2 * step) for move in moves])
    return np.linalg.eigvalsh((H + H.T) / 2)


def the_matrix(grad, x):
    moves = 1e-5 * np.eye(len(x))
    return np.array([(grad(x + move) - grad(x - move)) / 2e-5 for move in moves])


def only_along_the_axes(grad, x):
    return np.sort(np.diag(the_matrix(grad, x)))


def over_one_step(grad, x):
    return 2 * bends(grad, x)


def sizes(grad, x):
    return np.sort(np.abs(bends(grad, x)))


def the_slope(grad, x):
    return np.sort(grad(x))


def steepest_first(grad, x):
    return bends(grad, x)[::-1]


_TILTED = surfaces.Surface(
    "tilted saddle", "xy", lambda p: p[..., 0] * p[..., 1], lambda p: p[..., ::-1], start=(1.0, 1.0)
)

write_it = Exercise(
    "13.1",
    "How does it bend here?",
    reference=bends,
    trials=(
        Call((_TILTED.grad, np.array([0.0, 0.0])), "the surface xy at (0, 0)"),
        Call((surfaces.himmelblau.grad, np.array([3.0, 2.0])), "Himmelblau at (3, 2)"),
        Call((surfaces.himmelblau.grad, np.array([-0.5, -1.0])), "Himmelblau at (−0.5, −1)"),
        Call((surfaces.double_well.grad, np.array([0.5])), "the double well at 0.5"),
    ),
    mistakes=(
        (
            only_along_the_axes,
            "This looks along the axes only. On xy it sees nothing, though between the axes the "
            "surface falls: put all of H together and ask `np.linalg.eigvalsh`.",
        ),
        (over_one_step, "From one side to the other it is `2 * step`: divide by that."),
        (sizes, "The sign is what tells a floor from a saddle: keep it."),
        (the_slope, "This is the slope; the curvature is how the slope changes."),
        (the_matrix, "This is H itself: `np.linalg.eigvalsh(H)` gives its curvatures."),
        (steepest_first, "Put the smallest first, as `np.linalg.eigvalsh` does."),
    ),
    hints=(
        "Row i of H says how the slope changes when you go a little way along coordinate i.",
        "`(grad(x + move) - grad(x - move)) / (2 * step)`, where `move` goes `step` along it.",
        "Collect the rows, and let `np.linalg.eigvalsh` find the curvatures.",
    ),
    solved="All positive: a floor. One negative: a way down, and no local minimum.",
)

# 13.2  Explore it


def steps_from_far_up():
    y, steps = 1e-100, 0
    while y <= 1:
        y, steps = y + 0.05 * (2 * y - y**3), steps + 1
    return steps


def for_one_power_of_ten():
    return np.log(10) / np.log(1.1)


def curvature_of_one():
    return 100 * np.log(10) / np.log(1.05)


def in_twos():
    return 100 / np.log(1.1)


def one_step_each():
    return 100


def compound_interest_forgotten():
    return 100 * np.log(10) / 0.1


explore_it = Exercise(
    "13.2",
    "A very fine hair",
    reference=steps_from_far_up,
    trials=(Value(within=15),),
    mistakes=(
        (for_one_power_of_ten, "This is for one power of ten. From 10⁻¹⁰⁰ to 1 there are more."),
        (curvature_of_one, "The curvature across is −2, not −1: a step multiplies by 1 + 2η."),
        (in_twos, "There is a ln 10 missing: the distance counts in powers of ten."),
        (one_step_each, "A step does not multiply by ten, but by 1 + 2η = 1.1."),
        (
            compound_interest_forgotten,
            "Nearly. The growth is not e^0.1 a step but 1.1: take ln 1.1, not 0.1.",
        ),
    ),
    hints=(
        "Near the ridge the slope is −2y. What does a step of gradient descent make of y?",
        "It multiplies y by 1 + 2η = 1.1. How often must you multiply by 1.1 to gain a factor 10?",
        "That is ln 10/ln 1.1 = 24.2 times. And there are a hundred powers of ten.",
    ),
    solved="A hundred powers of ten, and it is only eight times the way from 10⁻¹².",
)

# 13.3  Find the mistake


def share_home(surface, method, starts, lr):
    home = min(surface.minima, key=surface)
    run = descend(surface, method, starts, steps=300, lr=lr)
    far = np.abs(run.x[-1] - home).max(-1)
    return (far < 0.5).mean()


def as_it_was(surface, method, starts, lr):
    run = descend(surface, method, surface.start, steps=300, lr=lr)
    slope = np.abs(surface.grad(run.x[-1])).max()
    return float(slope < 1e-3)


def any_floor(surface, method, starts, lr):
    run = descend(surface, method, starts, steps=300, lr=lr)
    slope = np.abs(surface.grad(run.x[-1])).max(-1)
    return (slope < 1e-3).mean()


def one_start(surface, method, starts, lr):
    home = min(surface.minima, key=surface)
    run = descend(surface, method, surface.start, steps=300, lr=lr)
    return float(np.abs(run.x[-1] - home).max() < 0.5)


def first_of_them(surface, method, starts, lr):
    return float(share_home(surface, method, starts[:1], lr))


def count_home(surface, method, starts, lr):
    return share_home(surface, method, starts, lr) * len(starts)


def share_of_starts(surface, method, starts, lr):
    home = min(surface.minima, key=surface)
    return (np.abs(starts - home).max(-1) < 0.5).mean()


_LINE = np.linspace(-2.2, 2.2, 88)[:, None]
_LONG = np.linspace(-9.5, 9.5, 77)[:, None]

find_the_mistake = Exercise(
    "13.3",
    "One start is no start",
    reference=share_home,
    trials=(
        Call((surfaces.double_well, optimizers.gradient_descent, _LINE, 0.1), "the double well"),
        Call(
            (surfaces.double_well, optimizers.heavy_ball, _LINE, 0.05),
            "heavy ball on the double well",
        ),
        Call((surfaces.wavy, optimizers.momentum, _LONG, 0.007), "momentum on the wavy valley"),
    ),
    mistakes=(
        (as_it_was, "So far it is the program as it was."),
        (
            any_floor,
            "This counts every start that comes to rest, wherever that is: ask whether it rests "
            "near the lowest minimum.",
        ),
        (
            one_start,
            "It knows the lowest minimum, but it still sets out from `surface.start` alone.",
        ),
        (first_of_them, "This judges by the first start: take all of them, and the mean."),
        (count_home, "This is how many: divide by the number of starts."),
        (share_of_starts, "These are the starts; look where the runs end, `run.x[-1]`."),
    ),
    hints=(
        "Two things are wrong: how many starts it looks at, and what it takes for success.",
        "`descend` takes all starts at once; `run.x[-1]` then has a row for each.",
        "`home = min(surface.minima, key=surface)`: a run that ends nearer to it than 0.5 is home.",
    ),
    solved="On the double well this is little more than half, where one start said all or nothing.",
)

EXERCISES = (write_it, explore_it, find_the_mistake)

QUESTIONS = (
    Question(
        "13.p",
        "On the wavy valley four methods set out from the same 400 places, with a small η: "
        "gradient descent, momentum, RMSProp and Adam. Which of them brings most of the starts "
        "to the deepest floor?",
        ("momentum", "Adam", "none: all bring the same share"),
        "none: all bring the same share",
        "With small steps each start ends at the floor of its own valley, whatever the method. "
        "It takes large steps, speed or noise to get out.",
    ),
    Question(
        "13.q",
        "From 10⁻⁶ off the ridge of the saddle, gradient descent needs 149 steps to leave. And "
        "from 10⁻¹², a million times nearer?",
        ("about 150", "about 300", "about a million times as many"),
        "about 300",
        "A step multiplies the distance by 1.1. Six more powers of ten are 6 · 24 more steps.",
    ),
)
