"""The widgets of the controls: one row each. A row tells of a change with `changed(row)`."""

import html
import math
import re

import ipywidgets as widgets

from gdlab.errors import Advice
from gdlab.formatting import format_number

DIGITS = 3  # a slider gives what its box shows


class NumberRow(widgets.HBox):
    """A symbol, a slider and a box; `value` is the number itself, exactly as typed.

    A typed value may lie outside the slider. One that is not a number, or not a legal one, goes to
    `advise` as a sentence, and the old value stays.
    """

    def __init__(self, control, value, changed, advise):
        self.control, self.name, self.value = control, control.name, value
        self.changed, self.advise = changed, advise
        self.about = about = control.about
        self.slider = _slider(about, value, control.whole)
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

    def show(self, value):
        """Show a legal value, without a word to anybody."""
        if value == self.value:  # a slider is left alone while it is pulled
            return self._show_text()
        self.value = value
        self._quiet = True
        try:
            inside = min(max(value, self.about.low), self.about.high)
            self.slider.value = int(inside) if self.control.whole else inside
            self.box.value = self._text()
        finally:
            self._quiet = False

    def mark(self, value):
        """A red tick on the slider at a value; None takes it away."""
        low, high = self._at(self.about.low), self._at(self.about.high)
        share = -1 if value is None else (self._at(value) - low) / (high - low)
        title = "" if value is None else f"diverges from {format_number(value)} on"
        tick = f'<b title="{title}" style="left:{100 * share:.2f}%"></b>'
        self.tick.value = tick if 0 <= share <= 1 else ""

    def _at(self, value):
        """Where a value lies along the slider, in its own units."""
        return math.log10(max(value, 1e-300)) if self.about.log else value

    def _text(self):
        return format_number(self.value)

    def _dragged(self, change):
        # A browser rounds a value it is given to the slider's grid and sends it back.
        rounded = abs(self._at(change.new) - self._at(change.old)) < 0.51 * self.slider.step
        value = round(change.new) if self.control.whole else float(f"{change.new:.{DIGITS}g}")
        if not self._quiet and not rounded and value != self.value:
            self.value = value
            self.changed(self)
            self._show_text()

    def _typed(self, change):
        if self._quiet or change.new == self._text():
            return
        try:
            value = self.control.legal(read_number(self.name, change.new))
        except Advice as advice:
            self.advise(str(advice))
            self._show_text()
        else:
            self.show(value)
            self.changed(self)

    def _show_text(self):
        self._quiet = True
        self.box.value = self._text()
        self._quiet = False


class SeedRow(NumberRow):
    """A button for the next seed in place of the slider.

    The same seed gives the same chance: type it again to have a picture back.
    """

    def __init__(self, control, value, changed, advise):
        super().__init__(control, value, changed, advise)
        button = widgets.Button(description=control.button, tooltip="another seed")
        button.add_class("gd-push")
        button.on_click(lambda _: self.draw())
        label, _, box = self.children
        self.children = [label, button, box]

    def draw(self):
        """The next seed, as by a press of the button."""
        self.show(self.value + 1)
        self.changed(self)


class RunnerRow(NumberRow):
    """A tick, a method's mark, its η, and a note such as its place; None without the tick."""

    def __init__(self, control, value, changed, advise):
        self.number = 0.1 if value is None else value  # kept while the method sits out
        self.ticked = changed
        super().__init__(control, self.number, self._moved, advise)
        title = html.escape(control.title)
        mark = f'<b class="gd-mark" style="color:{control.color}">{control.symbol}</b>'
        self.children[0].value = f"<span>{mark} {title}</span>"
        self.runs = widgets.Checkbox(True, indent=False, description="", tooltip=f"{title} runs")
        self.place = widgets.HTML()
        self.add_class("gd-runner")
        self.runs.add_class("gd-runs")
        self.place.add_class("gd-place")
        self.children = [self.runs, *self.children, self.place]
        self.runs.observe(self._ticked, "value")
        if value is None:
            self.show(None)

    def show(self, value):
        self._quiet = True
        self.runs.value = value is not None
        self._quiet = False
        if value is None:
            self.number, self.value = self.value or self.number, None
        else:
            super().show(value)

    def note(self, text):
        """What stands beside the row; HTML."""
        if self.place.value != text:
            self.place.value = text

    def _text(self):
        return format_number(self.number if self.value is None else self.value)

    def _moved(self, _):
        if self.runs.value:
            self.ticked(self)
        else:
            self.show(None)  # it keeps its new number, and still sits out

    def _ticked(self, change):
        if not self._quiet:
            self.show(self.number if change.new else None)
            self.ticked(self)


class ChoiceRow(widgets.HBox):
    """A name and a list to choose from."""

    def __init__(self, control, value, changed):
        self.control, self.name, self.changed = control, control.name, changed
        self.menu = widgets.Dropdown(options=list(control.options.items()), value=value)
        label = widgets.HTML(f"<i>{control.symbol}</i> <span>{control.words}</span>")
        super().__init__([label, self.menu])
        self.menu.layout = widgets.Layout(flex="1 1 0", width="auto", min_width="0")
        self.add_class("gd-row")
        label.add_class("gd-name")
        self._quiet = False
        self.menu.observe(self._chosen, "value")

    @property
    def value(self):
        """What the chosen entry means."""
        return self.menu.value

    def show(self, value):
        """Show a choice, without a word to anybody."""
        self._quiet = True
        self.menu.value = value
        self._quiet = False

    def _chosen(self, change):
        if not self._quiet:
            self.changed(self)


def _slider(about, value, whole):
    clamp = min(max(value, about.low), about.high)
    look = dict(readout=False)
    if about.log:
        low, high = math.log10(about.low), math.log10(about.high)
        return widgets.FloatLogSlider(clamp, min=low, max=high, step=0.01, **look)
    if whole:
        return widgets.IntSlider(int(clamp), min=int(about.low), max=int(about.high), **look)
    step = 0.01 if about.high <= 1 else (about.high - about.low) / 200
    return widgets.FloatSlider(clamp, min=about.low, max=about.high, step=step, **look)


_RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_LOWERED = str.maketrans(_RAISED, "-0123456789")


def read_number(name, text):
    """The number a reader typed: "0.1", "1e-3", "10⁻³", "3·10⁻³", "10^-3", "−2", "0,5".

    >>> [read_number("lr", text) for text in ("3·10⁻³", "0,5", "1,000")]
    [0.003, 0.5, 1000.0]
    """
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
