"""The form: every parameter of the lesson, the seed and the device."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList

from tflab.session.form import SEED, Form
from tflab.ui.actions import bindings
from tflab.ui.widgets.css import beside
from tflab.ui.workbench.device_field import DeviceField
from tflab.ui.workbench.messages import PresetsRequested, RunRequested, StopRequested
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
        self.device = DeviceField(form)

    def compose(self) -> ComposeResult:
        """Lay out what every lesson has; the lesson's own fields come above it."""
        with VerticalScroll(id="fields", can_focus=False):
            yield self._seed
            yield self.device
        with Horizontal(id="buttons"):
            yield Button("Run", id="run-button", variant="primary", compact=True)
            yield Button("Stop", id="stop-button", compact=True, disabled=True)

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

    def show_running(self, running: bool) -> None:
        """Let Stop be pressed only while a run goes on."""
        self.query_one("#stop-button", Button).disabled = not running

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrow keys to an open list of choices."""
        if action == "nudge" and isinstance(self.app.focused, OptionList):
            return False
        return super().check_action(action, parameters)

    def action_nudge(self, direction: int, fine: bool = False) -> None:
        """Make the value in focus larger (1) or smaller (-1) by a step that fits it, or a tenth."""
        field = self._focused_field()
        if field is not None:
            self._form.nudge(field.parameter, direction, fine)
            field.show_text()

    def action_reset_field(self) -> None:
        """Put the default back into the field in focus."""
        field = self._focused_field()
        if field is not None:
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

    @on(Button.Pressed, "#run-button")
    def _run(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(RunRequested())

    @on(Button.Pressed, "#stop-button")
    def _stop(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(StopRequested())

    def _focused_field(self) -> ParameterField | None:
        node: Widget | None = self.app.focused
        while node is not None and not isinstance(node, ParameterField):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node
