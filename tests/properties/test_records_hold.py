"""Records and journals: they replay, they tell nothing of what is hidden, and whatever is done to them is found where it was done."""

from __future__ import annotations

import copy
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.audit.canonical import canonical, sealed
from hmic_rules.audit.hiding import can_be_hidden
from hmic_rules.audit.journals import Checked
from hmic_rules.binding import program_for
from hmic_rules.errors import HmicRulesError
from hmic_rules.testing import cases, rulesets
from recorded_cases import decisions

EXAMPLES = int(os.environ.get("HMIC_RULES_EXAMPLES", "60"))
KEY = bytes(range(32))
ENTRIES = 9
LIKELY = b"0123456789abcdefghijklmnopqrstuvwxyz_- "  # with which a record often stays one
Faults = set[tuple[str, int]]


@cache
def small() -> dict[str, tuple[hr.Ruleset, hr.Record]]:
    """One record, not too long, for each rule set at hand."""
    found: dict[str, tuple[hr.Ruleset, hr.Record]] = {}
    for _, decision in decisions():
        record = decision.record()
        if len(record.text) < 30_000:
            found.setdefault(decision.ruleset.name, (decision.ruleset, record))
    return found


# records


@settings(max_examples=EXAMPLES)
@given(st.data())
def test_any_decision_replays_to_the_byte(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets())
    facts = data.draw(cases(ruleset))
    decision = decided(ruleset, facts)
    assume(decision is not None)
    record = decision.record()
    found = hr.replay(record.text, ruleset=ruleset)
    assert (found.verdict, found.byte, found.differences, found.refused) == ("identical", None, (), None)
    turned = decided(ruleset, json.loads(json.dumps(turned_round(facts), default=str)))
    assert turned is not None
    assert turned.record().text == record.text


def decided(ruleset: hr.Ruleset, facts: dict[str, Any]) -> hr.Decision | None:
    try:
        return ruleset.decide(facts, engine="reference")
    except HmicRulesError:
        return None


def turned_round(facts: Any) -> Any:
    """The same facts, every mapping but those of rows by their keys turned round, since the order of rows is kept."""
    if isinstance(facts, list):
        return list(map(turned_round, facts))
    if not isinstance(facts, dict):
        return facts
    pairs = [(name, turned_round(value)) for name, value in facts.items()]
    rows = bool(pairs) and all(isinstance(value, dict) for _, value in pairs)
    return dict(pairs if rows else reversed(pairs))


def replayed(text: bytes, ruleset: hr.Ruleset) -> tuple[hr.Replay | None, str]:
    try:
        return hr.replay(text, ruleset=ruleset), ""
    except HmicRulesError as error:
        return None, str(error)


@settings(max_examples=4 * EXAMPLES)
@given(st.data())
def test_one_byte_that_is_changed_in_a_record_is_noticed_and_named(data: st.DataObject) -> None:
    ruleset, record = small()[data.draw(st.sampled_from(sorted(small())))]
    text = bytearray(record.text)
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw((st.sampled_from(LIKELY) | st.integers(0, 255)).filter(lambda byte: byte != text[place]))
    found, said = replayed(bytes(text), ruleset)
    if found is None:
        event("it is no record any more")
        assert re.search(r"byte \d|\$\.|stands twice|is no number|canonical JSON cannot hold", said)
        return
    event(f"{found.verdict}, {'refused' if found.refused else 'computed again'}")
    assert found.verdict == "altered"
    assert found.refused or found.byte is not None
    if found.again is not None and json.loads(text) != json.loads(found.again.text):
        assert found.differences
    if found.again is not None and found.byte == place:
        event("named by its own byte")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["1/2", "2007-06-01", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=4 * EXAMPLES)
@given(st.data())
def test_whatever_stands_in_a_record_is_answered_or_refused_with_a_place(data: st.DataObject) -> None:
    ruleset, record = small()[data.draw(st.sampled_from(sorted(small())))]
    found = copy.deepcopy(dict(record.data))
    here: Any = found
    step = data.draw(st.sampled_from([*sorted(found), *["inputs", "parameters", "terms"] * 4]))
    while isinstance(here[step], dict | list) and here[step] and data.draw(st.integers(0, 4)):
        here = here[step]
        step = data.draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
    here[step] = data.draw(ANYTHING)
    if isinstance(found["terms"], dict) and data.draw(st.booleans()):
        found["terms"][data.draw(st.sampled_from([*ruleset.terms, "none"]))] = data.draw(ANYTHING)
    text = json.dumps(found, sort_keys=True).encode()
    try:
        text = canonical(sealed({name: value for name, value in found.items() if name != "sha256"}))
    except HmicRulesError:
        event("no canonical JSON")
    answer, said = replayed(text, ruleset)
    if answer is None:
        event("refused")
        assert re.search(r"\$\.|is no number|canonical JSON cannot hold|holds digests|its digests", said)
    else:
        event(answer.verdict)
        assert answer.identical or answer.refused or answer.differences or answer.byte is not None


