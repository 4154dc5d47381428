// A lab without a kernel: rows of controls, a state, and the Stage of the notebooks on top.
// What labs/core/driver.py does with Python's scenes, this does with those of scenes.js.

const GESTURE = 800; // milliseconds; changes closer together than this are one pull of a slider

const OFF = "off"; // in an address: a method of a race that does not run

const binary = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const float32 = (text) => new Float32Array(binary(text).buffer);
const painting = (spec) => spec;

// What a Stage expects of a kernel: values by name, and who wants to know of a change.
class Model {
  constructor(values, sent) {
    Object.assign(this, { values, sent, listeners: {} });
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
  }

  save_changes() {
    this.sent(this.values);
  }

  on(events, act) {
    for (const event of events.split(" ")) (this.listeners[event] ??= []).push(act);
  }

  off() {}

  put(values) {
    const fresh = Object.keys(values).filter((name) => this.values[name] !== values[name]);
    Object.assign(this.values, values);
    const acts = new Set(fresh.flatMap((name) => this.listeners[`change:${name}`] ?? []));
    for (const act of acts) act();
  }
}

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
      { title: "", formula: "", scene: {}, scenery: this.painting(), mesh: null, clickable: Object.keys(this.clicks).map(Number), portrait: this.portrait },
      (values) => this.touched(values),
    );
    this.readAddress();
    this.show(this.makeScene(true));
    this.view = new View(this.model, el);
    this.makeRows();
    this.mark();
    if ("play" in el.dataset && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.view.ready.then(() => requestAnimationFrame(() => this.view.toggle())); // a cover moves by itself
    }
    addEventListener("hashchange", () => this.readAddress() && this.change({}, true));
  }

  // A state becomes a scene.

  // `quick`: where a picture takes long, a coarse one of it.
  makeScene(quick = false) {
    return this.alive ? SCENES[this.maker](this, this.state, quick) : this.recorded[this.state[this.slider] ?? ""];
  }

  painting(key = this.state?.surface) {
    const { wide, tall } = this.sceneries[key] ?? Object.values(this.sceneries)[0];
    return this.portrait ? tall : wide;
  }

  change(values, gesture = null) {
    const now = performance.now(), before = this.state;
    const after = { ...before, ...values };
    if (after.surface !== before.surface && before.start) after.start = this.surfaces[after.surface].start;
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
        id: ++this.count, unit: "step", readout: Array.from(values, (v) => `${label} ${formatNumber(v)}`),
        frames: (this.state.steps ?? 0) + 1, ...scene, text, code: this.line(), actors: [...ghosts, ...scene.actors],
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
    const { hidden = [] } = this.scene, sitsOut = (name) => this.controls.find((c) => c.name === name)?.mark;
    const given = Object.entries(this.state).filter(([name, v]) =>
      !(name in this.written || String(v) === String(this.defaults[name]) || hidden.includes(name) || (v === null && !sitsOut(name)) || v?.length === 0));
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
    const { fixed = [], slider, alive } = this, [{ stops } = {}] = this.controls;
    if (!alive) return `Recorded${slider ? ` at ${stops.length} places of this slider` : ""}: in a notebook, with Python, everything in this lab can be moved.`;
    if (!fixed.length) return this.more ?? "";
    return `In a notebook, with Python, ${fixed.join(" and ")} can be changed as well.`;
  }

  touched({ start, panel, portrait }) {
    if (portrait !== this.portrait) {
      this.portrait = portrait;
      return this.model.put({ scenery: this.painting(this.scene.scenery) });
    }
    if (!start || !this.alive) return;
    const changes = {}, rest = [...start]; // of a place: a start takes what it needs
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

  // The address holds the state: #lab-ravine&lr=0.1&beta=0.75

  address() {
    const changed = Object.entries(this.state).filter(([name, v]) =>
      (name in this.rows || name === "start") && String(v) !== String(this.first[name]));
    const parts = changed.map(([name, v]) => `${name}=${[v].flat().map((u) => (typeof u === "number" ? Number(u.toPrecision(12)) : u ?? OFF)).join(",")}`);
    return [this.id, ...parts].join("&");
  }

  writeAddress() {
    history.replaceState(null, "", `#${this.address()}`);
  }

  // The whole address of this picture: in its chapter, or of the lab alone.
  link(alone = false) {
    const place = alone ? `lab.html#${this.page}/` : `${this.page}.html#`;
    return new URL(place + this.address(), location.href).href;
  }

  readAddress() {
    const [id, ...parts] = addressed();
    if (id !== this.id) return false;
    const state = { ...this.first };
    let starts = null;
    for (const part of parts) {
      const [name, text] = part.split("="), control = this.controls.find((c) => c.name === name);
      const numbers = String(text).split(",").map(Number);
      if (name === "start") starts = numbers;
      else if (control?.mark && text === OFF) state[name] = null;
      else if ([...(control?.options ?? []), ...(control?.stops ?? [])].some(([, key]) => key === text)) state[name] = text;
      else if (control && !control.options && !control.stops && !refusal(control, numbers[0])) [state[name]] = numbers;
    }
    if (state.surface !== this.first.surface && state.start) state.start = this.surfaces[state.surface].start;
    if (starts && this.maybeStart(state, starts)) state.start = starts;
    this.state = state;
    return true;
  }

  maybeStart({ surface }, start) {
    const { start: own, span, f } = this.surfaces[surface];
    const near = this.first.start && own?.length === start.length && start.every((v, i) => Math.abs(v) <= 1000 * span[i]);
    return near && Number.isFinite(f(start));
  }
}

