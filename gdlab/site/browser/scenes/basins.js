// labs/basins.py, with basins.py: where the descents of a whole map end.

const INKY = { color: INK, dash: [] };
const FAR = 1e3; // nothing in this course lies so far from everything

// `quick`: every third start in each direction, for as long as a slider moves.
SCENES.basins = (lab, state, quick = false) => {
  const surface = lab.surfaces[state.surface];
  const method = lab.methods[state.method];
  const { lr, start, steps } = state;
  const numbers = numbersOf(method, state);
  const flat = surface.span.length === 2;
  const key = `${state.method}/${state.surface}`;
  const run = descend(surface, method, start, steps, numbers);
  const ends = (x, rate) => floorsOf(lab, key, surface, method, x, { ...numbers, lr: rate }, steps);
  const { cells, n, coarse } = flat
    ? { ...planeMap(lab, surface, (x) => ends(x, lr), quick), coarse: quick }
    : lineMap(lab, state, key, surface, ends, quick);
  const mine = flat ? cells : ends([tiles(...surface.view[0], SIDE(lab))], lr);
  const words = sharesInWords(mine, surface.floors.length);
  const [arrived] = ends(
    start.map((v) => Float64Array.of(v)),
    lr,
  );
  const rate = `η = ${formatNumber(lr)}`;
  const title = `${capital(method.name)} on ${surface.article}`;
  return {
    kind: endInWords(arrived, surface.floors.length),
    text: `${flat ? words : `At this η ${words}`}.`,
    summary: `${title}, ${rate}, ${steps} step${steps === 1 ? "" : "s"}: ${words}.`,
    title,
    formula: surface.formula,
    name: rate,
    scenery: state.surface,
    limits: null,
    readout: ["loss", run.loss],
    hidden: hiddenFrom(lab, numbers, ["steps"]),
    quick: coarse,
    actors: [
      {
        kind: "tiles",
        panel: 0,
        label: "",
        alpha: 0.7,
        cells,
        n,
        colors: [...lab.colors.slice(0, surface.floors.length), lab.nowhere, lab.lost],
        x: Float64Array.from(surface.view[0]),
        y: Float64Array.from(flat ? surface.view[1] : edgesOf(lab.lrs)),
      },
      ...(flat
        ? surface.floors.map((floor, i) => point(0, ...floor, { color: INK, symbol: letter(i) }))
        : []),
      ...(flat ? [path(run, INKY)] : walkOnALine(run, lr)),
      lossCurve(run, INKY),
    ],
    run,
  };
};

ADJUST.basins = (lab, before, after) =>
  before.method === after.method && before.surface === after.surface
    ? {}
    : { lr: lab.usual[`${after.method}/${after.surface}`] };

const SIDE = (lab) => lab.lrs.length; // starts a side of the map
const letter = (i) => String.fromCharCode(65 + i);
const tiles = (low, high, n) =>
  Float64Array.from({ length: n }, (_, i) => low + ((high - low) * (i + 0.5)) / n);
const everyThird = (values, quick) => (quick ? values.filter((_, i) => i % 3 === 1) : values);

// Over both coordinates.
function planeMap(lab, surface, ends, quick) {
  const [xs, ys] = surface.view.map((ends_) => everyThird(tiles(...ends_, SIDE(lab)), quick));
  const n = xs.length;
  const x = new Float64Array(n * n);
  const y = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++) [x[i], y[i]] = [xs[i % n], ys[Math.floor(i / n)]];
  return { cells: ends([x, y]), n };
}

// Over start and η: the same map for every η, so it is kept.
function lineMap(lab, state, key, surface, ends, quick) {
  const others = Object.entries(state).filter(([name]) => name !== "lr" && name !== "start");
  const known = JSON.stringify(others);
  if (lab.kept?.known === known && !(lab.kept.coarse && !quick)) return lab.kept;
  const xs = everyThird(tiles(...surface.view[0], SIDE(lab)), quick);
  const rates = everyThird(lab.lrs, quick);
  const n = xs.length;
  const cells = new Uint8Array(n * rates.length);
  rates.forEach((rate, row) => cells.set(ends([xs.slice()], rate), n * row));
  lab.kept = { known, cells, n, coarse: quick };
  return lab.kept;
}

// The number of the floor where each of many descents ends; one more, and two more, for those that
// are nowhere yet, and that flew away. The starts x are changed: they become the last positions.
function floorsOf(lab, key, { floors, span }, { memory }, x, numbers, steps) {
  const s = {};
  const step = lab.crowds[key];
  const count = x[0].length;
  const found = new Uint8Array(count);
  const reach = reachOf(floors, span);
  for (const name of memory) s[name] = x.map(() => new Float64Array(count));
  for (let t = 1; t <= steps; t++) step(x, s, numbers, t);
  for (let at = 0; at < count; at++) {
    let near = Infinity;
    let nearest = 0;
    floors.forEach((floor, k) => {
      let far = 0;
      for (let i = 0; i < floor.length; i++) far += (x[i][at] - floor[i]) ** 2;
      if (far < near) [near, nearest] = [far, k];
    });
    found[at] = near > FAR ** 2 ? floors.length + 1 : near <= reach ** 2 ? nearest : floors.length;
  }
  return found;
}

// How near a floor counts as arrived.
function reachOf(floors, span) {
  if (floors.length === 1) return 0.05 * Math.min(...span);
  const apart = floors.flatMap((a) => floors.map((b) => Math.hypot(...a.map((v, i) => v - b[i]))));
  return Math.min(...apart.filter((v) => v > 0)) / 4;
}

function sharesInWords(cells, floors) {
  const counts = new Array(floors + 2).fill(0);
  for (const cell of cells) counts[cell]++;
  const places = [
    ...counts.slice(0, floors).map((_, i) => `${i ? "" : "of the starts end "}at ${letter(i)}`),
    "elsewhere",
    "fly away",
  ];
  const told = counts.map((count, i) => [wholeNumber((100 * count) / cells.length), places[i]]);
  return told
    .filter(([share]) => share)
    .map(([share, place]) => `${share} % ${place}`)
    .join(", ");
}

function endInWords(arrived, floors) {
  if (arrived < floors) return `To ${letter(arrived)}.`;
  return arrived === floors ? "Nowhere yet." : "Diverged.";
}

// Where the map of start and η begins and ends: half a tile beyond the outer rates.
function edgesOf(lrs) {
  const half = Math.sqrt(lrs[1] / lrs[0]);
  return [lrs[0] / half, lrs[lrs.length - 1] * half];
}

function walkOnALine(run, lr) {
  const x = column(run.x, 0);
  return [
    plotted(0, Float64Array.from(run.surface.view[0]), Float64Array.of(lr, lr), INK, [3, 2]),
    point(0, x[0], lr, { color: INK, trace: true }),
    {
      ...TRAIL,
      panel: 2,
      x,
      y: Float64Array.from(run.loss),
      color: INK,
      label: "path",
      trace: true,
    },
  ];
}
