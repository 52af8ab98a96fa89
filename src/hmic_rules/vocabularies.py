"""What a rule set takes and gives, as data: inputs, collections, settings, readings, frameworks, outcomes, and who may depart from what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import DataType, LabelType, ListType, NumberType, shown
from hmic_rules.outcomes import in_a_row
from hmic_rules.rules import Judged, MayDepart, ValueRule
from hmic_rules.rulesets import Collection, Input, Parameter, Profile, Ruleset

__all__ = ["Entry", "Part", "Vocabulary", "vocabulary"]


@frozen
class Entry:
    """One name that a case, a setting or an answer can have.

    Attributes:
        name: the name as it is written.
        takes: what may be written there.
        says: what the rule set says of it.

    """

    name: str
    takes: str
    says: str | None


Kind: TypeAlias = Literal["facts", "collection", "settings", "readings", "frameworks", "outcomes", "departures"]


@frozen
class Part:
    """Some names that belong together.

    Attributes:
        kind: what they are.
        name: of a collection its name, else ``None``.
        takes: of a collection, how its items are given.
        says: of a collection, what the rule set says of it.
        entries: the names.

    """

    kind: Kind
    name: str | None
    takes: str | None
    says: str | None
    entries: tuple[Entry, ...]


@frozen
class Vocabulary:
    """All that a rule set takes and gives."""

    ruleset: str
    edition: str
    title: str
    parts: tuple[Part, ...]


def vocabulary(ruleset: Ruleset) -> Vocabulary:
    """What a rule set takes and gives."""
    judged = [value for value in ruleset.values.values() if isinstance(value.body, Judged)]
    facts = [*map(_input, ruleset.inputs.values())]
    facts += [Entry(one.name, f"{_described(one.type)}; a person's judgement", one.says) for one in judged]
    outcomes = [ruleset.values[name] for name in ruleset.outcomes]
    parts = [
        _part("facts", facts),
        *(
            Part("collection", one.name, _items(one), one.says, tuple(map(_input, one.fields.values())))
            for one in ruleset.collections.values()
        ),
        _part("settings", map(_setting, ruleset.parameters.values())),
        _part("readings", map(_reading, ruleset.profiles.values())),
        _part(
            "frameworks",
            (
                Entry(one.id, f"{len(one.rows)} items of {ruleset.fills}", one.title)
                for one in ruleset.frameworks.values()
            ),
        ),
        _part("outcomes", map(_outcome, outcomes)),
        _part(
            "departures",
            (
                Entry(one.name, _departing(one.may_depart), one.may_depart.says)
                for one in ruleset.values.values()
                if one.may_depart is not None
            ),
        ),
    ]
    return Vocabulary(ruleset.name, ruleset.edition, ruleset.title, tuple(part for part in parts if part.entries))


def _part(kind: Kind, entries: Iterable[Entry]) -> Part:
    """A part that is no collection."""
    return Part(kind, None, None, None, tuple(entries))


def _described(type: DataType) -> str:
    """What may be written in a slot of a type: the labels of a choice, the range and unit of a number."""
    if isinstance(type, ListType):
        return f"a list of: {_described(type.item)}"
    if isinstance(type, LabelType):
        return f"{_either(type.labels)}{', lowest first' if type.scale else ''}"
    unit = f" ({type.unit})" if isinstance(type, NumberType) and type.unit else ""
    return f"{type.described}{unit}"


def _either(labels: Iterable[str]) -> str:
    return " | ".join(labels)


def _input(given: Input) -> Entry:
    more = "; or not applicable" if given.may_be_not_applicable else ""
    if given.closed and given.means is not None:
        more += f"; taken as {shown(given.means)} where it is absent"
    return Entry(given.name, f"{_described(given.type)}{more}", given.says)


def _items(collection: Collection) -> str:
    where = f", within each of {collection.parent}" if collection.parent is not None else ""
    if collection.items is not None:
        return f"its items are {_either(collection.items)}{where}"
    key = f"key {collection.key}" if collection.key is not None else "no key"
    return f"a list of items, {key}{where}"


def _reading(profile: Profile) -> Entry:
    return Entry(profile.name, "the default" if profile.default else profile.basis, profile.says)


def _outcome(value: ValueRule) -> Entry:
    of = "" if value.scope == CASE else f", for each of {value.scope}"
    return Entry(value.name, f"{_described(value.type)}{of}", value.says)


def _departing(allowed: MayDepart) -> str:
    steps = "" if allowed.steps is None else f", by {allowed.steps} {'step' if allowed.steps == 1 else 'steps'} at most"
    return f"{_either(allowed.by)}{steps}{', and only where a condition holds' if allowed.when is not None else ''}"


def _setting(parameter: Parameter) -> Entry:
    default = parameter.default
    if default is None:
        return Entry(parameter.name, f"{_described(parameter.type)}; not set", parameter.says)
    value = in_a_row(map(shown, default)) if isinstance(default, tuple) else shown(default)
    return Entry(parameter.name, f"{_described(parameter.type)}; {value or 'empty'} unless it is set", parameter.says)
