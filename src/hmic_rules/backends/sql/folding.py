"""Sums and extremes of a field over the rows of a query."""

from __future__ import annotations

from collections.abc import Callable

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.asking import Asked, Row
from hmic_rules.backends.sql.lines import OPEN, End, Line, chosen, end_of, furthest, plus
from hmic_rules.backends.sql.nodes import NULL, Node, all_of, case, literal, opposite

__all__ = ["added_over", "furthest_over"]

ReadRow = Callable[[Row], Line]


def _sure(row: Row, line: Line) -> Node:
    return all_of(row.surely, line.value, opposite(line.refused))


def _maybe(row: Row, line: Line) -> Node:
    return all_of(row.possibly, line.value)


def added_over(rows: Asked, read: ReadRow) -> tuple[End, End]:
    """The least and the greatest sum; a row that may not count adds nothing at the one end or the other."""
    low = _sum(rows, lambda row: _addend(row, read(row), read(row).low, "least"))
    if all(read(row).single and row.belongs.settled and row.holds.settled and read(row).plain for row in rows.rows):
        return low, low
    return low, _sum(rows, lambda row: _addend(row, read(row), read(row).high, "greatest"))


def _addend(row: Row, line: Line, end: End, pick: str) -> End:
    """What one row adds; open where that is open."""
    sure, maybe = _sure(row, line), _maybe(row, line)
    nearest = furthest([end, end_of(0)], "least" if pick == "least" else "greatest", open_wins=True)
    if end.least is not None and end.least >= 0:
        nearest = chosen([(end.open, OPEN)], end_of(0)) if pick == "least" else end
    pairs = [(sure, end)] if sure is maybe else [(sure, end), (maybe, nearest)]
    return chosen(pairs, end_of(0))


def _sum(rows: Asked, addend: Callable[[Row], End]) -> End:
    if rows.target is None:
        found = end_of(0)
        for row in rows.rows:
            found = plus(found, addend(row))
        return found
    end = addend(rows.rows[0])
    least = 0 if end.least is not None and end.least >= 0 else None
    if isinstance(end.of, int):
        total = rows.sum(lambda row: end.number)
        number, of = total, end.of
    else:
        pair = rows.fold("ratio sum", lambda row: end.number, lambda row: _denominator(end))
        return End(*_open_if(rows, end, *_parts(pair)), least)
    if not end.number.nullable:
        return End(number, of, least)
    return End(_open_if(rows, end, number, literal(of))[0], of, least)


def _open_if(rows: Asked, end: End, number: Node, of: Node) -> tuple[Node, Node]:
    open_rows = rows.count(lambda row: end.open)
    return case([(nodes.compare("<", literal(0), open_rows), NULL)], number), of


def _denominator(end: End) -> Node:
    return literal(end.of) if isinstance(end.of, int) else end.of


def _parts(pair: Node) -> tuple[Node, Node]:
    return (
        nodes.operation("part", pair, value="n", nullable=pair.nullable),
        nodes.operation("part", pair, value="d", nullable=pair.nullable),
    )


def furthest_over(rows: Asked, read: ReadRow) -> tuple[End, End]:
    """The interval of the greatest; open at both ends where no row surely counts."""
    sure = opposite(rows.none(lambda row: _sure(row, read(row))))
    low = _greatest(rows, lambda row: chosen([(_sure(row, read(row)), read(row).low)], OPEN))
    high = _greatest(rows, lambda row: chosen([(_maybe(row, read(row)), read(row).high)], OPEN))
    lacking = opposite(rows.none(lambda row: all_of(_maybe(row, read(row)), read(row).high.open)))
    closed = all_of(sure, opposite(lacking))
    return chosen([(sure, low)], OPEN), chosen([(closed, high)], OPEN)


def _greatest(rows: Asked, pick: Callable[[Row], End]) -> End:
    """The greatest of the ends that are not open."""
    if rows.target is None:
        return furthest([pick(row) for row in rows.rows], "greatest", open_wins=False)
    end = pick(rows.rows[0])
    if end.number is NULL:
        return OPEN
    if isinstance(end.of, int):
        return End(rows.fold("max", lambda row: end.number), end.of)
    return End(*_parts(rows.fold("ratio max", lambda row: end.number, lambda row: _denominator(end))))
