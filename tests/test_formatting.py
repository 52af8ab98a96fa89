"""Files laid out alike: comments stay, what a file says stays, and twice is once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.formatting import files
from hmic_rules.formatting.files import formatted
from hmic_rules.formatting.nodes import comments_of
from instances import instance

ROOT = Path(__file__).parents[1]
BEFORE = """\
title:   'What is "meant"'
ruleset:    visits   # the name
edition: '2024'


# the grades,
# lowest first
scales: {grade: [ poor,fair ,good]}
inputs:
    staff: {type: integer, min: 0}    # counted
    notes:
      # before the type
      type: text
values:
  grade:
        rules:   # in no order
        - {when: {staff: {at_least: 2}}, id: fair, then: fair, basis: assumed}   # enough
        # before a rule
        -   basis: assumed
            id: good
            when: {staff: {at_least: 4}, every: {where: {ok: true}, of: things}, count: {of: some_things_with_a_long_name, at_least: 1}}
            then: good
            says: >-
                 a text
                 of two lines
        # before how one is chosen
        choose: highest
        scale: grade
        outcome: true
  # at the end of the values
cases:
- {facts: {staff: 2, b: 1, a: 2}, case: one, expect: {grade: fair}}
# the end
"""
AFTER = """\
ruleset: visits  # the name
edition: "2024"
title: 'What is "meant"'

# the grades,
# lowest first
scales: {grade: [poor, fair, good]}
inputs:
  staff: {type: integer, min: 0}  # counted
  notes:
    # before the type
    type: text
values:
  grade:
    scale: grade
    outcome: true
    # before how one is chosen
    choose: highest
    rules:  # in no order
      - {id: fair, then: fair, when: {staff: {at_least: 2}}, basis: assumed}  # enough
      # before a rule
      - id: good
        then: good
        when:
          staff: {at_least: 4}
          every: {of: things, where: {ok: true}}
          count: {of: some_things_with_a_long_name, at_least: 1}
        basis: assumed
        says: >-
          a text
          of two lines
  # at the end of the values
cases:
  - {case: one, facts: {staff: 2, b: 1, a: 2}, expect: {grade: fair}}
