"""What a decision could have been: every answer of the diagrams compared with all cases, one after the other."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

import hmic_rules as hr
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.nodes import Store, TooManyStates
from hmic_rules.diagrams.walks import count
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.questions.reconciling import reconcile
from hmic_rules.questions.space import space_of

LADDER = """
ruleset: ladder
edition: "1"
title: four criteria and a fact
scales: {grade: [poor, fair, good]}
terms: {most: {above: 1/2, range: [1/2, 3/4], basis: assumed}}
inputs:
  checks: {items: [one, two, three, four], fields: {state: {choice: [met, in part, not met]}}}
  failed_badly: {type: boolean, worse: upward}
values:
  grade:
    scale: grade
    outcome: true
    choose: highest
    rules:
      - {id: fair, then: fair, when: {every: {of: checks, where: {state: [met, in part]}}}, basis: assumed}
      - {id: good, then: good, when: {share: {of: checks, where: {state: met}, is: most}, none: {of: checks, where: {state: not met}}}, basis: assumed}
    otherwise: poor
    limits: [{id: cap, at_most: fair, when: {failed_badly: true}, basis: assumed}]
"""
MANY = """
ruleset: many
edition: "1"
title: a word compared with each of many numbers
terms: {large: {above: 1/4, range: [0, 1/2], basis: assumed}}
inputs: {rows: {collection: {part: {type: share}}}}
values: {number: {type: integer, outcome: true, calc: {count: {of: rows, where: {part: large}}}}}
"""
RECORD = """
ruleset: record
edition: "1"
title: numbers, points and rules that feed rules
scales: {level: [low, middle, high]}
inputs:
  age: {type: integer, min: 0, worse: upward}
  seen: {type: boolean, may_be: not applicable}
  kind: {choice: [a, b, c]}
  score: {type: decimal, min: 0}
values:
  points:
    points:
      - {id: old, worth: 2, when: {age: {at_least: 60}}, basis: assumed}
      - {id: very-old, worth: 1, when: {age: {above: 80}}, basis: assumed}
      - {id: seen, worth: 1, when: {seen: true}, basis: assumed}
  level:
    scale: level
    outcome: true
    applies: {kind: [a, b]}
    choose: first
    rules:
      - {id: high, then: high, when: {points: {at_least: 3}}, basis: assumed}
      - {id: middle, then: middle, when: {any: [{points: {at_least: 2}}, {score: {above: 1/2}, kind: b}]}, basis: assumed}
      - {id: low, then: low, when: {not: {seen: not applicable}}, basis: assumed}
