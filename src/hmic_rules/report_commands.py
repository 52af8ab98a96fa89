"""The command that writes an inspection as one page of HTML: `report`."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

import hmic_rules
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.terminal import write_document, write_file

__all__ = ["add_report_commands"]


def add_report_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(report)


def report(
    inspection: Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")],
    reading: Annotated[
        str | None,
        typer.Option("--reading", help="The reading under which it is told; the rule set's default otherwise."),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="A date to be put on it; no clock is read.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file; standard output otherwise.")] = None,
) -> None:
    """Write an inspection as one page that opens in a browser from disk and loads nothing from elsewhere."""
    from hmic_rules.report.rendering import report_html

    day = None if date is None else _day(date)
    data = report_html(hmic_rules.load_inspection(inspection), reading, day).encode("utf-8", "replace")
    if output is None:
        write_document(data)
    else:
        write_file(output, data)


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InputError([Diagnostic("--date", f"{quoted(text)} is no date", "write it as 2007-10-31")])
    return day
