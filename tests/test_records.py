"""Records: what they hold, that they replay to the byte, and that whatever was changed in one is named."""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.audit.canonical import sealed
from hmic_rules.audit.records import MEMBERS, read_record
from hmic_rules.audit.replaying import replay_data
from hmic_rules.backends.engine import engine_module
from hmic_rules.rereading import with_settings
from recorded_cases import decisions

ROOT = Path(__file__).parents[1]
HELD = Path(__file__).parent / "records"
RULES = """
ruleset: orchard
edition: "3"
title: an invented scheme for orchards
scales: {grade: [poor, fair, good]}
terms: {most: {above: 1/2, range: [1/2, 3/4], basis: assumed}}
parameters:
  least: {type: integer, default: 2, basis: assumed}
  kinds: {list_of: text, default: [apple], basis: assumed}
profiles:
  strict: {says: more trees, basis: assumed, parameters: {least: 3}}
inputs:
  area: {type: decimal, min: 0}
  planted: {type: date}
  fenced: {type: boolean, better: upward}
  condemned: {type: boolean, worse: upward, absent: {means: false, basis: assumed}}
  trees:
    key: id
    collection:
      id: {type: text}
      kind: {type: text}
      sound: {type: boolean, better: upward}
values:
  known_kind: {each: trees, is: {kind: {in: {value: kinds}}}}
  sound_trees: {type: integer, calc: {count: {of: trees, where: {sound: true}}}}
  grade:
    scale: grade
    outcome: true
    choose: highest
    rules:
      - {id: fair, then: fair, when: {fenced: true, sound_trees: {at_least: {value: least}}}, basis: assumed}
      - {id: good, then: good, when: {fenced: true, area: {at_least: 1/2}, share: {of: trees, where: {sound: true}, is: most}}, basis: assumed}
    otherwise: {then: poor, basis: assumed}
    limits: [{id: condemned, at_most: poor, when: {condemned: true}, basis: assumed}]
  settled: {outcome: true, is: {planted: {at_most: 2000-01-01}}}
"""
ALIKE = {"condition": "condition", "applies": "condition", "outcome": "outcomes[]"}
NAMED_BY_USERS = {"inputs", "parameters", "terms", "settings.parameters", "settings.terms"}
FACTS: dict[str, Any] = {
    "area": "1/2",
    "planted": "1999-05-01",
    "fenced": True,
    "trees": [{"id": "a", "kind": "apple", "sound": True}, {"id": "b", "kind": "pear", "sound": True}, {"id": "c"}],
}


@pytest.fixture(scope="module")
def rules(ruleset_from) -> hr.Ruleset:
    return ruleset_from(RULES)


@pytest.fixture
def record(rules) -> hr.Record:
    return rules.decide(FACTS).record()


def changed(record: hr.Record, path: list[Any], value: Any, *, reseal: bool) -> bytes:
    """The bytes of a record with one member changed, with its old hash or a new one."""
    data = copy.deepcopy(dict(record.data))
    here = data
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    data = sealed(data) if reseal else data
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# replay


def test_every_case_at_hand_replays_to_the_byte() -> None:
    number = 0
    for name, decision in decisions():
        found = hr.replay(decision.record().text, ruleset=decision.ruleset)
        assert (found.verdict, found.byte, found.differences, found.notes) == ("identical", None, (), ()), name
        number += 1
    assert number > 280


def test_records_are_the_same_under_two_hash_seeds(tmp_path) -> None:
    folder = tmp_path / "records"
    for seed, what in (("1", "write"), ("2", "replay")):
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "recorded_cases.py"), what, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert done.returncode == 0, done.stdout + done.stderr
    for name, decision in decisions():
        assert (folder / f"{name}.json").read_bytes() == decision.record().text


def test_a_record_that_was_made_long_ago_replays() -> None:
    text = (HELD / "orchard.json").read_bytes()
    found = hr.replay(text, ruleset=HELD / "orchard.yaml")
    assert found.identical, (found.verdict, found.differences)


def test_records_of_the_inspection_name_no_rule_set_but_its_own_and_need_no_path() -> None:
    decision = hr.load_inspection("mps-2007").decide("child-abuse")
    found = hr.replay(decision.record().text)
    assert found.identical
    assert found.record.data["ruleset"]["fingerprint"] == hr.load("hmic-2007").fingerprint
    certificate = json.loads((ROOT / "rulesets" / "hmic-2007" / "certificate.json").read_text())
    assert found.record.data["ruleset"]["fingerprint"] == certificate["fingerprint"]


