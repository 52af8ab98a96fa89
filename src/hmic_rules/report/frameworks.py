"""One framework on the page: why it came out so, what stands in the way, and its criteria with their findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from hmic_rules.datatypes import LabelType
from hmic_rules.explanations import OutcomeReason, explain_decision
from hmic_rules.inspection_reasons import CriterionReason, Explanation, explain_framework
from hmic_rules.inspections import FrameworkGrade, Inspection
from hmic_rules.phrases import plainly, said
from hmic_rules.questions.space import Change
from hmic_rules.report.anchors import anchor
from hmic_rules.report.asking import Asked, asked_of
from hmic_rules.report.links import Link, Links
from hmic_rules.report.overview import Glance
from hmic_rules.wording import name_in_words

__all__ = [
    "ChangeLine",
    "CriterionEntry",
    "FrameworkSection",
    "GivenBy",
    "ImpliedBy",
    "ImpliedSet",
    "ReadingRow",
    "section_of",
]


@frozen
class ReadingRow:
    """What one reading makes of a framework, and how.

    Attributes:
        reading: its name, ``None`` where the rule set has none.
        says: how it reads.
        default: whether the page is told under it.
        outcome: what the rules give under it, in words.
        how: what gave that.
        given_by: the rule that gave it; ``None`` where no rule did.

    """

    reading: str | None
    says: str | None
    default: bool
    outcome: str
    how: str
    given_by: GivenBy | None


@frozen
class ChangeLine:
    """Something that would be otherwise: of what it is a fact or a value, what it is now (``None`` where it is not known), and what it would be."""

    name: str
    item: Link | None
    says: str | None
    before: str | None
    after: str


@frozen
class GivenBy:
    """The rule that gave an outcome: its words, its basis, and the passages that it cites."""

    words: str
    basis: str
    cite: tuple[str, ...]


@frozen
class ImpliedSet:
    """The first smallest set of what would be otherwise.

    Attributes:
        by: of what: ``criteria`` or ``findings``.
        changes: the set; ``None`` where none is enough.
        number: how many smallest sets there are in all.
        gives: what deciding anew with it gives.

    """

    by: str
    changes: tuple[ChangeLine, ...] | None
    number: int
    gives: str


@frozen
class ImpliedBy:
    """What the published outcome implies under one reading.

    Attributes:
        reading: the reading.
        computed: what the rules give under it.
        nothing: whether they give what was published, so that nothing is implied.
        sets: the smallest sets of criteria, and of findings, under which they give it.

    """

    reading: str | None
    computed: str
    nothing: bool
    sets: tuple[ImpliedSet, ...]


@frozen
class CriterionEntry:
    """One criterion on the page, with its element's id and how many of its findings show what."""

    id: str
    reason: CriterionReason
    shows: tuple[tuple[str, int], ...]
    unweighed: int
    rank: int


@frozen
class FrameworkSection:
    """One framework on the page.

    Attributes:
        glance: what the first screen has of it.
        explanation: why it came out so under the page's reading.
        reason: the rules and limits of the outcome.
        given_by: the rule that gave the outcome; ``None`` where no rule did.
        published_cite: the passage that says what was published.
        distribution_cite: the passage that says how many bodies were given what.
        readings: what each reading makes of it.
        asked: the answers to what was asked of it.
        by_criteria: what stands in the way of the next grade.
        by_findings: the fewest facts of findings after which it follows.
        implied: what the published outcome implies, reading by reading.
        criteria: the criteria, those first that stand in the way of the nearest outcome.
        statuses: how many criteria stand how.

    """

    glance: Glance
    explanation: Explanation
    reason: OutcomeReason
    given_by: GivenBy | None
    published_cite: str | None
    distribution_cite: str | None
    readings: tuple[ReadingRow, ...]
    asked: Asked
    by_criteria: tuple[ChangeLine, ...]
    by_findings: tuple[ChangeLine, ...]
    implied: tuple[ImpliedBy, ...]
    criteria: tuple[CriterionEntry, ...]
    statuses: tuple[tuple[str, int], ...]


