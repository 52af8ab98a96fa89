"""Why a decision came out as it did, as data: what held, what stands in the way of a better outcome, down to findings, and what it all assumes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from attrs import asdict, evolve, frozen

from hmic_rules.assumptions import Assumption, assumptions
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.decisions import Decision, Outcome, outcome_data
from hmic_rules.evaluation import KEY, Row
from hmic_rules.inspections import Bearing, FrameworkGrade, Inspection
from hmic_rules.possible import is_known
from hmic_rules.rulesets import Calculation, Judged, Points, Rule, RuleList, Ruleset, Truthful
from hmic_rules.traces import LimitTrace, Obstacle, ValueTrace, obstacles, trace
from hmic_rules.wording import calculation_in_words, condition_in_words, name_in_words

__all__ = [
    "CriterionReason",
    "Evidence",
    "Explanation",
    "LimitReason",
    "OutcomeReason",
    "RuleReason",
    "between",
    "explain_decision",
    "explain_framework",
    "explanation_data",
]


@frozen
class RuleReason:
    """One rule: whether it held, where it comes from, and, where it did not surely hold, what kept it from holding."""

    id: str
    then: str
    truth: str
    words: str
    says: str | None
    basis: str
    cite: tuple[str, ...]
    obstacles: tuple[Obstacle, ...]


@frozen
class LimitReason:
    """One limit: whether it was in force, and whether it changed the result."""

    id: str
    kind: str
    bound: str
    in_force: str
    binding: str
    words: str
    says: str | None
    basis: str
    cite: tuple[str, ...]


@frozen
class OutcomeReason:
    """One outcome with every rule and every limit behind it."""

    outcome: Outcome
    says: str | None
    how: str
    rules: tuple[RuleReason, ...]
    limits: tuple[LimitReason, ...]


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
    """One criterion: how it stands, which outcomes ask for it in vain, and its evidence, what lowers it first."""

    id: str
    says: str
    status: str
    marks: tuple[str, ...]
    basis: str
    cite: tuple[str, ...]
    in_the_way_of: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@frozen
class Explanation:
    """Why one framework of an inspection came out as it did under one reading."""

    inspection: str
    framework: str
    title: str
    reading: str | None
    reading_says: str | None
    reason: OutcomeReason
    published: str | None
    between: str
    deciding: tuple[CriterionReason, ...]
    others: tuple[CriterionReason, ...]
    unknown: tuple[str, ...]
    assumptions: tuple[Assumption, ...]


def explain_decision(decision: Decision, name: str, item: str | None = None) -> OutcomeReason:
    """Every rule and limit of one value, with what kept each rule from holding.

    Raises:
        NotFoundError: there is no such value or item.

    """
    found = trace(decision, name, item)
    value = decision.ruleset.values[name]
    rules = tuple(
        RuleReason(
            one.rule.id,
            shown(one.rule.then) if isinstance(one.rule, Rule) else f"{one.rule.worth} points",
            str(one.truth),
            one.condition.words,
            one.rule.says,
            one.rule.basis,
            one.rule.cite,
            () if one.truth is Truth.YES or item is not None else obstacles(decision, name, one.rule.id),
        )
        for one in found.rules
    )
    return OutcomeReason(found.outcome, value.says, _how(found, decision), rules, tuple(map(_limit, found.limits)))


def _how(found: ValueTrace, decision: Decision) -> str:
    """In one sentence, what gave the result."""
    outcome = found.outcome
    body = decision.ruleset.values[outcome.name].body
    if outcome.status == "not applicable":
        return "it does not apply"
    if outcome.judgement is not None:
        return f"it was judged so; the judgement lies {outcome.judgement} the limits"
    if outcome.limits:
        return f"the limit {outcome.limits[0]} changed what the rules gave"
    if outcome.rule == "otherwise":
        return "no rule held, and the rule set says what follows then"
    if outcome.rule is not None:
        return f"the rule {outcome.rule} gave it"
    if isinstance(body, Judged):
        return "nobody has judged it yet; the limits leave these results"
    if isinstance(body, Truthful):
        return condition_in_words(body.condition)
    if isinstance(body, Calculation):
        return f"it is {calculation_in_words(body.expression)}"
    if isinstance(body, Points):
        return "it is the sum of the rules that held"
    return (
        "no rule held"
        if outcome.status == "no rule covers this"
        else "facts that are not known decide between these results"
    )


def _limit(one: LimitTrace) -> LimitReason:
    words = "always" if one.condition is None else one.condition.words
    kind = "at most" if one.limit.kind == "at_most" else "at least"
    return LimitReason(
        one.limit.id,
        kind,
        one.bound,
        str(one.truth),
        str(one.binding),
        words,
        one.limit.says,
        one.limit.basis,
        one.limit.cite,
    )


def better_rules(decision: Decision, name: str) -> tuple[Rule, ...]:
    """The rules that would give as good a result or a better one and do not surely hold, the nearest first.

    Where the outcome has no order, or no result stands, every rule that does not surely hold, save those for the lowest result.
    """
    value = decision.ruleset.values[name]
    if not isinstance(value.body, RuleList):
        return ()
    held = {one.rule.id for one in trace(decision, name).rules if one.truth is Truth.YES}
    open_rules = [rule for rule in value.body.rules if rule.id not in held]
    if not isinstance(value.type, LabelType) or value.type.scale is None:
        return tuple(open_rules)
    ranks = value.type.ranks
    result = decision.results[name]
    floor = next((rank for label, rank in ranks.items() if label == result), 1)
    return tuple(sorted((rule for rule in open_rules if ranks[rule.then] >= floor), key=lambda rule: ranks[rule.then]))


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
    reasons = {reason.id: reason for reason in _criteria(inspection, framework, decision)}
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
        grade.record.published,
        between(inspection, grade),
        tuple(deciding),
        tuple(others),
        unknown_facts(decision),
        assumptions(decision, name),
    )


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
        rule = _rule_of(decision.ruleset, inspection.outcome, outcome.rule)
        return "the same" + (
            f", by a rule that is assumed ({rule.id})" if rule is not None and rule.basis == "assumed" else ""
        )
    type = decision.ruleset.values[inspection.outcome].type
    ranks = type.ranks if isinstance(type, LabelType) else {}
    if outcome.value is not None and ranks.get(outcome.value, 0) > ranks.get(published, 0):
        return "the rules give more than was published"
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


def _rule_of(ruleset: Ruleset, name: str, id: str | None) -> Rule | None:
    body = ruleset.values[name].body
    rules: Iterable[Rule] = body.rules if isinstance(body, RuleList) else ()
    return next((rule for rule in rules if rule.id == id), None)


def unknown_facts(decision: Decision) -> tuple[str, ...]:
    """The inputs of the case that are not known."""
    slots = decision.program.layout.slots[CASE]
    return tuple(name for name in decision.ruleset.inputs if not is_known(decision.case[slots[name]]))


def explanation_data(explanation: Explanation | OutcomeReason) -> dict[str, Any]:
    """An explanation as plain data, for JSON."""
    return asdict(explanation, value_serializer=_plain)


def _plain(instance: Any, attribute: Any, value: Any) -> Any:
    if isinstance(value, Outcome):
        return outcome_data(value)
    if isinstance(value, Truth):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value
