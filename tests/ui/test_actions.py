"""The registry of actions feeds keys, footer, palette and help, and holds no contradiction."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest
from textual.widgets import Static

from tflab.ui.actions import (
    ACTIONS,
    EDITORS_OWN,
    ON_EVERY_SCREEN,
    SCOPE_TITLES,
    Scope,
    actions,
    bindings,
    key_name,
    workbench_bindings,
)
from tflab.ui.app import LabApp
from tflab.ui.dialogs.help import HelpScreen
from tflab.ui.history.compare import CompareScreen
from tflab.ui.history.screen import HistoryScreen
from tflab.ui.sweep.screen import SweepScreen
from tflab.ui.terminal.app_base import TerminalApp
from tflab.ui.workbench.code_area import CodeArea
from tflab.ui.workbench.lesson_list import LessonList
from tflab.ui.workbench.lesson_view import LessonView
from tflab.ui.workbench.loss_chart import LossChart
from tflab.ui.workbench.parameter_form import ParameterForm
from tflab.ui.workbench.run_list import RunList
from tflab.ui.workbench.screen import WorkbenchScreen

OWNERS = {
    "app": WorkbenchScreen,
    "lessons": LessonList,
    "lesson": LessonView,
    "editor": CodeArea,
    "loss": LossChart,
    "parameters": ParameterForm,
    "runs": RunList,
    "sweep": SweepScreen,
    "history": HistoryScreen,
    "compare": CompareScreen,
}
SCREENS = {"sweep", "history", "compare"}
"""They cover the workbench, and while they do its keys rest."""


def test_no_key_means_two_things_in_one_place():
    keys = Counter(
        (action.scope, key)
        for action in ACTIONS
        for key in filter(None, [action.key, *action.also.split(",")])
    )
    assert [place for place, count in keys.items() if count > 1] == []


def test_no_pane_takes_a_key_that_works_everywhere():
    everywhere = {action.key for action in actions("app")} - {""}
    panes = [a for a in ACTIONS if a.scope not in {"app", *SCREENS}]
    taken = [a for a in panes if {a.key, *a.also.split(",")} & everywhere]
    # While one writes, what gives its keys away does nothing: ^z and ^y undo and redo there.
    given = {a.key for a in actions("app") if a.id in EDITORS_OWN}
    assert {(a.scope, a.key) for a in taken} == {("editor", key) for key in given}


def test_every_action_can_be_carried_out():
    for action in ACTIONS:
        name = "action_" + action.id.partition("(")[0]
        owner = LabApp if action.id in ON_EVERY_SCREEN else OWNERS[action.scope]
        assert hasattr(owner, name), name


def test_every_action_says_what_it_does_in_a_sentence():
    for action in ACTIONS:
        assert action.help.endswith("."), action.id
        assert action.label[0].isupper(), action.id


def test_keys_are_shown_as_people_write_them():
    assert [key_name(k) for k in ("ctrl+r", "f1", "j", "slash")] == ["^r", "F1", "j", "/"]
    assert {b.key for b in workbench_bindings()} >= {"ctrl+r", "f1"}


def test_what_the_app_carries_out_has_no_key_in_the_workbench_too():
    ours, everywhere = workbench_bindings(), bindings("app")
    assert {b.action for b in everywhere} == ON_EVERY_SCREEN
    assert not {b.key for b in ours} & {b.key for b in everywhere}
    assert {b.key for b in [*ours, *everywhere]} == {a.key for a in actions("app")} - {""}


@pytest.mark.parametrize("scope", get_args(Scope))
async def test_help_opens_wherever_one_is(scope):
    host = TerminalApp()
    host.dress("")
    async with host.run_test(size=(100, 40)) as pilot:
        await pilot.app.push_screen(HelpScreen(scope))
        assert SCOPE_TITLES[scope] in str(pilot.app.screen.query(Static).first().content)
