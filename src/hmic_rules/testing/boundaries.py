"""Values of a fact that lie where rules tell them apart: at each constant it is compared with, beside it, and now and then anywhere else."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from attrs import field, frozen
from hypothesis import strategies as st

from hmic_rules.cells import cells_of
from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType, ScalarType, TextType
from hmic_rules.diagrams.uses import Uses, uses_of
from hmic_rules.possible import Known, Month
from hmic_rules.programs import Program

__all__ = ["Boundaries", "further"]

FARTHEST: Final = 40
OF_CELLS: Final = 5
LETTERS: Final = "abcdefghij xyz"
PARTS: Final = 8


@frozen(eq=False)
class Boundaries:
    """What the facts of one program are compared with, by scope and name."""

    program: Program
    uses: Uses = field(init=False)
    _strategies: dict[tuple[str, str], st.SearchStrategy[Known]] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "uses", uses_of(self.program))

    def constants(self, scope: str, name: str, type: ScalarType) -> tuple[Known, ...]:
        """The constants on which a fact can lie; labels and truth values are not said to lie on any."""
        if isinstance(type, BooleanType | LabelType):
            return ()
        return tuple(value for value in self.uses.constants.get((scope, name), ()) if _belongs(type, value))

    def cells(self, scope: str, name: str, type: ScalarType) -> tuple[Known, ...]:
        """A value for each stretch between the constants, and the constants, upward; a few more where the very number counts."""
        if isinstance(type, BooleanType):
            return False, True
        found = cells_of(type, self.uses.constants.get((scope, name), ()))
        if isinstance(type, NumberType) and (scope, name) in self.uses.computed:
            start = ceil(type.low) if type.low is not None else 0
            found = (*found, *(number for number in range(start, start + 4) if type.within(number)))
            numbers: Any = set(found)
            return tuple(sorted(numbers))
        return found

    def values(self, scope: str, name: str, type: ScalarType) -> st.SearchStrategy[Known]:
        """Mostly cells, sometimes another value of the type's range."""
        found = self._strategies.get((scope, name))
        if found is None:
            cells = st.sampled_from(self.cells(scope, name, type))
            found = cells
            if not isinstance(type, BooleanType | LabelType):
                found = _mostly(cells, elsewhere(type, self.constants(scope, name, type)))
            self._strategies[scope, name] = found
        return found


def _mostly(cells: st.SearchStrategy[Known], other: st.SearchStrategy[Known]) -> st.SearchStrategy[Known]:
    """Hypothesis gives alternatives even chances, also where one of them is named several times."""
    return st.integers(0, OF_CELLS).flatmap(lambda number: other if number == OF_CELLS else cells)


def _belongs(type: ScalarType, value: Known) -> bool:
    if isinstance(type, NumberType):
        return type.within(value) and (type.kind != "integer" or Fraction(value) == int(value))  # type: ignore[arg-type]
    return not isinstance(type, DateType | MonthType) or type.within(value)  # type: ignore[arg-type]


def elsewhere(type: ScalarType, constants: Iterable[Known]) -> st.SearchStrategy[Any]:
    """Any value of the type, not too far from what it is compared with where the type has no end."""
    line: Any = tuple(constants)
    if isinstance(type, NumberType):
        low = min((0, *line)) - FARTHEST if type.low is None else type.low
        high = max((0, *line, low)) + FARTHEST if type.high is None else type.high
        low, high = min(low, high), max(low, high)
        if type.kind == "integer":
            return st.integers(ceil(low), floor(high))
        return st.fractions(Fraction(low), Fraction(high), max_denominator=PARTS).map(_plain)
    if isinstance(type, DateType):
        first, last = _stretch(
            [day.toordinal() for day in line],
            None if type.low is None else type.low.toordinal(),
            None if type.high is None else type.high.toordinal(),
            datetime.date(2000, 1, 1).toordinal(),
        )
        days = st.integers(max(first, 1), min(last, datetime.date.max.toordinal()))
        return days.map(datetime.date.fromordinal)
    if isinstance(type, MonthType):
        first, last = _stretch(
            [month.ordinal for month in line],
            None if type.low is None else type.low.ordinal,
            None if type.high is None else type.high.ordinal,
            Month.of(2000, 1).ordinal,
        )
        return st.integers(max(first, 0), min(last, Month.of(9999, 12).ordinal)).map(Month)
    return st.text(LETTERS, min_size=1, max_size=PARTS)


def further(type: ScalarType, cells: Iterable[Known], most: int) -> list[Known]:
    """Different values of a type: the cells, and those that follow the last of them, as far as there are any."""
    found = list(cells)
    while found and len(found) < most and not isinstance(type, BooleanType | LabelType | TextType):
        last: Any = max(found)  # type: ignore[type-var]
        try:
            after = Month(last.ordinal + 1) if isinstance(last, Month) else last + _step(last)
        except OverflowError:
            break
        if not _belongs(type, after):
            break
        found.append(after)
    return found


def _step(value: Any) -> Any:
    return datetime.timedelta(days=1) if isinstance(value, datetime.date) else 1


def _stretch(line: list[int], low: int | None, high: int | None, usual: int) -> tuple[int, int]:
    """Where to look on a line of days or months: around its constants, within the type."""
    around = line or [min(max(usual, usual if low is None else low), usual if high is None else high)]
    first = min(around) - FARTHEST if low is None else max(low, min(around) - FARTHEST)
    last = max(around) + FARTHEST if high is None else min(high, max(around) + FARTHEST)
    return min(first, last), max(first, last)


def _plain(number: Fraction) -> Fraction | int:
    return int(number) if number.denominator == 1 else number
