"""Inputs kept out of a record: digests in their place, nothing else that tells them, and replay for who has the key and the facts."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.audit.hiding import hidden_of, key_id
from hmic_rules.audit.records import library, sealed_record

KEY = bytes(range(32))
RULES = """
ruleset: invented-visits
edition: "1"
title: an invented scheme for visits
scales: {risk: [low, medium, high, very high]}
inputs:
  risk: {scale: risk, worse: upward}
  surname: {type: text}
  watched: {type: boolean, absent: {means: false, basis: assumed}}
  officers:
    key: officer
    collection:
      officer: {type: text}
      rank: {choice: [constable, sergeant]}
  visits:
    key: id
    collection:
      id: {type: text}
      officer: {type: text}
      held: {type: boolean}
values:
  severe: {is: {risk: {at_least: high}}}
  by_officer: {group: visits, by: [officer], expected: {officer: officers}, missing: empty}
  held_visits: {each: by_officer, outcome: true, type: integer, calc: {count: {of: visits, where: {held: true}}}}
  sergeants: {type: integer, calc: {count: {of: officers, where: {rank: sergeant}}}}
  plan:
    choice: [ordinary, guarded]
    outcome: true
    choose: first
    rules:
      - {id: severe, then: guarded, when: {severe: true}, basis: assumed}
      - {id: watched, then: guarded, when: {watched: true}, basis: assumed}
    otherwise: ordinary
  staffed: {outcome: true, is: {sergeants: {at_least: 1}}}
  led: {outcome: true, is: {some: {of: officers, where: {rank: sergeant}}}}
