"""Single parts of diagrams: what stands in for what is not told apart, what is unknown though every fact is known, and judgements and conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.cases import case_row
from hmic_rules.conditions import Truth
from hmic_rules.datatypes import INTEGER
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.counting import OUT, counted_by, shared_by, standing, tallied_by
from hmic_rules.diagrams.facts import with_own
from hmic_rules.diagrams.frontier import closure_of, frontier_of
from hmic_rules.diagrams.nodes import Store
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.uses import Uses, cells_for
from hmic_rules.diagrams.values import CONFLICT
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.diagrams.walks import possible, restricted, ways_to
from hmic_rules.outcomes import key_of
from hmic_rules.possible import NOT_APPLICABLE, Between, OneOf
from hmic_rules.testing.writing import loaded
from hmic_rules.verification.ordering import dropping
from test_diagrams import conforms

INPUTS = {
    "a": "{type: boolean}",
    "b": "{type: boolean}",
    "n": "{type: integer, min: 0, max: 9}",
    "m": "{type: integer, min: 0, max: 9, may_be: not applicable}",
    "day": "{type: date}",
    "due": "{type: date}",
    "grade": "{scale: grade}",
    "rows": "{key: id, collection: {id: {type: text}, ok: {type: boolean}, size: {type: integer, min: 0, max: 9}, "
    "kind: {choice: [x, y, z], may_be: not applicable}, month: {type: month}}}",
}
NEVER_KNOWN = "{is: {share: {of: rows, among: {ok: true}, where: {ok: true}, above: 1/2, if_none: unknown}}}"
"""Unknown wherever no row is ok, though every fact is known: the rules say so."""
ROWS = {
    "r1": {"ok": False, "size": 2, "kind": "x", "month": "2007-01"},
    "r2": {"ok": False, "size": 5, "kind": "y", "month": "2007-02"},
    "r3": {"ok": False, "size": 7, "kind": "y", "month": "2007-04"},
}
FACTS = {"a": True, "b": False, "n": 4, "m": 3, "grade": "fair", "rows": ROWS}


def ruleset_of(inputs: Iterable[str] = tuple(INPUTS), **values: str) -> hr.Ruleset:
    """A rule set of these inputs, and of values each as a line of YAML."""
    head = ["ruleset: parts", 'edition: "1"', "title: invented", "scales: {grade: [poor, fair, good, best]}", "inputs:"]
    lines = [f"  {name}: {INPUTS[name]}" for name in inputs]
    return loaded("\n".join([*head, *lines, "values:", *(f"  {name}: {text}" for name, text in values.items())]) + "\n")


def universe(ruleset: hr.Ruleset, facts: dict[str, Any], **more: Any) -> Universe:
    decision = ruleset.decide(facts, engine="reference")
    return universe_of(decision.program, decision.case, **more)


def named(found: Universe, name: str) -> Variable:
    (one,) = [variable for variable in found.variables if variable.name == name]
    return one


def results(found: Universe, name: str, item: str | None = None) -> list[Any]:
    return list(found.store.leaves(found.diagram(name, item)))


# ── Numbers that are not told apart ──


def counting(offset: int = 0) -> hr.Ruleset:
    """A number of rows that are not there, read by two values that no number can please both."""
    return ruleset_of(
        ["a", "rows"],
        total=f"{{type: integer, calc: {{add: [{{count: {{of: rows}}}}, {offset}]}}}}",
        many="{is: {total: {at_least: 5}}}",
        few="{is: {total: {below: 3}}}",
        both="{outcome: true, is: {many: true, few: true}}",
        either="{is: {any: [{many: true}, {few: true}]}}",
    )


def test_values_that_read_a_number_which_nobody_can_know_agree_on_it() -> None:
    found = universe(counting(), {"a": True})
    assert results(found, "both") == [False]
    assert sorted(results(found, "either")) == [False, True]
    (one,) = [variable for variable in found.variables if variable.kind == "value"]
    assert (one.name, one.scope, one.item, one.given) == ("total", "case", None, None)
    assert one.cells == (2, 3, 4, 5, 6)
    assert one.why == "`total` is computed from more than is told apart, and its own values stand for it"
    assert found.inexact(found.diagram("either")) == (one.why,)


def test_what_stands_for_a_number_is_none_that_the_number_cannot_be() -> None:
    found = universe(counting(4), {"a": True})
    assert results(found, "few") == [False]
    assert sorted(results(found, "many")) == [False, True]
    above = universe(counting(9), {"a": True})
    assert results(above, "many") == [True]
    assert results(above, "few") == [False]


def test_what_stands_for_a_number_is_any_stretch_of_the_line_that_the_number_can_lie_in() -> None:
    """Of the numbers from 4 to 7 some lie below 5, one is 5, and some lie between 5 and 8; none is 8 or more."""
    bands = "{bands: {of: {count: {of: rows}}, below: 4, from: {2: 7}}}"
    found = universe(
        ruleset_of(
            ["a", "rows"],
            total=f"{{type: integer, calc: {bands}}}",
            low="{outcome: true, is: {total: {below: 5}}}",
            middle="{is: {total: {above: 5, below: 8}}}",
            high="{is: {total: {at_least: 8}}}",
            far="{is: {total: {above: 2}}}",
        ),
        {"a": True},
    )
    assert results(found, "total") == [Between(4, 7)]
    assert {name: sorted(results(found, name)) for name in ("low", "middle", "high", "far")} == {
        "low": [False, True],
        "middle": [False, True],
        "high": [False],
        "far": [True],
    }


def test_a_number_that_is_open_and_that_nothing_compares_is_left_as_it_is() -> None:
    found = universe(
        ruleset_of(["a", "rows"], total="{type: integer, outcome: true, calc: {count: {of: rows}}}"), {"a": True}
    )
    assert [one.kind for one in found.variables] == ["fact"]
    assert results(found, "total") == [Between(0, None)]
    assert found.inexact(found.diagram("total")) == ("a number is computed from more than is told apart",)


# ── Rows that are not there ──


def test_what_is_asked_of_rows_that_are_not_there_is_a_variable_of_its_own_and_one_question_has_one_answer() -> None:
    some = "{some: {of: rows, where: {ok: true}}}"
    found = universe(
        ruleset_of(
            ["a", "rows"],
            one=f"{{is: {some}}}",
            other=f"{{is: {{not: {some}}}}}",
            both="{outcome: true, is: {one: true, other: true}}",
        ),
        {"a": True},
    )
    (asked,) = [variable for variable in found.variables if variable.kind == "asked"]
    assert (asked.name, asked.scope, asked.item) == ("at least one of rows has ok is true", "case", None)
    assert asked.cells == (Truth.YES, Truth.NO)
    assert asked.why == "rows of `rows` are not there, and could be any"
    assert sorted(results(found, "one")) == [False, True]
    assert results(found, "both") == [False]
    assert found.inexact(found.diagram("one")) == (asked.why,)


def test_two_dates_beside_one_another_are_asked_as_one_thing() -> None:
    found = universe(ruleset_of(["day", "due"], late="{outcome: true, is: {day: {above: {value: due}}}}"), {})
    (asked,) = found.variables
    assert (asked.kind, asked.name, asked.why) == (
        "asked",
        "day is above the due",
        "any number of values could stand there",
    )
    assert sorted(results(found, "late")) == [False, True]


# ── Where a rule set falls in two ──

TEAMS = """
ruleset: teams
edition: "1"
title: invented
scales: {grade: [poor, fair, good]}
inputs:
  teams: {items: [x, y], fields: {large: {type: boolean}}}
  returns:
    key: id
    collection: {id: {type: text}, team: {choice: [x, y]}, late: {type: boolean}, days: {type: integer, min: 0, max: 9}}
