// The Stage: a picture painted once, actors on a canvas above it, a player beneath.
// Python sends `scenery` (the picture and where its axes lie), `scene` (the actors of a
// run, as float32 buffers) and `mesh` (heights for the 3-D view); we send back `start`.

const HALO = "rgba(255, 255, 255, 0.8)";
const GHOST = "rgba(120, 128, 142, 0.75)";
const SPEEDS = [1, 2, 4, 0.25, 0.5];

const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const copy = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
const floats = (view) => new Float32Array(copy(view)); // copied: the buffer may be unaligned
const bytes = (view) => new Uint8Array(copy(view));

function tell(value) {
  if (!(Math.abs(value) < 1e29)) return "off the scale";
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size >= -4 && size < 6) {
    return String(Number(value.toPrecision(3))).replace("-", "−");
  }
  const raised = String(size).replace(/./g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
  return `${Number((value / 10 ** size).toPrecision(3))}·10${raised}`.replace("-", "−");
}

function make(tag, className, parent, attributes = {}) {
  const node = document.createElement(tag);
  node.className = className;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent?.append(node);
  return node;
}

// ── From data to pixels ─────────────────────────────────────────────────────────────

class Panel {
  constructor(spec, width, height) {
    const [left, top, w, h] = spec.box;
    Object.assign(this, { spec, left: left * width, top: top * height, w: w * width, h: h * height });
    const [al, at, aw, ah] = spec.around;
    this.around = [al * width, at * height, aw * width, ah * height];
    this.px = Panel.axis(spec.x, spec.xlog, this.left, this.w);
    this.py = Panel.axis(spec.y, spec.ylog, this.top + this.h, -this.h);
  }

  static axis([low, high], log, from, length) {
    const f = log ? (v) => Math.log10(Math.max(v, 1e-300)) : (v) => v;
    const scale = length / (f(high) - f(low));
    return (v) => clamp(from + (f(v) - f(low)) * scale, -1e5, 1e5);
  }

  contains(x, y) {
    return x >= this.left && x <= this.left + this.w && y >= this.top && y <= this.top + this.h;
  }

  data(x, y) { // only for linear axes, the ones that can be clicked
    const [x0, x1] = this.spec.x, [y0, y1] = this.spec.y;
    return [
      x0 + ((x - this.left) / this.w) * (x1 - x0),
      y1 - ((y - this.top) / this.h) * (y1 - y0),
    ];
  }

  clip(ctx) {
    ctx.beginPath();
    ctx.rect(this.left, this.top, this.w, this.h);
    ctx.clip();
  }
}

// ── A landscape that turns: an orthographic view of a mesh of quads ─────────────────

class Relief {
  constructor(mesh) {
    this.n = mesh.cells;
    [this.x, this.y] = [mesh.x, mesh.y];
    this.z = floats(mesh.z);
    this.color = bytes(mesh.color);
    [this.turn, this.tilt] = [-0.7, 0.95];
    this.picture = document.createElement("canvas");
  }

  look(panel) {
    const [left, top, w, h] = panel.around;
    [this.cx, this.cy] = [left + w / 2, top + h * 0.56];
    this.size = Math.min(w * 0.66, h * 0.78);
    const [c, s] = [Math.cos(this.turn), Math.sin(this.turn)];
    Object.assign(this, { c, s, flat: Math.cos(this.tilt), steep: Math.sin(this.tilt) });
  }

  project(x, y, z) {
    const u = (x - this.x[0]) / (this.x[1] - this.x[0]) - 0.5;
    const v = (y - this.y[0]) / (this.y[1] - this.y[0]) - 0.5;
    const depth = u * this.s + v * this.c;
    return [
      this.cx + this.size * (u * this.c - v * this.s),
      this.cy - this.size * (depth * this.flat + (z - 0.4) * 0.55 * this.steep),
      depth,
    ];
  }

  draw(ctx, panel, ratio, width, height) {
    const key = [this.turn, this.tilt, ratio, width, height].join();
    if (key !== this.key) {
      this.key = key;
      this.look(panel);
      this.picture.width = width * ratio;
      this.picture.height = height * ratio;
      this.paint(this.picture.getContext("2d"), ratio);
    }
    ctx.fillStyle = "#fff";
    ctx.fillRect(...panel.around);
    ctx.drawImage(this.picture, 0, 0, width, height);
  }

