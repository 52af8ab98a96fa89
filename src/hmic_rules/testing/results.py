"""What a decision leaves possible, value by value, and whether one decision leaves no more possible than another."""

from __future__ import annotations

from typing import Any, cast

from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision
from hmic_rules.outcomes import key_of
from hmic_rules.possible import Between, OneOf, Value, ends, markers, members, without_markers

__all__ = ["possible_results", "results_of", "within"]


def possible_results(decision: Decision) -> dict[tuple[str, str | None], Value]:
    """Every value of the case and of each item or group, with the results still possible."""
    return {place: result for name in decision.program.steps for place, result in results_of(decision, name).items()}


def results_of(decision: Decision, name: str) -> dict[tuple[str, str | None], Value]:
    """The results still possible of one value: on the case, or on each item or group by its key."""
    step = decision.step(name)
    if step.value.scope == CASE:
        return {(name, None): decision.results[name]}
    frames_of = decision.program.frames(decision.case, step.value.scope)
    return {(name, key_of(frames)): step.result(frames) for frames in frames_of}


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
        low, high = cast("tuple[Any, Any]", ends(one))
        above = other.low is None or (low is not None and low >= other.low)
        return bool(above and (other.high is None or (high is not None and high <= other.high)))
    if isinstance(other, OneOf) or members(other) is not None:
        found, allowed = members(one), members(other)
        return found is not None and allowed is not None and found <= allowed
    return True