"""
FACTS: dict[str, Any] = {
    "risk": "very high",
    "surname": "Zuckerbaecker",
    "officers": [{"officer": "quartermain", "rank": "sergeant"}, {"officer": "featherstone", "rank": "constable"}],
    "visits": [
        {"id": "v1", "officer": "quartermain", "held": True},
        {"id": "v2", "officer": "featherstone", "held": True},
        {"id": "v3", "officer": "featherstone", "held": False},
    ],
}


@pytest.fixture(scope="module")
def rules(ruleset_from) -> hr.Ruleset:
    return ruleset_from(RULES)


def hiding(rules: hr.Ruleset, *names: str, **facts: Any) -> hr.Record:
    return rules.decide({**FACTS, **facts}).record(redact=names, key=KEY)


def without_digests(found: Any) -> Any:
    """The members of a record without what a fresh salt makes others each time."""
    if isinstance(found, dict):
        if set(found) == {"hmac-sha256"}:
            return "a digest"
        return {name: without_digests(value) for name, value in found.items() if name not in ("salt", "sha256")}
    return [without_digests(one) for one in found] if isinstance(found, list) else found


def test_an_input_that_is_left_out_is_told_by_no_part_of_the_record(rules) -> None:
    plain, record = rules.decide(FACTS).record(), hiding(rules, "risk", "surname")
    for text in (b"very high", b"Zuckerbaecker"):
        assert text in plain.text
        assert text not in record.text
    assert set(record.data["inputs"]["risk"]) == {"hmac-sha256"}
    assert record.data["redaction"]["values"] == ["plan", "severe"]
    traced = {one["outcome"]["name"] for one in record.data["trace"]}
    assert traced == {"held_visits", "sergeants", "staffed", "led"}
    [plan] = [one for one in record.data["outcomes"] if one["name"] == "plan"]
    assert plan["value"] == "guarded"
    assert "rule" not in plan
    assert set(plan["because"]) == {"hmac-sha256"}


def test_all_else_is_the_same_whatever_the_input_is_as_long_as_the_outcomes_are(rules) -> None:
    high = hiding(rules, "risk", risk="high").data
    very_high = hiding(rules, "risk", risk="very high").data
    watched = hiding(rules, "risk", risk="low", watched=True).data
    assert without_digests(high) == without_digests(very_high)
    assert without_digests(high)["inputs"] != without_digests(watched)["inputs"]
    unknown = hiding(rules, "watched", "risk", risk=None, watched=True).data
    assert without_digests(unknown) == without_digests(hiding(rules, "watched", "risk", risk="high").data)


def test_a_value_that_would_tell_shows_where_it_is_not_left_out(rules) -> None:
    def leaking(risk: str) -> Any:
        decision = rules.decide({**FACTS, "risk": risk})
        hidden = evolve(hidden_of(decision.program, ["risk"], KEY, bytes(16)), values=frozenset[str]())
        return without_digests(sealed_record(decision, hidden, None, None, (), library()).data)

    assert leaking("high")["outcomes"] == leaking("very high")["outcomes"]
    assert leaking("high")["trace"] != leaking("very high")["trace"]


def test_equal_inputs_have_other_digests_in_each_record_and_on_each_row(rules) -> None:
    first, second = hiding(rules, "visits.officer").data, hiding(rules, "visits.officer").data
    rows = [row["officer"]["hmac-sha256"] for found in (first, second) for row in found["inputs"]["visits"]]
    assert len(set(rows)) == 6
    assert first["redaction"]["salt"] != second["redaction"]["salt"]


def test_names_in_keys_are_left_out_of_items_groups_and_references_too(rules) -> None:
    record = hiding(rules, "officers.officer")
    for name in (b"quartermain", b"featherstone"):
        assert name in rules.decide(FACTS).record().text
        assert name not in record.text
    assert all(set(row["officer"]) == {"hmac-sha256"} for row in record.data["inputs"]["visits"])
    held = [one for one in record.data["outcomes"] if one["name"] == "held_visits"]
    assert [one["value"] for one in held] == [1, 1]
    assert all(set(one["item"]) == {"hmac-sha256"} for one in held)
    assert "plan" in {one["outcome"]["name"] for one in record.data["trace"]}


@pytest.mark.parametrize("name", ["departments.department", "questions.question", "departments"])
def test_names_in_keys_are_left_out_at_every_level(name) -> None:
    rules = hr.load(Path(__file__).parent / "shapes" / "levels.yaml")
    facts = {"departments": {"whitewater": {"questions": {"openness": {"answer": "good"}, "candour": {}}}}}
    record = rules.decide(facts).record(redact=[name], key=KEY)
    hidden = {"departments.department": [b"whitewater"], "questions.question": [b"openness", b"candour"]}
    for text in hidden.get(name, [b"whitewater", b"openness", b"candour"]):
        assert text in rules.decide(facts).record().text
        assert text not in record.text
    assert hr.replay(record.text, ruleset=rules, facts=facts, key=KEY).identical


def test_of_a_whole_collection_not_even_the_number_of_rows_is_told(rules) -> None:
    record = hiding(rules, "officers", "visits")
    fewer = hiding(rules, "officers", "visits", visits=[], officers=[{"officer": "smith", "rank": "sergeant"}])
    assert set(record.data["inputs"]["officers"]) == {"hmac-sha256"}
    assert [one["outcome"]["name"] for one in record.data["trace"]] == ["severe", "plan"]
    assert without_digests(record.data)["inputs"] == without_digests(fewer.data)["inputs"]
    absent = hiding(rules, "officers", "visits", visits=None, officers=None)
    assert without_digests(record.data)["inputs"] == without_digests(absent.data)["inputs"]


@pytest.mark.parametrize(
    "names", [["risk"], ["surname"], ["watched"], ["officers.officer"], ["visits.held", "risk"], ["officers", "visits"]]
)
def test_who_has_the_key_and_the_facts_can_replay_it(rules, names) -> None:
    record = hiding(rules, *names)
    found = hr.replay(record.text, ruleset=rules, facts=FACTS, key=KEY)
    assert (found.verdict, found.differences, found.byte) == ("identical", (), None)


def test_other_facts_and_a_changed_digest_are_named(rules) -> None:
    record = hiding(rules, "risk")
    other = hr.replay(record.text, ruleset=rules, facts={**FACTS, "risk": "high"}, key=KEY)
    paths = ["$.inputs.risk.hmac-sha256", "$.redaction.trace.hmac-sha256", "$.sha256"]
    assert other.verdict == "differs"
    assert [one.path.replace('["hmac-sha256"]', ".hmac-sha256") for one in other.differences] == paths
    assert "high" not in str(other.differences)
    digest = record.data["inputs"]["risk"]["hmac-sha256"].encode()
    altered = hr.replay(record.text.replace(digest, b"0" * 64), ruleset=rules, facts=FACTS, key=KEY)
    assert altered.verdict == "altered"
    assert [one.path for one in altered.differences] == ['$.inputs.risk["hmac-sha256"]']


def test_without_the_key_or_the_facts_it_is_said_what_is_needed(rules) -> None:
    record = hiding(rules, "risk", "surname")
    with pytest.raises(hr.InputError) as caught:
        hr.replay(record.text, ruleset=rules)
    assert "it holds digests in place of `risk`, `surname`" in str(caught.value)
    assert "--key FILE" in str(caught.value)
    with pytest.raises(hr.InputError, match=f"made with the key `{key_id(KEY)}`"):
        hr.replay(record.text, ruleset=rules, facts=FACTS, key=bytes(32))
    with pytest.raises(hr.InputError, match="it holds all of its inputs"):
        hr.replay(rules.decide(FACTS).record(), ruleset=rules, facts=FACTS)


def test_what_is_no_input_and_a_key_that_is_too_short_are_refused_together(rules) -> None:
    with pytest.raises(hr.InputError) as caught:
        rules.decide(FACTS).record(redact=["rsik", "plan", "visits.hold", "by_officer"], key=b"short")
    said = str(caught.value)
    assert "it has 5 bytes, and a key needs at least 32" in said
    assert "`rsik` is no input\n    help: did you mean `risk`?" in said
    assert "did you mean `visits.held`?" in said
    assert "`plan` is no input" in said
    assert "`by_officer` is no input" in said
    with pytest.raises(hr.InputError, match="need a key"):
        rules.decide(FACTS).record(redact=["risk"])


def test_what_a_framework_sets_and_a_judgement_that_is_an_outcome_cannot_be_left_out() -> None:
    decision = hr.load_inspection("mps-2007").decide("child-abuse")
    for name in ("criteria", "criteria.id", "criteria.standard"):
        with pytest.raises(hr.InputError, match="is no input"):
            decision.record(redact=[name], key=KEY)
    record = decision.record(redact=["bearings"], key=KEY)
    assert b"ca/strength/1" not in record.text
    judged = hr.load(Path(__file__).parent / "shapes" / "judgement.yaml")
    with pytest.raises(hr.InputError, match="`overall` is no input"):
        judged.decide({"overall": "good"}).record(redact=["overall"], key=KEY)


def test_the_key_is_told_nowhere(rules) -> None:
    record = hiding(rules, "risk")
    for text in (KEY, KEY.hex().encode()):
        assert text not in record.text
    assert KEY.hex() not in repr(record)
    with pytest.raises(hr.InputError) as caught:
        hr.replay(record.text, ruleset=rules, facts=FACTS, key=KEY[::-1])
    assert KEY[::-1].hex() not in str(caught.value)


def test_the_digest_is_that_of_the_documentation(rules) -> None:
    record = hiding(rules, "risk")
    said = json.dumps([record.data["redaction"]["salt"], "$.inputs.risk", "very high"], separators=(",", ":"))
    expected = hmac.new(KEY, said.encode(), hashlib.sha256).hexdigest()
    assert record.data["inputs"]["risk"] == {"hmac-sha256": expected}


def run(*arguments: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_record_with_digests_is_made_and_replayed_at_the_terminal(tmp_path) -> None:
    rules, case, key, record = (tmp_path / name for name in ("rules.yaml", "case.yaml", "key", "record.json"))
    rules.write_text(RULES)
    case.write_text("case: Mrs Zuckerbaecker\nfacts: " + json.dumps(FACTS))
    key.write_bytes(KEY)
    options = ("--record", record, "--redact", "surname", "--redact", "risk", "--key", key)
    done = run("decide", rules, case, *options)
    assert done.returncode == 0, done.stderr
    assert b"Zuckerbaecker" not in record.read_bytes()
    without = run("replay", record, "--ruleset", rules)
    assert without.returncode == 2
    assert "--facts CASE" in without.stderr
    again = run("replay", record, "--ruleset", rules, "--facts", case, "--key", key)
    assert (again.returncode, again.stderr) == (0, "")
    assert "Zuckerbaecker" not in again.stdout
    case.write_text(case.read_text().replace("very high", "high"))
    other = run("replay", record, "--ruleset", rules, "--facts", case, "--key", key)
    assert other.returncode == 1
    explained = run("explain", record)
    assert explained.returncode == 2
    assert "--facts CASE --key FILE" in explained.stderr
