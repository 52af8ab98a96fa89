"""Every public function, and every method of the public classes, with values that nobody should hand over: an answer, or an error in words."""

from __future__ import annotations

import datetime
import functools
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

import hmic_rules as hr
from fuzzing.targets import told
from hostile import VALUES, looping

TESTS = Path(__file__).parent
HARBOUR = TESTS / "documents" / "harbour"
KEY = b"k" * 32
ENGINE: Final = "reference"
Call = Callable[[Any], object]


@functools.cache
def rules(name: str) -> hr.Ruleset:
    return hr.load(name)


def mappa() -> hr.Ruleset:
    return rules("mappa-2007")


def orchard() -> hr.Ruleset:
    return rules(str(TESTS / "records" / "orchard.yaml"))


def duties() -> hr.Ruleset:
    return rules("safer-neighbourhoods-2007")


def criteria() -> hr.Ruleset:
    return rules("hmic-2007")


@functools.cache
def inspection(name: str = "small") -> hr.Inspection:
    return hr.load_inspection(TESTS / "inspections" / name)


def series() -> hr.Series:
    return hr.Series("mappa", (mappa(), rules("mappa-2019")))


def decided() -> hr.Decision:
    return hr.decide(mappa(), {"convicted_or_cautioned": "convicted"}, engine=ENGINE)


def hiding() -> hr.Record:
    return hr.decide(orchard(), {"fenced": True}, engine=ENGINE).record(redact=["fenced"], key=KEY)


def session() -> hr.Session:
    return hr.Session(orchard(), {"area": 2}, engine=ENGINE)


@pytest.fixture(scope="session")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    hr.Journal(path).append(hr.decide(orchard(), {}, engine=ENGINE).record())
    return path


def decide(ruleset: Callable[[], hr.Ruleset], case: Callable[[Any], Any], **how: Any) -> Call:
    """Decide a case with the value in it, and put the decision down."""

    def call(value: Any) -> object:
        decision = hr.decide(ruleset(), case(value), engine=ENGINE, **how)
        return decision.to_data(), decision.record()

    return call


def judge(**parts: Any) -> object:
    usual = {"id": "a", "framework": None, "value": "grade", "item": None, "judged": "good", "by": "x", "reason": "r"}
    made = hr.Judgement(**{**usual, "date": datetime.date(2007, 1, 1), **parts})
    return hr.depart(inspection("judged").decide("roads"), [made])


OF_A_PERSON: Final = (
    "id",
    "framework",
    "value",
    "item",
    "judged",
    "by",
    "reason",
    "date",
    "findings",
    "passages",
    "readings",
)
OF_AN_OUTCOME: Final = ("at", "why", "trace", "unknowns", "reason", "robustness", "sensitivity", "exact")

