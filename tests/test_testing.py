"""``hmic_rules.testing``: drawn cases are accepted and near the boundaries, and a rule set that breaks a promise is told so in its own words."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.catalogue import shipped
from hmic_rules.testing import (
    BrokenPromise,
    Checked,
    cases,
    check_ruleset,
    drawn_cases,
    inspections,
    properties,
    properties_of,
    rulesets,
)
from hmic_rules.testing.deciding import attempt, rules_in_conflict
from hmic_rules.testing.drawn_rulesets import SHAPES
from hmic_rules.testing.leaves import at, leaves, put, without

FOLDER = Path(__file__).parents[1] / "rulesets"
SHIPPED = {name: hr.load(name) for name in shipped("ruleset")}
PLACES = [(name, framework) for name, ruleset in SHIPPED.items() for framework in ruleset.frameworks or (None,)]
BOUND = pytest.mark.parametrize(("name", "framework"), PLACES)
NUMBERS = """ruleset: invented
edition: "1"
title: an invented rule set
scales: {level: [low, high]}
inputs:
  age: {type: integer, min: 0, worse: upward}
  portion: {type: share}
  day: {type: date}
  word: {type: text}
  other: {type: boolean, may_be: not applicable}
  region: {choice: [north, south]}
values:
  level:
    scale: level
    outcome: true
    safe_side: highest
    choose: highest
    rules:
      - {id: old, then: high, when: {age: {at_least: 18}}, basis: assumed}
      - {id: portion, then: high, when: {portion: {above: 1/3}}, basis: assumed}
      - {id: day, then: high, when: {day: {below: 2007-06-01}}, basis: assumed}
      - {id: word, then: high, when: {word: keyword}, basis: assumed}
    otherwise: low
"""
SMALL = """ruleset: invented
edition: "1"
title: a small invented rule set
scales: {level: [low, high]}
inputs:
  age: {type: integer, min: 0, worse: upward}
  region: {choice: [north, south]}
values:
  level:
    scale: level
    outcome: true
    choose: highest
    rules: [{id: old, then: high, when: {age: {at_least: 18}}, basis: assumed}]
    otherwise: low
"""
ITEMS = """ruleset: invented
edition: "1"
title: an invented rule set with items
inputs:
  pairs:
    key: id
    size: {at_least: 1, at_most: 2}
    collection:
      id: {choice: [one, two, three]}
      inner:
        key: number
        collection:
          number: {type: integer, min: 0}
          fine: {type: boolean}
  loose:
    collection:
      fine: {type: boolean}
  named:
    items: [left, right]
    fields: {fine: {type: boolean}}
  rows:
    collection:
      pair: {choice: [one, two, three]}
      month: {type: month}
      fine: {type: boolean}
  last: {type: month, says: the last month}
values:
  by_pair:
    group: rows
    by: [pair, month]
    expected: {pair: pairs, month: {from: 2007-01, to: last}}
    missing: empty
  opinion: {judged: true, scale: level}
  all_fine: {outcome: true, is: {every: {of: rows, where: {fine: true}}}}
