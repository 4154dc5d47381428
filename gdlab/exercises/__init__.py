"""Exercises that answer back.

In a chapter: `check` an answer, get `help`, `predict` before an experiment, `recall` after it.
`progress` shows what was done so far, and `forget` erases it.
An exercise or a question is one small object in the file of its chapter.

>>> from gdlab import exercises
>>> def my_descent(x, grad, s, *, lr=0.1):
...     return x + lr * grad(x)
>>> exercises.check("02.1", my_descent)
Not yet. First differs at step 1 (on the parabola from 10, η = 0.1): yours 12, expected 8.
This goes uphill: the slope points up, so it is subtracted.
"""

from importlib import import_module
from pkgutil import iter_modules

from gdlab.exercises import questions, record
from gdlab.exercises.checking import Exercise, Feedback
from gdlab.exercises.folding import Help
from gdlab.exercises.overview import Overview

CHAPTERS = [
    import_module(f"{__name__}.{file.name}")
    for file in iter_modules(__path__)
    if file.name.startswith("chapter")
]
EXERCISES = {exercise.key: exercise for chapter in CHAPTERS for exercise in chapter.EXERCISES}
QUESTIONS = {question.key: question for chapter in CHAPTERS for question in chapter.QUESTIONS}

__all__ = [
    "EXERCISES",
    "QUESTIONS",
    "Exercise",
    "Feedback",
    "check",
    "forget",
    "help",
    "predict",
    "progress",
    "recall",
]


def check(key, answer):
    """Say whether an answer is right, and if not, where it goes wrong; never raises.

    Arguments: key of the exercise, "02.1"; answer: a function, a number, an array, anything.

    >>> check("02.1", None)
    Not yet. There is nothing here yet: put your answer in place of the three dots.
    """
    if not isinstance(key, str) or key not in EXERCISES:
        return Feedback(False, _unknown("exercise", EXERCISES))
    feedback = EXERCISES[key].check(answer)
    record.kept().add("solved" if feedback.ok else "ran", key)
    return feedback


def help(key):
    """The hints and the solution of an exercise, each folded away."""
    return Help(EXERCISES[key]) if key in EXERCISES else _unknown("exercise", EXERCISES)


def predict(key):
    """A question to answer with a click, before you try."""
    if key not in QUESTIONS:
        return _unknown("question", QUESTIONS)
    record.kept().add("ran", key)
    return questions.ask(QUESTIONS[key])


def recall(key):
    """What you predicted, and what happens."""
    return questions.recall(QUESTIONS[key]) if key in QUESTIONS else _unknown("question", QUESTIONS)


def progress():
    """A table of your way so far: chapters run, exercises solved, predictions that were right.

    A chapter counts as run once all its exercises were checked, solved or not, and all its
    questions asked. The facts lie in a file of your own, on this machine only.
    """
    mine = record.kept()
    facts = mine.facts()
    where = f"Only you can see this: it lies in {mine.path}. `exercises.forget()` erases it."
    notes = (*([where] if facts else []), *mine.news())
    right = {key: question.right for key, question in QUESTIONS.items()}
    return Overview(facts, [*EXERCISES], right, notes)


def forget():
    """Erase all that `progress` knows, and show what is left: nothing."""
    record.kept().forget()
    questions.CHOSEN.clear()
    return progress()


def _unknown(what, known):
    return f"There is no such {what}; there are: {', '.join(known)}."
