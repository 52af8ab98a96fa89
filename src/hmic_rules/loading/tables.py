"""Tables as the rows of a collection: which one the columns fit, which columns are missing, every bad row at once.

A cell keeps the text that was written, so that a case reads it by the type of its field, as it reads a YAML file. An empty cell is unknown.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from attrs import frozen

from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.records import Columns, read_csv, read_json_lines
from hmic_rules.loading.trees import Mapping, Record, Scalar, Sequence
from hmic_rules.rulesets import Collection, Ruleset

__all__ = ["TABLES", "Table", "is_table", "read_table"]

TABLES: Final = (".csv", ".jsonl")


@frozen(eq=False)
class Table:
    """The rows that a table gives.

    Attributes:
        collection: the collection whose rows they are.
        rows: a list of mappings from names of fields to cells.
        unknown: the fields for which the table has no column; they are unknown in every row.

    """

    collection: Collection
    rows: Sequence
    unknown: tuple[str, ...]


def is_table(file: str) -> bool:
    """Whether a file is read as a table, by the end of its name."""
    return PurePath(file).suffix.lower() in TABLES


def read_table(data: bytes, file: str, ruleset: Ruleset, collection: str | None = None) -> Table:
    """Read a table as the rows of a collection.

    Args:
        data: the file's bytes, UTF-8: CSV with a header row, or JSON Lines where ``file`` ends in ``.jsonl``.
        file: how the file is called in messages.
        ruleset: the rule set that is to decide the rows.
        collection: the collection that they are rows of. Without it, the one that the columns fit.

    Raises:
        InputError: the table is too large or not readable, its columns fit no collection or several, it lacks a column that every row
            needs, or rows are not as wide as the header; every such problem. What the cells mean is read with the case.

    """
    reader = Reader()
    is_lines = PurePath(file).suffix.lower() == ".jsonl"
    columns, records = (read_json_lines if is_lines else read_csv)(reader, data, file)
    if not columns.places:
        reader.finish()
    found = _collection(reader, ruleset, columns, collection)
    names = {_column(found, name): name for name in found.fields}
    if is_lines:
        names.update({name: name for name in found.inner})
    for column, place in columns.places.items():
        if column not in names:
            problem = f"{quoted(found.name)} has no field for the column {quoted(column)}"
            help = did_you_mean(column, names)
            if column in found.fields:
                help = f"the column of this field is called {quoted(_column(found, column))}"
            reader.error(place.span, problem, help, "unknown-column")
    missing = [name for column, name in names.items() if name in found.fields and column not in columns.places]
    needed = _needed(ruleset, found)
    for name in missing:
        if name in needed and (records or not is_lines):
            problem = f"there is no column {quoted(_column(found, name))}, and every row needs it"
            reader.error(columns.start, problem, f"add the column: {needed[name]}", "missing-column")
    keys = {names[column]: place for column, place in columns.places.items() if column in names}
    rows = tuple(
        Record({names[column]: cell for column, cell in record.cells.items() if column in names}, keys, record.span)
        for record in records
    )
    if reader.problems:
        _also_wrong(reader, found, rows)
    reader.finish()
    unknown = tuple(name for name in missing if not found.fields[name].closed)
    return Table(found, Sequence(rows, columns.start), unknown if rows else ())


def _also_wrong(reader: Reader, collection: Collection, rows: tuple[Mapping, ...]) -> None:
    """Cells that the case would refuse, to be said together with what is wrong already."""
    for row in rows:
        for name, cell in row.entries.items():
            one = collection.fields.get(name)
            if one is None or not isinstance(cell, Scalar) or cell.null:
                continue
            reader.value(cell, one.type, quoted(name), not_applicable=one.may_be_not_applicable)


def _column(collection: Collection, name: str) -> str:
    """What the column of a field is called."""
    return collection.fields[name].column or name


def _needed(ruleset: Ruleset, collection: Collection) -> dict[str, str]:
    """The fields that no row may leave open, with the reason."""
    found = {
        name: "rows are grouped by it"
        for group in ruleset.groups.values()
        for name in group.by
        if group.source == collection.name
    }
    if collection.key is not None:
        found[collection.key] = "it is the key of each row"
    return {name: why for name, why in found.items() if name in collection.fields}


def _collection(reader: Reader, ruleset: Ruleset, columns: Columns, wanted: str | None) -> Collection:
    """The collection that is named, or else the one that the columns fit."""
    known = {one.name: one for one in ruleset.collections.values() if one.parent is None and one.items is None}
    if wanted is not None and wanted in known:
        return known[wanted]
    if wanted is not None or not known:
        problem = (
            f"no collection of the case is called {quoted(wanted)}"
            if wanted
            else f"the rule set {quoted(ruleset.name)} has no collection of rows"
        )
        reader.error(
            "--collection" if wanted else columns.start, problem, did_you_mean(wanted or "", known), "unknown-name"
        )
        reader.finish()
    fitting = {name: sum(_column(one, field) in columns.places for field in one.fields) for name, one in known.items()}
    most = max(fitting.values())
    best = [name for name, number in fitting.items() if number == most]
    if len(best) > 1 and len(known) > 1:
        what = f"the columns fit {' and '.join(map(quoted, best))} alike" if most else "the columns fit no collection"
        help = f"name one with `--collection`: {', '.join(map(quoted, known))}"
        reader.error(columns.start, what, help, "unknown-collection")
        reader.finish()
    return known[best[0]]
