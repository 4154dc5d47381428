"""The labs of chapters 04 and 05: real samples, their noise, three ways, a thousand balls."""

import numpy as np
import pytest

from gdlab import descend, labs, linear_regression, optimizers, sampled, surfaces
from gdlab.errors import Advice
from gdlab.stage.actors import Arrow, Dots, Fan, Trail

gradient_descent = optimizers.gradient_descent
BOWL = sampled(surfaces.bowl, n=128, spread=2.0)


def actors(lab, kind, panel=0):
    return [a for a in lab.stage._actors if isinstance(a, kind) and a.panel == panel]


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
    for t, dealt in enumerate(lab.dealt):
        mean = tips.x[t, : len(dealt)].mean(), tips.y[t, : len(dealt)].mean()
        assert mean == pytest.approx((batch.x[t] + batch.dx[t], batch.y[t] + batch.dy[t]))
    move = np.diff(lab.run.x, axis=0)
    assert move == pytest.approx(0.1 * BOWL.L * np.stack([batch.dx, batch.dy], -1))


def test_all_samples_need_no_second_arrow():
    lab = labs.batches(batch_size=128)
    assert len(actors(lab, Arrow)) == 1 and not actors(lab, Dots)
    assert np.array_equal(lab.run.x, descend(surfaces.bowl, gradient_descent, lr=0.1).x)


def test_the_points_a_reader_collects_draw_the_law_of_one_over_root_B():
    lab = labs.batches(batch_size=1, steps=400)
    assert lab.slope() is None
    for B in (2, 4, 8, 16, 32):
        lab.set(batch_size=B)
    assert sorted(lab.measured) == [1, 2, 4, 8, 16, 32]
    assert lab.slope() == pytest.approx(-0.5, abs=0.05)
    assert "slope −0.5" in lab.stage.scene["text"]
    (points,) = actors(lab, Dots, panel=2)
    assert list(points.x) == [1, 2, 4, 8, 16, 32]
    noise = np.sqrt(8.0)  # two coordinates, each with spread 2
    assert points.y == pytest.approx(noise / np.sqrt(points.x), rel=0.15)


def test_the_short_batch_at_the_end_of_an_epoch_is_not_measured_as_a_full_one():
    lab = labs.batches(batch_size=100, steps=200)  # 100, 28, 100, 28, …
    expected = np.sqrt(8 * (1 / 100 - 1 / 128))
    assert lab.measured[100] == pytest.approx(expected, rel=0.15)


def test_the_same_seed_gives_the_same_noise_and_the_button_another():
    lab = labs.batches()
    first = lab.run.x
    lab.rows["seed"].draw()
    assert lab.numbers["seed"] == 1
    second = lab.run.x
    assert not np.array_equal(first, second)
    lab.set(seed=0)
    assert np.array_equal(lab.run.x, first)
    assert np.array_equal(lab.last.x, second)  # pale, behind it


def test_a_falling_rate_settles_and_a_fixed_one_does_not():
    lab = labs.batches(lr=0.3, steps=400, goal=0.1)
    trembling = lab.settled(lab.run)
    assert lab.stage.scene["kind"] == "Never quite at rest."
    lab.set(k=0.3)
    assert lab.settled(lab.run) < trembling / 5
    assert lab.stage.scene["kind"] == "Goal reached."
    expected = descend(
        BOWL, gradient_descent, steps=400, batch_size=1, lr=lambda t: 0.3 / (1 + 0.3 * t)
    )
    assert np.array_equal(lab.run.x, expected.x)


def test_a_click_sets_the_start_and_too_large_a_rate_is_told():
    lab = labs.batches()
    lab.stage.start = [-2.0, 1.0]
    assert tuple(lab.run.x[0]) == (-2.0, 1.0)
    lab.set(lr=1.5)
    assert lab.stage.scene["kind"] == "Diverged."


@pytest.mark.parametrize("wrong", [0, 129, 2.5, "many"])
def test_a_batch_size_that_cannot_be(wrong):
    lab = labs.batches()
    with pytest.raises(Advice, match="batch_size is"):
        lab.set(batch_size=wrong)
    assert lab.numbers["batch_size"] == 1


def test_the_slider_of_whole_numbers_gives_whole_numbers():
    lab = labs.batches()
    lab.rows["batch_size"].slider.value = 10**0.72  # 5.2
    assert lab.numbers["batch_size"] == 5
    assert lab.rows["batch_size"].box.value == "5"
    assert lab.run.grad.shape == (100, 2)


@pytest.mark.parametrize("make", [labs.batches, labs.three_ways])
def test_a_surface_without_samples_is_refused_in_one_sentence(make):
    with pytest.raises(Advice, match="needs samples"):
        make(surfaces.bowl)


def test_real_data_will_do_as_well():
    X = np.linspace(-1, 1, 50)
    lab = labs.batches(linear_regression(X, 2 * X + 1 + np.sin(40 * X)), batch_size=5)
    (fan,) = actors(lab, Fan)
    assert fan.dx.shape == (101, 50)


