"""Sessions of Spark: what must hold of one that is brought, one of one's own for trying, and statements through either. Only here is pyspark imported."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlglot import exp, parse_one

from hmic_rules.backends.sql.compiling import Compiled
from hmic_rules.backends.sql.schema import OutputTable, Storage
from hmic_rules.errors import Diagnostic, EngineError, HmicRulesError, InputError, quoted

try:
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, Row, SparkSession, functions, types
except ModuleNotFoundError as error:  # pragma: no cover - the tests of Spark run with the extra
    raise HmicRulesError('tables on Spark are an extra: pip install "hmic-rules[spark]"') from error

__all__ = [
    "STORAGES",
    "DataFrame",
    "Row",
    "SparkSession",
    "decided",
    "fit_for_use",
    "functions",
    "local_session",
    "said_by_spark",
    "types",
    "written",
]

STORAGES: Final[Mapping[Storage, types.DataType]] = {
    "BIGINT": types.LongType(),
    "INTEGER": types.IntegerType(),
    "BOOLEAN": types.BooleanType(),
    "VARCHAR": types.StringType(),
    "DATE": types.DateType(),
}
WANTED: Final = (
    ("spark.sql.ansi.enabled", "true", "else a number that is too great becomes NULL, and so unknown"),
    ("spark.sql.parser.escapedStringLiterals", "false", "else texts in statements are read otherwise than written"),
)
LOCAL: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.ansi.enabled": "true",
}


def fit_for_use(session: Any) -> None:
    """Refuse a session on which the SQL would mean something else.

    Raises:
        InputError: a setting changes answers, or it is a session of Spark Connect, on which none of this was tried.

    """
    if not isinstance(session, SparkSession) or type(session).__module__.startswith("pyspark.sql.connect"):
        problem = f"{quoted(type(session).__name__)} is no session of Spark that this library is tried on"
        raise InputError([Diagnostic("session", problem, "give a `pyspark.sql.SparkSession` (not Spark Connect)")])
    problems = [
        Diagnostic("session", f"{quoted(key)} is {found}: {why}", f'session.conf.set("{key}", "{wanted}")')
        for key, wanted, why in WANTED
        if (found := str(session.conf.get(key)).lower()) != wanted
    ]
    if problems:
        raise InputError(problems)


@contextmanager
def local_session(threads: int = 2, memory: str = "2g") -> Iterator[SparkSession]:
    """A session on this machine, for trying; it ends with the block.

    Args:
        threads: how many threads it uses.
        memory: how much memory its Java takes, as Spark writes it.

    Raises:
        EngineError: Spark does not start: there is no Java, for one.

    """
    folder = Path(tempfile.mkdtemp(prefix="hmic-rules-spark-"))
    try:
        builder = SparkSession.builder.master(f"local[{threads}]").appName("hmic-rules")
        for key, value in {
            **LOCAL,
            "spark.driver.memory": memory,
            "spark.local.dir": str(folder),
            "spark.sql.warehouse.dir": str(folder),
            "spark.sql.shuffle.partitions": str(2 * threads),
        }.items():
            builder = builder.config(key, value)
        try:
            session = builder.getOrCreate()
        except (PySparkException, OSError, RuntimeError) as error:
            said = str(error).strip().partition("\n")[0]
            raise EngineError(f"Spark does not start: {said}\n    help: it needs Java 17 or later") from None
        session.sparkContext.setLogLevel("ERROR")
        try:
            yield session
        finally:
            session.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def decided(
    session: SparkSession, compiled: Compiled, tables: Mapping[str, DataFrame]
) -> list[tuple[OutputTable, DataFrame]]:
    """What each statement gives, not computed yet.

    Args:
        session: the session; what it knows by name is left as it is.
        compiled: the statements, written for Spark.
        tables: the rows of every table that they take, by the table's name.

    Raises:
        EngineError: Spark refuses a statement.

    """
    mark = uuid.uuid4().hex
    views = {name: f"hmic_rules_{mark}_{number}" for number, name in enumerate(tables)}
    try:
        for name, view in views.items():
            tables[name].createOrReplaceTempView(view)
        return [(query.output, session.sql(_renamed(query.sql, views))) for query in compiled.queries]
    except PySparkException as error:
        raise EngineError(said_by_spark(error)) from None
    finally:
        for view in views.values():
            session.catalog.dropTempView(view)


def written(frame: DataFrame, folder: Path) -> None:
    """Write a frame as files of Parquet into a folder.

    Raises:
        EngineError: Spark fails.

    """
    try:
        frame.write.parquet(str(folder))
    except PySparkException as error:
        raise EngineError(said_by_spark(error)) from None


def _renamed(sql: str, views: Mapping[str, str]) -> str:
    """The statement over views of names that nobody else has; the names of its layers have spaces in them, and those of tables do not."""
    tree = parse_one(sql, dialect="spark")
    for table in tree.find_all(exp.Table):
        if table.name in views:
            table.set("this", exp.to_identifier(views[table.name], quoted=True))
    return tree.sql(dialect="spark")


def said_by_spark(error: BaseException) -> str:
    """What Spark says of a failure, in one line."""
    return f"Spark: {str(error).strip().partition(chr(10))[0]}"