scales: {level: [low, high]}
"""


def examples(drawn: st.SearchStrategy[Any], number: int = 60) -> list[Any]:
    """As many drawn examples, the same in every run."""
    found: list[Any] = []

    @settings(max_examples=number, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(drawn)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


@pytest.fixture
def altered(tmp_path: Path) -> Callable[..., hr.Ruleset]:
    """A copy of a shipped rule set with some of its text replaced; without its worked cases, which would fail first, where it is not said."""

    def altered(name: str, *changes: tuple[str, str], worked: bool = False) -> hr.Ruleset:
        folder = tmp_path / name
        shutil.copytree(FOLDER / name, folder)
        text = (folder / "ruleset.yaml").read_text(encoding="utf-8")
        for old, new in (*changes, *([] if worked else [("\ncases: [cases.yaml]", "")])):
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
        return hr.load(folder)

    return altered


def facts_in(facts: Any) -> int:
    """How many single facts there are, keys of rows included."""
    if isinstance(facts, dict):
        return sum(map(facts_in, facts.values()))
    return sum(map(facts_in, facts)) if isinstance(facts, list) else 1


# What is drawn


def decided(ruleset: hr.Ruleset, facts: dict[str, Any], framework: str | None) -> hr.Decision | None:
    """The decision, or ``None`` where a computed number lies outside its declared range; a case that is refused is an error."""
    try:
        return ruleset.decide(facts, framework=framework, engine="reference")
    except hr.ConflictError as error:
        if rules_in_conflict(ruleset, error) is not None:
            raise
        return None


@BOUND
def test_every_drawn_case_of_a_shipped_rule_set_is_accepted(name, framework):
    found = [decided(SHIPPED[name], facts, framework) for facts in examples(cases(SHIPPED[name], framework=framework))]
    known = [not one.unknown for one in found if one is not None]
    assert len(known) >= 40
    assert known.count(True) >= 5
    assert known.count(False) >= 5


@BOUND
def test_a_complete_case_leaves_no_fact_unknown(name, framework):
    drawn = cases(SHIPPED[name], framework=framework, complete=True)
    found = [one for facts in examples(drawn) if (one := decided(SHIPPED[name], facts, framework)) is not None]
    assert [one.unknown for one in found if one.unknown] == []
    assert len(found) >= 30


@pytest.mark.parametrize("name", ["hmic-2007", "mappa-2007", "mappa-2019"])
def test_the_drawn_cases_reach_every_label_of_every_outcome_of_a_shipped_rule_set(name):
    ruleset = SHIPPED[name]
    reached: set[tuple[str, Any]] = set()
    for framework in (None, *list(ruleset.frameworks)[:1]):
        for facts in examples(cases(ruleset, framework=framework, complete=True), 300):
            decision = ruleset.decide(facts, framework=framework, engine="reference")
            reached |= {(one.name, one.value) for one in decision.outcomes}
    types = {outcome: ruleset.values[outcome].type for outcome in ruleset.outcomes}
    assert {(outcome, label) for outcome, type in types.items() for label in getattr(type, "labels", ())} <= reached


def test_numbers_days_and_texts_lie_on_both_sides_of_what_rules_compare_them_with_and_on_it(ruleset_from):
    drawn = examples(cases(ruleset_from(NUMBERS), complete=True), 200)
    assert {17, 18, 19} <= {facts["age"] for facts in drawn}
    assert {str(facts["portion"]) for facts in drawn} >= {"0", "1/3"}
    assert {str(facts["day"]) for facts in drawn} >= {"2007-05-31", "2007-06-01", "2007-06-02"}
    assert {facts["word"] for facts in drawn} >= {"keyword", "another text"}
    assert "not applicable" in {facts["other"] for facts in drawn}
    elsewhere = {facts["age"] for facts in drawn} - {17, 18, 19}
    assert len(elsewhere) >= 4
    assert min(elsewhere) >= 0


def test_what_a_reading_or_a_parameter_sets_is_a_boundary_as_well():
    ruleset = SHIPPED["safer-neighbourhoods-2007"]
    parameters = {"permitted_reasons": ["flood"], "breach_above": "5%"}
    drawn = examples(cases(ruleset, parameters=parameters), 100)
    reasons = {row.get("reason") for facts in drawn for row in facts.get("returns") or ()}
    assert {"flood", "court", "training"} <= reasons
    assert "terrorist attack" not in reasons
    by_profile = examples(cases(ruleset, profile="assumed-example"), 100)
    seen = {row.get("reason") for facts in by_profile for row in facts.get("returns") or ()}
    assert {"terrorist attack", "major incident"} <= seen
    assert "flood" not in seen


def test_a_case_says_whether_it_lies_on_a_boundary_and_about_half_of_them_do(ruleset_from, monkeypatch):
    said: Counter[str] = Counter()
    monkeypatch.setattr(drawn_cases, "event", lambda label: said.update([label]))
    examples(cases(SHIPPED["mappa-2019"], complete=True), 200)
    assert set(said) == {"on a boundary: yes", "on a boundary: no"}
    assert said["on a boundary: yes"] >= 50
    said.clear()
    examples(cases(SHIPPED["mappa-2007"], complete=True), 20)
    assert not said, "nothing there is compared with a number, a day or a text"


def test_items_have_the_sizes_keys_and_groups_that_the_rule_set_takes(ruleset_from):
    ruleset = ruleset_from(ITEMS)
    drawn = examples(cases(ruleset), 300)
    sizes: Counter[str] = Counter()
    for facts in drawn:
        ruleset.decide(facts)
        pairs = facts.get("pairs") or []
        sizes[f"{len(pairs)} pairs"] += 1
        assert len({pair["id"] for pair in pairs}) == len(pairs)
        for pair in pairs:
            inner = [row["number"] for row in pair.get("inner") or ()]
            assert len(set(inner)) == len(inner) <= 3
            sizes["inner"] += len(inner) > 1
        assert set(facts.get("named") or {}) <= {"left", "right"}
        rows = facts.get("rows") or []
        sizes["rows"] += len(rows) > 1
        if facts.get("pairs") and facts.get("last"):
            assert {row["pair"] for row in rows} <= {pair["id"] for pair in pairs}
        sizes["opinion"] += "opinion" in facts
        sizes["all absent"] += "rows" not in facts
    assert set(sizes) == {"0 pairs", "1 pairs", "2 pairs", "inner", "rows", "opinion", "all absent"}
    assert min(sizes.values()) > 5


KEYED = """ruleset: invented
edition: "1"
title: an invented rule set whose rows two collections must expect
inputs:
  rows: {key: called, collection: {called: {choice: [one, two, three, four]}, fine: {type: boolean}}}
  firsts: {key: called, collection: {called: {choice: [one, two, three, four]}}}
  others: {key: called, collection: {called: {choice: [one, two, three, four]}}}
