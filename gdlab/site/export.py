"""A lab of a notebook as a program for the browser: state, controls, formulas, pictures.

Labs whose scene is written for the browser (`gdlab/site/scenes`) are alive there. The others
show what was recorded when the page was made.
"""

from gdlab.errors import Advice
from gdlab.site.makers import ALIVE
from gdlab.site.parts import mesh, painted, text


def program(lab):
    """A lab as JavaScript: an expression whose value `StaticLab` of lab.js understands."""
    alive = ALIVE.get(lab.maker.__name__)
    if alive:
        try:
            return text(alive(lab))
        except Advice:  # a formula that cannot be carried over
            pass
    return text(recorded(lab))


def recorded(lab):
    """What a lab shows now, to be played; without controls."""
    scene, shown = lab.scene, lab.stage.scene
    name, values = scene.readout or ("", ())
    return {
        "maker": lab.maker.__name__,
        "alive": False,
        "code": lab.code,
        "state": {"surface": "0", "steps": scene.frames - 1},
        "controls": [],
        "clickable": [],
        "methods": {},
        "surfaces": {"0": {"mesh": scene.relief and mesh(scene.relief)}},
        "sceneries": {"0": painted(scene.scenery)},
        "recorded": {
            **{name: shown[name] for name in ("kind", "text", "unit", "frames")},
            "title": scene.title,
            "formula": scene.formula,
            "name": "",
            "scenery": "0",
            "readout": [name, list(map(float, values))],
            "actors": [actor.spec() for actor in scene.actors],
        },
    }
