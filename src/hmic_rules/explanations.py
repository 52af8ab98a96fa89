"""Why a decision came out as it did, as data: every rule and limit, what held and because of what, and what kept the others from holding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import AttrsInstance, asdict, frozen

from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import Span
from hmic_rules.lineage import Origin, change_in_words, origin_of, taken_out_of
from hmic_rules.outcomes import Outcome, key_of, outcome_data
from hmic_rules.possible import is_known
from hmic_rules.rules import Body, Calculation, Judged, Points, Rule, RuleList, Truthful
from hmic_rules.rulesets import Change
from hmic_rules.standing import OTHERWISE, may_give
from hmic_rules.traces import LimitTrace, Obstacle, ValueTrace, counted_items, holders, obstacles, trace
from hmic_rules.wording import calculation_in_words, condition_in_words, name_in_words, points_in_words

__all__ = [
    "LimitReason",
    "OutcomeReason",
    "RuleReason",
    "better_rules",
    "explain_decision",
    "explanation_data",
    "source",
    "unknown_facts",
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
    because_of: tuple[str, ...]
    origin: Origin | None = None


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
    because_of: tuple[str, ...]
    origin: Origin | None = None


@frozen
class OutcomeReason:
    """One outcome with every rule and every limit behind it.

    ``how`` says what gave it, ``basis`` and ``cite`` where that comes from if it is no rule (what follows where no rule holds, a condition or a
    calculation of its own), and ``because_of`` which items a count found. Where the rule set extends another, ``origin`` of each rule and limit says where
    it comes from, and ``taken_out`` lists what of the value was taken out. ``perhaps`` names the rules, and ``otherwise``, that may be what gave
    a result, of which it is not known whether they hold.
    """

    outcome: Outcome
    says: str | None
    how: str
    rules: tuple[RuleReason, ...]
    limits: tuple[LimitReason, ...]
    basis: str | None = None
    cite: tuple[str, ...] = ()
    because_of: tuple[str, ...] = ()
    taken_out: tuple[Change, ...] = ()
    perhaps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Some lines of plain text: the outcome, then each rule and limit with whether it held."""
        of = "" if self.outcome.item is None else f" of {self.outcome.item}"
        found = f": {', '.join(self.because_of)}" if self.because_of else ""
        lines = [f"{name_in_words(self.outcome.name)}{of}: {self.outcome}, {self.how}{found}"]
        for rule in self.rules:
            lines.append(
                f"  {rule.truth:<7} {rule.then} if {rule.says or rule.words}  [{rule.id}; {source(rule.basis, rule.cite, rule.origin)}]"
            )
            lines += [f"          {one.truth}: {one.words}" for one in rule.obstacles]
        for limit in self.limits:
            words = f"{limit.kind} {limit.bound} if {limit.says or limit.words}"
            lines.append(
                f"  {limit.in_force:<7} {words}  [limit {limit.id}; {source(limit.basis, limit.cite, limit.origin)}]"
            )
        lines += [f"  {change_in_words(one)}" for one in self.taken_out]
        return "\n".join(lines)

    def to_data(self) -> dict[str, Any]:
        """The reason as plain data, for JSON."""
        return explanation_data(self)


def source(basis: str, cite: tuple[str, ...], origin: Origin | None = None) -> str:
    """Where a rule comes from: stated, derived or assumed, the passages, and how it stands where the rule set extends another."""
    return ", ".join([basis, *cite, *(() if origin is None else (str(origin),))])


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
            shown(one.rule.then) if isinstance(one.rule, Rule) else points_in_words(one.rule.worth),
            str(one.truth),
            one.condition.words,
            one.rule.says,
            one.rule.basis,
            one.rule.cite,
            () if one.truth is Truth.YES or item is not None else obstacles(decision, name, one.rule.id),
            holders(one.condition),
            _origin(decision, "rule", name, one.rule.id, one.rule.span),
        )
        for one in found.rules
    )
    basis, cite = value.basis, value.cite
    perhaps = _perhaps(found, value.body)
    if found.outcome.rule == OTHERWISE and found.otherwise is not None:
        basis, cite = found.otherwise.basis, found.otherwise.cite
    return OutcomeReason(
        found.outcome,
        value.says,
        _how(found, decision, perhaps),
        rules,
        tuple(_limit(decision, name, one) for one in found.limits),
        basis,
        cite,
        counted_items(decision, name, item),
        taken_out_of(decision.ruleset, name),
        perhaps,
    )


