"""What reads otherwise in two editions, whether or not it makes a difference."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, cast

from attrs import fields, has

from hmic_rules.conditions import CASE, Query, Symbol
from hmic_rules.datatypes import shown
from hmic_rules.rules import Calculation, Limit, PointRule, Points, Rule, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Input, Ruleset
from hmic_rules.structure import conditions_of, structure_of, terms_in

__all__ = ["absent_changes", "paper_changes", "reads_alike"]

SETTING: Final = ("scales", "terms", "parameters", "profiles", "inputs", "collections", "groups", "fills", "frameworks")
UNREAD: Final = ("span", "says", "cite", "basis", "closed_basis", "title", "placement", "notes")  # what decides nothing


def reads_alike(old: Ruleset, new: Ruleset, names: frozenset[str]) -> bool:
    """Whether these values, and all facts and settings there are, read the same in both editions, so that no case can come out otherwise.

    What only says where something comes from is not looked at. Whatever is said in another order or in other words reads otherwise here.
    """
    if any(_bare(getattr(old, one)) != _bare(getattr(new, one)) for one in SETTING):
        return False
    return all(name in old.values and name in new.values for name in names) and all(
        _bare(old.values[name]) == _bare(new.values[name]) for name in names
    )


def _bare(part: Any) -> Any:
    """A part of a rule set as nested tuples, without what decides nothing."""
    if isinstance(part, Mapping):
        return tuple((key, _bare(one)) for key, one in part.items())
    if isinstance(part, tuple):
        return tuple(map(_bare, part))
    if has(type(part)):
        return type(part), *(
            (one.name, _bare(getattr(part, one.name))) for one in fields(type(part)) if one.name not in UNREAD
        )
    return type(part), part


def paper_changes(old: Ruleset, new: Ruleset) -> Iterator[tuple[str, str]]:
    """Each value that reads otherwise, or rests on a word or setting that does, with a sentence that says what changed."""
    for name, value in new.values.items():
        before = old.values.get(name)
        if before is None:
            continue
        yield from ((name, text) for text in _rules(name, before, value))
        for word in dict.fromkeys(word for node in conditions_of(value) for word in terms_in(node)):
            one, other = old.terms.get(word), new.terms[word]
            if one is not None and (one.op, one.value) != (other.op, other.value):
                yield (
                    name,
                    f"the word `{word}` stood for {one.op.value} {shown(one.value)} and stands for {other.op.value} {shown(other.value)}",
                )
        for setting in _settings(value):
            one_, other_ = old.parameters.get(setting), new.parameters.get(setting)
            if one_ is not None and other_ is not None and one_.default != other_.default:
                yield name, f"the setting `{setting}` has another default"


def absent_changes(old: Ruleset, new: Ruleset, names: tuple[frozenset[str], frozenset[str]]) -> Iterator[str]:
    """A sentence for each fact that is something else where a case leaves it out.

    Args:
        old: the old edition.
        new: the new one.
        names: the values of either that are asked about: of facts that both read, since who reads one alone makes no difference to it.

    """
    olds, news = _facts_read(old, names[0]), _facts_read(new, names[1])
    for called in [one for one in olds if one in news]:
        before, after = (_left_out(facts[called]) for facts in (olds, news))
        if before != after:
            yield f"{called} was {before} where a case leaves it out, and is {after}: such cases are not compared"


def _facts_read(ruleset: Ruleset, names: frozenset[str]) -> dict[str, Input]:
    """The facts that these values read, by what they are called."""
    read = {one for name in names for one in ruleset.values[name].reads}
    found = {f"`{name}`": one for name, one in ruleset.inputs.items() if f"{CASE}.{name}" in read}
    for collection in ruleset.collections.values():
        for name, one in collection.fields.items():
            if f"{collection.name}.{name}" in read:
                found[f"`{name}` of `{collection.name}`"] = one
    return found


def _left_out(fact: Input) -> str:
    return "unknown" if fact.means is None else f"taken as `{shown(fact.means)}`"


def _settings(value: ValueRule) -> list[str]:
    return sorted({read.rpartition(".")[2] for read in value.reads})


def _rules(name: str, before: ValueRule, after: ValueRule) -> Iterator[str]:
    if _frame(before) != _frame(after):
        yield f"the value `{name}` reads otherwise: its type, when it applies, how its rules combine, or what follows where none holds"
    if _departing(before) != _departing(after):
        yield f"who may depart from the value `{name}`, how far or when, reads otherwise"
    for kind, olds, news in (
        ("rule", _listed(before), _listed(after)),
        ("limit", {one.id: _limit(one) for one in before.limits}, {one.id: _limit(one) for one in after.limits}),
    ):
        for id in dict.fromkeys((*olds, *news)):
            if id not in news:
                yield f"the {kind} `{name}/{id}` is gone"
            elif id not in olds:
                yield f"the {kind} `{name}/{id}` is new"
            elif olds[id] != news[id]:
                yield f"the {kind} `{name}/{id}` reads otherwise"


def _frame(value: ValueRule) -> Hashable:
    body = value.body
    combined: Hashable = None
    if isinstance(body, RuleList):
        otherwise = None if body.otherwise is None else (type(body.otherwise.then), body.otherwise.then)
        order = tuple(one.id for one in body.rules) if body.policy == "first" else None
        combined = body.policy, otherwise, order
    return value.scope, value.type, structure_of(value.applies), value.if_limits_cross, type(body), combined


def _departing(value: ValueRule) -> Hashable:
    allowed = value.may_depart
    return None if allowed is None else (frozenset(allowed.by), allowed.steps, structure_of(allowed.when))


def _listed(value: ValueRule) -> dict[str, Hashable]:
    body = value.body
    if isinstance(body, RuleList | Points):
        return {one.id: _rule(one) for one in body.rules}
    if isinstance(body, Truthful):
        return {"is": structure_of(body.condition)}
    return {"calc": _said(body.expression)} if isinstance(body, Calculation) else {}


def _said(part: Any) -> Hashable:
    """What a calculation says, wherever it stands in a file."""
    if isinstance(part, Symbol):
        return part.scope, part.name
    if isinstance(part, Query):
        return part.collection, structure_of(part.among), structure_of(part.where)
    if isinstance(part, tuple):
        return tuple(map(_said, part))
    if has(type(part)):
        kept = [getattr(part, field.name) for field in fields(type(part)) if field.name != "span"]
        return type(part).__name__, *map(_said, kept)
    return cast("Hashable", part)


def _rule(rule: Rule | PointRule) -> Hashable:
    then = rule.then if isinstance(rule, Rule) else rule.worth
    return type(then), then, structure_of(rule.when)


def _limit(limit: Limit) -> Hashable:
    bound = limit.bound
    return limit.kind, getattr(bound, "name", bound), structure_of(limit.when)
