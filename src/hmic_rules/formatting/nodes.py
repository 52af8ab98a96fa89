"""YAML text as nodes that keep what was written: the text of scalars, how collections were written, comments and blank lines."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from attrs import define, field
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

__all__ = ["Collection", "Entry", "Node", "Text", "comments_of", "read_nodes"]

_COMMENT: Final = re.compile(r"(?:(?<=\s)|^)#[^\n]*", re.MULTILINE)


@define(eq=False)
class Text:
    """A scalar, as it was written; ``style`` is that of YAML, ``None`` where it is plain."""

    written: str
    style: str | None
    column: int


@define(eq=False)
class Collection:
    """A mapping or a list. Entries of a list have no key."""

    is_list: bool
    flow: bool
    entries: list[Entry] = field(factory=list)


Node: TypeAlias = Text | Collection


@define(eq=False)
class Entry:
    """One entry with what stands around it: comments (``None`` for a blank line) before and after, and one behind it in its line."""

    key: Text | None
    value: Node
    start: int
    end: int
    before: list[str | None] = field(factory=list)
    after: list[str] = field(factory=list)
    behind: str | None = None


def read_nodes(text: str) -> tuple[Node, list[str | None]]:
    """The nodes of a text that is known to be readable, and the comments behind the last of them."""
    build = _Build(text)
    root = build.root()
    return root, build.comments()


def comments_of(text: str) -> list[str]:
    """Every comment of a text, in order."""
    build = _Build(text)
    build.root()
    return [found for _, found in build.found()]


class _Build:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.entries: list[Entry] = []
        self.scalars: list[tuple[int, int]] = []

    def line(self, index: int) -> int:
        return bisect.bisect_right(self.starts, index) - 1

    def column(self, index: int) -> int:
        return index - self.starts[self.line(index)]

    def root(self) -> Node:
        stack: list[tuple[Collection, list[tuple[Node, int, int]], int]] = []
        root: Node = Text("", None, 0)
        for event in YAML(typ="safe", pure=True).parse(self.text):
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                is_list = isinstance(event, SequenceStartEvent)
                stack.append((Collection(is_list, bool(event.flow_style)), [], event.start_mark.index))
                continue
            if isinstance(event, ScalarEvent):
                node, start, end = self.scalar(event)
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                collection, parts, start = stack.pop()
                end = event.end_mark.index if collection.flow else max((part[2] for part in parts), default=start)
                self.fill(collection, parts)
                node = collection
            else:
                continue
            if stack:
                stack[-1][1].append((node, start, end))
            else:
                root = node
        return root

    def scalar(self, event: Any) -> tuple[Node, int, int]:
        start, end = event.start_mark.index, event.end_mark.index
        written = self.text[start:end]
        if event.style in ("|", ">"):
            written = written.rstrip("\n ")
        end = start + len(written.rstrip()) if event.style is None else start + len(written)
        written = self.text[start:end]
        self.scalars.append((start, end))
        return Text(written, event.style, self.column(start)), start, end

    def fill(self, collection: Collection, parts: list[tuple[Node, int, int]]) -> None:
        if collection.is_list:
            for node, start, end in parts:
                collection.entries.append(Entry(None, node, start, end))
        else:
            for (key, start, _), (node, _, end) in zip(parts[::2], parts[1::2], strict=True):
                collection.entries.append(Entry(key if isinstance(key, Text) else None, node, start, max(start, end)))
        self.entries.extend(collection.entries)

    def found(self) -> Iterator[tuple[int, str]]:
        """Every comment, with where it starts."""
        place = 0
        for start, end in [*sorted(self.scalars), (len(self.text), len(self.text))]:
            for one in _COMMENT.finditer(self.text, place, max(place, start)):
                yield one.start(), one[0].rstrip()
            place = max(place, end)

    def comments(self) -> list[str | None]:
        """Give every comment and blank line to the entry that it belongs to; what is left stands at the end."""
        entries = sorted(self.entries, key=lambda one: (one.start, -one.end))
        starts = [one.start for one in entries]
        tail: list[str | None] = []
        for place, comment in self.found():
            line = self.line(place)
            if self.text[self.starts[line] : place].strip():
                self.behind(entries, place, line).behind = comment
                continue
            following = bisect.bisect_right(starts, place)
            after = self.at_end_of_block(entries, following, place)
            if after is not None:
                after.after.append(comment)
                continue
            before = entries[following].before if following < len(entries) else tail
            if self.is_blank(line - 1):
                before.append(None)
            before.append(comment)
        for entry in entries:
            if self.is_blank(self.line(entry.start) - 1):
                entry.before.append(None)
        return tail

    def is_blank(self, line: int) -> bool:
        return line >= 0 and not self.text[self.starts[line] : self.starts[line + 1]].strip()

    def behind(self, entries: list[Entry], place: int, line: int) -> Entry:
        """The entry behind which a comment stands in its line: the outermost that ends before it there, or the one that starts there."""
        here = [one for one in entries if one.start < place and self.line(one.start) == line]
        ended = [one for one in here if one.end <= place]
        if ended:
            return ended[0]
        if here:
            return here[-1]
        closed = [one for one in entries if one.end <= place and self.line(max(one.start, one.end - 1)) == line]
        return closed[0] if closed else max((one for one in entries if one.start < place), key=lambda one: one.start)

    def at_end_of_block(self, entries: list[Entry], following: int, place: int) -> Entry | None:
        """The last entry of a block that a comment ends, by its column; what comes next then stands further left."""
        column = self.column(place)
        next_column = self.entry_column(entries[following]) if following < len(entries) else 0
        if column <= next_column:
            return None
        ended = [one for one in entries[:following] if one.end <= place and self.entry_column(one) == column]
        return ended[-1] if ended else None

    def entry_column(self, entry: Entry) -> int:
        """Where the entry stands; of a list, its dash."""
        column = self.column(entry.start)
        before = self.text[entry.start - column : entry.start]
        return len(before) - len(before.lstrip()) if entry.key is None and before.strip() == "-" else column
