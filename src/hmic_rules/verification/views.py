"""All cases of a rule set as diagrams: one universe for each shape that cases can have, in which every fact is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.conditions import CASE
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.frontier import closure_of, frontier_of
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.uses import Uses
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import SharedOrder, Variable
from hmic_rules.outcomes import key_of
from hmic_rules.programs import Program
from hmic_rules.rows import Row
from hmic_rules.rulesets import Group, Ruleset
from hmic_rules.verification.case_shapes import (
    MOST_IN_GROUP,
    MOST_ROWS,
    MOST_SHAPES,
    CaseShape,
    Kind,
    free_collections,
    kind_of,
    shapes_of_cases,
)
from hmic_rules.verification.groups import Attained, attained_by

__all__ = ["IMPOSSIBLE", "Part", "View", "asked_collections", "is_real", "queried_collections"]

Cells: TypeAlias = dict[Variable, int]


class Impossible(Enum):
    """Not a result: no case has these values of groups together."""

    IMPOSSIBLE = "impossible"


IMPOSSIBLE: Final = Impossible.IMPOSSIBLE


def is_real(result: Any) -> bool:
    """Whether a result of a diagram is one that a decision can have."""
    return not isinstance(result, Impossible | Conflict)


@frozen(eq=False)
class View:
    """All cases of one shape.

    Attributes:
        part: where it belongs.
        shape: the rows that its cases have.
        universe: their facts as variables; or, where ``attained`` is given, what their groups come to.
        attained: how each combination of the values of a group comes about, by the group and the key of its row.
        limits: why it does not stand for every number of rows; empty where it does.

    """

    part: Part
    shape: CaseShape
    universe: Universe
    attained: Mapping[tuple[str, str], Attained] = field(factory=dict)
    limits: tuple[str, ...] = ()
    _kept: dict[Any, Diagram] = field(factory=dict)

    @property
    def store(self) -> Store:
        return self.universe.store

    def results(self, name: str) -> dict[str | None, Diagram]:
        """The diagram of a value on each item, with what cannot be, and conflicts, set apart."""
        return {
            item: self.held(self.universe.diagram(found, item))
            for found, item in self.universe.results
            if found == name
        }

    def held(self, diagram: Diagram) -> Diagram:
        """The diagram with :data:`IMPOSSIBLE` where no case is."""
        store, constraint = self.store, self.constraint
        if store.is_leaf(constraint):
            return diagram
        return store.apply(lambda can, found: found if can else IMPOSSIBLE, constraint, diagram)

    @property
    def constraint(self) -> Diagram:
        """Whether the values of each group can stand together."""
        found = self._kept.get("constraint")
        if found is None:
            found = self._kept["constraint"] = self._constraint()
        return found

    def _constraint(self) -> Diagram:
        store = self.store
        found = store.leaf(value=True)
        pinned: dict[tuple[str, str], list[Variable]] = {}
        for one in self.universe.order.own:
            if (one.scope, one.item) in self.attained and one.kind == "value" and one.why is None:
                pinned.setdefault((one.scope, cast("str", one.item)), []).append(one)
        for place, variables in pinned.items():
            combinations = self.attained[place].combinations(variables)
            together = store.lift(
                lambda *cells, known=combinations: cells in known,
                *(store.choice(one.level, one.cells) for one in variables),
            )
            found = store.apply(lambda one, other: one and other, found, together)
        return found


@frozen(eq=False)
class Part:
    """A rule set under one framework and one reading: a part of all its cases.

    Attributes:
        program: the rule set, bound.
        uses: what facts are compared with, where it is more than this program does.
        orders: a store and its variables for each universe, where another program's diagrams are to stand beside these.
        below: another part, whose groups come to the same as these.

    """

    program: Program
    uses: Uses | None = None
    orders: dict[Any, SharedOrder] | None = None
    below: Part | None = None
    _reached: dict[Any, dict[tuple[str, Kind], Attained] | None] = field(factory=dict)
    _views: dict[Any, list[View]] = field(factory=dict)

    def __str__(self) -> str:
        names = [one for one in (self.program.framework, self.program.profile) if one is not None]
        return ", ".join(names) or "every case"

    @property
    def ruleset(self) -> Ruleset:
        return self.program.ruleset

    def views(self, *wanted: str, rows: frozenset[str] = frozenset()) -> list[View]:
        """Universes of all the cases that these values, and whatever else is asked of the rows of some collections, can have.

        Where a value rests on what groups of rows come to, its universe is over that, and stands for any number of rows: it is enough that
        a few rows reach every combination. Otherwise there is a universe for each number of rows up to a few.

        Raises:
            TooManyStates: there would be too many states.

        """
        key = tuple(sorted(wanted))
        if (key, rows) not in self._views:
            self._views[key, rows] = self._upper(key, rows) or self._plain(key, rows)
        return self._views[key, rows]

    def plain_views(self, *wanted: str) -> list[View]:
        """Universes over facts alone, for each number of rows up to a few."""
        key = tuple(sorted(wanted)), None
        if key not in self._views:
            self._views[key] = self._plain(key[0])
        return self._views[key]

    def _plain(self, wanted: Sequence[str], rows: frozenset[str] = frozenset()) -> list[View]:
        asked = asked_collections(self.ruleset, wanted, rows=rows)
        limits = _limits(self.program, queried_collections(self.ruleset, wanted, rows=rows))
        shapes, more = _first_of(shapes_of_cases(self.program, asked))
        limits += more
        return [View(self, shape, self._universe(shape, wanted, ()), {}, limits) for shape in shapes]

    def _universe(self, shape: CaseShape, wanted: Sequence[str], pins: Sequence[str]) -> Universe:
        order = None
        if self.orders is not None:
            key = tuple(wanted), tuple(pins), str(shape), str(shape.placed)
            known = self.orders.setdefault(key, SharedOrder(Store()))
            order = known.another()
        return universe_of(
            self.program, shape.case, pins=pins, wanted=wanted, uses=self.uses, order=order, judgements_given=True
        )

    def _upper(self, wanted: Sequence[str], rows: frozenset[str]) -> list[View]:
        """Universes over what groups come to; none where the values do not fall in two there."""
        pins = tuple(sorted({pin for name in wanted for pin in frontier_of(self.ruleset, name)}))
        if not pins or any(self._asks_below(name, pins) for name in wanted):
            return []
        groups = [self.ruleset.groups[self.ruleset.values[pin].scope] for pin in pins]
        sources = {one.source for one in groups}
        if rows & sources or any(one.expected is None for one in groups):
            return []
        attained = self.attained(pins)
        if attained is None:
            return []
        asked = asked_collections(self.ruleset, wanted, pins, rows) - sources
        found: list[View] = []
        shapes, more = _first_of(shapes_of_cases(self.program, asked))
        for shape in shapes:
            held = self._held(shape, pins, attained)
            if held is None:
                return []
            limits = _limits(self.program, queried_collections(self.ruleset, wanted, pins, rows) - sources) + more
            if not all(one.complete for one in held.values()):
                words = " and ".join(f"`{one}`" for one in sorted(sources))
                limits = (*limits, f"up to {MOST_IN_GROUP} of {words} in a group")
            found.append(View(self, shape, self._universe(shape, wanted, pins), held, limits))
        return found

    def attained(self, pins: tuple[str, ...]) -> dict[tuple[str, Kind], Attained] | None:
        """What groups of each kind can come to; worked out once."""
        if self.below is not None:
            return self.below.attained(pins)
        if pins not in self._reached:
            views = Part(self.program)._plain(pins)
            found = [(view.shape, view.universe) for view in views]
            self._reached[pins] = attained_by(self.program, pins, found)
        return self._reached[pins]

    def _asks_below(self, name: str, pins: Sequence[str]) -> bool:
        """Whether a value asks the rows of groups other than by the values that are taken as given."""
        if name in pins or frontier_of(self.ruleset, name):
            return False
        return bool(asked_collections(self.ruleset, [name]) & self.ruleset.groups.keys())

    def _held(
        self, shape: CaseShape, pins: Sequence[str], attained: Mapping[tuple[str, Kind], Attained]
    ) -> dict[tuple[str, str], Attained] | None:
        """What each group of a case can come to; ``None`` where one is of no kind that was looked at."""
        found: dict[tuple[str, str], Attained] = {}
        for scope in dict.fromkeys(self.ruleset.values[pin].scope for pin in pins):
            for row in cast("list[Row] | None", shape.case[self.program.layout.slots[CASE][scope]]) or ():
                one = attained.get((scope, kind_of(self.program, self.ruleset.groups[scope], row)))
                if one is None or not one.ways:
                    return None
                found[scope, key_of([[], row])] = one
        return found


def asked_collections(
    ruleset: Ruleset, wanted: Iterable[str], pins: Iterable[str] = (), rows: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The collections and groups on whose rows these values rest, down to what is taken as given."""
    kept = frozenset(pins)
    found: set[str] = set(rows)
    for name in closure_of(ruleset, wanted, kept):
        value = ruleset.values[name]
        found.add(value.scope)
        if name not in kept:
            found |= {one.partition(".")[0] for one in value.reads}
    pending = list(found)
    while pending:
        name = pending.pop()
        more: list[str] = []
        if name in ruleset.groups:
            group = ruleset.groups[name]
            more = [group.source] if not kept else []
            more += _expecting(group)
        elif name in ruleset.collections and ruleset.collections[name].parent is not None:
            more = [cast("str", ruleset.collections[name].parent)]
        more += [one for group in ruleset.groups.values() if group.source == name for one in _expecting(group)]
        pending += [one for one in more if one not in found]
        found.update(more)
    return frozenset(found & {*ruleset.collections, *ruleset.groups, CASE} - {CASE})


