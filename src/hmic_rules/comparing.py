"""Putting one value, known or not, to the checks of a condition: yes if every result still possible passes, no if none does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final, TypeAlias

from attrs import frozen

from hmic_rules.conditions import Applicable, Check, InList, LabelIn, Op, Symbol, Term, Truth, compared_names
from hmic_rules.datatypes import LabelType, NumberType, ScalarType
from hmic_rules.possible import (
    NOT_APPLICABLE,
    AnyText,
    Known,
    OneOf,
    Value,
    ends,
    is_known,
    markers,
    members,
    ordered,
    without_markers,
)

__all__ = [
    "OPPOSITE",
    "Answers",
    "Frames",
    "Getter",
    "Settings",
    "agreed",
    "answers",
    "applicability",
    "compare",
    "value_test",
]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Frames: TypeAlias = list[list[Value]]
Getter: TypeAlias = Callable[[Frames], Value]
Tester: TypeAlias = Callable[[Value, Frames], Truth]
OPPOSITE: Final = (YES, UNKNOWN, NO)


@frozen
class Settings:
    """What is the same for every case: parameters, list parameters (``None`` where not set), and terms that a profile moves."""

    constants: Mapping[str, Value]
    lists: Mapping[str, frozenset[Known] | None]
    words: Mapping[str, int | Fraction]


def agreed(truths: set[Truth]) -> Truth:
    """The one truth that all results share, or unknown."""
    return next(iter(truths)) if len(truths) == 1 else UNKNOWN


def compare(op: Op, one: Value, other: Value, ranks: Mapping[Known, int] | None = None) -> Truth:
    """Compare along a line. Labels of a scale are compared by their ranks, everything else by itself.

    Not applicable compares with nothing: it fails.
    """
    if markers(one) or markers(other):
        left, right = without_markers(one), without_markers(other)
        rest = set() if left is None or right is None else {compare(op, left, right, ranks)}
        return agreed({*rest, NO})
    if op is Op.IS and not (ordered_value(one) and ordered_value(other)):
        return _same(one, other)
    low, high = _ends(one, ranks)
    other_low, other_high = _ends(other, ranks)
    if op in (Op.AT_MOST, Op.BELOW):
        low, high, other_low, other_high = other_low, other_high, low, high
        op = Op.AT_LEAST if op is Op.AT_MOST else Op.ABOVE
    if op is Op.IS:
        if low is not None and low == high == other_low == other_high:
            return YES
        apart = (low is not None and other_high is not None and low > other_high) or (
            high is not None and other_low is not None and high < other_low
        )
        return NO if apart else UNKNOWN
    if op is Op.AT_LEAST:
        if low is not None and other_high is not None and low >= other_high:
            return YES
        return NO if high is not None and other_low is not None and high < other_low else UNKNOWN
    if low is not None and other_high is not None and low > other_high:
        return YES
    return NO if high is not None and other_low is not None and high <= other_low else UNKNOWN


def ordered_value(value: Value) -> bool:
    """Whether the value, known or not, lies on a line of numbers, dates or months."""
    if is_known(value):
        return ordered(value)
    return not isinstance(value, AnyText) and (not isinstance(value, OneOf) or all(map(ordered, value.members)))


def _ends(value: Value, ranks: Mapping[Known, int] | None) -> tuple[Any, Any]:
    if ranks is None:
        return ends(value)
    found = [ranks[member] for member in members(value) or ()]
    return min(found), max(found)


def _same(one: Value, other: Value) -> Truth:
    left, right = members(one), members(other)
    if left is None or right is None:
        return UNKNOWN
    if not left & right:
        return NO
    return YES if len(left) == len(right) == 1 else UNKNOWN


def value_test(
    type: ScalarType, checks: tuple[Check, ...], getter: Callable[[Symbol], Getter], settings: Settings
) -> Tester:
    """A function that puts a value to all the checks.

    Args:
        type: the type of the value.
        checks: all must hold.
        getter: how to read another name that a check refers to.
        settings: the parameters and the words as set for this program.

    """
    table = answers(type, checks, settings)
    if table is not None:
        return lambda value, frames: table[value]
    singles = [_single(type, check, getter, settings) for check in checks]

    def test(value: Value, frames: Frames) -> Truth:
        if isinstance(value, OneOf) and len(value.members) <= 32:
            return agreed({min(single(member, frames) for single in singles) for member in value.members})
        return min(single(value, frames) for single in singles)

    return test


class Answers(dict[Value, Truth]):
    """The answer for every value of a finite type. For several values still possible: the one they share, or unknown."""

    def __missing__(self, value: Value) -> Truth:
        assert isinstance(value, OneOf)  # noqa: S101 - values of finite types are labels or sets of them
        return agreed({self[member] for member in value.members})


def answers(type: ScalarType, checks: tuple[Check, ...], settings: Settings) -> Answers | None:
    """The answers for a finite type, where they do not depend on other names."""
    known = members(type.whole)
    if known is None or compared_names(checks):
        return None
    if any(isinstance(check, InList) and settings.lists[check.symbol.name] is None for check in checks):
        return None
    singles = [_single(type, check, _no_getter, settings) for check in checks]
    return Answers({value: min(single(value, []) for single in singles) for value in (*known, NOT_APPLICABLE)})


def _no_getter(symbol: Symbol) -> Getter:
    raise AssertionError(symbol)


def _single(type: ScalarType, check: Check, getter: Callable[[Symbol], Getter], settings: Settings) -> Tester:
    if isinstance(check, Applicable):
        if check.wanted:
            return lambda value, frames: applicability(value)
        return lambda value, frames: OPPOSITE[applicability(value)]
    whole = isinstance(type, NumberType) and type.kind == "integer"
    if isinstance(check, LabelIn):
        return _on_values(_among(check.labels, whole), check.negated)
    if isinstance(check, InList):
        setting = settings.lists[check.symbol.name]
        return _on_values(_undecided if setting is None else _among(setting, whole), check.negated)
    ranks = type.ranks if isinstance(type, LabelType) and check.op is not Op.IS else None
    op, operand = check.op, check.operand
    if isinstance(operand, Symbol):
        return _on_values(_against(op, getter(operand), ranks, check.negated), negated=False)
    constant: Value = settings.words.get(operand.name, operand.value) if isinstance(operand, Term) else operand
    return _on_values(lambda value, frames: compare(op, value, constant, ranks), check.negated)


def _on_values(test: Tester, negated: bool) -> Tester:
    """The answer, or its opposite, for values; not applicable fails either way."""

    def tested(value: Value, frames: Frames) -> Truth:
        rest = without_markers(value)
        if rest is None:
            return NO
        found = test(rest, frames)
        if negated:
            found = OPPOSITE[found]
        return found if rest is value else agreed({found, NO})

    return tested


def applicability(value: Value) -> Truth:
    """Whether a value is applicable; it surely is not where no value of its type is left."""
    if not markers(value):
        return YES
    return NO if without_markers(value) is None else UNKNOWN


def _undecided(value: Value, frames: Frames) -> Truth:
    return UNKNOWN


def _among(labels: frozenset[Known], whole: bool) -> Tester:
    """Whether the value stands in a list; an interval of whole numbers does where the list has all of them."""

    def test(value: Value, frames: Frames) -> Truth:
        found = members(value)
        if found is not None:
            inside = found & labels
            return NO if not inside else YES if len(inside) == len(found) else UNKNOWN
        if isinstance(value, AnyText):
            return UNKNOWN
        possible = {label for label in labels if compare(Op.IS, value, label) is not NO}
        if not possible:
            return NO
        low, high = ends(value)
        if low is None or high is None:
            return UNKNOWN
        everything = low == high or (whole and len(possible) == floor(high) - ceil(low) + 1)  # type: ignore[arg-type]
        return YES if everything else UNKNOWN

    return test


def _against(op: Op, read: Getter, ranks: Mapping[Known, int] | None, negated: bool) -> Tester:
    """Compared with another name, which can be unknown or not applicable itself."""

    def test(value: Value, frames: Frames) -> Truth:
        other = read(frames)
        rest = without_markers(other)
        if rest is None:
            return NO
        found = compare(op, value, rest, ranks)
        if negated:
            found = OPPOSITE[found]
        return found if rest is other else agreed({found, NO})

    return test
