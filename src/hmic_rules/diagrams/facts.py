"""The rows of a case with its facts as variables: which come first, which stay as they are, and what stands for their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from attrs import field, frozen

from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.diagrams.conditions import LiftedRow
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.diagrams.uses import Uses, cells_for
from hmic_rules.diagrams.variables import Address, Order
from hmic_rules.possible import (
    NOT_APPLICABLE,
    Known,
    is_known,
    members,
)
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import Collection, Input, collections_on
from hmic_rules.shapes import shape_of

__all__ = ["Facts", "with_own"]

ROOT: Final[Address] = ()


@frozen(eq=False)
class Facts:
    """Makes rows of diagrams from the rows of a case.

    Attributes:
        program: the rule set, bound.
        case: the row of the case.
        uses: what rules do with each name.
        order: where the variables go.
        known_fixed: whether what is known stays as it is; where it does not, it is a variable too.
        judgements_given: whether every judgement that is a variable was given, and so stands.
        lifted: the rows of diagrams of collections and groups, by the identity of the rows that they stand for.
        judged: the rows of diagrams, by identity, and the values for which a person gave a judgement.

    """

    program: Program
    case: Row
    uses: Uses
    order: Order
    known_fixed: bool
    judgements_given: bool = False
    lifted: dict[int, LiftedRow] = field(factory=dict)
    judged: set[tuple[int, str]] = field(factory=set)

    @property
    def store(self) -> Store:
        return self.order.store

    def rows(self) -> LiftedRow:
        """The row of the case, with the rows of its collections: those first, since the facts of the case are asked last."""
        ruleset, case = self.program.ruleset, self.case
        slots = self.program.layout.slots[CASE]
        found: LiftedRow = [None] * len(case)
        found[KEY] = case[KEY]
        outer = collections_on(ruleset, CASE).values()
        for collection in sorted(outer, key=lambda one: any(g.source == one.name for g in ruleset.groups.values())):
            found[slots[collection.name]] = self.collection(collection, CASE, case, ROOT)
        self.facts(CASE, ruleset.inputs, case, found, None, ROOT)
        return found

    def collection(self, collection: Collection, outer: str, row: Row, address: Address) -> list[LiftedRow] | None:
        rows = cast("list[Row] | None", row[self.program.layout.slots[outer][collection.name]])
        if rows is None:
            return None
        found: LiftedRow = [None] * len(rows)
        order = self.grouped_order(collection.name, rows)
        for place in order:
            found[place] = self.row(collection, rows[place], (*address, (collection.name, place)))
        return found

    def grouped_order(self, name: str, rows: list[Row]) -> list[int]:
        """The rows of one group beside one another, and those of which a framework says the same: asked together they need fewer states."""
        places = {id(row): place for place, row in enumerate(rows)}
        for group in self.program.ruleset.groups.values():
            if group.source == name and group.name in self.program.layout.slots[CASE]:
                groups = cast("list[Row] | None", self.case[self.program.layout.slots[CASE][group.name]])
                slot = self.program.layout.slots[group.name][name]
                listed = [one for row in groups or () for one in cast("list[Row] | None", row[slot]) or ()]
                if len(listed) == len(rows):
                    return [places[id(one)] for one in listed]
        fixed = self.program.compiler.fixed
        if fixed is None or fixed.collection != name:
            return list(range(len(rows)))
        slots, key = self.program.layout.slots[name], self.program.ruleset.collections[name].key
        same = [slots[one] for one in sorted(fixed.fields) if one != key]
        return sorted(range(len(rows)), key=lambda place: [shown(rows[place][slot]) for slot in same])

    def row(self, collection: Collection, row: Row, address: Address) -> LiftedRow:
        found: LiftedRow = [None] * len(row)
        found[KEY] = row[KEY]
        self.lifted[id(row)] = found
        self.facts(collection.name, collection.fields, row, found, shown(row[KEY]), address)
        slots = self.program.layout.slots[collection.name]
        if collection.items is not None:
            found[slots["name"]] = self.store.leaf(row[KEY])
        for inner in collection.inner.values():
            found[slots[inner.name]] = self.collection(inner, collection.name, row, address)
        return found

    def facts(
        self, scope: str, inputs: Mapping[str, Input], row: Row, found: LiftedRow, item: str | None, address: Address
    ) -> None:
        """A diagram for each fact and each judgement of a row."""
        shape = shape_of(self.program, scope)
        fixed = self.program.compiler.fixed
        settled = fixed.fields if fixed is not None and fixed.collection == scope else frozenset[str]()
        collection = self.program.ruleset.collections.get(scope)
        key = None if collection is None else collection.key
        grouped = {name for one in self.program.ruleset.groups.values() if one.source == scope for name in one.by}
        for slot in shape.slots:
            value = row[slot.slot]
            cells: tuple[Known, ...] | None = None
            stays = slot.name in settled or slot.name == key or slot.name in grouped
            if not stays and not (self.known_fixed and is_known(value)):
                cells = cells_for(self.uses, scope, slot.name, slot.type)
            if cells is not None and slot.may_be_not_applicable:
                cells = (*cells, NOT_APPLICABLE)
            if cells is None or len(cells) < 2:
                found[slot.slot] = self.store.leaf(cells[0] if cells and not is_known(value) else value)
                continue
            place = None
            if is_known(value):
                cells, place = with_own(cells, cast("Known", value), self.uses.constants.get((scope, slot.name), ()))
            variable = self.order.add(
                "fact",
                slot.name,
                scope,
                item,
                cells,
                given=place,
                address=address,
                slot=slot.slot,
                better=inputs[slot.name].better,
            )
            found[slot.slot] = self.store.choice(variable.level, cells)
        for slot in shape.judged:
            given = row[slot.slot]
            if given is not None or (self.judgements_given and members(slot.type.whole) is not None):
                self.judged.add((id(found), slot.name))
            all_of = members(slot.type.whole)
            if all_of is None or (self.known_fixed and given is not None):
                found[slot.slot] = self.store.leaf(slot.type.whole if given is None else given)
                continue
            cells = cells_of(slot.type, ())
            place = None if given is None else cells.index(cast("Known", given))
            variable = self.order.add(
                "judgement", slot.name, scope, item, cells, given=place, address=address, slot=slot.slot
            )
            found[slot.slot] = self.store.choice(variable.level, cells)

    def settings(self) -> dict[str, Diagram]:
        """A diagram for each parameter: what it is set to, or a variable where it is not set."""
        found: dict[str, Diagram] = {}
        for name, value in self.program.compiler.settings.constants.items():
            type = self.program.ruleset.parameters[name].type
            if is_known(value) or members(value) is None:
                found[name] = self.store.leaf(value)
                continue
            cells = cells_of(cast("Any", type), ())
            variable = self.order.add("setting", name, CASE, None, cells)
            found[name] = self.store.choice(variable.level, cells)
        return found


def with_own(cells: tuple[Known, ...], value: Known, constants: Iterable[Known]) -> tuple[tuple[Known, ...], int]:
    """The cells, with the one that stands for this value replaced by the value itself, and its place."""
    for place, cell in enumerate(cells):
        if cell == value and type(cell) is type(value):
            return cells, place
    if value is NOT_APPLICABLE:
        return (*cells, value), len(cells)
    line = cast("Any", constants)
    for place, cell in enumerate(cells):
        if cell is NOT_APPLICABLE or cell in line:
            continue
        if isinstance(value, str) or not any(min(cell, value) <= one <= max(cell, value) for one in line):  # type: ignore[type-var]
            return (*cells[:place], value, *cells[place + 1 :]), place
    raise AssertionError(value)
