"""The command line: screens as people read them, exit codes, and no traceback ever."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import fields

from hmic_rules import cli
from hmic_rules.backends.engine import engine_module
from hmic_rules.questions.asked import Answers

CASE = """
case: an invented framework with one criterion
facts:
  criteria: [{id: a, standard: fair, significant: yes, critical: no}]
  bearings: [{id: x, criterion: a, extent: most, stage: in place, quality: as required, materiality: central}]
  national_thresholds_met: not applicable
"""


def run(*arguments: str, given: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environment},
    )


def test_a_fault_of_the_program_itself_ends_in_words_that_blame_no_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def faulty() -> None:
        error: dict[str, int] = {}
        error["items\x1b[2J" + "x" * 1_000]

    monkeypatch.setattr(cli, "app", faulty)
    monkeypatch.delenv("HMIC_RULES_TRACEBACK")
    with pytest.raises(SystemExit) as ended:
        cli.run()
    said = capsys.readouterr().err
    assert ended.value.code == 70
    assert re.fullmatch(
        r"this is a fault of hmic-rules \S+, whatever the input: KeyError: 'items.{280,290}… \(cli\.py:\d+\)\n"
        r"    help: report it with the command and its input; `HMIC_RULES_TRACEBACK=1` shows the way to it\n",
        said,
    )
    assert "\x1b" not in said


def test_the_way_to_a_fault_of_the_program_is_shown_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", faulty)
    monkeypatch.setenv("HMIC_RULES_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.run()


def test_the_grading_screen(snapshot):
    done = run("grade", "mps-2007")
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert len(done.stdout.splitlines()) <= 50
    assert done.stdout == snapshot


@pytest.mark.parametrize("framework", ["domestic-violence", "neighbourhood-policing"])
def test_the_explanation_of_a_framework(framework, snapshot):
    done = run("explain", "mps-2007", "--framework", framework)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert done.stdout == snapshot


@pytest.mark.parametrize(
    "question", [("--reconcile",), ("--why-not", "good", "--sensitivity"), ("--to-reach", "good")], ids=" ".join
)
def test_a_question_about_a_framework_is_answered(question, snapshot):
    done = run("explain", "mps-2007", "--framework", "child-abuse", *question)
    assert done.returncode == 0
    assert done.stdout == snapshot


def test_the_answers_are_one_json_document_with_the_documented_keys():
    done = run("explain", "mps-2007", "--framework", "child-abuse", "--reconcile", "--why-not", "good", "--json")
    found = json.loads(done.stdout)
    assert set(found) == {attribute.name for attribute in fields(Answers)} - {"says"} | {"abbreviations"}
    assert found["why_not"]["way"]["cost"] == 2
    assert found["sensitivity"] is None
    assert found["reconciliation"]["readings"][0]["reading"] == "lenient"


def test_an_outcome_that_is_never_given_is_named():
    done = run("explain", "mps-2007", "--framework", "child-abuse", "--why-not", "god")
    assert done.returncode == 2
    assert "never `god`: did you mean `good`" in done.stderr


def test_the_explanation_under_a_reading_that_gives_no_grade(snapshot):
    done = run("explain", "mps-2007", "--framework", "child-abuse", "--reading", "strict")
    assert done.returncode == 0
    assert "no grade follows" in done.stdout
    assert done.stdout == snapshot


def test_a_full_explanation_names_every_finding_of_the_framework():
    done = run("explain", "mps-2007", "--framework", "missing-persons", "--full")
    assert done.returncode == 0
    assert all(f"mp/improvement/{n}" in done.stdout for n in range(1, 6))


def test_a_case_is_decided_from_a_file_and_from_standard_input(tmp_path, snapshot):
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    from_file = run("decide", "hmic-2007", str(path))
    from_input = run("decide", "hmic-2007", "-", given=CASE)
    assert from_file.returncode == from_input.returncode == 0
    assert from_file.stdout == from_input.stdout == snapshot


def test_a_decision_names_every_result_still_possible_and_says_where_no_rule_covers_the_case():
    facts = "convicted_or_cautioned: convicted\nregistered_sex_offender: true\n"
    open_ = run("decide", "mappa-2007", "-", given=facts).stdout
    assert "\nlevel: 1, 2 or 3, facts that are not known decide" in open_
    assert "\nreview: every four months, every eight to twelve weeks or no rule covers this, " in open_
    settled = run("decide", "mappa-2007", "-", given=facts + "among_the_critical_few: true\n").stdout
    assert "\nlevel: 3, " in settled
    assert "\nreview: no rule covers this, " in settled


def test_json_is_one_document_with_the_documented_keys(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps({"facts": {"bearings": []}, "framework": "child-abuse"}), encoding="utf-8")
    decided = json.loads(run("decide", "hmic-2007", str(path), "--json").stdout)
    assert set(decided) == {
        *("case", "ruleset", "edition", "extends", "picked", "framework", "profile", "engines", "outcomes"),
        *("reasons", "assumptions", "missing", "near_misses", "unknown", "differences"),
    }
    documented = (Path(__file__).parents[1] / "docs" / "language.md").read_text(encoding="utf-8")
    assert [key for key in decided if f"`{key}`" not in documented] == []
    outcome = {"name", "item", "status", "value", "possible", "rule", "limits", "judgement", "exact"}
    assert all(set(one) == outcome for one in decided["outcomes"])
    graded = json.loads(run("grade", "mps-2007", "--json").stdout)
    assert set(graded) == {"inspection", "ruleset", "edition", "reading", "frameworks"}
    framework = {"framework", "title", "computed", "readings", "published", "distribution", "criteria", "between"}
    framework |= {"judged", "judgements"}
    assert all(set(one) == framework for one in graded["frameworks"])
    explained = json.loads(run("explain", "mps-2007", "--framework", "domestic-violence", "--json").stdout)
    assert explained["deciding"][0]["evidence"][0]["cite"].startswith("dv/")


def test_a_case_that_says_what_to_expect_is_held_to_it():
    met = run("decide", "hmic-2007", "-", given=CASE + "expect: {status: {a: met}}\n")
    assert met.returncode == 0
    unmet = run("decide", "hmic-2007", "-", given=CASE + "expect: {status: {a: not met}}\n")
    assert unmet.returncode == 1
    assert "not as expected: " in unmet.stdout
    wrong = run("decide", "hmic-2007", "-", given=CASE + "expect: {grade: zonk}\n")
    assert wrong.returncode == 2
    assert "`zonk`" in wrong.stderr


def test_an_engine_can_be_asked_for_and_the_answer_names_it():
    said = json.loads(run("decide", "hmic-2007", "-", "--engine", "reference", "--json", given=CASE).stdout)
    assert said["engines"] == ["reference"]
    both = run("decide", "hmic-2007", "-", "--engine", "both", "--json", given=CASE)
    if engine_module() is None:
        assert both.returncode == 2
        assert "durable_rules cannot be imported here" in both.stderr
        assert both.stdout == ""
    else:
        assert json.loads(both.stdout)["engines"] == ["reference", "durable_rules"]
        assert json.loads(both.stdout)["outcomes"] == said["outcomes"]


def test_what_is_not_known_is_listed_beside_a_decision():
    done = run("decide", "hmic-2007", "-", given=CASE)
    for name in ("full_compliance", "beacon", "innovation_evaluated"):
        assert f"── the fact {name}: " in done.stdout
    assert "Not known either, and not waited for: excellent by judgement." in done.stdout


def test_an_explanation_says_which_settings_the_result_turns_on():
    explained = json.loads(run("explain", "mps-2007", "--framework", "domestic-violence", "--json").stdout)
    turning = {one["parameter"]: one["outcome"] for one in explained["turning"]}
    assert turning == {"gap_closes_upward": "no rule covers this", "in_part_satisfies": "undetermined: good, excellent"}
    assert explained["readings"]["strict"] == "no rule covers this"


def test_a_narrow_terminal_is_respected():
    done = run("explain", "mps-2007", "--framework", "domestic-violence", COLUMNS="60")
    assert max(map(len, done.stdout.splitlines())) <= 60


def test_list_shows_what_is_shipped():
    done = run("list")
    assert "hmic-2007" in done.stdout
    assert "mps-2007" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "mps-2008"], "did you mean `mps-2007`?"),
        (["grade", "mps-2007", "--reading", "strct"], "did you mean `strict`?"),
        (["explain", "mps-2007", "--framework", "domestic"], "did you mean `domestic-violence`?"),
        (["decide", "hmic-2007", "no-such-file.yaml"], "no-such-file.yaml: cannot be read"),
        (["decide", "hmic-2007", "-", "--engine", "abacus"], "`abacus` is not an engine"),
        (["check", "no-such-ruleset"], "no rule set is called `no-such-ruleset`"),
        (["graph", "mps-2007", "--format", "png"], "`png`"),
        (["grade"], "Missing argument"),
        (["grade", "mps-2007", "--frob"], "--frob"),
        (["frobnicate"], "frobnicate"),
    ],
)
def test_bad_input_gives_a_message_and_exit_code_2(arguments, said):
    done = run(*arguments, given="facts: {}")
    assert done.returncode == 2
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_every_problem_of_a_case_is_named_with_line_and_column():
    done = run("decide", "hmic-2007", "-", given="facts:\n  bearing: 1\n  beacon: maybe\n")
    assert done.returncode == 2
    assert "standard input:2:3: `bearing` is not an input" in done.stderr
    assert "standard input:3:11: `maybe` is not true or false" in done.stderr
    assert done.stdout == ""


def test_a_closed_pipe_ends_quietly():
    done = subprocess.run(
        f"{sys.executable} -m hmic_rules explain mps-2007 --full | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize("format", ["svg", "graphml", "json"])
def test_a_graph_is_written_whole_to_a_file(tmp_path, format):
    target = tmp_path / f"graph.{format}"
    done = run("graph", "mps-2007", "--format", format, "-o", str(target))
    assert done.returncode == 0
    assert "recommendation" in target.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path):
    done = run("graph", "mps-2007", "-o", str(tmp_path / "no" / "such" / "folder.svg"))
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_criterion_in_the_way_is_counted_as_one():
    why = run("explain", "mps-2007", "--framework", "public-protection").stdout
    assert "keeps the stated rule for fair from giving it: 1 criterion\n" in why
    assert "1 criteria" not in why
