"""The reason of a decision as plain data: every value on every row, with every rule, limit and condition, and without words."""

from __future__ import annotations

from typing import Any

from hmic_rules.audit.canonical import written, written_as_found
from hmic_rules.conditions import All, CountTest, Not, Quantified, ShareTest, Test, Truth
from hmic_rules.conditions import Any as AnyOf
from hmic_rules.decisions import Decision
from hmic_rules.outcomes import Outcome, outcome_data
from hmic_rules.rules import Rule
from hmic_rules.traces import ConditionTrace, ItemTrace, LimitTrace, RuleTrace, ValueTrace, trace_all

__all__ = ["outcome_member", "trace_members"]


def outcome_member(outcome: Outcome) -> dict[str, Any]:
    """An outcome, or any other value, on one row."""
    return {**outcome_data(outcome), "value": None if outcome.value is None else written(outcome.value)}


def trace_members(decision: Decision) -> list[dict[str, Any]]:
    """Every value on every row, in the order of evaluation."""
    return [_value(one) for one in trace_all(decision)]


def _value(one: ValueTrace) -> dict[str, Any]:
    return {
        "outcome": outcome_member(one.outcome),
        "applies": _condition(one.applies),
        "rules": list(map(_rule, one.rules)),
        "condition": _condition(one.condition),
        "limits": list(map(_limit, one.limits)),
    }


def _rule(one: RuleTrace) -> dict[str, Any]:
    gives = one.rule.then if isinstance(one.rule, Rule) else one.rule.worth
    return {
        "rule": one.rule.id,
        "gives": written(gives),
        "truth": str(one.truth),
        "condition": _condition(one.condition),
    }


def _limit(one: LimitTrace) -> dict[str, Any]:
    return {
        "limit": one.limit.id,
        "bound": one.bound,
        "truth": str(one.truth),
        "binding": str(one.binding),
        "condition": _condition(one.condition),
    }


def _condition(one: ConditionTrace | None) -> dict[str, Any] | None:
    if one is None:
        return None
    node, head = one.node, {"truth": str(one.truth)}
    if isinstance(node, Test):
        return {**head, "kind": "test", "name": node.subject.name, "found": written_as_found(one.value)}
    if isinstance(node, All | AnyOf | Not):
        kind = "all" if isinstance(node, All) else "any" if isinstance(node, AnyOf) else "not"
        return {**head, "kind": kind, "parts": list(map(_condition, one.parts))}
    kind = node.kind if isinstance(node, Quantified) else "count" if isinstance(node, CountTest) else "share"
    found = {**head, "kind": kind, "of": node.query.collection, "items": _items(one.items)}
    return {**found, "found": written_as_found(one.value)} if isinstance(node, CountTest | ShareTest) else found


def _items(items: tuple[ItemTrace, ...] | None) -> dict[str, list[str]] | None:
    """The keys of the items that belong, by whether they are as asked, and of those of which it is not known whether they belong."""
    if items is None:
        return None
    found: dict[str, list[str]] = {"yes": [], "no": [], "unknown": [], "perhaps": []}
    for one in items:
        if one.belongs is not Truth.NO:
            found["perhaps" if one.belongs is Truth.UNKNOWN else str(one.holds)].append(one.key)
    return found
