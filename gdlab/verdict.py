"""How a run ended, in words."""

from typing import NamedTuple

import numpy as np


class Verdict(NamedTuple):
    """A kind, the step where it was settled (or None), and the reason where there is one.

    >>> print(Verdict("diverged", 7, "lr is above 2/L = 1"))
    diverged at step 7: lr is above 2/L = 1
    """

    kind: str  # "converged", "oscillating", "diverged", "stalled", "still descending"
    step: int | None = None
    reason: str = ""

    def __str__(self):
        at = "" if self.step is None else f" at step {self.step}"
        return f"{self.kind}{at}" + (f": {self.reason}" if self.reason else "")


@np.errstate(all="ignore")  # a run that got very far away overflows here too
def judge(run, tol):
    """The verdict on a single run; `tol` is the height above the floor that is arrival."""
    above = heights(run)
    for verdict in (_diverged, _converged, _oscillating, _stalled):
        found = verdict(run, above, tol)
        if found:
            return found
    return Verdict("still descending")


@np.errstate(all="ignore")
def heights(run):
    """How far above the nearest known minimum each position is; shape (steps + 1, *batch)."""
    if not run.surface.minima:
        return run.loss - run.loss.min(0)
    return run.loss - _floor_under(run.surface, run.x)


def heights_at(surface, x):
    """How far above the nearest known minimum positions of shape (…, d) are; shape (…).

    >>> from gdlab import surfaces
    >>> heights_at(surfaces.shifted, np.array([[-2.0], [0.0]]))  # its floor is at −3
    array([0., 4.])
    """
    return surface.f(x) - (_floor_under(surface, x) if surface.minima else 0.0)


def _floor_under(surface, x):
    """The height of the known minimum nearest to each position, or of the only one."""
    minima = np.asarray(surface.minima)  # (m, d)
    floors = surface.f(minima)
    if len(floors) == 1:
        return floors[0]
    return floors[((x[..., None, :] - minima) ** 2).sum(-1).argmin(-1)]


def _diverged(run, above, tol):
    """A thousand times higher than at the start, or numbers that broke."""
    lost = above > 1000 * (above[0] + 1)
    if run.first_bad_step < 0 and not lost[-1]:
        grew = run.steps > 3 and above[-1] > 2 * above[0] + 1 and above[-1] == above.max()
        return Verdict("diverged", None, _too_far(run)) if grew else None
    step = int(lost.argmax()) if lost.any() else int(run.first_bad_step)
    return Verdict("diverged", step, _too_far(run))


def _too_far(run):
    lr, L = run.numbers.get("lr"), run.surface.L
    if ((run.x[1] - run.x[0]) * run.grad[0]).sum() > 0:
        return "the first step leads uphill; is a sign wrong?"
    if run.name == "gradient descent" and L and lr is not None and not callable(lr) and lr > 2 / L:
        return f"lr is above 2/L = {2 / L:.3g}"
    return "the steps are too large; try a smaller lr"


def _converged(run, above, tol):
    if not run.surface.minima:
        return None
    off = above > tol
    if off[-1]:
        return None
    return Verdict("converged", int(len(off) - off[::-1].argmax()) if off.any() else 0)


def _tail(values):
    """The last quarter of a run, at least four of its values."""
    return values[-max(4, len(values) // 4) :]


def _oscillating(run, above, tol):
    """No lower than before, with steps that keep turning back."""
    moves = np.diff(_tail(run.x), axis=0)
    if len(moves) < 3:
        return None
    turns = (moves[1:] * moves[:-1]).sum(-1) < 0
    tail = _tail(above)
    half = len(tail) // 2
    lower = tail[half:].mean() < 0.9 * tail[:half].mean()
    return Verdict("oscillating") if turns.mean() > 0.3 and not lower else None


def _stalled(run, above, tol):
    """Hardly moving, although the floor is not reached."""
    tail = _tail(run.x)
    span = np.array([high - low for low, high in run.surface.view] or [1.0])
    moved = np.abs(np.diff(tail, axis=0) / span).max(initial=0)
    if len(tail) < 4 or moved > 1e-5:
        return None
    flat = np.abs(run.grad[-1]).max() < 1e-3
    why = "the slope is too small to move it" if flat else "the steps are too small"
    return Verdict("stalled", None, why)
