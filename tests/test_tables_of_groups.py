"""Groups in SQL: two that have the same rows are worked out once, and rows that nobody expected are found without looking for them."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.testing.writing import loaded

pytest.importorskip("duckdb", reason="the extra `batch` is not installed")
pytest.importorskip("sqlglot", reason="the extra `batch` is not installed")
pa = pytest.importorskip("pyarrow", reason="the extra `batch` is not installed")

from by_sql import Both, both  # noqa: E402

INPUTS: dict[str, Any] = {
    "teams": {"key": "team", "collection": {"team": {"type": "text"}}},
    "rows": {
        "collection": {
            "team": {"type": "text"},
            "month": {"type": "month"},
            "n": {"type": "integer", "min": 0},
            "whole": {"type": "integer", "min": 0},
        }
    },
}
BY_MONTH = {
    "group": "rows",
    "by": ["team", "month"],
    "expected": {"team": "teams", "month": {"from": "2007-01", "to": "2007-02"}},
}
GROUPS: dict[str, Any] = {
    "open": {**BY_MONTH, "missing": "unknown"},
    "seen": {**BY_MONTH, "missing": "empty"},
    "team": {"group": "open", "by": ["team"], "expected": {"team": "teams"}, "missing": "unknown"},
    "month": {"group": "open", "by": ["month"], "expected": {"month": {"from": "2007-01", "to": "2007-02"}}, "missing": "empty"},
    "later": {"group": "open", "by": ["month"], "expected": {"month": {"from": "2007-02", "to": "2007-02"}}, "missing": "empty"},
}  # fmt: skip
N, WHOLE = ({"add": {"of": "rows", "field": field}} for field in ("n", "whole"))


def decided(groups: list[str], values: dict[str, Any], cases: list[Any], **options: Any) -> Both:
    ruleset = loaded(
        {
            "ruleset": "groups",
            "edition": "1",
            "title": "groups",
            "inputs": INPUTS,
            "values": {
                **{name: GROUPS[name] for name in groups},
                "teams_there": {"outcome": True, "calc": {"count": {"of": "teams"}}},
                **{name: {"outcome": True, **value} for name, value in values.items()},
            },
        }
    )
    return both(program_for(ruleset, None, None, None), cases, unmet=False, **options)


def row(team: str | None, month: str | None, n: int | None = 1, whole: int | None = 4) -> dict[str, Any]:
    given = {"team": team, "month": month, "n": n, "whole": whole}
    return {name: value for name, value in given.items() if value is not None}


TEAMS = [{"team": "a"}, {"team": "b"}]
ROWS = [
    [],
    [row("a", "2007-01")],
    [row("a", "2007-01"), row("a", "2007-01", 3, 0), row("b", "2007-02", None)],
    [row(team, month, n, 2) for n, (team, month) in enumerate(itertools.product("ab", ("2007-01", "2007-02")))],
    [row("a", "2007-01", 0, 0), row("b", "2007-01", 5, 5)],
    [row("c", "2007-01")],
    [row("a", "2007-03")],
    [row("a", None)],
    [row(None, "2007-01"), row("a", "2007-01")],
]
CASES: list[Any] = [
    *({"teams": teams, "rows": rows} for teams, rows in itertools.product((TEAMS, TEAMS[:1], []), ROWS)),
    {"teams": TEAMS},
    {"rows": ROWS[1]},
    {},
]


def test_groups_of_the_same_rows_by_the_same_keys_are_folded_once() -> None:
    values = {"a_sum": {"each": "open", "calc": N}, "b_sum": {"each": "seen", "calc": WHOLE}}
    found = decided(["open", "seen"], values, CASES)
    assert found.differences == []
    assert found.refused > 0
    assert all(query.sql.count('FROM "rows" AS t') == 1 for query in found.compiled.queries)
    assert all(len(set(re.findall(r'"rows folded \d+"', query.sql))) == 1 for query in found.compiled.queries)


def test_groups_of_the_same_rows_stay_apart_where_one_looks_at_the_other() -> None:
    values = {
        "a_sum": {"each": "open", "calc": N},
        "b_sum": {"each": "seen", "calc": WHOLE},
        "more": {"each": "open", "calc": {"count": {"of": "seen", "where": {"b_sum": {"above": {"value": "a_sum"}}}}}},
    }
    found = decided(["open", "seen"], values, CASES)
    assert found.differences == []
    assert found.decided


def test_groups_of_expected_groups_are_expected_unless_they_expect_less() -> None:
    values = {
        "sum": {"each": "open", "calc": N},
        "of_team": {"each": "team", "calc": {"add": {"of": "open", "field": "sum"}}},
        "of_month": {"each": "month", "calc": {"add": {"of": "open", "field": "sum"}}},
        "of_later": {"each": "later", "calc": {"count": {"of": "open"}}},
    }
    some = decided(["open", "team", "month"], {name: values[name] for name in ("sum", "of_team", "of_month")}, CASES)
    assert some.differences == []
    assert 0 < some.refused < len(CASES)
    less = decided(["open", "later"], {name: values[name] for name in ("sum", "of_later")}, CASES)
    assert less.differences == []
    assert less.refused > some.refused


@pytest.mark.parametrize("missing", ["open", "seen"])
def test_rates_of_groups_are_exact_and_within_their_range_or_refused(missing: str) -> None:
    share = {"type": "share", "min": 0, "max": 1}
    values = {
        "rate": {"each": missing, "calc": {"ratio": {"part": N, "whole": WHOLE}}, **share},
        "high": {"each": missing, "is": {"rate": {"above": "1/4"}}},
    }
    found = decided([missing], values, CASES)
    assert found.differences == []
    assert 0 < found.refused < len(CASES)


def test_what_is_said_to_be_given_makes_the_sql_leaner_and_no_other() -> None:
    values = {
        "sum": {"each": "open", "calc": N},
        "of_team": {"each": "team", "calc": {"add": {"of": "open", "field": "sum"}}},
    }
    given = [case for case in CASES if {"teams", "rows"} <= set(case)]
    plain, lean = (decided(["open", "team"], values, given, given=names) for names in ((), {"teams", "rows"}))
    assert plain.differences == lean.differences == []
    assert plain.refused == lean.refused > 0
    assert sum(len(query.sql) for query in lean.compiled.queries) < sum(
        len(query.sql) for query in plain.compiled.queries
    )


def test_a_case_without_any_group_has_no_decision_either_where_a_row_was_not_expected() -> None:
    values = {"seen": GROUPS["seen"], "sum": {"each": "seen", "outcome": True, "calc": N}}
    ruleset = loaded({"ruleset": "g", "edition": "1", "title": "g", "inputs": INPUTS, "values": values})
    tables = {
        "case": pa.table({"case": ["p", "q"]}),
        "teams": pa.table({"case": ["p"], "team": ["a"]}),
        "rows": pa.table({"case": ["p", "q"], "team": ["a", "a"], "month": ["2007-01", "2007-01"], "n": [1, 1]}),
    }
    with pytest.raises(hr.InputError, match="`q` has no decision"), ruleset.batch(tables, confirm=0):
        pass
    fine = {**tables, "rows": tables["rows"].slice(0, 1)}
    with ruleset.batch(fine, confirm=0) as done:
        assert done.summary.decided == 2


def test_folds_of_rows_that_need_another_fold_of_the_same_rows_have_names_of_their_own() -> None:
    values = {
        "most": {"calc": {"max": {"of": "rows", "field": "n"}}},
        "is_most": {"each": "rows", "is": {"n": {"is": {"value": "most"}}}},
        "mosts": {"each": "seen", "calc": {"count": {"of": "rows", "where": {"is_most": True}}}},
    }
    found = decided(["seen"], values, CASES)
    assert found.differences == []
    assert found.decided
