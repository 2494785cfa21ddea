"""The house read from its syntax trees: no circle of imports, nothing takes the app, a true map."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import tflab

ROOT = Path(tflab.__file__).parent
LIBRARIES = ("textual", "plotext", "jupytext", "nbformat")


def modules() -> dict[str, ast.Module]:
    """The syntax tree of each module by its name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imported(tree: ast.Module) -> Iterator[str]:
    """Every name that a module imports, wherever it does so; for type checking only, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_modules_import_each_other_in_a_circle():
    graph = {
        name: {other for other in imported(tree) if other in MODULES and other != name}
        for name, tree in MODULES.items()
    }
    assert len(graph) > 200, "these are all the modules"
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


def test_nothing_on_the_screen_takes_the_app():
    takers = []
    for name, tree in MODULES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            for argument in arguments:
                kind = ast.unparse(argument.annotation) if argument.annotation else ""
                named = argument.arg == "app" and name.startswith("tflab.ui.")
                if named or "LabApp" in kind or "SessionApp" in kind:
                    takers.append(f"{name}.{node.name}")
    assert takers == []


def test_libraries_are_used_by_their_public_names_but_in_one_place():
    private = []
    for name, tree in MODULES.items():
        if name.startswith("tflab.ui.terminal"):
            continue
        for found in imported(tree):
            first, *rest = found.split(".")
            if first in LIBRARIES and any(part.startswith("_") for part in rest):
                private.append(f"{name}: {found}")
    assert private == []


def test_the_session_prints_nothing_and_has_no_screen():
    for name, tree in MODULES.items():
        if not name.startswith("tflab.session"):
            continue
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not any(isinstance(f, ast.Name) and f.id == "print" for f in calls), name
        assert not {found.partition(".")[0] for found in imported(tree)} & {"textual", "rich"}, name


def test_no_work_in_the_background_but_by_the_disk_queue():
    """Neither the session nor the screen has a thread or a worker of its own."""
    ways = {"run_worker", "call_from_thread", "to_thread", "run_in_executor", "Thread", "work"}
    found = []
    for name, tree in MODULES.items():
        if not name.startswith(("tflab.session", "tflab.ui")) or ".ui.terminal" in name:
            continue
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr in ways:
                found.append(f"{name}:{node.lineno} {called.attr}")
    assert found == []


NAMED = re.compile(r"`(?:tflab/)?([\w/]+\.py)`")


def test_every_module_that_the_architecture_names_is_there():
    """Also a short name: it stands for a module beside another of its paragraph, or for the only
    one of that name."""
    text = (ROOT.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    paths = {path.relative_to(ROOT.parent).as_posix() for path in ROOT.parent.glob("tests/**/*.py")}
    paths |= {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py")}
    missing, found = [], set()
    for line in text.splitlines():
        named = NAMED.findall(line)
        beside = {name.rpartition("/")[0] for name in named}
        beside |= set(re.findall(r"`(?:tflab/)?([\w/]+)/`", line))
        for name in named:
            alike = [path for path in paths if path.rpartition("/")[2] == name]
            meant = [path for path in alike if path.rpartition("/")[0] in beside]
            if name not in paths and len(meant) != 1 and len(alike) != 1:
                missing.append(f"{name}: {meant or alike}")
            found.add(name)
    assert missing == []
    assert len(found) > 100, "these are the modules of the walks"
