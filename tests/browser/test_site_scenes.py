"""The labs of the static edition say and draw what Python's do, for hundreds of states."""

import json

import numpy as np
import pytest

from gdlab import descend, dialects, labs, optimizers, sampled, surfaces
from gdlab.sampling import Sampled, batches
from gdlab.site.export import program
from gdlab.site.makers import ALIVE
from gdlab.site.pages import write_shared

pytestmark = pytest.mark.browser

BOTH = [surfaces.square, surfaces.ravine]
LABS = {
    "descent": lambda: labs.descent(optimizers.momentum, [*surfaces.SURFACES.values()], within=30),
    "plain": lambda: labs.descent(surface=BOTH, goal=None),
    "direction": lambda: labs.direction(surfaces.beale, start=(1.0, 0.5)),
    "memory": lambda: labs.memory([optimizers.adam, optimizers.rmsprop], BOTH, lr=0.1),
    "adagrad": lambda: labs.memory(optimizers.adagrad, surfaces.beale, lr=0.5),
    "adadelta": lambda: labs.memory(optimizers.adadelta, BOTH, eps=1e-4),
    "measured": lambda: labs.memory(optimizers.momentum, surfaces.ravine, lr=0.1),
    "noisy": lambda: labs.memory(
        optimizers.adagrad, sampled(surfaces.ravine, n=16), batch_size=3, seed=5, lr=0.5
    ),
    "rates": lambda: labs.rates((0.02, 0.2, 0.9), surfaces.ravine),
    "lookahead": lambda: labs.lookahead(surface=BOTH, within=30),
    "fit": lambda: labs.fit([0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 4.0, 7.0], lr=0.1),
    "rate_map": lambda: labs.rate_map([d.method for d in dialects.DIALECTS[:2]], surfaces.ravine),
    "scheduled": lambda: labs.scheduled([surfaces.ravine, surfaces.bowl]),
    "race": lambda: labs.race(["gradient_descent", "adam"], surfaces.ravine),
    "basins": lambda: labs.basins(),
    "one basin": lambda: labs.basins(optimizers.momentum, surfaces.beale, lr=0.01),
    "saddle": lambda: labs.saddle(),
    "chaos": lambda: labs.chaos(steps=300),
    "stale": lambda: labs.stale(within=40),
    "speedup": lambda: labs.speedup(goal=8),
    "escape": lambda: labs.escape(steps=60),
    "three_ways": lambda: labs.three_ways(epochs=3),
    "batches": lambda: labs.batches(goal=0.01),
    "stopping": lambda: labs.stopping(),
    "paraboloid": lambda: labs.paraboloid(epochs=4),
}
NOT_THERE = {  # controls that take Python
    "scheduled": ["steps"],
    "race": ["tuning"],
    "chaos": ["steps"],
    "escape": ["steps"],
    "three_ways": ["steps", "epochs"],
    "stopping": ["seed"],
    "paraboloid": ["epochs"],
}
STATES = 15  # of each lab


def a_state(lab, rng):
    """Random legal values for the controls of a lab, and a start within its view."""
    values = {}
    for name, control in lab.controls.items():
        if hasattr(control, "options"):
            values[name] = rng.choice(len(control.options))
            values[name] = list(control.options.values())[values[name]]
        elif name == "steps":
            values[name] = int(rng.integers(1, 61))
        elif name == "seed":
            values[name] = int(rng.integers(0, min(2**31, control.about.legal[1])))
        else:
            low, high = control.about.low, control.about.high
            share = rng.uniform(0, 0.8)  # few of the runs should fly away
            value = low * (high / low) ** share if control.about.log else low + share * (high - low)
            values[name] = round(value) if control.whole else float(f"{value:.3g}")
    for name in NOT_THERE.get(lab.maker.__name__, ()):
        values.pop(name)
    if "start" in lab.state:
        surface = values.get("surface", lab.state.get("surface"))
        view = (surface or lab.run.surface).view
        values["start"] = tuple(float(rng.uniform(low, high)) for low, high in view)
    return values


def for_the_browser(lab):
    """A state of Python's as the page holds it: surfaces and methods by number."""
    plain = (int, float, str, type(None))
    out = {name: value for name, value in lab.state.items() if isinstance(value, plain)}
    chosen = (c.name for c in lab.controls.values() if hasattr(c, "options"))
    out |= {name: str(out[name]) for name in chosen if name in out}
    for name in ("surface", "method"):
        control = lab.controls.get(name)
        values = list(control.options.values()) if control else [lab.state.get(name)]
        out[name] = str(next(i for i, v in enumerate(values) if v is lab.state.get(name)))
    return out | {name: lab.state[name] for name in ("start", "measured") if name in lab.state}


