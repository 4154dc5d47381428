"""What the Stage tells the browser: the run's own numbers, and where they lie in the picture."""

import base64
import io
import json
import subprocess
import sys

import matplotlib.style
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from gdlab import labs, optimizers, plots, surfaces
from gdlab.stage import actors
from gdlab.stage.actors import Actor, Arrow, Curve, Dots, Fan, Tiles, Trail
from gdlab.stage.stage import HERE, Stage, _small


@pytest.fixture
def stage():
    fig, (left, right) = plots.figure(6, 3, ncols=2)
    left.set(xlim=(-2, 3), ylim=(0, 10))
    right.set(xlim=(0, 20), ylim=(1e-6, 1e2), yscale="log")
    return Stage(fig, title="A stage")


@pytest.fixture
def lab():
    return labs.descent(optimizers.momentum, surfaces.ravine, lr=0.1, beta=0.75, steps=30)


def floats(buffer):
    assert isinstance(buffer, memoryview)
    return np.frombuffer(buffer, "<f4")


def told(lab, kind, panel=0):
    """The actors of one kind in a panel, as the browser gets them; ghosts left out."""
    return [
        actor
        for actor in lab.stage.scene["actors"]
        if actor["kind"] == kind and actor["panel"] == panel and not actor.get("ghost")
    ]


def image(png):
    return Image.open(io.BytesIO(png))


# The scenery


def test_panels_tell_limits_and_scales(stage):
    left, right = stage.scenery["panels"]
    assert (left["x"], left["y"]) == ([-2, 3], [0, 10])
    assert (left["xlog"], left["ylog"]) == (False, False)
    assert right["y"] == pytest.approx([1e-6, 1e2])
    assert (right["xlog"], right["ylog"]) == (False, True)
    assert (stage.scenery["width"], stage.scenery["height"]) == (600, 300)


def test_a_panel_lies_in_the_picture_where_the_browser_is_told():
    fig, ax = plots.figure(5, 4)
    ax.set(xlim=(0, 1), ylim=(0, 1), facecolor="#ff0000")
    ax.set_axis_on()
    stage = Stage(fig)
    pixels = np.asarray(image(stage.scenery["png"]).convert("RGB")).astype(int)
    scale = pixels.shape[1] / stage.scenery["width"]
    assert scale == 2  # sharp on a sharp screen
    left, top, width, height = (scale * v for v in stage.scenery["panels"][0]["box"])
    rows, columns = np.nonzero((pixels == [255, 0, 0]).all(-1))
    assert columns.min() == pytest.approx(left, abs=2.5)
    assert columns.max() == pytest.approx(left + width, abs=2.5)
    assert rows.min() == pytest.approx(top, abs=2.5)
    assert rows.max() == pytest.approx(top + height, abs=2.5)


def test_everything_a_panel_draws_lies_around_it(stage):
    for panel in stage.scenery["panels"]:
        (left, top, width, height), (x, y, w, h) = panel["box"], panel["around"]
        assert x < left and y <= top + 1 and x + w >= left + width and y + h > top + height


def test_the_ticks_of_a_log_axis_are_plain_text(lab):
    ticks = [tick.get_text() for tick in lab.stage.fig.axes[1].get_yticklabels()]
    assert "10⁻⁶" in ticks and not any("$" in tick for tick in ticks)


def test_the_picture_holds_no_version_of_any_program(stage):
    assert "Software" not in image(stage.scenery["png"]).info


# The actors


