"""Rules in plain English: what is written in a rule set, and the sentence that is read aloud."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.backends.prose.calculations import calculation_said
from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.grammar import (
    an,
    is_adjective,
    is_plural,
    label,
    listed,
    number,
    plural,
    sentence,
    share,
    singular,
    told,
)
from hmic_rules.backends.prose.nouns import voice_of
from hmic_rules.backends.prose.statements import one_line
from hmic_rules.possible import Month
from hmic_rules.rules import Calculation, Truthful

RULESET = """
ruleset: said
edition: "1"
title: an invented rule set
scales: {level: [low, fair, high, very high]}
terms:
  most: {above: 1/2, basis: assumed}
  nearly all: {at_least: 9/10, range: [3/4, 1], basis: assumed}
  a few: {at_least: 2, basis: assumed}
parameters:
  bound: {type: share, default: 1/3, basis: assumed}
  fewest_visits: {type: integer, default: 3, basis: assumed}
  reasons_allowed: {list_of: text, default: [court], basis: assumed}
  start_of_period: {type: month, default: 2007-04, basis: assumed}
inputs:
  open: {type: boolean}
  level: {scale: level, may_be: not applicable}
  cautioned_or_convicted: {choice: [cautioned, convicted]}
  visits_made: {type: integer, min: 0}
  custody: {type: integer, min: 0, unit: months}
  rate: {type: share}
  reason: {type: text}
  seen_on: {type: date}
  month: {type: month}
  seen_last: {type: date}
  criteria:
    key: id
    collection:
      id: {type: text}
      standard: {choice: [fair, good, not applicable here]}
      status: {choice: [met, in part, not met]}
      significant: {type: boolean}
      beacon: {type: boolean}
      hours_spent: {type: integer, min: 0, unit: hours}
      checks:
        key: check
        collection:
          check: {type: text}
          done: {type: boolean}
          counts: {type: boolean}
          day: {type: date}
  returns:
    key: id
    collection: {id: {type: text}, criterion: {type: text}, late: {type: boolean}, hours: {type: integer, min: 0}}
values:
  by_criterion: {group: returns, by: [criterion], expected: {criterion: criteria}, missing: empty}
  outcome: {is: {open: true}, outcome: true}
  VALUES
