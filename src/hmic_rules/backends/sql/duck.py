"""DuckDB: tables into it, statements through it, rows out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hmic_rules.backends.sql.compiling import SETTING, Compiled
from hmic_rules.backends.sql.schema import OutputTable, Table
from hmic_rules.errors import EngineError

__all__ = ["connection", "fill", "rows_of"]


def connection() -> Any:
    """A DuckDB in memory.

    Raises:
        EngineError: DuckDB is not installed.

    """
    try:
        import duckdb
    except ImportError:
        raise EngineError("DuckDB is not installed: install the extra `batch`") from None
    engine = duckdb.connect()
    engine.execute(SETTING["duckdb"])
    return engine


def quoted_name(name: str) -> str:
    """A name as DuckDB takes it, whatever it is."""
    return '"' + name.replace('"', '""') + '"'


def fill(engine: Any, table: Table, columns: Mapping[str, list[Any]]) -> None:
    """Make a table and put these columns into it."""
    import pyarrow as pa

    types = {
        "BIGINT": pa.int64(),
        "INTEGER": pa.int32(),
        "BOOLEAN": pa.bool_(),
        "VARCHAR": pa.string(),
        "DATE": pa.date32(),
    }
    arrow = pa.table({one.name: pa.array(columns[one.name], types[one.storage]) for one in table.columns})
    engine.register("arriving", arrow)
    engine.execute(f"CREATE OR REPLACE TABLE {quoted_name(table.name)} AS SELECT * FROM arriving")  # noqa: S608 - the name is quoted
    engine.unregister("arriving")


def rows_of(engine: Any, compiled: Compiled) -> list[tuple[OutputTable, list[dict[str, Any]]]]:
    """What each statement gives, a mapping for each row."""
    found = []
    for query in compiled.queries:
        result = engine.execute(query.sql)
        names = [column[0] for column in result.description]
        found.append((query.output, [dict(zip(names, row, strict=True)) for row in result.fetchall()]))
    return found
