"""What the prover says of the shipped rule sets, and of rule sets with one fault each."""

from __future__ import annotations

from math import prod

import pytest
from attrs import evolve

import hmic_rules as hr
from hmic_rules.binding import program_for
from hmic_rules.diagrams import building, nodes
from hmic_rules.testing.writing import loaded
from hmic_rules.verification import views
from hmic_rules.verification.obligations import Obligation
from hmic_rules.verification.promises import promises
from hmic_rules.verification.proving import Proof, proof_data, prove
from hmic_rules.verification.views import Part

FAULTY = """
ruleset: faulty
edition: "1"
title: one fault of each kind
scales: {level: [low, middle, high]}
terms:
  many: {at_least: 2/3, range: [2/3, 3/4], basis: assumed}
  most: {at_least: 1/2, range: [1/4, 3/4], basis: assumed}
inputs:
  risk: {scale: level, worse: upward}
  seen: {type: boolean}
  spare: {type: boolean}
  checks: {items: [one, two], fields: {met: {type: boolean}}}
values:
  turned:
    scale: level
    outcome: true
    safe_side: highest
    choose: first
    rules:
      - {id: high, then: low, when: {risk: high}, basis: assumed}
      - {id: dead, then: high, when: {risk: high, not: {risk: {at_least: middle}}}, basis: assumed}
      - {id: middle, then: middle, when: {risk: {at_least: middle}}, basis: assumed}
      - {id: idle, then: low, when: {risk: low, seen: true}, basis: assumed}
    otherwise: low
    limits:
      - {id: binds, at_least: middle, when: {seen: true}, basis: assumed}
      - {id: never-binds, at_most: high, basis: assumed}
    if_limits_cross: highest
  open_below:
    scale: level
    outcome: true
    choose: first
    rules: [{id: seen, then: high, when: {seen: true}, basis: assumed}]
  sure: {type: boolean, outcome: true, is: {any: [{spare: true}, {spare: false}]}}
  enough: {type: boolean, outcome: true, is: {share: {of: checks, where: {met: true}, is: many}}}
  half: {type: boolean, outcome: true, is: {share: {of: checks, where: {met: true}, is: most}}}
claims:
  - {id: broken, never: {turned: middle, seen: false}}
  - {id: kept, never: {turned: low, seen: true}}
"""
CLASH = """
ruleset: clash
edition: "1"
title: two rules that may not hold together
inputs: {f: {type: boolean}, g: {type: boolean}}
values:
  v:
    type: boolean
    outcome: true
    choose: unique
    rules:
      - {id: f, then: true, when: {f: true}, basis: assumed}
      - {id: g, then: false, when: {g: true}, basis: assumed}
    otherwise: false
  other: {type: boolean, outcome: true, choose: first, rules: [{id: both, then: true, when: {f: true, g: true}, basis: assumed}], otherwise: false}
"""


LARGE = {"turned", "enough", "half", "broken", "kept"}


def about(proof: Proof, kind: str, name: str) -> Obligation:
    (found,) = (one for one in proof.obligations if (one.kind, one.about) == (kind, name))
    return found


def decided(ruleset: hr.Ruleset, found: Obligation) -> hr.Decision:
    witness = found.witness
    assert witness is not None
    return ruleset.decide(
        witness.facts,
        framework=witness.framework,
        profile=witness.profile,
        parameters=witness.parameters or None,
        engine="reference",
    )


@pytest.fixture(scope="module")
def faulty() -> hr.Ruleset:
    return loaded(FAULTY)


@pytest.fixture(scope="module")
def proof(faulty) -> Proof:
    return prove(faulty)


@pytest.fixture(scope="module")
def grading() -> hr.Ruleset:
    return hr.load("hmic-2007")


@pytest.fixture(scope="module")
def graded(grading) -> Proof:
    return prove(grading)


@pytest.fixture(scope="module")
def arrangements() -> hr.Ruleset:
    return hr.load("mappa-2019")


@pytest.fixture(scope="module")
def arranged(arrangements) -> Proof:
    return prove(arrangements)


