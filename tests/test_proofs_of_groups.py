"""Proofs and differences where outcomes rest on what groups of rows come to."""

from __future__ import annotations

import hmic_rules as hr

BASE = """
ruleset: groups
edition: "1"
title: findings by criterion
inputs:
  criteria: {key: id, size: {at_least: 1}, collection: {id: {type: text}}}
  findings: {key: id, collection: {id: {type: text}, criterion: {type: text}, shown: {type: boolean}}}
values:
  evidence: {group: findings, by: [criterion]EXPECTED}
"""
SUPPORTED = """
  supported: {each: evidence, is: {QUANTIFIER: {of: findings, where: {shown: true}}}, basis: assumed}
  all_supported: {outcome: true, is: {every: {of: evidence, where: {supported: true}}}, basis: assumed}
"""
GAPS = """
  state:
    each: evidence
    choice: [a, b]
    choose: first
    rules:
      - {id: a, then: a, when: {every: {of: findings, where: {shown: true}}}, basis: assumed}
      - {id: b, then: b, when: {none: {of: findings, where: {shown: true}}}, basis: assumed}
  fine: {outcome: true, is: {every: {of: evidence, where: {state: a}}}, basis: assumed}
"""
EXPECTED = ", expected: {criterion: criteria}, missing: empty"


def verdicts(proof: hr.Proof) -> dict[tuple[str, str], str]:
    return {(one.kind, one.about): one.verdict for one in proof.obligations}


def test_groups_that_nobody_expects_are_looked_at_by_their_rows(ruleset_from) -> None:
    ruleset = ruleset_from((BASE + SUPPORTED).replace("EXPECTED", "").replace("QUANTIFIER", "some"))
    found = verdicts(ruleset.prove())
    assert found["reachable", "all_supported: false"] == "proven"
    assert found["reachable", "all_supported: true"] == "proven"


def test_a_change_below_what_groups_come_to_is_a_difference(ruleset_from) -> None:
    for expected in ("", EXPECTED):
        some, every = (
            ruleset_from((BASE + SUPPORTED).replace("EXPECTED", expected).replace("QUANTIFIER", quantifier))
            for quantifier in ("some", "every")
        )
        difference = hr.diff(some, every)
        assert not difference.equivalent
        assert ("true", "false") in [(one.before, one.after) for one in difference.changed]
        assert hr.diff(some, some).changed == ()


def test_a_gap_in_what_a_group_comes_to_is_not_left_out(ruleset_from) -> None:
    for expected in ("", EXPECTED):
        ruleset = ruleset_from((BASE + GAPS).replace("EXPECTED", expected))
        proof = ruleset.prove()
        assert verdicts(proof)["determined", "fine"] == "gap"
        [gap] = [one for one in proof.obligations if (one.kind, one.about) == ("determined", "fine")]
        assert ruleset.decide(gap.witness.facts)["fine"].status == "undetermined"


def test_what_few_rows_reach_in_full_is_proven_of_any_number_of_rows(ruleset_from) -> None:
    ruleset = ruleset_from((BASE + SUPPORTED).replace("EXPECTED", EXPECTED).replace("QUANTIFIER", "some"))
    [total] = [one for one in ruleset.prove().obligations if one.kind == "total"]
    assert (total.verdict, total.within) == ("bounded", ("up to 2 of `criteria`",))
