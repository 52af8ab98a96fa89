"""The shapes that rule sets come in (``shapes/*.yaml``), each loaded, decided and explained; and how a rule set's own cases are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check_cases
from hmic_rules.conditions import Truth
from hmic_rules.traces import trace_all

FOLDER = Path(__file__).parent / "shapes"
SHAPES = ["criteria", "groups", "judgement", "levels", "points", "record"]
CHECKED = """
ruleset: checked
edition: "1"
title: an invented rule set whose case is checked
scales: {grade: [poor, fair, undetermined]}
parameters: {wanted: {type: integer, default: 1, basis: assumed}, allowed: {type: boolean, default: false, basis: assumed}}
inputs:
  score: {type: integer, min: 0, max: 9}
  first: {type: boolean, absent: {means: false, basis: assumed}}
  rows: {key: id, collection: {id: {type: text}, held: {type: boolean}}}
values:
  grade:
    scale: grade
    outcome: true
    choose: unique
    rules:
      - {id: fair, then: fair, when: {score: {above: {value: wanted}}}, basis: assumed}
      - {id: poor, then: poor, when: {any: [{score: 0}, {first: true}]}, basis: assumed}
  counted: {each: rows, is: {held: true}}
  share_held: {type: share, calc: {share: {of: rows, where: {held: true}}}}
  may: {is: {allowed: true}}
cases:
  - {CASE}
