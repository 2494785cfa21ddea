"""What the questions take for right is what TensorFlow says, whatever numbers are drawn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tflab.quiz.answers import Number, Pick, Shape
from tflab.quiz.bank import KINDS
from tflab.quiz.kinds import Kind

Ask = Callable[[str, int], Any]
SLOW = {
    "batches-and-momentum/updates-of-training": 3,
    "keras-switchboard/curves-of-history": 4,
    "keras-switchboard/updates-by-default": 3,
    "model-styles/shape-of-predictions": 4,
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask TensorFlow, in one process for all questions."""
    noise = tmp_path_factory.mktemp("oracle") / "stderr"
    root = Path(__file__).parents[2]
    with (
        noise.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "tests.quiz.oracle"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as oracle,
    ):
        assert oracle.stdin is not None
        assert oracle.stdout is not None

        def answer(id: str, seed: int) -> Any:
            print(id, seed, file=oracle.stdin, flush=True)
            line = oracle.stdout.readline()
            assert line, noise.read_text()
            return json.loads(line)

        yield answer
        oracle.stdin.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_answer_is_what_tensorflow_says(kind: Kind, ask: Ask):
    @settings(
        max_examples=SLOW.get(kind.id, 12),
        phases=[Phase.generate, Phase.explicit],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        answer, said = kind.make(Random(seed)).answer, ask(kind.id, seed)
        match answer:
            case Number():
                assert said == pytest.approx(
                    answer.value, rel=max(answer.within / 4, 1e-4), abs=1e-6
                )
            case Shape():
                assert tuple(said) == answer.axes
            case Pick():
                assert said == answer.right

    holds()
