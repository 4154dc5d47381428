"""Git's merge driver for chapters: two versions of a notebook are merged cell by cell.

An update changes a chapter, its reader has written answers into it: each cell is taken from the
side that changed it. Where both did, both cells stay, one below the other. Nothing that anybody
wrote is lost, and there is never a conflict to resolve inside a notebook's JSON.
"""

import json
import sys
from pathlib import Path

NOTE = "# This cell was changed on both sides of an update; here is the other version.\n"


def merged(base, ours, theirs):
    """One notebook out of two that come from the same one; all three as read from JSON.

    The order, and all but the cells, is that of `ours`.
    """
    old, mine, other = (cells_of(notebook) for notebook in (base, ours, theirs))
    order = list(mine)
    place = -1  # where the last cell of theirs stands
    for name in other:
        if name in mine:
            place = order.index(name)
        elif written(other[name]) and (name not in old or changed(other[name], old[name])):
            place += 1  # a cell of theirs alone, or one we have deleted and they have changed
            order.insert(place, name)
    cells = []
    for name in order:
        cells += chosen(old.get(name), mine.get(name), other.get(name))
    return {**ours, "cells": cells}


def chosen(old, mine, other):
    """What comes of one cell in its three versions, None where it is missing: a list of cells."""
    if mine is None:
        return [other]
    if other is None:  # ours alone, or deleted there
        return [mine] if old is None or changed(mine, old) else []
    if not changed(mine, other) or (old is not None and not changed(other, old)):
        return [mine]
    if old is not None and not changed(mine, old):
        return [other]
    note = NOTE if other["cell_type"] == "code" else ""
    text = note + "".join(other["source"])
    return [mine, {**other, "id": f"{other['id'][:56]}-other", "source": text.splitlines(True)}]


def cells_of(notebook):
    """The cells of a notebook by their ids; a KeyError if they have none."""
    return {cell["id"]: cell for cell in notebook["cells"]}


def changed(cell, other):
    return written(cell) != written(other) or cell["cell_type"] != other["cell_type"]


def written(cell):
    return "".join(cell["source"])


def main(base, ours, theirs):
    """Merge three files into the second, as git asks; if it fails, nothing has been changed."""
    read = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (base, ours, theirs))
    text = json.dumps(merged(*read), indent=1, ensure_ascii=False) + "\n"
    Path(ours).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
    except Exception as error:
        sys.exit(f"Not merged ({type(error).__name__}: {error}).")