# For each public name the calls that take something, each with the value in one place.
CALLS: Final[dict[str, dict[str, Call]]] = {
    "decide": {
        **{
            f"the fact {name}": decide(mappa, lambda value, name=name: {name: value})
            for name in (
                "convicted_or_cautioned",
                "registered_sex_offender",
                "risk_of_serious_harm",
                "agencies",
                "level",
            )
        },
        **{
            f"the fact {name} of an orchard": decide(orchard, lambda value, name=name: {name: value})
            for name in ("area", "planted", "fenced", "trees")
        },
        "a key": decide(orchard, lambda value: {"trees": [{"id": value}]}),
        "a field": decide(orchard, lambda value: {"trees": [{"id": "a", "kind": value}]}),
        "rows without a key": decide(duties, lambda value: {"returns": value}),
        "a row without a key": decide(duties, lambda value: {"returns": [value]}),
        "the items of a framework": decide(
            criteria, lambda value: {"criteria": value}, framework="neighbourhood-policing"
        ),
        "an item of a framework": decide(
            criteria, lambda value: {"criteria": {"np-strength": value}}, framework="neighbourhood-policing"
        ),
        "the case": decide(mappa, lambda value: value),
        "the facts": decide(mappa, lambda value: {"facts": value}),
        "the parameters of the case": decide(orchard, lambda value: {"facts": {}, "parameters": value}),
        "the framework of the case": decide(criteria, lambda value: {"facts": {}, "framework": value}),
        "the profile of the case": decide(criteria, lambda value: {"facts": {}, "profile": value}),
        "the rule set": lambda value: hr.decide(value, {}, engine=ENGINE),
        "the date": lambda value: hr.decide(mappa(), {}, on=value, engine=ENGINE),
        "the date of a series": lambda value: hr.decide(series(), {}, on=value, engine=ENGINE),
        "the framework": lambda value: hr.decide(criteria(), {}, framework=value, engine=ENGINE),
        "the profile": lambda value: hr.decide(criteria(), {}, profile=value, engine=ENGINE),
        "the parameters": lambda value: hr.decide(orchard(), {}, parameters=value, engine=ENGINE),
        "a parameter": lambda value: hr.decide(orchard(), {}, parameters={"least": value}, engine=ENGINE),
        "a list as a parameter": lambda value: hr.decide(orchard(), {}, parameters={"kinds": value}, engine=ENGINE),
        "an entry of a parameter": lambda value: hr.decide(orchard(), {}, parameters={"kinds": [value]}, engine=ENGINE),
        "the engine": lambda value: hr.decide(mappa(), {}, engine=value),
    },
    "load": {"the name": hr.load, "the date": lambda value: hr.load("mappa-2007", on=value)},
    "load_series": {"the name": hr.load_series},
    "load_inspection": {"the name": hr.load_inspection},
    "load_document": {
        "the path": hr.load_document,
        "the layout": lambda value: hr.load_document(HARBOUR / "report.txt", HARBOUR if value is None else value),
    },
    "check_document": {
        "the path": lambda value: hr.check_document(value, layout=HARBOUR, names=[HARBOUR]),
        "the layout": lambda value: hr.check_document(
            HARBOUR / "report.txt", layout=HARBOUR if value is None else value, names=[HARBOUR]
        ),
        "a name": lambda value: hr.check_document(HARBOUR / "report.txt", layout=HARBOUR, names=[value]),
        "the names": lambda value: hr.check_document(HARBOUR / "report.txt", layout=HARBOUR, names=value),
        "another copy": lambda value: hr.check_document(
            HARBOUR / "report.txt", layout=HARBOUR, names=[HARBOUR], against=value
        ),
    },
    "replay": {
        "the record": hr.replay,
        "its bytes": lambda value: (
            hr.replay(str.__str__(value).encode("utf-8", "surrogatepass")) if isinstance(value, str) else None
        ),
        "the rule set": lambda value: hr.replay(decided().record(), ruleset=value),
        "the facts": lambda value: hr.replay(hiding(), ruleset=orchard(), facts=value, key=KEY),
        "the key": lambda value: hr.replay(hiding(), ruleset=orchard(), facts={}, key=value),
        "what it is called": lambda value: hr.replay(b"{}", shown_as=value),
    },
    "read_record": {"the bytes": hr.read_record, "what it is called": lambda value: hr.read_record(b"{}", value)},
    "coverage": {"the rule set": hr.coverage},
    "prove": {"the rule set": hr.prove},
    "diff": {
        "the old rules": lambda value: hr.diff(value, mappa()),
        "the new rules": lambda value: hr.diff(mappa(), value),
    },
    "depart": {
        "the decision": lambda value: hr.depart(value, []),
        "the judgements": lambda value: hr.depart(inspection("judged").decide("roads"), value),
        "a judgement": lambda value: hr.depart(inspection("judged").decide("roads"), [value]),
    },
    "Judgement": {f"its {name}": (lambda value, name=name: judge(**{name: value})) for name in OF_A_PERSON},
    "Decision": {
        **{
            name: (lambda value, name=name: getattr(decided(), name)(value))
            for name in (
                *OF_AN_OUTCOME,
                "items",
                "unmet",
                "assumptions",
                "__getitem__",
                "step",
                "reconcile",
                "why_not",
                "to_reach",
            )
        },
        **{
            f"{name}, of an item": (lambda value, name=name: getattr(decided(), name)("category", value))
            for name in OF_AN_OUTCOME
        },
        # a function is somebody's own, and what it raises is theirs
        "to_reach, its costs": lambda value: (
            None if callable(value) else decided().to_reach("1", value, name="category")
        ),
        "record, its case": lambda value: decided().record(case=value),
        "record, its date": lambda value: decided().record(date=value),
        "record, what it hides": lambda value: decided().record(redact=value, key=KEY),
        "record, one that it hides": lambda value: decided().record(redact=[value], key=KEY),
        "record, its key": lambda value: decided().record(redact=["registered_sex_offender"], key=value),
    },
    "Ruleset": {
        "decide": lambda value: mappa().decide({"risk_of_serious_harm": value}, engine=ENGINE),
        "session": lambda value: orchard().session(value),
        "facts_schema": lambda value: criteria().facts_schema(value),
        "batch": lambda value: duties().batch(value),
    },
    "Session": {
        "the facts": lambda value: hr.Session(orchard(), value, engine=ENGINE),
        "a fact": lambda value: hr.Session(orchard(), {"trees": value}, engine=ENGINE),
        "put, a name": lambda value: session().put(value, 1),
        "put": lambda value: session().put("area", value),
        "withdraw": lambda value: session().withdraw(value),
        "put_item, a collection": lambda value: session().put_item(value, "a", {}),
        "put_item, a key": lambda value: session().put_item("trees", value, {}),
        "put_item": lambda value: session().put_item("trees", "a", value),
        "put_item, a field": lambda value: session().put_item("trees", "a", {"kind": value}),
        "add_item, a collection": lambda value: session().add_item(value, {}),
        "add_item": lambda value: hr.Session(duties(), engine=ENGINE).add_item("returns", value),
        "withdraw_item, a collection": lambda value: session().withdraw_item(value, "a"),
        "withdraw_item": lambda value: session().withdraw_item("trees", value),
    },
    "Journal": {
        "check": lambda value: hr.Journal(value).check(),
        "entries": lambda value: list(hr.Journal(value).entries()),
        "repair": lambda value: hr.Journal(value).repair(),
    },
    "Series": {
        "decide": lambda value: series().decide(value, on="2008-01-01", engine=ENGINE),
        "on": lambda value: series().on(value),
    },
    "Inspection": {
        **{
            name: (lambda value, name=name: getattr(inspection(), name)(value))
            for name in ("decide", "judged", "grade", "explain", "facts", "picture")
        },
        "bearings": lambda value: list(inspection().bearings(value)),
        "decide, a reading": lambda value: inspection().decide("roads", value),
        "leverage": lambda value: inspection().leverage(recommendation=value) if value is not None else None,
        "leverage, a framework": lambda value: inspection().leverage(value) if value is not None else None,
        "leverage, a reading": lambda value: inspection().leverage("roads", value) if value is not None else None,
        "report": lambda value: inspection().report(value) if value is not None else None,
        "report, its date": lambda value: inspection().report(date=value) if value is not None else None,
    },
}

