"""Exercises: solutions pass, known mistakes are recognised, and nothing a reader does raises."""

import html.parser
import re

import numpy as np
import pytest

from conftest import PROJECT
from gdlab import exercises, optimizers, surfaces
from gdlab.exercises import EXERCISES, QUESTIONS, Exercise, folding
from gdlab.exercises.trials import Call, Descent, Value

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
MISTAKES = [
    pytest.param(exercise, mistake, sentence, id=f"{exercise.key} {mistake.__name__}")
    for exercise in EXERCISES.values()
    for mistake, sentence in exercise.mistakes
]


def sources():
    """The code cells of all chapters, by the name of the chapter's file."""
    import nbformat

    return {
        path.name: [
            cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if cell.cell_type == "code"
        ]
        for path in sorted((PROJECT / "notebooks").glob("*.ipynb"))
    }


def solved(exercise):
    return exercise.answer_from(exercise.reference)


@ALL
def test_the_solution_is_correct(exercise):
    feedback = exercises.check(exercise.key, solved(exercise))
    assert feedback.ok, feedback
    assert str(feedback).startswith("Correct.")


@pytest.mark.parametrize(("exercise", "mistake", "sentence"), MISTAKES)
def test_a_known_mistake_is_recognised(exercise, mistake, sentence):
    feedback = exercises.check(exercise.key, exercise.answer_from(mistake))
    assert not feedback.ok
    assert sentence in feedback.text


@ALL
def test_every_exercise_knows_mistakes_and_has_hints(exercise):
    assert exercise.mistakes and exercise.hints
    assert exercise.title and exercise.key[:2].isdigit()


def raises(*args, **kwargs):
    raise RuntimeError("my own fault")


def leaves(*args, **kwargs):
    raise SystemExit


class Hostile(Exception):
    def __str__(self):
        raise TypeError("not even this")


def very_hostile(*args, **kwargs):
    raise Hostile


class Strange:
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no text")


def recurses(*args, **kwargs):
    return recurses(*args, **kwargs)


def warns(x, *args, **kwargs):
    return np.log(-np.abs(np.asarray(x))) / 0


ANSWERS = [
    None, ..., "gradient", b"", "", True, False, 0, -1, 10**400, 3.14, float("nan"), float("inf"),
    -float("inf"), 1j, [], [1, [2, 3]], [[]], {}, {"a": 1}, {1, 2}, np.nan, np.zeros(0),
    np.zeros((3, 4, 5)), np.array(["a"]), np.array([None, ...]), np.array([1 + 1j]), object(),
    int, Exception, Exception(), print, Strange(), Strange, iter(int, 1), (i for i in range(3)),
    raises, leaves, very_hostile, recurses, warns, surfaces.square, EXERCISES,
    lambda: 1, lambda x: x, lambda x, grad: x, lambda x, grad, s: x,
    lambda *args, **kwargs: None, lambda *args, **kwargs: ..., lambda *args, **kwargs: "x",
    lambda *args, **kwargs: np.nan, lambda *args, **kwargs: args[0],
    lambda x, *args, **kwargs: np.asarray(x) * np.nan,
    lambda x, *args, **kwargs: np.asarray(x) * 1e200,
    lambda x, *args, **kwargs: np.zeros((7, 7)), lambda *args, **kwargs: Strange(),
    lambda x, grad, s, *, lr=0.1: np.asarray(grad, dtype=float),
    lambda x, grad, s, *, lr=0.1: s.__class__,
]  # fmt: skip


@ALL
@pytest.mark.parametrize("answer", ANSWERS, ids=range(len(ANSWERS)))
def test_no_answer_whatsoever_raises(exercise, answer):
    feedback = exercises.check(exercise.key, answer)
    assert not feedback.ok, answer
    assert len(feedback.text) > 10 and "\n" not in feedback.text
    assert feedback._repr_html_().startswith("<div")


