"""Documents that nobody wrote, under a layout with pages, items, notes and furniture: what is set otherwise is the same, and what is worded otherwise is found."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.catalogue import Place
from hmic_rules.errors import Span
from hmic_rules.sources.citations import Citation
from hmic_rules.sources.citing import Citing
from hmic_rules.sources.finding import Source
from hmic_rules.sources.indexes import index_of, index_text, read_index
from hmic_rules.sources.layouts import read_layout
from hmic_rules.sources.normalising import normalised
from hmic_rules.sources.passages import Copy, cut
from hmic_rules.sources.verifying import SourceCheck, check_source

LAYOUT: Final = read_layout(
    b"""
layout: drawn
title: A drawn document
pages: " "
furniture: [Running title, "Page {number}"]
insets: [{kind: note, at: "{number} \xe2\x80\xa6"}]
parts:
  text: {cut: paragraphs, kind: text, joins: "- \xe2\x80\xa6"}
  points: {at: Points, cut: items, items: [{kind: point, at: "\xe2\x80\xa2 \xe2\x80\xa6"}, {kind: order, at: "ORDER {number}"}]}
  rows: {at: Rows, cut: lines, kind: row}
sections:
  - {section: first, at: First, parts: [text, points]}
  - {section: second, at: Second, parts: [text, points, rows]}
""",
    "layout.yaml",
)
PLACE: Final = Place(Path("nowhere"), "ruleset.yaml", "nowhere", "ruleset", False)
WORDS: Final = st.text("abcdefgh", min_size=3, max_size=7).map(lambda word: f"{word}x") | st.sampled_from(
    ["lamp-house", "\u201cplan\u201d", "force\u2019s", "caf\u00e9", "o\ufb03ce", "\u2013", "2,000"]
)
SENTENCES: Final = st.lists(WORDS, min_size=1, max_size=9).map(lambda words: f"Thus {' '.join(words)} end")
PASSAGES: Final = st.lists(SENTENCES, min_size=1, max_size=4).map(lambda sentences: f"{'. '.join(sentences)}.")
RESET: Final = {
    "\u201c": '"',
    "\u201d": '"',
    "\u2019": "'",
    "\u2013": "\u2014",
    "\ufb03": "ffi",
    "\u00e9": "e\u0301",
    "-": "\u2010",
    "\u2022": "\ufffd",
}


@frozen
class Drawn:
    """A document: for each section its paragraphs, its points and its rows."""

    first: tuple[tuple[str, ...], tuple[str, ...]]
    second: tuple[tuple[str, ...], tuple[str, ...]]
    rows: tuple[str, ...]

    @property
    def passages(self) -> dict[str, str]:
        parts = {"first/text": self.first[0], "first/point": self.first[1], "second/text": self.second[0]}
        parts |= {"second/point": self.second[1], "second/row": self.rows}
        return {f"{head}/{n}": one for head, found in parts.items() for n, one in enumerate(found, start=1)}


def several(one: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(one, min_size=1, max_size=4).map(tuple)


SECTIONS: Final = st.tuples(several(PASSAGES), several(PASSAGES))
DOCUMENTS: Final = st.builds(Drawn, SECTIONS, SECTIONS, several(SENTENCES))


class Setter:
    """Sets a document: where lines break, how marks look, and what furniture stands between."""

    def __init__(self, draw: st.DrawFn | None) -> None:
        self.draw = draw

    def chance(self) -> bool:
        return self.draw is not None and self.draw(st.booleans())

    def marks(self, text: str) -> str:
        return "".join(RESET.get(mark, mark) for mark in text) if self.chance() else text

    def broken(self, text: str, blank: bool) -> list[str]:
        """The text in lines; in an item a blank line or a page's end may stand between them."""
        lines = [""]
        for word in self.marks(text).split(" "):
            if lines[-1] and self.chance():
                if blank and self.chance():
                    lines += ["", "Running title", "Page 7", ""]
                lines.append("")
            lines[-1] += f"{'  ' if self.chance() else ' '}{word}" if lines[-1] else word
        return lines

    def section(self, name: str, parts: tuple[tuple[str, ...], tuple[str, ...]]) -> list[str]:
        lines = [f" {name}"]
        for paragraph in parts[0]:
            lines += [*self.broken(paragraph, blank=False), "", *(["Running title"] if self.chance() else [])]
        lines.append("Points")
        for point in parts[1]:
            lines += [f"{self.marks('•')} {(found := self.broken(point, blank=True))[0]}", *found[1:]]
        return lines

    def text(self, document: Drawn) -> str:
        lines = [*self.section("First", document.first), *self.section("Second", document.second)]
        rows = [
            line for row in document.rows for line in ([self.marks(row), ""] if self.chance() else [self.marks(row)])
        ]
        ending = "\r\n" if self.chance() else "\n"
        return ending.join([*lines, "Rows", *rows, ""])


def copy_of(document: Drawn, draw: st.DrawFn | None = None) -> Copy:
    return cut(Setter(draw).text(document).encode(), "drawn.txt", LAYOUT)


