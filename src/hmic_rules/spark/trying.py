"""A run over tables of cases whose statements go to a Spark on this machine: for trying what a session of one's own will do."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hmic_rules.backends.sql.compiling import Compiled
from hmic_rules.backends.sql.schema import OutputTable
from hmic_rules.batch.engine import Engine
from hmic_rules.batch.quoting import literal, name
from hmic_rules.spark.sessions import STORAGES, DataFrame, decided, local_session, types, written

__all__ = ["on_local_spark"]

LIST: Final = types.ArrayType(types.StringType())
WHOLE: Final = types.DecimalType(38, 0)


def on_local_spark(engine: Engine, compiled: Compiled, threads: int | None = None, memory: str | None = None) -> None:
    """Hand the filled tables to Spark as files, let it decide, and take what it gives back into ``result``.

    Args:
        engine: the database with the checked tables.
        compiled: the statements, written for Spark.
        threads: how many threads Spark uses; 2 where it is not said.
        memory: how much memory its Java takes, such as ``2GB``.

    Raises:
        EngineError: Spark does not start, or fails.

    """
    given, got = engine.folder / "to-spark", engine.folder / "from-spark"
    given.mkdir()
    got.mkdir()
    size = "2g" if memory is None else memory.upper().replace(" ", "").rstrip("B").rstrip("I").lower()
    with local_session(threads or 2, size) as session:
        frames = {}
        for number, table in enumerate(compiled.tables.tables.values()):
            path = given / f"{number}.parquet"
            columns = ", ".join(name(one.name) for one in table.columns)
            engine.run(f"COPY (SELECT {columns} FROM {name(table.name)}) TO {literal(str(path))} (FORMAT parquet)")
            schema = types.StructType([types.StructField(one.name, STORAGES[one.storage]) for one in table.columns])
            frames[table.name] = session.read.schema(schema).parquet(str(path))
        for number, (output, frame) in enumerate(decided(session, compiled, frames)):
            folder = got / str(number)
            written(_typed(output, frame), folder)
            _taken(engine, output, frame, folder, f"result.r{number}")


def _typed(output: OutputTable, frame: DataFrame) -> DataFrame:
    """Columns that are ``NULL`` everywhere have no type, and a file wants one."""
    lists = {column for one in output.outcomes.values() for column in one.unmet.values()}
    numbers = {column for one in output.outcomes.values() for column in (one.low, one.high, one.low_of, one.high_of)}
    for one in frame.schema.fields:
        if isinstance(one.dataType, types.NullType):
            type = LIST if one.name in lists else WHOLE if one.name in numbers else types.StringType()
            frame = frame.withColumn(one.name, frame[f"`{one.name.replace('`', '``')}`"].cast(type))
    return frame


def _taken(engine: Engine, output: OutputTable, frame: DataFrame, folder: Path, relation: str) -> None:
    """What Spark wrote, in the order of the cases; its decimals are whole numbers."""
    columns = [
        f"CAST({name(one.name)} AS HUGEINT) AS {name(one.name)}"
        if isinstance(one.dataType, types.DecimalType)
        or (isinstance(one.dataType, types.NullType) and one.name.endswith(("__low", "__high")))
        else name(one.name)
        for one in frame.schema.fields
    ]
    order = ", ".join(name(key.name) for key in output.keys)
    files = literal(str(folder / "*.parquet"))
    engine.run(
        f"CREATE TABLE {relation} AS SELECT {', '.join(columns)} FROM read_parquet({files}) ORDER BY {order}",
        "deciding",
    )
