"""The command that says what carrying recommendations out would change: `leverage`."""

from __future__ import annotations

from typing import Annotated

import typer

import hmic_rules
from hmic_rules.options import AsJson
from hmic_rules.terminal import show, show_json

__all__ = ["add_leverage_commands"]


def add_leverage_commands(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(leverage)


def leverage(
    inspection: Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")],
    framework: Annotated[str | None, typer.Option("--framework", help="One framework only.")] = None,
    reading: Annotated[str | None, typer.Option("--reading", help="One reading only.")] = None,
    recommendation: Annotated[
        str | None,
        typer.Option("--recommendation", metavar="ID", help="One recommendation, with its findings and criteria."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which criteria and outcomes would change, were recommendations carried out, and the fewest that lift an outcome."""
    from hmic_rules.leverage.recommendations import leverage_data

    loaded = hmic_rules.load_inspection(inspection)
    found = loaded.leverage(framework, reading, recommendation)
    if as_json:
        show_json(leverage_data(found))
        return
    from hmic_rules.screens.leverage import leverage_screen

    show(leverage_screen(found, loaded, alone=recommendation is not None))
