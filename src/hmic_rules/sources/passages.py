"""A document cut into addressed passages by its layout. Every line is furniture, a heading, in exactly one passage, or in the remainder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import define, field, frozen

from hmic_rules.errors import Diagnostic, Span, quoted
from hmic_rules.sources.layouts import Layout, Part, Pattern, Section
from hmic_rules.sources.normalising import fingerprint, plain
from hmic_rules.sources.reading import LINE_BREAK, PlainText, read_text

__all__ = ["Copy", "Leftover", "Passage", "cut"]

FURNITURE: Final = "furniture"
HEADING: Final = "heading"


@frozen
class Passage:
    """A piece of a document that citations can name.

    Attributes:
        address: ``section/kind/ordinal``.
        lines: the numbers of its lines, from 1.
        text: its lines, without what surrounds them.

    """

    address: str
    section: str
    kind: str
    ordinal: int
    lines: tuple[int, ...]
    text: str
    fingerprint: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", fingerprint(self.text))

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text to read: lines run on, and what starts with a bullet or a dash stands in a line of its own."""
        found: list[str] = []
        for line in self.text.replace("\N{REPLACEMENT CHARACTER}", "•").split("\n"):
            if found and not line.startswith(("•", "- ")):
                broken = found[-1].endswith("-") and found[-1][-2:-1].isalpha()
                found[-1] += line if broken else f" {line}"
            else:
                found.append(line)
        return (found[0].removeprefix("•").lstrip(), *found[1:])


@frozen
class Leftover:
    """A line in no passage, with the reason: furniture, a heading, or where it stands."""

    line: int
    reason: str
    text: str


@frozen
class Copy:
    """Somebody's copy of a document, cut.

    Attributes:
        file: how the file is called in messages.
        encoding: the encoding that it was read from.
        passages: by address, in the order of the document.
        leftovers: the lines in no passage.
        problems: what the layout expects and the copy has not, and addresses that two passages claim.
        fingerprint: that of the whole text.

    """

    file: str
    encoding: str
    layout: Layout
    passages: Mapping[str, Passage]
    leftovers: tuple[Leftover, ...]
    problems: tuple[Diagnostic, ...]
    fingerprint: str

    def __repr__(self) -> str:
        return f"<Copy {self.file} of {self.layout.name}, {len(self.passages)} passages>"


def cut(data: bytes, file: str, layout: Layout) -> Copy:
    """Cut a document into its passages.

    Args:
        data: the bytes of a plain-text file.
        file: how it is called in messages.
        layout: how the document is laid out.

    Raises:
        InputError: it is empty, too large, or no text.

    """
    text = read_text(data, file)
    cutter = _Cutter(layout, file)
    for number, line in enumerate(LINE_BREAK.split(text.text), start=1):
        cutter.line(number, line)
    return cutter.copy(text)


@define
class _Open:
    """A passage whose lines are still coming."""

    section: str
    kind: str
    ordinal: int
    lines: list[int]
    text: list[str]


