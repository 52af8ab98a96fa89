"""Whether the cases and promises would notice: each fault is a slip that somebody could make in the file, and each has to be caught."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import hmic_rules as hr
from conftest import EDITIONS, RULESETS
from hmic_rules.testing import BrokenPromise, check_ruleset

OLD, NEW = EDITIONS
FAULTS = [
    pytest.param(OLD, "default: 5,", "default: 6,", id="six missing lifejackets are borne with"),
    pytest.param(OLD, "{at_most: {value: jackets_borne}}", "{below: {value: jackets_borne}}", id="at most, or below"),
    pytest.param(
        OLD, "{drills: {at_least: monthly}, jackets", "{drills: weekly, jackets", id="passed by weekly drills"
    ),
    pytest.param(OLD, "jackets_missing: 0, log_complete: true}", "jackets_missing: 0}", id="passed without a log"),
    pytest.param(OLD, "          drills: weekly\n", "", id="commended without drills"),
    pytest.param(OLD, "          none: {of: defects, where", "          some: {of: defects, where", id="none, or some"),
    pytest.param(OLD, "at_most: laid up", "at_most: fair weather only", id="a dangerous defect sails"),
    pytest.param(
        OLD,
        "{severity: dangerous}, where: {put_right: false}}}\n        basis",
        "{severity: dangerous}, where: {put_right: true}}}\n        basis",
        id="a mended defect keeps in port",
    ),
    pytest.param(
        OLD, "among: {severity: major}", "among: {severity: minor}", id="a minor defect in place of a major one"
    ),
    pytest.param(OLD, "then: 1, when", "then: 2, when", id="seen within two months"),
    pytest.param(OLD, "otherwise: {then: laid up", "otherwise: {then: fair weather only", id="nothing known sails"),
    pytest.param(NEW, "{hands_short: {at_least: 1}}", "{hands_short: {at_least: 2}}", id="one hand short"),
    pytest.param(NEW, "default: 2,", "default: 5,", id="the lifejackets of the old edition"),
]


def caught_in(ruleset: hr.Ruleset) -> str | None:
    """What a case, a property or a proof says against the rules, if any does."""
    try:
        check_ruleset(ruleset, max_examples=20)
    except BrokenPromise as broken:
        return str(broken)
    refuted = ruleset.prove().by_verdict("refuted")
    return str(refuted[0]) if refuted else None


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULESETS, tmp_path / "rulesets"))


@pytest.mark.parametrize("name", EDITIONS)
def test_nothing_speaks_against_the_rules_as_they_are(copy: Path, name: str) -> None:
    assert caught_in(hr.load(copy / name)) is None


@pytest.mark.parametrize(("name", "was", "becomes"), FAULTS)
def test_a_fault_is_caught(copy: Path, name: str, was: str, becomes: str) -> None:
    file = copy / name / "ruleset.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(was) == 1
    file.write_text(text.replace(was, becomes), encoding="utf-8")
    assert caught_in(hr.load(copy / name)) is not None


def test_a_label_that_is_on_no_scale_is_named(copy: Path) -> None:
    file = copy / OLD / "cases.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("drills: rarely", "drills: seldom"), encoding="utf-8")
    with pytest.raises((hr.InputError, BrokenPromise), match="`seldom` is not a label of the scale `drill`"):
        check_ruleset(hr.load(copy / OLD), max_examples=1)
