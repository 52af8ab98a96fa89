"""Conditions as diagrams: the tests that decide cases, put to every cell of every fact."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from enum import Enum
from fractions import Fraction
from functools import reduce
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.comparing import OPPOSITE, Settings, applicability, value_test
from hmic_rules.conditions import (
    All,
    Check,
    Compare,
    Condition,
    CountTest,
    InList,
    Not,
    Quantified,
    Query,
    ShareTest,
    Symbol,
    SymbolKind,
    Term,
    Test,
    Truth,
    compared_names,
)
from hmic_rules.conditions import (
    Any as AnyOf,
)
from hmic_rules.datatypes import INTEGER, SHARE, ScalarType
from hmic_rules.diagrams.counting import counted_by, shared_by, standing, tallied_by
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.evaluation import counted, shared
from hmic_rules.possible import AnyText, Between, Value, ordered
from hmic_rules.programs import Program
from hmic_rules.rows import Membership
from hmic_rules.structure import structure_of
from hmic_rules.wording import condition_in_words

__all__ = ["Lifted", "LiftedRow", "Loose", "Stack"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
LiftedRow: TypeAlias = list[Any]
Stack: TypeAlias = tuple[str, ...]
EVERY: Final = (YES, NO, UNKNOWN, YES, UNKNOWN, UNKNOWN, YES)
SOME: Final = (YES, NO, UNKNOWN, UNKNOWN, NO, UNKNOWN, NO)


class Loose(Enum):
    """Not an answer: either answer is possible although every variable is settled, because a value is not told apart further."""

    LOOSE = "loose"


LOOSE: Final = Loose.LOOSE
Tester: TypeAlias = tuple[Callable[..., Truth | Loose], tuple[Symbol, ...]]


@frozen(eq=False)
class Lifted:
    """The semantics of conditions over rows that hold diagrams.

    Attributes:
        program: what is lifted.
        store: where the diagrams live.
        settings: a diagram for each parameter that conditions compare with.
        ask: a new variable for what is asked of something that a diagram does not tell apart, such as rows that are not there; it takes
            the frames, what is asked in words, and why the answer could be either.
        opaque: the diagrams of these variables, by what is asked and of which row.
        judged: the rows, by identity, and values for which a person gave a judgement: it stands as it was given.

    """

    program: Program
    store: Store
    settings: dict[str, Diagram]
    ask: Callable[[Sequence[LiftedRow], str, str], Diagram]
    opaque: dict[Hashable, Diagram] = field(factory=dict)
    judged: set[tuple[int, str]] = field(factory=set)
    testers: dict[Hashable, Tester] = field(factory=dict)
    joined: dict[Hashable, Diagram] = field(factory=dict)
    members: dict[Hashable, tuple[list[Diagram], list[LiftedRow]]] = field(factory=dict)

    def symbol(self, symbol: Symbol, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
        """The diagram of a name."""
        if symbol.kind is SymbolKind.PARAMETER:
            return self.settings[symbol.name]
        layout = self.program.layout
        return cast("Diagram", frames[layout.depth(symbol.scope, stack)][layout.slots[symbol.scope][symbol.name]])

    def truth(self, node: Condition, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
        """Whether a condition holds."""
        if isinstance(node, Test):
            test, others = self.tester(node, cast("ScalarType", node.subject.type), node.checks)
            subject = self.symbol(node.subject, frames, stack)
            return self.settled(node, self.asked(test, subject, others, frames, stack), frames)
        if isinstance(node, Not):
            return self.store.map(OPPOSITE.__getitem__, self.truth(node.part, frames, stack))
        if isinstance(node, All | AnyOf):
            absorbing = NO if isinstance(node, All) else YES
            found = self.store.leaf(OPPOSITE[absorbing])
            for part in node.parts:
                if self.store.is_leaf(found) and self.store.results[found] is absorbing:
                    return found
                found = self.join(absorbing, found, self.truth(part, frames, stack))
            return found
        items = self.items(node.query, frames, stack)
        if items is None:
            return self.open(node, frames, f"rows of `{node.query.collection}` are not there, and could be any")
        if isinstance(node, Quantified):
            return self.quantified(node, items)
        kind: ScalarType = INTEGER if isinstance(node, CountTest) else SHARE
        parts = [self.tested(node, kind, check, items, frames, stack) for check in node.checks]
        return reduce(lambda one, other: self.join(NO, one, other), parts)

    def join(self, absorbing: Truth, one: Diagram, other: Diagram) -> Diagram:
        """Both (where no absorbs) or either (where yes does)."""
        store = self.store
        for here, there in ((one, other), (other, one)):
            if store.is_leaf(here) and store.results[here] is not UNKNOWN:
                return here if store.results[here] is absorbing else there
        key = (absorbing, one, other)
        found = self.joined.get(key)
        if found is None:
            absorbed = store.leaf(absorbing)

            def short(truth: Truth, rest: Diagram) -> Diagram | None:
                return None if truth is UNKNOWN else absorbed if truth is absorbing else rest

            found = self.joined[key] = store.apply(min if absorbing is NO else max, one, other, short)
        return found

    def asked(
        self,
        test: Callable[..., Truth | Loose],
        subject: Diagram,
        others: Sequence[Symbol],
        frames: Sequence[LiftedRow],
        stack: Stack,
    ) -> Diagram:
        """A test of a diagram's result, which may compare with other names; :data:`LOOSE` where the answer is not told apart."""
        if not others:
            return self.store.map(test, subject)
        return self.store.lift(test, subject, *(self.symbol(other, frames, stack) for other in others))

    def settled(self, node: Condition, found: Diagram, frames: Sequence[LiftedRow]) -> Diagram:
        """The answer with a variable of its own where it is not told apart."""
        loose = self.store.leaf(LOOSE)
        ends = self.store.ends(found)
        if loose not in ends:
            return found
        why = "any number of values could stand there"
        return self.store.grafted(
            found, {leaf: self.open(node, frames, why) if leaf == loose else leaf for leaf in ends}
        )

    def open(self, node: Condition, frames: Sequence[LiftedRow], why: str) -> Diagram:
        """Yes or no, and which is not known: one thing asked of one row has one answer."""
        key = (structure_of(node), *map(id, frames))
        found = self.opaque.get(key)
        if found is None:
            found = self.opaque[key] = self.ask(frames, condition_in_words(node), why)
        return found

    def tester(self, node: Condition, type: ScalarType, checks: tuple[Check, ...]) -> Tester:
        """The test of a value, and the names that it compares with and that are not settled."""
        key = (id(node), checks)
        found = self.testers.get(key)
        if found is None:
            found = self.testers[key] = self._tester(type, checks, isinstance(node, CountTest | ShareTest))
        return found

    def _tester(self, type: ScalarType, checks: tuple[Check, ...], tallied: bool) -> Tester:
        settings: Settings = self.program.compiler.settings
        others = tuple(dict.fromkeys(name for name in compared_names(checks) if not self.constant(name)))

        def getter(symbol: Symbol) -> Callable[[list[list[Value]]], Value]:
            if symbol in others:
                place = others.index(symbol)
                return lambda frames: frames[0][place]
            constant = settings.constants[symbol.name]
            return lambda frames: constant

        test = value_test(type, checks, getter, settings)
        unset = any(isinstance(check, InList) and settings.lists[check.symbol.name] is None for check in checks)

        def tested(value: Value, *operands: Value) -> Truth | Loose:
            found = test(value, [list(operands)])
            compared = operands if tallied else (value, *operands)
            loose = found is UNKNOWN and (unset or any(isinstance(one, Between | AnyText) for one in compared))
            return LOOSE if loose else found

        return tested, others

    def constant(self, symbol: Symbol) -> bool:
        """Whether a name is a parameter whose setting is known."""
        return symbol.kind is SymbolKind.PARAMETER and self.store.is_leaf(self.settings[symbol.name])

    def items(self, query: Query, frames: Sequence[LiftedRow], stack: Stack) -> list[Diagram] | None:
        """How each row of a query stands to it, those left out that surely do not belong; ``None`` where the rows are not there."""
        rows = self.rows(query.collection, frames, stack)
        if rows is None:
            return None
        return self._members(query, rows, frames, stack)[0]

    def belonging(self, query: Query, frames: Sequence[LiftedRow], stack: Stack) -> list[LiftedRow]:
        """The rows that may belong, in the order of :meth:`items`."""
        rows = self.rows(query.collection, frames, stack)
        return [] if rows is None else self._members(query, rows, frames, stack)[1]

    def _members(
        self, query: Query, rows: list[LiftedRow], frames: Sequence[LiftedRow], stack: Stack
    ) -> tuple[list[Diagram], list[LiftedRow]]:
        key = (id(query), *map(id, frames))
        known = self.members.get(key)
        if known is not None:
            return known
        inner = (*stack, query.collection)
        found: list[tuple[Diagram, LiftedRow]] = []
        for row in rows:
            with_item = [*frames, row]
            member = self.belongs(query, with_item, inner)
            if self.store.is_leaf(member) and self.store.results[member] is NO:
                continue
            holds = self.store.leaf(YES) if query.where is None else self.truth(query.where, with_item, inner)
            found.append((self.store.apply(standing, member, holds), row))
        found.sort(key=lambda one: next(iter(self.store.support(one[0])), -1))
        items = self.members[key] = [item for item, _ in found], [row for _, row in found]
        return items

    def rows(self, collection: str, frames: Sequence[LiftedRow], stack: Stack) -> list[LiftedRow] | None:
        """The rows of a collection, or ``None``."""
        layout = self.program.layout
        holder = next(
            scope
            for scope in reversed(stack)
            if collection in layout.slots[scope] and scope in layout.holders[collection]
        )
        return cast("list[LiftedRow] | None", frames[layout.depth(holder, stack)][layout.slots[holder][collection]])

    def belongs(self, query: Query, frames: Sequence[LiftedRow], stack: Stack) -> Diagram:
        """Whether an item belongs: ``among`` holds, and what is asked of it is applicable to it."""
        member = self.store.leaf(YES) if query.among is None else self.truth(query.among, frames, stack)
        for guard in query.guarded:
            member = self.join(NO, member, self.store.map(applicability, self.symbol(guard, frames, stack)))
        return member

    def quantified(self, node: Quantified, items: list[Diagram]) -> Diagram:
        every = node.kind == "every"
        answers, pick = (EVERY, min) if every else (SOME, max)

        def step(state: Truth, found: int, place: int) -> Truth:
            return pick(state, answers[found])

        found = self.store.fold(items, YES if every else NO, step, lambda state: state)
        return self.store.map(OPPOSITE.__getitem__, found) if node.kind == "none" else found

    def tested(
        self,
        node: CountTest | ShareTest,
        type: ScalarType,
        check: Check,
        items: list[Diagram],
        frames: Sequence[LiftedRow],
        stack: Stack,
    ) -> Diagram:
        """One check of a count or a share."""
        store = self.store
        bound = self.bound(check)
        if bound is not None:
            compare = cast("Compare", check)
            direct = (
                counted_by(store, items, compare, bound)
                if isinstance(node, CountTest)
                else shared_by(store, items, compare, bound, node.if_none)
            )
            if direct is not None:
                return direct
        test, others = self.tester(node, type, (check,))
        if isinstance(node, CountTest):
            return self.settled(
                node, self.asked(test, tallied_by(store, items, counted), others, frames, stack), frames
            )
        tally = tallied_by(store, items, lambda counts: counts)
        if_none = node.if_none

        def answer(counts: Membership, *operands: Value) -> Truth | Loose:
            share, could_be_empty = shared(counts)
            found = set() if share is None else {test(share, *operands)}
            truths = {*found, if_none} if could_be_empty else found
            return next(iter(truths)) if len(truths) == 1 else UNKNOWN

        return self.settled(node, self.asked(answer, tally, others, frames, stack), frames)

    def bound(self, check: Check) -> Fraction | int | None:
        """The number with which a check compares, where that is settled."""
        if not isinstance(check, Compare):
            return None
        operand: Any = check.operand
        if isinstance(operand, Term):
            return self.program.compiler.settings.words.get(operand.name, operand.value)
        if isinstance(operand, Symbol):
            if not self.constant(operand):
                return None
            operand = self.store.results[self.settings[operand.name]]
        return cast("Fraction", operand) if ordered(operand) else None
