"""Tables as rows: CSV and JSON Lines read cell by cell, and everything that can be wrong with one."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.decisions import Decision
from hmic_rules.errors import Diagnostic
from hmic_rules.loading import records
from hmic_rules.loading.case_files import read_case_file, read_settings, with_rows
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.records import read_csv, read_json_lines
from hmic_rules.loading.tables import read_table
from hmic_rules.possible import NOT_APPLICABLE

EXAMPLE = Path(__file__).parents[1] / "rulesets" / "safer-neighbourhoods-2007" / "example"
RULES = """
ruleset: tabled
edition: "1"
title: an invented register of visits
parameters:
  long: {type: integer, basis: assumed}
  strict: {type: boolean, default: false, basis: assumed}
  quiet_days: {list_of: text, default: [], basis: assumed}
  since: {type: month, default: 2007-01, basis: assumed}
inputs:
  open: {type: boolean}
  houses: {key: house, collection: {house: {type: text}}}
  visits:
    key: id
    collection:
      id: {type: text}
      house: {type: text}
      outcome: {choice: [well kept, neglected], also: {well kept: [good, OK]}}
      number: {type: integer, min: 0, column: count}
      part: {type: share, column: share of rooms}
      day: {type: date}
      note: {type: text, may_be: not applicable}
      repeated: {type: boolean, absent: {means: false, basis: assumed}}
      people: {collection: {age: {type: integer}}}
values:
  of_house: {group: visits, by: [house]}
  total: {type: integer, outcome: true, calc: {add: {of: visits, field: number}}}
  neglected: {type: integer, outcome: true, calc: {count: {of: visits, where: {outcome: neglected}}}}
  in_house: {each: of_house, type: integer, outcome: true, calc: {add: {of: visits, field: number}}}
  children: {each: visits, type: integer, outcome: true, calc: {count: {of: people, where: {age: {below: 18}}}}}
