"""The published schemas: equal to the code, valid for every file of the project, and refusing what the loader refuses."""

from __future__ import annotations

import copy
import datetime
import functools
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import hmic_rules as hr
from hmic_rules.datatypes import DataType, WrongValue
from hmic_rules.loading.case_files import read_case_file
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.schemas.parts import DATE, END, record
from hmic_rules.schemas.published import PUBLISHED, schema_bytes, schema_text
from instances import instance

ROOT = Path(__file__).parents[1]
SHAPES = sorted((ROOT / "tests" / "shapes").glob("*.yaml"))
EVERY_CONSTRUCT = ROOT / "tests" / "diagnostics" / "every-construct.yaml"
KINDS = {
    "ruleset": [
        "rulesets/*/ruleset.yaml",
        "tests/inspections/*/ruleset.yaml",
        "tests/shapes/*.yaml",
        "tests/diagnostics/*.yaml",
    ],
    "cases": ["rulesets/*/cases.yaml"],
    "framework": ["rulesets/*/frameworks/*.yaml", "tests/inspections/*/frameworks/*.yaml"],
    "inspection": ["rulesets/*/inspection.yaml", "tests/inspections/*/inspection.yaml"],
    "findings": [
        "rulesets/*/findings/*.yaml",
        "rulesets/*/recommendations.yaml",
        "rulesets/*/practices.yaml",
        "tests/inspections/*/findings.yaml",
        "tests/inspections/*/judgements.yaml",
    ],
    "glossary": ["rulesets/*/glossary.yaml"],
}
FILES = [(kind, path) for kind, globs in KINDS.items() for one in globs for path in sorted(ROOT.glob(one))]


@functools.cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(PUBLISHED[kind].build())


def _schemas() -> Iterator[Any]:
    for one in PUBLISHED.values():
        yield one.build()
    yield hr.load("mappa-2007").case_schema()
    yield hr.load("hmic-2007").case_schema()
    yield hr.load("hmic-2007").facts_schema("child-abuse")


@pytest.mark.parametrize("kind", PUBLISHED)
def test_the_shipped_schema_is_what_the_code_builds(kind: str) -> None:
    built = schema_text(PUBLISHED[kind].build())
    assert schema_bytes(kind).decode() == built, f"write it anew: hmic_rules.schemas.published builds {kind}.json"


