"""Leverage is what a full regrade gives: for the shipped inspection, for drawn ones, and for one that gives less where more is put right."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from attrs import evolve
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.leverage import searching
from hmic_rules.leverage.changed import answered_by
from hmic_rules.leverage.projecting import projection_of
from hmic_rules.leverage.regrading import Regrading
from hmic_rules.leverage.searching import smallest_sets
from hmic_rules.leverage.turns import is_lift, turns
from hmic_rules.testing import inspections
from regraded import Regrades, graded, held_to_regrades, smallest_by_enumeration
from small_inspection import FOLDER, small_inspection

SHIPPED = hr.load_inspection("mps-2007")
GRADING, SMALL = hr.load("hmic-2007"), hr.load(FOLDER)
REGRADES = Regrades(SHIPPED)
READINGS = tuple(SHIPPED.ruleset.profiles)

STATES = {"state": ["done", "begun", "missing"], "reach": ["all", "some"], "weight": ["central", "aside"]}


@st.composite
def dense(draw):
    """The small inspection with other findings: several on each of three criteria, and recommendations that share them."""
    criteria = ["roads-mended", "roads-lit", "roads-swept"]
    findings = []
    for place in range(1, draw(st.integers(2, 5)) + 1):
        bears = [
            {"criterion": criterion}
            | {name: draw(st.sampled_from(labels)) for name, labels in STATES.items() if draw(st.integers(0, 9))}
            for criterion in draw(st.lists(st.sampled_from(criteria), min_size=1, max_size=2))
        ]
        own = {"kind": "improvement", "cite": f"roads/improvement/{place}", "says": "invented"}
        findings.append({"id": f"finding-{place}", **own, "bears": bears})
    ids = st.sampled_from([finding["id"] for finding in findings])
    recommendations = [
        {"id": f"recommendation-{place}", "cite": f"roads/recommendation/{place}", "says": "invented"}
        | {"answers": draw(st.lists(ids, min_size=1, max_size=2, unique=True))}
        for place in range(1, draw(st.integers(2, 5)) + 1)
    ]
    written = {"section": "roads", "findings": findings, "recommendations": recommendations}
    return small_inspection(findings=json.dumps(written))


drawn = st.one_of(dense(), dense(), dense(), inspections(SMALL), inspections(GRADING, "missing-persons"))


def test_the_leverage_of_every_shipped_recommendation_is_what_a_full_regrade_gives():
    leverage = SHIPPED.leverage()
    assert [one.recommendation for one in leverage.recommendations] == list(SHIPPED.recommendations)
    assert held_to_regrades(REGRADES, leverage) > 16 * len(READINGS) * 2


@settings(max_examples=15)
@given(chosen=st.sets(st.sampled_from(list(SHIPPED.recommendations))), data=st.data())
def test_any_set_of_recommendations_changes_what_a_full_regrade_changes(chosen, data):
    framework = data.draw(st.sampled_from(list(SHIPPED.frameworks)))
    reading = data.draw(st.sampled_from(READINGS))
    regrading = Regrading(SHIPPED, framework, reading)
    findings = answered_by(SHIPPED, chosen)
    wanted, statuses = REGRADES.of(chosen, framework, reading)
    found = regrading.graded(findings)
    assert found.outcome.possible == wanted
    assert {id: one.possible for id, one in found.statuses.items()} == statuses
    projection = projection_of(regrading, regrading.short(answered_by(SHIPPED, SHIPPED.recommendations)))
    assert projection is not None
    assert projection.possible(regrading.short(findings)) == wanted


@settings(max_examples=30)
@given(drawn)
def test_the_leverage_of_drawn_inspections_is_what_a_full_regrade_gives(inspection):
    assume(inspection.remedy is not None and inspection.recommendations)
    leverage = inspection.leverage()
    held_to_regrades(Regrades(inspection), leverage)
    event(f"lifts: {any(one.reached for one in leverage.sets)}")


@settings(max_examples=30)
@given(drawn)
def test_the_smallest_sets_that_lift_are_those_that_enumeration_finds(inspection):
    assume(inspection.remedy is not None and inspection.recommendations)
    value = inspection.ruleset.values[inspection.outcome]
    regrades = Regrades(inspection)
    for framework in inspection.frameworks:
        for reading in inspection.ruleset.profiles:
            regrading = Regrading(inspection, framework, reading)
            before = regrading.graded().outcome
            found = smallest_sets(regrading)
            wanted = {
                result: numbers
                for result, numbers in smallest_by_enumeration(regrades, framework, reading).items()
                if is_lift(turns(before, _outcome(regrading, result), value))
            }
            assert found.complete
            assert {one.outcome.possible: (one.size, one.number) for one in found.reached} == wanted


def _outcome(regrading, result):
    return evolve(regrading.graded().outcome, possible=result)


@settings(max_examples=20)
@given(drawn)
def test_the_search_without_a_diagram_finds_the_same_sets(inspection):
    assume(inspection.remedy is not None and inspection.recommendations)
    for framework in inspection.frameworks:
        for reading in inspection.ruleset.profiles:
            by_diagram = smallest_sets(Regrading(inspection, framework, reading))
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(searching, "projection_of", lambda *_: None)
                assert smallest_sets(Regrading(inspection, framework, reading)) == by_diagram


def test_the_drawn_inspections_move_criteria_lift_outcomes_and_hold_ranges():
    seen = Counter()

    @settings(max_examples=80, derandomize=True, database=None)
    @given(drawn)
    def look(inspection):
        if inspection.remedy is None or not inspection.recommendations:
            return
        leverage = inspection.leverage()
        answers = [one.answers for one in inspection.recommendations.values()]
        seen["shared findings"] += len({id for one in answers for id in one}) < sum(map(len, answers))
        for effect in leverage.together:
            seen["moved"] += bool(effect.criteria)
            seen["lifted"] += effect.lifts
            seen["not for the better"] += bool(effect.turns) and not effect.lifts
            seen["range"] += len(effect.before.possible) > 1 and effect.changes
        seen["sets of two and more"] += any(one.size > 1 for lifting in leverage.sets for one in lifting.reached)

    look()
    kinds = ("shared findings", "moved", "lifted", "not for the better", "range", "sets of two and more")
    assert [kind for kind in kinds if not seen[kind]] == []


def test_files_of_the_shipped_inspection_rewritten_as_coded_are_graded_as_it_is():
    for framework in SHIPPED.frameworks:
        for reading in READINGS:
            assert REGRADES.of((), framework, reading) == graded(SHIPPED, framework, reading)
