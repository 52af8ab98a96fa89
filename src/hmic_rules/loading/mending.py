"""A text in which what a parser complains of is mended, so that the rest can be read too; every place is still that of the file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from attrs import field, frozen

__all__ = [
    "CLOSING",
    "LOST",
    "Complaint",
    "Edit",
    "Mended",
    "Place",
    "lost",
    "lost_value",
    "open_bracket",
    "opened",
    "value_from",
]

Place: TypeAlias = tuple[int, int]
COMMENT: Final = re.compile(r"\s+#")
LOST: Final = "-lost-"  # an alias of this name stands where a value was taken out
CLOSING: Final = {"[": "]", "{": "}"}


@frozen
class Edit:
    """Characters of one line, from ``start`` up to ``end``, and what stands there instead. Lines and columns count from 0."""

    line: int
    start: int
    end: int
    text: str


@frozen
class Complaint:
    """Why a file is not readable: the place, the problem, what to do, and the edits after which a parser can go on.

    ``sure`` says that the edits are what the author meant, so that what the file then says is worth reading.
    """

    at: Place
    problem: str
    help: str
    edits: tuple[Edit, ...] = ()
    sure: bool = True
    code: str = "yaml"


@frozen
class Mended:
    """The lines of a file as they stand after edits, and for each altered line the columns that its characters had."""

    lines: list[str]
    columns: dict[int, list[int]] = field(factory=dict)

    def edit(self, edits: Iterable[Edit]) -> bool:
        """Make the edits; whether anything is now different."""
        changed = False
        for number, several in itertools.groupby(sorted(set(edits), key=_place), key=lambda one: one.line):
            line = self.lines[number]
            columns: Sequence[int] = self.columns.get(number) or range(len(line) + 1)
            texts: list[str] = []
            places: list[int] = []
            done = 0
            for one in several:
                if one.start < done:
                    continue  # it lies in what is replaced already
                texts += line[done : one.start], one.text
                places += [*columns[done : one.start], *[columns[one.start]] * len(one.text)]
                done = one.end
            self.lines[number] = "".join(texts) + line[done:]
            self.columns[number] = [*places, *columns[done:]]
            changed |= self.lines[number] != line
        return changed

    def place(self, line: int, column: int) -> Place:
        """Where something stands in the file itself."""
        columns = self.columns.get(line)
        return (line, column) if columns is None else (line, columns[min(column, len(columns) - 1)])

    def __str__(self) -> str:
        return "\n".join(self.lines)


def _place(one: Edit) -> tuple[int, int, int, str]:
    return one.line, one.start, one.end, one.text


def open_bracket(line: str, column: int) -> str | None:
    """The bracket that is open where a column stands, if it was opened in its line; brackets in quotes do not count."""
    stack, _ = opened(line, column)
    return stack[-1] if stack else None


def opened(line: str, column: int) -> tuple[list[str], bool]:
    """The brackets that are open where a column stands, the innermost last, and whether a quote is."""
    stack: list[str] = []
    quote = before = ""
    for char in line[:column]:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and not before.isalnum():
            quote = char
        elif char in CLOSING:
            stack.append(char)
        elif char in CLOSING.values() and stack:
            stack.pop()
        before = before if char.isspace() else char
    return stack, quote != ""


def value_from(line: str, column: int) -> int:
    """Where the plain value ends that starts at a column: at the next comma or bracket where one is open, or before a comment."""
    if open_bracket(line, column) is not None:
        found = re.compile(r"[,\]}]").search(line, column)
        return len(line[: found.start()].rstrip()) if found else len(line.rstrip())
    comment = COMMENT.search(line, column)
    return comment.start() if comment else len(line.rstrip())


def lost(number: int, start: int, end: int) -> tuple[Edit, ...]:
    """The edit that takes a value out, so that no slot asks anything of it."""
    return (Edit(number, start, end, f"*{LOST}"),)


def lost_value(number: int, lines: Sequence[str], column: int) -> tuple[Edit, ...]:
    """The edit that takes the value at a column out."""
    return lost(number, column, value_from(lines[number], column))