def test_every_schema_is_one_of_the_dialect_that_it_names() -> None:
    for schema in _schemas():
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("patternProperties", {})
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for child in schema.values():
            yield from _patterns(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from _patterns(child)


def test_no_pattern_takes_a_last_line_break_for_the_end() -> None:
    patterns = {pattern for schema in _schemas() for pattern in _patterns(schema)}
    assert len(patterns) > 10
    assert [one for one in sorted(patterns) if "$" in one and not one.endswith(END)] == []
    assert [Draft202012Validator(DATE).is_valid(text) for text in ("2007-06-01", "2007-06-01\n")] == [True, False]


def _described(schema: Any, where: str = "") -> Iterator[str]:
    """Every key that stands without a description."""
    if isinstance(schema, dict):
        for key, entry in schema.get("properties", {}).items() if schema.get("additionalProperties") is False else ():
            if isinstance(entry, dict) and "description" not in entry:
                yield f"{where}/{key}"
        for key, child in schema.items():
            yield from _described(child, f"{where}/{key}")
    elif isinstance(schema, list):
        for child in schema:
            yield from _described(child, where)


@pytest.mark.parametrize("kind", PUBLISHED)
def test_every_key_has_a_description_for_whoever_points_at_it(kind: str) -> None:
    assert list(_described(PUBLISHED[kind].build())) == []


def test_a_key_that_only_the_loader_or_only_the_schema_has_is_not_built() -> None:
    with pytest.raises(ValueError, match="the loader and the schema differ: \\['b', 'c'\\]"):
        record(["a", "b"], {"a": {}, "c": {}})


@pytest.mark.parametrize(
    ("kind", "path"), FILES, ids=lambda one: one if isinstance(one, str) else f"{one.parent.name}/{one.name}"
)
def test_every_file_of_the_project_is_valid(kind: str, path: Path) -> None:
    found = [
        f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(instance(path.read_bytes()))
    ]
    assert found == []


def test_every_kind_of_file_is_among_them() -> None:
    assert {kind for kind, _ in FILES} == set(PUBLISHED)
    assert len(FILES) > 40


def test_every_rule_set_of_the_conformance_suite_is_valid() -> None:
    count = 0
    for path in sorted((ROOT / "tests" / "conformance").glob("*.yaml")):
        for name, text in instance(path.read_bytes())["rulesets"].items():
            assert validator("ruleset").is_valid(instance(text)), f"{path.name}: {name}"
            count += 1
    assert count > 20


# --- faults -----------------------------------------------------------------------------------------------------------

OPEN = {"patterns", "with", "also", "expected", "facts", "expect"}  # where the loader knows more than a schema can
WRONG: dict[str, Any] = {
    "a text": "x",
    "an empty list": [],
    "a list": ["x"],
    "an empty mapping": {},
    "a mapping": {"Zz": "x"},
    "null": None,
}


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, child in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from _places(child, (*path, key))


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def _loads(data: Any) -> bool:
    text = re.sub(r'"(\$\w+)"', r"\1", json.dumps(data)).encode()

    def source(name: str) -> bytes:
        if name == "ruleset.yaml":
            return text
        raise FileNotFoundError(name)

    try:
        read_ruleset(source, "ruleset.yaml", str)
    except hr.InputError:
        return False
    return True


def _faults(data: Any) -> Iterator[tuple[str, tuple[Any, ...], Callable[[Any], Any]]]:
    """Every fault of form that can be put into a rule set: what it is, where, and how it is put there."""
    for path in _places(data):
        node = _at(data, path)
        if isinstance(node, dict):
            yield "unknown key", path, lambda changed, path=path: _at(changed, path).update({"Zz": "x"})
            for key in node:
                yield f"without {key}", path, lambda changed, path=path, key=key: _at(changed, path).pop(key)
        for what, wrong in WRONG.items() if path else ():
            yield (
                what,
                path,
                lambda changed, path=path, wrong=wrong: _at(changed, path[:-1]).__setitem__(
                    path[-1], copy.deepcopy(wrong)
                ),
            )


def _is_open(path: tuple[Any, ...]) -> bool:
    return bool(OPEN & set(path)) or path[:1] == ("profiles",) or (path[:1] == ("cases",) and "parameters" in path)


@pytest.mark.parametrize("path", [*SHAPES, EVERY_CONSTRUCT], ids=lambda path: path.stem)
def test_what_the_loader_takes_the_schema_never_refuses(path: Path) -> None:
    data = instance(path.read_bytes())
    faults = list(_faults(data))
    taken = 0
    for what, place, put in faults[:: max(1, len(faults) // 300)]:
        changed = copy.deepcopy(data)
        put(changed)
        if _loads(changed):
            taken += 1
            refused = [error.message for error in validator("ruleset").iter_errors(changed)]
            is_of_a_case = place[:1] == ("cases",) and bool(
                {"facts", "expect", "parameters"} & set(place)
            )  # read when the case is decided
            assert not refused or is_of_a_case, (what, place, refused)
    assert taken > 10


def _must_stay(place: tuple[Any, ...], node: dict[str, Any]) -> set[str]:
    """The keys of a mapping without which both refuse it."""
    if not place:
        return {"ruleset", "edition", "title", "values"}
    section = place[-2] if len(place) > 1 else None
    if section in ("rules", "points") and isinstance(place[-1], int):
        return {"id", "when", "basis"} | (node.keys() & {"then", "worth"})
    if section in ("limits", "claims", "cases") and isinstance(place[-1], int):
        return {"limits": {"id", "basis"}, "claims": {"id"}, "cases": {"case", "facts"}}[section]
    if place[:-1] in {("profiles",), ("terms",)}:
        return {"basis"}
    if place[:1] == ("inputs",) and section in ("inputs", "fields", "collection"):
        return node.keys() & {"type", "choice", "scale", "fields"}
    return node.keys() & {"of", "part", "whole"} if place[0] == "values" and len(place) > 2 else set()


def _may_be_a_text(place: tuple[Any, ...], node: dict[str, Any]) -> bool:
    """Whether a mapping stands where a literal or a name could stand alone."""
    is_a_test = bool({"at_least", "at_most", "above", "below", "is", "not", "in", "value", "term"} & node.keys())
    return (
        is_a_test or place[-1] in {"calc", "part", "whole", "of", "otherwise", "list_of"} or isinstance(place[-1], int)
    )


@pytest.mark.parametrize("path", [*SHAPES, EVERY_CONSTRUCT], ids=lambda path: path.stem)
def test_an_unknown_key_a_missing_one_and_a_wrong_shape_are_refused_by_both(path: Path) -> None:
    data = instance(path.read_bytes())
    seen: set[str] = set()
    for what, place, put in _faults(data):
        node, key = _at(data, place), what.removeprefix("without ")
        if isinstance(node, dict):
            wanted = what == "unknown key" or key in _must_stay(place, node)
            wanted = wanted or (what == "a text" and not _may_be_a_text(place, node))
        else:
            wanted = what == "null" or (what == "a mapping" and isinstance(node, list))
        if not wanted or _is_open(place):
            continue
        changed = copy.deepcopy(data)
        put(changed)
        seen.add(what)
        assert not _loads(changed), f"the loader takes it: {what} at {place}"
        assert not validator("ruleset").is_valid(changed), f"the schema takes it: {what} at {place}"
    assert {"unknown key", "a text", "null", "without title"} <= seen


FAULTS_OF_OTHERS: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("inspection", "tests/inspections/small/inspection.yaml", lambda data: data.update(fremeworks={})),
    ("inspection", "tests/inspections/small/inspection.yaml", lambda data: data.pop("body")),
    ("inspection", "tests/inspections/small/inspection.yaml", lambda data: data["bearings"].pop("status")),
    ("inspection", "tests/inspections/small/inspection.yaml", lambda data: data.update(files="findings.yaml")),
    (
        "inspection",
        "tests/inspections/small/inspection.yaml",
        lambda data: data["frameworks"]["roads"].update(publisht={}),
    ),
    ("inspection", "tests/inspections/small/inspection.yaml", lambda data: data["put_right"].pop("becomes")),
    ("findings", "tests/inspections/small/findings.yaml", lambda data: data["findings"][0].pop("cite")),
    ("findings", "tests/inspections/small/findings.yaml", lambda data: data["findings"][0].update(bears={})),
    (
        "findings",
        "tests/inspections/small/findings.yaml",
        lambda data: data["findings"][0]["bears"][0].pop("criterion"),
    ),
    ("findings", "tests/inspections/small/findings.yaml", lambda data: data["practices"][0].pop("problem")),
    ("findings", "tests/inspections/small/findings.yaml", lambda data: data["recommendations"][0].update(answer=[])),
    ("framework", "tests/inspections/small/frameworks/roads.yaml", lambda data: data.pop("title")),
    ("framework", "tests/inspections/small/frameworks/roads.yaml", lambda data: data["criteria"][0].pop("says")),
    ("framework", "tests/inspections/small/frameworks/roads.yaml", lambda data: data["criteria"][0].pop("basis")),
]


@pytest.mark.parametrize(("kind", "file", "put"), FAULTS_OF_OTHERS)
def test_a_fault_in_a_file_of_an_inspection_is_refused_by_both(
    kind: str, file: str, put: Callable[[Any], Any], tmp_path: Path
) -> None:
    source = ROOT / "tests" / "inspections" / "small"
    for path in source.rglob("*.yaml"):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    hr.load_inspection(tmp_path)
    changed_file = tmp_path / Path(file).relative_to("tests/inspections/small")
    data = instance(changed_file.read_bytes())
    assert validator(kind).is_valid(data)
    put(data)
    changed_file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(hr.InputError):
        hr.load_inspection(tmp_path)
    assert not validator(kind).is_valid(data)


# --- cases ------------------------------------------------------------------------------------------------------------


def _refused(ruleset: hr.Ruleset, case: Any) -> bool:
    try:
        found = read_case_file(json.dumps(case).encode(), "case.json", ruleset)
        parameters = getattr(found.parameters, "entries", None)
        hr.decide(ruleset, found.facts, framework=found.framework, profile=found.profile, parameters=parameters)
    except hr.InputError:
        return True
    return False


def test_every_worked_case_of_the_shipped_rule_sets_is_valid_under_the_schema_of_its_rule_set() -> None:
    count = 0
    for path in sorted((ROOT / "rulesets").glob("*/cases.yaml")):
        own = Draft202012Validator(hr.load(path.parent).case_schema())
        for case in instance(path.read_bytes()):
            assert [f"{error.json_path}: {error.message}" for error in own.iter_errors(case)] == [], (
                f"{path}: {case['case']}"
            )
            count += 1
    assert count > 50


CASES: list[tuple[str, Any]] = [
    ("a misspelt fact", {"facts": {"riskk": "low"}}),
    ("an unknown label", {"facts": {"risk": "hihg"}}),
    ("a list for a label", {"facts": {"risk": ["low"]}}),
    ("a number that is too large", {"facts": {"score": 41}}),
    ("a number that is too small", {"facts": {"score": -1}}),
    ("a part of a whole number", {"facts": {"score": 1.5}}),
    ("a number with its unit", {"facts": {"score": "12 points"}}),
    ("a text for a truth value", {"facts": {"registrations": {"r1": {"active": "maybe"}}}}),
    ("a field that there is not", {"facts": {"registrations": {"r1": {"activ": True}}}}),
    ("a row without its key", {"facts": {"registrations": [{"active": True}]}}),
    ("rows that are a text", {"facts": {"registrations": "none"}}),
    ("facts that are a list", {"facts": [1]}),
    ("not applicable where it cannot be", {"facts": {"risk": "not applicable"}}),
    ("a reading that there is not", {"profile": "strict", "facts": {}}),
    ("facts alone, with a misspelt one", {"riskk": "low"}),
]
GOOD_CASES: list[Any] = [
    {"facts": {}},
    {},
    {"facts": {"risk": "low", "score": 12, "registrations": []}, "expect": {"queue": "ordinary"}},
    {"facts": {"risk": None, "registrations": {"r1": {"active": "yes"}}}},
    {"registrations": [{"id": "r1", "code": "a", "active": True}]},
]


@pytest.mark.parametrize(("what", "case"), CASES, ids=[what for what, _ in CASES])
def test_a_fault_in_a_case_is_refused_by_the_schema_of_its_rule_set_and_by_decide(what: str, case: Any) -> None:
    ruleset = hr.load(ROOT / "tests" / "shapes" / "points.yaml")
    assert not Draft202012Validator(ruleset.case_schema()).is_valid(case)
    assert _refused(ruleset, case)


@pytest.mark.parametrize("case", GOOD_CASES, ids=str)
def test_a_case_without_a_fault_is_taken_by_both(case: Any) -> None:
    ruleset = hr.load(ROOT / "tests" / "shapes" / "points.yaml")
    assert Draft202012Validator(ruleset.case_schema()).is_valid(case)
    assert not _refused(ruleset, case)


def test_a_case_under_a_framework_gives_only_what_the_framework_leaves_open() -> None:
    ruleset = hr.load("hmic-2007")
    own = Draft202012Validator(ruleset.case_schema())
    name = next(iter(ruleset.frameworks))
    criterion = next(iter(ruleset.frameworks[name].notes))
    for facts, accepted in (
        ({"bearings": []}, True),
        ({"criteria": {criterion: {}}}, True),
        ({"criteria": {criterion: {"standard": "fair"}}}, False),
        ({"criteria": {"no-such-criterion": {}}}, False),
    ):
        case = {"framework": name, "facts": facts}
        assert own.is_valid(case) is accepted
        assert _refused(ruleset, case) is not accepted
    with pytest.raises(hr.NotFoundError, match="no framework `no-such`"):
        ruleset.facts_schema("no-such")


def test_days_that_are_not_in_the_calendar_are_refused_by_the_schema_too() -> None:
    ruleset = hr.load(EVERY_CONSTRUCT)
    own = Draft202012Validator(ruleset.case_schema())
    for text in ("2007-02-28", "2008-02-29", "2000-02-29", "1900-02-28", "0001-01-01", "9999-12-31", "2007-02-29", "1900-02-29",
                 "2007-04-31", "2007-13-01", "2007-00-01", "2007-06-00", "0000-02-29", "2007-6-1", "2007-06-01\n", "2007-06-01 "):  # fmt: skip
        assert own.is_valid({"facts": {"start": text}}) is not _refused(ruleset, {"facts": {"start": text}}), text


def _is_accepted(type: DataType, written: str) -> bool:
    try:
        type.accept(written)
    except WrongValue:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "bounds", "days"),
    [
        ("date", "min: 2004-02-29, max: 2019-10-31", 1),
        ("date", "min: 0999-12-09", 1),
        ("date", "max: 2007-01-01", 1),
        ("month", "min: 2006-04, max: 2010-01", 28),
        ("month", "max: 2009-12", 28),
    ],
)
def test_the_schema_takes_the_days_and_months_within_their_bounds_and_no_other(
    kind: str, bounds: str, days: int
) -> None:
    text = f'ruleset: a\nedition: "1"\ntitle: t\ninputs: {{x: {{type: {kind}, {bounds}}}}}\nvalues: {{y: {{is: {{x: applicable}}, outcome: true}}}}\n'
    ruleset = read_ruleset(lambda _: text.encode(), "ruleset.yaml", str)
    pattern = ruleset.facts_schema()["properties"]["x"]["anyOf"][0]["pattern"]
    first = datetime.date(999, 12, 1).toordinal() if "0999" in bounds else datetime.date(2003, 12, 1).toordinal()
    written = [datetime.date.fromordinal(day).isoformat() for day in range(first, first + 6000, days)]
    texts = list(dict.fromkeys(one if kind == "date" else one[:7] for one in written))
    accepted = [one for one in texts if _is_accepted(ruleset.inputs["x"].type, one)]
    assert 0 < len(accepted) < len(texts)
    assert [one for one in texts if re.search(pattern, one)] == accepted


# --- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_the_command_lists_the_kinds_prints_one_and_writes_one_for_a_rule_set(tmp_path: Path) -> None:
    assert [line.split()[0] for line in run("schema").stdout.splitlines()] == list(PUBLISHED)
    assert json.loads(run("schema", "ruleset").stdout) == PUBLISHED["ruleset"].build()
    done = run("schema", "mappa-2007", "-o", str(tmp_path / "case.json"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"wrote `{tmp_path / 'case.json'}`\n")
    assert json.loads((tmp_path / "case.json").read_text(encoding="utf-8")) == hr.load("mappa-2007").case_schema()


def test_the_command_names_what_is_near_where_there_is_no_such_kind_or_rule_set() -> None:
    done = run("schema", "rulset")
    assert done.returncode == 2
    assert "did you mean `ruleset`?" in done.stderr
