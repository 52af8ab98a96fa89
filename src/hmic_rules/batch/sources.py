"""What somebody brings: files of CSV, JSON Lines and Parquet, and tables in memory, each as one raw relation with the number of every row.

A cell of CSV or JSON Lines is the text that was written, as :mod:`hmic_rules.loading.records` reads it, blanks around cells of CSV left out; a cell of
Parquet or of a table in memory keeps its type. What is no row at all is kept beside the relation with its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from hmic_rules.batch.engine import Engine, UnreadableError
from hmic_rules.batch.quoting import literal
from hmic_rules.batch.quoting import name as named
from hmic_rules.batch.texts import lines_relation, rows_of_csv, rows_of_lines
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.files import is_special

__all__ = ["SUFFIXES", "Lost", "Source", "as_source", "pattern_of", "suffix_of"]

SUFFIXES: Final = {".csv": "csv", ".jsonl": "lines", ".ndjson": "lines", ".parquet": "parquet"}
KINDS: Final[tuple[tuple[str, str], ...]] = (
    (r"VARCHAR|ENUM\(.*|UUID", "text"),
    (r"BOOLEAN", "boolean"),
    (r"U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER", "integer"),
    (r"DECIMAL\(.*", "decimal"),
    (r"DOUBLE|FLOAT", "float"),
    (r"DATE", "date"),
    (r"TIMESTAMP(_S|_MS|_NS)?", "timestamp"),
    (r'"?NULL"?', "nothing"),
)


@frozen
class Lost:
    """What is no row: how many there are, the first of them with its line, and what is wrong with it."""

    count: int
    line: int
    problem: str
    help: str | None
    text: str


@frozen(eq=False)
class Source:
    """One file, or one table in memory, that can be read.

    Attributes:
        label: what it is called in messages.
        kind: ``csv``, ``lines``, ``parquet``, or ``memory``.
        columns: the names of its columns, in order; their cells stand in ``c0``, ``c1`` and so on.
        types: the types of the columns as DuckDB calls them.
        relation: the relation in DuckDB, with the number of each row, from 1, in ``n``.
        lost: what is no row, ``None`` where every line is one.
        lost_relation: where these stand, with ``line``, ``text`` and ``problem``.
        stamp: of a file that is read as often as it is asked, what :func:`stamp_of` said of it at first.

    """

    label: str
    kind: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    relation: str
    lost: Lost | None = None
    lost_relation: str | None = None
    memory: Any = field(default=None, repr=False)
    stamp: tuple[Path, int, int, int] | None = None

    @property
    def changed(self) -> bool:
        """Whether the file is another one by now: what was seen in it may no longer hold."""
        return self.stamp is not None and stamp_of(self.stamp[0]) != self.stamp

    def kind_of(self, place: int) -> str:
        """What sort of thing the cells of a column are: ``text``, ``integer``, … or ``other``."""
        return next((kind for form, kind in KINDS if re.fullmatch(form, self.types[place])), "other")


def stamp_of(path: Path) -> tuple[Path, int, int, int] | None:
    """Which file it is, how long, and when it was last written to; ``None`` where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return path, found.st_ino, found.st_size, found.st_mtime_ns


