"""The gate before durable_rules: each crash and each wrong answer that was found in it is kept out, by name."""

from __future__ import annotations

import math
from typing import Any

import pytest

from hmic_rules.backends.gate import Reason, RefusedError, admit, admit_fact, hashed

SEEN = {"f": {"a": 1}}


def one(condition: Any) -> dict[str, Any]:
    return {"r": {"all": [{"f": condition}]}}


def many(number: int, *, of: int = 1) -> dict[str, Any]:
    return {f"r{place}": {"all": [{f"f{part}": {f"p{part}": 1}} for part in range(of)]} for place in range(number)}


def refused(rules: Any, properties: list[str]) -> Reason:
    with pytest.raises(RefusedError) as caught:
        admit(rules, properties)
    assert caught.value.reason.value in str(caught.value)
    return caught.value.reason


def fact_refused(fact: Any) -> Reason:
    with pytest.raises(RefusedError) as caught:
        admit_fact(fact, frozenset({"a", "b"}))
    return caught.value.reason


CRASHES: dict[str, tuple[Any, list[str], Reason]] = {
    "a join that is no equality inside $and ends the process": (
        {"r": {"all": [SEEN, {"g": {"$and": [{"b": 1}, {"$gt": {"b": {"f": "a"}}}]}}]}},
        ["a", "b"],
        Reason.JOIN,
    ),
    "a division by nothing ends the process": (
        one({"a": {"$div": [{"f": "a"}, 0]}}),
        ["a"],
        Reason.ARITHMETIC,
    ),
    "a division as a condition": (one({"$div": {"a": 0}}), ["a"], Reason.ARITHMETIC),
    "256 rules that share one condition end the process": (many(256), ["p0"], Reason.MANY_RULES),
    "256 conditions in fewer rules": (many(16, of=16), [f"p{place}" for place in range(16)], Reason.MANY_CONDITIONS),
    "513 distinct conditions hang the compiler": (
        {
            f"r{place}": {"all": [{"f": {"$or": [{"$gt": {"p0": 3 * place + part}} for part in range(3)]}}]}
            for place in range(171)
        },
        ["p0"],
        Reason.MANY_COMPARISONS,
    ),
    "a key of 9 MB ends the process": (one({"a" * 9_000_000: 1}), ["a" * 9_000_000], Reason.NAME),
    "a rule name of 9 MB": ({"r" * 9_000_000: {"all": [SEEN]}}, ["a"], Reason.NAME),
    "a rule with $nex only loops for ever": (one({"$nex": {"a": 1}}), ["a"], Reason.OPERATOR),
}

WRONG: dict[str, tuple[Any, list[str], Reason]] = {
    "the second key of a condition is ignored": (one({"a": 1, "b": 2}), ["a", "b"], Reason.SEVERAL_KEYS),
    "the second key inside an operator is ignored": (one({"$gt": {"a": 1, "b": 2}}), ["a", "b"], Reason.SEVERAL_KEYS),
    "$not fires although the blocking fact arrives": (
        {"r": {"all": [SEEN, {"g$not": {"b": 1}}]}},
        ["a", "b"],
        Reason.RULE_FORM,
    ),
    "$any beside $all is read as or": (
        {"r": {"all": [{"m$any": [SEEN]}, {"n$all": [{"g": {"b": 1}}]}]}},
        ["a", "b"],
        Reason.RULE_FORM,
    ),
    "a rule of any": ({"r": {"any": [SEEN]}}, ["a"], Reason.RULE_FORM),
    "a rule that counts": ({"r": {"all": [SEEN], "count": 2}}, ["a"], Reason.RULE_FORM),
    "a rule with a cap": ({"r": {"all": [SEEN], "cap": 2}}, ["a"], Reason.RULE_FORM),
    "a rule with a priority that does not fit": ({"r": {"all": [SEEN], "pri": 70_000}}, ["a"], Reason.RULE_FORM),
    "$or of a constant and a join loses matches": (
        {"r": {"all": [SEEN, {"g": {"$or": [{"b": 1}, {"b": {"f": "a"}}]}}]}},
        ["a", "b"],
        Reason.JOIN,
    ),
    "a join on id never matches": ({"r": {"all": [SEEN, {"g": {"id": {"f": "id"}}}]}}, ["a"], Reason.UNKNOWN_PROPERTY),
    "id as a property": (one({"id": 1}), ["id"], Reason.RESERVED_NAME),
    "sid as a property": (one({"sid": 1}), ["sid"], Reason.RESERVED_NAME),
    "14 true $or groups fire 16,384 times": (
        one({"$and": [{"$or": [{"a": 1}, {"$gt": {"a": 0}}]} for _ in range(13)]}),
        ["a"],
        Reason.MANY_WAYS,
    ),
    "15 groups in one condition": (
        one({"$and": [{"$or": [{"a": 1}]} for _ in range(14)]}),
        ["a"],
        Reason.MANY_GROUPS,
    ),
    "liquid and costarring are one property": (
        {"r": {"all": [{"f": {"liquid": 1}}, {"g": {"costarring": 1}}]}},
        ["liquid", "costarring"],
        Reason.HASH_COLLISION,
    ),
    "true is 1": (one({"a": True}), ["a"], Reason.WHOLE_NUMBER),
    "1.0 is 1": (one({"a": 1.0}), ["a"], Reason.WHOLE_NUMBER),
    "a text is compared with a number": (one({"a": "1"}), ["a"], Reason.WHOLE_NUMBER),
    "texts are ordered wrongly": (one({"$lt": {"a": "High Risk"}}), ["a"], Reason.WHOLE_NUMBER),
    "texts agree on 65,536 characters only": (one({"a": "x" * 65_537}), ["a"], Reason.WHOLE_NUMBER),
    "half of a surrogate pair": (one({"a": "\ud800"}), ["a"], Reason.WHOLE_NUMBER),
    "half of a surrogate pair in a name": (one({"\ud800": 1}), ["\ud800"], Reason.NAME),
    "null matches only null": (one({"a": None}), ["a"], Reason.WHOLE_NUMBER),
    "not equal is false for what is missing": (one({"$neq": {"a": 1}}), ["a"], Reason.OPERATOR),
    "integers saturate": (one({"a": 2**63}), ["a"], Reason.NUMBER_TOO_LARGE),
    "17 facts in one rule": (many(1, of=17), [f"p{place}" for place in range(17)], Reason.MANY_IN_A_RULE),
    "251 properties": (one({"p0": 1}), [f"p{place}" for place in range(251)], Reason.MANY_PROPERTIES),
    "two conditions of a rule want the same fact": (
        {"r": {"all": [{"f": {"$gte": {"a": 1}}}, {"g": {"$lte": {"a": 3}}}]}},
        ["a"],
        Reason.TWICE,
    ),
    "a property that nobody declared": (one({"b": 1}), ["a"], Reason.UNKNOWN_PROPERTY),
    "a condition that is empty": (one({}), ["a"], Reason.NO_CONDITION),
    "a group that is empty": (one({"$or": []}), ["a"], Reason.NO_CONDITION),
    "a rule that is empty": ({"r": {"all": []}}, ["a"], Reason.NO_CONDITION),
    "no rule": ({}, ["a"], Reason.NO_CONDITION),
    "a condition that is a list": (one([{"a": 1}]), ["a"], Reason.SEVERAL_KEYS),
    "two aliases in one part": ({"r": {"all": [{"f": {"a": 1}, "g": {"a": 1}}]}}, ["a"], Reason.SEVERAL_KEYS),
    "one alias twice": ({"r": {"all": [{"f": {"a": 1}}, {"f": {"b": 1}}]}}, ["a", "b"], Reason.RULE_FORM),
}

