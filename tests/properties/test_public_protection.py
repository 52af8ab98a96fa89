"""What both editions of the public protection arrangements promise: nothing that is unknown or wrong understates. Every person is generated."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import BooleanType, LabelType

EDITIONS = {name: hr.load(name) for name in ("mappa-2007", "mappa-2019")}
LEAST_CASES = {"mappa-2007": 40, "mappa-2019": 20}
CATEGORIES = {"1", "2", "3"}
OUTSIDE = {"outside", "potentially dangerous person"}
RISKS = ("low", "medium", "high", "very high")
AGENCIES = EDITIONS["mappa-2007"].collections["agencies"].items or ()
MONTHS = (0, 11, 12, 36)
FEW_AGENCIES = (False, False, False, True)
TAKEN = {"caution_counts_for_category_3": True}
NO_LEVEL = ("not applicable", "no rule covers this")

Path: TypeAlias = tuple[str, ...]
Facts: TypeAlias = dict[str, Any]
editions = pytest.mark.parametrize("edition", EDITIONS)


def domain(type: object) -> tuple[Any, ...]:
    """Values that try out a type: all of them, or for a number those on each side of what the rules ask."""
    if isinstance(type, BooleanType):
        return (False, True)
    return type.labels if isinstance(type, LabelType) else MONTHS


def leaves(ruleset: hr.Ruleset) -> dict[Path, object]:
    """Every fact that a case can give, with its type."""
    found: dict[Path, object] = {(name,): given.type for name, given in ruleset.inputs.items()}
    for collection in ruleset.collections.values():
        for item in collection.items or ():
            found |= {(collection.name, item, name): given.type for name, given in collection.fields.items()}
    return found


LEAVES = {name: leaves(ruleset) for name, ruleset in EDITIONS.items()}


def put(facts: Facts, path: Path, value: Any) -> Facts:
    """The facts with one of them changed."""
    changed = copy.deepcopy(facts)
    here = changed
    for step in path[:-1]:
        here = here.setdefault(step, {})
    here[path[-1]] = value
    return changed


def complete(edition: str) -> st.SearchStrategy[Facts]:
    """Cases all of whose facts are known; few agencies are needed, since one more or less then matters."""
    paths = LEAVES[edition]

    def nested(values: tuple[Any, ...]) -> Facts:
        facts: Facts = {}
        for path, value in zip(paths, values, strict=True):
            facts = put(facts, path, value)
        return facts

    drawn = (FEW_AGENCIES if path[-1] == "needed" else domain(type) for path, type in paths.items())
    return st.tuples(*map(st.sampled_from, drawn)).map(nested)


def without(facts: Facts, gone: frozenset[Path], *, null: bool) -> Facts:
    """The facts with some of them taken away: left out, or written as null."""
    changed = copy.deepcopy(facts)
    for path in gone:
        here = changed
        for step in path[:-1]:
            here = here[step]
        if null:
            here[path[-1]] = None
        else:
            del here[path[-1]]
    return changed


def partial(edition: str) -> st.SearchStrategy[tuple[Facts, Facts]]:
    """Complete cases, each with the same case after some facts were taken away."""
    gone = st.frozensets(st.sampled_from([*LEAVES[edition], *((name,) for name in EDITIONS[edition].collections)]))

    def taken(facts: Facts, gone: frozenset[Path], null: bool) -> tuple[Facts, Facts]:
        whole = {path[0] for path in gone if len(path) == 1}
        return facts, without(
            facts, frozenset(path for path in gone if len(path) == 1 or path[0] not in whole), null=null
        )

    return st.builds(taken, complete(edition), gone, st.booleans())


def readings(edition: str) -> st.SearchStrategy[Facts]:
    """Ways to settle, or not to settle, what the texts leave open."""
    caution: list[Facts] = [{}, {"parameters": TAKEN}, {"parameters": {"caution_counts_for_category_3": False}}]
    return st.sampled_from([*caution, *({"profile": name} for name in EDITIONS[edition].profiles)])


def results(decision: hr.Decision) -> dict[tuple[str, str | None], frozenset[str]]:
    return {(outcome.name, outcome.item): frozenset(outcome.possible) for outcome in decision.outcomes}


def bounds(decision: hr.Decision) -> tuple[int, int]:
    """The lowest and the highest level still possible; 0 where there may be none."""
    found = [0 if level in NO_LEVEL else int(level) for level in decision["level"].possible]
    return min(found), max(found)


# What the rules promise


@editions
def test_everybody_is_in_exactly_one_category_or_in_none(edition: str) -> None:
    @settings(max_examples=200)
    @given(complete(edition))
    def holds(facts: Facts) -> None:
        decision = EDITIONS[edition].decide(facts, parameters=TAKEN)
        category, level = decision["category"], decision["level"]
        assert category.status == "decided"
        assert category.value in CATEGORIES | OUTSIDE
        assert (level.status == "not applicable") == (category.value in OUTSIDE)

    holds()


@editions
def test_nobody_without_a_conviction_or_caution_can_be_in_a_category_whatever_is_unknown(edition: str) -> None:
    @settings(max_examples=200)
    @given(partial(edition), readings(edition))
    def holds(drawn: tuple[Facts, Facts], reading: Facts) -> None:
        for facts in drawn:
            decision = EDITIONS[edition].decide({**facts, "convicted_or_cautioned": "neither"}, **reading)
            assert set(decision["category"].possible) <= OUTSIDE
            assert decision["level"].status == "not applicable"

    holds()


@editions
def test_no_case_breaks_a_claim_of_its_edition(edition: str) -> None:
    ruleset = EDITIONS[edition]
    assert len(ruleset.claims) >= 9
    assert {claim.kind for claim in ruleset.claims} == {"never"}

    @settings(max_examples=200)
    @given(partial(edition), readings(edition))
    def holds(drawn: tuple[Facts, Facts], reading: Facts) -> None:
        for facts in drawn:
            decision = ruleset.decide(facts, **reading)
            truths = decision.program.compiler.truths
            broken = [claim.id for claim in ruleset.claims if truths[claim.condition]([decision.case]) is Truth.YES]
            assert broken == []

    holds()


@settings(max_examples=200)
@given(partial("mappa-2019"), readings("mappa-2019"))
def test_by_the_edition_of_2019_nobody_surely_in_category_3_can_be_at_level_1(
    drawn: tuple[Facts, Facts], reading: Facts
) -> None:
    third = {"convicted_or_cautioned": "convicted", "registered_sex_offender": False, "other_sex_offender": False}
    able = {"specified_violent_offence": False, "capable_of_serious_harm": True, "poses_risk_of_serious_harm": True}
    for facts in drawn:
        agencies = {**(facts.get("agencies") or {}), "police": {"needed": True}, "health": {"needed": True}}
        decision = EDITIONS["mappa-2019"].decide({**facts, **third, **able, "agencies": agencies}, **reading)
        assert decision["category"].value == "3"
        assert set(decision["level"].possible) <= {"2", "3"}


# A higher risk, one more agency


@editions
def test_a_higher_risk_never_lowers_either_bound_of_the_level(edition: str) -> None:
    @settings(max_examples=200)
    @given(partial(edition), readings(edition))
    def holds(drawn: tuple[Facts, Facts], reading: Facts) -> None:
        for facts in drawn:
            found = [
                bounds(EDITIONS[edition].decide({**facts, "risk_of_serious_harm": risk}, **reading)) for risk in RISKS
            ]
            lows, highs = zip(*found, strict=True)
            assert list(lows) == sorted(lows)
            assert list(highs) == sorted(highs)
            low, high = bounds(EDITIONS[edition].decide({**facts, "risk_of_serious_harm": None}, **reading))
            assert low <= lows[0]
            assert high >= highs[-1]

    holds()


@editions
def test_one_more_active_agency_never_lowers_either_bound_of_the_level(edition: str) -> None:
    @settings(max_examples=200)
    @given(partial(edition), readings(edition), st.sampled_from(AGENCIES))
    def holds(drawn: tuple[Facts, Facts], reading: Facts, agency: str) -> None:
        for facts in drawn:
            known = {**facts, "agencies": facts.get("agencies") or {}}
            (low, high), (below, above), (least, most) = (
                bounds(EDITIONS[edition].decide(put(known, ("agencies", agency), {"needed": needed}), **reading))
                for needed in (False, True, None)
            )
            assert low <= below
            assert high <= above
            assert (least, most) == (min(least, low), max(most, above))

    holds()


def test_the_profile_never_lowers_a_level_that_the_text_gives() -> None:
    @settings(max_examples=200)
    @given(partial("mappa-2007"))
    def holds(drawn: tuple[Facts, Facts]) -> None:
        for facts in drawn:
            plain, profiled = (
                EDITIONS["mappa-2007"].decide(facts, **reading)
                for reading in ({"parameters": TAKEN}, {"profile": "assumed-critical-few"})
            )
            assert bounds(plain)[0] <= bounds(profiled)[0]
            assert bounds(plain)[1] <= bounds(profiled)[1]

    holds()


# What is unknown, and what is wrong


@editions
def test_taking_facts_away_never_rules_out_what_is_true(edition: str) -> None:
    @settings(max_examples=300)
    @given(partial(edition), readings(edition))
    def holds(drawn: tuple[Facts, Facts], reading: Facts) -> None:
        known, unknown = (EDITIONS[edition].decide(facts, **reading) for facts in drawn)
        left = results(unknown)
        for key, found in results(known).items():
            assert found <= left[key], (key, found, left[key])
        for outcome in unknown.outcomes:
            if outcome.status == "decided":
                assert results(known)[outcome.name, outcome.item] == {outcome.possible[0]}

    holds()


@editions
def test_taking_any_single_fact_away_never_understates_the_level(edition: str) -> None:
    @settings(max_examples=30)
    @given(complete(edition), readings(edition))
    def holds(facts: Facts, reading: Facts) -> None:
        known = EDITIONS[edition].decide(facts, **reading)
        for path in LEAVES[edition]:
            unknown = EDITIONS[edition].decide(without(facts, frozenset([path]), null=False), **reading)
            assert bounds(unknown)[0] <= bounds(known)[0]
            assert bounds(unknown)[1] >= bounds(known)[1], path
            if unknown["category"].status == "decided":
                assert unknown["category"].value == known["category"].value

    holds()


WRONG: dict[str, list[Any]] = {
    "boolean": ["maybe", "", 0, 1, 2.5, "not applicable", [], [True], {}, object()],
    "label": ["hihg", "", "4", True, 7, 0.5, "not applicable", [], {"high": True}, object()],
    "number": [
        -1,
        0.5,
        "twelve",
        "",
        True,
        "1e3",
        "12,0",
        float("nan"),
        float("inf"),
        "not applicable",
        [],
        {},
        object(),
    ],
}


def wrong(type: object) -> list[Any]:
    kind = "boolean" if isinstance(type, BooleanType) else "label" if isinstance(type, LabelType) else "number"
    return WRONG[kind]


@editions
def test_a_fact_outside_its_type_or_domain_is_an_error_that_names_it_and_never_an_outcome(edition: str) -> None:
    @settings(max_examples=10)
    @given(partial(edition))
    def holds(drawn: tuple[Facts, Facts]) -> None:
        facts, _ = drawn
        for path, type in LEAVES[edition].items():
            for value in wrong(type):
                with pytest.raises(hr.InputError) as caught:
                    EDITIONS[edition].decide(put(facts, path, value))
                (problem,) = caught.value.diagnostics
                assert path[-1] in str(problem.place)

    holds()


# The record


@settings(max_examples=200)
@given(partial("mappa-2007"))
def test_a_decision_is_defensible_only_where_all_four_considerations_are_known_to_be_recorded(
    drawn: tuple[Facts, Facts],
) -> None:
    for facts in drawn:
        decision = EDITIONS["mappa-2007"].decide(facts)
        missing = [outcome.value for outcome in decision.items("missing").values()]
        if decision["defensible"].value == "defensible":
            assert missing == [False] * 4
            assert decision["conflicting_record"].value is False
        if True in missing:
            assert decision["defensible"].value == "not yet defensible"


@editions
def test_the_generated_cases_reach_every_label_of_every_outcome(edition: str) -> None:
    ruleset = EDITIONS[edition]
    reached: Counter[tuple[str, str]] = Counter()

    @settings(max_examples=300)
    @given(partial(edition), readings(edition))
    def count(drawn: tuple[Facts, Facts], reading: Facts) -> None:
        for facts in drawn:
            for outcome in ruleset.decide(facts, **reading).outcomes:
                reached[outcome.name, outcome.possible[0] if len(outcome.possible) == 1 else outcome.status] += 1

    count()
    wanted = {
        (name, label)
        for name in ruleset.outcomes
        for type in [ruleset.values[name].type]
        if ruleset.values[name].scope == CASE and isinstance(type, LabelType)
        for label in (*type.labels, "undetermined")
    }
    assert wanted <= set(reached)
    assert reached["review", "no rule covers this"]
