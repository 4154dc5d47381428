"""Film the lab at the top of README: a hand pulls its sliders.  python tools/moving_picture.py

The hand is Playwright's, on the page that `make site` writes for the lab. It needs Chromium, or its
path in CHROMIUM. The clock of the page is ours: on a slow machine the film has the same frames.
"""

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from gdlab.site.pages import build

PROJECT = Path(__file__).resolve().parents[1]
FILM = PROJECT / "docs" / "lab.webp"
LAB = "lab.html#06_momentum/lab-ravine&lr=0.02&steps=28"
SIZE = {"width": 900, "height": 600}
SHARP = 1.5  # pixels of the film for each of the page
FPS = 20
COLORS = 255

# A hand, which screenshots leave out.
HAND = """
const hand = document.createElement("div");
hand.innerHTML = `<svg width="26" height="26" viewBox="0 0 24 24"><path d="M5 2l14 12h-8l-4 7z"
  fill="#111" stroke="#fff" stroke-width="1.5"/></svg>`;
hand.style = "position: fixed; z-index: 9; pointer-events: none; margin: -2px 0 0 -5px";
document.body.append(hand);
addEventListener("mousemove", ({ clientX, clientY }) =>
  Object.assign(hand.style, { left: `${clientX}px`, top: `${clientY}px` }));
document.querySelector(".take").remove();
dispatchEvent(new Event("resize"));
"""


class Camera:
    """A page, a hand on it, and a picture of every moment."""

    def __init__(self, page):
        self.page, self.frames, self.at = page, [], (0, 0)

    def wait(self, seconds):
        """Let the page go on."""
        for _ in range(round(seconds * FPS)):
            self.page.clock.run_for(1000 / FPS)
            self.frames.append(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))

    def move(self, x, y, seconds):
        """Move the hand, slowly at both ends."""
        (x0, y0), count = self.at, round(seconds * FPS)
        for i in range(1, count + 1):
            share = (i / count) ** 2 * (3 - 2 * i / count)
            self.page.mouse.move(x0 + share * (x - x0), y0 + share * (y - y0))
            self.wait(1 / FPS)
        self.at = (x, y)

    def pull(self, words, *places, seconds=0.9):
        """Pull a slider to some places, shares of its length."""
        row = self.page.locator(".gd-row").filter(has_text=words)
        slider = row.locator("input[type=range]")
        box, thumb = slider.bounding_box(), 17
        low, high, value = slider.evaluate("s => [s.min, s.max, s.value].map(Number)")
        y = box["y"] + box["height"] / 2

        def x(share):
            return box["x"] + thumb / 2 + share * (box["width"] - thumb)

        self.move(x((value - low) / (high - low)), y, 0.5)
        self.page.mouse.down()
        for share in places:
            self.move(x(share), y, seconds)
            self.wait(0.35)
        self.page.mouse.up()

    def press(self, part):
        """Press a button of the stage."""
        box = self.page.locator(f"button[data-part={part}]").bounding_box()
        self.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.5)
        self.page.mouse.click(*self.at)


def film(site, chromium):
    """The frames of a film of the lab."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=SHARP, color_scheme="light")
        page.clock.install(time=0)
        page.goto(f"{site.as_uri()}/{LAB}")
        page.locator(".gd-stage").wait_for()
        page.clock.pause_at(10_000)
        page.clock.run_for(1000)
        page.evaluate(HAND)
        camera = Camera(page)
        page.mouse.move(450, 560)
        camera.at = (450, 560)
        camera.wait(0.4)
        camera.pull("learning rate", 0.522, 0.477)  # it diverges, and comes back
        camera.pull("memory", 0.8, 0.3)
        camera.pull("learning rate", 0.551)  # the goal is reached
        camera.press("play")
        camera.wait(4.2)
        browser.close()
    return camera.frames


def save(frames, path):
    """Write frames as an animated picture for ever."""
    width, height = frames[0].size
    some = Image.new("RGB", (width, 6 * height))
    for i in range(6):
        some.paste(frames[i * len(frames) // 6], (0, i * height))
    few = some.quantize(COLORS, Image.Quantize.MAXCOVERAGE)  # one palette, or the colours flicker
    plain = [f.quantize(palette=few, dither=Image.Dither.NONE).convert("RGB") for f in frames]
    options = {"duration": 1000 // FPS, "loop": 0, "lossless": True, "method": 4, "quality": 80}
    plain[0].save(path, save_all=True, append_images=plain[1:], **options)
    print(f"{path}: {len(frames)} frames, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    names = ("chromium", "chromium-browser", "google-chrome")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    with tempfile.TemporaryDirectory() as folder:
        build(PROJECT / "notebooks", Path(folder), ["06"])
        save(film(Path(folder), chromium), FILM)
