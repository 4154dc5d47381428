"""What the chapters type themselves is what the package does."""

import ast
import inspect
import re
import textwrap

import nbformat
import pytest

from conftest import PROJECT
from gdlab import finite_differences, optimizers, sampling, schedules, staleness
from gdlab.analysis import stopping
from gdlab.exercises import EXERCISES
from gdlab.mnist import recipe

CHAPTERS = {
    path.name: nbformat.read(path, as_version=4).cells
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb"))
}


def ours():
    """Every function of the package that a chapter may type again, by name."""
    modules = (
        optimizers, sampling, schedules, finite_differences, staleness, stopping, recipe,
    )  # fmt: skip
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def to_numpy(function):
    """A function's tree without its docstring and its defaults: what it computes."""
    tree = ast.parse(textwrap.dedent(function)).body[0]
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    names = [argument.arg for argument in (*tree.args.args, *tree.args.kwonlyargs)]
    return names, [ast.unparse(line) for line in tree.body]


def typed():
    """(chapter, name, source) of every function a chapter types that has a name of ours."""
    for chapter, cells in CHAPTERS.items():
        for cell in cells:
            if cell.cell_type == "code" and not re.search(r"^\s*[%!]", cell.source, re.M):
                for node in ast.parse(cell.source).body:
                    if isinstance(node, ast.FunctionDef) and node.name in ours():
                        yield chapter, node.name, ast.get_source_segment(cell.source, node)


TYPED = list(typed())


@pytest.mark.parametrize(
    ("name", "source"), [t[1:] for t in TYPED], ids=[f"{t[0][:2]} {t[1]}" for t in TYPED]
)
def test_a_function_typed_in_a_chapter_is_the_one_of_the_package(name, source):
    assert to_numpy(source) == to_numpy(inspect.getsource(ours()[name]))


def test_the_first_chapters_do_type_their_function():
    known = {(chapter[:2], name) for chapter, name, _ in TYPED}
    assert {("01", "finite_differences"), ("02", "gradient_descent")} <= known
    assert {("05", "mini_batches"), ("14", "out_of_patience")} <= known


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_cell_has_a_name_and_every_link_leads_somewhere(chapter):
    cells = CHAPTERS[chapter]
    for cell in cells:
        assert re.fullmatch(r"[a-z][a-z0-9-]{2,}", cell.id), cell.id
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("https://"):
            assert (PROJECT / "notebooks" / target).exists(), target


def test_the_map_of_the_course_is_right():
    cells = {cell.id: cell.source for cell in CHAPTERS["00_start_here.ipynb"]}
    rows = re.findall(r"^\| (\d\d) \| ([^|]+) \| (\d*) ?\|", cells["map"], re.M)
    assert [number for number, _, _ in rows] == [f"{n:02}" for n in range(17)]
    told = {number: int(minutes) for number, _, minutes in rows if minutes}
    found = {}
    for chapter, cells in CHAPTERS.items():
        title = cells[0].source
        assert re.match(rf"# {chapter[:2]} · .+\n\n\*.+\*\n\n\*\*Time:\*\* \d+ minutes\.", title)
        found[chapter[:2]] = int(re.search(r"\*\*Time:\*\* (\d+) minutes", title)[1])
    assert told == found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_says_what_you_can_do_at_its_end(chapter):
    first = [cell.source for cell in CHAPTERS[chapter][:2] if cell.cell_type == "markdown"]
    goals = [text for text in first if text.startswith("**At the end you can**\n\n- ")]
    assert len(goals) == 1
    lines = goals[0].split("\n\n", 1)[1].splitlines()
    assert 2 <= len(lines) <= 3
    for line in lines:
        end = "." if line is lines[-1] else ";"
        matched = re.fullmatch(rf"- [a-z].{{,110}} \(((?:, )?\d\d\.\d)+\){re.escape(end)}", line)
        assert matched, line
    tried = re.findall(r"\d\d\.\d", goals[0])
    assert set(tried) == {key for key in EXERCISES if key.startswith(chapter[:2])}


def test_the_lab_of_ones_own_does_what_a_lab_does():
    cells = {cell.id: cell.source for cell in CHAPTERS["00_start_here.ipynb"]}
    names = {}
    exec(cells["descend"].split("\n\n")[0], names)
    before, _, last = cells["own-lab"].rpartition("\n")
    exec(before, names)
    lab = eval(last, names)
    assert list(lab.controls) == ["lr", "beta", "steps"]
    body = before.partition("def side_by_side")[2].strip().splitlines()
    assert len(body) <= 10  # as short as the text says
    lab.stage.start = [3.0, -1.0]
    lab.set(lr=0.2)
    paths, curves = lab.scene.actors[:2], lab.scene.actors[2:]
    assert [path.x[0] for path in paths] == [3.0, 3.0]
    assert curves[0].y.max() < 1e-4 < curves[1].y.max()  # plain descent goes straight downhill
    assert lab.stage.scene["text"].endswith("The pale line is your last run.")
    again = eval(cells["own-lab-code"].removesuffix(".code"), names)
    assert (again.state["lr"], again.state["beta"]) == (0.2, 0.5)