def test_a_run_arrives_as_it_is(lab):
    (path,), (loss,) = told(lab, "trail"), told(lab, "trail", panel=1)
    np.testing.assert_array_equal(floats(path["x"]), lab.run.x[:, 0].astype("f4"))
    np.testing.assert_array_equal(floats(path["y"]), lab.run.x[:, 1].astype("f4"))
    np.testing.assert_array_equal(floats(loss["x"]), np.arange(31))
    np.testing.assert_array_equal(floats(loss["y"]), lab.run.loss.astype("f4"))
    np.testing.assert_allclose(
        floats(path["z"]), lab.scene.relief.heights(lab.run.loss).astype("f4"), rtol=1e-6
    )
    asked, taken = told(lab, "arrow")
    moves = np.diff(lab.run.x, axis=0).astype("f4")
    np.testing.assert_array_equal(np.transpose([floats(taken["dx"]), floats(taken["dy"])]), moves)
    slopes = (-0.1 * lab.run.grad).astype("f4")
    np.testing.assert_array_equal(np.transpose([floats(asked["dx"]), floats(asked["dy"])]), slopes)
    assert len(floats(asked["x"])) == 30  # at the last position nothing is asked
    assert lab.stage.scene["frames"] == 31
    assert lab.stage.scene["readout"][0] == "loss 140"


def test_on_a_line_the_ball_rolls_on_the_curve():
    lab = labs.descent(surface=surfaces.square, lr=0.3, steps=5)
    (path,) = told(lab, "trail")
    np.testing.assert_allclose(floats(path["y"]), floats(path["x"]) ** 2, rtol=1e-6)
    assert path["z"] is None and lab.stage.mesh is None


def test_what_a_browser_cannot_bear_is_clipped():
    trail = Trail(0, np.array([np.nan, np.inf, -np.inf, 1e300]), np.zeros(4))
    assert floats(trail.spec()["x"]).tolist() == pytest.approx([1e30, 1e30, -1e30, 1e30])


def test_a_lost_run_stays_finite():
    lab = labs.descent(surface=surfaces.square, lr=1e300)
    for actor in lab.stage.scene["actors"]:
        for value in actor.values():
            if isinstance(value, memoryview):
                assert np.isfinite(floats(value)).all()
    json.dumps(lab.stage.scene["readout"], allow_nan=False)


def test_every_kind_of_actor_is_known_to_the_browser():
    kinds = {cls.kind for cls in Actor.__subclasses__()}
    assert kinds == {
        "trail", "arrow", "fan", "curve", "dots", "tiles", "image", "bars", "words",
    }  # fmt: skip
    source = HERE.joinpath("actors.js").read_text(encoding="utf-8")
    assert [kind for kind in kinds if f"\n  {kind}(ctx, a" not in source] == []


@pytest.mark.parametrize(
    "actor",
    [
        Trail(0, np.array([0.0, 1.0, 2.0]), np.array([1.0, 4.0, 9.0])),
        Arrow(0, np.array([0.0]), np.array([1.0]), np.array([2.0]), np.array([8.0])),
        Fan(0, np.array([0.0]), np.array([1.0]), np.array([[2.0, 1.0]]), np.array([[8.0, 4.0]])),
        Curve(0, np.array([0.0, 2.0]), np.array([[5.0, 5.0], [1.0, 9.0]])),
        Dots(0, np.array([0.0, 2.0]), np.array([[5.0, 5.0], [1.0, 9.0]])),
    ],
    ids=lambda actor: actor.kind,
)
def test_every_actor_stands_in_the_still_picture_at_its_last_moment(stage, actor):
    stage.show([actor], frames=2)
    ax = stage.figure().axes[0]
    points = {tuple(map(float, point)) for line in ax.lines for point in line.get_xydata()}
    tips = {tuple(map(float, text.xy)) for text in ax.texts}
    assert (2.0, 9.0) in points | tips


def test_the_first_row_of_tiles_is_the_lowest_also_on_a_log_axis(stage):
    colors = ("#ff0000", "#00ff00", "#0000ff")
    cells = np.array([[0, 1], [1, 2]])
    sides = np.array([0.0, 20.0]), np.array([1e-6, 1e2])
    stage.show([Tiles(1, *sides, cells, colors, alpha=1.0)])
    (told,) = stage.scene["actors"]
    assert told["n"] == 2 and floats(told["cells"]).tolist() == [0, 1, 1, 2]
    figure = stage.figure()
    figure.set_layout_engine("none")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba())[::-1]  # from below
    ax = figure.axes[1]

    def color(x, y):
        column, row = ax.transData.transform((x, y)).astype(int)
        return "#" + bytes(pixels[row, column, :3]).hex()

    assert [color(5, 1e-4), color(15, 1e-4), color(5, 1e-1), color(15, 1e-1)] == [
        "#ff0000", "#00ff00", "#00ff00", "#0000ff",
    ]  # fmt: skip


