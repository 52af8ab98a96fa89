"""The trace of a decision: for every rule and limit, whether it held, failed or is unknown, down to each item that was asked.

A trace is made when it is asked for, by the same functions that decided, over the rows that the decision kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from attrs import field, frozen

from hmic_rules.comparing import Frames
from hmic_rules.conditions import (
    CASE,
    All,
    Any,
    Condition,
    Count,
    CountTest,
    Not,
    Quantified,
    Query,
    ShareTest,
    SymbolKind,
    Test,
    Truth,
    query_of,
)
from hmic_rules.datatypes import key_in_words, shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.evaluation import counted, shared
from hmic_rules.outcomes import Outcome, in_a_row
from hmic_rules.possible import NOT_APPLICABLE, OneOf, Value
from hmic_rules.rows import KEY, Column
from hmic_rules.rules import Calculation, Limit, Otherwise, PointRule, Points, Rule, RuleList, Truthful
from hmic_rules.wording import condition_in_words

if TYPE_CHECKING:
    from hmic_rules.programs import Step
    from hmic_rules.rows import Membership

__all__ = [
    "ConditionTrace",
    "ItemTrace",
    "LimitTrace",
    "Obstacle",
    "RuleTrace",
    "ValueTrace",
    "counted_items",
    "holders",
    "obstacles",
    "trace",
    "trace_all",
    "trace_of",
]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES


class ItemTrace(NamedTuple):
    """One item that a query met: its key, whether it belongs, and whether it is as asked."""

    key: str
    belongs: Truth
    holds: Truth


@frozen(eq=False)
class ConditionTrace:
    """One condition in one decision.

    Attributes:
        node: the condition.
        truth: whether it holds.
        value: for a test of a name, what the name was found to be; for a count or a share, the number; otherwise ``None``.
        parts: the conditions right under it; those of a query are answered item by item instead.
        items: for a query, every item of the collection; ``None`` where the collection is absent.

    """

    node: Condition = field(repr=False)
    truth: Truth
    value: Value | None
    parts: tuple[ConditionTrace, ...]
    items: tuple[ItemTrace, ...] | None = ()

    @property
    def words(self) -> str:
        """The condition in plain English."""
        return condition_in_words(self.node)

    @property
    def holds_vacuously(self) -> bool:
        """Whether a query over items holds because no item belongs."""
        return (
            self.truth is YES
            and query_of(self.node) is not None
            and self.items is not None
            and all(item.belongs is NO for item in self.items)
        )


@frozen(eq=False)
class RuleTrace:
    """One rule in one decision."""

    rule: Rule | PointRule
    truth: Truth
    condition: ConditionTrace


@frozen(eq=False)
class LimitTrace:
    """One limit in one decision: whether it was in force, its bound, and whether it changed the result."""

    limit: Limit
    truth: Truth
    bound: str
    binding: Truth
    condition: ConditionTrace | None


@frozen(eq=False)
class ValueTrace:
    """One value in one decision, on the case or on one item, with all its rules and limits."""

    outcome: Outcome
    applies: ConditionTrace | None
    rules: tuple[RuleTrace, ...]
    otherwise: Otherwise | None
    condition: ConditionTrace | None
    limits: tuple[LimitTrace, ...]


@frozen
class Obstacle:
    """Something that keeps a rule from holding.

    Attributes:
        words: the condition that does not surely hold.
        name: for a test, the name that is tested.
        truth: no, or unknown.
        collection: for a query, the collection it asks.
        items: for a query, the keys of the items that belong, or could, and are not surely as asked.

    """

    words: str
    truth: Truth
    name: str | None
    collection: str | None
    found: str | None
    items: tuple[str, ...]


def trace(decision: Decision, name: str, item: str | None = None) -> ValueTrace:
    """The trace of one value.

    Args:
        decision: the decision.
        name: the value's name.
        item: the key of the item or group, for a value that does not stand on the case.

    Raises:
        NotFoundError: there is no such value or item.

    """
    return trace_of(decision, *_row_of(decision, name, item))


def _row_of(decision: Decision, name: str, item: str | None) -> tuple[Step, Frames]:
    step = decision.step(name)
    if step.value.scope == CASE:
        return step, [decision.case]
    frames = decision.frames_on(step.value.scope)
    if item is not None and item in frames:
        return step, frames[item]
    help = did_you_mean(item or "", frames)
    raise NotFoundError(f"{quoted(name)} stands on no item {quoted(item or '')}" + (f": {help}" if help else ""))


def trace_of(decision: Decision, step: Step, frames: Frames) -> ValueTrace:
    """The trace of one value on one row."""
    return _Tracer(decision, step.stack).value(step, frames)


def trace_all(decision: Decision) -> Iterator[ValueTrace]:
    """The trace of every value on every row, in the order of evaluation."""
    for name in decision.ruleset.order:
        step = decision.program.steps.get(name)
        if step is not None:
            tracer = _Tracer(decision, step.stack)
            for frames in decision.program.frames(decision.case, step.value.scope):
                yield tracer.value(step, frames)


@frozen(eq=False)
class _Tracer:
    """Asks the functions of a program again, for conditions that stand right in the rules of one scope."""

    decision: Decision
    stack: tuple[str, ...]
    items: dict[Column, tuple[ItemTrace, ...]] = field(factory=dict)

    def value(self, step: Step, frames: Frames) -> ValueTrace:
        body = step.value.body
        result = self.decision.results[step.value.name] if len(frames) == 1 else step.result(frames)
        rules: tuple[RuleTrace, ...] = ()
        if isinstance(body, RuleList | Points):
            rules = tuple(self.rule(rule, frames) for rule in body.rules)
        return ValueTrace(
            self.decision.outcome_of(step, frames, result),
            None if step.value.applies is None else self.condition(step.value.applies, frames),
            rules,
            body.otherwise if isinstance(body, RuleList) else None,
            self.condition(body.condition, frames) if isinstance(body, Truthful) else None,
            self.limits(step, frames, result),
        )

    def rule(self, rule: Rule | PointRule, frames: Frames) -> RuleTrace:
        condition = self.condition(rule.when, frames)
        return RuleTrace(rule, condition.truth, condition)

    def limits(self, step: Step, frames: Frames, result: Value) -> tuple[LimitTrace, ...]:
        if step.limiter is None:
            return ()
        before = result if result is NOT_APPLICABLE else step.produce(frames)  # rules that are not asked may conflict
        found: list[LimitTrace] = []
        for state in step.limiter.trace(before, frames):
            condition = None if state.limit.when is None else self.condition(state.limit.when, frames)
            found.append(LimitTrace(state.limit, state.truth, shown(state.bound), state.binding, condition))
        return tuple(found)

    def condition(self, node: Condition, frames: Frames) -> ConditionTrace:
        compiler = self.decision.program.compiler
        truth = compiler.truths[node](frames)
        if isinstance(node, Test):
            return ConditionTrace(node, truth, compiler.getter(node.subject, self.stack)(frames), ())
        if isinstance(node, All | Any):
            return ConditionTrace(node, truth, None, tuple(self.condition(part, frames) for part in node.parts))
        if isinstance(node, Not):
            return ConditionTrace(node, truth, None, (self.condition(node.part, frames),))
        items = self.asked(node.query, frames)
        return ConditionTrace(node, truth, self.number(node, items, frames), (), items)

    def number(self, node: Condition, items: tuple[ItemTrace, ...] | None, frames: Frames) -> Value | None:
        """The number that a count or a share came to; ``None`` where nothing belongs or the collection is absent."""
        if items is None or not isinstance(node, CountTest | ShareTest):
            return None
        column = self.decision.program.compiler.columns.get(node.query)
        counts = _tallied(items) if column is None else cast("Membership", column.tally(frames))
        return counted(counts) if isinstance(node, CountTest) else shared(counts)[0]

    def asked(self, query: Query, frames: Frames) -> tuple[ItemTrace, ...] | None:
        """Every item of a query's collection, ``None`` where that is absent."""
        compiler = self.decision.program.compiler
        rows = compiler.rows[query](frames)
        if rows is None:
            return None
        column = compiler.columns.get(query)
        if column is not None and column.on_case:
            if column not in self.items:
                belong = column.belonging(rows)
                hold = [column.answers[row[column.slot]] for row in rows]
                self.items[column] = tuple(map(ItemTrace, [key_in_words(row[KEY]) for row in rows], belong, hold))
            return self.items[column]
        belongs, holds = compiler.memberships[query]
        found: list[ItemTrace] = []
        with_item = [*frames, []]
        for row in rows:
            with_item[-1] = row
            found.append(ItemTrace(key_in_words(row[KEY]), belongs(with_item), holds(with_item)))
        return tuple(found)


