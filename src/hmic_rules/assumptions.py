"""What a result rests on that no source states (readings, assumed rules, the values of vague words, facts taken as given in their absence), and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from attrs import frozen

from hmic_rules.conditions import CASE, Compare, Condition, CountTest, ShareTest, Symbol, Term, Test, Truth, parts_of
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.possible import is_known
from hmic_rules.rulesets import PointRule, Points, Rule, RuleList, Ruleset, Truthful
from hmic_rules.wording import condition_in_words, name_in_words

__all__ = ["Assumption", "Missing", "assumptions", "missing"]

Kind: TypeAlias = Literal["reading", "rule", "limit", "term", "absent fact", "framework"]


@frozen
class Assumption:
    """Something that a result rests on and that no source states."""

    kind: Kind
    name: str
    words: str


@frozen
class Missing:
    """Something that nobody gave and that an outcome without a result reads.

    Attributes:
        kind: a ``setting`` of the rule set, a ``fact`` of the case, or a ``collection``.
        name: what it is called.
        says: what the rule set says of it.

    """

    kind: Literal["setting", "fact", "collection"]
    name: str
    says: str | None


def missing(decision: Decision) -> tuple[Missing, ...]:
    """The settings, facts and collections of the case that are not given and that outcomes without a result read.

    Facts of items are not listed: the items are, where they belong to a collection that is absent altogether.
    """
    ruleset, program, case = decision.ruleset, decision.program, decision.case
    waiting = {outcome.name for outcome in decision.outcomes if outcome.status == "undetermined"}
    waiting |= {name for name in ruleset.outcomes if not _listed(decision, ruleset.values[name].scope)}
    closure = set[str]().union(*(_closure(ruleset, name) for name in waiting))
    slots = program.layout.slots[CASE]
    found = [
        Missing("setting", one.name, one.says)
        for one in ruleset.parameters.values()
        if program.settings[one.name] is None and f"{CASE}.{one.name}" in closure
    ]
    found += [
        Missing("fact", one.name, one.says)
        for one in ruleset.inputs.values()
        if not is_known(case[slots[one.name]]) and f"{CASE}.{one.name}" in closure
    ]
    found += [
        Missing("collection", one.name, one.says)
        for one in ruleset.collections.values()
        if one.parent is None and one.name in closure and case[slots[one.name]] is None
    ]
    return tuple(found)


def _listed(decision: Decision, scope: str) -> bool:
    return scope == CASE or decision.program.listed(decision.case, scope)


def assumptions(decision: Decision, name: str) -> tuple[Assumption, ...]:
    """Everything that a value rests on and that no source states: the reading, rules that held, terms, and facts taken as given in their absence."""
    ruleset = decision.ruleset
    closure = _closure(ruleset, name)
    found: list[Assumption] = []
    for parameter in ruleset.parameters.values():
        setting = decision.program.settings[parameter.name]
        if parameter.basis == "assumed" and f"{CASE}.{parameter.name}" in closure and setting is not None:
            value = ", ".join(map(shown, setting)) if isinstance(setting, tuple) else shown(setting)
            words = f"{name_in_words(parameter.name)}: {value}" + (f" ({parameter.says})" if parameter.says else "")
            found.append(Assumption("reading", parameter.name, words))
    for one in ruleset.order:
        if one in closure and one in ruleset.values:
            found.extend(_assumed_rules(decision, one))
    for term in _terms(ruleset, closure):
        if term.basis == "assumed":
            words = f"“{term.name}” is {term.op.value.replace('_', ' ')} {term.value}, and could be from {term.low} to {term.high}"
            found.append(Assumption("term", term.name, words))
    for scope, inputs in [
        (CASE, ruleset.inputs),
        *((found_in.name, found_in.fields) for found_in in ruleset.collections.values()),
    ]:
        for given in inputs.values():
            if given.closed and given.closed_basis == "assumed" and f"{scope}.{given.name}" in closure:
                words = f"where {name_in_words(given.name)} is not given it is taken as {shown(given.means) if given.means is not None else ''}"
                found.append(Assumption("absent fact", given.name, words))
    framework = ruleset.frameworks.get(decision.framework or "")
    if framework is not None and framework.placement is not None:
        found.append(Assumption("framework", framework.id, framework.placement))
    return tuple(found)


def _assumed_rules(decision: Decision, name: str) -> Iterator[Assumption]:
    """Rules and limits of a value that are assumed and held at least once."""
    step = decision.step(name)
    body = step.value.body
    rows = list(decision.program.frames(decision.case, step.value.scope))
    if isinstance(body, RuleList | Points):
        given: tuple[Rule | PointRule, ...] = body.rules
        for rule, truth in zip(given, step.rules, strict=True):
            if rule.basis == "assumed" and any(truth(frames) is Truth.YES for frames in rows):
                then = shown(rule.then) if isinstance(rule, Rule) else f"{rule.worth} points"
                words = f"{name_in_words(name)} is {then} where {condition_in_words(rule.when)}"
                yield Assumption("rule", f"{name}/{rule.id}", words)
    for limit in step.value.limits:
        if limit.basis == "assumed" and step.limiter is not None:
            in_force = any(
                one is limit and truth is Truth.YES for frames in rows for one, truth, _ in step.limiter.states(frames)
            )
            if in_force:
                kind = limit.kind.replace("_", " ")
                bound = name_in_words(limit.bound.name) if isinstance(limit.bound, Symbol) else shown(limit.bound)
                yield Assumption("limit", f"{name}/{limit.id}", f"{name_in_words(name)} is {kind} {bound}")


def _closure(ruleset: Ruleset, name: str) -> set[str]:
    """Everything that a value reads, directly or through other values."""
    found: set[str] = set()
    pending = [name]
    while pending:
        one = pending.pop()
        if one in found:
            continue
        found.add(one)
        if one in ruleset.values:
            pending.extend(ruleset.values[one].reads)
            pending.append(ruleset.values[one].scope)
        elif one in ruleset.groups:
            group = ruleset.groups[one]
            pending.extend([group.source, *group.by])
            for keys in group.expected.keys.values() if group.expected is not None else ():
                ends = [keys] if isinstance(keys, str) else [keys.start, keys.end]
                pending.extend(f"{end.scope}.{end.name}" if isinstance(end, Symbol) else str(end) for end in ends)
                pending.extend(end.name for end in ends if isinstance(end, Symbol))
    return found


def _terms(ruleset: Ruleset, closure: set[str]) -> list[Term]:
    """The terms that the rules of these values use."""
    found: dict[str, Term] = {}
    pending: list[Any] = []
    for name in closure & set(ruleset.values):
        value = ruleset.values[name]
        body = value.body
        if isinstance(body, RuleList | Points):
            pending.extend(rule.when for rule in body.rules)
        elif isinstance(body, Truthful):
            pending.append(body.condition)
        pending.extend(one for one in (value.applies, *(limit.when for limit in value.limits)) if one is not None)
    while pending:
        node: Condition = pending.pop()
        if isinstance(node, Test | CountTest | ShareTest):
            for check in node.checks:
                if isinstance(check, Compare) and isinstance(check.operand, Term):
                    found[check.operand.name] = check.operand
        pending.extend(parts_of(node))
    return [found[name] for name in sorted(found)]
