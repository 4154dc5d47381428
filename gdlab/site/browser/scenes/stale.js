// labs/stale.py: gradient descent, its slopes some steps old.

SCENES.stale = (lab, state) => {
  const surface = lab.surfaces[state.surface];
  const method = lab.methods[0];
  const { lr, delay, goal, within } = state;
  const run = descend(
    surface,
    method,
    state.start,
    state.steps,
    { lr },
    { used: (slopes) => slopes[Math.max(0, slopes.length - 1 - delay)] },
  );
  const verdict = judge(run);
  const words = judgement(run);
  const numbers = `η = ${formatNumber(lr)}, d = ${delay}`;
  const limit = surface.limits?.[delay] ?? null;
  const reached =
    verdict.kind !== "diverged" && goal && surface.minima.length
      ? ` ${stayingBelow(run, goal, within)}`
      : "";
  const bound = limit === null ? "" : ` At d = ${delay} the limit is η = ${formatNumber(limit)}.`;
  // Where it grows, but so slowly that these steps hardly show it.
  const beyond = surface.L && lr >= limit && verdict.kind !== "diverged";
  return {
    kind: beyond ? "Beyond the limit." : words.kind,
    text: `${words.text}${reached}${bound}`,
    summary: `Stale descent on ${surface.article} (${numbers}): ${verdictText(verdict)}.`,
    name: numbers,
    title: `Stale slopes on ${surface.article}`,
    formula: surface.formula,
    scenery: state.surface,
    readout: ["loss", run.loss],
    limits: () => ({ lr: limit }),
    actors: [
      path(run),
      lossCurve(run),
      ...stepArrows(run),
      ...felt(run, delay),
      point(2, delay, lr, { color: method.color, trace: true }),
    ],
    run,
  };
};

function stayingBelow(run, goal, within) {
  const target = formatNumber(goal) + (within ? ` within ${within} steps` : "");
  const step = stepsTo(run, goal);
  if (step > run.steps) return `The goal, ${target}, is not reached.`;
  return `The goal, ${target}, ${within && step > within ? "is missed" : "is reached"}: it stays below from step ${step} on.`;
}

// Where the slope of each step was felt: so many steps back.
function felt({ x, loss }, delay) {
  if (!delay) return [];
  const then = x.map((_, t) => Math.max(t - delay, 0));
  const y = Float64Array.from(then, (t) => (x[t].length > 1 ? x[t][1] : loss[t]));
  return [
    {
      kind: "dots",
      panel: 0,
      n: 1,
      color: "#CC79A7",
      size: 4.5,
      label: "where its slope was felt",
      x: Float64Array.from(then, (t) => x[t][0]),
      y,
    },
  ];
}
