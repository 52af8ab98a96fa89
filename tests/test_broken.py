"""Ten rule sets as people write them wrong: at the first run, `check` tells every mistake, where it stands and what to do, and nothing else."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules

BROKEN = Path(__file__).parent / "broken"
NAMES = sorted(path.stem for path in BROKEN.glob("*.yaml"))
BAD = Path(__file__).parent / "diagnostics" / "bad"
PLACED = re.compile(r"^[\w.-]+\.yaml:(\d+):(\d+): (.*)$", re.MULTILINE)


def check(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", "check", f"{name}.yaml"],
        capture_output=True,
        text=True,
        check=False,
        cwd=BROKEN,
    )
    assert (done.returncode, done.stderr) == (2, "")
    return done.stdout


def planted(name: str) -> list[tuple[int, str]]:
    """The mistakes that were put into a file: the line of each, and words by which it must be told."""
    lines = (BROKEN / f"{name}.planted.txt").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"(\d+) [^:]+: (.*)", line) for line in lines]
    return [(int(one[1]), one[2]) for one in found if one is not None]


def test_there_are_ten_and_each_has_a_list_of_its_mistakes_and_its_screen() -> None:
    assert len(NAMES) == 10
    for name in NAMES:
        lines = (BROKEN / f"{name}.planted.txt").read_text(encoding="utf-8").splitlines()
        assert len(planted(name)) == len(lines) >= 8
        assert (BROKEN / f"{name}.screen.txt").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_the_first_run_tells_every_mistake_in_its_line_and_no_other(name: str) -> None:
    told = [(int(line), problem) for line, _, problem in PLACED.findall(check(name))]
    left = list(told)
    for line, words in planted(name):
        found = next((one for one in left if one[0] == line and words in one[1]), None)
        assert found is not None, f"line {line}: {words}"
        left.remove(found)
    assert left == []


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_is_exactly_this_one(name: str) -> None:
    assert check(name) == (BROKEN / f"{name}.screen.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_has_a_remedy(name: str) -> None:
    lines = check(name).splitlines()[1:]
    without = [
        one for one, after in itertools.pairwise([*lines, ""]) if PLACED.match(one) and not after.startswith("    ")
    ]
    assert without == []


# --- two mistakes in one file -----------------------------------------------------------------------------------------

BASE = (BAD / "basis-misspelt.yaml").read_text(encoding="utf-8").splitlines()[:30]


ABOUT_NAMES_THAT_OTHERS_USE = {
    "field-hides-a-value",
    "field-hides-an-input",
    "first-key-one-space-too-far-right",
    "input-called-count",
    "input-twice",
    "key-without-a-name",
    "quote-not-closed",  # its message names another line
    "key-one-space-too-far-right",
    "merge-key-with-an-alias",
    "value-named-as-a-field",
    "value-named-as-an-input",
}


def one_line_mistakes() -> dict[str, tuple[int, str]]:
    """The bad files that differ from the common one in a single line: its number, and what stands there."""
    found: dict[str, tuple[int, str]] = {}
    for path in sorted(BAD.glob("*.yaml")):
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
        differing = [number for number, (one, other) in enumerate(zip(lines, BASE, strict=False)) if one != other]
        if len(lines) == len(BASE) and len(differing) == 1 and path.stem not in ABOUT_NAMES_THAT_OTHERS_USE:
            found[path.stem] = differing[0], lines[differing[0]]
    return found


def told_of(lines: list[str], folder: Path) -> set[str]:
    path = folder / "ruleset.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        hmic_rules.load(path)
    except hmic_rules.InputError as error:
        return {f"{found.place.line}: {found.problem}" for found in error.diagnostics}  # type: ignore[union-attr]
    return set()


def test_of_two_mistakes_in_different_lines_both_are_told_as_each_is_alone(tmp_path: Path) -> None:
    mistakes = one_line_mistakes()
    alone = {}
    for name, (number, line) in mistakes.items():
        alone[name] = told_of([*BASE[:number], line, *BASE[number + 1 :]], tmp_path)
    pairs = [
        (one, other)
        for one, other in itertools.combinations(mistakes, 2)
        if mistakes[one][0] != mistakes[other][0] and alone[one] and alone[other]
    ]
    lost: list[str] = []
    for one, other in pairs[:: max(1, len(pairs) // 400)]:
        lines = list(BASE)
        for name in (one, other):
            lines[mistakes[name][0]] = mistakes[name][1]
        missing = (alone[one] | alone[other]) - told_of(lines, tmp_path)
        if missing:
            lost.append(f"{one} and {other}: {sorted(missing)}")
    assert len(mistakes) > 60
    assert lost == []
