"""The non-abstraction policy and the staffing model: their files, and single cases. All returns here are invented, and of no real team."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.errors import MAX_PROBLEMS
from hmic_rules.missing import missing

POLICY = hr.load("safer-neighbourhoods-2007")
TEAMS = ("heron", "kingfisher")
MONTHS = tuple(f"2007-{month:02}" for month in range(1, 7))
OTHER = "football match"
EXAMPLE = "assumed-example"


def decide(returns: list[dict[str, Any]], profile: str | None = EXAMPLE) -> hr.Decision:
    return POLICY.decide({"teams": {team: {} for team in TEAMS}, "returns": returns}, profile=profile)


def test_without_a_figure_a_state_is_undetermined_and_the_decision_says_what_is_missing():
    row = {"team": "heron", "month": "2007-01", "hours_on_duty": 100, "hours_abstracted": 10, "reason": OTHER}
    decision = decide([row], profile=None)
    assert POLICY.default_profile is None
    assert decision.items("state")["heron / 2007-01"].possible == ("within policy", "breach")
    found = missing(decision)
    assert [one.name for one in found if one.kind == "setting"] == ["permitted_reasons", "breach_above"]
    never_sent = {f"{team} / {month}" for team in TEAMS for month in MONTHS} - {"heron / 2007-01"}
    assert {one.item for one in found if one.kind == "rows"} == never_sent
    assert len(found) == 2 + len(never_sent)


def test_without_the_teams_the_decision_says_that_they_are_missing():
    decision = POLICY.decide({"returns": []}, profile=EXAMPLE)
    assert decision.items("state") == {}
    assert [(one.kind, one.name) for one in missing(decision)] == [("collection", "teams")]


def test_where_everything_is_given_nothing_is_missing():
    row = {"hours_on_duty": 100, "hours_abstracted": 10, "reason": OTHER}
    decision = decide([{**row, "team": team, "month": month} for team in TEAMS for month in MONTHS])
    assert decision["breaches"].value == 12
    assert missing(decision) == ()


def test_more_hours_away_than_on_duty_are_an_error_that_names_the_month():
    row = {"team": "heron", "month": "2007-01", "hours_on_duty": 4, "hours_abstracted": 5, "reason": OTHER}
    with pytest.raises(hr.ConflictError, match="`rate` comes out as 5/4 for heron / 2007-01") as caught:
        decide([row])
    assert "help: look at the rows $.facts.returns[0]" in str(caught.value)


def test_rows_that_cannot_be_right_are_named():
    rows = [
        {"team": "heron", "month": "2007-01", "hours_on_duty": 4, "hours_abstracted": 5, "reason": OTHER},
        {"team": "heron", "month": "2007-01", "hours_on_duty": 196, "hours_abstracted": 0},
        {"team": "heron", "month": "2007-01", "hours_abstracted": 1, "reason": OTHER},
    ]
    reason = decide(rows).why("impossible_rows")
    assert reason.outcome.possible == ("1 to 2",)
    assert reason.because_of == ("#1", "#3?")
    assert "with impossible is true: #1, #3?" in str(reason)


@pytest.mark.parametrize(
    ("team", "month", "told"),
    [
        ("herron", "2007-01", "`team` is `herron`: did you mean `heron`?"),
        ("heron", "2007-12", "`month` is `2007-12`, and expected from `2007-01` to `2007-06`"),
    ],
)
def test_a_return_that_nobody_expects_is_an_error_that_says_what_is_expected(team, month, told):
    row = {"team": team, "month": month, "hours_on_duty": 4, "hours_abstracted": 0}
    with pytest.raises(hr.InputError, match=f"nobody expected a row for `{team}`, `{month}`\n    help: ") as caught:
        decide([row])
    assert told in str(caught.value)


def test_of_very_many_returns_that_nobody_expects_the_first_are_told_what_is_expected_and_the_rest_is_said_to_follow():
    row = {"month": "2007-01", "hours_on_duty": 4, "hours_abstracted": 0}
    with pytest.raises(hr.InputError) as caught:
        decide([{**row, "team": f"nobody{number}"} for number in range(MAX_PROBLEMS + 100)])
    *named, rest = caught.value.diagnostics
    assert len(named) == MAX_PROBLEMS - 1
    assert all("known here: `heron`, `kingfisher`" in (one.help or "") for one in named)
    assert (rest.place, rest.code) == (f"$.facts.returns[{MAX_PROBLEMS - 1}]", "more")


def test_a_period_that_ends_before_it_begins_is_named_where_a_row_falls_outside_it():
    row = {"team": "heron", "month": "2007-01", "hours_on_duty": 4, "hours_abstracted": 0}
    with pytest.raises(hr.InputError, match="no group is expected at all: look at what the rule set expects"):
        POLICY.decide(
            {"teams": {"heron": {}}, "returns": [row]},
            profile=EXAMPLE,
            parameters={"first_month": "2007-06", "last_month": "2007-01"},
        )


def test_the_cases_beside_the_rule_sets_come_out_and_only_fields_for_readers_are_read_by_no_rule():
    policy, staffing = check("safer-neighbourhoods-2007"), check("safer-neighbourhoods-staffing-2007")
    assert policy.passed
    assert staffing.passed
    assert len({case.title for case in policy.cases}) == len(policy.cases) >= 40
    assert [lint.code for lint in policy.lints] == ["unread"] * 4
    assert staffing.lints == ()


def test_the_mean_of_the_months_rates_is_another_number():
    one_month = [(900, 9), *[(100, 11)] * 5]
    returns = [
        {"team": "heron", "month": month, "hours_on_duty": on_duty, "hours_abstracted": away, "reason": OTHER}
        for month, (on_duty, away) in zip(MONTHS, one_month, strict=True)
    ]
    decision = decide(returns)
    rates = [decision.items("rate")[f"heron / {month}"].value for month in MONTHS]
    assert decision.items("rate_of_team")["heron"].value == Fraction(64, 1400)
    assert sum(rates) / 6 == Fraction(56, 600)
