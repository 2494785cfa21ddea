"""A data folder and files in which every text that can be hostile is."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tflab.session.trust import TrustStore

SEQUENCES = {
    "CSI": "\x1b[2J\x1b[1;1H\x1b[?1049l",
    "OSC 0": "\x1b]0;stolen\x07",
    "OSC 8": "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
    "OSC 52": "\x1b]52;c;c3RvbGVu\x07",
    "DCS": "\x1bP1;2|stolen\x1b\\",
    "reset": "\x1bc",
    "C1": "\x9b2J\x9d0;stolen\x9c\x90x\x9c",
    "bidi": "\u202eabc\u202c\u2066\u200f\u061c",
    "CR": "over\rwritten",
    "BS": "hid\b\b\bden",
    "other": "\x00\x05\x0e\x0f\x7f\u2028\u2029",
    "XML": "<b>&amp;\"']]>\ufffe\uffff",
    "markup": "[bold][/x]",
    "unterminated": "\x1b]0;never ends",
}
EVIL = "".join(SEQUENCES.values())
FORMULAS = ("=cmd|' /C calc'!A0", "+2+3", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1")
LONG = "long " * 20_000
TEXTS = (EVIL, *(f"{formula}{EVIL}" for formula in FORMULAS), LONG)
"""Texts that go wherever a list may hold several."""

CHOICES = (f"a{EVIL}", f"=b{EVIL}", "한국")

RAW = EVIL.replace("\r", "").replace("\0", "")
"""As it may stand in a file: Python takes a carriage return for a line end, and no NUL at all."""

SOURCE = f"""\
# %% [markdown]
# # Hostile {RAW}

# %% tags=["parameters"]
from typing import Literal
rate = 0.5  # help {RAW}
kind: Literal[{", ".join(map(repr, CHOICES))}] = {CHOICES[0]!r}
word = {EVIL!r}

# %%
from tflab import lab
evil = {EVIL!r}
lab.predict({"Question " + EVIL!r}, 1.0)
for step in lab.track(range(3)):
    lab.log(step, **{{"loss" + evil: rate / (step + 1), "=2+2" + evil: 1.0, "\\n": 3.0}})
print("printed 한국 " + evil)
lab.show(**{{"result" + evil: "value" + evil, "=1+1": "=2" + evil}})
lab.line("figure" + evil, {{"curve" + evil: ([0, 1], [0, 1])}}, x_label=evil, y_label=evil)
lab.goal({"Goal " + EVIL!r}, True, hint={EVIL!r})
"last value" + evil

