"""Cases of any rule set to draw: facts that it accepts, near the boundaries that its rules draw."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen
from hypothesis import assume, event
from hypothesis import strategies as st

from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, ScalarType, TextType
from hmic_rules.possible import NOT_APPLICABLE, Known
from hmic_rules.programs import Program
from hmic_rules.rows import KEY
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Input, Ruleset
from hmic_rules.testing.boundaries import Boundaries, further
from hmic_rules.testing.deciding import accepted
from hmic_rules.testing.drawn_conditions import Draw, one_of, sometimes
from hmic_rules.testing.expecting import Expectations, grouped_fields
from hmic_rules.testing.leaves import Leaf, leaves
from hmic_rules.testing.worked import worked_facts

__all__ = ["cases", "cases_of"]

MORE_ITEMS: Final = 3
EXCEPTIONS: Final = 4
MOST_GROUPS: Final = 60
FEW: Final = 6
OTHER_THAN_WORKED: Final = 12
HOLES: Final = (0, 8, 2)
LEANINGS: Final = (None, None, "better", "better", "worse")


def cases(
    ruleset: Ruleset,
    *,
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    complete: bool = False,
) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of one case, as :meth:`hmic_rules.Ruleset.decide` takes them.

    Numbers, dates, months and texts lie mostly on or beside what the rules compare them with, items stand mostly alike with a few that differ, rows
    belong to groups that are expected, and about a third of the cases lie around one of the rule set's worked cases. Each case tells Hypothesis by :func:`hypothesis.event` whether it has a fact on a boundary.

    Args:
        ruleset: any rule set.
        framework: the framework whose items fill the rule set's collection; a case of it has no more than the framework leaves open.
        profile: the reading; the rule set's default where none is named.
        parameters: settings that take precedence over the profile's. Pass the three on to ``decide``.
        complete: whether every fact is known. Otherwise some are left out or ``None``, and sometimes a whole collection is.

    Returns:
        A strategy for mappings from names to facts.

    Raises:
        NotFoundError: there is no such framework or profile.
        InputError: a parameter is unknown, or its value is of the wrong type.

    """
    return cases_of(program_for(ruleset, framework, profile, parameters), complete=complete)


