"""Where jump mode leads: the list of lessons, the panes, the fields, and the cells in view."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.geometry import Offset

from tflab.ui.dialogs.jump import Target
from tflab.ui.workbench.arrangement import SLOT
from tflab.ui.workbench.panes import PANES, Panes, PaneScreen

_AFTER_NAME = 2


def jump_targets(screen: PaneScreen, panes: Panes) -> list[Target]:
    """Return every place in sight that one may go to, the panes first."""
    return [*_pane_targets(screen), *_field_targets(panes), *_cell_targets(screen, panes)]


def _pane_targets(screen: PaneScreen) -> Iterator[Target]:
    frame = screen.frame
    boxes, corner = frame.arrangement.boxes, frame.region.offset
    yield Target(Offset(0, 0), partial(screen.show_pane, "lessons"))
    for pane in PANES:
        if pane in boxes:
            yield Target(corner + boxes[pane].offset + (1, 0), partial(screen.show_pane, pane))
        elif pane in SLOT and (place := frame.tab_of(pane)) is not None:
            yield Target(corner + place, partial(screen.show_pane, pane))


def _field_targets(panes: Panes) -> Iterator[Target]:
    for field in panes.form.fields:
        region, shown = field.region, panes.form.query_one("#fields").region
        if region.width and shown.contains_region(region):
            control = field.children[-1].region
            place = Offset(control.x - _AFTER_NAME, control.y)
            yield Target(place, partial(panes.form.go_to, field))


def _cell_targets(screen: PaneScreen, panes: Panes) -> Iterator[Target]:
    lesson = panes.lesson
    if "lesson" not in screen.frame.arrangement.boxes:
        return
    for number, row in lesson.cells_in_view():

        def go(number: int = number) -> None:
            screen.show_pane("lesson")
            lesson.choose_cell(number)

        yield Target(Offset(lesson.region.x, lesson.region.y + row), go)
