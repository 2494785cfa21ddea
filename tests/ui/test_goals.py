"""The goals in their pane: what is open is bright, and a hint never stands without its goal."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App
from textual.color import Color
from textual.style import Style

from tflab.programs.reader import parse_program
from tflab.runs import events as ev
from tflab.runs.state import RunState
from tflab.ui.terminal.themes import DARK
from tflab.ui.workbench.goals import Goals, goals_title
from tflab.ui.workbench.summing_up import run_words

HEAD = '# %% [markdown]\n# # Goals\n# %% tags=["parameters"]\nsteps = 3  # how many\n'
LESSON = f"{HEAD}# %%\nfrom tflab import lab\n" + "".join(
    f"lab.goal('Goal {n} in a few words that wrap', False, "
    f"hint=('Weak hint {n}, which is long as well', 'Strong hint {n}, which ends so'))\n"
    for n in (1, 2, 3)
)
NAMES = [f"Goal {n} in a few words that wrap" for n in (1, 2, 3)]
NEWEST = {1: "as well", 2: "ends so", 3: "as well", 4: "ends so"}
"""How the hint ends that was shown last."""


class Host(App):
    CSS = "Goals { height: auto; border-top: solid gray; width: 24; }"

    def compose(self):
        yield Goals()

    def on_mount(self):
        self.register_theme(DARK)
        self.theme = DARK.name


def reached(*goals: int) -> RunState:
    state = RunState()
    for number, name in enumerate(NAMES, start=1):
        state.apply(ev.Goal(text=name, passed=number in goals, cell=1))
    return state


@asynccontextmanager
async def goals(rows: int | None = None):
    host = Host()
    async with host.run_test(size=(24, 30)) as pilot:
        widget = host.query_one(Goals)
        if rows is not None:
            widget.styles.max_height = rows + 1
        widget.show_lesson(parse_program(LESSON, Path("goals.py")))
        await pilot.pause()
        yield widget, pilot


def lines(widget: Goals) -> list[str]:
    return [line.rstrip() for line in widget.render().plain.split("\n")]


def said(widget: Goals) -> str:
    return " ".join(" ".join(lines(widget)).split())


async def test_it_is_as_high_as_its_goals_and_hints_need():
    async with goals() as (widget, pilot):
        assert widget.content_size.height == len(lines(widget)) == 6
        assert widget.show_hint() == ""
        await pilot.pause()
        assert widget.content_size.height == len(lines(widget)) > 6
        assert all(name in said(widget) for name in NAMES)


async def test_a_hint_stands_below_its_goal_whatever_the_room():
    async with goals() as (widget, pilot):
        for hints in range(5):
            if hints == 3:
                widget.show_run(reached(1))
            if hints:
                assert widget.show_hint() == ""
            for rows in range(3, 12):
                widget.styles.max_height = rows + 1
                await pilot.pause()
                found = lines(widget)
                assert len(found) <= rows
                work = 2 if hints > 2 else 1
                place = next(n for n, line in enumerate(found) if f"Goal {work}" in line)
                assert found[place + 1] == "  that wrap"
                if hints and rows > 3:
                    # What is under it is the end of its newest hint.
                    below = [line for line in found[place + 2 :] if line.startswith("    ")]
                    assert found[place + 2] == below[0]
                    assert NEWEST[hints] in " ".join(below)


async def test_with_all_reached_every_goal_can_be_read():
    async with goals() as (widget, pilot):
        widget.show_hint()
        widget.show_run(reached(1, 2, 3))
        await pilot.pause()
        assert widget.border_title == "Goals 3/3"
        assert not widget.border_subtitle
        assert all(name in said(widget) for name in NAMES)
        assert "hint" not in said(widget)
        assert widget.show_hint() == "Every goal is reached."


async def test_open_goals_are_bright_and_reached_ones_dim():
    async with goals() as (widget, pilot):
        widget.show_run(reached(2))
        await pilot.pause()
        styles = {}
        for text, style in widget.render().render():
            if text.startswith("Goal"):
                styles[text[:6]] = str(style)
        quiet = str(Style(foreground=Color.parse(widget.app.theme_variables["text-quiet"])))
        assert styles["Goal 2"] == quiet
        assert quiet not in (styles["Goal 1"], styles["Goal 3"])


async def test_a_hint_of_no_goal_says_why():
    async with goals() as (widget, _pilot):
        for _ in range(6):
            assert widget.show_hint() == ""
        assert "no further hint" in widget.show_hint()


async def test_goals_and_exercises_are_counted_apart_as_in_a_run_and_at_the_end():
    exercise = """# %% Step id="step" tags=["exercise"]
### BEGIN SOLUTION
a = 1
### END SOLUTION
# %%
lab.check("step", a, 1)
"""
    state = reached(2)
    async with goals() as (widget, pilot):
        widget.show_lesson(parse_program(LESSON + exercise, Path("lesson.py")))
        state.apply(ev.ExerciseOutcome(id="step", title="Step", cell=2, passed=True, message=""))
        widget.show_run(state)
        await pilot.pause()
        assert widget.border_title == "Goals 1/3 · exercises 1/1"
        assert run_words(state, 1, None)[0].endswith("goals 1/3")
    assert goals_title((0, 0), (0, 2)) == "Exercises 0/2"
    assert goals_title((0, 7), (0, 0)) == "Goals 0/7"
