// labs/speedup.py: the seconds of a step are carried over for every number of workers.

SCENES.speedup = (lab, state) => {
  const { workers } = lab;
  const n = workers.length;
  const seconds = lab.seconds(state);
  const computing = seconds.slice(0, n);
  const talking = seconds.slice(n);
  const step = computing.map((v, k) => v + talking[k]);
  const faster = step.map((v) => step[0] / v);
  const k = workers.indexOf(state.workers);
  const best = faster.indexOf(largest(faster));
  const { goal } = state;
  const are = (i) => (i ? `${grouped(String(workers[i]))} workers are` : "1 worker is");
  const x = Float64Array.from(workers);
  const kind = `${are(k)} ${formatNumber(faster[k], 2)} times as fast as one;`;
  const text = `${are(best)} fastest, ${formatNumber(faster[best], 2)} times.`;
  const reached = goal
    ? ` The goal, ${formatNumber(goal)} times, is ${faster[k] >= goal ? "reached" : "missed"}.`
    : "";
  const milliseconds = (values) => Float64Array.from(values, (v) => 1e3 * v);
  return {
    kind,
    text: text + reached,
    summary: `${kind} ${text}`,
    name: `B = ${grouped(String(state.batch_size))}`,
    title: "One step on many workers",
    formula: "a + b B/w + 2(w − 1)(l + 4D/(c w))",
    frames: n,
    unit: "doubling",
    readout: ["times as fast", faster],
    limits: null,
    actors: [
      plotted(0, x, milliseconds(computing), BLUE, [], "computing"),
      plotted(0, x.slice(1), milliseconds(talking.slice(1)), "#E69F00", [], "communicating"),
      { ...TRAIL, x, y: milliseconds(step), color: INK, label: "the step", trace: true },
      { ...TRAIL, panel: 1, x, y: Float64Array.from(faster), color: INK, trace: true },
    ],
  };
};