def counted_items(decision: Decision, name: str, item: str | None = None) -> tuple[str, ...]:
    """The keys of the items that a value counts, where it is a count; those that it perhaps counts come last, with a question mark.

    Raises:
        NotFoundError: there is no such value or item.

    """
    body = decision.step(name).value.body
    if not isinstance(body, Calculation) or not isinstance(body.expression, Count):
        return ()
    step, frames = _row_of(decision, name, item)
    found = _Tracer(decision, step.stack).asked(body.expression.query, frames) or ()
    sure = [one.key for one in found if one.belongs is YES and one.holds is YES]
    perhaps = [f"{one.key}?" for one in found if min(one.belongs, one.holds) is UNKNOWN]
    return (*sure, *perhaps)


def _tallied(items: tuple[ItemTrace, ...]) -> Membership:
    pairs = [(YES, YES), (YES, NO), (YES, UNKNOWN), (UNKNOWN, YES), (UNKNOWN, NO), (UNKNOWN, UNKNOWN)]
    met = Counter((item.belongs, item.holds) for item in items)
    return cast("Membership", tuple(met[pair] for pair in pairs))


def obstacles(decision: Decision, name: str, rule: str) -> tuple[Obstacle, ...]:
    """What keeps a rule of a value of the case from holding; a test of another value of the case leads on to that value's own condition.

    Raises:
        NotFoundError: the value has no such rule.

    """
    for found in trace(decision, name).rules:
        if found.rule.id == rule:
            return tuple(dict.fromkeys(_obstacles(decision, found.condition, frozenset([name]))))
    raise NotFoundError(f"{quoted(name)} has no rule {quoted(rule)}")


