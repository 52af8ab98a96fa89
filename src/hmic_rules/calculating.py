"""The semantics of calculations: exact numbers, or the interval of the numbers still possible."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import cast

from hmic_rules.comparing import Frames, Getter
from hmic_rules.conditions import (
    Aggregate,
    Bands,
    Combine,
    Count,
    Elapsed,
    Expression,
    LongestRun,
    Number,
    Operand,
    PointsOf,
    Query,
    Ratio,
    Read,
    Share,
    Symbol,
    Term,
    Truth,
)
from hmic_rules.datatypes import NumberType
from hmic_rules.evaluation import Compiler, shared
from hmic_rules.possible import (
    NOT_APPLICABLE,
    Between,
    Marker,
    Month,
    Value,
    ends,
    is_known,
    markers,
    union,
    with_markers,
    without_markers,
)
from hmic_rules.rows import Membership

__all__ = [
    "added",
    "aggregate_of_any",
    "aggregated",
    "banded",
    "calculation",
    "different",
    "elapsed_between",
    "greatest",
    "interval",
    "least",
    "longest_among",
    "points_for",
    "points_of_any",
    "ratio_of",
    "share_of",
]

Num = int | Fraction
End = Num | None
NO, YES = Truth.NO, Truth.YES
NOTHING: frozenset[Marker] = frozenset()
NA: frozenset[Marker] = frozenset([NOT_APPLICABLE])


def interval(low: End, high: End) -> Value:
    """The number, or the interval, between two ends; ``None`` is an open end."""
    if low is not None and low == high:
        return int(low) if isinstance(low, Fraction) and low.denominator == 1 else low
    return Between(low, high)


def calculation(compiler: Compiler, node: Expression, stack: tuple[str, ...]) -> Getter:
    """The function that computes a calculation."""
    if isinstance(node, Number):
        number: Value = node.value
        return lambda frames: number
    if isinstance(node, Read):
        return compiler.getter(node.symbol, stack)
    if isinstance(node, Count):
        return compiler.count(node.query, stack)
    if isinstance(node, Share):
        return _share(compiler, node, stack)
    if isinstance(node, Combine):
        combine = {"add": added, "max": greatest, "min": least}[node.op]
        parts = tuple(calculation(compiler, part, stack) for part in node.parts)
        return lambda frames: combine([part(frames) for part in parts])
    if isinstance(node, Aggregate):
        return _aggregate(compiler, node, stack)
    if isinstance(node, Ratio):
        part, whole = calculation(compiler, node.part, stack), calculation(compiler, node.whole, stack)
        return lambda frames: ratio_of(part(frames), whole(frames))
    if isinstance(node, Bands):
        of = calculation(compiler, node.of, stack)
        return lambda frames: banded(node, of(frames))
    if isinstance(node, PointsOf):
        return _points(compiler, node, stack)
    if isinstance(node, Elapsed):
        return _elapsed(compiler, node, stack)
    return _longest_run(compiler, node, stack)


def _applicable(value: Value) -> tuple[End, End, bool] | None:
    """The ends of the numbers possible, and whether the value surely is one; ``None`` where it surely is not applicable."""
    rest = without_markers(value)
    if rest is None:
        return None
    low, high = ends(rest)
    return cast("End", low), cast("End", high), not markers(value)


def added(values: list[Value]) -> Value:
    """The sum, from which what is not applicable is left out; of no values 0, and not applicable where none of them is applicable."""
    found = [part for part in map(_applicable, values) if part is not None]
    if values and not found:
        return NOT_APPLICABLE
    low: End = 0
    high: End = 0
    for part_low, part_high, sure in found:
        least = part_low if sure or part_low is None else min(part_low, 0)
        most = part_high if sure or part_high is None else max(part_high, 0)
        low = None if low is None or least is None else low + least
        high = None if high is None or most is None else high + most
    return with_markers(interval(low, high), NOTHING if not values or any(sure for _, _, sure in found) else NA)


def greatest(values: list[Value]) -> Value:
    """The greatest of those that are applicable; not applicable where none is."""
    found = [part for part in map(_applicable, values) if part is not None]
    if not found:
        return NOT_APPLICABLE
    sure = [part for part in found if part[2]]
    lows = [part[0] for part in sure or found]
    known = [low for low in lows if low is not None]
    pick = max if sure else min
    low = (pick(known) if known else None) if sure or len(known) == len(lows) else None
    highs = [part[1] for part in found]
    high = None if None in highs else max(cast("list[Num]", highs))
    return with_markers(interval(low, high), NOTHING if sure else NA)


def least(values: list[Value]) -> Value:
    """The least of those that are applicable; not applicable where none is."""
    return _negated(greatest([_negated(value) for value in values]))


def _negated(value: Value) -> Value:
    rest = without_markers(value)
    if rest is None:
        return value
    low, high = cast("tuple[End, End]", ends(rest))
    return with_markers(interval(None if high is None else -high, None if low is None else -low), markers(value))


def _share(compiler: Compiler, node: Share, stack: tuple[str, ...]) -> Getter:
    tally = compiler.tally(node.query, stack)
    return lambda frames: share_of(tally(frames))


def share_of(counts: Membership | None) -> Value:
    """The share as a number; unknown where nothing belongs, or may not."""
    if counts is None:
        return Between(0, 1)
    found, could_be_empty = shared(counts)
    return Between(0, 1) if found is None or could_be_empty else found


def _counting(
    compiler: Compiler, query: Query, stack: tuple[str, ...]
) -> Callable[[Frames], list[tuple[bool, Frames]] | None]:
    """The rows that possibly count, each with whether it surely does."""
    rows_of, belongs, holds = compiler.query(query, stack)

    def counting(frames: Frames) -> list[tuple[bool, Frames]] | None:
        rows = rows_of(frames)
        if rows is None:
            return None
        found: list[tuple[bool, Frames]] = []
        for row in rows:
            with_item = [*frames, row]
            counts = min(belongs(with_item), holds(with_item))
            if counts is not NO:
                found.append((counts is YES, with_item))
        return found

    return counting


def _aggregate(compiler: Compiler, node: Aggregate, stack: tuple[str, ...]) -> Getter:
    counting = _counting(compiler, node.query, stack)
    read = compiler.getter(node.field, (*stack, node.query.collection))

    def aggregate(frames: Frames) -> Value:
        rows = counting(frames)
        if rows is None:
            return aggregate_of_any(node)
        return aggregated(node, [read(row) if sure else union([read(row), NOT_APPLICABLE]) for sure, row in rows])

    return aggregate


def aggregated(node: Aggregate, values: list[Value]) -> Value:
    """The sum, the greatest or the least of these; a row that may not count may also be not applicable."""
    if node.op == "add":
        total = without_markers(added(values))
        return 0 if total is None else total
    found = greatest(values) if node.op == "max" else least(values)
    return Between(None, None) if markers(found) else found


def aggregate_of_any(node: Aggregate) -> Value:
    """What it can be where the rows are not there."""
    type = cast("NumberType", node.field.type)
    never_negative = node.op == "add" and type.low is not None and type.low >= 0
    return Between(0 if never_negative else None, None)


def ratio_of(part: Value, whole: Value) -> Value:
    """A part over a whole, exact where both are known; any number where the whole may be nothing, or either may be negative."""
    extra = NA if markers(part) | markers(whole) else NOTHING
    top, bottom = without_markers(part), without_markers(whole)
    if top is None or bottom is None:
        return NOT_APPLICABLE
    low, high = cast("tuple[End, End]", ends(top))
    least, most = cast("tuple[End, End]", ends(bottom))
    if is_known(top) and is_known(bottom) and least:
        ratio = Fraction(cast("Num", low)) / least
        return with_markers(interval(ratio, ratio), extra)
    if least is None or least <= 0 or low is None or low < 0:
        return with_markers(Between(None, None), extra)
    smallest = Fraction(0) if most is None else Fraction(low) / most
    largest = None if high is None else Fraction(high) / least
    return with_markers(interval(smallest, largest), extra)


def banded(node: Bands, value: Value) -> Value:
    """From the least to the greatest result of the bands that a number can lie in; a bound belongs to the band that it starts."""
    rest = without_markers(value)
    if rest is None:
        return value
    low, high = cast("tuple[End, End]", ends(rest))
    starts: list[End] = [None, *(bound for bound, _ in node.steps)]
    stops: list[End] = [*(bound for bound, _ in node.steps), None]
    results = [node.below, *(result for _, result in node.steps)]
    reached = [
        result
        for start, stop, result in zip(starts, stops, results, strict=True)
        if (start is None or high is None or high >= start) and (stop is None or low is None or low < stop)
    ]
    return with_markers(interval(min(reached), max(reached)), markers(value))


def _points(compiler: Compiler, node: PointsOf, stack: tuple[str, ...]) -> Getter:
    counting = _counting(compiler, node.query, stack)
    read = None if node.different is None else compiler.getter(node.different, (*stack, node.query.collection))

    def points(frames: Frames) -> Value:
        rows = counting(frames)
        if rows is None:
            return points_of_any(node)
        if read is None:
            return points_for(node, sum(sure for sure, _ in rows), len(rows))
        return points_for(node, *different([(sure, read(row)) for sure, row in rows]))

    return points


def points_for(node: PointsOf, fewest: int, most: int) -> Value:
    """The points of at least and at most so many items."""
    low, high = fewest * node.worth, most * node.worth
    return interval(min(low, high), max(low, high))


def points_of_any(node: PointsOf) -> Value:
    """What they can be where the rows are not there."""
    return interval(0, 0) if node.worth == 0 else Between(0, None) if node.worth > 0 else Between(None, 0)


def different(codes: list[tuple[bool, Value]]) -> tuple[int, int]:
    """How many different values there are, at least and at most; each comes with whether it surely counts."""
    surely = {code for sure, code in codes if sure and is_known(code)}
    possibly = {code for _, code in codes if is_known(code)}
    fewest = max(len(surely), int(any(sure for sure, _ in codes)))
    return fewest, len(possibly) + sum(not is_known(code) for _, code in codes)


def _elapsed(compiler: Compiler, node: Elapsed, stack: tuple[str, ...]) -> Getter:
    start, end = _moment(compiler, node.start, stack), _moment(compiler, node.end, stack)
    return lambda frames: elapsed_between(node.unit, start(frames), end(frames))


def elapsed_between(unit: str, one: Value, other: Value) -> Value:
    """Whole weeks or months from one to the other."""
    between = _weeks if unit == "weeks" else _months
    extra = markers(one) | markers(other)
    first, last = without_markers(one), without_markers(other)
    if first is None or last is None:
        return NOT_APPLICABLE
    (first_low, first_high), (last_low, last_high) = ends(first), ends(last)
    low = None if first_high is None or last_low is None else between(first_high, last_low)
    high = None if first_low is None or last_high is None else between(first_low, last_high)
    return with_markers(interval(low, high), NA if extra else NOTHING)


def _moment(compiler: Compiler, operand: Operand, stack: tuple[str, ...]) -> Getter:
    if isinstance(operand, Symbol):
        return compiler.getter(operand, stack)
    assert not isinstance(operand, Term)  # noqa: S101 - terms are numbers, and the loader takes no number here
    return lambda frames: operand


def _weeks(start: object, end: object) -> int:
    return (cast("datetime.date", end) - cast("datetime.date", start)).days // 7


def _months(start: object, end: object) -> int:
    if isinstance(start, Month) and isinstance(end, Month):
        return end.ordinal - start.ordinal
    first, last = cast("datetime.date", start), cast("datetime.date", end)
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _longest_run(compiler: Compiler, node: LongestRun, stack: tuple[str, ...]) -> Getter:
    counting = _counting(compiler, node.query, stack)
    read = compiler.getter(node.along, (*stack, node.query.collection))

    def longest_run(frames: Frames) -> Value:
        rows = counting(frames)
        return Between(0, None) if rows is None else longest_among([(sure, read(row)) for sure, row in rows])

    return longest_run


def longest_among(places: list[tuple[bool, Value]]) -> Value:
    """The longest run of neighbours; each place comes with whether its item surely counts."""
    surely = {_step(place) for sure, place in places if sure and is_known(place) and place is not NOT_APPLICABLE}
    low = max(_run(surely), int(any(sure for sure, _ in places)))
    if all(is_known(place) for _, place in places):
        return interval(low, _run({_step(place) for _, place in places if place is not NOT_APPLICABLE}))
    return interval(low, len(places))


def _step(place: Value) -> int:
    if isinstance(place, Month):
        return place.ordinal
    return place.toordinal() if isinstance(place, datetime.date) else cast("int", place)


def _run(steps: set[int]) -> int:
    longest = 0
    for step in steps:
        if step - 1 not in steps:
            length = 1
            while step + length in steps:
                length += 1
            longest = max(longest, length)
    return longest
