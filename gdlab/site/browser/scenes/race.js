// labs/race.py

const RATES = spaced(1e-4, 10, 151); // what `tune` tries

SCENES.race = (lab, state) => {
  const surface = lab.surfaces[state.surface];
  const { goal } = state;
  const entries = {};
  for (const [name, method] of Object.entries(lab.methods)) {
    if (state[name] !== null) entries[name] = entry(surface, method, state, state[name]);
  }
  const order = Object.values(entries).sort((a, b) => a.arrival - b.arrival || a.end - b.end);
  const { kind, text } = arrivalsInWords(Object.values(entries), order, goal);
  const places = Object.fromEntries(
    Object.keys(lab.methods).map((name) => {
      const one = entries[name];
      if (!one) return [name, ""];
      return [
        name,
        one.arrival < Infinity ? `<b>${order.indexOf(one) + 1}.</b> step ${one.arrival}` : "–",
      ];
    }),
  );
  return {
    kind,
    text,
    summary: `${kind} ${text}`,
    title: "The race",
    formula: `${surface.name}: ${surface.formula}`,
    scenery: state.surface,
    name: "",
    limits: null,
    notes: places,
    actors: Object.values(entries).flatMap(({ run, method }) => {
      const look = { label: method.name, symbol: method.symbol, trace: false };
      return [path(run, { ...look, dots: false }), lossCurve(run, look)];
    }),
    run: Object.fromEntries(Object.entries(entries).map(([name, one]) => [name, one.run])),
  };
};

function entry(surface, method, { start, steps, goal }, lr) {
  const run = descend(surface, method, start, steps, { ...method.defaults, lr });
  const above = heights(run);
  return {
    run,
    method,
    arrival: stepsTo(run, goal),
    end: above[above.length - 1],
    lost: judge(run).kind === "diverged",
  };
}

function arrivalsInWords(entries, order, goal) {
  const named = (some) => some.map(({ method }) => method.name).join(", ");
  const there = order.filter((one) => one.arrival < Infinity);
  const late = order.filter((one) => one.arrival === Infinity && !one.lost);
  const lost = entries.filter((one) => one.lost);
  if (!entries.length) return { kind: "Nobody runs.", text: "Tick a method." };
  if (!there.length) {
    return {
      kind: "Nobody arrives.",
      text: `The goal is a loss ${formatNumber(goal)} above a minimum.`,
    };
  }
  let text = `${there.map((one) => `${one.method.name} (${one.arrival})`).join(", ")}.`;
  if (late.length) text += ` Not there yet: ${named(late)}.`;
  if (lost.length) text += ` Diverged: ${named(lost)}.`;
  return { kind: "In order of arrival:", text };
}

ADJUST.race = (lab, before, after) => (before.surface === after.surface ? {} : tuned(lab, after));

// The η with which each method that takes part arrives first, or else ends lowest.
function tuned(lab, state) {
  const surface = lab.surfaces[state.surface];
  const best = {};
  for (const [name, method] of Object.entries(lab.methods)) {
    if (state[name] === null) continue;
    const tries = RATES.map((lr) => ({ lr, ...entry(surface, method, state, lr) }));
    const end = ({ run, end }) => (run.firstBadStep < 0 ? end : Infinity);
    best[name] = tries.reduce((a, b) =>
      b.arrival < a.arrival || (b.arrival === a.arrival && end(b) < end(a)) ? b : a,
    ).lr;
  }
  return best;
}
