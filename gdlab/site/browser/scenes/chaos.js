// labs/chaos.py

const LOWEST = 1e-17; // where the axis of distances ends

SCENES.chaos = (lab, state) => {
  const [surface] = Object.values(lab.surfaces);
  const method = lab.methods[state.method];
  const { lr, gap, steps } = state;
  const given = Object.fromEntries(
    ["lr", ...method.numbers].filter((n) => n in state).map((n) => [n, state[n]]),
  );
  const falls = state.falls === "True";
  const rates = falls ? (t) => ({ lr: lab.falling({ lr, t })[0] }) : null;
  const [first, second] = [lab.begin, lab.begin * (1 + gap)].map((start) =>
    descend(surface, method, [start], steps, { ...method.defaults, ...given }, { rates }),
  );
  const apart = first.x.map(([a], t) => Math.sqrt((a - second.x[t][0]) ** 2));
  const passes = (distance) => apart.findIndex((v) => v > distance);
  const fate = fateOf(lab, state, apart, passes);
  const words = `${namedNumbers(given, lab.symbols)}${falls ? ", falling" : ""}`;
  const tail = steps - Math.min(steps, lab.window);
  const last = times(steps + 1).slice(tail);
  const both = ({ x }, look, dash, label) =>
    plotted(
      0,
      last,
      Float64Array.from(last, (t) => x[t][0] / lr),
      look,
      dash,
      label,
    );
  return {
    kind: fate === "they part" ? "They part." : "",
    text: partingInWords([first, second], apart, passes, fate),
    summary: `Two runs of ${method.name} on ${surface.article}, from 10 and a share of ${formatNumber(gap)} beside it, ${words}: ${fate}.`,
    name: `${method.name}, ${words}`,
    title: `Two runs of ${method.name} on ${surface.article}`,
    formula: surface.formula,
    scenery: state.method,
    readout: ["distance", apart],
    limits: null,
    hidden: hiddenFrom(lab, given, ["gap", "steps"]),
    actors: [
      both(first, method.color, [], "the first run"),
      both(second, INK, [2, 2], "the second run"),
      {
        ...TRAIL,
        panel: 1,
        x: times(steps + 1),
        y: Float64Array.from(apart, (v) => Math.max(v, LOWEST)),
        color: method.color,
        label: "distance",
        dots: false,
        trace: true,
      },
    ],
    run: [first, second],
  };
};

function fateOf({ begin }, { lr, gap }, apart, passes) {
  if (gap >= 1e-4 || gap * begin > 1e-2 * lr) {
    return `in the end they are ${formatNumber(apart[apart.length - 1], 2)} apart`;
  }
  return passes(1e-2 * lr) >= 0 ? "they part" : "they stay together";
}

function partingInWords(runs, apart, passes, fate) {
  if (runs.some((run) => run.firstBadStep >= 0)) return "η is too large here: both fly away.";
  const told = [-12, -9, -6, -3]
    .map((k) => [k, passes(Number(`1e${k}`))])
    .filter(([, step]) => step > 0);
  if (told.length) {
    return `The distance passes ${told.map(([k, step]) => `10${raised(k)} at step ${grouped(String(step))}`).join(", ")}.`;
  }
  const end = apart[apart.length - 1];
  return `${capital(fate)}: at the last step the distance is ${end < 1e-20 ? "below 10⁻²⁰" : formatNumber(end, 2)}.`;
}
