"""The SQL of a rule set as text, with the tables that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hmic_rules.backends.sql.compiling import DIALECTS, SETTING, compile_sql
from hmic_rules.backends.sql.schema import Table
from hmic_rules.binding import program_for
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.rulesets import Ruleset

__all__ = ["printed_sql"]


def printed_sql(
    ruleset: Ruleset,
    *,
    dialect: str = "duckdb",
    framework: str | None = None,
    profile: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] | None = None,
    unmet: bool = False,
) -> str:
    """The SQL that decides tables of cases: one statement for what stands on the case, one for each other thing that outcomes stand on.

    Raises:
        NotFoundError: there is no such dialect, framework, profile or outcome.

    """
    if dialect not in DIALECTS:
        raise NotFoundError(f"no dialect is called {quoted(dialect)}: {did_you_mean(dialect, DIALECTS)}")
    program = program_for(ruleset, framework, profile, parameters)
    compiled = compile_sql(program, outcomes=outcomes, unmet=unmet, dialect=dialect)
    under = "".join(f", {one}" for one in (program.framework, program.profile) if one is not None)
    lines = [
        f"-- {ruleset.name}, edition {ruleset.edition}{under}: SQL of {dialect}",
        "-- It reads these tables; NULL is unknown:",
    ]
    for table in compiled.tables.tables.values():
        lines += _columns(table)
    if dialect in SETTING:
        lines += ["", "-- Without this setting the statements take seconds to plan:", f"{SETTING[dialect]};"]
    for query in compiled.queries:
        lines += ["", f"-- outcomes on: {query.output.scope}", f"{query.sql};"]
    return "\n".join(lines) + "\n"


def _columns(table: Table) -> Iterator[str]:
    yield f"-- {table.name}"
    for column in table.columns:
        per = f", in parts of 1/{column.per}" if column.per > 1 else ""
        yield f"--   {column.name} {column.storage}{per}"
