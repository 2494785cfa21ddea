"""A GPU that others use: asked about before a run starts there. NVML alone is simulated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.terminal.conftest import OpenApp
from tests.terminal.terminal import Terminal
from tflab.runs.store import RunStore

QUESTION = "This GPU is in use"


def on_gpu(open_app: OpenApp, lesson: Path, gpus: dict[str, str]) -> Terminal:
    """Open a lesson on a machine with two GPUs, and choose the second, which is in use."""
    app = open_app(lesson, **gpus, CUDA_VISIBLE_DEVICES=None)
    app.wait_for(r"steps +\d")
    choose(app, "GPU 1", "end")
    app.wait_for("In use by someone else")
    return app


def choose(app: Terminal, device: str, *moves: str) -> None:
    """Choose a device in the form; `moves` lead to it in the list of devices."""
    app.press("f5", "tab", "tab", "enter")
    app.wait_for("GPU 1 NVIDIA H100")
    app.press(*moves, "enter")
    app.wait_for(f"device +{device}")


def devices_of_runs(data: Path) -> list[tuple[str, str]]:
    """Device and UUID of every run there is."""
    store = RunStore(data / "runs")
    requests = [store.record(run).request for run in store.ids()]
    return [(request.device, request.device_uuid) for request in requests]


def test_the_run_starts_there_after_a_yes_and_is_not_asked_about_again(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path], shared_gpus: dict[str, str]
) -> None:
    app = on_gpu(open_app, write_lesson("print('x')"), shared_gpus)
    app.press("ctrl+r")
    app.wait_for(r"NVIDIA H100 \(gpu:1\) is in use by someone else")
    assert devices_of_runs(data) == []
    app.press("y")
    app.wait_for("TensorFlow cannot use the GPU")  # There is none behind what NVML was made to say.
    assert devices_of_runs(data) == [("gpu:1", "GPU-1abc")]
    app.press("escape", "ctrl+r")
    app.wait_until(lambda _: len(devices_of_runs(data)) == 2, "a second run")
    assert QUESTION not in app.text


def test_after_a_no_nothing_runs_and_another_device_is_not_asked_about(
    open_app: OpenApp, data: Path, write_lesson: Callable[..., Path], shared_gpus: dict[str, str]
) -> None:
    app = on_gpu(open_app, write_lesson("print('x')"), shared_gpus)
    for no in ("escape", "enter"):
        app.press("ctrl+r")
        app.wait_for(QUESTION)
        app.press(no)
        app.wait_gone(QUESTION)
    assert devices_of_runs(data) == []

    choose(app, "GPU 0", "up")
    app.press("ctrl+r")
    app.wait_for("TensorFlow cannot use the GPU")
    assert devices_of_runs(data) == [("gpu:0", "GPU-0abc")]
    app.press("escape")
    choose(app, "CPU", "home")
    app.press("ctrl+r")
    app.wait_for("finished in")
    assert sorted(devices_of_runs(data)) == [("cpu", ""), ("gpu:0", "GPU-0abc")]