def test_another_version_of_the_library_is_said_and_is_no_difference(rules, record) -> None:
    found = hr.replay(changed(record, ["library", "version"], "0.0.9", reseal=True), ruleset=rules)
    assert found.identical
    assert found.notes == (f"recorded by hmic_rules 0.0.9, computed again by hmic_rules {hr.__version__}",)


@pytest.mark.skipif(engine_module() is None, reason="durable_rules is not installed")
def test_other_engines_are_said_and_are_no_difference(rules) -> None:
    alone = rules.decide(FACTS, engine="reference").record()
    durable = rules.decide(FACTS, engine="durable").record()
    both = rules.decide(FACTS).record()
    for one in (alone, durable):
        found = hr.replay(one.text, ruleset=rules)
        assert found.identical
        assert len(found.notes) == 1
        assert "computed again by reference and durable_rules" in found.notes[0]
    differing = {name for name in both.data if len({json.dumps(one.data[name]) for one in (alone, durable, both)}) > 1}
    assert differing == {"engines", "sha256"}


def test_vague_words_with_other_values_are_put_down_and_replayed(rules) -> None:
    decision = with_settings(rules.decide(FACTS), {}, {"most": Fraction(3, 4)})
    record = decision.record()
    assert record.data["terms"] == {"most": "3/4"}
    assert record.data["settings"]["terms"] == {"most": "3/4"}
    assert (str(rules.decide(FACTS)["grade"]), str(decision["grade"])) == ("good", "undetermined: fair, good")
    assert hr.replay(record.text, ruleset=rules).identical


def test_a_session_is_put_down_as_it_stands(rules) -> None:
    with rules.session({"fenced": True}) as session:
        change = session.put("area", 1)
        assert hr.replay(change.decision.record().text, ruleset=rules).identical


# what is named


def test_a_member_that_was_changed_is_named(rules, record) -> None:
    found = hr.replay(changed(record, ["outcomes", 0, "value"], "fair", reseal=False), ruleset=rules)
    assert found.verdict == "altered"
    assert {one.path for one in found.differences} == {"$.outcomes[0].value"}
    assert found.differences[0].recorded == '"fair"'
    assert found.byte is not None


def test_an_input_that_was_changed_shows_in_all_that_follows_from_it(rules, record) -> None:
    found = hr.replay(changed(record, ["inputs", "fenced"], False, reseal=False), ruleset=rules)
    paths = [one.path for one in found.differences]
    assert found.verdict == "altered"
    assert "$.outcomes[0].value" in paths
    assert "$.sha256" in paths


def test_an_input_that_is_no_longer_one_is_named_in_the_record(rules, record) -> None:
    for reseal, verdict in ((False, "altered"), (True, "refused")):
        found = hr.replay(changed(record, ["inputs", "area"], "-1", reseal=reseal), ruleset=rules)
        assert found.verdict == verdict
        assert found.refused is not None
        assert found.refused.startswith("$.inputs.area: `-1` is not")


def test_a_result_that_differs_under_the_same_rules_is_told_apart(rules, record) -> None:
    found = hr.replay(changed(record, ["outcomes", 0, "value"], "fair", reseal=True), ruleset=rules)
    assert found.verdict == "differs"
    assert [one.path for one in found.differences] == ["$.outcomes[0].value", "$.sha256"]
    assert not found.same_result


def test_other_rules_are_told_apart_from_another_result(ruleset_from, record) -> None:
    remarked = hr.replay(record.text, ruleset=ruleset_from(RULES + "\n# a remark\n"))
    assert (remarked.verdict, remarked.same_result) == ("other rules", True)
    assert {one.path for one in remarked.differences} == {"$.ruleset.fingerprint", "$.sha256"}
    stricter = hr.replay(record.text, ruleset=ruleset_from(RULES.replace("default: 2", "default: 3")))
    assert (stricter.verdict, stricter.same_result) == ("other rules", False)
    assert "$.settings.parameters.least" in {one.path for one in stricter.differences}
    gone = hr.replay(record.text, ruleset=ruleset_from(RULES.replace("area", "acreage")))
    assert (gone.verdict, gone.again, gone.same_result) == ("other rules", None, False)
    assert gone.refused is not None
    assert "`area` is not an input" in gone.refused


def test_only_the_form_that_was_changed_is_named_by_its_byte(rules, record) -> None:
    place = record.text.index(b":")
    found = hr.replay(record.text[: place + 1] + b" " + record.text[place + 1 :], ruleset=rules)
    assert (found.verdict, found.differences, found.byte) == ("altered", (), place + 1)