  paint(ctx, ratio) {
    ctx.scale(ratio, ratio);
    ctx.lineWidth = 0.6;
    const n = this.n, row = n + 1, corners = [];
    for (let i = 0; i < row * row; i++) {
      const x = this.x[0] + ((i % row) / n) * (this.x[1] - this.x[0]);
      const y = this.y[0] + (Math.floor(i / row) / n) * (this.y[1] - this.y[0]);
      corners.push(this.project(x, y, this.z[i]));
    }
    const quads = Array.from({ length: n * n }, (_, q) => Math.floor(q / n) * row + (q % n));
    quads.sort((a, b) => corners[b][2] - corners[a][2]); // the farthest first
    for (const i of quads) {
      const q = 3 * (Math.floor(i / row) * n + (i % row));
      ctx.fillStyle = `rgb(${this.color[q]} ${this.color[q + 1]} ${this.color[q + 2]})`;
      ctx.strokeStyle = "rgba(255, 255, 255, 0.75)";
      ctx.beginPath();
      for (const j of [i, i + 1, i + row + 1, i + row]) ctx.lineTo(corners[j][0], corners[j][1]);
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    this.axis(ctx, "x", [this.x[1], this.y[0]], [this.x[0], this.y[0]]);
    this.axis(ctx, "y", [this.x[0], this.y[1]], [this.x[0], this.y[0]]);
  }

  axis(ctx, name, [x, y], [ox, oy]) {
    const [px, py] = this.project(x + (x - ox) * 0.06, y + (y - oy) * 0.06, 0);
    ctx.fillStyle = "#5b6270";
    ctx.font = "italic 15px Georgia, 'DejaVu Serif', serif";
    ctx.fillText(name, px - 4, py + 4);
  }

  drag(dx, dy) {
    this.turn -= dx * 0.008;
    this.tilt = clamp(this.tilt - dy * 0.006, 0.15, 1.5);
  }
}

// ── The actors: one function a kind. t is the moment, k the size of a line ──────────

function line(ctx, x, y, from, to, end) {
  ctx.beginPath();
  for (let i = from; i <= to; i++) ctx.lineTo(x[i], y[i]);
  if (end) ctx.lineTo(...end);
  ctx.stroke();
}

function ball(ctx, [x, y], radius, fill, stroke, width) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = width;
  ctx.stroke();
}

function sign(ctx, symbol, [x, y], color, k) {
  ctx.font = `${16 * k}px "DejaVu Sans", "Segoe UI Symbol", sans-serif`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 3 * k;
  ctx.strokeStyle = "#fff";
  ctx.strokeText(symbol, x, y);
  ctx.fillStyle = color;
  ctx.fillText(symbol, x, y);
}

