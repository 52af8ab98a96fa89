"""Rule sets compiled to SQL: DuckDB gives on every row what the reference gives, or an error, and never something else."""

from __future__ import annotations

import datetime
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.backends.sql import nodes, truths
from hmic_rules.backends.sql.compiling import compile_sql
from hmic_rules.backends.sql.refusals import NotCompiledError
from hmic_rules.backends.sql.schema import may_be_wide, tables_of
from hmic_rules.binding import program_for
from hmic_rules.catalogue import shipped
from hmic_rules.testing.writing import loaded

duckdb = pytest.importorskip("duckdb", reason="the extra `batch` is not installed")
pytest.importorskip("sqlglot", reason="the extra `batch` is not installed")
pytest.importorskip("pyarrow", reason="the extra `batch` is not installed")

from by_sql import both  # noqa: E402
from test_conformance import CASES, Conformance  # noqa: E402


def by_setting() -> dict[str, list[Conformance]]:
    """The conformance cases, those that share a program together."""
    found: dict[str, list[Conformance]] = defaultdict(list)
    for case in CASES:
        found[f"{case.file} {case.ruleset} {case.data.get('profile')} {case.data.get('parameters')}"].append(case)
    return found


SETTINGS = by_setting()


@pytest.mark.parametrize("setting", SETTINGS)
def test_duckdb_conforms(setting: str, tmp_path: Path) -> None:
    cases = SETTINGS[setting]
    path = tmp_path / "ruleset.yaml"
    path.write_text(cases[0].text, encoding="utf-8")
    ruleset = hr.load(path)
    try:
        program = program_for(ruleset, None, cases[0].data.get("profile"), cases[0].data.get("parameters"))
    except hr.HmicRulesError:
        assert all("error" in case.data for case in cases)
        return
    found = both(program, [case.data["facts"] for case in cases])
    assert found.differences == []
    assert found.decided or all("error" in case.data for case in cases)


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_the_worked_cases_of_shipped_rule_sets_come_out_the_same(name: str) -> None:
    ruleset = hr.load(name)
    together: dict[str, list[Any]] = defaultdict(list)
    for case in ruleset.cases:
        together[f"{case.framework} {case.profile} {_settings(case)}"].append(case)
    for cases in together.values():
        parameters = getattr(cases[0].parameters, "entries", cases[0].parameters)
        program = program_for(ruleset, cases[0].framework, cases[0].profile, parameters)
        found = both(program, [case.facts for case in cases])
        assert found.differences == []
        assert found.decided


def _settings(case: Any) -> Any:
    """Equal for cases with the same parameters, wherever they are written."""
    entries = getattr(case.parameters, "entries", case.parameters) or {}
    return {
        name: getattr(raw, "text", [one.text for one in getattr(raw, "items", ())]) for name, raw in entries.items()
    }


# What engines disagree about.


def written(inputs: dict[str, Any], values: dict[str, Any]) -> hr.Ruleset:
    return loaded(
        {
            "ruleset": "pitfalls",
            "edition": "1",
            "title": "pitfalls",
            "scales": {"level": ["1", "2", "3"]},
            "inputs": inputs,
            "values": {name: {"outcome": True, **value} for name, value in values.items()},
        }
    )


def agreed(inputs: dict[str, Any], values: dict[str, Any], cases: list[Any], **options: Any) -> None:
    found = both(program_for(written(inputs, values), None, None, None), cases, **options)
    assert found.differences == []
    assert found.decided or found.refused


INTEGER, DECIMAL, SHARE, DATE, MONTH = ({"type": kind} for kind in ("integer", "decimal", "share", "date", "month"))
ITEMS = {"key": "id", "collection": {"id": {"type": "text"}, "n": INTEGER, "d": DECIMAL, "ok": {"type": "boolean"}}}


def test_an_unknown_number_is_in_no_list_and_out_of_none() -> None:
    agreed({"x": INTEGER}, {"v": {"is": {"x": [2, 3]}}, "w": {"is": {"x": {"not": [2, 3]}}}}, [{}, {"x": 2}, {"x": 4}])


def test_the_sum_of_nothing_is_nought_and_the_greatest_of_nothing_is_open() -> None:
    values = {
        "total": {"calc": {"add": {"of": "items", "field": "n"}}},
        "most": {"calc": {"max": {"of": "items", "field": "d"}}},
        "least": {"calc": {"min": {"of": "items", "field": "n"}}},
        "one_ok": {"is": {"some": {"of": "items", "where": {"ok": True}}}},
        "all_ok": {"is": {"every": {"of": "items", "where": {"ok": True}}}},
        "half": {"is": {"share": {"of": "items", "where": {"ok": True}, "at_least": "1/2", "if_none": "holds"}}},
    }
    agreed(
        {"items": ITEMS},
        values,
        [{}, {"items": []}, {"items": {"a": {}}}, {"items": {"a": {"n": 3, "d": "1/3", "ok": True}}}],
    )


