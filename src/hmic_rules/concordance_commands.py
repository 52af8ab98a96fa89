"""The command that holds an archive of recorded outcomes against the rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.options import (
    AsJson,
    CaseColumn,
    Confirm,
    FrameworkOfCases,
    Memory,
    On,
    Reading,
    Rejects,
    RulesetName,
    Settings,
    Tables,
    Temp,
    Threads,
)
from hmic_rules.terminal import show, show_json

__all__ = ["add_concordance_commands"]


def concord(
    ruleset: RulesetName,
    tables: Tables,
    recorded: Annotated[
        str, typer.Option("--recorded", metavar="COLUMN", help="The column that says what was recorded of each case.")
    ],
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="NAME", help="The outcome that was recorded; the only one otherwise."),
    ] = None,
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="WRITTEN=RESULT", help="Another spelling in that column. Can be repeated."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="TABLE", help="Write the departures (.parquet, .csv, .jsonl)."),
    ] = None,
    id: CaseColumn = "case",
    framework: FrameworkOfCases = None,
    reading: Reading = None,
    readings: Annotated[bool, typer.Option("--readings", help="Every reading, side by side.")] = False,
    on: On = None,
    settings: Settings = None,
    depth: Annotated[
        int,
        typer.Option("--depth", metavar="N", min=0, help="Of how many sets of facts to ask what would have to differ."),
    ] = 25,
    unmet: Annotated[
        bool, typer.Option("--unmet", help="Count the items that keep the rules for what was recorded from holding.")
    ] = False,
    rejects: Rejects = None,
    confirm: Confirm = 200,
    memory: Memory = None,
    threads: Threads = None,
    temp: Temp = None,
    full: Annotated[bool, typer.Option("--full", help="Show every group of departures.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold recorded outcomes against computed ones: how far they agree, and every departure with its reason."""
    from hmic_rules.batch.confirming import UnconfirmedError
    from hmic_rules.concordance.making import concord as held
    from hmic_rules.concordance.making import concord_readings
    from hmic_rules.concordance.results import concordance_data, readings_data
    from hmic_rules.editions import date_of
    from hmic_rules.loading.case_files import read_settings
    from hmic_rules.screens.batches import shown_progress
    from hmic_rules.screens.concordance import concordance_screen, readings_screen

    loaded = hmic_rules.load(ruleset, on=None if on is None else date_of(on, "--on"))
    how: dict[str, Any] = {
        "outcome": outcome,
        "also": _spellings(also or []),
        "depth": depth,
        "unmet": unmet,
        "id": id,
        "framework": framework,
        "parameters": read_settings(settings or (), loaded),
        "rejects": rejects,
        "confirm": confirm,
        "memory": memory,
        "threads": threads,
        "temp": temp,
    }
    if readings and (reading is not None or output is not None):
        other = "--reading" if reading is not None else "--output"
        raise InputError([Diagnostic("--readings", f"does not go with `{other}`", "leave one of them out")])
    try:
        with shown_progress() as progress:
            several = concord_readings(loaded, list(tables), recorded, progress=progress, **how) if readings else ()
            one = (
                several[0]
                if readings
                else held(loaded, list(tables), recorded, output, profile=reading, progress=progress, **how)
            )
    except UnconfirmedError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None
    for note in one.notes:
        sys.stderr.write(f"{note}\n")
    if as_json:
        show_json(readings_data(several) if readings else concordance_data(one))
    else:
        show(readings_screen(several) if readings else concordance_screen(one, full=full))


def _spellings(written: list[str]) -> dict[str, str]:
    """What `--also` says: each spelling with the result that it stands for.

    Raises:
        InputError: one has no `=`, or a spelling is given twice for different results.

    """
    found: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for one in written:
        spelling, sign, result = one.rpartition("=")
        if not sign:
            problems.append(Diagnostic("--also", f"{quoted(one)} has no `=`", "write it as WRITTEN=RESULT"))
        elif found.setdefault(spelling, result) != result:
            problem = f"{quoted(spelling)} is given for {quoted(found[spelling])} and for {quoted(result)}"
            problems.append(Diagnostic("--also", problem, "a spelling stands for one result only"))
    if problems:
        raise InputError(problems)
    return found


def add_concordance_commands(app: typer.Typer) -> None:
    """Put the command into a command line."""
    app.command()(concord)
