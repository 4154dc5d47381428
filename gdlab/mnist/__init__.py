"""The digits: their files, a network as a surface over its weights, training in the background.

    from gdlab import mnist

PyTorch is loaded when the network is first asked for: the files can be checked without it.
"""

from importlib import import_module

HOME = {
    "accuracy": "perceptron",
    "device": "perceptron",
    "devices": "perceptron",
    "image_of": "strokes",
    "initial": "perceptron",
    "layers": "perceptron",
    "learn": "recipe",
    "load": "perceptron",
    "network": "perceptron",
    "one_thread": "perceptron",
    "plane": "planes",
    "predict": "perceptron",
    "principal_plane": "planes",
    "scores": "perceptron",
    "two_weights": "planes",
    "Network": "perceptron",
}
__all__ = [name for name in HOME if name != "Network"]


def __getattr__(name):
    if name in HOME:
        return getattr(import_module(f"gdlab.mnist.{HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
