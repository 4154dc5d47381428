"""The exercises and predictions of chapter 10: Adadelta."""

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent, Value

# 10.1  Write it


def stands_still(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * s.u**0.5 / (s.v + eps) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def outside(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * (s.u**0.5 + eps) / (s.v**0.5 + eps)
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def counts_lr(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = lr * g * ((s.u + eps) / (s.v + eps)) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - delta


def without_lr(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    return optimizers.adadelta(x, grad, s, lr=1.0, beta=beta, eps=eps)


def without_root(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * (s.u + eps) / (s.v + eps)
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def upside_down(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * ((s.v + eps) / (s.u + eps)) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def remembers_slopes(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * ((s.u + eps) / (s.v + eps)) ** 0.5
    s.u = beta * s.u + (1 - beta) * g**2
    return x - lr * delta


def old_slopes(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    delta = g * ((s.u + eps) / (s.v + eps)) ** 0.5
    s.v = beta * s.v + (1 - beta) * g**2
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def own_step_first(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * ((s.u + eps) / (s.v + eps)) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * g * ((s.u + eps) / (s.v + eps)) ** 0.5


def never_renews(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g * (eps / (s.v + eps)) ** 0.5


def swapped(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    return optimizers.adadelta(x, grad, s, lr=lr, beta=1 - beta, eps=eps)


def rmsprop(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    return x - lr * g / (s.v + eps) ** 0.5


def uphill(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    return optimizers.adadelta(x, grad, s, lr=-lr, beta=beta, eps=eps)


TRIALS = (
    Descent(surfaces.square, 10.0, steps=60, numbers={"lr": 1.0, "beta": 0.9, "eps": 0.01}),
    Descent(surfaces.ravine, steps=100, numbers={"lr": 0.5, "beta": 0.7, "eps": 1e-3}),
    Descent(surfaces.rosenbrock, steps=60, numbers={"lr": 1.0, "beta": 0.95, "eps": 1e-4}),
)

write_it = Exercise(
    "10.1",
    "Write Adadelta",
    reference=optimizers.adadelta,
    trials=TRIALS,
    mistakes=(
        (stands_still, "It never moves: √u is 0 at first, and stays so. Put ε under both roots."),
        (outside, "Here ε stands outside the roots; the formula has √(u + ε) and √(v + ε)."),
        (counts_lr, "u remembers the step before it is multiplied by `lr`: the plain Δ."),
        (without_lr, "`lr` is not used: multiply the step by it at the end."),
        (without_root, "The roots are missing: u and v hold squares."),
        (upside_down, "Upside down: the size of the steps stands above that of the slopes."),
        (remembers_slopes, "u remembers the steps: average Δ² in it, not g²."),
        (old_slopes, "v is used before today's slope is in it: first renew `s.v`, then step."),
        (own_step_first, "The step is taken with the new u: `s.u` is renewed after it, by its Δ."),
        (never_renews, "u is never renewed: after the step, average Δ² into `s.u`."),
        (swapped, "β and 1 − β are swapped: β is the share of the *old* average."),
        (rmsprop, "This is RMSProp: √(u + ε), the size of the steps, belongs where η stands."),
        (uphill, "This goes uphill: the step is subtracted."),
    ),
    hints=(
        "Five lines: the slope, the memory of slopes, the step, the memory of steps, the move.",
        "The step uses the new `s.v`, but the `s.u` of the steps before: its own is not known yet.",
        "`delta = g * ((s.u + eps) / (s.v + eps)) ** 0.5`",
    ),
    solved="The same path as the course's own, over 220 steps on three surfaces.",
)

# 10.2  Explore it


def one_long():
    beta, slope, step = 0.9, 20, 1
    return step**2 * (1 - beta) * slope**2 / (slope**2 - step**2)


def square_root_alone():
    return 1.0


def wrong_way():
    return 10.0


def forgot_the_square():
    return (1 - 0.9) ** 2


explore_it = Exercise(
    "10.2",
    "A first step of length 1",
    reference=one_long,
    trials=(Value(within=0.003),),
    mistakes=(
        (square_root_alone, "√ε is not the whole of it: v holds only a tenth of g² at first."),
        (wrong_way, "v is too small at first, so the step is longer than √ε, not shorter."),
        (forgot_the_square, "The step is √(ε/(1 − β)) long: the root is around both."),
    ),
    hints=(
        "The first step is about √(ε/(1 − β)) long.",
        "√(ε/0.1) = 1: solve for ε. The ε beside v changes only the fourth digit.",
    ),
    solved="ε = 0.1. So ε sets the length of the first step: it is a learning rate in disguise.",
)

# 10.3  Find the bug


def late_guard(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * (s.u**0.5 + eps) / (s.v + eps) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def root_of_each(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    delta = g * (s.u**0.5 + eps**0.5) / (s.v + eps) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


def grows_without_end(x, grad, s, *, lr=1.0, beta=0.9, eps=1e-6):
    g = grad(x)
    s.v = beta * s.v + (1 - beta) * g**2
    s.u = s.u + eps
    delta = g * s.u**0.5 / (s.v + eps) ** 0.5
    s.u = beta * s.u + (1 - beta) * delta**2
    return x - lr * delta


find_the_bug = Exercise(
    "10.3",
    "The program that stands still",
    reference=optimizers.adadelta,
    trials=TRIALS,
    mistakes=(
        (stands_still, "This is still the program as it was. How long is its first step?"),
        (late_guard, "It moves! But far too timidly: under the root, ε counts as √ε."),
        (root_of_each, "It moves! But the formula has the root of a sum: √(u + ε), not √u + √ε."),
        (grows_without_end, "It moves! But now ε stays in the memory: add it only under the root."),
    ),
    hints=(
        "Follow the first step with a pencil. What is `s.u`? And at the second step?",
        "Nothing times anything is nothing: something must start the steps.",
        "Under the upper root too, it is `s.u + eps`.",
    ),
    solved="In this method ε is not only a guard: it is what gets things going.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "10.p",
        "Make ε 100 times as large. The first step is then …",
        ("nearly the same", "10 times as long", "100 times as long"),
        "10 times as long",
        "The first step is √(ε/(1 − β)) long: a hundred times the ε, ten times the step.",
    ),
)
