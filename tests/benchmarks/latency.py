"""How long a reader waits from the press of a key on a slider to new pixels.

One notebook, one kernel, the same figure twice: contours, the path of a run, its loss. Once
with ipywidgets' `interactive_output` and Matplotlib's inline backend, once as our lab. The
presses take turns, so that whatever else the machine does hits both alike. With them the race
of chapter 12, whose picture holds ten runs.
"""

import statistics

from benchmarks.setting import notebook, table

PRESSES = 31  # of each
GOAL = 8  # times faster

# The figure is drawn by the same functions on both sides. On this side without the layout
# engine that our style asks for, which would only make it slower.
WIDGETS = """
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt
from gdlab import descend, labs, optimizers, plots, surfaces

def draw(lr):
    run = descend(surfaces.ravine, optimizers.momentum, steps=60, lr=lr, beta=0.75)
    fig, (land, loss) = plt.subplots(1, 2, figsize=(10.2, 4.1), width_ratios=[1.75, 1])
    plots.draw_surface(land, surfaces.ravine)
    plots.draw_path(land, run)
    plots.draw_loss(loss, run, goal=1e-6)
    plt.show()

slider = ipywidgets.FloatLogSlider(0.1, min=-3, max=1, step=0.01)
ipywidgets.VBox([slider, ipywidgets.interactive_output(draw, {"lr": slider})])
"""
LAB = "labs.descent(optimizers.momentum, surfaces.ravine, lr=0.1, beta=0.75, steps=60)"
RACE = "labs.race()"

# What changes when the new picture is there: the number of the scene that the stage has drawn,
# the address of the inline picture (once it is decoded).
SHOWN = {
    "lab": "() => document.querySelectorAll('.gd-stage')[0].shown",
    "race": "() => document.querySelectorAll('.gd-stage')[1].shown",
    "widgets": "() => { const image = [...document.querySelectorAll('.jp-OutputArea img')]"
    ".find((image) => !image.closest('.gd-lab')); return image?.complete ? image.src : was; }",
}
# After every frame the browser has put on the screen, look whether it was the new picture.
CLOCK = """(shown) => {
    let was = (0, eval)(`var was; ${shown}`)();
    shown = (0, eval)(shown);
    window.was = was;
    window.waited = new Promise((done, fail) => {
        setTimeout(() => fail(new Error('no new picture within a minute')), 60000);
        let pressed;
        const press = (event) => (pressed = event.timeStamp);
        window.addEventListener('keydown', press, { capture: true, once: true });
        const look = () => {
            if (pressed && shown() !== was) return done(performance.now() - pressed);
            requestAnimationFrame(() => {
                const painted = new MessageChannel();
                painted.port1.onmessage = look;
                painted.port2.postMessage(null);
            });
        };
        look();
    });
}"""


def main():
    """Measure, and print a table."""
    with notebook(WIDGETS, LAB, RACE) as book:
        waits = measure(book)
    rows = []
    names = {
        "interactive_output, inline Matplotlib": "widgets",
        "our lab, the same figure": "lab",
        "our race of ten methods": "race",
    }
    for name, side in names.items():
        low, *_, high = statistics.quantiles(waits[side], n=10)
        middle = statistics.median(waits[side])
        rows.append((name, f"{middle:.0f} ms", f"{low:.0f}–{high:.0f} ms"))
    table(("key press to pixels", "median", "8 of 10 within"), *rows)
    ratio = statistics.median(waits["widgets"]) / statistics.median(waits["lab"])
    print(f"\n  {ratio:.1f} times faster (goal: {GOAL})", flush=True)


def measure(book):
    """Milliseconds of each press, for all three."""
    book.page.set_viewport_size({"width": 1280, "height": 2400})  # all in sight
    book.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    book.page.wait_for_function("document.querySelectorAll('.gd-stage')[1]?.drawn > 0")
    book.page.wait_for_function("document.querySelectorAll('.jp-OutputArea img').length > 1")
    handles = {
        "lab": book.page.locator(".gd-lab").nth(0).locator(".noUi-handle").first,
        "race": book.page.locator(".gd-lab").nth(1).locator(".gd-runner .noUi-handle").nth(8),
        "widgets": book.page.locator(":not(.gd-row *).noUi-handle").first,
    }
    waits = {side: [] for side in handles}
    for press in range(PRESSES + 3):
        for side, handle in handles.items():
            handle.focus()
            book.python("1")  # the kernel is done with everything before
            book.page.wait_for_timeout(150)
            book.page.evaluate(CLOCK, SHOWN[side])
            book.page.keyboard.press("ArrowRight" if press % 2 else "ArrowLeft")
            waits[side].append(book.page.evaluate("window.waited"))
    return {side: times[3:] for side, times in waits.items()}  # the first ones warm up


if __name__ == "__main__":
    main()
