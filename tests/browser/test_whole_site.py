"""The whole static edition, as `make site` writes it: small, quiet, for everybody, all labs driven.

The site is made once for all of these tests. A page is opened once for each of them, and all its
labs are looked at there.
"""

import re
from contextlib import nullcontext
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import PROJECT

from .by_python import labs_of, state_of
from .fitting import fits
from .pages import LAPTOP, PHONE, Hand, served, visitor
from .test_site_scenes import IN_THE_BROWSER, compare, is_calm

pytestmark = pytest.mark.browser

CHAPTERS = sorted(path.stem for path in (PROJECT / "notebooks").glob("*.ipynb"))
LARGEST, LARGEST_CHAPTER = 25e6, 4e6  # bytes
each_chapter = pytest.mark.parametrize("chapter", CHAPTERS)
# The other pages are few, and quickly seen.
each_page = pytest.mark.parametrize("name", [*CHAPTERS, "others"])


def pages(site, name):
    """The files of a chapter, or of all that is no chapter."""
    if name in CHAPTERS:
        return [f"{name}.html"]
    return sorted(path.name for path in site.glob("*.html") if path.stem not in CHAPTERS)


def wake(page):
    """Scroll to every lab, so that all are made and drawn."""
    ids = page.evaluate("[...document.querySelectorAll('[data-lab]')].map((el) => el.id)")
    return {id_: Hand(page, id_) for id_ in ids}


# ── The files ───────────────────────────────────────────────────────────────────────


def size(paths):
    return sum(path.stat().st_size for path in paths if path.is_file())


def test_the_site_is_small(whole_site):
    assert "python -m gdlab.site dist/site" in (PROJECT / "Makefile").read_text("utf-8")
    assert size(whole_site.rglob("*")) <= LARGEST


@each_chapter
def test_a_chapter_is_small(whole_site, chapter):
    assert 0 < size(whole_site.glob(f"{chapter}.*")) <= LARGEST_CHAPTER


class Links(HTMLParser):
    """What a page points at, and the places in it that can be pointed at."""

    def __init__(self, page):
        super().__init__()
        self.links, self.places = [], {""}
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.links += [known[name] for name in ("href", "src") if known.get(name)]
        self.places |= {known.get("id"), known.get("name") if tag == "a" else None}


@pytest.fixture(scope="module")
def links(whole_site):
    """`Links` of each page, by its file's name."""
    return {path.name: Links(path) for path in whole_site.glob("*.html")}


