"""Values as diagrams: rules and how they combine, points, limits, where a value applies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any, Final, TypeAlias, cast

from hmic_rules.conditions import Symbol, SymbolKind, Test, Truth
from hmic_rules.datatypes import LabelType, NumberType, ScalarType
from hmic_rules.diagrams.calculations import calculated
from hmic_rules.diagrams.conditions import Lifted, LiftedRow, Loose, Stack
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.limiting import State
from hmic_rules.possible import (
    NO_RULE,
    NOT_APPLICABLE,
    Between,
    Known,
    OneOf,
    Value,
    is_known,
    markers,
    union,
    with_markers,
    without_markers,
)
from hmic_rules.producing import held_to
from hmic_rules.programs import Step
from hmic_rules.rules import Calculation, Judged, Limit, PointRule, Points, RuleList, Truthful

__all__ = ["CONFLICT", "Conflict", "value_of"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Number: TypeAlias = int | Fraction
Span: TypeAlias = tuple[Number, Number]
ANSWERS: Final[tuple[Value, ...]] = (False, OneOf(frozenset({True, False})), True)


class Conflict(Enum):
    """Not a result: rules that hold together and may not, or a number outside its type. Such a case has no decision at all."""

    CONFLICT = "rules conflict"


CONFLICT: Final = Conflict.CONFLICT


def value_of(lifted: Lifted, step: Step, frames: Sequence[LiftedRow]) -> Diagram:
    """Everything that a value can be on one row, gaps as they are, and :data:`CONFLICT` where deciding would be an error."""
    store, value, stack = lifted.store, step.value, step.stack
    found = _produced(lifted, step, frames)
    if step.limiter is not None and (id(frames[-1]), value.name) not in lifted.judged:
        limited = _limited(lifted, step, frames, found)
        found = store.apply(_unclamped, found, limited) if isinstance(value.body, Judged) else limited
    if value.applies is None:
        return found
    return store.apply(_applied, lifted.truth(value.applies, frames, stack), found)


def _unclamped(judged: Value, limited: Value | Conflict) -> Value | Conflict:
    """A judgement that nobody gave yet turns out within the limits: one outside them would stand, and is not looked for."""
    return CONFLICT if is_known(judged) and is_known(cast("Value", limited)) and judged != limited else limited


def _applied(applies: Truth, found: Value | Conflict) -> Value | Conflict:
    if applies is NO:
        return NOT_APPLICABLE
    if applies is YES:
        return found
    return NOT_APPLICABLE if isinstance(found, Conflict) else union([found, NOT_APPLICABLE])


def _produced(lifted: Lifted, step: Step, frames: Sequence[LiftedRow]) -> Diagram:
    store, value, stack = lifted.store, step.value, step.stack
    body = value.body
    if isinstance(body, RuleList):
        return _chosen(lifted, value.type, body, frames, stack)
    if isinstance(body, Truthful):
        return store.map(ANSWERS.__getitem__, lifted.truth(body.condition, frames, stack))
    if isinstance(body, Judged):
        return cast("Diagram", frames[-1][cast("int", step.judgement)])
    number = cast("NumberType", value.type)
    found = (
        calculated(lifted, body.expression, frames, stack)
        if isinstance(body, Calculation)
        else _scored(lifted, body, frames, stack)
    )
    return store.map(lambda result: _typed(number, result), found)


def _typed(type: NumberType, result: Value) -> Value | Conflict:
    found = held_to(type, result)
    if found is not None:
        return found
    return with_markers(None, markers(result)) if markers(result) else CONFLICT


def _chosen(lifted: Lifted, type: ScalarType, body: RuleList, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    store = lifted.store
    otherwise: Known = NO_RULE if body.otherwise is None else body.otherwise.then
    truths = [lifted.truth(rule.when, frames, stack) for rule in body.rules]
    thens = [rule.then for rule in body.rules]
    if body.policy == "unique":
        return _unique(lifted, truths, thens, otherwise)
    ready: list[tuple[Diagram, Any]] = list(zip(truths, thens, strict=True))
    if body.policy != "first":
        order = type.ranks if isinstance(type, LabelType) else None
        ready.sort(key=lambda pair: order[pair[1]] if order else pair[1], reverse=body.policy == "highest")
    found = store.leaf(otherwise)
    for truth, then in reversed(ready):
        found = store.apply(_picking(then), truth, found, _picked(store, then))
    return found


def _picked(store: Store, then: Known) -> Callable[[Truth, Diagram], Diagram | None]:
    """A rule that surely holds gives its own result, and one that surely fails gives way."""
    own = store.leaf(then)
    return lambda truth, rest: own if truth is YES else rest if truth is NO else None


def _picking(then: Known) -> Callable[[Truth, Value], Value]:
    def pick(truth: Truth, rest: Value) -> Value:
        return then if truth is YES else rest if truth is NO else union([then, rest])

    return pick


def _unique(lifted: Lifted, truths: list[Diagram], thens: list[Known], otherwise: Known) -> Diagram:
    """The rule that holds; ``state`` is that rule and which ones may hold."""

    def step(state: tuple[int | Conflict | None, frozenset[int]], truth: Truth, place: int) -> Any:
        sure, open_ = state
        if truth is YES:
            return (place if sure is None else CONFLICT), open_
        return (sure, open_ | {place}) if truth is UNKNOWN else state

    def finish(state: tuple[int | Conflict | None, frozenset[int]]) -> Value | Conflict:
        sure, open_ = state
        if isinstance(sure, Conflict):
            return sure
        if sure is not None:
            return thens[sure]
        return union([*(thens[place] for place in sorted(open_)), otherwise])

    return lifted.store.fold(truths, (None, frozenset()), step, finish)


def _scored(lifted: Lifted, body: Points, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    """The sum of the points. Rules that test one and the same name are taken together: it has one value."""
    store = lifted.store
    together: dict[Symbol | int, list[PointRule]] = {}
    for place, rule in enumerate(body.rules):
        node = rule.when
        own = isinstance(node, Test) and node.subject.kind is not SymbolKind.PARAMETER
        together.setdefault(node.subject if own and isinstance(node, Test) else place, []).append(rule)
    found = store.leaf((0, 0))
    for rules in together.values():
        found = store.apply(_plus, found, _part(lifted, rules, frames, stack))
    return store.map(lambda span: span[0] if span[0] == span[1] else Between(*span), found)


def _plus(one: Span, other: Span) -> Span:
    return one[0] + other[0], one[1] + other[1]


def _part(lifted: Lifted, rules: list[PointRule], frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    store = lifted.store
    testers = [
        lifted.tester(rule.when, cast("ScalarType", rule.when.subject.type), rule.when.checks)
        for rule in rules
        if isinstance(rule.when, Test)
    ]
    if len(rules) == 1 or any(others for _, others in testers):
        found = store.leaf((0, 0))
        for rule in rules:
            part = store.map(_worth(rule.worth), lifted.truth(rule.when, frames, stack))
            found = store.apply(_plus, found, part)
        return found

    def apart(value: Value) -> Span:
        low: Number = 0
        high: Number = 0
        for (test, _), rule in zip(testers, rules, strict=True):
            low, high = _plus((low, high), _worth(rule.worth)(_as_truth(test(value))))
        return low, high

    def by_value(value: Value) -> Span:
        if not isinstance(value, OneOf):
            return apart(value)
        sums = [apart(member) for member in value.members]
        return min(low for low, _ in sums), max(high for _, high in sums)

    return store.map(by_value, lifted.symbol(cast("Test", rules[0].when).subject, frames, stack))


def _as_truth(found: Truth | Loose) -> Truth:
    return UNKNOWN if isinstance(found, Loose) else found


def _worth(worth: Number) -> Callable[[Truth], Span]:
    return [(0, 0), (min(worth, 0), max(worth, 0)), (worth, worth)].__getitem__


def _limited(lifted: Lifted, step: Step, frames: Sequence[LiftedRow], found: Diagram) -> Diagram:
    """The results within the limits, by the function that limits them in a decision."""
    store, stack, limiter = lifted.store, step.stack, step.limiter
    assert limiter is not None  # noqa: S101 - the caller asks
    states = store.leaf(())
    for limit in step.value.limits:
        when = store.leaf(YES) if limit.when is None else lifted.truth(limit.when, frames, stack)
        bound = (
            lifted.symbol(limit.bound, frames, stack) if isinstance(limit.bound, Symbol) else store.leaf(limit.bound)
        )
        one = store.apply(_state, when, bound)
        states = store.apply(_adding(limit), states, one)

    def limited(result: Value | Conflict, states: tuple[State, ...]) -> Value | Conflict:
        return result if isinstance(result, Conflict) or not states else limiter.applied(result, states)

    return store.apply(
        lambda states, result: limited(result, states), states, found, lambda states, rest: rest if not states else None
    )


def _state(truth: Truth, bound: Value) -> tuple[Truth, Value] | None:
    """Whether a limit is in force, and its bound; a bound that is not applicable limits nothing."""
    rest = without_markers(bound)
    if truth is NO or rest is None:
        return None
    return (min(truth, UNKNOWN) if markers(bound) else truth), rest


def _adding(
    limit: Limit,
) -> Callable[[tuple[State, ...], tuple[Truth, Value] | None], tuple[State, ...]]:
    return lambda before, state: before if state is None else (*before, (limit, *state))
