"""Items that are known beforehand, as bits: counts and lists of what is unmet are those of the reference, however many items there are and however they are stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.testing.writing import loaded

pytest.importorskip("duckdb", reason="the extra `batch` is not installed")
pytest.importorskip("sqlglot", reason="the extra `batch` is not installed")
pytest.importorskip("pyarrow", reason="the extra `batch` is not installed")

from by_sql import both

STATUSES = ("met", "in part", "not met", None)
STATUS = {"choice": ["met", "in part", "not met"]}
MET = {"status": "met"}


def item(number: int) -> str:
    return f"it's {number:03}"


def rules(**conditions: Any) -> dict[str, Any]:
    return {
        "choice": [*conditions, "neither"],
        "outcome": True,
        "choose": "first",
        "otherwise": {"then": "neither", "basis": "assumed"},
        "rules": [{"id": id, "then": id, "when": when, "basis": "assumed"} for id, when in conditions.items()],
    }


def ruleset(inputs: dict[str, Any], **values: Any) -> hr.Ruleset:
    return loaded({"ruleset": "invented", "edition": "1", "title": "invented", "inputs": inputs, "values": values})


def cases(number: int, names: list[str], collection: str = "criteria") -> list[dict[str, Any]]:
    """Cases in which many, few or no items are as asked, some unknown, and some without a row."""
    found: list[dict[str, Any]] = []
    for one in range(number):
        rows = {
            name: {"status": STATUSES[(place * (one + 3) // 5) % 4] if one % 3 and place % 7 == one % 7 else "met"}
            for place, name in enumerate(names)
            if one % 4 or place % 11
        }
        found.append({collection: {name: row for name, row in rows.items() if row["status"] is not None}})
    return [*found, {}]


def complete(names: list[str]) -> list[dict[str, Any]]:
    return [
        {"criteria": {name: {"status": STATUSES[(place + one) % 3 if place % 9 == one else 0]} for place, name in enumerate(names)}}
        for one in range(9)
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 62, 63, 130])
def test_what_is_unmet_among_few_or_many_items_is_what_the_reference_lists(number: int) -> None:
    names = [item(place) for place in reversed(range(number))]
    first = names[: (number + 1) // 2]
    made = ruleset(
        {"criteria": {"items": names, "fields": {"status": STATUS}}},
        grade=rules(
            every={"every": {"of": "criteria", "among": {"name": first}, "where": MET}},
            none={"none": {"of": "criteria", "where": {"status": "not met"}}},
            share={"share": {"of": "criteria", "where": MET, "at_least": "3/4"}},
            few={"count": {"of": "criteria", "where": {"status": ["not met", "in part"]}, "at_most": 3}},
            one={"some": {"of": "criteria", "among": {"name": names[0]}, "where": MET}},
            last={
                "all": [
                    {"every": {"of": "criteria", "among": {"name": names[:1]}, "where": MET}},
                    {"none": {"of": "criteria", "among": {"name": names[-1:]}, "where": {"status": "not met"}}},
                ]
            },
        ),
        number={"calc": {"count": {"of": "criteria", "where": MET}}},
    )
    program = program_for(made, None, None, None)
    for found in (
        both(program, cases(24, names)),
        both(program, complete(names), known={("criteria", "status")}, complete={"criteria"}),
        both(program, [*cases(6, names), *complete(names)], wide={"criteria"}),
    ):
        assert found.differences == []
        assert found.decided
        assert "LIST(" not in found.compiled.queries[0].sql


def test_more_items_than_bits_are_listed_as_texts() -> None:
    names = [item(place) for place in range(260)]
    made = ruleset(
        {"criteria": {"items": names, "fields": {"status": STATUS}}},
        grade=rules(every={"every": {"of": "criteria", "where": MET}}),
    )
    found = both(program_for(made, None, None, None), complete(names)[:3])
    assert found.differences == []
    assert "BIT_OR" not in found.compiled.queries[0].sql


def test_one_count_over_all_rows_serves_every_rule_that_asks_of_some_items() -> None:
    names = [item(place) for place in range(30)]
    made = ruleset(
        {"criteria": {"items": names, "fields": {"status": STATUS}}},
        grade=rules(
            a={"every": {"of": "criteria", "among": {"name": names[:10]}, "where": MET}},
            b={"every": {"of": "criteria", "among": {"name": names[5:]}, "where": MET}},
            c={"share": {"of": "criteria", "among": {"name": names[::2]}, "where": MET, "above": "1/2"}},
        ),
    )
    program = program_for(made, None, None, None)
    found = both(program, complete(names), known={("criteria", "status")}, complete={"criteria"})
    assert found.differences == []
    assert found.compiled.queries[0].sql.count("BIT_OR") == 1


def test_what_a_framework_says_of_its_items_is_settled_whatever_its_type(tmp_path: Path) -> None:
    (tmp_path / "frameworks").mkdir()
    said = "\n".join(
        f"  - {{id: {name}, standard: {standard}, weight: {weight}, must: {must}, says: invented, basis: assumed}}"
        for name, standard, weight, must in (
            ("a", "fair", "1/2", "true"),
            ("b", "good", "1/3", "false"),
            ("c", "fair", "3/4", "false"),
            ("d", "good", "1/2", "true"),
        )
    )
    (tmp_path / "frameworks" / "four.yaml").write_text(f"framework: four\ntitle: four\ncriteria:\n{said}\n", "utf-8")
    (tmp_path / "ruleset.yaml").write_text(
        """
