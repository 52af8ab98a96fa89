"""From the rules that fire to the result: written for the second engine, and separate on purpose from what the reference does.

A rule's result stays possible if the rule possibly fires and no rule that surely fires beats it. Limits are gone through in every way in which
they can be in force.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from hmic_rules.backends.compiling import Numbers
from hmic_rules.datatypes import LabelType, NumberType
from hmic_rules.errors import ConflictError, quoted
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, Marker, OneOf, Value
from hmic_rules.rules import Points, Rule, RuleList, Truthful, ValueRule

__all__ = ["Fired", "Situation", "combined", "in_force", "result_of"]

Kind: TypeAlias = Literal["at_most", "at_least"]
Choice: TypeAlias = tuple[Kind, Any]
LOWEST: Final = float("-inf")
HIGHEST: Final = float("inf")


@frozen
class Fired:
    """Which conditions of a value hold, by their numbers; what surely holds possibly does."""

    surely: frozenset[int]
    possibly: frozenset[int]

    def sure(self, number: int | None) -> bool:
        return number is None or number in self.surely

    def may(self, number: int | None) -> bool:
        return number is None or number in self.possibly


@frozen
class Situation:
    """What durable_rules makes of one row, and what it was not asked.

    Attributes:
        fired: which conditions hold.
        bounds: the bound of each limit.
        given: what was calculated or is left to a person, ``None`` where rules give the result.
        judged: whether a person gave it; no limit moves that.
        turns: for each name of which several values are possible and that several rules worth points test: their conditions, and which of
            them hold for each of the values.
        conflict: why there is no result to limit.

    """

    fired: Fired
    bounds: tuple[Value, ...] = ()
    given: Value | None = None
    judged: bool = False
    turns: tuple[tuple[tuple[int, ...], tuple[Fired, ...]], ...] = ()
    conflict: str | None = None


def result_of(value: ValueRule, numbers: Numbers, found: Situation) -> Value:
    """Everything that the value can still be.

    Args:
        value: the value.
        numbers: which of its conditions is whose.
        found: which of them hold, and what else is known.

    Raises:
        ConflictError: two rules of a ``unique`` list surely hold, or a number comes out outside its type.

    """
    fired, applies = found.fired, numbers.applies
    if not fired.may(applies):
        return NOT_APPLICABLE
    try:
        result = combined(value, numbers, found)
    except ConflictError:
        if fired.sure(applies):
            raise
        return NOT_APPLICABLE
    if value.limits and not found.judged:
        result = _gathered(value, in_force(value, fired, numbers.limits, found.bounds, result))
    return result if fired.sure(applies) else _gathered(value, [result, NOT_APPLICABLE])


def combined(value: ValueRule, numbers: Numbers, found: Situation) -> Value:
    """What the rules give before any limit.

    Raises:
        ConflictError: as for :func:`result_of`.

    """
    body, fired = value.body, found.fired
    if found.conflict is not None:
        raise ConflictError(found.conflict)
    if found.given is not None:
        return found.given
    if isinstance(body, Truthful):
        [number] = numbers.rules
        return _gathered(value, ([True] if fired.may(number) else []) + ([] if fired.sure(number) else [False]))
    if isinstance(body, Points):
        return _scored(value, body, numbers.rules, found)
    assert isinstance(body, RuleList)  # noqa: S101 - the other kinds of body give their result
    rules = list(zip(numbers.rules, body.rules, strict=True))
    sure = [place for place, (number, _) in enumerate(rules) if fired.sure(number)]
    if body.policy == "unique" and len(sure) > 1:
        names = " and ".join(quoted(rules[place][1].id) for place in sure)
        raise ConflictError(f"{body.rules[sure[1]].span}: the rules {names} of {quoted(value.name)} hold together")
    left: list[Value] = [
        rule.then
        for place, (number, rule) in enumerate(rules)
        if fired.may(number) and not any(_beats(value, body, other, place) for other in sure)
    ]
    if not sure:
        left.append(NO_RULE if body.otherwise is None else body.otherwise.then)
    return _gathered(value, left)


def _beats(value: ValueRule, body: RuleList, one: int, other: int) -> bool:
    """Whether a rule that surely fires keeps another one's result from being given."""
    if body.policy == "first":
        return one < other
    if body.policy == "unique":
        return one != other
    mine, theirs = _place(value, body.rules[one]), _place(value, body.rules[other])
    return bool(mine > theirs if body.policy == "highest" else mine < theirs)


def _place(value: ValueRule, rule: Rule) -> Any:
    return value.type.labels.index(str(rule.then)) if isinstance(value.type, LabelType) else rule.then


