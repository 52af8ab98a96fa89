"""Decided cases as the tables that the SQL takes: how a second opinion on them is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any, cast

from hmic_rules.backends.sql.schema import Column, Table, Tables
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import NumberType
from hmic_rules.evaluation import KEY, Row
from hmic_rules.possible import NOT_APPLICABLE, Month, Value, is_known
from hmic_rules.programs import Program, judgement_of

__all__ = ["denominators_in", "packed"]


def denominators_in(program: Program, rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """For each decimal and share, by scope and field, into how many parts a whole is divided so that every value of these cases is whole."""
    found: dict[tuple[str, str], int] = {}
    slots = program.layout.slots
    for row in rows:
        for scope in (CASE, *program.ruleset.collections):
            for frames in program.frames(row, scope):
                for name, slot in slots[scope].items():
                    value = frames[-1][slot]
                    if isinstance(value, Fraction):
                        key = (scope, name.removesuffix(": judgement"))
                        found[key] = lcm(found.get(key, 1), value.denominator)
    decimals = {
        (scope, given.name)
        for scope, inputs in [
            (CASE, program.ruleset.inputs),
            *((c.name, c.fields) for c in program.ruleset.collections.values()),
        ]
        for given in inputs.values()
        if isinstance(given.type, NumberType)
    }
    judged = {
        (value.scope, name) for name, value in program.ruleset.values.items() if isinstance(value.type, NumberType)
    }
    return {key: found.get(key, 1) for key in decimals | judged}


def packed(program: Program, tables: Tables, cases: Mapping[int, Row]) -> dict[str, dict[str, list[Any]]]:
    """The columns of every table, by the table's name, for these cases by their number.

    Args:
        program: the rule set, bound.
        tables: the tables that its SQL takes; their denominators are those of the cases.
        cases: the rows of the cases, read by :func:`hmic_rules.cases.case_row`.

    """
    found: dict[str, dict[str, list[Any]]] = {
        table.name: {column.name: [] for column in table.columns} for table in tables.tables.values()
    }
    for number, row in cases.items():
        for scope, table in tables.tables.items():
            for frames in program.frames(row, scope):
                cells = _cells(program, table, number, frames)
                for column in table.columns:
                    found[table.name][column.name].append(cells[column.name])
    return found


def _cells(program: Program, table: Table, number: int, frames: list[Row]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    parents = iter(frames[1:-1])
    for column in table.columns:
        if column.kind == "case":
            cells[column.name] = number
        elif column.kind == "parent":
            cells[column.name] = _stored(next(parents)[KEY], column)
        elif column.kind == "key":
            key = frames[-1][KEY]
            numbered = int(cast("str", key).lstrip("#line ")) if column.field is None else None
            cells[column.name] = _stored(key, column) if numbered is None else numbered
        else:
            cells[column.name] = _fact(program, table.scope, column, frames)
    return cells


def _fact(program: Program, scope: str, column: Column, frames: list[Row]) -> Any:
    slots, row, name = program.layout.slots, frames[-1], cast("str", column.field)
    if column.item is not None:
        collection = next(
            one
            for one in program.ruleset.collections.values()
            if name in slots[one.name] and _has(program, one.name, column, row)
        )
        rows = cast("list[Row]", row[slots[scope][collection.name]])
        row = next(one for one in rows if one[KEY] == column.item)
        scope = collection.name
    if column.kind == "given":
        return row[slots[scope][name]] is not None
    value = row[slots[scope][judgement_of(name) if column.kind == "judged" else name]]
    if column.kind == "not applicable":
        return value is NOT_APPLICABLE
    return None if value is None else _stored(value, column)


def _has(program: Program, collection: str, column: Column, row: Row) -> bool:
    rows = (
        cast("list[Row] | None", row[program.layout.slots[CASE].get(collection, KEY)])
        if collection in program.layout.slots[CASE]
        else None
    )
    return rows is not None and any(one[KEY] == column.item for one in rows)


def _stored(value: Value, column: Column) -> Any:
    """A value as the table holds it; what is not known, or not applicable, is ``None``."""
    if not is_known(value) or value is NOT_APPLICABLE:
        return None
    if isinstance(value, Month):
        return value.ordinal
    if isinstance(column.type, NumberType):
        scaled = cast("Fraction", value) * column.per
        if scaled.denominator != 1:
            raise ValueError(f"{column.name}: {value} is not a whole number of parts of {column.per}")
        return int(scaled)
    return value
