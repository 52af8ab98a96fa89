"""Tables of cases decided from end to end: the outcomes of ``decide`` on every row, files whole or not at all, counts that add up."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import fields

import hmic_rules as hr
from batched import written
from hmic_rules.binding import program_for
from hmic_rules.datatypes import shown
from hmic_rules.outcomes import Outcome
from hmic_rules.testing.worked import worked_facts

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")
pyarrow = pytest.importorskip("pyarrow")

from hmic_rules.batch import running  # noqa: E402
from hmic_rules.batch.batches import batch, named_path  # noqa: E402
from hmic_rules.batch.checking import Problem  # noqa: E402
from hmic_rules.batch.confirming import UnconfirmedError  # noqa: E402
from hmic_rules.batch.summaries import Counts, Summary, TableCounts  # noqa: E402
from hmic_rules.batch.writing import Written  # noqa: E402

SHAPES = Path(__file__).parent / "shapes"
DOCS = Path(__file__).parents[1] / "docs" / "tables.md"
PARTS = ("status", "possible", "rule", "limits", "judgement")
RECORD = "case,convicted_or_cautioned,registered,sentence_months,agencies_actively_involved,risk_of_serious_harm\n"


@pytest.fixture(scope="module")
def record() -> hr.Ruleset:
    return hr.load(SHAPES / "record.yaml")


def as_said(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a row of the results says of an outcome, in the parts that there are."""
    parts = {part: row[f"{name}__{part}"] for part in PARTS if f"{name}__{part}" in row}
    return parts | {"value": row.get(f"{name}__exact", row[name])}


