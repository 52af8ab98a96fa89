"""`prove` and `diff` at the terminal, certificates beside rule sets, and archived cases decided again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.verification.certificates import certificate_text
from hmic_rules.verification.proving import proof_data

ROOT = Path(__file__).parents[1]
RULESETS = ROOT / "rulesets"
CERTIFIED = sorted(path.parent.name for path in RULESETS.glob("*/certificate.json"))
LADDER = """
ruleset: ladder
edition: "1"
title: a small ladder
scales: {grade: [poor, fair, good]}
inputs:
  safe: {type: boolean, better: upward}
  tidy: {type: boolean, better: upward}
values:
  grade:
    scale: grade
    outcome: true
    safe_side: lowest
    choose: highest
    rules:
      - {id: fair, then: FAIR, when: {safe: true}, basis: assumed}
      - {id: good, then: GOOD, when: {safe: true, tidy: true}, basis: assumed}
    otherwise: {then: poor, basis: assumed}
claims:
  - {id: unsafe-is-poor, never: {safe: false, grade: [fair, good]}}
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def ladder(tmp_path: Path):
    def written(name: str, fair: str = "fair", good: str = "good") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        path = folder / "ruleset.yaml"
        path.write_text(LADDER.replace("FAIR", fair).replace("GOOD", good), encoding="utf-8")
        return path

    return written


# prove


