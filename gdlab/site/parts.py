"""The parts of a lab as the browser needs them: formulas, rows, pictures; and all of it as text."""

import base64
import io
import json
import math

import numpy as np
from PIL import Image

from gdlab.arguments import name_of
from gdlab.formatting import display_name
from gdlab.labs.core import pictures
from gdlab.labs.core.controls import numbers_of
from gdlab.plots import SYMBOLS, style_of
from gdlab.sampling import Sampled
from gdlab.site.javascript import method_source, samples_source, surface_source
from gdlab.site.recording import record_method
from gdlab.stage.stage import rendered

COLORS = 96  # of a painted scenery; it is drawn in few


class Code(str):
    """A piece of JavaScript that stands in a program as it is."""


def surface(one):
    """A `Surface`: its formulas, and what is known of it."""
    relief = pictures.relief_of(one)
    return {
        "name": one.name,
        "article": one.with_article,
        "formula": one.formula,
        "minima": [list(map(float, m)) for m in one.minima],
        "start": list(map(float, one.start)),
        "view": [list(map(float, ends)) for ends in one.view],
        "span": [float(high - low) for low, high in one.view] or [1.0],
        "L": one.L,
        "relief": relief and {name: float(getattr(relief, name)) for name in ("low", "high", "q")},
        "mesh": relief and relief.spec(),
        "...": Code(surface_source(one)),
        **samples(one),
    }


def samples(one):
    """How many samples are behind a surface, and the slope of each of them, one after the other."""
    if not isinstance(one, Sampled):
        return {}
    return {"n": one.n, "each": Code(samples_source(one))}


def method(one, dimensions):
    """A method: one step of it for each number of coordinates, its memory, its look."""
    style = style_of(one)
    return {
        "name": display_name(name_of(one)),
        "color": style.color,
        "dash": list(style.dash),
        "symbol": SYMBOLS[style.marker],
        "numbers": list(numbers_of(one)),
        "defaults": numbers_of(one),
        "memory": [name for name in record_method(one, min(dimensions)).results if name != "x"],
        "step": {d: Code(method_source(one, d)) for d in sorted(dimensions)},
    }


def row(control, keys=None, longest=None):
    """A control: a choice with its options by key, or a number; T ends where its picture does."""
    if keys is not None:
        options = [[shown, keys(value)] for shown, value in control.options.items()]
        words = {"symbol": control.symbol, "words": control.words}
        return {"name": control.name, **words, "options": options}
    about = control.about
    own = {
        name: getattr(control, name)
        for name in ("title", "color", "button")
        if hasattr(control, name)
    }
    mark = {"mark": control.symbol} if "color" in own else {}
    return {
        "name": control.name,
        "symbol": about.symbol,
        "words": about.words,
        "low": about.low,
        "high": longest if control.name == "steps" and longest else about.high,
        "log": about.log,
        "whole": control.whole,
        "legal": [v if math.isfinite(v) else None for v in about.legal],
        "above": about.above,
        "rule": about.rule(0.0),
        **own,
        **mark,
    }


def painted(scenery):
    """A scenery for a wide screen and for a phone, its picture in few colours."""
    shapes = (("wide", False), ("tall", True))
    return {name: small(rendered(scenery.figure(portrait))) for name, portrait in shapes}


def small(picture):
    """The same picture in few colours: a page should come quickly."""
    image = Image.open(io.BytesIO(picture["png"])).convert("RGB")
    out = io.BytesIO()
    image.quantize(COLORS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return {**picture, "png": out.getvalue()}


def text(value):
    """Plain values as JavaScript; arrays become buffers, `Code` stands as it is."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, dict):
        items = (
            f"...{text(v)}" if key == "..." else f"{json.dumps(str(key))}: {text(v)}"
            for key, v in value.items()
        )
        return "{\n" + ",\n".join(items) + "\n}"
    if isinstance(value, memoryview):
        value = np.asarray(value)
        kind = "float32" if value.dtype == np.float32 else "binary"
        return f'{kind}("{base64.b64encode(value.tobytes()).decode()}")'
    if isinstance(value, bytes):
        return f'binary("{base64.b64encode(value).decode()}")'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(text, value))}]"
    return json.dumps(value, ensure_ascii=False)
