"""What the README and the guides print is what runs: each command, and the Python."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LINES = [line for kind, text in BLOCKS if kind == "sh" for line in text.replace("\\\n", " ").splitlines()]
COMMANDS = [line for line in LINES if line.startswith(".venv/bin/hmic-rules") and "path/to/" not in line]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_runs_as_it_is_printed(line: str, tmp_path: Path) -> None:
    arguments = shlex.split(line)[1:]
    written = tmp_path / arguments.pop() if arguments[-2] == "-o" else None
    if written is not None:
        arguments.append(str(written))
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    differs = arguments[0] == "diff"  # two editions that are not the same: the answer is no
    said = "" if written is None else f"wrote `{written}`\n"
    assert (done.returncode, done.stderr) == (int(differs), said)
    assert done.stdout if written is None else written.stat().st_size > 0


def test_the_first_screen_of_the_readme_has_the_commands_each_readers_way_in_and_what_it_is_not() -> None:
    first, _, _ = README.partition("## Ask it more")
    assert len(first.splitlines()) < 50
    assert len(re.findall(r"^python3 -m venv", first, re.MULTILINE)) == len(re.findall("python3 -m venv", README)) == 2
    for page in ("tutorial", "guide-auditor", "guide-inspector", "guide-engineer"):
        assert f"(docs/{page}.md)" in first
    assert "(#what-it-is-not)" in first
    assert "\n## What it is not\n" in README


def test_no_page_installs_from_an_index_that_does_not_have_the_package() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    assert len(pages) > 40
    wanted = re.compile(r"pip install [^`\n&]*hmic[-_]rules")
    assert [path.name for path in pages if wanted.search(path.read_text(encoding="utf-8"))] == []


def test_the_python_of_the_readme_runs_and_prints_what_its_comments_say() -> None:
    code = "".join(text for kind, text in BLOCKS if kind == "python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    printed = done.stdout.splitlines()
    promised = re.findall(r"print\(.*\) +# (fair|gap-closed)$", code, re.MULTILINE)
    assert printed[: len(promised)] == promised == ["fair", "gap-closed", "fair"]
    assert any(line.startswith("grade: undetermined: ") and "→ poor" in line for line in printed)


def test_the_readme_has_commands_to_try() -> None:
    assert len(COMMANDS) >= 3


def test_the_python_of_the_guide_to_sessions_runs_and_prints_what_its_comments_say() -> None:
    guide = (ROOT / "docs" / "sessions.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    printed = done.stdout.splitlines()
    assert [line.lstrip() for line in re.findall(r"# +(.*→.*)$", code, re.MULTILINE)] == [
        "state of heron / 2007-01: not returned → breach (rule too-much-taken)",
        "rule too-much-taken: no → yes",
    ]
    assert "state of heron / 2007-01: not returned → breach (rule too-much-taken)" in printed
    assert "   rule too-much-taken: no → yes" in printed


def test_the_python_of_the_guide_to_proofs_runs_and_prints_what_its_comments_say() -> None:
    guide = (ROOT / "docs" / "proofs.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr == ""
    gap, undetermined, difference = done.stdout.splitlines()
    assert gap.startswith("grade some complete cases are covered by no rule")
    assert gap.endswith("national_thresholds_met: false")
    assert undetermined.endswith(": not assessed")
    assert re.fullmatch(r"False \d+", difference)
