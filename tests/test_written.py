"""What a command says about the files that it writes: one line on standard error, and standard output is as it would be without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HARBOUR = ROOT / "tests" / "documents" / "harbour"
SMALL = ROOT / "tests" / "inspections" / "small"
CASE = ROOT / "rulesets" / "mappa-2007" / "example" / "invented-person.yaml"


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments], capture_output=True, text=True, check=False, cwd=folder
    )


@pytest.mark.parametrize(
    ("command", "option"),
    [
        pytest.param(("decide", "mappa-2007", str(CASE)), "--record", id="decide"),
        pytest.param(("prove", "dash"), "--certificate", id="prove"),
    ],
)
def test_a_file_beside_the_answer_is_named_and_the_answer_stays_as_it_was(
    tmp_path: Path, command: tuple[str, ...], option: str
) -> None:
    without, done = run(*command, folder=tmp_path), run(*command, option, "beside.json", folder=tmp_path)
    assert (done.returncode, done.stdout) == (without.returncode, without.stdout)
    assert done.stderr == f"{without.stderr}wrote `beside.json`\n"
    assert (tmp_path / "beside.json").is_file()


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("schema", "ruleset"), id="schema"),
        pytest.param(("docs", "dash", "--format", "html"), id="docs"),
        pytest.param(("sql", "dash"), id="sql"),
        pytest.param(("graph", str(SMALL), "--format", "json"), id="graph"),
        pytest.param(("report", str(SMALL)), id="report"),
    ],
)
def test_a_file_in_place_of_standard_output_is_named_and_nothing_else_is_printed(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = run(*command, "-o", "a new file", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "wrote `a new file`\n")
    assert (tmp_path / "a new file").stat().st_size > 0


def test_a_judgement_a_record_of_a_journal_and_a_rule_set_to_start_from_are_named(tmp_path: Path) -> None:
    started = run("new", "street-faults", folder=tmp_path)
    assert (started.returncode, started.stderr) == (0, "wrote `street-faults`\n")
    assert started.stdout.startswith("open street-faults/ruleset.yaml and change what it says\n")
    run("decide", "mappa-2007", str(CASE), "--record", "record.json", folder=tmp_path)
    run("journal", "append", "journal.jsonl", "record.json", folder=tmp_path)
    taken = run("journal", "get", "journal.jsonl", "1", "-o", "again.json", folder=tmp_path)
    assert (taken.returncode, taken.stdout, taken.stderr) == (0, "", "wrote `again.json`\n")


def test_an_index_is_named_and_what_it_holds_is_counted(tmp_path: Path) -> None:
    done = run(
        *("sources", "index", str(HARBOUR / "report.txt"), "--layout", str(HARBOUR), "-o", "passages.json"),
        folder=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "wrote `passages.json`\n")
    assert done.stdout.endswith(" passages\n")


def test_several_files_are_counted_and_their_folder_or_the_page_among_them_is_named(tmp_path: Path) -> None:
    graded = run("grade", "mps-2007", "--record", "records", folder=tmp_path)
    assert graded.stderr == f"wrote {len(list((tmp_path / 'records').iterdir()))} files into `records`\n"
    page = run("docs", "dash", "-o", "dash.md", folder=tmp_path)
    assert page.stderr == f"wrote `dash.md` and {len(list(tmp_path.glob('*.svg')))} files beside it\n"


def test_what_was_written_before_a_file_that_cannot_be_is_named_too(tmp_path: Path) -> None:
    (tmp_path / "dash.md").mkdir()
    done = run("docs", "dash", "-o", "dash.md", folder=tmp_path)
    assert done.returncode == 2
    first, then, *_ = done.stderr.splitlines()
    assert first == "wrote `dash.conference.svg` and 1 file beside it"
    assert then.startswith("dash.md: cannot be written")


def test_nothing_is_said_of_a_file_that_could_not_be_written(tmp_path: Path) -> None:
    done = run("schema", "ruleset", "-o", "nowhere/schema.json", folder=tmp_path)
    assert done.returncode == 2
    assert "wrote" not in done.stderr
