"""Sessions: facts arrive, change and are withdrawn one by one, and each time the session says what that changed."""

from __future__ import annotations

import gc
import random
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

import hmic_rules as hr
from hmic_rules.sessions import ClosedError, Session
from seeded import Seeded

TEXT = """
ruleset: watch
edition: "1"
title: a small rule set
scales: {level: [low, middle, high]}
inputs:
  alarm: {type: boolean}
  crew: {type: integer, min: 0}
  hands: {type: integer, min: 0}
  reports: {key: id, collection: {id: {type: text}, serious: {type: boolean}}}
  notes: {collection: {serious: {type: boolean}}}
values:
  level:
    scale: level
    outcome: true
    choose: highest
    rules:
      - {id: alarmed, then: middle, when: {alarm: true}, basis: assumed}
      - {id: serious, then: high, when: {some: {of: reports, where: {serious: true}}}, basis: assumed}
    otherwise: low
  grave: {each: reports, outcome: true, is: {serious: true, alarm: true}}
  noted: {outcome: true, type: integer, calc: {count: {of: notes, where: {serious: true}}}}
  effort: {outcome: true, type: integer, calc: hands, limits: [{id: enough, at_most: 3, when: {hands: {above: 3}}, basis: assumed}]}
  verdict: {scale: level, judged: true, outcome: true, limits: [{id: floor, at_least: {value: level}, basis: assumed}]}
"""


@pytest.fixture(scope="module")
def ruleset(ruleset_from: Callable[[str], hr.Ruleset]) -> hr.Ruleset:
    return ruleset_from(TEXT)


def changes(change: Any) -> dict[tuple[str, str | None], tuple[str, str]]:
    return {(one.name, one.item): (str(one.before), str(one.after)) for one in change.outcomes}


def test_a_fact_that_arrives_changes_an_outcome_by_a_rule(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": False, "reports": []}) as session:
        assert str(session.decision["level"]) == "low"
        change = session.put("alarm", True)
        assert change
        assert change.fact == ("alarm",)
        assert change.value is True
        level = change.outcomes[0]
        assert (level.name, level.rule) == ("level", "alarmed")
        assert (level.bounds_before, level.bounds_after) == (("low",), ("middle",))
        assert str(level) == "level: low → middle (rule alarmed)"
        assert change.decision is session.decision


def test_bounds_narrow_as_facts_arrive_and_widen_as_they_are_withdrawn(ruleset: hr.Ruleset) -> None:
    with ruleset.session() as session:
        assert session.decision["level"].possible == ("low", "middle", "high")
        assert session.put("alarm", True).outcomes[0].bounds_after == ("middle", "high")
        assert session.put("alarm", None).outcomes[0].bounds_after == ("low", "middle", "high")
        session.put("alarm", True)
        assert session.withdraw("alarm").outcomes[0].bounds_after == ("low", "middle", "high")


def test_a_fact_that_changes_nothing_is_said_to_change_nothing(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True, "reports": []}) as session:
        assert not session.put("crew", 4)


def test_items_arrive_change_and_are_withdrawn_with_the_outcomes_that_stand_on_them(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True, "reports": []}) as session:
        came = session.put_item("reports", "r1", {"serious": False})
        assert came.fact == ("reports", "r1")
        assert changes(came) == {("grave", "r1"): ("None", "false")}
        changed = session.put_item("reports", "r1", {"serious": True})
        assert changes(changed)["level", None] == ("middle", "high")
        assert changes(changed)["grave", "r1"] == ("false", "true")
        left = session.withdraw_item("reports", "r1")
        assert changes(left)["grave", "r1"] == ("true", "None")
        assert [str(one) for one in left.outcomes if one.item] == ["grave of r1: true → gone"]
        assert str(session.decision["level"]) == "middle"


def test_items_that_a_case_brings_along_can_be_withdrawn_one_by_one(ruleset: hr.Ruleset) -> None:
    rows = [{"id": "a", "serious": True}, {"id": "b", "serious": False}]
    with ruleset.session({"alarm": False, "reports": rows}) as session:
        assert str(session.withdraw_item("reports", "a").outcomes[0]) == "level: high → low (rule otherwise)"
    with ruleset.session({"facts": {"alarm": False, "reports": {"a": {"serious": True}}}}) as session:
        assert str(session.withdraw_item("reports", "a").outcomes[0]) == "level: high → low (rule otherwise)"


