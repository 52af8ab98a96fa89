"""Conditions and calculations in plain English, for explanations and messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from hmic_rules.conditions import (
    Aggregate,
    All,
    Any,
    Applicable,
    Bands,
    Check,
    Combine,
    Condition,
    Count,
    CountTest,
    Elapsed,
    Expression,
    InList,
    LabelIn,
    Not,
    Number,
    Op,
    Operand,
    PointsOf,
    Quantified,
    Query,
    Ratio,
    Read,
    Share,
    Symbol,
    Term,
    Test,
)
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.outcomes import in_a_row
from hmic_rules.possible import Known

__all__ = ["calculation_in_words", "condition_in_words", "name_in_words", "points_in_words"]

COMPARED = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below", Op.IS: ""}


def name_in_words(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def points_in_words(worth: Fraction | int) -> str:
    """So many points."""
    return f"{worth} {'point' if worth in (1, -1) else 'points'}"


def _name(symbol: Symbol) -> str:
    """A name within a sentence: in quotation marks where it has several words, so that it is not read as part of the sentence."""
    words = name_in_words(symbol.name)
    return f"“{words}”" if " " in words else words


def condition_in_words(node: Condition) -> str:
    """One line that says what must hold."""
    if isinstance(node, Test):
        return _tested(_name(node.subject), node.checks, node.subject)
    if isinstance(node, All):
        return _joined((condition_in_words(part) for part in node.parts), "and") or "nothing is asked"
    if isinstance(node, Any):
        return "either " + _joined((condition_in_words(part) for part in node.parts), "or")
    if isinstance(node, Not):
        return f"it is not so that {condition_in_words(node.part)}"
    if isinstance(node, Quantified):
        kind = {"every": "every one of", "some": "at least one of", "none": "none of"}[node.kind]
        return f"{kind} {_asked(node.query, ' has ')}"
    if isinstance(node, CountTest):
        return _tested(f"the number of {_asked(node.query, ' with ')}", node.checks)
    return _tested(f"the share of {_asked(node.query, ' with ')}", node.checks)


def _joined(parts: Iterable[str], word: str) -> str:
    listed = list(parts)
    return (
        f"; {word} ".join(listed)
        if any(" and " in part or "; " in part for part in listed)
        else f" {word} ".join(listed)
    )


def _asked(query: Query, link: str) -> str:
    who = name_in_words(query.collection)
    among = "" if query.among is None else f" where {condition_in_words(query.among)}"
    where = "" if query.where is None else f"{link if not among else ',' + link}{condition_in_words(query.where)}"
    return f"{who}{among}{where}"


def _tested(subject: str, checks: tuple[Check, ...], symbol: Symbol | None = None) -> str:
    type = None if symbol is None else symbol.type
    order = type.ranks if isinstance(type, LabelType) and type.scale is not None else {}
    return f"{subject} is " + " and ".join(_check(check, order) for check in checks)


def _check(check: Check, order: Mapping[Known, int]) -> str:
    if isinstance(check, Applicable):
        return "applicable" if check.wanted else "not applicable"
    if isinstance(check, InList):
        return f"{'not ' if check.negated else ''}among the {_name(check.symbol)}"
    if isinstance(check, LabelIn):
        found = sorted(check.labels, key=lambda label: (order.get(label, 0), shown(label)))
        labels = in_a_row(map(shown, found), " or ")
        return f"{'not ' if check.negated else ''}{labels}"
    words = f"{COMPARED[check.op]} {_operand(check.operand)}".strip()
    return f"not {words}" if check.negated else words


def _operand(operand: Operand) -> str:
    if isinstance(operand, Symbol):
        return f"the {_name(operand)}"
    if isinstance(operand, Term):
        return f"{operand.value} (“{operand.name}”)"
    return shown(operand)


def calculation_in_words(node: Expression) -> str:
    """One line that says how a number comes about."""
    if isinstance(node, Number):
        return str(node.value)
    if isinstance(node, Read):
        return _name(node.symbol)
    if isinstance(node, Count):
        return f"the number of {_asked(node.query, ' with ')}"
    if isinstance(node, Share):
        return f"the share of {_asked(node.query, ' with ')}"
    if isinstance(node, Combine | Aggregate):
        combined = {"add": "the sum of", "max": "the greatest of", "min": "the least of"}[node.op]
        if isinstance(node, Aggregate):
            return f"{combined} {_name(node.field)} over {_asked(node.query, ' with ')}"
        return f"{combined} " + ", ".join(map(calculation_in_words, node.parts))
    if isinstance(node, Ratio):
        return f"{calculation_in_words(node.part)} divided by {calculation_in_words(node.whole)}"
    if isinstance(node, Bands):
        steps = ", ".join(f"{result} from {bound}" for bound, result in node.steps)
        return f"{node.below}, or by {calculation_in_words(node.of)}: {steps}"
    if isinstance(node, PointsOf):
        each = "" if node.different is None else f", counting each {_name(node.different)} once"
        return f"{node.worth} for each of {_asked(node.query, ' with ')}{each}"
    if isinstance(node, Elapsed):
        return f"the whole {node.unit} from {_operand(node.start)} to {_operand(node.end)}"
    return f"the longest run of {_asked(node.query, ' with ')} along {_name(node.along)}"