"""
HEADER = "id,house,outcome,count,share of rooms,day,note\n"


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> hr.Ruleset:
    path = tmp_path_factory.mktemp("tabled") / "ruleset.yaml"
    path.write_text(RULES, encoding="utf-8")
    return hr.load(path)


def decided(rules: hr.Ruleset, text: str | bytes, file: str = "t.csv", collection: str | None = None) -> Decision:
    data = text.encode() if isinstance(text, str) else text
    table = read_table(data, file, rules, collection)
    return rules.decide(with_rows(read_case_file(b"{}", file, rules), table).facts)


def problems(rules: hr.Ruleset, text: str | bytes, file: str = "t.csv", collection: str | None = None) -> list[str]:
    with pytest.raises(hr.InputError) as caught:
        decided(rules, text, file, collection)
    return [str(one).replace("\n    help: ", " | ") for one in caught.value.diagnostics]


def field(decision: Decision, name: str, row: int = 0) -> object:
    layout = decision.program.layout.slots
    return decision.case[layout["case"]["visits"]][row][layout["visits"][name]]


def test_each_row_of_a_table_is_an_item_of_the_collection(rules):
    decision = decided(rules, HEADER + "a,mill,neglected,3,50%,2007-06-01,\nb,mill,good,4,1/3,2007-06-02,wet\n")
    assert decision["total"].value == 7
    assert decision["neglected"].value == 1
    assert decision.items("in_house")["mill"].value == 7
    assert field(decision, "part", 1) == Fraction(1, 3)


def test_json_lines_say_the_same_as_csv(rules):
    lines = [
        {"id": "a", "house": "mill", "outcome": "neglected", "count": 3, "share of rooms": 0.5, "day": "2007-06-01"},
        {"id": "b", "house": "mill", "outcome": "OK", "count": 4, "note": None},
    ]
    decision = decided(rules, "\n".join(map(json.dumps, lines)), "t.jsonl")
    assert decision["total"].value == 7
    assert field(decision, "part") == Fraction(1, 2)
    assert field(decision, "outcome", 1) == "well kept"


def test_numbers_in_json_lines_are_exact(rules):
    decision = decided(rules, '{"id": "a", "house": "m", "share of rooms": 0.1000000000000000055}', "t.jsonl")
    assert field(decision, "part") == Fraction("0.1000000000000000055")


def test_an_empty_cell_is_unknown_and_never_a_zero(rules):
    decision = decided(rules, HEADER + "a,mill,,,,,\n")
    assert decision["total"].possible == ("0 to …",)
    assert decision["neglected"].possible == ("0 to 1",)


def test_a_word_that_means_nothing_in_yaml_is_a_text_in_a_table(rules):
    assert field(decided(rules, HEADER + "a,null,,,,,~\n"), "house") == "null"
    assert field(decided(rules, HEADER + "a,null,,,,,~\n"), "note") == "~"


def test_not_applicable_can_be_written_where_the_field_may_be_so(rules):
    assert field(decided(rules, HEADER + "a,mill,,,,,not applicable\n"), "note") is NOT_APPLICABLE


def test_columns_can_stand_in_any_order_and_blanks_around_cells_do_not_matter(rules):
    decision = decided(rules, " count , id,house\n 5 , a , mill \n\n6,b,mill\n")
    assert decision["total"].value == 11


def test_the_header_alone_is_a_list_without_rows(rules):
    assert decided(rules, HEADER)["total"].value == 0


def test_a_byte_order_mark_and_any_line_ends_are_read(rules):
    text = "\ufeff" + HEADER.replace("\n", "\r\n") + "a,mill,,3,,,\r\nb,mill,,4,,,\r\n"
    assert decided(rules, text)["total"].value == 7


def test_a_quoted_cell_keeps_commas_quotes_and_line_breaks(rules):
    decision = decided(rules, HEADER + 'a,"the ""old"" mill, upper",,1,,,"two\nlines"\n')
    assert field(decision, "house") == 'the "old" mill, upper'
    assert field(decision, "note") == "two\nlines"


def test_rows_of_json_lines_can_hold_inner_collections(rules):
    decision = decided(rules, '{"id": "a", "house": "m", "people": [{"age": 7}, {"age": 40}]}', "t.jsonl")
    assert decision.items("children")["a"].value == 1


def test_a_field_whose_absence_has_a_meaning_needs_no_column(rules):
    table = read_table((HEADER + "a,m,,,,,\n").encode(), "t.csv", rules)
    assert table.unknown == ()
    assert field(decided(rules, HEADER + "a,m,,,,,\n"), "repeated") is False


def test_fields_without_a_column_are_named_once_and_not_for_each_row(rules):
    table = read_table(b"id,house,count\na,m,1\nb,m,2\n", "t.csv", rules)
    assert table.unknown == ("outcome", "part", "day", "note")


def test_a_column_that_every_row_needs_is_missed_once(rules):
    assert problems(rules, "id,count\na,1\nb,2\n") == [
        "t.csv:1:1: there is no column `house`, and every row needs it | add the column: rows are grouped by it"
    ]
    assert problems(rules, '{"house": "m", "count": 1}\n{"house": "m"}', "t.jsonl") == [
        "t.jsonl:1:1: there is no column `id`, and every row needs it | add the column: it is the key of each row"
    ]


def test_every_bad_row_is_said_at_once_with_the_place_of_its_cell(rules):
    text = HEADER + 'a,mill,negleted,3,,,\nb,"a, b",,three,,,\nc,mill,,-1,,2007-13-01,\n,mill,,1,,,\na,mill,,1,,,\n'
    assert problems(rules, text) == [
        "t.csv:2:8: `negleted` is not one of the labels of this choice | did you mean `neglected`?",
        "t.csv:3:11: `three` is not a number | write `3`",
        "t.csv:4:9: `-1` is not a whole number of at least 0",
        "t.csv:4:13: `2007-13-01` is no day of the calendar | check the day and the month",
        "t.csv:5:1: an item of `visits` has no `id` | every item needs its key",
        "t.csv:6:1: `a` stands twice in `visits` | give each item its own key",
    ]


def test_rows_that_are_too_short_or_too_long_are_said_together_with_bad_cells(rules):
    assert problems(rules, HEADER + "a,mill\nb,mill,,x,,,\nc,mill,,1,,,,\n") == [
        "t.csv:2:1: 2 cells, and there are 7 columns | an empty cell still needs its comma",
        "t.csv:3:9: `x` is not a number | write a whole number, a decimal such as 0.5, a ratio such as 1/2 or a percentage such as 50%",
        "t.csv:4:1: 8 cells, and there are 7 columns | quote a cell that has a comma",
    ]


def test_places_are_right_after_cells_of_several_lines(rules):
    text = 'note,count,id,house\n"one\ntwo ""x""",x,a,m\nplain,y,b,m\n'
    assert [one.split(": ")[0] for one in problems(rules, text)] == ["t.csv:3:12", "t.csv:4:7"]


