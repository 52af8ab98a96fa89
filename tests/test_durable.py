"""durable_rules as a second engine: what it computes, that it agrees, and what happens where it cannot be had."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.backends import answers
from hmic_rules.backends.combining import Fired, Situation, result_of
from hmic_rules.backends.compiling import Numbers
from hmic_rules.backends.coverage import coverage
from hmic_rules.backends.durable import backend_for, planned
from hmic_rules.backends.engine import Engine, engine_module
from hmic_rules.backends.gate import Reason, RefusedError
from hmic_rules.binding import program_for
from hmic_rules.catalogue import shipped
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE, Between, OneOf
from seeded import Seeded

WITHOUT = "durable_rules cannot be imported: it does not work on Python 3.13 or newer"
needs_durable = pytest.mark.skipif(engine_module() is None, reason=WITHOUT)
HEAD = "ruleset: small\nedition: '1'\ntitle: a small rule set\nscales: {level: [low, middle, high]}\n"


@pytest.fixture
def written(ruleset_from: Callable[[str], hr.Ruleset]) -> Callable[[str], hr.Ruleset]:
    """Loads a rule set from the text after its head."""
    return lambda text: ruleset_from(HEAD + text)


@pytest.fixture
def without_durable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if durable_rules were not installed."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    engine_module.cache_clear()
    yield
    monkeypatch.undo()
    engine_module.cache_clear()


LADDER = """
inputs:
  a: {type: boolean}
  b: {type: boolean}
  n: {type: integer, min: 0}
values:
  level:
    scale: level
    outcome: true
    choose: highest
    rules:
      - {id: one, then: middle, when: {a: true}, basis: assumed}
      - {id: two, then: high, when: {a: true, b: true}, basis: assumed}
    otherwise: low
    limits:
      - {id: cap, at_most: middle, when: {n: {above: 2}}, basis: assumed}
"""
SEVENTEEN = (
    "inputs:\n"
    + "".join(f"  f{place}: {{type: boolean}}\n" for place in range(17))
    + "values:\n  wide: {outcome: true, is: {"
    + ", ".join(f"f{place}: true" for place in range(17))
    + "}}\n"
)


# The engine alone.


@needs_durable
def test_a_rule_fires_where_every_fact_it_asks_for_is_posted() -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}, {"g": {"$gte": {"b": 2}}}]}}, ["a", "b"])
    assert engine.fired({"a": 1, "b": 2}) == {"r"}
    assert engine.fired({"a": 1, "b": 1}) == frozenset()
    assert engine.fired({"b": 2}) == frozenset()


@needs_durable
def test_nothing_of_one_case_meets_the_next() -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}, {"g": {"b": 1}}]}}, ["a", "b"])
    assert engine.fired({"a": 1}) == frozenset()
    assert engine.fired({"b": 1}) == frozenset()


@needs_durable
def test_a_case_without_facts_fires_nothing() -> None:
    assert Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a"]).fired({}) == frozenset()


@needs_durable
def test_a_rule_that_holds_in_two_ways_is_named_once() -> None:
    engine = Engine({"r": {"all": [{"f": {"$or": [{"a": 1}, {"$gt": {"a": 0}}]}}]}}, ["a"])
    assert engine.fired({"a": 1}) == {"r"}


@needs_durable
def test_the_engine_compiles_nothing_that_the_gate_refuses() -> None:
    with pytest.raises(RefusedError) as caught:
        Engine({"r": {"all": [{"f": {"$nex": {"a": 1}}}]}}, ["a"])
    assert caught.value.reason is Reason.OPERATOR


@needs_durable
@pytest.mark.parametrize("number", [True, None, 1.0, math.nan, "1", 2**63])
def test_the_engine_posts_nothing_that_the_gate_refuses(number: Any) -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a"])
    with pytest.raises(RefusedError):
        engine.fired({"a": number})
    assert engine.fired({"a": 1}) == {"r"}


@needs_durable
def test_a_closed_engine_is_compiled_again_when_it_is_used() -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a"])
    engine.close()
    engine.close()
    assert engine.fired({"a": 1}) == {"r"}


@needs_durable
def test_facts_go_in_singly_under_one_session_and_no_other_door_of_the_module_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is listed as harmful of batches, actions, threads and many sessions has no way in."""
    engine = Engine({"r": {"all": [{"f": {"a": 1}}, {"g": {"b": 1}}]}}, ["a", "b"])
    called: list[tuple[str, tuple[Any, ...]]] = []

    class Watched:
        error = engine._module.error

        def __getattr__(self, name: str) -> Any:
            def call(*given: Any) -> Any:
                called.append((name, given))
                return getattr(module, name)(*given)

            return call

    module = engine._module
    monkeypatch.setattr(engine, "_module", Watched())
    assert engine.fired({"a": 1, "b": 1}) == {"r"}
    assert [name for name, _ in called] == [
        "assert_event",
        "start_action_for_state",
        "complete_and_start_action",
        "assert_fact",
        "assert_fact",
        "start_action_for_state",
        "complete_and_start_action",
        "delete_state",
    ]
    facts = [json.loads(given[1]) for name, given in called if name == "assert_fact"]
    assert facts == [{"id": "0", "a": 1}, {"id": "1", "b": 1}]
    assert called[-1][1][1] == "0"