def check_of(copy: Copy, original: Drawn, cited: set[str]) -> SourceCheck:
    citations = tuple(Citation(one, None, f"rules.{one}", Span("ruleset.yaml", 1, 1)) for one in sorted(cited))
    source = Source(PLACE, LAYOUT, index_of(copy_of(original)))
    return check_source(copy, source, [Citing("drawn", "ruleset", {"report": LAYOUT.title}, citations)])


@given(st.text() | st.text("a -\u2013\u00ad\u2022\u0301'\u2019\u1fef\n."))
def test_what_is_normalised_stays_as_it_is(text):
    once = normalised(text)
    assert normalised(once) == once
    assert once == once.strip()


@given(st.data(), DOCUMENTS)
def test_a_document_that_is_set_otherwise_has_the_same_passages(data, document):
    found = copy_of(document, data.draw)
    assert {address: normalised(one.text) for address, one in found.passages.items()} == {
        address: normalised(one) for address, one in document.passages.items()
    }
    assert index_of(found).passages == index_of(copy_of(document)).passages


@given(st.data(), DOCUMENTS)
def test_an_altered_word_names_its_passage_and_who_cites_it_and_no_other(data, document):
    passages = document.passages
    address = data.draw(st.sampled_from(sorted(passages)))
    cited = data.draw(st.sets(st.sampled_from(sorted(passages))))
    words = passages[address].split(" ")
    place = data.draw(st.integers(1, len(words) - 1))
    end = "." if words[place].endswith(".") else ""
    altered = " ".join([*words[:place], f"other{end}", *words[place + 1 :]])
    found = check_of(copy_of(with_passage(document, address, altered), data.draw), document, cited)
    assert [(one.address, one.status, one.now) for one in found.changed] == [(address, "changed", address)]
    assert found.changed[0].cited_by == ((f"drawn: rules.{address}",) if address in cited else ())
    assert {one.citation.address for one in found.failed} == {address} & cited
    assert set(found.uncited) == set(passages) - cited
    assert found.new == ()


def with_passage(document: Drawn, address: str, text: str) -> Drawn:
    section, part, number = address.split("/")
    at = int(number) - 1

    def put(parts: tuple[str, ...]) -> tuple[str, ...]:
        return (*parts[:at], text, *parts[at + 1 :])

    if part == "row":
        return evolve(document, rows=put(document.rows))
    paragraphs, points = getattr(document, section)
    changed = (put(paragraphs), points) if part == "text" else (paragraphs, put(points))
    return evolve(document, **{section: changed})


@given(st.data(), DOCUMENTS, PASSAGES)
def test_a_new_passage_is_new_and_every_other_stands_whole_somewhere(data, document, text):
    new = f"Entirely otherwise {text}"
    points = document.first[1]
    at = data.draw(st.integers(0, len(points)))
    found = check_of(
        copy_of(evolve(document, first=(document.first[0], (*points[:at], new, *points[at:]))), data.draw),
        document,
        set(),
    )
    assert {one.status for one in found.changed} <= {"moved"}
    assert len(found.new) == 1
    assert [one.now for one in found.changed if one.now is None] == []


PIECES: Final = st.sampled_from(
    [
        " First",
        "First",
        " Second",
        "Points",
        "Rows",
        "• one.",
        "- two",
        "3 three",
        "1 note",
        "ORDER 4",
        "Page 2",
        "Running title",
        "words.",
        "words",
        "",
        "\f",
    ]
)


@given(st.lists(PIECES, max_size=30))
def test_each_line_is_in_one_passage_or_left_over(lines):
    text = "\n".join(lines)
    try:
        copy = cut(text.encode(), "drawn.txt", LAYOUT)
    except hr.InputError:
        assert not text.strip()
        return
    placed = [line for one in copy.passages.values() for line in one.lines] + [one.line for one in copy.leftovers]
    assert sorted(placed) == [number for number, line in enumerate(lines, start=1) if line.strip()]


@given(st.binary(max_size=200) | st.text(max_size=80).map(lambda text: f" First\n{text}".encode()))
def test_any_bytes_are_cut_or_refused_with_a_place(data):
    refused: tuple[hr.Diagnostic, ...] = ()
    try:
        copy = cut(data, "given.txt", LAYOUT)
    except hr.InputError as error:
        refused = error.diagnostics
    else:
        assert all(one.text for one in copy.passages.values())
    assert all(str(one.place).startswith("given.txt:") and one.help for one in refused)


@given(DOCUMENTS)
def test_an_index_reads_back_as_it_was_written(document):
    index = index_of(copy_of(document))
    assert read_index(index_text(index).encode(), "passages.json") == index


def test_the_drawn_documents_have_passages_of_every_kind():
    found: set[str] = set()

    @given(DOCUMENTS)
    def collect(document: Drawn) -> None:
        found.update(one.rpartition("/")[0] for one in copy_of(document).passages)

    collect()
    assert found == {"first/text", "first/point", "second/text", "second/point", "second/row"}
