"""Judgements: what a person judged stands beside what the rules give, feeds what reads it, and is refused where the rule set does not allow it."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve, fields

import hmic_rules as hr
from hmic_rules.audit.canonical import canonical
from hmic_rules.backends.engine import engine_module
from hmic_rules.gradings import grading_data
from hmic_rules.inspection_reasons import explain_framework
from hmic_rules.judgement_files import judgement_data, judgements_as_yaml
from hmic_rules.judgement_reasons import JudgementReason, RestsOn
from hmic_rules.judgements import is_placeholder
from hmic_rules.linting.unread import unread
from hmic_rules.screens.explanations import explanation_screen
from hmic_rules.screens.gradings import grading_screen
from hmic_rules.terminal import show
from hmic_rules.verification.archives import moved as moved_archive
from judged_inspection import FOLDER, judged_inspection, text_of

DOCUMENTED = (Path(__file__).parents[1] / "docs" / "judgement.md").read_text(encoding="utf-8")
DAY = datetime.date(2007, 9, 1)


@pytest.fixture(scope="module")
def judged() -> hr.Inspection:
    return judged_inspection()


@pytest.fixture(scope="module")
def shipped() -> hr.Inspection:
    return hr.load_inspection("mps-2007")


def judgement(id: str, value: str, item: str | None, is_: str, **other: object) -> hr.Judgement:
    """An invented judgement."""
    own: dict = {"by": "head of the office", "reason": "It was seen to be so.", "findings": ("roads-strength-1",)}
    framework = other.pop("framework", "roads" if "by" not in other else "child-abuse")
    return hr.Judgement(id, framework, value, item, is_, date=DAY, **{**own, **other})


def standings(decision: hr.Decision) -> dict[str, tuple[str, str, str]]:
    return {one.judgement.id: (one.standing, str(one.computed), str(one.beside)) for one in decision.program.departures}


def problems(changed: str, **files: str) -> str:
    with pytest.raises(hr.InputError) as caught:
        judged_inspection(judgements=changed, **files)
    return str(caught.value)


# what stands beside what


def test_what_is_computed_stays_and_what_was_judged_stands_beside_it(judged):
    plain = judged.decide("roads", "exacting")
    assert str(plain["grade"]) == "middle"
    assert {key: str(one) for key, one in plain.items("standing").items()} == {
        "roads-safe": "full",
        "roads-lit": "half",
        "roads-swept": "short",
    }
    with_it = judged.judged("roads", "exacting")
    assert str(with_it["grade"]) == "top"
    assert {str(one) for one in with_it.items("standing").values()} == {"full"}
    assert with_it["grade"].judgement == with_it.items("standing")["roads-lit"].judgement == "within"
    assert with_it.items("standing")["roads-safe"].judgement is None
    assert standings(with_it) == {
        "lamps-enough": ("departs", "half", "half"),
        "river-by-boat": ("departs", "short", "short"),
        "well-kept": ("departs", "middle", "high"),
    }


def test_a_judgement_of_a_criterion_feeds_the_grade_and_one_of_the_grade_feeds_nothing_that_was_published(judged):
    fewer = evolve(judged, judgements={id: one for id, one in judged.judgements.items() if id != "well-kept"})
    assert str(fewer.judged("roads", "exacting")["grade"]) == "high"
    without = evolve(judged, judgements={})
    for name, grade in judged.grade().frameworks.items():
        alone = without.grade()[name]
        assert grade.record == alone.record
        assert grade.record.published in ("high", "low")
    found, alone = grading_data(judged.grade()), grading_data(without.grade())
    for one, other in zip(found["frameworks"], alone["frameworks"], strict=True):
        assert {**one, "judged": {}, "judgements": []} == other


def test_a_judgement_stands_only_under_the_readings_that_it_names(judged):
    assert judged.judged("roads", "generous") is None
    assert set(judged.grade()["roads"].judged) == {"exacting"}
    assert set(judged.grade()["parks"].judged) == {"exacting", "generous"}


def test_a_judgement_that_is_what_the_rules_give_is_said_to_agree(judged):
    found = standings(judged.judged("parks", "exacting"))
    assert found["gate"] == ("agrees", "full", "full")
    reason = explain_framework(judged, "parks").judgements[0]
    assert (reason.id, reason.standing) == ("gate", "agrees")


def test_a_judgement_of_what_is_undetermined_says_the_range_that_it_was(judged, capsys):
    found = standings(judged.judged("parks", "exacting"))
    assert found["parks-middle"] == ("settles", "undetermined: high, top", "undetermined: high, top")
    show(explanation_screen(explain_framework(judged, "parks")))
    assert "one of what the rules leave possible: high or top" in " ".join(capsys.readouterr().out.split())


def test_what_is_computed_may_move_later_and_the_judgement_stands_and_says_so(judged, capsys):
    moved = judged_inspection(
        findings=text_of("findings").replace("roads-lit, state: begun", "roads-lit, state: missing")
    )
    one = moved.judged("roads", "exacting").program.departures[0]
    assert (one.judgement.id, one.gave, str(one.beside), one.moved) == ("lamps-enough", "half", "short", True)
    assert str(moved.judged("roads", "exacting").items("standing")["roads-lit"]) == "full"
    show(explanation_screen(explain_framework(moved, "roads")))
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "When it was judged they gave half: what is computed has moved since, and the judgement stands" in said
    assert not judged.judged("roads", "exacting").program.departures[0].moved
    met = judged_inspection(findings=text_of("findings").replace("roads-lit, state: begun", "roads-lit, state: done"))
    one = met.judged("roads", "exacting").program.departures[0]
    assert (one.standing, one.moved) == ("agrees", True)


def test_moved_is_measured_beside_the_other_judgements(judged):
    for gave, moved in (("high", False), ("middle", True)):
        one = evolve(judged.judgements["well-kept"], gave={"exacting": gave})
        other = evolve(judged, judgements={**judged.judgements, one.id: one})
        assert other.judged("roads", "exacting").program.departures[-1].moved is moved


def test_judgements_are_told_in_the_order_in_which_the_rules_read_them(judged):
    turned = evolve(judged, judgements=dict(reversed(judged.judgements.items())))
    found = [str(one) for one in turned.judged("roads", "exacting").program.departures]
    assert found == ["river-by-boat", "lamps-enough", "well-kept"]
    assert str(turned.judged("roads", "exacting")["grade"]) == "top"


@pytest.mark.parametrize("reading", ["exacting", "generous"])
@pytest.mark.parametrize("framework", ["roads", "parks"])
def test_without_judgements_nothing_is_otherwise(judged, framework, reading):
    without = evolve(judged, judgements={})
    assert without.judged(framework, reading) is None
    decision = without.decide(framework, reading)
    again = hr.depart(decision, [])
    assert again.program.departures == ()
    assert again.to_data() == decision.to_data()
    assert canonical(again.record().data) == canonical(decision.record().data)
    assert "judgements" not in decision.record().data


def test_the_shipped_inspection_records_no_judgement_and_nobody_departs_from_a_grade(shipped):
    assert shipped.judgements == {}
    assert all(not grade.judged for grade in shipped.grade().frameworks.values())
    values = shipped.ruleset.values
    assert [name for name, value in values.items() if value.may_depart is not None] == ["status"]
    assert values["status"].may_depart.basis == "assumed"


@pytest.mark.skipif(engine_module() is None, reason="durable_rules is not installed")
def test_what_follows_from_a_judgement_is_computed_a_second_time(judged):
    assert judged.judged("roads", "exacting").engines == ("reference", "durable_rules")
    decision = hr.decide(judged.ruleset, judged.facts("roads"), framework="roads", profile="exacting", engine="durable")
    with_it = hr.depart(decision, [one for one in judged.judgements.values() if one.framework == "roads"])
    assert str(with_it["grade"]) == "top"


def test_the_reason_of_a_judged_value_is_that_it_was_judged_and_its_rules_are_still_told(judged):
    reason = judged.judged("roads", "exacting").why("standing", "roads-lit")
    assert reason.how == "it was judged so"
    assert reason.outcome.rule is None
    assert [rule.id for rule in reason.rules if rule.truth == "yes"] == ["half"]
    assert (
        judged.judged("roads", "exacting").why("grade").how == "it was judged so; the judgement lies within the limits"
    )


def test_questions_are_asked_of_what_is_computed_and_not_of_what_was_judged(judged):
    with_it = judged.judged("roads", "exacting")
    for ask in (lambda: with_it.why_not("low"), with_it.unknowns, lambda: with_it.reconcile("low")):
        with pytest.raises(hr.NotAnalysedError, match=r"lamps-enough.*ask the one that was computed without them"):
            ask()


def test_what_a_judged_decision_assumes_is_found_with_its_judgements_in_place(judged):
    names = {one.name for one in judged.judged("roads", "exacting").assumptions()}
    computed = {one.name for one in judged.decide("roads", "exacting").assumptions()}
    assert computed - names == {"standing/half", "standing/short"}
    assert names <= computed


def test_that_a_value_may_be_judged_is_an_assumption_where_no_source_states_it(shipped):
    decision = shipped.decide("child-abuse")
    found = hr.depart(decision, [judgement("a", "status", "ca-crime-recording", "met", by="inspector")])
    assert {one.name for one in found.assumptions()} - {one.name for one in decision.assumptions()} == {
        "status/may_depart"
    }


# what is refused


@pytest.mark.parametrize(
    ("written", "instead", "place", "said", "help"),
    [
        ("by: examiner\n", "by: examinar\n", "8:9", "`examinar` is no role that may depart", "`examiner`"),
        ("by: examiner\n", "by: TODO\n", "8:9", "`TODO` is no role", "in which role"),
        ("by: examiner\n", 'by: ""\n', "8:9", "", "role"),
        ("reason: Every street that is walked at night has its lamps.", "reason: tbd", "10:13", "`tbd` is no reason", "say in"),
        ("reason: Every street that is walked at night has its lamps.", "reason: <why>", "10:13", "is no reason", "say in"),
        ("reason: Every street that is walked at night has its lamps.", "reason: It is.", "10:13", "is no reason", "say in"),
        ("date: 2007-09-01\n    reason: Every", "date: 1.9.2007\n    reason: Every", "9:11", "not a date", "2007-09-01"),
        ("findings: [roads-improvement-1]", "findings: [roads-improvment-1]", "12:27", "no finding", "`roads-improvement-1`"),
        ("{findings: [roads-improvement-1], cite: [roads/improvement/1]}", "{}", "12:15", "nothing is said", "findings"),
        ("criterion: roads-lit", "criterion: roads-lid", "5:16", "no criterion `roads-lid`", "`roads-lit`"),
        ("criterion: roads-lit", "criterion: parks-open", "5:16", "no criterion `parks-open`", "roads-lit"),
        ("    criterion: roads-lit\n", "", "2:5", "none is named", "criterion"),
        ("readings: [exacting]", "readings: [exactly]", "6:16", "`exactly` is no reading", "exacting"),
        ("readings: [exacting]", "readings: []", "6:15", "no reading", "leave"),
        ("is: full\n", "is: fulll\n", "7:9", "`fulll`", "`full`"),
        ("framework: roads\n", "framework: road\n", "3:16", "`road` is not a framework", "`roads`"),
        ("value: standing\n", "value: standin\n", "4:12", "no value `standin`", "`standing`"),
        ("value: standing\n    criterion: roads-lit\n", "value: shows\n", "4:12", "lets nobody depart from `shows`", "`grade`"),
        ("id: lamps-enough", "id: river-by-boat", "13:9", "stands twice", "own id"),
        ("id: lamps-enough", "id: Lamps", "2:9", "`Lamps`", "small letters"),
        ("by: examiner\n", "buy: examiner\n", "8:5", "`buy` is not a key", "`by`"),
        ("{exacting: half}", "{exactin: half}", "11:18", "exactin", "`exacting`"),
        ("criterion: roads-lit", "criterion: roads-safe", "4:12", "only on a condition that does not hold", "vital"),
        ("is: top", "is: low", "27:9", "more than 1 step from `high`", "at most 1 step"),
        ("criterion: roads-swept", "criterion: roads-lit", "", "was judged already, by `lamps-enough`", "keep one"),
    ],
)  # fmt: skip
def test_a_judgement_that_may_not_stand_is_refused_at_its_place_with_what_to_do(written, instead, place, said, help):
    text = text_of("judgements")
    assert written in text
    found = problems(text.replace(written, instead, 1))
    assert f"judged/judgements.yaml:{place}" in found
    assert said in found
    assert help in found


def test_all_that_is_wrong_with_judgements_is_said_at_once():
    text = text_of("judgements").replace("by: examiner", "by: examinar").replace("is: top", "is: tip")
    text = text.replace("reason: The bank by the river is cleaned from boats, which was not asked.", "reason: n/a")
    found = problems(text)
    assert found.count("`examinar` is no role") == 2
    assert "`tip`" in found
    assert "`n/a` is no reason" in found


def test_a_limit_of_the_value_refuses_a_judgement_beyond_it_with_the_place():
    flooded = text_of("inspection").replace(
        "    facts:\n", "    facts:\n      flooded: {is: true, cite: roads/context/2, says: the river is high}\n"
    )
    found = problems(text_of("judgements"), inspection=flooded)
    assert (
        "judged/judgements.yaml:27:9: `top` lies beyond the limit `flood` of `grade` under the reading `exacting`"
        in found
    )
    assert "the limit leaves `low`" in found


def test_a_limit_is_asked_with_the_other_judgements_in_place():
    ruleset = judged_inspection(
        ruleset=text_of("ruleset").replace("among: {vital: true}", "among: {vital: false}"), judgements="judgements: []"
    ).ruleset
    marks = [
        {"id": "1", "criterion": "roads-safe", "state": "done"},
        {"id": "2", "criterion": "roads-lit", "state": "done"},
        {"id": "3", "criterion": "roads-swept", "state": "done"},
    ]
    facts = {"well_led": False, "marks": marks}
    high = judgement("high", "grade", None, "high")
    decision = ruleset.decide(facts, framework="roads", profile="exacting")
    assert str(hr.depart(decision, [high])["grade"]) == "high"
    with pytest.raises(hr.InputError, match="`high` lies beyond the limit `vital-short`"):
        hr.depart(decision, [high, judgement("lit", "standing", "roads-lit", "short")])
    marks[1] = {**marks[1], "state": "missing"}
    decision = ruleset.decide(facts, framework="roads", profile="exacting")
    with pytest.raises(hr.InputError, match="`high` lies beyond the limit `vital-short`"):
        hr.depart(decision, [high])
    assert str(hr.depart(decision, [high, judgement("lit", "standing", "roads-lit", "full")])["grade"]) == "high"


def test_a_limit_that_may_be_in_force_refuses_until_it_is_known():
    unknown = text_of("ruleset").replace(", absent: {means: false, basis: assumed}}", "}")
    found = problems(text_of("judgements"), ruleset=unknown)
    assert "`top` lies beyond the limit `flood`" in found
    assert "`low` or `top`" in found


def test_a_condition_that_is_not_known_to_hold_refuses():
    asked = text_of("ruleset").replace("when: {vital: false}", "when: {visited: true}")
    found = problems(text_of("judgements"), ruleset=asked)
    assert "only on a condition that is not known to hold under the reading `exacting`" in found


def test_what_does_not_apply_cannot_be_judged():
    asked = text_of("ruleset").replace(
        "  grade:\n    scale: grade\n", "  grade:\n    scale: grade\n    applies: {flooded: true}\n"
    )
    assert "`grade` does not apply under the reading `exacting`" in problems(text_of("judgements"), ruleset=asked)


def test_nobody_departs_where_the_rule_set_does_not_say_so(shipped):
    with pytest.raises(hr.InputError, match="lets nobody depart from `grade`"):
        hr.depart(shipped.decide("child-abuse"), [judgement("a", "grade", None, "good", by="inspector")])
    with pytest.raises(hr.InputError, match=r"\$.judgements.a.by: `chief` is no role"):
        hr.depart(shipped.decide("child-abuse"), [judgement("a", "status", "ca-crime-recording", "met", by="chief")])


def test_a_judgement_of_elsewhere_is_refused(judged):
    decision = judged.decide("roads", "generous")
    with pytest.raises(hr.InputError) as caught:
        hr.depart(decision, judged.judgements.values())
    assert "it is of the framework `parks`" in str(caught.value)
    assert "it stands under `exacting` alone" in str(caught.value)


def test_a_judgement_is_no_ground_for_a_second_departure(judged):
    with pytest.raises(hr.InputError, match="judgements stand in this decision already"):
        hr.depart(judged.judged("roads", "exacting"), [judgement("a", "grade", None, "high")])


@pytest.mark.parametrize(
    "text", ["", " ", "TODO", "tbd.", "n/a", "<your reason>", "[reason]", "...", "???", "xxx", "12", "$REASON", "{why}"]
)
def test_a_text_that_holds_a_place_says_nothing(text):
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["inspector", "lead inspector", "Kein Mangel wurde gesehen.", "it was seen"])
def test_a_text_with_words_says_something(text):
    assert not is_placeholder(text)


def test_only_a_passage_that_exists_is_rested_on(shipped, tmp_path):
    for name in ("passages.json", "recommendations.yaml", "practices.yaml", "findings"):
        (tmp_path / name).symlink_to(shipped.place.folder / name)
    main = (shipped.place.folder / "inspection.yaml").read_text(encoding="utf-8")
    one = judgement(
        "a", "status", "ca-crime-recording", "met", by="inspector", findings=(), passages=("ca/strength/99",)
    )
    text = judgements_as_yaml([judgement_data(one)])
    (tmp_path / "inspection.yaml").write_text(f"{main}\n{text}", encoding="utf-8")
    with pytest.raises(hr.InputError, match=r"has no passage `ca/strength/99`\n.*help: it has `ca/strength/1` to"):
        hr.load_inspection(tmp_path)
    (tmp_path / "inspection.yaml").write_text(f"{main}\n{text.replace('99', '7')}", encoding="utf-8")
    assert hr.load_inspection(tmp_path).judgements["a"].passages == ("ca/strength/7",)


# where it is seen


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of a known width, whoever runs the tests."""
    monkeypatch.setenv("COLUMNS", "100")


