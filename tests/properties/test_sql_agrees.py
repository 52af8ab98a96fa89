"""DuckDB gives for generated rule sets and cases what the reference gives: many cases of a rule set in one statement."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the extra `batch` is not installed")
pytest.importorskip("sqlglot", reason="the extra `batch` is not installed")
pytest.importorskip("pyarrow", reason="the extra `batch` is not installed")
sys.path.append(str(Path(__file__).parents[1]))

from drawn_cases import cases
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from by_sql import both
from hmic_rules.backends.sql import duck
from hmic_rules.binding import program_for
from hmic_rules.testing.drawn_rulesets import written_rulesets
from hmic_rules.testing.writing import loaded

ENGINE = duck.connection()
TABLES = written_rulesets().flatmap(
    lambda written: st.tuples(st.just(written), st.lists(cases(written), min_size=6, max_size=6))
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(TABLES)
def test_duckdb_agrees_on_every_value_of_generated_rule_sets_and_on_what_is_unmet(drawn) -> None:
    written, found = drawn
    program = program_for(loaded(written.data), None, None, None)
    compared = both(program, [case.facts for case in found], engine=ENGINE)
    event("refused by both: " + ("some" if compared.refused else "none"))
    assert compared.differences == []