// The lab an address names, and its values: ["lab-ravine", "lr=0.1", …].
function addressed() {
  try {
    return decodeURIComponent(location.hash.slice(1)).split("&");
  } catch { // a lonely %
    return [""];
  }
}

// Why a value is not legal, in a sentence, or "".
function refusal({ name, words, legal, above, whole, rule, high, button }, value) {
  if (!Number.isFinite(value)) return `${name}: type a number like 0.1 or 1e-3.`;
  if (whole && !Number.isInteger(value)) return `${name} is ${value}: give a whole number.`;
  if (whole && value > high && !button) return `${name} is ${value}: on this page it ends at ${high}; a notebook goes on.`;
  const [low, top] = legal;
  const wrong = (low !== null && (above ? value <= low : value < low)) || (top !== null && value >= top);
  return wrong ? `${name} is ${value}: ${words || "it"} must be ${rule}.` : "";
}

class Row {
  constructor(control, lab, symbol) {
    Object.assign(this, control, { lab });
    this.el = document.createElement("div");
    this.el.className = "gd-row";
    this.el.innerHTML = `<span class="gd-name"><i>${symbol}</i> <span>${control.words}</span></span>`;
  }

  put(className, html) {
    const node = document.createElement("span");
    node.className = className;
    node.innerHTML = html;
    this.el.append(node);
    return node.firstElementChild;
  }
}

class NumberRow extends Row {
  constructor(control, lab) {
    super(control, lab, control.symbol);
    const { low, high, log, whole } = control;
    const fine = (100 * high) % 1 ? 0.001 : 0.01; // so that its end, 0.999, can be reached
    const step = log ? 0.01 : whole ? 1 : high <= 1 ? fine : (high - low) / 200;
    this.slider = this.put("gd-track", `<input type="range" min="${this.at(low)}" max="${this.at(high)}" step="${step}">`);
    this.tick = this.put("gd-tick", "<b hidden></b>");
    this.slider.parentNode.append(this.tick.parentNode);
    this.box = this.put("gd-value", '<input inputmode="decimal" autocomplete="off">');
    this.slider.oninput = () => this.dragged(Number(this.slider.value));
    if (log && whole) this.slider.onkeydown = (event) => this.stepped(event);
    this.box.onchange = () => this.typed();
    for (const part of [this.slider, this.box]) part.ariaLabel = `${control.symbol} ${control.words}`;
  }

  at(value) {
    return this.log ? Math.log10(Math.max(value, 1e-300)) : value;
  }

  dragged(place) {
    const value = this.log ? 10 ** place : place; // what the box shows is what counts
    this.lab.change({ [this.name]: this.whole ? Math.round(value) : Number(value.toPrecision(3)) });
  }

