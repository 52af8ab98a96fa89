"""The glossary that stands beside an inspection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmic_rules.errors import NotFoundError, quoted
from hmic_rules.glossaries.abbreviations import GLOSSARY, Glossary
from hmic_rules.loading.glossaries import read_glossary
from hmic_rules.sources.finding import index_by_title

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection

__all__ = ["glossary_beside", "glossary_of"]


def glossary_of(inspection: Inspection) -> Glossary:
    """The abbreviations of an inspection's report, from the file ``glossary.yaml`` in its folder.

    Raises:
        NotFoundError: there is no such file.
        InputError: with every problem of it.

    """
    found = glossary_beside(inspection)
    if found is None:
        problem = f"no abbreviations are listed for {quoted(inspection.name)}"
        raise NotFoundError(f"{problem}: there is no `{GLOSSARY}` beside it")
    return found


def glossary_beside(inspection: Inspection) -> Glossary | None:
    """The same; nothing where there is no such file.

    Raises:
        InputError: with every problem of it.

    """
    place = inspection.place
    if place is None:
        return None
    try:
        data = place.read(GLOSSARY)
    except FileNotFoundError:
        return None
    return read_glossary(data, place.shown_as(GLOSSARY), inspection.documents, index_by_title(place))
