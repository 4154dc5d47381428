// labs/saddle.py

SCENES.saddle = (lab, state) => {
  const [surface] = Object.values(lab.surfaces);
  const method = lab.methods[state.method];
  const { hair, steps } = state;
  const numbers = numbersOf(method, state);
  const run = descend(surface, method, [lab.from, hair], steps, numbers);
  const counts = lab.hairs.map((h) =>
    leavesAt(lab, descend(surface, method, [lab.from, h], lab.longest, numbers)),
  );
  const off = run.x.map(([, y]) => Math.abs(y));
  const mine = off.findIndex((v) => v > lab.left);
  const words = "lr" in numbers ? `η = ${formatNumber(numbers.lr)}` : "";
  const h = formatNumber(hair);
  const title = `${capital(method.name)} on ${surface.article}`;
  const gone = lab.hairs.map((_, i) => i).filter((i) => counts[i] > 0);
  const told = mine < 0 ? `not gone after ${steps} steps` : `it leaves at step ${mine}`;
  const dots = {
    kind: "dots",
    panel: 2,
    n: gone.length,
    color: "#9aa1ad",
    size: 3.4,
    label: "one of twelve starts",
  };
  return {
    kind: mine < 0 ? "Still on the ridge." : `Leaves at step ${mine}.`,
    text: leavingInWords(lab, counts, gone),
    summary: `${title} from ${h} off the ridge${words && ", "}${words}: ${told}.`,
    name: [method.name, words, `δ = ${h}`].filter(Boolean).join(", "),
    title,
    formula: surface.formula,
    readout: ["off the ridge", off],
    limits: null,
    hidden: hiddenFrom(lab, numbers, ["hair", "steps"]),
    actors: [
      path(run),
      curve(
        run,
        off.map((v) => Math.max(v, 1e-15)),
      ),
      {
        ...dots,
        x: Float64Array.from(gone, (i) => lab.hairs[i]),
        y: Float64Array.from(gone, (i) => counts[i]),
      },
      ...(mine < 0 ? [] : [point(2, hair, mine, { color: method.color, trace: true })]),
    ],
    run,
  };
};

const leavesAt = ({ left }, { x, firstBadStep }) =>
  firstBadStep < 0 ? x.findIndex(([, y]) => Math.abs(y) > left) : -1;

function leavingInWords({ longest }, counts, gone) {
  const first = gone[0];
  const last = gone[gone.length - 1];
  const words = [];
  const stay = counts.filter((v) => v < 0).length;
  if (gone.length > 1) {
    words.push(
      `Each power of ten nearer to the ridge costs ${formatNumber((counts[last] - counts[first]) / (last - first))} steps.`,
    );
  }
  if (stay) words.push(`${stay} of the twelve starts do not leave within ${longest} steps.`);
  return words.join(" ");
}
