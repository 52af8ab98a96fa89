"""Two editions side by side: what only one of them has, and the parts that both have, with what either compares told apart in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import NumberType, ScalarType
from hmic_rules.diagrams.uses import Uses, cells_for, uses_of
from hmic_rules.diagrams.variables import SharedOrder
from hmic_rules.programs import Program
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.views import Part

__all__ = ["apart", "comparable", "merged", "pairs_of"]


def apart(old: Ruleset, new: Ruleset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What only one of them has."""
    kinds: list[tuple[str, set[str], set[str]]] = [
        ("input", set(_inputs(old)), set(_inputs(new))),
        ("outcome", set(old.outcomes), set(new.outcomes)),
        ("framework", set(old.frameworks), set(new.frameworks)),
        ("reading", set(old.profiles), set(new.profiles)),
    ]
    return (
        tuple(f"{kind} {name}" for kind, one, other in kinds for name in sorted(one - other)),
        tuple(f"{kind} {name}" for kind, one, other in kinds for name in sorted(other - one)),
    )


def _inputs(ruleset: Ruleset) -> dict[str, ScalarType]:
    found = {name: one.type for name, one in ruleset.inputs.items()}
    for collection in ruleset.collections.values():
        found.update({f"{name} of {collection.name}": one.type for name, one in collection.fields.items()})
    return found


def comparable(one: ValueRule, other: ValueRule) -> bool:
    return (one.scope == CASE) == (other.scope == CASE) and type(one.type) is type(other.type)


def pairs_of(old: Ruleset, new: Ruleset) -> Iterator[tuple[Part, Part]]:
    """The frameworks and readings that both have, with cells that tell apart what either compares."""
    frameworks: list[str | None] = [one for one in old.frameworks if one in new.frameworks] or [None]
    profiles: list[str | None] = [one for one in old.profiles if one in new.profiles]
    if not profiles or None in (old.default_profile, new.default_profile):
        profiles.insert(0, None)
    for framework in frameworks:
        for profile in profiles:
            programs = [program_for(one, framework, profile, None) for one in (old, new)]
            uses = merged(*programs)
            orders: dict[Any, SharedOrder] = {}
            below = [Part(program, uses, orders) for program in programs]
            yield below[0], below[1]


def merged(one: Program, other: Program) -> Uses:
    """What either program does with each fact; and of facts that can have other values, the values that both know."""
    found = uses_of(one) | uses_of(other)
    for place, type in _places(one.ruleset).items():
        other_type = _places(other.ruleset).get(place)
        if other_type is None or other_type == type:
            continue
        mine, theirs = cells_for(found, *place, type), cells_for(found, *place, other_type)
        if mine is not None and theirs is not None:
            found.only[place] = tuple(cell for cell in mine if _within(other_type, cell, theirs))
    return found


def _places(ruleset: Ruleset) -> dict[tuple[str, str], ScalarType]:
    found = {(CASE, name): one.type for name, one in ruleset.inputs.items()}
    for collection in ruleset.collections.values():
        found.update({(collection.name, name): one.type for name, one in collection.fields.items()})
    return found


def _within(type: ScalarType, cell: Any, cells: Sequence[Any]) -> bool:
    if isinstance(type, NumberType) and not isinstance(cell, bool | str):
        return type.within(cell)
    return cell in cells
