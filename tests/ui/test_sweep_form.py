"""The form of a sweep: a search typed in it, by keys."""

from __future__ import annotations

from textual.app import App

from tests.sweeps.test_draft import CPU, GPUS, LESSON
from tflab.runs.record import RunOptions
from tflab.session.sweep_events import SweepBasis, SweepPlanning
from tflab.targets.devices import DeviceList
from tflab.ui.sweep.form import PlannedSweep, SweepForm
from tflab.ui.terminal.themes import DARK


class Host(App[None]):
    def __init__(self, planning: SweepPlanning) -> None:
        super().__init__()
        self.planning = planning
        self.answers: list[object] = []
        self.register_theme(DARK)
        self.theme = DARK.name

    def on_mount(self) -> None:
        self.push_screen(SweepForm(self.planning), self.answers.append)

    def words(self, place: str) -> str:
        return str(self.screen.query_one(place).render())


async def test_a_search_is_typed_corrected_and_begun() -> None:
    basis = SweepBasis(LESSON, {}, 0, "cpu", RunOptions())
    host = Host(SweepPlanning(basis, DeviceList((CPU,)), None, {}))
    async with host.run_test(size=(80, 24)) as pilot:
        fields = {field.label: field for field in host.screen.query("SweepField").results()}

        async def write(name: str, text: str) -> None:
            fields[name].query_one("Input").focus()
            await pilot.press("home", "shift+end", "delete", *text)

        await write("rate", "1e-4..1 log")
        assert "without its steps" in str(fields["rate"].query_one(".problem").render())
        assert host.words("#sweep-size") == "Put right: rate", "what is wrong is said once"
        await write("search", "tpe 30 seed 4")
        assert "TPE" in host.words("#sweep-size")
        assert "30 runs" in host.words("#sweep-size")
        await write("stop early", "often")
        wrong = str(fields["stop early"].query_one(".problem").render())
        assert "percentile, median or halving" in wrong
        await write("stop early", "median")
        await write("metric", "val_loss:min")
        assert "tpe 40 learns" in str(fields["search"].about)
        await pilot.press("ctrl+r")
    (planned,) = host.answers
    assert isinstance(planned, PlannedSweep)
    search = planned.plan.search
    assert search is not None
    assert (search.method, search.trials, search.seed, search.pruner) == ("tpe", 30, 4, "median")
    assert (planned.plan.metric, planned.plan.larger) == ("val_loss", False)


async def test_what_was_never_typed_follows_the_workbench() -> None:
    texts: dict[str, str] = {}
    found = DeviceList((CPU, *GPUS))
    first = SweepPlanning(SweepBasis(LESSON, {}, 0, "cpu", RunOptions()), found, None, texts)
    host = Host(first)
    async with host.run_test() as pilot:
        fields = {field.label: field for field in host.screen.query("SweepField").results()}
        fields["metric"].query_one("Input").focus()
        await pilot.press("home", "shift+end", "delete", *"accuracy:max", "escape")
    again = SweepPlanning(SweepBasis(LESSON, {}, 5, "gpu:1", RunOptions()), found, None, texts)
    host = Host(again)
    async with host.run_test():
        fields = {field.label: field for field in host.screen.query("SweepField").results()}
        assert fields["devices"].text == "gpu:1", "it was chosen since"
        assert fields["first seed"].text == "5"
        assert fields["metric"].text == "accuracy:max", "it was typed"
