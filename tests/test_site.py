"""Formulas recorded with symbols, and what they become as JavaScript."""

import re
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from conftest import PROJECT
from gdlab import descend, labs, optimizers, surfaces
from gdlab.errors import Advice
from gdlab.site.chapters import chapters_in, spaced, with_distinct_ids
from gdlab.site.export import program
from gdlab.site.javascript import method_source, surface_source
from gdlab.site.pages import write_shared
from gdlab.site.recording import Symbol, Tape, record_method, record_surface
from gdlab.site.reference import addresses, reference, with_references


def value_of(symbol, known):
    """What a recorded symbol comes to, computed by Python."""
    if not isinstance(symbol, Symbol):
        return symbol
    if symbol.operation == "name":
        return known[symbol.operands[0]]
    first, *rest = (value_of(o, known) for o in symbol.operands)
    two = {
        "+": lambda a, b: a + b,
        "-": lambda a, b=None: -a if b is None else a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "**": lambda a, b: a**b,
        "cos": np.cos,
        "sin": np.sin,
    }
    return two[symbol.operation](first, *rest)


@pytest.mark.parametrize("name", surfaces.SURFACES)
def test_a_recorded_surface_is_the_surface(name):
    surface, rng = surfaces.SURFACES[name], np.random.default_rng(0)
    recorded = record_surface(surface).results
    for _ in range(20):
        x = np.array([rng.uniform(low, high) for low, high in surface.view])
        known = {f"x[{i}]": float(v) for i, v in enumerate(x)}
        assert value_of(recorded["f"][0], known) == pytest.approx(float(surface.f(x)), rel=1e-12)
        slope = [value_of(g, known) for g in recorded["grad"]]
        np.testing.assert_allclose(slope, surface.grad(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", optimizers.METHODS)
def test_a_method_is_recorded_with_its_memory(name):
    recorded = record_method(optimizers.METHODS[name], 2)
    run = descend(surfaces.ravine, optimizers.METHODS[name], steps=1)
    assert set(recorded.results) == {"x", *run.state}
    assert all(len(values) == 2 for values in recorded.results.values())


def test_what_is_computed_twice_is_recorded_once():
    tape = Tape()
    x = tape.name("x")
    assert (x + 1) * (x + 1) is (x + 1) * (x + 1)
    assert len(tape.symbols) == 2


@pytest.mark.parametrize(
    "step",
    [
        lambda x, g, lr: x - lr * np.maximum(g, 0),
        lambda x, g, lr: x - lr * np.clip(g, -1, 1),
        lambda x, g, lr: x - lr * (g if g[0] > 0 else -g),
        lambda x, g, lr: x - float(lr) * g,
        lambda x, g, lr: x // lr,
    ],
)
def test_what_decides_by_comparing_needs_python(step):
    def method(x, grad, s, *, lr=0.1):
        return step(x, grad(x), lr)

    with pytest.raises(Advice, match="needs Python"):
        method_source(method, 2)


@pytest.mark.parametrize(
    "strange", [lambda x: x * "two", np.arctan, lambda x: x + x.nowhere, lambda x: x * np.ones(3)]
)
def test_a_formula_with_something_strange_in_it_is_refused(strange):
    def method(x, grad, s, *, lr=0.1):
        return strange(x)

    with pytest.raises(Advice, match="cannot be carried over"):
        method_source(method, 1)


def test_a_long_sum_is_no_deeper_than_a_short_one():
    def long(x, grad, s, *, lr=0.1):
        return x + sum(lr * i for i in range(1, 3000))

    assert method_source(long, 1).count("\n") > 3000


def clipped(x, grad, s, *, lr=0.1):
    return x - lr * np.clip(grad(x), -1, 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: labs.descent(clipped, surfaces.bowl, lr=0.25),
        lambda: labs.memory([optimizers.adam, optimizers.rmsprop], surfaces.ravine, lr=0.1),
    ],
)
def test_a_lab_is_afterwards_as_it_was(make):
    lab = make()
    state, words = dict(lab.state), lab.scene.text
    program(lab)
    assert dict(lab.state) == state and lab.scene.text == words


def test_a_slider_that_shows_nothing_by_itself_is_not_recorded():
    lab = labs.depth()
    still, lab.set = lab.scene, lambda **values: None
    assert '"stops"' not in program(lab)
    assert still.text in program(lab)


def test_a_schedule_that_looks_at_the_slope_twice_asks_twice():
    def twice(x, grad, s, *, lr=0.1):
        return x - lr * grad(x - lr * grad(x))

    assert method_source(twice, 1).count("grad([") == 2


def test_no_name_of_the_program_is_declared_twice(tmp_path):
    write_shared(tmp_path)
    program = "\n".join(
        tmp_path.joinpath(f"{n}.js").read_text("utf-8") for n in ("gdlab", "search", "site")
    )
    names = re.findall(r"^(?:const|let|class|function) (\w+)", program, re.MULTILINE)
    assert len(names) > 100
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_numbers_are_written_exactly():
    tenth = surfaces.Surface(
        "hill", "x/10", lambda x: 0.1 * x[..., 0], lambda x: 0 * x + 0.1, start=(1.0,)
    )
    assert "0.1 * x[0]" in surface_source(tenth)


MINUS = "<math><mi>x</mi>{}<mo>−</mo><mn>1</mn></math>"


@pytest.mark.parametrize("before", [",", "=", "("])
def test_the_sign_of_a_number_stands_close_to_it(before):
    assert '<mo form="prefix">−' in spaced(MINUS.format(f"<mo>{before}</mo>"))


@pytest.mark.parametrize("before", ["", "<mi>y</mi>", "<mo>)</mo>"])
def test_a_minus_between_two_numbers_keeps_its_spaces(before):
    assert "prefix" not in spaced(MINUS.format(before))


def test_headings_of_the_same_words_have_addresses_of_their_own():
    body = with_distinct_ids('<h2 id="Why">Why<a href="#Why"></a></h2>' * 2)
    assert re.findall('id="(.*?)"', body) == re.findall('href="#(.*?)"', body) == ["Why", "Why-2"]


CHAPTERS = chapters_in(PROJECT / "notebooks")


@pytest.fixture(scope="module")
def found():
    return reference(CHAPTERS)


def test_the_reference_explains_what_the_chapters_use(found):
    known = addresses(found)
    for name in ("descend", "labs.descent", "optimizers.adam", "surfaces.ravine", "mnist.load"):
        assert name in known
    assert {f"labs.{name}" for name in labs.__all__} <= set(known)


def test_the_reference_has_no_private_names(found):
    entries = [e for room in found for e in room.entries]
    private = [
        e.title for e in (*entries, *(i for e in entries for i in e.inner)) if "._" in e.title
    ]
    assert private == [] and len(entries) > 100


def test_every_function_of_the_reference_is_explained(found):
    bare = [e.title for r in found for e in r.entries if e.signature and not e.body]
    assert bare == []


def test_the_reference_says_nothing_of_this_process(found):
    pages = [e.signature + e.body for r in found for e in r.entries]
    assert [page for page in pages if " at 0x" in page or str(PROJECT) in page] == []


def test_names_in_code_are_links_where_they_are_explained():
    code = highlight(
        "x = labs.descent(descend(y).z, descend, z.descend())", PythonLexer(), HtmlFormatter()
    )
    known = {"labs.descent": "a.html", "descend": "b.html"}
    linked = with_references(code, known)
    assert linked.count("<a ") == 2
    assert re.sub("</?a.*?>", "", linked) == code


def test_the_picture_of_the_readme_moves_and_is_small():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    words, path = re.search(r"!\[(.+?)\]\((docs/.+?)\)", readme).groups()
    with Image.open(PROJECT / path) as picture:
        assert picture.n_frames > 100 and picture.info["loop"] == 0
    assert (PROJECT / path).stat().st_size < 2e6 and len(words) > 50


def test_what_is_not_ours_brings_its_licence(tmp_path):
    write_shared(tmp_path)
    assert "Luca Ongaro" in (tmp_path / "licences" / "minisearch.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in (tmp_path / "licences" / "stix-two.txt").read_text("utf-8")
    sheet = (tmp_path / "site.css").read_text("utf-8")
    fonts = re.findall(r'url\("(.+?)"\)', sheet)
    assert len(fonts) > 5 and all((tmp_path / name).is_file() for name in fonts)
    assert "//" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)  # nothing from elsewhere
