"""Two editions compared over all cases: who comes out otherwise, which way, and what changed on paper alone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings

import hmic_rules as hr
from hmic_rules.testing.drawn_rulesets import written_rulesets
from hmic_rules.testing.writing import loaded
from hmic_rules.verification.differences import Difference, diff, difference_data
from hmic_rules.verification.paper import reads_alike

SCORE = """
ruleset: score
edition: "1"
title: a score, a level and a word
scales: {level: [low, middle, high]}
terms: {nearly all: {at_least: 9/10, basis: assumed}}
inputs:
  age: {type: integer, min: 0, max: 120}
  seen: {type: boolean}
  checks: {items: [one, two, three, four, five], fields: {met: {type: boolean}}}
values:
  level:
    scale: level
    outcome: true
    safe_side: highest
    choose: first
    rules:
      - {id: old, then: high, when: {age: {at_least: 60}}, basis: assumed}
      - {id: seen, then: middle, when: {seen: true}, basis: assumed}
    otherwise: low
  kind: {choice: [red, blue], outcome: true, choose: first, rules: [{id: red, then: red, when: {seen: true}, basis: assumed}], otherwise: blue}
  points: {outcome: true, points: [{id: seen, worth: 2, when: {seen: true}, basis: assumed}]}
  fine: {outcome: true, type: boolean, is: {share: {of: checks, where: {met: true}, is: nearly all}}}
