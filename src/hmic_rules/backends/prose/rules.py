"""What a derived value is made of in words: its rules, how they combine, its limits, and who may depart from it."""

from __future__ import annotations

from fractions import Fraction

from attrs import evolve

from hmic_rules.backends.prose.calculations import calculation_said
from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.grammar import an, listed, number
from hmic_rules.backends.prose.nouns import Voice
from hmic_rules.backends.prose.phrases import clause, reading_is
from hmic_rules.backends.prose.statements import Said
from hmic_rules.conditions import CASE, Check, Compare, Condition, LabelIn, Op, Symbol, SymbolKind, Test
from hmic_rules.datatypes import BooleanType, LabelType, TextType
from hmic_rules.possible import Known
from hmic_rules.rules import (
    Calculation,
    Judged,
    Limit,
    MayDepart,
    PointRule,
    Points,
    Rule,
    RuleList,
    Truthful,
    ValueRule,
)

__all__ = [
    "DMN",
    "applies_said",
    "body_said",
    "crossing_said",
    "departing_said",
    "limit_said",
    "otherwise_said",
    "policy_said",
    "result_said",
    "rule_said",
    "voice_at",
]

POLICIES = {
    "first": "The rules are read from the top, and the first whose condition holds decides.",
    "unique": "At most one rule can hold. Two that hold at once contradict each other: that is an error, and no result is given.",
    "highest": "Every rule is read, in no order. Of those that hold, the one with the highest result decides.",
    "lowest": "Every rule is read, in no order. Of those that hold, the one with the lowest result decides.",
}
DMN = {
    "first": "First",
    "unique": "Unique",
    "highest": "Priority, the highest first",
    "lowest": "Priority, the lowest first",
}
"""The hit policies as the Decision Model and Notation calls them; points are a Collect with a sum."""


def voice_at(voice: Voice, scope: str) -> Voice:
    """Where the items of a value's scope are spoken of."""
    return evolve(voice, it=scope)


def _symbol(value: ValueRule) -> Symbol:
    on_case = value.scope == CASE
    return Symbol(value.name, value.scope, SymbolKind.VALUE, value.type, on_case=on_case)


def result_said(value: ValueRule, result: Known, voice: Voice) -> str:
    """That a value is so: `the grade is good`, `its status is met`."""
    labels = isinstance(value.type, BooleanType | LabelType | TextType) or isinstance(result, str | bool)
    check: Check = LabelIn(frozenset([result])) if labels else Compare(Op.IS, result)
    return clause(Test(_symbol(value), (check,), value.span), voice)


def _if(result: str, when: Condition, voice: Voice, word: str = "if") -> Said:
    said = condition_said(when, voice)
    comma = "," if said.text.startswith("among ") and not word.endswith(",") else ""
    return said.after(f"{result} {word}{comma}")


def rule_said(rule: Rule | PointRule, value: ValueRule, voice: Voice) -> Said:
    """A rule: `the grade is good if all of these hold`."""
    if isinstance(rule, PointRule):
        return _if(_points(rule.worth), rule.when, voice)
    return _if(result_said(value, rule.then, voice), rule.when, voice)


def _points(worth: Fraction | int) -> str:
    size = -worth if worth < 0 else worth
    points = f"{number(size)} {'point' if size == 1 else 'points'}"
    if worth < 0:
        return f"{points} {'is' if size == 1 else 'are'} taken away"
    return f"{points} {'is' if size == 1 else 'are'} added"


def applies_said(value: ValueRule, voice: Voice) -> Said | None:
    """When a value applies at all."""
    if value.applies is None:
        return None
    return condition_said(value.applies, voice).after("it is not applicable unless")


def policy_said(value: ValueRule) -> str | None:
    """How the rules of a value combine."""
    if isinstance(value.body, RuleList):
        return POLICIES[value.body.policy]
    if isinstance(value.body, Points):
        return "Every rule is read, and what the rules that hold are worth is added up."
    if isinstance(value.body, Judged):
        return "A person judges it. The rules only limit what can be judged."
    return None


def body_said(value: ValueRule, voice: Voice) -> Said | None:
    """The condition or the calculation of a value that has no list of rules."""
    if isinstance(value.body, Truthful):
        return _if(result_said(value, True, voice), value.body.condition, voice, "if, and only if,")
    if isinstance(value.body, Calculation):
        return calculation_said(value.body.expression, voice).after(reading_is(_symbol(value), voice))
    return None


def otherwise_said(value: ValueRule, voice: Voice) -> str | None:
    """What follows where no rule holds."""
    if not isinstance(value.body, RuleList):
        return None
    if value.body.otherwise is None:
        return "where no rule holds there is no result: the answer is “no rule covers this”"
    return f"where no rule holds, {result_said(value, value.body.otherwise.then, voice)}"


def limit_said(limit: Limit, value: ValueRule, voice: Voice) -> Said:
    """A limit: `whatever the rules give, the grade is at most poor if …`."""
    op = Op.AT_MOST if limit.kind == "at_most" else Op.AT_LEAST
    held = clause(Test(_symbol(value), (Compare(op, limit.bound),), limit.span), voice)
    given = "whatever is judged" if isinstance(value.body, Judged) else "whatever the rules give"
    if limit.when is None:
        return Said(f"{given}, {held}, always")
    return _if(f"{given}, {held}", limit.when, voice)


def crossing_said(value: ValueRule) -> str | None:
    """What happens where a floor is above a cap."""
    if value.if_limits_cross is None:
        return None
    kind = "the cap" if value.if_limits_cross == "lowest" else "the floor"
    return f"Where a floor in force is above a cap in force, {kind} goes before it."


def departing_said(allowed: MayDepart, voice: Voice) -> Said:
    """Who may judge a value otherwise than it is computed."""
    who = listed([an(role) for role in allowed.by], "or")
    far = ""
    if allowed.steps is not None:
        far = f", by at most {allowed.steps} {'place' if allowed.steps == 1 else 'places'} of its order"
    text = f"{who} may judge it otherwise than it is computed{far}, with a reason on record"
    if allowed.when is None:
        return Said(text)
    return _if(text, allowed.when, voice, "but only if")