def as_decided(outcome: Outcome, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision says of it, in the same parts."""
    value = outcome.value
    if value is not None and not isinstance(value, bool | int):
        value = shown(value)
    found = {part: getattr(outcome, part) for part in PARTS if part in parts}
    return {part: list(one) if isinstance(one, tuple) else one for part, one in found.items()} | {"value": value}


# Cases as tables


def rows_of(rules: hr.Ruleset, cases: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table for some cases, each called by its place."""
    found: dict[str, list[dict[str, Any]]] = {"case": []}

    def put(given: Mapping[str, Any], own: dict[str, Any], path: dict[str, Any], table: str) -> None:
        row = {**path, **own}
        found.setdefault(table, []).append(row)
        for name, value in given.items():
            if name not in rules.collections:
                row[name] = value if value is None or isinstance(value, bool) else shown(value)
                continue
            collection = rules.collections[name]
            for number, one in enumerate(value.items() if isinstance(value, Mapping) else value):
                item, below = one if isinstance(value, Mapping) else (None, one)
                key = {} if item is None else {"name": item}
                around = {**path, **({} if table == "case" else own)}
                if collection.key is not None:
                    key = {collection.key: shown(below[collection.key])}
                put({part: child for part, child in below.items() if part not in key}, key, around, name)
                del number

    for place, facts in enumerate(cases):
        put(facts, {}, {"case": place}, "case")
    return found


def completed(
    rules: hr.Ruleset, facts: dict[str, Any], tables: Mapping[str, Any], scope: str = "case"
) -> dict[str, Any]:
    """The facts of a case as tables say them: with a table of a collection, no rows are none."""
    found = dict(facts)
    for name, collection in rules.collections.items():
        if (collection.parent or "case") == scope and name in tables and collection.items is None:
            found[name] = [completed(rules, one, tables, name) for one in facts.get(name) or []]
    return found


def in_memory(rows: list[dict[str, Any]]) -> Any:
    columns = dict.fromkeys(name for row in rows for name in row)
    return pyarrow.table({name: pyarrow.array([row.get(name) for row in rows]) for name in columns})


def in_csv(rows: list[dict[str, Any]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, dict.fromkeys(name for row in rows for name in row))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().replace("True", "true").replace("False", "no")


def worked(rules: hr.Ruleset) -> list[dict[str, Any]]:
    return worked_facts(program_for(rules, None, None, None))


@pytest.mark.parametrize("form", ["memory", "csv"])
@pytest.mark.parametrize("name", ["record", "criteria", "groups", "judgement", "points", "levels"])
def test_every_row_has_the_outcomes_that_its_case_has(tmp_path, name, form):
    rules = hr.load(SHAPES / f"{name}.yaml")
    cases = worked(rules)
    tables: dict[str, Any] = {table: in_memory(rows) for table, rows in rows_of(rules, cases).items()}
    if form == "csv":
        texts = {f"{table}.csv": in_csv(rows) for table, rows in rows_of(rules, cases).items()}
        tables = dict(zip(tables, written(tmp_path, texts), strict=True))
    with batch(rules, tables, confirm=len(cases)) as done:
        assert done.summary.confirmed == done.summary.decided == len(cases) > 1
        for on in {rules.values[outcome].scope for outcome in rules.outcomes}:
            found = done.arrow(on).to_pylist()
            for place, facts in enumerate(cases):
                decision = rules.decide(completed(rules, facts, tables), engine="reference")
                rows = [row for row in found if str(row["case"]) == str(place)]
                for outcome in (one for one in rules.outcomes if rules.values[one].scope == on):
                    wanted = [decision[outcome]] if on == "case" else list(decision.items(outcome).values())
                    said = [as_said(row, outcome) for row in rows]
                    assert sorted(map(str, said)) == sorted(str(as_decided(one, said[0])) for one in wanted)


@pytest.mark.parametrize("ruleset", ["mappa-2007", "mappa-2019"])
def test_a_shipped_rule_set_decides_its_own_cases_as_tables(ruleset):
    rules = hr.load(ruleset)
    cases = worked(rules)
    with batch(
        rules, {table: in_memory(rows) for table, rows in rows_of(rules, cases).items()}, confirm=len(cases)
    ) as done:
        assert done.summary.confirmed == len(cases)


def test_wide_and_long_tables_say_the_same():
    rules = hr.load(SHAPES / "judgement.yaml")
    long = rows_of(rules, worked(rules))
    wide = [dict(row) for row in long["case"]]
    for row in long["questions"]:
        wide[row["case"]][f"{row['name']}.answer"] = row.get("answer")
    with (
        batch(rules, in_memory(wide)) as one,
        batch(rules, {name: in_memory(rows) for name, rows in long.items()}) as other,
    ):
        assert one.arrow().to_pylist() == other.arrow().to_pylist()


def test_framework_reading_and_parameters_are_those_of_a_decision():
    rules = hr.load("hmic-2007")
    item = rules.frameworks["child-abuse"].rows[0]["id"].text
    row = {"case": "x", "id": "b1", "criterion": item, "extent": "most", "stage": "in place", "quality": "as required"}
    facts = {"bearings": [{name: value for name, value in row.items() if name != "case"}]}
    for how in ({}, {"profile": "strict"}, {"parameters": {"unassessed": "left out", "in_part_satisfies": True}}):
        wanted = rules.decide(facts, framework="child-abuse", engine="reference", **how)["grade"]
        with batch(rules, {"bearings": in_memory([row])}, framework="child-abuse", outcomes=["grade"], **how) as done:
            (found,) = done.arrow().to_pylist()
            assert (found["grade__status"], tuple(found["grade__possible"])) == (wanted.status, wanted.possible)
            assert done.summary.confirmed == 1


def test_what_is_in_the_way_of_each_rule_is_listed_where_it_is_asked_for(tmp_path):
    rules = hr.load(SHAPES / "criteria.yaml")
    cases = worked(rules)
    with batch(rules, {table: in_memory(rows) for table, rows in rows_of(rules, cases).items()}, unmet=True) as done:
        assert done.summary.confirmed == len(cases)
        for row, facts in zip(done.arrow().to_pylist(), cases, strict=True):
            wanted = rules.decide(facts, engine="reference").unmet("grade")
            found = {rule: row[f"grade__unmet/{rule}"] for rule in ("fair", "good", "excellent")}
            assert {rule: tuple(items) for rule, items in found.items() if items is not None} == wanted


# What is written


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_results_are_written_in_the_order_of_the_input_and_with_the_same_bytes_again(record, tmp_path, suffix):
    rows = "".join(
        f"c{(number * 7) % 1000},yes,{'yes' if number % 3 else ''},{number % 30},{number % 6},high\n"
        for number in range(1000)
    )
    (path,) = written(tmp_path, {"in.csv": RECORD + rows})
    out = [tmp_path / f"{number}.{suffix}" for number in range(3)]
    for place, one in enumerate(out):
        batch(record, path, one, confirm=1, threads=place + 1).close()
    assert out[0].read_bytes() == out[1].read_bytes() == out[2].read_bytes()
    names = [row[0] for row in duckdb.connect().execute(f"SELECT \"case\" FROM '{out[0]}'").fetchall()]  # noqa: S608
    assert names == [f"c{(number * 7) % 1000}" for number in range(1000)]


def test_lists_are_lists_where_a_file_knows_them_and_one_text_in_csv(record, tmp_path):
    (path,) = written(tmp_path, {"in.csv": RECORD + "a,yes,,3,2,low\n"})
    batch(record, path, tmp_path / "o.csv", outcomes=["category"]).close()
    batch(record, path, tmp_path / "o.jsonl", outcomes=["category"]).close()
    header = "case,category,category__status,category__possible,category__rule"
    assert (tmp_path / "o.csv").read_text() == f"{header}\na,,undetermined,1 | 3 | outside,\n"
    assert json.loads((tmp_path / "o.jsonl").read_text()) == {
        "case": "a",
        "category": None,
        "category__status": "undetermined",
        "category__possible": ["1", "3", "outside"],
        "category__rule": None,
    }


def test_outcomes_on_several_things_go_to_a_file_each(tmp_path):
    rules = hr.load(SHAPES / "groups.yaml")
    tables = {table: in_memory(rows) for table, rows in rows_of(rules, worked(rules)).items()}
    with pytest.raises(hr.InputError, match="the outcomes stand on `case` and `team_month`"):
        batch(rules, tables, tmp_path / "o.csv")
    with pytest.raises(hr.InputError, match="no outcome stands on `team_moth`"):
        batch(rules, tables, {"team_moth": tmp_path / "o.csv"})
    outputs = {"case": tmp_path / "c.csv", "team_month": tmp_path / "t.csv"}
    with batch(rules, tables, outputs) as done:
        assert done.summary.outputs == {name: str(path) for name, path in outputs.items()}
    assert (tmp_path / "t.csv").read_text().splitlines()[:2] == [
        "case,team,month,state,state__status,state__possible,state__rule",
        "0,east,2007-04,within policy,decided,within policy,otherwise",
    ]
    batch(rules, tables, tmp_path / "o.csv", outcomes=["breaches"]).close()
    assert (tmp_path / "o.csv").read_text().splitlines()[0] == "case,breaches,breaches__status,breaches__possible"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("o.txt", "the name does not say what kind of file to write"),
        ("none/o.csv", "its folder does not exist"),
        ("in.csv", "it is read too"),
        ("folder.csv", "it is a folder"),
    ],
)
def test_what_cannot_be_written_is_said_before_anything_is_computed(record, tmp_path, output, said):
    (tmp_path / "folder.csv").mkdir()
    (path,) = written(tmp_path, {"in.csv": RECORD})
    with pytest.raises(hr.InputError, match=said):
        batch(record, path, tmp_path / output)


