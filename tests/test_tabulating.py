"""Results that are looked up by the classes of facts are those that the rules give row by row; where there are too many classes, rows are decided as ever."""

# ruff: noqa: S608 - the statements asked are those that are tested

from __future__ import annotations

import datetime
import itertools
import random
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.testing.writing import loaded

duckdb = pytest.importorskip("duckdb", reason="the extra `batch` is not installed")
pytest.importorskip("sqlglot", reason="the extra `batch` is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra `batch` is not installed")

from by_sql import both  # noqa: E402
from hmic_rules.backends.sql import tabulating  # noqa: E402
from hmic_rules.backends.sql.compiling import compile_sql  # noqa: E402
from hmic_rules.batch import running  # noqa: E402

TABLE = "by state"


def written(inputs: dict[str, Any], values: dict[str, Any]) -> hr.Ruleset:
    return loaded(
        {
            "ruleset": "states",
            "edition": "1",
            "title": "states",
            "scales": {"level": ["low", "middle", "high"]},
            "inputs": inputs,
            "values": {
                name: value if "group" in value else {"outcome": True, **value} for name, value in values.items()
            },
        }
    )


def rule(id: str, then: str, **when: Any) -> dict[str, Any]:
    return {"id": id, "then": then, "when": when, "basis": "assumed"}


INPUTS: dict[str, Any] = {
    "kind": {"choice": ["red", "green", "blue", "grey"]},
    "ready": {"type": "boolean"},
    "asked": {"type": "boolean", "absent": {"means": False, "basis": "assumed"}},
    "number": {"type": "integer", "may_be": "not applicable"},
    "other": {"type": "integer"},
    "day": {"type": "date"},
    "word": {"type": "text"},
    "marks": {"items": ["a", "b", "c", "d"], "fields": {"there": {"type": "boolean"}}},
}
VALUES: dict[str, Any] = {
    "level": {
        "scale": "level",
        "choose": "highest",
        "rules": [
            rule("warm", "low", kind=["red", "green"]),
            rule("many", "middle", number={"at_least": 3}),
            rule("late", "high", day={"above": "2007-03-01"}, ready=True),
            {"id": "marked", "then": "high", "when": {"count": {"of": "marks", "where": {"there": True}, "at_least": 2}}, "basis": "assumed"},
        ],
    },
    "step": {
        "choice": ["stop", "go"],
        "applies": {"number": "applicable"},
        "choose": "unique",
        "rules": [rule("go", "go", asked=True, word=["yes", "aye"]), rule("stop", "stop", level={"at_least": "high"})],
        "otherwise": {"then": "stop", "basis": "assumed"},
    },
    "ahead": {"is": {"number": {"above": {"value": "other"}}}},
    "sum": {"calc": {"add": ["number", "other"]}},
}  # fmt: skip


def cases(number: int, seed: int) -> list[dict[str, Any]]:
    drawn = random.Random(seed)  # noqa: S311 - cases, not secrets
    options: dict[str, list[Any]] = {
        "kind": ["red", "green", "blue", "grey", None],
        "ready": [True, False, None],
        "asked": [True, False, None],
        "number": [2, 3, 4, -1, "not applicable", None],
        "other": [2, 3, 4, None],
        "day": ["2007-02-28", "2007-03-01", "2007-03-02", "1969-12-31", None],
        "word": ["yes", "aye", "x", "", None],
    }
    found = []
    for _ in range(number):
        case = {name: value for name, those in options.items() if (value := drawn.choice(those)) is not None}
        marks = {mark: {"there": there} for mark in "abcd" if (there := drawn.choice([True, False, None])) is not None}
        found.append({**case, "marks": marks} if marks else case)
    return found


LIMITS = {"written": (1 << 20, 1 << 20), "seen": (0, 1 << 20), "none": (0, 0)}


