"""Hints and solutions, folded away."""

import ast
import html
import inspect
import textwrap

from gdlab.exercises.checking import marked

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


class Help:
    """The hints of an exercise and its solution, each inside the one before.

    >>> from gdlab.exercises import EXERCISES
    >>> Help(EXERCISES["02.1"])
    Two hints and a solution are folded here.
    """

    def __init__(self, exercise):
        self.exercise = exercise

    def __repr__(self):
        count = len(self.exercise.hints)
        if not count:
            return "A solution is folded here."
        hints = f"{NUMBERS[count]} hint{'s' if count > 1 else ''}"
        return f"{hints} and a solution are folded here."

    def _repr_html_(self):
        code = html.escape(solution(self.exercise.reference))
        page = _fold("Solution", f'<pre style="margin: 6px 0">{code}</pre>')
        for number, hint in reversed(list(enumerate(self.exercise.hints, 1))):
            page = _fold(f"Hint {number}", f"<p style='margin: 6px 0'>{marked(hint)}</p>{page}")
        return page


def solution(function):
    """The source of a function as a reader would have written it: without its docstring.

    >>> from gdlab import optimizers
    >>> print(solution(optimizers.gradient_descent))
    def gradient_descent(x, grad, s, *, lr=0.1):
        return x - lr * grad(x)
    """
    source = textwrap.dedent(inspect.getsource(function))
    first = ast.parse(source).body[0].body[0]
    lines = source.splitlines()
    if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
        del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines).strip()


def _fold(title, page):
    return (
        '<details style="margin: 4px 0 4px 12px; max-width: 900px">'
        f'<summary style="cursor: pointer">{title}</summary>{page}</details>'
    )
