"""Heights for the 3-D view of a surface."""

import numpy as np

from gdlab.plots import HUE, contour_levels, grid


class Relief:
    """A surface as a mesh of heights between 0 and 1, and other heights on that scale.

    A landscape that rises very steeply is bent, h → h^(1/q), so that its floor can be
    seen; for bowls q = 1 and nothing is bent.

    Arguments: a `Surface` with d = 2; cells: quads a side.

    >>> from gdlab import surfaces
    >>> r = Relief(surfaces.bowl)
    >>> [float(h) for h in r.heights(np.array([0.0, 34.0]))]
    [0.0, 1.0]
    """

    def __init__(self, surface, cells=40):
        self.view, self.cells = surface.view, cells
        x, y = (np.linspace(low, high, cells + 1) for low, high in surface.view)
        z = surface.f(grid(x, y))
        self.levels, finite = contour_levels(z), z[np.isfinite(z)]
        self.low, self.high = float(finite.min()), float(finite.max())
        if self.low == self.high:  # level ground
            self.high = self.low + 1
        self.z = np.where(np.isfinite(z), z, self.high)
        middle = (np.median(self.z) - self.low) / (self.high - self.low)
        self.q = max(1.0, np.log(max(middle, 1e-12)) / np.log(0.5) / 2)

    def heights(self, loss):
        """A loss on the mesh's scale; what lies above the picture stays just above it."""
        share = (np.asarray(loss) - self.low) / (self.high - self.low)
        return share.clip(0, 1.5) ** (1 / self.q)

    def spec(self):
        """The mesh for the browser: heights row by row, and a colour for each quad."""
        middle = (self.z[1:, 1:] + self.z[:-1, :-1]) / 2
        shade = np.searchsorted(self.levels, middle) / len(self.levels)
        color = (255 * HUE(shade)[..., :3]).round().astype("u1")
        return {
            "cells": self.cells,
            "x": list(self.view[0]),
            "y": list(self.view[1]),
            "z": memoryview(self.heights(self.z).astype("<f4").ravel()),
            "color": memoryview(np.ascontiguousarray(color).ravel()),
        }