"""


def changed(*replaced: tuple[str, str], text: str = SCORE) -> Difference:
    new = text
    for old, put in replaced:
        assert old in new
        new = new.replace(old, put, 1)
    return diff(loaded(text), loaded(new))


@pytest.fixture(scope="module")
def mappa() -> tuple[hr.Ruleset, hr.Ruleset]:
    return hr.load("mappa-2007"), hr.load("mappa-2019")


@pytest.fixture(scope="module")
def editions(mappa) -> Difference:
    return diff(*mappa)


def decided_by_both(found: Difference, old: hr.Ruleset, new: hr.Ruleset) -> None:
    """Every witness, decided by both editions, comes out as is said."""
    for one in found.changed:
        assert one.witness is not None
        for ruleset, text in ((old, one.before), (new, one.after)):
            known = {name: fact for name, fact in one.witness.facts.items() if known_to(ruleset, name)}
            decision = ruleset.decide(
                known, framework=one.witness.framework, profile=one.witness.profile, engine="reference"
            )
            decided = decision[one.outcome] if one.item is None else decision.items(one.outcome)[one.item]
            assert " or ".join(decided.possible) == text


def known_to(ruleset: hr.Ruleset, name: str) -> bool:
    return name in ruleset.inputs or name in ruleset.collections


ORCHARD = Path(__file__).parent / "records" / "orchard.yaml"


def test_a_rule_set_is_the_same_as_itself_whatever_number_of_rows_its_cases_have():
    found = diff(hr.load(ORCHARD), hr.load(ORCHARD))
    assert found.equivalent
    assert found.same == (("grade", ()), ("settled", ()))


def test_a_rule_set_that_is_laid_out_and_cited_otherwise_is_the_same():
    text = ORCHARD.read_text("utf-8")
    moved = "# moved\n\n" + text.replace("title: an invented scheme", "title: a scheme").replace(
        "then: good, when: {fenced: true,", "says: more, then: good, when: {fenced: true,"
    )
    assert diff(loaded(text), loaded(moved)).equivalent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("default: 2", "default: 3"),
        ("parameters: {least: 3}", "parameters: {least: 4}"),
        ("most: {above: 1/2", "most: {above: 2/3"),
        ("default: [apple]", "default: [pear]"),
        ("then: fair, when: {fenced: true,", "then: fair, when: {fenced: false,"),
        ("area: {type: decimal, min: 0}", "area: {type: decimal, min: 1}"),
        (
            "condemned: {type: boolean, worse: upward, absent: {means: false,",
            "condemned: {type: boolean, worse: upward, absent: {means: true,",
        ),
        ("at_most: poor", "at_most: fair"),
        ("sound_trees: {at_least: {value: least}}", "sound_trees: {at_least: 2}"),
        ("where: {sound: true}, is: most", "where: {sound: true}, if_none: holds, is: most"),
        ("    key: id\n", "    key: id\n    size: {at_least: 1}\n"),
        ("scales: {grade: [poor, fair, good]}", "scales: {grade: [poor, good, fair]}"),
    ],
)
def test_whatever_can_decide_reads_otherwise(old, new):
    text = ORCHARD.read_text("utf-8")
    assert old in text
    rulesets = loaded(text), loaded(text.replace(old, new, 1))
    assert reads_alike(rulesets[0], rulesets[0], frozenset(rulesets[0].values))
    assert not reads_alike(*rulesets, frozenset(rulesets[0].values))


@settings(deadline=None)
@given(written_rulesets())
def test_no_drawn_rule_set_differs_from_itself(written):
    found = diff(loaded(written.data), loaded(written.data))
    assert found.equivalent
    assert (found.changed, found.open, found.on_paper, found.only_old, found.only_new) == ((), (), (), (), ())


@pytest.mark.parametrize("name", ["mappa-2007", "mappa-2019"])
def test_a_rule_set_is_equivalent_to_itself(name):
    found = diff(hr.load(name), hr.load(name))
    assert found.equivalent
    assert (found.changed, found.open, found.on_paper, found.only_old, found.only_new) == ((), (), (), (), ())
    assert {outcome for outcome, _ in found.same} == set(hr.load(name).outcomes)


def test_two_editions_of_the_public_protection_arrangements_differ_in_known_classes(mappa, editions):
    assert not editions.equivalent
    decided_by_both(editions, *mappa)
    classes = {(one.outcome, one.before, one.after) for one in editions.changed}
    assert classes >= {
        ("category", "potentially dangerous person", "outside"),
        ("category", "outside", "2"),
        ("level", "1", "2"),
        ("level", "3", "2"),
        ("level", "2", "no rule covers this"),
        ("review", "no rule covers this", "every four months"),
    }
    numbers = {(one.outcome, one.before, one.after): (one.number, one.of) for one in editions.changed}
    assert numbers["category", "3", "outside"] == (720, 12_582_912)
    assert numbers["category", "potentially dangerous person", "outside"] == (2_097_152, 12_582_912)
    assert numbers["conflicting_record", "true", "false"] == (1, 384)
    assert not any(before == after for _, before, after in classes)


def test_every_class_has_a_number_and_they_are_no_more_than_all(editions):
    for one in editions.changed:
        if one.number is not None:
            assert 0 < one.number < one.of
    numbered = [one for one in editions.changed if one.number is not None]
    assert numbered
    for outcome in {one.outcome for one in numbered}:
        of_it = [one for one in numbered if one.outcome == outcome]
        for part in {one.part for one in of_it}:
            here = [one for one in of_it if one.part == part]
            assert sum(one.number for one in here) <= here[0].of


def test_what_only_one_edition_has_is_named(mappa, editions):
    old, new = mappa
    for found, one, other in ((editions.only_old, old, new), (editions.only_new, new, old)):
        assert [text for text in found if text.startswith("outcome ")] == [
            f"outcome {name}" for name in sorted(set(one.outcomes) - set(other.outcomes))
        ]
        inputs = {text.removeprefix("input ") for text in found if text.startswith("input ")}
        assert inputs >= set(one.inputs) - set(other.inputs)
        assert not inputs & set(other.inputs)


def test_a_moved_threshold_changes_the_cases_between_and_no_others():
    found = changed(("age: {at_least: 60}", "age: {at_least: 50}"))
    assert sorted((one.outcome, one.before, one.after, one.direction) for one in found.changed) == [
        ("level", "low", "high", "towards the safe side"),
        ("level", "middle", "high", "towards the safe side"),
    ]
    # Age below 50, 50, between, 60, above; seen or not: of ten, those from 50 to below 60.
    assert {(one.number, one.of) for one in found.changed} == {(2, 10)}
    assert all(50 <= one.witness.facts["age"] < 60 for one in found.changed)
    assert {name for name, _ in found.same} == {"kind", "points", "fine"}


def test_which_way_a_class_goes_is_said_by_the_safe_side_and_else_by_the_scale():
    up, down = ("then: middle", "then: high"), ("otherwise: low", "otherwise: middle")
    assert {one.direction for one in changed(up).changed} == {"towards the safe side"}
    lower = ("then: high", "then: middle")
    assert {one.direction for one in changed(lower).changed} == {"away from the safe side"}
    bare = SCORE.replace("    safe_side: highest\n", "")
    assert {one.direction for one in changed(down, text=bare).changed} == {"higher"}
    assert {one.direction for one in changed(lower, text=bare).changed} == {"lower"}
    turned = SCORE.replace("safe_side: highest", "safe_side: lowest")
    assert {one.direction for one in changed(down, text=turned).changed} == {"away from the safe side"}
    assert {one.direction for one in changed(("then: red", "then: blue")).changed} == {"other"}
    assert {one.direction for one in changed(("worth: 2", "worth: 1")).changed} == {"lower"}


def test_a_threshold_that_moves_between_two_numbers_of_items_changes_on_paper_alone():
    found = changed(("at_least: 9/10", "at_least: 89/100"))
    assert found.equivalent
    assert found.on_paper == ("the word `nearly all` stood for at_least 9/10 and stands for at_least 89/100",)
    in_effect = changed(("at_least: 9/10", "at_least: 4/5"))
    assert {(one.outcome, one.before, one.after) for one in in_effect.changed} == {("fine", "false", "true")}
    assert in_effect.changed[0].number == 5  # one of five checks is not met
    assert in_effect.changed[0].of == 32
    assert in_effect.on_paper == ()


def test_a_rule_that_reads_otherwise_and_does_the_same_is_on_paper():
    found = changed(("when: {age: {at_least: 60}}", "when: {age: {above: 59}}"))
    assert found.equivalent
    assert found.on_paper == ("the rule `level/old` reads otherwise",)


def test_an_input_that_only_one_edition_asks_is_named_and_is_free():
    found = changed(
        ("  seen: {type: boolean}\n", "  seen: {type: boolean}\n  known: {type: boolean}\n"),
        ("when: {age: {at_least: 60}}", "when: {age: {at_least: 60}, known: true}"),
    )
    assert found.only_new == ("input known",)
    assert found.only_old == ()
    assert {(one.before, one.after) for one in found.changed} == {("high", "middle"), ("high", "low")}
    assert all(one.witness.facts["known"] is False for one in found.changed)


def test_a_fact_that_is_something_else_where_a_case_leaves_it_out_keeps_them_from_being_equivalent():
    """Every complete case comes out as before; a case without the fact does not."""
    closed = "seen: {type: boolean, absent: {means: false, basis: assumed}}"
    found = changed(("seen: {type: boolean}", closed))
    sentence = "`seen` was unknown where a case leaves it out, and is taken as `false`: such cases are not compared"
    assert found.open == (sentence,)
    assert not found.equivalent
    assert (found.changed, [name for name, _ in found.same]) == ((), ["fine"])
    old, new = loaded(SCORE), loaded(SCORE.replace("seen: {type: boolean}", closed))
    assert [str(one.decide({})["kind"]) for one in (old, new)] == ["undetermined: red, blue", "blue"]
    rows = changed(("{met: {type: boolean}}", "{met: {type: boolean, absent: {means: true, basis: assumed}}}"))
    assert rows.open == (
        "`met` of `checks` was unknown where a case leaves it out, and is taken as `true`: such cases are not compared",
    )
    back = diff(new, old)
    assert back.open == (
        "`seen` was taken as `false` where a case leaves it out, and is unknown: such cases are not compared",
    )


def test_what_a_fact_is_where_it_is_left_out_is_no_difference_to_what_does_not_read_it_in_both():
    text = SCORE.replace("age: {type", "beard: {type: boolean}\n  age: {type")
    closed = text.replace("beard: {type: boolean}", "beard: {type: boolean, absent: {means: false, basis: assumed}}")
    assert diff(loaded(text), loaded(closed)).equivalent


def test_an_outcome_that_only_one_edition_has_keeps_them_from_being_equivalent():
    found = changed(
        ("  fine:", "  more: {outcome: true, type: boolean, is: {seen: true}}\n  fine:"),
    )
    assert found.only_new == ("outcome more",)
    assert found.changed == ()
    assert not found.equivalent


def test_a_difference_is_the_same_each_time_and_is_plain_data(mappa, editions):
    assert difference_data(diff(*mappa)) == difference_data(editions)
    keys = {"outcome", "item", "before", "after", "direction", "number", "of", "part", "shape", "witness"}
    assert all(set(one) == keys for one in difference_data(editions)["changed"])


def test_a_moved_word_of_the_grading_scheme_changes_grades_and_the_cases_show_it():
    whole = hr.load("hmic-2007")
    plain = whole.profiles["plain"]
    frameworks = {"child-abuse": whole.frameworks["child-abuse"]}
    old = evolve(whole, frameworks=frameworks, profiles={"plain": plain}, programs={})
    assert evolve(old, programs={}).default_profile == "plain"
    moved = evolve(plain, terms={"the vast majority": Fraction(3, 4)})
    new = evolve(old, profiles={"plain": moved}, programs={})
    found = diff(old, new)
    assert found.parts == ("child-abuse, plain",)
    assert ("grade", "good", "excellent") in {(one.outcome, one.before, one.after) for one in found.changed}
    assert {one.direction for one in found.changed if (one.before, one.after) == ("good", "excellent")} == {
        "away from the safe side" if whole.values["grade"].safe_side == "lowest" else "higher"
    }
    for one in found.changed:
        grades = [
            ruleset.decide(one.witness.facts, framework="child-abuse", profile="plain", engine="reference")["grade"]
            for ruleset in (old, new)
        ]
        assert [" or ".join(grade.possible) for grade in grades] == [one.before, one.after]


def test_a_sum_that_is_computed_otherwise_is_not_said_to_be_the_same() -> None:
    text = """
ruleset: sums
edition: "1"
title: a sum
inputs: {one: {type: integer, min: 0}, other: {type: integer, min: 0}}
values:
  total: {type: integer, min: 0, outcome: true, calc: {add: [one, other]}}
"""
    same, moved = changed(text=text), changed(("add: [one, other]", "add: [one, one]"), text=text)
    assert same.equivalent
    assert not moved.equivalent
    assert moved.open
    assert moved.same == ()
