"""A universe: the rows of a case whose facts are variables, and every value of a rule set as a diagram over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.diagrams.conditions import Lifted, LiftedRow
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.diagrams.values import CONFLICT
from hmic_rules.diagrams.variables import Order, Variable
from hmic_rules.outcomes import key_of
from hmic_rules.possible import (
    AnyText,
    Between,
)
from hmic_rules.programs import Program
from hmic_rules.rows import Row

__all__ = ["Item", "Universe", "item_of", "lifted_frames"]

Item: TypeAlias = tuple[str, str | None]


@frozen(eq=False)
class Universe:
    """Every value of a rule set as a diagram over the facts of one case.

    Attributes:
        program: the rule set, bound.
        case: the row of the case, as it was decided.
        order: the variables, and where the diagrams live.
        lifted: what puts conditions to the rows.
        rows: the row of the case, of diagrams.
        results: the diagrams of values, by name and by the key of their item, gaps as they are.
        conflicts: whether deciding the case would be an error.

    """

    program: Program
    case: Row
    order: Order
    lifted: Lifted
    rows: LiftedRow
    results: Mapping[Item, Diagram]
    conflicts: Diagram

    @property
    def store(self) -> Store:
        return self.order.store

    @property
    def variables(self) -> list[Variable]:
        return self.order.variables

    def inexact(self, *diagrams: Diagram) -> tuple[str, ...]:
        """Why what these diagrams say may hold too much; nothing where it is exact."""
        reasons = [self.variables[level].why for level in self.store.support(*diagrams)]
        loose = any(isinstance(result, Between | AnyText) for one in diagrams for result in self.store.leaves(one))
        open_ = "a number is computed from more than is told apart" if loose else None
        return tuple(dict.fromkeys(why for why in (*reasons, open_) if why is not None))

    def diagram(self, name: str, item: str | None = None) -> Diagram:
        """The diagram of a value; :data:`CONFLICT` where the case as a whole has no decision."""
        found = self.results[name, item]
        store = self.store
        if store.is_leaf(self.conflicts):
            return store.leaf(CONFLICT) if store.results[self.conflicts] else found
        return store.apply(lambda clash, result: CONFLICT if clash else result, self.conflicts, found)

    def case_with_facts(self, chosen: Mapping[Variable, int]) -> Row:
        """A copy of the case with facts and judgements set to some of their cells."""
        found, layout = self.program.copied(self.case, CASE), self.program.layout
        for variable, cell in chosen.items():
            row, scope = found, CASE
            for collection, place in variable.address:
                row = cast("list[Row]", row[layout.slots[scope][collection]])[place]
                scope = collection
            row[variable.slot] = variable.cells[cell]
        return found


def item_of(frames: Sequence[LiftedRow]) -> str | None:
    """The key of the item that frames end in, ``None`` for the case."""
    return None if len(frames) == 1 else key_of(cast("Any", frames))


def lifted_frames(program: Program, case: LiftedRow, scope: str) -> Iterator[list[LiftedRow]]:
    """The frames of every row of a scope."""
    if scope == CASE:
        yield [case]
        return
    outer = program.chains[scope][-2]
    for frames in lifted_frames(program, case, outer):
        for row in frames[-1][program.layout.slots[outer][scope]] or ():
            yield [*frames, row]
