"""Predictions: a question to answer with a click, and what became of it."""

import html
from dataclasses import dataclass

from gdlab.exercises import record
from gdlab.exercises.checking import card


@dataclass(frozen=True)
class Question:
    """A question before an experiment.

    Arguments
        key      "02.p": the chapter and a letter
        text     the question
        options  a few short answers
        right    the one that happens: one of the options
        because  what happens and why, in a sentence or two; shown by `recall`
    """

    key: str
    text: str
    options: tuple
    right: str
    because: str

    def outcome(self, chosen):
        """What to say after the experiment: (lead, text, mood) of a card."""
        if not chosen:
            return "What happens:", f"{self.right}. {self.because}", "plain"
        if chosen == self.right:
            return f"You predicted “{chosen}”:", f"so it is. {self.because}", "good"
        return f"You predicted “{chosen}”:", f"it is “{self.right}”. {self.because}", ""


CHOSEN = {}  # the predictions of this kernel: key → option
LISTENERS = {}  # what wants to know of a new one: key → functions


def choose(key, option):
    """Remember a prediction, and tell those who show it."""
    CHOSEN[key] = option
    record.kept().add("predicted", key, option)
    for listener in LISTENERS.get(key, ()):
        listener()


def chosen(question):
    """What was predicted, now or on another day; "" if nothing was."""
    before = record.kept().facts().get(("predicted", question.key))
    option = CHOSEN.get(question.key, before)
    return option if option in question.options else ""


def ask(question):
    """The question with its options to click; a widget."""
    from gdlab.exercises.widgets import Options

    options = Options(question=question.text, options=list(question.options))
    options.chosen = chosen(question)
    options.observe(lambda change: choose(question.key, change.new), "chosen")
    listed = " / ".join(question.options)
    items = "".join(f"<li>{html.escape(option)}</li>" for option in question.options)
    page = f"<p><strong>{html.escape(question.text)}</strong></p><ul>{items}</ul>"
    return options.with_fallback(f"{question.text} {listed}", page)


def recall(question):
    """What was predicted and what happens; a widget that follows a later click."""
    from gdlab.exercises.widgets import Note

    lead, text, mood = question.outcome(chosen(question))
    note = Note(value=card(lead, text, mood))

    def renew():
        note.value = card(*question.outcome(CHOSEN[question.key]))

    LISTENERS.setdefault(question.key, []).append(renew)
    return note.with_fallback(f"{lead} {text}", card(lead, text, mood))
