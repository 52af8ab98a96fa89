"""Tables of Spark held to a rule set: which columns they have, every bad row, and the tables that the SQL takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from attrs import define, frozen
from pyspark.sql import Column

from hmic_rules.backends.sql.schema import CASE_ID, Tables
from hmic_rules.batch.checking import Problem
from hmic_rules.conditions import CASE
from hmic_rules.errors import Diagnostic, InputError, capped, quoted
from hmic_rules.programs import Program
from hmic_rules.spark.fitting import Frames, column_called
from hmic_rules.spark.sessions import STORAGES, DataFrame, SparkSession, types
from hmic_rules.spark.sessions import functions as f

__all__ = ["Read", "read"]


@frozen(eq=False)
class Read:
    """Tables that have been checked.

    Attributes:
        tables: what the SQL takes.
        frames: its tables, filled, without the cases that are set aside.
        denominators: into how many parts the numbers of a field are divided.
        known: the fields that every row of its table gives.
        complete: the collections of known items of which every case has every item.
        rows: how many rows each table has that was brought.
        cases: how many cases there are; ``aside`` of them are set aside.
        aside: how many cases are set aside.
        bad: their names, and why, where any are.
        problems: what is wrong with them.
        notes: what no column gives.

    """

    tables: Tables
    frames: dict[str, DataFrame]
    denominators: dict[tuple[str, str], int]
    known: frozenset[tuple[str, str]]
    complete: frozenset[str]
    rows: dict[str, int]
    cases: int
    aside: int
    bad: DataFrame | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@frozen(eq=False)
class Fault:
    """Rows that are refused: a frame of their cases (``NULL`` where a row names none), with what stands there."""

    table: str
    column: str | None
    says: str
    help: str | None
    found: DataFrame


def read(session: SparkSession, program: Program, given: Mapping[str, Any], id: str, *, aside: bool) -> Read:
    """Check tables and fill those that the SQL takes.

    Args:
        session: the session.
        program: the bound rule set.
        given: the tables by name: ``case``, or a collection.
        id: the column that names the case, in every table.
        aside: whether cases with bad rows are set aside, and not an error.

    Raises:
        InputError: a table or a column does not fit, or rows are bad and not set aside; every such thing.

    """
    reader = _Reader(session, program, given, id)
    reader.fit()
    return reader.checked(aside=aside)


@define(eq=False)
class _Reader(Frames):
    """Tables, held to the rule set row by row."""

    # rows

    def checked(self, *, aside: bool) -> Read:
        """Look at every row once, then at rows beside each other."""
        problems: list[Problem] = []
        bad: list[DataFrame] = []
        rows: dict[str, int] = {}
        for key in self.given:
            rows[key], found, some = self.looked_at(key)
            problems += found
            bad += some
        for fault in self.beside():
            cases = fault.found.withColumn("why", f.lit(f"{fault.table}: {fault.says}"))
            row = cases.agg(f.count(f.lit(1)), f.min("example")).collect()[0]
            if row[0]:
                problems.append(_problem(fault, row[1], row[0]))
                bad.append(cases.select(CASE_ID, "why"))
        nameless = [one for one in problems if one.column == self.id and one.example is None]
        if problems and (nameless or not aside):
            raise InputError(capped([_diagnostic(one) for one in problems]))
        every = self.ids()
        number = every.count()
        wrong = reduce(DataFrame.unionByName, bad).distinct() if bad else None
        frames = {key: self.filled(key, every, wrong) for key in self.tables.tables}
        left = frames[CASE].count() if wrong is not None else number
        known, complete = self.seen(frames, left)
        named = {table.name: frames[key] for key, table in self.tables.tables.items()}
        return Read(
            self.tables,
            named,
            self.per,
            known,
            complete,
            rows,
            number,
            number - left,
            wrong,
            tuple(problems),
            tuple(self.notes),
        )

    def looked_at(self, key: str) -> tuple[int, list[Problem], list[DataFrame]]:
        """How many rows a table has, and what single cells of it are refused."""
        faults = list(self.cell_faults(key))
        frame: DataFrame = self.given[key]
        asked = [f.count(f.lit(1))]
        for when, _, text, _, _ in faults:
            asked += [f.count_if(when), f.min(f.when(when, text))]
        row = frame.agg(*asked).collect()[0]
        problems, bad = [], []
        for number, (when, column, _, says, help) in enumerate(faults):
            count, example = row[1 + 2 * number], row[2 + 2 * number]
            if count:
                fault = Fault(key, column, says, help, frame)
                problems.append(_problem(fault, example, count))
                why = f.lit(f"{key}: {quoted(column)} {says}").alias("why")
                bad.append(frame.where(when).select(column_called(self.id).alias(CASE_ID), why))
        return row[0], problems, bad

    def cell_faults(self, key: str) -> Iterator[tuple[Column, str, Column, str, str | None]]:
        """Each check of single cells: the condition, the column, the cell as a text, what is said, what to do."""
        shape, nothing = self.shapes[key], f.lit(None).cast("string")
        says = "the case has no name" if key == CASE else "there is no telling which case the row is of"
        yield column_called(self.id).isNull(), self.id, nothing, says, None
        for name, cell in self.cells[key].items():
            column = cell.field.column
            for when, says, help in cell.faults():
                yield when, column, cell.text, says, help
            parent = self.shapes.get(name.removeprefix("parent ")) if name.startswith("parent ") else None
            is_key = shape.key is not None and name == shape.key.name
            if parent is not None or is_key:
                yield (
                    cell.raw.isNull() | cell.not_applicable,
                    column,
                    nothing,
                    "is empty, and names the item",
                    "every item needs its key",
                )
            elif column in shape.needed and not cell.field.closed:
                yield cell.raw.isNull(), column, nothing, f"is empty, and {shape.needed[column]}", None
            items = parent.items if parent is not None else shape.items if is_key else None
            if items is not None:
                yield (
                    f.coalesce(~cell.raw.isin(list(items)), f.lit(False)),
                    column,
                    cell.text,
                    "is not in the framework",
                    None,
                )
        if shape.collection is not None and shape.key is None:
            yield column_called("row").isNull(), "row", nothing, "is empty, and numbers the rows of the case", None

    def ids(self) -> DataFrame:
        """Every case once."""
        if CASE in self.given:
            return self.typed[CASE].select(CASE_ID).where(f"{CASE_ID} IS NOT NULL").distinct()
        found = [frame.select(CASE_ID) for frame in self.typed.values()]
        return reduce(DataFrame.unionByName, found).where(f"{CASE_ID} IS NOT NULL").distinct()

    def beside(self) -> Iterator[Fault]:
        """Checks of rows beside each other: each case and each item once, under a case and an item that there are, and as many as there must be."""
        if CASE in self.given:
            yield Fault(
                CASE,
                self.id,
                "names several rows",
                "give each case one row",
                _twice(self.typed[CASE], [CASE_ID], CASE_ID),
            )
        for key in self.given:
            if key == CASE:
                continue
            frame, shape = self.typed[key], self.shapes[key]
            table = self.tables.tables[key]
            own = table.keys[-1].name
            if CASE in self.given:
                there = self.typed[CASE].select(CASE_ID)
                strange = frame.join(there, CASE_ID, "left_anti").where(f"{CASE_ID} IS NOT NULL")
                yield Fault(
                    key, self.id, "is a case that the table of cases does not have", None, _shown(strange, CASE_ID)
                )
            keys = [column.name for column in table.keys]
            column = shape.key.column if shape.key is not None else own
            yield Fault(
                key,
                column,
                f"stands twice in {quoted(key)} of its case",
                "give each item its own key",
                _twice(frame, keys, own),
            )
            yield from self.under(key, frame)
            yield from self.sizes(key, frame)

    def under(self, key: str, frame: DataFrame) -> Iterator[Fault]:
        outer = self.shapes[key].collection.parent if self.shapes[key].collection is not None else None  # type: ignore[union-attr]
        if outer is None or outer not in self.given or self.shapes[outer].items is not None:
            return
        mine = [column.name for column in self.tables.tables[key].keys if column.kind != "key"]
        theirs = [column.name for column in self.tables.tables[outer].keys]
        above = self.typed[outer].select(*(column_called(b).alias(a) for a, b in zip(mine, theirs, strict=True)))
        lost = frame.join(above, mine, "left_anti").dropna(subset=mine)
        yield Fault(key, mine[-1], f"is none of the items of {quoted(outer)}", None, _shown(lost, mine[-1]))

    def sizes(self, key: str, frame: DataFrame) -> Iterator[Fault]:
        shape = self.shapes[key]
        one = shape.collection
        if one is None or shape.items is not None or (one.at_least == 0 and one.at_most is None):
            return
        outer = one.parent or CASE
        if outer != CASE and outer not in self.given:
            return
        mine = [column.name for column in self.tables.tables[key].keys if column.kind != "key"]
        theirs = [CASE_ID] if outer == CASE else [column.name for column in self.tables.tables[outer].keys]
        above = (self.ids() if outer == CASE else self.typed[outer]).select(
            *(column_called(b).alias(a) for a, b in zip(mine, theirs, strict=True))
        )
        sized = above.join(frame.groupBy(*mine).agg(f.count(f.lit(1)).alias("size")), mine, "left")
        size = f.coalesce(column_called("size"), f.lit(0))
        wrong = size < (one.at_least or 0)
        words = f"at least {one.at_least}"
        if one.at_most is not None:
            wrong = wrong | (size > one.at_most)
            words = f"at most {one.at_most}" if not one.at_least else f"{one.at_least} to {one.at_most}"
        yield Fault(
            outer,
            None,
            f"has not as many rows in {quoted(key)} as it must have, {words}",
            None,
            _shown(sized.where(wrong), CASE_ID),
        )

    # tables

    def filled(self, key: str, every: DataFrame, wrong: DataFrame | None) -> DataFrame:
        """A table as the SQL takes it, without the cases that are set aside."""
        table = self.tables.tables[key]
        if key in self.typed:
            frame = self.typed[key]
        elif key == CASE:
            values = [
                f.lit(column.field in self.given)
                if column.kind == "given"
                else f.lit(None).cast(STORAGES[column.storage])
                for column in table.columns[1:]
            ]
            frame = every.select(
                CASE_ID, *(value.alias(column.name) for value, column in zip(values, table.columns[1:], strict=True))
            )
        else:
            schema = [
                every.schema[CASE_ID],
                *(types.StructField(one.name, STORAGES[one.storage]) for one in table.columns[1:]),
            ]
            return self.session.createDataFrame([], types.StructType(schema))
        return frame if wrong is None else frame.join(wrong.select(CASE_ID).distinct(), CASE_ID, "left_anti")

    def seen(self, frames: Mapping[str, DataFrame], cases: int) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """The fields that every row gives, and the collections of which every case has every item."""
        known: set[tuple[str, str]] = set()
        complete: set[str] = set()
        for key, table in self.tables.tables.items():
            if key not in self.given:
                continue
            counted = [one for one in table.columns if one.kind in ("field", "judged") and one.field is not None]
            row = (
                frames[key].agg(f.count(f.lit(1)), *(f.count(column_called(one.name)) for one in counted)).collect()[0]
            )
            full = {one.field for one, number in zip(counted, row[1:], strict=True) if number == row[0]}
            known |= {(key, one) for one in full if one is not None}
            items = self.tables.items.get(key)
            if (
                items is not None
                and row[0] == cases * len(items)
                and not any(one.kind == "parent" for one in table.columns)
            ):
                complete.add(key)
        return frozenset(known), frozenset(complete)


def _shown(frame: DataFrame, example: str) -> DataFrame:
    return frame.select(CASE_ID, column_called(example).cast("string").alias("example"))


def _twice(frame: DataFrame, keys: list[str], example: str) -> DataFrame:
    """The rows that are not the only one with their key."""
    full = frame.dropna(subset=keys)
    several = full.groupBy(*map(column_called, keys)).agg(f.count(f.lit(1)).alias("rows")).where("rows > 1")
    return _shown(several, example)


def _problem(fault: Fault, example: str | None, rows: int) -> Problem:
    says = fault.says if example is None else f"{quoted(example)} {fault.says}"
    return Problem("the table " + quoted(fault.table), fault.table, fault.column, says, fault.help, example, 0, rows)


def _diagnostic(one: Problem) -> Diagnostic:
    column = f", column {quoted(one.column)}" if one.column is not None else ""
    more = "" if one.rows == 1 else f" ({one.rows:,} rows)"
    return Diagnostic(f"{one.source}{column}", f"{one.problem}{more}", one.help, "table")