def suffix_of(path: Path, what: str) -> str:
    """Which kind of table a file is, by the end of its name.

    Raises:
        InputError: it is none.

    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        help = "a table's name ends in .parquet, .csv or .jsonl"
        raise InputError([Diagnostic(str(path), f"the name does not say what kind of table {what}", help)])
    return found


def pattern_of(path: Path) -> str:
    """The path as DuckDB takes it, where some characters of a path stand for others."""
    return re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", str(path))


def as_source(engine: Engine, given: Any, label: str, number: int) -> Source:
    """What was brought, made ready to be read.

    Args:
        engine: the database.
        given: a path, or a table of Arrow, pandas, polars or DuckDB.
        label: what it is called in messages.
        number: which one it is, so that each has relations of its own.

    Raises:
        InputError: it cannot be read, or is nothing that can.

    """
    relation = f"raw.s{number}"
    if isinstance(given, str | Path):
        path = Path(given)
        kind = suffix_of(path, "it is")
        _readable(path)
        reading: Callable[[Engine, Path, str, str], Source] = {"csv": _csv, "lines": _lines, "parquet": _parquet}[kind]
        try:
            return reading(engine, path, label, relation)
        except UnreadableError as error:
            raise InputError([Diagnostic(label, f"cannot be read: {error}", _help_for(kind))]) from None
    return _memory(engine, given, label, relation)


def _help_for(kind: str) -> str | None:
    return {"parquet": "is it a Parquet file?", "csv": "save it as UTF-8, with commas between the columns"}.get(kind)


def _readable(path: Path) -> None:
    if is_special(path):
        problem, help = "is a pipe or a device, and a table is read more than once", "save it as a file"
        raise InputError([Diagnostic(str(path), problem, help, "io")])
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise InputError([Diagnostic(str(path), f"cannot be read: {error.strerror or error}")]) from None


def _csv(engine: Engine, path: Path, label: str, relation: str) -> Source:
    columns, problem = rows_of_csv(engine, path, label, pattern_of(path), relation)
    source = Source(label, "csv", columns, ("VARCHAR",) * len(columns), relation)
    return _with_lost(engine, source, problem)


def _lines(engine: Engine, path: Path, label: str, relation: str) -> Source:
    lines_relation(engine, label, pattern_of(path), relation)
    columns, problem = rows_of_lines(engine, label, relation)
    source = Source(label, "lines", columns, ("VARCHAR",) * len(columns), relation)
    return _with_lost(engine, source, problem)


def _with_lost(engine: Engine, source: Source, problem: Callable[[str, str], tuple[str, str | None]]) -> Source:
    """The source with what is no row, if anything is not; ``problem`` says what is wrong with one."""
    lost = f"{source.relation}_lost"
    count = engine.run(f"SELECT count(*) FROM {lost}")[0][0]
    if not count:
        return source
    line, text, said = engine.run(f"SELECT line, text, problem FROM {lost} ORDER BY line LIMIT 1")[0]
    first, help = problem(text, said)
    return evolve(source, lost=Lost(count, line, first, help, text), lost_relation=lost)


def _parquet(engine: Engine, path: Path, label: str, relation: str) -> Source:
    file, stamp = literal(pattern_of(path)), stamp_of(path)
    found = engine.read(f"DESCRIBE SELECT * FROM read_parquet({file})")
    columns, types = tuple(row[0] for row in found), tuple(row[1] for row in found)
    cells = "".join(f", {named(column)} AS c{place}" for place, column in enumerate(columns))
    engine.read(
        f"CREATE VIEW {relation} AS SELECT file_row_number + 1 AS n{cells} FROM read_parquet({file}, file_row_number = true)"
    )
    return Source(label, "parquet", columns, types, relation, stamp=stamp)


def _memory(engine: Engine, given: Any, label: str, relation: str) -> Source:
    """A table in memory, copied into the database row by row, so that it is read once and in one order."""
    known = f"brought_{relation.partition('.')[2]}"
    module = type(given).__module__.partition(".")[0]
    stream = getattr(given, "to_arrow_reader", None)
    if module == "polars" and not hasattr(given, "to_arrow"):
        raise InputError([Diagnostic(label, "is not computed yet", "call `.collect()` first")])
    if not (module in ("pandas", "polars", "pyarrow") or hasattr(given, "__arrow_c_stream__")):
        problem = f"{quoted(type(given).__name__)} is no table"
        help = "give a path, or a table of Arrow, pandas, polars or DuckDB"
        raise InputError([Diagnostic(label, problem, help)])
    try:
        engine.register(known, given if stream is None else stream())
        found = engine.read(f"DESCRIBE SELECT * FROM {known}")
        columns, types = tuple(str(row[0]) for row in found), tuple(row[1] for row in found)
        cells = "".join(f", {named(column)} AS c{place}" for place, column in enumerate(columns))
        engine.read(f"CREATE TABLE {relation} AS SELECT row_number() OVER () AS n{cells} FROM {known}")
        engine.unregister(known)
    except UnreadableError as error:
        raise InputError([Diagnostic(label, f"cannot be read: {error}")]) from None
    return Source(label, "memory", columns, types, relation)
