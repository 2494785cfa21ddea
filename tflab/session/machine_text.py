"""What the machine did during a run, in words: the same on the screen and in text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean

from tflab.runs.series import Series
from tflab.runs.state import RunState
from tflab.runs.text import plain_line

TITLES = {
    "cpu_percent": "CPU %",
    "memory_gib": "Memory, GiB",
    "gpu_percent": "GPU %",
    "gpu_memory_gib": "GPU memory, GiB",
    "gpu_watts": "GPU power, W",
    "gpu_celsius": "GPU temperature, °C",
}
"""What charts call these series, in the order of the words."""

_LEVELS = "▁▂▃▄▅▆▇█"
_SHOWN = 10
_NAMES = {"cpu_percent": "cpu", "gpu_percent": "gpu"}


def _memory(gib: float) -> str:
    return f"{gib:.1f} GiB" if gib >= 1 else f"{gib * 1024:.0f} MiB"


_UNITS: Mapping[str, Callable[[float], str]] = {
    "cpu_percent": "{:.0f} %".format,
    "memory_gib": _memory,
    "gpu_percent": "{:.0f} %".format,
    "gpu_memory_gib": _memory,
    "gpu_watts": "{:.0f} W".format,
    "gpu_celsius": "{:.0f} °C".format,
}


def machine_parts(state: RunState, unicode: bool = True) -> list[str]:
    """Return processor, memory and GPU as they were last, with their last moments as small bars.

    Args:
        state: The run.
        unicode: Whether there may be bars.
    """
    parts = []
    for name, unit in _UNITS.items():
        series = state.system.get(name)
        if series is None or not len(series):
            continue
        words = unit(series.values[-1])
        if name in _NAMES:
            bars = f"{_bars(series)} " if unicode else ""
            words = f"{_NAMES[name]} {bars}{words}"
        parts.append(words)
    return parts


def others_text(state: RunState) -> str:
    """Say who else is on the GPU of a run just now; empty when nobody is."""
    if not state.gpu_others:
        return ""
    who = ", ".join(
        (plain_line(user) or "someone else")
        + (f" ({_memory(memory / (1 << 30))})" if memory else "")
        for user, memory in sorted(state.gpu_others.items())
    )
    return f"Also on this GPU: {who}."


def machine_line(state: RunState) -> str:
    """Return what a run took of the machine in all, on one line; empty where that is not known."""
    means = {"cpu_percent": "cpu", "gpu_percent": "gpu"}
    peaks = {"memory_gib": "memory up to", "gpu_memory_gib": "GPU memory up to"}
    parts = []
    for name, unit in _UNITS.items():
        series: Series | None = state.system.get(name)
        if series is None or not len(series) or series.nonfinite:
            continue
        if name in means:
            parts.append(f"{means[name]} {unit(fmean(series.values))} on average")
        elif name in peaks:
            parts.append(f"{peaks[name]} {unit(series.max)}")
        else:
            parts.append(f"up to {unit(series.max)}")
    return ", ".join(parts)


def machine_json(system: Mapping[str, Series]) -> dict[str, dict[str, float]]:
    """Return mean and peak of each of these series."""
    return {
        name: {"mean": round(fmean(series.values), 3), "max": series.max}
        for name, series in system.items()
        if len(series) and not series.nonfinite
    }


def _bars(series: Series) -> str:
    values = series.values[-_SHOWN:]
    top = max(100.0, series.max)
    places = (min(max(int(value / top * len(_LEVELS)), 0), len(_LEVELS) - 1) for value in values)
    return "".join(_LEVELS[place] for place in places)
