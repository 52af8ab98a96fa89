"""A value's rules as rules of durable_rules.

Every condition that is not *all* or *any* of others becomes an *atom*, with a property of its own. An atom that compares a name with constants is
compared by durable_rules, as a code (:mod:`hmic_rules.backends.coding`); any other is computed before posting, and posted as 1 where it holds.
Each way in which a rule can hold, a set of atoms, becomes one rule there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.backends.coding import Codes, Ranges, codes_of, comparable, constants_of, ranges
from hmic_rules.backends.gate import MOST_CONDITIONS, Definition, admit
from hmic_rules.conditions import (
    All,
    Compare,
    Condition,
    CountTest,
    InList,
    Not,
    Quantified,
    Symbol,
    SymbolKind,
    Term,
    Test,
)
from hmic_rules.conditions import Any as AnyOf
from hmic_rules.datatypes import LabelType
from hmic_rules.errors import HmicRulesError
from hmic_rules.rules import Calculation, Judged, Limit, Points, RuleList, Truthful, ValueRule

__all__ = ["Alternative", "Atom", "Before", "Name", "Numbers", "Plan", "UnsuitedError", "plan_for"]

Before: TypeAlias = Literal[
    "a calculation",
    "a comparison of two names",
    "a count",
    "a judgement",
    "a negation",
    "a parameter",
    "a quantifier",
    "a share",
    "a term",
    "a test that no value passes",
    "the bound of a limit",
]
Ways: TypeAlias = frozenset[frozenset[int]]
HOLDS: Final = 1
MOST_LIMIT_WAYS: Final = 4096


class UnsuitedError(HmicRulesError):
    """A value that durable_rules has nothing to compute for, with the reason; the gate's own reasons are its own errors."""


@frozen(eq=False)
class Atom:
    """One condition that durable_rules matches with a fact of its own.

    Attributes:
        property: the property of the fact.
        node: the condition.
        passing: the codes for which it holds; 1 alone where it is computed before posting.
        before: what is computed before posting, or ``None`` where durable_rules compares.

    """

    property: str
    node: Condition = field(repr=False)
    passing: Ranges
    before: Before | None


@frozen(eq=False)
class Name:
    """A name that durable_rules compares, with its codes and the atoms that test it."""

    symbol: Symbol
    codes: Codes
    atoms: tuple[int, ...]


@frozen
class Numbers:
    """Which of a value's conditions is whose.

    Attributes:
        applies: the number of the condition of ``applies``, ``None`` where the value always applies.
        rules: the number of each rule's condition.
        limits: the number of each limit's condition, ``None`` where it is always in force.

    """

    applies: int | None
    rules: tuple[int, ...]
    limits: tuple[int | None, ...]


@frozen(eq=False)
class Alternative:
    """Rules worth points that all test one name. Of the rules that test its different values, not all can fire together.

    Attributes:
        symbol: the name.
        conditions: the numbers of the rules' conditions.

    """

    symbol: Symbol
    conditions: tuple[int, ...]


@frozen(eq=False)
class Plan:
    """One value, ready for durable_rules.

    Attributes:
        value: the value.
        atoms: what is posted.
        names: the names that are compared there; the other atoms are computed before posting.
        rules: the rules, as durable_rules reads them; the rule ``c3_0`` is the first way of the condition 3.
        conditions: the conditions of the value by their number: of ``applies``, of its rules, of its limits.
        numbers: which condition is whose.
        alternatives: of points, the rules that test one name each.

    """

    value: ValueRule
    atoms: tuple[Atom, ...]
    names: tuple[Name, ...]
    rules: Definition = field(repr=False)
    conditions: tuple[Condition, ...] = field(repr=False)
    numbers: Numbers
    alternatives: tuple[Alternative, ...] = ()

    @property
    def given(self) -> bool:
        """Whether the result before limits is no matter of rules: it is calculated, or a person gives it."""
        return isinstance(self.value.body, Calculation | Judged)

    @property
    def marks(self) -> tuple[Atom, ...]:
        """The atoms that are computed before posting."""
        return tuple(atom for atom in self.atoms if atom.before is not None)

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(atom.property for atom in self.atoms)

    @property
    def before(self) -> tuple[Before, ...]:
        """The kinds of things that are computed before posting."""
        found: set[Before] = {atom.before for atom in self.atoms if atom.before is not None}
        if any(isinstance(limit.bound, Symbol) for limit in self.value.limits):
            found.add("the bound of a limit")
        if self.given:
            found.add("a judgement" if isinstance(self.value.body, Judged) else "a calculation")
        return tuple(sorted(found))


