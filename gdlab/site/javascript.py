"""Recorded formulas as JavaScript, one operation a line."""

from gdlab.site.recording import (
    Symbol,
    Tape,
    record_crowd,
    record_method,
    record_samples,
    record_surface,
)

FUNCTIONS = {"sqrt", "exp", "log", "sin", "cos", "tanh", "abs"}


def surface_source(surface):
    """A `Surface` as a JavaScript expression: { f: (x) => height, grad: (x) => slope }.

    >>> from gdlab import surfaces
    >>> print(surface_source(surfaces.square))
    {
      f(x) {
        const a = x[0] * x[0];
        return a;
      },
      grad(x) {
        const a = 2 * x[0];
        return [a];
      },
    }
    """
    recorded = record_surface(surface)
    f, grad = (_Writer(recorded.results[name]) for name in ("f", "grad"))
    lines = ["{", "  f(x) {", *f.lines(4), f"    return {f.results[0]};", "  },"]
    lines += [
        "  grad(x) {",
        *grad.lines(4),
        f"    return [{', '.join(grad.results)}];",
        "  },",
        "}",
    ]
    return "\n".join(lines)


def samples_source(surface):
    """The slopes of all samples behind a `Sampled` surface, as (x) => [ … ], d numbers for each.

    >>> import numpy as np
    >>> from gdlab.sampling import linear_regression
    >>> samples_source(linear_regression([0.0, 1.0], [3.0, 5.0])).count("const")
    9
    """
    writer = _Writer(record_samples(surface).results["each"])
    return "\n".join(
        ["(x) => {", *writer.lines(2), f"  return [{', '.join(writer.results)}];", "}"]
    )


def method_source(method, d):
    """One step of a method as a JavaScript function (x, grad, s, n, t) => the next x.

    x, s.NAME are arrays of d numbers, n.NAME the hyperparameters, t counts 1, 2, 3, …; it changes
    the memory s, as the Python function does.

    >>> from gdlab import optimizers
    >>> print(method_source(optimizers.momentum, 1))
    (x, grad, s, n, t) => {
      const a = n.beta * s.v[0];
      const b = 1 - n.beta;
      const c = grad([x[0]]);
      const d = b * c[0];
      const e = a + d;
      const f = n.lr * e;
      const g = x[0] - f;
      s.v = [e];
      return [g];
    }
    """
    recorded = record_method(method, d)
    names = list(recorded.results)
    writer = _Writer([value for name in names for value in recorded.results[name]])
    lines, out = ["(x, grad, s, n, t) => {", *writer.lines(2)], writer.results
    for i, name in enumerate(names[1:], start=1):
        lines.append(f"  s.{name} = [{', '.join(out[d * i : d * i + d])}];")
    return "\n".join([*lines, f"  return [{', '.join(out[:d])}];", "}"])


def crowd_source(surface, method, noisy=False):
    """One step of many descents at once, as a JavaScript function (x, s, n, t).

    It changes x and the memory s.NAME in place: one Float64Array for each coordinate. What is the
    same for all of them is computed once. A noisy one takes a fifth argument, off, such arrays
    too: what is taken off each slope.

    >>> from gdlab import optimizers, surfaces
    >>> print(crowd_source(surfaces.square, optimizers.momentum))
    (x, s, n, t) => {
      const [x_0] = x, [v_0] = s.v;
      const b = 1 - n.beta;
      for (let at = 0; at < x_0.length; at++) {
        const a = n.beta * v_0[at];
        const c = 2 * x_0[at];
        const d = b * c;
        const e = a + d;
        const f = n.lr * e;
        const g = x_0[at] - f;
        x_0[at] = g;
        v_0[at] = e;
      }
    }
    """
    recorded = record_crowd(surface, method, noisy)
    writer = _Writer([value for values in recorded.results.values() for value in values])
    own, each = set(), range(surface.d)
    for symbol in recorded.tape.symbols:
        if any(o in own or (isinstance(o, str) and o.endswith("[at]")) for o in _parts(symbol)):
            own.add(symbol)
    held = {name: "x" if name == "x" else f"s.{name}" for name in recorded.results}
    held |= {"off": "off"} if noisy else {}
    arrays = ", ".join(
        f"[{', '.join(f'{name}_{i}' for i in each)}] = {where}" for name, where in held.items()
    )
    places = [f"{name}_{i}[at]" for name in recorded.results for i in each]
    lines = [f"(x, s, n, t{', off' * noisy}) => {{", f"  const {arrays};"]
    lines += writer.lines(2, lambda symbol: symbol not in own)
    lines += ["  for (let at = 0; at < x_0.length; at++) {"]
    lines += writer.lines(4, lambda symbol: symbol in own)
    lines += [f"    {to} = {value};" for to, value in zip(places, writer.results, strict=True)]
    return "\n".join([*lines, "  }", "}"])


