"""The state of the run on show in a few words, and the colour of its mark."""

from __future__ import annotations

from tflab.programs.parameters import format_value
from tflab.targets.live_run import LiveRun
from tflab.ui.workbench.progress_text import progress_words

_TONES = {"finished": "$success", "failed": "$error", "lost": "$error", "cancelled": "$warning"}


def run_words(run: LiveRun | None, server_ready: bool) -> tuple[str, str]:
    """Return what the status line says of `run`, and the theme variable that colours it."""
    if run is None:
        return "ready", "$text-quiet"
    if run.stopping:
        return "stopping", "$warning"
    state = run.state
    tone = _TONES.get(state.status, "$secondary")
    if state.status == "starting" and not server_ready:
        return "waits for TensorFlow", tone
    if state.status == "running":
        return f"running {progress_words(state)}".rstrip(), tone
    seconds = f" in {state.seconds:.1f} s" if state.seconds is not None else ""
    return f"{state.status}{seconds}", tone


def difference(before: LiveRun | None, now: LiveRun) -> str:
    """Return the values that `before` had where `now` has others, such as `steps 20`.

    Nothing when `before` is no run of the same lesson.
    """
    if before is None:
        return ""
    old, new = before.record.request, now.record.request
    if old.lesson != new.lesson:
        return ""
    values = [
        f"{name} {format_value(value)}"
        for name, value in {**old.parameters, "seed": old.seed}.items()
        if {**new.parameters, "seed": new.seed}.get(name) != value
    ]
    return ", ".join(values) or "before"
