"""The static edition in a browser: from a folder and from a server, and nothing else in reach."""

import re
import subprocess
import sys

import nbformat
import pytest
from playwright.sync_api import expect

from conftest import PROJECT

from .conftest import write
from .pages import PHONE, Hand, served, visitor

pytestmark = pytest.mark.browser
NAME = "01_a_hill"

CLIPPED = """
import numpy as np
def clipped(x, grad, s, *, lr=0.1):
    return x - lr * np.clip(grad(x), -1, 1)
labs.descent(clipped, surfaces.bowl)
"""
EXERCISE = "my_descent = ...\nexercises.check('02.1', my_descent)"
CELLS = [
    ("code", "start", "from gdlab import exercises, labs, optimizers, surfaces"),
    ("markdown", "title", "# 01 · A hill\n\nSome words, and a formula: $\\eta \\nabla J$."),
    ("code", "table", "print('a long line ' * 30)"),
    ("markdown", "quickly", "## A zebra\n\n$$x_{t+1} = x_t - \\eta\\,\\nabla J$$"),
    ("code", "predict", "exercises.predict('02.p')"),
    ("code", "lab-alive", "both = [surfaces.ravine, surfaces.square]\n"
                          "labs.descent(optimizers.momentum, both, lr=0.05, beta=0.5, steps=40)"),
    ("code", "recall", "exercises.recall('02.p')"),
    ("code", "lab-recorded", CLIPPED),
    ("code", "exercise", EXERCISE),
    ("code", "help", "exercises.help('02.1')"),
]  # fmt: skip

# In a process of its own: what runs notebooks leaves an event loop behind.
MAKE = """
import pathlib, sys
import nbformat
from gdlab.site.pages import build
from render import execute

folder = pathlib.Path(sys.argv[1])
for path in folder.glob("*.ipynb"):
    notebook = nbformat.read(path, as_version=4)
    execute(notebook)
    nbformat.write(notebook, path)
build(folder, folder / "site")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of one short chapter."""
    folder = tmp_path_factory.mktemp("notebooks")
    kinds = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    write(folder / f"{NAME}.ipynb", *(kinds[kind](text, id=id_) for kind, id_, text in CELLS))
    subprocess.run([sys.executable, "-c", MAKE, folder], cwd=PROJECT / "tools", check=True)
    return folder / "site"


@pytest.fixture(scope="module", params=["folder", "server"])
def address(site, request):
    """Where the site is found: in a folder, or on a server of this machine."""
    if request.param == "folder":
        yield site.as_uri()
        return
    with served(site) as address:
        yield address


@pytest.fixture
def visit(address, browser):
    """Open a page of the site; in the end none said anything, or asked for anything elsewhere."""
    with visitor(browser, address) as visit:
        yield visit


def where(page):
    """The state in the address: it is written there once the hand rests."""
    page.wait_for_timeout(400)
    return page.evaluate("location.hash")


def test_a_slider_changes_the_verdict_and_the_address(visit):
    page = visit(f"{NAME}.html")
    lab = Hand(page)
    expect(lab.verdict).not_to_contain_text("Diverged")
    box = lab.slider("learning rate").bounding_box()
    page.mouse.click(box["x"] + 0.95 * box["width"], box["y"] + box["height"] / 2)
    expect(lab.verdict).to_contain_text("Diverged")
    pulled = lab.state()["lr"]
    assert pulled > 0.5 and f"lr={pulled}" in where(page)
    page.keyboard.press("ArrowLeft")
    assert lab.state()["lr"] < pulled and f"lr={pulled}" not in where(page)
    shown = lab.verdict.inner_text().split(" The pale line")[0]
    again = visit(f"{NAME}.html{where(page)}")
    other = Hand(again)
    expect(other.verdict).to_have_text(shown)
    assert other.state() == lab.state()
    expect(other.lab).to_be_in_viewport()


PULL = """() => {
    window.written = [];
    history.replaceState = (...args) => written.push(args.at(-1));
    for (let i = 1; i <= 300; i++) Object.values(LABS)[0].change({ lr: i / 1000 });
}"""


def test_a_long_pull_writes_one_new_address(visit):
    page = visit(f"{NAME}.html")
    Hand(page)
    page.evaluate(PULL)
    page.wait_for_function("written.length")
    assert [words.partition("lr=")[2] for words in page.evaluate("written")] == ["0.3"]


def test_one_pull_goes_all_the_way(visit):
    page = visit(f"{NAME}.html")
    lab = Hand(page)
    lab.lab.evaluate("lab => lab.scrollIntoView()")  # with room for words that grow
    box = lab.slider("learning rate").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    rates = []
    for share in (0.35, 0.45, 0.55, 0.65, 0.75, 0.85):  # the words grow to two lines
        page.mouse.move(box["x"] + share * box["width"], y)
        page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")
        rates.append(lab.state()["lr"])
    page.mouse.up()
    assert rates == sorted(set(rates))


