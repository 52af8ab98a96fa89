"""Schemas say what the loader and `decide` say: over generated rule sets, and over their cases with a fault put into one place."""

from __future__ import annotations

import copy
import datetime
import json
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import hmic_rules as hr
from hmic_rules.loading.case_files import read_case_file
from hmic_rules.schemas.rulesets import ruleset_schema
from hmic_rules.testing import cases, rulesets
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import as_yaml, loaded

sys.path.insert(0, str(Path(__file__).parents[1]))
from instances import instance

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(ruleset_schema())
WORKED = [
    hr.load(path)
    for path in (
        *sorted((ROOT / "tests" / "shapes").glob("*.yaml")),
        ROOT / "tests" / "diagnostics" / "every-construct.yaml",
        ROOT / "rulesets" / "mappa-2019",
        ROOT / "rulesets" / "safer-neighbourhoods-2007",
    )
]
PAIRS = st.one_of(st.sampled_from(WORKED), rulesets()).flatmap(lambda one: st.tuples(st.just(one), cases(one)))
JUNK: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 12, 99, 0.5, 1.5, "", "x", "yes", "no", "true", "1", "2", "1/2", "3/2", "50%", "150%", "01", "1_000", "7,0",
    "12 hours", ">3", "low", "fair", "Fair", "not applicable", "2007-06", "2007-06-01", "2007-02-30", "2007-13", [], ["x"], [{}], {}, {"x": {}}, {"id": "x"},
)  # fmt: skip
BEYOND = ("nobody expected a row for", "stands twice in")


def as_json(facts: Any) -> Any:
    """Facts as JSON has them; a number that no short decimal is stays a ratio in a text."""
    if isinstance(facts, dict):
        return {key: as_json(child) for key, child in facts.items()}
    if isinstance(facts, list | tuple):
        return [as_json(child) for child in facts]
    if isinstance(facts, Fraction):
        short = float(facts)
        return short if Fraction(repr(short)) == facts and "e" not in repr(short) else str(facts)
    if isinstance(facts, datetime.date) or not isinstance(facts, str | int | float | bool | None):
        return str(facts)
    return facts


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, child in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(child, (*path, key))


def with_fault(facts: Any, draw: st.DataObject) -> Any:
    """The facts with one part replaced, or a name that there may not be added."""
    changed = copy.deepcopy(facts)
    path = draw.draw(st.sampled_from(list(places(changed))))
    wrong = copy.deepcopy(draw.draw(st.sampled_from(JUNK)))
    here = changed
    for key in path[:-1]:
        here = here[key]
    target = here[path[-1]] if path else changed
    if isinstance(target, dict) and draw.draw(st.booleans()):
        target["x"] = wrong
    elif path:
        here[path[-1]] = wrong
    return changed


def problem_of_a_file(ruleset: hr.Ruleset, facts: Any) -> str | None:
    """Why a case with these facts in a file is refused."""
    try:
        found = read_case_file(json.dumps({"facts": facts}).encode(), "case.json", ruleset)
        ruleset.decide(found.facts, engine="reference")
    except hr.InputError as error:
        return str(error)
    except hr.ConflictError:
        return None
    return None


def problem_in_python(ruleset: hr.Ruleset, facts: Any) -> str | None:
    try:
        ruleset.decide(facts, engine="reference")
    except hr.InputError as error:
        return str(error)
    except hr.ConflictError:
        return None
    return None


@given(written_rulesets())
@settings(max_examples=150)
def test_every_rule_set_that_is_generated_is_valid_under_the_schema_of_rule_sets(written: Written) -> None:
    text = as_yaml(written.data)
    loaded(text)
    assert [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(instance(text))] == []


def test_what_the_schema_of_its_cases_accepts_a_rule_set_decides() -> None:
    seen: Counter[tuple[str, bool]] = Counter()

    @given(PAIRS, st.data())
    @settings(max_examples=400)
    def holds(pair: tuple[hr.Ruleset, dict[str, Any]], draw: st.DataObject) -> None:
        ruleset, facts = pair[0], as_json(pair[1])
        changed = with_fault(facts, draw)
        for how, schema, problem_of in (
            ("in a file", ruleset.case_schema(), problem_of_a_file),
            ("in Python", ruleset.facts_schema(), problem_in_python),
        ):
            own = Draft202012Validator(schema)
            whole = {"facts": changed} if how == "in a file" else changed
            valid = own.is_valid(whole)
            seen[how, valid] += 1
            problem = problem_of(ruleset, changed)
            if valid:
                assert problem is None or any(word in problem for word in BEYOND), (how, changed, problem)

    holds()
    assert min(seen[how, valid] for how in ("in a file", "in Python") for valid in (True, False)) > 50


def test_a_case_that_a_rule_set_decides_is_valid_under_the_schema_of_its_cases() -> None:
    seen: Counter[bool] = Counter()

    @given(PAIRS)
    @settings(max_examples=150)
    def holds(pair: tuple[hr.Ruleset, dict[str, Any]]) -> None:
        ruleset, facts = pair[0], as_json(pair[1])
        is_a_ratio = any(
            "/" in str(place[-1:]) or "/" in str(at(facts, place))
            for place in places(facts)
            if not isinstance(at(facts, place), dict | list)
        )
        if is_a_ratio:  # a ratio in a text cannot be held to a range by a schema, which refuses it there
            return
        seen[True] += 1
        found = Draft202012Validator(ruleset.case_schema()).iter_errors({"facts": facts})
        assert [f"{error.json_path}: {error.message}" for error in found] == []

    holds()
    assert seen[True] > 75


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data
