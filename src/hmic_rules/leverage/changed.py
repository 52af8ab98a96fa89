"""Findings put right: the same inspection with other facts where answered findings fell short."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.inspections import Bearing, Inspection
from hmic_rules.remedies import Remedy

__all__ = ["answered_by", "put_right", "remedy_of", "shortfalls"]


def remedy_of(inspection: Inspection) -> Remedy:
    """What the inspection says of putting findings right.

    Raises:
        InputError: it says nothing of it.

    """
    if inspection.remedy is None:
        problem = f"the inspection {quoted(inspection.name)} does not say what putting a finding right makes of it"
        help = (
            "add `put_right: {says: …, basis: assumed, falls_short: [ … ], becomes: { … }}`, as docs/leverage.md shows"
        )
        raise InputError([Diagnostic(inspection.file, problem, help, "no-remedy")])
    return inspection.remedy


def answered_by(inspection: Inspection, recommendations: Iterable[str]) -> frozenset[str]:
    """The findings that any of the recommendations answers."""
    return frozenset(finding for id in recommendations for finding in inspection.recommendations[id].answers)


def shortfalls(inspection: Inspection, findings: Iterable[str]) -> tuple[Bearing, ...]:
    """The bearings of these findings that fall short, in the order of the report.

    Raises:
        InputError: the inspection does not say what falls short.

    """
    remedy = remedy_of(inspection)
    fields = inspection.ruleset.collections[inspection.fills].fields
    wanted = frozenset(findings)
    return tuple(
        bearing
        for finding in inspection.findings.values()
        if finding.id in wanted
        for bearing in finding.bears
        if remedy.is_short(bearing.facts, fields)
    )


def put_right(inspection: Inspection, findings: Iterable[str]) -> Inspection:
    """The inspection as it would have been coded, had what these findings show to fall short been put right.

    Nothing else is changed: no finding is added or taken away, and no fact of a whole framework becomes known.

    Raises:
        InputError: the inspection does not say what putting a finding right makes of it.

    """
    remedy = remedy_of(inspection)
    changed = dict(inspection.findings)
    for short in shortfalls(inspection, findings):
        finding = changed[short.finding]
        better = evolve(short, facts=remedy.put_right(short.facts))
        bears = tuple(better if bearing.id == short.id else bearing for bearing in finding.bears)
        changed[short.finding] = evolve(finding, bears=bears)
    return evolve(inspection, findings=changed)
