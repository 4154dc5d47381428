"""A lab of a notebook as a program for the browser: state, controls, formulas, pictures.

Labs whose scene is written for the browser (`gdlab/site/browser/scenes`) are alive there. The
others show what was recorded when the page was made.
"""

import numpy as np

from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.labs.core.controls import Number
from gdlab.site.makers import ALIVE
from gdlab.site.parts import painted, text


def program(lab):
    """A lab as JavaScript: an expression whose value `StaticLab` of lab.js understands.

    The lab itself is afterwards as it was: its chapter goes on with it.
    """
    before = {name: lab.state[name] for name in lab.controls}
    alive = ALIVE.get(lab.maker.__name__, recorded)
    try:
        return text(alive(lab))
    except Advice:  # what cannot be carried over
        return text(recorded(lab))
    finally:
        lab.set(**before)


STOPS = 4  # of the one slider that a recorded lab keeps


def recorded(lab):
    """What a lab shows at some places of its first slider, to be played; the rest stands still."""
    slider, values = stops(lab)
    scenes, sceneries = {}, []
    for value in values:
        if slider:
            lab.set(**{slider.name: value})
        if lab.scene.scenery not in sceneries:
            sceneries.append(lab.scene.scenery)
        key = str(sceneries.index(lab.scene.scenery))
        scenes[_key(value)] = shown(lab, key)
    if slider and len(set(map(_seen, scenes.values()))) == 1:  # it needs a button pressed as well
        scenes, slider = {"": scenes[_key(values[0])]}, None
    relief = lab.scene.relief
    return {
        "maker": lab.maker.__name__,
        "alive": False,
        "code": lab.code,
        "state": {"surface": "0", **({slider.name: _key(values[0])} if slider else {})},
        "controls": [row(slider, values)] if slider else [],
        "slider": slider and slider.name,
        "clicks": {},
        "methods": {},
        "surfaces": {"0": {"mesh": relief and relief.spec()}},
        "sceneries": {str(i): painted(scenery) for i, scenery in enumerate(sceneries)},
        "recorded": scenes,
    }


def stops(lab):
    """The first slider of a lab and where it may stand, its first place first; None and one
    place for a lab without.
    """
    for control in lab.controls.values():
        if type(control) is Number and control.name != "steps":
            about, first = control.about, lab.state[control.name]
            space = np.geomspace if about.log else np.linspace
            some = space(about.low, about.high, STOPS).tolist()
            rounded = {int(v) if control.whole else float(f"{v:.2g}") for v in some}
            return control, [first, *sorted(rounded - {first})]
    return None, [None]


def row(control, values):
    """The slider that goes from one recorded place to the next."""
    about = control.about
    places = [[format_number(value), _key(value)] for value in sorted(values)]
    return {"name": control.name, "symbol": about.symbol, "words": about.words, "stops": places}


def shown(lab, scenery):
    """The scene of a lab as plain values."""
    scene, words = lab.scene, lab.stage.scene
    name, values = scene.readout or ("", ())
    return {
        "kind": scene.kind,
        "text": scene.text,
        "unit": words["unit"],
        "frames": words["frames"],
        "title": scene.title,
        "formula": scene.formula,
        "name": scene.name,
        "scenery": scenery,
        "readout": [name, list(map(float, values))],
        "actors": [actor.spec() for actor in scene.actors],
    }


def _seen(scene):
    """What differs in a scene when its slider does anything: a title alone is no answer."""
    return text({name: scene[name] for name in ("text", "frames", "readout", "actors")})


def _key(value):
    return "" if value is None else repr(value)
