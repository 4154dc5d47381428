"""The reference: the names that readers meet, from their docstrings, found and read by pdoc."""

import ast
import html
import inspect
import re
import textwrap
from dataclasses import dataclass
from importlib import import_module

import nbformat
from pdoc import doc
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer

INNER = ("gdlab.exercises.", "gdlab.labs.")  # what lies below these is for contributors
LONGEST = 160  # letters of a value that are shown
HEADS = r"(?=^(?:Arguments?|Returns|Raises|Source):? )"
AN_ITEM = re.compile(r" {0,4}(\S+(?: \S+)*?) {2,}(\S.*)")  # "    name  what it is"
A_ROW = re.compile(r" |\S+(?: \S+)? {3,}\S")  # how a line of such a list begins


@dataclass(frozen=True)
class Entry:
    """A name of the reference: its anchor ("gdlab.labs.descent"), title, how it is called, its
    docstring as HTML, and for a class the entries of what belongs to it.
    """

    anchor: str
    title: str
    signature: str
    body: str
    inner: tuple = ()


@dataclass(frozen=True)
class Room:
    """A page of the reference: its module "gdlab.labs", file name, docstring, and entries."""

    module: str
    page: str
    lead: str
    body: str
    entries: list


def reference(paths):
    """The rooms of gdlab from which the chapters, notebooks at some paths, import."""
    return [room(name) for name in rooms(paths)]


def rooms(paths):
    """The modules of gdlab that some notebooks import, gdlab itself first."""
    found = {"gdlab"}
    for path in paths:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "gdlab" in cell.source:
                found |= imported(cell.source)
    return sorted(name for name in found if not name.startswith(INNER))


def imported(source):
    """The modules of gdlab that a piece of code imports.

    >>> sorted(imported("from gdlab import descend, labs\\nfrom gdlab.optimizers import adam"))
    ['gdlab', 'gdlab.labs', 'gdlab.optimizers']
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "gdlab":
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if _is_module(name)}


def _is_module(name):
    try:
        return inspect.ismodule(import_module(name))
    except ModuleNotFoundError:
        return False


def room(name):
    """The `Room` of a module: what it names in `__all__`, else all that is public in it."""
    module = import_module(name)
    for public in getattr(module, "__all__", ()):
        vars(module).setdefault(public, getattr(module, public))  # also what is loaded when asked
    read, short = doc.Module.from_name(name), name.removeprefix("gdlab.")
    public = [m for m in read.flattened_own_members if not m.name.startswith("_")]
    entries = [entry(m, name, "" if name == "gdlab" else f"{short}.") for m in public]
    first, _, rest = (read.docstring or "").partition("\n\n")
    return Room(name, f"reference.{short}", inline(first), prose(rest), entries)


def entry(member, module, before):
    """The `Entry` of something that pdoc has read in a module; before, how its title begins."""
    inner = ()
    if member.kind == "class":
        own = (m for m in member.own_members if not m.name.startswith("_") and m.docstring)
        inner = tuple(entry(m, module, f"{member.name}.") for m in own)
    body = prose(member.docstring) if member.docstring else value_of(member)
    return Entry(
        f"{module}.{member.qualname}", before + member.name, signature(member), body, inner
    )


def signature(member):
    """How something is called, as its source has it but without annotations, or ""."""
    called = inspect.unwrap(member.obj) if callable(member.obj) else None
    if inspect.isclass(called):
        return f"({', '.join(inspect.signature(called).parameters)})" if _is_data(called) else ""
    if not inspect.isfunction(called):
        return ""
    arguments = ast.parse(textwrap.dedent(inspect.getsource(called))).body[0].args
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return re.sub(r"^\(self(, )?", "(", f"({ast.unparse(arguments)})")


def _is_data(called):
    return hasattr(called, "__dataclass_fields__") or hasattr(called, "_fields")


def value_of(member):
    """What a name without a docstring stands for, in a line."""
    value = member.default_value if member.kind == "variable" else ""
    value = getattr(value, "formula", None) or value
    if isinstance(value, dict):
        value = ", ".join(map(str, value))
    text = re.sub(r" at 0x\w+", "", str(value))
    text = textwrap.shorten(text, LONGEST, placeholder=" …")
    return f"<p class='formula'>{html.escape(text)}</p>"


def prose(docstring):
    """A docstring as HTML: paragraphs, formulas, lists of arguments, examples.

    >>> prose("Add `a`.")
    '<p>Add <code>a</code>.</p>'
    >>> prose("Arguments\\n    lr  η > 0;\\n        small")
    '<p>Arguments</p><dl><dt>lr</dt><dd>η &gt; 0; small</dd></dl>'
    """
    blocks = re.split(r"\n\s*\n", docstring)
    return "".join(_block(block) for block in blocks if block.strip())


def _block(block):
    if block.startswith(">>>"):
        return highlight(block, PythonConsoleLexer(), HtmlFormatter())
    if ":=" in block and not block.startswith(" "):
        lines = re.split(r"(?<=;)\s{2,}|\n", block)
        return f'<p class="formula">{"<br>".join(map(inline, lines))}</p>'
    parts = []
    for indented, lines in _runs(block.splitlines()):
        if indented:
            parts.append(_items(lines))
        else:
            texts = re.split(HEADS, "\n".join(lines), flags=re.MULTILINE)
            parts += [f"<p>{inline(text)}</p>" for text in texts if text.strip()]
    return "".join(parts)


def _runs(lines):
    """Neighbouring lines that belong to a list of names, or do not."""
    runs = []
    for line in lines:
        indented = bool(A_ROW.match(line))
        if not runs or runs[-1][0] != indented:
            runs.append((indented, []))
        runs[-1][1].append(line)
    return runs


def _items(lines):
    """Indented lines as a list of names and what they are; without names, as they stand."""
    items = []
    for line in lines:
        match = AN_ITEM.fullmatch(line)
        if match:
            items.append(list(match.groups()))
        elif items:
            items[-1][1] += f" {line.strip()}"
        else:
            return f"<pre>{html.escape(textwrap.dedent(chr(10).join(lines)))}</pre>"
    pairs = (f"<dt>{inline(name)}</dt><dd>{inline(words)}</dd>" for name, words in items)
    return f"<dl>{''.join(pairs)}</dl>"


def inline(text):
    """Words of a docstring as HTML: what stands in backticks is code."""
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", html.escape(" ".join(text.split()), False))


def addresses(found):
    """Where each name is explained: {"labs.descent": "reference.labs.html#gdlab.labs.descent"}."""
    return {e.title: f"{r.page}.html#{e.anchor}" for r in found for e in r.entries}


def with_references(body, known):
    """Names in code lead to their place in the reference, which `known` holds by name."""

    def linked(match):
        name = ".".join(filter(None, match.groups()))
        called = match[2] or body.startswith('<span class="p">(', match.end())
        if name not in known or not called:
            return match[0]
        return f'<a class="name" href="{known[name]}">{match[0]}</a>'

    dot, part = r'<span class="o">\.</span>', r'<span class="n">(\w+)</span>'
    return re.sub(rf"(?<!{dot}){part}(?:{dot}{part})?", linked, body)
