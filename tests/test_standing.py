"""How a result stands: its status, the rule that is named for it, the limits that changed it, and a judgement beside them."""

from __future__ import annotations

from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.standing import given_by, judgement_on, outcome_on
from hmic_rules.testing.writing import loaded

HEAD = """
ruleset: ladder
edition: "1"
title: an invented ladder
scales: {rank: [low, middle, high, top]}
inputs:
  a: {type: boolean}
  b: {type: boolean}
  c: {type: boolean}
  n: {type: integer, min: 0, max: 9}
  given: {scale: rank}
  rooms:
    key: id
    collection:
      id: {type: text}
      doors: {key: no, collection: {no: {type: integer}, shut: {type: boolean}}}
values:
"""
RULES = """
  rank:
    scale: rank
    outcome: true
    choose: first
    rules:
      - {id: first, then: high, when: {a: true}, basis: assumed}
      - {id: second, then: middle, when: {c: true}, basis: assumed}
      - {id: third, then: high, when: {b: true}, basis: assumed}
"""
OTHERWISE = "    otherwise: high\n"
CAPS = """
    limits:
      - {id: far, at_most: middle, when: {n: {at_least: 1}}, basis: assumed}
      - {id: near, at_most: low, when: {n: {at_least: 2}}, basis: assumed}
      - {id: also, at_most: low, when: {n: {at_least: 3}}, basis: assumed}
"""
JUDGED = """
  rank:
    scale: rank
    outcome: true
    judged: true
    applies: {c: true}
    limits:
      - {id: cap, at_most: middle, when: {a: true}, basis: assumed}
      - {id: floor, at_least: {value: given}, basis: assumed}
    if_limits_cross: lowest
"""


def outcome(values: str, facts: dict[str, Any], name: str = "rank") -> hr.Outcome:
    return loaded(HEAD + values).decide(facts, engine="reference")[name]


def summed(one: hr.Outcome) -> tuple[Any, ...]:
    return one.status, one.value, one.rule, one.limits


# ── The rule that is named ──


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"a": True, "b": True, "c": False}, ("decided", "high", "first", ())),
        ({"a": False, "b": True, "c": False}, ("decided", "high", "third", ())),
        ({"a": None, "b": True, "c": False}, ("decided", "high", "third", ())),
        ({"a": True, "b": None, "c": None}, ("decided", "high", "first", ())),
        ({"a": False, "b": False, "c": True}, ("decided", "middle", "second", ())),
        ({"a": False, "b": False, "c": False}, ("no rule covers this", None, None, ())),
        ({"a": None, "b": False, "c": False}, ("undetermined", None, None, ())),
    ],
)
def test_the_rule_that_surely_gives_the_result_is_named(facts: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert summed(outcome(RULES, facts)) == expected


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"a": False, "b": False, "c": False}, "otherwise"),
        ({"a": None, "b": None, "c": False}, None),
        ({"a": False, "b": None, "c": False}, None),
        ({"a": None, "b": True, "c": False}, "third"),
    ],
)
def test_otherwise_is_named_where_surely_no_rule_gives_the_same_result(facts: dict[str, Any], rule: str | None) -> None:
    assert summed(outcome(RULES + OTHERWISE, facts)) == ("decided", "high", rule, ())


def test_a_value_without_rules_names_none() -> None:
    assert summed(outcome("  v: {outcome: true, is: {a: true}}\n", {"a": True}, "v")) == ("decided", True, None, ())
    calculated = "  v: {type: integer, outcome: true, calc: {add: [n, 1]}}\n"
    assert summed(outcome(calculated, {"n": 4}, "v")) == ("decided", 5, None, ())


# ── The limits that changed it ──


@pytest.mark.parametrize(
    ("n", "value", "limits"),
    [(0, "high", ()), (1, "middle", ("far",)), (2, "low", ("near",)), (3, "low", ("near", "also"))],
)
def test_the_limits_at_whose_bound_the_result_stands_are_named_beside_the_rule(
    n: int, value: str, limits: tuple[str, ...]
) -> None:
    assert summed(outcome(RULES + CAPS, {"a": True, "n": n})) == ("decided", value, "first", limits)
    assert summed(outcome(RULES + OTHERWISE + CAPS, {"a": False, "b": False, "c": False, "n": n})) == (
        "decided",
        value,
        "otherwise",
        limits,
    )


def test_a_limit_in_force_that_changes_nothing_is_not_named() -> None:
    assert summed(outcome(RULES + CAPS, {"a": False, "c": True, "n": 1})) == ("decided", "middle", "second", ())


def test_a_limit_that_may_be_in_force_is_not_named_and_the_rule_is() -> None:
    caps = CAPS.replace("near, at_most: low", "near, at_most: middle")
    facts = {"a": True, "n": None, "b": True, "c": True}
    always = caps.replace(", when: {n: {at_least: 1}}", "").replace("also, at_most: low", "also, at_most: middle")
    assert summed(outcome(RULES + always, facts)) == ("decided", "middle", "first", ("far",))