def test_a_value_that_turns_the_wrong_way_is_refuted_by_two_cases(faulty, proof):
    found = about(proof, "monotone", "turned")
    assert found.verdict == "refuted"
    better = decided(faulty, found)["turned"]
    worse = faulty.decide({**found.witness.facts, "risk": "high"})["turned"]
    # A risk that turns from high to middle is better, and the level rises: away from what is safe.
    assert (str(worse), str(better)) == ("low", "middle")
    assert found.witness.facts["risk"] == "middle"
    assert "from `low` to `middle` when `risk` turns from `high` to `middle`" in found.says


def test_the_same_value_that_turns_the_right_way_is_proven():
    right = FAULTY.replace("then: low, when: {risk: high}", "then: high, when: {risk: high}")
    found = about(prove(loaded(right)), "monotone", "turned")
    assert (found.verdict, found.within) == ("proven", ())


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [("high", "proven"), ("dead", "refuted"), ("middle", "proven"), ("idle", "idle")],
)
def test_a_rule_decides_or_is_dead_or_idle(faulty, proof, rule, verdict):
    found = about(proof, "rule decides", f"turned/{rule}")
    assert found.verdict == verdict
    if verdict == "proven":
        value = faulty.values["turned"]
        rules = tuple(one for one in value.body.rules if one.id != rule)
        less = evolve(
            faulty,
            values={**faulty.values, "turned": evolve(value, body=evolve(value.body, rules=rules))},
            programs={},
        )
        assert str(decided(faulty, found)["turned"]) != str(decided(less, found)["turned"])


def test_a_limit_binds_or_never_does(faulty, proof):
    binds = about(proof, "limit binds", "turned/binds")
    assert binds.verdict == "proven"
    assert decided(faulty, binds)["turned"].limits == ("binds",)
    never = about(proof, "limit binds", "turned/never-binds")
    assert (never.verdict, never.witness) == ("idle", None)


def test_a_label_that_no_case_gives_is_refuted(faulty, proof):
    assert about(proof, "reachable", "turned: high").verdict == "refuted"
    for label in ("low", "middle"):
        found = about(proof, "reachable", f"turned: {label}")
        assert found.verdict == "proven"
        assert str(decided(faulty, found)["turned"]) == label
    assert about(proof, "reachable", "sure: false").verdict == "refuted"


def test_a_gap_is_shown_by_a_case_that_no_rule_covers(faulty, proof):
    found = about(proof, "total", "open_below")
    assert found.verdict == "gap"
    assert decided(faulty, found)["open_below"].status == "no rule covers this"
    assert about(proof, "total", "turned").verdict == "proven"


def test_a_claim_is_broken_by_a_case_or_kept_by_all(faulty, proof):
    found = about(proof, "claim", "broken")
    assert found.verdict == "refuted"
    decision = decided(faulty, found)
    assert (str(decision["turned"]), found.witness.facts["seen"]) == ("middle", False)
    assert about(proof, "claim", "kept").verdict == "proven"


def test_rules_that_conflict_are_refuted_by_a_case_that_has_no_decision(proof):
    clash = loaded(CLASH)
    found = about(prove(clash), "single-valued", "clash")
    assert found.verdict == "refuted"
    with pytest.raises(hr.ConflictError):
        decided(clash, found)
    assert about(proof, "single-valued", "faulty").verdict == "proven"


def test_a_fact_on_which_nothing_hangs_is_found(proof):
    assert about(proof, "input matters", "spare").verdict == "refuted"
    assert about(proof, "input matters", "seen").verdict == "proven"
    assert about(proof, "input matters", "met of checks").verdict == "proven"


def test_a_word_whose_range_changes_nothing_stays_open(proof):
    # Of two checks the shares are 0, 1/2 and 1: nothing lies between 2/3 and 3/4, and 1/2 lies between 1/4 and 3/4.
    assert about(proof, "term matters", "many").verdict == "open"
    assert about(proof, "term matters", "most").verdict == "proven"


