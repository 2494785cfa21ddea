"""One field of the form: a name, a control that fits the type, and a line of help."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static, Switch

from tflab.programs.parameters import allowed, format_value
from tflab.session.form import Field, Form
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.safe_text import choice_text, short_line

_NUMBER_KEYS = r"[0-9eE+\-._]*"


class ParameterField(Vertical):
    """Shows a field of the form. Bad values are marked and explained as one types.

    Args:
        form: The form.
        field: One of its fields.
    """

    def __init__(self, form: Form, field: Field) -> None:
        super().__init__(classes="field")
        self._form = form
        self._field = field
        self.set_class(field.problem is not None, "-bad")
        self.set_class(field.changed, "-changed")

    @property
    def parameter(self) -> str:
        """Name of the parameter."""
        return self._field.parameter.name

    def compose(self) -> ComposeResult:
        """Lay out the name, the control and the help."""
        with Horizontal():
            yield Static(glyphs().changed if self._field.changed else "", classes="mark")
            yield Static(Content(self.parameter), classes="name")
            yield self._control()
        yield Static(self._help(), classes="help")

    def show_text(self) -> None:
        """Bring the control up to date with the form; what is wrong with it is said too."""
        field = self._field
        match field.parameter.type:
            case "bool":
                self.query_one(Switch).value = bool(field.value)
            case "choice":
                self.query_one(Select).value = field.value
            case _:
                self.query_one(Input).value = field.text
        self._show_state()

    def take_focus(self) -> None:
        """Give the focus to the control."""
        for control in self.query("Input, Select, Switch"):
            self.screen.set_focus(control)

    def _control(self) -> Widget:
        field, parameter = self._field, self._field.parameter
        match parameter.type:
            case "bool":
                switch = Switch(bool(field.value), animate=False)
                return Horizontal(Static(_on_off(field.value), classes="state"), switch)
            case "choice":
                options = [
                    (choice_text(format_value(choice)), choice) for choice in parameter.choices
                ]
                return Select(options, value=field.value, allow_blank=False, compact=True)
            case "str":
                return Input(field.text, compact=True, max_length=2000)
            case _:
                return Input(field.text, restrict=_NUMBER_KEYS, compact=True, max_length=60)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.call_after_refresh(self._show_help)

    @property
    def _stays(self) -> bool:
        """Whether the form has this field still: another program may have taken its place."""
        return self._form.fields.get(self.parameter) is self._field

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._stays:
            self._form.set_text(self.parameter, event.value)
            self._show_state()

    @on(Switch.Changed)
    def _switched(self, event: Switch.Changed) -> None:
        event.stop()
        if self._stays:
            self._form.set_value(self.parameter, event.value)
            self._show_state()

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        event.stop()
        if self._stays:
            self._form.set_value(self.parameter, event.value)
            self._show_state()

    def _show_state(self) -> None:
        field = self._field
        self.set_class(field.problem is not None, "-bad")
        self.set_class(field.changed, "-changed")
        self.query_one(".mark", Static).update(glyphs().changed if field.changed else "")
        for state in self.query(".state").results(Static):
            state.update(_on_off(field.value))
        self._show_help()

    def _show_help(self) -> None:
        # Called after a refresh, when another lesson may have taken the field's place.
        for line in self.query(".help").results(Static):
            line.update(self._help())

    def _help(self) -> Content:
        parameter, problem = self._field.parameter, self._field.problem
        if problem is not None:
            return Content(short_line(problem))
        words = parameter.help
        if self.has_focus_within and parameter.type in ("int", "float"):
            words = f"{words}: {allowed(parameter)}".lstrip(": ")
        if parameter.note:
            words = f"{words} ({parameter.note})".lstrip()
        return Content(short_line(words))


def _on_off(value: bool) -> str:
    return "on" if value else "off"
