"""Tell git how to treat chapters in this clone, so that an update reaches whoever has run them.

    python tools/git_setup.py

Then `git pull` leaves out what only running has changed (tools/git_clean.py) and merges answers
cell by cell (tools/git_merge.py). `make lab` calls this each time. It writes into `.git/config` of
this clone and nowhere else; without git, or in a folder that is no clone, it does nothing.
"""

import shlex
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def settings(python):
    """What is set, by name. Without its Python or its script a filter lets everything through."""
    run = f"{shlex.quote(Path(python).as_posix())} -I -S"
    there = f"test -x {shlex.quote(Path(python).as_posix())} && test -f tools/git_clean.py"
    return {
        "filter.gdlab.clean": f"if {there}; then {run} tools/git_clean.py %f; else cat; fi",
        "merge.gdlab.name": "notebooks, cell by cell",
        "merge.gdlab.driver": f"{run} tools/git_merge.py %O %A %B",
    }


def wishes():
    """What is set only if the reader has not decided otherwise: pull with answers in the folder."""
    return {"merge.autostash": "true", "rebase.autostash": "true"}


def git(*arguments, folder=PROJECT):
    """What git prints; None if it fails, or is not there."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def set_up(folder=PROJECT, python=sys.executable):
    """Write the settings; True if this is a clone, whose top is this very folder."""
    top = git("rev-parse", "--show-toplevel", folder=folder)
    if not top or not Path(top).samefile(folder):
        return False
    wanted = settings(python)
    wanted |= {
        n: v for n, v in wishes().items() if git("config", "--get", n, folder=folder) is None
    }
    for name, value in wanted.items():
        if git("config", "--get", name, folder=folder) != value:
            git("config", "--local", name, value, folder=folder)
    return True


if __name__ == "__main__":
    set_up()
