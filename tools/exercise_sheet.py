"""All exercises on one page for instructors: tasks, hints, solutions, usual mistakes, predictions.

    python tools/exercise_sheet.py            writes dist/exercises.html
    python tools/exercise_sheet.py 02 06      only these chapters

One file, to open or to print, that needs nothing else, not even the network for its formulas. The
tasks come from the chapters, all the rest from the exercises themselves.
"""

import base64
import html
import io
import json
import re
import sys
from functools import cache
from pathlib import Path

import matplotlib
import mistune
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import math_to_image

from gdlab.exercises import EXERCISES, QUESTIONS
from gdlab.exercises.checking import marked
from gdlab.exercises.folding import solution

PROJECT = Path(__file__).resolve().parent.parent
SIZE = 11  # points, of the text and of its formulas

STYLE = f"""
body {{ font: {SIZE}pt/1.5 Georgia, "DejaVu Serif", serif; color: #2b2f36; max-width: 46em;
  margin: 2em auto; padding: 0 1em; }}
h1, h2, h3, h4, th {{ font-family: "DejaVu Sans", Verdana, sans-serif; line-height: 1.25; }}
h2 {{ border-top: 1px solid #c3c9d4; padding-top: 0.8em; margin-top: 2.2em; }}
h3 {{ margin: 2em 0 0.4em; }} h4 {{ margin: 1em 0 0.2em; font-size: 1em; color: #5b6270; }}
pre {{ background: #f4f6fa; border-radius: 6px; padding: 8px 12px; margin: 0.4em 0;
  font: 0.82em/1.4 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }}
code {{ font: 0.86em "DejaVu Sans Mono", monospace; }}
ol, ul {{ margin: 0.3em 0; }} table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #dde1e8; padding: 3px 14px 3px 0; text-align: left; }}
.right {{ font-weight: bold; }}
@page {{ margin: 18mm 16mm; }}
@media print {{
  body {{ margin: 0; max-width: none; padding: 0; }}
  h2 {{ break-before: page; border: 0; padding: 0; margin-top: 0; }}
  h2.first {{ break-before: auto; }}
  h3, h4 {{ break-after: avoid; }} pre, li, table {{ break-inside: avoid; }}
}}
"""


class Renderer(mistune.HTMLRenderer):
    """Markdown of the chapters; formulas are drawn, so that they can be read offline."""

    def inline_math(self, text):
        return formula(text)

    def block_math(self, text):
        return f"<p>{formula(text)}</p>"


markdown = mistune.create_markdown(renderer=Renderer(), plugins=["math", "table"])


@cache
def formula(tex):
    """A formula as a picture with its TeX as the alternative text; what cannot be drawn, as TeX."""
    file, look = io.BytesIO(), FontProperties(size=SIZE, math_fontfamily="stix")
    tex = re.sub(r"\\tfrac\s*(\d)\s*(\d)", r"\\frac{\1}{\2}", " ".join(tex.split()))
    shown = html.escape(tex)
    try:
        with matplotlib.rc_context({"svg.hashsalt": "gdlab"}):
            depth = math_to_image(f"${tex}$", file, prop=look, dpi=72, format="svg")
    except ValueError:
        return f"<code>{shown}</code>"
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", file.getvalue().decode(), flags=re.DOTALL)
    source = base64.b64encode(svg.encode()).decode("ascii")
    high = re.search(r'height="([\d.]+)pt"', svg)[1]
    return (
        f'<img alt="{shown}" src="data:image/svg+xml;base64,{source}" '
        f'style="height: {high}pt; vertical-align: {-depth:.2f}pt">'
    )


def chapters():
    """The cells of each chapter, by its number."""
    paths = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    return {path.name[:2]: json.loads(path.read_text("utf-8"))["cells"] for path in paths}


def task(cells, key):
    """The text and the code that a chapter gives with an exercise, as a page."""
    page, inside = [], False
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            _, here, rest = source.partition(f"### {key} ·")
            inside = inside or bool(here)
            if inside:
                page.append(markdown(rest.partition("\n")[2] if here else source))
        elif inside:
            page.append(code(source))
            if f'exercises.check("{key}"' in source:
                break
    return "".join(page)


def code(text):
    return f"<pre>{html.escape(text.strip())}</pre>"


def listed(entries, kind="ul"):
    return f"<{kind}>{''.join(f'<li>{entry}</li>' for entry in entries)}</{kind}>"


def exercise_page(exercise, cells):
    wrong = [f"{marked(words)}{code(solution(answer))}" for answer, words in exercise.mistakes]
    parts = [
        f"<h3>{exercise.key} · {html.escape(exercise.title)}</h3>{task(cells, exercise.key)}",
        f"<h4>Hints</h4>{listed(map(marked, exercise.hints), 'ol')}" if exercise.hints else "",
        f"<h4>Solution</h4>{code(solution(exercise.reference))}",
        f"<p>{marked(exercise.solved)}</p>" if exercise.solved else "",
        f"<h4>Usual mistakes, and what the check says</h4>{listed(wrong)}" if wrong else "",
    ]
    return "".join(parts)


def question_page(question):
    options = [
        f'<span class="right">{html.escape(option)} ✓</span>'
        if option == question.right
        else html.escape(option)
        for option in question.options
    ]
    head = f"<h3>{question.key} · Prediction</h3><p>{html.escape(question.text)}</p>"
    return f"{head}{listed(options)}<p>{html.escape(question.because)}</p>"


def sheet(prefixes=()):
    """The whole page, of the chapters whose numbers start so; all, if no prefix is given."""
    pages = []
    for number, cells in chapters().items():
        if not number.startswith(tuple(prefixes) or ""):
            continue
        title = "".join(cells[0]["source"]).splitlines()[0].lstrip("# ")
        parts = [exercise_page(e, cells) for k, e in EXERCISES.items() if k[:2] == number]
        parts += [question_page(q) for k, q in QUESTIONS.items() if k[:2] == number]
        first = "" if pages else ' class="first"'
        if parts:
            pages.append(f"<h2{first}>{html.escape(title)}</h2>{''.join(parts)}")
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>Exercises, with solutions</title><style>{STYLE}</style></head><body>"
        f"<h1>Exercises, with solutions</h1>{''.join(pages)}</body></html>\n"
    )


def main(prefixes):
    path = PROJECT / "dist" / "exercises.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(sheet(prefixes), encoding="utf-8", newline="\n")
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1000:.0f} kB, to open or to print")


if __name__ == "__main__":
    main(sys.argv[1:])
