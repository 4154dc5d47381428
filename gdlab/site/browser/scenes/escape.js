// labs/escape.py: a thousand runs, each with samples of its own.

SCENES.escape = (lab, state) => {
  const surface = lab.surfaces[state.surface];
  const { batch_size: size, lr, steps, seed } = state;
  const { runs, n } = lab;
  const noise = noiseOf(lab, size, steps, seed);
  const { home: counts, shown, lost } = crowdOf(lab, surface, noise, lr, steps);
  const share = counts.map((count) => count / runs);
  const home = counts[steps];
  const rate = `η = ${formatNumber(lr)}`;
  const samples = size === n ? `all ${n} samples` : `${size} sample${size > 1 ? "s" : ""}`;
  const all = grouped(String(runs));
  const words = [
    `${grouped(String(home))} of ${all} runs are in the lowest valley after ${steps} steps.`,
  ];
  if (size === n) words.push(`All ${n} samples: no noise, and every ball does the same.`);
  if (lost) words.push(`${grouped(String(lost))} blew up: η is too large.`);
  return {
    kind: home ? `${wholeNumber(100 * share[steps])}% are home.` : "Nobody gets out.",
    text: words.join(" "),
    summary: `${all} runs on ${surface.article}, ${rate}, ${samples} a step: ${home || "none"} ${home < 2 ? "is" : "are"} home after ${steps} steps.`,
    name: `${rate}, B = ${size}: ${home} home`,
    title: `${all} balls on ${surface.article}`,
    formula: surface.formula,
    scenery: state.surface,
    readout: ["home", share],
    limits: null,
    actors: [
      {
        kind: "dots",
        panel: 0,
        ...shown,
        n: lab.shown,
        color: "#D55E00",
        size: 3.2,
        label: `${lab.shown} of the ${all} balls`,
      },
      {
        ...TRAIL,
        panel: 1,
        x: times(steps + 1),
        y: Float64Array.from(share),
        color: GREEN,
        label: "home",
        dots: false,
        trace: true,
      },
    ],
  };
};

// The tilts behind each run: n samples of each, their mean zero. See sampling.py.
function tiltsOf(lab, seed) {
  if (lab.tilts?.seed === seed) return lab.tilts.rows;
  const { n, runs, spread } = lab;
  const chance = new Chance(seed);
  const mean = new Float64Array(runs);
  const rows = Array.from({ length: n }, () =>
    Float64Array.from({ length: runs }, () => spread * chance.normal()),
  );
  for (const row of rows) {
    row.forEach((v, i) => {
      mean[i] += v;
    });
  }
  for (const row of rows) {
    row.forEach((v, i) => {
      row[i] = v - mean[i] / n;
    });
  }
  lab.tilts = { seed, rows };
  return rows;
}

// What a batch takes off the slope of each run, step by step; nothing where it is all samples.
function noiseOf(lab, size, steps, seed) {
  const known = [size, steps, seed].join();
  if (lab.noise?.known === known) return lab.noise.off;
  const tilts = size < lab.n ? tiltsOf(lab, seed) : [];
  const next = miniBatches(lab.n, size, seed);
  const off = Array.from({ length: steps }, () => {
    const sum = new Float64Array(lab.runs);
    const batch = next();
    for (const row of batch.map((sample) => tilts[sample] ?? [])) {
      row.forEach((v, i) => {
        sum[i] += v;
      });
    }
    return sum.map((v) => v / batch.length);
  });
  lab.noise = { known, off };
  return off;
}

// How many of the runs are home at each step, where those are that are drawn, and how many are lost.
function crowdOf(lab, surface, noise, lr, steps) {
  const { runs, shown: count } = lab;
  const {
    f,
    valley: [low, high],
    tall,
  } = surface;
  const from = low ?? -Infinity;
  const to = high ?? Infinity;
  const x = new Float64Array(runs).fill(surface.start[0]);
  const chance = new Chance(0);
  const lift = Array.from({ length: count }, () => 0.053 * tall * chance.random());
  const shown = {
    x: new Float64Array((steps + 1) * count),
    y: new Float64Array((steps + 1) * count),
  };
  const height = new Float64Array(runs).fill(f(surface.start));
  const lost = new Uint8Array(runs);
  const inside = [];
  for (let t = 0; t <= steps; t++) {
    const at = new Uint8Array(runs);
    for (let i = 0; i < runs; i++) at[i] = x[i] > from && x[i] < to ? 1 : 0;
    inside.push(at);
    for (let i = 0, k = t * count; i < count; i++, k++) {
      shown.x[k] = x[i];
      shown.y[k] = height[i] + lift[i];
    }
    if (t === steps) break;
    const before = x.slice();
    const here = [0];
    surface.step([x], {}, { lr }, t + 1, [noise[t]]);
    for (let i = 0; i < runs; i++) {
      here[0] = x[i];
      const above = f(here);
      if (lost[i] || !Number.isFinite(x[i]) || !Number.isFinite(above)) {
        lost[i] = 1;
        x[i] = before[i]; // it stays where it was
      } else {
        height[i] = above;
      }
    }
  }
  const those = (at) => {
    let sum = 0;
    for (let i = 0; i < runs; i++) sum += at[i] && !lost[i] ? 1 : 0;
    return sum;
  };
  return { home: inside.map(those), shown, lost: lost.reduce((sum, v) => sum + v, 0) };
}
