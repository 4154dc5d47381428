// labs/direction.py

const unit = (degrees) => [
  Math.cos((degrees * Math.PI) / 180),
  Math.sin((degrees * Math.PI) / 180),
];
const modulo = (a, n) => ((a % n) + n) % n;

SCENES.direction = (lab, { surface: key, start: here, angle, length }) => {
  const surface = lab.surfaces[key];
  const slope = surface.grad(here);
  const steep = Math.max(Math.hypot(...slope), 1e-12);
  const downhill = modulo((Math.atan2(-slope[1], -slope[0]) * 180) / Math.PI, 360);
  const step = (degrees) => unit(degrees).map((u, i) => here[i] + length * u);
  const change = (degrees) => surface.f(step(degrees)) - surface.f(here);
  const first = (degrees) => unit(degrees).reduce((sum, u, i) => sum + slope[i] * u, 0);
  const real = change(angle);
  const best = formatNumber(change(downhill));
  const off = Math.abs(modulo(angle - downhill + 180, 360) - 180);
  const aim = off < 3 ? "This is straight downhill." : `Straight downhill it would be ${best}.`;
  const degrees = Float64Array.from({ length: 121 }, (_, i) => 3 * i);
  const reach = Math.max(length, 0.06 * surface.span[0]);
  const arrow = (v, color, label) => ({
    kind: "arrow",
    panel: 0,
    color,
    label,
    x: Float64Array.of(here[0]),
    y: Float64Array.of(here[1]),
    dx: Float64Array.of(reach * v[0]),
    dy: Float64Array.of(reach * v[1]),
  });
  return {
    kind: real < 0 ? "Downhill." : "Uphill.",
    text: `ΔJ = ${formatNumber(real)}; the first order says ${formatNumber(length * first(angle))}. ${aim}`,
    summary: `A step of length ${formatNumber(length)} at ${formatNumber(angle)}° changes the loss by ${formatNumber(real)}; straight downhill it is ${best}.`,
    title: `Which way is down on ${surface.article}?`,
    formula: surface.formula,
    scenery: key,
    name: "",
    frames: 1,
    limits: null,
    actors: [
      arrow(
        slope.map((g) => -g / steep),
        BLUE,
        "−∇J, straight downhill",
      ),
      arrow(unit(angle), "#D55E00", "your direction"),
      plotted(
        1,
        degrees,
        degrees.map((a) => first(a) / steep),
        BLUE,
        [4, 2],
        "first order, ∇J·Δθ",
      ),
      plotted(
        1,
        degrees,
        degrees.map((a) => change(a) / (length * steep)),
        "#CC79A7",
        [],
        "true change ΔJ",
      ),
      point(1, modulo(angle, 360), real / (length * steep), { color: "#D55E00" }),
      point(0, ...here, { color: "#D55E00" }),
    ],
  };
};
