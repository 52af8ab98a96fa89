"""The conformance suite (``conformance/*.yaml``), put to this library through its public functions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from ruamel.yaml import YAML

import hmic_rules as hr
from hmic_rules.backends.durable import planned
from hmic_rules.backends.engine import engine_module

FOLDER = Path(__file__).parent / "conformance"
LEAST_CASES = 150
FILE_KEYS = {"subject", "rulesets", "cases"}
CASE_KEYS = {"case", "ruleset", "facts", "profile", "parameters", "expect", "error"}
DETAILS = {"rule", "limits", "judgement"}
STATUSES = {"no rule covers this", "not applicable"}


@frozen
class Conformance:
    """One case with the text of its rule set."""

    file: str
    title: str
    ruleset: str
    text: str
    data: dict[str, Any]


def read(path: Path) -> Iterator[Conformance]:
    """The cases of one file; a file whose shape is not the one that README.md describes is refused."""
    document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert set(document) == FILE_KEYS, f"{path.name}: keys {sorted(document)}"
    assert document["cases"], f"{path.name} has no cases"
    for data in document["cases"]:
        where = f"{path.name}: {data.get('case')}"
        assert set(data) <= CASE_KEYS, f"{where}: unknown keys {sorted(set(data) - CASE_KEYS)}"
        assert ("expect" in data) != ("error" in data), f"{where}: exactly one of `expect` and `error`"
        assert data.get("expect", True), f"{where}: asserts nothing"
        assert data.get("error", True), f"{where}: asserts nothing"
        assert "ruleset" in data or len(document["rulesets"]) == 1, f"{where}: which rule set?"
        name = data.get("ruleset") or next(iter(document["rulesets"]))
        yield Conformance(path.name, data["case"], name, document["rulesets"][name], data)


FILES = sorted(FOLDER.glob("*.yaml"))
CASES = [case for path in FILES for case in read(path)]
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)


@pytest.fixture(scope="session")
def load(tmp_path_factory: pytest.TempPathFactory):
    """Loads the rule set of a case from a file of its own, once."""
    folder = tmp_path_factory.mktemp("conformance")
    known: dict[tuple[str, str], hr.Ruleset] = {}

    def load(case: Conformance) -> hr.Ruleset:
        key = (case.file, case.ruleset)
        if key not in known:
            path = folder / f"{Path(case.file).stem}-{case.ruleset}.yaml"
            path.write_text(case.text, encoding="utf-8")
            known[key] = hr.load(path)
        return known[key]

    return load


def decided(ruleset: hr.Ruleset, case: Conformance, facts: Any) -> hr.Decision:
    return ruleset.decide(facts, profile=case.data.get("profile"), parameters=case.data.get("parameters"))


def written(value: Any) -> str:
    """A value of the suite as the library writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def differences(outcome: hr.Outcome, expected: Any) -> list[str]:
    """What an outcome has otherwise than expected."""
    if isinstance(expected, str):
        assert expected in STATUSES, f"unknown expectation {expected!r}"
        return [] if outcome.status == expected else [f"{outcome.status}: {outcome.possible}, and not {expected}"]
    kinds = set(expected) - DETAILS
    assert kinds in ({"value"}, {"possible"}), f"unknown expectation {expected!r}"
    found: list[str] = []
    if "value" in expected:
        wanted = expected["value"]
        same_type = isinstance(wanted, bool) == isinstance(outcome.value, bool)
        if outcome.status != "decided" or outcome.possible != (written(wanted),) or not same_type:
            found.append(f"{outcome.status}: {outcome.possible}, and not {written(wanted)}")
    elif outcome.status != "undetermined" or outcome.possible != tuple(map(written, expected["possible"])):
        found.append(f"{outcome.status}: {outcome.possible}, and not {expected['possible']}")
    actual = {"rule": outcome.rule, "limits": list(outcome.limits), "judgement": outcome.judgement or "none"}
    found += [
        f"{key} {actual[key]}, and not {expected[key]}"
        for key in sorted(set(expected) & DETAILS)
        if actual[key] != expected[key]
    ]
    return found


def compared(decision: hr.Decision, expect: dict[str, Any]) -> dict[str, Any]:
    """Every difference between a decision and what a case expects, by the name of the value."""
    found: dict[str, Any] = {}
    for name, expected in expect.items():
        if isinstance(expected, dict) and "items" in expected:
            items = decision.items(name)
            if set(items) != set(expected["items"]):
                found[name] = [f"items {sorted(items)}, and not {sorted(expected['items'])}"]
                continue
            wrong = {key: differences(items[key], one) for key, one in expected["items"].items()}
            found[name] = {key: problems for key, problems in wrong.items() if problems}
        else:
            found[name] = differences(decision[name], expected)
    return {name: problems for name, problems in found.items() if problems}


