"""Our words are our own: no sentence of the source stands in the rule set or the inspection. Needs the source beside the checkout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hmic_rules as hr

ROOT = Path(__file__).parents[1]
SOURCE = ROOT.parent / "shared" / "sources" / "hmic-mps-2007.txt"
RUN = 9

pytestmark = pytest.mark.skipif(not SOURCE.is_file(), reason="the source document is not part of the project")


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[place : place + RUN]) for place in range(len(found) - RUN + 1))


def ours() -> Iterator[tuple[str, str]]:
    inspection = hr.load_inspection("mps-2007")
    for finding in inspection.findings.values():
        yield finding.id, finding.says
    for recommendation in inspection.recommendations.values():
        yield recommendation.id, recommendation.says
    for practice in inspection.practices.values():
        yield practice.id, f"{practice.problem} | {practice.solution} | {practice.outcomes}"
    figures = inspection.figures()
    yield "figures.yaml", figures.says or ""
    for figure in figures.figures.values():
        yield figure.id, f"{figure.says} | {figure.shown}"
    for relation in figures.relations.values():
        yield relation.id, f"{relation.says} | {relation.innocent or ''}"
    glossary = inspection.glossary()
    yield "glossary.yaml", glossary.says or ""
    for entry in glossary.entries.values():
        yield entry.term, f"{entry.means} | {entry.says or ''}"
    for framework in inspection.ruleset.frameworks.values():
        for id, note in framework.notes.items():
            yield id, note["says"]


def test_no_run_of_nine_words_of_the_source_stands_in_our_texts():
    known = set(runs(SOURCE.read_text(encoding="utf-8")))
    copied = {id: " ".join(run) for id, text in ours() for run in runs(text) if run in known}
    assert not copied


def test_no_run_of_nine_words_of_the_source_stands_in_the_files_of_a_rule_set_or_on_the_page_of_them():
    known = set(runs(SOURCE.read_text(encoding="utf-8")))
    folders = [path.parent for path in ROOT.glob("rulesets/*/ruleset.yaml")]
    files = [path for folder in folders for path in (*folder.rglob("*.yaml"), *folder.rglob("*.md"))]
    assert len(files) > 2 * len(folders)
    copied = {
        str(path): " ".join(run)
        for path in (*files, ROOT / "docs" / "report-rules.md")
        for run in runs(path.read_text(encoding="utf-8"))
        if run in known
    }
    assert not copied


def test_no_name_or_telephone_number_of_a_contact_is_carried_over():
    contacts = re.findall(r"FORCE CONTACT:(.*)", SOURCE.read_text(encoding="utf-8"))
    names = {name for line in contacts for name in re.findall(r"\b[A-Z][a-z]+ [A-Z][A-Za-z]+\b", line)}
    numbers = {re.sub(r"\D", "", number) for line in contacts for number in re.findall(r"020[\d ]{7,}", line)}
    text = " ".join(text for _, text in ours())
    people = {
        name
        for name in names
        if not {"Unit", "Directorate", "Department", "Protection", "Team", "Central"} & set(name.split())
    }
    assert people
    assert not {name for name in people if name in text}
    assert not {number for number in numbers if number in re.sub(r"\D", "", text)}
