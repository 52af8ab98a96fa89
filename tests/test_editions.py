"""Editions of one rule set: which of them decides on a day, what is said where none does or several do, and what a record keeps of it."""

from __future__ import annotations

import csv
import datetime
import json
from pathlib import Path

import pytest

import hmic_rules as hr
from extended import from_memory
from hmic_rules.audit.canonical import canonical, sealed
from installed import install
from test_command_line import run

RULES = """
ruleset: {name}
edition: "{edition}"
title: an invented scheme
series: scheme
effective: {{{effective}}}
inputs: {{score: {{type: integer, min: 0, max: 9}}}}
values: {{passed: {{is: {{score: {{at_least: {least}}}}}, outcome: true}}}}
"""
DAY = datetime.date(2021, 5, 1)


def text(name: str, effective: str, least: int = 5) -> str:
    return RULES.format(name=name, edition=name.rpartition("-")[2], effective=effective, least=least)


def edition(name: str, effective: str, least: int = 5) -> hr.Ruleset:
    return from_memory(name, {f"{name}.yaml": text(name, effective, least)})


OLD = "from: 2020-01-01, to: 2021-12-31"
NEW = "from: 2022-01-01"


@pytest.fixture
def series() -> hr.Series:
    return hr.Series("scheme", (edition("scheme-2022", NEW, 7), edition("scheme-2020", OLD)))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    install(folder, "schemes", {"scheme-2020": text("scheme-2020", OLD), "scheme-2022": text("scheme-2022", NEW, 7)})
    return folder


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2020-01-01", "scheme-2020"),
        ("2021-12-31", "scheme-2020"),
        ("2022-01-01", "scheme-2022"),
        ("2100-01-01", "scheme-2022"),
    ],
)
def test_the_edition_in_force_on_a_day_decides_its_first_and_last_day_included(
    series: hr.Series, day: str, name: str
) -> None:
    decision = series.decide({"score": 6}, on=day)
    assert decision.ruleset.name == name
    assert decision.outcome.value is (name == "scheme-2020")
    assert hr.decide(series, {"score": 6}, on=datetime.date.fromisoformat(day)).outcome == decision.outcome
    assert series.faults == ()


def test_a_decision_says_which_edition_was_picked_and_why(series: hr.Series) -> None:
    data = series.decide({"score": 6}, on=DAY).to_data()
    assert data["picked"] == {"series": "scheme", "on": "2021-05-01", "from": "2020-01-01", "to": "2021-12-31"}
    assert edition("scheme-2020", OLD).decide({"score": 6}).to_data()["picked"] is None


def test_a_day_before_all_editions_and_a_day_between_two_have_no_edition(series: hr.Series) -> None:
    with pytest.raises(
        hr.NotFoundError, match=r"no edition of `scheme` is in force on 2019-12-31: `scheme-2020` is from 2020-01-01"
    ):
        series.on("2019-12-31")
    gap = hr.Series("scheme", (edition("scheme-2020", OLD), edition("scheme-2023", "from: 2023-01-01")))
    with pytest.raises(hr.NotFoundError) as caught:
        gap.on("2022-06-01")
    assert str(caught.value) == (
        "no edition of `scheme` is in force on 2022-06-01: `scheme-2020` was until 2021-12-31, and `scheme-2023` is from 2023-01-01"
    )
    assert gap.faults == ("no edition is in force from 2022-01-01 to 2022-12-31",)


def test_two_editions_on_one_day_are_both_named_and_neither_is_picked() -> None:
    both = hr.Series(
        "scheme",
        (edition("scheme-2020", "from: 2020-01-01"), edition("scheme-2022", "from: 2022-01-01, to: 2022-12-31")),
    )
    with pytest.raises(hr.NotFoundError) as caught:
        both.on("2022-06-01")
    assert str(caught.value) == (
        "2 editions of `scheme` are in force on 2022-06-01: `scheme-2020` is in force from 2020-01-01 on; "
        "`scheme-2022` is in force from 2022-01-01 to 2022-12-31; name one"
    )
    assert both.on("2021-06-01").name == "scheme-2020"
    assert list(both.faults) == ["`scheme-2020` and `scheme-2022` are both in force from 2022-01-01 to 2022-12-31"]


