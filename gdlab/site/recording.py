"""Record what a formula does: run it once with symbols in place of numbers.

The methods and surfaces of the course use only + − · / and powers, and a few functions of NumPy.
All of these ask the elements of an object array what to do, so symbols see every operation. There
is no second copy of a formula, and nothing that parses Python.
"""

import inspect
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from gdlab.descent import Memory
from gdlab.errors import Advice

NEEDS_A_KERNEL = (
    "a formula that decides by comparing (if, maximum, clip) cannot be carried over: "
    "it needs Python."
)


@dataclass(frozen=True, eq=False)
class Symbol:
    """A value that is not known yet: an operation and its operands.

    Two symbols of one `Tape` with the same operation and operands are the same object, so what a
    formula computes twice is recorded once.

    >>> tape = Tape()
    >>> x = tape.name("x")
    >>> (x + 1) * (x + 1) is (1 + x) * (x + 1)
    False
    >>> (x + 1) * (x + 1) is (x + 1) * (x + 1)
    True
    """

    tape: "Tape"
    operation: str
    operands: tuple

    # NumPy asks these of the elements of an object array, and so does plain Python.

    def __add__(self, other):
        return self._join("+", self, other)

    def __radd__(self, other):
        return self._join("+", other, self)

    def __sub__(self, other):
        return self._join("-", self, other)

    def __rsub__(self, other):
        return self._join("-", other, self)

    def __mul__(self, other):
        return self._join("*", self, other)

    def __rmul__(self, other):
        return self._join("*", other, self)

    def __truediv__(self, other):
        return self._join("/", self, other)

    def __rtruediv__(self, other):
        return self._join("/", other, self)

    def __pow__(self, other):
        return self._join("**", self, other)

    def __rpow__(self, other):
        return self._join("**", other, self)

    def __neg__(self):
        return self.tape.record("-", self)

    def __pos__(self):
        return self

    def __abs__(self):
        return self.tape.record("abs", self)

    def sqrt(self):
        return self.tape.record("sqrt", self)

    def exp(self):
        return self.tape.record("exp", self)

    def log(self):
        return self.tape.record("log", self)

    def sin(self):
        return self.tape.record("sin", self)

    def cos(self):
        return self.tape.record("cos", self)

    def tanh(self):
        return self.tape.record("tanh", self)

    def _join(self, operation, first, second):
        if any(isinstance(v, np.ndarray) and v.ndim for v in (first, second)):
            return NotImplemented  # NumPy goes through its elements
        return self.tape.record(operation, first, second)

    def _decides(self, *_):
        raise Advice(NEEDS_A_KERNEL)

    __bool__ = __float__ = __int__ = __index__ = _decides
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _decides
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _decides
    __hash__ = object.__hash__


class Tape:
    """The operations in the order in which they were asked for, each of them once."""

    def __init__(self):
        self.symbols, self._known = [], {}

    def record(self, operation, *operands):
        """The symbol of an operation on symbols and numbers, or what it comes to without one."""
        operands = tuple(map(_operand, operands))
        short = _shortened(operation, operands)
        if short is not None:
            return short
        key = operation, *((id(o) if isinstance(o, Symbol) else o) for o in operands)
        if key not in self._known:
            self._known[key] = Symbol(self, operation, operands)
            self.symbols.append(self._known[key])
        return self._known[key]

    def name(self, name):
        """A symbol for a value that comes from outside."""
        return Symbol(self, "name", (name,))

    def names(self, name, d, place="{}[{}]"):
        """An array of d of them: name[0], name[1], …, or as `place` has it."""
        return _array([self.name(place.format(name, i)) for i in range(d)])