def test_a_member_too_many_and_a_member_too_few_are_named(rules, record) -> None:
    found = hr.replay(changed(record, ["extra"], 1, reseal=True), ruleset=rules)
    assert found.verdict == "differs"
    assert found.differences[0] == hr.replay(changed(record, ["extra"], 1, reseal=True), ruleset=rules).differences[0]
    assert (found.differences[0].path, found.differences[0].now) == ("$.extra", None)
    data = {name: value for name, value in record.data.items() if name not in ("inputs", "trace")}
    with pytest.raises(hr.InputError) as caught:
        hr.replay(json.dumps(data).encode(), ruleset=rules)
    assert [str(one.place) for one in caught.value.diagnostics] == ["record: $.inputs", "record: $.trace"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "byte 0: it is not JSON"),
        (b"\xff", "byte 0: it is not text in UTF-8"),
        (b'{"a": "\xc3\xa9", b', "byte 12: it is not JSON"),
        (b"[1, 2]", "$.format: is missing, so it is no record"),
        (b"{}", "$.format: is missing, so it is no record"),
        (b'{"format": "hmic-rules-record/2"}', "$.format: it is a record of the format `hmic-rules-record/2`"),
        (b'{"format": 1, "format": 2}', "the member `format` stands twice"),
        (b'{"format": NaN}', "`NaN` is no number"),
        (b'{"format": ' + b"9" * 5000 + b"}", "record: "),
        (b"[" * 200_000, "record: "),
    ],
)
def test_what_is_no_record_is_refused_with_its_place(rules, data, said) -> None:
    with pytest.raises(hr.InputError) as caught:
        hr.replay(data, ruleset=rules)
    assert said in str(caught.value)


def test_a_number_that_canonical_json_cannot_say_is_refused(rules, record) -> None:
    with pytest.raises(hr.InputError, match="canonical JSON cannot hold it"):
        hr.replay(changed(record, ["inputs", "area"], 2**53, reseal=False), ruleset=rules)


def test_a_record_whose_rules_are_not_installed_says_how_to_give_them(record) -> None:
    with pytest.raises(
        hr.NotFoundError, match=r"\$\.ruleset\.name: no rule set that is installed is called `orchard`.*--ruleset PATH"
    ):
        hr.replay(record.text)
    with pytest.raises(hr.NotFoundError, match="it was changed"):
        hr.replay(changed(record, ["ruleset", "name"], "orchid", reseal=False))


def test_a_record_is_not_trusted_to_name_a_path(rules, record) -> None:
    path = str(HELD / "orchard.yaml")
    assert hr.load(path).name == "orchard"
    with pytest.raises(hr.NotFoundError, match="no rule set that is installed"):
        hr.replay(changed(record, ["ruleset", "name"], path, reseal=True))


# what a record holds


def test_the_hash_is_that_of_the_canonical_text_without_it(record) -> None:
    data = json.loads(record.text)
    stated = data.pop("sha256")
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert stated == record.sha256 == hashlib.sha256(text).hexdigest()
    assert record.is_sealed


def test_the_same_facts_in_other_words_give_the_same_bytes(rules, record) -> None:
    rows = {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in FACTS["trees"]}
    for area in ("0.5", "50%", ".50", 0.5, Decimal("0.500"), Fraction(2, 4)):
        other = {"trees": rows, "fenced": True, "planted": datetime.date(1999, 5, 1), "area": area}
        assert rules.decide(other).record().text == record.text
    turned = {**FACTS, "trees": [dict(reversed(row.items())) for row in FACTS["trees"]]}
    assert rules.decide(dict(reversed(turned.items()))).record() == record


@pytest.mark.parametrize(
    ("area", "written"),
    [
        (3, 3),
        ("3.0", 3),
        (2**53 - 1, 2**53 - 1),
        (2**53, str(2**53)),
        (10**30, str(10**30)),
        ("1/3", "1/3"),
        ("0.1", "1/10"),
    ],
)
def test_whole_numbers_that_every_reader_takes_alike_are_numbers_and_all_others_are_text(rules, area, written) -> None:
    record = rules.decide({**FACTS, "area": area}).record()
    assert record.data["inputs"]["area"] == written
    assert hr.replay(record.text, ruleset=rules).identical


def test_what_is_not_known_and_what_is_only_taken_as_given_in_its_absence_are_left_out(rules) -> None:
    record = rules.decide({"fenced": None, "condemned": False, "trees": [{"id": "a"}]}).record()
    assert record.data["inputs"] == {"trees": [{"id": "a"}]}
    assert rules.decide({"condemned": True}).record().data["inputs"] == {"condemned": True}


