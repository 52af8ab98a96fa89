"""Which rows a rule set accepts: those whose groups somebody expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from hmic_rules.conditions import CASE, Symbol, SymbolKind
from hmic_rules.possible import Known, Month, is_known
from hmic_rules.programs import Program
from hmic_rules.rows import KEY
from hmic_rules.rulesets import Collection, MonthRange, Ruleset, collections_on

__all__ = ["Expectations", "grouped_fields"]

LONGEST: Final = 12


def source_of(ruleset: Ruleset, group: str) -> str:
    """The collection whose rows a group holds, through groups of groups."""
    here = group
    while here in ruleset.groups:
        here = ruleset.groups[here].source
    return here


def grouped_fields(ruleset: Ruleset, collection: Collection) -> frozenset[str]:
    """The fields by which a collection's rows are grouped: they are always known."""
    by = {
        name
        for group in ruleset.groups.values()
        if source_of(ruleset, group.name) == collection.name
        for name in group.by
    }
    return frozenset(by & collection.fields.keys())


@frozen(eq=False)
class Expectations:
    """What the groups of one program expect of the rows that are sorted into them."""

    program: Program

    @property
    def ruleset(self) -> Ruleset:
        return self.program.ruleset

    def in_order(self) -> list[Collection]:
        """The collections of the case, each after those whose items expect its rows."""
        left = dict(collections_on(self.ruleset, CASE))
        ordered: list[Collection] = []
        while left:
            ready = [name for name, found in left.items() if not (self._needs(found) - {name}) & left.keys()]
            ordered += [left.pop(name) for name in ready or [next(iter(left))]]
        return ordered

    def _needs(self, collection: Collection) -> set[str]:
        own = {
            keys
            for group in self.ruleset.groups.values()
            if group.expected is not None and source_of(self.ruleset, group.name) == collection.name
            for keys in group.expected.keys.values()
            if isinstance(keys, str)
        }
        return own.union(*(self._needs(inner) for inner in collection.inner.values()))

    def asked_of(self, collection: str) -> bool:
        """Whether some group waits for the items of this collection, so that it should have some."""
        return any(
            collection in group.expected.keys.values()
            for group in self.ruleset.groups.values()
            if group.expected is not None
        )

    def allowed(self, collection: Collection, facts: Mapping[str, Any]) -> dict[str, tuple[Known, ...]]:
        """For each field of a collection by which its rows are sorted into expected groups: what it may be, given the facts so far."""
        found: dict[str, tuple[Known, ...]] = {}
        for group in self.ruleset.groups.values():
            if group.expected is None or source_of(self.ruleset, group.name) != collection.name:
                continue
            for name, keys in group.expected.keys.items():
                options = self._months(keys, facts) if isinstance(keys, MonthRange) else self._keys(keys, facts)
                if options is None or name not in collection.fields:
                    continue
                before = found.get(name)
                found[name] = options if before is None else tuple(one for one in before if one in options)
        return found

    def foreseen(self) -> bool:
        """Whether all that rows are grouped by are facts, so that rows are accepted as they are drawn."""
        for group in self.ruleset.groups.values():
            source = self.ruleset.collections[source_of(self.ruleset, group.name)]
            ends = [
                end
                for keys in (group.expected.keys.values() if group.expected is not None else ())
                if isinstance(keys, MonthRange)
                for end in (keys.start, keys.end)
                if isinstance(end, Symbol)
            ]
            if not source.fields.keys() >= set(group.by) or any(end.kind is SymbolKind.VALUE for end in ends):
                return False
        return True

    def _keys(self, name: str, facts: Mapping[str, Any]) -> tuple[Known, ...] | None:
        collection = self.ruleset.collections[name]
        fixed = self.program.compiler.fixed
        if collection.items is not None:
            return collection.items
        if fixed is not None and fixed.collection == name:
            return tuple(row[KEY] for row in fixed.rows)  # type: ignore[misc]
        rows = facts.get(name)
        return None if rows is None else tuple(row[collection.key] for row in rows)

    def _months(self, keys: MonthRange, facts: Mapping[str, Any]) -> tuple[Known, ...] | None:
        start, end = (self._end(one, facts) for one in (keys.start, keys.end))
        if start is None or end is None:
            return None
        ordinals = range(start.ordinal, end.ordinal + 1)
        if len(ordinals) > LONGEST:
            half = LONGEST // 2
            return tuple(map(Month, (*ordinals[:half], *ordinals[-half:])))
        return tuple(map(Month, ordinals))

    def _end(self, end: Symbol | Known, facts: Mapping[str, Any]) -> Month | None:
        found: Any = end
        if isinstance(end, Symbol) and end.kind is SymbolKind.PARAMETER:
            found = self.program.compiler.settings.constants[end.name]
        elif isinstance(end, Symbol):
            given = self.ruleset.inputs.get(end.name)
            found = facts.get(end.name)
            if found is None and given is not None:
                found = given.means
        return found if isinstance(found, Month) and is_known(found) else None
