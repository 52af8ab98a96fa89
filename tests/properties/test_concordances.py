"""Archives held against the rules: whatever is recorded, each row is of the kind that its decision alone makes it, and every count adds up."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hmic_rules as hr

pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")
pytest.importorskip("pyarrow")

from archives import RECORDED, archive_of, in_memory, kind_of, textbook_kappa
from hmic_rules.binding import program_for
from hmic_rules.concordance.gaps import leaves_no_gap
from hmic_rules.concordance.making import concord
from hmic_rules.concordance.results import Concordance
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.testing.drawn_cases import cases_of

SHAPES = Path(__file__).parents[1] / "shapes"
RATINGS = hr.load("cqc-adult-social-care-2022")
RULES: dict[
    str, tuple[hr.Ruleset, str, str | None, bool]
] = {  # with the reading, and whether rules cover every complete case
    "category": (hr.load(SHAPES / "record.yaml"), "category", None, True),
    "level": (hr.load(SHAPES / "record.yaml"), "level", None, True),
    "criteria": (hr.load(SHAPES / "criteria.yaml"), "grade", None, False),
    "judgement": (hr.load(SHAPES / "judgement.yaml"), "overall", None, True),
    "ratings": (RATINGS, "overall", "gap closed", True),
    "letter": (RATINGS, "overall", "to the letter", False),
    "offenders": (hr.load("mappa-2007"), "category", None, True),
}
ODD = (
    "",
    " ",
    "Godd",
    "GOOD",
    "'; DROP TABLE cases; --",
    "\u202e",
    "=1+1",
    '"',
    "null",
    "no rule covers this",
    "💥",
    "a\nb",
)
Row = tuple[dict[str, Any], str | None, bool]


@st.composite
def archives(draw: st.DrawFn, name: str) -> list[Row]:
    """Cases with what was recorded of each: a result, something odd or nothing; now and then a cell is wrong."""
    rules, outcome, profile, _ = RULES[name]
    value = rules.values[outcome]
    words = st.sampled_from([*value.type.labels, "not applicable"]) | st.sampled_from(ODD) | st.none()  # type: ignore[union-attr]
    bad = st.sampled_from([False] * 9 + [bool(rules.inputs)])
    row = st.tuples(cases_of(program_for(rules, None, profile, None)), words, bad)
    return draw(st.lists(row, min_size=1, max_size=25))


def held(name: str, rows: list[Row], folder: Path) -> tuple[Concordance, list[dict[str, Any]]]:
    """The concordance of an archive, and the departures that were written."""
    rules, outcome, profile, _ = RULES[name]
    tables = archive_of(rules, [facts for facts, _, _ in rows], [word for _, word, _ in rows])
    for place, (_, _, bad) in enumerate(rows):
        if bad:
            tables["case"][place][next(iter(rules.inputs))] = "⁇"
    given = {table: in_memory(found) for table, found in tables.items()}
    found = concord(
        rules,
        given,
        RECORDED,
        folder / "departures.jsonl",
        outcome=outcome,
        rejects=folder / "bad.jsonl",
        profile=profile,
        depth=3,
        confirm=0,
    )
    lines = (folder / "departures.jsonl").read_text(encoding="utf-8").splitlines()
    return found, [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=7)
@given(data=st.data())
def test_each_row_of_an_archive_is_of_the_kind_that_its_decision_alone_makes_it(name, data):
    rules, outcome, _, covered = RULES[name]
    value = rules.values[outcome]
    labels = list(value.type.labels)
    words = [*labels, *(["not applicable"] if value.applies is not None else [])]
    rows = data.draw(archives(name))
    with tempfile.TemporaryDirectory() as folder:
        found, departures = held(name, rows, Path(folder))
    kinds: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    table: Counter[tuple[str, str]] = Counter()
    departed: dict[str, tuple[str, str]] = {}
    for place, (facts, word, bad) in enumerate(rows):
        decision = decided(name, facts, rows)
        if bad or decision is None:
            kinds["set aside"] += 1
        elif word is None or not word.strip():
            kinds["not recorded"] += 1
        elif word not in words:
            kinds["outside the vocabulary"] += 1
        else:
            kind = kind_of(labels, decision[outcome], word, covered=covered)
            kinds[kind] += 1
            settled = decision[outcome].status in ("decided", "not applicable")
            result = decision[outcome].possible[0] if settled else "narrowed"
            table[word, "not limited" if kind == "open" else result] += 1
            if kind in ("equal", "different") and word in labels and result in labels:
                pairs.append((word, result))
            if kind in ("different", "outside"):
                departed[f"c{place}"] = (word, kind)
    assert {**found.kinds, **found.apart} == {kind: kinds[kind] for kind in [*found.kinds, *found.apart]}
    assert sum(found.kinds.values()) + sum(found.apart.values()) == found.rows == len(rows)
    assert {
        pair: count
        for one, row in found.table.items()
        for other, count in row.items()
        if count
        for pair in [(one, other)]
    } == table
    assert {one["case"]: (one[f"{outcome}__recorded"], one[f"{outcome}__kind"]) for one in departures} == departed
    assert [one.exact for one in found.kappas] == [textbook_kappa(pairs, labels, one.weights) for one in found.kappas]
    assert {one.rows for one in found.kappas} == {len(pairs)}


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=5)
@given(data=st.data())
def test_departures_of_an_archive_fall_into_groups_that_add_up_and_each_change_reaches_what_was_recorded(name, data):
    _, outcome, _, _ = RULES[name]
    rows = data.draw(archives(name))
    with tempfile.TemporaryDirectory() as folder:
        found, departures = held(name, rows, Path(folder))
    assert sum(one.rows for one in found.groups) == sum(found.reasons.values()) == found.departures == len(departures)
    assert found.looked.of_rows == found.departures
    assert found.looked.rows == sum(one.rows for group in found.groups for one in group.differences) <= found.departures
    assert Counter(one[f"{outcome}__reason"] for one in departures) == sum_by_words(found)
    for group in found.groups:
        assert set(group.examples) <= {one["case"] for one in departures if one[f"{outcome}__reason"] == group.says}
        for one in group.differences:
            decision = decided(name, rows[int(one.example[1:])][0], rows)
            assert decision is not None
            way = decision.why_not(group.recorded, name=outcome)
            assert (way is None) is (one.none is not None)
            if way is not None:
                assert one.changes == tuple(map(str, (*way.changes, *way.learnt)))
                assert way.gives == group.recorded


def sum_by_words(found: Concordance) -> Counter[str]:
    counted: Counter[str] = Counter()
    for group in found.groups:
        counted[group.says] += group.rows
    return counted


def decided(name: str, facts: dict[str, Any], rows: list[Row]) -> hr.Decision | None:
    """The decision of a case whose facts are as tables say them: with a table of a collection, no rows are none. ``None`` where it is refused."""
    rules, _, profile, _ = RULES[name]
    given = {one for case, _, _ in rows for one, value in case.items() if isinstance(value, list) and value}
    own = {one: value for one, value in facts.items() if one not in rules.collections or isinstance(value, dict)}
    try:
        return rules.decide(own | {one: facts.get(one) or [] for one in given}, profile=profile, engine="reference")
    except hr.InputError:
        return None


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=20)
@given(data=st.data())
def test_where_rules_are_proven_to_cover_every_case_no_exact_answer_leaves_one_without_a_rule(name, data):
    rules, outcome, profile, covered = RULES[name]
    program = program_for(rules, None, profile, None)
    assert leaves_no_gap(program, outcome) is covered
    decision = rules.decide(data.draw(cases_of(program)), profile=profile, engine="reference")
    if covered:
        assert "no rule covers this" not in exact_outcome(decision, outcome).possible
