"""How quickly a lab answers in the static edition, beside the same lab with its kernel.

One short chapter, made into a site and opened from its folder; and the same lab in JupyterLab. The
presses of a key on a slider take turns, so that whatever else the machine does hits both alike.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from browser.conftest import LAPTOP, write

from benchmarks.frames import COUNT, SECONDS
from benchmarks.latency import CLOCK, LAB
from benchmarks.setting import notebook, table
from conftest import PROJECT

PRESSES = 31  # of each
OPENINGS = 7
CHAPTER = "01_a_lab"
IMPORTS = "from gdlab import labs, optimizers, surfaces"
SHOWN = "() => document.querySelectorAll('.gd-stage')[0].shown"
# Milliseconds from the start of a page to the first picture of its lab.
ALIVE = """async () => {
    while (!(document.querySelector('.gd-stage')?.drawn > 0)) {
        await new Promise(requestAnimationFrame);
    }
    return performance.now();
}"""
MAKE = """
import pathlib, sys
from gdlab.site.pages import build
build(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
"""


def main():
    """Measure, and print two tables."""
    with (
        tempfile.TemporaryDirectory() as place,
        notebook(f"from gdlab import labs, optimizers, surfaces\n{LAB}") as book,
    ):
        site = make(Path(place))
        page = book.page.context.browser.new_page(viewport=LAPTOP)
        openings = [alive(page, f"{site.as_uri()}/{CHAPTER}.html") for _ in range(OPENINGS)]
        waits = measure(book, page)
        rate = playing(page)
    rows = []
    for name, side in (("the static edition", "site"), ("the notebook", "notebook")):
        low, *_, high = statistics.quantiles(waits[side], n=10)
        rows.append((name, f"{statistics.median(waits[side]):.0f} ms", f"{low:.0f}–{high:.0f} ms"))
    table(("key press to pixels", "median", "8 of 10 within"), *rows)
    print()
    table(
        ("the static edition", "measured", "goal"),
        ("key press to pixels", f"{statistics.median(waits['site']):.0f} ms", "17 ms"),
        ("first lab alive", f"{statistics.median(openings):.0f} ms", "1000 ms"),
        ("frames a second, playing", f"{rate:.0f}", "60"),
    )


def make(folder):
    """A site of one short chapter, with an empty still picture."""
    cells = [
        nbformat.v4.new_markdown_cell("# 01 · A lab", id="title"),
        nbformat.v4.new_code_cell(f"{IMPORTS}\n{LAB}", id="lab"),
    ]
    still = {"image/png": "", "text/plain": "a lab"}
    cells[1].outputs = [nbformat.v4.new_output("display_data", still)]
    write(folder / f"{CHAPTER}.ipynb", *cells)
    subprocess.run([sys.executable, "-c", MAKE, folder, folder / "site"], cwd=PROJECT, check=True)
    return folder / "site"


def alive(page, address):
    """Milliseconds until the first lab of a page is drawn."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    return page.evaluate(ALIVE)


def measure(book, page):
    """Milliseconds of each press, for both."""
    book.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    book.page.wait_for_function("document.querySelector('.gd-stage')?.drawn > 0")
    sides = {
        "site": (page, page.locator(".gd-row", has_text="learning rate").locator("[type=range]")),
        "notebook": (book.page, book.page.locator(".gd-lab .noUi-handle").first),
    }
    waits = {side: [] for side in sides}
    for press in range(PRESSES + 3):
        for side, (shown, handle) in sides.items():
            shown.bring_to_front()
            handle.focus()
            shown.wait_for_timeout(150)
            shown.evaluate(CLOCK, SHOWN)
            shown.keyboard.press("ArrowRight" if press % 2 else "ArrowLeft")
            waits[side].append(shown.evaluate("window.waited"))
    return {side: times[3:] for side, times in waits.items()}  # the first ones warm up


def playing(page):
    """Frames a second while the lab of the site plays in a loop."""
    page.bring_to_front()
    page.locator("button[data-part=loop]").click()
    page.locator("button[data-part=play]").click()
    page.wait_for_timeout(500)
    return page.locator(".gd-stage").evaluate(COUNT, SECONDS)


if __name__ == "__main__":
    main()
