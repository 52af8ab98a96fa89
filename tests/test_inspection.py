"""The shipped inspection: complete, consistent, and graded without its published grades."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.loading.inspections import read_inspection
from hmic_rules.screens.gradings import grading_screen
from hmic_rules.terminal import show
from small_inspection import FOLDER

COUNTS = {
    "np": (37, 4, 9),
    "pm": (14, 5, 10),
    "pvp": (6, 7, 8),
    "ca": (23, 3, 3),
    "dv": (14, 2, 7),
    "pp": (12, 5, 5),
    "mp": (11, 1, 5),
}
KINDS = ("strength", "progress", "improvement")


@pytest.fixture(scope="module")
def inspection() -> hr.Inspection:
    return hr.load_inspection("mps-2007")


@pytest.mark.parametrize("section", COUNTS)
def test_every_strength_work_in_progress_and_area_for_improvement_of_a_section_is_there_once(inspection, section):
    cited = [f.cite for f in inspection.findings.values() if f.section == section and f.kind in KINDS]
    expected = [
        f"{section}/{kind}/{n}" for kind, count in zip(KINDS, COUNTS[section], strict=True) for n in range(1, count + 1)
    ]
    assert sorted(cited) == sorted(expected)


def test_the_findings_of_the_report_number_191_and_more_stand_in_context(inspection):
    kinds = Counter(finding.kind for finding in inspection.findings.values())
    assert sum(kinds[kind] for kind in KINDS) == 191
    assert kinds["context"] > 0


def test_all_sixteen_recommendations_answer_findings(inspection):
    assert list(inspection.recommendations) == [f"recommendation-{n}" for n in range(1, 17)]
    assert all(recommendation.answers for recommendation in inspection.recommendations.values())
    assert "dv-improvement-2" in inspection.recommendations["recommendation-10"].answers


def test_all_ten_pieces_of_developing_practice_are_there_with_problem_solution_and_outcomes(inspection):
    practices = inspection.practices.values()
    assert len(practices) == 10
    assert all(practice.problem and practice.solution and practice.outcomes for practice in practices)


def test_every_national_distribution_counts_43_bodies(inspection):
    distributions = [record.distribution for record in inspection.frameworks.values()]
    assert len(distributions) == 6
    assert {distribution.total for distribution in distributions} == {43}


def test_every_critical_criterion_says_why_it_was_assumed_to_be(inspection):
    criteria = [
        (row, framework.notes[row["id"].text])
        for framework in inspection.ruleset.frameworks.values()
        for row in framework.rows
    ]
    critical = [note for row, note in criteria if row["critical"].text == "true"]
    assert critical
    assert all(note.get("critical_why") for note in critical)


@pytest.mark.parametrize("framework", sorted(hr.load("hmic-2007").frameworks))
def test_a_framework_has_ten_to_thirty_criteria_with_basis_and_citation(framework):
    notes = hr.load("hmic-2007").frameworks[framework].notes
    assert 10 <= len(notes) <= 30
    assert all(note["basis"] in ("stated", "derived") and note["cite"] for note in notes.values())


def test_published_grades_and_distributions_change_nothing_that_is_computed(inspection):
    swapped = {
        name: evolve(record, published="poor", distribution=None) for name, record in inspection.frameworks.items()
    }
    other = evolve(inspection, frameworks=swapped)
    for name in inspection.frameworks:
        for profile in inspection.ruleset.profiles:
            assert other.decide(name, profile).to_data() == inspection.decide(name, profile).to_data()


def test_the_order_of_the_files_changes_nothing(inspection):
    turned = evolve(inspection, findings=dict(reversed(inspection.findings.items())))
    for name in inspection.frameworks:
        for profile in inspection.ruleset.profiles:
            assert str(turned.decide(name, profile)["grade"]) == str(inspection.decide(name, profile)["grade"])


def test_the_first_run_is_recorded_as_the_rules_give_it_today_or_a_change_is_listed(inspection):
    root = Path(__file__).parents[1] / "rulesets" / "mps-2007" / "changes.md"
    text = root.read_text(encoding="utf-8")
    table = text.split("## The first run")[1].split("Criteria met")[0]
    rows = [
        line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ") and "strict" not in line
    ]
    recorded = {row[0]: row[2] for row in rows}
    computed = {grade.title: str(grade.decision["grade"]) for grade in inspection.grade().frameworks.values()}
    assert recorded.keys() == computed.keys()
    if "None yet." in text.split("## Changes that move a result")[1]:
        assert recorded == computed


BAD_INSPECTION = """
inspection: bad
title: An invented inspection
body: An invented force
ruleset: hmic-2007
outcome: grade
bearings: {fill: bearings, criterion: criterion, status: status, shows: shows}
sections: {dv: Domestic Violence}
files: [findings.yaml, missing.yaml]
frameworks:
  domestic-violence: {published: {is: fairly}, facts: {beacon: {is: yes, says: invented}}}