def queried_collections(
    ruleset: Ruleset, wanted: Iterable[str], pins: Iterable[str] = (), rows: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Of these collections, those of which it can matter how many rows there are: rules ask for several of them together."""
    kept = frozenset(pins)
    names = {*ruleset.collections, *ruleset.groups}
    reads = (ruleset.values[name].reads for name in closure_of(ruleset, wanted, kept) if name not in kept)
    found = {one for read in reads for one in read if one in names} | set(rows)
    for name in tuple(found):
        group = ruleset.groups.get(name)
        if group is not None:
            found |= set(_expecting(group)) or {group.source}
    return frozenset(found)


def _first_of(shapes: Iterator[CaseShape]) -> tuple[list[CaseShape], tuple[str, ...]]:
    """As many shapes as are looked at, and that there are more, where there are."""
    found = list(islice(shapes, MOST_SHAPES + 1))
    if len(found) <= MOST_SHAPES:
        return found, ()
    return found[:MOST_SHAPES], (f"{MOST_SHAPES} of the combinations of their numbers of rows",)


def _expecting(group: Group) -> list[str]:
    """The collections whose items expect rows of a group."""
    return [] if group.expected is None else [one for one in group.expected.keys.values() if isinstance(one, str)]


def _limits(program: Program, asked: frozenset[str]) -> tuple[str, ...]:
    """How many rows the universes go up to, where cases can have more."""
    sources = {one.source for one in program.ruleset.groups.values()}
    found = []
    for one in free_collections(program):
        most = MOST_IN_GROUP if one.name in sources else MOST_ROWS
        if one.name in asked and (one.at_most is None or one.at_most > max(most, one.at_least)):
            where = (
                " in one group" if one.name in sources else "" if one.parent is None else f" in each of `{one.parent}`"
            )
            found.append(f"up to {max(most, one.at_least)} of `{one.name}`{where}")
        elif one.name in asked and one.name in sources:
            found.append(f"rows of `{one.name}` in one group")
    return tuple(found)
