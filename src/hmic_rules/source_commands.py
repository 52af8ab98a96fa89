"""The commands that read somebody's own copy of a document: `sources check`, `sources list`, `sources index`, and what `explain --source` shows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hmic_rules.errors import Diagnostic, InputError, did_you_mean, quoted
from hmic_rules.options import AsJson
from hmic_rules.terminal import read_file, show, show_json, write_file

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection
    from hmic_rules.screens.sources import Quotes
    from hmic_rules.sources.finding import Source
    from hmic_rules.sources.passages import Copy

__all__ = ["add_source_commands", "quotes_for"]

OTHERS = 10  # addresses that are named where an index is written anew

Document = Annotated[
    Path, typer.Argument(metavar="DOCUMENT", help="Your copy of a document as plain text, or - for standard input.")
]
LayoutName = Annotated[
    str | None,
    typer.Option(
        "--layout",
        metavar="LAYOUT",
        help="The folder of its layout, by name or path; the shipped one that fits otherwise.",
    ),
]


def add_source_commands(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    sources = typer.Typer(
        help="Hold citations to your own copy of a document.", no_args_is_help=True, rich_markup_mode=None
    )
    sources.command("check")(check)
    sources.command("list")(list_)
    sources.command("index")(index)
    app.add_typer(sources, name="sources")


def opened(document: Path, layout: str | None) -> tuple[Copy, Source]:
    """A copy, cut by its layout.

    Raises:
        InputError: it cannot be read, is no text, or no layout fits it.
        NotFoundError: there is no such layout.

    """
    from hmic_rules.sources.finding import cut_by

    return cut_by(*read_file(document), layout)


def check(
    document: Document,
    ruleset: Annotated[
        list[str] | None,
        typer.Option("--ruleset", metavar="NAME", help="A rule set or an inspection; all otherwise. Can be repeated."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="OTHER", help="Another copy, to show changes word by word.")
    ] = None,
    layout: LayoutName = None,
    full: Annotated[bool, typer.Option("--full", help="Every changed passage.")] = False,
    as_json: AsJson = False,
) -> None:
    """Verify every citation against a copy, show what changed and who cites it, and list what nothing cites."""
    from hmic_rules.sources.citing import every_citing
    from hmic_rules.sources.passages import cut
    from hmic_rules.sources.verifying import check_data, check_source

    copy, source = opened(document, layout)
    other = cut(*read_file(against), source.layout) if against is not None else None
    found = check_source(copy, source, every_citing(source, ruleset or ()), other)
    if as_json:
        show_json(check_data(found))
    else:
        from hmic_rules.screens.sources import check_screen

        show(check_screen(found, full))
    if not found.passed:
        raise typer.Exit(1)


def list_(
    document: Document,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[ADDRESS]...", help="Addresses, or how they start; all otherwise.")
    ] = None,
    whole: Annotated[bool, typer.Option("--text", help="The whole text of each passage.")] = False,
    layout: LayoutName = None,
    as_json: AsJson = False,
) -> None:
    """Show the addresses of a copy, each with how its passage starts."""
    copy, _ = opened(document, layout)
    for problem in copy.problems:
        sys.stderr.write(f"{problem}\n")
    wanted = addresses or []
    problems = [
        Diagnostic(str(document), f"no passage has the address {quoted(one)}", _meant(one, copy), "cite")
        for one in wanted
        if not any(_leads_to(one, address) for address in copy.passages)
    ]
    if problems:
        raise InputError(problems)
    passages = [
        one for one in copy.passages.values() if not wanted or any(_leads_to(start, one.address) for start in wanted)
    ]
    if as_json:
        found = [
            {
                "address": one.address,
                "fingerprint": one.fingerprint,
                "first_line": one.lines[0],
                "last_line": one.lines[-1],
                **({"text": list(one.paragraphs)} if whole else {}),
            }
            for one in passages
        ]
        show_json({"layout": copy.layout.name, "encoding": copy.encoding, "passages": found})
        return
    from hmic_rules.screens.sources import addresses_screen

    show(addresses_screen(copy, passages, whole))


def _meant(written: str, copy: Copy) -> str | None:
    """The nearest address; the nearest kind where no number is written."""
    kinds = [address.rpartition("/")[0] for address in copy.passages]
    return did_you_mean(written, copy.passages if written[-1:].isdigit() else kinds)


def _leads_to(start: str, address: str) -> bool:
    return address == start or address.startswith(start.rstrip("/") + "/")


def index(
    document: Document,
    layout: LayoutName = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A file; `passages.json` beside the layout otherwise.")
    ] = None,
) -> None:
    """Write the index of a document: addresses and fingerprints, and no text."""
    from hmic_rules.phrases import few
    from hmic_rules.sources.indexes import INDEX, index_of, index_text

    copy, source = opened(document, layout)
    if copy.problems:
        raise InputError(copy.problems)
    path = output
    if path is None:
        folder = source.place.folder
        if not isinstance(folder, Path):
            problem = "the layout is in a packed installation, where nothing can be written"
            raise InputError([Diagnostic(source.place.shown_as(INDEX), problem, "name a file with `-o`", "io")])
        path = folder / INDEX
    found = index_of(copy)
    write_file(path, index_text(found).encode())
    before = source.index.passages if source.index is not None else {}
    other = [one for one in {**before, **found.passages} if before.get(one) != found.passages.get(one)]
    words = f", {len(other)} of them otherwise than in the index beside the layout before: {few(other, OTHERS)}"
    sys.stdout.write(f"{len(copy.passages)} passages{words if before and other else ''}\n")


def quotes_for(inspection: Inspection, name: str, source: Path | None, options: dict[str, object]) -> Quotes | None:
    """What prints the passages of a copy beside the reasons of an inspection.

    Args:
        inspection: the inspection that is explained.
        name: what it was asked for by.
        source: the copy; without one there is nothing to print.
        options: what else was asked for, by option; passages stand beside reasons on a screen only.

    Raises:
        InputError: another option is given with it; or the copy cannot be read, or is not of a document that is cited.

    """
    if source is None:
        return None
    from hmic_rules.catalogue import find
    from hmic_rules.screens.sources import Quotes
    from hmic_rules.sources.finding import cut_by, source_beside
    from hmic_rules.sources.passages import cut
    from hmic_rules.sources.quoting import Quotations
    from hmic_rules.sources.verifying import states_of

    wrong = [option for option, given in options.items() if given]
    if wrong:
        help = "`--source` prints passages beside the reasons, on the screen"
        raise InputError([Diagnostic(option, "does not go with `--source`", help, "option") for option in wrong])
    data, file = read_file(source)
    found = source_beside(find("inspection", name))
    copy, found = cut_by(data, file) if found is None else (cut(data, file, found.layout), found)
    titles = {id: document.title for id, document in inspection.ruleset.documents.items()}
    if copy.layout.title not in {*titles.values(), *inspection.documents.values()}:
        problem = f"a copy of {quoted(copy.layout.title)}, and no citation here is of that"
        raise InputError([Diagnostic(file, problem, None, "kind")])
    if not copy.passages:
        raise InputError(copy.problems)
    states = states_of(copy, found.index_needed())
    return Quotes(Quotations(copy, inspection.documents, states), Quotations(copy, titles, states))
