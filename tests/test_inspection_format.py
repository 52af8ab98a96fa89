"""The documentation of the format of an inspection names every key that the loader takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.loading import inspections

TEXT = (Path(__file__).parents[1] / "docs" / "inspections.md").read_text(encoding="utf-8")
ROADS = Path(__file__).parent / "inspections" / "small"


def table(heading: str) -> set[str]:
    """The keys in the first column of the table whose head has this."""
    rows = re.search(rf"^\| {re.escape(heading)} \|.*\n\|---.*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert rows
    return {key for row in rows[1].splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])}


def after(heading: str) -> set[str]:
    """The keys of the first such table after this text."""
    rest = TEXT[TEXT.index(heading) :]
    rows = re.search(r"^\| key \|.*\n\|---.*\n((?:\|.*\n)+)", rest, re.MULTILINE)
    assert rows
    return {key for row in rows[1].splitlines() for key in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.parametrize(
    ("documented", "keys"),
    [
        (after("## The inspection"), inspections.KEYS),
        (after("Under a framework:"), inspections.FRAMEWORK_KEYS),
        (table("of a finding"), inspections.FINDING_KEYS),
        (table("of a recommendation"), inspections.RECOMMENDATION_KEYS),
        (table("of a practice"), inspections.PRACTICE_KEYS),
    ],
    ids=["inspection", "framework", "finding", "recommendation", "practice"],
)
def test_every_key_is_documented_and_no_other(documented: set[str], keys: tuple[str, ...]) -> None:
    assert documented == set(keys)


def test_every_key_of_a_file_is_named() -> None:
    sentence = next(line for line in TEXT.splitlines() if line.startswith("A file has a `section`"))
    assert set(re.findall(r"`(\w+)`", sentence)) == set(inspections.FILE_KEYS)


def test_the_example_loads(tmp_path: Path) -> None:
    own, files = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)[:2]
    (tmp_path / "brook").mkdir()
    (tmp_path / "brook" / "inspection.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "brook" / "roads.yaml").write_text(files, encoding="utf-8")
    (tmp_path / "brook-scheme" / "frameworks").mkdir(parents=True)
    for file in ("ruleset.yaml", "frameworks/roads.yaml", "frameworks/parks.yaml"):
        (tmp_path / "brook-scheme" / file).write_bytes((ROADS / file).read_bytes())
    inspection = hr.load_inspection(tmp_path / "brook")
    assert inspection.ruleset.file == str(tmp_path / "brook-scheme" / "ruleset.yaml")
    assert inspection.grade()["roads"].record.published == "middle"
    assert inspection.findings["roads-improvement-1"].bears[0].doubt is not None