def section_of(inspection: Inspection, grade: FrameworkGrade, glance: Glance, links: Links) -> FrameworkSection:
    """Everything that the page tells of one framework."""
    name = grade.framework
    explanation = explain_framework(inspection, name, grade.default)
    asked = asked_of(inspection, name, grade.default)
    lines = _Lines(links, name)
    record = grade.record
    return FrameworkSection(
        glance,
        explanation,
        explanation.reason,
        _given_by(explanation.reason),
        record.published_cite,
        record.distribution.cite if record.distribution is not None else None,
        _readings(inspection, grade),
        asked,
        lines.of((*asked.by_criteria.changes, *asked.by_criteria.learnt)) if asked.by_criteria is not None else (),
        lines.of((*asked.by_findings.changes, *asked.by_findings.learnt)) if asked.by_findings is not None else (),
        _implied(asked, lines),
        _criteria(inspection, name, explanation),
        _statuses(inspection, grade),
    )


def _given_by(reason: OutcomeReason) -> GivenBy | None:
    given = next((rule for rule in reason.rules if rule.id == reason.outcome.rule), None)
    return None if given is None or reason.perhaps else GivenBy(given.says or given.words, given.basis, given.cite)


def _readings(inspection: Inspection, grade: FrameworkGrade) -> tuple[ReadingRow, ...]:
    rows = []
    for reading, decision in grade.decisions.items():
        reason = explain_decision(decision, inspection.outcome)
        rows.append(
            ReadingRow(
                reading,
                inspection.ruleset.profiles[reading].says if reading is not None else None,
                reading == grade.default,
                said(reason.outcome),
                reason.how,
                _given_by(reason),
            )
        )
    return tuple(rows)


@frozen
class _Lines:
    links: Links
    framework: str

    def of(self, changes: Iterable[Change]) -> tuple[ChangeLine, ...]:
        return tuple(self._line(one) for one in changes)

    def _line(self, change: Change) -> ChangeLine:
        name, item, says = self.links.change(self.framework, change)
        return ChangeLine(name, item, says, change.before, change.after)


def _implied(asked: Asked, lines: _Lines) -> tuple[ImpliedBy, ...]:
    found: list[ImpliedBy] = []
    for one in asked.reconciliation.readings if asked.reconciliation is not None else ():
        nothing = any(way and not way[0].changes and not way[0].learnt for way in (one.values, one.facts))
        sets = tuple(
            ImpliedSet(
                by,
                lines.of((*ways[0].changes, *ways[0].learnt)) if ways else None,
                number,
                plainly(ways[0].gives) if ways else "",
            )
            for by, ways, number in (
                ("criteria", one.values, one.number_of_values),
                ("findings", one.facts, one.number_of_facts),
            )
            if ways or by == "findings" or one.facts
        )
        found.append(ImpliedBy(one.reading, plainly(one.computed), nothing, () if nothing else sets))
    return tuple(found)


def _criteria(inspection: Inspection, framework: str, explanation: Explanation) -> tuple[CriterionEntry, ...]:
    type = inspection.ruleset.values[inspection.status_value].type
    ranks = {label: place for place, label in enumerate(type.labels)} if isinstance(type, LabelType) else {}
    found: list[CriterionEntry] = []
    for reason in (*explanation.deciding, *explanation.others):
        weighed = Counter(one.shows for one in reason.evidence if one.counts)
        unweighed = sum(not one.counts for one in reason.evidence)
        id = anchor("criterion", framework, reason.id)
        found.append(
            CriterionEntry(id, reason, tuple(weighed.items()), unweighed, ranks.get(reason.status, len(ranks)))
        )
    return tuple(found)


def _statuses(inspection: Inspection, grade: FrameworkGrade) -> tuple[tuple[str, int], ...]:
    """How many criteria stand how, in the order of the rule set."""
    type = inspection.ruleset.values[inspection.status_value].type
    counts = Counter(str(one) for one in grade.decision.items(inspection.status_value).values())
    labels: Sequence[str] = type.labels if isinstance(type, LabelType) else ()
    known = [(label, counts.pop(label)) for label in labels if counts[label]]
    return (*known, *sorted((name_in_words(label), number) for label, number in counts.items() if number))
