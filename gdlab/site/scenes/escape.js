// labs/escape.py: a thousand runs, each with samples of its own.

SCENES.escape = (lab, state) => {
  const surface = lab.surfaces[state.surface], { batch_size: size, lr, steps, seed } = state, { runs, n } = lab;
  const noise = noiseOf(lab, size, steps, seed), { x, shown, lost } = crowdOf(lab, surface, noise, lr, steps);
  const share = x.map((count) => count / runs), home = wholeNumber(runs * share[steps]), rate = `η = ${formatNumber(lr)}`;
  const samples = size === n ? `all ${n} samples` : `${size} sample${size > 1 ? "s" : ""}`, all = grouped(String(runs));
  const words = [`${grouped(String(home))} of ${all} runs are in the lowest valley after ${steps} steps.`];
  if (size === n) words.push(`All ${n} samples: no noise, and every ball does the same.`);
  if (lost) words.push(`${grouped(String(lost))} blew up: η is too large.`);
  return {
    kind: home ? `${wholeNumber(100 * share[steps])}% are home.` : "Nobody gets out.",
    text: words.join(" "),
    summary: `${all} runs on ${surface.article}, ${rate}, ${samples} a step: ${home || "none"} ${home < 2 ? "is" : "are"} home after ${steps} steps.`,
    name: `${rate}, B = ${size}: ${home} home`,
    title: `${all} balls on ${surface.article}`, formula: surface.formula,
    scenery: state.surface, readout: ["home", share], limits: null,
    actors: [
      { kind: "dots", panel: 0, ...shown, n: lab.shown, color: "#D55E00", size: 3.2, label: `${lab.shown} of the ${all} balls` },
      { ...TRAIL, panel: 1, x: times(steps + 1), y: Float64Array.from(share), color: GREEN, label: "home", dots: false, trace: true },
    ],
  };
};

// The tilts behind each run: n samples of each, their mean zero. See sampling.py.
function tiltsOf(lab, seed) {
  if (lab.tilts?.seed === seed) return lab.tilts.rows;
  const { n, runs, spread } = lab, chance = new Chance(seed), mean = new Float64Array(runs);
  const rows = Array.from({ length: n }, () => Float64Array.from({ length: runs }, () => spread * chance.normal()));
  for (const row of rows) row.forEach((v, i) => { mean[i] += v; });
  for (const row of rows) row.forEach((v, i) => { row[i] = v - mean[i] / n; });
  lab.tilts = { seed, rows };
  return rows;
}

// What a batch takes off the slope of each run, step by step; null where all samples are measured.
function noiseOf(lab, size, steps, seed) {
  const known = [size, steps, seed].join();
  if (lab.noise?.known === known) return lab.noise.off;
  const tilts = tiltsOf(lab, seed), next = miniBatches(lab.n, size, seed);
  const off = Array.from({ length: size === lab.n ? 0 : steps }, () => {
    const batch = next(), sum = new Float64Array(lab.runs);
    for (const sample of batch) for (let i = 0, row = tilts[sample]; i < lab.runs; i++) sum[i] += row[i];
    return sum.map((v) => v / batch.length);
  });
  lab.noise = { known, off };
  return off;
}

// How many of the runs are home at each step, where those are that are drawn, and how many are lost.
function crowdOf(lab, surface, noise, lr, steps) {
  const { f, grad, start, valley: [low, high], tall } = surface, step = lab.methods[0].step[1], numbers = { lr };
  const chance = new Chance(0), count = lab.shown, x = new Array(steps + 1).fill(0);
  const shown = { x: new Float64Array((steps + 1) * count), y: new Float64Array((steps + 1) * count) };
  let lost = 0, t = 0, i = 0;
  const felt = noise.length ? (at) => [grad(at)[0] - noise[t][i]] : grad;
  for (i = 0; i < lab.runs; i++) {
    const lift = i < count ? 0.053 * tall * chance.random() : 0, inside = [];
    let here = start, height = f(here), bad = false;
    for (t = 0; t <= steps; t++) {
      if (here[0] > (low ?? -Infinity) && here[0] < (high ?? Infinity)) inside.push(t);
      if (i < count) [shown.x[t * count + i], shown.y[t * count + i]] = [here[0], height + lift];
      if (bad || t === steps) continue;
      const next = step(here, felt, {}, numbers, t + 1), above = f(next);
      bad = !(Number.isFinite(next[0]) && Number.isFinite(above)); // then it stays where it was
      if (!bad) [here, height] = [next, above];
    }
    lost += bad;
    if (!bad) for (const at of inside) x[at]++;
  }
  return { x, shown, lost };
}