@pytest.mark.parametrize("key", ["99.9", None, 2.1, [], {}])
def test_an_unknown_exercise_gets_a_list_of_the_known(key):
    assert "02.1" in exercises.check(key, 1).text


# What a check says


def average(x, grad, s, *, lr=0.1, beta=0.9):
    s.v = beta * s.v + (1 - beta) * grad(x)
    return x - lr * s.v


DIALECT = "This is PyTorch's momentum; the chapter asks for the average: multiply by (1 − β)."
MOMENTUM = Exercise(
    "06.0",
    "Momentum",
    reference=average,
    trials=(Descent(surfaces.square, 10.0, numbers={"lr": 0.1, "beta": 0.5}),),
    mistakes=((optimizers.torch_momentum, DIALECT),),
)


def test_a_dialect_is_named_with_the_step_and_both_numbers():
    assert str(MOMENTUM.check(optimizers.torch_momentum)) == (
        "Not yet. First differs at step 1 (on the parabola from 10, η = 0.1, β = 0.5): "
        f"yours 8, expected 9. {DIALECT}"
    )


def test_an_unknown_mistake_gets_the_numbers_alone():
    text = MOMENTUM.check(optimizers.nesterov).text
    assert text.endswith("yours 8, expected 9.")


def test_a_small_difference_is_told_in_enough_digits():
    def almost(x, grad, s, *, lr=0.1, beta=0.9):
        return average(x, grad, s, lr=lr, beta=beta) + 1e-5

    assert "yours 9.00001, expected 9." in MOMENTUM.check(almost).text


def test_a_function_that_changes_x_in_place_is_no_mistake():
    def in_place(x, grad, s, *, lr=0.1):
        x -= lr * grad(x)
        return x

    assert exercises.check("02.1", in_place)


def test_a_path_that_breaks_off_is_told():
    def explodes(x, grad, s, *, lr=0.1, beta=0.9):
        return average(x, grad, s, lr=lr, beta=beta) if s.t < 5 else x * np.inf

    text = MOMENTUM.check(explodes).text
    assert "step 5" in text and "yours not a finite number" in text


def test_an_infinite_answer_is_called_by_its_name():
    text = exercises.check("12.1", lambda loss, goal: np.inf).text
    assert "yours inf, expected 2" in text


def test_an_error_in_the_readers_function_names_its_line():
    def forgets(x, grad, s, *, lr=0.1):
        return x - lr * gard(x)  # noqa: F821

    text = exercises.check("02.1", forgets).text
    assert "NameError" in text and "`return x - lr * gard(x)" in text


def test_a_memory_among_the_methods_own_names_is_sent_to_s():
    def forgets(x, grad, s, *, lr=0.1, beta=0.9):
        v = beta * v + (1 - beta) * grad(x)  # noqa: F821
        return x - lr * v

    def calls_itself(x):
        y = y + x  # noqa: F821
        return y

    assert exercises.check("06.1", forgets).text.endswith("goes into `s`, as in `s.v`.")
    assert "`s`" not in exercises.check("01.2", calls_itself).text


def test_an_unsolved_method_is_told_what_is_missing():
    def my_descent(x, grad, s, *, lr=0.1):
        return ...

    assert "my_descent returned nothing" in exercises.check("02.1", my_descent).text


def seven():
    return 7.0


def eight():
    return 8.0


NUMBER = Exercise("00.0", "Seven", seven, (Value(within=0.01),), ((eight, "One less."),))


@pytest.mark.parametrize("answer", [7, 7.005, np.float32(7), np.array(7.0), "7"])
def test_a_number_may_come_in_many_forms_but_not_as_a_text(answer):
    assert NUMBER.check(answer).ok == (not isinstance(answer, str))


def test_a_wrong_number_does_not_give_the_right_one_away():
    assert str(NUMBER.check(6)) == "Not yet. 6 is too small."
    assert str(NUMBER.check(8)) == "Not yet. 8 is too large. One less."
    assert "a single number" in NUMBER.check([7, 7]).text


