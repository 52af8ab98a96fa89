"""The command `leverage`: screens as people read them, exit codes, and no traceback ever."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", "leverage", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environment},
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--framework", "public-protection"),
        ("--recommendation", "recommendation-8", "--framework", "public-protection"),
        ("--recommendation", "recommendation-2"),
        ("--recommendation", "recommendation-1", "--framework", "child-abuse", "--reading", "strict"),
    ],
    ids=" ".join,
)
def test_the_screen(arguments, snapshot):
    done = run("mps-2007", *arguments)
    assert done.returncode == 0
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert done.stdout == snapshot


def test_the_overview_is_one_screen():
    done = run("mps-2007")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) <= 80
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert all(f"Recommendation {number}" in done.stdout for number in range(1, 17))


def test_a_narrow_terminal_is_respected():
    done = run("mps-2007", "--framework", "missing-persons", COLUMNS="60")
    assert max(map(len, done.stdout.splitlines())) <= 60


def test_json_is_one_document_of_what_was_asked():
    done = run(
        "mps-2007",
        "--framework",
        "missing-persons",
        "--reading",
        "plain",
        "--recommendation",
        "recommendation-16",
        "--json",
    )
    found = json.loads(done.stdout)
    assert (found["frameworks"], found["readings"]) == (["missing-persons"], ["plain"])
    [one] = found["recommendations"]
    assert one["findings"] == ["mp-improvement-3"]
    assert {effect["reading"] for effect in (*one["alone"], *found["together"])} == {"plain"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mps-2008"], "did you mean `mps-2007`?"),
        (["mps-2007", "--reading", "strct"], "there is no reading `strct`: did you mean `strict`?"),
        (["mps-2007", "--framework", "missing"], "there is no framework `missing`"),
        (["mps-2007", "--recommendation", "recommendation-17"], "there is no recommendation `recommendation-17`"),
        (["hmic-2007"], "`hmic-2007` is a rule set, and an inspection is wanted"),
    ],
)
def test_bad_input_gives_a_message_and_exit_code_2(arguments, said):
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
