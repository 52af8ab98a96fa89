"""Tables of cases, from files and from memory to what the SQL of a rule set takes: which table is what, every bad row, and what is set aside."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

import hmic_rules as hr
from batched import database, ready, written
from hmic_rules.batch.cells import Cell
from hmic_rules.batch.denominators import denominators
from hmic_rules.batch.engine import opened
from hmic_rules.batch.sources import as_source
from hmic_rules.datatypes import NumberType

duckdb = pytest.importorskip("duckdb")
pyarrow = pytest.importorskip("pyarrow")

SHAPES = Path(__file__).parent / "shapes"
VISITS = """
ruleset: visited
edition: "1"
title: an invented register of houses and visits
inputs:
  open: {type: boolean, column: Open to visitors}
  size: {type: decimal, min: 0, max: 1000}
  kept: {choice: [well kept, neglected], also: {well kept: [good, OK]}, may_be: not applicable}
  rooms: {items: [Hall, kitchen], fields: {clean: {type: boolean}}}
  visits:
    key: id
    size: {at_most: 2}
    collection:
      id: {type: text}
      day: {type: date}
      part: {type: share, column: share}
      month: {type: month, column: month of the visit}
      people: {key: who, collection: {who: {type: text}, age: {type: integer, min: 0, max: 130}}}
values:
  neglected: {type: integer, outcome: true, calc: {count: {of: visits, where: {part: {below: 1/2}}}}}
  old: {each: visits, type: integer, outcome: true, calc: {count: {of: people, where: {age: {at_least: 65}}}}}
  spotless: {outcome: true, is: {open: true, kept: well kept, size: {above: 0}, every: {of: rooms, where: {clean: true}}}}
