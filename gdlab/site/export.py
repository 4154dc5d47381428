"""A lab of a notebook as a program for the browser: its state, its controls, its formulas, its pictures."""

import base64
import io
import json
import math

import numpy as np
from PIL import Image

from gdlab.arguments import name_of
from gdlab.errors import Advice
from gdlab.formatting import display_name
from gdlab.labs import pictures
from gdlab.labs.code import call
from gdlab.labs.controls import numbers_of
from gdlab.plots import SYMBOLS, style_of
from gdlab.site.javascript import method_source, surface_source
from gdlab.site.recording import record_method
from gdlab.stage.stage import rendered

COLORS = 96  # of a painted scenery; it is drawn in few


class Code(str):
    """A piece of JavaScript that stands in a program as it is."""


def program(lab):
    """A lab as JavaScript: an expression whose value `StaticLab` of lab.js understands.

    Labs whose scene is written for the browser are alive there; the others play what was
    recorded when the site was made.
    """
    maker = lab.maker.__name__
    if maker in ALIVE:
        try:
            return _text(ALIVE[maker](lab))
        except Advice:  # a formula that cannot be carried over
            pass
    return _text(recorded(lab))


def recorded(lab):
    """What a lab shows now, to be played; without controls."""
    scene, stage = lab.scene, lab.stage
    return {
        "maker": lab.maker.__name__,
        "alive": False,
        "code": lab.code,
        "state": {"surface": "0", "steps": scene.frames - 1},
        "controls": [],
        "clickable": [],
        "methods": {},
        "surfaces": {"0": {"mesh": stage.mesh and mesh(stage.mesh)}},
        "sceneries": {"0": painted(scene.scenery)},
        "recorded": {
            **{name: stage.scene[name] for name in ("kind", "text", "unit", "frames", "id")},
            "title": scene.title,
            "formula": scene.formula,
            "scenery": "0",
            "readout": [scene.readout[0], list(map(float, scene.readout[1]))]
            if scene.readout
            else None,
            "actors": [actor.spec() for actor in scene.actors],
        },
    }


def descent(lab):
    """`labs.descent`: any numbers, any start, any of its surfaces."""
    state, choices = dict(lab.state), surfaces_of(lab)
    method, d = state["method"], state["surface"].d
    sceneries = {
        key: painted(pictures.land_and_loss(s, state["steps"], state["goal"]))
        for key, s in choices.items()
    }
    known = {key: s for key, s in choices.items()}
    return {
        "maker": "descent",
        "alive": True,
        "code": code_of(lab),
        "state": {**_plain(state), "method": "0", "surface": _key(choices, state["surface"])},
        "controls": controls(lab, choices, longest=pictures.span(state["steps"])),
        "clickable": [0],
        "methods": {"0": carried_method(method, {d})},
        "surfaces": {key: carried_surface(s) for key, s in known.items()},
        "symbols": {c.name: c.about.symbol for c in lab.controls.values() if hasattr(c, "about")},
        "sceneries": sceneries,
    }


ALIVE = {"descent": descent}


# The parts


def surfaces_of(lab):
    """The surfaces a reader may choose, by number."""
    choice = lab.controls.get("surface")
    choices = choice.options.values() if choice else [lab.state["surface"]]
    return {str(i): surface for i, surface in enumerate(choices)}


def carried_surface(surface):
    """A `Surface`: its formulas, and what is known of it."""
    relief = pictures.relief_of(surface)
    return {
        "name": surface.name,
        "article": surface.with_article,
        "formula": surface.formula,
        "minima": [list(map(float, m)) for m in surface.minima],
        "start": list(map(float, surface.start)),
        "span": [float(high - low) for low, high in surface.view] or [1.0],
        "L": surface.L,
        "relief": relief and {n: float(getattr(relief, n)) for n in ("low", "high", "q")},
        "mesh": relief and mesh(relief.spec()),
        "...": Code(surface_source(surface)),
    }


def carried_method(method, dimensions):
    """A method: one step of it for each number of coordinates, its memory, its look."""
    style = style_of(method)
    recorded = record_method(method, min(dimensions))
    return {
        "name": display_name(name_of(method)),
        "color": style.color,
        "dash": list(style.dash),
        "symbol": SYMBOLS[style.marker],
        "numbers": list(numbers_of(method)),
        "memory": [name for name in recorded.results if name != "x"],
        "step": {d: Code(method_source(method, d)) for d in sorted(dimensions)},
    }


def controls(lab, choices, longest):
    """The rows of a lab; T ends where its picture does."""
    out = []
    for control in lab.controls.values():
        if control.name == "surface":
            options = [[f"{s.name}: {s.formula}", key] for key, s in choices.items()]
            out.append({"name": "surface", "symbol": "J", "words": "surface", "options": options})
            continue
        about = control.about
        high = longest if control.name == "steps" else about.high
        out.append({
            "name": control.name, "symbol": about.symbol, "words": about.words,
            "low": about.low, "high": high, "log": about.log, "whole": control.whole,
            "legal": [v if math.isfinite(v) else None for v in about.legal],
            "above": about.above, "rule": about._rule(0.0),
        })  # fmt: skip
    return out


def code_of(lab):
    """The line of Python of a lab, with … in place of its numbers."""
    names = {name: value for name, value in lab.state.items() if name in ("method", "surface")}
    line = call(lab.maker, names, {})
    return line[:-1] + ", …)"


def painted(scenery):
    """A scenery for a wide screen and for a phone, its picture in few colours."""
    return {
        name: Code(f"painting({_text(small(rendered(scenery.figure(portrait))))})")
        for name, portrait in (("wide", False), ("tall", True))
    }


def small(picture):
    """The same picture in few colours: a page should come quickly."""
    image = Image.open(io.BytesIO(picture["png"])).convert("RGB")
    out = io.BytesIO()
    image.quantize(COLORS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return {**picture, "png": out.getvalue()}


def mesh(spec):
    """The heights of the 3-D view."""
    return {**spec, "z": spec["z"], "color": bytes(spec["color"])}


# The text


def _plain(state):
    known = {name: v for name, v in state.items() if isinstance(v, (int, float, type(None)))}
    return {**known, "start": list(map(float, state["start"]))}


def _key(choices, surface):
    return next(key for key, known in choices.items() if known is surface)


def _text(value):
    """Plain values as JavaScript; arrays of numbers become buffers."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, dict):
        items = (
            f"...{_text(v)}" if k == "..." else f"{json.dumps(str(k))}: {_text(v)}"
            for k, v in value.items()
        )
        return "{\n" + ",\n".join(items) + "\n}"
    if isinstance(value, memoryview):
        value = np.asarray(value)
        if value.dtype == np.float32:
            return f'float32("{base64.b64encode(value.tobytes()).decode()}")'
        value = value.tobytes()
    if isinstance(value, bytes):
        return f'bytes("{base64.b64encode(value).decode()}")'
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_text, value))}]"
    return json.dumps(value, ensure_ascii=False)