const DRAW = {
  trail(ctx, a, panel, t, k) {
    const { px, py } = a, last = px.length - 1;
    ctx.setLineDash(a.dash.map((d) => d * 1.8 * k));
    if (a.ghost) {
      ctx.strokeStyle = GHOST;
      ctx.lineWidth = 1.4 * k;
      return line(ctx, px, py, 0, last);
    }
    const now = Math.min(Math.floor(t), last), next = Math.min(now + 1, last), part = t - now;
    const head = [px[now] + part * (px[next] - px[now]), py[now] + part * (py[next] - py[now])];
    ctx.strokeStyle = a.color;
    ctx.lineWidth = 1.4 * k;
    ctx.globalAlpha = 0.45;
    line(ctx, px, py, now, last);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = HALO;
    ctx.lineWidth = 4.2 * k;
    line(ctx, px, py, 0, now, head);
    ctx.strokeStyle = a.color;
    ctx.lineWidth = 2.2 * k;
    line(ctx, px, py, 0, now, head);
    ctx.setLineDash([]);
    if (a.dots && last <= 200) {
      for (let i = 0; i <= now; i++) ball(ctx, [px[i], py[i]], 2.3 * k, "#fff", a.color, 1.2 * k);
    }
    const inside = panel.contains(...head) || panel.solid;
    const seen = inside ? head : [
      clamp(head[0], panel.left + 8 * k, panel.left + panel.w - 8 * k),
      clamp(head[1], panel.top + 8 * k, panel.top + panel.h - 8 * k),
    ];
    if (inside && a.symbol !== "●") sign(ctx, a.symbol, seen, a.color, k);
    else if (inside) ball(ctx, seen, 6.5 * k, a.color, "#fff", 2 * k);
    else ball(ctx, seen, 5 * k, "#fff", a.color, 2.4 * k); // hollow: it has left the picture
  },

  arrow(ctx, a, panel, t, k) {
    const i = Math.round(t);
    if (i >= a.px.length) return; // the end of the path: nothing is asked, no step taken
    const [x0, y0, x1, y1] = [a.px[i], a.py[i], a.qx[i], a.qy[i]];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 3 * k) return;
    const [ux, uy, tip] = [(x1 - x0) / length, (y1 - y0) / length, Math.min(11 * k, length)];
    for (const [color, wide] of [[HALO, 5.5], [a.color, 2.8]]) {
      ctx.strokeStyle = ctx.fillStyle = color;
      ctx.lineWidth = wide * k;
      line(ctx, [x0, x1 - ux * tip * 0.8], [y0, y1 - uy * tip * 0.8], 0, 1);
    }
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x1 - tip * (ux - 0.45 * uy), y1 - tip * (uy + 0.45 * ux));
    ctx.lineTo(x1 - tip * (ux + 0.45 * uy), y1 - tip * (uy - 0.45 * ux));
    ctx.fill();
  },

  fan(ctx, a, panel, t, k) { // many thin arrows from one point
    const i = Math.min(Math.round(t), a.px.length - 1);
    ctx.strokeStyle = ctx.fillStyle = a.color;
    ctx.lineWidth = 0.9 * k;
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    for (let j = a.n * i; j < a.n * (i + 1); j++) {
      ctx.moveTo(a.px[i], a.py[i]);
      ctx.lineTo(a.qx[j], a.qy[j]);
    }
    ctx.stroke();
    ctx.globalAlpha = 1;
    for (let j = a.n * i; j < a.n * (i + 1); j++) {
      ctx.fillRect(a.qx[j] - 1.4 * k, a.qy[j] - 1.4 * k, 2.8 * k, 2.8 * k);
    }
  },

  curve(ctx, a, panel, t, k) {
    const from = moment(a, t);
    ctx.setLineDash(a.dash.map((d) => d * 1.8 * k));
    ctx.strokeStyle = a.color;
    ctx.lineWidth = 2 * k;
    line(ctx, a.px, a.py.subarray(from, from + a.n), 0, a.n - 1);
    ctx.setLineDash([]);
  },

  dots(ctx, a, panel, t, k) {
    const from = moment(a, t), moving = a.px.length > a.n;
    for (let i = 0; i < a.n; i++) {
      const x = a.px[moving ? from + i : i];
      ball(ctx, [x, a.py[from + i]], a.size * k, a.color, HALO, 0.6 * k);
    }
  },
};

// Where the values of this moment begin in y, which holds n of them a moment.
const moment = (a, t) => a.n * Math.min(Math.round(t), a.py.length / a.n - 1);

const isArrow = (actor) => actor.kind === "arrow" || actor.kind === "fan";

function place(actor, panel, relief) {
  // Pixel positions of an actor, worked out once for each scene and size.
  const project = relief && actor.z ? (i) => relief.project(actor.x[i], actor.y[i], actor.z[i]) : null;
  const xs = Float32Array.from(actor.x, project ? (_, i) => project(i)[0] : panel.px);
  const ys = Float32Array.from(actor.y, project ? (_, i) => project(i)[1] : panel.py);
  Object.assign(actor, { px: xs, py: ys });
  if (isArrow(actor)) { // tips, one or several a tail
    const each = actor.dx.length / actor.x.length, tail = (j) => Math.floor(j / each);
    actor.qx = actor.dx.map((dx, j) => panel.px(actor.x[tail(j)] + dx));
    actor.qy = actor.dy.map((dy, j) => panel.py(actor.y[tail(j)] + dy));
  }
}

