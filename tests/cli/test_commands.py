"""Every command declares itself once, in a module of its name."""

from __future__ import annotations

import pkgutil

import pytest

from tflab.cli import commands
from tflab.cli.parser import load


def test_the_table_names_every_module() -> None:
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    assert found == set(commands.NAMES)
    assert len(commands.NAMES) == len(found)


@pytest.mark.parametrize("name", commands.NAMES)
def test_a_command_says_what_it_does(name: str) -> None:
    command = load(name)
    assert command.about[:1].islower()
    assert not command.about.endswith(".")
    assert all(line.strip().startswith("tflab") for line in command.example.splitlines())
    assert f"tflab {name}" in command.example