@frozen(eq=False)
class _Builder:
    """Collects the atoms of one value."""

    codes: dict[tuple[str, str], Codes]
    atoms: list[Atom] = field(factory=list)
    tested: dict[tuple[str, str], list[int]] = field(factory=dict)
    symbols: dict[tuple[str, str], Symbol] = field(factory=dict)
    places: dict[Any, int] = field(factory=dict)

    def atom(self, node: Condition) -> int:
        before = computed_before(node)
        if before is not None or not isinstance(node, Test):
            return self._added(node, node, ((HOLDS, HOLDS),), before)
        key = (node.subject.scope, node.subject.name)
        passing = ranges(self.codes[key].passing(node.checks))
        if not passing:
            return self._added(node, node, ((HOLDS, HOLDS),), "a test that no value passes")
        known = len(self.atoms)
        place = self._added((key, passing), node, passing, None)
        if place == known:
            self.symbols[key] = node.subject
            self.tested.setdefault(key, []).append(place)
        return place

    def _added(self, key: Any, node: Condition, passing: Ranges, before: Before | None) -> int:
        place = self.places.setdefault(key, len(self.atoms))
        if place == len(self.atoms):
            self.atoms.append(Atom(f"a{place}", node, passing, before))
        return place

    def ways(self, node: Condition) -> Ways:
        """Every smallest set of atoms that makes the condition hold.

        Raises:
            UnsuitedError: there are more than durable_rules takes.

        """
        if isinstance(node, AnyOf):
            return _smallest([way for part in node.parts for way in self.ways(part)])
        if isinstance(node, All):
            found: Ways = frozenset([frozenset()])
            for part in node.parts:
                more = self.ways(part)
                if len(found) * len(more) > MOST_CONDITIONS:
                    raise UnsuitedError(f"a rule holds in more than {MOST_CONDITIONS} ways")
                found = _smallest([one | other for one in found for other in more])
            return found
        return frozenset([frozenset([self.atom(node)])])


def computed_before(node: Condition) -> Before | None:
    """What has to be computed before posting, or ``None`` where durable_rules compares a name with constants."""
    if isinstance(node, Not):
        return "a negation"
    if isinstance(node, Quantified):
        return "a quantifier"
    if isinstance(node, CountTest):
        return "a count"
    if not isinstance(node, Test):
        return "a share"
    if node.subject.kind is SymbolKind.PARAMETER:
        return "a parameter"
    if comparable(node.checks):
        return None
    operands = [check.operand for check in node.checks if isinstance(check, Compare)]
    if any(isinstance(one, Term) for one in operands):
        return "a term"
    listed = any(isinstance(check, InList) for check in node.checks)
    against = [one.kind for one in operands if isinstance(one, Symbol)]
    return (
        "a parameter"
        if listed or all(kind is SymbolKind.PARAMETER for kind in against)
        else ("a comparison of two names")
    )


