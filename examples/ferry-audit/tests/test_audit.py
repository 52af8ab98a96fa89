"""The folder of records is the same each time, and the notebook finds what was done to it."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import hmic_rules as hr

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "audit.ipynb"
sys.path.insert(0, str(ROOT))

from make_records import ALTERED, INSPECTIONS, OUTDATED, REPLACED, inspections, make  # noqa: E402 - it stands beside the notebook

CALLED = {number: called for number, (called, _, _) in enumerate(inspections(), 1)}


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """What each cell of the notebook shows, by the cell's id."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    found = {}
    for cell in client.execute().cells:
        texts = [output.get("data", {"text/plain": output.get("text", "")}) for output in cell.get("outputs", ())]
        found[cell.id] = "\n".join(one.get("text/markdown") or one["text/plain"] for one in texts)
    return found


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []


def test_the_same_folder_is_made_each_time(tmp_path: Path) -> None:
    make(tmp_path / "one")
    make(tmp_path / "two")
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert len([name for name in one if name.endswith(".json")]) == INSPECTIONS
    assert hr.Journal(tmp_path / "one" / "journal.jsonl").check().faults == ()


def test_the_notebook_tells_in_words_what_was_done_to_the_folder(shown: dict[str, str]) -> None:
    lines = shown["words"].splitlines()
    assert lines[:4] == [
        f"- {INSPECTIONS} records were replayed; {INSPECTIONS - 1} come out again to the byte.",
        f'- **{CALLED[ALTERED]} was altered**: it says "passed", and its own facts give "laid up".',
        f"- **{CALLED[REPLACED]} is not the record that was made**: it replays, and entry {REPLACED} of the journal has other facts. By those the grade is laid up, and not commended.",
        f"- **{CALLED[OUTDATED]} was decided by an edition that was no longer in force**: it says fair weather only; by the edition of its day it is laid up.",
    ]
    assert len(lines) == 7


def test_nothing_else_in_the_folder_is_found_to_be_wrong(shown: dict[str, str]) -> None:
    named = {
        cell: {name for name in CALLED.values() if name in shown[cell]} for cell in ("altered", "journal", "edition")
    }
    assert named == {"altered": {CALLED[ALTERED]}, "journal": {CALLED[REPLACED]}, "edition": {CALLED[OUTDATED]}}


def test_every_month_and_every_grade_stands_in_the_table(shown: dict[str, str]) -> None:
    for month in range(1, 9):
        assert f"2025-{month:02}" in shown["months"]
    for grade in ("commended", "passed", "fair weather only", "laid up", "undetermined"):
        assert grade in shown["months"]
    assert "hands_short" in shown["missing"]
    assert "in-order" in shown["rules"]
    assert "limit dangerous-defect" in shown["obstacles"]
