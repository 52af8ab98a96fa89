"""Calculations: exact numbers, or the interval of the numbers still possible."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Literal, cast

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.asking import Asked, Row, asked
from hmic_rules.backends.sql.comparing import floored
from hmic_rules.backends.sql.conditions import counted, shares, truth
from hmic_rules.backends.sql.folding import added_over, furthest_over
from hmic_rules.backends.sql.lines import OPEN, End, Line, chosen, end_of, exactly, furthest, less, minus, plus, times
from hmic_rules.backends.sql.nodes import FALSE, NULL, TRUE, Node, all_of, any_of, case, is_null, literal, opposite
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.runs import different_over, longest_over
from hmic_rules.conditions import (
    Aggregate,
    Bands,
    Combine,
    Count,
    Elapsed,
    Expression,
    Number,
    Operand,
    PointsOf,
    Ratio,
    Read,
    Share,
    Symbol,
)
from hmic_rules.datatypes import DateType, MonthType, NumberType
from hmic_rules.possible import Known, Month

__all__ = ["calculate"]


def calculate(build: Build, node: Expression, place: Place) -> Line:
    """The numbers that a calculation can come to, in the rows of this place."""
    if isinstance(node, Number):
        return exactly(node.value)
    if isinstance(node, Read):
        return cast("Line", build.read(node.symbol, place))
    if isinstance(node, Count):
        return counted(asked(build, node.query, place, truth))
    if isinstance(node, Share):
        return _share(build, node, place)
    if isinstance(node, Combine):
        parts = [calculate(build, part, place) for part in node.parts]
        return _added(parts) if node.op == "add" else _greatest(parts) if node.op == "max" else _least(parts)
    if isinstance(node, Aggregate):
        return _aggregate(build, node, place)
    if isinstance(node, Ratio):
        return _ratio(calculate(build, node.part, place), calculate(build, node.whole, place))
    if isinstance(node, Bands):
        return _banded(node, calculate(build, node.of, place))
    if isinstance(node, PointsOf):
        return _points(build, node, place)
    if isinstance(node, Elapsed):
        return _elapsed(node.unit, _moment(build, node.start, place), _moment(build, node.end, place))
    rows = asked(build, node.query, place, truth, node.along)
    low, high = longest_over(
        rows, lambda row: build.read(node.along, row.place), of_days=isinstance(node.along.type, DateType)
    )
    return _there(rows, low, high, 0)


def _there(rows: Asked, low: End, high: End, least: int | None) -> Line:
    """An interval where the rows are there; else from ``least`` on."""
    first = chosen([(rows.there, low)], end_of(least))
    return Line(first, first if low == high and rows.there is TRUE else chosen([(rows.there, high)], OPEN))


def _share(build: Build, node: Share, place: Place) -> Line:
    found = shares(build, node.query, place)
    known = all_of(found.there, opposite(found.maybe_none))
    low = chosen([(known, found.share.low)], end_of(0))
    return Line(low, chosen([(known, found.share.high)], end_of(1)))


def _added(parts: list[Line]) -> Line:
    """The sum of those that are applicable."""
    low = high = end_of(0)
    for part in parts:
        if part.plain and part.single:
            least = most = part.low
        else:
            zero = end_of(0)
            least = _counted(part, part.low, furthest([part.low, zero], "least", open_wins=True))
            most = _counted(part, part.high, furthest([part.high, zero], "greatest", open_wins=True))
        low, high = plus(low, least), plus(high, most)
    value = any_of(*(part.value for part in parts))
    sure = any_of(*(all_of(part.value, opposite(part.refused)) for part in parts))
    both_single = all(part.plain and part.single for part in parts)
    return Line(low, low if both_single else high, value, opposite(sure))


def _counted(part: Line, end: End, with_zero: End) -> End:
    return chosen([(opposite(part.value), end_of(0)), (part.refused, with_zero)], end)


def _greatest(parts: list[Line]) -> Line:
    """The greatest of those that are applicable."""
    if all(part.plain for part in parts):
        low = furthest([part.low for part in parts], "greatest", open_wins=False)
        if all(part.single for part in parts):
            return Line(low, low)
        return Line(low, furthest([part.high for part in parts], "greatest", open_wins=True))
    sure = [all_of(part.value, opposite(part.refused)) for part in parts]
    some = any_of(*sure)
    value = any_of(*(part.value for part in parts))
    of_sure = _over([(one, part.low) for one, part in zip(sure, parts, strict=True)], "greatest", open_wins=False)
    of_all = _over([(part.value, part.low) for part in parts], "least", open_wins=True)
    high = _over([(part.value, part.high) for part in parts], "greatest", open_wins=True)
    return Line(chosen([(some, of_sure)], of_all), high, value, opposite(some))


def _over(pairs: list[tuple[Node, End]], pick: Literal["least", "greatest"], *, open_wins: bool) -> End:
    """The furthest of those ends whose condition holds; open where none does."""
    found, any_yet = OPEN, FALSE
    for condition, end in pairs:
        better = furthest([found, end], pick, open_wins=open_wins)
        taken = chosen([(any_yet, better)], end)
        found = chosen([(condition, taken)], found)
        any_yet = any_of(any_yet, condition)
    return found


def _least(parts: list[Line]) -> Line:
    return _negated(_greatest([_negated(part) for part in parts]))


def _negated(part: Line) -> Line:
    low = minus(part.high)
    return Line(low, low if part.single else minus(part.low), part.value, part.refused, part.gap)


def _aggregate(build: Build, node: Aggregate, place: Place) -> Line:
    rows = asked(build, node.query, place, truth, node.field)

    def read(row: Row) -> Line:
        return cast("Line", build.read(node.field, row.place))

    if node.op == "add":
        type = cast("NumberType", node.field.type)
        low, high = added_over(rows, read)
        return _there(rows, low, high, 0 if type.low is not None and type.low >= 0 else None)
    low, high = furthest_over(rows, read if node.op == "max" else lambda row: _negated(read(row)))
    line = _there(rows, low, high, None)
    return line if node.op == "max" else _negated(line)


def _ratio(part: Line, whole: Line) -> Line:
    """A part over a whole; open where the whole may be nothing, or less."""
    value = all_of(part.value, whole.value)
    refused = any_of(part.refused, whole.refused)
    constant = _constant(whole)
    if constant:
        return _over_constant(part, constant, value, refused)
    top, bottom = part.known, all_of(whole.known, opposite(_is_zero(whole.low)))
    known = all_of(top, bottom)
    ranged = all_of(_positive(whole.low), _not_negative(part.low))
    smallest = chosen([(whole.high.open, end_of(0))], _quotient(part.low, whole.high))
    largest = _quotient(part.high, whole.low)
    fine = any_of(known, ranged)
    low = chosen([(fine, smallest)], OPEN)
    if part.single and whole.single and fine is not TRUE:
        return Line(low, low, value, refused)
    return Line(
        low, low if fine is TRUE and part.single and whole.single else chosen([(fine, largest)], OPEN), value, refused
    )


def _over_constant(part: Line, constant: Fraction, value: Node, refused: Node) -> Line:
    """A part over a constant. An interval is open where it may be below nothing, and over a constant below nothing."""
    low, high = times(part.low, 1 / constant), times(part.high, 1 / constant)
    if part.single:
        return Line(low, low, value, refused)
    fine = part.known if constant < 0 else any_of(part.known, _not_negative(part.low))
    if fine is TRUE:
        return Line(low, high, value, refused)
    return Line(chosen([(fine, low)], OPEN), chosen([(fine, high)], OPEN), value, refused)


def _constant(line: Line) -> Fraction | None:
    if not line.plain or not line.single or not line.low.number.constant or not isinstance(line.low.of, int):
        return None
    return Fraction(cast("int", line.low.number.value), line.low.of)


def _is_zero(end: End) -> Node:
    return nodes.equal(end.number, literal(0))


def _positive(end: End) -> Node:
    if end.least is not None and end.least > 0:
        return opposite(end.open)
    if end.least is not None and end.least == 0:
        return all_of(opposite(end.open), opposite(_is_zero(end)))
    return nodes.compare("<", literal(0), end.number)


def _not_negative(end: End) -> Node:
    if end.least is not None and end.least >= 0:
        return opposite(end.open)
    return nodes.compare("<=", literal(0), end.number)


def _quotient(top: End, bottom: End) -> End:
    """One end over another, with a positive denominator."""
    if NULL in (top.number, bottom.number):
        return OPEN
    over, under = top.of, bottom.of
    if isinstance(over, int) and isinstance(under, int):
        over, under = over // gcd(over, under), under // gcd(over, under)
    number = top.number if under == 1 else nodes.multiply(top.number, under)
    of = nodes.multiply(bottom.number, over)
    least = 0 if top.least is not None and top.least >= 0 else None
    if bottom.least is not None and bottom.least >= 0:  # where it is 0, nobody takes what comes of it
        return End(number, of, least)
    below = nodes.compare("<", of, literal(0))
    return End(case([(below, nodes.negate(number))], number), case([(below, nodes.negate(of))], of))


def _banded(node: Bands, value: Line) -> Line:
    """The results of the bands that the interval reaches, from the least to the greatest."""
    starts = [None, *(bound for bound, _ in node.steps)]
    stops = [*(bound for bound, _ in node.steps), None]
    results = [node.below, *(result for _, result in node.steps)]
    reached = []
    for start, stop, result in zip(starts, stops, results, strict=True):
        above = TRUE if start is None else opposite(less(value.high, end_of(start)))
        below = TRUE if stop is None else opposite(less(end_of(stop), value.low, False, "<="))
        reached.append((all_of(above, below), end_of(result), result))
    upward = sorted(reached, key=lambda one: one[2])
    low = chosen([(condition, end) for condition, end, _ in upward[:-1]], upward[-1][1])
    downward = upward[::-1]
    high = low if value.single else chosen([(condition, end) for condition, end, _ in downward[:-1]], downward[-1][1])
    return Line(low, high, value.value, value.refused, value.gap)


def _points(build: Build, node: PointsOf, place: Place) -> Line:
    """What so many items are worth; of different values, so many different ones."""
    rows = asked(build, node.query, place, truth, node.different)
    if node.worth == 0:
        return exactly(0)
    if node.different is None:
        fewest = most = rows.count(lambda row: row.surely)
        if any(not row.belongs.settled or not row.holds.settled for row in rows.rows):
            most = rows.count(lambda row: row.possibly)
    else:
        symbol = node.different
        fewest, most = different_over(rows, lambda row: build.read(symbol, row.place))
    ends = [times(End(fewest, 1, 0), node.worth), times(End(most, 1, 0), node.worth)]
    if fewest is most:
        ends[1] = ends[0]
    if node.worth > 0:
        return _there(rows, ends[0], ends[1], 0)
    low, high = chosen([(rows.there, ends[1])], OPEN), chosen([(rows.there, ends[0])], end_of(0))
    return Line(low, low if ends[0] == ends[1] and rows.there is TRUE else high)


def _moment(build: Build, operand: Operand, place: Place) -> tuple[Line, bool]:
    """A date or a month, and whether it is a month."""
    if isinstance(operand, Symbol):
        return cast("Line", build.read(operand, place)), isinstance(operand.type, MonthType)
    return exactly(cast("Known", operand)), isinstance(operand, Month)


def _elapsed(unit: str, start: tuple[Line, bool], end: tuple[Line, bool]) -> Line:
    """Whole weeks or months from one to the other."""
    (one, monthly), (other, _) = start, end
    low = _between(unit, monthly, one.high, other.low)
    high = low if one.single and other.single else _between(unit, monthly, one.low, other.high)
    return Line(low, high, all_of(one.value, other.value), any_of(one.refused, other.refused))


def _between(unit: str, monthly: bool, start: End, end: End) -> End:
    first, last = start.number, end.number
    if NULL in (first, last):
        return OPEN
    if monthly:
        return End(nodes.add(last, nodes.negate(first)))
    if unit == "weeks":
        return End(_nullable(floored(nodes.operation("days", first, last), 7), first, last))
    return End(nodes.operation("months", first, last))


def _nullable(node: Node, *ends: Node) -> Node:
    open_ = any_of(*map(is_null, ends))
    return case([(open_, NULL)], node)
