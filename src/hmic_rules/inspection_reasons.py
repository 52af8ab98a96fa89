"""Why a framework of an inspection came out as it did: the criteria and findings that decide, and what the result turns on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from attrs import evolve, frozen

from hmic_rules.assumptions import Assumption, assumptions
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.decisions import Decision, decide
from hmic_rules.evaluation import KEY, Row
from hmic_rules.explanations import OutcomeReason, better_rules, explain_decision, explanation_data, unknown_facts
from hmic_rules.inspections import Bearing, FrameworkGrade, Inspection
from hmic_rules.judgement_reasons import JudgementReason, judgement_reasons
from hmic_rules.outcomes import Outcome
from hmic_rules.possible import members
from hmic_rules.rules import Rule, RuleList
from hmic_rules.rulesets import Ruleset
from hmic_rules.standing import OTHERWISE
from hmic_rules.traces import obstacles, trace
from hmic_rules.wording import name_in_words

__all__ = ["CriterionReason", "Evidence", "Explanation", "Turning", "between", "explain_framework"]


@frozen
class Evidence:
    """One finding as it bears on one criterion."""

    finding: str
    kind: str
    cite: str
    says: str
    shows: str
    counts: bool
    facts: Mapping[str, str]
    doubt: str | None
    recommendations: tuple[str, ...]


@frozen
class CriterionReason:
    """One criterion: how it stands by the rules, which outcomes ask for it in vain, its evidence, what lowers it first, and what was judged instead."""

    id: str
    says: str
    status: str
    marks: tuple[str, ...]
    basis: str
    cite: tuple[str, ...]
    in_the_way_of: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    judged: str | None = None


@frozen
class Turning:
    """A setting of the reading that, changed alone, changes the outcome."""

    parameter: str
    says: str | None
    setting: str
    instead: str
    outcome: str


@frozen
class Explanation:
    """Why one framework of an inspection came out as it did under one reading.

    All is told of what the rules give from the facts, save ``judgements``, which stand beside it, and ``judged``, the outcome with them.
    """

    inspection: str
    framework: str
    title: str
    reading: str | None
    reading_says: str | None
    reason: OutcomeReason
    readings: Mapping[str, str]
    published: str | None
    between: str
    facts: tuple[tuple[str, str, tuple[str, ...]], ...]
    deciding: tuple[CriterionReason, ...]
    others: tuple[CriterionReason, ...]
    unknown: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    turning: tuple[Turning, ...]
    source: tuple[str, ...]
    judgements: tuple[JudgementReason, ...] = ()
    judged: OutcomeReason | None = None

    def to_data(self) -> dict[str, Any]:
        """The explanation as plain data, for JSON."""
        return explanation_data(self)


def explain_framework(inspection: Inspection, framework: str, profile: str | None = None) -> Explanation:
    """Why a framework of an inspection came out as it did, led by the criteria and findings that decide.

    Raises:
        NotFoundError: there is no such framework or reading.

    """
    decision = inspection.decide(framework, profile)
    grade = inspection.grade(profile)[framework]
    name = inspection.outcome
    wanted: dict[str, list[str]] = {}
    for rule in better_rules(decision, name):
        for obstacle in obstacles(decision, name, rule.id):
            for item in obstacle.items:
                asked_by = wanted.setdefault(item, [])
                if shown(rule.then) not in asked_by:
                    asked_by.append(shown(rule.then))
    for limit in trace(decision, name).limits:
        if limit.condition is not None and limit.truth is not Truth.NO:
            for found in limit.condition.items or ():
                if found.belongs is not Truth.NO and found.holds is not Truth.NO:
                    wanted.setdefault(found.key, []).append(f"anything above {limit.bound}")
    judged = inspection.judged(framework, profile)
    judgements = judgement_reasons(judged, inspection)
    instead = {one.criterion: one.judged for one in judgements if one.value == inspection.status_value}
    criteria = _criteria(inspection, framework, decision)
    reasons = {one.id: evolve(one, judged=instead.get(one.id)) for one in criteria}
    deciding = [evolve(reasons[id], in_the_way_of=tuple(asked_by)) for id, asked_by in wanted.items() if id in reasons]
    others = [reason for id, reason in reasons.items() if id not in wanted]
    reading = decision.profile
    return Explanation(
        inspection.name,
        framework,
        grade.title,
        reading,
        inspection.ruleset.profiles[reading].says if reading is not None else None,
        explain_decision(decision, name),
        {str(name): str(one[inspection.outcome]) for name, one in grade.decisions.items()},
        grade.record.published,
        between(inspection, grade),
        tuple((fact.name, fact.value.text, fact.cite) for fact in grade.record.facts),
        tuple(deciding),
        tuple(others),
        unknown_facts(decision),
        assumptions(decision, name),
        tuple(_turning(inspection, framework, decision)),
        tuple(inspection.documents.values()),
        judgements,
        None if judged is None else explain_decision(judged, name),
    )


def _turning(inspection: Inspection, framework: str, decision: Decision) -> Iterator[Turning]:
    """Each assumed setting put to what it could be instead: the other truth value or label, or what another reading sets."""
    ruleset, name = inspection.ruleset, inspection.outcome
    before = str(decision[name])
    facts = inspection.facts(framework)
    for parameter in ruleset.parameters.values():
        setting = decision.program.settings[parameter.name]
        if parameter.basis != "assumed" or setting is None or isinstance(setting, tuple):
            continue
        others = [profile.parameters.get(parameter.name) for profile in ruleset.profiles.values()]
        found = members(parameter.type.whole) or frozenset(
            one for one in others if one is not None and not isinstance(one, tuple)
        )
        for instead in sorted(found - {setting}, key=shown):
            changed = decide(
                ruleset, facts, framework=framework, profile=decision.profile, parameters={parameter.name: instead}
            )
            if str(changed[name]) != before:
                words = shown(setting), shown(instead), str(changed[name])
                yield Turning(parameter.name, parameter.says, *words)


def _criteria(inspection: Inspection, framework: str, decision: Decision) -> Iterator[CriterionReason]:
    ruleset = inspection.ruleset
    notes = ruleset.frameworks[framework].notes
    bearings: dict[str, list[Bearing]] = {}
    for bearing in inspection.bearings(framework):
        bearings.setdefault(bearing.criterion, []).append(bearing)
    shows = decision.items(inspection.shows_value)
    counts = decision.items(inspection.counts_value) if inspection.counts_value is not None else {}
    answered: dict[str, list[str]] = {}
    for recommendation in inspection.recommendations.values():
        for finding in recommendation.answers:
            answered.setdefault(finding, []).append(recommendation.id)
    order = decision.step(inspection.shows_value).value.type
    ranks = order.ranks if isinstance(order, LabelType) else {}
    for id, status in decision.items(inspection.status_value).items():
        evidence = [
            _evidence(inspection, bearing, shows[bearing.id], counts.get(bearing.id), answered.get(bearing.finding, []))
            for bearing in bearings.get(id, [])
        ]
        evidence.sort(key=lambda one: (not one.counts, ranks.get(one.shows, len(ranks))))
        note = notes[id]
        yield CriterionReason(
            id, note["says"], str(status), _marks(decision, id), note["basis"], note["cite"], (), tuple(evidence)
        )


def _marks(decision: Decision, criterion: str) -> tuple[str, ...]:
    """What the framework says of a criterion: its labels, and the names of the flags that are set."""
    fills = decision.ruleset.fills
    if fills is None:
        return ()
    collection = decision.ruleset.collections[fills]
    slots = decision.program.layout.slots[fills]
    rows = cast("list[Row]", decision.case[decision.program.layout.slots[CASE][fills]])
    row = next(row for row in rows if row[KEY] == criterion)
    marks: list[str] = []
    for field in collection.fields:
        value = row[slots[field]]
        if field != collection.key and value is not False:
            marks.append(name_in_words(field) if value is True else shown(value))
    return tuple(marks)


def _evidence(
    inspection: Inspection, bearing: Bearing, shows: Outcome, counts: Outcome | None, answered: list[str]
) -> Evidence:
    finding = inspection.findings[bearing.finding]
    return Evidence(
        finding.id,
        finding.kind,
        finding.cite,
        finding.says,
        str(shows),
        counts is None or counts.value is not False,
        bearing.facts,
        bearing.doubt,
        tuple(answered),
    )


def between(inspection: Inspection, grade: FrameworkGrade) -> str:
    """What stands between what the rules give and what was published, in one line."""
    decision = grade.decision
    outcome = decision[inspection.outcome]
    published = grade.record.published
    if published is None:
        return "nothing was published"
    if outcome.status == "decided" and shown(outcome.value if outcome.value is not None else "") == published:
        return f"the same{_by_what_is_assumed(decision, inspection.outcome)}"
    type = decision.ruleset.values[inspection.outcome].type
    ranks = type.ranks if isinstance(type, LabelType) else {}
    least = min((ranks.get(label, -1) for label in outcome.possible), default=-1)
    if least > ranks.get(published, 0):
        return "the rules give more than was published"
    if published in outcome.possible and len(outcome.possible) > 1:
        return f"{published} is among what is still possible"
    parts: list[str] = []
    for rule in _rules_for(decision.ruleset, inspection.outcome, published):
        found = obstacles(decision, inspection.outcome, rule.id)
        items = list(dict.fromkeys(item for obstacle in found for item in obstacle.items))
        if items:
            more = f" and {len(items) - 2} more" if len(items) > 2 else ""
            parts.append(f"{published} also asks for {', '.join(items[:2])}{more}")
        unknown = dict.fromkeys(one.name for one in found if one.truth is Truth.UNKNOWN and one.name is not None)
        if unknown:
            parts.append("not known: " + ", ".join(map(name_in_words, unknown)))
        if parts:
            break
    return "; ".join(parts) or "nothing that was coded"


def _rules_for(ruleset: Ruleset, name: str, label: str) -> Iterator[Rule]:
    body = ruleset.values[name].body
    if isinstance(body, RuleList):
        yield from (rule for rule in body.rules if shown(rule.then) == label)


def _by_what_is_assumed(decision: Decision, name: str) -> str:
    """That an outcome follows, or may follow, by rules that are assumed; nothing where it follows by others alone."""
    reason = decision.why(name)
    able = [rule for rule in reason.rules if rule.id in (*reason.perhaps, reason.outcome.rule)]
    ids = [rule.id for rule in able if rule.basis == "assumed"]
    if not ids:
        return ""
    perhaps = "" if len(ids) == len(able) and OTHERWISE not in reason.perhaps else "perhaps "
    return f", {perhaps}by {'a rule that is assumed' if len(ids) == 1 else 'rules that are assumed'} ({', '.join(ids)})"
