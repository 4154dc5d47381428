// The actors, one function a kind, as in actors.py: `a` is the actor, placed, `t` the moment.

const HALO = "rgba(255, 255, 255, 0.8)";
const INK = "#2b2f36";
const PEN = 2.4; // in units of the panel that is drawn on
const GHOST = "rgba(120, 128, 142, 0.75)";

function line(ctx, color, width, x, y, from, to, end) {
  ctx.strokeStyle = color;
  ctx.lineWidth = width;
  ctx.beginPath();
  for (let i = from; i <= to; i++) ctx.lineTo(x[i], y[i]);
  if (end) ctx.lineTo(...end);
  ctx.stroke();
}

function balls(ctx, points, radius, fill, stroke, width) {
  ctx.beginPath();
  for (const [x, y] of points) {
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
  }
  Object.assign(ctx, { fillStyle: fill, strokeStyle: stroke, lineWidth: width });
  ctx.fill();
  ctx.stroke();
}

// Where on a trail the ball is: the step behind it, and its place.
function whereabouts({ px, py }, t) {
  const last = px.length - 1;
  const now = Math.min(Math.floor(t), last);
  const next = Math.min(now + 1, last);
  const part = t - now;
  return [now, [px[now] + part * (px[next] - px[now]), py[now] + part * (py[next] - py[now])]];
}

// Where the values of this moment begin in y, which holds n of them a moment.
const moment = (a, t) => a.n * Math.min(Math.round(t), a.py.length / a.n - 1);

// The tiles of a map as a picture, a pixel each; the first row is the lowest.
function mosaic({ cells, n, colors }) {
  const rows = cells.length / n;
  const image = new ImageData(n, rows);
  const inks = colors.map((c) => [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16)));
  cells.forEach((cell, i) => {
    const place = n * (rows - 1 - Math.floor(i / n)) + (i % n);
    image.data.set([...inks[cell], 255], 4 * place);
  });
  const canvas = new OffscreenCanvas(n, rows);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

