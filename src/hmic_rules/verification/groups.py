"""What the rows of a group can make of its values together, and by which rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import prod
from operator import eq
from typing import Any, TypeAlias, cast

from attrs import frozen

from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable
from hmic_rules.diagrams.walks import ways_to
from hmic_rules.outcomes import key_of
from hmic_rules.possible import NO_RULE, Value, is_known
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import Group
from hmic_rules.verification.case_shapes import CaseShape, Kind, kind_of
from hmic_rules.verification.usual import cost_of, facts_of, usual_cell

__all__ = ["Attained", "attained_by"]

Rows: TypeAlias = tuple[Mapping[str, Any], ...]


@frozen(eq=False)
class Attained:
    """What a group of one kind can come to.

    Attributes:
        names: its values that are taken as given.
        ways: for each combination of them that rows reach, the fewest such rows, without what they are grouped by.
        complete: whether every combination is among them, so that more rows can reach nothing else.

    """

    names: tuple[str, ...]
    ways: Mapping[tuple[Value, ...], Rows]
    complete: bool

    def combinations(self, variables: Sequence[Variable]) -> frozenset[tuple[Value, ...]]:
        """What these values can be together, in the order of the variables."""
        places = [self.names.index(one.name) for one in variables]
        return frozenset(tuple(way[place] for place in places) for way in self.ways)

    def rows(self, chosen: Mapping[str, Value]) -> Rows:
        """The fewest rows by which values come to be so."""
        fitting = [
            rows
            for way, rows in self.ways.items()
            if all(name not in chosen or chosen[name] == part for name, part in zip(self.names, way, strict=True))
        ]
        return min(fitting, key=len)


def attained_by(
    program: Program, pins: Sequence[str], universes: Iterable[tuple[CaseShape, Universe]]
) -> dict[tuple[str, Kind], Attained] | None:
    """What each kind of group can come to by a few rows; ``None`` where a value has a gap, or hangs on more than the rows of its group."""
    ruleset = program.ruleset
    found: dict[tuple[str, Kind], dict[tuple[Value, ...], tuple[int, int, Rows]]] = {}
    names = {
        scope: tuple(pin for pin in pins if ruleset.values[pin].scope == scope)
        for scope in dict.fromkeys(ruleset.values[pin].scope for pin in pins)
    }
    for shape, universe in universes:
        for scope, values in names.items():
            group = ruleset.groups[scope]
            for row in cast("list[Row] | None", shape.case[program.layout.slots[CASE][scope]]) or ():
                if shape.sizes.get(group.source) and shape.placed.get(group.source) != row[KEY]:
                    continue
                ways = _ways(program, group, row, values, universe)
                if ways is None:
                    return None
                known = found.setdefault((scope, kind_of(program, group, row)), {})
                for way, better in ways.items():
                    if way not in known or better[:2] < known[way][:2]:
                        known[way] = better
    return {
        (scope, kind): Attained(
            names[scope], {way: rows for way, (_, _, rows) in ways.items()}, len(ways) == _number(program, names[scope])
        )
        for (scope, kind), ways in found.items()
    }


def _number(program: Program, names: Sequence[str]) -> int:
    """How many combinations there are."""
    values = [program.ruleset.values[name] for name in names]
    return prod(len(cells_of(one.type, ())) + (one.applies is not None) for one in values)


def _ways(
    program: Program, group: Group, row: Row, names: Sequence[str], universe: Universe
) -> dict[tuple[Value, ...], tuple[int, int, Rows]] | None:
    """The combinations that these rows reach, with how many rows and how much that is unusual it takes."""
    item, store = key_of([[], row]), universe.store
    diagrams = [universe.diagram(name, item) for name in names]
    together = store.lift(lambda *results: results, *diagrams)
    asked = [universe.variables[level] for level in store.support(together)]
    if any(one.why is not None for one in asked):
        return {}
    if any(one.scope != group.source for one in asked):
        return None
    variables = universe.variables
    usual = {one: usual_cell(program, one) for one in universe.order.own if one.kind == "fact"}
    cost = cost_of(program, universe.order.own)
    found: dict[tuple[Value, ...], tuple[int, int, Rows]] = {}
    for way in store.leaves(together):
        if any(isinstance(result, Conflict) for result in way):
            continue  # such a case has no decision
        if any(result is NO_RULE or not is_known(result) for result in way):
            return None  # whatever reads a gap reads that the value is unknown
        ways = ways_to(store, together, partial(eq, way), cost)
        chosen = {variables[level]: cell for level, cell in (ways.first() or {}).items()}
        case = universe.case_with_facts({**usual, **chosen})
        source = cast("list[Row] | None", case[program.layout.slots[CASE][group.source]]) or []
        rows = tuple(
            {name: fact for name, fact in facts_of(program, group.source, one).items() if name not in group.by}
            for one in source
        )
        found[way] = len(rows), cast("tuple[Any, int]", ways.cost)[0], rows
    return found
