// Numbers as people write them, and sentences about a run: formatting.py and labs/core/pictures.py.

const raised = (exponent) => String(exponent).replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻");

// A sentence with a capital, unless it begins with the name of a number, as code has it: lr is the only one here.
const capital = (text) =>
  text.startsWith("lr ") ? text : text.slice(0, 1).toUpperCase() + text.slice(1);

// A positive number as [digits, exponent]. A tie goes to the even digit, as in Python.
function rounded(value, digits) {
  const [all, exponent] = value.toExponential(60).replace(".", "").split("e");
  const rest = all.slice(digits);
  const half = "5".padEnd(rest.length, "0");
  let kept = BigInt(all.slice(0, digits));
  if (rest > half || (rest === half && kept % 2n)) kept += 1n;
  const text = String(kept);
  const carried = text.length > digits;
  return [text.slice(0, digits), Number(exponent) + (carried ? 1 : 0)];
}

const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

function formatNumber(value, digits = 3) {
  if (!Number.isFinite(value)) return "not a finite number";
  if (value === 0) return "0";
  const sign = value < 0 ? "−" : "";
  const [kept, exponent] = rounded(Math.abs(value), digits);
  if (exponent >= -4 && exponent < 6) {
    return sign + trimmed(plain(Math.abs(value), kept, exponent, digits));
  }
  const mantissa = trimmed(`${kept[0]}.${kept.slice(1)}`);
  const power = `10${raised(exponent)}`;
  return sign + (mantissa === "1" ? power : `${mantissa}·${power}`);
}

// Without an exponent, thousands in groups.
function plain(value, kept, exponent, digits) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${kept}`;
  if (exponent >= digits - 1) return grouped(String(wholeNumber(value)));
  const whole = kept.slice(0, exponent + 1);
  return `${grouped(whole)}.${kept.slice(exponent + 1)}`;
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

// The nearest whole number; of two, the even one.
function wholeNumber(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2) ? 1 : 0);
}

const namedNumbers = (numbers, symbols) =>
  Object.entries(numbers)
    .map(([name, v]) => `${symbols[name] ?? name} = ${formatNumber(v)}`)
    .join(", ");

const verdictText = ({ kind, step, reason }) =>
  kind + (step === undefined ? "" : ` at step ${step}`) + (reason ? `: ${reason}` : "");

// The verdict on a run in a word, and the rest of it.
function judgement(run, goal, within) {
  const verdict = judge(run);
  const { kind, step, reason } = verdict;
  const steps = run.steps === 1 ? "1 step" : `${run.steps} steps`;
  let text = `Loss ${formatNumber(run.loss[run.steps])} after ${steps}.`;
  if (kind === "diverged") {
    text =
      step === undefined ? `${capital(reason)}.` : `It is lost from step ${step} on: ${reason}.`;
  } else if (goal && run.surface.minima.length) {
    text += ` ${againstGoal(run, goal, within)}`;
  }
  return { kind: `${capital(kind)}.`, text };
}

function againstGoal(run, goal, within) {
  const { surface } = run;
  const level = surface.minima.every((m) => Math.abs(surface.f(m)) <= goal);
  const target =
    formatNumber(goal) +
    (level ? "" : " above the floor") +
    (within ? ` within ${within} steps` : "");
  const step = heights(run).findIndex((v) => v <= goal);
  if (step < 0) return `The goal, ${target}, is not reached.`;
  if (within && step > within) return `The goal, ${target}, is missed: it takes ${step} steps.`;
  return `The goal, ${target}, is reached at step ${step}.`;
}
