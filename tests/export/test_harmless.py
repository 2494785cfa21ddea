"""Exports do no harm to what opens them, whatever a program called its metrics and results."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.hostile import EVIL
from tflab.charts.drawing import ChartOptions, Curve
from tflab.export.svg import loss_svg
from tflab.export.table import series_csv, summary_csv
from tflab.export.writing import csv_text, file_name, write_text
from tflab.runs.record import Problem
from tflab.runs.text import harmless_json

anything = st.text(st.characters(categories=[*"LMNPSZ", "Cc", "Cf", "Cn", "Co", "Cs"]), max_size=40)


@pytest.mark.parametrize(
    "text", ["=1+1", "+x", "-x", "@x", "\t=1", "\r=1", "\n=1", "＝1", "-=", "=-1"]
)
def test_a_text_that_begins_as_a_formula_is_marked_as_text(text: str) -> None:
    ((head,), (cell,)) = csv.reader(io.StringIO(csv_text([[text], [text]]), newline=""))
    assert head == cell == f"'{text}"


@pytest.mark.parametrize("number", [-0.5, 3, "-0.5", "+1e-5", "-inf", "nan", "1_000", True, ""])
def test_a_number_stays_as_it_is(number: object) -> None:
    assert csv_text([[number, "x"]]) == f"{number},x\n"


@given(st.lists(st.lists(anything, min_size=2, max_size=2), min_size=1, max_size=4))
def test_a_table_is_read_back_with_all_its_text(rows: list[list[str]]) -> None:
    found = list(csv.reader(io.StringIO(csv_text(rows), newline="")))
    for row, back in zip(rows, found, strict=True):
        for cell, again in zip(row, back, strict=True):
            assert again in (cell, f"'{cell}")


def test_formulas_in_metrics_and_values_of_a_run(make_run) -> None:
    run = make_run({"=cmd|' /C calc'!A0": ([0, 1], [-0.5, 1.0])})
    assert series_csv([run]) == "step,'=cmd|' /C calc'!A0\n0,-0.5\n1,1.0\n"
    run = make_run(parameters={"title": "@SUM(A1)"})
    (row,) = csv.DictReader(io.StringIO(summary_csv([run])))
    assert row["parameter.title"] == "'@SUM(A1)"


@given(title=anything, label=anything)
def test_a_picture_is_xml_for_any_text(title: str, label: str) -> None:
    curve = Curve(label, [0, 1], [1.0, 2.0])
    picture = ET.fromstring(loss_svg([curve], title, ChartOptions()).encode("utf-8"))
    words = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert len(words) > 2


@given(anything)
def test_harmless_json_means_the_same(text: str) -> None:
    made = json.dumps({"x": text}, ensure_ascii=False)
    assert json.loads(harmless_json(made)) == {"x": text}
    assert harmless_json(made).isprintable() or "\x9b" not in harmless_json(made)


@given(st.lists(anything, min_size=1, max_size=3))
def test_a_file_name_stays_in_its_folder(parts: list[str]) -> None:
    name = file_name("1", *parts, suffix=".csv")
    assert len(name.encode()) <= 200
    assert Path(name).name == name
    assert not name.startswith(".")


def test_a_long_name_keeps_what_tells_it_apart() -> None:
    name = file_name("한" * 300, "20260101-000000-abcdef", suffix=".csv")
    assert name.endswith("-20260101-000000-abcdef.csv")
    assert len(name.encode()) < 120


def test_a_device_or_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    """`--to /dev/stdout` would otherwise put a file in its place, as root."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to(os.devnull)
    for name in ("pipe", "null"):
        with pytest.raises(Problem, match="no ordinary file"):
            write_text(tmp_path / name, "x", "text")
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "null").is_symlink()


@pytest.mark.parametrize("kind", ["script", "notebook", "json", "csv-summary"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_korean_is_kept_whatever_the_locale_speaks(kind: str, encoding: str, make_run) -> None:
    title = "한국어 수업"
    run = make_run(
        parameters={"title": title, "rate": 0.5},
        source=f'# %% [markdown]\n# # {title}\n# %% tags=["parameters"]\nrate = 0.1\ntitle = "x"\n',
    )
    done = subprocess.run(
        [sys.executable, "-m", "tflab", "export", run.record.id, "--as", kind],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    assert title in done.stdout.decode("utf-8")
    assert b"?" not in done.stdout.replace(b"sys.argv", b"")
    if kind == "script":
        compile(done.stdout, "script.py", "exec")


def test_no_text_of_a_record_becomes_code(make_run) -> None:
    from tflab.export.script import script

    run = make_run(
        lesson="x\nimport os",
        device="gpu:0",
        device_uuid='"\nimport os\n"',
        parameters={"title": EVIL, "rate": 0.5},
    )
    lines = script(run.record).splitlines()
    assert not [line for line in lines if line.strip() == "import os" and lines.index(line) < 3]
    assert sum(line == "import os" for line in lines) == 1, "the one of ours"