def _obstacles(decision: Decision, condition: ConditionTrace, seen: frozenset[str]) -> Iterator[Obstacle]:
    if condition.truth is YES:
        return
    node = condition.node
    if isinstance(node, All | Any):
        for part in condition.parts:
            if isinstance(node, All) or not _closed_off(part):
                yield from _obstacles(decision, part, seen)
        return
    step = _asked_to_be_true(decision, node, seen)
    if step is not None and isinstance(step.value.body, Truthful):
        inner = _Tracer(decision, step.stack).condition(step.value.body.condition, [decision.case])
        yield from _obstacles(decision, inner, seen | {step.value.name})
        return
    query = query_of(node)
    items = tuple(item.key for item in condition.items or () if item.belongs is not NO and item.holds is not YES)
    name = node.subject.name if isinstance(node, Test) else None
    value = condition.value
    several = sorted(map(shown, value.members)) if isinstance(value, OneOf) else ()
    found = in_a_row(several, " or ") if several else None if value is None else shown(value)
    yield Obstacle(condition.words, condition.truth, name, None if query is None else query.collection, found, items)


def holders(condition: ConditionTrace) -> tuple[str, ...]:
    """The keys of the items because of which a condition holds: those that `some`, a count or a share found."""
    node = condition.node
    if condition.truth is not YES or isinstance(node, Not):
        return ()
    if isinstance(node, CountTest | ShareTest) or (isinstance(node, Quantified) and node.kind == "some"):
        return tuple(item.key for item in condition.items or () if item.belongs is YES and item.holds is YES)
    return tuple(dict.fromkeys(key for part in condition.parts for key in holders(part)))


def _closed_off(condition: ConditionTrace) -> bool:
    """Whether a parameter rules the condition out, so that no fact could make it hold."""
    node = condition.node
    if isinstance(node, Test):
        return node.subject.kind is SymbolKind.PARAMETER and condition.truth is NO
    return isinstance(node, All) and any(map(_closed_off, condition.parts))


def _asked_to_be_true(decision: Decision, node: Condition, seen: frozenset[str]) -> Step | None:
    """The value of the case that the node asks to be true, where it is one with a condition of its own."""
    if not isinstance(node, Test) or not node.subject.on_case or node.subject.name in seen:
        return None
    step = decision.program.steps.get(node.subject.name)
    if step is None or not isinstance(step.value.body, Truthful):
        return None
    probe = decision.case.copy()
    probe[step.slot] = True
    return step if decision.program.compiler.truths[node]([probe]) is YES else None
