"""What the shipped grading scheme promises of every assessment: invented ones, for each framework under each reading."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from attrs import evolve
from drawn_assessments import (
    ALL_SHOWN,
    FACTS,
    FAILED,
    FRAMEWORKS,
    GRADES,
    OUTCOME,
    PROFILES,
    RULESET,
    SHORT,
    Assessment,
    assessments,
    completions,
    criteria,
    decided,
    reach,
    with_terms,
)
from hypothesis import event, given, settings
from hypothesis import strategies as st
from results import answers

import hmic_rules as hr
from hmic_rules import Decision, InputError
from hmic_rules.conditions import Truth
from hmic_rules.rules import RuleList

for_each_framework_and_reading = pytest.mark.parametrize(
    ("framework", "profile"), [(framework, profile) for framework in FRAMEWORKS for profile in PROFILES]
)
CRITICAL = {
    framework: ids
    for framework in FRAMEWORKS
    if (ids := [row["id"] for row in criteria(framework) if row["critical"] == "true"])
}
few = settings(max_examples=10)


def grade_of(assessment: Assessment, profile: str) -> tuple[Fraction, Fraction]:
    return reach(decided(assessment, profile)[OUTCOME])


def drawn_with_criterion(framework: str, data: st.DataObject) -> tuple[Assessment, str]:
    return data.draw(assessments(framework)), data.draw(st.sampled_from([row["id"] for row in criteria(framework)]))


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_every_assessment_is_graded_or_covered_by_no_rule_or_undetermined(
    framework: str, profile: str, data: st.DataObject
) -> None:
    outcome = decided(data.draw(assessments(framework)), profile)[OUTCOME]
    event(str(outcome))
    assert outcome.possible
    if outcome.status == "decided":
        assert outcome.value in GRADES
        assert outcome.possible == (outcome.value,)
    elif outcome.status == "undetermined":
        assert len(outcome.possible) > 1
    else:
        assert (outcome.status, outcome.value) == ("no rule covers this", None)


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_improving_a_criterion_never_lowers_the_grade(framework: str, profile: str, data: st.DataObject) -> None:
    before, criterion = drawn_with_criterion(framework, data)
    lowest, highest = grade_of(before, profile)
    better_lowest, better_highest = grade_of(before.with_bearings(criterion, ALL_SHOWN), profile)
    assert better_lowest >= lowest
    assert better_highest >= highest


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_meeting_fewer_criteria_never_raises_the_grade(framework: str, profile: str, data: st.DataObject) -> None:
    drawn, criterion = drawn_with_criterion(framework, data)
    before = drawn.with_bearings(criterion, ALL_SHOWN)
    after = before.with_bearings(criterion, data.draw(st.sampled_from([*SHORT, ()])))
    lowest, highest = grade_of(before, profile)
    worse_lowest, worse_highest = grade_of(after, profile)
    assert worse_lowest <= lowest
    assert worse_highest <= highest


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_a_fact_that_turns_for_the_better_never_lowers_the_grade(
    framework: str, profile: str, data: st.DataObject
) -> None:
    drawn = data.draw(assessments(framework))
    name = data.draw(st.sampled_from([name for name in FACTS if RULESET.inputs[name].better is not None]))
    good = RULESET.inputs[name].better == "upward"
    lowest, highest = grade_of(drawn.with_facts(**{name: not good}), profile)
    better_lowest, better_highest = grade_of(drawn.with_facts(**{name: good}), profile)
    assert better_lowest >= lowest
    assert better_highest >= highest


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_the_order_of_bearings_criteria_and_framework_files_changes_nothing(
    framework: str, profile: str, data: st.DataObject
) -> None:
    drawn = data.draw(assessments(framework))
    order = data.draw(st.integers(0, 1000))
    shuffled = random.Random(order)  # noqa: S311 - a shuffle for a test
    rows, names = list(RULESET.frameworks[framework].rows), list(FRAMEWORKS)
    shuffled.shuffle(rows)
    shuffled.shuffle(names)
    frameworks = {name: RULESET.frameworks[name] for name in names}
    frameworks[framework] = evolve(frameworks[framework], rows=tuple(rows))
    other = evolve(RULESET, frameworks=frameworks, programs={})
    one, two = decided(drawn, profile), decided(drawn, profile, other, order)
    assert answers(one) == answers(two)
    assert (one[OUTCOME].rule, one[OUTCOME].limits) == (two[OUTCOME].rule, two[OUTCOME].limits)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("framework", CRITICAL)
@few
@given(data=st.data())
def test_a_failed_critical_criterion_never_leaves_a_grade_above_its_cap(
    framework: str, profile: str, data: st.DataObject
) -> None:
    drawn = data.draw(assessments(framework)).with_bearings(data.draw(st.sampled_from(CRITICAL[framework])), FAILED)
    cap = next(limit for limit in RULESET.values[OUTCOME].limits if limit.id == "dominant-criterion")
    assert grade_of(drawn, profile)[1] <= GRADES.index(cap.bound)


@for_each_framework_and_reading
@settings(max_examples=5)
@given(data=st.data())
def test_a_grade_given_under_unknowns_is_the_grade_of_every_completion(
    framework: str, profile: str, data: st.DataObject
) -> None:
    drawn = data.draw(assessments(framework))
    outcome = decided(drawn, profile)[OUTCOME]
    event(outcome.status)
    for complete in completions(drawn):
        other = decided(complete, profile)[OUTCOME]
        assert set(other.possible) <= set(outcome.possible)
        if outcome.status == "decided":
            assert (other.status, other.value) == ("decided", outcome.value)


def truth_of(decision: Decision, label: str) -> Truth:
    """How surely some rule for this grade holds, before any limit."""
    step = decision.program.steps[OUTCOME]
    assert isinstance(step.value.body, RuleList)
    pairs = zip(step.value.body.rules, step.rules, strict=True)
    return max(truth([decision.case]) for rule, truth in pairs if rule.then == label)


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_each_grade_implies_the_conditions_of_the_next_lower_one_over_the_range_of_every_term(
    framework: str, profile: str, data: st.DataObject
) -> None:
    drawn = data.draw(assessments(framework))
    places = {name: data.draw(st.sampled_from([Fraction(part, 4) for part in range(5)])) for name in RULESET.terms}
    decision = decided(drawn, profile, with_terms(profile, places))
    for lower, higher in pairwise(GRADES[1:]):
        assert truth_of(decision, higher) <= truth_of(decision, lower)


def test_a_term_moved_out_of_its_range_can_break_the_order_of_the_grades() -> None:
    framework, profile = FRAMEWORKS[0], PROFILES[0]
    places = {name: Fraction(0) for name in RULESET.terms} | {"most": Fraction(5, 2)}
    perfect = Assessment(
        framework, dict.fromkeys((row["id"] for row in criteria(framework)), ALL_SHOWN), dict.fromkeys(FACTS, True)
    )
    decision = decided(perfect, profile, with_terms(profile, places))
    assert truth_of(decision, GRADES[-1]) > truth_of(decision, GRADES[-2])


@for_each_framework_and_reading
@few
@given(data=st.data())
def test_every_claim_of_the_rule_set_holds_of_every_assessment(
    framework: str, profile: str, data: st.DataObject
) -> None:
    decision = decided(data.draw(assessments(framework)), profile)
    broken = {"never": Truth.YES, "always": Truth.NO}
    for claim in RULESET.claims:
        truth = decision.program.compiler.truths[claim.condition]([decision.case])
        assert truth is not broken[claim.kind], claim.id


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_bearing_on_a_criterion_of_another_framework_is_refused(framework: str) -> None:
    other = next(name for name in FRAMEWORKS if name != framework)
    stray = Assessment(framework, {criteria(other)[0]["id"]: ALL_SHOWN}, {})
    with pytest.raises(InputError, match="nobody expected a row for"):
        decided(stray, PROFILES[0])


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_finding_that_bears_on_no_criterion_of_the_framework_changes_nothing(framework: str) -> None:
    inspection = hr.load_inspection("mps-2007")
    pattern = next(iter(inspection.findings.values()))
    elsewhere = tuple(
        evolve(bearing, id="invented.1", finding="invented")
        for finding in inspection.findings.values()
        for bearing in finding.bears
        if bearing.criterion not in RULESET.frameworks[framework].notes
    )
    for bears in ((), elsewhere[:1]):
        added = evolve(pattern, id="invented", bears=bears, bears_on_nothing=None if bears else "invented")
        larger = evolve(inspection, findings={"invented": added, **inspection.findings})
        for profile in PROFILES:
            assert larger.decide(framework, profile).to_data() == inspection.decide(framework, profile).to_data()


def test_the_drawn_assessments_reach_every_grade_and_every_kind_of_outcome() -> None:
    reached: Counter[str] = Counter()
    for framework in FRAMEWORKS:

        @settings(max_examples=25, derandomize=True, database=None)
        @given(assessments(framework))
        def count(drawn: Assessment) -> None:
            for profile in PROFILES:
                outcome = decided(drawn, profile)[OUTCOME]
                reached[outcome.status] += 1
                reached[str(outcome.value)] += 1
                reached["changed by a limit"] += bool(outcome.limits)

        count()
    wanted = [*GRADES, "undetermined", "no rule covers this", "changed by a limit"]
    assert [kind for kind in wanted if not reached[kind]] == []