"""

CONDITIONS = {
    "{open: true}": "“open” holds",
    "{open: false}": "“open” does not hold",
    "{open: {not: true}}": "“open” is other than true",
    "{level: high}": "the level is high",
    "{level: very high}": "the level is “very high”",
    "{level: [high, low]}": "the level is low or high",
    "{level: {not: low}}": "the level is other than low",
    "{level: {not: [low, very high]}}": "the level is neither low nor “very high”",
    "{level: {not: [low, fair, very high]}}": "the level is none of low, fair and “very high”",
    "{level: {at_least: fair, below: very high}}": "the level is at least fair and below “very high”",
    "{level: applicable}": "the level is applicable",
    "{level: not applicable}": "the level is not applicable",
    "{cautioned_or_convicted: cautioned}": "the answer to “cautioned or convicted” is cautioned",
    "{visits_made: {at_least: 2}}": "the visits made are at least 2",
    "{visits_made: {below: {value: fewest_visits}}}": "the visits made are fewer than the “fewest visits”",
    "{visits_made: 14000}": "the visits made are exactly 14,000",
    "{visits_made: a few}": "the visits made are a few (at least 2)",
    "{visits_made: {is: {term: a few}}}": "the visits made are exactly “a few” (2)",
    "{custody: {above: 12}}": "the custody is more than 12 months",
    "{rate: {above: 1/2}}": "the rate is more than one half",
    "{rate: {at_least: 90%}}": "the rate is at least 9/10 (90%)",
    "{rate: most}": "the rate is most (more than one half)",
    "{rate: {at_most: {value: bound}}}": "the rate is at most the bound",
    "{reason: court}": "the reason is “court”",
    "{reason: {in: {value: reasons_allowed}}}": "the reason is one of the “reasons allowed”",
    "{reason: {not: {value: reasons_allowed}}}": "the reason is none of the “reasons allowed”",
    "{seen_on: {at_least: 2007-06-01}}": "the seen on is on or after 1 June 2007",
    "{seen_on: {below: {value: seen_last}}}": "the seen on is before the “seen last”",
    "{month: {above: 2007-06}}": "the month is after June 2007",
    "{month: {at_least: {value: start_of_period}, at_most: 2007-12}}": (
        "the month is in or after the “start of period” and in or before December 2007"
    ),
    "{open: true, level: high}": "all of these hold:\n- “open” holds\n- the level is high",
    "{all: [{open: true}, {all: [{level: high}, {level: low}]}]}": (
        "all of these hold:\n- “open” holds\n- the level is high\n- the level is low"
    ),
    "{any: [{open: true}, {level: high, rate: most}]}": (
        "at least one of these holds:\n- “open” holds\n- all of these hold:\n"
        "  - the level is high\n  - the rate is most (more than one half)"
    ),
    "{any: [{open: true}]}": "“open” holds",
    "{not: {level: high}}": "it is not so that the level is high",
    "{not: {level: high, open: true}}": "not all of these hold:\n- the level is high\n- “open” holds",
    "{not: {any: [{level: high}, {open: true}]}}": "none of these holds:\n- the level is high\n- “open” holds",
    "{every: {of: criteria, among: {standard: fair}, where: {status: met}}}": (
        "every criterion of the standard fair has the status met"
    ),
    "{every: {of: criteria, where: {significant: false}}}": "every criterion is one that is not significant",
    "{every: {of: criteria, where: {beacon: true}}}": "“beacon” holds of every criterion",
    "{some: {of: criteria, where: {beacon: false}}}": "at least one criterion is one for which “beacon” does not hold",
    "{none: {of: criteria, where: {beacon: true}}}": "“beacon” holds of no criterion",
    "{none: {of: criteria, among: {significant: true}, where: {status: [not met, in part]}}}": (
        "no criterion that is significant is one whose status is “in part” or “not met”"
    ),
    "{some: {of: criteria, among: {standard: good, significant: true}, where: {hours_spent: {above: 3}}}}": (
        "at least one criterion of the standard good that is significant is one whose hours spent are more than 3 hours"
    ),
    "{some: {of: criteria, where: {open: true}}}": "at least one criterion is such that “open” holds",
    "{every: {of: criteria, where: {any: [{status: met}, {beacon: true}]}}}": (
        "every criterion is such that at least one of these holds:\n- its status is met\n- “beacon” holds of it"
    ),
    "{every: {of: criteria, among: {any: [{status: met}, {beacon: true}]}, where: {significant: true}}}": (
        "every criterion that belongs is significant:\n"
        "- of these criteria, those belong of which it is so that at least one of these holds:\n"
        "  - its status is met\n  - “beacon” holds of it"
    ),
    "{every: {of: criteria, among: {any: [{status: met}, {beacon: true}]}, where: {any: [{significant: true}, {status: met}]}}}": (
        "every criterion that belongs is as asked:\n"
        "- of these criteria, those belong of which it is so that at least one of these holds:\n"
        "  - its status is met\n  - “beacon” holds of it\n"
        "- what is asked of each: at least one of these holds:\n"
        "  - it is significant\n  - its status is met"
    ),
    "{every: {of: criteria, where: {every: {of: checks, where: {done: true}}}}}": (
        "every criterion is such that every one of its checks is done"
    ),
    "{some: {of: criteria, where: {none: {of: checks, where: {done: false}}}}}": (
        "at least one criterion is such that none of its checks is not done"
    ),
    "{some: {of: criteria, where: {some: {of: checks, where: {beacon: true, counts: true}}}}}": (
        "at least one criterion is such that at least one of its checks is such that “beacon” holds of the criterion "
        "and is one for which “counts” holds"
    ),
    "{count: {of: criteria, at_least: 1}}": "there is at least 1 criterion",
    "{count: {of: criteria, below: 3}}": "there are fewer than 3 criteria",
    "{count: {of: criteria, where: {status: met}, above: 1}}": "more than 1 criterion has the status met",
    "{count: {of: criteria, where: {significant: true}, is: 2}}": "exactly 2 criteria are significant",
    "{count: {of: criteria, where: {significant: true}, at_least: {value: fewest_visits}}}": (
        "the number of criteria which are significant is at least the “fewest visits”"
    ),
    "{share: {of: criteria, among: {standard: good}, where: {status: met}, is: nearly all}}": (
        "nearly all (at least 9/10, 90%) of the criteria of the standard good have the status met"
    ),
    "{share: {of: criteria, where: {status: met}, at_most: 1/20}}": (
        "at most 1/20 (5%) of the criteria have the status met"
    ),
    "{share: {of: criteria, where: {status: met}, above: 1/2, if_none: holds}}": (
        "more than one half of the criteria have the status met, or there are none of these"
    ),
    "{share: {of: criteria, where: {status: met}, above: 1/2, if_none: fails}}": (
        "more than one half of the criteria have the status met, and there are some of these"
    ),
    "{share: {of: criteria, where: {significant: true}, at_least: {value: bound}}}": (
        "among the criteria, the share that are significant is at least the bound"
    ),
    "{share: {of: criteria, among: {significant: true}, where: {status: met}, at_least: 1/4, below: 2/3}}": (
        "among the criteria that are significant, the share that have the status met is at least one quarter and less than two thirds"
    ),
}

OF_A_GROUP = {
    "{every: {of: returns, where: {late: true}}}": "every one of its returns is late",
    "{none: {of: returns, where: {late: true}}}": "none of its returns is late",
    "{some: {of: returns, among: {late: true}, where: {hours: {above: 0}}}}": (
        "at least one of its returns that are late is one whose hours are more than 0"
    ),
    "{count: {of: returns, at_least: 1}}": "it has at least 1 return",
    "{count: {of: returns, at_most: 2}}": "it has at most 2 returns",
    "{count: {of: returns, where: {late: true}, at_least: 2}}": "at least 2 of its returns are late",
    "{share: {of: returns, where: {late: true}, is: most}}": "most (more than one half) of its returns are late",
    "{standard: not applicable here}": "its standard is “not applicable here”",
    "{significant: false}": "it is not significant",
    "{beacon: true}": "“beacon” holds of it",
}

CALCULATIONS = {
    "visits_made": "the visits made",
    "{count: {of: criteria, where: {status: met}}}": "the number of criteria which have the status met",
    "{count: {of: criteria, among: {significant: true}}}": "the number of criteria that are significant",
    "{share: {of: criteria, where: {significant: true}}}": "the share of the criteria that are significant",
    "{add: [visits_made, custody, 2]}": "the sum of the visits made, the custody and 2",
    "{add: [visits_made, {max: [custody, 2]}]}": "the sum of: [the visits made; the greatest of the custody and 2]",
    "{min: [custody]}": "the least of the custody alone",
    "{add: [visits_made, {ratio: {part: custody, whole: -1}}]}": "the visits made less the custody",
    "{ratio: {part: visits_made, whole: {ratio: {part: 1, whole: custody}}}}": (
        "the visits made times the custody, not known where the latter is 0"
    ),
    "{ratio: {part: visits_made, whole: custody}}": "the visits made divided by the custody",
    "{ratio: {part: {count: {of: criteria}}, whole: custody}}": (
        "a part divided by a whole: [the part is the number of criteria; the whole is the custody]"
    ),
    "{add: {of: criteria, where: {status: met}, field: hours_spent}}": (
        "the sum of the “hours spent” of the criteria which have the status met"
    ),
    "{max: {of: criteria, field: hours_spent}}": "the greatest “hours spent” of the criteria",
    "{bands: {of: visits_made, below: 0, from: {10: 1, 20: 2.5}}}": (
        "by steps of the visits made: [0 below 10; 1 from 10 to below 20; 2.5 from 20 upward]"
    ),
    "{points: {of: criteria, where: {significant: true}, worth: 2}}": "2 points for each criterion which is significant",
    "{points: {of: criteria, worth: 1, different: standard}}": (
        "1 point for each different “standard” among the criteria"
    ),
    "{months: {from: start_of_period, to: 2007-09}}": (
        "the number of whole months from the “start of period” to September 2007"
    ),
    "{weeks: {from: seen_on, to: seen_last}}": "the number of whole weeks from the “seen on” to the “seen last”",
    "{longest_run: {of: criteria, where: {significant: true}, along: hours_spent}}": (
        "how many hours spent follow one another without a gap, at the longest, among the criteria which are significant"
    ),
}


def loaded(ruleset_from, values: list[str]) -> hr.Ruleset:
    return ruleset_from(RULESET.replace("VALUES", "\n  ".join(values)))


def test_conditions_are_said_as_one_would_say_them(ruleset_from):
    values = [f"v{number}: {{is: {written}}}" for number, written in enumerate(CONDITIONS)]
    ruleset = loaded(ruleset_from, values)
    for place, said in enumerate(CONDITIONS.values()):
        body = ruleset.values[f"v{place}"].body
        assert isinstance(body, Truthful)
        assert str(condition_said(body.condition, voice_of(ruleset))) == said


def test_what_is_asked_of_a_groups_rows_is_said_as_its_own(ruleset_from):
    values = [f"v{number}: {{each: by_criterion, is: {written}}}" for number, written in enumerate(OF_A_GROUP)]
    ruleset = loaded(ruleset_from, values)
    voice = evolve(voice_of(ruleset), it="by_criterion")
    for place, said in enumerate(OF_A_GROUP.values()):
        body = ruleset.values[f"v{place}"].body
        assert isinstance(body, Truthful)
        assert str(condition_said(body.condition, voice)) == said
    assert voice.noun("by_criterion").one == "criterion"


def test_a_group_that_would_be_called_like_a_collection_that_is_asked_is_told_from_it(ruleset_from):
    values = [
        "one: {is: {some: {of: criteria, where: {beacon: true}}}}",
        "other: {is: {some: {of: by_criterion, where: {beacon: true}}}}",
    ]
    ruleset = loaded(ruleset_from, values)
    said = [str(condition_said(ruleset.values[name].body.condition, voice_of(ruleset))) for name in ("one", "other")]
    assert said == [
        "“beacon” holds of at least one criterion",
        "“beacon” holds of at least one criterion (“by criterion”)",
    ]


def test_calculations_are_said_as_one_would_say_them(ruleset_from):
    ruleset = loaded(ruleset_from, [f"v{number}: {{calc: {written}}}" for number, written in enumerate(CALCULATIONS)])
    for place, said in enumerate(CALCULATIONS.values()):
        body = ruleset.values[f"v{place}"].body
        assert isinstance(body, Calculation)
        assert one_line(calculation_said(body.expression, voice_of(ruleset))) == said


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ("criteria", "criterion"),
        ("agencies", "agency"),
        ("returns", "return"),
        ("checks", "check"),
        ("boxes", "box"),
        ("classes", "class"),
        ("people", "person"),
        ("key questions", "key question"),
        ("hours of month", "hour of month"),
    ],
)
def test_a_plural_and_its_singular(several, one):
    assert singular(several) == one
    assert plural(one) == several
    assert plural(several) == several
    assert singular(one) == one


def test_what_is_no_plural_stays_and_what_cannot_be_counted_is_counted_in_items():
    assert [singular(word) for word in ("status", "basis", "evidence", "outstanding")] == [
        "status",
        "basis",
        "item of evidence",
        "outstanding one",
    ]
    assert plural("evidence") == "items of evidence"
    assert [
        word
        for word in ("hours on duty", "agencies needed", "days since", "status", "risk of harms")
        if is_plural(word)
    ] == [
        "hours on duty",
        "agencies needed",
        "days since",
    ]
    assert [
        word for word in ("significant", "recorded", "missing", "need", "beacon", "table") if is_adjective(word)
    ] == [
        "significant",
        "recorded",
        "missing",
    ]


def test_articles_lists_and_sentences():
    assert [an(word) for word in ("inspector", "officer", "unit", "hour", "European body", "“open”")] == [
        "an inspector",
        "an officer",
        "a unit",
        "an hour",
        "a European body",
        "an “open”",
    ]
    assert [listed(parts, "or") for parts in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a or b",
        "a, b or c",
    ]
    assert [sentence(text) for text in ("all hold", "all hold:", "is it so?", "")] == [
        "All hold.",
        "All hold:",
        "Is it so?",
        "",
    ]


def test_numbers_and_days_are_exact():
    assert [number(value) for value in (0, -3, 14000, Fraction(5, 2), Fraction(1, 3), Fraction(-1, 8))] == [
        "0",
        "minus 3",
        "14,000",
        "2.5",
        "1/3",
        "minus 0.125",
    ]
    halves = (Fraction(1, 2), Fraction(9, 10), Fraction(2, 7), 1, 0, Fraction(1, 3), Fraction(1, 800))
    assert [share(value) for value in halves] == ["one half", "9/10 (90%)", "2/7", "100%", "0%", "one third", "0.00125"]
    assert told(datetime.date(2007, 6, 1)) == "1 June 2007"
    assert told(Month.of(2007, 12)) == "December 2007"


def test_a_label_that_could_be_heard_as_part_of_the_sentence_is_quoted():
    assert [label(text) for text in ("met", "2", "in part", "not", "applicable", "a, or b")] == [
        "met",
        "2",
        "“in part”",
        "“not”",
        "“applicable”",
        "“a, or b”",
    ]
