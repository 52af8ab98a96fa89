"""Twelve rule sets as people write them wrong: at the first run, `check` tells every mistake, where it stands and what to do, and nothing else."""

from __future__ import annotations

import copy
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import hmic_rules
from hmic_rules.loading.rulesets import read_ruleset

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


def test_there_are_twelve_and_each_has_a_list_of_its_mistakes_and_its_screen() -> None:
    assert len(NAMES) == 12
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


# --- one mistake in what others read ----------------------------------------------------------------------------------

TESTS = Path(__file__).parent
WHOLE = [
    *(TESTS / "shapes" / f"{name}.yaml" for name in ("criteria", "groups", "judgement", "points", "record")),
    TESTS.parent / "rulesets" / "hmic-2007" / "ruleset.yaml",
]
OF_TYPES = ("type", "choice", "scale", "min", "max", "unit", "list_of")
Change = Callable[[dict[str, Any]], object]


def inputs_of(table: dict[str, Any], at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for name, one in table.items():
        yield (*at, name), one
        for key in {"collection", "fields"} & one.keys():
            yield from inputs_of(one[key], (*at, name, key))


def part(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path:
        data = data[key]
    return data


def of_no_type(path: tuple[str, ...]) -> Change:
    def change(data: dict[str, Any]) -> None:
        one = part(data, path)
        for key in OF_TYPES:
            one.pop(key, None)
        one["type"] = "x9"

    return change


def misnamed(path: tuple[str, ...]) -> Change:
    def change(data: dict[str, Any]) -> None:
        holder = part(data, path[:-1])
        items = [(key.capitalize() if key == path[-1] else key, child) for key, child in holder.items()]
        holder.clear()
        holder.update(items)

    return change


def with_key(path: tuple[str, ...], key: str, written: object) -> Change:
    return lambda data: part(data, path).update({key: written})


def changes(data: dict[str, Any]) -> Iterator[tuple[str, Change]]:
    yield "inputs as a list", with_key((), "inputs", ["a", "b"])
    for scale in data.get("scales", {}):
        yield f"the scale {scale} as a word", with_key(("scales",), scale, "x9")
    for path, one in inputs_of(data["inputs"], ("inputs",)):
        table = next((key for key in ("collection", "fields") if key in one), None)
        yield f"{path} misnamed", misnamed(path)
        yield f"{path} unread", of_no_type(path) if table is None else with_key(path, table, ["a", "b"])
    for section in ("parameters", "values"):
        for name, one in data.get(section, {}).items():
            yield f"{section} {name} misnamed", misnamed((section, name))
            if set(OF_TYPES) & one.keys():
                yield f"{section} {name} unread", of_no_type((section, name))
            if "each" in one:
                yield f"{section} {name} nowhere", with_key((section, name), "each", "x9")


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_reads_an_input_is_not_blamed_for_a_name_or_a_type_that_is_wrong(path: Path) -> None:
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    if "frameworks" in data:  # one stands for all
        data["frameworks"]["files"], data["cases"] = data["frameworks"]["files"][:1], []

    def told(changed: dict[str, Any]) -> list[str]:
        written = json.dumps(changed, default=str).encode()
        try:
            read_ruleset(
                lambda name: written if name == path.name else (path.parent / name).read_bytes(), path.name, str
            )
        except hmic_rules.InputError as error:
            return [found.problem for found in error.diagnostics]
        return []

    assert told(data) == []
    blamed = {}
    for what, change in changes(data):
        changed = copy.deepcopy(data)
        change(changed)
        problems = told(changed)
        if len(problems) != 1:
            blamed[what] = problems
    assert blamed == {}
