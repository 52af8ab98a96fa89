"""The diagrams of generated rule sets of every shape, compared with every completion of the unknown facts."""

from __future__ import annotations

from typing import Any

from drawn_cases import cases
from hypothesis import event, given, settings
from hypothesis import strategies as st
from results import possible_results, within

import hmic_rules as hr
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.values import Conflict
from hmic_rules.errors import ConflictError
from hmic_rules.possible import Value, union
from hmic_rules.testing.drawn_rulesets import written_rulesets
from hmic_rules.testing.writing import as_yaml


def completed(ruleset: hr.Ruleset, drawn: Any) -> dict[Any, list[Value]]:
    """Every result of every value over the completions that have a decision at all."""
    found: dict[Any, list[Value]] = {}
    for facts in drawn.completions():
        try:
            decision = ruleset.decide(facts, engine="reference")
        except ConflictError:
            continue
        for key, result in possible_results(decision).items():
            found.setdefault(key, []).append(result)
    return found


@settings(max_examples=120)
@given(st.data())
def test_exact_bounds_are_what_the_completions_give(ruleset_from, data) -> None:
    written = data.draw(written_rulesets())
    ruleset = ruleset_from(as_yaml(written.data))
    drawn = data.draw(cases(written))
    try:
        decision = ruleset.decide(drawn.facts, engine="reference")
    except ConflictError:
        event("the rules conflict")
        return
    judged_by_nobody = any(name.name not in drawn.facts for name in written.judged)
    rows_unknown = any(
        one.adds or (isinstance(drawn.facts.get(one.path[0]), list | None) and len(one.path) == 1)
        for one in drawn.unknown
    )
    universe = universe_of(decision.program, decision.case, known_fixed=True)
    for key, results in completed(ruleset, drawn).items():
        if key not in universe.results:
            continue
        diagram = universe.diagram(*key)
        mine = [one for one in universe.store.leaves(diagram) if not isinstance(one, Conflict)]
        exact = not universe.inexact(diagram)
        event(f"exact: {exact}")
        if exact and not rows_unknown and not judged_by_nobody and mine:
            assert union(mine) == union(results), key
        elif mine and not judged_by_nobody:
            assert within(union(results), union(mine)), key
