"""Everything that goes on the page of an inspection, as data."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from hmic_rules.glossaries.beside import glossary_beside
from hmic_rules.inspections import Inspection
from hmic_rules.report.advice import Advice, advice_of
from hmic_rules.report.anchors import anchor
from hmic_rules.report.frameworks import FrameworkSection, section_of
from hmic_rules.report.links import Links
from hmic_rules.report.making import Making, making_of
from hmic_rules.report.network import Network, network_of
from hmic_rules.report.overview import Overview, overview_of
from hmic_rules.report.registers import (
    AssumptionEntry,
    FiguresEntry,
    JudgementEntry,
    SectionOfFindings,
    assumption_entries,
    figures_entry,
    findings_by_section,
    judgement_entries,
)

if TYPE_CHECKING:
    from hmic_rules.glossaries.abbreviations import Glossary

__all__ = ["Page", "page_of"]


@frozen
class Page:
    """The page of an inspection.

    Attributes:
        inspection: the inspection.
        date: the date that was asked for on it, as it is written; ``None`` where none was. No clock is read.
        overview: the first screen.
        frameworks: each framework.
        advice: the recommendations.
        network: the graph; ``None`` where there are no recommendations.
        findings: the findings, by section.
        practices: the ids of the elements of the practices, by their own ids.
        judgements: the judgements.
        assumptions: what the outcomes rest on, by its kind.
        figures: the figures of the report; ``None`` where none stand beside the inspection.
        glossary: its abbreviations; ``None`` where none stand beside the inspection.
        making: how the page was made.

    """

    inspection: Inspection
    date: str | None
    overview: Overview
    frameworks: tuple[FrameworkSection, ...]
    advice: Advice
    network: Network | None
    findings: tuple[SectionOfFindings, ...]
    practices: tuple[tuple[str, str], ...]
    judgements: tuple[JudgementEntry, ...]
    assumptions: tuple[tuple[str, tuple[AssumptionEntry, ...]], ...]
    figures: FiguresEntry | None
    glossary: Glossary | None
    making: Making

    @property
    def address(self) -> str | None:
        """An address of a passage, as an example."""
        return next((one.cite for one in self.inspection.findings.values()), None)


def page_of(inspection: Inspection, reading: str | None = None, date: datetime.date | None = None) -> Page:
    """Everything that goes on the page of an inspection.

    Args:
        inspection: the inspection.
        reading: the reading under which the page is told; the rule set's default where none is named. Every other one stands beside it.
        date: a date to be put on it.

    Raises:
        NotFoundError: there is no such reading.
        InputError: the glossary or the figures beside it have problems; all of them, each with its place.

    """
    grading = inspection.grade(reading)
    grades = tuple(grading.frameworks.values())
    links = Links(inspection)
    overview = overview_of(inspection, grades)
    sections = tuple(
        section_of(inspection, grade, glance, links) for grade, glance in zip(grades, overview.glances, strict=True)
    )
    return Page(
        inspection,
        None if date is None else datetime.date(date.year, date.month, date.day).isoformat(),
        overview,
        sections,
        advice_of(inspection, links),
        network_of(inspection, grading.frameworks),
        findings_by_section(inspection, links),
        tuple((anchor("practice", id), id) for id in inspection.practices),
        judgement_entries(inspection, grades, links),
        assumption_entries(inspection, grades, links),
        figures_entry(inspection),
        glossary_beside(inspection),
        making_of(inspection, grades, links),
    )
