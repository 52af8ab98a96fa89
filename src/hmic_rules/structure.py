"""The shape of conditions without their places in a file: when two are the same, what they are made of, and which names they read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import cast

from hmic_rules.conditions import (
    Aggregate,
    All,
    Check,
    Compare,
    Condition,
    CountTest,
    Elapsed,
    Expression,
    InList,
    LongestRun,
    Not,
    PointsOf,
    Quantified,
    Query,
    Read,
    ShareTest,
    Symbol,
    Term,
    Test,
    checks_of,
    parts_of,
    query_of,
)
from hmic_rules.rules import Calculation, Points, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset

__all__ = [
    "conditions_of",
    "conjuncts",
    "exclusive_values",
    "nodes",
    "queries_in",
    "queries_of",
    "roots_of",
    "structure_of",
    "symbols_in",
    "terms_in",
]


def conditions_of(value: ValueRule) -> Iterator[Condition]:
    """Every condition that a value rests on: when it applies, its rules, its limits. When it may be departed from is none of them."""
    if value.applies is not None:
        yield value.applies
    if isinstance(value.body, RuleList | Points):
        yield from (rule.when for rule in value.body.rules)
    if isinstance(value.body, Truthful):
        yield value.body.condition
    yield from (limit.when for limit in value.limits if limit.when is not None)


def roots_of(value: ValueRule) -> Iterator[Condition | Expression]:
    """Every tree of a value: its conditions, and its calculation."""
    yield from conditions_of(value)
    if isinstance(value.body, Calculation):
        yield value.body.expression


def exclusive_values(ruleset: Ruleset) -> list[str]:
    """The values of whose rules two may not hold together: where two do, no case has a decision, whatever else it is asked."""
    return [
        name
        for name, value in ruleset.values.items()
        if isinstance(value.body, RuleList) and value.body.policy == "unique"
    ]


def conjuncts(node: Condition | None) -> tuple[Condition, ...]:
    """The conditions that must all hold for this one to hold, none of them an ``all`` itself."""
    if node is None:
        return ()
    return tuple(part for each in node.parts for part in conjuncts(each)) if isinstance(node, All) else (node,)


def structure_of(node: Condition | None) -> Hashable:
    """Equal for conditions that ask the same, in whatever order they list it."""
    if node is None:
        return None
    if isinstance(node, Test):
        return "test", _name(node.subject), frozenset(map(_check, node.checks))
    if isinstance(node, All):
        parts = frozenset(map(structure_of, conjuncts(node)))
        return next(iter(parts)) if len(parts) == 1 else ("all", parts)
    if isinstance(node, Quantified):
        return node.kind, _query(node.query)
    if isinstance(node, CountTest):
        return "count", _query(node.query), frozenset(map(_check, node.checks))
    if isinstance(node, ShareTest):
        return "share", _query(node.query), frozenset(map(_check, node.checks)), node.if_none
    if isinstance(node, Not):
        return "not", structure_of(node.part)
    return "any", frozenset(map(structure_of, node.parts))


def _name(symbol: Symbol) -> Hashable:
    return symbol.scope, symbol.name


def _query(query: Query) -> Hashable:
    return query.collection, structure_of(query.among), structure_of(query.where)


def _check(check: Check) -> Hashable:
    if isinstance(check, InList):
        return "in", _name(check.symbol), check.negated
    if isinstance(check, Compare):
        operand = check.operand
        other = (
            ("term", operand.name)
            if isinstance(operand, Term)
            else ("name", *cast("tuple[str, str]", _name(operand)))
            if isinstance(operand, Symbol)
            else operand
        )
        return check.op, other, check.negated
    return check


def nodes(node: Condition | Expression) -> Iterator[Condition | Expression]:
    """The node and everything under it."""
    yield node
    for part in parts_of(node):
        yield from nodes(part)


def queries_in(node: Condition | Expression) -> Iterator[Query]:
    """Every query in a condition or a calculation, outer ones first."""
    for one in nodes(node):
        query = query_of(one)
        if query is not None:
            yield query


def queries_of(value: ValueRule) -> Iterator[Query]:
    """Every query that a value asks, in its conditions and in its calculation."""
    for root in roots_of(value):
        yield from queries_in(root)


def symbols_in(node: Condition | Expression) -> Iterator[Symbol]:
    """Every name that a condition or a calculation reads."""
    for one in nodes(node):
        if isinstance(one, Test):
            yield one.subject
        elif isinstance(one, Read):
            yield one.symbol
        elif isinstance(one, Aggregate):
            yield one.field
        elif isinstance(one, PointsOf) and one.different is not None:
            yield one.different
        elif isinstance(one, LongestRun):
            yield one.along
        elif isinstance(one, Elapsed):
            yield from (end for end in (one.start, one.end) if isinstance(end, Symbol))
        for check in checks_of(one):
            if isinstance(check, InList):
                yield check.symbol
            elif isinstance(check, Compare) and isinstance(check.operand, Symbol):
                yield check.operand


def terms_in(node: Condition | Expression) -> Iterator[str]:
    """The terms that a condition compares with."""
    for one in nodes(node):
        for check in checks_of(one):
            if isinstance(check, Compare) and isinstance(check.operand, Term):
                yield check.operand.name
