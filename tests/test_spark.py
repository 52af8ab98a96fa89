"""The same answers on Spark: the conformance suite, the shipped cases, tables that are checked first, and a real cluster."""

from __future__ import annotations

import datetime
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.backends.sql.compiling import compile_sql
from hmic_rules.batch.confirming import UnconfirmedError
from hmic_rules.binding import program_for
from sparked import MISSING, QUICK, differences, session_on, together
from test_conformance import CASES, load  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
    pytest.mark.filterwarnings("ignore"),  # Spark's own
]
ROOT = Path(__file__).parents[1]
SHIPPED = sorted(path.name for path in (ROOT / "rulesets").iterdir() if (path / "ruleset.yaml").exists())
VISITS = """
ruleset: visited
edition: "1"
title: an invented register of houses and visits
inputs:
  open: {type: boolean}
  size: {type: decimal, min: 0, max: 1000}
  kept: {choice: [well kept, neglected], also: {well kept: [good, OK]}, may_be: not applicable}
  since: {type: date}
  visits:
    key: id
    size: {at_most: 2}
    collection:
      id: {type: text}
      part: {type: share}
      month: {type: month}
values:
  neglected: {type: integer, outcome: true, calc: {count: {of: visits, where: {part: {below: 1/2}}}}}
  tidy: {outcome: true, is: {kept: well kept, size: {above: 0}}}
"""


@pytest.fixture(scope="module")
def session():
    with session_on("local[1]", QUICK) as found:
        yield found


@pytest.fixture(scope="module")
def rules(ruleset_from) -> hr.Ruleset:
    return ruleset_from(VISITS)


def groups() -> dict[tuple[str, str, str], list[Any]]:
    found: dict[tuple[str, str, str], list[Any]] = {}
    for case in CASES:
        under = repr((case.data.get("profile"), case.data.get("parameters")))
        found.setdefault((case.file, case.ruleset, under), []).append(case)
    return found


def test_every_value_of_every_conformance_case_is_that_of_the_reference(session, load):  # noqa: F811
    compared, wrong, cases = 0, [], 0
    for (file, *_), alike in groups().items():
        first = alike[0]
        try:
            program = program_for(load(first), None, first.data.get("profile"), first.data.get("parameters"))
        except hr.HmicRulesError:
            continue  # the case is about this error
        facts = [case.data["facts"] for case in alike]
        number, found = differences(session, program, facts, program.ruleset.values)
        compared, cases = compared + number, cases + len(facts)
        wrong += [(file, *one) for one in found]
    assert wrong == []
    assert cases > 300
    assert compared > 1000


@pytest.mark.parametrize("name", SHIPPED)
def test_the_outcomes_of_shipped_cases_are_those_of_the_reference(session, name):
    """Of each rule set the framework, profile and parameters with the most cases; ``tests/soak/spark.py --shipped`` takes them all."""
    ruleset = hr.load(name)
    cases = max(together(ruleset.cases), key=len)
    parameters = getattr(cases[0].parameters, "entries", None)
    program = program_for(ruleset, cases[0].framework, cases[0].profile, parameters)
    compared, wrong = differences(session, program, [case.facts for case in cases], ruleset.outcomes)
    assert wrong == []
    assert compared > 0


def test_numbers_beyond_64_bits_are_not_wrapped(session, ruleset_from):
    """``DIV`` gives 64 bits, and wraps around without a word."""
    ruleset = ruleset_from(
        "ruleset: far\nedition: '1'\ntitle: t\ninputs:\n  a: {type: integer}\n  b: {type: decimal}\nvalues:\n"
        "  times: {type: integer, outcome: true, calc: {ratio: {part: a, whole: b}}}\n"
    )
    program = program_for(ruleset, None, None, None)
    facts = [{"a": 5 * 10**18, "b": "0.5"}, {"a": -8 * 10**18, "b": "0.1"}, {"a": 7, "b": "0.5"}]
    assert hr.decide(ruleset, facts[0])["times"].value == 10**19
    compared, wrong = differences(session, program, facts, ruleset.values)
    assert (compared, wrong) == (3, [])


def test_a_text_that_spark_would_replace_is_refused(ruleset_from):
    ruleset = ruleset_from(
        "ruleset: r\nedition: '1'\ntitle: t\ninputs:\n  a: {choice: ['${spark.app.name}', plain]}\n"
        "values:\n  b: {outcome: true, is: {a: '${spark.app.name}'}}\n"
    )
    program = program_for(ruleset, None, None, None)
    with pytest.raises(hr.HmicRulesError, match=r"has `\$\{` in it"):
        compile_sql(program, dialect="spark")
    assert compile_sql(program).queries


