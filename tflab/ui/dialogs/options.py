"""Run options: how much of a shared machine a run may take. Kept for all lessons."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from tflab.programs.parameters import ValueProblem, format_value, parse_value
from tflab.programs.program import Parameter
from tflab.runs.record import LEAST_MEMORY, MOST_NICE, MOST_THREADS, RunOptions
from tflab.ui.dialogs.dialog import Dialog

_MOST_MEMORY = 1 << 30
_FIELDS = (
    Parameter(
        name="nice",
        type="int",
        default=0,
        ge=0,
        le=MOST_NICE,
        help=f"How far runs let others go first: 0 not at all, {MOST_NICE} most",
    ),
    Parameter(
        name="threads",
        type="int",
        default=0,
        ge=0,
        le=MOST_THREADS,
        help="Threads that TensorFlow computes with; 0 for all cores",
    ),
    Parameter(
        name="memory_limit",
        type="int",
        default=0,
        ge=0,
        le=_MOST_MEMORY,
        help=f"MiB on top of TensorFlow's own, {LEAST_MEMORY} or more; 0: none",
    ),
)


class OptionsScreen(Dialog[RunOptions]):
    """Asks for the options; Esc leaves them as they were.

    Args:
        options: As they are now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+r", "keep", "Keep", priority=True)]

    def __init__(self, options: RunOptions) -> None:
        super().__init__()
        self._options = options

    def compose(self) -> ComposeResult:
        """Lay out a field for each option."""
        with VerticalScroll(classes="dialog", can_focus=False) as dialog:
            dialog.border_title = "Run options"
            dialog.border_subtitle = "Enter keeps them, Esc goes back"
            for field in _FIELDS:
                name = field.name.replace("_", " ")
                about = Content.assemble((name, "bold"), f"  {field.help}")
                yield Static(about, classes="question")
                value = format_value(getattr(self._options, field.name))
                yield Input(value, compact=True, type="integer", max_length=12, id=field.name)
            trouble = Static("", id="trouble")
            # An empty one would take rows in which the first label is read on a low screen.
            trouble.display = False
            yield trouble
            with Horizontal(classes="choices"):
                yield Button("Keep", id="keep", variant="primary", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed)
    def action_keep(self) -> None:
        """Take the options over, or say what is wrong with them."""
        values: dict[str, int] = {}
        for field in _FIELDS:
            entry = self.query_one(f"#{field.name}", Input)
            try:
                values[field.name] = parse_value(field, entry.value)
                _check_memory(field.name, values[field.name])
            except ValueProblem as problem:
                self._say(problem.cause, entry)
                return
        self.dismiss(RunOptions(**values))

    def _say(self, cause: str, entry: Input) -> None:
        """Say what is wrong, and go to where it is."""
        trouble = self.query_one("#trouble", Static)
        trouble.update(Content.styled(cause, "$error"))
        trouble.display = True
        self.set_focus(entry, scroll_visible=False)
        self.call_after_refresh(trouble.scroll_visible, animate=False)


def _check_memory(name: str, value: int) -> None:
    if name == "memory_limit" and 0 < value < LEAST_MEMORY:
        cause = f"memory_limit must be 0 or at least {LEAST_MEMORY}; you gave {value}."
        raise ValueProblem(name, cause, "Give more, or 0.")