// ── The view: what a reader sees, presses and drags ─────────────────────────────────

class View {
  constructor(model, el) {
    this.model = model;
    this.scene = { frames: 1, actors: [], kind: "", text: "", values: new Float32Array() };
    this.t = this.end = 0;
    this.speed = 1;
    this.build(el);
    this.listen();
    this.setMesh();
    this.setScenery().then(() => this.setScene());
  }

  build(el) {
    // Keys belong to the player while it has the focus, not to the notebook around it.
    const root = make("div", "gd-stage", el, { tabindex: "0", "data-lm-suppress-shortcuts": "true" });
    const head = make("div", "gd-head", root);
    const heading = make("div", "gd-title", head);
    make("strong", "", heading).textContent = this.model.get("title");
    make("span", "gd-formula", heading).textContent = this.model.get("formula");
    const buttons = make("div", "gd-buttons", head);
    const button = (text, label, act, parent = buttons) => {
      const b = make("button", "gd-button", parent, { type: "button", title: label, "aria-label": label });
      b.innerHTML = text;
      b.onclick = () => (act(b), this.redraw());
      return b;
    };
    this.flat = button("contours", "seen from above", () => this.setSolid(false));
    this.solid = button("3-D", "in perspective: drag to turn", () => this.setSolid(true));
    this.arrows = button("arrows", "show or hide the arrows", (b) => b.classList.toggle("on"));
    this.arrows.classList.add("on");
    button(ICONS.full, "fill the screen", () => this.fullscreen()).classList.add("gd-icon");

    this.board = make("div", "gd-board", root);
    this.image = make("img", "gd-scenery", this.board, { alt: "", draggable: "false" });
    this.canvas = make("canvas", "gd-actors", this.board, { role: "img" });
    this.ctx = this.canvas.getContext("2d");

    this.controls = make("div", "gd-player", root);
    const round = (icon, label, act) => button(icon, label, act, this.controls);
    round(ICONS.back, "one step back (←)", () => this.step(-1)).classList.add("gd-round");
    this.playButton = round(ICONS.play, "play or pause (space)", () => this.toggle());
    this.playButton.classList.add("gd-play");
    round(ICONS.forward, "one step on (→)", () => this.step(1)).classList.add("gd-round");
    this.scrub = make("input", "gd-scrub", this.controls, { type: "range", min: 0, step: 1, "aria-label": "step" });
    this.told = make("span", "gd-told", this.controls);
    this.speedButton = round("1×", "speed", (b) => {
      this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
      b.textContent = { 0.25: "¼×", 0.5: "½×" }[this.speed] ?? `${this.speed}×`;
    });
    this.loop = round(ICONS.loop, "play in a loop", (b) => b.classList.toggle("on"));
    this.loop.classList.add("gd-icon");

    this.verdict = make("p", "gd-verdict", root, { "aria-live": "polite" });
    this.kind = make("strong", "", this.verdict);
    this.words = make("span", "", this.verdict);
    this.legend = make("div", "gd-legend", root);
    this.root = root;
    root.drawn = 0; // pictures drawn so far, and the scene last drawn: for tests and benchmarks
  }

  listen() {
    const { model, canvas, root } = this;
    this.handlers = {
      "change:scenery": () => this.setScenery(),
      "change:scene": () => this.setScene(),
      "change:mesh": () => (this.setMesh(), this.place()),
      "change:title": () => (root.querySelector(".gd-title strong").textContent = model.get("title")),
      "change:formula": () => (root.querySelector(".gd-formula").textContent = model.get("formula")),
    };
    for (const [event, handler] of Object.entries(this.handlers)) model.on(event, handler);
    this.resized = new ResizeObserver(() => this.place());
    this.resized.observe(this.board);

    this.scrub.oninput = () => (this.pause(), this.go(Number(this.scrub.value)));
    root.onkeydown = (event) => {
      const act = {
        " ": () => this.toggle(),
        ArrowLeft: () => this.step(-1),
        ArrowRight: () => this.step(1),
        Home: () => (this.pause(), this.go(0)),
        End: () => (this.pause(), this.go(this.end)),
      }[event.key];
      if (!act || (event.key === " " && event.target.tagName === "BUTTON")) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    };

    canvas.onpointerdown = (event) => {
      root.focus({ preventScroll: true });
      const panel = this.panels?.[model.get("clickable") ?? -1];
      const grip = this.isSolid() ? this.grabRelief(event) : panel && this.grabStart(event, panel);
      if (!grip) return;
      canvas.setPointerCapture(event.pointerId);
      canvas.onpointermove = grip;
    };
    canvas.onpointerup = canvas.onpointercancel = () => (canvas.onpointermove = null);
  }

