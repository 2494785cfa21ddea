"""One field of the form: a name, a control that fits the type, and a line of help."""

from __future__ import annotations

from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, Switch

from tflab.programs.parameters import ValueProblem, allowed, format_value, parse_value
from tflab.programs.program import Parameter
from tflab.runs.text import plain_line
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import choice_text

_NUMBER_KEYS = r"[0-9eE+\-._]*"


class ParameterField(Vertical):
    """A parameter a person can edit. Bad values are marked and explained as one types.

    Attributes:
        problem: What is wrong with the value now, or None.
    """

    class Changed(Message):
        """The value changed, or became good or bad."""

    def __init__(self, parameter: Parameter) -> None:
        super().__init__(classes="field")
        self.parameter = parameter
        self.problem: str | None = None
        self._value: Any = parameter.default

    def compose(self) -> ComposeResult:
        """Lay out the name, the control and the help."""
        with Horizontal():
            yield Static("", classes="mark")
            yield Static(Content(self.parameter.name), classes="name")
            yield self._control()
        yield Static(self._help(), classes="help")

    @property
    def value(self) -> Any:
        """The last good value."""
        return self._value

    @property
    def text(self) -> str:
        """What stands in the field, good or bad."""
        if self.is_mounted and self.problem is not None:
            return self.query_one(Input).value
        return format_value(self._value)

    @property
    def changed(self) -> bool:
        """Whether the value differs from the lesson's default."""
        return bool(self._value != self.parameter.default) or self.problem is not None

    def set_text(self, text: str) -> None:
        """Put `text` into the field, as if a person had typed it."""
        match self.parameter.type:
            case "bool":
                self.query_one(Switch).value = text == "true"
            case "choice":
                values = {format_value(choice): choice for choice in self.parameter.choices}
                if text in values:
                    self.query_one(Select).value = values[text]
            case _:
                self.query_one(Input).value = text

    def reset(self) -> None:
        """Put the default back."""
        self.set_text(format_value(self.parameter.default))

    def take_focus(self) -> None:
        """Give the focus to the control."""
        for control in self.query("Input, Select, Switch"):
            self.screen.set_focus(control)

    def _control(self) -> Widget:
        parameter = self.parameter
        match parameter.type:
            case "bool":
                switch = Switch(bool(self._value), animate=False)
                return Horizontal(Static(_on_off(self._value), classes="state"), switch)
            case "choice":
                options = [
                    (choice_text(format_value(choice)), choice) for choice in parameter.choices
                ]
                return Select(options, value=self._value, allow_blank=False, compact=True)
            case "str":
                return Input(format_value(self._value), compact=True, max_length=2000)
            case _:
                return Input(
                    format_value(self._value), restrict=_NUMBER_KEYS, compact=True, max_length=60
                )

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.call_after_refresh(self._show_help)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        try:
            value = parse_value(self.parameter, event.value)
        except ValueProblem as problem:
            self._set(self._value, problem.cause)
        else:
            self._set(value, None)

    @on(Switch.Changed)
    def _switched(self, event: Switch.Changed) -> None:
        event.stop()
        self.query_one(".state", Static).update(_on_off(event.value))
        self._set(event.value, None)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        self._set(event.value, None)

    def _set(self, value: Any, problem: str | None) -> None:
        if value == self._value and problem == self.problem:
            return
        self._value, self.problem = value, problem
        self.set_class(problem is not None, "-bad")
        self.set_class(self.changed, "-changed")
        self.query_one(".mark", Static).update(glyphs().changed if self.changed else "")
        self._show_help()
        self.post_message(self.Changed())

    def _show_help(self) -> None:
        # Called after a refresh, when another lesson may have taken the field's place.
        for line in self.query(".help").results(Static):
            line.update(self._help())

    def _help(self) -> Content:
        if self.problem is not None:
            return Content(plain_line(self.problem))
        words = self.parameter.help
        if self.has_focus_within and self.parameter.type in ("int", "float"):
            words = f"{words}: {allowed(self.parameter)}".lstrip(": ")
        if self.parameter.note:
            words = f"{words} ({self.parameter.note})".lstrip()
        return Content(plain_line(words))


def _on_off(value: bool) -> str:
    return "on" if value else "off"
