"""The exercises and predictions of chapter 07: Nesterov's method."""

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent, Value

# The two programs of 07.3, and the one of 07.1 that walks other points than it should


def mended(x, grad, s, *, lr=0.01, beta=0.9):
    g = grad(x)
    step = beta**2 * s.v - (1 + beta) * lr * g  # with the old velocity
    s.v = beta * s.v - lr * g
    return x + step


def as_printed(x, grad, s, *, lr=0.01, beta=0.9):
    g = grad(x)
    s.v = beta * s.v - lr * g
    return x + beta**2 * s.v - (1 + beta) * lr * g


# 07.1


def whole_velocity(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = beta * s.v - lr * grad(x + s.v)
    return x + s.v


def looks_back(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = beta * s.v - lr * grad(x - beta * s.v)
    return x + s.v


def averages(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = beta * s.v - (1 - beta) * lr * grad(x + beta * s.v)
    return x + s.v


def from_ahead(x, grad, s, *, lr=0.01, beta=0.9):
    ahead = x + beta * s.v
    s.v = beta * s.v - lr * grad(ahead)
    return ahead + s.v


def uphill(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = beta * s.v + lr * grad(x + beta * s.v)
    return x + s.v


def forgets(x, grad, s, *, lr=0.01, beta=0.9):
    v = beta * s.v - lr * grad(x + beta * s.v)
    return x + v


def rate_twice(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = beta * s.v - lr * grad(x + beta * s.v)
    return x + lr * s.v


def fixed_memory(x, grad, s, *, lr=0.01, beta=0.9):
    s.v = 0.9 * s.v - lr * grad(x + 0.9 * s.v)
    return x + s.v


write_it = Exercise(
    "07.1",
    "Write Nesterov's method",
    reference=optimizers.nesterov,
    trials=(
        Descent(surfaces.square, 10.0, steps=20, numbers={"lr": 0.1, "beta": 0.8}),
        Descent(surfaces.ravine, steps=200, numbers={"lr": 0.02, "beta": 0.9}),
    ),
    mistakes=(
        (optimizers.heavy_ball, "This is plain momentum: the slope is still measured at `x`."),
        (
            mended,
            "This is the form of PyTorch and Keras: it walks the look-ahead points, x + βv. The "
            "exercise asks for x itself.",
        ),
        (whole_velocity, "This looks ahead by v; the velocity will carry it only by βv."),
        (looks_back, "This looks back: the look-ahead point is `x + beta * s.v`."),
        (averages, "No (1 − β) here: it is built on heavy ball, not on the average."),
        (from_ahead, "This counts βv twice: it is in the new `s.v` already. Step from `x`."),
        (uphill, "This goes uphill: the slope is subtracted from the velocity."),
        (forgets, "Nothing is remembered, so this is plain descent: keep the velocity in `s.v`."),
        (rate_twice, "The learning rate is in there twice: it is in the velocity already."),
        (fixed_memory, "Here the memory is always 0.9: use `beta`, so that it can be changed."),
        (as_printed, "This is the program of 07.3, with its bug."),
        (optimizers.momentum, "This is the average of chapter 06, with its slope at `x`."),
    ),
    hints=(
        "It is heavy ball, except for one thing: where the slope is measured.",
        "`grad` is a function. Give it a place other than `x`.",
        "The look-ahead point is `x + beta * s.v`, with the velocity of the step before.",
    ),
    solved="It takes the same path as the course's own, 220 steps on two surfaces.",
)

# 07.2


def nesterov_limit():
    curvature, beta = 2, 0.9  # of x², and the memory
    return (2 + 2 * beta) / (1 + 2 * beta) / curvature


def heavy_ball_limit():
    return 2 * (1 + 0.9) / 2


def plain_limit():
    return 2 / 2


def for_curvature_one():
    return (2 + 2 * 0.9) / (1 + 2 * 0.9)


def four_thirds():
    return 4 / 3 / 2


explore_it = Exercise(
    "07.2",
    "Where Nesterov diverges",
    reference=nesterov_limit,
    trials=(Value(within=0.005),),
    mistakes=(
        (heavy_ball_limit, "This is heavy ball's limit, 2(1 + β)/L."),
        (plain_limit, "This is the limit of plain gradient descent, 2/L."),
        (for_curvature_one, "The curvature of x² is 2: divide by it."),
        (four_thirds, "This is the limit for β = 1. Here β is 0.9."),
    ),
    hints=(
        "Make the lab: `labs.descent(nesterov, surfaces.square, lr=0.5, beta=0.9, steps=200)`. "
        "Where is the red mark? Type values into the box beside the slider.",
        "On x² one step is x₊ = (1 − 2η)(x + β(x − x₋)). At the limit x jumps between +1 and −1.",
        "Put x = 1, x₋ = −1 and x₊ = −1 into it: −1 = (1 − 2η)(1 + 2β).",
    ),
    solved="So 2/L is too much here: at β = 0.9 Nesterov needs η below 1.36/L.",
)

# 07.3


def newer_still(x, grad, s, *, lr=0.01, beta=0.9):
    g = grad(x)
    s.v = beta * s.v - lr * g
    return x + beta * s.v - (1 + beta) * lr * g


def velocity_alone(x, grad, s, *, lr=0.01, beta=0.9):
    g = grad(x)
    s.v = beta * s.v - lr * g
    return x + beta * s.v


def never_renewed(x, grad, s, *, lr=0.01, beta=0.9):
    g = grad(x)
    return x + beta**2 * s.v - (1 + beta) * lr * g


find_the_bug = Exercise(
    "07.3",
    "The old velocity or the new?",
    reference=mended,
    trials=(
        Descent(surfaces.square, 10.0, steps=20, numbers={"lr": 0.1, "beta": 0.8}),
        Descent(surfaces.ravine, steps=200, numbers={"lr": 0.02, "beta": 0.9}),
    ),
    mistakes=(
        (as_printed, "This is still the program as printed."),
        (
            newer_still,
            "Almost: with the new v the step is βv − ηg. Its first part holds one −βηg already.",
        ),
        (velocity_alone, "The slope of this step is missing: with the new v it is βv − ηg."),
        (never_renewed, "Now `s.v` is never updated, and stays 0."),
        (
            optimizers.nesterov,
            "This is Nesterov's method, but it walks x. The program should walk the look-ahead "
            "points, and measure its slope there.",
        ),
        (optimizers.heavy_ball, "This is heavy ball: nothing looks ahead any more."),
    ),
    hints=(
        "Look again at the derivation: is the v in it the one before this step, or after?",
        "Take the first step on x² with a pencil. The velocity was 0, so it should be −(1 + β)ηg. "
        "What does the program make of it?",
        "Work out the step before the line that updates `s.v`. Or write it with the new v: "
        "what is it then?",
    ),
    solved="It walks the look-ahead points of Nesterov's method, as PyTorch and Keras do.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "07.p",
        "x² from 10 with η = 0.5 and β = 0.9. Heavy ball lands on the floor with its first step. "
        "Then?",
        (
            "both stay there",
            "heavy ball rolls on, Nesterov stays",
            "Nesterov rolls on, heavy ball stays",
        ),
        "heavy ball rolls on, Nesterov stays",
        "Both arrive with the velocity −10. Heavy ball feels no slope there and is carried to −9. "
        "Nesterov looks at −9 first, and the slope there brings it back to 0.",
    ),
    Question(
        "07.q",
        "The ravine x² + 10y², each method with its own best η and β: which is there first?",
        ("heavy ball", "Nesterov", "both need the same number of steps"),
        "heavy ball",
        "On a valley that is exactly a parabola its best step leaves 0.52 of the error, Nesterov's "
        "0.64. Nesterov's strength shows where the curvature changes.",
    ),
)
