"""The figures that stand beside an inspection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmic_rules.errors import NotFoundError, quoted
from hmic_rules.figures.facts import FIGURES
from hmic_rules.figures.relations import Figures
from hmic_rules.loading.figures import read_figures
from hmic_rules.sources.finding import index_by_title

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection

__all__ = ["figures_beside", "figures_of"]


def figures_of(inspection: Inspection) -> Figures:
    """The figures of an inspection's report, from the file ``figures.yaml`` in its folder.

    Raises:
        NotFoundError: there is no such file.
        InputError: with every problem of it.

    """
    found = figures_beside(inspection)
    if found is None:
        raise NotFoundError(f"no figures are listed for {quoted(inspection.name)}: there is no `{FIGURES}` beside it")
    return found


def figures_beside(inspection: Inspection) -> Figures | None:
    """The same; nothing where there is no such file.

    Raises:
        InputError: with every problem of it.

    """
    place = inspection.place
    if place is None:
        return None
    try:
        data = place.read(FIGURES)
    except FileNotFoundError:
        return None
    return read_figures(data, place.shown_as(FIGURES), inspection.documents, index_by_title(place))
