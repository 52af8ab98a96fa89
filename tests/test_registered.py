"""Rule sets that other packages register: found as files, named where something is wrong with them, and never in the way of others."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.catalogue import known, shipped
from hmic_rules.registered import registered
from installed import GROUP, install
from test_command_line import run

EXAMPLE = Path(__file__).parents[1] / "examples" / "lantern-visits"
RULES = """
ruleset: {name}
edition: "1"
title: an invented rule set
inputs: {{held: {{type: boolean}}}}
values: {{kept: {{is: {{held: true}}, outcome: true}}}}
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def test_what_a_package_registers_is_known_by_its_name(site: Path) -> None:
    install(site, "night-watch", {"watch-2020": RULES.format(name="watch-2020")})
    assert known("ruleset").places["watch-2020"].package == "night-watch"
    assert hr.load("watch-2020").decide({"held": True}).outcome.value is True
    assert "watch-2020" not in shipped("ruleset")
    listed = run("list")
    assert listed.returncode == 0
    assert re.search(
        r"^  watch-2020 +an invented rule set \(of the package night-watch\)$", listed.stdout, re.MULTILINE
    )
    columns = {re.match(r"  \S+ +", line).end() for line in listed.stdout.splitlines() if line.startswith("  ")}
    assert len(columns) == 1  # the titles stand below one another
    assert listed.stderr == ""
    rows = json.loads(run("list", "--json").stdout)["rulesets"]
    assert {row["name"]: row["package"] for row in rows if row["package"] or row["name"] == "dash"} == {
        "watch-2020": "night-watch",
        **({"dash": None} if "dash" in shipped("ruleset") else {}),
    }


def test_python_is_told_the_names_that_the_list_shows(site: Path) -> None:
    install(
        site,
        "night-watch",
        {
            "watch-2020": RULES.format(name="watch-2020")
            + "series: watch\neffective: {from: 2020-01-01, to: 2021-12-31}\n",
            "watch-2022": RULES.format(name="watch-2022") + "series: watch\neffective: {from: 2022-01-01}\n",
            "dash": RULES.format(name="dash"),
            "torn": "ruleset: [",
        },
    )
    found, shown = hr.installed(), json.loads(run("list", "--json").stdout)
    assert set(found.rulesets) == {row["name"] for row in shown["rulesets"]} | {"torn"}
    assert {"dash", "watch-2020", "torn"} <= set(found.rulesets)
    assert found.inspections == tuple(row["name"] for row in shown["inspections"]) == ("mps-2007",)
    assert found.series == ("watch",) == tuple(row["name"] for row in shown["series"])
    assert [one.name for one in hr.load_series(found.series[0]).editions] == ["watch-2020", "watch-2022"]
    assert len(found.problems) == 1
    assert "registers `dash`, which is shipped" in found.problems[0]


def test_to_name_what_is_installed_nothing_of_it_is_loaded(site: Path) -> None:
    install(site, "night-watch", {"torn": "ruleset: ["})
    assert "torn" in hr.installed().rulesets
    with pytest.raises(hr.InputError):
        hr.load("torn")


def test_no_python_of_a_package_runs(site: Path) -> None:
    install(site, "night-watch", {"watch-2020": RULES.format(name="watch-2020")}, code="raise SystemExit('it ran')\n")
    assert hr.load("watch-2020").name == "watch-2020"
    assert "night_watch" not in sys.modules
    assert run("decide", "watch-2020", "-", given="{held: true}").returncode == 0


def test_a_folder_below_others_is_found_without_importing_what_is_above_it(site: Path) -> None:
    install(site, "night-watch", {}, "night_watch.deep:below.rules", "raise SystemExit('it ran')\n")
    folder = site / "night_watch" / "deep" / "below" / "rules" / "watch-2021"
    folder.mkdir(parents=True)
    (folder / "ruleset.yaml").write_text(RULES.format(name="watch-2021"), encoding="utf-8")
    assert hr.load("watch-2021").name == "watch-2021"


@pytest.mark.parametrize(
    "value", ["no_such_package:rulesets", "night_watch:nowhere", "night_watch", "night watch", "night_watch:.."]
)
def test_a_package_whose_folder_is_not_found_is_named_and_keeps_no_other_from_being_listed(
    site: Path, value: str
) -> None:
    install(site, "night-watch", {"watch-2020": RULES.format(name="watch-2020")}, value)
    install(site, "sound", {"sound-2020": RULES.format(name="sound-2020")})
    found = known("ruleset")
    assert "sound-2020" in found.places
    assert "watch-2020" not in found.places
    if value != "night_watch":  # that is a folder, in which no rule set stands
        assert any(one.startswith(f"the package `night-watch`: `{value}` is no folder") for one in found.problems)


