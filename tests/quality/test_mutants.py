"""The worked cases of the shipped rule sets, measured by the small changes of a rule set that they notice."""

from __future__ import annotations

import functools
import random
from collections import Counter

import pytest
from attrs import evolve
from killing import Fate, by_diagram, fates, first_difference, told_equivalent
from mutants import KINDS, Mutant, mutants
from same_in_every_case import Given, answers, compared

import hmic_rules as hr
from hmic_rules.catalogue import shipped as shipped_places
from hmic_rules.errors import HmicRulesError
from hmic_rules.testing.writing import loaded
from seeded import Seeded

SHIPPED = {name: hr.load(name) for name in shipped_places("ruleset")}
LEAST_MUTANTS = {
    "hmic-2007": 500,
    "mappa-2007": 250,
    "mappa-2019": 200,
    "safer-neighbourhoods-2007": 100,
    "safer-neighbourhoods-staffing-2007": 150,
    "inspection-programme-2007": 150,
    "domestic-violence-2007": 180,
    "missing-persons-2007": 60,
    "child-abuse-standards-2007": 150,
    "offender-travel-2007": 200,
    "performance-management-2007": 110,
    "neighbourhood-performance-2007": 80,
    "developing-practice-2007": 50,
    "cqc-adult-social-care-2022": 120,
    "cqc-well-led-limiters": 60,
    "dash": 50,
}
NEVER = 10**9
RESULTS = {"cqc-adult-social-care-2022": 5, "dash": 3}  # one outcome alone has no more
DRAWN = {"domestic-violence-2007": 400}  # cases; most drawn ages are a child's, and outside its rules
shipped = pytest.mark.parametrize("name", SHIPPED)


@functools.cache
def made_of(name: str) -> tuple[Mutant, ...]:
    return tuple(mutants(SHIPPED[name]))


@functools.cache
def fates_of(name: str) -> tuple[Fate, ...]:
    return tuple(fates(SHIPPED[name], made_of(name)))


def complete_cases(name: str, number: int) -> list[Given]:
    """Generated cases in which every fact is known."""
    seeded = Seeded(SHIPPED[name], random.Random(2007), unknown_in=NEVER)  # noqa: S311 - cases for a test
    return [Given(case["facts"], case["framework"], case["profile"], {}) for case in seeded.cases(number)]


def equivalent(name: str) -> list[Mutant]:
    """The mutants that no case tells apart, and that are equivalent by the diagrams or by a reason."""
    return [fate.mutant for fate in fates_of(name) if fate.how == "equivalent"]


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
def test_with_every_third_case_alone_some_mutants_survive(name: str) -> None:
    made = made_of(name)
    some = made[::4] if len(made) > 100 else made
    told = {mutant.sentence for mutant in equivalent(name)}
    found = fates(SHIPPED[name], some, cases=SHIPPED[name].cases[::3], ways=())
    assert [fate for fate in found if not fate.accounted_for and fate.mutant.sentence not in told]


# What is said to change nothing


def test_what_is_told_equivalent_is_made_and_killed_by_no_case_and_is_not_shown_by_the_diagrams() -> None:
    for name, told in told_equivalent().items():
        found = {fate.mutant.sentence: (fate.how, fate.by) for fate in fates_of(name)}
        assert [sentence for sentence, why in told.items() if found.get(sentence) != ("equivalent", why)] == []


@shipped
def test_what_is_equivalent_gives_the_same_in_every_generated_case(name: str) -> None:
    cases = complete_cases(name, DRAWN.get(name, 60))
    expected = [answers(SHIPPED[name], case) for case in cases]
    assert len({str(one) for one in expected}) >= RESULTS.get(name, 6)
    assert bool(equivalent(name)) == bool(SHOWN[name])
    for mutant in equivalent(name):
        assert [answers(mutant.ruleset, case) for case in cases] == expected, mutant.sentence


@shipped
def test_the_diagrams_show_most_of_it_in_every_case_and_say_how_far_they_looked_at_the_rest(name: str) -> None:
    found = Counter(how_far(fate.by) for fate in fates_of(name) if fate.how == "equivalent")
    assert found == SHOWN[name]


def how_far(by: str) -> str:
    if not by.startswith("by the diagram: "):
        return "by a reason"
    return "in every case" if by.endswith("in every case") else "as far as it says"


SHOWN = {
    "hmic-2007": {"in every case": 53, "as far as it says": 9},
    "mappa-2007": {"in every case": 10},
    "mappa-2019": {"in every case": 3},
    "safer-neighbourhoods-2007": {"in every case": 9, "as far as it says": 3, "by a reason": 4},
    "safer-neighbourhoods-staffing-2007": {"in every case": 7},
    "inspection-programme-2007": {"in every case": 22},
    "domestic-violence-2007": {"in every case": 6, "as far as it says": 2},
    "missing-persons-2007": {"in every case": 5},
    "child-abuse-standards-2007": {"in every case": 9, "as far as it says": 7},
    "offender-travel-2007": {"in every case": 22, "as far as it says": 1},
    "performance-management-2007": {"in every case": 4, "as far as it says": 11},
    "neighbourhood-performance-2007": {"in every case": 12},
    "developing-practice-2007": {"in every case": 1},
    "cqc-adult-social-care-2022": {"in every case": 7},
    "cqc-well-led-limiters": {},
    "dash": {"in every case": 3},
}


