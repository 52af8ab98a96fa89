"""Rules and outcomes in the graph of an inspection: which rules feed which, which read a criterion, and which decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hmic_rules.conditions import CASE, Condition, Test, Truth
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.frontier import closure_of
from hmic_rules.graph.vocabulary import (
    CRITERION,
    DECIDES,
    FEEDS,
    FRAMEWORK,
    LIMITS,
    MAY_DECIDE,
    OUTCOME,
    OUTCOME_OF,
    READ_BY,
    RULE,
    Graph,
    add_citations,
    add_edge,
    add_node,
    node_id,
)
from hmic_rules.inspections import Inspection
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.rules import Points, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import symbols_in
from hmic_rules.traces import ConditionTrace, trace

__all__ = ["add_outcomes", "add_rules"]

OTHERWISE = "otherwise"


def add_rules(graph: Graph, inspection: Inspection) -> None:
    """The rules and limits that the inspection's outcome rests on, and which of them feed which."""
    ruleset = inspection.ruleset
    needed = closure_of(ruleset, [inspection.outcome])
    values = [ruleset.values[name] for name in ruleset.order if name in needed]
    for value in values:
        for name, label, attributes, cite in _rules_of(value):
            add_citations(graph, add_node(graph, RULE, name, label, value=value.name, **attributes), cite)
    for value in values:
        for target, condition in _conditions_of(value):
            for source in dict.fromkeys(_sources(ruleset, [condition])):
                for name, *_ in _rules_of(ruleset.values[source]):
                    add_edge(graph, node_id(RULE, name), FEEDS, node_id(RULE, target))


def _rules_of(value: ValueRule) -> Iterator[tuple[str, str, dict[str, str | None], tuple[str, ...]]]:
    """The rules and limits of a value: the name of the node, its label, its attributes, and what it cites."""
    body = value.body
    if isinstance(body, RuleList):
        for rule in body.rules:
            own = {"role": "rule", "then": shown(rule.then), "basis": rule.basis, "says": rule.says}
            yield _named(value, rule.id), rule.id, own, rule.cite
        if body.otherwise is not None:
            own = {"role": OTHERWISE, "then": shown(body.otherwise.then), "basis": body.otherwise.basis}
            yield _named(value, OTHERWISE, "or"), OTHERWISE, own, body.otherwise.cite
    elif isinstance(body, Points):
        for point in body.rules:
            own = {"role": "points", "worth": shown(point.worth), "basis": point.basis, "says": point.says}
            yield _named(value, point.id), point.id, own, point.cite
    for limit in value.limits:
        bound = shown(limit.bound) if not hasattr(limit.bound, "name") else limit.bound.name
        own = {"role": "limit", limit.kind: bound, "basis": limit.basis, "says": limit.says}
        yield _named(value, limit.id, "limit"), limit.id, own, limit.cite


def _named(value: ValueRule, id: str, part: str | None = None) -> str:
    return "/".join(filter(None, [value.name, part, id]))


def _conditions_of(value: ValueRule) -> Iterator[tuple[str, Condition]]:
    """The conditions of each rule and limit, by the name of its node; that of the value as a whole is one of each."""
    if value.applies is not None:
        yield from ((name, value.applies) for name, *_ in _rules_of(value))
    if isinstance(value.body, RuleList | Points):
        yield from ((_named(value, rule.id), rule.when) for rule in value.body.rules)
    yield from ((_named(value, one.id, "limit"), one.when) for one in value.limits if one.when is not None)


def _sources(ruleset: Ruleset, conditions: Iterable[Condition]) -> Iterator[str]:
    """The values with rules of their own that conditions ask for, straight or through values that have none."""
    pending = [symbol.name for condition in conditions for symbol in symbols_in(condition)]
    seen: set[str] = set()
    while pending:
        name = pending.pop(0)
        value = ruleset.values.get(name)
        if value is None or name in seen:
            continue
        seen.add(name)
        if any(True for _ in _rules_of(value)):
            yield name
        else:
            pending.extend(sorted(value.reads))


