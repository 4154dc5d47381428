"""Labs: sliders beside a stage. One lab a file.

>>> from gdlab import labs, optimizers, surfaces
>>> lab = labs.descent(optimizers.gradient_descent, surfaces.square, lr=0.1, steps=20)
>>> lab.set(lr=0.5)
>>> lab.run.verdict().kind
'converged'
"""

from gdlab.labs.descent import descent
from gdlab.labs.direction import direction
from gdlab.labs.paraboloid import paraboloid
from gdlab.labs.race import race

__all__ = ["descent", "direction", "paraboloid", "race"]
