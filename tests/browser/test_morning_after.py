"""A kernel that ends, a page that is loaded again, a second tab, a saved chapter, an update."""

import pytest
from playwright.sync_api import expect

import git_setup
from browser.conftest import KERNEL, NOTEBOOK, Hand, Notebook, write
from browser.test_chapters import run_all
from clone import GIT, Clone, published

pytestmark = pytest.mark.browser

CELLS = (
    "from gdlab import exercises, labs\nlab = labs.descent(lr=0.1)\nlab",
    'exercises.predict("00.p")',
    'exercises.recall("00.p")',
)
STILL = ".jp-OutputArea img"
AGAIN = "Run this cell again"
SESSION = f"{NOTEBOOK}.sessionContext"
ENDS = {
    "restarted": f"async () => {{ await {SESSION}.restartKernel(); }}",
    "stopped": f"async () => {{ await {SESSION}.shutdown(); }}",
    "died": f"() => {{ {KERNEL}.requestExecute({{ code: 'import os; os._exit(1)' }}); }}",
    "exchanged": f"async () => {{ await {SESSION}.changeKernel({{ name: 'python3' }}); }}",
}


@pytest.fixture
def book(jupyter):
    """A notebook with a lab, a prediction and what became of it, all run and saved."""
    write(jupyter.lab.folder / "morning.ipynb", *CELLS)
    notebook = jupyter.open("morning.ipynb")
    run_all(notebook)
    lab_of(notebook)
    save(notebook.page)
    yield notebook
    notebook.close()


def lab_of(notebook):
    hand = Hand(notebook, notebook.page.locator(".gd-lab").first)
    hand.until_drawn()
    return hand


def save(page):
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function(f"!{NOTEBOOK}.context.model.dirty")


def shows_the_picture(page):
    """What a reader sees where nothing runs: the picture, the question, no error."""
    page.locator(STILL).first.wait_for()
    expect(page.locator(".gd-lab")).to_have_count(0)
    expect(page.locator(".jp-OutputArea")).to_contain_text(["", "yes, always", "What happens:"])
    expect(page.locator("body")).not_to_contain_text("Error displaying widget")


@pytest.mark.parametrize("how", ENDS)
def test_a_kernel_ends_under_a_lab(book, how):
    page, hand = book.page, lab_of(book)
    before = hand.verdict.inner_text()
    page.evaluate(ENDS[how])
    expect(hand.verdict).to_contain_text(AGAIN)
    expect(hand.verdict).not_to_contain_text(before)
    expect(page.get_by_text(AGAIN)).to_have_count(2)  # the lab, and the question
    if how == "died":
        page.locator(".jp-Dialog button").click()  # JupyterLab says so itself
    broken = page.evaluate(
        """[...document.querySelectorAll('.jupyter-widgets-disconnected')]
            .filter((node) => getComputedStyle(node, '::before').content !== 'none').length"""
    )
    assert broken == 0
    # The picture still plays, and what would need an answer cannot be worked.
    hand.press("Home")
    hand.at_step(0)
    for row in hand.lab.locator(".gd-row").all():
        assert row.evaluate("row => row.inert")
    for option in page.locator(".gd-question button").all():
        expect(option).to_be_disabled()
    shown = hand.shown()
    hand.page.mouse.click(*middle(hand))
    assert hand.shown() == shown and book.errors == []


def middle(hand):
    box = hand.canvas.bounding_box()
    return box["x"] + box["width"] / 4, box["y"] + box["height"] / 2


def test_after_a_restart_the_cell_brings_the_lab_back(book):
    book.page.evaluate(ENDS["restarted"])
    expect(lab_of(book).verdict).to_contain_text(AGAIN)
    run_all(book)
    expect(book.page.get_by_text(AGAIN)).to_have_count(0)
    hand = lab_of(book)
    hand.type("learning rate", "0.3")
    book.until("lab.state['lr']", 0.3)


