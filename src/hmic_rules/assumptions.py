"""What a result rests on that no source states: readings, assumed rules, the values of vague words, facts taken as given in their absence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from attrs import frozen

from hmic_rules.conditions import CASE, Compare, Condition, CountTest, ShareTest, Symbol, Term, Test, Truth, parts_of
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.rulesets import PointRule, Points, Rule, RuleList, Ruleset, Truthful
from hmic_rules.wording import condition_in_words, name_in_words

__all__ = ["Assumption", "assumptions"]

Kind: TypeAlias = Literal["reading", "rule", "limit", "term", "absent fact", "framework"]


@frozen
class Assumption:
    """Something that a result rests on and that no source states."""

    kind: Kind
    name: str
    words: str


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
            pending.extend(ruleset.groups[one].by)
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
