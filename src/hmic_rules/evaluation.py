"""The semantics: conditions to no, unknown or yes, and calculations to numbers or intervals.

Each node of a tree becomes one function of the *frames*: the row of the case, then the row of each item that encloses the node. A decision and its
trace call the same functions, so that an explanation cannot differ from what was decided.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias, cast

from attrs import field, frozen

from hmic_rules.comparing import OPPOSITE, Frames, Getter, Settings, agreed, answers, value_test
from hmic_rules.conditions import (
    CASE,
    All,
    Any,
    Condition,
    CountTest,
    Not,
    Quantified,
    Query,
    ShareTest,
    Symbol,
    SymbolKind,
    Test,
    Truth,
    compared_names,
)
from hmic_rules.datatypes import INTEGER, SHARE, ScalarType
from hmic_rules.possible import NOT_APPLICABLE, Between, Value, markers, without_markers
from hmic_rules.rows import (
    FIRST_SLOT,
    KEY,
    PLACE,
    CaseRow,
    Column,
    Fixed,
    Layout,
    Membership,
    Row,
    Rows,
    place_of,
)
from hmic_rules.structure import queries_in, symbols_in

__all__ = [
    "FIRST_SLOT",
    "KEY",
    "PLACE",
    "CaseRow",
    "Column",
    "Compiler",
    "Fixed",
    "Layout",
    "Row",
    "counted",
    "place_of",
    "shared",
]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
TruthOf: TypeAlias = Callable[[Frames], Truth]


@frozen
class Compiler:
    """Turns trees into functions, once for each node."""

    layout: Layout
    settings: Settings
    fixed: Fixed | None = None
    truths: dict[Condition, TruthOf] = field(factory=dict)
    rows: dict[Query, Rows] = field(factory=dict)
    memberships: dict[Query, tuple[TruthOf, TruthOf]] = field(factory=dict)
    columns: dict[Query, Column] = field(factory=dict)
    shared_columns: dict[tuple[object, ...], Column] = field(factory=dict)

    def getter(self, symbol: Symbol, stack: tuple[str, ...]) -> Getter:
        """How to read a name; a parameter is the same for every case."""
        if symbol.kind is SymbolKind.PARAMETER:
            constant = self.settings.constants[symbol.name]
            return lambda frames: constant
        depth, slot = self.layout.depth(symbol.scope, stack), self.layout.slots[symbol.scope][symbol.name]
        return lambda frames: frames[depth][slot]

    def truth(self, node: Condition, stack: tuple[str, ...]) -> TruthOf:
        """The function that answers a condition."""
        found = self._truth(node, stack)
        self.truths[node] = found
        return found

    def _truth(self, node: Condition, stack: tuple[str, ...]) -> TruthOf:
        if isinstance(node, Test):
            return self._test(node, stack)
        if isinstance(node, Not):
            part = self.truth(node.part, stack)
            return lambda frames: OPPOSITE[part(frames)]
        if isinstance(node, All | Any):
            parts = tuple(self.truth(part, stack) for part in node.parts)
            return _all(parts) if isinstance(node, All) else _any(parts)
        if isinstance(node, Quantified):
            return self._quantified(node, stack)
        if isinstance(node, CountTest):
            count = self.count(node.query, stack)
            test = value_test(INTEGER, node.checks, lambda symbol: self.getter(symbol, stack), self.settings)
            return lambda frames: test(count(frames), frames)
        return self._share_test(node, stack)

    def _test(self, node: Test, stack: tuple[str, ...]) -> TruthOf:
        symbol, type = node.subject, cast("ScalarType", node.subject.type)
        test = value_test(type, node.checks, lambda other: self.getter(other, stack), self.settings)
        if symbol.kind is SymbolKind.PARAMETER:
            read = self.getter(symbol, stack)
            return lambda frames: test(read(frames), frames)
        depth, slot = self.layout.depth(symbol.scope, stack), self.layout.slots[symbol.scope][symbol.name]
        table = answers(type, node.checks, self.settings)
        if table is not None:
            return lambda frames: table[frames[depth][slot]]
        return lambda frames: test(frames[depth][slot], frames)

    def query(self, query: Query, stack: tuple[str, ...]) -> tuple[Rows, TruthOf, TruthOf]:
        """The rows of a query; and, of the frames with one of them as the last, whether it belongs and whether it is as asked."""
        holder = next(
            scope
            for scope in reversed(stack)
            if query.collection in self.layout.slots[scope] and scope in self.layout.holders[query.collection]
        )
        depth, slot = self.layout.depth(holder, stack), self.layout.slots[holder][query.collection]
        inner = (*stack, query.collection)
        among = None if query.among is None else self.truth(query.among, inner)
        where = None if query.where is None else self.truth(query.where, inner)
        guards = tuple(self.getter(symbol, inner) for symbol in query.guarded)
        belongs = _belongs(among, guards)
        holds = where or _always

        def rows(frames: Frames) -> list[Row] | None:
            return frames[depth][slot]  # type: ignore[return-value]

        self.rows[query] = rows
        self.memberships[query] = (belongs, holds)
        column = None if guards else self._column(query, holder, rows, among, stack)
        if column is not None:
            same = (depth, slot, column.places, column.slot, frozenset(column.answers.items()))
            self.columns[query] = self.shared_columns.setdefault(same, column)
        return rows, belongs, holds

    def _column(
        self, query: Query, holder: str, rows: Rows, among: TruthOf | None, stack: tuple[str, ...]
    ) -> Column | None:
        """The query as a column, where it is one."""
        where = query.where
        if not isinstance(where, Test) or where.subject.scope != query.collection:
            return None
        table = answers(cast("ScalarType", where.subject.type), where.checks, self.settings)
        if table is None:
            return None
        places: tuple[int, ...] | None = None
        if among is not None:
            fixed = self.fixed
            if (
                fixed is None
                or (query.collection, holder) != (fixed.collection, CASE)
                or not self._is_fixed(query.among)
            ):
                return None
            unread: Frames = [[] for _ in stack]  # what is settled reads the item alone
            truths = [among([*unread, row]) for row in fixed.rows]
            if UNKNOWN in truths:
                return None
            places = tuple(place for place, truth in enumerate(truths) if truth is YES)
        on_case = self.layout.depth(holder, stack) == 0
        return Column(rows, on_case, places, self.layout.slots[query.collection][where.subject.name], table)

    def _is_fixed(self, node: Condition | None) -> bool:
        """Whether a condition asks no rows, and reads nothing but parameters and what the framework says of its items."""
        fixed = self.fixed
        if node is None or fixed is None or any(queries_in(node)):
            return False
        return all(
            symbol.kind is SymbolKind.PARAMETER or (symbol.scope == fixed.collection and symbol.name in fixed.fields)
            for symbol in symbols_in(node)
        )

    def _quantified(self, node: Quantified, stack: tuple[str, ...]) -> TruthOf:
        tally = self.tally(node.query, stack)
        if node.kind == "every":

            def every(frames: Frames) -> Truth:
                counts = tally(frames)
                if counts is None:
                    return UNKNOWN
                _, no, yes_unknown, _, unknown_no, unknown_unknown = counts
                return NO if no else UNKNOWN if yes_unknown or unknown_no or unknown_unknown else YES

            return every

        def some(frames: Frames) -> Truth:
            counts = tally(frames)
            if counts is None:
                return UNKNOWN
            yes, _, yes_unknown, unknown_yes, _, unknown_unknown = counts
            return YES if yes else UNKNOWN if yes_unknown or unknown_yes or unknown_unknown else NO

        return some if node.kind == "some" else lambda frames: OPPOSITE[some(frames)]

    def tally(self, query: Query, stack: tuple[str, ...]) -> Callable[[Frames], Membership | None]:
        """How many rows belong and are as asked: yes/yes, yes/no, yes/unknown, unknown/yes, unknown/no, unknown/unknown."""
        rows_of, belongs, holds = self.query(query, stack)
        if query in self.columns:
            return self.columns[query].tally

        def tally(frames: Frames) -> Membership | None:
            rows = rows_of(frames)
            if rows is None:
                return None
            counts = [[0, 0, 0], [0, 0, 0], [0, 0, 0]]
            with_item = [*frames, []]
            for row in rows:
                with_item[-1] = row
                member = belongs(with_item)
                if member is not NO:
                    counts[member][holds(with_item)] += 1
            (_, (unknown_no, unknown_unknown, unknown_yes), (yes_no, yes_unknown, yes_yes)) = counts
            return yes_yes, yes_no, yes_unknown, unknown_yes, unknown_no, unknown_unknown

        return tally

    def count(self, query: Query, stack: tuple[str, ...]) -> Getter:
        """The number of rows that belong and are as asked."""
        tally = self.tally(query, stack)
        return lambda frames: counted(tally(frames))

    def _share_test(self, node: ShareTest, stack: tuple[str, ...]) -> TruthOf:
        tally = self.tally(node.query, stack)
        test = value_test(SHARE, node.checks, lambda symbol: self.getter(symbol, stack), self.settings)

        def answer(counts: Membership, frames: Frames) -> Truth:
            share, could_be_empty = shared(counts)
            found = set() if share is None else {test(share, frames)}
            return agreed({*found, node.if_none}) if could_be_empty else agreed(found)

        if not compared_names(node.checks):
            answer_alone = lru_cache(maxsize=4096)(lambda counts: answer(counts, []))
            return lambda frames: UNKNOWN if (counts := tally(frames)) is None else answer_alone(counts)
        return lambda frames: UNKNOWN if (counts := tally(frames)) is None else answer(counts, frames)


def counted(counts: Membership | None) -> Value:
    """From what surely counts to what possibly does; an absent collection can hold any number."""
    if counts is None:
        return Between(0, None)
    yes, _, yes_unknown, unknown_yes, _, unknown_unknown = counts
    most = yes + yes_unknown + unknown_yes + unknown_unknown
    return yes if yes == most else Between(yes, most)


def shared(counts: Membership) -> tuple[Value | None, bool]:
    """The share as an exact number or interval (``None`` if surely nothing belongs), and whether it is possible that nothing belongs."""
    a, b, c, d, e, f = counts
    if a + b + c + d + e + f == 0:
        return None, True
    fewest = a + b + c + e + f
    most = a + b + c + d + f
    low = Fraction(a, fewest) if fewest else Fraction(1)
    high = Fraction(a + c + d + f, most) if most else Fraction(0)
    return (low if low == high else Between(low, high)), a + b + c == 0


def _always(frames: Frames) -> Truth:
    return YES


def _belongs(among: TruthOf | None, guards: tuple[Getter, ...]) -> TruthOf:
    """Whether a row belongs: ``among`` holds, and what is asked of it is applicable to it."""
    if not guards:
        return among or _always

    def belongs(frames: Frames) -> Truth:
        least = YES if among is None else among(frames)
        for read in guards:
            value = read(frames)
            if value is NOT_APPLICABLE:
                return NO
            if markers(value):
                least = min(least, NO if without_markers(value) is None else UNKNOWN)
        return least

    return belongs


def _all(parts: tuple[TruthOf, ...]) -> TruthOf:
    def all_of(frames: Frames) -> Truth:
        least = YES
        for part in parts:
            found = part(frames)
            if found is NO:
                return NO
            least = min(least, found)
        return least

    return all_of


def _any(parts: tuple[TruthOf, ...]) -> TruthOf:
    def any_of(frames: Frames) -> Truth:
        greatest = NO
        for part in parts:
            found = part(frames)
            if found is YES:
                return YES
            greatest = max(greatest, found)
        return greatest

    return any_of
