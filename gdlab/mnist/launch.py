"""Start the workers of `gdlab.mnist.parallel` from a notebook, and see that none stays behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from gdlab.errors import Advice
from gdlab.hyperparameters import KNOWN

SCRIPT = ("-m", "gdlab.mnist.parallel")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1")
GRACE = 10  # seconds a launcher has to end its workers
OUTSIDE = {"SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"}  # what others send; the rest is a crash


class Report(NamedTuple):
    """What the workers did: their number, the loss of each step, and the seconds a slope takes.

    alone: without the averaging over the workers; together: with it.
    """

    workers: int
    losses: np.ndarray
    alone: float
    together: float


def launch(
    workers=2,
    *,
    steps=100,
    batch_size=128,
    lr=0.1,
    seed=0,
    digits=60_000,
    double=False,
    timeout=300,
    by_hand=os.name == "nt",
):
    """Run `gdlab.mnist.parallel` in so many processes on this computer, and wait for the end.

    Arguments
        workers     how many, 1 to 64
        steps       how many, 1 or more; lr η > 0; seed of the weights and of the batches
        batch_size  digits a step of all workers together, a multiple of their number
        digits      how many to learn from, the first ones
        double      whether to compute in double precision
        timeout     seconds after which all of them are ended
        by_hand     start the workers without torchrun, which fails on Windows: PyTorch's
                    builds there have no libuv
    Returns a `Report`. Raises `Advice` if a worker dies, if they take too long, or if an
    argument makes no sense. However it ends, also by ■, no process is left.
    """
    _check(workers=workers, steps=steps, batch_size=batch_size, digits=digits)
    KNOWN["lr"].check("lr", lr)
    if batch_size % workers:
        raise Advice(f"{workers} workers cannot share a batch of {batch_size} digits evenly.")
    options = [f"--steps={steps}", f"--batch-size={batch_size}", f"--lr={lr}", f"--seed={seed}"]
    options += [f"--digits={digits}"] + ["--double"] * double
    with tempfile.TemporaryDirectory() as folder:
        saved, log = Path(folder, "result.json"), Path(folder, "log.txt")
        options.append(f"--save={saved}")
        with log.open("wb") as output:
            processes = _start(workers, options, output, by_hand)
            try:
                codes = _wait(processes, time.monotonic() + timeout)
            finally:
                _end(processes)
        if None in codes:
            raise Advice(
                f"The {workers} workers were not done after {timeout:g} seconds, and were ended: "
                "take fewer steps, or give a longer timeout."
            )
        if any(codes) or not saved.exists():
            raise Advice(_sentence(log.read_text(encoding="utf-8", errors="replace"), codes))
        found = json.loads(saved.read_text(encoding="utf-8"))
    losses = np.array(found["losses"])
    if not np.isfinite(losses).all():
        step = int(np.isfinite(losses).argmin()) + 1
        raise Advice(f"The training diverged by step {step}: take a smaller lr.")
    return Report(**found | {"losses": losses})


def _check(**numbers):
    for name, value in numbers.items():
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not (whole and value >= 1):
            raise Advice(f"{name} is {value!r}: give a whole number, 1 or more.")
    if numbers["workers"] > 64:
        raise Advice(f"workers is {numbers['workers']}: give 64 or fewer.")


def _start(workers, options, output, by_hand):
    """The processes to look after: torchrun, which has workers of its own, or the workers."""
    env = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    how = dict(stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
    if not by_hand:
        command = [sys.executable, *TORCHRUN, f"--nproc-per-node={workers}", *SCRIPT, *options]
        return [subprocess.Popen(command, env=env, **how)]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        env |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    env |= dict.fromkeys(("WORLD_SIZE", "LOCAL_WORLD_SIZE"), str(workers))
    command, ranks = [sys.executable, *SCRIPT, *options], map(str, range(workers))
    return [
        subprocess.Popen(command, env=env | {"RANK": rank, "LOCAL_RANK": rank}, **how)
        for rank in ranks
    ]


def _wait(processes, end):
    """Until all have ended, or one has failed, or it is too late: their exit codes, or None."""
    while time.monotonic() < end:
        codes = [process.poll() for process in processes]
        if None not in codes or any(codes):
            return [code or 0 for code in codes]
        time.sleep(0.05)
    return [process.poll() for process in processes]


def _end(processes):
    """End what still runs, torchrun's workers too: first a word, then by force."""
    left = _workers_of(processes)
    for process in processes:
        if process.poll() is None:
            process.terminate()  # torchrun then ends its workers
    end = time.monotonic() + GRACE
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            left += [worker for worker in _workers_of([process]) if worker not in left]
            process.kill()
            process.wait()
    for worker in left:
        with suppress(psutil.NoSuchProcess):
            worker.kill()
    psutil.wait_procs(left, timeout=GRACE)


def _workers_of(processes):
    """The processes that these have started."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            found += psutil.Process(process.pid).children(recursive=True)
    return found


def _sentence(log, codes):
    """What went wrong, from what the workers wrote and how they ended.

    >>> _sentence("rank      : 1 (local_rank: 1)\\n  exitcode  : -9 (pid: 7)", [1])
    'Worker 1 was ended from outside (SIGKILL), and the others with it: start them again.'
    >>> _sentence("", [0, -6])
    'Worker 1 crashed (SIGABRT), and the others with it: start them again.'
    >>> _sentence("[rank0]: gdlab.errors.Advice: do this.", [1])
    'do this.'
    """
    advice = re.search(r"errors\.Advice: (.+)", log) or re.search(r"\.py: error: (.+)", log)
    if advice:
        return advice[1].strip()
    found = re.findall(r"rank +: (\d+) .*?exitcode +: (-?\d+)", log, re.DOTALL)
    failed = [(int(rank), int(code)) for rank, code in found]
    failed = failed or [(rank, code) for rank, code in enumerate(codes) if code] or [(0, 0)]
    rank, code = next((f for f in failed if f[1] != -signal.SIGTERM), failed[0])
    if code < 0:
        name = signal.Signals(-code).name
        how = "was ended from outside" if name in OUTSIDE else "crashed"
        return f"Worker {rank} {how} ({name}), and the others with it: start them again."
    errors = re.findall(r"^(?:\[rank\d+\]: ?)?(\w[\w.]*(?:Error|Exception): .+)$", log, re.M)
    reason = (errors or [f"it returned {code}"])[0].strip().rstrip(".")
    return f"Worker {rank} stopped, and the others with it: {reason}."
