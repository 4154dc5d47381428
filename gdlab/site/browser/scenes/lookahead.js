// labs/lookahead.py

const [CARRIED, AHEAD] = ["βv: the velocity carries on", "−η∇J(x + βv): the slope ahead"];
const SAME = "Heavy ball with the same numbers";

SCENES.lookahead = (lab, state) => {
  const run = runOf(lab, state);
  const { numbers, surface } = run;
  const rivalMethod = lab.methods.rival;
  const rival = descend(
    surface,
    rivalMethod,
    state.start,
    state.steps,
    numbersOf(rivalMethod, numbers),
  );
  const scene = runScene(lab, state, run);
  const v = run.state.v.map((row) => row.map((a) => numbers.beta * a));
  return {
    ...scene,
    text: `${scene.text} ${beside(rival, state.goal)}`,
    summary: `${scene.summary} ${SAME}: ${verdictText(judge(rival))}.`,
    actors: [
      path(rival, { label: "heavy ball's path", trace: false, dots: false }),
      lossCurve(rival, { trace: false }),
      path(run),
      lossCurve(run),
      ...onTheSurface(run, v),
      ...closeUp(run, v),
    ],
  };
};

const added = (a, b) => a.map((row, t) => row.map((v, i) => v + b[t][i]));
const scaled = (rows, by) => rows.map((row) => row.map((v) => by * v));
const plane = (rows) => rows.map((row) => (row.length > 1 ? row : [row[0], 0]));
const places = (surface, x) => x.map((row) => (row.length > 1 ? row : [row[0], surface.f(row)]));
const subtracted = (a, b) => added(a, scaled(b, -1));

function arrowFrom(panel, tail, vector, color, label = "") {
  const n = vector.length;
  return {
    kind: "arrow",
    panel,
    color,
    label,
    x: column(tail, 0).slice(0, n),
    y: column(tail, 1).slice(0, n),
    dx: column(vector, 0),
    dy: column(vector, 1),
  };
}

const dot = (panel, at, color, size, label = "") => ({
  kind: "dots",
  panel,
  x: column(at, 0),
  y: column(at, 1),
  n: 1,
  color,
  size,
  label,
});

function onTheSurface(run, v) {
  const { surface, steps, numbers } = run;
  const here = places(surface, run.x);
  const there = places(surface, added(run.x, v));
  return [
    arrowFrom(0, here, subtracted(there, here).slice(0, steps), INK, CARRIED),
    arrowFrom(0, there, plane(scaled(run.grad, -numbers.lr)), BLUE, AHEAD),
    arrowFrom(0, here, moves(here), GREEN, "step taken"),
    dot(0, there, INK, 3.2, "look-ahead point x + βv"),
  ];
}

// Each step alone, as large as it fits, with heavy ball's slope from the same x beside it.
function closeUp(run, v) {
  const slope = (x) => plane(x.map((row) => run.surface.grad(row).map((g) => -run.numbers.lr * g)));
  const carried = plane(v);
  const flat = run.x[0].length === 1;
  let ahead = slope(added(run.x, v));
  let atX = slope(run.x);
  const step = added(carried, ahead);
  if (flat) {
    // on a line the two would cover each other
    const apart = ahead.map((a, t) => [0, 0.12 * (Math.abs(carried[t][0]) + Math.abs(a[0]))]);
    [ahead, atX] = [added(ahead, apart), subtracted(atX, apart)];
  }
  const points = [scaled(step, 0), step, carried, added(carried, ahead), added(carried, atX)];
  const fitted = points.map(() => []);
  for (let t = 0; t < step.length; t++) {
    const box = [0, 1].map((i) => [
      -largest(points.map((p) => -p[t][i])),
      largest(points.map((p) => p[t][i])),
    ]);
    const [wide, tall] = box.map(([low, high], i) => (high - low) / 2 / [1.25, 0.7][i]);
    const scale = Math.max(wide, tall, 1e-300);
    points.forEach((p, k) =>
      fitted[k].push(p[t].map((a, i) => (a - (box[i][0] + box[i][1]) / 2) / scale)),
    );
  }
  const [x, end, tip, nesterov, ball] = fitted;
  const arrow = (tail, to, color, label) => arrowFrom(2, tail, subtracted(to, tail), color, label);
  return [
    dot(2, x, "#CC79A7", 6.5),
    dot(2, tip, INK, 4),
    arrow(x, tip, INK, CARRIED),
    arrow(tip, ball, "#E69F00", "−η∇J(x): what heavy ball adds"),
    arrow(tip, nesterov, BLUE, AHEAD),
    arrow(x, end, GREEN),
  ];
}

function beside(rival, goal) {
  const { kind } = judge(rival);
  if (!goal || kind === "diverged") return `${SAME}: ${kind}.`;
  const below = heights(rival).map((v) => v <= goal);
  const step = below.indexOf(true);
  if (step < 0) return `${SAME} does not reach it.`;
  return `${SAME} ${below[below.length - 1] ? "needs" : "only touches it at step"} ${step}.`;
}
