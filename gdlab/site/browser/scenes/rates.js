// labs/rates.py

SCENES.rates = (lab, state) => {
  const surface = lab.surfaces[state.surface];
  const method = lab.methods[state.method];
  const names = Object.keys(lab.looks);
  const others = numbersOf({ numbers: method.numbers.filter((n) => n !== "lr") }, state);
  const runs = names.map((name) =>
    descend(surface, method, state.start, state.steps, { ...others, lr: state[name] }),
  );
  const words = names.map((name) => `η = ${formatNumber(state[name])}`);
  const text = runs.map((run, i) => `${words[i]}: ${verdictText(judge(run))}.`).join(" ");
  const look = (i) => ({ label: words[i], trace: false, dash: [], ...lab.looks[names[i]] });
  const { title, formula } = runScene(lab, state, runs[0], { kind: "", text });
  return {
    title,
    formula,
    text,
    kind: "",
    name: "",
    summary: text,
    scenery: state.surface,
    actors: runs.flatMap((run, i) => [path(run, look(i)), lossCurve(run, look(i))]),
    limits: () => {
      const limit = firstDivergentLr(runs[0]);
      return Object.fromEntries(names.map((name) => [name, limit]));
    },
    run: runs,
  };
};
