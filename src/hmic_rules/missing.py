"""What an outcome without a result waits for: the facts, settings and rows that nobody gave and that some rule in question asks.

The walk goes from each undetermined outcome through the conditions that are neither met nor failed, down to each item, and through the values that they
read. It names nothing that is asked by settled conditions alone; whether a fact that it names can still change the outcome is not proven.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.comparing import Frames
from hmic_rules.conditions import (
    CASE,
    Aggregate,
    Check,
    Compare,
    Condition,
    CountTest,
    Elapsed,
    Expression,
    InList,
    LongestRun,
    PointsOf,
    Query,
    Read,
    ShareTest,
    Symbol,
    SymbolKind,
    Test,
    Truth,
    parts_of,
    query_of,
)
from hmic_rules.decisions import Decision
from hmic_rules.outcomes import key_of
from hmic_rules.possible import is_known, members
from hmic_rules.programs import Step
from hmic_rules.rows import Row
from hmic_rules.rules import Calculation, Judged, Points, RuleList, Truthful

__all__ = ["Missing", "missing"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Kind: TypeAlias = Literal["setting", "fact", "judgement", "collection", "rows"]
KINDS: tuple[Kind, ...] = ("setting", "fact", "judgement", "collection", "rows")
Stack: TypeAlias = tuple[str, ...]
Asked: TypeAlias = tuple[Step, Frames]


@frozen
class Missing:
    """Something that nobody gave and that an outcome without a result waits for.

    Attributes:
        kind: a ``setting`` of the rule set, a ``fact`` of the case or of an item, a ``judgement`` of a person, a whole ``collection``, or the
            ``rows`` of a group that was expected.
        name: what it is called in the rule set.
        item: the item or group whose fact, judgement or rows it is, ``None`` for the case.
        scope: the collection or group that the item belongs to, ``None`` for the case.
        says: what the rule set says of it.

    """

    kind: Kind
    name: str
    item: str | None
    scope: str | None
    says: str | None


def missing(decision: Decision) -> tuple[Missing, ...]:
    """Everything that the undetermined outcomes of a decision wait for, each thing once: settings first, then facts, judgements and rows."""
    walk = _Walk(decision)
    ruleset, program = decision.ruleset, decision.program
    for name in ruleset.outcomes:
        step = decision.step(name)
        scope = step.value.scope
        if scope != CASE and not program.listed(decision.case, scope):
            walk.all_of(walk.absent(scope, [decision.case], (CASE,)))
        for frames in program.frames(decision.case, scope):
            walk.value(step, frames)
    return tuple(sorted(walk.found, key=lambda one: KINDS.index(one.kind)))


@frozen(eq=False)
class _Walk:
    """Goes through what is unknown, and notes what nobody gave."""

    decision: Decision
    found: dict[Missing, None] = field(factory=dict)
    seen: set[tuple[str, tuple[int, ...]]] = field(factory=set)

    def note(self, kind: Kind, name: str, frames: Frames, scope: str, says: str | None) -> None:
        on_case = scope == CASE
        item = None if on_case else key_of(frames)
        self.found[Missing(kind, name, item, None if on_case else scope, says)] = None

    def value(self, step: Step, frames: Frames) -> None:
        """A value on one row, and all that it rests on: one after the other, since a chain of values may be long."""
        self.all_of(self.asked(step, frames))

    def all_of(self, asked: Iterator[Asked]) -> None:
        """What is asked, and all that it leads to."""
        pending = [asked]
        while pending:
            found = next(pending[-1], None)
            if found is None:
                pending.pop()
            else:
                pending.append(self.asked(*found))

    def asked(self, step: Step, frames: Frames) -> Iterator[Asked]:
        """A value on one row: whatever could still change it, and the values that this leads to."""
        place = (step.value.name, tuple(map(id, frames)))
        if place in self.seen or is_known(frames[-1][step.slot]):
            return
        self.seen.add(place)
        body, stack = step.value.body, step.stack
        if step.value.applies is not None:
            yield from self.condition(step.value.applies, frames, stack)
        if isinstance(body, RuleList):
            given = members(step.produce(frames))
            for rule in body.rules:
                if given is None or rule.then in given:
                    yield from self.condition(rule.when, frames, stack)
        elif isinstance(body, Points):
            for points in body.rules:
                yield from self.condition(points.when, frames, stack)
        elif isinstance(body, Truthful):
            yield from self.condition(body.condition, frames, stack)
        elif isinstance(body, Calculation):
            yield from self.calculation(body.expression, frames, stack)
        elif isinstance(body, Judged) and step.judged(frames) is None:
            self.note("judgement", step.value.name, frames, step.value.scope, step.value.says)
        for limit, truth, _ in () if step.limiter is None else step.limiter.states(frames):
            if limit.when is not None:
                yield from self.condition(limit.when, frames, stack)
            if truth is not NO and isinstance(limit.bound, Symbol):
                yield from self.symbol(limit.bound, frames, stack)

    def condition(self, node: Condition, frames: Frames, stack: Stack) -> Iterator[Asked]:
        """A condition, where it is unknown whether it holds."""
        if self.decision.program.compiler.truths[node](frames) is not UNKNOWN:
            return
        if isinstance(node, Test | CountTest | ShareTest):
            yield from self.checks(node.checks, frames, stack)
        if isinstance(node, Test):
            yield from self.symbol(node.subject, frames, stack)
            return
        query = query_of(node)
        if query is not None:
            yield from self.query(query, frames, stack, None)
            return
        for part in parts_of(node):
            yield from self.condition(cast("Condition", part), frames, stack)

    def checks(self, checks: tuple[Check, ...], frames: Frames, stack: Stack) -> Iterator[Asked]:
        """The names that checks compare with."""
        for check in checks:
            if isinstance(check, InList):
                yield from self.symbol(check.symbol, frames, stack)
            elif isinstance(check, Compare) and isinstance(check.operand, Symbol):
                yield from self.symbol(check.operand, frames, stack)

    def query(self, query: Query, frames: Frames, stack: Stack, asked: Symbol | None) -> Iterator[Asked]:
        """The items of a query of which it is unknown whether they belong or are as asked; and a field that is read of those that count."""
        compiler = self.decision.program.compiler
        rows = compiler.rows[query](frames)
        if rows is None:
            yield from self.absent(query.collection, frames, stack)
            return
        belongs, holds = compiler.memberships[query]
        inner = (*stack, query.collection)
        for row in rows:
            with_item = [*frames, row]
            member = belongs(with_item)
            if member is NO:
                continue
            if member is UNKNOWN:
                for guard in query.guarded:
                    yield from self.symbol(guard, with_item, inner)
                if query.among is not None:
                    yield from self.condition(query.among, with_item, inner)
            if query.where is not None:
                yield from self.condition(query.where, with_item, inner)
            if asked is not None and holds(with_item) is not NO:
                yield from self.symbol(asked, with_item, inner)

    def calculation(self, node: Expression, frames: Frames, stack: Stack) -> Iterator[Asked]:
        """The names that a calculation reads and that are not known."""
        if isinstance(node, Read):
            yield from self.symbol(node.symbol, frames, stack)
        elif isinstance(node, Elapsed):
            for moment in (node.start, node.end):
                if isinstance(moment, Symbol):
                    yield from self.symbol(moment, frames, stack)
        elif (query := query_of(node)) is not None:
            asked = node.field if isinstance(node, Aggregate) else None
            asked = node.different if isinstance(node, PointsOf) else asked
            asked = node.along if isinstance(node, LongestRun) else asked
            yield from self.query(query, frames, stack, asked)
        else:
            for part in parts_of(node):
                yield from self.calculation(cast("Expression", part), frames, stack)

    def symbol(self, symbol: Symbol, frames: Frames, stack: Stack) -> Iterator[Asked]:
        """A name, where it is not known."""
        ruleset, program = self.decision.ruleset, self.decision.program
        if symbol.kind is SymbolKind.PARAMETER:
            if program.settings[symbol.name] is None:
                self.note("setting", symbol.name, frames, CASE, ruleset.parameters[symbol.name].says)
            return
        depth = program.layout.depth(symbol.scope, stack)
        if is_known(frames[depth][program.layout.slots[symbol.scope][symbol.name]]):
            return
        step = program.steps.get(symbol.name) if symbol.kind is SymbolKind.VALUE else None
        rows = dict(zip(stack, frames, strict=True))
        if step is None:
            collection = ruleset.collections.get(symbol.scope)
            fields = ruleset.inputs if collection is None else collection.fields
            says = fields[symbol.name].says if symbol.name in fields else None
            own = [rows[scope] for scope in program.chains[symbol.scope] if scope in rows]
            self.note("fact", symbol.name, own, symbol.scope, says)
            return
        yield step, [rows[scope] for scope in step.stack]

    def absent(self, name: str, frames: Frames, stack: Stack) -> Iterator[Asked]:
        """A collection or a group that is not there, or the rows of one group that nobody gave."""
        ruleset, program, case = self.decision.ruleset, self.decision.program, self.decision.case
        group = ruleset.groups.get(name)
        if group is not None:
            yield from self.absent(group.source, [case], (CASE,))
            for keys in group.expected.keys.values() if group.expected is not None else ():
                if isinstance(keys, str):
                    yield from self.absent(keys, [case], (CASE,))
                else:
                    for end in (keys.start, keys.end):
                        if isinstance(end, Symbol):
                            yield from self.symbol(end, [case], (CASE,))
            return
        collection = ruleset.collections[name]
        if stack[-1] in ruleset.groups and program.listed(case, name):
            self.note("rows", name, frames, stack[-1], collection.says)
        elif collection.parent is None:
            if cast("list[Row] | None", case[program.layout.slots[CASE][name]]) is None:
                self.note("collection", name, [case], CASE, collection.says)
        else:
            self.note("collection", name, frames, stack[-1], collection.says)