# %%
raise ValueError("error" + evil)
"""


@dataclass(frozen=True)
class Hostile:
    """What was made.

    Attributes:
        lesson: A file that may run, with a hostile name.
        runs: Ids of runs: failed, finished, one that goes on on another machine, one that is lost.
        sweep: The id of a sweep of the first two.
        trashed: The id of a run in the trash.
    """

    lesson: Path
    runs: list[str]
    sweep: str
    trashed: str


def make_hostile(data: Path, place: Path) -> Hostile:
    """Fill a data folder, and make a lesson in another place."""
    name = f"9_evil{EVIL.replace('/', '').replace(chr(0), '')}"
    place.mkdir(parents=True, exist_ok=True)
    lesson = place / name[:60]
    lesson = lesson.with_name(f"{lesson.name}.py")
    lesson.write_text(SOURCE, encoding="utf-8", newline="")
    own = data / "lessons"
    own.mkdir(parents=True, mode=0o700)
    (own / lesson.name).write_text(SOURCE, encoding="utf-8", newline="")
    (own / "98_broken.py").write_text(f"# %%\nraise = {EVIL!r}\n{EVIL}", encoding="utf-8")
    _write(lesson.with_suffix(".presets.toml"), f'[{json.dumps("p" + EVIL)}]\nrate = "x"\n')
    TrustStore(data / "trust.json").trust(lesson, SOURCE)
    runs = [_run(data / "runs", number, lesson) for number in range(5)]
    trash = data / "trash"
    trash.mkdir(mode=0o700)
    trashed = runs.pop()
    (data / "runs" / trashed).rename(trash / trashed)
    sweep = _sweep(data / "sweeps", lesson, runs)
    for file in ("presets", "progress", "environments"):
        _write(data / f"{file}.json", json.dumps({EVIL: {EVIL: {"rate": EVIL}}, "version": 1}))
    _write(data / "environments.json", json.dumps({"programs": {EVIL: f"/nowhere/{EVIL}"}}))
    _write(data / "settings.json", json.dumps({"lesson": EVIL, "theme": EVIL}))
    return Hostile(lesson, runs, sweep, trashed)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _run(root: Path, number: int, lesson: Path) -> str:
    run = f"20260101-00000{number}-{number:06x}"
    folder = root / run
    (folder / "files").mkdir(parents=True, mode=0o700)
    request = {
        "lesson": f"{FORMULAS[number]}{EVIL}",
        "title": f"Title {EVIL}",
        "path": str(lesson),
        "source": SOURCE,
        "parameters": {"rate": 0.5, "kind": CHOICES[number % 2], "word": TEXTS[number]},
        "device": "cpu" if number else f"gpu:0{EVIL}",
        "device_uuid": f'"\nimport os{EVIL}',
        "guesses": {f"Question {EVIL}": EVIL},
    }
    record = {
        "id": run,
        "created": time.time() - number,
        "request": request,
        "versions": {EVIL: f"1\nimport os{EVIL}"},
    }
    _write(folder / "run.json", json.dumps(record))
    _write(folder / "marks.json", json.dumps({"name": f"=name{EVIL}"[:80], "note": EVIL}))
    (folder / "output.log").write_text(f"printed {EVIL}\n{LONG}", encoding="utf-8", newline="")
    events = _events(number)
    lines = [json.dumps(event) for event in events]
    lines.insert(2, '{"type":"scalars","tag":"\\ud800","steps":[0],"values":[1.0]}')
    _write(folder / "events.jsonl", "\n".join(lines) + "\n")
    return run


def _events(number: int) -> list[dict[str, Any]]:
    now, elsewhere = time.time(), number == 2
    # Process 1 did not start then, so what goes on here is lost.
    started: dict[str, Any] = {"type": "started", "time": now, "pid": 1, "process_start": 1.0}
    started["host"] = f"host{EVIL}" if elsewhere else ""
    found: list[dict[str, Any]] = [started, {"type": "cell", "cell": 2, "time": now}]
    for text in TEXTS:
        tag = f"{text[:40]}loss{text}"[:2000]
        found.append({"type": "scalars", "tag": tag, "steps": [0, 1], "values": [1.0, 0.5]})
        found.append({"type": "goal", "text": text, "passed": True, "hints": [text]})
        found.append({"type": "notice", "text": text})
        found.append({"type": "value", "cell": 2, "text": text})
        found.append({"type": "prediction", "question": text, "answer": text, "guess": text})
        for value in (text, 1.5):
            found.append({"type": "result", "cell": 2, "name": f"{text}{value}", "value": value})
        tensor = {"dtype": text, "shape": [1], "values": [text], "device": text}
        found.append({"type": "result", "cell": 2, "name": f"t{text}", "tensor": tensor})
        layers = [
            {"kind": kind, "label": text, "x": [0, 1], "y": [1, 2], "names": [text, text]}
            for kind in ("points", "line", "bars")
        ]
        found.append(
            {"type": "figure", "cell": 2, "title": text, "layers": layers}
            | {"x_label": text, "y_label": text, "note": text}
        )
    found.append({"type": "progress", "cell": 2, "done": 1, "total": 3, "time": now})
    if number == 0:
        error = {"title": EVIL, "cause": EVIL, "next_step": EVIL, "traceback": f"  {EVIL}\n{EVIL}"}
        found.append({"type": "error", "cell": 2, "line": 3, **error})
    if number in (0, 1, 4):
        state = "failed" if number == 0 else "finished"
        found.append({"type": "ended", "state": state, "time": now + 1, "cause": EVIL})
    return found


def _sweep(root: Path, lesson: Path, runs: list[str]) -> str:
    sweep = "20260102-000000-abcdef"
    root.mkdir(mode=0o700)
    values = [{"rate": 0.5, "kind": kind, "word": f"=w{EVIL}"} for kind in CHOICES]
    plan = {
        "lesson": f"=lesson{EVIL}",
        "title": f"Title {EVIL}",
        "path": str(lesson),
        "source": SOURCE,
        "fields": {"rate": [0.5], "kind": list(CHOICES), "word": [f"=w{EVIL}"]},
        "points": [{"parameters": value, "seed": 0} for value in values],
        "metric": f"loss{EVIL}",
        "devices": [EVIL],
    }
    record = {"id": sweep, "created": time.time(), "plan": plan, "runs": [*runs[:2], None]}
    _write(root / f"{sweep}.json", json.dumps(record))
    _search(root, record)
    return sweep


def _search(root: Path, record: dict[str, Any]) -> None:
    """A search that came to nothing, of the version of today."""
    plan = dict(record["plan"])
    fields = ("lesson", "title", "path", "source")
    each = {name: plan.pop(name) for name in fields} | {"parameters": {}, "target": f"t{EVIL}"}
    ranges = {f"rate{EVIL}": {"low": 0.1, "high": 1.0}}
    plan |= {"each": each, "search": {"method": "tpe", "trials": 9, "ranges": ranges}}
    plan["fields"] |= {f"rate{EVIL}": [0.1, 1.0]}
    driver = {"pid": 1, "process_start": 1.0, "host": ""}
    more = {"id": "20260101-000000-abcdef", "note": EVIL, "driver": driver, "version": 2}
    _write(root / "20260101-000000-abcdef.json", json.dumps(record | more | {"plan": plan}))
