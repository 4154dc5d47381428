"""The site: a cover, a page a chapter, a reference, a page for one lab, and what they share."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from pygments.formatters import HtmlFormatter

from gdlab.site.chapters import chapter, chapters_in, words_of
from gdlab.site.reference import addresses, reference, with_references
from gdlab.stage.stage import HERE as STAGE
from gdlab.stage.stage import PARTS

HERE = Path(__file__).parent
BROWSER, VENDOR = HERE / "browser", HERE / "vendor"
CORE = ("chance.js", "descent.js", "words.js", "scenes/common.js")
LABS = ("model.js", "rows.js", "address.js", "lab.js", "take.js")
OWN = (BROWSER / "site.js", BROWSER / "search.js", VENDOR / "minisearch.js")  # of the pages
TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape())
COVER = ("02_batch_gradient_descent", "lab-ravine")
AT_ONCE = 2  # chapters are run so many at a time


def build(notebooks, folder, prefixes=()):
    """Write the site of a folder of notebooks into another folder; all of it, or some chapters.

    Arguments: notebooks and folder, paths; prefixes such as "06", () for all chapters.
    """
    paths = [
        p for p in chapters_in(notebooks) if not prefixes or p.name.startswith(tuple(prefixes))
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        chapters = list(pool.map(chapter, paths[::-1]))[::-1]  # the last ones take longest
    write_pages(chapters, reference(paths), folder)


def write_pages(chapters, rooms, folder):
    """Write some chapters and rooms of the reference as a site."""
    folder.mkdir(parents=True, exist_ok=True)
    write_shared(folder)
    known = addresses(rooms)
    for before, now, after in zip([None, *chapters], chapters, [*chapters[1:], None], strict=False):
        now = replace(now, body=with_references(now.body, known))
        write(folder / f"{now.name}.js", now.programs)
        around = {"before": before, "now": now, "after": after, "rooms": rooms}
        write(folder / f"{now.name}.html", rendered("chapter.html", **around))
    for now in rooms:
        write(folder / f"{now.page}.html", rendered("reference.html", now=now, rooms=rooms))
    write(folder / "sections.js", f"const SECTIONS = {searched(chapters, rooms)};")
    page, lab = cover_lab(chapters)
    cover = {"chapters": chapters, "rooms": rooms, "page": page, "lab": lab}
    write(folder / "index.html", rendered("index.html", **cover))
    write(folder / "lab.html", rendered("lab.html", chapters=chapters))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(
        f"{len(chapters)} chapters in {folder}: {size / 1e6:.1f} MB; open {folder / 'index.html'}"
    )


def rendered(template, **what):
    """A page from its template."""
    return TEMPLATES.get_template(template).render(**what)


def cover_lab(chapters):
    """The lab of the cover: (chapter, id); the first there is, where COVER is not among them."""
    labs = [
        (c.name, id_) for c in chapters for id_ in re.findall(r'^gdlab\("(.+?)"', c.programs, re.M)
    ]
    return COVER if COVER in labs else next(iter(labs), (None, None))


def write_shared(folder):
    """What all pages need: the labs' program, the page's own, and one sheet of styles."""
    stage = [STAGE.joinpath(f"{part}.js").read_text("utf-8") for part in PARTS]
    stage[-1] = stage[-1].partition("export default")[0]  # a page of a memory stick has no modules
    scenes = sorted(p for p in BROWSER.joinpath("scenes").glob("*.js") if p.name != "common.js")
    parts = (*map(BROWSER.joinpath, CORE), *scenes, *map(BROWSER.joinpath, LABS))
    core = [path.read_text("utf-8") for path in parts]
    write(folder / "gdlab.js", "\n".join([*stage, *core]))
    for path in OWN:
        shutil.copy(path, folder)
    for name in ("fonts", "licences"):  # a reader who passes the folder on passes them on
        shutil.copytree(VENDOR / name, folder / name, dirs_exist_ok=True)
    sheets = (STAGE / "stage.css", VENDOR / "fonts" / "fonts.css", BROWSER / "site.css")
    styles = [path.read_text("utf-8") for path in sheets]
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="monokai").get_style_defs("[data-theme=dark] .highlight")
    dark = f"@media screen {{\n{dark}\n}}"  # paper is white
    write(folder / "site.css", "\n".join([*styles, light, dark]))


def searched(chapters, rooms):
    """Every section of the site for the search: [page, anchor, title, text]."""
    rows = [[c.name, *section] for c in chapters for section in c.sections]
    for room in rooms:
        rows.append([room.page, room.module, f"Reference · {room.module}", words_of(room.lead)])
        rows += [[room.page, e.anchor, e.title, words_of(e.body)] for e in room.entries]
    return json.dumps(rows, ensure_ascii=False)


def write(path, text):
    """A text file, in UTF-8 on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
