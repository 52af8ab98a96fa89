"""Commands about tables of cases: deciding them, and the SQL that does."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError, did_you_mean, quoted
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
from hmic_rules.terminal import show, show_json, write_document, write_file

if TYPE_CHECKING:
    from hmic_rules.batch.running import Elsewhere

__all__ = ["add_batch_commands"]

ENGINES = ("duckdb", "spark")

Outcomes = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="An outcome to compute; all otherwise. Can be repeated."),
]
Unmet = Annotated[bool, typer.Option("--unmet", help="List, for each rule, the items that keep it from holding.")]


def batch(
    ruleset: RulesetName,
    tables: Tables,
    output: Annotated[
        list[str],
        typer.Option(
            "-o",
            "--output",
            metavar="TABLE",
            help="Where the results go (.parquet, .csv, .jsonl): FILE, or NAME=FILE for what outcomes stand on.",
        ),
    ],
    id: CaseColumn = "case",
    framework: FrameworkOfCases = None,
    reading: Reading = None,
    on: On = None,
    settings: Settings = None,
    outcomes: Outcomes = None,
    unmet: Unmet = False,
    rejects: Rejects = None,
    confirm: Confirm = 200,
    memory: Memory = None,
    threads: Threads = None,
    temp: Temp = None,
    engine: Annotated[
        str,
        typer.Option("--engine", metavar="NAME", help="What decides: duckdb, or spark on this machine, for trying."),
    ] = "duckdb",
    as_json: AsJson = False,
) -> None:
    """Decide tables of cases, from file to file."""
    from hmic_rules.batch.batches import batch as decide_tables
    from hmic_rules.batch.batches import named_path
    from hmic_rules.batch.confirming import UnconfirmedError
    from hmic_rules.batch.summaries import summary_data
    from hmic_rules.editions import date_of
    from hmic_rules.loading.case_files import read_settings
    from hmic_rules.screens.batches import batch_screen, shown_progress

    elsewhere = _elsewhere(engine, threads, memory)
    loaded = hmic_rules.load(ruleset, on=None if on is None else date_of(on, "--on"))
    named = [named_path(one) for one in output]
    places: dict[str, str] = {name: path for name, path in named if name is not None}
    if len(named) > 1 and len(places) != len(named):
        help = "write each as NAME=FILE, with a name of its own"
        raise InputError([Diagnostic("--output", "several files, and not every one says what it is for", help)])
    try:
        with shown_progress() as progress:
            done = decide_tables(
                loaded,
                list(tables),
                places or named[0][1],
                id=id,
                framework=framework,
                profile=reading,
                parameters=read_settings(settings or (), loaded),
                outcomes=outcomes or None,
                unmet=unmet,
                rejects=rejects,
                confirm=confirm,
                memory=memory,
                threads=threads,
                temp=temp,
                progress=progress,
                elsewhere=elsewhere,
            )
    except UnconfirmedError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None
    with done:
        for note in done.summary.notes:
            sys.stderr.write(f"{note}\n")
        if as_json:
            show_json(summary_data(done.summary))
        else:
            show(batch_screen(done.summary))


def _elsewhere(engine: str, threads: int | None, memory: str | None) -> Elsewhere | None:
    """What runs the statements in place of DuckDB."""
    if engine not in ENGINES:
        help = did_you_mean(engine, ENGINES) or f"give {' or '.join(map(quoted, ENGINES))}"
        raise InputError([Diagnostic("--engine", f"{quoted(engine)} is no engine", help)])
    if engine == "duckdb":
        return None
    from hmic_rules.spark.trying import on_local_spark

    return partial(on_local_spark, threads=threads, memory=memory)


def sql(
    ruleset: RulesetName,
    dialect: Annotated[str, typer.Option("--dialect", metavar="NAME", help="Whose SQL it is.")] = "duckdb",
    framework: FrameworkOfCases = None,
    reading: Reading = None,
    on: On = None,
    settings: Settings = None,
    outcomes: Outcomes = None,
    unmet: Unmet = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it to a file.")] = None,
) -> None:
    """Print the SQL that decides tables of cases, for a pipeline of one's own."""
    from hmic_rules.batch.printing import printed_sql
    from hmic_rules.editions import date_of
    from hmic_rules.loading.case_files import read_settings

    loaded = hmic_rules.load(ruleset, on=None if on is None else date_of(on, "--on"))
    text = printed_sql(
        loaded,
        dialect=dialect,
        framework=framework,
        profile=reading,
        parameters=read_settings(settings or (), loaded),
        outcomes=outcomes or None,
        unmet=unmet,
    )
    if output is None:
        write_document(text)
    else:
        write_file(output, text.encode())


def add_batch_commands(app: typer.Typer) -> None:
    """Put the commands about tables of cases into a command line."""
    app.command()(batch)
    app.command()(sql)