@needs_durable
def test_a_fact_that_no_rule_wants_is_no_error_and_stops_no_other() -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a", "b"])
    assert engine.fired({"b": 7, "a": 1}) == {"r"}
    assert engine.fired({"b": 7}) == frozenset()


@needs_durable
def test_threads_take_turns_and_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}, "s": {"all": [{"f": {"$gt": {"a": 1}}}]}}, ["a"])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: engine.fired({"a": number % 3}), range(600)))
    assert found == [[frozenset(), {"r"}, {"s"}][number % 3] for number in range(600)]
    assert threading.active_count() == before


@needs_durable
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_of_a_fork_in_the_middle_of_a_case_has_an_engine_of_its_own() -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a"])
    with engine._lock:  # as if another thread were in the middle of a case
        child = os.fork()
        if not child:
            os._exit(0 if engine.fired({"a": 1}) == {"r"} else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert engine.fired({"a": 1}) == {"r"}


@needs_durable
def test_a_failure_of_the_engine_is_an_error_and_the_next_case_is_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine({"r": {"all": [{"f": {"a": 1}}]}}, ["a"])

    class Broken:
        error = engine._module.error

        def __getattr__(self, name: str) -> Any:
            return (lambda *given: (9, 0)) if name == "assert_fact" else getattr(sound, name)

    sound = engine._module
    monkeypatch.setattr(engine, "_module", Broken())
    with pytest.raises(hr.EngineError, match="with the code 9"):
        engine.fired({"a": 1})
    monkeypatch.setattr(engine, "_module", sound)
    assert engine.fired({"a": 1}) == {"r"}


# From fired rules to a result.


def two_rules(written: Any, body: str) -> Any:
    text = f"inputs: {{a: {{type: boolean}}, b: {{type: boolean}}}}\nvalues:\n  level: {{scale: level, outcome: true, {body}}}\n"
    return written(text).values["level"]


TWO = Numbers(None, (0, 1), ())


def fires(surely: set[int], possibly: set[int]) -> Situation:
    return Situation(Fired(frozenset(surely), frozenset(possibly)))


RULES = (
    "rules: [{id: r, then: low, when: {a: true}, basis: assumed}, {id: s, then: high, when: {b: true}, basis: assumed}]"
)


@pytest.mark.parametrize(
    ("policy", "surely", "possibly", "expected"),
    [
        ("first", {0, 1}, {0, 1}, "low"),
        ("first", {1}, {0, 1}, OneOf(frozenset({"low", "high"}))),
        ("first", set(), {0}, OneOf(frozenset({"low", NO_RULE}))),
        ("highest", {0, 1}, {0, 1}, "high"),
        ("highest", {1}, {0, 1}, "high"),
        ("highest", {0}, {0, 1}, OneOf(frozenset({"low", "high"}))),
        ("lowest", {0}, {0, 1}, "low"),
        ("lowest", {1}, {0, 1}, OneOf(frozenset({"low", "high"}))),
        ("unique", {1}, {0, 1}, "high"),
        ("unique", set(), set(), NO_RULE),
    ],
)
def test_what_fires_gives_the_result_of_the_policy(
    written: Any, policy: str, surely: set[int], possibly: set[int], expected: Any
) -> None:
    value = two_rules(written, f"choose: {policy}, {RULES}")
    assert result_of(value, TWO, fires(surely, possibly)) == expected


def test_two_unique_rules_that_surely_fire_are_a_conflict_unless_the_value_may_not_apply(written: Any) -> None:
    value = two_rules(written, f"choose: unique, {RULES}")
    with pytest.raises(hr.ConflictError, match="`r` and `s` of `level` hold together"):
        result_of(value, TWO, fires({0, 1}, {0, 1}))
    sometimes = Numbers(2, (0, 1), ())
    assert result_of(value, sometimes, fires({0, 1}, {0, 1, 2})) is NOT_APPLICABLE
    assert result_of(value, sometimes, fires({0}, {0})) is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("cross", "surely", "possibly", "bound", "expected"),
    [
        ("lowest", {0, 2, 3}, {0, 2, 3}, "high", "low"),
        ("highest", {0, 2, 3}, {0, 2, 3}, "high", "high"),
        ("lowest", {0, 3}, {0, 3}, "middle", "middle"),
        ("lowest", {0}, {0, 3}, "middle", OneOf(frozenset({"low", "middle"}))),
        ("lowest", {3}, {3}, "middle", OneOf(frozenset({"middle", "high"}))),
        ("lowest", {0, 3}, {0, 3}, NOT_APPLICABLE, "low"),
        ("lowest", {0, 3}, {0, 3}, OneOf(frozenset({"middle", "high"})), OneOf(frozenset({"middle", "high"}))),
    ],
)
def test_limits_hold_a_result_in_every_way_in_which_they_can_be_in_force(
    written: Any, cross: str, surely: set[int], possibly: set[int], bound: Any, expected: Any
) -> None:
    limits = (
        "limits: [{id: l, at_most: low, when: {a: true}, basis: assumed},"
        " {id: m, at_least: middle, when: {b: true}, basis: assumed}]"
    )
    value = two_rules(written, f"choose: highest, {RULES}, {limits}, if_limits_cross: {cross}")
    found = evolve(fires(surely, possibly), bounds=("low", bound))
    assert result_of(value, Numbers(None, (0, 1), (2, 3)), found) == expected


