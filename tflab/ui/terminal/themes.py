"""The two themes of the workbench."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="lab-dark",
    primary="#ffad57",
    secondary="#6cb6ff",
    accent="#ffad57",
    warning="#e3b341",
    error="#ff7b72",
    success="#57d39b",
    foreground="#d5dbe5",
    background="#10141b",
    surface="#10141b",
    panel="#1b222d",
    dark=True,
    variables={
        # Among the theme's own colours Textual takes it for transparent.
        "boost": "#222b38",
        "border-quiet": "#2f3948",
        "text-quiet": "#8b97a8",
        "code-background": "#161c25",
        "footer-key-foreground": "#ffad57",
        "input-cursor-background": "#ffad57",
        "input-cursor-foreground": "#10141b",
        "input-selection-background": "#6cb6ff 30%",
    },
)

LIGHT = Theme(
    name="lab-light",
    primary="#a84f00",
    secondary="#0a5fa8",
    accent="#a84f00",
    warning="#7d5600",
    error="#b3261e",
    success="#17693f",
    foreground="#22272f",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#edeae2",
    dark=False,
    variables={
        "boost": "#e4e0d6",
        "border-quiet": "#cfcabd",
        "text-quiet": "#646b75",
        "code-background": "#f3f1ea",
        "footer-key-foreground": "#a84f00",
        "input-cursor-background": "#a84f00",
        "input-cursor-foreground": "#fbfaf7",
        "input-selection-background": "#0a5fa8 25%",
    },
)
