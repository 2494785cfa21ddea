"""The events of a run log: what `events.jsonl` may hold, one JSON object a line.

A line is one event; its `type` is the tag given to the class here. Readers skip types and fields
that they do not know, so that an older workbench can show a newer log as far as it understands it.

Numbers that JSON cannot write (`nan`, `inf`, `-inf`) are kept as those three strings.

`at` is the length of the run's `output.log`, in bytes, at the moment of the event. It puts
printed text, values and figures of a cell into the order in which the lesson made them.
"""

from __future__ import annotations

from tflab.runs.events.event import Event, Number, as_number
from tflab.runs.events.figures import Figure, Layer, Picture, Tiles
from tflab.runs.events.life import (
    LOG_VERSION,
    CellEnded,
    CellStarted,
    Continued,
    Ended,
    EndState,
    Environment,
    Error,
    InputAsked,
    InputTaken,
    Notice,
    RunStatus,
    Started,
)
from tflab.runs.events.metrics import SYSTEM, GpuShared, Progress, Scalars
from tflab.runs.events.teaching import Check, ExerciseOutcome, Goal, Prediction
from tflab.runs.events.values import Cleared, Result, TensorValue, Value

AnyEvent = (
    Started
    | Continued
    | Environment
    | CellStarted
    | CellEnded
    | Value
    | Cleared
    | Scalars
    | GpuShared
    | Progress
    | Result
    | Figure
    | Picture
    | Goal
    | Prediction
    | Check
    | ExerciseOutcome
    | Error
    | Notice
    | InputAsked
    | InputTaken
    | Ended
)

__all__ = [
    "LOG_VERSION",
    "SYSTEM",
    "AnyEvent",
    "CellEnded",
    "CellStarted",
    "Check",
    "Cleared",
    "Continued",
    "EndState",
    "Ended",
    "Environment",
    "Error",
    "Event",
    "ExerciseOutcome",
    "Figure",
    "Goal",
    "GpuShared",
    "InputAsked",
    "InputTaken",
    "Layer",
    "Notice",
    "Number",
    "Picture",
    "Prediction",
    "Progress",
    "Result",
    "RunStatus",
    "Scalars",
    "Started",
    "TensorValue",
    "Tiles",
    "Value",
    "as_number",
]
