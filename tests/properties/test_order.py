"""What the order of things, and the seed of Python's hashes, has no part in."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drawn_cases import Cases, cases
from hypothesis import given, settings
from hypothesis import strategies as st
from results import answers

from hmic_rules import ConflictError
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import as_yaml, loaded

PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written)))
FREE_OF_ORDER = ("highest", "lowest", "unique")
DECIDE_ALL = """
import json, sys
from hmic_rules import ConflictError
from hmic_rules.loading.rulesets import read_ruleset

answers = []
for text, facts in json.load(sys.stdin):
    ruleset = read_ruleset(lambda file: text.encode(), "generated.yaml", str)
    try:
        answers.append(ruleset.decide(facts).to_data())
    except ConflictError as error:
        answers.append(str(error))
json.dump(answers, sys.stdout)
"""


def answered(data: Mapping[str, Any], facts: dict[str, Any]) -> Any:
    """What a case comes to; a refusal is one answer, whichever value raised it."""
    try:
        return answers(loaded(data).decide(facts))
    except ConflictError:
        return "refused"


def shuffled(value: dict[str, Any], order: random.Random) -> dict[str, Any]:
    """A value with its limits in another order, and its rules too where their order has no meaning."""
    found = dict(value)
    free = [key for key in ("limits", "points") if key in value]
    if value.get("choose") in FREE_OF_ORDER:
        free.append("rules")
    for key in free:
        found[key] = order.sample(value[key], len(value[key]))
    return found


def in_order(mapping: Mapping[str, Any], order: random.Random) -> dict[str, Any]:
    return dict(order.sample(list(mapping.items()), len(mapping)))


def rows_shuffled(facts: Any, order: random.Random) -> Any:
    """The facts with the rows of every collection, inner ones too, and the names of every row in another order."""
    if isinstance(facts, list):
        return order.sample([rows_shuffled(one, order) for one in facts], len(facts))
    if isinstance(facts, dict):
        return in_order({name: rows_shuffled(one, order) for name, one in facts.items()}, order)
    return facts


@settings(max_examples=100)
@given(PAIRS, st.integers(0, 10_000))
def test_the_order_of_rules_limits_and_points_changes_nothing_unless_the_first_counts(
    drawn: tuple[Written, Cases], seed: int
) -> None:
    written, case = drawn
    order = random.Random(seed)  # noqa: S311 - a shuffle for a test
    values = {name: shuffled(value, order) for name, value in written.data["values"].items()}
    assert answered({**written.data, "values": values}, case.facts) == answered(written.data, case.facts)


@settings(max_examples=100)
@given(PAIRS, st.integers(0, 10_000))
def test_the_order_of_inputs_values_and_rows_changes_nothing(drawn: tuple[Written, Cases], seed: int) -> None:
    written, case = drawn
    order = random.Random(seed)  # noqa: S311 - a shuffle for a test
    sections = {key: in_order(written.data[key], order) for key in ("inputs", "values", "terms", "scales")}
    facts = rows_shuffled(case.facts, order)
    assert answered({**written.data, **sections}, facts) == answered(written.data, case.facts)


def test_the_seed_of_hashes_changes_nothing() -> None:
    drawn_cases: list[tuple[str, dict[str, Any]]] = []

    @settings(max_examples=60, derandomize=True, database=None)
    @given(PAIRS)
    def collect(drawn: tuple[Written, Cases]) -> None:
        written, case = drawn
        drawn_cases.append((as_yaml(written.data), case.facts))

    collect()
    given_cases = json.dumps(drawn_cases)
    answers_by_seed = [
        subprocess.run(
            [sys.executable, "-c", DECIDE_ALL],
            input=given_cases,
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(json.loads(answers_by_seed[0])) == len(drawn_cases)
    assert answers_by_seed[0] == answers_by_seed[1]
