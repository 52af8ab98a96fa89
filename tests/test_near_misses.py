"""Texts that are nearly what the rules ask for are named, and still count as what is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import hmic_rules as hr
from hmic_rules.near_misses import near_misses

POLICY = hr.load("safer-neighbourhoods-2007")


def decided(*reasons: str | None) -> hr.Decision:
    rows = [
        {"team": "heron", "month": "2007-01", "hours_on_duty": 100, "hours_abstracted": 1, "reason": reason}
        for reason in reasons
    ]
    return POLICY.decide({"teams": {"heron": {}}, "returns": rows}, profile="assumed-example")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Training", "training"),
        ("COURT", "court"),
        ("major  incident", "major incident"),
        ("major incidnet", "major incident"),
        ("traning", "training"),
    ],
)
def test_another_case_another_blank_and_a_slip_are_named(written: str, meant: str) -> None:
    decision = decided(written)
    [found] = near_misses(decision)
    assert (found.name, found.written, found.asked_for, found.place) == ("reason", written, meant, "$.facts.returns[0]")
    assert decision.items("kind")["#1"].value == "not permitted"


@pytest.mark.parametrize("written", ["training", "major incident", "football match", "courtesy visit", "", "x" * 5000])
def test_what_is_asked_for_and_what_is_plainly_something_else_is_not_named(written: str) -> None:
    assert near_misses(decided(written)) == ()


def test_an_unknown_text_is_no_near_miss() -> None:
    assert near_misses(decided(None)) == ()


def test_each_row_is_named_with_its_place() -> None:
    places = [str(one.place) for one in near_misses(decided("Court", "court", "Court"))]
    assert places == ["$.facts.returns[0]", "$.facts.returns[2]"]


def test_a_text_of_the_case_that_a_rule_compares_with_a_literal_is_looked_at_too(
    ruleset_from: Callable[[str], hr.Ruleset],
) -> None:
    ruleset = ruleset_from(
        'ruleset: small\nedition: "1"\ntitle: a small rule set\ninputs: {place: {type: text}}\n'
        "values: {here: {outcome: true, is: {place: [London, Croydon]}}}\n"
    )
    [found] = near_misses(ruleset.decide({"place": "london"}))
    assert str(found) == "$.facts: `place` is `london`, and counts as another text than `London`"