def mean_and_all(xs):
    return np.mean(xs), np.asarray(xs)


CALLED = Exercise("00.0", "Mean", mean_and_all, (Call(([1.0, 3.0],)),))


def test_a_function_may_return_several_arrays_and_change_its_arguments():
    def greedy(xs):
        first = list(xs)
        xs.clear()
        return [np.mean(first), first]

    assert CALLED.check(mean_and_all)
    assert CALLED.check(greedy)
    assert CALLED.check(greedy)
    wrong = CALLED.check(lambda xs: (np.mean(xs), [1.0, 4.0]))
    assert wrong.text == "First differs in the first example, entry 2 of the result: " + (
        "yours 4, expected 3."
    )


def test_a_task_with_many_right_answers_has_a_judge():
    def judge(number):
        return "" if number % 2 == 0 else "This is odd."

    even = Exercise("00.0", "Any even number", seven, judge=judge)
    assert even.check(4)
    assert str(even.check(3)) == "Not yet. This is odd."
    assert not even.check("x")


# Hints and solutions


class Details(html.parser.HTMLParser):
    """Collects the text of a page; fails on tags that do not match."""

    def __init__(self):
        super().__init__()
        self.open, self.depth, self.text = [], 0, ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.depth = max(self.depth, self.open.count("details"))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@ALL
def test_help_folds_hints_and_the_solution_into_one_another(exercise):
    page = Details()
    page.feed(exercises.help(exercise.key)._repr_html_())
    assert page.open == [] and page.depth == len(exercise.hints) + 1
    assert folding.solution(exercise.reference) in page.text
    for hint in exercise.hints:
        assert hint.replace("`", "") in page.text
    assert re.fullmatch(
        "(One hint|Two hints|Three hints|Four hints) and a solution are folded here.",
        repr(exercises.help(exercise.key)),
    )


@ALL
def test_the_solution_shown_works_alone(exercise):
    code = folding.solution(exercise.reference)
    assert '"""' not in code
    compile(code, "solution", "exec")


# Predictions


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    from gdlab.exercises import questions

    monkeypatch.setattr(questions, "CHOSEN", {})
    monkeypatch.setattr(questions, "LISTENERS", {})


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_prediction_is_remembered(question):
    assert question.right in question.options and len(set(question.options)) > 1
    unanswered = exercises.recall(question.key)
    assert repr(unanswered).startswith(f"What happens: {question.right}.")
    asked = exercises.predict(question.key)
    for option in question.options:
        asked.chosen = option
        answered = exercises.recall(question.key)
        assert repr(answered).startswith(f"You predicted “{option}”:")
        assert ("so it is" in repr(answered)) == (option == question.right)
        assert unanswered.value == answered.value  # the first one followed
    assert exercises.predict(question.key).chosen == question.options[-1]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_can_be_read_without_a_browser(question):
    bundle = exercises.predict(question.key)._repr_mimebundle_()
    assert question.text in bundle["text/plain"]
    assert all(option in bundle["text/plain"] for option in question.options)
    assert bundle["text/html"].count("<li>") == len(question.options)
    assert "application/vnd.jupyter.widget-view+json" in bundle


# The chapters


def used(verb):
    """Every (chapter number, key) with which the chapters call check, help, predict or recall."""
    return {
        (name[:2], key)
        for name, cells in sources().items()
        for key in re.findall(rf'exercises\.{verb}\("([\w.]+)"', "\n".join(cells))
    }


@pytest.mark.parametrize("verb", ["check", "help", "predict", "recall"])
def test_every_exercise_is_in_its_chapter_and_nowhere_else(verb):
    known = EXERCISES if verb in ("check", "help") else QUESTIONS
    assert used(verb) == {(key[:2], key) for key in known}
