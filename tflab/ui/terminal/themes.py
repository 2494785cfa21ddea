"""The two themes of the workbench, each picked by hand for what the terminal can show.

A colour that the terminal does not have is replaced by its nearest, which among 256 makes fields
vanish and among 16 makes text unreadable. So these modes have colours of their own, of which none
is replaced by another hue: steps of the xterm cube and of its greys, and the 16 of a console.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.theme import Theme


class _Colours(NamedTuple):
    """What a theme is made of.

    `quiet` is read on all grounds. `edge` stands beside fields, and under a selection and a button
    that have not the focus, with `ink` for what is written on it; `focus` does so where the focus
    is. Both are as far from the page and from the panel as WCAG 2.2 asks of controls, 3 to 1.
    `field` is the ground of fields: a quiet one where their edge is enough to show them, and
    `field_focus` that of the one in focus; `hint` is what stands in an empty one.
    """

    page: str
    panel: str
    boost: str
    code: str
    border: str
    text: str
    quiet: str
    focus: str
    edge: str
    ink: str
    field: str
    field_ink: str
    field_focus: str
    field_focus_ink: str
    hint: str
    info: str
    warning: str
    error: str
    success: str
    keyword: str
    function: str
    string: str
    number: str


_DARK = _Colours(
    page="#10141b",
    panel="#1b222d",
    boost="#222b38",
    code="#161c25",
    border="#2f3948",
    text="#d5dbe5",
    quiet="#8b97a8",
    focus="#ffad57",
    edge="#6a82a3",
    ink="#0a0d12",
    field="#242e3c",
    field_ink="#ffffff",
    field_focus="#252f3d",
    field_focus_ink="#ffffff",
    hint="#8b97a8",
    info="#6cb6ff",
    warning="#e3b341",
    error="#ff7b72",
    success="#57d39b",
    keyword="#d2a8ff",
    function="#79c0ff",
    string="#8ddb8c",
    number="#f0b072",
)
_LIGHT = _Colours(
    page="#fbfaf7",
    panel="#edeae2",
    boost="#e4e0d6",
    code="#f3f1ea",
    border="#cfcabd",
    text="#22272f",
    quiet="#59606a",
    focus="#a84f00",
    edge="#5f7289",
    ink="#ffffff",
    field="#e4e0d6",
    field_ink="#22272f",
    field_focus="#ffffff",
    field_focus_ink="#22272f",
    hint="#59606a",
    info="#0a5fa8",
    warning="#7d5600",
    error="#b3261e",
    success="#17693f",
    keyword="#7a3e9d",
    function="#0a5fa8",
    string="#17693f",
    number="#964400",
)
# Rich takes light greys for the one below; those here are the ones that it takes for 248, 254
# and 255.
_DARK_256 = _Colours(
    page="#1c1c1c",
    panel="#303030",
    boost="#3a3a3a",
    code="#262626",
    border="#585858",
    text="#ebebeb",
    quiet="#aaaaaa",
    focus="#ffaf5f",
    edge="#5f87af",
    ink="#000000",
    field="#3a3a3a",
    field_ink="#ffffff",
    field_focus="#3a3a3a",
    field_focus_ink="#ffffff",
    hint="#aaaaaa",
    info="#5fafff",
    warning="#d7af5f",
    error="#ff8787",
    success="#5fd787",
    keyword="#d7afff",
    function="#87d7ff",
    string="#87d787",
    number="#ffaf87",
)
_LIGHT_256 = _Colours(
    page="#ffffff",
    panel="#f5f5f5",
    boost="#ebebeb",
    code="#f5f5f5",
    border="#bebebe",
    text="#262626",
    quiet="#585858",
    focus="#875f00",
    edge="#5f5f87",
    ink="#ffffff",
    field="#e4e4e4",
    field_ink="#000000",
    field_focus="#ffffff",
    field_focus_ink="#000000",
    hint="#585858",
    info="#005faf",
    warning="#5f5f00",
    error="#af0000",
    success="#005f00",
    keyword="#870087",
    function="#005faf",
    string="#005f00",
    number="#875f00",
)
_DARK_16 = _Colours(
    page="#000000",
    panel="#000000",
    boost="#000000",
    code="#000000",
    border="#555555",
    text="#ffffff",
    quiet="#aaaaaa",
    focus="#ffff55",
    edge="#aaaaaa",
    ink="#000000",
    field="#aaaaaa",
    field_ink="#000000",
    field_focus="#ffff55",
    field_focus_ink="#000000",
    hint="#000000",
    info="#55ffff",
    warning="#ffff55",
    error="#ff5555",
    success="#55ff55",
    keyword="#ff55ff",
    function="#55ffff",
    string="#55ff55",
    number="#ffff55",
)
_LIGHT_16 = _Colours(
    page="#ffffff",
    panel="#ffffff",
    boost="#ffffff",
    code="#ffffff",
    border="#aaaaaa",
    text="#000000",
    quiet="#555555",
    focus="#aa00aa",
    edge="#555555",
    ink="#ffffff",
    field="#555555",
    field_ink="#ffffff",
    field_focus="#aa00aa",
    field_focus_ink="#ffffff",
    hint="#ffffff",
    info="#0000aa",
    warning="#aa00aa",
    error="#aa0000",
    success="#0000aa",
    keyword="#aa00aa",
    function="#0000aa",
    string="#aa0000",
    number="#aa00aa",
)


def _theme(name: str, dark: bool, colours: _Colours) -> Theme:
    return Theme(
        name=name,
        primary=colours.focus,
        secondary=colours.info,
        accent=colours.focus,
        warning=colours.warning,
        error=colours.error,
        success=colours.success,
        foreground=colours.text,
        background=colours.page,
        surface=colours.page,
        panel=colours.panel,
        dark=dark,
        variables=_variables(colours),
    )


def _variables(colours: _Colours) -> dict[str, str]:
    return {
        # Among the theme's own colours Textual takes it for transparent.
        "boost": colours.boost,
        "border": colours.focus,
        "border-blurred": colours.edge,
        "border-quiet": colours.border,
        "edge": colours.edge,
        "edge-ink": colours.ink,
        "field": colours.field,
        "field-ink": colours.field_ink,
        "field-focus": colours.field_focus,
        "field-focus-ink": colours.field_focus_ink,
        "field-hint": colours.hint,
        "text-quiet": colours.quiet,
        "text-disabled": colours.quiet,
        "code-background": colours.code,
        "code-keyword": colours.keyword,
        "code-function": colours.function,
        "code-string": colours.string,
        "code-number": colours.number,
        "footer-key-foreground": colours.focus,
        "input-cursor-background": colours.text,
        "input-cursor-foreground": colours.page,
        "input-selection-background": colours.edge,
        "input-selection-foreground": colours.ink,
    }


DARK = _theme("lab-dark", True, _DARK)
LIGHT = _theme("lab-light", False, _LIGHT)
_OF_SYSTEM = {
    "256": (_theme(DARK.name, True, _DARK_256), _theme(LIGHT.name, False, _LIGHT_256)),
    "standard": (_theme(DARK.name, True, _DARK_16), _theme(LIGHT.name, False, _LIGHT_16)),
}


def themes_for(colour_system: str | None) -> tuple[Theme, Theme]:
    """Return the dark and the light theme for a terminal.

    Args:
        colour_system: What Rich says of the terminal: "truecolor", "256", "standard" or None.
    """
    return _OF_SYSTEM.get(colour_system or "", (DARK, LIGHT))
