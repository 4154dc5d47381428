"""Labs in a real JupyterLab, worked with mouse and keyboard."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

from browser.conftest import KERNEL, LAPTOP, NOTEBOOK, PATIENCE, write

pytestmark = pytest.mark.browser

MOMENTUM = "labs.descent(optimizers.momentum, surfaces.ravine, lr=0.1, beta=0.75, steps=20)"
DESCENT = "labs.descent(surface=surfaces.square, lr=0.1, steps=20)"

ORANGE, GREEN, GREY = "#E69F00", "#009E73", "#78808e"


def selected(notebook):
    """The active cell, how many there are, and whether a cell is being edited."""
    return notebook.page.evaluate(
        f"(({{ activeCellIndex, widgets, mode }}) => [activeCellIndex, widgets.length, mode])"
        f"({NOTEBOOK}.content)"
    )


# What is shown


def test_a_lab_appears_with_all_its_parts(notebook):
    hand = notebook.show(MOMENTUM)
    expect(hand.stage.locator(".gd-title")).to_have_text("Momentum on the ravinex² + 10y²")
    expect(hand.verdict).to_contain_text("Still descending.")
    expect(hand.verdict).to_have_attribute("aria-live", "polite")
    expect(hand.lab.locator(".gd-row")).to_have_count(3)
    expect(hand.counter).to_contain_text("step 20 of 20 · loss ")
    assert hand.stage.locator("img").evaluate("image => image.naturalWidth") > 1500
    assert hand.count(ORANGE) > 300  # momentum's colour: its path, its loss, two balls


def test_the_ball_stands_where_python_says(notebook):
    hand = notebook.show(DESCENT)
    with hand.redrawn():
        hand.press("Home", "ArrowRight", "ArrowRight")
    hand.at_step(2)
    x, y = hand.where(0, *notebook.python("(float(lab.run.x[2, 0]), float(lab.run.loss[2]))"))
    box = hand.canvas.bounding_box()
    color = hand.canvas.evaluate(
        """async (canvas, [x, y]) => {
            await new Promise(requestAnimationFrame);
            const ratio = canvas.width / canvas.clientWidth;
            return [...canvas.getContext('2d').getImageData(x * ratio, y * ratio, 1, 1).data];
        }""",
        [x - box["x"], y - box["y"]],
    )
    assert color == [0xD5, 0x5E, 0x00, 255]


def test_two_views_of_one_lab(notebook):
    notebook.run(f"lab = {DESCENT}\ndisplay(lab, lab)")
    stages = notebook.page.locator(".gd-stage")
    expect(stages).to_have_count(2)
    notebook.page.wait_for_function(
        "[...document.querySelectorAll('.gd-stage')].every((stage) => stage.drawn > 0)"
    )
    notebook.python("lab.set(lr=0.9)")
    notebook.page.wait_for_function(
        "[...document.querySelectorAll('.gd-stage')].every((stage) => stage.shown > 1)"
    )


def test_a_lab_without_time_has_no_player(notebook):
    hand = notebook.show("labs.direction()")
    expect(hand.stage.locator(".gd-player")).to_be_hidden()
    expect(hand.button("solid")).to_be_hidden()
    expect(hand.verdict).to_contain_text("Downhill.")
    hand.type("direction", "180")
    expect(hand.verdict).to_contain_text("Uphill.")


# The player


def test_play_moves_the_ball_and_stops_at_the_end(notebook):
    hand = notebook.show(DESCENT)
    hand.press("Home")
    hand.at_step(0)
    before, drawn = hand.picture(), hand.drawn()
    hand.button("play").click()
    hand.at_step(3, 19)
    assert hand.picture() != before
    expect(hand.button("play")).to_have_attribute("aria-pressed", "false")
    hand.at_step(20)
    assert hand.drawn() > drawn + 10
    notebook.page.wait_for_timeout(100)
    end = hand.drawn()
    notebook.page.wait_for_timeout(200)
    assert hand.drawn() == end  # at rest nothing is drawn
    hand.button("play").click()  # at the end, play begins anew
    hand.at_step(1, 10)
    hand.press(" ")
    expect(hand.button("play")).to_have_attribute("aria-pressed", "false")
    held = hand.step()
    notebook.page.wait_for_timeout(300)
    assert 0 < held < 20
    hand.at_step(held)


def test_speed_and_loop(notebook):
    hand = notebook.show(DESCENT)
    seen = []
    for _ in range(7):
        hand.button("speed").click()
        seen.append(hand.button("speed").inner_text())
    assert seen == ["2×", "4×", "¼×", "½×", "1×", "2×", "4×"]
    expect(hand.button("loop")).to_have_attribute("aria-pressed", "false")
    hand.button("loop").click()
    expect(hand.button("loop")).to_have_attribute("aria-pressed", "true")
    hand.press("End", "ArrowLeft", " ")
    hand.at_step(1, 10)
    hand.at_step(15, 20)
    hand.at_step(1, 10)
    hand.press(" ")


def test_keys_move_the_player_and_not_the_notebook(notebook):
    hand = notebook.show(DESCENT)
    before = selected(notebook)
    hand.press("Home")
    hand.at_step(0)
    hand.press("ArrowLeft")
    hand.at_step(0)
    hand.press("ArrowRight", "ArrowRight", "ArrowRight")
    hand.at_step(3)
    hand.press("ArrowLeft")
    hand.at_step(2)
    hand.press("End")
    hand.at_step(20)
    hand.press("ArrowRight", "ArrowDown", "ArrowUp", "d", "d", "a", "b", "x", "m")
    hand.at_step(20)
    hand.button("arrows").press(" ")  # a button keeps its own space key
    expect(hand.button("arrows")).to_have_attribute("aria-pressed", "false")
    hand.at_step(20)
    assert selected(notebook) == before


def test_no_key_in_a_lab_reaches_the_notebook(notebook):
    hand = notebook.show("labs.descent(surface=[surfaces.square, surfaces.shifted])")
    before = selected(notebook)[:2]
    for part in (".noUi-handle", ".gd-play", ".gd-scrub", "select", ".gd-value input"):
        hand.lab.locator(part).first.focus()
        for key in ["d", "d", "a", "x", "j", "ArrowDown", "ArrowUp"]:
            notebook.page.keyboard.press(key)
        assert selected(notebook)[:2] == before, part
    expect(hand.lab).to_be_visible()


def test_scrubbing(notebook):
    hand = notebook.show(DESCENT)
    box = hand.stage.locator(".gd-scrub").bounding_box()
    middle = box["y"] + box["height"] / 2
    hand.drag((box["x"] + 2, middle), (box["x"] + box["width"] / 2, middle))
    hand.at_step(10)
    hand.stage.locator(".gd-scrub").fill("7")
    hand.at_step(7)


def test_the_player_goes_on_while_the_kernel_is_busy(notebook):
    hand = notebook.show(DESCENT)
    hand.press("Home")
    drawn = hand.drawn()
    notebook.page.evaluate(
        f"""code => {{
            window.busy = true;
            {KERNEL}.requestExecute({{ code }}).done.then(() => (window.busy = false));
        }}""",
        "import time; time.sleep(3)",
    )
    hand.press(" ")
    hand.at_step(12, 20)
    assert notebook.page.evaluate("window.busy")
    assert hand.drawn() > drawn + 10
    notebook.page.wait_for_function("!window.busy")


# The landscape


def test_a_click_sets_the_start(notebook):
    hand = notebook.show(MOMENTUM)
    hand.page.mouse.click(*hand.where(0, 5.0, -2.0))
    hand.until_drawn(scene=2)
    x, y = notebook.python("[float(v) for v in lab.run.x[0]]")
    assert (x, y) == pytest.approx((5, -2), abs=0.05)
    expect(hand.verdict).to_contain_text("last run")


def test_a_drag_ends_where_the_mouse_is_let_go(notebook):
    hand = notebook.show(MOMENTUM)
    hand.drag(*(hand.where(0, *point) for point in ((-5, 2), (0, 3), (6, 1))))
    notebook.until("[round(float(v), 1) for v in lab.run.x[0]]", [6.0, 1.0])
    ghost = notebook.python("[float(v) for v in lab.last.run.x[0]]")
    assert ghost == [-8.5, 2.6]  # the run before the drag, not one from its midst


def test_a_drag_out_of_the_picture_stays_at_its_edge(notebook):
    hand = notebook.show(MOMENTUM)
    x, y = hand.where(0, 9, 0)
    hand.drag((x, y), (x + 400, y))
    (_, edge), _ = notebook.python("lab.state['surface'].view")
    notebook.until("round(float(lab.run.x[0, 0]), 3)", edge)


def test_a_click_beside_the_landscape_does_nothing(notebook):
    hand = notebook.show(MOMENTUM)
    box = hand.canvas.bounding_box()
    hand.page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
    assert notebook.python("lab.stage.start") == []
    assert hand.shown() == 1


def test_a_line_is_clicked_too(notebook):
    hand = notebook.show(DESCENT)
    hand.page.mouse.click(*hand.where(0, -6.0, 40.0))
    notebook.until("round(float(lab.run.x[0, 0]), 1)", -6.0)


def test_in_perspective(notebook):
    hand = notebook.show(MOMENTUM)
    flat = hand.picture()
    with hand.redrawn():
        hand.button("solid").click()
    expect(hand.button("solid")).to_have_attribute("aria-pressed", "true")
    expect(hand.button("flat")).to_have_attribute("aria-pressed", "false")
    solid = hand.picture()
    assert len(solid) > 2 * len(flat)  # the canvas now shows the landscape itself
    assert hand.count(ORANGE) > 200  # and the path on it
    with hand.redrawn(times=3):
        hand.drag(hand.where(0, 0, 0), hand.where(0, 4, 1))
    assert hand.picture() != solid
    assert hand.shown() == 1  # turning asks nothing of Python
    hand.press("Home", " ")
    hand.at_step(3, 19)
    hand.press("End")
    hand.at_step(20)
    with hand.redrawn():
        hand.button("flat").click()
    assert hand.picture() == flat


def test_arrows_come_and_go(notebook):
    hand = notebook.show(MOMENTUM)
    with hand.redrawn():
        hand.press("Home")
    seen = hand.count(GREEN)
    assert seen > 50
    with hand.redrawn():
        hand.button("arrows").click()
    assert hand.count(GREEN) == 0
    with hand.redrawn():
        hand.button("arrows").click()
    assert hand.count(GREEN) == seen


# The sliders


def test_a_slider_pulled_by_keys_changes_the_run(notebook):
    hand = notebook.show(DESCENT)
    shown = hand.counter.inner_text()
    hand.slider("learning rate").focus()
    for _ in range(10):
        hand.page.keyboard.press("ArrowRight")
    notebook.until("lab.run.numbers['lr']", 0.126)  # ten steps of the slider, as its box shows it
    expect(hand.counter).not_to_have_text(shown)
    expect(hand.box("learning rate")).to_have_value("0.126")
    expect(hand.verdict).to_contain_text("The pale line is your last run, η = 0.1.")


def test_the_last_value_of_a_fast_pull_wins(notebook):
    hand = notebook.show(MOMENTUM)
    grip = hand.slider("learning rate").bounding_box()
    track = hand.row("learning rate").locator(".noUi-target").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    end = track["x"] + 0.25 * track["width"]  # a quarter of the way from 10⁻³ to 10: 10⁻²
    hand.drag((x, y), (x + 60, y), (x - 90, y), (x + 30, y), (end, y))
    notebook.until("abs(lab.run.numbers['lr'] - 0.01) < 0.0005", True)
    shown = notebook.python("lab.rows['lr'].slider.value")
    assert notebook.python("lab.run.numbers['lr']") == pytest.approx(shown, rel=0.006)
    hand.until_drawn(scene=notebook.python("lab.stage.scene['id']"))
    # One pull is one change: what stood there before it is the ghost.
    assert notebook.python("lab.last.run.numbers['lr']") == 0.1


def test_the_last_run_stays_as_a_ghost(notebook):
    hand = notebook.show(MOMENTUM)
    assert hand.count(GREY, near=12) == 0
    hand.type("learning rate", "0.02")
    hand.until_drawn(scene=2)
    assert hand.count(GREY, near=12) > 100
    expect(hand.lab.locator(".gd-legend")).to_contain_text("last run")
    notebook.python("lab.set(lr=0.3)")
    expect(hand.verdict).to_contain_text("your last run, η = 0.02")


def test_typed_values(notebook):
    hand = notebook.show(DESCENT)
    for typed, value in [
        ("0.05", 0.05),
        ("1e-1", 0.1),
        ("0,2", 0.2),
        ("2·10⁻³", 0.002),
        ("25", 25),
    ]:
        hand.type("learning rate", typed)
        notebook.until("lab.run.numbers['lr']", value)


def test_what_cannot_be_is_answered_in_a_sentence(notebook):
    hand = notebook.show(DESCENT)
    for typed in ["abc", "", "nan", "-1", "0", "1e999"]:
        hand.type("learning rate", typed)
        expect(hand.verdict).to_contain_text("Not possible. lr")
        expect(hand.box("learning rate")).to_have_value("0.1")
        assert notebook.python("lab.run.numbers") == {"lr": 0.1}
        assert hand.shown() == 1
        notebook.python("lab.stage.set_verdict('', 'well')")  # so that each must speak for itself
        expect(hand.verdict).to_have_text("well")


def test_a_run_that_is_lost_says_so(notebook):
    hand = notebook.show(DESCENT)
    hand.type("learning rate", "1e300")
    expect(hand.verdict).to_contain_text("Diverged.")
    hand.press("Home", " ")
    hand.at_step(5, 20)
    hand.press("End")


def test_the_tick_stands_where_the_handle_would(notebook):
    hand = notebook.show(DESCENT)
    notebook.python("lab.set(lr=1.0)")  # 2/L of x²
    expect(hand.slider("learning rate")).to_have_attribute("aria-valuenow", "0.0")
    tick = hand.row("learning rate").locator(".gd-tick b").bounding_box()
    grip = hand.slider("learning rate").bounding_box()
    middle = grip["x"] + grip["width"] / 2
    assert tick["x"] + tick["width"] / 2 == pytest.approx(middle, abs=1.5)


def test_another_surface_is_chosen(notebook):
    hand = notebook.show("labs.descent(surface=[surfaces.square, surfaces.ravine], steps=20)")
    expect(hand.button("solid")).to_be_hidden()
    picture = hand.stage.locator("img").get_attribute("src")
    hand.lab.locator("select").select_option(index=1)
    expect(hand.stage.locator(".gd-title")).to_contain_text("on the ravine")
    expect(hand.stage.locator("img")).not_to_have_attribute("src", picture)
    expect(hand.button("solid")).to_be_visible()
    hand.until_drawn(scene=2)


def test_a_readers_mistake_becomes_a_sentence(notebook):
    notebook.run(
        "def mine(x, grad, s, *, lr=0.1, beta=0.5):\n"
        "    if beta > 0:\n"
        "        return x - lr * grad(x)"
    )
    hand = notebook.show("labs.descent(mine, surfaces.square)")
    hand.type("memory", "0")
    expect(hand.verdict).to_contain_text("mine returned nothing")
    assert hand.shown() == 1
    assert hand.count("#CC79A7") > 100  # the last run stays


def test_a_button_copies_the_line_that_brings_the_picture_back(notebook):
    hand = notebook.show(DESCENT)
    hand.type("learning rate", "0.3")
    hand.until_drawn(scene=2)
    hand.button("code").click()
    line = "labs.descent(lr=0.3, start=(10.0,), steps=20)"
    expect(hand.verdict).to_contain_text(line)
    again = hand.notebook.show(line)
    expect(again.box("learning rate")).to_have_value("0.3")


def test_whatever_can_be_worked_has_a_name(notebook):
    for code in ("labs.race()", "labs.batches()", "labs.scheduled()"):
        hand = notebook.show(code)
        nameless = hand.lab.evaluate(
            """lab => [...lab.querySelectorAll('.noUi-handle, input, select, button')]
                .filter((part) => part.offsetParent && !part.ariaLabel && !part.title
                    && !part.textContent.trim()).map((part) => part.outerHTML)"""
        )
        assert nameless == [], code


# The page around it


def test_full_screen(notebook):
    hand = notebook.show(MOMENTUM)
    before = hand.canvas.bounding_box()["width"]
    hand.button("full").click()
    notebook.page.wait_for_function("document.fullscreenElement?.matches('.gd-lab')")
    notebook.page.wait_for_function(
        "width => document.querySelector('.gd-board canvas').clientWidth > 1.1 * width", arg=before
    )
    box = hand.lab.evaluate("lab => [lab.scrollHeight, lab.clientHeight]")
    assert box[0] == box[1]  # nothing is cut off
    track = hand.row("memory").locator(".noUi-target").bounding_box()
    assert track["width"] > 0.15 * LAPTOP["width"]
    hand.button("full").click()
    notebook.page.wait_for_function("!document.fullscreenElement")


def test_the_canvas_follows_the_page(notebook):
    hand = notebook.show(MOMENTUM)
    wide = hand.canvas.evaluate("canvas => canvas.width")
    drawn = hand.drawn()
    notebook.page.set_viewport_size({"width": 700, "height": 900})
    try:
        hand.until_drawn(drawn)
        narrow, shown = hand.canvas.evaluate("canvas => [canvas.width, canvas.clientWidth]")
        assert narrow < 0.8 * wide and narrow == shown
        assert hand.lab.evaluate("lab => lab.scrollWidth <= lab.clientWidth")
        assert hand.slider("memory").bounding_box()["x"] < 700
    finally:
        notebook.page.set_viewport_size(LAPTOP)


def test_a_lab_is_a_white_card_in_the_dark(notebook):
    theme = "t => window.jupyterapp.commands.execute('apputils:change-theme', { theme: t })"
    notebook.page.evaluate(theme, "JupyterLab Dark")
    try:
        notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
        hand = notebook.show(MOMENTUM)
        ground = "node => getComputedStyle(node).backgroundColor"
        assert hand.lab.evaluate(ground) == "rgb(255, 255, 255)"
        box = hand.box("memory")
        assert box.evaluate(ground) == "rgb(255, 255, 255)"
        dark = re.compile(r"rgb\((\d\d?), (\d\d?), (\d\d?)\)")
        for part in (hand.verdict, hand.row("memory").locator(".gd-name i"), box):
            expect(part).to_have_css("color", dark)
    finally:
        notebook.page.evaluate(theme, "JupyterLab Light")


def test_without_a_kernel_there_is_the_stored_picture(notebook, lab, browser):
    bundle = notebook.python(f"{{**{MOMENTUM}._repr_mimebundle_()[0]}}")
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} <= set(bundle)
    output = nbformat.v4.new_output("display_data", bundle)
    write(lab.folder / "stored.ipynb", nbformat.v4.new_code_cell("lab", outputs=[output]))
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(lab.url("stored.ipynb"))
    page.locator(".jp-OutputArea img").wait_for(timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.jp-OutputArea img').naturalWidth > 1000")
    expect(page.locator("body")).not_to_contain_text("Error displaying widget")
    context.close()


def test_a_lab_that_is_gone_stays_quiet(notebook):
    notebook.show(DESCENT)
    notebook.run("old, lab = lab, None")
    expect(notebook.page.locator(".gd-lab")).to_have_count(0)
    notebook.python("old.set(lr=0.2)")
    assert notebook.python("old.run.numbers") == {"lr": 0.2}