def test_parameters_are_those_that_depart_from_the_reading_and_settings_are_all(rules) -> None:
    plain = rules.decide(FACTS, profile="strict").record().data
    assert (plain["profile"], plain["parameters"]) == ("strict", {})
    assert plain["settings"]["parameters"] == {"kinds": ["apple"], "least": 3}
    said = rules.decide(FACTS, profile="strict", parameters={"least": 3, "kinds": ["pear", "apple"]}).record().data
    assert said["parameters"] == {"kinds": ["apple", "pear"]}
    unset = rules.decide(FACTS, parameters={"least": None}).record()
    assert unset.data["parameters"] == {"least": None}
    assert hr.replay(unset.text, ruleset=rules).identical


def test_nothing_of_the_machine_or_the_clock_goes_into_a_record(rules, tmp_path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(json.dumps({"facts": FACTS}))
    done = run("decide", rules.file, path, "--record", tmp_path / "r.json")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "r.json").read_text()
    assert str(tmp_path) not in text
    assert "case.yaml" not in text
    assert json.loads(text)["date"] is json.loads(text)["case"] is None
    assert str(datetime.datetime.now(tz=datetime.UTC).year) not in text.replace(json.loads(text)["sha256"], "")


def test_a_date_and_a_name_stand_in_it_where_the_caller_gives_them(rules) -> None:
    record = rules.decide(FACTS).record(case="an orchard", date=datetime.date(2007, 10, 1))
    assert (record.data["case"], record.data["date"]) == ("an orchard", "2007-10-01")
    assert hr.replay(record.text, ruleset=rules).identical
    with pytest.raises(hr.InputError, match="canonical JSON cannot hold it"):
        rules.decide(FACTS).record(case="half \ud800")


def members(found: Any, path: str = "") -> Iterator[str]:
    """Every member of a record by its path; what users name has no members of its own here. Conditions are alike wherever they stand, and so are outcomes."""
    if isinstance(found, list):
        for one in found:
            yield from members(one, f"{path}[]")
    elif isinstance(found, dict) and path not in NAMED_BY_USERS:
        for name, value in found.items():
            whole = f"{path}.{name}" if path else name
            yield whole
            if name == "parts":
                for part in value:
                    yield from members(part, "condition")
            else:
                yield from members(value, ALIKE.get(name, whole))


def test_every_member_is_documented_and_every_documented_member_is_there(rules) -> None:
    text = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    section = text.partition("## The members")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
    key = bytes(32)
    redacted = rules.decide(FACTS).record(redact=["trees.id", "area"], key=key)
    found = {one for _, decision in decisions() for one in members(decision.record().data)}
    found |= set(members(redacted.data))
    assert {one for one in found if not one.endswith("hmac-sha256")} == documented
    assert '`{"hmac-sha256": …}`' in text
    assert set(MEMBERS) == {one for one in documented if not re.search(r"[.\[]", one)}


def test_the_python_of_the_guide_runs_and_prints_what_its_comments_say(tmp_path) -> None:
    guide = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == re.findall(r"print\(.*\)  # (.*)$", code, re.MULTILINE) != []


# the command line


def run(*arguments: str | Path, given: bytes | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)], input=given, capture_output=True, check=False
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def kept(tmp_path) -> Path:
    path = tmp_path / "record.json"
    example = ROOT / "rulesets" / "mappa-2007" / "example" / "invented-person.yaml"
    done = run("decide", "mappa-2007", example, "--record", path, "--date", "2007-10-01")
    assert done.returncode == 0, done.stderr
    return path


def test_a_decision_is_recorded_and_replayed_at_the_terminal(kept, snapshot) -> None:
    done = run("replay", kept)
    assert (done.returncode, done.stderr) == (0, "")
    assert "identical: the same bytes come out" in done.stdout
    record = read_record(kept.read_bytes())
    assert record.data["date"] == "2007-10-01"
    assert record.data["case"].startswith("an invented offender")
    from_input = run("replay", "-", given=kept.read_bytes())
    assert from_input.returncode == 0


def test_what_differs_is_named_at_the_terminal_and_the_exit_code_is_1(kept) -> None:
    kept.write_bytes(
        kept.read_bytes().replace(b'"convicted_or_cautioned":"convicted"', b'"convicted_or_cautioned":"cautioned"')
    )
    done = run("replay", kept)
    assert done.returncode == 1
    assert "altered: the record is not as it was made" in done.stdout
    assert "$.sha256: recorded" in done.stdout
    assert "more: --full" in done.stdout
    assert "more: --full" not in run("replay", kept, "--full").stdout
    other = run("replay", kept, "--ruleset", "mappa-2019")
    assert other.returncode == 1


