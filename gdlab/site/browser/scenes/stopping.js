// labs/stopping.py: the trainings were recorded when the page was made, the rules are applied here.

SCENES.stopping = (lab, state) => {
  const { rule, patience, tolerance, digits, seed } = state;
  const record = lab.records[`${digits}/${seed}`];
  const { step } = record;
  const [stop, kept] = ruling(record, rule, patience, tolerance);
  const lowest = lowestOf(record.validation);
  const by = lab.by[rule];
  const all = step.length - 1;
  const [wrong, best, atEnd] = [kept, lowest, all].map(
    (i) => `${oneDecimal(100 * record.wrong[i])} %`,
  );
  const [loss, bestLoss, endLoss] = [kept, lowest, all].map((i) =>
    formatNumber(record.validation[i]),
  );
  const stopped = `after ${step[stop]} of ${lab.total} steps`;
  const x = Float64Array.from(step);
  const name = `${grouped(String(digits))} digits`;
  const soon =
    kept === lowest
      ? ""
      : ` That is ${kept < lowest ? "too soon" : "too late"}: the lowest is ${bestLoss} at step ${step[lowest]} (${best}).`;
  const looks = [
    [0, record.train, BLUE, "training loss"],
    [0, record.validation, "#D55E00", "validation loss"],
    [1, record.slope, "#CC79A7", "size of the slope"],
  ];
  const walked = (values) => Float64Array.from(values.slice(0, stop + 1));
  const one = (value) => Float64Array.of(value);
  return {
    kind: stop < all ? `Stopped ${stopped}.` : "Never stopped.",
    text: `It keeps step ${step[kept]}: validation loss ${loss}, test digits wrong ${wrong}.${soon} At the end: ${endLoss} (${atEnd}).`,
    summary: `${name}, stopped by the ${by} ${stopped}: the weights of step ${step[kept]} are kept, validation loss ${loss}, ${wrong} of the test digits read wrongly.`,
    name: `by the ${by}`,
    title: `Adam on ${name}`,
    formula: "η = 0.003, batches of 50",
    frames: stop + 1,
    unit: "measurement",
    readout: ["loss", record.validation.slice(0, stop + 1)],
    limits: null,
    hidden: [rule === "slope" ? "patience" : "tolerance"],
    actors: [
      ...looks.map(([panel, values]) => plotted(panel, x, Float64Array.from(values), "#d5d9e0")),
      ...(rule === "slope"
        ? [
            plotted(
              1,
              Float64Array.of(0, lab.total),
              Float64Array.of(tolerance, tolerance),
              GREEN,
              [4, 2],
              "flat below",
            ),
          ]
        : []),
      ...looks.map(([panel, values, color, label]) => ({
        ...TRAIL,
        panel,
        x: walked(step),
        y: walked(values),
        color,
        label,
        dots: false,
      })),
      {
        kind: "dots",
        panel: 0,
        n: 1,
        x: one(step[kept]),
        y: one(record.validation[kept]),
        color: GREEN,
        size: 8,
        label: "what is kept",
      },
    ],
  };
};

const lowestOf = (values) => values.indexOf(Math.min(...values));

// As Python writes .1f: the exact value decides, a tie goes to the even digit.
function oneDecimal(value) {
  if (value < 0.05) return value.toFixed(1);
  const [kept, exponent] = rounded(value, Math.floor(Math.log10(value)) + 2);
  return (Number(kept) / 10 ** (kept.length - 1 - exponent)).toFixed(1);
}

// Where a rule stops a training, and which weights it keeps: two measurements. See stopping.py.
function ruling(record, rule, patience, tolerance) {
  const values = record[rule];
  const last = values.length - 1;
  if (rule === "slope") {
    const flat = values.findIndex((v) => v <= tolerance);
    const stop = flat < 0 ? last : flat;
    return [stop, stop];
  }
  let [lowest, waited, stop] = [Infinity, 0, 0];
  for (; stop <= last; stop++) {
    [lowest, waited] = values[stop] < lowest ? [values[stop], 0] : [lowest, waited + 1];
    if (waited >= patience) break;
  }
  stop = Math.min(stop, last);
  return [stop, rule === "train" ? stop : lowestOf(values.slice(0, stop + 1))];
}
