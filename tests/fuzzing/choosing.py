"""Choices read from bytes: facts that fit a rule set, nearly fit it, or are nothing of the kind. The same bytes give the same facts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from attrs import define

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType, ScalarType
from hmic_rules.possible import Month
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Input, Ruleset

__all__ = ["HOSTILE", "Choices", "facts_for"]

T = TypeVar("T")

HOSTILE: Final[tuple[Any, ...]] = (
    None,
    "",
    "not applicable",
    "\x1b[31mred\x1b[0m",
    "a\0b",
    "\ud800",
    "x" * 5_000,
    "٣",
    "1e400",
    "9" * 500,
    "0." + "1" * 399,
    "2007-02-30",
    "9999-12-31",
    "0001-01",
    float("nan"),
    float("inf"),
    -0.0,
    5e-324,
    10**5000,
    -(10**399),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1E+400"),
    Fraction(1, 10**399),
    b"bytes",
    datetime.date.min,
    datetime.date.max,
    datetime.datetime(2007, 6, 1, tzinfo=datetime.UTC),
    Month.of(9999, 12),
    (),
    [],
    {},
    [[]],
    {"": None},
    {None: 1},
    {1: 1},
    True,
    0,
    1,
    object(),
)


@define
class Choices:
    """Bytes, taken from the front; where there are no more, the first of what there is to choose."""

    data: bytes
    at: int = 0

    def below(self, number: int) -> int:
        """A number from 0 on, and below this one."""
        if number <= 1 or self.at >= len(self.data):
            return 0
        self.at += 1
        found = self.data[self.at - 1]
        if number > 256 and self.at < len(self.data):
            self.at += 1
            found = found * 256 + self.data[self.at - 1]
        return found % number

    def one_of(self, found: Sequence[T]) -> T:
        return found[self.below(len(found))]

    def rarely(self, one_in: int) -> bool:
        return self.below(one_in) == one_in - 1


def facts_for(ruleset: Ruleset, choices: Choices, framework: str | None = None) -> Any:
    """Facts of a case of the rule set, most of them such as it takes."""
    if choices.rarely(60):
        return choices.one_of(HOSTILE)
    hostile = choices.one_of((0, 0, 0, 12, 4))
    return _Facts(ruleset, choices, framework, hostile).case()


@define
class _Facts:
    """Facts that are being chosen; one in ``hostile`` of them is none that the rule set takes, 0 for none."""

    ruleset: Ruleset
    choices: Choices
    framework: str | None
    hostile: int

    def case(self) -> dict[Any, Any]:
        outer = {name: one for name, one in self.ruleset.collections.items() if one.parent is None}
        return self.row(CASE, self.ruleset.inputs, outer)

    def row(self, scope: str, fields: Mapping[str, Input], collections: Mapping[str, Collection]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for name, one in fields.items():
            if not self.choices.rarely(6):
                found[name] = self.fact(one.type, may_be_not_applicable=one.may_be_not_applicable)
        for value in self.ruleset.values.values():
            if value.scope == scope and isinstance(value.body, Judged) and self.choices.rarely(2):
                found[value.name] = self.fact(value.type)
        for name, one in collections.items():
            if self.choices.rarely(8):
                continue
            found[name] = self.choices.one_of(HOSTILE) if self.is_hostile() else self.items(one)
        if self.is_hostile():
            found[self.choices.one_of((1, None, "", "no_such", "name", "x" * 5_000, ("a",), "\x1b[2J"))] = 1
        return found

    def is_hostile(self) -> bool:
        return self.hostile > 0 and self.choices.rarely(self.hostile * 4)

    def fact(self, type: ScalarType, *, may_be_not_applicable: bool = False) -> Any:
        if self.hostile and self.choices.rarely(self.hostile):
            return self.choices.one_of(HOSTILE)
        if may_be_not_applicable and self.choices.rarely(4):
            return "not applicable"
        if isinstance(type, BooleanType):
            return self.choices.below(2) == 0
        if isinstance(type, LabelType):
            return self.choices.one_of(type.labels)
        if isinstance(type, NumberType):
            return self.number(type)
        year, month = 2000 + self.choices.below(12), 1 + self.choices.below(12)
        if isinstance(type, MonthType):
            return f"{year}-{month:02d}"
        if isinstance(type, DateType):
            return datetime.date(year, month, 1 + self.choices.below(28))
        return self.choices.one_of(("a", "b", "c", "team 1", "", "other"))

    def number(self, type: NumberType) -> Any:
        low = 0 if type.low is None else type.low
        high = low + 12 if type.high is None else type.high
        part = Fraction(self.choices.below(25), 24)
        found = low + (high - low) * part
        return int(found) if type.kind == "integer" else found

    def items(self, collection: Collection) -> Any:
        if collection.items is not None:
            names = [name for name in collection.items if not self.choices.rarely(4)]
            return {name: self.row(collection.name, collection.fields, collection.inner) for name in names}
        filled = self.framework is not None and collection.name == self.ruleset.fills
        if filled and collection.key is not None:
            keys = [row[collection.key].text for row in self.ruleset.frameworks[self.framework].rows]
            left = {name: one for name, one in collection.fields.items() if name not in self.set_by_framework()}
            return {key: self.row(collection.name, left, collection.inner) for key in keys}
        rows = [
            self.row(collection.name, collection.fields, collection.inner)
            for _ in range(collection.at_least + self.choices.below(5))
        ]
        for number, row in enumerate(rows):
            if collection.key is not None and not self.is_hostile():
                type = collection.fields[collection.key].type
                row[collection.key] = (
                    type.labels[number % len(type.labels)] if isinstance(type, LabelType) else f"item {number}"
                )
        return rows

    def set_by_framework(self) -> set[str]:
        return {name for row in self.ruleset.frameworks[self.framework or ""].rows for name in row}
