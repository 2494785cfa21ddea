"""The frame of the main screen: titles, focus, and lines that a person moves."""

from __future__ import annotations

from contextlib import asynccontextmanager

from textual.app import App
from textual.geometry import Size
from textual.widgets import Static

from tflab.ui.terminal.themes import DARK
from tflab.ui.widgets.box_lines import BoxLines
from tflab.ui.widgets.notice_line import Note, NoticeLine
from tflab.ui.workbench.arrangement import Pane, Wanted
from tflab.ui.workbench.frame import PaneFrame
from tflab.ui.workbench.frame_drawing import Title

PANES: tuple[Pane, ...] = ("lesson", "parameters", "loss", "runs", "goals")


class Host(App):
    CSS = "#panes { height: 1fr; } Static { height: 1fr; width: 1fr; }"

    def __init__(self, shares=None):
        super().__init__()
        self.register_theme(DARK)
        self.theme = DARK.name
        self.notice = NoticeLine()
        self.inner = {pane: Static(f"<{pane}>", id=pane) for pane in PANES}
        self.frame = PaneFrame(self.inner, self.notice, lambda _: Wanted(), shares or {})
        self.moved: list[dict[str, dict[str, float]]] = []
        self.pressed: list[Pane] = []
        for pane in PANES:
            self.frame.entitle(pane, Title("F9", pane.capitalize()))

    def compose(self):
        yield self.frame

    def on_pane_frame_moved(self, message: PaneFrame.Moved) -> None:
        self.moved.append(message.shares)

    def on_pane_frame_pressed(self, message: PaneFrame.Pressed) -> None:
        self.pressed.append(message.pane)

    def rows(self) -> list[str]:
        return [self.frame.render_line(y).text for y in range(self.frame.size.height)]


@asynccontextmanager
async def frame(size=(120, 38), shares=None):
    host = Host(shares)
    async with host.run_test(size=size) as pilot:
        # The first layout says which panes there is room for, the next one places them.
        while not host.inner["lesson"].region:
            await pilot.pause()
        yield host, host.frame, pilot


async def test_every_pane_stands_inside_its_lines_under_its_title():
    for size in ((120, 38), (160, 22), (80, 48), (80, 22), (60, 18)):
        async with frame(size) as (host, framed, _):
            rows = host.rows()
            for pane, box in framed.arrangement.boxes.items():
                assert host.inner[pane].region == box.shrink((1, 1, 1, 1))
                assert pane.capitalize() in rows[box.y][box.x : box.right]
            hidden = set(PANES) - set(framed.arrangement.boxes)
            assert all(not host.inner[pane].display for pane in hidden)


async def test_panes_that_take_turns_are_named_beside_the_one_on_show_with_a_badge():
    async with frame((80, 22)) as (host, framed, pilot):
        loss = framed.arrangement.boxes["loss"]
        assert "Runs" in host.rows()[loss.y]
        assert "Goals" in host.rows()[loss.y]
        framed.badge("runs")
        assert "Runs●" in host.rows()[loss.y]
        place = framed.tab_of("runs")
        await pilot.mouse_down(offset=(place.x + 2, place.y))
        await pilot.mouse_up(offset=(place.x + 2, place.y))
        await pilot.pause()
        assert host.pressed == ["runs"]
        framed.activate("runs")
        await pilot.pause()
        assert "runs" in framed.arrangement.boxes
        assert "loss" not in framed.arrangement.boxes
        assert "Runs●" not in host.rows()[loss.y]


async def test_a_line_is_dragged_with_the_mouse_and_told_when_let_go():
    async with frame() as (host, framed, pilot):
        side = framed.arrangement.boxes["lesson"].right - 1
        await pilot.mouse_down(offset=(side, 20))
        await pilot.hover(offset=(side - 15, 20))
        await pilot.pause()
        assert framed.arrangement.boxes["lesson"].right - 1 == side - 15
        assert host.moved == []
        await pilot.mouse_up(offset=(side - 15, 20))
        await pilot.pause()
        assert list(host.moved[-1]) == ["wide"]
        assert list(host.moved[-1]["wide"]) == ["side"]
    async with frame(shares=host.moved[-1]) as (_, again, _):
        assert again.arrangement.boxes["lesson"].right - 1 == side - 15