@pytest.mark.parametrize("way", LIMITS)
def test_what_is_looked_up_is_what_the_reference_decides(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written_, seen = LIMITS[way]
    monkeypatch.setattr(tabulating, "MOST_WRITTEN", written_)
    monkeypatch.setattr(tabulating, "MOST_SEEN", seen)
    program = program_for(written(INPUTS, VALUES), None, None, None)
    found = both(program, cases(300, 7), wide={"marks"}, unmet=False)
    sql = found.compiled.queries[0].sql
    assert found.differences == []
    assert found.refused > 0
    assert (TABLE in sql, "RANGE(" in sql, "DISTINCT" in sql) == (way != "none", way == "written", way == "seen")


def test_outcomes_that_need_too_many_facts_together_have_a_table_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabulating, "MOST_WRITTEN", 27)
    monkeypatch.setattr(tabulating, "MOST_SEEN", 81)
    inputs = {f"{kind}{number}": {"type": "boolean"} for kind in "abcd" for number in range(5)}
    facts = {"a": 3, "b": 3, "c": 4, "d": 5}  # so many of three classes: two tables are written, one is of what is seen
    values = {
        kind: {"choice": ["0", "1"], "choose": "first", "rules": [rule(f"r{number}", str(number % 2), **{f"{kind}{number}": True}) for number in range(many)]}
        for kind, many in facts.items()
    }  # fmt: skip
    drawn = random.Random(3)  # noqa: S311 - cases, not secrets
    some = [{name: drawn.random() < 0.3 for name in inputs if drawn.random() < 0.8} for _ in range(100)]
    found = both(program_for(written(inputs, values), None, None, None), some, unmet=False)
    sql = found.compiled.queries[0].sql
    assert found.differences == []
    assert (sql.count("RANGE("), sql.count("DISTINCT")) == (2, 1)


def test_facts_of_which_there_are_too_many_combinations_are_decided_row_by_row() -> None:
    inputs = {f"x{number}": {"type": "boolean"} for number in range(24)}
    rules = [rule(f"r{number}", str(number % 2), **{f"x{number}": True}) for number in range(24)]
    values = {"v": {"choice": ["0", "1"], "choose": "first", "rules": rules}}
    few = {"v": {"choice": ["0", "1"], "choose": "first", "rules": rules[:5]}}
    one, other = (
        compile_sql(program_for(written(inputs, value), None, None, None)).queries[0].sql for value in (values, few)
    )
    assert TABLE not in one
    assert TABLE in other


def test_a_count_is_one_fact_and_not_all_those_that_are_counted() -> None:
    marks = [f"m{number:02}" for number in range(30)]
    inputs = {"marks": {"items": marks, "fields": {"there": {"type": "boolean"}}}, "ready": {"type": "boolean"}}
    most = {"count": {"of": "marks", "where": {"there": True}, "at_least": 10}}
    rules = [{"id": "most", "then": "high", "when": {"all": [most, {"ready": True}]}, "basis": "assumed"}]
    values = {"level": {"scale": "level", "choose": "highest", "rules": [*rules, rule("ready", "low", ready=True)]}}
    program = program_for(written(inputs, values), None, None, None)
    some: list[Any] = [
        {"marks": {mark: {"there": place < number} for place, mark in enumerate(marks[: number + lacking])}, "ready": ready}
        for number, lacking, ready in itertools.product((0, 9, 10, 11, 20), (0, 5), (True, False))
    ]  # fmt: skip
    found = both(program, [*some, {}], wide={"marks"}, unmet=False)
    assert found.differences == []
    assert TABLE in found.compiled.queries[0].sql


def test_a_text_that_no_rule_names_is_in_a_class_with_all_others() -> None:
    program = program_for(written({"word": {"type": "text"}}, {"v": {"is": {"word": ["x", "xx"]}}}), None, None, None)
    texts = ["", "x", "xx", "y", " ", "'", 'a "quoted" one']
    found = both(program, [{"word": text} for text in texts])
    assert found.differences == []
    assert TABLE in found.compiled.queries[0].sql


def test_a_label_that_its_type_does_not_have_is_none_of_those_that_rules_name() -> None:
    """As row by row: whoever fills the table answers for it, and no rule may take it for another label."""
    values = {"v": {"choice": ["yes", "no"], "choose": "first", "rules": [rule("r", "yes", kind="red"), rule("s", "no", kind=["green", "blue", "grey"])]}}  # fmt: skip
    program = program_for(written({"kind": INPUTS["kind"]}, values), None, None, None)
    (query,) = compile_sql(program, known={("case", "kind")}).queries
    engine = duckdb.connect()
    engine.execute("CREATE TABLE cases AS SELECT 1 AS case_id, 'purple' AS kind UNION ALL SELECT 2, 'green'")
    assert TABLE in query.sql
    assert engine.execute(f"SELECT v FROM ({query.sql}) ORDER BY case_id").fetchall() == [(None,), ("no",)]


