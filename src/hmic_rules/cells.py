"""Cells: for each type, one value from every stretch that the constants it is compared with tell apart."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

from attrs import frozen

from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType, ScalarType
from hmic_rules.possible import Known, Month

__all__ = ["Tally", "cells_of", "tallies"]

Exact: TypeAlias = Fraction | int
SMALL: Final = 12
OTHER_TEXT: Final = "another text"


@frozen
class Tally:
    """How many items of a query belong and are as asked, and how many belong and are not."""

    yes: int
    no: int


def cells_of(type: ScalarType, constants: Iterable[Known]) -> tuple[Known, ...]:
    """Values of the type of which each behaves like every other between the same two constants.

    Labels and truth values stand for themselves. Numbers, dates and months come from below, at, between and above the constants.
    """
    if isinstance(type, BooleanType):
        return True, False
    if isinstance(type, LabelType):
        return type.labels
    line: Any = tuple(constants)
    if isinstance(type, NumberType):
        return tuple(_cut(line, type.low, type.high, whole=type.kind == "integer"))
    if isinstance(type, DateType):
        first, last = (type.low or datetime.date.min).toordinal(), (type.high or datetime.date.max).toordinal()
        found = _cut([day.toordinal() for day in line] or [_near(first, last)], first, last, whole=True)
        return tuple(datetime.date.fromordinal(int(day)) for day in found)
    if isinstance(type, MonthType):
        start, end = (type.low or Month.of(0, 1)).ordinal, (type.high or Month.of(9999, 12)).ordinal
        found = _cut([month.ordinal for month in line] or [_near(start, end, 24_000)], start, end, whole=True)
        return tuple(Month(int(month)) for month in found)
    other = OTHER_TEXT
    while other in line:
        other += "s"
    return (*sorted(set(line)), other)


def _near(first: int, last: int, wanted: int = 730_120) -> int:
    """A day, or a month, of the year 2000 where the type allows it."""
    return min(max(wanted, first), last)


def _cut(constants: Iterable[Exact], low: Exact | None, high: Exact | None, *, whole: bool) -> Iterator[Exact]:
    """One number of each stretch, upward."""
    line = sorted(set(constants))
    for before, here in zip([None, *line], [*line, None], strict=True):
        between = _whole_inside(before, here, low, high) if whole else _inside(before, here, low, high)
        if between is not None:
            yield between
        if (
            here is not None
            and (low is None or here >= low)
            and (high is None or here <= high)
            and not (whole and Fraction(here).denominator != 1)
        ):
            yield here


def _whole_inside(after: Exact | None, before: Exact | None, low: Exact | None, high: Exact | None) -> int | None:
    least = [floor(after) + 1] if after is not None else []
    most = [ceil(before) - 1] if before is not None else []
    least += [ceil(low)] if low is not None else []
    most += [floor(high)] if high is not None else []
    if least and most and max(least) > min(most):
        return None
    if after is None and before is not None:
        return min(most)
    return max(least) if least else min(most, default=0)


def _inside(after: Exact | None, before: Exact | None, low: Exact | None, high: Exact | None) -> Exact | None:
    if low is not None and (after is None or low > after):
        return low if before is None or low < before else None
    if high is not None and (before is None or high < before):
        return high if after is None or high > after else None
    if after is None:
        return 0 if before is None else before - 1
    if before is None:
        return after + 1
    middle = Fraction(after + before) / 2
    return int(middle) if middle.denominator == 1 else middle


def tallies(
    counts: frozenset[Exact] | None,
    shares: frozenset[Exact] | None,
    least: int,
    most: int | None,
    *,
    asks: bool,
) -> tuple[Tally, ...] | None:
    """The tallies that tests of one query tell apart, or ``None`` where they are not listed.

    Args:
        counts: what the number of items is compared with; ``None`` where it is not.
        shares: what the share of items is compared with; ``None`` where it is not.
        least: how many items belong at least.
        most: how many items belong at most; ``None`` is any number.
        asks: whether the query asks something of the items that belong.

    """
    if shares is not None:
        if most is not None and most <= SMALL:
            return tuple(Tally(yes, size - yes) for size in range(least, most + 1) for yes in range(size + 1))
        if counts is not None or most is not None:
            return None
        empty = [Tally(0, 0)] if least == 0 else []
        parts = (Fraction(share) for share in _cut({0, 1, *shares}, 0, 1, whole=False))
        scaled = ((share, ceil(Fraction(max(least, 1), share.denominator)) * share.denominator) for share in parts)
        return (*empty, *(Tally(int(share * size), int((1 - share) * size)) for share, size in scaled))
    cuts = {0, *(counts or ())}
    found = [Tally(int(yes), 0) for yes in _cut(cuts, least, most, whole=True)]
    if asks and (most is None or most > 0):
        some = _cut(cuts, 0, None if most is None else most - 1, whole=True)
        found += [Tally(int(yes), max(1, least - int(yes))) for yes in some]
    return tuple(found)
