"""The labs of chapter 13 with a network in them: depth, and sharpness."""

import subprocess
import sys

import numpy as np
import pytest

from gdlab import labs
from gdlab.analysis import propagation
from gdlab.errors import Advice
from gdlab.labs.sharpness import edge_of, train
from gdlab.stage.actors import Curve, Trail


def actor(lab, label):
    return next(a for a in lab.scene.actors if a.label == label)


# Depth


def test_the_labs_are_imported_without_torch():
    names = "from gdlab import labs, mnist; from gdlab.analysis import curvature, propagation"
    code = f"import sys; {names}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "torch" not in done.stdout.split()


def test_the_slope_goes_down_and_the_signal_up():
    lab = labs.depth("tanh", depth=6)
    slope, signal = actor(lab, "gradient ‖∂J/∂W‖"), actor(lab, "signal, rms h")
    assert slope.x.tolist() == [7, 6, 5, 4, 3, 2, 1] and signal.x.tolist() == [1, 2, 3, 4, 5, 6]
    there = lab.scene.data["measured"]
    np.testing.assert_array_equal(slope.y[::-1], there.slope)
    np.testing.assert_array_equal(signal.y, there.signal[1:-1])
    assert lab.scene.frames == 7


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (dict(activation="sigmoid"), "Vanishing."),
        (dict(activation="sigmoid", block="layer norm"), "Vanishing."),
        (dict(activation="sigmoid", block="batch norm"), "Even."),
        (dict(activation="ReLU", init="He"), "Even."),
        (dict(activation="ReLU", init="nn.Linear"), "Vanishing."),
        (dict(activation="ReLU", init="nn.Linear", block="layer norm"), "Even."),
        (dict(activation="ReLU", init="N(0, 1)"), "Exploding."),
        (dict(activation="tanh", init="N(0, 1)"), "Exploding."),
        (dict(activation="tanh"), "Even."),
    ],
)
def test_the_verdict(state, kind):
    assert labs.depth(**state).scene.kind == kind


def test_the_lines_of_theory_lie_on_what_was_measured():
    lab = labs.depth("ReLU", "He", depth=12)
    lines = [a for a in lab.scene.actors if isinstance(a, Curve)]
    assert [line.panel for line in lines] == [0, 1, 1]
    there = lab.scene.data["measured"]
    values = (there.slope, there.signal[1:-1], there.down)
    for line, measured in zip(lines, values, strict=True):
        assert np.abs(np.log10(line.y / measured)).max() < 0.5
        assert np.median(np.log(line.y / measured)) == pytest.approx(0, abs=1e-9)


def test_clipping_makes_the_gradient_short_and_bends_nothing():
    lab = labs.depth("tanh", "N(0, 1)", clip=2.0)
    clipped, whole = (actor(lab, name).y for name in ("clipped", "gradient ‖∂J/∂W‖"))
    assert np.linalg.norm(clipped) == pytest.approx(2)
    np.testing.assert_allclose(clipped / clipped[0], whole / whole[0])
    lab.set(activation="sigmoid", init="Xavier")
    assert not any(a.label == "clipped" for a in lab.scene.actors)


@pytest.mark.parametrize("block", propagation.BLOCKS)
@pytest.mark.parametrize("activation", propagation.ACTIVATIONS)
def test_the_deepest_and_the_wildest_are_still_a_picture(activation, block):
    for scale in (1e-3, 999.0):
        lab = labs.depth(activation, "N(0, 1)", block, depth=100, scale=scale)
        for one in lab.scene.actors:
            assert np.isfinite(one.y).all() and (one.y > 0).all()
        assert "not a finite" not in f"{lab.scene.text}{lab.scene.summary}"
    lab.figure()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(activation="gelu"), "activation is 'gelu': choose one of 'sigmoid', 'tanh', 'ReLU'"),
        (dict(init=3), "init is 3: choose one of 'Xavier'"),
        (dict(block="dense"), "block is 'dense': choose one of 'plain'"),
        (dict(depth=0), "depth is 0: hidden layers must be at least 1"),
        (dict(depth=2.5), "depth is 2.5: give a whole number"),
        (dict(scale=0), "scale is 0: weight scale must be at least 0.001"),
        (dict(clip=-1), "clip is -1"),
        (dict(seed="a"), "seed is 'a'"),
    ],
)
def test_depth_takes_no_nonsense(wrong, sentence):
    with pytest.raises(Advice, match=sentence):
        labs.depth(**wrong)


# Sharpness


def test_the_sharpness_climbs_to_the_edge_and_stays():
    run = train(lr=0.4)
    edge = edge_of(0.4)
    assert run.sharpness[0] < 0.7 * edge
    assert edge < run.over(100) < 1.15 * edge
    assert run.loss[-1] < run.loss[250] < run.loss[100]  # it learns on
    rises = np.diff(run.loss) > 0
    assert not rises[:80].any() and rises[150:].mean() > 0.2  # but not at every step


def test_with_memory_the_edge_lies_higher():
    run = train(lr=1.0, beta=0.5, steps=300)
    assert edge_of(1.0, 0.5) == pytest.approx(6)
    assert 0.95 * 6 < run.over(100) < 1.15 * 6


def test_far_above_the_edge_it_is_lost():
    lab = labs.sharpness(lr=2.0)
    assert lab.scene.kind == "Diverged." and 0 < lab.run.lost < 20
    assert len(lab.run.loss) == lab.run.lost == lab.scene.frames
    assert np.isfinite(lab.run.loss).all() and np.isfinite(lab.run.sharpness).all()
    lab.set(lr=1e300)
    assert lab.scene.kind == "Diverged."
    lab.figure()


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (dict(lr=0.1, steps=200), "Below the edge."),
        (dict(lr=0.4), "At the edge."),
        (dict(lr=1.0, steps=20), "Above the edge."),
    ],
)
def test_the_verdict_on_a_training(state, kind):
    assert labs.sharpness(**state).scene.kind == kind


def test_the_red_line_moves_with_the_rate_and_the_memory():
    lab = labs.sharpness(lr=0.5, steps=20)
    assert actor(lab, "2/η").y.tolist() == [4, 4]
    lab.set(beta=0.5)
    assert actor(lab, "2(1 + β)/((1 − β)η)").y.tolist() == [12, 12]
    assert "the edge is 12." in lab.scene.text


def test_loss_above_and_sharpness_below_share_their_steps():
    lab = labs.sharpness(steps=47)
    loss, sharp = actor(lab, "loss"), actor(lab, "sharpness")
    assert (loss.panel, sharp.panel) == (0, 1) and isinstance(sharp, Trail)
    assert len(loss.x) == len(sharp.x) == lab.scene.frames == 48
    assert sharp.y[40] == lab.run.sharpness[-1] == sharp.y[47]
    assert lab.run.looked.tolist() == [0, 20, 40]


def test_another_seed_is_another_network_and_the_same_seed_the_same():
    one, other = train(lr=0.4, steps=20), train(lr=0.4, steps=20, seed=1)
    assert one.loss[0] != other.loss[0]
    train.cache_clear()
    np.testing.assert_array_equal(train(lr=0.4, steps=20).loss, one.loss)
