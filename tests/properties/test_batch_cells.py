"""Cells of tables: each is taken, refused and valued in SQL as a case reads the same text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batched import database
from hmic_rules.batch.cells import MOST, Cell
from hmic_rules.batch.denominators import denominators, is_divided
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.sources import Source, as_source
from hmic_rules.datatypes import (
    BOOLEAN,
    TEXT,
    DateType,
    LabelType,
    MonthType,
    NumberType,
    ScalarType,
    WrongValue,
)
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.records import read_csv, read_json_lines
from hmic_rules.loading.trees import Scalar
from hmic_rules.possible import NOT_APPLICABLE, Month

TYPES: tuple[ScalarType, ...] = (
    BOOLEAN,
    TEXT,
    LabelType(("met", "not met", "1"), None, (("OK", "met"), ("n/m", "not met"))),
    NumberType("integer"),
    NumberType("integer", -3, 40),
    NumberType("decimal"),
    NumberType("decimal", Fraction(1, 3), Fraction(99, 2)),
    NumberType("share", 0, 1),
    DateType(),
    MonthType(),
)
NUMBERS = (
    st.integers(-50, 1_000).map(str)
    | st.tuples(st.integers(-9, 60), st.integers(0, 9_999)).map(lambda parts: f"{parts[0]}.{parts[1]}")
    | st.tuples(st.integers(-9, 60), st.integers(0, 12)).map(lambda parts: f"{parts[0]}/{parts[1]}")
    | st.tuples(st.integers(-9, 120), st.sampled_from(["%", " %", ".5%", "  %"])).map(
        lambda parts: f"{parts[0]}{parts[1]}"
    )
    | st.sampled_from(
        [
            "01",
            "-0",
            "-.0",
            ".5",
            "-.25",
            "1.",
            "1e3",
            "1_000",
            "1,5",
            "½",
            "٣",
            "+1",
            "0x1",
            "1/02",
            "--1",
            "nan",
            "/",
            "%",
            "-",
        ]
    )
    | st.text("0123456789.-/% ", max_size=6)
)
DAYS = (
    st.dates().map(str)
    | st.sampled_from(
        ["2007-02-29", "0000-01-01", "2007-1-1", "20070101", "2007-06-31", "٢٠٠٧-01-01", "2007-06-01T00:00"]
    )
    | st.sampled_from(["2007-06", "2007-13", "0000-01", "2007-6", "2007-06-"])
)
WORDS = st.sampled_from(
    ["true", "false", "yes", "no", "Yes", "met", "not met", "OK", "n/m", "mte", "not applicable", "1", "null", "~", ""]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n",\\\t'), max_size=8)
CELLS = (
    WORDS | NUMBERS | DAYS | TEXTS | st.sampled_from([" ", "\u2003met", "met\u00a0", "a\nb", '"', '""', ' "x"', "a, b"])
)
ROWS = st.lists(st.lists(CELLS, min_size=len(TYPES), max_size=len(TYPES)), min_size=5, max_size=40)
NAMES = tuple(f"column {place}" for place in range(len(TYPES)))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with database() as found:
        yield found


def as_a_case_reads(cell: Any, type: ScalarType) -> tuple[bool, Any]:
    """Whether a case takes a cell, and what it is worth there: ``None`` where it is unknown."""
    if not isinstance(cell, Scalar):
        return (True, None) if cell is None else (False, None)
    if cell.null:
        return True, None
    if cell.text == NOT_APPLICABLE.value:
        return True, NOT_APPLICABLE
    try:
        return True, type.parse(cell.text)
    except WrongValue:
        return False, None


def as_a_table_reads(engine: Engine, source: Source) -> list[list[tuple[bool, Any, int]]]:
    """The same of every cell of a source, in SQL, with the parts of a whole of its column."""
    found: list[list[tuple[bool, Any, int]]] = []
    for place, type in enumerate(TYPES):
        nested = f"list_contains(r.nested, {place})" if source.kind == "lines" else None
        cell = Cell(f"r.c{place}", "text", type, True, from_csv=source.kind == "csv", nested=nested)
        per = 1
        if is_divided(cell):
            per = denominators(engine, [(("case", "x"), source.label, source.relation, cell)])["case", "x"]
            cell = Cell(cell.raw, "text", type, True, per, cell.from_csv, nested)
        faults = ", ".join(fault.when for fault in cell.faults())
        rows = engine.run(
            f"SELECT [{faults}], {cell.value()}, {cell.not_applicable} FROM {source.relation} AS r ORDER BY n"  # noqa: S608
        )
        assert all(sum(faults) <= 1 for faults, _, _ in rows)
        found.append(
            [(not any(faults), NOT_APPLICABLE if applies_not else value, per) for faults, value, applies_not in rows]
        )
    return found


def agree(type: ScalarType, case: tuple[bool, Any], table: tuple[bool, Any, int]) -> bool:
    """Whether both take a cell and hold it for the same, or both refuse it."""
    (taken, worth), (also, value, per) = case, table
    if not taken or not also:
        too_large = taken and isinstance(worth, int | Fraction) and abs(worth * per) > MOST
        return taken == also or too_large
    if worth is None or worth is NOT_APPLICABLE:
        return value is worth
    if isinstance(type, NumberType):
        return Fraction(value, per) == worth
    return bool(value == (worth.ordinal if isinstance(worth, Month) else worth))


def held_against(engine: Engine, source: Source, rows: list[dict[str, Any]]) -> None:
    for type, name, cells in zip(TYPES, NAMES, as_a_table_reads(engine, source), strict=True):
        for row, table in zip(rows, cells, strict=True):
            case = as_a_case_reads(row.get(name), type)
            assert agree(type, case, table), (type.described, row.get(name), case, table)


def fresh(engine: Engine) -> None:
    engine.run("DROP SCHEMA raw CASCADE; CREATE SCHEMA raw")


@settings(max_examples=25)
@given(ROWS)
def test_a_cell_of_a_csv_table_is_read_in_sql_as_a_case_reads_it(engine, tmp_path_factory, rows):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([NAMES, *rows])
    path = Path(tmp_path_factory.getbasetemp()) / "cells.csv"
    path.write_bytes(stream.getvalue().encode())
    fresh(engine)
    source = as_source(engine, path, "cells.csv", 0)
    _, read = read_csv(Reader(), stream.getvalue().encode(), "cells.csv")
    held_against(engine, source, [one.cells for one in read])


@settings(max_examples=25)
@given(ROWS, st.booleans())
def test_a_cell_of_a_json_line_is_read_in_sql_as_a_case_reads_it(engine, tmp_path_factory, rows, ascii):
    def of_json(cell: str) -> Any:
        try:
            found = json.loads(cell)
        except ValueError:
            return cell
        return None if isinstance(found, float) and found != found else found  # noqa: PLR0124 - what is not a number

    lines = "".join(
        f"{json.dumps(dict(zip(NAMES, map(of_json, row), strict=True)), ensure_ascii=ascii)}\n" for row in rows
    )
    path = Path(tmp_path_factory.getbasetemp()) / "cells.jsonl"
    path.write_bytes(lines.encode())
    fresh(engine)
    source = as_source(engine, path, "cells.jsonl", 0)
    assert source.columns == NAMES
    _, read = read_json_lines(Reader(), lines.encode(), "cells.jsonl")
    held_against(engine, source, [one.cells for one in read])