values:
  by_team: {group: returns, by: [team], expected: {team: teams}, missing: empty}
  prompt: {each: by_team, is: {none: {of: returns, where: {late: true}}}}
  total: {each: by_team, type: integer, calc: {add: {of: returns, field: days}}}
  scored: {each: by_team, points: [{id: p, worth: 1, when: {some: {of: returns, where: {late: true}}}, basis: assumed}]}
  big: {each: by_team, is: {large: true}}
  all_prompt: {is: {every: {of: by_team, where: {prompt: true}}}}
  heavy: {is: {some: {of: by_team, where: {total: {above: 5}}}}}
  both: {is: {all_prompt: true, heavy: false}}
  sizes: {is: {every: {of: by_team, where: {big: true}}}}
  x_prompt: {outcome: true, is: {some: {of: by_team, where: {team: x, prompt: true}}}}
  pointed: {is: {some: {of: by_team, where: {scored: 1}}}}
"""


@pytest.fixture(scope="module")
def teams() -> hr.Ruleset:
    return loaded(TEAMS)


@pytest.mark.parametrize(
    ("wanted", "frontier"),
    [
        ("all_prompt", ("prompt",)),
        ("x_prompt", ("prompt",)),
        ("prompt", ()),
        ("heavy", ()),
        ("both", ()),
        ("sizes", ()),
        ("pointed", ()),
    ],
)
def test_what_rests_on_labels_of_groups_that_ask_their_rows_falls_in_two_there_and_on_numbers_it_does_not(
    teams: hr.Ruleset, wanted: str, frontier: tuple[str, ...]
) -> None:
    assert frontier_of(teams, wanted) == frontier


def test_what_a_value_rests_on_ends_at_what_is_taken_as_given(teams: hr.Ruleset) -> None:
    assert closure_of(teams, ["both"]) == {"both", "all_prompt", "heavy", "prompt", "total"}
    assert closure_of(teams, ["both"], ["all_prompt"]) == {"both", "all_prompt", "heavy", "total"}
    assert closure_of(teams, ["late", "nothing"]) == frozenset()


def test_the_rows_of_a_group_hold_its_keys_and_what_its_items_say(teams: hr.Ruleset) -> None:
    returns = [{"id": "1", "team": "x", "late": False, "days": 2}, {"id": "2", "team": "y", "late": True, "days": 4}]
    facts = {"teams": {"x": {"large": True}, "y": {"large": False}}, "returns": returns}
    decision = teams.decide(facts, engine="reference")
    assert conforms(decision, "teams").exact > 0
    found = universe_of(decision.program, decision.case)
    given = {one.level: [one.given] for one in found.variables if one.given is not None}
    for name in ("x_prompt", "sizes", "all_prompt", "heavy"):
        assert possible(found.store, found.diagram(name), given) == [decision.results[name]]
    late = [one for one in found.variables if (one.name, one.item) == ("late", "1")]
    assert found.store.support(found.diagram("x_prompt")) == [one.level for one in late]


def test_values_that_are_taken_as_given_are_variables_themselves(teams: hr.Ruleset) -> None:
    returns = [{"id": "1", "team": "x", "late": False, "days": 2}, {"id": "2", "team": "y", "late": True, "days": 9}]
    decision = teams.decide({"teams": {"x": {}, "y": {}}, "returns": returns}, engine="reference")
    found = universe_of(decision.program, decision.case, pins=["prompt", "total"], wanted=["x_prompt", "heavy"])
    said = [(one.kind, called(one.name, one.item), one.cells, one.given) for one in found.variables[:4]]
    assert said == [
        ("value", "prompt of x", (True, False), 0),
        ("value", "prompt of y", (True, False), 1),
        ("value", "total of x", (2, 5, 6), 0),
        ("value", "total of y", (4, 5, 9), 2),
    ]
    assert [one.scope for one in found.variables[:4]] == ["by_team"] * 4
    assert found.store.support(found.diagram("x_prompt")) == [0]
    assert found.store.support(found.diagram("heavy")) == [2, 3]
    fixed = universe_of(decision.program, decision.case, pins=["prompt"], wanted=["x_prompt"], known_fixed=True)
    assert results(fixed, "x_prompt") == [True]
    assert results(fixed, "prompt", "y") == [False]
    assert called("days", None) == "days"


def test_items_of_which_a_framework_says_the_same_are_asked_beside_one_another() -> None:
    ruleset = hr.load("hmic-2007")
    decision = ruleset.decide({}, framework="child-abuse", engine="reference")
    program, slots = decision.program, decision.program.layout.slots["criteria"]
    fields = ("critical", "significant", "standard")
    said = {
        key_of(frames): tuple(frames[-1][slots[name]] for name in fields)
        for frames in program.frames(decision.case, "criteria")
    }
    found = universe_of(program, decision.case, pins=frontier_of(ruleset, "grade"), wanted=["grade"])
    runs = [kind for kind, _ in groupby(said[one.item] for one in found.variables if one.kind == "value")]
    assert len(runs) == len(set(runs)) == len(set(said.values())) > 2


def test_groups_are_grouped_again_and_their_diagrams_say_what_is_decided() -> None:
    ruleset = loaded("""
