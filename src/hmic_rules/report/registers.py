"""What the page lists whole: findings, judgements, assumptions, practices and the figures that do not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from hmic_rules.assumptions import assumptions
from hmic_rules.figures.beside import figures_beside
from hmic_rules.figures.facts import TEXTS
from hmic_rules.figures.relations import Checked, Figures
from hmic_rules.inspections import FrameworkGrade, Inspection
from hmic_rules.judgement_reasons import JudgementReason, judgement_reasons
from hmic_rules.phrases import every_result
from hmic_rules.report.anchors import anchor
from hmic_rules.report.links import Link, Links
from hmic_rules.wording import name_in_words

__all__ = [
    "AssumptionEntry",
    "FiguresEntry",
    "FindingEntry",
    "JudgementEntry",
    "RelationEntry",
    "SectionOfFindings",
    "assumption_entries",
    "coded",
    "figures_entry",
    "findings_by_section",
    "judgement_entries",
]

DIGITS_SHOWN = 12


@frozen
class FindingEntry:
    """One finding on the page: what it says, what it bears on with what was coded, and what answers it."""

    id: str
    finding: str
    kind: str
    cite: str
    says: str
    bears: tuple[tuple[tuple[Link, ...], str, str | None], ...]
    bears_on_nothing: str | None
    answered_by: tuple[Link, ...]


@frozen
class SectionOfFindings:
    """The findings of one section of the report."""

    id: str
    title: str
    findings: tuple[FindingEntry, ...]


@frozen
class JudgementEntry:
    """One judgement on the page: of what, and beside what; ``where`` are the readings under which it stands."""

    id: str
    framework: Link
    what: Link
    of: str
    reason: JudgementReason
    where: tuple[str | None, ...]
    computed: str
    findings: tuple[tuple[Link, str | None, str | None], ...]


@frozen
class AssumptionEntry:
    """Something that no source states, and the frameworks whose outcome rests on it; none are named where all do."""

    words: str
    frameworks: tuple[Link, ...]


@frozen
class RelationEntry:
    """A relation among figures with its figures: each as it stands, what it is of, and its passages."""

    id: str
    checked: Checked
    figures: tuple[tuple[str, str, tuple[str, ...]], ...]
    computed: tuple[str, ...]


@frozen
class FiguresEntry:
    """The figures of the report: what fails and what is open, with the figures, and the names of what holds."""

    figures: Figures
    fails: tuple[RelationEntry, ...]
    open: tuple[RelationEntry, ...]
    holds: tuple[str, ...]


def findings_by_section(inspection: Inspection, links: Links) -> tuple[SectionOfFindings, ...]:
    """The findings, section by section."""
    answered: dict[str, list[Link]] = {}
    for recommendation in inspection.recommendations.values():
        for name in recommendation.answers:
            answered.setdefault(name, []).append(links.recommendation(recommendation.id))
    sections: dict[str, list[FindingEntry]] = {}
    for finding in inspection.findings.values():
        bears = tuple((links.criteria(one.criterion), coded(one.facts), one.doubt) for one in finding.bears)
        own = tuple(answered.get(finding.id, ()))
        sections.setdefault(finding.section, []).append(
            FindingEntry(
                anchor("finding", finding.id),
                finding.id,
                finding.kind,
                finding.cite,
                finding.says,
                bears,
                finding.bears_on_nothing,
                own,
            )
        )
    return tuple(
        SectionOfFindings(anchor("section", name), inspection.sections.get(name, name), tuple(found))
        for name, found in sections.items()
    )


def coded(facts: Mapping[str, str]) -> str:
    """Coded facts in a line."""
    return ", ".join(f"{name_in_words(name)} {value}" for name, value in facts.items())


def judgement_entries(
    inspection: Inspection, grades: Iterable[FrameworkGrade], links: Links
) -> tuple[JudgementEntry, ...]:
    """The judgements of an inspection, each once."""
    found: list[JudgementEntry] = []
    for grade in grades:
        where: dict[str, list[str | None]] = {}
        reasons: dict[str, JudgementReason] = {}
        for reading, decision in sorted(grade.judged.items(), key=lambda one: one[0] != grade.default):
            for reason in judgement_reasons(decision, inspection):
                where.setdefault(reason.id, []).append(reading)
                reasons.setdefault(reason.id, reason)
        for id, reason in reasons.items():
            on = reason.criterion
            framework = links.framework(grade.framework)
            found.append(
                JudgementEntry(
                    anchor("judgement", id),
                    framework,
                    framework if on is None else links.criterion(grade.framework, on),
                    name_in_words(reason.value),
                    reason,
                    tuple(where[id]),
                    every_result(reason.beside),
                    tuple((links.finding(one.finding), one.cite, one.says) for one in reason.findings),
                )
            )
    return tuple(found)


def assumption_entries(
    inspection: Inspection, grades: Iterable[FrameworkGrade], links: Links
) -> tuple[tuple[str, tuple[AssumptionEntry, ...]], ...]:
    """What the outcomes under the page's reading rest on, each once, by its kind."""
    where: dict[tuple[str, str], list[str]] = {}
    names = []
    for grade in grades:
        names.append(grade.framework)
        for one in assumptions(grade.decision, inspection.outcome):
            where.setdefault((one.kind, one.words), []).append(grade.framework)
    entries: dict[str, list[AssumptionEntry]] = {}
    for (kind, words), found in where.items():
        among = () if found == names else tuple(map(links.framework, found))
        entries.setdefault(kind, []).append(AssumptionEntry(words, among))
    return tuple((kind, tuple(of_kind)) for kind, of_kind in entries.items())


def figures_entry(inspection: Inspection) -> FiguresEntry | None:
    """The figures that stand beside an inspection; nothing where none do.

    Raises:
        InputError: with every problem of their file.

    """
    figures = figures_beside(inspection)
    if figures is None:
        return None
    return FiguresEntry(
        figures,
        tuple(map(_relation, figures.by_verdict("fails"))),
        tuple(map(_relation, figures.by_verdict("open"))),
        tuple(one.relation.says for one in figures.by_verdict("holds")),
    )


def _relation(checked: Checked) -> RelationEntry:
    figures = tuple(
        (
            (one.shown[:DIGITS_SHOWN] + "…" if one.kind == "fingerprint" else one.shown)
            + ("" if one.unit_shown is None else f" ({one.unit_shown})")
            + ("" if one.period_shown is None else f", {one.period_shown}"),
            one.says + (" (how near is ours)" if one.assumed else ""),
            one.cite,
        )
        for one in checked.figures
    )
    words = all(one.kind in TEXTS for one in checked.figures)
    return RelationEntry(anchor("relation", checked.relation.id), checked, figures, () if words else checked.computed)
