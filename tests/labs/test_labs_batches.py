"""The labs of chapters 04 and 05: real samples, their noise, three ways, a thousand balls."""

from dataclasses import replace

import numpy as np
import pytest

from gdlab import descend, labs, linear_regression, optimizers, sampled, surfaces
from gdlab.errors import Advice
from gdlab.labs.batches import LOW, batches_of, noise_of, stochastic
from gdlab.labs.batches import scene as batches_scene
from gdlab.labs.escape import cloud_on, valley
from gdlab.labs.escape import scene as escape_scene
from gdlab.labs.three_ways import scene as three_ways_scene
from gdlab.stage.actors import Arrow, Curve, Dots, Fan, Trail
from gdlab.surfaces import Surface

gradient_descent = optimizers.gradient_descent
BOWL = sampled(surfaces.bowl, n=128, spread=2.0)


SCENES = {
    labs.batches: batches_scene,
    labs.three_ways: three_ways_scene,
    labs.escape: escape_scene,
}
every_lab = pytest.mark.parametrize("make", SCENES)


def actors(lab, kind, panel=0):
    return [a for a in lab.scene.actors if isinstance(a, kind) and a.panel == panel]


def ghosts(lab):
    """The positions of the pale lines, panel by panel."""
    pale = [a for a in lab.stage.scene["actors"] if a.get("ghost")]
    return {a["panel"]: np.frombuffer(a["x"], "<f4") for a in pale}


def average(lab):
    return lab.scene.data["average"]


def share(lab):
    return lab.scene.data["share"]


def line_through_a_wave():
    """Real data: 50 samples whose noise depends on the position."""
    X = np.linspace(-1, 1, 50)
    return linear_regression(X, 2 * X + 1 + np.sin(40 * X))


# What holds for all three


@every_lab
def test_the_same_state_gives_the_same_bytes_whatever_was_shown_before(make):
    lab = make()
    lab.set(batch_size=8, lr=0.2)
    state, shown = dict(lab.state), lab.scene
    lab.set(batch_size=2, seed=3)
    for cached in (stochastic, noise_of, cloud_on):
        cached.cache_clear()
    scene = SCENES[make](**state)
    for one, other in zip(scene.actors, shown.actors, strict=True):
        assert one.spec() == other.spec()
    assert (scene.kind, scene.text, scene.summary) == (shown.kind, shown.text, shown.summary)
    assert scene.scenery == shown.scenery


@every_lab
def test_the_line_of_code_brings_the_picture_back(make):
    lab = make()
    lab.set(batch_size=4)
    lab.set(batch_size=16, lr=0.3, seed=5)
    if make is not labs.escape:
        lab.stage.start = [-2.0, 1.0]
    again = eval(lab.code, {"labs": labs, "surfaces": surfaces})
    assert again.code == lab.code
    for one, other in zip(lab.scene.actors, again.scene.actors, strict=True):
        assert one.spec() == other.spec()
    assert (again.scene.text, again.scene.summary) == (lab.scene.text, lab.scene.summary)