ruleset: areas
edition: "1"
title: invented
inputs:
  returns:
    key: id
    collection: {id: {type: text}, team: {choice: [x, y]}, area: {choice: [north, south]}, late: {type: boolean}}
values:
  by_team: {group: returns, by: [team, area]}
  prompt: {each: by_team, is: {none: {of: returns, where: {late: true}}}}
  by_area: {group: by_team, by: [area]}
  all_prompt: {each: by_area, outcome: true, is: {every: {of: by_team, where: {prompt: true}}}}
  north: {outcome: true, is: {some: {of: by_area, where: {area: north, all_prompt: true}}}}
""")
    rows = [
        ("1", "x", "north", False),
        ("2", "y", "north", True),
        ("3", "y", "south", False),
        ("4", "y", "south", None),
    ]
    keys = ("id", "team", "area", "late")
    decision = ruleset.decide({"returns": [dict(zip(keys, row, strict=True)) for row in rows]}, engine="reference")
    assert conforms(decision, "areas").exact > 0
    found = universe_of(decision.program, decision.case)
    asked = [
        [found.variables[level].item for level in found.store.support(found.diagram(*one))]
        for one in (("all_prompt", "north"), ("all_prompt", "south"), ("north", None))
    ]
    assert asked == [["1", "2"], ["3", "4"], ["1", "2"]]


# ── What is unknown although every fact is known ──

RULE = "basis: assumed"
UNKNOWN_THOUGH_KNOWN = {
    "all": "{is: {open: true, a: true}}",
    "any": "{is: {any: [{open: true}, {b: true}]}}",
    "not": "{is: {not: {open: true}}}",
    "every": "{is: {every: {of: rows, among: {case.open: true}, where: {ok: true}}}}",
    "some": "{is: {some: {of: rows, where: {ok: false, case.open: true}}}}",
    "none": "{is: {none: {of: rows, among: {kind: y}, where: {case.open: true}}}}",
    "count": "{is: {count: {of: rows, where: {case.open: true}, at_least: 2, at_most: 2}}}",
    "count of some": "{is: {count: {of: rows, among: {case.open: true}, where: {kind: {not: z}}, not: 1}}}",
    "share": "{is: {share: {of: rows, where: {case.open: true}, above: 1/3}}}",
    "share of none": "{is: {share: {of: rows, among: {case.open: true}, where: {kind: y}, above: 1/3, if_none: fails}}}",
    "share that is not above": "{is: {share: {of: rows, among: {kind: y}, where: {size: {above: 5}}, not: 1/3}}}",
    "counted": "{type: integer, calc: {count: {of: rows, where: {case.open: true}}}}",
    "shared": "{type: share, calc: {share: {of: rows, among: {case.open: true}, where: {kind: x}}}}",
    "points of rows": "{calc: {points: {worth: 2, of: rows, where: {case.open: true}}}}",
    "points of some rows": "{calc: {points: {worth: 2, of: rows, among: {case.open: true}, where: {kind: y}}}}",
    "points of different": "{calc: {points: {worth: 2, of: rows, different: kind, where: {case.open: true}}}}",
    "points": f"{{points: [{{id: p, worth: 3, when: {{open: true}}, {RULE}}}, {{id: q, worth: -2, when: {{a: true}}, {RULE}}}]}}",
    "points of one name": f"{{points: [{{id: p, worth: 3, when: {{lab: good}}, {RULE}}}, {{id: q, worth: 2, when: {{lab: fair}}, {RULE}}}]}}",
    "points of a number": f"{{points: [{{id: p, worth: 3, when: {{total: {{above: 3}}}}, {RULE}}}, {{id: q, worth: 2, when: {{total: {{below: 2}}}}, {RULE}}}]}}",
    "sum of rows": "{type: integer, calc: {add: {of: rows, where: {case.open: true}, field: size}}}",
    "greatest": "{type: integer, calc: {max: {of: rows, among: {case.open: true}, field: size}}}",
    "least": "{type: integer, calc: {min: {of: rows, where: {case.open: true}, field: size}}}",
    "run": "{type: integer, calc: {longest_run: {of: rows, where: {case.open: true}, along: month}}}",
    "added": "{type: integer, calc: {add: [total, 1]}}",
    "added to nothing": "{type: integer, calc: {add: [total]}}",
    "max of two": "{type: integer, calc: {max: [total, 2, n]}}",
    "ratio": "{calc: {ratio: {part: n, whole: {add: [total, 1]}}}}",
    "bands": "{type: integer, calc: {bands: {of: total, below: 0, from: {2: 1, 4: 2}}}}",
    "first": f"{{scale: grade, choose: first, rules: [{{id: p, then: good, when: {{open: true}}, {RULE}}}, {{id: q, then: fair, when: {{a: true}}, {RULE}}}]}}",
    "highest": f"{{scale: grade, choose: highest, otherwise: poor, rules: [{{id: p, then: good, when: {{open: true}}, {RULE}}}, {{id: q, then: fair, when: {{b: true}}, {RULE}}}]}}",
    "unique": f"{{scale: grade, choose: unique, rules: [{{id: p, then: good, when: {{open: true}}, {RULE}}}, {{id: q, then: fair, when: {{b: true}}, {RULE}}}]}}",
    "limited": f"{{scale: grade, choose: first, otherwise: best, rules: [{{id: p, then: good, when: {{b: true}}, {RULE}}}], limits: [{{id: l, at_most: fair, when: {{open: true}}, {RULE}}}]}}",
    "limited by a name": f"{{scale: grade, choose: first, otherwise: best, rules: [{{id: p, then: good, when: {{b: true}}, {RULE}}}], limits: [{{id: l, at_most: {{value: lab}}, {RULE}}}]}}",
    "limited by what may not apply": f"{{scale: grade, choose: first, otherwise: best, rules: [{{id: p, then: good, when: {{b: true}}, {RULE}}}], limits: [{{id: l, at_most: {{value: some_grade}}, {RULE}}}]}}",
    "a number limited": f"{{type: integer, calc: n, limits: [{{id: l, at_most: 2, when: {{open: true}}, {RULE}}}, {{id: k, at_least: {{value: total}}, {RULE}}}], if_limits_cross: lowest}}",
    "applies": "{applies: {open: true}, is: {a: true}}",
    "reads what may not apply": "{is: {some_grade: {at_least: fair}}}",
    "is applicable": "{is: {some_grade: applicable}}",
    "in its type": "{type: integer, min: 0, max: 5, calc: {add: [n, 1]}}",
    "too much where it applies": "{type: integer, max: 20, calc: maybe}",
    "a judgement": f"{{scale: grade, judged: true, limits: [{{id: l, at_most: fair, when: {{open: true}}, {RULE}}}]}}",
    "a judgement that may not apply": f"{{scale: grade, judged: true, applies: {{open: true}}, limits: [{{id: l, at_most: fair, when: {{a: true}}, {RULE}}}]}}",
}
SHARED = {
    "open": NEVER_KNOWN,
    "total": "{type: integer, calc: {count: {of: rows, where: {case.open: true}}}}",
    "lab": f"{{scale: grade, choose: first, otherwise: fair, rules: [{{id: p, then: good, when: {{open: true}}, {RULE}}}]}}",
    "some_grade": f"{{scale: grade, applies: {{open: true}}, choose: first, otherwise: poor, rules: [{{id: p, then: fair, when: {{a: true}}, {RULE}}}]}}",
    "maybe": "{type: integer, applies: {open: true}, calc: {add: [n, 30]}}",
}


@pytest.mark.parametrize("body", UNKNOWN_THOUGH_KNOWN.values(), ids=UNKNOWN_THOUGH_KNOWN)
@pytest.mark.parametrize("facts", [FACTS, {**FACTS, "a": None, "n": None, "grade": None}], ids=["known", "in part"])
def test_diagrams_say_what_is_decided_where_rules_leave_something_unknown_although_it_is_known(
    body: str, facts: dict[str, Any]
) -> None:
    one = body[:-1] + ", outcome: true}"
    decision = ruleset_of(**SHARED, asked=one).decide(facts, engine="reference")
    found = conforms(decision, body)
    assert found.exact > 0


# ── Conflicts and judgements ──


def test_a_case_in_which_rules_always_conflict_has_no_decision_whatever_is_asked() -> None:
    rules = f"[{{id: p, then: good, when: {{n: {{at_least: 0}}}}, {RULE}}}, {{id: q, then: fair, when: {{n: {{at_most: 9}}}}, {RULE}}}]"
    ruleset = ruleset_of(
        ["a", "n"], clash=f"{{scale: grade, choose: unique, rules: {rules}}}", v="{outcome: true, is: {a: true}}"
    )
    program = program_for(ruleset, None, None, None)
    found = universe_of(program, case_row(program, {}))
    assert found.store.results[found.conflicts] is True
    assert [found.store.results[found.diagram(name)] for name in ("v", "clash")] == [CONFLICT, CONFLICT]


def test_a_conflict_spoils_the_whole_case_and_other_values_elsewhere_stay_as_they_are() -> None:
    rules = f"[{{id: p, then: good, when: {{n: {{above: 5}}}}, {RULE}}}, {{id: q, then: fair, when: {{n: {{above: 7}}}}, {RULE}}}]"
    found = universe(
        ruleset_of(
            ["a", "n"],
            clash=f"{{scale: grade, choose: unique, otherwise: poor, rules: {rules}}}",
            v="{outcome: true, is: {a: true}}",
        ),
        {},
    )
    number, fact = named(found, "n"), named(found, "a")
    for cell, value in enumerate(number.cells):
        wanted = {CONFLICT} if value > 7 else {True, False}
        assert set(possible(found.store, found.diagram("v"), {number.level: [cell]})) == wanted
        one = possible(found.store, found.diagram("clash"), {number.level: [cell], fact.level: [0]})
        assert one == [CONFLICT if value > 7 else "good" if value > 5 else "poor"]


def test_a_judgement_that_nobody_gave_lies_within_its_limits_and_one_that_was_given_stands() -> None:
    ruleset = ruleset_of(
        ["a"],
        judged=f"{{scale: grade, judged: true, outcome: true, limits: [{{id: l, at_most: fair, when: {{a: true}}, {RULE}}}]}}",
    )
    found = universe(ruleset, {"a": True})
    fact, judgement = named(found, "a"), named(found, "judged")
    true = fact.cells.index(True)
    said = {
        (fact.cells[cell], judgement.cells[place]): possible(
            found.store, found.diagram("judged"), {fact.level: [cell], judgement.level: [place]}
        )
        for cell in range(2)
        for place in range(4)
    }
    assert said == {
        (True, "poor"): ["poor"],
        (True, "fair"): ["fair"],
        (True, "good"): [CONFLICT],
        (True, "best"): [CONFLICT],
        **{(False, grade): [grade] for grade in judgement.cells},
    }
    given = universe(ruleset, {"a": True, "judged": "best"})
    assert possible(given.store, given.diagram("judged"), {fact.level: [true], named(given, "judged").level: [3]}) == [
        "best"
    ]
    stands = universe(ruleset, {"a": True}, judgements_given=True)
    assert possible(stands.store, stands.diagram("judged"), {fact.level: [true], judgement.level: [3]}) == ["best"]


def test_a_judgement_of_a_number_that_its_limits_settle_is_that_number() -> None:
    limits = f"[{{id: l, at_most: 5, {RULE}}}, {{id: k, at_least: 5, {RULE}}}]"
    ruleset = ruleset_of(
        ["a"],
        judged=f"{{type: integer, judged: true, outcome: true, limits: {limits}, if_limits_cross: lowest}}",
    )
    found = universe(ruleset, {"a": True})
    assert results(found, "judged") == [5]


def test_a_judgement_under_a_limit_that_is_unknown_is_what_it_can_be_and_no_conflict() -> None:
    ruleset = ruleset_of(
        ["rows"],
        open=NEVER_KNOWN,
        judged=f"{{scale: grade, judged: true, outcome: true, limits: [{{id: l, at_most: fair, when: {{open: true}}, {RULE}}}]}}",
    )
    found = universe(ruleset, {"rows": {"r1": {"ok": False}}})
    judgement, ok = named(found, "judged"), named(found, "ok")
    allowed = {judgement.level: [3], ok.level: [ok.cells.index(False)]}
    assert possible(found.store, found.diagram("judged"), allowed) == [OneOf(frozenset({"fair", "best"}))]


# ── Cells and uses ──


def test_a_value_takes_the_place_of_the_cell_that_stands_for_it() -> None:
    assert with_own((2, 3, 4, 5, 6), 3, (3, 5)) == ((2, 3, 4, 5, 6), 1)
    assert with_own((2, 3, 4, 5, 6), 9, (3, 5)) == ((2, 3, 4, 5, 9), 4)
    assert with_own((2, 3, 4, 5, 6), 0, (3, 5)) == ((0, 3, 4, 5, 6), 0)
    assert with_own((2, NOT_APPLICABLE), NOT_APPLICABLE, ()) == ((2, NOT_APPLICABLE), 1)
    assert with_own((2, 3), NOT_APPLICABLE, ()) == ((2, 3, NOT_APPLICABLE), 2)
    assert with_own((NOT_APPLICABLE, 4), 7, (3,)) == ((NOT_APPLICABLE, 7), 1)
    assert with_own(("here", "another text"), "there", ("here",)) == (("here", "there"), 1)
    assert with_own((True, False), False, ()) == ((True, False), 1)
    assert with_own((1, 0), True, ()) == ((True, 0), 0)


def test_what_two_editions_do_with_a_name_is_put_together() -> None:
    place, other, third = ("case", "n"), ("case", "m"), ("rows", "size")
    one, two = Uses(computed={place}), Uses(computed={other})
    one.constants[place] |= {1, 2}
    one.constants[third] |= {7}
    two.constants[place] |= {2, 3}
    both = one | two
    assert both.computed == {place, other}
    assert dict(both.constants) == {place: {1, 2, 3}, third: {7}}
    assert one.constants[place] == {1, 2}
    assert cells_for(both, "rows", "size", INTEGER) == (6, 7, 8)
    assert cells_for(both, "case", "n", INTEGER) is None
    both.only["case", "n"] = (4, 5)
    assert cells_for(both, "case", "n", INTEGER) == (4, 5)


# ── Counters ──

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
STANDINGS = {(member, holds): standing(member, holds) for member in (YES, NO, UNKNOWN) for holds in (YES, NO, UNKNOWN)}


def test_how_an_item_stands_is_its_place_in_a_tally_and_out_where_it_does_not_belong() -> None:
    assert [STANDINGS[NO, holds] for holds in (YES, NO, UNKNOWN)] == [OUT] * 3
    inside = [STANDINGS[member, holds] for member in (YES, UNKNOWN) for holds in (YES, NO, UNKNOWN)]
    assert inside == [0, 1, 2, 3, 4, 5]


def items_of(store: Store, *standings: tuple[int, ...]) -> list[Any]:
    """An item for each list, which stands in one of these ways."""
    return [store.choice(store.variable(len(one)), one) for one in standings]


def test_a_tally_counts_each_standing_and_leaves_out_what_does_not_belong() -> None:
    store = Store()
    items = [store.leaf(one) for one in (0, 0, 1, 2, 4, OUT, 3, 5, 5)]
    found = tallied_by(store, items, lambda counts: counts)
    assert store.results[found] == (2, 1, 1, 1, 1, 2)


def test_what_may_or_may_not_belong_is_not_counted_by_lines() -> None:
    ruleset = ruleset_of(
        ["rows"],
        v="{outcome: true, is: {count: {of: rows, where: {ok: true}, at_least: 1}}}",
        w="{is: {share: {of: rows, where: {ok: true}, at_least: 1/2, if_none: holds}}}",
    )
    count, share = ruleset.values["v"].body.condition, ruleset.values["w"].body.condition
    store = Store()
    open_ = items_of(store, (0, 1, 2))
    assert counted_by(store, open_, count.checks[0], 1) is None
    assert shared_by(store, open_, share.checks[0], Fraction(1, 2), YES) is None
    settled = items_of(store, (0, 1, OUT), (0, 1, OUT))
    counted = counted_by(store, settled, count.checks[0], 1)
    shared = shared_by(store, settled, share.checks[0], Fraction(1, 2), UNKNOWN)
    assert counted is not None
    assert shared is not None
    assert sorted(store.leaves(counted)) == [NO, YES]
    both_out = {one: [2] for one in store.support(counted)}
    assert possible(store, counted, both_out) == [NO]
    assert possible(store, shared, both_out) == [UNKNOWN]


# ── Ways ──


def test_each_of_the_cheapest_ways_is_listed_once_in_the_order_of_the_cells() -> None:
    store = Store()
    first, second = store.variable(3), store.variable(2)
    late = store.choice(second, ["poor", "good"])
    root = store.node(first, (late, store.leaf("good"), store.leaf("good")))
    found = ways_to(store, root, "good".__eq__, lambda level, cell: (0, 0) if cell == 0 else (1, 1))
    assert list(found) == [{second: 1}, {first: 1}, {first: 2}]
    assert (found.cost, found.number) == ((1, 1), 3)
    together = ways_to(
        store,
        root,
        "good".__eq__,
        lambda level, cell: (0, 0) if cell == 0 else (1, 1),
        together=lambda level: "all",
    )
    assert list(together) == [{second: 1}, {first: 1}, {first: 2}]


def test_variables_that_are_in_no_kind_are_each_paid_for() -> None:
    store = Store()
    levels = [store.variable(2) for _ in range(2)]
    root = store.node(levels[0], (store.leaf("poor"), store.choice(levels[1], ["poor", "good"])))
    price = lambda level, cell: (cell * 2, cell)  # noqa: E731
    apart = ways_to(store, root, "good".__eq__, price, together=lambda level: None)
    assert apart.cost == (4, 2)
    both = ways_to(store, root, "good".__eq__, price, together=lambda level: "rows")
    assert both.cost == (2, 2)
    assert both.first() == {levels[0]: 1, levels[1]: 1}


def test_what_costs_nothing_does_not_pay_for_others_of_its_kind() -> None:
    store = Store()
    levels = [store.variable(2) for _ in range(2)]
    root = store.node(levels[0], (store.leaf("poor"), store.choice(levels[1], ["poor", "good"])))
    price = lambda level, cell: (0, 0) if cell == 0 else (0, 1) if level == levels[0] else (2, 1)  # noqa: E731
    found = ways_to(store, root, "good".__eq__, price, together=lambda level: "rows")
    assert found.cost == (2, 2)


def test_a_diagram_with_some_variables_given_makes_only_the_nodes_that_can_then_be_reached() -> None:
    store = Store()
    first, second, third = (store.variable(2) for _ in range(3))
    late = [
        store.node(second, (store.choice(third, ["poor", one]), store.choice(third, [one, "a gap"])))
        for one in ("fair", "good")
    ]
    root = store.node(first, (late[0], late[1]))
    before = len(store.levels)
    found = restricted(store, root, {first: 1, third: 0})
    assert [store.results[one] for one in store.ends(found)] == ["poor", "good"]
    assert len(store.levels) == before + 1


# ── Turns for the better ──

GRADES = ("poor", "fair", "good")


def lower(before: str, after: str) -> bool:
    return before in GRADES and after in GRADES and GRADES.index(after) < GRADES.index(before)


@pytest.mark.parametrize(
    ("ends", "after", "line", "drops"),
    [
        (["good", "a gap"], "poor", (0, 1), True),
        (["fair", "good"], "poor", (0, 1), True),
        (["poor", "fair"], "fair", (0, 1), False),
        (["poor", "fair"], "good", (0, 1), False),
        (["good", "fair"], "good", (0, 1), True),
        (["good", "fair"], "good", (1, 0), False),
        (["poor", "poor", "good"], "fair", (0, 1), True),
        (["poor", "good", "poor"], "good", (0, 2, 1), False),
        (["poor", "good", "poor"], "fair", (), True),
    ],
)
def test_a_drop_is_found_though_a_gap_or_a_cell_without_an_order_hides_it(
    ends: list[str], after: str, line: tuple[int, ...], drops: bool
) -> None:
    """The first variable turns for the better, from asking the second to a result of its own."""
    store = Store()
    first, second = store.variable(2), store.variable(len(ends))
    root = store.node(first, (store.choice(second, ends), store.leaf(after)))
    found = dropping(store, root, {first: (0, 1), second: line}, lower)
    assert (found is not None) == drops
    turned = store.node(first, (store.leaf(after), store.choice(second, ends)))
    back = dropping(store, turned, {first: (1, 0), second: line}, lower)
    assert (back is not None) == drops


@pytest.mark.parametrize(
    ("ends", "drops"), [(["a gap", "fair"], True), (["poor", "good"], True), (["good", "good"], False)]
)
def test_a_drop_to_the_worst_of_what_is_asked_afterwards_is_found(ends: list[str], drops: bool) -> None:
    """The first variable turns for the better, from a result of its own to asking the second."""
    store = Store()
    first, second = store.variable(2), store.variable(2)
    root = store.node(first, (store.leaf("good"), store.choice(second, ends)))
    assert (dropping(store, root, {first: (0, 1), second: (0, 1)}, lower) is not None) == drops