"""


@frozen
class Brute:
    """Every case of a rule set over a few values of each fact, decided by the reference."""

    ruleset: hr.Ruleset
    domains: dict[str, list[Any]]
    outcome: str

    def facts(self, chosen: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in chosen.items():
            if "." in name:
                item, field = name.split(".")
                found.setdefault("checks", {})[item] = {field: value}
            else:
                found[name] = value
        return found

    def decide(self, chosen: dict[str, Any]) -> hr.Decision:
        return self.ruleset.decide(self.facts(chosen), engine="reference")

    def table(self) -> dict[tuple[Any, ...], str]:
        names = list(self.domains)
        return {
            values: str(self.decide(dict(zip(names, values, strict=True)))[self.outcome])
            for values in itertools.product(*self.domains.values())
        }


@pytest.fixture(scope="module", params=["ladder", "record"])
def brute(request, ruleset_from) -> Brute:
    if request.param == "ladder":
        domains = {f"{one}.state": ["met", "in part", "not met"] for one in ("one", "two", "three", "four")}
        return Brute(ruleset_from(LADDER), {**domains, "failed_badly": [True, False]}, "grade")
    return Brute(
        ruleset_from(RECORD),
        {
            "age": [30, 60, 70, 80, 90],
            "seen": [True, False, "not applicable"],
            "kind": ["a", "b", "c"],
            "score": [0, "1/2", 1],
        },
        "level",
    )


@pytest.fixture(scope="module")
def table(brute) -> dict[tuple[Any, ...], str]:
    found = brute.table()
    assert len(set(found.values())) >= 3
    return found


def some_cases(table, step=7):
    return list(table)[::step]


def test_exact_bounds_and_what_still_matters_are_those_of_all_completions(brute, table):
    names = list(brute.domains)
    for values in some_cases(table, 11):
        for unknown in itertools.combinations(names, 2):
            known = {name: value for name, value in zip(names, values, strict=True) if name not in unknown}
            decision = brute.decide(known)
            fitting = [case for case in table if all(case[names.index(name)] == value for name, value in known.items())]
            outcome = exact_outcome(decision, brute.outcome)
            assert set(outcome.possible) == {table[case] for case in fitting}
            assert outcome.exact
            assert set(decision.bounds) == set(outcome.possible)
            matters = {
                name
                for name in unknown
                if any(
                    table[one] != table[other]
                    for one in fitting
                    for other in fitting
                    if all(a == b for a, b, at in zip(one, other, names, strict=True) if at != name)
                )
            }
            found = decision.unknowns()
            assert {one.name if one.item is None else f"{one.item}.{one.name}" for one in found} == matters
            for one in found:
                for answer, left in one.leaves:
                    place = names.index(one.name if one.item is None else f"{one.item}.{one.name}")
                    with_it = {table[case] for case in fitting if _written(case[place]) == answer}
                    assert not with_it or set(left) == with_it


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_a_reason_is_enough_and_no_part_of_it_is(brute, table):
    names = list(brute.domains)

    def results(kept: dict[str, Any]) -> set[str]:
        return {
            result
            for case, result in table.items()
            if all(case[names.index(name)] == value for name, value in kept.items())
        }

    for values in some_cases(table, 5):
        chosen = dict(zip(names, values, strict=True))
        reason = brute.decide(chosen).reason()
        kept = {one.name if one.item is None else f"{one.item}.{one.name}" for one in reason.facts}
        given = {name: value for name, value in chosen.items() if name in kept}
        assert results(given) == {table[values]} == set(reason.outcome)
        for name in given:
            assert results({other: value for other, value in given.items() if other != name}) != {table[values]}


def test_what_stands_in_the_way_is_the_fewest_changes_and_reaches_the_outcome(brute, table):
    wanted_all = sorted(set(table.values()))
    for values in some_cases(table, 5):
        decision = brute.decide(dict(zip(brute.domains, values, strict=True)))
        for wanted in wanted_all:
            fewest = min(
                sum(a != b for a, b in zip(values, case, strict=True))
                for case, result in table.items()
                if result == wanted
            )
            way = decision.why_not(wanted)
            assert len(way.changes) == fewest == way.cost
            assert way.gives == wanted
        others = min(
            sum(a != b for a, b in zip(values, case, strict=True))
            for case, result in table.items()
            if result != table[values]
        )
        assert len(decision.robustness().by_facts.changes) == others


def test_the_cheapest_changes_follow_the_costs_that_are_given(brute, table):
    names = list(brute.domains)
    dear = names[0].split(".")[-1] if "." not in names[0] else "state of one"
    costs = {dear: 5}
    for values in some_cases(table, 13):
        decision = brute.decide(dict(zip(names, values, strict=True)))
        for wanted in sorted(set(table.values())):
            cheapest = min(
                sum((5 if place == 0 else 1) for place, (a, b) in enumerate(zip(values, case, strict=True)) if a != b)
                for case, result in table.items()
                if result == wanted
            )
            assert decision.to_reach(wanted, costs).cost == cheapest


def test_a_fact_that_cannot_be_changed_is_not(ruleset_from):
    decision = ruleset_from(LADDER).decide(
        {"checks": {one: {"state": "met"} for one in ("one", "two", "three", "four")}, "failed_badly": True}
    )
    assert [one.called for one in decision.why_not("good").changes] == ["failed_badly"]
    assert decision.to_reach("good", {"failed_badly": None}) is None
    with pytest.raises(hr.InputError, match="no cost of a change"):
        decision.to_reach("good", {"failed_badly": 0})
    with pytest.raises(hr.NotFoundError, match="never `god`: did you mean `good`"):
        decision.why_not("god")


def test_counts_are_exact(ruleset_from, brute, table):
    if brute.outcome != "grade":
        return
    decision = brute.decide({})
    universe = universe_of(decision.program, decision.case)
    diagram = universe.diagram("grade")
    counted = count(universe.store, diagram, universe.store.support(diagram))
    assert {str(result): number for result, number in counted.items()} == {
        one: list(table.values()).count(one) for one in set(table.values())
    }


def test_a_term_is_told_over_its_whole_range(ruleset_from):
    states = ("met", "met", "met", "in part")
    facts = {
        "checks": {one: {"state": state} for one, state in zip(("one", "two", "three", "four"), states, strict=True)},
        "failed_badly": False,
    }
    (term,) = ruleset_from(LADDER).decide(facts).sensitivity()
    assert [str(one) for one in term.stretches] == ["from 1/2 to below 3/4: good", "3/4: fair"]
    assert not term.holds


def test_past_the_cap_nothing_is_said(ruleset_from):
    decision = ruleset_from(LADDER).decide({})
    with pytest.raises(TooManyStates):
        universe_of(decision.program, decision.case, cap=20)


def test_diagrams_of_one_and_of_true_are_two():
    store = Store()
    assert store.leaf(1) != store.leaf(value=True)
    assert store.leaf((1, 2)) != store.leaf((True, 2))
    assert store.leaf("x") == store.leaf("x")


@pytest.fixture(scope="module")
def inspection():
    return hr.load_inspection("mps-2007")


FRAMEWORKS = (
    "neighbourhood-policing",
    "performance-management",
    "child-abuse",
    "domestic-violence",
    "public-protection",
    "missing-persons",
)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_a_published_grade_implies_is_verified_by_a_regrade(inspection, framework):
    published = inspection.frameworks[framework].published
    found = reconcile(inspection.decide(framework), published)
    assert found.reached
    assert {one.reading for one in found.readings} == {"strict", "plain", "lenient"}
    for one in found.readings:
        assert all(way.gives == published and way.exact for way in (*one.values, *one.facts))
        assert len({way.changes + way.learnt for way in one.values}) == len(one.values)
        decided = inspection.decide(framework, one.reading)["grade"]
        if str(decided) == published:
            assert not one.facts[0].changes


def test_the_table_of_what_published_grades_imply_is_what_the_rules_give(inspection):
    page = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
    for framework, record in inspection.frameworks.items():
        title = inspection.ruleset.frameworks[framework].title
        line = next(line for line in page.splitlines() if line.startswith(f"| {title} |"))
        found = {one.reading: one.size for one in reconcile(inspection.decide(framework), record.published).readings}
        told = [cell.strip().removesuffix(" judgements") for cell in line.strip("| ").split("|")]
        assert told[1:] == [
            record.published,
            *("no set" if found[one] is None else str(found[one]) for one in ("strict", "plain", "lenient")),
        ]


def test_no_part_of_what_a_published_grade_implies_is_enough(inspection):
    decision = inspection.decide("child-abuse", "plain")
    space = space_of(decision, "grade")
    way = decision.why_not("good")
    assert [str(one) for one in way.changes] == [
        "status of ca-crime-recording: in part → met",
        "status of ca-exchange-between-units: in part → met",
    ]
    chosen = {
        one: [str(cell) for cell in one.cells].index(change.after)
        for change in way.changes
        for one in space.variables()
        if (one.name, one.item) == (change.name, change.item)
    }
    assert str(space.with_cells(chosen)["grade"]) == "good"
    for left_out in chosen:
        part = {one: cell for one, cell in chosen.items() if one is not left_out}
        assert str(space.with_cells(part)["grade"]) == "fair"


@pytest.mark.parametrize("framework", ["missing-persons", "domestic-violence"])
def test_one_of_very_many_ways_is_told_without_writing_all_of_them_down(inspection, framework):
    found = inspection.decide(framework, "strict").robustness()
    assert (found.values, found.facts) == (1, 4)
    assert found.by_facts.others > 10**7


def test_an_outcome_that_is_not_settled_has_no_robustness(inspection):
    decision = inspection.decide("neighbourhood-policing", "lenient")
    found = decision.robustness()
    assert found.outcome == "undetermined: fair, good, excellent"
    assert (found.values, found.facts) == (None, None)
    assert inspection.decide("neighbourhood-policing", "plain").robustness().values == 1


def test_a_word_that_is_compared_with_very_many_numbers_is_not_analysed(ruleset_from):
    decision = ruleset_from(MANY).decide({"rows": [{"part": f"{number}/1000"} for number in range(1, 400)]})
    with pytest.raises(hr.NotAnalysedError, match="`large` is compared with more than 200 numbers"):
        decision.sensitivity()
    few = ruleset_from(MANY).decide({"rows": [{"part": "1/4"}, {"part": "1/8"}]})
    assert [str(one) for one in few.sensitivity()[0].stretches] == [
        "from 0 to below 1/8: 2",
        "from 1/8 to below 1/4: 1",
        "from 1/4 to 1/2: 0",
    ]


SET_NUMBERS = """
ruleset: set-numbers
edition: "1"
title: numbers that are set and assumed
scales: {grade: [low, middle, high]}
parameters:
  enough: {type: decimal, min: 0, max: 10, default: 2, basis: assumed}
  cap: {scale: grade, default: middle, basis: assumed}
