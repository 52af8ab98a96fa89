"""What fuzzing found once is found no more: each kept input goes through its target, and only what the library says on purpose comes out."""

from __future__ import annotations

import codecs
import datetime
import random
from pathlib import Path

import pytest

import hmic_rules as hr
from fuzzing.mutating import Mutator
from fuzzing.seeds import SEEDS, kept, seeds_of
from fuzzing.targets import TARGETS
from hmic_rules.audit.chains import Fault, Link, faults_of
from hmic_rules.linting.origins import Origins
from hmic_rules.linting.variables import MOST_INLINED, Gathering
from hmic_rules.loading.case_files import read_case_file, with_rows
from hmic_rules.loading.mending import Edit, Mended, opened
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.loading.tables import read_table
from hmic_rules.loading.trees import read_tree
from hmic_rules.testing.writing import loaded

KEPT = [(target, path) for target in TARGETS for path in kept(target)]


def test_every_target_has_something_to_start_from() -> None:
    assert list(SEEDS) == list(TARGETS)
    assert [target for target in TARGETS if next(seeds_of(target), None) is None] == []


def test_everything_that_is_kept_belongs_to_a_target() -> None:
    folder = Path(__file__).parent / "fuzzing" / "corpus"
    assert {path for path in folder.glob("*/*") if path.is_file()} == {path for _, path in KEPT}
    assert KEPT


