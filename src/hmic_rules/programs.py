"""A rule set made ready to decide: names laid out in rows, every value a step, every step after the ones it reads.

A program belongs to one choice of framework, profile and parameters (:mod:`hmic_rules.binding` makes it).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.calculating import calculation
from hmic_rules.comparing import Frames, Getter
from hmic_rules.conditions import CASE, Symbol, Truth
from hmic_rules.datatypes import LabelType, NumberType, shown
from hmic_rules.errors import ConflictError, Diagnostic, InputError, did_you_mean, quoted
from hmic_rules.evaluation import FIRST_SLOT, KEY, PLACE, Compiler, Layout, Row, place_of
from hmic_rules.limiting import Limiter, limiter
from hmic_rules.possible import (
    NO_RULE,
    NOT_APPLICABLE,
    Between,
    Known,
    Month,
    OneOf,
    Value,
    ends,
    is_known,
    markers,
    union,
    with_markers,
    without_markers,
)
from hmic_rules.rulesets import Calculation, Group, Judged, Points, RuleList, Ruleset, Truthful, ValueRule

__all__ = ["Program", "Step", "layout_of", "step_for"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Producer: TypeAlias = Callable[[Frames], Value]


@frozen(eq=False)
class Step:
    """One derived value: how to compute it for one row."""

    value: ValueRule
    stack: tuple[str, ...]
    slot: int
    applies: Callable[[Frames], Truth] | None
    rules: tuple[Callable[[Frames], Truth], ...]
    produce: Producer
    limiter: Limiter | None

    def result(self, frames: Frames) -> Value:
        """Everything that the value can still be, with the marker for a gap where no rule covers it."""
        found = self.produce(frames)
        if self.limiter is not None:
            found = self.limiter.apply(found, frames)
        if self.applies is None:
            return found
        applies = self.applies(frames)
        if applies is YES:
            return found
        return NOT_APPLICABLE if applies is NO else union([found, NOT_APPLICABLE])


@frozen(eq=False)
class Program:
    """A rule set bound to a framework, a profile and parameters."""

    ruleset: Ruleset
    framework: str | None
    profile: str | None
    settings: Mapping[str, Known | tuple[Known, ...] | None]
    layout: Layout
    compiler: Compiler
    steps: Mapping[str, Step]
    fixed_rows: list[Row] = field(factory=list)
    fixed_fields: frozenset[str] = frozenset()
    shapes: dict[str, Any] = field(factory=dict)
    chains: dict[str, tuple[str, ...]] = field(factory=dict)

    def frames(self, case: Row, scope: str) -> Iterator[Frames]:
        """The frames of every row of a scope in one case."""
        chain = self.chains[scope]
        if scope == CASE:
            yield [case]
            return
        for outer in self.frames(case, chain[-2]):
            rows = cast("list[Row] | None", outer[-1][self.layout.slots[chain[-2]][scope]])
            for row in rows or ():
                yield [*outer, row]

    def run(self, case: Row) -> dict[str, Value]:
        """Compute every value in its row; the results of the case's own values, gaps included."""
        results: dict[str, Value] = {}
        for name in self.ruleset.order:
            step = self.steps.get(name)
            if step is None:
                self.group(case, self.ruleset.groups[name])
                continue
            if step.value.scope == CASE:
                result = step.result([case])
                results[name] = result
                case[step.slot] = as_read(result, step.value)
                continue
            for frames in self.frames(case, step.value.scope):
                frames[-1][step.slot] = as_read(step.result(frames), step.value)
        return results

    def group(self, case: Row, group: Group) -> None:
        """Sort the rows of a collection into groups, expected ones first.

        Raises:
            InputError: a row's key is unknown, or nobody expected its group.

        """
        slots = self.layout.slots[group.name]
        source = [frames[-1] for frames in self.frames(case, group.source)]
        absent = (
            case[self.layout.slots[CASE][group.source]] is None if group.source in self.layout.slots[CASE] else False
        )
        expected = self.expected(case, group)
        place = self.layout.slots[CASE][group.name]
        if (absent and group.expected is None) or expected is None:
            case[place] = cast("Value", None)
            return
        keys = [self.layout.slots[group.source][name] for name in group.by]
        found: dict[tuple[Value, ...], list[Row]] = {key: [] for key in expected}
        problems: list[Diagnostic] = []
        for row in source:
            key = tuple(row[slot] for slot in keys)
            if not all(is_known(part) and part is not NOT_APPLICABLE for part in key):
                unknown = next(
                    name
                    for name, part in zip(group.by, key, strict=True)
                    if not is_known(part) or part is NOT_APPLICABLE
                )
                problems.append(
                    Diagnostic(
                        place_of(row),
                        f"{quoted(unknown)} is not known, and rows are grouped by it",
                        f"give {quoted(unknown)}",
                    )
                )
            elif key not in found and group.expected is not None:
                help = did_you_mean(shown(key[-1]), [shown(other[-1]) for other in found])
                problems.append(
                    Diagnostic(
                        place_of(row),
                        f"nobody expected a row for {', '.join(quoted(shown(part)) for part in key)}",
                        help,
                    )
                )
            else:
                found.setdefault(key, []).append(row)
        if problems:
            raise InputError(problems)
        rows: list[Row] = []
        for key, members in found.items():
            row = cast("Row", [None] * (FIRST_SLOT + len(slots)))
            row[KEY], row[PLACE] = cast("Value", key if len(key) > 1 else key[0]), case[PLACE]
            for name, value in expected.get(key, {}).items():
                row[slots[name]] = value
            for name, part in zip(group.by, key, strict=True):
                row[slots[name]] = part
            unknown_rows = absent or (not members and group.expected is not None and group.missing == "unknown")
            row[slots[group.source]] = cast("Value", None if unknown_rows else members)
            rows.append(row)
        case[place] = cast("Value", rows)

    def expected(self, case: Row, group: Group) -> dict[tuple[Value, ...], dict[str, Value]] | None:
        """The groups that must exist, with what they take over from the items that expect them; ``None`` where that is unknown."""
        if group.expected is None:
            return {}
        axes: list[list[tuple[Value, dict[str, Value]]]] = []
        for name in group.by:
            keys = group.expected.keys[name]
            if isinstance(keys, str):
                rows = cast("list[Row] | None", case[self.layout.slots[CASE][keys]])
                if rows is None:
                    return None
                taken = [
                    field
                    for field in self.layout.slots[keys]
                    if field in self.layout.slots[group.name] and field not in group.by
                ]
                axes.append(
                    [(row[KEY], {field: row[self.layout.slots[keys][field]] for field in taken}) for row in rows]
                )
            else:
                start, end = (
                    self.compiler.getter(one, (CASE,))([case]) if isinstance(one, Symbol) else one
                    for one in (keys.start, keys.end)
                )
                if not isinstance(start, Month) or not isinstance(end, Month):
                    return None
                axes.append([(Month(ordinal), {}) for ordinal in range(start.ordinal, end.ordinal + 1)])
        return {
            tuple(key for key, _ in choice): {name: value for _, taken in choice for name, value in taken.items()}
            for choice in itertools.product(*axes)
        }


