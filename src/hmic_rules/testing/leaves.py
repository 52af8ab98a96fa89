"""The single facts of a case that is given as data: where each stands, and the case with one of them changed or taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.errors import quoted
from hmic_rules.programs import Program
from hmic_rules.rulesets import Collection, Input, collections_on
from hmic_rules.testing.expecting import grouped_fields

__all__ = ["Facts", "Leaf", "Path", "at", "leaves", "put", "without"]

Facts: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str | int, ...]


@frozen
class Leaf:
    """One known fact that could be another: no key, and nothing by which rows are grouped.

    Attributes:
        path: the names, items and numbers of rows that lead to it.
        scope: the case, or the collection on whose items it stands.
        given: the input or field.
        value: the fact.
        called: how it is named to people.

    """

    path: Path
    scope: str
    given: Input
    value: Any
    called: str


def leaves(program: Program, facts: Facts) -> Iterator[Leaf]:
    """The known facts of a case that could be others, in the order of the rule set."""
    ruleset = program.ruleset
    for name, given in ruleset.inputs.items():
        if facts.get(name) is not None:
            yield Leaf((name,), CASE, given, facts[name], quoted(name))
    for collection in collections_on(ruleset, CASE).values():
        yield from _of_items(program, collection, facts.get(collection.name), (collection.name,), "")


def _of_items(program: Program, collection: Collection, items: Any, path: Path, outer: str) -> Iterator[Leaf]:
    held = grouped_fields(program.ruleset, collection) | {collection.key}
    for place in items if isinstance(items, Mapping) else range(len(items or ())):
        row = items[place]
        name = place if isinstance(place, str) else row.get(collection.key or "")
        item = f"row {int(place) + 1} of {quoted(collection.name)}" if name is None else quoted(shown(name))
        for field, given in collection.fields.items():
            if field not in held and row.get(field) is not None:
                yield Leaf(
                    (*path, place, field), collection.name, given, row[field], f"{quoted(field)} of {item}{outer}"
                )
        for inner in collection.inner.values():
            yield from _of_items(program, inner, row.get(inner.name), (*path, place, inner.name), f" of {item}{outer}")


def at(facts: Facts, path: Path) -> Any:
    """What stands at a path."""
    here: Any = facts
    for step in path:
        here = here[step]
    return here


def put(facts: Facts, path: Path, value: Any) -> dict[str, Any]:
    """The facts with another one at a path; those given stay as they are."""
    return _changed(facts, path, lambda held, last: held.__setitem__(last, value))


def without(facts: Facts, path: Path) -> dict[str, Any]:
    """The facts without what stands at a path: a fact, or a row."""
    return _changed(facts, path, lambda held, last: held.__delitem__(last))


def _changed(facts: Facts, path: Path, change: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict(facts)
    here: Any = found
    for step in path[:-1]:
        here[step] = here[step].copy()
        here = here[step]
    change(here, path[-1])
    return found
