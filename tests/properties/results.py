"""What a decision leaves possible, value by value, and whether one decision leaves no more possible than another."""

from __future__ import annotations

from typing import Any

from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision
from hmic_rules.possible import Between, OneOf, Value, ends, markers, members, without_markers

__all__ = ["answers", "possible_results", "within"]


def possible_results(decision: Decision) -> dict[tuple[str, str | None], Value]:
    """Every value of the case and of each item or group, with the results still possible."""
    found: dict[tuple[str, str | None], Value] = {}
    for name, step in decision.program.steps.items():
        if step.value.scope == CASE:
            found[name, None] = decision.results[name]
            continue
        for key, frames in zip(
            decision.items(name), decision.program.frames(decision.case, step.value.scope), strict=True
        ):
            found[name, key] = step.result(frames)
    return found


def within(inner: Value, outer: Value) -> bool:
    """Whether every result that the first leaves possible is possible by the second."""
    if not markers(inner) <= markers(outer):
        return False
    one, other = without_markers(inner), without_markers(outer)
    if one is None:
        return True
    if other is None:
        return False
    if isinstance(other, Between):
        low, high = ends(one)
        above = other.low is None or (low is not None and low >= other.low)  # type: ignore[operator]
        return above and (other.high is None or (high is not None and high <= other.high))  # type: ignore[operator]
    if isinstance(other, OneOf) or members(other) is not None:
        found, allowed = members(one), members(other)
        return found is not None and allowed is not None and found <= allowed
    return True


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
