"""The exercises and predictions of chapter 11: Adam."""

from gdlab import optimizers, surfaces
from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Descent, Value

# 11.1  Write it


def uncorrected(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (s.v**0.5 + eps)


def m_uncorrected(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / ((s.v / (1 - beta2**s.t)) ** 0.5 + eps)


def v_uncorrected(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (1 - beta1**s.t) / (s.v**0.5 + eps)


def stuck_at_one(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (1 - beta1) / ((s.v / (1 - beta2)) ** 0.5 + eps)


def one_late(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    t = s.t + 1
    return x - lr * s.m / (1 - beta1**t) / ((s.v / (1 - beta2**t)) ** 0.5 + eps)


def kept_corrections(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = (beta1 * s.m + (1 - beta1) * g) / (1 - beta1**s.t)
    s.v = (beta2 * s.v + (1 - beta2) * g**2) / (1 - beta2**s.t)
    return x - lr * s.m / (s.v**0.5 + eps)


def folded(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    rate = lr * (1 - beta2**s.t) ** 0.5 / (1 - beta1**s.t)
    return x - rate * s.m / (s.v**0.5 + eps)


def swapped(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return optimizers.adam(x, grad, s, lr=lr, beta1=beta2, beta2=beta1, eps=eps)


def inside(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (1 - beta1**s.t) / (s.v / (1 - beta2**s.t) + eps) ** 0.5


def without_root(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * s.m / (1 - beta1**s.t) / (s.v / (1 - beta2**s.t) + eps)


def without_shares(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + g
    s.v = beta2 * s.v + g**2
    return x - lr * s.m / (1 - beta1**s.t) / ((s.v / (1 - beta2**s.t)) ** 0.5 + eps)


def squared_average(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * s.m**2
    return x - lr * s.m / (1 - beta1**s.t) / ((s.v / (1 - beta2**s.t)) ** 0.5 + eps)


def slope_itself(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.v = beta2 * s.v + (1 - beta2) * g**2
    return x - lr * g / ((s.v / (1 - beta2**s.t)) ** 0.5 + eps)


def uphill(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return optimizers.adam(x, grad, s, lr=-lr, beta1=beta1, beta2=beta2, eps=eps)


TRIALS = (
    Descent(surfaces.square, 10.0, steps=100, numbers={"lr": 0.1, "eps": 0.5}),
    Descent(
        surfaces.ravine, steps=100, numbers={"lr": 0.3, "beta1": 0.8, "beta2": 0.95, "eps": 0.5}
    ),
    Descent(surfaces.rosenbrock, steps=60, numbers={"lr": 0.05, "beta1": 0.5, "eps": 0.1}),
)

write_it = Exercise(
    "11.1",
    "Write Adam",
    reference=optimizers.adam,
    trials=TRIALS,
    mistakes=(
        (uncorrected, "The correction is missing: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ."),
        (m_uncorrected, "v is corrected, m is not: divide it by 1 − β₁ᵗ."),
        (v_uncorrected, "m is corrected, v is not: divide it by 1 − β₂ᵗ, under the root."),
        (stuck_at_one, "The correction is the same at every step: it needs the power, `s.t`."),
        (one_late, "The count is one too high: `s.t` is 1 already at the first step."),
        (kept_corrections, "The corrected values are kept: leave `s.m` and `s.v` as they are."),
        (folded, "This is Keras's form, with ε beside the uncorrected root: here it is √v̂ + ε."),
        (swapped, "β₁ and β₂ are swapped: β₁ is the memory of the slope, β₂ of its square."),
        (inside, "Here ε stands inside the root; the formula has √v̂ + ε."),
        (without_root, "The root is missing: v has the units of a squared slope."),
        (without_shares, "Averages need both shares: β of the old, (1 − β) of the new."),
        (squared_average, "v averages the square of the slope, g², not of m."),
        (slope_itself, "The step goes along the average m̂, not along today's slope."),
        (uphill, "This goes uphill: the step is subtracted."),
    ),
    hints=(
        "Six lines: the slope, two memories, two corrections, the step.",
        "The corrected m̂ and v̂ are used once and not kept: give them names without `s.`.",
        "`m_hat = s.m / (1 - beta1**s.t)`, and the same for v̂.",
    ),
    solved="The same path as the course's own, over 260 steps on three surfaces.",
)

# 11.2  Explore it


def no_jump():
    beta1 = 0.9
    return 1 - (1 - beta1) ** 2


def same_as_beta1():
    return 0.9


def root_of_beta1():
    return 0.9**0.5


def default():
    return 0.999


def square_of_beta1():
    return 0.9**2


explore_it = Exercise(
    "11.2",
    "An honest first step without a correction",
    reference=no_jump,
    trials=(Value(within=1e-4),),
    mistakes=(
        (same_as_beta1, "With β₂ = β₁ the step is 0.1/√0.1 = 0.32 η long: the root is in the way."),
        (root_of_beta1, "It is the shares of the *new* that meet: 1 − β₁ above, √(1 − β₂) below."),
        (default, "With 0.999 it is 0.1/√0.001 = 3.16 η long."),
        (square_of_beta1, "It is the shares of the *new* that meet: 1 − β₁ over √(1 − β₂)."),
    ),
    hints=(
        "After one step m = (1 − β₁) g and v = (1 − β₂) g².",
        "The step is η (1 − β₁)/√(1 − β₂) long. When is the fraction 1?",
    ),
    solved="1 − β₂ = (1 − β₁)². Later steps are still too long; only the correction mends those.",
)

# 11.3  Find the bug


def as_printed(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    t = 1
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    m_hat = s.m / (1 - beta1**t)
    v_hat = s.v / (1 - beta2**t)
    return x - lr * m_hat / v_hat**0.5 + eps


def counts_now(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    g = grad(x)
    s.m = beta1 * s.m + (1 - beta1) * g
    s.v = beta2 * s.v + (1 - beta2) * g**2
    m_hat = s.m / (1 - beta1**s.t)
    v_hat = s.v / (1 - beta2**s.t)
    return x - lr * m_hat / v_hat**0.5 + eps


def without_epsilon(x, grad, s, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    return optimizers.adam(x, grad, s, lr=lr, beta1=beta1, beta2=beta2, eps=0.0)


find_the_bug = Exercise(
    "11.3",
    "Two bugs in one Adam",
    reference=optimizers.adam,
    trials=TRIALS,
    mistakes=(
        (as_printed, "This is still the program as it was. Which t does the second step see?"),
        (counts_now, "It counts now. The other bug is in the last line: what does ε belong to?"),
        (stuck_at_one, "ε is in its place. The other bug: which t does the second step see?"),
        (one_late, "The count is one too high: `s.t` is 1 already at the first step."),
        (without_epsilon, "ε is lost: it belongs beside the root, √v̂ + ε."),
        (uncorrected, "The correction is gone: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ."),
    ),
    hints=(
        "Set `eps = 1` in your mind and read the last line: division comes before addition.",
        "Everything in the function begins anew at each call, except what is kept in `s`.",
        "Brackets: `(v_hat**0.5 + eps)`; and `s.t` in place of `t`.",
    ),
    solved="Stuck at t = 1 it was a third of the η you asked for; and ε moved the weights.",
)

EXERCISES = (write_it, explore_it, find_the_bug)

QUESTIONS = (
    Question(
        "11.p",
        "x² from 10 with η = 0.1: where is Adam after 20 steps?",
        ("at the floor", "below −2", "still above 8"),
        "still above 8",
        "It is at 8.0267. A step is about η long, whatever the slope: twenty of them go 2 units.",
    ),
    Question(
        "11.q",
        "Without the correction (β₁ = 0.9, β₂ = 0.999), Adam's first step is …",
        ("10 times too short", "just as long", "3 times too long"),
        "3 times too long",
        "m is 10 times too small, but √v is 32 times too small, and it stands below the line: "
        "0.1/√0.001 = 3.16.",
    ),
)
