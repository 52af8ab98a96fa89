"""The command that writes a page about a rule set: `docs`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hmic_rules.errors import Diagnostic, InputError, choices, quoted
from hmic_rules.terminal import write_document, write_files

__all__ = ["add_documentation_commands"]

FORMATS = {"html": ".html", "markdown": ".md"}


def add_documentation_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(docs)


def docs(
    rulesets: Annotated[
        list[str] | None, typer.Argument(metavar="RULESET...", help="Names that `list` shows, or paths.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="A file; of several rule sets a folder. Standard output otherwise."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="html or markdown; by the name of the file, and html, where it is not said."),
    ] = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Every rule set that is shipped.")] = False,
) -> None:
    """Write a page about a rule set: its rules in plain English, with citations, assumptions, cases and proofs."""
    from hmic_rules.catalogue import shipped as all_shipped

    names = [*(rulesets or ()), *(all_shipped("ruleset") if shipped else ())]
    kind = _format(form, output)
    if not names:
        raise InputError([Diagnostic("RULESET", "no rule set is named", "name one, or say --shipped for all of them")])
    several = shipped or len(names) > 1
    if several and output is None:
        raise InputError([Diagnostic("--output", "several pages need a folder", "name it with -o FOLDER")])
    pages = {name: _files(name, kind, beside=output is not None) for name in names}
    if output is None:
        write_document(pages[names[0]].popitem()[1])
        return
    if several:
        _make_folder(output)
        write_files(((output / name, one) for page in pages.values() for name, one in page.items()), into=output)
        return
    *pictures, (_, page) = pages[names[0]].items()
    write_files([*((output.parent / name, picture) for name, picture in pictures), (output, page)])


def _format(form: str | None, output: Path | None) -> str:
    if form is None:
        return "markdown" if output is not None and output.suffix in (".md", ".markdown") else "html"
    if form not in FORMATS:
        raise InputError([Diagnostic("--format", f"{quoted(form)} is not a format", choices(form, FORMATS))])
    return form


def _files(name: str, kind: str, *, beside: bool) -> dict[str, bytes]:
    """The files of one page by their names, the page itself last."""
    from hmic_rules.documentation.making import page_about
    from hmic_rules.documentation.markdown import picture_file, to_markdown
    from hmic_rules.documentation.pages import Picture

    page = page_about(name)
    found: dict[str, bytes] = {}
    if kind == "markdown":
        if beside:
            pictures = [block for block in page.blocks if isinstance(block, Picture)]
            found = {picture_file(page, one): one.svg.encode() for one in pictures}
        found[f"{page.name}{FORMATS[kind]}"] = to_markdown(page, pictures=beside).encode("utf-8", "replace")
        return found
    from hmic_rules.documentation.html import to_html

    return {f"{page.name}{FORMATS[kind]}": to_html(page).encode("utf-8", "replace")}


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"is no folder and cannot be made one: {error.strerror or error}"
        raise InputError([Diagnostic(str(path), problem)]) from None
