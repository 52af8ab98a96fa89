"""Questions to a record: answered when it comes out again to the byte, of what its own rules give, and of nothing else."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import fields

import hmic_rules as hr
from hmic_rules.errors import InputError
from hmic_rules.questions.asked import Asked, OutcomeAnswers, ask_framework, ask_outcomes, asked_data
from hmic_rules.questions.reaching import smallest
from hmic_rules.questions.wanted import Wanted, read_wanted
from hmic_rules.rereading import without_judgements

ROOT = Path(__file__).parents[1]
KEY = bytes(range(32))
RULES = """
ruleset: gardens
edition: "1"
title: an invented scheme for gardens
scales: {grade: [poor, fair, good], standing: [low, high]}
terms: {most: {above: 1/2, range: [1/2, 3/4], basis: assumed}}
parameters: {lenient: {type: boolean, default: false, basis: assumed}}
inputs:
  fenced: {type: boolean, better: upward}
  watered: {type: boolean, better: upward}
  hours: {type: decimal, min: 0}
  hours_lent: {type: decimal, min: 0}
  beds:
    key: id
    collection:
      id: {type: text}
      weeded: {type: boolean, better: upward}
      dug: {type: boolean, better: upward}
values:
  tidy: {each: beds, outcome: true, is: {all: [{weeded: true}, {dug: true}]}}
  grade:
    scale: grade
    outcome: true
    choose: highest
    rules:
      - {id: fair, then: fair, when: {fenced: true}, basis: assumed}
      - {id: good, then: good, when: {fenced: true, share: {of: beds, where: {tidy: true}, is: most}}, basis: assumed}
      - {id: lenient, then: good, when: {watered: true, is_lenient: true}, basis: assumed}
    otherwise: {then: poor, basis: assumed}
    may_depart: {by: [head gardener], basis: assumed}
  is_lenient: {is: {lenient: true}}
  worked: {type: decimal, calc: {add: [hours, hours_lent]}}
  enough: {outcome: true, is: {worked: {at_least: 30}}}