def _perhaps(found: ValueTrace, body: Body) -> tuple[str, ...]:
    """What may have given a result without being known to hold; what a limit or a judgement gave rests on none of it."""
    outcome = found.outcome
    if not isinstance(body, RuleList) or outcome.value is None or outcome.limits or outcome.judgement is not None:
        return ()
    return may_give(body, [one.truth for one in found.rules], outcome.value)


def _origin(decision: Decision, kind: str, value: str, id: str, place: Span) -> Origin | None:
    ruleset = decision.ruleset
    return origin_of(ruleset, kind, f"{value}/{id}", place) if ruleset.ancestors else None


def _how(found: ValueTrace, decision: Decision, perhaps: tuple[str, ...]) -> str:
    """In one sentence, what gave the result."""
    outcome = found.outcome
    body = decision.ruleset.values[outcome.name].body
    if outcome.status == "not applicable":
        return "it does not apply"
    if outcome.judgement is not None:
        limited = f"; the judgement lies {outcome.judgement} the limits"
        return "it was judged so" + (limited if decision.ruleset.values[outcome.name].limits else "")
    if outcome.limits:
        return f"the limit {outcome.limits[0]} changed what the rules gave"
    if perhaps:
        return f"{_one_of(found, (*perhaps, *(() if outcome.rule is None else (outcome.rule,))))} gives it, and it is not known which"
    if outcome.rule == OTHERWISE:
        says = None if found.otherwise is None else found.otherwise.says
        return "no rule held, and the rule set says what follows then" + (f": {says}" if says else "")
    if outcome.rule is not None:
        return f"the rule {outcome.rule} gave it"
    if isinstance(body, Judged):
        return "nobody has judged it yet; the limits leave these results"
    if isinstance(body, Truthful):
        return f"it asks whether {condition_in_words(body.condition)}"
    if isinstance(body, Calculation):
        return f"it is {calculation_in_words(body.expression)}"
    if isinstance(body, Points):
        return "it is the sum of the rules that held" + (
            "" if outcome.exact else ", and not every number in between need be possible"
        )
    if outcome.status == "no rule covers this":
        return "no rule held"
    if outcome.status == "decided":
        return "the rules and limits that may still hold all lead to it"
    return "facts that are not known decide between these results" + (
        "" if outcome.exact else ", of which some may turn out impossible"
    )


def _one_of(found: ValueTrace, ids: tuple[str, ...]) -> str:
    """Rules, and what follows where none holds, with where each comes from."""
    words = {one.rule.id: f"the rule {one.rule.id} ({one.rule.basis})" for one in found.rules}
    if found.otherwise is not None:
        words.setdefault(OTHERWISE, f"what follows where no rule holds ({found.otherwise.basis})")
    return " or ".join(words[id] for id in ids)


def _limit(decision: Decision, value: str, one: LimitTrace) -> LimitReason:
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
        () if one.condition is None else holders(one.condition),
        _origin(decision, "limit", value, one.limit.id, one.limit.span),
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


def unknown_facts(decision: Decision) -> tuple[str, ...]:
    """The facts that are not known: inputs of the case by name, whole collections, and fields of items as ``field of item``."""
    ruleset, layout = decision.ruleset, decision.program.layout
    slots = layout.slots[CASE]
    found = [name for name in ruleset.inputs if not is_known(decision.case[slots[name]])]
    found.extend(
        name for name, one in ruleset.collections.items() if one.parent is None and decision.case[slots[name]] is None
    )
    for name, collection in ruleset.collections.items():
        for frames in decision.program.frames(decision.case, name):
            row = frames[-1]
            open_fields = [field for field in collection.fields if not is_known(row[layout.slots[name][field]])]
            found.extend(f"{field} of {key_of(frames)}" for field in open_fields)
    return tuple(found)


def explanation_data(explanation: AttrsInstance) -> dict[str, Any]:
    """An explanation of any kind as plain data, for JSON."""
    return asdict(explanation, value_serializer=_plain)


def _plain(instance: Any, attribute: Any, value: Any) -> Any:
    if isinstance(value, Outcome):
        return outcome_data(value)
    if isinstance(value, Truth):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value
