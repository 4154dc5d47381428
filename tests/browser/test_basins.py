"""The map of all starts: its tiles are painted, and a click on it sets start and η."""

import numpy as np
import pytest

pytestmark = pytest.mark.browser

MAP = 0


def test_tiles_are_drawn_and_change_with_the_rate(notebook):
    hand = notebook.show("labs.basins(steps=60)")
    assert hand.count("#009E73", near=90) > 5_000  # the first floor's green, seen through
    before = hand.picture()
    hand.slider("learning rate").press("ArrowRight")
    hand.until_drawn(scene=2)
    assert hand.picture() != before


def test_the_first_row_of_the_map_is_the_lowest(notebook):
    """Two floors of one line: the deep one left, the shallow one right, and far up the lost."""
    hand = notebook.show("labs.basins(surface=surfaces.double_well, steps=60)")
    x, y = hand.where(MAP, 2.2, 2.9)  # high up: a large η, from far out
    box = hand.canvas.bounding_box()
    colors = hand.canvas.evaluate(
        """(canvas, places) => places.map(([x, y]) => {
            const at = [Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1];
            return [...canvas.getContext('2d').getImageData(...at).data].slice(0, 3);
        })""",
        [
            [(px - box["x"]) / box["width"], (py - box["y"]) / box["height"]]
            for px, py in ((x, y + 3), (hand.where(MAP, 1.9, 0)[0], y + 120))
        ],
    )
    lost, shallow = np.array(colors)
    assert lost.max() - lost.min() < 30  # grey
    assert shallow[2] > shallow[0] + 60  # sky blue


def test_a_click_on_a_line_sets_start_and_rate(notebook):
    hand = notebook.show("labs.basins(surface=surfaces.double_well, steps=60)")
    x, y = hand.where(MAP, -1.0, 0.0)
    top = hand.where(MAP, -1.0, 3.0)[1]
    hand.page.mouse.click(x, top + 40)
    hand.until_drawn(scene=2)
    start, lr = notebook.python("(lab.state['start'], lab.state['lr'])")
    assert start == pytest.approx((-1.0,), abs=0.05)
    assert 0.1 < lr < 3
