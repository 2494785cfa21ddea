"""Which fork servers are kept warm, and when one is let go."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tflab.runs.record import Problem
from tflab.targets.fork_server import ForkServer, Phase
from tflab.targets.server_pool import OWN, ServerPlace, ServerPool

A, B, C = (ServerPlace(f"/{name}/bin/python") for name in "abc")


class Standing:
    """A fork server that does as it is told."""

    def __init__(self, place: ServerPlace) -> None:
        self.place = place
        self.phase: Phase = "off"
        self.problem: Problem | None = None
        self.busy = False
        self.closed = False

    def start(self) -> None:
        self.phase = "ready"

    def poll(self) -> list[object]:
        return []

    def close(self) -> None:
        self.closed, self.phase = True, "off"


class Bench:
    """A pool, and every server that it made."""

    def __init__(self, most: int = 2) -> None:
        self.made: list[Standing] = []
        self.pool = ServerPool(self._make, most)

    def _make(self, place: ServerPlace) -> ForkServer:
        self.made.append(Standing(place))
        return cast(ForkServer, self.made[-1])

    def show(self, place: ServerPlace) -> Standing:
        keeper = self.pool.use(place)
        keeper.start()
        self.pool.tidy()
        return cast(Standing, keeper.server)

    @property
    def warm(self) -> set[ServerPlace]:
        return {server.place for server in self.made if server.phase == "ready"}


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_nothing_is_made_before_it_is_needed(bench: Bench) -> None:
    assert bench.made == []
    assert bench.pool.place == OWN


def test_the_ones_used_last_stay_warm(bench: Bench) -> None:
    first = bench.show(A)
    bench.show(B)
    assert bench.show(A) is first
    bench.show(C)
    assert bench.warm == {A, C}


def test_one_with_a_run_stays_for_it(bench: Bench) -> None:
    first = bench.show(A)
    first.busy = True
    bench.show(B)
    bench.show(C)
    assert bench.warm == {A, C}, "the oldest without runs was let go"
    first.busy = False
    bench.pool.tidy()
    assert bench.warm == {A, C}
    bench.show(B)
    assert bench.warm == {B, C}


def test_one_that_is_gone_is_not_started_before_it_is_needed(bench: Bench) -> None:
    bench.show(A).phase = "gone"
    bench.show(B)
    assert len(bench.made) == 2
    bench.show(A)
    assert [server.place for server in bench.made] == [A, B, A]


def test_variables_make_another_environment(bench: Bench) -> None:
    other = ServerPlace(A.interpreter, (("KERAS_BACKEND", "jax"),))
    assert bench.show(A) is not bench.show(other)


def test_closing_lets_all_of_them_go(bench: Bench) -> None:
    bench.show(A)
    bench.show(B)
    bench.pool.close()
    assert all(server.closed for server in bench.made)


@given(st.lists(st.sampled_from([OWN, A, B, C]), min_size=1), st.integers(1, 3))
def test_the_one_on_show_is_warm_and_never_too_many_are(
    shown: list[ServerPlace], most: int
) -> None:
    bench = Bench(most)
    for place in shown:
        bench.show(place)
        assert place in bench.warm
        assert len(bench.warm) <= most
