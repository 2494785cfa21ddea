"""Fixtures that every test may use."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.stand_in import write_stand_in

# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "tflab", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("tflab")

# A shell ignores these in what it starts in the background, and every process started here would
# inherit that: nothing could be interrupted.
for _number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
    if signal.getsignal(_number) is signal.SIG_IGN:
        default = signal.default_int_handler if _number is signal.SIGINT else signal.SIG_DFL
        signal.signal(_number, default)


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, so that no test sees the user's runs."""
    folder = tmp_path / "data"
    monkeypatch.setenv("TFLAB_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def _stand_in_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand-in")
    write_stand_in(folder)
    return folder


@pytest.fixture
def tensorflow_stand_in(_stand_in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have what is started find a stand-in for TensorFlow; return the value of `PYTHONPATH`.

    For tests that say nothing of TensorFlow, with programs that use none; see `tests.stand_in`.
    """
    monkeypatch.setenv("PYTHONPATH", str(_stand_in_folder))
    return str(_stand_in_folder)


_DRIVER = """\
from types import SimpleNamespace as Space

class NVMLError(Exception): pass

def nvmlInit(): pass
def nvmlDeviceGetCount(): return 2
def nvmlDeviceGetHandleByIndex(index): return index
def nvmlDeviceGetName(index): return "NVIDIA H100"
def nvmlDeviceGetUUID(index): return f"GPU-{index}abc"
def nvmlDeviceGetMemoryInfo(index): return Space(total=80 << 30, free=(80 - 70 * index) << 30)
def nvmlDeviceGetUtilizationRates(index): return Space(gpu=90 * index)
def nvmlDeviceGetMigMode(index): return [0, 0]
def nvmlDeviceGetComputeRunningProcesses(index): return []
def nvmlDeviceGetGraphicsRunningProcesses(index): return []
"""


@pytest.fixture
def shared_gpus(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose NVML has a free GPU, `gpu:0`, and one that others use."""
    folder = tmp_path / "driver"
    folder.mkdir()
    (folder / "pynvml.py").write_text(_DRIVER)
    # Any library that can be loaded; nothing of it is called.
    shutil.copy(msgspec._core.__file__, folder / "libnvidia-ml.so.1")
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
    return {"PYTHONPATH": path, "LD_LIBRARY_PATH": str(folder)}


class _ByFile(LoadFileScheduling):
    """Each file's tests go to one process; those of the course share one, and its runs.

    The plain programs need none of them, and take a minute beside.
    """

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        folder, _, name = scope.rpartition("/")
        return folder if folder == "tests/course" and name != "test_plain.py" else scope


WAITING = (
    "terminal",
    "reliability",
    "targets",
    "environments",
    "export",
    "worker",
    "cli",
    "course",
)
"""Folders whose files take minutes. They come first, so that no process waits for the last one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first, where several processes share the tests."""
    items.sort(key=lambda item: item.nodeid.split("/")[1] not in WAITING)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile | None:
    """Tell pytest-xdist who gets which tests, where it was asked to keep files together."""
    return _ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which engines could not be had: their tests were not run at all."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = [str(one.longrepr[2]) for one in skipped if isinstance(one.longrepr, tuple)]
    missing = sorted({text.partition("engine: ")[2] for text in reasons if "engine: " in text})
    for text in missing:
        terminalreporter.write_line(f"WARNING, NOT TESTED HERE: {text}", red=True, bold=True)