def as_read(result: Value, value: ValueRule) -> Value:
    """What other rules see: a gap is unknown over the whole type, never false."""
    if result is NO_RULE or (not is_known(result) and NO_RULE in markers(result)):
        rest = without_markers(result)
        extra = markers(result) - {NO_RULE}
        return with_markers(value.type.whole if rest is None else union([rest, value.type.whole]), extra)
    return result


def layout_of(ruleset: Ruleset) -> tuple[Layout, dict[str, tuple[str, ...]]]:
    names: dict[str, list[str]] = {CASE: list(ruleset.inputs)}
    holders: dict[str, tuple[str, ...]] = {}
    chains: dict[str, tuple[str, ...]] = {CASE: (CASE,)}
    for name, collection in ruleset.collections.items():
        names[name] = [*collection.fields, *(["name"] if collection.items is not None else []), *collection.inner]
        holders[name] = (collection.parent or CASE,)
        if collection.parent is None:
            names[CASE].append(name)
    for name in ruleset.collections:
        chain = [name]
        while (parent := ruleset.collections[chain[-1]].parent) is not None:
            chain.append(parent)
        chains[name] = (CASE, *reversed(chain))
    for name, group in ruleset.groups.items():
        taken = [
            field
            for keys in (group.expected.keys.values() if group.expected is not None else ())
            if isinstance(keys, str)
            for field in ruleset.collections[keys].fields
            if field != ruleset.collections[keys].key
        ]
        names[name] = list(dict.fromkeys([*group.by, *taken, group.source]))
        holders[group.source] = (*holders.get(group.source, (CASE,)), name)
        holders[name] = (CASE,)
        names[CASE].append(name)
        chains[name] = (CASE, name)
    for value in ruleset.values.values():
        names[value.scope].append(value.name)
    slots = {
        scope: {name: place for place, name in enumerate(found, start=FIRST_SLOT)} for scope, found in names.items()
    }
    return Layout(slots, holders), chains


