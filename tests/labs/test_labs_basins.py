"""The map of all starts, driven from Python."""

import numpy as np
import pytest

from gdlab import labs, optimizers, surfaces
from gdlab.analysis.basins import ends, floors
from gdlab.errors import Advice
from gdlab.labs.basins import LRS, SIDE, usual_rate
from gdlab.stage.actors import Tiles


@pytest.fixture
def lab():
    return labs.basins(steps=60)


def tiles(lab):
    (found,) = [actor for actor in lab.scene.actors if isinstance(actor, Tiles)]
    return found


def click(lab, *position):
    lab.stage.panel = 0
    lab.stage.start = list(position)


def test_every_tile_has_the_number_of_the_floor_where_it_ends(lab):
    cells = tiles(lab).cells
    assert cells.shape == (SIDE, SIDE)
    low, high = surfaces.himmelblau.view[0]
    for row, column in ((3, 140), (70, 20), (149, 0)):
        start = low + (high - low) * (np.array([column, row]) + 0.5) / SIDE
        alone = ends(surfaces.himmelblau, optimizers.gradient_descent, start, steps=60, lr=0.01)
        assert cells[row, column] == alone


def test_a_click_walks_from_there_and_leaves_the_map(lab):
    before = tiles(lab).cells
    click(lab, 3.0, 4.0)
    assert lab.state["start"] == (3.0, 4.0) and lab.state["lr"] == 0.01
    assert tiles(lab).cells is before
    assert lab.stage.scene["kind"] == "To A."


def test_another_rate_is_another_map(lab):
    before = tiles(lab).cells
    lab.set(lr=0.014)
    assert (tiles(lab).cells != before).any()


def test_on_a_line_the_map_has_start_and_rate(lab):
    lab.set(surface=surfaces.double_well)
    assert lab.state["start"] == surfaces.double_well.start and lab.state["lr"] == 0.1
    cells = tiles(lab).cells
    low, high = surfaces.double_well.view[0]
    for row, column in ((20, 10), (100, 120)):
        start = np.array([low + (high - low) * (column + 0.5) / SIDE])
        alone = ends(
            surfaces.double_well, optimizers.gradient_descent, start, steps=60, lr=LRS[row]
        )
        assert cells[row, column] == alone
    before = cells
    lab.set(lr=0.3)
    assert tiles(lab).cells is before  # η is in it already
    click(lab, -1.0, 0.05)
    assert lab.state["start"] == (-1.0,) and lab.state["lr"] == 0.05
    assert lab.stage.scene["kind"] == "To A."


def test_the_words_add_up_to_all_starts(lab):
    shares = lab.scene.data["shares"]
    assert shares.sum() == pytest.approx(1)
    assert len(shares) == len(floors(surfaces.himmelblau)) + 2
    lab.set(lr=1.0)
    assert "fly away" in lab.stage.scene["text"]


def test_a_start_that_flies_away_is_told_so(lab):
    lab.set(lr=1.0)
    assert lab.stage.scene["kind"] == "Diverged."
    assert np.isfinite(lab.run.x).all()


def test_a_method_brings_its_own_rate_and_its_own_rows(lab):
    assert lab.rows["beta"].layout.display == "none"
    lab.set(method=optimizers.adam)
    assert lab.state["lr"] == usual_rate(optimizers.adam, surfaces.himmelblau) == 0.1
    assert lab.rows["beta"].layout.display == "none"
    assert lab.rows["beta1"].layout.display is None
    lab.set(method=optimizers.heavy_ball)
    assert lab.rows["beta"].layout.display is None and lab.state["lr"] == 0.003


def test_dragging_the_rate_paints_nothing_anew(lab, monkeypatch):
    monkeypatch.setattr(lab.stage, "paint", None)
    for lr in (0.011, 0.012):
        lab.rows["lr"].slider.value = lr
    assert lab.state["lr"] == 0.012
    assert not lab.stage.scene["kind"].startswith("Not")


HILL = surfaces.Surface("hill", "x", lambda x: x[..., 0], np.ones_like, view=((0, 1),))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(surface=HILL),
         "does not say where its floors are"),
        (dict(method=lambda x, grad, s: x), "has no number lr: this lab turns it"),
        (dict(lr=-1), "lr is -1: learning rate must be above 0"),
        (dict(steps=0), "steps is 0: steps must be at least 1"),
        (dict(start="far"), "start is 'far': give 2 numbers"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_told_in_a_sentence(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.basins(**wrong)


def test_so_many_floors_have_no_colours():
    waves = surfaces.Surface(
        "waves", "cos", lambda x: np.cos(x[..., 0]), lambda x: -np.sin(x), view=((0.0, 60.0),),
        start=(1.0,),
    )  # fmt: skip
    with pytest.raises(Advice, match="waves has more than 7 floors"):
        labs.basins(surface=waves)
