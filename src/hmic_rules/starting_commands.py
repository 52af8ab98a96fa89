"""The command that writes a rule set to start from: `new`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from hmic_rules.errors import Diagnostic, InputError, placed, quoted

__all__ = ["add_starting_commands"]


def add_starting_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(new)


def new(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="What it is called: small letters, digits and hyphens.")
    ] = None,
    shape: Annotated[
        str | None, typer.Option("--shape", help="What it starts from: criteria, record, groups or points.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="What it is, in words.")] = None,
    directory: Annotated[
        Path, typer.Option("--directory", metavar="DIR", help="Where its folder is made; here otherwise.")
    ] = Path(),
) -> None:
    """Write a rule set to start from: one that passes `check` and `prove`, to be changed."""
    from hmic_rules.starting.shapes import SHAPES, files_of

    if sys.stdin.isatty() and sys.stdout.isatty():
        name = name or typer.prompt("What is it called?")
        if shape is None:
            for one, says in SHAPES.items():
                sys.stdout.write(f"  {one:<9} {says}\n")
            shape = typer.prompt("Which of these is nearest?", default="criteria")
        if title is None:
            title = typer.prompt("What does it decide, in words?", default="", show_default=False) or None
    if not name:
        raise InputError([Diagnostic("NAME", "the rule set has no name", "name it: hmic-rules new NAME", "missing")])
    folder = directory / name
    _write_folder(folder, files_of(shape or "criteria", name, title))
    sys.stderr.write(f"wrote `{placed(str(folder))}`\n")
    sys.stdout.write(_next(folder))


def _next(folder: Path) -> str:
    """What to do, and what to type, next."""
    main = folder / "ruleset.yaml"
    return "\n".join(
        [
            f"open {main} and change what it says",
            "then:",
            f"  hmic-rules check {folder}",
            f"  hmic-rules check {folder} --watch",
            f"  hmic-rules prove {folder}",
            f"  hmic-rules decide {folder} {folder / 'example.yaml'}",
            f"  hmic-rules fmt {folder}",
            "",
        ]
    )


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder whole or not at all; what is there already is left alone.

    Raises:
        InputError: there is something of the name, or it cannot be written.

    """
    if folder.exists() or folder.is_symlink():
        raise InputError(
            [
                Diagnostic(
                    str(folder),
                    "there is something of this name, and nothing is overwritten",
                    "choose another name, or `--directory`",
                    "exists",
                )
            ]
        )
    if not folder.parent.is_dir():
        raise InputError(
            [
                Diagnostic(
                    str(folder.parent),
                    "there is no such folder",
                    "make it first, or choose another `--directory`",
                    "missing",
                )
            ]
        )
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        for path, data in files.items():
            (part / path).parent.mkdir(parents=True, exist_ok=True)
            (part / path).write_bytes(data)
        part.rename(folder)
    except OSError as error:
        problem = f"{quoted(str(folder))} cannot be written: {error.strerror or error}"
        raise InputError([Diagnostic(str(folder), problem)]) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