"""


@pytest.fixture(scope="module")
def rules(ruleset_from) -> hr.Ruleset:
    return ruleset_from(VISITS)


def refused(rules: hr.Ruleset, tables, **how) -> list[str]:
    with pytest.raises(hr.InputError) as caught, ready(rules, tables, **how):
        pass
    return [str(one).replace("\n    help: ", " | ") for one in caught.value.diagnostics]


def files(folder: Path, **texts: str) -> list[tuple[str | None, str]]:
    """Files of CSV, each to be found out by its columns."""
    return [(None, path) for path in written(folder, {f"{name}.csv": text for name, text in texts.items()})]


def test_tables_are_told_apart_by_their_columns_and_joined_by_the_case(rules, tmp_path):
    tables = files(
        tmp_path,
        one="case,Open to visitors,kept\nb,yes,OK\na,no,not applicable\n",
        two="id,case,day,share\n1,a,2007-06-01,50%\n2,a,,1/3\n1,b,2007-06-02,0.25\n",
        three="case,id,who,age\na,1,x,70\na,1,y,\n",
    )
    with ready(rules, tables) as found:
        assert list(found.fitting.tables) == ["case", "visits", "people"]
        assert found.said == []
        assert [(row["case_id"], row["open"], row["kept"], row["kept__na"]) for row in found.rows("cases")] == [
            (1, True, "well kept", False),
            (2, False, None, True),
        ]
        per = found.staged.denominators["visits", "part"]
        assert per == 300
        assert [(row["case_id"], row["id"], row["part"], row["day"]) for row in found.rows("visits")] == [
            (1, "1", 75, datetime.date(2007, 6, 2)),
            (2, "1", 150, datetime.date(2007, 6, 1)),
            (2, "2", 100, None),
        ]
        assert [(row["case_id"], row["visits__id"], row["who"], row["age"]) for row in found.rows("people")] == [
            (2, "1", "x", 70),
            (2, "1", "y", None),
        ]


def test_what_no_column_gives_is_said_once(rules, tmp_path):
    with ready(rules, files(tmp_path, one="case,kept,Hall\na,good,yes\n")) as found:
        assert found.fitting.notes == (
            "one.csv: no column for `Open to visitors`: it is unknown in every row",
            "one.csv: no column for `size`: it is unknown in every row",
            "one.csv: no column for `kitchen.clean`: unknown in every row",
            "no table for `visits`: it is unknown in every case",
            "no table for `people`: it is unknown in every case",
        )
        assert found.rows("cases")[0]["visits__given"] is False


def test_items_that_are_known_can_stand_as_columns_of_the_cases(rules, tmp_path):
    with ready(rules, files(tmp_path, one="case,Hall,kitchen.clean\na,yes,\nb,no,yes\n")) as found:
        assert [(row["clean/Hall"], row["clean/kitchen"]) for row in found.rows("cases")] == [
            (True, None),
            (False, True),
        ]
        assert ("rooms", "clean") not in found.filled.known
    with ready(rules, files(tmp_path, one="case,rooms.Hall,rooms.kitchen.clean\na,yes,no\n")) as found:
        assert ("rooms", "clean") in found.filled.known


def test_items_that_are_known_can_be_a_table_of_their_own(rules, tmp_path):
    tables = files(tmp_path, one="case,kept\na,OK\nb,\n", two="case,name,clean\na,Hall,yes\na,kitchen,no\nb,Hall,\n")
    with ready(rules, tables) as found:
        assert [(row["case_id"], row["name"], row["clean"]) for row in found.rows("rooms")] == [
            (1, "Hall", True),
            (1, "kitchen", False),
            (2, "Hall", None),
        ]
        assert found.filled.complete == frozenset()


def test_one_long_table_is_enough_and_its_cases_come_in_the_order_of_their_first_rows(rules, tmp_path):
    with ready(rules, files(tmp_path, two="case,id,share\nz,1,1\na,1,0\nz,2,\n")) as found:
        assert found.engine.run("SELECT id, case_id FROM batch.ids ORDER BY case_id") == [("z", 1), ("a", 2)]
        assert [row["visits__given"] for row in found.rows("cases")] == [True, True]


def test_tables_without_a_column_for_the_case_are_of_one_case(rules, tmp_path):
    with ready(rules, files(tmp_path, two="id,share\n1,1\n2,0\n")) as found:
        assert found.engine.run("SELECT id FROM batch.ids") == [("case",)]
        assert found.filled.rows == {"visits": 2}


def test_a_case_without_rows_in_a_table_has_none_and_a_collection_without_a_table_is_unknown(rules, tmp_path):
    with ready(rules, files(tmp_path, one="case,kept\na,OK\n", two="case,id,share\n")) as found:
        assert found.rows("cases")[0]["visits__given"] is True
        assert found.rows("visits") == []


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"one": "case,kpet\na,OK\n"}, ["one.csv: the case has no field for the column `kpet` | did you mean `kept`?"]),
        (
            {"one": "case,open,size\na,yes,1\n"},
            [
                "one.csv: the case has no field for the column `open` | the column of this field is called `Open to visitors`"
            ],
        ),
        (
            {"one": "case,kept\na,OK\n", "two": "case,size\nb,1\n"},
            ["two.csv"],
        ),
        (
            {"one": "kept\nOK\n"},
            ["one.csv: there is no column `case`, and it says to which case a row belongs | name it with `--id`"],
        ),
        (
            {"one": "case,share,day\na,1,\n"},
            ["one.csv: there is no column `id`, and every row needs it | add the column: it is the key of each row"],
        ),
        (
            {"one": "case,who,id,age\na,x,1,3\n"},
            ["one.csv: `people` are items of `visits`, which no table gives | add `visits=FILE`"],
        ),
        (
            {"one": "case,Hall,rooms.Hall\na,yes,no\n"},
            ["one.csv: the columns `Hall` and `rooms.Hall` give the same | keep one"],
        ),
        (
            {"one": "case,Hall\na,yes\n", "two": "case,name,clean\na,Hall,no\n"},
            ["one.csv: `rooms` is given by the column `Hall`, and by two.csv too | keep one of the two"],
        ),
        (
            {"one": "case,frog,toad\na,1,2\n"},
            [
                "one.csv: the columns fit no table | say which it is: `case=one.csv`, `rooms=one.csv`, `visits=one.csv`, `people=one.csv`"
            ],
        ),
    ],
)
def test_tables_that_do_not_fit_are_told_why(rules, tmp_path, texts, said):
    assert [
        one.partition(": one.csv and")[0] if "both" in one else one for one in refused(rules, files(tmp_path, **texts))
    ] == said


def test_a_table_can_be_named_and_its_name_must_be_known(rules, tmp_path):
    (_, path) = files(tmp_path, one="case,id\na,1\n")[0]
    with ready(rules, [("visits", path)]) as found:
        assert list(found.fitting.tables) == ["visits"]
    assert refused(rules, [("vists", path)]) == ["one.csv: no table is called `vists` | did you mean `visits`?"]


def test_the_column_that_names_the_case_can_be_called_otherwise(rules, tmp_path):
    with ready(rules, files(tmp_path, one="number,kept\n7,OK\n"), id="number") as found:
        assert found.engine.run("SELECT id FROM batch.ids") == [("7",)]
    said = refused(rules, files(tmp_path, two="id,share\n1,1\n"), id="id")
    assert said == [
        "two.csv: `visits` has a column `id` of its own, so it cannot name the case too | name another column with `--id`"
    ]


def test_every_bad_row_is_said_at_once_with_column_example_and_count(rules, tmp_path):
    tables = files(
        tmp_path,
        one="case,Open to visitors,kept,size,Hall\na,yes,OK,1,yes\nb,perhaps,negleted,1001,\nc,maybe,,x,Yes\na,,,,\n,,,,\n",
        two="case,id,day,share\na,1,2007-02-30,2\nc,1,,\nc,1,,\nd,1,,\n,1,,\nc,,,\nb,1,,\nb,2,,\nb,3,,\n",
    )
    with ready(rules, tables) as found:
        assert found.said == [
            "case 1 x2: `a` names several rows",
            "Open to visitors 2 x2: `perhaps` is not true or false",
            "kept 2 x1: `negleted` is not one of the labels of this choice",
            "size 2 x1: `1001` is not a number from 0 to 1000",
            "row 2 x2: `visits` has not as many items as it must have, at most 2",
            "size 3 x1: `x` is not a number",
            "Hall 3 x1: `Yes` is not true or false",
            "case 5 x1: the case has no name",
            "day 1 x1: `2007-02-30` is no day of the calendar",
            "share 1 x1: `2` is not a share from 0 to 1",
            "id 2 x2: `1` stands twice in `visits` of its case",
            "case 4 x1: `d` is a case that the table of cases does not have",
            "case 5 x1: there is no telling which case the row is of",
            "id 6 x1: it is empty, and names the item",
        ]
        assert found.checked.problems[2].help == "did you mean `neglected`?"
        assert found.filled.cases == 0


def test_a_bad_row_takes_its_case_along_and_says_so(rules, tmp_path):
    tables = files(
        tmp_path,
        one="case,kept\na,OK\nb,negleted\nc,good\n",
        two="case,id,share\na,1,1\na,2,3/2\nb,1,1\nc,1,1\nq,1,1\n",
    )
    with ready(rules, tables) as found:
        assert found.aside() == [
            ("case", 1, "a", "its case is set aside: row 2 of visits"),
            ("case", 2, "b", "kept: `negleted` is not one of the labels of this choice"),
            ("visits", 1, "a", "its case is set aside: row 2 of visits"),
            ("visits", 2, "a", "share: `3/2` is not a share from 0 to 1"),
            ("visits", 3, "b", "its case is set aside: row 2 of case"),
            ("visits", 5, "q", "case: `q` is a case that the table of cases does not have"),
        ]
        assert found.filled.rows == {"case": 1, "visits": 1}


def test_an_item_of_an_item_that_is_not_there_is_a_bad_row(rules, tmp_path):
    tables = files(tmp_path, two="case,id\na,1\n", three="case,id,who,age\na,1,x,1\na,2,x,1\na,1,x,200\n")
    with ready(rules, tables) as found:
        assert found.said == [
            "who 1 x2: `x` stands twice in `people` of its case",
            "id 2 x1: `2` is none of the items of `visits`",
            "age 3 x1: `200` is not a whole number from 0 to 130",
        ]


def test_items_that_a_framework_does_not_have_are_bad_rows(ruleset_from, tmp_path):
    framework = tmp_path / "frameworks"
    framework.mkdir()
    text = (SHAPES / "criteria.yaml").read_text(encoding="utf-8").partition("cases:")[0]
    (tmp_path / "ruleset.yaml").write_text(text + "frameworks: {fill: criteria, files: [one]}\n", encoding="utf-8")
    items = "[{id: c-1, standard: fair, says: x, basis: assumed}, {id: c-2, standard: good, says: x, basis: assumed}]"
    (framework / "one.yaml").write_text(f"framework: one\ntitle: one\ncriteria: {items}\n", encoding="utf-8")
    rules = hr.load(tmp_path / "ruleset.yaml")
    with ready(rules, files(tmp_path, two="case,id,status\na,c-1,met\na,c-3,met\n"), framework="one") as found:
        assert found.said == ["id 2 x1: `c-3` is not in the framework"]
        assert found.checked.problems[0].help == "did you mean `c-2`?"
    with ready(rules, files(tmp_path, two="case,c-1.status,c-2.status\na,met,\n"), framework="one") as found:
        assert found.staged.tables.wide == {"criteria"}
    said = refused(rules, files(tmp_path, two="case,id,standard,status\na,c-1,fair,met\n"), framework="one")
    assert said == ["two.csv: `standard` is set by the framework | leave it out of the table"]


# files


def test_rows_that_are_no_rows_are_said_with_their_line(tmp_path):
    texts = {
        "ragged.csv": "a,b\n1\n1,2,3\n\n1,2\n",
        "latin.csv": b"a,b\n1,\xe9\n1,2\n",
        "bad.jsonl": '{"a": 1}\n{"a": 1,}\n\n[1]\n{"a": 1, "a": 2}\n{"a": NaN}\n{"a": 01}\n',
    }
    paths = written(tmp_path, texts)
    with database() as engine:
        found = [as_source(engine, path, Path(path).name, number) for number, path in enumerate(paths)]
        assert [(one.lost.count, one.lost.line, one.lost.problem) for one in found] == [
            (2, 2, "1 cell, and there are 2 columns"),
            (1, 2, "not UTF-8"),
            (5, 2, "not readable as JSON: expecting property name enclosed in double quotes"),
        ]
        assert [row[0] for row in engine.run(f"SELECT problem FROM {found[2].lost_relation} ORDER BY line")] == [  # noqa: S608
            "not readable as JSON",
            "a row must be an object of names and values",
            "a name stands twice in one object",
            "not readable as JSON",
            "not readable as JSON",
        ]


def test_blanks_at_quotes_and_mixed_line_ends_are_read_as_a_case_reads_them(tmp_path):
    texts = {"quotes.csv": 'a,b\n1, "x"\n"2","x, ""y"""\n', "ends.csv": "a,b\r\n1,2\n3,4\r\n"}
    with database() as engine:
        first, second = (
            as_source(engine, path, "t.csv", number) for number, path in enumerate(written(tmp_path, texts))
        )
        assert engine.run(f"FROM {first.relation}") == [(1, "1", '"x"'), (2, "2", 'x, "y"')]
        assert engine.run(f"FROM {second.relation}") == [(1, "1", "2"), (2, "3", "4")]


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path):
    with database() as engine:
        (path,) = written(tmp_path, {"a[1].csv": "a\n1\n"})
        assert engine.run(f"FROM {as_source(engine, path, 't.csv', 0).relation}") == [(1, "1")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.csv", "", "t.csv:1:1: the table is empty | a CSV file starts with the names of its columns"),
        ("t.csv", "a,a\n", "t.csv:1:3: the column `a` stands twice | keep one of the two"),
        (
            "t.csv",
            "a;b\n",
            "t.csv:1:1: the columns are not separated by commas | save the table with commas between its columns",
        ),
        ("t.jsonl", "\n", "t.jsonl:1:1: the table is empty | a line holds one object in {braces}"),
        ("t.parquet", "a,b\n", "t.parquet: cannot be read: "),
        (
            "t.xlsx",
            "a,b\n",
            "t.xlsx: the name does not say what kind of table it is | a table's name ends in .parquet, .csv or .jsonl",
        ),
    ],
)
def test_a_file_that_is_no_table_is_told_why(tmp_path, name, text, said):
    (path,) = written(tmp_path, {name: text})
    with database() as engine, pytest.raises(hr.InputError) as caught:
        as_source(engine, path, name, 0)
    assert str(caught.value).replace("\n    help: ", " | ").replace(str(tmp_path) + "/", "").startswith(said)


