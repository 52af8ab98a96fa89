"""Labels that hold commas, quotes and words such as `or` are told as the labels that they are, wherever a person reads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.datatypes import LabelType, ListType
from hmic_rules.documentation.making import short_page_of
from hmic_rules.documentation.markdown import to_markdown
from hmic_rules.loading.case_files import read_settings
from hmic_rules.outcomes import Outcome, in_a_row, results_in
from hmic_rules.phrases import GAP, every_result, plainly, said
from hmic_rules.possible import NO_RULE
from hmic_rules.testing.writing import loaded
from hmic_rules.verification.differences import diff
from hmic_rules.verification.proving import prove
from hmic_rules.vocabularies import vocabulary

TEXT = """
ruleset: harbour-words
edition: "1"
title: labels that hold commas
scales:
  standing: ["Poor or worse", "Good, with concerns", 'Good, "mostly"', "Good to go, or not"]
parameters:
  counted: {list_of: {choice: ["sound, new", "sound or mended", worn]}, default: [worn], basis: assumed}
inputs:
  moorings: {choice: ["sound, new", "sound or mended", worn]}
  lights: {type: boolean}
values:
  standing:
    scale: standing
    outcome: true
    safe_side: lowest
    choose: first
    rules:
      - {id: worn, when: {moorings: {in: {value: counted}}}, then: "Poor or worse", basis: assumed}
      - {id: mended, when: {moorings: [sound or mended, worn], lights: false}, then: "Good, with concerns", basis: assumed}
      - {id: dark, when: {lights: false}, then: 'Good, "mostly"', basis: assumed}
    otherwise: "Good to go, or not"
cases:
  - {case: in the dark, facts: {moorings: sound or mended}, expect: {standing: {possible: ["Good, with concerns", 'Good, "mostly"', "Poor or worse"]}}}