terms:
  plenty: {at_least: 2, range: [0, 10], basis: assumed}
inputs:
  number: {type: integer, min: 0, max: 10}
  doors: {collection: {id: {type: text}, shut: {type: boolean}}, key: id}
values:
  total: {calc: {add: [number, enough]}}
  tested:
    {scale: grade, outcome: true, choose: first, otherwise: low, rules: [{id: h, then: high, when: {enough: {at_least: 5}}, basis: assumed}]}
  summed:
    {scale: grade, outcome: true, choose: first, otherwise: low, rules: [{id: h, then: high, when: {total: {at_least: 5}}, basis: assumed}]}
  limited: {outcome: true, calc: number, type: decimal, limits: [{id: most, at_most: {value: enough}, basis: assumed}]}
  capped:
    {scale: grade, outcome: true, choose: first, otherwise: low, rules: [{id: h, then: high, when: {number: {at_least: 1}}, basis: assumed}],
     limits: [{id: most, at_most: {value: cap}, basis: assumed}]}
  between:
    {scale: grade, outcome: true, choose: first, otherwise: low, rules: [
      {id: h, then: high, when: {all: [{number: plenty}, {number: {below: 4}}]}, basis: assumed}]}
  door: {each: doors, scale: grade, outcome: true, choose: first, otherwise: low, rules: [{id: h, then: high, when: {shut: true}, basis: assumed}]}