def _parts(symbol):
    """The symbols an operation works on, and the names of those that come from outside."""
    symbols = [o for o in symbol.operands if isinstance(o, Symbol)]
    return [o.operands[0] if o.operation == "name" else o for o in symbols]


def numbers_source(function, names):
    """A function of named numbers to a list of numbers, as ({ name, … }) => [ … ].

    >>> print(numbers_source(lambda lr: [lr, lr / 2], ("lr",)))
    ({ lr }) => {
      const a = lr / 2;
      return [lr, a];
    }
    """
    tape = Tape()
    writer = _Writer(function(**{name: tape.name(name) for name in names}))
    lines = [f"({{ {', '.join(names)} }}) => {{", *writer.lines(2)]
    return "\n".join([*lines, f"  return [{', '.join(writer.results)}];", "}"])


class _Writer:
    """The lines that compute some symbols, and the names of these."""

    def __init__(self, results):
        self._written, self._names = [], {}
        for symbol in _in_order(results):
            self._write(symbol)
        self.results = [self._text(result) for result in results]

    def lines(self, indent, wanted=lambda symbol: True):
        return [" " * indent + line for symbol, line in self._written if wanted(symbol)]

    def _write(self, symbol):
        text = _expression(symbol.operation, [self._text(o) for o in symbol.operands])
        if symbol.operation.startswith("["):
            self._names[symbol] = text
        else:
            self._names[symbol] = _letters(len(self._written))
            self._written.append((symbol, f"const {self._names[symbol]} = {text};"))

    def _text(self, value):
        """What stands for a value in a later line."""
        if not isinstance(value, Symbol):
            return _number(float(value))
        if value.operation == "name":
            return value.operands[0]
        return self._text(value.operands[0]) if value.operation == "at" else self._names[value]


def _in_order(results):
    """The operations that some symbols ask for, each behind its operands.

    Not by recursion: a sum over many data is a long chain.
    """
    waiting, needed = [r for r in results if isinstance(r, Symbol)], set()
    while waiting:
        symbol = waiting.pop()
        if symbol.operation == "name" or symbol in needed:
            continue
        needed.add(symbol)
        waiting += [o for o in symbol.operands if isinstance(o, Symbol)]
    tape = next((symbol.tape.symbols for symbol in needed), [])
    return [symbol for symbol in tape if symbol in needed and symbol.operation != "at"]


def _expression(operation, operands):
    if operation == "grad":
        return f"grad([{', '.join(operands)}])"
    if operation.startswith("["):
        return operands[0] + operation
    if operation in FUNCTIONS:
        return f"Math.{operation}({operands[0]})"
    if len(operands) == 1:
        return f"-{operands[0]}"
    a, b = operands
    if operation == "**":  # as NumPy does it
        special = {"2": f"{a} * {a}", "0.5": f"Math.sqrt({a})", "1": a}
        return special.get(b, f"Math.pow({a}, {b})")
    return f"{a} {operation} {b}"


def _number(value):
    """A number as JavaScript reads it, exactly; a negative one in brackets.

    >>> _number(2.0), _number(0.1), _number(-1e-8)
    ('2', '0.1', '(-1e-08)')
    """
    text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return f"({text})" if value < 0 else text


def _letters(number):
    """a, b, c, …, then a1, b1, …: short names, but for those of the arguments, x, s, n and t.

    >>> [_letters(n) for n in (0, 1, 20, 21)]
    ['a', 'b', 'z', 'a1']
    """
    letters = "abcdefghijklmopqruvwz"
    round_, place = divmod(number, len(letters))
    return letters[place] + (str(round_) if round_ else "")
