"""Every chapter, run from top to bottom in a real JupyterLab: each lab appears, answers, fits."""

import pytest
from playwright.sync_api import expect

from browser.conftest import LAPTOP, NOTEBOOK, Hand
from browser.fitting import fits
from conftest import PROJECT

pytestmark = pytest.mark.browser

CHAPTERS = sorted(path.name for path in (PROJECT / "notebooks").glob("*.ipynb"))
LONGEST = 180_000  # milliseconds for a chapter that trains a network, on a busy machine
WIDGET = "application/vnd.jupyter.widget-view+json"
WIDGET_FAILURES = (
    "Error displaying widget",
    "Loading widget",
    "Model not found",
    "Click to show javascript error",
)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_lab_appears(chapter, jupyter):
    notebook = jupyter.open(f"notebooks/{chapter}")
    try:
        run_all(notebook)
        for cell in cells_with_widgets(notebook):
            look_at(notebook, cell)
        assert notebook.errors == []
    finally:
        notebook.close()


def run_all(notebook):
    """Run the whole chapter; only what is meant to fail may have failed."""
    failed = notebook.page.evaluate(
        f"""async (longest) => {{
            const done = window.jupyterapp.commands.execute('notebook:run-all-cells');
            const late = (_, no) => setTimeout(() => no(new Error('still running')), longest);
            await Promise.race([done, new Promise(late)]);
            return {NOTEBOOK}.content.widgets
                .filter((cell) => !cell.model.getMetadata('tags')?.includes('raises-exception'))
                .flatMap((cell) => cell.model.outputs?.toJSON() ?? [])
                .filter((output) => output.output_type === 'error')
                .map((output) => output.evalue);
        }}""",
        LONGEST,
    )
    assert failed == []


def cells_with_widgets(notebook):
    """The numbers of the cells whose outputs are widgets."""
    return notebook.page.evaluate(
        f"""type => {NOTEBOOK}.content.widgets.flatMap((cell, i) =>
            (cell.model.outputs?.toJSON() ?? []).some((output) => output.data?.[type]) ? [i] : [])
        """,
        WIDGET,
    )


def look_at(notebook, number):
    """Scroll to a cell: its widget is there, a stage in it is drawn, the player plays, it fits."""
    cell = scroll_to(notebook, number)
    expect(cell.locator(".jp-OutputArea-output > .lm-Widget").first).to_be_visible()
    for failure in WIDGET_FAILURES:
        expect(cell).not_to_contain_text(failure)
    for one in cell.locator(".gd-lab").all():
        hand = Hand(notebook, one)
        hand.until_drawn()
        if hand.stage.locator(".gd-player").is_visible():
            hand.press("Home")
            hand.at_step(0)
            with hand.redrawn(times=3):
                hand.press(" ")
            hand.press("End")
        try:
            for window, (width, height) in WINDOWS.items():
                notebook.page.set_viewport_size({"width": width, "height": height})
                scroll_to(notebook, number)
                fits(one, phone=window == "phone")
        finally:
            notebook.page.set_viewport_size(LAPTOP)


def scroll_to(notebook, number):
    """A cell, brought to the top of the window."""
    notebook.page.evaluate(
        f"async i => {{ await {NOTEBOOK}.content.scrollToItem(i, 'start'); }}", number
    )
    return notebook.page.locator(f'.jp-Notebook-cell[data-windowed-list-index="{number}"]')


WINDOWS = {"laptop": (1366, 650), "projector": (1280, 720), "old": (1024, 768), "phone": (412, 860)}
