"""The command that prints JSON Schemas: `schema`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.terminal import write_document, write_file

if TYPE_CHECKING:
    from hmic_rules.rulesets import Ruleset

__all__ = ["add_schema_commands"]


def add_schema_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(schema)


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[KIND_OR_RULESET]",
            help="A kind of file, such as ruleset; or a rule set, for a schema of its cases. Without it, the kinds are listed.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file instead.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file, or of the cases of a rule set, for an editor."""
    from hmic_rules.schemas.published import PUBLISHED, schema_bytes, schema_text

    if name is None:
        for kind, one in PUBLISHED.items():
            sys.stdout.write(f"{kind:<12} {one.files}\n")
        return
    text = schema_bytes(name).decode() if name in PUBLISHED else schema_text(_loaded(name, PUBLISHED).case_schema())
    if output is None:
        write_document(text)
    else:
        write_file(output, text.encode())


def _loaded(name: str, kinds: Iterable[str]) -> Ruleset:
    """The rule set of a name.

    Raises:
        NotFoundError: there is none, and no kind of file is called so either.

    """
    from hmic_rules.catalogue import load, shipped

    try:
        return load(name)
    except NotFoundError as error:
        if (near := did_you_mean(name, [*kinds, *shipped("ruleset")])) is None or Path(name).exists():
            raise
        raise NotFoundError(f"{quoted(name)} is neither a kind of file nor a rule set: {near}") from error
