"""What is fuzzed: each target takes bytes and lets out nothing but what the library says on purpose; anything else that it raises is a finding."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from fuzzing.choosing import Choices, facts_for
from fuzzing.seeds import ROOT, TESTS, conformance
from hmic_rules.audit.journals import checked_data
from hmic_rules.audit.replaying import replay_data
from hmic_rules.catalogue import find
from hmic_rules.checking import check_cases
from hmic_rules.decisions import Decision
from hmic_rules.errors import DisagreementError, HmicRulesError
from hmic_rules.figures.relations import figures_data
from hmic_rules.formatting.files import formatted
from hmic_rules.linting.lints import lint
from hmic_rules.loading.case_files import parameters_of, read_case_file, read_settings, with_rows
from hmic_rules.loading.figures import read_figures
from hmic_rules.loading.glossaries import read_glossary
from hmic_rules.loading.inspections import read_inspection
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.loading.tables import read_table
from hmic_rules.loading.trees import read_tree
from hmic_rules.rulesets import Ruleset
from hmic_rules.sources.indexes import index_of, index_text, read_index
from hmic_rules.sources.layouts import read_layout
from hmic_rules.sources.passages import Copy, cut
from hmic_rules.sources.verifying import states_of
from hmic_rules.testing.drawn_rulesets import Written, written_rulesets
from hmic_rules.testing.writing import loaded

__all__ = ["TARGETS", "said", "told"]

T = TypeVar("T")
LONGEST: Final = 1_500  # characters of one line of a message
MOST: Final = 1_000_000  # characters of all of it
SHIPPED: Final = tuple(sorted(path.parent.name for path in (ROOT / "rulesets").glob("*/ruleset.yaml")))
SMALL: Final = TESTS / "inspections" / "small"
JUDGED: Final = TESTS / "inspections" / "judged"


def told(text: str) -> None:
    """Hold a message to what a person can read at a terminal."""
    assert text.strip(), "the message says nothing"
    assert len(text) <= MOST, f"a message of {len(text)} characters"
    longest = max(text.split("\n"), key=len)
    assert len(longest) <= LONGEST, f"a line of {len(longest)} characters: {longest[:200]!r}"
    raw = {char for char in set(text) - {"\n"} if unicodedata.category(char) in ("Cc", "Cs")}
    assert not raw, f"control characters in a message: {sorted(raw)!r}: {text[:300]!r}"


def said(found: Callable[[], T]) -> T | None:
    """What comes of it; ``None`` where the library refuses, in words."""
    try:
        return found()
    except DisagreementError:
        raise
    except HmicRulesError as error:
        told(str(error))
        return None


def _missing(name: str) -> bytes:
    raise FileNotFoundError(name)


def _beside(folder: Path, **own: bytes) -> Callable[[str], bytes]:
    """Files of a folder, some of them otherwise."""
    files = {f"{name.replace('__', '/')}.yaml": data for name, data in own.items()}

    def source(file: str) -> bytes:
        if file in files:
            return files[file]
        path = folder / file
        return path.read_bytes() if path.is_file() else _missing(file)

    return source


# What comes of a rule set or a decision that is there


def used(ruleset: Ruleset) -> None:
    """A rule set that loads does all that is asked of one."""
    said(lambda: check_cases(ruleset))
    said(lambda: list(map(str, lint(ruleset))))
    json.dumps(ruleset.case_schema())
    for facts in ({}, dict.fromkeys(ruleset.inputs)):
        followed(ruleset, said(lambda facts=facts: hr.decide(ruleset, facts, engine="reference")))


def followed(ruleset: Ruleset, decision: Decision | None) -> None:
    """A decision is told, explained and recorded, and its record comes out the same again."""
    if decision is None:
        return
    json.dumps(decision.to_data())
    repr(decision)
    for name in ruleset.values:
        on_case = ruleset.values[name].scope == "case"
        keys = [None] if on_case else list(decision.items(name))[:2]
        for key in keys:
            said(lambda name=name, key=key: decision.why(name, key))
    said(decision.missing)
    said(decision.assumptions)
    record = said(decision.record)
    if record is not None:
        again = said(lambda: hr.replay(record.text, ruleset=ruleset))
        assert again is not None, "its own record is refused"
        assert again.verdict == "identical", f"its own record comes out {again.verdict}: {again.differences[:3]}"


# The loaders


def yaml(data: bytes) -> None:
    said(lambda: read_tree(data, "fuzzed.yaml"))


def ruleset(data: bytes) -> None:
    found = said(lambda: read_ruleset(lambda name: data if name == "r.yaml" else _missing(name), "r.yaml", str))
    if found is not None:
        used(found)


def extension(data: bytes) -> None:
    def source(name: str) -> bytes:
        return data if name == "r.yaml" else _missing(name)

    found = said(lambda: read_ruleset(source, "r.yaml", str, lambda name: find("ruleset", Path(name).name)))
    if found is not None:
        used(found)


def cases(data: bytes) -> None:
    name = "dash" if b"dash" in data[:400] else "mappa-2007"
    folder = ROOT / "rulesets" / name
    found = said(lambda: read_ruleset(_beside(folder, cases=data), "ruleset.yaml", str))
    if found is not None:
        said(lambda: check_cases(found))


@cache
def _small(name: str) -> Ruleset:
    return hr.load(name)


@cache
def _by_names() -> tuple[tuple[Ruleset, tuple[bytes, ...]], ...]:
    """The rule sets that are shipped, and those of the conformance suite, with the names of what they take."""
    texts = [text for _, rulesets, _ in conformance() for text in rulesets.values()]
    found = [*map(_small, SHIPPED), *map(loaded, texts)]
    return tuple((one, tuple(name.encode() for name in (*one.inputs, *one.collections))) for one in found)


def _mentioned(data: bytes) -> Ruleset:
    """The rule set that has the largest part of its names in the case, so that each finds one that knows it."""
    return max(
        _by_names(), key=lambda one: (sum(name in data for name in one[1]) ** 2 / (len(one[1]) or 1), one[0].name)
    )[0]


def case(data: bytes) -> None:
    rules = _mentioned(data)
    found = said(lambda: read_case_file(data, "case.yaml", rules))
    if found is not None:
        decision = said(
            lambda: hr.decide(
                rules,
                found.facts,
                framework=found.framework,
                profile=found.profile,
                parameters=parameters_of(found),
                engine="reference",
            )
        )
        followed(rules, decision)


def framework(data: bytes) -> None:
    found = said(lambda: read_ruleset(_beside(SMALL, frameworks__parks=data), "ruleset.yaml", str))
    if found is not None:
        followed(found, said(lambda: hr.decide(found, {}, framework="parks", engine="reference")))


def _inspection(folder: Path, **own: bytes) -> None:
    rules = _small(str(folder))
    found = said(lambda: read_inspection(_beside(folder, **own), "inspection.yaml", str, lambda _: rules))
    if found is None:
        return
    grading = said(found.grade)
    if grading is not None:
        json.dumps(grading.to_data())
        said(lambda: found.explain(next(iter(found.frameworks))))


def inspection(data: bytes) -> None:
    _inspection(JUDGED if b"judge" in data else SMALL, inspection=data)


def findings(data: bytes) -> None:
    _inspection(SMALL, findings=data)


def judgements(data: bytes) -> None:
    _inspection(JUDGED, judgements=data)


def figures(data: bytes) -> None:
    found = said(lambda: read_figures(data, "figures.yaml", {}, lambda _: None))
    if found is not None:
        json.dumps(figures_data(found, "fuzzed"))


def glossary(data: bytes) -> None:
    said(lambda: read_glossary(data, "glossary.yaml", {}, lambda _: None))


def layout(data: bytes) -> None:
    said(lambda: read_layout(data, "layout.yaml"))


def _harbour() -> Copy:
    folder = TESTS / "documents" / "harbour"
    return cut(
        (folder / "report.txt").read_bytes(), "report.txt", read_layout((folder / "layout.yaml").read_bytes(), "l")
    )


def index(data: bytes) -> None:
    found = said(lambda: read_index(data, "passages.json"))
    if found is not None:
        states_of(_harbour(), found)
        again = read_index(index_text(found).encode(), "again.json")
        assert again == found, "written again, the index says something else"


def document(data: bytes) -> None:
    """A layout, a byte of zero, and a document that is cut by it and held to its own index."""
    written, _, text = data.partition(b"\0")
    found = said(lambda: read_layout(written, "layout.yaml"))
    if found is None:
        return
    copy = said(lambda: cut(text, "document.txt", found))
    if copy is not None:
        own = index_of(copy)
        again = said(lambda: read_index(index_text(own).encode(), "passages.json"))
        assert again is not None, "its own index is refused"
        assert {state for state, _ in states_of(copy, again).values()} <= {"same"}, "it is not its own copy"
        for problem in copy.problems:
            told(str(problem))


# Records and journals


@cache
def _orchard() -> Ruleset:
    return hr.load(TESTS / "records" / "orchard.yaml")


def record(data: bytes) -> None:
    rules = _orchard() if b"orchard" in data else _small("mappa-2007")
    for ruleset, facts, key in ((None, None, None), (rules, None, None), (rules, {}, b"k" * 32)):
        found = said(lambda r=ruleset, f=facts, k=key: hr.replay(data, ruleset=r, facts=f, key=k))
        if found is not None:
            json.dumps(replay_data(found, "record.json"))


def journal(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(data)
        found = hr.Journal(path)
        checked = said(found.check)
        assert checked is not None, "a journal is not looked at"
        json.dumps(checked_data(checked, "journal"))
        said(lambda: list(found.entries()))
        said(lambda: found.entry(1))
        repaired = said(found.repair)
        assert repaired is not None, "a journal is not mended"
        after = found.check()
        assert not any(one.kind == "torn" for one in after.faults), "mended, it is still torn"


# Other texts


def fmt(data: bytes) -> None:
    said(lambda: formatted(data, "fuzzed.yaml"))


def table(data: bytes) -> None:
    name = "rows.jsonl" if data[:1] == b"{" else "rows.csv"
    rules = _small("safer-neighbourhoods-2007")
    found = said(lambda: read_table(data, name, rules))
    if found is not None:
        start = read_case_file(b"facts: {}\n", "case.yaml", rules)
        decision = said(lambda: hr.decide(rules, with_rows(start, found).facts, engine="reference"))
        followed(rules, decision)


def settings_of(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape").split("\n")
    for rules in (_orchard(), _small("hmic-2007")):
        found = said(lambda rules=rules: read_settings(text, rules))
        if found is not None:
            said(lambda rules=rules, found=found: hr.decide(rules, {}, parameters=found, engine="reference"))


def names(data: bytes) -> None:
    """A name, and a date behind a byte of zero."""
    text, _, day = data.decode("utf-8", "surrogateescape").partition("\0")
    said(lambda: hr.load(text))
    said(lambda: hr.load(text, on=day))
    said(lambda: hr.load_series(text))
    said(lambda: hr.load_inspection(text))
    said(lambda: hr.load_document(text))
    said(lambda: hr.load_document(TESTS / "documents" / "harbour" / "report.txt", text))
    said(lambda: hr.load(text + "\0"))
    rules = _small("mappa-2007")
    said(lambda: rules.decide({}, profile=text, engine="reference"))
    said(lambda: rules.decide({}, framework=text, engine="reference"))
    said(lambda: rules.decide({}, on=text, engine="reference"))
    decision = hr.decide(rules, {}, engine="reference")
    said(lambda: decision[text])
    said(lambda: decision.why(text, day))
    said(lambda: decision.why_not(text))


# Facts


def decide(data: bytes) -> None:
    choices = Choices(data)
    rules = _small(choices.one_of(SHIPPED))
    framework = choices.one_of([*rules.frameworks]) if rules.frameworks else None
    profile = choices.one_of([None, *rules.profiles])
    engine = "both" if choices.rarely(8) else "reference"
    facts = facts_for(rules, choices, framework)
    followed(rules, said(lambda: hr.decide(rules, facts, framework=framework, profile=profile, engine=engine)))


@settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(written_rulesets(), st.binary(max_size=300))
def _drawn(written: Written, data: bytes) -> None:
    rules = loaded(written.data)  # what is drawn is sound: a refusal is a finding
    for number in range(2):
        choices = Choices(bytes([number]) + data)
        choices.below(256)
        facts = facts_for(rules, choices)
        followed(rules, said(lambda facts=facts: hr.decide(rules, facts, engine="reference")))


def drawn(data: bytes) -> None:
    """A rule set that is drawn by Hypothesis from the bytes, and facts of it."""
    _drawn.hypothesis.fuzz_one_input(data)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "yaml": yaml,
    "ruleset": ruleset,
    "extension": extension,
    "cases": cases,
    "case": case,
    "framework": framework,
    "inspection": inspection,
    "findings": findings,
    "judgements": judgements,
    "figures": figures,
    "glossary": glossary,
    "layout": layout,
    "index": index,
    "document": document,
    "record": record,
    "journal": journal,
    "fmt": fmt,
    "table": table,
    "settings": settings_of,
    "names": names,
    "decide": decide,
    "drawn": drawn,
}