def test_counts_sum_to_the_product_of_the_sizes(proof):
    sizes = {"turned": (3, 2), "open_below": (2,), "sure": (), "enough": (2, 2), "half": (2, 2)}
    found = {one.outcome: one for one in proof.counts}
    assert found.keys() == sizes.keys()
    for name, one in found.items():
        assert (one.of, sum(one.numbers.values())) == (len(sizes[name]), prod(sizes[name]))
    assert found["turned"].numbers == {"low": 2, "middle": 4}
    assert found["open_below"].numbers == {"high": 1, "no rule covers this": 1}
    assert found["enough"].numbers == {"true": 1, "false": 3}
    assert found["half"].numbers == {"true": 3, "false": 1}


def test_a_proof_is_the_same_each_time(faulty, proof, arrangements, arranged):
    assert proof_data(prove(loaded(FAULTY))) == proof_data(proof)
    assert proof_data(prove(hr.load("mappa-2019"))) == proof_data(arranged)
    assert arranged.fingerprint == arrangements.fingerprint


def test_past_the_cap_nothing_is_proven_of_any_case(monkeypatch):
    for module in (building, views):
        monkeypatch.setattr(module, "Store", lambda: nodes.Store(3))
    found = prove(loaded(FAULTY))
    of_values = [one for one in found.obligations if one.about.partition("/")[0].partition(":")[0] in LARGE]
    assert {one.kind for one in of_values} >= {"total", "determined", "monotone", "claim", "reachable", "rule decides"}
    assert {one.verdict for one in of_values} == {"open"}
    assert all("not analysed" in one.says for one in of_values)
    assert not {one.outcome for one in found.counts} & LARGE


def test_the_gap_of_the_grading_scheme_is_of_the_strict_reading_alone(grading, graded):
    found = about(graded, "total", "grade")
    assert found.verdict == "gap"
    assert set(found.parts) == {f"{name}, strict" for name in grading.frameworks}
    for one in graded.counts:
        assert ("no rule covers this" in one.numbers) == one.part.endswith(", strict")


@pytest.mark.parametrize("framework", sorted(hr.load("hmic-2007").frameworks))
def test_the_gap_of_the_grading_scheme_is_neither_fair_nor_poor(grading, framework):
    part = Part(program_for(grading, framework, "strict", None))
    found = next(one for one in promises(grading, [part]) if (one.kind, one.about) == ("total", "grade"))
    assert found.verdict == "gap"
    assert (found.witness.framework, found.witness.profile) == (framework, "strict")
    assert found.witness.unusual
    grade = decided(grading, found)["grade"]
    assert (grade.status, grade.value) == ("no rule covers this", None)
    assert not {"fair", "poor"} & set(grade.possible)


def test_the_grade_is_proven_monotone_over_any_number_of_findings(graded):
    found = about(graded, "monotone", "grade")
    assert (found.verdict, found.within, found.parts) == ("proven", (), ())


def test_nothing_of_the_grading_scheme_is_refuted_and_every_criterion_matters(grading, graded):
    assert not graded.refuted
    items = [one for one in graded.obligations if one.kind == "item matters"]
    assert len(items) > 100
    assert {one.verdict for one in items} == {"proven"}
    assert {one.about.rpartition(" of ")[2] for one in items} == set(grading.frameworks)
    assert [one.about for one in graded.by_verdict("idle")] == ["shows/failing-in-places"]
    assert not graded.by_verdict("open")


def test_the_counts_of_the_grading_scheme_are_products_of_whole_numbers_of_assessments(graded):
    for one in graded.counts:
        assert one.numbers
        assert all(isinstance(number, int) and number > 0 for number in one.numbers.values())
    assert len({(one.outcome, one.part) for one in graded.counts}) == len(graded.counts)


def test_the_level_of_the_arrangements_of_2019_rises_when_a_fact_gets_better(arrangements, arranged):
    """Category 3 needs level 2 or more, category 2 does not: who is no other sex offender falls into category 3."""
    found = about(arranged, "monotone", "level")
    assert found.verdict == "refuted"
    better = decided(arrangements, found)
    assert found.witness.facts["other_sex_offender"] is False
    worse = arrangements.decide({**found.witness.facts, "other_sex_offender": True})
    assert [str(one["category"]) for one in (worse, better)] == ["2", "3"]
    assert [str(one["level"]) for one in (worse, better)] == ["1", "2"]


