"""What lints say can never happen happens in no drawn case: rules said to be dead or shadowed, and what is said to hold always."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

from drawn_cases import Cases, cases
from hypothesis import event, given
from hypothesis import strategies as st

from hmic_rules import ConflictError, Decision
from hmic_rules.conditions import Truth
from hmic_rules.linting.disjoint import Demands
from hmic_rules.linting.lints import lint
from hmic_rules.rules import Points, RuleList
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import loaded

PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written, known=True)))


def held(decision: Decision) -> Iterator[tuple[str, list[tuple[str, Truth]]]]:
    """For each value with rules, whether each of them holds, on the case or on each item to which it applies."""
    for value in decision.ruleset.values.values():
        step = decision.step(value.name)
        if not isinstance(value.body, RuleList | Points):
            continue
        for frames in decision.program.frames(decision.case, value.scope):
            if step.applies is None or step.applies(frames) is Truth.YES:
                ids = [rule.id for rule in value.body.rules]
                yield value.name, list(zip(ids, [holds(frames) for holds in step.rules], strict=True))


@given(PAIRS)
def test_no_case_contradicts_a_lint(pair: tuple[Written, Cases]) -> None:
    written, case = pair
    ruleset = loaded(written.data)
    said = {(one.code, one.problem.split(":")[0]) for one in lint(ruleset)}
    for code, _ in said:
        event(code)
    for facts in case.completions():
        try:
            decision = ruleset.decide(facts)
        except ConflictError:
            continue
        for name, rules in held(decision):
            before = False
            for id, truth in rules:
                what = f"the rule `{id}` of `{name}`"
                if truth is Truth.YES:
                    assert ("dead", f"{what} can never hold") not in said
                    assert before or ("shadowed", f"{what} can never decide") not in said
                else:
                    assert ("always", f"{what} always holds") not in said
                before = before or truth is Truth.YES


@given(written_rulesets())
def test_rules_set_aside_at_a_glance_are_those_that_the_search_sets_aside(written: Written) -> None:
    ruleset = loaded(written.data)
    found = lint(ruleset)
    with patch.object(Demands, "apart", lambda demands, one, other: False):
        assert lint(ruleset) == found