def test_a_click_on_the_map_sets_the_start(visit):
    page = visit(f"{NAME}.html")
    lab = Hand(page)
    before = lab.state()["start"]
    box = lab.canvas.bounding_box()
    page.mouse.click(box["x"] + 0.15 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_function("(x) => LABS['lab-alive'].state.start[0] !== x", arg=before[0])
    assert "start=" in where(page)
    lab.row("surface").locator("select").select_option(index=1)
    assert len(lab.state()["start"]) == 1


def test_the_player_plays_and_the_surface_turns(visit):
    lab = Hand(visit(f"{NAME}.html"))
    lab.button("play").click()
    expect(lab.lab.locator(".gd-counter")).to_contain_text("step 40 of 40")
    flat = lab.picture()
    with lab.redrawn():
        lab.button("solid").click()
    expect(lab.button("solid")).to_have_attribute("aria-pressed", "true")
    assert lab.picture() != flat


@pytest.mark.parametrize("text", ["NaN", "-1", "", "0.1.2", "η"])
def test_nonsense_in_a_box_is_answered_in_a_sentence(visit, text):
    lab = Hand(visit(f"{NAME}.html"))
    before = lab.state()
    lab.type("learning rate", text)
    expect(lab.verdict).to_contain_text("Not possible.")
    assert lab.state() == before


def test_a_huge_rate_is_a_result(visit):
    lab = Hand(visit(f"{NAME}.html"))
    lab.type("learning rate", "1e300")
    expect(lab.verdict).to_contain_text("Diverged.")
    assert "NaN" not in lab.lab.inner_text() and "Infinity" not in lab.lab.inner_text()


@pytest.mark.parametrize(
    "wrong", ["lr=NaN", "lr=-1", "start=1e300,1", "start=1", "surface=9", "%", "nobody=1"]
)
def test_nonsense_in_an_address_is_left_out(visit, wrong):
    page = visit(f"{NAME}.html#lab-alive&beta=0.75&{wrong}")
    state = Hand(page).state()
    fresh = Hand(visit(f"{NAME}.html")).state()
    assert state == fresh | ({} if wrong == "%" else {"beta": 0.75})


def test_what_cannot_be_carried_over_was_recorded(visit):
    page = visit(f"{NAME}.html")
    lab = Hand(page, "lab-recorded")
    before = lab.verdict.inner_text()
    lab.slider("learning rate").focus()
    page.keyboard.press("End")
    expect(lab.verdict).not_to_have_text(before)
    expect(page.locator("#lab-recorded + .kernel")).to_contain_text("Recorded at")
    again = visit(f"{NAME}.html{where(page)}")
    assert Hand(again, "lab-recorded").state() == lab.state()


def test_one_lab_stands_alone(visit):
    page = visit(f"lab.html#{NAME}/lab-alive&lr=0.9")
    lab = Hand(page)
    assert lab.state()["lr"] == 0.9
    assert page.locator(".gd-lab").count() == 1


@pytest.mark.parametrize("wrong", ["", "#nowhere", f"#{NAME}/lab-nobody"])
def test_a_lab_that_is_not_there_is_a_sentence(visit, wrong):
    page = visit(f"lab.html{wrong}")
    expect(page.locator(".embedded")).to_contain_text("address")


def test_the_cover_plays_at_once(visit):
    page = visit("index.html")
    lab = Hand(page)
    expect(lab.lab.locator(".gd-counter")).to_contain_text(re.compile(r"step [1-9] of"))
    page.get_by_role("link", name="01 · A hill").click()
    expect(page.locator("h1")).to_contain_text("A hill")


def test_the_search_finds_a_section(visit):
    page = visit("index.html")
    page.keyboard.press("/")
    page.keyboard.type("zeb")  # how the word begins
    expect(page.locator("#found mark").first).to_have_text("zebra")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h2#A-zebra")).to_be_in_viewport()
    page.locator("#search").fill("xylophone")
    expect(page.locator("#found")).to_contain_text("Nothing found")
    page.keyboard.press("Escape")
    expect(page.locator("#found")).to_be_hidden()


def test_the_search_takes_several_words_and_ranks_titles_first(visit):
    page = visit("reference.optimizers.html")
    page.locator("#search").fill("momentum optimizers")
    links = page.locator("#found a")
    expect(links.first).to_contain_text("optimizers.momentum")
    expect(page.locator("#found span mark").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[id='gdlab.optimizers.momentum']")).to_be_in_viewport()
    expect(page.locator("#found")).to_be_hidden()
    page.locator("#search").fill("momentun")  # a slip of the finger
    expect(links.first).to_contain_text("momentum")


@pytest.mark.parametrize("wrong", ["(", "[a-", "\\", "  ", "η ∇", "<b>"])
def test_the_search_takes_any_sign(visit, wrong):
    page = visit("index.html")
    page.locator("#search").fill(wrong)
    page.locator("#search").fill(f"{wrong}zebra")
    page.locator("#search").fill("zebra")
    expect(page.locator("#found a").first).to_contain_text("zebra")


def test_a_picture_is_taken_along(visit, site):
    page = visit(f"{NAME}.html")
    lab, take = Hand(page), page.locator("#lab-alive + .take")
    lab.type("learning rate", "0.0625")
    lab.row("surface").locator("select").select_option(index=1)
    page.wait_for_function("LABS['lab-alive'].view.root.shown === LABS['lab-alive'].count")
    shown = lab.verdict.inner_text().split(" The pale line")[0]

    begins = {"python": "labs.descent(", "link": f"{NAME}.html#", "embed": "<iframe "}

    def taken(name):
        take.locator(f"[data-take={name}]").click()
        expect(take.locator("output code")).to_contain_text(begins[name])  # not the one before
        expect(take.locator("output")).to_contain_text(re.compile("Copied|Copy this"))
        return take.locator("output code").inner_text()

    assert "lr=0.0625" in taken("python")
    again = visit(taken("link").removeprefix(page.url.rpartition("/")[0] + "/"))
    expect(Hand(again).verdict).to_have_text(shown)
    assert Hand(again).state() == lab.state()
    foreign = site / "somebody.html"
    foreign.write_text(f"<!doctype html><p>My course</p>{taken('embed')}", encoding="utf-8")
    frame = visit(foreign.name).frame_locator("iframe")
    expect(frame.locator(".gd-verdict")).to_have_text(shown)
    expect(frame.locator(".gd-lab")).to_have_count(1)
    expect(frame.get_by_text("read the chapter")).to_have_attribute("href", again.url)
    foreign.unlink()


def test_names_in_code_lead_to_the_reference(visit):
    page = visit(f"{NAME}.html")
    page.locator("a.name", has_text="labs.descent").first.click()
    name = page.locator("[id='gdlab.labs.descent']")
    expect(name).to_be_in_viewport()
    expect(name).to_contain_text("surface=surfaces.square")


def test_formulas_bring_their_font(visit):
    page = visit(f"{NAME}.html")
    page.evaluate("document.fonts.ready")
    faces = "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)"
    assert {"STIX Two Math", "STIX Two Text"} <= {name.strip('"') for name in page.evaluate(faces)}


def test_paper_has_the_solutions_and_nothing_to_press(visit):
    page = visit(f"{NAME}.html")
    Hand(page)
    page.emulate_media(media="print")
    for hidden in (".bar", ".way", ".gd-player", ".take", ".copy"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.locator("canvas").first.is_visible()
    solution = page.locator("details pre").last
    assert solution.bounding_box()["height"] > 20


def test_the_sections_unfold_from_the_bar(visit):
    page = visit(f"{NAME}.html")
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_text("A zebra").click()
    expect(page.locator("h2#A-zebra")).to_be_in_viewport()
    expect(page.locator(".menu nav")).to_be_hidden()


def test_light_and_dark(visit):
    page = visit(f"{NAME}.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.locator("#theme").click()
    assert page.evaluate(paper) != light
    page.reload()
    assert page.evaluate(paper) != light


def test_a_prediction_is_remembered_where_the_answer_stands(visit):
    page = visit(f"{NAME}.html")
    option = page.locator(".question button").nth(1)
    option.click()
    expect(option).to_have_attribute("aria-pressed", "true")
    answer = page.locator("details[data-recall]")
    assert not answer.evaluate("details => details.open")
    expect(answer.locator("summary")).to_contain_text(option.inner_text())


def test_what_a_notebook_checks_is_said(visit):
    page = visit(f"{NAME}.html")
    expect(page.locator(".kernel").last).to_contain_text("In a notebook")
    assert page.locator("math").count() == 2


@pytest.mark.parametrize("path", ["reference.labs.html", "reference.gdlab.html"])
def test_the_reference_fits_a_phone(visit, path):
    page = visit(path, PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("path", ["index.html", f"{NAME}.html", f"lab.html#{NAME}/lab-alive"])
def test_a_phone_scrolls_one_way_only(visit, path):
    page = visit(path, PHONE)
    Hand(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
