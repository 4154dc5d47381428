// labs/rate_map.py: the map was measured when the page was made, the run on it is made here.

SCENES.rate_map = (lab, state) => {
  const run = runOf(lab, state);
  const key = `${state.method}/${state.surface}`;
  const { lr, beta } = run.numbers;
  const { best, edge } = lab.maps[key];
  const factor = errorFactor(
    descend(
      run.surface,
      run.method,
      run.x[0].map(() => 1),
      300,
      run.numbers,
    ),
  );
  const leaves =
    factor >= 1
      ? "The error grows with every step"
      : `One step leaves ${formatNumber(factor, 2)} of the error`;
  const text = `${leaves}; ${best}`;
  const { kind } = judge(run);
  const scene = runScene(lab, state, run, {
    kind: `${capital(kind)}.`,
    text: state.goal ? `${text} ${againstGoal(run, state.goal, state.within)}` : text,
  });
  return {
    ...scene,
    scenery: key,
    summary: `${scene.summary} ${leaves}.`,
    limits: () => ({ lr: edgeAt(lab.betas, edge, beta) }),
    actors: [
      path(run),
      lossCurve(run),
      ...stepArrows(run),
      point(2, lr, beta, { color: run.method.color, trace: true }),
    ],
  };
};

// The share of the error that one step leaves. See convergence.py.
function errorFactor({ surface, x, steps, firstBadStep }) {
  if (firstBadStep >= 0) return Infinity;
  const [goal] = surface.minima;
  const away = x.map((row) => Math.hypot(...row.map((v, i) => v - goal[i])));
  const near = Math.max(1e-12 * largest(goal.map(Math.abs)), 1e-120);
  const middle = Math.floor(steps / 2);
  const width = Math.floor(steps / 4);
  const top = (last) => Math.max(largest(away.slice(last - width, last + 1)), near);
  if (top(steps) > near) return (top(steps) / top(middle)) ** (1 / (steps - middle));
  const there = Math.max(
    away.findIndex((v) => v < near),
    1,
  );
  return (near / Math.max(away[0], near)) ** (1 / there);
}

// The first η past the red line at this β; null where no η is too large.
function edgeAt(betas, edge, beta) {
  const place = betas.findIndex((b) => b >= beta);
  const after = place < 0 ? betas.length - 1 : place;
  const before = Math.max(after - 1, 0);
  if (edge[after] === null || edge[before] === null) return null;
  const share =
    after === before ? 0 : Math.min(1, (beta - betas[before]) / (betas[after] - betas[before]));
  return edge[before] + share * (edge[after] - edge[before]);
}
