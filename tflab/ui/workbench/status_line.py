"""The top line: which lesson, which device, and what is going on."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from tflab.ui.terminal.glyphs import glyphs


class StatusLine(Widget):
    """One line: the lesson on the left; environment, device, fork server and run on the right.

    Attributes:
        title: Title of the lesson.
        device: Short name of the chosen device.
        environment: Name of the environment; empty for our own.
        commands: What becomes of a notebook's shell commands; empty where it has none.
        server: What the fork server is doing; empty when it is ready.
        sweep: How far the sweep is; empty while there is none.
        run: State and progress of the run on show.
        tone: Theme variable that colours the run's mark.
    """

    title: reactive[str] = reactive("")
    device: reactive[str] = reactive("")
    environment: reactive[str] = reactive("")
    commands: reactive[str] = reactive("")
    server: reactive[str] = reactive("")
    sweep: reactive[str] = reactive("")
    run: reactive[str] = reactive("", repaint=False)
    tone: reactive[str] = reactive("$text-quiet")

    def watch_run(self, before: str, now: str) -> None:
        """Repaint the words of the run alone where they keep their place."""
        width = cell_len(now)
        if now and width == cell_len(before):
            self.refresh(Region(self.size.width - width - 1, 0, width, 1))
        else:
            self.refresh()

    def render(self) -> Content:
        """Draw the line; the right side wins when there is little room."""
        marks = glyphs()
        quiet = f" {marks.dot} "
        right = Content.assemble(
            *(
                Content.styled(text + quiet, "$text-quiet")
                for text in (
                    self.server,
                    self.sweep,
                    self.commands,
                    self.environment,
                    self.device,
                )
                if text
            ),
            Content.styled(f"{marks.bullet} ", self.tone) if self.run else "",
            Content(self.run),
            " ",
        )
        room = self.size.width - right.cell_length - 2
        left = Content.assemble(
            (" tflab", "bold $primary"),
            (quiet, "$text-quiet"),
            (self.title, "bold"),
        ).truncate(max(room, 6), ellipsis=marks.unicode)
        gap = max(self.size.width - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, " " * gap, right)
