"""Calculations as diagrams: the functions that compute cases, put to every cell of every fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from hmic_rules.calculating import (
    added,
    aggregate_of_any,
    aggregated,
    banded,
    different,
    elapsed_between,
    greatest,
    least,
    longest_among,
    points_for,
    points_of_any,
    ratio_of,
    share_of,
)
from hmic_rules.conditions import (
    Aggregate,
    Bands,
    Combine,
    Count,
    Elapsed,
    Expression,
    LongestRun,
    Number,
    Operand,
    PointsOf,
    Ratio,
    Read,
    Share,
    Symbol,
)
from hmic_rules.diagrams.conditions import Lifted, LiftedRow, Stack
from hmic_rules.diagrams.counting import tallied_by
from hmic_rules.diagrams.nodes import Diagram
from hmic_rules.evaluation import counted
from hmic_rules.possible import NOT_APPLICABLE, Between, Value, union
from hmic_rules.rows import Membership

__all__ = ["calculated"]

Found: TypeAlias = tuple[bool, Value]
SURELY, NOT_AT_ALL = frozenset({0}), frozenset({1, 4, 6})


def calculated(lifted: Lifted, node: Expression, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    """The diagram of a calculation."""
    store = lifted.store
    if isinstance(node, Number):
        return store.leaf(node.value)
    if isinstance(node, Read):
        return lifted.symbol(node.symbol, frames, stack)
    if isinstance(node, Combine):
        return _combined(lifted, node, frames, stack)
    if isinstance(node, Ratio):
        parts = (calculated(lifted, part, frames, stack) for part in (node.part, node.whole))
        return store.lift(ratio_of, *parts)
    if isinstance(node, Bands):
        return store.map(lambda value: banded(node, value), calculated(lifted, node.of, frames, stack))
    if isinstance(node, Elapsed):
        ends = (_moment(lifted, end, frames, stack) for end in (node.start, node.end))
        return store.lift(lambda one, other: elapsed_between(node.unit, one, other), *ends)
    items = lifted.items(node.query, frames, stack)
    if items is None:
        return store.leaf(_of_any(node))
    if isinstance(node, Count):
        return tallied_by(store, items, counted)
    if isinstance(node, Share):
        return tallied_by(store, items, share_of)
    if isinstance(node, PointsOf) and node.different is None:
        return tallied_by(store, items, lambda counts: _pointed(node, counts))
    return _collected(lifted, node, items, frames, stack)


def _of_any(node: Count | Share | Aggregate | PointsOf | LongestRun) -> Value:
    """What can come out where the rows are not there."""
    if isinstance(node, Share):
        return share_of(None)
    if isinstance(node, Aggregate):
        return aggregate_of_any(node)
    return points_of_any(node) if isinstance(node, PointsOf) else Between(0, None)


def _combined(lifted: Lifted, node: Combine, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    """The sum, the greatest or the least, part by part: no order of the parts changes it."""
    combine = {"add": added, "max": greatest, "min": least}[node.op]
    parts = [calculated(lifted, part, frames, stack) for part in node.parts]
    if not parts:
        return lifted.store.leaf(combine([]))
    found = lifted.store.map(lambda value: combine([value]), parts[0])
    for part in parts[1:]:
        found = lifted.store.apply(lambda one, other: combine([one, other]), found, part)
    return found


def _moment(lifted: Lifted, operand: Operand, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
    return lifted.symbol(operand, frames, stack) if isinstance(operand, Symbol) else lifted.store.leaf(operand)


def _pointed(node: PointsOf, counts: Membership) -> Value:
    yes, _, yes_unknown, unknown_yes, _, unknown_unknown = counts
    return points_for(node, yes, yes + yes_unknown + unknown_yes + unknown_unknown)


def _collected(
    lifted: Lifted,
    node: Aggregate | PointsOf | LongestRun,
    items: list[Diagram],
    frames: Sequence[LiftedRow],
    stack: Stack,
) -> Diagram:
    """What is read of the rows that count, put together."""
    store = lifted.store
    symbol = (
        node.field if isinstance(node, Aggregate) else node.along if isinstance(node, LongestRun) else node.different
    )
    rows = lifted.belonging(node.query, frames, stack)
    read = [lifted.symbol(cast("Symbol", symbol), [*frames, row], (*stack, node.query.collection)) for row in rows]
    found = [store.apply(_found, item, value) for item, value in zip(items, read, strict=True)]
    if not isinstance(node, Aggregate):
        finish = longest_among if isinstance(node, LongestRun) else lambda codes: points_for(node, *different(codes))
        return store.fold(found, (), _gathered, lambda state: finish(list(state)))
    combine = {"add": added, "max": greatest, "min": least}[node.op]

    def step(state: Value | None, one: Found | None, place: int) -> Value | None:
        if one is None:
            return state
        value = one[1] if one[0] else union([one[1], NOT_APPLICABLE])
        return value if state is None else combine([state, value])

    return store.fold(found, None, step, lambda state: aggregated(node, [] if state is None else [state]))


def _found(standing: int, value: Value) -> Found | None:
    return None if standing in NOT_AT_ALL else (standing in SURELY, value)


def _gathered(state: tuple[Found, ...], one: Found | None, place: int) -> tuple[Found, ...]:
    """The values found so far, in an order of their own, so that only what was found makes a difference."""
    return state if one is None else tuple(sorted((*state, one), key=repr))
