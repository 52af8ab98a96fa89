"""What a value can still be.

A known value stands as itself: a label (``str``), a ``bool``, an ``int``, a ``Fraction``, a ``date``, a :class:`Month`, a text, or the
marker :data:`NOT_APPLICABLE`. What is not known is a :data:`Possible`: the set, or the interval, of results that some completion of the
unknown facts gives. Sets are never too small; an interval may be too wide.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from enum import Enum
from fractions import Fraction
from typing import Any, Final, TypeAlias, cast

from attrs import frozen

__all__ = [
    "NOT_APPLICABLE",
    "NO_RULE",
    "AnyText",
    "Between",
    "Known",
    "Marker",
    "Month",
    "OneOf",
    "Ordered",
    "Possible",
    "Value",
    "ends",
    "is_known",
    "markers",
    "members",
    "ordered",
    "union",
    "with_markers",
    "without_markers",
]


class Marker(Enum):
    """Results that are no value of a type."""

    NOT_APPLICABLE = "not applicable"
    NO_RULE = "no rule covers this"

    def __repr__(self) -> str:
        return self.name


NOT_APPLICABLE: Final = Marker.NOT_APPLICABLE
NO_RULE: Final = Marker.NO_RULE


@frozen(order=True, hash=True)
class Month:
    """A calendar month, counted from the first month of year 0, so that neighbours differ by one."""

    ordinal: int

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        return cls(year * 12 + month - 1)

    def __str__(self) -> str:
        return f"{self.ordinal // 12:04d}-{self.ordinal % 12 + 1:02d}"


Ordered: TypeAlias = int | Fraction | datetime.date | Month
Known: TypeAlias = str | bool | int | Fraction | datetime.date | Month | Marker


@frozen(cache_hash=True)
class OneOf:
    """Exactly one of finitely many results: labels, truth values, texts, markers."""

    members: frozenset[Known]


@frozen(cache_hash=True)
class Between:
    """A number, a date or a month from ``low`` to ``high``, both included; ``None`` is an open end."""

    low: Ordered | None
    high: Ordered | None
    markers: frozenset[Marker] = frozenset()


@frozen(cache_hash=True)
class AnyText:
    """Some text, of which nothing is known."""

    markers: frozenset[Marker] = frozenset()


Possible: TypeAlias = OneOf | Between | AnyText
Value: TypeAlias = Known | Possible
NONE: Final[frozenset[Marker]] = frozenset()
SEVERAL: Final = (OneOf, Between, AnyText)


def is_known(value: Value) -> bool:
    """Whether only one result is left."""
    return not isinstance(value, SEVERAL)


def ordered(value: object) -> bool:
    """Whether the value lies on a line: a number, a date or a month."""
    return isinstance(value, int | Fraction | datetime.date | Month) and not isinstance(value, bool)


def markers(value: Value) -> frozenset[Marker]:
    """The markers among the results still possible."""
    if isinstance(value, OneOf):
        return frozenset(m for m in value.members if isinstance(m, Marker))
    if isinstance(value, Between | AnyText):
        return value.markers
    return frozenset([value]) if isinstance(value, Marker) else NONE


def without_markers(value: Value) -> Value | None:
    """The possible results that are values of the type, or ``None`` if there are none."""
    found = markers(value)
    if not found:
        return value
    if isinstance(value, OneOf):
        return _settled(value.members - found)
    if isinstance(value, Between):
        return value.low if value.low is not None and value.low == value.high else Between(value.low, value.high)
    return AnyText() if isinstance(value, AnyText) else None


def _settled(found: frozenset[Known]) -> Value | None:
    if len(found) == 1:
        return next(iter(found))
    return OneOf(found) if found else None


def with_markers(value: Value | None, more: frozenset[Marker]) -> Value:
    """The value, where there is one, or one of the markers.

    Raises:
        ValueError: there is neither.

    """
    if not more and value is not None:
        return value
    return union(more if value is None else [value, *more])


def members(value: Value) -> frozenset[Known] | None:
    """The results still possible as a finite set, or ``None`` where they are not listed."""
    if isinstance(value, OneOf):
        return value.members
    return None if isinstance(value, Between | AnyText) else frozenset([value])


def ends(value: Value) -> tuple[Ordered | None, Ordered | None]:
    """The least and the greatest result still possible of a number, a date or a month; ``None`` is an open end."""
    if isinstance(value, Between):
        return value.low, value.high
    if isinstance(value, OneOf):
        line = [m for m in value.members if not isinstance(m, Marker)]
        return min(line), max(line)  # type: ignore[return-value]
    return value, value  # type: ignore[return-value]


def union(values: Iterable[Value]) -> Value:
    """Whatever any of the values can be. Numbers and dates are widened to the interval that holds them all.

    Raises:
        ValueError: there are no values.

    """
    listed: set[Known] = set()
    line: list[Between] = []
    found: set[Marker] = set()
    text = False
    for value in values:
        found |= markers(value)
        rest = without_markers(value)
        if rest is None:
            continue
        if isinstance(rest, AnyText):
            text = True
        elif isinstance(rest, OneOf):
            listed |= rest.members
        elif isinstance(rest, Between):
            line.append(rest)
        elif ordered(rest):
            line.append(Between(rest, rest))  # type: ignore[arg-type]
        else:
            listed.add(rest)
    extra = frozenset(found)
    if text:
        return AnyText(extra)
    if line:
        lows, highs = [b.low for b in line], [b.high for b in line]
        low: Ordered | None = None if None in lows else min(cast("list[Any]", lows))
        high: Ordered | None = None if None in highs else max(cast("list[Any]", highs))
        if low is not None and low == high and not extra:
            return low
        return Between(low, high, extra)
    settled = _settled(frozenset(listed | extra))
    if settled is None:
        raise ValueError("nothing is possible")
    return settled
