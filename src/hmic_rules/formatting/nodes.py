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

_COMMENT: Final = re.compile(r"#[^\n]*")  # outside scalars, which are left out


@define(eq=False)
class Text:
    """A scalar, as it was written; ``style`` is that of YAML, ``None`` where it is plain."""

    written: str
    style: str | None


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
    column: int
    before: list[str | None] = field(factory=list)
    after: list[str | None] = field(factory=list)
    behind: str | None = None

    def put_behind(self, comment: str) -> None:
        """A comment behind the entry; where one stands already, as of both brackets, it ends what is in the brackets."""
        if self.behind is None and not (isinstance(self.value, Text) and self.value.style in ("|", ">")):
            self.behind = comment
        elif isinstance(self.value, Collection) and self.value.entries:
            self.value.entries[-1].after.append(comment)
        else:
            self.before.append(comment)


def read_nodes(text: str) -> tuple[Node, list[str | None]]:
    """The nodes of a text that is known to be readable, and the comments behind the last of them."""
    build = _Build(text)
    whole = build.whole()
    build.give_comments(whole)
    return whole.value, whole.after


def comments_of(text: str) -> list[str]:
    """Every comment of a text, in order."""
    build = _Build(text)
    build.whole()
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

    def whole(self) -> Entry:
        """The text as one entry, whose value is the root."""
        stack: list[tuple[Collection, list[tuple[Node, int, int]], int]] = []
        whole = Entry(None, Text("", None), 0, 0, 0)
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
                self.fill(collection, parts, self.column(start))
                node = collection
            else:
                continue
            if stack:
                stack[-1][1].append((node, start, end))
            else:
                whole = Entry(None, node, start, end, 0)
        return whole

    def scalar(self, event: Any) -> tuple[Node, int, int]:
        start, end = event.start_mark.index, event.end_mark.index
        written = self.text[start:end]
        if event.style in ("|", ">"):
            written = written.rstrip("\n ")
        end = start + len(written.rstrip()) if event.style is None else start + len(written)
        written = self.text[start:end]
        self.scalars.append((start, end))
        return Text(written, event.style), start, end

    def fill(self, collection: Collection, parts: list[tuple[Node, int, int]], column: int) -> None:
        if collection.is_list:
            for node, start, end in parts:
                collection.entries.append(Entry(None, node, start, end, column))
        else:
            for (key, start, _), (node, _, end) in zip(parts[::2], parts[1::2], strict=True):
                name = key if isinstance(key, Text) else None
                collection.entries.append(Entry(name, node, start, max(start, end), column))
        self.entries.extend(collection.entries)

    def found(self) -> Iterator[tuple[int, str]]:
        """Every comment, with where it starts."""
        place = 0
        for start, end in [*sorted(self.scalars), (len(self.text), len(self.text))]:
            for one in _COMMENT.finditer(self.text, place, max(place, start)):
                yield one.start(), one[0].rstrip()
            place = max(place, end)

    def give_comments(self, whole: Entry) -> None:
        """Give every comment and blank line to the entry that it belongs to; what stands at the end, to the whole."""
        for place, comment in self.found():
            line = self.line(place)
            around = _around(whole, place)
            if ahead := self.text[self.starts[line] : place].strip():
                self.give_behind(around, place, comment, is_dash=not ahead.strip("- "))
                continue
            lines = self.lines_at(around, place)
            if self.is_blank(line - 1):
                lines.append(None)
            lines.append(comment)
        for entry in self.entries:
            if self.is_blank(self.line(entry.start) - 1):
                entry.before.append(None)

    def is_blank(self, line: int) -> bool:
        return line >= 0 and not self.text[self.starts[line] : self.starts[line + 1]].strip()

    def give_behind(self, around: list[Entry], place: int, comment: str, *, is_dash: bool) -> None:
        """Give a comment that stands behind something in its line to the entry there; behind a dash alone, to what comes next."""
        if len(around) > 1 and not is_dash:
            around[-1].put_behind(comment)
        else:
            following = _following(around, place)
            (around[0].after if following is None else following.before).append(comment)

    def lines_at(self, around: list[Entry], place: int) -> list[str | None]:
        """The lines that a comment in a line of its own is one of."""
        whole, following = around[0], _following(around, place)
        inside = next((one for one in reversed(around) if one.end > place), whole)
        if inside is not whole and (isinstance(inside.value, Text) or not inside.value.entries):
            return inside.before
        if inside is not whole and isinstance(inside.value, Collection) and inside.value.flow:
            last = inside.value.entries[-1]
            return last.after if last.start < place or following is None else following.before
        # A comment ends a block, where it stands as far to the right as the block, and what comes next does not.
        least = 0 if following is None else following.column
        ended = [one for one in around if one.end <= place and least < one.column <= self.column(place)]
        if ended and not (isinstance(whole.value, Collection) and whole.value.flow):
            return ended[-1].after
        return whole.after if following is None else following.before


def _started(collection: Collection, place: int) -> int:
    """How many entries of a collection start before a place."""
    return bisect.bisect_left(collection.entries, place, key=lambda one: one.start)


def _around(whole: Entry, place: int) -> list[Entry]:
    """The entries that hold a place or, in a block, end before it, each in the one before; the whole is the first."""
    around = [whole]
    while isinstance(value := around[-1].value, Collection) and (around[-1].end > place or not value.flow):
        started = _started(value, place)
        if not started:
            break
        around.append(value.entries[started - 1])
    return around


def _following(around: list[Entry], place: int) -> Entry | None:
    """The outermost entry that starts next."""
    for entry in reversed(around):
        if isinstance(entry.value, Collection) and (started := _started(entry.value, place)) < len(entry.value.entries):
            return entry.value.entries[started]
    return None
