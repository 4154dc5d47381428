"""Rows of controls: a symbol, a slider, and a box that takes typed values."""

import math
import re

import ipywidgets as widgets

from gdlab.errors import Advice
from gdlab.formatting import format_number
from gdlab.hyperparameters import Hyperparameter, describe


class Row(widgets.HBox):
    """One number a reader may drag or type; `on_change(row)` is called when it changes.

    Arguments: name and default of the number; hyperparameter: how to draw it, else
    `describe(name)`; whole: whether it is a whole number.
    A typed value may lie outside the slider. One that is no number, or not a legal one,
    goes to `on_advice` as a sentence, and the old value stays.
    """

    def __init__(self, name, default, on_change, on_advice, hyperparameter=None, whole=False):
        self.name, self.whole = name, whole
        self.about = about = hyperparameter or describe(name, default)
        self.on_change, self.on_advice = on_change, on_advice
        self._value = default
        self.slider = _slider(about, default, whole)
        self.box = widgets.Text(self._text(), continuous_update=False)
        self.tick = widgets.HTML()
        track = widgets.Box([self.tick, self.slider])
        label = widgets.HTML(f"<i>{about.symbol}</i> <span>{about.words}</span>")
        super().__init__([label, track, self.box])
        for widget, style in (
            (self, "gd-row"),
            (label, "gd-name"),
            (track, "gd-track"),
            (self.tick, "gd-tick"),
            (self.box, "gd-value"),
        ):
            widget.add_class(style)
        self._quiet = False
        self.slider.observe(self._dragged, "value")
        self.box.observe(self._typed, "value")

    @property
    def value(self):
        """The number itself, exactly as dragged or typed."""
        return self._value

    def set(self, value):
        """Show a value without telling anybody; raises `Advice` for one that is not legal."""
        value = self.legal(value)
        self._value = value
        self._quiet = True
        try:
            low, high = self.about.low, self.about.high
            inside = min(max(value, low), high)
            self.slider.value = int(inside) if self.whole else inside
            self.box.value = self._text()
        finally:
            self._quiet = False

    def mark(self, value):
        """A red tick on the slider at a value; None takes it away."""
        low, high = self._at(self.about.low), self._at(self.about.high)
        share = -1 if value is None else (self._at(value) - low) / (high - low)
        shown = 0 <= share <= 1
        title = "" if value is None else f"diverges from {format_number(value)} on"
        self.tick.value = (
            f'<b title="{title}" style="left:{100 * share:.2f}%"></b>' if shown else ""
        )

    def _at(self, value):
        """Where a value lies along the slider, in its own units."""
        return math.log10(max(value, 1e-300)) if self.about.log else value

    def _text(self):
        return format_number(self._value)

    def legal(self, value):
        """The value as this row keeps it; raises `Advice` for one that is not legal."""
        try:
            value = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Advice(f"{self.name} is {value!r}: give a number.") from None
        if self.whole and not value.is_integer():
            raise Advice(f"{self.name} is {value:g}: give a whole number.")
        self.about.check(self.name, value)
        return int(value) if self.whole else value

    def _dragged(self, change):
        # A browser rounds a value it is given to the slider's grid and sends it back.
        rounded = abs(self._at(change.new) - self._at(change.old)) < 0.51 * self.slider.step
        value = round(change.new) if self.whole else change.new
        if not self._quiet and not rounded and value != self._value:
            self._value = value
            self.on_change(self)
            self._show_text()

    def _typed(self, change):
        if self._quiet or change.new == self._text():
            return
        try:
            self.set(_read(self.name, change.new))
        except Advice as advice:
            self.on_advice(str(advice))
            self._show_text()
        else:
            self.on_change(self)

    def _show_text(self):
        self._quiet = True
        self.box.value = self._text()
        self._quiet = False


SEED = Hyperparameter("seed", "of the noise", 0, 100, legal=(0, 2**32))


class Seed(Row):
    """A row with a button for new noise in place of a slider; its value is the seed.

    The same seed gives the same noise: type it again to have a picture back.
    """

    def __init__(self, value, on_change, on_advice):
        super().__init__("seed", value, on_change, on_advice, SEED, whole=True)
        button = widgets.Button(description="new noise", tooltip="another seed, another noise")
        button.add_class("gd-push")
        button.on_click(lambda _: self.draw())
        label, _, box = self.children
        self.children = [label, button, box]

    def draw(self):
        """The next seed, as by a press of the button."""
        self.set(self.value + 1)
        self.on_change(self)


def _slider(about, default, whole):
    clamp = min(max(default, about.low), about.high)
    if about.log:
        low, high = math.log10(about.low), math.log10(about.high)
        return widgets.FloatLogSlider(clamp, min=low, max=high, step=0.01, readout=False)
    if whole:
        low, high = int(about.low), int(about.high)
        return widgets.IntSlider(int(clamp), min=low, max=high, readout=False)
    step = 0.01 if about.high <= 1 else (about.high - about.low) / 200
    return widgets.FloatSlider(clamp, min=about.low, max=about.high, step=step, readout=False)


_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_RAISED, "-0123456789")


def _read(name, text):
    """The number a reader typed: "0.1", "1e-3", "10⁻³", "3·10⁻³", "10^-3", "−2", "0,5"."""
    plain = text.strip().replace("−", "-").replace("**", "^")
    plain = re.sub(f"10([{_RAISED}]+)", lambda m: "10^" + m[1].translate(_LOWERED), plain)
    power = re.fullmatch(r"([-+]?)(?:(.+?)\s*[·*×]\s*)?10\^([-+]?\d+)", plain)
    if power:
        plain = f"{power[1]}{power[2] or 1}e{power[3]}"
    if plain.count(",") == 1 and "." not in plain:
        whole, _, rest = plain.partition(",")
        plain = f"{whole}{rest}" if len(rest) == 3 and whole.strip("-0") else f"{whole}.{rest}"
    try:
        return float(plain.replace(",", ""))
    except ValueError:
        raise Advice(f"{name}: “{text}” is not a number; type one like 0.1 or 1e-3.") from None


class Choice(widgets.HBox):
    """A row with a list to choose from: `options` maps what is shown to what it means."""

    def __init__(self, symbol, words, options, on_change):
        self.menu = widgets.Dropdown(options=list(options.items()))
        label = widgets.HTML(f"<i>{symbol}</i> <span>{words}</span>")
        super().__init__([label, self.menu])
        self.menu.layout = widgets.Layout(flex="1 1 0", width="auto", min_width="0")
        self.add_class("gd-row")
        label.add_class("gd-name")
        self.menu.observe(lambda change: on_change(self), "value")

    @property
    def value(self):
        """What the chosen entry means."""
        return self.menu.value
