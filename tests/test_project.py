"""What stands in several places must agree: versions, chapters, and what an import costs."""

import ast
import re
import subprocess
import sys
import tomllib

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from conftest import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA_NAMES = {"matplotlib": "matplotlib-base", "torch": "pytorch"}


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def requirements(lines) -> dict[str, Requirement]:
    return {need.name.lower(): need for need in map(Requirement, lines)}


def conda_specifiers() -> dict[str, str]:
    """The packages of environment.yml and their ranges, pip's part left out."""
    return dict(re.findall(r"^  - ([\w-]+)(?: +(\S+))?$", read("environment.yml"), re.MULTILINE))


RUNTIME = requirements(PYPROJECT["project"]["dependencies"])
TEST = requirements(PYPROJECT["project"]["optional-dependencies"]["test"])
BUILD = requirements(PYPROJECT["build-system"]["requires"])
LOCK = requirements(
    line for line in read("requirements.lock").splitlines() if not line.startswith("#")
)


@pytest.mark.parametrize("name", [*RUNTIME, *TEST, *BUILD])
def test_the_lock_lies_in_the_range(name):
    need = (RUNTIME | TEST | BUILD)[name]
    (pin,) = LOCK[name].specifier
    assert pin.operator == "=="
    assert need.specifier.contains(pin.version)


def test_the_lock_fits_every_machine():
    for name, pin in LOCK.items():
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), f"{pin}: one release, no build"
        assert not re.match(r"nvidia|cuda|triton|gdlab", name)
        assert not pin.url
    assert str(LOCK["torch"]) == "torch==2.13.0"
    for name in ("pexpect", "ptyprocess"):  # they do not exist for Windows
        assert str(LOCK[name].marker) == 'sys_platform != "win32"'


def test_conda_asks_for_the_same():
    expected = {CONDA_NAMES.get(name, name): need.specifier for name, need in RUNTIME.items()}
    expected["python"] = SpecifierSet(PYPROJECT["project"]["requires-python"])
    found = conda_specifiers()
    assert found.pop("pip", None) is not None  # conda wants it named where it is used
    found.pop("nodefaults"), found.pop("conda-forge")
    assert {name: SpecifierSet(text) for name, text in found.items()} == expected
    assert "      - -e .\n" in read("environment.yml")


def test_this_python_is_one_the_project_promises():
    promise = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert Version("3.11") in promise and Version("3.10") not in promise
    assert Version(".".join(map(str, sys.version_info[:3]))) in promise


def test_the_chapter_map_matches_the_chapters():
    rows = re.findall(
        r"^\| (\d\d) \| \[(.+)\]\((.+)\) \| (.+) \|$", read("README.md"), re.MULTILINE
    )
    chapters = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    assert [path for _, _, path, _ in rows] == [f"notebooks/{path.name}" for path in chapters]
    for number, title, path, idea in rows:
        first = nbformat.read(PROJECT / path, as_version=4).cells[0].source
        assert first.startswith(f"# {number} · {title}\n\n*{idea}*\n")


def tracked() -> list[str]:
    git = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True)
    if git.returncode:
        pytest.skip("not a git clone: no list of files")
    return [name for name in git.stdout.split("\0") if name and (PROJECT / name).is_file()]


# A path that begins at the root of somebody's disk.
MACHINE_PATH = re.compile(
    r"(?<![\w.~:/-])/(?:home|Users|root|work|tmp|opt|mnt)/\w|\b[A-Z]:\\\\?Users\b"
)


def test_no_file_speaks_of_one_machine():
    found = []
    for name in tracked():
        if name == "tests/test_project.py":
            continue  # the examples below
        try:
            text = read(name)
        except UnicodeDecodeError:
            continue  # pictures and data
        found += [f"{name}: {hit[0]}" for hit in MACHINE_PATH.finditer(text)]
    assert found == []


@pytest.mark.parametrize("text", ["/home/ada/course", "open('/Users/ada')", r"C:\Users\ada"])
def test_a_path_of_one_machine_is_recognised(text):
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    "text", ["a/home/page", "https://x.org/home/ada", "../home/x", "/doc/tree"]
)
def test_other_paths_are_let_through(text):
    assert not MACHINE_PATH.search(text)


def house() -> dict[str, int]:
    """Each room of the package, and the line of the picture in CONTRIBUTING on which it stands."""
    picture = re.search(r"## The house\n(.+?)\n##", read("CONTRIBUTING.md"), re.DOTALL)[1]
    lines = re.findall(r"^    (\S+(?: \S+)*?)  ", picture, re.MULTILINE)
    return {room.rstrip("/"): level for level, line in enumerate(lines) for room in line.split()}


def imports() -> list[tuple[str, str]]:
    """All imports inside the package: the file, and the full name of what it takes."""
    found = []
    for path in sorted((PROJECT / "gdlab").rglob("*.py")):
        file = path.relative_to(PROJECT / "gdlab")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gdlab":
                found += [(str(file), f"{node.module}.{alias.name}") for alias in node.names]
    return found


ENTRANCE = {"__init__.py", "labs/__init__.py"}  # name what is inside for readers


def test_the_picture_of_the_house_shows_every_room():
    files = {path.stem for path in (PROJECT / "gdlab").glob("*.py")} - {"__init__"}
    inits = (PROJECT / "gdlab").glob("*/**/__init__.py")
    folders = {path.parent.relative_to(PROJECT / "gdlab").as_posix() for path in inits}
    assert set(house()) == files | folders


def room(path: list[str], levels: dict[str, int]) -> str:
    """The innermost room on a path: "labs/core" rather than "labs"."""
    inner = "/".join(path[:2])
    return inner if inner in levels else path[0]


def test_imports_point_up_the_picture():
    levels, wrong = house(), []
    for file, name in imports():
        here = room(file.removesuffix(".py").split("/"), levels)
        there = room(name.split(".")[1:], levels)
        if file not in ENTRANCE and there in levels and levels[there] > levels[here]:
            wrong.append(f"{file} imports {name}")
    assert wrong == [] and len(imports()) > 100


def test_no_room_reaches_into_the_private_names_of_another():
    wrong = [
        f"{file} imports {name}"
        for file, name in imports()
        if name.split(".")[-1].startswith("_")
        and file.split("/")[0].removesuffix(".py") != name.split(".")[1]
    ]
    assert wrong == []


def test_importing_gdlab_is_light():
    code = "import sys, gdlab; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in modules
    heavy = {"torch", "matplotlib", "ipywidgets", "anywidget", "IPython", "jupyterlab"}
    assert heavy & set(modules) == set()