"""
FACTS: dict[str, Any] = {
    "fenced": False,
    "hours": 12,
    "hours_lent": 5,
    "beds": [
        {"id": "a=1", "weeded": True, "dug": False},
        {"id": "b", "weeded": True, "dug": True},
        {"id": "c", "weeded": False, "dug": True},
        {"id": "d", "weeded": True},
    ],
}


@pytest.fixture(scope="module")
def rules(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "gardens.yaml"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def decision(rules) -> hr.Decision:
    return hr.load(rules).decide(FACTS)


@pytest.fixture
def kept(decision, tmp_path) -> Path:
    path = tmp_path / "record.json"
    path.write_bytes(decision.record(case="an invented garden").text)
    return path


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("graded") / "child-abuse.plain.json"
    record = hr.load_inspection("mps-2007").decide("child-abuse", "plain").record(case="mps-2007: child-abuse")
    path.write_bytes(record.text)
    return path


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )


# as it is written


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("grade=good", Wanted("grade", None, "good")),
        ("grade = good", Wanted("grade", None, "good")),
        ("enough=true", Wanted("enough", None, "true")),
        ("tidy of b=false", Wanted("tidy", "b", "false")),
        ("tidy of a=1=true", Wanted("tidy", "a=1", "true")),
        ("grade=no rule covers this", Wanted("grade", None, "no rule covers this")),
    ],
)
def test_an_outcome_is_written_with_its_name_and_its_item(decision, written, wanted) -> None:
    assert read_wanted(decision, written, "--why-not") == wanted


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("grde=good", "there is no outcome `grde`: did you mean `grade`?"),
        ("grade=god", "`grade` is never `god`: did you mean `good`?"),
        ("good", "`good` does not say which outcome: 2 of them stand on the whole case"),
        ("grade", "`grade` does not say what it would have to be"),
        ("tidy=true", "`tidy` stands on each of `beds`"),
        ("tidy=true", "write `tidy of ITEM=true`: known here: `a=1`, `b`, `c`, `d`"),
        ("tidy of e=true", "`tidy` stands on no item `e`"),
        ("grade of b=good", "`grade` stands on the whole case, and on no item"),
        ("worked=3", "`worked` is a number"),
        ("", "does not say which outcome"),
    ],
)
def test_what_is_not_there_to_be_asked_about_is_named(decision, written, said) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        read_wanted(decision, written, "--why-not")


def test_the_outcomes_are_listed_with_what_they_can_come_out_as(decision) -> None:
    with pytest.raises(InputError) as refused:
        read_wanted(decision, "x=y", "--why-not")
    [one] = refused.value.diagnostics
    assert one.help.splitlines() == [
        "write NAME=OUTCOME, or NAME of ITEM=OUTCOME:",
        "      grade: `poor`, `fair`, `good`",
        "      enough: `false`, `true`",
        "      tidy of ITEM: `false`, `true`",
    ]


def test_the_only_outcome_of_the_whole_needs_no_name(graded) -> None:
    asked = hr.replay(graded.read_bytes()).decision
    assert read_wanted(asked, "good", "--why-not") == Wanted("grade", None, "good")
    with pytest.raises(InputError, match="`grade` is never `god`: did you mean `good`"):
        read_wanted(asked, "god", "--why-not")


# answers


def test_a_record_of_a_rule_sets_decision_is_asked_what_stands_in_the_way(kept, rules, snapshot) -> None:
    done = run("explain", kept.name, "--ruleset", rules, "--why-not", "grade=good", cwd=kept.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "fenced: false → true" in done.stdout
    assert _without_hashes(done.stdout) == snapshot


def test_an_item_of_a_record_is_asked_and_every_smallest_set_is_listed(kept, rules, snapshot) -> None:
    arguments = ("--to-reach", "grade=good", "--why-not", "tidy of c=true", "--full")
    done = run("explain", kept.name, "--ruleset", rules, *arguments, cwd=kept.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tidy of c" in done.stdout
    assert _without_hashes(done.stdout) == snapshot


def test_what_rests_on_nothing_that_is_assumed_is_said_in_a_line(kept, rules, snapshot) -> None:
    done = run("explain", kept.name, "--ruleset", rules, "--sensitivity", cwd=kept.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert _without_hashes(done.stdout) == snapshot


def test_a_record_of_a_grading_answers_as_the_inspection_does(graded) -> None:
    done = run("explain", graded, "--why-not", "good", "--to-reach", "good", "--sensitivity", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    [answer] = json.loads(done.stdout)["answers"]
    of_inspection = asked_data(
        ask_framework(
            hr.load_inspection("mps-2007"),
            "child-abuse",
            "plain",
            why_not="good",
            to_reach="good",
            sensitivity=True,
            listed=10,
        )
    )
    same = set(answer) & set(of_inspection)
    assert {"outcome", "unknowns", "why_not", "to_reach", "robustness", "sensitivity"} <= same
    assert {key: answer[key] for key in same} == json.loads(json.dumps({key: of_inspection[key] for key in same}))
    assert len(answer["why_not"]["others"]) == answer["why_not"]["way"]["others"] == 3
    screen = run("explain", graded, "--why-not", "good").stdout
    assert "2 changes of criteria and facts of the whole reach it" in screen
    assert "A referral that discloses a crime is recorded as one" in screen


def test_the_answers_as_json_have_the_documented_keys(kept, rules) -> None:
    done = run("explain", kept, "--ruleset", rules, "--why-not", "grade=good", "--json")
    found = json.loads(done.stdout)
    assert found["verdict"] == "identical"
    assert found["judgements"] == []
    [answer] = found["answers"]
    assert set(answer) == {one.name for one in fields(OutcomeAnswers)} - {"on_groups"}
    assert set(answer["why_not"]) == {one.name for one in fields(Asked)} == {"wanted", "way", "others"}
    text = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert [key for key in ("answers", *answer, *answer["why_not"]) if f"`{key}`" not in text] == []
    assert (answer["name"], answer["item"], answer["sensitivity"]) == ("grade", None, None)


def test_numbers_that_are_calculated_with_are_said_not_to_be_looked_at(kept, rules, decision) -> None:
    done = run("explain", kept, "--ruleset", rules, "--why-not", "enough=true")
    assert done.returncode == 0
    assert "no change of facts that was looked for reaches it" in done.stdout
    assert "It is calculated from hours, hours lent, of which no change was looked for" in done.stdout
    [answer] = ask_outcomes(decision, why_not=Wanted("enough", None, "true"))
    assert answer.unmoved == ("hours", "hours_lent")
    [other] = ask_outcomes(decision, why_not=Wanted("grade", None, "good"))
    assert other.unmoved == ()
    assert other.why_not.way.exact


def test_a_way_past_numbers_that_are_calculated_with_is_not_said_to_be_exact(ruleset_from) -> None:
    rules = ruleset_from(
        RULES.replace(
            "enough: {outcome: true, is: {worked: {at_least: 30}}}",
            "enough: {outcome: true, is: {any: [{worked: {at_least: 30}}, {all: [{fenced: true}, {watered: true}]}]}}",
        )
    )
    way = rules.decide({**FACTS, "watered": False}).why_not("true", name="enough")
    assert (len(way.changes), way.exact) == (2, False)


def test_a_replay_gives_out_the_decision_to_be_asked(kept, rules, graded) -> None:
    decision = hr.replay(kept.read_bytes(), ruleset=rules).decision
    way = decision.why_not("good", name="grade")
    assert way.gives == "good"
    assert hr.replay(graded.read_bytes()).decision.why_not("good").cost == 2
    assert decision.sensitivity("grade")[0].name == "most"


# sets that are as small


def test_every_smallest_set_is_another_and_reaches_the_outcome() -> None:
    decision = hr.load_inspection("mps-2007").decide("child-abuse", "plain")
    ways = smallest(decision, "excellent", limit=100)
    assert len(ways) == ways[0].others + 1 == len({frozenset(map(str, one.changes)) for one in ways}) == 36
    assert {one.gives for one in ways} == {"excellent"}
    assert smallest(decision, "excellent", limit=4) == ways[:4]
    assert decision.why_not("excellent") == ways[0]


def test_sets_that_differ_only_in_what_need_not_turn_out_so_are_one(ruleset_from) -> None:
    rules = ruleset_from(
        """