def test_the_screens_show_the_computed_beside_the_judged(judged, capsys, snapshot, wide):
    show(grading_screen(judged.grade()))
    show(grading_screen(judged.grade("generous")))
    for framework in judged.frameworks:
        show(explanation_screen(explain_framework(judged, framework)))
    assert capsys.readouterr().out == snapshot


def test_an_explanation_tells_of_the_judgements_before_anything_else(judged, capsys, wide):
    show(explanation_screen(explain_framework(judged, "roads")))
    lines = [line for line in capsys.readouterr().out.splitlines() if line]
    assert lines[0].startswith("Roads: under the exacting reading the rules give middle; with what was judged: top")
    assert lines[1] == "Judged by persons, and what the rules give in its place"
    first = lines.index("With these: grade top; from the facts alone: middle.")
    assert first < next(place for place, line in enumerate(lines) if line.startswith("Why: "))
    told = "\n".join(lines[:first])
    for part in (
        "examiner, 2007-09-01: Every street",
        "roads/improvement/1",
        "Half of the lamps stand",
        "the rules give half",
    ):
        assert part in told


def test_json_holds_the_judgements_with_the_documented_keys(judged):
    found = json.loads(json.dumps(grading_data(judged.grade())))["frameworks"][0]
    assert found["computed"]["value"] == "middle"
    assert found["readings"]["exacting"]["value"] == "middle"
    assert found["judged"]["exacting"]["value"] == "top"
    keys = {"reading", *(one.name for one in fields(JudgementReason))}
    assert all(set(one) == keys for one in found["judgements"])
    keys |= {one.name for one in fields(RestsOn)} | {"judged", "judgements"}
    assert [key for key in sorted(keys) if f"`{key}`" not in DOCUMENTED] == []
    entries = list(judgement_data(judged.judgements["lamps-enough"]))
    assert [key for key in entries if f"`{key}`" not in DOCUMENTED] == []


