"""`tflab doctor`: each thing broken for real, or described as broken where that takes a machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tflab.session.doctor.check import Check
from tflab.session.doctor.data import check_data, file_system
from tflab.session.doctor.python import check_packages, check_python
from tflab.session.doctor.tensorflow import check_cpu, check_devices, check_tensorflow
from tflab.session.doctor.terminal import check_terminal
from tflab.targets.devices import Device, DeviceList, DeviceOwner

UTF8 = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


def fake_tensorflow(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tensorflow.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(folder))


def terminal(size: tuple[int, int] | None = (120, 40), **changes: str) -> dict[str, Check]:
    unicode = "UTF-8" in changes.get("LANG", "UTF-8")
    return {c.name: c for c in check_terminal({**UTF8, **changes}, size, unicode)}


@pytest.mark.parametrize(
    ("source", "words", "mend"),
    [
        ("raise ImportError('libfoo.so: cannot open shared object')", "libfoo.so", "reinstall"),
        ("import no_such_module_at_all", "no_such_module_at_all", "reinstall"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "instruction", "built for"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV", "reinstall"),
        ("import os; os._exit(3)", "with code 3", "reinstall"),
        ("import sys; print('x' * 9); sys.exit('half')", "half", "reinstall"),
    ],
)
def test_a_broken_tensorflow_is_named(
    source: str, words: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_tensorflow(tmp_path, source, monkeypatch)
    (found,) = check_tensorflow(gpus=0)
    assert found.status == "problem"
    assert words in found.text
    assert mend in found.mend


def test_a_hanging_tensorflow_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_tensorflow(tmp_path, "import signal\nsignal.pause()\n", monkeypatch)
    (found,) = check_tensorflow(gpus=0, patience=1.0)
    assert found.status == "problem"
    assert "not imported after 1 s" in found.text


def test_the_real_tensorflow_is_fine_but_finds_no_gpu() -> None:
    """Two GPUs are claimed; this machine's TensorFlow can use none of them."""
    version, cuda = check_tensorflow(gpus=2)
    assert version.status == "ok"
    assert "Keras" in version.text
    if os.path.exists("/dev/nvidia0"):
        pytest.skip("there is a GPU")
    assert cuda.status == "problem"
    assert "tflab[gpu]" in cuda.mend


@pytest.mark.parametrize(
    ("flags", "status"), [("sse avx avx2 fma", "ok"), ("sse avx", "warning"), ("sse", "problem")]
)
def test_cpu_features(flags: str, status: str, tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"model name : X\nflags : {flags}\n")
    assert check_cpu(cpuinfo, "x86_64").status == status
    assert check_cpu(tmp_path / "none", "arm64").status == "ok"


def test_python_and_packages() -> None:
    assert check_python().status == "ok"
    assert check_python((3, 10)).status == "problem"
    assert check_python((3, 99)).status == "warning"
    assert check_packages().status == "ok"
    broken = check_packages(["no-such-package-of-ours>=1", "numpy<1", "pytest; extra == 'dev'"])
    assert broken.status == "problem"
    assert "no-such-package-of-ours is missing" in broken.text
    assert "numpy is" in broken.text


def test_terminals() -> None:
    assert {c.status for c in terminal().values()} == {"ok"}
    assert terminal(TERM="dumb")["Terminal"].status == "warning"
    assert "export TERM" in terminal(TERM="dumb")["Terminal"].mend
    assert terminal(size=None)["Terminal"].status == "warning"
    assert terminal(size=(50, 15))["Size"].status == "warning"
    assert "one pane" in terminal(size=(80, 24))["Size"].text
    assert terminal(TERM="linux", COLORTERM="")["Colours"].status == "warning"
    assert "NO_COLOR" in terminal(NO_COLOR="1")["Colours"].text
    assert terminal(LANG="C")["Locale"].status == "warning"
    assert "set-clipboard" in terminal(TMUX="/tmp/x,1,0")["tmux"].text
    assert "OSC 52" in terminal(SSH_TTY="/dev/pts/3")["SSH"].text
    hostile = terminal(TERM="x\x1b]0;pwned\x07")["Terminal"].text
    assert "\x1b" not in hostile


def test_a_good_data_folder_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "share" / "data"
    found = {c.name: c for c in check_data(folder)}
    assert {found["Data folder"].status, found["Permissions"].status} == {"ok"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == [], "the trial file is gone"


def test_an_open_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    found = {c.name: c for c in check_data(folder)}
    assert found["Permissions"].status == "warning"
    assert "chmod 700" in found["Permissions"].mend


@pytest.mark.parametrize("inner", ["", "lessons", "lessons/1_mine.py", "trust.json"])
@pytest.mark.parametrize("mode", [0o777, 0o772, 0o720])
def test_what_others_may_write_is_a_problem(inner: str, mode: int, data: Path) -> None:
    """A file that somebody put into the lessons folder runs as one's own."""
    (data / "lessons").mkdir(parents=True)
    for folder in (data, data / "lessons"):
        folder.chmod(0o700)
    for name in ("lessons/1_mine.py", "trust.json"):
        (data / name).write_text("")
        (data / name).chmod(0o600)
    assert {c.name: c for c in check_data(data)}["Permissions"].status == "ok"
    (data / inner).chmod(mode)
    if inner:
        # Where they may not enter, no mode of what is inside lets them in.
        assert {c.name: c for c in check_data(data)}["Permissions"].status == "ok"
        data.chmod(0o711)
    found = {c.name: c for c in check_data(data)}["Permissions"]
    assert found.status == "problem"
    assert f"Others may write {data / inner}" in found.text
    assert f"chmod go-w {data / inner}" in found.mend


def test_who_may_swap_the_data_folder_may_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setenv("TFLAB_DATA", str(shared / "data"))
    (shared / "data").mkdir(mode=0o700)
    for mode, status in ((0o777, "problem"), (0o1777, "ok"), (0o775, "ok")):
        shared.chmod(mode)
        found = {c.name: c for c in check_data(shared / "data")}
        assert found["Permissions"].status == status, oct(mode)


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    for folder in (blocked / "data", Path("/proc/tflab")):
        (found,) = check_data(folder)
        assert found.status == "problem"
        assert "TFLAB_DATA" in found.mend


def test_network_file_systems(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    inner = tmp_path / "my home"
    inner.mkdir()
    point = str(inner).replace(" ", "\\040")
    mounts.write_text(f"rootfs / ext4 rw 0 0\nserver:/x {point} nfs4 rw 0 0\n")
    assert file_system(inner / "data", mounts) == "nfs4"
    assert file_system(tmp_path, mounts) == "ext4"
    assert file_system(tmp_path, tmp_path / "none") == ""
    found = {c.name: c for c in check_data(inner / "data", mounts)}
    assert found["File system"].status == "warning"


def test_devices() -> None:
    cpu = Device("cpu", "CPU", 0, "", 8 << 30, 4 << 30, cores=2)
    other = DeviceOwner("ann", 7, 30 << 30, mine=False)
    gpu = Device("gpu:0", "Card", 0, "GPU-1", 40 << 30, 9 << 30, owners=(other,))
    found = list(check_devices(DeviceList((cpu, gpu), "why not")))
    assert [c.status for c in found] == ["ok", "warning", "ok"]
