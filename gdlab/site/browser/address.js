// The address of a page holds the state of a lab: #lab-ravine&lr=0.1&beta=0.75

const OFF = "off"; // a method of a race that does not run

// The lab that the address names, and its values: ["lab-ravine", "lr=0.1", …].
function addressed() {
  try {
    return decodeURIComponent(location.hash.slice(1)).split("&");
  } catch {
    return [""]; // a lonely %
  }
}

// The same for a lab as it stands: its name, and what has been changed.
function addressOf(lab) {
  const { state, first, rows } = lab;
  const changed = Object.entries(state).filter(
    ([name, v]) => (name in rows || name === "start") && String(v) !== String(first[name]),
  );
  const word = (v) => (typeof v === "number" ? Number(v.toPrecision(12)) : (v ?? OFF));
  const parts = changed.map(([name, v]) => `${name}=${[v].flat().map(word).join(",")}`);
  return [lab.id, ...parts].join("&");
}

// The whole address of a picture: in its chapter, or of the lab alone.
function linkTo(lab, alone = false) {
  const place = alone ? `lab.html#${lab.page}/` : `${lab.page}.html#`;
  return new URL(place + addressOf(lab), location.href).href;
}

// The state in which the address puts a lab, or null if it names another. What cannot be is left out.
function stateAddressed(lab) {
  const [id, ...parts] = addressed();
  if (id !== lab.id) return null;
  const state = { ...lab.first };
  let start = null;
  for (const part of parts) {
    const [name, text] = part.split("=");
    const control = lab.controls.find((c) => c.name === name);
    const numbers = String(text).split(",").map(Number);
    const places = [...(control?.options ?? []), ...(control?.stops ?? [])];
    if (name === "start") start = numbers;
    else if (control?.mark && text === OFF) state[name] = null;
    else if (places.length) {
      if (places.some(([, key]) => key === text)) state[name] = text;
    } else if (control && !refusal(control, numbers[0])) [state[name]] = numbers;
  }
  const moved = state.surface !== lab.first.surface && state.start;
  if (moved) state.start = lab.surfaces[state.surface].start;
  if (start && mayStart(lab, state.surface, start)) state.start = start;
  return state;
}

// Whether a lab can begin there: a place of its surface, and not a thousand pictures away.
function mayStart(lab, surface, start) {
  const { start: own, span, f } = lab.surfaces[surface] ?? {};
  if (!lab.first.start || own?.length !== start.length) return false;
  return start.every((v, i) => Math.abs(v) <= 1000 * span[i]) && Number.isFinite(f(start));
}
