"""Several processes train one network: the same path as one, and none is left behind."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from contextlib import nullcontext, suppress
from itertools import islice

import nbformat
import numpy as np
import psutil
import pytest
import torch
import torch.distributed as dist
from waiting import wait_until

from conftest import PROJECT
from gdlab import mnist, optimizers, sampling, walk
from gdlab.errors import Advice
from gdlab.mnist import parallel
from gdlab.mnist.launch import launch

RUN = dict(steps=5, batch_size=64, lr=0.2, digits=640, double=True)
LONG = dict(steps=10**6, batch_size=64, digits=640)
by_hand = pytest.mark.parametrize("by_hand", [False, True], ids=["torchrun", "by hand"])


def single():
    """The losses of the same steps with this course's own method, in this process."""
    images, labels = mnist.load("train", device="cpu")
    digits = mnist.network(images[:640].double(), labels[:640])
    x = mnist.initial(0, device="cpu").double()
    path = walk(digits, optimizers.gradient_descent, x, batch_size=64, lr=0.2)
    places = [x, *(step.x for step in islice(path, 4))]
    batches = sampling.batches(640, 64)
    return [float(digits.measure(p, b)[0]) for p, b in zip(places, batches, strict=False)]


def processes(seed):
    """All processes, torchrun and workers, that were started with this seed."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):  # it may end while we look
            mine = f"--seed={seed}" in process.cmdline()
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def workers(seed):
    found = []
    for process in processes(seed):
        with suppress(psutil.Error):
            if "torch.distributed.run" not in process.cmdline():
                found.append(process)
    return found


@pytest.fixture
def at_work(tmp_path, monkeypatch):
    """Wait until the workers of a seed are in the midst of their training; returns them.

    They have met and taken steps together: so they say. How long they are at work would tell
    nothing, because on a busy machine they may spend it importing PyTorch.
    """
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where `launch` keeps what they say

    def wait(seed):
        wait_until(
            lambda: any("step" in log.read_text() for log in tmp_path.glob("*/log.txt")), 300
        )
        found = workers(seed)
        assert len(found) == 2
        return found

    return wait


def in_background(**arguments):
    """Start `launch` in a thread; returns what to call for its sentence."""
    said = []

    def run():
        try:
            said.append(launch(**arguments))
        except Advice as advice:
            said.append(str(advice))

    thread = threading.Thread(target=run)
    thread.start()

    def result():
        thread.join()
        return said[0]

    return result


@by_hand
def test_two_workers_walk_the_path_of_one(by_hand):
    report = launch(2, by_hand=by_hand, **RUN)
    np.testing.assert_allclose(report.losses, single(), rtol=0, atol=1e-12)
    assert report.workers == 2 and 0 < report.alone and 0 < report.together


def test_the_commands_of_the_chapter_work_in_a_terminal():
    cells = nbformat.read(PROJECT / "notebooks" / "16_faster_and_wider.ipynb", as_version=4).cells
    (text,) = [cell.source for cell in cells if cell.id == "shell"]
    command = re.search(r"^python (.+--standalone.+)$", text, re.M)[1].split()
    options = ["--batch-size", "64", "--lr", "0.2", "--digits", "640", "--double"]
    command = [sys.executable, *command, *options]
    command[command.index("--steps") + 1] = "5"
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"step     5: loss {single()[-1]:.6f}\n"


def test_the_script_alone_is_one_worker(capsys):
    parallel.main(["--steps=5", "--batch-size=64", "--lr=0.2", "--digits=640", "--double"])
    assert capsys.readouterr().out == f"step     5: loss {single()[-1]:.6f}\n"
    assert not dist.is_initialized()


GROUP = """
import weakref
import torch.distributed as dist
from gdlab.mnist import parallel

destroy = dist.destroy_process_group

def destroyed():
    group = weakref.ref(dist.group.WORLD)
    destroy()
    print(group())

