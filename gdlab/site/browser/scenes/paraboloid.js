// labs/paraboloid.py

SCENES.paraboloid = (lab, state) => {
  const { epochs, batch_size: size, seed } = state;
  const runners = Object.entries(lab.methods).filter(([name]) => state[name] !== null);
  const curves = runners.map(([name, method]) => ({
    name,
    method,
    ...trained(lab, name, method, state[name], epochs, size, seed),
  }));
  const said = (error, digits = 3) =>
    Number.isFinite(error) ? formatNumber(error, digits) : "lost";
  const ends = curves.map(({ name, train }) => `${name} ${said(train[epochs])}`).join(", ");
  const kind = `Train error after ${epochs} epochs:`;
  const text = curves.length
    ? `${ends}; no plane can expect less than ${formatNumber(lab.floor)}.`
    : "tick a method.";
  const notes = Object.fromEntries(Object.keys(lab.methods).map((name) => [name, ""]));
  for (const { name, test } of curves) notes[name] = `test ${said(test[epochs], 4)}`;
  return {
    kind,
    text,
    summary: `${kind} ${text}`,
    name: "",
    notes,
    frames: epochs + 1,
    limits: null,
    title: "A plane through a noisy paraboloid",
    formula: "z = x² + y² + noise",
    actors: curves.flatMap(({ name, method: { color, dash, symbol }, train, test }) =>
      [train, test].map((errors, panel) => ({
        ...TRAIL,
        panel,
        x: times(epochs + 1),
        y: Float64Array.from(errors),
        label: name,
        dots: false,
        color,
        dash,
        symbol,
      })),
    ),
  };
};

// Points of z = x² + y² + noise, 800 to train and 200 to test.
function noisyParaboloid(lab, seed) {
  if (lab.points?.seed === seed) return lab.points;
  const chance = new Chance(seed);
  const xy = Array.from({ length: 1000 }, () => [chance.random(), chance.random()]);
  const all = xy.map(([x, y]) => ({ x_1: x, x_2: y, y: x * x + y * y + chance.normal() }));
  lab.points = { seed, train: all.slice(0, 800), test: all.slice(800) };
  return lab.points;
}

// A method's train and test error before the first epoch and after each; infinite once it breaks.
function trained(lab, name, method, lr, epochs, size, seed) {
  const known = [lr, epochs, size, seed].join();
  lab.trained ??= {};
  if (lab.trained[name]?.known === known) return lab.trained[name];
  const { train, test } = noisyParaboloid(lab, seed);
  const next = miniBatches(train.length, size, seed);
  const epoch = Math.ceil(train.length / size);
  const of = ([a, b, c], { x_1, x_2, y }) => lab.sample({ w_1: a, w_2: b, w_3: c, x_1, x_2, y });
  const error = (x, points) => mean(points.map((point) => of(x, point)[0]));
  const memory = {};
  const numbers = { ...method.defaults, lr };
  const errors = { train: [], test: [] };
  for (const kept of method.memory) memory[kept] = zeros(3);
  let x = zeros(3);
  let batch = null;
  let seen = null;
  let lost = false;
  const grad = (at) => {
    const slopes = batch.map((i) => of(at, train[i]));
    return (seen = [1, 2, 3].map((i) => mean(slopes.map((slope) => slope[i]))));
  };
  for (let t = 0; t <= epochs * epoch; t++) {
    if (t) {
      batch = next();
      if (!lost) x = method.step[3](x, grad, memory, numbers, t);
      const huge = largest(x.map(Math.abs)) > 1e100; // then a square may be too large
      lost ||=
        !finite(x) ||
        !finite(seen) ||
        !method.memory.every((kept) => finite(memory[kept])) ||
        (huge && !Number.isFinite(error(x, train)));
    }
    if (t % epoch) continue;
    errors.train.push(lost ? Infinity : error(x, train));
    errors.test.push(lost ? Infinity : error(x, test));
  }
  lab.trained[name] = { known, ...errors };
  return lab.trained[name];
}
