"""Numbers, shares and days as people read them, and exactly, as text."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Final

from hmic_rules.figures.intervals import Interval

__all__ = ["bound_text", "day_text", "interval_text", "number_text"]

PLACES: Final = 6
ROUNDED_PLACES: Final = 2


def number_text(number: Fraction, *, as_share: bool = False) -> str:
    """A number with commas between its thousands, or as a percentage; what has no short decimal with a sign that says so."""
    if as_share:
        return f"{number_text(number * 100)}%"
    exact = (number * 10**PLACES).denominator == 1
    places = PLACES if exact else ROUNDED_PLACES
    whole, rest = divmod(abs(round(number * 10**places)), 10**places)
    sign = "−" if number < 0 else ""
    return ("" if exact else "≈") + f"{sign}{whole:,}" + (f".{rest:0{places}d}".rstrip("0") if rest else "")


def day_text(number: Fraction) -> str:
    """A day, counted from the first day of year 1, as YYYY-MM-DD."""
    return datetime.date.fromordinal(int(number)).isoformat()


def interval_text(value: Interval, *, as_share: bool = False) -> str:
    """What numbers it can be, in words."""
    low = None if value.low is None else number_text(value.low, as_share=as_share)
    high = None if value.high is None else number_text(value.high, as_share=as_share)
    if low is None and high is None:
        return "any number"
    if low is None:
        return f"{'below' if value.high_open else 'at most'} {high}"
    if high is None:
        return f"{'over' if value.low_open else 'at least'} {low}"
    return low if low == high else f"{low} to {high}"


def bound_text(bound: Fraction | None, *, as_days: bool = False) -> str | None:
    """A bound exactly, without commas: ``7``, ``393/1000``, ``2007-04-01``; nothing where there is no bound."""
    if bound is None:
        return None
    return day_text(bound) if as_days else str(bound)
