"""The technical words of a lesson: which of the glossary's terms its prose uses, and links to them.

A link is put on the first use of a term in a lesson, so that prose stays easy to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tflab.programs.program import Program

LINK = "term:"
# Code, links, headings and tables are left as they are.
_KEEP = re.compile(r"```[\s\S]*?```|`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|^#.*$|^\|.*$", re.M)


def link_terms(prose: Sequence[str], glossary: Mapping[str, str]) -> list[str]:
    """Return the prose cells of a lesson with the first use of each term made a link."""
    if not glossary:
        return list(prose)
    words = sorted(glossary, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.I)
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        definition = glossary[match.group().lower()]
        if definition in seen:
            return match.group()
        seen.add(definition)
        return f"[{match.group()}]({LINK}{match.group().lower().replace(' ', '+')})"

    return ["".join(pattern.sub(link, t) if open_ else t for t, open_ in _split(p)) for p in prose]


def terms_in(lesson: Program, glossary: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the terms that the lesson's prose uses with their definitions, in order of use."""
    linked = link_terms([c.source for c in lesson.cells if c.kind == "prose"], glossary)
    found = re.findall(rf"\]\({LINK}([^)]*)\)", "\n".join(linked))
    return [(word.replace("+", " "), glossary[word.replace("+", " ")]) for word in found]


def heading_texts(prose: str) -> list[str]:
    """Return the headings of a prose cell below the lesson's title, indented by their level."""
    found = re.findall(r"^(#{2,4}) +(.*?)[ #]*$", prose, re.M)
    return ["  " * (len(marks) - 2) + text for marks, text in found]


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a prose cell, and whether words in them may become links."""
    end = 0
    for match in _KEEP.finditer(text):
        yield text[end : match.start()], True
        yield match.group(), False
        end = match.end()
    yield text[end:], True