def test_an_edition_that_does_not_say_from_when_leaves_every_day_open() -> None:
    open_ = hr.Series("scheme", (edition("scheme-2020", OLD), edition("scheme-2019", "to: 2019-12-31")))
    with pytest.raises(
        hr.NotFoundError, match=r"`scheme-2019` of the series `scheme` does not say from when it is in force"
    ):
        open_.on(DAY)
    assert list(open_.faults) == ["`scheme-2019` does not say from when it is in force"]


def test_a_series_does_not_decide_without_a_date_nor_on_what_is_none(series: hr.Series) -> None:
    with pytest.raises(
        hr.InputError, match=r"on: `scheme` has several editions, and no date says which of them decides"
    ):
        hr.decide(series, {"score": 6})
    for wrong in ("2021-5-1", "20210501", "yesterday", "2021-W01-1"):
        with pytest.raises(hr.InputError, match=r"is no date"):
            series.on(wrong)


def test_a_rule_set_alone_decides_only_on_a_day_on_which_it_is_in_force() -> None:
    old = edition("scheme-2020", OLD)
    assert old.decide({"score": 6}, on=DAY).ruleset.picked is not None
    with pytest.raises(
        hr.NotFoundError,
        match=r"`scheme-2020` is not in force on 2022-01-01: it is in force from 2020-01-01 to 2021-12-31",
    ):
        old.decide({"score": 6}, on="2022-01-01")
    with pytest.raises(hr.NotFoundError, match=r"`mappa-2019` does not say from when it is in force"):
        hr.load("mappa-2019", on="2020-01-01")
    assert hr.load("mappa-2007", on="2008-01-01").picked is not None


def test_picking_an_edition_leaves_the_rule_set_that_was_loaded_as_it_was() -> None:
    old = edition("scheme-2020", OLD)
    first = old.decide({"score": 6})
    picked = old.decide({"score": 6}, on=DAY)
    assert old.picked is None
    assert first.ruleset.picked is old.decide({"score": 6}).ruleset.picked is None
    assert picked.ruleset.picked is not None


def test_a_record_keeps_the_edition_and_the_day_and_replay_looks_for_no_other(series: hr.Series) -> None:
    record = series.decide({"score": 6}, on=DAY).record()
    assert record.data["ruleset"]["name"] == "scheme-2020"
    assert record.data["picked"] == {"series": "scheme", "on": "2021-05-01", "from": "2020-01-01", "to": "2021-12-31"}
    found = hr.replay(record.text, ruleset=series.editions[0])
    assert found.identical
    assert found.decision is not None
    assert found.decision.ruleset.name == "scheme-2020"
    plain = series.editions[0].decide({"score": 6}).record()
    assert "picked" not in plain.data
    assert hr.replay(plain.text, ruleset=series.editions[0]).identical


def test_a_record_is_replayed_by_its_edition_when_another_is_in_force_on_its_day(site: Path) -> None:
    record = hr.load("scheme", on=DAY).decide({"score": 6}).record()
    assert hr.replay(record).identical
    later = site / "schemes" / "rulesets" / "scheme-2022" / "ruleset.yaml"
    later.write_text(text("scheme-2022", "from: 2020-06-01", 7), encoding="utf-8")
    with pytest.raises(hr.NotFoundError, match="2 editions of `scheme`"):
        hr.load("scheme", on=DAY)
    again = hr.replay(record)
    assert again.identical
    assert again.decision is not None
    assert again.decision.outcome.value is True


def test_a_changed_day_in_a_record_is_named(series: hr.Series) -> None:
    record = series.decide({"score": 6}, on=DAY).record()
    data = {name: one for name, one in record.data.items() if name != "sha256"}
    later = sealed({**data, "picked": {**data["picked"], "to": None}})
    found = hr.replay(canonical(later), ruleset=series.editions[0])
    assert found.verdict == "differs"
    assert "$.picked.to" in [one.path for one in found.differences]
    with pytest.raises(hr.InputError, match=r"\$\.picked"):
        hr.replay(canonical(sealed({**data, "picked": {"on": "2021-05-01"}})), ruleset=series.editions[0])


