"""The form: every parameter of the lesson, the seed and the device, as compact as legible."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from tflab.session.form import SEED, Form
from tflab.ui.actions import bindings
from tflab.ui.widgets.css import beside
from tflab.ui.workbench.device_field import DeviceField
from tflab.ui.workbench.field_columns import (
    FieldColumns,
    field_places,
    least_width,
    width_of_two,
)
from tflab.ui.workbench.messages import FieldExplained, PresetsRequested, RunRequested
from tflab.ui.workbench.parameter_field import ParameterField


class ParameterForm(Vertical):
    """Shows the values of the next run.

    Args:
        form: Has them.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("parameters"))

    def __init__(self, form: Form) -> None:
        super().__init__(id="parameters")
        self._form = form
        self._seed = ParameterField(form, form.fields[SEED.name])
        self._own: dict[str, ParameterField] = {}
        self._said = Content()
        # Spoken to before it is mounted, where a terminal changes its size as the panes are filled.
        self._help = Static("", id="field-help")
        self.device = DeviceField(form)

    @property
    def fields(self) -> list[ParameterField | DeviceField]:
        """Every field, in the order shown."""
        return [*self._own.values(), self._seed, self.device]

    @property
    def least_width(self) -> int:
        """Cells in which every field can be read, in one column."""
        return least_width(self.fields)

    @property
    def width_of_two(self) -> int:
        """Cells in which every field can be read, in two columns."""
        return width_of_two(self.fields)

    def rows(self, width: int) -> int:
        """Return how many rows all of it takes in `width` cells."""
        places = field_places(self.fields, width)
        return max(place.region.bottom for place in places) + self._help_rows(width)

    def _help_rows(self, width: int) -> int:
        """Return how many rows the words below the fields take at most, so that none moves."""
        room = max(width - 2, 16)
        fields = [field for field in self.fields if isinstance(field, ParameterField)]
        return max(1 + field.words(True, room).count("\n") for field in fields)

    def compose(self) -> ComposeResult:
        """Lay out what every lesson has; the lesson's own fields come above it."""
        with FieldColumns(id="fields", can_focus=False):
            yield self._seed
            yield self.device
        yield self._help

    async def show_fields(self) -> None:
        """Show the fields of the program that the form has now."""
        for field in self._own.values():
            await field.remove()
        form = self._form
        self._own = {
            name: ParameterField(form, field)
            for name, field in form.fields.items()
            if name != SEED.name
        }
        await self.query_one("#fields").mount_all(self._own.values(), before=0)
        self._help.styles.height = self._help_rows(self.size.width)
        self._explain()

    def show_texts(self) -> None:
        """Bring every field up to date with the form, where its texts were replaced."""
        for field in (*self._own.values(), self._seed):
            field.show_text()
        self.device.show_devices()

    def focus_field(self, name: str) -> None:
        """Go to a field."""
        field = self._seed if name == SEED.name else self._own.get(name)
        if field is not None:
            field.take_focus()

    def on_resize(self) -> None:
        """Break the words on a field anew."""
        self._help.styles.height = self._help_rows(self.size.width)
        self._explain()

    def go_to(self, field: ParameterField | DeviceField) -> None:
        """Give the focus to a field."""
        for control in field.query("Input, Select, Switch"):
            self.screen.set_focus(control)

    def show_help_here(self, here: bool) -> None:
        """Say below the fields what is to be known of one, or leave that to the screen."""
        self._help.display = here

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrow keys to an open list of choices."""
        if action == "nudge" and isinstance(self.app.focused, OptionList):
            return False
        return super().check_action(action, parameters)

    def action_nudge(self, direction: int, fine: bool = False) -> None:
        """Make the value in focus larger (1) or smaller (-1) by a step that fits it, or a tenth."""
        field = self._focused_field()
        if not isinstance(field, ParameterField):
            raise SkipAction
        self._form.nudge(field.parameter, direction, fine)
        field.show_text()

    def action_reset_field(self) -> None:
        """Put the default back into the field in focus."""
        field = self._focused_field()
        if isinstance(field, ParameterField):
            self._form.reset(field.parameter)
            field.show_text()

    def action_presets(self) -> None:
        """Use named values, or keep these under a name."""
        self.post_message(PresetsRequested())

    def action_reset_all(self) -> None:
        """Put every default back."""
        self._form.reset()
        self.show_texts()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        # The next value typed takes its place, as it does where a field was just reached.
        event.input.select_all()
        self.post_message(RunRequested())

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self.call_after_refresh(self._explain)

    @on(ParameterField.Changed)
    @on(DeviceField.Changed)
    def _changed(self, event: ParameterField.Changed | DeviceField.Changed) -> None:
        event.stop()
        self._explain()

    def _explain(self) -> None:
        """Say what is to be known: of the field in focus, of a bad one, or of the device."""
        focused, all_ = self._focused_field(), (*self._own.values(), self._seed)
        bad = next((field for field in all_ if field.bad), None)
        notable = next((field for field in all_ if field.notable), None)
        busy = self.device if self.device.busy else None
        field = focused or bad or busy or notable or self.device
        wrong = field.bad if isinstance(field, ParameterField) else False
        tone = "$error" if wrong else "$text-quiet"
        if isinstance(field, DeviceField) and field.busy:
            tone = "$warning"
        room = max(self.size.width - 2, 16)
        said = Content.styled(field.words(field is focused, room), tone)
        if not said.is_same(self._said):
            self._said = said
            self._help.update(said, layout=False)
            pressing = focused or bad or busy or notable
            words = Content.styled(field.words(field is focused), tone) if pressing else Content()
            self.post_message(FieldExplained(words))

    def _focused_field(self) -> ParameterField | DeviceField | None:
        node: Widget | None = self.app.focused
        while node is not None and not isinstance(node, ParameterField | DeviceField):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node if node in self.fields else None
