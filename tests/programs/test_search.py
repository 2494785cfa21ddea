"""Lessons are found by title and by content."""

from __future__ import annotations

from tflab.programs.library import find_lessons, read_texts, search


def found(query):
    lessons = find_lessons()
    return search(lessons, query, read_texts(lessons))


def test_a_word_of_the_title_finds_its_lesson_first():
    hits = found("linear classifier")
    assert hits[0].entry.id == "linear-classifier"
    assert hits[0].line == ""


def test_a_word_of_the_prose_finds_the_lesson_and_shows_the_line():
    hits = {hit.entry.id: hit.line for hit in found("apple")}
    assert "apple" in hits["second-order"].casefold()


def test_every_word_must_be_there():
    assert found("apple zebra") == []
    assert len(found("")) == len(find_lessons())
