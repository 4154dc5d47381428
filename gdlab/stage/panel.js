// Where things are: from data to the scenery's own units, 100 an inch; the canvas scales them.

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const copy = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
const bytes = (view) => new Int8Array(copy(view)); // the pixels of an image
const floats = (view) => new Float32Array(copy(view)); // copied: the buffer may be unaligned

class Panel {
  constructor({ box, around, x, y, xlog, ylog }) {
    [this.left, this.top, this.width, this.height] = box;
    [this.right, this.bottom] = [this.left + this.width, this.top + this.height];
    Object.assign(this, { around, x, y, xlog, ylog });
    this.px = Panel.axis(x, xlog, this.left, this.width);
    this.py = Panel.axis(y, ylog, this.bottom, -this.height);
    this.unit = this.py(1) - this.py(0); // one, upright, where the axis is linear
  }

  static axis([low, high], log, from, length) {
    const f = log ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
    const scale = length / (f(high) - f(low));
    return (v) => clamp(from + (f(v) - f(low)) * scale, -1e5, 1e5);
  }

  inside(x, y, margin = 0) {
    // the nearest point of the panel
    return [
      clamp(x, this.left + margin, this.right - margin),
      clamp(y, this.top + margin, this.bottom - margin),
    ];
  }

  contains(x, y) {
    // half a unit more, for what rounding puts beyond the edge
    const [nx, ny] = this.inside(x, y);
    return Math.abs(x - nx) < 0.5 && Math.abs(y - ny) < 0.5;
  }

  data(x, y) {
    const at = ([low, high], log, share) =>
      log ? low * (high / low) ** share : low + share * (high - low);
    return [
      at(this.x, this.xlog, (x - this.left) / this.width),
      at(this.y, this.ylog, (this.bottom - y) / this.height),
    ];
  }
}

// Where an actor is, once for each scene, picture or turn; q are the tips of arrows.
function place(a, panel, relief) {
  const { px, py } = panel;
  [a.px, a.py] = [a.x.map(px), a.y.map(py)];
  a.relieved = Boolean(relief);
  a.hidden = a.relieved && !a.z;
  if (relief && a.z) {
    a.z.forEach((z, i) => ([a.px[i], a.py[i]] = relief.project(a.x[i], a.y[i], z)));
  }
  if (!a.dx) return;
  const tail = (tip) => Math.floor((tip * a.x.length) / a.dx.length); // a fan has many tips
  a.qx = a.dx.map((dx, i) => px(a.x[tail(i)] + dx));
  a.qy = a.dy.map((dy, i) => py(a.y[tail(i)] + dy));
}
