"""A value in the rows of its scope: what its body gives, its limits, whether it applies, and what other rules read of it."""

from __future__ import annotations

from typing import cast

from attrs import evolve, frozen

from hmic_rules.backends.sql.choices import Asked, Choice, Masked, bits_of, marked
from hmic_rules.backends.sql.conditions import truth
from hmic_rules.backends.sql.facts import Readable, constant_of, members_of
from hmic_rules.backends.sql.limiting import State, applied
from hmic_rules.backends.sql.lines import Line, chosen, furthest
from hmic_rules.backends.sql.nodes import FALSE, Node, all_of, any_of, bits_and, bits_or, case, literal, opposite
from hmic_rules.backends.sql.producing import Produced, produce
from hmic_rules.backends.sql.reading import Build, Place, Result
from hmic_rules.backends.sql.truths import YES, Two
from hmic_rules.conditions import Symbol
from hmic_rules.datatypes import TextType
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE
from hmic_rules.rules import Judged, ValueRule

__all__ = ["Computed", "compute", "either_of"]


@frozen
class Computed:
    """A value with what its reason needs.

    Attributes:
        value: the value.
        produced: what its body gives before any limit.
        states: its limits.
        applies: whether it applies.
        limited: its results under the limits.
        result: the result, as others read it and with its gaps.

    """

    value: ValueRule
    produced: Produced
    states: list[State]
    applies: Two
    limited: Readable
    result: Result


def compute(build: Build, value: ValueRule, place: Place) -> Computed:
    """Work out a value and keep its result for the values that read it."""
    applies = YES if value.applies is None else truth(build, value.applies, place)
    produced = produce(build, value, place)
    states = [
        State(
            limit,
            YES if limit.when is None else truth(build, limit.when, place),
            build.read(limit.bound, place) if isinstance(limit.bound, Symbol) else constant_of(value.type, limit.bound),
        )
        for limit in value.limits
    ]
    limited = produced.result
    if states:
        limited = applied(value, limited, states)
        if isinstance(value.body, Judged):
            limited = either_of(produced.given, produced.result, limited)
    given = _applied(limited, applies, produced.conflict)
    conflict = all_of(applies.surely, produced.conflict)
    result = Result(given, _as_read(value, given), conflict)
    build.results[value.name, place.frames[-1].item] = result
    return Computed(value, produced, states, applies, limited, result)


def either_of(condition: Node, one: Readable, other: Readable) -> Readable:
    """One result where a condition holds, else another."""
    if isinstance(one, Line):
        assert isinstance(other, Line)  # noqa: S101 - two results of one value
        return Line(
            chosen([(condition, one.low)], other.low),
            chosen([(condition, one.high)], other.high),
            case([(condition, one.value)], other.value),
            case([(condition, one.refused)], other.refused),
            case([(condition, one.gap)], other.gap),
        )
    second = cast("Choice", other)
    return Masked(case([(condition, one.mask)], second.mask), one.members, one.could | second.could, False)


def _applied(result: Readable, applies: Two, conflict: Node) -> Readable:
    """The result where the value applies. Where its rules conflict and it may not apply, that is what is left."""
    if applies == YES:
        return result
    maybe = applies
    if not applies.settled:
        maybe = Two(applies.surely, all_of(applies.possibly, opposite(conflict)))
    if isinstance(result, Line):
        # not applicable wins where the value surely does not apply
        value, gap = all_of(maybe.possibly, result.value), all_of(maybe.possibly, result.gap)
        refused = any_of(opposite(maybe.surely), result.refused)
        return evolve(result, value=value, refused=refused, gap=gap)
    if isinstance(result, Asked):
        return evolve(result, applies=maybe)
    single = getattr(result, "single", False) and maybe.settled
    mask = marked(result.mask, maybe, result.members)
    return Masked(
        mask, result.members, result.could | {NOT_APPLICABLE}, single, all_of(result.anything, maybe.possibly)
    )


def _as_read(value: ValueRule, given: Readable) -> Readable:
    """What other rules see: a gap is unknown over the whole type, never false."""
    if isinstance(given, Line):
        if given.gap is FALSE:
            return given
        whole = cast("Line", constant_of(value.type, value.type.whole))
        low = chosen(
            [
                (all_of(given.gap, opposite(given.value)), whole.low),
                (given.gap, furthest([given.low, whole.low], "least", open_wins=True)),
            ],
            given.low,
        )
        high = chosen(
            [
                (all_of(given.gap, opposite(given.value)), whole.high),
                (given.gap, furthest([given.high, whole.high], "greatest", open_wins=True)),
            ],
            given.high,
        )
        return Line(low, high, any_of(given.value, given.gap), given.refused)
    if NO_RULE not in given.could:
        return given
    gap = given.possible(frozenset({NO_RULE}))
    if isinstance(value.type, TextType):
        kept = bits_and(given.mask, literal(~bits_of(given.members, [NO_RULE])))
        return Masked(kept, given.members, given.could - {NO_RULE}, False, gap)
    every = members_of(value.type)
    bits = literal(bits_of(given.members, every))
    kept = bits_and(given.mask, literal(bits_of(given.members, [*every, NOT_APPLICABLE])))
    return Masked(
        case([(gap, bits_or(kept, bits))], given.mask),
        given.members,
        frozenset({*every, *given.could} - {NO_RULE}),
        False,
    )
