"""Checkpoints of a training loop that a program writes itself: `lab.checkpoint`.

Each checkpoint is a folder that gets its name once it is whole, so that a process which is killed
at any moment leaves the one before. TensorFlow's objects are kept by `tf.train.Checkpoint`, NumPy's
and Python's own by what they say of themselves. TensorFlow is imported only for objects of its own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from tflab.recording import current
from tflab.recording.kept_objects import build, chance_of, set_chance, tracked, tupled
from tflab.recording.plain import PlainRecorder
from tflab.runs.events import Notice
from tflab.runs.record import Problem
from tflab.runs.system_errors import what_to_do

_SECONDS = 30.0
_STATE = "state.json"
_ARRAYS = "arrays.npz"
_TENSORS = "tensors"
_NEW = ".new"

_open_in_run: set[Path] = set()


class Checkpoints:
    """What `lab.checkpoint` returns: how far training is, and the means to go on from there.

    Args:
        folder: Where checkpoints are kept; what is there is restored.
        objects: What is kept, by name.
        every: Steps between two checkpoints; 0 for one each half minute.
        keep: How many of the newest stay.

    Attributes:
        step: How many steps are done: 0 at first, more where an earlier run was restored.
    """

    def __init__(self, folder: Path, objects: Mapping[str, Any], every: int, keep: int) -> None:
        self.step = 0
        self._folder = folder
        self._every = every
        self._keep = keep
        self._saved = -1
        self._next = time.monotonic() + _SECONDS
        self._arrays = {n: o for n, o in objects.items() if isinstance(o, np.ndarray)}
        self._chance: dict[str, Any] = {
            n: o for n, o in objects.items() if isinstance(o, np.random.Generator | random.Random)
        }
        others = {
            n: o for n, o in objects.items() if n not in self._arrays and n not in self._chance
        }
        self._others = others
        if others:
            build(others)
            tracked(others)
        self._restore()

    def steps(self, total: int) -> Iterator[int]:
        """Yield the steps that are left of `total`, counted from 0, with checkpoints in between.

        How far the loop has come is recorded, as by `lab.track`. After the last step there is a
        checkpoint too; where the loop is left early there is none.
        """
        meter = current.recorder.begin(total, self.step)
        try:
            while self.step < total:
                yield self.step
                self.step += 1
                meter.done = self.step
                if self._is_due():
                    self.save()
            if self._saved != self.step:
                self.save()
        finally:
            current.recorder.end(meter)

    def save(self, step: int | None = None) -> None:
        """Keep everything now, after so many steps; by default `step` of this object.

        Raises:
            Problem: When it cannot be written; the checkpoints before stay.
        """
        if step is not None:
            self.step = int(step)
        fresh = self._folder / f"{_NEW}-{os.getpid()}"
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir(mode=0o700, parents=True)
            self._write(fresh)
            for path in fresh.iterdir():
                _sync(path)
            place = self._folder / f"{self.step:09d}"
            shutil.rmtree(place, ignore_errors=True)
            fresh.rename(place)
            _sync(self._folder)
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise Problem(
                "The checkpoint cannot be kept",
                f"{self._folder}: {error.strerror}.",
                what_to_do(error),
            ) from error
        self._saved, self._next = self.step, time.monotonic() + _SECONDS
        for old in self._kept()[: -self._keep]:
            shutil.rmtree(old, ignore_errors=True)

    def _is_due(self) -> bool:
        if self._every:
            return self.step % self._every == 0
        return time.monotonic() >= self._next

    def _write(self, folder: Path) -> None:
        if self._others:
            tracked(self._others).write(str(folder / _TENSORS))
        if self._arrays:
            np.savez(folder / _ARRAYS, **self._arrays)  # type: ignore[arg-type]
        state = {
            "step": self.step,
            "names": sorted([*self._arrays, *self._chance, *self._others]),
            "random": random.getstate(),
            "numpy": np.random.get_state(legacy=False),
            "chance": {name: chance_of(one) for name, one in self._chance.items()},
        }
        (folder / _STATE).write_text(json.dumps(state, default=_listed), "utf-8")

    def _kept(self) -> list[Path]:
        """Return the whole checkpoints, the oldest first."""
        try:
            names = [name for name in os.listdir(self._folder) if name.isdecimal()]
        except OSError:
            return []
        return [self._folder / name for name in sorted(names, key=int)]

    def _restore(self) -> None:
        for left in self._folder.glob(f"{_NEW}-*"):
            shutil.rmtree(left, ignore_errors=True)
        kept = self._kept()
        if not kept:
            return
        try:
            state = json.loads((kept[-1] / _STATE).read_text("utf-8"))
            self._check_names(state["names"])
            self._restore_tensors(kept[-1])
            self._restore_arrays(kept[-1])
            for name, one in self._chance.items():
                set_chance(one, state["chance"][name])
            random.setstate(tupled(state["random"]))
            np.random.set_state(state["numpy"])
            self.step = self._saved = int(state["step"])
        except (OSError, ValueError, KeyError, TypeError, AssertionError) as error:
            raise _does_not_fit(kept[-1], str(error)) from error
        text = f"Goes on at step {self.step:,}, from the checkpoint that was kept there."
        current.recorder.emit(Notice(text=text, at=current.recorder.at()))

    def _check_names(self, names: list[str]) -> None:
        mine = sorted([*self._arrays, *self._chance, *self._others])
        if mine != names:
            raise ValueError(f"it has {', '.join(names)}, and not {', '.join(mine)}")

    def _restore_tensors(self, kept: Path) -> None:
        if self._others:
            found = tracked(self._others).read(str(kept / _TENSORS))
            found.assert_existing_objects_matched()

    def _restore_arrays(self, kept: Path) -> None:
        if self._arrays:
            with np.load(kept / _ARRAYS) as found:
                for name, array in self._arrays.items():
                    if (array.shape, array.dtype) != (found[name].shape, found[name].dtype):
                        raise ValueError(f"{name} had another shape or type")
                    array[...] = found[name]


def open_checkpoints(
    objects: Mapping[str, Any], folder: str | Path | None, every: int, keep: int, name: str
) -> Checkpoints:
    """Return the checkpoints of a loop; see `tflab.lab.checkpoint`.

    Raises:
        Problem: When something cannot be kept, or what was kept does not fit.
    """
    if not objects:
        raise Problem(
            "Nothing to keep",
            "lab.checkpoint was given no objects.",
            "Give them by name, such as `lab.checkpoint(model=model, optimizer=optimizer)`.",
        )
    if every < 0 or keep < 1 or not name.isidentifier():
        raise Problem(
            "These checkpoints make no sense",
            f"every={every}, keep={keep}, name={name!r}.",
            "`every` is 0 or more steps, `keep` 1 or more, `name` a word.",
        )
    if isinstance(current.recorder, PlainRecorder):
        place = Path(folder) if folder is not None else current.recorder.folder() / name
        return Checkpoints(place, objects, every, keep)
    place = current.recorder.folder() / "checkpoints" / name
    if place in _open_in_run:
        raise Problem(
            "Two checkpoints of one name",
            f"lab.checkpoint was called before in this run with the name {name!r}.",
            "Give each loop a name: `lab.checkpoint(..., name='second')`.",
        )
    _open_in_run.add(place)
    return Checkpoints(place, objects, every, keep)


def _listed(value: Any) -> Any:
    """Return an array or a number of NumPy as JSON writes it."""
    return value.tolist()


def _sync(path: Path) -> None:
    # Some file systems sync no folders; what is whole is whole without it.
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _does_not_fit(place: Path, cause: str) -> Problem:
    return Problem(
        "The checkpoint does not fit",
        f"{place}: {cause.strip()[:500]}",
        "Go on with the program that made it, or start anew.",
    )
