"""Labs: sliders beside a stage. One lab a file; a lab is a function from a state to a scene.

>>> from gdlab import labs, optimizers, surfaces
>>> lab = labs.descent(optimizers.gradient_descent, surfaces.square, lr=0.1, steps=20)
>>> lab.set(lr=0.5)
>>> lab.run.verdict().kind
'converged'
"""

from gdlab.labs.basins import basins
from gdlab.labs.batches import batches
from gdlab.labs.chaos import chaos
from gdlab.labs.core.driver import Lab, lab
from gdlab.labs.core.pictures import curve, land_and_curve, loss_curve, path
from gdlab.labs.core.scene import Layout, Scene, Scenery
from gdlab.labs.depth import depth
from gdlab.labs.descent import descent
from gdlab.labs.digits.drawing import drawing
from gdlab.labs.digits.landscape import landscape
from gdlab.labs.digits.sweep import sweep
from gdlab.labs.digits.training import training
from gdlab.labs.direction import direction
from gdlab.labs.escape import escape
from gdlab.labs.fit import fit
from gdlab.labs.lookahead import lookahead
from gdlab.labs.memory import memory
from gdlab.labs.paraboloid import paraboloid
from gdlab.labs.progress import progress
from gdlab.labs.race import race
from gdlab.labs.range_test import range_test
from gdlab.labs.rate_map import rate_map
from gdlab.labs.rates import rates
from gdlab.labs.saddle import saddle
from gdlab.labs.scheduled import scheduled
from gdlab.labs.search import search
from gdlab.labs.sharpness import sharpness
from gdlab.labs.speedup import speedup
from gdlab.labs.stale import stale
from gdlab.labs.stopping import stopping
from gdlab.labs.three_ways import three_ways

__all__ = [
    "Lab",
    "Layout",
    "Scene",
    "Scenery",
    "basins",
    "batches",
    "chaos",
    "curve",
    "depth",
    "descent",
    "direction",
    "drawing",
    "escape",
    "fit",
    "lab",
    "land_and_curve",
    "landscape",
    "lookahead",
    "loss_curve",
    "memory",
    "paraboloid",
    "path",
    "progress",
    "race",
    "range_test",
    "rate_map",
    "rates",
    "saddle",
    "scheduled",
    "sharpness",
    "search",
    "stopping",
    "sweep",
    "speedup",
    "stale",
    "three_ways",
    "training",
]