values:
  by_firsts: {group: rows, by: [called], expected: {called: firsts}, missing: empty}
  by_others: {group: rows, by: [called], expected: {called: others}, missing: empty}
  all_fine: {outcome: true, is: {every: {of: rows, where: {fine: true}}}}
"""


def test_rows_that_are_sorted_by_their_own_key_are_those_that_everybody_expects(ruleset_from):
    ruleset = ruleset_from(KEYED)
    sizes: Counter[int] = Counter()
    for facts in examples(cases(ruleset), 200):
        ruleset.decide(facts)
        sizes[len(facts.get("rows") or ())] += 1
    assert sizes[1] > 10
    assert sizes[2] > 5


def test_a_case_of_a_framework_brings_no_criterion_of_its_own():
    ruleset = SHIPPED["hmic-2007"]
    own = {row["id"].text for row in ruleset.frameworks["child-abuse"].rows}
    bears_on: set[str] = set()
    for facts in examples(cases(ruleset, framework="child-abuse")):
        assert "criteria" not in facts
        bears_on |= {row["criterion"] for row in facts.get("bearings") or ()}
    assert bears_on == own


def test_a_framework_or_reading_that_is_not_there_is_refused_before_anything_is_drawn():
    with pytest.raises(hr.NotFoundError, match="no framework `child-abus`: did you mean `child-abuse`"):
        cases(SHIPPED["hmic-2007"], framework="child-abus")
    with pytest.raises(hr.NotFoundError, match="no profile `lenien`"):
        cases(SHIPPED["hmic-2007"], profile="lenien")


def test_cases_of_drawn_rule_sets_are_accepted_whatever_their_shape():
    refused = 0
    for ruleset, facts in examples(rulesets().flatmap(lambda one: st.tuples(st.just(one), cases(one))), 200):
        assert isinstance(ruleset, hr.Ruleset)
        try:
            ruleset.decide(facts)
        except hr.ConflictError:
            refused += 1
    assert refused < 60


@pytest.mark.parametrize("shape", SHAPES)
def test_rule_sets_are_drawn_of_the_shapes_that_are_asked_for(shape):
    has_items = [bool(ruleset.collections) for ruleset in examples(rulesets(shapes=(shape,)), 5)]
    assert has_items == [shape != "record"] * 5


def test_a_shape_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="`recrd` is not a shape of rule set: did you mean `record`"):
        rulesets(shapes=("recrd",))


def test_inspections_are_drawn_small_and_whole_and_can_be_graded():
    ruleset = SHIPPED["hmic-2007"]
    grades: set[str] = set()
    for inspection in examples(inspections(ruleset, "child-abuse"), 40):
        grading = inspection.grade()
        assert list(grading.frameworks) == ["child-abuse"]
        assert len(inspection.findings) <= 6
        grades.add(grading["child-abuse"].decision.outcome.status)
        grades |= {"practice"} if inspection.practices else set()
        grades |= {"answer"} if inspection.recommendations else set()
        assert inspection.graph()
    assert grades >= {"decided", "undetermined", "practice", "answer"}
    both = {tuple(inspection.frameworks) for inspection in examples(inspections(ruleset), 40)}
    assert {len(names) for names in both} == {1, 2}


def test_a_rule_set_without_frameworks_has_no_inspections():
    with pytest.raises(hr.NotFoundError, match="the rule set `mappa-2007` has nothing that findings bear on"):
        inspections(SHIPPED["mappa-2007"])


def test_a_single_fact_is_changed_and_taken_away_without_touching_the_case():
    program = program_for(SHIPPED["mappa-2019"], None, None, None)
    facts = {"custody": 12, "agencies": {"police": {"needed": True}}}
    (custody, needed) = leaves(program, facts)
    assert (custody.called, needed.called) == ("`custody`", "`needed` of `police`")
    assert at(put(facts, needed.path, False), needed.path) is False
    assert without(facts, custody.path) == {"agencies": {"police": {"needed": True}}}
    assert facts == {"custody": 12, "agencies": {"police": {"needed": True}}}
    assert attempt(program, {"custody": "twelve"}) is None


# What is checked


def test_every_property_of_a_sound_rule_set_is_checked_and_says_on_how_much_it_rests():
    ruleset = SHIPPED["mappa-2007"]
    checked = check_ruleset(ruleset, max_examples=20)
    names = [one.name for one in checked]
    assert len(set(names)) == len(names) == len(ruleset.cases) + len(ruleset.claims) + 2 + 5
    assert all(isinstance(one, Checked) and one.cases and one.compared for one in checked)
    assert "`level` never rises when a fact gets better" in names
    assert "`defensible` never falls when a fact gets better" in names


def test_a_better_fact_that_lowers_the_grade_is_shown_with_the_few_facts_that_matter(altered):
    ruleset = altered(
        "hmic-2007",
        ("          full_compliance: true\n", "          full_compliance: false\n"),
        (
            "    says: the grade that the scheme gives\n",
            "    says: the grade that the scheme gives\n    safe_side: lowest\n",
        ),
    )
    with pytest.raises(BrokenPromise) as caught:
        check_ruleset(ruleset, framework="child-abuse")
    found = caught.value
    first, under, *rest = str(found).splitlines()
    assert first == (
        "`grade` goes from `excellent` to `good` when `full_compliance` turns from `false` to `true`, which is better"
    )
    assert under == "    rule set hmic-2007, framework child-abuse, reading plain"
    assert rest[:2] == ["    facts:", "      full_compliance: false"]
    assert (found.promise, found.ruleset) == ("`grade` never falls when a fact gets better", "hmic-2007")
    assert (found.framework, found.profile) == ("child-abuse", "plain")
    assert (found.fact.called, found.fact.before, found.fact.after) == ("`full_compliance`", False, True)
    assert (found.outcome.called, found.outcome.before, found.outcome.after) == ("`grade`", "excellent", "good")
    assert set(found.facts) == {
        "full_compliance",
        "national_thresholds_met",
        "beacon",
        "innovation_evaluated",
        "bearings",
    }
    assert facts_in(found.facts) <= 4 + 2 * 6, "two criteria shown met, one of each standard, are enough"
    assert ruleset.decide(found.facts, framework="child-abuse")["grade"].value == "excellent"
    better = {**found.facts, "full_compliance": True}
    assert ruleset.decide(better, framework="child-abuse")["grade"].value == "good"


def test_without_its_safe_side_an_outcome_is_not_held_to_one(altered):
    ruleset = altered("hmic-2007", ("          full_compliance: true\n", "          full_compliance: false\n"))
    names = [one.name for one in properties_of(ruleset)]
    assert "`status` never gets worse when a fact gets better" in names
    assert not [name for name in names if "`grade`" in name]


def test_swapped_results_of_two_rules_are_shown_by_the_level_that_rises(altered):
    ruleset = altered(
        "mappa-2019",
        ('{id: lead-agency, then: "1"', '{id: lead-agency, then: "2"'),
        ('- id: formal-meetings\n        then: "2"', '- id: formal-meetings\n        then: "1"'),
    )
    (held,) = [one for one in properties_of(ruleset) if one.name == "`level` never rises when a fact gets better"]
    with pytest.raises(BrokenPromise) as caught:
        held.check(100)
    found = caught.value
    assert str(found).startswith(
        "`level` goes from `1` to `2` when `lead_agency_suffices` turns from `false` to `true`"
    )
    assert facts_in(found.facts) <= 10
    for path in [leaf.path for leaf in leaves(program_of(ruleset), found.facts)]:
        fewer = without(found.facts, path)
        came = [
            ruleset.decide({**fewer, "lead_agency_suffices": one}, engine="reference")["level"].value
            for one in (False, True)
        ]
        assert came != ["1", "2"] or path == ("lead_agency_suffices",), f"{path} is not needed"


def program_of(ruleset: hr.Ruleset) -> Any:
    return program_for(ruleset, None, None, None)


WORSE_BY_AGE = NUMBERS.replace("{age: {at_least: 18}}", "{age: {below: 18}}")


def test_a_number_that_turns_over_its_boundary_is_shown_at_it(ruleset_from):
    with pytest.raises(BrokenPromise) as caught:
        check_ruleset(ruleset_from(WORSE_BY_AGE))
    assert str(caught.value).splitlines()[0] == (
        "`level` goes from `low` to `high` when `age` turns from `18` to `17`, which is better"
    )
    assert caught.value.facts["age"] == 18
    check_ruleset(ruleset_from(NUMBERS))


def test_a_derived_value_is_held_to_its_own_list_of_what_is_better(ruleset_from):
    text = NUMBERS.replace("    safe_side: highest\n", "    better: [high, low]\n")
    check_ruleset(ruleset_from(text))
    with pytest.raises(BrokenPromise) as caught:
        check_ruleset(ruleset_from(text.replace("[high, low]", "[low, high]")))
    assert caught.value.promise == "`level` never gets worse when a fact gets better"
    assert "`level` goes from `high` to `low` when `age` turns from `18` to `17`" in str(caught.value)
    check_ruleset(ruleset_from(text.replace("[high, low]", "[low]"))), "a label that is not listed has no place"


def test_a_claim_that_a_case_breaks_is_named_with_the_values_that_break_it(altered):
    floor = 'at_least: "2"\n        when: {category: "3"}'
    ruleset = altered("mappa-2019", (floor, floor.replace("2", "1", 1)), worked=True)
    (claim,) = [one for one in properties_of(ruleset) if one.name == "claim: category-3-is-never-level-1"]
    with pytest.raises(BrokenPromise) as caught:
        claim.check(1000)
    found = caught.value
    assert found.promise == claim.name
    assert "the claim `category-3-is-never-level-1` is broken, what it says never happens does" in str(found)
    assert "`category` is `3` and `level` is `1`" in str(found)
    assert facts_in(found.facts) <= 11
    decision = ruleset.decide(found.facts)
    assert (decision["category"].value, decision["level"].value) == ("3", "1")


def test_two_rules_that_hold_together_are_named_with_the_facts_under_which_they_do(ruleset_from):
    text = NUMBERS.replace("    safe_side: highest\n    choose: highest", "    choose: unique")
    with pytest.raises(BrokenPromise) as caught:
        check_ruleset(ruleset_from(text))
    found = caught.value
    assert found.promise == "no two rules conflict"
    assert "of `level` hold together, and at most one may" in str(found)
    assert facts_in(found.facts) == 2
    with pytest.raises(hr.ConflictError):
        ruleset_from(text).decide(found.facts)


def test_a_number_outside_its_declared_range_refuses_the_case_and_breaks_no_promise(ruleset_from):
    text = NUMBERS + "  rest: {type: integer, max: 20, outcome: true, calc: age}\n"
    checked = {one.name: one for one in check_ruleset(ruleset_from(text))}
    (rested,) = [one for name, one in checked.items() if name == "no two rules conflict"]
    assert 0 < rested.compared < rested.cases


def test_an_engine_that_forgets_a_fact_when_it_learns_another_is_caught(ruleset_from, monkeypatch):
    def forgetful(program, facts):
        known = dict(facts)
        if known.get("region") == "north":
            known.pop("age", None)
        return attempt(program, known)

    (learning,) = [one for one in properties_of(ruleset_from(SMALL)) if one.name.startswith("learning")]
    assert learning.check(100).compared == 100
    monkeypatch.setattr(properties, "attempt", forgetful)
    with pytest.raises(BrokenPromise) as caught:
        learning.check(100)
    found = caught.value
    assert str(found).splitlines()[0] == (
        "`level` can be `high or low` where it could only be `low`, when `region` turns out to be `north`"
    )
    assert (found.fact.before, found.fact.after) == (None, "north")
    assert found.facts == {"age": 17}


def test_a_worked_case_that_comes_out_otherwise_is_told_with_its_differences(ruleset_from):
    text = NUMBERS + "cases:\n  - {case: an invented one, facts: {age: 18}, expect: {level: low}}\n"
    with pytest.raises(BrokenPromise) as caught:
        check_ruleset(ruleset_from(text))
    assert (
        "the case “an invented one” comes out otherwise than it says\n    `level` should be `low`, and is `high`"
        in str(caught.value)
    )
    assert caught.value.facts is None


def test_a_broken_promise_is_an_assertion_error_that_is_found_again(ruleset_from):
    ruleset = ruleset_from(WORSE_BY_AGE)
    said = []
    for _ in range(2):
        with pytest.raises(AssertionError) as caught:
            check_ruleset(ruleset)
        said.append(str(caught.value))
    assert said[0] == said[1]


# The plugin


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """One run of pytest in a folder, with the plugin as it is installed, or by its name where it is not."""
    installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))
    named = [] if installed else ["-p", PLUGIN]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *named, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


PLUGIN = "hmic_rules.testing.plugin"
FAILING = WORSE_BY_AGE + (
    "claims:\n  - {id: the-old-are-high, never: {age: {at_least: 18}, level: low}}\n"
    "cases:\n  - {case: an invented one, facts: {age: 17}, expect: {level: high}}\n"
)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """A folder with a rule set in a folder of its own, and a test in Python beside it that must not be run."""

    def written(text: str) -> Path:
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / "ruleset.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "test_other.py").write_text("def test_other():\n    assert False\n", encoding="utf-8")
        return tmp_path

    return written


def test_a_copied_shipped_rule_set_passes_with_an_item_for_each_case_claim_and_property(tmp_path):
    shutil.copytree(FOLDER / "mappa-2007", tmp_path / "rulesets" / "mappa-2007")
    code, said = run(tmp_path, "--rulesets", "rulesets", "--ruleset-examples", "10", "-v")
    ruleset = SHIPPED["mappa-2007"]
    number = 1 + len(ruleset.cases) + len(ruleset.claims) + 2 + 5
    assert (code, f"{number} passed" in said) == (0, True), said
    start = "rulesets/mappa-2007/ruleset.yaml::"
    assert f"{start}it loads PASSED" in said
    assert f"{start}case: {ruleset.cases[0].title} PASSED" in said
    assert f"{start}claim: {ruleset.claims[0].id} PASSED" in said
    assert f"{start}`level` never rises when a fact gets better PASSED" in said


def test_a_rule_set_with_frameworks_has_its_properties_for_each_of_them(tmp_path):
    shutil.copytree(FOLDER / "hmic-2007", tmp_path / "hmic-2007")
    code, said = run(tmp_path, "--rulesets", ".", "--collect-only", "-q")
    ruleset = SHIPPED["hmic-2007"]
    assert code == 0
    for framework in ruleset.frameworks:
        assert f"::no two rules conflict [{framework}]" in said
        assert f"::`status` never gets worse when a fact gets better [{framework}]" in said
        assert f"::claim: {ruleset.claims[0].id} [{framework}]" in said
    assert said.count("::case: ") == len(ruleset.cases)


def test_a_planted_inversion_fails_with_its_message_and_no_traceback(written):
    code, said = run(written(FAILING), "--rulesets", "mine")
    assert code == 1
    assert "`level` goes from `low` to `high` when `age` turns from `18` to `17`, which is better" in said
    assert "the claim `the-old-are-high` is broken, what it says never happens does: `level` is `low`" in said
    assert "Traceback" not in said
    assert "def " not in said
    assert "2 failed, 4 passed" in said


def test_a_rule_set_that_does_not_load_fails_with_what_is_wrong_and_where(written):
    text = NUMBERS.replace("at_least: 18", "at_leest: 18").replace("otherwise: low", "otherwise: lower")
    code, said = run(written(text), "--rulesets", "mine")
    assert code == 1
    assert "mine/ruleset.yaml::it loads" in said
    assert "ruleset.yaml:19:" in said
    assert "at_leest" in said
    assert "`lower`" in said
    assert "Traceback" not in said
    assert "1 failed in" in said


def test_a_worked_case_that_expects_what_cannot_be_fails_in_the_same_way(written):
    text = NUMBERS + "cases:\n  - {case: an invented one, facts: {age: 17}, expect: {levl: high}}\n"
    code, said = run(written(text), "--rulesets", "mine")
    assert (code, "1 failed in" in said, "no value is called `levl`" in said, "Traceback" in said) == (
        1,
        True,
        True,
        False,
    )


@pytest.mark.parametrize("more", [(), ("-n", "1")])
def test_a_run_that_would_test_no_rule_set_fails_and_says_why(tmp_path, more):
    (tmp_path / "empty").mkdir()
    code, said = run(tmp_path, "--rulesets", "empty", *more)
    assert code == 4
    assert "no rule set stands under `" in said
    assert "name a folder that holds a `ruleset.yaml`" in said
    assert "Traceback" not in said


def test_a_folder_that_is_not_there_and_a_number_that_makes_no_sense_are_refused(written):
    code, said = run(written(NUMBERS), "--rulesets", "nine")
    assert (code, "is no folder and no file" in said, "Traceback" in said) == (4, True, False)
    code, said = run(written(NUMBERS), "--rulesets", "mine", "--ruleset-examples", "0")
    assert (code, "give a number from 1" in said) == (4, True)


def test_a_file_of_any_name_can_be_named_and_tests_that_are_named_run_beside_it(written):
    folder = written(NUMBERS)
    (folder / "mine" / "ruleset.yaml").rename(folder / "mine" / "levels.yaml")
    code, said = run(folder, "--rulesets", "mine/levels.yaml", "--ruleset-examples", "5")
    assert (code, "4 passed" in said) == (0, True), said
    code, said = run(folder, "--rulesets", "mine/levels.yaml", "--ruleset-examples", "5", "test_other.py")
    assert (code, "1 failed, 4 passed" in said) == (1, True), said


def test_a_project_can_name_its_folders_once_in_its_configuration(written):
    folder = written(NUMBERS)
    (folder / "pytest.ini").write_text(
        "[pytest]\nhmic_rulesets = mine\nfilterwarnings = error\naddopts = --strict-config\n", encoding="utf-8"
    )
    code, said = run(folder, "--ruleset-examples", "5")
    assert (code, "1 failed, 4 passed" in said) == (1, True), said
    code, said = run(folder, "--ruleset-examples", "5", "-n", "2")
    assert (code, "1 failed, 4 passed" in said) == (1, True), said


def test_a_property_that_nothing_was_compared_for_is_skipped_and_not_passed(written):
    text = NUMBERS.replace("{age: {at_least: 18}}", "{age: {at_least: 18}, region: north, other: not applicable}")
    never = text.replace("    otherwise: low\n", "    applies: {age: {below: 0}}\n    otherwise: low\n")
    code, said = run(written(never), "--rulesets", "mine", "-rs")
    assert (code, "3 passed, 1 skipped" in said, "nothing could be compared in" in said) == (0, True, True), said


def test_the_plugin_loads_nothing_heavy_where_no_rule_set_is_asked_for():
    code = "import sys, hmic_rules.testing.plugin; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "hmic_rules.testing.plugin" in loaded
    heavy = {"hypothesis", "ruamel", "ruamel.yaml", "networkx", "typer", "rich"}
    assert not loaded & heavy
    ours = {name for name in loaded if name.startswith("hmic_rules")}
    assert ours == {"hmic_rules", "hmic_rules.testing", "hmic_rules.testing.plugin"}


def test_pytest_finds_the_plugin_and_the_extra_brings_what_it_needs():
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"hmic_rules": PLUGIN}
    assert {one.split(">")[0] for one in project["optional-dependencies"]["testing"]} == {
        "hmic-rules",
        "hypothesis",
        "pytest",
    }
