"""Every action a person can take, once: keys, footer, command palette and help all read this.

An action's `id` is the name of the Textual action that carries it out; `scope` is the pane that
must have the focus, or `app` for everywhere.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from textual.binding import Binding

from tflab.ui.terminal.key_names import key_name as key_name

Scope = Literal[
    "app",
    "lessons",
    "lesson",
    "editor",
    "loss",
    "parameters",
    "runs",
    "sweep",
    "history",
    "compare",
]

SCOPE_TITLES: dict[Scope, str] = {
    "app": "Everywhere",
    "lessons": "Lessons",
    "lesson": "Lesson",
    "editor": "Editor",
    "loss": "Loss",
    "parameters": "Parameters",
    "runs": "Runs",
    "sweep": "Sweep",
    "history": "History",
    "compare": "Compare",
}


class Action(msgspec.Struct, frozen=True):
    """One action: its key, its short label for the footer, and a sentence for help.

    Attributes:
        footer: Whether it is among the keys at the bottom; the key line says which of them when.
        also: More keys that do the same, with commas between them.
    """

    id: str
    key: str
    label: str
    help: str
    scope: Scope = "app"
    footer: bool = False
    also: str = ""


ACTIONS: tuple[Action, ...] = (
    Action("run", "ctrl+r", "Run", "Run the program from the top.", footer=True),
    Action("stop", "ctrl+x", "Stop", "Stop the run; what it logged is kept.", footer=True),
    Action(
        "sweep",
        "ctrl+s",
        "Sweep",
        "Run it over several values, or show the sweep.",
        footer=True,
    ),
    Action("history", "ctrl+y", "History", "List every run: filter, compare, rerun.", footer=True),
    Action("edit", "f7", "Edit file", "Open the file at this cell in $EDITOR.", footer=True),
    Action("palette", "ctrl+p", "Commands", "Search every command and lesson.", footer=True),
    Action("jump", "ctrl+k", "Jump", "Show a letter at every place, and go to one.", footer=True),
    Action("jump(True)", "alt+k", "Jump", "The same, also from within a field."),
    Action("help", "f1", "Help", "Show the keys of the pane in focus.", footer=True),
    Action("leave", "ctrl+q", "Quit", "Leave the workbench.", footer=True),
    Action("show('lessons')", "f2", "Lessons", "Open the list of lessons and recent files."),
    Action("show('lesson')", "f3", "Lesson", "Go to the lesson."),
    Action("show('loss')", "f4", "Loss", "Go to the loss chart."),
    Action("show('parameters')", "f5", "Parameters", "Go to the parameters."),
    Action("show('runs')", "f6", "Runs", "Go to the runs of this program."),
    Action("hint", "f10", "Hint", "Show a hint for the first open goal; again for a stronger one."),
    Action("live", "ctrl+t", "Live", "Run again at every change of a value, or stop doing so."),
    Action("options", "", "Run options", "Set priority, threads and memory of runs."),
    Action("alerts", "", "Alerts", "Choose how you are told of runs while you are elsewhere."),
    Action("environment", "", "Environment", "Choose the Python that this program runs in."),
    Action("commands", "", "Shell commands", "Allow the notebook's shell commands, or skip them."),
    Action("answer", "f12", "Answer", "Answer what the run asks for."),
    Action("predict", "ctrl+g", "Guess", "Ask the questions again."),
    Action("follow", "ctrl+o", "Found run", "Show the run that was found still going, or ended."),
    Action("review", "", "Review", "Answer a few questions on what you learned."),
    Action("place", "", "Where to begin", "Answer ten questions at most, to see where to begin."),
    Action("forget('lesson')", "", "Start lesson anew", "Forget the progress of this lesson."),
    Action("forget('course')", "", "Start course anew", "Forget the progress of every lesson."),
    Action("full_screen", "f8", "Full screen", "Give the pane the whole screen, or take it back."),
    Action("notices", "ctrl+e", "Messages", "Read the messages again, the newest first."),
    Action("push(-1, 0)", "alt+left", "Line left", "Move the line beside the pane to the left."),
    Action("push(1, 0)", "alt+right", "Line right", "Move the line beside the pane to the right."),
    Action("push(0, -1)", "alt+up", "Line up", "Move the line below the pane, or above it, up."),
    Action("push(0, 1)", "alt+down", "Line down", "Move the line below the pane down."),
    Action("reset_sizes", "", "Reset sizes", "Give every pane its own size back."),
    Action("theme", "f9", "Light or dark", "Change between the dark and the light theme."),
    Action("suspend_process", "ctrl+z", "Put aside", "Go to the shell; `fg` comes back here."),
    Action("open_lesson", "enter", "Open", "Open the lesson under the cursor.", "lessons", True),
    Action("search", "slash", "Search", "Find lessons by title and content.", "lessons", True),
    Action("close", "escape", "Close", "Close the list.", "lessons", True),
    Action("read(1)", "space", "Read on", "Read on, to the end.", "lesson", True),
    Action("neighbour(1)", "n", "Next lesson", "Open the next lesson.", "lesson", True),
    Action(
        "read(-1)",
        "b",
        "Read back",
        "Read back; so do Shift+Space and Backspace.",
        "lesson",
        also="shift+space,backspace",
    ),
    Action("next_cell", "j", "Next cell", "Go to the next code cell, or read on.", "lesson", True),
    Action("previous_cell", "k", "Previous", "Go to the code cell before.", "lesson", True),
    Action("run_here", "r", "Run to here", "Run from the top to this cell.", "lesson", True),
    Action("frame(-1)", "left", "Frame", "Go back one frame in a moving picture.", "lesson"),
    Action("frame(1)", "right", "Frame", "Go on one frame in a moving picture.", "lesson"),
    Action("edit_cell", "e", "Edit", "Write in the cell, in its place.", "lesson", True),
    Action("exercise_hint", "h", "Hint", "Show a hint for the exercise.", "lesson"),
    Action("solution", "s", "Solution", "Show a solution of the exercise.", "lesson"),
    Action("difference", "d", "Difference", "Show what you changed in the cell.", "lesson"),
    Action("put_back", "u", "Put back", "Have the cell as in the file again.", "lesson"),
    Action("scratch", "x", "Try a line", "Try code after this cell, for once.", "lesson"),
    Action("put_all_back", "", "Put all back", "Have every cell as in the file.", "lesson"),
    Action("bring_back", "", "Bring edit back", "Have again what was put back last.", "lesson"),
    Action("other_version", "", "Other version", "Take another workbench's edit.", "lesson"),
    Action("save_edits", "", "Save to file", "Write your edits into the file.", "lesson"),
    Action("save_copy", "", "Save a copy", "Write the program with your edits anew.", "lesson"),
    Action("contents", "t", "Contents", "Go to a section.", "lesson", True),
    Action("glossary", "g", "Words", "Explain the technical words.", "lesson", True),
    Action("neighbour(-1)", "p", "Lesson before", "Open the lesson before.", "lesson"),
    Action("fold", "f", "Fold", "Fold a cell's code away, or unfold it.", "lesson"),
    Action("copy_cell", "c", "Copy code", "Copy the cell's code.", "lesson", True),
    Action("copy_output", "o", "Copy output", "Copy the cell's output or error.", "lesson", True),
    Action(
        "open_output",
        "enter",
        "Whole output",
        "Answer the question, or show all output.",
        "lesson",
    ),
    Action("open_picture", "v", "Picture", "Show the picture large.", "lesson"),
    Action("keep", "escape", "Keep", "Keep what you wrote, and read on.", "editor", True),
    Action("find", "ctrl+f", "Find", "Search in the cell.", "editor", True),
    Action("undo", "ctrl+z", "Undo", "Undo what you typed last.", "editor", True),
    Action("redo", "ctrl+y", "Redo", "Do it again.", "editor", True),
    Action(
        "complete",
        "ctrl+space",
        "Complete",
        "Complete the name, or offer more.",
        "editor",
        True,
        "ctrl+@",
    ),
    Action("explain_code", "alt+h", "Explain", "Say how it is called, what it does.", "editor"),
    Action("comment", "ctrl+underscore", "Comment", "Make lines comments, or code.", "editor"),
    Action("log_axis", "l", "Log axis", "Change between a linear and a log axis.", "loss", True),
    Action("smooth", "s", "Smooth", "Smooth the curves; the raw ones stay.", "loss", True),
    Action("next_metric", "m", "Metric", "Show the next metric, such as accuracy.", "loss", True),
    Action("all_metrics", "a", "All", "Show a small chart for each metric.", "loss", True),
    Action("cursor(1)", "right", "Read values", "Read values off, going right.", "loss", True),
    Action("cursor(-1)", "left", "Read values", "Read values off, going left.", "loss"),
    Action("zoom(True)", "plus", "Zoom in", "See less of the steps, at the cursor.", "loss", True),
    Action("zoom(False)", "minus", "Zoom out", "See more of the steps.", "loss"),
    Action("back", "escape", "Back", "Show all steps, then hide the cursor.", "loss"),
    Action("log_steps", "x", "Log steps", "Have a linear or a log axis of steps.", "loss"),
    Action("copy_chart", "c", "Copy chart", "Copy the chart as text.", "loss", True),
    Action(
        "nudge(1)",
        "up",
        "Larger",
        "Make the number larger, or take the next choice.",
        "parameters",
        True,
    ),
    Action("nudge(-1)", "down", "Smaller", "Make the number smaller.", "parameters", True),
    Action(
        "nudge(1, True)",
        "shift+up",
        "Finer",
        "Make the number larger by a tenth of the step.",
        "parameters",
        True,
        also="ctrl+up",
    ),
    Action(
        "nudge(-1, True)",
        "shift+down",
        "Finer, down",
        "Make the number smaller by a tenth of the step.",
        "parameters",
        also="ctrl+down",
    ),
    Action("presets", "ctrl+n", "Presets", "Use or save named values.", "parameters", True),
    Action("reset_field", "ctrl+d", "Default", "Put this value back.", "parameters", True),
    Action("reset_all", "ctrl+l", "All defaults", "Put every value back.", "parameters", True),
    Action("show_run", "enter", "Show", "Show this run's output and curves.", "runs", True),
    Action("load_values", "v", "Use values", "Put this run's values in the form.", "runs", True),
    Action("copy_command", "c", "Copy command", "Copy the line that runs it again.", "runs", True),
    Action("code", "d", "Difference", "Show how its code differs from the file.", "runs", True),
    Action("go_on", "g", "Go on", "Go on with this run where it ended.", "runs", True),
    Action("open_run", "enter", "Show", "Show this run in the workbench.", "sweep", True),
    Action("use_values", "v", "Use", "Put these values in the form.", "sweep", True),
    Action("stop_row", "s", "Stop", "Stop the runs with these values.", "sweep", True),
    Action("stop_all", "ctrl+x", "Stop all", "Stop the whole sweep.", "sweep", True),
    Action("export", "x", "Export", "Write the sweep as a file.", "sweep", True),
    Action("copy_line", "y", "Copy", "Copy the line that runs it again.", "sweep", True),
    Action("new_sweep", "n", "New", "Plan another sweep.", "sweep", True),
    Action("close", "escape", "Back", "Go back; the sweep goes on.", "sweep", True),
    Action("next_metric", "m", "Metric", "Rank by the next metric or result.", "sweep", True),
    Action("next_parameter", "p", "Parameter", "Draw it against a parameter.", "sweep", True),
    Action("importance", "i", "Importance", "Draw what each parameter decides.", "sweep", True),
    Action("log_axis", "l", "Log", "Change between a linear and a log axis.", "sweep", True),
    Action("go_on", "g", "Go on", "Go on with a sweep that was left.", "sweep", True),
    Action("open_run", "enter", "Open", "Open the run as it was.", "history", True),
    Action("filter", "slash", "Filter", "Filter by values, metrics, state.", "history", True),
    Action("mark", "space", "Mark", "Mark the run for the keys below.", "history", True),
    Action("compare", "c", "Compare", "Compare the marked runs.", "history", True),
    Action("rerun", "r", "Run again", "Run exactly this again.", "history", True),
    Action("go_on", "g", "Go on", "Go on with it where it ended.", "history", True),
    Action("values", "v", "Values", "Put its values in the form.", "history", True),
    Action("sort", "s", "Sort", "Sort by the next column.", "history", True),
    Action("everywhere", "a", "All", "All programs, or the open one.", "history", True),
    Action("delete", "d", "Delete", "Move to the trash.", "history", True),
    Action("undo", "u", "Undo", "Bring back what was deleted.", "history", True),
    Action("code", "o", "Code", "Show how its code differs from the file.", "history", True),
    Action("name", "n", "Name", "Name the run.", "history", True),
    Action("note", "t", "Note", "Write a note on the run.", "history", True),
    Action("pin", "p", "Pin", "Keep it at the top, or no longer.", "history", True),
    Action("export", "x", "Export", "Write it as a file.", "history", True),
    Action("copy", "y", "Copy", "Copy the line that runs it again.", "history", True),
    Action("turn", "i", "Turn", "Turn the order around.", "history", True),
    Action("unmark", "m", "Unmark", "Take every mark off.", "history", True),
    Action("empty", "e", "Empty trash", "Delete it for good.", "history", True),
    Action("next_metric", "m", "Metric", "Show the next metric.", "compare", True),
    Action("log_axis", "l", "Log axis", "Change to a log axis, or back.", "compare", True),
    Action("source", "d", "Code diff", "Show how the program changed.", "compare", True),
    Action("copy", "c", "Copy table", "Copy the table as text.", "compare", True),
    Action("close", "escape", "Back", "Go back.", "compare", True),
)


EDITORS_OWN = frozenset({"suspend_process", "history"})
"""What gives its key to the editor while one writes: there it means undo or redo, as anywhere."""

FIELDS_OWN = frozenset({"jump", "notices"})
"""What gives its key to a text field in focus: there it deletes to the end, or goes there."""

FROM_FIELDS = {"jump": "jump(True)"}
"""What does the same from within a text field, by a key of its own."""

ON_EVERY_SCREEN = frozenset({"theme", "leave", "suspend_process", "notices"})
"""What the app carries out, whichever screen is open. The rest is the workbench's."""