def add_outcomes(graph: Graph, inspection: Inspection) -> None:
    """What was published and what the rules give, and the rules and criteria behind it.

    Raises:
        ConflictError: two rules of a ``unique`` list hold together.

    """
    ruleset = inspection.ruleset
    for name, record in inspection.frameworks.items():
        framework = node_id(FRAMEWORK, name)
        if record.published is not None:
            own = {"how": "published", "framework": name}
            id = add_node(graph, OUTCOME, f"{name}/published", record.published, **own)
            add_edge(graph, id, OUTCOME_OF, framework)
            add_citations(graph, id, [record.published_cite])
        reads: dict[tuple[str, str], None] = {}
        readings: list[str | None] = list(ruleset.profiles) or [None]
        for reading in readings:
            decision = inspection.decide(name, reading)
            outcome = exact_outcome(decision, inspection.outcome)
            parts = [name, "computed", *([] if reading is None else [reading])]
            own = {"how": "computed", "framework": name, "status": outcome.status}
            id = add_node(graph, OUTCOME, "/".join(parts), str(outcome), reading=reading, **own)
            add_edge(graph, id, OUTCOME_OF, framework)
            for rule, kind in _deciding(decision, inspection.outcome):
                add_edge(graph, node_id(RULE, rule), kind, id)
            reads |= dict.fromkeys(_reading(decision, inspection))
        for criterion, rule in reads:
            add_edge(graph, node_id(CRITERION, f"{name}/{criterion}"), READ_BY, node_id(RULE, rule))


def _deciding(decision: Decision, name: str) -> Iterator[tuple[str, str]]:
    """The rule that decided an outcome, or those that may, and the limits that changed it."""
    value = decision.ruleset.values[name]
    found = trace(decision, name)
    outcome = found.outcome
    if outcome.rule is not None:
        otherwise = outcome.rule == OTHERWISE and OTHERWISE not in {one.rule.id for one in found.rules}
        yield _named(value, outcome.rule, "or" if otherwise else None), DECIDES
    else:
        yield from ((_named(value, one.rule.id), MAY_DECIDE) for one in found.rules if one.truth is not Truth.NO)
    yield from (
        (_named(value, one.limit.id, "limit"), LIMITS) for one in found.limits if one.limit.id in outcome.limits
    )


def _reading(decision: Decision, inspection: Inspection) -> Iterator[tuple[str, str]]:
    """Which criteria the rules and limits of the outcome look at: those that belong, or could, to a query of their conditions."""
    value = decision.ruleset.values[inspection.outcome]
    found = trace(decision, inspection.outcome)
    conditions: dict[str, ConditionTrace] = {_named(value, one.rule.id): one.condition for one in found.rules}
    conditions |= {
        _named(value, one.limit.id, "limit"): one.condition for one in found.limits if one.condition is not None
    }
    criteria = decision.ruleset.frameworks[decision.framework or ""].notes
    below = _conditions_below(decision)
    for rule, condition in conditions.items():
        for key in dict.fromkeys(_items(condition, below, frozenset([value.name]))):
            if key in criteria:
                yield key, rule


def _conditions_below(decision: Decision) -> Mapping[str, ConditionTrace]:
    """The conditions of the values of the case that are nothing but a condition."""
    values = decision.ruleset.values.values()
    names = [one.name for one in values if one.scope == CASE and isinstance(one.body, Truthful)]
    found = {name: trace(decision, name).condition for name in names}
    return {name: condition for name, condition in found.items() if condition is not None}


def _items(condition: ConditionTrace, below: Mapping[str, ConditionTrace], seen: frozenset[str]) -> Iterator[str]:
    """The keys of the items that a condition's queries look at, through values that are nothing but a condition."""
    yield from (item.key for item in condition.items or () if item.belongs is not Truth.NO)
    for part in condition.parts:
        yield from _items(part, below, seen)
    node = condition.node
    name = node.subject.name if isinstance(node, Test) else None
    if name is not None and name in below and name not in seen:
        yield from _items(below[name], below, seen | {name})
