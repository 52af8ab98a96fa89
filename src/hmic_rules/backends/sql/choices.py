"""Results out of a finite list: labels, truth values, texts that rules name. Each can be asked which of them are still possible.

A column of a table is asked directly; what rules give is a mask of bits, one for each result that is still possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, cast

from attrs import evolve, frozen

from hmic_rules.backends.sql.nodes import (
    FALSE,
    TRUE,
    Constant,
    Node,
    all_of,
    any_of,
    bits_and,
    bits_or,
    case,
    differs,
    equal,
    is_in,
    is_null,
    literal,
    opposite,
)
from hmic_rules.backends.sql.truths import YES, Two
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Known

__all__ = ["ANY_TEXT", "Asked", "Choice", "Listed", "Masked", "bits_of", "marked", "mask_of"]

Move: TypeAlias = Callable[[Node], Node]
Results: TypeAlias = frozenset[Known]
NOTHING: Final[Results] = frozenset()
ANY_TEXT: Final = "any text"  # stands beyond the markers in the mask of a text


def bits_of(members: tuple[Known, ...], results: Iterable[Known]) -> int:
    """The mask of these results: the members in order, then not applicable, then a gap."""
    places = {member: place for place, member in enumerate((*members, NOT_APPLICABLE, NO_RULE))}
    return sum(1 << places[result] for result in set(results))


@frozen
class Listed:
    """A column of a table, or of an item: one of ``members``, ``NULL`` where unknown.

    Attributes:
        column: the column.
        members: the labels or truth values; none for a text, which can be any.
        refused: where the fact surely is not applicable.
        absent: what ``NULL`` leaves possible; for a text nothing, which means any.

    """

    column: Node
    members: tuple[Known, ...]
    refused: Node
    absent: Results

    @property
    def anything(self) -> Node:
        """Where any text is possible."""
        unknown = not self.members and not self.absent - {NOT_APPLICABLE}
        return all_of(is_null(self.column), opposite(self.refused)) if unknown else FALSE

    @property
    def could(self) -> Results:
        extra = {NOT_APPLICABLE} if self.refused is not FALSE else set()
        left = self.absent if self.column.nullable else NOTHING
        return frozenset({*self.members, *extra, *left})

    def possible(self, results: Results) -> Node:
        """Whether one of these is still possible."""
        return self._among(results, where_null=bool(self.absent & results) or self._any_text(results))

    def only(self, results: Results) -> Node:
        """Whether nothing else is possible."""
        return self._among(results, where_null=bool(self.absent) and self.absent <= results and bool(self._finite))

    @property
    def _finite(self) -> bool:
        return bool(self.members) or bool(self.absent - {NOT_APPLICABLE})

    def _any_text(self, results: Results) -> bool:
        return not self._finite and bool(results - {NOT_APPLICABLE})

    def _among(self, results: Results, where_null: bool) -> Node:
        labels = sorted((one for one in results if one is not NOT_APPLICABLE and one is not NO_RULE), key=repr)
        found: Node
        if self.members and set(self.members) <= results:
            found = TRUE if where_null else opposite(is_null(self.column))
        elif len(labels) == 1 and isinstance(labels[0], bool):
            found = equal(self.column, TRUE, where_null) if labels[0] else equal(self.column, FALSE, where_null)
        else:
            found = is_in(self.column, cast("list[Constant]", labels), where_null)
        return case([(self.refused, TRUE if NOT_APPLICABLE in results else FALSE)], found)

    @property
    def mask(self) -> Node:
        """The results still possible, as bits."""
        pairs = [(self.refused, literal(bits_of(self.members, [NOT_APPLICABLE])))]
        pairs += [
            (equal(self.column, literal(cast("Constant", member))), literal(bits_of(self.members, [member])))
            for member in self.members
        ]
        if not self.column.nullable:
            return case(pairs[:-1], pairs[-1][1])
        return case(pairs, literal(bits_of(self.members, self.absent)))

    def moved(self, move: Move) -> Listed:
        return evolve(self, column=move(self.column), refused=move(self.refused))


@frozen
class Masked:
    """Bits for the results still possible: the members in order, not applicable, a gap, and for texts any text.

    ``could`` are those that are ever possible; ``single`` says that it is always exactly one.
    """

    mask: Node
    members: tuple[Known, ...]
    could: Results
    single: bool
    anything: Node = FALSE

    def possible(self, results: Results) -> Node:
        asked = self.could & results
        if asked == self.could and self.anything is FALSE:
            return TRUE
        return any_of(differs(bits_and(self.mask, literal(bits_of(self.members, asked))), literal(0)), self.anything)

    def only(self, results: Results) -> Node:
        if self.single:
            return self.possible(results)
        left = literal(bits_of(self.members, self.could - results))
        return all_of(equal(bits_and(self.mask, left), literal(0)), opposite(self.anything))

    def moved(self, move: Move) -> Masked:
        return evolve(self, mask=move(self.mask), anything=move(self.anything))


@frozen
class Asked:
    """Whether a condition holds, where it applies."""

    truth: Two
    applies: Two = YES
    members: tuple[Known, ...] = (False, True)
    anything: Node = FALSE

    @property
    def could(self) -> Results:
        found = {result for result in (*self.members, NOT_APPLICABLE) if self._possible(result) is not FALSE}
        return frozenset(found)

    def _possible(self, result: Known) -> Node:
        if result is True:
            return all_of(self.applies.possibly, self.truth.possibly)
        if result is False:
            return all_of(self.applies.possibly, opposite(self.truth.surely))
        return opposite(self.applies.surely) if result is NOT_APPLICABLE else FALSE

    def possible(self, results: Results) -> Node:
        if self.could <= results:
            return TRUE
        return any_of(*(self._possible(result) for result in sorted(results, key=repr)))

    def only(self, results: Results) -> Node:
        return all_of(*(opposite(self._possible(result)) for result in sorted(self.could - results, key=repr)))

    @property
    def mask(self) -> Node:
        surely_no, surely_yes, open_ = literal(1), literal(2), literal(3)
        found = case([(self.truth.surely, surely_yes), (self.truth.possibly, open_)], surely_no)
        if self.truth.settled:
            found = case([(self.truth.surely, surely_yes)], surely_no)
        return marked(found, self.applies)

    def moved(self, move: Move) -> Asked:
        return evolve(self, truth=self.truth.moved(move), applies=self.applies.moved(move))


Choice: TypeAlias = Listed | Masked | Asked


def marked(mask: Node, applies: Two, members: tuple[Known, ...] = (False, True)) -> Node:
    """A mask where the value applies; not applicable where it does not; both where that is unknown."""
    not_applicable = literal(bits_of(members, [NOT_APPLICABLE]))
    if applies.settled:
        return case([(applies.surely, mask)], not_applicable)
    return case([(applies.surely, mask), (applies.possibly, bits_or(mask, not_applicable))], not_applicable)


def mask_of(choice: Choice) -> Node:
    return choice.mask
