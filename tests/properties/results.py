"""What a decision leaves possible, value by value, and whether one decision leaves no more possible than another."""

from __future__ import annotations

from typing import Any

from hmic_rules.decisions import Decision
from hmic_rules.testing.results import possible_results, within

__all__ = ["answers", "possible_results", "within"]


def answers(decision: Decision) -> dict[tuple[str, str | None], Any]:
    """What a person is told of every value, save which of several rules that give the same result is named."""
    return {
        (outcome.name, outcome.item): (
            outcome.status,
            outcome.value,
            outcome.possible,
            sorted(outcome.limits),
            outcome.judgement,
        )
        for outcome in decision.outcomes
    }
