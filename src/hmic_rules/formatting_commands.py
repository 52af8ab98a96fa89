"""The command that lays files out: `fmt`."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import Annotated

import typer

from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.files import read_found, write_whole
from hmic_rules.terminal import write_document

__all__ = ["add_formatting_commands"]


def add_formatting_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(fmt)


def fmt(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, or folders: every .yaml file in them.")],
    check: Annotated[bool, typer.Option("--check", help="Write nothing; 1 where a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
) -> None:
    """Lay rule sets and cases out alike; comments stay, and what a file says is compared before it is written."""
    from hmic_rules.formatting.files import formatted

    changed: list[tuple[Path, bytes, bytes]] = []
    problems: list[Diagnostic] = []
    files = _files(paths)
    for path in files:
        try:
            data = read_found(path)
            found = formatted(data, str(path))
        except InputError as error:
            problems += error.diagnostics
        else:
            if found != data:
                changed.append((path, data, found))
    if problems:
        raise InputError(problems)
    for path, data, found in changed:
        if diff:
            old, new = (one.decode("utf-8-sig").splitlines(keepends=True) for one in (data, found))
            write_document("".join(difflib.unified_diff(old, new, str(path), f"{path}, formatted")))
        elif check:
            sys.stdout.write(f"{path}: would be formatted\n")
        else:
            if read_found(path) != data:
                problem = "was changed by somebody else meanwhile, and is left as it is"
                raise InputError([Diagnostic(str(path), problem, "format it again", "changed")])
            write_whole(path, found)
            sys.stdout.write(f"{path}: formatted\n")
    sys.stdout.write(f"{len(files) - len(changed)} of {len(files)} stood so already\n")
    if changed and check:
        raise typer.Exit(1)


def _files(paths: list[str]) -> list[Path]:
    """The files that are named, and those in folders that are.

    Raises:
        InputError: there is no such file; what is installed is named by its path only.

    """
    from hmic_rules.catalogue import shipped

    found: dict[Path, None] = {}
    problems: list[Diagnostic] = []
    known = {*shipped("ruleset"), *shipped("inspection")}
    for name in paths:
        path = Path(name)
        if path.is_dir():
            found |= dict.fromkeys(sorted(path.rglob("*.yaml")))
        elif path.is_file():
            found[path] = None
        elif name in known:
            problem = f"{quoted(name)} is installed, and what is installed is not rewritten by its name"
            problems.append(Diagnostic(name, problem, "name the path of a folder of your own", "installed"))
        else:
            problems.append(Diagnostic(name, "there is no such file or folder", None, "missing"))
    if problems:
        raise InputError(problems)
    return list(found)
