"""Where the calls of a program go just now: to its run's recorder, or to the one that prints."""

from __future__ import annotations

from tflab.recording.plain import PlainRecorder
from tflab.recording.recorder import Recorder

recorder: Recorder = PlainRecorder()
"""Read again at every call, since `tflab.lab.attach` puts another one here."""
