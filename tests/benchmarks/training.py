"""How fast the digits are learned: the plain PyTorch loop against `walk`, in one run.

Every row is one epoch, 1,875 batches of 32, with Adam at η = 0.001, the best of some rounds.
"""

import time
from itertools import islice

import torch
from torch import nn

from benchmarks.setting import table
from gdlab import mnist, optimizers, sampling, walk
from gdlab.mnist.training import Training

IMAGES, LABELS = mnist.load("train")
TEST = mnist.load("test")
STEPS = 1875
ROUNDS = 2


def plain():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)).to(IMAGES.device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    for batch in islice(sampling.batches(60_000, 32), STEPS):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(IMAGES[batch]), LABELS[batch]).backward()
        optimizer.step()
    return nn.utils.parameters_to_vector(model.parameters()).detach()


def ours():
    surface = mnist.network(IMAGES, LABELS)
    steps = walk(surface, optimizers.adam, mnist.initial(0), batch_size=32, lr=0.001)
    return next(islice(steps, STEPS - 1, None)).x


def on_one_thread(train):
    with mnist.one_thread():
        return train()


def in_the_background():
    surface = mnist.network(IMAGES, LABELS)
    training = Training(surface, optimizers.adam, mnist.initial(0), test=TEST, lr=0.001)
    return training.start().wait().x


def main():
    """Measure, and print a table."""
    ways = {
        f"PyTorch, {torch.get_num_threads()} threads": plain,
        "PyTorch, one thread": lambda: on_one_thread(plain),
        "walk and adam, one thread": lambda: on_one_thread(ours),
        "Training, with its curves": in_the_background,
    }
    best = dict.fromkeys(ways, (float("inf"), float("inf")))
    share = {}
    for _ in range(ROUNDS):
        for name, train in ways.items():
            wall, work = time.perf_counter(), time.process_time()
            x = train()
            took = time.perf_counter() - wall, time.process_time() - work
            best[name] = min(best[name], took)
            share[name] = 100 * float(mnist.accuracy(x, *TEST))
    base = best["PyTorch, one thread"]
    rows = [
        (
            name,
            f"{wall:.2f} s",
            f"{wall / base[0]:.2f}",
            f"{work:.2f} s",
            f"{work / base[1]:.2f}",
            f"{share[name]:.1f} %",
        )
        for name, (wall, work) in best.items()
    ]
    head = f"one epoch on {IMAGES.device.type}"
    table((head, "time", "ratio", "processor time", "ratio", "test digits right"), *rows)


if __name__ == "__main__":
    main()
