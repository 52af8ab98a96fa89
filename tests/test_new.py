"""A new rule set: each shape passes everything at once, says what to do next, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.formatting.files import formatted
from hmic_rules.loading.case_files import read_case_file
from hmic_rules.schemas.published import PUBLISHED, schema_text
from hmic_rules.starting.shapes import SHAPES, files_of
from hmic_rules.testing import check_ruleset
from hmic_rules.testing.writing import loaded
from instances import instance

FILES = {
    "ruleset.yaml",
    "cases.yaml",
    "example.yaml",
    "schemas/ruleset.json",
    "schemas/cases.json",
    "schemas/case.json",
}


def run(*arguments: str, folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


@pytest.fixture(params=SHAPES)
def started(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    done = run(
        "new", "my-rules", "--shape", request.param, "--title", 'Who is "first": an invented title', folder=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "wrote `my-rules`\n")
    return tmp_path / "my-rules"


def test_what_is_written_loads_checks_and_is_proven(started: Path) -> None:
    ruleset = hr.load(started)
    assert (ruleset.name, ruleset.title) == ("my-rules", 'Who is "first": an invented title')
    report = check(started)
    assert (report.errors, report.lints, report.failed) == ((), (), ())
    assert len(report.cases) >= 3
    verdicts = {one.verdict for one in ruleset.prove().obligations}
    assert verdicts == {"proven"}
    assert len(ruleset.claims) >= 1


def test_its_example_is_decided_and_explained(started: Path) -> None:
    ruleset = hr.load(started)
    path = started / "example.yaml"
    case = read_case_file(path.read_bytes(), str(path), ruleset)
    decision = hr.decide(ruleset, case.facts)
    assert any(decision[name].status == "decided" for name in ruleset.outcomes if ruleset.values[name].scope == "case")
    for name in ruleset.outcomes:
        assert decision.why(name)


def test_every_property_of_a_rule_set_holds_of_it(started: Path) -> None:
    checked = check_ruleset(hr.load(started), max_examples=30)
    assert len(checked) >= 4


def test_its_files_are_valid_under_the_schemas_beside_them_and_laid_out_as_fmt_would(started: Path) -> None:
    assert {str(path.relative_to(started)) for path in started.rglob("*") if path.is_file()} == FILES
    for file, schema in (("ruleset.yaml", "ruleset"), ("cases.yaml", "cases"), ("example.yaml", "case")):
        data = (started / file).read_bytes()
        assert data.startswith(f"# yaml-language-server: $schema=schemas/{schema}.json\n".encode())
        own = json.loads((started / "schemas" / f"{schema}.json").read_text(encoding="utf-8"))
        assert [error.message for error in Draft202012Validator(own).iter_errors(instance(data))] == []
        assert formatted(data, file) == data
    assert (started / "schemas" / "ruleset.json").read_text(encoding="utf-8") == schema_text(
        PUBLISHED["ruleset"].build()
    )


def test_the_commands_that_it_says_to_type_next_run(started: Path) -> None:
    said = run("new", "other", "--shape", "record", folder=started.parent).stdout
    lines = [line.split()[1:] for line in said.splitlines() if line.startswith("  hmic-rules ")]
    assert [line[0] for line in lines] == ["check", "check", "prove", "decide", "fmt"]
    for line in lines:
        if "--watch" not in line:
            assert run(*line, folder=started.parent).returncode == 0


def test_what_is_there_is_never_overwritten(started: Path) -> None:
    before = {path: path.read_bytes() for path in started.rglob("*") if path.is_file()}
    done = run("new", "my-rules", folder=started.parent)
    assert done.returncode == 2
    assert "nothing is overwritten" in done.stderr
    assert {path: path.read_bytes() for path in started.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in started.parent.iterdir()) == ["my-rules"]


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run("new", "a" * 250, folder=tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_bad_name_and_a_bad_shape_are_told_together(tmp_path: Path) -> None:
    done = run("new", "My Rules", "--shape", "circle", folder=tmp_path)
    assert done.returncode == 2
    assert "such as `my-rules`" in done.stderr
    assert "known here: `criteria`, `record`, `groups`, `points`" in done.stderr


def test_a_folder_that_is_not_there_and_a_missing_name_are_told(tmp_path: Path) -> None:
    assert "there is no such folder" in run("new", "x", "--directory", "nowhere", folder=tmp_path).stderr
    assert "hmic-rules new NAME" in run("new", folder=tmp_path).stderr


def test_the_directory_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    done = run("new", "mine", "--directory", "rules", folder=tmp_path)
    assert done.returncode == 0
    assert hr.load(tmp_path / "rules" / "mine").name == "mine"


def test_without_a_title_the_shape_keeps_its_own() -> None:
    for shape in SHAPES:
        text = files_of(shape, "mine", None)["ruleset.yaml"].decode()
        assert "ruleset: mine\n" in text
        assert "starting-" not in text
        assert "NAME" not in text


def test_on_a_terminal_it_asks_for_what_is_not_said(tmp_path: Path) -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "hmic_rules", "new"], stdin=terminal, stdout=terminal, stderr=terminal, cwd=tmp_path
    )
    os.close(terminal)
    shown = b""
    answers = {b"called?": b"street-faults\n", b"nearest?": b"points\n", b"in words?": b"Which fault is mended first\n"}
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if not select.select([controller], [], [], 0.2)[0]:
            continue
        try:
            shown += os.read(controller, 4096)
        except OSError:  # the terminal is closed
            break
        for question in [one for one in answers if one in shown]:
            os.write(controller, answers.pop(question))
    assert process.wait(10) == 0
    os.close(controller)
    assert answers == {}
    ruleset = hr.load(tmp_path / "street-faults")
    assert ruleset.title == "Which fault is mended first"


GROUPED = """
ruleset: blind
edition: "1"
title: an invented rule set whose outcome does not tell clean from unclean
inputs:
  baths: {{items: [north, south], fields: {{is_open: {{type: boolean}}}}}}
  samples: {{key: id, collection: {{id: {{type: text}}, bath: {{choice: [north, south]}}, result: {{choice: [clean, bad]}}}}}}
values:
  samples_of_bath: {{group: samples, by: [bath], expected: {{bath: baths}}, missing: empty}}
  state:
    each: samples_of_bath
    choice: [not sampled, unclean, clean]
    choose: first
    rules:
      - {{id: not-sampled, then: not sampled, when: {{count: {{of: samples, below: 1}}}}, basis: assumed}}
      - {{id: bad-sample, then: unclean, when: {{some: {{of: samples, where: {{result: bad}}}}}}, basis: assumed}}
    otherwise: clean
  warning: {{outcome: true, is: {{some: {{of: samples_of_bath, among: {{is_open: true}}, where: {{state: {asked}}}}}}}}}
"""


@pytest.mark.parametrize(
    ("asked", "verdict"), [("not sampled", "refuted"), ("[unclean, not sampled]", "proven"), ("unclean", "proven")]
)
def test_a_fact_matters_that_a_groups_value_hangs_on_where_the_outcome_tells_its_results_apart(
    asked: str, verdict: str
) -> None:
    proof = loaded(GROUPED.format(asked=asked)).prove()
    [found] = [one for one in proof.obligations if one.kind == "input matters" and one.about == "result of samples"]
    assert found.verdict == verdict
