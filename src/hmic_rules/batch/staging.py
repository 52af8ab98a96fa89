"""From raw cells to the tables that the SQL of a rule set takes: each column of its type, each row with its case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import evolve, frozen

from hmic_rules.backends.sql.schema import Column, Tables, may_be_wide, tables_of
from hmic_rules.batch.cells import Cell, accepts
from hmic_rules.batch.denominators import denominators, is_divided
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.fitting import Fitted, Fitting, Slot
from hmic_rules.batch.quoting import literal, name
from hmic_rules.batch.shapes import Shape
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, capped, quoted
from hmic_rules.programs import Program

__all__ = ["ONE_CASE", "Planned", "Staged", "staged", "write_typed"]

ONE_CASE: Final = "case"  # what the case is called where no column names one
ID_KINDS: Final = ("text", "integer", "nothing")


@frozen(eq=False)
class Planned:
    """One typed column: what the SQL wants there, and the cell that gives it, ``None`` where nothing does.

    ``collection`` is set for what an item has of a collection whose items are columns of the cases, and that the SQL takes as a table.
    """

    column: Column
    name: str
    slot: Slot | None
    cell: Cell | None
    collection: str | None = None

    @property
    def value(self) -> str:
        """What stands in it, in SQL over a raw row ``r``."""
        if self.cell is None:
            found = "r.n" if self.column.kind == "key" else "NULL"
        else:
            found = self.cell.not_applicable if self.column.kind == "not applicable" else self.cell.value()
        return f"CAST({found} AS {self.column.storage})"


@frozen(eq=False)
class Staged:
    """Every table with the cells of its columns.

    Attributes:
        engine: the database.
        program: the bound rule set.
        shapes: the tables that the rule set takes.
        fitting: which source gives which.
        tables: the tables that the SQL takes.
        denominators: into how many parts the numbers of a field are divided.
        cells: by table, the cell of each slot that a column gives.
        columns: by table, its typed columns.
        whole_ids: whether cases are told apart by whole numbers, and not by texts.

    """

    engine: Engine
    program: Program
    shapes: Mapping[str, Shape]
    fitting: Fitting
    tables: Tables
    denominators: Mapping[tuple[str, str], int]
    cells: Mapping[str, Mapping[Slot, Cell]]
    columns: Mapping[str, tuple[Planned, ...]]
    whole_ids: bool

    def id_of(self, one: Fitted) -> str:
        """What names the case of a raw row ``r``, in SQL."""
        if one.id is None:
            return literal(ONE_CASE)
        return f"CAST({one.cell(one.id)} AS {self.id_type})"

    @property
    def id_type(self) -> str:
        return "BIGINT" if self.whole_ids else "VARCHAR"


def staged(
    engine: Engine, program: Program, shapes: Mapping[str, Shape], fitting: Fitting, outcomes: Iterable[str] = ()
) -> Staged:
    """How every column is read, where these outcomes are computed.

    Raises:
        InputError: a column holds what its field can never be, or numbers that cannot be held; every such column.

    """
    _kinds_fit(fitting)
    cells = {
        key: {slot: _cell(one, slot, place) for slot, place in one.places.items()}
        for key, one in fitting.tables.items()
    }
    divided = [
        (
            (_scope(key, slot), slot.name if slot.kind != "parent" else slot.field.name),
            one.source.label,
            one.source.relation,
            cells[key][slot],
        )
        for key, one in fitting.tables.items()
        for slot in one.places
        if is_divided(cells[key][slot])
    ]
    per = denominators(engine, divided)
    cells = {
        key: {
            slot: evolve(cell, per=per[_scope(key, slot), slot.field.name]) if is_divided(cell) else cell
            for slot, cell in found.items()
        }
        for key, found in cells.items()
    }
    asked = {program.ruleset.values[one].scope for one in outcomes}
    wide = {one for one in fitting.wide - asked if may_be_wide(program, one) is None and _told_apart(shapes[one])}
    tables = tables_of(program, wide=wide, denominators=per)
    columns = {key: tuple(_planned(key, tables, shapes, fitting, cells[key])) for key in fitting.tables}
    whole = all(
        one.id is None or one.source.kind_of(one.id) in ("integer", "nothing") for one in fitting.tables.values()
    )
    named = any(one.id is not None for one in fitting.tables.values())
    return Staged(engine, program, shapes, fitting, tables, per, cells, columns, whole and named)


def _scope(key: str, slot: Slot) -> str:
    return slot.name if slot.kind == "parent" else slot.collection or key


def _told_apart(shape: Shape) -> bool:
    """Whether the items differ in more than capitals, which names of columns do not."""
    items = shape.items or ()
    return len({item.casefold() for item in items}) == len(items)


def _kinds_fit(fitting: Fitting) -> None:
    problems: list[Diagnostic] = []
    for one in fitting.tables.values():
        for slot, place in one.places.items():
            if not accepts(slot.field.type, one.source.kind_of(place)):
                column, held = one.source.columns[place], one.source.types[place]
                problem = f"the column {quoted(column)} holds {held}, and what is wanted is {slot.field.type.described}"
                problems.append(Diagnostic(one.source.label, problem, _kind_help(one.source.kind_of(place)), "table"))
        if one.id is not None and one.source.kind_of(one.id) not in ID_KINDS:
            problem = (
                f"the column {quoted(one.source.columns[one.id])} holds {one.source.types[one.id]}, and it names cases"
            )
            problems.append(Diagnostic(one.source.label, problem, "store it as text or as whole numbers", "table"))
    if problems:
        raise InputError(capped(problems))


def _kind_help(kind: str) -> str:
    if kind == "timestamp":
        return "store it as a date"
    return "store it as that, or as text written as in a case"


def _cell(one: Fitted, slot: Slot, place: int) -> Cell:
    source, raw = one.source, one.cell(place)
    kind = source.kind_of(place)
    if kind == "text" and source.types[place] != "VARCHAR":
        raw = f"CAST({raw} AS VARCHAR)"
    nested = f"list_contains(r.nested, {place})" if source.kind == "lines" else None
    field = slot.field
    return Cell(raw, kind, field.type, field.may_be_not_applicable, from_csv=source.kind == "csv", nested=nested)


def _planned(
    key: str, tables: Tables, shapes: Mapping[str, Shape], fitting: Fitting, cells: Mapping[Slot, Cell]
) -> Iterator[Planned]:
    """The typed columns of a table, with the cells that give them."""
    slots = {(slot.kind, slot.collection, slot.item, slot.name): slot for slot in cells}
    parents = iter(shapes[key].parents)
    wide = {(slot.item, slot.name): slot for slot in cells if slot.collection in tables.wide}
    for column in tables.tables[key].columns:
        if column.kind in ("case", "given"):
            continue
        if column.kind == "parent":
            slot = slots.get(("parent", None, None, next(parents)))
        elif column.item is not None:
            slot = wide.get((column.item, column.field or ""))
        else:
            slot = slots.get(("key" if column.kind == "key" else "field", None, None, column.field or ""))
        yield Planned(column, column.name, slot, None if slot is None else cells[slot])
    if key != CASE:
        return
    for collection in sorted(fitting.wide - tables.wide):
        for item in shapes[collection].items or ():
            for column in tables.tables[collection].columns:
                if column.kind in ("field", "judged", "not applicable"):
                    slot = slots.get(("wide", collection, item, column.field or ""))
                    found = f"{collection}/{item}/{column.name}"
                    yield Planned(column, found, slot, None if slot is None else cells[slot], collection)


def write_typed(staged: Staged) -> None:
    """Put the typed rows of each table beside the raw ones, in ``typed``: the row's number, what names its case, and every column."""
    staged.engine.run("CREATE SCHEMA typed")
    for key, one in staged.fitting.tables.items():
        kind = "VIEW" if one.source.kind == "parquet" else "TABLE"
        columns = "".join(f", {planned.value} AS {name(planned.name)}" for planned in staged.columns[key])
        what = f"SELECT r.n AS _n, {staged.id_of(one)} AS _id{columns} FROM {one.source.relation} AS r"
        staged.engine.run(f"CREATE {kind} typed.{name(key)} AS {what}", "reading")
