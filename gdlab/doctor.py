"""Does everything work on this machine?"""

import html
import os
import platform
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path

from gdlab.errors import Advice
from gdlab.mnist import idx

REINSTALL = "Run `make lab` again, or `pip install --editable .` in the project's folder."


def doctor(data: Path = idx.FOLDER) -> "Report":
    """Look at the versions, the widgets, the data and the hardware; never raises.

    In a notebook, end a cell with ``doctor()`` to see the table; elsewhere, print it.
    """
    return Report(
        [
            Finding("Python", platform.python_version()),
            *versions(),
            widgets(),
            digits(data),
            accelerator(),
            Finding("processor", f"{os.cpu_count()} cores"),
        ]
    )


@dataclass(frozen=True)
class Finding:
    """One line of the report; without a hint, all is well."""

    what: str
    found: str
    hint: str = ""


@dataclass(frozen=True)
class Report:
    """What the doctor found, as plain text or as a table in a notebook."""

    findings: list[Finding]

    @property
    def summary(self) -> str:
        ill = [finding.what for finding in self.findings if finding.hint]
        return f"Please look at: {', '.join(ill)}." if ill else "Everything works."

    def __repr__(self) -> str:
        rows = [(row.what, row.found, row.hint or "ok") for row in self.findings]
        wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
        lines = [f"{what:{wide[0]}}  {found:{wide[1]}}  {hint}" for what, found, hint in rows]
        return "\n".join([*lines, self.summary])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align: left">{html.escape(text)}</td>'
                for text in (row.what, row.found, row.hint or "ok")
            )
            + "</tr>"
            for row in self.findings
        )
        return f"<table>{rows}</table><p>{html.escape(self.summary)}</p>"


def versions() -> list[Finding]:
    """The libraries that gdlab asks for, and whether these are versions it was made for."""
    try:
        from packaging.requirements import Requirement

        wanted = [Requirement(line) for line in metadata.requires("gdlab") or []]
    except Exception as error:
        return [Finding("gdlab", reason(error), REINSTALL)]
    return [version(need) for need in wanted if need.marker is None]


def version(need) -> Finding:
    try:
        found = metadata.version(need.name)
    except metadata.PackageNotFoundError:
        return Finding(need.name, "missing", REINSTALL)
    fits = need.specifier.contains(found, prereleases=True)
    return Finding(need.name, found, "" if fits else f"Made for {need.specifier}. {REINSTALL}")


def widgets() -> Finding:
    """Sliders (ipywidgets) and stages (anywidget), here and in JupyterLab."""
    try:
        for name in ("ipywidgets", "anywidget", "jupyterlab_widgets"):
            import_module(name)
    except Exception as error:
        return Finding("widgets", reason(error), REINSTALL)
    return Finding("widgets", "sliders and stages load")


def digits(folder: Path) -> Finding:
    """Are the files of MNIST there, whole and unchanged?"""
    try:
        count = sum(len(idx.read(split, folder)[1]) for split in idx.SPLITS)
    except Advice as advice:
        return Finding("data", "not intact", str(advice))
    return Finding("data", f"{count:,} digits, intact")


def accelerator() -> Finding:
    """A graphics card or the like that torch can use. It is welcome, but nothing needs it."""
    try:
        import torch

        if not torch.accelerator.is_available():
            return Finding("accelerator", "none: the processor does it all")
        kind = torch.accelerator.current_accelerator().type
        name = torch.cuda.get_device_name() if kind == "cuda" else kind
        return Finding("accelerator", name)
    except Exception as error:
        return Finding("accelerator", reason(error), f"PyTorch does not load. {REINSTALL}")


def reason(error: Exception) -> str:
    """An error in one line."""
    return " ".join(str(error).split()) or type(error).__name__
