"""The two editions of the public protection arrangements: their files, and single cases that show what each says."""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.rules import Points, RuleList

EDITIONS = {name: hr.load(name) for name in ("mappa-2007", "mappa-2019")}
LEAST_CASES = {"mappa-2007": 40, "mappa-2019": 20}
AGENCIES = EDITIONS["mappa-2007"].collections["agencies"].items or ()
Facts: TypeAlias = dict[str, Any]
editions = pytest.mark.parametrize("edition", EDITIONS)


# The files


@editions
def test_every_case_of_the_edition_comes_out_as_it_says(edition: str) -> None:
    report = check(edition)
    assert report.errors == ()
    assert [(case.title, case.differences) for case in report.failed] == []
    assert len(report.cases) >= LEAST_CASES[edition]


@editions
def test_each_case_says_in_a_sentence_of_its_own_what_it_shows(edition: str) -> None:
    titles = [case.title for case in EDITIONS[edition].cases]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title.split()) < 6] == []


@editions
def test_every_outcome_of_the_edition_is_asked_for_by_some_case(edition: str) -> None:
    ruleset = EDITIONS[edition]
    asked = {name for case in ruleset.cases for name in case.expect.entries}
    assert set(ruleset.outcomes) <= asked


@editions
def test_the_only_oddity_is_that_no_review_interval_is_known_for_level_3(edition: str) -> None:
    (lint,) = check(edition).lints
    assert lint.code == "no-otherwise"
    assert "no rule of `review` covers" in lint.problem


@editions
def test_every_rule_and_limit_cites_a_passage_even_where_it_is_assumed(edition: str) -> None:
    for value in EDITIONS[edition].values.values():
        rules = value.body.rules if isinstance(value.body, RuleList | Points) else ()
        assert [rule.id for rule in (*rules, *value.limits) if not rule.cite] == []
        otherwise = getattr(value.body, "otherwise", None)
        assert otherwise is None or otherwise.cite


@editions
def test_category_level_and_meeting_declare_their_safe_side(edition: str) -> None:
    values = EDITIONS[edition].values
    assert {name: values[name].safe_side for name in ("category", "level", "meeting")} == {
        "category": "highest",
        "level": "highest",
        "meeting": "highest",
    }


@editions
def test_no_input_is_taken_as_given_where_it_is_absent(edition: str) -> None:
    ruleset = EDITIONS[edition]
    given = [
        *ruleset.inputs.values(),
        *(field for found in ruleset.collections.values() for field in found.fields.values()),
    ]
    assert [one.name for one in given if one.closed] == []


def test_what_the_report_leaves_open_is_a_parameter_without_a_default_or_assumed() -> None:
    ruleset = EDITIONS["mappa-2007"]
    unset = [name for name, parameter in ruleset.parameters.items() if parameter.default is None]
    assert unset == ["caution_counts_for_category_3", "critical_few_from_risk", "critical_few_from_agencies"]
    assert {profile.basis for profile in ruleset.profiles.values()} == {"assumed"}
    assert all(name.startswith("assumed") for name in ruleset.profiles)
    assert ruleset.default_profile is None


def test_by_the_text_of_2007_an_offender_of_category_3_can_be_at_level_1() -> None:
    facts = {
        "convicted_or_cautioned": "convicted",
        "registered_sex_offender": False,
        "violent_or_other_sex_offender": False,
        "capable_of_serious_harm": True,
        "poses_risk_of_serious_harm": True,
        "among_the_critical_few": False,
        "agencies": {name: name == "probation service" for name in AGENCIES},
    }
    decision = EDITIONS["mappa-2007"].decide(facts)
    assert (decision["category"].value, decision["level"].value) == ("3", "1")
    assert "category-3-is-never-level-1" not in {claim.id for claim in EDITIONS["mappa-2007"].claims}
    assert "category-3-is-never-level-1" in {claim.id for claim in EDITIONS["mappa-2019"].claims}


def test_an_undefensible_decision_names_the_considerations_that_it_lacks() -> None:
    considerations = EDITIONS["mappa-2007"].collections["considerations"].items or ()
    recorded = {name: name != "evaluation of performance" for name in considerations}
    decision = EDITIONS["mappa-2007"].decide({"convicted_or_cautioned": "convicted", "considerations": recorded})
    assert decision["defensible"].value == "not yet defensible"
    assert decision.unmet("defensible") == {"all-recorded": ("evaluation of performance",)}
    lacking = [item for item, outcome in decision.items("missing").items() if outcome.value is True]
    assert lacking == ["evaluation of performance"]


@editions
@pytest.mark.parametrize(
    ("facts", "places"),
    [
        ({"registered": True}, ["$.facts.registered"]),
        ({"agencies": {"polcie": {"needed": True}}}, ["$.facts.agencies.polcie"]),
        ({"agencies": {"police": {"neded": True}}}, ["$.facts.agencies.police.neded"]),
        ({"agencies": "police"}, ["$.facts.agencies"]),
        ({"agencies": ["police", "health"]}, ["$.facts.agencies[0]", "$.facts.agencies[1]"]),
        ({"agencies": 2}, ["$.facts.agencies"]),
    ],
)
def test_a_fact_in_a_wrong_place_is_an_error_and_never_left_out_in_silence(
    edition: str, facts: Facts, places: list[str]
) -> None:
    with pytest.raises(hr.InputError) as caught:
        EDITIONS[edition].decide(facts)
    assert [str(problem.place) for problem in caught.value.diagnostics] == places


@pytest.mark.parametrize(
    "parameters",
    [
        {"caution_counts_for_category_3": "perhaps"},
        {"critical_few_from_risk": "highest"},
        {"critical_few_from_agencies": 0},
        {"critical_few_from": 3},
    ],
)
def test_a_setting_outside_its_type_or_domain_is_an_error(parameters: Facts) -> None:
    with pytest.raises(hr.InputError):
        EDITIONS["mappa-2007"].decide({}, parameters=parameters)
