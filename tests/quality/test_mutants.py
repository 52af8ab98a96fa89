"""The worked cases of the shipped rule sets, measured by the small changes of a rule set that they notice."""

from __future__ import annotations

import functools
import random
from collections import Counter
from typing import Any

import pytest
from killing import Fate, fates, first_difference, told_equivalent
from mutants import KINDS, Mutant, mutants

import hmic_rules as hr
from hmic_rules.decisions import Decision
from hmic_rules.errors import HmicRulesError
from seeded import Seeded

SHIPPED = {
    name: hr.load(name)
    for name in (
        "hmic-2007",
        "mappa-2007",
        "mappa-2019",
        "safer-neighbourhoods-2007",
        "safer-neighbourhoods-staffing-2007",
    )
}
LEAST_MUTANTS = {
    "hmic-2007": 500,
    "mappa-2007": 250,
    "mappa-2019": 200,
    "safer-neighbourhoods-2007": 100,
    "safer-neighbourhoods-staffing-2007": 150,
}
NEVER = 10**9
shipped = pytest.mark.parametrize("name", SHIPPED)


@functools.cache
def made_of(name: str) -> tuple[Mutant, ...]:
    return tuple(mutants(SHIPPED[name]))


@functools.cache
def fates_of(name: str) -> tuple[Fate, ...]:
    return tuple(fates(SHIPPED[name], made_of(name)))


def complete_cases(name: str, number: int) -> list[dict[str, Any]]:
    """Generated cases in which every fact is known."""
    return list(Seeded(SHIPPED[name], random.Random(2007), unknown_in=NEVER).cases(number))  # noqa: S311 - cases for a test


def answers(ruleset: hr.Ruleset, case: dict[str, Any]) -> object:
    """Every outcome of a case; or the kind of error where it is refused."""
    try:
        decision: Decision = ruleset.decide(case, engine="reference")
    except HmicRulesError as error:
        return type(error)
    return [(outcome.name, outcome.item, outcome.status, outcome.possible) for outcome in decision.outcomes]


# What the cases notice


@shipped
def test_a_worked_case_notices_every_change_that_is_not_shown_to_change_nothing(name: str) -> None:
    left = [(fate.how, fate.mutant.sentence, fate.by) for fate in fates_of(name) if not fate.accounted_for]
    assert left == []


@shipped
def test_most_mutants_die_by_a_case_and_not_by_what_is_said_of_them(name: str) -> None:
    how = Counter(fate.how for fate in fates_of(name))
    assert how["case"] >= 0.85 * how.total()
    assert how.total() >= LEAST_MUTANTS[name]


@shipped
def test_without_cases_every_mutant_that_is_not_equivalent_survives(name: str) -> None:
    survivors = [fate for fate in fates(SHIPPED[name], made_of(name), cases=()) if fate.how == "survived"]
    assert len(survivors) == Counter(fate.how for fate in fates_of(name))["case"]


@shipped
def test_with_every_third_case_alone_some_mutants_survive(name: str) -> None:
    some = made_of(name)[::4]
    left = [fate for fate in fates(SHIPPED[name], some, cases=SHIPPED[name].cases[::3]) if not fate.accounted_for]
    assert left


# What is said to change nothing


def test_what_is_told_equivalent_is_made_and_is_killed_by_no_case() -> None:
    for name, told in told_equivalent().items():
        how = {fate.mutant.sentence: fate.how for fate in fates_of(name)}
        assert [sentence for sentence in told if how.get(sentence) != "equivalent"] == []


@shipped
def test_what_is_told_equivalent_gives_the_same_in_every_generated_case(name: str) -> None:
    cases = complete_cases(name, 60)
    expected = [answers(SHIPPED[name], case) for case in cases]
    assert len({str(one) for one in expected}) > 5
    told = told_equivalent()[name]
    for mutant in made_of(name):
        if mutant.sentence in told:
            assert [answers(mutant.ruleset, case) for case in cases] == expected, mutant.sentence


@pytest.mark.parametrize("settings", [(general, sought) for general in (True, False) for sought in (True, False)])
def test_what_is_told_equivalent_of_one_finding_is_so_for_every_description_of_it(settings: tuple[bool, bool]) -> None:
    scheme, (general, sought) = SHIPPED["hmic-2007"], settings
    labels = {
        name: given.type.labels for name, given in scheme.collections["bearings"].fields.items() if name in FIELDS
    }
    bearings = [
        {"id": f"{extent} {stage} {quality}", "criterion": "one", "materiality": "central"}
        | {"extent": extent, "stage": stage, "quality": quality}
        for extent in labels["extent"]
        for stage in labels["stage"]
        for quality in labels["quality"]
    ]
    criteria = [{"id": "one", "standard": "fair", "significant": True, "critical": False}]
    facts = {"criteria": criteria, "bearings": bearings}
    parameters = {"unstated_extent_is_general": general, "enhancement_sought_is_shortfall": sought}

    def shown(ruleset: hr.Ruleset) -> dict[str, tuple[str, ...]]:
        decision = ruleset.decide(facts, parameters=parameters, engine="reference")
        return {key: outcome.possible for key, outcome in decision.items("shows").items()}

    expected = shown(scheme)
    assert {result for results in expected.values() for result in results} == {"met", "in part", "not met"}
    told = [one for one in told_equivalent()["hmic-2007"] if "`shows`" in one or "`general`" in one]
    by_sentence = {mutant.sentence: mutant.ruleset for mutant in made_of("hmic-2007")}
    assert len(told) > 30
    assert [one for one in told if shown(by_sentence[one]) != expected] == []


FIELDS = ("extent", "stage", "quality")


# The mutants themselves


@shipped
def test_every_mutant_says_in_a_sentence_of_its_own_what_was_changed(name: str) -> None:
    sentences = [mutant.sentence for mutant in made_of(name)]
    assert [one for one, times in Counter(sentences).items() if times > 1] == []
    assert len({mutant.ruleset.fingerprint for mutant in made_of(name)}) == len(sentences)
    assert SHIPPED[name].fingerprint not in {mutant.ruleset.fingerprint for mutant in made_of(name)}


def test_the_shipped_rule_sets_have_mutants_of_every_kind() -> None:
    assert {mutant.kind for name in SHIPPED for mutant in made_of(name)} == set(KINDS)


@shipped
def test_making_and_deciding_mutants_leaves_the_rule_set_as_it_was(name: str) -> None:
    assert [case.title for case in SHIPPED[name].cases if first_difference(SHIPPED[name], case) is not None] == []


@shipped
def test_a_mutant_is_a_whole_rule_set_that_gives_its_reasons(name: str) -> None:
    case, told = SHIPPED[name].cases[0], 0
    parameters = case.parameters.entries if case.parameters is not None else None
    for mutant in made_of(name)[::10]:
        try:
            decision = mutant.ruleset.decide(case.facts, profile=case.profile, parameters=parameters)
        except HmicRulesError:  # two results at once, or one outside its type
            continue
        outcome = next(iter(decision.outcomes))
        assert decision.why(outcome.name, outcome.item)
        assert isinstance(decision.assumptions(), tuple)
        assert isinstance(decision.missing(), tuple)
        told += 1
    assert told > 10