def test_negative_numbers_are_divided_and_rounded_as_in_the_language() -> None:
    values = {
        "third": {"calc": {"ratio": {"part": "x", "whole": 3}}},
        "over": {"calc": {"ratio": {"part": "x", "whole": "y"}}},
        "whole": {"type": "integer", "calc": {"ratio": {"part": "x", "whole": 1}}},
    }
    facts = [{"x": x, "y": y} for x in (-7, 7, 0) for y in (-2, 0, 3)]
    agreed({"x": INTEGER, "y": INTEGER}, values, [*facts, {"x": 1}, {"y": 0}])


def test_weeks_and_months_are_whole_in_both_directions() -> None:
    dates = ["2007-01-31", "2007-02-28", "2007-02-27", "2008-02-29", "2006-12-31", "2007-01-24"]
    values = {
        "weeks": {"calc": {"weeks": {"from": "a", "to": "b"}}},
        "months": {"calc": {"months": {"from": "a", "to": "b"}}},
        "calendar": {"calc": {"months": {"from": "m", "to": "2007-03"}}},
    }
    facts = [{"a": a, "b": b, "m": a[:7]} for a in dates for b in dates]
    agreed({"a": DATE, "b": DATE, "m": MONTH}, values, [*facts, {"a": dates[0]}, {}])


def test_decimals_and_shares_are_exact() -> None:
    values = {
        "sum": {"calc": {"add": ["a", "b"]}},
        "three": {"is": {"sum": "0.3"}},
        "reached": {"is": {"s": {"at_least": "1/3"}}},
        "passed": {"is": {"s": {"above": "1/3"}}},
    }
    agreed(
        {"a": DECIMAL, "b": DECIMAL, "s": SHARE},
        values,
        [{"a": "0.1", "b": "0.2", "s": "1/3"}, {"a": 1, "b": "1/7", "s": "33%"}],
    )


def test_a_share_on_its_threshold_is_on_it() -> None:
    values = {
        f"p{percent}": {"is": {"share": {"of": "items", "where": {"ok": True}, "at_least": f"{percent}%"}}}
        for percent in (7, 29, 50, 58, 90)
    }
    sizes = [(100, 7), (100, 29), (50, 29), (100, 58), (10, 9), (100, 6)]
    cases = [{"items": {f"i{place}": {"ok": place < good} for place in range(size)}} for size, good in sizes]
    agreed({"items": ITEMS}, values, cases, unmet=False)


def test_ratios_of_rows_are_added_and_compared_exactly() -> None:
    values = {
        "rate": {"each": "items", "calc": {"ratio": {"part": "d", "whole": "n"}}},
        "sum": {"calc": {"add": {"of": "items", "field": "rate"}}},
        "most": {"calc": {"max": {"of": "items", "field": "rate"}}},
        "least": {"calc": {"min": {"of": "items", "field": "rate"}}},
        "kinds": {"calc": {"points": {"of": "items", "worth": 1, "different": "rate"}}},
    }
    items = [("a", 3, "1/2"), ("b", 7, "1/3"), ("c", 6, 1), ("d", 12, 2)]
    given = {"items": {key: {"n": n, "d": d} for key, n, d in items}}
    agreed(
        {"items": ITEMS},
        values,
        [given, {"items": {"a": {"n": 3}}}, {"items": {"a": {"n": 0, "d": 1}}}, {"items": []}, {}],
    )


def test_months_without_a_row_count_as_months() -> None:
    inputs = {
        "teams": {"key": "team", "collection": {"team": {"type": "text"}}},
        "rows": {"collection": {"team": {"type": "text"}, "month": MONTH, "n": INTEGER}},
    }
    expected = {"team": "teams", "month": {"from": "2007-01", "to": "2007-04"}}
    group = {"group": "rows", "by": ["team", "month"], "expected": expected}
    data = {
        "seen": {**group, "missing": "empty"},
        "open": {**group, "missing": "unknown"},
        "hit": {"each": "seen", "is": {"count": {"of": "rows", "at_least": 1}}},
        "sum": {"each": "open", "calc": {"add": {"of": "rows", "field": "n"}}},
        "run": {"calc": {"longest_run": {"of": "seen", "where": {"hit": True}, "along": "month"}}},
        "whole": {"calc": {"add": {"of": "open", "field": "sum"}}},
    }
    months = [["2007-01", "2007-02", "2007-04"], ["2007-01", "2007-02", "2007-03", "2007-04"], [], ["2007-03"]]
    cases: list[Any] = [
        {"teams": [{"team": "a"}], "rows": [{"team": "a", "month": m, "n": 1} for m in ms]} for ms in months
    ]
    cases += [{}, {"teams": []}, {"rows": []}, {"teams": [{"team": "a"}], "rows": [{"team": "b", "month": "2007-01"}]}]
    cases += [
        {"teams": [{"team": "a"}], "rows": [{"team": "a", "month": "2007-05"}]},
        {"teams": [{"team": "a"}], "rows": [{"team": "a"}]},
    ]
    ruleset = loaded(
        {
            "ruleset": "months",
            "edition": "1",
            "title": "months",
            "inputs": inputs,
            "values": {name: value if "group" in value else {"outcome": True, **value} for name, value in data.items()},
        }
    )
    found = both(program_for(ruleset, None, None, None), cases)
    assert found.differences == []
    assert found.refused == 3


