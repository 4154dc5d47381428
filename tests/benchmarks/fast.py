"""How long until 97 % of the test digits are read, the published program and each measure.

The published program is the one of many first tutorials: a DataLoader over images, ToTensor and
Normalize for each of them, batches of 32, Adam with η = 0.001. With torchvision installed its
own `datasets.MNIST` and `transforms` are used. Without it the same conversions are written out:
each image goes from bytes to a PIL image, to an array, to a tensor between 0 and 1, and is
normalised. Reading the files and the looks at the test digits are on nobody's clock.
"""

import time
from itertools import islice

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

from benchmarks.setting import table
from gdlab import mnist, optimizers, sampling, schedules, walk
from gdlab.mnist import idx

GOAL, EPOCHS, PER_EPOCH = 0.97, 5, 1875
MEAN, DEVIATION = 0.1307, 0.3081  # of the pixels, as the published program has them


class PilDigits(Dataset):
    """What torchvision's MNIST with ToTensor and Normalize does for each image, written out."""

    def __init__(self):
        self.images, self.labels = map(torch.from_numpy, idx.read("train"))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        picture = Image.fromarray(self.images[i].numpy())
        pixels = torch.from_numpy(np.array(picture, np.uint8, copy=True))
        tensor = pixels.view(28, 28, 1).permute(2, 0, 1).contiguous().float().div(255)
        mean, deviation = torch.as_tensor([MEAN]), torch.as_tensor([DEVIATION])
        tensor = tensor.clone().sub_(mean[:, None, None]).div_(deviation[:, None, None])
        return tensor, int(self.labels[i])


def published_digits():
    """The images one by one, from torchvision if it is installed; and whose they are."""
    try:
        from torchvision import transforms
    except ImportError:
        return PilDigits(), "a stand-in for torchvision, which is not installed"
    digits = PilDigits()
    change = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((MEAN,), (DEVIATION,))]
    )

    class Published(Dataset):
        def __len__(self):
            return len(digits)

        def __getitem__(self, i):
            return change(Image.fromarray(digits.images[i].numpy())), int(digits.labels[i])

    return Published(), "torchvision's transforms"


def normalised(images):
    return (images - MEAN) / DEVIATION


def model_and_adam():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    return model, torch.optim.Adam(model.parameters(), lr=0.001)


def epochs_of(loader):
    """The published loop: the weights after each epoch."""
    model, optimizer = model_and_adam()
    while True:
        for images, labels in loader():
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
        yield nn.utils.parameters_to_vector(model.parameters()).detach()


def as_published(digits):
    return epochs_of(lambda: DataLoader(digits, batch_size=32, shuffle=True))


def decoded_once(images, labels):
    data = TensorDataset(normalised(images), labels)
    return epochs_of(lambda: DataLoader(data, batch_size=32, shuffle=True))


def without_loader(images, labels):
    images, batches = normalised(images), sampling.batches(len(images), 32)

    def epoch():
        return ((images[batch], labels[batch]) for batch in islice(batches, PER_EPOCH))

    return epochs_of(epoch)


def with_walk(images, labels):
    surface = mnist.network(normalised(images), labels)
    steps = walk(surface, optimizers.adam, mnist.initial(0, device="cpu"), batch_size=32)
    while True:
        for _ in range(PER_EPOCH):
            x = next(steps).x
        yield x


def larger_batches(images, labels):
    surface = mnist.network(images, labels)
    rate, start = schedules.warmup(0.005, 50), mnist.initial(0, device="cpu")
    steps = walk(surface, optimizers.adam, start, batch_size=128, lr=rate)
    while True:
        for _ in range(-(-len(images) // 128)):
            x = next(steps).x
        yield x


def falling_rate(images, labels):
    yield mnist.learn(images, labels)  # one epoch


def time_to_goal(weights, test):
    """Seconds and processor seconds until a look at the test digits finds the goal reached.

    Returns them with the epochs that were needed, and the share of the test digits read.
    """
    seconds, work, done = 0.0, 0.0, 0
    began = time.perf_counter(), time.process_time()
    for x in weights:
        seconds += time.perf_counter() - began[0]
        work += time.process_time() - began[1]
        done += 1
        share = float(mnist.accuracy(x, *test))
        if share >= GOAL or done >= EPOCHS:
            return seconds, work, done, share
        began = time.perf_counter(), time.process_time()


def main():
    """Measure, and print a table."""
    images, labels = mnist.load("train", device="cpu")
    test, answers = mnist.load("test", device="cpu")
    digits, whose = published_digits()
    print(f"  the published program's images come from {whose}\n", flush=True)

    def own(function):
        return lambda: function(images, labels)

    seen, plain = (normalised(test), answers), (test, answers)
    threads = torch.get_num_threads()
    ways = (  # what is added, the weights epoch by epoch, what they are tested on
        (f"as published, {threads} threads", lambda: as_published(digits), seen),
        ("… on one thread", lambda: as_published(digits), seen),
        ("… images made into one tensor, once", own(decoded_once), seen),
        ("… batches by index, no DataLoader", own(without_loader), seen),
        ("… walk and adam of the course", own(with_walk), seen),
        ("… batches of 128, η = 0.005, warm-up", own(larger_batches), plain),
        ("… η falls from 0.02 to 0, β₁ = 0.8: mnist.learn", own(falling_rate), plain),
        (f"… on {threads} threads again", own(falling_rate), plain),
    )
    mnist.learn(images[:1000], labels[:1000])  # PyTorch's first steps wake its threads
    found = {}
    for name, weights, on in reversed(ways):  # the quick ones first: something to see
        with mnist.one_thread():
            if f"{threads} threads" in name:
                torch.set_num_threads(threads)
            found[name] = time_to_goal(weights(), on)
        print(f"  {name}: {found[name][0]:.2f} s", flush=True)
    first = found[ways[0][0]]
    rows = []
    for name, *_ in ways:
        seconds, work, epochs, share = found[name]
        there = f"{seconds:.2f} s" if share >= GOAL else f"> {seconds:.0f} s"
        times = f"{first[0] / seconds:.1f}", f"{first[1] / work:.1f}"
        rows.append((name, there, f"{work:.2f} s", f"{epochs}", f"{100 * share:.2f} %", *times))
    print()
    head = ("one measure after the other", "to 97 %", "processor time", "epochs", "digits right")
    table((*head, "times faster", "by processor time"), *rows)


if __name__ == "__main__":
    main()
