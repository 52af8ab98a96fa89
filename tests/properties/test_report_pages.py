"""The page of any inspection: it stands by itself, tells what grading tells, and keeps every text a text."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.phrases import said
from hmic_rules.report.pages import page_of
from hmic_rules.report.rendering import page_html
from hmic_rules.testing import inspections
from page_reader import Reader, problems_of
from small_inspection import FOLDER

GRADING, SMALL = hr.load("hmic-2007"), hr.load(FOLDER)
drawn = st.one_of(inspections(SMALL), inspections(GRADING, "missing-persons"))


@settings(max_examples=12)
@given(drawn)
def test_the_page_of_any_inspection_stands_by_itself_and_says_what_grading_says(inspection):
    page = page_of(inspection)
    text = page_html(page)
    assert problems_of(text) == []
    found = Reader(text)
    for framework, grade in inspection.grade().frameworks.items():
        glance = next(one for one in page.overview.glances if one.framework == framework)
        assert glance.published == grade.record.published
        for row, decision in zip(glance.readings, grade.decisions.values(), strict=True):
            assert row.computed == said(decision[inspection.outcome])
        assert f"framework.{framework}" in found.ids
    for finding in inspection.findings.values():
        assert " ".join(finding.says.split()) in found.words


@settings(max_examples=6)
@given(drawn)
def test_the_same_inspection_always_gives_the_same_page(inspection):
    assert inspection.report() == evolve(inspection).report()  # the second has nothing decided yet
