"""Tests of how many items, or which share of them, as diagrams: counters that stop counting once the answer is settled."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor
from typing import Final, TypeAlias, cast

from attrs import frozen

from hmic_rules.comparing import OPPOSITE
from hmic_rules.conditions import Compare, Op, Truth
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.possible import Value
from hmic_rules.rows import Membership

__all__ = ["OUT", "Standing", "counted_by", "shared_by", "standing", "tallied_by"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Standing: TypeAlias = int
OUT: Final = 6
YES_YES, YES_NO = 0, 1
STANDINGS: Final = {
    (YES, YES): YES_YES,
    (YES, NO): YES_NO,
    (YES, UNKNOWN): 2,
    (UNKNOWN, YES): 3,
    (UNKNOWN, NO): 4,
    (UNKNOWN, UNKNOWN): 5,
}
NOTHING: Final[Membership] = (0, 0, 0, 0, 0, 0)


def standing(member: Truth, holds: Truth) -> Standing:
    """How an item stands to a query: its place in a tally, or :data:`OUT`."""
    return OUT if member is NO else STANDINGS[member, holds]


def _settled_only(store: Store, items: Sequence[Diagram]) -> bool:
    """Whether of every item it is known in each case if it belongs and is as asked."""
    return all(found in (YES_YES, YES_NO, OUT) for item in items for found in store.leaves(item))


def tallied_by(store: Store, items: Sequence[Diagram], finish: Callable[[Membership], Value | Membership]) -> Diagram:
    """What becomes of the whole tally."""

    def step(state: Membership, found: Standing, place: int) -> Membership:
        if found == OUT:
            return state
        return (*state[:found], state[found] + 1, *state[found + 1 :])  # type: ignore[return-value]

    return store.fold(items, NOTHING, step, finish)


@frozen(eq=False)
class _Line:
    """A sum along the items, of which only the stretch between two cuts matters in the end.

    Attributes:
        adds: what an item adds that is as asked, and one that belongs and is not.
        cuts: where the answer changes; a sum belongs to the stretch above the cuts that it has reached.
        low: the least that the items from each place on can still add.
        high: the most.

    """

    adds: tuple[int, int]
    cuts: tuple[int, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    def stretch(self, total: int) -> int:
        return bisect_right(self.cuts, total)

    def after(self, total: int, place: int) -> Hashable:
        """The sum before an item; once no later item can move it to another stretch, that stretch."""
        lowest = self.stretch(total + self.low[place])
        return ("settled", lowest) if lowest == self.stretch(total + self.high[place]) else total


def _line(store: Store, items: Sequence[Diagram], adds: tuple[int, int], cuts: tuple[int, ...]) -> _Line:
    changes = [[0 if found == OUT else adds[found] for found in store.leaves(item)] for item in items]
    low = accumulate((min(one) for one in reversed(changes)), initial=0)
    high = accumulate((max(one) for one in reversed(changes)), initial=0)
    return _Line(adds, cuts, tuple(low)[::-1], tuple(high)[::-1])


def _walk(
    store: Store, items: Sequence[Diagram], line: _Line, answer: Callable[[int], Truth], if_none: Truth | None
) -> Diagram:
    """The answer for the stretch in which the sum ends; ``if_none``, where that is asked, if no item belongs."""
    sure = if_none is None or any(OUT not in store.leaves(item) for item in items)

    def step(state: Hashable, found: Standing, place: int) -> Hashable:
        if isinstance(state, tuple):
            return state
        if found == OUT:
            return state if state is None else line.after(state, place + 1)  # type: ignore[arg-type]
        return line.after((state or 0) + line.adds[found], place + 1)  # type: ignore[operator]

    def finish(state: Hashable) -> Truth:
        if state is None:
            return UNKNOWN if if_none is None else if_none
        return answer(cast("tuple[str, int]", state)[1])  # after the last item every sum is settled

    return store.fold(items, line.after(0, 0) if sure else None, step, finish)


def counted_by(store: Store, items: Sequence[Diagram], check: Compare, bound: Fraction | int) -> Diagram | None:
    """Whether the number of items that belong and are as asked compares as the check says; ``None`` where some item's standing is unknown."""
    if not _settled_only(store, items):
        return None
    cuts, answers = _cuts(check.op, ceil(bound), floor(bound) + 1, whole=Fraction(bound).denominator == 1)
    line = _line(store, items, (1, 0), cuts)
    return _walk(store, items, line, _answering(answers, check.negated), None)


def shared_by(
    store: Store, items: Sequence[Diagram], check: Compare, bound: Fraction | int, if_none: Truth
) -> Diagram | None:
    """Whether the share compares as the check says, by whole numbers; ``None`` where some item's standing is unknown.

    A share of ``p/q`` is compared as ``q`` times the items as asked less ``p`` times those that belong, with nought.
    """
    if not _settled_only(store, items):
        return None
    part = Fraction(bound)
    cuts, answers = _cuts(check.op, 0, 1, whole=True)
    line = _line(store, items, (part.denominator - part.numerator, -part.numerator), cuts)
    return _walk(store, items, line, _answering(answers, check.negated), if_none)


def _cuts(op: Op, at: int, past: int, *, whole: bool) -> tuple[tuple[int, ...], tuple[Truth, ...]]:
    """Where along the whole numbers the answer changes, and the answer in each stretch.

    Args:
        op: the comparison.
        at: the first whole number that has reached the bound.
        past: the first that lies above it.
        whole: whether the bound itself is a whole number.

    """
    if op is Op.AT_LEAST:
        return (at,), (NO, YES)
    if op is Op.BELOW:
        return (at,), (YES, NO)
    if op is Op.ABOVE:
        return (past,), (NO, YES)
    if op is Op.AT_MOST:
        return (past,), (YES, NO)
    return ((at, past), (NO, YES, NO)) if whole else ((), (NO,))


def _answering(answers: tuple[Truth, ...], negated: bool) -> Callable[[int], Truth]:
    return lambda stretch: OPPOSITE[answers[stretch]] if negated else answers[stretch]
