"""Tables of Spark and the columns that a rule set wants of them: which gives what, and typed rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import define, field
from pyspark.sql import Column

from hmic_rules.backends.sql.schema import CASE_ID, Tables, tables_of
from hmic_rules.backends.sql.schema import Column as Wanted
from hmic_rules.batch.shapes import Field, Shape, shapes_of
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, capped, did_you_mean, quoted
from hmic_rules.programs import Program
from hmic_rules.spark.columns import Cell, accepts, parts_of
from hmic_rules.spark.sessions import STORAGES, DataFrame, SparkSession, types
from hmic_rules.spark.sessions import functions as f

__all__ = ["Frames", "column_called"]

BESIDE: Final = "__na"
IDS: Final = (types.StringType, types.ByteType, types.ShortType, types.IntegerType, types.LongType)


@define(eq=False)
class Frames:
    """Tables that somebody brought, fitted to a rule set by :meth:`fit`.

    Attributes:
        session: the session.
        program: the bound rule set.
        given: the tables by name: ``case``, or a collection.
        id: the column that names the case.
        shapes: the tables that the rule set takes.
        cells: by table, the cell of each field that a column gives.
        typed: by table, the rows as the SQL takes them, whether they are bad or not.
        notes: what no column gives.
        tables: what the SQL takes.
        per: into how many parts the numbers of a field are divided.

    """

    session: SparkSession
    program: Program
    given: Mapping[str, Any]
    id: str
    shapes: dict[str, Shape] = field(init=False)
    cells: dict[str, dict[str, Cell]] = field(factory=dict)
    typed: dict[str, DataFrame] = field(factory=dict)
    notes: list[str] = field(factory=list)
    tables: Tables = field(init=False)
    per: dict[tuple[str, str], int] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.shapes = shapes_of(self.program)

    # columns

    def fit(self) -> None:
        """Find the column of each field, and put the typed rows beside."""
        problems = [
            Diagnostic(quoted(name), "is no table of the rule set", did_you_mean(name, self.shapes))
            if name not in self.shapes
            else Diagnostic(quoted(name), f"is {type(frame).__name__}, and no data frame of Spark")
            for name, frame in self.given.items()
            if name not in self.shapes or not isinstance(frame, DataFrame)
        ]
        if not self.given:
            problems.append(Diagnostic("tables", "there is no table", "give the cases, or the rows of a collection"))
        if problems:
            raise InputError(problems)
        for key, shape in self.shapes.items():
            if key in self.given:
                problems += self.columns(key, shape, self.given[key])
            elif key != CASE:
                self.notes.append(f"no table for {quoted(key)}: it is unknown in every case")
        whole = (
            {isinstance(self.given[key].schema[self.id].dataType, types.StringType) for key in self.given}
            if not problems
            else {True}
        )
        if len(whole) > 1:
            problems.append(
                Diagnostic("tables", f"{quoted(self.id)} is a text in one table and a number in another", "cast one")
            )
        if problems:
            raise InputError(capped(problems))
        self.tables = tables_of(self.program, denominators=self.per)
        for key in self.given:
            self.typed[key] = self.typed_rows(key)

    def columns(self, key: str, shape: Shape, frame: DataFrame) -> Iterator[Diagnostic]:
        where, cells = f"the table {quoted(key)}", self.cells.setdefault(key, {})
        names = frame.schema.names
        lower = [one.casefold() for one in names]
        for twice in sorted({one for one in names if lower.count(one.casefold()) > 1}):
            yield Diagnostic(where, f"Spark takes {quoted(twice)} and another column for one", "rename one of the two")
        wanted = {f"parent {name}": one for name, one in shape.parents.items()}
        wanted |= {name: one for name, one in shape.fields.items() if name not in shape.framed}
        if shape.key is not None and shape.key.name not in wanted:
            wanted[shape.key.name] = shape.key
        if self.id not in names:
            yield Diagnostic(where, f"no column {quoted(self.id)} names the case", did_you_mean(self.id, names))
        elif not isinstance(frame.schema[self.id].dataType, IDS):
            yield Diagnostic(
                where,
                f"the column {quoted(self.id)} holds {frame.schema[self.id].dataType.simpleString()}",
                "store it as text or as whole numbers",
            )
        for name, one in wanted.items():
            if one.column not in names:
                if one.column in shape.needed:
                    yield Diagnostic(
                        where,
                        f"there is no column {quoted(one.column)}, and {shape.needed[one.column]}",
                        did_you_mean(one.column, names),
                    )
                else:
                    self.notes.append(f"{where}: no column for {quoted(one.column)}: it is unknown in every row")
                continue
            held = frame.schema[one.column].dataType
            if not accepts(one, held):
                yield Diagnostic(
                    where,
                    f"the column {quoted(one.column)} holds {held.simpleString()}, and what is wanted is {one.type.described}",
                    _cast_help(one, held),
                )
                continue
            beside = one.column + BESIDE if one.may_be_not_applicable else None
            marked = column_called(beside) if beside is not None and beside in names else None
            cells[name] = Cell(one, column_called(one.column), held, marked)
            if not name.startswith("parent "):
                self.per[key, one.name] = parts_of(one, held)
        if shape.collection is not None and shape.key is None and "row" not in names:
            yield Diagnostic(
                where, "its rows have no key, and there is no column `row`", "number the rows of each case"
            )

    def typed_rows(self, key: str) -> DataFrame:
        """The rows of a table as the SQL takes them, whether they are bad or not."""
        cells, parents = self.cells[key], iter(self.shapes[key].parents)
        columns = [column for column in self.tables.tables[key].columns if column.kind != "case"]
        values = [self.stored(key, column, cells, parents).cast(STORAGES[column.storage]) for column in columns]
        named = [value.alias(column.name) for value, column in zip(values, columns, strict=True)]
        frame: DataFrame = self.given[key]
        return frame.select(column_called(self.id).alias(CASE_ID), *named)

    def stored(self, key: str, column: Wanted, cells: Mapping[str, Cell], parents: Iterator[str]) -> Column:
        if column.kind == "given":
            return f.lit(column.field in self.given)
        name = f"parent {next(parents)}" if column.kind == "parent" else column.field
        if column.kind == "key" and name is None:
            return column_called(column.name)
        cell = cells.get(name or "")
        if cell is None:
            return f.lit(None)
        return cell.not_applicable if column.kind == "not applicable" else cell.value()


def column_called(name: str) -> Column:
    """A column by its name, whatever stands in that."""
    return f.col("`" + name.replace("`", "``") + "`")


def _cast_help(field: Field, held: types.DataType) -> str:
    if isinstance(held, types.FloatType | types.DoubleType):
        return "cast it to a decimal that holds what is meant: binary fractions are not exact"
    return "cast it first"
