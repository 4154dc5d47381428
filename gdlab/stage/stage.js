// The Stage: a picture painted once, actors on a canvas above it, a player beneath.
// Python sends `scenery` (the picture and where its axes lie), `scene` (the actors of a
// run, as float32 buffers) and `mesh` (heights for the 3-D view); we send back `start`.
// One module with kernel.js, panel.js, actors.js, relief.js, layout.js and page.js,
// which `stage.py` puts before it.

// In place of the verdict, once nothing answers any more.
const LOST = {
  kind: "Run this cell again.",
  text: "The kernel was restarted or stopped, and the new one does not know this lab.",
};

const SPEEDS = { "1×": 1, "2×": 2, "4×": 4, "¼×": 0.25, "½×": 0.5 };

// Keys pressed in a lab are not meant for the notebook around it, where "dd" deletes the cell.
function takeKeys({ target }) {
  target.dataset.lmSuppressShortcuts = "";
}

// Whatever can be worked in a row of controls is called by the name of the row.
function nameControls(lab) {
  for (const row of lab.querySelectorAll(".gd-row")) {
    const name = row.querySelector(".gd-name")?.textContent.trim();
    for (const part of row.querySelectorAll(".noUi-handle, input, select")) part.ariaLabel = name;
  }
}

// ── The view: what is shown, pressed and dragged ────────────────────────────────────

class View {
  constructor(model, el) {
    this.model = model;
    this.scene = { actors: [], readout: [] };
    [this.t, this.end, this.speed] = [0, 0, 1];

    const root = (this.root = document.createElement("div"));
    root.className = "gd-stage";
    root.tabIndex = 0;
    root.role = "group";
    root.innerHTML = PAGE;
    [root.drawn, root.shown] = [0, 0]; // pictures drawn, scene last drawn: for whoever measures
    el.append(root);
    this.parts = {};
    for (const node of root.querySelectorAll("[data-part]")) this.parts[node.dataset.part] = node;
    this.ctx = this.parts.canvas.getContext("2d");

    this.listen();
    this.setTitle();
    this.setMesh();
    this.turn("arrows", true);
    for (const name of ["play", "loop"]) this.turn(name, false);
    this.ready = this.setScenery();
    this.setScene();
    this.unwatch = watchKernel(model, () => this.lose());
  }

  listen() {
    const { model, root } = this;
    const { canvas, scrub } = this.parts;
    this.handlers = {
      "change:title change:formula": () => this.setTitle(),
      "change:scenery": () => (this.ready = this.setScenery()),
      "change:scene": () => this.setScene(),
      "change:mesh": () => this.setMesh(),
      "change:ink": () => this.redraw(),
    };
    for (const [events, handler] of Object.entries(this.handlers)) model.on(events, handler);
    this.resized = new ResizeObserver(() => this.resize());
    this.resized.observe(this.parts.board);
    this.refit = () => this.fit();
    addEventListener("resize", this.refit);
    document.addEventListener("fullscreenchange", this.refit);

    const act = {
      flat: () => this.setSolid(false),
      solid: () => this.setSolid(true),
      arrows: () => this.turn("arrows"),
      code: () => this.copyCode(),
      full: () => this.fullscreen(),
      back: () => this.step(-1),
      play: () => this.toggle(),
      forward: () => this.step(1),
      speed: () => this.nextSpeed(),
      loop: () => this.turn("loop"),
      first: () => this.jump(0),
      last: () => this.jump(this.end),
    };
    for (const b of root.querySelectorAll("button")) b.onclick = act[b.dataset.part];
    scrub.oninput = () => this.jump(Number(scrub.value));

    const keys = {
      " ": "play",
      ArrowLeft: "back",
      ArrowRight: "forward",
      Home: "first",
      End: "last",
    };
    root.onkeydown = (event) => {
      const other = event.ctrlKey || event.altKey || event.metaKey;
      const pressed = event.key === " " && event.target.tagName === "BUTTON"; // its own affair
      if (!(event.key in keys) || other || pressed) return;
      event.preventDefault();
      event.stopPropagation();
      act[keys[event.key]]();
    };

    canvas.onpointerdown = (event) => {
      root.focus({ preventScroll: true });
      const drag = this.grabPen(event) ?? this.grabStart(event) ?? this.grabRelief(event);
      if (!drag) return;
      canvas.setPointerCapture(event.pointerId);
      canvas.onpointermove = drag;
    };
    canvas.onpointerup = canvas.onpointercancel = () => (canvas.onpointermove = null);
  }

