"""How many pictures a second the labs draw while they play.

A picture counts when the stage has drawn it for a frame of the browser.
"""

from browser.conftest import Hand

from benchmarks.setting import notebook, table

SECONDS = 4
MOMENTUM = "labs.descent(optimizers.momentum, surfaces.ravine, lr=0.1, beta=0.75, steps=200)"
RACE = "labs.race(steps=300)"

COUNT = """async (stage, seconds) => {
    const [from, start] = [stage.drawn, performance.now()];
    await new Promise((done) => setTimeout(done, 1000 * seconds));
    return (1000 * (stage.drawn - from)) / (performance.now() - start);
}"""
# A mouse that moves once a frame, as a real one does.
TURN = """(canvas) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const send = (type, angle) => canvas.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, bubbles: true,
        clientX: left + width * (0.3 + 0.1 * Math.cos(angle)),
        clientY: top + height * (0.5 + 0.1 * Math.sin(angle)),
    }));
    canvas.setPointerCapture = () => {};
    send('pointerdown', 0);
    let angle = 0;
    const move = () => {
        send('pointermove', (angle += 0.03));
        window.turning = requestAnimationFrame(move);
    };
    move();
}"""


def main():
    """Measure, and print a table."""
    with notebook("from gdlab import labs, optimizers, surfaces") as book:
        book.run("from gdlab import labs, optimizers, surfaces")
        hand = book.show(MOMENTUM)
        rows = [("contours, playing", playing(hand), 55)]
        hand.button("solid").click()
        rows.append(("3-D view, playing", playing(hand), 55))
        rows.append(("3-D view, turned with the mouse", turned(hand), 30))
        rows.append(("ten trails, playing", playing(book.show(RACE)), 55))
    table(
        ("what moves", "frames a second", "goal"),
        *((what, f"{found:.0f}", f"{goal}") for what, found, goal in rows),
    )


def playing(hand: Hand):
    """Frames a second while it plays in a loop."""
    hand.button("loop").click()
    hand.press("Home", " ")
    hand.page.wait_for_timeout(500)
    rate = hand.stage.evaluate(COUNT, SECONDS)
    hand.press(" ")
    hand.button("loop").click()
    return rate


def turned(hand: Hand):
    """Frames a second while the mouse turns the landscape."""
    hand.canvas.evaluate(TURN)
    hand.page.wait_for_timeout(500)
    rate = hand.stage.evaluate(COUNT, SECONDS)
    hand.page.evaluate("cancelAnimationFrame(window.turning)")
    return rate


if __name__ == "__main__":
    main()
