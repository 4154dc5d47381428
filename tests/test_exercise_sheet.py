"""The page for instructors: whole, self-contained, and all of it can be read."""

import html
import re

import pytest

import exercise_sheet
from gdlab.exercises import EXERCISES, QUESTIONS
from gdlab.exercises.checking import marked
from gdlab.exercises.folding import solution


@pytest.fixture(scope="module")
def page():
    return exercise_sheet.sheet()


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_everything_about_an_exercise_is_on_it(page, exercise):
    place = page.index(f"<h3>{exercise.key} · {html.escape(exercise.title)}</h3>")
    part = page[place : page.index("<h3>", place + 4)]
    assert re.search(r"<h3>.+?</h3>\s*<p>.+?</p>", part, re.DOTALL), "the task"
    assert f"exercises.check(&quot;{exercise.key}&quot;" in part
    for text in (*exercise.hints, *(sentence for _, sentence in exercise.mistakes)):
        assert marked(text) in part
    for function in (exercise.reference, *(mistake for mistake, _ in exercise.mistakes)):
        assert html.escape(solution(function)) in part


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_prediction_is_on_it(page, question):
    assert html.escape(question.text) in page
    assert f"{html.escape(question.right)} ✓" in page
    assert html.escape(question.because) in page


def test_it_needs_nothing_else(page):
    assert re.findall(r'src="(?!data:)[^"]+"|@import|<script|<link', page) == []


def test_every_formula_can_be_read(page):
    text = re.sub(r'<pre>.*?</pre>|alt="[^"]*"', "", page, flags=re.DOTALL)
    assert page.count('<img alt="') > 30
    assert "$" not in text and "\\" not in text


def test_what_cannot_be_drawn_stays_as_it_was_typed():
    assert exercise_sheet.formula(r"\nonsense") == r"<code>\nonsense</code>"


def test_one_chapter_alone_and_the_same_page_each_time():
    page = exercise_sheet.sheet(["06"])
    assert page.count("<h2") == 1 and "06.1" in page and "<h3>07.1" not in page
    exercise_sheet.formula.cache_clear()
    assert exercise_sheet.sheet(["06"]) == page


def test_it_is_written_where_git_does_not_look(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exercise_sheet, "chapters", lambda: {})
    monkeypatch.setattr(exercise_sheet, "PROJECT", tmp_path)
    exercise_sheet.main([])
    assert (tmp_path / "dist" / "exercises.html").exists()
    assert "dist" in capsys.readouterr().out
