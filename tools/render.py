"""Run the chapters from top to bottom and store them with clean outputs.

    python tools/render.py            every chapter
    python tools/render.py 02 15      those whose name starts so

What is stored changes only if the chapter does: cells counted from 1, cell ids that stay, no times,
no widget state. Labs leave their still picture and their sentence; the live part is made anew by
whoever runs the chapter.
"""

import base64
import hashlib
import io
import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image
from traitlets.config import Config

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
CELL_METADATA = {"jupyter", "tags"}  # what a cell keeps: folded or not, and its tags
WIDGET = "application/vnd.jupyter.widget-view+json"  # points at a model of a kernel long gone


def chosen(prefixes: list[str]) -> list[Path]:
    """The chapters whose names start with one of the prefixes; all, if there are none."""
    chapters = sorted(NOTEBOOKS.glob("*.ipynb"))
    for prefix in prefixes:
        if not any(path.name.startswith(prefix) for path in chapters):
            sys.exit(f"No chapter in {NOTEBOOKS.name}/ starts with {prefix!r}.")
    return [path for path in chapters if path.name.startswith(tuple(prefixes) or "")]


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook in which every cell has an id; new ones follow from place and content."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for place, cell in enumerate(notebook["cells"]):
        content = f"{place}\n{''.join(cell['source'])}".encode()
        cell.setdefault("id", hashlib.sha256(content).hexdigest()[:8])
    notebook["nbformat_minor"] = 5  # the first version with cell ids
    return nbformat.reads(json.dumps(notebook), as_version=4)


@contextmanager
def fixed_environment():
    """Outputs must not depend on who renders: no settings of their own, no random order of sets."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as empty:
        os.environ.update(PYTHONHASHSEED="0", IPYTHONDIR=empty, MPLCONFIGDIR=empty)
        os.environ["GDLAB_PROGRESS"] = "off"
        os.environ.pop("MPLBACKEND", None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def execute(notebook: nbformat.NotebookNode) -> None:
    NotebookClient(
        notebook,
        config=Config(KernelManager={"transport_encryption": "auto"}),  # ipykernel warns without
        kernel_name="python3",
        timeout=300,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
        coalesce_streams=True,  # else a slow moment may cut one printed text in two
    ).execute()


def cleaned(notebook: nbformat.NotebookNode) -> str:
    """The notebook as text, without all that would change although the chapter did not."""
    notebook.metadata = nbformat.from_dict(METADATA)
    count = 0
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in CELL_METADATA & set(cell.metadata)}
        if cell.cell_type != "code":
            continue
        # Not left out: nbval compares only those cells that carry a number.
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = count
            for part in ("data", "metadata"):
                output.get(part, {}).pop(WIDGET, None)
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller(output.data["image/png"])
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def smaller(picture: str) -> str:
    """A picture (PNG, base64) in 64 colours: a third of the size, no difference to the eye."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    if image.mode == "P":
        return picture  # a lab's picture: it has a palette already
    file, wide = io.BytesIO(), Image.Quantize.MAXCOVERAGE  # keeps the colour of a thin line too
    image = image.convert("RGB").quantize(64, wide, kmeans=3)
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")


def main(prefixes: list[str]) -> None:
    with fixed_environment():
        for path in chosen(prefixes):
            start = time.perf_counter()
            notebook = read(path)
            try:
                execute(notebook)
            except CellExecutionError as error:
                sys.exit(f"{path.name} stays as it is: a cell failed.\n\n{error}")
            path.write_text(cleaned(notebook), encoding="utf-8", newline="\n")
            seconds = time.perf_counter() - start
            print(f"{path.name:40} {seconds:5.1f} s {path.stat().st_size / 1000:6.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
