"""The frameworks of an inspection on one screen."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hmic_rules.datatypes import LabelType
from hmic_rules.inspection_reasons import between
from hmic_rules.inspections import FrameworkGrade, Grading, Inspection
from hmic_rules.judgement_reasons import judgement_reasons
from hmic_rules.phrases import said, span
from hmic_rules.possible import NO_RULE
from hmic_rules.screens.judgements import judged_table

__all__ = ["grading_screen"]

READINGS_SHOWN = 4
ALL_READINGS = "*"


def _reading_range(grade: FrameworkGrade, outcome: str) -> str:
    """What the rules can give over all readings, lowest to highest."""
    found = {label for decision in grade.decisions.values() for label in decision[outcome].possible}
    step = grade.decision.step(outcome)
    labels = step.value.type.labels if isinstance(step.value.type, LabelType) else tuple(sorted(found))
    return span([label for label in (NO_RULE.value, *labels) if label in found])


def grading_screen(grading: Grading) -> RenderableType:
    """The frameworks of an inspection on one screen: what the rules give, what was published, and what stands between the two."""
    inspection = grading.inspection
    statuses = inspection.ruleset.values[inspection.status_value].type
    labels = statuses.labels if isinstance(statuses, LabelType) else ()
    by_reading = " under each reading" if grading.profile is not None else ""
    under = f", under the reading {grading.profile}" if grading.profile is not None else ""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), expand=True)
    table.add_column("framework", overflow="fold")
    for name, shown_as in (readings := _reading_columns(grading)):
        table.add_column(shown_as, style="bold" if name == grading.profile else "")
    for heading in ("published", "nationally", "criteria*"):
        table.add_column(heading, overflow="fold")
    differences = Table.grid(padding=(0, 1))
    for grade in grading.frameworks.values():
        decision = grade.decision
        counts = Counter(str(one) for one in decision.items(inspection.status_value).values())
        table.add_row(
            Text(grade.title, style="bold"),
            *(_under(grade, inspection.outcome, name) for name, _ in readings),
            grade.record.published or "–",
            _place(grade),
            "/".join(str(counts[label]) for label in labels),
        )
        differences.add_row(Text(grade.title, style="bold"), between(inspection, grade))
    return Group(
        Text.assemble(
            (inspection.title, "bold"),
            f": what the rules {inspection.ruleset.name} give{by_reading}, and what was published",
        ),
        table,
        Text("What stands between what the rules give and what was published:", style="bold"),
        differences,
        *_judged(grading),
        Text(
            f"* {' / '.join(labels)}{under}. What the rules give is for the facts as they were coded here, and "
            f"nobody's grade{_not_stated(inspection)}. “Published” is the inspectors' judgement. “Nationally” counts "
            "the bodies above / level with / below the published grade.",
            style="italic",
        ),
    )


def _not_stated(inspection: Inspection) -> str:
    """That the criteria, or the readings, are not what a source states; nothing where they are."""
    ruleset = inspection.ruleset
    notes = [note for name in inspection.frameworks for note in ruleset.frameworks[name].notes.values()]
    bases: dict[str, set[str | None]] = {
        "criteria": {note.get("basis") for note in notes},
        "readings": {one.basis for one in ruleset.profiles.values()},
    }
    told = [
        (what, " or ".join(basis for basis in ("derived", "assumed") if basis in found))
        for what, found in bases.items()
        if found & {"derived", "assumed"}
    ]
    words = [f"the {what} {'' if place else 'are '}{basis}" for place, (what, basis) in enumerate(told)]
    return f": {' and '.join(words)}" if words else ""


def _reading_columns(grading: Grading) -> list[tuple[str | None, str]]:
    """Each reading with its heading: all of them while there is room, else the one that was asked for and the range over all."""
    readings = list(next(iter(grading.frameworks.values())).decisions) if grading.frameworks else []
    if len(readings) <= READINGS_SHOWN:
        return [(name, name or "rules") for name in readings]
    return [(grading.profile, grading.profile or "rules"), (ALL_READINGS, "all readings")]


def _under(grade: FrameworkGrade, outcome: str, reading: str | None) -> str:
    """What the rules give; where judgements make it otherwise, what follows with them beside it."""
    if reading == ALL_READINGS:
        return _reading_range(grade, outcome)
    computed = said(grade.decisions[reading][outcome])
    judged = said(grade.judged.get(reading, grade.decisions[reading])[outcome])
    return computed if judged == computed else f"{computed}; judged {judged}"


def _judged(grading: Grading) -> list[RenderableType]:
    """The judgements that stand under the reading that was asked for, and how many stand under others alone."""
    inspection, grades = grading.inspection, grading.frameworks.values()
    found = [(one.title, judgement_reasons(one.judged.get(grading.profile), inspection)) for one in grades]
    here = {judgement.id for _, judgements in found for judgement in judgements}
    elsewhere = [
        departure.judgement.id
        for one in grades
        for decision in one.judged.values()
        for departure in decision.program.departures
        if departure.judgement.id not in here
    ]
    if not here and not elsewhere:
        return []
    parts: list[RenderableType] = [
        Text("Judged by persons, beside what the rules give; “judged” is the outcome with all of it:", style="bold")
    ]
    if here:
        parts.append(judged_table(found))
    if elsewhere:
        parts.append(Text(f"Under other readings alone: {', '.join(dict.fromkeys(elsewhere))}."))
    return parts


def _place(grade: FrameworkGrade) -> str:
    distribution = grade.record.distribution
    if distribution is None or grade.record.published is None:
        return "–"
    below, level, above = distribution.place(grade.record.published)
    return f"{above}/{level}/{below}"
