"""Every mutant of a rule set: the rule set with one small change, as a slip of the pen or of the reader would make it.

Mutants are made from the loaded rule set, so that none is parsed. What the loader would refuse is not made: a list without rules, an order
asked of what has none, a value outside its type, limits that could cross.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from attrs import evolve, frozen
from changed_conditions import OPENED, SMALL, changes, in_words, neighbours, shifted, with_term

import hmic_rules as hr
from hmic_rules.conditions import Symbol, Term
from hmic_rules.datatypes import LabelType, ListType, shown
from hmic_rules.loading.limits import could_cross
from hmic_rules.possible import Known
from hmic_rules.rules import Calculation, Limit, Otherwise, Points, Rule, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Collection, Input, Parameter

__all__ = ["KINDS", "Mutant", "mutants"]

POLICIES = ("first", "unique", "highest", "lowest")
KINDS = (
    "results exchanged",
    "result moved",
    "rule removed",
    "rule moved",
    "rule shadowed",
    "otherwise changed",
    "hit policy changed",
    "condition dropped",
    "conjunct dropped",
    "alternative dropped",
    "condition negated",
    "all and any exchanged",
    "every and some exchanged",
    "membership asked",
    "share of nothing changed",
    "label dropped",
    "label added",
    "bound moved",
    "bound opened or closed",
    "term moved",
    "limit removed",
    "limit turned",
    "limit moved",
    "calculation changed",
    "parameter changed",
    "reading changed",
    "absent fact read otherwise",
    "missing rows read otherwise",
)


@frozen(eq=False)
class Mutant:
    """A rule set with one change: its kind, one sentence on what was changed and where, and the rule set as it is now."""

    kind: str
    sentence: str
    ruleset: hr.Ruleset


@frozen
class _Part:
    """One part of a rule set as it is after a change."""

    kind: str
    sentence: str
    changed: Any


def mutants(ruleset: hr.Ruleset) -> Iterator[Mutant]:
    """Every mutant, in the order of the rule set; the same every time."""
    for name, value in ruleset.values.items():
        for part in _values(value):
            yield _mutant(ruleset, part, values={**ruleset.values, name: part.changed})
    for part in _terms(ruleset):
        yield _mutant(ruleset, part, **part.changed)
    for name, parameter in ruleset.parameters.items():
        for part in _parameters(parameter):
            yield _mutant(ruleset, part, parameters={**ruleset.parameters, name: part.changed})
    for part in _readings(ruleset):
        yield _mutant(ruleset, part, profiles={**ruleset.profiles, part.changed.name: part.changed})
    for part in _absent(ruleset):
        yield _mutant(ruleset, part, **part.changed)
    for name, group in ruleset.groups.items():
        other = "empty" if group.missing == "unknown" else "unknown"
        sentence = f"the group `{name}`: the rows of one that nobody sent are {other}, and no longer {group.missing}"
        part = _Part("missing rows read otherwise", sentence, None)
        yield _mutant(ruleset, part, groups={**ruleset.groups, name: evolve(group, missing=other)})


def _mutant(ruleset: hr.Ruleset, part: _Part, **parts: Any) -> Mutant:
    fingerprint = hashlib.sha256(f"{ruleset.fingerprint}\n{part.sentence}".encode()).hexdigest()
    return Mutant(part.kind, part.sentence, evolve(ruleset, fingerprint=fingerprint, programs={}, **parts))


def _values(value: ValueRule) -> Iterator[_Part]:
    where = f"`{value.name}`"
    if value.applies is not None:
        sentence = f"`applies` of {where}: {in_words(value.applies)} dropped"
        yield _Part("condition dropped", sentence, evolve(value, applies=None))
        for change in changes(value.applies):
            yield _Part(change.kind, f"`applies` of {where}: {change.what}", evolve(value, applies=change.node))
    body = value.body
    if isinstance(body, RuleList):
        for part in _rule_lists(value, body):
            yield evolve(part, changed=evolve(value, body=part.changed))
    elif isinstance(body, Points):
        for part in _points(value, body):
            yield evolve(part, changed=evolve(value, body=part.changed))
    elif isinstance(body, Truthful):
        for change in changes(body.condition):
            yield _Part(change.kind, f"{where}: {change.what}", evolve(value, body=Truthful(change.node)))
    elif isinstance(body, Calculation):
        for change in changes(body.expression):
            yield _Part(change.kind, f"{where}: {change.what}", evolve(value, body=Calculation(change.node)))
    for part in _limits(value):
        if value.if_limits_cross is not None or could_cross(part.changed, value.type) is None:
            yield evolve(part, changed=evolve(value, limits=part.changed))


def _rule_lists(value: ValueRule, body: RuleList) -> Iterator[_Part]:
    type, where, rules = value.type, f"`{value.name}`", body.rules

    def put(place: int, *new: Rule) -> RuleList:
        return evolve(body, rules=(*rules[:place], *new, *rules[place + 1 :]))

    for (one, first), (other, second) in combinations(enumerate(rules), 2):
        if first.then != second.then:
            exchanged = list(rules)
            exchanged[one], exchanged[other] = evolve(first, then=second.then), evolve(second, then=first.then)
            sentence = f"the rules `{first.id}` and `{second.id}` of {where}: their results exchanged"
            yield _Part("results exchanged", sentence, evolve(body, rules=tuple(exchanged)))
    for place, rule in enumerate(rules):
        of = f"the rule `{rule.id}` of {where}"
        for then in neighbours(type, rule.then):
            sentence = f"{of}: its result “{shown(rule.then)}” became “{shown(then)}”"
            yield _Part("result moved", sentence, put(place, evolve(rule, then=then)))
        if len(rules) > 1:
            yield _Part("rule removed", f"{of} removed", put(place))
        for change in changes(rule.when):
            yield _Part(change.kind, f"{of}: {change.what}", put(place, evolve(rule, when=change.node)))
    if body.policy == "first":
        yield from _orders(value, body)
    for policy in POLICIES:
        needs_order = policy in ("highest", "lowest") and isinstance(type, LabelType) and type.scale is None
        if policy != body.policy and not needs_order:
            sentence = f"{where}: `choose: {body.policy}` became `choose: {policy}`"
            yield _Part("hit policy changed", sentence, evolve(body, policy=policy))
    yield from _otherwise(value, body)


def _orders(value: ValueRule, body: RuleList) -> Iterator[_Part]:
    """The rules of a list of which the first counts, in another order, and with one that goes before the rest with another result."""
    rules, where = body.rules, f"`{value.name}`"
    seen = [rules]
    for place, rule in enumerate(rules):
        rest = (*rules[:place], *rules[place + 1 :])
        for to, how in ((place + 1, "behind the next one"), (len(rest), "to the end"), (0, "to the front")):
            order = (*rest[:to], rule, *rest[to:])
            if order not in seen:
                seen.append(order)
                yield _Part("rule moved", f"the rule `{rule.id}` of {where} moved {how}", evolve(body, rules=order))
        for then in neighbours(value.type, rule.then)[: 1 if place else 0]:
            copy = evolve(rule, id=f"{rule.id}-again", then=then)
            sentence = f"{where}: its first rule asks what `{rule.id}` asks, and gives “{shown(then)}”"
            yield _Part("rule shadowed", sentence, evolve(body, rules=(copy, *rules)))


def _otherwise(value: ValueRule, body: RuleList) -> Iterator[_Part]:
    where, kind = f"`otherwise` of `{value.name}`", "otherwise changed"
    if body.otherwise is not None:
        then = body.otherwise.then
        yield _Part(kind, f"{where} removed", evolve(body, otherwise=None))
        for other in neighbours(value.type, then):
            changed = evolve(body, otherwise=evolve(body.otherwise, then=other))
            yield _Part(kind, f"{where}: “{shown(then)}” became “{shown(other)}”", changed)
        return
    labels: tuple[Known, ...] = value.type.labels if isinstance(value.type, LabelType) else ()
    for then in labels or dict.fromkeys(rule.then for rule in body.rules):
        added = Otherwise(then, "assumed", (), value.span)
        yield _Part(kind, f"{where}: “{shown(then)}” where there was none", evolve(body, otherwise=added))


def _points(value: ValueRule, body: Points) -> Iterator[_Part]:
    for place, rule in enumerate(body.rules):
        of = f"the rule `{rule.id}` of `{value.name}`"
        before, after = body.rules[:place], body.rules[place + 1 :]
        if before or after:
            yield _Part("rule removed", f"{of} removed", Points((*before, *after)))
        for worth in shifted(rule.worth, 1):
            changed = Points((*before, evolve(rule, worth=worth), *after))
            yield _Part("result moved", f"{of}: {rule.worth} became {worth}", changed)
        for change in changes(rule.when):
            changed = Points((*before, evolve(rule, when=change.node), *after))
            yield _Part(change.kind, f"{of}: {change.what}", changed)


def _limits(value: ValueRule) -> Iterator[_Part]:
    """The limits of a value after each change of one of them."""
    for place, limit in enumerate(value.limits):
        of = f"the limit `{limit.id}` of `{value.name}`"

        def put(*new: Limit, place: int = place) -> tuple[Limit, ...]:
            return (*value.limits[:place], *new, *value.limits[place + 1 :])

        yield _Part("limit removed", f"{of} removed", put())
        turned = "at_least" if limit.kind == "at_most" else "at_most"
        yield _Part("limit turned", f"{of}: `{limit.kind}` became `{turned}`", put(evolve(limit, kind=turned)))
        for bound in () if isinstance(limit.bound, Symbol) else neighbours(value.type, limit.bound):
            sentence = f"{of}: its bound “{shown(limit.bound)}” became “{shown(bound)}”"
            yield _Part("limit moved", sentence, put(evolve(limit, bound=bound)))
        if limit.when is not None:
            sentence = f"{of}: {in_words(limit.when)} dropped"
            yield _Part("condition dropped", sentence, put(evolve(limit, when=None)))
            for change in changes(limit.when):
                yield _Part(change.kind, f"{of}: {change.what}", put(evolve(limit, when=change.node)))


def _terms(ruleset: hr.Ruleset) -> Iterator[_Part]:
    """The rule set with one word worth more or less, or with its bound left out or taken in."""
    for name, term in ruleset.terms.items():
        step = 1 if isinstance(term.value, int) else SMALL
        for value in shifted(term.value, step):
            sentence = f"the term “{name}”: {term.value} became {value}"
            yield _Part("term moved", sentence, _with_term(ruleset, evolve(term, value=value)))
        for op in OPENED[term.op]:
            sentence = f"the term “{name}”: `{term.op.value}` became `{op.value}`"
            yield _Part("term moved", sentence, _with_term(ruleset, evolve(term, op=op)))


def _with_term(ruleset: hr.Ruleset, term: Term) -> dict[str, Any]:
    def put(value: ValueRule) -> ValueRule:
        body: Any = value.body
        if isinstance(body, RuleList | Points):
            body = evolve(body, rules=tuple(evolve(rule, when=with_term(rule.when, term)) for rule in body.rules))
        elif isinstance(body, Truthful):
            body = Truthful(with_term(body.condition, term))
        elif isinstance(body, Calculation):
            body = Calculation(with_term(body.expression, term))
        applies = None if value.applies is None else with_term(value.applies, term)
        limits = tuple(
            evolve(limit, when=None if limit.when is None else with_term(limit.when, term)) for limit in value.limits
        )
        return evolve(value, body=body, applies=applies, limits=limits)

    values = {name: put(value) for name, value in ruleset.values.items()}
    return {"terms": {**ruleset.terms, term.name: term}, "values": values}


def _parameters(parameter: Parameter) -> Iterator[_Part]:
    if parameter.default is None:
        return
    for setting in _settings(parameter, parameter.default):
        sentence = f"the parameter `{parameter.name}`: {_written(parameter.default)} became {_written(setting)}"
        yield _Part("parameter changed", sentence, evolve(parameter, default=setting))


def _readings(ruleset: hr.Ruleset) -> Iterator[_Part]:
    for profile in ruleset.profiles.values():
        for name, setting in profile.parameters.items():
            parameter = ruleset.parameters[name]
            of = f"the reading `{profile.name}`: `{name}`"
            for other in _settings(parameter, setting):
                sentence = f"{of} became {_written(other)}, and was {_written(setting)}"
                changed = evolve(profile, parameters={**profile.parameters, name: other})
                yield _Part("reading changed", sentence, changed)
            rest = {one: given for one, given in profile.parameters.items() if one != name}
            yield _Part("reading changed", f"{of} no longer set", evolve(profile, parameters=rest))
        for name, number in profile.terms.items():
            for other in shifted(number, SMALL):
                sentence = f"the reading `{profile.name}`: “{name}” became {other}, and was {number}"
                yield _Part("reading changed", sentence, evolve(profile, terms={**profile.terms, name: other}))


def _settings(parameter: Parameter, setting: Any) -> tuple[Any, ...]:
    """The settings next to this one: a list without one of its entries, or a neighbour."""
    if isinstance(parameter.type, ListType):
        return tuple(tuple(one for one in setting if one != left_out) for left_out in setting)
    return neighbours(parameter.type, setting)


def _written(setting: Any) -> str:
    return f"[{', '.join(map(shown, setting))}]" if isinstance(setting, tuple) else f"“{shown(setting)}”"


def _absent(ruleset: hr.Ruleset) -> Iterator[_Part]:
    """The rule set with what is not given read otherwise: as unknown where it was closed, and as a neighbour of what it meant."""
    for given in ruleset.inputs.values():
        for part in _inputs(given, f"the input `{given.name}`"):
            yield evolve(part, changed={"inputs": {**ruleset.inputs, given.name: part.changed}})
    for collection in ruleset.collections.values():
        for given in collection.fields.values():
            for part in _inputs(given, f"the field `{given.name}` of `{collection.name}`"):
                changed = _with_field(collection, part.changed)
                yield evolve(part, changed={"collections": {**ruleset.collections, collection.name: changed}})


def _inputs(given: Input, where: str) -> Iterator[_Part]:
    if not given.closed:
        return
    kind, means = "absent fact read otherwise", given.means
    opened = evolve(given, closed=False, means=None, closed_basis=None)
    yield _Part(kind, f"{where}: unknown where it is absent, and no longer {shown(means)}", opened)
    if isinstance(means, bool):
        sentence = f"{where}: {shown(not means)} where it is absent, and no longer {shown(means)}"
        yield _Part(kind, sentence, evolve(given, means=not means))


def _with_field(collection: Collection, given: Input) -> Collection:
    return evolve(collection, fields={**collection.fields, given.name: given})
