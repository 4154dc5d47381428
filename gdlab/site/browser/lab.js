// A lab without a kernel: rows of controls, a state, and the Stage of the notebooks on top.
// What labs/core/driver.py does with Python's scenes, this does with those of scenes/.

const GESTURE = 800; // milliseconds; changes closer together than this are one pull of a slider

const binary = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const float32 = (text) => new Float32Array(binary(text).buffer);
const painting = (spec) => spec;

class StaticLab {
  constructor(spec, el) {
    Object.assign(this, spec);
    this.el = el;
    this.first = { ...this.state };
    this.count = 0;
    this.portrait = el.clientWidth < PHONE;
    el.classList.add("gd-lab");
    el.replaceChildren();
    this.model = new Model(
      {
        title: "",
        formula: "",
        scene: {},
        scenery: this.painting(),
        mesh: null,
        clickable: Object.keys(this.clicks).map(Number),
        portrait: this.portrait,
      },
      (values) => this.touched(values),
    );
    this.state = stateAddressed(this) ?? this.state;
    this.show(this.makeScene(true));
    this.view = new View(this.model, el);
    this.makeRows();
    this.mark();
    if ("play" in el.dataset && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      // A cover moves by itself.
      this.view.ready.then(() => requestAnimationFrame(() => this.view.toggle()));
    }
    addEventListener("hashchange", () => {
      clearTimeout(this.writing);
      const state = stateAddressed(this);
      if (state) this.change(state, true);
    });
  }

  // A state becomes a scene.

  // `quick`: where a picture takes long, a coarse one of it.
  makeScene(quick = false) {
    return this.alive
      ? SCENES[this.maker](this, this.state, quick)
      : this.recorded[this.state[this.slider] ?? ""];
  }

  painting(key = this.state?.surface) {
    const { wide, tall } = this.sceneries[key] ?? Object.values(this.sceneries)[0];
    return this.portrait ? tall : wide;
  }

  change(values, gesture = null) {
    const now = performance.now();
    const before = this.state;
    const after = { ...before, ...values };
    if (after.surface !== before.surface && before.start) {
      after.start = this.surfaces[after.surface].start;
    }
    Object.assign(after, ADJUST[this.maker]?.(this, before, after), values);
    const forgets = after.surface !== before.surface || after.method !== before.method;
    const newOne = gesture ?? now - (this.changedAt ?? -GESTURE) > GESTURE;
    this.changedAt = now;
    if (forgets) this.last = null;
    else if (newOne) this.last = this.scene;
    this.state = after;
    this.show(this.makeScene(true));
    this.showRows();
    this.mark();
    this.writeAddress();
  }

  show(scene) {
    this.scene = scene;
    const stays = (this.last?.actors ?? []).filter((a) => a.kind === "trail" && a.trace);
    const ghosts = stays.map((a, i) => ({ ...a, ghost: true, label: i ? "" : "last run" }));
    let { text } = scene;
    if (ghosts.length) {
      const named = this.last.name ? `, ${this.last.name}` : "";
      text = `${text} The pale line is your last run${named}.`.trim();
    }
    const [label, values] = scene.readout ?? ["", []];
    this.model.put({
      title: scene.title,
      formula: scene.formula,
      mesh: this.surfaces[this.state.surface]?.mesh ?? null,
      scenery: this.painting(scene.scenery),
      scene: {
        id: ++this.count,
        unit: "step",
        frames: (this.state.steps ?? 0) + 1,
        ...scene,
        readout: Array.from(values, (v) => `${label} ${formatNumber(v)}`),
        text,
        code: this.line(),
        actors: [...ghosts, ...scene.actors],
        ...(scene.frames ? { frames: scene.frames } : {}),
      },
    });
  }

  // The line of Python that shows this state in a notebook.
  line() {
    if (!this.alive) return this.code;
    const said = (value) => {
      if (value === null) return "None";
      if (typeof value === "number") return Number(value.toPrecision(12));
      if (typeof value === "string") return /^(True|False|\d+)$/.test(value) ? value : `"${value}"`;
      return `(${value.map(said).join(", ")}${value.length === 1 ? "," : ""})`;
    };
    const { hidden = [] } = this.scene;
    const sitsOut = (name) => this.controls.find((c) => c.name === name)?.mark;
    const given = Object.entries(this.state).filter(
      ([name, v]) =>
        !(
          name in this.written ||
          String(v) === String(this.defaults[name]) ||
          hidden.includes(name) ||
          (v === null && !sitsOut(name)) ||
          v?.length === 0
        ),
    );
    const line = this.code.replace("…", given.map(([name, v]) => `${name}=${said(v)}`).join(", "));
    return line.replace(/{(\w+)}/g, (_, name) => this.written[name][this.state[name]]);
  }