def turned(facts: Any) -> Any:
    """The same facts with every mapping and every list of rows in the opposite order."""
    if isinstance(facts, dict):
        return {key: turned(facts[key]) for key in reversed(facts)}
    return [turned(one) for one in reversed(facts)] if isinstance(facts, list) else facts


def everything(decision: hr.Decision) -> dict[str, Any]:
    """Every value of a decision, on the case and on items."""
    values = decision.ruleset.values
    return {name: decision[name] if values[name].scope == "case" else decision.items(name) for name in values}


@cases
def test_conformance(case: Conformance, load) -> None:
    ruleset = load(case)
    if "error" in case.data:
        with pytest.raises(hr.HmicRulesError) as caught:
            decided(ruleset, case, case.data["facts"])
        assert case.data["error"] in str(caught.value)
    else:
        assert compared(decided(ruleset, case, case.data["facts"]), case.data["expect"]) == {}


@cases
def test_the_order_of_facts_does_not_matter_to(case: Conformance, load) -> None:
    ruleset, facts = load(case), turned(case.data["facts"])
    if "error" in case.data:
        with pytest.raises(hr.HmicRulesError) as caught:
            decided(ruleset, case, facts)
        assert case.data["error"] in str(caught.value)
    else:
        assert everything(decided(ruleset, case, facts)) == everything(decided(ruleset, case, case.data["facts"]))


@pytest.mark.skipif(engine_module() is None, reason="durable_rules cannot be imported: it does not work on Python 3.13")
@pytest.mark.parametrize("engine", ["both", "durable"])
@cases
def test_durable_rules_conforms_where_it_computes_something(case: Conformance, engine: Any, load) -> None:
    ruleset = load(case)
    facts, profile, parameters = case.data["facts"], case.data.get("profile"), case.data.get("parameters")
    found = planned(ruleset)
    if not found.plans or (engine == "durable" and any(ruleset.values[name].conditional for name in found.refused)):
        with pytest.raises(hr.EngineError, match=r"computes nothing of|does not compute"):
            ruleset.decide({}, engine=engine)
    elif "error" in case.data:
        with pytest.raises(hr.HmicRulesError) as caught:
            ruleset.decide(facts, profile=profile, parameters=parameters, engine=engine)
        assert case.data["error"] in str(caught.value)
    else:
        decision = ruleset.decide(facts, profile=profile, parameters=parameters, engine=engine)
        assert "durable_rules" in decision.engines
        assert compared(decision, case.data["expect"]) == {}


def test_the_suite_is_not_thinned_out() -> None:
    assert len(CASES) >= LEAST_CASES
    assert {path.stem for path in FILES} == {case.file.removesuffix(".yaml") for case in CASES}


def test_each_case_has_a_sentence_of_its_own() -> None:
    titles = [case.title for case in CASES]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
    assert [title for title in titles if len(title.split()) < 4] == []


def test_every_value_of_every_rule_set_is_asked_for_by_some_case() -> None:
    yaml = YAML(typ="safe", pure=True)
    idle: list[str] = []
    for file, name, text in sorted({(case.file, case.ruleset, case.text) for case in CASES}):
        asked = {
            value
            for case in CASES
            if (case.file, case.ruleset) == (file, name)
            for value in case.data.get("expect", ())
        }
        values = yaml.load(text)["values"]
        idle += [f"{file}: {name}: {value}" for value in values if value not in asked and "group" not in values[value]]
    assert idle == []


@pytest.mark.parametrize("expected", ["undecided", {"valeu": 1}, {"value": 1, "because": "x"}, {}])
def test_an_expectation_that_the_suite_does_not_know_is_refused(expected: Any) -> None:
    outcome = hr.Outcome("x", None, "decided", 1, ("1",), None, (), None, True)
    with pytest.raises(AssertionError, match="unknown expectation"):
        differences(outcome, expected)


@pytest.mark.parametrize(
    "case",
    [
        "{case: a case that asserts nothing, facts: {}, expect: {}}",
        "{case: a case without an expectation, facts: {}}",
        "{case: a case with both, facts: {}, expect: {x: {value: 1}}, error: no}",
        "{case: a case with a key too many, facts: {}, expects: {x: {value: 1}}}",
    ],
)
def test_a_case_that_could_not_fail_is_refused(case: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(f"subject: bad\nrulesets: {{one: ''}}\ncases: [{case}]\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"bad\.yaml: a case"):
        list(read(path))


def test_a_file_without_cases_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("subject: bad\nrulesets: {one: ''}\ncases: []\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="has no cases"):
        list(read(path))