  close() {
    for (const [events, handler] of Object.entries(this.handlers)) this.model.off(events, handler);
    this.resized.disconnect();
    removeEventListener("resize", this.refit);
    document.removeEventListener("fullscreenchange", this.refit);
    this.unwatch();
    cancelAnimationFrame(this.ticket);
    URL.revokeObjectURL(this.parts.image.src);
  }

  isOn(name) {
    return this.parts[name].ariaPressed === "true";
  }

  turn(name, on = !this.isOn(name)) {
    this.parts[name].ariaPressed = String(on);
    this.redraw();
  }

  // What comes from Python

  setTitle() {
    this.parts.title.textContent = this.model.get("title");
    this.parts.formula.textContent = this.model.get("formula");
    this.root.ariaLabel = `${this.model.get("title")}. Space plays, the arrow keys step.`;
  }

  async setScenery() {
    const scenery = this.model.get("scenery");
    const fresh = new Image();
    fresh.src = URL.createObjectURL(new Blob([copy(scenery.png)], { type: "image/png" }));
    await fresh.decode();
    URL.revokeObjectURL(this.parts.image.src);
    this.parts.image.src = fresh.src;
    this.scenery = scenery;
    this.panels = scenery.panels.map((spec) => new Panel(spec));
    this.scene.actors = this.scene.actors.filter((a) => this.panels[a.panel]); // there may be fewer
    this.aspect = scenery.width / scenery.height;
    this.root.style.setProperty("--gd-aspect", this.aspect);
    this.place();
    this.fit();
    this.resize();
  }

  setMesh() {
    const mesh = this.model.get("mesh");
    this.relief = mesh && new Relief(mesh);
    this.parts.flat.hidden = this.parts.solid.hidden = !mesh;
    this.setSolid(Boolean(mesh) && this.isOn("solid"));
  }

  setSolid(on) {
    this.turn("solid", on);
    this.turn("flat", !on);
    const answers = on || this.model.get("clickable").length || this.model.get("ink");
    this.parts.canvas.classList.toggle("gd-still", !answers);
    this.place();
  }

  async setScene() {
    await this.ready; // the actors of a new picture wait until it is there
    const scene = this.model.get("scene");
    if (!scene.actors) return;
    if (scene.id !== this.scene.id) this.setActors(scene);
    this.say(this.lost ? LOST : scene);
    this.parts.code.hidden = !scene.code;
    this.parts.canvas.ariaLabel = `${scene.kind} ${scene.text}`;
  }

  say({ kind, text }) {
    const { verdict, kind: lead, words } = this.parts;
    lead.textContent = kind && `${kind} `;
    words.textContent = text;
    verdict.dataset.kind = kind.split(/\W/)[0].toLowerCase();
    verdict.hidden = !(kind || text);
    if (text.length > (this.longest ?? 0)) {
      // it may need another line
      this.longest = text.length;
      this.fit();
    }
  }

  // The picture can still be played; what needs an answer from Python can no longer be worked.
  lose() {
    this.lost = true;
    this.freeze();
    this.setScene();
  }

  freeze() {
    if (!this.lost) return;
    const rows = this.lab?.querySelectorAll(".gd-rows > :not(.gd-verdict, .gd-legend)") ?? [];
    for (const row of rows) row.inert = true;
  }

