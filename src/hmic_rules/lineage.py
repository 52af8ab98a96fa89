"""Where each part of a rule set comes from, where it extends another: inherited, replaced or added, and what was taken out on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, TypeAlias

from attrs import asdict, frozen

from hmic_rules.errors import Span, quoted
from hmic_rules.rules import Points, RuleList
from hmic_rules.rulesets import Change, Ruleset

__all__ = [
    "Origin",
    "ancestors_data",
    "change_in_words",
    "changes_data",
    "extends_in_words",
    "lineage_data",
    "origin_of",
    "origins",
    "origins_data",
    "taken_out_of",
]

HOLDERS: Final = {"rule": "value", "limit": "value", "field": "input"}
Standing: TypeAlias = Literal["own", "inherited", "replaced", "added"]


@frozen
class Origin:
    """Where one part of a rule set comes from.

    Attributes:
        kind: what it is, such as ``rule``.
        name: its name; of a rule or a limit, with its value before it.
        standing: ``own`` in a rule set that extends none; ``inherited`` as it is in the rule set named; ``replaced`` there; ``added`` there.
        ruleset: the rule set in which it is written.
        place: where.
        replaces: the rule set whose part it replaces, ``None`` where it replaces none.

    """

    kind: str
    name: str
    standing: Standing
    ruleset: str
    place: Span
    replaces: str | None = None

    def __str__(self) -> str:
        if self.standing == "inherited":
            return f"from {self.ruleset}"
        return "" if self.standing == "own" else f"{self.standing} by {self.ruleset}"


def origin_of(ruleset: Ruleset, kind: str, name: str, place: Span) -> Origin:
    """Where the part of this kind and name comes from."""
    if not ruleset.ancestors:
        return Origin(kind, name, "own", ruleset.name, place)
    for one in ruleset.ancestors:
        if place.file in one.files:
            return Origin(kind, name, "inherited", one.name, place)
    holder, _, inside = name.partition("/")
    whole = (HOLDERS.get(kind, ""), holder)
    for change in ruleset.changes:
        named = (change.kind, change.name)
        if (
            change.by == ruleset.name
            and (named == (kind, name) or (inside and named == whole))
            and change.of is not None
        ):
            return Origin(kind, name, "replaced", ruleset.name, place, change.of)
    return Origin(kind, name, "added", ruleset.name, place)


def origins(ruleset: Ruleset) -> tuple[Origin, ...]:
    """Where every input, field, term, parameter, reading, value, rule, limit, claim, case and framework comes from."""
    return tuple(origin_of(ruleset, *one) for one in _parts(ruleset))


def _parts(ruleset: Ruleset) -> Iterator[tuple[str, str, Span]]:
    for scale, span in ruleset.scale_places.items():
        yield "scale", scale, span
    for term in ruleset.terms.values():
        yield "term", term.name, term.span
    for parameter in ruleset.parameters.values():
        yield "parameter", parameter.name, parameter.span
    for profile in ruleset.profiles.values():
        yield "profile", profile.name, profile.span
    for given in ruleset.inputs.values():
        yield "input", given.name, given.span
    for collection in ruleset.collections.values():
        yield "input", collection.name, collection.span
        for field in collection.fields.values():
            yield "field", f"{collection.name}/{field.name}", field.span
    for group in ruleset.groups.values():
        yield "value", group.name, group.span
    for value in ruleset.values.values():
        yield "value", value.name, value.span
        body = value.body
        for rule in body.rules if isinstance(body, RuleList | Points) else ():
            yield "rule", f"{value.name}/{rule.id}", rule.span
        for limit in value.limits:
            yield "limit", f"{value.name}/{limit.id}", limit.span
    for claim in ruleset.claims:
        yield "claim", claim.id, claim.span
    for framework in ruleset.frameworks.values():
        yield "framework", framework.id, framework.span
    for case in ruleset.cases:
        if isinstance(case.place, Span):
            yield "case", case.title, case.place


def taken_out_of(ruleset: Ruleset, value: str) -> tuple[Change, ...]:
    """The rules, limits and other parts of a value that were taken out on the way."""
    return tuple(
        one
        for one in ruleset.changes
        if one.verb == "removed" and one.kind in ("rule", "limit", "part") and one.name.startswith(f"{value}/")
    )


def change_in_words(change: Change) -> str:
    """A change in one line: what was done to what, whose it was, by whom, where, and why."""
    whose = "" if change.of is None else f" of {change.of}"
    was = "" if change.was is None else f" (was {change.was})"
    why = "" if change.says is None else f": {change.says}"
    return f"{change.verb} by {change.by} at {change.span}: the {change.kind} {quoted(change.name)}{whose}{was}{why}"


def extends_in_words(ruleset: Ruleset) -> str:
    """Which rule sets it extends, nearest first; empty where none."""
    return ", which extends ".join(f"{one.name}, edition {one.edition}" for one in ruleset.ancestors)


def ancestors_data(ruleset: Ruleset) -> list[dict[str, str]]:
    """The rule sets that it extends as plain data, nearest first: ``name``, ``edition``, ``fingerprint``."""
    return [{"name": one.name, "edition": one.edition, "fingerprint": one.fingerprint} for one in ruleset.ancestors]


def changes_data(ruleset: Ruleset) -> list[dict[str, Any]]:
    """What was changed on the way, as plain data: ``verb``, ``kind``, ``name``, ``by``, ``place``, ``of``, ``was``, ``says``, ``same``."""
    found = []
    for one in ruleset.changes:
        data = asdict(one, recurse=False)
        span, was = data.pop("span"), data.pop("was")
        found.append({**data, "place": str(span), "was": None if was is None else str(was)})
    return found


def origins_data(ruleset: Ruleset) -> list[dict[str, Any]]:
    """Where each part of an extending rule set comes from, as plain data; of another, nothing: ``kind``, ``name``, ``standing``, ``ruleset``, ``place``, ``replaces``."""
    if not ruleset.ancestors:
        return []
    return [{**asdict(one, recurse=False), "place": str(one.place)} for one in origins(ruleset)]


def lineage_data(ruleset: Ruleset) -> dict[str, Any]:
    """All of it as plain data: ``fingerprint``, ``series``, ``effective`` (``from``, ``to``), ``extends``, ``changes``, ``origins``."""
    start, end = ruleset.effective_from, ruleset.effective_to
    return {
        "fingerprint": ruleset.fingerprint,
        "series": ruleset.series,
        "effective": {
            "from": None if start is None else start.isoformat(),
            "to": None if end is None else end.isoformat(),
        },
        "extends": ancestors_data(ruleset),
        "changes": changes_data(ruleset),
        "origins": origins_data(ruleset),
    }
