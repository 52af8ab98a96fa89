"""The command that shows what abbreviations stand for, `glossary`; and the abbreviations that an explanation used, after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from attrs import frozen

import hmic_rules
from hmic_rules.options import AsJson
from hmic_rules.terminal import show, show_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hmic_rules.glossaries.abbreviations import Glossary
    from hmic_rules.inspections import Inspection

__all__ = ["Abbreviated", "abbreviated", "add_glossary_commands"]


def add_glossary_commands(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(glossary)


@frozen
class Abbreviated:
    """Prints what is said of an inspection with the abbreviations that it uses. Without a glossary there are none."""

    glossary: Glossary | None

    def show(self, screen: RenderableType) -> None:
        """Print a screen for a person, and after it the abbreviations that stand in it."""
        from hmic_rules.screens.glossaries import with_abbreviations_after

        show(screen if self.glossary is None else with_abbreviations_after(screen, self.glossary))

    def data(self, found: dict[str, Any]) -> dict[str, Any]:
        """The data, and under ``abbreviations`` those that any text in it uses."""
        from hmic_rules.glossaries.abbreviations import abbreviation_data, texts_in

        used = self.glossary.used_in(texts_in(found)) if self.glossary is not None else ()
        return {**found, "abbreviations": [abbreviation_data(entry) for entry in used]}


def abbreviated(inspection: Inspection) -> Abbreviated:
    """What prints with the abbreviations of an inspection.

    Raises:
        InputError: its glossary has problems; all of them, each with its place.

    """
    from hmic_rules.glossaries.beside import glossary_beside

    return Abbreviated(glossary_beside(inspection))


def glossary(
    inspection: Annotated[str, typer.Argument(metavar="INSPECTION", help="A name that `list` shows, or a path.")],
    term: Annotated[
        str | None, typer.Argument(metavar="TERM", help="One abbreviation, with every place that uses it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the abbreviations of an inspection stand for, and where its texts use them."""
    from hmic_rules.glossaries.uses import glossary_data, uses_of
    from hmic_rules.screens.glossaries import entry_screen, glossary_screen

    loaded = hmic_rules.load_inspection(inspection)
    found = loaded.glossary()
    entry = found[term] if term is not None else None
    uses = uses_of(loaded, found)
    if as_json:
        entries = found.entries.values() if entry is None else [entry]
        show_json({"inspection": loaded.name, "file": found.file, **glossary_data(entries, uses)})
    elif entry is None:
        show(glossary_screen(loaded.title, found, uses))
    else:
        show(entry_screen(entry, uses.get(entry.term, ())))
