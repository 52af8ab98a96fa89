"""What a person reads of a report's figures: what does not fit, with the passages; what is open; what fits."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from hmic_rules.figures.facts import TEXTS, Figure
from hmic_rules.figures.relations import VERDICTS, Checked, Figures
from hmic_rules.inspections import Inspection
from hmic_rules.screens.parts import number_of
from hmic_rules.screens.sources import Quotes

__all__ = ["figures_screen"]

HEADS: Final = {"fails": "Does not hold", "open": "Open: the report is not exact enough to say", "holds": "Holds"}
STYLES: Final = {"fails": "bold red", "open": "bold yellow", "holds": "bold green"}
DIGITS_SHOWN: Final = 12
WIDTH: Final = 96


def figures_screen(
    found: Figures,
    inspection: Inspection,
    full: bool = False,
    quotes: Quotes | None = None,
    unlike: Sequence[Figure] = (),
) -> RenderableType:
    """The relations by verdict, what does not hold first.

    Args:
        found: the figures and what should hold among them.
        inspection: whose report they are of.
        full: what holds with its figures too.
        quotes: prints the passages of somebody's copy beside the figures.
        unlike: figures whose wording that copy does not bear out.

    """
    counts = {verdict: len(found.by_verdict(verdict)) for verdict in VERDICTS}
    parts: list[RenderableType] = [
        Text.assemble(
            (inspection.title, "bold"),
            f": {number_of(len(found.figures), 'figure')}, {number_of(len(found.relations), 'relation')} among them: "
            f"{counts['holds']} holding, {counts['fails']} failing, {counts['open']} open",
        )
    ]
    if unlike:
        named = ", ".join(figure.id for figure in unlike)
        parts.append(Text(f"In this copy the wording is another: {named}", style=STYLES["open"]))
    for verdict in VERDICTS:
        listed = found.by_verdict(verdict)
        if not listed:
            continue
        parts += [Text(), Text(HEADS[verdict], style=STYLES[verdict])]
        if verdict == "holds" and not full:
            parts += [Padding(Text(line), (0, 0, 0, 2)) for line in _ids(listed)]
            parts.append(Padding(Text("with their figures: --full, or --relation ID", style="dim"), (0, 0, 0, 2)))
        else:
            parts += [Padding(_tree(one, quotes), (0, 0, 0, 2)) for one in listed]
    return Group(*parts)


def _ids(listed: Sequence[Checked]) -> Iterator[str]:
    yield from textwrap.wrap(
        ", ".join(one.relation.id for one in listed), WIDTH, break_on_hyphens=False, break_long_words=False
    )


def _tree(one: Checked, quotes: Quotes | None) -> Tree:
    relation = one.relation
    tree = Tree(Text.assemble((relation.says, "bold"), (f"  [{relation.id}; {relation.basis}]", "dim")))
    if not all(figure.kind in TEXTS for figure in one.figures):
        tree.add(Text(" or ".join(one.computed)))
    for figure in one.figures:
        branch = tree.add(_figure(figure))
        if quotes is not None:
            quotes.of_findings(branch, figure.cite)
    if relation.innocent is not None and one.verdict != "holds":
        tree.add(Text.assemble(("it may mean: ", "dim"), relation.innocent))
    return tree


def _figure(figure: Figure) -> Text:
    shown = figure.shown[:DIGITS_SHOWN] if figure.kind == "fingerprint" else figure.shown
    unit = "" if figure.unit_shown is None else f" ({figure.unit_shown})"
    period = "" if figure.period_shown is None else f", {figure.period_shown}"
    ours = " (how near is ours)" if figure.assumed else ""
    return Text.assemble(
        (shown, "bold"), f"{unit}{period}{ours}: {figure.says}", (f"  [{', '.join(figure.cite)}]", "dim")
    )
