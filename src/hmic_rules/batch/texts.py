"""CSV and JSON Lines as DuckDB reads them, brought to the texts that :mod:`hmic_rules.loading.records` reads: one cell, one text."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from hmic_rules.batch.engine import Engine, UnreadableError
from hmic_rules.batch.quoting import BLANKS, CONTROLS, literal
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.records import read_csv, read_json_lines

__all__ = ["lines_relation", "rows_of_csv", "rows_of_lines"]

Problem: TypeAlias = Callable[[str, str], tuple[str, str | None]]
MAX_COLUMNS: Final = 10_000
_BLANKS_AT_QUOTES: Final = re.compile(rb'(?:^|[,\r\n])[ \t\v\f]+"|"[ \t\v\f]+(?:[,\r\n]|$)')
_AT_QUOTES: Final = tuple(pair for blank in (b" ", b"\t", b"\v", b"\f") for pair in (blank + b'"', b'"' + blank))
_AT_ENDS: Final = (
    *(pair for blank in (b" ", b"\t") for sign in (b",", b"\n", b"\r", b'"') for pair in (blank + sign, sign + blank)),
    *(b'""', b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80"),
)
PART: Final = 1 << 24
NOT_UTF_8: Final = "not UTF-8"
BROKEN: Final = "a quote breaks the row"
# A piece of a line of JSON: a text, a word or number, a sign, blanks, or a quote that nothing closes.
PIECE: Final = r'"(?:[^"\\]|\\.)*"|[^",:{}\[\]\s]+|[{}\[\]:,]|\s+|"'
# What DuckDB would read otherwise than it is written, or reads though it is no JSON: then the line is cut into pieces.
RISKY: Final = r",\s*[}\]]|[0-9]\.[0-9]|[0-9][eE]|[0-9]{16}|[Nn][Aa][Nn]|[Ii][Nn][Ff]"
NUMBER: Final = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"


# CSV


def rows_of_csv(engine: Engine, path: Path, label: str, pattern: str, relation: str) -> tuple[tuple[str, ...], Problem]:
    """Put the rows of a CSV file into a relation; its columns, and how to say what is wrong with a line that is no row.

    Where blanks stand at quotes, or lines end in several ways, DuckDB would read otherwise than a case is read: such a file is written out plainly first.
    """
    columns, before = _header(path, label)
    plain = engine.folder / f"{relation}.csv"
    quotes, ends = _blanks(path)
    try:
        if quotes:
            raise UnreadableError  # it could be read, and otherwise than a case is
        _staged(engine, literal(pattern), len(columns), before, relation, trimmed=ends)
    except UnreadableError:
        _written_out(path, label, plain)
        _staged(engine, literal(str(plain)), len(columns), 0, relation, trimmed=True)
    plain.unlink(missing_ok=True)
    return columns, lambda text, said: _csv_problem(said, len(columns))


def _header(path: Path, label: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, and how many lines stand before the first row.

    Raises:
        InputError: the header is wrong.

    """
    taken: list[str] = []
    with _text_of(path) as lines:
        table = csv.reader(_kept(lines, taken), strict=True)
        try:
            while not "".join(next(table, ["x"])).strip() and taken:
                pass
        except csv.Error:
            pass  # which is said below
    columns, _ = read_csv(Reader(), "".join(taken).encode(errors="surrogateescape"), label)
    return tuple(columns.places), len(taken)


