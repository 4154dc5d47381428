"""The curvature of a surface with many coordinates, by automatic differentiation.

A network with d weights has a Hessian H of d × d numbers: too many to write down. But H v, how the
slope changes along one direction v, costs about as much as two slopes. That is enough to find
the largest curvature. The functions take torch tensors; PyTorch is loaded when they are called.
"""

from typing import Any, NamedTuple

from gdlab.errors import Advice


class Sharpness(NamedTuple):
    """The largest curvature of a surface at a place, and its direction, a vector of length 1."""

    value: float
    direction: Any


def hessian_times(surface, x):
    """The function v → H v, for the Hessian H of a surface at x.

    H v = ∇(∇J · v), the slope of a slope: the Hessian itself is never made.

    Arguments: a `Surface` whose height f can be differentiated twice by torch; x, shape (d,).

    >>> import torch
    >>> from gdlab import surfaces
    >>> times = hessian_times(surfaces.rosenbrock, torch.tensor([1.0, 1.0]))
    >>> times(torch.tensor([1.0, 0.0]))  # the first column of H
    tensor([ 802., -400.])
    """
    import torch

    with torch.enable_grad():
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(surface.f(x), x, create_graph=True)
    return lambda v: torch.autograd.grad(slope, x, v, retain_graph=True)[0]


def sharpness(surface, x, direction=None, *, rounds=30):
    """The largest curvature of a surface at x: the largest eigenvalue of its Hessian H.

    Power iteration, v := H v / ‖H v‖ again and again, turns any v towards the direction of the
    largest curvature. Lanczos's method keeps all these v, at right angles to each other, and
    takes the steepest direction among everything that they span. It is there in far fewer rounds.

    Arguments
        surface    as in `hessian_times`; x a tensor of shape (d,)
        direction  where to begin: that of a place nearby saves most rounds; None for a
                   direction with a fixed seed
        rounds     products H v to take, 1 or more; from a place nearby 8 are plenty
    Returns a `Sharpness`. Raises `Advice` if x is not one position.
    Source: Lanczos (1950). Cohen et al. (2021) call this curvature the sharpness.

    >>> import torch
    >>> from gdlab import surfaces
    >>> round(sharpness(surfaces.rosenbrock, torch.tensor([1.0, 1.0])).value, 1)
    1001.6
    """
    import torch

    if not isinstance(x, torch.Tensor) or x.ndim != 1:
        raise Advice("the sharpness is that of one position: give a torch tensor of shape (d,).")
    times, v = hessian_times(surface, x), direction
    if v is None:
        v = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)).to(x)
    basis, products = [v / v.norm()], []
    for _ in range(min(rounds, len(x))):
        products.append(times(basis[-1]))
        new, span = products[-1], torch.stack(basis)
        for _ in range(2):  # the second time takes away what rounding left
            new = new - (span @ new) @ span
        if not new.norm() > 1e-9 * products[-1].norm():  # nothing new: the basis holds it all
            break
        basis.append(new / new.norm())
    seen = span @ torch.stack(products).T  # H as far as the basis sees it
    if not seen.isfinite().all():
        return Sharpness(float("nan"), v)
    values, vectors = torch.linalg.eigh((seen + seen.T) / 2)
    return Sharpness(float(values[-1]), vectors[:, -1] @ span)