def test_the_goals_of_the_chapters_are_not_reached_at_once_but_can_be():
    lab = labs.batches(batch_size=1, lr=0.1, steps=200, goal=0.01)  # chapter 04
    assert lab.settled(lab.run) > 0.01
    lab.set(lr=0.5, k=0.5)
    assert lab.stage.scene["kind"] == "Goal reached."
    lab.set(lr=0.1, k=0, batch_size=4)  # chapter 05
    assert lab.settled(lab.run) > 0.01
    lab.set(batch_size=16)
    assert lab.stage.scene["kind"] == "Goal reached."
    balls = labs.escape([surfaces.double_well], steps=300, lr=0.1)
    assert balls.share[-1] < 0.83
    balls.set(lr=0.12)
    assert balls.share[-1] > 0.83
    balls.set(lr=0.15)
    assert balls.share[-1] < 0.83


# Three ways


def test_the_three_ways_are_the_same_method_with_other_batches():
    lab = labs.three_ways(batch_size=16, steps=60, epochs=8)
    for way, B in (("batch", 128), ("mini-batch", 16), ("stochastic", 1)):
        run = lab.runs[way]
        expected = descend(BOWL, gradient_descent, steps=run.steps, lr=0.1, batch_size=B)
        assert np.array_equal(run.x, expected.x)
        assert run.steps >= 60
        assert lab.used[way][1] == B and lab.used[way][-1] >= 8 * 128


def test_what_is_kept_from_before_is_what_would_be_made_anew():
    lab = labs.three_ways()
    for change in ({"batch_size": 8}, {"seed": 2}, {"lr": 0.05}, {"epochs": 3}, {"steps": 90}):
        kept = lab.runs["stochastic"]
        lab.set(**change)
        assert (lab.runs["stochastic"] is kept) == ("batch_size" in change or "steps" in change)
    lab.stage.start = [-1.0, 2.0]
    anew = labs.three_ways(batch_size=8, seed=2, lr=0.05, epochs=3, steps=90, start=[-1.0, 2.0])
    for way, run in anew.runs.items():
        assert np.array_equal(lab.runs[way].x, run.x)
        assert np.array_equal(lab.used[way], anew.used[way])


def test_a_short_last_batch_is_counted_as_what_it_is():
    lab = labs.three_ways(batch_size=100)
    assert list(lab.used["mini-batch"][:5]) == [0, 100, 128, 228, 256]


def test_by_the_clock_of_samples_batch_descent_waits_for_a_whole_epoch():
    lab = labs.three_ways(clock="samples", epochs=2)
    assert lab.stage.scene["unit"] == "sample"
    assert lab.stage.scene["frames"] == 2 * 128 + 1
    trails = {a.label: a for a in actors(lab, Trail)}
    batch, single = lab.runs["batch"].x[:, 0], lab.runs["stochastic"].x[:, 0]
    assert np.array_equal(trails["batch"].x[[0, 127, 128, 255, 256]], batch[[0, 0, 1, 1, 2]])
    assert np.array_equal(trails["stochastic"].x, single[:257])


def test_by_the_clock_of_steps_all_step_together():
    lab = labs.three_ways(clock="samples")
    lab.show_clock("steps")
    assert lab.stage.scene["unit"] == "step"
    for trail in actors(lab, Trail):
        assert np.array_equal(trail.x, lab.runs[trail.label].x[:61, 0])


def test_the_clock_decides_which_half_is_averaged():
    lab = labs.three_ways(steps=60, epochs=8)
    for way, by_steps, by_samples in (("batch", 60, 8), ("mini-batch", 60, 64)):
        for clock, last in (("steps", by_steps), ("samples", by_samples)):
            lab.show_clock(clock)
            expected = lab.runs[way].loss[last // 2 + 1 : last + 1].mean()
            assert lab.settled(way) == pytest.approx(expected)
    assert "second half of these epochs" in lab.stage.scene["text"]


def test_arrivals_count_steps_and_samples():
    lab = labs.three_ways(goal=0.1)
    # From loss 8 by 0.8² a step: 8 · 0.64¹⁰ = 0.092
    assert lab.arrivals("batch") == (10, 1280)
    assert lab.arrivals("mini-batch")[1] < 200
    assert "batch 10 steps = 1,280 samples" in lab.stage.scene["text"]
    lab.set(lr=0.001)
    assert lab.arrivals("batch") is None
    assert "batch never" in repr(lab)


def test_a_new_view_is_painted_and_a_divergence_told():
    lab = labs.three_ways()
    lab.set(steps=20, epochs=3)
    ends = [panel["x"][1] for panel in lab.stage.scenery["panels"]]
    assert ends[1:] == [20, 384]
    lab.set(lr=1.2)
    assert lab.stage.scene["kind"] == "Diverged:"


def test_a_clock_that_does_not_exist():
    with pytest.raises(Advice, match="choose 'steps' or 'samples'"):
        labs.three_ways(clock="seconds")


# A thousand balls


def test_without_noise_nobody_gets_out_and_with_it_many_do():
    lab = labs.escape(batch_size=64)
    assert lab.share[-1] == 0
    assert np.ptp(lab.run.x[-1]) == 0  # every ball does the same
    lab.set(batch_size=1)
    assert lab.share[-1] > 0.5
    lab.set(batch_size=8)
    assert lab.share[-1] < 0.01


def test_the_share_is_counted_on_all_thousand_and_drawn_for_some():
    lab = labs.escape()
    left = lab.run.x[..., 0] < 0.12658  # the top between the wells: x³ − 2x + 1/4 = 0
    assert lab.run.x.shape == (151, 1000, 1)
    assert lab.share == pytest.approx(left.mean(1), abs=0.002)
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
    assert lab._valley() == pytest.approx((-1.61, 1.61), abs=0.01)
    assert lab.share[0] == 0
