"""The library as an engineer embeds it: cheap to import, frozen, small."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

import hmic_rules as hr


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sorted(sys.modules)))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_neither_networkx_nor_the_command_line_nor_yaml():
    modules = loaded_by("import hmic_rules")
    assert not {name.split(".")[0] for name in modules} & {
        "networkx",
        "typer",
        "rich",
        "ruamel",
        "click",
        "attr",
        "durable",
        "durable_rules_engine",
    }


def test_deciding_loads_neither_networkx_nor_the_command_line():
    modules = loaded_by("import hmic_rules as hr; hr.load('hmic-2007').decide({}, framework='child-abuse')")
    assert not {name.split(".")[0] for name in modules} & {"networkx", "typer", "rich", "click", "durable"}


def test_the_second_engine_starts_no_thread_and_loads_neither_host_nor_language_of_durable_rules():
    code = "import hmic_rules as hr, threading; hr.load('hmic-2007').decide({}, framework='child-abuse')"
    modules = loaded_by(f"{code}; assert threading.active_count() == 1")
    assert not {"durable", "durable.engine", "durable.lang"} & modules
    assert "hmic_rules.backends.durable" in modules


def test_the_reference_alone_loads_no_second_engine():
    code = "import hmic_rules as hr; hr.load('hmic-2007').decide({}, framework='child-abuse', engine='reference')"
    assert not {"hmic_rules.backends", "durable_rules_engine"} & loaded_by(code)


def test_the_public_names_are_sorted_and_all_there():
    assert hr.__all__ == sorted(hr.__all__)
    assert all(getattr(hr, name) is not None for name in hr.__all__)
    assert set(hr.__all__) <= set(dir(hr))


def test_a_reading_is_called_profile_by_every_public_function_that_takes_one():
    called = [getattr(hr, name) for name in hr.__all__]
    called += [
        one for found in called if isinstance(found, type) for one in vars(found).values() if inspect.isfunction(one)
    ]
    public = [one for one in called if inspect.isfunction(one) and not one.__name__.startswith("_")]
    takes = {one.__qualname__: set(inspect.signature(one).parameters) for one in public}
    assert [name for name, parameters in takes.items() if "reading" in parameters] == []
    assert {"decide", "Ruleset.decide", "Inspection.grade", "Inspection.leverage", "Inspection.report"} <= {
        name for name, parameters in takes.items() if "profile" in parameters
    }


def test_an_unknown_name_of_the_package_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'grade'"):
        _ = hr.grade  # type: ignore[attr-defined]


def test_records_are_frozen():
    decision = hr.load("hmic-2007").decide({}, framework="child-abuse")
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        decision.outcome.value = "good"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        decision.ruleset.name = "other"


def test_a_reason_prints_as_a_few_lines_of_text():
    said = str(hr.load("mappa-2019").decide({"convicted_or_cautioned": "neither"}).why("category")).splitlines()
    assert said[0] == "category: outside, no rule held, and the rule set says what follows then"
    assert said[1].startswith("  no      1 if “convicted or cautioned” is cautioned or convicted and “registered sex")
    assert said[1].endswith("[category-1; stated, gwent:categories/category/1]")
    assert len(said) > 5


def test_a_decided_outcome_is_never_said_to_hang_on_what_is_not_known(ruleset_from):
    ruleset = ruleset_from("""
ruleset: limited
edition: "1"
title: limited
scales: {grade: [poor, fair, good]}
inputs: {tidy: {type: boolean}, safe: {type: boolean}}
values:
  grade:
    scale: grade
    outcome: true
    choose: highest
    rules: [{id: tidy, then: good, when: {tidy: true}, basis: assumed}]
    otherwise: {then: fair, basis: assumed}
    limits: [{id: unsafe, at_most: fair, when: {safe: false}, basis: assumed}]