# tables in memory and Parquet


def typed_table() -> pyarrow.Table:
    return pyarrow.table(
        {
            "case": [10, 20],
            "Open to visitors": [True, None],
            "kept": pyarrow.array(["OK", "not applicable"]).dictionary_encode(),
            "size": [1.5, 1e-3],
        }
    )


@pytest.mark.parametrize("form", ["arrow", "pandas", "polars", "duckdb", "parquet"])
def test_tables_in_memory_and_parquet_keep_their_types(rules, tmp_path, form):
    table = typed_table()
    given = table
    if form == "pandas":
        given = pytest.importorskip("pandas").DataFrame(table.to_pandas())
    elif form == "polars":
        given = pytest.importorskip("polars").from_arrow(table)
    elif form == "duckdb":
        given = duckdb.connect().from_arrow(table)
    elif form == "parquet":
        given = tmp_path / "t.parquet"
        pytest.importorskip("pyarrow.parquet").write_table(table, given)
    with ready(rules, [(None, given)]) as found:
        assert found.said == []
        assert found.staged.whole_ids
        per = found.staged.denominators["case", "size"]
        rows = found.rows("cases")
        assert [(row["open"], row["kept"], row["kept__na"], Decimal(row["size"]) / per) for row in rows] == [
            (True, "well kept", False, Decimal("1.5")),
            (None, None, True, Decimal("0.001")),
        ]


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        ("size", ["x", "2"], "size 1 x1: `x` is not a number"),
        ("size", [float("nan"), 2.0], "size 1 x1: `nan` is not a number"),
        ("size", [1e300, 2.0], "cannot be held exactly in 64 bits"),
        ("day", [datetime.datetime(2007, 6, 1, 9), None], "day 1 x1: `2007-06-01 09:00:00` has a time of day"),  # noqa: DTZ001
        ("id", [1, 1], "id 1 x2: `1` stands twice in `visits` of its case"),
    ],
)
def test_bad_cells_of_any_type_are_said(rules, column, cells, said):
    key = {"id": ["a", "b"]} if column == "day" else {}
    with ready(
        rules, [(None, pyarrow.table({"case": ["a", "a" if column == "id" else "b"], **key, column: cells}))]
    ) as found:
        assert said in found.said[0]


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        ("Open to visitors", [1, 0], "the column `Open to visitors` holds BIGINT, and what is wanted is true or false"),
        ("kept", [1.5, 2.5], "the column `kept` holds DOUBLE, and what is wanted is one of the labels of this choice"),
        ("size", [True, False], "the column `size` holds BOOLEAN, and what is wanted is a number from 0 to 1000"),
    ],
)
def test_a_column_of_a_wrong_type_is_said_once(rules, column, cells, said):
    (found,) = refused(rules, [(None, pyarrow.table({"case": ["a", "b"], column: cells}))])
    assert said in found