@every_lab
@pytest.mark.parametrize(
    "wrong, advice",
    [
        ({"steps": "a"}, "steps is 'a': give a number"),
        ({"steps": 0}, "steps is 0"),
        ({"steps": 2.5}, "steps is 2.5: give a whole number"),
        ({"seed": 1.5}, "seed is 1.5: give a whole number"),
        ({"seed": -1}, "seed is -1"),
        ({"lr": 0}, "lr is 0: learning rate must be above 0"),
        ({"lr": None}, "lr is None: give a number"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": 129}, "batch_size is 129"),
        ({"batch_size": 2.5}, "batch_size is 2.5: give a whole number"),
        ({"batch_size": "many"}, "batch_size is 'many': give a number"),
    ],
)
def test_a_wrong_number_is_answered_in_one_sentence(make, wrong, advice):
    with pytest.raises(Advice, match=advice):
        make(**wrong)
    lab = make()
    before = dict(lab.state)
    with pytest.raises(Advice, match=advice):
        lab.set(**wrong)
    assert lab.state == before


@pytest.mark.parametrize("make", [labs.batches, labs.three_ways])
@pytest.mark.parametrize(
    "wrong, advice",
    [
        ({"surface": 3}, "needs samples and two coordinates"),
        ({"surface": surfaces.bowl}, "needs samples and two coordinates"),
        ({"surface": sampled(surfaces.square)}, "needs samples and two coordinates"),
        ({"surface": sampled(surfaces.bowl, n=1)}, "the bowl has 1 sample: give it 2 or more"),
        ({"start": "a"}, "start is 'a': give 2 numbers"),
        ({"start": 5}, "start has shape .1,., but a position on bowl is 2 numbers"),
        ({"start": (1, np.nan)}, "every coordinate must be a finite number"),
        ({"goal": -1}, "goal is -1: give a loss above 0"),
        ({"goal": "a"}, "goal is 'a': give a loss above 0"),
    ],
)
def test_a_surface_a_start_or_a_goal_that_cannot_be(make, wrong, advice):
    with pytest.raises(Advice, match=advice):
        make(**wrong)


@pytest.mark.parametrize(
    "wrong", [3, "ab", (4,), ((0, 1),), ((129, 1),), ((2, -1),), None], ids=repr
)
def test_measured_are_batch_sizes_with_their_noise(wrong):
    with pytest.raises(Advice, match="give batch sizes from 1 to 128, each with"):
        labs.batches(measured=wrong)


@pytest.mark.parametrize(
    "wrong, advice",
    [
        ({"goal": None}, "goal is None: give a loss above 0, such as 0.1"),
        ({"epochs": 0}, "epochs is 0"),
        ({"epochs": "a"}, "epochs is 'a': give a number"),
        ({"clock": "seconds"}, "clock is 'seconds': choose one of 'steps', 'samples'"),
    ],
)
def test_what_three_ways_cannot_show(wrong, advice):
    with pytest.raises(Advice, match=advice):
        labs.three_ways(**wrong)


def no_minima():
    return Surface("slope", "x", lambda p: p[..., 0], lambda p: 0 * p + 1, view=((0.0, 1.0),))


@pytest.mark.parametrize(
    "wrong, advice",
    [
        (3, "surface is 3: give a Surface"),
        ([], "there is no surface"),
        (surfaces.bowl, "bowl has 2 coordinates: this lab draws surfaces with one coordinate,"),
        ([surfaces.wavy, surfaces.bowl], "bowl has 2 coordinates"),
        (no_minima(), "slope does not say where its minima and its start are: give both"),
    ],
)
def test_a_surface_without_a_home_is_refused(wrong, advice):
    with pytest.raises(Advice, match=advice):
        labs.escape(wrong)


# The samples behind a slope


def test_every_sample_has_its_arrow_and_their_mean_is_the_full_slope():
    lab = labs.batches(batch_size=4, steps=20)
    (fan,), (full, _) = actors(lab, Fan), actors(lab, Arrow)
    assert fan.dx.shape == (21, 128)  # one fan more than steps: where the ball ends up
    assert fan.dx.mean(1) == pytest.approx(full.dx)
    assert fan.dy.mean(1) == pytest.approx(full.dy)
    for i in (0, 77):
        one = BOWL.batch_grad(lab.run.x, np.array([i]))
        assert fan.dx[:, i] == pytest.approx(-one[:, 0] / BOWL.L)


def test_on_a_bowl_each_thin_arrow_ends_at_its_samples_own_minimum():
    (fan,) = actors(labs.batches(steps=30), Fan)
    tips = fan.x[:, None] + fan.dx
    assert tips == pytest.approx(np.broadcast_to(tips[0], tips.shape))


@pytest.mark.parametrize("B", [1, 5, 16, 100])
def test_the_batchs_arrow_is_the_mean_of_its_dots_and_the_step_goes_along_it(B):
    lab = labs.batches(batch_size=B, steps=30, lr=0.1)
    (tips,), (_, batch) = actors(lab, Dots), actors(lab, Arrow)
    used = batches_of(128, B, 30, seed=0)
    assert all(map(np.array_equal, lab.scene.data["batches"], used))
    for t, batch_t in enumerate(used):
        mean = tips.x[t, : len(batch_t)].mean(), tips.y[t, : len(batch_t)].mean()
        assert mean == pytest.approx((batch.x[t] + batch.dx[t], batch.y[t] + batch.dy[t]))
    move = np.diff(lab.run.x, axis=0)
    assert move == pytest.approx(0.1 * BOWL.L * np.stack([batch.dx, batch.dy], -1))


def test_all_samples_need_no_second_arrow():
    lab = labs.batches(batch_size=128)
    assert len(actors(lab, Arrow)) == 1 and not actors(lab, Dots)
    assert np.array_equal(lab.run.x, descend(surfaces.bowl, gradient_descent, lr=0.1).x)


def test_the_points_a_reader_collects_draw_the_law_of_one_over_root_B():
    lab = labs.batches(batch_size=1, steps=400)
    assert lab.scene.data["slope"] is None
    for B in (2, 4, 8, 16, 32):
        lab.set(batch_size=B)
    assert [B for B, _ in lab.state["measured"]] == [1, 2, 4, 8, 16]
    assert list(lab.scene.data["measured"]) == [1, 2, 4, 8, 16, 32]
    assert lab.scene.data["slope"] == pytest.approx(-0.5, abs=0.05)
    assert "slope −0.5" in lab.stage.scene["text"]
    (points,) = actors(lab, Dots, panel=2)
    assert list(points.x) == [1, 2, 4, 8, 16, 32]
    noise = np.sqrt(8.0)  # two coordinates, each with spread 2
    assert points.y == pytest.approx(noise / np.sqrt(points.x), rel=0.15)
    (ball,) = actors(lab, Trail, panel=2)
    assert (ball.x[0], ball.y[0]) == (32, points.y[-1])
    assert "measured=((1, 2." in lab.code


def test_the_slope_needs_three_points_that_lie_apart():
    def slope(*sizes):
        points = [(B, 3 / B**0.5) for B in sizes]
        return labs.batches(batch_size=128, measured=points).scene.data["slope"]

    assert slope(1, 2, 8) == pytest.approx(-0.5)
    for too_few in ((1, 8), (1, 2, 4), (1, 2, 32)):  # 32 is above n/8
        assert slope(*too_few) is None


def test_points_stay_as_they_were_measured_and_the_last_one_of_a_size_counts():
    lab = labs.batches(line_through_a_wave(), batch_size=4)
    lab.set(lr=0.2)
    lab.stage.start = [1.0, 1.0]
    assert lab.state["measured"] == ()
    left = lab.scene.data["measured"][4]
    lab.rows["batch_size"].slider.value = 10.0
    assert lab.state["measured"] == ((4, pytest.approx(left, rel=1e-3)),)
    lab.set(lr=0.05, seed=2)
    how = dict(steps=100, seed=2, lr=0.05, k=0.0)
    now = noise_of(lab.state["surface"], (1.0, 1.0), 10, **how)
    assert lab.scene.data["measured"] == {4: pytest.approx(left, rel=1e-3), 10: now}
    lab.set(batch_size=4)
    assert lab.state["measured"] == ((10, pytest.approx(now, rel=1e-3)),)
    again = noise_of(lab.state["surface"], (1.0, 1.0), 4, **how)
    assert lab.scene.data["measured"][4] == again != left


def test_without_noise_or_with_a_broken_run_there_is_no_point():
    each = replace(BOWL, batch_grad=lambda x, batch: (1 + 1e-9) * BOWL.batch_grad(x, batch))
    lab = labs.batches(each, batch_size=128, measured=[(4, 1.4)])  # slopes rounded elsewhere
    assert list(lab.scene.data["measured"]) == [4]
    (ball,) = actors(lab, Trail, panel=2)
    assert ball.y[0] < 1e-9  # below the picture
    lab.set(batch_size=2, lr=1e5)
    assert list(lab.scene.data["measured"]) == [4]
    calm = labs.batches(sampled(surfaces.bowl, n=16, spread=0))
    assert calm.scene.data["measured"] == {}


def test_the_short_batch_at_the_end_of_an_epoch_is_not_measured_as_a_full_one():
    lab = labs.batches(batch_size=100, steps=200)  # 100, 28, 100, 28, …
    expected = np.sqrt(8 * (1 / 100 - 1 / 128))
    assert lab.scene.data["measured"][100] == pytest.approx(expected, rel=0.15)


def test_the_same_seed_gives_the_same_noise_and_the_button_another():
    lab = labs.batches()
    first = lab.run.x
    lab.rows["seed"].draw()
    assert lab.state["seed"] == 1
    second = lab.run.x
    assert not np.array_equal(first, second)
    lab.set(seed=0)
    assert np.array_equal(lab.run.x, first)
    assert np.array_equal(ghosts(lab)[0], second[:, 0].astype("<f4"))  # pale, behind it
    assert list(ghosts(lab)) == [0, 1]
    assert lab.stage.scene["text"].endswith("The pale line is your last run, η = 0.1, B = 1.")


def test_a_falling_rate_settles_and_a_fixed_one_does_not():
    lab = labs.batches(lr=0.3, steps=400, goal=0.1)
    trembling = average(lab)
    assert lab.stage.scene["kind"] == "Never quite at rest."
    lab.set(k=0.3)
    assert average(lab) < trembling / 5
    assert lab.stage.scene["kind"] == "Goal reached."
    assert "The goal is 0.1." in lab.scene.text
    assert repr(lab).startswith("Batches of 1 from 128 samples, η = 0.3, k = 0.3: loss ")
    expected = descend(
        BOWL, gradient_descent, steps=400, batch_size=1, lr=lambda t: 0.3 / (1 + 0.3 * t)
    )
    assert np.array_equal(lab.run.x, expected.x)


def test_a_click_sets_the_start_and_too_large_a_rate_diverges():
    lab = labs.batches()
    lab.stage.start = [-2.0, 1.0]
    assert tuple(lab.run.x[0]) == (-2.0, 1.0)
    assert "diverges from 1 on" in lab.rows["lr"].tick.value
    lab.set(lr=1.5)
    assert lab.stage.scene["kind"] == "Diverged."
    assert "lr is above 2/L = 1" in repr(lab)


def test_the_picture_is_painted_anew_only_for_another_axis_of_steps():
    lab = labs.batches(steps=90)
    scenery, panels = lab.scene.scenery, lab.stage.scenery["panels"]
    assert [panel["x"] for panel in panels[1:]] == [[0, 100], [0.9, 1.1 * 128]]
    assert panels[1]["y"][0] == LOW
    lab.set(steps=100, lr=0.3, batch_size=7)
    lab.stage.start = [1.0, -1.0]
    assert lab.scene.scenery == scenery
    lab.set(steps=101)
    assert lab.scene.scenery != scenery


def test_the_average_is_drawn_over_the_second_half():
    lab = labs.batches(steps=51)
    (line,) = actors(lab, Curve, panel=1)
    assert list(line.x) == [25, 51]
    assert line.y == pytest.approx(lab.run.loss[26:].mean())
    assert "on average over the last 26 steps. Samples used: 51, which is 0.398 epochs." in (
        lab.scene.text
    )


def test_the_slider_of_whole_numbers_gives_whole_numbers():
    lab = labs.batches()
    lab.rows["batch_size"].slider.value = 10**0.72  # 5.2
    assert lab.state["batch_size"] == 5
    assert lab.rows["batch_size"].box.value == "5"
    assert lab.run.grad.shape == (100, 2)


def test_real_data_will_do_as_well():
    lab = labs.batches(line_through_a_wave(), batch_size=5)
    (fan,) = actors(lab, Fan)
    assert fan.dx.shape == (101, 50)


def test_the_goals_of_the_chapters_are_not_reached_at_once_but_can_be():
    lab = labs.batches(batch_size=1, lr=0.1, steps=200, goal=0.01)  # chapter 04
    assert average(lab) > 0.01
    lab.set(lr=0.5, k=0.5)
    assert lab.stage.scene["kind"] == "Goal reached."
    lab.set(lr=0.1, k=0, batch_size=4)  # chapter 05
    assert average(lab) > 0.01
    lab.set(batch_size=16)
    assert lab.stage.scene["kind"] == "Goal reached."
    balls = labs.escape([surfaces.double_well], steps=300, lr=0.1)
    assert share(balls)[-1] < 0.83
    balls.set(lr=0.12)
    assert share(balls)[-1] > 0.83
    balls.set(lr=0.15)
    assert share(balls)[-1] < 0.83


# Three ways


def test_the_three_ways_are_the_same_method_with_other_batches():
    lab = labs.three_ways(batch_size=16, steps=60, epochs=8)
    for way, B in (("batch", 128), ("mini-batch", 16), ("stochastic", 1)):
        run = lab.run[way]
        expected = descend(BOWL, gradient_descent, steps=run.steps, lr=0.1, batch_size=B)
        assert np.array_equal(run.x, expected.x)
        assert run.steps >= 60
        assert lab.scene.data["used"][way][1] == B and lab.scene.data["used"][way][-1] >= 8 * 128


def test_what_is_kept_from_before_is_what_would_be_made_anew():
    lab = labs.three_ways()
    for change in ({"batch_size": 8}, {"seed": 2}, {"lr": 0.05}, {"epochs": 3}, {"steps": 90}):
        kept = lab.run["stochastic"]
        lab.set(**change)
        assert (lab.run["stochastic"] is kept) == ("batch_size" in change or "steps" in change)
    lab.stage.start = [-1.0, 2.0]
    anew = labs.three_ways(batch_size=8, seed=2, lr=0.05, epochs=3, steps=90, start=[-1.0, 2.0])
    for way, run in anew.run.items():
        assert np.array_equal(lab.run[way].x, run.x)
        assert np.array_equal(lab.scene.data["used"][way], anew.scene.data["used"][way])


def test_a_short_last_batch_is_counted_as_what_it_is():
    lab = labs.three_ways(batch_size=100)
    assert list(lab.scene.data["used"]["mini-batch"][:5]) == [0, 100, 128, 228, 256]


def test_by_the_clock_of_samples_batch_descent_waits_for_a_whole_epoch():
    lab = labs.three_ways(clock="samples", epochs=2)
    assert lab.stage.scene["unit"] == "sample"
    assert lab.stage.scene["frames"] == 2 * 128 + 1
    trails = {a.label: a for a in actors(lab, Trail)}
    batch, single = lab.run["batch"].x[:, 0], lab.run["stochastic"].x[:, 0]
    assert np.array_equal(trails["batch"].x[[0, 127, 128, 255, 256]], batch[[0, 0, 1, 1, 2]])
    assert np.array_equal(trails["stochastic"].x, single[:257])


def test_by_the_clock_of_steps_all_step_together():
    lab = labs.three_ways(clock="samples")
    lab.set(clock="steps")
    assert lab.stage.scene["unit"] == "step"
    for trail in actors(lab, Trail):
        assert np.array_equal(trail.x, lab.run[trail.label].x[:61, 0])


def test_the_clock_decides_which_half_is_averaged():
    lab = labs.three_ways(steps=60, epochs=8)
    for way, by_steps, by_samples in (("batch", 60, 8), ("mini-batch", 60, 64)):
        for clock, last in (("steps", by_steps), ("samples", by_samples)):
            lab.set(clock=clock)
            expected = lab.run[way].loss[last // 2 + 1 : last + 1].mean()
            assert lab.scene.data["averages"][way] == pytest.approx(expected)
    assert "second half of these epochs" in lab.stage.scene["text"]


def test_arrivals_count_steps_and_samples():
    lab = labs.three_ways(goal=0.1)
    # From loss 8 by 0.8² a step: 8 · 0.64¹⁰ = 0.092
    assert lab.scene.data["arrivals"]["batch"] == (10, 1280)
    assert lab.scene.data["arrivals"]["mini-batch"][1] < 200
    assert "batch 10 steps = 1,280 samples" in lab.stage.scene["text"]
    lab.set(lr=0.001)
    assert lab.scene.data["arrivals"]["batch"] is None
    assert "batch never" in repr(lab)


def test_a_new_view_is_painted_and_a_divergence_told():
    lab = labs.three_ways()
    lab.set(steps=20, epochs=3)
    ends = [panel["x"][1] for panel in lab.stage.scenery["panels"]]
    assert ends[1:] == [20, 384]
    lab.set(lr=1.2)
    assert lab.stage.scene["kind"] == "Diverged:"


def test_the_clock_is_chosen_in_the_list_and_computes_no_run():
    lab = labs.three_ways()
    runs = dict(lab.run)
    lab.rows["clock"].menu.value = "samples"
    assert lab.stage.scene["unit"] == "sample"
    assert all(lab.run[way] is run for way, run in runs.items())


def test_no_run_is_left_behind_as_a_pale_line():
    lab = labs.three_ways()
    lab.set(lr=0.2)
    assert not ghosts(lab) and "pale" not in lab.stage.scene["text"]


def test_the_balls_run_along_the_curves_and_wait_at_their_ends():
    lab = labs.three_ways(steps=20, epochs=2)
    whole = [a for panel in (1, 2) for a in actors(lab, Curve, panel)]
    balls = [a for panel in (1, 2) for a in actors(lab, Trail, panel)]
    for curve, ball in zip(whole, balls, strict=True):
        assert len(ball.x) == 21
        places = {*zip(curve.x, curve.y, strict=True)}
        assert {*zip(ball.x, ball.y, strict=True)} <= places
    batch = balls[4]
    assert list(batch.x[:4]) == [0, 128, 256, 256]


# A thousand balls


def test_without_noise_nobody_gets_out_and_with_it_many_do():
    lab = labs.escape(batch_size=64)
    assert share(lab)[-1] == 0
    assert np.ptp(lab.run.x[-1]) == 0  # every ball does the same
    lab.set(batch_size=1)
    assert share(lab)[-1] > 0.5
    lab.set(batch_size=8)
    assert share(lab)[-1] < 0.01


def test_the_share_is_counted_on_all_thousand_and_drawn_for_some():
    lab = labs.escape()
    left = lab.run.x[..., 0] < 0.12658  # the top between the wells: x³ − 2x + 1/4 = 0
    assert lab.run.x.shape == (151, 1000, 1)
    assert share(lab) == pytest.approx(left.mean(1), abs=0.002)
    (balls,) = actors(lab, Dots)
    assert balls.x.shape == (151, 250)
    assert (balls.y >= surfaces.double_well.f(balls.x[..., None]) - 1e-9).all()


def test_each_ball_has_noise_of_its_own():
    lab = labs.escape()
    first = np.diff(lab.run.x[:2, :, 0], axis=0)[0]
    assert np.unique(first).size == 1000
    assert np.std(first) == pytest.approx(0.1 * 3.0, rel=0.1)


def test_another_surface_has_its_own_home():
    lab = labs.escape([surfaces.wavy])
    assert valley(surfaces.wavy) == pytest.approx((-1.61, 1.61), abs=0.01)
    assert share(lab)[0] == 0


def test_another_surface_is_chosen_and_nothing_pale_stays():
    lab = labs.escape()
    lab.set(lr=0.2)
    assert np.array_equal(ghosts(lab)[1], np.arange(151))
    assert lab.stage.scene["text"].endswith("your last run, η = 0.1, B = 1: 600 home.")
    lab.rows["surface"].menu.value = surfaces.wavy
    assert lab.run.surface.name == surfaces.wavy.name
    assert lab.stage.title == f"1,000 balls on {surfaces.wavy.with_article}"
    assert lab.stage.formula == surfaces.wavy.formula
    assert not ghosts(lab) and "pale" not in lab.stage.scene["text"]
    assert lab.code == "labs.escape([surfaces.wavy, surfaces.double_well], lr=0.2)"


def test_one_surface_needs_no_list():
    lab = labs.escape(surfaces.wavy)
    assert "surface" not in lab.rows
    assert lab.code == "labs.escape(surfaces.wavy)"


def test_the_words_count_who_is_home_and_who_blew_up():
    lab = labs.escape(batch_size=64)
    assert lab.stage.scene["kind"] == "Nobody gets out."
    assert "every ball does the same" in lab.scene.text
    lab.set(batch_size=1)
    assert lab.stage.scene["kind"] == "60% are home."
    assert lab.scene.text == "600 of 1,000 runs are in the lowest valley after 150 steps."
    lab.set(lr=5)
    assert "1,000 blew up: η is too large." in lab.scene.text


def test_a_crowd_of_balls_is_lifted_by_a_twentieth_of_the_panel_at_most():
    lab = labs.escape(batch_size=64)  # all at the same place
    (balls,) = actors(lab, Dots)
    low, high = lab.stage.scenery["panels"][0]["y"]
    lifted = balls.y - lab.run.loss[:, :250]
    assert lifted.min() >= 0
    assert 0.04 * (high - low) < lifted.max() < 0.05 * (high - low)
    assert np.ptp(lifted, axis=0) == pytest.approx(0, abs=1e-12)  # the same at every step
