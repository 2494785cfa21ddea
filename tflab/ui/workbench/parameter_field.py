"""One field of the form: a name, and a control that fits the type."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, Switch

from tflab.charts.text import fit
from tflab.programs.parameters import allowed, format_value
from tflab.session.form import Field, Form
from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.terminal.region_layout import SizedInput
from tflab.ui.terminal.safe_text import choice_text, short_line
from tflab.ui.workbench.field_columns import TwoPart

_NUMBER_KEYS = r"[0-9eE+\-._]*"
_NUMBER_WIDTH = 8
_LEAST_NUMBER = 6
_TEXT_WIDTH = 14
_BOOL_WIDTH = 10
_WIDEST_CHOICE = 18
_ARROW = 4
"""Cells of a choice beside its text: padding, and the arrow that says there are others."""


class OnOff(Switch):
    """A switch drawn as text: two blocks of colour say nothing where colours are few or none."""

    def render(self) -> Content:
        """Draw the knob at its end of the line."""
        marks = glyphs()
        if not marks.unicode:
            return Content("[x]" if self.value else "[ ]")
        rail, knob = marks.empty * 3, marks.bullet
        return Content(f"{rail}{knob}" if self.value else f"{knob}{rail}")


class ParameterField(TwoPart):
    """Shows a field of the form on one line. Bad values are marked as one types.

    Args:
        form: The form.
        field: One of its fields.
    """

    class Changed(Message):
        """What stands in the field has changed, or what is wrong with it."""

    def __init__(self, form: Form, field: Field) -> None:
        super().__init__(classes=f"field -{field.parameter.type}")
        self._form = form
        self._field = field
        self._labelled = Content()
        self.set_class(field.problem is not None, "-bad")

    @property
    def parameter(self) -> str:
        """Name of the parameter."""
        return self._field.parameter.name

    @property
    def name_width(self) -> int:
        """Cells of the mark that says it was changed, and of the name."""
        return 1 + cell_len(self.parameter)

    @property
    def least_control(self) -> int:
        """Cells in which the control can be used where there is no room for more."""
        parameter = self._field.parameter
        if parameter.type not in ("int", "float"):
            return self.control_width
        default = cell_len(format_value(parameter.default))
        return min(max(default + 2, _LEAST_NUMBER), self.control_width)

    @property
    def notable(self) -> bool:
        """Whether there is something to be known of it before it is used."""
        return bool(self._field.parameter.note)

    @property
    def bad(self) -> bool:
        """Whether what stands in it is no value."""
        return self._field.problem is not None

    def compose(self) -> ComposeResult:
        """Lay out the name and the control."""
        self._labelled = self._label()
        yield Static(self._labelled, classes="name")
        yield self._control()

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

    def words(self, focused: bool, width: int = 1000) -> str:
        """Return what is to be known of the field, and while it has the focus what it takes.

        Where `width` cells do not hold both, each has a line of its own.
        """
        parameter, problem = self._field.parameter, self._field.problem
        name = "" if focused else f"{parameter.name}: "
        if problem is not None:
            told = str(problem)
            return short_line(told if told.startswith(parameter.name) else f"{name}{told}")
        about = f"{name}{parameter.help}"
        if parameter.note:
            about = f"{about} ({parameter.note})".lstrip()
        takes = allowed(parameter) if focused and parameter.type in ("int", "float") else ""
        about, takes = short_line(about), short_line(takes)
        both = f"{about}: {takes}" if about and takes else about or takes
        if not takes or cell_len(both) <= width:
            return both
        return f"{fit(about, width, glyphs().unicode)}\n{takes}"

    @property
    def control_width(self) -> int:
        """Cells of the control."""
        parameter = self._field.parameter
        match parameter.type:
            case "bool":
                return _BOOL_WIDTH
            case "choice":
                texts = [str(choice_text(format_value(choice))) for choice in parameter.choices]
                longest = max((cell_len(text) for text in texts), default=1)
                return min(longest + _ARROW, _WIDEST_CHOICE)
            case "str":
                return _TEXT_WIDTH
            case _:
                return _NUMBER_WIDTH

    def _label(self) -> Content:
        changed = self._field.changed
        mark = glyphs().changed if changed else " "
        return Content.styled(mark + self.parameter, "$primary" if changed and not self.bad else "")

    def _control(self) -> Widget:
        field, parameter = self._field, self._field.parameter
        match parameter.type:
            case "bool":
                switch = OnOff(bool(field.value), animate=False)
                return Horizontal(Static(_on_off(field.value), classes="state"), switch)
            case "choice":
                options = [
                    (choice_text(format_value(choice)), choice) for choice in parameter.choices
                ]
                return Select(options, value=field.value, allow_blank=False, compact=True)
            case "str":
                return SizedInput(field.text, compact=True, max_length=2000)
            case _:
                return SizedInput(field.text, restrict=_NUMBER_KEYS, compact=True, max_length=60)

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
        # A class gives all that is in the field its style anew; the label has its colour itself.
        if self.has_class("-bad") != self.bad:
            self.set_class(self.bad, "-bad")
        now = self._label()
        if not now.is_same(self._labelled):
            self._labelled = now
            for label in self.query(".name").results(Static):
                label.update(now, layout=False)
        for state in self.query(".state").results(Static):
            state.update(_on_off(field.value))
        self.post_message(self.Changed())


def _on_off(value: bool) -> str:
    return "on" if value else "off"
