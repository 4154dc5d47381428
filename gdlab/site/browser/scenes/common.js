// What the scenes share: panels' curves, the actors of a run. See gdlab/labs/core/pictures.py.

const FLOOR = 1e-10; // the loss panel ends here
const [BLUE, GREEN] = ["#0072B2", "#009E73"];
const column = (rows, i) => Float64Array.from(rows, (row) => row[i]);
const times = (n) => Float64Array.from({ length: n }, (_, t) => t);

function path(run, look) {
  const { surface, x, loss, method } = run;
  const y = x[0].length > 1 ? column(x, 1) : Float64Array.from(loss);
  const z = surface.relief ? Float64Array.from(loss, (v) => reliefHeight(surface.relief, v)) : null;
  return {
    ...TRAIL,
    x: column(x, 0),
    y,
    z,
    color: method.color,
    dash: method.dash,
    label: "path",
    trace: true,
    ...look,
  };
}

const TRAIL = {
  kind: "trail",
  panel: 0,
  color: "#D55E00",
  dash: [],
  dots: true,
  symbol: "●",
  ghost: false,
  z: null,
  label: "",
};

function reliefHeight({ low, high, q }, loss) {
  return Math.min(1.5, Math.max(0, (loss - low) / (high - low))) ** (1 / q);
}

function curve(run, values, look) {
  const { color, dash } = run.method;
  return {
    ...TRAIL,
    panel: 1,
    x: times(values.length),
    y: Float64Array.from(values),
    color,
    dash,
    dots: false,
    trace: true,
    ...look,
  };
}

const lossCurve = (run, look) =>
  curve(
    run,
    heights(run).map((v) => Math.max(v, FLOOR / 10)),
    look,
  );

// What the slope asks for, and the step that is taken, where they differ.
// `rates`, where given, are those of a schedule.
function stepArrows(run, rates = null) {
  const { x, grad, numbers, steps } = run;
  const lr = (t) => rates?.[t] ?? numbers.lr ?? 1;
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
  const asked = grad.map((g, t) => g.map((v) => -lr(t) * v));
  const taken = moves(x);
  const name = rates || "lr" in numbers ? "−η∇J: what the slope asks for" : "−∇J: downhill";
  const size = largest(x.flat().map(Math.abs));
  const one = asked.every((v, t) =>
    v.every((a, i) => Math.abs(a - taken[t][i]) <= 1e-9 * size + 1e-5 * Math.abs(taken[t][i])),
  );
  const first = arrow(asked, BLUE, name);
  return one ? [first] : [first, arrow(taken, GREEN, "step taken")];
}

const point = (panel, x, y, look) => ({
  ...TRAIL,
  panel,
  x: Float64Array.of(x),
  y: Float64Array.of(y),
  ...look,
});
const plotted = (panel, x, y, color, dash = [], label = "") => ({
  kind: "curve",
  panel,
  x,
  y,
  n: x.length,
  color,
  dash,
  label,
});

const numbersOf = (method, state) =>
  Object.fromEntries(method.numbers.map((name) => [name, state[name]]));

// The rows of numbers that a method does not have, besides those of the lab itself.
const hiddenFrom = (lab, numbers, own) =>
  Object.keys(lab.symbols).filter((name) => !(name in numbers || own.includes(name)));

// A scene function of each maker: (lab, state) → scene. The files beside this one add theirs.
const SCENES = {};

// Of some makers: (lab, before, after) → what else changes with a change.
const ADJUST = {};

// What most labs of one run have: its words, its path and loss.
function runScene(lab, state, run, words = judgement(run, state.goal, state.within)) {
  const { surface, method } = run;
  const numbers = namedNumbers(run.numbers, lab.symbols);
  return {
    ...words,
    scenery: state.surface,
    title: `${capital(method.name)} on ${surface.article}`,
    formula: surface.formula,
    name: lab.methodNamed ? `${method.name}, ${numbers}` : numbers,
    summary: `${capital(method.name)} on ${surface.article} (${numbers}): ${verdictText(judge(run))}.`,
    readout: ["loss", run.loss],
    limits: "lr" in run.numbers ? () => ({ lr: firstDivergentLr(run) }) : null,
    run,
  };
}

function runOf(lab, state) {
  const surface = lab.surfaces[state.surface];
  const method = lab.methods[state.method];
  const batches =
    (state.batch_size ?? null) === null
      ? null
      : miniBatches(surface.n, state.batch_size, state.seed);
  return descend(surface, method, state.start, state.steps, numbersOf(method, state), { batches });
}