def test_a_record_of_a_judged_decision_carries_the_judgements_and_is_replayed(judged):
    record = judged.judged("roads", "exacting").record()
    found = record.data["judgements"]
    assert [one["id"] for one in found] == ["lamps-enough", "river-by-boat", "well-kept"]
    assert found[2]["computed"]["value"] == "middle"
    assert found[2]["beside"]["value"] == "high"
    assert found[2]["by"] == "head of the office"
    again = hr.replay(record.text, ruleset=FOLDER)
    assert again.verdict == "identical"
    assert str(again.decision["grade"]) == "top"
    assert [key for key in found[0] if f"`judgements[].{key}`" not in DOCUMENTED] == []


def test_a_record_whose_judgement_is_changed_or_not_allowed_is_told_of(judged):
    record = judged.judged("roads", "exacting").record()
    changed = json.loads(record.text)
    changed["judgements"][2]["judged"] = "high"
    assert hr.replay(canonical(changed), ruleset=FOLDER).verdict == "altered"
    changed["judgements"][2]["judged"] = "low"
    refused = hr.replay(canonical(changed), ruleset=FOLDER)
    assert refused.decision is None
    assert "more than 1 step" in refused.refused
    changed["judgements"][2]["date"] = "yesterday"
    assert "no date" in hr.replay(canonical(changed), ruleset=FOLDER).refused
    del changed["judgements"][2]["by"]
    with pytest.raises(hr.InputError, match=r"\$.judgements: is not a list of judgements"):
        hr.replay(canonical(changed), ruleset=FOLDER)
    dropped = {name: part for name, part in json.loads(record.text).items() if name != "judgements"}
    assert hr.replay(canonical(dropped), ruleset=FOLDER).verdict == "altered"