def test_a_letter_may_stand_for_a_ball(stage):
    stage.show([Trail(0, np.array([1.0]), np.array([5.0]), symbol="A")])
    assert stage.figure().axes[0].lines[-1].get_marker() == r"$\mathbf{A}$"


def test_moving_curves_tell_how_many_values_a_moment_has():
    spec = Curve(0, np.arange(3.0), np.arange(12.0).reshape(4, 3)).spec()
    assert spec["n"] == 3 and len(floats(spec["y"])) == 12


# The output of a cell


def test_the_output_has_a_picture_and_a_sentence(lab):
    bundle, _ = lab._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == lab.model_id
    picture = image(base64.b64decode(bundle["image/png"]))
    assert picture.format == "PNG" and picture.width > 1000
    assert bundle["text/plain"] == repr(lab)
    assert repr(lab) == "Momentum on the ravine (η = 0.1, β = 0.75): still descending."
    assert len(base64.b64decode(bundle["image/png"])) < 80_000


def test_the_output_is_the_same_at_every_execution():
    code = (
        "import hashlib; from gdlab import labs, optimizers, surfaces;"
        "b, _ = labs.descent(optimizers.adam, surfaces.himmelblau, lr=0.1)._repr_mimebundle_();"
        "print(b['text/plain'], hashlib.sha256(b['image/png'].encode()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout != ""


def test_the_still_picture_is_a_copy(lab):
    before = len(lab.stage.fig.axes[0].lines)
    fig = lab.figure()
    assert len(fig.axes[0].lines) > before
    assert len(lab.stage.fig.axes[0].lines) == before
    fig.axes[0].set_title("mine")
    assert lab.figure().axes[0].get_title() == ""
    assert lab.figure().get_suptitle() == repr(lab)


def test_a_picture_leaves_the_readers_style_alone():
    with matplotlib.style.context("default"):
        matplotlib.rcParams["font.size"] = 17.5
        before = dict(matplotlib.rcParams)
        labs.descent(steps=5).figure()
        assert dict(matplotlib.rcParams) == before
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )


# What is said


def test_a_figure_has_the_size_it_had_once_its_picture_is_made(lab):
    lab.stage.picture()
    assert lab.stage.fig.dpi == lab.figure().dpi == 100


def test_a_long_sentence_is_broken_into_lines(stage):
    stage.show([], summary="A sentence of seven words, again. " * 12)
    fig = stage.figure()
    fig.canvas.draw()
    assert fig.texts[-1].get_window_extent().x1 < fig.bbox.x1


def test_telling_changes_words_alone(stage):
    stage.show([Trail(0, np.zeros(2), np.ones(2))], frames=2, kind="Well.", text="Good.")
    before = stage.scene
    stage.set_verdict("Not possible.", "Why?")
    assert (stage.scene["kind"], stage.scene["text"]) == ("Not possible.", "Why?")
    assert stage.scene["id"] == before["id"] and stage.scene["actors"] is before["actors"]
    assert repr(stage) == "Well. Good."  # the sentence is that of the run on stage


def test_each_show_has_its_own_number(stage):
    seen = set()
    for _ in range(3):
        stage.show([])
        seen.add(stage.scene["id"])
    assert len(seen) == 3


def test_painting_anew_keeps_the_actors(lab):
    before = lab.stage.scene
    lab.stage.paint(labs.land_and_curve(surfaces.ravine, 10, "loss", (0, 1)).figure())
    assert lab.stage.scenery["panels"][1]["x"] == [0, 10]
    assert lab.stage.scene is before


