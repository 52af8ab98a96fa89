"""The three frameworks of the worked guide: they load, pass, prove as the guide says, and the code knows none of their words."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.testing import check_ruleset

ROOT = Path(__file__).parents[1]
FRAMEWORKS = ROOT / "examples" / "frameworks"
GUIDE = ROOT / "docs" / "worked" / "three-frameworks.md"
NAMES = ("library-service", "lodging-fire", "reservoir-review")
COUNTED = re.compile(r"^([a-z-]+), edition 1: (.+)$", re.MULTILINE)
OWN = {"reservoir", "spillway", "lodging", "storeys", "escape_routes", "branch_rating", "branches", "reinspect_in", "highest_view"}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_worked_framework_passes_and_has_nothing_odd(name: str) -> None:
    report = check(FRAMEWORKS / name)
    assert report.passed
    assert "0 lints" in str(report)


@pytest.mark.parametrize("name", NAMES)
def test_a_worked_framework_proves_as_the_guide_says(name: str) -> None:
    proof = hr.load(FRAMEWORKS / name).prove()
    told = {found[1]: found[2] for found in COUNTED.finditer(GUIDE.read_text(encoding="utf-8"))}
    counted = Counter(one.verdict for one in proof.obligations)
    assert {verdict: int(number) for number, verdict in re.findall(r"(\d+) (\w+)", told[name])} == counted
    assert counted["refuted"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_property_of_a_rule_set_holds_of_a_worked_framework(name: str) -> None:
    assert len(check_ruleset(hr.load(FRAMEWORKS / name), max_examples=20)) >= 4


def test_no_code_knows_a_word_of_them() -> None:
    known: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                known |= {f"{path.name}: {word}" for word in OWN & set(re.findall(r"\w+", node.value.lower()))}
            elif isinstance(node, ast.Name) and node.id.lower() in OWN:
                known.add(f"{path.name}: {node.id}")
    assert known == set()


ASKED = """
ruleset: invented
edition: "1"
title: an invented rule set
scales: {grade: [weak, sound]}
inputs:
  areas:
    key: id
    collection: {id: {type: text}, grade: {scale: grade, may_be: not applicable}}
  size: {type: integer}
  flag: {type: boolean}
values:
  lowest: {scale: grade, choose: lowest, rules: [{id: weak, then: weak, when: {some: {of: areas, where: {grade: weak}}}, basis: assumed}], otherwise: sound}
  view:
    scale: grade
    outcome: true
    judged: true
    limits: [{id: cap, at_most: BOUND, basis: assumed}]
  asked: {outcome: true, is: {some: {of: areas, where: {grade: GRADE}}}}
  sized: {outcome: true, is: {size: SIZE}}
"""
RIGHT = {"BOUND": "{value: lowest}", "GRADE": "applicable", "SIZE": "{at_least: 3, at_most: 4}"}


@pytest.mark.parametrize(
    ("slot", "typed", "told"),
    [
        ("BOUND", "lowest", "{value: lowest}"),
        ("GRADE", "{not: not applicable}", "applicable"),
        ("GRADE", "{not: applicable}", "not applicable"),
        ("GRADE", "{is: not applicable}", "not applicable"),
        ("SIZE", "between 3 and 4", "{at_least: 3, at_most: 4}"),
    ],
)
def test_what_a_message_tells_to_write_is_taken(slot: str, typed: str, told: str, ruleset_from) -> None:
    with pytest.raises(hr.InputError) as caught:
        ruleset_from(_filled({**RIGHT, slot: typed}))
    (problem,) = caught.value.diagnostics
    assert told in (problem.help or "")
    assert ruleset_from(_filled({**RIGHT, slot: told})).outcomes


def _filled(texts: dict[str, str]) -> str:
    text = ASKED
    for slot, written in texts.items():
        text = text.replace(slot, written)
    return text


def test_facts_that_only_limit_a_judgement_are_open_and_not_refuted(ruleset_from) -> None:
    proof = ruleset_from(_filled(RIGHT)).prove()
    found = {one.about: one for one in proof.obligations if one.kind == "input matters"}
    assert found["size"].verdict == "proven"
    assert not [one for one in proof.obligations if one.verdict == "refuted"]
    only = ruleset_from(_filled(RIGHT).replace("  asked:", "  # asked:"))
    (grade,) = (one for one in only.prove().obligations if one.about == "grade of areas")
    assert (grade.verdict, grade.says) == (
        "open",
        "it limits a judgement, which stands as it was given, within the limits or not",
    )


IDLE = """
ruleset: invented
edition: "1"
title: an invented rule set
scales: {grade: [weak, sound]}
inputs: {noticed: {type: boolean}, flag: {type: boolean}}
values:
  view: {scale: grade, outcome: true, judged: true, limits: [{id: cap, at_most: weak, when: {noticed: true}, basis: assumed}]}
  said: {outcome: true, is: {any: [{flag: true}, {flag: false}]}}
"""


def test_a_fact_that_limits_nothing_and_moves_nothing_is_still_refuted(ruleset_from) -> None:
    found = {one.about: one.verdict for one in ruleset_from(IDLE).prove().obligations if one.kind == "input matters"}
    assert found == {"noticed": "open", "flag": "refuted"}