def test_a_table_without_rows_gives_one_without_rows(record, tmp_path):
    (path,) = written(tmp_path, {"in.csv": RECORD})
    with batch(record, path, tmp_path / "o.csv", outcomes=["category"]) as done:
        assert done.summary.cases == 0
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 1


# What is set aside

BAD = RECORD + "a,yes,yes,3,2,low\nb,maybe,,-3,,\nc,no,,,,\nragged\nc,no,,,,\n"


def test_a_bad_row_is_an_error_and_nothing_is_written(record, tmp_path):
    (path,) = written(tmp_path, {"in.csv": BAD})
    with pytest.raises(hr.InputError) as caught:
        batch(record, path, tmp_path / "o.csv")
    assert [str(one.place).rpartition("/")[2] for one in caught.value.diagnostics] == [
        "in.csv: line 5",
        "in.csv: row 2, column `convicted_or_cautioned`",
        "in.csv: row 2, column `sentence_months`",
        "in.csv: row 3, column `case`",
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv"]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_bad_rows_are_set_aside_and_counts_add_up(record, tmp_path, suffix):
    (path,) = written(tmp_path, {"in.csv": BAD})
    with batch(record, path, tmp_path / "o.csv", rejects=tmp_path / f"r.{suffix}") as done:
        assert done.summary.tables == (TableCounts("case", path, 5, 1, 4),)
        assert (done.summary.cases, done.summary.decided, done.summary.aside) == (5, 1, 4)
        assert sum(one.rows for one in done.summary.outcomes) == 3
    query = f'SELECT "row", "case", reason FROM \'{tmp_path / f"r.{suffix}"}\' ORDER BY 1'  # noqa: S608
    found = duckdb.connect().execute(query).fetchall()
    assert found == [
        (
            2,
            "b",
            "convicted_or_cautioned: `maybe` is not true or false; sentence_months: `-3` is not a whole number of at least 0",
        ),
        (3, "c", "case: `c` names several rows"),
        (4, "c", "case: `c` names several rows"),
        (5, None, "line 5: 1 cell, and there are 6 columns"),
    ]
    assert len((tmp_path / "o.csv").read_text().splitlines()) == 2


def test_a_case_that_has_no_decision_is_set_aside_with_its_rows(tmp_path):
    rules = hr.load(SHAPES / "groups.yaml")
    texts = {
        "teams.csv": "case,team\na,east\nb,east\n",
        "returns.csv": "case,id,team,month,hours_on_duty\na,1,north,2007-04,3\nb,1,east,2007-04,3\n",
    }
    paths = [f"{Path(path).stem}={path}" for path in written(tmp_path, texts)]
    with pytest.raises(hr.InputError, match="the case `a` has no decision: team_month"):
        batch(rules, paths, outcomes=["breaches"])
    with batch(rules, paths, outcomes=["breaches"], rejects=tmp_path / "r.csv") as done:
        assert [row["case"] for row in done.arrow().to_pylist()] == ["b"]
        assert [(one.table, one.used, one.aside) for one in done.summary.tables] == [("teams", 1, 1), ("returns", 1, 1)]
    assert (tmp_path / "r.csv").read_text().count("its case has no decision: team_month") == 2


def test_a_row_of_a_collection_that_cannot_be_read_is_never_set_aside(tmp_path):
    rules = hr.load(SHAPES / "criteria.yaml")
    (path,) = written(tmp_path, {"in.csv": "case,id,status\na,1,met\na,2\n"})
    with pytest.raises(hr.InputError, match="line 3: 2 cells, and there are 3 columns"):
        batch(rules, path, rejects=tmp_path / "r.csv")


# Confirming


def test_a_difference_from_the_reference_stops_everything(record, tmp_path, monkeypatch):
    (path,) = written(tmp_path, {"in.csv": RECORD + "a,yes,yes,3,2,low\nb,no,,,,\n"})
    decided = running.Run.decided

    def spoiled(self, tables, ready):
        found = decided(self, tables, ready)
        self.engine.run("UPDATE result.r0 SET category = 'outside' WHERE case_id = 1")
        return found

    monkeypatch.setattr(running.Run, "decided", spoiled)
    with pytest.raises(UnconfirmedError) as caught:
        batch(record, path, tmp_path / "o.csv")
    (one,) = [one for one in caught.value.differences if one.name == "category"]
    assert (one.case, one.table, one.reference) == ("a", "outside by category-1", "1 by category-1")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv"]
    batch(record, path, tmp_path / "o.csv", confirm=0).close()


def test_a_case_that_the_reference_refuses_is_a_difference(tmp_path, monkeypatch):
    rules = hr.load(SHAPES / "groups.yaml")
    tables = {
        "teams": in_memory([{"case": "a", "team": "east"}]),
        "returns": in_memory([{"case": "a", "id": "1", "team": "north", "month": "2007-04"}]),
    }
    with_refused = running.Run.decided

    def blind(self, tables, ready):
        results, _ = with_refused(self, tables, ready)
        self.engine.run("DELETE FROM batch.bad_cases")
        return results, ()

    monkeypatch.setattr(running.Run, "decided", blind)
    with pytest.raises(UnconfirmedError, match="it has a decision, and by the reference there is none"):
        batch(rules, tables, outcomes=["breaches"])


def test_cases_with_too_many_rows_to_hold_are_not_confirmed_and_that_is_said(monkeypatch):
    rules = hr.load(SHAPES / "criteria.yaml")
    monkeypatch.setattr("hmic_rules.batch.confirming.MOST_ROWS", 3)
    rows = [{"case": "a", "id": f"{number}", "status": "met"} for number in range(9)] + [{"case": "b", "id": "1"}]
    with batch(rules, in_memory(rows)) as done:
        assert (done.summary.decided, done.summary.confirmed) == (2, 1)


# Whole or not at all


def test_nothing_is_left_where_writing_fails(record, tmp_path, monkeypatch):
    (path,) = written(tmp_path, {"in.csv": RECORD + "a,yes,yes,3,2,low\n"})

    def full(self):
        raise hr.InputError([hr.Diagnostic("o.csv", "cannot be written: No space left on device")])

    monkeypatch.setattr(Written, "take_names", full)
    with pytest.raises(hr.InputError, match="No space left"):
        batch(record, path, tmp_path / "o.csv", temp=tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv"]


def test_what_killed_runs_left_behind_is_taken_away(record, tmp_path):
    (path,) = written(tmp_path, {"in.csv": RECORD + "a,yes,yes,3,2,low\n"})
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    mine = os.getpid()
    for process in (gone.pid, mine):
        (tmp_path / f".o.csv.{process}.part").write_text("half")
        (tmp_path / f"hmic-rules-batch-{process}-x").mkdir()
    (tmp_path / f".other.csv.{gone.pid}.part").write_text("half")
    batch(record, path, tmp_path / "o.csv", temp=tmp_path).close()
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f".other.csv.{gone.pid}.part",
        f"hmic-rules-batch-{mine}-x",
        "in.csv",
        "o.csv",
    ]


def test_a_killed_run_leaves_no_part_of_an_output_and_run_again_gives_the_same_bytes(tmp_path):
    rows = "".join(
        f"c{number},yes,{'yes' if number % 3 else ''},{number % 30},{number % 6},high\n" for number in range(40_000)
    )
    (path,) = written(tmp_path, {"in.csv": RECORD + rows})
    out, temp = tmp_path / "o.parquet", tmp_path / "temp"
    temp.mkdir()
    command = [
        sys.executable,
        "-m",
        "hmic_rules",
        "batch",
        str(SHAPES / "record.yaml"),
        path,
        "-o",
        str(out),
        "--temp",
        str(temp),
    ]
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    took, whole = time.monotonic() - start, out.read_bytes()
    moments = random.Random(7)  # noqa: S311 - moments, not secrets
    for _ in range(4):
        out.unlink(missing_ok=True)
        running_one = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * moments.uniform(0.3, 1.0))
        running_one.send_signal(signal.SIGKILL)
        running_one.wait()
        assert not out.exists() or out.read_bytes() == whole
    subprocess.run(command, check=True, capture_output=True)
    assert out.read_bytes() == whole
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.csv", "o.parquet", "temp"]
    assert list(temp.iterdir()) == []