IN_THE_BROWSER = """(state) => {
    const plain = (v) => (ArrayBuffer.isView(v) ? Array.from(v, String) : v);
    const spread = (a) => Object.fromEntries(Object.entries(a).map(([k, v]) => [k, plain(v)]));
    const scene = SCENES[spec.maker](spec, state), { kind, text, summary, name, hidden } = scene;
    const said = { kind, text, summary, name, hidden: hidden ?? [] };
    return JSON.stringify({ ...said, actors: scene.actors.map(spread) });
}"""


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """A page with the program of the static edition, and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    write_shared(folder)
    page = browser.new_page()
    page.add_script_tag(path=folder / "gdlab.js")
    yield page
    page.close()


def test_every_lab_that_is_alive_is_compared():
    assert {make().maker.__name__ for make in LABS.values()} == set(ALIVE)


@pytest.mark.parametrize("name", LABS)
def test_a_scene_of_the_browser_is_pythons(page, name):
    lab, rng = LABS[name](), np.random.default_rng(0)
    page.evaluate(f"() => {{ globalThis.spec = {program(lab)}; }}")
    agree = 0
    for _ in range(STATES):
        lab.set(**a_state(lab, rng))
        if not is_calm(lab):
            continue
        theirs = page.evaluate(IN_THE_BROWSER, for_the_browser(lab))
        compare(lab, json.loads(theirs))
        agree += 1
    assert agree >= STATES // 2


def test_the_name_of_a_number_keeps_its_small_letter(page):
    lab = labs.descent(surface=surfaces.bowl, lr=1.02, steps=20)
    assert lab.scene.text == "lr is above 2/L = 1."
    page.evaluate(f"() => {{ globalThis.spec = {program(lab)}; }}")
    compare(lab, json.loads(page.evaluate(IN_THE_BROWSER, for_the_browser(lab))))


CHANCE = """(seed) => {
    const [first, second, third] = [1, 2, 3].map(() => new Chance(seed));
    const batches = typeof seed === "number" ? miniBatches(10, 4, seed) : null;
    const many = (make) => Array.from({ length: 2000 }, make);
    return {
        random: many(() => first.random()),
        orders: [7, 64, 1, 129].map((n) => second.permutation(n)),
        normal: many(() => third.normal()),
        batches: batches && [1, 2, 3, 4].map(batches),
    };
}"""


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**31, 2**32 - 1, 2**32, 2**40 + 5, [3, 14]])
def test_a_seed_means_the_same_chance_as_in_numpy(page, seed):
    theirs = page.evaluate(CHANCE, seed)
    assert theirs["random"] == np.random.default_rng(seed).random(2000).tolist()
    rng = np.random.default_rng(seed)
    assert theirs["orders"] == [rng.permutation(n).tolist() for n in (7, 64, 1, 129)]
    normal = np.random.default_rng(seed).normal(size=2000)
    np.testing.assert_allclose(theirs["normal"], normal, rtol=1e-13)
    if theirs["batches"]:
        order = batches(10, 4, seed)
        assert theirs["batches"] == [next(order).tolist() for _ in range(4)]


def test_a_map_that_is_quick_is_a_coarse_one_of_the_same(page):
    page.evaluate(f"() => {{ globalThis.spec = {program(labs.basins(lr=0.01))}; }}")
    fine, coarse, told = page.evaluate(
        """() => {
            const scenes = [false, true].map((quick) => SCENES.basins(spec, spec.state, quick));
            return [...scenes.map(({ actors }) => Array.from(actors[0].cells)), scenes[1].quick];
        }"""
    )
    assert told is True
    side = int(len(fine) ** 0.5)
    middles = np.array(fine).reshape(side, side)[1::3, 1::3]
    np.testing.assert_array_equal(np.array(coarse), middles.ravel())


def is_calm(lab):
    """Whether a start a hair away leads to the same place: chaos would magnify the last digit."""
    return all(_is_calm(run) for run in runs_of(lab.run))


def runs_of(shown):
    """The single runs of a lab: of one, of a batch, or of several methods."""
    if shown is None:
        return []
    if isinstance(shown, dict):
        return list(shown.values())
    return [shown] if shown.loss.ndim == 1 else [shown[i] for i in range(shown.loss.shape[1])]


def _is_calm(run):
    if isinstance(run.surface, Sampled):  # noise is no chaos
        return bool(run.first_bad_step < 0 and np.abs(run.x).max() < 1e3)
    near = run.x[0] * (1 + 1e-13) + 1e-14
    again = descend(run.surface, run.method, near, steps=run.steps, **run.numbers)
    apart, size = np.abs(again.x - run.x).max(), 1 + np.abs(run.x).max()
    return run.first_bad_step < 0 and apart < 1e-10 * size


def compare(lab, theirs):
    """The same words; the same actors, and where they are."""
    scene = lab.scene
    for field in ("kind", "text", "summary", "name"):
        assert theirs[field] == getattr(scene, field)
    assert set(theirs["hidden"]) == scene.hidden
    assert [a["kind"] for a in theirs["actors"]] == [a.kind for a in scene.actors]
    for ours, other in zip(scene.actors, theirs["actors"], strict=True):
        for field in ("label", "color", "panel"):
            assert other.get(field) == getattr(ours, field, None)
        if ours.kind == "tiles":
            assert other["colors"] == list(ours.colors)
            assert list(map(int, other["cells"])) == ours.cells.ravel().tolist()
        for name in ("x", "y", "dx", "dy", "z"):
            mine = getattr(ours, name, None)
            if mine is None:
                assert other.get(name) is None
                continue
            mine = np.ravel(np.asarray(mine, dtype=float))
            near = 1e-9 * (1 + np.nanmax(np.abs(mine), initial=0))
            np.testing.assert_allclose(np.array(other[name], float), mine, rtol=1e-7, atol=near)