def test_a_change_names_the_rules_and_limits_behind_it(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": False, "reports": []}) as session:
        level, _ = session.put("alarm", True).outcomes
        assert list(map(str, level.rules)) == ["rule alarmed: no → yes"]
        level, grave = session.put_item("reports", "r1", {"serious": True}).outcomes[:2]
        assert list(map(str, level.rules)) == ["rule serious: no → yes"]
        _, grave = (
            session.put_item("reports", "r1", {"serious": None}).outcomes[0],
            session.put("alarm", False).outcomes,
        )
        [of_item] = [one for one in grave if one.item == "r1"]
        assert list(map(str, of_item.rules)) == ["condition is: unknown → no"]
        [gone] = [one for one in session.withdraw_item("reports", "r1").outcomes if one.item == "r1"]
        assert list(map(str, gone.rules)) == ["condition is: no → gone"]


def test_bounds_that_narrow_name_the_rule_that_is_out_of_question(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"reports": []}) as session:
        level = session.put("alarm", False).outcomes[0]
        assert (level.bounds_before, level.bounds_after) == (("low", "middle"), ("low",))
        assert [(one.id, one.kind, one.before, one.after) for one in level.rules] == [
            ("alarmed", "rule", "unknown", "no")
        ]


def test_a_limit_that_comes_into_force_is_named(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True, "reports": [], "hands": 1}) as session:
        [ceiling] = [one for one in session.put("hands", 9).outcomes if one.name == "effort"]
        assert str(ceiling) == "effort: 1 → 3"
        assert list(map(str, ceiling.rules)) == ["limit enough: no → yes"]


def test_rows_without_a_key_are_added_corrected_and_withdrawn_by_their_number(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"notes": [{"serious": False}]}) as session:
        added = session.add_item("notes", {"serious": True})
        assert (added.fact, added.key) == (("notes", "2"), 2)
        assert changes(added) == {("noted", None): ("0", "1")}
        assert changes(session.put_item("notes", 1, {"serious": True})) == {("noted", None): ("1", "2")}
        assert changes(session.withdraw_item("notes", 2)) == {("noted", None): ("2", "1")}
        assert session.add_item("notes", {}).key == 3
        with pytest.raises(hr.NotFoundError, match="none was added as `2`"):
            session.put_item("notes", 2, {"serious": True})


def test_a_row_that_is_refused_is_named_by_its_own_number(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"notes": [{}, {}]}) as session:
        session.withdraw_item("notes", 1)
        with pytest.raises(hr.InputError) as caught:
            session.put_item("notes", 2, {"serious": "perhaps"})
        assert [str(one.place) for one in caught.value.diagnostics] == ["$.facts.notes.2.serious"]


def test_an_item_is_not_put_under_another_key_than_its_own(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"reports": []}) as session:
        with pytest.raises(hr.InputError, match="`id` is `r2`, and the item is put as `r1`"):
            session.put_item("reports", "r1", {"id": "r2", "serious": True})
        assert session.put_item("reports", "r1", {"id": "r1", "serious": True})
        assert session.withdraw_item("reports", "r1").fact == ("reports", "r1")


@pytest.mark.parametrize("given", [iter, tuple, list])
def test_a_session_begins_with_rows_in_every_form_that_a_decision_takes(ruleset: hr.Ruleset, given: Any) -> None:
    rows = [{"serious": True}, {"serious": False}]
    assert ruleset.decide({"notes": given(rows)})["noted"].value == 1
    with ruleset.session({"notes": given(rows)}) as session:
        session.put("crew", 1)
        session.put("crew", 2)
        assert session.decision["noted"].value == 1
        assert session.add_item("notes", {"serious": True}).key == 3


def test_a_judgement_is_a_fact_that_can_come_and_go(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True, "reports": []}) as session:
        [given] = session.put("verdict", "low").outcomes
        assert given.after is not None
        assert given.after.judgement == "outside"
        assert changes(session.withdraw("verdict")) == {("verdict", None): ("low", "undetermined: middle, high")}


