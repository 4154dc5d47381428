"""A network trains in a real JupyterLab: its curves grow, Stop stops it, the kernel answers."""

import pytest
from playwright.sync_api import expect

from browser.conftest import KERNEL, NOTEBOOK
from gdlab.plots import style_of

pytestmark = pytest.mark.browser

ADAM = style_of("adam").color


def button(hand, name):
    return hand.lab.get_by_role("button", name=name, exact=True)


@pytest.fixture
def hand(notebook):
    hand = notebook.show("labs.training(epochs=8)")
    yield hand
    notebook.python("lab.stop()")


def test_the_curves_grow_while_it_trains_and_the_kernel_answers(notebook, hand):
    assert hand.count(ADAM) == 0
    button(hand, "Train").click()
    expect(hand.verdict).to_contain_text("Training.")
    seen = []
    for _ in range(3):
        hand.until_drawn(hand.drawn() + 2)
        seen.append(hand.count(ADAM))
        assert notebook.python("lab.training.running")
    assert seen[0] < seen[-1]
    bar = hand.lab.locator(".progress-bar")
    assert bar.evaluate("bar => parseFloat(bar.style.width)") > 0


def test_stop_stops_at_once_and_go_on_goes_on(notebook, hand):
    button(hand, "Train").click()
    expect(hand.verdict).to_contain_text("Training.")
    hand.until_drawn(hand.drawn() + 2)
    button(hand, "Stop").click()
    expect(hand.verdict).to_contain_text("Stopped at step")
    at = notebook.python("lab.training.steps")
    assert 0 < at < notebook.python("lab.training.total")
    assert notebook.python("lab.training.steps") == at
    button(hand, "Go on").click()
    expect(hand.verdict).to_contain_text("Training.")
    notebook.until(f"lab.training.steps > {at + 10}", True)


def run_beside(notebook, code):
    """Run a cell below the lab, and do not wait for its end."""
    notebook.page.evaluate(
        f"""(code) => {{
            {NOTEBOOK}.content.activeCellIndex = 1;
            {NOTEBOOK}.content.activeCell.model.sharedModel.setSource(code);
            window.jupyterapp.commands.execute('notebook:run-cell');
        }}""",
        code,
    )


def printed(notebook):
    outputs = notebook.page.evaluate(f"{NOTEBOOK}.content.widgets[1].model.outputs.toJSON()")
    return [output.get("text") for output in outputs]


def test_stop_works_while_a_cell_waits_for_the_end(notebook, hand):
    run_beside(notebook, "await lab.train()\nprint('end', lab.training.running)")
    expect(hand.verdict).to_contain_text("Training.")
    hand.until_drawn(hand.drawn() + 2)
    button(hand, "Stop").click()
    expect(hand.verdict).to_contain_text("Stopped at step")
    assert notebook.python("0 < lab.training.steps < lab.training.total")
    assert printed(notebook) == ["end False\n"]


@pytest.mark.parametrize("waits", ["await lab.train()", "lab.train().wait()"])
def test_interrupting_the_cell_stops_the_training_and_nothing_else(notebook, hand, waits):
    run_beside(notebook, f"{waits}\nprint('end', lab.training.running)")
    expect(hand.verdict).to_contain_text("Training.")
    hand.until_drawn(hand.drawn() + 2)
    notebook.page.evaluate(f"{KERNEL}.interrupt()")
    expect(hand.verdict).to_contain_text("Stopped at step")
    assert notebook.python("0 < lab.training.steps < lab.training.total")
    assert printed(notebook) == ["end False\n"]


def test_another_method_brings_its_own_rows(notebook, hand):
    expect(hand.row("slope memory")).to_be_visible()
    hand.lab.locator("select").select_option("gradient descent")
    expect(hand.row("slope memory")).to_be_hidden()
    notebook.until("lab.state['lr']", 0.3)
    expect(hand.verdict).to_contain_text("Gradient descent on the digits: η = 0.3")