def test_the_sentence_fits_where_the_words_stand_beside_the_picture(book):
    page, hand = book.page, lab_of(book)
    before = page.viewport_size
    page.set_viewport_size({"width": 1366, "height": 520})
    try:
        page.evaluate(ENDS["restarted"])
        expect(hand.verdict).to_contain_text(AGAIN)
        assert hand.verdict.evaluate("node => node.scrollWidth <= node.clientWidth")
        assert not hand.verdict.evaluate("node => node.closest('[inert]') !== null")
    finally:
        page.set_viewport_size(before)


def test_a_page_that_is_loaded_again_shows_the_pictures(book):
    book.page.reload()
    shows_the_picture(book.page)
    again = Notebook(book)  # the kernel is the old one, and its variables are there
    assert again.python("lab.state['lr']") == 0.1
    run_all(again)
    lab_of(again)
    assert again.errors == []


def test_a_saved_notebook_opened_with_a_new_kernel_shows_the_pictures(book, browser):
    page = book.page
    page.evaluate(ENDS["stopped"])
    page.reload()
    shows_the_picture(page)
    Notebook(book)
    shows_the_picture(page)  # also once the new kernel is there
    assert book.errors == []


def test_two_tabs_on_one_notebook(book, jupyter):
    page = book.page.context.new_page()
    try:
        page.goto(jupyter.lab.url("morning.ipynb"))
        shows_the_picture(page)
        page.wait_for_function(f"{KERNEL}?.status === 'idle'")
        page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        page.locator(".gd-lab").wait_for()
        page.evaluate(ENDS["restarted"])  # in this tab, and so for both
        for tab in (page, book.page):
            expect(tab.locator(".gd-verdict")).to_contain_text(AGAIN)
    finally:
        page.close()


def test_two_views_of_one_lab_do_not_quarrel_about_its_shape(book):
    """A narrow one asks for the panels below each other, a wide one does not ask again."""
    book.run(
        "lab, turns = labs.descent(lr=0.1), []\n"
        "lab.stage.observe(lambda change: turns.append(change.new), 'portrait')\n"
        "display(lab, lab)"
    )
    book.page.wait_for_function(
        "[...document.querySelectorAll('.gd-stage')].filter((s) => s.drawn > 0).length >= 2"
    )
    book.page.locator(".gd-lab").nth(1).evaluate("lab => (lab.style.width = '400px')")
    book.until("lab.stage.portrait", True)
    book.page.wait_for_timeout(1500)
    assert book.python("turns") == [True]


@pytest.mark.skipif(GIT is None, reason="git is not installed")
def test_an_update_reaches_a_chapter_that_was_run_and_saved(jupyter):
    name = "notebooks/00_start_here.ipynb"
    author = published(jupyter.lab.folder / "published", name)
    author.git("clone", "--quiet", str(author.folder), str(jupyter.lab.folder / "mine"))
    reader = Clone(jupyter.lab.folder / "mine", name)
    assert git_setup.set_up(reader.folder)
    try:
        save_with(jupyter, f"mine/{name}", run=True)
        assert reader.bytes() != author.bytes()
        assert reader.git("diff") == ""
        author.edit({"title": "# 00 · A first update"})
        author.git("commit", "--quiet", "--all", "-m", "An update")
        reader.git("pull")
        assert reader.bytes() == author.bytes()

        answer = 'eta = 0.4\n\nexercises.check("00.1", eta)'
        save_with(jupyter, f"mine/{name}", {"ten-steps": answer})
        author.edit({"title": "# 00 · A second update"})
        author.git("commit", "--quiet", "--all", "-m", "Another update")
        reader.git("pull")
        assert reader.source("ten-steps") == answer
        assert reader.source("title") == "# 00 · A second update"
    finally:
        jupyter.page.evaluate("window.jupyterapp.commands.execute('application:close-all')")


def save_with(jupyter, path, answers=None, run=False):
    """What a reader does: write, run all, save, close."""
    notebook = jupyter.open(path)
    notebook.page.evaluate(
        f"""answers => {{
            for (const cell of {NOTEBOOK}.content.widgets) {{
                const source = answers[cell.model.id];
                if (source) cell.model.sharedModel.setSource(source);
            }}
        }}""",
        answers or {},
    )
    if run:
        run_all(notebook)
    save(notebook.page)
    notebook.close()
