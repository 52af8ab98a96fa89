"""Every question to a decision, over generated rule sets of every shape, compared with every case that its facts could be changed to."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from brute_force import Asked, Results, Slot, questions
from hypothesis import event, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.datatypes import shown
from hmic_rules.possible import Marker, members
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.questions.reaching import Way
from hmic_rules.questions.reasons import Reason
from hmic_rules.questions.space import Change, space_of
from hmic_rules.testing.writing import loaded

EXAMPLES = settings(max_examples=int(os.environ.get("HMIC_RULES_EXAMPLES", "60")))
PRICES = (None, 1, 2, 5, Fraction(1, 2))


def left_out(asked: Asked, *, changing: bool = False) -> bool:
    """Whether it is a case of which brute force asks more than the library: rows moved to other groups, judgements given outside their limits;
    or one on whose completions other rules conflict, which the two count in different ways."""
    wrong = asked.conflicts_elsewhere or asked.moves_rows or (changing and asked.unjudged)
    event(f"left out: {wrong}")
    return wrong


def enough(asked: Asked, kept: dict[int, int], wanted: set[str]) -> bool:
    """Whether just the wanted results follow, whatever all else is, and always one."""
    return all(results is not None for _, results in asked.cases(kept)) and follows(asked, kept, wanted)


def follows(asked: Asked, kept: dict[int, int], wanted: set[str]) -> bool:
    """Whether just the wanted results follow, whatever all else is; where rules conflict there is no decision, and nothing to follow."""
    return asked.left(kept) == wanted


def members_of(asked: Asked) -> frozenset[Any] | None:
    """The results that an outcome can have, ``None`` for a number of which there are too many."""
    return members(asked.decision.step(asked.name).value.type.whole)


def can_matter(asked: Asked, place: int) -> bool:
    """Whether two completions that differ in this alone differ in what they give."""
    found: dict[tuple[int, ...], set[Results | None]] = {}
    for case, results in asked.cases(asked.known()):
        found.setdefault((*case[:place], *case[place + 1 :]), set()).add(results)
    return any(len(one) > 1 for one in found.values())


@EXAMPLES
@given(questions())
def test_what_is_asked_next_is_what_can_still_matter_and_each_answer_leaves_what_its_completions_give(
    asked: Asked | None,
) -> None:
    if asked is None or left_out(asked):
        return
    outcome = exact_outcome(asked.decision, asked.name, asked.item)
    known = asked.known()
    exact = outcome.exact and not asked.rows_unknown
    event(f"exact: {exact}")
    possible = asked.left(known)
    if possible and exact:
        assert set(outcome.possible) == possible
    unknowns = asked.decision.unknowns(**asked.where)
    assert unknowns is not None
    found = {asked.place(one.name, one.item): one for one in unknowns}
    matters = {
        place
        for place, slot in enumerate(asked.slots)
        if slot.given is None and slot.kind != "rows" and can_matter(asked, place)
    }
    event(f"can matter: {min(len(matters), 3)}")
    if exact:
        assert set(found) == matters
    assert matters <= set(found)
    for place, one in found.items():
        assert asked.slots[place].given is None
        for answer, leaves in one.leaves:
            answered = {**known, place: asked.slots[place].place_of(answer)}
            if exact and any(True for _ in asked.cases(answered)):
                assert set(leaves) == asked.left(answered)
            elif not exact and members_of(asked) is not None:
                assert set(leaves) >= asked.left(answered)


@EXAMPLES
@given(questions())
def test_a_reason_is_enough_whatever_all_else_is_and_no_part_of_it_is(asked: Asked | None) -> None:
    if asked is None or left_out(asked):
        return
    reason = asked.decision.reason(**asked.where)
    if any(results is None for _, results in asked.cases(asked.known())):
        event("unknown facts decide whether the rules conflict")
        return
    kept = stated(asked, reason)
    wanted = set(reason.outcome)
    event(f"exact: {reason.exact}, facts: {min(len(kept), 4)}")
    if not reason.exact:
        return
    if asked.leaves_too_much:
        event("deciding leaves more than the diagram")
        return
    event(f"open although all is known: {asked.open != []}; of a number: {members_of(asked) is None}")
    assert wanted == asked.left(asked.known())
    assert follows(asked, kept, wanted)
    for place in kept:
        assert not follows(asked, {other: at for other, at in kept.items() if other != place}, wanted)


def stated(asked: Asked, reason: Reason) -> dict[int, int]:
    """The facts of a reason: each as it is in the case."""
    kept = {}
    for one in reason.facts:
        place = asked.place(one.name, one.item)
        assert asked.slots[place].given is not None
        assert one.is_ == (shown(asked.slots[place].domain[asked.slots[place].given]),)
        kept[place] = asked.slots[place].given
    return kept


def wanted_of(asked: Asked) -> list[str]:
    """Everything that the outcome could be asked to be."""
    found = members_of(asked)
    return [] if found is None else [*map(shown, sorted(found, key=shown)), *(one.value for one in Marker)]


def is_a_way(asked: Asked, way: Way) -> None:
    """The changes are of what is known, what is learnt is not known, the outcome follows from both, and from no part of what is learnt."""
    kept = asked.known()
    for change in way.changes:
        place = asked.place(change.name, change.item)
        slot = asked.slots[place]
        assert slot.given is not None
        assert change.before == shown(slot.domain[slot.given])
        assert change.after != change.before
        kept[place] = slot.place_of(change.after)
    learnt = {}
    for change in way.learnt:
        place = asked.place(change.name, change.item)
        assert asked.slots[place].given is None
        learnt[place] = asked.slots[place].place_of(change.after)
    assert enough(asked, {**kept, **learnt}, {way.wanted})
    for place in learnt:
        assert not enough(asked, {**kept, **{one: at for one, at in learnt.items() if one != place}}, {way.wanted})


def counted(changes: tuple[Slot, ...]) -> Fraction:
    return Fraction(len(changes))


def compared(asked: Asked, wanted: str, way: Way | None, price: Callable[[tuple[Slot, ...]], Fraction | None]) -> None:
    """A way, or that there is none, beside the cheapest of all cases."""
    cheapest = asked.cheapest(lambda results: results == (wanted,), price)
    if way is None:
        event("no way")
        assert cheapest is None
        return
    event(f"exact: {way.exact}, changes: {min(len(way.changes), 3)}")
    if way.exact:
        assert way.cost == cheapest
        is_a_way(asked, way)
    elif cheapest is not None:
        assert way.cost <= cheapest


@EXAMPLES
@given(questions())
def test_what_stands_in_the_way_is_the_fewest_facts_and_is_none_only_where_no_change_reaches_it(
    asked: Asked | None,
) -> None:
    if asked is None or left_out(asked, changing=True):
        return
    for wanted in wanted_of(asked):
        compared(asked, wanted, asked.decision.why_not(wanted, **asked.where, level="facts"), counted)


@EXAMPLES
@given(questions(), st.data())
def test_the_changes_to_reach_an_outcome_are_the_cheapest_by_the_costs_that_are_given(
    asked: Asked | None, data: st.DataObject
) -> None:
    if asked is None or left_out(asked, changing=True):
        return
    names = sorted({name for slot in asked.slots for name in (slot.name, slot.called)})
    drawn = st.dictionaries(st.sampled_from(names), st.sampled_from(PRICES)) if names else st.just({})
    costs: dict[str, Any] = data.draw(drawn)

    def price(changes: tuple[Slot, ...]) -> Fraction | None:
        found = [costs.get(slot.called, costs.get(slot.name, 1)) for slot in changes]
        return None if None in found else sum(map(Fraction, found), Fraction(0))

    def by_function(change: Change) -> Any:
        return costs.get(change.called, costs.get(change.name, 1))

    given_costs = by_function if data.draw(st.booleans()) else costs
    for wanted in wanted_of(asked):
        way = asked.decision.to_reach(wanted, given_costs, **asked.where, level="facts")
        compared(asked, wanted, way, price)


@EXAMPLES
@given(questions())
def test_an_outcome_is_as_robust_as_the_fewest_items_of_which_some_fact_is_otherwise(asked: Asked | None) -> None:
    if asked is None or left_out(asked, changing=True):
        return
    found = asked.decision.robustness(**asked.where)
    outcome = exact_outcome(asked.decision, asked.name, asked.item)
    assert found.outcome == str(outcome)
    if outcome.status == "undetermined":
        event("not settled")
        assert (found.values, found.facts) == (None, None)
        return
    values_of_groups = space_of(asked.decision, asked.name, asked.item).lower is not None

    def by_item(changes: tuple[Slot, ...]) -> Fraction | None:
        if values_of_groups and any(slot.item is None for slot in changes):
            return None
        return Fraction(len({slot.paid_together for slot in changes}))

    fewest = asked.cheapest(lambda results: results != outcome.possible, by_item)
    event(f"values of groups: {values_of_groups}, fewest: {fewest}")
    if found.facts is None:
        assert fewest is None
    elif found.by_facts is not None and found.by_facts.exact:
        assert found.facts == fewest
    else:
        assert fewest is None or found.facts <= fewest


GRADE = {"scale": "level", "judged": True, "limits": [{"id": "least", "at_least": "2", "basis": "assumed"}]}
TEAMS = {"teams": {"items": ["x", "y"], "fields": {"ok": {"type": "boolean"}}}}
ROWS = {"rows": {"collection": {"id": {"type": "text"}, "team": {"choice": ["x", "y"]}}, "key": "id"}}
GROUPS = {
    "by_team": {"group": "rows", "by": ["team"], "expected": {"team": "teams"}, "missing": "empty"},
    "has": {"each": "by_team", "is": {"count": {"of": "rows", "at_least": 1}}},
}
SOME_IN_Y = {"some": {"of": "rows", "where": {"team": "y"}}}


def ruleset_of(inputs: dict[str, Any], **values: Any) -> hr.Ruleset:
    """A rule set as small as can be; `v` is its outcome."""
    values["v"]["outcome"] = True
    scales = {"level": ["1", "2", "3"]}
    return loaded({"ruleset": "r", "edition": "1", "title": "t", "scales": scales, "inputs": inputs, "values": values})


def at_most_one(**when: Any) -> dict[str, Any]:
    """A value of which at most one rule may hold."""
    rules = [
        {"id": f"rule-{value}", "then": value == "yes", "when": condition, "basis": "assumed"}
        for value, condition in when.items()
    ]
    return {"type": "boolean", "choose": "unique", "rules": rules}


def in_teams(*teams: str) -> dict[str, Any]:
    rows = [{"id": f"row{place}", "team": team} for place, team in enumerate(teams)]
    return {"teams": {"x": {"ok": True}, "y": {"ok": True}}, "rows": rows}


@pytest.mark.parametrize("question", ["why_not", "robustness"])
def test_no_change_leads_to_a_case_on_which_other_rules_conflict(question: str) -> None:
    """The first change found makes both rules of `w` hold; another one of the same size does not."""
    inputs = {"a": {"choice": ["red", "green", "blue"]}}
    other = at_most_one(yes={"a": {"not": "red"}}, no={"a": "green"})
    decision = ruleset_of(inputs, v={"is": {"a": "red"}}, w=other).decide({"a": "red"})
    way = decision.why_not("false", name="v") if question == "why_not" else decision.robustness(name="v").by_facts
    assert way is not None
    assert [str(one) for one in way.changes] == ["a: red → blue"]


def test_a_reason_is_enough_where_what_is_unknown_could_make_the_rules_conflict() -> None:
    both = {"a": {"type": "boolean"}, "b": {"type": "boolean"}}
    decision = ruleset_of(both, v=at_most_one(yes={"a": True}, no={"b": True})).decide({"a": True})
    reason = decision.reason("v")
    assert reason.outcome == ("true",)
    assert [str(one) for one in reason.facts] == ["a is true"]


def test_nothing_can_be_left_out_of_the_reason_of_what_is_undetermined_though_all_is_known() -> None:
    items = {"items": {"collection": {"id": {"type": "text"}, "a": {"type": "boolean"}}, "key": "id"}}
    share = {"of": "items", "among": {"a": True}, "where": {"a": True}, "above": "1/2", "if_none": "unknown"}
    reason = ruleset_of(items, v={"is": {"share": share}}).decide({"items": [{"id": "i", "a": False}]}).reason("v")
    assert reason.outcome == ("false", "true")
    assert reason.facts == ()


def test_a_row_that_is_said_to_move_to_another_group_counts_there_and_no_longer_where_it_was() -> None:
    """Of a single row of x: that some row is of y and x still has one cannot be reached by moving it."""
    rules = {"all": [SOME_IN_Y, {"some": {"of": "by_team", "where": {"team": "x", "has": True}}}]}
    way = ruleset_of({**TEAMS, **ROWS}, **GROUPS, v={"is": rules}).decide(in_teams("x")).why_not("true", level="facts")
    assert way is None or not way.exact or way.gives == "true"


def test_what_a_judgement_would_have_to_turn_out_as_gives_the_outcome() -> None:
    """Nobody has judged; the limits allow 2 and 3. A judgement of 1 would stand as it is given, outside them, and would not give 2."""
    way = ruleset_of({"a": {"type": "boolean"}}, v=GRADE).decide({"a": True}).why_not("2")
    assert way is not None
    assert way.gives == "2"
