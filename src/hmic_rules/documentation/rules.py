"""The rules: each value with what it is, how its rules combine, every rule in plain English with its citation, its limits and who may depart from it."""

from __future__ import annotations

from collections.abc import Iterator

from hmic_rules.backends.prose.grammar import listed, sentence, told, words_of
from hmic_rules.backends.prose.rules import (
    applies_said,
    body_said,
    crossing_said,
    departing_said,
    limit_said,
    otherwise_said,
    policy_said,
    rule_said,
)
from hmic_rules.backends.prose.statements import Said
from hmic_rules.backends.prose.types import type_said
from hmic_rules.datatypes import BooleanType, NumberType
from hmic_rules.documentation.pages import (
    Block,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    anchor,
    faint,
    item_of,
    line,
    link,
    strong,
)
from hmic_rules.documentation.pictures import picture_of
from hmic_rules.documentation.speaking import Speaker, from_where, remark
from hmic_rules.documentation.tables import decision_table
from hmic_rules.errors import Span
from hmic_rules.lineage import origin_of
from hmic_rules.rules import Calculation, Limit, PointRule, Points, Rule, RuleList, Truthful, ValueRule

__all__ = ["departures", "rules"]


def rules(speaker: Speaker) -> Iterator[Block]:
    """Every value with its rules."""
    yield Heading(2, line("The rules"), "rules")
    for value in speaker.ruleset.values.values():
        yield from _value(speaker, value)


def _value(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    voice = speaker.at(value)
    each = speaker.each(value.scope)
    yield Heading(
        3, line(words_of(value.name).capitalize(), f", for {each}" if each else ""), anchor("value", value.name)
    )
    if value.says is not None:
        yield Paragraph(line(*remark(value.says)))
    yield Paragraph(line(_frame(value)))
    applies = applies_said(value, voice)
    policy = policy_said(value)
    if applies is not None:
        yield Listing((item_of(applies),))
    body = body_said(value, voice)
    if body is not None:
        whole = item_of(body)
        yield Listing((Item((*whole.line, *from_where(value.basis, value.cite)), whole.items),))
    if policy is not None:
        yield Paragraph(line(policy))
    if isinstance(value.body, RuleList | Points):
        yield Listing(tuple(_rule(speaker, value, one) for one in value.body.rules))
    yield from _otherwise(speaker, value)
    yield from _limits(speaker, value)
    yield from _departing(speaker, value)
    yield from decision_table(speaker, value)
    yield from picture_of(speaker, value)
    words = speaker.words_read(value)
    if words:
        yield Paragraph(
            line(
                "The words used in these rules:"
                if not isinstance(value.body, Truthful | Calculation)
                else "The words used here:"
            )
        )
        yield Listing(tuple(words))


def _frame(value: ValueRule) -> str:
    """What the value can be, and which way it is better and safer."""
    kind = "Its answer is" if isinstance(value.type, BooleanType | NumberType) else "What it can be:"
    found = [f"{kind} {type_said(value.type)}."]
    if value.better:
        found.append(f"From the worst to the best: {', '.join(told(one) for one in value.better)}.")
    if value.safe_side is not None:
        found.append(f"The {value.safe_side} is the safe side.")
    if value.outcome:
        found.append("It is one of the answers that the rule set is asked for.")
    return " ".join(found)


def _rule(speaker: Speaker, value: ValueRule, rule: Rule | PointRule) -> Item:
    """One rule."""
    origin = _origin(speaker, "rule", f"{value.name}/{rule.id}", rule.span)
    return _entry(rule, origin, rule_said(rule, value, speaker.at(value)))


def _entry(part: Rule | PointRule | Limit, origin: Line, said: Said) -> Item:
    """A rule or a limit with where it comes from; under what the rule set says of it, all of it in words."""
    head = line(strong(part.id), *from_where(part.basis, part.cite), *origin, ":")
    if part.says is None:
        whole = item_of(said)
        return Item((*head, *line(" "), *whole.line), whole.items)
    return Item((*head, *remark(part.says)), (item_of(said),))


def _origin(speaker: Speaker, kind: str, name: str, place: Span) -> Line:
    """Which rule set a part comes from, where the rule set extends another."""
    words = str(origin_of(speaker.ruleset, kind, name, place))
    return line(faint(f", {words}")) if words else ()


def _otherwise(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    said = otherwise_said(value, speaker.at(value))
    if said is None or not isinstance(value.body, RuleList):
        return
    otherwise = value.body.otherwise
    source = () if otherwise is None else from_where(otherwise.basis, otherwise.cite)
    says = () if otherwise is None else remark(otherwise.says)
    yield Paragraph(line(sentence(said), *says, *source))


def _limits(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    if not value.limits:
        return
    yield Paragraph(
        line(
            "Its limits stand in no order; all of those in force count." if len(value.limits) > 1 else "It has a limit:"
        )
    )
    yield Listing(tuple(_limit(speaker, value, one) for one in value.limits))
    crossing = crossing_said(value)
    if crossing is not None:
        yield Paragraph(line(crossing))


def _limit(speaker: Speaker, value: ValueRule, limit: Limit) -> Item:
    origin = _origin(speaker, "limit", f"{value.name}/{limit.id}", limit.span)
    return _entry(limit, origin, limit_said(limit, value, speaker.at(value)))


def _departing(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    allowed = value.may_depart
    if allowed is None:
        return
    yield Paragraph(line("Who may depart from it:"))
    more = [Item(line(*remark(allowed.says)))] if allowed.says is not None else []
    source = from_where(allowed.basis, allowed.cite)
    whole = item_of(departing_said(allowed, speaker.at(value)), more=more)
    yield Listing((Item((*whole.line, *source), whole.items),))


def departures(speaker: Speaker) -> Iterator[Block]:
    """Who may depart from what, all in one place."""
    yield Heading(2, line("Who may depart from what"), "departures")
    found = [value for value in speaker.ruleset.values.values() if value.may_depart is not None]
    if not found:
        yield Paragraph(line("Nobody may depart from what the rules give."))
        return
    rows = []
    for value in found:
        roles = () if value.may_depart is None else value.may_depart.by
        name = link(words_of(value.name), anchor("value", value.name))
        rows.append(Item(line(name, f": {listed(list(roles), 'or')}")))
    yield Paragraph(
        line(
            "From everything else that the rules give nobody may depart. What is computed stays on record beside what is judged."
        )
    )
    yield Listing(tuple(rows))
