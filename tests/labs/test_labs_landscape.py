"""The landscape around the paths of a training."""

import re

import numpy as np
import pytest
import torch

from gdlab import labs, mnist, optimizers, plots
from gdlab.errors import Advice
from gdlab.labs.digits.landscape import MEASURED, digits, record, table

SHORT = dict(steps=20, batch_size=20)


@pytest.fixture(scope="module")
def lab():
    return labs.landscape(["gradient_descent", "adam"], **SHORT)


def paths(lab):
    return [a for a in lab.scene.actors if a.panel == 0]


def test_the_paths_begin_together_and_are_the_weights_on_the_plane(lab):
    one, other = paths(lab)
    assert len(one.x) == 21 == lab.scene.frames
    assert np.allclose([one.x[0], one.y[0]], [other.x[0], other.y[0]], atol=1e-4)
    assert [one.color, other.color] == [plots.VERMILLION, plots.BLUE]
    walked = (optimizers.gradient_descent, 0.3), (optimizers.adam, 0.001)
    records = [record(method, lr, 20, 20, 0) for method, lr in walked]
    both = torch.cat([r.weights for r in records])
    _, _, places, shares = mnist.principal_plane(both)
    assert np.allclose(np.concatenate(lab.scene.data["places"]), places, atol=1e-4)
    assert lab.scene.kind == f"The plane holds {100 * float(shares[:2].sum()):.0f} %."


def test_the_loss_is_the_true_one_at_the_weights_and_the_dotted_one_in_the_plane(lab):
    last = record(optimizers.adam, 0.001, 20, 20, 0)
    _, (images, labels) = digits()
    assert len(labels) == MEASURED
    true = mnist.network(images, labels).f(last.weights[-1])
    beneath, curve = [a for a in lab.scene.actors if a.panel == 1][2:]
    assert curve.y[-1] == pytest.approx(float(true), rel=1e-5)
    assert beneath.color == plots.GREY
    on_map = lab.scene.data["surface"].f(lab.scene.data["places"][1])
    assert np.allclose(on_map, beneath.y, rtol=0.02)  # the map is interpolated


def test_a_method_left_out_or_lost_is_not_on_the_map():
    lab = labs.landscape(["gradient_descent", "adam"], gradient_descent=None, **SHORT)
    assert [p.label for p in paths(lab)] == ["Adam"]
    lab.set(gradient_descent=1e9)
    assert [p.label for p in paths(lab)] == ["Adam"]
    assert lab.scene.text.endswith("Diverged, and left out: gradient descent.")
    assert lab.scene.notes["gradient_descent"] == "lost"


def test_nobody_on_the_map_is_answered():
    lab = labs.landscape(["adam"], **SHORT)
    lab.set(adam=None)
    assert lab.stage.scene["text"] == "nobody walks: tick a method."
    lab.set(adam=1e9)
    assert lab.stage.scene["text"].startswith("all of them diverged")
    with pytest.raises(Advice, match="sgd is not in the field; it has: adam."):
        labs.landscape(["adam"], sgd=0.1)


def test_who_walks_by_chance_has_a_path_too():
    def drunkard(x, grad, s, *, lr=0.001):
        s.chance = s.chance or torch.Generator().manual_seed(0)
        return x + lr * torch.randn(x.shape, generator=s.chance).to(x)

    lab = labs.landscape([drunkard], drunkard=0.001, steps=100)
    assert float(lab.scene.data["shares"][:2].sum()) == pytest.approx(0.76, abs=0.03)
    assert re.match("Drunkard ", lab.scene.summary)


def test_the_table_of_heights():
    heights = np.random.default_rng(0).random((5, 5))
    f = table(((0, 4), (-2, 2)), heights)
    x, y = np.linspace(0, 4, 5), np.linspace(-2, 2, 5)
    assert np.allclose(f(plots.grid(x, y)), heights)
    assert f(np.array([0.5, -2.0])) == pytest.approx(heights[0, :2].mean())
    assert f(np.array([-9.0, 9.0])) == heights[4, 0]  # outside: the edge
