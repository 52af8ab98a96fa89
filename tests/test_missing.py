"""What an undetermined outcome waits for: named down to single items, and nothing that is settled is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import hmic_rules as hr

TEXT = """
ruleset: waiting
edition: "1"
title: a small rule set
scales: {level: [low, middle, high]}
parameters:
  cap_above: {type: integer, basis: assumed}
  on: {type: boolean, default: false, basis: assumed}
inputs:
  a: {type: boolean}
  b: {type: boolean, says: what b says}
  c: {type: boolean}
  n: {type: integer, min: 0}
  day: {type: date}
  reports:
    key: id
    collection: {id: {type: text}, kind: {choice: [x, y]}, serious: {type: boolean}, weight: {type: integer, min: 0}}
values:
  both: {is: {a: true, b: true}}
  level:
    scale: level
    outcome: true
    choose: highest
    rules:
      - {id: first, then: middle, when: {both: true}, basis: assumed}
      - {id: settled, then: middle, when: {c: true, on: true}, basis: assumed}
      - {id: grave, then: high, when: {some: {of: reports, among: {kind: x}, where: {serious: true}}}, basis: assumed}
    otherwise: low
    limits: [{id: cap, at_most: low, when: {n: {above: {value: cap_above}}}, basis: assumed}]
  total: {type: integer, outcome: true, calc: {add: {of: reports, where: {kind: y}, field: weight}}}
  weeks: {type: integer, outcome: true, calc: {weeks: {from: day, to: 2007-06-01}}}
  verdict: {scale: level, outcome: true, judged: true, says: the panel's word}
"""
SETTLED: dict[str, Any] = {"n": 0, "day": "2007-01-01", "verdict": "low", "reports": []}


@pytest.fixture(scope="module")
def ruleset(ruleset_from: Callable[[str], hr.Ruleset]) -> hr.Ruleset:
    return ruleset_from(TEXT)


def waited_for(decision: hr.Decision) -> list[tuple[str, str, str | None]]:
    return [(one.kind, one.name, one.item) for one in decision.missing()]


def decide(ruleset: hr.Ruleset, **facts: Any) -> hr.Decision:
    return ruleset.decide({**SETTLED, **facts}, parameters={"cap_above": 9})


def test_where_every_outcome_is_decided_nothing_is_waited_for(ruleset: hr.Ruleset) -> None:
    assert decide(ruleset, a=False).missing() == ()


def test_a_fact_behind_another_value_is_waited_for_with_what_the_rule_set_says_of_it(ruleset: hr.Ruleset) -> None:
    [one] = decide(ruleset, a=True).missing()
    assert (one.kind, one.name, one.item, one.scope, one.says) == ("fact", "b", None, None, "what b says")


def test_a_fact_that_only_a_settled_condition_asks_is_not_waited_for(ruleset: hr.Ruleset) -> None:
    assert waited_for(decide(ruleset)) == [("fact", "a", None), ("fact", "b", None)]


def test_a_rule_that_a_better_one_has_beaten_waits_for_nothing(ruleset: hr.Ruleset) -> None:
    assert waited_for(decide(ruleset, reports=[{"id": "r", "kind": "x", "serious": True}])) == []


def test_single_items_are_named_where_it_is_unknown_whether_they_belong_or_are_as_asked(ruleset: hr.Ruleset) -> None:
    rows = [{"id": "r", "kind": "x"}, {"id": "s", "serious": True, "weight": 3}, {"id": "t", "kind": "y", "weight": 1}]
    assert waited_for(decide(ruleset, a=False, reports=rows)) == [
        ("fact", "serious", "r"),
        ("fact", "kind", "s"),
    ]


def test_a_number_that_a_sum_reads_is_waited_for_only_of_the_items_that_count(ruleset: hr.Ruleset) -> None:
    rows = [{"id": "r", "kind": "y"}, {"id": "s", "kind": "x", "serious": False}]
    assert waited_for(decide(ruleset, a=False, reports=rows)) == [("fact", "weight", "r")]


def test_an_absent_collection_a_date_a_judgement_and_a_setting_are_waited_for(ruleset: hr.Ruleset) -> None:
    decision = ruleset.decide({"a": True, "b": True})
    assert waited_for(decision) == [
        ("setting", "cap_above", None),
        ("fact", "n", None),
        ("fact", "day", None),
        ("judgement", "verdict", None),
        ("collection", "reports", None),
    ]


def test_what_the_panel_has_to_say_is_all_that_the_shipped_example_waits_for() -> None:
    facts = {
        "convicted_or_cautioned": "convicted",
        "registered_sex_offender": True,
        "agencies": {"police": True, "health": True},
        "considerations": dict.fromkeys(hr.load("mappa-2007").collections["considerations"].items or (), True),
    }
    decision = hr.load("mappa-2007").decide(facts)
    assert waited_for(decision) == [("fact", "among_the_critical_few", None)]


def test_the_agencies_are_waited_for_where_only_their_number_decides() -> None:
    facts = {"convicted_or_cautioned": "convicted", "registered_sex_offender": True, "among_the_critical_few": False}
    level = [one for one in hr.load("mappa-2007").decide(facts).missing() if one.name != "recorded"]
    assert {(one.name, one.scope) for one in level} == {("needed", "agencies")}
    assert len(level) == len(hr.load("mappa-2007").collections["agencies"].items or ())


def test_giving_all_that_is_waited_for_settles_every_outcome(ruleset: hr.Ruleset) -> None:
    answers: dict[str, Any] = {"a": True, "b": False, "n": 3, "day": "2007-02-01", "verdict": "low"}
    facts: dict[str, Any] = {}
    for _ in range(len(answers) + 2):
        decision = ruleset.decide(facts, parameters={"cap_above": 9})
        waiting = decision.missing()
        if not waiting:
            break
        for one in waiting:
            facts[one.name] = [] if one.kind == "collection" else answers[one.name]
    assert all(outcome.status == "decided" for outcome in decision.outcomes)
    assert "c" not in facts
