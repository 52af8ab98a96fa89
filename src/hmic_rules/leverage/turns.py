"""How one outcome differs from another: which of its ends rises or falls, and whether a result follows at all.

An outcome can be a range, where facts are unknown, and it can hold results without a place on the scale, such as that no rule covers the
case. So *it rises* is said of its worse end and of its better end, each for itself, and whether a result with a place follows is said apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from hmic_rules.datatypes import LabelType, NumberType
from hmic_rules.outcomes import Outcome
from hmic_rules.rules import ValueRule

__all__ = ["FALLS", "RISES", "is_lift", "turns"]

RISES: Final = ("a result follows", "a result can follow", "the worse end rises", "the better end rises")
FALLS: Final = ("no result follows", "no result may follow", "the worse end falls", "the better end falls")
_SURELY, _PERHAPS, _NEVER = 2, 1, 0


def turns(before: Outcome, after: Outcome, value: ValueRule) -> tuple[str, ...]:
    """How an outcome turned, each way one of :data:`RISES` or :data:`FALLS`; nothing where it did not, or where its results have no order.

    Labels are ordered by the value's list ``better``, or else by its scale; results that have no place there, and gaps, are no results here.
    Of numbers only settled ones are compared, and more is taken to be better.

    Args:
        before: the outcome.
        after: what it became.
        value: what it is an outcome of.

    """
    if isinstance(value.type, NumberType):
        first, second = before.value, after.value
        if isinstance(first, int | Fraction) and isinstance(second, int | Fraction) and first != second:
            return (RISES if second > first else FALLS)[2:]
        return ()
    order = _order(value)
    if not order:
        return ()
    was, now = _follows(before, order), _follows(after, order)
    found: list[str] = []
    if was != now:
        sure, perhaps = (RISES if now > was else FALLS)[:2]
        found.append(sure if now in (_SURELY, _NEVER) else perhaps)
    if was and now:
        for end, place in (("worse", 0), ("better", -1)):
            low, high = _places(before, order)[place], _places(after, order)[place]
            if low != high:
                found.append(f"the {end} end {'rises' if high > low else 'falls'}")
    return tuple(found)


def is_lift(found: Sequence[str]) -> bool:
    """Whether these turns are a lift: something rises, and nothing falls."""
    return bool(found) and all(turn in RISES for turn in found)


def _order(value: ValueRule) -> Sequence[str]:
    if value.better:
        return value.better
    return value.type.labels if isinstance(value.type, LabelType) and value.type.scale is not None else ()


def _places(outcome: Outcome, order: Sequence[str]) -> list[int]:
    return sorted(order.index(label) for label in outcome.possible if label in order)


def _follows(outcome: Outcome, order: Sequence[str]) -> int:
    """Whether a result that has a place is sure to follow, may follow, or cannot."""
    placed = len(_places(outcome, order))
    return _NEVER if not placed else _SURELY if placed == len(outcome.possible) else _PERHAPS
