"""Diagrams of worked cases, beside what deciding gives: as the case stands, with each fact turned, and with every fact drawn anew."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import pytest
from attrs import frozen

import hmic_rules as hr
from hmic_rules.conditions import CASE
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.nodes import TooManyStates
from hmic_rules.diagrams.universes import Item, Universe
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable
from hmic_rules.diagrams.walks import possible
from hmic_rules.errors import ConflictError
from hmic_rules.outcomes import key_of
from hmic_rules.possible import Value, is_known, members, union
from hmic_rules.rows import Row
from hmic_rules.testing.results import possible_results, within
from test_conformance import CASES, load
from test_conformance import decided as decided_here
from test_shapes import FOLDER as SHAPES_FOLDER
from test_shapes import SHAPES

__all__ = ["load"]

DRAWS = 12
ALL_OPEN = {
    "a share of an absent collection is unknown whatever if_none says",
    "an absent collection has unknown groups",
    "an absent outer collection leaves everything unknown",
    "an unknown end of the months leaves every operator over the groups unknown",
    "an unknown number between a sure cap and a sure floor lies between them",
    "an unknown on the left of a comparison between fields leaves every unknown",
    "over a null collection every quantifier is unknown",
    "over an absent collection every quantifier is unknown",
    "the count of an absent collection is any number",
    "where nobody knows which groups are expected every quantifier over them is unknown",
    "where one inner collection is absent nobody knows all the groups",
    "with an absent collection of rows every expected group is unknown, however missing rows are taken",
}
"""Of these no diagram is exact: what they ask is of rows that are not there, or of two numbers beside one another."""


@frozen
class Compared:
    """How many results were compared, and how many of them of diagrams that are exact."""

    all: int
    exact: int


def ran(universe: Universe, row: Row) -> dict[Item, Value] | None:
    """What deciding gives of every value of a case; ``None`` where it is an error."""
    program = universe.program
    try:
        results = program.run(row)
    except ConflictError:
        return None
    found: dict[Item, Value] = {(name, None): result for name, result in results.items()}
    for name, step in program.steps.items():
        if step.value.scope != CASE:
            found |= {(name, key_of(frames)): step.result(frames) for frames in program.frames(row, step.value.scope)}
    return found


def as_given(universe: Universe) -> dict[int, list[int]]:
    """The cells of the facts that are known."""
    return {one.level: [one.given] for one in universe.variables if one.given is not None}


def differing(universe: Universe, allowed: Mapping[int, list[int]], results: Mapping[Item, Value] | None) -> list[str]:
    """Where diagrams, with facts in some of their cells, do not say what was decided.

    What asks nothing but facts that are all in one cell was computed from these very values, and says the same, exact or not. What stands in for
    something is a cell that may be another value of its kind; of labels, none may be left out for it.
    """
    found = []
    everything = all(one.level in allowed for one in universe.variables if one.why is None)
    for item in universe.results:
        diagram = universe.diagram(*item)
        mine = possible(universe.store, diagram, allowed)
        kept = [one for one in mine if not isinstance(one, Conflict)]
        exact = not universe.inexact(diagram)
        settled = all(level in allowed for level in universe.store.support(diagram))
        decided = None if results is None else results[item]
        if decided is None:
            wrong = kept != [] if settled else exact and len(kept) == len(mine)
        elif settled and (is_known(decided) or everything):
            wrong = mine != [decided]
        elif exact and is_known(decided):
            wrong = not kept or union(kept) != decided
        elif exact:
            wrong = not kept or not within(union(kept), decided)
        else:
            listed = members(universe.program.steps[item[0]].value.type.whole) is not None
            wrong = listed and is_known(decided) and bool(kept) and not within(decided, union(kept))
        if wrong:
            found.append(f"{item}: {mine}, and decided {decided}, exact: {exact}")
    return found


def turned(universe: Universe) -> Iterator[tuple[Variable, int]]:
    """Every fact in each cell in which it is not."""
    for variable in universe.variables:
        if variable.kind == "fact":
            yield from ((variable, cell) for cell in range(len(variable.cells)) if cell != variable.given)


def conforms(decision: hr.Decision, seed: str) -> Compared:
    """Compares the diagrams of a decision with what deciding gives."""
    try:
        universe = universe_of(decision.program, decision.case)
        judged = universe_of(decision.program, decision.case, judgements_given=True)
        settled = universe_of(decision.program, decision.case, known_fixed=True)
    except TooManyStates:
        return Compared(0, 0)
    given = as_given(universe)
    decided = possible_results(decision)
    assert differing(universe, given, decided) == []
    assert differing(settled, {}, decided) == []
    for variable, cell in turned(universe):
        changed = ran(universe, universe.case_with_facts({variable: cell}))
        assert differing(universe, {**given, variable.level: [cell]}, changed) == [], (variable, cell)
    free = [one for one in judged.variables if one.kind in ("fact", "judgement")]
    drawn = random.Random(seed)  # noqa: S311 - the same draws in every run
    for _ in range(DRAWS):
        chosen = {one: drawn.randrange(len(one.cells)) for one in free}
        allowed = {one.level: [cell] for one, cell in chosen.items()}
        assert differing(judged, allowed, ran(judged, judged.case_with_facts(chosen))) == [], chosen
    exact = [not universe.inexact(universe.diagram(*item)) for item in universe.results]
    return Compared(len(exact), sum(exact))


@pytest.mark.parametrize("case", [case for case in CASES if "expect" in case.data], ids=lambda case: case.title)
def test_the_diagrams_of_a_conformance_case_say_what_is_decided_of_it_and_of_cases_beside_it(case, load) -> None:
    found = conforms(decided_here(load(case), case, case.data["facts"]), case.title)
    assert (found.exact == 0) == (case.title in ALL_OPEN)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_diagrams_of_every_shape_say_what_is_decided(shape: str) -> None:
    ruleset = hr.load(SHAPES_FOLDER / f"{shape}.yaml")
    found = [
        conforms(ruleset.decide(case.facts, parameters=getattr(case.parameters, "entries", None)), case.title)
        for case in ruleset.cases
    ]
    assert sum(one.exact for one in found) > 0