"""
LABELS = ("Poor or worse", "Good, with concerns", 'Good, "mostly"', "Good to go, or not")
TOLD = '“Poor or worse”, “Good, with concerns”, “Good, "mostly"” or “Good to go, or not”'


@pytest.fixture(scope="module")
def ruleset() -> hr.Ruleset:
    return loaded(TEXT)


@pytest.fixture(scope="module")
def undetermined(ruleset: hr.Ruleset) -> Outcome:
    return ruleset.decide({}).outcome


def test_each_result_still_possible_is_read_as_one(undetermined: Outcome) -> None:
    assert undetermined.possible == LABELS
    assert every_result(undetermined) == TOLD
    assert str(undetermined) == f"undetermined: {TOLD.replace(' or “Good to', ', “Good to')}"
    assert said(undetermined) == "“Poor or worse” to “Good to go, or not”"


def test_a_result_that_is_decided_stands_as_it_is_written(ruleset: hr.Ruleset) -> None:
    outcome = ruleset.decide({"moorings": "sound, new", "lights": False}).outcome
    assert (str(outcome), every_result(outcome), said(outcome), plainly(str(outcome))) == (LABELS[2],) * 4


def test_an_outcome_that_stands_as_a_text_is_not_cut_within_a_label(undetermined: Outcome) -> None:
    assert results_in(str(undetermined)) == LABELS
    assert plainly(str(undetermined)) == plainly(LABELS) == TOLD


@pytest.mark.parametrize(
    "labels",
    [
        ("fair", "good"),
        ("a, b", "c"),
        ("a", "b, c"),
        ("“a”", "b"),
        ("“a”, b", "c”, “d"),
        ("”, “", "”"),
        ("a,", ",b"),
        ("a or b", 'say "a, b"'),
    ],
)
def test_results_are_read_out_of_a_text_as_they_were_put_into_it(labels: tuple[str, ...]) -> None:
    assert results_in(f"undetermined: {in_a_row(labels)}") == labels


def test_a_gap_is_told_as_what_it_means_beside_labels_with_commas() -> None:
    assert plainly(("a, b", NO_RULE.value)) == f"“a, b” or {GAP}"


def test_a_reason_tells_labels_that_hold_or_apart(ruleset: hr.Ruleset) -> None:
    why = ruleset.decide({"lights": False}).why()
    (mended,) = [rule for rule in why.rules if rule.id == "mended"]
    assert mended.words == "moorings is “sound or mended” or worn and lights is false"
    assert mended.obstacles[0].found == "“sound or mended” or “sound, new” or worn"


def test_what_can_still_change_an_outcome_tells_labels_apart(ruleset: hr.Ruleset) -> None:
    (lights,) = [one for one in ruleset.decide({"moorings": "sound or mended"}).unknowns() if one.name == "lights"]
    assert str(lights) == "lights: true leaves “Good to go, or not”; false leaves “Good, with concerns”"


def test_what_a_case_expects_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(TEXT, encoding="utf-8")
    (case,) = check(path).cases
    (said,) = case.differences
    assert said == (
        '`standing` should be `“Good, with concerns” or “Good, "mostly"” or “Poor or worse”`, '
        'and is undetermined: “Good, with concerns”, “Good, "mostly"”, “Good to go, or not”'
    )


def test_a_page_tells_labels_apart(ruleset: hr.Ruleset) -> None:
    assert TOLD in to_markdown(short_page_of(ruleset), pictures=False)


def test_what_a_rule_set_takes_and_what_is_assumed_tell_the_labels_of_a_list_apart() -> None:
    two = loaded(TEXT.replace("default: [worn]", 'default: ["sound, new", worn]'))
    (settings,) = [one for one in vocabulary(two).parts if one.kind == "settings"]
    assert "“sound, new”, worn unless it is set" in settings.entries[0].takes
    assert "counted: “sound, new”, worn" in [one.words for one in two.decide({"moorings": "worn"}).assumptions()]


def test_complete_assessments_are_counted_by_label(ruleset: hr.Ruleset) -> None:
    (counted,) = [one for one in prove(ruleset).counts if one.outcome == "standing"]
    assert set(counted.numbers) == set(LABELS)


def test_two_editions_that_differ_in_the_comma_alone_differ(ruleset: hr.Ruleset) -> None:
    changed = diff(ruleset, loaded(TEXT.replace('then: "Good, with concerns"', "then: 'Good, \"mostly\"'"))).changed
    assert {(one.before, one.after) for one in changed} == {("“Good, with concerns”", '“Good, "mostly"”')}


def test_a_list_at_the_command_line_holds_labels_with_commas(ruleset: hr.Ruleset) -> None:
    labels = ("sound, new", "worn")
    assert read_settings(['counted= "sound, new" , worn'], ruleset) == {"counted": labels}
    assert read_settings(["counted=worn,sound or mended"], ruleset) == {"counted": ("worn", "sound or mended")}
    with pytest.raises(hr.InputError):
        read_settings(["counted=sound, new"], ruleset)
    with pytest.raises(hr.InputError):
        read_settings(["counted=worn,"], ruleset)
    type = ruleset.parameters["counted"].type
    assert isinstance(type, ListType)
    assert isinstance(type.item, LabelType)


def test_tables_are_decided_and_held_against_labels_with_commas(ruleset: hr.Ruleset, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("sqlglot")
    facts = tmp_path / "facts.csv"
    facts.write_text('id,moorings,lights\n1,"sound, new",no\n2,sound or mended,\n3,sound or mended,no\n', "utf-8")
    written = tmp_path / "out.jsonl"
    ruleset.batch({"case": facts}, {"case": written}, id="id", confirm=3)
    rows = [json.loads(row) for row in written.read_text("utf-8").splitlines()]
    assert [row["standing"] for row in rows] == [LABELS[2], None, LABELS[1]]
    assert rows[1]["standing__possible"] == list(LABELS[1:])
    recorded = tmp_path / "recorded.csv"
    recorded.write_text(
        'id,moorings,lights,recorded\n1,"sound, new",no,"Good, with concerns"\n2,sound or mended,,"Good, with concerns"\n',
        "utf-8",
    )
    found = ruleset.concord(recorded, "recorded", id="id", confirm=2)
    (group,) = found.groups
    assert (group.recorded, group.possible) == (LABELS[1], (LABELS[2],))
