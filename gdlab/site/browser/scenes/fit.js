// labs/fit.py

SCENES.fit = (lab, state) => {
  const run = runOf(lab, state);
  const [best] = run.surface.minima;
  const last = run.x[state.steps];
  const { ends } = lab;
  const summary = `After ${state.steps} steps the line is ${lineInWords(last)}; the best is ${lineInWords(best)}.`;
  const words = judgement(run, state.goal);
  const at = ([w, b]) => Float64Array.from(ends, (x) => w * x + b);
  const moving = Float64Array.from(run.x.flatMap((wb) => [...at(wb)]));
  return {
    ...runScene(lab, state, run, { kind: words.kind, text: `${summary} ${words.text}` }),
    title: "A line through data",
    summary,
    actors: [
      path(run),
      lossCurve(run),
      ...stepArrows(run),
      plotted(2, Float64Array.from(ends), at(best), GREEN, [4, 2], "the best line"),
      {
        ...plotted(
          2,
          Float64Array.from(ends),
          moving,
          run.method.color,
          [],
          "the line at this step",
        ),
        n: ends.length,
      },
    ],
  };
};

function lineInWords(wb) {
  const [w, b] = wb.map((v) => Number(v.toFixed(9)) + 0);
  return `y = ${formatNumber(w)}x ${b < 0 ? "−" : "+"} ${formatNumber(Math.abs(b))}`;
}
