"""What a person who is elsewhere is told: once, in plain text, and by a command of their own."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.hearing import Heard
from tflab.runs.disk_queue import Inline
from tflab.runs.events import Ended, Error, Scalars, Started
from tflab.runs.record import RunRecord, RunRequest
from tflab.runs.state import RunState
from tflab.runs.summary import summarise
from tflab.session.alerts import Alert, Alerts, alert_of_run, run_command
from tflab.session.events import Notice, RunAdvanced, RunEnded, RunsListed
from tflab.session.settings import AlertSettings, Settings, load_settings, save_settings


def record(run: str = "20260101-000000-aaaaaa", title: str = "One") -> RunRecord:
    request = RunRequest(lesson="one", title=title, path="one.py", source="", parameters={})
    return RunRecord(id=run, created=1.0, request=request, number=7)


def state(*losses: float, ended: str = "") -> RunState:
    found = RunState()
    found.apply(Started(time=1.0, pid=1))
    numbers: list[Any] = [v if math.isfinite(v) else "nan" for v in losses]
    found.apply(Scalars(tag="loss", steps=list(range(len(losses))), values=numbers))
    if ended:
        found.apply(Ended(state=ended, time=13.0, seconds=12.0))  # type: ignore[arg-type]
    return found


class Bench:
    def __init__(self, **settings: Any) -> None:
        self.heard = Heard()
        self.settings = AlertSettings(**settings)
        self._queue = Inline()
        self.alerts = Alerts(lambda: self.settings, lambda _: True, self._queue, self.heard)

    def command(self) -> str:
        """Run the command, and return what is said of it."""
        self.alerts.run_command(Alert("test", "one", "two"))
        self._queue.deliver()
        (notice,) = self.heard.of(Notice)
        return notice.text

    def run(self, *losses: float, ended: str = "", run: str = "20260101-000000-aaaaaa") -> Any:
        made = SimpleNamespace(record=record(run), state=state(*losses, ended=ended))
        return self.alerts.of(RunEnded(made, True) if ended else RunAdvanced(made))  # type: ignore[arg-type]

    def listed(self, *best: float) -> None:
        rows = [
            SimpleNamespace(summary=summarise(record(), state(value, ended="finished")))
            for value in best
        ]
        assert self.alerts.of(RunsListed("one", rows)) is None  # type: ignore[arg-type]


def test_an_end_is_told_once() -> None:
    bench = Bench()
    assert bench.run(3.0) is None
    found = bench.run(3.0, 0.5, ended="finished")
    assert (found.kind, found.title, found.text) == ("ended", "One #7 finished", "loss 0.5, 12 s")
    assert found.values["VALUE"] == "0.5"
    assert bench.run(3.0, 0.5, ended="finished") is None


def test_a_run_that_diverges_is_told_while_it_goes_on() -> None:
    bench = Bench()
    assert bench.run(3.0, math.nan, 2.0) is None, "it came back"
    found = bench.run(3.0, math.nan)
    assert (found.kind, found.title) == ("diverged", "One #7 diverges")
    assert bench.run(3.0, math.nan, math.nan) is None
    assert bench.run(3.0, math.nan, ended="cancelled").title == "One #7 was stopped"


def test_a_new_best_is_one_that_is_better_than_what_was_listed() -> None:
    bench = Bench()
    bench.listed(0.4, 0.2)
    assert bench.run(0.5, 0.3, ended="finished").kind == "ended"
    found = bench.run(0.5, 0.1, ended="finished", run="20260101-000000-bbbbbb")
    assert (found.kind, found.text) == ("best", "New best loss 0.1, 0.2 before, 12 s")
    assert bench.run(0.01, ended="failed", run="20260101-000000-cccccc").kind == "ended"


def test_what_the_machine_did_is_no_best() -> None:
    bench = Bench()
    bench.listed(0.2)
    made = state(0.3)
    made.apply(Scalars(tag="system/cpu_percent", steps=[1], values=[0.0], axis="second"))
    made.apply(Ended(state="finished", time=2.0))
    found = bench.alerts.of(RunEnded(SimpleNamespace(record=record(), state=made), True))  # type: ignore[arg-type]
    assert found is not None
    assert found.kind == "ended"


def test_nothing_is_told_when_alerts_are_off() -> None:
    assert Bench(loudness="off").run(0.5, ended="finished") is None


def test_a_command_hears_of_it_by_its_environment_and_no_shell_sees_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = tmp_path / "tell me"
    script.write_text(f'#!/bin/sh\nprintf "%s|" "$1" "$TFLAB_ALERT" "$TFLAB_TITLE" > {out}\n')
    script.chmod(0o755)
    made = state(0.5, ended="failed")
    made.apply(Error(title="$(touch /tmp/never) \x1b]0;x\x07\x00\nName", cause="", next_step=""))
    alert = alert_of_run(record(title="`id` $HOME; ls\x1b[2J"), made)
    settings = AlertSettings(command=(str(script), "$HOME `ls`"))
    assert run_command(settings, alert) == ""
    assert out.read_text() == "$HOME `ls`|ended|`id` $HOME; ls #7 failed|"
    assert alert.text == "$(touch /tmp/never) ␀ Name, loss 0.5, 12 s"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("echo no network >&2; exit 3", "failed with code 3. It says: no network"),
        ("exec sleep 60", "was ended: it took more than 0.3 s"),
    ],
)
def test_a_command_that_fails_is_said(body: str, words: str, tmp_path: Path) -> None:
    script = tmp_path / "tell"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    bench = Bench(command=(str(script),), seconds=0.3 if "sleep" in body else 20.0)
    assert words in bench.command()


def test_a_command_that_is_not_there_is_said() -> None:
    bench = Bench(command=("/no/such/thing",))
    assert "cannot be started: No such file" in bench.command()


@given(st.text(), st.text())
def test_whatever_a_program_is_called_the_words_are_one_plain_line(title: str, cause: str) -> None:
    made = state(0.5, ended="failed")
    made.apply(Error(title=cause, cause="", next_step=""))
    alert = alert_of_run(record(title=title), made)
    for text in (alert.title, alert.text, *alert.values.values()):
        assert text.isprintable()
        text.encode()


def test_settings_are_kept() -> None:
    save_settings(Settings(alerts=AlertSettings(loudness="quiet", command=("a", "b c"))))
    assert load_settings().alerts == AlertSettings(loudness="quiet", command=("a", "b c"))