"""
BAD_FINDINGS = """
section: dv
findings:
  - {id: a, kind: strength, cite: np/strength/1, says: invented, bears: []}
  - {id: a, kind: strength, cite: dv/strength/2, says: invented, bears: [{criterion: dv-homicide-revue, extent: most}]}
recommendations:
  - {id: r, cite: dv/recommendation/1, says: invented, answers: [b], bears: [dv-homicide-review]}
"""


def test_the_screen_says_that_criteria_and_readings_are_not_stated_only_where_they_are_not(tmp_path, capsys):
    folder = shutil.copytree(FOLDER, tmp_path / "small")
    for file in (folder / "frameworks").iterdir():
        file.write_text(file.read_text(encoding="utf-8").replace("basis: derived", "basis: stated"), encoding="utf-8")
    for where, words in (
        (FOLDER, "the criteria are derived and the readings assumed"),
        (folder, "the readings are assumed"),
    ):
        show(grading_screen(hr.load_inspection(where / "inspection.yaml").grade()))
        assert f"nobody's grade: {words}. “Published”" in " ".join(capsys.readouterr().out.split())


def test_all_problems_of_an_inspection_come_at_once_each_with_its_place():
    files = {"inspection.yaml": BAD_INSPECTION.encode(), "findings.yaml": BAD_FINDINGS.encode()}

    def source(name: str) -> bytes:
        if name not in files:
            raise FileNotFoundError(name)
        return files[name]

    with pytest.raises(hr.InputError) as caught:
        read_inspection(source, "inspection.yaml", str, hr.load)
    text = str(caught.value)
    assert "inspection.yaml:9:24: there is no file `missing.yaml`" in text
    assert "`fairly` is not an outcome\n    help: did you mean `fair`?" in text
    assert "`np/strength/1` is not a passage of the section `dv`" in text
    assert "the finding `a` bears on nothing, and does not say why" in text
    assert "the finding `a` stands twice" in text
    assert "no framework has a criterion `dv-homicide-revue`\n    help: did you mean `dv-homicide-review`?" in text
    assert "no finding is called `b`" in text


def test_a_coded_fact_outside_its_labels_is_an_error_at_its_place():
    good = BAD_INSPECTION.replace("fairly", "fair").replace(", missing.yaml", "")
    findings = "section: dv\nfindings:\n  - {id: a, kind: strength, cite: dv/strength/1, says: invented, bears: [{criterion: dv-homicide-review, extent: mots}]}\n"
    files = {"inspection.yaml": good.encode(), "findings.yaml": findings.encode()}

    def source(file: str) -> bytes:
        if file not in files:
            raise FileNotFoundError(file)
        return files[file]

    with pytest.raises(hr.InputError, match=r"findings.yaml:3:\d+: `mots` is not .*\n.*did you mean `most`"):
        read_inspection(source, "inspection.yaml", str, hr.load)


def test_an_inspection_of_no_framework_is_refused():
    empty = (FOLDER / "inspection.yaml").read_text(encoding="utf-8").split("frameworks:")[0] + "frameworks: {}\n"

    def source(file: str) -> bytes:
        return empty.encode() if file == "inspection.yaml" else (FOLDER / file).read_bytes()

    with pytest.raises(hr.InputError, match=r"inspection.yaml:\d+:13: `frameworks` names none\n.*name at least one"):
        read_inspection(source, "inspection.yaml", str, lambda _: hr.load(FOLDER))