def test_a_change_that_is_refused_leaves_the_session_as_it_was(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True}) as session:
        before = session.decision
        with pytest.raises(hr.InputError, match="crew"):
            session.put("crew", -1)
        with pytest.raises(hr.InputError, match="did you mean `serious`"):
            session.put_item("reports", "r1", {"serous": True})
        with pytest.raises(hr.InputError, match="reports"):
            session.put_item("reports", "r1", 5)  # type: ignore[arg-type]
        assert session.decision is before
        assert not session.put("alarm", True)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (lambda session: session.put("alram", True), "`alram` is not an input: did you mean `alarm`"),
        (lambda session: session.put("reports", []), "is a collection: use `put_item`"),
        (lambda session: session.put("notes", []), "is a collection: use `add_item`"),
        (lambda session: session.withdraw("crew"), "nothing was put as `crew`"),
        (lambda session: session.put_item("report", "r", {}), "no collection of the case is called `report`: did you"),
        (lambda session: session.withdraw_item("reports", "r"), "nothing was put as `r` in `reports`"),
        (
            lambda session: session.put_item("notes", "n", {}),
            "the items of `notes` have no key, and none was added as `n`",
        ),
        (lambda session: session.add_item("reports", {}), "the items of `reports` have a key: use `put_item`"),
        (lambda session: session.withdraw_item("notes", 1), "nothing was put as `1` in `notes`"),
    ],
)
def test_a_name_that_the_case_does_not_have_is_named(ruleset: hr.Ruleset, step: Any, told: str) -> None:
    with ruleset.session({"alarm": True}) as session, pytest.raises(hr.NotFoundError) as caught:
        step(session)
    assert told in str(caught.value)


def test_a_case_that_is_wrong_begins_no_session(ruleset: hr.Ruleset) -> None:
    with pytest.raises(hr.InputError, match="stands twice"):
        ruleset.session({"reports": [{"id": "a"}, {"id": "a"}]})


def test_what_the_caller_does_with_his_own_data_later_changes_nothing(ruleset: hr.Ruleset) -> None:
    rows: dict[str, Any] = {"a": {"serious": False}}
    fields = {"serious": False}
    with ruleset.session({"alarm": False, "reports": rows}) as session:
        session.put_item("reports", "b", fields)
        fields["serious"] = True
        rows["c"] = {"serious": True}
        assert not session.put("crew", 1)


def test_a_closed_session_says_so(ruleset: hr.Ruleset) -> None:
    session = ruleset.session({"alarm": True})
    session.close()
    session.close()
    for use in (lambda: session.put("alarm", True), lambda: session.withdraw("alarm"), lambda: session.decision):
        with pytest.raises(ClosedError, match="begin another"):
            use()


def test_closing_a_session_frees_its_facts_and_its_decision(ruleset: hr.Ruleset) -> None:
    session = ruleset.session({"alarm": True})
    decision = weakref.ref(session.decision)
    session.close()
    gc.collect()
    assert decision() is None


def test_changes_are_frozen(ruleset: hr.Ruleset) -> None:
    with ruleset.session() as session, pytest.raises(attrs.exceptions.FrozenInstanceError):
        session.put("alarm", True).fact = ()  # type: ignore[misc]


def test_a_session_is_computed_by_the_engine_that_is_asked_for(ruleset: hr.Ruleset) -> None:
    with ruleset.session(engine="reference") as session:
        assert session.put("alarm", True).decision.engines == ("reference",)


def test_many_sessions_over_threads_come_to_what_one_decision_comes_to(ruleset: hr.Ruleset) -> None:
    before = threading.active_count()

    def live(seed: int) -> bool:
        draw = random.Random(seed)  # noqa: S311 - a shuffle for a test
        facts = {"alarm": draw.random() < 0.5, "crew": draw.randrange(9)}
        rows = {f"r{place}": {"serious": draw.random() < 0.3} for place in range(4)}
        with ruleset.session({"reports": []}) as session:
            steps = [*facts, *rows]
            draw.shuffle(steps)
            for name in steps:
                session.put(name, facts[name]) if name in facts else session.put_item("reports", name, rows[name])
            known = session.decision.items("grave")
            whole = ruleset.decide({**facts, "reports": {name: rows[name] for name in known}})
            return list(session.decision.outcomes) == list(whole.outcomes)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(live, range(200)))
    assert threading.active_count() == before