def test_texts_are_numbers_with_a_dictionary_that_compare_and_sort_as_texts() -> None:
    program = program_for(written(INPUTS, VALUES), None, None, None)
    (query,) = compile_sql(program, outcomes=["level"], wide={"marks"}).queries
    engine = duckdb.connect()
    columns = ", ".join(
        f'{value} AS "{column.name}"'
        for column in compile_sql(program, wide={"marks"}).tables.cases.columns
        for value in [{"case_id": "i", "kind": "'red'", "number": "i"}.get(column.name, f"CAST(NULL AS {column.storage})")]
    )  # fmt: skip
    engine.execute(f"CREATE TABLE cases AS SELECT {columns} FROM range(6) AS r(i)")
    assert (
        engine.execute(f"SELECT DISTINCT typeof(level__status) FROM ({query.sql})").fetchall()[0][0].startswith("ENUM")
    )
    asked = f"SELECT level__status AS s FROM ({query.sql})"
    texts = engine.execute(f"SELECT CAST(s AS VARCHAR) FROM ({asked}) ORDER BY 1").fetchall()
    assert engine.execute(f"SELECT s FROM ({asked}) ORDER BY 1").fetchall() == texts
    assert engine.execute(f"SELECT count(*) FROM ({asked}) WHERE s = 'of no such status'").fetchall() == [(0,)]


def test_files_and_frames_have_texts(tmp_path: Path) -> None:
    ruleset = written({"ready": {"type": "boolean"}, "kind": INPUTS["kind"]}, {"v": {"choice": ["yes", "no"], "choose": "first", "rules": [rule("r", "yes", ready=True, kind="red")], "otherwise": {"then": "no", "basis": "assumed"}}})  # fmt: skip
    table = pa.table({"case": ["p", "q"], "ready": [True, None], "kind": ["red", "red"]})
    path = tmp_path / "out.parquet"
    with ruleset.batch({"case": table}, output=path) as done:
        types = {one.name: one.type for one in done.arrow().schema}
        assert done.arrow()["v"].to_pylist() == ["yes", None]
    assert {types["v"], types["v__status"], types["v__rule"]} == {pa.string()}
    told = duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')").fetchall()
    assert {dict(told)[name] for name in ("v", "v__status", "v__rule")} == {"VARCHAR"}


def test_spark_decides_every_row() -> None:
    program = program_for(written(INPUTS, VALUES), None, None, None)
    (query,) = compile_sql(program, wide={"marks"}, dialect="spark").queries
    assert TABLE not in query.sql
    assert "ENUM" not in query.sql


@pytest.mark.parametrize(
    ("constants", "values"),
    [
        ([0, 1, 5], range(-3, 9)),
        ([-2, -1], range(-4, 2)),
        ([1 << 40], [(1 << 40) - 1, 1 << 40, (1 << 40) + 1, (1 << 62), -(1 << 62)]),
        ([(1 << 63) - 1], [(1 << 63) - 2, (1 << 63) - 1, 0]),
    ],
)
def test_numbers_around_what_they_are_compared_with(constants: list[int], values: Any) -> None:
    checks = ("at_least", "at_most", "above", "below", "is")
    tests = {
        f"v{place}_{check}": {"is": {"n": {check: one}}} for place, one in enumerate(constants) for check in checks
    }
    program = program_for(written({"n": {"type": "integer"}}, tests), None, None, None)
    assert both(program, [{}, *({"n": value} for value in values)]).differences == []


def test_days_around_what_they_are_compared_with() -> None:
    days = ["0001-01-01", "1970-01-01", "2008-02-29", "9999-12-31"]
    tests = {
        f"v{place}_{check}": {"is": {"day": {check: day}}}
        for place, day in enumerate(days)
        for check in ("at_least", "above", "is")
    }
    program = program_for(written({"day": {"type": "date"}}, tests), None, None, None)
    step = datetime.timedelta(days=1)
    near = {datetime.date.fromisoformat(day) for day in days}
    near |= {day + step for day in near if day < datetime.date.max} | {
        day - step for day in near if day > datetime.date.min
    }
    assert both(program, [{}, *({"day": day.isoformat()} for day in sorted(near))]).differences == []


def test_a_file_that_is_written_to_while_it_is_read_is_decided_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a column has gaps is seen in one pass and relied on in the next: a gap that comes between them must not become a no."""
    path, output = tmp_path / "cases.parquet", tmp_path / "out.parquet"
    full, gap = (pa.table({"case": ["p", "q"], "ready": [True, ready]}) for ready in (True, None))
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(full, path)
    seen = running.filled

    def filled_and_rewritten(tables: Any) -> Any:
        found = seen(tables)
        parquet.write_table(gap, path)
        return found

    ruleset = written({"ready": {"type": "boolean"}}, {"v": {"is": {"ready": True}}})
    with ruleset.batch(path, output=output) as done:
        assert done.summary.decided == 2
    output.unlink()
    monkeypatch.setattr(running, "filled", filled_and_rewritten)
    with (
        pytest.raises(hr.InputError, match="written to while it was read"),
        ruleset.batch(path, output=output, confirm=0),
    ):
        pass
    assert not output.exists()
