"""The headless form: what a person types, what it means, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.hearing import HEAD, Heard
from tflab.programs.parameters import format_value
from tflab.programs.reader import parse_program
from tflab.runs.record import LARGEST_SEED
from tflab.session.events import FormChanged
from tflab.session.form import Form
from tflab.targets.devices import Device, DeviceList

PARAMETERS = """\
from typing import Annotated, Literal
from tflab import Meta
rate: Annotated[float, Meta(gt=0, le=10, description="A step")] = 0.1
steps = 3
bright = True
shape: Annotated[Literal["round", "flat"], Meta(description="Which")] = "flat"
name = "one"
"""
CPU = Device("cpu", "A CPU", 0, "", 8 << 30, 4 << 30, cores=2)
GPU = Device("gpu:0", "A GPU", 0, "GPU-abc", 80 << 30, 80 << 30)


def program(parameters: str = PARAMETERS):
    source = HEAD.format(title="One", parameters=parameters) + "x = 1\n"
    return parse_program(source, Path("/nowhere/one.py"))


def form(heard: Heard | None = None) -> Form:
    found = Form(heard or Heard())
    found.show(program(), keep=False)
    return found


def test_texts_become_values_and_a_bad_one_keeps_the_last_good() -> None:
    heard = Heard()
    found = form(heard)
    assert found.values == {
        "rate": 0.1, "steps": 3, "bright": True, "shape": "flat", "name": "one",
    }  # fmt: skip
    found.set_text("rate", "0.5")
    found.set_text("steps", "1e2")
    assert (found.values["rate"], found.values["steps"]) == (0.5, 100)
    found.set_text("rate", "11")
    field = found.fields["rate"]
    assert (field.value, field.text, field.changed) == (0.5, "11", True)
    assert found.first_bad is field
    assert "must be" in (field.problem or "")
    found.set_text("rate", "0.1")
    assert found.first_bad is None
    assert not field.changed
    assert heard.of(FormChanged) == [FormChanged()] * 4


def test_typing_what_stands_there_changes_nothing() -> None:
    heard = Heard()
    form(heard).set_text("rate", "1e-1")
    assert heard.events == []


@pytest.mark.parametrize("text", ["on the moon", ""])
def test_where_nothing_can_be_typed_what_is_no_value_is_passed_over(text: str) -> None:
    found = form()
    found.set_text("shape", text)
    found.set_text("bright", text)
    assert (found.values["shape"], found.values["bright"]) == ("flat", True)
    assert found.first_bad is None


def test_a_true_switch_stays_true_when_values_are_taken_over_or_put_back() -> None:
    found = form()
    found.set_values({"bright": True, "shape": "round"}, seed=5)
    assert (found.values["bright"], found.values["shape"], found.seed) == (True, "round", 5)
    found.set_text("bright", "False")
    assert found.values["bright"] is False
    found.reset("bright")
    assert found.values["bright"] is True


def test_what_was_changed_survives_a_reload_where_the_name_is_still_there() -> None:
    found = form()
    found.set_text("rate", "11")
    found.set_text("steps", "7")
    found.set_text("name", "gone")
    found.set_text("seed", "4")
    found.show(program("rate = 2.0\nsteps = 5\nother = 1"), keep=True)
    assert found.values == {"rate": 11.0, "steps": 7, "other": 1}
    assert found.seed == 4
    found.show(program(), keep=False)
    assert found.values["steps"] == 3
    assert found.seed == 4, "the seed is no program's own"


def test_seeds_go_as_far_as_numpy_takes_them() -> None:
    found = form()
    found.set_text("seed", str(LARGEST_SEED))
    assert found.seed == LARGEST_SEED == 2**32 - 1
    found.set_text("seed", str(LARGEST_SEED + 1))
    assert found.first_bad is found.fields["seed"]


def test_nudging_a_bad_value_leaves_it() -> None:
    found = form()
    found.nudge("steps", 1)
    assert found.values["steps"] == 4
    found.set_text("steps", "none")
    found.nudge("steps", 1)
    assert found.fields["steps"].text == "none"
    found.reset()
    assert found.values == program().defaults


def test_a_device_that_is_gone_gives_way_to_the_cpu() -> None:
    heard = Heard()
    found = form(heard)
    assert found.device is None, "they are not known yet"
    found.show_devices(DeviceList((CPU, GPU)))
    found.choose_device("gpu:0")
    assert found.device is GPU
    assert heard.of(FormChanged)[-1] == FormChanged(values=False)
    found.set_values({}, 0, "gpu:7")
    assert found.device is GPU, "one that is not here is passed over"
    found.show_devices(DeviceList((CPU,)))
    assert (found.device_key, found.device) == ("cpu", CPU)


@given(st.lists(st.tuples(st.sampled_from([*program().defaults, "seed"]), st.text(max_size=8))))
def test_whatever_is_typed_there_is_a_good_value_for_each(typed: list[tuple[str, str]]) -> None:
    found = form()
    for name, text in typed:
        found.set_text(name, text)
    kept = form()
    kept.set_values(found.values, found.seed)
    assert kept.values == found.values
    assert kept.seed == found.seed
    for field in found.fields.values():
        assert field.problem is not None or field.text == format_value(field.value)
