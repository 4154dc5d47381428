"""Where the labs are measured: a fresh JupyterLab in Chromium, one notebook, one kernel."""

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from browser.conftest import LAPTOP, Jupyter, write

from conftest import CHROMIUM_FLAGS, find_chromium, jupyterlab


@contextmanager
def notebook(*cells):
    """An open notebook with these cells; its kernel knows gdlab."""
    from playwright.sync_api import sync_playwright

    chromium = find_chromium()
    if chromium is None:
        sys.exit("no Chromium found: install it, or set CHROMIUM to its path")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        home, folder = Path(place, "home"), Path(place, "course")
        home.mkdir(), folder.mkdir()
        with jupyterlab(home, folder) as lab:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            jupyter = Jupyter(browser.new_page(viewport=LAPTOP), lab)
            write(folder / "bench.ipynb", *cells)
            notebook = jupyter.open("bench.ipynb")
            yield notebook
            notebook.close()
            browser.close()


def table(head, *rows):
    """Print rows of text below each other."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        print("  " + "   ".join(cells).rstrip(), flush=True)
