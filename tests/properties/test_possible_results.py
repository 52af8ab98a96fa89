"""Nothing possible is left out: a decision under unknown facts against the decision of every completion."""

from __future__ import annotations

from collections import Counter

import pytest
from census import KINDS, kinds
from drawn_cases import Cases, cases
from hypothesis import event, given, settings
from hypothesis import strategies as st
from results import possible_results, within

from hmic_rules import ConflictError, Decision, Ruleset
from hmic_rules.possible import is_known
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import loaded

PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written)))


def completed(ruleset: Ruleset, written: Written, case: Cases) -> list[Decision]:
    """The decisions of every completion, without those that the rule set refuses.

    A judgement that is still to be given is given too, as far as the limits allow it: the answer without it is its bounds.
    """
    found: list[Decision] = []
    for facts in case.completions():
        try:
            decision = ruleset.decide(facts)
        except ConflictError:
            continue
        found.append(decision)
        for name in written.judged:
            if name.name not in facts:
                found.extend(
                    ruleset.decide({**facts, name.name: label})
                    for label in judgements(ruleset, decision, facts, name.name)
                )
    return found


def judgements(ruleset: Ruleset, decision: Decision, facts: dict[str, object], name: str) -> list[str]:
    labels = [label for label in decision[name].possible if label != "not applicable"]
    return [label for label in labels if not refused(ruleset, {**facts, name: label})]


def refused(ruleset: Ruleset, facts: dict[str, object]) -> bool:
    try:
        ruleset.decide(facts)
    except ConflictError:
        return True
    return False


@settings(max_examples=300)
@given(PAIRS)
def test_every_completion_gives_only_results_that_the_decision_left_possible(drawn: tuple[Written, Cases]) -> None:
    written, case = drawn
    ruleset = loaded(written.data)
    complete = completed(ruleset, written, case)
    try:
        partial = ruleset.decide(case.facts)
    except ConflictError:
        event("refused")
        assert not complete, "refused, and yet a completion is decided"
        return
    for kind in kinds(partial):
        event(kind)
    expected = possible_results(partial)
    for decision in complete:
        found = possible_results(decision)
        for name, left in expected.items():
            assert within(found[name], left), (name, found[name], left)


@settings(max_examples=100)
@given(PAIRS)
def test_what_is_decided_is_the_result_of_every_completion(drawn: tuple[Written, Cases]) -> None:
    written, case = drawn
    ruleset = loaded(written.data)
    try:
        partial = ruleset.decide(case.facts)
    except ConflictError:
        return
    decided = [outcome for outcome in partial.outcomes if outcome.status == "decided"]
    for decision in completed(ruleset, written, case):
        for outcome in decided:
            other = decision[outcome.name] if outcome.item is None else decision.items(outcome.name)[outcome.item]
            assert (other.status, other.value) == ("decided", outcome.value)


@settings(max_examples=100)
@given(written_rulesets(closed=True).flatmap(lambda written: st.tuples(st.just(written), cases(written, known=True))))
def test_a_case_whose_facts_are_all_known_has_exactly_one_result(drawn: tuple[Written, Cases]) -> None:
    written, case = drawn
    try:
        decision = loaded(written.data).decide(case.facts)
    except ConflictError:
        return
    for name, result in possible_results(decision).items():
        assert is_known(result), (name, result)


def test_the_generated_cases_reach_every_kind_of_answer() -> None:
    reached: Counter[str] = Counter()

    @settings(max_examples=250, derandomize=True, database=None)
    @given(PAIRS)
    def count(drawn: tuple[Written, Cases]) -> None:
        written, case = drawn
        try:
            decision = loaded(written.data).decide(case.facts)
        except ConflictError:
            reached["refused"] += 1
            return
        reached.update(kinds(decision))

    count()
    assert [kind for kind in (*KINDS, "refused") if not reached[kind]] == []


@pytest.mark.parametrize("shape", ["record", "collection", "fixed", "nested", "groups"])
def test_every_shape_of_rule_set_is_accepted_by_the_loader(shape: str) -> None:
    @settings(max_examples=15, derandomize=True, database=None)
    @given(written_rulesets(shapes=(shape,)))
    def load(written: Written) -> None:
        assert loaded(written.data).values.keys() == {
            name for name, value in written.data["values"].items() if "group" not in value
        }

    load()
