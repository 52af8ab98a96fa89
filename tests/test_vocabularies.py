"""What a rule set takes and gives is listed: every input, item, setting, reading, framework and outcome, with what may be written there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.vocabularies import vocabulary


@pytest.mark.parametrize("name", shipped("ruleset"))
def test_every_name_of_a_shipped_rule_set_is_listed(name: str) -> None:
    ruleset = hr.load(name)
    found = vocabulary(ruleset)
    names = {entry.name for part in found.parts for entry in part.entries} | {part.name for part in found.parts}
    assert names >= {*ruleset.inputs, *ruleset.collections, *ruleset.parameters, *ruleset.profiles}
    assert names >= {*ruleset.outcomes, *ruleset.frameworks}
    assert names >= {field for one in ruleset.collections.values() for field in one.fields}
    assert all(entry.takes for part in found.parts for entry in part.entries)


def test_labels_ranges_units_lists_and_defaults_are_said() -> None:
    takes = {
        entry.name: entry.takes
        for part in vocabulary(hr.load("safer-neighbourhoods-2007")).parts
        for entry in part.entries
    }
    assert takes["role"] == "sergeant | constable | pcso"
    assert takes["hours_on_duty"] == "a number of at least 0 (hours)"
    assert takes["permitted_reasons"] == "a list of: a text; not set"
    assert takes["mandatory_reasons"] == "a list of: a text; court, training unless it is set"
    assert takes["state"] == "within policy | breach | not returned, for each of team_month"


def test_the_command_line_lists_them_for_a_person_and_for_a_program() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hmic_rules", "list", "mappa-2007", *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    screen = run().stdout
    assert "convicted_or_cautioned: convicted | cautioned | neither" in screen
    assert "settings (--set NAME=VALUE" in screen
    data = json.loads(run("--json").stdout)
    lineage = {"fingerprint", "series", "effective", "extends", "changes", "origins"}
    assert set(data) == {"ruleset", "edition", "title", "parts"} | lineage
    assert {part["kind"] for part in data["parts"]} == {"facts", "collection", "settings", "readings", "outcomes"}


def test_who_may_depart_from_what_is_listed() -> None:
    parts = {part.kind: part for part in vocabulary(hr.load("hmic-2007")).parts}
    (status,) = parts["departures"].entries
    assert (status.name, status.takes) == ("status", "inspector | lead inspector")
    assert status.says is not None
    assert "departures" not in {part.kind for part in vocabulary(hr.load("mappa-2007")).parts}


def test_steps_and_a_condition_of_a_departure_are_said(tmp_path: Path) -> None:
    text = """
ruleset: panels
edition: "1"
title: Panels
inputs: {urgent: {type: boolean}}
values:
  level:
    choice: [a, b, c]
    better: [a, b, c]
    outcome: true
    choose: first
    rules: [{id: r, then: a, when: {urgent: true}, basis: assumed}]
    otherwise: {then: c, basis: assumed}
    may_depart: {by: [chair], steps: 1, when: {urgent: false}, basis: assumed}
"""
    (tmp_path / "ruleset.yaml").write_text(text, encoding="utf-8")
    (level,) = {part.kind: part for part in vocabulary(hr.load(tmp_path)).parts}["departures"].entries
    assert level.takes == "chair, by 1 step at most, and only where a condition holds"
