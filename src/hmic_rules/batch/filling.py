"""The tables that the SQL of a rule set reads, filled from typed rows without those that are set aside; and what is known of their columns."""

from __future__ import annotations

from attrs import frozen

from hmic_rules.backends.sql.schema import Column, Table
from hmic_rules.batch.quoting import literal, name
from hmic_rules.batch.staging import Staged
from hmic_rules.conditions import CASE

__all__ = ["Filled", "filled"]


@frozen(eq=False)
class Filled:
    """What is known of the tables that were filled.

    Attributes:
        rows: by the table's name in ``shapes``, how many rows are used.
        cases: how many cases are to be decided.
        known: the fields, by scope and name, that are known in every row.
        complete: the collections of known items of which every case brings every item.
        given: the collections that have a table, so that a case without a row in it has no items.

    """

    rows: dict[str, int]
    cases: int
    known: frozenset[tuple[str, str]]
    complete: frozenset[str]
    given: frozenset[str]


def filled(staged: Staged) -> Filled:
    """Fill the tables; those that were filled before are filled anew."""
    engine, bad = staged.engine, bool(staged.engine.run("SELECT count(*) FROM batch.bad_cases")[0][0])
    for key, table in staged.tables.tables.items():
        kind = "TABLE" if key != CASE and key in staged.fitting.tables else "VIEW"
        engine.run(f"DROP {kind} IF EXISTS {name(table.name)}")
        engine.run(f"CREATE {kind} {name(table.name)} AS {_query(staged, key, table, bad)}", "reading")
    cases = int(engine.run(f"SELECT count(*) FROM {name(staged.tables.cases.name)}")[0][0])
    rows = {key: cases if key == CASE else 0 for key in staged.fitting.tables}
    known: set[tuple[str, str]] = set()
    complete: set[str] = set()
    for key, table in staged.tables.tables.items():
        if key in staged.fitting.tables or (key == CASE and cases):
            rows[key], full = _full_columns(staged, table)
            known |= _known(key, table, full, staged)
    for collection, items in staged.tables.items.items():
        found = staged.tables.tables.get(collection)
        if (
            found is not None
            and rows.get(collection) == cases * len(items)
            and not any(one.kind == "parent" for one in found.columns)
        ):
            complete.add(collection)
    if CASE not in staged.fitting.tables:
        rows.pop(CASE, None)
    given = frozenset(key for key in staged.fitting.tables if key != CASE)
    return Filled(rows, cases, frozenset(known), frozenset(complete), given)


def _query(staged: Staged, key: str, table: Table, bad: bool) -> str:
    """The rows of one table."""
    if key == CASE:
        return _cases(staged, table, bad)
    if key in staged.fitting.tables:
        aside = " ANTI JOIN batch.bad_cases AS b ON i.case_id = b.case_id" if bad else ""
        return (
            f"SELECT i.case_id AS case_id{_typed(staged, key, table)} FROM typed.{name(key)} AS t "
            f"JOIN batch.ids AS i ON t._id = i.id{aside}"
        )
    if key in staged.fitting.wide:
        return " UNION ALL ".join(
            f'SELECT t._n AS case_id{_of_item(table, key, item)} FROM typed."case" AS t{_without_bad(bad, "t._n")}'
            for item in staged.tables.items[key]
        )
    nothing = ", ".join(f"CAST(NULL AS {column.storage}) AS {name(column.name)}" for column in table.columns)
    return f"SELECT {nothing} WHERE false"


def _cases(staged: Staged, table: Table, bad: bool) -> str:
    if CASE in staged.fitting.tables:
        return f'SELECT t._n AS case_id{_typed(staged, CASE, table)} FROM typed."case" AS t{_without_bad(bad, "t._n")}'
    return (
        f"SELECT i.case_id AS case_id{_typed(staged, CASE, table)} FROM batch.ids AS i{_without_bad(bad, 'i.case_id')}"
    )


def _without_bad(bad: bool, number: str) -> str:
    return f" ANTI JOIN batch.bad_cases AS b ON {number} = b.case_id" if bad else ""


def _typed(staged: Staged, key: str, table: Table) -> str:
    """The columns of a table beside that of the case, from typed rows ``t``."""
    planned = {one.name for one in staged.columns.get(key, ())}
    found = ""
    for column in table.columns:
        if column.kind == "given":
            found += f", {str(column.field in staged.fitting.tables).lower()} AS {name(column.name)}"
        elif column.kind != "case":
            value = f"t.{name(column.name)}" if column.name in planned else f"CAST(NULL AS {column.storage})"
            found += f", {value} AS {name(column.name)}"
    return found


def _of_item(table: Table, collection: str, item: str) -> str:
    """The columns of one item's row, from a typed row of the cases."""
    found = ""
    for column in table.columns:
        if column.kind == "key":
            found += f", {literal(item)} AS {name(column.name)}"
        elif column.kind == "given":
            found += f", false AS {name(column.name)}"
        elif column.kind != "case":
            found += f", t.{name(f'{collection}/{item}/{column.name}')} AS {name(column.name)}"
    return found


def _full_columns(staged: Staged, table: Table) -> tuple[int, set[str]]:
    """How many rows a table has, and the columns in which every row says something."""
    counted = [column for column in table.columns if column.kind in ("field", "judged", "not applicable")]
    asked = "".join(
        f", count(*) FILTER ({name(column.name)})"
        if column.kind == "not applicable"
        else f", count({name(column.name)})"
        for column in counted
    )
    (row,) = staged.engine.run(f"SELECT count(*){asked} FROM {name(table.name)}", "looking at columns")
    full = {
        column.name
        for column, number in zip(counted, row[1:], strict=True)
        if number == (0 if column.kind == "not applicable" else row[0])
    }
    return int(row[0]), full


def _known(key: str, table: Table, full: set[str], staged: Staged) -> set[tuple[str, str]]:
    """The fields of which no row leaves anything open; of items that stand as columns, those of which no item does."""
    by_field: dict[tuple[str, str], list[Column]] = {}
    for column in table.columns:
        if column.kind in ("field", "judged", "not applicable") and column.field is not None:
            scope = (
                key
                if column.item is None
                else next(
                    one
                    for one in staged.tables.wide
                    if column.item in (staged.shapes[one].items or ()) and column.field in staged.shapes[one].fields
                )
            )
            by_field.setdefault((scope, column.field), []).append(column)
    return {field for field, columns in by_field.items() if all(column.name in full for column in columns)}
