"""A lab with two panels to click: the map of η and β, on a log axis, and the landscape."""

import numpy as np
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

LAND, MAP = 0, 2


def on_map(hand, lr, beta):
    """The place on the page of a point of the map, whose axis of η runs from 10⁻³ to 10."""
    share = (np.log10(lr) + 3) / 4
    return hand.where(MAP, 1e-3 + share * (10 - 1e-3), beta)


def numbers(notebook):
    return notebook.python("(lab.state['lr'], lab.state['beta'])")


def test_a_click_on_the_map_sets_both_numbers_and_one_on_the_surface_the_start(notebook):
    hand = notebook.show("labs.rate_map(steps=20)")
    hand.page.mouse.click(*on_map(hand, 0.05, 0.8))
    hand.until_drawn(scene=2)
    assert numbers(notebook) == pytest.approx((0.05, 0.8), rel=0.02)
    expect(hand.box("memory")).to_have_value("0.8")
    start = notebook.python("lab.state['start']")
    hand.page.mouse.click(*hand.where(LAND, 5.0, 2.0))
    hand.until_drawn(scene=3)
    assert numbers(notebook) == pytest.approx((0.05, 0.8), rel=0.02)
    assert notebook.python("lab.state['start']") == pytest.approx((5.0, 2.0), abs=0.1) != start


def test_a_drag_beyond_the_map_stays_on_it_and_past_the_line_diverges(notebook):
    hand = notebook.show("labs.rate_map(steps=20)")
    x, y = on_map(hand, 8.0, 0.1)
    hand.drag(on_map(hand, 0.1, 0.5), (x, y), (x + 150, y + 150))
    expect(hand.verdict).to_contain_text("Diverged.")
    assert numbers(notebook) == pytest.approx((10.0, 0.0), abs=0.02)


def test_while_the_landscape_is_turned_the_map_can_be_clicked(notebook):
    hand = notebook.show("labs.rate_map(steps=20)")
    hand.button("solid").click()
    before = hand.picture()
    hand.drag(hand.where(LAND, 0.0, 0.0), hand.where(LAND, 4.0, 2.0))
    assert hand.picture() != before  # it turned
    assert notebook.python("lab.state['start'] == surfaces.ravine.start")
    hand.page.mouse.click(*on_map(hand, 0.02, 0.3))
    notebook.until("round(lab.state['beta'], 1)", 0.3)


def test_another_dialect_is_painted_anew(notebook):
    hand = notebook.show("labs.rate_map(steps=20)")
    source = hand.stage.locator("img").get_attribute("src")
    hand.row("dialect").locator("select").select_option(index=2)
    expect(hand.stage.locator(".gd-title")).to_contain_text("Heavy ball on the ravine")
    expect(hand.stage.locator("img")).not_to_have_attribute("src", source)


def test_the_look_ahead_is_drawn_step_by_step(notebook):
    hand = notebook.show("labs.lookahead(steps=20)")
    with hand.redrawn():
        hand.press("Home")
    hand.at_step(0)
    first = hand.count("#E69F00")  # no velocity yet: both slopes are one
    with hand.redrawn(times=2):
        hand.press("ArrowRight", "ArrowRight", "ArrowRight")
    hand.at_step(3)
    assert hand.count("#E69F00") > first + 200