def test_a_record_of_a_judged_decision_is_no_case_for_comparing_editions(judged, tmp_path):
    (tmp_path / "computed.json").write_bytes(judged.decide("roads", "exacting").record().text)
    assert len(moved_archive(judged.ruleset, judged.ruleset, tmp_path)) == 1
    (tmp_path / "judged.json").write_bytes(judged.judged("roads", "exacting").record().text)
    with pytest.raises(hr.InputError, match=r"judged\.json: judgements stand in the record"):
        moved_archive(judged.ruleset, judged.ruleset, tmp_path)


def test_what_only_the_condition_of_a_departure_reads_is_not_unread(judged):
    asked = judged_inspection(
        ruleset=text_of("ruleset").replace("when: {vital: false}", "when: {visited: true}"), judgements="judgements: []"
    )
    assert any("`visited`" in one.problem for one in unread(judged.ruleset))
    assert not any("`visited`" in one.problem for one in unread(asked.ruleset))


def test_a_record_of_a_judged_decision_leaves_no_input_out(judged):
    with pytest.raises(hr.InputError, match="their reasons may tell what is left out"):
        judged.judged("roads", "exacting").record(redact=["well_led"], key=bytes(32))


def test_the_graph_links_a_judgement_to_what_it_judges_and_rests_on(judged):
    graph = judged.graph()
    assert graph.nodes["judgement:lamps-enough"]["by"] == "examiner"
    edges = {(kind["kind"], target) for _, target, kind in graph.out_edges("judgement:lamps-enough", data=True)}
    assert edges == {
        ("judges", "criterion:roads/roads-lit"),
        ("rests on", "finding:roads-improvement-1"),
        ("cites", "passage:roads/improvement/1"),
    }
    edges = {(kind["kind"], target) for _, target, kind in graph.out_edges("judgement:well-kept", data=True)}
    assert ("judges", "framework:roads") in edges
    assert not [node for node, kind in evolve(judged, judgements={}).graph().nodes(data="kind") if kind == "judgement"]