def test_every_claim_of_the_arrangements_is_proven_of_every_case(arrangements, arranged):
    claims = [one for one in arranged.obligations if one.kind == "claim"]
    assert {one.about for one in claims} == {one.id for one in arrangements.claims}
    assert {one.verdict for one in claims} == {"proven"}
    assert not any(one.within for one in claims)


def test_every_witness_of_the_arrangements_decides_what_is_said(arrangements, arranged):
    for one in arranged.obligations:
        if one.kind == "reachable":
            name, _, label = one.about.partition(": ")
            assert one.verdict == "proven"
            assert str(decided(arrangements, one)[name]) == label
        if one.verdict == "gap":
            status = {"total": "no rule covers this", "determined": "undetermined"}[one.kind]
            assert decided(arrangements, one)[one.about].status == status


# What the prover got wrong when it was compared with all cases one after the other.

HEAD = 'ruleset: small\nedition: "1"\ntitle: small\nscales: {level: [low, middle, high]}\n'


def small(text: str) -> tuple[hr.Ruleset, Proof]:
    ruleset = loaded(HEAD + text)
    return ruleset, prove(ruleset)


def of(proof: Proof) -> dict[tuple[str, str], str]:
    return {(one.kind, one.about): one.verdict for one in proof.obligations}


def test_rows_of_groups_of_which_there_must_be_one_are_looked_at():
    _, proof = small("""
inputs:
  teams: {collection: {id: {type: text}, big: {type: boolean}}, key: id}
  rows: {collection: {id: {type: text}, team: {type: text}, ok: {type: boolean}}, key: id, size: {at_least: 1}}
values:
  by_team: {group: rows, by: [team], expected: {team: teams}, missing: empty}
  fine: {outcome: true, type: boolean, is: {some: {of: rows, where: {ok: true}}}}
""")
    found = of(proof)
    assert found["reachable", "fine: true"] in ("proven", "open")
    assert found["reachable", "fine: false"] in ("proven", "open")
    assert found["input matters", "ok of rows"] in ("proven", "open")


def test_items_with_other_numbers_of_items_inside_them_are_looked_at():
    ruleset, proof = small("""
inputs: {items: {collection: {inner: {collection: {ok: {type: boolean}}}}}}
values:
  n: {each: items, type: integer, calc: {count: {of: inner}}}
  mixed: {outcome: true, type: boolean, is: {all: [{some: {of: items, where: {n: 0}}}, {some: {of: items, where: {n: {above: 0}}}}]}}
claims: [{id: never-mixed, never: {mixed: true}}]
""")
    assert str(ruleset.decide({"items": [{"inner": []}, {"inner": [{"ok": True}]}]})["mixed"]) == "true"
    assert of(proof)["claim", "never-mixed"] == "refuted"


@pytest.mark.parametrize(
    "n",
    [
        "{each: by_team, type: boolean, is: {team: b, count: {of: rows, at_least: 3}}}",
        "{each: by_team, type: integer, calc: {bands: {of: {count: {of: rows}}, below: 0, from: {3: 1}}}}",
    ],
)
def test_a_group_that_rules_ask_for_by_its_key_is_looked_at(n):
    where = "n: true" if "boolean" in n else "team: b, n: 1"
    ruleset, proof = small(f"""
inputs:
  teams: {{items: [a, b], fields: {{big: {{type: boolean}}}}}}
  rows: {{collection: {{team: {{choice: [a, b]}}, ok: {{type: boolean}}}}}}
values:
  by_team: {{group: rows, by: [team], expected: {{team: teams}}, missing: empty}}
  n: {n}
  v: {{outcome: true, type: boolean, is: {{some: {{of: by_team, where: {{{where}}}}}}}}}
claims: [{{id: c, never: {{v: true}}}}]
""")
    facts = {"teams": {one: {"big": False} for one in "ab"}, "rows": [{"team": "b", "ok": True}] * 3}
    assert str(ruleset.decide(facts)["v"]) == "true"
    assert of(proof)["claim", "c"] in ("refuted", "open")


