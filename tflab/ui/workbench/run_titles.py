"""Naming the run on show in the titles of the panes where its results stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tflab.ui.terminal.glyphs import glyphs
from tflab.ui.workbench.frame import PaneFrame

if TYPE_CHECKING:
    # What reads runs is not needed for the first paint.
    from tflab.programs.program import ProgramKind
    from tflab.session.run_names import RunName
    from tflab.session.session import Session


_KINDS: dict[ProgramKind, str] = {
    "lesson": "Lesson",
    "notebook": "Notebook",
    "script": "Script",
}


class RunTitles:
    """Writes the name of the run on show above chart and lesson, and what its values are not.

    Args:
        frame: Has the titles.
        session: Has the run and the form.
    """

    def __init__(self, frame: PaneFrame, session: Session) -> None:
        self._frame = frame
        self._session = session
        self._name: RunName | None = None

    def name(self, name: RunName | None) -> None:
        """Name the run on show; None while there is none of the open program."""
        self._name = name
        about = name.fit if name is not None else _nothing
        frame = self._frame
        frame.entitle("loss", frame.title_of("loss")._replace(about=about))
        frame.entitle("lesson", frame.title_of("lesson")._replace(about=_output_of(name)))
        self.compare_values()

    def name_program(self, kind: ProgramKind) -> None:
        """Call the pane of the open program what it is."""
        title = self._frame.title_of("lesson")
        self._frame.entitle("lesson", title._replace(text=_KINDS[kind]))

    def compare_values(self) -> None:
        """Say above the form that the run on show had other values than stand there."""
        run, name, form = self._session.runs.current, self._name, self._session.form
        word = short = ""
        if run is not None and name is not None:
            asked = run.record.request
            values = {key: value for key, value in asked.parameters.items() if key in form.fields}
            now = {key: value for key, value in form.values.items() if key in values}
            if (values, asked.seed) != (now, form.seed):
                word = f"not those of {name.tag or 'the run'}"
                short = f"not {name.tag}" if name.tag else ""
        title = self._frame.title_of("parameters")
        self._frame.entitle("parameters", title._replace(right=word, short=short))


def _nothing(_: int) -> str:
    return ""


def _output_of(name: RunName | None) -> Callable[[int], str]:
    """Return what says whose output a lesson shows, in so many cells."""
    words = f"{glyphs().dot} output of "
    return _nothing if name is None else lambda room: words + name.fit(room - len(words))
