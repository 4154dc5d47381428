"""The lab of chapter 01: which way is down?"""

import re

import numpy as np
import pytest

from gdlab import labs, surfaces
from gdlab.errors import Advice
from gdlab.labs.direction import scene


def said(lab):
    return f"{lab.stage.scene['kind']} {lab.stage.scene['text']}"


def sent(scene):
    """All that a browser is sent of the actors; buffers as bytes."""
    specs = [actor.spec() for actor in scene.actors]
    return [{k: bytes(v) if isinstance(v, memoryview) else v for k, v in s.items()} for s in specs]


def test_the_direction_lab_says_what_a_step_does():
    lab = labs.direction(surfaces.bowl, start=(2.0, 0.0), angle=90.0, length=0.5)
    assert lab.scene.data["change"] == pytest.approx(0.25)  # sideways at first order, yet uphill
    assert said(lab).startswith("Uphill. ΔJ = 0.25; the first order says")
    lab.set(angle=180)
    assert lab.scene.data["change"] == pytest.approx(1.5**2 - 4)
    assert said(lab).startswith("Downhill. ") and said(lab).endswith("This is straight downhill.")
    lab.stage.start = [0.0, 2.0]
    assert lab.scene.data["change"] == pytest.approx(0.25)
    lab.rows["length"].box.value = "1"
    assert lab.scene.data["change"] == pytest.approx(1.0)


def test_the_arrows_point_downhill_and_where_the_reader_points():
    here = dict(start=(2.0, 0.0), angle=90.0, length=1.5)
    steepest, chosen, *_ = scene(surface=surfaces.bowl, **here).actors
    assert (steepest.x[0], steepest.y[0]) == (chosen.x[0], chosen.y[0]) == (2.0, 0.0)
    assert steepest.dx[0] < 0 and steepest.dy[0] == 0
    assert chosen.dx[0] == pytest.approx(0) and chosen.dy[0] == pytest.approx(1.5)


def test_the_curves_show_the_change_in_every_direction():
    here = dict(start=(-2.0, 1.2), angle=33.0, length=0.3)
    _, _, first_order, true, dot, _ = scene(surface=surfaces.ravine, **here).actors
    at = list(true.x).index(33.0)
    assert (dot.x[0], dot.y[0]) == pytest.approx((33.0, true.y[at]))
    assert min(first_order.y) == pytest.approx(-1, abs=1e-3)


def test_the_direction_lab_bears_the_floor():
    lab = labs.direction(surfaces.bowl)
    lab.stage.start = [0.0, 0.0]
    assert lab.state["start"] == (0.0, 0.0) and "nan" not in said(lab).lower()


def test_the_same_state_is_the_same_picture_and_its_line_brings_it_back():
    lab = labs.direction(surfaces.bowl, start=(2.0, 0.0), angle=90.0)
    lab.set(length=0.5)
    lab.stage.start = [1.0, -1.0]
    assert lab.code == ("labs.direction(surfaces.bowl, start=(1.0, -1.0), angle=90.0, length=0.5)")
    again = eval(lab.code, {"labs": labs, "surfaces": surfaces})
    assert sent(scene(**lab.state)) == sent(scene(**lab.state)) == sent(again.scene)
    assert said(again) == said(lab) and repr(again) == repr(lab)
    assert labs.direction().code == "labs.direction()"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (dict(surface=3), "surface is 3: give a Surface, such as surfaces.ravine."),
        (dict(surface=surfaces.square), "parabola has 1 coordinate: "),
        (dict(start="here"), "start is 'here': give 2 numbers."),
        (dict(start=(1.0, 2.0, 3.0)), "start has shape (3,), but a position on valley is 2"),
        (dict(start=(np.inf, 0.0)), "every coordinate must be a finite number."),
        (dict(angle="a"), "angle is 'a': give a number."),
        (dict(angle=999), "angle is 999: direction, degrees must be at least -360 and below 720."),
        (dict(length=0), "length is 0: length of the step must be above 0 and below 1000."),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(arguments, sentence):
    with pytest.raises(Advice, match=re.escape(sentence)):
        labs.direction(**arguments)
