"""Which items keep a condition of the case from holding: the quick answer, without a trace."""

from __future__ import annotations

from itertools import chain
from typing import cast

from attrs import frozen

from hmic_rules.conditions import (
    CASE,
    All,
    Any,
    Applicable,
    Compare,
    Condition,
    CountTest,
    Not,
    Op,
    Quantified,
    Query,
    ShareTest,
    Test,
    Truth,
)
from hmic_rules.datatypes import key_in_words
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rules import Truthful

__all__ = ["Obstacles"]

NO, YES = Truth.NO, Truth.YES
JUNCTIONS = (All, Any)


@frozen(eq=False)
class Obstacles:
    """Looks for the items in the way, in one case that has been decided."""

    program: Program
    case: Row

    def of(self, node: Condition, *, wanted: bool = True) -> list[str] | None:
        """The keys of the items that keep the condition from surely holding (or failing, as ``wanted`` says).

        ``None`` where it surely does; an empty list where something else than items is in the way.
        """
        if isinstance(node, Not):
            return self.of(node.part, wanted=not wanted)
        if isinstance(node, JUNCTIONS):
            found = [self.of(part, wanted=wanted) for part in node.parts]
            open_ = [keys for keys in found if keys is not None]
            every_part_counts = isinstance(node, All) is wanted
            settled = not open_ if every_part_counts else len(open_) < len(found)
            if settled:
                return None
            return open_[0] if len(open_) == 1 else list(dict.fromkeys(chain.from_iterable(open_)))
        if isinstance(node, Quantified) and wanted is (node.kind != "some"):
            # each item in question must be as wanted: nothing in the way means that the condition is settled
            keys = self.items(node.query, wanted=node.kind == "every")
            return keys or ([] if self.program.compiler.rows[node.query]([self.case]) is None else None)
        if self.program.compiler.truths[node]([self.case]) is (YES if wanted else NO):
            return None
        if isinstance(node, Test):
            return self.behind(node, wanted=wanted)
        return self.items(node.query, wanted=wanted is not _must_be_small(node))

    def items(self, query: Query, *, wanted: bool) -> list[str]:
        """The keys of the items that belong, or could, and are not surely as asked; or not surely other than asked."""
        compiler, frames = self.program.compiler, [self.case]
        right = YES if wanted else NO
        column = compiler.columns.get(query)
        if column is not None:
            rows = column.rows(frames) or ()
            places = range(len(rows)) if column.places is None else column.places
            found = [
                rows[place][KEY]
                for place, truth in zip(places, column.answered(frames)[0], strict=True)
                if truth is not right
            ]
        else:
            belongs, holds = compiler.memberships[query]
            rows = compiler.rows[query](frames) or ()
            found = [
                row[KEY]
                for row in rows
                if belongs(with_item := [self.case, row]) is not NO and holds(with_item) is not right
            ]
        return cast("list[str]", found) if found and isinstance(found[0], str) else list(map(key_in_words, found))

    def behind(self, node: Test, *, wanted: bool) -> list[str]:
        """The items in the way of a true-or-false value of the case that has a condition of its own."""
        step = self.program.steps.get(node.subject.name) if node.subject.scope == CASE else None
        if step is None or not isinstance(step.value.body, Truthful) or isinstance(node.checks[0], Applicable):
            return []
        if_true = self.case.copy()
        if_true[step.slot] = True
        asks_for_true = self.program.compiler.truths[node]([if_true]) is YES
        return self.of(step.value.body.condition, wanted=wanted is asks_for_true) or []


def _must_be_small(node: Condition) -> bool:
    """Whether a count or a share holds by being small, so that items as asked are what stands in its way."""
    if isinstance(node, Quantified):
        return node.kind == "none"
    assert isinstance(node, CountTest | ShareTest)  # noqa: S101 - the last kinds of condition
    return any(isinstance(check, Compare) and check.op in (Op.AT_MOST, Op.BELOW) for check in node.checks)
