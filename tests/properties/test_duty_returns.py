"""What the non-abstraction policy promises of any returns. All returns here are generated, and of no real team."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import hmic_rules as hr

POLICY = hr.load("safer-neighbourhoods-2007")
STAFFING = hr.load("safer-neighbourhoods-staffing-2007")
TEAMS = ("heron", "kingfisher")
MONTHS = tuple(f"2007-{month:02}" for month in range(1, 7))
PERMITTED, MANDATORY, OTHER = "major incident", "court", "football match"
EXAMPLE = "assumed-example"

hours = st.integers(0, 320).map(lambda halves: Fraction(halves, 2))


@st.composite
def rows(draw: st.DrawFn, reasons: tuple[str | None, ...] = (PERMITTED, MANDATORY, OTHER, None)) -> dict[str, Any]:
    on_duty = draw(hours)
    return {
        "team": draw(st.sampled_from(TEAMS)),
        "month": draw(st.sampled_from(MONTHS)),
        "hours_on_duty": on_duty,
        "hours_abstracted": draw(hours.map(lambda away: min(away, on_duty))),
        "reason": draw(st.sampled_from(reasons)),
    }


known_rows = rows(reasons=(PERMITTED, MANDATORY, OTHER))
quickly = settings(max_examples=60)


def decide(returns: list[dict[str, Any]], profile: str | None = EXAMPLE) -> hr.Decision:
    return POLICY.decide({"teams": {team: {} for team in TEAMS}, "returns": returns}, profile=profile)


def items(decision: hr.Decision, name: str) -> dict[str, tuple[str, ...]]:
    return {key: outcome.possible for key, outcome in decision.items(name).items()}


def bounds(decision: hr.Decision, name: str, item: str) -> tuple[Fraction, Fraction]:
    """The least and the greatest rate still possible."""
    low, _, high = decision.items(name)[item].possible[0].partition(" to ")
    return Fraction(low), Fraction(high or low)


@quickly
@given(st.lists(rows(reasons=(PERMITTED, MANDATORY)), max_size=12))
def test_a_permitted_or_mandatory_hour_never_causes_a_breach(returns):
    decision = decide(returns)
    for key, outcome in decision.items("state").items():
        on_duty = sum(row["hours_on_duty"] for row in returns if f"{row['team']} / {row['month']}" == key)
        assert outcome.value != "breach"
        assert outcome.status == "decided" or not on_duty


@quickly
@given(st.lists(rows(), max_size=12), rows(reasons=(PERMITTED,)))
def test_a_further_permitted_hour_never_makes_a_breach_of_what_was_none(returns, row):
    key = f"{row['team']} / {row['month']}"
    before, after = decide(returns).items("state")[key], decide([*returns, row]).items("state")[key]
    assert after.value != "breach" or before.value == "breach"


@quickly
@given(st.lists(rows(), min_size=1, max_size=10), st.data())
def test_one_more_hour_not_permitted_never_lowers_a_rate(returns, data):
    place = data.draw(st.integers(0, len(returns) - 1))
    row = {**returns[place], "reason": OTHER}
    row["hours_on_duty"] += 1
    before = decide([*returns[:place], row, *returns[place + 1 :]])
    more = {**row, "hours_abstracted": row["hours_abstracted"] + 1}
    after = decide([*returns[:place], more, *returns[place + 1 :]])
    key = f"{row['team']} / {row['month']}"
    for name, item in (("rate", key), ("rate_of_team", row["team"]), ("rate_of_month", row["month"])):
        (low, high), (later_low, later_high) = bounds(before, name, item), bounds(after, name, item)
        assert low <= later_low
        assert high <= later_high
    assert before.items("state")[key].value != "breach" or after.items("state")[key].value == "breach"


@quickly
@given(st.lists(rows(), max_size=12), st.sampled_from([EXAMPLE, None]))
def test_a_month_without_a_return_is_never_a_zero(returns, profile):
    decision = decide(returns, profile)
    sent = {f"{row['team']} / {row['month']}" for row in returns}
    states, rates, on_duty = (decision.items(name) for name in ("state", "rate", "duty_hours"))
    assert len(states) == len(TEAMS) * len(MONTHS)
    for key in states:
        assert (states[key].value == "not returned") == (key not in sent)
        assert (rates[key].status == "not applicable") == (key not in sent)
        assert (on_duty[key].status == "undetermined") == (key not in sent)
    assert decision["not_returned"].value == len(states) - len(sent)
    for team, rate in decision.items("rate_of_team").items():
        assert rate.status == "undetermined" or all(f"{team} / {month}" in sent for month in MONTHS)


@quickly
@given(st.lists(rows(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_returns_never_matters(returns, random):
    shuffled = random.sample(returns, len(returns))
    one, other = decide(returns), decide(shuffled)
    for name in ("rate", "state", "reported_to_lead", "hours_permitted", "rate_of_team", "rate_of_month"):
        assert items(one, name) == items(other, name)
    assert one["average_rate"] == other["average_rate"]


@quickly
@given(st.lists(known_rows, max_size=12))
def test_the_rate_over_six_months_is_the_share_of_the_sums(returns):
    every_month = [
        {"team": team, "month": month, "hours_on_duty": 10, "hours_abstracted": 0} for team in TEAMS for month in MONTHS
    ]
    decision = decide([*returns, *every_month])
    for team, outcome in decision.items("rate_of_team").items():
        mine = [row for row in returns if row["team"] == team]
        away = sum(row["hours_abstracted"] for row in mine if row["reason"] == OTHER)
        assert outcome.value == Fraction(away) / (60 + sum(row["hours_on_duty"] for row in mine))
    away = sum(row["hours_abstracted"] for row in returns if row["reason"] == OTHER)
    assert decision["average_rate"].value == Fraction(away) / (120 + sum(row["hours_on_duty"] for row in returns))


@quickly
@given(st.lists(rows(), max_size=8), st.data())
def test_what_is_left_out_of_a_row_never_takes_a_state_away_that_was_given(returns, data):
    full = decide(returns)
    left_out = [
        {name: value for name, value in row.items() if name in ("team", "month") or data.draw(st.booleans())}
        for row in returns
    ]
    for key, possible in items(decide(left_out), "state").items():
        assert set(items(full, "state")[key]) <= set(possible)


@quickly
@given(st.integers(0, 900), st.integers(0, 900), st.integers(0, 900), st.integers(0, 60), st.integers(0, 6000))
def test_what_the_model_asks_for_and_its_remainder_make_the_reported_number(
    wards, enhanced, extra, transport, reported
):
    facts = {
        "wards": wards,
        "enhanced_wards": min(enhanced, wards),
        "extra_teams": extra,
        "transport_teams": transport,
        "pcsos_reported": reported,
    }
    decision = STAFFING.decide(facts)
    asked = 3 * (wards + extra) + 3 * min(enhanced, wards) + 18 * transport
    assert decision["pcsos_asked"].value == asked
    assert decision["pcsos_unexplained"].value == reported - asked
