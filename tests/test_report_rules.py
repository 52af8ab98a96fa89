"""The rules that the report of 2007 states beside its grades: their files, the page that lists them, and single cases. All cases are invented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeAlias

import pytest

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.checking import check
from hmic_rules.loading.case_files import read_case_file
from hmic_rules.missing import missing
from hmic_rules.rules import Points, RuleList
from hmic_rules.sources.citing import citing_at
from hmic_rules.sources.finding import find_source

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "report-rules.md").read_text(encoding="utf-8")
LEAST_CASES = {
    "inspection-programme-2007": 15,
    "domestic-violence-2007": 50,
    "missing-persons-2007": 32,
    "child-abuse-standards-2007": 44,
    "offender-travel-2007": 48,
    "performance-management-2007": 36,
    "neighbourhood-performance-2007": 20,
    "developing-practice-2007": 14,
}
RULESETS = {name: hr.load(name) for name in LEAST_CASES}
TWO_PASSAGES = {  # what two passages say differently, each a reading
    "inspection-programme-2007": {"introduction", "future-programmes"},
    "missing-persons-2007": {"first-strength", "third-and-seventh-strength"},
    "performance-management-2007": {"every-two-months", "quarterly"},
}
Facts: TypeAlias = dict[str, Any]
each = pytest.mark.parametrize("name", LEAST_CASES)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def addresses(cell: str) -> list[str]:
    found = []
    for head, start, end in re.findall(r"`([a-z/-]+)/([0-9]+)(?:-([0-9]+))?`", cell):
        found += [f"{head}/{number}" for number in range(int(start), int(end or start) + 1)]
    return found


# The files


@each
def test_every_case_comes_out_as_it_says_and_nothing_is_odd(name: str) -> None:
    report = check(name)
    assert report.errors == ()
    assert report.lints == ()
    assert [(case.title, case.differences) for case in report.failed] == []
    assert len(report.cases) >= LEAST_CASES[name]


@each
def test_each_case_says_in_a_sentence_of_its_own_what_it_shows(name: str) -> None:
    titles = [case.title for case in RULESETS[name].cases]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if len(title.split()) < 6] == []


@each
def test_the_cases_say_that_they_are_invented(name: str) -> None:
    assert "here is invented." in (ROOT / "rulesets" / name / "cases.yaml").read_text(encoding="utf-8").splitlines()[0]


@each
def test_every_outcome_is_asked_for_by_some_case(name: str) -> None:
    asked = {entry for case in RULESETS[name].cases for entry in case.expect.entries}
    assert set(RULESETS[name].outcomes) <= asked


@each
def test_every_rule_limit_and_condition_has_a_basis_and_cites_a_passage(name: str) -> None:
    for value in RULESETS[name].values.values():
        rules = value.body.rules if isinstance(value.body, RuleList | Points) else ()
        assert [rule.id for rule in (*rules, *value.limits) if not rule.cite] == []
        if not rules:
            assert value.cite, value.name
        otherwise = getattr(value.body, "otherwise", None)
        assert otherwise is None or otherwise.cite


@each
def test_every_parameter_cites_what_it_is_about_and_no_absent_fact_is_taken_as_given(name: str) -> None:
    ruleset = RULESETS[name]
    assert [one.name for one in ruleset.parameters.values() if not one.cite] == []
    given = [
        *ruleset.inputs.values(),
        *(field for found in ruleset.collections.values() for field in found.fields.values()),
    ]
    assert [one.name for one in given if one.closed] == []


@each
def test_every_rule_set_says_in_its_changelog_what_is_the_reports_and_what_is_ours(name: str) -> None:
    text = (ROOT / "rulesets" / name / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith(f"# Changes to the rule set {name}\n")
    assert "### What is the report's and what is ours" in text


# The page that lists them


def test_the_page_lists_each_rule_set_with_exactly_the_passages_that_it_cites() -> None:
    places = shipped("ruleset")
    index = find_source("mps-2007").index_needed()
    listed = {row[1].strip("`"): addresses(row[3]) for row in rows("What is ruled")}
    cited = {name: {one.address for one in citing_at(places[name]).of(index) if not one.in_words} for name in listed}
    assert list(listed) == list(LEAST_CASES)
    assert {name: sorted(found) for name, found in listed.items()} == {
        name: sorted(found) for name, found in cited.items()
    }


@pytest.mark.parametrize("title", ["Where two passages differ", "What is no rule"])
def test_every_passage_that_the_page_speaks_of_exists(title: str) -> None:
    index = find_source("mps-2007").index_needed()
    found = addresses(section(title))
    assert len(found) > 10
    assert [address for address in found if address not in index.passages] == []


def test_each_passage_without_a_rule_stands_once_and_with_a_reason() -> None:
    found = [address for row in rows("What is no rule") for address in addresses(row[0])]
    assert len(found) == len(set(found))
    assert [row for row in rows("What is no rule") if len(row) != 3 or len(row[2].split()) < 3] == []


def test_each_reading_that_the_page_names_is_one_of_the_rule_set() -> None:
    named = set(re.findall(r"readings `([a-z-]+)` and `([a-z-]+)`", section("Where two passages differ")))
    assert {frozenset(pair) for pair in named} == {frozenset(readings) for readings in TWO_PASSAGES.values()}
    for name, readings in TWO_PASSAGES.items():
        ruleset = RULESETS[name]
        assert set(ruleset.profiles) == readings
        assert ruleset.default_profile is None
        assert {profile.basis for profile in ruleset.profiles.values()} == {"stated"}


def test_what_is_assumed_is_named_and_everything_else_is_stated_or_derived() -> None:
    assumed = {
        name: sorted(
            rule.id
            for value in ruleset.values.values()
            for rule in (*getattr(value.body, "rules", ()), *value.limits)
            if rule.basis == "assumed"
        )
        for name, ruleset in RULESETS.items()
    }
    assert {name: found for name, found in assumed.items() if found} == {"domestic-violence-2007": ["every-form"]}


# Single cases


def test_the_example_beside_the_domestic_violence_rules_comes_out_as_it_says() -> None:
    path = ROOT / "rulesets" / "domestic-violence-2007" / "example" / "invented-incident.yaml"
    case = read_case_file(path.read_bytes(), path.name, RULESETS["domestic-violence-2007"])
    decision = RULESETS["domestic-violence-2007"].decide(case.facts)
    assert decision["further_assessment"].value == "needed"
    assert decision["arrest"].value == "not arresting awaits its check"
    waited_for = {one.name for one in missing(decision)}
    assert {"inspector_checks_every_form", "supervised_by_sergeant", "murder"} <= waited_for


def test_a_decision_not_to_arrest_without_a_supervisor_says_why_it_does_not_stand() -> None:
    facts: Facts = {
        "behaviour": {"violence": True},
        "relation": "intimate partners",
        "age_of_victim": 30,
        "age_of_other_person": 30,
        "power_of_arrest": True,
        "arrested": False,
        "authority_not_to_arrest": "from nobody",
    }
    decision = RULESETS["domestic-violence-2007"].decide(facts)
    assert decision["arrest"].value == "no authority not to arrest"
    assert "[supervisor-was-not-asked; stated, dv/strength/6]" in str(decision.why("arrest"))


def test_an_incomplete_assessment_of_a_missing_person_names_the_empty_field() -> None:
    fields = {"health": {"filled": True}, "last seen": {"filled": False}}
    decision = RULESETS["missing-persons-2007"].decide({"risk_fields": fields, "age": 12})
    assert decision["risk_assessment"].value == "fields are missing"
    assert decision.unmet("risk_assessment") == {"every-field-is-filled": ("last seen",)}
    assert decision["child_abuse_team_notified"].value is True


@pytest.mark.parametrize(("attended", "found"), [(19, "aim met"), (18, "aim missed")])
def test_the_aim_of_95_percent_is_met_by_nineteen_of_twenty_and_missed_by_eighteen(attended: int, found: str) -> None:
    conferences = {f"no {number}": {"attended": number <= attended} for number in range(1, 21)}
    decision = RULESETS["child-abuse-standards-2007"].decide({"initial_conferences": conferences})
    assert decision["attendance"].value == found


@pytest.mark.parametrize(("attended", "of"), [(949, 1000), (94, 99), (1, 2)])
def test_a_share_that_rounds_to_95_percent_is_not_95_percent(attended: int, of: int) -> None:
    reviews = {
        f"no {number}": {"completed": True, "days": 1 if number <= attended else 61} for number in range(1, of + 1)
    }
    assert RULESETS["performance-management-2007"].decide({"reviews": reviews})["reviews_target"].value == "missed"


def test_a_journey_of_three_days_needs_notice_and_one_of_two_does_not() -> None:
    found = [
        RULESETS["offender-travel-2007"]
        .decide({"registered_sex_offender": True, "days_abroad": days, "notice_given": False})["notice"]
        .value
        for days in (2, 3, 4)
    ]
    assert found == ["not due", "not given", "not given"]


@pytest.mark.parametrize(
    ("name", "facts", "outcome", "by_reading"),
    [
        ("missing-persons-2007", {"months_since_board": 2}, "board_due", [True, False]),
        ("missing-persons-2007", {"borough_chose_it": False}, "on_daily_agenda", [True, False]),
        ("performance-management-2007", {"months_since_committee": 2}, "committee_due", [True, False]),
        (
            "inspection-programme-2007",
            {"embedded": False, "fully_implemented": True},
            "neighbourhood_attention",
            [True, False],
        ),
    ],
)
def test_where_two_passages_differ_the_readings_do_and_without_one_nothing_is_decided(
    name: str, facts: Facts, outcome: str, by_reading: list[bool]
) -> None:
    ruleset = RULESETS[name]
    assert ruleset.decide(facts)[outcome].status == "undetermined"
    assert [ruleset.decide(facts, profile=reading)[outcome].value for reading in ruleset.profiles] == by_reading


@pytest.mark.parametrize(
    ("name", "facts", "places"),
    [
        ("domestic-violence-2007", {"relation": "partners"}, ["$.facts.relation"]),
        ("domestic-violence-2007", {"age_of_victim": -1}, ["$.facts.age_of_victim"]),
        ("missing-persons-2007", {"risk_fields": []}, ["$.facts.risk_fields"]),
        ("child-abuse-standards-2007", {"weeks": [{"inspector": "A", "sampled": "ten"}]}, ["$.facts.weeks[0].sampled"]),
        ("offender-travel-2007", {"days_abroad": "three"}, ["$.facts.days_abroad"]),
        ("inspection-programme-2007", {"areas": {"leadreship": {"decline": "some"}}}, ["$.facts.areas.leadreship"]),
        ("performance-management-2007", {"rank": "inspector"}, ["$.facts.rank"]),
        (
            "neighbourhood-performance-2007",
            {"kinds": {"enforcement": "perhaps"}},
            ["$.facts.kinds.enforcement.reported"],
        ),
        ("developing-practice-2007", {"examples": {"one": {"evaluated": True}}}, ["$.facts.examples.one.evaluated"]),
    ],
)
def test_a_fact_in_a_wrong_place_or_of_a_wrong_kind_is_an_error_with_its_place(
    name: str, facts: Facts, places: list[str]
) -> None:
    with pytest.raises(hr.InputError) as caught:
        RULESETS[name].decide(facts)
    assert [str(problem.place) for problem in caught.value.diagnostics] == places
