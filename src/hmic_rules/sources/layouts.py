"""How a document is laid out, as data: what is furniture, how its sections and their parts are headed, and how each is cut."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as MappingType
from typing import Any, Final, cast

from attrs import frozen

from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping, Sequence, Tree, read_tree
from hmic_rules.sources.normalising import plain

__all__ = ["CUTS", "Inset", "Item", "Layout", "Part", "Pattern", "Section", "read_layout"]

KEYS: Final = ("layout", "title", "says", "pages", "ends", "furniture", "insets", "parts", "sections")
PART_KEYS: Final = ("at", "cut", "kind", "joins", "items", "headings")
CUTS: Final = ("paragraphs", "items", "lines", "whole")
ENDS: Final = ".?!:;)]'\""
NUMBER: Final = "{number}"
REST: Final = "…"


@frozen
class Pattern:
    """What a line must be: a text, in which ``{number}`` stands for a whole number, and ``…`` at the end for the rest of the line."""

    written: str
    regex: re.Pattern[str]

    def match(self, line: str) -> re.Match[str] | None:
        """Match a line that is already plain (:func:`hmic_rules.sources.normalising.plain`); its one group is the number, if there is one."""
        return self.regex.fullmatch(line)

    @property
    def numbered(self) -> bool:
        """Whether it holds the ordinal of what it starts."""
        return self.regex.groups > 0


@frozen
class Item:
    """What a line starts in a part that is cut into items: a passage of this kind."""

    kind: str
    at: Pattern


@frozen
class Inset:
    """What interrupts the text on a page, such as a footnote, and is a passage of its own.

    With a number in its pattern, it is one only where the numbers run on through the document, and lasts to the end of its paragraph or page;
    otherwise it is one line.
    """

    kind: str
    at: Pattern


@frozen
class Part:
    """A part of a section: its headings, and how its text is cut.

    ``cut`` is ``paragraphs`` (``joins`` are what a paragraph starts with that goes on with the one before), ``items`` (each from a line that one of
    ``items`` matches to the next), ``lines`` (each on its own) or ``whole``. ``headings`` stand inside it and end a passage.
    """

    name: str
    at: tuple[Pattern, ...]
    cut: str
    kind: str | None
    joins: tuple[Pattern, ...]
    items: tuple[Item, ...]
    headings: tuple[Pattern, ...]


@frozen
class Section:
    """A section of a document: its headings, and its parts in the order in which they come."""

    id: str
    at: tuple[Pattern, ...]
    parts: tuple[Part, ...]


@frozen
class Layout:
    """How a document is laid out.

    Attributes:
        name: what it is called.
        title: the title of the document, as rule sets and inspections name it.
        pages: what the first line of a page starts with, beside a form feed; then sections start on a new page only.
        ends: the characters after which a blank line ends a paragraph.
        fingerprint: SHA-256 of what the file says; spacing, comments and the order of keys do not count.

    """

    name: str
    title: str
    pages: str | None
    ends: str
    furniture: tuple[Pattern, ...]
    insets: tuple[Inset, ...]
    sections: tuple[Section, ...]
    fingerprint: str


def read_layout(data: bytes, file: str) -> Layout:
    """Read a layout from its YAML file.

    Raises:
        InputError: with every problem found.

    """
    tree, problems = read_tree(data, file)
    reader = Reader(list(problems))
    mapping = reader.mapping(tree, "a layout", KEYS, ("layout", "title", "parts", "sections"))
    if mapping is None:
        reader.finish()
    entries = cast("Mapping", mapping).entries
    name = reader.identifier(entries.get("layout"), "the name of a layout")
    title = reader.text(entries.get("title"), "`title`")
    pages = reader.text(entries["pages"], "`pages`") if "pages" in entries else None
    ends = reader.text(entries["ends"], "`ends`") if "ends" in entries else ENDS
    furniture = _patterns(reader, entries.get("furniture"), "`furniture`")
    insets = tuple(Inset(kind, at) for kind, at in _kinds(reader, entries.get("insets"), "`insets`", "an inset"))
    parts = _parts(reader, entries.get("parts"))
    sections = tuple(_sections(reader, entries.get("sections"), parts))
    reader.finish()
    return Layout(
        cast("str", name), cast("str", title), pages, cast("str", ends), furniture, insets, sections, _hash(tree)
    )


def _hash(tree: Tree) -> str:
    text = json.dumps(_data(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _data(tree: Tree) -> Any:
    if isinstance(tree, Mapping):
        return {key: _data(child) for key, child in tree.entries.items()}
    return [_data(child) for child in tree.items] if isinstance(tree, Sequence) else tree.text


def _segment(reader: Reader, tree: Tree | None, what: str) -> str | None:
    """A part of an address: citations have no points there."""
    text = reader.identifier(tree, what)
    if text is not None and tree is not None and "." in text:
        reader.error(tree.span, f"{quoted(text)} cannot be {what}", "write small letters, digits and hyphens", "name")
    return text


def _pattern(reader: Reader, tree: Tree, what: str) -> Pattern | None:
    """One pattern; at most one number, and the rest of the line only at the end, so that matching takes no longer than reading."""
    text = reader.text(tree, what)
    if text is None:
        return None
    written = plain(text.removesuffix(REST)) if text.endswith(REST) else plain(text)
    if text.count(NUMBER) > 1 or REST in text[:-1] or not written:
        help = f"write a line, with `{NUMBER}` once for a whole number and `{REST}` at the end for the rest of the line"
        reader.error(tree.span, f"{quoted(text)} is not a pattern of a line", help, "value")
        return None
    regex = re.escape(written).replace(re.escape(NUMBER), "([0-9]{1,9})")
    if not text.endswith(REST):
        return Pattern(text, re.compile(regex))
    rest = ".*" if not text.removesuffix(REST).endswith(" ") else " .+" if NUMBER in text else "(?: .*)?"
    return Pattern(text, re.compile(regex + rest))


def _patterns(reader: Reader, tree: Tree | None, what: str) -> tuple[Pattern, ...]:
    found = () if tree is None else tree.items if isinstance(tree, Sequence) else (tree,)
    return tuple(pattern for item in found if (pattern := _pattern(reader, item, what)) is not None)


def _kinds(reader: Reader, tree: Tree | None, what: str, one: str) -> list[tuple[str, Pattern]]:
    found: list[tuple[str, Pattern]] = []
    for item in reader.sequence(tree, what):
        mapping = reader.mapping(item, one, ("kind", "at"), ("kind", "at"))
        if mapping is None:
            continue
        kind = _segment(reader, mapping.entries.get("kind"), "a kind")
        found += [(kind, at) for at in _patterns(reader, mapping.entries.get("at"), "`at`") if kind is not None]
    return found


def _parts(reader: Reader, tree: Tree | None) -> dict[str, Part]:
    mapping = reader.mapping(tree, "`parts`")
    found: dict[str, Part] = {}
    for name, child in mapping.entries.items() if mapping is not None else ():
        part = reader.mapping(child, f"the part {quoted(name)}", PART_KEYS, ("cut",))
        if part is None:
            continue
        entries = part.entries
        cut = reader.one_of(entries.get("cut"), "a way to cut", CUTS) or "whole"
        wanted, unwanted = ("items", "kind") if cut == "items" else ("kind", "items")
        if wanted not in entries:
            reader.error(
                part.span, f"the part {quoted(name)} has no {quoted(wanted)}", f"add `{wanted}: …`", "missing-key"
            )
        for key, allowed in ((unwanted, False), ("joins", cut == "paragraphs")):
            if key in entries and not allowed:
                problem = f"{quoted(key)} says nothing of a part that is cut into {quoted(cut)}"
                reader.error(part.keys[key].span, problem, "take it out", "unknown-key")
        found[name] = Part(
            name,
            _patterns(reader, entries.get("at"), "`at`"),
            cut,
            _segment(reader, entries["kind"], "a kind") if "kind" in entries else None,
            _patterns(reader, entries.get("joins"), "`joins`"),
            tuple(Item(kind, at) for kind, at in _kinds(reader, entries.get("items"), "`items`", "an item")),
            _patterns(reader, entries.get("headings"), "`headings`"),
        )
    return found


def _sections(reader: Reader, tree: Tree | None, parts: MappingType[str, Part]) -> list[Section]:
    found: list[Section] = []
    for item in reader.sequence(tree, "`sections`"):
        mapping = reader.mapping(item, "a section", ("section", "at", "parts"), ("section", "at", "parts"))
        if mapping is None:
            continue
        id = _segment(reader, mapping.entries.get("section"), "a section")
        named: list[Part] = []
        for child in reader.sequence(mapping.entries.get("parts"), "`parts`"):
            name = reader.text(child, "a part")
            if name is None:
                continue
            if name not in parts:
                reader.error(child.span, f"no part is called {quoted(name)}", did_you_mean(name, parts), "unknown-name")
            elif not parts[name].at and named:
                help = "give it `at: HEADING`, or put it first"
                reader.error(child.span, f"nothing tells where the part {quoted(name)} starts", help, "missing-key")
            else:
                named.append(parts[name])
        if id is not None:
            found.append(Section(id, _patterns(reader, mapping.entries.get("at"), "`at`"), tuple(named)))
    return found
