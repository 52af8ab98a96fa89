"""Which tables a rule set takes under one framework: one of the cases, one of each collection, and what their columns are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from attrs import field, frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, ScalarType
from hmic_rules.evaluation import KEY
from hmic_rules.programs import Program
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Input

__all__ = ["ITEM", "Field", "Shape", "shapes_of"]

ITEM: Final = "name"  # what the items of a fixed collection are told apart by


@frozen
class Field:
    """One thing that a table gives of each row.

    Attributes:
        name: the name of the field, or of the judged value.
        column: what a table calls it.
        type: what may stand in it.
        may_be_not_applicable: whether *not applicable* may.
        closed: whether its absence has a meaning of its own.

    """

    name: str
    column: str
    type: ScalarType
    may_be_not_applicable: bool = False
    closed: bool = False


@frozen(eq=False)
class Shape:
    """One table that a rule set takes.

    Attributes:
        name: ``case``, or the name of the collection.
        collection: the collection, ``None`` for the cases.
        parents: the columns that name the items around a row, outermost first, by collection.
        key: what tells the items of one collection apart; ``None`` where nothing does.
        fields: everything else, with the key among it where it is a field.
        items: the items that there are, where the rule set or the framework lists them.
        framed: the fields that the framework gives.
        needed: the columns without which no row can be read, with the reason.

    """

    name: str
    collection: Collection | None
    parents: Mapping[str, Field] = field(factory=dict)
    key: Field | None = None
    fields: Mapping[str, Field] = field(factory=dict)
    items: tuple[str, ...] | None = None
    framed: frozenset[str] = frozenset()
    needed: Mapping[str, str] = field(factory=dict)

    @property
    def columns(self) -> Iterator[Field]:
        """Every column that the table can have beside that of the case, the parents' first."""
        yield from self.parents.values()
        if self.key is not None and self.key.name not in self.fields:
            yield self.key
        yield from self.fields.values()

    @property
    def open(self) -> tuple[Field, ...]:
        """The fields that are left to give of an item that is named already."""
        return tuple(one for name, one in self.fields.items() if self.key is None or name != self.key.name)


def shapes_of(program: Program) -> dict[str, Shape]:
    """The tables that a bound rule set takes, by name: that of the cases first, outer collections before inner ones."""
    ruleset = program.ruleset
    given = {name: _field(one) for name, one in ruleset.inputs.items()}
    found = {CASE: Shape(CASE, None, fields={**given, **_judged(program, CASE)})}
    pending = [one for one in ruleset.collections.values() if one.parent is None]
    while pending:
        one = pending.pop(0)
        shape = _shape(program, one, found)
        if shape.items is None or shape.open or one.inner:  # else a framework says all there is to say
            found[one.name] = shape
        pending.extend(one.inner.values())
    return found


def _field(given: Input) -> Field:
    return Field(given.name, given.column or given.name, given.type, given.may_be_not_applicable, given.closed)


def _judged(program: Program, scope: str) -> dict[str, Field]:
    """The values on a scope that persons give."""
    return {
        value.name: Field(value.name, value.name, value.type, closed=True)
        for value in program.ruleset.values.values()
        if value.scope == scope and isinstance(value.body, Judged)
    }


def _shape(program: Program, one: Collection, found: Mapping[str, Shape]) -> Shape:
    fixed = program.compiler.fixed
    framed = fixed.fields if fixed is not None and fixed.collection == one.name else frozenset()
    key_name = ITEM if one.items is not None else one.key
    fields = {name: _field(given) for name, given in one.fields.items() if name not in framed or name == key_name}
    fields |= _judged(program, one.name)
    items: tuple[str, ...] | None = one.items
    if framed and fixed is not None:
        items = tuple(str(row[KEY]) for row in fixed.rows)
    key: Field | None = None
    if one.items is not None:
        key = Field(ITEM, ITEM, LabelType(one.items))
    elif one.key is not None:
        key = fields[one.key]
    taken = {field.column for field in fields.values()} | ({ITEM} if one.items is not None else set())
    parents: dict[str, Field] = {}
    if one.parent is not None:
        outer = found[one.parent]
        parents |= {name: _apart(name, field, taken) for name, field in outer.parents.items()}
        if outer.key is not None:
            parents[one.parent] = _apart(one.parent, outer.key, taken)
    needed = {field.column: f"it says to which of {name} a row belongs" for name, field in parents.items()}
    if key is not None:
        needed[key.column] = "it is the key of each row" if one.items is None else "it names the item of each row"
    for group in program.ruleset.groups.values():
        if group.source == one.name:
            needed |= {
                fields[name].column: needed.get(fields[name].column, "rows are grouped by it")
                for name in group.by
                if name in fields
            }
    return Shape(one.name, one, parents, key, fields, items, framed - {cast("str", key_name)}, needed)


def _apart(collection: str, key: Field, taken: set[str]) -> Field:
    """The column of an outer item's key, told apart from the columns of the row itself."""
    column = key.column if key.column not in taken else f"{collection}.{key.column}"
    taken.add(column)
    return Field(key.name, column, key.type)
