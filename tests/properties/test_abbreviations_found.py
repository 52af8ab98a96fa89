"""Abbreviations in texts that nobody wrote, held to a second definition that goes word by word; and any file read as a glossary."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.errors import Span
from hmic_rules.glossaries.abbreviations import Abbreviation, Glossary
from hmic_rules.loading.glossaries import read_glossary

PLACE: Final = Span("drawn", 1, 1)
PIECES: Final = st.text("AB1as", min_size=1, max_size=4)
WORDS: Final = st.lists(PIECES, min_size=1, max_size=3).map("&".join)
BETWEEN: Final = st.sampled_from([" ", "-", "/", "'", ", ", " (", ") ", "\n", " & ", "& ", " &", "_", "."])
TERMS: Final = st.sets(WORDS, max_size=4)
LINES: Final = st.sampled_from(
    [
        "abbreviations:",
        "  AB: {means: a b, basis: assumed}",
        "  AB: {means: a b, cite: x/y/1}",
        "  CD: words",
        "  EF: {}",
        "  GH: {means: [a], basis: stated}",
        "not_abbreviations: [AB, II]",
        "not_abbreviations: {a: b}",
        "says: x",
        "others: []",
        "\t",
    ]
)


def expected(word: str, terms: set[str], others: set[str]) -> str | None:
    """The abbreviation that a word is, if it is one."""
    one_of_several = len(word) > 1 and word[-1] == "s" and word[-2] in "AB1"
    singular = word if word in terms | others or not one_of_several else word[:-1]
    if singular in others:
        return None
    capitals = word.count("A") + word.count("B")
    return singular if singular in terms or capitals > 1 else None


@given(st.lists(st.tuples(WORDS, BETWEEN), max_size=8), TERMS, TERMS)
def test_the_abbreviations_of_a_text_are_those_of_its_words(parts, terms, others):
    others = others - terms
    entries = {term: Abbreviation(term, "a meaning", "assumed", (), None, PLACE) for term in sorted(terms)}
    glossary = Glossary("drawn", None, entries, dict.fromkeys(sorted(others), PLACE))
    text = "".join(word + between for word, between in parts)
    found = list(glossary.abbreviations_in(text))
    wanted = [term for word, _ in parts if (term := expected(word, terms, others)) is not None]
    assert [one.term for one in found] == wanted
    assert all(text[one.start : one.end] in (one.term, f"{one.term}s") for one in found)
    assert all((one.entry is not None) == (one.term in terms) for one in found)
    assert {entry.term for entry in glossary.used_in([text])} == terms & set(wanted)


@given(st.one_of(st.binary(max_size=80), st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines).encode())))
def test_any_bytes_are_a_glossary_or_refused_with_a_place(data):
    try:
        found = read_glossary(data, "drawn.yaml", {}, lambda _: None)
    except hr.InputError as error:
        problems, found = error.diagnostics, Glossary("", None, {}, {})
        wrong = [one for one in problems if not str(one.place).startswith("drawn.yaml") or not one.problem]
    else:
        problems, wrong = (), []
    assert wrong == []
    assert problems or found.file == "drawn.yaml"
    assert not found.entries.keys() & found.others.keys()
    assert all(entry.cite or entry.basis == "assumed" for entry in found.entries.values())