dist.destroy_process_group = destroyed
parallel.main(["--steps=1", "--batch-size=64", "--digits=640"])
"""


def test_nothing_keeps_the_group_when_the_work_is_done():
    """Its threads would meet the end of Python, and abort: issue 190489 of PyTorch."""
    done = subprocess.run([sys.executable, "-c", GROUP], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "None", done.stderr


@pytest.mark.parametrize("fails", [False, True], ids=["all is well", "a step fails"])
def test_the_model_goes_before_the_group(fails, monkeypatch):
    """Or else a worker may never end: see `parallel.main`."""
    models, left = [], []
    ddp, destroy = parallel.DistributedDataParallel, dist.destroy_process_group

    def wrapped(model):
        model = ddp(model)
        models.append(weakref.ref(model))
        return model

    def destroyed():
        left.extend(model() for model in models)
        destroy()

    def measured(model, images, labels):
        if fails:
            raise Advice("no")
        return 1.0, 1.0

    monkeypatch.setattr(parallel, "DistributedDataParallel", wrapped)
    monkeypatch.setattr(parallel, "seconds_a_slope", measured)
    monkeypatch.setattr(dist, "destroy_process_group", destroyed)
    with pytest.raises(Advice) if fails else nullcontext():
        parallel.main(["--steps=5", "--batch-size=64", "--digits=640"])
    assert left == [None]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
@by_hand
def test_a_worker_that_dies_is_one_sentence_and_leaves_nobody_behind(by_hand, at_work):
    seed = 1_000_001 + by_hand
    result = in_background(workers=2, seed=seed, by_hand=by_hand, **LONG)
    at_work(seed)[-1].kill()
    said = result()
    assert re.fullmatch(
        r"Worker [01] was ended from outside \(SIGKILL\), and the others with it: "
        r"start them again\.",
        said,
    )
    assert processes(seed) == []


def test_too_long_is_one_sentence_and_leaves_nobody_behind():
    seed = 1_000_011
    with pytest.raises(Advice, match="The 2 workers were not done after 6 seconds, and were ended"):
        launch(2, seed=seed, timeout=6, **LONG)
    assert processes(seed) == []


def test_an_interrupt_leaves_nobody_behind(monkeypatch, at_work):
    seed = 1_000_021

    def interrupted(found, end):
        at_work(seed)
        raise KeyboardInterrupt

    monkeypatch.setattr("gdlab.mnist.launch._wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launch(2, seed=seed, **LONG)
    assert processes(seed) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_a_torchrun_that_does_not_hear_takes_nobody_along(monkeypatch, at_work):
    seed = 1_000_041
    monkeypatch.setattr("gdlab.mnist.launch.GRACE", 0.5)

    def stopped(found, end):
        at_work(seed)
        found[0].send_signal(signal.SIGSTOP)  # it is there, and does nothing about its workers
        raise KeyboardInterrupt

    monkeypatch.setattr("gdlab.mnist.launch._wait", stopped)
    with pytest.raises(KeyboardInterrupt):
        launch(2, seed=seed, **LONG)
    wait_until(lambda: processes(seed) == [])


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_workers_leave_when_torchrun_is_killed(at_work):
    seed = 1_000_031
    result = in_background(workers=2, seed=seed, **LONG)
    found = at_work(seed)
    (torchrun,) = {p.parent() for p in found}
    torchrun.send_signal(signal.SIGKILL)
    psutil.wait_procs(found, timeout=300)
    assert processes(seed) == []
    assert "SIGKILL" in result()


def test_what_fails_in_a_worker_is_one_sentence():
    with pytest.raises(Advice, match="^2 workers cannot share a batch of 63 digits evenly.$"):
        launch(2, batch_size=64, digits=127)  # the last batch of an epoch is smaller


def test_a_rate_that_is_too_large_is_told():
    with pytest.raises(Advice, match="The training diverged by step [1-5]: take a smaller lr"):
        launch(1, by_hand=True, **RUN | dict(lr=1e200))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(workers=0), "workers is 0: give a whole number, 1 or more."),
        (dict(workers=True), "workers is True: give a whole number, 1 or more."),
        (dict(workers=65, batch_size=65), "workers is 65: give 64 or fewer."),
        (dict(steps=1.5), "steps is 1.5: give a whole number, 1 or more."),
        (dict(batch_size=127), "2 workers cannot share a batch of 127 digits evenly."),
        (dict(lr=-1), "lr is -1: learning rate must be above 0"),
        (dict(digits="all"), "digits is 'all': give a whole number"),
    ],
)
def test_wrong_arguments_start_nothing(wrong, sentence, monkeypatch):
    monkeypatch.setattr("gdlab.mnist.launch.subprocess.Popen", lambda *a, **k: pytest.fail("ran"))
    with pytest.raises(Advice, match=re.escape(sentence)):
        launch(**wrong)


def test_the_model_is_the_network_of_the_course():
    images, _ = mnist.load("test", device="cpu")
    x, model = mnist.initial(3, device="cpu"), parallel.perceptron(seed=3)
    ours, theirs = mnist.scores(x, images[:50]), model(images[:50])
    torch.testing.assert_close(ours, theirs)
