"""Limits: caps and floors as one unordered list, over masks of labels and over intervals of numbers."""

from __future__ import annotations

from typing import Literal, cast

from attrs import frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.choices import Masked, bits_of
from hmic_rules.backends.sql.facts import Readable, constant_of
from hmic_rules.backends.sql.lines import OPEN, End, Line, chosen, end_of, furthest
from hmic_rules.backends.sql.nodes import FALSE, TRUE, Node, all_of, any_of, bits_and, bits_or, case, literal, opposite
from hmic_rules.backends.sql.truths import Two
from hmic_rules.datatypes import LabelType
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, ends
from hmic_rules.rules import Limit, ValueRule

__all__ = ["State", "applied", "raised", "smeared"]


@frozen
class State:
    """A limit, whether it is in force, and its bound. A bound that is not applicable limits nothing."""

    limit: Limit
    truth: Two
    bound: Readable

    @property
    def in_force(self) -> Two:
        """Whether it is in force, its bound considered."""
        bound = self.bound
        if isinstance(bound, Line):
            some, sure = bound.value, opposite(any_of(bound.refused, bound.gap))
        elif NOT_APPLICABLE in bound.could:
            refused = frozenset({NOT_APPLICABLE})
            some, sure = opposite(bound.only(refused)), opposite(bound.possible(refused))
        else:
            return self.truth
        return Two(all_of(self.truth.surely, sure, some), all_of(self.truth.possibly, some))


def applied(value: ValueRule, result: Readable, states: list[State]) -> Readable:
    """The results still possible under the limits."""
    if isinstance(value.type, LabelType):
        return _on_scale(value, value.type, result, states)
    return _on_line(value, cast("Line", result), states)


def smeared(mask: Node, size: int) -> Node:
    """Every place at or below the highest one in a mask; none of none."""
    whole = _whole(mask)
    if whole is not None:
        return literal((1 << whole.bit_length()) - 1)
    step = 1
    while step < size:
        mask = bits_or(mask, nodes.operation(">>", mask, literal(step)))
        step *= 2
    return mask


def raised(mask: Node, size: int) -> Node:
    """Every place at or above the lowest one in a mask; none of none."""
    full, whole = (1 << size) - 1, _whole(mask)
    if whole is not None:
        return literal(-(whole & -whole) & full)
    return bits_and(nodes.negate(bits_and(mask, nodes.negate(mask))), literal(full))


def _whole(mask: Node) -> int | None:
    return cast("int", mask.value) if mask.constant else None


def highest_and_lowest(one: Node, other: Node, pick: Literal["least", "greatest"], size: int) -> Node:
    """The places that the least (or greatest) of two can have, each out of a mask."""
    reach = smeared if pick == "least" else raised
    return bits_or(bits_and(one, reach(other, size)), bits_and(other, reach(one, size)))


@frozen
class Tightened:
    """What the limits of one kind can amount to: the bounds where one is in force, and whether it may be that none is."""

    bounds: Node
    untouched: Node
    start: int

    @property
    def all(self) -> Node:
        return bits_or(self.bounds, case([(self.untouched, literal(self.start))], literal(0)))


def _tightened(states: list[State], kind: str, type: LabelType) -> Tightened:
    size = len(type.labels)
    start = 1 << (size - 1) if kind == "at_most" else 1
    found = Tightened(literal(0), TRUE, start)
    for state in states:
        if state.limit.kind != kind:
            continue
        truth = state.in_force
        bound = _mask_in(type, state.bound)
        tight = highest_and_lowest(found.all, bound, "least" if kind == "at_most" else "greatest", size)
        pairs = [(truth.surely, tight)]
        if not truth.settled:
            pairs.append((truth.possibly, bits_or(found.bounds, tight)))
        found = Tightened(case(pairs, found.bounds), all_of(found.untouched, opposite(truth.surely)), start)
    return found


def _mask_in(type: LabelType, bound: Readable) -> Node:
    """The places of a bound's labels on the scale, markers left out."""
    assert not isinstance(bound, Line)  # noqa: S101 - the bound of a scale lies on it
    return bits_and(bound.mask, literal((1 << len(type.labels)) - 1))


def _on_scale(value: ValueRule, type: LabelType, result: Readable, states: list[State]) -> Readable:
    assert not isinstance(result, Line)  # noqa: S101 - it is a scale
    size = len(type.labels)
    full = (1 << size) - 1
    caps, floors = _tightened(states, "at_most", type), _tightened(states, "at_least", type)
    mask = result.mask
    policy = value.if_limits_cross

    def within(places: Node, cap: Node, floor: Node) -> Node:
        if policy == "highest":
            return highest_and_lowest(highest_and_lowest(places, cap, "least", size), floor, "greatest", size)
        return highest_and_lowest(highest_and_lowest(places, floor, "greatest", size), cap, "least", size)

    found = within(bits_and(mask, literal(full)), caps.all, floors.all)
    refused, gap = bits_of(type.labels, [NOT_APPLICABLE]), bits_of(type.labels, [NO_RULE])
    extra: list[Node] = [] if NOT_APPLICABLE not in result.could else [bits_and(mask, literal(refused))]
    if NO_RULE in result.could:
        open_ = nodes.differs(bits_and(mask, literal(gap)), literal(0))
        untouched = all_of(caps.untouched, floors.untouched)
        whole = literal(full)
        closed = bits_or(within(whole, caps.bounds, floors.all), within(whole, caps.all, floors.bounds))
        extra.append(case([(open_, bits_or(closed, case([(untouched, literal(gap))], literal(0))))], literal(0)))
    single = getattr(result, "single", False) and NO_RULE not in result.could and all(map(_settled, states))
    return Masked(bits_or(found, *extra), type.labels, frozenset({*type.labels, *result.could}), single)


