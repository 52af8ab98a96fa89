"""The command that shows what is installed, and what a rule set takes and gives: `list`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

import hmic_rules
from hmic_rules.errors import HmicRulesError, tamed
from hmic_rules.options import AsJson
from hmic_rules.terminal import show, show_json

if TYPE_CHECKING:
    from hmic_rules.rulesets import Ruleset

__all__ = ["add_list_command"]


def add_list_command(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command("list")(list_)


def list_(
    ruleset: Annotated[
        str | None, typer.Argument(metavar="[RULESET]", help="Show what this rule set takes and gives instead.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the rule sets and inspections that are installed, or what a rule set takes and gives."""
    from hmic_rules.catalogue import known

    if ruleset is not None:
        _list_vocabulary(ruleset, as_json)
        return
    found: dict[str, list[dict[str, Any]]] = {"rulesets": [], "inspections": [], "series": []}
    problems: list[str] = []
    loaded: list[Ruleset] = []
    for kind in ("ruleset", "inspection"):
        everything = known(kind)
        problems += everything.problems
        for name, place in everything.places.items():
            try:
                row, rules = _row(kind, name)
            except HmicRulesError as error:  # one that does not load keeps no other from being listed
                problems.append(f"the {kind} {name}{_of(place.package)} does not load:\n{error}")
                continue
            found[f"{kind}s"].append({**row, "package": place.package})
            loaded += [rules] if rules is not None else []
    found["series"] = _series(loaded)
    if as_json:
        show_json(found)
    else:
        _write(found)
    for problem in dict.fromkeys(problems):
        sys.stderr.write(f"{problem}\n")


def _row(kind: str, name: str) -> tuple[dict[str, Any], Ruleset | None]:
    if kind == "ruleset":
        loaded = hmic_rules.load(name)
        return {"name": name, "edition": loaded.edition, "title": loaded.title}, loaded
    inspection = hmic_rules.load_inspection(name)
    return {"name": name, "ruleset": inspection.ruleset.name, "title": inspection.title}, None


def _series(loaded: list[Ruleset]) -> list[dict[str, Any]]:
    from hmic_rules.editions import Series

    found = []
    for name in sorted({one.series for one in loaded if one.series is not None}):
        series = Series(name, tuple(one for one in loaded if one.series == name))
        editions = [
            {
                "name": one.name,
                "from": one.effective_from.isoformat() if one.effective_from is not None else None,
                "to": one.effective_to.isoformat() if one.effective_to is not None else None,
            }
            for one in series.editions
        ]
        found.append({"name": name, "editions": editions, "faults": list(series.faults)})
    return found


def _write(found: dict[str, list[dict[str, Any]]]) -> None:
    width = max((len(row["name"]) for kind in ("rulesets", "inspections") for row in found[kind]), default=0)
    for kind in ("rulesets", "inspections"):
        sys.stdout.write(f"{kind}\n")
        for row in found[kind]:
            sys.stdout.write(f"  {row['name']:<{width}} {tamed(row['title'])}{_of(row['package'])}\n")
    if found["series"]:
        sys.stdout.write("series, of which `decide SERIES CASE --on DATE` picks one edition\n")
    for row in found["series"]:
        sys.stdout.write(f"  {row['name']}\n")
        for one in row["editions"]:
            until = f" to {one['to']}" if one["to"] is not None else " on"
            sys.stdout.write(
                f"    {one['name']:<22} in force from {one['from'] or 'a day that it does not say'}{until}\n"
            )
        for fault in row["faults"]:
            sys.stdout.write(f"    {tamed(fault)}\n")


def _of(package: str | None) -> str:
    return "" if package is None else f" (of the package {package})"


def _list_vocabulary(name: str, as_json: bool) -> None:
    from attrs import asdict

    from hmic_rules.lineage import lineage_data
    from hmic_rules.vocabularies import vocabulary

    loaded = hmic_rules.load(name)
    found = vocabulary(loaded)
    if as_json:
        show_json({**asdict(found), **lineage_data(loaded)})
        return
    from hmic_rules.screens.lineage import lineage_screen
    from hmic_rules.screens.vocabularies import vocabulary_screen

    show(vocabulary_screen(found))
    if loaded.ancestors or loaded.series is not None:
        show(lineage_screen(loaded))
