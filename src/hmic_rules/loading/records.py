"""CSV and JSON Lines as records: each row with the place and the text of its cells, as the file has them. What they mean is not asked here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import frozen

from hmic_rules.errors import Span, quoted
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import MAX_DEPTH, Mapping, Scalar, Sequence, Tree

__all__ = ["Columns", "Record", "read_csv", "read_json_lines"]

MAX_BYTES: Final = 32 * 1024 * 1024
MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 100_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+')


@frozen(eq=False)
class Record:
    """One row as it stands in the file: its columns, in the spelling of the file, with their cells."""

    span: Span
    cells: dict[str, Tree]


@frozen(eq=False)
class Columns:
    """The columns that a table has, with the place where each is first named."""

    places: dict[str, Scalar]
    start: Span


def _text(reader: Reader, data: bytes, file: str) -> str:
    """The text of a file of an acceptable size."""
    start = Span(file, 1, 1)
    if len(data) > MAX_BYTES:
        reader.error(start, f"{len(data):,} bytes, and a table may have {MAX_BYTES:,} at most", "split it", "too-large")
        reader.finish()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        reader.error(_end(before, file), "not UTF-8", "save the table as UTF-8", "encoding")
        reader.stop()
    if found := _CONTROL.search(text):
        place = _end(text[: found.start()], file)
        reader.error(place, f"the character {quoted(found[0])} is not allowed in a table", "delete it", "encoding")
    elif not text.strip():
        reader.error(start, "the table is empty", "a CSV file starts with the names of its columns", "empty")
    reader.finish()
    return text


def _end(before: str, file: str) -> Span:
    lines = list(io.StringIO(before, newline=None))
    if not lines or lines[-1].endswith("\n"):
        return Span(file, len(lines) + 1, 1)
    return Span(file, len(lines), len(lines[-1]) + 1)


# CSV


def read_csv(reader: Reader, data: bytes, file: str) -> tuple[Columns, list[Record]]:
    """The columns of a CSV file and its rows, blank ones left out; every row that is not as wide as the header is reported."""
    text = _text(reader, data, file)
    rows = _csv_rows(reader, text, file)
    start, names = next(rows)  # a text that is not blank has a first row
    columns = Columns({}, start)
    for name in names:
        if not name.text:
            reader.error(name.span, "a column has no name", "name it, or take the column out", "header")
        elif name.text in columns.places:
            reader.error(
                name.span, f"the column {quoted(name.text)} stands twice", "keep one of the two", "duplicate-key"
            )
        columns.places.setdefault(name.text, name)
    if len(names) > MAX_COLUMNS:
        reader.error(start, f"more than {MAX_COLUMNS} columns", "split the table", "too-large")
    if len(names) == 1 and re.search(r"[;\t|]", names[0].text):
        reader.error(
            start, "the columns are not separated by commas", "save the table with commas between its columns", "header"
        )
    reader.finish()
    records: list[Record] = []
    for span, cells in rows:
        if len(cells) == len(names):
            records.append(Record(span, {name.text: cell for name, cell in zip(names, cells, strict=True)}))
            continue
        help = "quote a cell that has a comma" if len(cells) > len(names) else "an empty cell still needs its comma"
        reader.error(span, f"{_cells(len(cells))}, and there are {len(names)} columns", help, "row")
    return columns, records


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"


def _csv_rows(reader: Reader, text: str, file: str) -> Iterator[tuple[Span, list[Scalar]]]:
    """The rows that are not blank, each cell with its place. A quote that breaks a row ends the table: what follows cannot be told."""
    taken: list[str] = []
    lines = io.StringIO(text, newline="")
    table = csv.reader(_kept(lines, taken), strict=True)
    number = 1
    try:
        for count, row in enumerate(table):
            if count > MAX_ROWS:
                problem = f"more than {MAX_ROWS:,} rows"
                reader.error(Span(file, number, 1), problem, "split the table", "too-large")
                reader.finish()
            written = "".join(taken)
            if written.strip():
                places = _places(row, written, number, file)
                cells = [cell.strip() for cell in row]
                yield (
                    Span(file, number, 1),
                    [Scalar(cell, not cell, place) for cell, place in zip(cells, places, strict=True)],
                )
            number += len(taken)
            taken.clear()
    except csv.Error as error:
        problem, help = _csv_problem(str(error))
        reader.error(Span(file, number, 1), problem, help, "csv")
        reader.finish()


def _kept(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _csv_problem(said: str) -> tuple[str, str]:
    if "field larger" in said:
        return (
            "a cell is too long, or a quote is opened in this row and not closed",
            "close the quote, or shorten the cell",
        )
    if "unexpected end" in said:
        return (
            "a quote is opened in this row and never closed",
            "close it, or write it twice where the cell has a quote in it",
        )
    return "the text goes on after a quote was closed", "write a quote twice where the cell has a quote in it"


def _places(row: list[str], written: str, line: int, file: str) -> list[Span]:
    """Where each cell of a row starts, as the row was written: in quotes a comma or a line break belongs to the cell."""
    found: list[Span] = []
    column, place = 1, 0
    for cell in row:
        found.append(Span(file, line, column))
        start = place
        if '"' in written[place : place + 1]:
            place += 1 + len(cell) + cell.count('"') + 1
        else:
            place += len(cell)
        passed = written[start:place]
        breaks = len(re.findall(r"\r\n|\r|\n", passed))
        line += breaks
        column = column + len(passed) if not breaks else len(re.split(r"\r\n|\r|\n", passed)[-1]) + 1
        place, column = place + 1, column + 1
    return found


# JSON Lines


def read_json_lines(reader: Reader, data: bytes, file: str) -> tuple[Columns, list[Record]]:
    """The names that the rows of a JSON Lines file use, and the rows; every line that is no row is reported."""
    text = _text(reader, data, file)
    columns = Columns({}, Span(file, 1, 1))
    records: list[Record] = []
    for number, line in enumerate(io.StringIO(text, newline=None), start=1):
        if not line.strip():
            continue
        if len(records) >= MAX_ROWS:
            reader.error(Span(file, number, 1), f"more than {MAX_ROWS:,} rows", "split the table", "too-large")
            break
        record = _json_row(reader, line.rstrip(), Span(file, number, 1))
        if record is not None:
            records.append(record)
            for name, cell in record.cells.items():
                if name not in columns.places:
                    columns.places[name] = Scalar(name, plain=False, span=cell.span)
        if len(columns.places) > MAX_COLUMNS:
            reader.error(Span(file, number, 1), f"more than {MAX_COLUMNS} columns", "split the table", "too-large")
            break
    return columns, records


class _Literal(str):
    """A number as it was written."""

    __slots__ = ()


class _Pairs(list[tuple[str, Any]]):
    """The names and values of an object, in order and with repetitions."""


def _json_row(reader: Reader, line: str, span: Span) -> Record | None:
    deepest, places = _json_places(line, span)
    if deepest > MAX_DEPTH:
        reader.error(span, f"nested deeper than {MAX_DEPTH} levels", "write it flatter", "too-deep")
        return None
    try:
        found = json.loads(
            line, parse_float=_Literal, parse_int=_Literal, parse_constant=_no_constant, object_pairs_hook=_Pairs
        )
    except ValueError as error:
        said, column = (error.msg, error.colno) if isinstance(error, json.JSONDecodeError) else (str(error), 1)
        problem = f"not readable as JSON: {said[:1].lower()}{said[1:]}"
        reader.error(Span(span.file, span.line, column), problem, "a line holds one object in {braces}", "json")
        return None
    if not isinstance(found, _Pairs):
        reader.error(span, "a row must be an object of names and values", "write {braces} around it", "shape")
        return None
    cells: dict[str, Tree] = {}
    for (name, value), place in zip(found, places, strict=True):
        if name in cells:
            _twice(reader, name, place)
        cells[name] = _json_tree(reader, value, place)
    return Record(span, cells)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{quoted(name)} is no value of JSON")


def _json_places(line: str, span: Span) -> tuple[int, list[Span]]:
    """How deep a line is nested, and where each value of its outermost object starts."""
    places: list[Span] = []
    depth = deepest = 0
    after_colon = False
    for token in _TOKEN.finditer(line):
        if after_colon and depth == 1:
            places.append(Span(span.file, span.line, token.start() + 1))
        sign = token[0]
        after_colon = sign == ":"
        depth += (sign in ("{", "[")) - (sign in ("}", "]"))
        deepest = max(deepest, depth)
    return deepest, places


def _json_tree(reader: Reader, value: Any, span: Span) -> Tree:
    """A value of JSON as a tree; what is nested has the place of the outermost value."""
    if isinstance(value, _Pairs):
        entries: dict[str, Tree] = {}
        for name, child in value:
            if name in entries:
                _twice(reader, name, span)
            entries[name] = _json_tree(reader, child, span)
        return Mapping(entries, {name: Scalar(name, plain=False, span=span) for name in entries}, span)
    if isinstance(value, list):
        return Sequence(tuple(_json_tree(reader, child, span) for child in value), span)
    if isinstance(value, bool):
        return Scalar("true" if value else "false", plain=False, span=span)
    return Scalar("" if value is None else str(value), value is None, span)


def _twice(reader: Reader, name: str, span: Span) -> None:
    reader.error(span, f"the name {quoted(name)} stands twice in one object", "keep one of the two", "duplicate-key")
