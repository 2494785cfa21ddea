"""Figures and pictures of a run elsewhere: as data, and as files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec

from tflab.charts.pictures import picture_path
from tflab.export.loaded import LoadedRun
from tflab.runs.events import Picture
from tflab.runs.state import RunState
from tflab.runs.text import harmless_json, plain_line

_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60


def figures_json(state: RunState) -> list[dict[str, Any]]:
    """Return each figure as data; of one that moves, its last frame."""
    return [msgspec.to_builtins(frames[-1]) for frames in state.frames.values() if frames]


def pictures_json(state: RunState) -> list[dict[str, Any]]:
    """Return each picture: where its file is, and what it shows as far as that is told as data."""
    return [
        {
            "title": picture.title,
            "cell": picture.cell,
            "figure": picture.figure,
            "step": picture.step,
            "file": _where(state, picture),
            "width": picture.width,
            "height": picture.height,
            "images": None if picture.tiles is None else msgspec.to_builtins(picture.tiles),
            "data": [msgspec.to_builtins(figure) for figure in picture.data],
            "note": picture.note,
        }
        for frames in state.pictures.values()
        for picture in frames
    ]


def write_pictures(run: LoadedRun, target: Path) -> Path:
    """Copy the pictures of a run into a folder, with what all figures show in `figures.json`.

    Raises:
        OSError: When they cannot be copied.
    """
    target.mkdir(parents=True, exist_ok=True)
    for frames in run.state.pictures.values():
        for picture in frames:
            for file, name in _files(picture):
                path = picture_path(run.folder, file)
                if path is not None and path.is_file():
                    shutil.copyfile(path, target / name)
    told = {
        "run": run.record.id,
        "figures": figures_json(run.state),
        "pictures": [
            found | {"file": Path(found["file"]).name if found["file"] else None}
            for found in _named(run.state)
        ],
    }
    text = harmless_json(json.dumps(told, ensure_ascii=False, indent=1)) + "\n"
    (target / "figures.json").write_text(text, encoding="utf-8")
    return target


def _named(state: RunState) -> list[dict[str, Any]]:
    """Return each picture with the name that its file gets."""
    told = pictures_json(state)
    pictures = [picture for frames in state.pictures.values() for picture in frames]
    for one, picture in zip(told, pictures, strict=True):
        files = _files(picture)
        one["file"] = files[0][1] if files else None
        if one["images"] is not None:
            one["images"]["file"] = files[-1][1]
    return told


def _files(picture: Picture) -> list[tuple[str, str]]:
    """Return the files of a picture, each with the name that it gets."""
    if not picture.file:
        return []
    title = _NOT_IN_NAMES.sub("-", plain_line(picture.title)).strip("-.")[:_LONGEST_NAME]
    number = Path(picture.file).stem
    name = f"{number}-{title}" if title else number
    found = [(picture.file, f"{name}.png")]
    if picture.tiles is not None and picture.tiles.file not in ("", picture.file):
        found.append((picture.tiles.file, f"{name}-images.png"))
    return found


def _where(state: RunState, picture: Picture) -> str | None:
    path = picture_path(state.folder, picture.file) if state.folder is not None else None
    return None if path is None else str(path)
