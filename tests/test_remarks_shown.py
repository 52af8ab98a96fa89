"""What a rule set says beside its rules, and the passages that it cites: each stands on its page, wherever the language takes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.documentation.making import page_about
from hmic_rules.documentation.markdown import to_markdown
from hmic_rules.explanations import explain_decision

RULESET = """
ruleset: remarks
edition: "1"
title: an invented rule set
says: remark-0
documents: {report: {title: an invented report, says: remark-1}}
scales: {grade: [poor, fair, good]}
terms: {most: {above: 1/2, basis: stated, cite: cited/here/2, says: remark-2}}
parameters: {strict: {type: boolean, default: false, basis: stated, cite: cited/here/3, says: remark-3}}
profiles: {plain: {says: remark-4, basis: stated, cite: cited/here/4, default: true, parameters: {strict: true}}}
inputs:
  kept: {type: boolean, says: remark-5, cite: cited/here/5, absent: {means: false, basis: stated, cite: cited/here/6}}
  areas:
    says: remark-7
    cite: cited/here/7
    key: name_of
    collection:
      name_of: {type: text}
      clean: {type: boolean, says: remark-8, cite: cited/here/8}
  returns:
    items: [spring, autumn]
    says: remark-9
    cite: cited/here/9
    fields: {late: {type: boolean}}
values:
  by_state: {group: areas, by: [clean], says: remark-10, basis: stated, cite: cited/here/10}
  grade:
    scale: grade
    outcome: true
    says: remark-11
    choose: first
    rules:
      - {id: good, then: good, when: {kept: true, strict: true}, basis: stated, cite: cited/here/12, says: remark-12}
      - {id: fair, then: fair, when: {share: {of: areas, where: {clean: true}, is: most}}, basis: assumed}
    otherwise: {then: poor, basis: stated, cite: cited/here/13, says: remark-13}
    limits:
      - {id: cap, at_most: fair, when: {some: {of: returns, where: {late: true}}}, basis: stated, cite: cited/here/14, says: remark-14}
    may_depart: {by: [inspector], basis: stated, cite: cited/here/15, says: remark-15}
  sound: {is: {kept: true}, basis: stated, cite: cited/here/16, says: remark-16}
claims:
  - {id: never-both, never: {kept: false, grade: good}, cite: cited/here/17, says: remark-17}
frameworks: {fill: areas, files: [yards]}
cases:
  - {case: an invented yard, framework: yards, facts: {kept: false}, says: remark-18, expect: {sound: false}}
"""
FRAMEWORK = """
framework: yards
title: Yards
cite: cited/here/19
says: remark-19
areas:
  - {name_of: front, says: remark-20, basis: stated, cite: cited/here/20}
"""
WRITTEN = sorted(set(re.findall(r"remark-\d+|cited/here/\d+", RULESET + FRAMEWORK)))


def written(folder: Path, ruleset: str = RULESET, framework: str = FRAMEWORK) -> Path:
    (folder / "frameworks").mkdir()
    (folder / "ruleset.yaml").write_text(ruleset, encoding="utf-8")
    (folder / "frameworks" / "yards.yaml").write_text(framework, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return to_markdown(page_about(written(tmp_path_factory.mktemp("remarks"))), pictures=False)


@pytest.mark.parametrize("one", WRITTEN)
def test_each_remark_and_each_address_stands_on_the_page(one: str, page: str) -> None:
    assert re.search(rf"{one}\b", page, re.IGNORECASE) is not None


def test_a_reason_gives_what_is_said_of_what_follows_where_no_rule_holds(tmp_path: Path) -> None:
    ruleset = hr.load(written(tmp_path))
    facts = {"kept": False, "areas": {"front": {"clean": False}}}
    decision = hr.decide(ruleset, facts, framework="yards")
    assert "the rule set says what follows then: remark-13" in str(explain_decision(decision, "grade"))


def test_what_is_said_of_a_case_a_document_or_a_framework_is_a_text(tmp_path: Path) -> None:
    ruleset = RULESET.replace("says: remark-18", "says: [remark-18]").replace("says: remark-1}", "says: [remark-1]}")
    ruleset = ruleset.replace("says: remark-13", "says: [remark-13]")
    framework = FRAMEWORK.replace("says: remark-19", "says: [remark-19]")
    with pytest.raises(hr.InputError) as caught:
        hr.load(written(tmp_path, ruleset, framework))
    assert [found.problem for found in caught.value.diagnostics] == ["`says` must be a text"] * 4


def test_the_address_of_a_collection_or_of_what_an_absent_input_means_is_held_to_its_form(tmp_path: Path) -> None:
    ruleset = RULESET.replace("cited/here/6", "p. 6").replace("cited/here/7", "p. 7").replace("cited/here/9", "p. 9")
    with pytest.raises(hr.InputError) as caught:
        hr.load(written(tmp_path, ruleset))
    assert [found.problem for found in caught.value.diagnostics] == [
        f"`p. {number}` is not the address of a passage" for number in (6, 7, 9)
    ]
