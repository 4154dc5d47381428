"""An exercise, and the check that says what is wrong with an answer."""

import html
import re
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gdlab.errors import Advice
from gdlab.exercises.trials import NOTHING_YET, Descent, same

PACKAGE = str(Path(__file__).parent.parent)


@dataclass(frozen=True)
class Exercise:
    """What is asked, how an answer is tried, and what usually goes wrong.

    Arguments
        key        "02.1": the chapter and the number
        title      a few words
        reference  the solution: a real function, whose source is the solution shown. For a
                   number it is a function without arguments that computes it
        trials     a tuple of `Descent`, `Call` or `Value`: how to try an answer
        mistakes   ((function, sentence), …): known wrong answers, written like the reference,
                   and what to say to each. An answer that does what one of them does gets
                   its sentence
        hints      sentences, the gentlest first; `code` stands in backticks
        judge      for tasks with many right answers, in place of trials or after them: a
                   function of the answer that returns a sentence if it is wrong, else ""
        solved     what to say beyond "Correct."

    >>> from gdlab.exercises.trials import Value
    >>> def double():
    ...     return 2 * 21
    >>> def half():
    ...     return 21 / 2
    >>> exercise = Exercise(
    ...     "00.1", "Twice 21", double, (Value(),), ((half, "That is half of it."),)
    ... )
    >>> exercise.check(42)
    Correct.
    >>> exercise.check(10.5)
    Not yet. 10.5 is too small. That is half of it.
    >>> exercise.check(...)
    Not yet. There is nothing here yet: put your answer in place of the three dots.
    """

    key: str
    title: str
    reference: Callable
    trials: tuple = ()
    mistakes: tuple = ()
    hints: tuple = ()
    judge: Callable | None = None
    solved: str = ""

    def check(self, answer):
        """A `Feedback` on any answer whatsoever; never raises."""
        try:
            if answer is None or answer is Ellipsis:
                return Feedback(False, NOTHING_YET)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                problem = self._problem(answer)
        except (Exception, SystemExit) as error:
            return Feedback(False, _explain(error) + self._forgotten(error))
        return Feedback(False, problem) if problem else Feedback(True, self.solved)

    def _problem(self, answer):
        """What is wrong, in words; "" if nothing is."""
        for trial in self.trials:
            mine, truth = trial.run(answer), self._truth(trial, self.reference)
            if mine.shape != truth.shape:
                seen = f"This is {_size(mine)}; the exercise asks for {_size(truth)}."
                return f"{seen} {self._recognised(answer)}".strip()
            off = np.argwhere(~same(trial, mine, truth))
            if len(off):
                seen = trial.part(mine, truth, tuple(int(i) for i in off[0]))
                return f"{seen} {self._recognised(answer)}".strip()
        return (self.judge(answer) or "") if self.judge else ""

    def _forgotten(self, error):
        """What to say if a method looks for its memory among its own names."""
        walks = any(isinstance(trial, Descent) for trial in self.trials)
        if not walks or not isinstance(error, UnboundLocalError):
            return ""
        return " What must be remembered from step to step goes into `s`, as in `s.v`."

    def _recognised(self, answer):
        """The sentence of the known mistake that this answer is, if it is one."""
        for mistake, sentence in self.mistakes:
            if all(self._alike(trial, answer, mistake) for trial in self.trials):
                return sentence
        return ""

    def _alike(self, trial, answer, mistake):
        try:
            mine, theirs = trial.run(answer), self._truth(trial, mistake)
        except (Exception, SystemExit):
            return False
        return mine.shape == theirs.shape and bool(same(trial, mine, theirs).all())

    def _truth(self, trial, function):
        return trial.run(trial.answer_from(function))

    def answer_from(self, function):
        """What a reader would hand in who had written this function: itself, or its number."""
        return self.trials[0].answer_from(function) if self.trials else function


@dataclass(frozen=True, repr=False)
class Feedback:
    """The answer to an answer. True if the exercise is solved.

    >>> Feedback(False, "Look at the sign.")
    Not yet. Look at the sign.
    """

    ok: bool
    text: str = ""

    def __bool__(self):
        return self.ok

    def __repr__(self):
        return f"{'Correct.' if self.ok else 'Not yet.'} {self.text}".strip()

    def _repr_html_(self):
        return card("Correct." if self.ok else "Not yet.", self.text, "good" if self.ok else "")


COLORS = {
    "good": ("#00805f", "#f0f8f5"),
    "": ("#a34700", "#fdf6ee"),
    "plain": ("#2b2f36", "#f4f6fa"),
}


def card(lead, text, mood=""):
    """A quiet card in HTML: a coloured bar, a word in bold, a sentence."""
    ink, paper = COLORS[mood]
    return (
        f'<div style="border-left: 4px solid {ink}; background: {paper}; color: #2b2f36; '
        'padding: 8px 14px; border-radius: 4px; max-width: 900px; line-height: 1.5">'
        f'<strong style="color: {ink}">{html.escape(lead)}</strong> {marked(text)}</div>'
    )


def marked(text):
    """Plain text as HTML, with `code` in backticks.

    >>> marked("use `a < b`")
    'use <code>a &lt; b</code>'
    """
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _explain(error):
    """What stopped the reader's function, in a sentence."""
    if isinstance(error, Advice):
        return str(error)
    try:
        what = " ".join(str(error).split())
    except Exception:  # even that may fail in a reader's own class
        what = ""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if not frame.filename.startswith(PACKAGE)]
    at = f" in line {theirs[0].lineno}, `{theirs[0].line}`" if theirs and theirs[0].line else ""
    return f"Your code stopped with {type(error).__name__}{at}{f': {what}' if what else ''}."


def _size(values):
    """How many numbers an array holds, in words."""
    if values.ndim == 0:
        return "a single number"
    if values.shape == (1,):
        return "a list of 1 number"
    return f"{len(values)} numbers" if values.ndim == 1 else f"an array of shape {values.shape}"
