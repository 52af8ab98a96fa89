"""The tables that ``batches.py`` measures on: criteria, records and returns, invented by DuckDB from a fixed seed, and compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

import hmic_rules as hr
import mappa_workload
import workload
from hmic_rules.backends.sql.compiling import Compiled, compile_sql
from hmic_rules.binding import program_for

TEAMS, FORCES = 600, 20
BY_HAND = """
WITH counted AS (
  SELECT case_id, count(*) FILTER (critical AND status = 'not met') > 0 AS dominant,
    count(*) FILTER (standard = 'fair' AND significant AND status <> 'met') = 0 AS fair,
    count(*) FILTER (standard = 'fair' AND status <> 'met') = 0 AS every_fair,
    count(*) FILTER (standard = 'good') AS good, count(*) FILTER (standard = 'good' AND status = 'met') AS good_met{lists}
  FROM criteria JOIN framework USING (id) GROUP BY case_id
), met AS (SELECT *, 2 * good_met > good AS most, 10 * good_met >= 9 * good AS nearly_all FROM counted)
SELECT case_id, CASE WHEN dominant THEN 'poor' WHEN every_fair AND nearly_all THEN 'excellent' WHEN every_fair AND most THEN 'good'
  WHEN fair THEN 'fair' ELSE 'poor' END AS grade{unmet}
FROM met
"""
LISTS = """, list(id ORDER BY id) FILTER (standard = 'fair' AND significant AND status <> 'met') AS significant_unmet,
    list(id ORDER BY id) FILTER (standard = 'fair' AND status <> 'met') AS fair_unmet,
    list(id ORDER BY id) FILTER (standard = 'good' AND status <> 'met') AS good_unmet"""
UNMET = """, CASE WHEN NOT fair THEN significant_unmet END AS "__unmet/fair",
  CASE WHEN NOT (every_fair AND most) THEN list_concat(fair_unmet, CASE WHEN NOT most THEN good_unmet END) END AS "__unmet/good",
  CASE WHEN NOT (every_fair AND nearly_all) THEN list_concat(fair_unmet, CASE WHEN NOT nearly_all THEN good_unmet END) END AS "__unmet/excellent\""""
RETURNS, RETURNS_PROFILE = "safer-neighbourhoods-2007", "assumed-example"


@frozen
class Work:
    """One way to ask a rule set: what it reads, what it gives, and what it is measured against.

    Attributes:
        sql: the statement.
        results: its columns that are read.
        base: the statement that it is a multiple of.
        rows: how many rows it decides upon.

    """

    sql: str
    results: tuple[str, ...]
    base: str
    rows: int

    @property
    def asked(self) -> str:
        """Every result of every row is made and read; nothing of it is kept."""
        return f"SELECT count(*){''.join(f', {read(one)}' for one in self.results)} FROM ({self.sql})"


def read(column: str) -> str:
    """Every value of a column read: texts compared, lists measured, numbers added; no statistics of the file answer that."""
    name = '"' + column.replace('"', '""') + '"'
    if "__unmet/" in column:
        return f"sum(len({name}))"
    return f"max({name})"


def scan(table: str, columns: Sequence[str]) -> str:
    """Every value of these columns read, and nothing else done."""
    return f'SELECT count(*), {", ".join(map(read, columns))} FROM "{table}"'


def results_of(compiled: Compiled, name: str) -> tuple[str, ...]:
    (output,) = (query.output for query in compiled.queries)
    one = output.outcomes[name]
    return tuple(
        column
        for column in (one.value, one.status, one.possible, one.rule, one.limits, *one.unmet.values())
        if column is not None
    )


def fill_empty(database: Any, compiled: Compiled) -> None:
    for table in compiled.tables.tables.values():
        columns = ", ".join(f'"{one.name}" {one.storage}' for one in table.columns)
        database.execute(f'CREATE TABLE IF NOT EXISTS "{table.name}" ({columns})')


def criteria_ruleset(number: int, folder: Path) -> hr.Ruleset:
    """The rule set of ``criteria/`` over so many criteria, half of them fair."""
    half = number // 2
    lines = [f"framework: sixty\ntitle: {number} invented criteria\ncriteria:"]
    for place in range(half):
        flags = f"significant: {str(place < half // 2).lower()}, critical: {str(place < half // 10).lower()}"
        lines.append(f"  - {{id: f{place:02}, standard: fair, {flags}, says: invented, basis: assumed}}")
        lines.append(
            f"  - {{id: g{place:02}, standard: good, significant: false, critical: false, says: invented, basis: assumed}}"
        )
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "sixty.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = (workload.RULESET / "ruleset.yaml").read_text(encoding="utf-8")
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    return hr.load(folder)