def test_points_are_summed_from_what_surely_to_what_possibly_fires(written: Any) -> None:
    value = written(
        "inputs: {a: {type: boolean}}\nvalues:\n  p: {outcome: true, points: ["
        "{id: x, worth: 2, when: {a: true}, basis: assumed}, {id: y, worth: -1, when: {a: false}, basis: assumed}]}\n"
    ).values["p"]
    assert result_of(value, TWO, fires({0}, {0})) == 2
    assert result_of(value, TWO, fires(set(), {0, 1})) == Between(-1, 2)


def test_points_for_different_values_of_one_name_are_never_added_up(written: Any) -> None:
    value = written(
        "inputs: {a: {scale: level}}\nvalues:\n  p: {outcome: true, points: ["
        "{id: x, worth: 2, when: {a: high}, basis: assumed}, {id: y, worth: 1, when: {a: middle}, basis: assumed}]}\n"
    ).values["p"]
    turns = (fires(set(), set()).fired, fires({1}, {1}).fired, fires({0}, {0}).fired)
    found = evolve(fires(set(), {0, 1}), turns=(((0, 1), turns),))
    assert result_of(value, TWO, found) == Between(0, 2)
    assert result_of(value, TWO, evolve(found, turns=())) == Between(0, 3)


def test_limits_hold_what_was_calculated_and_never_what_a_person_judged(written: Any) -> None:
    value = written(
        "inputs: {a: {type: boolean}, n: {type: integer}}\nvalues:\n  m: {type: integer, calc: n, outcome: true,"
        " limits: [{id: l, at_most: 3, when: {a: true}, basis: assumed}]}\n"
    ).values["m"]
    numbers = Numbers(None, (), (0,))
    found = evolve(fires({0}, {0}), given=5, bounds=(3,))
    assert result_of(value, numbers, found) == 3
    assert result_of(value, numbers, evolve(found, given=Between(0, None))) == Between(0, 3)
    assert result_of(value, numbers, evolve(found, judged=True)) == 5
    with pytest.raises(hr.ConflictError, match="too much"):
        result_of(value, numbers, evolve(found, given=None, conflict="too much"))


