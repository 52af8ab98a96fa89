"""Cases put to Spark and to the reference, and what differs; helpers of the tests of Spark."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import hmic_rules as hr
from hmic_rules.backends.sql import duck
from hmic_rules.backends.sql.compiling import compile_sql
from hmic_rules.backends.sql.decoding import item_of, outcome_of
from hmic_rules.backends.sql.packing import denominators_in, packed
from hmic_rules.cases import case_row
from hmic_rules.decisions import Decision
from hmic_rules.programs import Program

MISSING = next(
    (
        why
        for why, there in (
            ("pyspark is not installed: the extra `spark`", find_spec("pyspark") is not None),
            ("there is no Java", shutil.which("java") is not None),
        )
        if not there
    ),
    None,
)
QUICK = {  # planning is what takes time with few rows; the cluster runs as Spark is shipped
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}


@contextmanager
def session_on(master: str, settings: Mapping[str, str] = {}) -> Iterator[Any]:
    """A session on a master, which ends with the block."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - where it is installed

    builder = SparkSession.builder.master(master).appName("tests")
    plain = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    for key, value in {**plain, **settings}.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()


def together(cases: Iterable[Any]) -> list[list[Any]]:
    """Cases under the same framework, profile and parameters."""
    found: dict[str, list[Any]] = {}
    for case in cases:
        entries = getattr(case.parameters, "entries", None) or {}
        under = {
            name: getattr(raw, "text", [one.text for one in getattr(raw, "items", ())]) for name, raw in entries.items()
        }
        found.setdefault(repr((case.framework, case.profile, under)), []).append(case)
    return list(found.values())


def frames_of(session: Any, tables: Any, columns: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, Any]:
    """The tables of some cases as frames of Spark."""
    from hmic_rules.spark.sessions import STORAGES, types  # noqa: PLC0415 - where it is installed

    found = {}
    for table in tables.tables.values():
        schema = types.StructType([types.StructField(one.name, STORAGES[one.storage]) for one in table.columns])
        rows = list(zip(*(columns[table.name][one.name] for one in table.columns), strict=True))
        found[table.name] = session.createDataFrame(rows, schema)
    return found


def differences(
    session: Any, program: Program, given: Iterable[Any], names: Iterable[str], *, duckdb: bool = False
) -> tuple[int, list[Any]]:
    """How many outcomes were compared, and those that Spark (or DuckDB too) gives otherwise than the reference; what none takes is left out."""
    from hmic_rules.spark.sessions import decided  # noqa: PLC0415 - where it is installed

    rows = {}
    for number, facts in enumerate(given):
        try:
            rows[number] = case_row(program, facts)
        except hr.HmicRulesError:
            continue
    names = list(names)
    per = denominators_in(program, rows.values())
    compiled = compile_sql(program, outcomes=names, denominators=per, dialect="spark")
    columns = packed(program, compiled.tables, rows)
    frames = frames_of(session, compiled.tables, columns)
    mine = _said(
        program, ((output, map(_plain, frame.collect())) for output, frame in decided(session, compiled, frames))
    )
    theirs: dict[Any, Any] = {}
    refused = set()
    for number, row in rows.items():
        try:
            decision = Decision(program, row, program.run(row))
            for name in names:
                if program.ruleset.values[name].scope == "case":
                    theirs[number, name, None] = decision[name]
                else:
                    theirs |= {(number, name, item): one for item, one in decision.items(name).items()}
        except hr.HmicRulesError:
            refused.add(number)
    found = _different(mine, theirs, refused)
    if duckdb:
        compiled = compile_sql(program, outcomes=names, denominators=per)
        engine = duck.connection()
        for table in compiled.tables.tables.values():
            duck.fill(engine, table, columns[table.name])
        found += _different(_said(program, duck.rows_of(engine, compiled)), theirs, refused)
    return len(theirs), found


def _said(program: Program, results: Iterable[Any]) -> dict[Any, Any]:
    """Each outcome by case, name and item."""
    found: dict[Any, Any] = {}
    for output, rows in results:
        for row in rows:
            for name in output.outcomes:
                key = (row["case_id"], name, item_of(output, row))
                found[key] = "refused" if row[output.refused] is not None else outcome_of(program, output, name, row)
    return found


def _different(mine: dict[Any, Any], theirs: dict[Any, Any], refused: set[int]) -> list[Any]:
    found = [(key, mine.get(key), one) for key, one in theirs.items() if mine.get(key) != one]
    strange = [key for key, one in mine.items() if key not in theirs and (key[0] not in refused or one != "refused")]
    return found + [(key, mine[key], None) for key in strange]


def _plain(row: Any) -> dict[str, Any]:
    return dict(row.asDict())