  close() {
    for (const [event, handler] of Object.entries(this.handlers)) this.model.off(event, handler);
    this.resized.disconnect();
    cancelAnimationFrame(this.ticket);
    URL.revokeObjectURL(this.image.src);
  }

  // What comes from Python

  async setScenery() {
    const scenery = this.model.get("scenery");
    if (!scenery.png) return;
    const url = URL.createObjectURL(new Blob([copy(scenery.png)], { type: "image/png" }));
    const fresh = new Image();
    fresh.src = url;
    await fresh.decode();
    URL.revokeObjectURL(this.image.src);
    this.image.src = url;
    this.board.style.aspectRatio = `${scenery.width} / ${scenery.height}`;
    this.root.style.setProperty("--gd-aspect", scenery.width / scenery.height);
    this.scenery = scenery;
    this.place();
  }

  setMesh() {
    const mesh = this.model.get("mesh");
    this.relief = mesh ? new Relief(mesh) : null;
    this.flat.hidden = this.solid.hidden = !mesh;
    this.setSolid(mesh && this.solid.classList.contains("on"));
  }

  setSolid(on) {
    this.solid.classList.toggle("on", Boolean(on));
    this.flat.classList.toggle("on", !on);
    this.place();
  }

  isSolid() {
    return this.relief && this.solid.classList.contains("on");
  }

  setScene() {
    const scene = this.model.get("scene");
    if (!scene.actors) return;
    if (scene.id !== this.scene.id) {
      const atEnd = this.t >= this.end && !this.playing;
      const actors = scene.actors.map((actor) => {
        const views = Object.entries(actor).filter(([, v]) => v instanceof DataView);
        return { ...actor, ...Object.fromEntries(views.map(([name, v]) => [name, floats(v)])) };
      });
      this.scene = { ...scene, actors, values: floats(scene.values) };
      this.end = scene.frames - 1;
      this.scrub.max = this.end;
      this.controls.hidden = this.end < 1;
      this.arrows.hidden = !actors.some(isArrow);
      this.showLegend(actors);
      this.place();
      this.go(atEnd ? this.end : Math.min(this.t, this.end));
    }
    this.kind.textContent = scene.kind ? `${scene.kind} ` : "";
    this.verdict.dataset.kind = scene.kind.split(/\W/)[0].toLowerCase();
    this.words.textContent = scene.text;
    this.verdict.hidden = !(scene.kind || scene.text);
    this.canvas.setAttribute("aria-label", `${scene.kind} ${scene.text}`);
  }

  showLegend(actors) {
    const key = actors.map((a) => a.label + a.color).join();
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.legend.replaceChildren();
    const seen = new Set();
    for (const { label, color, ghost, dash } of actors) {
      if (!label || seen.has(label)) continue;
      seen.add(label);
      const entry = make("span", "gd-entry", this.legend);
      const mark = make("i", dash?.length ? "gd-dashed" : "", entry);
      mark.style.borderColor = ghost ? GHOST : color;
      entry.append(label);
    }
  }

  // Drawing

