"""Where conditions come from: the facts under a name or a query, and how many items a query can meet."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from attrs import field, frozen

from hmic_rules.conditions import CASE, Condition, Expression, Query, Symbol, SymbolKind
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Group, Ruleset
from hmic_rules.structure import queries_in, roots_of, symbols_in

__all__ = ["Origins"]


@frozen
class Origins:
    """Traces names back to facts.

    A fact is named by an input, by a collection (all of its items), or by ``collection.field``.
    """

    ruleset: Ruleset
    chains: Mapping[str, tuple[str, ...]]
    _values: dict[str, frozenset[str]] = field(factory=dict)

    def of_symbol(self, symbol: Symbol) -> frozenset[str]:
        """The facts that a name comes from."""
        if symbol.kind is SymbolKind.VALUE and symbol.name in self.ruleset.values:
            return self.of_value(self.ruleset.values[symbol.name])
        if symbol.scope == CASE:
            return frozenset({symbol.name})
        group = self.ruleset.groups.get(symbol.scope)
        if group is None:
            return frozenset({f"{symbol.scope}.{symbol.name}"})
        if symbol.name in group.by:
            return frozenset({f"{group.source}.{symbol.name}", *self._expecting(group)})
        return frozenset(f"{collection}.{symbol.name}" for collection in self._expecting(group))

    def of_value(self, value: ValueRule) -> frozenset[str]:
        """The facts that a derived value comes from."""
        if value.name not in self._values:
            for name in itertools.takewhile(lambda one: one != value.name, self.ruleset.order):
                if name in self.ruleset.values and name not in self._values:
                    self._values[name] = self._traced(
                        self.ruleset.values[name]
                    )  # one after the other: chains may be long
            self._values[value.name] = self._traced(value)
        return self._values[value.name]

    def _traced(self, value: ValueRule) -> frozenset[str]:
        found: set[str] = set()
        for root in roots_of(value):
            found |= self.of_condition(root)
        for limit in value.limits:
            if isinstance(limit.bound, Symbol):
                found |= self.of_symbol(limit.bound)
        return frozenset(found) or frozenset({value.name})

    def of_condition(self, condition: Condition | Expression) -> frozenset[str]:
        """The facts that a condition, or a calculation, comes from."""
        found = [self.of_symbol(symbol) for symbol in symbols_in(condition)]
        found += [self.of_collection(query.collection) for query in queries_in(condition)]
        return frozenset().union(*found)

    def of_query(self, query: Query) -> frozenset[str]:
        """The facts that a query comes from."""
        parts = [self.of_condition(part) for part in (query.among, query.where) if part is not None]
        return self.of_collection(query.collection).union(*parts)

    def of_collection(self, name: str) -> frozenset[str]:
        """The collections that the items of a collection or a group come from."""
        group = self.ruleset.groups.get(name)
        if group is None:
            return frozenset({name})
        return self.of_collection(group.source).union(self._expecting(group))

    def _expecting(self, group: Group) -> frozenset[str]:
        keys = group.expected.keys.values() if group.expected is not None else ()
        return frozenset(one for one in keys if isinstance(one, str))

    def size(self, query: Query, stack: tuple[str, ...]) -> tuple[int, int | None]:
        """How many items that belong a query meets at least and at most.

        Args:
            query: the query.
            stack: the scopes in which it stands.

        """
        least, most = self.met(query.collection, stack)
        return (0 if query.among is not None or query.guarded else least), most

    def met(self, name: str, stack: tuple[str, ...]) -> tuple[int, int | None]:
        """How many items of a collection or a group can be met from a place, at least and at most."""
        groups = self.ruleset.groups
        around = next(
            (groups[scope] for scope in reversed(stack) if scope in groups and groups[scope].source == name), None
        )
        if around is not None:
            return (1 if around.expected is None or around.missing == "unknown" else 0), None
        if name in groups:
            return self._groups(groups[name]), None
        collection = self.ruleset.collections[name]
        if collection.items is not None:
            return len(collection.items), len(collection.items)
        return collection.at_least, collection.at_most

    def _groups(self, group: Group) -> int:
        """One if there is surely a group, else none."""
        if group.expected is None:
            source = self.ruleset.collections.get(group.source)
            if source is not None and source.parent is not None:
                return 0
            return min(1, self.met(group.source, (CASE,))[0])
        return min((1, *(self.met(collection, (CASE,))[0] for collection in self._expecting(group))))