# Public names that take nothing from a caller but what they hold, made by the library or raised by it; and a function that takes nothing.
HOLD_ONLY: Final = {"Diagnostic", "Difference", "Outcome", "Proof", "Record", "Replay", "Span", "installed"}
ERRORS: Final = {
    name for name in hr.__all__ if isinstance(getattr(hr, name), type) and issubclass(getattr(hr, name), Exception)
}
# Methods that take no value of a caller, or are held to theirs in other tests.
ELSEWHERE: Final = {
    "Decision.frames_on": "asked by the library, for a collection or group of its own program",
    "Decision.outcome_of": "takes rows of its own program",
    "Inspection.judgements_from": "takes what `reconcile` gives: test_judgement.py",
    "Journal.append": "below, for each value",
    "Journal.entry": "below, for each value",
    "Judgement.at": "asked by the library, for its messages",
    "Judgement.stands_under": "asked by the library, with a reading that it knows",
    "Proof.by_verdict": "compares with what is given",
    "Replay.to_data": "puts what it is given into the data",
    "Ruleset.batch_spark": "needs Java: test_spark.py",
    "Ruleset.concord": "tables as in `batch`: test_concordance.py",
}


# Calls that take their time whatever they are given, and so are given less.
SLOW: Final = ("check_document", "batch", "report", "sensitivity", "load", "replay")
TELLING: Final = (
    "NUL",
    "a half of a character",
    "colours of a terminal",
    "10 MB",
    "a deep path",
    "a number of 5,000 digits",
    "10,000 lists deep",
    "an object that raises",
    "a mapping that cannot be read",
    "a text that raises",
    "rows that break off",
    "an array",
    "any object",
)


