"""A page as data: headings, paragraphs, lists, tables and pictures, which HTML and Markdown are both made of."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.backends.prose.grammar import sentence
from hmic_rules.backends.prose.statements import Said

__all__ = [
    "Block",
    "Heading",
    "Item",
    "Line",
    "Listing",
    "Page",
    "Paragraph",
    "Picture",
    "Piece",
    "Table",
    "Written",
    "anchor",
    "code",
    "faint",
    "item_of",
    "line",
    "link",
    "strong",
    "without_dead_links",
]

_FREE: Final = ("word", "reading", "framework")  # the kinds that are not named by identifiers
_PLAIN: Final = re.compile(r"[a-z0-9 -]+")
_DIGITS, _LONGEST = 10, 40


@frozen
class Piece:
    """Some words of a line. A link leads to an anchor of the same page."""

    text: str
    kind: Literal["plain", "code", "strong", "faint", "link"] = "plain"
    to: str = ""


Line: TypeAlias = tuple[Piece, ...]


@frozen
class Heading:
    """A heading; level 2 is that of a section."""

    level: int
    line: Line
    anchor: str


@frozen
class Paragraph:
    """A paragraph; a note is set apart."""

    line: Line
    is_note: bool = False


@frozen
class Item:
    """An entry of a list, with what stands under it; where other places lead to it, with its anchor."""

    line: Line
    items: tuple[Item, ...] = ()
    anchor: str = ""


@frozen
class Listing:
    """A list."""

    items: tuple[Item, ...]


@frozen
class Table:
    """A table: the head, and rows as long as it."""

    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]
    title: str


@frozen
class Picture:
    """A picture: a name for its file, what it shows in words, the SVG itself."""

    name: str
    title: str
    svg: str


@frozen
class Written:
    """What somebody wrote in Markdown, put under a heading of level 2."""

    text: str


Block: TypeAlias = Heading | Paragraph | Listing | Table | Picture | Written


@frozen
class Page:
    """A page."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def line(*parts: Piece | str) -> Line:
    """A line of words and pieces; empty ones are left out."""
    return tuple(Piece(part) if isinstance(part, str) else part for part in parts if part not in ("", Piece("")))


def code(text: str) -> Piece:
    """What is written so in a file."""
    return Piece(text, "code")


def strong(text: str) -> Piece:
    """What carries the weight."""
    return Piece(text, "strong")


def faint(text: str) -> Piece:
    """What is said beside it."""
    return Piece(text, "faint")


def link(text: str, to: str) -> Piece:
    """What leads elsewhere on the page."""
    return Piece(text, "link", to)


def anchor(kind: str, *names: str) -> str:
    """The anchor of what has a kind and names, the outer one first: the same for the same names, and another for any others.

    >>> anchor("fact", "returns", "hours"), anchor("fact", "returns_hours")
    ('fact-returns.hours', 'fact-returns-hours')
    >>> anchor("word", "the vast majority"), anchor("word", "The 90%")
    ('word-the_vast_majority', 'word-the_90.46995ff506')
    """
    plain = _of_free_text if kind in _FREE else _of_identifier
    return f"{kind}-{'.'.join(map(plain, names))}"


def _of_identifier(name: str) -> str:
    return name.replace("_", "-")


def _of_free_text(name: str) -> str:
    """A name of small letters, digits, hyphens and spaces as it is; any other with a part of its hash."""
    if _PLAIN.fullmatch(name):
        return name.replace(" ", "_")
    words = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:_LONGEST]
    return f"{words}.{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"


def without_dead_links(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Some blocks of a page, with links only to what stands among them."""
    there = {block.anchor for block in blocks if isinstance(block, Heading)}
    there |= {item.anchor for block in blocks if isinstance(block, Listing) for item in block.items}

    def kept(words: Line) -> Line:
        return tuple(Piece(one.text) if one.kind == "link" and one.to not in there else one for one in words)

    def entry(item: Item) -> Item:
        return Item(kept(item.line), tuple(map(entry, item.items)), item.anchor)

    return tuple(Listing(tuple(map(entry, one.items))) if isinstance(one, Listing) else one for one in blocks)


def item_of(said: Said, *, lead: Line = (), more: Sequence[Item] = ()) -> Item:
    """A statement as an entry: a sentence, or the head of its list."""
    text = sentence(said.text + ":") if said.parts else sentence(said.text)
    return Item((*lead, Piece(text)), (*map(_part, said.parts), *more))


def _part(said: Said) -> Item:
    """A part of a list: a clause, without a capital and a full stop."""
    return Item(line(said.text + (":" if said.parts else "")), tuple(map(_part, said.parts)))
