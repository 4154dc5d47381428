// labs/descent.py

SCENES.descent = (lab, state) => {
  const run = runOf(lab, state);
  return { ...runScene(lab, state, run), actors: [path(run), lossCurve(run), ...stepArrows(run)] };
};