# What the diagrams say of mutants that are known not to be equivalent


UNLESS_UNKNOWN = "the limit `category-3-needs-several` of `level`: “outside” added in ‘category is 3’"


def test_the_diagrams_tell_apart_what_a_case_kills_by_a_complete_case_on_which_the_two_differ() -> None:
    scheme = SHIPPED["mappa-2019"]
    killed = [fate.mutant for fate in fates_of("mappa-2019") if fate.how == "case"]
    some = [mutant for mutant in killed if mutant.sentence != UNLESS_UNKNOWN][::3]
    assert len(some) > 70
    for mutant in some:
        found = compared(scheme, mutant)
        assert found.verdict == "differs", mutant.sentence
        assert found.witness is not None
        assert scheme.inputs.keys() <= found.witness.facts.keys()
        assert None not in found.witness.facts.values()
        assert answers(scheme, found.witness) != answers(mutant.ruleset, found.witness), mutant.sentence


def test_what_only_an_unknown_fact_tells_apart_is_equivalent_where_all_facts_are_known() -> None:
    scheme = SHIPPED["mappa-2019"]
    fate = next(fate for fate in fates_of("mappa-2019") if fate.mutant.sentence == UNLESS_UNKNOWN)
    case = next(case for case in scheme.cases if case.title == fate.by)
    assert not scheme.inputs.keys() <= case.facts.entries.keys()
    found = by_diagram(scheme, fate.mutant)
    assert found is not None
    assert (found.how, how_far(found.by)) == ("equivalent", "in every case")


FINDINGS = """
ruleset: findings
edition: "1"
title: findings in groups
inputs:
  findings: {key: id, collection: {id: {type: text}, criterion: {type: text}, shown: {type: boolean}}}
values:
  evidence: {group: findings, by: [criterion]}
  supported: {each: evidence, is: {some: {of: findings, where: {shown: true}}}}
  state:
    each: evidence
    choice: [all, none, some]
    choose: first
    rules:
      - {id: all, then: all, when: {every: {of: findings, where: {shown: true}}}, basis: assumed}
      - {id: none, then: none, when: {none: {of: findings, where: {shown: true}}}, basis: assumed}
  all_supported: {outcome: true, is: {every: {of: evidence, where: {supported: true}}}}
  stated: {outcome: true, is: {every: {of: evidence, where: {any: [{state: all}, {state: [none, some]}]}}}}
"""
EXPECTED = [
    ("  findings:", "  criteria: {key: id, collection: {id: {type: text}}}\n  findings:"),
    ("[criterion]}", "[criterion], expected: {criterion: criteria}, missing: empty}"),
]
UNDER_AN_OUTCOME = "{each: evidence, is: {some: {of:", "{each: evidence, is: {every: {of:"
ALL = "{every: {of: evidence, where: {supported: true}}}"
OVER_THE_GROUPS = ALL, f"{{any: [{ALL}, {ALL.replace('every', 'some')}]}}"
WHERE_NO_RULE_HOLDS = "{any: [{state: all}, {state: [none, some]}]}", "{state: [all, none, some]}"


@pytest.mark.parametrize("expected", [(), EXPECTED])
@pytest.mark.parametrize("change", [UNDER_AN_OUTCOME, OVER_THE_GROUPS, WHERE_NO_RULE_HOLDS])
def test_a_change_of_what_groups_come_to_or_of_what_follows_from_it_is_told_apart(
    expected: list[tuple[str, str]], change: tuple[str, str]
) -> None:
    text = FINDINGS
    for old, new in expected:
        text = text.replace(old, new)
    assert change[0] in text
    one, other = loaded(text), loaded(text.replace(*change))
    found = compared(one, Mutant("condition dropped", "invented", other))
    assert found.verdict == "differs"
    assert found.witness is not None
    assert answers(one, found.witness) != answers(other, found.witness)


def test_what_rows_that_nobody_sent_mean_is_no_part_of_a_condition() -> None:
    text = FINDINGS
    for old, new in EXPECTED:
        text = text.replace(old, new)
    one, other = loaded(text), loaded(text.replace("missing: empty", "missing: unknown"))
    assert (
        compared(
            one, Mutant("missing rows read otherwise", "invented", evolve(one, groups=other.groups, programs={}))
        ).verdict
        != "same"
    )


@shipped
def test_no_diagram_speaks_of_what_is_absent_or_of_other_readings(name: str) -> None:
    kinds = ("parameter changed", "reading changed", "absent fact read otherwise")
    assert {compared(SHIPPED[name], one).verdict for one in made_of(name) if one.kind in kinds} <= {"open"}


@pytest.mark.parametrize("settings", [(general, sought) for general in (True, False) for sought in (True, False)])
def test_what_is_equivalent_of_one_finding_is_so_for_every_description_of_it(settings: tuple[bool, bool]) -> None:
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
    told = [one for one in equivalent("hmic-2007") if "`shows`" in one.sentence or "`general`" in one.sentence]
    assert len(told) > 30
    assert [one.sentence for one in told if shown(one.ruleset) != expected] == []


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
    assert told > min(10, len(made_of(name)) // 20)
