"""A rule set that extends another: put together as it would be written out, with every change known, and every mistake told where it stands."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from ruamel.yaml import YAML

import hmic_rules as hr
from extended import from_memory
from hmic_rules.checking import check, check_cases, check_data
from hmic_rules.explanations import explanation_data
from hmic_rules.lineage import change_in_words, lineage_data
from hmic_rules.loading.alterations import Alteration
from hmic_rules.loading.blaming import blamed
from hmic_rules.loading.trees import Scalar
from hmic_rules.verification.paper import paper_changes
from hmic_rules.verification.proving import proof_data
from seeded import Seeded
from test_command_line import run

HERE = Path(__file__).parent / "extending"
TOGETHER = sorted(path.stem for path in (HERE / "together").glob("*.yaml"))
BAD = HERE / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))
EXAMPLES = Path(__file__).parents[1] / "examples" / "lantern-visits" / "src" / "lantern_visits" / "rulesets"

BASE = """
ruleset: base
edition: "1"
title: an invented scheme
scales: {grade: [poor, fair, good]}
terms: {most: {above: 1/2, basis: assumed}}
inputs:
  score: {type: integer, min: 0, max: 9}
  held: {type: boolean}
values:
  grade:
    scale: grade
    outcome: true
    choose: highest
    rules:
      - {id: fair, then: fair, when: {score: {at_least: 3}}, basis: assumed}
      - {id: good, then: good, when: {score: {at_least: 6}}, basis: assumed}
    otherwise: {then: poor, basis: assumed}
    limits:
      - {id: not-held, at_most: fair, when: {held: false}, basis: assumed}
cases:
  - {case: an invented six that is held, facts: {score: 6, held: true}, expect: {grade: good}}
  - {case: an invented six that is not held, facts: {score: 6, held: false}, expect: {grade: fair}}