@settings(max_examples=2 * EXAMPLES)
@given(st.data())
def test_of_what_is_hidden_a_record_tells_no_more_than_its_outcomes(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets())
    one = data.draw(cases(ruleset))
    program = program_for(ruleset, None, None, None)
    keys = {f"{name}.{collection.key}" for name, collection in ruleset.collections.items()}
    names = data.draw(st.lists(st.sampled_from(sorted(can_be_hidden(program) - keys)), min_size=1, unique=True))
    other = mixed(one, data.draw(cases(ruleset)), names)
    decisions = [decided(ruleset, facts) for facts in (one, other)]
    assume(None not in decisions)
    records = [decision.record(redact=names, key=KEY) for decision in decisions if decision is not None]
    for record, facts in zip(records, (one, other), strict=True):
        assert hr.replay(record.text, ruleset=ruleset, facts=facts, key=KEY).identical
    mine, theirs = (without_digests(dict(record.data)) for record in records)
    assume(mine["outcomes"] == theirs["outcomes"])
    event(f"the facts differ: {one != other}")
    assert mine == theirs


def mixed(one: dict[str, Any], other: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The facts of the one, with what is hidden taken from the other."""
    found = copy.deepcopy(one)
    for name in names:
        collection, _, field = name.partition(".")
        if not field:
            found.pop(name, None)
            found.update({name: other[name]} if name in other else {})
        elif isinstance(found.get(collection), list) and isinstance(other.get(collection), list):
            for mine, theirs in zip(found[collection], other[collection], strict=False):
                mine.pop(field, None)
                mine.update({field: theirs[field]} if field in theirs else {})
        elif isinstance(found.get(collection), dict) and isinstance(other.get(collection), dict):
            for key, mine in found[collection].items():
                theirs = other[collection].get(key)
                if isinstance(mine, dict) and isinstance(theirs, dict):
                    mine.pop(field, None)
                    mine.update({field: theirs[field]} if field in theirs else {})
    return found


def without_digests(found: Any) -> Any:
    if isinstance(found, dict):
        if set(found) == {"hmac-sha256"}:
            return "a digest"
        return {name: without_digests(value) for name, value in found.items() if name not in ("salt", "sha256")}
    return [without_digests(one) for one in found] if isinstance(found, list) else found


# journals


@cache
def sound() -> tuple[bytes, ...]:
    """The lines of a sound journal, and a decision for each."""
    with tempfile.TemporaryDirectory() as folder:
        journal = hr.Journal(Path(folder) / "journal.jsonl")
        ruleset = hr.load(Path(__file__).parents[1] / "shapes" / "record.yaml")
        decision = next(decision for _, decision in decisions() if decision.ruleset.name == ruleset.name)
        for number in range(ENTRIES):
            journal.append(decision.record(case=f"case {number}"))
        return tuple(journal.path.read_bytes().splitlines(keepends=True))


@contextmanager
def kept(lines: list[bytes]) -> Iterator[hr.Journal]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(b"".join(lines))
        yield hr.Journal(path)


def checked(lines: list[bytes], head: str | None = None) -> Checked:
    with kept(lines) as journal:
        return journal.check(head)


def faults(lines: list[bytes]) -> Faults:
    return {(one.kind, one.line) for one in checked(lines).faults}


PLACES = st.integers(0, ENTRIES - 1)
EDITED = {"damaged", "edited"}


@settings(max_examples=EXAMPLES)
@given(st.sets(PLACES, min_size=1))
def test_entries_that_were_removed_are_named_save_those_at_the_end(gone: set[int]) -> None:
    lines = [line for place, line in enumerate(sound()) if place not in gone]
    last = max((place for place in range(ENTRIES) if place not in gone), default=-1)
    found = checked(lines)
    missing = {
        number - 1 for one in found.faults if one.entries for number in range(one.entries[0], one.entries[1] + 1)
    }
    assert {one.kind for one in found.faults} <= {"missing"}
    assert missing == {place for place in gone if place < last}
    head = json.loads(sound()[-1])["sha256"]
    taken_from_the_end = ENTRIES - 1 in gone
    assert (
        ("another head", len(lines)) in {(one.kind, one.line) for one in checked(lines, head).faults}
    ) == taken_from_the_end


@settings(max_examples=EXAMPLES)
@given(PLACES, PLACES)
def test_entries_that_changed_places_are_named_and_no_others(one: int, other: int) -> None:
    lines = list(sound())
    lines[one], lines[other] = lines[other], lines[one]
    expected: Faults = set() if one == other else {("out of order", one + 1), ("out of order", other + 1)}
    assert faults(lines) == expected


@settings(max_examples=EXAMPLES)
@given(PLACES, st.integers(0, ENTRIES))
def test_an_entry_that_stands_twice_is_named_where_it_does_not_belong(copied: int, place: int) -> None:
    lines = list(sound())
    lines.insert(place, lines[copied])
    fits = (copied + 1, copied + 2) if place == copied else (place + 1,)
    found = faults(lines)
    assert found in [{("repeated", line)} for line in fits]


@settings(max_examples=4 * EXAMPLES)
@given(st.data())
def test_one_byte_that_is_changed_in_a_journal_is_named_by_its_line(data: st.DataObject) -> None:
    lines = list(sound())
    line = data.draw(PLACES)
    text = bytearray(lines[line])
    place = data.draw(st.integers(0, len(text) - 1) | st.just(len(text) - 1))
    text[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != text[place]) | st.sampled_from(b"\n\r "))
    assume(bytes(text) != lines[line])
    lines[line] = bytes(text)
    found = faults(lines)
    if place == len(text) - 1 and line == ENTRIES - 1:
        event("the end of the last line")
        assert found == {("torn", ENTRIES)}
    elif place == len(text) - 1:
        event("the end of a line")
        told = line < ENTRIES - 2  # what is lost at the end does not show
        assert found == ({("damaged", line + 1), ("missing", line + 1)} if told else {("damaged", line + 1)})
    elif text[place] == ord("\n"):
        event("a line in two")
        assert {kind for kind, _ in found} == {"damaged"}
        assert {at for _, at in found} <= {line + 1, line + 2}
    else:
        event("within a line")
        assert len(found) == 1
        [(kind, at)] = found
        assert kind in EDITED
        assert at == line + 1


@settings(max_examples=EXAMPLES)
@given(PLACES, st.integers(0, 10**6))
def test_a_journal_that_was_cut_off_is_torn_or_shorter_and_repaired_to_whole_lines(line: int, cut: int) -> None:
    whole, text = list(sound())[:line], sound()[line]
    end = cut % len(text)
    with kept([*whole, text[:end]]) as journal:
        found = journal.check()
        assert {(one.kind, one.line) for one in found.faults} == ({("torn", line + 1)} if end else set())
        before = sorted(journal.path.parent.iterdir())
        done = journal.repair()
        if not end:
            assert done.done == "nothing"
            assert sorted(journal.path.parent.iterdir()) == before
        elif end == len(text) - 1:
            assert done.done == "completed"
            assert journal.path.read_bytes() == b"".join([*whole, text])
        else:
            assert (done.done, done.line) == ("cut", line + 1)
            assert done.kept is not None
            assert done.kept.read_bytes() == text[:end]
            assert journal.path.read_bytes() == b"".join(whole)
        assert journal.check().faults == ()
        journal.append(next(iter(small().values()))[1])
        assert journal.check().faults == ()


@pytest.mark.parametrize("rewrite", ["one entry", "all that follow"])
def test_an_entry_that_was_made_anew_shows_in_the_next_and_not_where_all_were_made_anew(rewrite: str) -> None:
    lines = list(sound())
    with kept(lines[:3]) as journal:
        journal.append(next(iter(small().values()))[1])
        lines[3] = journal.path.read_bytes().splitlines(keepends=True)[3]
        if rewrite == "one entry":
            assert faults(lines) == {("replaced", 4)}
            return
        for line in lines[4:]:
            journal.append(record_of(line))
        anew = journal.path.read_bytes().splitlines(keepends=True)
    assert faults(anew) == set()
    head = json.loads(sound()[-1])["sha256"]
    assert {one.kind for one in checked(anew, head).faults} == {"another head"}


def record_of(line: bytes) -> hr.Record:
    with kept([*sound()]) as journal:
        return next(entry for entry in journal.entries() if entry.sha256 == json.loads(line)["sha256"]).record
