"""Which items keep a rule from holding: the quick answer, and its agreement with the trace."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

import hmic_rules as hr
from hmic_rules.traces import obstacles

HEAD = """
    ruleset: invented
    edition: "1"
    title: invented
    scales: {grade: [low, high], shown: [not met, in part, met]}
    inputs:
      criteria:
        key: id
        collection:
          id: {type: text}
          core: {type: boolean}
          status: {scale: shown, better: upward}
"""


def ruleset_of(folder: Path, values: str) -> hr.Ruleset:
    file = folder / "ruleset.yaml"
    file.write_text(dedent(HEAD) + dedent(values), encoding="utf-8")
    return hr.load(file)


def grading(folder: Path, when: str, more: str = "") -> hr.Ruleset:
    rule = f"{{id: high, then: high, when: {when}, basis: assumed}}"
    grade = f"{{scale: grade, outcome: true, choose: highest, rules: [{rule}], otherwise: low}}"
    return ruleset_of(folder, f"values:\n  grade: {grade}\n{more}")


def facts(**statuses: str | None) -> dict[str, object]:
    criteria = [{"id": name, "core": name != "c", "status": status} for name, status in statuses.items()]
    return {"criteria": criteria}


@pytest.mark.parametrize(
    ("when", "keys"),
    [
        ("{every: {of: criteria, where: {status: met}}}", ("b", "c", "d")),
        ("{every: {of: criteria, among: {core: true}, where: {status: met}}}", ("b", "d")),
        ("{none: {of: criteria, where: {status: in part}}}", ("b", "d")),
        ("{not: {some: {of: criteria, where: {status: in part}}}}", ("b", "d")),
        ("{some: {of: criteria, among: {core: false}, where: {status: met}}}", ("c",)),
        ("{not: {every: {of: criteria, among: {core: false}, where: {status: not met}}}}", ("c",)),
        ("{share: {of: criteria, where: {status: met}, above: 3/4}}", ("b", "c", "d")),
        ("{count: {of: criteria, where: {status: met}, at_least: 3}}", ("b", "c", "d")),
        ("{count: {of: criteria, where: {status: met}, at_most: 0}}", ("a", "d")),
        (
            "{any: [{none: {of: criteria, where: {status: met}}}, {every: {of: criteria, where: {status: {not: not met}}}}]}",
            ("a", "d", "c"),
        ),
    ],
)
def test_the_items_in_the_way_of_a_rule_are_named(tmp_path, when, keys):
    decision = grading(tmp_path, when).decide(facts(a="met", b="in part", c="not met", d=None))
    assert decision.unmet("grade") == {"high": keys}


def test_a_rule_that_surely_holds_has_nothing_unmet(tmp_path):
    ruleset = grading(tmp_path, "{every: {of: criteria, where: {status: met}}}")
    assert ruleset.decide(facts(a="met", b="met")).unmet("grade") == {}


def test_parts_of_a_condition_that_hold_name_no_items(tmp_path):
    when = (
        "{some: {of: criteria, where: {status: met}}, every: {of: criteria, among: {core: true}, where: {status: met}}}"
    )
    decision = grading(tmp_path, when).decide(facts(a="met", b="in part", c="not met"))
    assert decision.unmet("grade") == {"high": ("b",)}


def test_an_absent_collection_leaves_the_rule_unmet_without_items(tmp_path):
    ruleset = grading(tmp_path, "{every: {of: criteria, where: {status: met}}}")
    assert ruleset.decide({}).unmet("grade") == {"high": ()}


@pytest.mark.parametrize(("asked", "keys"), [("true", ("b",)), ("false", ("a",))])
def test_a_value_with_its_own_condition_leads_on_to_that_condition(tmp_path, asked, keys):
    of = "{of: criteria, where: {status: met}}"
    ruleset = grading(
        tmp_path, f"{{sound: {asked}}}", f"  sound: {{is: {{{'every' if asked == 'true' else 'some'}: {of}}}}}\n"
    )
    assert ruleset.decide(facts(a="met", b="in part")).unmet("grade") == {"high": keys}


def test_values_on_items_are_refused(tmp_path):
    values = "values:\n  sound: {each: criteria, is: {status: met}, outcome: true}\n"
    decision = ruleset_of(tmp_path, values).decide(facts(a="met"))
    with pytest.raises(hr.NotFoundError, match="stands on each of `criteria`"):
        decision.unmet("sound")


def test_the_quick_answer_agrees_with_the_trace_on_a_shipped_rule_set():
    ruleset = hr.load("hmic-2007")
    decision = ruleset.decide({"full_compliance": False}, framework="child-abuse")
    unmet = decision.unmet("grade")
    for rule in ruleset.values["grade"].body.rules:
        in_the_way = obstacles(decision, "grade", rule.id)
        assert (rule.id in unmet) is bool(in_the_way)
        assert set(unmet.get(rule.id, ())) >= {key for found in in_the_way for key in found.items}
