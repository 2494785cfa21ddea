"""One thing that was looked at."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["ok", "warning", "problem"]


class Check(msgspec.Struct, frozen=True):
    """One line of `tflab doctor`.

    Attributes:
        name: What was looked at.
        status: `problem` when runs or the workbench cannot work; `warning` when less works.
        text: What was found.
        mend: What to do about it; empty when it is ok.
    """

    name: str
    status: Status
    text: str
    mend: str = ""


def ok(name: str, text: str) -> Check:
    """Return a check that found nothing wrong."""
    return Check(name, "ok", text)


def warning(name: str, text: str, mend: str) -> Check:
    """Return a check that found something that limits what works."""
    return Check(name, "warning", text, mend)


def problem(name: str, text: str, mend: str) -> Check:
    """Return a check that found something that keeps tflab from working."""
    return Check(name, "problem", text, mend)
