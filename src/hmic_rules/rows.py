"""Rows: the facts and values of a case and of each of its items, and where each name stands in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from attrs import field, frozen

from hmic_rules.comparing import Answers, Frames
from hmic_rules.conditions import Truth
from hmic_rules.errors import Span, shortened
from hmic_rules.possible import Value

__all__ = [
    "FIRST_SLOT",
    "KEY",
    "PLACE",
    "CaseRow",
    "Column",
    "Fixed",
    "Layout",
    "Membership",
    "Row",
    "Rows",
    "place_of",
]

NO, YES = Truth.NO, Truth.YES
Row: TypeAlias = list[Value]
Rows: TypeAlias = Callable[[Frames], "list[Row] | None"]
Membership: TypeAlias = tuple[int, int, int, int, int, int]
Answered: TypeAlias = tuple[list[Truth], Membership | None]
KEY, PLACE, FIRST_SLOT = 0, 1, 2


def place_of(row: Row) -> Span | str:
    """Where a row stands in the input: a place in a file, or a path in Python data."""
    place = cast("Span | tuple[str | int, ...]", row[PLACE])
    if isinstance(place, Span):
        return place
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in place)


@frozen
class Layout:
    """Where each name, collection and group stands in the row of its scope. Slots 0 and 1 hold a row's key and its place in the input."""

    slots: Mapping[str, Mapping[str, int]]
    holders: Mapping[str, tuple[str, ...]]

    def depth(self, scope: str, stack: tuple[str, ...]) -> int:
        """The innermost frame that is a row of this scope."""
        return len(stack) - 1 - stack[::-1].index(scope)


@frozen(eq=False)
class Fixed:
    """The items with which a framework fills a collection of the case: they differ between cases in their open fields only."""

    collection: str
    rows: list[Row]
    fields: frozenset[str]
    places: dict[Value, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "places", {row[KEY]: place for place, row in enumerate(self.rows)})


class CaseRow(list[Value]):
    """The row of a case, which remembers what its items answered: several rules often ask them the same.

    Items that were asked do not change any more. A copy of the row remembers nothing.
    """

    __slots__ = ("answered",)

    def __init__(self, row: Row) -> None:
        super().__init__(row)
        self.answered: dict[Column, Answered] = {}


@frozen(eq=False)
class Column:
    """A query of which it is settled for every case which items belong, and which asks one field of them.

    ``places`` are those of the items that belong, ``None`` where all do; ``answers`` are those for the field's values. Queries that ask the
    same share one.
    """

    rows: Rows
    on_case: bool
    places: tuple[int, ...] | None
    slot: int
    answers: Answers

    def answered(self, frames: Frames) -> Answered:
        """The answers of the items that belong, in the order of the collection, and their tally (``None`` where it is absent)."""
        case = frames[0]
        memory = case.answered if self.on_case and isinstance(case, CaseRow) else {}
        found = memory.get(self)
        if found is None:
            found = memory[self] = self._answered(self.rows(frames))
        return found

    def _answered(self, rows: list[Row] | None) -> Answered:
        if rows is None:
            return [], None
        answers, slot = self.answers, self.slot
        if self.places is None:
            found = [answers[row[slot]] for row in rows]
        else:
            found = [answers[rows[place][slot]] for place in self.places]
        yes, no = found.count(YES), found.count(NO)
        return found, (yes, no, len(found) - yes - no, 0, 0, 0)

    def belonging(self, rows: list[Row]) -> list[Truth]:
        """Whether each item belongs."""
        found = [YES if self.places is None else NO] * len(rows)
        for place in self.places or ():
            found[place] = YES
        return found

    def tally(self, frames: Frames) -> Membership | None:
        """See :meth:`Compiler.tally`; all that belong surely do."""
        return self.answered(frames)[1]