FACTS: dict[str, tuple[Any, Reason]] = {
    "a fact without a property ends the process": ({}, Reason.EMPTY_FACT),
    "a fact of two properties": ({"a": 1, "b": 1}, Reason.SEVERAL_KEYS),
    "a fact that brings its own id": ({"id": 1}, Reason.UNKNOWN_PROPERTY),
    "true": ({"a": True}, Reason.WHOLE_NUMBER),
    "null": ({"a": None}, Reason.WHOLE_NUMBER),
    "the empty text, which 1 matches": ({"a": ""}, Reason.WHOLE_NUMBER),
    "a decimal": ({"a": 1.0}, Reason.WHOLE_NUMBER),
    "NaN, which becomes null": ({"a": math.nan}, Reason.WHOLE_NUMBER),
    "infinity, which drops the facts after it": ({"a": math.inf}, Reason.WHOLE_NUMBER),
    "1e16, which drops the facts after it": ({"a": 1e16}, Reason.WHOLE_NUMBER),
    "1e-07, which drops the facts after it": ({"a": 1e-07}, Reason.WHOLE_NUMBER),
    "2 to the 63rd, which is changed": ({"a": 2**63}, Reason.NUMBER_TOO_LARGE),
    "a large negative number": ({"a": -(2**63) - 1}, Reason.NUMBER_TOO_LARGE),
    "a nested fact": ({"a": {"b": 1}}, Reason.WHOLE_NUMBER),
    "half of a surrogate pair": ({"a": "\ud800"}, Reason.WHOLE_NUMBER),
}


@pytest.mark.parametrize("name", CRASHES)
def test_a_crash_is_kept_out(name: str) -> None:
    rules, properties, reason = CRASHES[name]
    assert refused(rules, properties) is reason


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_kept_out(name: str) -> None:
    rules, properties, reason = WRONG[name]
    assert refused(rules, properties) is reason


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_does_harm_is_kept_out(name: str) -> None:
    fact, reason = FACTS[name]
    assert fact_refused(fact) is reason


def test_every_reason_keeps_something_out() -> None:
    used = [reason for *_, reason in (*CRASHES.values(), *WRONG.values(), *FACTS.values())]
    assert [reason for reason in Reason if reason not in used] == []


def test_the_hash_is_the_one_under_which_two_names_collide() -> None:
    assert hashed("liquid") == hashed("costarring")
    assert hashed("") == 0x811C9DC5


def test_what_is_sound_passes() -> None:
    within = {"$and": [{"$gte": {"b": 2}}, {"$lte": {"b": 3}}]}
    admit({"r": {"all": [{"f": {"a": 1}}, {"g": {"$or": [within, {"b": 7}]}}]}}, ["a", "b"])
    admit_fact({"a": -1}, frozenset({"a"}))


def test_as_much_as_is_allowed_passes() -> None:
    admit(many(250), ["p0"])
    admit(many(15, of=16), [f"p{place}" for place in range(16)])
    admit(one({"p0": 1}), [f"p{place}" for place in range(250)])
    admit(one({"$and": [{"$or": [{"a": 1}]} for _ in range(13)]}), ["a"])
