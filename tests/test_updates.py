"""An update reaches everybody: real clones, saved as JupyterLab saves, and a real `git pull`."""

import subprocess
import sys

import pytest

import git_clean
import git_merge
import git_setup
from clone import GIT, Clone, published
from conftest import PROJECT

pytestmark = pytest.mark.skipif(GIT is None, reason="git is not installed")
CHAPTER = "notebooks/02_batch_gradient_descent.ipynb"
OTHER = "notebooks/03_the_learning_rate.ipynb"


@pytest.fixture
def author(tmp_path):
    """The published course: two of its chapters, and the tools as they are here."""
    return published(tmp_path / "published", CHAPTER, OTHER)


@pytest.fixture
def reader(author, tmp_path):
    """A clone of it, set up as `make lab` does."""
    folder = tmp_path / "a folder's name"  # with a space and a quote, as people have
    author.git("clone", "--quiet", str(author.folder), str(folder))
    assert git_setup.set_up(folder)
    return Clone(folder, CHAPTER)


def publish(author, changes=None, chapter=CHAPTER):
    author.edit(changes or {"title": "# 02 · A new title"}, chapter)
    author.git("commit", "--quiet", "--all", "-m", "An update")


# Whoever has only run and read


def test_without_the_filter_a_pull_stops(author, tmp_path):
    author.git("clone", "--quiet", str(author.folder), str(tmp_path / "plain"))
    plain = Clone(tmp_path / "plain", CHAPTER)
    plain.run()
    publish(author)
    assert "would be overwritten" in plain.git("pull", check=False)


def test_a_chapter_that_was_only_run_is_no_change(author, reader):
    committed = author.bytes()
    reader.run()
    assert reader.bytes() != committed
    assert reader.git("diff") == ""  # `git status` looks at the size alone, and names it
    reader.git("add", ".")
    assert reader.status() == ""
    reader.run()
    publish(author)
    reader.git("pull")
    assert reader.bytes() == author.bytes() != committed


def test_a_chapter_that_was_only_run_may_get_another_name(author, reader):
    reader.run()
    author.git("mv", CHAPTER, "notebooks/02_all_at_once.ipynb")
    author.git("commit", "--quiet", "-m", "Another name")
    reader.git("pull")
    assert not (reader.folder / CHAPTER).exists()
    assert reader.status() == reader.git("stash", "list") == ""


def test_a_rendered_chapter_is_a_change(reader):
    notebook = reader.read()
    next(cell for cell in notebook["cells"] if cell.get("outputs"))["outputs"] = []
    reader.write(notebook)
    assert '-   "outputs": [' in reader.git("diff")


def test_what_is_no_notebook_goes_through_untouched():
    def committed():
        raise AssertionError("not asked")

    for saved in (b"", b"{", b"\xff\x00", b"[]", b"{}", b'{"metadata": {}, "cells": 3}'):
        assert git_clean.clean(saved, committed) == saved


def test_a_new_notebook_of_ones_own_is_shown_as_it_is(reader):
    reader.write(reader.read(), "notebooks/mine.ipynb")
    reader.run("notebooks/mine.ipynb")
    reader.git("add", ".")
    assert reader.git("show", ":notebooks/mine.ipynb") == reader.bytes(
        "notebooks/mine.ipynb"
    ).decode("utf-8")


# Whoever has written answers

ANSWER = 'best = 0.25\n\nexercises.check("02.2", best)'


def test_an_answer_is_a_change_and_survives_an_update_of_its_chapter(author, reader):
    reader.edit({"explore-it": ANSWER})
    reader.run()
    assert CHAPTER in reader.status()
    publish(author, {"title": "# 02 · A new title", "write-it-help": "exercises.help('02.1')"})
    reader.git("pull")
    assert reader.source("explore-it") == ANSWER
    assert reader.source("title") == "# 02 · A new title"
    assert reader.source("write-it-help") == "exercises.help('02.1')"
    assert reader.git("stash", "list") == ""
    assert "<<<<" not in reader.bytes().decode("utf-8")