def test_a_finder_that_fails_is_a_problem_of_its_package_alone(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "night-watch", {})
    install(site, "sound", {"sound-2020": RULES.format(name="sound-2020")})

    def find(name: str) -> None:
        raise OSError(f"no {name} today")

    real = hr.catalogue.registered.__globals__["importlib"].util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: find(name) if name == "night_watch" else real(name))
    found = {one.package: one for one in registered() if one.package in ("night-watch", "sound")}
    assert found["night-watch"].problem == "`night_watch:rulesets` cannot be looked up: OSError: no night_watch today"
    assert found["sound"].folder is not None


def test_a_rule_set_that_does_not_load_is_named_with_its_problems_and_the_others_are_listed(site: Path) -> None:
    install(site, "night-watch", {"watch-2020": RULES.format(name="watch-2020").replace("held: true", "hold: true")})
    install(site, "nowhere", {}, "nowhere:at_all")
    listed = run("list")
    assert listed.returncode == 0
    assert "hmic-2007" in listed.stdout
    assert "the package `nowhere`: `nowhere:at_all` is no folder" in listed.stderr
    assert "the ruleset watch-2020 (of the package night-watch) does not load:\n" in listed.stderr
    assert "watch-2020/ruleset.yaml:6:22: no input, parameter or value is called `hold` here" in listed.stderr


def test_a_name_that_two_packages_register_means_neither(site: Path) -> None:
    for package in ("night-watch", "day-watch"):
        install(site, package, {"watch-2020": RULES.format(name="watch-2020")})
    said = "the packages `day-watch` and `night-watch` register `watch-2020` both, so that the name means neither; use a path"
    assert said in known("ruleset").problems
    with pytest.raises(hr.NotFoundError, match="no rule set is called `watch-2020`"):
        hr.load("watch-2020")


def test_no_package_takes_the_name_of_what_is_shipped(site: Path) -> None:
    install(site, "night-watch", {"mappa-2019": RULES.format(name="mappa-2019")})
    assert known("ruleset").places["mappa-2019"].package is None
    assert hr.load("mappa-2019").title != "an invented rule set"
    (problem,) = known("ruleset").problems
    assert problem.startswith("the package `night-watch` registers `mappa-2019`, which is shipped with hmic-rules")


def test_a_record_by_a_registered_rule_set_is_replayed_by_its_name(site: Path) -> None:
    install(site, "night-watch", {"watch-2020": RULES.format(name="watch-2020")})
    assert hr.replay(hr.load("watch-2020").decide({"held": True}).record()).identical


def test_registered_rule_sets_extend_each_other_by_name_and_by_path(site: Path) -> None:
    own = 'ruleset: {0}\nedition: "1"\ntitle: an invented one\nextends: {{ruleset: {1}, edition: "1"}}\n'
    rules = {
        "watch-2020": RULES.format(name="watch-2020"),
        "watch-2021": own.format("watch-2021", "watch-2020"),
        "watch-2022": own.format("watch-2022", "../watch-2021"),
    }
    install(site, "night-watch", rules)
    found = hr.load("watch-2022")
    assert [one.name for one in found.ancestors] == ["watch-2021", "watch-2020"]
    assert found.ancestors[0].files == ("watch-2021/ruleset.yaml",)


def test_the_example_package_registers_its_folder_and_holds_no_python(site: Path) -> None:
    points = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][GROUP]
    assert points == {"lantern-visits": "lantern_visits:rulesets"}
    code = (EXAMPLE / "src" / "lantern_visits" / "__init__.py").read_text(encoding="utf-8")
    assert re.fullmatch(r'""".*"""\n', code)
    folder = install(site, "lantern-visits", {})
    shutil.copytree(EXAMPLE / "src" / "lantern_visits" / "rulesets", folder, dirs_exist_ok=True)
    checked = run("check", "lantern-visits-2021", "lantern-visits-2024", "lantern-patrols")
    assert checked.returncode == 0, checked.stdout
    assert run("prove", "lantern-visits-2021", "lantern-visits-2024").returncode == 0
    decided = run("decide", "lantern-visits", str(EXAMPLE / "invented-shelter.yaml"), "--on", "2024-03-01")
    assert decided.returncode == 0
    assert "the edition of lantern-visits for 2024-03-01: it is in force from 2024-01-01 on" in " ".join(
        decided.stdout.split()
    )
    listed = run("list")
    assert "  lantern-visits\n    lantern-visits-2021    in force from 2021-04-01 to 2023-12-31\n" in listed.stdout


def test_every_key_of_the_list_as_json_is_documented(site: Path) -> None:
    install(
        site,
        "night-watch",
        {
            "watch-2020": RULES.format(name="watch-2020").replace(
                "title:", "series: watch\neffective: {from: 2020-01-01}\ntitle:"
            )
        },
    )
    data = json.loads(run("list", "--json").stdout)
    documented = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
    assert [key for key in (*data, "package", *data["series"][0]) if f"`{key}`" not in documented] == []