const DRAW = {
  tiles(ctx, a, t) {
    const [[left, right], [bottom, top]] = [a.px, a.py];
    a.picture ??= mosaic(a);
    Object.assign(ctx, { globalAlpha: a.alpha, imageSmoothingEnabled: false });
    ctx.drawImage(a.picture, left, top, right - left, bottom - top);
  },

  trail(ctx, a, t) {
    const { px, py, color } = a;
    const last = px.length - 1;
    const [now, head] = whereabouts(a, t);
    if (a.ghost && !last) return balls(ctx, [[px[0], py[0]]], 4.5, GHOST, HALO, 0.6);
    if (a.ghost) return line(ctx, GHOST, 1.4, px, py, 0, last);
    ctx.setLineDash(a.dash.map((d) => d * 1.8));
    ctx.globalAlpha = 0.45;
    line(ctx, color, 1.4, px, py, now, last);
    ctx.globalAlpha = 1;
    if (a.dots) line(ctx, HALO, 4.2, px, py, 0, now, head); // a crowd of lines goes without
    line(ctx, color, 2.2, px, py, 0, now, head);
    ctx.setLineDash([]);
    if (!a.dots || last > 200) return;
    balls(
      ctx,
      Array.from({ length: now + 1 }, (_, i) => [px[i], py[i]]),
      2.3,
      "#fff",
      color,
      1.2,
    );
  },

  arrow(ctx, a, t) {
    const i = Math.floor(t);
    if (i >= a.px.length) return; // the end of the path: nothing is asked, no step taken
    const [x0, y0, x1, y1] = [a.px[i], a.py[i], a.qx[i], a.qy[i]];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const tip = Math.min(11, length);
    if (length < 3) return;
    const [ux, uy] = [((x1 - x0) / length) * tip, ((y1 - y0) / length) * tip];
    for (const [color, width] of [
      [HALO, 5.5],
      [a.color, 2.8],
    ]) {
      line(ctx, color, width, [x0, x1 - 0.8 * ux], [y0, y1 - 0.8 * uy], 0, 1);
    }
    ctx.fillStyle = a.color;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x1 - ux + 0.45 * uy, y1 - uy - 0.45 * ux);
    ctx.lineTo(x1 - ux - 0.45 * uy, y1 - uy + 0.45 * ux);
    ctx.fill();
  },

  fan(ctx, a, t) {
    // many thin arrows from one point
    const i = Math.min(Math.round(t), a.px.length - 1);
    Object.assign(ctx, { strokeStyle: a.color, fillStyle: a.color, lineWidth: 0.9 });
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    for (let j = a.n * i; j < a.n * (i + 1); j++) {
      ctx.moveTo(a.px[i], a.py[i]);
      ctx.lineTo(a.qx[j], a.qy[j]);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    for (let j = a.n * i; j < a.n * (i + 1); j++) {
      ctx.fillRect(a.qx[j] - 1.4, a.qy[j] - 1.4, 2.8, 2.8);
    }
  },

  curve(ctx, a, t) {
    const from = moment(a, t);
    ctx.setLineDash(a.dash.map((d) => d * 1.8));
    line(ctx, a.color, 2, a.px, a.py.subarray(from, from + a.n), 0, a.n - 1);
    ctx.setLineDash([]);
  },

  dots(ctx, a, t) {
    const y = moment(a, t);
    const x = a.px.length > a.n ? y : 0;
    const points = Array.from({ length: a.n }, (_, i) => [a.px[x + i], a.py[y + i]]);
    balls(ctx, points, a.size, a.color, HALO, 0.6);
  },

  image(ctx, a) {
    a.picture ??= pictureOf(a);
    const [left, right] = a.px;
    const [top, bottom] = a.py;
    ctx.imageSmoothingEnabled = right - left < 2 * a.columns; // enlarged, it shows its pixels
    ctx.drawImage(a.picture, left, top, right - left, bottom - top);
  },

  bars(ctx, a, t, { left, unit }) {
    const half = (a.width * Math.abs(unit)) / 2;
    ctx.fillStyle = a.color;
    for (let i = 0; i < a.n; i++) ctx.fillRect(left, a.py[i] - half, a.px[i] - left, 2 * half);
  },

  words(ctx, a) {
    ctx.font = `${a.size}px "DejaVu Sans", Verdana, sans-serif`;
    Object.assign(ctx, { textAlign: "center", textBaseline: "middle", lineWidth: 3 });
    Object.assign(ctx, { strokeStyle: "#fff", fillStyle: a.color });
    for (const draw of ["strokeText", "fillText"]) {
      a.words.forEach((word, i) => ctx[draw](word, a.px[i], a.py[i]));
    }
  },
};

const rgb = (color) => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));

// The numbers of an image as a canvas of so many pixels: from white to one colour or the other.
function pictureOf({ values, columns, high, low }) {
  const rows = values.length / columns;
  const picture = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
  const image = new ImageData(columns, rows);
  const hues = [rgb(low), rgb(high)];
  values.forEach((v, i) => {
    const hue = hues[Number(v > 0)];
    const share = Math.abs(v) / 127;
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = 255 + share * (hue[c] - 255);
    image.data[4 * i + 3] = 255;
  });
  picture.getContext("2d").putImageData(image, 0, 0);
  return picture;
}

// What a reader draws with the mouse or a finger: a pen as wide as a digit's stroke is.
function drawStroke(ctx, stroke, panel) {
  const [x, y] = [0, 1].map((i) => stroke.map((point) => [panel.px, panel.py][i](point[i])));
  line(
    ctx,
    INK,
    PEN * Math.abs(panel.unit),
    [...x, x.at(-1) + 0.01],
    [...y, y.at(-1)],
    0,
    x.length,
  );
}

// The ball at the head of a trail, or the symbol of a method; hollow if it left the picture.
function drawHead(ctx, a, panel, t, solid) {
  const [, head] = whereabouts(a, t);
  if (!solid && !panel.contains(...head)) {
    return balls(ctx, [panel.inside(...head, 8)], 5, "#fff", a.color, 2.4);
  }
  if (a.symbol === "●") return balls(ctx, [head], 6.5, a.color, "#fff", 2);
  ctx.font = '16px "DejaVu Sans", "Segoe UI Symbol", sans-serif';
  Object.assign(ctx, { textAlign: "center", textBaseline: "middle", lineWidth: 3 });
  Object.assign(ctx, { strokeStyle: "#fff", fillStyle: a.color });
  ctx.strokeText(a.symbol, ...head);
  ctx.fillText(a.symbol, ...head);
}