"""
CASE_PLACE = f"checked.yaml:{CHECKED[: CHECKED.index('{CASE}')].count(chr(10)) + 1}:"


def checked(tmp_path: Path, case: str) -> hr.Ruleset:
    path = tmp_path / "checked.yaml"
    path.write_text(CHECKED.replace("{CASE}", "{case: an invented case, " + case + "}"), encoding="utf-8")
    return hr.load(path)


def differences(tmp_path: Path, case: str) -> tuple[str, ...]:
    (result,) = check_cases(checked(tmp_path, case))
    assert result.passed == (result.differences == ())
    return result.differences


def test_every_shape_has_its_rule_set() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_decides_its_cases_as_expected(shape: str) -> None:
    ruleset = hr.load(FOLDER / f"{shape}.yaml")
    results = check_cases(ruleset)
    assert len(results) >= 4
    assert [(result.title, result.differences) for result in results if not result.passed] == []
    assert all(case.expect is not None and case.expect.entries for case in ruleset.cases)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_value_of_a_shape_is_traced_to_what_was_decided(shape: str) -> None:
    ruleset = hr.load(FOLDER / f"{shape}.yaml")
    for case in ruleset.cases:
        decision = ruleset.decide(case.facts, parameters=getattr(case.parameters, "entries", None))
        traced = {(one.outcome.name, one.outcome.item): one.outcome for one in trace_all(decision)}
        for name, value in ruleset.values.items():
            on_case = value.scope == "case"
            outcomes = {None: decision[name]} if on_case else decision.items(name)
            for item, outcome in outcomes.items():
                assert traced.pop((name, item)) == outcome
        assert traced == {}


@pytest.mark.parametrize(
    "expect",
    [
        "{grade: fair}",
        "{grade: {possible: [fair]}}",
        "{share_held: 50%, may: true}",
        "{counted: {r1: true, r2: false}}",
        "{}",
    ],
)
def test_what_follows_as_expected_passes(tmp_path: Path, expect: str) -> None:
    facts = "facts: {score: 5, rows: {r1: {held: true}, r2: {held: false}}}, parameters: {allowed: true}"
    assert differences(tmp_path, f"{facts}, expect: {expect}") == ()


@pytest.mark.parametrize(
    ("facts", "expect"),
    [
        ("{}", "{grade: {possible: [poor, fair, no rule covers this]}}"),
        ("{score: 1}", "{grade: no rule covers this}"),
        ("{}", "{share_held: undetermined}"),
        ("{}", "{share_held: {possible: [0 to 1]}}"),
        ("{rows: {r1: {}}}", "{counted: {r1: {possible: [false, true]}}}"),
    ],
)
def test_what_is_open_can_be_expected(tmp_path: Path, facts: str, expect: str) -> None:
    assert differences(tmp_path, f"facts: {facts}, expect: {expect}") == ()


@pytest.mark.parametrize(
    ("facts", "expect", "sentence"),
    [
        ("{score: 5}", "{grade: poor}", "`grade` should be `poor`, and is `fair`"),
        ("{score: 5}", "{grade: undetermined}", "`grade` should be `undetermined`, and is `fair`"),
        ("{score: 1}", "{grade: fair}", "`grade` should be `fair`, and is no rule covers this"),
        ("{score: 1}", "{grade: not applicable}", "`grade` should be `not applicable`, and is no rule covers this"),
        ("{}", "{grade: fair}", "`grade` should be `fair`, and is undetermined: poor, fair, no rule covers this"),
        (
            "{}",
            "{grade: {possible: [poor, fair]}}",
            "`grade` should be `poor or fair`, and is undetermined: poor, fair, no rule covers this",
        ),
        ("{rows: {r1: {held: true}}}", "{counted: {r1: false}}", "`counted` of `r1` should be `false`, and is `true`"),
        ("{rows: {r1: {}}}", "{counted: {r2: true}}", "`counted` stands on no item `r2`: known here: `r1`"),
    ],
)
def test_a_difference_is_said_in_a_sentence(tmp_path: Path, facts: str, expect: str, sentence: str) -> None:
    assert differences(tmp_path, f"facts: {facts}, expect: {expect}") == (sentence,)


def test_a_label_that_is_also_a_word_of_the_checks_is_a_label(tmp_path: Path) -> None:
    assert differences(tmp_path, "facts: {}, expect: {grade: undetermined}") == (
        "`grade` should be `undetermined`, and is undetermined: poor, fair, no rule covers this",
    )


def test_facts_that_are_refused_are_differences_with_their_places(tmp_path: Path) -> None:
    first, second = differences(tmp_path, "facts: {score: 12, scroe: 1}, expect: {grade: fair}")
    assert CASE_PLACE in first
    assert "`12` is not a whole number from 0 to 9" in first
    assert "`scroe` is not an input" in second


def test_rules_that_clash_are_a_difference(tmp_path: Path) -> None:
    (found,) = differences(tmp_path, "facts: {score: 5, first: true}, expect: {grade: fair}")
    assert "`fair` and `poor` of `grade` hold together" in found


def test_parameters_of_a_case_are_read_as_they_are_written(tmp_path: Path) -> None:
    assert (
        differences(tmp_path, "parameters: {wanted: 5}, facts: {score: 5}, expect: {grade: no rule covers this}") == ()
    )
    (found,) = differences(tmp_path, "parameters: {wanted: five}, facts: {score: 5}, expect: {grade: fair}")
    assert CASE_PLACE in found
    assert "`five` is not a number" in found


@pytest.mark.parametrize(
    ("expect", "problem"),
    [
        ("{graed: fair}", "no value is called `graed`"),
        ("{score: 5}", "no value is called `score`"),
        ("{grade: fari}", "did you mean `fair`?"),
        ("{grade: [fair]}", "what is expected of `grade` must be a text"),
        ("{grade: {possibly: [fair]}}", "`possibly` is not a key of what is expected of `grade`"),
        ("{grade: {possible: [fari]}}", "`fari` is not a label of the scale"),
        ("{counted: true}", "`counted`, which stands on each of `rows`, must be a mapping"),
        ("{may: maybe}", "`maybe` is not true or false"),
    ],
)
def test_an_expectation_that_could_never_be_met_is_an_error_with_its_place(
    tmp_path: Path, expect: str, problem: str
) -> None:
    ruleset = checked(tmp_path, f"facts: {{}}, expect: {expect}")
    with pytest.raises(hr.InputError) as caught:
        check_cases(ruleset)
    assert problem in str(caught.value)
    assert all(CASE_PLACE in str(found.place) for found in caught.value.diagnostics)


def test_rules_that_clash_are_traced_where_their_value_is_not_applicable(tmp_path: Path) -> None:
    path = tmp_path / "clash.yaml"
    path.write_text(
        """
ruleset: clash
edition: "1"
title: an invented rule set whose rules can hold together
scales: {grade: [poor, fair, good]}
inputs: {a: {type: boolean}, asked: {type: boolean}}
values:
  grade:
    scale: grade
    outcome: true
    applies: {asked: true}
    choose: unique
    rules: [{id: one, then: good, when: {a: true}, basis: assumed}, {id: two, then: fair, when: {a: true}, basis: assumed}]
    limits: [{id: cap, at_most: poor, when: {a: true}, basis: assumed}]
""",
        encoding="utf-8",
    )
    decision = hr.load(path).decide({"a": True, "asked": False})
    (found,) = trace_all(decision)
    assert found.outcome.status == "not applicable"
    assert [rule.truth for rule in found.rules] == [Truth.YES, Truth.YES]
    assert [limit.binding for limit in found.limits] == [Truth.NO]
