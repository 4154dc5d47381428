"""What a GPU makes of one epoch at batch 128: step by step, compiled, as a CUDA graph; 64 networks.

The step is the course's own: `adam` and the slope of `mnist.network`, unchanged. A GPU does its
arithmetic in less time than Python needs to ask for it. So the same step is also compiled, and it
is recorded once as a CUDA graph and replayed. That needs tensors that stay in their place: the
weights, Adam's memory with its count of steps, and the batch. Without a GPU nothing is measured.
"""

import sys
import time

import torch

from benchmarks.setting import table
from gdlab import mnist, optimizers
from gdlab.descent import Memory

BATCH, LR, MANY = 128, 0.001, 64
STEPS = 60_000 // BATCH  # whole batches only: a graph has one shape
ROUNDS = 3  # the best counts


class Trainer:
    """Networks on a device, and a step of Adam that works in place.

    Arguments: images, labels; start, weights of shape (…, d); compiled, whether PyTorch compiles
    the step's arithmetic; graph, whether the step is recorded once, and replayed.
    """

    def __init__(self, images, labels, start, compiled=False, graph=False):
        self.surface, self.start = mnist.network(images, labels), start
        self.x, self.m, self.v = (torch.empty_like(start) for _ in range(3))
        self.t = torch.zeros((), device=start.device)
        self.batch = torch.arange(BATCH, device=start.device)
        self.begin_anew()
        self.next = torch.compile(self.next) if compiled else self.next
        self.step()  # the first one gets everything ready
        self.act = recorded(self.step) if graph else self.step

    def begin_anew(self):
        self.x.copy_(self.start)
        for memory in (self.m, self.v, self.t):
            memory.zero_()

    def next(self, x, m, v, t, batch):
        s = Memory()
        s.t, s.m, s.v = t, m, v
        x = optimizers.adam(x, lambda x: self.surface.batch_grad(x, batch), s, lr=LR)
        return x, s.m, s.v

    def step(self):
        self.t.add_(1)
        found = self.next(self.x, self.m, self.v, self.t, self.batch)
        for old, new in zip((self.x, self.m, self.v), found, strict=True):
            old.copy_(new)

    def epoch(self):
        """Seconds of an epoch from the start on, the dealing of the digits included."""
        self.begin_anew()
        random = torch.Generator(self.x.device).manual_seed(0)
        wait(self.x.device)
        began = time.perf_counter()
        order = torch.randperm(self.surface.n, generator=random, device=self.x.device)
        for batch in order[: STEPS * BATCH].view(STEPS, BATCH):
            self.batch.copy_(batch)
            self.act()
        wait(self.x.device)
        return time.perf_counter() - began


def wait(device):
    """Until a device has done what it was asked for."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def recorded(step):
    """A step as a CUDA graph: a replay costs one call. See PyTorch's notes on CUDA graphs."""
    aside = torch.cuda.Stream()
    aside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(aside):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(aside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def measure(device):
    """The rows of the table, on any device that PyTorch knows."""
    (images, labels), test = (mnist.load(split, device=device) for split in ("train", "test"))
    one = mnist.initial(0, device=device)
    many = mnist.initial(0, (MANY,), device=device)
    graph = device.type == "cuda"
    ways = {"step by step": dict(start=one), "compiled": dict(start=one, compiled=True)}
    ways |= {"as a CUDA graph": dict(start=one, graph=True)} if graph else {}
    ways |= {f"{MANY} networks at once": dict(start=many, graph=graph)}
    rows, seconds = [], {}
    for name, way in ways.items():
        try:
            trainer = Trainer(images, labels, **way)
            seconds[name] = min(trainer.epoch() for _ in range(ROUNDS))
        except RuntimeError as error:  # a compiler may be missing
            rows.append((name, "not possible", "", str(error).strip().split("\n")[0][:60]))
            continue
        # One network step by step; the many are compared with one that goes the same way.
        one_alone = seconds["as a CUDA graph" if graph and "networks" in name else "step by step"]
        ratio, share = seconds[name] / one_alone, float(mnist.accuracy(trainer.x, *test).mean())
        rows.append((name, f"{seconds[name]:.3f} s", f"{ratio:.2f}", f"{100 * share:.2f} %"))
    return rows


def main():
    """Measure, and print a table."""
    if not torch.accelerator.is_available():
        print("  There is no GPU here that PyTorch knows, so there is nothing to measure.")
        return
    device = mnist.device()
    name = torch.cuda.get_device_name() if device.type == "cuda" else device.type
    print(f"  {name}, PyTorch {torch.__version__}, Python {sys.version.split()[0]}\n", flush=True)
    head = (f"one epoch, batches of {BATCH}", "time", "ratio", "test digits right")
    table(head, *measure(device))


if __name__ == "__main__":
    main()