  setActors(scene) {
    const atEnd = this.t >= this.end && !this.isOn("play");
    const unpack = ([name, value]) => [
      name,
      value instanceof DataView ? (name === "values" ? bytes : floats)(value) : value,
    ];
    const actors = scene.actors.map((actor) =>
      Object.fromEntries(Object.entries(actor).map(unpack)),
    );
    this.scene = { ...scene, actors };
    this.end = scene.frames - 1;
    this.parts.scrub.max = this.end;
    this.parts.player.hidden = this.end < 1;
    this.parts.arrows.hidden = !actors.some((a) => a.dx);
    this.setLegend(actors);
    this.place();
    this.go(atEnd ? this.end : Math.min(this.t, this.end));
  }

  setLegend(actors) {
    const entries = new Map(actors.filter((a) => a.label).map((a) => [a.label, a]));
    const key = [...entries.values()].map((a) => [a.label, a.color, a.dash]).join();
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.parts.legend.replaceChildren(
      ...[...entries].map(([label, { color, ghost, dash }]) => {
        const entry = document.createElement("span");
        const mark = document.createElement("i");
        mark.style.borderColor = ghost ? GHOST : color;
        mark.className = dash?.length ? "gd-dashed" : "";
        entry.append(mark, label);
        return entry;
      }),
    );
    this.fit();
  }

  // Drawing

  place() {
    if (!this.panels) return;
    const solid = this.isOn("solid");
    if (solid) this.relief.look(this.panels[0]);
    for (const a of this.scene.actors) {
      place(a, this.panels[a.panel], solid && a.panel === 0 ? this.relief : null);
    }
    this.redraw();
  }

  resize() {
    const lab = this.root.closest(".gd-lab") ?? this.root;
    if (lab !== this.lab) {
      this.lab = lab;
      this.resized.observe(lab);
      lab.addEventListener("focusin", takeKeys);
      this.freeze();
    }
    nameControls(lab);
    if (lab.clientWidth !== this.fitted?.width || lab.offsetHeight > this.fitted.height) this.fit();
    const { canvas, board } = this.parts;
    const sharpness = window.devicePixelRatio || 1;
    const width = Math.round(board.clientWidth * sharpness);
    const height = Math.round(board.clientHeight * sharpness);
    if (canvas.width === width && canvas.height === height) return;
    Object.assign(canvas, { width, height }); // also wipes it
    this.redraw();
  }

  fit() {
    if (!this.aspect || !this.lab?.clientWidth) return;
    const before = this.fitted?.phone;
    this.fitted = fit(this.lab, this.root, this.parts, this.aspect);
    const { phone } = this.fitted;
    if (phone === before || phone === this.model.get("portrait")) return;
    this.model.set("portrait", phone); // asked for once: another view of this lab may be wider
    this.model.save_changes();
  }

  redraw() {
    this.ticket ??= requestAnimationFrame((now) => this.frame(now));
  }

  frame(now) {
    this.ticket = null;
    if (this.isOn("play")) this.play(now);
    this.draw();
  }

  draw() {
    const { ctx, panels, scene, t } = this;
    const { canvas } = this.parts;
    if (!panels || !canvas.width || !canvas.height) return;
    const scale = canvas.width / this.scenery.width;
    const solid = this.isOn("solid");
    ctx.setTransform(scale, 0, 0, scale, 0, 0);
    ctx.clearRect(0, 0, this.scenery.width, this.scenery.height);
    ctx.lineJoin = ctx.lineCap = "round";
    if (solid) this.relief.draw(ctx, panels[0], scale);
    const arrows = this.isOn("arrows");
    const seen = scene.actors.filter((a) => !a.hidden && (arrows || !a.dx));
    for (const a of seen) {
      const { left, top, width, height, around } = panels[a.panel];
      ctx.save();
      ctx.beginPath();
      ctx.rect(...(a.relieved ? around : [left, top, width, height]));
      ctx.clip();
      DRAW[a.kind](ctx, a, t, panels[a.panel]);
      ctx.restore();
    }
    for (const stroke of this.model.get("ink") ?? []) drawStroke(ctx, stroke, panels[0]);
    for (const a of seen) {
      if (a.kind === "trail" && !a.ghost) drawHead(ctx, a, panels[a.panel], t, a.relieved);
    }
    this.root.drawn += 1;
    this.root.shown = scene.id;
  }