def test_texts_with_quotes_backslashes_and_newlines_are_those_of_the_rule_set(session, ruleset_from):
    ruleset = ruleset_from(
        "ruleset: r\nedition: '1'\ntitle: t\ninputs:\n  a: {choice: [\"it's\", 'a\\n', '\"', '`', 'é𝄞']}\n"
        "values:\n  b: {outcome: true, is: {a: [\"it's\", 'a\\n', 'é𝄞']}}\n"
    )
    program = program_for(ruleset, None, None, None)
    facts = [{"a": one} for one in ("it's", "a\\n", '"', "`", "é𝄞")]
    assert [hr.decide(ruleset, one)["b"].value for one in facts] == [True, True, False, False, True]
    assert differences(session, program, facts, ["b"]) == (5, [])


CASES_OF_VISITS = [
    ("a", True, Decimal("12.50"), "good", datetime.date(2007, 6, 1)),
    ("b", None, None, "not applicable", None),
    ("c", False, Decimal("0.00"), "neglected", None),
]
ROWS_OF_VISITS = [
    ("a", "1", Decimal("0.25"), "2007-06"),
    ("a", "2", None, None),
    ("c", "1", Decimal("1.00"), "2007-07"),
]


def tables(session, cases=CASES_OF_VISITS, rows=ROWS_OF_VISITS):
    return {
        "case": session.createDataFrame(
            cases, "`case` string, open boolean, size decimal(10,2), kept string, since date"
        ),
        "visits": session.createDataFrame(rows, "`case` string, id string, part decimal(5,2), month string"),
    }


def test_frames_of_a_session_are_decided_and_confirmed(session, rules):
    session.createDataFrame([(1,)], "mine int").createOrReplaceTempView("cases")
    done = rules.batch_spark(session, tables(session), confirm=3)
    assert (done.cases, done.aside, done.confirmed, done.problems) == (3, 0, 3, ())
    found = {row["case"]: row.asDict() for row in done.frame().collect()}
    assert [found[case]["tidy"] for case in "abc"] == [True, False, False]
    assert found["b"]["tidy__status"] == "decided"
    assert found["a"]["tidy__possible"] == ["true"]
    assert [(int(found[case]["neglected__low"]), int(found[case]["neglected__high"])) for case in "abc"] == [
        (1, 2),
        (0, 0),
        (0, 0),
    ]
    assert [row.mine for row in session.table("cases").collect()] == [1]
    session.catalog.dropTempView("cases")


def test_every_bad_row_is_reported_before_anything_is_decided(session, rules):
    cases = [
        *CASES_OF_VISITS,
        ("a", True, Decimal("1000.01"), "Good", None),
        ("d", True, None, None, datetime.date(2007, 6, 1)),
    ]
    rows = [*ROWS_OF_VISITS, ("a", "1", Decimal("1.01"), "2007-13"), ("z", "1", None, None), ("d", None, None, None)]
    with pytest.raises(hr.InputError) as caught:
        rules.batch_spark(session, tables(session, cases, rows))
    said = "\n".join(map(str, caught.value.diagnostics))
    for one in (
        "`1000.01` is not a number from 0 to 1000",
        "`Good` is not one of",
        "`a` names several rows",
        "`1.01` is not a share",
        "`2007-13` is not a month written as YYYY-MM",
        "`z` is a case that the table of cases does not have",
        "is empty, and names the item",
        "`1` stands twice in `visits` of its case",
        "has not as many rows in `visits` as it must have, at most 2",
    ):
        assert one in said


def test_cases_with_bad_rows_can_be_set_aside_and_all_are_counted(session, rules):
    cases = [*CASES_OF_VISITS, ("d", True, Decimal(2000), "good", None)]
    rows = [*ROWS_OF_VISITS, ("c", "2", Decimal(2), None)]
    done = rules.batch_spark(session, tables(session, cases, rows), aside=True, confirm=9)
    assert (done.cases, done.aside, done.confirmed) == (4, 2, 2)
    assert sorted(row["case"] for row in done.frame().collect()) == ["a", "b"]
    assert sorted(row["case_id"] for row in done.rejected.collect()) == ["c", "d"]
    assert [one.rows for one in done.problems] == [1, 1]