# Decisions.


@needs_durable
def test_a_decision_is_computed_by_both_engines_unless_another_is_asked_for(written: Any) -> None:
    ruleset = written(LADDER)
    facts = {"a": True, "b": True, "n": 3}
    assert ruleset.decide(facts).engines == ("reference", "durable_rules")
    assert ruleset.decide(facts, engine="both").to_data()["engines"] == ["reference", "durable_rules"]
    assert ruleset.decide(facts, engine="reference").engines == ("reference",)
    assert ruleset.decide(facts, engine="durable").engines == ("durable_rules",)


@needs_durable
@pytest.mark.parametrize("a", [True, False, None])
@pytest.mark.parametrize("b", [True, False, None])
@pytest.mark.parametrize("n", [0, 2, 3, 2**70, None])
def test_durable_rules_alone_gives_what_the_reference_gives(
    written: Any, a: bool | None, b: bool | None, n: int | None
) -> None:
    ruleset = written(LADDER)
    facts = {"a": a, "b": b, "n": n}
    alone, reference = ruleset.decide(facts, engine="durable"), ruleset.decide(facts, engine="reference")
    assert alone.outcome == reference.outcome
    assert ruleset.decide(facts, engine="both").outcome == reference.outcome


def test_an_engine_that_does_not_exist_is_named_with_a_suggestion(written: Any) -> None:
    with pytest.raises(hr.InputError, match="`durabel` is not an engine\n    help: did you mean `durable`"):
        written(LADDER).decide({}, engine="durabel")


