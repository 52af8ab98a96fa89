"""The semantics of limits: caps and floors as one unordered list."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.calculating import interval
from hmic_rules.comparing import Frames, Getter, compare
from hmic_rules.conditions import Op, Symbol, Truth
from hmic_rules.datatypes import LabelType
from hmic_rules.evaluation import Compiler
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known, Value, ends, markers, members, union, without_markers
from hmic_rules.rules import Limit, ValueRule

__all__ = ["LimitEffect", "Limiter", "State", "limiter"]

NO, YES = Truth.NO, Truth.YES
Line: TypeAlias = int | Fraction | float
State: TypeAlias = tuple[Limit, Truth, Value]  # a limit, whether it is in force, and its bound


@frozen
class LimitEffect:
    """What one limit did in one decision.

    Attributes:
        limit: the limit.
        truth: whether it is in force.
        bound: its bound, known or not.
        binding: whether it changed the result.

    """

    limit: Limit
    truth: Truth
    bound: Value
    binding: Truth


@frozen
class Limiter:
    """The limits of one value, ready to be applied to what its rules give."""

    value: ValueRule
    limits: tuple[tuple[Limit, Callable[[Frames], Truth], Getter], ...]

    def states(self, frames: Frames) -> list[State]:
        """Each limit, whether it is in force, and its bound. A bound that is not applicable limits nothing."""
        found: list[State] = []
        for limit, when, bound_of in self.limits:
            truth, bound = when(frames), bound_of(frames)
            rest = without_markers(bound)
            if rest is None:
                found.append((limit, NO, bound))
            else:
                found.append((limit, min(truth, Truth.UNKNOWN) if markers(bound) else truth, rest))
        return found

    def idle(self, frames: Frames) -> bool:
        """Whether surely no limit is in force."""
        return all(when(frames) is NO for _, when, _ in self.limits)

    def apply(self, result: Value, frames: Frames) -> Value:
        """The results still possible once the limits are applied."""
        if self.idle(frames):
            return result
        states = [state for state in self.states(frames) if state[1] is not NO]
        return self.applied(result, states) if states else result

    def applied(self, result: Value, states: Sequence[State]) -> Value:
        """The results still possible under limits that are, or may be, in force."""
        if isinstance(self.value.type, LabelType):
            return self._on_scale(self.value.type, result, states)
        return self._on_line(result, states)

    def _on_scale(self, type: LabelType, result: Value, states: Sequence[State]) -> Value:
        top = len(type.labels) - 1
        caps = _bounds(type, [state for state in states if state[0].kind == "at_most"], top, min)
        floors = _bounds(type, [state for state in states if state[0].kind == "at_least"], 0, max)
        found: set[Known] = set()
        for member in members(result) or frozenset():
            if member is NOT_APPLICABLE:
                found.add(member)
                continue
            ranks = range(top + 1) if member is NO_RULE else [type.ranks[member]]
            for (cap, capped), (floor, raised) in itertools.product(caps, floors):
                if member is NO_RULE and not capped and not raised:
                    found.add(NO_RULE)
                else:
                    found |= {type.labels[int(clamped(rank, floor, cap, self.value.if_limits_cross))] for rank in ranks}
        return union(found)

    def _on_line(self, result: Value, states: Sequence[State]) -> Value:
        floor: tuple[Line, Line] = (-math.inf, -math.inf)
        cap: tuple[Line, Line] = (math.inf, math.inf)
        for limit, truth, bound in states:
            least, most = _line(bound)
            if limit.kind == "at_most":
                cap = (min(cap[0], least), min(cap[1], most) if truth is YES else cap[1])
            else:
                floor = (max(floor[0], least) if truth is YES else floor[0], max(floor[1], most))

        def within(value: Value) -> Value:
            low, high = _line(value)
            policy = self.value.if_limits_cross
            return _interval(clamped(low, floor[0], cap[0], policy), clamped(high, floor[1], cap[1], policy))

        found: list[Value] = []
        rest = without_markers(result)
        if rest is not None:
            found.append(within(rest))
        if NO_RULE in markers(result):
            if any(truth is YES for _, truth, _ in states):
                found.append(within(self.value.type.whole))
            else:
                found += [NO_RULE, _one_in_force(self.value.type.whole, states)]
        return union([*found, *(markers(result) - {NO_RULE})])

    def trace(self, before: Value, frames: Frames) -> tuple[LimitEffect, ...]:
        """What each limit did to the result that the rules gave."""
        states = self.states(frames)
        won = {"lowest": "at_least", "highest": "at_most"}.get(self.value.if_limits_cross or "")
        overruled = [state for state in states if state[0].kind == won and state[1] is not NO]
        crossed = self.applied(before, overruled) if overruled and not markers(before) else before
        return tuple(
            LimitEffect(
                limit, truth, bound, self._binding(before if limit.kind == won else crossed, limit, truth, bound)
            )
            for limit, truth, bound in states
        )

    def _binding(self, before: Value, limit: Limit, truth: Truth, bound: Value) -> Truth:
        if truth is NO:
            return NO
        values = without_markers(before)
        if values is None:
            return truth if NO_RULE in markers(before) else NO
        ranks = self.value.type.ranks if isinstance(self.value.type, LabelType) else None
        beyond = compare(Op.ABOVE if limit.kind == "at_most" else Op.BELOW, values, bound, ranks)
        return min(truth, beyond)


def clamped(result: Line, floor: Line, cap: Line, policy: Literal["lowest", "highest"] | None) -> Line:
    """A result within its limits; where they cross, the cap wins under ``lowest`` and the floor under ``highest``."""
    return max(min(result, cap), floor) if policy == "highest" else min(max(result, floor), cap)


def _line(value: Value) -> tuple[Line, Line]:
    """The ends of a number, with an infinity for an open end; the infinities are only compared."""
    low, high = cast("tuple[Line | None, Line | None]", ends(value))
    return -math.inf if low is None else low, math.inf if high is None else high


def _interval(low: Line, high: Line) -> Value:
    return interval(None if isinstance(low, float) else low, None if isinstance(high, float) else high)


def _one_in_force(whole: Value, states: Sequence[State]) -> Value:
    """What a gap becomes where at least one limit is in force, and any one of them may be."""
    low, high = _line(whole)
    lows = [low if limit.kind == "at_most" else max(low, _line(bound)[0]) for limit, _, bound in states]
    highs = [high if limit.kind == "at_least" else min(high, _line(bound)[1]) for limit, _, bound in states]
    return _interval(min(lows), max(highs))


def _bounds(
    type: LabelType, states: Sequence[State], start: int, pick: Callable[[int, int], int]
) -> set[tuple[int, bool]]:
    """Every bound that the limits of one kind can amount to, over all the ways in which they can be in force, with whether one is."""
    found = {(start, False)}
    for _, truth, bound in states:
        ranks = [type.ranks[member] for member in members(bound) or ()]
        tightened = {(pick(one, rank), True) for one, _ in found for rank in ranks}
        found = tightened if truth is YES else found | tightened
    return found


def limiter(compiler: Compiler, value: ValueRule, stack: tuple[str, ...]) -> Limiter | None:
    """The limits of a value as functions, or ``None`` where it has none."""
    if not value.limits:
        return None
    found = []
    for limit in value.limits:
        when = _always if limit.when is None else compiler.truth(limit.when, stack)
        found.append((limit, when, _bound(compiler, limit.bound, stack)))
    return Limiter(value, tuple(found))


def _always(frames: Frames) -> Truth:
    return YES


def _bound(compiler: Compiler, bound: Known | Symbol, stack: tuple[str, ...]) -> Getter:
    return compiler.getter(bound, stack) if isinstance(bound, Symbol) else lambda frames: bound