"""


@pytest.fixture(scope="module")
def set_numbers(ruleset_from):
    return ruleset_from(SET_NUMBERS).decide({"number": 1, "doors": [{"id": "front"}]})


def test_a_setting_that_is_tested_itself_turns_where_its_test_does(set_numbers):
    (found,) = set_numbers.sensitivity("tested")
    assert [str(one) for one in found.stretches] == ["from 0 to below 5: low", "from 5 to 10: high"]


def test_a_setting_that_limits_labels_is_set_to_each_of_them(set_numbers):
    (found,) = set_numbers.sensitivity("capped")
    assert [str(one) for one in found.stretches] == ["low: low", "middle: middle", "high: high"]


@pytest.mark.parametrize("name", ["summed", "limited"])
def test_a_number_that_is_set_and_more_than_compared_is_not_analysed(set_numbers, name):
    with pytest.raises(hr.NotAnalysedError, match="`enough` is calculated with or limits a number"):
        set_numbers.sensitivity(name)


def test_a_word_turns_also_where_what_it_is_compared_with_is_unknown_and_tested_otherwise(ruleset_from):
    (found,) = ruleset_from(SET_NUMBERS).decide({}).sensitivity("between")
    assert [str(one) for one in found.stretches] == ["from 0 to 3: undetermined: low, high", "above 3 to 10: low"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda one, *where: one.at(*where),
        lambda one, *where: one.exact(*where),
        lambda one, *where: one.unknowns(*where),
        lambda one, *where: one.reason(*where),
        lambda one, *where: one.sensitivity(*where),
        lambda one, name, item: one.robustness(name, item),
        lambda one, name, item: one.why_not("high", name=name, item=item),
        lambda one, name, item: one.reconcile("high", name=name, item=item),
    ],
)
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (("door", "back"), "`door` stands on no item `back`"),
        (("capped", "back"), "`capped` stands on the case"),
    ],
)
def test_who_asks_of_an_item_that_is_not_there_is_told_so(set_numbers, ask, where, said):
    with pytest.raises(hr.NotFoundError, match=said):
        ask(set_numbers, *where)


def test_the_diagram_of_a_decision_is_made_once(inspection):
    decision = inspection.decide("child-abuse", "plain")
    assert space_of(decision, "grade") is space_of(decision, "grade")


def test_every_smallest_set_is_counted(brute, table):
    for values in some_cases(table, 9):
        decision = brute.decide(dict(zip(brute.domains, values, strict=True)))
        for wanted in sorted(set(table.values())):
            if brute.outcome != "grade":
                continue  # of numbers the table has more than one value for a cell
            distances = [
                sum(a != b for a, b in zip(values, case, strict=True))
                for case, result in table.items()
                if result == wanted
            ]
            assert decision.why_not(wanted).others + 1 == distances.count(min(distances))