# the end
"""


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments], capture_output=True, text=True, check=False, cwd=folder
    )


def test_a_file_comes_out_in_one_layout_with_every_comment_where_it_belongs() -> None:
    assert formatted(BEFORE.encode(), "x").decode() == AFTER


def test_twice_is_once() -> None:
    assert formatted(AFTER.encode(), "x").decode() == AFTER


LAYOUTS = {
    "a comment behind each bracket of a list": (
        '{"a": [  # opened\n    1\n  ],  # closed\n  "b": [  # one\n  ],  # two\n  "c": 2}\n',
        '"a":  # opened\n  - 1\n  # closed\n# two\n"b": []  # one\n"c": 2\n',
    ),
    "a comment behind the brackets of the whole file": (
        '{  # first\n  "a": 1\n}  # last\n',
        '# first\n"a": 1\n# last\n',
    ),
    "a comment behind the only key of an entry of a list": (
        'a:\n  - "b":  # behind\n      - 1\n  - {c: 2}  # item\n',
        'a:\n  - "b":  # behind\n      - 1\n  - {c: 2}  # item\n',
    ),
    "a comment behind an entry whose brackets become lines": (
        "a:\n  - {b: [1,  # one\n    2], c: 3}  # item\n",
        "a:\n  # item\n  - b:\n      - 1  # one\n      - 2\n    c: 3\n",
    ),
    "a comment behind a dash": (
        "a:\n  # above\n  -  # dash\n    # own\n    b: 1\n  - 2\n",
        "a:\n  # above\n  # dash\n  # own\n  - b: 1\n  - 2\n",
    ),
    "a comment at the end of brackets": (
        "a: {b: 1,\n\n  # before\n  c: 2\n  # end\n  }\nd: 3\n",
        "a:\n  b: 1\n\n  # before\n  c: 2\n  # end\nd: 3\n",
    ),
    "comments at the ends of blocks": (
        "a:\n  - b: 1\n\n    # of the entry\n  # of the list\n# before\nc: 2\n",
        "a:\n  - b: 1\n\n    # of the entry\n  # of the list\n# before\nc: 2\n",
    ),
    "a comment in a list in a list": (
        "a: [[{  # one\n  b: 1,  # two\n  c: 2}], 2]\n",
        "a:\n  # one\n  - - b: 1  # two\n      c: 2\n  - 2\n",
    ),
    "a comment close behind a comma": ('{"a": 1,# one\n"b":# two\n2}\n', '"a": 1  # one\n"b": 2  # two\n'),
    "comments around texts of several lines": (
        'a: "one\n  two"  # behind\nb:  # above\n  >-\n  text # no comment\nc: "# no comment"\n',
        'a: "one\n  two"  # behind\n# above\nb: >-\n  text # no comment\nc: "# no comment"\n',
    ),
    "an empty list": ("[ ]\n", "[]\n"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_comments_keep_their_place_in_every_layout(name: str) -> None:
    before, after = LAYOUTS[name]
    assert formatted(before.encode(), "x").decode() == after
    assert formatted(after.encode(), "x").decode() == after


def test_a_text_that_keeps_its_last_blank_lines_is_refused_and_not_shortened() -> None:
    with pytest.raises(hr.InputError, match="cannot be formatted without a change"):
        formatted(b"a: |+\n  text\n\n\nb: 1\n", "x")


EVERY = sorted(
    path
    for folder in (
        "rulesets",
        "tests/shapes",
        "tests/conformance",
        "tests/inspections",
        "tests/diagnostics",
        "tests/documents",
        "src",
    )
    for path in (ROOT / folder).rglob("*.yaml")
    if "bad" not in path.parts
)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_project_can_be_formatted_and_keeps_its_comments(path: Path) -> None:
    data = path.read_bytes()
    found = formatted(data, path.name)
    assert formatted(found, path.name) == found
    assert Counter(comments_of(found.decode())) == Counter(comments_of(data.decode()))


@pytest.mark.parametrize("name", ["hmic-2007", "mappa-2007", "safer-neighbourhoods-2007"])
def test_a_formatted_rule_set_decides_its_cases_as_before(name: str, tmp_path: Path) -> None:
    source = ROOT / "rulesets" / name
    for path in source.rglob("*.yaml"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(formatted(path.read_bytes(), path.name))
    report, before = check(tmp_path), check(source)
    assert (report.errors, report.failed, len(report.cases)) == ((), (), len(before.cases))
    assert [one.problem for one in report.lints] == [one.problem for one in before.lints if one.code != "stale"]


def test_a_file_that_cannot_be_read_is_refused_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("ruleset: x\ntitle: a: b\nedition:1\n", encoding="utf-8")
    done = run("fmt", "x.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "a second `: `" in done.stderr
    assert "a space is missing" in done.stderr
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8").endswith("edition:1\n")


def test_a_layout_that_would_change_what_a_file_says_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for broken in (lambda *_: "ruleset: other\n", lambda *_: AFTER.replace("# the end\n", ""), lambda *_: "a: [\n"):
        monkeypatch.setattr(files, "printed", broken)
        with pytest.raises(hr.InputError, match="cannot be formatted without a change"):
            formatted(AFTER.encode(), "x")


def test_a_layout_that_does_not_settle_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter([AFTER + "\n", AFTER])
    monkeypatch.setattr(files, "printed", lambda *_: next(turns))
    with pytest.raises(hr.InputError, match="formatted twice"):
        formatted(AFTER.encode(), "x")


def test_line_breaks_of_windows_and_a_mark_of_byte_order_are_taken_away() -> None:
    data = b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode()
    assert formatted(data, "x").decode() == AFTER


def test_the_command_writes_checks_and_shows(tmp_path: Path) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_text(BEFORE, encoding="utf-8")
    checked = run("fmt", ".", "--check", folder=tmp_path)
    assert (checked.returncode, checked.stdout) == (1, "ruleset.yaml: would be formatted\n0 of 1 stood so already\n")
    shown = run("fmt", ".", "--diff", folder=tmp_path)
    assert shown.returncode == 0
    assert "+ruleset: visits  # the name\n" in shown.stdout
    assert path.read_text(encoding="utf-8") == BEFORE
    done = run("fmt", "ruleset.yaml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "ruleset.yaml: formatted\n0 of 1 stood so already\n")
    assert path.read_text(encoding="utf-8") == AFTER
    assert run("fmt", ".", "--check", folder=tmp_path).returncode == 0


def test_what_is_installed_is_not_rewritten_by_its_name(tmp_path: Path) -> None:
    done = run("fmt", "mappa-2007", "nowhere.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "`mappa-2007` is installed" in done.stderr
    assert "nowhere.yaml: there is no such file or folder" in done.stderr


def test_the_hooks_of_pre_commit_name_commands_that_run(tmp_path: Path) -> None:
    hooks = instance((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    assert [one["id"] for one in hooks] == ["hmic-rules-check", "hmic-rules-fmt"]
    run("new", "mine", folder=tmp_path)
    for hook in hooks:
        named = [
            str(path.relative_to(tmp_path))
            for path in sorted(tmp_path.rglob("*"))
            if re.search(hook["files"], str(path))
        ]
        assert "mine/ruleset.yaml" in named
        done = run(*hook["entry"].split()[1:], *named, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
