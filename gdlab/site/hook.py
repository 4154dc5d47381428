"""What a chapter's labs and predictions leave in their outputs while the site is made."""

from gdlab.exercises.widgets import Options
from gdlab.labs.core.driver import Lab
from gdlab.site.export import program

LAB = "application/vnd.gdlab.lab"
QUESTION = "application/vnd.gdlab.question+json"
# The first cell of a chapter on its way: nobody's own progress is read or written.
INSTALL = """
import os
os.environ["GDLAB_PROGRESS"] = "off"
from gdlab.site import hook
hook.install()
"""


def install():
    """From here on each lab adds its program to its output, and each question its options."""
    show, ask = Lab._repr_mimebundle_, Options._repr_mimebundle_

    def with_program(lab, **kwargs):
        data, metadata = show(lab, **kwargs)
        return {**data, LAB: program(lab)}, metadata

    def with_options(options, **kwargs):
        asked = {"question": options.question, "options": list(options.options)}
        return {**ask(options, **kwargs), QUESTION: asked}

    Lab._repr_mimebundle_, Options._repr_mimebundle_ = with_program, with_options
