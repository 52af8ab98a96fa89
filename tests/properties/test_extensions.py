"""Rule sets that extend generated ones: what is put together decides as what is written out."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from drawn_cases import cases
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from results import answers

import hmic_rules as hr
from extended import from_memory
from hmic_rules.testing.drawn_rulesets import written_rulesets
from hmic_rules.testing.writing import as_yaml, loaded
from hmic_rules.verification.paper import paper_changes

PAIRS = written_rulesets().flatmap(lambda written: st.tuples(st.just(written), cases(written)))
LISTS = ("rules", "points", "limits")
EXTENDING = {
    "ruleset": "extending",
    "edition": "1",
    "title": "a rule set that extends a generated one",
    "extends": {"ruleset": "generated", "edition": "1"},
}


def extended(base: Mapping[str, Any], said: Mapping[str, Any]) -> hr.Ruleset:
    texts = {"generated.yaml": as_yaml(base), "extending.yaml": as_yaml({**EXTENDING, **said})}
    return from_memory("extending", texts)


def answered(ruleset: hr.Ruleset, facts: Any) -> Any:
    try:
        return answers(ruleset.decide(facts))
    except hr.ConflictError:
        return "refused"


def entries(data: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Every rule, point and limit that is not alone in its list: its value, its list, its place."""
    return [
        (name, key, place)
        for name, value in data["values"].items()
        for key in LISTS
        if len(value.get(key, ())) > 1
        for place in range(len(value[key]))
    ]


def addressed(data: Mapping[str, Any], name: str, key: str, place: int, *, placed: bool) -> dict[str, Any]:
    """One entry as an extension writes it; where the first rule that holds counts, with its place."""
    value = data["values"][name]
    entry = {word: one for word, one in value[key][place].items() if word != "id"}
    if placed and key == "rules" and value["choose"] == "first":
        rest = value[key][place + 1 :]
        entry["before"] = rest[0]["id"] if rest else "otherwise"
    return {"limits" if key == "limits" else "rules": {f"{name}/{value[key][place]['id']}": entry}}


def without(data: Mapping[str, Any], name: str, key: str, place: int) -> dict[str, Any]:
    found = copy.deepcopy(dict(data))
    del found["values"][name][key][place]
    return found


def otherwise(data: Mapping[str, Any], name: str, key: str, place: int) -> dict[str, Any]:
    """The rule set with another condition at one entry: what it asked, turned round."""
    found = copy.deepcopy(dict(data))
    entry = found["values"][name][key][place]
    entry["when"] = {"not": entry["when"]} if "when" in entry else {"all": []}
    return found


@given(PAIRS)
@settings(max_examples=40)
def test_an_extension_that_changes_nothing_decides_everything_as_what_it_extends(pair):
    written, drawn = pair
    base, same = loaded(written.data), extended(written.data, {})
    assert answered(same, drawn.facts) == answered(base, drawn.facts)
    assert list(paper_changes(base, same)) == []
    assert same.fingerprint != base.fingerprint
    assert [one.standing for one in same.origins() if one.standing != "inherited"] == []


@pytest.mark.parametrize("verb", ["add", "replace", "remove"])
@given(PAIRS, st.data())
@settings(max_examples=25)
def test_a_rule_set_that_is_put_together_is_the_one_that_is_written_out(verb, pair, data):
    written, drawn = pair
    places = entries(written.data)
    assume(places)
    name, key, place = data.draw(st.sampled_from(places))
    whole, part = written.data, without(written.data, name, key, place)
    entry = addressed(whole, name, key, place, placed=verb == "add")
    if verb == "add":
        base, said, wanted = part, {"add": entry}, whole
    elif verb == "replace":
        base, said, wanted = otherwise(whole, name, key, place), {"replace": entry}, whole
    else:
        base, said, wanted = whole, {"remove": {kind: list(one) for kind, one in entry.items()}}, part
    found, out = extended(base, said), loaded(wanted)
    assert answered(found, drawn.facts) == answered(out, drawn.facts)
    assert list(paper_changes(out, found)) == []
    assert list(paper_changes(loaded(base), found)) != []
    (change,) = found.changes
    assert (change.verb, change.name) == (
        {"add": "added", "replace": "replaced", "remove": "removed"}[verb],
        f"{name}/{whole['values'][name][key][place]['id']}",
    )
