"""What the facts of a case may look like, in Python data and in files, and what is said where they do not fit."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.decisions import decide
from hmic_rules.loading.case_files import read_case_file
from hmic_rules.loading.rulesets import read_ruleset

RULES = b"""
ruleset: invented
edition: "1"
title: an invented rule set
scales: {rating: [poor, fair, good, very good]}
inputs:
  warned: {type: boolean}
  visits: {type: integer}
  part: {type: share}
  kind: {choice: [small, large]}
  checks:
    key: id
    collection: {id: {type: text}, result: {choice: [passed, failed]}}
  questions:
    items: [safe, caring]
    fields: {rating: {scale: rating}, seen: {type: boolean}}
  rooms:
    items: [kitchen, hall]
    fields: {clean: {type: boolean}}
values:
  fine:
    outcome: true
    is: {every: {of: questions, where: {rating: {at_least: good}}}, some: {of: rooms, where: {clean: true}}, warned: false,
         visits: {at_least: 1}, part: {above: 0}, kind: small, none: {of: checks, where: {result: failed}}}
"""


@pytest.fixture(scope="module")
def ruleset() -> hr.Ruleset:
    return read_ruleset(lambda name: RULES, "invented.yaml", str)


def told(ruleset: hr.Ruleset, facts: Any) -> list[tuple[str, str, str | None]]:
    with pytest.raises(hr.InputError) as caught:
        ruleset.decide(facts)
    return [(str(found.place), found.problem, found.help) for found in caught.value.diagnostics]


def told_of_a_file(ruleset: hr.Ruleset, text: str) -> str:
    with pytest.raises(hr.InputError) as caught:
        decide(ruleset, read_case_file(text.encode(), "case.yaml", ruleset).facts)
    return str(caught.value)


@pytest.mark.parametrize("fact", ["warned", "visits", "part", "kind"])
@pytest.mark.parametrize("nothing", [float("nan"), Decimal("nan")], ids=["float", "decimal"])
def test_a_number_that_is_none_is_told_to_be_given_as_none(ruleset, fact, nothing):
    ((place, _, help),) = told(ruleset, {fact: nothing})
    assert place == f"$.facts.{fact}"
    assert help == "use None for what is unknown"


@pytest.mark.parametrize(
    ("given", "help"),
    [
        ("yes", "give True, without quotes"),
        ("false", "give False, without quotes"),
        ("perhaps", "give True or False, or None for unknown"),
        (1, "give True or False, or None for unknown"),
    ],
)
def test_a_text_for_a_boolean_in_python_is_told_what_to_give(ruleset, given, help):
    assert told(ruleset, {"warned": given}) == [("$.facts.warned", f"`{given}` is not true or false", help)]


def test_a_key_of_a_wrong_type_is_one_problem(ruleset):
    wrong = ("$.facts.checks[0].id", "`1` is not a text", 'write "1"')
    assert told(ruleset, {"checks": [{"id": 1, "result": "passed"}]}) == [wrong]


def test_a_key_that_is_not_there_or_null_is_one_problem(ruleset):
    for item in ({"result": "passed"}, {"id": None}):
        ((_, problem, _),) = told(ruleset, {"checks": [item]})
        assert problem == "an item of `checks` has no `id`"


@pytest.mark.parametrize(
    ("given", "help"), [("80", "write 80% or 4/5"), (12.5, "write 12.5% or 1/8"), (100, "write 100% or 1")]
)
def test_a_share_in_hundredths_is_told_how_shares_are_written(ruleset, given, help):
    assert told(ruleset, {"part": given}) == [
        ("$.facts.part", f"`{given}` is not a share from 0 to 1", f"a share lies between 0 and 1: {help}")
    ]


@pytest.mark.parametrize("given", ["250%", 101, -1, "3/2"])
def test_a_share_that_is_no_number_of_hundredths_gets_no_such_help(ruleset, given):
    ((_, _, help),) = told(ruleset, {"part": given})
    assert help is None


def test_labels_of_a_scale_are_listed_in_its_order(ruleset):
    ((_, _, help),) = told(ruleset, {"questions": {"safe": {"rating": "xyz"}}})
    assert help == "known here: `poor`, `fair`, `good`, `very good`"


MAPPING = {"safe": {"rating": "good", "seen": True}, "caring": {"rating": "very good"}}
LIST = [{"name": "caring", "rating": "very good"}, {"name": "safe", "rating": "good", "seen": True}]
REST = {"warned": False, "visits": 1, "part": 1, "kind": "small", "checks": [], "rooms": {"hall": True}}


def test_a_fixed_collection_can_be_a_list_of_items_with_names(ruleset):
    decided = [ruleset.decide({**REST, "questions": given}).to_data() for given in (MAPPING, LIST, tuple(LIST))]
    assert decided[0] == decided[1] == decided[2]
    assert decided[0]["outcomes"][0]["value"] is True


def test_a_fixed_collection_can_be_a_list_in_a_file(ruleset):
    text = (
        "questions: [{name: safe, rating: good}, {name: caring, rating: good}]\nrooms:\n  - {name: hall, clean: yes}\n"
    )
    case = read_case_file(text.encode(), "case.yaml", ruleset)
    named = {"questions": {"safe": {"rating": "good"}, "caring": {"rating": "good"}}, "rooms": {"hall": True}}
    assert decide(ruleset, case.facts).to_data() == ruleset.decide(named).to_data()


SHAPE = "write {safe: {rating: …, seen: …}, …}, or a list: [{name: safe, rating: …, seen: …}, …]"


@pytest.mark.parametrize("given", ["good", 3, {"safe", "caring"}])
def test_something_else_for_a_fixed_collection_is_told_its_shape(ruleset, given):
    problem = "`questions` must be a mapping from its items to their fields"
    assert told(ruleset, {"questions": given}) == [("$.facts.questions", problem, SHAPE)]


@pytest.mark.parametrize("item", [{"rating": "good"}, {"name": None}, {"name": 7}, "safe", None])
def test_an_item_of_a_list_without_a_name_is_told_the_shape(ruleset, item):
    told_of = told(ruleset, {"questions": [item]})
    assert told_of == [("$.facts.questions[0]", "an item of `questions` has no `name`", SHAPE)]


def test_an_item_that_stands_twice_in_a_list_is_named_at_its_place(ruleset):
    text = "questions:\n  - {name: safe, rating: good}\n  - {name: safe, rating: fair}\n"
    said = "case.yaml:3:12: `safe` stands twice in `questions`\n    help: keep one of the two"
    assert told_of_a_file(ruleset, text) == said


def test_a_name_that_is_near_to_none_is_told_with_some_that_there_are():
    with pytest.raises(hr.InputError) as refused:
        hr.load("mappa-2007").decide({"zzzz": 1, "agencies": {"qqqq": {}}})
    item, fact = (one.help for one in refused.value.diagnostics)
    assert fact.startswith("known here: `agencies`, `among_the_critical_few`, ")
    assert fact.endswith(" and 4 more")
    assert item.startswith("known here: `Jobcentre Plus`, ")
    assert item.endswith(" and 3 more")


def test_the_facts_of_an_item_whose_name_is_wrong_are_checked_all_the_same(ruleset):
    for given in ({"saef": {"rating": "godo"}}, [{"name": "saef", "rating": "godo"}]):
        problems = [(problem, help) for _, problem, help in told(ruleset, {"questions": given})]
        assert problems == [
            ("`saef` is not an item of `questions`", "did you mean `safe`?"),
            ("`godo` is not a label of the scale `rating`", "did you mean `good`?"),
        ]


def test_a_profile_or_framework_of_a_rule_set_without_any_is_said_to_be_none_of_none(ruleset):
    with pytest.raises(hr.NotFoundError, match=r"the rule set `invented` has no profile `strict`: there are none"):
        ruleset.decide({}, profile="strict")
    with pytest.raises(hr.NotFoundError, match=r"the rule set `invented` has no framework `homes`: there are none"):
        ruleset.decide({}, framework="homes")


@pytest.mark.parametrize(
    ("type", "given", "said"),
    [
        (
            "{type: date, min: 2007-01-01}",
            "2006-12-31",
            "`2006-12-31` is not a date written as YYYY-MM-DD on or after 2007-01-01",
        ),
        (
            "{type: date, max: 2007-01-01}",
            datetime.date(2007, 1, 2),
            "`2007-01-02` is not a date written as YYYY-MM-DD on or before 2007-01-01",
        ),
        ("{type: month, min: 2007-04}", "2007-03", "`2007-03` is not a month written as YYYY-MM not before 2007-04"),
        ("{type: month, max: 2007-04}", "2007-05", "`2007-05` is not a month written as YYYY-MM not after 2007-04"),
    ],
)
def test_days_and_months_outside_their_bounds_are_refused_as_numbers_are(ruleset_from, type, given, said):
    bound = "2007-04" if "month" in type else "2007-01-01"
    head = 'ruleset: invented\nedition: "1"\ntitle: an invented rule set\n'
    rules = ruleset_from(f"{head}inputs: {{one: {type}}}\nvalues: {{there: {{outcome: true, is: {{one: {bound}}}}}}}")
    assert told(rules, {"one": given}) == [("$.facts.one", said, None)]