def _operand(value):
    """A symbol, or a number; never an array."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, Symbol):
        return value
    if not isinstance(value, (int, float, np.number)):
        raise Advice(f"a formula with {value!r} in it cannot be carried over.")
    return float(value)


def _shortened(operation, operands):
    """Operations that change nothing, whatever the symbol is: sum() begins with a 0."""
    symbols = [o for o in operands if isinstance(o, Symbol)]
    if len(operands) != 2 or len(symbols) != 1:
        return None
    (number,) = (o for o in operands if not isinstance(o, Symbol))
    last = operands[1] is number
    if operation == "+" and number == 0 or operation == "*" and number == 1:
        return symbols[0]
    if operation in ("/", "**") and last and number == 1:
        return symbols[0]
    return 1.0 if operation == "**" and last and number == 0 else None


def _array(symbols):
    out = np.empty(len(symbols), dtype=object)
    out[:] = symbols
    return out


@dataclass(frozen=True)
class Recorded:
    """A formula as a list of operations: tape, and what comes out of it.

    results  {name: a list of symbols and numbers}
    """

    tape: Tape
    results: dict


def record_surface(surface):
    """The height and the slope of a `Surface` → `Recorded` with results "f" and "grad".

    >>> from gdlab import surfaces
    >>> [symbol.operation for symbol in record_surface(surfaces.square).tape.symbols]
    ['**', '*']
    """
    tape = Tape()
    x = tape.names("x", surface.d)
    with unknown_operations():
        f, grad = surface.f(x), surface.grad(x)
    return Recorded(tape, {"f": [f], "grad": list(grad)})


def record_samples(surface):
    """The slope of each sample behind a `Sampled` surface → `Recorded` with one result, "each"."""
    tape = Tape()
    x = tape.names("x", surface.d)
    with unknown_operations():
        each = [surface.batch_grad(x, np.array([i])) for i in range(surface.n)]
    return Recorded(tape, {"each": [slope for one in each for slope in one]})


def record_crowd(surface, method, noisy=False):
    """One step of a method on a surface, the slope written out → `Recorded`.

    As `record_method`, but coordinates and memory are elements of arrays: x_0[at], v_1[at]. Where
    it is noisy, each has something of its own that is taken off its slope: off_0[at].
    """
    off = Tape().names("off", surface.d, "{}_{}[at]")
    slope = (lambda x: surface.grad(x) - off) if noisy else surface.grad
    return _recorded(method, surface.d, "{}_{}[at]", slope)


def record_method(method, d):
    """One step of a method on d coordinates → `Recorded`.

    Results: "x", the next position, and each name of the method's memory. The slope is not known
    here: each call `grad(x)` is recorded as an operation "grad" with d operands and a number.

    >>> from gdlab import optimizers
    >>> sorted(record_method(optimizers.momentum, 1).results)
    ['v', 'x']
    """
    return _recorded(method, d, "{}[{}]")


def _recorded(method, d, place, slope=None):
    memory = Memory()
    _step(Tape(), method, d, memory, place, slope)  # once, to learn what it remembers
    tape, s = Tape(), Memory()
    remembered = [name for name in vars(memory) if name != "t"]
    for name in remembered:
        setattr(s, name, tape.names(name if slope else f"s.{name}", d, place))
    x = _step(tape, method, d, s, place, slope)
    results = {name: _spread(getattr(s, name), d) for name in remembered}
    return Recorded(tape, {"x": _spread(x, d), **results})


def _step(tape, method, d, s, place, slope):
    def grad(x):
        where = [tape.record("at", value) for value in _spread(x, d)]
        seen = tape.record("grad", *where)
        return _array([tape.record(f"[{i}]", seen) for i in range(d)])

    names = [p.name for p in inspect.signature(method).parameters.values()][3:]
    s.t = tape.name("t")
    numbers = {name: tape.name(f"n.{name}") for name in names}
    with unknown_operations():
        return method(tape.names("x", d, place), slope or grad, s, **numbers)


@contextmanager
def unknown_operations():
    """What symbols cannot do, such as arctan, is a formula that cannot be carried over."""
    try:
        yield
    except Advice:
        raise
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise Advice(f"a formula that cannot be carried over: {error}.") from error


def _spread(value, d):
    """d symbols or numbers, from an array of them or from one for all."""
    with unknown_operations():
        values = np.broadcast_to(np.asarray(value, dtype=object), (d,))
    return [_operand(value) for value in values]
