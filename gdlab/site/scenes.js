// What a state looks like: the scenes of gdlab/labs that are alive without Python.
// Each takes the lab (its surfaces, methods, symbols) and a state, and returns a scene.

const FLOOR = 1e-10; // the loss panel ends here
const [BLUE, GREEN] = ["#0072B2", "#009E73"];
const column = (rows, i) => Float64Array.from(rows, (row) => row[i]);
const times = (n) => Float64Array.from({ length: n }, (_, t) => t);

function path(run, look) {
  const { surface, x, loss, method } = run;
  const y = x[0].length > 1 ? column(x, 1) : Float64Array.from(loss);
  const z = surface.relief ? Float64Array.from(loss, (v) => reliefHeight(surface.relief, v)) : null;
  return { ...TRAIL, x: column(x, 0), y, z, color: method.color, dash: method.dash, label: "path", trace: true, ...look };
}

const TRAIL = { kind: "trail", panel: 0, dots: true, symbol: "●", ghost: false, z: null, label: "" };

function reliefHeight({ low, high, q }, loss) {
  return Math.min(1.5, Math.max(0, (loss - low) / (high - low))) ** (1 / q);
}

function curve(run, values, look) {
  const { color, dash } = run.method;
  return { ...TRAIL, panel: 1, x: times(values.length), y: Float64Array.from(values), color, dash, dots: false, trace: true, ...look };
}

const lossCurve = (run, look) => curve(run, heights(run).map((v) => Math.max(v, FLOOR / 10)), look);

// What the slope asks for, and the step that is taken, where they differ.
function stepArrows(run) {
  const { x, grad, numbers, method, steps } = run, lr = numbers.lr ?? 1;
  const flat = x[0].length === 1, y = flat ? Float64Array.from(run.loss) : column(x, 1);
  const arrow = (v, color, label) => ({
    kind: "arrow", panel: 0, x: column(x, 0).slice(0, steps), y: y.slice(0, steps), color, label,
    dx: column(v, 0), dy: flat ? new Float64Array(steps) : column(v, 1),
  });
  const asked = grad.map((g) => g.map((v) => -lr * v)), taken = moves(x);
  const name = "lr" in numbers ? "−η∇J: what the slope asks for" : "−∇J: downhill";
  const size = largest(x.flat().map(Math.abs));
  const one = asked.every((v, t) => v.every((a, i) => Math.abs(a - taken[t][i]) <= 1e-9 * size + 1e-5 * Math.abs(taken[t][i])));
  const first = arrow(asked, BLUE, name);
  return one ? [first] : [first, arrow(taken, GREEN, "step taken")];
}

const numbersOf = (method, state) => Object.fromEntries(method.numbers.map((name) => [name, state[name]]));

const SCENES = {
  descent(lab, state) {
    const surface = lab.surfaces[state.surface], method = lab.methods[state.method];
    const numbers = numbersOf(method, state);
    const run = descend(surface, method, state.start, state.steps, numbers);
    return {
      ...judgement(run, state.goal, state.within),
      scenery: state.surface,
      actors: [path(run), lossCurve(run), ...stepArrows(run)],
      title: `${capital(method.name)} on ${surface.article}`,
      formula: surface.formula,
      name: namedNumbers(numbers, lab.symbols),
      summary: `${capital(method.name)} on ${surface.article} (${namedNumbers(numbers, lab.symbols)}): ${verdictText(judge(run))}.`,
      readout: ["loss", run.loss],
      limits: "lr" in numbers ? () => ({ lr: firstDivergentLr(run) }) : null,
      run,
    };
  },
};
