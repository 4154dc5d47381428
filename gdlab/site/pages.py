"""The site: a cover, a page a chapter, a page a lab to embed, and what they share."""

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from pygments.formatters import HtmlFormatter

from gdlab.site.chapters import chapter, chapters_in
from gdlab.stage.stage import HERE as STAGE
from gdlab.stage.stage import PARTS

HERE = Path(__file__).parent
CORE = ("chance.js", "descent.js", "words.js", "scenes/common.js")
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=select_autoescape())
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
        chapters = list(pool.map(chapter, paths))
    folder.mkdir(parents=True, exist_ok=True)
    write_shared(folder)
    for before, now, after in zip([None, *chapters], chapters, [*chapters[1:], None], strict=False):
        write(folder / f"{now.name}.js", now.programs)
        page = TEMPLATES.get_template("chapter.html")
        write(folder / f"{now.name}.html", page.render(now=now, before=before, after=after))
    write(folder / "search.js", f"const SECTIONS = {searched(chapters)};")
    page, lab = cover_lab(chapters)
    cover = TEMPLATES.get_template("index.html").render(chapters=chapters, page=page, lab=lab)
    write(folder / "index.html", cover)
    write(folder / "lab.html", TEMPLATES.get_template("lab.html").render(chapters=chapters))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(
        f"{len(chapters)} chapters in {folder}: {size / 1e6:.1f} MB; open {folder / 'index.html'}"
    )


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
    scenes = sorted(p for p in HERE.joinpath("scenes").glob("*.js") if p.name != "common.js")
    core = [p.read_text("utf-8") for p in (*map(HERE.joinpath, CORE), *scenes, HERE / "lab.js")]
    write(folder / "gdlab.js", "\n".join([*stage, *core]))
    shutil.copy(HERE / "site.js", folder)
    styles = [
        STAGE.joinpath("stage.css").read_text("utf-8"),
        HERE.joinpath("site.css").read_text("utf-8"),
    ]
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="monokai").get_style_defs("[data-theme=dark] .highlight")
    write(folder / "site.css", "\n".join([*styles, light, dark]))


def searched(chapters):
    """Every section of the site for the search: [page, anchor, title, text]."""
    rows = [[c.name, *section] for c in chapters for section in c.sections]
    return json.dumps(rows, ensure_ascii=False)


def write(path, text):
    """A text file, in UTF-8 on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")
