"""What a decision hands out: its values by name, the questions that it passes on, and what is said where a name or an engine is wrong."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.assumptions import assumptions
from hmic_rules.audit.hiding import key_id
from hmic_rules.audit.records import record_of
from hmic_rules.decisions import ENGINES, Decision
from hmic_rules.explanations import explain_decision, unknown_facts
from hmic_rules.missing import missing
from hmic_rules.notebooks import of_decision
from hmic_rules.programs import Program
from hmic_rules.questions.bounds import exact_outcome, unknowns
from hmic_rules.questions.reaching import robustness, to_reach, why_not
from hmic_rules.questions.reasons import reason_of
from hmic_rules.questions.reconciling import reconcile
from hmic_rules.questions.sensitivity import sensitivity
from hmic_rules.testing.writing import loaded
from hmic_rules.traces import trace

CHOIR = """
ruleset: choir
edition: "3"
title: an invented choir
scales: {rank: [low, middle, high]}
terms: {plenty: {at_least: 4, range: [3, 6], basis: assumed}}
parameters:
  least: {type: integer, default: 2, basis: assumed}
  most: {type: integer, default: 9, basis: assumed}
profiles:
  usual: {says: an invented reading, basis: assumed, default: true}
  keen: {says: an invented reading that asks more, basis: assumed, parameters: {least: 4}}
inputs:
  score: {type: integer, min: 0, max: 9, better: upward}
  tired: {type: boolean}
  singers:
    key: id
    collection: {id: {type: text}, voice: {choice: [alto, bass]}, sure: {type: boolean}}
values:
  sings: {each: singers, outcome: true, is: {sure: true, case.tired: false, case.score: {is: plenty}}}
  ready: {is: {every: {of: singers, where: {sure: true}}}}
  points: {type: integer, calc: {add: [score, 1]}}
  bonus:
    type: integer
    points:
      - {id: sure, worth: 2, when: {every: {of: singers, where: {sure: true}}}, basis: assumed}
  rank:
    scale: rank
    outcome: true
    choose: highest
    rules:
      - {id: high, then: high, when: {ready: true, score: {at_least: {value: least}}}, basis: assumed}
      - {id: middle, then: middle, when: {score: {at_least: 1, at_most: {value: most}}}, basis: assumed}
    otherwise: low
    limits: [{id: tired, at_most: middle, when: {tired: true}, basis: assumed}]