def test_a_number_that_does_not_fit_is_an_error_and_never_another_number() -> None:
    inputs = {name: {"type": "integer", "min": 1} for name in ("a", "b", "c")}
    inverse = {"calc": {"ratio": {"part": 1, "whole": "c"}}}
    values = {
        "one": inverse,
        "product": {"calc": {"ratio": {"part": {"ratio": {"part": "a", "whole": "b"}}, "whole": "one"}}},
        "big": {"is": {"product": {"above": "1/7"}}},
    }
    program = program_for(written(inputs, values), None, None, None)
    assert both(program, [{"a": 10**15, "b": 10**4, "c": 10**6}]).differences == []
    with pytest.raises(duckdb.OutOfRangeException):
        both(program, [{"a": 2**62, "b": 3, "c": 2**62}, {"a": 2**62, "b": 2**61 + 1, "c": 2**62}])


def test_texts_are_compared_letter_by_letter() -> None:
    inputs = {"a": {"type": "text"}, "b": {"type": "text"}}
    values = {"same": {"is": {"a": {"is": {"value": "b"}}}}, "it": {"is": {"a": ["é", "o'clock", "a "]}}}
    texts = ["é", "é", "o'clock", "a", "a ", "A", ""]
    agreed(inputs, values, [{"a": a, "b": b} for a in texts for b in texts])


def test_names_that_sql_has_words_for_are_names() -> None:
    inputs = {name: {"type": "integer"} for name in ("order", "group", "select", "key", "table", "limit", "row")}
    values = {f"{name}_big": {"is": {name: {"above": 1}}} for name in inputs}
    agreed(inputs, values, [dict.fromkeys(inputs, 2), {}])


def test_dates_before_1970_and_leap_days_are_days() -> None:
    inputs = {"days": {"collection": {"on": DATE}}}
    values = {"run": {"calc": {"longest_run": {"of": "days", "along": "on"}}}}
    first = datetime.date(1968, 2, 27)
    days = [{"on": (first + datetime.timedelta(days=step)).isoformat()} for step in (0, 1, 2, 3, 5, 6)]
    agreed(inputs, values, [{"days": days}, {"days": [*days, {}]}, {"days": []}], unmet=False)


# The contract.

CRITERIA = {
    "items": ["A one", "b", "c"],
    "fields": {"status": {"choice": ["met", "not met"]}, "n": {"type": "integer", "may_be": "not applicable"}},
}
ASKED = {
    "each_met": {"is": {"every": {"of": "criteria", "where": {"status": "met"}}}},
    "one_met": {"is": {"some": {"of": "criteria", "among": {"name": ["b", "c"]}, "where": {"n": {"above": 1}}}}},
    "half_met": {"is": {"share": {"of": "criteria", "where": {"status": "met"}, "above": "1/2"}}},
    "number": {"calc": {"count": {"of": "criteria", "where": {"status": "met"}}}},
    "sum": {"calc": {"add": {"of": "criteria", "field": "n"}}},
    "most": {"calc": {"max": {"of": "criteria", "field": "n"}}},
    "level": {"scale": "level", "choose": "highest", "rules": [
        {"id": "one", "then": "1", "when": {"some": {"of": "criteria", "where": {"status": "met"}}}, "basis": "assumed"},
        {"id": "two", "then": "2", "when": {"every": {"of": "criteria", "where": {"status": "met"}}}, "basis": "assumed"},
        {"id": "three", "then": "3", "when": {"all": [{"every": {"of": "criteria", "among": {"name": "b"}, "where": {"status": "met"}}}, {"sum": {"above": 4}}]}, "basis": "assumed"}]},
}  # fmt: skip
STATUSES: list[dict[str, Any]] = [
    {"criteria": {"A one": {"status": one, "n": 2}, "b": {"status": other, "n": n}}}
    for one in ("met", "not met", None)
    for other in ("met", None)
    for n in (None, 3, "not applicable")
]