def _scored(value: ValueRule, body: Points, rules_at: Sequence[int], found: Situation) -> Value:
    type = value.type
    assert isinstance(type, NumberType)  # noqa: S101 - points are numbers
    worths = {number: rule.worth for number, rule in zip(rules_at, body.rules, strict=True)}
    alone = set(worths).difference(*(together for together, _ in found.turns))
    least, most = _sum(worths, alone, found.fired)
    for together, turns in found.turns:
        sums = [_sum(worths, together, fired) for fired in turns]
        least, most = least + min(low for low, _ in sums), most + max(high for _, high in sums)
    low = least if type.low is None or least == most else max(least, Fraction(type.low))
    high = most if type.high is None or least == most else min(most, Fraction(type.high))
    broken = type.kind == "integer" and low == high and low.denominator != 1
    if low > high or not type.within(low) or not type.within(high) or broken:
        raise ConflictError(f"{value.span}: the points of {quoted(value.name)} are not {type.described}")
    return _interval(low, high)


def _sum(worths: Mapping[int, Any], numbers: Iterable[int], fired: Fired) -> tuple[Fraction, Fraction]:
    """The least and the most that these rules give together."""
    least = most = Fraction(0)
    for number in numbers:
        worth = worths[number]
        amounts = [worth] if fired.sure(number) else [0, worth] if fired.may(number) else [0]
        least, most = least + min(amounts), most + max(amounts)
    return least, most


def in_force(
    value: ValueRule, fired: Fired, limits_at: Sequence[int | None], bounds: Sequence[Value], found: Value
) -> Iterator[Value]:
    """The result under the limits, for every way in which they can be in force."""
    ways = [
        list(_choices(value, limit.kind, bound, sure=fired.sure(number))) if fired.may(number) else [None]
        for limit, number, bound in zip(value.limits, limits_at, bounds, strict=True)
    ]
    results = list(_members(found))
    for way in itertools.product(*ways):
        chosen = [choice for choice in way if choice is not None]
        for result in results:
            if result is NOT_APPLICABLE or (result is NO_RULE and not chosen):
                yield result
                continue
            whole = value.type.whole if result is NO_RULE else result
            places = [_clamped(value, place, chosen) for place in _line(value, whole)]
            if isinstance(value.type, LabelType):
                yield from (value.type.labels[place] for place in places)
            else:
                yield _interval(min(places), max(places))


def _choices(value: ValueRule, kind: Kind, bound: Value, *, sure: bool) -> Iterator[Choice | None]:
    """The bounds that a limit can have, and ``None`` where it may not be in force: one that is not applicable limits nothing."""
    real = [member for member in _members(bound) if not isinstance(member, Marker)]
    if not sure or len(real) < len(list(_members(bound))):
        yield None
    for member in real:
        for end in _line(value, member):
            yield kind, end


def _clamped(value: ValueRule, result: Any, chosen: Iterable[Choice]) -> Any:
    caps = [bound for kind, bound in chosen if kind == "at_most"]
    floors = [bound for kind, bound in chosen if kind == "at_least"]
    cap, floor = min(caps, default=HIGHEST), max(floors, default=LOWEST)
    if floor > cap:
        return floor if value.if_limits_cross == "highest" else cap
    if result < floor:
        return floor
    return min(result, cap)


def _members(value: Value) -> Iterator[Value]:
    """The results, an interval as one, markers apart."""
    if isinstance(value, OneOf):
        yield from value.members
    elif isinstance(value, Between):
        yield Between(value.low, value.high)
        yield from value.markers
    else:
        yield value


def _line(value: ValueRule, result: Value) -> tuple[Any, ...]:
    """The places of a result on the line of the type: the rank of a label, the ends of an interval."""
    if isinstance(value.type, LabelType):
        labels = value.type.labels
        return tuple(labels.index(str(member)) for member in _members(result))
    if isinstance(result, Between):
        return (LOWEST if result.low is None else result.low, HIGHEST if result.high is None else result.high)
    return (result,)


def _interval(low: Any, high: Any, markers: frozenset[Marker] = frozenset()) -> Value:
    if low == high and not markers:
        found: Value = low
        return found
    return Between(None if low == LOWEST else low, None if high == HIGHEST else high, markers)


def _gathered(value: ValueRule, results: Iterable[Value]) -> Value:
    """Several results as one: labels as a set, numbers, dates and months as the interval from the least to the greatest."""
    members = {member for result in results for member in _members(result)}
    markers = frozenset(member for member in members if isinstance(member, Marker))
    rest = members - markers
    if isinstance(value.type, LabelType) or not rest or not _on_a_line(rest):
        return next(iter(members)) if len(members) == 1 else OneOf(frozenset(members))  # type: ignore[arg-type]
    ends = [end for member in rest for end in _line(value, member)]
    return _interval(min(ends), max(ends), markers)


def _on_a_line(results: Iterable[Value]) -> bool:
    return not any(isinstance(result, bool | str) for result in results)
