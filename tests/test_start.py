"""The first minute: JupyterLab opens on the first chapter, asks nothing and warns of nothing."""

import re
import shutil

import pytest

from conftest import PROJECT, jupyterlab

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of its own, whose terminal tells of this minute only."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("course")
    shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
    with jupyterlab(home, folder) as lab:
        yield lab


def test_the_first_page_is_the_first_chapter_and_nothing_else(lab, page):
    page.goto(lab.url())
    page.locator(".jp-Notebook").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert page.url.endswith("notebooks/00_start_here.ipynb")
    page.wait_for_timeout(2000)  # long enough for the question about news, which comes last
    assert page.locator(".jp-Dialog, .Toastify__toast").all_inner_texts() == []


def test_the_terminal_stays_calm(lab, page):
    page.goto(lab.url())
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    warnings = [line for line in lab.log().splitlines() if re.match(r"\[[WE] |.*WARNING", line)]
    # `make lab` tells JupyterLab beforehand that the chapters are trusted.
    assert [line for line in warnings if not line.endswith("is not trusted")] == []
