"""Events of every kind, drawn at random, from what their fields say of themselves."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import strategies as st

from tflab.runs import events as ev

finite = st.floats(allow_nan=False, allow_infinity=False)
whole = st.one_of(st.integers(-9, 9), st.integers(-(1 << 63), 1 << 63))
# Line ends of every kind, NUL, quotes and escapes; but no halves of surrogate pairs, which UTF-8
# cannot write.
odd = st.sampled_from(["\n", "\r\n", "\0", "\u2028", '"', "\\", "\x1b[2J", "\ufeff", "𝄞", "nan"])
text = st.one_of(odd, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
plain_json = st.recursive(
    st.one_of(st.none(), st.booleans(), whole, finite, text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)),
    max_leaves=6,
)
number = st.one_of(finite, whole, st.sampled_from(["nan", "inf", "-inf"]))
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: text,
    int: whole,
    float: finite,
    bool: st.booleans(),
    type(None): st.none(),
    Any: plain_json,
    ev.Number: number,
}


def strategy_for(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for what a field may hold."""
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin is typing.Literal:
        return st.sampled_from(inner)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(strategy_for, inner))
    if origin is list:
        return st.lists(strategy_for(inner[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(*map(strategy_for, inner), max_size=3)
    if origin is tuple:
        return st.tuples(*map(strategy_for, inner))
    assert is_dataclass(hint), f"there is no strategy for {hint!r}"
    return built(hint)


def built(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy that gives a dataclass every field, or leaves those with defaults out."""
    hints = get_type_hints(kind)
    # A class variable is no field.
    names = [name for name in kind.__dataclass_fields__ if name in hints]
    given = {name: strategy_for(hints[name]) for name in names if name != "TYPE"}
    needed = {name: given[name] for name in given if not _has_default(kind, name)}
    extra = {name: given[name] for name in given if name not in needed}
    return st.fixed_dictionaries(needed, optional=extra).map(lambda values: kind(**values))


def _has_default(kind: Any, name: str) -> bool:
    field = kind.__dataclass_fields__[name]
    return field.default is not MISSING or field.default_factory is not MISSING


KINDS = get_args(ev.AnyEvent)


@pytest.fixture(scope="session")
def any_event() -> st.SearchStrategy[ev.Event]:
    """A strategy for events of any kind."""
    return st.one_of(*map(built, KINDS))


@pytest.fixture(scope="session", params=KINDS, ids=lambda kind: kind.TYPE)
def events_of_a_kind(request: pytest.FixtureRequest) -> st.SearchStrategy[ev.Event]:
    """A strategy for events of each kind in turn."""
    return built(request.param)
