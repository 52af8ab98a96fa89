"""An edition that has decided is not changed any more: the next one says what is otherwise. These records hold it to that."""

from __future__ import annotations

from pathlib import Path

import pytest

import hmic_rules as hr
from conftest import ROOT, RULESETS

RECORDS = sorted((ROOT / "records").glob("*.json"))


def test_there_are_records_of_every_edition() -> None:
    assert {file.name.partition(".")[0] for file in RECORDS} == {folder.name for folder in RULESETS.iterdir()}


@pytest.mark.parametrize("file", RECORDS, ids=lambda file: file.stem)
def test_what_an_edition_decided_it_decides_again_to_the_byte(file: Path) -> None:
    record = hr.read_record(file.read_bytes(), file.name)
    found = hr.replay(record, ruleset=RULESETS / record.data["ruleset"]["name"])
    assert (found.verdict, found.differences) == ("identical", ())


def test_another_edition_is_told_from_the_one_that_decided(new: hr.Ruleset) -> None:
    file = ROOT / "records" / "ferry-grades-2023.in-order.json"
    found = hr.replay(file.read_bytes(), ruleset=new)
    assert (found.verdict, found.same_result) == ("other rules", False)


def test_a_changed_record_is_told() -> None:
    text = (ROOT / "records" / "ferry-grades-2023.steering.json").read_bytes()
    changed = text.replace(b'"value":"laid up"', b'"value":"passed"', 1)
    assert changed != text
    assert hr.replay(changed, ruleset=RULESETS / "ferry-grades-2023").verdict == "altered"