def test_a_replay_as_json_has_the_documented_keys(kept) -> None:
    done = run("replay", kept, "--json")
    found = json.loads(done.stdout)
    assert set(found) == {
        *("record", "sha256", "verdict", "ruleset", "differences"),
        *("byte", "same_result", "refused", "notes"),
    }
    documented = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert [key for key in [*found, "path", "recorded", "now", "reasons"] if f"`{key}`" not in documented] == []
    assert found == replay_data(hr.replay(kept.read_bytes()), str(kept))
    kept.write_bytes(kept.read_bytes().replace(b'"0.1.0"', b'"0.1.1"'))
    [difference] = json.loads(run("replay", kept, "--json").stdout)["differences"]
    assert set(difference) == {"path", "recorded", "now"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "no-such-file.json"], "no-such-file.json: cannot be read"),
        (["replay", ROOT / "README.md"], "README.md, byte 0: it is not JSON"),
        (["replay", ROOT / "rulesets" / "hmic-2007" / "certificate.json"], "$.format"),
        (["decide", "mappa-2007", "-", "--redact", "category"], "--redact: is about a record"),
        (["decide", "mappa-2007", "-", "--record", "no/such/folder/r.json"], "cannot be written"),
        (["decide", "mappa-2007", "-", "--record", "r.json", "--date", "1 May"], "`1 May` is no date"),
        (["decide", "mappa-2007", "-", "--record", "r.json", "--redact", "agencies"], "need a key"),
        (["decide", "mappa-2007", "-", "--record", "r.json", "--key", ROOT / "LICENSE"], "--key: nothing is left out"),
    ],
)
def test_bad_input_gives_a_message_and_exit_code_2(arguments, said, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments, given=b"facts: {}")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_grading_is_recorded_under_every_reading(tmp_path) -> None:
    done = run("grade", "mps-2007", "--framework", "child-abuse", "--record", tmp_path / "out")
    assert done.returncode == 0
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == [f"child-abuse.{reading}.json" for reading in sorted(hr.load("hmic-2007").profiles)]
    assert all(hr.replay(path.read_bytes()).identical for path in (tmp_path / "out").iterdir())
    assert run("grade", "mps-2007", "--record", tmp_path / "out" / files[0]).returncode == 2


def test_a_record_is_explained_by_computing_it_again(kept) -> None:
    done = run("explain", kept)
    assert done.returncode == 0
    assert done.stdout.index("identical: ") < done.stdout.index("category: 1, the rule category-1 gave it")
    found = json.loads(run("explain", kept, "--json").stdout)
    assert found["verdict"] == "identical"
    assert found["reasons"][0]["outcome"]["name"] == "category"
    refused = run("explain", kept, "--reading", "x", "--framework", "x")
    assert refused.returncode == 2
    assert refused.stderr.count("is asked of inspections, and this is a record") == 2
    kept.write_bytes(kept.read_bytes().replace(b'"0.1.0"', b'"0.1.1"'))
    assert run("explain", kept).returncode == 1


def test_records_are_archived_cases_for_a_difference_of_editions(kept, tmp_path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "one.json").write_bytes(kept.read_bytes())
    example = ROOT / "rulesets" / "mappa-2007" / "example" / "invented-person.yaml"
    (folder / "two.yaml").write_text(example.read_text())
    found = json.loads(run("diff", "mappa-2007", "mappa-2019", "--records", folder, "--json").stdout)["records"]
    assert [one["changes"] for one in found] == [found[0]["changes"]] * 2
    assert found[0]["changes"]
    assert found[0]["title"] == found[1]["title"]


def test_a_record_that_cannot_be_decided_by_both_editions_is_refused_with_every_reason(kept, tmp_path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "other.json").write_bytes(hr.load("mappa-2019").decide({}).record().text)
    (folder / "changed.json").write_bytes(kept.read_bytes().replace(b'"0.1.0"', b'"0.1.1"'))
    hiding = hr.load("mappa-2007").decide({}).record(redact=["agencies.needed"], key=bytes(32))
    (folder / "hiding.json").write_bytes(hiding.text)
    done = run("diff", "mappa-2007", "mappa-2019", "--records", folder)
    assert done.returncode == 2
    assert "other.json: the record was made under mappa-2019" in done.stderr
    assert "changed.json: the record is not as it was made" in done.stderr
    assert "hiding.json: the record holds digests in place of `agencies.needed`" in done.stderr