def test_a_series_is_loaded_by_its_name_and_a_date(site: Path) -> None:
    assert hr.load("scheme", on="2021-05-01").name == "scheme-2020"
    assert [one.name for one in hr.load_series("scheme").editions] == ["scheme-2020", "scheme-2022"]
    with pytest.raises(
        hr.NotFoundError, match=r"`scheme` is a series: name one of its editions \(`scheme-2020`, `scheme-2022`\)"
    ):
        hr.load("scheme")
    with pytest.raises(hr.NotFoundError, match="no rule set that is installed is an edition of a series `shceme`"):
        hr.load_series("shceme")
    with pytest.raises(hr.NotFoundError, match="no rule set is called `shceme`"):
        hr.load("shceme", on="2021-05-01")


def test_an_edition_that_does_not_load_is_not_passed_over(site: Path) -> None:
    broken = site / "schemes" / "rulesets" / "scheme-2022" / "ruleset.yaml"
    broken.write_text(text("scheme-2022", NEW).replace("at_least: 5", "at_leest: 5"), encoding="utf-8")
    with pytest.raises(hr.InputError, match="at_leest"):
        hr.load("scheme", on=DAY)


def test_a_date_on_the_command_line_picks_the_edition_and_the_answer_says_so(site: Path, tmp_path: Path) -> None:
    decided = run("decide", "scheme", "-", "--on", "2021-05-01", given="{score: 6}")
    assert decided.returncode == 0
    assert "the edition of scheme for 2021-05-01: it is in force from 2020-01-01 to 2021-12-31" in " ".join(
        decided.stdout.split()
    )
    data = json.loads(run("decide", "scheme", "-", "--on", "2022-05-01", "--json", given="{score: 6}").stdout)
    assert (data["ruleset"], data["picked"]["from"]) == ("scheme-2022", "2022-01-01")
    record = tmp_path / "record.json"
    assert (
        run("decide", "scheme", "-", "--on", "2021-05-01", "--record", str(record), given="{score: 6}").returncode == 0
    )
    assert run("replay", str(record)).returncode == 0
    for arguments, said in (
        (["--on", "2019-05-01"], "no edition of `scheme` is in force on 2019-05-01"),
        (["--on", "May"], "--on: `May` is no date"),
        ([], "`scheme` is a series"),
    ):
        refused = run("decide", "scheme", "-", *arguments, given="{score: 6}")
        assert refused.returncode == 2
        assert said in refused.stderr


def test_tables_of_cases_are_decided_by_the_edition_of_a_date(site: Path, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    cases, archive, results = (tmp_path / f"{name}.csv" for name in ("cases", "archive", "results"))
    cases.write_text("case,score\none,6\ntwo,4\n", encoding="utf-8")
    archive.write_text("case,score,recorded\none,6,true\ntwo,4,true\n", encoding="utf-8")
    for day, edition in (("2021-05-01", "scheme-2020"), ("2022-05-01", "scheme-2022")):
        batched = run("batch", "scheme", str(cases), "-o", str(results), "--on", day, "--json")
        assert batched.returncode == 0, batched.stderr
        assert json.loads(batched.stdout)["ruleset"] == edition
        told = list(csv.DictReader(results.read_text(encoding="utf-8").splitlines()))
        alone = [hr.load("scheme", on=day).decide({"score": score}).outcome.value for score in (6, 4)]
        assert [row["passed"] for row in told] == [str(value).lower() for value in alone]
        held = run("concord", "scheme", str(archive), "--recorded", "recorded", "--on", day, "--json")
        assert json.loads(held.stdout)["ruleset"] == edition
        assert edition in run("sql", "scheme", "--on", day).stdout
    refused = run("batch", "scheme", str(cases), "-o", str(results), "--on", "May")
    assert (refused.returncode, "--on: `May` is no date" in refused.stderr) == (2, True)


def test_listing_shows_each_series_with_what_is_wrong_with_its_dates(site: Path) -> None:
    later = site / "schemes" / "rulesets" / "scheme-2022" / "ruleset.yaml"
    later.write_text(text("scheme-2022", "from: 2022-02-01"), encoding="utf-8")
    shown = run("list").stdout
    assert "    scheme-2020            in force from 2020-01-01 to 2021-12-31\n" in shown
    assert "    no edition is in force from 2022-01-01 to 2022-01-31\n" in shown
    (one,) = [row for row in json.loads(run("list", "--json").stdout)["series"] if row["name"] == "scheme"]
    assert one["faults"] == ["no edition is in force from 2022-01-01 to 2022-01-31"]
    assert one["editions"][1] == {"name": "scheme-2022", "from": "2022-02-01", "to": None}
