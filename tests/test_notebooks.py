"""The chapters as they are stored: clean, small, and the same after every rendering."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import render
from conftest import PROJECT

CHAPTERS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def test_there_are_chapters():
    assert "00_start_here" in [path.stem for path in CHAPTERS]


@each_chapter
def test_a_chapter_is_stored_clean(path):
    assert render.cleaned(render.read(path)) == path.read_text(encoding="utf-8"), (
        f"run: make render NB={path.stem[:2]}"
    )


@each_chapter
def test_a_chapter_is_valid_and_small(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert path.stat().st_size <= 400_000


@each_chapter
def test_a_chapter_shows_no_errors_and_no_warnings(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


def noisy() -> nbformat.NotebookNode:
    """A notebook as JupyterLab leaves it, with everything that must not be stored."""
    lab = new_code_cell(
        "import ipywidgets, matplotlib.pyplot as plt\n"
        "plt.plot([1, 2]);\n"
        "display(ipywidgets.IntSlider())\n"
        "print('one', flush=True)\n"
        "print('two', flush=True)\n"
        "plt.title('a title');",
        execution_count=7,
        metadata={"execution": {"iopub.status.busy": "2026-01-01"}, "collapsed": False},
    )
    lab.metadata.tags = ["kept"]
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), lab])
    notebook.metadata.widgets = {"state": {}}
    notebook.metadata.kernelspec = {"name": "mine", "display_name": "Mine"}
    return notebook


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """A folder with one noisy chapter in it, in the place of notebooks/."""
    monkeypatch.setattr(render, "NOTEBOOKS", tmp_path)
    path = tmp_path / "03_noisy.ipynb"
    nbformat.write(noisy(), path)
    return path


def nbval(path) -> subprocess.CompletedProcess:
    """What `make test` does with one chapter."""
    options = ["-p", "no:cacheprovider", "-p", "conftest", "-c", "pyproject.toml"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


def test_rendering_keeps_the_picture_and_drops_the_noise(chapter):
    render.main([])
    text = chapter.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    for noise in ("widget-view", '"widgets"', "iopub", "collapsed", "Mine"):
        assert noise not in text
    lab = nbformat.reads(text, as_version=4).cells[1]
    assert lab.execution_count == 1
    assert lab.metadata == {"tags": ["kept"]}
    kinds = {kind for output in lab.outputs for kind in output.get("data", {})}
    assert kinds == {"text/plain", "image/png"}
    assert "one\ntwo\n" in [output.get("text") for output in lab.outputs]


def test_rendering_twice_changes_no_byte(chapter):
    render.main(["03"])
    once = chapter.read_bytes()
    render.main(["03"])
    assert chapter.read_bytes() == once


def test_cells_are_counted_from_the_top():
    notebook = noisy()
    notebook.cells += [new_code_cell(""), new_code_cell("1 / 0", execution_count=2)]
    cells = nbformat.reads(render.cleaned(notebook), as_version=4).cells
    assert [cell.get("execution_count") for cell in cells] == [None, 1, None, 2]


def test_only_the_chapters_asked_for_are_run(chapter):
    before = chapter.read_bytes()
    other = chapter.with_name("04_other.ipynb")
    nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), other)
    render.main(["04"])
    assert chapter.read_bytes() == before
    assert nbformat.read(other, as_version=4).cells[0].outputs


def test_cell_ids_stay_and_missing_ones_do_not_depend_on_chance(chapter):
    before = [cell.id for cell in nbformat.read(chapter, as_version=4).cells]
    assert [cell.id for cell in render.read(chapter).cells] == before
    text = chapter.read_text(encoding="utf-8")
    for cell_id in before:
        text = text.replace(f'"id": "{cell_id}",\n', "")
    chapter.write_text(text, encoding="utf-8")
    first, second = render.read(chapter), render.read(chapter)
    assert [cell.id for cell in first.cells] == [cell.id for cell in second.cells]
    nbformat.validate(first)


def test_a_chapter_that_fails_stays_as_it_is(chapter):
    notebook = noisy()
    notebook.cells.append(new_code_cell("1 / 0"))
    nbformat.write(notebook, chapter)
    before = chapter.read_bytes()
    with pytest.raises(SystemExit, match="ZeroDivisionError"):
        render.main([])
    assert chapter.read_bytes() == before


def test_a_chapter_that_does_not_exist(chapter):
    with pytest.raises(SystemExit, match="'05'"):
        render.main(["05"])


def test_what_was_rendered_passes_and_what_was_altered_does_not(chapter):
    render.main([])
    # The lab's live part was not stored, and is made anew here: no difference.
    passed = nbval(chapter)
    assert passed.returncode == 0, passed.stdout
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(text.replace('"two\\n"', '"three\\n"'), encoding="utf-8")
    failed = nbval(chapter)
    assert failed.returncode == 1, failed.stdout
    assert "three" in failed.stdout
