"""Exact intervals of rational numbers: what a figure can be, and what sums, products and ratios of such figures can be."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, TypeAlias

from attrs import field, frozen

__all__ = ["WHOLE", "Interval", "exactly"]

# A bound that may be infinite: -1, 0 or 1 for minus infinity, a number, infinity; and the number.
Bound: TypeAlias = tuple[int, Fraction]
ZERO: Final = Fraction(0)


@frozen
class Interval:
    """Every number from ``low`` to ``high``; ``None`` is no bound. A bound that is open is not reached.

    Attributes:
        low: the least number, as an exact fraction.
        high: the greatest.
        low_open: whether ``low`` itself is left out.
        high_open: whether ``high`` itself is left out.

    """

    low: Fraction | None
    high: Fraction | None
    low_open: bool = field(default=False)
    high_open: bool = field(default=False)

    @property
    def is_point(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high

    @property
    def is_empty(self) -> bool:
        """Whether no number is in it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def __contains__(self, number: Fraction | int) -> bool:
        above = self.low is None or self.low < number or (self.low == number and not self.low_open)
        below = self.high is None or number < self.high or (self.high == number and not self.high_open)
        return above and below

    def within(self, other: Interval) -> bool:
        """Whether every number of it is in the other."""
        return self.meet(other) == self

    def meet(self, other: Interval) -> Interval:
        """The numbers that are in both; it can be empty."""
        low, low_open = max(self._lower, other._lower)
        high, is_reached = min((bound, not is_open) for bound, is_open in (self._upper, other._upper))
        return Interval(low[1] if low[0] == 0 else None, high[1] if high[0] == 0 else None, low_open, not is_reached)

    @property
    def _lower(self) -> tuple[Bound, bool]:
        """The lower bound, and whether it is open."""
        return (-1, ZERO) if self.low is None else (0, self.low), self.low_open

    @property
    def _upper(self) -> tuple[Bound, bool]:
        """The upper bound, and whether it is open."""
        return (1, ZERO) if self.high is None else (0, self.high), self.high_open

    def __add__(self, other: Interval) -> Interval:
        low = None if self.low is None or other.low is None else self.low + other.low
        high = None if self.high is None or other.high is None else self.high + other.high
        return _interval(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def __neg__(self) -> Interval:
        low = None if self.high is None else -self.high
        return Interval(low, None if self.low is None else -self.low, self.high_open, self.low_open)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """Every product. What is least and greatest stands at a corner, and is reached where one of the corners that give it is."""
        corners = [_product(one, two) for one in (self._lower, self._upper) for two in (other._lower, other._upper)]
        low, low_open = min(corners)
        high, is_reached = max((bound, not is_open) for bound, is_open in corners)
        return _interval(low[1] if low[0] == 0 else None, high[1] if high[0] == 0 else None, low_open, not is_reached)

    def __truediv__(self, other: Interval) -> Interval:
        """Every quotient; any number at all where the divisor may be nought."""
        if 0 in other:
            return WHOLE
        if other.high is not None and other.high <= 0:
            return -(self / -other)
        if other.low is None:
            return WHOLE
        low = ZERO if other.high is None else 1 / other.high
        high = None if other.low == 0 else 1 / other.low
        return self * _interval(low, high, other.high is None or other.high_open, other.low_open)

    def surely_at_most(self, other: Interval) -> bool:
        """Whether no number of it is above a number of the other."""
        return self.high is not None and other.low is not None and self.high <= other.low

    def never_at_most(self, other: Interval) -> bool:
        """Whether every number of it is above every number of the other."""
        return other.surely_below(self)

    def surely_below(self, other: Interval) -> bool:
        """Whether every number of it is below every number of the other."""
        if self.high is None or other.low is None:
            return False
        return self.high < other.low or (self.high == other.low and (self.high_open or other.low_open))

    def never_below(self, other: Interval) -> bool:
        """Whether no number of it is below a number of the other."""
        return other.surely_at_most(self)


def _interval(low: Fraction | None, high: Fraction | None, low_open: bool, high_open: bool) -> Interval:
    return Interval(low, high, low is not None and low_open, high is not None and high_open)


def _product(one: tuple[Bound, bool], other: tuple[Bound, bool]) -> tuple[Bound, bool]:
    (ends, is_open), (other_ends, other_open) = one, other
    sign = _sign(ends) * _sign(other_ends)
    if sign == 0:
        reached = (_sign(ends) == 0 and not is_open) or (_sign(other_ends) == 0 and not other_open)
        return (0, ZERO), not reached
    if ends[0] or other_ends[0]:
        return (sign, ZERO), False
    return (0, ends[1] * other_ends[1]), is_open or other_open


def _sign(bound: Bound) -> int:
    if bound[0]:
        return bound[0]
    return (bound[1] > 0) - (bound[1] < 0)


WHOLE: Final = Interval(None, None)


def exactly(number: Fraction | int) -> Interval:
    """The interval of one number."""
    return Interval(Fraction(number), Fraction(number))