ruleset: invented
edition: "1"
title: invented
inputs:
  least: {type: share}
  criteria:
    key: id
    collection:
      id: {type: text}
      standard: {choice: [fair, good]}
      weight: {type: share}
      must: {type: boolean}
      status: {choice: [met, in part, not met]}
values:
  grade:
    choice: [heavy, must, fair, neither]
    outcome: true
    choose: first
    rules:
      - {id: heavy, then: heavy, when: {every: {of: criteria, among: {weight: {at_least: {value: least}}}, where: {status: met}}}, basis: assumed}
      - {id: must, then: must, when: {every: {of: criteria, among: {must: true, weight: {above: 1/3}}, where: {status: met}}}, basis: assumed}
      - {id: fair, then: fair, when: {share: {of: criteria, among: {any: [{standard: fair}, {id: d}]}, where: {any: [{status: met}, {must: true, status: in part}]}, at_least: 2/3}}, basis: assumed}
    otherwise: {then: neither, basis: assumed}
frameworks: {fill: criteria, files: [four]}
""",
        "utf-8",
    )
    program = program_for(hr.load(tmp_path), "four", None, None)
    found = both(
        program,
        [
            {
                "least": least,
                "criteria": {id: {"status": status} for id, status in zip("abcd", row, strict=True) if status},
            }
            for least in ("1/2", "1/3", "1", None)
            for row in [(one, other, another, one) for one in STATUSES for other in STATUSES for another in STATUSES]
        ],
    )
    assert found.differences == []
    assert found.decided


def test_items_of_two_collections_in_the_way_of_one_rule_are_one_list() -> None:
    made = ruleset(
        {
            "criteria": {"items": ["a", "b", "c"], "fields": {"status": STATUS}},
            "questions": {"items": ["b", "d"], "fields": {"status": STATUS}},
            "visits": {"key": "id", "collection": {"id": {"type": "text"}, "status": STATUS}},
        },
        grade=rules(
            all={
                "all": [
                    {"every": {"of": "criteria", "where": MET}},
                    {"every": {"of": "questions", "where": MET}},
                    {"every": {"of": "visits", "where": MET}},
                ]
            }
        ),
    )
    drawn = [
        {
            "criteria": {"a": {"status": one}, "b": {"status": other}, "c": {"status": "met"}},
            "questions": {"b": {"status": other}, "d": {"status": one}},
            "visits": [{"id": "a", "status": other}, {"id": "x", "status": one}],
        }
        for one in STATUSES[:3]
        for other in STATUSES[:3]
    ]
    found = both(program_for(made, None, None, None), [*drawn, {}])
    assert found.differences == []
    assert found.decided


def test_groups_that_known_items_expect_are_bits_too() -> None:
    made = ruleset(
        {
            "criteria": {"items": ["a", "b", "c"], "fields": {"status": STATUS}},
            "findings": {"collection": {"criterion": {"type": "text"}, "status": STATUS}},
        },
        by_criterion={"group": "findings", "by": ["criterion"], "expected": {"criterion": "criteria"}, "missing": "unknown"},
        shown={"each": "by_criterion", "is": {"every": {"of": "findings", "where": MET}}},
        grade=rules(
            all={"every": {"of": "by_criterion", "where": {"shown": True}}},
            most={"share": {"of": "by_criterion", "where": {"shown": True}, "above": "1/2"}},
        ),
    )  # fmt: skip
    drawn = [
        {
            "findings": [
                {"criterion": name, "status": status} for name, status in zip("abca", row, strict=True) if status
            ]
        }
        for row in [(one, other, another, one) for one in STATUSES for other in STATUSES for another in STATUSES[1:]]
    ]
    found = both(program_for(made, None, None, None), [*drawn, {}])
    assert found.differences == []
    assert found.decided
    assert "BIT_OR" in found.compiled.queries[0].sql
