"""The files of MNIST, in the IDX format; each is compared with its checksum."""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np

from gdlab.errors import Advice

FOLDER = Path(__file__).parents[2] / "data" / "mnist"
SUMS = "SHA256SUMS"
REMEDY = "run `git checkout data/mnist` in the course's folder to bring it back."
SPLITS = {"train": "train", "test": "t10k"}  # what the files call them


def read(split, folder=FOLDER):
    """The images, shape (n, 28, 28), and labels, shape (n,), of "train" or "test", as bytes.

    Raises `Advice` if a file is missing, or is not the one whose checksum we know.
    Source: LeCun, Cortes and Burges (1998); see data/mnist/README.md.

    >>> images, labels = read("test")
    >>> images.shape, labels[:3].tolist()
    ((10000, 28, 28), [7, 2, 1])
    """
    if split not in list(SPLITS):
        raise Advice(f'split is {split!r}: choose "train" or "test".')
    name = SPLITS[split]
    return (
        _read(Path(folder), f"{name}-images-idx3-ubyte"),
        _read(Path(folder), f"{name}-labels-idx1-ubyte"),
    )


def _read(folder, name):
    sums = _bytes(folder / SUMS).decode("latin-1").split()
    data = _bytes(folder / f"{name}.gz")
    if name not in sums:
        raise Advice(f"{folder / SUMS} does not know {name}: {REMEDY}")
    if hashlib.sha256(data).hexdigest() != sums[sums.index(name) - 1]:
        raise Advice(f"{folder / name}.gz is not the file it should be: {REMEDY}")
    axes = data[3]  # then each length as a big-endian number, then the bytes
    shape = np.frombuffer(data, ">i4", axes, offset=4)
    return np.frombuffer(bytearray(data), np.uint8, offset=4 + 4 * axes).reshape(shape)


def _bytes(path):
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except FileNotFoundError:
        raise Advice(f"{path} is missing: {REMEDY}") from None
    except (OSError, EOFError, zlib.error):
        raise Advice(f"{path} is damaged, cut short perhaps: {REMEDY}") from None