def _text_of(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _kept(lines: TextIO, taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _blanks(path: Path) -> tuple[bool, bool]:
    """Whether blanks may stand outside a quote that they touch, and at an end of any cell."""
    ends = False
    with path.open("rb") as file:
        while lines := file.readlines(PART):
            part = b"".join(lines)
            if any(pair in part for pair in _AT_QUOTES) and _BLANKS_AT_QUOTES.search(part):
                return True, True
            ends = ends or (part[-1:].isspace() and part[-1:] not in b"\r\n") or any(pair in part for pair in _AT_ENDS)
    return False, ends


def _written_out(path: Path, label: str, plain: Path) -> None:
    """Write the rows of a file again with every cell in quotes, row by row.

    Raises:
        InputError: a quote breaks a row, and what follows cannot be told.

    """
    with _text_of(path) as lines, plain.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        table = csv.reader(lines, strict=True)
        try:
            first = True
            for row in table:
                if first and not "".join(row).strip():
                    continue
                if not first and row and (len(row) > 1 or row[0].strip()):
                    writer.writerow(row)
                first = False
        except csv.Error as error:
            said = "a quote is opened and never closed" if "unexpected end" in str(error) else "a quote breaks the row"
            help = "write a quote twice where the cell has a quote in it"
            raise InputError([Diagnostic(f"{label}:{table.line_num}:1", said, help, "csv")]) from None


def _staged(engine: Engine, file: str, width: int, before: int, relation: str, *, trimmed: bool) -> None:
    """The rows with their numbers, blanks around cells left out, and what is no row."""
    for left in (relation, f"{relation}_lost", "reject_errors", "reject_scans"):
        engine.run(f"DROP TABLE IF EXISTS {left}")
    names = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(width))
    blanks = literal(BLANKS)
    cells = "".join(
        f", nullif(trim(c{place}, {blanks}), '') AS c{place}" if trimmed else f", c{place}" for place in range(width)
    )
    engine.read(
        f"CREATE TABLE {relation} AS SELECT row_number() OVER () AS n{cells} FROM read_csv({file}, columns = {{{names}}}, "
        f"auto_detect = false, header = false, skip = {before}, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
        "store_rejects = true, rejects_limit = 0)",
        "reading",
    )
    engine.run(
        f"CREATE TABLE {relation}_lost AS SELECT line, any_value(csv_line) AS text, any_value({_said_of_csv(width)}) AS problem "
        f"FROM reject_errors WHERE trim(coalesce(csv_line, 'x'), {blanks}) <> '' GROUP BY line"
    )


def _said_of_csv(width: int) -> str:
    """What is wrong with a line, in SQL over what DuckDB notes of it."""
    found = "regexp_extract(error_message, 'Found: ([0-9]+)', 1)"
    cells = f"CASE WHEN {found} = '1' THEN '1 cell' ELSE {found} || ' cells' END || ', and there are {width} columns'"
    return (
        f"CASE WHEN {found} <> '' THEN {cells} WHEN error_type = 'INVALID ENCODING' THEN {literal(NOT_UTF_8)} "
        f"WHEN error_type = 'UNQUOTED VALUE' THEN {literal(BROKEN)} ELSE split_part(error_message, chr(10), 1) END"
    )


def _csv_problem(said: str, width: int) -> tuple[str, str | None]:
    if found := re.match(r"([0-9]+) cells?, ", said):
        help = "quote a cell that has a comma" if int(found[1]) > width else "an empty cell still needs its comma"
        return said, help
    return said, {
        NOT_UTF_8: "save the table as UTF-8",
        BROKEN: "write a quote twice where the cell has a quote in it",
    }.get(said)


# JSON Lines


def lines_relation(engine: Engine, label: str, pattern: str, relation: str) -> None:
    """Put the lines of a file into a relation, numbers as texts, so that they stay as they were written."""
    engine.run("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    pieces = f"regexp_extract_all(line, {literal(PIECE)})"
    keep = "starts_with(piece, '\"') OR piece IN ('true', 'false', 'null') OR NOT regexp_matches(piece, '[^{}\\[\\]:,\\s]')"
    number = f"regexp_full_match(piece, {literal(NUMBER)})"
    as_text = f"CASE WHEN {keep} THEN piece WHEN {number} THEN '\"' || piece || '\"' ELSE '?' END"
    skeleton = "CASE WHEN starts_with(piece, '\"') THEN 's' ELSE trim(piece) END"
    mended, bones = (
        f"array_to_string(list_transform({pieces}, lambda piece: {part}), '')" for part in (as_text, skeleton)
    )
    risky = f"regexp_matches(line, {literal(RISKY)})"
    engine.read(
        f"CREATE TABLE {relation}_lines AS WITH written AS (SELECT row_number() OVER () AS n, line FROM read_csv({literal(pattern)}, "
        "columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, delim = '\x1f', quote = '', escape = '', comment = '', "
        "strict_mode = false, store_rejects = true, rejects_limit = 0)), "
        f"mended AS (SELECT n, line, CASE WHEN {risky} THEN {mended} ELSE line END AS json, "
        f"CASE WHEN {risky} THEN regexp_matches({bones}, ',[}}\\]]') ELSE false END AS loose "
        f"FROM written WHERE trim(coalesce(line, ''), {literal(BLANKS)}) <> ''), "
        "checked AS (SELECT n, line, json, json_valid(json) AND NOT loose "
        f"AND NOT regexp_matches(line, {literal(CONTROLS)}) AS valid FROM mended) "
        "SELECT n, line, json, CASE WHEN NOT valid THEN 'not readable as JSON' "
        "WHEN json_type(json) <> 'OBJECT' THEN 'a row must be an object of names and values' "
        "WHEN len(json_keys(json)) <> len(list_distinct(json_keys(json))) THEN 'a name stands twice in one object' END AS problem FROM checked",
        "reading",
    )
    engine.run(
        f"CREATE TABLE {relation}_lost AS SELECT n AS line, line AS text, problem FROM {relation}_lines WHERE problem IS NOT NULL "
        f"UNION ALL SELECT line, any_value(csv_line), {literal(NOT_UTF_8)} FROM reject_errors GROUP BY line"
    )
    if not engine.run(f"SELECT count(*) FROM {relation}_lines")[0][0]:
        raise InputError(
            [Diagnostic(f"{label}:1:1", "the table is empty", "a line holds one object in {braces}", "empty")]
        )


def rows_of_lines(engine: Engine, label: str, relation: str) -> tuple[tuple[str, ...], Problem]:
    """Put the rows of JSON Lines into a relation; the names that they use, and how to say what is wrong with a line that is no row."""
    keys = f"SELECT n, unnest(json_keys(json)) AS key FROM {relation}_lines WHERE problem IS NULL"
    found = engine.run(f"SELECT key FROM ({keys}) GROUP BY key ORDER BY min(n), key LIMIT {MAX_COLUMNS + 1}")
    columns = tuple(row[0] for row in found)
    if len(columns) > MAX_COLUMNS:
        help = "split the table"
        raise InputError([Diagnostic(f"{label}:1:1", f"more than {MAX_COLUMNS:,} columns", help, "too-large")])
    pointers = ", ".join(literal("/" + column.replace("~", "~0").replace("/", "~1")) for column in columns)
    cells = "".join(f", texts[{place}] AS c{place - 1}" for place in range(1, len(columns) + 1))
    nested = "list_filter(range(len(written)), lambda place: regexp_matches(written[place + 1]::VARCHAR, '^[\\[{]'))"
    lists = f"json_extract_string(json, [{pointers}]) AS texts, json_extract(json, [{pointers}]) AS written"
    inner = (
        f"SELECT n, {lists} FROM {relation}_lines WHERE problem IS NULL"
        if columns
        else f"SELECT n FROM {relation}_lines"
    )
    what = f"n{cells}, {nested} AS nested" if columns else "n"
    engine.run(f"CREATE TABLE {relation} AS SELECT {what} FROM ({inner})", "reading")
    engine.run(f"DROP TABLE {relation}_lines")
    return columns, _line_problem


def _line_problem(text: str, said: str) -> tuple[str, str | None]:
    """What is wrong with a line, in the words in which a case is told."""
    if said == NOT_UTF_8:
        return said, "save the table as UTF-8"
    reader = Reader()
    try:
        read_json_lines(reader, text.encode(errors="replace"), "line")
    except InputError as error:
        found = error.diagnostics[0]
    else:
        if not reader.problems:
            return said, None
        found = reader.problems[0]
    return found.problem, found.help
