"""What the body of a value gives before any limit: rules that are chosen from, points, a condition, a calculation, a judgement."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Final, TypeAlias, cast

from hmic_rules.calculating import calculation, interval
from hmic_rules.comparing import Frames, Getter
from hmic_rules.conditions import CASE, Symbol, SymbolKind, Test, Truth
from hmic_rules.datatypes import LabelType, NumberType, key_in_words, shown
from hmic_rules.errors import ConflictError, quoted
from hmic_rules.evaluation import Compiler
from hmic_rules.possible import (
    NO_RULE,
    Between,
    Marker,
    OneOf,
    Value,
    ends,
    is_known,
    markers,
    union,
    with_markers,
    without_markers,
)
from hmic_rules.rows import KEY, Row, place_of
from hmic_rules.rules import Calculation, Judged, Points, RuleList, Truthful, ValueRule

__all__ = ["Producer", "held_to", "producer_of"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Producer: TypeAlias = Callable[[Frames], Value]
MOST_PLACES: Final = 8


def producer_of(
    compiler: Compiler, value: ValueRule, stack: tuple[str, ...], judgement: int | None
) -> tuple[tuple[Callable[[Frames], Truth], ...], Producer]:
    """The rules of a value as functions, and the function that combines them; for a judged value, ``judgement`` is the slot of what was judged."""
    body = value.body
    if isinstance(body, RuleList):
        rules = tuple(compiler.truth(rule.when, stack) for rule in body.rules)
        otherwise: Value = NO_RULE if body.otherwise is None else body.otherwise.then
        return rules, _chooser(value, body, rules, otherwise)
    if isinstance(body, Points):
        rules = tuple(compiler.truth(rule.when, stack) for rule in body.rules)
        return rules, _typed(compiler, value, _scorer(compiler, body, rules, stack))
    if isinstance(body, Truthful):
        truth = compiler.truth(body.condition, stack)
        answers: tuple[Value, ...] = (False, OneOf(frozenset({True, False})), True)
        return (truth,), lambda frames: answers[truth(frames)]
    if isinstance(body, Calculation):
        return (), _typed(compiler, value, calculation(compiler, body.expression, stack))
    assert isinstance(body, Judged)  # noqa: S101 - the last kind of body
    assert judgement is not None  # noqa: S101 - the layout gives every judged value one
    return (), _judgement(value, judgement)


def _chooser(
    value: ValueRule, body: RuleList, rules: tuple[Callable[[Frames], Truth], ...], otherwise: Value
) -> Producer:
    pairs = list(zip(rules, body.rules, strict=True))
    if body.policy == "unique":
        return _unique(value, body, rules, otherwise)
    if body.policy != "first":
        order = value.type.ranks if isinstance(value.type, LabelType) else None
        pairs.sort(
            key=lambda pair: cast("int", order[pair[1].then] if order else pair[1].then),
            reverse=body.policy == "highest",
        )
    ready = tuple((rule, given.then) for rule, given in pairs)

    def choose(frames: Frames) -> Value:
        open_: list[Value] = []
        for rule, then in ready:
            truth = rule(frames)
            if truth is NO:
                continue
            if truth is YES:
                return union([*open_, then]) if open_ else then
            open_.append(then)
        return union([*open_, otherwise]) if open_ else otherwise

    return choose


def _unique(
    value: ValueRule, body: RuleList, rules: tuple[Callable[[Frames], Truth], ...], otherwise: Value
) -> Producer:
    def choose(frames: Frames) -> Value:
        truths = [rule(frames) for rule in rules]
        sure = [rule for rule, truth in zip(body.rules, truths, strict=True) if truth is YES]
        if len(sure) > 1:
            names = " and ".join(quoted(rule.id) for rule in sure)
            raise ConflictError(
                f"{sure[1].span}: the rules {names} of {quoted(value.name)} hold together, and at most one may"
            )
        if sure:
            return sure[0].then
        open_: list[Value] = [rule.then for rule, truth in zip(body.rules, truths, strict=True) if truth is UNKNOWN]
        return union([*open_, otherwise]) if open_ else otherwise

    return choose


def _scorer(
    compiler: Compiler, body: Points, rules: tuple[Callable[[Frames], Truth], ...], stack: tuple[str, ...]
) -> Producer:
    """The sum of what the rules that hold are worth. Rules that test one and the same name are taken together: it has one value."""
    together: dict[Symbol | int, list[tuple[Callable[[Frames], Truth], int | Fraction]]] = {}
    for place, (rule, given) in enumerate(zip(rules, body.rules, strict=True)):
        node = given.when
        own = isinstance(node, Test) and node.subject.kind is not SymbolKind.PARAMETER
        key = node.subject if own and isinstance(node, Test) else place
        together.setdefault(key, []).append((rule, given.worth))
    parts = tuple(_part(compiler, key, found, stack) for key, found in together.items())

    def score(frames: Frames) -> Value:
        low: int | Fraction = 0
        high: int | Fraction = 0
        for part in parts:
            least, most = part(frames)
            low, high = low + least, high + most
        return low if low == high else Between(low, high)

    return score


def _part(
    compiler: Compiler,
    key: Symbol | int,
    rules: list[tuple[Callable[[Frames], Truth], int | Fraction]],
    stack: tuple[str, ...],
) -> Callable[[Frames], tuple[int | Fraction, int | Fraction]]:
    """The least and the most that these rules can add."""

    def apart(frames: Frames) -> tuple[int | Fraction, int | Fraction]:
        low: int | Fraction = 0
        high: int | Fraction = 0
        for rule, worth in rules:
            truth = rule(frames)
            if truth is YES:
                low, high = low + worth, high + worth
            elif truth is UNKNOWN:
                low, high = low + min(worth, 0), high + max(worth, 0)
        return low, high

    if isinstance(key, int) or len(rules) == 1:
        return apart
    depth = compiler.layout.depth(key.scope, stack)
    slot = compiler.layout.slots[key.scope][key.name]

    def by_value(frames: Frames) -> tuple[int | Fraction, int | Fraction]:
        value = frames[depth][slot]
        if not isinstance(value, OneOf):
            return apart(frames)
        sums: list[tuple[int | Fraction, int | Fraction]] = []
        for member in value.members:
            row = list(frames[depth])
            row[slot] = member
            sums.append(apart([*frames[:depth], row, *frames[depth + 1 :]]))
        return min(low for low, _ in sums), max(high for _, high in sums)

    return by_value


def _typed(compiler: Compiler, value: ValueRule, compute: Getter) -> Producer:
    """The computed number, held to the declared type."""
    type = cast("NumberType", value.type)
    slots, holders = compiler.layout.slots[value.scope], compiler.layout.holders
    below = [slots[name] for name in slots if value.scope != CASE and value.scope in holders.get(name, ())]

    def refused(frames: Frames, found: Value, left: frozenset[Marker]) -> Value:
        """A number outside the type is an error; where the value may have no number, only that is left."""
        if left:
            return with_markers(None, left)
        where = key_in_words(frames[-1][KEY]) if len(frames) > 1 else "the case"
        rows = [str(place_of(row)) for slot in below for row in cast("list[Row] | None", frames[-1][slot]) or ()]
        more = f" and {len(rows) - MOST_PLACES} more" if len(rows) > MOST_PLACES else ""
        listed = ", ".join(rows[:MOST_PLACES]) + more
        raise ConflictError(
            f"{value.span}: {quoted(value.name)} comes out as {shown(found)} for {where}, and it is {type.described}"
            + (f"\n    help: look at the rows {listed}" if rows else "")
        )

    def typed(frames: Frames) -> Value:
        result = compute(frames)
        found = held_to(type, result)
        return refused(frames, cast("Value", without_markers(result)), markers(result)) if found is None else found

    return typed


def held_to(type: NumberType, result: Value) -> Value | None:
    """What of a computed number its type allows, or ``None`` where that is nothing."""
    rest = without_markers(result)
    if rest is None:
        return result
    low, high = cast("tuple[Fraction | None, Fraction | None]", ends(rest))
    if is_known(rest) and low is not None:
        return result if type.within(low) and (type.kind != "integer" or low == int(low)) else None
    if type.low is not None:
        low = Fraction(type.low) if low is None else max(low, Fraction(type.low))
    if type.high is not None:
        high = Fraction(type.high) if high is None else min(high, Fraction(type.high))
    if low is not None and high is not None and low > high:
        return None
    return with_markers(interval(low, high), markers(result))


def _judgement(value: ValueRule, slot: int) -> Producer:
    """What the person judged; without it, the whole type."""
    whole = value.type.whole

    def judged(frames: Frames) -> Value:
        given = frames[-1][slot]
        return whole if given is None else given

    return judged
