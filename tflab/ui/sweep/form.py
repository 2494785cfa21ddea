"""Planning a sweep: a field for every parameter, where lists and ranges may be typed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from enum import Enum, auto
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from tflab.runs.text import plain_line
from tflab.session.sweep_events import EarlierSweep, SweepPlanning
from tflab.sweeps.draft import OPTIONS, SweepDraft, field_help, first_texts
from tflab.sweeps.estimate import plan_text
from tflab.sweeps.plan import SweepPlan
from tflab.targets.placement import Slot
from tflab.ui.dialogs.dialog import Dialog
from tflab.ui.dialogs.pick import Choice, PickScreen
from tflab.ui.terminal.safe_text import box_title
from tflab.ui.widgets.css import beside

_AROUND = 12
"""Rows of the form that hold no field, about."""


class PlannedSweep(NamedTuple):
    """A sweep to begin, and where its runs go."""

    plan: SweepPlan
    slots: Sequence[Slot]


class FormChoice(Enum):
    """What was chosen in place of a new sweep."""

    EARLIER = auto()


class SweepField(Vertical):
    """A name, a text, and what is wrong with it."""

    def __init__(self, name: str, text: str, about: str) -> None:
        super().__init__(classes="sweep-field")
        self.label = name
        self.about = about
        self._text = text

    def compose(self) -> ComposeResult:
        """Lay out the field."""
        with Horizontal():
            yield Static(Content(plain_line(self.label)), classes="name")
            yield Input(self._text, compact=True, max_length=2000)
        yield Static("", classes="problem")

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.query_one(Input).value if self.is_mounted else self._text

    def show_problem(self, problem: str) -> None:
        """Say what is wrong below the field; nothing when `problem` is empty."""
        self.set_class(bool(problem), "-bad")
        self.query_one(".problem", Static).update(Content(plain_line(problem)))


class SweepForm(Dialog[PlannedSweep | FormChoice]):
    """Asks what to sweep. Says how many runs it makes, and what is wrong, as one types.

    Args:
        planning: What the sweep is planned from; its texts are kept up to date.
    """

    DEFAULT_CSS = beside(__file__)
    SCOPED_CSS = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r", "start", "Run", priority=True),
        Binding("ctrl+o", "earlier", "Earlier sweeps", priority=True),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, planning: SweepPlanning) -> None:
        super().__init__()
        basis, texts = planning.basis, planning.texts
        self._lesson = basis.program
        self._limits = basis.limits
        self._devices = planning.devices
        self._usual = planning.usual
        self._texts = texts
        first = first_texts(self._lesson, basis.values, texts)
        self._own = {
            p.name: SweepField(p.name, first[p.name], field_help(p))
            for p in self._lesson.parameters
        }
        self._first = {
            "repeats": "1",
            "first seed": str(basis.seed),
            "devices": basis.device,
            "metric": "loss",
            "search": "grid",
            "stop early": "no",
        }
        self._options = {
            name: SweepField(name, texts.get(f" {name}", self._first.get(name, "")), about)
            for name, about in OPTIONS.items()
        }

    def compose(self) -> ComposeResult:
        """Lay out fields, what they make, and the buttons."""
        with Vertical(classes="dialog -sweep") as dialog:
            dialog.border_title = box_title(f"Sweep: {self._lesson.title}")
            dialog.border_subtitle = "^r runs, Esc goes back"
            with VerticalScroll(id="sweep-fields", can_focus=False):
                yield from self._own.values()
                yield Static("", classes="gap")
                yield from self._options.values()
            yield Static("", id="sweep-about")
            yield Static("", id="sweep-size")
            with Horizontal(classes="choices"):
                yield Button("Run (^r)", id="run", variant="primary", compact=True)
                yield Button("Earlier sweeps (^o)", id="earlier", compact=True)

    def on_mount(self) -> None:
        """Say what the first texts make."""
        self._set_apart()
        self._read()

    def on_resize(self) -> None:
        """Set the fields apart where there are rows for that."""
        self._set_apart()

    def _set_apart(self) -> None:
        rows = 2 * (len(self._own) + len(self._options)) + _AROUND
        self.set_class(self.app.size.height >= rows, "-airy")

    def action_start(self) -> None:
        """Start the sweep, or go to the first field that is wrong."""
        draft = self._read()
        if draft.plan is not None:
            self.dismiss(PlannedSweep(draft.plan, draft.slots))
            return
        for name, field in {**self._own, **self._options}.items():
            if name in draft.problems:
                field.query_one(Input).focus()
                return

    def action_earlier(self) -> None:
        """Go to the sweeps that are kept."""
        self.dismiss(FormChoice.EARLIER)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._read()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_start()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "run":
            self.action_start()
        else:
            self.action_earlier()

    @on(events.DescendantFocus)
    def _focus_moved(self, event: events.DescendantFocus) -> None:
        field = next((n for n in event.widget.ancestors if isinstance(n, SweepField)), None)
        about = field.about if field is not None else ""
        self.query_one("#sweep-about", Static).update(Content(about))

    def _read(self) -> SweepDraft:
        own = {name: field.text for name, field in self._own.items()}
        options = {name: field.text for name, field in self._options.items()}
        self._texts.update(own)
        for name, text in options.items():
            # What was never typed follows what is chosen in the workbench: device and seed.
            if text == self._first.get(name, ""):
                self._texts.pop(f" {name}", None)
            else:
                self._texts[f" {name}"] = text
        draft = SweepDraft(self._lesson, own, options, self._devices, self._limits)
        for name, field in {**self._own, **self._options}.items():
            field.show_problem(draft.problems.get(name, ""))
        size = self.query_one("#sweep-size", Static)
        size.set_class(draft.plan is None, "-bad")
        if draft.plan is not None:
            words = [plan_text(draft.plan.count, draft.plan.jobs, self._usual)]
            words += [self._limits.words] if self._limits.words else []
            sentences = ["; ".join(words)]
            sentences += [draft.plan.search.words] if draft.plan.search is not None else []
            size.update(Content(". ".join(sentences) + "."))
        else:
            # A field says itself what is wrong; it may be out of view, on a small screen.
            whole, fields = draft.problems.get(""), [name for name in draft.problems if name]
            size.update(Content(plain_line(whole or f"Put right: {', '.join(fields)}")))
        self.query_one("#run", Button).disabled = draft.plan is None
        return draft


def pick_sweep(sweeps: Sequence[EarlierSweep]) -> PickScreen[str]:
    """Return a dialog that asks for an earlier sweep, by its id."""
    found = [Choice(_moment(sweep.created), sweep.about, sweep.id) for sweep in sweeps]

    def find(query: str) -> list[Choice[str]]:
        return [c for c in found if query.lower() in f"{c.title} {c.about}".lower()]

    return PickScreen("Earlier sweeps", find)


def _moment(created: float) -> str:
    return time.strftime("%d %b %Y %H:%M", time.localtime(created))