  place() {
    const width = this.board.clientWidth, height = this.board.clientHeight;
    if (!this.scenery || !width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    Object.assign(this, { width, height, ratio, k: width / this.scenery.width });
    this.panels = this.scenery.panels.map((spec) => new Panel(spec, width, height));
    if (this.isSolid()) this.relief.look(this.panels[0]);
    this.placeActors();
    this.redraw();
  }

  placeActors() {
    for (const actor of this.scene.actors) {
      const solid = this.isSolid() && actor.panel === 0;
      place(actor, this.panels[actor.panel], solid ? this.relief : null);
    }
  }

  redraw() {
    if (!this.ticket) this.ticket = requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.ticket = null;
    if (this.playing) {
      const seconds = Math.min(0.1, (now - (this.clock ?? now)) / 1000);
      this.clock = now;
      this.t += seconds * this.speed * (this.end / clamp(this.end / 8, 2, 6));
      if (this.t >= this.end) {
        if (this.loop.classList.contains("on")) this.t = 0;
        else this.go(this.end), this.pause();
      }
      this.tellStep();
      if (this.playing) this.redraw();
    }
    this.draw();
  }

  draw() {
    const { ctx, panels, ratio, k, scene } = this;
    if (!panels) return;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    ctx.lineJoin = ctx.lineCap = "round";
    const solid = this.isSolid();
    if (solid) this.relief.draw(ctx, panels[0], ratio, this.width, this.height);
    const arrows = this.arrows.classList.contains("on");
    for (const actor of scene.actors) {
      const panel = panels[actor.panel], inRelief = solid && actor.panel === 0;
      if (!actor.px || (inRelief && !actor.z) || (isArrow(actor) && !arrows)) continue;
      ctx.save();
      if (!inRelief) panel.clip(ctx);
      panel.solid = inRelief;
      DRAW[actor.kind](ctx, actor, panel, this.t, k);
      ctx.restore();
    }
    this.root.drawn += 1;
    this.root.shown = scene.id;
  }

  // The player

  go(t) {
    this.t = t;
    this.tellStep();
    this.redraw();
  }

  tellStep() {
    const step = Math.round(this.t), { readout, values } = this.scene;
    this.scrub.value = step;
    this.scrub.style.setProperty("--gd-share", `${this.end ? (100 * this.t) / this.end : 100}%`);
    const value = readout && step < values.length ? ` · ${readout} ${tell(values[step])}` : "";
    this.told.textContent = `${this.scene.unit || "step"} ${step} of ${this.end}${value}`;
  }

  step(by) {
    this.pause();
    this.go(clamp((by > 0 ? Math.floor(this.t) : Math.ceil(this.t)) + by, 0, this.end));
  }

  toggle() {
    if (this.playing) return this.pause();
    if (this.t >= this.end) this.t = 0;
    this.playing = true;
    this.clock = undefined;
    this.playButton.innerHTML = ICONS.pause;
    this.redraw();
  }

  pause() {
    this.playing = false;
    this.playButton.innerHTML = ICONS.play;
  }

  fullscreen() {
    if (document.fullscreenElement) return document.exitFullscreen();
    (this.root.closest(".gd-lab") ?? this.root).requestFullscreen();
  }

  // The mouse

  grabStart(event, panel) {
    const box = this.canvas.getBoundingClientRect();
    const at = (e) => [e.clientX - box.left, e.clientY - box.top];
    if (!panel.contains(...at(event))) return null;
    const move = (e) => {
      const [x, y] = at(e);
      this.model.set("start", panel.data(
        clamp(x, panel.left, panel.left + panel.w),
        clamp(y, panel.top, panel.top + panel.h),
      ));
      this.model.save_changes();
    };
    move(event);
    return move;
  }

  grabRelief(event) {
    let [x, y] = [event.clientX, event.clientY];
    return (e) => {
      this.relief.drag(e.clientX - x, e.clientY - y);
      [x, y] = [e.clientX, e.clientY];
      this.relief.look(this.panels[0]);
      this.placeActors();
      this.redraw();
    };
  }
}

const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
const ICONS = {
  play: icon("M7 4l13 8-13 8z"),
  pause: icon("M6 4h4v16H6zM14 4h4v16h-4z"),
  back: icon("M5 4h3v16H5zM20 4v16L9 12z"),
  forward: icon("M16 4h3v16h-3zM4 4v16l11-8z"),
  full: icon("M3 9V3h6v2H5v4zM15 3h6v6h-2V5h-4zM3 15h2v4h4v2H3zM19 15h2v6h-6v-2h4z"),
  loop: icon("M7 7h9V4l5 4-5 4V9H8v4H6V8zM17 17H8v3l-5-4 5-4v3h8v-4h2v5z"),
};

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.close();
  },
};
