"""Queries: which rows belong, which are as asked, and what is counted or summed over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from typing import TYPE_CHECKING

from attrs import frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.lines import Line
from hmic_rules.backends.sql.masks import Masks, masks_of
from hmic_rules.backends.sql.nodes import FALSE, Node, all_of, literal, opposite
from hmic_rules.backends.sql.reading import Build, Frame, Place
from hmic_rules.backends.sql.scopes import Scope
from hmic_rules.backends.sql.truths import YES, Two, both
from hmic_rules.conditions import Condition, Query, Symbol, SymbolKind, parts_of
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.structure import symbols_in

if TYPE_CHECKING:
    TruthOf = Callable[[Build, Condition, Place], Two]

__all__ = ["Asked", "Pick", "Row", "asked"]


@frozen
class Row:
    """One row that a query meets (in a table: any of them): where it stands, whether it belongs, whether it is as asked."""

    place: Place
    belongs: Two
    holds: Two

    @property
    def surely(self) -> Node:
        return all_of(self.belongs.surely, self.holds.surely)

    @property
    def possibly(self) -> Node:
        return all_of(self.belongs.possibly, self.holds.possibly)


Pick = Callable[[Row], Node]


@frozen
class Asked:
    """The rows of one query. What is worked out over them stands in the rows of ``current``.

    Attributes:
        rows: the items of a wide collection, or the one row that stands for all of a table.
        there: whether the rows are there at all.
        target: in whose rows a table is folded; ``None`` where the collection is wide.

    """

    rows: tuple[Row, ...]
    there: Node
    current: Scope
    target: Scope | None

    @property
    def masks(self) -> Masks | None:
        """The rows as bits, where they are items of a table that are known beforehand."""
        return None if self.target is None else masks_of(self.rows[0].place.current, self.target)

    def count(self, pick: Pick) -> Node:
        """How many rows there are of which this holds."""
        if self.target is not None:
            row, masks = self.rows[0], self.masks
            if masks is not None:
                counts = [nodes.bit_count(word.node) for word in masks.words(pick(row))]
                return nodes.lift(reduce(nodes.add, counts), self.current)
            return nodes.lift(nodes.fold("count", self.target, row.place.current, pick(row)), self.current)
        return nodes.tally(pick(row) for row in self.rows)

    def none(self, pick: Pick) -> Node:
        """Whether there is no row of which this holds."""
        if self.target is not None:
            masks = self.masks
            if masks is None:
                return nodes.equal(self.count(pick), literal(0))
            words = masks.words(pick(self.rows[0]))
            return nodes.lift(all_of(*(nodes.equal(word.node, literal(0)) for word in words)), self.current)
        return opposite(nodes.any_of(*map(pick, self.rows)))

    def sum(self, pick: Pick) -> Node:
        if self.target is not None:
            row = self.rows[0]
            return nodes.lift(nodes.fold("sum", self.target, row.place.current, pick(row)), self.current)
        found: Node = literal(0)
        for row in self.rows:
            found = nodes.add(found, pick(row))
        return found

    def fold(self, kind: str, *picks: Pick) -> Node:
        """An aggregate that only a table has."""
        assert self.target is not None  # noqa: S101 - who calls has looked
        row = self.rows[0]
        args = [pick(row) for pick in picks]
        return nodes.lift(nodes.fold(kind, self.target, row.place.current, *args), self.current)


def asked(build: Build, query: Query, place: Place, truth: TruthOf, field: Symbol | None = None) -> Asked:
    """The rows of a query that stands at this place. ``field`` is a name that is read of each row beside the query's own."""
    depth = _holder(build, query.collection, place)
    holder = place.frames[depth]
    there = nodes.lift(build.there(query.collection, holder), place.current)
    if query.collection in build.rooms.tables.wide:
        found = []
        for item in build.rooms.tables.items[query.collection]:
            inside = place.inside(Frame(query.collection, build.rooms.case, depth, item), place.current)
            found.append(_row(build, query, inside, truth))
        return Asked(tuple(found), there, place.current, None)
    rows = build.rooms.rows_of(query.collection)
    frame = Frame(query.collection, rows, depth)
    within = place.inside(frame, rows)
    allowed = {*within.below(len(place.frames))}
    if all(read in allowed for read in _read(build, query, within, field)):
        return Asked((_row(build, query, within, truth),), there, place.current, holder.table)
    pair = build.rooms.pair(place.current, rows, holder.table)
    return Asked((_row(build, query, place.inside(frame, pair), truth),), there, place.current, place.current)


def _holder(build: Build, collection: str, place: Place) -> int:
    """The innermost frame whose rows hold the collection."""
    layout = build.program.layout
    return next(
        depth
        for depth in reversed(range(len(place.frames)))
        if collection in layout.slots[(scope := place.frames[depth].scope)] and scope in layout.holders[collection]
    )


def _read(build: Build, query: Query, place: Place, field: Symbol | None) -> Iterator[int]:
    """The frames that the conditions of a query read: of the names in them, and of the rows that queries inside them go over."""
    scopes: list[str] = [] if field is None or field.kind is SymbolKind.PARAMETER else [field.scope]
    inside: list[str] = []
    pending = [condition for condition in (query.among, query.where) if condition is not None]
    for condition in pending:
        scopes += [symbol.scope for symbol in symbols_in(condition) if symbol.kind is not SymbolKind.PARAMETER]
        inside += _collections(condition)
    for collection in inside:
        scopes.extend(
            place.frames[_holder(build, collection, place)].scope
            for _ in (0,)
            if any(collection in build.program.layout.slots[frame.scope] for frame in place.frames)
        )
    known = [frame.scope for frame in place.frames]
    for scope in scopes:
        if scope in known:
            yield len(known) - 1 - known[::-1].index(scope)


def _collections(node: Condition) -> list[str]:
    found: list[str] = []
    pending: list[object] = [node]
    while pending:
        one = pending.pop()
        query: Query | None = getattr(one, "query", None)
        if query is not None:
            found.append(query.collection)
        pending.extend(parts_of(one))  # type: ignore[arg-type]
    return found


def _row(build: Build, query: Query, place: Place, truth: TruthOf) -> Row:
    """Whether a row belongs: ``among`` holds, and what is asked of it is applicable to it; and whether it is as asked."""
    among = YES if query.among is None else truth(build, query.among, place)
    guards = [_applicable(build, symbol, place) for symbol in query.guarded]
    holds = YES if query.where is None else truth(build, query.where, place)
    return Row(place, both([among, *guards]), holds)


def _applicable(build: Build, symbol: Symbol, place: Place) -> Two:
    value = build.read(symbol, place)
    if isinstance(value, Line):
        return Two(opposite(value.refused), value.value) if value.refused is not FALSE else YES
    refused = frozenset({NOT_APPLICABLE})
    if NOT_APPLICABLE not in value.could and value.anything is FALSE:
        return YES
    return Two(opposite(value.possible(refused)), opposite(value.only(refused)))