def test_where_a_limit_settles_what_the_rules_leave_open_no_rule_is_named_and_the_limit_where_it_surely_changed_it() -> (
    None
):
    always = CAPS.replace(", when: {n: {at_least: 1}}", "")
    facts = {"a": None, "b": None, "c": True, "n": 0}
    found = outcome(RULES + always, facts)
    assert summed(found) == ("decided", "middle", None, ())
    assert summed(outcome(RULES + OTHERWISE + always, {**facts, "c": None})) == ("decided", "middle", None, ())
    assert summed(outcome(RULES + OTHERWISE + always, {**facts, "n": 2})) == ("decided", "low", None, ("near",))
    assert summed(outcome(RULES + always, {**facts, "a": True, "n": 2})) == ("decided", "low", "first", ("near",))


def test_a_cap_that_only_undoes_what_a_floor_did_is_not_named() -> None:
    """Where limits cross the lower wins here: the floor would raise the result, and the cap holds it where the rules had it."""
    limits = """
    limits:
      - {id: floor, at_least: high, when: {n: {at_least: 1}}, basis: assumed}
      - {id: cap, at_most: middle, when: {n: {at_least: 1}}, basis: assumed}
    if_limits_cross: lowest
"""
    assert summed(outcome(RULES + limits, {"a": False, "c": True, "n": 1})) == ("decided", "middle", "second", ())


# ── Status and judgement ──


@pytest.mark.parametrize(
    ("facts", "status", "judgement"),
    [
        ({"a": True, "c": True, "given": "low", "rank": "middle"}, "decided", "within"),
        ({"a": True, "c": True, "given": "low", "rank": "top"}, "decided", "outside"),
        ({"a": None, "c": True, "given": "low", "rank": "top"}, "decided", "undetermined"),
        ({"a": False, "c": True, "given": None, "rank": "low"}, "decided", "undetermined"),
        ({"a": False, "c": True, "given": "high", "rank": "low"}, "decided", "outside"),
        ({"a": True, "c": True, "given": "low", "rank": None}, "undetermined", None),
        ({"a": True, "c": True, "given": "middle", "rank": None}, "decided", None),
        ({"a": True, "c": False, "given": "low", "rank": "top"}, "not applicable", None),
        ({"a": True, "c": None, "given": "low", "rank": "top"}, "undetermined", "outside"),
    ],
)
def test_a_judgement_stands_as_it_was_given_and_is_said_to_lie_within_the_limits_or_not(
    facts: dict[str, Any], status: str, judgement: str | None
) -> None:
    found = outcome(JUDGED, facts)
    assert (found.status, found.judgement) == (status, judgement)
    if status == "decided" and judgement is not None:
        assert (found.value, found.possible, found.rule, found.limits) == (facts["rank"], (facts["rank"],), None, ())


def test_a_judgement_without_limits_lies_within_them() -> None:
    free = "  rank: {scale: rank, outcome: true, judged: true}\n"
    assert outcome(free, {"rank": "top"}).judgement == "within"
    assert outcome(free, {"rank": None}).judgement is None


def test_what_is_open_has_no_value_and_lists_what_is_possible_from_the_lowest() -> None:
    found = outcome(RULES + OTHERWISE, {"a": False, "b": None, "c": None})
    assert (found.status, found.value, found.possible, found.exact) == (
        "undetermined",
        None,
        ("middle", "high"),
        False,
    )
    gap = outcome(RULES, {"a": False, "b": False, "c": False})
    assert (gap.possible, gap.exact) == (("no rule covers this",), True)


def test_an_outcome_is_named_by_its_value_and_by_the_keys_of_its_row_and_of_those_around_it() -> None:
    value = "  open: {each: doors, outcome: true, is: {shut: false}}\n"
    doors = {"rooms": {"hall": {"doors": [{"no": 1, "shut": False}, {"no": 2, "shut": None}]}}}
    decision = loaded(HEAD + value).decide(doors, engine="reference")
    assert [(one.name, one.item, str(one)) for one in decision.outcomes] == [
        ("open", "hall / 1", "true"),
        ("open", "hall / 2", "undetermined: false, true"),
    ]


def test_one_row_is_asked_for_the_same_that_the_decision_says_of_it() -> None:
    decision = loaded(HEAD + RULES + CAPS).decide({"a": True, "n": 1}, engine="reference")
    step, frames = decision.step("rank"), [decision.case]
    assert outcome_on(step, frames, decision.results["rank"]) == decision["rank"]
    assert decision.outcome_of(step, frames, decision.results["rank"]) == decision["rank"]
    assert given_by(step, frames, "middle") == ("first", ("far",))
    assert given_by(step, frames, "low") == ("first", ())
    assert judgement_on(step, frames) is None
