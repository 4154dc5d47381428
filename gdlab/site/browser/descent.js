// The loop of descent.py and the judgement of verdict.py, for one run on recorded formulas.
// A surface is { f, grad, minima, span, L }, a method { step, memory, name }; see export.py.

const zeros = (d) => new Array(d).fill(0);

function finite(values) {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

const largest = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);

// Where they are given: rates, a function of the steps made to numbers that change with them;
// batches, one that gives the samples of the next step; used, one of all slopes so far to the one
// that the method is told.
function descend(
  surface,
  method,
  start,
  steps,
  numbers,
  { rates = null, batches = null, used = null } = {},
) {
  const d = start.length;
  const step = method.step[d];
  const memory = {};
  const slopes = [];
  const names = method.memory;
  for (const name of names) memory[name] = zeros(d);
  let seen = null;
  let batch = null;
  const grad = (x) => {
    seen = batch ? batchSlope(surface, x, batch) : surface.grad(x);
    if (!used) return seen;
    slopes.push(seen);
    return used(slopes);
  };
  const run = {
    surface,
    method,
    numbers,
    steps,
    x: [start],
    loss: [surface.f(start)],
    grad: [],
    state: {},
  };
  for (const name of method.memory) run.state[name] = [zeros(d)];
  run.firstBadStep = -1;
  let x = start;
  for (let t = 1; t <= steps; t++) {
    if (run.firstBadStep < 0) {
      batch = batches?.();
      x = step(x, grad, memory, rates ? { ...numbers, ...rates(t - 1) } : numbers, t);
      const height = surface.f(x);
      if (
        Number.isFinite(height) &&
        finite(x) &&
        finite(seen) &&
        names.every((name) => finite(memory[name]))
      ) {
        run.x.push(x);
        run.loss.push(height);
        run.grad.push(seen);
        for (const name of names) run.state[name].push(memory[name]);
        continue;
      }
      run.firstBadStep = t;
    }
    hold(run); // a run that blows up stays where its last finite numbers were
  }
  return run;
}

// The mean slope of some of the samples behind a surface.
function batchSlope(surface, x, batch) {
  if (batch.length === surface.n) return surface.grad(x);
  const each = surface.each(x);
  return x.map(
    (_, i) => batch.reduce((sum, sample) => sum + each[sample * x.length + i], 0) / batch.length,
  );
}

function hold(run) {
  const last = (values) => values[values.length - 1];
  for (const values of [run.x, run.loss, ...Object.values(run.state)]) values.push(last(values));
  run.grad.push(last(run.grad) ?? zeros(run.x[0].length));
}

// How far above the nearest known minimum each position is.
function heights({ surface, x, loss }) {
  if (!surface.minima.length) {
    const lowest = -largest(loss.map((v) => -v));
    return loss.map((v) => v - lowest);
  }
  const floors = surface.minima.map((m) => surface.f(m));
  return loss.map((v, i) => v - floors[nearest(surface.minima, x[i])]);
}

function nearest(minima, x) {
  const far = minima.map((m) => m.reduce((sum, v, i) => sum + (x[i] - v) ** 2, 0));
  return far.indexOf(-largest(far.map((v) => -v)));
}

// The verdict: { kind, step, reason }.
function judge(run, tol = 1e-6) {
  const above = heights(run);
  const given = [run, above, tol];
  return (
    diverged(...given) ??
    converged(...given) ??
    oscillating(...given) ??
    stalled(...given) ?? { kind: "still descending" }
  );
}

function diverged(run, above) {
  const end = above[above.length - 1];
  const lost = above.map((v) => v > 1000 * (above[0] + 1));
  if (run.firstBadStep < 0 && !lost[lost.length - 1]) {
    const grew = run.steps > 3 && end > 2 * above[0] + 1 && end === largest(above);
    return grew ? { kind: "diverged", reason: tooFar(run) } : null;
  }
  const step = lost.includes(true) ? lost.indexOf(true) : run.firstBadStep;
  return { kind: "diverged", step, reason: tooFar(run) };
}

function tooFar({ x, grad, numbers, surface, method }) {
  const uphill = x[1].reduce((sum, v, i) => sum + (v - x[0][i]) * grad[0][i], 0) > 0;
  const { L } = surface;
  if (uphill) return "the first step leads uphill; is a sign wrong?";
  if (method.name === "gradient descent" && L && numbers.lr > 2 / L) {
    return `lr is above 2/L = ${Number((2 / L).toPrecision(3))}`;
  }
  return "the steps are too large; try a smaller lr";
}

function converged({ surface }, above, tol) {
  if (!surface.minima.length || !(above[above.length - 1] <= tol)) return null;
  let step = above.length;
  while (step && above[step - 1] <= tol) step--;
  return { kind: "converged", step };
}

const tail = (values) => values.slice(-Math.max(4, Math.floor(values.length / 4)));
const moves = (x) => x.slice(1).map((next, t) => next.map((v, i) => v - x[t][i]));
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// No lower than before, with steps that keep turning back.
function oscillating(run, above) {
  const steps = moves(tail(run.x));
  if (steps.length < 3) return null;
  const turns = steps.slice(1).map((v, t) => v.reduce((sum, a, i) => sum + a * steps[t][i], 0) < 0);
  const late = tail(above);
  const half = Math.floor(late.length / 2);
  const lower = mean(late.slice(half)) < 0.9 * mean(late.slice(0, half));
  return mean(turns.map(Number)) > 0.3 && !lower ? { kind: "oscillating" } : null;
}

// Hardly moving, although the floor is not reached.
function stalled(run) {
  const late = tail(run.x);
  const { span } = run.surface;
  const moved = moves(late).flatMap((v) => v.map((a, i) => Math.abs(a) / span[i]));
  if (late.length < 4 || largest(moved) > 1e-5) return null;
  const flat = largest(run.grad[run.grad.length - 1].map(Math.abs)) < 1e-3;
  const reason = flat ? "the slope is too small to move it" : "the steps are too small";
  return { kind: "stalled", reason };
}

// The step from which on a run stays at or below the goal; Infinity if there is none. See tuning.py.
function stepsTo(run, goal) {
  const above = heights(run);
  let step = above.length;
  while (step && above[step - 1] <= goal) step--;
  return step < above.length ? step : Infinity;
}

const spaced = (low, high, n) =>
  Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));

// The smallest learning rate from which on every larger one diverges, or null.
function firstDivergentLr({ surface, method, x, numbers }, steps = 300, low = 1e-3, high = 30) {
  for (let look = 0; look < 2; look++) {
    const rates = spaced(low, high, 60);
    const lost = rates.map((lr) => isLost(surface, method, x[0], steps, { ...numbers, lr }));
    if (!lost[59]) return null;
    const fine = lost.lastIndexOf(false);
    if (fine < 0) return low;
    [low, high] = [rates[fine], rates[fine + 1]];
  }
  return high;
}

// Whether a run ends higher than it began; only its ends are kept, for speed.
function isLost(surface, method, start, steps, numbers) {
  const step = method.step[start.length];
  const memory = {};
  for (const name of method.memory) memory[name] = zeros(start.length);
  let x = start;
  let seen = null;
  let best = null;
  const grad = (at) => (seen = surface.grad(at));
  for (let t = 1; t <= steps; t++) {
    x = step(x, grad, memory, numbers, t);
    best = surface.f(x);
    if (!Number.isFinite(best) || !finite(x) || !finite(seen)) return true;
  }
  const above = heights({ surface, x: [start, x], loss: [surface.f(start), best] });
  return above[1] > above[0] + 1e-9;
}