def bindings(scope: Scope) -> list[Binding]:
    """Return the key bindings of one scope; for `app`, of what works on every screen."""
    found = [_binding(action) for action in actions(scope) if action.key]
    return found if scope != "app" else [b for b in found if b.action in ON_EVERY_SCREEN]


def workbench_bindings() -> list[Binding]:
    """Return the key bindings of what works everywhere in the workbench."""
    everywhere = [_binding(action) for action in actions("app") if action.key]
    return [binding for binding in everywhere if binding.action not in ON_EVERY_SCREEN]


def _binding(action: Action) -> Binding:
    """Return the binding of an action. Some work while a field has the focus."""
    return Binding(
        f"{action.key},{action.also}" if action.also else action.key,
        action.id,
        action.label,
        show=action.footer,
        priority=action.scope in ("app", "parameters"),
        tooltip=action.help,
    )


def actions(scope: Scope) -> list[Action]:
    """Return the actions of one scope, in order."""
    return [action for action in ACTIONS if action.scope == scope]


def key_of(action: str) -> str:
    """Return the key of an action, as people write it."""
    return next(key_name(known.key) for known in ACTIONS if known.id == action)


def is_letter(action: Action) -> bool:
    """Return whether its key is a character, which a field in focus takes as text."""
    return len(action.key) == 1 or action.key in ("space", "slash", "plus", "minus")