def criteria(database: Any, rows: int, number: int, *, wide: bool) -> dict[str, Work]:
    """So many cases with so many criteria, as columns or as rows; the grades are about equally common."""
    with TemporaryDirectory() as name:
        program = program_for(criteria_ruleset(number, Path(name)), "sixty", None, None)
    names = [f"{kind}{place:02}" for place in range(number // 2) for kind in "fg"]
    lapse = {
        id: f"CASE WHEN kind = 0 THEN 0.2 WHEN kind = 1 AND {int(id[1:])} >= {number // 4} THEN 0.2 ELSE 0 END"
        if id[0] == "f"
        else "CASE WHEN kind = 3 THEN 0.03 ELSE 0.3 END"
        for id in names
    }
    database.execute("SELECT setseed(0.5)")
    base = f"(SELECT i, i % 4 AS kind FROM range({rows}) AS r(i))"
    draw = "CASE WHEN random() >= {} THEN 'met' WHEN random() < 0.5 THEN 'in part' ELSE 'not met' END"
    known = frozenset({("criteria", "status")})
    if wide:
        columns = ", ".join(f'{draw.format(chance)} AS "status/{id}"' for id, chance in lapse.items())
        database.execute(f"CREATE OR REPLACE TABLE cases AS SELECT i AS case_id, {columns} FROM {base}")
        columns_read = ["case_id", *(f"status/{id}" for id in names)]
        found = {}
        for what, unmet in (("", False), ("with unmet", True)):
            compiled = compile_sql(program, wide={"criteria"}, known=known, unmet=unmet)
            sql = compiled.queries[0].sql
            found[what] = Work(sql, results_of(compiled, "grade"), scan("cases", columns_read), rows)
        return found
    database.execute(f"CREATE OR REPLACE TABLE cases AS SELECT i AS case_id FROM {base}")
    chances = "CASE {} END".format(" ".join(f"WHEN id = '{id}' THEN {chance}" for id, chance in lapse.items()))
    listed = ", ".join(f"'{id}'" for id in names)
    database.execute(
        f"CREATE OR REPLACE TABLE criteria AS SELECT case_id, id, {draw.format('chance')} AS status FROM "
        f"(SELECT i AS case_id, id, {chances} AS chance FROM {base} CROSS JOIN (SELECT unnest([{listed}]) AS id))"
    )
    found = {}
    for what, unmet in (("", False), ("with unmet", True)):
        compiled = compile_sql(program, known=known, complete={"criteria"}, unmet=unmet)
        base_ = scan("criteria", ["case_id", "id", "status"])
        found[what] = Work(compiled.queries[0].sql, results_of(compiled, "grade"), base_, rows)
    flags = ", ".join(f"('{id}', {place < number // 4}, {place < number // 20})" for id, place in placed(names))
    database.execute(
        "CREATE OR REPLACE TABLE framework AS SELECT id, CASE WHEN id[1] = 'f' THEN 'fair' ELSE 'good' END AS standard, "
        f"id[1] = 'f' AND early AS significant, id[1] = 'f' AND first AS critical FROM (VALUES {flags}) AS t(id, early, first)"
    )
    unmet_columns = tuple(one for one in found["with unmet"].results if "__unmet/" in one)
    found["by hand"] = Work(BY_HAND.format(lists="", unmet=""), ("grade",), base_, rows)
    by_hand = BY_HAND.format(lists=LISTS, unmet=UNMET.replace("__unmet", "grade__unmet"))
    found["by hand, with unmet"] = Work(by_hand, ("grade", *unmet_columns), base_, rows)
    for mine, other in (("", "by hand"), ("with unmet", "by hand, with unmet")):
        columns = ", ".join(f'"{one}"' for one in ("case_id", *found[other].results))
        differences = " EXCEPT ALL ".join(f"SELECT {columns} FROM ({found[one].sql})" for one in (mine, other))
        if database.execute(f"SELECT count(*) FROM ({differences})").fetchall() != [(0,)]:
            raise SystemExit("the SQL answers otherwise than the SQL written by hand")
    return found


def placed(names: Sequence[str]) -> list[tuple[str, int]]:
    return [(id, int(id[1:])) for id in names]


def record_sql() -> Compiled:
    program = program_for(hr.load(mappa_workload.RULESET), None, mappa_workload.PROFILE, None)
    facts = [
        "convicted_or_cautioned",
        "registered_sex_offender",
        "violent_or_other_sex_offender",
        "capable_of_serious_harm",
    ]
    facts += [
        "poses_risk_of_serious_harm",
        "likely_to_cause_serious_harm",
        "risk_of_serious_harm",
        "among_the_critical_few",
    ]
    facts += ["significant_intelligence", "borough_pilots_ramp"]
    known = {("case", one) for one in facts} | {("agencies", "needed"), ("considerations", "recorded")}
    return compile_sql(program, outcomes=mappa_workload.OUTCOMES, wide={"agencies", "considerations"}, known=known)


def record(database: Any, rows: int) -> Work:
    """Invented persons with every fact known, as ``mappa_workload`` draws them."""
    compiled = record_sql()
    shares = {
        "registered_sex_offender": 0.25,
        "violent_or_other_sex_offender": 0.25,
        "among_the_critical_few": 0.1,
        "needed": 0.15,
        "recorded": 0.8,
    }
    columns = []
    for one in compiled.tables.cases.columns[1:]:
        field = one.field or ""
        if field == "convicted_or_cautioned":
            drawn = "['convicted', 'convicted', 'cautioned', 'neither'][1 + CAST(floor(random() * 4) AS INTEGER)]"
        elif field == "risk_of_serious_harm":
            drawn = f"{list(mappa_workload.RISKS)}[1 + CAST(floor(random() * 4) AS INTEGER)]"
        elif one.storage == "BOOLEAN" and one.kind == "field":
            drawn = f"random() < {shares.get(field, 0.5)}"
        else:
            drawn = f"CAST(NULL AS {one.storage})"
        columns.append(f'{drawn} AS "{one.name}"')
    database.execute("SELECT setseed(0.5)")
    database.execute(
        f"CREATE OR REPLACE TABLE cases AS SELECT i AS case_id, {', '.join(columns)} FROM range({rows}) AS r(i)"
    )
    fill_empty(database, compiled)
    results = tuple(one for name in mappa_workload.OUTCOMES for one in results_of(compiled, name))
    columns_read = sorted(compiled.reads["cases"])
    return Work(compiled.queries[0].sql, results, scan("cases", columns_read), rows)


def record_cases(database: Any, number: int) -> list[dict[str, Any]]:
    """The first rows of the table as cases of Python."""
    done = database.execute(f"SELECT * FROM cases ORDER BY case_id LIMIT {number}")
    names = [one[0] for one in done.description]
    return [as_case(dict(zip(names, row, strict=True))) for row in done.fetchall()]


def as_case(row: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"agencies": {}, "considerations": {}}
    for name, value in row.items():
        field, _, item = name.partition("/")
        if field == "needed":
            found["agencies"][item] = {"needed": value}
        elif field == "recorded":
            found["considerations"][item] = {"recorded": value}
        elif name != "case_id" and value is not None:
            found[name] = value
    return found


def returns(database: Any, rows: int) -> Work:
    """Returns of duty by team and month, and the state of each team's month, which escalates over months."""
    program = program_for(hr.load(RETURNS), None, RETURNS_PROFILE, None)
    known = {("returns", one) for one in ("team", "month", "hours_on_duty", "hours_abstracted", "reason")}
    per = {("returns", "hours_on_duty"): 4, ("returns", "hours_abstracted"): 4}
    compiled = compile_sql(program, outcomes=["state"], denominators=per, known=known, given={"returns", "teams"})
    (query,) = compiled.queries
    labels = "'court', 'training', 'major incident', 'other'"
    database.execute("SELECT setseed(0.5)")
    drawn = {
        "case_id": f"CAST(floor(random() * {FORCES}) AS BIGINT)",
        "row": "i",
        "team": f"'team ' || CAST(floor(random() * {TEAMS}) AS INTEGER)",
        "month": "24084 + CAST(floor(random() * 6) AS INTEGER)",
        "hours_on_duty": "40 + CAST(floor(random() * 10) AS BIGINT)",
        "hours_abstracted": "CASE WHEN random() < 0.2 THEN CAST(floor(random() * 5) AS BIGINT) ELSE 0 END",
        "reason": f"[{labels}][1 + CAST(floor(random() * len([{labels}])) AS INTEGER)]",
    }
    table = compiled.tables.tables["returns"]
    columns = ", ".join(
        f'{drawn.get(one.name, f"CAST(NULL AS {one.storage})")} AS "{one.name}"' for one in table.columns
    )
    database.execute(f"CREATE OR REPLACE TABLE returns AS SELECT {columns} FROM range({rows}) AS r(i)")
    cases = ", ".join(
        "i AS case_id"
        if one.kind == "case"
        else f'{"true" if one.kind == "given" else f"CAST(NULL AS {one.storage})"} AS "{one.name}"'
        for one in compiled.tables.cases.columns
    )
    database.execute(f"CREATE OR REPLACE TABLE cases AS SELECT {cases} FROM range({FORCES}) AS r(i)")
    teams = compiled.tables.tables["teams"]
    columns = ", ".join(
        {"case_id": "f.i AS case_id", "team": "'team ' || t.i AS team"}.get(
            one.name, f'CAST(NULL AS {one.storage}) AS "{one.name}"'
        )
        for one in teams.columns
    )
    database.execute(
        f"CREATE OR REPLACE TABLE teams AS SELECT {columns} FROM range({FORCES}) AS f(i) CROSS JOIN range({TEAMS}) AS t(i)"
    )
    fill_empty(database, compiled)
    base = (
        "SELECT count(*), max(a), max(b) FROM (SELECT case_id, team, month, sum(hours_on_duty) AS a, "
        "sum(hours_abstracted) AS b FROM returns GROUP BY case_id, team, month)"
    )
    return Work(query.sql, results_of(compiled, "state"), base, rows)