@pytest.mark.parametrize(("target", "path"), KEPT, ids=[f"{target}/{path.name}" for target, path in KEPT])
def test_what_was_found_once_is_answered_or_refused_in_words(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", [target for target in TARGETS if target not in ("decide", "drawn")])
def test_a_seed_and_a_few_changes_of_it_are_answered_or_refused_in_words(target: str) -> None:
    change = Mutator(target, lambda data, most: data[:most])
    picked = random.Random(1)  # noqa: S311 - the same changes on every run
    found = min(seeds_of(target), key=len)
    TARGETS[target](found)
    for _ in range(3):
        TARGETS[target](change(found, 4_000, picked.randrange(2**32)))


@pytest.mark.parametrize("target", ["decide", "drawn"])
def test_facts_that_are_chosen_by_bytes_are_decided_or_refused_in_words(target: str) -> None:
    for data in list(seeds_of(target))[:8]:
        TARGETS[target](data)


def test_a_change_is_the_same_again() -> None:
    change, again = (Mutator("case", lambda data, most: data[:most]) for _ in range(2))
    assert [change(b"facts: {a: 1}\n", 100, seed) for seed in range(50)] == [
        again(b"facts: {a: 1}\n", 100, seed) for seed in range(50)
    ]


# What was wrong, each on its own

BY_ROWS = """
ruleset: rows
edition: "1"
title: an invented rule set of rows without a key
scales: {grade: [poor, good]}
inputs:
  rows: {collection: {sound: {type: boolean}}}
values:
  state:
    each: rows
    scale: grade
    choose: first
    rules: [{id: sound, then: good, when: {sound: true}, basis: assumed}]
    otherwise: {then: poor, basis: assumed}
    may_depart: {by: [inspector], basis: assumed}
  grade:
    scale: grade
    outcome: true
    choose: first
    rules: [{id: all, then: good, when: {every: {of: rows, where: {state: good}}}, basis: assumed}]
    otherwise: {then: poor, basis: assumed}
"""


@pytest.fixture(scope="module")
def by_lines() -> hr.Decision:
    """A decision over the rows of a table, which have no key and are known by their lines."""
    rules = loaded(BY_ROWS)
    table = read_table(b"sound\ntrue\nfalse\n", "rows.csv", rules)
    facts = with_rows(read_case_file(b"facts: {}\n", "case.yaml", rules), table).facts
    return hr.decide(rules, facts, engine="reference")


def test_the_record_of_rows_of_a_table_comes_out_the_same_again(by_lines: hr.Decision) -> None:
    assert list(by_lines.items("state")) == ["line 2", "line 3"]
    record = by_lines.record()
    assert hr.replay(record, ruleset=by_lines.ruleset).identical
    assert record.text == hr.decide(by_lines.ruleset, record.data["inputs"], engine="reference").record().text


def test_the_record_of_a_judged_row_of_a_table_comes_out_the_same_again(by_lines: hr.Decision) -> None:
    day = datetime.date(2007, 6, 1)
    reason = "it was mended while we looked at it"
    judged = hr.Judgement("a", None, "state", "line 3", "good", "inspector", reason, day, passages=("a/b/1",))
    departed = hr.depart(by_lines, [judged])
    record = departed.record()
    assert (str(departed.outcome), record.data["judgements"][0]["item"]) == ("good", "#2")
    assert hr.replay(record, ruleset=by_lines.ruleset).identical


GROUPED = """
ruleset: grouped
edition: "1"
title: an invented rule set whose groups a setting expects
parameters: {last: {type: month, default: 2007-02, basis: assumed}}
inputs:
  rows: {collection: {month: {type: month}, lost: {type: integer, min: 0}}}
values:
  monthly: {group: rows, by: [month], expected: {month: {from: 2007-01, to: last}}, missing: unknown}
  lost: {each: monthly, outcome: true, calc: {add: {of: rows, field: lost}}}
"""


def test_a_setting_that_says_how_many_groups_there_are_is_an_assumption() -> None:
    rows = [{"month": "2007-01", "lost": 1}, {"month": "2007-02", "lost": 2}]
    found = hr.decide(loaded(GROUPED), {"rows": rows}, engine="reference").assumptions()
    assert [(one.kind, one.name) for one in found] == [("reading", "last")]


def refused(text: bytes) -> str:
    with pytest.raises(hr.InputError) as error:
        read_ruleset(lambda _: text, "r.yaml", str)
    return str(error.value)


def test_a_section_that_nothing_removes_is_named() -> None:
    text = b'ruleset: a\nedition: "1"\ntitle: b\nextends: {ruleset: dash, edition: "1"}\nremove: {ruless: [a/b]}\n'
    assert "r.yaml:5:10: `ruless` is not a key of `remove`" in refused(text)


@pytest.mark.parametrize(("before", "place"), [(b"", "1:1"), (b"ab", "1:3"), (b"a: b\nc", "2:2")])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_byte_that_is_no_text_is_placed_with_a_byte_order_mark_and_without(
    mark: bytes, before: bytes, place: str
) -> None:
    assert refused(mark + before + b"\xd0\xd0 d") == f"r.yaml:{place}: not UTF-8\n    help: save the file as UTF-8"


def test_a_file_that_is_an_alias_alone_is_not_called_empty() -> None:
    found = refused(b"*all\n")
    assert found.startswith("r.yaml:1:1: `*all` refers to an anchor")
    assert "is empty" not in found


def test_a_bracket_that_is_open_where_a_quote_is_ends_the_search_for_it() -> None:
    found = refused(b'ruleset: a\nedition: "1"\ntitle: {b: "c}\nvalues:\n  d: {e: "f}\n')
    assert found.startswith("r.yaml:3:")


def test_brackets_are_looked_for_once_for_each_line() -> None:
    class Counted(str):
        looked = 0
        __slots__ = ()

        def __getitem__(self, place: object) -> str:
            Counted.looked += 1
            return str.__getitem__(self, place)

    assert opened(Counted("{'a" * 2_000), 6_000)[0] != []
    assert Counted.looked == 1


def test_changed_lines_of_a_journal_are_numbered_in_one_pass() -> None:
    class Counted(list):
        passes = 0

        def __iter__(self):
            Counted.passes += 1
            return super().__iter__()

    def passes(lines: int) -> int:
        Counted.passes = 0
        faults_of(
            Counted(Link(line, None, "", "", Fault("damaged", line, "it is no entry")) for line in range(1, lines))
        )
        return Counted.passes

    assert passes(400) == passes(20)


def test_a_line_is_mended_in_one_pass_and_keeps_its_places() -> None:
    found = Mended(["a\x01\x01b\x01c"])
    assert found.edit([Edit(0, 1, 3, ""), Edit(0, 4, 5, "-"), Edit(0, 6, 6, "!"), Edit(0, 2, 3, "?")])
    assert str(found) == "ab-c!"
    assert [found.place(0, column)[1] for column in range(6)] == [0, 3, 4, 5, 6, 6]


def test_a_character_that_is_not_allowed_is_taken_out_wherever_it_stands_and_no_more_often_than_a_person_writes_it() -> (
    None
):
    tree, problems = read_tree(b"a: \x01x\nb: \x01\x01y\n", "f")
    assert {key: child.text for key, child in tree.entries.items()} == {"a": "x", "b": "y"}
    assert [str(one) for one in problems] == [
        "f:1:4: the character `\\x01` is not allowed in YAML\n    help: delete it"
    ]
    with pytest.raises(hr.InputError) as error:
        read_tree(b"a: b\n" + b"\x01c" * 20_000, "f")
    assert len(error.value.diagnostics) == 1


def chain(length: int) -> hr.Ruleset:
    values = {f"v{place}": {"is": {f"v{place - 1}": True}} for place in range(1, length)}
    data = {"ruleset": "chain", "edition": "1", "title": "an invented chain", "inputs": {"v0": {"type": "boolean"}}}
    return loaded({**data, "values": {**values, "end": {"outcome": True, "is": {f"v{length - 1}": True}}}})


def test_a_long_chain_of_values_is_followed_to_what_it_waits_for() -> None:
    found = hr.decide(chain(400), {}, engine="reference").missing()
    assert [(one.kind, one.name) for one in found] == [("fact", "v0")]


def test_a_long_chain_of_values_is_linted_and_traced_to_its_facts() -> None:
    rules = chain(1_200)
    program = hr.decide(rules, {}, engine="reference").program
    assert Origins(rules, program.chains).of_value(rules.values["end"]) == {"v0"}
    gathering = Gathering(rules, ("case",), True, Origins(rules, program.chains))
    gathering.condition(rules.values["end"].body.condition)
    assert len(gathering.inlined) == MOST_INLINED


def test_a_member_that_stands_twice_among_very_many_is_found_in_one_pass() -> None:
    members = ",".join(f'"k{place}":1' for place in range(20_000))
    with pytest.raises(hr.InputError, match="the member `k19999` stands twice in one object"):
        hr.replay(f'{{{members},"k19999":2}}'.encode())
