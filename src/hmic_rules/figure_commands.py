"""The command that holds a report's figures to each other: `figures`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hmic_rules
from hmic_rules.options import AsJson
from hmic_rules.source_commands import quotes_for
from hmic_rules.terminal import show, show_json

__all__ = ["add_figure_commands"]


def add_figure_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(figures)


def figures(
    inspection: Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")],
    relation: Annotated[
        str | None, typer.Option("--relation", metavar="ID", help="One relation alone, with its figures.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--source", metavar="DOCUMENT", help="Your copy of the report: print the passages beside the figures."
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every relation with its figures, what holds too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold the figures and dates of a report to each other: what does not fit, what fits, and what is open."""
    from hmic_rules.figures.relations import figures_data, only

    loaded = hmic_rules.load_inspection(inspection)
    found = loaded.figures() if relation is None else only(loaded.figures(), relation)
    quotes = quotes_for(loaded, inspection, source, {"--json": as_json})
    if as_json:
        show_json(figures_data(found, loaded.name))
    else:
        from hmic_rules.figures.wordings import unlike
        from hmic_rules.screens.figures import figures_screen

        other = unlike(found, quotes.inspection.copy) if quotes is not None else ()
        show(figures_screen(found, loaded, full or relation is not None, quotes, other))
    if not found.all_hold:
        raise typer.Exit(1)
