"""Numbers, dates and months: an interval of results still possible, with exact ends.

An end is a fraction of whole numbers whose denominator is mostly a constant; a ratio of two facts has one that differs from row to row. Fractions are
compared crosswise, in 128 bits, so that nothing is ever rounded; what does not fit is an error of the engine.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Final, Literal, cast

from attrs import evolve, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.nodes import FALSE, NULL, TRUE, Node, all_of, case, is_null, literal, opposite
from hmic_rules.backends.sql.truths import Two, agreed, sure
from hmic_rules.conditions import Op
from hmic_rules.possible import Known, Month

__all__ = [
    "NOTHING",
    "OPEN",
    "End",
    "Line",
    "chosen",
    "compared",
    "end_of",
    "exactly",
    "furthest",
    "less",
    "line_of",
    "minus",
    "plus",
    "same",
    "times",
]

Move = Callable[[Node], Node]


@frozen
class End:
    """One end of an interval: ``number / of``; ``NULL`` where it is open. ``least`` is what it can never be below, where that is known."""

    number: Node
    of: Node | int = 1
    least: Fraction | int | None = None

    @property
    def open(self) -> Node:
        return is_null(self.number)

    def moved(self, move: Move) -> End:
        return evolve(self, number=move(self.number), of=move(self.of) if isinstance(self.of, Node) else self.of)


OPEN: Final = End(NULL)


@frozen
class Line:
    """The results still possible: an interval where ``value`` holds, beside it not applicable and a gap.

    Where both ends are one object that is never open, exactly one number is possible.
    """

    low: End
    high: End
    value: Node = TRUE
    refused: Node = FALSE  # where not applicable is possible
    gap: Node = FALSE

    @property
    def single(self) -> bool:
        """Whether it is never an interval."""
        return self.low == self.high and not self.low.number.nullable

    @property
    def known(self) -> Node:
        """Whether the interval is one number."""
        return same(self.low, self.high)

    @property
    def plain(self) -> bool:
        return self.value is TRUE and self.refused is FALSE and self.gap is FALSE

    def moved(self, move: Move) -> Line:
        low = self.low.moved(move)
        high = low if self.high == self.low else self.high.moved(move)
        return Line(low, high, move(self.value), move(self.refused), move(self.gap))


NOTHING: Final = Line(OPEN, OPEN, FALSE, TRUE)


def end_of(value: object) -> End:
    """A constant as an end; ``None`` is open."""
    if value is None:
        return OPEN
    if isinstance(value, Month):
        return End(literal(value.ordinal), 1, value.ordinal)
    if isinstance(value, datetime.date):
        return End(literal(value))
    number = Fraction(cast("int", value))
    return End(literal(number.numerator), number.denominator, number)


def exactly(value: Known) -> Line:
    end = end_of(value)
    return Line(end, end)


def line_of(low: object, high: object) -> Line:
    """The interval between two constants."""
    first = end_of(low)
    return Line(first, first if low is not None and low == high else end_of(high))


def _crossed(one: End, other: End) -> tuple[Node, Node]:
    """Two numbers that compare as the fractions do; denominators are positive."""
    if one.of is other.of or one.of == other.of:
        return one.number, other.number
    if isinstance(one.of, int) and isinstance(other.of, int):
        common = lcm(one.of, other.of)
        return nodes.multiply(one.number, common // one.of), nodes.multiply(other.number, common // other.of)
    return nodes.multiply(one.number, other.of), nodes.multiply(other.number, one.of)


def less(one: End, other: End, default: bool = False, op: Literal["<", "<="] = "<") -> Node:
    """Whether one lies below the other; ``default`` where either is open."""
    if op == "<" and not default and one.least is not None and _at_most(other, one.least):
        return FALSE
    return nodes.compare(op, *_crossed(one, other), default)


def _at_most(end: End, bound: Fraction | int) -> bool:
    """Whether it is a constant that is no more than this."""
    value = end.number.value
    return end.number.constant and isinstance(value, int) and isinstance(end.of, int) and value <= bound * end.of


def same(one: End, other: End, default: bool = False) -> Node:
    if one == other:
        return TRUE if default else opposite(one.open)
    return nodes.compare("=", *_crossed(one, other), default)


def compared(op: Op, one: Line, other: Line) -> Two:
    """One against the other, where both are values."""
    if op in (Op.AT_MOST, Op.BELOW):
        one, other = other, one
        op = Op.AT_LEAST if op is Op.AT_MOST else Op.ABOVE
    if op is Op.IS:
        if one.single and other.single:
            return sure(same(one.low, other.low))
        alike = all_of(same(one.low, one.high), same(one.low, other.low), same(other.low, other.high))
        apart = nodes.any_of(less(other.high, one.low), less(one.high, other.low))
        return Two(alike, opposite(apart))
    below: Literal["<", "<="] = "<" if op is Op.AT_LEAST else "<="
    surely = opposite(less(one.low, other.high, True, below))
    return Two(surely, opposite(less(one.high, other.low, False, below)))


def agreed_with_markers(truth: Two, one: Line) -> Two:
    """What holds of a value that may have none: where it has none, nothing holds."""
    if one.plain:
        return truth
    return agreed([(one.value, truth), (nodes.any_of(one.refused, one.gap), sure(FALSE))])


def _common(ends: Sequence[End]) -> int | None:
    """A denominator that all have, where they are constant."""
    found = [end.of for end in ends if end.number is not NULL]
    return lcm(*cast("list[int]", found)) if all(isinstance(of, int) for of in found) else None


def _least(ends: Iterable[End]) -> Fraction | int | None:
    found = [end.least for end in ends]
    return None if None in found else min(cast("list[Fraction]", found), default=None)


def chosen(pairs: Sequence[tuple[Node, End]], otherwise: End) -> End:
    """The end that belongs to the first condition that holds."""
    ends = [*(end for _, end in pairs), otherwise]
    common = _common(ends)
    least = _least(end for end in ends if end.number is not NULL)
    if common is not None:
        scaled = [(condition, _scaled(end, common)) for condition, end in pairs]
        return End(case(scaled, _scaled(otherwise, common)), common, least)
    number = case([(condition, end.number) for condition, end in pairs], otherwise.number)
    of = case([(condition, _denominator(end)) for condition, end in pairs], _denominator(otherwise))
    return End(number, of, least)


def _scaled(end: End, common: int) -> Node:
    return end.number if end.number is NULL else nodes.multiply(end.number, common // cast("int", end.of))


def _denominator(end: End) -> Node:
    return literal(end.of) if isinstance(end.of, int) else end.of


def plus(one: End, other: End) -> End:
    """The sum; open where either is."""
    if NULL in (one.number, other.number):
        return OPEN
    least = None if one.least is None or other.least is None else one.least + other.least
    common = _common([one, other])
    if common is not None:
        return End(nodes.add(_scaled(one, common), _scaled(other, common)), common, least)
    if one.of is other.of:
        return End(nodes.add(one.number, other.number), one.of, least)
    left, right = _crossed(one, other)
    return End(nodes.add(left, right), nodes.multiply(_denominator(one), other.of), least)


def minus(one: End) -> End:
    return one if one.number is NULL else End(nodes.negate(one.number), one.of)


def times(one: End, factor: Fraction | int) -> End:
    """The end multiplied by a constant."""
    if one.number is NULL:
        return OPEN
    exact = Fraction(factor)
    of: Node | int = (
        one.of * exact.denominator if isinstance(one.of, int) else nodes.multiply(one.of, exact.denominator)
    )
    least = one.least * exact if one.least is not None and factor >= 0 else None
    return End(nodes.multiply(one.number, exact.numerator), of, least)


def furthest(ends: Sequence[End], pick: Literal["least", "greatest"], *, open_wins: bool) -> End:
    """The least or the greatest of several ends. An open one is beyond all others, or is passed over."""
    found = ends[0]
    for end in ends[1:]:
        if end == found:
            continue
        nearer = less(end, found) if pick == "least" else less(found, end)
        if open_wins:
            pairs = [(nodes.any_of(end.open, found.open), OPEN), (nearer, end)]
            found = chosen(pairs, found)
        else:
            found = chosen([(end.open, found), (nodes.any_of(found.open, nearer), end)], found)
    return found
