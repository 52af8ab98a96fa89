"""Arguments and options that several commands take, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AsJson",
    "CaseColumn",
    "Confirm",
    "FrameworkOfCases",
    "Memory",
    "On",
    "Reading",
    "Rejects",
    "RulesetName",
    "Settings",
    "Tables",
    "Temp",
    "Threads",
]

RulesetName = Annotated[str, typer.Argument(metavar="RULESET", help="A name that `list` shows, or a path.")]
Reading = Annotated[str | None, typer.Option("--reading", help="The reading; the rule set's default otherwise.")]
On = Annotated[
    str | None, typer.Option("--on", metavar="DATE", help="Decide by the edition that is in force on this date.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter; the entries of a list by commas. Can be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

Tables = Annotated[
    list[str],
    typer.Argument(
        metavar="TABLE...",
        help="Tables (.parquet, .csv, .jsonl): FILE, or NAME=FILE; a name is `case`, or a collection.",
    ),
]
CaseColumn = Annotated[
    str, typer.Option("--id", metavar="COLUMN", help="The column that names the case, in every table.")
]
FrameworkOfCases = Annotated[str | None, typer.Option("--framework", help="The framework whose items every case has.")]
Rejects = Annotated[
    Path | None, typer.Option("--rejects", metavar="FILE", help="Set bad rows aside in this file, with the reason.")
]
Confirm = Annotated[
    int,
    typer.Option(
        "--confirm", metavar="N", min=0, help="Decide so many cases again by the reference; stop on a difference."
    ),
]
Memory = Annotated[str | None, typer.Option("--memory", metavar="SIZE", help="The memory to use, such as 2GB.")]
Threads = Annotated[int | None, typer.Option("--threads", metavar="N", help="The threads to use.")]
Temp = Annotated[
    Path | None, typer.Option("--temp", metavar="FOLDER", help="Where what does not fit into memory is written.")
]
