"""Outcomes in a word or two, wherever a person reads them: at the terminal or on a page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from hmic_rules.datatypes import NumberType, ScalarType
from hmic_rules.outcomes import Outcome, in_a_row, results_in
from hmic_rules.possible import NO_RULE

__all__ = ["GAP", "alternatives", "every_result", "few", "plainly", "said", "span"]

GAP: Final = "no grade follows"


def said(outcome: Outcome) -> str:
    """An outcome in a word or two; a gap as what it means for a grade."""
    if outcome.status == "no rule covers this":
        return GAP
    if outcome.status == "undetermined":
        return span(outcome.possible)
    return str(outcome)


def every_result(outcome: Outcome, type: ScalarType | None = None) -> str:
    """An outcome of any rule set: its result, its status, or each result still possible, since not all have an order.

    Args:
        outcome: the outcome.
        type: its type; a share is then put in hundredths too.

    """
    if len(outcome.possible) > 1:
        return alternatives(outcome.possible)
    words = outcome.possible[0] if outcome.status == "undetermined" else str(outcome)
    if isinstance(type, NumberType) and type.kind == "share" and "/" in words:
        return f"{words}, about {' to '.join(map(_hundredths, words.split(' to ')))}"
    return words


def _hundredths(share: str) -> str:
    """A share as it is read, rounded half up: 1/80 is about 1.3%."""
    return f"{(Decimal(1000) * Fraction(share).numerator / Fraction(share).denominator).quantize(Decimal(1), ROUND_HALF_UP) / 10}%"


def plainly(outcome: str | Sequence[str]) -> str:
    """Results, or an outcome that stands as a text, such as ``undetermined: fair, good``: each still possible, and a gap as what it means for a grade."""
    results = results_in(outcome) if isinstance(outcome, str) else outcome
    return alternatives([GAP if one == NO_RULE.value else one for one in results])


def alternatives(results: Sequence[str]) -> str:
    """One result or the other: ``poor, fair or good``; one that holds such words itself stands in quotation marks."""
    if len(results) == 1:
        return results[0]
    return f"{in_a_row(results[:-1])} or {in_a_row(results[-1:])}"


def span(possible: Sequence[str]) -> str:
    """Several results still possible, lowest and highest; that no grade follows is said beside them."""
    labels = [label for label in possible if label not in (GAP, NO_RULE.value)]
    if not labels:
        return GAP
    words = labels[0] if len(labels) == 1 else " to ".join(map(_as_an_end, (labels[0], labels[-1])))
    return words if len(labels) == len(possible) else f"{GAP}, or {words}"


def _as_an_end(label: str) -> str:
    return f"“{label}”" if " to " in label else in_a_row([label])


def few(items: Sequence[str], most: int = 3) -> str:
    """The first items, and how many more there are."""
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