def test_a_key_of_a_group_that_is_empty_in_one_row_is_said_with_its_line(rules):
    assert problems(rules, HEADER + "a,mill,,1,,,\nb,,,2,,,\n") == [
        "t.csv:3:1: `house` is not known, and rows are grouped by it | give `house`"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "t.csv:1:1: the table is empty | a CSV file starts with the names of its columns"),
        (" \n\n", "t.csv:1:1: the table is empty | a CSV file starts with the names of its columns"),
        (b"id,house\na,\xff\n", "t.csv:2:3: not UTF-8 | save the table as UTF-8"),
        (b"\xef\xbb\xbfid,house\na,\xff\n", "t.csv:2:3: not UTF-8 | save the table as UTF-8"),
        (b"\xef\xbb\xbf\xff", "t.csv:1:1: not UTF-8 | save the table as UTF-8"),
        ("id,house\na,m\x00\n", "t.csv:2:4: the character `\\x00` is not allowed in a table | delete it"),
        ("id,house,id\n", "t.csv:1:10: the column `id` stands twice | keep one of the two"),
        ("id,house,\n", "t.csv:1:10: a column has no name | name it, or take the column out"),
        (
            "id,house,number\n",
            "t.csv:1:10: `visits` has no field for the column `number` | the column of this field is called `count`",
        ),
        ("id,house,cuont\n", "t.csv:1:10: `visits` has no field for the column `cuont` | did you mean `count`?"),
        (
            "id;house;count\na;m;1\n",
            "t.csv:1:1: the columns are not separated by commas | save the table with commas between its columns",
        ),
        (
            'id,house\na,"m\nb,n\n',
            "t.csv:2:1: a quote is opened in this row and never closed | close it, or write it twice where the cell has a quote in it",
        ),
        (
            'id,house\na,"m"x\n',
            "t.csv:2:1: the text goes on after a quote was closed | write a quote twice where the cell has a quote in it",
        ),
        (
            "id,house\na," + "m" * 200_000 + "\n",
            "t.csv:2:1: a cell is too long, or a quote is opened in this row and not closed | close the quote, or shorten the cell",
        ),
        (
            "frog,toad\n1,2\n",
            "t.csv:1:1: the columns fit no collection | name one with `--collection`: `houses`, `visits`",
        ),
        (
            "house\nmill\n",
            "t.csv:1:1: the columns fit `houses` and `visits` alike | name one with `--collection`: `houses`, `visits`",
        ),
    ],
)
def test_a_csv_file_that_is_wrong_as_a_whole_is_told_why(rules, text, said):
    assert problems(rules, text) == [said]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{id: 1}", "t.jsonl:2:2: not readable as JSON: expecting property name enclosed in double quotes"),
        ('{"id": "b", "house": "m"', "t.jsonl:2:25: not readable as JSON: expecting ',' delimiter"),
        ('{"id": NaN, "house": "m"}', "t.jsonl:2:1: not readable as JSON: `NaN` is no value of JSON"),
        ("[1, 2]", "t.jsonl:2:1: a row must be an object of names and values | write {braces} around it"),
        ('"b"', "t.jsonl:2:1: a row must be an object of names and values | write {braces} around it"),
        ("[" * 50 + "]" * 50, "t.jsonl:2:1: nested deeper than 40 levels | write it flatter"),
        (
            '{"id": "b", "house": "m", "id": "c"}',
            "t.jsonl:2:33: the name `id` stands twice in one object | keep one of the two",
        ),
        (
            '{"id": "b", "house": "m", "people": [{"age": 1, "age": 2}]}',
            "t.jsonl:2:37: the name `age` stands twice in one object | keep one of the two",
        ),
        ('{"id": "b", "house": ["m"]}', "t.jsonl:2:22: a list is not a text"),
        ('{"id": "b", "house": {"a": {"b": 1}}}', "t.jsonl:2:22: a mapping is not a text"),
        ('{"id": "b", "house": "m", "count": 1e3}', "t.jsonl:2:36: `1e3` is not a number"),
        ('{"id": "b", "house": "m", "count": 01}', "t.jsonl:2:37: not readable as JSON: expecting ',' delimiter"),
        ('{"id": "b", "house": "m", "count": true}', "t.jsonl:2:36: `true` is not a number"),
        (
            '{"id": "b", "house": "\\ud800"}',
            "t.jsonl:2:22: `\\ud800` holds half of a surrogate pair, which is no character",
        ),
        ('{"id": "b", "house": "m", "cuont": 1}', "t.jsonl:2:36: `visits` has no field for the column `cuont`"),
    ],
)
def test_a_line_of_json_that_is_wrong_is_told_why_and_where(rules, line, said):
    (problem,) = problems(rules, '{"id": "a", "house": "m"}\n' + line + '\n{"id": "z", "house": "m"}\n', "t.jsonl")
    assert problem.startswith(said)