async def test_keys_move_the_line_beside_the_pane_in_focus_and_put_all_back():
    async with frame() as (_, framed, pilot):
        before = framed.arrangement.boxes
        framed.activate("lesson")
        assert framed.push(-1, 0)
        assert framed.arrangement.boxes["lesson"].width == before["lesson"].width - 1
        assert not framed.push(0, 1), "there is none above nor below"
        framed.activate("loss")
        assert framed.push(0, -2)
        assert framed.arrangement.boxes["loss"].height == before["loss"].height - 2
        framed.reset()
        await pilot.pause()
        assert framed.arrangement.boxes == before


async def test_sizes_are_kept_for_each_layout():
    async with frame() as (_, framed, pilot):
        framed.activate("lesson")
        framed.push(-9, 0)
        await pilot.pause()
        wide = framed.arrangement.boxes
        await pilot.resize_terminal(80, 22)
        await pilot.pause()
        framed.activate("lesson")
        framed.push(0, 3)
        await pilot.resize_terminal(120, 38)
        await pilot.pause()
        assert framed.arrangement.boxes == wide


async def test_a_notice_covers_nothing_and_a_long_one_makes_room():
    async with frame() as (host, framed, pilot):
        before = framed.arrangement.boxes
        host.notice.show_note(Note("Kept.", "", "information", 0.0), 100)
        await pilot.pause()
        assert host.notice.region.height == 1
        assert framed.arrangement.boxes == before
        assert all(
            not host.inner[pane].region.overlaps(host.notice.region)
            for pane in framed.arrangement.boxes
        )
        host.notice.show_note(Note("word " * 60, "", "warning", 0.0), 100)
        await pilot.pause()
        assert host.notice.region.height == 3
        assert "+1" in host.notice.render().plain
        await pilot.pause()
        assert all(
            not host.inner[pane].region.overlaps(host.notice.region)
            for pane in framed.arrangement.boxes
        )
        host.notice.clear()
        await pilot.pause()
        await pilot.pause()
        assert framed.arrangement.boxes == before


async def test_the_title_gives_what_follows_the_room_there_is():
    async with frame() as (host, framed, _):
        box = framed.arrangement.boxes["loss"]
        framed.entitle(
            "loss", Title("F4", "Loss", lambda room: "손실" * (room // 4), right="right")
        )
        row = host.rows()[box.y]
        assert "손실손실" in row
        assert framed.render_line(box.y).cell_length == framed.size.width
        framed.entitle("loss", Title("F4", "Loss", lambda _: "#7", right="right"))
        assert "F4 Loss #7" in host.rows()[box.y]
        assert "right" in host.rows()[box.y]


async def test_short_of_room_the_shorter_word_stands_at_the_right_end():
    async with frame((80, 22)) as (host, framed, _):
        box = framed.arrangement.boxes["parameters"]
        framed.entitle(
            "parameters", Title("F5", "Parameters", right="not those of #12", short="not #12")
        )
        row = host.rows()[box.y]
        assert "F5 Parameters" in row
        assert "not #12" in row[box.x :]
        assert "those" not in row


async def test_the_name_of_the_run_stands_before_what_came_out_of_it():
    async with frame() as (host, framed, _):
        box = framed.arrangement.boxes["lesson"]

        def name(room: int) -> str:
            return "output of #12 learning_rate 0.13"[:room]

        long, short = "12 outputs (3 new or changed) and guesses 1/3", "guesses 1/3"
        framed.entitle("lesson", Title("F3", "Lesson", name, right=long, short=short))
        row = host.rows()[box.y][: box.right]
        assert "F3 Lesson output of #12 learning_rate 0.13 " in row
        assert "guesses 1/3" in row
        assert "outputs" not in row
        framed.entitle("lesson", Title("F3", "Lesson", name, right=long))
        row = host.rows()[box.y][: box.right]
        assert "F3 Lesson output of #12 learning_rate 0.13 " in row
        assert "12 outputs" in row
        assert "…" in row


def test_lines_are_joined_where_they_meet():
    boxes = [Size(9, 5).region, Size(5, 5).region, Size(5, 3).region.translate((4, 0))]
    lines = BoxLines(boxes)
    assert [lines.row(y, 9) for y in range(5)] == [
        "╭───┬───╮",
        "│   │   │",
        "│   ├───┤",
        "│   │   │",
        "╰───┴───╯",
    ]
    assert BoxLines(boxes, unicode=False).row(2, 9) == "|   +---+"
