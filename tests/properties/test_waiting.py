"""What an undetermined outcome waits for is all that can still change it: whatever else is unknown can turn out as it likes."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

from drawn_cases import Cases, Unknown, cases
from hypothesis import given, settings
from hypothesis import strategies as st
from results import answers

from hmic_rules import ConflictError, Decision, Ruleset
from hmic_rules.missing import missing
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import loaded

PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written)))


def waited_for(ruleset: Ruleset, case: Cases, decision: Decision) -> list[bool]:
    """Of each unknown of a case, whether some outcome waits for it."""
    named = {(one.name, one.item) for one in missing(decision) if one.kind == "fact"}
    absent = {one.name for one in missing(decision) if one.kind in ("collection", "rows")}
    return [
        one.path[0] in absent
        if one.adds or (len(one.path) == 1 and one.path[0] in ruleset.collections)
        else (one.path[-1], item_of(case, one)) in named
        for one in case.unknown
    ]


def item_of(case: Cases, one: Unknown) -> str | None:
    """The key of the item on which an unknown fact stands."""
    here: Any = case.facts
    keys: list[str] = []
    for step in one.path[:-1]:
        here = here[step]
        if isinstance(step, int):
            keys.append(here["id"])
        elif keys or step not in case.facts:
            keys += [step] if isinstance(here, dict) and "id" not in here else []
    return " / ".join(keys) or None


def filled_in(case: Cases, waits: list[bool], data: st.DataObject) -> dict[str, Any]:
    """The case with everything given that nothing waits for, whatever it may be."""
    facts = copy.deepcopy(case.facts)
    for one, waited in zip(case.unknown, waits, strict=True):
        if waited:
            continue
        here = facts
        for step in one.path[:-1]:
            here = here[step]
        value = data.draw(st.sampled_from(one.domain))
        here[one.path[-1]] = [*here[one.path[-1]], *value] if one.adds else value
    return facts


def results(decision: Decision) -> dict[tuple[str, str | None], Any]:
    """The results of every outcome; which limit is named for one, and how a judgement stands to limits, may become known later."""
    return {name: answer[:3] for name, answer in answers(decision).items()}


@settings(max_examples=200)
@given(PAIRS, st.data())
def test_a_fact_that_no_outcome_waits_for_changes_no_outcome_whatever_it_turns_out_to_be(
    drawn: tuple[Written, Cases], data: st.DataObject
) -> None:
    written, case = drawn
    ruleset = loaded(written.data)
    try:
        decision = ruleset.decide(case.facts, engine="reference")
        later = ruleset.decide(filled_in(case, waited_for(ruleset, case, decision), data), engine="reference")
    except ConflictError:
        return
    before, after = results(decision), results(later)
    assert {name: after[name] for name in before} == before


def test_the_generated_cases_have_facts_that_are_waited_for_and_facts_that_are_not() -> None:
    met: Counter[bool] = Counter()

    @settings(max_examples=150, derandomize=True, database=None)
    @given(PAIRS)
    def count(drawn: tuple[Written, Cases]) -> None:
        written, case = drawn
        ruleset = loaded(written.data)
        try:
            met.update(waited_for(ruleset, case, ruleset.decide(case.facts, engine="reference")))
        except ConflictError:
            return

    count()
    assert met[True] > 30
    assert met[False] > 30
