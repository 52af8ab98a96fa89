"""Archives held against the rules: kinds of row that add up, agreement that says over what, departures with reasons, words that are no result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("sqlglot")
pyarrow = pytest.importorskip("pyarrow")

from hmic_rules.batch import running  # noqa: E402
from hmic_rules.batch.confirming import Difference as Unlike  # noqa: E402
from hmic_rules.batch.confirming import UnconfirmedError  # noqa: E402
from hmic_rules.concordance.agreeing import kappas  # noqa: E402
from hmic_rules.concordance.making import concord_readings  # noqa: E402
from hmic_rules.concordance.results import Concordance, concordance_data, rounded  # noqa: E402
from hmic_rules.screens.concordance import READ_AS  # noqa: E402

ROOT = Path(__file__).parents[1]
SERVICES = ROOT / "examples" / "care-archive" / "services.csv"
DOCS = ROOT / "docs" / "concordance.md"
RATINGS = "cqc-adult-social-care-2022"
SPELT = {"Requires improvement": "requires improvement"}
COLUMNS = ("safe", "effective", "caring", "responsive", "well-led", "breach_of_regulations", "recorded")


@pytest.fixture(scope="module")
def ratings() -> hr.Ruleset:
    return hr.load(RATINGS)


@pytest.fixture(scope="module")
def services(ratings: hr.Ruleset, tmp_path_factory: pytest.TempPathFactory) -> Concordance:
    """The example, with one bad row set aside."""
    folder = tmp_path_factory.mktemp("services")
    return ratings.concord(
        SERVICES, "recorded_overall", folder / "o.csv", id="service", also=SPELT, rejects=folder / "bad.csv"
    )


def rated(*rows: str) -> Any:
    """Services, each as its five ratings by their first letters, whether it is in breach (``y``, ``n`` or ``?``), and what was recorded."""
    letters = {
        "i": "inadequate",
        "r": "requires improvement",
        "g": "good",
        "o": "outstanding",
        "?": None,
        "y": "true",
        "n": "false",
    }
    cells = [[*(letters[one] for one in row.split(" ", 1)[0]), row.split(" ", 1)[1]] for row in rows]
    table = {name: [row[place] for row in cells] for place, name in enumerate(COLUMNS)}
    return pyarrow.table({"case": [f"s{place}" for place in range(len(rows))], **table})


# Kinds of row


def test_the_rows_of_the_example_are_each_of_one_kind_and_together_they_are_all(services: Concordance) -> None:
    assert services.kinds == {"equal": 39, "different": 8, "inside": 7, "outside": 1, "open": 1}
    assert services.apart == {"outside the vocabulary": 1, "not recorded": 2, "set aside": 1}
    assert services.compared + sum(services.apart.values()) == services.rows == 60
    assert sum(count for row in services.table.values() for count in row.values()) == services.compared == 56
    assert services.departures == sum(one.rows for one in services.groups) == sum(services.reasons.values()) == 9


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("gggggn good", "equal"),
        ("gggggn outstanding", "different"),
        ("ggggg? good", "inside"),
        ("ggggg? requires improvement", "inside"),
        ("ggggg? outstanding", "outside"),
        ("?????n good", "open"),
        ("gggg?n good", "inside"),
        ("rr?ign good", "outside"),
    ],
)
def test_a_row_is_of_the_kind_that_is_documented(ratings: hr.Ruleset, row: str, kind: str) -> None:
    found = ratings.concord(rated(row), "recorded")
    assert [one for one, count in found.kinds.items() if count] == [kind]


def test_what_no_rule_covers_is_neither_agreement_nor_departure(ratings: hr.Ruleset) -> None:
    found = ratings.concord(rated("ggggin inadequate", "ggggin good"), "recorded", profile="to the letter")
    assert found.kinds["open"] == found.compared == 2
    assert (found.departures, found.groups) == (0, ())
    assert [(one.of, one.part, one.whole) for one in found.shares] == [
        ("decided", 0, 0),
        ("compared", 0, 2),
        ("all", 0, 2),
    ]


def test_a_judged_outcome_is_compared_by_its_own_column_and_the_rules_say_what_it_may_be() -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "judgement.yaml")
    table = pyarrow.table(
        {"case": ["a", "b"], "enforcement": ["true", "true"], "overall": ["inadequate", "outstanding"]}
    )
    found = rules.concord(table, "overall")
    assert found.notes == ("no table for `questions`: it is unknown in every case",)
    assert (found.kinds["inside"], found.kinds["outside"]) == (1, 1)
    (group,) = found.groups
    assert (group.reason, group.recorded, group.examples) == ("limit", "outstanding", ("b",))


def test_a_truth_value_is_compared_and_may_have_its_own_type(ratings: hr.Ruleset, tmp_path: Path) -> None:
    path = tmp_path / "late.yaml"
    path.write_text(
        "ruleset: late\nedition: '1'\ntitle: invented\ninputs: {days: {type: integer, min: 0}}\n"
        "values: {late: {outcome: true, is: {days: {above: 9}}, basis: assumed}}\n",
        encoding="utf-8",
    )
    rules = hr.load(path)
    table = pyarrow.table({"case": [1, 2, 3, 4], "days": [3, 12, 12, None], "seen": [False, True, False, True]})
    found = rules.concord(table, "seen")
    assert found.kinds == {"equal": 2, "different": 1, "inside": 0, "outside": 0, "open": 1}
    assert [one.weights for one in found.kappas] == ["none"]
    assert [(one.reason, one.differences[0].changes) for one in found.groups] == [("computed", ("days: 12 → 8",))]


# Words


def test_words_that_are_no_result_are_counted_apart_with_a_guess_at_what_was_meant(ratings: hr.Ruleset) -> None:
    found = ratings.concord(
        rated("gggggn Good", "gggggn Good", "gggggn  good ", "gggggn not applicable", "gggggn "), "recorded"
    )
    assert found.kinds["equal"] == 1
    assert found.apart == {"outside the vocabulary": 3, "not recorded": 1, "set aside": 0}
    assert [(one.written, one.rows, one.example) for one in found.strangers] == [
        ("Good", 2, "s0"),
        ("not applicable", 1, "s3"),
    ]
    assert found.strangers[0].help == "did you mean `good`?"
    assert found.number_of_strangers == 2


def test_spellings_hold_those_of_inputs_on_the_same_scale_and_those_that_are_given() -> None:
    rules = hr.load("mappa-2007")
    assert rules.outcomes[0] == "category"
    table = pyarrow.table({"case": ["a", "b", "c"], "said": ["none", "", "1"]})
    found = rules.concord(table, "said", outcome="category", also={"none": "outside", "": "outside"})
    assert found.kinds["open"] == 3
    assert sum(found.table["outside"].values()) == 2


def test_an_empty_cell_can_stand_for_not_applicable() -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "record.yaml")
    table = pyarrow.table(
        {"case": ["a"], "convicted_or_cautioned": ["no"], "capable_of_serious_harm": ["no"], "given": [None]}
    )
    table = table.set_column(3, "given", pyarrow.array([None], pyarrow.string()))
    assert rules.concord(table, "given", outcome="level").apart["not recorded"] == 1
    found = rules.concord(table, "given", outcome="level", also={"": "not applicable"})
    assert (found.kinds["equal"], found.table["not applicable"]["not applicable"]) == (1, 1)
    assert [one.why for one in found.kappas] == ["no row is decided with a label on both sides"] * 2


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ({"Good": "godo"}, r"`godo` is nothing that `overall` can be recorded as.*\n.*did you mean `good`\?"),
        ({"good": "outstanding"}, "`good` already stands for `good`"),
        ({"x": "not applicable"}, "`not applicable` is nothing that `overall` can be recorded as"),
    ],
)
def test_a_spelling_that_stands_for_nothing_or_for_two_things_is_refused(ratings, also, said) -> None:
    with pytest.raises(hr.InputError, match=said):
        ratings.concord(rated("gggggn good"), "recorded", also=also)


# Agreement


@pytest.mark.parametrize(
    ("table", "ordered", "exact", "why"),
    [
        (
            {"a": {"a": 2, "b": 1, "c": 0}, "b": {"a": 0, "b": 3, "c": 1}, "c": {"a": 1, "b": 0, "c": 2}},
            True,
            [Fraction(11, 21), Fraction(1, 2)],
            None,
        ),
        ({}, True, None, "no row is decided with a label on both sides"),
        ({"b": {"b": 7}}, True, None, "every row has one and the same label on both sides"),
        ({"a": {"b": 3}}, False, [Fraction(0)], None),
        ({"a": {"a": 1}, "b": {"b": 1}}, False, [Fraction(1)], None),
    ],
)
def test_kappa_is_exact_and_says_why_where_it_is_undefined(table, ordered, exact, why) -> None:
    found = kappas(table, ("a", "b", "c"), ordered=ordered)
    assert [one.weights for one in found] == (["linear", "quadratic"] if ordered else ["none"])
    assert all(one.why == why for one in found)
    for place, wanted in enumerate(exact or []):
        assert wanted is None or found[place].exact == wanted
    assert exact is not None or all(one.exact is None for one in found)


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        (Fraction(1, 2000), "0.001"),
        (Fraction(-1, 2000), "-0.001"),
        (Fraction(-1, 2001), "0.000"),
        (Fraction(15, 19), "0.789"),
        (Fraction(1), "1.000"),
    ],
)
def test_a_fraction_is_rounded_half_away_from_zero(exact, text) -> None:
    assert rounded(exact) == text


# Departures


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        ("gggggy good", "limit", "the limit `breach` brought it to `requires improvement`"),
        (
            "rrgggn good",
            "not met",
            "the rule `two-require-improvement` gave `requires improvement`; the rule `good` for `good` did not hold",
        ),
        (
            "oooggn good",
            "outranked",
            "the rule `outstanding` gave `outstanding`, which comes before the rule `good` for `good`",
        ),
        (
            "rr?ign good",
            "not met",
            "what is known leaves `inadequate` or `requires improvement`; the rule `good` for `good` did not hold",
        ),
    ],
)
def test_a_departure_says_which_rule_gave_the_outcome_and_what_kept_out_what_was_recorded(
    ratings, row, reason, says
) -> None:
    (group,) = ratings.concord(rated(row), "recorded").groups
    assert (group.reason, group.says, group.rows, group.examples) == (reason, says, 1, ("s0",))


@pytest.mark.parametrize(
    ("said", "case", "reason"),
    [("1", ("no", "yes"), "does not apply"), ("not applicable", ("yes", "no"), "applies")],
)
def test_whether_an_outcome_applies_is_a_reason_of_its_own(said, case, reason) -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "record.yaml")
    names = ("convicted_or_cautioned", "capable_of_serious_harm", "registered", "agencies_actively_involved", "said")
    cells = ("no", "no", "no", "1", said) if reason == "does not apply" else ("yes", "yes", "yes", "1", said)
    found = rules.concord(
        pyarrow.table({"case": ["a"], **{name: [cell] for name, cell in zip(names, cells, strict=True)}}),
        "said",
        outcome="level",
    )
    assert [one.reason for one in found.groups] == [reason], case


def test_rules_in_a_list_come_before_each_other_and_otherwise_comes_last() -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "record.yaml")
    table = pyarrow.table(
        {
            "case": ["a", "b"],
            "convicted_or_cautioned": ["yes", "no"],
            "registered": ["yes", "no"],
            "capable_of_serious_harm": ["no", "no"],
            "said": ["outside", "1"],
        }
    )
    found = {one.recorded: one.reason for one in rules.concord(table, "said", outcome="category").groups}
    assert found == {"outside": "outranked", "1": "not met"}


def test_what_would_have_to_differ_is_asked_once_for_each_set_of_facts(ratings: hr.Ruleset) -> None:
    found = ratings.concord(rated("gggggy good", "rrgggn good", "gggggy good", "gggggy outstanding"), "recorded")
    first = next(one for one in found.groups if one.reason == "limit" and one.recorded == "good")
    (difference,) = first.differences
    assert (difference.example, difference.rows, difference.changes) == (
        "s0",
        2,
        ("breach_of_regulations: true → false",),
    )
    assert (found.looked.patterns, found.looked.rows, found.looked.of_rows) == (3, 4, 4)


def test_only_as_many_sets_of_facts_are_asked_about_as_is_said_and_every_group_has_one_before_any_has_two(
    ratings,
) -> None:
    rows = ["gggggy good", "ggggoy good", "gggogy good", "rrgggn good", "gggggn outstanding"]
    found = ratings.concord(rated(*rows), "recorded", depth=3)
    assert [len(one.differences) for one in found.groups] == [1, 1, 1]
    assert (found.looked.patterns, found.looked.of_patterns, found.looked.rows, found.looked.of_rows) == (3, 5, 3, 5)
    none = ratings.concord(rated(*rows), "recorded", depth=0)
    assert (none.looked.patterns, none.looked.rows) == (0, 0)
    assert [one.rows for one in none.groups] == [one.rows for one in found.groups]


def test_items_of_a_long_table_count_as_the_same_facts_in_whatever_order_they_stand(ratings: hr.Ruleset) -> None:
    cases = pyarrow.table({"case": ["a", "b"], "breach_of_regulations": [True, True], "rating": ["good", "good"]})
    names = ["safe", "effective", "caring", "responsive", "well-led"]
    items = pyarrow.table({"case": ["a"] * 5 + ["b"] * 5, "name": [*names, *reversed(names)], "rating": ["good"] * 10})
    found = ratings.concord([cases, items], "rating")
    assert (found.departures, found.looked.patterns) == (2, 1)


def test_items_in_the_way_are_counted_over_all_rows_where_that_is_asked_for() -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "criteria.yaml")
    met = {"a": "met not", "b": "met met", "c": "not not"}
    cases = pyarrow.table({"case": list(met), "said": ["good"] * 3})
    rows = [
        {
            "case": case,
            "id": id,
            "standard": standard,
            "significant": True,
            "critical": False,
            "status": status.replace("not", "not met"),
        }
        for case, words in met.items()
        for id, standard, status in zip(("C1", "C2"), ("fair", "good"), words.split(), strict=True)
    ]
    found = rules.concord({"case": cases, "criteria": pyarrow.Table.from_pylist(rows)}, "said", unmet=True)
    counted = {group.examples: dict(group.in_the_way) for group in found.groups}
    decisions = {
        case: rules.decide(
            {
                "criteria": [
                    {key: cell for key, cell in row.items() if key != "case"} for row in rows if row["case"] == case
                ]
            }
        )
        for case in met
    }
    for examples, items in counted.items():
        unmet = [decisions[case].unmet("grade").get("good", ()) for case in examples]
        assert items == {item: sum(item in one for one in unmet) for item in items}
        assert set(items) == {item for one in unmet for item in one}
    assert {"C2": 1} in counted.values()


def test_a_framework_and_a_reading_are_those_of_a_decision() -> None:
    rules = hr.load(ROOT / "tests" / "inspections" / "small")
    items = [row["id"].text for row in rules.frameworks["roads"].rows]
    marks = [
        {"case": case, "id": f"m{place}", "criterion": item, "state": state, "reach": "all", "weight": "central"}
        for case, state in (("a", "done"), ("b", "begun"), ("c", "missing"))
        for place, item in enumerate(items)
    ]
    cases = pyarrow.table(
        {"case": ["a", "b", "c"], "well_led": ["yes", "yes", "yes"], "said": ["high", "high", "high"]}
    )
    for reading in rules.profiles:
        tables = {"case": cases, "marks": pyarrow.Table.from_pylist(marks)}
        found = rules.concord(tables, "said", outcome="grade", framework="roads", profile=reading)
        equal = 0
        for case in ("a", "b", "c"):
            own = [{key: cell for key, cell in row.items() if key != "case"} for row in marks if row["case"] == case]
            facts = {"well_led": True, "marks": own}
            equal += (
                rules.decide(facts, framework="roads", profile=reading, engine="reference")["grade"].value == "high"
            )
        assert (found.framework, found.profile, found.kinds["equal"]) == ("roads", reading, equal)
        assert found.compared == 3


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_departures_are_written_in_the_order_of_the_cases_and_with_the_same_bytes_again(
    ratings, tmp_path, suffix
) -> None:
    out = [tmp_path / f"{number}.{suffix}" for number in range(2)]
    for place, path in enumerate(out):
        found = ratings.concord(
            SERVICES,
            "recorded_overall",
            path,
            id="service",
            also=SPELT,
            rejects=tmp_path / "bad.csv",
            threads=place + 1,
        )
        assert found.output == str(path)
    assert out[0].read_bytes() == out[1].read_bytes()
    asked = f"SELECT service, overall__recorded, overall__kind, overall__differs IS NOT NULL FROM '{out[0]}'"  # noqa: S608
    rows = duckdb.connect().execute(asked).fetchall()
    assert [row[0] for row in rows] == [f"invented-{number:02d}" for number in (5, 7, 8, 9, 14, 15, 25, 51, 55)]
    assert {row[2] for row in rows} == {"different", "outside"}
    assert all(row[3] for row in rows)


def test_nothing_is_written_where_the_reference_decides_otherwise(ratings, tmp_path, monkeypatch) -> None:
    def differs(*_: object) -> int:
        raise UnconfirmedError((Unlike("a", "overall", None, "good", "inadequate"),))

    monkeypatch.setattr(running, "confirmed", differs)
    with pytest.raises(UnconfirmedError):
        ratings.concord(rated("gggggy good"), "recorded", tmp_path / "o.csv")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_where_a_question_ends_in_an_error(ratings, tmp_path, monkeypatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hmic_rules.concordance.looking.why_not", fails)
    with pytest.raises(KeyboardInterrupt):
        ratings.concord(rated("gggggy good"), "recorded", tmp_path / "o.csv", rejects=tmp_path / "bad.csv")
    assert list(tmp_path.iterdir()) == []


# What is refused


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"recorded": "recrded"}, r"there is no column `recrded`\n.*did you mean `recorded`"),
        ({"recorded": "breach_of_regulations"}, "`breach_of_regulations` is a fact that the rules are put to"),
        ({"recorded": "case"}, "the column `case` names the case"),
        ({"outcome": "overal"}, "no outcome `overal`: did you mean `overall`"),
        ({"output": "o.txt"}, "does not say what kind of file"),
    ],
)
def test_what_cannot_be_compared_is_said_and_what_to_do(ratings, how, said) -> None:
    with pytest.raises((hr.InputError, hr.NotFoundError), match=said):
        ratings.concord(rated("gggggn good"), **{"recorded": "recorded", **how})


def test_outcomes_without_labels_of_items_or_several_are_refused() -> None:
    groups = hr.load(ROOT / "tests" / "shapes" / "groups.yaml")
    with pytest.raises(hr.InputError, match="`breaches` is a whole number, and has no labels to count by"):
        groups.concord([], "said", outcome="breaches")
    with pytest.raises(hr.InputError, match="`state` stands on each of `team_month`"):
        groups.concord([], "said", outcome="state")
    with pytest.raises(hr.NotFoundError, match="has no outcomes of a case that have labels"):
        groups.concord([], "said")
    with pytest.raises(hr.NotFoundError, match="name one with `--outcome`: `category`, `level`, `chair`"):
        hr.load(ROOT / "tests" / "shapes" / "record.yaml").concord([], "said")


def test_a_column_of_floats_is_no_column_of_labels() -> None:
    rules = hr.load(ROOT / "tests" / "shapes" / "record.yaml")
    with pytest.raises(hr.InputError, match="the column `said` holds DOUBLE"):
        rules.concord(pyarrow.table({"case": ["a"], "said": [1.0]}), "said", outcome="level")


def test_a_bad_row_is_an_error_unless_it_can_be_set_aside(ratings: hr.Ruleset) -> None:
    with pytest.raises(hr.InputError, match="row 52, column `safe`: `godd` is not a label"):
        ratings.concord(SERVICES, "recorded_overall", id="service")


# What a person reads


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", "concord", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
    )


EXAMPLE = (RATINGS, "examples/care-archive/services.csv", "--id", "service", "--recorded", "recorded_overall")


def test_departures_end_with_exit_code_0_and_the_words_that_say_what_they_can_be(snapshot) -> None:
    with tempfile.TemporaryDirectory() as short:  # where lines break hangs on the length of the path
        done = run(*EXAMPLE, "--also", "Requires improvement=requires improvement", "--rejects", f"{short}/bad.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert " ".join(done.stdout.split()).count(READ_AS) == 1
    assert done.stdout.replace(short, "FOLDER") == snapshot


def test_bad_input_ends_with_exit_code_2_and_a_message() -> None:
    done = run(*EXAMPLE, "--also", "Good")
    assert (done.returncode, done.stdout) == (2, "")
    assert "`Good` has no `=`" in done.stderr
    done = run(*EXAMPLE, "--readings", "--reading", "gap closed")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not go with `--reading`" in done.stderr


def test_json_is_one_document_whose_keys_are_documented(tmp_path) -> None:
    done = run(*EXAMPLE, "--rejects", str(tmp_path / "bad.csv"), "--json", "-o", str(tmp_path / "o.jsonl"))
    assert done.returncode == 0
    found = json.loads(done.stdout)
    documented = DOCS.read_text(encoding="utf-8")
    difference = found["groups"][0]["differences"][0]
    for part in (
        found,
        found["kinds"],
        found["apart"],
        found["looked"],
        found["strangers"][0],
        found["shares"][0],
        found["kappas"][0],
        found["groups"][0],
        difference,
    ):
        assert [key for key in part if f"`{key}`" not in documented] == []
    assert set(found) == {
        *(
            "ruleset",
            "edition",
            "framework",
            "profile",
            "outcome",
            "recorded",
            "rows",
            "compared",
            "departures",
            "kinds",
            "apart",
        ),
        *("labels", "table", "shares", "kappas", "reasons", "groups", "looked", "strangers", "number_of_strangers"),
        *("problems", "notes", "confirmed", "output", "rejects"),
    }
    assert {one["reason"] for one in found["groups"]} == set(found["reasons"])
    written = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(written) == found["departures"]
    added = {key.replace("overall", "v", 1) for key in list(json.loads(written[0]))[-5:]}
    assert added == {"v__recorded", "v__written", "v__kind", "v__reason", "v__differs"}
    assert [key for key in added if f"`{key}`" not in documented] == []


def test_readings_stand_side_by_side_the_default_first(ratings, tmp_path) -> None:
    found = concord_readings(
        ratings, SERVICES, "recorded_overall", id="service", also=SPELT, rejects=tmp_path / "bad.csv"
    )
    assert [one.profile for one in found] == ["gap closed", "to the letter"]
    assert {one.rows for one in found} == {60}
    done = run(*EXAMPLE, "--rejects", str(tmp_path / "bad.csv"), "--readings", "--json")
    plain = [
        concordance_data(one)
        for one in concord_readings(ratings, SERVICES, "recorded_overall", id="service", rejects=tmp_path / "bad.csv")
    ]
    assert [one["kinds"] for one in json.loads(done.stdout)["readings"]] == [one["kinds"] for one in plain]


def test_a_rule_set_without_readings_says_so() -> None:
    rules = hr.load("cqc-well-led-limiters")
    with pytest.raises(hr.InputError, match="has no readings"):
        concord_readings(rules, [], "said")


def test_what_is_unmet_among_columns_is_confirmed_whatever_their_order(ratings: hr.Ruleset) -> None:
    found = ratings.concord(rated("grgggn outstanding", "grrggn good"), "recorded", unmet=True)
    assert found.departures == 2
    assert found.confirmed == 2
