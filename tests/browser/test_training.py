"""A network trains in a real JupyterLab: its curves grow, Stop stops it, the kernel answers."""

import pytest
from playwright.sync_api import expect

from browser.conftest import KERNEL, NOTEBOOK
from gdlab.plots import INK, SKY, VERMILLION, style_of

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
    hand.lab.get_by_label("method").select_option("gradient descent")
    expect(hand.row("slope memory")).to_be_hidden()
    notebook.until("lab.state['lr']", 0.3)
    expect(hand.verdict).to_contain_text("Gradient descent on the digits: η = 0.3")


# The pad


@pytest.fixture
def pad(notebook):
    """A pad that follows a training at work."""
    notebook.run("work = labs.training(epochs=40)")
    hand = notebook.show("labs.drawing(work)")
    yield hand
    notebook.python("work.stop()")


SEVEN = [(8, 6), (20, 6), (12, 24)]


def test_a_digit_drawn_with_the_mouse_is_read_while_it_trains(notebook, pad):
    notebook.python("work.train().steps")
    first, *others = [pad.where(0, *point) for point in SEVEN]
    pad.drag(first, *others)
    expect(pad.verdict).to_contain_text("The network reads a 7.")
    assert len(notebook.python("lab.state['strokes'][0]")) > 10
    assert pad.count(INK) > 500 and pad.count(VERMILLION) > 100  # the pen, and the longest bar
    seen = set()
    for _ in range(4):
        pad.until_drawn(pad.drawn() + 2)
        seen.add(tuple(notebook.python("lab.scene.data['shares'].tolist()")))
    assert len(seen) > 1 and notebook.python("work.training.running")  # the bars move


def test_a_finger_draws_too_and_the_pen_does_not_wait_for_the_kernel(notebook, pad):
    places, before = [pad.where(0, *point) for point in SEVEN], pad.count(INK)
    run_beside(notebook, "import time; time.sleep(3)")
    finger = notebook.page.context.new_cdp_session(notebook.page)
    for kind, (x, y) in zip(("Start", "Move", "Move"), places, strict=True):
        touch = {"type": f"touch{kind}", "touchPoints": [{"x": x, "y": y}]}
        finger.send("Input.dispatchTouchEvent", touch)
    pad.until_drawn(pad.drawn())
    assert pad.count(INK) > before + 500  # long before the kernel answers
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(pad.verdict).to_contain_text("The network reads")


def test_buttons_show_a_test_digit_and_wipe_the_pad(notebook, pad):
    button(pad, "Show a test digit").focus()
    pad.page.keyboard.press("Enter")
    expect(pad.verdict).to_contain_text("It is a 7.")
    pad.drag(*(pad.where(0, *point) for point in SEVEN))
    notebook.until("len(lab.state['strokes'])", 1)
    pad.drag(*(pad.where(0, *point) for point in [(10, 15), (18, 15)]))
    notebook.until("len(lab.state['strokes'])", 2)
    button(pad, "Clear").click()
    expect(pad.verdict).to_contain_text("Draw a digit")
    assert notebook.python("(lab.state['strokes'], lab.stage.ink)") == ((), [])
    assert pad.count(INK) == 0


def test_the_pictures_change_while_it_trains(notebook, hand):
    button(hand, "Train").click()
    expect(hand.verdict).to_contain_text("Training.")
    for picture, color in (("mistakes", SKY), ("hidden units", ADAM), ("curves", ADAM)):
        hand.row("picture").locator("select").select_option(picture)
        notebook.until("lab.state['picture']", picture)
        hand.until_drawn(hand.drawn() + 3)
        assert hand.count(color) > 30
    expect(hand.lab).to_contain_text("s left")


def test_after_a_restart_of_the_kernel_a_training_begins_anew(notebook, hand):
    button(hand, "Train").click()
    expect(hand.verdict).to_contain_text("Training.")
    notebook.page.evaluate(f"async () => {{ await {KERNEL}.restart(); }}")
    notebook.page.wait_for_function(f"{KERNEL}?.status === 'idle'")
    notebook.run("from gdlab import descend, labs, optimizers, plots, stage, surfaces")
    again = notebook.show("labs.training(epochs=8)")
    assert notebook.python("lab.training") is None
    button(again, "Train").click()
    expect(again.verdict).to_contain_text("Training.")
    again.until_drawn(again.drawn() + 2)