# Results in memory


def test_results_come_as_arrow_pandas_polars_and_a_relation(record):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    with record.batch(in_memory([{"case": 7, "convicted_or_cautioned": False}])) as done:
        assert repr(done) == "<Batch by shape-record: 1 cases decided, 0 set aside>"
        assert isinstance(done.pandas(), pandas.DataFrame)
        assert isinstance(done.polars(), polars.DataFrame)
        assert done.relation().fetchall()[0][:2] == (7, "outside")
        with pytest.raises(hr.NotFoundError, match="no outcome stands on `cases`: did you mean `case`"):
            done.arrow("cases")


def test_who_watches_is_told_what_is_done_and_how_much_of_it(record, tmp_path):
    told: list[tuple[str, float]] = []
    (path,) = written(tmp_path, {"in.csv": RECORD + "a,yes,yes,3,2,low\n"})
    batch(record, path, tmp_path / "o.csv", progress=lambda what, share: told.append((what, share))).close()
    assert {"reading", "checking", "deciding", "writing o.csv"} <= {what for what, _ in told}
    assert all(0 <= share <= 1 for _, share in told)


def test_a_fault_while_somebody_watches_is_still_an_error(record, tmp_path):
    (path,) = written(tmp_path, {"in.csv": BAD})
    with pytest.raises(hr.InputError, match="`maybe` is not true or false"):
        batch(record, path, progress=lambda what, share: None)
    with pytest.raises(hr.InputError, match="cannot be read"):
        batch(record, tmp_path / "none.parquet", progress=lambda what, share: None)