def astray(site, links, page, link):
    """Whether a link of a page leads to nothing of this site."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https", "data", "mailto"):
        return False
    target = unquote(parts.path) or page
    if not (site / target).is_file():
        return True
    anchor = parts.fragment.partition("&")[0]  # behind it: the state of a lab
    return target in links and not {anchor, unquote(anchor)} & links[target].places


@each_page
def test_every_link_leads_somewhere(whole_site, links, name):
    for page in pages(whole_site, name):
        wrong = [to for to in links[page].links if astray(whole_site, links, page, to)]
        assert wrong == [], page


def test_there_are_links(links):
    assert len(links) > len(CHAPTERS)
    assert sum(len(page.links) for page in links.values()) > 500


def test_what_the_search_finds_is_there(whole_site, links, browser):
    with visitor(browser, whole_site.as_uri()) as visit:
        page = visit("index.html")
        page.add_script_tag(path=whole_site / "sections.js")
        found = page.evaluate("SECTIONS.map(([p, a]) => `${p}.html#${a}`)")
    assert len(found) > 100
    assert [to for to in found if astray(whole_site, links, "index.html", to)] == []


# ── The pages ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["folder", "server"])
@each_page
def test_a_page_is_quiet_and_fits(whole_site, browser, name, where):
    """From a folder on a phone, and from a server on a laptop."""
    near = served(whole_site) if where == "server" else nullcontext(whole_site.as_uri())
    with near as address, visitor(browser, address) as visit:
        for path in pages(whole_site, name):
            page = visit(path, LAPTOP if where == "server" else PHONE)
            wake(page)
            page.wait_for_timeout(100)  # a lab takes the shape of its place
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} pixels too wide"
            page.close()


@each_page
def test_a_page_is_for_everybody(whole_site, browser, name):
    """Nothing that somebody could not see, read or press, as far as axe can tell."""
    found = []
    with visitor(browser, whole_site.as_uri()) as visit:
        for path in pages(whole_site, name):
            page = visit(path)
            wake(page)
            page.evaluate(ONE_OF_EACH)
            found += barriers(page, path, "light")
            found += barriers(page, path, "dark", runOnly=["color-contrast"])
            page.close()
    assert found == []


# Thousands of words of code have a dozen colours: axe is to look at each of them once.
ONE_OF_EACH = """() => {
    const seen = new Set();
    for (const word of document.querySelectorAll(".highlight span")) {
        if (seen.has(word.className)) word.replaceWith(...word.childNodes);
        seen.add(word.className);
    }
}"""


def barriers(page, path, theme, **rules):
    """The serious and critical findings of axe, with the pieces of the page they are about."""
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    out, options = [], {"resultTypes": ["violations"], "preload": False, **rules}
    for found in Axe().run(page, options=options).response["violations"]:
        if found["impact"] in ("serious", "critical"):
            for node in found["nodes"]:
                said = [check["message"] for check in node["any"] + node["all"] + node["none"]]
                out.append(f"{path}, {theme}: {found['id']} {node['target']} {said[:1]}")
    return out


# ── The labs ────────────────────────────────────────────────────────────────────────


@each_chapter
def test_every_lab_answers(whole_site, browser, chapter):
    with visitor(browser, whole_site.as_uri()) as visit:
        page = visit(f"{chapter}.html")
        hands = wake(page)
        assert hands.keys() == set(page.evaluate("Object.keys(LABS)"))
        alive = {id_ for id_ in hands if page.evaluate("(id) => LABS[id].alive", id_)}
        path = PROJECT / "notebooks" / f"{chapter}.ipynb"
        ours = labs_of(path, alive)
        for id_, hand in hands.items():
            plays(hand)
            if id_ in alive:
                begins_as_stored(hand, path)
                agrees(hand, ours[id_])
                every_row_answers(hand)
                agrees(hand, ours[id_])
            else:
                every_place_is_shown(hand)
        for window in (LAPTOP, PHONE):
            page.set_viewport_size(window)
            for hand in hands.values():
                hand.lab.scroll_into_view_if_needed()
                fits(hand.lab, phone=window is PHONE)


def test_most_labs_are_alive(whole_site):
    programs = [path.read_text("utf-8") for path in whole_site.glob("[0-9][0-9]_*.js")]
    alive = sum(program.count('"alive": true') for program in programs)
    labs = sum(len(re.findall(r"^gdlab\(", program, re.M)) for program in programs)
    assert labs >= 45 and alive / labs > 0.5


def plays(hand):
    """The player goes to the start, moves by itself, and goes to the end."""
    if not hand.lab.locator(".gd-player").is_visible():
        return
    hand.stage.focus()
    hand.page.keyboard.press("Home")
    expect(hand.counter).to_contain_text(re.compile(r"^\w+ 0 of"))
    with hand.redrawn(times=3):
        hand.page.keyboard.press(" ")
    hand.page.keyboard.press("End")


def begins_as_stored(hand, path):
    """The sentence of the first picture is the one that the chapter has stored."""
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = (cell for cell in cells if cell.id == hand.id)
    stored = [output.data["text/plain"] for output in cell.outputs if "data" in output]
    assert said(hand)["summary"] in stored


def said(hand):
    """The words of a lab: what its scene says, and what stands below the picture."""
    return hand.page.evaluate(
        """(id) => {
            const { scene, el } = LABS[id], verdict = el.querySelector(".gd-verdict");
            const shown = verdict.textContent.trim();
            return { ...scene, actors: [], run: null, limits: null, shown };
        }""",
        hand.id,
    )


def agrees(hand, lab):
    """Python's lab in the same state says the same, and draws the same positions."""
    state = hand.state()
    for name, value in state_of(lab, state).items():  # one by one, as the rows were moved
        lab.set(**{name: value})
    scene, shown = lab.scene, said(hand)["shown"]
    if is_calm(lab):
        hand.page.evaluate("(id) => { globalThis.spec = LABS[id]; }", hand.id)
        theirs = hand.page.evaluate(f"(state) => JSON.parse(({IN_THE_BROWSER})(state))", state)
        compare(lab, theirs)
        assert shown.startswith(f"{scene.kind} {scene.text}".strip())
        there = hand.page.evaluate("(id) => LABS[id].model.get('scene').readout", hand.id)
        here = lab.stage.scene["readout"]
        assert there[:1] == here[:1] and len(there) == len(here)