def test_every_public_name_is_tried() -> None:
    assert set(CALLS) | HOLD_ONLY | ERRORS == set(hr.__all__)
    assert not set(CALLS) & (HOLD_ONLY | ERRORS)


def test_every_public_method_that_takes_something_is_tried() -> None:
    missing = []
    for name in {*CALLS, *HOLD_ONLY}:
        found = getattr(hr, name)
        for method, function in vars(found).items() if isinstance(found, type) else ():
            if method.startswith("_") or not inspect.isfunction(function):
                continue
            takes = len(inspect.signature(function).parameters) > 1
            tried = any(label.split(",")[0] == method for label in CALLS.get(name, {}))
            if takes and not tried and f"{name}.{method}" not in ELSEWHERE:
                missing.append(f"{name}.{method}")
    assert missing == []


def answered(call: Callable[[], object]) -> str | None:
    """What is said where it is refused, held to what a person can read; anything but a refusal in words goes through."""
    try:
        call()
    except hr.HmicRulesError as error:
        told(str(error))
        return str(error)
    return None


@pytest.mark.parametrize(("name", "place"), [(name, place) for name, calls in CALLS.items() for place in calls])
def test_a_hostile_value_is_answered_or_refused_in_words(name: str, place: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    loop = looping(tmp_path)
    wrong = {}
    is_slow = any(part in f"{name} {place}" for part in SLOW)
    values = {value: VALUES[value] for value in TELLING} if is_slow else VALUES
    for value, make in {**values, "a loop": lambda: str(loop), "in a loop": lambda: loop / "ruleset.yaml"}.items():
        try:
            answered(lambda make=make: CALLS[name][place](make()))
        except Exception as error:  # noqa: BLE001 - all of them at once
            wrong[value] = f"{type(error).__name__} at {where(error)}"
    assert wrong == {}


def where(error: Exception) -> str:
    found = error.__traceback__
    place = "?"
    while found is not None:
        if "hmic_rules" in found.tb_frame.f_code.co_filename or "fuzzing" in found.tb_frame.f_code.co_filename:
            place = f"{Path(found.tb_frame.f_code.co_filename).name}:{found.tb_lineno}"
        found = found.tb_next
    return place


def test_nothing_is_added_to_a_journal_but_a_record(journal: Path) -> None:
    kept = journal.read_bytes()
    for make in VALUES.values():
        assert "is not a Record" in str(answered(lambda make=make: hr.Journal(journal).append(make())))
        answered(lambda make=make: hr.Journal(journal).entry(make()))
        answered(lambda make=make: hr.Journal(journal).check(make()))
    assert journal.read_bytes() == kept


# What is said of some of them, word by word.
LONG = "x" * 60
SAID: Final = [
    (
        lambda: hr.decide(mappa(), {"agencies": float("nan")}, engine=ENGINE),
        "$.facts.agencies: `agencies` must be a mapping from its items to their fields\n    help: ",
    ),
    (
        lambda: hr.decide(orchard(), {"area": float("nan")}, engine=ENGINE),
        "$.facts.area: `nan` is not a number of at least 0\n    help: use None for what is unknown",
    ),
    (
        lambda: hr.decide(orchard(), {"area": 10**5_000}, engine=ENGINE),
        "$.facts.area: a number of more than 400 digits",
    ),
    (
        lambda: hr.decide(orchard(), {"x" * 10_000_000: 1}, engine=ENGINE),
        f"$.facts.{LONG}…: `{LONG}…` is not an input\n    help: known here: `area`, `condemned`, `fenced`, `planted`, `trees`",
    ),
    (
        lambda: hr.decide(orchard(), {"\x1b[2J": 1}, engine=ENGINE),
        "$.facts.\\x1b[2J: `\\x1b[2J` is not an input\n    help: known here: `area`, `condemned`, `fenced`, `planted`, `trees`",
    ),
    (
        lambda: hr.decide(orchard(), VALUES["a mapping that cannot be read"](), engine=ENGINE),
        "$: reading it fails: `RuntimeError: iter`\n    help: give plain mappings, lists and values",
    ),
    (
        lambda: hr.decide(duties(), {"returns": VALUES["rows that break off"]()}, engine=ENGINE),
        "$.facts.returns: reading it fails: `RuntimeError: iter`\n    help: give plain mappings, lists and values",
    ),
    (lambda: hr.decide(mappa(), {}, profile=3, engine=ENGINE), "profile: `3` is not a name\n    help: give a text"),
    (lambda: hr.load(3), "ruleset: `3` is neither a name nor a path\n    help: give a text or a `Path`"),
    (lambda: hr.load("a\0b"), "no rule set is called `a\\x00b`, and there is no such file"),
    (lambda: hr.load("x" * 10_000_000), f"no rule set is called `{LONG}…`, and there is no such file"),
    (lambda: hr.load("CON"), "no rule set is called `CON`, and there is no such file"),
    (lambda: hr.load("file:///etc/passwd"), "no rule set is called `file:///etc/passwd`, and there is no such file"),
    (lambda: hr.load_document("\x1b[2J.txt"), "\\x1b[2J.txt: cannot be read: No such file or directory"),
    (lambda: hr.Journal("a\0b").check(), "path: `a\\x00b` is no name of a file"),
    (
        lambda: hr.prove("mappa-2007"),
        "ruleset: `mappa-2007` is not a Ruleset\n    help: load it first: hmic_rules.load(…)",
    ),
    (
        lambda: hr.check_document(HARBOUR / "report.txt", layout=HARBOUR, names="mappa-2007"),
        "names: `mappa-2007` is not a list of names\n    help: give [`mappa-2007`]",
    ),
    (
        lambda: decided().record(redact="level", key=KEY),
        "redact: `level` is not a list of names\n    help: give [`level`]",
    ),
    (
        lambda: session().put_item("trees", float("nan"), {}),
        "$.facts.trees: `nan` is not a key\n    help: give a text, a number or a date",
    ),
]


@pytest.mark.parametrize(("call", "said"), SAID, ids=[said.partition("\n")[0][:60] for _, said in SAID])
def test_the_message_names_the_place_and_what_to_do(call: Callable[[], object], said: str) -> None:
    found = answered(call)
    assert found is not None
    assert found == said or found.startswith(said)


def test_a_loop_of_symbolic_links_is_no_rule_set(tmp_path: Path) -> None:
    assert str(answered(lambda: hr.load(looping(tmp_path)))).startswith("no rule set is called `")


def test_what_steers_a_terminal_does_not_come_through_a_message() -> None:
    error = hr.InputError([hr.Diagnostic("a\nb\x1b[2J", "c\x9bd\u202e", "e\ud800\nf\x07")])
    assert str(error) == "a\\nb\\x1b[2J: c\\x9bd\\u202e\n    help: e\\ud800\nf\\x07"
    assert str(hr.NotFoundError("\x1b[31m")) == "\\x1b[31m"


def test_a_long_message_is_cut() -> None:
    text = str(hr.InputError([hr.Diagnostic("p" * 1_000, "q" * 10_000_000, "r" * 10_000_000)]))
    assert text == f"{'p' * 200}…{'p' * 200}: {'q' * 1_000}…\n    help: {'r' * 1_000}…"


ESCAPING = """
ruleset: escaping
edition: "1"
title: "invented \\e[2J\\x9b"
inputs: {a: {type: text}}
values:
  b: {outcome: true, choice: ["x\\e[1m", "y"], choose: first, rules: [{id: r, then: "x\\e[1m", when: {a: "q\\e[3m"}, basis: assumed}], otherwise: {then: "y", basis: assumed}}
"""


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_what_steers_a_terminal_does_not_come_through_a_screen(more: list[str], tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_text(ESCAPING, encoding="utf-8")
    (tmp_path / "case.json").write_text('{"facts": {"a": "q\\u001b[3m"}}', encoding="utf-8")
    command = [sys.executable, "-m", "hmic_rules", "decide", str(tmp_path), str(tmp_path / "case.json"), *more]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert not {*done.stdout.decode()} & {*map(chr, [*range(10), *range(11, 32), *range(127, 160)])}
    assert "x\\x1b[1m" in done.stdout.decode() or "x\\u001b[1m" in done.stdout.decode()
