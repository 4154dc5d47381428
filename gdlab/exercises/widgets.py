"""The two widgets of a prediction; the only module of the exercises that loads anywidget."""

import pathlib

import anywidget
import traitlets

from gdlab.stage import script

HERE = pathlib.Path(__file__).parent


class Still:
    """For a widget: a text and a page that stand in for it where it cannot run."""

    _still = {}

    def with_fallback(self, text, page):
        self._still = {"text/plain": text, "text/html": page}
        return self

    def __repr__(self):
        return self._still.get("text/plain", type(self).__name__)

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**(bundle or {}), **self._still}


class Options(Still, anywidget.AnyWidget):
    """A question and a row of options, to choose one from."""

    _esm = script("kernel") + HERE.joinpath("options.js").read_text("utf-8")
    _css = HERE / "options.css"

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)


class Note(Still, anywidget.AnyWidget):
    """A card in HTML that may change its text."""

    _esm = HERE / "note.js"

    value = traitlets.Unicode().tag(sync=True)
