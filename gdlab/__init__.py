"""gdlab: gradient descent you can touch.

    surface + method + numbers → descend → Run → plots, labs

>>> from gdlab import descend, optimizers, surfaces
>>> descend(surfaces.square, optimizers.gradient_descent, 10.0, lr=0.1, steps=50)
gradient descent on parabola, 50 steps: converged at step 42
"""

from gdlab import optimizers, schedules, surfaces
from gdlab.descent import Run, descend, walk
from gdlab.doctor import doctor
from gdlab.sampling import linear_regression, sampled

__version__ = "0.1.0"

__all__ = [
    "Run",
    "descend",
    "doctor",
    "linear_regression",
    "optimizers",
    "sampled",
    "schedules",
    "surfaces",
    "walk",
]
