"""One network, several workers: each has its share of every batch, and all take the same step.

    python -m torch.distributed.run --standalone --nproc-per-node 2 -m gdlab.mnist.parallel

starts two workers on this computer; `--nproc-per-node 1`, or no torchrun at all, starts one.
On GPUs each worker has one of its own, and they talk through NCCL; on the CPU through Gloo.
`--help` lists the numbers to choose.
"""

import argparse
import json
import os
import socket
import statistics
import sys
import time
import traceback
from contextlib import nullcontext
from datetime import timedelta
from itertools import islice
from pathlib import Path

import torch
import torch.distributed as dist
import torch.distributed.nn.functional  # noqa: F401  imported later, it would keep the group
from torch import nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel

from gdlab import mnist, sampling
from gdlab.errors import Advice


def train(model, images, labels, *, steps, batch_size, lr, seed):
    """Take so many steps of gradient descent; after each comes the loss of its whole batch."""
    rank, workers = dist.get_rank(), dist.get_world_size()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    for batch in islice(sampling.batches(len(labels), batch_size, seed), steps):
        mine = batch[rank::workers]  # every worker deals the same batches, and takes its share
        optimizer.zero_grad()
        loss = cross_entropy(model(images[mine]), labels[mine])
        loss.backward()  # here all workers average their slopes
        optimizer.step()
        mean = loss.detach().clone()
        dist.all_reduce(mean)
        yield mean.item() / workers


def perceptron(seed):
    """The network of chapter 15 as a PyTorch model, with the weights of `mnist.initial`."""
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, mnist.CLASSES))
    nn.utils.vector_to_parameters(mnist.initial(seed, device="cpu"), model.parameters())
    return model


def seconds_a_slope(model, images, labels, times=40):
    """How long a slope takes: (alone, together with the averaging), medians in seconds."""

    def measure(context):
        took = []
        for _ in range(times):
            dist.barrier()
            began = time.perf_counter()
            with context():
                cross_entropy(model(images), labels).backward()
            next(model.parameters()).grad.sum().item()  # a GPU has to be waited for
            took.append(time.perf_counter() - began)
        return statistics.median(took)

    return measure(model.no_sync), measure(nullcontext)


def join():
    """Meet the other workers; returns this worker's device."""
    gpus = torch.cuda.is_available() and dist.is_nccl_available()
    local = int(os.environ.get("LOCAL_RANK", 0))
    one_computer = os.environ.get("LOCAL_WORLD_SIZE") == os.environ.get("WORLD_SIZE")
    if one_computer and os.name == "posix":  # no network to look for: talk over the loopback
        names = {name for _, name in socket.if_nameindex()} & {"lo", "lo0"}
        for name in names:
            os.environ.setdefault("GLOO_SOCKET_IFNAME", name)
    alone = {} if "RANK" in os.environ else dict(store=dist.HashStore(), rank=0, world_size=1)
    if gpus and local >= torch.cuda.device_count():
        raise Advice(
            f"there are {torch.cuda.device_count()} GPUs: start as many workers, or set "
            "CUDA_VISIBLE_DEVICES to nothing to use the processor."
        )
    backend, device = ("nccl", f"cuda:{local}") if gpus else ("gloo", "cpu")
    if gpus:
        torch.cuda.set_device(local)
    torch.set_num_threads(1)  # a worker a core
    dist.init_process_group(backend, timeout=timedelta(seconds=60), **alone)
    return torch.device(device)


def work(args, device, parent):
    """Train with the others, measure what a slope takes, and let the first worker report."""
    first, workers = dist.get_rank() == 0, dist.get_world_size()
    images, labels = (part[: args.digits] for part in mnist.load("train", device))
    for size in (args.batch_size, len(labels) % args.batch_size):  # the last of an epoch, too
        if size % workers:
            raise Advice(f"{workers} workers cannot share a batch of {size} digits evenly.")
    dtype = torch.float64 if args.double else torch.float32
    images, model = images.to(dtype), perceptron(args.seed).to(device, dtype)
    model = DistributedDataParallel(model)
    options = dict(steps=args.steps, batch_size=args.batch_size, lr=args.lr, seed=args.seed)
    losses = []
    for loss in train(model, images, labels, **options):
        losses.append(loss)
        if first and (len(losses) % 20 == 0 or len(losses) == args.steps):
            print(f"step {len(losses):5}: loss {loss:.6f}", flush=True)
        if os.getppid() != parent:  # nobody is left to work for
            sys.exit("The process that started this worker is gone.")
    share = args.batch_size // workers
    alone, together = seconds_a_slope(model, images[:share], labels[:share])
    if first and args.save:
        result = dict(workers=workers, losses=losses, alone=alone, together=together)
        Path(args.save).write_text(json.dumps(result), encoding="utf-8")


def main(arguments=None):
    """What each worker does."""
    parser = argparse.ArgumentParser(prog="gdlab.mnist.parallel", description=__doc__)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=128, help="of all workers together")
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--digits", type=int, default=60_000, help="how many to learn from")
    parser.add_argument("--double", action="store_true", help="compute in double precision")
    parser.add_argument("--save", help="a file for the results, as JSON")
    args = parser.parse_args(arguments)
    parent = os.getppid()
    device = join()
    # The model has to go before the group. Were it the last to hold the group, PyTorch would wait
    # for the group's threads with Python's lock in its hand, and they may be waiting for the lock.
    try:
        work(args, device, parent)
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
