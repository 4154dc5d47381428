// labs/batches.py

SCENES.batches = (lab, state) => {
  const surface = lab.surfaces[0];
  const { batch_size: size, lr, k, steps, goal } = state;
  const { run, used, noise: now } = measuredRun(lab, state);
  const all = [...state.measured, [size, now]]; // a later one of the same size counts
  const noise = Object.fromEntries(all.filter(([, v]) => v !== null));
  if (now === null) delete noise[size];
  const rate = namedNumbers(k ? { lr, k } : { lr }, lab.symbols);
  return {
    ...batchesInWords(run, used, goal, slopeOf(noise, surface.n)),
    summary: batchesSummary(run, size, rate),
    name: `${rate}, B = ${size}`,
    title: `${surface.n} samples behind ${surface.article}`,
    formula: surface.formula,
    scenery: "0",
    readout: ["loss", run.loss],
    limits: () => ({ lr: surface.L ? 2 / surface.L : null }),
    actors: [...amongSamples(surface, run, used), averageLine(run), ...noisePoints(noise, size)],
    run,
  };
};

// The noise of the batch size that is left stays, to four digits; that of the new one goes.
ADJUST.batches = (lab, before, after) => {
  if (before.batch_size === after.batch_size) return {};
  const { noise } = measuredRun(lab, before);
  const all = [...before.measured.filter(([size]) => size !== before.batch_size)];
  if (noise) all.push([before.batch_size, Number(noise.toPrecision(4))]);
  return { measured: all.filter(([size]) => size !== after.batch_size).sort(([a], [b]) => a - b) };
};

// A run, its batches, and their noise, rms ‖∇J_batch − ∇J‖; null where there is none.
function measuredRun(lab, state) {
  const surface = lab.surfaces[0];
  const { batch_size: size, steps, seed } = state;
  const run = stochastic(lab, state, size, steps);
  const next = miniBatches(surface.n, size, seed);
  const used = Array.from({ length: steps }, next);
  const off = run.grad
    .map((g, t) => g.map((v, i) => v - surface.grad(run.x[t])[i]))
    .filter((_, t) => used[t].length === size);
  const none = size === surface.n || run.firstBadStep >= 0 || !off.length;
  return {
    run,
    used,
    noise: none
      ? null
      : Math.sqrt(mean(off.map((v) => v.reduce((sum, a) => sum + a * a, 0)))) || null,
  };
}

// The slope of the measured points on log–log axes, or null for too few of them.
function slopeOf(noise, n) {
  const few = Object.entries(noise)
    .map(([size, v]) => [Number(size), v])
    .filter(([size]) => size <= n / 8);
  const sizes = few.map(([size]) => size);
  if (few.length < 3 || Math.max(...sizes) < 8 * Math.min(...sizes)) return null;
  const [x, y] = [0, 1].map((i) => few.map((pair) => Math.log(pair[i])));
  const away = x.map((v) => v - mean(x));
  return away.reduce((sum, v, i) => sum + v * y[i], 0) / away.reduce((sum, v) => sum + v * v, 0);
}

// The path among the slopes: above the cloud of samples, below the arrows.
function amongSamples(surface, run, used) {
  const reach = surface.L ? 1 / surface.L : 0.1;
  const { x, steps } = run;
  const { n } = surface;
  const each = x.map((at) => surface.each(at).map((v) => -reach * v));
  const every = x.map((at) => surface.grad(at).map((v) => -reach * v));
  const spread = (i) =>
    Float64Array.from(
      { length: each.length * n },
      (_, k) => each[Math.floor(k / n)][2 * (k % n) + i],
    );
  const arrow = (v, color, label) => ({
    kind: "arrow",
    panel: 0,
    color,
    label,
    x: column(x, 0).slice(0, v.length),
    y: column(x, 1).slice(0, v.length),
    dx: column(v, 0),
    dy: column(v, 1),
  });
  const fan = {
    kind: "fan",
    panel: 0,
    n,
    x: column(x, 0),
    y: column(x, 1),
    dx: spread(0),
    dy: spread(1),
    color: "#9aa1ad",
    label: "each sample",
  };
  const below = [fan, path(run), lossCurve(run)];
  const full = arrow(every, BLUE, "all samples: −∇J/L");
  // Where the batch is all samples, its arrow is this one.
  if (used[0].length === n) return [...below, full];
  const wide = Math.max(...used.map((batch) => batch.length));
  const tips = [0, 1].map((i) => new Float64Array(steps * wide));
  used.forEach((batch, t) => {
    for (let j = 0; j < wide; j++) {
      const sample = batch[Math.min(j, batch.length - 1)]; // a shorter one repeats its last
      for (const i of [0, 1]) tips[i][t * wide + j] = x[t][i] + each[t][2 * sample + i];
    }
  });
  return [
    ...below,
    { kind: "dots", panel: 0, n: wide, x: tips[0], y: tips[1], color: GREEN, size: 3.4, label: "" },
    full,
    arrow(
      run.grad.map((g) => g.map((v) => -reach * v)),
      GREEN,
      "the batch: its step goes this way",
    ),
  ];
}

function averageLine(run) {
  const level = averageLoss(heights(run));
  return plotted(
    1,
    Float64Array.of(Math.floor(run.steps / 2), run.steps),
    Float64Array.of(level, level),
    INK,
    [4, 2],
    "average",
  );
}

// The measured noise by batch size, the present one as a ball; without noise it lies below the picture.
function noisePoints(noise, size) {
  const sizes = Float64Array.from(Object.keys(noise), Number);
  const y = Float64Array.from(Object.values(noise));
  const points = {
    kind: "dots",
    panel: 2,
    n: sizes.length,
    x: sizes,
    y,
    color: INK,
    size: 3,
    label: "",
  };
  return [...(sizes.length ? [points] : []), point(2, size, noise[size] ?? 1e-12, { dots: false })];
}

function batchesSummary(run, size, rate) {
  const head = `Batches of ${size} from ${run.surface.n} samples, ${rate}`;
  const verdict = judge(run);
  if (verdict.kind === "diverged") return `${head}: ${verdictText(verdict)}.`;
  const half = run.steps - Math.floor(run.steps / 2);
  const level = formatNumber(averageLoss(heights(run)));
  return `${head}: loss ${level} on average over the last ${half} of ${run.steps} steps.`;
}

function batchesInWords(run, used, goal, slope) {
  const verdict = judge(run);
  const level = averageLoss(heights(run));
  const half = run.steps - Math.floor(run.steps / 2);
  if (verdict.kind === "diverged") return judgement(run);
  let kind = { converged: "Converged.", stalled: "Stalled." }[verdict.kind] ?? "Under way.";
  if (trembles(run)) kind = "Never quite at rest.";
  const words = [`Loss ${formatNumber(level)} on average over the last ${half} steps.`];
  const seen = used.reduce((sum, { length }) => sum + length, 0);
  if (goal) {
    if (level <= goal) kind = "Goal reached.";
    words.push(`The goal is ${formatNumber(goal)}.`);
  }
  words.push(
    `Samples used: ${grouped(String(seen))}, which is ${formatNumber(seen / run.surface.n)} epochs.`,
  );
  if (slope !== null) {
    words.push(`Your points fall with slope ${slope.toFixed(2).replace("-", "−")}.`);
  }
  return { kind, text: words.join(" ") };
}

// The second half is no lower at its end than at its beginning, yet it moves.
function trembles(run) {
  const above = heights(run).slice(Math.floor(run.steps / 2));
  const half = Math.floor(above.length / 2);
  return largest(above) > 1e-6 && mean(above.slice(half)) > 0.3 * mean(above.slice(0, half));
}
