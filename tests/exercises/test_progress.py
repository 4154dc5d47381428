"""The way so far: kept in one file, which may be damaged, locked or written by two at once."""

import json
import os
import subprocess
import sys

import pytest

from conftest import PROJECT
from gdlab import exercises
from gdlab.exercises import QUESTIONS, questions, record
from gdlab.exercises.record import Record


@pytest.fixture
def path(tmp_path, monkeypatch):
    """The file of a reader who has done nothing yet; its folder is not there either."""
    path = tmp_path / "home" / "progress.jsonl"
    monkeypatch.setenv(record.PLACE, str(path))
    monkeypatch.setattr(questions, "CHOSEN", {})
    return path


def row(number):
    """A chapter's line of the table."""
    (line,) = [line for line in repr(exercises.progress()).splitlines() if line[:2] == number]
    return " ".join(line.split())


def restart():
    """What a new kernel knows: the file alone."""
    questions.CHOSEN.clear()
    record._record.cache_clear()


def test_a_chapter_begins_is_run_and_is_solved(path):
    assert repr(exercises.progress()) == "Nothing yet: run a chapter, and it appears here."
    exercises.check("00.1", ...)
    assert row("00") == "00 begun 00.1 · 00.p ·"
    exercises.predict("00.p")
    assert row("00") == "00 run 00.1 · 00.p ·"
    exercises.check("00.1", 0.5)
    assert row("00") == "00 run 00.1 ✓ 00.p ·"
    exercises.check("00.1", 0.05)  # what was solved stays solved
    assert row("00") == "00 run 00.1 ✓ 00.p ·"


def test_the_latest_prediction_counts_and_is_there_on_another_day(path):
    question = QUESTIONS["00.p"]
    wrong = next(option for option in question.options if option != question.right)
    asked = exercises.predict("00.p")
    asked.chosen = question.right
    assert row("00").endswith("00.p ✓")
    asked.chosen = wrong
    assert row("00").endswith("00.p ✗")
    restart()
    assert row("00").endswith("00.p ✗")
    assert exercises.predict("00.p").chosen == wrong
    assert repr(exercises.recall("00.p")).startswith(f"You predicted “{wrong}”")


def test_an_option_that_is_no_longer_offered_is_not_chosen(path):
    record.kept().add("predicted", "00.p", "an older answer")
    assert exercises.predict("00.p").chosen == ""
    assert "What happens" in repr(exercises.recall("00.p"))


def test_what_is_known_is_not_written_twice(path):
    for _ in range(3):
        exercises.check("00.1", 0.5)
        exercises.check("02.1", None)
        exercises.predict("00.p").chosen = "no, never"
    assert len(path.read_bytes().splitlines()) == 4


def test_one_call_erases_everything(path):
    exercises.check("00.1", 0.5)
    exercises.predict("00.p").chosen = "no, never"
    path.write_bytes(path.read_bytes() + b"{\n")
    exercises.progress()  # sets the damaged file aside
    assert len(list(path.parent.iterdir())) == 2
    assert repr(exercises.forget()) == "Nothing yet: run a chapter, and it appears here."
    assert list(path.parent.iterdir()) == []
    assert exercises.predict("00.p").chosen == ""


def test_the_table_says_where_it_lies_and_is_html_too(path):
    exercises.check("00.1", 0.5)
    page = exercises.progress()._repr_html_()
    assert str(path) in page and "<code>exercises.forget()</code>" in page
    assert page.count("<tr>") == 1 + len({key[:2] for key in exercises.EXERCISES})


# What may be wrong with the file


@pytest.mark.parametrize(
    "damage",
    [b"\x00\xff\x80\n", b"{\n", b'["solved"]\n', b"[1, 2, 3]\n", b"null\n", b'["solved", "02'],
)
def test_a_damaged_file_is_set_aside_and_told_once(path, damage):
    exercises.check("00.1", 0.5)
    whole = path.read_bytes() + damage
    path.write_bytes(whole)
    restart()
    exercises.check("01.1", ...)  # not a word here
    told = repr(exercises.progress())
    assert "damaged; what could be read is kept. See progress.damaged.jsonl." in told
    assert "00.1 ✓" in told
    assert path.with_name("progress.damaged.jsonl").read_bytes() == whole
    assert "See progress" not in repr(exercises.progress())
    path.write_bytes(b"again")
    exercises.progress()
    assert path.with_name("progress.damaged.jsonl").read_bytes() == whole  # both are kept
    assert path.with_name("progress.damaged1.jsonl").read_bytes() == b"again"


def test_where_nothing_can_be_written_it_lasts_as_long_as_the_kernel(path):
    path.parent.write_text("a file where the folder should be")
    assert exercises.check("00.1", 0.5)
    exercises.check("01.1", ...)
    told = repr(exercises.progress())
    assert told.count("it lasts until this kernel stops") == 1 and "00.1 ✓" in told
    assert "it lasts" not in repr(exercises.progress())
    assert "00.1 ✓" not in repr(exercises.forget())
    exercises.check("00.1", 0.5)
    restart()
    assert "00.1 ✓" not in repr(exercises.progress())


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="folders have modes")
def test_a_folder_that_is_read_only(path):
    path.parent.mkdir()
    path.parent.chmod(0o555)
    if os.geteuid() == 0:  # root may write anywhere
        path.mkdir()
    try:
        assert exercises.check("00.1", 0.5)
        assert "00.1 ✓" in repr(exercises.progress())
    finally:
        path.parent.chmod(0o755)


def test_off_keeps_nothing(path, monkeypatch):
    monkeypatch.setenv(record.PLACE, "off")
    exercises.check("00.1", 0.5)
    exercises.predict("00.p").chosen = "no, never"
    assert repr(exercises.forget()) == "Nothing yet: run a chapter, and it appears here."
    assert not path.exists()


def test_each_reader_has_a_file_of_their_own(monkeypatch, tmp_path):
    monkeypatch.delenv(record.PLACE)
    places = set()
    for name in ("ada", "emmy"):
        for home in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
            monkeypatch.setenv(home, str(tmp_path / name))
        restart()
        places.add(record.kept().path)
    restart()
    assert len(places) == 2
    assert all(path.is_relative_to(tmp_path) for path in places)


def test_two_kernels_that_write_at_once_lose_nothing(path):
    code = (
        "import sys, pathlib; from gdlab.exercises.record import Record\n"
        "mine = Record(pathlib.Path(sys.argv[1])); sys.stdin.readline()\n"
        "for n in range(200): mine.add('solved', f'{sys.argv[2]}.{n}')"
    )
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", code, path, name], cwd=PROJECT, stdin=subprocess.PIPE, text=True
        )
        for name in ("a", "b")
    ]
    for kernel in kernels:
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    assert [kernel.wait() for kernel in kernels] == [0, 0]
    for kernel in kernels:
        kernel.stdin.close()
    assert len(Record(path).facts()) == 400
    assert all(json.loads(line) for line in path.read_bytes().splitlines())


def test_rendering_and_tests_keep_nothing(monkeypatch):
    import render

    assert os.environ[record.PLACE] == "off"
    monkeypatch.delenv(record.PLACE)
    with render.fixed_environment():
        assert record.kept().path is None
