"""How fast a descent comes down a quadratic: measured, and at its best."""

import numpy as np

from gdlab.errors import Advice


def error_factor(run):
    """The share of the error that one step leaves, on average over the second half of a run.

    ρ = (e_T / e_{T/2})^(2/T),  e = the distance to the minimum, at its largest over a quarter
    of the run, so that it does not matter whether a swing ends at its turn. A run that comes
    down as far as numbers reach is measured from its start to that step. Below 1 a run
    converges, above 1 it diverges.

    Arguments: a `Run` on a surface with one minimum, 8 steps or more, single or a batch.
    Returns an array of the batch's shape.
    Raises `Advice` for a shorter run.

    >>> from gdlab import descend, optimizers, surfaces
    >>> run = descend(surfaces.square, optimizers.gradient_descent, lr=np.array([0.1, 0.3, 1.1]))
    >>> error_factor(run).round(6)
    array([0.8, 0.4, 1.2])
    >>> run = descend(surfaces.shifted, optimizers.gradient_descent, lr=np.array([0.1, 0.4]))
    >>> error_factor(run).round(1)
    array([0.8, 0.2])
    """
    if run.steps < 8:
        raise Advice(
            f"the run has {run.steps} steps: take 8 or more to see how fast it comes down."
        )
    goal = np.array(run.surface.minima[0])
    away = ((run.x - goal) ** 2).sum(-1) ** 0.5
    end, middle, width = run.steps, run.steps // 2, run.steps // 4
    near = max(1e-12 * np.abs(goal).max(), 1e-120)

    def largest(last):
        return away[last - width : last + 1].max(0).clip(near)

    factor = (largest(end) / largest(middle)) ** (1 / (end - middle))
    there = (away < near).argmax(0).clip(1)  # the first step so close that nothing is left to see
    swift = (near / away[0].clip(near)) ** (1 / there)
    factor = np.where(largest(end) > near, factor, swift)
    return np.where(run.first_bad_step < 0, factor, np.inf)


def curvatures(surface):
    """The smallest and the largest curvature (μ, L) of a quadratic: of x² + 10y², 2 and 20.

    Raises `Advice` for a surface whose curvature changes from place to place.

    >>> from gdlab import surfaces
    >>> curvatures(surfaces.ravine)
    (2.0, 20.0)
    """
    if surface.L is None or not surface.d:
        raise Advice(
            f"{surface.with_article} is not a quadratic: its curvature differs from place to place."
        )
    hessian = surface.grad(np.eye(surface.d)) - surface.grad(np.zeros(surface.d))
    eigenvalues = np.linalg.eigvalsh(hessian)
    return float(eigenvalues[0]), float(eigenvalues[-1])


def best_heavy_ball(mu, L):
    """The η and β with which `heavy_ball` is fastest on curvatures from μ to L.

    η = (2 / (√L + √μ))²,  β = ((√L − √μ) / (√L + √μ))² = ((√κ − 1) / (√κ + 1))²,  κ = L/μ;
    one step then leaves √β of the error.

    Arguments: 0 < mu ≤ L.  Source: Polyak (1964).

    >>> [round(number, 4) for number in best_heavy_ball(2.0, 20.0)]
    [0.1154, 0.2699]
    """
    low, high = mu**0.5, L**0.5
    return (2 / (high + low)) ** 2, ((high - low) / (high + low)) ** 2
