"""Abbreviations for a person: those that a screen used, after it; and a whole glossary, or one entry of it with the places that use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from hmic_rules.errors import Span
from hmic_rules.explanations import source
from hmic_rules.glossaries.abbreviations import Abbreviation, Glossary

__all__ = ["entry_screen", "glossary_screen", "with_abbreviations_after"]

UNBROKEN = 4000


def with_abbreviations_after(screen: RenderableType, glossary: Glossary) -> RenderableType:
    """The screen, and after it the abbreviations that stand in it, if any."""
    used = glossary.used_in(_lines(screen))
    if not used:
        return screen
    tree = Tree(Text("Abbreviations", style="bold"))
    for entry in used:
        tree.add(_entry(entry))
    return Group(screen, Padding(tree, (0, 0, 1, 0)))


def _lines(screen: RenderableType) -> Iterator[str]:
    """What the screen says, on lines so long that nothing is broken."""
    console = Console(file=StringIO(), width=UNBROKEN, color_system=None)
    for line in console.render_lines(screen, pad=False):
        yield "".join(segment.text for segment in line)


def _entry(entry: Abbreviation) -> Text:
    says = f" ({entry.says})" if entry.says else ""
    return Text.assemble(
        (entry.term, "bold"), f": {entry.means}{says}", (f"  [{source(entry.basis, entry.cite)}]", "dim")
    )


def glossary_screen(title: str, glossary: Glossary, uses: Mapping[str, Sequence[Span]]) -> RenderableType:
    """Every abbreviation with its meaning, where that comes from, and how many of our texts use it."""
    used = sum(term in uses for term in glossary.entries)
    head = Text.assemble((title, "bold"), f": {len(glossary.entries)} abbreviations, {used} of them in our own texts")
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column("stands for", overflow="fold")
    table.add_column("source", overflow="fold")
    table.add_column("texts", justify="right")
    for term, entry in glossary.entries.items():
        means = Text.assemble(entry.means, (f" ({entry.says})" if entry.says else "", "dim"))
        count = len(uses.get(term, ()))
        table.add_row(
            Text(term, style="bold"), means, Text(source(entry.basis, entry.cite)), str(count) if count else ""
        )
    parts: list[RenderableType] = [head, Text(), table]
    if glossary.others:
        parts += [Text(), Text(f"No abbreviations: {', '.join(glossary.others)}")]
    return Group(*parts)


def entry_screen(entry: Abbreviation, places: Sequence[Span]) -> RenderableType:
    """One abbreviation, and every text of ours that uses it."""
    tree = Tree(_entry(entry))
    for place in places:
        tree.add(Text(str(place)))
    if not places:
        tree.add(Text("no text of ours uses it"))
    return tree
