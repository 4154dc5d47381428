// labs/memory.py, with the readings of step_sizes.py

const [COORDINATES, TINTS] = [
  ["#D55E00", "#56B4E9"],
  ["#efbb93", "#b5dcf5"],
];
const DASHES = [[], [3, 1.5], [1, 1.5]];
const combined = (f, ...rows) =>
  rows[0].map((row, t) => row.map((_, i) => f(t, ...rows.map((r) => r[t][i]))));

// What is remembered, and the step sizes that follow from it, by the formula that Python found.
const READINGS = {
  "η/(√h + ε)": ({ state, numbers: n }) => rooted("√h", state.h.slice(1), n),
  "η/(√v + ε)": ({ state, numbers: n }) => {
    const sizes = rooted("√v", state.v.slice(1), n);
    if (state.m) sizes.sizes["|m|"] = combined((t, m) => Math.abs(m), state.m.slice(1));
    return sizes;
  },
  "√(u + ε)/√(v + ε)": ({ state: { u, v }, numbers: { lr, eps } }) => {
    const slopes = combined((t, a) => Math.sqrt(a + eps), v.slice(1));
    const steps = combined((t, a) => Math.sqrt(a + eps), u.slice(0, -1)); // u of the steps before
    const rate = combined((t, a, b) => (lr * a) / b, steps, slopes);
    return { sizes: { "√(v + ε)": slopes, "√(u + ε)": steps }, rate };
  },
  "η/(√v̂ + ε)": ({ state, numbers: n }) => {
    const v = combined((t, a) => a / (1 - n.beta2 ** (t + 1)), state.v.slice(1));
    const sizes = rooted("√v̂", v, n);
    sizes.sizes["|m̂|"] = combined(
      (t, a) => Math.abs(a / (1 - n.beta1 ** (t + 1))),
      state.m.slice(1),
    );
    return sizes;
  },
  "|Δx|/|g|": ({ x, grad, state }) => {
    const measured = combined((t, move, g) => Math.abs(move) / Math.abs(g), moves(x), grad);
    const rate = measured.map((row, t) =>
      row.map((v, i) => {
        while (t > 0 && !Number.isFinite(measured[t][i])) t--;
        return measured[t][i];
      }),
    );
    const sizes = Object.entries(state).map(([name, v]) => [
      `|${name}|`,
      combined((t, a) => Math.abs(a), v.slice(1)),
    ]);
    return { sizes: Object.fromEntries(sizes), rate };
  },
};

function rooted(name, squares, { lr, eps }) {
  const root = combined((t, v) => Math.sqrt(v), squares);
  return { sizes: { [name]: root }, rate: combined((t, v) => lr / (v + eps), root) };
}

// Without a slope yet, nothing is divided.
function reading(run) {
  const { sizes, rate } = READINGS[run.method.reading](run);
  const seen = run.x[0].map(() => false);
  const known = rate.map((row, t) =>
    row.map((v, i) => {
      seen[i] ||= run.grad[t][i] !== 0;
      return seen[i] ? v : NaN;
    }),
  );
  return { sizes, rate: known };
}

SCENES.memory = (lab, state) => {
  const run = runOf(lab, state);
  const read = reading(run);
  const ends = endsOf(read.rate, lab.names);
  const scene = runScene(lab, state, run);
  return {
    ...scene,
    text: `${scene.text} ${ends}`,
    summary: `${scene.summary} ${ends}`,
    limits: state.batch_size === null ? scene.limits : null,
    actors: [
      path(run),
      lossCurve(run),
      ...downhillArrows(run),
      ...memoryAndRates(run, read, lab.names),
    ],
  };
};

// At each step: the one that is taken, and as long a one straight downhill.
function downhillArrows(run) {
  const { x, grad, steps } = run;
  const taken = moves(x);
  const flat = x[0].length === 1;
  const y = flat ? Float64Array.from(run.loss) : column(x, 1);
  const arrow = (v, color, label) => ({
    kind: "arrow",
    panel: 0,
    x: column(x, 0).slice(0, steps),
    y: y.slice(0, steps),
    color,
    label,
    dx: column(v, 0),
    dy: flat ? new Float64Array(steps) : column(v, 1),
  });
  const mine = arrow(taken, "#CC79A7", "step taken");
  if (flat) return [mine];
  const down = grad.map((g, t) => {
    const length = Math.hypot(...taken[t]) / (Math.hypot(...g) || 1);
    return g.map((v) => -v * length);
  });
  return [arrow(down, "#E69F00", "straight downhill"), mine];
}

function memoryAndRates(run, { sizes, rate }, names) {
  const time = times(run.steps + 1).map((t) => Math.max(t, 1)); // it begins with the first step
  const of = run.x[0].length > 1 ? names.map((name) => `${name}: `) : [""];
  const held = (rows, i) => Float64Array.from([rows[0], ...rows], (row) => row[i]);
  const trail = (panel, values, look) => ({
    ...TRAIL,
    panel,
    x: time,
    y: values,
    dots: false,
    ...look,
  });
  const actors = [];
  const each = run.x[0].map((_, i) => i);
  if (Object.keys(sizes).length === 1) {
    for (const i of each) {
      const slope = Float64Array.from(run.grad, (g) => Math.abs(g[i]));
      actors.push(plotted(2, time.slice(1), slope, TINTS[i], [], `${of[i]}|slope|`));
    }
  }
  Object.entries(sizes).forEach(([name, rows], k) => {
    for (const i of each) {
      actors.push(
        trail(2, held(rows, i), {
          color: COORDINATES[i],
          dash: DASHES[k],
          label: `${of[i]}${name}`,
        }),
      );
    }
  });
  for (const i of each) {
    actors.push(trail(3, held(rate, i), { color: COORDINATES[i], dash: [], trace: true }));
  }
  return actors;
}

function endsOf(rate, names) {
  const ends = rate[rate.length - 1].map((v) => formatNumber(v));
  if (ends.length === 1) return `The step size ends at ${ends[0]}.`;
  return `The step sizes end at ${ends.map((end, i) => `${names[i]} ${end}`).join(", ")}.`;
}