"""
FACTS: dict[str, Any] = {
    "score": 5,
    "tired": False,
    "singers": {"ann": {"voice": "alto", "sure": True}, "bob": {"voice": "bass", "sure": None}},
}
SETTLED = {**FACTS, "singers": {"ann": {"voice": "alto", "sure": True}, "bob": {"voice": "bass", "sure": False}}}


@pytest.fixture(scope="module")
def choir() -> hr.Ruleset:
    return loaded(CHOIR)


@pytest.fixture
def decision(choir: hr.Ruleset) -> Decision:
    return choir.decide(FACTS)


def bare(*values: str, **more: str) -> hr.Ruleset:
    """A rule set of one yes-or-no input and these lines of values."""
    head = 'ruleset: bare\nedition: "1"\ntitle: bare\ninputs: {a: {type: boolean}}\n'
    return loaded("\n".join([head, *(f"{key}: {text}" for key, text in more.items()), "values:", *values]) + "\n")


# ── Values by name ──


def test_a_value_of_the_case_is_asked_for_by_its_name(decision: Decision) -> None:
    rank = decision["rank"]
    assert (rank.name, rank.item, rank.possible) == ("rank", None, ("middle", "high"))
    assert decision["points"].value == 6
    assert decision["bonus"].possible == ("0 to 2",)


def test_a_value_of_items_is_asked_for_by_the_keys_of_the_items(decision: Decision) -> None:
    found = decision.items("sings")
    assert {key: (one.name, one.item, str(one)) for key, one in found.items()} == {
        "ann": ("sings", "ann", "true"),
        "bob": ("sings", "bob", "undetermined: false, true"),
    }


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda one: one["sings"], "`sings` stands on each of `singers`: ask for `items('sings')`"),
        (lambda one: one.unmet("sings"), "`sings` stands on each of `singers`, and not on the case"),
        (lambda one: one.items("rank"), "`rank` stands on the case: ask for it by `decision['rank']`"),
        (lambda one: one["rnak"], "the rule set `choir` has no value `rnak`: did you mean `rank`?"),
        (lambda one: one.items("snigs"), "the rule set `choir` has no value `snigs`: did you mean `sings`?"),
        (
            lambda one: one.step("zzzz"),
            "the rule set `choir` has no value `zzzz`: known here: `bonus`, `points`, `rank`, `ready`, `sings`",
        ),
    ],
)
def test_a_name_that_does_not_stand_there_is_refused_with_what_to_ask_for(
    decision: Decision, ask: Callable[[Decision], Any], message: str
) -> None:
    with pytest.raises(hr.NotFoundError) as caught:
        ask(decision)
    assert str(caught.value) == message


def test_a_name_that_is_like_none_of_very_many_is_refused_without_a_list() -> None:
    ruleset = bare(*(f"  value_{place}: {{outcome: true, is: {{a: true}}}}" for place in range(40)))
    with pytest.raises(hr.NotFoundError) as caught:
        ruleset.decide({}).step("zzzz")
    assert str(caught.value) == "the rule set `bare` has no value `zzzz`"


def test_the_outcome_is_that_of_the_case_though_items_have_one_too(decision: Decision) -> None:
    assert decision.case_outcomes == ("rank",)
    assert decision.outcome == decision["rank"]


def test_of_several_outcomes_none_is_the_outcome() -> None:
    decision = bare("  x: {outcome: true, is: {a: true}}", "  y: {outcome: true, is: {a: false}}").decide({})
    with pytest.raises(hr.NotFoundError) as caught:
        decision.outcome  # noqa: B018
    assert str(caught.value) == "the rule set `bare` has 2 outcomes for a whole case: ask for one of `x`, `y` by name"


def test_without_an_outcome_there_is_none_to_ask_for() -> None:
    rows = "{b: {key: id, collection: {id: {type: text}, a: {type: boolean}}}}"
    head = f'ruleset: bare\nedition: "1"\ntitle: bare\ninputs: {rows}\nvalues:\n'
    decision = loaded(f"{head}  x: {{each: b, outcome: true, is: {{a: true}}}}\n").decide({})
    with pytest.raises(hr.NotFoundError) as caught:
        decision.outcome  # noqa: B018
    assert str(caught.value) == "the rule set `bare` has no outcomes for a whole case"


def test_outcomes_of_the_case_come_before_those_of_items(decision: Decision) -> None:
    assert [(one.name, one.item) for one in decision.outcomes] == [("rank", None), ("sings", "ann"), ("sings", "bob")]


def test_a_decision_shows_itself_by_its_rule_set_and_the_outcomes_of_the_case(decision: Decision) -> None:
    assert repr(decision) == "<Decision by choir: rank undetermined: middle, high>"
    two = bare("  x: {outcome: true, is: {a: true}}", "  y: {outcome: true, is: {a: false}}").decide({"a": True})
    assert repr(two) == "<Decision by bare: x true; y false>"


def test_a_decision_as_data_names_what_decided_it_and_every_outcome(choir: hr.Ruleset) -> None:
    data = choir.decide(SETTLED, profile="keen", engine="reference").to_data()
    shared = {"judgement": None, "exact": True}
    assert data == {
        "ruleset": "choir",
        "edition": "3",
        "extends": [],
        "picked": None,
        "framework": None,
        "profile": "keen",
        "engines": ["reference"],
        "outcomes": [
            {"name": "rank", "item": None, "status": "decided", "value": "middle", "possible": ["middle"]}
            | {"rule": "middle", "limits": [], **shared},
            {"name": "sings", "item": "ann", "status": "decided", "value": True, "possible": ["true"]}
            | {"rule": None, "limits": [], **shared},
            {"name": "sings", "item": "bob", "status": "decided", "value": False, "possible": ["false"]}
            | {"rule": None, "limits": [], **shared},
        ],
    }
    assert json.loads(json.dumps(data)) == data
    assert hr.load("hmic-2007").decide({}, framework="child-abuse").to_data()["framework"] == "child-abuse"


# ── What is in the way ──


def test_the_items_in_the_way_are_named_for_each_rule_of_a_list_or_of_points_that_does_not_surely_hold(
    decision: Decision,
) -> None:
    assert decision.unmet("rank") == {"high": ("bob",)}
    assert decision.unmet("bonus") == {"sure": ("bob",)}


def test_what_has_no_rules_has_no_items_in_the_way(decision: Decision) -> None:
    assert decision.unmet("ready") == {}
    assert decision.unmet("points") == {}


# ── Questions that are passed on ──


@pytest.mark.parametrize(
    ("asked", "passed_on"),
    [
        (lambda one: one.why(), lambda one: explain_decision(one, "rank")),
        (lambda one: one.why("points"), lambda one: explain_decision(one, "points")),
        (lambda one: one.why("sings", "bob"), lambda one: explain_decision(one, "sings", "bob")),
        (lambda one: one.trace("rank"), lambda one: trace(one, "rank")),
        (lambda one: one.trace("sings", "bob"), lambda one: trace(one, "sings", "bob")),
        (lambda one: one.unknowns(), lambda one: unknowns(one, "rank")),
        (lambda one: one.unknowns("ready"), lambda one: unknowns(one, "ready")),
        (lambda one: one.unknowns("sings", "bob"), lambda one: unknowns(one, "sings", "bob")),
        (lambda one: one.reason(), lambda one: reason_of(one, "rank")),
        (lambda one: one.reason("ready"), lambda one: reason_of(one, "ready")),
        (lambda one: one.reason("sings", "ann"), lambda one: reason_of(one, "sings", "ann")),
        (lambda one: one.why_not("low"), lambda one: why_not(one, "low")),
        (
            lambda one: one.why_not("false", name="sings", item="ann"),
            lambda one: why_not(one, "false", name="sings", item="ann"),
        ),
        (lambda one: one.to_reach("low"), lambda one: to_reach(one, "low")),
        (
            lambda one: one.to_reach("false", {"sure": 5}, name="sings", item="ann"),
            lambda one: to_reach(one, "false", {"sure": 5}, name="sings", item="ann"),
        ),
        (lambda one: one.robustness(), robustness),
        (lambda one: one.robustness("ready"), lambda one: robustness(one, name="ready")),
        (lambda one: one.robustness("sings", "ann"), lambda one: robustness(one, name="sings", item="ann")),
        (lambda one: one.sensitivity(), sensitivity),
        (lambda one: one.sensitivity("rank"), lambda one: sensitivity(one, "rank")),
        (lambda one: one.sensitivity("sings", "ann"), lambda one: sensitivity(one, "sings", "ann")),
        (lambda one: one.reconcile("low"), lambda one: reconcile(one, "low")),
        (lambda one: one.reconcile("false", name="ready"), lambda one: reconcile(one, "false", name="ready")),
        (lambda one: one.assumptions(), assumptions),
        (lambda one: one.assumptions("ready"), lambda one: assumptions(one, "ready")),
        (lambda one: one.missing(), missing),
        (lambda one: one.unknown, unknown_facts),
        (lambda one: one.bounds, lambda one: exact_outcome(one, "rank").possible),
        (lambda one: one.record().text, lambda one: record_of(one).text),
        (lambda one: one._repr_mimebundle_(), of_decision),
    ],
)
@pytest.mark.parametrize("facts", [FACTS, SETTLED], ids=["open", "settled"])
def test_a_question_to_a_decision_is_the_question_about_that_value(
    choir: hr.Ruleset, facts: Any, asked: Callable[[Decision], Any], passed_on: Callable[[Decision], Any]
) -> None:
    decision = choir.decide(facts)
    assert repr(asked(decision)) == repr(passed_on(decision))


def test_a_question_to_a_decision_tells_its_values_and_items_apart(choir: hr.Ruleset) -> None:
    decision = choir.decide(SETTLED)
    assert str(decision.why()).startswith("rank: middle")
    assert str(decision.why("points")).startswith("points: 6")
    assert decision.why("sings", "bob").outcome.item == "bob"
    assert decision.trace("sings", "ann").outcome.item == "ann"
    assert decision.reason().outcome == ("middle",)
    assert decision.reason("ready").outcome == ("false",)
    assert decision.reason("sings", "ann").outcome == ("true",)
    assert decision.robustness().outcome == "middle"
    assert decision.robustness("ready").outcome == "false"
    assert decision.robustness("sings", "ann").outcome == "true"
    assert decision.sensitivity() == ()
    assert [one.name for one in decision.sensitivity("sings", "ann")] == ["plenty"]
    assert {one.name for one in decision.assumptions("ready")} < {one.name for one in decision.assumptions()}
    price = [choir.decide(SETTLED).to_reach("high", costs) for costs in (None, {"sure": 3})]
    assert [way.cost for way in price if way is not None] == [1, 3]
    open_ = choir.decide(FACTS)
    assert [one.name for one in open_.unknowns() or ()] == ["sure"]
    assert open_.unknowns("points") == ()
    assert [one.item for one in open_.unknowns("sings", "bob") or ()] == ["bob"]
    assert open_.unknowns("sings", "ann") == ()


def test_a_record_holds_what_is_given_with_it(decision: Decision) -> None:
    date = datetime.date(2007, 9, 3)
    key = b"k" * 32
    record = decision.record(case="c-1", date=date, redact=["score"], key=key)
    assert (record.data["case"], record.data["date"], record.hides) == ("c-1", "2007-09-03", ("score",))
    assert record.data["redaction"]["key"] == key_id(key)
    assert decision.record().hides == ()


# ── Whole cases and engines ──


def test_a_whole_case_brings_its_reading_and_settings_and_what_the_caller_sets_takes_precedence(
    choir: hr.Ruleset,
) -> None:
    facts = {"score": 3, "tired": False, "singers": {}}
    whole = {"facts": facts, "profile": "keen", "parameters": {"most": 2}}
    assert (choir.decide(facts).profile, str(choir.decide(facts).outcome)) == ("usual", "high")
    assert (choir.decide(whole).profile, str(choir.decide(whole).outcome)) == ("keen", "low")
    assert str(choir.decide(whole, profile="usual").outcome) == "high"
    assert str(choir.decide(whole, parameters={"most": 8}).outcome) == "middle"
    assert str(choir.decide(whole, parameters={"least": 3}).outcome) == "high"
    child = {"facts": {}, "framework": "child-abuse"}
    assert hr.load("hmic-2007").decide(child).framework == "child-abuse"
    assert hr.load("hmic-2007").decide(child, framework="missing-persons").framework == "missing-persons"


@pytest.mark.parametrize(
    ("engine", "help"),
    [
        ("durabel", "did you mean `durable`?"),
        ("zzzzz", "known here: `both`, `durable`, `reference`"),
        (5, "known here: `both`, `durable`, `reference`"),
    ],
)
def test_an_engine_that_is_none_is_refused_with_the_engines_that_are(choir: hr.Ruleset, engine: Any, help: str) -> None:
    with pytest.raises(hr.InputError) as caught:
        choir.decide({}, engine=engine)
    (found,) = caught.value.diagnostics
    assert (found.place, found.problem, found.help) == ("engine", f"`{engine}` is not an engine", help)
    assert ENGINES == ("both", "reference", "durable")


def test_a_decision_names_the_engines_that_computed_it(choir: hr.Ruleset) -> None:
    pytest.importorskip("durable_rules_engine", reason="durable_rules is not installed for this Python")
    assert choir.decide(FACTS).engines == ("reference", "durable_rules")
    assert choir.decide(FACTS, engine="both").engines == ("reference", "durable_rules")
    assert choir.decide(FACTS, engine="durable").engines == ("durable_rules",)
    assert choir.decide(FACTS, engine="reference").engines == ("reference",)
    found = {engine: [str(one) for one in choir.decide(FACTS, engine=engine).outcomes] for engine in ENGINES}
    assert list(found.values()) == [["undetermined: middle, high", "true", "undetermined: false, true"]] * 3


def test_the_reference_alone_decides_where_the_other_engine_computes_nothing_unless_it_is_asked_for() -> None:
    ruleset = loaded(
        'ruleset: bare\nedition: "1"\ntitle: bare\ninputs: {n: {type: integer}}\n'
        "values:\n  x: {type: integer, outcome: true, calc: {add: [n, 1]}}\n"
    )
    assert ruleset.decide({"n": 1}).engines == ("reference",)
    assert str(ruleset.decide({"n": 1}).outcome) == "2"
    assert ruleset.decide({}).unknown == ("n",)
    with pytest.raises(hr.EngineError):
        ruleset.decide({}, engine="both")


def test_what_is_wrong_with_settings_and_with_facts_is_said_together(choir: hr.Ruleset) -> None:
    with pytest.raises(hr.InputError) as caught:
        choir.decide({"score": -1}, profile="keen", parameters={"least": "many"})
    assert [str(one.place) for one in caught.value.diagnostics] == ["$.parameters.least", "$.facts.score"]
    with pytest.raises(hr.InputError) as caught:
        choir.decide({"score": 1}, parameters={"least": "many"})
    assert [str(one.place) for one in caught.value.diagnostics] == ["$.parameters.least"]
    with pytest.raises(hr.NotFoundError, match="`kene`"):
        choir.decide({"score": -1}, profile="kene", parameters={"least": "many"})


def test_facts_are_held_to_the_framework_of_the_case_where_its_settings_are_wrong() -> None:
    facts = {"criteria": {"ca-risk-assessment": {"critical": True}}}
    with pytest.raises(hr.InputError) as caught:
        hr.load("hmic-2007").decide(facts, framework="child-abuse", parameters={"nothing": True})
    assert [one.problem for one in caught.value.diagnostics] == [
        "no parameter is called `nothing`",
        "`critical` is set by the framework",
    ]


def test_asking_of_every_item_why_looks_for_its_row_once(monkeypatch):
    ruleset = loaded("""
ruleset: many
edition: "1"
title: many items
inputs: {rows: {key: id, collection: {id: {type: text}, a: {type: boolean}}}}
values:
  seen: {each: rows, outcome: true, type: boolean, choose: first, rules: [{id: r, then: true, when: {a: true}, basis: assumed}], otherwise: false}
""")
    number = 200
    decision = ruleset.decide({"rows": [{"id": f"row {place}", "a": place % 3 == 0} for place in range(number)]})
    looked: list[str] = []
    frames = Program.frames

    def counted(self, case, scope):
        for found in frames(self, case, scope):
            looked.append(scope)
            yield found

    monkeypatch.setattr(Program, "frames", counted)
    keys = [f"row {place}" for place in range(number)]
    reasons = {key: decision.why("seen", key) for key in keys}
    outcomes = {key: decision.at("seen", key) for key in keys}
    assert looked.count("rows") == number
    assert {key: reason.outcome for key, reason in reasons.items()} == outcomes == decision.items("seen")
    assert [key for key, one in outcomes.items() if one.value] == keys[::3]
    with pytest.raises(hr.NotFoundError, match="did you mean `row 1`"):
        decision.why("seen", "row  1")
