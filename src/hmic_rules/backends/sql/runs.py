"""Different values and runs of neighbours among the rows of a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.asking import Asked, Row
from hmic_rules.backends.sql.choices import Asked as Truthful
from hmic_rules.backends.sql.choices import Listed, Masked
from hmic_rules.backends.sql.comparing import floored
from hmic_rules.backends.sql.facts import Readable
from hmic_rules.backends.sql.lines import End, Line
from hmic_rules.backends.sql.nodes import FALSE, NULL, Node, all_of, any_of, case, equal, is_null, literal, opposite
from hmic_rules.backends.sql.refusals import refuse

__all__ = ["different_over", "longest_over"]

ReadRow = Callable[[Row], Readable]


def different_over(rows: Asked, read: ReadRow) -> tuple[Node, Node]:
    """How many different values there are, at least and at most."""
    table = _table(rows, "different values")
    value = read(table)
    code, known = _code(value)
    surely = rows.fold("distinct", lambda row: case([(all_of(row.surely, known), code)], NULL))
    some = opposite(rows.none(lambda row: row.surely))
    fewest = case([(all_of(equal(surely, literal(0)), some), literal(1))], surely)
    possibly = rows.fold("distinct", lambda row: case([(all_of(row.possibly, known), code)], NULL))
    unknown = rows.count(lambda row: all_of(row.possibly, opposite(known)))
    return fewest, nodes.add(possibly, unknown)


def _table(rows: Asked, what: str) -> Row:
    if rows.target is None:
        refuse(f"{what} among the items of a collection that stands as columns; give it as a table of its own")
    return rows.rows[0]


def _code(value: Readable) -> tuple[Node, Node]:
    """A text or number that is different for different values, and whether the value is known."""
    if isinstance(value, Line):
        refused_only = all_of(opposite(value.value), value.refused)
        settled = all_of(value.value, opposite(value.refused), value.known)
        number = (
            value.low.number
            if isinstance(value.low.of, int)
            else nodes.operation("fraction", value.low.number, value.low.of)
        )
        if refused_only is FALSE:
            return number, settled
        text = nodes.operation("text", number)
        return case([(refused_only, literal("not applicable"))], text), any_of(refused_only, settled)
    if isinstance(value, Listed):
        if value.refused is FALSE:
            return value.column, opposite(is_null(value.column))
        tagged = nodes.operation("tagged", value.column)
        known = any_of(value.refused, opposite(is_null(value.column)))
        return case([(value.refused, literal("not applicable"))], tagged), known
    return _of_mask(value)


def _of_mask(value: Masked | Truthful) -> tuple[Node, Node]:
    mask = value.mask
    bits = [literal(1 << place) for place in range(len(value.members) + 1)]
    return mask, all_of(nodes.is_in(mask, [cast("int", bit.value) for bit in bits]), opposite(value.anything))


def longest_over(rows: Asked, read: ReadRow, *, of_days: bool) -> tuple[End, End]:
    """The longest run of neighbours, at least and at most."""
    table = _table(rows, "runs")
    value = cast("Line", read(table))
    step = value.low.number if value.low.of == 1 else floored(value.low.number, value.low.of)
    if of_days:
        step = nodes.operation("day number", step)
    known = all_of(value.value, opposite(value.refused), value.known)
    settled = any_of(known, all_of(opposite(value.value), value.refused))
    run = rows.fold("longest run", lambda row: case([(all_of(row.surely, known), step)], NULL))
    some = opposite(rows.none(lambda row: row.surely))
    low = case([(all_of(equal(run, literal(0)), some), literal(1))], run)
    whole = rows.fold("longest run", lambda row: case([(all_of(row.possibly, known), step)], NULL))
    unknown = rows.none(lambda row: all_of(row.possibly, opposite(settled)))
    high = case([(unknown, whole)], rows.count(lambda row: row.possibly))
    return End(low, 1, 0), End(high, 1, 0)