"""
HEAD = """
ruleset: {name}
edition: "{edition}"
title: an invented scheme of its own
extends: {{ruleset: {base}, edition: "1"}}
"""


def extending(said: str, name: str = "own", base: str = "base") -> str:
    return HEAD.format(name=name, base=base, edition="1") + said


def own(said: str, base: str = BASE) -> hr.Ruleset:
    return from_memory("own", {"base.yaml": base, "own.yaml": extending(said)})


def problems(texts: dict[str, str], name: str = "own") -> list[str]:
    with pytest.raises(hr.InputError) as caught:
        from_memory(name, texts)
    return str(caught.value).splitlines()


# What is put together is what would be written out


@frozen
class Pair:
    together: hr.Ruleset
    whole: hr.Ruleset


@pytest.fixture(params=TOGETHER)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Pair:
    data = YAML(typ="safe", pure=True).load((HERE / "together" / f"{request.param}.yaml").read_text(encoding="utf-8"))
    shutil.copytree(HERE.parent / "shapes", tmp_path / "shapes")
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    for name in ("together", "whole"):
        (tmp_path / name).mkdir()
    (tmp_path / "together" / "ruleset.yaml").write_text(data["extending"], encoding="utf-8")
    (tmp_path / "whole" / "ruleset.yaml").write_text(data["whole"], encoding="utf-8")
    for file, text in data.get("files", {}).items():
        path = tmp_path / "whole" / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Pair(hr.load(tmp_path / "together"), hr.load(tmp_path / "whole"))


def answers(ruleset: hr.Ruleset, case: dict[str, Any]) -> Any:
    try:
        return ruleset.decide(case["facts"], framework=case["framework"], profile=case["profile"]).to_data()["outcomes"]
    except hr.HmicRulesError as error:
        return re.sub(r"\S+:\d+:\d+: ", "", str(error))  # where the value is written is another place


def test_what_is_put_together_decides_as_what_is_written_out(pair: Pair) -> None:
    for case in Seeded.of(pair.whole, 7).cases(60):
        assert answers(pair.together, case) == answers(pair.whole, case)


def test_what_is_put_together_is_proven_as_what_is_written_out(pair: Pair) -> None:
    one, other = (proof_data(ruleset.prove()) for ruleset in (pair.together, pair.whole))
    differing = {key for key in one if one[key] != other[key]}
    assert differing <= {"fingerprint"}
    assert one["obligations"]


def test_no_difference_is_found_between_what_is_put_together_and_what_is_written_out(pair: Pair) -> None:
    assert hr.diff(pair.whole, pair.together).changed == ()
    assert list(paper_changes(pair.whole, pair.together)) == []


def test_the_cases_of_what_is_put_together_come_out_as_they_say(pair: Pair) -> None:
    assert pair.together.cases
    assert [one.differences for one in check_cases(pair.together) if not one.passed] == []


def test_what_is_put_together_knows_every_change(pair: Pair) -> None:
    assert pair.together.changes
    assert pair.whole.changes == pair.whole.ancestors == ()
    assert {one.standing for one in pair.whole.origins()} == {"own"}
    assert {"inherited", "added", "replaced"} <= {one.standing for one in pair.together.origins()}


# Every mistake where it stands


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_extension_gives_exactly_these_diagnostics(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    with pytest.raises(hr.InputError) as caught:
        hr.load(Path(f"{name}.yaml"))
    assert f"{caught.value}\n" == Path(f"{name}.expected.txt").read_text(encoding="utf-8")


def test_every_bad_extension_has_its_expected_text_and_the_other_way_round() -> None:
    assert sorted(path.name.removesuffix(".expected.txt") for path in BAD.glob("*.txt")) == NAMES
    assert len(NAMES) >= 10


def test_a_base_that_does_not_load_is_named_with_its_own_problems() -> None:
    found = problems({"base.yaml": BASE.replace("at_least: 3", "at_leest: 3"), "own.yaml": extending("")})
    assert found[0].startswith("base.yaml:16:")
    assert "own.yaml:5:20: `base`, which is extended, does not load" in found


def test_rule_sets_that_extend_each_other_are_named_in_their_circle() -> None:
    texts = {f"{name}.yaml": extending("", name, base) for name, base in (("a", "b"), ("b", "c"), ("c", "a"))}
    found = "\n".join(problems(texts, "a"))
    assert "rule sets extend each other in a circle: `a.yaml` → `b.yaml` → `c.yaml` → `a.yaml`" in found
    assert "c.yaml:5:20: " in found


def test_a_rule_set_that_extends_itself_is_a_circle() -> None:
    found = problems({"a.yaml": extending("", "a", "a")}, "a")
    assert found[0] == "a.yaml:5:20: rule sets extend each other in a circle: `a.yaml` → `a.yaml`"


def test_too_long_a_chain_is_refused() -> None:
    texts = {f"a{n}.yaml": extending("", f"a{n}", f"a{n + 1}") for n in range(40)}
    assert "more than 10 rule sets extend each other" in "\n".join(problems({**texts, "a40.yaml": BASE}, "a0"))


def test_a_base_that_is_not_there_is_named() -> None:
    assert problems({"own.yaml": extending("", base="nowhere")}) == ["own.yaml:5:20: there is no nowhere"]


def test_what_no_longer_fits_is_told_at_the_alteration_and_names_both_files() -> None:
    found = problems({"base.yaml": BASE, "own.yaml": extending("remove: {inputs: [held]}\n")})
    assert found == [
        "own.yaml:6:19: without the input `held`, what is inherited does not load: base.yaml:20:46: no input, parameter or value is called `held` here",
        "    help: alter what stands there too, or leave `held` as it is",
    ]


def test_what_no_single_alteration_makes_is_told_at_the_extension() -> None:
    said = Scalar("held", plain=True, span=hr.Span("own.yaml", 6, 10))
    alterations = [Alteration("remove", "inputs", "", name, None, said) for name in ("a", "b")]
    problem = hr.Diagnostic(hr.Span("base.yaml", 3, 1), "it is in two ways wrong")
    (found,) = blamed(
        [problem], {"own.yaml"}, alterations, lambda some: frozenset({problem}), hr.Span("own.yaml", 4, 1)
    )
    assert str(found) == (
        "own.yaml:4:1: with all that is altered here, what is inherited does not load: base.yaml:3:1: it is in two ways wrong\n"
        "    help: alter what stands there too"
    )


# The pin


def test_another_edition_of_the_base_is_noticed() -> None:
    found = problems({"base.yaml": BASE.replace('edition: "1"', 'edition: "2"'), "own.yaml": extending("")})
    assert found[0] == "own.yaml:5:35: `base` is of the edition `2`, and `1` is extended"


def test_a_changed_base_is_noticed_by_its_fingerprint() -> None:
    pinned = extending("").replace(
        'edition: "1"}', f'edition: "1", fingerprint: {from_memory("base", {"base.yaml": BASE}).fingerprint[:16]}}}'
    )
    assert from_memory("own", {"base.yaml": BASE, "own.yaml": pinned}).ancestors[0].name == "base"
    found = problems({"base.yaml": BASE + "# a word more\n", "own.yaml": pinned})
    assert "own.yaml:5:53: `base` has changed: its fingerprint is " in found[0]


def test_the_fingerprint_covers_what_is_extended_several_levels_deep() -> None:
    texts = {"base.yaml": BASE, "middle.yaml": extending("", "middle"), "own.yaml": extending("", "own", "middle")}
    one = from_memory("own", texts)
    other = from_memory("own", {**texts, "base.yaml": BASE + "# a word more\n"})
    assert one.fingerprint != other.fingerprint
    assert [each.name for each in one.ancestors] == ["middle", "base"]
    assert one.ancestors[1].fingerprint == from_memory("base", texts).fingerprint
    assert one.ancestors[0].fingerprint == from_memory("middle", texts).fingerprint


def test_a_rule_set_from_memory_alone_extends_nothing() -> None:
    from hmic_rules.loading.rulesets import read_ruleset  # noqa: PLC0415 - one test reads without a folder

    with pytest.raises(hr.InputError, match="read from memory extends none"):
        read_ruleset(lambda file: extending("").encode(), "own.yaml", str)


# Cases of the base


def test_inherited_cases_are_run_and_one_that_comes_out_otherwise_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    said = "replace: {rules: {grade/good: {then: good, when: {score: {at_least: 7}}, basis: assumed}}}\n"
    (tmp_path / "own.yaml").write_text(extending(said, base="base.yaml"), encoding="utf-8")
    report = check(tmp_path / "own.yaml")
    assert [(one.title, one.passed) for one in report.cases] == [
        ("an invented six that is held", False),
        ("an invented six that is not held", True),
    ]
    assert "help: it is inherited: say what it comes to under `replace: {expect: …}`" in str(report)


def test_what_is_taken_out_takes_what_inherited_cases_say_of_it_along() -> None:
    said = "remove:\n  inputs: [held]\n  limits: [grade/not-held]\n  cases: [an invented six that is not held]\n"
    (case,) = own(said).cases
    assert set(case.facts.entries) == {"score"}


def test_an_inherited_case_that_expects_what_is_no_label_any_more_says_who_inherits_it(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    said = "replace: {scales: {grade: [poor, fair]}}\nremove: {rules: [grade/good]}\n"
    (tmp_path / "own.yaml").write_text(extending(said, base="base.yaml"), encoding="utf-8")
    (error,) = check(tmp_path / "own.yaml").errors
    assert "in a case that `own` (" in error.problem
    assert "inherits" in error.problem
    assert error.help is not None
    assert "replace: {expect: …}" in error.help


# What was changed is said


CHANGED = """
add: {limits: {grade/low: {at_most: fair, when: {score: {below: 5}}, basis: assumed}}}
replace: {rules: {grade/good: {then: good, when: {score: {at_least: 7}}, basis: assumed}}}
remove: {limits: {grade/not-held: nobody holds anything}, cases: [an invented six that is held, an invented six that is not held]}
"""


def test_a_reason_says_where_each_rule_comes_from_and_what_was_taken_out() -> None:
    reason = own(CHANGED).decide({"score": 7, "held": False}).why()
    assert {one.id: str(one.origin) for one in (*reason.rules, *reason.limits)} == {
        "fair": "from base",
        "good": "replaced by own",
        "low": "added by own",
    }
    assert [one.name for one in reason.taken_out] == ["grade/not-held"]
    text = str(reason)
    assert "[fair; assumed, from base]" in text
    assert (
        "removed by own at own.yaml:9:19: the limit `grade/not-held` of base (was base.yaml:20:9): nobody holds anything"
        in text
    )


def test_a_reason_as_json_says_where_each_rule_comes_from() -> None:
    data = json.loads(json.dumps(explanation_data(own(CHANGED).decide({"score": 7}).why())))
    good = data["rules"][1]["origin"]
    assert good["standing"] == "replaced"
    assert good["replaces"] == "base"
    assert good["place"]["file"] == "own.yaml"
    assert data["taken_out"][0]["says"] == "nobody holds anything"
    whole = explanation_data(from_memory("base", {"base.yaml": BASE}).decide({"score": 7}).why())
    assert whole["rules"][0]["origin"] is None


def test_what_was_taken_out_stands_among_the_assumptions() -> None:
    found = own(CHANGED).decide({"score": 7, "held": False}).assumptions()
    assert [(one.kind, one.name) for one in found if one.kind == "taken out"] == [("taken out", "grade/not-held")]
    assert "nobody holds anything" in next(one.words for one in found if one.kind == "taken out")


def test_a_decision_says_as_json_what_its_rule_set_extends() -> None:
    ruleset = own(CHANGED)
    data = ruleset.decide({"score": 7}).to_data()
    assert data["extends"] == [{"name": "base", "edition": "1", "fingerprint": ruleset.ancestors[0].fingerprint}]


def test_changes_of_every_level_are_listed_with_who_made_them() -> None:
    texts = {
        "base.yaml": BASE,
        "middle.yaml": extending("replace: {terms: {most: {above: 2/3, basis: assumed}}}\n", "middle"),
        "own.yaml": extending("replace: {terms: {most: {above: 3/4, basis: assumed}}}\n", "own", "middle"),
    }
    found = from_memory("own", texts)
    assert list(map(change_in_words, found.changes)) == [
        "replaced by middle at middle.yaml:6:19: the term `most` of base (was base.yaml:6:9)",
        "replaced by own at own.yaml:6:19: the term `most` of middle (was middle.yaml:6:19)",
    ]
    (origin,) = [one for one in found.origins() if one.name == "most"]
    assert (origin.standing, origin.ruleset, origin.replaces) == ("replaced", "own", "middle")


def test_checking_names_every_change_and_where_each_part_comes_from(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(extending(CHANGED, base="base.yaml"), encoding="utf-8")
    report = check(tmp_path / "own.yaml")
    assert report.passed
    text = str(report)
    assert "  extends base, edition 1\n" in text
    assert text.count(" by own at ") == 5
    data = json.loads(json.dumps(check_data(report)))
    assert [one["name"] for one in data["extends"]] == ["base"]
    assert {one["verb"] for one in data["changes"]} == {"added", "replaced", "removed"}
    assert {(one["name"], one["standing"]) for one in data["origins"]} >= {
        ("grade/fair", "inherited"),
        ("grade/good", "replaced"),
        ("grade/low", "added"),
    }


def test_a_replacement_by_the_same_is_a_lint_and_lints_of_what_is_extended_are_not_told_again(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    said = "replace: {rules: {grade/good: {then: good, basis: assumed, when: {score: {at_least: 6}}}}}\n"
    (tmp_path / "own.yaml").write_text(extending(said, base="base.yaml"), encoding="utf-8")
    assert [one.code for one in check(tmp_path / "base.yaml").lints] == ["unread"]
    (lint,) = check(tmp_path / "own.yaml").lints
    assert lint.code == "same"
    assert "the rule `grade/good` says what it says in " in lint.problem


def test_an_added_pattern_that_nothing_uses_is_a_lint(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    said = "add: {patterns: {idle: {takes: [it], is: {held: $it}}}}\n"
    (tmp_path / "own.yaml").write_text(extending(said, base="base.yaml"), encoding="utf-8")
    assert [one.problem for one in check(tmp_path / "own.yaml").lints] == ["no value uses the pattern `idle`"]


def test_listing_shows_what_is_extended_and_every_json_key_is_documented(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(extending(CHANGED, base="base.yaml"), encoding="utf-8")
    shown = run("list", str(tmp_path / "own.yaml"))
    assert shown.returncode == 0
    assert "extends base, edition 1" in shown.stdout
    assert "nobody holds anything" in " ".join(shown.stdout.replace("│", "").split())
    data = json.loads(run("list", str(tmp_path / "own.yaml"), "--json").stdout)
    keys = lineage_data(hr.load(tmp_path / "own.yaml")).keys()
    assert keys <= data.keys()
    documented = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
    inner = {key for part in ("extends", "changes", "origins") for one in data[part] for key in one}
    assert [key for key in {*keys, *inner} if f"`{key}`" not in documented] == []


def test_a_decided_case_is_shown_with_what_is_extended(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(extending(CHANGED, base="base.yaml"), encoding="utf-8")
    shown = run("decide", str(tmp_path / "own.yaml"), "-", given="{score: 7, held: false}").stdout
    assert "it extends base, edition 1" in shown
    assert "[good; assumed, replaced by own]" in " ".join(shown.split())
    assert "nobody holds anything" in " ".join(shown.split())


def test_a_record_names_what_is_extended_and_replays_only_while_that_is_the_same() -> None:
    decision = own(CHANGED).decide({"score": 7, "held": False})
    record = decision.record()
    assert record.data["ruleset"]["extends"][0]["name"] == "base"
    assert hr.replay(record.text, ruleset=own(CHANGED)).identical
    again = hr.replay(record.text, ruleset=own(CHANGED, BASE + "# a word more\n"))
    assert again.verdict == "other rules"
    assert again.same_result


def test_an_extension_of_a_shipped_rule_set_is_found_by_name(tmp_path: Path) -> None:
    said = HEAD.format(name="own", base="mappa-2019", edition="1").replace('edition: "1"}', 'edition: "2019"}')
    (tmp_path / "own.yaml").write_text(said, encoding="utf-8")
    found, shipped = hr.load(tmp_path / "own.yaml"), hr.load("mappa-2019")
    assert found.ancestors[0].fingerprint == shipped.fingerprint
    assert check(tmp_path / "own.yaml").passed
    for case in Seeded.of(shipped, 3).cases(20):
        assert answers(found, case) == answers(shipped, case)


def test_a_bare_name_is_never_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    (folder / "ruleset.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "ruleset.yaml").write_text(extending(""), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(hr.InputError, match=r"write `\.\./base` for a folder beside this one"):
        hr.load("own")


def test_citations_of_an_extension_are_held_to_the_documents_of_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        HEAD.format(name="own", base="mappa-2007", edition="1").replace('edition: "1"}', 'edition: "2007"}')
        + "add: {parameters: {more: {type: boolean, default: true, basis: stated, cite: pp/national/99}}}\n",
        encoding="utf-8",
    )
    (error,) = check(tmp_path / "own.yaml").errors
    assert "has no passage `pp/national/99`" in error.problem
