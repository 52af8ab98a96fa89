"""Values as small whole numbers: labels by their place, numbers, dates and months by their rank among the constants they are compared with.

This is a second reading of what a comparison with a constant means; it shares nothing with :mod:`hmic_rules.comparing`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias, cast

from attrs import frozen

from hmic_rules.conditions import Applicable, Check, Compare, LabelIn, Op, Symbol, Term
from hmic_rules.datatypes import BooleanType, LabelType, ScalarType, TextType
from hmic_rules.possible import NOT_APPLICABLE, AnyText, Between, Known, OneOf, Value

__all__ = ["Codes", "codes_of", "comparable", "constants_of", "ranges"]

Ranges: TypeAlias = tuple[tuple[int, int], ...]


@frozen(eq=False)
class Codes:
    """The codes of one name's values; the last one is *not applicable*.

    Attributes:
        known: the code of each value that has one of its own: all of a finite type, the constants of an open one, *not applicable*.
        line: for a number, a date or a month, the constants in their order; a value between two of them has the even code between theirs.
        last: the code of *not applicable*.

    """

    known: dict[Known, int]
    line: Sequence[Any] | None
    last: int

    def code(self, value: Value) -> int | None:
        """The code of a value, ``None`` where it is not known."""
        found = self.known.get(cast("Known", value))
        if found is not None or isinstance(value, OneOf | Between | AnyText):
            return found
        if self.line is not None:
            return 2 * bisect_left(self.line, value)
        return self.last - 1

    def passing(self, checks: Iterable[Check]) -> frozenset[int]:
        """The codes of the values that pass every check."""
        found = frozenset(range(self.last + 1))
        for check in checks:
            found &= self._passing(check)
        return found

    def _passing(self, check: Check) -> frozenset[int]:
        values = frozenset(range(self.last))
        if isinstance(check, Applicable):
            return values if check.wanted else frozenset([self.last])
        if isinstance(check, LabelIn):
            inside = frozenset(self.known[label] for label in check.labels)
        else:
            assert isinstance(check, Compare)  # noqa: S101 - `comparable` let nothing else in
            at = self.known[check.operand]  # type: ignore[index]
            inside = {
                Op.IS: frozenset([at]),
                Op.AT_LEAST: frozenset(range(at, self.last)),
                Op.ABOVE: frozenset(range(at + 1, self.last)),
                Op.AT_MOST: frozenset(range(at + 1)),
                Op.BELOW: frozenset(range(at)),
            }[check.op]
        return values - inside if check.negated else inside


def comparable(checks: Iterable[Check]) -> bool:
    """Whether every check compares with a constant of the rule set, and not with a parameter, a term or another name."""
    return all(
        isinstance(check, Applicable | LabelIn)
        or (isinstance(check, Compare) and not isinstance(check.operand, Symbol | Term))
        for check in checks
    )


def constants_of(checks: Iterable[Check]) -> set[Known]:
    """The constants that the checks compare with."""
    found: set[Known] = set()
    for check in checks:
        if isinstance(check, LabelIn):
            found |= check.labels
        elif isinstance(check, Compare):
            found.add(check.operand)  # type: ignore[arg-type]
    return found


def codes_of(type: ScalarType, constants: Iterable[Known]) -> Codes:
    """The codes of a name's values.

    Args:
        type: the type of the name.
        constants: what its values are compared with; of a finite type every value has a code anyway.

    """
    if isinstance(type, BooleanType):
        return _codes({False: 0, True: 1}, 2)
    if isinstance(type, LabelType):
        return _codes({label: place for place, label in enumerate(type.labels)}, len(type.labels))
    if isinstance(type, TextType):
        texts = sorted(constants, key=str)
        return _codes({text: place for place, text in enumerate(texts)}, len(texts) + 1)
    line: list[Any] = sorted(constants)
    return _codes({constant: 2 * place + 1 for place, constant in enumerate(line)}, 2 * len(line) + 1, line)


def _codes(known: dict[Any, int], last: int, line: Sequence[Any] | None = None) -> Codes:
    return Codes({**known, NOT_APPLICABLE: last}, line, last)


def ranges(codes: Iterable[int]) -> Ranges:
    """The codes as ranges without a gap, from the lowest."""
    found: list[tuple[int, int]] = []
    for code in sorted(codes):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return tuple(found)
