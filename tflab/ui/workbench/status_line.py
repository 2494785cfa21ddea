"""The top line: which lesson, which device, and what is going on."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from tflab.ui.actions import key_of
from tflab.ui.terminal.glyphs import glyphs

_LIST = "show('lessons')"


class StatusLine(Widget):
    """One line: the lesson on the left; environment, device, fork server and run on the right.

    Attributes:
        title: Title of the lesson.
        goals: How many of its goals were reached, and how many there are.
        exercises: How many of its exercises were passed, and how many there are.
        device: Short name of the chosen device.
        environment: Name of the environment; empty for our own.
        commands: What becomes of a notebook's shell commands; empty where it has none.
        server: What the fork server is doing; empty when it is ready.
        sweep: How far the sweep is; empty while there is none.
        run: State and progress of the run on show.
        tone: Theme variable that colours the run's mark.
    """

    title: reactive[str] = reactive("")
    goals: reactive[tuple[int, int]] = reactive((0, 0))
    exercises: reactive[tuple[int, int]] = reactive((0, 0))
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
        """Draw the line; the title gives way last but to the run and the sweep."""
        width = self.size.width
        wanted = min(cell_len(self.title) + 1, width // 2)
        asides = [self.server, self.commands, self.environment, self.device]
        for count in range(len(asides), -1, -1):
            right = self._right([self.sweep, *asides[:count]])
            room = width - right.cell_length - 2
            if room >= wanted:
                break
        left = self._left(max(room, 6))
        gap = max(width - left.cell_length - right.cell_length, 1)
        return Content.assemble(left, " " * gap, right)

    def _right(self, asides: Sequence[str]) -> Content:
        """Return what goes on in a few words, and then the state of the run."""
        marks = glyphs()
        return Content.assemble(
            *(Content.styled(f"{text} {marks.dot} ", "$text-quiet") for text in asides if text),
            Content.styled(f"{marks.bullet} ", self.tone) if self.run else "",
            Content(self.run),
            " ",
        )

    def _left(self, room: int) -> Content:
        """Return the title with as much around it as there is room for."""
        marks = glyphs()
        title = Content.styled(self.title, "bold")
        parts = [
            Content.assemble((" tflab", "bold $primary"), (f" {marks.dot} ", "$text-quiet")),
            title,
            _marks("goals", self.goals),
            _marks("exercises", self.exercises),
            Content.styled(f"  {key_of(_LIST)}", "$primary"),
            Content.styled(" Lessons", "$text-quiet"),
        ]
        for left_out in ((), (5,), (0, 5), (0, 3, 5), (0, 3, 4, 5), (0, 2, 3, 4, 5)):
            shown = [part for at, part in enumerate(parts) if at not in left_out]
            found = Content("" if 0 not in left_out else " ") + Content("").join(shown)
            if found.cell_length <= room:
                return found
        return (Content(" ") + title).truncate(room, ellipsis=marks.unicode)


def _marks(word: str, counts: tuple[int, int]) -> Content:
    """Return a mark for each that is done, and for each that is open."""
    done, count = counts
    if not count:
        return Content()
    return Content.assemble(
        (f"  {word} ", "$text-quiet"),
        (glyphs().passed * done, "$success"),
        (glyphs().open * (count - done), "bold $primary"),
    )