# taking over what is implied


def test_what_is_implied_is_taken_over_only_with_a_role_and_a_reason(shipped):
    implied = next(one for one in shipped.decide("child-abuse").reconcile("good").readings if one.reading == "plain")
    with pytest.raises(TypeError, match="'by', 'reason', and 'date'"):
        shipped.judgements_from("child-abuse", implied)
    with pytest.raises(hr.InputError) as caught:
        shipped.judgements_from("child-abuse", implied, by="", reason="TODO", date=DAY)
    assert "nobody's role is said" in str(caught.value)
    assert "`TODO` is no reason" in str(caught.value)
    assert "nothing is said that it rests on" in str(caught.value)
    with pytest.raises(hr.InputError, match="no finding is called `ca-strength-999`"):
        shipped.judgements_from(
            "child-abuse",
            implied,
            by="inspector",
            reason="Invented for a test.",
            date=DAY,
            findings=["ca-strength-999"],
        )


def test_what_is_implied_and_taken_over_gives_what_was_published(shipped):
    said = {"by": "inspector", "reason": "Invented for a test.", "date": DAY, "findings": ["ca-strength-7"]}
    for implied in shipped.decide("child-abuse").reconcile("good").readings:
        if implied.reading == "lenient":  # it implies a fact, which is no judgement
            with pytest.raises(hr.InputError, match="that is a fact of the whole"):
                shipped.judgements_from("child-abuse", implied, **said)
            continue
        for choose, way in enumerate(implied.values):
            taken = shipped.judgements_from("child-abuse", implied, choose=choose, **said)
            assert len(taken) == len(way.changes)
            assert {one.readings for one in taken} == {(implied.reading,)}
            beside = evolve(shipped, judgements={one.id: one for one in taken})
            assert str(beside.judged("child-abuse", implied.reading)["grade"]) == way.gives == "good"
        with pytest.raises(hr.InputError, match="choose: 99 is no set"):
            shipped.judgements_from("child-abuse", implied, choose=99, **said)


