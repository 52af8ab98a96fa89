"""Invented cases for any rule set, from a seed: quick to make, so that very many can be decided."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from typing import Any

from attrs import frozen

import hmic_rules as hr
from hmic_rules.conditions import Symbol
from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType
from hmic_rules.possible import Month
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Input, MonthRange

__all__ = ["Seeded"]

FIRST_DAY = datetime.date(2006, 1, 1).toordinal()


@frozen
class Seeded:
    """Cases of one rule set. Each fact is unknown one time in ``unknown_in``."""

    ruleset: hr.Ruleset
    random: random.Random
    unknown_in: int = 8
    most_items: int = 6

    @classmethod
    def of(cls, ruleset: hr.Ruleset, seed: int) -> Seeded:
        return cls(ruleset, random.Random(seed))  # noqa: S311 - cases for a test

    def cases(self, number: int) -> Iterator[dict[str, Any]]:
        for _ in range(number):
            yield self.case()

    def case(self) -> dict[str, Any]:
        """A whole case: facts, a framework where the rule set has some, a profile where it has some."""
        framework = self.one_of([*self.ruleset.frameworks]) if self.ruleset.frameworks else None
        profile = self.one_of([*self.ruleset.profiles]) if self.ruleset.profiles else None
        return {"facts": self.facts(framework), "framework": framework, "profile": profile}

    def one_of(self, options: list[Any]) -> Any:
        return options[self.random.randrange(len(options))]

    def facts(self, framework: str | None) -> dict[str, Any]:
        found = self.filled(self.ruleset.inputs.values())
        keys: dict[str, list[str]] = {}
        if framework is not None and self.ruleset.fills is not None:
            fills = self.ruleset.collections[self.ruleset.fills]
            assert fills.key is not None
            keys[fills.name] = [row[fills.key].text for row in self.ruleset.frameworks[framework].rows]
        outermost = [one for one in self.ruleset.collections.values() if one.parent is None and one.name not in keys]
        for collection in sorted(outermost, key=lambda one: self.refers(one) != {}):
            found[collection.name] = rows = self.items(collection, keys)
            keys[collection.name] = (
                [str(row.get(collection.key)) for row in rows] if isinstance(rows, list) else [*rows]
            )
        for value in self.ruleset.values.values():
            if isinstance(value.body, Judged) and self.random.randrange(2):
                found[value.name] = self.drawn(value.type)
        return {name: fact for name, fact in found.items() if fact is not None}

    def refers(self, collection: Collection) -> dict[str, Any]:
        """The fields of a collection's rows that name a group that must be expected."""
        return {
            name: expected
            for group in self.ruleset.groups.values()
            if group.source == collection.name and group.expected is not None
            for name, expected in group.expected.keys.items()
        }

    def items(self, collection: Collection, keys: dict[str, list[str]]) -> Any:
        if collection.items is not None:
            return {name: self.filled(collection.fields.values()) for name in collection.items}
        number = self.random.randrange(collection.at_least, max(collection.at_least, self.most_items) + 1)
        grouped = {
            name for group in self.ruleset.groups.values() if group.source == collection.name for name in group.by
        }
        rows = []
        for place in range(number):
            row = self.filled(collection.fields.values(), certain=grouped)
            if collection.key is not None:
                row[collection.key] = f"{collection.name}-{place}"
            for name, expected in self.refers(collection).items():
                options = self.months(expected) if isinstance(expected, MonthRange) else keys[expected]
                if not options:
                    return []
                row[name] = self.one_of(options)
            for name, inner in collection.inner.items():
                row[name] = self.items(inner, keys)
            rows.append(row)
        return rows

    def months(self, expected: MonthRange) -> list[str]:
        ends = [
            self.ruleset.parameters[one.name].default if isinstance(one, Symbol) else one
            for one in (expected.start, expected.end)
        ]
        first, last = (one.ordinal for one in ends if isinstance(one, Month))
        return [str(Month(ordinal)) for ordinal in range(first, last + 1)]

    def filled(self, fields: Any, certain: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
        found = {given.name: self.fact(given, certain=given.name in certain) for given in fields}
        return {name: fact for name, fact in found.items() if fact is not None}

    def fact(self, given: Input, *, certain: bool) -> Any:
        if not certain and self.random.randrange(self.unknown_in) == 0:
            return None
        if given.may_be_not_applicable and self.random.randrange(4) == 0:
            return "not applicable"
        return self.drawn(given.type)

    def drawn(self, type: Any) -> Any:
        if isinstance(type, BooleanType):
            return self.random.randrange(2) == 1
        if isinstance(type, LabelType):
            return self.one_of([*type.labels])
        if isinstance(type, NumberType):
            low = 0 if type.low is None else int(type.low)
            high = low + self.one_of([4, 40]) if type.high is None else int(type.high)
            if type.kind == "integer":
                return self.random.randint(low, high)
            return f"{self.random.randint(4 * low, 4 * high)}/4"
        if isinstance(type, DateType):
            return datetime.date.fromordinal(FIRST_DAY + self.random.randrange(1000)).isoformat()
        if isinstance(type, MonthType):
            return str(Month.of(2006, 1 + self.random.randrange(12)))
        return self.one_of(["a", "b", "c"])