def cases_of(program: Program, *, complete: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Facts of one case of a rule set that is bound; see :func:`cases`."""
    boundaries, expectations, worked = Boundaries(program), Expectations(program), worked_facts(program)
    foreseen = expectations.foreseen()

    @st.composite
    def drawn(draw: Draw) -> dict[str, Any]:
        holes, leans = 0 if complete else one_of(draw, HOLES), one_of(draw, LEANINGS)
        start = one_of(draw, worked) if worked and sometimes(draw) else {}
        facts = _Drawer(draw, program, boundaries, expectations, holes, leans, start).case()
        if start or not foreseen:
            assume(accepted(program, facts))
        return facts

    return drawn()


@frozen(eq=False)
class _Drawer:
    """One case while it is drawn. ``holes`` is one in how many facts is unknown, 0 for none; ``leans`` is ``better``, ``worse`` or neither; ``start`` is a worked case around which it lies."""

    draw: Draw
    program: Program
    boundaries: Boundaries
    expectations: Expectations
    holes: int
    leans: str | None
    start: Mapping[str, Any]
    facts: dict[str, Any] = field(factory=dict)

    @property
    def ruleset(self) -> Ruleset:
        return self.program.ruleset

    def case(self) -> dict[str, Any]:
        self.facts.update(self.filled(CASE, self.ruleset.inputs, frozenset(), self.start))
        self.facts.update(self.judgements(CASE, self.start))
        for collection in self.expectations.in_order():
            items = self.items(collection, self.start.get(collection.name))
            if items is not None:
                self.facts[collection.name] = items
        on = [leaf.value in constants for leaf in leaves(self.program, self.facts) if (constants := self.line(leaf))]
        if on:
            event(f"on a boundary: {'yes' if any(on) else 'no'}")
        return self.facts

    def line(self, leaf: Leaf) -> tuple[Known, ...]:
        """What a fact is compared with."""
        return self.boundaries.constants(leaf.scope, leaf.given.name, leaf.given.type)

    def unknown(self) -> bool:
        return self.holes > 0 and sometimes(self.draw, self.holes)

    def filled(
        self, scope: str, fields: Mapping[str, Input], left: frozenset[str], start: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The fields of one row, without those that are left to others; mostly as they are in what it starts from."""
        found: dict[str, Any] = {}
        for name, given in fields.items():
            if name in left:
                continue
            if name in start and not sometimes(self.draw, OTHER_THAN_WORKED):
                found[name] = start[name]
            elif not self.unknown():
                found[name] = self.fact(scope, given)
            elif sometimes(self.draw, 2):
                found[name] = None
        return found

    def fact(self, scope: str, given: Input) -> Any:
        if given.may_be_not_applicable and sometimes(self.draw, FEW):
            return NOT_APPLICABLE.value
        end = self.leaning(scope, given)
        return self.value(scope, given.name, given.type) if end is None or sometimes(self.draw, FEW) else end

    def leaning(self, scope: str, given: Input) -> Known | None:
        """The end of a fact to which this case leans; ``None`` where it leans nowhere, or the fact has no ends.

        Rules ask for many things at once, and few cases would have them all by chance: so some cases are good, or bad, nearly throughout.
        """
        if self.leans is None or (given.better is None and not isinstance(given.type, LabelType)):
            return None
        if self.boundaries.constants(scope, given.name, given.type):
            return None  # its boundaries lie between its ends
        cells = self.boundaries.cells(scope, given.name, given.type)
        last = (
            (self.leans == "better") == (given.better == "upward")
            if given.better is not None
            else self.leans == "worse"
        )
        return cells[-1 if last else 0]

    def value(self, scope: str, name: str, type: ScalarType) -> Known:
        found: Known = self.draw(self.boundaries.values(scope, name, type))
        return found

    def judgements(self, scope: str, start: Mapping[str, Any]) -> dict[str, Any]:
        """What people judged: a judgement that nobody gave is unknown."""
        judged = [
            value for value in self.ruleset.values.values() if value.scope == scope and isinstance(value.body, Judged)
        ]
        return {
            one.name: start[one.name] if one.name in start else self.value(scope, one.name, one.type)
            for one in judged
            if not self.unknown()
        }

    def items(self, collection: Collection, start: Any) -> Any:
        """The items of a collection, or ``None`` where it is left out."""
        fixed = self.program.compiler.fixed
        if collection.items is not None:
            if start is None and self.unknown():
                return None
            given = start or {}
            if given:
                return {name: self.row(collection, frozenset(), given[name]) for name in collection.items}
            rows = self.alike(collection, [{} for _ in collection.items], frozenset())
            return dict(zip(collection.items, rows, strict=True))
        if fixed is not None and fixed.collection == collection.name:
            return self.filled_in(collection)
        sorted_by = grouped_fields(self.ruleset, collection)
        left = sorted_by | {collection.key or ""}
        if start is not None:
            kept = [{name: row[name] for name in left if name in row} for row in start]
            return [{**key, **self.row(collection, left, row)} for key, row in zip(kept, start, strict=True)]
        if self.unknown():
            return None
        return self.alike(collection, self.keyed(collection, self.starts(collection, sorted_by)), left)

    def filled_in(self, collection: Collection) -> Any:
        """What a case adds to the items with which a framework fills a collection; ``None`` where that is nothing."""
        fixed = self.program.compiler.fixed
        if fixed is None or collection.key is None:
            return None
        judged = any(
            value.scope == collection.name and isinstance(value.body, Judged) for value in self.ruleset.values.values()
        )
        if not (collection.fields.keys() - fixed.fields - {collection.key} or collection.inner or judged):
            return None
        starts = [{collection.key: row[KEY]} for row in fixed.rows]
        return self.alike(collection, starts, fixed.fields | {collection.key})

    def starts(self, collection: Collection, sorted_by: frozenset[str]) -> list[dict[str, Any]]:
        """Rows with nothing but what they are sorted by: a few of any group, or some of every group."""
        least, most = collection.at_least, collection.at_least + MORE_ITEMS
        if self.expectations.asked_of(collection.name):
            least = max(least, min(1, most if collection.at_most is None else collection.at_most))
        if collection.at_most is not None:
            most = min(most, collection.at_most)
        if collection.key is not None:
            most = min(most, len(self.distinct(collection)))
        allowed = self.expectations.allowed(collection, self.facts)
        choices = [allowed.get(name) for name in sorted(sorted_by)]
        if any(one == () for one in choices):
            assume(collection.at_least == 0)
            return []
        if all(one is not None for one in choices) and choices and sometimes(self.draw, 2):
            groups = list(itertools.product(*(one for one in choices if one is not None)))
            room = collection.at_most is None or len(groups) + MORE_ITEMS <= collection.at_most
            if least <= len(groups) <= MOST_GROUPS and room:
                return self.one_each(sorted(sorted_by), groups, least)
        found = []
        for _ in range(self.draw(st.integers(least, most))):
            row = {}
            for name, options in zip(sorted(sorted_by), choices, strict=True):
                given = collection.fields[name]
                row[name] = one_of(self.draw, options) if options else self.value(collection.name, name, given.type)
            found.append(row)
        return found

    def one_each(self, names: list[str], groups: list[tuple[Known, ...]], least: int) -> list[dict[str, Any]]:
        """A row for every group, save for one or two that got none, and a second row for some."""
        places = st.lists(st.integers(0, len(groups) - 1), max_size=MORE_ITEMS, unique=True)
        gone, twice = set(self.draw(places)), self.draw(places)
        kept = [group for place, group in enumerate(groups) if place not in gone]
        found = [*(kept if len(kept) >= least else groups), *(groups[place] for place in twice)]
        return [dict(zip(names, group, strict=True)) for group in found]

    def distinct(self, collection: Collection) -> list[Known]:
        """Different keys that the items of a collection can have: those that rules ask for first."""
        if collection.key is None:
            return []
        type = collection.fields[collection.key].type
        cells = self.boundaries.cells(collection.name, collection.key, type)
        if isinstance(type, TextType):
            return [*cells[:-1], *(f"{collection.name}-{place + 1}" for place in range(MOST_GROUPS))]
        return further(type, cells, MOST_GROUPS)

    def keyed(self, collection: Collection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with a key each, no two alike; of rows that are sorted by their key, one for each."""
        key = collection.key
        if key is None:
            return rows
        if rows and key in rows[0]:
            return list({row[key]: row for row in rows}.values())
        known = self.distinct(collection)
        asked = len(self.boundaries.constants(collection.name, key, collection.fields[key].type))
        named = known[asked:] if asked and not sometimes(self.draw, 2) else known
        named = named if len(named) >= len(rows) else known
        return [{key: name, **row} for name, row in zip(named, rows, strict=False)]

    def alike(self, collection: Collection, starts: list[dict[str, Any]], left: frozenset[str]) -> list[dict[str, Any]]:
        """The rows, filled: all like one that is usual here, save a few; or, of few rows, each of its own."""
        if not starts:
            return []
        apart = len(starts) <= FEW and not sometimes(self.draw, 2)
        usual = {} if apart else self.row(collection, left, {})
        places = st.lists(st.integers(0, len(starts) - 1), max_size=min(EXCEPTIONS, len(starts)), unique=True)
        others = set(range(len(starts))) if apart else set(self.draw(places))
        return [
            {**start, **(self.row(collection, left, {}) if place in others else copy.deepcopy(usual))}
            for place, start in enumerate(starts)
        ]

    def row(self, collection: Collection, left: frozenset[str], start: Mapping[str, Any]) -> dict[str, Any]:
        found = self.filled(collection.name, collection.fields, left, start)
        found.update(self.judgements(collection.name, start))
        for name, inner in collection.inner.items():
            items = self.items(inner, start.get(name))
            if items is not None:
                found[name] = items
        return found