@pytest.mark.parametrize("wide", [(), ("criteria",)])
def test_a_collection_of_known_items_can_stand_as_columns_of_the_cases(wide: tuple[str, ...]) -> None:
    program = program_for(written({"criteria": CRITERIA}, ASKED), None, None, None)
    found = both(program, [*STATUSES, {}], wide=wide)
    assert found.differences == []
    assert ("criteria" in found.compiled.tables.tables) is not bool(wide)


def test_columns_that_are_known_and_items_that_are_complete_make_the_sql_leaner_and_no_other() -> None:
    program = program_for(written({"criteria": CRITERIA}, ASKED), None, None, None)
    cases = [
        {"criteria": {item: {"status": status, "n": n} for item in CRITERIA["items"]}}
        for status in ("met", "not met")
        for n in (1, 3)
    ]
    plain = both(program, cases)
    lean = both(program, cases, known={("criteria", "status"), ("criteria", "n")}, complete={"criteria"})
    assert plain.differences == lean.differences == []
    assert len(lean.compiled.queries[0].sql) < len(plain.compiled.queries[0].sql)
    assert '"criteria named 0" AS n' not in lean.compiled.queries[0].sql  # each case with each item
    assert '"criteria named 0" AS n' in plain.compiled.queries[0].sql


def test_what_no_outcome_asks_for_is_not_read() -> None:
    inputs = {"a": {"type": "boolean"}, "b": {"type": "boolean"}}
    compiled = compile_sql(
        program_for(written(inputs, {"x": {"is": {"a": True}}, "y": {"is": {"b": True}}}), None, None, None),
        outcomes=["x"],
    )
    assert compiled.reads == {"cases": frozenset({"case_id", "a"})}


def test_what_has_no_sql_is_refused_by_name() -> None:
    program = program_for(
        written({"criteria": CRITERIA}, {"fine": {"each": "criteria", "is": {"status": "met"}}}), None, None, None
    )
    with pytest.raises(NotCompiledError, match=r"outcomes on the items of `criteria`"):
        compile_sql(program, wide={"criteria"})
    with pytest.raises(hr.NotFoundError, match=r"no value `fien`: did you mean `fine`"):
        compile_sql(program, outcomes=["fien"])


def test_columns_that_would_have_one_name_are_told() -> None:
    inputs = {"a": {"type": "boolean", "may_be": "not applicable"}, "a__na": {"type": "boolean"}}
    program = program_for(written(inputs, {"x": {"is": {"a": True}}}), None, None, None)
    with pytest.raises(hr.InputError, match=r"two columns of the table would be called `a__na`"):
        tables_of(program)


def test_only_known_items_that_are_not_grouped_can_be_wide() -> None:
    program = program_for(hr.load("hmic-2007"), "child-abuse", None, None)
    assert may_be_wide(program, "bearings") == "its items are not known beforehand"
    assert may_be_wide(program, "criteria") == "its items are grouped, or expect groups"
    with pytest.raises(hr.InputError, match="cannot stand as columns"):
        tables_of(program, wide={"criteria"})


def test_the_same_program_gives_the_same_text() -> None:
    program = program_for(hr.load("hmic-2007"), "child-abuse", None, None)
    assert [query.sql for query in compile_sql(program).queries] == [
        query.sql for query in compile_sql(program).queries
    ]


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_every_shipped_rule_set_is_written_for_spark_too(name: str) -> None:
    ruleset = hr.load(name)
    framework = next(iter(ruleset.frameworks), None)
    compiled = compile_sql(program_for(ruleset, framework, None, None), dialect="spark")
    assert compiled.queries
    assert not any('"' in query.sql or "INT128" in query.sql for query in compiled.queries)


@pytest.mark.parametrize("fault", ["any_of", "all_of"])
def test_the_comparison_notices_a_wrong_operator(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = getattr(nodes, fault)
    monkeypatch.setattr(truths, fault, nodes.all_of if fault == "any_of" else nodes.any_of)
    inputs = {"a": {"type": "boolean"}, "b": {"type": "boolean"}}
    part = [{"a": True}, {"b": True}]
    program = program_for(written(inputs, {"x": {"is": {"all": part}}, "y": {"is": {"any": part}}}), None, None, None)
    cases = [{"a": a, "b": b} for a in (True, False, None) for b in (True, False, None)]
    assert both(program, cases).differences
    monkeypatch.setattr(truths, fault, right)
    assert both(program, cases).differences == []