def test_an_outcome_that_is_none_is_named(record):
    with pytest.raises(hr.NotFoundError, match="no outcome `categry`: did you mean `category`"):
        batch(record, in_memory([{"case": 1}]), outcomes=["categry"])


def test_a_name_before_a_path_is_its_table(tmp_path):
    assert named_path("criteria=evidence.csv") == ("criteria", "evidence.csv")
    assert named_path("evidence.csv") == (None, "evidence.csv")
    assert named_path("/a/b=c.csv") == (None, "/a/b=c.csv")


# The command line


def run(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
        cwd=folder,
    )


def test_the_screen_shows_where_rows_went_and_a_chart_of_outcomes(tmp_path, snapshot):
    written(tmp_path, {"in.csv": BAD})
    rules = str(SHAPES / "record.yaml")
    done = run("batch", rules, "in.csv", "-o", "o.csv", "--rejects", "r.csv", folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout == snapshot
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "in.csv: no column for `capable_of_serious_harm`: it is unknown in every row" in done.stderr
    assert "\x1b" not in done.stderr


def test_the_summary_is_one_json_document_with_the_documented_keys(tmp_path):
    (path,) = written(tmp_path, {"in.csv": BAD})
    out, rejects = str(tmp_path / "o.csv"), str(tmp_path / "r.csv")
    done = run("batch", str(SHAPES / "record.yaml"), path, "-o", out, "--rejects", rejects, "--json")
    found = json.loads(done.stdout)
    for part, of in (
        (found, Summary),
        (found["tables"][0], TableCounts),
        (found["outcomes"][0], Counts),
        (found["problems"][0], Problem),
    ):
        assert set(part) == {attribute.name for attribute in fields(of)}
        documented = DOCS.read_text(encoding="utf-8")
        assert [key for key in part if f"`{key}`" not in documented] == []
    assert found["outcomes"][0]["statuses"] == {
        "decided": 1,
        "undetermined": 0,
        "no rule covers this": 0,
        "not applicable": 0,
    }
    assert found["outputs"] == {"case": out}


def test_bad_rows_end_with_exit_code_2_and_messages(tmp_path):
    (path,) = written(tmp_path, {"in.csv": BAD})
    done = run("batch", str(SHAPES / "record.yaml"), path, "-o", str(tmp_path / "o.csv"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "in.csv: row 2, column `convicted_or_cautioned`: `maybe` is not true or false" in done.stderr
    assert not (tmp_path / "o.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["in.csv", "-o", "o.csv", "--framework", "x"], "no framework `x`"),
        (["in.csv", "-o", "o.csv", "--set", "x=1"], "no parameter is called `x`"),
        (["in.csv", "-o", "o.csv", "--outcome", "levle"], "no outcome `levle`: did you mean `level`"),
        (["in.csv", "-o", "o.csv", "--memory", "much"], "`much` is no amount of memory"),
        (["in.csv", "-o", "o.csv", "-o", "p.csv"], "several files, and not every one says what it is for"),
        (["in.csv", "-o", "o.csv", "--temp", "nowhere"], "nowhere: cannot be written to"),
        (["none.csv", "-o", "o.csv"], "none.csv: cannot be read"),
        (["in.csv"], "Missing option"),
    ],
)
def test_bad_options_are_told_why(tmp_path, arguments, said):
    written(tmp_path, {"in.csv": RECORD})
    done = run("batch", str(SHAPES / "record.yaml"), *arguments, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("library", ["duckdb", "sqlglot"])
def test_without_the_extra_it_is_said_what_to_install(library):
    code = f"import sys; sys.modules[{library!r}] = None; sys.argv = ['hmic-rules', 'batch', 'mappa-2007', 'x.csv', '-o', 'y.csv']"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; from hmic_rules.cli import run; run()"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert 'pip install "hmic-rules[batch]"' in done.stderr


def test_the_sql_is_printed_with_the_tables_that_it_takes(tmp_path):
    done = run("sql", str(SHAPES / "points.yaml"), "--outcome", "queue")
    assert done.returncode == 0
    assert done.stdout.startswith("-- shape-points, edition 1: SQL of duckdb\n")
    assert "--   registrations__given BOOLEAN\n" in done.stdout
    engine = duckdb.connect()
    engine.execute("CREATE TABLE cases (case_id BIGINT, risk VARCHAR, score BIGINT, registrations__given BOOLEAN)")
    engine.execute("CREATE TABLE registrations (case_id BIGINT, id VARCHAR, code VARCHAR, active BOOLEAN)")
    engine.execute("INSERT INTO cases VALUES (1, 'high', 20, true)")
    engine.execute("INSERT INTO registrations VALUES (1, 'r', 'a', true)")
    found = engine.execute(done.stdout)
    row = dict(zip([one[0] for one in found.description], found.fetchall()[0], strict=True))
    assert (row["queue"], row["queue__rule"]) == ("urgent", "urgent")
    run("sql", str(SHAPES / "points.yaml"), "--outcome", "queue", "-o", str(tmp_path / "q.sql"))
    assert (tmp_path / "q.sql").read_text(encoding="utf-8") == done.stdout
    wrong = run("sql", str(SHAPES / "points.yaml"), "--dialect", "duckbd")
    assert (wrong.returncode, wrong.stderr) == (2, "no dialect is called `duckbd`: did you mean `duckdb`?\n")