  showRows() {
    for (const row of Object.values(this.rows)) {
      row.show(this.state[row.name]);
      row.el.style.display = this.scene.hidden?.includes(row.name) ? "none" : "";
    }
    for (const [name, note] of Object.entries(this.scene.notes ?? {})) this.rows[name].note(note);
  }

  // What takes long comes after the picture: where it begins to diverge (sixty runs), a finer map.
  mark() {
    clearTimeout(this.marking);
    const { limits, quick } = this.scene;
    if (!limits && !quick) return;
    this.marking = setTimeout(() => {
      if (quick) this.show(this.makeScene());
      for (const [name, limit] of Object.entries(limits?.() ?? {})) this.rows[name].mark(limit);
    }, 30);
  }

  // Once the hand rests: browsers refuse more than a hundred new addresses in half a minute.
  writeAddress() {
    clearTimeout(this.writing);
    const write = () => history.replaceState(null, "", `#${addressOf(this)}`);
    this.writing = setTimeout(write, 250);
  }

  // What a reader does.

  makeRows() {
    const grid = document.createElement("div");
    grid.className = "gd-rows";
    this.rows = {};
    for (const control of this.controls) {
      const Kind = KINDS.find(([has]) => control[has])[1];
      this.rows[control.name] = new Kind(control, this);
      grid.append(this.rows[control.name].el);
    }
    for (const [label, act] of Object.entries(this.actions ?? {})) {
      const button = document.createElement("button");
      button.className = "gd-button";
      button.textContent = label;
      button.onclick = () => this.change(act(this, this.state), true);
      grid.append(button);
    }
    if (this.controls.length) this.el.append(grid);
    this.showRows();
    const said = document.createElement("p");
    said.className = "kernel";
    said.textContent = this.needsPython();
    if (said.textContent) this.el.after(said);
  }

  // What a reader can have only in a notebook, or "".
  needsPython() {
    const { fixed = [], slider, alive } = this;
    const [{ stops } = {}] = this.controls;
    if (!alive) {
      return `Recorded${slider ? ` at ${stops.length} places of this slider` : ""}: in a notebook, with Python, everything in this lab can be moved.`;
    }
    if (!fixed.length) return this.more ?? "";
    return `In a notebook, with Python, ${fixed.join(" and ")} can be changed as well.`;
  }

  touched({ start, panel, portrait }) {
    if (portrait !== this.portrait) {
      this.portrait = portrait;
      return this.model.put({ scenery: this.painting(this.scene.scenery) });
    }
    if (!start || !this.alive) return;
    const changes = {};
    const rest = [...start]; // of a place: a start takes what it needs
    for (const name of this.clicks[panel]) {
      const mine = rest.splice(0, name === "start" ? this.state.start.length : 1);
      if (mine.length) changes[name] = name === "start" ? mine : this.near(name, mine[0]);
    }
    this.change(changes);
  }

  // The value that a click at this place of an axis means: a whole one where it must be.
  near(name, value) {
    const { whole, low, high } = this.controls.find((c) => c.name === name);
    return whole ? Math.min(high, Math.max(low, wholeNumber(value))) : value;
  }

  advise(sentence) {
    const scene = { ...this.model.get("scene"), kind: "Not possible.", text: sentence };
    this.model.put({ scene });
  }
}

// Every lab of a page is made when it comes near the window: the first one within a second.
const LABS = {};

function gdlab(id, make) {
  const el = document.getElementById(id);
  const page = /(\w+)\.js$/.exec(document.currentScript.src)[1];
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      seen.disconnect();
      LABS[id] = new StaticLab({ id, page, ...make() }, el);
      takeLine(LABS[id]);
    },
    { rootMargin: "400px" },
  );
  if (!el) return;
  el.dataset.lab = "";
  seen.observe(el);
  if (addressed().length > 1 && addressed()[0] === id) {
    addEventListener("load", () => el.scrollIntoView());
  }
}