""")
    assert (
        str(ruleset.decide({"safe": False}).why()).splitlines()[0]
        == "grade: fair, the rules and limits that may still hold all lead to it"
    )
    assert "facts that are not known decide between these results" in str(ruleset.decide({}).why())


def test_every_answer_gives_itself_as_plain_data():
    decision = hr.load("mappa-2007").decide({"convicted_or_cautioned": "convicted", "registered_sex_offender": True})
    assert decision.to_data()["outcomes"][0] == decision["category"].to_data()
    assert decision.why("category").to_data()["outcome"] == decision["category"].to_data()
    replayed = hr.replay(decision.record()).to_data("kept.json")
    assert (replayed["record"], replayed["verdict"], replayed["differences"]) == ("kept.json", "identical", [])
    inspection = hr.load_inspection("mps-2007")
    graded = inspection.grade().to_data()["frameworks"][0]
    explained = inspection.explain(graded["framework"]).to_data()
    assert (explained["title"], explained["published"]) == (graded["title"], graded["published"])
    assert explained["reason"]["outcome"] == graded["computed"]
    json.dumps([decision.to_data(), replayed, graded, explained])


def test_the_exact_results_of_each_of_several_outcomes_can_be_asked_for():
    decision = hr.load("mappa-2007").decide({"convicted_or_cautioned": "convicted", "registered_sex_offender": True})
    assert (decision["level"].exact, decision.exact("level").exact) == (False, True)
    assert decision.exact("level").possible == decision["level"].possible
    with pytest.raises(hr.NotFoundError, match="outcomes for a whole case: ask for one of"):
        decision.exact()


def test_a_record_is_read_from_its_bytes_before_anything_is_computed():
    record = hr.load("mappa-2007").decide({}).record()
    read = hr.read_record(record.text)
    assert (read.text, read.sha256, read.is_sealed) == (record.text, record.sha256, True)
    with pytest.raises(hr.InputError, match="record, byte 1: it is not JSON"):
        hr.read_record(b"{")


def test_a_place_can_be_written_in_every_encoding():
    with pytest.raises(hr.InputError) as refused:
        hr.load("mappa-2007").decide({"risk\ud800\n": True})
    assert str(refused.value.diagnostics[0].place) == "$.facts.risk\\ud800\\n"
    str(refused.value).encode()


def test_what_a_schema_says_of_an_input_is_one_sentence_after_another():
    says = hr.load("hmic-2007").facts_schema()["properties"]["risk_judged_unacceptable"]["description"]
    assert says.endswith("where nothing is recorded. Where nobody gives it, it is false.")


def test_asking_for_the_one_outcome_of_several_lists_those_of_the_case():
    with pytest.raises(hr.NotFoundError) as caught:
        hr.load("mappa-2007").decide({}).outcome  # noqa: B018
    assert "has 8 outcomes for a whole case: ask for one of `category`," in str(caught.value)
    assert "`part`" not in str(caught.value)


def test_a_wrong_setting_and_a_wrong_fact_are_said_together():
    with pytest.raises(hr.InputError) as caught:
        hr.load("mappa-2019").decide({"custody": -1}, parameters={"caution_counts_for_category_3": "perhaps"})
    assert [str(one.place) for one in caught.value.diagnostics] == [
        "$.parameters.caution_counts_for_category_3",
        "$.facts.custody",
    ]


def test_the_parameters_of_a_case_must_be_a_mapping():
    with pytest.raises(hr.InputError, match="`5` is not a mapping from parameters to settings"):
        hr.load("mappa-2019").decide({"facts": {}, "parameters": 5})


def test_a_decision_says_why_what_is_not_known_and_what_it_assumes():
    decision = hr.load("hmic-2007").decide({"beacon": True}, framework="child-abuse")
    assert [rule.id for rule in decision.why().rules] == [rule.rule.id for rule in decision.trace("grade").rules]
    assert "beacon" not in decision.unknown
    assert {"bearings", "full_compliance"} <= set(decision.unknown)
    assert {one.name for one in decision.assumptions()} >= {"a significant number", "most", "child-abuse"}
    assert decision.why("status", "ca-risk-assessment").outcome.item == "ca-risk-assessment"


def test_large_records_show_themselves_in_one_short_line():
    inspection = hr.load_inspection("mps-2007")
    shown = [repr(inspection), repr(inspection.ruleset), repr(inspection.decide("child-abuse"))]
    assert max(map(len, shown)) < 120
    assert not any("\n" in line for line in shown)


def test_errors_survive_pickling_with_their_diagnostics():
    error = hr.InputError([hr.Diagnostic(hr.Span("a.yaml", 1, 2), "`x` is wrong", "mend it")])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert again.diagnostics == error.diagnostics
    assert str(again) == "a.yaml:1:2: `x` is wrong\n    help: mend it"


def test_the_input_is_not_changed_and_can_be_reused():
    ruleset = hr.load("hmic-2007")
    case = {"bearings": [], "beacon": True}
    before = json.dumps(case)
    first = ruleset.decide(case, framework="child-abuse").to_data()
    assert ruleset.decide(case, framework="child-abuse").to_data() == first
    assert json.dumps(case) == before


ROOMS = """\
ruleset: rooms
edition: "1"
title: rooms and their doors, invented
inputs:
  alarm: {type: boolean}
  rooms:
    key: id
    collection:
      id: {type: text}
      doors:
        items: [front, back]
        fields: {locked: {type: boolean}}
