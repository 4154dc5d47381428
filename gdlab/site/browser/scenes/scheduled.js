// labs/scheduled.py: the shapes of η(t) are carried over for the T of the page.

SCENES.scheduled = (lab, state) => {
  const surface = lab.surfaces[state.surface];
  const method = lab.methods[state.method];
  const { lr, left, shape } = state;
  const rates = lab.shapes[shape]({ lr, left });
  const run = descend(
    surface,
    method,
    state.start,
    state.steps,
    {},
    { rates: (t) => ({ lr: rates[t] }) },
  );
  const name = `${shape}, η from ${formatNumber(rates[0])} to ${formatNumber(rates[state.steps])}`;
  const scene = runScene(lab, state, run, judgement(run, state.goal));
  return {
    ...scene,
    name,
    summary: `Gradient descent on ${surface.article} (${name}): ${verdictText(judge(run))}.`,
    limits: () => ({ lr: firstDivergentLr({ ...run, numbers: { lr } }) }),
    actors: [
      path(run),
      lossCurve(run),
      ...stepArrows(run, rates),
      {
        ...TRAIL,
        panel: 2,
        x: times(state.steps + 1),
        y: Float64Array.from(rates),
        color: BLUE,
        dash: [],
        dots: false,
        label: "η(t)",
        trace: true,
      },
    ],
  };
};
