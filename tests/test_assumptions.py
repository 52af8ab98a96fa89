"""What a result rests on that no source states: nothing left out, and no setting named without which it would be the same."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

import hmic_rules as hr
from hmic_rules.testing.writing import loaded

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


EITHER = """
ruleset: either
edition: "1"
title: stated and assumed rules that give the same
scales: {level: [low, middle, high]}
inputs: {a: {type: boolean}, b: {type: boolean}, c: {type: boolean}}
values:
  level:
    scale: level
    outcome: true
    choose: CHOOSE
    rules:
      - {id: source, then: high, when: {a: true}, basis: stated, cite: a/b/1}
      - {id: ours, then: high, when: {b: true}, basis: assumed}
      - {id: fallen, then: low, when: {c: true}, basis: assumed}
    otherwise: {then: high, basis: assumed}
"""
NOT_KNOWN = "whether that is so is not known, and the result may rest on it"


@pytest.fixture(scope="module")
def either() -> Callable[[str], hr.Ruleset]:
    return lambda choose: loaded(EITHER.replace("CHOOSE", choose))


@pytest.mark.parametrize("choose", ["first", "highest"])
def test_a_result_by_a_stated_rule_that_may_hold_or_by_an_assumed_one_is_said_to_be_by_either(either, choose) -> None:
    decision = either(choose).decide({"b": True, "c": False})
    reason = decision.why()
    assert str(reason.outcome) == "high"
    assert reason.perhaps == ("source",)
    assert reason.how == "the rule source (stated) or the rule ours (assumed) gives it, and it is not known which"
    assert named(decision) == {("rule", "level/ours")}


def test_a_result_by_a_rule_that_surely_holds_rests_on_no_later_one(either) -> None:
    decision = either("first").decide({"a": True})
    assert decision.why().how == "the rule source gave it"
    assert decision.why().perhaps == ()
    assert named(decision) == set()


def test_a_rule_that_may_hold_beside_one_of_which_only_one_can_gives_nothing(either) -> None:
    decision = either("unique").decide({"b": True, "c": False})
    assert (decision.why().perhaps, decision.why().how) == ((), "the rule ours gave it")


def test_an_assumed_rule_that_may_be_what_gives_the_result_is_an_assumption(either) -> None:
    decision = either("first").decide({"c": False})
    assert str(decision.outcome) == "high"
    assert decision.why().perhaps == ("source", "ours", "otherwise")
    assert decision.why().how == (
        "the rule source (stated) or the rule ours (assumed) or what follows where no rule holds (assumed) gives it, "
        "and it is not known which"
    )
    found = {one.name: one.words for one in decision.assumptions()}
    assert found == {
        "level/ours": f"level is high where b is true; {NOT_KNOWN}",
        "level/otherwise": f"level is high where no rule holds; {NOT_KNOWN}",
    }


def test_what_no_completion_rests_on_is_no_assumption(either) -> None:
    assert named(either("first").decide({"b": False, "c": False})) == {("rule", "level/otherwise")}
    assert named(either("first").decide({"a": False, "b": False, "c": False})) == {("rule", "level/otherwise")}
    assert named(either("first").decide({})) == set()  # nothing follows yet


def test_what_gives_a_result_is_told_alike_on_the_screen(either) -> None:
    reason = either("first").decide({"b": True, "c": False}).why()
    assert "the rule source (stated) or the rule ours (assumed)" in str(reason)
    assert reason.to_data()["perhaps"] == ("source",)


DEPARTING = """
ruleset: departing
edition: "1"
title: who may depart, by settings and words
scales: {level: [low, middle, high]}
terms: {many: {at_least: 3, range: [2, 5], basis: assumed}, few: {at_most: 2, range: [1, 2], basis: assumed}}
parameters:
  open_to_all: {type: boolean, default: true, basis: assumed, says: whether anybody may}
  closed: {type: boolean, default: false, basis: assumed}
  unread: {type: boolean, default: true, basis: assumed}
inputs:
  seen: {type: boolean}
  visits: {type: integer, min: 0, absent: {means: 4, basis: assumed}}
  calls: {type: integer, min: 0}
values:
  often: {is: {calls: many}, basis: assumed}
  level:
    scale: level
    outcome: true
    choose: first
    rules: [{id: seen, then: middle, when: {seen: true}, basis: stated, cite: a/b/1}]
    otherwise: {then: low, basis: stated, cite: a/b/2}
    may_depart: {by: [inspector], when: {open_to_all: true, visits: many, often: true, any: [{closed: false}, {visits: few}]}, basis: stated, cite: a/b/3}
"""


def test_a_departed_decision_rests_on_what_let_somebody_depart() -> None:
    decision = loaded(DEPARTING).decide({"seen": True, "calls": 7})
    assert named(decision) == set()
    one = hr.Judgement(
        "j",
        None,
        "level",
        None,
        "high",
        by="inspector",
        reason="It was seen.",
        date=datetime.date(2024, 5, 1),
        passages=("a/b/1",),
    )
    judged = hr.depart(decision, [one])
    assert str(judged.outcome) == "high"
    assert named(judged) == {
        ("reading", "open_to_all"),
        ("reading", "closed"),
        ("term", "many"),
        ("term", "few"),
        ("absent fact", "visits"),
        ("condition", "often"),
    }
    assert named(judged) == named(judged, "level")
