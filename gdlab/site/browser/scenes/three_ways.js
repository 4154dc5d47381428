// labs/three_ways.py

const LOWEST_LOSS = 1e-5; // the loss panels of noisy runs end here
const WAYS = { stochastic: "#56B4E9", batch: "#D55E00", "mini-batch": "#CC79A7" };

SCENES.three_ways = (lab, state) => {
  const surface = lab.surfaces[0];
  const { steps, epochs, goal, clock } = state;
  const samples = epochs * surface.n;
  const byStep = clock === "steps";
  const sizes = { stochastic: 1, batch: surface.n, "mini-batch": state.batch_size };
  const frames = (byStep ? steps : samples) + 1;
  const ways = Object.entries(sizes).map(([way, size]) => {
    const enough = Math.max(steps, epochs * Math.ceil(surface.n / size));
    const run = stochastic(lab, state, size, enough);
    const used = samplesUsed(surface.n, size, enough);
    const shown = stepsWithin(used, samples);
    const above = heights(run);
    // A step is made when its last sample has been measured.
    const made = Array.from(times(frames), (t) => (byStep ? t : stepsWithin(used, t)));
    const arrives = above.findIndex((v) => v <= goal);
    return {
      way,
      run,
      used,
      shown,
      made,
      arrives,
      level: averageLoss(above, byStep ? steps : shown),
      loss: above.map((v) => Math.max(v, LOWEST_LOSS / 100)),
    };
  });
  const { kind, text } = waysInWords(ways, goal);
  const levels = ways.map(({ way, level }) => `${way} ${formatNumber(level)}`).join(", ");
  return {
    kind,
    text: `${text} Loss over the second half of these ${byStep ? "steps" : "epochs"}, on average: ${levels}.`,
    summary: `${kind} ${text}`,
    name: "",
    title: `Three ways down ${surface.article}`,
    formula: `${surface.formula}, the mean of ${surface.n} samples`,
    scenery: "0",
    frames,
    unit: byStep ? "step" : "sample",
    limits: () => ({ lr: surface.L ? 2 / surface.L : null }),
    actors: [
      ...ways.flatMap((one) => wholeCurves(one, steps)),
      ...ways.flatMap((one) => runners(one, steps)),
    ],
    run: ways.map(({ run }) => run),
  };
};

// Gradient descent on batches, with the rate η/(1 + k t).
function stochastic(lab, { start, seed, lr, k }, size, steps) {
  const surface = lab.surfaces[0];
  const rates = k ? (t) => ({ lr: lab.falling({ lr, k, t })[0] }) : null;
  return descend(surface, lab.methods[0], start, steps, k ? {} : { lr }, {
    rates,
    batches: miniBatches(surface.n, size, seed),
  });
}

// How many samples have been measured after 0, 1, 2, … steps: the last batch of an epoch may be shorter.
function samplesUsed(n, size, steps) {
  const epoch = Math.ceil(n / size);
  return Array.from(times(steps + 1), (t) => Math.floor(t / epoch) * n + (t % epoch) * size);
}

// How many steps are made once so many samples have been measured.
function stepsWithin(used, samples) {
  let [low, high] = [0, used.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (used[middle] <= samples) low = middle;
    else high = middle;
  }
  return low;
}

// Over the second half of a run, or of its first steps.
const averageLoss = (above, last = above.length - 1) =>
  mean(above.slice(Math.floor(last / 2) + 1, last + 1));

function waysInWords(ways, goal) {
  const lost = ways.filter(({ run }) => judge(run).kind === "diverged").map(({ way }) => way);
  const count = (v) => grouped(String(v));
  if (lost.length) return { kind: "Diverged:", text: `${lost.join(", ")}. Try a smaller η.` };
  const words = ways.map(({ way, arrives, used }) =>
    arrives < 0
      ? `${way} never`
      : `${way} ${count(arrives)} steps = ${count(used[arrives])} samples`,
  );
  return { kind: `Down to a loss of ${formatNumber(goal)}:`, text: `${words.join(", ")}.` };
}

function wholeCurves({ way, loss, used, shown }, steps) {
  const part = (values, last) => Float64Array.from(values.slice(0, last + 1));
  return [
    plotted(1, times(steps + 1), part(loss, steps), WAYS[way]),
    plotted(2, part(used, shown), part(loss, shown), WAYS[way]),
  ];
}

// The path in the landscape, and the balls on both loss curves.
function runners({ way, run, loss, used, shown, made }, steps) {
  const onSteps = made.map((t) => Math.min(t, steps));
  const onSamples = made.map((t) => Math.min(t, shown));
  const at = (values, places) => Float64Array.from(places, (t) => values[t]);
  const look = { color: WAYS[way], dash: [], dots: false };
  const trail = path(run, { ...look, label: way, trace: false });
  return [
    { ...trail, x: at(trail.x, made), y: at(trail.y, made), z: at(trail.z, made) },
    { ...TRAIL, ...look, panel: 1, x: Float64Array.from(onSteps), y: at(loss, onSteps) },
    { ...TRAIL, ...look, panel: 2, x: at(used, onSamples), y: at(loss, onSamples) },
  ];
}
