"""A chapter as a page: run once, its labs as programs, the rest as plain HTML by nbconvert."""

import html
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import nbformat
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

from gdlab.site.hook import INSTALL, LAB, QUESTION

MATHML = "{http://www.w3.org/1998/Math/MathML}"
ElementTree.register_namespace("", MATHML[1:-1])
SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
SIGNS, OPENING = set("−+±"), set(",=≈≠<>≤≥([·")  # of a number, and what stands before it
CHECKED = "In a notebook your answer is checked here, by running it."


@dataclass(frozen=True)
class Chapter:
    """A page in parts: its name ("06_momentum"), title, body, the programs of its labs, and its
    sections [(id, title, text), …] for the search.
    """

    name: str
    title: str
    body: str
    programs: str
    sections: list

    @property
    def lead(self):
        """Its first sentence, in italics below the title."""
        found = re.search(r"</h1>\s*<p><em>(.*?)</em></p>", self.body, re.S)
        return found[1] if found else ""


def chapter(path):
    """The `Chapter` of a notebook: its stored outputs, and the programs of its labs.

    It is run for the programs alone: what readers see is what the tests have compared.
    """
    notebook, programs = nbformat.read(path, as_version=4), []
    for cell, run in zip(notebook.cells, executed(path).cells, strict=True):
        if cell.cell_type == "code":
            fresh = [output.get("data", {}) for output in run.outputs]
            programs += [show_lab(cell, data[LAB]) for data in fresh if LAB in data]
            for data in (data[QUESTION] for data in fresh if QUESTION in data):
                ask(cell, **data)
            fold_answers(cell)
            if re.match(r"exercises\.(predict|recall|help)\(", cell.source):
                cell.metadata["transient"] = {"remove_source": True}  # here it is no code to run
    body = linked(exporter().from_notebook_node(notebook)[0])
    body = with_anchors(with_distinct_ids(body))
    title = words_of(re.search("<h1.*?</h1>", body, re.S)[0])
    return Chapter(path.stem, title, body, "\n".join(programs), sections(body))


def executed(path):
    """A notebook with fresh outputs, in which labs have left their programs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(INSTALL))
    quiet = Config(KernelManager={"transport_encryption": "auto"})  # ipykernel warns without
    place = {"metadata": {"path": path.parent}}
    NotebookClient(notebook, timeout=600, config=quiet, resources=place).execute()
    notebook.cells.pop(0)
    return notebook


def show_lab(cell, program):
    """Put the still picture of a lab where the lab will be; return the line that starts it."""
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            said = html.escape(data["text/plain"])
            image = f'<img src="data:image/png;base64,{data["image/png"].strip()}" alt="{said}">'
            output["data"] = {"text/html": f'<div id="{cell.id}">{image}</div>'}
    return f'gdlab("{cell.id}", () => ({program}));'


def ask(cell, question, options):
    """A question's options as buttons; site.js answers a click."""
    buttons = "".join(f"<button>{html.escape(option)}</button>" for option in options)
    kept = "<p class='kernel' aria-live='polite' hidden>Marked. The answer comes further down.</p>"
    asks = _key(cell.source)
    page = f"<b>{html.escape(question)}</b></p>{buttons}{kept}"
    page = f'<div class="question" data-asks="{asks}"><p>{page}</div>'
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/html": page})]


def fold_answers(cell):
    """What a reader should find out first is folded; what needs Python is said."""
    for output in cell.outputs:
        page = output.get("data", {}).get("text/html", "")
        if cell.source.startswith("exercises.recall"):
            folded = f"<summary>What happens</summary>{page}"
            recall = f'<details data-recall="{_key(cell.source)}">{folded}</details>'
            output["data"] = {"text/html": recall}
        elif "exercises.check(" in cell.source:
            output["data"] = {"text/html": f"<p class='kernel'>{CHECKED}</p>"}


def _key(source):
    """Which question a cell is about: the first string in it."""
    found = re.search(r"""["']([\w.]+)["']""", source)
    return found[1] if found else ""


class _Formulas(IPythonRenderer):
    """Formulas as MathML, which every browser draws by itself."""

    def inline_math(self, text):
        return spaced(convert(text))

    def block_math(self, text):
        return spaced(convert(text, display="block"))


def spaced(formula):
    """MathML with TeX's spaces: none around a + in an index, none between a sign and its number.

    >>> minus = "<math><mi>x</mi><mo>=</mo><mo>−</mo><mn>1</mn></math>"
    >>> print(spaced(minus))
    <math><mi>x</mi><mo>=</mo><mo form="prefix">−</mo><mn>1</mn></math>
    """
    root = ElementTree.fromstring(formula)
    for node in root.iter():
        if node.tag.removeprefix(MATHML) in SCRIPTS:
            for small in (mo for part in node[1:] for mo in part.iter(f"{MATHML}mo")):
                small.attrib |= {"lspace": "0", "rspace": "0"}
        for before, sign in pairwise(node):
            if before.text in OPENING and sign.text in SIGNS:
                sign.set("form", "prefix")
    return ElementTree.tostring(root, encoding="unicode")


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source):
        renderer = _Formulas(escape=False, anchor_link_text="")
        return MarkdownWithMath(renderer=renderer).render(source)


def exporter():
    """nbconvert with its plainest template: the page around it is ours."""
    made = _Exporter(template_name="basic")
    made.exclude_anchor_links = True  # ours stand behind the headings
    return made


def linked(body):
    """Links to other chapters lead to their pages."""
    return re.sub(r'href="(\d\d_\w+)\.ipynb', r'href="\1.html', body)


def with_distinct_ids(body):
    """Headings of the same words get addresses of their own: the second one ends in -2."""
    seen = Counter()

    def distinct(match):
        name = match[2]
        seen[name] += 1
        own = name if seen[name] == 1 else f"{name}-{seen[name]}"
        return f'{match[1]}id="{own}"{match[3].replace(f"#{name}", f"#{own}")}'

    heading = r'(<h[123][^>]*?)id="([^"]*)"(.*?</h[123]>)'
    return re.sub(heading, distinct, body, flags=re.S)


def with_anchors(body):
    """A sign beside each heading that links to it."""

    def anchored(match):
        level, attributes, inner = match.groups()
        name = re.search('id="([^"]*)"', attributes)
        if not name:
            return match[0]
        inner = re.sub(r'<a class="anchor-link".*?</a>', "", inner)
        link = f'<a class="anchor" href="#{name[1]}" aria-label="link to this section">§</a>'
        return f"<h{level}{attributes}>{inner}{link}</h{level}>"

    return re.sub(r"<h([23])([^>]*)>(.*?)</h\1>", anchored, body, flags=re.S)


def sections(body):
    """What the search looks through: (id, title, text) of each section."""
    parts = re.split(r'<h[123][^>]*id="([^"]*)"[^>]*>(.*?)</h[123]>', body, flags=re.S)
    found = zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    return [(name, words_of(title), words_of(text)) for name, title, text in found]


def words_of(page):
    """The words of some HTML."""
    without = re.sub(r"<(style|script|svg|annotation).*?</\1>", " ", page, flags=re.S)
    text = re.sub(r'<img[^>]*alt="([^"]*)"[^>]*>', r" \1 ", without)
    text = re.sub(
        r'<div class="prompt.*?</div>|</?(span|b|i|em|strong|code|m[inso]+)\b[^>]*>', "", text
    )
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]*>", " ", text))).replace("§", "").strip()


def chapters_in(folder: Path):
    """The notebooks of a folder, in their order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))
