"""Git's clean filter for chapters: a chapter that was only run *is* the committed one.

JupyterLab saves by itself, and a chapter that was run differs on disk from the committed one in
counts, outputs and the Python version. Git asks this filter what a changed chapter comes to. If
the sources of its cells are the committed ones, the answer is the committed file: nothing to
commit, nothing in the way of `git pull`. A chapter with answers stays as it is. (`git status`
looks at a file's size before it asks, and may still name the chapter.)

What `make render` writes stays as it is, too: its new outputs are meant to be committed.
"""

import json
import subprocess
import sys


def clean(saved, committed):
    """What a saved notebook comes to.

    Arguments: saved, its bytes; committed, a function that returns the committed bytes.
    """
    try:
        notebook = json.loads(saved)
        if notebook["metadata"]["language_info"] == {"name": "python"}:
            return saved  # no kernel has left its version: `make render`, or never run
        before = committed()
        return before if sources(json.loads(before)) == sources(notebook) else saved
    except Exception:  # not a notebook, not committed, no git: none of this filter's business
        return saved


def sources(notebook):
    """What was written into the cells; the empty one that Shift+Enter adds at the end is nothing.

    >>> sources({"cells": [{"cell_type": "code", "source": ["1 +", " 1"]},
    ...                    {"cell_type": "code", "source": []}]})
    [('code', '1 + 1')]
    """
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    return [(kind, source) for kind, source in cells if source.strip()]


def in_the_index(path):
    """The file as it is committed, or about to be."""
    return subprocess.run(
        ["git", "cat-file", "blob", f":{path}"], capture_output=True, check=True
    ).stdout


if __name__ == "__main__":
    path = sys.argv[1]
    sys.stdout.buffer.write(clean(sys.stdin.buffer.read(), lambda: in_the_index(path)))
