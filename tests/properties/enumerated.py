"""Every complete case of a generated rule set that is small enough, decided one after the other by the reference."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from math import prod
from typing import Any, TypeAlias

from attrs import frozen

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.diagrams.uses import Uses, cells_for, uses_of
from hmic_rules.errors import ConflictError
from hmic_rules.outcomes import listed
from hmic_rules.testing.drawn_conditions import Name
from hmic_rules.testing.drawn_rulesets import Items, Written
from hmic_rules.testing.results import results_of

__all__ = [
    "Facts",
    "Options",
    "Table",
    "all_cases",
    "cells",
    "decided",
    "every_value",
    "facts_in",
    "numbers_of",
    "outcomes_of",
    "table_of",
    "texts_of",
]

Facts: TypeAlias = dict[str, Any]
Options: TypeAlias = Callable[[str, Name], tuple[Any, ...]]
MOST_ROWS = 2
MOST_IN_GROUP = 3
NOT_APPLICABLE = "not applicable"


class TooManyCases(Exception):  # noqa: N818 - it is no error
    """There are more cases than are gone through."""


@frozen
class Table:
    """Cases and their decisions; ``None`` where the rules conflict, or a number is none of its type."""

    ruleset: hr.Ruleset
    cases: tuple[Facts, ...]
    decisions: tuple[hr.Decision | None, ...]

    def __iter__(self) -> Iterator[tuple[Facts, hr.Decision | None]]:
        return zip(self.cases, self.decisions, strict=True)

    @property
    def conflicts(self) -> bool:
        return any(decision is None for decision in self.decisions)

    def statuses(self, name: str) -> set[str]:
        """What any case, on any item, says of a value."""
        return {one.status for decision in self.decisions if decision for one in outcomes_of(decision, name).values()}

    def texts(self, name: str) -> set[str]:
        """Every result of a value that is decided, as it is written."""
        return {
            str(one)
            for decision in self.decisions
            if decision
            for one in outcomes_of(decision, name).values()
            if one.status == "decided"
        }


def outcomes_of(decision: hr.Decision, name: str) -> dict[str | None, hr.Outcome]:
    """A value on the case, or on each of its items."""
    if decision.ruleset.values[name].scope == CASE:
        return {None: decision[name]}
    return dict(decision.items(name))


def texts_of(decision: hr.Decision, name: str) -> dict[str | None, str]:
    """What a value came to, on the case or on each item: every result that is still possible."""
    step = decision.program.steps[name]
    return {item: " or ".join(listed(result, step)) for (_, item), result in results_of(decision, name).items()}


def every_value(scope: str, name: Name) -> tuple[Any, ...]:
    """Every value that the generator has for a fact."""
    return (*name.domain, NOT_APPLICABLE) if name.may_be_not_applicable else name.domain


def cells(ruleset: hr.Ruleset, uses: Uses | None = None) -> Options:
    """Of each fact, the values that stand for all, as the prover has them; all its values where no few do."""
    found = uses_of(program_for(ruleset, None, None, None)) if uses is None else uses

    def options(scope: str, name: Name) -> tuple[Any, ...]:
        inputs = ruleset.inputs if scope == CASE else ruleset.collections[scope].fields
        values = cells_for(found, scope, name.name, inputs[name.name].type)
        if values is None:
            return every_value(scope, name)
        plain = tuple(one if isinstance(one, bool | int) else shown(one) for one in values)
        return (*plain, NOT_APPLICABLE) if name.may_be_not_applicable else plain

    return options


def _capped(found: Iterable[Any], most: int) -> list[Any]:
    listed_ = list(itertools.islice(found, most + 1))
    if len(listed_) > most:
        raise TooManyCases
    return listed_


def all_cases(written: Written, options: Options, most: int) -> list[Facts] | None:
    """Every complete case: each value of each fact and judgement, up to two rows of a collection, and rows of groups in one group or two.

    ``None`` where there are more than so many.
    """
    try:
        outer = [*_facts(CASE, written.inputs, options)]
        judged = [
            dict(zip((one.name for one in written.judged), chosen, strict=True)) for chosen in _judgements(written)
        ]
        if len(outer) * len(judged) > most:
            return None
        parts = _capped(_collections(written.collections, options, most), most // (len(outer) * len(judged)))
        return [{**one, **other, **rows} for one in outer for other in judged for rows in parts]
    except TooManyCases:
        return None


def _judgements(written: Written) -> Iterator[tuple[Any, ...]]:
    return itertools.product(*(one.domain for one in written.judged))


def _facts(scope: str, names: Sequence[Name], options: Options) -> Iterator[Facts]:
    for chosen in itertools.product(*(options(scope, name) for name in names)):
        yield dict(zip((name.name for name in names), chosen, strict=True))


def _collections(collections: Sequence[Items], options: Options, most: int) -> Iterator[Facts]:
    if not collections:
        yield {}
        return
    if len(collections) == 2:
        yield from _grouped(*collections, options, most)
        return
    (items,) = collections
    for rows in _rows(items, options, most):
        yield {items.name: rows}


def _rows(items: Items, options: Options, most: int) -> Iterator[Any]:
    """The rows of one collection; the order of rows says nothing, so each set of them comes once."""
    rows = _capped(_row(items, options, most), most)
    if items.fixed:
        for chosen in itertools.product(rows, repeat=len(items.fixed)):
            yield dict(zip(items.fixed, chosen, strict=True))
        return
    for size in range(items.at_least, max(MOST_ROWS, items.at_least) + 1):
        for chosen in itertools.combinations_with_replacement(rows, size):
            yield [{"id": f"{items.name}{place}", **row} for place, row in enumerate(chosen)]


def _row(items: Items, options: Options, most: int) -> Iterator[Facts]:
    for facts in _facts(items.name, items.fields, options):
        if items.inner is None:
            yield facts
            continue
        for inner in _rows(items.inner, options, most):
            yield {**facts, items.inner.name: inner}


def _grouped(teams: Items, rows: Items, options: Options, most: int) -> Iterator[Facts]:
    kinds = _capped(_row(rows, options, most), most)
    for found in _rows(teams, options, most):
        keys = list(found) if teams.fixed else [one["id"] for one in found]
        for size in range(rows.at_least, MOST_IN_GROUP + 1):
            places = [(key,) * size for key in keys] if size else [()]
            places += list(itertools.permutations(keys, 2)) if size == 2 else []
            for place in places:
                choices = (
                    itertools.combinations_with_replacement(kinds, size)
                    if len(set(place)) < 2
                    else itertools.product(kinds, repeat=size)
                )
                for chosen in choices:
                    yield {
                        teams.name: found,
                        rows.name: [
                            {"id": f"r{number}", "team": key, **row}
                            for number, (key, row) in enumerate(zip(place, chosen, strict=True))
                        ],
                    }


def decided(ruleset: hr.Ruleset, facts: Facts) -> hr.Decision | None:
    """The decision by the reference, ``None`` where the case has none."""
    try:
        return ruleset.decide(facts, engine="reference")
    except ConflictError:
        return None


def table_of(ruleset: hr.Ruleset, written: Written, most: int) -> Table | None:
    """The cases over every value of each fact, or, where these are too many, over the values that stand for all."""
    cases = all_cases(written, every_value, most)
    if cases is None:
        cases = all_cases(written, cells(ruleset), most)
    return None if cases is None else Table(ruleset, tuple(cases), tuple(decided(ruleset, one) for one in cases))


def facts_in(facts: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every fact of a case that is no key, with where it stands."""
    for step, held in facts.items() if isinstance(facts, dict) else enumerate(facts):
        if isinstance(held, dict | list):
            yield from facts_in(held, (*path, step))
        elif step not in ("id", "team"):
            yield (*path, step), held


def numbers_of(cases: Sequence[Facts], results: Sequence[Hashable]) -> tuple[int, Counter[Hashable]]:
    """How many of the facts the results hang on, and how many assignments of just these give each result.

    The cases are every combination of the values of each fact.
    """
    rows = [dict(facts_in(one)) for one in cases]
    matter: list[int] = []
    for path in rows[0] if rows else ():
        seen: dict[Any, Hashable] = {}
        for row, result in zip(rows, results, strict=True):
            rest = tuple((type(held), held) for other, held in row.items() if other != path)
            if seen.setdefault(rest, result) != result:
                matter.append(len({(type(one[path]), one[path]) for one in rows}))
                break
    times = len(rows) // prod(matter)
    return len(matter), Counter({one: number // times for one, number in Counter(results).items()})
