"""Strategies for cases of generated rule sets: all facts known, some of them taken away, and every way to fill them in again."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from hmic_rules.testing.drawn_conditions import Draw, Name, one_of, sometimes
from hmic_rules.testing.drawn_rulesets import Items, Written

__all__ = ["Cases", "cases"]

MOST_COMPLETIONS = 48
NOT_APPLICABLE = "not applicable"
Path = tuple[str | int, ...]


@frozen
class Unknown:
    """One thing that is not known: where it stands, and what it can turn out to be. ``adds`` are rows for a list that is there."""

    path: Path
    domain: tuple[Any, ...]
    adds: bool = False


@frozen
class Cases:
    """A case with unknown facts.

    Attributes:
        facts: what is known.
        unknown: what is not.
    """

    facts: dict[str, Any]
    unknown: tuple[Unknown, ...]

    def completions(self) -> Iterator[dict[str, Any]]:
        """Every case that the facts can still turn out to be."""
        for chosen in itertools.product(*(one.domain for one in self.unknown)):
            facts = copy.deepcopy(self.facts)
            for one, value in zip(self.unknown, chosen, strict=True):
                here = facts
                for step in one.path[:-1]:
                    here = here[step]
                if one.adds:
                    here[one.path[-1]] = [*here[one.path[-1]], *value]
                else:
                    here[one.path[-1]] = value
            yield facts


def fact(draw: Draw, name: Name) -> Any:
    return one_of(draw, options(name))


def options(name: Name) -> tuple[Any, ...]:
    return (*name.domain, NOT_APPLICABLE) if name.may_be_not_applicable else name.domain


def filled(draw: Draw, fields: tuple[Name, ...], closed: dict[str, Any]) -> dict[str, Any]:
    """Every field with a fact; a closed one may be left out, which says what its absence means."""
    return {name.name: fact(draw, name) for name in fields if name.name not in closed or not sometimes(draw)}


def listed(draw: Draw, items: Items, teams: list[str], most: int = 4) -> Any:
    """The items of a collection, all facts known."""
    if items.fixed:
        return {name: filled(draw, items.fields, items.closed) for name in items.fixed}
    fewest = 1 if items.name == "teams" else items.at_least
    return [row(draw, items, f"{items.name}{place}", teams) for place in range(draw(st.integers(fewest, most)))]


def row(draw: Draw, items: Items, id: str, teams: list[str]) -> dict[str, Any]:
    found = {"id": id, **filled(draw, items.fields, items.closed)}
    if items.refers_to is not None:
        found[items.refers_to] = one_of(draw, teams)
    if items.inner is not None:
        found[items.inner.name] = listed(draw, items.inner, [], 2)
    return found


def leaves(facts: dict[str, Any], fields: tuple[Name, ...], closed: dict[str, Any], path: Path) -> Iterator[Unknown]:
    """The facts of one row that can be unknown; a closed input never is."""
    for name in fields:
        if name.name in facts and name.name not in closed:
            yield Unknown((*path, name.name), options(name))


def leaves_of(items: Items, facts: Any, path: Path) -> Iterator[Unknown]:
    for place in facts if items.fixed else range(len(facts)):
        yield from leaves(facts[place], items.fields, items.closed, (*path, place))
        if items.inner is not None:
            yield from leaves_of(items.inner, facts[place][items.inner.name], (*path, place, items.inner.name))


@st.composite
def cases(draw: Draw, written: Written, *, known: bool = False) -> Cases:
    """A case of the rule set, with few enough unknown facts to go through every completion."""
    facts = filled(draw, written.inputs, written.absent)
    possible = list(leaves(facts, written.inputs, written.absent, ()))
    teams: list[str] = []
    rows_unknown: list[Unknown] = []
    for items in written.collections:
        found = listed(draw, items, teams)
        if items.name == "teams":
            teams = list(found) if items.fixed else [one["id"] for one in found]
        facts[items.name] = found
        if not known and not items.fixed and items.name != "teams" and sometimes(draw, 6):
            others = tuple(listed(draw, items, teams, 3) for _ in range(3))
            rows_unknown.append(Unknown((items.name,), (found, *others)))
            facts[items.name] = None
        else:
            possible += leaves_of(items, found, (items.name,))
            if written.grows and items.refers_to is not None:
                rows_unknown += missing_groups(draw, items, found, teams)
    for name in written.judged:
        if sometimes(draw, 2):
            facts[name.name] = one_of(draw, name.domain)
    return taken_away(draw, facts, [] if known else possible, [] if known else rows_unknown)


def missing_groups(draw: Draw, items: Items, found: list[dict[str, Any]], teams: list[str]) -> Iterator[Unknown]:
    """A group that nobody reported on yet: it may get one row, or two, of any kind."""
    for team in sorted(set(teams) - {one["team"] for one in found})[:1]:
        some = [
            [row(draw, items, f"late{place}{number}", [team]) for number in range(size)]
            for place, size in enumerate((1, 1, 2))
        ]
        yield Unknown((items.name,), tuple(some), adds=True)


def taken_away(draw: Draw, facts: dict[str, Any], possible: list[Unknown], unknown: list[Unknown]) -> Cases:
    """The facts without those drawn to be unknown, as far as every completion can still be gone through."""
    size = 1
    for one in unknown:
        size *= len(one.domain)
    if possible:
        order = draw(st.lists(st.integers(0, len(possible) - 1), max_size=5, unique=True))
        for one in (possible[place] for place in order):
            if size * len(one.domain) > MOST_COMPLETIONS:
                continue
            size *= len(one.domain)
            unknown = [*unknown, one]
            here: Any = facts
            for step in one.path[:-1]:
                here = here[step]
            if sometimes(draw, 2):
                here[one.path[-1]] = None
            else:
                del here[one.path[-1]]
    return Cases(facts, tuple(unknown))