def test_threads_that_share_a_session_lose_no_fact(ruleset: hr.Ruleset) -> None:
    with ruleset.session({"alarm": True, "reports": []}) as session:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda place: session.put_item("reports", f"r{place}", {"serious": False}), range(100)))
        assert len(session.decision.items("grave")) == 100


def test_a_live_inspection_comes_to_the_grade_of_its_findings_in_any_order() -> None:
    scheme = hr.load("hmic-2007")
    seeded = Seeded.of(scheme, 16)
    for seed in range(5):
        case = seeded.case()
        facts = dict(case["facts"])
        rows = facts.pop("bearings", [])
        random.Random(seed).shuffle(rows)  # noqa: S311 - a shuffle for a test
        options = {"framework": case["framework"], "profile": case["profile"]}
        with Session(scheme, {"bearings": []}, **options) as session:
            for row in rows:
                session.put_item("bearings", row["id"], row)
            for name, value in facts.items():
                session.put(name, value)
            wanted = scheme.decide({**facts, "bearings": rows}, **options)
            assert {one.name: one for one in session.decision.outcomes if one.item is None} == {
                one.name: one for one in wanted.outcomes if one.item is None
            }
            assert session.decision.items("status") == wanted.items("status")


def test_the_findings_of_a_whole_inspection_recorded_one_by_one_come_to_its_grade() -> None:
    inspection = hr.load_inspection("mps-2007")
    for name, record in inspection.frameworks.items():
        found = list(inspection.bearings(name))
        random.Random(name).shuffle(found)  # noqa: S311 - a shuffle for a test
        known = set(inspection.ruleset.collections[inspection.fills].fields)
        with inspection.ruleset.session({inspection.fills: []}, framework=name) as session:
            for fact in record.facts:
                session.put(fact.name, {"true": True, "false": False}.get(fact.value.text, fact.value.text))
            before = session.decision.outcome
            moved = 0
            for bearing in found:
                fields = {key: text for key, text in bearing.facts.items() if key in known}
                change = session.put_item(
                    inspection.fills, bearing.id, {inspection.criterion_field: bearing.criterion, **fields}
                )
                after = session.decision.outcome
                said = [one for one in change.outcomes if (one.name, one.item) == (inspection.outcome, None)]
                assert bool(said) == (before != after)
                moved += bool(said)
                before = after
            assert moved
            assert before == inspection.decide(name).outcome


def test_a_month_of_invented_duty_returns_says_when_a_breach_is_escalated_and_by_which_return() -> None:
    policy = hr.load("safer-neighbourhoods-2007")
    settings = {"first_month": "2007-01", "last_month": "2007-01"}
    with policy.session(
        {"teams": {"heron": {}}, "returns": []}, profile="assumed-example", parameters=settings
    ) as live:
        assert live.decision.items("state")["heron / 2007-01"].value == "not returned"
        row = {"team": "heron", "month": "2007-01", "hours_on_duty": 100, "hours_abstracted": 4, "reason": "football"}
        first = live.add_item("returns", row)
        assert changes(first)["state", "heron / 2007-01"] == ("not returned", "within policy")
        second = live.add_item("returns", {**row, "hours_abstracted": 9})
        said = {one.name: one for one in second.outcomes if one.item == "heron / 2007-01"}
        assert str(said["state"]) == "state of heron / 2007-01: within policy → breach (rule too-much-taken)"
        assert str(said["reported_to_lead"].rules[0]) == "rule breach-goes-to-the-lead: no → yes"
        assert said["dealt_with_directly"].rule == "breach-goes-to-the-commander"
        assert second.fact == ("returns", "2")
        corrected = live.put_item("returns", second.key, {**row, "hours_abstracted": 6})
        assert changes(corrected)["state", "heron / 2007-01"] == ("breach", "within policy")
        withdrawn = {one.name: str(one) for one in live.withdraw_item("returns", first.key).outcomes}
        assert withdrawn["state"] == "state of heron / 2007-01: within policy → breach (rule too-much-taken)"
