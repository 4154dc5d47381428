// The rows of controls below a picture: what labs/core/rows.py makes of widgets.

// Why a value is not legal, in a sentence, or "".
function refusal({ name, words, legal, above, whole, rule, high, button }, value) {
  if (!Number.isFinite(value)) return `${name}: type a number like 0.1 or 1e-3.`;
  if (whole && !Number.isInteger(value)) return `${name} is ${value}: give a whole number.`;
  if (whole && value > high && !button) {
    return `${name} is ${value}: on this page it ends at ${high}; a notebook goes on.`;
  }
  const [low, top] = legal;
  const wrong =
    (low !== null && (above ? value <= low : value < low)) || (top !== null && value >= top);
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
    this.slider = this.put(
      "gd-track",
      `<input type="range" min="${this.at(low)}" max="${this.at(high)}" step="${step}">`,
    );
    this.tick = this.put("gd-tick", "<b hidden></b>");
    this.slider.parentNode.append(this.tick.parentNode);
    this.box = this.put("gd-value", '<input inputmode="decimal" autocomplete="off">');
    this.slider.oninput = () => this.dragged(Number(this.slider.value));
    if (log && whole) this.slider.onkeydown = (event) => this.stepped(event);
    this.box.onchange = () => this.typed();
    for (const part of [this.slider, this.box]) {
      part.ariaLabel = `${control.symbol} ${control.words}`;
    }
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
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const now = this.lab.state[this.name];
    if (!by || Math.round(10 ** (this.at(now) + 0.01 * by)) !== now) return;
    event.preventDefault();
    const next = clamp(now + by, this.low, this.high);
    this.slider.value = this.at(next);
    this.lab.change({ [this.name]: next });
  }

  typed() {
    const value = Number(this.box.value.replace(",", ".").replace("−", "-") || NaN);
    const why = refusal(this, value);
    if (why) this.lab.advise(why);
    else this.lab.change({ [this.name]: value }, true);
    this.show(this.lab.state[this.name]);
  }

  show(value) {
    if (document.activeElement !== this.slider) this.slider.value = this.at(value);
    this.box.value = formatNumber(value);
    const [low, high] = [this.at(this.low), this.at(this.high)];
    this.slider.style.setProperty(
      "--gd-share",
      `${(100 * (this.at(value) - low)) / (high - low)}%`,
    );
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
    const track = this.el.querySelector(".gd-track");
    const push = document.createElement("button");
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
    this.runs.onchange = () =>
      lab.change({ [control.name]: this.runs.checked ? this.kept : null }, true);
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
    const options = control.options
      .map(([shown, key]) => `<option value="${key}">${shown}</option>`)
      .join("");
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
const KINDS = [
  ["options", ChoiceRow],
  ["stops", StopsRow],
  ["mark", RunnerRow],
  ["button", SeedRow],
  ["name", NumberRow],
];
