"""The digits: their files, networks as surfaces over their weights, training in the background.

    from gdlab import mnist

PyTorch is loaded when a network is first asked for: the files can be checked without it.
"""

from importlib import import_module

HOME = {
    "CLASSES": "perceptron",
    "accuracy": "perceptron",
    "deep_layers": "deep",
    "deep_network": "deep",
    "device": "perceptron",
    "devices": "perceptron",
    "few": "deep",
    "image_of": "strokes",
    "initial": "perceptron",
    "initial_deep": "deep",
    "layers": "perceptron",
    "learn": "recipe",
    "load": "perceptron",
    "network": "perceptron",
    "one_thread": "perceptron",
    "plane": "planes",
    "predict": "perceptron",
    "principal_plane": "planes",
    "propagated": "deep",
    "scores": "perceptron",
    "signals": "deep",
    "subset": "digits",
    "two_weights": "planes",
    "Network": "perceptron",
    "Propagated": "deep",
}
__all__ = [name for name in HOME if name != "Network"]


def __getattr__(name):
    if name in HOME:
        return getattr(import_module(f"gdlab.mnist.{HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