ruleset: seats
edition: "1"
title: seats
inputs: {kind: {choice: [a, b, c]}, seats: {type: integer, min: 0}, open: {type: boolean}}
values:
  owed:
    outcome: true
    is: {open: true, any: [{seats: {below: 2}, kind: {in: [a, b]}}, {seats: {below: 1}}]}
"""
    )
    ways = smallest(rules.decide({"open": False}), "true", limit=100)
    assert [(one.changes[0].name, [*map(str, one.learnt)]) for one in ways] == [
        ("open", ["seats: not known → 0"]),
        ("open", ["kind: not known → a", "seats: not known → 1"]),
        ("open", ["kind: not known → b", "seats: not known → 1"]),
    ]
    assert {one.others for one in ways} == {2}


def test_at_most_ten_sets_are_listed_and_the_rest_is_counted(tmp_path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(hr.load_inspection("mps-2007").decide("child-abuse", "plain").record().text)
    screen = run("explain", path, "--why-not", "excellent", "--full").stdout
    assert "35 other sets are as small." in " ".join(screen.split())
    assert [f"set {number}\n" in screen for number in (1, 10, 11)] == [True, True, False]
    assert "and 26 more sets" in screen


# refusals


def test_a_record_that_was_changed_is_asked_nothing(kept, rules) -> None:
    kept.write_bytes(kept.read_bytes().replace(b'"fenced":false', b'"fenced":true'))
    done = run("explain", kept, "--ruleset", rules, "--why-not", "grade=good")
    assert (done.returncode, done.stdout) == (2, "")
    assert "altered: the record is not as it was made" in done.stderr
    assert "so no question about it is answered" in done.stderr
    assert f"hmic-rules replay {kept} --ruleset {rules} --full" in done.stderr


def test_a_record_of_other_rules_is_asked_nothing_even_where_the_result_is_the_same(kept, rules, tmp_path) -> None:
    other = tmp_path / "gardens.yaml"
    other.write_text(RULES + "# a comment\n", encoding="utf-8")
    done = run("explain", kept, "--ruleset", other, "--sensitivity", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "other rules: the rule set's files are not those by which the record was made" in done.stderr
    assert re.search(r"\n +\$\.ruleset\.fingerprint: recorded \"[0-9a-f]{64}\", now", done.stderr)
    assert "give the rules of the record: --ruleset PATH" in done.stderr


def test_rules_that_are_not_installed_are_asked_for(kept) -> None:
    done = run("explain", kept, "--why-not", "grade=good")
    assert done.returncode == 2
    assert "no rule set that is installed is called `gardens`" in done.stderr
    assert "--ruleset PATH" in done.stderr


def test_a_record_with_digests_is_asked_by_who_has_the_facts_and_the_key(decision, rules, tmp_path) -> None:
    record, key, case = (tmp_path / name for name in ("record.json", "key", "case.yaml"))
    record.write_bytes(decision.record(redact=["fenced"], key=KEY).text)
    key.write_bytes(KEY)
    case.write_text("facts: " + json.dumps(FACTS))
    asked = ("explain", record, "--ruleset", rules, "--why-not", "grade=good")
    refused = run(*asked)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "it holds digests in place of `fenced`" in refused.stderr
    assert f"hmic-rules explain {record} --facts CASE --key FILE" in refused.stderr
    assert run(*asked, "--key", key).returncode == 2
    done = run(*asked, "--facts", case, "--key", key)
    assert (done.returncode, done.stderr) == (0, "")
    assert "fenced: false → true" in done.stdout
    case.write_text("facts: " + json.dumps({**FACTS, "fenced": True}))
    assert run(*asked, "--facts", case, "--key", key).returncode == 2


def test_nothing_is_reconciled_where_nothing_was_judged(kept, rules, graded) -> None:
    done = run("explain", kept, "--ruleset", rules, "--reconcile")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--reconcile: a record holds what the rules gave, and nothing that was published" in done.stderr
    graded_too = run("explain", graded, "--reconcile")
    assert graded_too.returncode == 2
    assert "hmic-rules explain INSPECTION --framework child-abuse --reconcile" in graded_too.stderr


def test_what_a_person_judged_is_reconciled_with_what_the_rules_give(decision, rules, tmp_path, snapshot) -> None:
    judgement = hr.Judgement(
        "judged-otherwise",
        None,
        "grade",
        None,
        "fair",
        "head gardener",
        "Invented, to show how it is written.",
        datetime.date(2007, 9, 1),
        ("one",),
    )
    judged = hr.depart(decision, [judgement])
    (tmp_path / "record.json").write_bytes(judged.record().text)
    assert without_judgements(judged)["grade"] == decision["grade"]
    asked = ("explain", "record.json", "--ruleset", rules, "--reconcile", "--why-not", "grade=good")
    done = run(*asked, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "A judgement stands in it: judged-otherwise." in done.stdout
    assert "What fair implies" in done.stdout
    assert _without_hashes(done.stdout) == snapshot
    found = json.loads(run(*asked, "--json", cwd=tmp_path).stdout)
    assert [one["id"] for one in found["judgements"]] == ["judged-otherwise"]
    assert found["answers"][0]["outcome"]["value"] == "poor"
    assert found["answers"][0]["reconciliation"]["recorded"] == "fair"


def test_all_that_is_wrong_with_questions_is_said_at_once(kept, rules) -> None:
    done = run("explain", kept, "--ruleset", rules, "--why-not", "x=y", "--to-reach", "grade=god", "--reconcile")
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines() if line.startswith("--")] == [
        "--why-not",
        "--to-reach",
        "--reconcile",
    ]
    of_records = run("explain", "mps-2007", "--ruleset", rules, "--key", "key")
    assert of_records.returncode == 2
    assert of_records.stderr.count("is about records, and this is an inspection") == 2


def _without_hashes(screen: str) -> str:
    return re.sub(r"[0-9a-f]{64}", "…", screen)
