"""What a result rests on that no source states: nothing left out, and no setting named without which it would be the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import hmic_rules as hr

TEXT = """
ruleset: resting
edition: "1"
title: a small rule set
scales: {level: [low, high]}
parameters:
  one_way: {type: boolean, default: true, basis: assumed}
  other_way: {type: boolean, default: true, basis: assumed}
  stated: {type: integer, default: 3, basis: stated, cite: a/b/1}
profiles:
  ours: {says: ours, basis: assumed, parameters: {stated: 5}}
inputs:
  a: {type: boolean}
  n: {type: integer, min: 0, absent: {means: 0, basis: assumed}}
values:
  double: {type: integer, calc: {add: [n, n]}, basis: assumed}
  large: {is: {double: {above: {value: stated}}}, basis: assumed}
  level:
    scale: level
    outcome: true
    choose: highest
    rules:
      - {id: either, then: high, when: {a: true, any: [{one_way: true}, {other_way: true}]}, basis: stated, cite: a/b/2}
      - {id: large, then: high, when: {large: true}, basis: assumed}
    otherwise: low
  loose: {outcome: true, type: boolean, choose: first, rules: [{id: r, then: true, when: {a: true}, basis: stated, cite: a/b/3}], otherwise: {then: false, basis: stated, cite: a/b/4}}
"""


@pytest.fixture(scope="module")
def ruleset(ruleset_from: Callable[[str], hr.Ruleset]) -> hr.Ruleset:
    return ruleset_from(TEXT)


def named(decision: hr.Decision, value: str | None = None) -> set[tuple[str, str]]:
    return {(one.kind, one.name) for one in decision.assumptions(value)}


DEFINED = {("condition", "large"), ("calculation", "double"), ("absent fact", "n")}


def test_of_two_settings_each_of_which_would_do_one_is_named(ruleset: hr.Ruleset) -> None:
    assert named(ruleset.decide({"a": True}), "level") == DEFINED | {("reading", "other_way")}


def test_a_setting_without_which_the_result_is_the_same_is_not_named(ruleset: hr.Ruleset) -> None:
    assert named(ruleset.decide({"a": True, "n": 4}), "level") == DEFINED | {("rule", "level/large")}


def test_what_follows_where_no_rule_holds_is_named_where_it_is_assumed(ruleset: hr.Ruleset) -> None:
    assert named(ruleset.decide({"a": False}), "level") == DEFINED | {("rule", "level/otherwise")}
    assert named(ruleset.decide({"a": False}), "loose") == set()


def test_a_stated_setting_is_assumed_where_an_assumed_reading_sets_it(ruleset: hr.Ruleset) -> None:
    facts = {"a": False, "n": 4}
    assert ("reading", "stated") not in named(ruleset.decide(facts), "level")
    assert ("reading", "stated") in named(ruleset.decide(facts, profile="ours"), "level")
    own = ruleset.decide(facts, profile="ours", parameters={"stated": 4})
    assert ("reading", "stated") not in named(own, "level")


def test_without_a_name_every_outcome_is_covered(ruleset: hr.Ruleset) -> None:
    decision = ruleset.decide({"a": False})
    assert named(decision) == named(decision, "level") | named(decision, "loose")


def test_whoever_is_convicted_rests_on_no_word_about_cautions() -> None:
    decision = hr.load("mappa-2007").decide(
        {
            "convicted_or_cautioned": "convicted",
            "violent_or_other_sex_offender": True,
            "registered_sex_offender": False,
        },
        profile="assumed-critical-few",
    )
    assert decision["category"].value == "2"
    assert decision.assumptions("category") == ()


def test_a_decision_that_is_not_yet_defensible_rests_on_what_is_assumed_of_the_record() -> None:
    decision = hr.load("mappa-2007").decide({"considerations": {"reasons for the decision": False}})
    assert decision["defensible"].value == "not yet defensible"
    assert named(decision, "defensible") == {("rule", "defensible/otherwise"), ("condition", "missing")}