def test_an_answer_to_a_cell_that_was_updated_stands_below_it(author, reader):
    reader.edit({"explore-it": ANSWER})
    reader.run()
    publish(author, {"explore-it": "best = ...  # two digits"})
    reader.git("pull")
    cells = reader.read()["cells"]
    ids = [cell["id"] for cell in cells]
    at = ids.index("explore-it")
    assert "".join(cells[at]["source"]) == "best = ...  # two digits"
    assert "".join(cells[at + 1]["source"]) == git_merge.NOTE + ANSWER
    assert len(set(ids)) == len(ids)


def test_a_cell_of_ones_own_and_an_answer_to_a_cell_that_is_gone_are_kept(author, reader):
    notebook = reader.read()
    ids = [cell["id"] for cell in notebook["cells"]]
    own = {**notebook["cells"][ids.index("explore-it")], "id": "own", "source": ["2 ** 5"]}
    notebook["cells"].insert(ids.index("explore-it") + 1, own)
    reader.write(notebook)
    reader.edit({"write-it": "def my_descent(): ..."})
    reader.run()
    notebook = author.read()
    gone = {"write-it", "write-it-help"}
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in gone]
    author.write(notebook)
    publish(author)
    reader.git("pull")
    assert reader.source("write-it") == "def my_descent(): ..."
    assert reader.source("write-it-help") is None
    ids = [cell["id"] for cell in reader.read()["cells"]]
    assert ids.index("own") == ids.index("explore-it") + 1
    assert "f00" not in ids


def test_answers_in_other_chapters_stay_untouched(author, reader):
    reader.edit({"explore-it": "limit = 0.1"}, OTHER)
    reader.run(OTHER)
    reader.run()
    before = reader.bytes(OTHER)
    publish(author)
    reader.git("pull")
    assert reader.bytes(OTHER) == before
    assert reader.bytes() == author.bytes()


def test_answers_that_were_committed_are_merged_too(author, reader):
    reader.edit({"explore-it": ANSWER})
    reader.git("commit", "--quiet", "--all", "-m", "My answers")
    publish(author)
    for how in ("--no-rebase", "--rebase"):
        reader.git("pull", "--no-edit", how)
        assert reader.source("explore-it") == ANSWER
        assert reader.source("title") == "# 02 · A new title"


def test_what_cannot_be_merged_is_not_lost(author, reader):
    notebook = reader.read()
    for cell in notebook["cells"]:
        del cell["id"]  # a program that knows no ids has saved it
    notebook["cells"].append({**notebook["cells"][0], "source": ["My notes"]})
    reader.write(notebook)
    publish(author)
    told = reader.git("pull", check=False)
    assert "Your changes are safe in the stash" in told
    assert "My notes" in reader.git("show", f"stash@{{0}}:{CHAPTER}")
    assert "<<<<" not in reader.bytes().decode("utf-8")


# The settings


def test_the_settings_are_harmless_where_there_is_no_clone(tmp_path, monkeypatch):
    assert not git_setup.set_up(tmp_path)  # a folder from a ZIP
    outer = Clone(tmp_path, CHAPTER)
    outer.git("init", "--quiet")
    (tmp_path / "course").mkdir()
    before = outer.git("config", "--local", "--list")
    assert not git_setup.set_up(tmp_path / "course")  # unpacked within somebody else's clone
    assert outer.git("config", "--local", "--list") == before
    monkeypatch.setenv("PATH", "")
    assert not git_setup.set_up(tmp_path)  # no git


def test_a_readers_own_setting_stays(author):
    author.git("config", "merge.autostash", "false")
    assert git_setup.set_up(author.folder)
    assert author.git("config", "merge.autostash").strip() == "false"


def test_a_clone_whose_environment_is_gone_still_works(author, reader):
    assert git_setup.set_up(reader.folder, python=str(reader.folder / "gone" / "python"))
    reader.run()
    assert reader.git("status", "--porcelain").strip() == f"M {CHAPTER}"  # and not a word more


def test_the_filter_starts_quickly():
    """It loads nothing but what it needs: git starts it for each chapter that was run."""
    code = "import sys; sys.path.insert(0, 'tools'); import git_clean; print(len(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=PROJECT, capture_output=True, text=True
    )
    assert int(done.stdout) < 120