def _settled(state: State) -> bool:
    bound = state.bound
    alone = not isinstance(bound, Line) and getattr(bound, "single", False) and NOT_APPLICABLE not in bound.could
    return state.in_force.settled and alone


def _on_line(value: ValueRule, result: Line, states: list[State]) -> Line:
    caps, floors = _Side(), _Side()
    for state in states:
        caps, floors = (
            (caps.tightened(state, "least"), floors)
            if state.limit.kind == "at_most"
            else (caps, floors.tightened(state, "greatest"))
        )
    policy = value.if_limits_cross

    def within(line: Line) -> tuple[End, End]:
        steps = (_capped, _floored) if policy == "highest" else (_floored, _capped)
        low, high = line.low, line.high
        for step in steps:
            low, high = step(low, caps, floors, "low"), step(high, caps, floors, "high")
        return low, low if line.single and all(map(_settled_line, states)) else high

    low, high = within(result)
    line = Line(low, low if low == high else high, result.value, result.refused, result.gap)
    if result.gap is FALSE:
        return line
    whole = constant_of(value.type, value.type.whole)
    whole_low, whole_high = within(cast("Line", whole))
    some = any_of(*(state.in_force.surely for state in states))
    maybe = any_of(*(state.in_force.possibly for state in states))
    one_low, one_high = _one_in_force(value, states)
    from_gap_low, from_gap_high = chosen([(some, whole_low)], one_low), chosen([(some, whole_high)], one_high)
    closes = all_of(result.gap, maybe)
    both_low = furthest([low, from_gap_low], "least", open_wins=True)
    both_high = furthest([high, from_gap_high], "greatest", open_wins=True)
    return Line(
        chosen([(opposite(closes), low), (result.value, both_low)], from_gap_low),
        chosen([(opposite(closes), high), (result.value, both_high)], from_gap_high),
        any_of(result.value, closes),
        result.refused,
        all_of(result.gap, opposite(some)),
    )


def _settled_line(state: State) -> bool:
    return state.in_force.settled and cast("Line", state.bound).single


@frozen
class _Side:
    """What the caps, or the floors, amount to for the low and for the high end; ``infinite`` is where a bound may lie beyond every number."""

    low: End = OPEN
    high: End = OPEN
    infinite: Node = FALSE

    def tightened(self, state: State, pick: Literal["least", "greatest"]) -> _Side:
        truth, bound = state.in_force, cast("Line", state.bound)
        loose, sure = truth.possibly, truth.surely
        infinite = any_of(self.infinite, all_of(loose, bound.low.open if pick == "least" else bound.high.open))
        low = _tighter(self.low, bound.low, loose if pick == "least" else sure, pick)
        high = _tighter(self.high, bound.high, sure if pick == "least" else loose, pick)
        return _Side(low, low if sure is loose and bound.single and self.low == self.high else high, infinite)


def _tighter(found: End, bound: End, condition: Node, pick: Literal["least", "greatest"]) -> End:
    if found.number is nodes.NULL:
        return chosen([(condition, bound)], OPEN)
    return chosen([(condition, furthest([found, bound], pick, open_wins=False))], found)


def _capped(end: End, caps: _Side, floors: _Side, side: str) -> End:
    """The end under the caps; an open end is infinite to the side on which it stands."""
    cap = caps.low if side == "low" else caps.high
    if cap.number is nodes.NULL and caps.infinite is FALSE:
        return end
    least = furthest([end, cap], "least", open_wins=False)
    if side == "low":
        return chosen([(caps.infinite, OPEN), (cap.open, end), (end.open, end)], least)
    return chosen([(cap.open, end), (end.open, cap)], least)


def _floored(end: End, caps: _Side, floors: _Side, side: str) -> End:
    floor = floors.low if side == "low" else floors.high
    if floor.number is nodes.NULL and floors.infinite is FALSE:
        return end
    greatest = furthest([end, floor], "greatest", open_wins=False)
    if side == "low":
        return chosen([(floor.open, end), (end.open, floor)], greatest)
    return chosen([(floors.infinite, OPEN), (floor.open, end), (end.open, end)], greatest)


def _one_in_force(value: ValueRule, states: list[State]) -> tuple[End, End]:
    """What a gap becomes where at least one limit is in force, and any one of them may be."""
    whole = value.type.whole
    first, last = ends(whole) if isinstance(whole, Between) else (None, None)
    lows: list[tuple[Node, End]] = []
    highs: list[tuple[Node, End]] = []
    for state in states:
        bound, maybe = cast("Line", state.bound), state.in_force.possibly
        raised_ = furthest([end_of(first), bound.low], "greatest", open_wins=False)
        lowered = furthest([end_of(last), bound.high], "least", open_wins=False)
        lows.append((maybe, end_of(first) if state.limit.kind == "at_most" else raised_))
        highs.append((maybe, end_of(last) if state.limit.kind == "at_least" else lowered))
    return _furthest_of(lows, "least"), _furthest_of(highs, "greatest")


def _furthest_of(pairs: list[tuple[Node, End]], pick: Literal["least", "greatest"]) -> End:
    found, any_yet = OPEN, FALSE
    for condition, end in pairs:
        taken = chosen([(any_yet, furthest([found, end], pick, open_wins=True))], end)
        found = chosen([(condition, taken)], found)
        any_yet = any_of(any_yet, condition)
    return found
