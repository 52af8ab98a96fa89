"""The workload of the proofs: a grading scheme in its three editions, over as many criteria as are asked for, and one assessment. All invented.

The scheme has what the shipped ones have: four grades by the highest rule that holds, shares, and a cap where a critical criterion is not met.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import frozen

import hmic_rules as hr
from hmic_rules.decisions import Decision

SEED = 20071015
SIZES = (20, 60, 120)
GRADES = ("poor", "fair", "good", "excellent")
STATUSES = ("not met", "in part", "met")
EDITIONS = ("first", "laxer", "rewritten")
COMMON = """\
ruleset: {name}
edition: "{name}"
title: An invented grading scheme
scales: {{grade: [poor, fair, good, excellent], shown: [not met, in part, met]}}
terms:
  most: {{above: 1/2, range: [1/2, 7/10], basis: assumed}}
  the vast majority: {{at_least: {vast}, range: [3/4, 1], basis: assumed}}
  a significant number: {{at_least: 1/4, range: [1/10, 1/2], basis: assumed}}
inputs:
  full_compliance: {{type: boolean, better: upward}}
  criteria:
    key: id
    collection:
      id: {{type: text}}
      standard: {{choice: [fair, good]}}
      significant: {{type: boolean}}
      critical: {{type: boolean}}
      status: {{scale: shown, better: upward}}
frameworks: {{fill: criteria, files: [invented]}}
values:
"""
FIRST = """\
  well_short:
    is: {share: {of: criteria, among: {standard: fair}, where: {status: not met}, is: a significant number}}
  fair_in_full:
    is: {every: {of: criteria, among: {standard: fair}, where: {status: met}}}
  grade:
    scale: grade
    outcome: true
    safe_side: lowest
    choose: highest
    rules:
      - id: fair
        then: fair
        when: {well_short: false, every: {of: criteria, among: {standard: fair, significant: true}, where: {status: met}}}
        basis: assumed
      - id: good
        then: good
        when: {fair_in_full: true, share: {of: criteria, among: {standard: good}, where: {status: met}, is: most}}
        basis: assumed
      - id: excellent
        then: excellent
        when:
          fair_in_full: true
          full_compliance: true
          share: {of: criteria, among: {standard: good}, where: {status: met}, is: the vast majority}
        basis: assumed
    otherwise: {then: poor, basis: assumed}
    limits:
      - {id: critical, at_most: fair, when: {some: {of: criteria, among: {critical: true}, where: {status: not met}}}, basis: assumed}
"""
REWRITTEN = """\
  fell_short:
    is: {some: {of: criteria, among: {standard: fair}, where: {status: [not met, in part]}}}
  halted:
    is: {count: {of: criteria, among: {critical: true}, where: {status: not met}, is: {at_least: 1}}}
  grade:
    scale: grade
    outcome: true
    safe_side: lowest
    choose: first
    rules:
      - id: significant
        then: poor
        when: {share: {of: criteria, among: {standard: fair, significant: true}, where: {status: [not met, in part]}, is: {above: 0}}}
        basis: assumed
      - id: well-short
        then: poor
        when: {share: {of: criteria, among: {standard: fair}, where: {status: [in part, met]}, is: {at_most: 3/4}}}
        basis: assumed
      - {id: fell-short, then: fair, when: {any: [{fell_short: true}, {halted: true}]}, basis: assumed}
      - id: excellent
        then: excellent
        when:
          full_compliance: true
          share: {of: criteria, among: {standard: good}, where: {status: [not met, in part]}, is: {at_most: 1/10}}
        basis: assumed
      - id: good
        then: good
        when: {share: {of: criteria, among: {standard: good}, where: {status: [not met, in part]}, is: {below: 1/2}}}
        basis: assumed
    otherwise: {then: fair, basis: assumed}
"""


@frozen
class Criterion:
    """One criterion of the framework, how it was assessed, what it costs to change that, and whether it is known in the last questions."""

    id: str
    good: bool
    significant: bool
    critical: bool
    status: str
    cost: int
    known: bool


@frozen
class Scheme:
    """The scheme over one framework: for its peers the criteria, for the library each edition's decision of the assessment.

    Attributes:
        criteria: in the framework's order; an assessment with a few lapses, of which some are not known in the last question.
        decisions: for each edition, the assessment decided.

    """

    criteria: tuple[Criterion, ...]
    decisions: dict[str, Decision]

    def decided(self, edition: str, case: dict[str, Any]) -> Decision:
        """Another case, by an edition."""
        return self.decisions[edition].ruleset.decide(case, framework="invented", engine="reference")


def criteria_of(number: int) -> tuple[Criterion, ...]:
    """Fair and good ones in turn. A quarter is significant, four are critical. The assessment from a fixed seed."""
    chance = random.Random(SEED)  # noqa: S311 - for measuring, not for secrets
    found = []
    for place in range(number):
        good, rank = place % 2 == 1, place // 2
        lapse = chance.random() < (0.55 if good else 0.15)
        status = STATUSES[chance.randint(0, 1)] if lapse else "met"
        significant = not good and rank < number // 4
        if significant or (rank < 2 and status == "not met"):
            status = "met"
        found.append(
            Criterion(
                f"c{place + 1:03}", good, significant, rank < 2, status, chance.randint(1, 3), chance.random() < 0.75
            )
        )
    return tuple(found)


def cases_of(criteria: tuple[Criterion, ...], number: int = 60) -> list[dict[str, Any]]:
    """Cases with many lapses and with few, those of good ones the more, in which every grade is common."""
    chance = random.Random(SEED)  # noqa: S311 - for measuring, not for secrets
    found = []
    for _ in range(number):
        lapses = {
            False: chance.choice((0.0, 0.0, 1.0, 10.0)) / len(criteria),
            True: chance.choice((0.0, 0.15, 0.4, 0.7)),
        }
        statuses = {
            one.id: chance.choice(STATUSES[:2]) if chance.random() < lapses[one.good] else "met" for one in criteria
        }
        found.append(
            {
                "full_compliance": chance.random() < 0.8,
                "criteria": {name: {"status": status} for name, status in statuses.items()},
            }
        )
    return found


@contextmanager
def scheme(number: int) -> Iterator[Scheme]:
    """The scheme over this many criteria, its files written where they last as long as they are used."""
    criteria = criteria_of(number)
    with TemporaryDirectory() as folder:
        yield Scheme(criteria, {name: _decided(Path(folder), name, criteria) for name in EDITIONS})


def _decided(folder: Path, edition: str, criteria: tuple[Criterion, ...]) -> Decision:
    home = folder / edition
    (home / "frameworks").mkdir(parents=True)
    body = REWRITTEN if edition == "rewritten" else FIRST
    rules = COMMON.format(name=edition, vast="4/5" if edition == "laxer" else "9/10") + body
    (home / "ruleset.yaml").write_text(rules, encoding="utf-8")
    listed = [f"  - {{{_written(one)}, says: invented, basis: assumed}}\n" for one in criteria]
    text = "framework: invented\ntitle: Invented criteria\ncriteria:\n" + "".join(listed)
    (home / "frameworks" / "invented.yaml").write_text(text, encoding="utf-8")
    case: dict[str, Any] = {
        "full_compliance": True,
        "criteria": {one.id: {"status": one.status} for one in criteria},
    }
    return hr.load(home).decide(case, framework="invented", engine="reference")


def _written(one: Criterion) -> str:
    standard = "good" if one.good else "fair"
    return f"id: {one.id}, standard: {standard}, significant: {one.significant}, critical: {one.critical}".lower()
