"""A sweep in lines of text: what it runs, its table, and what came out."""

from __future__ import annotations

from wcwidth import wcswidth

from tflab.cli.terminal import Terminal
from tflab.programs.parameters import format_value
from tflab.runs.text import plain_line
from tflab.sweeps.importance import LEAST, importance, importance_text
from tflab.sweeps.run import SweepRun
from tflab.sweeps.searching import missing_metric
from tflab.sweeps.sweep import Sweep
from tflab.sweeps.table import SweepRow, cells, columns, duration, mean_text, number

_LONGEST_CAUSE = 100
_STATES = (
    "starting", "running", "queued", "waiting", "finished", "pruned", "failed", "lost",
    "cancelled", "not begun",
)  # fmt: skip


def table_lines(sweep: Sweep, rows: list[SweepRow], terminal: Terminal) -> list[str]:
    """Return rows of a sweep as aligned text, with a header; the best one is marked."""
    plus_minus = "±" if terminal.unicode else "+/-"
    mark = "▸" if terminal.unicode else ">"
    found = [["", *map(plain_line, columns(sweep.plan))]]
    for row in rows:
        texts = [plain_line(text) for text in cells(sweep.plan, row, plus_minus)]
        found.append([mark if row.best else "", *texts[:-1], _state(row, texts[-1])])
    widths = [max(wcswidth(line[place]) for line in found) for place in range(len(found[0]))]
    last = len(widths) - 1
    return [
        "  ".join(_pad(cell, widths[place], place == last) for place, cell in enumerate(line))
        for line in found
    ]


def _state(row: SweepRow, state: str) -> str:
    if row.best:
        return f"{state}, best"
    remark = row.remark
    return f"{state}: {plain_line(remark)[:_LONGEST_CAUSE]}" if remark else state


def _pad(cell: str, width: int, last: bool) -> str:
    room = " " * (width - wcswidth(cell))
    return cell if last else room + cell


def heading(sweep: Sweep) -> list[str]:
    """Return title, fields, sample and seeds of a sweep as lines."""
    plan = sweep.plan
    lines = [plain_line(plan.each.title)]
    for name in plan.fields:
        lines.append("  " + plain_line(f"{name} = {', '.join(plan.texts(name))}"))
    if plan.search is not None:
        lines.append(f"  {plan.search.words}")
    if plan.sample is not None:
        lines.append(f"  {plan.sample} of these combinations, drawn at random")
    if plan.repeat > 1:
        seed = plan.seed
        lines.append(f"  each with the seeds {seed} to {seed + plan.repeat - 1}")
    return lines


def run_line(sweep: Sweep, run: SweepRun) -> str:
    """Return one run in a line: its values, and the metric that ranks or how it ended."""
    plan = sweep.plan
    words: str = run.status
    if run.status == "finished":
        words = f"{plan.metric} {number(run.value(plan.metric))}"
    if run.seconds is not None:
        words += f" in {run.seconds:.1f} s"
    if run.cause:
        words += f": {run.cause[:_LONGEST_CAUSE]}"
    return plain_line(f"{plan.label(run.point)}: {words}")


def importance_lines(sweep: Sweep) -> list[str]:
    """Return what each parameter decides, where there is more than one and enough was asked for."""
    plan = sweep.plan
    if len(plan.varied) < 2 or (plan.search is None and len(sweep.runs) < LEAST):
        return []
    found = importance(plan, sweep.rows(), plan.metric)
    return [*(plain_line(line) for line in importance_text(found)), ""]


def outcome(sweep: Sweep, seconds: float | None, terminal: Terminal) -> list[str]:
    """Return the best values and how many runs ended how, as lines.

    Args:
        sweep: What to tell of.
        seconds: How long it took, where that is known.
        terminal: Where it is shown.
    """
    plan, best, lines = sweep.plan, sweep.best, []
    if best is not None:
        values = [f"{name}={format_value(best.parameters[name])}" for name in plan.shown]
        value = mean_text(best, "±" if terminal.unicode else "+/-")
        lines.append(plain_line(f"Best: {', '.join(values)} with {plan.metric} {value}."))
    elif sweep.count("finished") and not sweep.note and plan.metric not in sweep.metrics():
        lines.append(f"{missing_metric(plan.metric, sweep.runs)} See --metric.")
    if sweep.note:
        lines.append(sweep.note)
    counts = [f"{count} {state}" for state in _STATES if (count := sweep.count(state))]
    took = "" if seconds is None else f" in {duration(seconds)}"
    lines.append(f"{', '.join(counts)}{took}. Sweep {sweep.id}.")
    if sweep.may_go_on:
        lines.append(f"`tflab sweep --resume {sweep.id}` goes on with it.")
    if sweep.unkept:
        lines.append(f"The sweep is not kept: {sweep.unkept}.")
    return lines
