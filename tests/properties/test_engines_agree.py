"""The reference and durable_rules agree on every result and on every fired rule, for generated rule sets and for the shipped scheme."""

from __future__ import annotations

from collections import Counter

import pytest
from drawn_assessments import FRAMEWORKS, PROFILES, RULESET, Assessment, assessments
from drawn_cases import Cases, cases
from hypothesis import event, given, settings
from hypothesis import strategies as st
from results import possible_results

from hmic_rules import ConflictError, Decision, EngineError
from hmic_rules.backends.durable import planned
from hmic_rules.backends.engine import engine_module
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import loaded

pytestmark = pytest.mark.skipif(
    engine_module() is None, reason="durable_rules cannot be imported: it does not work on Python 3.13 or newer"
)
PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written)))


def same(one: Decision, other: Decision) -> None:
    assert possible_results(one) == possible_results(other)
    assert list(one.outcomes) == list(other.outcomes)


@settings(max_examples=300)
@given(PAIRS)
def test_the_engines_agree_on_generated_rule_sets(drawn: tuple[Written, Cases]) -> None:
    written, case = drawn
    ruleset = loaded(written.data)
    if not planned(ruleset).plans:
        event("nothing to compute")
        return
    try:
        reference = ruleset.decide(case.facts, engine="reference")
    except ConflictError:
        event("refused")
        with pytest.raises((ConflictError, EngineError)):
            ruleset.decide(case.facts, engine="durable")
        return
    same(reference, ruleset.decide(case.facts, engine="both"))
    same(reference, ruleset.decide(case.facts, engine="durable"))


@settings(max_examples=100)
@given(
    st.sampled_from(FRAMEWORKS).flatmap(lambda name: assessments(framework=name)), st.sampled_from(PROFILES), st.data()
)
def test_the_engines_agree_on_invented_assessments(assessment: Assessment, profile: str, data: st.DataObject) -> None:
    facts = assessment.case(data.draw(st.integers(0, 9)))
    decided = [
        RULESET.decide(facts, framework=assessment.framework, profile=profile, engine=engine)
        for engine in ("reference", "both", "durable")
    ]
    same(decided[0], decided[1])
    same(decided[0], decided[2])


def test_generated_rule_sets_have_every_hit_policy_limits_points_and_unknown_facts_for_durable_rules() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=150, derandomize=True, database=None)
    @given(PAIRS)
    def count(drawn: tuple[Written, Cases]) -> None:
        written, case = drawn
        ruleset = loaded(written.data)
        for plan in planned(ruleset).plans.values():
            met[getattr(plan.value.body, "policy", type(plan.value.body).__name__)] += 1
            met["limits"] += bool(plan.value.limits)
            met["applies"] += plan.numbers.applies is not None
            met["compared there"] += bool(plan.names)
            met["before"] += bool(plan.before)
            met["unknown"] += bool(case.unknown)

    count()
    wanted = ["first", "unique", "highest", "lowest", "Points", "Truthful", "limits", "applies", "compared there"]
    assert [kind for kind in (*wanted, "before", "unknown") if met[kind] < 10] == []