def test_several_bad_lines_of_json_are_said_at_once(rules):
    found = problems(rules, '{"id": "a"\n{"id": "b", "house": "m", "count": "x"}\n7\n', "t.jsonl")
    assert [one.split(": ")[0] for one in found] == ["t.jsonl:1:11", "t.jsonl:2:36", "t.jsonl:3:1"]


def test_more_bad_rows_than_anybody_reads_are_cut_short(rules):
    found = problems(rules, HEADER + "".join(f"r{n},mill,,x,,,\n" for n in range(2_000)))
    assert len(found) == 500
    assert "more problems than the 499 above" in found[-1]
    found = problems(rules, HEADER + "".join(f"r{n},,,1,,,\n" for n in range(2_000)))
    assert len(found) == 500


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters='\n",\\'), max_size=6)


@settings(max_examples=100)
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=5))
def test_every_cell_of_a_csv_file_stands_at_the_place_that_is_given_for_it(found):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([("one", "two", "three"), *found])
    text = stream.getvalue()
    _, read = read_csv(Reader(), text.encode(), "t.csv")
    assert [[cell.text for cell in one.cells.values()] for one in read] == [
        [cell.strip() for cell in row] for row in found
    ]
    lines = re.split(r"(?<=\n)", text)
    for row, one in zip(found, read, strict=True):
        for cell, written in zip(row, one.cells.values(), strict=True):
            at = "".join(lines[written.span.line - 1 :])[written.span.column - 1 :]
            assert (next(csv.reader(io.StringIO(at, newline="")), []) or [""])[0] == cell


values = st.recursive(
    st.none() | st.booleans() | st.integers() | cells,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(cells, inner, max_size=3),
)


@settings(max_examples=100)
@given(st.dictionaries(cells, values, min_size=1, max_size=5), st.booleans())
def test_every_value_of_a_json_line_stands_at_the_place_that_is_given_for_it(row, ascii):
    line = json.dumps(row, ensure_ascii=ascii)
    _, (read,) = read_json_lines(Reader(), line.encode(), "t.jsonl")
    assert list(read.cells) == list(row)
    for name, cell in read.cells.items():
        assert json.JSONDecoder().raw_decode(line, cell.span.column - 1)[0] == row[name]


@settings(max_examples=200)
@given(st.text('{}[]":,\\ \n;ab1.', max_size=60), st.sampled_from(["t.csv", "t.jsonl"]))
def test_whatever_a_table_has_in_it_is_read_or_refused_with_a_place(rules, text, file):
    assert all(one.place.file == file for one in refusals(rules, text, file))


def refusals(rules: hr.Ruleset, text: str, file: str) -> tuple[Diagnostic, ...]:
    try:
        read_table(text.encode(), file, rules, "visits")
    except hr.InputError as error:
        return error.diagnostics
    return ()


def test_a_line_of_json_without_an_end_takes_no_longer_than_its_length(rules):
    (problem,) = problems(rules, '{"id": "' + '\\"' * 500_000, "t.jsonl")
    assert "not readable as JSON" in problem


@pytest.mark.parametrize(
    ("bound", "number", "said"),
    [
        ("MAX_ROWS", 3, "more than 3 rows | split the table"),
        ("MAX_COLUMNS", 2, "more than 2 columns | split the table"),
        ("MAX_BYTES", 30, "bytes, and a table may have 30 at most | split it"),
    ],
)
@pytest.mark.parametrize("file", ["t.csv", "t.jsonl"])
def test_tables_have_bounds(rules, monkeypatch, bound, number, said, file):
    monkeypatch.setattr(records, bound, number)
    text = "id,house,count\n" + "".join(f"r{n},mill,1\n" for n in range(5))
    if file.endswith("l"):
        text = "".join(f'{{"id": "r{n}", "house": "mill", "count": 1}}\n' for n in range(5))
    assert said in problems(rules, text, file)[-1]