def test_a_column_or_a_table_that_does_not_fit_is_named(session, rules):
    wrong = session.createDataFrame([("a", 1.5, 1)], "`case` string, size double, kept int")
    with pytest.raises(hr.InputError) as caught:
        rules.batch_spark(session, {"case": wrong})
    said = "\n".join(map(str, caught.value.diagnostics))
    assert "the column `size` holds double" in said
    assert "binary fractions are not exact" in said
    assert "the column `kept` holds int" in said
    with pytest.raises(hr.InputError, match="`visit`: is no table of the rule set"):
        rules.batch_spark(session, {"visit": wrong})
    with pytest.raises(hr.InputError, match="`case`: is list, and no data frame of Spark"):
        rules.batch_spark(session, {"case": []})
    with pytest.raises(hr.InputError, match="no column `number` names the case"):
        rules.batch_spark(session, {"case": wrong.drop("size", "kept")}, id="number")


def test_a_setting_that_would_change_answers_is_refused(session, rules):
    session.conf.set("spark.sql.ansi.enabled", "false")
    try:
        with pytest.raises(hr.InputError, match="a number that is too great becomes NULL"):
            rules.batch_spark(session, tables(session))
    finally:
        session.conf.set("spark.sql.ansi.enabled", "true")
    with pytest.raises(hr.InputError, match="`int` is no session of Spark"):
        rules.batch_spark(3, {})


def test_a_difference_from_the_reference_stops_the_run(session, rules, monkeypatch):
    from hmic_rules.spark import running  # noqa: PLC0415 - where it is installed

    def turned(*arguments):
        return [
            (output, frame.withColumn("tidy__possible", -frame["tidy__possible"] + 3))
            for output, frame in right(*arguments)
        ]

    right = running.decided
    monkeypatch.setattr(running, "decided", turned)
    with pytest.raises(UnconfirmedError, match="case `a`: tidy"):
        rules.batch_spark(session, tables(session))


def test_items_that_are_known_and_what_of_them_is_unmet(session, ruleset_from):
    ruleset = ruleset_from(
        "ruleset: rooms\nedition: '1'\ntitle: t\nscales: {grade: [poor, good]}\ninputs:\n"
        "  rooms: {items: [hall, attic], fields: {clean: {type: boolean}}}\nvalues:\n  grade:\n    scale: grade\n    outcome: true\n"
        "    choose: highest\n    rules:\n      - {id: poor, then: poor, when: {all: []}, basis: assumed}\n"
        "      - {id: good, then: good, when: {every: {of: rooms, where: {clean: true}}}, basis: assumed}\n"
    )
    rows = [("x", "hall", True), ("x", "attic", False), ("y", "hall", True), ("y", "attic", True), ("z", "hall", None)]
    frame = session.createDataFrame(rows, "`case` string, name string, clean boolean")
    done = ruleset.batch_spark(session, {"rooms": frame}, unmet=True)
    assert done.confirmed == 3
    found = {row["case"]: row.asDict() for row in done.frame().collect()}
    assert [found[case]["grade"] for case in "xyz"] == ["poor", "good", None]
    assert [found[case]["grade__unmet/good"] for case in "xyz"] == [["attic"], None, ["attic", "hall"]]
    with pytest.raises(hr.InputError, match="is not one of"):
        ruleset.batch_spark(session, {"rooms": session.createDataFrame([("x", "cellar", True)], frame.schema)})


def test_the_command_line_gives_with_spark_what_it_gives_with_duckdb(rules, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "case.csv").write_text("case,open,size,kept\na,yes,12.5,OK\nb,,,not applicable\nc,no,1001,good\n")
    (tmp_path / "visits.csv").write_text("case,id,part,month\na,1,1/3,2007-06\na,2,,\n")
    (tmp_path / "ruleset.yaml").write_text(VISITS)
    given = [str(tmp_path / "ruleset.yaml"), str(tmp_path / "case.csv"), str(tmp_path / "visits.csv")]
    for engine in ("duckdb", "spark"):
        out, aside = tmp_path / f"{engine}.csv", tmp_path / f"{engine}-aside.csv"
        ran = subprocess.run(
            [
                sys.executable,
                "-m",
                "hmic_rules",
                "batch",
                *given,
                "-o",
                out,
                "--rejects",
                aside,
                "--engine",
                engine,
                "--unmet",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "spark.csv").read_text() == (tmp_path / "duckdb.csv").read_text()
    assert (tmp_path / "spark-aside.csv").read_text() == (tmp_path / "duckdb-aside.csv").read_text()
    assert len((tmp_path / "spark.csv").read_text().splitlines()) == 3