def step_for(compiler: Compiler, layout: Layout, chains: Mapping[str, tuple[str, ...]], value: ValueRule) -> Step:
    stack = chains[value.scope]
    applies = None if value.applies is None else compiler.truth(value.applies, stack)
    slot = layout.slots[value.scope][value.name]
    rules, produce = _producer(compiler, value, stack, slot)
    return Step(value, stack, slot, applies, rules, produce, limiter(compiler, value, stack))


def _producer(
    compiler: Compiler, value: ValueRule, stack: tuple[str, ...], slot: int
) -> tuple[tuple[Callable[[Frames], Truth], ...], Producer]:
    body = value.body
    if isinstance(body, RuleList):
        rules = tuple(compiler.truth(rule.when, stack) for rule in body.rules)
        otherwise: Value = NO_RULE if body.otherwise is None else body.otherwise.then
        return rules, _chooser(value, body, rules, otherwise)
    if isinstance(body, Points):
        rules = tuple(compiler.truth(rule.when, stack) for rule in body.rules)
        return rules, _typed(value, _scorer(body, rules))
    if isinstance(body, Truthful):
        truth = compiler.truth(body.condition, stack)
        answers: tuple[Value, ...] = (False, OneOf(frozenset({True, False})), True)
        return (truth,), lambda frames: answers[truth(frames)]
    if isinstance(body, Calculation):
        return (), _typed(value, calculation(compiler, body.expression, stack))
    assert isinstance(body, Judged)  # noqa: S101 - the last kind of body
    return (), _judgement(value, slot)


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


def _scorer(body: Points, rules: tuple[Callable[[Frames], Truth], ...]) -> Producer:
    def score(frames: Frames) -> Value:
        low: int | Fraction = 0
        high: int | Fraction = 0
        for rule, given in zip(rules, body.rules, strict=True):
            truth = rule(frames)
            if truth is YES:
                low, high = low + given.worth, high + given.worth
            elif truth is UNKNOWN:
                low, high = low + min(given.worth, 0), high + max(given.worth, 0)
        return low if low == high else Between(low, high)

    return score


def _typed(value: ValueRule, compute: Getter) -> Producer:
    """The computed number, held to the declared type."""
    type = cast("NumberType", value.type)

    def typed(frames: Frames) -> Value:
        result = compute(frames)
        rest = without_markers(result)
        if rest is None:
            return result
        low, high = cast("tuple[Fraction | None, Fraction | None]", ends(rest))
        if is_known(rest) and low is not None:
            if not type.within(low) or (type.kind == "integer" and low != int(low)):
                where = shown(frames[-1][KEY]) if len(frames) > 1 and isinstance(frames[-1][KEY], str) else "the case"
                raise ConflictError(
                    f"{value.span}: {quoted(value.name)} comes out as {low} for {where}, and it is {type.described}"
                )
            return result
        if type.low is not None:
            low = Fraction(type.low) if low is None else max(low, Fraction(type.low))
        if type.high is not None:
            high = Fraction(type.high) if high is None else min(high, Fraction(type.high))
        if low is not None and high is not None and low >= high:
            return with_markers(low, markers(result))
        return with_markers(Between(low, high), markers(result))

    return typed


def _judgement(value: ValueRule, slot: int) -> Producer:
    """What the person judged, which stands in the value's own slot before it is computed; without it, the whole type."""
    whole = value.type.whole

    def judged(frames: Frames) -> Value:
        given = frames[-1][slot]
        return whole if given is None else given

    return judged