  // The player

  play(now) {
    const seconds = Math.min(0.1, (now - (this.clock ?? now)) / 1000);
    const whole = clamp(this.end / 8, 2, 6); // seconds from start to end
    this.clock = now;
    this.t += seconds * this.speed * (this.end / whole);
    if (this.t >= this.end && this.isOn("loop")) this.t = 0;
    if (this.t >= this.end) this.jump(this.end);
    else this.go(this.t);
  }

  go(t) {
    const { scrub, counter } = this.parts;
    const { unit, readout } = this.scene;
    const step = Math.round(t);
    this.t = t;
    this.redraw();
    const words = `${unit} ${step} of ${this.end}${readout[step] ? ` · ${readout[step]}` : ""}`;
    if (counter.textContent === words) return; // the page costs more than the canvas
    counter.textContent = words;
    scrub.value = step;
    scrub.style.setProperty("--gd-share", `${(100 * step) / (this.end || 1)}%`);
  }

  jump(t) {
    this.turn("play", false);
    this.go(clamp(t, 0, this.end));
  }

  step(by) {
    this.jump((by > 0 ? Math.floor(this.t) : Math.ceil(this.t)) + by);
  }

  toggle() {
    if (this.t >= this.end) this.t = 0;
    this.clock = null;
    this.turn("play");
  }

  nextSpeed() {
    const names = Object.keys(SPEEDS);
    const { speed } = this.parts;
    speed.textContent = names[(names.indexOf(speed.textContent) + 1) % names.length];
    this.speed = SPEEDS[speed.textContent];
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else (this.root.closest(".gd-lab") ?? this.root).requestFullscreen();
  }

  async copyCode() {
    const { code, kind, words } = this.parts;
    const line = this.model.get("scene").code;
    try {
      await navigator.clipboard.writeText(line);
      kind.textContent = "Copied. ";
    } catch {
      // not allowed here: show it, to be copied by hand
      kind.textContent = "";
    }
    words.textContent = line;
    code.blur();
  }

  // The mouse

  at({ clientX, clientY }) {
    const { left, top, width } = this.parts.canvas.getBoundingClientRect();
    const scale = width / this.scenery.width;
    return [(clientX - left) / scale, (clientY - top) / scale];
  }

  grabPen(event) {
    const [pad] = this.panels;
    const before = this.model.get("ink");
    const stroke = [];
    if (!before || !pad.contains(...this.at(event))) return null;
    const move = (e) => {
      stroke.push(pad.data(...pad.inside(...this.at(e))).map((v) => Math.round(10 * v) / 10));
      this.model.set("ink", [...before, [...stroke]]);
      this.model.save_changes();
      this.redraw(); // at once: the kernel may be busy
    };
    move(event);
    return move;
  }

  grabStart(event) {
    if (this.lost) return null;
    const covered = this.isOn("solid") ? 0 : -1;
    const number = this.model
      .get("clickable")
      .find((n) => n !== covered && this.panels[n].contains(...this.at(event)));
    if (number === undefined) return null;
    const panel = this.panels[number];
    const move = (e) => {
      this.model.set("panel", number);
      this.model.set("start", panel.data(...panel.inside(...this.at(e))));
      this.model.save_changes();
    };
    move(event);
    return move;
  }

  grabRelief(event) {
    if (!this.isOn("solid")) return null;
    let [x, y] = this.at(event);
    return (e) => {
      const [left, top] = [x, y];
      [x, y] = this.at(e);
      this.relief.look(this.panels[0], (left - x) * 0.008, (top - y) * 0.006);
      this.place();
    };
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.close();
  },
};
