"""Truth in two columns: whether something surely holds, and whether it possibly does. No < unknown < yes, as in the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from attrs import frozen

from hmic_rules.backends.sql.nodes import FALSE, TRUE, Node, all_of, any_of, case, opposite
from hmic_rules.conditions import Truth

__all__ = ["NO", "UNKNOWN", "YES", "Two", "agreed", "both", "constant", "either", "if_", "sure"]


@frozen
class Two:
    """Surely and possibly; the first implies the second. Where both are one node, nothing is ever unknown."""

    surely: Node
    possibly: Node

    @property
    def settled(self) -> bool:
        """Whether it is never unknown."""
        return self.surely is self.possibly

    def __invert__(self) -> Two:
        surely = opposite(self.possibly)
        return Two(surely, surely if self.settled else opposite(self.surely))

    def moved(self, move: Callable[[Node], Node]) -> Two:
        surely = move(self.surely)
        return Two(surely, surely if self.settled else move(self.possibly))


YES: Final = Two(TRUE, TRUE)
NO: Final = Two(FALSE, FALSE)
UNKNOWN: Final = Two(FALSE, TRUE)


def constant(truth: Truth) -> Two:
    return {Truth.NO: NO, Truth.UNKNOWN: UNKNOWN, Truth.YES: YES}[truth]


def sure(node: Node) -> Two:
    """What is never unknown."""
    return Two(node, node)


def both(parts: Iterable[Two]) -> Two:
    """The least."""
    found = list(parts)
    surely = all_of(*(part.surely for part in found))
    return Two(surely, surely if all(part.settled for part in found) else all_of(*(part.possibly for part in found)))


def either(parts: Iterable[Two]) -> Two:
    """The greatest."""
    found = list(parts)
    surely = any_of(*(part.surely for part in found))
    return Two(surely, surely if all(part.settled for part in found) else any_of(*(part.possibly for part in found)))


def if_(condition: Node, then: Two, otherwise: Two) -> Two:
    """One truth where a condition holds, else another."""
    surely = case([(condition, then.surely)], otherwise.surely)
    if then.settled and otherwise.settled:
        return Two(surely, surely)
    return Two(surely, case([(condition, then.possibly)], otherwise.possibly))


def agreed(parts: Iterable[tuple[Node, Two]]) -> Two:
    """What all truths share whose condition holds, and unknown where they differ; one of the conditions holds always."""
    found = list(parts)
    surely = all_of(*(any_of(opposite(condition), truth.surely) for condition, truth in found))
    return Two(surely, any_of(*(all_of(condition, truth.possibly) for condition, truth in found)))
