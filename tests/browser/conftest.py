"""A notebook open in JupyterLab to show labs in, and a hand that works them."""

import ast
import re
from contextlib import contextmanager

import nbformat
import pytest
from playwright.sync_api import expect

LAPTOP = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds: a busy machine is no mistake
expect.set_options(timeout=PATIENCE)

# What JupyterLab knows of the notebook it shows.
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
KERNEL = f"{NOTEBOOK}.sessionContext.session?.kernel"


def write(path, *cells):
    """Write a notebook file with these cells, code or ready-made."""
    cells = [nbformat.v4.new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(book, path)


class Jupyter:
    """JupyterLab in a page, where one notebook after the other is opened."""

    def __init__(self, page, lab):
        self.page, self.lab, self.errors = page, lab, []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        write(lab.folder / "empty.ipynb")
        page.goto(lab.url("empty.ipynb"))
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        Notebook(self).close()

    def open(self, path):
        """Open a file and wait for its kernel."""
        self.page.evaluate(
            """async (path) => {
                const { commands, shell } = window.jupyterapp;
                const opened = await commands.execute('docmanager:open', { path });
                await opened.context.ready;
                shell.activateById(opened.id);
            }""",
            path,
        )
        return Notebook(self)


class Notebook:
    """An open notebook: code can be run in its cells, or behind its back."""

    def __init__(self, jupyter):
        self.page, self.errors = jupyter.page, jupyter.errors
        self.errors.clear()
        self.page.wait_for_function(f"{KERNEL}?.status === 'idle'")

    def close(self):
        """Let the kernel go, and the notebook unsaved."""
        self.page.evaluate(
            f"async () => {{ await {NOTEBOOK}.sessionContext.shutdown(); {NOTEBOOK}.dispose(); }}"
        )

    def run(self, code):
        """Put code into the first cell and run it."""
        outputs = self.page.evaluate(
            f"""async (code) => {{
                const notebook = {NOTEBOOK}.content;
                notebook.activeCellIndex = 0;
                notebook.activeCell.model.sharedModel.setSource(code);
                await window.jupyterapp.commands.execute('notebook:run-cell');
                return notebook.activeCell.model.outputs.toJSON();
            }}""",
            code,
        )
        failed = [output for output in outputs if output["output_type"] in ("error", "stream")]
        assert failed == []

    def python(self, expression):
        """The value of an expression in the kernel, once all that was sent before is done."""
        reply = self.page.evaluate(
            f"""async (expression) => {{
                const code = {{ code: '', silent: true, user_expressions: {{ it: expression }} }};
                return (await {KERNEL}.requestExecute(code).done).content.user_expressions.it;
            }}""",
            f"repr({expression})",
        )
        assert reply["status"] == "ok", f"{expression}: {reply}"
        return ast.literal_eval(ast.literal_eval(reply["data"]["text/plain"]))

    def until(self, expression, value):
        """Wait until an expression in the kernel has a value."""
        for _ in range(100):
            if (now := self.python(expression)) == value:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{expression} is {now}, not {value}")

    def show(self, code):
        """Run code whose last line is a lab, and take the lab in hand."""
        self.page.evaluate("document.activeElement.blur()")
        self.run(f"lab = {code}\nlab")
        hand = Hand(self, self.page.locator(".gd-lab").first)
        hand.until_drawn()
        return hand


class Hand:
    """A hand on a lab of a page: presses, drags, and looks."""

    def __init__(self, notebook, lab):
        self.notebook, self.page, self.lab = notebook, notebook.page, lab
        self.stage, self.canvas = lab.locator(".gd-stage"), lab.locator("canvas")
        self.verdict, self.counter = lab.locator(".gd-verdict"), lab.locator(".gd-counter")

    # Look

    def until_drawn(self, since=0, scene=1):
        """Wait until more than `since` pictures are drawn, of a scene no older than `scene`."""
        self.stage.wait_for()
        self.page.wait_for_function(
            "([stage, since, scene]) => stage.drawn > since && stage.shown >= scene",
            arg=[self.stage.element_handle(), since, scene],
        )

    def drawn(self):
        return self.stage.evaluate("stage => stage.drawn")

    @contextmanager
    def redrawn(self, times=1):
        """Wait until what is done here has been drawn, with so many new pictures."""
        before = self.drawn()
        yield
        self.until_drawn(before + times - 1)

    def shown(self):
        return self.stage.evaluate("stage => stage.shown")

    def step(self):
        """The step that is shown beside the player."""
        return int(re.match(r"\w+ (\d+) of", self.counter.inner_text())[1])

    def at_step(self, step, last=None):
        """Wait until this step is shown, or one up to `last`: a playing ball does not wait."""
        self.page.wait_for_function(
            "([counter, low, high]) => { const step = Number(counter.innerText.match(/\\d+/)[0]);"
            " return low <= step && step <= high; }",
            arg=[self.counter.element_handle(), step, step if last is None else last],
        )

    def picture(self):
        """All pixels of the canvas as one string, to tell pictures apart."""
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    def count(self, color, near=40):
        """How many pixels of the canvas have about this colour."""
        red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
        return self.canvas.evaluate(
            """(canvas, [r, g, b, near]) => {
                const { data } = canvas.getContext('2d')
                    .getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let i = 0; i < data.length; i += 4) {
                    const far = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g)
                              + Math.abs(data[i + 2] - b);
                    if (data[i + 3] > 100 && far < near) count += 1;
                }
                return count;
            }""",
            [red, green, blue, near],
        )

    def where(self, panel, x, y):
        """The place on the page of a point in data units of a panel (linear axes)."""
        scenery = self.notebook.python("{k: v for k, v in lab.stage.scenery.items() if k != 'png'}")
        spec, box = scenery["panels"][panel], self.canvas.bounding_box()
        left, top, width, height = spec["box"]
        (x0, x1), (y0, y1) = spec["x"], spec["y"]
        scale = box["width"] / scenery["width"]
        return (
            box["x"] + scale * (left + width * (x - x0) / (x1 - x0)),
            box["y"] + scale * (top + height * (y1 - y) / (y1 - y0)),
        )

    # Press and drag

    def button(self, name):
        """A button of the stage: flat, solid, arrows, full, back, play, forward, speed, loop."""
        return self.stage.locator(f"button[data-part={name}]")

    def press(self, *keys):
        """Press keys while the player has the focus."""
        self.stage.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def row(self, name):
        """A row of controls, by the word beside its symbol."""
        return self.lab.locator(".gd-row").filter(has_text=name)

    def slider(self, name):
        return self.row(name).locator(".noUi-handle")

    def box(self, name):
        return self.row(name).locator("input")

    def type(self, name, text):
        """Type a value into the box of a row."""
        box = self.box(name)
        box.fill(text)
        box.press("Enter")

    def drag(self, start, *stops):
        """Press the mouse at a place of the page and draw it over others."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for stop in stops:
            self.page.mouse.move(*stop, steps=10)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def jupyter(lab, browser):
    """JupyterLab in one page for all tests of a module."""
    context = browser.new_context(viewport=LAPTOP)
    yield Jupyter(context.new_page(), lab)
    context.close()


@pytest.fixture(scope="module")
def scratch(jupyter):
    """One notebook with an empty cell for all tests of a module; its kernel knows gdlab."""
    write(jupyter.lab.folder / "scratch.ipynb", "", "1 + 1")
    notebook = jupyter.open("scratch.ipynb")
    notebook.run("from gdlab import descend, labs, optimizers, plots, stage, surfaces")
    notebook.run("from gdlab.stage import actors")
    yield notebook
    notebook.close()


@pytest.fixture
def notebook(scratch):
    """The scratch notebook; whatever a test did, nothing may have failed in the page."""
    scratch.errors.clear()
    yield scratch
    assert scratch.errors == []