@needs_durable
def test_a_wrong_result_of_durable_rules_is_a_disagreement_that_holds_both_traces(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruleset = written(LADDER)
    engine = backend_for(ruleset).compiled["level"].engine
    sound = engine.fired
    monkeypatch.setattr(engine, "fired", lambda facts: sound(facts) - {"c1_0"})
    with pytest.raises(hr.DisagreementError, match="disagree on `level`: the reference gives `high`") as caught:
        ruleset.decide({"a": True, "b": True, "n": 0})
    error = caught.value
    assert (error.name, error.item) == ("level", None)
    assert [str(rule.truth) for rule in error.reference.rules] == ["yes", "yes"]
    assert error.durable.fired == {"rule one": "yes", "rule two": "no", "limit cap": "no"}
    assert error.durable.result == "middle"
    assert sorted(error.durable.surely.values()) == [0, 1, 1]


@needs_durable
def test_a_wrong_result_of_the_reference_is_a_disagreement_also_for_facts_met_before(written: Any) -> None:
    ruleset = written(LADDER)
    facts = {"a": True, "b": False, "n": 0}
    ruleset.decide(facts)
    program = program_for(ruleset, None, None, None)
    program.steps["level"] = evolve(program.steps["level"], produce=lambda frames: "high")
    with pytest.raises(hr.DisagreementError, match="gives `high`, durable_rules `middle`"):
        ruleset.decide(facts)


@needs_durable
def test_a_rule_that_fired_otherwise_is_a_disagreement_although_the_result_is_the_same(
    written: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruleset = written(LADDER)
    engine = backend_for(ruleset).compiled["level"].engine
    sound = engine.fired
    monkeypatch.setattr(engine, "fired", lambda facts: sound(facts) - {"c0_0"})
    with pytest.raises(hr.DisagreementError) as caught:
        ruleset.decide({"a": True, "b": True, "n": 0})
    assert caught.value.durable.result == str(caught.value.reference.outcome) == "high"


@needs_durable
def test_what_was_posted_before_is_not_run_again(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ruleset = written(LADDER)
    ruleset.decide({"a": True, "b": True, "n": 0})
    compiled = backend_for(ruleset).compiled["level"]
    monkeypatch.setattr(compiled.engine, "fired", lambda facts: pytest.fail("it ran again"))
    assert str(ruleset.decide({"a": True, "b": True, "n": 1}).outcome) == "high"  # 1 and 0 rank alike below 2


@needs_durable
def test_no_more_answers_are_remembered_than_are_allowed(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "REMEMBERED", 3)
    ruleset = written(LADDER)
    for a in (True, False, None):
        for b in (True, False, None):
            ruleset.decide({"a": a, "b": b})
            assert len(backend_for(ruleset).compiled["level"].answers) <= 3
            assert len(backend_for(ruleset).compiled["level"].agreed) <= 3


@needs_durable
def test_a_closed_backend_is_compiled_again_when_it_is_used(written: Any) -> None:
    ruleset = written(LADDER)
    backend = backend_for(ruleset)
    backend.close()
    assert str(ruleset.decide({"a": True, "b": True, "n": 0}).outcome) == "high"


# Where it cannot be had, or computes nothing.


@pytest.mark.usefixtures("without_durable")
def test_without_durable_rules_a_decision_says_that_the_reference_alone_computed_it(written: Any) -> None:
    decision = written(LADDER).decide({"a": True})
    assert decision.engines == ("reference",)
    assert json.loads(json.dumps(decision.to_data()))["engines"] == ["reference"]


@pytest.mark.usefixtures("without_durable")
@pytest.mark.parametrize("engine", ["both", "durable"])
def test_asking_for_durable_rules_where_it_is_not_installed_says_what_to_do(written: Any, engine: Any) -> None:
    with pytest.raises(hr.EngineError, match=r"pip install durable-rules.*Python 3\.13"):
        written(LADDER).decide({"a": True}, engine=engine)


@needs_durable
def test_a_rule_set_without_rules_is_decided_by_the_reference_and_asking_for_more_names_the_reason(
    written: Any,
) -> None:
    ruleset = written("inputs: {n: {type: integer}}\nvalues:\n  m: {outcome: true, calc: {add: [n, 1]}}\n")
    assert ruleset.decide({"n": 1}).engines == ("reference",)
    for engine in ("both", "durable"):
        with pytest.raises(hr.EngineError, match="`m`: it is calculated, and no condition"):
            ruleset.decide({"n": 1}, engine=engine)


@needs_durable
def test_a_value_that_the_gate_refuses_is_never_run_there(written: Any) -> None:
    narrow = "  narrow: {outcome: true, is: {f0: true}}\n"
    ruleset = written(SEVENTEEN + narrow)
    facts = {f"f{place}": True for place in range(17)}
    decision = ruleset.decide(facts)
    assert decision.engines == ("reference", "durable_rules")
    assert decision["wide"].value is True
    assert list(backend_for(ruleset).compiled) == ["narrow"]
    assert planned(ruleset).refused == {"wide": f"c0_0: {Reason.MANY_IN_A_RULE.value}"}
    with pytest.raises(hr.EngineError, match="`wide`: c0_0: more than 16 conditions in one rule"):
        ruleset.decide(facts, engine="durable")


MANY_WAYS = (
    "inputs: {"
    + ", ".join(f"f{place}: {{type: boolean}}" for place in range(20))
    + "}\nvalues:\n  wide: {outcome: true, is: {all: ["
    + ", ".join(f"{{any: [{{f{2 * place}: true}}, {{f{2 * place + 1}: true}}]}}" for place in range(10))
    + "]}}\n"
)
MANY_LIMITS = (
    "inputs: {a: {type: boolean}, b: {scale: level}}\nvalues:\n  wide: {scale: level, outcome: true, choose: highest,"
    " rules: [{id: r, then: low, when: {a: true}, basis: assumed}], if_limits_cross: lowest, limits: ["
    + ", ".join(f"{{id: l{place}, at_most: {{value: b}}, basis: assumed}}" for place in range(7))
    + "]}\n"
)
JUDGED = "values:\n  wide: {scale: level, judged: true, outcome: true}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SEVENTEEN, "more than 16 conditions in one rule"),
        (MANY_WAYS, "a rule holds in more than 250 ways"),
        (MANY_LIMITS, "its limits can be in force in more than 4,096 ways"),
        (
            "inputs: {a: {type: boolean}}\nvalues:\n  wide: {outcome: true, is: {all: []}}\n",
            "there is nothing to match",
        ),
        (
            JUDGED,
            "a person judges it, and no condition decides it",
        ),
    ],
)
def test_coverage_names_why_a_value_is_not_computed(written: Any, text: str, reason: str) -> None:
    [value] = coverage(written(text)).values
    assert not value.computed
    assert reason in (value.refused or "")


def test_coverage_names_what_is_computed_before_posting(written: Any) -> None:
    ruleset = written(
        "terms: {most: {above: 1/2, basis: assumed}}\nparameters: {p: {type: integer, basis: assumed}}\n"
        "inputs: {n: {type: integer}, m: {type: integer}, items: {key: id, collection: {id: {type: text}, x: {type: boolean}}}}\n"
        "values:\n"
        "  plain: {outcome: true, is: {n: {above: 1}}}\n"
        "  all_sorts:\n    outcome: true\n    is:\n      any:\n        - {n: {above: {value: m}}}\n        - {n: {above: {value: p}}}\n"
        "        - not: {n: 1}\n        - some: {of: items, where: {x: true}}\n        - count: {of: items, at_least: 2}\n"
        "        - share: {of: items, where: {x: true}, is: most}\n        - {n: {at_least: 2, below: 2}}\n        - {p: 1}\n"
    )
    plain, sorts = coverage(ruleset).values
    assert (plain.computed, plain.before) == ("computes it", ())
    assert sorts.before == (
        "a comparison of two names",
        "a count",
        "a negation",
        "a parameter",
        "a quantifier",
        "a share",
        "a test that no value passes",
    )


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_at_least_four_fifths_of_the_rules_of_a_shipped_rule_set_take_part(name: str) -> None:
    found = coverage(hr.load(name))
    assert found.taking_part / found.rules >= 0.8


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_the_documentation_has_the_table_of_every_shipped_rule_set(name: str) -> None:
    text = (Path(__file__).parents[1] / "docs" / "durable-rules.md").read_text(encoding="utf-8")
    assert f"### {name}\n\n{coverage(hr.load(name))}\n" in text


# Agreement over many cases.


@needs_durable
@pytest.mark.parametrize("name", shipped("ruleset"))
def test_the_engines_agree_on_every_seeded_case_of_a_shipped_rule_set(name: str) -> None:
    ruleset = hr.load(name)
    decided = 0
    for case in Seeded.of(ruleset, 2007).cases(600):
        try:
            reference = ruleset.decide(case, engine="reference")
        except hr.ConflictError:
            with pytest.raises(hr.ConflictError):
                ruleset.decide(case, engine="durable")
            continue
        assert ruleset.decide(case, engine="both").results == reference.results
        decided += 1
        if decided % 5 == 0:
            alone = ruleset.decide(case, engine="durable")
            assert list(alone.outcomes) == list(reference.outcomes)
    assert decided > 250  # a case drawn without care can have more hours away than on duty: no share
