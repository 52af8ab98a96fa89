"""``check``: what it says of a rule set that does not load, of lints, and of cases that come out otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hmic_rules.checking import check, check_data

SOUND = """ruleset: invented
edition: "1"
title: an invented rule set
inputs:
  a: {type: boolean}
values:
  v:
    choice: [x, y]
    outcome: true
    choose: first
    rules:
      - {id: one, then: x, when: {a: true}, basis: assumed}
    otherwise: y
cases:
  - case: an invented case that comes out as it says
    facts: {a: true}
    expect: {v: x}
"""
FAILING = SOUND.replace("expect: {v: x}", "expect: {v: y}")
ODD = SOUND.replace("  a: {type: boolean}", "  a: {type: boolean}\n  b: {type: boolean}")
WRONG = SOUND.replace("when: {a: true}", "when: {aa: true}").replace("otherwise: y", "otherwise: z")


@pytest.fixture
def written(tmp_path: Path):
    """Writes a rule set to a file of its own."""

    def written(text: str) -> Path:
        path = tmp_path / "ruleset.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_a_sound_rule_set_is_ok_with_its_counts(written):
    report = check(written(SOUND))
    assert report.passed
    assert str(report) == "invented: ok\n  1 value, 1 rule, 1 case, 0 lints"


def test_lints_are_shown_with_their_codes_and_do_not_fail(written):
    path = written(ODD)
    report = check(path)
    assert report.passed
    assert [one.code for one in report.lints] == ["unread"]
    assert str(report).splitlines() == [
        "invented: ok",
        "  1 value, 1 rule, 1 case, 1 lint",
        f"{path}:6:3: nothing reads the input `b` [unread]",
        "    help: use it in a rule, or take it out",
    ]


def test_a_failing_case_fails_and_says_what_differs(written):
    path = written(FAILING)
    report = check(path)
    assert not report.passed
    assert report.errors == ()
    first, _, where, difference = str(report).splitlines()
    assert first == "invented: 1 case of 1 failed"
    assert where == f"{path}:15:5: the case “an invented case that comes out as it says” fails"
    assert difference == "    `v` should be `y`, and is `x`"


def test_every_problem_of_a_rule_set_that_does_not_load_is_shown_with_place_and_help(written):
    path = written(WRONG)
    report = check(path)
    assert not report.passed
    assert report.lints == ()
    assert report.cases == ()
    assert len(report.errors) == 2
    lines = str(report).splitlines()
    assert lines[0] == f"{path}: 2 problems"
    assert lines[1].startswith(f"{path}:12:")
    assert "`aa`" in lines[1]
    assert lines[2] == "    help: did you mean `a`?"


def test_an_expectation_of_a_value_that_does_not_exist_is_an_error(written):
    report = check(written(SOUND.replace("expect: {v: x}", "expect: {w: x}")))
    assert not report.passed
    assert "no value is called `w`" in str(report)


def test_a_rule_set_that_is_not_there_is_an_error():
    report = check("no-such-ruleset")
    assert not report.passed
    assert "no-such-ruleset: 1 problem\n" in str(report)
    assert "no rule set is called `no-such-ruleset`" in str(report)


def test_a_file_that_is_no_yaml_is_an_error_and_no_traceback(written):
    report = check(written("ruleset: [invented\n"))
    assert report.errors
    assert not report.passed


def test_a_pattern_that_no_value_uses_is_named(written):
    pattern = "patterns:\n  both: {is: {a: true}}\n  idle: {is: {a: false}}\n"
    text = SOUND.replace("values:\n", f"{pattern}values:\n  w: {{use: both, outcome: true}}\n")
    (one,) = check(written(text)).lints
    assert one.problem == "no value uses the pattern `idle`"
    assert check(written(text.replace("  idle: {is: {a: false}}\n", ""))).lints == ()


@pytest.mark.parametrize("text", [SOUND, FAILING, ODD, WRONG])
def test_the_data_has_the_documented_keys_and_is_json(written, text):
    report = check(written(text))
    data = json.loads(json.dumps(check_data(report)))
    assert set(data) == {
        *("name", "passed", "values", "rules", "citations", "unchecked", "errors", "lints", "cases"),
        *("extends", "changes", "origins"),
    }
    assert data["passed"] is report.passed
    for one in (*data["errors"], *data["lints"]):
        assert set(one) == {"code", "file", "line", "column", "problem", "help"}
        assert isinstance(one["line"], int)
    for one in data["cases"]:
        assert set(one) == {"case", "file", "line", "column", "passed", "differences"}
        assert one["passed"] == (one["differences"] == [])
    assert [len(data["errors"]), len(data["lints"]), len(data["cases"])] == [
        len(report.errors),
        len(report.lints),
        len(report.cases),
    ]


def test_a_place_that_is_no_file_has_no_line():
    (error,) = check_data(check("no-such-ruleset"))["errors"]
    assert (error["file"], error["line"], error["column"]) == ("no-such-ruleset", None, None)


def test_the_shipped_rule_set_passes():
    report = check("hmic-2007")
    assert report.passed
    assert str(report).startswith("hmic-2007: ok\n")


# --- the case to try ----------------------------------------------------------------------------------------------------


def test_the_case_to_try_beside_a_rule_set_is_held_to_it(written):
    path = written(SOUND)
    (path.parent / "example.yaml").write_text("case: an invented case\nfacts:\n  aa: true\n  a: perhaps\n", "utf-8")
    report = check(path.parent)
    assert not report.passed
    assert [(one.place.line, one.problem) for one in report.errors] == [
        (3, "`aa` is not an input"),
        (4, "`perhaps` is not true or false"),
    ]
    assert {Path(one.place.file).name for one in report.errors} == {"example.yaml"}
    assert all(one.help for one in report.errors)


def test_what_the_case_to_try_expects_must_follow(written):
    path = written(SOUND)
    (path.parent / "example.yaml").write_text("case: to try\nfacts: {a: false}\nexpect: {v: x}\n", "utf-8")
    report = check(path.parent)
    assert [(one.title, one.differences) for one in report.failed] == [("to try", ("`v` should be `x`, and is `y`",))]


def test_a_case_to_try_that_fits_is_not_counted_among_the_cases(written):
    path = written(SOUND)
    (path.parent / "example.yaml").write_text("a: false\n", "utf-8")
    report = check(path.parent)
    assert report.passed
    assert len(report.cases) == 1


def test_a_rule_set_among_others_in_a_folder_has_no_case_to_try(written):
    path = written(SOUND).rename(written(SOUND).with_name("one.yaml"))
    (path.parent / "example.yaml").write_text("of: another\n", "utf-8")
    assert check(path).passed


def test_an_unreadable_case_to_try_hides_nothing_else(written):
    path = written(FAILING)
    (path.parent / "example.yaml").write_text("facts: [\n", "utf-8")
    report = check(path.parent)
    assert len(report.errors) == 1
    assert len(report.failed) == 1