  // Where whole numbers lie wide apart, an arrow key goes to the next one.
  stepped(event) {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key], now = this.lab.state[this.name];
    if (!by || Math.round(10 ** (this.at(now) + 0.01 * by)) !== now) return;
    event.preventDefault();
    const next = clamp(now + by, this.low, this.high);
    this.slider.value = this.at(next);
    this.lab.change({ [this.name]: next });
  }

  typed() {
    const value = Number(this.box.value.replace(",", ".").replace("−", "-") || NaN), why = refusal(this, value);
    if (why) this.lab.advise(why);
    else this.lab.change({ [this.name]: value }, true);
    this.show(this.lab.state[this.name]);
  }

  show(value) {
    if (document.activeElement !== this.slider) this.slider.value = this.at(value);
    this.box.value = formatNumber(value);
    const [low, high] = [this.at(this.low), this.at(this.high)];
    this.slider.style.setProperty("--gd-share", `${(100 * (this.at(value) - low)) / (high - low)}%`);
  }

  note() {}

  mark(limit) {
    const [low, high] = [this.at(this.low), this.at(this.high)];
    const share = limit === null ? -1 : (this.at(limit) - low) / (high - low);
    this.tick.hidden = share < 0 || share > 1;
    this.tick.style.left = `${100 * share}%`;
    this.tick.title = limit === null ? "" : `diverges from ${formatNumber(limit)} on`;
  }
}

// A button for the next seed in place of a slider. The same seed, the same chance.
class SeedRow extends NumberRow {
  constructor(control, lab) {
    super(control, lab);
    const track = this.el.querySelector(".gd-track"), push = document.createElement("button");
    push.className = "gd-button gd-push";
    push.textContent = control.button;
    push.onclick = () => lab.change({ [control.name]: lab.state[control.name] + 1 }, true);
    track.replaceChildren(push);
  }
}

// A tick, a method's mark, its η, and its place; null without the tick.
class RunnerRow extends NumberRow {
  constructor(control, lab) {
    super(control, lab);
    this.el.classList.add("gd-runner");
    const name = this.el.querySelector(".gd-name");
    name.innerHTML = `<b class="gd-mark" style="color:${control.color}">${control.mark}</b> ${control.title}`;
    this.runs = document.createElement("input");
    Object.assign(this.runs, { type: "checkbox", ariaLabel: `${control.title} runs` });
    this.el.prepend(this.runs);
    this.place = document.createElement("span");
    this.place.className = "gd-place";
    this.el.append(this.place);
    this.kept = lab.state[control.name] ?? 0.1;
    this.runs.onchange = () => lab.change({ [control.name]: this.runs.checked ? this.kept : null }, true);
  }

  show(value) {
    this.runs.checked = value !== null;
    this.kept = value ?? this.kept;
    super.show(this.kept);
  }

  note(html) {
    this.place.innerHTML = html;
  }
}

// The places of a slider at which a lab was recorded.
class StopsRow extends Row {
  constructor(control, lab) {
    super(control, lab, control.symbol);
    const last = control.stops.length - 1;
    this.slider = this.put("gd-track", `<input type="range" min="0" max="${last}" step="1">`);
    this.shown = this.put("gd-value", "<output></output>");
    this.slider.ariaLabel = `${control.symbol} ${control.words}`;
    this.slider.oninput = () => lab.change({ [control.name]: control.stops[this.slider.value][1] });
  }

  show(value) {
    const place = this.stops.findIndex(([, key]) => key === value);
    this.slider.value = place;
    this.slider.style.setProperty("--gd-share", `${(100 * place) / (this.stops.length - 1)}%`);
    this.shown.textContent = this.stops[place][0];
  }

  note() {}
}

class ChoiceRow extends Row {
  constructor(control, lab) {
    super(control, lab, control.symbol);
    const options = control.options.map(([shown, key]) => `<option value="${key}">${shown}</option>`).join("");
    this.menu = this.put("gd-track", `<select>${options}</select>`);
    this.menu.ariaLabel = control.words || control.name;
    this.menu.onchange = () => lab.change({ [control.name]: this.menu.value }, true);
  }

  show(value) {
    this.menu.value = value;
  }

  note() {}
}

// Which row a control gets, by what it has.
const KINDS = [["options", ChoiceRow], ["stops", StopsRow], ["mark", RunnerRow], ["button", SeedRow], ["name", NumberRow]];

// Every lab of a page is made when it comes near the window: the first one within a second.
const LABS = {};

function gdlab(id, make) {
  const el = document.getElementById(id), page = /(\w+)\.js$/.exec(document.currentScript.src)[1];
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    LABS[id] = new StaticLab({ id, page, ...make() }, el);
    takeLine(LABS[id]);
  }, { rootMargin: "400px" });
  if (!el) return;
  el.dataset.lab = "";
  seen.observe(el);
  if (addressed().length > 1 && addressed()[0] === id) addEventListener("load", () => el.scrollIntoView());
}
