"""What Slurm's `squeue` says, read and put into words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tflab.runs.queue_words import known_end
from tflab.runs.text import count_of, plain_line
from tflab.targets.engine import JobState

FORMAT = "%i|%T|%N|%P|%r"
"""The reason comes last: it is the only one that may hold anything."""

ORDER_FORMAT = "%i|%P"

_WAITING = {"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "CONFIGURING", "SPECIAL_EXIT"}
_GOING = {"RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT", "RESIZING"}
_REASONS = {
    "Resources": "it waits for a node with room",
    "Priority": "jobs of higher priority go first",
    "Dependency": "it waits for another job",
    "BeginTime": "its time has not come",
    "JobHeldUser": "it is held; `scontrol release` lets it go",
    "JobHeldAdmin": "an administrator holds it",
    "PartitionTimeLimit": "it asks for more time than the partition gives; it will not begin",
    "PartitionNodeLimit": "it asks for more than the partition has; it will not begin",
    "PartitionDown": "the partition is down",
    "PartitionInactive": "the partition takes no jobs now",
    "ReqNodeNotAvail": "nodes that it asks for are not available",
    "BadConstraints": "no node is as it asks for; it will not begin",
    "JobArrayTaskLimit": "as many of its sweep run as may at once",
    "Licenses": "it waits for a licence",
    "Reservation": "it waits for its reservation",
}
_LIMIT = re.compile(r"(QOS|Assoc|Max|Grp).*(Limit|PerUser|PerAccount|Minutes|Jobs)")
_RANGE = re.compile(r"(\d+)(?:-(\d+))?(?::(\d+))?")


class QueueLine(NamedTuple):
    """One job as `squeue` lists it with `FORMAT`."""

    id: str
    state: str
    nodes: str
    partition: str
    reason: str


def read_lines(text: str) -> Iterator[QueueLine]:
    """Yield the jobs of a listing; lines of another form are passed over."""
    for line in text.splitlines():
        parts = line.strip().split("|", 4)
        if len(parts) == len(QueueLine._fields) and parts[0]:
            yield QueueLine(*(plain_line(part) for part in parts))


def task_numbers(text: str) -> list[int]:
    """Return the numbers in the brackets of an array, such as `0-3,7%2`; empty where it is none."""
    found: list[int] = []
    for part in text.partition("%")[0].split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            return []
        first, last, step = (int(group) if group else None for group in match.groups())
        assert first is not None
        found += range(first, (first if last is None else last) + 1, step or 1)
    return found


class QueueOrder:
    """The jobs that wait, in the order in which Slurm would begin them.

    Args:
        text: A listing with `ORDER_FORMAT`, what goes first at the top.
    """

    def __init__(self, text: str) -> None:
        self._partitions: dict[str, list[str]] = {}
        for line in text.splitlines():
            job, bar, partition = line.strip().partition("|")
            if bar:
                self._partitions.setdefault(partition, []).append(job)

    def place(self, job: str, partition: str) -> int:
        """Return the place of a job among those that wait for a partition, from 1; 0 if unknown."""
        before = 0
        base, _, task = job.partition("_")
        for listed in self._partitions.get(partition, ()):
            if listed == job:
                return before + 1
            array, _, rest = listed.partition("_[")
            numbers = task_numbers(rest.rstrip("]")) if rest else []
            if array == base and task.isdecimal() and int(task) in numbers:
                return before + numbers.index(int(task)) + 1
            before += max(len(numbers), 1)
        return 0


def state_of(line: QueueLine, order: QueueOrder) -> JobState:
    """Return where a job stands."""
    state = line.state.partition(" ")[0].rstrip("+")
    if state in _WAITING:
        place = order.place(line.id, line.partition)
        return JobState("queued", queue_words(line.reason, place, line.partition))
    if state in _GOING:
        return JobState("running", node=line.nodes)
    return JobState("gone", node=line.nodes, end=known_end(state))


def queue_words(reason: str, place: int, partition: str) -> str:
    """Say where a job waits and why, such as `2nd of partition gpu: … (Priority)`."""
    where = f"{ordinal(place)} in line for {partition}" if place else f"waits for {partition}"
    reason = reason.strip("()")
    if not reason or reason == "None":
        return where
    key = re.split(r"[,(]", reason, maxsplit=1)[0].strip()
    why = _REASONS.get(key)
    if why is None and _LIMIT.search(key):
        why = "a limit of your account or of the queue is reached"
    return f"{where}: {why} ({reason})" if why else f"{where} ({reason})"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `11th`."""
    end = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{end}"


def partition_words(text: str) -> str:
    """Say what `sinfo` lists with `%P|%a|%D|%G`: partitions and their nodes."""
    found = []
    for line in text.splitlines():
        parts = [plain_line(part) for part in line.strip().split("|")]
        if len(parts) == 4 and parts[2].isdecimal():
            name, up, nodes, gpus = parts
            extra = "" if gpus in ("(null)", "") else f", {gpus}"
            state = "" if up == "up" else f", {up}"
            found.append(f"{name.rstrip('*')} ({count_of(int(nodes), 'node')}{extra}{state})")
    return ", ".join(found)


def base_ids(jobs: Iterable[str]) -> list[str]:
    """Return the numbers to ask Slurm for, each array once."""
    return list(dict.fromkeys(job.partition("_")[0] for job in jobs))
