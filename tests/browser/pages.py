"""Pages of the static edition in a browser: where they lie, who watches them, a hand on a lab."""

import functools
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from .conftest import PATIENCE

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 412, "height": 860}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """The address of a folder on a server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def visitor(browser, address):
    """A function that opens a page; in the end none said anything, or asked for anything elsewhere.

    What lies elsewhere is out of reach.
    """
    said, asked, contexts = [], [], []

    def watch(route):
        near = route.request.url.startswith((address, "data:", "blob:"))
        asked.extend([] if near else [route.request.url])
        route.continue_() if near else route.abort()

    def visit(path, viewport=LAPTOP):
        contexts.append(browser.new_context(viewport=viewport, has_touch=viewport is PHONE))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.route("**", watch)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{address}/{path}")
        return page

    try:
        yield visit
    finally:
        for context in contexts:
            context.close()
    assert not said + asked, said + asked


class Hand:
    """A hand on one lab of a page."""

    def __init__(self, page, id_="lab-alive"):
        self.page, self.id, self.lab = page, id_, page.locator(f"#{id_}")
        self.lab.scroll_into_view_if_needed()
        page.wait_for_function(f"LABS['{id_}']?.el.querySelector('.gd-stage')?.drawn > 0")
        self.canvas, self.verdict = self.lab.locator("canvas"), self.lab.locator(".gd-verdict")
        self.stage, self.counter = self.lab.locator(".gd-stage"), self.lab.locator(".gd-counter")

    def row(self, words):
        return self.lab.locator(".gd-row").filter(has_text=words)

    def slider(self, words):
        return self.row(words).locator("input[type=range]")

    def type(self, words, text):
        box = self.row(words).locator(".gd-value input")
        box.fill(text)
        box.press("Enter")

    def button(self, part):
        return self.lab.locator(f"button[data-part={part}]")

    def state(self):
        return self.page.evaluate("(id) => LABS[id].state", self.id)

    def picture(self):
        return self.canvas.evaluate("canvas => canvas.toDataURL()")

    @contextmanager
    def redrawn(self, times=1):
        """Wait until what is done here has been drawn, with so many new pictures."""
        stage = self.stage.element_handle()
        before = stage.evaluate("stage => stage.drawn")
        yield
        self.page.wait_for_function(
            "([stage, enough]) => stage.drawn >= enough", arg=[stage, before + times]
        )
