"""`targets.toml`, and what Slurm's commands say: read strictly, whatever stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.job import Job, read_job, write_job
from tflab.runs.record import Problem
from tflab.targets.slurm_queue import (
    QueueOrder,
    ordinal,
    queue_words,
    read_lines,
    state_of,
    task_numbers,
)
from tflab.targets.slurm_script import job_script, sbatch_words
from tflab.targets.target_file import DaskTarget, SlurmTarget, find_target, parse_targets
from tflab.targets.target_probe import remarks

FILE = Path("/conf/targets.toml")
TLS = 'authority = "/a"\ncertificate = "/c"\nkey = "/k"\n'


def parse(text: str) -> object:
    return parse_targets(text, FILE)


def test_targets_are_read_as_they_are_described() -> None:
    text = '[a]\nengine = "slurm"\ngpus = 2\ntime = 90\nsetup = ["module load x"]\n'
    found = parse_targets(text + f'[b]\nengine = "dask"\nscheduler = "tls://h:1"\n{TLS}', FILE)
    assert found["a"] == SlurmTarget(name="a", gpus="2", time="90", setup=("module load x",))
    assert isinstance(found["b"], DaskTarget)
    assert parse("") == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[a]\nengine = "slurm"\npartitoin = "x"\n', 3, "Do you mean `partition`?"),
        ('[a]\nengine = "slurm"\ncpus = "4"\n', 3, "not a whole number"),
        ('[a]\nengine = "slurm"\nsetup = "x"\n', 3, "not a list of texts"),
        ('[a]\npartition = "x"\n', 1, "`engine` of a is missing"),
        ('[a]\nengine = "pbs"\n', 2, "'pbs'"),
        ('\n[gpu]\nengine = "slurm"\n', 2, "cannot be called 'gpu'"),
        ('name = "x"\n', 1, "outside of any target"),
        ('[a]\nengine = "dask"\n', 1, "no scheduler, hosts or workers"),
        ('[a]\nengine = "dask"\nscheduler = "tcp://h:1"\n' + TLS, 3, "not encrypted"),
        ('[a]\nengine = "dask"\nhosts = ["h"]\n', 3, "without authority, certificate, key"),
        (
            '[a]\nengine = "dask"\ngpus = 1\nhosts = ["h", "i", "i"]\n' + TLS,
            4,
            "would use the same GPU",
        ),
        ("[a\n", 1, "no TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_a_next_step(
    text: str, line: int, words: str
) -> None:
    with pytest.raises(Problem) as raised:
        parse(text)
    problem = raised.value
    assert f"{FILE}, line {line}:" in problem.cause
    assert words in problem.cause + problem.next_step
    assert problem.next_step


@given(st.text(max_size=80) | st.text("[]a=\"'\n. engins", max_size=80))
def test_any_text_is_targets_or_a_problem(text: str) -> None:
    try:
        parse(text)
    except Problem as problem:
        told = problem
    else:
        return
    assert str(FILE) in told.cause


def test_unknown_target_says_which_there_are(tmp_path: Path) -> None:
    file = tmp_path / "targets.toml"
    file.write_text('[a]\nengine = "slurm"\n')
    with pytest.raises(Problem, match="There are a"):
        find_target("b", file)


@given(st.lists(st.integers(0, 40), min_size=1, unique=True))
def test_numbers_of_an_array_come_back(numbers: list[int]) -> None:
    assert task_numbers(",".join(map(str, numbers)) + "%3") == numbers


@given(st.text())
def test_no_listing_is_a_crash(text: str) -> None:
    order = QueueOrder(text)
    for line in read_lines(text):
        assert state_of(line, order).phase in ("queued", "running", "gone")
    assert order.place("1", "p") >= 0


def test_place_counts_what_goes_first() -> None:
    order = QueueOrder("9_[0-3]|gpu\n8|cpu\n7|gpu\n6_[2,5%2]|gpu\n")
    assert [order.place(job, "gpu") for job in ("9_0", "9_3", "7", "6_5", "1")] == [1, 4, 5, 7, 0]
    assert order.place("8", "cpu") == 1
    assert [ordinal(n) for n in (1, 2, 3, 11, 22, 113)] == [
        *("1st", "2nd", "3rd", "11th", "22nd", "113th"),
    ]
    words = queue_words("QOSMaxJobsPerUserLimit", 2, "gpu")
    assert words.startswith("2nd in line for gpu: a limit of your account")


def test_script_quotes_what_a_person_wrote() -> None:
    folder = Path("/data/it's; rm")
    script = job_script([folder, Path("/b")], ["/my env/python"], ["module load x"], {"A": "b c"})
    assert "'/data/it'\"'\"'s; rm'" in script
    assert "exec '/my env/python' \"$folder\"" in script
    assert "export A='b c'" in script
    words = sbatch_words(SlurmTarget(name="a", gpus="1", time="1:00:00", at_once=2), 16, "tflab")
    assert {"--gpus=1", "--array=0-15%2", "--signal=B:USR2@60", "--no-requeue"} <= set(words)
    assert not any(
        word.startswith("--array") for word in sbatch_words(SlurmTarget(name="a"), 1, "")
    )


def test_job_of_a_run_is_kept(tmp_path: Path) -> None:
    job = Job(target="a", engine="slurm", id="7_1", submitted=1.0, reach={"commands": "/x"})
    write_job(tmp_path, job)
    assert read_job(tmp_path) == job
    (tmp_path / "job.json").write_text("{")
    assert read_job(tmp_path) is None


def test_what_differs_between_two_machines_is_named() -> None:
    here = {"python": "3.11.7", "tflab": "1", "packages": {"tensorflow": "2.21.0"}}
    there = {"host": "n1", "python": "3.12.0", "tflab": "1", "packages": {}, "time": 1100.0}
    found = remarks(there, here, (1000.0, 1010.0))
    assert found == (
        "The clock of n1 is 90 s ahead of the one here: times of its runs are as that clock says.",
        "n1 has python 3.12.0, this machine 3.11.7.",
        "n1 has tensorflow missing, this machine 2.21.0.",
    )
    assert remarks(here | {"host": "n1", "time": 1005.0}, here, (1000.0, 1010.0)) == ()
