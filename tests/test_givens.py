"""Facts as they are given: Python data and trees of a file, asked by the same functions and answering alike."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.errors import Span
from hmic_rules.givens import (
    entries_of,
    fields_of,
    is_nan,
    is_null,
    shape_wanted,
    taken_apart,
    with_key,
    without_name,
    written_as,
)
from hmic_rules.loading import trees
from hmic_rules.testing.writing import loaded

HERE, THERE = Span("cases.yaml", 3, 5), Span("cases.yaml", 9, 1)


def scalar(text: str, *, plain: bool = True) -> trees.Scalar:
    return trees.Scalar(text, plain, HERE)


def tree(**texts: str) -> trees.Mapping:
    return trees.Mapping({name: scalar(text) for name, text in texts.items()}, {n: scalar(n) for n in texts}, THERE)


def said(found: Any) -> Any:
    """A tree as plain data, with the names of its keys and its place."""
    entries = {name: child.text for name, child in found.entries.items()}
    return entries, {name: key.text for name, key in found.keys.items()}, found.span


# ── What a thing is ──


@pytest.mark.parametrize(
    ("raw", "null"),
    [
        (None, True),
        (scalar("null"), True),
        (scalar(""), True),
        (scalar("null", plain=False), False),
        (scalar("met"), False),
        (trees.Sequence((), HERE), False),
        (0, False),
        (False, False),
        ("", False),
        ({}, False),
    ],
)
def test_nothing_is_none_or_a_plain_null_and_neither_empty_nor_false(raw: Any, null: bool) -> None:
    assert is_null(raw) is null


@pytest.mark.parametrize(
    ("raw", "nan"),
    [
        (float("nan"), True),
        (Decimal("NaN"), True),
        (float("inf"), False),
        (1.5, False),
        (Decimal("1.5"), False),
        (3, False),
        ("nan", False),
        (None, False),
    ],
)
def test_what_is_not_a_number_is_known_in_both_kinds_of_decimals(raw: Any, nan: bool) -> None:
    assert is_nan(raw) is nan


def test_what_was_written_is_said_as_it_stands_in_the_file() -> None:
    assert written_as(scalar("2007-06")) == "2007-06"
    assert written_as(trees.Sequence((), HERE)) == "a list"
    assert written_as([1, 2]) == "[1, 2]"
    assert written_as(5) == "5"


def test_the_fields_of_an_item_are_those_of_its_mapping_and_of_anything_else_none() -> None:
    one = tree(status="met")
    assert entries_of(one) is one.entries
    assert entries_of({"status": "met"}) == {"status": "met"}
    assert entries_of(MappingProxyType({"status": "met"})) == {"status": "met"}
    assert entries_of("met") == {}
    assert entries_of(None) == {}
    assert entries_of(scalar("met")) == {}


# ── Items ──


def test_an_item_gets_its_key_as_its_first_field() -> None:
    assert list(with_key({"status": "met"}, "id", "c1").items()) == [("id", "c1"), ("status", "met")]
    found = with_key(tree(status="met"), "id", "c1")
    assert said(found) == ({"id": "c1", "status": "met"}, {"id": "c1", "status": "status"}, THERE)
    assert list(found.entries) == ["id", "status"]
    assert (found.entries["id"].plain, found.entries["id"].span) == (False, THERE)


def test_a_key_that_an_item_states_itself_stays() -> None:
    assert with_key({"id": "c2", "status": "met"}, "id", "c1")["id"] == "c2"
    stated = tree(id="c2", status="met")
    assert with_key(stated, "id", "c1") is stated


@pytest.mark.parametrize("given", [None, "met", 5, [1]])
def test_what_is_no_mapping_gets_no_key(given: Any) -> None:
    assert with_key(given, "id", "c1") is given


def test_the_name_of_an_item_of_a_list_is_none_of_its_fields() -> None:
    assert without_name({"name": "x", "ok": True}) == {"ok": True}
    assert without_name({"ok": True}) == {"ok": True}
    assert without_name(None) == {}
    assert said(without_name(tree(name="x", ok="true"))) == ({"ok": "true"}, {"name": "name", "ok": "ok"}, THERE)


def test_of_an_item_with_one_field_its_value_may_stand_alone() -> None:
    assert fields_of(True, "ok") == {"ok": True}
    assert fields_of("met", "ok") == {"ok": "met"}
    assert fields_of({"ok": True}, "ok") == {"ok": True}
    one = tree(ok="true")
    assert fields_of(one, "ok") is one
    found = fields_of(scalar("met"), "ok")
    assert said(found) == ({"ok": "met"}, {"ok": "ok"}, HERE)
    assert (found.keys["ok"].plain, found.keys["ok"].span) == (True, HERE)


def test_of_an_item_with_several_fields_no_value_stands_alone() -> None:
    assert fields_of(True, None) is True
    one = scalar("met")
    assert fields_of(one, None) is one
    assert fields_of({"ok": True}, None) == {"ok": True}


@pytest.mark.parametrize("single", ["ok", None])
def test_an_item_of_which_nothing_is_said_has_no_fields(single: str | None) -> None:
    assert fields_of(None, single) == {}


@pytest.mark.parametrize(
    ("collection", "wanted"),
    [
        (
            "items: [x], fields: {ok: {type: boolean}}",
            "write {x: {ok: …}}, or a list: [{name: x, ok: …}]",
        ),
        (
            "items: [x, y], fields: {ok: {type: boolean}, on: {type: date}}",
            "write {x: {ok: …, on: …}, …}, or a list: [{name: x, ok: …, on: …}, …]",
        ),
        (
            "items: [x, y], fields: {ok: {type: boolean}, on: {type: date}, by: {type: text}}",
            "write {x: {ok: …, on: …, …}, …}, or a list: [{name: x, ok: …, on: …, …}, …]",
        ),
    ],
)
def test_the_shape_of_fixed_items_is_shown_by_the_first_item_and_two_fields(collection: str, wanted: str) -> None:
    head = 'ruleset: shape\nedition: "1"\ntitle: shape\n'
    value = "{outcome: true, is: {every: {of: rows, where: {ok: true}}}}"
    ruleset = loaded(f"{head}inputs: {{rows: {{{collection}}}}}\nvalues:\n  v: {value}\n")
    assert shape_wanted(ruleset.collections["rows"]) == wanted


# ── Whole cases ──

Apart = tuple[Any, str | None, str | None, Mapping[str, Any] | None]


@pytest.mark.parametrize(
    ("case", "apart"),
    [
        ({"facts": {"a": 1}}, ({"a": 1}, None, None, {})),
        ({"facts": {"a": 1}, "framework": "f", "profile": "p"}, ({"a": 1}, "f", "p", {})),
        ({"facts": {"a": 1}, "parameters": {"n": 1}}, ({"a": 1}, None, None, {"n": 1})),
        ({"facts": None, "parameters": None}, (None, None, None, {})),
        (MappingProxyType({"facts": {"a": 1}, "profile": "p"}), ({"a": 1}, None, "p", {})),
    ],
)
def test_a_whole_case_gives_its_facts_framework_reading_and_settings(case: Any, apart: Apart) -> None:
    assert taken_apart(case, None, None, None) == apart


def test_what_the_caller_sets_takes_precedence_over_what_the_case_says_and_the_rest_stays() -> None:
    case = {"facts": {"a": 1}, "framework": "f", "profile": "p", "parameters": {"n": 1, "m": 2}}
    assert taken_apart(case, "g", None, None) == ({"a": 1}, "g", "p", {"n": 1, "m": 2})
    assert taken_apart(case, None, "q", {}) == ({"a": 1}, "f", "q", {"n": 1, "m": 2})
    assert taken_apart(case, None, None, {"n": 5, "k": 6}) == ({"a": 1}, "f", "p", {"n": 5, "m": 2, "k": 6})
    assert case["parameters"] == {"n": 1, "m": 2}


@pytest.mark.parametrize("facts", [{"a": 1, "profile": "p", "parameters": 5}, {}, None, 5, "facts", [("facts", 1)]])
def test_what_has_no_facts_of_its_own_is_the_facts_themselves(facts: Any) -> None:
    assert taken_apart(facts, "f", "p", {"n": 1}) == (facts, "f", "p", {"n": 1})
    assert taken_apart(facts, None, None, None) == (facts, None, None, None)


@pytest.mark.parametrize(("given", "shown"), [(5, "`5`"), ("strict", "`strict`"), ([1], "`[1]`")])
def test_settings_of_a_whole_case_that_are_no_mapping_are_refused_at_their_place(given: Any, shown: str) -> None:
    with pytest.raises(hr.InputError) as caught:
        taken_apart({"facts": {}, "parameters": given}, None, None, {"n": 1})
    (found,) = caught.value.diagnostics
    assert found.place == "$.parameters"
    assert found.problem == f"{shown} is not a mapping from parameters to settings"
    assert found.help is None