def test_a_collection_can_be_named_where_several_fit(rules):
    table = read_table(b"house\nmill\n", "t.csv", rules, "houses")
    assert table.collection.name == "houses"
    assert problems(rules, "house\nmill\n", collection="hauses") == [
        "--collection: no collection of the case is called `hauses` | did you mean `houses`?"
    ]
    assert problems(rules, "house\nmill\n", collection="people")[0].startswith(
        "--collection: no collection of the case"
    )


def test_rows_that_the_facts_have_already_are_refused(rules):
    facts = read_case_file(b"open: true\nvisits: []\n", "facts.yaml", rules)
    table = read_table((HEADER + "a,m,,,,,\n").encode(), "t.csv", rules)
    with pytest.raises(hr.InputError, match=r"facts.yaml:2:1: `visits` is given here, and by the table too"):
        with_rows(facts, table)


def test_settings_are_read_by_the_type_of_their_parameter(rules):
    given = ["long=3", "strict=yes", "quiet_days=friday, bank holiday", "since=2008-01"]
    assert {name: str(value) for name, value in read_settings(given, rules).items()} == {
        "long": "3",
        "strict": "True",
        "quiet_days": "('friday', 'bank holiday')",
        "since": "2008-01",
    }
    assert read_settings(["quiet_days="], rules) == {"quiet_days": ()}


def test_every_setting_that_is_wrong_is_said_at_once(rules):
    with pytest.raises(hr.InputError) as caught:
        read_settings(["long=x", "strict=perhaps", "lnog=3", "since", "since=2008-01", "since=2008-02", "long="], rules)
    assert [(one.place, one.problem) for one in caught.value.diagnostics] == [
        ("--set lnog=3", "no parameter is called `lnog`"),
        ("--set long=", "`` is not a number"),
        ("--set long=x", "`x` is not a number"),
        ("--set since", "a setting needs a value"),
        ("--set since=2008-02", "`since` is set twice"),
        ("--set strict=perhaps", "`perhaps` is not true or false"),
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("house: {type: text, column: id}", "`house` and `id` have the same column, `id`"),
        (
            "house: {type: text, column: a}, room: {type: text, column: a}",
            "`room` and `house` have the same column, `a`",
        ),
    ],
)
def test_two_fields_cannot_have_one_column(tmp_path, written, said):
    path = tmp_path / "ruleset.yaml"
    path.write_text(RULES.replace("house: {type: text}}}", f"id: {{type: text}}, {written}}}}}"), encoding="utf-8")
    with pytest.raises(hr.InputError, match=said):
        hr.load(path)


def test_two_facts_of_the_case_cannot_have_one_column(tmp_path):
    path = tmp_path / "ruleset.yaml"
    facts = "open: {type: boolean, column: Open}\n  shut: {type: boolean, column: Open}"
    path.write_text(RULES.replace("open: {type: boolean}", facts), encoding="utf-8")
    with pytest.raises(hr.InputError, match="`shut` and `open` have the same column, `Open`"):
        hr.load(path)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", "decide", "safer-neighbourhoods-2007", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )


def test_a_table_is_decided_at_the_command_line():
    returns, teams = str(EXAMPLE / "invented-returns.csv"), str(EXAMPLE / "invented-teams.yaml")
    done = run(returns, "--facts", teams, "--reading", "assumed-example", "--json")
    assert done.returncode == 0
    decided = json.loads(done.stdout)
    found = {(one["name"], one["item"]): one["value"] for one in decided["outcomes"]}
    assert found["state", "heron / 2007-06"] == "breach"
    assert found["state", "kingfisher / 2007-06"] == "not returned"
    assert found["rate", "heron / 2007-05"] == "16/1265"
    assert [(one["kind"], one["name"], one["item"]) for one in decided["missing"]] == [
        ("fact", "reason", "line 9"),
        ("rows", "returns", "kingfisher / 2007-06"),
    ]


def test_settings_of_the_command_line_go_before_the_case_s_own_and_the_reading_s():
    returns, teams = str(EXAMPLE / "invented-returns.csv"), str(EXAMPLE / "invented-teams.yaml")
    more = ["--set", "breach_above=1/2", "--set", "last_month=2007-06", "--set", "permitted_reasons="]
    done = run(returns, "--facts", teams, "--reading", "assumed-example", *more, "--json")
    states = [one["value"] for one in json.loads(done.stdout)["outcomes"] if one["name"] == "state"]
    assert states == ["within policy", "within policy", "within policy", "not returned"]


