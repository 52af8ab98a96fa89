"""Where a rule set falls in two: the values that each group of rows comes to, and what follows from these values."""

from __future__ import annotations

from collections.abc import Iterable

from hmic_rules.possible import members
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import queries_of

__all__ = ["closure_of", "frontier_of"]


def closure_of(ruleset: Ruleset, wanted: Iterable[str], pins: Iterable[str] = ()) -> frozenset[str]:
    """These values and all that they rest on, down to what is taken as given."""
    found: set[str] = set()
    kept = frozenset(pins)
    pending = list(wanted)
    while pending:
        name = pending.pop()
        if name not in found and name in ruleset.values:
            found.add(name)
            if name not in kept:
                pending.extend(ruleset.values[name].reads)
    return frozenset(found)


def frontier_of(ruleset: Ruleset, wanted: str) -> tuple[str, ...]:
    """The values on groups that ask the groups' own rows and on which a value rests; nothing where one of them is a number.

    What follows from a value of a group needs to know no more of its rows than that value.
    """
    found = [
        value
        for name in closure_of(ruleset, [wanted])
        if (value := ruleset.values[name]).scope in ruleset.groups and _asks_rows(ruleset, value)
    ]
    if any(members(value.type.whole) is None for value in found) or wanted in {value.name for value in found}:
        return ()
    return tuple(sorted(value.name for value in found))


def _asks_rows(ruleset: Ruleset, value: ValueRule) -> bool:
    source = ruleset.groups[value.scope].source
    return any(query.collection == source for query in queries_of(value))
