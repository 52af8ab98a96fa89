"""An inspection checked: what stands alone in it is named with its place, and is no failure."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.errors import Span
from hmic_rules.inspection_checking import (
    check_inspection,
    inspection_check_data,
    lint_inspection,
    names_an_inspection,
)
from judged_inspection import FOLDER as JUDGED
from judged_inspection import judged_inspection
from judged_inspection import text_of as text_of_judged
from small_inspection import FOLDER, small_inspection, text_of

ROOT = Path(__file__).parents[1]
DOCUMENTED = (ROOT / "docs" / "leverage.md").read_text(encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments], capture_output=True, text=True, check=False, encoding="utf-8"
    )


def found(**changed: str) -> dict[str, list[str]]:
    lints: dict[str, list[str]] = {}
    for one in lint_inspection(small_inspection(**changed)):
        lints.setdefault(one.code, []).append(f"{one.place}: {one.problem}")
    return lints


def test_the_small_inspection_has_one_unanswered_finding_and_one_that_bears_on_nothing():
    assert found() == {
        "unanswered": [
            "small/findings.yaml:30:5: no recommendation answers `roads-improvement-3`, which is of the kind `improvement`"
        ],
        "bears-on-nothing": [
            "small/findings.yaml:24:5: the finding `roads-strength-2` bears on no criterion, and says why: songs are no subject of the criteria"
        ],
    }


def test_a_recommendation_that_answers_no_finding_is_named():
    text = text_of("findings").replace("answers: [roads-improvement-1]", "answers: []")
    assert found(findings=text)["answers-nothing"] == [
        "small/findings.yaml:37:5: the recommendation `mend` answers no finding"
    ]


def test_two_recommendations_for_the_same_findings_are_named_at_the_second():
    text = text_of("findings").replace("[roads-improvement-2, roads-strength-1]", "[roads-improvement-2]")
    assert found(findings=text)["same-answers"] == [
        "small/findings.yaml:39:5: the recommendation `sweep` answers exactly the findings that `light` answers"
    ]


def test_a_criterion_without_evidence_is_named_where_the_rule_set_lists_it():
    text = text_of("findings").replace("criterion: parks-open", "criterion: roads-lit")
    [said] = found(findings=text)["no-evidence"]
    assert said == f"{FOLDER}/frameworks/parks.yaml:4:10: no finding of `small` bears on the criterion `parks-open`"


def test_a_criterion_of_a_framework_that_was_not_inspected_needs_no_evidence():
    text = text_of("findings").replace("criterion: parks-open", "criterion: roads-lit")
    without = text_of("inspection").replace("  parks:\n    published: {is: low, cite: summary/town/1}\n", "")
    assert "no-evidence" not in found(findings=text, inspection=without)


def test_a_practice_of_an_area_that_was_not_inspected_is_named():
    text = text_of("findings").replace("area: roads", "area: parks")
    without = text_of("inspection").replace("  parks:\n    published: {is: low, cite: summary/town/1}\n", "")
    assert found(findings=text, inspection=without)["not-inspected"] == [
        "small/findings.yaml:41:5: the practice `practice-1` is of `parks`, which was not inspected"
    ]


def test_which_kinds_of_finding_should_be_answered_is_said_by_the_inspection_alone():
    without = text_of("inspection").replace("should_be_answered: [improvement]\n", "")
    assert "unanswered" not in found(inspection=without)
    strengths = text_of("inspection").replace("[improvement]", "[strength]")
    assert "`roads-strength-2`" in found(inspection=strengths)["unanswered"][0]


def test_the_shipped_inspection_is_checked_on_the_command_line_and_its_lints_are_no_failure():
    done = run("check", "mps-2007")
    assert done.returncode == 0
    assert "mps-2007: ok\n" in done.stdout
    assert "mps-2007/findings/ca.yaml:" in done.stdout
    report = check_inspection("mps-2007")
    assert report.passed
    codes = [one.code for one in report.lints]
    assert (codes.count("unanswered"), codes.count("no-evidence")) == (20, 3)
    asking = [one for one in hr.load_inspection("mps-2007").findings.values() if one.kind == "improvement"]
    assert f"{codes.count('unanswered')} of the {len(asking)} areas for improvement" in DOCUMENTED


def test_rule_sets_and_inspections_are_checked_side_by_side():
    done = run("check", "hmic-2007", "mps-2007", "--json")
    assert done.returncode == 0
    ruleset, inspection = json.loads(done.stdout)
    assert (ruleset["name"], inspection["name"]) == ("hmic-2007", "mps-2007")
    assert "cases" in ruleset
    assert inspection["findings"] == len(hr.load_inspection("mps-2007").findings)


def test_the_data_has_the_documented_keys():
    data = inspection_check_data(check_inspection("mps-2007"))
    assert set(data) == {
        "name",
        "passed",
        "findings",
        "bearings",
        "recommendations",
        "practices",
        "judgements",
        "errors",
        "lints",
    }
    assert set(data["lints"][0]) == {"code", "file", "line", "column", "problem", "help"}
    assert [key for key in (*data, *data["lints"][0]) if f"`{key}`" not in DOCUMENTED] == []


def test_judgements_are_counted_where_there_are_any():
    assert "judgement" not in str(check_inspection("mps-2007")).splitlines()[1]
    report = check_inspection(JUDGED)
    assert report.judgements == len(judged_inspection().judgements) > 0
    assert f"practices, {report.judgements} judgement" in str(report)


def test_an_inspection_names_its_rule_set_or_gives_a_path_from_its_own_folder(tmp_path, monkeypatch):
    shutil.copytree(JUDGED, tmp_path / "rules")
    inspection = tmp_path / "mine" / "inspection.yaml"
    shutil.copytree(JUDGED, inspection.parent)
    (inspection.parent / "ruleset.yaml").unlink()
    inspection.write_text(text_of_judged("inspection").replace("ruleset.yaml", "../rules", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "rules")
    assert hr.load_inspection(inspection.parent).ruleset.fingerprint == hr.load(tmp_path / "rules").fingerprint


def test_a_rule_set_that_is_not_there_is_told_where_it_is_named(tmp_path):
    shutil.copytree(JUDGED, tmp_path / "mine")
    (tmp_path / "mine" / "inspection.yaml").write_text(
        text_of_judged("inspection").replace("ruleset.yaml", "hmic-2008", 1), encoding="utf-8"
    )
    (problem,) = check_inspection(tmp_path / "mine").errors
    assert isinstance(problem.place, Span)
    assert problem.problem.startswith("no rule set is called `hmic-2008`, and there is no such file: did you mean")


def test_an_inspection_that_does_not_load_is_bad_input_with_every_problem(tmp_path):
    (tmp_path / "inspection.yaml").write_text("inspection: broken\n", encoding="utf-8")
    done = run("check", str(tmp_path))
    assert done.returncode == 2
    assert "an inspection has no `title`" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_path_is_taken_for_what_it_holds(tmp_path):
    inspection, ruleset = tmp_path / "a.yaml", tmp_path / "b.yaml"
    inspection.write_text("inspection: x\n", encoding="utf-8")
    ruleset.write_text('ruleset: x\nedition: "1"\n', encoding="utf-8")
    assert names_an_inspection(str(inspection))
    assert not names_an_inspection(str(ruleset))
    assert not names_an_inspection(str(tmp_path / "nowhere.yaml"))
    assert names_an_inspection("mps-2007")
    assert not names_an_inspection("hmic-2007")
    assert names_an_inspection(str(ROOT / "rulesets" / "mps-2007"))


@pytest.mark.parametrize(
    "code", ["answers-nothing", "same-answers", "unanswered", "bears-on-nothing", "no-evidence", "not-inspected"]
)
def test_every_lint_is_documented(code):
    assert f"| `{code}` |" in DOCUMENTED
