"""What a run must pass: at most one question at a time, and a yes for exactly what was asked."""

from __future__ import annotations

from pathlib import Path

from tests.session.hearing import Heard
from tflab.session.approval import Approval
from tflab.session.disk import SessionDisk
from tflab.session.question_events import QuestionAsked, QuestionKind
from tflab.session.trust import TrustStore
from tflab.targets.devices import Device, DeviceOwner

BUSY = Device(
    "gpu:0", "A GPU", 0, "GPU-abc", 80 << 30, 10 << 30,
    owners=(DeviceOwner("ann", 12, 70 << 30, False),),
)  # fmt: skip
FREE = Device("gpu:1", "A GPU", 1, "GPU-xyz", 80 << 30, 80 << 30)
FOREIGN = Path("/nowhere/one.py")


class Asked:
    def __init__(self) -> None:
        self.heard = Heard()
        self.disk = SessionDisk(self.heard)
        self.on_show: str | None = None
        self.approval = Approval(self.disk, self.heard, on_show=lambda: self.on_show)
        self.began: list[str] = []

    def ask(self, source: str, *devices: Device) -> None:
        self.approval.require(FOREIGN, source, devices, lambda: self.began.append(source))
        self.settle()

    def settle(self) -> None:
        assert self.disk.finish(30)
        self.disk.deliver()

    def last(self) -> QuestionAsked:
        return self.heard.of(QuestionAsked)[-1]


def test_a_yes_runs_what_was_asked_about_and_is_remembered() -> None:
    asked = Asked()
    asked.ask("a = 1")
    question = asked.last().question
    assert question.kind is QuestionKind.TRUST
    assert question.source == "a = 1"
    assert str(FOREIGN) in question.text
    assert asked.began == []
    asked.last().answer(True)
    assert asked.began == ["a = 1"]
    asked.settle()
    assert TrustStore().trusts(FOREIGN, "a = 1")
    asked.ask("a = 1")
    assert asked.began == ["a = 1", "a = 1"]
    assert len(asked.heard.of(QuestionAsked)) == 1


def test_while_a_question_is_open_no_other_is_asked_and_a_no_starts_nothing() -> None:
    asked = Asked()
    asked.ask("a = 1")
    asked.ask("a = 2")
    assert len(asked.heard.of(QuestionAsked)) == 1
    assert asked.approval.asking
    asked.last().answer(False)
    assert not asked.approval.asking
    assert asked.began == []
    asked.ask("a = 2")
    assert asked.last().question.source == "a = 2"


def test_of_two_asked_for_at_once_the_later_counts() -> None:
    asked = Asked()
    store = TrustStore()
    for source in ("a = 1", "a = 2"):
        store.trust(FOREIGN, source)
        asked.approval.require(FOREIGN, source, (), lambda s=source: asked.began.append(s))
    asked.settle()
    assert asked.began == ["a = 2"]


def test_a_gpu_that_others_use_is_asked_about_once_after_the_code() -> None:
    asked = Asked()
    asked.ask("a = 1", BUSY, FREE)
    asked.last().answer(True)
    question = asked.last().question
    assert question.kind is QuestionKind.BUSY
    assert "ann" in question.text
    assert asked.began == []
    asked.last().answer(False)
    asked.settle()
    asked.ask("a = 1", BUSY)
    asked.last().answer(True)
    assert asked.began == ["a = 1"]
    asked.ask("a = 1", BUSY)
    assert asked.began == ["a = 1", "a = 1"]


def test_trust_that_cannot_be_kept_is_told_and_the_run_goes_on(data: Path) -> None:
    data.parent.mkdir(exist_ok=True)
    data.write_text("a file where the data folder should be")
    asked = Asked()
    asked.ask("a = 1")
    asked.last().answer(True)
    asked.settle()
    assert asked.began == ["a = 1"]
    assert "That it is trusted is not kept" in asked.heard.notices[-1]


def test_nothing_is_asked_about_that_is_not_what_is_on_show() -> None:
    """As a sweep that was planned before the file changed."""
    asked = Asked()
    asked.on_show = "a = 2"
    asked.ask("a = 1")
    assert not asked.heard.of(QuestionAsked)
    assert not asked.approval.asking
    assert "has changed" in asked.heard.notices[-1]
    assert asked.began == []
    asked.ask("a = 2")
    assert asked.last().question.source == "a = 2"