def test_a_still_picture_has_a_legend_and_says_that_it_is_a_lab(lab):
    still = lab.stage.figure("Run me.")
    (legend,) = still.legends
    assert [text.get_text() for text in legend.get_texts()] == ["path", "Run me."]
    line, _ = legend.legend_handles
    assert line.get_color() == plots.style_of(optimizers.momentum).color
    race = labs.race(["gradient_descent", "adam"], [surfaces.ravine]).figure()
    assert [text.get_text() for text in race.legends[0].get_texts()] == ["gradient descent", "Adam"]
    markers = [line.get_marker() for line in race.legends[0].legend_handles]
    assert markers[1] == "*"


def test_a_legend_lies_below_the_panels_and_within_the_figure(lab):
    still = lab.stage.figure("Run me.")
    FigureCanvasAgg(still).draw()
    box = still.legends[0].get_window_extent()
    assert box.y1 < min(ax.get_tightbbox().y0 for ax in still.axes)
    assert box.x1 < still.bbox.x1 and box.y0 >= 0


def test_the_picture_carries_its_sentence_as_alternative_text(lab):
    _, metadata = lab._repr_mimebundle_()
    assert metadata == {"image/png": {"alt": repr(lab)}}


def test_the_paper_of_a_still_picture_is_white():
    shades = np.full((90, 300, 3), 255, dtype="u1")
    shades[45:] = [241, 245, 250]  # the palest hue of a landscape, which white is merged with
    shades[45:, 150:] = np.random.default_rng(0).integers(0, 255, (45, 150, 3))
    small = image(_small(Image.fromarray(shades))).convert("RGB")
    assert small.getpixel((0, 0)) == (255, 255, 255)


# Pictures, bars, words, and what is drawn with the pen


def square():
    fig, ax = plots.figure(3, 3)
    ax.set(xlim=(0, 2), ylim=(2, 0))
    ax.set_axis_off()
    return fig


def test_an_image_travels_as_one_byte_a_pixel():
    spec = actors.Image(0, [[0, 1, -1], [0.5, 7, -7]], x=(0, 2), y=(0, 2)).spec()
    assert np.frombuffer(spec["values"], "i1").tolist() == [0, 127, -127, 64, 127, -127]
    assert spec["columns"] == 3 and floats(spec["x"]).tolist() == [0, 2]
    assert (spec["high"], spec["low"]) == (plots.INK, plots.BLUE)


def test_an_image_stands_upright_in_a_still_picture():
    stage = Stage(square())
    stage.show([actors.Image(0, [[1, 0], [0, -1]], x=(0, 2), y=(0, 2))])
    pixels = np.asarray(image(stage.picture()).convert("RGB")).astype(int)
    rows, columns = pixels.shape[:2]
    places = [(0.3, 0.3), (0.3, 0.7), (0.6, 0.3), (0.6, 0.7)]
    colors = [pixels[int(rows * r), int(columns * c)] for r, c in places]
    expected = [(43, 47, 54), (255, 255, 255), (255, 255, 255), (0, 114, 178)]
    assert np.abs(np.array(colors) - expected).max() < 12


def test_bars_begin_at_the_left_edge():
    fig, ax = plots.figure(3, 3)
    ax.set(xscale="log", xlim=(1, 100), ylim=(2, -1))
    bars, other = actors.Bars(0, np.array([10.0, 100.0]), np.array([0, 1])).draw(ax)[0]
    assert (bars.get_x(), bars.get_x() + bars.get_width()) == (1, 10)
    assert other.get_y() + other.get_height() / 2 == 1


def test_words_stand_in_the_middle_of_their_places():
    fig, ax = plots.figure(3, 3)
    one, two = actors.Words(0, [0.5, 1], [0.2, 0.3], ("a", "b")).draw(ax)
    assert (one.get_text(), one.get_position()) == ("a", (0.5, 0.2))
    assert two.get_ha() == "center"


def test_what_was_drawn_stands_in_the_still_picture():
    stage = Stage(square(), ink=[[[0.5, 1], [1.5, 1]]])
    (line,) = stage.figure().axes[0].lines
    assert line.get_xydata().tolist() == [[0.5, 1], [1.5, 1]]
    assert Stage(square()).figure().axes[0].lines[:] == []