def test_what_nobody_set_is_named_at_the_command_line():
    done = run(str(EXAMPLE / "invented-returns.csv"), "--facts", str(EXAMPLE / "invented-teams.yaml"))
    assert done.returncode == 0
    assert "the setting permitted_reasons (--set permitted_reasons=…): the reasons for which the policy" in done.stdout
    assert "the setting breach_above (--set breach_above=…): a month's rate above this is a breach" in done.stdout


def test_a_table_s_own_mistakes_are_told_what_is_meant(tmp_path):
    path = tmp_path / "returns.csv"
    rows = ['heron,2007-05,pc,"1,600",8,Court', "heron,2007-05,PC,160,8,court"]
    path.write_text("\n".join(["team,month,role,hours on duty,hours abstracted,reason", *rows, ""]), encoding="utf-8")
    done = run(str(path))
    assert done.returncode == 2
    assert "returns.csv:2:15: `pc` is not one of the labels of this choice\n    help: did you mean `PC`?" in done.stderr
    assert "`1,600` is not a number\n    help: write `1600` without commas, or a point where a decimal" in done.stderr
    path.write_text(path.read_text(encoding="utf-8").replace("pc", "PC").replace('"1,600"', "1600"), encoding="utf-8")
    done = run(str(path), "--facts", str(EXAMPLE / "invented-teams.yaml"), "--json")
    assert done.returncode == 0
    assert "returns.csv:2:1: `reason` is `Court`, and counts as another text than `court`\n" in done.stderr
    [near] = json.loads(done.stdout)["near_misses"]
    assert near["place"].endswith("returns.csv:2:1")
    assert {one for one in json.loads(done.stdout)["unknown"] if one.startswith("ward")} == {
        "ward of line 2",
        "ward of line 3",
    }


def test_shares_are_put_in_hundredths_rounded_half_up():
    done = run(
        str(EXAMPLE / "invented-returns.csv"),
        "--facts",
        str(EXAMPLE / "invented-teams.yaml"),
        "--reading",
        "assumed-example",
    )
    assert "1/80, about 1.3%: kingfisher / 2007-05" in done.stdout
    assert "3/40 to 7/80, about 7.5% to 8.8%: heron / 2007-06" in done.stdout


def test_a_column_that_is_missing_and_not_needed_is_said_once(tmp_path):
    path = tmp_path / "returns.csv"
    path.write_text("team,month,hours on duty\nheron,2007-01,3\nheron,2007-02,4\n", encoding="utf-8")
    done = run(str(path))
    assert done.returncode == 0
    said = "no column for `hours_abstracted`: it is unknown in every row"
    assert done.stderr.count(said) == done.stderr.count("`reason`") == 1


def test_facts_and_a_collection_go_with_a_table_only(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("returns: []\n", encoding="utf-8")
    done = run(str(path), "--facts", str(path), "--collection", "returns")
    assert done.returncode == 2
    assert "--facts: `" in done.stderr
    assert "--collection: `" in done.stderr


def test_a_truth_value_among_the_parameters_of_a_case_file_is_read(tmp_path):
    path = tmp_path / "ruleset.yaml"
    path.write_text(RULES, encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text("facts: {visits: []}\nparameters: {strict: true}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", "decide", str(path), str(case)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_a_screen_says_once_what_came_out_alike_for_many_items(tmp_path):
    teams = tmp_path / "teams.yaml"
    teams.write_text(f"teams: [{', '.join(f'{{team: t{n}}}' for n in range(10))}]\n", encoding="utf-8")
    returns = tmp_path / "returns.csv"
    returns.write_text("team,month,hours on duty,hours abstracted,reason\nt0,2007-01,100,0,\n", encoding="utf-8")
    done = run(str(returns), "--facts", str(teams), "--reading", "assumed-example")
    assert done.stdout.startswith(f"{returns}\n")
    assert "not returned: t0 / 2007-02, t0 / 2007-03, t0 / 2007-04 and 56 more" in done.stdout
    assert done.stdout.count("yes  not returned if returned is false") == 1
    full = run(str(returns), "--facts", str(teams), "--reading", "assumed-example", "--full")
    assert full.stdout.count("yes  not returned if returned is false") == 59


def test_a_share_is_shown_exactly_and_about():
    returns, teams = str(EXAMPLE / "invented-returns.csv"), str(EXAMPLE / "invented-teams.yaml")
    done = run(returns, "--facts", teams, "--reading", "assumed-example")
    assert "16/1265, about 1.3%: heron / 2007-05" in done.stdout