def test_a_judgement_outside_the_limits_is_a_case_too():
    ruleset, proof = small("""
inputs: {f: {type: boolean}}
values:
  j: {scale: level, judged: true, outcome: true, limits: [{id: cap, at_most: low, when: {f: true}, basis: assumed}], if_limits_cross: lowest}
claims: [{id: capped, never: {f: true, j: high}}]
""")
    assert str(ruleset.decide({"f": True, "j": "high"})["j"]) == "high"
    assert of(proof)["claim", "capped"] == "refuted"


def test_a_case_that_has_no_decision_with_a_rule_or_without_it_shows_nothing():
    _, proof = small(CLASH[CLASH.index("inputs:") :])
    assert of(proof)["rule decides", "other/both"] != "proven"


def test_rules_that_conflict_in_every_case_are_refuted():
    ruleset, proof = small("""
inputs: {rows: {collection: {ok: {type: boolean}}}}
values:
  v:
    type: boolean
    outcome: true
    choose: unique
    rules:
      - {id: one, then: true, when: {count: {of: rows, at_least: 0}}, basis: assumed}
      - {id: two, then: false, when: {count: {of: rows, at_least: 0}}, basis: assumed}
""")
    with pytest.raises(hr.ConflictError):
        ruleset.decide({"rows": []})
    assert of(proof)["single-valued", "small"] == "refuted"


def test_what_reads_a_number_that_no_rule_gives_is_undetermined():
    ruleset, proof = small("""
inputs: {f: {type: boolean}}
values:
  n: {type: integer, min: 0, max: 3, choose: first, rules: [{id: f, then: 0, when: {f: true}, basis: assumed}]}
  v: {type: boolean, outcome: true, is: {n: 0}}
""")
    assert ruleset.decide({"f": False})["v"].status == "undetermined"
    assert of(proof)["determined", "v"] != "proven"


def test_whether_a_computed_number_lies_outside_its_type_is_not_said_to_be_known():
    ruleset, proof = small("""
inputs: {part: {type: decimal, min: 0}, whole: {type: decimal, min: 1}}
values:
  rate: {type: share, outcome: true, calc: {ratio: {part: part, whole: whole}}}
""")
    with pytest.raises(hr.HmicRulesError):
        ruleset.decide({"part": 2, "whole": 1})
    assert of(proof)["single-valued", "small"] in ("open", "refuted")


def test_what_turns_with_a_fact_unseen_is_not_said_to_be_monotone():
    ruleset, proof = small("""
inputs: {number: {type: integer, min: 0}, good: {type: boolean, better: upward}}
values:
  line: {type: integer, choose: first, rules: [{id: g, then: 10, when: {good: true}, basis: assumed}], otherwise: {then: 5, basis: assumed}}
  level: {scale: level, outcome: true, safe_side: lowest, choose: first, rules: [{id: above, then: high, when: {number: {above: {value: line}}}, basis: assumed}], otherwise: {then: low, basis: assumed}}
""")
    assert [str(ruleset.decide({"number": 7, "good": good})["level"]) for good in (False, True)] == ["high", "low"]
    assert of(proof).get(("monotone", "level")) in ("open", "refuted")


def test_a_value_that_asks_no_rows_is_looked_at_where_rows_that_are_grouped_must_be_there():
    ruleset, proof = small("""
inputs:
  seen: {type: boolean}
  rows: {key: id, size: {at_least: 1}, collection: {id: {type: text}, team: {type: text}}}
values:
  by_team: {group: rows, by: [team]}
  level: {scale: level, outcome: true, choose: first, rules: [{id: seen, then: high, when: {seen: true}, basis: assumed}], otherwise: {then: low, basis: assumed}}
""")
    assert str(ruleset.decide({"seen": True, "rows": [{"id": "a", "team": "b"}]})["level"]) == "high"
    verdicts = of(proof)
    assert {verdicts["reachable", f"level: {label}"] for label in ("low", "high")} == {"proven"}
    assert verdicts["rule decides", "level/seen"] == verdicts["input matters", "seen"] == "proven"