def test_what_is_no_table_is_refused(rules):
    assert refused(rules, [(None, 7)]) == [
        "table 1: `int` is no table | give a path, or a table of Arrow, pandas, polars or DuckDB"
    ]


def test_numbers_that_cannot_stand_side_by_side_exactly_are_refused(rules, tmp_path):
    (path,) = written(tmp_path, {"t.csv": "a\n1/999999999989\n1/999999999961\n"})
    with database() as engine:
        source = as_source(engine, path, "t.csv", 0)
        cell = Cell("r.c0", "text", NumberType("decimal"))
        with pytest.raises(hr.InputError, match="too unlike to be held exactly side by side in 64 bits"):
            denominators(engine, [(("case", "a"), "t.csv", source.relation, cell)])


@pytest.mark.parametrize(
    ("memory", "threads", "said"),
    [("2 gigs", None, "`2 gigs` is no amount of memory"), (None, 0, "0 threads compute nothing")],
)
def test_bounds_that_are_none_are_refused(memory, threads, said):
    with pytest.raises(hr.InputError, match=said):
        opened(memory=memory, threads=threads)


BOUNDED = """
ruleset: invented
edition: "1"
title: an invented rule set
inputs:
  day: {type: date, min: 2007-01-01, max: 2007-12-31}
  since: {type: month, max: 2007-04}
values: {open: {outcome: true, is: {day: {at_least: 2007-06-01}}}, early: {outcome: true, is: {since: {below: 2007-01}}}}
"""


@pytest.mark.parametrize(
    ("column", "cells", "said"),
    [
        (
            "day",
            ["2006-12-31", "2007-01-01"],
            "day 1 x1: `2006-12-31` is not a date written as YYYY-MM-DD from 2007-01-01 to 2007-12-31",
        ),
        ("day", [datetime.date(2007, 12, 31), datetime.date(2008, 1, 1)], "day 2 x1: `2008-01-01` is not a date"),
        ("since", ["2007-04", "2007-05"], "since 2 x1: `2007-05` is not a month written as YYYY-MM not after 2007-04"),
    ],
)
def test_days_and_months_outside_their_bounds_are_bad_cells(ruleset_from, column, cells, said):
    tables = [(None, pyarrow.table({"case": ["a", "b"], column: cells}))]
    with ready(ruleset_from(BOUNDED), tables) as found:
        assert [one[: len(said)] for one in found.said] == [said]
