"""The way so far: which chapters were run, what is solved, which predictions were right."""

import html
from dataclasses import dataclass

from gdlab.exercises.checking import marked

NOTHING = "Nothing yet: run a chapter, and it appears here."
MARKS = "✓ solved, or predicted correctly; ✗ predicted otherwise; · still open."


@dataclass(frozen=True, repr=False)
class Overview:
    """A table of chapters, exercises and predictions, as text or in a notebook.

    Arguments
        facts      {(what, key): value} with what = "ran", "solved" or "predicted"
        exercises  the keys of all exercises
        questions  {key: the right option} of all predictions
        notes      sentences to stand below

    >>> Overview({("solved", "02.1"): True}, ["02.1", "02.2"], {"02.p": "yes"})
    chapter  run    exercises        predictions
    02       begun  02.1 ✓   02.2 ·  02.p ·
    ✓ solved, or predicted correctly; ✗ predicted otherwise; · still open.
    >>> Overview({}, ["02.1"], {})
    Nothing yet: run a chapter, and it appears here.
    """

    facts: dict
    exercises: list
    questions: dict
    notes: tuple = ()

    @property
    def rows(self):
        """(number, "run" | "begun" | "", exercises, predictions) of each chapter, in words."""
        keys = [*self.exercises, *self.questions]
        return [
            (
                number,
                self._run([key for key in keys if key[:2] == number]),
                "   ".join(f"{k} {self._solved(k)}" for k in self.exercises if k[:2] == number),
                "   ".join(f"{k} {self._right(k)}" for k in self.questions if k[:2] == number),
            )
            for number in sorted({key[:2] for key in keys})
        ]

    def _run(self, keys):
        """A chapter was run once each of its exercises was checked and each question asked."""
        touched = {key for _, key in self.facts} & set(keys)
        return "run" if len(touched) == len(keys) else "begun" if touched else ""

    def _solved(self, key):
        return "✓" if ("solved", key) in self.facts else "·"

    def _right(self, key):
        chosen = self.facts.get(("predicted", key))
        return "·" if chosen is None else "✓" if chosen == self.questions[key] else "✗"

    def __repr__(self):
        if not self.facts:
            return "\n".join([NOTHING, *self.notes])
        table = [HEADS, *self.rows]
        wide = [max(len(row[column]) for row in table) for column in range(3)]
        lines = ["  ".join([*map(str.ljust, row[:3], wide), row[3]]).rstrip() for row in table]
        return "\n".join([*lines, MARKS, *self.notes])

    def _repr_html_(self):
        if not self.facts:
            return "".join(f"<p>{marked(line)}</p>" for line in (NOTHING, *self.notes))

        def cell(tag, text):
            look = "text-align: left; white-space: pre-wrap"
            return f'<{tag} style="{look}">{html.escape(text)}</{tag}>'

        lines = [f"<tr>{''.join(cell('th', head) for head in HEADS)}</tr>"]
        lines += [f"<tr>{''.join(cell('td', text) for text in row)}</tr>" for row in self.rows]
        below = "".join(f"<p>{marked(line)}</p>" for line in (MARKS, *self.notes))
        return f"<table>{''.join(lines)}</table>{below}"


HEADS = ("chapter", "run", "exercises", "predictions")
