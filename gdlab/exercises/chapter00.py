"""The exercise and the prediction of chapter 00, which show how both work."""

from gdlab.exercises.checking import Exercise
from gdlab.exercises.questions import Question
from gdlab.exercises.trials import Value


def ten_steps():
    return 0.5  # then 1 − 2η = 0: there in a single step


def as_it_was():
    return 0.05


def past_the_mark():
    return 1.0


EXERCISES = (
    Exercise(
        "00.1",
        "There in ten steps",
        reference=ten_steps,
        trials=(Value(within=0.224),),  # |1 − 2η|²⁰ · 8 < 10⁻⁶
        mistakes=(
            (as_it_was, "Ten steps are too few for it: pull the slider further to the right."),
            (past_the_mark, "Near the red mark, and past it, the ball jumps to and fro: go back."),
        ),
        hints=(
            "Pull η to the right: the ball arrives sooner. But not too far!",
            "At the red mark η is 1. With half of that the ball arrives in a single step.",
        ),
        solved="With this η the ball is there within ten steps.",
    ),
)

QUESTIONS = (
    Question(
        "00.p",
        "The ball rolls down a round bowl. Does a larger η bring it to the floor sooner?",
        ("yes, always", "yes, up to a point", "no, never"),
        "yes, up to a point",
        "At η = 0.5 one step is enough. Beyond that it steps over the floor, "
        "and past the red mark it flies away.",
    ),
)