def test_a_sound_rule_set_is_proven_and_the_exit_code_is_0(ladder) -> None:
    done = run("prove", ladder("sound"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "refuted" not in done.stdout
    assert "grade (every case; 2 things assessed): poor: 2, fair: 1, good: 1" in done.stdout


def test_an_inversion_is_refuted_in_the_grades_of_the_rule_set_and_the_exit_code_is_1(ladder) -> None:
    crossed = ladder("crossed")
    crossed.write_text(
        crossed.read_text()
        .replace("choose: highest", "choose: first")
        .replace(
            "- {id: good, then: good, when: {safe: true, tidy: true}, basis: assumed}",
            "- {id: good, then: good, when: {safe: false}, basis: assumed}",
        )
    )
    done = run("prove", crossed)
    assert done.returncode == 1
    assert "`grade` goes from `good` to `fair` when `safe` turns from `false` to `true`, which is better" in " ".join(
        done.stdout.split()
    )
    assert "claim: unsafe-is-poor" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_json_of_a_proof_has_the_documented_keys(ladder) -> None:
    [found] = json.loads(run("prove", ladder("sound"), "--json").stdout)
    assert sorted(found) == sorted(
        ["format", "ruleset", "edition", "fingerprint", "version", "parts", "obligations", "counts"]
    )
    for one in found["obligations"]:
        assert sorted(one) == ["about", "kind", "parts", "says", "verdict", "within", "witness"]
    assert found["counts"] == [
        {"outcome": "grade", "part": "every case", "of": 2, "numbers": {"poor": 2, "fair": 1, "good": 1}}
    ]


def test_every_case_of_a_certificate_is_a_case_that_decides_so() -> None:
    data = json.loads((RULESETS / "mappa-2019" / "certificate.json").read_text(encoding="utf-8"))
    ruleset = hr.load("mappa-2019")
    shown = [one for one in data["obligations"] if one["kind"] == "reachable"]
    assert len(shown) > 10
    for one in shown:
        name, _, label = one["about"].partition(": ")
        case = one["witness"]
        decision = ruleset.decide(case["facts"], profile=case["profile"], parameters=case["parameters"])
        assert str(decision[name]) == label


# Certificates


@pytest.mark.parametrize("name", CERTIFIED)
def test_a_shipped_certificate_is_what_proving_the_rule_set_gives(name: str) -> None:
    shipped = (RULESETS / name / "certificate.json").read_text(encoding="utf-8")
    assert certificate_text(proof_data(hr.load(name).prove())) == shipped


def test_every_shipped_rule_set_ships_a_certificate_of_these_files() -> None:
    assert sorted(path.parent.name for path in RULESETS.glob("*/ruleset.yaml")) == CERTIFIED
    assert [name for name in CERTIFIED for lint in check(name).lints if lint.code == "stale-certificate"] == []


def test_a_certificate_is_written_whole_and_check_says_when_it_is_stale(ladder) -> None:
    path = ladder("sound")
    certificate = path.with_name("certificate.json")
    assert run("prove", path, "--certificate", certificate).returncode == 0
    assert json.loads(certificate.read_text())["ruleset"] == "ladder"
    assert [one for one in check(path).lints if one.code == "stale-certificate"] == []
    path.write_text(path.read_text().replace("a small ladder", "a ladder"))
    assert [one.code for one in check(path).lints if one.code == "stale-certificate"] == ["stale-certificate"]
    certificate.write_text("{")
    assert any("not JSON" in one.problem for one in check(path).lints)


def test_one_certificate_of_two_rule_sets_is_refused_and_nothing_is_written(ladder, tmp_path: Path) -> None:
    done = run("prove", ladder("one"), ladder("two"), "--certificate", tmp_path / "c.json")
    assert done.returncode == 2
    assert "one certificate is about one rule set" in done.stderr
    assert not (tmp_path / "c.json").exists()


def test_a_rule_set_that_does_not_load_is_an_error_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_text("ruleset: x\n", encoding="utf-8")
    for command in (["prove", path], ["diff", path, path]):
        done = run(*command)
        assert done.returncode == 2
        assert "ruleset.yaml:1:1" in done.stderr
        assert "Traceback" not in done.stderr


# diff


def test_a_rule_set_differs_from_itself_in_nothing(ladder) -> None:
    path = ladder("sound")
    done = run("diff", path, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Every outcome is the same in every case." in done.stdout


def test_who_gets_another_grade_is_said_with_the_way_it_goes_and_how_many(ladder) -> None:
    stricter = ladder("stricter", fair="poor")
    done = run("diff", ladder("sound"), stricter, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    [only] = found["changed"]
    assert (only["before"], only["after"], only["direction"], only["number"], only["of"]) == (
        "fair",
        "poor",
        "towards the safe side",
        1,
        4,
    )
    assert only["witness"]["facts"] == {"safe": True, "tidy": False}
    assert found["equivalent"] is False


def test_archived_cases_that_come_out_otherwise_are_named(ladder, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "one.yaml").write_text("case: the first\nfacts: {safe: true, tidy: false}\n")
    (folder / "two.yaml").write_text("case: the second\nfacts: {safe: true, tidy: true}\n")
    done = run("diff", ladder("sound"), ladder("stricter", fair="poor"), "--records", folder)
    assert done.returncode == 1
    assert "Of 2 archived cases 1 come out otherwise" in done.stdout
    assert "the first" in done.stdout
    assert "grade: fair → poor" in done.stdout
    assert "the second" not in done.stdout


def test_a_folder_without_cases_and_a_case_that_cannot_be_read_are_errors(ladder, tmp_path: Path) -> None:
    path = ladder("sound")
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (empty, tmp_path / "nowhere"):
        done = run("diff", path, path, "--records", folder)
        assert done.returncode == 2
        assert "there is no case in it" in done.stderr
    (empty / "bad.yaml").write_text("case: bad\nfacts: {saef: true}\n")
    (empty / "worse.yaml").write_text("case: worse\nfacts: {safe: 3}\n")
    done = run("diff", path, path, "--records", empty)
    assert done.returncode == 2
    assert "bad.yaml:2:9" in done.stderr
    assert "worse.yaml:2:15" in done.stderr


def test_what_the_new_edition_does_not_ask_is_left_out_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "one.yaml").write_text(
        "case: invented\nfacts: {convicted_or_cautioned: convicted, violent_or_other_sex_offender: true,"
        " agencies: {police: {needed: true}}}\n"
    )
    done = run("diff", "mappa-2007", "mappa-2019", "--records", folder, "--json")
    [one] = json.loads(done.stdout)["records"]
    assert one["left_out"] == ["violent_or_other_sex_offender"]
    assert one["refused"] is None
    assert [change for change in one["changes"] if change["outcome"] == "category"]