values:
  guarded: {each: doors, is: {any: [{locked: true}, {case.alarm: true}]}, basis: stated, cite: house/1}
  safe: {each: rooms, outcome: true, is: {every: {of: doors, where: {guarded: true}}}, basis: stated, cite: house/1}
frameworks: {fill: rooms, files: [house]}
"""
HOUSE = """\
framework: house
title: an invented house
rooms:
  - {id: hall, says: a hall, basis: stated, cite: house/1}
"""


@pytest.mark.parametrize("given", [{}, {"rooms": {"hall": {}}}, {"rooms": {}}])
def test_a_decision_keeps_its_own_items_within_the_items_of_a_framework(tmp_path, given):
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "ruleset.yaml").write_text(ROOMS)
    (tmp_path / "frameworks" / "house.yaml").write_text(HOUSE)
    ruleset = hr.load(tmp_path)
    first = ruleset.decide({"alarm": True, **given}, framework="house")
    second = ruleset.decide({"alarm": False, **given}, framework="house")
    assert [str(outcome) for outcome in first.outcomes] == ["true"]
    assert [outcome.status for outcome in second.outcomes] == ["undetermined"]


def test_decisions_in_many_threads_are_those_of_one():
    inspection = hr.load_inspection("mps-2007")
    facts = {name: inspection.facts(name) for name in inspection.frameworks}
    jobs = [(name, profile) for name in facts for profile in inspection.ruleset.profiles] * 5

    def outcome(job: tuple[str, str]) -> str:
        return str(inspection.ruleset.decide(facts[job[0]], framework=job[0], profile=job[1])["grade"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(outcome, jobs)) == [outcome(job) for job in jobs]


@pytest.mark.parametrize("seed", ["0", "1", "12345"])
def test_the_hash_seed_changes_nothing(seed):
    arguments = [sys.executable, "-m", "hmic_rules", "explain", "mps-2007", "--json"]
    environments = [{**os.environ, "PYTHONHASHSEED": one} for one in (seed, "7")]
    printed = [subprocess.run(arguments, capture_output=True, check=True, env=env).stdout for env in environments]
    assert printed[0] == printed[1]


def test_the_package_says_what_to_install_where_the_command_line_is_missing():
    code = "import sys; sys.modules['typer'] = None; import hmic_rules.__main__ as m; m.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "hmic-rules[cli]"' in done.stderr
