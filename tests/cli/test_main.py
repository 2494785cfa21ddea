"""The commands beside `run`, called as the installed program calls them."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tflab.cli import main
from tflab.programs.library import find_lessons
from tflab.targets.devices import Device, DeviceList, DeviceOwner

COMMANDS = ["open", "lessons", "run", "sweep", "devices", "check", "new"]
Captured = pytest.CaptureFixture[str]


def test_version_loads_next_to_nothing(tflab: Any) -> None:
    done = tflab("--version")
    assert done.stdout.startswith("tflab 0.")
    code = (
        "import sys; from tflab.cli import main; main(['--version']);"
        "print(sorted({'argparse', 'msgspec', 'textual', 'jupytext', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[1] == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"example:\n  tflab {command}" in capsys.readouterr().out


def test_help_lists_every_command(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(f"\n    {command} " in out for command in COMMANDS)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lesson", "Did you mean `tflab lessons`?"),
        ("10", "It is a lesson: `tflab open 10` opens it, `tflab run 10` runs it."),
        ("linear-classifier", "It is a lesson: `tflab open linear-classifier` opens it"),
        ("nothing.py", "See `tflab --help` for all of them."),
        ("frobnicate", "See `tflab --help` for all of them."),
    ],
)
def test_a_word_that_is_no_command_leads_to_one(word: str, meant: str, capsys: Captured) -> None:
    assert main([word]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"tflab: Wrong usage\n  There is no command {word}.\n")
    assert meant in said


def test_lessons_as_text(capsys: Captured) -> None:
    assert main(["lessons"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(find_lessons())
    assert any("linear-classifier" in line for line in lines)


def test_lessons_as_json(data: Path, capsys: Captured) -> None:
    own = data / "lessons"
    own.mkdir(parents=True)
    (own / "99_bad.py").write_text("# %%\nprint(\n")
    assert main(["lessons", "--json"]) == 0
    found = {entry["id"]: entry for entry in json.loads(capsys.readouterr().out)}
    classifier = found["linear-classifier"]
    assert list(classifier) == [
        *("id", "number", "title", "path", "parameters", "goals", "exercises")
    ]
    assert classifier["number"] == 10
    assert Path(classifier["path"]).is_file()
    rate = next(p for p in classifier["parameters"] if p["name"] == "learning_rate")
    assert rate["type"] == "float"
    assert rate["default"] == 0.1
    assert rate["help"]
    assert {"gt", "ge", "lt", "le"} & set(rate)
    style = next(p for p in found["model-styles"]["parameters"] if p["name"] == "style")
    assert style["choices"] == ["all", "sequential", "functional", "subclassing"]
    assert found["bad"]["parameters"] == []
    assert found["bad"]["problems"][0]["next_step"]


def test_lessons_in_a_narrow_locale(tflab: Any, data: Path) -> None:
    own = data / "lessons"
    own.mkdir(parents=True)
    (own / "1_한국.py").write_text("# %% [markdown]\n# # 수업\n", encoding="utf-8")
    done = tflab("lessons", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "??" in done.stdout
    done = tflab("lessons", "--json", PYTHONIOENCODING="ascii")
    assert "수업" in {entry["title"] for entry in json.loads(done.stdout)}


SHARED = DeviceList(
    devices=(
        Device("cpu", "A CPU", 0, "", 8 << 30, 4 << 30, 0.5, cores=2),
        Device(
            "gpu:0",
            "A GPU",
            0,
            "GPU-abc",
            80 << 30,
            10 << 30,
            None,
            owners=(DeviceOwner("ann", 12, 70 << 30, False), DeviceOwner("me", 13, 0, True)),
            note="It is split by MIG.",
        ),
    ),
    reason="GPU 1 cannot be read.",
)


def test_devices_as_text(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tflab.cli.commands.devices.list_devices", lambda: SHARED)
    assert main(["devices"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "cpu: A CPU, 2 cores",
        "  4.0 of 8.0 GiB free, 50% in use",
        "gpu:0: A GPU",
        "  10.0 of 80.0 GiB free, GPU-abc",
        "  used by ann (process 12, 70.0 GiB)",
        "  used by you (process 13)",
        "  Others are using it: choose another one, or a run may lack memory.",
        "  It is split by MIG.",
        "GPU 1 cannot be read.",
    ]


def test_devices_as_json(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tflab.cli.commands.devices.list_devices", lambda: SHARED)
    assert main(["devices", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reason"] == "GPU 1 cannot be read."
    assert [d["key"] for d in found["devices"]] == ["cpu", "gpu:0"]
    assert found["devices"][1]["busy_with_others"] is True
    assert found["devices"][1]["owners"][0]["user"] == "ann"


def test_new_then_check(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "deep" / "3_my_idea"
    assert main(["new", str(path)]) == 0
    written = path.with_suffix(".py")
    assert "# # My idea" in written.read_text(encoding="utf-8")
    assert f"tflab open {written}" in capsys.readouterr().out
    assert main(["check", str(written)]) == 0
    assert capsys.readouterr().out == f"{written}: a good lesson\n"
    assert main(["new", str(path)]) == 2
    assert "exists" in capsys.readouterr().err


def test_new_where_nothing_can_be_written(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file").write_text("")
    assert main(["new", str(tmp_path / "file" / "x.py")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_check_tells_file_and_line(tmp_path: Path, capsys: Captured) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    assert main(["new", str(good)]) == 0
    bad.write_text(
        '# %% [markdown]\n# # T\n# %% tags=["parameters"]\nfrom tflab import lab; a = b\nseed = 1\n'
    )
    capsys.readouterr()
    assert main(["check", str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{bad}:4: The default of `a` is not a literal. Write")
    assert lines[1].startswith(f"{bad}:5: `seed` is no name for a parameter")
    assert lines[2:] == [f"{good}: a good lesson", "1 good, 1 with problems"]


def test_check_says_what_any_program_is_and_what_became_a_parameter(
    tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "train.py"
    path.write_text("lr = 0.1  # Rate\nsizes = [1, 2]\nprint(lr, sizes)\n")
    assert main(["check", "--parameters", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "It has no title; its file's name serves. Begin with a docstring" in lines[0]
    assert lines[1:] == [
        f"{path}: a script that can be run: 1 cell, 1 parameter (lr)",
        "  lr = 0.1: a number; Rate",
        "  not sizes (line 2): its value is a list",
    ]


def test_check_says_what_would_make_a_program_better(tmp_path: Path, capsys: Captured) -> None:
    loop = tmp_path / "loop.py"
    text = "for x, y in data:\n    optimizer.apply_gradients(gradients(x, y))\n"
    loop.write_text(text)
    assert main(["check", str(loop)]) == 0
    out = capsys.readouterr().out
    assert f"{loop}: It trains in a loop of its own, of which no curve is recorded." in out
    assert f"{loop}: It has no parameters." in out
    loop.write_text(text + "    tf.summary.scalar('loss', 0.5, step=1)\n")
    assert main(["check", str(loop)]) == 0
    assert "no curve" not in capsys.readouterr().out


def test_check_says_what_a_program_is_also_where_something_is_wrong_with_it(
    tmp_path: Path, capsys: Captured
) -> None:
    script = tmp_path / "train.py"
    script.write_text('# %% tags=["parameters"]\nrate = 0.1\n# %%\nrate *= 2\nprint(rate)\n')
    main(["check", str(script)])
    out = capsys.readouterr().out
    assert f"{script}:4: The program sets `rate` again here" in out
    assert "that can be run: 2 cells, 1 parameter (rate)" in out


def test_check_of_nothing(tmp_path: Path, capsys: Captured) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert main(["check", str(tmp_path / "none.py")]) == 1
    out = capsys.readouterr().out
    assert "There is no program here" in out
    assert "none.py: It cannot be read: No such file or directory." in out


@pytest.mark.parametrize("words", [["dance"], ["check"], ["lessons", "--jsn"], ["open"]])
def test_wrong_usage(words: list[str], capsys: Captured) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("tflab: Wrong usage\n")
    assert "--help" in err


def test_wrong_usage_in_json(capsys: Captured) -> None:
    assert main(["lessons", "--json", "--fast"]) == 2
    out, _ = capsys.readouterr()
    assert list(json.loads(out)["error"]) == ["title", "cause", "next_step"]


@pytest.mark.parametrize("words", [[], ["open", "10"]])
def test_workbench_needs_a_terminal(words: list[str], tflab: Any) -> None:
    done = tflab(*words)
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "--plain" in done.stderr


@pytest.mark.parametrize(("words", "lesson"), [([], None), (["open", "10"], "10")])
def test_workbench_is_opened(
    words: list[str], lesson: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str | None] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("tflab.ui.app.run_app", lambda text: opened.append(text) or 0)
    try:
        assert main(words) == 0
    finally:
        gc.enable()
    assert opened == [lesson]


def test_interrupt_outside_a_run(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    def interrupt() -> list[Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr("tflab.cli.commands.lessons.find_lessons", interrupt)
    assert main(["lessons"]) == 130
    assert "Stopped." in capsys.readouterr().err


def test_reader_that_leaves_early(tflab: Any) -> None:
    line = f"{sys.executable} -m tflab lessons --json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() in ("141", "0")
    assert done.stderr == ""
