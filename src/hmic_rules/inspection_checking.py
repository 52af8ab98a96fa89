"""An inspection checked: whether it loads, and what stands alone in it where something should be joined to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from hmic_rules.catalogue import find, known, load_inspection
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, Span, quoted
from hmic_rules.glossaries.uses import lint_abbreviations
from hmic_rules.graph import graph_of, orphans
from hmic_rules.inspections import Inspection
from hmic_rules.kinds import Kind
from hmic_rules.loading.recognising import looks_like
from hmic_rules.loading.trees import Scalar

__all__ = [
    "InspectionReport",
    "check_inspection",
    "inspection_check_data",
    "lint_inspection",
    "names_an_inspection",
]


@frozen
class InspectionReport:
    """What checking an inspection found.

    Attributes:
        name: the name of the inspection, or what was asked for where it does not load.
        errors: why it cannot be read; without any, the rest was looked at.
        lints: what is odd and allowed.
        findings: how many findings it has.
        bearings: how many bearings they have.
        recommendations: how many recommendations it has.
        practices: how many pieces of developing practice it has.
        judgements: how many judgements stand beside what is computed.

    """

    name: str
    errors: tuple[Diagnostic, ...] = ()
    lints: tuple[Diagnostic, ...] = ()
    findings: int = 0
    bearings: int = 0
    recommendations: int = 0
    practices: int = 0
    judgements: int = 0

    @property
    def passed(self) -> bool:
        """Whether it loads; lints do not count."""
        return not self.errors

    def __str__(self) -> str:
        """What a person reads at the terminal."""
        if self.errors:
            return "\n".join([f"{self.name}: {_counted(len(self.errors), 'problem')}", *map(str, self.errors)])
        counts = (
            _counted(self.findings, "finding"),
            _counted(self.bearings, "bearing"),
            _counted(self.recommendations, "recommendation"),
            _counted(self.practices, "practice"),
            *([_counted(self.judgements, "judgement")] if self.judgements else []),
            _counted(len(self.lints), "lint"),
        )
        lines = [f"{self.name}: ok", f"  {', '.join(counts)}"]
        for found in self.lints:
            help = "" if found.help is None else f"\n    help: {found.help}"
            lines.append(f"{found.place}: {found.problem} [{found.code}]{help}")
        return "\n".join(lines)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def names_an_inspection(name_or_path: str) -> bool:
    """Whether a name or a path leads to an inspection, and not to a rule set."""
    if name_or_path in known("ruleset").places:
        return False
    try:
        place = find("inspection", name_or_path)
    except NotFoundError:
        return False
    if place.is_shipped or Path(name_or_path).is_dir():
        return True
    try:
        return looks_like(place.read(place.file), place.shown_as(place.file)) is Kind.INSPECTION
    except (FileNotFoundError, InputError):
        return False


def check_inspection(name_or_path: str | Path) -> InspectionReport:
    """Load an inspection and look for what is odd in it.

    Args:
        name_or_path: the name under which it is shipped, a folder, or its main file.

    Returns:
        The report. What keeps the inspection from loading is among its ``errors``.

    """
    try:
        inspection = load_inspection(name_or_path)
        lints = lint_inspection(inspection)
    except InputError as error:
        return InspectionReport(str(name_or_path), error.diagnostics)
    except NotFoundError as error:
        return InspectionReport(str(name_or_path), (Diagnostic(str(name_or_path), str(error), None, "not-found"),))
    findings = inspection.findings.values()
    return InspectionReport(
        inspection.name,
        (),
        lints,
        len(findings),
        sum(len(finding.bears) for finding in findings),
        len(inspection.recommendations),
        len(inspection.practices),
        len(inspection.judgements),
    )


def lint_inspection(inspection: Inspection) -> tuple[Diagnostic, ...]:
    """What stands alone in an inspection, each with its place, in the order of the files; and what is odd in its abbreviations.

    Codes: ``answers-nothing``, ``unanswered``, ``same-answers``, ``bears-on-nothing``, ``no-evidence``, ``not-inspected``; and those of
    :func:`hmic_rules.glossaries.uses.lint_abbreviations`.

    Raises:
        InputError: the glossary beside it cannot be read.

    """
    return tuple(_lints(inspection))


def _lints(inspection: Inspection) -> Iterator[Diagnostic]:
    found = orphans(graph_of(inspection, outcomes=False))
    recommendations, findings = inspection.recommendations, inspection.findings
    for id in found.answering_nothing:
        problem = f"the recommendation {quoted(id)} answers no finding"
        help = "name the findings that it answers under `answers`"
        yield Diagnostic(recommendations[id].span, problem, help, "answers-nothing")
    for same in found.same_answers:
        first = recommendations[same[0]]
        for id in same[1:]:
            problem = f"the recommendation {quoted(id)} answers exactly the findings that {quoted(first.id)} answers"
            help = f"look at both again; {quoted(first.id)} stands in line {first.span.line}"
            yield Diagnostic(recommendations[id].span, problem, help, "same-answers")
    for id in found.unanswered:
        problem = f"no recommendation answers {quoted(id)}, which is of the kind {quoted(findings[id].kind)}"
        yield Diagnostic(findings[id].span, problem, None, "unanswered")
    for id in found.bearing_on_nothing:
        reason = findings[id].bears_on_nothing
        why = "does not say why" if reason is None else f"says why: {reason}"
        problem = f"the finding {quoted(id)} bears on no criterion, and {why}"
        mend = "add `bears_on_nothing: WHY`, or what it bears on" if reason is None else None
        yield Diagnostic(findings[id].span, problem, mend, "bears-on-nothing")
    places = _criteria(inspection)
    for id in found.without_evidence:
        problem = f"no finding of {quoted(inspection.name)} bears on the criterion {quoted(id)}"
        yield Diagnostic(places.get(id, inspection.file), problem, None, "no-evidence")
    for id in found.without_framework:
        practice = inspection.practices[id]
        problem = f"the practice {quoted(id)} is of {quoted(practice.area)}, which was not inspected"
        yield Diagnostic(practice.span, problem, None, "not-inspected")
    yield from lint_abbreviations(inspection)


def _criteria(inspection: Inspection) -> dict[str, Span]:
    """Where each criterion stands in the files of the rule set."""
    ruleset = inspection.ruleset
    key = None if ruleset.fills is None else ruleset.collections[ruleset.fills].key
    ids = [row.get(key or "") for name in inspection.frameworks for row in ruleset.frameworks[name].rows]
    return {id.text: id.span for id in ids if isinstance(id, Scalar)}


def inspection_check_data(report: InspectionReport) -> dict[str, Any]:
    """The report as plain data, for JSON.

    Keys: ``name``; ``passed``; ``findings``, ``bearings``, ``recommendations``, ``practices``, ``judgements``: how many there are; ``errors`` and ``lints``,
    each with ``code``, ``file``, ``line``, ``column``, ``problem`` and ``help``. Places that are no file have ``line`` and ``column`` null.
    """
    return {
        "name": report.name,
        "passed": report.passed,
        "findings": report.findings,
        "bearings": report.bearings,
        "recommendations": report.recommendations,
        "practices": report.practices,
        "judgements": report.judgements,
        "errors": [_data(found) for found in report.errors],
        "lints": [_data(found) for found in report.lints],
    }


def _data(found: Diagnostic) -> dict[str, Any]:
    place = found.place
    where: dict[str, Any] = {"file": place, "line": None, "column": None}
    if isinstance(place, Span):
        where = {"file": place.file, "line": place.line, "column": place.column}
    return {"code": found.code, **where, "problem": found.problem, "help": found.help}