def test_where_nothing_is_implied_there_is_nothing_to_take_over(shipped):
    implied = shipped.decide("domestic-violence").reconcile("fair").readings[0]
    with pytest.raises(hr.InputError, match="no judgement is implied under the reading `plain`"):
        shipped.judgements_from("domestic-violence", implied, by="inspector", reason="Invented for a test.", date=DAY)


def test_the_python_of_the_guide_runs_and_prints_what_its_comments_say(capsys):
    code = "".join(re.findall(r"^```python\n(.*?)^```$", DOCUMENTED, re.MULTILINE | re.DOTALL))
    exec(compile(code, "docs/judgement.md", "exec"), {})  # noqa: S102 - our own documentation
    promised = re.findall(r"print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == promised == ["fair fair within", "2 good"]


def test_the_example_of_the_guide_is_the_judgement_of_the_tests(judged):
    [example] = re.findall(r"^```yaml\n(judgements:\n.*?)^```$", DOCUMENTED, re.MULTILINE | re.DOTALL)
    found = judged_inspection(judgements=example).judgements
    assert found == {"lamps-enough": judged.judgements["lamps-enough"]}


# the command


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hmic_rules", "judge", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


SAID = (
    "--by",
    "inspector",
    "--date",
    "2007-09-01",
    "--reason",
    "Invented: “so”, it's said: yes.",
    "--rests-on",
    "ca-strength-7",
)


def test_the_command_prints_what_a_file_of_the_inspection_takes(shipped):
    done = run("mps-2007", "--framework", "child-abuse", "--criterion", "ca-crime-recording", "--is", "met", *SAID)
    assert done.returncode == 0
    assert "plain: status of ca-crime-recording: met; the rules give in part" in done.stderr
    assert done.stdout.splitlines()[0] == "judgements:"
    assert 'reason: "Invented: “so”, it\'s said: yes."' in done.stdout
    assert "rules_gave: {strict: in part, plain: in part, lenient: met}" in done.stdout


def test_the_command_takes_over_what_is_implied_in_a_new_file_and_overwrites_none(tmp_path):
    path = tmp_path / "judgements.yaml"
    done = run("mps-2007", "--framework", "child-abuse", "--implied", *SAID, "-o", path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "plain: grade good, from the facts alone fair" in done.stderr
    written = path.read_text(encoding="utf-8")
    assert written.count("readings: [plain]") == 2
    again = run("mps-2007", "--framework", "child-abuse", "--implied", *SAID, "-o", path)
    assert again.returncode == 2
    assert "is there already" in again.stderr
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("arguments", [("--implied",), ("--criterion", "ca-crime-recording", "--is", "met")])
def test_the_command_says_nothing_in_the_place_of_a_person(arguments):
    done = run("mps-2007", "--framework", "child-abuse", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    for option in ("--by", "--reason", "--date", "--rests-on"):
        assert f"{option}: is not said, and nobody but the person who judges can" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--criterion", "ca-crime-recording", "--is", "mett", *SAID), "--is: `mett`"),
        (("--criterion", "ca-crime-recordin", "--is", "met", *SAID), "--criterion: the framework `child-abuse` has no criterion"),
        (("--is", "good", *SAID), "--value: the rule set `hmic-2007` lets nobody depart from `grade`"),
        (("--criterion", "ca-crime-recording", "--is", "met", *SAID, "--reading", "plane"), "--reading: `plane` is no reading"),
        (("--criterion", "ca-crime-recording", "--is", "met", *SAID, "--by", "me"), "--by: `me` is no role"),
        (("--criterion", "ca-crime-recording", "--is", "met", *SAID, "--reason", " "), "--reason: "),
        (("--criterion", "ca-crime-recording", "--is", "met", *SAID, "--rests-on", "ca/strength/99"), "--rests-on: "),
        (("--criterion", "ca-crime-recording", "--is", "met", *SAID, "--set", "1"), "--set: is about implied judgements"),
        (("--implied", *SAID, "--is", "met"), "--is: goes with no `--implied`"),
        (("--implied", *SAID, "--set", "9"), "--set: "),
        (("--implied", *SAID, "--date", "today"), "--date: `today` is not a date"),
        (("--implied", *SAID, "--reading", "plane"), "plane"),
        (("--implied", *SAID, "--rests-on", "nothing"), "--rests-on: no finding is called `nothing`"),
        (SAID, "--is: what is judged is not said"),
    ],
)  # fmt: skip
def test_the_command_names_the_option_that_is_wrong(arguments, said):
    done = run("mps-2007", "--framework", "child-abuse", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_judgement_that_is_written_is_read_again_as_it_was(judged):
    text = judgements_as_yaml(map(judgement_data, judged.judgements.values()))
    assert judged_inspection(judgements=text).judgements == judged.judgements