# All that a reader sees change, as one string.
SEEN = """(id) => {
    const { scene, painting, model } = LABS[id], { kind, text } = model.get("scene");
    const spread = (key, value) => (ArrayBuffer.isView(value) ? Array.from(value, String) : value);
    return JSON.stringify([kind, text, scene.hidden, scene.notes, scene.actors], spread);
}"""


def every_row_answers(hand):
    """A key on each slider, and another choice in each list: the picture or the words change."""
    page, before = hand.page, hand.picture()
    with hand.redrawn():
        for row in hand.lab.locator(".gd-rows .gd-row").all():
            for slider in row.locator("input[type=range]:visible").all():
                seen, state = page.evaluate(SEEN, hand.id), hand.state()
                slider.focus()
                top = slider.evaluate("slider => Number(slider.value) >= Number(slider.max)")
                page.keyboard.press("ArrowLeft" if top else "ArrowRight")
                words = row.inner_text()
                assert hand.state() != state, f"{hand.id}: the slider of {words} does nothing"
                if page.evaluate(SEEN, hand.id) == seen:  # too little for a float to change
                    page.keyboard.press("PageDown" if top else "PageUp")
                assert page.evaluate(SEEN, hand.id) != seen, f"{hand.id}: {words} shows nothing"
            for menu in row.locator("select:visible").all():
                seen = page.evaluate(SEEN, hand.id)
                menu.select_option(
                    index=menu.evaluate("menu => (menu.selectedIndex + 1) % menu.length")
                )
                assert page.evaluate(SEEN, hand.id) != seen, f"{hand.id}: {row.inner_text()}"
    assert hand.picture() != before


def every_place_is_shown(hand):
    """Each recorded place of the slider has its own sentence and picture."""
    page, slider, pictures = hand.page, hand.lab.locator(".gd-rows input[type=range]"), set()
    places = page.evaluate("(id) => LABS[id].controls[0]?.stops ?? []", hand.id)
    recorded = page.evaluate(
        """(id) => Object.fromEntries(Object.entries(LABS[id].recorded).map(
            ([key, { kind, text }]) => [key, `${kind} ${text}`.trim()]))""",
        hand.id,
    )
    assert len(recorded) == max(1, len(places))
    if not places:
        expect(hand.verdict).to_have_text(recorded[""])
        return
    for number, (shown, key) in enumerate(places):
        slider.evaluate("(slider) => slider.focus()")
        page.keyboard.press("ArrowRight" if number else "Home")
        assert hand.state()[page.evaluate("(id) => LABS[id].slider", hand.id)] == key
        expect(hand.lab.locator(".gd-rows output")).to_have_text(shown)
        own = re.compile(rf"^\s*{re.escape(recorded[key])}( The pale line.*)?\s*$")
        expect(hand.verdict).to_have_text(own)
        pictures.add(page.evaluate("(id) => JSON.stringify(LABS[id].scene)", hand.id))
    assert len(pictures) == len(places)
