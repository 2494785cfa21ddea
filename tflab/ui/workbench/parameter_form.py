"""The form: every parameter of the lesson, the seed and the device."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList

from tflab.programs.nudge import nudge
from tflab.programs.parameters import format_value
from tflab.programs.program import Parameter, Program
from tflab.runs.record import LARGEST_SEED
from tflab.ui.actions import bindings
from tflab.ui.widgets.css import beside
from tflab.ui.workbench.device_field import DeviceField
from tflab.ui.workbench.messages import GuideRequested, RunRequested, ValuesChanged
from tflab.ui.workbench.parameter_field import ParameterField

SEED = Parameter(
    name="seed",
    type="int",
    default=0,
    ge=0,
    le=LARGEST_SEED,
    help="Start of all random numbers",
)


class ParameterForm(Vertical):
    """The values of the next run. What a person typed survives a reload of the lesson."""

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = list(bindings("parameters"))

    def __init__(self) -> None:
        super().__init__(id="parameters")
        self.device = DeviceField()
        self._fields: dict[str, ParameterField] = {}

    def compose(self) -> ComposeResult:
        """Lay out what every lesson has; the lesson's own fields come above it."""
        self._fields["seed"] = ParameterField(SEED)
        with VerticalScroll(id="fields", can_focus=False):
            yield self._fields["seed"]
            yield self.device
        with Horizontal(id="buttons"):
            yield Button("Run", id="run-button", variant="primary", compact=True)
            yield Button("Stop", id="stop-button", compact=True, disabled=True)

    @property
    def values(self) -> dict[str, Any]:
        """The value of every parameter of the lesson, without seed and device."""
        return {name: field.value for name, field in self._fields.items() if name != "seed"}

    @property
    def seed(self) -> int:
        """The seed of the next run."""
        return int(self._fields["seed"].value)

    @property
    def first_bad(self) -> ParameterField | None:
        """The first field that holds a bad value, or None."""
        return next((f for f in self._fields.values() if f.problem is not None), None)

    async def show_lesson(self, lesson: Program, keep: bool) -> None:
        """Show a lesson's fields; with `keep`, what stands in fields of the same name stays."""
        texts = {n: f.text for n, f in self._fields.items() if f.changed} if keep else {}
        seed = self._fields["seed"]
        for name, field in list(self._fields.items()):
            if name != "seed":
                await field.remove()
        own = {p.name: ParameterField(p) for p in lesson.parameters}
        await self.query_one("#fields").mount_all(own.values(), before=0)
        self._fields = {**own, "seed": seed}
        for name, text in texts.items():
            if name in own:
                own[name].set_text(text)
        self.post_message(ValuesChanged(self.first_bad is None))

    def set_values(self, values: dict[str, Any], seed: int, device: str) -> None:
        """Put the values of an earlier run into the form."""
        for name, value in {**values, "seed": seed}.items():
            if name in self._fields:
                self._fields[name].set_text(format_value(value))
        self.device.choose(device)

    def show_running(self, running: bool) -> None:
        """Let Stop be pressed only while a run goes on."""
        self.query_one("#stop-button", Button).disabled = not running

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the arrow keys to an open list of choices."""
        if action == "nudge" and isinstance(self.app.focused, OptionList):
            return False
        return super().check_action(action, parameters)

    def action_nudge(self, direction: int) -> None:
        """Make the value in focus larger (1) or smaller (-1) by a step that fits it."""
        field = self._focused_field()
        if field is not None and field.problem is None:
            value = nudge(field.parameter, field.value, direction)
            field.set_text(format_value(value))

    def action_reset_field(self) -> None:
        """Put the default back into the field in focus."""
        field = self._focused_field()
        if field is not None:
            field.reset()

    def action_presets(self) -> None:
        """Use named values, or keep these under a name."""
        self.post_message(GuideRequested("presets"))

    def action_reset_all(self) -> None:
        """Put every default back."""
        for field in self._fields.values():
            field.reset()

    @on(ParameterField.Changed)
    def _changed(self, event: ParameterField.Changed) -> None:
        event.stop()
        self.post_message(ValuesChanged(self.first_bad is None))

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
    async def _stop(self, event: Button.Pressed) -> None:
        event.stop()
        await self.app.run_action("stop")

    def _focused_field(self) -> ParameterField | None:
        node: Widget | None = self.app.focused
        while node is not None and not isinstance(node, ParameterField):
            node = node.parent if isinstance(node.parent, Widget) else None
        return node
