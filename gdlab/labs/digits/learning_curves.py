"""A training as two curves that grow: the loss, and the share of the digits read wrongly."""

from gdlab import plots
from gdlab.arguments import name_of
from gdlab.formatting import display_name
from gdlab.labs.core.scene import Layout, Scenery
from gdlab.plots import GREY, style_of
from gdlab.stage.actors import Curve, Dots

PANELS = Layout((("loss", "wrong"),), 3.6)


def learning_curves(*, now, last, epochs, goal, **others):
    """The curves so far, over those of the training before: fields of a `Scene`."""
    actors = [*(curves(last, ghost=True) if last else ()), *(curves(now) if now else ())]
    scenery = Scenery(PANELS, draw, (now.epochs if now else epochs, goal))
    return {"scenery": scenery, "actors": actors, "title": "Learning to read"}


def draw(axes, epochs, goal):
    """Two empty panels: the loss of the batches, and the share of the digits read wrongly."""
    loss, wrong = axes
    loss.set(yscale="log", ylim=(0.008, 4), ylabel="loss of the batches")
    loss.set_yticks([0.01, 0.03, 0.1, 0.3, 1, 3], ["0.01", "0.03", "0.1", "0.3", "1", "3"])
    wrong.set(yscale="log", ylim=(0.01, 1), ylabel="test digits read wrongly")
    percent = (1, 2, 5, 10, 30, 100)
    wrong.set_yticks([p / 100 for p in percent], [f"{p} %" for p in percent])
    for ax in (loss, wrong):
        ax.set(xlim=(0, epochs), xlabel="epoch")
        ax.minorticks_off()
        ax.grid(axis="y")
    if goal:
        _, word = plots.draw_goal(wrong, 1 - goal)
        word.xy = (0.01, 1 - goal)  # on the left: there the curves are still high
        word.set_horizontalalignment("left")


def curves(shot, ghost=False):
    """Loss and accuracy of a training as actors; those of the last one are grey."""
    style = style_of(shot.method)
    look = dict(color=GREY if ghost else style.color, dash=() if ghost else style.dash)
    label = "last training" if ghost else display_name(name_of(shot.method))
    (steps, loss), (checks, share) = shot.losses, shot.accuracies
    x, wrong = checks / shot.per_epoch, (1 - share).clip(1e-4)
    lines = [Curve(0, steps / shot.per_epoch, loss, label=label, **look)] if len(steps) else []
    lines += [Curve(1, x, wrong, **look)] if len(steps) and len(checks) else []
    return [*lines, Dots(1, x, wrong, look["color"], size=4.0)] if len(checks) else lines
