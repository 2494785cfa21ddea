"""Technical words in the prose become links once, and never inside code or headings."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tflab.ui.workbench.glossary import heading_texts, link_terms

GLOSSARY = {"tape": "It records.", "tapes": "It records.", "learning rate": "A step's size."}


def test_the_first_use_of_a_term_becomes_a_link():
    (linked,) = link_terms(["A tape is a tape."], GLOSSARY)
    assert linked == "A [tape](term:tape) is a tape."


def test_an_alias_counts_as_the_same_term():
    first, second = link_terms(["One tape.", "Two tapes, one learning rate."], GLOSSARY)
    assert first == "One [tape](term:tape)."
    assert second == "Two tapes, one [learning rate](term:learning+rate)."


def test_code_headings_tables_and_links_are_left_alone():
    prose = "# The tape\n`tape` [tape](x)\n| tape |\n```\ntape\n```"
    assert link_terms([prose], GLOSSARY) == [prose]


@given(st.text(alphabet="tape `#|[]()\n", max_size=80))
def test_taking_the_links_away_gives_the_prose_back(prose):
    (linked,) = link_terms([prose], GLOSSARY)
    assert re.sub(r"\[(tapes?)\]\(term:\1\)", r"\1", linked) == prose


def test_headings_below_the_title_are_listed_by_level():
    assert heading_texts("# Title\n## One\ntext\n### Two ##\n") == ["One", "  Two"]
