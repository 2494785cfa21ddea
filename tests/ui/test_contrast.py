"""Words are legible in dialogs, under the cursor too, with 256 colours and with none.

The same is computed in `tests/terminal/test_contrast.py` from what a terminal draws, for fewer
dialogs; here for many of them, in one app a mode.
"""

from __future__ import annotations

import asyncio
import re

import pytest
from rich.color import ColorSystem
from textual.widgets import Input

from tests.terminal.test_contrast import TEXT, contrast
from tflab.programs.library import resolve
from tflab.ui.app import LabApp
from tflab.ui.workbench.parameter_field import ParameterField

MODES = {
    "256": ({}, ColorSystem.EIGHT_BIT),
    "none": ({"NO_COLOR": "1"}, ColorSystem.TRUECOLOR),
}
KEYS = {
    "drawer": ("f2",),
    "palette, searched": ("ctrl+p", *"run"),
    "help": ("f1",),
    "words": ("f3", "g"),
    "presets": ("f5", "ctrl+n"),
    "sweep form": ("ctrl+s",),
    "form": ("f5", "tab", *"x"),
}


def hexes(style, system: ColorSystem) -> tuple[str, str]:
    """Return ink and ground as this terminal has them, in the form that pyte has."""
    found = [
        "{:02x}{:02x}{:02x}".format(*colour.downgrade(system).get_truecolor())
        for colour in (style.color, style.bgcolor)
    ]
    return (found[1], found[0]) if style.reverse else (found[0], found[1])


def faint_words(app: LabApp, system: ColorSystem) -> list[tuple[str, float]]:
    """Return the words of what is on top that do not stand out from what they stand on."""
    boxes = app.screen.query(".dialog, .sheet")
    region = boxes.first().region if boxes else app.screen.region
    found = []
    for strip in app.screen._compositor.render_strips()[region.y : region.bottom]:
        for segment in strip.crop(region.x, region.right):
            if segment.style is None or not re.search(r"\w", segment.text):
                continue
            least = contrast(*hexes(segment.style, system))
            if least < TEXT:
                found.append((segment.text.strip(), round(least, 2)))
    return found


@pytest.mark.parametrize("mode", MODES)
async def test_words_are_legible(data, monkeypatch, mode):
    variables, system = MODES[mode]
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    # A console that is no terminal has no colours, unless it is told that it is one.
    for name, value in {"FORCE_COLOR": "1", "TERM": "xterm-256color", **variables}.items():
        monkeypatch.setenv(name, value)
    app = LabApp(resolve("linear-classifier"))
    monkeypatch.setattr(app.session, "begin", lambda: app.session.open(app.session.first_program))
    async with app.run_test(size=(120, 40)) as pilot:

        async def settle() -> None:
            for _ in range(4):
                app.session.deliver()
                await pilot.pause()

        async with asyncio.timeout(30):
            while len(app.workbench.query(ParameterField)) < 4 or not app.workbench.focused:
                app.session.deliver()
                await pilot.pause(0.01)
        faint = {}
        for theme in ("dark", "light"):
            assert app.current_theme.dark is (theme == "dark")
            for name, keys in KEYS.items():
                await pilot.press(*keys)
                await settle()
                assert name == "form" or not isinstance(app.screen.focused, ParameterField)
                if words := faint_words(app, system):
                    faint[theme, name] = words
                while app.screen is not app.workbench or isinstance(app.focused, Input):
                    await pilot.press("escape" if app.screen is not app.workbench else "f3")
                    await settle()
                await pilot.press("escape", "f3")
            await pilot.press("f9")
            await settle()
        assert not faint
    app.session.close()
