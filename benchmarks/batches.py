"""Tables of cases in DuckDB: criteria, records and returns, beside the bare scan, the bare group-by, other engines and code by hand. Prints Markdown tables."""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import batches_workloads as tables_of
import hmic_rules as hr
from batches_peers import RETURNS_BY_HAND, VECTORISED
from batches_workloads import Work
from mappa import seven
from mappa_peers import PEERS
from mappa_workload import OUTCOMES, PROFILE, RULESET, by_hand
from tables import own_output

THREADS = 2
PER_ROW = 1000


def connected(file: Path, memory: str | None = None) -> Any:
    import duckdb

    database = duckdb.connect(str(file))
    database.execute(f"SET threads = {THREADS}")
    database.execute(
        "SET disabled_optimizers = 'partial_aggregate_pushdown'"
    )  # as `batch` does: it takes seconds to plan
    if memory is not None:
        database.execute(f"SET memory_limit = '{memory}'")
    return database


def times_of(
    ways: Mapping[str, Callable[[], Any]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Seconds on the wall, or by another clock, of every way in every round, in turns; the first round warms up and is left out."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            gc.collect()
            start = clock()
            way()
            if number:
                found[name].append(clock() - start)
    return found


def lines_of(times: Mapping[str, list[float]], base: str, rows: int) -> list[str]:
    """A row for each way: its median ratio to the base of the same round, and microseconds for each row."""
    found = []
    for name, seconds in times.items():
        ratio = statistics.median(one / other for one, other in zip(seconds, times[base], strict=True))
        found.append(f"| {name} | {ratio:.2f}× | {statistics.median(seconds) / rows * 1e6:.4f} |")
    return found


def head(what: str) -> list[str]:
    return ["", f"| {what} | ratio | µs for one |", "|---|---:|---:|"]


def asked(database: Any, sql: str) -> Callable[[], Any]:
    return lambda: database.execute(sql).fetchall()


def criteria(folder: Path, rows: int, rounds: int) -> list[str]:
    """Wide and long: the scan of the same columns, the grade, and in long form the unmet criteria beside it."""
    lines = []
    for wide in (True, False):
        many = rows if wide else max(rows // 10, 1000)
        database = connected(folder / f"criteria-{wide}.duckdb")
        works = tables_of.criteria(database, many, 60, wide=wide)
        work = works[""]
        scan, name = "the bare scan of the same columns", "hmic_rules in DuckDB: grade, rule, limits"
        ways = {scan: asked(database, work.base), name: asked(database, work.asked)}
        with_unmet = f"{name}, and the unmet criteria of each rule"
        ways[with_unmet] = asked(database, works["with unmet"].asked)
        if not wide:
            ways["the bare count by case"] = asked(
                database, "SELECT count(*), max(c) FROM (SELECT case_id, count(*) AS c FROM criteria GROUP BY case_id)"
            )
            ways["SQL by hand: the grade"] = asked(database, works["by hand"].asked)
            ways["SQL by hand: the grade, and the unmet criteria of each rule"] = asked(
                database, works["by hand, with unmet"].asked
            )
        times = times_of(ways, rounds)
        lines += head(f"60 criteria, {'wide' if wide else 'long'}, {many:,} cases")
        lines += lines_of(times, scan, many)
        pair = {one: ways[one] for one in (with_unmet, name)}
        ratio, worked = (
            statistics.median(one / other for one, other in zip(found[with_unmet], found[name], strict=True))
            for found in (times, times_of(pair, rounds, time.process_time))
        )
        lines += [
            "",
            f"With the unmet criteria {ratio:.2f} times the same without them; {worked:.2f} times by processor time.",
        ]
        database.close()
        (folder / f"criteria-{wide}.duckdb").unlink()
    return lines


def record(folder: Path, rows: int, rounds: int) -> list[str]:
    """Seven outcomes of each of many persons; engines that go row by row get the first thousand."""
    database = connected(folder / "record.duckdb")
    work = tables_of.record(database, rows)
    cases = tables_of.record_cases(database, PER_ROW)
    wanted = list(map(by_hand, cases))
    check_record(database, work, wanted)
    scan, name = "the bare scan of the same columns", "hmic_rules in DuckDB: seven outcomes, with rules and bounds"
    values = Work(work.sql, OUTCOMES, work.base, rows)
    ways = {
        scan: asked(database, work.base),
        name: asked(database, work.asked),
        "hmic_rules in DuckDB: seven outcomes": asked(database, values.asked),
    }
    missing = []
    for peer, make in VECTORISED.items():
        try:
            answer, rows_of = make(database.sql("SELECT * FROM cases ORDER BY case_id"))
        except ImportError:
            missing.append(peer)
            continue
        if rows_of(first(answer(), PER_ROW)) != wanted:
            raise SystemExit(f"{peer} answers otherwise than the function written by hand")
        ways[peer] = answer
    times = times_of(ways, rounds)
    singles = each_by_itself(cases, wanted, missing)
    lines = [*head(f"records, {rows:,} persons"), *lines_of(times, scan, rows)]
    outcomes = "hmic_rules in DuckDB: seven outcomes"
    mine = statistics.median(times_of({outcomes: ways[outcomes]}, rounds, time.process_time)[outcomes]) / rows * 1e6
    lines += ["", "| processor time, one by one | times that of DuckDB | µs for one |", "|---|---:|---:|"]
    lines.append(f"| {outcomes}, all threads together | 1× | {mine:.4f} |")
    lines += [f"| {one} | {each / mine:.0f}× | {each:.2f} |" for one, each in singles.items()]
    lines += [f"| {one} | not installed | |" for one in missing]
    database.close()
    (folder / "record.duckdb").unlink()
    return lines


def first(found: Any, number: int) -> Any:
    return {name: column[:number] for name, column in found.items()} if isinstance(found, dict) else found.head(number)


def check_record(database: Any, work: Work, wanted: list[tuple[str, ...]]) -> None:
    """The SQL says of the first rows what the function written by hand says."""
    columns = ", ".join(f"COALESCE(CAST(\"{name}\" AS VARCHAR), 'none')" for name in OUTCOMES)
    sql = f"SELECT {columns} FROM ({work.sql}) WHERE case_id < {PER_ROW} ORDER BY case_id"
    if database.execute(sql).fetchall() != wanted:
        raise SystemExit("the SQL answers otherwise than the function written by hand")


def each_by_itself(cases: list[Any], wanted: list[Any], missing: list[str]) -> dict[str, float]:
    """Microseconds for one case, of the engines that take one at a time."""
    found = {}
    for name in ("zen-engine (compiled expressions)", "rule-engine"):
        try:
            shape, answer = PEERS[name]()
        except ImportError:
            missing.append(name)
            continue
        shaped = list(map(shape, cases))
        if list(map(answer, shaped)) != wanted:
            raise SystemExit(f"{name} answers otherwise than the function written by hand")
        found[name] = per_case(answer, shaped)
    for name, engine in (("hmic_rules: the reference", "reference"), ("hmic_rules: durable_rules", "durable")):
        ruleset = hr.load(RULESET)

        def decide(case: Any, ruleset: hr.Ruleset = ruleset, engine: Any = engine) -> Any:
            return ruleset.decide(case, profile=PROFILE, engine=engine)

        try:
            if [seven(decide(case)) for case in cases] != wanted:
                raise SystemExit(f"{name} gives other outcomes than the function written by hand")
        except hr.EngineError:
            missing.append(name)
            continue
        found[name] = per_case(decide, cases)
    return found


def per_case(answer: Callable[[Any], Any], cases: list[Any]) -> float:
    rounds = []
    for _ in range(3):
        start = time.process_time()
        for case in cases:
            answer(case)
        rounds.append((time.process_time() - start) / len(cases) * 1e6)
    return statistics.median(rounds)


def returns(folder: Path, rows: int, rounds: int) -> list[str]:
    """Returns of duty to the state of each team's month, beside the bare sums by team and month."""
    database = connected(folder / "returns.duckdb")
    work = tables_of.returns(database, rows)
    by_hand = Work(RETURNS_BY_HAND, work.results, work.base, rows)
    check_returns(database, work)
    base = "the bare sums by team and month"
    ways = {
        base: asked(database, work.base),
        "hmic_rules in DuckDB: the state of each team's month": asked(database, work.asked),
        "SQL by hand: the same columns, with less that is refused": asked(database, by_hand.asked),
    }
    lines = [*head(f"returns, {rows:,} rows"), *lines_of(times_of(ways, rounds), base, rows)]
    spent = times_of(ways, rounds, time.process_time)
    lines += [
        "",
        "| the same in processor time | ratio | µs for one |",
        "|---|---:|---:|",
        *lines_of(spent, base, rows),
    ]
    database.close()
    (folder / "returns.duckdb").unlink()
    return lines


def check_returns(database: Any, work: Work) -> None:
    """The SQL says of every team's month what the SQL by hand says."""
    columns = ", ".join(("case_id", "team", "month", "refused", *work.results))
    one, other = (f"SELECT {columns} FROM ({sql})" for sql in (work.sql, RETURNS_BY_HAND))
    if database.execute(f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}) LIMIT 1").fetchall():
        raise SystemExit("the SQL answers otherwise than the SQL written by hand")


def grown(folder: Path, most: int, memory: str | None) -> list[str]:
    """From 10,000 rows on, and from 10 criteria on: seconds, and the most memory of a process that does nothing else."""
    lines = ["", "| as the work grows | rows | seconds | MB |", "|---|---:|---:|---:|"]
    rows = 10_000
    while rows <= most:
        parts = ("criteria, wide", "criteria, long", "record", "returns")
        lines += [measured(folder, what, rows, 60, memory) for what in parts]
        rows *= 10
    for number in (10, 30, 60, 120):
        lines.append(measured(folder, "criteria, wide", min(most, 100_000), number, memory))
        lines.append(measured(folder, "criteria, long", min(most, 100_000), number, memory))
    return lines


def measured(folder: Path, what: str, rows: int, number: int, memory: str | None) -> str:
    """One line: the table is made by one process, and asked by another."""
    file = folder / "grown.duckdb"
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        work = pool.apply(made, (str(file), what, rows, number))
    with context.Pool(1) as pool:
        seconds, peak = pool.apply(answered, (str(file), work, memory))
    file.unlink()
    name = f"{what}, {number} criteria" if what.startswith("criteria") else what
    return f"| {name} | {rows:,} | {seconds:.3f} | {peak:.0f} |"


def made(file: str, what: str, rows: int, number: int) -> str:
    database = connected(Path(file))
    if what == "criteria, wide":
        found = tables_of.criteria(database, rows, number, wide=True)[""]
    elif what == "criteria, long":
        found = tables_of.criteria(database, max(rows // number, 1), number, wide=False)["with unmet"]
    else:
        found = (tables_of.record if what == "record" else tables_of.returns)(database, rows)
    database.close()
    return json.dumps(found.asked)


def answered(file: str, work: str, memory: str | None) -> tuple[float, float]:
    database = connected(Path(file), memory)
    start = time.perf_counter()
    database.execute(json.loads(work)).fetchall()
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


WORKLOADS = {"criteria": criteria, "record": record, "returns": returns}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many rows (1000000)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds; medians are shown (5)")
    parser.add_argument("--only", choices=(*WORKLOADS, "growth"), help="one part alone")
    parser.add_argument("--memory", help="what DuckDB may take as the work grows, such as 2GB")
    given = parser.parse_args()
    with own_output() as output, TemporaryDirectory() as name:
        print(
            f"{given.rows:,} rows, {THREADS} threads, medians of {given.rounds} rounds, Python {platform.python_version()}",
            file=output,
        )
        for what, measure in WORKLOADS.items():
            if given.only in (None, what):
                print("\n".join(measure(Path(name), given.rows, given.rounds)), file=output, flush=True)
        if given.only in (None, "growth"):
            print("\n".join(grown(Path(name), given.rows, given.memory)), file=output, flush=True)


if __name__ == "__main__":
    main()