def plan_for(value: ValueRule) -> Plan:
    """The plan of a value.

    Raises:
        UnsuitedError: there is nothing for durable_rules to compute.
        RefusedError: the gate keeps it out.

    """
    conditions, numbers = _conditions(value)
    constants: dict[tuple[str, str], set[Any]] = {}
    types: dict[tuple[str, str], Any] = {}
    for node in (leaf for condition in conditions for leaf in _leaves(condition)):
        if isinstance(node, Test) and computed_before(node) is None:
            key = (node.subject.scope, node.subject.name)
            constants.setdefault(key, set()).update(constants_of(node.checks))
            types[key] = node.subject.type
    builder = _Builder({key: codes_of(types[key], found) for key, found in constants.items()})
    rules: dict[str, Any] = {}
    for number, condition in enumerate(conditions):
        for way, atoms in enumerate(sorted(builder.ways(condition), key=sorted)):
            if not atoms:
                raise UnsuitedError("a rule without a condition always holds: there is nothing to match")
            parts = [{f"f{place}": _matched(builder.atoms[place])} for place in sorted(atoms)]
            rules[f"c{number}_{way}"] = {"all": parts}
    if not rules:
        raise UnsuitedError("no rule can ever hold: there is nothing to match")
    names = tuple(
        Name(builder.symbols[key], builder.codes[key], tuple(places)) for key, places in builder.tested.items()
    )
    alternatives = _alternatives(value.body, numbers) if isinstance(value.body, Points) else ()
    plan = Plan(value, tuple(builder.atoms), names, rules, conditions, numbers, alternatives)
    admit(plan.rules, plan.properties)
    return plan


def _conditions(value: ValueRule) -> tuple[tuple[Condition, ...], Numbers]:
    """Every condition of the value, and which of them is whose."""
    body = value.body
    if not value.conditional:
        judged = isinstance(body, Judged)
        raise UnsuitedError(f"{'a person judges it' if judged else 'it is calculated'}, and no condition decides it")
    found: list[Condition] = [] if value.applies is None else [value.applies]
    applies = None if value.applies is None else 0
    first = len(found)
    if isinstance(body, Truthful):
        found.append(body.condition)
    elif isinstance(body, RuleList | Points):
        found += [rule.when for rule in body.rules]
    rules = tuple(range(first, len(found)))
    limits: list[int | None] = []
    ways = 1
    for limit in value.limits:
        limits.append(None if limit.when is None else len(found))
        if limit.when is not None:
            found.append(limit.when)
        ways *= _bounds(value, limit) + 1
    if ways > MOST_LIMIT_WAYS:
        raise UnsuitedError(f"its limits can be in force in more than {MOST_LIMIT_WAYS:,} ways")
    return tuple(found), Numbers(applies, rules, tuple(limits))


def _alternatives(body: Points, numbers: Numbers) -> tuple[Alternative, ...]:
    """The names that several rules test, each rule nothing but it."""
    found: dict[Symbol, list[int]] = {}
    for number, rule in zip(numbers.rules, body.rules, strict=True):
        if isinstance(rule.when, Test) and rule.when.subject.kind is not SymbolKind.PARAMETER:
            found.setdefault(rule.when.subject, []).append(number)
    return tuple(Alternative(symbol, tuple(tests)) for symbol, tests in found.items() if len(tests) > 1)


def _bounds(value: ValueRule, limit: Limit) -> int:
    """How many bounds a limit can have, as far as its result is concerned."""
    if not isinstance(limit.bound, Symbol):
        return 1
    return len(value.type.labels) if isinstance(value.type, LabelType) else 2


def _leaves(node: Condition) -> Iterator[Condition]:
    if isinstance(node, All | AnyOf):
        for part in node.parts:
            yield from _leaves(part)
    else:
        yield node


def _smallest(ways: list[frozenset[int]]) -> Ways:
    """The sets that contain no other one of them.

    Raises:
        UnsuitedError: there are more than durable_rules takes.

    """
    found: list[frozenset[int]] = []
    for way in sorted(set(ways), key=len):
        if not any(other <= way for other in found):
            found.append(way)
    if len(found) > MOST_CONDITIONS:
        raise UnsuitedError(f"a rule holds in more than {MOST_CONDITIONS} ways")
    return frozenset(found)


def _matched(atom: Atom) -> dict[str, Any]:
    """The condition that matches the fact of an atom that holds."""
    parts = [_within(atom.property, low, high) for low, high in atom.passing]
    return parts[0] if len(parts) == 1 else {"$or": parts}


def _within(property: str, low: int, high: int) -> dict[str, Any]:
    if low == high:
        return {property: low}
    return {"$and": [{"$gte": {property: low}}, {"$lte": {property: high}}]}