@define
class _Cutter:
    layout: Layout
    file: str
    section: Section | None = None
    part: Part | None = None
    open: _Open | None = None
    inset: _Open | None = None
    new_page: bool = True
    blank: bool = True
    reason: str = "before the first section"
    passages: dict[str, _Open] = field(factory=dict)
    leftovers: list[Leftover] = field(factory=list)
    problems: list[Diagnostic] = field(factory=list)
    counts: dict[tuple[str, str], int] = field(factory=dict)
    run_on: dict[str, int] = field(factory=dict)
    found: set[int] = field(factory=set)

    def line(self, number: int, raw: str) -> None:
        """Take one line: each belongs somewhere."""
        text = plain(raw)
        if not text:
            self.new_page = self.new_page or "\f" in raw
            self.blank = True
            self.inset = None
            return
        pages = self.layout.pages
        self.new_page = self.new_page or "\f" in raw or (pages is not None and raw.startswith(pages))
        if _any_matches(self.layout.furniture, text):
            self.leftovers.append(Leftover(number, FURNITURE, raw.strip()))
            return
        if self.new_page:
            self.inset = None
        if self.is_heading(text):
            self.leftovers.append(Leftover(number, HEADING, raw.strip()))
        elif not self.is_of_inset(number, text, raw.strip()):
            self.body(number, text, raw.strip())
            self.blank = self.new_page = False

    def is_heading(self, text: str) -> bool:
        """Whether a line starts another part or section, or stands between passages of this part."""
        if self.section is not None:
            parts = self.section.parts
            for part in parts[parts.index(self.part) + 1 if self.part is not None else 0 :]:
                if _any_matches(part.at, text):
                    self.enter(part)
                    return True
            if self.part is not None and _any_matches(self.part.headings, text):
                self.enter(self.part)
                return True
        if not self.new_page and self.layout.pages is not None:
            return False
        for place, section in enumerate(self.layout.sections):
            if place > max(self.found, default=-1) and _any_matches(section.at, text):
                self.found.add(place)
                self.section = section
                self.enter(
                    next((part for part in section.parts[:1] if not part.at or _any_matches(part.at, text)), None)
                )
                return True
        return False

    def enter(self, part: Part | None) -> None:
        self.part, self.open, self.inset = part, None, None
        self.blank, self.new_page = True, False
        self.reason = "before the first part of its section" if part is None else "before the first item of its part"

    def is_of_inset(self, number: int, text: str, stripped: str) -> bool:
        """Whether a line interrupts the text around it, such as a footnote; the text goes on afterwards."""
        if self.section is None:
            return False
        if self.inset is not None and not _any_matches(self.starts_of_others(), text):
            self.inset.lines.append(number)
            self.inset.text.append(stripped)
            return True
        self.inset = None
        for inset in self.layout.insets:
            match = inset.at.match(text)
            if match is None or (inset.at.numbered and not self.runs_on(inset.kind, int(match[1]))):
                continue
            started = self.start(inset.kind, match if inset.at.numbered else None, number, stripped)
            self.inset = started if inset.at.numbered else None
            return True
        return False

    def starts_of_others(self) -> tuple[Pattern, ...]:
        items = tuple(item.at for item in self.part.items) if self.part is not None else ()
        return items + tuple(inset.at for inset in self.layout.insets)

    def runs_on(self, kind: str, number: int) -> bool:
        if not self.blank or number != self.run_on.get(kind, 0) + 1:
            return False
        self.run_on[kind] = number
        return True

    def body(self, number: int, text: str, stripped: str) -> None:
        """Put a line into the passage that it goes on with or starts."""
        part = self.part
        if self.section is None or part is None:
            self.leftovers.append(Leftover(number, self.reason, stripped))
            return
        kind: str | None = None
        numbered: re.Match[str] | None = None
        if part.cut == "items":
            for item in part.items:
                found = item.at.match(text)
                if found is not None:
                    kind, numbered = item.kind, found if item.at.numbered else None
                    break
        elif not self.goes_on(part, text):
            kind = part.kind
        if kind is not None:
            self.open = self.start(kind, numbered, number, stripped)
        elif self.open is None:
            self.leftovers.append(Leftover(number, self.reason, stripped))
        else:
            self.open.lines.append(number)
            self.open.text.append(stripped)

    def goes_on(self, part: Part, text: str) -> bool:
        """Whether a line goes on with the passage before it, in a part without items."""
        if self.open is None or part.cut == "lines":
            return False
        if part.cut == "whole" or not self.blank or _any_matches(part.joins, text):
            return True
        return not plain(self.open.text[-1]).endswith(tuple(self.layout.ends))

    def start(self, kind: str, numbered: re.Match[str] | None, line: int, text: str) -> _Open | None:
        """Start a passage; one whose address is taken is left over, and named."""
        assert self.section is not None  # noqa: S101 - nothing starts outside a section
        key = self.section.id, kind
        self.counts[key] = ordinal = int(numbered[1]) if numbered is not None else self.counts.get(key, 0) + 1
        address = f"{self.section.id}/{kind}/{ordinal}"
        if address in self.passages:
            first = self.passages[address].lines[0]
            problem = f"a second passage claims the address {quoted(address)}; the first starts in line {first}"
            self.problems.append(Diagnostic(Span(self.file, line, 1), problem, None, "duplicate"))
            self.reason = f"a second passage with the address {address}"
            self.leftovers.append(Leftover(line, self.reason, text))
            return None
        self.passages[address] = started = _Open(self.section.id, kind, ordinal, [line], [text])
        return started

    def missing(self) -> Iterator[Diagnostic]:
        for place, section in enumerate(self.layout.sections):
            if place not in self.found:
                at = " or ".join(quoted(pattern.written) for pattern in section.at)
                problem = f"no line {at}, so that the section {quoted(section.id)} is not found"
                help = "sections start on a new page" if self.layout.pages is not None else None
                yield Diagnostic(self.file, problem, help, "no-section")

    def copy(self, text: PlainText) -> Copy:
        passages = {
            address: Passage(address, one.section, one.kind, one.ordinal, tuple(one.lines), "\n".join(one.text))
            for address, one in self.passages.items()
        }
        problems = (*self.missing(), *self.problems)
        return Copy(
            self.file, text.encoding, self.layout, passages, tuple(self.leftovers), problems, fingerprint(text.text)
        )


def _any_matches(patterns: tuple[Pattern, ...], text: str) -> bool:
    return any(pattern.match(text) is not None for pattern in patterns)
