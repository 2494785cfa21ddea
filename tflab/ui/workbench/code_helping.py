"""Completion and help for what is written: the editor asks, the session answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from tflab.ui.workbench import messages
from tflab.ui.workbench.dialogs import WorkbenchDialogs

if TYPE_CHECKING:
    from tflab.programs.code_names import Help


class CodeHelping(WorkbenchDialogs):
    """The panes and their dialogs, and what is known of the code that is written."""

    @on(messages.HelpAsked)
    def _help_asked(self, message: messages.HelpAsked) -> None:
        program, editor, at = self._shown, message.editor, message.at
        if program is None:
            return

        def take(found: Help) -> None:
            if not editor.is_attached:
                return
            if message.want == "names":
                editor.take_names(at, found.names)
            else:
                self._show_about(found)

        self._session.code_help.ask(program, editor.cell, message.text, at, message.want, take)

    def _show_about(self, found: Help) -> None:
        from tflab.runs.text import plain
        from tflab.ui.dialogs.notice import TextScreen

        if not found.signature and not found.about:
            self.notify("Nothing is known of what stands there.")
            return
        title = found.signature.partition("(")[0] or "What it is"
        text = "\n\n".join(filter(None, [found.signature, found.about]))
        self.app.push_screen(TextScreen(title, plain(text), hang=0))
